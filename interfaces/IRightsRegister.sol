// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../contracts/types/OfficeNumber.sol";
import {IOfficePractice} from "./IOfficePractice.sol";
import {IOfficeSigned} from "./IOfficeSigned.sol";

/// @title Trade mark and design register entries with their legal-status history
/// @notice One entry an office number of a trade mark (`T`) or a design (`D`; each design of a multiple registration
///         has its own number). Every change is a legal-status event that the entry's office signed, or a body that the
///         office empowered. An event names the one before it, so that the entry's head proves its history complete.
/// @dev States and stages are those of WIPO ST.96 (`StateCode`, `StageCode`), written as two ASCII characters: state
///      `A` active, `N` not active, `T` terminated, `U` unspecified; stage `0` unspecified, `1` filing, `2`
///      examination, `3` challenge before registration, `4` registered, `5` challenge after registration, `6`
///      terminated (likely). Which codes there are, and which moves each allows, is a table that the offices govern
///      (`codeOf`, `statusOf`). Nothing personal is recorded: a holder is a reference that means nothing without the
///      office's own register.
interface IRightsRegister is IOfficeSigned {
    /// @notice What an event says of another number: 0 nothing; at any time 1 the application record that the entry
    ///         goes back to, where its number is another one, 2 the basis: the basic mark of an international
    ///         registration, or the international registration of a designation; in the first event 3 divided from a
    ///         parent, 4 the same entry under the number that it got at registration, 5 converted or transformed from
    ///         another right; later 6 divides: gives up `released` classes for children, 7 merges into its parent, 8
    ///         takes back `released` classes of children that merged into it.
    enum Relation {
        None,
        ApplicationRecord,
        Basis,
        DividedFrom,
        ContinuationOf,
        ConvertedFrom,
        Divides,
        MergesInto,
        Absorbs
    }

    /// @notice What an event says about the entry; only what it changes.
    /// @param changes Which of the values below are stated: 1 filing date, 2 registration date, 4 expiry date, 8
    ///        classes, 16 dossier, 32 representation, 64 holder, 128 relation (with `related` and `released`). What is
    ///        not stated is zero.
    /// @param filingDate Filing date accorded.
    /// @param registrationDate Day of registration; zero takes back a registration.
    /// @param expiryDate Last day of protection unless renewed; zero if there is none.
    /// @param classes Bit `n` is class `n`: 1 to 45 of the Nice Classification, 1 to 32 of the Locarno Classification.
    /// @param dossier SHA-256 of the current dossier at the office, or a salted commitment to it.
    /// @param representation SHA-256 of the mark's or design's representation (image, sound, 3D view).
    /// @param holder Reference to the holder; never a name, nor a plain hash of one.
    /// @param relation What it says of `related`.
    /// @param related The other number; zero where the relation is to children that have none yet, or takes a basis or
    ///        an application record back.
    /// @param released Classes that leave for children, or come back.
    struct EntryFacts {
        uint16 changes;
        CalendarDate filingDate;
        CalendarDate registrationDate;
        CalendarDate expiryDate;
        uint64 classes;
        bytes32 dossier;
        bytes32 representation;
        bytes32 holder;
        Relation relation;
        OfficeNumber related;
        uint64 released;
    }

    /// @notice What is signed for an event.
    /// @param number Entry that it changes.
    /// @param previous Head of the entry before it; zero for the first event.
    /// @param system Code system in ASCII: `ST.27`, `ST.61`, `ST.87`, `ST.96`, or `NAT:` and the entry's own office.
    /// @param code Code in ASCII; of ST.27 codes the key event leads (`F10`, `F10-F11`).
    /// @param resulting State and stage after it, for example `A4`.
    /// @param status Status after it: its position in the table (`statusOf` has the text).
    /// @param eventDate Day on which it happened.
    /// @param effectiveDate Day from which it has effect; may lie in the future.
    /// @param publicationDate Day of its publication; zero if there is none yet.
    /// @param document SHA-256 of the source document; zero if there is none.
    /// @param corrects Sequence number of the event that it corrects; zero if it is no correction.
    /// @param flags 1 imported: sums up what happened before the entry came to this register; 2 the surcharge for late
    ///        renewal was paid; 4 the corrected event never happened.
    /// @param facts What it changes in the entry.
    struct LegalStatusEvent {
        OfficeNumber number;
        bytes32 previous;
        bytes8 system;
        bytes32 code;
        bytes2 resulting;
        uint8 status;
        CalendarDate eventDate;
        CalendarDate effectiveDate;
        CalendarDate publicationDate;
        bytes32 document;
        uint16 corrects;
        uint16 flags;
        EntryFacts facts;
    }

