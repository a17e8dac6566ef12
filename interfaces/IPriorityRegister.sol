// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../contracts/types/OfficeNumber.sol";
import {IApplicationRegistry} from "./IApplicationRegistry.sol";
import {IOfficeSigned} from "./IOfficeSigned.sol";

/// @title Priority claims: the verdict, the calendars it needs, and the claims that offices recorded
/// @notice Answers whether an earlier application supports a priority claim (Paris Convention, Article 4), with one
///         typed reason. The verdict is computed from what offices signed and recorded; it binds no office.
/// @dev Who the applicant is, whether the application was the first for its subject (Article 4C(4)) and whether the
///      goods agree are questions of substance that no register of numbers answers.
interface IPriorityRegister is IOfficeSigned {
    /// @notice The answer, in order of precedence:
    ///         0 valid;
    ///         1 malformed number;
    ///         2 not covered: the number is not recorded, and the earlier office is not a member, or not any more, so
    ///         nothing can be said;
    ///         3 not found: the office is a member and has not recorded the number;
    ///         4 signer compromised: the key that signed the record was compromised when it was recorded, and no good
    ///         key has confirmed it since;
    ///         5 date mismatch: the claimed date is not the recorded filing date (Article 4D(1));
    ///         6 digest mismatch: the copy is not the application as recorded;
    ///         7 right not allowed: no priority between these kinds of right (Article 4C(1), 4E);
    ///         8 same day: a priority date equal to the later filing date gives nothing (Article 4C(2));
    ///         9 later precedes earlier;
    ///         10 restorable: the period is over, by no more than two months (PCT Rule 26bis.3, EPC Rule 136);
    ///         11 period expired (Article 4C(1)).
    enum Verdict {
        Valid,
        MalformedNumber,
        NotCovered,
        NotFound,
        SignerCompromised,
        DateMismatch,
        DigestMismatch,
        RightNotAllowed,
        SameDay,
        LaterPrecedesEarlier,
        Restorable,
        PeriodExpired
    }

    /// @notice What the closed days of the later office did to the last day: 0 not asked, since there is no period;
    ///         1 not published for that year, so no extension; 2 published; 3 the extension ran into a year that is not
    ///         published and stopped at its first day.
    enum CalendarUse {
        NotAsked,
        NotPublished,
        Published,
        Incomplete
    }

    /// @notice What the office of second filing found: 0 no claim, 1 claimed, 2 accepted, 3 refused, 4 withdrawn.
    enum Outcome {
        None,
        Claimed,
        Accepted,
        Refused,
        Withdrawn
    }

    /// @notice A priority claim to be judged.
    /// @param earlier Number of the earlier application, as claimed.
    /// @param claimedDate Date of the earlier application, as claimed.
    /// @param laterOffice Office of second filing, whose closed days count (Article 4C(3)).
    /// @param laterRight Right of the later application: `P`, `U`, `T`, `D`, `S` or `G`.
    /// @param laterDate Filing date of the later application.
    /// @param digest Digest of the copy received, or the commitment recomputed from it; 0 if there is none to compare.
    struct PriorityClaim {
        OfficeNumber earlier;
        CalendarDate claimedDate;
        OfficeCode laterOffice;
        bytes1 laterRight;
        CalendarDate laterDate;
        bytes32 digest;
    }

    /// @notice The answer to a priority claim. Fields that do not apply are zero.
    /// @param verdict See `Verdict`.
    /// @param calendar See `CalendarUse`.
    /// @param lastDay Last day on which the later application could be filed with this priority.
    /// @param extendedFrom Last day before closed days moved it; 0 if they did not.
    /// @param restorableUntil Last day on which the right could be restored; 0 if it cannot be. Moved to an open day
    ///        only if the later office published that year; `calendar` speaks of `lastDay` alone.
    /// @param earlierRecord The earlier application as recorded: status 2 (corrected) or 3 (withdrawn) does not change
    ///        the verdict (Article 4A(3)) and is for the reader to weigh.
    struct Assessment {
        Verdict verdict;
        CalendarUse calendar;
        CalendarDate lastDay;
        CalendarDate extendedFrom;
        CalendarDate restorableUntil;
        IApplicationRegistry.Record earlierRecord;
    }

