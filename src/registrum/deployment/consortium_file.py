"""The consortium file: what the founders of a consortium agreed on, read strictly.

One TOML file; `networks/consortium.example.toml` explains every line. All that can be known to be wrong without asking
a chain is refused here, with the place in the file, because governance is handed over in one step that nobody can undo.

Not its job: deploying (`registrum.deployment.deployer`), or what a chain says (`registrum.deployment.founding`).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from registrum.dates import to_on_chain
from registrum.errors import ConfigError, RegistrumError
from registrum.numbers.offices import office_code
from registrum.signing.addresses import checksum_address, parse_address

__all__ = [
    "LEAST_OFFICES",
    "SCOPES",
    "ConsortiumTerms",
    "Founder",
    "FounderKey",
    "Observer",
    "read_consortium_file",
]

LEAST_OFFICES = 3
"""Fewest active offices that a consortium may have, and fewest that suspend in an emergency (`IConsortium`)."""
SCOPES: Mapping[str, int] = {"applications": 1, "register": 2, "transactions": 4, "keys": 8}
"""What a key may sign, by the names of the command line (`IOfficeDirectory.SigningKey`)."""

_DAY = 86_400
_HOUR = 3_600
_UNITS = {"second": 1, "minute": 60, "hour": _HOUR, "day": _DAY}
_DURATION = re.compile(r"([0-9]{1,9}) (second|minute|hour|day)s?")
_SHARE = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")
_INDEX = re.compile(r"\[[0-9]+\]")
_MAX_BYTES = 1 << 20
_MAX_KEYS = 32
"""Bounds of the texts and keys: `OfficeDirectory`, `Charter`."""
_NAME_BYTES, _ENDPOINT_BYTES, _LOCATION_BYTES = 100, 200, 500
_FOREVER = 2**40 - 1
_REMEDY = "Correct the consortium file; networks/consortium.example.toml explains every line."

T = TypeVar("T")


@dataclass(frozen=True)
class FounderKey:
    """A signing key that an office has from its admission on.

    Attributes:
        account: In EIP-55 form.
        scopes: Sum of what it may sign, see `SCOPES`.
        valid_from: First second of validity, seconds since 1970; 0 for the block of the admission.
        valid_until: First second after validity; 0 for no end.
    """

    account: str
    scopes: int
    valid_from: int = 0
    valid_until: int = 0


@dataclass(frozen=True)
class Founder:
    """A founding office.

    Attributes:
        code: WIPO ST.3 code.
        name: In English.
        seat: Account that acts for it, in EIP-55 form.
        endpoint: Address of its public service, or empty.
        earliest_filing_date: It issued no application numbers before this day; None for no bound.
        keys: Its first keys.
    """

    code: str
    name: str
    seat: str
    endpoint: str = ""
    earliest_filing_date: date | None = None
    keys: tuple[FounderKey, ...] = ()


@dataclass(frozen=True)
class Observer:
    """A court, WIPO: listed without a vote. The account is in EIP-55 form."""

    account: str
    name: str


@dataclass(frozen=True)
class ConsortiumTerms:
    """What the founders agreed on; durations in seconds. Whoever builds one without a file calls `check`.

    Attributes:
        charter_digest: SHA-256 of the charter's text.
        charter_location: Where the text is published.
        voting_delay_s: From a proposal to the beginning of its vote.
        voting_period_s: From the beginning to the end of a vote.
        execution_delay_s: From the count to the execution.
        supermajority: Share of the active offices that must vote for a proposal: numerator, denominator.
        emergency_quorum: How many offices suspend at once.
        emergency_duration_s: For how long they do.
        objection_delay_s: For how long a seat can object to its replacement; None leaves it as the directory begins.
        founders: The offices, in the order in which they are admitted.
        observers: In the order in which they are listed.
    """

    charter_digest: bytes
    charter_location: str
    voting_delay_s: int
    voting_period_s: int
    execution_delay_s: int
    supermajority: tuple[int, int]
    emergency_quorum: int
    emergency_duration_s: int
    founders: tuple[Founder, ...]
    observers: tuple[Observer, ...] = ()
    objection_delay_s: int | None = None

    def check(self) -> None:
        """Refuse what the contracts would refuse, or what no consortium can want.

        Raises:
            ConfigError: `details["place"]` names where, in the words of the file.
        """
        if len(self.charter_digest) != 32 or not any(self.charter_digest):
            _refuse("charter.text", "has no SHA-256")
        _length("charter.location", self.charter_location, 1, _LOCATION_BYTES)
        # Bounds: IConsortium.ConsortiumInvalidTime, IEmergencyCouncil and IOfficeDirectory likewise.
        _between("voting.delay", self.voting_delay_s, 0, 30 * _DAY)
        _between("voting.period", self.voting_period_s, _HOUR, 90 * _DAY)
        _between("voting.execution_delay", self.execution_delay_s, 0, 30 * _DAY)
        _between("emergency.duration", self.emergency_duration_s, _DAY, 90 * _DAY)
        if self.objection_delay_s is not None:
            _between("seats.objection_delay", self.objection_delay_s, _DAY, 90 * _DAY)
        self._check_share()
        self._check_offices()
        # With three offices two are left against the third: an emergency then waits for a fourth, and that is lawful.
        count = len(self.founders)
        most = max(LEAST_OFFICES, count - 1)
        if not LEAST_OFFICES <= self.emergency_quorum <= most:
            _refuse(
                "emergency.quorum",
                f"is {self.emergency_quorum}; among {count} offices it lies between {LEAST_OFFICES} and {most}",
            )
        self._check_observers()

    def _check_share(self) -> None:
        numerator, denominator = self.supermajority
        if not (0 < numerator < denominator < 256 and 2 * numerator > denominator):
            _refuse(
                "voting.supermajority",
                f"is {numerator}/{denominator}; it is more than 1/2 and less than 1, with a denominator below 256",
            )

    def _check_offices(self) -> None:
        if len(self.founders) < LEAST_OFFICES:
            count = {0: "no office", 1: "one office"}.get(len(self.founders), f"{len(self.founders)} offices")
            _refuse("offices", f"lists {count}; a consortium has at least {LEAST_OFFICES}")
        codes: dict[str, str] = {}
        seats: dict[str, str] = {}
        for index, founder in enumerate(self.founders):
            place = f"offices[{index}]"
            _at(f"{place}.code", office_code, founder.code)
            _once(codes, f"{place}.code", founder.code, "is the code of")
            _account(f"{place}.seat", founder.seat)
            _once(seats, f"{place}.seat", founder.seat, "is the seat of")
            _length(f"{place}.name", founder.name, 1, _NAME_BYTES)
            _length(f"{place}.endpoint", founder.endpoint, 0, _ENDPOINT_BYTES)
            if founder.earliest_filing_date is not None:
                _at(f"{place}.earliest_filing_date", to_on_chain, founder.earliest_filing_date)
            _check_keys(place, founder.keys)

    def _check_observers(self) -> None:
        accounts: dict[str, str] = {f.seat: f"offices[{index}].seat" for index, f in enumerate(self.founders)}
        for index, observer in enumerate(self.observers):
            place = f"observers[{index}]"
            _account(f"{place}.account", observer.account)
            _once(accounts, f"{place}.account", observer.account, "stands already at")
            _length(f"{place}.name", observer.name, 1, _NAME_BYTES)


def read_consortium_file(path: Path | str) -> ConsortiumTerms:
    """Read a consortium file and the charter that it names.

    Raises:
        ConfigError: No such file, no TOML, an unknown or missing entry, or a value that cannot be; `details["place"]`
            names the entry, such as `offices[1].seat`.
    """
    file = Path(path).expanduser()
    try:
        document = tomllib.loads(_read(file, "the consortium file").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the consortium file {file} is not TOML: {error}", remedy=_REMEDY) from None
    try:
        terms = _terms(document, file.parent)
        terms.check()
    except ConfigError as error:
        raise ConfigError(
            f"the consortium file {file}: {error.message}", remedy=error.remedy or _REMEDY, **error.details
        ) from None
    return terms


def _terms(document: dict[str, Any], folder: Path) -> ConsortiumTerms:
    top = _table("", document, ("charter", "voting", "emergency", "offices"), ("seats", "observers"))
    charter = _table("charter", top["charter"], ("text", "location"))
    voting = _table("voting", top["voting"], ("delay", "period", "execution_delay", "supermajority"))
    emergency = _table("emergency", top["emergency"], ("quorum", "duration"))
    seats = _table("seats", top.get("seats", {}), (), ("objection_delay",))
    return ConsortiumTerms(
        charter_digest=hashlib.sha256(_charter(_text("charter.text", charter["text"]), folder)).digest(),
        charter_location=_text("charter.location", charter["location"]),
        voting_delay_s=_duration("voting.delay", voting["delay"]),
        voting_period_s=_duration("voting.period", voting["period"]),
        execution_delay_s=_duration("voting.execution_delay", voting["execution_delay"]),
        supermajority=_share("voting.supermajority", voting["supermajority"]),
        emergency_quorum=_whole("emergency.quorum", emergency["quorum"]),
        emergency_duration_s=_duration("emergency.duration", emergency["duration"]),
        objection_delay_s=(
            _duration("seats.objection_delay", seats["objection_delay"]) if "objection_delay" in seats else None
        ),
        founders=tuple(_founder(place, entry) for place, entry in _tables("offices", top["offices"])),
        observers=tuple(_observer(place, entry) for place, entry in _tables("observers", top.get("observers", []))),
    )


def _founder(place: str, entry: object) -> Founder:
    office = _table(place, entry, ("code", "name", "seat"), ("endpoint", "earliest_filing_date", "keys"))
    earliest = office.get("earliest_filing_date")
    if earliest is not None and (not isinstance(earliest, date) or isinstance(earliest, datetime)):
        _refuse(f"{place}.earliest_filing_date", f"is {earliest!r}; a day is written without quotes, as 1996-04-01")
    return Founder(
        code=_text(f"{place}.code", office["code"]),
        name=_text(f"{place}.name", office["name"]),
        seat=_address(f"{place}.seat", office["seat"]),
        endpoint=_text(f"{place}.endpoint", office.get("endpoint", "")),
        earliest_filing_date=earliest,
        keys=tuple(_key(where, key) for where, key in _tables(f"{place}.keys", office.get("keys", []))),
    )


def _key(place: str, entry: object) -> FounderKey:
    key = _table(place, entry, ("account", "scopes"), ("valid_from", "valid_until"))
    names = key["scopes"]
    if not isinstance(names, list) or not names:
        _refuse(f"{place}.scopes", f'is {names!r}; scopes are a list such as ["applications"]')
    scopes = 0
    for name in names:
        scope = SCOPES.get(name, 0) if isinstance(name, str) else 0
        if not scope:
            _refuse(f"{place}.scopes", f"has {name!r}, none of {', '.join(SCOPES)}")
        if scopes & scope:
            _refuse(f"{place}.scopes", f"has {name!r} twice")
        scopes |= scope
    return FounderKey(
        account=_address(f"{place}.account", key["account"]),
        scopes=scopes,
        valid_from=_moment(f"{place}.valid_from", key.get("valid_from")),
        valid_until=_moment(f"{place}.valid_until", key.get("valid_until")),
    )


def _observer(place: str, entry: object) -> Observer:
    observer = _table(place, entry, ("account", "name"))
    return Observer(_address(f"{place}.account", observer["account"]), _text(f"{place}.name", observer["name"]))


def _check_keys(office: str, keys: tuple[FounderKey, ...]) -> None:
    if len(keys) > _MAX_KEYS:
        _refuse(f"{office}.keys", f"lists {len(keys)} keys; an office has at most {_MAX_KEYS}")
    accounts: dict[str, str] = {}
    for index, key in enumerate(keys):
        place = f"{office}.keys[{index}]"
        _account(f"{place}.account", key.account)
        _once(accounts, f"{place}.account", key.account, "is the key of")
        if not 0 < key.scopes <= sum(SCOPES.values()):
            _refuse(f"{place}.scopes", f"is {key.scopes}, no sum of {', '.join(map(str, SCOPES.values()))}")
        for name, moment in (("valid_from", key.valid_from), ("valid_until", key.valid_until)):
            if not 0 <= moment <= _FOREVER:
                _refuse(f"{place}.{name}", f"is {moment}, which is no time")
        if key.valid_until and key.valid_until <= key.valid_from:
            _refuse(f"{place}.valid_until", "does not come after valid_from")


# Values


def _refuse(place: str, what: str) -> NoReturn:
    raise ConfigError(f"{place} {what}", remedy=_REMEDY, place=place)


def _at(place: str, action: Callable[[Any], T], value: object) -> T:
    """What `action` makes of a value; its refusal with the place."""
    try:
        return action(value)
    except RegistrumError as error:
        raise ConfigError(f"{place}: {error.message}", remedy=error.remedy or _REMEDY, place=place) from None


def _table(place: str, value: object, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(place, "is no table")
    prefix = f"{place}." if place else ""
    required = tuple(required)
    for name in value:
        if name not in (*required, *optional):
            _refuse(prefix + name, f"is not known here; known are {', '.join((*required, *optional))}")
    for name in required:
        if name not in value:
            _refuse(prefix + name, "is missing")
    return value


def _tables(place: str, value: object) -> list[tuple[str, object]]:
    if not isinstance(value, list):
        _refuse(place, f"is no list of tables; write [[{_INDEX.sub('', place)}]]")
    return [(f"{place}[{index}]", entry) for index, entry in enumerate(value)]


def _text(place: str, value: object) -> str:
    if not isinstance(value, str) or any(ord(c) < 32 or ord(c) == 127 for c in value):
        _refuse(place, f"is {value!r}, not a text of one line")
    return value


def _whole(place: str, value: object) -> int:
    if type(value) is not int:
        _refuse(place, f"is {value!r}, not a whole number")
    return value


def _duration(place: str, value: object) -> int:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        _refuse(place, f'is {value!r}; a duration is written "3 days", "12 hours", "30 minutes" or "0 seconds"')
    return int(match[1]) * _UNITS[match[2]]


def _share(place: str, value: object) -> tuple[int, int]:
    match = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        _refuse(place, f'is {value!r}; a share is written "2/3"')
    return int(match[1]), int(match[2])


def _moment(place: str, value: object) -> int:
    if value is None:
        return 0
    if not isinstance(value, datetime) or value.tzinfo is None:
        _refuse(place, f"is {value}; a time is written with its zone and without quotes, as 2026-01-01T00:00:00Z")
    if value.microsecond:
        _refuse(place, "has fractions of a second")
    seconds = int(value.timestamp())
    if seconds <= 0:
        _refuse(place, f"is {value}, before 1970")
    return seconds


def _address(place: str, value: object) -> str:
    return checksum_address(_at(place, parse_address, value))


def _account(place: str, account: str) -> None:
    if not any(_at(place, parse_address, account)):
        _refuse(place, "is the zero address")


def _once(seen: dict[str, str], place: str, value: str, what: str) -> None:
    if value in seen:
        _refuse(place, f"is {value}, which {what} {seen[value].rpartition('.')[0]}")
    seen[value] = place


def _length(place: str, text: str, least: int, most: int) -> None:
    size = len(text.encode("utf-8"))
    if not least <= size <= most:
        _refuse(place, f"has {size} bytes; it has between {least} and {most}")


def _between(place: str, seconds: int, least: int, most: int) -> None:
    if not least <= seconds <= most:
        _refuse(place, f"is {_spoken(seconds)}; it lies between {_spoken(least)} and {_spoken(most)}")


def _spoken(seconds: int) -> str:
    unit = next((name for name, size in reversed(_UNITS.items()) if seconds and seconds % size == 0), "second")
    count = seconds // _UNITS[unit]
    return f"{count} {unit}{'' if count == 1 else 's'}"


# Files


def _charter(name: str, folder: Path) -> bytes:
    try:
        text = _read(folder / Path(name).expanduser(), "the text")
    except ConfigError as error:
        raise ConfigError(
            f"charter.text: {error.message}",
            remedy="The path is relative to the consortium file.",
            place="charter.text",
        ) from None
    if not text.strip():
        _refuse("charter.text", f"names {name}, which is empty")
    return text


def _read(file: Path, what: str) -> bytes:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{what} {file} cannot be read: {error.strerror}", remedy=_REMEDY) from error
    if len(raw) > _MAX_BYTES:
        raise ConfigError(f"{what} {file} has more than {_MAX_BYTES} bytes", remedy=_REMEDY)
    return raw
