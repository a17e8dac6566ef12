// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {KeyFacts} from "../contracts/types/KeyFacts.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";

/// @title Directory of the offices and of the keys that sign for them
/// @notice Says which IP offices run this register together, which account speaks for each, and which keys may sign
///         what, from when, until when. The history of a key is only ever added to: what a key could sign at any past
///         moment stays answerable.
/// @dev Every register asks `authorise`, or judges `keyFacts` by the same rule, before it takes a signed statement. A
///      signature is judged by the block time at which it arrives, never by a date that its signer wrote.
///
///      Assumptions: `governance` (the timelock of the consortium) is trusted to admit, suspend and replace seats; each
///      seat is trusted with the keys of its own office and with nothing else. Neither can change or remove a record of
///      any register. `emergencyBody` can only suspend, for 90 days at most, and leaves three offices
///      active.
interface IOfficeDirectory {
    /// @notice Standing of an office: 0 not a member, 1 active, 2 suspended, 3 departed.
    enum OfficeStatus {
        None,
        Active,
        Suspended,
        Departed
    }

    /// @notice An office as the directory shows it.
    /// @param code WIPO ST.3 code.
    /// @param status Standing at this block.
    /// @param seat Account that acts for the office: its keys, its calendars, its vote. May be a contract wallet.
    /// @param admittedAt Block time of admission, seconds since 1970.
    /// @param suspendedUntil End of the last suspension, seconds since 1970; 0 if there was none, 2**40 - 1 without
    ///        end. Former suspensions are in the events.
    /// @param earliestFilingDate The office issued no application numbers before this day; 0 for no bound.
    /// @param keyCount How many keys it has ever had.
    /// @param name Name of the office in English.
    /// @param endpoint Address of its public service, or empty.
    struct Office {
        OfficeCode code;
        OfficeStatus status;
        address seat;
        uint40 admittedAt;
        uint40 suspendedUntil;
        CalendarDate earliestFilingDate;
        uint256 keyCount;
        string name;
        string endpoint;
    }

    /// @notice A signing key of an office.
    /// @param account Externally owned account, or contract that answers ERC-1271.
    /// @param scopes Sum of what it may sign: 1 applications, 2 register entries, 4 transactions, 8 keys.
    /// @param validFrom First second of validity.
    /// @param validUntil First second after validity; 2**40 - 1 without end.
    /// @param revokedAt Block time of revocation; 0 if not revoked.
    /// @param compromisedSince Since when its signatures are not trusted; 0 if it is not known to be compromised.
    struct SigningKey {
        address account;
        uint8 scopes;
        uint40 validFrom;
        uint40 validUntil;
        uint40 revokedAt;
        uint40 compromisedSince;
    }

    /// @notice A key that an office has from its admission on.
    /// @param account Externally owned account, or contract that answers ERC-1271.
    /// @param scopes Sum of what it may sign: 1 applications, 2 register entries, 4 transactions, 8 keys.
    /// @param validFrom First second of validity, not in the past; 0 for this block.
    /// @param validUntil First second after validity; 0 for no end.
    struct NewKey {
        address account;
        uint8 scopes;
        uint40 validFrom;
        uint40 validUntil;
    }

