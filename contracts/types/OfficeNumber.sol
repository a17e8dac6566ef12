// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {OfficeCode} from "./OfficeCode.sol";

/// @notice Number that an office issued for a right, readable as ASCII in any explorer.
/// @dev Layout, most significant byte first:
///
///      byte  0   1 | 2     | 3 ........................ 31
///            office| right | canonical number, then zeros
///
///      office: two letters A-Z (WIPO ST.3). right: one of `P U T D S G`. canonical number: 1 to 29 characters of
///      `0-9 A-Z / . -`. One number has one representation, so the value itself is the key: nothing is hashed,
///      and values sort by office and right.
type OfficeNumber is bytes32;

using {isWellFormed, defects, validate, office, right, eq as ==} for OfficeNumber global;

/// @notice The value is not an office number.
/// @dev Cause: a byte outside the alphabet, an unknown right, no number, or something after the padding began.
///      Remedy: build it with the client (`OfficeNumber.parse`), which knows each office's form.
error OfficeNumberMalformed(bytes32 value);

/// @dev 0x80 in every byte.
uint256 constant HIGH_BITS = 0x8080808080808080808080808080808080808080808080808080808080808080;
/// @dev 0x01 in every byte.
uint256 constant LOW_BITS = 0x0101010101010101010101010101010101010101010101010101010101010101;
/// @dev Bytes 0 to 3: office, right and the first character of the number.
uint256 constant OFFICE_RIGHT_AND_FIRST = 0xffffffff << 224;
/// @dev 0x80 in bytes 0 to 2.
uint256 constant LETTER_BITS = 0x808080 << 232;
/// @dev Rights `D G P S T U` as bits counted from `A`.
uint256 constant RIGHTS = (1 << 3) | (1 << 6) | (1 << 15) | (1 << 18) | (1 << 19) | (1 << 20);

/// @notice Whether `number` has the layout of the type.
function isWellFormed(OfficeNumber number) pure returns (bool) {
    return defects(number) == 0;
}

/// @notice Zero when `number` has the layout of the type; otherwise bits that mean nothing by themselves.
/// @dev All 32 bytes are judged at once, without a branch. For bytes below 0x80 the sum `byte + (0x80 - bound)` sets
///      its own high bit exactly when `byte >= bound` and never carries into its neighbour. The alphabet is two
///      ranges, since `- . /` stand right before `0`: 0x2d-0x39 and 0x41-0x5a.
function defects(OfficeNumber number) pure returns (uint256) {
    uint256 value = uint256(OfficeNumber.unwrap(number));
    unchecked {
        // No overflow where it counts: with every byte below 0x80 no sum carries; with one above, the first term below
        // refuses the value whatever the sums are.
        uint256 inDigits = (value + LOW_BITS * 0x53) & ~(value + LOW_BITS * 0x46);
        uint256 inLetters = (value + LOW_BITS * 0x3f) & ~(value + LOW_BITS * 0x25) & HIGH_BITS;
        // 0xff where the byte is in the alphabet: each factor is 0 or 1 a byte, so the product cannot carry.
        uint256 rest = ~((((inDigits & HIGH_BITS) | inLetters) >> 7) * 0xff);
        // Zero when: all bytes are ASCII; what is not in the alphabet is zero, and is one run at the end; there is at
        // least one character of the number (byte 3); the first three are letters, and the third a right. One test for
        // all, since this runs for every record of a batch.
        return (value & (HIGH_BITS | rest)) | (rest & ((rest + 1) | OFFICE_RIGHT_AND_FIRST))
            | (~inLetters & LETTER_BITS) | (~(RIGHTS >> (((value >> 232) & 0xff) - 0x41)) & 1);
    }
}

/// @notice Reverts unless `number` has the layout of the type.
function validate(OfficeNumber number) pure {
    if (!isWellFormed(number)) revert OfficeNumberMalformed(OfficeNumber.unwrap(number));
}

/// @notice Office that issued the number.
function office(OfficeNumber number) pure returns (OfficeCode) {
    return OfficeCode.wrap(bytes2(OfficeNumber.unwrap(number)));
}

/// @notice Kind of IP right: `P` patent, `U` utility model, `T` trade mark, `D` design, `S` supplementary protection
///         certificate, `G` geographical indication.
function right(OfficeNumber number) pure returns (bytes1) {
    return OfficeNumber.unwrap(number)[2];
}

function eq(OfficeNumber a, OfficeNumber b) pure returns (bool) {
    return OfficeNumber.unwrap(a) == OfficeNumber.unwrap(b);
}
