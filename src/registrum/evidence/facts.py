"""What follows from statements and the state of the chain: the facts of a bundle. Sections 6 to 9 of the format.

Made by the same functions where a bundle is put together and where it is checked. Not its job: trust in the block
(`registrum.evidence.link`), verdicts on priority claims (`registrum.evidence.claims`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from registrum.dates import to_on_chain
from registrum.errors import EvidenceError, NumberFormatError
from registrum.evidence.canonical import FOREVER, LAST_MOMENT, day, hexed, instant
from registrum.evidence.chain import ChainDescription, CodeAt
from registrum.evidence.state import ChainState, Fields, OfficeState
from registrum.evidence.statements import (
    DISCLOSURES,
    Content,
    Doubts,
    EventStatement,
    RecordStatement,
    event_statement,
    record_statement,
)
from registrum.numbers import OfficeNumber
from registrum.signing.keccak import keccak

__all__ = ["ApplicationFacts", "Signed", "application_facts", "entry_facts"]

_STATUSES = {1: "filed", 2: "corrected", 3: "withdrawn"}
_LAST_VERSION = 255
_KEY_TIMES = ("validFrom", "validUntil", "revokedAt", "compromisedSince", "barredUntil")
_ENTRY_DATES = ("filingDate", "registrationDate", "expiryDate", "ceasedOn")
_ENTRY_HASHES = ("head", "dossier", "representation", "holder")
_ENTRY_NUMBERS = ("application", "basis", "parent", "former", "continuation")
_IMPORTED, _IRREGULAR = 1, 2
_RECORD_SCOPES, _EVENT_SCOPES = 1, 2 | 4
"""As `contracts/libraries/Scopes.sol` has them."""
_EARLIEST_TIME_ZONE_S = 14 * 3600
"""The day begins so much before UTC in the earliest civil time on Earth."""


@dataclass(frozen=True)
class Signed:
    """How much of the statements is signed by keys, which alone can be checked without a node.

    Attributes:
        statements: How many statements there are.
        checked: How many of them carry a signature of a key.
        is_complete: Whether they are shown to be all that there are.
        doubt: What is wrong with them; None if nothing is.
    """

    statements: int
    checked: int
    is_complete: bool
    doubt: EvidenceError | None = None


@dataclass(frozen=True)
class ApplicationFacts:
    """What is shown of an application number.

    Attributes:
        json: The facts, as section 7 has them.
        content: Of the record; None if there is none.
        is_suspect: Whether the key of the record was compromised and nobody has confirmed the record since.
        signed: Of its statements.
    """

    json: dict[str, Any]
    content: Content | None
    is_suspect: bool
    signed: Signed


def application_facts(
    number: OfficeNumber,
    statements: Sequence[object],
    chain: ChainDescription,
    state: ChainState,
    further: Iterable[bytes] = (),
) -> ApplicationFacts:
    """The facts about a number.

    Args:
        number: The number.
        statements: As the bundle has them, oldest first.
        chain: Contracts.
        state: Of the chain at the block.
        further: Accounts whose keys are shown besides.

    Raises:
        EvidenceError: A statement has not the form, or the state does not show what is read.
    """
    doubts = Doubts()
    read = [record_statement(each, number, place, chain, doubts) for place, each in enumerate(statements)]
    state.require_chosen_registry()
    registry, digest, record = _record(number, chain, state)
    office = state.office(number.office)
    reconfirmation: Fields = {}
    if registry is not None:
        reconfirmation = state.reconfirmation(registry, number.on_chain)
    anchored = _anchored(number, read, state, doubts)
    for each in read:
        with doubts.kept():
            if each.is_signed and not _may_sign(number.office, each.signer, _RECORD_SCOPES, state):
                raise EvidenceError(
                    f"0x{each.signer.hex()} is no key of the office for applications", check="statements"
                )
    with doubts.kept():
        _require_leads_to(read, digest, record)
    content = Content(digest, record["filingDate"], record["disclosure"]) if registry is not None else None
    suspect = registry is not None and _is_suspect(number.office, record, reconfirmation, state)
    accounts = {each.signer for each in read}.union(further)
    confirmed = bool(reconfirmation.get("reconfirmedAt"))
    if registry is not None:
        accounts.add(_account(record["signingKey"]))
    if confirmed:
        accounts.add(_account(reconfirmation["signingKey"]))
    if registry is not None:
        answer = _status(record["status"])
    elif anchored is not None:
        answer = "anchored"
    else:
        answer = _not_recorded(office)
    facts = {
        "answer": answer,
        "record": None if registry is None else _record_json(registry, digest, record, is_suspect=suspect),
        "reconfirmation": {
            "signingKey": hexed(_account(reconfirmation["signingKey"])),
            "reconfirmedAt": _stamp(reconfirmation["reconfirmedAt"]),
            "version": reconfirmation["version"],
        }
        if confirmed
        else None,
        "anchored": anchored,
        "office": _office_json(office),
        "keys": [_key_json(number.office, account, state) for account in sorted(accounts)],
    }
    checked = sum(each.is_signed for each in read)
    is_complete = registry is None or record["version"] < _LAST_VERSION
    return ApplicationFacts(facts, content, suspect, Signed(len(read), checked, is_complete, doubts.first))


def entry_facts(
    number: OfficeNumber,
    statements: Sequence[object],
    chain: ChainDescription,
    state: ChainState,
    further: Iterable[bytes] = (),
) -> tuple[dict[str, Any], Signed]:
    """The facts about a register entry, as section 9 has them.

    Args:
        number: Number of the entry.
        statements: As the bundle has them, oldest first.
        chain: Contracts.
        state: Of the chain at the block.
        further: Accounts whose keys are shown besides.

    Raises:
        EvidenceError: A statement has not the form, or the state does not show what is read.
    """
    doubts = Doubts()
    read = [event_statement(each, chain, doubts) for each in statements]
    entry, words = state.entry(number.on_chain)
    office = state.office(number.office)
    exists = bool(entry["eventCount"]) or any(words[-1])
    for each in read:
        with doubts.kept():
            may = _may_sign(number.office, each.signer, _EVENT_SCOPES, state) or (
                state.key_found(number.office, each.signer) is None
                and state.body(number.office, each.signer)[0]["version"] != 0
            )
            if each.is_signed and not may:
                raise EvidenceError(f"0x{each.signer.hex()} signs no events for the office", check="statements")
    with doubts.kept():
        _require_chain(read, entry["eventCount"], words[0])
    accounts = sorted({each.signer for each in read}.union(further))
    facts = {
        "answer": "recorded" if exists else _not_recorded(office),
        "entry": _entry_json(entry, words) if exists else None,
        "events": [_event_json(each) for each in read],
        "office": _office_json(office),
        "keys": [_key_or_body_json(number.office, account, state) for account in accounts],
    }
    checked = sum(each.is_signed for each in read)
    return facts, Signed(len(read), checked, is_complete=True, doubt=doubts.first)


def read_number(value: object) -> OfficeNumber:
    """The number that a subject names.

    Raises:
        EvidenceError: It is none.
    """
    try:
        return OfficeNumber.from_text(value if isinstance(value, str) else "")
    except NumberFormatError as error:
        raise EvidenceError(f"the subject names no office number: {error.message}", check="form") from error


def _record(number: OfficeNumber, chain: ChainDescription, state: ChainState) -> tuple[CodeAt | None, bytes, Fields]:
    for registry in chain.registries:
        digest, record = state.record(registry, number.on_chain)
        if record["version"]:
            return registry, digest, record
    return None, bytes(32), {}


def _anchored(
    number: OfficeNumber, read: Sequence[RecordStatement], state: ChainState, doubts: Doubts
) -> dict[str, Any] | None:
    """The anchor that the first statement names, which the chain must have."""
    if not read or read[0].anchor is None or read[0].registry is None:
        return None
    anchor = read[0].anchor
    time, binding = state.anchor(read[0].registry, number.office, anchor.sequence)
    expected = keccak(anchor.root + anchor.leaf_count.to_bytes(32, "big") + read[0].signer.rjust(32, b"\0"))
    latest = to_on_chain(datetime.fromtimestamp(min(time + _EARLIEST_TIME_ZONE_S, LAST_MOMENT), UTC).date())
    with doubts.kept():
        if binding[:27] != expected[:27]:
            raise EvidenceError("the chain has no such anchor of the office", check="statements")
        if read[0].content is None or read[0].content.filing_date > latest:
            raise EvidenceError("the leaf of the anchor was filed after it was anchored", check="statements")
    suspect = _was_compromised(number.office, int.from_bytes(read[0].signer, "big"), time, state)
    return {"sequence": anchor.sequence, "time": _stamp(time), "suspect": suspect}


def _require_leads_to(read: Sequence[RecordStatement], digest: bytes, record: Fields) -> None:
    """Refuse statements that are not, one after another, how the record came to be what it is."""
    if not record:
        if len(read) > 1 or (read and read[0].type != "Anchor"):
            raise EvidenceError("statements are there about a number that is not recorded", check="statements")
        return
    if record["version"] == _LAST_VERSION:
        if read:
            raise EvidenceError("a record of the last version comes without statements", check="statements")
        return
    if len(read) != record["version"]:
        raise EvidenceError(
            f"the record has {record['version']} versions, and there are {len(read)} statements", check="statements"
        )
    status = 1
    for each in read[1:]:
        if each.type == "Withdrawal":
            status = 3
        elif each.type == "Reinstatement" or status != 3:
            status = 2
    last = [each for each in read if each.content is not None][-1]
    stated = (Content(digest, record["filingDate"], record["disclosure"]), record["signingKey"], record["status"])
    if (last.content, int.from_bytes(last.signer, "big"), status) != stated:
        raise EvidenceError("the statements do not lead to the record that the chain has", check="statements")


def _is_suspect(office: str, record: Fields, reconfirmation: Fields, state: ChainState) -> bool:
    if not _was_compromised(office, record["signingKey"], record["recordedAt"], state):
        return False
    at = reconfirmation["reconfirmedAt"]
    is_of_this = reconfirmation["version"] == record["version"] or at > record["recordedAt"]
    return not (at and is_of_this) or _was_compromised(office, reconfirmation["signingKey"], at, state)


def _may_sign(office: str, account: bytes, scopes: int, state: ChainState) -> bool:
    """Whether an account is a key of the office, or of one that took over, for any of these scopes."""
    found = state.key_found(office, account)
    return found is not None and found[1]["scopes"] & scopes != 0


def _was_compromised(office: str, account: int, time: int, state: ChainState) -> bool:
    since = state.compromised_since(office, _account(account))
    return since != 0 and since <= time


def _require_chain(read: Sequence[EventStatement], count: int, head: bytes) -> None:
    """Refuse events that are not all of the entry: each names the hash of the one before, the head is the last."""
    if len(read) != count:
        raise EvidenceError(f"the entry has {count} events, and there are {len(read)} statements", check="statements")
    last = bytes(32)
    for place, each in enumerate(read, 1):
        if each.statement.previous != last:
            raise EvidenceError(f"event {place} does not follow the one before it", check="statements")
        last = each.statement.struct_hash()
    if last != head:
        raise EvidenceError("the events do not lead to the head of the entry", check="statements")


def _not_recorded(office: OfficeState) -> str:
    return "not_covered" if office.status in {"none", "departed"} else "not_found"


def _status(value: int) -> str:
    if value not in _STATUSES:
        raise EvidenceError(f"a record has no status {value}")
    return _STATUSES[value]


def _record_json(registry: CodeAt, digest: bytes, record: Fields, *, is_suspect: bool) -> dict[str, Any]:
    if record["disclosure"] >= len(DISCLOSURES):
        raise EvidenceError(f"a record has no disclosure {record['disclosure']}")
    return {
        "registry": hexed(registry.address),
        "digest": hexed(digest),
        "filingDate": day(record["filingDate"]).isoformat(),
        "disclosure": DISCLOSURES[record["disclosure"]],
        "recordedAt": _stamp(record["recordedAt"]),
        "signingKey": hexed(_account(record["signingKey"])),
        "status": _status(record["status"]),
        "version": record["version"],
        "suspect": is_suspect,
    }


def _office_json(office: OfficeState) -> dict[str, Any]:
    return {
        "code": office.code,
        "status": office.status,
        "seat": hexed(office.seat) if any(office.seat) else None,
        "admittedAt": _moment(office.admitted_at),
        "suspendedUntil": _until(office.suspended_until),
        "earliestFilingDate": _day(office.earliest_filing_date),
        "successor": office.successor or None,
    }


def _key_json(office: str, account: bytes, state: ChainState) -> dict[str, Any]:
    found = state.key_found(office, account)
    if found is None:
        return {"account": hexed(account), "office": None, "scopes": None, **dict.fromkeys(_KEY_TIMES)}
    owner, key = found
    times = {name: _moment(key[name]) for name in _KEY_TIMES}
    times["barredUntil"] = _until(key["barredUntil"])
    return {"account": hexed(account), "office": owner, "scopes": key["scopes"], **times}


def _key_or_body_json(office: str, account: bytes, state: ChainState) -> dict[str, Any]:
    key = _key_json(office, account, state)
    body = None
    if key["office"] is None:
        fields, name = state.body(office, account)
        if fields["version"]:
            body = {
                "name": _text(name),
                "categories": fields["categories"],
                "validFrom": _moment(fields["validFrom"]),
                "validUntil": _moment(fields["validUntil"]),
                "version": fields["version"],
            }
    return {**key, "body": body}


def _entry_json(entry: Fields, words: Sequence[bytes]) -> dict[str, Any]:
    hashes = {name: hexed(word) if any(word) else None for name, word in zip(_ENTRY_HASHES, words, strict=False)}
    numbers = {
        name: _office_number(word) if any(word) else None
        for name, word in zip(_ENTRY_NUMBERS, words[len(_ENTRY_HASHES) :], strict=True)
    }
    return {
        "state": _character(entry["state"]),
        "stage": _character(entry["stage"]),
        "status": entry["status"],
        "eventCount": entry["eventCount"],
        "terminatedBy": entry["terminatedBy"] or None,
        **{name: _day(entry[name]) for name in _ENTRY_DATES},
        "classes": [number for number in range(48) if entry["classes"] >> number & 1],
        "imported": bool(entry["marks"] & _IMPORTED),
        "irregular": bool(entry["marks"] & _IRREGULAR),
        **hashes,
        **numbers,
    }


def _event_json(each: EventStatement) -> dict[str, Any]:
    event = each.statement
    return {
        "hash": hexed(event.struct_hash()),
        "system": _text(event.system),
        "code": _text(event.code),
        "state": _character(event.resulting[0]),
        "stage": _character(event.resulting[1]),
        "status": event.status,
        "eventDate": _day(event.event_date),
        "effectiveDate": _day(event.effective_date),
        "publicationDate": _day(event.publication_date),
        "signer": hexed(each.signer) if each.is_signed else None,
    }


def _account(value: int) -> bytes:
    return value.to_bytes(20, "big")


def _moment(seconds: int) -> str | None:
    """A moment; None for none, and for one that lies after the year 9999, such as "for ever"."""
    return _stamp(seconds) if seconds else None


def _until(seconds: int) -> str | None:
    """Until when an office or a key is barred: for ever is not never."""
    return FOREVER if seconds > LAST_MOMENT else _moment(seconds)


def _stamp(seconds: int) -> str | None:
    """When something was recorded, zero being a moment as others are."""
    return None if seconds > LAST_MOMENT else instant(seconds)


def _day(value: int) -> str | None:
    return day(value).isoformat() if value else None


def _character(value: int) -> str | None:
    return _text(bytes([value])) if value else None


def _text(value: bytes) -> str:
    """Text before its zeros; the bytes of it all where that is not printable ASCII."""
    text = value.rstrip(b"\0")
    return text.decode("ascii") if all(0x20 <= each <= 0x7E for each in text) else hexed(value)


def _office_number(word: bytes) -> str:
    try:
        return OfficeNumber.from_on_chain(word).text
    except NumberFormatError as error:
        raise EvidenceError("an entry refers to what is no office number") from error
