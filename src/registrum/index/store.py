"""The database of the index: opening it, its schema, one transaction at a time, bulk inserts, undoing blocks.

SQLite by default, PostgreSQL by URL. Rows are inserted by the drivers themselves: SQLAlchemy's own inserts cost several
times as much a row. Not its job: what the rows are (`registrum.index.decoding`, `registrum.index.settling`).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, DropIndex

from registrum.errors import ConfigError, IndexDatabaseError
from registrum.index.tables import (
    LOG_BITS,
    VERSION_TABLES,
    blocks,
    checkpoints,
    metadata,
    progress,
    transactions,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine

__all__ = ["Index", "Progress", "first_position", "last_position", "open_index"]

REVISION: Final = "0001"
"""Newest migration: the schema that this release reads and writes."""

_WRITES = "registrum_writes"
_BUSY_MS = 60_000
_SHORT_LOCK = "SET LOCAL lock_timeout = '1s'"
_WRITE_LOCK: Final = int.from_bytes(b"registry", "big") >> 1
"""Number of the advisory lock of writers in a database of PostgreSQL."""
_CACHE = "PRAGMA cache_size = -16384"
_SQLITE_SETTINGS = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    # With the journal ahead of the database, a power cut loses the last transactions and never breaks the file.
    "PRAGMA synchronous = NORMAL",
    _CACHE,
    "PRAGMA wal_autocheckpoint = 8192",
    "PRAGMA temp_store = FILE",
)
# As many as a server has threads, and some for its background: nobody waits for a connection in order to answer.
_POOL: Final[Mapping[str, Any]] = {"pool_size": 16, "max_overflow": 48, "pool_timeout": 5}
_SORT_CACHE = "PRAGMA cache_size = -4096"
"""While indexes are built: rows are sorted in parts of this size, which is quicker than in larger ones."""
_ROWS_A_STATEMENT = 50
_COPY_FROM = 20
"""Rows from which PostgreSQL takes them faster by COPY."""
_URL = "A database is a file, sqlite:///FILE or postgresql://USER@HOST/NAME."

# What a later row must have in common with an earlier one to supersede it.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "applications": ("number",),
    "reconfirmations": ("number",),
    "offices": ("office",),
    "keys": ("office", "account"),
    "calendars": ("office", "year"),
    "claims": ("later", "earlier"),
    "entries": ("number",),
    "codes": ("right", "system", "code"),
    "statuses": ("right", "status"),
    "bodies": ("office", "account"),
    "renewal_terms": ("office", "right"),
}


def first_position(block_number: int) -> int:
    """Position of the first log that the block can have."""
    return block_number << LOG_BITS


def last_position(block_number: int) -> int:
    """Position of the last log that the block can have."""
    return ((block_number + 1) << LOG_BITS) - 1


@dataclass(frozen=True, slots=True)
class Progress:
    """The row of the table `progress`.

    Attributes:
        chain_id: EIP-155 chain id.
        genesis_hash: Hash of block 0.
        contracts: JSON of what is followed.
        block_number: Newest block that is in the tables; None before the first.
        block_hash: Its hash.
        block_time: Its time, seconds since 1970.
        settled_to: Position up to which events are worked into the version tables.
        has_indexes: Whether the tables have their indexes; they have none during a bulk load.
        listed_at: Block at which the chain listed these contracts; None where that is not known.
        generation: Another one whenever the tables are emptied.
    """

    chain_id: int
    genesis_hash: bytes
    contracts: str
    block_number: int | None
    block_hash: bytes | None
    block_time: int | None
    settled_to: int
    has_indexes: bool
    listed_at: int | None
    generation: int

    @property
    def needs_listing(self) -> bool:
        """Whether the newest block may have changed which contracts count, so that the tables do not answer yet."""
        return (
            self.has_indexes
            and self.block_number is not None
            and self.settled_to == last_position(self.block_number) - 1
        )

    @property
    def is_ready(self) -> bool:
        """Whether the tables answer for `block_number`: something was read, and all of it is worked in."""
        return (
            self.has_indexes and self.block_number is not None and self.settled_to >= last_position(self.block_number)
        )


class Index:
    """An open database of the index; safe to share between threads.

    Args:
        engine: Connected as `open_index` does it.
        shown_url: Its address without a password.
    """

    def __init__(self, engine: Engine, shown_url: str) -> None:
        self.engine = engine
        self.shown_url = shown_url
        self._inserts: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Index({self.shown_url!r})"

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One read transaction: all that is read in it is of one moment, whatever is written meanwhile.

        Raises:
            IndexDatabaseError: The database does not answer.
        """
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._typed_errors("read"), self._transaction(options) as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction, which nobody else has at the same time; an exception undoes it.

        Raises:
            IndexDatabaseError: The database cannot be written, or another process is writing it.
        """
        with self._typed_errors("written"), self._transaction({_WRITES: True}) as connection:
            if not self.is_sqlite:
                # One writer at a time, as with SQLite: what a transaction has read stays true until it ends.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITE_LOCK)))
            yield connection

    def progress(self, connection: Connection) -> Progress | None:
        """What is indexed, and how far; None if nothing is.

        Args:
            connection: Of `snapshot` or `write`.
        """
        row = connection.execute(sa.select(*(column for column in progress.c if column.name != "id"))).one_or_none()
        return None if row is None else Progress(*row)

    def set_progress(self, connection: Connection, **values: Any) -> None:
        """Change columns of the row of `progress`, which is made if there is none."""
        if connection.execute(sa.update(progress).values(**values)).rowcount == 0:
            connection.execute(sa.insert(progress).values(id=1, **values))

    def insert(self, connection: Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, each with the values of all columns in their order."""
        if not rows:
            return
        driver: Any = connection.connection.driver_connection
        if self.is_sqlite:
            driver.executemany(self._insert_of(table, "?"), rows)
            return
        with driver.cursor() as cursor:
            if len(rows) < _COPY_FROM:
                cursor.executemany(self._insert_of(table, "%s"), rows)
                return
            with cursor.copy(f"COPY {self._target(table)} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def insert_alike(
        self,
        connection: Connection,
        table: sa.Table,
        common: Sequence[str],
        own: Sequence[str],
        constants: Mapping[str, int],
        groups: Iterable[tuple[Sequence[Any], Sequence[Any]]],
    ) -> None:
        """Insert groups of rows that have most values in common; columns that are not named are NULL.

        Args:
            connection: Of `write`.
            table: The table.
            common: Columns in which the rows of a group do not differ.
            own: Columns in which they do.
            constants: Numbers that all rows of all groups have.
            groups: Values of `common`, and those of `own`, one row after another.
        """
        quote = self.engine.dialect.identifier_preparer.quote
        target = f"{quote(table.name)} ({', '.join(map(quote, (*common, *own, *constants)))})"
        driver: Any = connection.connection.driver_connection
        width = len(own)
        if self.is_sqlite:
            # Each value that is bound costs as much as storing it: what a group has in common is bound once for many.
            fixed = [f"?{place + 1}" for place in range(len(common))]
            same = [str(int(value)) for value in constants.values()]

            def statement(rows: int) -> str:
                places = itertools.count(len(common) + 1)
                each = [", ".join([*fixed, *(f"?{next(places)}" for _ in own), *same]) for _ in range(rows)]
                # Names are those of the schema, constants are whole numbers; all else travels as parameters.
                return f"INSERT INTO {target} VALUES ({'), ('.join(each)})"  # noqa: S608  # nosec B608

            many, one, step = statement(_ROWS_A_STATEMENT), statement(1), _ROWS_A_STATEMENT * width
            single: list[tuple[Any, ...]] = []
            for values, flat in groups:
                whole = len(flat) // step * step
                if whole:
                    driver.executemany(many, ((*values, *flat[at : at + step]) for at in range(0, whole, step)))
                single += ((*values, *flat[at : at + width]) for at in range(whole, len(flat), width))
            driver.executemany(one, single)
            return
        last = tuple(constants.values())
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for values, flat in groups:
                for at in range(0, len(flat), width):
                    copy.write_row((*values, *flat[at : at + width], *last))

    def roll_back(self, connection: Connection, block_number: int) -> None:
        """Undo everything after a block, and what it ended is the present again. `progress` stays as it is."""
        lost = first_position(block_number + 1)
        for table in VERSION_TABLES:
            keys = [table.c[name] for name in KEYS[table.name]]
            gone = sa.select(*keys).where(table.c.position >= lost)
            among = sa.tuple_(*keys).in_(gone) if len(keys) > 1 else keys[0].in_(gone)
            again = sa.update(table).values(superseded_by=None)
            connection.execute(again.where(table.c.superseded_by >= lost, table.c.position < lost, among))
        for table in metadata.sorted_tables:
            if "position" in table.c:
                connection.execute(sa.delete(table).where(table.c.position >= lost))
        connection.execute(sa.delete(blocks).where(blocks.c.number > block_number))
        connection.execute(sa.delete(transactions).where(transactions.c.block_number > block_number))
        connection.execute(sa.delete(checkpoints).where(checkpoints.c.block_number > block_number))

    def empty(self, connection: Connection) -> None:
        """Delete all rows of all tables."""
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))

    def drop_indexes(self, connection: Connection) -> None:
        """Drop the indexes, so that a bulk load appends to tables alone.

        Raises:
            IndexDatabaseError: Somebody reads, and would be waited for, and all other readers with him.
        """
        if not self.is_sqlite:
            connection.exec_driver_sql(_SHORT_LOCK)
        for index in _indexes():
            connection.execute(DropIndex(index, if_exists=True))

    def create_indexes(self, connection: Connection) -> None:
        """Make the indexes that are missing."""
        if self.is_sqlite:
            connection.exec_driver_sql(_SORT_CACHE)
        for index in _indexes():
            connection.execute(CreateIndex(index, if_not_exists=True))
        if self.is_sqlite:
            connection.exec_driver_sql(_CACHE)
        # The planner needs to know how many rows there are; SQLite reads a sample.
        if self.is_sqlite:
            connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")

    def _target(self, table: sa.Table) -> str:
        quote = self.engine.dialect.identifier_preparer.quote
        return f"{quote(table.name)} ({', '.join(quote(column.name) for column in table.c)})"

    def _insert_of(self, table: sa.Table, mark: str) -> str:
        statement = self._inserts.get(table.name)
        if statement is None:
            marks = ", ".join([mark] * len(table.c))
            # Names are those of the schema; values travel as parameters.
            statement = f"INSERT INTO {self._target(table)} VALUES ({marks})"  # noqa: S608  # nosec B608
            self._inserts[table.name] = statement
        return statement

    @contextlib.contextmanager
    def _transaction(self, options: Mapping[str, Any]) -> Iterator[Connection]:
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _typed_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise self._unusable(what, error) from error
        except Exception as error:
            # Rows are inserted by the driver itself, whose errors SQLAlchemy then does not wrap.
            if isinstance(error, self.engine.dialect.loaded_dbapi.Error):
                raise self._unusable(what, error) from error
            raise

    def _unusable(self, what: str, error: Exception) -> IndexDatabaseError:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().split("\n")[0]
        # 55P03 is `lock_not_available` of PostgreSQL.
        is_held = getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY") or (
            getattr(cause, "sqlstate", None) == "55P03"
        )
        return IndexDatabaseError(
            f"the index {self.shown_url} cannot be {what}: {reason}",
            remedy="Check that the database is there and may be written, and that no other process holds it.",
            isHeld=is_held,
        )


