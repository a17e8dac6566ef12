// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IOfficePractice} from "../../interfaces/IOfficePractice.sol";
import {IRightsRegister} from "../../interfaces/IRightsRegister.sol";
import {EntryState, RightsRules} from "../libraries/RightsRules.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {RightsTable} from "./RightsTable.sol";

/// @title Entries as they are kept, and what can be asked of them
abstract contract RightsRecords is RightsTable {
    /// @dev Slot 0 is packed by `RightsRules.pack`; of the others most entries use the first two.
    struct StoredEntry {
        uint256 word;
        bytes32 head;
        bytes32 dossier;
        bytes32 representation;
        bytes32 holder;
        OfficeNumber application;
        OfficeNumber basis;
        OfficeNumber parent;
        OfficeNumber former;
        OfficeNumber continuation;
    }

    uint8 internal constant IMPORTED = 1;
    uint8 internal constant IRREGULAR = 2;
    uint8 internal constant CONTINUED = 4;
    uint8 internal constant CHILD = 8;

    IOfficePractice public immutable override practice;

    mapping(OfficeNumber number => StoredEntry) internal _entries;
    mapping(OfficeNumber number => Division) internal _divisions;
    /// @dev Bit `sequence % 256` of word `sequence / 256`: the event was corrected.
    mapping(OfficeNumber number => mapping(uint256 word => uint256)) internal _corrected;

    constructor(IOfficePractice practice_) {
        if (address(practice_).code.length == 0) revert RightsRegisterNoPractice(address(practice_));
        practice = practice_;
    }

    /// @inheritdoc IRightsRegister
    function entryOf(OfficeNumber number) external view override returns (Entry memory) {
        StoredEntry storage stored = _entries[number];
        EntryState memory state = RightsRules.unpack(stored.word);
        return Entry({
            state: state.state,
            stage: state.stage,
            status: state.status,
            marks: state.marks,
            eventCount: state.eventCount,
            terminatedBy: state.terminatedBy,
            filingDate: state.filingDate,
            registrationDate: state.registrationDate,
            expiryDate: state.expiryDate,
            ceasedOn: state.ceasedOn,
            classes: state.classes,
            head: stored.head,
            dossier: stored.dossier,
            representation: stored.representation,
            holder: stored.holder,
            application: stored.application,
            basis: stored.basis,
            parent: stored.parent,
            former: stored.former,
            continuation: stored.continuation
        });
    }

    /// @inheritdoc IRightsRegister
    function headsOf(OfficeNumber[] calldata numbers) external view override returns (bytes32[] memory heads) {
        heads = new bytes32[](numbers.length);
        for (uint256 i; i < numbers.length; ++i) {
            heads[i] = _entries[numbers[i]].head;
        }
    }

    /// @inheritdoc IRightsRegister
    function divisionOf(OfficeNumber number) external view override returns (Division memory) {
        return _divisions[number];
    }

    /// @inheritdoc IRightsRegister
    function isCorrected(OfficeNumber number, uint16 sequence) public view override returns (bool) {
        return (_corrected[number][sequence >> 8] >> (sequence & 0xff)) & 1 != 0;
    }

    /// @dev The number under which an entry is kept now.
    function _current(OfficeNumber number) internal view returns (OfficeNumber) {
        OfficeNumber next = _entries[number].continuation;
        while (OfficeNumber.unwrap(next) != 0) {
            number = next;
            next = _entries[number].continuation;
        }
        return number;
    }
}