    event GovernanceTransferred(address indexed previousGovernance, address indexed newGovernance);
    event EmergencyBodyChanged(address indexed previousBody, address indexed newBody);
    event OfficeAdmitted(
        OfficeCode indexed office, address indexed seat, string name, string endpoint, CalendarDate earliestFilingDate
    );
    /// @param until First second after the suspension; 2**40 - 1 without end.
    event OfficeSuspended(OfficeCode indexed office, uint40 until);
    event OfficeReinstated(OfficeCode indexed office);
    event OfficeDeparted(OfficeCode indexed office);
    event SuccessorNamed(OfficeCode indexed office, OfficeCode indexed successor);
    /// @param proposedSeat Account that may accept the seat; zero if the proposal was taken back.
    event SeatProposed(OfficeCode indexed office, address indexed proposedSeat);
    event SeatChanged(OfficeCode indexed office, address indexed previousSeat, address indexed newSeat);
    /// @param acceptableFrom First second at which the new seat can take over.
    event SeatReplacementDecided(OfficeCode indexed office, address indexed newSeat, uint40 acceptableFrom);
    event SeatReplacementObjected(OfficeCode indexed office, address indexed newSeat);
    event ObjectionDelayChanged(uint40 objectionDelay);
    event EndpointChanged(OfficeCode indexed office, string endpoint);
    event EarliestFilingDateChanged(OfficeCode indexed office, CalendarDate earliestFilingDate);
    event KeyAdded(
        OfficeCode indexed office, address indexed account, uint8 scopes, uint40 validFrom, uint40 validUntil
    );
    event KeyRevoked(OfficeCode indexed office, address indexed account);
    /// @param until First second after the suspension.
    event KeySuspended(OfficeCode indexed office, address indexed account, uint40 until);
    event KeyReinstated(OfficeCode indexed office, address indexed account);
    event KeyCompromised(OfficeCode indexed office, address indexed account, uint40 since);

    /// @notice Only the governance account may do this. Remedy: have the offices decide it.
    error OfficeDirectoryNotGovernance(address caller);
    /// @notice Only governance or the emergency body may do this. Remedy: collect the support of enough offices.
    error OfficeDirectoryNotEmergencyBody(address caller);
    /// @notice An emergency lasts 90 days at most, until `latest`. Remedy: put a longer suspension to the vote.
    error OfficeDirectoryEmergencyTooLong(uint40 until, uint40 latest);
    /// @notice An emergency would leave fewer than three offices active. Remedy: put it to the vote.
    error OfficeDirectoryTooFewActive(uint256 active, uint256 least);
    /// @notice An emergency can lengthen a suspension, never shorten it.
    error OfficeDirectorySuspensionShortened(uint40 until, uint40 recorded);
    /// @notice Only the seat of the office, or a key with the scope keys where that is enough, may do this.
    error OfficeDirectoryNotSeat(OfficeCode office, address caller);
    /// @notice An account is needed where zero was given.
    error OfficeDirectoryZeroAccount();
    /// @notice The code was admitted before; a departed code cannot be taken again.
    error OfficeDirectoryOfficeExists(OfficeCode office);
    /// @notice No office with this code was ever admitted. Remedy: check the ST.3 code.
    error OfficeDirectoryUnknownOffice(OfficeCode office);
    /// @notice The account is already the seat of an office; one seat would cast two votes.
    error OfficeDirectorySeatTaken(address seat, OfficeCode office);
    /// @notice The account was not proposed as the next seat of the office, or not any more. Remedy: have the present
    ///         seat propose it.
    error OfficeDirectoryNotProposedSeat(OfficeCode office, address caller);
    /// @notice No replacement of the seat is under way, the seat objected, or 30 days have gone by since it could be
    ///         accepted. Remedy: have the offices decide it.
    error OfficeDirectoryNoReplacement(OfficeCode office);
    /// @notice The present seat may object until `acceptableFrom`. Remedy: wait.
    error OfficeDirectoryReplacementPending(OfficeCode office, uint40 acceptableFrom);
    /// @notice An office that is suspended by vote cannot object: whoever stole its seat would.
    error OfficeDirectoryObjectionBarred(OfficeCode office);
    /// @notice The objection delay lies between one day and 90 days.
    error OfficeDirectoryInvalidDelay(uint40 objectionDelay);
    /// @notice A successor is an active office that is not the office itself.
    error OfficeDirectoryInvalidSuccessor(OfficeCode office, OfficeCode successor);
    /// @notice The office has a successor, which stays. Remedy: should it depart too, name one for it.
    error OfficeDirectorySuccessorNamed(OfficeCode office, OfficeCode successor);
    /// @notice Only a departed office has a successor.
    error OfficeDirectoryNotDeparted(OfficeCode office);
    /// @notice A text is empty where it must not be, or longer than `limit` bytes.
    error OfficeDirectoryTextLength(uint256 length, uint256 limit);
    /// @notice The office left the consortium. Its records stay; it makes no new ones.
    error OfficeDirectoryOfficeDeparted(OfficeCode office);
    /// @notice The office is suspended until `until`. Its records stay; it makes no new ones meanwhile.
    error OfficeDirectoryOfficeSuspended(OfficeCode office, uint40 until);
    /// @notice A suspension must end after the present block.
    error OfficeDirectorySuspensionEnded(uint40 until);
    /// @notice The office is not suspended.
    error OfficeDirectoryNotSuspended(OfficeCode office);
    /// @notice The account is a key of this office already, or was. Remedy: use a fresh key; a revoked one stays
    ///         revoked.
    error OfficeDirectoryKeyExists(OfficeCode office, address account);
    /// @notice The account never was a key of this office. Remedy: check who signed, and for which chain and contract.
    error OfficeDirectoryUnknownKey(OfficeCode office, address account);
    /// @notice The office has `limit` keys that are not revoked. Remedy: revoke those that it no longer uses.
    error OfficeDirectoryTooManyKeys(OfficeCode office, uint256 limit);
    /// @notice Scopes are a sum of 1, 2, 4 and 8, at least one; only the seat grants 8 (keys).
    error OfficeDirectoryInvalidScopes(uint8 scopes);
    /// @notice A key's validity begins now or later and ends after it begins.
    error OfficeDirectoryInvalidWindow(uint40 validFrom, uint40 validUntil);
    /// @notice A compromise date lies in the past, and may later only be moved to an earlier moment.
    error OfficeDirectoryInvalidCompromise(uint40 since, uint40 recorded);
    /// @notice The key was revoked at `revokedAt`. Remedy: sign again with a key that is in force.
    error OfficeDirectoryKeyRevoked(OfficeCode office, address account, uint40 revokedAt);
    /// @notice The key is not valid before `validFrom`.
    error OfficeDirectoryKeyNotYetValid(OfficeCode office, address account, uint40 validFrom);
    /// @notice The key was valid until `validUntil`. Remedy: sign again with a key that is in force.
    error OfficeDirectoryKeyExpired(OfficeCode office, address account, uint40 validUntil);
    /// @notice The key is suspended until `until`. Remedy: sign with another key of the office.
    error OfficeDirectoryKeySuspended(OfficeCode office, address account, uint40 until);
    /// @notice The key is not suspended.
    error OfficeDirectoryKeyNotSuspended(OfficeCode office, address account);
    /// @notice The key may not sign statements of this scope.
    error OfficeDirectoryKeyOutOfScope(OfficeCode office, address account, uint8 scope);

