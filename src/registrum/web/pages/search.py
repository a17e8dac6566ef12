"""Search: one box for everything that names something, and lists of records and entries with facets and pages.

Not its job: what a text may mean (`registrum.web.pages.readings`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from registrum.client.members import Office, OfficeStatus
from registrum.client.proposals import id_text
from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.errors import InputError, NodeError, RpcError, SearchTooWideError
from registrum.index.answers import DigestMatch, EntryHit, Page
from registrum.index.reading import IndexReader
from registrum.index.searching import ApplicationQuery, EntryQuery
from registrum.numbers import OfficeNumber, Right
from registrum.rights.values import HIGHEST_CLASS, State
from registrum.web.numbers import is_known
from registrum.web.pages.facets import facet_groups
from registrum.web.pages.forms import Form, problem_text
from registrum.web.pages.readings import QueryReading, read_query, word_of
from registrum.web.pages.rendering import Visit, address_of, redirect
from registrum.web.service import Service
from registrum.web.warnings import plain

__all__ = ["router"]

_LIMIT = 25
_FURTHEST = 10_000
_MOST_DAYS = 100_000
_MOST_READINGS = 60
_SORTS = ("-position", "-filingDate", "filingDate", "number")
_NAMES_OFFICE = re.compile(r"([A-Z]{2})/")
_FILTERS = (
    "begins",
    "office",
    "right",
    "status",
    "state",
    "class",
    "filedFrom",
    "filedTo",
    "recordedFrom",
    "recordedTo",
    "registeredFrom",
    "registeredTo",
    "expiresFrom",
    "expiresTo",
    "irregular",
    "lateBy",
    "sort",
)


def router(service: Service) -> APIRouter:
    """The route `/search`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/search")
    def search(request: Request) -> Response:
        visit = Visit(request)
        form = Form(visit)
        text = form.text("q")
        office, right, _ = form.office("office"), form.right("right"), form.whole("offset", _FURTHEST)
        decided = _Decided.asked(service, None if form.faults else word_of(text))
        with service.read() as reader:
            visit.freshness = service.freshness(reader)
            offices = reader.offices()
            if not text or form.faults:
                return _list(visit, form, reader, offices)
            members = [office.code for office in offices]
            reading = read_query(text, offices=members, office=office, right=right)
            return _named(visit, form, reader, reading, decided)

    return routes


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the offices decided on under 32 bytes; the node alone knows it.

    Attributes:
        proposal: Number of the proposal that it names.
        charter: The version of the charter that it is the digest of.
        is_unknown: Whether the node did not answer.
    """

    proposal: str | None = None
    charter: tuple[DigestMatch, ...] = ()
    is_unknown: bool = False

    @classmethod
    def asked(cls, service: Service, word: bytes | None) -> Self:
        if word is None or not service.has_consortium:
            return cls()
        number = int.from_bytes(word, "big")
        try:
            proposals, _ = service.proposals()
            charter, _ = service.charter_matches(word)
        except (NodeError, RpcError):
            return cls(is_unknown=True)
        return cls(id_text(number) if any(each.id == number for each in proposals) else None, tuple(charter))


def _named(visit: Visit, form: Form, reader: IndexReader, reading: QueryReading, decided: _Decided) -> Response:
    """What a text in the box leads to."""
    if reading.office:
        return redirect(f"/offices/{reading.office}")
    values: dict[str, Any] = {"matches": [], "events": [], "known": {}, "unknown": [], "page": None, "suspects": {}}
    values["decided"], is_named = decided, False
    offset = form.whole("offset", _FURTHEST) or 0
    if reading.word:
        found = reader.by_digest(reading.word, limit=_LIMIT, offset=offset) if any(reading.word) else None
        values["found"], values["matches"] = found, [] if found is None else [*found.items, *decided.charter]
        values["events"] = reader.transaction("0x" + reading.word.hex())
        is_named = bool(found and found.total)
        if decided.proposal and not (is_named or values["matches"] or values["events"]):
            return redirect(f"/consortium/proposals/{decided.proposal}")
    elif reading.account:
        values |= _account(reader, reading.account, offset)
        is_named = bool(values["roles"])
    else:
        numbers = [reading.exact] if reading.exact is not None and is_known(reader, reading.exact) else []
        numbers += reading.numbers
        known, entries = _recorded(reader, numbers)
        if len(known) == 1:
            [number] = known
            return redirect(address_of(number, "registrations" if known[number] is None else "applications"))
        if len(numbers) == 1:
            return redirect(address_of(numbers[0]))
        values |= {"known": known, "entries": entries}
        values["unknown"] = [number for number in numbers if number not in known][:_MOST_READINGS]
        outside = {_outside(reader.offices(), number.office) for number in numbers}
        values["outside"] = outside.pop() if len(outside) == 1 else None
        values["page"] = None if known else _beginning(reader, form.text("q"))
    is_listed = values["page"] is not None and values["page"].items
    listed = [record for record in values["known"].values() if record is not None]
    values["suspects"] = reader.suspects([*listed, *(values["page"].items if values["page"] else ())])
    is_found = values["matches"] or values["events"] or is_listed or values["known"] or is_named
    status = 200 if is_found else 404
    return visit.page("found.html", status=status, form=form, reading=reading, problem_text=problem_text, **values)


def _account(reader: IndexReader, account: str, offset: int) -> dict[str, Any]:
    """Whose an account is, and what it has signed: `page` and `signed`, None where there is too much to look through.

    Raises:
        SearchTooWideError: The same of an account that is nobody's, of which then nothing can be said.
    """
    roles = reader.roles(account)
    page: Page[Any] | None = None
    signed: Page[Any] | None = None
    try:
        page = reader.search_applications(ApplicationQuery(signing_key=account, limit=_LIMIT, offset=offset))
    except SearchTooWideError:
        if not roles:
            raise
    with contextlib.suppress(SearchTooWideError):
        signed = reader.signed_events(account, limit=_LIMIT) if roles else None
    return {"roles": roles, "page": page, "signed": signed}


def _outside(offices: Sequence[Office], code: str | None) -> str | None:
    """The office that is asked about, where nothing can be said of what it has not recorded: it is no member."""
    members = {office.code for office in offices if office.status is not OfficeStatus.DEPARTED}
    return None if code is None or code in members else code


def _recorded(
    reader: IndexReader, numbers: Sequence[OfficeNumber]
) -> tuple[dict[OfficeNumber, ApplicationRecord | None], set[OfficeNumber]]:
    """The numbers that have a record or an entry, with the record; and those that have an entry."""
    kept = [number for number in numbers if number.right in HIGHEST_CLASS]
    entries = {number for number, entry in zip(kept, reader.entries(kept), strict=True) if entry is not None}
    records = zip(numbers, reader.records(numbers), strict=True)
    return {number: record for number, record in records if record is not None or number in entries}, entries


def _beginning(reader: IndexReader, text: str) -> Page[ApplicationRecord] | None:
    """Records whose numbers begin like what was asked for, where it can be the beginning of one."""
    try:
        query = ApplicationQuery(text=text.upper(), limit=_LIMIT)
    except InputError:
        return None
    page = reader.search_applications(query)
    return page if page.items else None


def _list(visit: Visit, form: Form, reader: IndexReader, offices: list[Office]) -> Response:
    """Records or entries by what is known of them."""
    kind = "registrations" if form.text("in") == "registrations" else "applications"
    page: Page[Any] | None = _entries(form, reader) if kind == "registrations" else _applications(form, reader)
    suspects = {} if page is None or kind == "registrations" else reader.suspects(page.items)
    begins = _NAMES_OFFICE.match(form.text("begins").upper())
    asked = form.office("office") or (None if begins is None else begins[1])
    return visit.page(
        "search.html",
        status=400 if form.faults else 200,
        form=form,
        kind=kind,
        page=page,
        suspects=suspects,
        outside=_outside(offices, asked),
        facets=[] if page is None else facet_groups(visit, page.facets),
        offices=[(office.code, f"{office.code}: {plain(office.name)}") for office in offices],
        is_narrowed=any(form.text(name) for name in _FILTERS),
        sorts=[(sort, visit.texts(f"sort-{sort.replace('-', 'down-').lower()}")) for sort in _SORTS],
        states=[(state.name.lower(), visit.texts.of("state", state)) for state in State],
        statuses=[(status.name.lower(), visit.texts.of("record", status)) for status in RecordStatus],
        rights=[
            (right.value, visit.texts.of("right", right))
            for right in Right
            if kind == "applications" or right in HIGHEST_CLASS
        ],
    )


def _applications(form: Form, reader: IndexReader) -> Page[ApplicationRecord] | None:
    values: dict[str, Any] = {
        **_common(form),
        "status": form.member("status", RecordStatus),
        "recorded_from": form.day("recordedFrom"),
        "recorded_to": form.day("recordedTo"),
        "late_by_days": form.whole("lateBy", _MOST_DAYS),
    }
    try:
        return None if form.faults else reader.search_applications(ApplicationQuery(**values))
    except InputError as error:
        form.note(_field_of(error), error)
        return None


def _entries(form: Form, reader: IndexReader) -> Page[EntryHit] | None:
    common = _common(form)
    right = common["right"]
    if right is not None and right not in HIGHEST_CLASS:
        form.refuse("right", "fault-choice")
    highest = HIGHEST_CLASS.get(right) or max(HIGHEST_CLASS.values())
    values: dict[str, Any] = {
        **common,
        "state": form.member("state", State),
        "status": form.text("status") or None,
        "class_": form.whole("class", highest, 1),
        "registered_from": form.day("registeredFrom"),
        "registered_to": form.day("registeredTo"),
        "expires_from": form.day("expiresFrom"),
        "expires_to": form.day("expiresTo"),
        "is_irregular": True if form.text("irregular") else None,
    }
    try:
        return None if form.faults else reader.search_entries(EntryQuery(**values))
    except InputError as error:
        form.note(_field_of(error), error)
        return None


def _field_of(error: InputError) -> str:
    """The field that an error of a query is about: those name the value that they refuse."""
    return next((name for name in ("status", "sort", "offset") if name in error.details), "begins")


def _common(form: Form) -> dict[str, Any]:
    return {
        "text": form.text("begins").upper() or None,
        "office": form.office("office"),
        "right": form.right("right"),
        "filed_from": form.day("filedFrom"),
        "filed_to": form.day("filedTo"),
        "sort": form.choice("sort", _SORTS) or "-position",
        "limit": _LIMIT,
        "offset": form.whole("offset", _FURTHEST) or 0,
    }
