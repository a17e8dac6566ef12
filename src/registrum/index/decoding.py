"""Logs into rows: a pure function of the logs, the times of their blocks, and which contracts are followed.

Logs are read at fixed offsets of their hexadecimal digits, since the events that come by the million have fixed forms.
A log of an address that is not followed is left out and counted: other contracts can emit events that look the same,
and not every node heeds a filter.

Not its job: what later events make of earlier ones (`registrum.index.settling`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from registrum.chain.contracts import (
    APPLICATION_REGISTRY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    load_abi,
)
from registrum.errors import NodeError
from registrum.index.event_values import ascii_text, event_readers
from registrum.index.tables import LOG_BITS
from registrum.signing.addresses import checksum_address

__all__ = [
    "CORRECTED",
    "REGISTERED",
    "REGISTERED_COMMON",
    "REGISTERED_CONSTANTS",
    "REGISTERED_OWN",
    "REINSTATED",
    "UNSETTLED",
    "WITHDRAWN",
    "Decoded",
    "Decoder",
    "Followed",
    "Log",
    "storable",
]

REGISTERED: Final = 1
CORRECTED: Final = 2
WITHDRAWN: Final = 3
REINSTATED: Final = 4
"""`kind` of a row of `applications`."""

FILED: Final = 1
UNSETTLED: Final = 0
"""`status` of a row of `applications` whose values depend on earlier rows, until they are worked in."""

UNKNOWN: Final = "Unknown"
"""Name of an event that the interface of its contract does not have."""

_ZERO: Final = "0" * 64
_VERSION_EVENTS: Final = frozenset({"ContractListed", "RegistryChanged"})


REGISTERED_OWN: Final = ("position", "number", "digest")
REGISTERED_COMMON: Final = (
    "tx_index",
    "registry",
    "office",
    "right",
    "filing_date",
    "disclosure",
    "signing_key",
    "recorded_at",
)
"""Columns of `applications` in which registrations of one batch differ, and those in which they mostly do not: binding
each value once halves the time of an insertion."""
REGISTERED_CONSTANTS: Final = {"kind": REGISTERED, "version": 1, "status": FILED}
"""What all registrations have in common; the rest is NULL."""


class Log(msgspec.Struct, rename="camel", gc=False):
    """A log as nodes send it; what else they send is left out."""

    address: str
    topics: list[str]
    data: str
    block_number: str
    block_hash: str
    transaction_hash: str
    transaction_index: str
    log_index: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A contract whose events are read.

    Attributes:
        name: As in the manifest.
        address: In any case of letters.
        registry: Of application registries 1 for the first, one more for each that took over; 0 for other contracts.
    """

    name: str
    address: str
    registry: int = 0


@dataclass(slots=True)
class Decoded:
    """Rows out of logs.

    Attributes:
        rows: For each table by name, rows with all columns in their order.
        registered: Registrations that follow one another, as rows of `applications`: what they have in common
            (`REGISTERED_COMMON`), and the values of `REGISTERED_OWN` of each, one row after another.
        events: Logs of followed contracts.
        ignored: Logs of other addresses.
        changes_versions: Whether one says that a contract was replaced by another.
    """

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    registered: list[tuple[tuple[Any, ...], list[Any]]] = field(default_factory=list)
    events: int = 0
    ignored: int = 0
    changes_versions: bool = False

    def of_table(self, table: str) -> list[tuple[Any, ...]]:
        """All rows of a table with all columns."""
        rows = self.rows.get(table, [])
        if table != "applications":
            return rows
        width = len(REGISTERED_OWN)
        registrations = [
            _whole_registration(common, own[at : at + width])
            for common, own in self.registered
            for at in range(0, len(own), width)
        ]
        return [*registrations, *rows]

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        """Add a row to a table."""
        self.rows.setdefault(table, []).append(row)


@dataclass(slots=True)
class _Place:
    """Where a log is."""

    position: int
    tx_index: int
    time: int
    followed: Followed


_Handler = Callable[[Decoded, _Place, Log], bool]
"""Adds rows for a log; whether the log also gets a row in `events`."""


