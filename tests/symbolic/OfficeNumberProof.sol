// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {OfficeCode} from "../../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../../contracts/types/OfficeNumber.sol";
import {Proof} from "./Solver.sol";

/// @notice Office numbers, for all values of 32 bytes.
contract OfficeNumberProof is Proof {
    /// @notice `defects` is zero exactly for the values of the grammar: two letters, a right, one to 29 characters of the
    ///         alphabet, then zeros only.
    /// @dev The trick that judges 32 bytes at once against a reading byte by byte. No assumption.
    function check_defectsAreZeroExactlyForTheGrammar(bytes32 value) external pure {
        assert((OfficeNumber.wrap(value).defects() == 0) == _isInGrammar(value));
    }

    /// @notice `validate` reverts exactly for values outside the grammar.
    function check_validateRefusesExactlyTheMalformed(bytes32 value) external view {
        try this.validate(value) {
            assert(_isInGrammar(value));
        } catch {
            assert(!_isInGrammar(value));
        }
    }

    /// @notice Office and right are bytes 0, 1 and byte 2; the office of a well-formed number is a well-formed code.
    function check_officeAndRightAreTheFirstThreeBytes(bytes32 value) external pure {
        OfficeNumber number = OfficeNumber.wrap(value);
        bytes2 office = OfficeCode.unwrap(number.office());
        assert(office[0] == value[0]);
        assert(office[1] == value[1]);
        assert(number.right() == value[2]);
        assert(number.defects() != 0 || number.office().isWellFormed());
    }

    /// @notice Two well-formed values that differ, differ in office, right or canonical number as a person reads them: the
    ///         number without its padding. So one application has one key.
    function check_differentValuesReadDifferently(bytes32 a, bytes32 b) external pure {
        vm.assume(a != b);
        vm.assume(OfficeNumber.wrap(a).defects() == 0);
        vm.assume(OfficeNumber.wrap(b).defects() == 0);
        bool same = OfficeCode.unwrap(OfficeNumber.wrap(a).office()) == OfficeCode.unwrap(OfficeNumber.wrap(b).office());
        same = both(same, OfficeNumber.wrap(a).right() == OfficeNumber.wrap(b).right());
        uint256 length = _length(a);
        same = both(same, length == _length(b));
        for (uint256 i = 0; i < 29; ++i) {
            same = both(same, either(i >= length, a[3 + i] == b[3 + i]));
        }
        assert(!same);
    }

    function validate(bytes32 value) external pure {
        OfficeNumber.wrap(value).validate();
    }

    /// @dev The grammar read byte by byte. Without short cuts (`&&`, `if`), which would double the paths at every byte.
    function _isInGrammar(bytes32 value) private pure returns (bool good) {
        good = both(_isLetter(value[0]), _isLetter(value[1]));
        good = both(good, _isRight(value[2]));
        good = both(good, _isCharacter(value[3]));
        bool ended = false;
        for (uint256 i = 4; i < 32; ++i) {
            ended = either(ended, value[i] == 0);
            good = both(good, either(both(ended, value[i] == 0), both(!ended, _isCharacter(value[i]))));
        }
    }

    function _isLetter(bytes1 character) private pure returns (bool) {
        return both(character >= "A", character <= "Z");
    }

    function _isCharacter(bytes1 character) private pure returns (bool) {
        bool isDigit = both(character >= "0", character <= "9");
        bool isMark = either(either(character == "/", character == "."), character == "-");
        return either(either(_isLetter(character), isDigit), isMark);
    }

    function _isRight(bytes1 character) private pure returns (bool) {
        bool isIndustrial =
            either(either(character == "P", character == "U"), either(character == "T", character == "D"));
        return either(isIndustrial, either(character == "S", character == "G"));
    }

    /// @dev Characters before the padding.
    function _length(bytes32 value) private pure returns (uint256 length) {
        for (uint256 i = 3; i < 32; ++i) {
            unchecked {
                // No overflow: 29 times one.
                length += toInt(value[i] != 0);
            }
        }
    }
}
