"""What differs between a table of codes and the one in the contract `RightsRegister`.

Not its job: reading either of them, and which of them is right: the one in the contract counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registrum.numbers import Right
from registrum.rights.codes import SAME_STATUS_BIT, CodeRule, CodeTable, StatusRule, pairs_to_text

if TYPE_CHECKING:
    from registrum.client.rights_answers import RecordedCode

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs.

    Attributes:
        right: Trade mark or design.
        system: Code system; None of a status.
        name: The code, or the position of a status.
        what: Which value of the row, or `row` where only one of the tables has it.
        here: The value in the table compared; None if there is none. Of statuses of a code only those that the other
            table lacks.
        on_chain: The same in the contract.
    """

    right: Right
    system: str | None
    name: str
    what: str
    here: str | None
    on_chain: str | None

    def to_json(self) -> dict[str, Any]:
        """Keys `right, system, name, what, here, onChain`."""
        return {
            "right": self.right.value,
            "system": self.system,
            "name": self.name,
            "what": self.what,
            "here": self.here,
            "onChain": self.on_chain,
        }


def differences(
    table: CodeTable,
    rules: Iterable[CodeRule],
    rows: Iterable[StatusRule],
    recorded_rules: Iterable[RecordedCode],
    recorded_statuses: Mapping[tuple[Right, int], str],
) -> list[Difference]:
    """Compare rows of a table with rows of the contract.

    Args:
        table: Where texts of statuses are looked up.
        rules: Codes of the table.
        rows: Statuses of the table.
        recorded_rules: Codes of the contract.
        recorded_statuses: Statuses of the contract.
    """
    here = {(rule.right, rule.system, rule.code): rule for rule in rules}
    there = {(rule.right, rule.system, rule.code): rule for rule in recorded_rules}
    found = [
        difference
        for key in dict.fromkeys((*here, *there))
        for difference in _of_codes(table, here.get(key), there.get(key))
    ]
    texts = {(row.right, row.position): row.status for row in rows}
    for right, position in dict.fromkeys((*texts, *recorded_statuses)):
        pair = texts.get((right, position)), recorded_statuses.get((right, position))
        if pair[0] != pair[1]:
            found.append(Difference(right, None, str(position), "row" if None in pair else "status", *pair))
    return found


def _of_codes(table: CodeTable, here: CodeRule | None, there: RecordedCode | None) -> Iterator[Difference]:
    known = here or there
    if known is None:
        return
    place = known.right, known.system, known.code
    if here is None or there is None:
        row = _row(known)
        yield Difference(*place, "row", row if here else None, row if there else None)
        return
    for what, own, other in zip(("category", "before", "after", "title"), _values(here), _values(there), strict=True):
        if own != other:
            yield Difference(*place, what, own, other)
    if here.statuses != there.statuses:
        more, less = here.statuses & ~there.statuses, there.statuses & ~here.statuses
        yield Difference(*place, "statuses", _texts(table, here.right, more), _texts(table, here.right, less))


def _values(rule: CodeRule | RecordedCode) -> Sequence[str]:
    return rule.category, pairs_to_text(rule.from_), pairs_to_text(rule.to), rule.title


def _row(rule: CodeRule | RecordedCode) -> str:
    category, before, after, title = _values(rule)
    return f"{category}; before {before}; after {after}; {title}"


def _texts(table: CodeTable, right: Right, bits: int) -> str | None:
    """Texts of statuses by their bits; positions where the table has none, and None where there is no bit."""
    names = ["same"] if bits & SAME_STATUS_BIT else []
    for position in range(1, bits.bit_length()):
        if bits >> position & 1:
            row = table.status_at(right, position)
            names.append(row.status if row else str(position))
    return "; ".join(names) or None