    /// @notice A register entry as it stands.
    /// @param state `A`, `N`, `T` or `U`; zero if there is no entry.
    /// @param stage `0` to `6`.
    /// @param status Position in the table of statuses; `statusOf` has the text.
    /// @param marks 1 imported, 2 some event of its history was irregular, 4 continued under another number, 8 divided
    ///        from a parent.
    /// @param eventCount Events so far, those under a former number counted; the last one's sequence number.
    /// @param terminatedBy Sequence number of the event that terminated it, or of the correction that took its place;
    ///        zero if none did.
    /// @param filingDate Filing date accorded.
    /// @param registrationDate Zero if not registered.
    /// @param expiryDate Last day of protection unless renewed; zero if none is recorded.
    /// @param ceasedOn Day from which it is not active or terminated; zero while it is active.
    /// @param classes Bit `n` is class `n`.
    /// @param head Hash of the last event, which names the one before, and so on to the first.
    /// @param dossier As last stated.
    /// @param representation As last stated.
    /// @param holder As last stated.
    /// @param application Zero where the application has the entry's own number.
    /// @param basis Zero if there is none.
    /// @param parent Entry that it was divided or converted from; zero if there is none.
    /// @param former Number under which it was kept before; zero if there is none.
    /// @param continuation Number under which it goes on; zero if it does not.
    struct Entry {
        bytes1 state;
        bytes1 stage;
        uint8 status;
        uint8 marks;
        uint16 eventCount;
        uint16 terminatedBy;
        CalendarDate filingDate;
        CalendarDate registrationDate;
        CalendarDate expiryDate;
        CalendarDate ceasedOn;
        uint48 classes;
        bytes32 head;
        bytes32 dossier;
        bytes32 representation;
        bytes32 holder;
        OfficeNumber application;
        OfficeNumber basis;
        OfficeNumber parent;
        OfficeNumber former;
        OfficeNumber continuation;
    }

    /// @notice Classes that move between an entry and its children.
    /// @param released Given up for children and not taken by one yet.
    /// @param given Taken by children; none is given twice.
    /// @param held As a child: taken from the parent, whether or not still protected.
    struct Division {
        uint48 released;
        uint48 given;
        uint48 held;
    }

    /// @notice One row of the table of codes.
    /// @param right `T` or `D`.
    /// @param system Code system in ASCII.
    /// @param code Code in ASCII; of ST.27 the key event, three characters.
    /// @param category Letter of the ST.27 category that the code falls in; zero retires the code.
    /// @param from Bits of the states and stages before it: bit `7 * s + stage`, with `s` 0 to 3 for `A N T U`; bit 28
    ///        for no entry yet.
    /// @param to The same after it; bit 29 for no change.
    /// @param statuses Bit `n`: status `n` may stand after it; bit 0: the status stays.
    /// @param title Its title; told by `CodeSet` alone.
    struct CodeRule {
        bytes1 right;
        bytes8 system;
        bytes32 code;
        bytes1 category;
        uint32 from;
        uint32 to;
        uint128 statuses;
        string title;
    }

    /// @notice One row of the table of statuses.
    /// @param right `T` or `D`.
    /// @param position 1 to 127; never given to another text.
    /// @param status Text in ASCII.
    struct StatusRule {
        bytes1 right;
        uint8 position;
        bytes32 status;
    }

    /// @notice An event was recorded.
    /// @param number Entry.
    /// @param code Code in ASCII.
    /// @param signer Key of the office, or account of an empowered body.
    /// @param head Hash of the event.
    /// @param system Code system in ASCII.
    /// @param from State and stage before it; zero if there was no entry.
    /// @param to State and stage after it.
    /// @param status Status after it: its position in the table (`statusOf` has the text).
    /// @param eventDate Day on which it happened.
    /// @param effectiveDate Day from which it has effect.
    /// @param publicationDate Day of its publication; zero if none.
    /// @param document SHA-256 of the source document; zero if none.
    /// @param corrects Number of the event that it corrects; zero if none.
    /// @param flags As signed; 256 is added if the table does not foresee the move, so that it is irregular.
    /// @param sequence Its number in the entry's history, from 1.
    /// @param recordedAt Block time.
    event LegalStatusEventRecorded(
        OfficeNumber indexed number,
        bytes32 indexed code,
        address indexed signer,
        bytes32 head,
        bytes8 system,
        bytes2 from,
        bytes2 to,
        uint8 status,
        CalendarDate eventDate,
        CalendarDate effectiveDate,
        CalendarDate publicationDate,
        bytes32 document,
        uint16 corrects,
        uint16 flags,
        uint16 sequence,
        uint40 recordedAt
    );
    /// @notice What the event `head` stated about the entry; absent if it stated nothing.
    event EntryFactsStated(OfficeNumber indexed number, bytes32 indexed head, EntryFacts facts);
    /// @notice An event tied an entry to another number.
    /// @param number The entry.
    /// @param related The other number.
    /// @param relation What was said of it.
    /// @param classes Classes of the entry after it.
    event EntriesRelated(
        OfficeNumber indexed number, OfficeNumber indexed related, Relation indexed relation, uint64 classes
    );
    /// @notice A batch was recorded: how many events were new, and how many were there already.
    event BatchRecorded(OfficeCode indexed office, address indexed signer, uint256 recorded, uint256 alreadyRecorded);
    /// @notice The offices set a row of the table of codes; category zero retired it.
    event CodeSet(
        bytes1 indexed right,
        bytes8 indexed system,
        bytes32 indexed code,
        bytes1 category,
        uint32 from,
        uint32 to,
        uint128 statuses,
        string title
    );
    /// @notice The offices set a row of the table of statuses.
    event StatusSet(bytes1 indexed right, uint8 indexed position, bytes32 status);

