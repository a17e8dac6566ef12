// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate, calendarDateAt} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title Registry of office-signed application records
contract ApplicationRegistry is IApplicationRegistry, OfficeSigned {
    bytes32 private constant REGISTRATION_TYPEHASH =
        keccak256("Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)");
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "RegistrationBatch(bytes2 office,Registration[] items)"
        "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"
    );
    bytes32 private constant ANCHOR_TYPEHASH =
        keccak256("Anchor(bytes2 office,uint64 sequence,bytes32 root,uint32 leafCount)");
    bytes32 private constant CORRECTION_TYPEHASH =
        keccak256("Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)");
    bytes32 private constant WITHDRAWAL_TYPEHASH = keccak256("Withdrawal(bytes32 number,uint8 replaces)");

    /// @dev A full batch fits a block of 30 million gas.
    uint256 private constant MAX_BATCH = 600;
    uint256 private constant LAST_DISCLOSURE = 1;
    /// @dev The day begins 14 hours before UTC at UTC+14, the earliest civil time on Earth.
    uint256 private constant EARLIEST_TIME_ZONE = 14 hours;
    /// @dev Low bits of an anchor's slot.
    uint256 private constant TIME_BITS = 40;

    mapping(OfficeNumber number => Record) private _records;

    /// @dev One slot an anchor: 216 bits that bind root, leaf count and signing key (the high bits of their hash), then
    ///      40 bits of block time. Finding two anchors with one binding takes about 2**108 hashes. The slot before shows
    ///      that a sequence has no gap, so that no counter is stored.
    mapping(OfficeCode office => mapping(uint64 sequence => bytes32 slot)) private _anchors;

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
        OfficeCode office = number.office();
        (address signer, CalendarDate earliest) =
            _verify(office, Scopes.APPLICATIONS, _hashRegistration(application), signature);
        _check(number, application.filingDate, application.disclosure, application.digest);
        _checkDates(number, application.filingDate, earliest, _latestDate(block.timestamp));
        _record(application, signer, block.timestamp);
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
            _verify(office, Scopes.APPLICATIONS, _hashBatch(office, applications), signature);
        CalendarDate latest = _latestDate(block.timestamp);

        uint256 i = 0;
        while (i != count) {
            Application calldata item = applications[i];
            uint256 next = i;
            if (
                item.filingDate.isValid() && item.filingDate >= earliest && item.filingDate <= latest
                    && item.disclosure <= LAST_DISCLOSURE
            ) next = _storeRun(applications, i, office, signer);
            if (next != i) {
                i = next;
                continue;
            }
            Outcome outcome = _explain(item, office, earliest, latest);
            if (outcome == Outcome.AlreadyRecorded) ++alreadyRecorded;
            else ++refused;
            emit ApplicationNotTaken(item.number, office, item.digest, item.filingDate, item.disclosure, outcome);
            ++i;
        }
        taken = count - alreadyRecorded - refused;
        emit BatchRegistered(office, signer, taken, alreadyRecorded, refused);
    }

    /// @inheritdoc IApplicationRegistry
    function anchor(Anchor calldata statement, bytes calldata signature) external override returns (bool taken) {
        OfficeCode office = statement.office;
        uint64 sequence = statement.sequence;
        if (statement.root == 0 || statement.leafCount == 0) {
            revert ApplicationRegistryEmptyAnchor(statement.root, statement.leafCount);
        }
        (address signer,) = _verify(office, Scopes.APPLICATIONS, _hashAnchor(statement), signature);
        bytes32 binding = _bind(statement, signer);
        mapping(uint64 sequence => bytes32) storage anchors = _anchors[office];
        bytes32 slot = anchors[sequence];
        if (slot != 0) {
            if (slot >> TIME_BITS == binding >> TIME_BITS) return false;
            revert ApplicationRegistryAnchorConflict(office, sequence);
        }
        if (sequence == 0 || (sequence != 1 && anchors[sequence - 1] == 0)) {
            revert ApplicationRegistrySequenceGap(office, nextSequence(office), sequence);
        }
        anchors[sequence] = (binding >> TIME_BITS << TIME_BITS) | bytes32(block.timestamp);
        emit ApplicationsAnchored(office, statement.root, sequence, statement.leafCount, signer);
        return true;
    }

    /// @inheritdoc IApplicationRegistry
    function disclose(
        Anchor calldata statement,
        address signingKey,
        Application calldata application,
        bytes32[] calldata proof
    ) external override returns (bool taken) {
        OfficeNumber number = application.number;
        OfficeCode office = statement.office;
        number.validate();
        uint40 recordedAt = anchoredAt(statement, signingKey);
        if (recordedAt == 0) revert ApplicationRegistryUnknownAnchor(office, statement.sequence);
        if (number.office() != office) revert ApplicationRegistryOtherOffice(number, office);
        bytes32 leaf = keccak256(
            bytes.concat(
                keccak256(abi.encode(number, application.filingDate, application.disclosure, application.digest))
            )
        );
        if (
            !_isPathLength(proof.length, statement.leafCount)
                || !MerkleProof.verifyCalldata(proof, statement.root, leaf)
        ) revert ApplicationRegistryInvalidProof(number);
        Record storage record = _records[number];
        if (_isRecorded(record, application)) return false;
        _check(number, application.filingDate, application.disclosure, application.digest);
        _checkDates(
            number, application.filingDate, directory.earliestFilingDateOf(office), _latestDate(uint256(recordedAt))
        );
        _record(application, signingKey, recordedAt);
        emit ApplicationDisclosed(number, statement.sequence);
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
            _verify(office, Scopes.APPLICATIONS, _hashCorrection(correction), signature);
        _check(number, correction.filingDate, correction.disclosure, correction.digest);
        _checkDates(number, correction.filingDate, earliest, _latestDate(block.timestamp));

        uint256 slot = _slotOf(number);
        bytes32 digest = correction.digest;
        uint256 facts = _packFacts(
            signer,
            block.timestamp,
            correction.filingDate,
            replaces + 1,
            uint256(previous.status == Status.Withdrawn ? Status.Withdrawn : Status.Corrected),
            correction.disclosure
        );
        assembly ("memory-safe") {
            sstore(slot, digest)
            sstore(add(slot, 1), facts)
        }
        emit ApplicationCorrected(
            number,
            signer,
            correction.digest,
            correction.filingDate,
            correction.disclosure,
            replaces + 1,
            previous
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
        if (previous.status == Status.Withdrawn && previous.version == uint256(replaces) + 1) return false;
        if (previous.version != replaces) {
            revert ApplicationRegistryVersionMismatch(number, previous.version, replaces);
        }
        if (replaces == type(uint8).max) revert ApplicationRegistryVersionLimit(number);
        OfficeCode office = number.office();
        (address signer,) = _verify(office, Scopes.APPLICATIONS, _hashWithdrawal(number, replaces), signature);
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
    function registrationDigest(Application calldata application) external view override returns (bytes32) {
        return _hashTypedDataV4(_hashRegistration(application));
    }

    /// @inheritdoc IApplicationRegistry
    function batchDigest(OfficeCode office, Application[] calldata applications)
        external
        view
        override
        returns (bytes32)
    {
        return _hashTypedDataV4(_hashBatch(office, applications));
    }

    /// @inheritdoc IApplicationRegistry
    function anchorDigest(Anchor calldata statement) external view override returns (bytes32) {
        return _hashTypedDataV4(_hashAnchor(statement));
    }

    /// @inheritdoc IApplicationRegistry
    function correctionDigest(Correction calldata correction) external view override returns (bytes32) {
        return _hashTypedDataV4(_hashCorrection(correction));
    }

    /// @inheritdoc IApplicationRegistry
    function withdrawalDigest(OfficeNumber number, uint8 replaces) external view override returns (bytes32) {
        return _hashTypedDataV4(_hashWithdrawal(number, replaces));
    }

    /// @inheritdoc IApplicationRegistry
    function anchoredAt(Anchor calldata statement, address signingKey) public view override returns (uint40) {
        bytes32 slot = _anchors[statement.office][statement.sequence];
        return slot >> TIME_BITS == _bind(statement, signingKey) >> TIME_BITS ? uint40(uint256(slot)) : 0;
    }

    /// @inheritdoc IApplicationRegistry
    function nextSequence(OfficeCode office) public view override returns (uint64 next) {
        // Doubling, then halving: sequences are taken without gaps.
        uint64 taken = 0;
        next = 1;
        while (_anchors[office][next] != 0) {
            taken = next;
            next *= 2;
        }
        while (next - taken > 1) {
            uint64 middle = taken + (next - taken) / 2;
            if (_anchors[office][middle] != 0) taken = middle;
            else next = middle;
        }
    }

    /// @dev Records items from `start` on, as long as they can be taken and have the filing date and the disclosure of the
    ///      first, which the caller judged; returns the position after the last. This is the inner loop of a batch: what
    ///      is equal in the run is prepared once, and all that can be wrong with an item meets in one branch, since
    ///      almost nothing ever is.
    function _storeRun(Application[] calldata items, uint256 start, OfficeCode office, address signer)
        private
        returns (uint256)
    {
        uint256 facts;
        uint256 eventData;
        uint256 item;
        uint256 end;
        {
            (CalendarDate filingDate, uint8 disclosure) = (items[start].filingDate, items[start].disclosure);
            facts = _packFacts(signer, block.timestamp, filingDate, 1, uint256(Status.Filed), disclosure);
            eventData = _eventData(filingDate, disclosure);
            assembly ("memory-safe") {
                item := add(items.offset, shl(7, start))
                end := add(items.offset, shl(7, items.length))
            }
        }
        for (; item != end; item = _next(item)) {
            (OfficeNumber number_, bytes32 digest, uint256 differs) = _words(item, eventData);
            uint256 slot = _slotOf(number_);
            uint256 problems = number_.defects();
            assembly ("memory-safe") {
                problems := or(problems, sload(add(slot, 1)))
                problems := or(problems, shr(240, xor(number_, office)))
                problems := or(problems, or(differs, iszero(digest)))
            }
            if (problems != 0) break;
            _store(slot, facts, number_, digest, signer, eventData);
        }
        return items.length - (end - item) / 0x80;
    }

    function _record(Application calldata application, address signer, uint256 recordedAt) private {
        (OfficeNumber number, CalendarDate filingDate, uint8 disclosure) =
            (application.number, application.filingDate, application.disclosure);
        uint256 facts = _packFacts(signer, recordedAt, filingDate, 1, uint256(Status.Filed), disclosure);
        _store(
            _slotOf(number), facts, number, application.digest, signer, _eventData(filingDate, disclosure)
        );
    }

    /// @dev Records a number that is not recorded. Slots and event are written by hand: assigning the struct would write its
    ///      second slot once a field.
    function _store(
        uint256 slot,
        uint256 facts,
        OfficeNumber number_,
        bytes32 digest,
        address signer,
        uint256 eventData
    ) private {
        bytes32 topic = ApplicationRegistered.selector;
        assembly ("memory-safe") {
            sstore(slot, digest)
            sstore(add(slot, 1), facts)
            log4(eventData, 0x40, topic, number_, signer, digest)
        }
    }

    /// @dev Memory that holds the two words of `ApplicationRegistered` that are not topics.
    function _eventData(CalendarDate filingDate, uint8 disclosure) private pure returns (uint256 eventData) {
        bytes memory data = abi.encode(filingDate, disclosure);
        assembly ("memory-safe") {
            eventData := add(data, 0x20)
        }
    }

    /// @dev The item after `item`; no overflow, since both lie in calldata.
    function _next(uint256 item) private pure returns (uint256) {
        unchecked {
            return item + 0x80;
        }
    }

    /// @dev Number and digest of an item, and zero if its other words are those of the run.
    function _words(uint256 item, uint256 eventData)
        private
        pure
        returns (OfficeNumber number_, bytes32 digest, uint256 differs)
    {
        assembly ("memory-safe") {
            number_ := calldataload(item)
            digest := calldataload(add(item, 0x60))
            differs := or(
                xor(calldataload(add(item, 0x20)), mload(eventData)),
                xor(calldataload(add(item, 0x40)), mload(add(eventData, 0x20)))
            )
        }
    }

    /// @dev Slot 1 of a `Record`, lowest bits first: signingKey 160, recordedAt 40, filingDate 32, version 8, status 8,
    ///      disclosure 8.
    function _packFacts(
        address signer,
        uint256 recordedAt,
        CalendarDate filingDate,
        uint256 version,
        uint256 status,
        uint256 disclosure
    ) private pure returns (uint256) {
        return uint256(uint160(signer)) | recordedAt << 160 | uint256(CalendarDate.unwrap(filingDate)) << 200
            | version << 232 | status << 240 | disclosure << 248;
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
        if (item.filingDate > latest) return Outcome.FutureDate;
        if (item.filingDate < earliest) return Outcome.BeforeOffice;
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

    /// @dev EIP-712: an array is the hash of its concatenated struct hashes. The four words of an item are already laid out
    ///      as the struct hash wants them.
    function _hashBatch(OfficeCode office, Application[] calldata applications) private pure returns (bytes32) {
        bytes32 typeHash = REGISTRATION_TYPEHASH;
        bytes32 itemsHash;
        assembly ("memory-safe") {
            let item := mload(0x40)
            let hashes := add(item, 0xa0)
            let end := add(hashes, shl(5, applications.length))
            let source := applications.offset
            mstore(item, typeHash)
            for { let next := hashes } lt(next, end) { next := add(next, 0x20) } {
                calldatacopy(add(item, 0x20), source, 0x80)
                mstore(next, keccak256(item, 0xa0))
                source := add(source, 0x80)
            }
            itemsHash := keccak256(hashes, sub(end, hashes))
        }
        return keccak256(abi.encode(BATCH_TYPEHASH, office, itemsHash));
    }

    /// @dev The four words of `application` are already laid out as EIP-712 wants them.
    function _hashRegistration(Application calldata application) private pure returns (bytes32 hash) {
        bytes32 typeHash = REGISTRATION_TYPEHASH;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), application, 0x80)
            hash := keccak256(free, 0xa0)
        }
    }

    function _hashAnchor(Anchor calldata statement) private pure returns (bytes32) {
        return keccak256(
            abi.encode(ANCHOR_TYPEHASH, statement.office, statement.sequence, statement.root, statement.leafCount)
        );
    }

    function _hashCorrection(Correction calldata correction) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CORRECTION_TYPEHASH,
                correction.number,
                correction.filingDate,
                correction.disclosure,
                correction.digest,
                correction.replaces
            )
        );
    }

    function _hashWithdrawal(OfficeNumber number, uint8 replaces) private pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, number, replaces));
    }

    /// @dev In a complete tree every leaf lies at the height of the tree or one below: floor or ceiling of log2(leaves).
    function _isPathLength(uint256 length, uint256 leafCount) private pure returns (bool) {
        return leafCount >> (length + 1) == 0 && (length == 0 || (leafCount - 1) >> (length - 1) != 0);
    }

    function _bind(Anchor calldata statement, address signingKey) private pure returns (bytes32) {
        return keccak256(abi.encode(statement.root, statement.leafCount, signingKey));
    }

    /// @dev Facts that stand for themselves.
    function _check(OfficeNumber number, CalendarDate filingDate, uint8 disclosure, bytes32 digest) private pure {
        filingDate.validate();
        if (digest == 0) revert ApplicationRegistryNoDigest(number);
        if (disclosure > LAST_DISCLOSURE) revert ApplicationRegistryUnknownDisclosure(number, disclosure);
    }

    /// @dev Facts that depend on the office and the time.
    function _checkDates(OfficeNumber number, CalendarDate filingDate, CalendarDate earliest, CalendarDate latest)
        private
        pure
    {
        if (filingDate > latest) revert ApplicationRegistryFutureDate(number, filingDate, latest);
        if (filingDate < earliest) revert ApplicationRegistryBeforeOffice(number, filingDate, earliest);
    }

    /// @dev Latest calendar date anywhere on Earth at `timestamp`: offices east of Greenwich are a day ahead of UTC.
    function _latestDate(uint256 timestamp) private pure returns (CalendarDate) {
        return calendarDateAt(timestamp + EARLIEST_TIME_ZONE);
    }
}
