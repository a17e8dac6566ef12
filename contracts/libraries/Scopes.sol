// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title What a signing key may sign
/// @notice Bits of `SigningKey.scopes`; a key may have several.
library Scopes {
    /// @notice Application records, anchors, corrections, withdrawals, outcomes of priority claims.
    uint8 internal constant APPLICATIONS = 1;
    /// @notice Trade mark and design register entries and their legal-status events.
    uint8 internal constant REGISTER = 2;
    /// @notice Assignments, licences, security interests.
    uint8 internal constant TRANSACTIONS = 4;
    /// @notice Adding keys of the office that have not this scope themselves, and revoking keys. Warning: who has such
    ///         a key can revoke all others; the seat then adds new ones.
    uint8 internal constant KEYS = 8;
    uint8 internal constant ALL = 15;
}
