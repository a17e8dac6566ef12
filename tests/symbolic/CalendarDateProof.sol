// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {CalendarDate} from "../../contracts/types/CalendarDate.sol";
import {Proof} from "./Solver.sol";

/// @notice Calendar dates, for all of them: years 1800 to 9999.
/// @dev Counting days, adding months and the date of a time divide too much for solvers of bit vectors, and z3's way over
///      integers was seen to prove a false rule: the tests compare them with Python's dates.
/// @custom:halmos --solver z3
contract CalendarDateProof is Proof {
    /// @notice `isValid` is true exactly for the days of the Gregorian calendar of the years 1800 to 9999.
    /// @dev For all 2**32 values, against the rule of months and leap years written out.
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
            if (day < _length(year, month)) assert(CalendarDate.unwrap(next) == value + 1);
            else if (month < 12) assert(next == _date(year, month + 1, 1));
            else assert(next == _date(year + 1, 1, 1));
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
