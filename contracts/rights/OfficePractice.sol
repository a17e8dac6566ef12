// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.35;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IOfficeDirectory} from "../../interfaces/IOfficeDirectory.sol";
import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {OfficeSigned} from "../libraries/OfficeSigned.sol";
import {RightsRules} from "../libraries/RightsRules.sol";
import {RightsStatements} from "../libraries/RightsStatements.sol";
import {Scopes} from "../libraries/Scopes.sol";
import {CalendarDate} from "../types/CalendarDate.sol";
import {OfficeCode, OfficeCodeMalformed} from "../types/OfficeCode.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @title How each office runs its part of the register
contract OfficePractice is IOfficePractice, OfficeSigned {
    struct Body {
        uint32 categories;
        uint40 validFrom;
        uint40 validUntil;
        uint16 version;
        bytes32 name;
    }

    struct Terms {
        uint8 periodYears;
        uint8 maximumYears;
        uint8 windowMonths;
        uint8 graceMonths;
        uint16 version;
    }

    uint32 private constant ALL_CATEGORIES = (1 << 26) - 1;
    /// @dev Paris Convention, Article 5bis(1): at least six months. The bound above only catches slips.
    uint8 private constant MIN_GRACE_MONTHS = 6;
    uint8 private constant MAX_GRACE_MONTHS = 60;

    mapping(OfficeCode office => mapping(address body => Body)) private _bodies;
    mapping(OfficeCode office => mapping(bytes1 right => Terms)) private _terms;

    constructor(IOfficeDirectory directory_) EIP712("Registrum OfficePractice", "1") OfficeSigned(directory_) {}

    /// @inheritdoc IOfficePractice
    function empower(Empowerment calldata statement, bytes calldata signature) external override {
        (OfficeCode office, address account) = (statement.office, statement.body);
        if (!office.isWellFormed()) revert OfficeCodeMalformed(OfficeCode.unwrap(office));
        (uint32 categories, uint16 version) = (statement.categories, statement.version);
        if (
            version != _bodies[office][account].version + 1 || categories > ALL_CATEGORIES || account == address(0)
                || (categories != 0 && statement.validFrom >= statement.validUntil)
        ) revert OfficePracticeInvalidStatement(office, version);
        (address signer,) = _verify(office, Scopes.KEYS, RightsStatements.hashEmpowerment(statement), signature);
        _bodies[office][account] = Body(categories, statement.validFrom, statement.validUntil, version, statement.name);
        emit BodyEmpowered(
            office, account, statement.name, categories, statement.validFrom, statement.validUntil, version, signer
        );
    }

    /// @inheritdoc IOfficePractice
    function setRenewalTerms(RenewalTerms calldata statement, bytes calldata signature) external override {
        (OfficeCode office, bytes1 right) = (statement.office, statement.right);
        if (!office.isWellFormed()) revert OfficeCodeMalformed(OfficeCode.unwrap(office));
        if (!RightsRules.isRight(right)) revert OfficePracticeUnknownRight(right);
        (uint8 period, uint8 maximum, uint16 version) =
            (statement.periodYears, statement.maximumYears, statement.version);
        if (
            version != _terms[office][right].version + 1 || period == 0 || (maximum != 0 && maximum < period)
                || statement.windowMonths > uint256(period) * 12 || statement.graceMonths < MIN_GRACE_MONTHS
                || statement.graceMonths > MAX_GRACE_MONTHS
        ) revert OfficePracticeInvalidStatement(office, version);
        (address signer,) = _verify(office, Scopes.KEYS, RightsStatements.hashTerms(statement), signature);
        _terms[office][right] = Terms(period, maximum, statement.windowMonths, statement.graceMonths, version);
        emit RenewalTermsSet(
            office, right, period, maximum, statement.windowMonths, statement.graceMonths, version, signer
        );
    }

    /// @inheritdoc IOfficePractice
    function bodyOf(OfficeCode office, address account) external view override returns (Empowerment memory) {
        Body memory body = _bodies[office][account];
        return Empowerment(office, account, body.name, body.categories, body.validFrom, body.validUntil, body.version);
    }

    /// @inheritdoc IOfficePractice
    function renewalTermsOf(OfficeCode office, bytes1 right) public view override returns (RenewalTerms memory) {
        Terms memory terms = _terms[office][right];
        if (terms.version == 0) {
            // Trade marks: ten years (Madrid Protocol, Articles 6 and 7). Designs: five years at a time (Hague Act of
            // 1999, Article 17), 25 in all as in the European Union.
            terms = right == RightsRules.TRADEMARK ? Terms(10, 0, 6, 6, 0) : Terms(5, 25, 6, 6, 0);
        }
        return RenewalTerms(
            office, right, terms.periodYears, terms.maximumYears, terms.windowMonths, terms.graceMonths, terms.version
        );
    }

    /// @inheritdoc IOfficePractice
    function checkExpiry(Term calldata term) external view override {
        OfficeNumber number = term.number;
        // An entry that has no filing date yet states none.
        term.filingDate.validate();
        RenewalTerms memory terms = renewalTermsOf(number.office(), number.right());
        CalendarDate wanted = term.wanted;
        CalendarDate bound = term.filingDate.addMonths(uint256(terms.maximumYears) * 12);
        bool isBounded = terms.maximumYears != 0;
        if (!term.isRenewal) {
            if (isBounded && wanted > bound) {
                revert IRightsRegister.RightsRegisterInvalidRenewal(number, wanted, bound);
            }
            return;
        }
        CalendarDate opens = RightsRules.subtractMonths(term.expiryDate, terms.windowMonths);
        CalendarDate closes = term.expiryDate.addMonths(terms.graceMonths);
        if (term.eventDate < opens || term.eventDate > closes) {
            revert IRightsRegister.RightsRegisterNotRenewable(number, opens, closes);
        }
        if (term.eventDate > term.expiryDate && !term.surcharge) {
            revert IRightsRegister.RightsRegisterNoSurcharge(number, term.expiryDate);
        }
        CalendarDate expected = RightsRules.renewedExpiry(term, terms.periodYears);
        if (isBounded && expected > bound) expected = bound;
        if (wanted != expected) revert IRightsRegister.RightsRegisterInvalidRenewal(number, wanted, expected);
    }

    /// @inheritdoc IOfficePractice
    /// @dev A body acts for an office only while the office itself may act.
    function categoriesOf(OfficeCode office, address account) external view override returns (uint32) {
        Body memory body = _bodies[office][account];
        if (block.timestamp < body.validFrom || block.timestamp >= body.validUntil) return 0;
        return directory.statusOf(office) == IOfficeDirectory.OfficeStatus.Active ? body.categories : 0;
    }
}
