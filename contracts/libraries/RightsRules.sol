// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {CalendarDate, daysInMonth, isLeapYear, pack as packDate} from "../types/CalendarDate.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";

/// @dev The members of an entry that share slot 0, as in `IRightsRegister.Entry`; and the number of the event that gave
///      `ceasedOn` its day.
struct EntryState {
    bytes1 state;
    bytes1 stage;
    uint8 status;
    uint8 marks;
    uint16 eventCount;
    uint16 terminatedBy;
    CalendarDate filingDate;
    CalendarDate registrationDate;
    CalendarDate expiryDate;
    CalendarDate ceasedOn;
    uint48 classes;
    uint16 ceasedBy;
}

/// @title Rules of register entries that need no storage
library RightsRules {
    bytes1 internal constant TRADEMARK = "T";
    bytes1 internal constant DESIGN = "D";
    /// @dev Nice Classification: 1 to 45. Locarno Classification: 1 to 32.
    uint64 private constant NICE_CLASSES = (1 << 46) - 2;
    uint64 private constant LOCARNO_CLASSES = (1 << 33) - 2;
    /// @dev Categories that are recorded after termination: Q publication, R parties, T procedure, W other, Y
    ///      correction.
    uint32 private constant AFTER_TERMINATION = (1 << 16) | (1 << 17) | (1 << 19) | (1 << 22) | (1 << 24);

    /// @dev Categories A, B, C, F, H, K, M, N and Y.
    uint32 private constant DECIDING =
        (1 << 0) | (1 << 1) | (1 << 2) | (1 << 5) | (1 << 7) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 24);

    /// @dev One more than the first bit of each state, 6 bits a letter from `A` on: A 1, N 8, T 15, U 22.
    uint256 private constant STATE_BITS = 1 | (8 << 78) | (15 << 114) | (22 << 120);

    uint32 internal constant NO_ENTRY = 1 << 28;
    uint32 internal constant NO_CHANGE = 1 << 29;
    uint32 internal constant ALL_PAIRS = NO_ENTRY - 1;

    function isRight(bytes1 right) internal pure returns (bool) {
        return right == TRADEMARK || right == DESIGN;
    }

    /// @notice Classes of the right's classification, as bits.
    function classesOf(bytes1 right) internal pure returns (uint64) {
        return right == TRADEMARK ? NICE_CLASSES : LOCARNO_CLASSES;
    }

    /// @notice Whether a status can have this position: 1 to 127, the bits of a row of the table.
    function isStatus(uint8 position) internal pure returns (bool) {
        return position != 0 && position < 128;
    }

    /// @notice Bit of a category letter; zero for what is no capital letter.
    function categoryBit(bytes1 category) internal pure returns (uint32) {
        uint256 letter = uint8(category);
        return letter < 0x41 || letter > 0x5a ? 0 : uint32(1 << (letter - 0x41));
    }

    /// @notice Whether events of the category decide about a right, so that a body that is empowered for them may state
    ///         its dates and classes.
    function decides(bytes1 category) internal pure returns (bool) {
        return categoryBit(category) & DECIDING != 0;
    }

    function isRecordedAfterTermination(bytes1 category) internal pure returns (bool) {
        return categoryBit(category) & AFTER_TERMINATION != 0;
    }

    /// @notice Bit of a state and a stage, as in `CodeRule`; zero if ST.96 has no such.
    function pairBit(bytes2 pair) internal pure returns (uint32) {
        unchecked {
            // Letters before `A` and digits before `0` wrap to values beyond every bound.
            uint256 letter = uint256(uint8(pair[0])) - 0x41;
            uint256 stage = uint256(uint8(pair[1])) - 0x30;
            if (stage > 6 || letter > 20) return 0;
            uint256 first = (STATE_BITS >> (letter * 6)) & 63;
            return first == 0 ? 0 : uint32((1 << (first - 1)) << stage);
        }
    }

    /// @notice The expiry date that a renewal leads to: one period later.
    /// @dev Where 29 February had to give way to the 28th, the day may return when the year has one; `wanted` says so.
    function renewedExpiry(IOfficePractice.Term calldata term, uint256 periodYears)
        internal
        pure
        returns (CalendarDate)
    {
        CalendarDate expected = term.expiryDate.addMonths(periodYears * 12);
        uint256 value = CalendarDate.unwrap(expected);
        bool mayReturn = value % 10000 == 228 && isLeapYear(value / 10000)
            && (CalendarDate.unwrap(term.filingDate) % 100 > 28
                || CalendarDate.unwrap(term.registrationDate) % 100 > 28);
        return mayReturn && CalendarDate.unwrap(term.wanted) == value + 1 ? term.wanted : expected;
    }

    /// @notice The same day `months` earlier, or the last day of that month when it has no such day.
    function subtractMonths(CalendarDate date, uint256 months) internal pure returns (CalendarDate) {
        uint256 value = CalendarDate.unwrap(date);
        // Year and month are digits of the value, so that what the division drops is the rest of the date.
        // slither-disable-next-line divide-before-multiply
        uint256 count = (value / 10000) * 12 + (value / 100) % 100 - 1 - months;
        uint256 last = daysInMonth(count / 12, count % 12 + 1);
        uint256 day = value % 100;
        return packDate(count / 12, count % 12 + 1, day < last ? day : last);
    }

    /// @notice Slot 0 of an entry.
    /// @dev Layout, lowest bit first: state 8, stage 8, status 8, marks 8, event count 16, terminated by 16, filing 32,
    ///      registration 32, expiry 32, ceased 32, classes 48, ceased by 16.
    function pack(EntryState memory entry) internal pure returns (uint256) {
        uint256 dates = uint256(CalendarDate.unwrap(entry.filingDate))
            | (uint256(CalendarDate.unwrap(entry.registrationDate)) << 32)
            | (uint256(CalendarDate.unwrap(entry.expiryDate)) << 64)
            | (uint256(CalendarDate.unwrap(entry.ceasedOn)) << 96);
        uint256 low = uint256(uint8(entry.state)) | (uint256(uint8(entry.stage)) << 8) | (uint256(entry.status) << 16)
            | (uint256(entry.marks) << 24) | (uint256(entry.eventCount) << 32) | (uint256(entry.terminatedBy) << 48);
        return low | (dates << 64) | (uint256(entry.classes) << 192) | (uint256(entry.ceasedBy) << 240);
    }

    /// @notice The members of an entry that slot 0 has.
    function unpack(uint256 word) internal pure returns (EntryState memory entry) {
        entry.state = bytes1(uint8(word));
        entry.stage = bytes1(uint8(word >> 8));
        entry.status = uint8(word >> 16);
        entry.marks = uint8(word >> 24);
        entry.eventCount = uint16(word >> 32);
        entry.terminatedBy = uint16(word >> 48);
        entry.filingDate = CalendarDate.wrap(uint32(word >> 64));
        entry.registrationDate = CalendarDate.wrap(uint32(word >> 96));
        entry.expiryDate = CalendarDate.wrap(uint32(word >> 128));
        entry.ceasedOn = CalendarDate.wrap(uint32(word >> 160));
        entry.classes = uint48(word >> 192);
        entry.ceasedBy = uint16(word >> 240);
    }

    /// @notice Whether two numbers are of one office and one right.
    function areAlike(OfficeNumber a, OfficeNumber b) internal pure returns (bool) {
        return bytes3(OfficeNumber.unwrap(a)) == bytes3(OfficeNumber.unwrap(b));
    }
}
