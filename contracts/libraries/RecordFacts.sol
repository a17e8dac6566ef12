// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {CalendarDate} from "../types/CalendarDate.sol";

/// @title Second storage slot of an application record
/// @notice Layout of `IApplicationRegistry.Record`, slot 1, lowest bit first:
///
///      bit   0  signingKey  160
///      bit 160  recordedAt   40
///      bit 200  filingDate   32
///      bit 232  version       8
///      bit 240  status        8
///      bit 248  disclosure    8
///
/// @dev Assigning the struct would write the slot once a field.
library RecordFacts {
    /// @notice The word of slot 1. Every value fits its field.
    function pack(
        address signer,
        uint256 recordedAt,
        CalendarDate filingDate,
        uint256 version,
        uint256 status,
        uint256 disclosure
    ) internal pure returns (uint256) {
        return uint256(uint160(signer)) | recordedAt << 160 | uint256(CalendarDate.unwrap(filingDate)) << 200 | version
            << 232 | status << 240 | disclosure << 248;
    }

    /// @notice The word of slot 1 of a record, with another version and status.
    function repack(IApplicationRegistry.Record memory record, uint256 version, IApplicationRegistry.Status status)
        internal
        pure
        returns (uint256)
    {
        return
            pack(record.signingKey, record.recordedAt, record.filingDate, version, uint256(status), record.disclosure);
    }

    /// @notice Writes slot 1.
    function store(IApplicationRegistry.Record storage record, uint256 facts) internal {
        assembly ("memory-safe") {
            sstore(add(record.slot, 1), facts)
        }
    }
}
