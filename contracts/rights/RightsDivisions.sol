// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {EntryState, RightsRules} from "../libraries/RightsRules.sol";
import {OfficeNumber} from "../types/OfficeNumber.sol";
import {RightsRecords} from "./RightsRecords.sol";

/// @title Classes of entries, and what passes between entries: division, merger, a new number, conversion
abstract contract RightsDivisions is RightsRecords {
    uint16 internal constant CLASSES = 8;

    /// @dev Takes over all that the entry is under its former number, which is closed from now on.
    function _continue(LegalStatusEvent calldata statement) internal returns (EntryState memory entry) {
        OfficeNumber number = statement.number;
        OfficeNumber former = statement.facts.related;
        StoredEntry storage source = _entries[former];
        if (statement.facts.relation != Relation.ContinuationOf || statement.previous != source.head) {
            revert RightsRegisterNotHead(number, 0, statement.previous);
        }
        uint256 word = source.word;
        entry = RightsRules.unpack(word);
        if (entry.marks & CONTINUED != 0 || entry.state == "T" || !RightsRules.areAlike(number, former)) {
            revert RightsRegisterInvalidRelation(number, Relation.ContinuationOf, former);
        }
        StoredEntry storage target = _entries[number];
        target.dossier = source.dossier;
        target.representation = source.representation;
        target.holder = source.holder;
        target.application = source.application;
        target.basis = source.basis;
        target.parent = source.parent;
        target.former = former;
        source.continuation = number;
        entry.marks |= CONTINUED;
        source.word = RightsRules.pack(entry);
        entry.marks &= ~CONTINUED;
        _divisions[number] = _divisions[former];
        for (uint256 i; i <= entry.eventCount >> 8; ++i) {
            _corrected[number][i] = _corrected[former][i];
        }
    }

    /// @dev Applies the classes and the relation that an event states.
    function _applyClasses(StoredEntry storage stored, EntryState memory entry, LegalStatusEvent calldata statement)
        internal
    {
        OfficeNumber number = statement.number;
        // A continuation counts the events of its former number, so that only a new entry is at its first.
        bool isFirst = entry.eventCount == 1;
        EntryFacts calldata facts = statement.facts;
        Relation relation = facts.relation;
        uint64 before = entry.classes;
        uint64 classes = facts.changes & CLASSES != 0 ? facts.classes : before;
        uint64 grown = classes & ~before;
        bool mayGrow = isFirst || statement.corrects != 0 || relation == Relation.Absorbs;
        if (
            classes & ~RightsRules.classesOf(number.right()) != 0
                || (classes == 0 && before != 0 && relation != Relation.MergesInto) || (grown != 0 && !mayGrow)
        ) revert RightsRegisterInvalidClasses(number, classes);
        if (relation != Relation.None) {
            if (!_relate(stored, entry, statement, isFirst, classes, grown)) {
                revert RightsRegisterInvalidRelation(number, relation, facts.related);
            }
            emit EntriesRelated(number, facts.related, relation, classes);
        } else if (facts.released != 0 || OfficeNumber.unwrap(facts.related) != 0) {
            revert RightsRegisterInvalidRelation(number, relation, facts.related);
        }
        if (grown != 0 && statement.corrects != 0) {
            // A correction gives a child back no more than was ever its own, and nobody what waits for children.
            Division memory division = _divisions[number];
            bool isOwn = entry.marks & CHILD == 0 || grown & ~uint64(division.held) == 0;
            if (!isOwn || grown & division.released != 0) revert RightsRegisterInvalidClasses(number, classes);
        }
        entry.classes = uint48(classes);
    }

    /// @dev Whether the relation can be; books the classes that it moves.
    function _relate(
        StoredEntry storage stored,
        EntryState memory entry,
        LegalStatusEvent calldata statement,
        bool isFirst,
        uint64 classes,
        uint64 grown
    ) private returns (bool) {
        EntryFacts calldata facts = statement.facts;
        (OfficeNumber number, OfficeNumber related) = (statement.number, facts.related);
        Relation relation = facts.relation;
        uint64 released = facts.released;
        if (relation == Relation.ApplicationRecord || relation == Relation.Basis) {
            if (relation == Relation.Basis) stored.basis = related;
            else stored.application = related;
            return released == 0 && (OfficeNumber.unwrap(related) == 0 || related.isWellFormed());
        }
        if (relation == Relation.ContinuationOf) {
            // `_continue` did it; here only that this is how the entry came under its number.
            return !isFirst && stored.head == 0 && released == 0;
        }
        if (relation == Relation.ConvertedFrom) {
            stored.parent = related;
            return isFirst && released == 0 && related.isWellFormed() && !(related == number);
        }
        if (relation == Relation.DividedFrom) {
            if (!isFirst || released != 0 || classes == 0 || !RightsRules.areAlike(number, related)) {
                return false;
            }
            stored.parent = related;
            entry.marks |= CHILD;
            related = _current(related);
            EntryState memory parent = RightsRules.unpack(_entries[related].word);
            // A child keeps the filing date of its parent (Trademark Law Treaty, Article 7(1)(a)).
            if (parent.state == "T" || parent.filingDate != entry.filingDate) return false;
            return _take(_divisions[related], _divisions[number], classes);
        }
        if (isFirst) return false;
        if (relation == Relation.MergesInto) {
            if (!(related == stored.parent) || entry.marks & CHILD == 0 || released != 0 || classes != 0) return false;
            if (entry.state != "N" && entry.state != "T") return false;
            return _giveBack(_divisions[_current(related)], _divisions[number], entry.classes);
        }
        if (OfficeNumber.unwrap(related) != 0 || released == 0) return false;
        Division storage division = _divisions[number];
        if (relation == Relation.Divides) {
            // What leaves the entry goes to children, each class once; what stays may be part of a released class.
            uint64 gone = division.released | division.given;
            bool isFree = released & ~uint64(entry.classes) == 0 && released & gone == 0;
            if (!isFree || uint64(entry.classes) & ~classes & ~released != 0 || entry.state != "A") return false;
            division.released |= uint48(released);
            return true;
        }
        if (released & ~uint64(division.released) != 0 || grown & ~released != 0) return false;
        division.released &= ~uint48(released);
        return true;
    }

    function _take(Division storage parent, Division storage child, uint64 classes) private returns (bool) {
        if (classes & ~uint64(parent.released) != 0) return false;
        parent.released &= ~uint48(classes);
        parent.given |= uint48(classes);
        child.held = uint48(classes);
        return true;
    }

    /// @dev Not while the child has children of its own: their classes could be given to others.
    function _giveBack(Division storage parent, Division storage child, uint48 classes) private returns (bool) {
        if (child.released | child.given != 0) return false;
        parent.given &= ~child.held;
        parent.released |= classes;
        child.held = 0;
        return true;
    }
}