class Decoder:
    """Reads the logs of a set of contracts.

    Args:
        contracts: Those that are followed.
    """

    def __init__(self, contracts: Iterable[Followed]) -> None:
        self._contracts: dict[str, tuple[Followed, Mapping[str, _Handler]]] = {}
        for one in contracts:
            handlers = _HANDLERS.get(one.name, {})
            digits = bytes.fromhex(one.address[2:])
            for form in (one.address, "0x" + digits.hex(), checksum_address(digits)):
                self._contracts[form] = one, handlers

    def follows(self, address: str) -> bool:
        """Whether logs of an address are read."""
        return address in self._contracts

    def decode(self, logs: Iterable[Log], blocks: Mapping[str, tuple[bytes, int]]) -> Decoded:
        """Rows of logs.

        Args:
            logs: In the order of the chain.
            blocks: Hash and time of every block that a log of a followed contract is in, by its number as in the logs.

        Raises:
            NodeError: They are not in order, of a block that is not given, or have not the form of their event.
        """
        found = Decoded()
        contracts, last = self._contracts, -1
        block_text = tx_text = ""
        base = time = tx_index = 0
        count = ignored = 0
        # Of registrations one after another, what most of a batch have in common is read once.
        address = stated = key_topic = kind = prefix = ""
        own: list[Any] | None = None
        for log in logs:
            known = contracts.get(log.address)
            if known is None:
                ignored += 1
                continue
            try:
                if log.block_number != block_text:
                    block_text, tx_text = log.block_number, ""
                    number = int(block_text, 16)
                    base = number << LOG_BITS
                    block_hash, time = blocks[block_text]
                    found.add("blocks", (number, block_hash, time))
                if log.transaction_hash != tx_text:
                    tx_text, tx_index, own = log.transaction_hash, int(log.transaction_index, 16), None
                    found.add("transactions", (base >> LOG_BITS, tx_index, bytes.fromhex(tx_text[2:])))
                position = base | int(log.log_index, 16)
                if position <= last:
                    raise NodeError("the node sent events out of their order")
                last = position
                topics = log.topics
                followed, handlers = known
                topic = topics[0] if topics else ""
                count += 1
                if topic == _REGISTERED_TOPIC and followed.registry:
                    # Inlined: a full register is made of these.
                    _, number_topic, signer, digest_topic = topics
                    if (
                        own is None
                        or signer != key_topic
                        or log.data != stated
                        or number_topic[2:8] != kind
                        or log.address != address
                    ):
                        address, key_topic, stated, kind = log.address, signer, log.data, number_topic[2:8]
                        letters = bytes.fromhex(kind).decode("ascii")
                        prefix = f"{letters[:2]}/{letters[2]}/"
                        common = (
                            tx_index,
                            followed.registry,
                            letters[:2],
                            letters[2],
                            int(stated[58:66], 16),
                            int(stated[128:130], 16),
                            bytes.fromhex(signer[26:]),
                            time,
                        )
                        own = []
                        found.registered.append((common, own))
                    own += (
                        position,
                        prefix + bytes.fromhex(number_topic[8:]).rstrip(b"\0").decode("ascii"),
                        bytes.fromhex(digest_topic[2:]),
                    )
                    continue
                # It may take the registration before it away.
                own = None
                place = _Place(position, tx_index, time, followed)
                handler = handlers.get(topic)
                if handler is None or handler(found, place, log):
                    _add_event(found, place, log)
            except (ValueError, IndexError, KeyError) as error:
                raise _unreadable(log, error) from error
        found.events, found.ignored = count, ignored
        return found


def _unreadable(log: Log, error: Exception) -> NodeError:
    return NodeError(
        f"the node sent an event of {log.address} in block {log.block_number} that cannot be read: {error}",
        remedy="Check that the addresses are those of the contracts, and that the node is the right one.",
    )


def _add_event(found: Decoded, place: _Place, log: Log) -> None:
    """The row in `events`."""
    contract = place.followed.name
    reader = event_readers(contract).get(log.topics[0]) if log.topics else None
    if reader is None:
        values: dict[str, Any] = {"topics": log.topics, "data": log.data}
        name, office, number = UNKNOWN, None, None
    else:
        values = reader.read(log.topics[1:], bytes.fromhex(log.data[2:]))
        name = reader.name
        office, number = reader.about(values)
        found.changes_versions = found.changes_versions or name in _VERSION_EVENTS
    arguments = json.dumps(values, separators=(",", ":"))
    found.add("events", (place.position, place.tx_index, contract, name, office, number, arguments))


def _word(data: str, index: int) -> str:
    """Hexadecimal digits of a word of the data."""
    word = data[2 + 64 * index : 66 + 64 * index]
    if len(word) != 64:
        raise ValueError("it is too short")
    return word


def _int(data: str, index: int) -> int:
    return int(_word(data, index), 16)


def _bytes(data: str, index: int) -> bytes | None:
    """Thirty-two bytes; None for zero."""
    word = _word(data, index)
    return None if word == _ZERO else bytes.fromhex(word)


def _account(data: str, index: int) -> bytes:
    return bytes.fromhex(_word(data, index)[24:])


def _number(word: str) -> str:
    """An office number out of 64 hexadecimal digits."""
    text = bytes.fromhex(word).rstrip(b"\0").decode("ascii")
    return f"{text[:2]}/{text[2]}/{text[3:]}"


def _some_number(word: str) -> str | None:
    return None if word == _ZERO else _number(word)


