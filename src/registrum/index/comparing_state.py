"""Present rows against what the contracts answer, table by table.

Calls show what is wrong with a row that is there, and what is missing wherever a contract lists or counts. No contract
lists its applications or entries. Not its job: rows that no contract can be asked for (`registrum.index.comparing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import sqlalchemy as sa

from registrum.chain.contracts import (
    APPLICATION_REGISTRY,
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
)
from registrum.index.chain_state import ChainState
from registrum.index.comparing import Comparison
from registrum.index.decoding import storable
from registrum.index.tables import (
    anchors,
    applications,
    bodies,
    calendars,
    claims,
    codes,
    entries,
    keys,
    offices,
    reconfirmations,
    renewal_terms,
    statuses,
)
from registrum.rights.values import HIGHEST_CLASS, HIGHEST_STATUS, from_ascii, to_ascii
from registrum.signing.addresses import checksum_address

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

__all__ = ["Choice", "Rows", "compare_state"]

_PAGE: Final = 500

_MANY: Final = 1_000
_NUMBERS_A_CALL: Final = 50
_YEARS: Final = range(1990, 2061)
"""Years of which a calendar is asked for though the index has none."""
_ACTIVE, _SUSPENDED, _DEPARTED = 1, 2, 3
_ENTRY_TEXTS: Final = ("application", "basis", "parent", "former", "continuation")
_ENTRY_VALUES: Final = (
    "status",
    "marks",
    "event_count",
    "filing_date",
    "registration_date",
    "expiry_date",
    "ceased_on",
    "classes",
    "head",
    "dossier",
    "representation",
    "holder",
    *_ENTRY_TEXTS,
)


class Choice(Protocol):
    """Present rows to compare."""

    @property
    def connection(self) -> Connection:
        """Of `Index.snapshot`."""
        ...

    def pages(self, table: sa.Table) -> Iterator[list[Mapping[str, Any]]]:
        """Those of a large table, all that are present or some, in pages."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """All present rows.

    Attributes:
        connection: Of `Index.snapshot`.
        advance: Called after each page of rows.
    """

    connection: Connection
    advance: Callable[[], None]

    def pages(self, table: sa.Table) -> Iterator[list[Mapping[str, Any]]]:
        """All present rows of a table in their order, in pages."""
        order = tuple(table.primary_key.columns)
        query = sa.select(table).order_by(*order).limit(_PAGE)
        if "superseded_by" in table.c:
            query = query.where(table.c.superseded_by.is_(None))
        after: sa.ColumnElement[bool] = sa.true()
        while page := [dict(row) for row in self.connection.execute(query.where(after)).mappings()]:
            yield list(page)
            self.advance()
            after = sa.tuple_(*order) > sa.tuple_(*(sa.literal(page[-1][column.name]) for column in order))


def compare_state(found: Comparison, choice: Choice, state: ChainState) -> None:
    """Compare the present rows of all tables; errors as for `ChainState.ask`."""
    codes_of_offices = _offices(found, choice, state)
    _keys(found, choice, state, codes_of_offices)
    _anchors(found, choice, state, codes_of_offices)
    _calendars(found, choice, state, codes_of_offices)
    _practice(found, choice, state, codes_of_offices)
    _table_of_codes(found, choice, state)
    _applications(found, choice, state)
    _reconfirmations(found, choice, state)
    _claims(found, choice, state)
    _entries(found, choice, state)


def _present(choice: Choice, table: sa.Table) -> list[Mapping[str, Any]]:
    """All present rows of a small table."""
    query = sa.select(table).where(table.c.superseded_by.is_(None)).order_by(table.c.position)
    return [dict(row) for row in choice.connection.execute(query).mappings()]


def _offices(found: Comparison, choice: Choice, state: ChainState) -> list[str]:
    """Compares the offices; the codes of those on the chain."""
    listed, _total = state.ask_one(OFFICE_DIRECTORY, "offices", 0, _MANY)
    present = {row["office"]: row for row in _present(choice, offices)}
    rows = dict(present)
    more = ("proposedSeatOf", "replacementOf", "successorOf")
    answers = state.ask((OFFICE_DIRECTORY, function, (one["code"],)) for one in listed for function in more)
    for place, one in enumerate(listed):
        code = one["code"]
        row = rows.pop(code, None)
        if row is None:
            found.missing("offices", code, one["name"])
            continue
        proposed, (replacement, replacement_from), successor = answers[3 * place : 3 * place + 3]
        indexed = {
            **row,
            "status": _status(row, state.time),
            "successor": _last_successor(row, present),
            "suspended_until": row["suspended_until"] or 0,
        }
        on_chain = {
            "name": storable(one["name"]),
            "seat": _account(one["seat"]),
            "endpoint": storable(one["endpoint"]),
            "earliest_filing_date": one["earliest_filing_date"],
            "admitted_at": one["admitted_at"],
            "suspended_until": one["suspended_until"],
            "status": one["status"],
            "proposed_seat": _account(proposed),
            "replacement_seat": _account(replacement),
            "replacement_from": replacement_from or None,
            "successor": None if successor == "\0\0" else successor,
        }
        found.expect("offices", code, indexed, on_chain)
    for code in rows:
        found.surplus("offices", code)
    return [one["code"] for one in listed]


def _status(row: Mapping[str, Any], time: int) -> int:
    if row["departed_at"] is not None:
        return _DEPARTED
    return _SUSPENDED if (row["suspended_until"] or 0) > time else _ACTIVE


def _last_successor(row: Mapping[str, Any], present: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The office that acts for a departed one: its successor, or that one's, and so on, as `successorOf` has it."""
    code: str | None = None
    seen = set()
    at: Mapping[str, Any] | None = row
    while at is not None and at["departed_at"] is not None and at["office"] not in seen:
        seen.add(at["office"])
        code = at["successor"]
        at = present.get(code) if code else None
    return code


