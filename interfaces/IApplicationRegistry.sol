// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../contracts/types/OfficeNumber.sol";
import {IOfficeSigned} from "./IOfficeSigned.sol";

/// @title Registry of office-signed application records
/// @notice An authentic list of application numbers (WIPO recommendation R12). A number is taken once, so that it can
///         be shown to be absent too. Three ways in: one record, a batch under one signature, or an anchor: a Merkle
///         root that stands for many records, each of which may be disclosed later by its proof.
/// @dev Every statement is EIP-712 typed data signed by a key with the scope applications; `eip712Domain` (ERC-5267)
///      describes the domain. There are no nonces: a number can be taken once, a correction names the version that it
///      replaces, an anchor carries the office's sequence, a reconfirmation names its moment. What has taken effect and is sent again changes nothing and
///      succeeds; a batch, a reconfirmation and an anchor need a key that is still in force even then.
///
///      Warning: what was refused is not void. A signed statement, and each item of a signed batch, can be relayed by
///      anyone until its number is taken or its key revoked: an item refused today for its date in the future is
///      taken when that day has come.
///
///      Three dates are never mixed: `filingDate` is declared and signed by the office, `recordedAt` is set by the
///      chain, and their difference shows a late import.
///
///      Merkle trees are those of OpenZeppelin's `StandardMerkleTree` with leaf type
///      `(bytes32 number, uint32 filingDate, uint8 disclosure, bytes32 digest)`: a leaf is hashed twice over 128
///      bytes, a node once over 64, so that neither passes for the other.
///
///      Versions of this contract follow one another: a registry answers from its predecessor where it has nothing of
///      its own, and what it does to a record of the predecessor is stored here. The predecessor is not closed. Warning:
///      what an office signs for it afterwards counts here only for numbers of which this registry has no record, and
///      for anchors whose sequence number it has not taken.
///
///      Warning: a digest of a guessable document that is not yet public gives it away. Use disclosure 1 for those.
interface IApplicationRegistry is IOfficeSigned {
    /// @notice What became of a record: 0 none, 1 filed, 2 corrected, 3 withdrawn.
    enum Status {
        None,
        Filed,
        Corrected,
        Withdrawn
    }

    /// @notice Why an item of a batch was not taken: 0 it was; 1 recorded before with the same content; 2 recorded
    ///         before with other content; 3 malformed number; 4 number of another office; 5 not a calendar date; 6
    ///         filing date in the future; 7 filing date before the office's own bound; 8 no digest; 9 unknown
    ///         disclosure.
    enum Outcome {
        Taken,
        AlreadyRecorded,
        Conflict,
        MalformedNumber,
        OtherOffice,
        InvalidDate,
        FutureDate,
        BeforeOffice,
        NoDigest,
        UnknownDisclosure
    }

    /// @notice What an office states about one application, and a leaf of an anchored tree.
    /// @param number Office number.
    /// @param filingDate Filing date that the office accorded, `YYYYMMDD`.
    /// @param disclosure 0: `digest` is the SHA-256 of the application as filed. 1: it is a salted commitment to that.
    /// @param digest 32 bytes, not zero.
    struct Application {
        OfficeNumber number;
        CalendarDate filingDate;
        uint8 disclosure;
        bytes32 digest;
    }

    /// @notice What an office states to replace one version of a record by the next.
    /// @param replaces Version that this corrects.
    struct Correction {
        OfficeNumber number;
        CalendarDate filingDate;
        uint8 disclosure;
        bytes32 digest;
        uint8 replaces;
    }

    /// @notice What an office states to anchor many records.
    /// @param sequence 1 for the office's first anchor, then one more each.
    /// @param root Merkle root over the records.
    /// @param leafCount How many records the tree holds.
    struct Anchor {
        OfficeCode office;
        uint64 sequence;
        bytes32 root;
        uint40 leafCount;
    }

    /// @notice Current state of a number; two storage slots.
    /// @param digest See `Application`.
    /// @param signingKey Key that signed the current content, or the anchor that it was disclosed from.
    /// @param recordedAt Block time at which the current content, or the anchor that held it, was recorded.
    /// @param filingDate See `Application`.
    /// @param version 1 when filed, one more at each correction and at withdrawal.
    /// @param status Filed, corrected or withdrawn; none when the number is not recorded.
    /// @param disclosure See `Application`.
    struct Record {
        // slot 0
        bytes32 digest;
        // slot 1
        address signingKey;
        uint40 recordedAt;
        CalendarDate filingDate;
        uint8 version;
        Status status;
        uint8 disclosure;
    }