    /// @notice Account that admits, suspends and marks offices as departed: the timelock of the consortium.
    function governance() external view returns (address);

    /// @notice Hands `governance` over. Only governance. Warning: in one step; nobody can undo a wrong address.
    function transferGovernance(address newGovernance) external;

    /// @notice Contract that may suspend at once, for a time; zero if there is none.
    function emergencyBody() external view returns (address);

    /// @notice Names the emergency body; zero for none. Only governance.
    /// @dev Whatever it is, it suspends for 90 days at most and leaves three offices active.
    function setEmergencyBody(address newBody) external;

    /// @notice Seconds during which a seat may object to its replacement.
    function objectionDelay() external view returns (uint40);

    /// @notice Changes the objection delay for replacements decided from now on. Only governance.
    /// @param newDelay Seconds, one day to 90 days.
    function setObjectionDelay(uint40 newDelay) external;

    /// @notice Admits an office. Only governance.
    /// @param code WIPO ST.3 code; whether ST.3 lists it is for the admitting offices to check.
    /// @param seat Account that acts for the office, seat of no other.
    /// @param name Name of the office in English, 1 to 100 bytes.
    /// @param endpoint Address of its public service, up to 200 bytes.
    /// @param earliestFilingDate The office issued no application numbers before this day; 0 for no bound.
    function admitOffice(
        OfficeCode code,
        address seat,
        string calldata name,
        string calldata endpoint,
        CalendarDate earliestFilingDate
    ) external;

