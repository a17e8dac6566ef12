// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {RightsStatements} from "../libraries/RightsStatements.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {RightsEntries} from "./RightsEntries.sol";
import {RightsRecords} from "./RightsRecords.sol";

/// @title Trade mark and design register entries with their legal-status history
contract RightsRegister is RightsEntries {
    uint256 private constant MAX_BATCH = 200;

    constructor(IOfficeDirectory directory_, IOfficePractice practice_)
        EIP712("Registrum RightsRegister", "1")
        OfficeSigned(directory_)
        RightsRecords(practice_)
    {}

    /// @inheritdoc IRightsRegister
    function record(LegalStatusEvent calldata statement, bytes calldata signature)
        external
        override
        returns (bool recorded)
    {
        OfficeNumber number = statement.number;
        (bytes32 hash, bool statesFacts) = RightsStatements.hashEvent(statement);
        bytes32 head = _entries[number].head;
        if (head == hash) return false;
        (address signer, bool isBody) = _signerOf(number.office(), hash, signature, statement.previous == 0);
        _record(statement, Recording(hash, head, signer, isBody, statesFacts, 0));
        return true;
    }

    /// @inheritdoc IRightsRegister
    function recordBatch(OfficeCode office, LegalStatusEvent[] calldata statements, bytes calldata signature)
        external
        override
        returns (uint256 recorded, uint256 alreadyRecorded)
    {
        uint256 count = statements.length;
        if (count == 0 || count > MAX_BATCH) revert RightsRegisterBatchSize(count, MAX_BATCH);
        bytes32[] memory hashes = new bytes32[](count);
        bool[] memory stateFacts = new bool[](count);
        bool creates;
        for (uint256 i = 0; i < count; ++i) {
            LegalStatusEvent calldata statement = statements[i];
            OfficeNumber number = statement.number;
            if (number.office() != office) revert RightsRegisterOtherOffice(number, office);
            (hashes[i], stateFacts[i]) = RightsStatements.hashEvent(statement);
            creates = creates || statement.previous == 0;
        }
        (address signer, bool isBody) =
            _signerOf(office, RightsStatements.hashBatch(office, hashes), signature, creates);
        Recording memory recording = Recording(0, 0, signer, isBody, false, 0);
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < count; ++i) {
            recording.hash = hashes[i];
            recording.head = _entries[statements[i].number].head;
            if (recording.head == recording.hash) continue;
            recording.statesFacts = stateFacts[i];
            _record(statements[i], recording);
            ++recorded;
            // Nothing that one event put into memory is needed for the next.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
        alreadyRecorded = count - recorded;
        emit BatchRecorded(office, signer, recorded, alreadyRecorded);
    }

    /// @dev New entries are the office's own; for those that exist its successor acts as well.
    function _signerOf(OfficeCode office, bytes32 hash, bytes calldata signature, bool creates)
        private
        view
        returns (address signer, bool isBody)
    {
        CalendarDate earliest;
        (signer, earliest) = creates
            ? _verify(office, Scopes.REGISTER, hash, signature)
            : _verifyWithSuccessor(office, Scopes.REGISTER, hash, signature);
        isBody = earliest == NOT_THE_OFFICE;
    }

    function _isEmpowered(OfficeCode office, address account, uint8) internal view override returns (bool) {
        return practice.categoriesOf(office, account) != 0;
    }
}