def _keys(found: Comparison, choice: Choice, state: ChainState, of: Sequence[str]) -> None:
    rows = {(row["office"], row["account"]): row for row in _present(choice, keys)}
    for office, (listed, _total) in zip(
        of, state.ask((OFFICE_DIRECTORY, "keys", (office, 0, _MANY)) for office in of), strict=True
    ):
        until = state.ask((OFFICE_DIRECTORY, "keySuspendedUntil", (office, one["account"])) for one in listed)
        for one, suspended_until in zip(listed, until, strict=True):
            name = f"{office} {one['account']}"
            row = rows.pop((office, _account(one["account"])), None)
            if row is None:
                found.missing("keys", name)
                continue
            on_chain = {
                "scopes": one["scopes"],
                "valid_from": one["valid_from"],
                "valid_until": one["valid_until"],
                "revoked_at": one["revoked_at"] or None,
                "compromised_since": one["compromised_since"] or None,
                "suspended_until": suspended_until or None,
            }
            found.expect("keys", name, row, on_chain)
    for office, account in rows:
        found.surplus("keys", f"{office} {checksum_address(account)}")


def _anchors(found: Comparison, choice: Choice, state: ChainState, of: Sequence[str]) -> None:
    query = sa.select(anchors.c.office, sa.func.count(anchors.c.sequence.distinct())).group_by(anchors.c.office)
    counts: dict[str, int] = {row[0]: row[1] for row in choice.connection.execute(query)}
    following = state.ask((APPLICATION_REGISTRY, "nextSequence", (office,)) for office in of)
    for office, expected in zip(of, following, strict=True):
        found.expect("anchors", office, {"anchors": counts.pop(office, 0)}, {"anchors": expected - 1})
    for office, count in counts.items():
        found.surplus("anchors", office, count)
    for page in choice.pages(anchors):
        for registry in sorted({row["registry"] for row in page}):
            # A later registry that has taken the sequence itself does not know what a former one has of it.
            some = [row for row in page if row["registry"] == registry]
            if not state.has_registry(registry):
                for row in some:
                    found.surplus("anchors", f"{row['office']} {row['sequence']}", row["root"])
                continue
            calls = [
                (
                    APPLICATION_REGISTRY,
                    "anchoredAt",
                    (
                        (row["office"], row["sequence"], row["root"], row["leaf_count"]),
                        checksum_address(row["signing_key"]),
                    ),
                )
                for row in some
            ]
            for row, anchored_at in zip(some, state.ask(calls, registry), strict=True):
                name = f"{row['office']} {row['sequence']}"
                if anchored_at == 0:
                    found.surplus("anchors", name, row["root"])
                else:
                    found.expect("anchors", name, row, {"recorded_at": anchored_at})


