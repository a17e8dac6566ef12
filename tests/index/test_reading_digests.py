"""What a digest stands for in the register: every entry once, as it stands now, found by an index of the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from registrum import OfficeNumber
from registrum.index import tables
from registrum.index.answers import DigestMatch, MatchKind
from registrum.index.entries import settle_entries
from registrum.index.reading import read_index
from registrum.index.store import Index, first_position, last_position
from registrum.rights.values import Changes, Relation
from tests.index.plans import explained

LOGO, OTHER = (hashlib.sha256(text).digest() for text in (b"a logo", b"another logo"))
START = 1_700_000_000
A_BLOCK = 500
_LOGO = Changes.REPRESENTATION.value


class Register:
    """A register whose events are made up, and worked in as the follower does it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._events: list[dict[str, Any]] = []
        self._counts: dict[str, int] = {}

    def event(self, number: str, **values: Any) -> None:
        """One more event of an entry."""
        self._counts[number] = sequence = self._counts.get(number, 0) + 1
        self._events.append(
            {
                "position": first_position(1 + len(self._events) // A_BLOCK) + len(self._events) % A_BLOCK,
                "tx_index": 0,
                "number": number,
                "office": number[:2],
                "right": number[3],
                "sequence": sequence,
                "head": hashlib.sha256(f"{number} {sequence}".encode()).digest(),
                "signer": bytes(20),
                "system": "ST27",
                "code": "Q",
                "from_state": None if sequence == 1 else "A2",
                "to_state": "A2",
                "status": 1,
                "event_date": 20240131,
                "effective_date": 20240131,
                "flags": 0,
                "recorded_at": START + len(self._events) // A_BLOCK + 1,
                "changes": 0,
                **values,
            }
        )

    def write(self) -> None:
        """Into the tables."""
        last = 1 + (len(self._events) - 1) // A_BLOCK
        with self.index.write() as connection:
            blocks = [(at, hashlib.sha256(b"%d" % at).digest(), START + at) for at in range(1, last + 1)]
            self.index.insert(connection, tables.blocks, blocks)
            names = [column.name for column in tables.entry_events.c]
            rows = [[event.get(name) for name in names] for event in self._events]
            self.index.insert(connection, tables.entry_events, rows)
            settle_entries(self.index, connection, 0, last_position(last))
            self.index.set_progress(
                connection,
                chain_id=1,
                genesis_hash=bytes(32),
                contracts="{}",
                block_number=last,
                block_hash=blocks[-1][1],
                block_time=START + last,
                settled_to=last_position(last),
                has_indexes=True,
            )


def found(index: Index, digest: bytes) -> list[DigestMatch]:
    with read_index(index) as reader:
        return list(reader.by_digest(digest, limit=1000).items)


def told(matches: Iterable[DigestMatch]) -> dict[str, tuple[str, int, bool]]:
    return {str(match.number): (match.kind.value, match.version, match.is_present) for match in matches}


def test_entries_of_many_events_are_each_told_as_they_stand(index: Index) -> None:
    register = Register(index)
    register.event("EM/T/1", changes=_LOGO, representation=LOGO)
    for _ in range(205):
        register.event("EM/T/1")
    many = [f"EM/T/{at}" for at in range(100, 199)]
    for number in many:
        register.event(number, changes=_LOGO, representation=LOGO)
        register.event(number)
        register.event(number)
    register.event(many[-1], changes=_LOGO, representation=OTHER)
    register.write()
    matches = found(index, LOGO)
    assert told(matches) == {number: ("representation", 1, number != many[-1]) for number in ["EM/T/1", *many]}
    assert [str(match.number) for match in matches] == ["EM/T/1", *many]
    assert told(found(index, OTHER)) == {many[-1]: ("representation", 4, True)}


def test_what_is_stated_goes_on_with_the_entry(index: Index) -> None:
    register = Register(index)
    goes_on = {"relation": Relation.CONTINUATION_OF.value}
    register.event("EM/T/1", changes=Changes.DOSSIER.value, dossier=LOGO)
    register.event("EM/T/2", sequence=2, related="EM/T/1", changes=Changes.RELATION.value, **goes_on)
    changes = Changes.DOSSIER.value | Changes.RELATION.value
    register.event("EM/T/3", sequence=3, related="EM/T/2", changes=changes, dossier=OTHER, **goes_on)
    # What an event carries without stating it changes nothing.
    register.event("EM/T/4", dossier=LOGO)
    register.write()
    assert told(found(index, LOGO)) == {"EM/T/1": ("dossier", 1, True), "EM/T/2": ("dossier", 2, True)}
    assert told(found(index, OTHER)) == {"EM/T/3": ("dossier", 3, True)}


def test_pages_hold_every_match_once_and_say_how_many_there_are(index: Index) -> None:
    register = Register(index)
    for at in range(250):
        register.event(f"EM/T/{at}", changes=_LOGO, representation=LOGO, document=LOGO)
    register.write()
    with read_index(index) as reader:
        pages = [reader.by_digest(LOGO, limit=60, offset=offset) for offset in range(0, 600, 60)]
    assert {(page.total, page.total_is_capped) for page in pages} == {(500, False)}
    assert [len(page.items) for page in pages] == [60] * 8 + [20, 0]
    matches = [match for page in pages for match in page.items]
    assert [match.kind for match in matches] == [MatchKind.REPRESENTATION] * 250 + [MatchKind.DOCUMENT] * 250
    assert len({(match.kind, match.number) for match in matches}) == 500
    assert matches == found(index, LOGO)


def test_a_number_is_asked_about_by_itself_however_many_have_the_digest(index: Index) -> None:
    register = Register(index)
    goes_on = {"relation": Relation.CONTINUATION_OF.value, "sequence": 2, "changes": Changes.RELATION.value}
    for at in range(300):
        register.event(f"RU/T/{at}", changes=_LOGO, representation=LOGO)
    register.event("EM/T/1", changes=_LOGO, representation=LOGO, document=OTHER)
    register.event("EM/T/2", related="EM/T/1", **goes_on)
    register.write()
    with read_index(index) as reader:
        for number, expected in (
            ("EM/T/1", {("representation", "EM/T/1", True)}),
            ("EM/T/2", {("representation", "EM/T/1", False), ("representation", "EM/T/2", True)}),
            ("RU/T/299", {("representation", "RU/T/299", True)}),
            ("JP/T/1", set()),
        ):
            matches = reader.by_digest_under(LOGO, OfficeNumber.from_text(number))
            assert {(match.kind.value, str(match.number), match.is_present) for match in matches} == expected
        [document] = reader.by_digest_under(OTHER, OfficeNumber.from_text("EM/T/2"))
        assert (document.kind, document.version) == (MatchKind.DOCUMENT, 1)


def test_digests_are_found_by_an_index(index: Index) -> None:
    register = Register(index)
    for at in range(3_000):
        digest = hashlib.sha256(b"%d" % at).digest()
        changes = _LOGO | Changes.DOSSIER.value
        register.event(
            f"EM/T/{at}", changes=changes, representation=digest, dossier=digest, document=digest, status=at % 7
        )
    register.write()
    with index.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    with read_index(index) as reader:
        plans = explained(reader, lambda: reader.by_digest(hashlib.sha256(b"77").digest()))
    of_entries = [plan for plan in plans if "entry_events" in plan or "entries" in plan]
    assert len(of_entries) > 4
    for plan in of_entries:
        assert "Seq Scan" not in plan, plan
        assert not any(line.startswith(("SCAN entry_events", "SCAN entries")) for line in plan.splitlines()), plan
    assert str(OfficeNumber.from_text("EM/T/77")) in told(found(index, hashlib.sha256(b"77").digest()))