def _topic_number(log: Log, index: int) -> str:
    return _number(log.topics[index][2:])


def _topic_account(log: Log, index: int) -> bytes:
    return bytes.fromhex(log.topics[index][26:])


def _topic_office(log: Log, index: int) -> str:
    return bytes.fromhex(log.topics[index][2:6]).decode("ascii")


def _disclosed(found: Decoded, place: _Place, log: Log) -> bool:
    """Part of the registration just before it, whose time is that of the anchor."""
    common, own = found.registered[-1] if found.registered else ((), [])
    before = own[-len(REGISTERED_OWN) :]
    if before[:2] != [place.position - 1, _number(_word(log.data, 0))]:
        raise ValueError("no registration is before the disclosure")
    del own[-len(REGISTERED_OWN) :]
    row = _whole_registration(common, before)
    found.add("applications", (*row[:8], UNSETTLED, *row[9:13], None, _int(log.data, 1), None, None))
    return False


def _changed(found: Decoded, place: _Place, log: Log, kind: int, version: int, content: tuple[Any, ...]) -> bool:
    number = _topic_number(log, 1)
    head = (place.position, place.tx_index, place.followed.registry, kind, number, number[:2], number[3])
    found.add("applications", (*head, version, UNSETTLED, *content, None))
    return False


def _corrected(found: Decoded, place: _Place, log: Log) -> bool:
    data = log.data
    digest = bytes.fromhex(log.topics[3][2:])
    content = (_int(data, 0), digest, _int(data, 1), _topic_account(log, 2), place.time, None, None)
    return _changed(found, place, log, CORRECTED, _int(data, 2), content)


def _withdrawn(found: Decoded, place: _Place, log: Log) -> bool:
    content = (None, None, None, None, None, None, _topic_account(log, 2))
    return _changed(found, place, log, WITHDRAWN, _int(log.data, 0), content)


def _reinstated(found: Decoded, place: _Place, log: Log) -> bool:
    content = (None, None, None, None, None, None, _topic_account(log, 2))
    return _changed(found, place, log, REINSTATED, _int(log.data, 0), content)


def _reconfirmed(found: Decoded, place: _Place, log: Log) -> bool:
    registry, signer = place.followed.registry, _topic_account(log, 2)
    number, version = _topic_number(log, 1), _int(log.data, 0)
    row = (place.position, place.tx_index, registry, number, version, signer, place.time, None)
    found.add("reconfirmations", row)
    return True


def _anchored(found: Decoded, place: _Place, log: Log) -> bool:
    data, office = log.data, _topic_office(log, 1)
    root, signer = bytes.fromhex(_word(data, 0)), _account(data, 3)
    what = (office, _int(data, 1), root, _int(data, 2), signer, place.time)
    found.add("anchors", (place.position, place.tx_index, place.followed.registry, *what))
    return True


def _calendar(found: Decoded, place: _Place, log: Log) -> bool:
    data = log.data
    exceptions = bytes.fromhex(_word(data, 1) + _word(data, 2))
    what = (_topic_office(log, 1), int(log.topics[2], 16), _int(data, 0), exceptions, _int(data, 3), place.time)
    found.add("calendars", (place.position, place.tx_index, *what, None))
    return True


def _claim(found: Decoded, place: _Place, log: Log) -> bool:
    data = log.data
    what = (_topic_number(log, 1), _topic_number(log, 2), _topic_office(log, 3), _int(data, 0), _int(data, 1))
    state = (_int(data, 2) != 0, _int(data, 3), _int(data, 4), _account(data, 5), place.time)
    found.add("claims", (place.position, place.tx_index, *what, *state, None))
    return True


def _recorded(found: Decoded, place: _Place, log: Log) -> bool:
    data, number = log.data, _topic_number(log, 1)
    before = _word(data, 2)[:4]
    row = (
        place.position,
        place.tx_index,
        number,
        number[:2],
        number[3],
        _int(data, 11),
        bytes.fromhex(_word(data, 0)),
        _topic_account(log, 3),
        ascii_text(bytes.fromhex(_word(data, 1)[:16])),
        ascii_text(bytes.fromhex(log.topics[2][2:])),
        None if before == "0000" else bytes.fromhex(before).decode("ascii"),
        bytes.fromhex(_word(data, 3)[:4]).decode("ascii"),
        _int(data, 4),
        _int(data, 5),
        _int(data, 6),
        _int(data, 7) or None,
        _bytes(data, 8),
        _int(data, 9) or None,
        _int(data, 10),
        _int(data, 12),
        *_NOTHING_STATED,
    )
    found.add("entry_events", row)
    return False


_NOTHING_STATED = (0, *[None] * 10)