def _calendars(found: Comparison, choice: Choice, state: ChainState, of: Sequence[str]) -> None:
    rows = {(row["office"], row["year"]): row for row in _present(choice, calendars)}
    asked = sorted({*rows, *((office, year) for office in of for year in _YEARS)})
    answers = state.ask((PRIORITY_REGISTER, "calendarOf", place) for place in asked)
    for (office, year), one in zip(asked, answers, strict=True):
        row, name = rows.get((office, year)), f"{office} {year}"
        if row is None and one["version"]:
            found.missing("calendars", name)
        elif row is not None and not one["version"]:
            found.surplus("calendars", name)
        elif row is not None:
            on_chain = {
                "weekly": one["weekly"],
                "exceptions": b"".join(word.to_bytes(32, "big") for word in one["exceptions"]),
                "version": one["version"],
                "published_at": one["published_at"],
            }
            found.expect("calendars", name, row, on_chain)


def _practice(found: Comparison, choice: Choice, state: ChainState, of: Sequence[str]) -> None:
    rows = _present(choice, bodies)
    calls = [(OFFICE_PRACTICE, "bodyOf", (row["office"], checksum_address(row["account"]))) for row in rows]
    for row, one in zip(rows, state.ask(calls), strict=True):
        name = f"{row['office']} {checksum_address(row['account'])}"
        on_chain = {member: one[member] for member in ("categories", "valid_from", "valid_until", "version")}
        found.expect("bodies", name, row, {"name": from_ascii(one["name"] or bytes(32)), **on_chain})
    terms = {(row["office"], row["right"]): row for row in _present(choice, renewal_terms)}
    asked = sorted({*terms, *((office, right.value) for office in of for right in HIGHEST_CLASS)})
    answers = state.ask((OFFICE_PRACTICE, "renewalTermsOf", (office, right.encode())) for office, right in asked)
    for (office, right), one in zip(asked, answers, strict=True):
        row_there, name = terms.get((office, right)), f"{office} {right}"
        members = ("period_years", "maximum_years", "window_months", "grace_months", "version")
        if row_there is None and one["version"]:
            found.missing("renewal_terms", name)
        elif row_there is not None and not one["version"]:
            found.surplus("renewal_terms", name)
        elif row_there is not None:
            found.expect("renewal_terms", name, row_there, {member: one[member] for member in members})


def _table_of_codes(found: Comparison, choice: Choice, state: ChainState) -> None:
    rows = _present(choice, codes)
    calls = [
        (
            RIGHTS_REGISTER,
            "codeOf",
            (row["right"].encode(), to_ascii("a system", row["system"], 8), to_ascii("a code", row["code"], 32)),
        )
        for row in rows
    ]
    for row, (category, from_states, to_states, allowed) in zip(rows, state.ask(calls), strict=True):
        on_chain = {
            "category": category.decode("latin-1") if any(category) else None,
            "from_states": from_states,
            "to_states": to_states,
            "statuses": f"{allowed:032x}",
        }
        found.expect("codes", f"{row['right']} {row['system']} {row['code']}", row, on_chain)
    texts = {(row["right"], row["status"]): row for row in _present(choice, statuses)}
    positions = range(1, HIGHEST_STATUS + 1)
    asked = sorted({*texts, *((right.value, position) for right in HIGHEST_CLASS for position in positions)})
    answers = state.ask((RIGHTS_REGISTER, "statusOf", (right.encode(), position)) for right, position in asked)
    for (right, position), text in zip(asked, answers, strict=True):
        row_there, name = texts.get((right, position)), f"{right} {position}"
        if row_there is None and text is not None:
            found.missing("statuses", name, from_ascii(text))
        elif row_there is not None and text is None:
            found.surplus("statuses", name, row_there["text"])
        elif row_there is not None:
            found.expect("statuses", name, row_there, {"text": from_ascii(text)})


