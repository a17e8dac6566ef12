// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {RightsRules} from "../libraries/RightsRules.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title The table of codes and statuses, which the offices govern
/// @dev It is in the register's own storage, since every event reads it.
abstract contract RightsTable is IRightsRegister, OfficeSigned {
    /// @dev One slot. Titles are in the log alone.
    struct Code {
        bytes1 category;
        uint32 from;
        uint32 to;
        uint128 statuses;
    }

    bytes8 private constant ST27 = "ST.27";
    bytes4 private constant NATIONAL = "NAT:";

    mapping(bytes32 key => Code) private _codes;
    mapping(bytes1 right => mapping(uint8 position => bytes32 status)) private _statuses;

    modifier onlyGovernance() {
        if (msg.sender != directory.governance()) revert RightsRegisterNotGovernance(msg.sender);
        _;
    }

    /// @inheritdoc IRightsRegister
    function setCodes(CodeRule[] calldata rules) external override onlyGovernance {
        for (uint256 i = 0; i < rules.length; ++i) {
            CodeRule calldata rule = rules[i];
            (bytes1 right, bytes8 system, bytes32 code) = (rule.right, rule.system, rule.code);
            (bytes1 category, uint32 from, uint32 to) = (rule.category, rule.from, rule.to);
            _checkRight(right);
            if (
                code == 0 || system == 0 || (category != 0 && RightsRules.categoryBit(category) == 0)
                    || (from | to) >= RightsRules.NO_CHANGE << 1 || (system == ST27 && code != bytes32(bytes3(code)))
            ) revert RightsRegisterInvalidRule(code);
            _codes[_key(right, system, code)] = Code(category, from, to, rule.statuses);
            emit CodeSet(right, system, code, category, from, to, rule.statuses, rule.title);
        }
    }

    /// @inheritdoc IRightsRegister
    function setStatuses(StatusRule[] calldata rules) external override onlyGovernance {
        for (uint256 i = 0; i < rules.length; ++i) {
            (bytes1 right, uint8 position, bytes32 status) = (rules[i].right, rules[i].position, rules[i].status);
            _checkRight(right);
            // Entries hold positions, so none may come to mean another status.
            if (status == 0 || !RightsRules.isStatus(position) || _statuses[right][position] != 0) {
                revert RightsRegisterInvalidRule(status);
            }
            _statuses[right][position] = status;
            emit StatusSet(right, position, status);
        }
    }

    /// @inheritdoc IRightsRegister
    function codeOf(bytes1 right, bytes8 system, bytes32 code)
        external
        view
        override
        returns (bytes1 category, uint32 from, uint32 to, uint128 statuses)
    {
        Code memory rule = _codes[_key(right, system, code)];
        return (rule.category, rule.from, rule.to, rule.statuses);
    }

    /// @inheritdoc IRightsRegister
    function statusOf(bytes1 right, uint8 position) public view override returns (bytes32) {
        return _statuses[right][position];
    }

    /// @dev What the table says of a code. The office's own codes need no row: they are other events (W), which foresee
    ///      no change of anything.
    function _ruleOf(OfficeNumber number, bytes8 system, bytes32 code) internal view returns (Code memory rule) {
        bool isNational = bytes4(system) == NATIONAL;
        if (isNational && bytes4(system << 32) != bytes4(OfficeCode.unwrap(number.office()))) {
            revert RightsRegisterUnknownCode(number, system, code);
        }
        rule = _codes[_key(number.right(), system, system == ST27 ? bytes32(bytes3(code)) : code)];
        if (rule.category != 0) return rule;
        if (!isNational || code == 0) revert RightsRegisterUnknownCode(number, system, code);
        return Code("W", RightsRules.ALL_PAIRS, RightsRules.NO_CHANGE, 1);
    }

    function _checkRight(bytes1 right) internal pure {
        if (!RightsRules.isRight(right)) revert RightsRegisterUnknownRight(right);
    }

    /// @dev Right and system take nine bytes, so that they share a word.
    function _key(bytes1 right, bytes8 system, bytes32 code) private pure returns (bytes32 key) {
        bytes32 first = bytes32(right) | (bytes32(system) >> 8);
        assembly ("memory-safe") {
            mstore(0x00, first)
            mstore(0x20, code)
            key := keccak256(0x00, 0x40)
        }
    }
}