def open_index(url: str | Path, *, create: bool = True) -> Index:
    """Open the database of an index, and bring its schema up to date.

    Args:
        url: A file, `sqlite:///FILE`, or `postgresql://USER@HOST/NAME`.
        create: Whether a file that is not there is made.

    Raises:
        ConfigError: It is no such address.
        IndexDatabaseError: It cannot be opened, was written by a later release, or is not there and is not to be made.
    """
    address = _address(url)
    shown = address.render_as_string(hide_password=True)
    if not create and address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        raise IndexDatabaseError(
            f"there is no index {shown}",
            remedy="Name another one by --index or REGISTRUM_INDEX, or make it by `registrum index run`.",
        )
    if address.get_backend_name() == "sqlite" and address.database:
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexDatabaseError(
                f"the folder of the index {shown} cannot be made: {error.strerror}", remedy="Name another file."
            ) from error
    index = Index(_engine(address), shown)
    try:
        _migrate(index)
    except BaseException:
        index.close()
        raise
    return index


def _address(url: str | Path) -> URL:
    text = str(url)
    if "://" not in text:
        return sa.URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        address = sa.make_url(text)
    except ArgumentError as error:
        raise ConfigError("the address of the index cannot be read as a URL", remedy=_URL) from error
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(f"the index cannot be in {address.get_backend_name()!r}", remedy=_URL)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise ConfigError("the index cannot be in memory: several connections share it", remedy=_URL)
    return address


