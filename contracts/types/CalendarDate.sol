// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice Day of the Gregorian calendar, written `YYYYMMDD` in decimal: 20240131 is 31 January 2024.
/// @dev Comparison of values is comparison of days. Years 1800 to 9999. Zero is "no date".
type CalendarDate is uint32;

using {
    isValid,
    validate,
    year,
    addMonths,
    nextDay,
    dayOfYear,
    dayOfWeek,
    dayNumber,
    isZero,
    eq as ==,
    neq as !=,
    lt as <,
    lte as <=,
    gt as >,
    gte as >=
} for CalendarDate global;

/// @notice The value is not a day of the Gregorian calendar between the years 1800 and 9999.
/// @dev Cause: 31 June, 29 February of a common year, zero, or another notation. Remedy: give `YYYYMMDD`.
error CalendarDateInvalid(uint32 value);

/// @dev Days of each month of a common year, 5 bits a month, January at bit 5.
uint256 constant MONTH_LENGTHS = 0x1ff7fdfffbfeff3e0;

/// @notice Whether `date` is a day of the Gregorian calendar, years 1800 to 9999.
function isValid(CalendarDate date) pure returns (bool) {
    unchecked {
        // Differences that are negative wrap to values beyond every bound.
        uint256 value = CalendarDate.unwrap(date);
        uint256 day = value % 100;
        uint256 month = (value / 100) % 100;
        return value - 18000101 <= 99991231 - 18000101
            && (day - 1 < commonLength(month) || (value % 10000 == 229 && isLeapYear(value / 10000)));
    }
}

/// @notice Reverts unless `date` is a day of the Gregorian calendar, years 1800 to 9999.
function validate(CalendarDate date) pure {
    if (!isValid(date)) revert CalendarDateInvalid(CalendarDate.unwrap(date));
}

function year(CalendarDate date) pure returns (uint256) {
    return CalendarDate.unwrap(date) / 10000;
}

/// @notice The same day number `months` later, or the last day of that month when it has no such day
///         (PCT Rule 80.2, EPC Rule 131(4)).
/// @dev Assumes a valid date and a result before the year 10000.
function addMonths(CalendarDate date, uint256 months) pure returns (CalendarDate) {
    uint256 value = CalendarDate.unwrap(date);
    uint256 count = (value / 10000) * 12 + (value / 100) % 100 - 1 + months;
    uint256 day = value % 100;
    uint256 last = daysInMonth(count / 12, count % 12 + 1);
    return pack(count / 12, count % 12 + 1, day < last ? day : last);
}

/// @notice The day after. Assumes a valid date before 31 December 9999.
function nextDay(CalendarDate date) pure returns (CalendarDate) {
    uint256 value = CalendarDate.unwrap(date);
    uint256 month = (value / 100) % 100;
    if (value % 100 < daysInMonth(value / 10000, month)) return CalendarDate.wrap(uint32(value + 1));
    if (month < 12) return pack(value / 10000, month + 1, 1);
    return pack(value / 10000 + 1, 1, 1);
}

/// @notice Day of the year, 1 to 366. Assumes a valid date.
function dayOfYear(CalendarDate date) pure returns (uint256) {
    return dayNumber(date) - dayNumber(pack(date.year(), 1, 1)) + 1;
}

/// @notice Day of the week, 0 Monday to 6 Sunday (ISO 8601 order). Assumes a valid date.
function dayOfWeek(CalendarDate date) pure returns (uint256) {
    // 1 January of the year 1 of the proleptic Gregorian calendar is a Monday.
    return dayNumber(date) % 7;
}

/// @notice Days from 1 January of the year 1 to `date`. Assumes a valid date.
/// @dev Years begin on 1 March here, so that the leap day ends them; (153 m - 457) / 5 are the days before month `m` of
///      such a year, March being 3 and February 14.
function dayNumber(CalendarDate date) pure returns (uint256) {
    unchecked {
        // No overflow: years have four digits, and months from March on are at least 3.
        uint256 value = CalendarDate.unwrap(date);
        uint256 year_ = value / 10000;
        uint256 month = (value / 100) % 100;
        if (month < 3) {
            --year_;
            month += 12;
        }
        return year_ * 365 + year_ / 4 - year_ / 100 + year_ / 400 + (153 * month - 457) / 5 + value % 100 - 307;
    }
}

/// @notice Days from 1 January of the year 1 to the day on which `timestamp` (seconds since 1970) falls in UTC.
function dayNumberAt(uint256 timestamp) pure returns (uint256) {
    unchecked {
        // No overflow: the quotient is far below.
        return timestamp / 86400 + 719162;
    }
}

/// @notice Day on which `timestamp` (seconds since 1970) falls in UTC.
/// @dev Civil-from-days with years that begin on 1 March, so that the leap day ends the year.
function calendarDateAt(uint256 timestamp) pure returns (CalendarDate) {
    unchecked {
        // No overflow: timestamps are far below 2**64.
        uint256 shifted = timestamp / 86400 + 719468;
        uint256 era = shifted / 146097;
        uint256 dayOfEra = shifted % 146097;
        uint256 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        uint256 day = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        uint256 march = (5 * day + 2) / 153;
        uint256 month = march < 10 ? march + 3 : march - 9;
        return pack(era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day - (153 * march + 2) / 5 + 1);
    }
}

function isLeapYear(uint256 year_) pure returns (bool) {
    return year_ % 4 == 0 && (year_ % 100 != 0 || year_ % 400 == 0);
}

/// @dev Days of a month in a common year; zero for what is no month.
function commonLength(uint256 month) pure returns (uint256) {
    unchecked {
        // No overflow: a month has at most two digits.
        return (MONTH_LENGTHS >> (month * 5)) & 31;
    }
}

function daysInMonth(uint256 year_, uint256 month) pure returns (uint256) {
    return month == 2 && isLeapYear(year_) ? 29 : commonLength(month);
}

function pack(uint256 year_, uint256 month, uint256 day) pure returns (CalendarDate) {
    return CalendarDate.wrap(uint32(year_ * 10000 + month * 100 + day));
}

function isZero(CalendarDate date) pure returns (bool) {
    return CalendarDate.unwrap(date) == 0;
}

function eq(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) == CalendarDate.unwrap(b);
}

function neq(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) != CalendarDate.unwrap(b);
}

function lt(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) < CalendarDate.unwrap(b);
}

function lte(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) <= CalendarDate.unwrap(b);
}

function gt(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) > CalendarDate.unwrap(b);
}

function gte(CalendarDate a, CalendarDate b) pure returns (bool) {
    return CalendarDate.unwrap(a) >= CalendarDate.unwrap(b);
}
