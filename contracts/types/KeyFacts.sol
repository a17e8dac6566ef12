// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "./CalendarDate.sol";
import {OfficeCode} from "./OfficeCode.sol";

/// @notice What one storage slot says of a signing key: enough to judge a signature by a single read.
/// @dev Layout, lowest bit first; times are seconds since 1970:
///
///      bit   0  scopes                    8   sum of 1, 2, 4, 8; zero if the account never was a key
///      bit   8  validFrom                40   first second of validity
///      bit  48  validUntil               40   first second after validity
///      bit  88  revokedAt                40   zero if not revoked
///      bit 128  compromisedSince         40   zero if not known to be compromised
///      bit 168  barredUntil              40   end of the suspension of key or office, the later; 2**40 - 1 once it departed
///      bit 208  officeEarliestFilingDate 32   day before which the office issued no numbers
type KeyFacts is uint256;

using {permits, earliestFilingDate} for KeyFacts global;

/// @notice Key of `account` for `office`, as the directory files it: 2 bytes of code, 10 of zeros, 20 of account.
function keyId(OfficeCode office, address account) pure returns (bytes32) {
    return bytes32(OfficeCode.unwrap(office)) | bytes32(uint256(uint160(account)));
}

/// @notice Whether the key may sign statements of all of `scopes` at `time`, its office being neither suspended nor
///         departed.
function permits(KeyFacts facts, uint8 scopes, uint256 time) pure returns (bool) {
    uint256 word = KeyFacts.unwrap(facts);
    unchecked {
        // Wanted: validFrom <= time, time < validUntil, barredUntil <= time. Times have 40 bits, so a difference
        // that is negative has its highest bits set.
        uint256 outside =
            (time - uint40(word >> 8)) | (uint256(uint40(word >> 48)) - time - 1) | (time - uint40(word >> 168));
        return (outside >> 255) | uint40(word >> 88) | (~word & scopes) == 0;
    }
}

/// @notice Day before which the office issued no numbers.
function earliestFilingDate(KeyFacts facts) pure returns (CalendarDate) {
    return CalendarDate.wrap(uint32(KeyFacts.unwrap(facts) >> 208));
}
