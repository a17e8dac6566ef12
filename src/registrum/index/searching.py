"""Searching the index: application records and register entries by what people know of them, page by page.

Every value travels as a parameter. Sorting is by a few keys, always with the order of the chain at the end, so that
pages are stable. Not its job: reading numbers as people write them (`registrum.numbers`), counting what was found
(`registrum.index.counting`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, false, func, or_, select, tuple_, union_all
from sqlalchemy.sql import operators
from sqlalchemy.sql.expression import UnaryExpression

from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.dates import to_on_chain
from registrum.errors import InputError
from registrum.index import deadline, tables
from registrum.index.answers import EntryHit, OfficeCount, Page
from registrum.index.counting import APPLICATION_FACETS, CAP, ENTRY_FACETS, Counts, Facets, Test, count_up_to_cap
from registrum.index.deadline import in_time
from registrum.index.judging import PriorityReader
from registrum.index.queries import APPLICATION_SORTS, ENTRY_SORTS, ApplicationQuery, EntryQuery
from registrum.index.reading_rights import RightsReader
from registrum.index.standings import standing_of
from registrum.index.values import (
    RECORD_COLUMNS,
    AnyRow,
    AnySelect,
    block_of,
    day,
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
_WHOLE_TEXT = re.compile(r"[A-Z]{2}/([PUTDSG](/.*)?)?")
_OFFICE = re.compile(r"[A-Z]{1,2}")
_AFTER_ALL = "~"
"""Sorts after every character of a number."""
_MOST_RANGES = 300
_ROW_BY_ROW = 30
"""How many rows are read one after another in the time that rows of an index are fetched one by one."""
_PLACE_OF_NUMBER = len("EM/T/") + 1
_DAY_S = 86_400
_EPOCH = date(1970, 1, 1).toordinal() - 1
"""Days before 1970 as `_day_number` counts them."""
_MAY_BE_MISSING = frozenset({"filingDate", "registrationDate", "expiryDate"})


@dataclass
class _Filter:
    """What a query asks for: as conditions on rows, and as tests of facets where these tell all of it.

    Attributes:
        rows: The conditions.
        scanned: The same, in a form for which SQLite takes no index.
        tests: Of the facets.
        is_of_facets: Whether the tests say all that the conditions say.
    """

    rows: list[ColumnElement[bool]]
    scanned: list[ColumnElement[bool]] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    is_of_facets: bool = True

    def facet(self, name: str, column: ColumnElement[Any], value: Any) -> None:
        """A facet has a value; None asks for nothing."""
        if value is not None:
            self._add(column, lambda column: column == value)
            self.tests.append(((name,), lambda found: bool(found == value)))

    def _add(self, column: ColumnElement[Any], meets: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> None:
        self.rows.append(meets(column))
        self.scanned.append(meets(_unindexed(column)))

    def both(self, *conditions: ColumnElement[bool]) -> None:
        """Conditions that no index helps with."""
        self.rows += conditions
        self.scanned += conditions

    def other(self, *conditions: ColumnElement[bool]) -> None:
        """Conditions that facets do not tell."""
        self.both(*conditions)
        self.is_of_facets = False

    def years(self, column: ColumnElement[Any], first: date | None, last: date | None) -> None:
        """A filing date from a day to another; whole years are those of the facet."""
        if first is not None:
            from_ = to_on_chain(first)
            self._add(column, lambda column: column >= from_)
            self.tests.append((("year",), lambda year: year >= from_ // 10_000))
            self.is_of_facets &= (first.month, first.day) == (1, 1)
        if last is not None:
            to = to_on_chain(last)
            self._add(column, lambda column: column <= to)
            self.tests.append((("year",), lambda year: 0 < year <= to // 10_000))
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
        """Present application records that meet a query; facets `office, right, status, year`.

        Raises:
            SearchTooWideError: It asks for what no index of the tables helps with, in too many records.
            SearchBusyError: It takes more than a moment, and others take long already.
        """
        wanted = self._application_filter(query)
        counts = self._counts(APPLICATION_FACETS, wanted)
        order = self._order(APPLICATION_SORTS, query.sort, _APPLICATIONS.position)
        rows = self._page_of(select(*RECORD_COLUMNS), wanted, order, query, APPLICATION_FACETS, counts)
        facets = {name: counts.by(name) for name in ("office", "right", "year")}
        facets["status"] = counts.by("status", label=lambda status: _STATUSES[status - 1].value)
        return _page(tuple(record_of(row) for row in rows), counts, query, facets)

    def search_entries(self, query: EntryQuery) -> Page[EntryHit]:
        """Register entries that meet a query; facets `office, right, status, state, year`.

        Raises:
            InputError: A status that is not in the table of statuses.
            SearchTooWideError: It asks for what no index of the tables helps with, in too many entries.
            SearchBusyError: It takes more than a moment, and others take long already.
        """
        wanted, texts = self._entry_filter(query), self._status_texts()
        counts = self._counts(ENTRY_FACETS, wanted)
        order = self._order(ENTRY_SORTS, query.sort, _ENTRIES.position, _ENTRIES.number)
        rows = self._page_of(select(tables.entries), wanted, order, query, ENTRY_FACETS, counts)
        times = self._block_times({block_of(row.position) for row in rows})
        hits = tuple(_hit(row, texts, times) for row in rows)
        facets = {name: counts.by(name) for name in ("office", "right", "state")}
        facets["year"] = counts.by("year", label=lambda year: str(year or "none"))
        facets["status"] = counts.by("right", "status", label=functools.partial(_status_text, texts))
        return _page(hits, counts, query, facets)

    def office_counts(self) -> list[OfficeCount]:
        """How much each office has recorded, in the order of their codes."""
        applications, entries = self._all(APPLICATION_FACETS).cells, self._all(ENTRY_FACETS).cells
        anchors = tables.anchors.c
        anchored = dict(self._pairs(select(anchors.office, func.count()).group_by(anchors.office)))
        return [
            OfficeCount(code, _by_right(applications, code), _by_right(entries, code), anchored.get(code, 0))
            for code in sorted(self._office_rows())
        ]

    def _application_filter(self, query: ApplicationQuery) -> _Filter:
        wanted = _of([_APPLICATIONS.superseded_by.is_(None), _APPLICATIONS.status > 0])
        wanted.facet("office", _APPLICATIONS.office, query.office)
        wanted.facet("right", _APPLICATIONS.right, None if query.right is None else query.right.value)
        wanted.facet(
            "status", _APPLICATIONS.status, None if query.status is None else _STATUSES.index(query.status) + 1
        )
        wanted.years(_APPLICATIONS.filing_date, query.filed_from, query.filed_to)
        if query.text is not None:
            wanted.other(self._begins(tables.applications, query))
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
        wanted = _of([_ENTRIES.superseded_by.is_(None)])
        wanted.facet("office", _ENTRIES.office, query.office)
        wanted.facet("right", _ENTRIES.right, None if query.right is None else query.right.value)
        state = func.substr(_ENTRIES.state, 1, 1)
        wanted.facet("state", state, None if query.state is None else query.state.value)
        if query.is_terminated is not None:
            wanted.both(state == "T" if query.is_terminated else state != "T")
            wanted.tests.append((("state",), lambda found: (found == "T") is query.is_terminated))
        if query.is_irregular is not None:
            wanted.facet("irregular", _ENTRIES.marks.bitwise_and(2), 2 if query.is_irregular else 0)
        if query.status is not None:
            places = self._places_of(query.status, query.right)
            wanted.both(tuple_(_ENTRIES.right, _ENTRIES.status).in_(sorted(places)))
            wanted.tests.append((("right", "status"), lambda of, position: (of, position) in places))
        wanted.years(_ENTRIES.filing_date, query.filed_from, query.filed_to)
        wanted.range(_ENTRIES.registration_date, query.registered_from, query.registered_to)
        wanted.range(_ENTRIES.expiry_date, query.expires_from, query.expires_to)
        if query.text is not None:
            wanted.other(self._begins(tables.entries, query))
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

    def _begins(self, table: Table, query: ApplicationQuery | EntryQuery) -> ColumnElement[bool]:
        """Numbers that begin with a text, as ranges of the index, in which no character stands for others."""
        text = (query.text or "").strip().upper()
        number = table.c.number
        if _WHOLE_TEXT.fullmatch(text):
            return and_(number >= text, number < text + _AFTER_ALL)
        offices = [query.office] if query.office is not None else sorted(self._office_rows())
        rights = [query.right] if query.right is not None else list(Right)
        beginnings = [f"{office}/{right.value}/{text}" for office in offices for right in rights]
        is_so = func.substr(number, _PLACE_OF_NUMBER, len(text)) == text
        if _OFFICE.fullmatch(text):
            # It may be that of the office, or of a number as the office writes it.
            beginnings.append(text)
            is_so = or_(is_so, func.substr(number, 1, len(text)) == text)
        ranges = [and_(number >= beginning, number < beginning + _AFTER_ALL) for beginning in beginnings]
        if len(ranges) == 1:
            return ranges[0]
        left = CAP
        if len(ranges) <= _MOST_RANGES:
            for each in ranges:
                left -= self._scalar(
                    select(func.count()).select_from(select(table.c.position).where(each).limit(left).subquery())
                )
                if left <= 0:
                    break
        else:
            left = 0
        if left <= 0:
            # So many begin so that the next ones in any order are near.
            return is_so
        found = union_all(*(select(table.c.position).where(each) for each in ranges))
        return and_(table.c.position.in_(found), is_so) if ranges else false()

    def _order(
        self, sorts: Mapping[str, ColumnElement[Any]], sort: str, *last: ColumnElement[Any]
    ) -> list[ColumnElement[Any]]:
        key, is_descending = sort.removeprefix("-"), sort.startswith("-")
        column = sorts[key]
        columns = [column, *(each for each in last if each is not column)]
        ordered = [column.desc() if is_descending else column.asc() for column in columns]
        # The databases do not agree on where what is missing comes.
        return [ordered[0].nulls_last() if key in _MAY_BE_MISSING else ordered[0], *ordered[1:]]

    def _counts(self, facets: Facets, wanted: _Filter) -> Counts:
        if wanted.is_of_facets:
            counts = self._counter.counts_but_the_first(self._connection, facets, self._filling)
            if counts is not None:
                return counts.where(wanted.tests)
        return in_time(
            self._connection, deadline.MOST_S, lambda: count_up_to_cap(self._connection, facets, wanted.rows)
        )

    def _all(self, facets: Facets) -> Counts:
        return self._counter.counts(self._connection, facets, self._filling)

    def _page_of(
        self,
        query: AnySelect,
        wanted: _Filter,
        order: list[ColumnElement[Any]],
        page: ApplicationQuery | EntryQuery,
        facets: Facets,
        counts: Counts,
    ) -> list[AnyRow]:
        # What is not there is not looked for: that takes longest.
        if not counts.is_capped and counts.total <= page.offset:
            return []
        conditions = wanted.rows
        if wanted.is_of_facets and page.sort.removeprefix("-") == "position":
            # Where many rows meet them, the page is sooner reached along the chain than by sorting what an index finds.
            walked = (page.offset + page.limit) * self._counts(facets, _of([])).total
            conditions = wanted.scanned if walked < counts.total**2 else wanted.rows
        elif wanted.is_of_facets and page.sort.removeprefix("-") == "filingDate" and not counts.is_capped:
            conditions = _each_in_order(facets.table, wanted, order, page.offset + page.limit, counts)
        rows = query.where(*conditions).order_by(*order).limit(page.limit).offset(page.offset)
        return in_time(self._connection, deadline.MOST_S, lambda: self._rows(rows))


def _of(conditions: list[ColumnElement[bool]]) -> _Filter:
    return _Filter(conditions, list(conditions))


def _each_in_order(
    table: Table, wanted: _Filter, order: list[ColumnElement[Any]], count: int, counts: Counts
) -> list[ColumnElement[bool]]:
    """The conditions, with one that leaves the first rows of each office and right, which an index has in order."""
    parts = list(counts.by_values("office", "right"))
    if not 1 < len(parts) <= _MOST_RANGES or len(parts) * count * _ROW_BY_ROW > counts.total:
        return wanted.rows
    first = [
        select(table.c.position)
        .where(*wanted.rows, table.c.office == office, table.c.right == right)
        .order_by(*order)
        .limit(count)
        .subquery()
        for office, right in parts
    ]
    return [table.c.position.in_(union_all(*(select(one.c.position) for one in first))), *wanted.scanned]


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as an expression: a unary plus changes nothing but that SQLite looks for no index of it."""
    return UnaryExpression(column, operator=operators.custom_op("+"), type_=column.type)


def _page(items: tuple[Any, ...], counts: Counts, query: ApplicationQuery | EntryQuery, facets: Any) -> Page[Any]:
    total = max(counts.total, query.offset + len(items)) if counts.is_capped else counts.total
    return Page(items, total, counts.is_capped, query.limit, query.offset, facets)


def _hit(row: AnyRow, texts: Mapping[tuple[Right, int], str], times: Mapping[int, int]) -> EntryHit:
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
