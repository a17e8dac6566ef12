// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {IRightsStanding} from "../../interfaces/IRightsStanding.sol";
import {RightsRules} from "../libraries/RightsRules.sol";
import {CalendarDate, calendarDateAt} from "../types/CalendarDate.sol";
import {OfficeCode} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title How register entries stand on a day
contract RightsStanding is IRightsStanding {
    uint8 private constant IRREGULAR = 2;
    OfficeCode private constant INTERNATIONAL_BUREAU = OfficeCode.wrap("WO");
    /// @dev Madrid Protocol, Article 6(3): five years from the date of the international registration.
    uint256 private constant DEPENDENCY_MONTHS = 60;

    IRightsRegister public immutable override register;

    constructor(IRightsRegister register_) {
        if (address(register_).code.length == 0) revert RightsStandingNoRegister(address(register_));
        register = register_;
    }

    /// @inheritdoc IRightsStanding
    function standingOf(OfficeNumber number, CalendarDate on)
        external
        view
        override
        returns (Standing standing, bool isIrregular, CalendarDate basisCeasedOn)
    {
        if (on.isZero()) on = calendarDateAt(block.timestamp);
        on.validate();
        IRightsRegister.Entry memory entry = register.entryOf(number);
        return (_standing(number, entry, on), entry.marks & IRREGULAR != 0, _basisCeasedOn(number, entry, on));
    }

    function _standing(OfficeNumber number, IRightsRegister.Entry memory entry, CalendarDate on)
        private
        view
        returns (Standing)
    {
        if (entry.eventCount == 0) return Standing.NotFound;
        if (OfficeNumber.unwrap(entry.continuation) != 0) return Standing.Continued;
        if (on < entry.filingDate) return Standing.NotFound;
        if (entry.state == "U") return Standing.Unspecified;
        bool hasEnded = !entry.ceasedOn.isZero();
        if (hasEnded && entry.ceasedOn <= on) return entry.state == "T" ? Standing.Terminated : Standing.NotActive;
        // Of what will have ended only its dates tell how it stands until then.
        bool isRegistered = hasEnded ? !entry.registrationDate.isZero() : entry.stage == "4" || entry.stage == "5";
        if (!isRegistered || on < entry.registrationDate) return Standing.Pending;
        if (entry.expiryDate.isZero() || on <= entry.expiryDate) return Standing.InForce;
        return _isLapsed(number, entry, on) ? Standing.Lapsed : Standing.InGrace;
    }

    /// @dev Whether a registration that counts as active was not renewed in time.
    function _isLapsed(OfficeNumber number, IRightsRegister.Entry memory entry, CalendarDate on)
        private
        view
        returns (bool)
    {
        if (entry.expiryDate.isZero() || on <= entry.expiryDate) return false;
        IOfficePractice.RenewalTerms memory terms = register.practice().renewalTermsOf(number.office(), number.right());
        return on > entry.expiryDate.addMonths(terms.graceMonths);
    }

    /// @dev A designation goes the way of its international registration, which goes the way of its basic mark for five
    ///      years. Designs have no such dependency; their international registration itself still counts.
    function _basisCeasedOn(OfficeNumber number, IRightsRegister.Entry memory entry, CalendarDate on)
        private
        view
        returns (CalendarDate)
    {
        OfficeNumber basis = entry.basis;
        if (OfficeNumber.unwrap(basis) == 0) return CalendarDate.wrap(0);
        IRightsRegister.Entry memory above = register.entryOf(basis);
        while (OfficeNumber.unwrap(above.continuation) != 0) {
            basis = above.continuation;
            above = register.entryOf(basis);
        }
        CalendarDate ceased = _ceasedOn(basis, above, on);
        if (number.office() == INTERNATIONAL_BUREAU) {
            // The five years run from the date of the international registration; without one nothing depends yet.
            bool counts = number.right() == RightsRules.TRADEMARK && !entry.registrationDate.isZero()
                && ceased < entry.registrationDate.addMonths(DEPENDENCY_MONTHS);
            return counts ? ceased : CalendarDate.wrap(0);
        }
        if (basis.office() != INTERNATIONAL_BUREAU) return CalendarDate.wrap(0);
        if (!ceased.isZero()) return ceased;
        return _basisCeasedOn(basis, above, on);
    }

    /// @dev Day from which an entry has no effect any more, as known on `on`; zero if it has.
    function _ceasedOn(OfficeNumber number, IRightsRegister.Entry memory entry, CalendarDate on)
        private
        view
        returns (CalendarDate)
    {
        if (!entry.ceasedOn.isZero()) return entry.ceasedOn <= on ? entry.ceasedOn : CalendarDate.wrap(0);
        if (entry.stage != "4" && entry.stage != "5") return CalendarDate.wrap(0);
        return _isLapsed(number, entry, on) ? entry.expiryDate : CalendarDate.wrap(0);
    }
}
