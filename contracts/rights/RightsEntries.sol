// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {EntryState, RightsRules} from "../libraries/RightsRules.sol";
import {RightsStatements} from "../libraries/RightsStatements.sol";
import {CalendarDate, CalendarDateInvalid, calendarDateAt, dayNumberAt} from "../types/CalendarDate.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {RightsDivisions} from "./RightsDivisions.sol";

/// @title How an event changes an entry
/// @dev Hard rules revert. Which moves between states a code allows is the table's to say, and a move that it does not
///      foresee is recorded and flagged: what an office decided is not undone by a register.
abstract contract RightsEntries is RightsDivisions {
    /// @dev What is known of a statement besides itself.
    /// @param hash Its struct hash, which is not the head of its entry.
    /// @param head Head of its entry.
    /// @param flags As signed, with what the table made of it.
    struct Recording {
        bytes32 hash;
        bytes32 head;
        address signer;
        bool isBody;
        bool statesFacts;
        uint16 flags;
    }

    /// @dev Offices east of Greenwich are up to 14 hours ahead of UTC.
    uint256 private constant EARLIEST_TIME_ZONE = 14 hours;
    uint16 private constant FLAG_IMPORTED = 1;
    uint16 private constant FLAG_SURCHARGE = 2;
    uint16 private constant FLAG_ANNULS = 4;
    uint16 private constant ALL_FLAGS = 7;
    uint16 private constant FLAG_IRREGULAR = 256;

    uint16 private constant FILING_DATE = 1;
    uint16 private constant REGISTRATION_DATE = 2;
    uint16 private constant EXPIRY_DATE = 4;
    uint16 private constant DOSSIER = 16;
    uint16 private constant REPRESENTATION = 32;
    uint16 private constant HOLDER = 64;
    uint16 private constant RELATION = 128;
    /// @dev What a terminated entry keeps.
    uint16 private constant KEPT = FILING_DATE | REGISTRATION_DATE | EXPIRY_DATE | CLASSES | RELATION;

    /// @dev Records an event whose signature is verified.
    function _record(LegalStatusEvent calldata statement, Recording memory recording) internal {
        OfficeNumber number = statement.number;
        StoredEntry storage stored = _entries[number];
        bytes32 head = recording.head;
        EntryState memory entry = RightsRules.unpack(stored.word);
        bool isFirst = head == 0;
        if (isFirst) {
            number.validate();
            _checkRight(number.right());
        }
        if (isFirst && statement.previous != 0) {
            entry = _continue(statement);
            isFirst = false;
        } else if (statement.previous != head) {
            revert RightsRegisterNotHead(number, head, statement.previous);
        }
        if (entry.marks & CONTINUED != 0) revert RightsRegisterContinued(number, stored.continuation);
        bytes2 from = bytes2(entry.state) | (bytes2(entry.stage) >> 8);
        bytes2 to = statement.resulting;
        bytes1 category = _judge(statement, entry, recording, isFirst, from, to);
        ++entry.eventCount;
        _move(entry, statement, to, from);
        if (recording.statesFacts) _applyFacts(stored, entry, statement, isFirst || from[1] == "1", category);
        _checkDates(entry, statement);
        if (recording.statesFacts) _checkTerm(entry, number);
        // What is live, or begins, protects something.
        if (entry.classes == 0 && entry.marks & IMPORTED == 0 && (isFirst || entry.ceasedBy == 0)) {
            revert RightsRegisterInvalidClasses(number, 0);
        }
        stored.word = RightsRules.pack(entry);
        stored.head = recording.hash;
        _emitRecorded(statement, recording, from, entry.eventCount);
        if (recording.statesFacts) emit EntryFactsStated(number, recording.hash, statement.facts);
    }

    /// @dev Checks code, status, flags and correction; marks the entry, and the event, when the table does not foresee
    ///      the move.
    function _judge(
        LegalStatusEvent calldata statement,
        EntryState memory entry,
        Recording memory recording,
        bool isFirst,
        bytes2 from,
        bytes2 to
    ) private returns (bytes1 category) {
        OfficeNumber number = statement.number;
        uint32 toBit = RightsRules.pairBit(to);
        if (toBit == 0) revert RightsRegisterUnknownStage(number, to);
        Code memory rule = _ruleOf(number, statement.system, statement.code);
        category = rule.category;
        if (recording.isBody) _checkBody(statement, recording, category);

        (uint16 flags, uint16 corrects) = (statement.flags, statement.corrects);
        bool isImported = flags & FLAG_IMPORTED != 0;
        if (flags > ALL_FLAGS || (flags & FLAG_ANNULS != 0 && corrects == 0)) {
            revert RightsRegisterInvalidFlags(number, flags);
        }
        if (isFirst) {
            if (category != "A" && !isImported) revert RightsRegisterNotCreating(number, statement.code);
        } else if (isImported) {
            revert RightsRegisterAlreadyCreated(number);
        }
        _correct(number, corrects, entry.eventCount, category);
        uint8 status = statement.status;
        if (entry.state == "T") {
            bool mayNot = corrects == 0 && (statement.facts.changes & KEPT != 0 || status != entry.status);
            if (
                mayNot || !RightsRules.isRecordedAfterTermination(category)
                    || (to != from && corrects != entry.terminatedBy)
            ) revert RightsRegisterTerminated(number, statement.code);
        }

        bool isForeseen = rule.from & (isFirst ? RightsRules.NO_ENTRY : RightsRules.pairBit(from)) != 0
            && rule.to & (to == from ? toBit | RightsRules.NO_CHANGE : toBit) != 0
            && ((rule.statuses >> status) & 1 != 0 || (status == entry.status && rule.statuses & 1 != 0));
        // What the table foresees is in the table; only the rest has to be looked up.
        if (status == 0 || ((!isForeseen || isImported) && statusOf(number.right(), status) == 0)) {
            revert RightsRegisterUnknownStatus(number, status);
        }
        if (recording.isBody && !isForeseen) revert RightsRegisterNotEmpowered(number, recording.signer, category);
        entry.status = status;
        if (isImported) entry.marks |= IMPORTED;
        else if (!isForeseen) entry.marks |= IRREGULAR;
        recording.flags = isForeseen || isImported ? flags : flags | FLAG_IRREGULAR;
    }

    /// @dev Reverts unless the body may record events of the category. A number that is new, be it only another one for
    ///      an entry that exists, is the office's to give, or that of a body for category A.
    function _checkBody(LegalStatusEvent calldata statement, Recording memory recording, bytes1 category) private view {
        OfficeNumber number = statement.number;
        uint32 needed = RightsRules.categoryBit(category);
        if (recording.head == 0) needed |= 1;
        address body = recording.signer;
        bool exceeds = statement.facts.changes & KEPT != 0 && !RightsRules.decides(category);
        if (exceeds || practice.categoriesOf(number.office(), body) & needed != needed) {
            revert RightsRegisterNotEmpowered(number, body, category);
        }
    }

    /// @dev Remembers that an event was corrected.
    function _correct(OfficeNumber number, uint16 corrects, uint16 eventCount, bytes1 category) private {
        if ((category == "Y") != (corrects != 0)) revert RightsRegisterInvalidCorrection(number, corrects);
        if (corrects == 0) return;
        if (corrects > eventCount || isCorrected(number, corrects)) {
            revert RightsRegisterInvalidCorrection(number, corrects);
        }
        _corrected[number][corrects >> 8] |= 1 << (corrects & 0xff);
    }

    /// @dev The state that the event leads to, since when the entry has no effect, and by which event it is terminated.
    function _move(EntryState memory entry, LegalStatusEvent calldata statement, bytes2 to, bytes2 from) private pure {
        bytes1 state = to[0];
        (uint16 corrects, uint16 sequence) = (statement.corrects, entry.eventCount);
        if (state == "A" || state == "U") {
            (entry.ceasedOn, entry.ceasedBy) = (CalendarDate.wrap(0), 0);
        } else if (entry.ceasedBy == 0 || corrects == entry.ceasedBy) {
            (entry.ceasedOn, entry.ceasedBy) = (statement.effectiveDate, sequence);
        }
        if (state != "T") entry.terminatedBy = 0;
        else if (from[0] != "T" || corrects == entry.terminatedBy) entry.terminatedBy = sequence;
        entry.state = state;
        entry.stage = to[1];
    }

    function _applyFacts(
        StoredEntry storage stored,
        EntryState memory entry,
        LegalStatusEvent calldata statement,
        bool isBeingFiled,
        bytes1 category
    ) private {
        OfficeNumber number = statement.number;
        EntryFacts calldata facts = statement.facts;
        uint16 changes = facts.changes;
        bool isCorrection = statement.corrects != 0;
        if (!RightsStatements.isConsistent(facts, changes)) revert RightsRegisterInvalidChanges(number, changes);
        if (changes & FILING_DATE != 0) {
            CalendarDate filingDate = facts.filingDate;
            if (!isBeingFiled && !isCorrection) revert RightsRegisterInvalidChanges(number, changes);
            filingDate.validate();
            _checkPast(number, filingDate);
            entry.filingDate = filingDate;
        }
        if (changes & REGISTRATION_DATE != 0) {
            CalendarDate registrationDate = facts.registrationDate;
            if (!registrationDate.isZero()) {
                registrationDate.validate();
                _checkPast(number, registrationDate);
            }
            entry.registrationDate = registrationDate;
        }
        if (changes & EXPIRY_DATE != 0) {
            CalendarDate expiryDate = facts.expiryDate;
            if (!expiryDate.isZero()) expiryDate.validate();
            else if (!isCorrection) revert RightsRegisterInvalidTerm(number, entry.registrationDate, expiryDate);
            uint16 flags = statement.flags;
            if (!expiryDate.isZero() && flags & FLAG_IMPORTED == 0) {
                bool isRenewal = !entry.expiryDate.isZero() && expiryDate > entry.expiryDate && !isCorrection
                    && category != "K" && category != "C";
                practice.checkExpiry(
                    IOfficePractice.Term(
                        number,
                        entry.filingDate,
                        entry.registrationDate,
                        entry.expiryDate,
                        expiryDate,
                        statement.eventDate,
                        isRenewal,
                        flags & FLAG_SURCHARGE != 0
                    )
                );
            }
            entry.expiryDate = expiryDate;
        }
        if (changes & (CLASSES | RELATION) != 0) _applyClasses(stored, entry, statement);
        if (changes & DOSSIER != 0) stored.dossier = facts.dossier;
        if (changes & REPRESENTATION != 0) stored.representation = facts.representation;
        if (changes & HOLDER != 0) stored.holder = facts.holder;
    }

    function _checkDates(EntryState memory entry, LegalStatusEvent calldata statement) private view {
        OfficeNumber number = statement.number;
        // Validated when it was stated; the first event has to state it.
        CalendarDate filingDate = entry.filingDate;
        if (filingDate.isZero()) revert CalendarDateInvalid(0);
        CalendarDate eventDate = statement.eventDate;
        eventDate.validate();
        _checkPast(number, eventDate);
        if (eventDate < filingDate) revert RightsRegisterBeforeFiling(number, eventDate, filingDate);
        CalendarDate effectiveDate = statement.effectiveDate;
        if (effectiveDate != eventDate) {
            effectiveDate.validate();
            if (effectiveDate < filingDate) revert RightsRegisterBeforeFiling(number, effectiveDate, filingDate);
        }
        CalendarDate publicationDate = statement.publicationDate;
        if (!publicationDate.isZero()) {
            publicationDate.validate();
            if (publicationDate < filingDate) revert RightsRegisterBeforeFiling(number, publicationDate, filingDate);
        }
    }

    /// @dev Reverts unless filing, registration and expiry follow each other.
    function _checkTerm(EntryState memory entry, OfficeNumber number) private pure {
        if (
            (!entry.registrationDate.isZero() && entry.registrationDate < entry.filingDate)
                || (!entry.expiryDate.isZero()
                    && (entry.expiryDate <= entry.filingDate || entry.expiryDate <= entry.registrationDate))
        ) revert RightsRegisterInvalidTerm(number, entry.registrationDate, entry.expiryDate);
    }

    /// @dev Reverts if the day has not come anywhere on Earth.
    function _checkPast(OfficeNumber number, CalendarDate date) private view {
        uint256 latest = block.timestamp + EARLIEST_TIME_ZONE;
        if (date.dayNumber() > dayNumberAt(latest)) {
            revert RightsRegisterFutureDate(number, date, calendarDateAt(latest));
        }
    }

    /// @dev Emits `LegalStatusEventRecorded`. The words of the statement from `resulting` to `corrects` are its words
    ///      as they lie in calldata; all were read, so that all are known to fit their types.
    function _emitRecorded(
        LegalStatusEvent calldata statement,
        Recording memory recording,
        bytes2 from,
        uint16 sequence
    ) private {
        bytes32 topic = LegalStatusEventRecorded.selector;
        (bytes32 hash, address signer, uint16 flags) = (recording.hash, recording.signer, recording.flags);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, hash)
            mstore(add(free, 0x20), calldataload(add(statement, 0x40)))
            mstore(add(free, 0x40), from)
            calldatacopy(add(free, 0x60), add(statement, 0x80), 0xe0)
            mstore(add(free, 0x140), flags)
            mstore(add(free, 0x160), sequence)
            mstore(add(free, 0x180), timestamp())
            log4(free, 0x1a0, topic, calldataload(statement), calldataload(add(statement, 0x60)), signer)
        }
    }
}
