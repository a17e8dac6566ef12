// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {ApplicationStatements} from "../libraries/ApplicationStatements.sol";
import {RecordFacts} from "../libraries/RecordFacts.sol";
import {CalendarDate, calendarDateAt, dayNumberAt} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {ApplicationDigests} from "./ApplicationDigests.sol";

/// @title What the application registry holds, and how it is read
/// @notice Where nothing is stored here, the predecessor answers: a record, its reconfirmation and an anchor are either
///         here or there, and what is here counts.
abstract contract ApplicationRecords is ApplicationDigests {
    /// @dev A full batch fits a block of 30 million gas; 500 items do where one predecessor is asked about each, 400
    ///      where two are.
    uint256 private constant MAX_BATCH = 600;
    uint256 internal constant LAST_DISCLOSURE = 1;
    /// @dev The day begins 14 hours before UTC at UTC+14, the earliest civil time on Earth.
    uint256 private constant EARLIEST_TIME_ZONE = 14 hours;
    /// @dev Low bits of an anchor's slot.
    uint256 internal constant TIME_BITS = 40;

    /// @dev See `_anchors`.
    struct AnchorSlot {
        uint256 word;
    }

    IApplicationRegistry public immutable override predecessor;

    mapping(OfficeNumber number => Record) internal _records;

    /// @dev One slot an anchor: 216 bits that bind root, leaf count and signing key (the high bits of their hash), then
    ///      40 bits of block time. Finding two anchors with one binding takes about 2**108 hashes. The slot before
    ///      shows that a sequence has no gap, so that no counter is stored.
    // Written through the reference that `_anchorSlot` returns.
    // slither-disable-next-line uninitialized-state
    mapping(bytes32 anchorId => AnchorSlot) private _anchors;

    mapping(OfficeNumber number => Reconfirmation) internal _reconfirmations;

    constructor(IApplicationRegistry predecessor_) {
        if (
            address(predecessor_) != address(0)
                && (address(predecessor_).code.length == 0 || address(predecessor_.directory()) != address(directory))
        ) revert ApplicationRegistryInvalidPredecessor(address(predecessor_));
        predecessor = predecessor_;
    }

    /// @inheritdoc IApplicationRegistry
    function recordOf(OfficeNumber number) external view override returns (Record memory) {
        if (address(predecessor) == address(0) || _records[number].version != 0) return _records[number];
        return predecessor.recordOf(number);
    }

    /// @inheritdoc IApplicationRegistry
    function recordsOf(OfficeNumber[] calldata numbers) external view override returns (Record[] memory records) {
        records = new Record[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) {
            (records[i],) = _find(numbers[i]);
        }
    }

    /// @inheritdoc IApplicationRegistry
    function standingOf(OfficeNumber number) external view override returns (Record memory record, bool suspect) {
        bool inherited;
        (record, inherited) = _find(number);
        suspect = _isSuspect(number, record, inherited);
    }

    /// @inheritdoc IApplicationRegistry
    function isSuspect(OfficeNumber number) external view override returns (bool) {
        (Record memory record, bool inherited) = _find(number);
        return _isSuspect(number, record, inherited);
    }

    /// @inheritdoc IApplicationRegistry
    function reconfirmationOf(OfficeNumber number) external view override returns (Reconfirmation memory) {
        return _reconfirmationOf(number, _isInherited(number));
    }

    /// @inheritdoc IApplicationRegistry
    function anchoredAt(Anchor calldata statement, address signingKey) public view override returns (uint40) {
        // All words are read, since a second spelling of one must not pass.
        // slither-disable-next-line unused-return
        (OfficeCode office, uint64 sequence,,) = ApplicationStatements.words(statement);
        uint256 word = _anchorSlot(office, sequence).word;
        if (word == 0) return _anchoredBefore(statement, signingKey);
        // A hash is compared with a hash: nothing that a balance or a clock could tip.
        // slither-disable-next-line incorrect-equality
        return word >> TIME_BITS == ApplicationStatements.bind(statement, signingKey) >> TIME_BITS ? uint40(word) : 0;
    }

    /// @inheritdoc IApplicationRegistry
    function nextSequence(OfficeCode office) public view override returns (uint64 next) {
        // Doubling, then halving: sequences are taken without gaps.
        next = _firstSequence(office);
        uint64 taken = next - 1;
        uint64 step = 1;
        while (_anchorSlot(office, next).word != 0) {
            taken = next;
            next += step;
            step *= 2;
        }
        while (next - taken > 1) {
            uint64 middle = taken + (next - taken) / 2;
            if (_anchorSlot(office, middle).word != 0) taken = middle;
            else next = middle;
        }
    }

    /// @dev Record of a number, wherever it is; none if its version is zero.
    function _find(OfficeNumber number) internal view returns (Record memory record, bool inherited) {
        if (address(predecessor) == address(0) || _records[number].version != 0) return (_records[number], false);
        record = predecessor.recordOf(number);
        inherited = record.version != 0;
    }

    /// @dev Record of a number; reverts if there is none.
    function _recorded(OfficeNumber number) internal view returns (Record memory record, bool inherited) {
        (record, inherited) = _find(number);
        if (record.version == 0) revert ApplicationRegistryNotRecorded(number);
    }

    /// @dev Whether the number is recorded by the predecessor and not here.
    function _isInherited(OfficeNumber number) internal view returns (bool) {
        return _records[number].version == 0 && _isRecordedBefore(number);
    }

    /// @dev Whether the predecessor has a record of the number.
    function _isRecordedBefore(OfficeNumber number) internal view returns (bool) {
        return address(predecessor) != address(0) && predecessor.recordOf(number).version != 0;
    }

    /// @dev Whether the number is recorded with this content; reverts if with other content.
    function _isRecorded(Record storage record, Application calldata application) internal view returns (bool) {
        if (record.version == 0) {
            if (address(predecessor) == address(0)) return false;
            Record memory inherited = predecessor.recordOf(application.number);
            if (inherited.version == 0) return false;
            if (_isSame(inherited, application)) return true;
            revert ApplicationRegistryConflict(application.number, inherited.digest, inherited.filingDate);
        }
        if (_isSame(record, application)) return true;
        revert ApplicationRegistryConflict(application.number, record.digest, record.filingDate);
    }

    function _isSame(Record memory record, Application calldata application) internal pure returns (bool) {
        return record.digest == application.digest && record.filingDate == application.filingDate
            && record.disclosure == application.disclosure;
    }

    /// @dev Copies a record of the predecessor, with its reconfirmation, so that it goes on here.
    function _inherit(OfficeNumber number, Record memory record) internal {
        _records[number].digest = record.digest;
        RecordFacts.store(_records[number], RecordFacts.repack(record, record.version, record.status));
        _reconfirmations[number] = predecessor.reconfirmationOf(number);
    }

    /// @dev Whether the key of the present content was compromised when it was recorded, and no good key has confirmed
    ///      that content since.
    function _isSuspect(OfficeNumber number, Record memory record, bool inherited) internal view returns (bool) {
        return record.version != 0 && _isCompromised(number.office(), record.signingKey, record.recordedAt)
            && !_isConfirmed(number, record, inherited);
    }

    /// @dev Whether a key that is not known to have been compromised then has confirmed the present content. Versions
    ///      are equal, or only withdrawals and reinstatements have come since: content that is newer than the
    ///      confirmation has a later time.
    function _isConfirmed(OfficeNumber number, Record memory record, bool inherited) internal view returns (bool) {
        Reconfirmation memory last = _reconfirmationOf(number, inherited);
        // A version is compared with a version: nothing that a clock could tip.
        // slither-disable-next-line incorrect-equality
        return last.reconfirmedAt != 0 && (last.version == record.version || last.reconfirmedAt > record.recordedAt)
            && !_isCompromised(number.office(), last.signingKey, last.reconfirmedAt);
    }

    /// @dev Since when the predecessor has an anchor; zero if it has not.
    function _anchoredBefore(Anchor calldata statement, address signingKey) internal view returns (uint40) {
        return address(predecessor) == address(0) ? 0 : predecessor.anchoredAt(statement, signingKey);
    }

    /// @dev First sequence number that the predecessor has not taken.
    function _firstSequence(OfficeCode office) internal view returns (uint64) {
        return address(predecessor) == address(0) ? 1 : predecessor.nextSequence(office);
    }

    function _anchorSlot(OfficeCode office, uint256 sequence) internal view returns (AnchorSlot storage) {
        return _anchors[bytes32(OfficeCode.unwrap(office)) | bytes32(sequence)];
    }

    function _reconfirmationOf(OfficeNumber number, bool inherited) private view returns (Reconfirmation memory) {
        return inherited ? predecessor.reconfirmationOf(number) : _reconfirmations[number];
    }

    /// @dev Reverts unless a list of items is neither empty nor too long.
    function _checkSize(uint256 size) internal pure {
        if (size == 0 || size > MAX_BATCH) revert ApplicationRegistryBatchSize(size, MAX_BATCH);
    }

    /// @dev Reverts with what is wrong with an application that is recorded at `recordedAt`.
    function _check(
        OfficeNumber number,
        CalendarDate filingDate,
        uint8 disclosure,
        bytes32 digest,
        CalendarDate earliest,
        uint256 recordedAt
    ) internal pure {
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
    function _latestDate(uint256 timestamp) internal pure returns (CalendarDate) {
        return calendarDateAt(timestamp + EARLIEST_TIME_ZONE);
    }
}
