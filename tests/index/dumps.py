"""All that is in an index, for comparison."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from registrum.index.store import Index
from registrum.index.tables import checkpoints, metadata

Dump = dict[str, list[tuple[Any, ...]]]


def dump(index: Index) -> Dump:
    """Every row of every table but `checkpoints`, in the order of its key, without what is not of the events."""
    found: Dump = {}
    with index.snapshot() as connection:
        for table in metadata.sorted_tables:
            if table is not checkpoints:
                columns = [one for one in table.c if one.name not in ("listed_at", "generation")]
                rows = connection.execute(sa.select(*columns).order_by(*table.primary_key.columns))
                found[table.name] = [tuple(row) for row in rows]
    return found
