"""Pages out of templates: language, freshness, headers, and the filters by which templates show values.

Every template is escaped by itself, and a value that is not there is an error and no empty text. Not its job: what is
on a page, and headers that every answer has (`registrum.web.security`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from registrum.numbers import OfficeNumber
from registrum.web.texts import LANGUAGES, Texts, choose_language, key_of, texts
from registrum.web.warnings import concerns, marked, safe_link

if TYPE_CHECKING:
    from starlette.requests import Request

    from registrum.client.members import SigningKey
    from registrum.index.answers import Freshness

__all__ = ["Visit", "address_of", "api_address", "redirect"]

_HEADERS: Final = {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-cache"}
_TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_COOKIE: Final = "lang"
_YEAR_S: Final = 365 * 24 * 3600
_SHORT: Final = 10
_LATE_DAYS: Final = 30
"""From so many days between filing and recording on, pages say so first."""
_NOTHING: Final = Markup("&ndash;")
_UNITS: Final = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
_ST3 = re.compile(r"[A-Z]{2}")


@dataclass
class Visit:
    """One request for a page, and what every page needs to be rendered.

    Attributes:
        request: The request.
        freshness: Block at which the index was read; None where nothing was.
        headers: Further ones of the answer.
    """

    request: Request
    freshness: Freshness | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @functools.cached_property
    def texts(self) -> Texts:
        """The texts in the language of the visit."""
        request = self.request
        accepted = request.headers.get("accept-language")
        return texts(choose_language(self.parameter("lang"), request.cookies.get(_COOKIE), accepted))

    def parameter(self, name: str) -> str | None:
        """A parameter of the query without the blanks around it; None if it is missing or empty."""
        value: str = self.request.query_params.get(name, "").strip()
        return value or None

    def parameters(self, name: str) -> list[str]:
        """All values of a parameter that are not empty."""
        return [value.strip() for value in self.request.query_params.getlist(name) if value.strip()]

    def link(self, **changes: str | int | None) -> str:
        """The address of this page with some parameters changed; None takes one out."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes]
        given = [(name, str(value)) for name, value in changes.items() if value is not None]
        query = urlencode([*((name, value) for name, value in kept if value), *given])
        # As it came: a slash that was encoded stays so. Two slashes at its beginning would be another server.
        path = "/" + quote(self.request.scope["raw_path"].lstrip(b"/"), safe="/%")
        return f"{path}?{query}" if query else path

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Render a page.

        Args:
            template: File among the templates.
            status: HTTP status.
            values: What the template shows.
        """
        html = self.render(template, **values)
        response = HTMLResponse(html, status, _HEADERS | self.headers)
        wish = self.parameter(_COOKIE)
        if wish in LANGUAGES:
            response.set_cookie(_COOKIE, str(wish), max_age=_YEAR_S, path="/", httponly=True, samesite="lax")
        return response

    def render(self, template: str, **values: Any) -> str:
        """The text of a page, or of a part of one."""
        return (
            _environment()
            .get_template(template)
            .render(
                t=self.texts, visit=self, freshness=self.freshness, languages=LANGUAGES, now=datetime.now(UTC), **values
            )
        )


def redirect(address: str) -> Response:
    """Send the browser on to a page of this server."""
    return RedirectResponse(address, 303, _HEADERS)


def address_of(number: OfficeNumber, kind: str = "applications") -> str:
    """The path of the page of a number.

    Args:
        number: The office number.
        kind: `applications` for its record, `registrations` for its register entry.
    """
    return f"/{kind}/{_segments(number)}"


def api_address(number: OfficeNumber, kind: str = "office-numbers") -> str:
    """The path of a number in the interface, below `office-numbers`, `registrations` or `proofs`."""
    return f"/api/v1/{kind}/{_segments(number)}"


def _segments(number: OfficeNumber) -> str:
    """A number as the end of a path that leads nowhere else, whatever is in it.

    Browsers take `.` and `..` between slashes for steps, percent-encoded dots too; a percent-encoded slash is no slash
    to them, and the server reads it as one.
    """
    if not {"", ".", ".."} & set(number.number.split("/")):
        return f"{number.office}/{number.right.value}/{quote(number.number)}"
    return f"{number.office}/{number.right.value}%2F{quote(number.number, safe='')}"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A package that is replaced under a running server must not mix new templates with old code.
        auto_reload=False,
    )
    environment.filters |= {
        "foreign": marked,
        "concerns": concerns,
        "hexadecimal": _hexadecimal,
        "short": _short,
        "iso": _iso,
        "moment": _moment,
    }
    environment.globals |= {
        "record_address": address_of,
        "api_address": api_address,
        "entry_address": lambda number: address_of(number, "registrations"),
        "is_office": lambda text: isinstance(text, str) and bool(_ST3.fullmatch(text)),
        "safe_link": safe_link,
        "static": _static,
        "key_of": key_of,
        "LATE_DAYS": _LATE_DAYS,
        "key_state": _key_state,
        "key_state_then": _key_state_then,
        "duration": _duration,
        "is_number": lambda value: isinstance(value, OfficeNumber),
    }
    return environment


@functools.cache
def _stamps() -> Mapping[str, str]:
    """A piece of the digest of every static file of ours, so that browsers fetch a changed one anew."""
    import hashlib

    files = (path for path in _STATIC.iterdir() if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in files}


def _static(name: str) -> str:
    return f"/static/{name}?v={_stamps()[name]}"


def _hexadecimal(value: bytes | str | None) -> str | None:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _short(value: bytes | str, *, in_link: bool = False) -> Markup:
    """A long hexadecimal value with its middle left out, which is shown where it is opened, and in print.

    Args:
        value: The value.
        in_link: Whether it stands in a link or heading, which opens nothing; the value is whole elsewhere then.
    """
    text = str(_hexadecimal(value))
    if len(text) <= 2 * _SHORT:
        return Markup('<code class="hash">{}</code>').format(text)
    parts = Markup('{}<span class="rest">{}</span><span class="gap">…</span>{}').format(
        text[:_SHORT], text[_SHORT:-6], text[-6:]
    )
    if in_link:
        return Markup('<code class="hash" title="{}">{}</code>').format(text, parts)
    # Opened, it stays so: what folds by itself moves what somebody is about to press.
    return Markup('<details class="hash"><summary title="{}">{}</summary></details>').format(text, parts)


def _iso(value: date | None) -> Markup:
    return _NOTHING if value is None else Markup('<time datetime="{0}">{0}</time>').format(value.isoformat())


def _moment(value: datetime | None) -> Markup:
    if value is None:
        return _NOTHING
    utc = value.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M:%S} UTC")


def _key_state(key: SigningKey, at: datetime | None, *, is_suspended: bool = False) -> str:
    """What a key is now: `good`, `not-yet`, `suspended`, `expired`, `revoked` or `compromised`."""
    if key.compromised_since is not None:
        return "compromised"
    if key.revoked_at is not None:
        return "revoked"
    if is_suspended:
        return "suspended"
    return _validity(key, at)


def _key_state_then(key: SigningKey, at: datetime) -> str:
    """What a key was when something that it signed was recorded, by what is known now."""
    if key.is_compromised_at(at):
        return "compromised"
    if key.revoked_at is not None and at >= key.revoked_at:
        return "revoked"
    return _validity(key, at)


def _validity(key: SigningKey, at: datetime | None) -> str:
    if at is not None and key.valid_until is not None and at >= key.valid_until:
        return "expired"
    return "not-yet" if at is not None and at < key.valid_from else "good"


def _duration(t: Texts, seconds: int) -> Markup:
    """A duration in its largest units, as far as they divide it."""
    left, found = seconds, []
    for name, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            found.append(t(f"duration-{name}", count=count))
    return Markup(", ").join(found) if found else t("duration-seconds", count=0)
