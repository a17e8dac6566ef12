"""What the events of the register tell, read in order: a naive fold that asks neither the contract nor the model.

Every event of an entry is put together again as the statement that was signed; the head that the chain tells must be
its hash. Not its job: what may happen (`model.rights`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.stateful.driver.codec import Log
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import ZERO_WORD
from tests.stateful.model.rights_statements import NO_FACTS, Facts, Statement

NO_RULE = {"category": b"\x00", "from": 0, "to": 0, "statuses": 0}
STATE_ORDER = b"ANTU"


@dataclass(frozen=True)
class Told:
    """One event of an entry."""

    statement: Statement
    head: bytes
    signer: str
    before: bytes
    flags: int
    sequence: int
    at: int
    category: bytes
    foreseen: bool


@dataclass
class History:
    """An entry as its events tell it; `events` are its own, those under a former number included."""

    events: list[Told] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    marks: int = 0
    status: int = 0
    ceased_on: int = 0
    ceased_by: int = 0
    terminated_by: int = 0
    corrected: set[int] = field(default_factory=set)
    released: int = 0
    given: int = 0
    held: int = 0
    born: tuple[int, int] = (0, 0)
    """Of a child: its filing date and that of its parent when it was divided off."""
    continuation: bytes = ZERO_WORD


class RightsHistory:
    """Everything that the events tell, up to the last one that was read."""

    def __init__(self) -> None:
        self.read = 0
        self.entries: dict[bytes, History] = {}
        self.rows: dict[tuple[bytes, bytes, bytes], dict[str, Any]] = {}
        self.texts: dict[tuple[bytes, int], bytes] = {}
        self.bodies: dict[tuple[bytes, str], dict[str, Any]] = {}
        self.terms: dict[tuple[bytes, bytes], dict[str, Any]] = {}

    def follow(self, logs: Sequence[Log]) -> None:
        """Read the events that are new."""
        for index in range(self.read, len(logs)):
            log, told = logs[index], logs[index].arguments
            if log.name == "CodeSet":
                self.rows[told["right"], told["system"], told["code"]] = told
            elif log.name == "StatusSet":
                self.texts[told["right"], told["position"]] = told["status"]
            elif log.name == "BodyEmpowered":
                self.bodies[told["office"], told["body"]] = told
            elif log.name == "RenewalTermsSet":
                self.terms[told["office"], told["right"]] = told
            elif log.name == "LegalStatusEventRecorded":
                follower = logs[index + 1] if index + 1 < len(logs) else None
                facts = NO_FACTS
                if follower and follower.name == "EntryFactsStated" and follower.arguments["head"] == told["head"]:
                    facts = Facts(*follower.arguments["facts"].values())
                self._recorded(told, facts)
        self.read = len(logs)

    def kept(self) -> Iterator[tuple[bytes, History]]:
        """Yield the entries that have not gone on under another number."""
        return ((number, entry) for number, entry in self.entries.items() if entry.continuation == ZERO_WORD)

    def current(self, number: bytes) -> bytes:
        """Return the number under which an entry is kept now."""
        while number in self.entries and self.entries[number].continuation != ZERO_WORD:
            number = self.entries[number].continuation
        return number

    def _recorded(self, told: dict[str, Any], facts: Facts) -> None:
        number = told["number"]
        entry = self.entries.get(number)
        if entry is None:
            former = self.entries.get(facts.related) if facts.relation == said.CONTINUATION_OF else None
            entry = self.entries[number] = History()
            if former is not None:
                vars(entry).update({name: _own(value) for name, value in vars(former).items()})
                entry.facts["former"] = facts.related
                former.continuation = number
                former.marks |= 4
        previous = entry.events[-1].head if entry.events else ZERO_WORD
        middle = [told[name] for name in ("status", "eventDate", "effectiveDate", "publicationDate", "document")]
        statement = Statement(
            number,
            previous,
            told["system"],
            told["code"],
            told["to"],
            *middle,
            told["corrects"],
            told["flags"] & 0xFF,
            facts,
        )
        row = self._row(number, told["system"], told["code"])
        event = Told(
            statement,
            told["head"],
            told["signer"],
            told["from"],
            told["flags"],
            told["sequence"],
            told["recordedAt"],
            row["category"],
            foreseen=_foresees(row, entry, statement),
        )
        self._apply(number, entry, event)

    def _row(self, number: bytes, system: bytes, code: bytes) -> dict[str, Any]:
        """Return the row that rules a code; of an office's own code without one, that of other events (W)."""
        key = code[:3].ljust(32, b"\x00") if system.rstrip(b"\x00") == b"ST.27" else code
        row = self.rows.get((number[2:3], system, key), NO_RULE)
        if row["category"] == b"\x00" and system.startswith(b"NAT:"):
            return {"category": b"W", "from": (1 << 28) - 1, "to": 1 << 29, "statuses": 1}
        return row

    def _apply(self, number: bytes, entry: History, event: Told) -> None:
        statement, facts = event.statement, event.statement.facts
        before, after = event.before[:1], statement.resulting[:1]
        entry.events.append(event)
        if statement.corrects:
            entry.corrected.add(statement.corrects)
        entry.marks |= 1 if event.flags & said.IMPORTED else 2 if event.flags & said.IRREGULAR else 0
        entry.status = statement.status
        if after in (b"A", b"U"):
            entry.ceased_on = entry.ceased_by = 0
        elif before not in (b"N", b"T") or statement.corrects == entry.ceased_by:
            entry.ceased_on, entry.ceased_by = statement.effective_date, event.sequence
        if after != b"T":
            entry.terminated_by = 0
        elif before != b"T" or statement.corrects == entry.terminated_by:
            entry.terminated_by = event.sequence
        names = ("filing", "registration", "expiry", "classes", "dossier", "representation", "holder")
        held = entry.facts.get("classes", 0)
        for bit, name in enumerate(names):
            if facts.changes >> bit & 1:
                entry.facts[name] = getattr(facts, name)
        self._relate(entry, facts, held)

    def _relate(self, entry: History, facts: Facts, classes_before: int) -> None:
        if facts.relation in (said.APPLICATION_RECORD, said.BASIS):
            entry.facts["basis" if facts.relation == said.BASIS else "application"] = facts.related
        elif facts.relation in (said.CONVERTED_FROM, said.DIVIDED_FROM):
            entry.facts["parent"] = facts.related
        if facts.relation == said.DIVIDES:
            entry.released |= facts.released
        elif facts.relation == said.ABSORBS:
            entry.released &= ~facts.released
        elif facts.relation == said.DIVIDED_FROM:
            parent = self.entries[self.current(facts.related)]
            entry.marks |= 8
            entry.held = facts.classes
            entry.born = (facts.filing, parent.facts["filing"])
            parent.released, parent.given = parent.released & ~entry.held, parent.given | entry.held
        elif facts.relation == said.MERGES_INTO:
            parent = self.entries[self.current(facts.related)]
            parent.released, parent.given = parent.released | classes_before, parent.given & ~entry.held
            entry.held = 0


def _own(value: Any) -> Any:
    return value.copy() if isinstance(value, list | dict | set) else value


def _foresees(row: dict[str, Any], entry: History, statement: Statement) -> bool:
    """Tell whether a row of the table allows what a statement says of an entry that is as told so far."""
    before = entry.events[-1].statement.resulting if entry.events else None
    after = statement.resulting
    from_bit = 28 if before is None else _place(before)
    may_come = row["to"] >> _place(after) & 1 or (before == after and row["to"] >> 29 & 1)
    may_have = row["statuses"] >> statement.status & 1 or (entry.status == statement.status and row["statuses"] & 1)
    return bool(row["from"] >> from_bit & 1 and may_come and may_have)


def _place(pair: bytes) -> int:
    return 7 * STATE_ORDER.index(pair[0]) + pair[1] - ord("0")