    /// @notice An office's word that a record is right, whoever made it; one storage slot.
    /// @param signingKey Key that confirmed it.
    /// @param reconfirmedAt Block time; 0 if the record was never confirmed.
    /// @param version Version of the record that was confirmed.
    struct Reconfirmation {
        address signingKey;
        uint40 reconfirmedAt;
        uint8 version;
    }

    /// @notice A number was taken, alone, in a batch, or from an anchor (then `ApplicationDisclosed` follows).
    /// @dev The office is in the number. The signing key is indexed: it answers both what a key signed, once it is
    ///      known to be compromised, and what an office recorded (filter by its keys).
    event ApplicationRegistered(
        OfficeNumber indexed number,
        address indexed signingKey,
        bytes32 indexed digest,
        CalendarDate filingDate,
        uint8 disclosure
    );
    /// @notice An item of a batch was not taken; the others were not affected.
    /// @param outcome Why, as in `Outcome`.
    event ApplicationNotTaken(
        OfficeNumber indexed number,
        OfficeCode indexed office,
        bytes32 indexed digest,
        CalendarDate filingDate,
        uint8 disclosure,
        Outcome outcome
    );
    /// @notice A batch was worked through.
    event BatchRegistered(
        OfficeCode indexed office, address indexed signingKey, uint256 taken, uint256 alreadyRecorded, uint256 refused
    );
    /// @notice A Merkle root was recorded that stands for `leafCount` records.
    /// @dev Whether a root is anchored is asked of `anchoredAt`, so that it needs no topic.
    event ApplicationsAnchored(
        OfficeCode indexed office, bytes32 root, uint64 sequence, uint40 leafCount, address signingKey
    );
    /// @notice The record registered just before, in the same transaction, came from the office's anchor with this
    ///         sequence number.
    /// @dev No topic: the event just before carries them.
    event ApplicationDisclosed(OfficeNumber number, uint64 sequence);
    /// @notice A record has a new version; the one before is given in full, so that events alone tell the history.
    event ApplicationCorrected(
        OfficeNumber indexed number,
        address indexed signingKey,
        bytes32 indexed digest,
        CalendarDate filingDate,
        uint8 disclosure,
        uint8 version,
        Record previous
    );
    /// @notice The application was withdrawn. It stays a basis for priority (Paris Convention, Article 4A(3)).
    event ApplicationWithdrawn(OfficeNumber indexed number, address indexed signingKey, uint8 version);

    /// @notice A withdrawal was taken back: it was entered in error, or by somebody who had stolen a key.
    event ApplicationReinstated(OfficeNumber indexed number, address indexed signingKey, uint8 version);
    /// @notice The office confirmed the content of a record; it stays as it is, with its key and its time.
    event ApplicationReconfirmed(OfficeNumber indexed number, address indexed signingKey, uint8 version);