    /// @notice Closed days of an office in a year.
    /// @param weekly Weekdays on which the office is closed: bit 0 Monday to bit 6 Sunday.
    /// @param exceptions Days that differ from the weekly pattern, closed though open by the week or open though
    ///        closed:
    ///        bit 0 of the first word is 1 January, bit 0 of the second is day 257.
    /// @param version 1 when first published, one more each time.
    /// @param publishedAt Block time of this version; 0 if none was published.
    struct Calendar {
        uint8 weekly;
        uint256[2] exceptions;
        uint16 version;
        uint40 publishedAt;
    }

    /// @notice What the office of second filing states about one claim.
    /// @param later Later application, whose office signs.
    /// @param earlier Earlier application that is claimed.
    /// @param laterFilingDate Filing date of the later application.
    /// @param claimedDate Date of the earlier application, as claimed.
    /// @param isPartial The claim covers a part of the later application (Article 4F).
    /// @param outcome 1 claimed, 2 accepted, 3 refused, 4 withdrawn.
    /// @param replaces Version of the recorded claim that this follows; 0 for a new one.
    struct ClaimOutcome {
        OfficeNumber later;
        OfficeNumber earlier;
        CalendarDate laterFilingDate;
        CalendarDate claimedDate;
        bool isPartial;
        uint8 outcome;
        uint8 replaces;
    }

    /// @notice A claim as recorded; two storage slots.
    /// @param earlierVersion Version of the earlier record when the claim was first recorded; 0 if it was not recorded.
    /// @param earlierStatus Its status at that time.
    struct Claim {
        // slot 0
        address signingKey;
        uint40 recordedAt;
        Outcome outcome;
        bool isPartial;
        uint8 version;
        uint8 earlierVersion;
        IApplicationRegistry.Status earlierStatus;
        // slot 1
        CalendarDate laterFilingDate;
        CalendarDate claimedDate;
    }

    /// @notice A claim with what became of its earlier record since.
    /// @param correctedSince The earlier record was corrected, or withdrawn and reinstated, after the claim was first
    ///        recorded.
    /// @param withdrawnSince The earlier application was withdrawn after the claim was first recorded.
    struct ClaimView {
        OfficeNumber later;
        OfficeNumber earlier;
        Claim claim;
        bool correctedSince;
        bool withdrawnSince;
    }

    event CalendarPublished(
        OfficeCode indexed office, uint16 indexed year, uint8 weekly, uint256[2] exceptions, uint16 version
    );
    event ClaimRecorded(
        OfficeNumber indexed later,
        OfficeNumber indexed earlier,
        OfficeCode indexed office,
        CalendarDate laterFilingDate,
        CalendarDate claimedDate,
        bool isPartial,
        Outcome outcome,
        uint8 version,
        address signingKey
    );

    /// @notice Records are read from another registry from here on; zero before the first.
    event RegistryChanged(address indexed previous, address indexed current);

    /// @notice Only the governance of the directory changes the registry.
    error PriorityRegisterNotGovernance(address caller);
    /// @notice The new registry does not take over from the present one. Remedy: deploy it with `registry` as its
    ///         predecessor.
    error PriorityRegisterNotNextRegistry(address registry, address present);
    /// @notice There is no contract at the address given for the registry, or it uses another directory.
    error PriorityRegisterNoRegistry(address registry);
    /// @notice The right is none of `P U T D S G`.
    error PriorityRegisterUnknownRight(bytes1 right);
    /// @notice Only the seat of an office that has not departed publishes its calendar.
    error PriorityRegisterNotSeat(OfficeCode office, address caller);
    /// @notice The year is not one of 1800 to 9999.
    error PriorityRegisterInvalidYear(uint16 year);
    /// @notice The calendar has a bit that is no weekday or no day of that year.
    error PriorityRegisterInvalidCalendar(uint16 year, uint8 weekly);
    /// @notice The calendar has more than `limit` closed days in a row, up to day `dayOfYear`.
    error PriorityRegisterClosedTooLong(uint16 year, uint256 dayOfYear, uint256 limit);
    /// @notice An application cannot claim its own priority.
    error PriorityRegisterSelfClaim(OfficeNumber number);
    /// @notice The earlier application was not filed before the later one.
    error PriorityRegisterNotEarlier(OfficeNumber earlier, CalendarDate earlierDate, CalendarDate laterFilingDate);
    /// @notice The later application is recorded with another filing date.
    error PriorityRegisterFilingDateMismatch(OfficeNumber later, CalendarDate recorded, CalendarDate stated);
    /// @notice The outcome is none of 1 claimed, 2 accepted, 3 refused, 4 withdrawn.
    error PriorityRegisterUnknownOutcome(uint8 outcome);
    /// @notice The statement follows another version of the claim than the recorded one. Remedy: read it, sign again.
    error PriorityRegisterVersionMismatch(OfficeNumber later, OfficeNumber earlier, uint8 recorded, uint8 replaces);
    /// @notice The claim has reached the last version, 255, and a good key vouches for it.
    error PriorityRegisterVersionLimit(OfficeNumber later, OfficeNumber earlier);

