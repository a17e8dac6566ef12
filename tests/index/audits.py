"""Facts of an office planted into the tables of an index, one event a block at any time, for tests of audits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from registrum.audit.facts import Period, Terms
from registrum.audit.office import audit_office
from registrum.audit.own_list import OwnList
from registrum.audit.report import Report
from registrum.client.calendars import calendar_bits
from registrum.dates import to_on_chain
from registrum.index import tables
from registrum.index.auditing import read_audit
from registrum.index.store import KEYS, Index, first_position, last_position

START = datetime(2024, 1, 1, tzinfo=UTC)
FOREVER = 2**40 - 1
KEY, OTHER_KEY = b"\x11" * 20, b"\x22" * 20
FILED_AT = int(datetime(2024, 3, 4, 12, tzinfo=UTC).timestamp())
PERIOD = Period(date(2024, 1, 1), date(2024, 12, 31))
TERMS = Terms()


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def moment(day: date | datetime) -> int:
    at = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return int(at.timestamp())


class Planted:
    """An index with what was planted in it; offices FR and DE are members, `KEY` signs for FR."""

    def __init__(self, index: Index) -> None:
        self.index, self.block, self.rows = index, 0, 0
        self.hashes: dict[int, str] = {}
        begin = START - timedelta(days=3650)
        for office in ("FR", "DE"):
            self.put(
                tables.offices,
                begin,
                office=office,
                name=office,
                seat=bytes(20),
                endpoint="",
                admitted_at=moment(begin),
            )
        self.key(KEY, begin, scopes=11)

    def put(self, table: Any, at: date | datetime, **values: Any) -> int:
        """A row in a block of its own; what it follows is superseded. Returns its position."""
        self.block += 1
        position = first_position(self.block) + 1
        row = {"position": position, "tx_index": 0, **values}
        keys = KEYS.get(table.name)
        with self.index.write() as connection:
            if keys is not None:
                same = [table.c[name] == row[name] for name in keys]
                present = table.update().where(*same, table.c.superseded_by.is_(None))
                connection.execute(present.values(superseded_by=position))
            connection.execute(table.insert().values(**row))
            self._end_block(connection, moment(at))
        return position

    def many(self, table: Any, at: date | datetime, rows: list[dict[str, Any]]) -> None:
        """Rows of one block, which supersede nothing."""
        self.block += 1
        base = first_position(self.block)
        names = [column.name for column in table.c]
        placed = [{"position": base + at_, "tx_index": 0, **row} for at_, row in enumerate(rows, 1)]
        with self.index.write() as connection:
            self.index.insert(connection, table, [[row.get(name) for name in names] for row in placed])
            self._end_block(connection, moment(at))

    def _end_block(self, connection: Any, time: int) -> None:
        block_hash, tx = digest(f"block {self.block}"), digest(f"transaction {self.block}")
        self.hashes[self.block] = "0x" + tx.hex()
        connection.execute(tables.blocks.insert().values(number=self.block, hash=block_hash, time=time))
        connection.execute(tables.transactions.insert().values(block_number=self.block, tx_index=0, hash=tx))
        self.index.set_progress(
            connection,
            chain_id=1337,
            genesis_hash=digest("genesis"),
            contracts="{}",
            block_number=self.block,
            block_hash=block_hash,
            block_time=time,
            settled_to=last_position(self.block),
            has_indexes=True,
        )

    def key(self, account: bytes, at: date | datetime, office: str = "FR", **changes: Any) -> int:
        """A state of a key."""
        values = {
            "scopes": 3,
            "added_at": moment(at),
            "valid_from": moment(at),
            "valid_until": FOREVER,
            "revoked_at": None,
            "suspended_until": None,
            "compromised_since": None,
        }
        return self.put(tables.keys, at, office=office, account=account, **{**values, **changes})

    def record(
        self, number: str, filed: date, at: date | datetime | None = None, *, content: str = "", **changes: Any
    ) -> int:
        """A version of a record, a registration on the day of filing unless said otherwise."""
        at = filed if at is None else at
        return self.put(tables.applications, at, **self.version(number, filed, at, content=content, **changes))

    def version(
        self, number: str, filed: date, at: date | datetime, *, content: str = "", **changes: Any
    ) -> dict[str, Any]:
        values = {
            "registry": 1,
            "kind": 1,
            "number": number,
            "office": number[:2],
            "right": number[3],
            "version": 1,
            "status": 1,
            "filing_date": to_on_chain(filed),
            "digest": digest(content or number),
            "disclosure": 0,
            "signing_key": KEY,
            "recorded_at": moment(at),
        }
        return {**values, **changes}

    def anchor(self, sequence: int, at: date | datetime, key: bytes = KEY) -> int:
        return self.put(
            tables.anchors,
            at,
            registry=1,
            office="FR",
            sequence=sequence,
            root=digest(f"root {sequence}"),
            leaf_count=3,
            signing_key=key,
            recorded_at=moment(at),
        )

    def confirm(self, number: str, at: date | datetime, key: bytes, version: int = 1) -> int:
        return self.put(
            tables.reconfirmations,
            at,
            registry=1,
            number=number,
            version=version,
            signing_key=key,
            reconfirmed_at=moment(at),
        )

    def calendar(self, year: int, at: date | datetime, closed: list[date], version: int = 1) -> int:
        weekly, words = calendar_bits(year, (), closed, ())
        return self.put(
            tables.calendars,
            at,
            office="FR",
            year=year,
            weekly=weekly,
            exceptions=b"".join(word.to_bytes(32, "big") for word in words),
            version=version,
            published_at=moment(at),
        )

    def claim(
        self, later: str, filed: date, earlier: str, claimed: date, at: date, key: bytes = KEY, version: int = 1
    ) -> int:
        return self.put(
            tables.claims,
            at,
            later=later,
            earlier=earlier,
            office=later[:2],
            later_filing_date=to_on_chain(filed),
            claimed_date=to_on_chain(claimed),
            is_partial=False,
            outcome=1,
            version=version,
            signing_key=key,
            recorded_at=moment(at),
        )

    def entry_event(self, number: str, at: date, signer: bytes, sequence: int = 1) -> int:
        return self.put(
            tables.entry_events,
            at,
            number=number,
            office=number[:2],
            right=number[3],
            sequence=sequence,
            head=digest(number),
            signer=signer,
            system="ST.27",
            code="A10",
            to_state="A1",
            status=1,
            event_date=to_on_chain(at),
            effective_date=to_on_chain(at),
            flags=0,
            recorded_at=moment(at),
            changes=0,
        )

    def audit(
        self,
        period: Period = PERIOD,
        terms: Terms = TERMS,
        *,
        own_list: OwnList | None = None,
        most_facts: int | None = None,
        office: str = "FR",
        advance: Callable[[int], None] | None = None,
        lag: int | None = 2,
    ) -> Report:
        with read_audit(self.index) as reader:
            return audit_office(
                reader,
                office,
                period,
                terms,
                read_at=reader.freshness(None if lag is None else self.block + lag).to_json(),
                own_list=own_list,
                made_by="An auditor",
                most_facts=most_facts,
                advance=advance,
            )