    /// @notice Admits an office together with its first keys. Only governance.
    /// @dev The only way in which somebody else than the office names its keys: before it has recorded anything, and in
    ///      the open. Parameters as for `admitOffice` and `addKey`.
    function admitOfficeWithKeys(
        OfficeCode code,
        address seat,
        string calldata name,
        string calldata endpoint,
        CalendarDate earliestFilingDate,
        NewKey[] calldata firstKeys
    ) external;

    /// @notice Suspends an office until a moment, or changes that moment. Only governance; the emergency body too, but
    ///         only to a later moment.
    /// @dev Records stay as they are. The seat keeps its power to add, revoke and mark keys.
    /// @param until First second after the suspension; 2**40 - 1 without end.
    function suspendOffice(OfficeCode office, uint40 until) external;

    /// @notice Suspends one key until a moment, or changes that moment. Only governance; the emergency body too, but
    ///         only to a later moment.
    /// @dev The key signs nothing meanwhile and manages no keys. Revoking it stays possible.
    /// @param until First second after the suspension; 2**40 - 1 without end.
    function suspendKey(OfficeCode office, address account, uint40 until) external;

    /// @notice Ends the suspension of a key before its time. Only governance.
    function reinstateKey(OfficeCode office, address account) external;

    /// @notice Ends a suspension before its time. Only governance.
    function reinstateOffice(OfficeCode office) external;

    /// @notice Marks an office as departed, for good. Only governance.
    /// @dev Its records stay valid under its code, which no other office can take.
    function departOffice(OfficeCode office) external;

    /// @notice Names, once and for good, the office that may correct and withdraw the records of a departed one. Only
    ///         governance.
    /// @param successor An active office. Should it depart too, its own successor follows.
    function nameSuccessor(OfficeCode office, OfficeCode successor) external;

    /// @notice Decides that an account is to become the seat of an office whose seat is lost. Only governance.
    /// @dev The present seat may object for `objectionDelay` seconds, and until the account accepts by `acceptSeat`,
    ///      which it can for 30 days from then. A second decision takes the place of the first.
    /// @param newSeat Seat of no office; zero takes the decision back.
    function replaceSeat(OfficeCode office, address newSeat) external;

    /// @notice Ends the replacement of a seat that is not lost. Only the present seat, until the new one has accepted;
    ///         not while the office is suspended by vote.
    function objectToReplacement(OfficeCode office) external;

    /// @notice Names the account that may become the seat of the office; zero takes a proposal back. Only the seat.
    /// @dev In two steps, as OpenZeppelin's `Ownable2Step`: a seat that nobody can act for would be lost for good. The
    ///      present seat stays until the new one accepts. Always possible, while suspended and after departure too.
    /// @param newSeat Seat of no office.
    function proposeSeat(OfficeCode office, address newSeat) external;

    /// @notice Becomes the seat of an office, in place of the present one. Only the account that its seat proposed, or
    ///         that the offices decided on, once the objection delay is over.
    /// @dev The former seat has no power any more and may become the seat of another office. Keys stay as they are.
    function acceptSeat(OfficeCode office) external;

    /// @notice Changes the public service address. Only the seat.
    function setEndpoint(OfficeCode office, string calldata endpoint) external;

    /// @notice Changes the day before which the office issued no numbers. Only the seat. Records stay as they are.
    function setEarliestFilingDate(OfficeCode office, CalendarDate earliestFilingDate) external;

    /// @notice Adds a signing key. Only the seat, or a key of the office with the scope keys (which cannot grant that).
    /// @param account The key, never a key of this office before.
    /// @param scopes Sum of 1 applications, 2 register entries, 4 transactions, 8 keys.
    /// @param validFrom First second of validity, not in the past; 0 for this block.
    /// @param validUntil First second after validity; 0 for no end.
    function addKey(OfficeCode office, address account, uint8 scopes, uint40 validFrom, uint40 validUntil) external;

    /// @notice Revokes a key from this block on, for good. Only the seat, or a key with the scope keys.
    /// @dev Always possible: while suspended and after departure too.
    function revokeKey(OfficeCode office, address account) external;

    /// @notice Declares since when signatures of a key are not to be trusted, and revokes it. Only the seat, or
    ///         governance.
    /// @dev Flags, never deletes: records made since then stay and show as suspect. Always possible.
    /// @param since Not later than this block; a second declaration may only name an earlier moment.
    function markKeyCompromised(OfficeCode office, address account, uint40 since) external;

