// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {CalendarDate} from "../contracts/types/CalendarDate.sol";
import {OfficeCode} from "../contracts/types/OfficeCode.sol";
import {OfficeNumber} from "../contracts/types/OfficeNumber.sol";
import {IOfficeSigned} from "./IOfficeSigned.sol";

/// @title How each office runs its part of the register
/// @notice Renewal terms, and which courts and boards may record events in its stead. Each office speaks for itself, by
///         signed statements that count their versions; no other office is asked.
interface IOfficePractice is IOfficeSigned {
    /// @notice What an office lets a court or a board of appeal record in its register.
    /// @param office The office.
    /// @param body Account of the body; may be a contract wallet (ERC-1271).
    /// @param name What it is, in ASCII; not a person's name.
    /// @param categories Bit `n` is the `n`-th letter of the categories, `A` bit 0; none takes all back.
    /// @param validFrom First second.
    /// @param validUntil First second after.
    /// @param version One more than that of the statement before it about this body; the first has 1.
    struct Empowerment {
        OfficeCode office;
        address body;
        bytes32 name;
        uint32 categories;
        uint40 validFrom;
        uint40 validUntil;
        uint16 version;
    }

    /// @notice How rights of an office are renewed.
    /// @param office The office.
    /// @param right `T` or `D`.
    /// @param periodYears Years that a renewal adds: 10 for trade marks, 5 for designs, unless stated otherwise.
    /// @param maximumYears Longest protection from the filing date; zero if there is no bound. 25 for designs unless
    ///        stated otherwise.
    /// @param windowMonths Months before expiry from which a right can be renewed.
    /// @param graceMonths Months after expiry in which it can be renewed with a surcharge (Paris Convention, Article
    ///        5bis: at least six).
    /// @param version One more than that of the statement before it; the first has 1.
    struct RenewalTerms {
        OfficeCode office;
        bytes1 right;
        uint8 periodYears;
        uint8 maximumYears;
        uint8 windowMonths;
        uint8 graceMonths;
        uint16 version;
    }

    /// @notice An expiry date that is to be recorded, and what it follows.
    /// @param number The entry.
    /// @param filingDate Its filing date.
    /// @param registrationDate Its registration date; zero if there is none.
    /// @param expiryDate Its expiry date so far; zero if there is none.
    /// @param wanted The expiry date that is to be recorded.
    /// @param eventDate Day of the event that states it.
    /// @param isRenewal Whether it renews the right; otherwise only the longest protection counts.
    /// @param surcharge Whether the surcharge for late renewal was paid.
    struct Term {
        OfficeNumber number;
        CalendarDate filingDate;
        CalendarDate registrationDate;
        CalendarDate expiryDate;
        CalendarDate wanted;
        CalendarDate eventDate;
        bool isRenewal;
        bool surcharge;
    }

    /// @notice An office said what a body may record in its register.
    event BodyEmpowered(
        OfficeCode indexed office,
        address indexed body,
        bytes32 name,
        uint32 categories,
        uint40 validFrom,
        uint40 validUntil,
        uint16 version,
        address signer
    );
    /// @notice An office said how its rights are renewed.
    event RenewalTermsSet(
        OfficeCode indexed office,
        bytes1 indexed right,
        uint8 periodYears,
        uint8 maximumYears,
        uint8 windowMonths,
        uint8 graceMonths,
        uint16 version,
        address signer
    );

    /// @notice The right is neither `T` nor `D`.
    /// @dev Remedy: only trade marks and designs are renewed here.
    error OfficePracticeUnknownRight(bytes1 right);
    /// @notice The statement does not follow the one before it, or has a value out of range.
    /// @dev Remedy: the version is one more than `version` of `bodyOf` or `renewalTermsOf`.
    error OfficePracticeInvalidStatement(OfficeCode office, uint16 version);

    /// @notice Lets a body record events of some categories in an office's register, or takes that back.
    /// @dev Signed by the office with scope 8.
    function empower(Empowerment calldata statement, bytes calldata signature) external;

    /// @notice Sets how an office's rights are renewed. What was recorded before stays.
    /// @dev Signed by the office with scope 8.
    function setRenewalTerms(RenewalTerms calldata statement, bytes calldata signature) external;

    /// @notice What an office lets a body record; version zero if nothing was ever said.
    function bodyOf(OfficeCode office, address body) external view returns (Empowerment memory);

    /// @notice How an office's rights are renewed; version zero if it said nothing and the defaults hold.
    function renewalTermsOf(OfficeCode office, bytes1 right) external view returns (RenewalTerms memory);

    /// @notice Reverts unless the expiry date is one that the office's terms allow.
    /// @dev With `RightsRegisterNotRenewable`, `RightsRegisterNoSurcharge` or `RightsRegisterInvalidRenewal`.
    function checkExpiry(Term calldata term) external view;

    /// @notice Categories that a body may record for an office at this moment; zero if none, or the office may not act.
    function categoriesOf(OfficeCode office, address body) external view returns (uint32);
}
