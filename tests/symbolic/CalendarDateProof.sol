// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {Proof} from "./Solver.sol";

/// @notice Calendar dates, for all of them: years 1800 to 9999.
/// @dev Days come from divisions by constants, which solvers of bit vectors drown in: these queries go to integers.
///      Adding months and the date of a time are not decided that way either: the tests compare them with Python's dates.
/// @custom:halmos --solver-command "sh tools/integer_solver.sh"
contract CalendarDateProof is Proof {
    /// @notice `isValid` is true exactly for the days of the Gregorian calendar of the years 1800 to 9999.
    /// @dev For all 2**32 values, against the rule of months and leap years written out.
    /// @custom:halmos --solver-command "z3 sat.smt=true smt.bv.solver=2"
    function check_validAreExactlyTheGregorianDays(uint32 value) external pure {
        assert(CalendarDate.wrap(value).isValid() == _isDay(value / 10000, value / 100 % 100, value % 100));
    }

    /// @notice The next day is the next of the month, or the first of the next month, or New Year's Day.
    function check_nextDayFollowsTheCalendar(uint32 value) external pure {
        unchecked {
            // No overflow: years have four digits.
            (uint256 year, uint256 month, uint256 day) = (value / 10000, uint256(value) / 100 % 100, value % 100);
            vm.assume(both(_isDay(year, month, day), year < 9999));
            CalendarDate next = CalendarDate.wrap(value).nextDay();
            if (day < _length(year, month)) assert(next == _date(year, month, day + 1));
            else if (month < 12) assert(next == _date(year, month + 1, 1));
            else assert(next == _date(year + 1, 1, 1));
        }
    }

    /// @notice The day after has the next number, within a month. With the two proofs that follow: days are counted without
    ///         a gap from 1 January 1800 on, so that comparing dates is comparing days.
    /// @dev For the first 30 days of every month, whether it has them or not.
    function check_daysOfAMonthAreCountedOneByOne(uint32 value) external pure {
        vm.assume(value % 100 >= 1);
        vm.assume(value % 100 <= 30);
        vm.assume(value / 100 % 100 >= 1);
        vm.assume(value / 100 % 100 <= 12);
        vm.assume(value >= 18000000);
        vm.assume(value < 100000000);
        unchecked {
            // No overflow: see the bounds.
            assert(CalendarDate.wrap(value + 1).dayNumber() == CalendarDate.wrap(value).dayNumber() + 1);
        }
    }

    /// @notice The first of the next month is as many days later as the month has.
    function check_nextMonthIsCountedAfterTheLastDay(uint32 value) external pure {
        unchecked {
            // No overflow: years have four digits.
            (uint256 year, uint256 month, uint256 day) = (value / 10000, uint256(value) / 100 % 100, value % 100);
            vm.assume(day == 1);
            vm.assume(month >= 1);
            vm.assume(month <= 11);
            vm.assume(value >= 18000000);
            vm.assume(value < 100000000);
            uint256 first = CalendarDate.wrap(value).dayNumber();
            assert(CalendarDate.wrap(value + 100).dayNumber() == first + _length(year, month));
        }
    }

    /// @notice New Year's Day is the day after 31 December.
    function check_nextYearIsCountedAfterTheLastDay(uint16 year) external pure {
        vm.assume(both(_isDay(year, 1, 1), year < 9999));
        unchecked {
            // No overflow: years have four digits.
            assert(_date(year + 1, 1, 1).dayNumber() == _date(year, 12, 31).dayNumber() + 1);
        }
    }

    function _date(uint256 year, uint256 month, uint256 day) private pure returns (CalendarDate) {
        unchecked {
            // No overflow: callers give years of four digits.
            return CalendarDate.wrap(uint32(year * 10000 + month * 100 + day));
        }
    }

    function _isDay(uint256 year, uint256 month, uint256 day) private pure returns (bool) {
        bool isMonth = both(both(year >= 1800, year <= 9999), both(month >= 1, month <= 12));
        return both(isMonth, both(day >= 1, day <= _length(year, month)));
    }

    /// @dev The rule of months and leap years, without branches.
    function _length(uint256 year, uint256 month) private pure returns (uint256) {
        bool isLeap = either(both(year % 4 == 0, year % 100 != 0), year % 400 == 0);
        bool isShort = either(either(month == 4, month == 6), either(month == 9, month == 11));
        unchecked {
            // No overflow: at most 31, at least 28.
            return 31 - toInt(isShort) - 3 * toInt(month == 2) + toInt(both(month == 2, isLeap));
        }
    }
}