    /// @notice Registry that holds the application records.
    function registry() external view returns (IApplicationRegistry);

    /// @notice Reads records from the registry that takes over from the present one. Only the governance of the
    ///         directory.
    /// @dev Claims and calendars stay: the new registry names the present one as its predecessor and answers from it.
    function setRegistry(IApplicationRegistry newRegistry) external;

    /// @notice Judges a priority claim.
    /// @dev Periods: 12 months between patents and utility models; 6 months between designs, between trade marks, and
    ///      for a design that relies on a utility model (Article 4C(1), 4E). The filing day is not counted (4C(2)); a
    ///      last day on which the later office is closed moves to its next open day (4C(3)). A malformed date, office
    ///      code or right of the later application reverts; a malformed earlier number is a verdict.
    /// @param claim What is claimed.
    /// @return The verdict with what it rests on.
    function check(PriorityClaim calldata claim) external view returns (Assessment memory);

    /// @notice Publishes or replaces the closed days of an office in a year. Only its seat. Warning: a later version
    ///         changes later answers about that year, past days included; the events keep every version.
    /// @dev At most 30 closed days in a row, so that looking for the next open day is bounded.
    /// @param weekly Weekdays on which the office is closed: bit 0 Monday to bit 6 Sunday.
    /// @param exceptions Days that differ from the weekly pattern; see `Calendar`.
    function publishCalendar(OfficeCode office, uint16 year, uint8 weekly, uint256[2] calldata exceptions) external;

    /// @notice Closed days of an office in a year; `publishedAt` is 0 if none were published.
    function calendarOf(OfficeCode office, uint16 year) external view returns (Calendar memory);

    /// @notice Whether an office is closed on a day.
    /// @return published Whether the office published that year; if not, `closed` is false.
    /// @return closed Whether the office is closed.
    function isClosed(OfficeCode office, CalendarDate date) external view returns (bool published, bool closed);

    /// @notice Records a claim, or its next outcome.
    /// @dev Several claims of one later application, and several on one earlier, are possible. The earlier application
    ///      need not be recorded, nor its office be a member. Every claim leads from a later date to an earlier one,
    ///      as its office states them and the registry knows them; since offices may state one number's date
    ///      differently, whoever walks the graph keeps track of where it has been.
    ///
    ///      The successor of a departed office may record what becomes of the claims that the office recorded, and no
    ///      new ones. Version 255 is the last: it can only be replaced, and stays 255, if the key that signed it was
    ///      compromised by then.
    /// @param statement What the office of second filing states.
    /// @param signature Its signature over `ClaimOutcome(bytes32 later,bytes32 earlier,uint32 laterFilingDate,uint32
    ///        claimedDate,bool isPartial,uint8 outcome,uint8 replaces)`, by a key with the scope applications.
    /// @return taken Whether the claim changed; false if it already is this next version.
    function recordClaim(ClaimOutcome calldata statement, bytes calldata signature) external returns (bool taken);

    /// @notice A claim with what became of its earlier record since; outcome 0 if it is not recorded.
    function claimOf(OfficeNumber later, OfficeNumber earlier) external view returns (ClaimView memory);

    /// @notice Claims that an application makes, in the order of recording.
    /// @return page At most `limit` claims from position `offset`.
    /// @return total How many there are.
    function claimsBy(OfficeNumber later, uint256 offset, uint256 limit)
        external
        view
        returns (ClaimView[] memory page, uint256 total);

    /// @notice Claims that rest on an application, in the order of recording.
    /// @return page At most `limit` claims from position `offset`.
    /// @return total How many there are.
    function claimsOn(OfficeNumber earlier, uint256 offset, uint256 limit)
        external
        view
        returns (ClaimView[] memory page, uint256 total);

    /// @notice EIP-712 digest that the office of second filing signs to `recordClaim`.
    function claimDigest(ClaimOutcome calldata statement) external view returns (bytes32);
}