    /// @notice The caller is not the governing body.
    /// @dev Remedy: the table of codes is changed by a vote of the offices.
    error RightsRegisterNotGovernance(address caller);
    /// @notice There is no contract at the address given for the offices' practice.
    /// @dev Remedy: deploy with the addresses of one deployment.
    error RightsRegisterNoPractice(address practice);
    /// @notice The right is neither `T` nor `D`.
    /// @dev Remedy: this register has trade marks and designs; other rights are not kept in it.
    error RightsRegisterUnknownRight(bytes1 right);
    /// @notice A row of a table cannot be set.
    /// @dev Cause: it has no code or status, no letter of a category, or bits beyond those that mean something; or its
    ///      position has another status already. Remedy: see `CodeRule` and `StatusRule`; a text that changes gets a
    ///      new position.
    error RightsRegisterInvalidRule(bytes32 row);
    /// @notice The number is of another office than the batch.
    /// @dev Remedy: one batch has events of one office.
    error RightsRegisterOtherOffice(OfficeNumber number, OfficeCode office);
    /// @notice The batch is empty or too long.
    /// @dev Remedy: split it.
    error RightsRegisterBatchSize(uint256 size, uint256 maximum);
    /// @notice The event does not name the entry's head.
    /// @dev Cause: another event was recorded since, or this one was recorded before. Remedy: read the history and sign
    ///      again for the present head, if the event still applies.
    error RightsRegisterNotHead(OfficeNumber number, bytes32 head, bytes32 previous);
    /// @notice The entry goes on under another number.
    /// @dev Remedy: record the event there.
    error RightsRegisterContinued(OfficeNumber number, OfficeNumber continuation);
    /// @notice The code is not in the table for this right.
    /// @dev Remedy: `registrum codes list` shows the table; codes of the office itself have the system `NAT:` and its
    ///      ST.3 code.
    error RightsRegisterUnknownCode(OfficeNumber number, bytes8 system, bytes32 statusCode);
    /// @notice The status is not in the table for this right.
    /// @dev Remedy: `registrum codes list` shows the table.
    error RightsRegisterUnknownStatus(OfficeNumber number, uint8 status);
    /// @notice State and stage are not two of the characters that WIPO ST.96 has for them.
    /// @dev Remedy: give one of `A N T U`, then one of `0` to `6`.
    error RightsRegisterUnknownStage(OfficeNumber number, bytes2 resulting);
    /// @notice An entry begins with an event of category A, or with one that is flagged as imported.
    /// @dev Remedy: record the filing first.
    error RightsRegisterNotCreating(OfficeNumber number, bytes32 statusCode);
    /// @notice The entry exists, and the event can only be the first of one.
    /// @dev Remedy: only a first event is imported, divided from, continuation of, or converted from another.
    error RightsRegisterAlreadyCreated(OfficeNumber number);
    /// @notice The body is not empowered for events of this category, or, where the number is new, for category A.
    /// @dev Remedy: the office widens the empowerment, or signs the event itself.
    error RightsRegisterNotEmpowered(OfficeNumber number, address body, bytes1 category);
    /// @notice A date of the event is before the filing date.
    /// @dev Remedy: correct the date; of an entry that was divided or converted the filing date is that of its parent.
    error RightsRegisterBeforeFiling(OfficeNumber number, CalendarDate day, CalendarDate filingDate);
    /// @notice The day has not come anywhere on Earth; what is recorded has happened.
    /// @dev Remedy: correct the date, or wait.
    error RightsRegisterFutureDate(OfficeNumber number, CalendarDate day, CalendarDate latest);
    /// @notice The entry is terminated.
    /// @dev Cause: only publication, party, procedural, other and correcting events are recorded then, and they change
    ///      neither state nor dates nor classes. Remedy: if it was terminated by mistake, correct the event that
    ///      terminated it.
    error RightsRegisterTerminated(OfficeNumber number, bytes32 statusCode);
    /// @notice The event corrects what it cannot.
    /// @dev Cause: it names no earlier event, or one that was corrected already; or a code of category Y comes without
    ///      one, or another with one. Remedy: correct the latest correction instead; give `corrects` with codes of
    ///      category Y, and only with them.
    error RightsRegisterInvalidCorrection(OfficeNumber number, uint16 corrects);
    /// @notice The flags have a bit without meaning, or do not go with the event.
    /// @dev Remedy: give a sum of 1, 2 and 4; 4 only with `corrects`.
    error RightsRegisterInvalidFlags(OfficeNumber number, uint16 flags);
    /// @notice A value is given that `changes` does not announce, or that must not change.
    /// @dev Remedy: set the bit of every value that is stated, leave all others zero; the filing date changes only
    ///      while the application is being filed, or by a correction.
    error RightsRegisterInvalidChanges(OfficeNumber number, uint16 changes);
    /// @notice The classes cannot be those of the entry.
    /// @dev Cause: they are not of the right's classification, none is left, or there are more than before; goods and
    ///      services are never added. Remedy: give fewer classes, a correction, or a new application.
    error RightsRegisterInvalidClasses(OfficeNumber number, uint64 classes);
    /// @notice Registration or expiry do not follow the filing date.
    /// @dev Remedy: registration is not before filing, expiry is after it.
    error RightsRegisterInvalidTerm(OfficeNumber number, CalendarDate registration, CalendarDate expiry);
    /// @notice The right cannot be renewed yet, or not any more.
    /// @dev Cause: the event's date is before the window opens or after the grace period. Remedy: wait; or record a
    ///      restoration (category K).
    error RightsRegisterNotRenewable(OfficeNumber number, CalendarDate opens, CalendarDate closes);
    /// @notice The right is renewed after expiry without the surcharge.
    /// @dev Remedy: set flag 2 if it was paid (Paris Convention, Article 5bis).
    error RightsRegisterNoSurcharge(OfficeNumber number, CalendarDate expiryDate);
    /// @notice A renewal does not add the office's period, or goes beyond its maximum.
    /// @dev Remedy: give the expiry date that is expected; see `renewalTermsOf`.
    error RightsRegisterInvalidRenewal(OfficeNumber number, CalendarDate expiryDate, CalendarDate expected);
    /// @notice The relation to the other entry cannot be.
    /// @dev Cause: no such entry, another office, right or filing date, not the parent, not live, classes that are not
    ///      free, or a state that does not go with it. Remedy: see `Relation` and `divisionOf`.
    error RightsRegisterInvalidRelation(OfficeNumber number, Relation relation, OfficeNumber related);

