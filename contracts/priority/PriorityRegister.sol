// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IApplicationRegistry} from "../../interfaces/IApplicationRegistry.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {IPriorityRegister} from "../../interfaces/IPriorityRegister.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {PriorityRules} from "../libraries/PriorityRules.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate, isLeapYear, pack} from "../types/CalendarDate.sol";
import {OfficeCode, OfficeCodeMalformed} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title Priority claims: the verdict, the calendars it needs, and the claims that offices recorded
contract PriorityRegister is IPriorityRegister, OfficeSigned {
    /// @dev Two slots: days 1 to 256, then days 257 to 366 with the rest.
    struct CalendarState {
        uint256 exceptionsLow;
        uint112 exceptionsHigh;
        uint8 weekly;
        uint16 version;
        uint40 publishedAt;
    }

    bytes32 private constant CLAIM_OUTCOME_TYPEHASH = keccak256(
        "ClaimOutcome(bytes32 later,bytes32 earlier,uint32 laterFilingDate,uint32 claimedDate,bool isPartial,"
        "uint8 outcome,uint8 replaces)"
    );
    uint256 private constant MAX_CLOSED_RUN = 30;
    uint8 private constant ALL_WEEKDAYS = 0x7f;
    uint8 private constant LAST_VERSION = type(uint8).max;

    mapping(OfficeCode office => mapping(uint256 year => CalendarState)) private _calendars;
    mapping(OfficeNumber later => mapping(OfficeNumber earlier => Claim)) private _claims;
    mapping(OfficeNumber later => OfficeNumber[] earlier) private _claimedBy;
    mapping(OfficeNumber earlier => OfficeNumber[] later) private _claimedOn;

    IApplicationRegistry public override registry;

    constructor(IOfficeDirectory directory_, IApplicationRegistry registry_)
        EIP712("Registrum PriorityRegister", "1")
        OfficeSigned(directory_)
    {
        _setRegistry(registry_);
    }

    /// @inheritdoc IPriorityRegister
    function setRegistry(IApplicationRegistry newRegistry) external override {
        if (msg.sender != directory.governance()) revert PriorityRegisterNotGovernance(msg.sender);
        IApplicationRegistry previous = registry;
        _setRegistry(newRegistry);
        if (address(newRegistry.predecessor()) != address(previous)) {
            revert PriorityRegisterNotNextRegistry(address(newRegistry), address(previous));
        }
    }

    /// @inheritdoc IPriorityRegister
    function check(PriorityClaim calldata claim) external view override returns (Assessment memory assessment) {
        claim.claimedDate.validate();
        claim.laterDate.validate();
        if (!claim.laterOffice.isWellFormed()) revert OfficeCodeMalformed(OfficeCode.unwrap(claim.laterOffice));
        if (!PriorityRules.isRight(claim.laterRight)) revert PriorityRegisterUnknownRight(claim.laterRight);

        if (!claim.earlier.isWellFormed()) {
            assessment.verdict = Verdict.MalformedNumber;
            return assessment;
        }
        (IApplicationRegistry.Record memory record, bool isSuspect) = registry.standingOf(claim.earlier);
        assessment.earlierRecord = record;
        if (record.status == IApplicationRegistry.Status.None) {
            IOfficeDirectory.OfficeStatus status = directory.statusOf(claim.earlier.office());
            bool isMember =
                status == IOfficeDirectory.OfficeStatus.Active || status == IOfficeDirectory.OfficeStatus.Suspended;
            assessment.verdict = isMember ? Verdict.NotFound : Verdict.NotCovered;
            return assessment;
        }
        uint256 months = PriorityRules.period(claim.earlier.right(), claim.laterRight);
        if (months != 0) _setLastDay(assessment, claim, record.filingDate, months);
        assessment.verdict = isSuspect ? Verdict.SignerCompromised : _judge(assessment, claim, record, months);
    }

    /// @inheritdoc IPriorityRegister
    function publishCalendar(OfficeCode office, uint16 year, uint8 weekly, uint256[2] calldata exceptions)
        external
        override
    {
        if (
            msg.sender != directory.seatOf(office)
                || directory.statusOf(office) == IOfficeDirectory.OfficeStatus.Departed
        ) revert PriorityRegisterNotSeat(office, msg.sender);
        if (year < 1800 || year > 9999) revert PriorityRegisterInvalidYear(year);
        uint256 lastDay = isLeapYear(year) ? 366 : 365;
        if (weekly > ALL_WEEKDAYS || exceptions[1] >> (lastDay - 256) != 0) {
            revert PriorityRegisterInvalidCalendar(year, weekly);
        }
        CalendarState storage state = _calendars[office][year];
        state.exceptionsLow = exceptions[0];
        state.exceptionsHigh = uint112(exceptions[1]);
        state.weekly = weekly;
        state.publishedAt = uint40(block.timestamp);
        // 65,535 calendars of one year would fill the counter; one more reverts.
        ++state.version;

        CalendarState memory calendar = state;
        uint256 weekday = pack(year, 1, 1).dayOfWeek();
        uint256 run = 0;
        for (uint256 day = 1; day <= lastDay; ++day) {
            run = _isClosedOn(calendar, day, weekday) ? run + 1 : 0;
            if (run > MAX_CLOSED_RUN) revert PriorityRegisterClosedTooLong(year, day, MAX_CLOSED_RUN);
            weekday = weekday == 6 ? 0 : weekday + 1;
        }
        emit CalendarPublished(office, year, weekly, exceptions, calendar.version);
    }

    /// @inheritdoc IPriorityRegister
    function recordClaim(ClaimOutcome calldata statement, bytes calldata signature)
        external
        override
        returns (bool taken)
    {
        (OfficeNumber later, OfficeNumber earlier) = (statement.later, statement.earlier);
        later.validate();
        earlier.validate();
        Claim memory claim = _claims[later][earlier];
        if (_isSame(claim, statement) && claim.version == uint256(statement.replaces) + 1) return false;
        if (claim.version != statement.replaces) {
            revert PriorityRegisterVersionMismatch(later, earlier, claim.version, statement.replaces);
        }
        if (claim.version == LAST_VERSION && !_isCompromised(later.office(), claim.signingKey, claim.recordedAt)) {
            if (_isSame(claim, statement)) return false;
            revert PriorityRegisterVersionLimit(later, earlier);
        }
        (address signer,) = claim.version == 0
            ? _verify(later.office(), Scopes.APPLICATIONS, _hashClaim(statement), signature)
            : _verifyWithSuccessor(later.office(), Scopes.APPLICATIONS, _hashClaim(statement), signature);
        IApplicationRegistry.Record memory record = registry.recordOf(earlier);
        _checkClaim(statement, claim, record);

        if (claim.version == 0) {
            claim.earlierVersion = record.version;
            claim.earlierStatus = record.status;
            _claimedBy[later].push(earlier);
            _claimedOn[earlier].push(later);
        }
        claim.signingKey = signer;
        claim.recordedAt = uint40(block.timestamp);
        claim.outcome = Outcome(statement.outcome);
        claim.isPartial = statement.isPartial;
        if (claim.version != LAST_VERSION) claim.version += 1;
        claim.laterFilingDate = statement.laterFilingDate;
        claim.claimedDate = statement.claimedDate;
        _claims[later][earlier] = claim;
        emit ClaimRecorded(
            later,
            earlier,
            later.office(),
            claim.laterFilingDate,
            claim.claimedDate,
            claim.isPartial,
            claim.outcome,
            claim.version,
            signer
        );
        return true;
    }

    /// @inheritdoc IPriorityRegister
    function calendarOf(OfficeCode office, uint16 year) external view override returns (Calendar memory) {
        CalendarState memory state = _calendars[office][year];
        return Calendar({
            weekly: state.weekly,
            exceptions: [state.exceptionsLow, uint256(state.exceptionsHigh)],
            version: state.version,
            publishedAt: state.publishedAt
        });
    }

    /// @inheritdoc IPriorityRegister
    function isClosed(OfficeCode office, CalendarDate date)
        external
        view
        override
        returns (bool published, bool closed)
    {
        date.validate();
        CalendarState memory calendar = _calendars[office][date.year()];
        published = calendar.version != 0;
        closed = published && _isClosedOn(calendar, date.dayOfYear(), date.dayOfWeek());
    }

    /// @inheritdoc IPriorityRegister
    function claimOf(OfficeNumber later, OfficeNumber earlier) public view override returns (ClaimView memory view_) {
        Claim memory claim = _claims[later][earlier];
        view_.later = later;
        view_.earlier = earlier;
        view_.claim = claim;
        if (claim.version == 0) return view_;
        IApplicationRegistry.Record memory record = registry.recordOf(earlier);
        view_.withdrawnSince = record.status == IApplicationRegistry.Status.Withdrawn
            && claim.earlierStatus != IApplicationRegistry.Status.Withdrawn;
        // Versions count from 1; a withdrawal takes one of its own.
        uint256 expected = (claim.earlierVersion == 0 ? 1 : claim.earlierVersion) + (view_.withdrawnSince ? 1 : 0);
        view_.correctedSince = record.version > expected;
    }

    /// @inheritdoc IPriorityRegister
    function claimsBy(OfficeNumber later, uint256 offset, uint256 limit)
        external
        view
        override
        returns (ClaimView[] memory page, uint256 total)
    {
        OfficeNumber[] storage earlier = _claimedBy[later];
        total = earlier.length;
        page = new ClaimView[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = claimOf(later, earlier[offset + i]);
        }
    }

    /// @inheritdoc IPriorityRegister
    function claimsOn(OfficeNumber earlier, uint256 offset, uint256 limit)
        external
        view
        override
        returns (ClaimView[] memory page, uint256 total)
    {
        OfficeNumber[] storage later = _claimedOn[earlier];
        total = later.length;
        page = new ClaimView[](_pageSize(total, offset, limit));
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = claimOf(later[offset + i], earlier);
        }
    }

    /// @inheritdoc IPriorityRegister
    function claimDigest(ClaimOutcome calldata statement) external view override returns (bytes32) {
        return _signingDigest(_hashClaim(statement));
    }

    function _setRegistry(IApplicationRegistry newRegistry) private {
        if (address(newRegistry).code.length == 0 || address(newRegistry.directory()) != address(directory)) {
            revert PriorityRegisterNoRegistry(address(newRegistry));
        }
        emit RegistryChanged(address(registry), address(newRegistry));
        registry = newRegistry;
    }

    /// @dev Fills in the days of the assessment.
    function _setLastDay(
        Assessment memory assessment,
        PriorityClaim calldata claim,
        CalendarDate filingDate,
        uint256 months
    ) private view {
        CalendarDate regular = filingDate.addMonths(months);
        (assessment.lastDay, assessment.calendar) = _nextOpenDay(claim.laterOffice, regular);
        if (assessment.lastDay != regular) assessment.extendedFrom = regular;
        if (PriorityRules.isRestorable(months)) {
            (assessment.restorableUntil,) =
                _nextOpenDay(claim.laterOffice, assessment.lastDay.addMonths(PriorityRules.RESTORATION_MONTHS));
        }
    }

    function _judge(
        Assessment memory assessment,
        PriorityClaim calldata claim,
        IApplicationRegistry.Record memory record,
        uint256 months
    ) private pure returns (Verdict) {
        if (claim.claimedDate != record.filingDate) return Verdict.DateMismatch;
        if (claim.digest != 0 && claim.digest != record.digest) return Verdict.DigestMismatch;
        if (months == 0) return Verdict.RightNotAllowed;
        if (claim.laterDate == record.filingDate) return Verdict.SameDay;
        if (claim.laterDate < record.filingDate) return Verdict.LaterPrecedesEarlier;
        if (claim.laterDate <= assessment.lastDay) return Verdict.Valid;
        return claim.laterDate <= assessment.restorableUntil ? Verdict.Restorable : Verdict.PeriodExpired;
    }

    /// @dev First day from `date` on that is not closed. At most two closed runs of 30 days are walked: one at the end
    ///      of a year and one at the start of the next.
    function _nextOpenDay(OfficeCode office, CalendarDate date) private view returns (CalendarDate, CalendarUse) {
        uint256 year = date.year();
        // Most years of most offices are not published: their other slot is not read.
        if (_calendars[office][year].version == 0) return (date, CalendarUse.NotPublished);
        CalendarState memory calendar = _calendars[office][year];
        uint256 dayNumber = date.dayNumber();
        uint256 day = dayNumber - pack(year, 1, 1).dayNumber() + 1;
        uint256 weekday = dayNumber % 7;
        while (_isClosedOn(calendar, day, weekday)) {
            date = date.nextDay();
            unchecked {
                // No overflow: a weekday is below 7, a day at most 366.
                weekday = weekday == 6 ? 0 : weekday + 1;
                ++day;
            }
            if (day <= 365 || date.year() == year) continue;
            year = date.year();
            day = 1;
            calendar = _calendars[office][year];
            if (calendar.version == 0) return (date, CalendarUse.Incomplete);
        }
        return (date, CalendarUse.Published);
    }

    function _checkClaim(
        ClaimOutcome calldata statement,
        Claim memory claim,
        IApplicationRegistry.Record memory earlierRecord
    ) private view {
        (OfficeNumber later, CalendarDate laterDate) = (statement.later, statement.laterFilingDate);
        if (later == statement.earlier) revert PriorityRegisterSelfClaim(later);
        laterDate.validate();
        statement.claimedDate.validate();
        if (statement.outcome == 0 || statement.outcome > uint8(type(Outcome).max)) {
            revert PriorityRegisterUnknownOutcome(statement.outcome);
        }
        if (statement.claimedDate >= laterDate) {
            revert PriorityRegisterNotEarlier(statement.earlier, statement.claimedDate, laterDate);
        }
        // An unrecorded number has the date zero, which is before every date. A claim that was taken goes on to its
        // outcome under the same dates though a correction has moved the earlier date since.
        bool sameDates = claim.laterFilingDate == laterDate && claim.claimedDate == statement.claimedDate;
        if (!sameDates && earlierRecord.filingDate >= laterDate) {
            revert PriorityRegisterNotEarlier(statement.earlier, earlierRecord.filingDate, laterDate);
        }
        CalendarDate recorded = registry.recordOf(later).filingDate;
        if (!recorded.isZero() && recorded != laterDate) {
            revert PriorityRegisterFilingDateMismatch(later, recorded, laterDate);
        }
    }

    function _hashClaim(ClaimOutcome calldata statement) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CLAIM_OUTCOME_TYPEHASH,
                statement.later,
                statement.earlier,
                statement.laterFilingDate,
                statement.claimedDate,
                statement.isPartial,
                statement.outcome,
                statement.replaces
            )
        );
    }

    function _isSame(Claim memory claim, ClaimOutcome calldata statement) private pure returns (bool) {
        return uint8(claim.outcome) == statement.outcome && claim.isPartial == statement.isPartial
            && claim.laterFilingDate == statement.laterFilingDate && claim.claimedDate == statement.claimedDate;
    }

    /// @param day Day of the year, from 1.
    /// @param weekday 0 Monday to 6 Sunday.
    function _isClosedOn(CalendarState memory calendar, uint256 day, uint256 weekday) private pure returns (bool) {
        unchecked {
            // No overflow: days count from 1, and those of the second word from 257.
            uint256 exceptions =
                day <= 256 ? calendar.exceptionsLow >> (day - 1) : uint256(calendar.exceptionsHigh) >> (day - 257);
            return ((uint256(calendar.weekly) >> weekday) ^ exceptions) & 1 != 0;
        }
    }

    function _pageSize(uint256 total, uint256 offset, uint256 limit) private pure returns (uint256) {
        if (offset >= total) return 0;
        return limit < total - offset ? limit : total - offset;
    }
}
