// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice WIPO ST.3 code of an office: two capital ASCII letters, for example `EM` (0x454d).
type OfficeCode is bytes2;

using {isWellFormed, eq as ==, neq as !=} for OfficeCode global;

/// @notice The value is not two capital ASCII letters.
/// @dev Cause: lower case, a digit, or three letters. Remedy: give the WIPO ST.3 code, for example `RU`.
error OfficeCodeMalformed(bytes2 value);

/// @notice Whether `code` is two capital ASCII letters. Whether ST.3 lists it is for the admitting offices to say.
function isWellFormed(OfficeCode code) pure returns (bool) {
    uint16 letters = uint16(OfficeCode.unwrap(code));
    uint256 first = letters >> 8;
    uint256 second = letters & 0xff;
    return first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;
}

function eq(OfficeCode a, OfficeCode b) pure returns (bool) {
    return OfficeCode.unwrap(a) == OfficeCode.unwrap(b);
}

function neq(OfficeCode a, OfficeCode b) pure returns (bool) {
    return OfficeCode.unwrap(a) != OfficeCode.unwrap(b);
}
