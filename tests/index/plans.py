"""How a database finds what a reader of the index asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from registrum.index.reading import IndexReader


def explained(reader: IndexReader, ask: Callable[[], object]) -> list[str]:
    """How the database finds what is asked, a text for each query."""
    connection = reader._connection
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    queries: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            queries.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{word} {statement}", parameters))
        for statement, parameters in queries
    ]