    /// @notice The number is recorded with other content. Remedy: compare; if the record is wrong, `correct` it.
    error ApplicationRegistryConflict(OfficeNumber number, bytes32 recordedDigest, CalendarDate recordedFilingDate);
    /// @notice The filing date lies after today's date anywhere on Earth, or after the anchor that holds it.
    error ApplicationRegistryFutureDate(OfficeNumber number, CalendarDate filingDate, CalendarDate latest);
    /// @notice The filing date lies before the first day on which the office issued numbers.
    error ApplicationRegistryBeforeOffice(OfficeNumber number, CalendarDate filingDate, CalendarDate earliest);
    /// @notice The digest is zero. Remedy: give the SHA-256 of the application, or a salted commitment.
    error ApplicationRegistryNoDigest(OfficeNumber number);
    /// @notice Disclosure is 0 (SHA-256) or 1 (salted commitment).
    error ApplicationRegistryUnknownDisclosure(OfficeNumber number, uint8 disclosure);
    /// @notice A batch holds 1 to `limit` items.
    error ApplicationRegistryBatchSize(uint256 size, uint256 limit);
    /// @notice The number is not recorded. Remedy: register it first.
    error ApplicationRegistryNotRecorded(OfficeNumber number);
    /// @notice The statement replaces another version than the recorded one. Remedy: read the record, sign again.
    error ApplicationRegistryVersionMismatch(OfficeNumber number, uint8 recorded, uint8 replaces);
    /// @notice The record has reached the last version, 255, and a good key vouches for it.
    /// @dev Suspect content of the last version can still be corrected, and a withdrawal taken back.
    error ApplicationRegistryVersionLimit(OfficeNumber number);
    /// @notice An anchor needs a root that is not zero and at least one leaf.
    error ApplicationRegistryEmptyAnchor(bytes32 root, uint40 leafCount);
    /// @notice The office's next anchor has another sequence number. Remedy: read `nextSequence`, sign again.
    error ApplicationRegistrySequenceGap(OfficeCode office, uint64 expected, uint64 sequence);
    /// @notice The sequence number is taken by another anchor.
    error ApplicationRegistryAnchorConflict(OfficeCode office, uint64 sequence);
    /// @notice No such anchor: office, sequence, root, leaf count and signing key must all be those recorded.
    error ApplicationRegistryUnknownAnchor(OfficeCode office, uint64 sequence);
    /// @notice The record is not withdrawn, so there is nothing to take back. Remedy: read the record.
    error ApplicationRegistryNotWithdrawn(OfficeNumber number);
    /// @notice The predecessor is no registry with the same directory. Remedy: give the registry to take over from, or
    ///         zero for none.
    error ApplicationRegistryInvalidPredecessor(address predecessor);
    /// @notice The moment as of which records are confirmed lies after the time of the block. Remedy: give the time of
    ///         the block at which the records were read, in seconds since 1970.
    error ApplicationRegistryInvalidMoment(uint40 asOf);
    /// @notice The present content of the record was recorded after the moment as of which it is confirmed, though it
    ///         is the content that is stated: whoever signed has not seen this record. Remedy: read the record and its
    ///         history, and find out why it changed before it is confirmed again.
    error ApplicationRegistryRecordedSince(OfficeNumber number, uint40 recordedAt, uint40 asOf);
    /// @notice The number is another office's than the anchor, or than the reconfirmation.
    error ApplicationRegistryOtherOffice(OfficeNumber number, OfficeCode office);
    /// @notice The proof does not lead from this record to the root of the anchor.
    error ApplicationRegistryInvalidProof(OfficeNumber number);

    /// @notice Records one application.
    /// @dev If the number is recorded with the same content nothing changes and the signature is not looked at.
    /// @param application What the office states.
    /// @param signature Office signature over `Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32
    ///        digest)`.
    /// @return taken Whether the number is new; false if it was recorded before with the same content.
    function register(Application calldata application, bytes calldata signature) external returns (bool taken);

    /// @notice Records many applications of one office under one signature. What is wrong with one item costs only that
    ///         item: each is either recorded (`ApplicationRegistered`) or reported (`ApplicationNotTaken`).
    /// @param office Office that issued the numbers.
    /// @param applications 1 to 600 items.
    /// @param signature Office signature over `RegistrationBatch(bytes2 office,Registration[] items)`.
    /// @return taken How many are new.
    /// @return alreadyRecorded How many were recorded before with the same content.
    /// @return refused How many were refused.
    function registerBatch(OfficeCode office, Application[] calldata applications, bytes calldata signature)
        external
        returns (uint256 taken, uint256 alreadyRecorded, uint256 refused);

    /// @notice Records a Merkle root that stands for many records.
    /// @param statement What the office states.
    /// @param signature Office signature over `Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)`.
    /// @return taken Whether the anchor is new; false if it was recorded before, by the same key.
    function anchor(Anchor calldata statement, bytes calldata signature) external returns (bool taken);

    /// @notice Records one application of an anchor, by its proof. Anyone may; the office signed the anchor.
    /// @dev What was anchored is recorded already, so the present standing of the office or its key does not matter.
    ///      The record carries the time and the key of the anchor; the bound on filing dates is the office's, as it
    ///      was when the key was revoked if it was.
    /// @param statement The anchor.
    /// @param signingKey Key that signed the anchor.
    /// @param application The leaf.
    /// @param proof Sibling hashes from the leaf up.
    /// @return taken Whether the number is new; false if it was recorded before with the same content.
    function disclose(
        Anchor calldata statement,
        address signingKey,
        Application calldata application,
        bytes32[] calldata proof
    ) external returns (bool taken);

    /// @notice Replaces the content of a record; the version before stays in the events. A withdrawn record stays
    ///         withdrawn. The same content signed by another key confirms the record under that key. May be signed by
    ///         the successor of a departed office too; so the three below.
    /// @dev Version 255 is the last: its content can only be replaced while it is suspect, and the version stays 255.
    ///      So whoever stole a key cannot use up the versions with what the office did not say.
    /// @param correction What the office states.
    /// @param signature Office signature over `Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32
    ///        digest,uint8 replaces)`.
    /// @return taken Whether the record changed; false if its next version has this content already, be it by this
    ///         correction or by a withdrawal.
    function correct(Correction calldata correction, bytes calldata signature) external returns (bool taken);

