"""What events make of earlier rows: the version tables as a pure function of the event rows, in their order.

The same code runs after each new block and once after a bulk load, over the same rows, so both end with the same
tables. The rules mirror the contracts: `ApplicationRecords`, `ApplicationChanges`, `PriorityRegister`. Those of offices
and keys are in `registrum.index.members`, those of register entries in `registrum.index.entries`.

Not its job: logs (`registrum.index.decoding`), and when to settle (`registrum.index.following`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from registrum.errors import NodeError
from registrum.index.decoding import CORRECTED, REGISTERED, UNSETTLED, WITHDRAWN
from registrum.index.entries import settle_entries
from registrum.index.members import settle_members
from registrum.index.store import KEYS
from registrum.index.tables import (
    anchors,
    applications,
    bodies,
    calendars,
    claims,
    codes,
    reconfirmations,
    renewal_terms,
    statuses,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

    from registrum.index.store import Index

__all__ = ["settle"]

_CHUNK: Final = 400
"""Numbers that one query names: SQLite takes 32,766 values, PostgreSQL 65,535."""
_STATUS_CORRECTED: Final = 2
_STATUS_WITHDRAWN: Final = 3
_CONTENT: Final = ("filing_date", "digest", "disclosure", "signing_key", "recorded_at", "anchor_sequence")
_SETTLED: Final = ("status", *_CONTENT, "superseded_by")


def settle(index: Index, connection: Connection, after: int, up_to: int, registries: int) -> None:
    """Work events into the version tables. All before them must be worked in already.

    Args:
        index: The database.
        connection: Of `index.write`.
        after: Position of the last event that is worked in.
        up_to: Position of the last event to work in.
        registries: How many application registries are followed.

    Raises:
        NodeError: An event follows none that it needs.
    """
    _settle_applications(connection, after, up_to, registries)
    _settle_reconfirmations(connection, after, up_to, registries)
    for table in (calendars, claims, bodies, renewal_terms):
        _supersede(connection, table, _positions(table, after, up_to, table.c.version > 1))
    for table in (codes, statuses):
        _supersede(connection, table, _positions(table, after, up_to))
    settle_members(index, connection, after, up_to)
    settle_entries(index, connection, after, up_to)


def _positions(table: sa.Table, after: int, up_to: int, *conditions: Any) -> sa.Select[Any]:
    keys = [table.c[name] for name in KEYS[table.name]]
    chosen = sa.select(table.c.position, *keys).where(table.c.position > after, table.c.position <= up_to, *conditions)
    return chosen.order_by(table.c.position)


def _supersede(connection: Connection, table: sa.Table, new: sa.Select[Any]) -> None:
    """End what rows supersede.

    Args:
        connection: Of `Index.write`.
        table: A version table whose later row counts.
        new: Position and keys of the rows that supersede others, in order.
    """
    keys = KEYS[table.name]
    ends = (
        sa.update(table)
        .values(superseded_by=sa.bindparam("by"))
        .where(
            *(table.c[name] == sa.bindparam(f"key_{name}") for name in keys),
            table.c.position < sa.bindparam("by"),
            table.c.superseded_by.is_(None),
        )
    )
    for rows in _chunks(connection, new):
        parameters = [{"by": row.position, **{f"key_{name}": getattr(row, name) for name in keys}} for row in rows]
        connection.execute(ends, parameters)


def _settle_reconfirmations(connection: Connection, after: int, up_to: int, registries: int) -> None:
    if registries > 1:
        # Where a later registry has the number, what a former one says of it counts no more.
        table, other = reconfirmations, applications
        taken_over = [
            sa.select(later.c.position)
            .where(
                later.c.number == table.c.number,
                later.c.registry > table.c.registry,
                later.c.position < table.c.position,
            )
            .exists()
            for later in (other, table.alias())
        ]
        connection.execute(
            sa.update(table)
            .values(superseded_by=table.c.position)
            .where(table.c.position > after, table.c.position <= up_to, sa.or_(*taken_over))
        )
    live = reconfirmations.c.superseded_by.is_(None)
    _supersede(connection, reconfirmations, _positions(reconfirmations, after, up_to, live))


def _settle_applications(connection: Connection, after: int, up_to: int, registries: int) -> None:
    table = applications
    needs_work = table.c.status == UNSETTLED
    if registries > 1:
        # A registration in one registry may meet a record of the number in another.
        earlier = table.alias()
        met = sa.select(earlier.c.position).where(
            earlier.c.number == table.c.number, earlier.c.position < table.c.position
        )
        needs_work = sa.or_(needs_work, met.exists())
    query = sa.select(table.c.number).where(table.c.position > after, table.c.position <= up_to, needs_work).distinct()
    numbers = sorted(connection.execute(query).scalars())
    change = (
        sa.update(table)
        .where(table.c.position == sa.bindparam("at"))
        .values({name: sa.bindparam(f"to_{name}") for name in _SETTLED})
    )
    for at in range(0, len(numbers), _CHUNK):
        some = sa.select(table).where(table.c.number.in_(numbers[at : at + _CHUNK]), table.c.position <= up_to)
        takings = _takings(connection, numbers[at : at + _CHUNK], up_to) if registries > 1 else {}
        histories: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(some.order_by(table.c.position)).mappings():
            histories.setdefault(row["number"], []).append(dict(row))
        changed: list[dict[str, Any]] = []
        for number, history in histories.items():
            before = [dict(row) for row in history]
            _settle_history(connection, history, takings.get(number, []), after)
            changed += [row for row, old in zip(history, before, strict=True) if row != old]
        if changed:
            changed.sort(key=lambda row: int(row["position"]))
            connection.execute(
                change, [{"at": row["position"], **{f"to_{name}": row[name] for name in _SETTLED}} for row in changed]
            )


def _takings(connection: Connection, numbers: Sequence[str], up_to: int) -> dict[str, list[tuple[int, int]]]:
    """Positions and registries of the confirmations of numbers: a registry that takes one takes the record over."""
    table = reconfirmations
    query = sa.select(table.c.number, table.c.position, table.c.registry)
    some = query.where(table.c.number.in_(numbers), table.c.position <= up_to).order_by(table.c.position)
    found: dict[str, list[tuple[int, int]]] = {}
    for number, position, registry in connection.execute(some):
        found.setdefault(number, []).append((position, registry))
    return found


def _settle_history(
    connection: Connection, history: Sequence[dict[str, Any]], takings: Sequence[tuple[int, int]], after: int
) -> None:
    """Fill in the rows of one number, oldest first.

    A registry answers from the one that it took over from where it has no record of its own: so the newest registry
    that has one counts, and a change continues the newest record that its registry knows. A confirmation makes the
    record its registry's own, as it stands then.

    Args:
        connection: Of `Index.write`.
        history: The rows.
        takings: Position and registry of each confirmation, in order.
        after: Position up to which rows are filled in already.
    """
    newest: dict[int, dict[str, Any]] = {}
    present: dict[str, Any] | None = None
    counts_from = taken = 0
    for row in history:
        while taken < len(takings) and takings[taken][0] < row["position"]:
            taker = takings[taken][1]
            known = [place for place in newest if place <= taker]
            if known:
                newest.setdefault(taker, newest[max(known)])
                counts_from = max(counts_from, taker)
            taken += 1
        registry = row["registry"]
        if row["position"] > after:
            known = [place for place in newest if place <= registry]
            _fill(connection, row, newest[max(known)] if known else None)
            if registry < counts_from:
                row["superseded_by"] = row["position"]
            elif present is not None:
                present["superseded_by"] = row["position"]
        newest[registry] = row
        if row["superseded_by"] != row["position"]:
            present, counts_from = row, registry


def _fill(connection: Connection, row: dict[str, Any], base: dict[str, Any] | None) -> None:
    """Fill in what a row has from earlier ones."""
    if row["kind"] == REGISTERED:
        if row["status"] == UNSETTLED:
            row["status"] = 1
            row["recorded_at"] = _anchored_at(connection, row)
        return
    if base is None:
        raise NodeError(f"the node sent a change of {row['number']}, and no registration before it")
    was_withdrawn = base["status"] == _STATUS_WITHDRAWN
    if row["kind"] == CORRECTED:
        row["status"] = _STATUS_WITHDRAWN if was_withdrawn else _STATUS_CORRECTED
        return
    row["status"] = _STATUS_WITHDRAWN if row["kind"] == WITHDRAWN else _STATUS_CORRECTED
    row |= {name: base[name] for name in _CONTENT}


def _anchored_at(connection: Connection, row: dict[str, Any]) -> int:
    """Time of the anchor that a record was disclosed from, as the registry of the record knows it."""
    query = sa.select(anchors.c.recorded_at).where(
        anchors.c.office == row["office"],
        anchors.c.sequence == row["anchor_sequence"],
        anchors.c.registry <= row["registry"],
        anchors.c.position < row["position"],
    )
    found = connection.execute(query.order_by(anchors.c.registry.desc()).limit(1)).scalar()
    if found is None:
        raise NodeError(f"the node sent a disclosure of {row['number']}, and no anchor that it could be from")
    return int(found)


def _chunks(connection: Connection, query: sa.Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query, many at a time; read first, since what is done with them changes the same table."""
    rows = connection.execute(query).fetchall()
    for at in range(0, len(rows), 5_000):
        yield rows[at : at + 5_000]
