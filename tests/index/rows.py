"""Rows of the index as a follower would write them, without a chain: for tests of searching at a size."""

from __future__ import annotations

import hashlib
import random
from datetime import date, timedelta
from typing import Any

from registrum import OfficeNumber, Right
from registrum.dates import to_on_chain
from registrum.index import tables
from registrum.index.store import Index, first_position, last_position

OFFICES = ("EM", "JP", "RU")
START = 1_700_000_000
BLOCK_S = 7_200
STATUSES = ("Filed", "Registered", "Expired", "Refused")
PAIRS = ("A1", "A2", "A4", "A5", "N2", "T6", "U0")


class Rows:
    """A follower that makes things up: blocks of applications and entries, in the order of a chain."""

    def __init__(self, index: Index, seed: int) -> None:
        self.index, self.random, self.block = index, random.Random(seed), 1
        self.applications: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, dict[str, Any]] = {}
        self._count = 0
        with index.write() as connection:
            self._insert(
                connection,
                tables.offices,
                [
                    {
                        "position": first_position(1) + at,
                        "tx_index": 0,
                        "office": office,
                        "name": office,
                        "seat": bytes([at + 1] * 20),
                        "endpoint": "",
                        "admitted_at": START,
                    }
                    for at, office in enumerate(OFFICES)
                ],
            )
            self._insert(
                connection,
                tables.statuses,
                [
                    {
                        "position": first_position(1) + 100 + at * 2 + of,
                        "tx_index": 0,
                        "right": right,
                        "status": at + 1,
                        "text": text,
                    }
                    for at, text in enumerate(STATUSES)
                    for of, right in enumerate("TD")
                ],
            )
            self._insert(
                connection,
                tables.renewal_terms,
                [
                    {
                        "position": first_position(1) + 200,
                        "tx_index": 0,
                        "office": "JP",
                        "right": "T",
                        "period_years": 10,
                        "maximum_years": 0,
                        "window_months": 6,
                        "grace_months": 12,
                        "version": 1,
                        "signer": bytes(20),
                    }
                ],
            )
            self._end_block(connection)

    def add(self, blocks: int, a_block: int = 20) -> None:
        """Some more blocks, each in its own transaction."""
        for _ in range(blocks):
            with self.index.write() as connection:
                for place in range(a_block):
                    self._application(connection, first_position(self.block) + 2 * place)
                    self._entry(connection, first_position(self.block) + 2 * place + 1)
                self._end_block(connection)

    def go_back(self, blocks: int) -> None:
        """The chain loses its last blocks; what was kept here is read from the tables again."""
        self.block -= blocks
        with self.index.write() as connection:
            self.index.roll_back(connection, self.block - 1)
            self._progress(connection)
        self._reload()

    def _reload(self) -> None:
        for table, kept in ((tables.applications, self.applications), (tables.entries, self.entries)):
            kept.clear()
            with self.index.snapshot() as connection:
                rows = connection.execute(table.select().where(table.c.superseded_by.is_(None)))
                kept.update((row["number"], dict(row)) for row in rows.mappings())

    def _application(self, connection: Any, position: int) -> None:
        chance = self.random.random()
        if self.applications and chance < 0.25:
            row = dict(self.random.choice(list(self.applications.values())))
            self._supersede(connection, tables.applications, row, position)
            row |= {
                "position": position,
                "kind": 2,
                "version": row["version"] + 1,
                "status": self.random.choice([2, 3]),
            }
            row["digest"] = hashlib.sha256(b"%d" % position).digest()
        else:
            number = self._number("PUTDSG")
            row = {
                "position": position,
                "tx_index": 0,
                "registry": 1,
                "kind": 1,
                "number": number.text,
                "office": number.office,
                "right": number.right.value,
                "version": 1,
                "status": 1,
                "filing_date": self._day(),
                "digest": hashlib.sha256(number.text.encode()).digest(),
                "disclosure": self.random.randrange(2),
                "signing_key": bytes([self.random.randrange(1, 4)] * 20),
                "recorded_at": START + self.block * BLOCK_S,
            }
        self._insert(connection, tables.applications, [row])
        self.applications[row["number"]] = row

    def _entry(self, connection: Any, position: int) -> None:
        if self.entries and self.random.random() < 0.4:
            row = dict(self.random.choice(list(self.entries.values())))
            self._supersede(connection, tables.entries, row, position)
            row |= {"position": position, "event_count": row["event_count"] + 1}
        else:
            number = self._number("TD")
            row = {
                "position": position,
                "number": number.text,
                "office": number.office,
                "right": number.right.value,
                "event_count": 1,
                "filing_date": self._day() if self.random.random() < 0.9 else None,
                "head": hashlib.sha256(number.text.encode()).digest(),
                "holder": bytes([self.random.randrange(1, 5)] * 32),
            }
        state = self.random.choice(PAIRS)
        row |= {
            "state": state,
            "status": self.random.randrange(1, len(STATUSES) + 1),
            "marks": self.random.choice([0, 0, 1, 2, 3]),
            "classes": sum(1 << number for number in self.random.sample(range(1, 33), 2)),
            "registration_date": self._day() if self.random.random() < 0.5 else None,
            "expiry_date": self._day() if self.random.random() < 0.5 else None,
            "ceased_on": self._day() if state[0] in "NT" else None,
            "continuation": "EM/T/1" if self.random.random() < 0.1 else None,
        }
        self._insert(connection, tables.entries, [row])
        self.entries[row["number"]] = row

    def _number(self, rights: str) -> OfficeNumber:
        self._count += 1
        right, office = Right(self.random.choice(rights)), self.random.choice(OFFICES)
        form = self.random.choice(["{:09d}", "{}", "18-{}", "A/{}", "{}.Z"])
        return OfficeNumber(office, right, form.format(self._count))

    def _day(self) -> int:
        return to_on_chain(date(2019, 1, 1) + timedelta(self.random.randrange(5 * 365)))

    def _supersede(self, connection: Any, table: Any, row: dict[str, Any], position: int) -> None:
        mine = (table.c.position == row["position"], table.c.number == row["number"])
        connection.execute(table.update().where(*mine).values(superseded_by=position))

    def _insert(self, connection: Any, table: Any, rows: list[dict[str, Any]]) -> None:
        names = [column.name for column in table.c]
        self.index.insert(connection, table, [[row.get(name) for name in names] for row in rows])

    def _end_block(self, connection: Any) -> None:
        # A block that comes again after the chain went back has another hash.
        block_hash = hashlib.sha256(b"%d %d" % (self.block, self.random.getrandbits(64))).digest()
        self._insert(
            connection,
            tables.blocks,
            [{"number": self.block, "hash": block_hash, "time": START + self.block * BLOCK_S}],
        )
        self._insert(
            connection,
            tables.transactions,
            [{"block_number": self.block, "tx_index": 0, "hash": hashlib.sha256(block_hash).digest()}],
        )
        self.block += 1
        self._progress(connection)

    def _progress(self, connection: Any) -> None:
        last = self.block - 1
        self.index.set_progress(
            connection,
            chain_id=1,
            genesis_hash=bytes(32),
            contracts="{}",
            block_number=last,
            block_hash=hashlib.sha256(b"%d" % self.random.getrandbits(64)).digest(),
            block_time=START + last * BLOCK_S,
            settled_to=last_position(last),
            has_indexes=True,
        )
