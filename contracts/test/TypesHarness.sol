// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {
    CalendarDate,
    calendarDateAt,
    dayNumberAt,
    daysInMonth as daysInMonthOf,
    isLeapYear as isLeapYear_
} from "../types/CalendarDate.sol";
import {KeyFacts, keyId} from "../types/KeyFacts.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title Opens the functions of the value types to the tests
/// @notice Most functions take many values or walk a range, so that a test over thousands of values is one call.
contract TypesHarness {
    // Calendar dates

    /// @notice Bit `i` of the map is whether `first + i` is a valid date; the bits of a word are filled from the
    ///         lowest.
    function validDates(uint32 first, uint256 count) external pure returns (uint256[] memory map) {
        map = new uint256[]((count + 255) / 256);
        for (uint256 i = 0; i < count; ++i) {
            if (CalendarDate.wrap(uint32(first + i)).isValid()) map[i / 256] |= 1 << (i % 256);
        }
    }

    function areValidDates(uint32[] calldata values) external pure returns (bool[] memory results) {
        results = new bool[](values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            results[i] = CalendarDate.wrap(values[i]).isValid();
        }
    }

    function validateDate(CalendarDate date) external pure {
        date.validate();
    }

    /// @notice Year, day of the year, day of the week, day number and next day of each date.
    function describeDates(CalendarDate[] calldata dates) external pure returns (uint256[5][] memory results) {
        results = new uint256[5][](dates.length);
        for (uint256 i = 0; i < dates.length; ++i) {
            CalendarDate date = dates[i];
            results[i] = [
                date.year(), date.dayOfYear(), date.dayOfWeek(), date.dayNumber(), CalendarDate.unwrap(date.nextDay())
            ];
        }
    }

    /// @notice The `count` days that follow `date`, each by the day before it.
    function daysAfter(CalendarDate date, uint256 count) external pure returns (CalendarDate[] memory days_) {
        days_ = new CalendarDate[](count);
        for (uint256 i = 0; i < count; ++i) {
            date = date.nextDay();
            days_[i] = date;
        }
    }

    function addMonths(CalendarDate[] calldata dates, uint256[] calldata months)
        external
        pure
        returns (CalendarDate[] memory results)
    {
        results = new CalendarDate[](dates.length);
        for (uint256 i = 0; i < dates.length; ++i) {
            results[i] = dates[i].addMonths(months[i]);
        }
    }

    function datesAt(uint256[] calldata timestamps)
        external
        pure
        returns (CalendarDate[] memory dates, uint256[] memory dayNumbers)
    {
        dates = new CalendarDate[](timestamps.length);
        dayNumbers = new uint256[](timestamps.length);
        for (uint256 i = 0; i < timestamps.length; ++i) {
            (dates[i], dayNumbers[i]) = (calendarDateAt(timestamps[i]), dayNumberAt(timestamps[i]));
        }
    }

    /// @notice Bit `i` is whether `first + i` is a leap year.
    function leapYears(uint256 first, uint256 count) external pure returns (uint256[] memory map) {
        map = new uint256[]((count + 255) / 256);
        for (uint256 i = 0; i < count; ++i) {
            if (isLeapYear_(first + i)) map[i / 256] |= 1 << (i % 256);
        }
    }

    function daysInMonths(uint256 year) external pure returns (uint256[12] memory results) {
        for (uint256 i = 0; i < 12; ++i) {
            results[i] = daysInMonthOf(year, i + 1);
        }
    }

    function compareDates(CalendarDate a, CalendarDate b)
        external
        pure
        returns (bool equal, bool unequal, bool less, bool lessOrEqual, bool greater, bool greaterOrEqual, bool aIsZero)
    {
        return (a == b, a != b, a < b, a <= b, a > b, a >= b, a.isZero());
    }

    // Key facts

    function keyIdOf(OfficeCode office, address account) external pure returns (bytes32) {
        return keyId(office, account);
    }

    /// @notice For each time and each sum of scopes from 0 to 255, whether the word permits it: one map a time.
    function permitted(KeyFacts facts, uint256[] calldata times) external pure returns (uint256[] memory maps) {
        maps = new uint256[](times.length);
        for (uint256 i = 0; i < times.length; ++i) {
            for (uint256 scopes = 0; scopes < 256; ++scopes) {
                if (facts.permits(uint8(scopes), times[i])) maps[i] |= 1 << scopes;
            }
        }
    }

    function boundOf(KeyFacts facts) external pure returns (CalendarDate) {
        return facts.earliestFilingDate();
    }

    // Office codes

    /// @notice Bit `i` of the map is whether the code `i` is well formed, for all 65,536 codes from `first` on.
    function wellFormedCodes(uint256 first, uint256 count) external pure returns (uint256[] memory map) {
        map = new uint256[]((count + 255) / 256);
        for (uint256 i = 0; i < count; ++i) {
            if (OfficeCode.wrap(bytes2(uint16(first + i))).isWellFormed()) map[i / 256] |= 1 << (i % 256);
        }
    }

    function compareCodes(OfficeCode a, OfficeCode b) external pure returns (bool equal, bool unequal) {
        return (a == b, a != b);
    }

    // Office numbers

    function areWellFormed(OfficeNumber[] calldata numbers) external pure returns (bool[] memory results) {
        results = new bool[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) {
            results[i] = numbers[i].isWellFormed();
        }
    }

    /// @notice For each position, the map of the byte values that make `base` well formed there.
    function byteVariants(bytes32 base) external pure returns (uint256[32] memory maps) {
        for (uint256 position = 0; position < 32; ++position) {
            for (uint256 value = 0; value < 256; ++value) {
                if (OfficeNumber.wrap(_withByte(base, position, value)).isWellFormed()) maps[position] |= 1 << value;
            }
        }
    }

    /// @notice For each first byte from `firstByte` on, the map of the second bytes that make `base` well formed when
    ///         the two stand at `position` and after it.
    function pairVariants(bytes32 base, uint256 position, uint256 firstByte, uint256 count)
        external
        pure
        returns (uint256[] memory maps)
    {
        maps = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 changed = _withByte(base, position, firstByte + i);
            for (uint256 value = 0; value < 256; ++value) {
                if (OfficeNumber.wrap(_withByte(changed, position + 1, value)).isWellFormed()) maps[i] |= 1 << value;
            }
        }
    }

    function validateNumber(OfficeNumber number) external pure {
        number.validate();
    }

    function partsOf(OfficeNumber[] calldata numbers)
        external
        pure
        returns (OfficeCode[] memory offices, bytes1[] memory rights)
    {
        offices = new OfficeCode[](numbers.length);
        rights = new bytes1[](numbers.length);
        for (uint256 i = 0; i < numbers.length; ++i) {
            (offices[i], rights[i]) = (numbers[i].office(), numbers[i].right());
        }
    }

    function sameNumber(OfficeNumber a, OfficeNumber b) external pure returns (bool) {
        return a == b;
    }

    function _withByte(bytes32 base, uint256 position, uint256 value) private pure returns (bytes32) {
        uint256 shift = 8 * (31 - position);
        return bytes32((uint256(base) & ~(uint256(0xff) << shift)) | (value << shift));
    }
}
