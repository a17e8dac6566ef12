"""Searching the index: application records and register entries by what people know of them, page by page.

Every value travels as a parameter. Sorting is by a few keys, always with the order of the chain at the end, so that
pages are stable. Not its job: reading numbers as people write them (`registrum.numbers`), counting what was found
(`registrum.index.counting`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, false, func, or_, select, tuple_

from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.dates import to_on_chain
from registrum.errors import InputError
from registrum.index import tables
from registrum.index.answers import EntryHit, OfficeCount, Page
from registrum.index.counting import APPLICATION_FACETS, ENTRY_FACETS, Counts, Facets, count_up_to_cap
from registrum.index.judging import PriorityReader
from registrum.index.queries import APPLICATION_SORTS, ENTRY_SORTS, ApplicationQuery, EntryQuery
from registrum.index.reading_rights import RightsReader
from registrum.index.standings import standing_of
from registrum.index.values import (
    RECORD_COLUMNS,
    block_of,
    day,
    in_byte_order,
    instant,
    number_of,
    record_of,
)
from registrum.numbers import Right
from registrum.rights.model import (
    Marks,
    StatePair,
    bits_to_classes,
)
from registrum.signing.addresses import parse_address

__all__ = ["ApplicationQuery", "EntryQuery", "Searcher"]

_APPLICATIONS, _ENTRIES = tables.applications.c, tables.entries.c
_STATUSES = tuple(RecordStatus)
_WHOLE_TEXT = re.compile(r"[A-Z]{2}/[PUTDSG]/.*")
_AFTER_ALL = "~"
"""Sorts after every character of a number."""
_MOST_RANGES = 300
_PLACE_OF_NUMBER = len("EM/T/") + 1
_DAY_S = 86_400
_EPOCH = date(1970, 1, 1).toordinal() - 1
"""Days before 1970 as `_day_number` counts them."""
_MAY_BE_MISSING = frozenset({"filingDate", "registrationDate", "expiryDate"})


@dataclass
class _Filter:
    """What a query asks for: as conditions on rows, and on the values of facets where these tell all of it."""

    rows: list[ColumnElement[bool]]
    cells: list[Callable[[dict[str, Any]], bool]] = field(default_factory=list)
    is_of_facets: bool = True

    def facet(self, name: str, column: ColumnElement[Any], value: Any) -> None:
        """A facet has a value; None asks for nothing."""
        if value is not None:
            self.rows.append(column == value)
            self.cells.append(lambda cell: bool(cell[name] == value))

    def other(self, *conditions: ColumnElement[bool]) -> None:
        """Conditions that facets do not tell."""
        self.rows += conditions
        self.is_of_facets = False

    def years(self, column: ColumnElement[Any], first: date | None, last: date | None) -> None:
        """A filing date from a day to another; whole years are those of the facet."""
        if first is not None:
            from_ = to_on_chain(first)
            self.rows.append(column >= from_)
            self.cells.append(lambda cell: cell["year"] is not None and cell["year"] >= from_ // 10_000)
            self.is_of_facets &= (first.month, first.day) == (1, 1)
        if last is not None:
            to = to_on_chain(last)
            self.rows.append(column <= to)
            self.cells.append(lambda cell: cell["year"] is not None and 0 < cell["year"] <= to // 10_000)
            self.is_of_facets &= (last.month, last.day) == (12, 31)

    def range(self, column: ColumnElement[Any], first: date | None, last: date | None) -> None:
        """Another date from a day to another."""
        if first is not None:
            self.other(column >= to_on_chain(first))
        if last is not None:
            self.other(column <= to_on_chain(last))


class Searcher(PriorityReader, RightsReader):
    """Finds records and entries."""

    def search_applications(self, query: ApplicationQuery) -> Page[ApplicationRecord]:
        """Present application records that meet a query; facets `office, right, status, year`."""
        wanted = self._application_filter(query)
        order = self._order(APPLICATION_SORTS, query.sort, _APPLICATIONS.position)
        found = select(*RECORD_COLUMNS).where(*wanted.rows).order_by(*order)
        rows = self._rows(found.limit(query.limit).offset(query.offset))
        counts = self._counts(APPLICATION_FACETS, wanted)
        facets = {name: counts.by(name) for name in ("office", "right", "year")}
        facets["status"] = counts.by("status", lambda cell: _STATUSES[cell["status"] - 1].value)
        return _page(tuple(record_of(row) for row in rows), counts, query, facets)

    def search_entries(self, query: EntryQuery) -> Page[EntryHit]:
        """Register entries that meet a query; facets `office, right, status, state, year`."""
        wanted, texts = self._entry_filter(query), self._status_texts()
        order = self._order(ENTRY_SORTS, query.sort, _ENTRIES.position, _ENTRIES.number)
        found = select(tables.entries).where(*wanted.rows).order_by(*order)
        rows = self._rows(found.limit(query.limit).offset(query.offset))
        times = self._block_times({block_of(row.position) for row in rows})
        hits = tuple(_hit(row, texts, times) for row in rows)
        counts = self._counts(ENTRY_FACETS, wanted)
        facets = {name: counts.by(name) for name in ("office", "right", "state", "year")}
        facets["status"] = counts.by("status", lambda cell: _status_text(texts, cell["right"], cell["status"]))
        return _page(hits, counts, query, facets)

    def office_counts(self) -> list[OfficeCount]:
        """How much each office has recorded, in the order of their codes."""
        applications = self._counts(APPLICATION_FACETS, _Filter([])).cells
        entries = self._counts(ENTRY_FACETS, _Filter([])).cells
        anchors = tables.anchors.c
        anchored = dict(self._pairs(select(anchors.office, func.count()).group_by(anchors.office)))
        return [
            OfficeCount(code, _by_right(applications, code), _by_right(entries, code), anchored.get(code, 0))
            for code in sorted(self._office_rows())
        ]

    def _application_filter(self, query: ApplicationQuery) -> _Filter:
        wanted = _Filter([_APPLICATIONS.superseded_by.is_(None), _APPLICATIONS.status > 0])
        wanted.facet("office", _APPLICATIONS.office, query.office)
        wanted.facet("right", _APPLICATIONS.right, None if query.right is None else query.right.value)
        wanted.facet(
            "status", _APPLICATIONS.status, None if query.status is None else _STATUSES.index(query.status) + 1
        )
        wanted.years(_APPLICATIONS.filing_date, query.filed_from, query.filed_to)
        if query.text is not None:
            wanted.other(self._begins(_APPLICATIONS.number, query))
        if query.recorded_from is not None:
            wanted.other(_APPLICATIONS.recorded_at >= _midnight(query.recorded_from))
        if query.recorded_to is not None:
            wanted.other(_APPLICATIONS.recorded_at < _midnight(query.recorded_to) + _DAY_S)
        if query.digest is not None:
            wanted.other(_APPLICATIONS.digest == query.digest)
        if query.signing_key is not None:
            wanted.other(_APPLICATIONS.signing_key == parse_address(query.signing_key))
        if query.late_by_days is not None:
            recorded = _APPLICATIONS.recorded_at // _DAY_S + _EPOCH
            wanted.other(recorded - _day_number(_APPLICATIONS.filing_date) >= query.late_by_days)
        return wanted

    def _entry_filter(self, query: EntryQuery) -> _Filter:
        wanted = _Filter([_ENTRIES.superseded_by.is_(None)])
        wanted.facet("office", _ENTRIES.office, query.office)
        wanted.facet("right", _ENTRIES.right, None if query.right is None else query.right.value)
        state = func.substr(_ENTRIES.state, 1, 1)
        wanted.facet("state", state, None if query.state is None else query.state.value)
        if query.is_terminated is not None:
            wanted.rows.append(state == "T" if query.is_terminated else state != "T")
            wanted.cells.append(lambda cell: (cell["state"] == "T") is query.is_terminated)
        if query.is_irregular is not None:
            wanted.facet("irregular", _ENTRIES.marks.bitwise_and(2), 2 if query.is_irregular else 0)
        if query.status is not None:
            places = self._places_of(query.status, query.right)
            wanted.rows.append(tuple_(_ENTRIES.right, _ENTRIES.status).in_(sorted(places)))
            wanted.cells.append(lambda cell: (cell["right"], cell["status"]) in places)
        wanted.years(_ENTRIES.filing_date, query.filed_from, query.filed_to)
        wanted.range(_ENTRIES.registration_date, query.registered_from, query.registered_to)
        wanted.range(_ENTRIES.expiry_date, query.expires_from, query.expires_to)
        if query.text is not None:
            wanted.other(self._begins(_ENTRIES.number, query))
        if query.class_ is not None:
            wanted.other(_ENTRIES.classes.bitwise_and(1 << query.class_) != 0)
        if query.holder is not None:
            wanted.other(_ENTRIES.holder == query.holder)
        if query.standing is not None:
            wanted.other(self._standing_on(query.on or self.today()) == int(query.standing))
        return wanted

    def _standing_on(self, on: date) -> ColumnElement[Any]:
        table = tables.renewal_terms.c
        query = select(table.office, table.right, table.grace_months).where(table.superseded_by.is_(None))
        return standing_of(on, {(row.office, row.right): row.grace_months for row in self._rows(query)})

    def _places_of(self, status: int | str, right: Right | None) -> list[tuple[str, int]]:
        """Right and position of the statuses that a position or a text names."""
        wanted = status if isinstance(status, int) else status.strip().casefold()
        places = [
            (of.value, position)
            for (of, position), text in self._status_texts().items()
            if right in (None, of) and wanted in (position, text.casefold())
        ]
        if not places:
            raise InputError(
                f"{status!r} is not in the table of statuses",
                remedy="`registrum codes list` shows the table.",
                status=status,
            )
        return places

    def _begins(self, column: ColumnElement[str], query: ApplicationQuery | EntryQuery) -> ColumnElement[bool]:
        """Numbers that begin with a text, as ranges of the index, in which no character stands for others."""
        text = (query.text or "").strip().upper()
        if _WHOLE_TEXT.fullmatch(text):
            beginnings = [text]
        else:
            offices = [query.office] if query.office is not None else sorted(self._office_rows())
            rights = [query.right] if query.right is not None else list(Right)
            beginnings = [f"{office}/{right.value}/{text}" for office in offices for right in rights]
        exact = in_byte_order(self._connection, column)
        if len(beginnings) > _MOST_RANGES:
            return func.substr(column, _PLACE_OF_NUMBER, len(text)) == text
        ranges = [and_(exact >= beginning, exact < beginning + _AFTER_ALL) for beginning in beginnings]
        return or_(*ranges) if ranges else false()

    def _order(
        self, sorts: Mapping[str, ColumnElement[Any]], sort: str, *last: ColumnElement[Any]
    ) -> list[ColumnElement[Any]]:
        key, is_descending = sort.removeprefix("-"), sort.startswith("-")
        column = sorts[key]
        columns = [in_byte_order(self._connection, column) if key == "number" else column]
        columns += [column for column in last if column is not sorts[key]]
        ordered = [column.desc() if is_descending else column.asc() for column in columns]
        # The databases do not agree on where what is missing comes.
        return [ordered[0].nulls_last() if key in _MAY_BE_MISSING else ordered[0], *ordered[1:]]

    def _counts(self, facets: Facets, wanted: _Filter) -> Counts:
        if wanted.is_of_facets and self.freshness().is_complete:
            counts = self._counter.counts(self._connection, facets)
            return counts.where(lambda cell: all(meets(cell) for meets in wanted.cells)) if wanted.cells else counts
        return count_up_to_cap(self._connection, facets, wanted.rows)


def _page(items: tuple[Any, ...], counts: Counts, query: ApplicationQuery | EntryQuery, facets: Any) -> Page[Any]:
    total = max(counts.total, query.offset + len(items)) if counts.is_capped else counts.total
    return Page(items, total, counts.is_capped, query.limit, query.offset, facets)


def _hit(row: Row[Any], texts: Mapping[tuple[Right, int], str], times: Mapping[int, int]) -> EntryHit:
    return EntryHit(
        number=number_of(row.number),
        pair=StatePair.parse(row.state),
        status=row.status,
        status_text=_status_text(texts, row.right, row.status),
        marks=Marks(row.marks),
        event_count=row.event_count,
        filing_date=day(row.filing_date),
        registration_date=day(row.registration_date),
        expiry_date=day(row.expiry_date),
        ceased_on=day(row.ceased_on),
        classes=bits_to_classes(row.classes, Right(row.right)),
        recorded_at=instant(times[block_of(row.position)]),
    )


def _status_text(texts: Mapping[tuple[Right, int], str], right: str, position: int) -> str:
    return texts.get((Right(right), position)) or f"status {position}"


def _by_right(cells: Mapping[tuple[Any, ...], int], office: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for cell, n in cells.items():
        if cell[0] == office:
            found[cell[1]] = found.get(cell[1], 0) + n
    return dict(sorted(found.items()))


def _midnight(day: date) -> int:
    """The first second of a day in UTC, since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def _day_number(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Days from 1 January of the year 1 to a date that reads `20240131`, as `dayNumber` of the contracts computes them.

    Years begin on 1 March there, so that the leap day ends them.
    """
    month = column // 100 % 100
    is_early = month < 3
    year = column // 10_000 - case((is_early, 1), else_=0)
    shifted = month + case((is_early, 12), else_=0)
    leap_days = year // 4 - year // 100 + year // 400
    return year * 365 + leap_days + (shifted * 153 - 457) // 5 + column % 100 - 307
