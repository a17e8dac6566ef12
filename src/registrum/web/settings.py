"""What a server is told at its start: whom it answers, how much, and what it may read.

Not its job: where node, manifest and index are (`registrum.settings`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registrum.errors import ConfigError

__all__ = ["LOOPBACK_NAMES", "WebSettings", "read_api_keys"]

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
"""Host names that are answered without being named: a page of elsewhere cannot make them its own."""

_LEAST_KEY_CHARACTERS = 20
_MAX_KEY_FILE_BYTES = 64 * 1024


@dataclass(frozen=True)
class WebSettings:
    """The bounds of a server; every default is one for a server on this machine alone.

    Attributes:
        allowed_hosts: Host names that requests may name, besides those of this machine; `*` for any.
        cors_origins: Origins whose pages may read answers; none by default.
        api_keys: Keys that may hand in statements; anyone may where there are none. Never logged or shown.
        reads_per_s: Requests that one client may make in the long run; None for no bound.
        reads_at_once: How many it may make in a burst.
        writes_per_s: Statements that one client may hand in, in the long run; None for no bound.
        writes_at_once: How many in a burst.
        max_body_bytes: Longest body of a request.
        body_timeout_s: Seconds within which a body must have come.
        most_items: Most claims in one request.
        page_limit: Most rows of one page of a list.
    """

    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = ()
    reads_per_s: float | None = 50.0
    reads_at_once: int = 200
    writes_per_s: float | None = 10.0
    writes_at_once: int = 50
    max_body_bytes: int = 1_000_000
    body_timeout_s: float = 15.0
    most_items: int = 1_000
    page_limit: int = 200

    def __repr__(self) -> str:
        return f"WebSettings(allowed_hosts={self.allowed_hosts!r}, api_keys={len(self.api_keys)})"


def read_api_keys(file: Path) -> tuple[str, ...]:
    """The keys in a file, one a line; empty lines and those that begin with `#` do not count.

    Raises:
        ConfigError: It cannot be read, holds no key, or one that can be guessed.
    """
    remedy = f"One key a line, of {_LEAST_KEY_CHARACTERS} characters or more, such as `openssl rand -hex 32` prints."
    try:
        with file.expanduser().open("rb") as stream:
            content = stream.read(_MAX_KEY_FILE_BYTES + 1)
        lines = [line.strip() for line in content.decode("ascii").splitlines()]
    except OSError as error:
        raise ConfigError(f"the file of API keys {file} cannot be read: {error.strerror}", remedy=remedy) from error
    except UnicodeDecodeError:
        raise ConfigError(f"the file of API keys {file} is not ASCII", remedy=remedy) from None
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys or len(content) > _MAX_KEY_FILE_BYTES:
        raise ConfigError(f"the file {file} holds no API key", remedy=remedy)
    if any(len(key) < _LEAST_KEY_CHARACTERS or " " in key for key in keys):
        raise ConfigError(f"the file {file} holds an API key that is too short or has spaces", remedy=remedy)
    return keys