def _stated(found: Decoded, place: _Place, log: Log) -> bool:
    """Part of the event just before it."""
    rows, data = found.rows.get("entry_events", []), log.data
    head = bytes.fromhex(log.topics[2][2:])
    if not rows or rows[-1][6] != head or rows[-1][0] != place.position - 1:
        raise ValueError("the event that stated the facts is not before them")
    facts = (
        _int(data, 0),
        _int(data, 1) or None,
        _int(data, 2) or None,
        _int(data, 3) or None,
        _int(data, 4),
        _bytes(data, 5),
        _bytes(data, 6),
        _bytes(data, 7),
        _int(data, 8),
        _some_number(_word(data, 9)),
        _int(data, 10),
    )
    rows[-1] = (*rows[-1][: -len(facts)], *facts)
    return False


def _related(found: Decoded, place: _Place, log: Log) -> bool:
    what = (_topic_number(log, 1), _some_number(log.topics[2][2:]), int(log.topics[3], 16), _int(log.data, 0))
    found.add("relations", (place.position, place.tx_index, *what))
    return True


def _code(found: Decoded, place: _Place, log: Log) -> bool:
    [reader] = [one for one in event_readers(RIGHTS_REGISTER).values() if one.name == "CodeSet"]
    values = reader.read(log.topics[1:], bytes.fromhex(log.data[2:]))
    category = bytes.fromhex(values["category"][2:])
    what = (
        bytes.fromhex(values["right"][2:]).decode("ascii"),
        ascii_text(bytes.fromhex(values["system"][2:])),
        ascii_text(bytes.fromhex(values["code"][2:])),
        category.decode("ascii") if any(category) else None,
        values["from"],
        values["to"],
        f"{int(values['statuses']):032x}",
        storable(values["title"]),
    )
    found.add("codes", (place.position, place.tx_index, *what, None))
    return True


def _status(found: Decoded, place: _Place, log: Log) -> bool:
    right = bytes.fromhex(log.topics[1][2:4]).decode("ascii")
    what = (right, int(log.topics[2], 16), ascii_text(bytes.fromhex(_word(log.data, 0))))
    found.add("statuses", (place.position, place.tx_index, *what, None))
    return True


def _body(found: Decoded, place: _Place, log: Log) -> bool:
    data = log.data
    named = (_topic_office(log, 1), _topic_account(log, 2), ascii_text(bytes.fromhex(_word(data, 0))))
    what = (_int(data, 1), _int(data, 2), _int(data, 3), _int(data, 4), _account(data, 5))
    found.add("bodies", (place.position, place.tx_index, *named, *what, None))
    return True


def _terms(found: Decoded, place: _Place, log: Log) -> bool:
    data, right = log.data, bytes.fromhex(log.topics[2][2:4]).decode("ascii")
    what = (_int(data, 0), _int(data, 1), _int(data, 2), _int(data, 3), _int(data, 4), _account(data, 5))
    found.add("renewal_terms", (place.position, place.tx_index, _topic_office(log, 1), right, *what, None))
    return True


def _whole_registration(common: Sequence[Any], own: Sequence[Any]) -> tuple[Any, ...]:
    """A row of `applications` out of `REGISTERED_COMMON` and `REGISTERED_OWN`."""
    tx_index, registry, office, right, filing_date, disclosure, signing_key, recorded_at = common
    position, number, digest = own
    place = (position, tx_index, registry, REGISTERED, number, office, right)
    return (*place, 1, FILED, filing_date, digest, disclosure, signing_key, recorded_at, None, None, None)


def storable(text: str) -> str:
    """A text without the character zero, which PostgreSQL does not take."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _handlers(contract: str, **handlers: _Handler) -> dict[str, _Handler]:
    return {load_abi(contract).topic(name): handler for name, handler in handlers.items()}


_REGISTERED_TOPIC: Final = load_abi(APPLICATION_REGISTRY).topic("ApplicationRegistered")
_HANDLERS: Final = {
    APPLICATION_REGISTRY: _handlers(
        APPLICATION_REGISTRY,
        ApplicationDisclosed=_disclosed,
        ApplicationCorrected=_corrected,
        ApplicationWithdrawn=_withdrawn,
        ApplicationReinstated=_reinstated,
        ApplicationReconfirmed=_reconfirmed,
        ApplicationsAnchored=_anchored,
    ),
    PRIORITY_REGISTER: _handlers(PRIORITY_REGISTER, CalendarPublished=_calendar, ClaimRecorded=_claim),
    RIGHTS_REGISTER: _handlers(
        RIGHTS_REGISTER,
        LegalStatusEventRecorded=_recorded,
        EntryFactsStated=_stated,
        EntriesRelated=_related,
        CodeSet=_code,
        StatusSet=_status,
    ),
    OFFICE_PRACTICE: _handlers(OFFICE_PRACTICE, BodyEmpowered=_body, RenewalTermsSet=_terms),
}
