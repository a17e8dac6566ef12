"""Priority claims judged over an index of a million records, beside the same look-ups by the SQLite driver alone."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.figure import Figure, seconds_of_each
from registrum import OfficeNumber, PriorityClaim, Right, Verdict
from registrum.dates import from_on_chain, to_on_chain
from registrum.index import tables
from registrum.index.reading import read_index
from registrum.index.store import Index, first_position, last_position, open_index
from registrum.index.values import PIECE

RECORDS = 1_000_000
CLAIMS = 40_000
A_BATCH = 1_000
"""As many as one request of the REST interface may have."""
ROUNDS = 3
GOAL = 40_000.0
A_BLOCK = 1_000
OFFICES = ("EM", "JP", "RU", "US", "CN", "KR", "DE", "FR", "GB", "IT")
_START = 1_700_000_000
_LOOK_UP = (
    "SELECT number, filing_date, digest, disclosure, recorded_at, version, status, signing_key FROM applications"
    " WHERE superseded_by IS NULL AND number IN "
)


def figures() -> Iterator[Figure]:
    """Rates by processor time, of one core."""
    with tempfile.TemporaryDirectory() as folder, open_index(Path(folder) / "index.sqlite") as index:
        fill(index, RECORDS)
        yield from measure(index, CLAIMS, ROUNDS)


def measure(index: Index, count: int, rounds: int) -> Iterator[Figure]:
    """Measure what pages and the interface call, in batches, each with its own view of the index.

    Args:
        index: Filled.
        count: Claims.
        rounds: Turns of each way.
    """
    claims = claims_on(index, count)
    batches = [claims[at : at + A_BATCH] for at in range(0, count, A_BATCH)]
    texts = [claim.earlier.text for claim in claims if isinstance(claim.earlier, OfficeNumber)]

    def whole() -> set[Verdict]:
        found: set[Verdict] = set()
        for batch in batches:
            # As a server does, which lets each batch go when it is answered.
            with read_index(index) as reader:
                found.update(answer.verdict for answer in reader.check_priorities(batch))
        return found

    def alone() -> int:
        found = 0
        with index.snapshot() as connection:
            cursor = connection.connection.cursor()
            for at in range(0, count, PIECE):
                numbers = texts[at : at + PIECE]
                cursor.execute(f"{_LOOK_UP}({', '.join('?' * len(numbers))})", numbers)
                found += len(cursor.fetchall())
        return found

    verdicts = whole()
    if alone() != count or not {Verdict.VALID, Verdict.PERIOD_EXPIRED, Verdict.RIGHT_NOT_ALLOWED} <= verdicts:
        raise AssertionError("the claims are not those that were to be judged")
    judged, limit = (count / s for s in seconds_of_each(whole, alone, repeat=rounds))
    yield Figure("priority claims judged over the index, with the earlier records", judged, "/s", GOAL)
    yield Figure("the same", judged, "/s", None, "look-ups by the driver alone", limit)


def fill(index: Index, records: int) -> None:
    """Offices with calendars of some years, and records of theirs, as a follower writes them."""
    source = random.Random(1)
    last = 1 + -(-records // A_BLOCK)
    with index.write() as connection:
        index.drop_indexes(connection)
        rows: list[tuple[Any, ...]] = [(at, _hash(at), _START + at) for at in range(1, last + 1)]
        index.insert(connection, tables.blocks, rows)
        first = first_position(1)
        index.insert(connection, tables.offices, [_office(first + at, code) for at, code in enumerate(OFFICES)])
        calendars = [(office, year) for office in OFFICES[:5] for year in range(2000, 2027)]
        closed = bytes(31) + b"\x01" + bytes(32)
        rows = [(first + 99 + at, 0, *one, 0x60, closed, 1, _START, None) for at, one in enumerate(calendars)]
        index.insert(connection, tables.calendars, rows)
        for block in range(2, last + 1):
            at = (block - 2) * A_BLOCK
            rows = [_record(source, block, place, at + place) for place in range(min(A_BLOCK, records - at))]
            index.insert(connection, tables.applications, rows)
        index.create_indexes(connection)
        index.set_progress(
            connection,
            chain_id=1,
            genesis_hash=_hash(0),
            contracts="{}",
            block_number=last,
            block_hash=_hash(last),
            block_time=_START + last,
            settled_to=last_position(last),
            has_indexes=True,
        )


def claims_on(index: Index, count: int) -> list[PriorityClaim]:
    """Claims on records all over the index, of offices with calendars and without, in time and too late."""
    source = random.Random(2)
    with index.snapshot() as connection:
        rows = connection.exec_driver_sql("SELECT number, filing_date FROM applications").fetchall()
    claims = []
    for text, filed_on in source.sample(rows, count):
        filed = from_on_chain(filed_on)
        number = OfficeNumber.from_text(text)
        later = filed + timedelta(source.randrange(1, 400))
        right = number.right if source.random() < 0.8 else Right.DESIGN
        claims.append(PriorityClaim(number, filed, source.choice(OFFICES), right, later))
    return claims


def _office(position: int, code: str) -> tuple[Any, ...]:
    known = (position, 0, code, f"Office {code}", code.encode() * 10, "", None, _START)
    return (*known, *[None] * (len(tables.offices.c) - len(known)))


def _record(source: random.Random, block: int, place: int, at: int) -> tuple[Any, ...]:
    office, right = source.choice(OFFICES), source.choice("PPUTTTD")
    number = f"{office}/{right}/{at:09d}"
    filed = to_on_chain(date(2000, 1, 1) + timedelta(source.randrange(9_000)))
    digest, key = hashlib.sha256(number.encode()).digest(), office.encode() * 10
    known = (first_position(block) + place, 0, 1, 1, number, office, right, 1, 1, filed, digest, 0, key, _START + block)
    return (*known, *[None] * (len(tables.applications.c) - len(known)))


def _hash(value: int) -> bytes:
    return hashlib.sha256(value.to_bytes(8, "big")).digest()