def _applications(found: Comparison, choice: Choice, state: ChainState) -> None:
    for page in choice.pages(applications):
        pieces = [page[at : at + _NUMBERS_A_CALL] for at in range(0, len(page), _NUMBERS_A_CALL)]
        calls = [
            (APPLICATION_REGISTRY, "recordsOf", ([_on_chain(row["number"]) for row in piece],)) for piece in pieces
        ]
        for piece, records in zip(pieces, state.ask(calls), strict=True):
            for row, one in zip(piece, records, strict=True):
                if one["version"] == 0:
                    found.surplus("applications", row["number"])
                    continue
                on_chain = {"signing_key": _account(one["signing_key"])}
                members = ("digest", "recorded_at", "filing_date", "version", "status", "disclosure")
                on_chain |= {member: one[member] for member in members}
                found.expect("applications", row["number"], row, on_chain)


def _reconfirmations(found: Comparison, choice: Choice, state: ChainState) -> None:
    for page in choice.pages(reconfirmations):
        calls = [(APPLICATION_REGISTRY, "reconfirmationOf", (_on_chain(row["number"]),)) for row in page]
        for row, one in zip(page, state.ask(calls), strict=True):
            on_chain = {
                "signing_key": _account(one["signing_key"]),
                "reconfirmed_at": one["reconfirmed_at"],
                "version": one["version"],
            }
            found.expect("reconfirmations", row["number"], row, on_chain)


def _claims(found: Comparison, choice: Choice, state: ChainState) -> None:
    for page in choice.pages(claims):
        pairs = [(_on_chain(row["later"]), _on_chain(row["earlier"])) for row in page]
        for row, view in zip(page, state.ask((PRIORITY_REGISTER, "claimOf", pair) for pair in pairs), strict=True):
            name, one = f"{row['later']} on {row['earlier']}", view["claim"]
            if one["version"] == 0:
                found.surplus("claims", name)
                continue
            members = ("later_filing_date", "claimed_date", "is_partial", "outcome", "version", "recorded_at")
            on_chain = {member: one[member] for member in members}
            found.expect("claims", name, row, {**on_chain, "signing_key": _account(one["signing_key"])})
        laters = sorted({row["later"] for row in page})
        counting = (
            sa.select(claims.c.later, sa.func.count())
            .where(claims.c.later.in_(laters), claims.c.superseded_by.is_(None))
            .group_by(claims.c.later)
        )
        counts: dict[str, int] = {row[0]: row[1] for row in choice.connection.execute(counting)}
        totals = state.ask((PRIORITY_REGISTER, "claimsBy", (_on_chain(later), 0, 0)) for later in laters)
        for later, (_claims_page, total) in zip(laters, totals, strict=True):
            found.expect("claims", f"by {later}", {"claims": counts[later]}, {"claims": total})


def _entries(found: Comparison, choice: Choice, state: ChainState) -> None:
    for page in choice.pages(entries):
        calls = [(RIGHTS_REGISTER, "entryOf", (_on_chain(row["number"]),)) for row in page]
        for row, one in zip(page, state.ask(calls), strict=True):
            pair = one["state"] + one["stage"]
            if not any(pair):
                found.surplus("entries", row["number"])
                continue
            on_chain = {"state": pair.decode("latin-1"), "terminated_by": one["terminated_by"] or None}
            on_chain |= {name: one[name] for name in _ENTRY_VALUES}
            found.expect("entries", row["number"], row, on_chain)


def _account(text: str) -> bytes | None:
    account = bytes.fromhex(text[2:])
    return account if any(account) else None


def _on_chain(number: str) -> bytes:
    """A number as a contract takes it, also where what is in the table is none."""
    return (number[:2] + number[3:4] + number[5:]).encode()[:32].ljust(32, b"\0")