    /// @notice Records an event; creates the entry if it is the first.
    /// @dev Anyone can relay it. Signed with scope 2 by the entry's office, its successor, or a body that the office
    ///      empowered.
    /// @return recorded False if it is the entry's last event already; nothing changes then.
    function record(LegalStatusEvent calldata statement, bytes calldata signature) external returns (bool recorded);

    /// @notice Records up to 200 events of one office under one signature, in their order; all or none.
    /// @return recorded How many were new.
    /// @return alreadyRecorded How many were the last event of their entry already.
    function recordBatch(OfficeCode office, LegalStatusEvent[] calldata statements, bytes calldata signature)
        external
        returns (uint256 recorded, uint256 alreadyRecorded);

    /// @notice Sets rows of the table of codes. Events that were recorded keep what they are.
    function setCodes(CodeRule[] calldata rules) external;

    /// @notice Sets rows of the table of statuses.
    function setStatuses(StatusRule[] calldata rules) external;

    /// @notice The entry; all zero if there is none.
    function entryOf(OfficeNumber number) external view returns (Entry memory);

    /// @notice Heads of entries, in the order asked; zero where there is none.
    function headsOf(OfficeNumber[] calldata numbers) external view returns (bytes32[] memory);

    /// @notice Classes that move between an entry and its children.
    function divisionOf(OfficeNumber number) external view returns (Division memory);

    /// @notice Whether an event of the entry was corrected by a later one.
    function isCorrected(OfficeNumber number, uint16 sequence) external view returns (bool);

    /// @notice The row of a code, as in `CodeRule`; category zero if there is none.
    function codeOf(bytes1 right, bytes8 system, bytes32 code)
        external
        view
        returns (bytes1 category, uint32 from, uint32 to, uint128 statuses);

    /// @notice The text of a status by its position, in ASCII; zero if there is none.
    function statusOf(bytes1 right, uint8 position) external view returns (bytes32);

    /// @notice Renewal terms of each office, and the bodies that it empowered.
    function practice() external view returns (IOfficePractice);
}