def _engine(address: URL) -> Engine:
    try:
        if address.get_backend_name() != "sqlite":
            return sa.create_engine(address, pool_pre_ping=True, **_POOL)
        connect_args = {"check_same_thread": False, "timeout": _BUSY_MS / 1000}
        engine = sa.create_engine(address, connect_args=connect_args, **_POOL)
    except (NoSuchModuleError, ImportError) as error:
        raise ConfigError(f"there is no driver for {address.drivername}", remedy=_URL) from error

    # Python's driver begins transactions by itself, but not before reading, and never IMMEDIATE: a transaction that
    # reads first and then writes could fail instead of waiting.
    @sa.event.listens_for(engine, "connect")
    def _connected(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        for setting in _SQLITE_SETTINGS:
            driver.execute(setting)

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _migrate(index: Index) -> None:
    """Bring the schema up to date; the usual case, that it is, costs one query."""
    with index.snapshot() as connection:
        there = sa.inspect(connection).has_table("alembic_version")
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if there else None
    if revision == REVISION:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    try:
        with index.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise IndexDatabaseError(
            f"the index {index.shown_url} has the schema {revision!r}, which this release does not know",
            remedy="Use the release that wrote it, or name another database.",
        ) from error


def _indexes() -> list[sa.Index]:
    return sorted((index for table in metadata.sorted_tables for index in table.indexes), key=lambda one: str(one.name))