    /// @notice Marks an application as withdrawn.
    /// @param number Office number.
    /// @param replaces Version of the record that this follows.
    /// @param signature Office signature over `Withdrawal(bytes32 number,uint8 replaces)`.
    /// @return taken Whether the record changed; false if it is withdrawn already.
    function withdraw(OfficeNumber number, uint8 replaces, bytes calldata signature) external returns (bool taken);

    /// @notice Takes a withdrawal back; the record is then corrected, whatever it was before the withdrawal.
    /// @dev A record withdrawn as version 255 stays at that version and cannot be withdrawn again.
    /// @param number Office number.
    /// @param replaces Version of the record that this follows.
    /// @param signature Office signature over `Reinstatement(bytes32 number,uint8 replaces)`.
    /// @return taken Whether the record changed; false if it is not withdrawn any more, in the version after `replaces`.
    function reinstate(OfficeNumber number, uint8 replaces, bytes calldata signature) external returns (bool taken);

    /// @notice Confirms many records of one office under one signature, so that they are not suspect though the key
    ///         that made them was compromised. The records stay as they are. All or nothing.
    /// @dev Any record can be confirmed. A confirmation holds for the content that it names, through withdrawal and
    ///      reinstatement, until a correction; it is worth nothing if its own key was compromised by then.
    ///
    ///      The statement is about the records as they stood at `asOf`. So it can be sent again by anybody, and never
    ///      serves for what was recorded after it: not even where a thief corrects a record back to a content that the
    ///      office once confirmed and has corrected since.
    ///
    ///      Warning: one that is signed for a moment still to come is refused until then, and confirms what it names
    ///      however it comes about by then. Sign for the time of a block that has been read.
    /// @param office Office that issued the numbers.
    /// @param asOf Moment at which the records stood as stated, seconds since 1970: the time of the block at which
    ///        whoever signs has read them. Not after the time of the block that this is in.
    /// @param items 1 to 600 records, with their present content, all of it recorded at `asOf` or before.
    /// @param signature Office signature over `Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)`.
    /// @return taken How many were confirmed by this.
    /// @return already How many a good key had confirmed before.
    function reconfirm(OfficeCode office, uint40 asOf, Application[] calldata items, bytes calldata signature)
        external
        returns (uint256 taken, uint256 already);

    /// @notice Registry that this one took over from; zero if it is the first.
    function predecessor() external view returns (IApplicationRegistry);

    /// @notice Record of a number; `status` is none if it is not recorded.
    function recordOf(OfficeNumber number) external view returns (Record memory);

    /// @notice Records of many numbers, in their order.
    function recordsOf(OfficeNumber[] calldata numbers) external view returns (Record[] memory);

    /// @notice Whether the key that signed the present content was compromised when it was recorded, as known today, and
    ///         no key that was good then has confirmed that content.
    function isSuspect(OfficeNumber number) external view returns (bool);

    /// @notice Record of a number, and whether it is suspect.
    function standingOf(OfficeNumber number) external view returns (Record memory record, bool suspect);

    /// @notice Last confirmation of a record; all zero if there was none. Whether it still counts tells `isSuspect`.
    function reconfirmationOf(OfficeNumber number) external view returns (Reconfirmation memory);

    /// @notice When an anchor was recorded, seconds since 1970; 0 if it was not, or not with exactly these facts.
    function anchoredAt(Anchor calldata statement, address signingKey) external view returns (uint40);

    /// @notice Sequence number of the office's next anchor; one less is how many it has.
    function nextSequence(OfficeCode office) external view returns (uint64);

    /// @notice EIP-712 digest that an office signs to `register`; so with the others below.
    function registrationDigest(Application calldata application) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `registerBatch`.
    function batchDigest(OfficeCode office, Application[] calldata applications) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `anchor`.
    function anchorDigest(Anchor calldata statement) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `correct`.
    function correctionDigest(Correction calldata correction) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `withdraw`.
    function withdrawalDigest(OfficeNumber number, uint8 replaces) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `reinstate`.
    function reinstatementDigest(OfficeNumber number, uint8 replaces) external view returns (bytes32);

    /// @notice EIP-712 digest that an office signs to `reconfirm`.
    function reconfirmationDigest(OfficeCode office, uint40 asOf, Application[] calldata items)
        external
        view
        returns (bytes32);
}
