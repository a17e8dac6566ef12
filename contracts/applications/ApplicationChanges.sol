// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationStatements} from "../libraries/ApplicationStatements.sol";
import {RecordFacts} from "../libraries/RecordFacts.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {ApplicationRecords} from "./ApplicationRecords.sol";

/// @title What may become of an application record: correction, withdrawal, reinstatement, reconfirmation
/// @notice Signed by the office or, once it has departed, by its successor.
abstract contract ApplicationChanges is ApplicationRecords {
    uint8 private constant LAST_VERSION = type(uint8).max;

    /// @inheritdoc IApplicationRegistry
    function correct(Correction calldata correction, bytes calldata signature) external override returns (bool taken) {
        OfficeNumber number = correction.number;
        (Record memory previous, bool inherited) = _recorded(number);
        uint8 replaces = correction.replaces;
        bool sameContent = previous.digest == correction.digest && previous.filingDate == correction.filingDate
            && previous.disclosure == correction.disclosure;
        if (sameContent && previous.status != Status.Filed && previous.version == uint256(replaces) + 1) return false;
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        if (replaces == LAST_VERSION && !_isSuspect(number, previous, inherited)) {
            if (sameContent) return false;
            revert ApplicationRegistryVersionLimit(number);
        }
        (address signer, CalendarDate earliest) = _verifyWithSuccessor(
            number.office(), Scopes.APPLICATIONS, ApplicationStatements.hashCorrection(correction), signature
        );
        _check(number, correction.filingDate, correction.disclosure, correction.digest, earliest, block.timestamp);

        if (inherited) _inherit(number, previous);
        uint8 version = _versionAfter(replaces);
        Record storage record = _records[number];
        record.digest = correction.digest;
        RecordFacts.store(
            record,
            RecordFacts.pack(
                signer,
                block.timestamp,
                correction.filingDate,
                version,
                uint256(previous.status == Status.Withdrawn ? Status.Withdrawn : Status.Corrected),
                correction.disclosure
            )
        );
        emit ApplicationCorrected(
            number, signer, correction.digest, correction.filingDate, correction.disclosure, version, previous
        );
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function withdraw(OfficeNumber number, uint8 replaces, bytes calldata signature)
        external
        override
        returns (bool taken)
    {
        (Record memory previous, bool inherited) = _recorded(number);
        if (previous.status == Status.Withdrawn) return false;
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        if (replaces == LAST_VERSION) revert ApplicationRegistryVersionLimit(number);
        bytes32 statement = ApplicationStatements.hashWithdrawal(number, replaces);
        (address signer,) = _verifyWithSuccessor(number.office(), Scopes.APPLICATIONS, statement, signature);
        _setStatus(number, previous, inherited, replaces + 1, Status.Withdrawn);
        emit ApplicationWithdrawn(number, signer, replaces + 1);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function reinstate(OfficeNumber number, uint8 replaces, bytes calldata signature)
        external
        override
        returns (bool taken)
    {
        (Record memory previous, bool inherited) = _recorded(number);
        uint8 version = _versionAfter(replaces);
        if (previous.status != Status.Withdrawn) {
            if (previous.status == Status.Corrected && previous.version == version) return false;
            revert ApplicationRegistryNotWithdrawn(number);
        }
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        bytes32 statement = ApplicationStatements.hashReinstatement(number, replaces);
        (address signer,) = _verifyWithSuccessor(number.office(), Scopes.APPLICATIONS, statement, signature);
        _setStatus(number, previous, inherited, version, Status.Corrected);
        emit ApplicationReinstated(number, signer, version);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function reconfirm(OfficeCode office, uint40 asOf, Application[] calldata items, bytes calldata signature)
        external
        override
        returns (uint256 taken, uint256 already)
    {
        _checkSize(items.length);
        if (asOf > block.timestamp) revert ApplicationRegistryInvalidMoment(asOf);
        bytes32 statement = ApplicationStatements.hashReconfirmation(office, asOf, items);
        (address signer,) = _verifyWithSuccessor(office, Scopes.APPLICATIONS, statement, signature);
        for (uint256 i = 0; i < items.length; ++i) {
            if (_reconfirm(office, asOf, items[i], signer)) ++taken;
            else ++already;
        }
    }

    /// @dev Whether the confirmation is new; false if one by a good key stands.
    function _reconfirm(OfficeCode office, uint40 asOf, Application calldata item, address signer)
        private
        returns (bool)
    {
        OfficeNumber number = item.number;
        if (number.office() != office) revert ApplicationRegistryOtherOffice(number, office);
        (Record memory record, bool inherited) = _recorded(number);
        if (!_isSame(record, item)) revert ApplicationRegistryConflict(number, record.digest, record.filingDate);
        if (record.recordedAt > asOf) revert ApplicationRegistryRecordedSince(number, record.recordedAt, asOf);
        if (_isConfirmed(number, record, inherited)) return false;
        if (inherited) _inherit(number, record);
        _reconfirmations[number] = Reconfirmation(signer, uint40(block.timestamp), record.version);
        emit ApplicationReconfirmed(number, signer, record.version);
        return true;
    }

    /// @dev Key and time stay those of the content, which this does not touch.
    function _setStatus(OfficeNumber number, Record memory previous, bool inherited, uint8 version, Status status)
        private
    {
        if (inherited) _inherit(number, previous);
        RecordFacts.store(_records[number], RecordFacts.repack(previous, version, status));
    }

    /// @dev The last version is followed by itself, where it can be followed at all: no statement that replaces it has
    ///      effect twice, since nothing leads back to the state that it needs.
    function _versionAfter(uint8 version) private pure returns (uint8) {
        return version == LAST_VERSION ? version : version + 1;
    }
}
