// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {IOfficeDirectory} from "./IOfficeDirectory.sol";

/// @title What every register that takes office-signed statements has in common
/// @notice Statements are EIP-712 typed data. Anyone may relay them; only the office's key counts.
interface IOfficeSigned {
    /// @notice There is no contract at the address given for the directory.
    error OfficeSignedNoDirectory(address directory);
    /// @notice The signature is not one: wrong length, high `s`, or refused by the contract wallet it names.
    /// @dev A signature that is well formed but by another key shows as `OfficeDirectoryUnknownKey` with the account
    ///      that it recovers to. Remedy: sign the statement again, for this chain and this contract.
    error OfficeSignedInvalidSignature(OfficeCode office);

    /// @notice Directory that says whose signatures count.
    function directory() external view returns (IOfficeDirectory);
}