    /// @notice Checks that `account` may now sign statements of `scope` for `office`; reverts with the reason if not.
    /// @return earliestFilingDate Day before which the office issued no numbers, since every caller needs it next.
    function authorise(OfficeCode office, address account, uint8 scope)
        external
        view
        returns (CalendarDate earliestFilingDate);

    /// @notice The one word that `authorise` judges by, for registers that judge it themselves and so save its cost.
    /// @param keyId Code and account, see `KeyFacts`.
    function keyFacts(bytes32 keyId) external view returns (KeyFacts);

    /// @notice Whether `account` was a key of `office` good for all of `scopes` at `time`, as known today.
    /// @dev Speaks of the key alone, not of the standing of the office. A compromise learned later changes the answer
    ///      for moments since then: that is its purpose.
    /// @param time Seconds since 1970; may lie in the past or the future.
    function isKeyGood(OfficeCode office, address account, uint8 scopes, uint40 time) external view returns (bool);

    /// @notice A key of an office; all zero but `account` if it never was one.
    function keyOf(OfficeCode office, address account) external view returns (SigningKey memory);

    /// @notice Keys of an office, oldest first.
    /// @return page At most `limit` keys from position `offset`.
    /// @return total How many there are.
    function keys(OfficeCode office, uint256 offset, uint256 limit)
        external
        view
        returns (SigningKey[] memory page, uint256 total);

    /// @notice An office; `status` is 0 if it was never admitted.
    function officeOf(OfficeCode code) external view returns (Office memory);

    /// @notice Standing of an office at this block.
    function statusOf(OfficeCode code) external view returns (OfficeStatus);

    /// @notice Account that acts for an office; zero if it was never admitted.
    function seatOf(OfficeCode code) external view returns (address);

    /// @notice Office whose seat an account is; zero if none.
    function officeOfSeat(address seat) external view returns (OfficeCode);

    /// @notice Codes of the offices that are active at this block, in the order of admission.
    function activeOffices() external view returns (OfficeCode[] memory);

    /// @notice Who could vote at a moment: offices that had been admitted, were not suspended then, and have not
    ///         departed since.
    /// @dev What is decided about suspensions later does not change the answer for a moment; departures do.
    /// @param time Seconds since 1970, not in the future.
    /// @return active Their codes, in the order of admission.
    /// @return inEmergency How many others were suspended in an emergency alone: no vote had confirmed it until then,
    ///         or had suspended the office for as long.
    function electorateAt(uint40 time) external view returns (OfficeCode[] memory active, uint256 inEmergency);

    /// @notice Office that acts for a departed one today: its successor, or that one's; zero if the office has not
    ///         departed, or nobody acts for it.
    function successorOf(OfficeCode code) external view returns (OfficeCode);

    /// @notice Since when signatures by `account` for records of `code` are not to be trusted: as a key of the office
    ///         or, if it never was one, of an office in its succession; 0 if it is not known to be compromised.
    function compromisedSince(OfficeCode code, address account) external view returns (uint40);

    /// @notice End of the last suspension of a key itself, seconds since 1970; 0 if there was none.
    function keySuspendedUntil(OfficeCode code, address account) external view returns (uint40);

    /// @notice Replacement of a seat that the offices decided on.
    /// @return newSeat Account that may become the seat; zero if none is under way.
    /// @return acceptableFrom First second at which it can.
    function replacementOf(OfficeCode code) external view returns (address newSeat, uint40 acceptableFrom);

    /// @notice Account that may accept the seat of an office; zero if none is proposed.
    function proposedSeatOf(OfficeCode code) external view returns (address);

    /// @notice Day before which an office issued no numbers; 0 for no bound.
    function earliestFilingDateOf(OfficeCode code) external view returns (CalendarDate);

    /// @notice Offices in the order of admission.
    /// @return page At most `limit` offices from position `offset`.
    /// @return total How many there are.
    function offices(uint256 offset, uint256 limit) external view returns (Office[] memory page, uint256 total);
}
