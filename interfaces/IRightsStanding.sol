// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {OfficeNumber} from "../contracts/types/OfficeNumber.sol";
import {IRightsRegister} from "./IRightsRegister.sol";

/// @title How register entries stand on a day
/// @notice Answers from what is recorded: a right that nobody renewed has lapsed, and the international registration of
///         a basic mark that ceased falls with it, whether or not an office has recorded that. Records nothing itself.
interface IRightsStanding {
    /// @notice How an entry stands on a day, as computed from state, stage and dates: 0 not recorded, 1 pending
    ///         application, 2 registered and in force, 3 registered, expired, can still be renewed with a surcharge, 4
    ///         lapsed: not renewed in time, whatever was recorded, 5 not active, 6 terminated, 7 continued under
    ///         another number, 8 unspecified by the office.
    enum Standing {
        NotFound,
        Pending,
        InForce,
        InGrace,
        Lapsed,
        NotActive,
        Terminated,
        Continued,
        Unspecified
    }

    /// @notice There is no contract at the address given for the register.
    /// @dev Remedy: deploy with the addresses of one deployment.
    error RightsStandingNoRegister(address register);

    /// @notice Register that is asked.
    function register() external view returns (IRightsRegister);

    /// @notice How an entry stands on a day, as recorded now: not found before it was filed, pending before it was
    ///         registered, not active or terminated only from the day on which that has effect.
    /// @param number The entry.
    /// @param on The day; zero for today in UTC.
    /// @return standing State, stage and dates taken together.
    /// @return isIrregular Whether some event of its history is one that the table does not foresee.
    /// @return basisCeasedOn Day on which the basic mark of the international registration that it is, or designates,
    ///         ceased within five years (Madrid Protocol, Article 6(3)), or the international registration itself
    ///         ceased; zero otherwise.
    function standingOf(OfficeNumber number, CalendarDate on)
        external
        view
        returns (Standing standing, bool isIrregular, CalendarDate basisCeasedOn);
}
