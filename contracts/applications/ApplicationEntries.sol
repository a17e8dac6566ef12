// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationStatements} from "../libraries/ApplicationStatements.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {RecordFacts} from "../libraries/RecordFacts.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {ApplicationRecords} from "./ApplicationRecords.sol";

/// @title How applications get into the registry: one by one, in batches, by anchors
abstract contract ApplicationEntries is ApplicationRecords {
    /// @inheritdoc IApplicationRegistry
    function register(Application calldata application, bytes calldata signature)
        external
        override
        returns (bool taken)
    {
        OfficeNumber number = application.number;
        number.validate();
        Record storage record = _records[number];
        if (_isRecorded(record, application)) return false;
        (address signer, CalendarDate earliest) = _verify(
            number.office(), Scopes.APPLICATIONS, ApplicationStatements.hashRegistration(application), signature
        );
        _record(record, application, signer, earliest, block.timestamp);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function registerBatch(OfficeCode office, Application[] calldata applications, bytes calldata signature)
        external
        override
        returns (uint256 taken, uint256 alreadyRecorded, uint256 refused)
    {
        uint256 count = applications.length;
        _checkSize(count);
        (address signer, CalendarDate earliest) =
            _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashBatch(office, applications), signature);
        CalendarDate latest = _latestDate(block.timestamp);

        uint256 end = _firstRecordedBefore(applications, 0);
        uint256 i = _storeWhileGood(applications, 0, end, office, signer, earliest, latest);
        while (i != count) {
            Application calldata item = applications[i];
            Outcome outcome = _explain(item, office, earliest, latest);
            if (outcome == Outcome.AlreadyRecorded) ++alreadyRecorded;
            else ++refused;
            emit ApplicationNotTaken(item.number, office, item.digest, item.filingDate, item.disclosure, outcome);
            if (i == end) end = _firstRecordedBefore(applications, i + 1);
            i = _storeWhileGood(applications, i + 1, end, office, signer, earliest, latest);
        }
        taken = count - alreadyRecorded - refused;
        emit BatchRegistered(office, signer, taken, alreadyRecorded, refused);
    }

    /// @inheritdoc IApplicationRegistry
    function anchor(Anchor calldata statement, bytes calldata signature) external override returns (bool taken) {
        (OfficeCode office, uint64 sequence, bytes32 root, uint40 leafCount) = ApplicationStatements.words(statement);
        bool isEmpty;
        assembly ("memory-safe") {
            isEmpty := or(iszero(root), iszero(leafCount))
        }
        if (isEmpty) revert ApplicationRegistryEmptyAnchor(root, leafCount);
        (address signer,) = _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashAnchor(statement), signature);
        uint256 binding = ApplicationStatements.bind(statement, signer);
        AnchorSlot storage slot = _anchorSlot(office, sequence);
        uint256 word = slot.word;
        if (word != 0) {
            if (word >> TIME_BITS == binding >> TIME_BITS) return false;
            revert ApplicationRegistryAnchorConflict(office, sequence);
        }
        if (address(predecessor) != address(0)) {
            if (_isAnchoredBefore(statement, office, sequence, signer)) return false;
        }
        unchecked {
            // Sequence 0 wraps to what is no sequence number of any office, so that nothing is there.
            if (
                _anchorSlot(office, uint256(sequence) - 1).word == 0 && sequence != 1
                    && sequence != _firstSequence(office)
            ) {
                revert ApplicationRegistrySequenceGap(office, nextSequence(office), sequence);
            }
        }
        slot.word = (binding >> TIME_BITS << TIME_BITS) | block.timestamp;
        _emitAnchored(office, root, sequence, leafCount, signer);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function disclose(
        Anchor calldata statement,
        address signingKey,
        Application calldata application,
        bytes32[] calldata proof
    ) external override returns (bool taken) {
        (OfficeCode office, uint64 sequence, bytes32 root, uint40 leafCount) = ApplicationStatements.words(statement);
        OfficeNumber number = application.number;
        number.validate();
        uint256 word = _anchorSlot(office, sequence).word;
        if (word == 0) {
            word = _anchoredBefore(statement, signingKey);
            if (word == 0) revert ApplicationRegistryUnknownAnchor(office, sequence);
        } else if (word >> TIME_BITS != ApplicationStatements.bind(statement, signingKey) >> TIME_BITS) {
            revert ApplicationRegistryUnknownAnchor(office, sequence);
        }
        if (number.office() != office) revert ApplicationRegistryOtherOffice(number, office);
        if (!MerkleTree.includes(root, leafCount, ApplicationStatements.hashLeaf(application), proof)) {
            revert ApplicationRegistryInvalidProof(number);
        }
        Record storage record = _records[number];
        if (_isRecorded(record, application)) return false;
        // The office's bound, as it was when the key was revoked if it was.
        CalendarDate earliest = _keyFacts(keyId(office, signingKey)).earliestFilingDate();
        _record(record, application, signingKey, earliest, uint40(word));
        emit ApplicationDisclosed(number, sequence);
        return true;
    }

    /// @dev Records items from `start` on, up to `end` or the first that cannot be taken; returns its position. This is the
    ///      inner loop of a batch. Items in a row with one filing date and one disclosure are a run: what is equal in
    ///      it is judged and prepared once. All else that can be wrong with an item meets in one branch, since almost
    ///      nothing ever is.
    function _storeWhileGood(
        Application[] calldata items,
        uint256 start,
        uint256 end,
        OfficeCode office,
        address signer,
        CalendarDate earliest,
        CalendarDate latest
    ) private returns (uint256) {
        bytes32 topic = ApplicationRegistered.selector;
        uint256 run;
        uint256 item;
        uint256 last;
        assembly ("memory-safe") {
            run := mload(0x40)
            mstore(0x40, add(run, 0x40))
            calldatacopy(run, calldatasize(), 0x40)
            item := add(items.offset, shl(7, start))
            last := add(items.offset, shl(7, end))
        }
        uint256 facts;
        for (; item != last; item = ApplicationStatements.itemAfter(item)) {
            (OfficeNumber number_, bytes32 digest, uint256 differs) = ApplicationStatements.itemWords(item, run);
            // No facts: no run has begun, whatever the words of the item are.
            assembly ("memory-safe") {
                differs := or(differs, iszero(facts))
            }
            if (differs != 0) {
                facts = _beginRun(item, run, signer, earliest, latest);
                // Facts hold the block time, but nothing that a clock tips makes them zero.
                // slither-disable-next-line incorrect-equality
                if (facts == 0) break;
            }
            uint256 slot = _slotOf(number_);
            uint256 problems = number_.defects();
            assembly ("memory-safe") {
                problems := or(problems, sload(add(slot, 1)))
                problems := or(problems, shr(240, xor(number_, office)))
                problems := or(problems, iszero(digest))
            }
            if (problems != 0) break;
            assembly ("memory-safe") {
                sstore(slot, digest)
                sstore(add(slot, 1), facts)
                log4(run, 0x40, topic, number_, signer, digest)
            }
        }
        return end - (last - item) / 0x80;
    }

    /// @dev Judges filing date and disclosure of an item, keeps them at `run` for those that follow, and returns slot
    ///      1 of their records; zero if they cannot be taken.
    function _beginRun(uint256 item, uint256 run, address signer, CalendarDate earliest, CalendarDate latest)
        private
        view
        returns (uint256)
    {
        (uint256 filingDate, uint256 disclosure) = ApplicationStatements.runWords(item);
        if (
            filingDate < CalendarDate.unwrap(earliest) || filingDate > CalendarDate.unwrap(latest)
                || disclosure > LAST_DISCLOSURE || !CalendarDate.wrap(uint32(filingDate)).isValid()
        ) return 0;
        assembly ("memory-safe") {
            mstore(run, filingDate)
            mstore(add(run, 0x20), disclosure)
        }
        return RecordFacts.pack(
            signer, block.timestamp, CalendarDate.wrap(uint32(filingDate)), 1, uint256(Status.Filed), disclosure
        );
    }

    /// @dev Records one application that is not recorded, at its first time; reverts with what is wrong with it.
    function _record(
        Record storage record,
        Application calldata application,
        address signer,
        CalendarDate earliest,
        uint256 recordedAt
    ) private {
        (OfficeNumber number, CalendarDate filingDate, uint8 disclosure, bytes32 digest) =
            (application.number, application.filingDate, application.disclosure, application.digest);
        _check(number, filingDate, disclosure, digest, earliest, recordedAt);
        record.digest = digest;
        RecordFacts.store(
            record, RecordFacts.pack(signer, recordedAt, filingDate, 1, uint256(Status.Filed), disclosure)
        );
        emit ApplicationRegistered(number, signer, digest, filingDate, disclosure);
    }

    /// @dev Slot 0 of `_records[number]`.
    function _slotOf(OfficeNumber number_) private pure returns (uint256 slot) {
        assembly ("memory-safe") {
            mstore(0x00, number_)
            mstore(0x20, _records.slot)
            slot := keccak256(0x00, 0x40)
        }
    }

    /// @dev Position of the first item from `start` on that the predecessor has recorded; the number of items if there
    ///      is none.
    function _firstRecordedBefore(Application[] calldata items, uint256 start) private view returns (uint256 i) {
        if (address(predecessor) == address(0)) return items.length;
        i = start;
        while (i < items.length && !_isRecordedBefore(items[i].number)) ++i;
    }

    /// @dev Emits `ApplicationsAnchored`. All words are known to fit their types.
    function _emitAnchored(OfficeCode office, bytes32 root, uint64 sequence, uint40 leafCount, address signer) private {
        bytes32 topic = ApplicationsAnchored.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, root)
            mstore(add(free, 0x20), sequence)
            mstore(add(free, 0x40), leafCount)
            mstore(add(free, 0x60), signer)
            log2(free, 0x80, topic, office)
        }
    }

    /// @dev Whether the predecessor has this anchor; reverts if it has another with this sequence number.
    function _isAnchoredBefore(Anchor calldata statement, OfficeCode office, uint64 sequence, address signer)
        private
        view
        returns (bool)
    {
        if (_anchoredBefore(statement, signer) != 0) return true;
        if (sequence != 0 && sequence < _firstSequence(office)) {
            revert ApplicationRegistryAnchorConflict(office, sequence);
        }
        return false;
    }

    /// @dev Why an item of a batch cannot be taken.
    function _explain(Application calldata item, OfficeCode office, CalendarDate earliest, CalendarDate latest)
        private
        view
        returns (Outcome)
    {
        if (!item.number.isWellFormed()) return Outcome.MalformedNumber;
        if (item.number.office() != office) return Outcome.OtherOffice;
        // Whether it is inherited does not matter here.
        // slither-disable-next-line unused-return
        (Record memory record,) = _find(item.number);
        if (record.version != 0) return _isSame(record, item) ? Outcome.AlreadyRecorded : Outcome.Conflict;
        if (!item.filingDate.isValid()) return Outcome.InvalidDate;
        if (item.filingDate < earliest) return Outcome.BeforeOffice;
        if (item.filingDate > latest) return Outcome.FutureDate;
        return item.digest == 0 ? Outcome.NoDigest : Outcome.UnknownDisclosure;
    }
}
