// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {ApplicationStatements} from "../libraries/ApplicationStatements.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {RecordFacts} from "../libraries/RecordFacts.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate, calendarDateAt, dayNumberAt} from "../types/CalendarDate.sol";
import {keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {ApplicationDigests} from "./ApplicationDigests.sol";

/// @title Registry of office-signed application records
contract ApplicationRegistry is ApplicationDigests {
    /// @dev A full batch fits a block of 30 million gas.
    uint256 private constant MAX_BATCH = 600;
    uint256 private constant LAST_DISCLOSURE = 1;
    /// @dev The day begins 14 hours before UTC at UTC+14, the earliest civil time on Earth.
    uint256 private constant EARLIEST_TIME_ZONE = 14 hours;
    /// @dev Low bits of an anchor's slot.
    uint256 private constant TIME_BITS = 40;

    /// @dev See `_anchors`.
    struct AnchorSlot {
        uint256 word;
    }

    mapping(OfficeNumber number => Record) private _records;

    /// @dev One slot an anchor: 216 bits that bind root, leaf count and signing key (the high bits of their hash), then
    ///      40 bits of block time. Finding two anchors with one binding takes about 2**108 hashes. The slot before
    ///      shows that a sequence has no gap, so that no counter is stored.
    // Written through the reference that `_anchorSlot` returns.
    // slither-disable-next-line uninitialized-state
    mapping(bytes32 anchorId => AnchorSlot) private _anchors;

    constructor(IOfficeDirectory directory_) EIP712("Registrum ApplicationRegistry", "1") OfficeSigned(directory_) {}

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
        if (count == 0 || count > MAX_BATCH) revert ApplicationRegistryBatchSize(count, MAX_BATCH);
        (address signer, CalendarDate earliest) =
            _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashBatch(office, applications), signature);
        CalendarDate latest = _latestDate(block.timestamp);

        uint256 i = _storeWhileGood(applications, 0, office, signer, earliest, latest);
        while (i != count) {
            Application calldata item = applications[i];
            Outcome outcome = _explain(item, office, earliest, latest);
            if (outcome == Outcome.AlreadyRecorded) ++alreadyRecorded;
            else ++refused;
            emit ApplicationNotTaken(item.number, office, item.digest, item.filingDate, item.disclosure, outcome);
            i = _storeWhileGood(applications, i + 1, office, signer, earliest, latest);
        }
        taken = count - alreadyRecorded - refused;
        emit BatchRegistered(office, signer, taken, alreadyRecorded, refused);
    }

    /// @inheritdoc IApplicationRegistry
    function anchor(Anchor calldata statement, bytes calldata signature) external override returns (bool taken) {
        (OfficeCode office, uint64 sequence, bytes32 root, uint40 leafCount) = ApplicationStatements.words(statement);
        if (root == 0 || leafCount == 0) revert ApplicationRegistryEmptyAnchor(root, leafCount);
        (address signer,) = _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashAnchor(statement), signature);
        uint256 binding = ApplicationStatements.bind(statement, signer);
        AnchorSlot storage slot = _anchorSlot(office, sequence);
        uint256 word = slot.word;
        if (word != 0) {
            if (word >> TIME_BITS == binding >> TIME_BITS) return false;
            revert ApplicationRegistryAnchorConflict(office, sequence);
        }
        unchecked {
            // Sequence 0 wraps to a number that is never taken.
            if (_anchorSlot(office, sequence - 1).word == 0 && sequence != 1) {
                revert ApplicationRegistrySequenceGap(office, nextSequence(office), sequence);
            }
        }
        slot.word = (binding >> TIME_BITS << TIME_BITS) | block.timestamp;
        emit ApplicationsAnchored(office, root, sequence, leafCount, signer);
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
        if (word == 0 || word >> TIME_BITS != ApplicationStatements.bind(statement, signingKey) >> TIME_BITS) {
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

    /// @inheritdoc IApplicationRegistry
    function correct(Correction calldata correction, bytes calldata signature) external override returns (bool taken) {
        OfficeNumber number = correction.number;
        Record memory previous = _recorded(number);
        uint8 replaces = correction.replaces;
        bool sameContent = previous.digest == correction.digest && previous.filingDate == correction.filingDate
            && previous.disclosure == correction.disclosure;
        if (sameContent && previous.status != Status.Filed && previous.version == uint256(replaces) + 1) return false;
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        if (replaces == type(uint8).max) revert ApplicationRegistryVersionLimit(number);
        OfficeCode office = number.office();
        (address signer, CalendarDate earliest) =
            _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashCorrection(correction), signature);
        _check(number, correction.filingDate, correction.disclosure, correction.digest, earliest, block.timestamp);

        Record storage record = _records[number];
        record.digest = correction.digest;
        RecordFacts.store(
            record,
            RecordFacts.pack(
                signer,
                block.timestamp,
                correction.filingDate,
                replaces + 1,
                uint256(previous.status == Status.Withdrawn ? Status.Withdrawn : Status.Corrected),
                correction.disclosure
            )
        );
        emit ApplicationCorrected(
            number, signer, correction.digest, correction.filingDate, correction.disclosure, replaces + 1, previous
        );
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function withdraw(OfficeNumber number, uint8 replaces, bytes calldata signature)
        external
        override
        returns (bool taken)
    {
        Record memory previous = _recorded(number);
        if (previous.status == Status.Withdrawn) return false;
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        if (replaces == type(uint8).max) revert ApplicationRegistryVersionLimit(number);
        OfficeCode office = number.office();
        (address signer,) =
            _verify(office, Scopes.APPLICATIONS, ApplicationStatements.hashWithdrawal(number, replaces), signature);
        // Key and time stay those of the content, which the withdrawal does not touch.
        _records[number].version = replaces + 1;
        _records[number].status = Status.Withdrawn;
        emit ApplicationWithdrawn(number, signer, replaces + 1);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function recordOf(OfficeNumber number) external view override returns (Record memory) {
        return _records[number];
    }

    /// @inheritdoc IApplicationRegistry
    function recordsOf(OfficeNumber[] calldata numbers) external view override returns (Record[] memory records) {
        records = new Record[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) {
            records[i] = _records[numbers[i]];
        }
    }

    /// @inheritdoc IApplicationRegistry
    function anchoredAt(Anchor calldata statement, address signingKey) public view override returns (uint40) {
        // All words are read, since a second spelling of one must not pass.
        // slither-disable-next-line unused-return
        (OfficeCode office, uint64 sequence,,) = ApplicationStatements.words(statement);
        uint256 word = _anchorSlot(office, sequence).word;
        // A hash is compared with a hash: nothing that a balance or a clock could tip.
        // slither-disable-next-line incorrect-equality
        return word >> TIME_BITS == ApplicationStatements.bind(statement, signingKey) >> TIME_BITS ? uint40(word) : 0;
    }

    /// @inheritdoc IApplicationRegistry
    function nextSequence(OfficeCode office) public view override returns (uint64 next) {
        // Doubling, then halving: sequences are taken without gaps.
        uint64 taken = 0;
        next = 1;
        while (_anchorSlot(office, next).word != 0) {
            taken = next;
            next *= 2;
        }
        while (next - taken > 1) {
            uint64 middle = taken + (next - taken) / 2;
            if (_anchorSlot(office, middle).word != 0) taken = middle;
            else next = middle;
        }
    }

    /// @dev Records items from `start` on, up to the first that cannot be taken; returns its position. This is the
    ///      inner loop of a batch. Items in a row with one filing date and one disclosure are a run: what is equal in
    ///      it is judged and prepared once. All else that can be wrong with an item meets in one branch, since almost
    ///      nothing ever is.
    function _storeWhileGood(
        Application[] calldata items,
        uint256 start,
        OfficeCode office,
        address signer,
        CalendarDate earliest,
        CalendarDate latest
    ) private returns (uint256) {
        bytes32 topic = ApplicationRegistered.selector;
        uint256 run;
        uint256 item;
        uint256 end;
        assembly ("memory-safe") {
            run := mload(0x40)
            mstore(0x40, add(run, 0x40))
            calldatacopy(run, calldatasize(), 0x40)
            item := add(items.offset, shl(7, start))
            end := add(items.offset, shl(7, items.length))
        }
        uint256 facts;
        for (; item != end; item = ApplicationStatements.itemAfter(item)) {
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
        return items.length - (end - item) / 0x80;
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

    /// @dev Whether the number is recorded with this content; reverts if with other content.
    function _isRecorded(Record storage record, Application calldata application) private view returns (bool) {
        if (record.version == 0) return false;
        if (_isSame(record, application)) return true;
        revert ApplicationRegistryConflict(application.number, record.digest, record.filingDate);
    }

    /// @dev Why an item of a batch cannot be taken.
    function _explain(Application calldata item, OfficeCode office, CalendarDate earliest, CalendarDate latest)
        private
        view
        returns (Outcome)
    {
        if (!item.number.isWellFormed()) return Outcome.MalformedNumber;
        if (item.number.office() != office) return Outcome.OtherOffice;
        Record storage record = _records[item.number];
        if (record.version != 0) return _isSame(record, item) ? Outcome.AlreadyRecorded : Outcome.Conflict;
        if (!item.filingDate.isValid()) return Outcome.InvalidDate;
        if (item.filingDate < earliest) return Outcome.BeforeOffice;
        if (item.filingDate > latest) return Outcome.FutureDate;
        return item.digest == 0 ? Outcome.NoDigest : Outcome.UnknownDisclosure;
    }

    function _isSame(Record storage record, Application calldata application) private view returns (bool) {
        return record.digest == application.digest && record.filingDate == application.filingDate
            && record.disclosure == application.disclosure;
    }

    function _recorded(OfficeNumber number) private view returns (Record memory record) {
        record = _records[number];
        if (record.version == 0) revert ApplicationRegistryNotRecorded(number);
    }

    function _anchorSlot(OfficeCode office, uint64 sequence) private view returns (AnchorSlot storage) {
        return _anchors[bytes32(OfficeCode.unwrap(office)) | bytes32(uint256(sequence))];
    }

    /// @dev Reverts with what is wrong with an application that is recorded at `recordedAt`.
    function _check(
        OfficeNumber number,
        CalendarDate filingDate,
        uint8 disclosure,
        bytes32 digest,
        CalendarDate earliest,
        uint256 recordedAt
    ) private pure {
        filingDate.validate();
        if (filingDate < earliest) revert ApplicationRegistryBeforeOffice(number, filingDate, earliest);
        unchecked {
            // No overflow: block times have 40 bits.
            if (filingDate.dayNumber() > dayNumberAt(recordedAt + EARLIEST_TIME_ZONE)) {
                revert ApplicationRegistryFutureDate(number, filingDate, _latestDate(recordedAt));
            }
        }
        if (digest == 0) revert ApplicationRegistryNoDigest(number);
        if (disclosure > LAST_DISCLOSURE) revert ApplicationRegistryUnknownDisclosure(number, disclosure);
    }

    /// @dev Latest calendar date anywhere on Earth at `timestamp`: offices east of Greenwich are a day ahead of UTC.
    function _latestDate(uint256 timestamp) private pure returns (CalendarDate) {
        return calendarDateAt(timestamp + EARLIEST_TIME_ZONE);
    }
}
