"""Statements of offices as evidence carries them: form, hash, signature. Sections 7 and 9 of the format.

Not its job: whether they lead to what the chain holds (`registrum.evidence.facts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registrum.dates import parse_date, to_on_chain
from registrum.errors import EvidenceError, InputError, VerificationError
from registrum.evidence.canonical import as_members, as_whole, unhexed
from registrum.evidence.chain import ChainDescription, CodeAt
from registrum.numbers import OfficeNumber
from registrum.proofs.merkle import leaf_hash, root_of_path
from registrum.signing.addresses import checksum_address
from registrum.signing.eip712 import APPLICATION_REGISTRY, RIGHTS_REGISTER, Domain
from registrum.signing.keccak import keccak
from registrum.signing.rights_statements import EntryFactsStatement, EventBatch, LegalStatusEventStatement
from registrum.signing.signatures import recover_raw
from registrum.signing.statements import (
    Anchor,
    Correction,
    Registration,
    RegistrationBatch,
    Reinstatement,
    Withdrawal,
)

__all__ = ["Content", "EventStatement", "RecordStatement", "event_statement", "record_statement"]

DISCLOSURES = ("plain", "salted")
_COMMON = ("type", "registry", "signer", "signature")
_CONTENT = ("filingDate", "disclosure", "digest")
_MEMBERS = {
    "Registration": (*_COMMON, *_CONTENT, "batch"),
    "Anchor": (*_COMMON, *_CONTENT, "path", "sequence", "root", "leafCount"),
    "Correction": (*_COMMON, *_CONTENT, "replaces"),
    "Withdrawal": (*_COMMON, "replaces"),
    "Reinstatement": (*_COMMON, "replaces"),
}
_EVENT_MEMBERS = ("type", "signer", "signature", "batch", "words")
_EVENT_WORDS, _FACTS_WORDS = 12, 11
_MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a statement says of an application.

    Attributes:
        digest: 32 bytes.
        filing_date: As `20240131`.
        disclosure: 0 plain, 1 salted.
    """

    digest: bytes
    filing_date: int
    disclosure: int


@dataclass(frozen=True, slots=True)
class RecordStatement:
    """One version of a record.

    Attributes:
        type: As section 7 names it.
        registry: Contract that it was signed for.
        signer: Account that is said to have signed, 20 bytes.
        is_signed: Whether a signature is there, and is the signer's.
        content: What it says; None for withdrawals and reinstatements.
        anchor: The anchor, for type `Anchor`.
    """

    type: str
    registry: CodeAt
    signer: bytes
    is_signed: bool
    content: Content | None
    anchor: Anchor | None


@dataclass(frozen=True, slots=True)
class EventStatement:
    """One legal-status event.

    Attributes:
        statement: The event.
        signer: Account that is said to have signed, 20 bytes.
        is_signed: Whether a signature is there, and is the signer's.
    """

    statement: LegalStatusEventStatement
    signer: bytes
    is_signed: bool


def record_statement(value: object, number: OfficeNumber, place: int, chain: ChainDescription) -> RecordStatement:
    """Read the statement at a place of the row, counted from 0, and check its signature.

    Raises:
        EvidenceError: It has not the form, is out of place, or was not signed by who is said to have signed.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in _MEMBERS:
        raise EvidenceError(f"a statement about a record is one of {', '.join(_MEMBERS)}", check="form")
    members = as_members(value, _MEMBERS[kind], f"a statement {kind}")
    if (kind in {"Registration", "Anchor"}) != (place == 0):
        raise EvidenceError("a record begins with a registration or an anchor, and has one of them", check="statements")
    address = unhexed(members["registry"], "registry", 20)
    registry = next((each for each in chain.registries if each.address == address), None)
    if registry is None:
        raise EvidenceError("a statement was signed for no registry of the chain description", check="statements")
    if "replaces" in members and as_whole(members["replaces"], "replaces", 255) != place:
        raise EvidenceError(f"a {kind} replaces version {members['replaces']}, not {place}", check="statements")
    content = _content(members) if "digest" in members else None
    try:
        signed, anchor = _signed_record(kind, members, number, content)
    except InputError as error:
        raise EvidenceError(f"a {kind} that nobody can sign: {error.message}", check="statements") from error
    signer = unhexed(members["signer"], "signer", 20)
    domain = Domain(APPLICATION_REGISTRY, chain.chain_id, checksum_address(address))
    return RecordStatement(kind, registry, signer, _is_signed(members, signed, domain, signer), content, anchor)


def event_statement(value: object, chain: ChainDescription) -> EventStatement:
    """Read a statement about an entry and check its signature.

    Raises:
        EvidenceError: It has not the form, or was not signed by who is said to have signed.
    """
    members = as_members(value, _EVENT_MEMBERS, "a statement LegalStatusEvent")
    if members["type"] != "LegalStatusEvent":
        raise EvidenceError("statements about an entry are of type LegalStatusEvent", check="form")
    words = unhexed(members["words"], "words", 32 * (_EVENT_WORDS + _FACTS_WORDS))
    statement = _event(words)
    office = statement.number[:2]
    batched = _batched(members["batch"], statement.struct_hash())
    digest = statement.struct_hash() if batched is None else _batch_hash(EventBatch.TYPE, office, batched)
    signer = unhexed(members["signer"], "signer", 20)
    if chain.rights is None:
        raise EvidenceError("the chain description names no register of trade marks and designs", check="state")
    domain = Domain(RIGHTS_REGISTER, chain.chain_id, checksum_address(chain.rights.address))
    return EventStatement(statement, signer, _is_signed(members, digest, domain, signer))


def event_from_words(words: bytes) -> LegalStatusEventStatement:
    """An event from the 23 words that the contract takes.

    Raises:
        InputError: A value is out of its range.
    """
    values = [words[at : at + 32] for at in range(0, len(words), 32)]
    number, previous, system, code, resulting, status, event_date, effective, published, document, corrects, flags = (
        values[:_EVENT_WORDS]
    )
    changes, filed, registered, expiry, classes, dossier, representation, holder, relation, related, released = values[
        _EVENT_WORDS:
    ]
    facts = EntryFactsStatement(
        _number(changes),
        _number(filed),
        _number(registered),
        _number(expiry),
        _number(classes),
        dossier,
        representation,
        holder,
        _number(relation),
        related,
        _number(released),
    )
    return LegalStatusEventStatement(
        number,
        previous,
        system[:8],
        code,
        resulting[:2],
        _number(status),
        _number(event_date),
        _number(effective),
        _number(published),
        document,
        _number(corrects),
        _number(flags),
        facts,
    )


def _event(words: bytes) -> LegalStatusEventStatement:
    try:
        statement = event_from_words(words)
    except InputError as error:
        raise EvidenceError(f"an event that nobody can sign: {error.message}", check="statements") from error
    if statement.abi_words() != words:
        raise EvidenceError("the words of an event have bits that no value of theirs has", check="statements")
    return statement


def _content(members: Mapping[str, Any]) -> Content:
    disclosure = members["disclosure"]
    if disclosure not in DISCLOSURES:
        raise EvidenceError("disclosure is plain or salted", check="form")
    try:
        day = to_on_chain(parse_date(members["filingDate"]))
    except (InputError, TypeError) as error:
        raise EvidenceError(f"filingDate is no day: {members['filingDate']!r}", check="form") from error
    return Content(unhexed(members["digest"], "digest", 32), day, DISCLOSURES.index(disclosure))


def _signed_record(
    kind: str, members: Mapping[str, Any], number: OfficeNumber, content: Content | None
) -> tuple[bytes, Anchor | None]:
    """The struct hash that was signed, and the anchor."""
    on_chain = number.on_chain
    office = number.office.encode("ascii")
    if content is None:
        kinds: dict[str, type[Withdrawal | Reinstatement]] = {"Withdrawal": Withdrawal, "Reinstatement": Reinstatement}
        return kinds[kind](on_chain, members["replaces"]).struct_hash(), None
    values = (on_chain, content.filing_date, content.disclosure, content.digest)
    if kind == "Correction":
        return Correction(*values, members["replaces"]).struct_hash(), None
    registration = Registration(*values)
    if kind == "Registration":
        batched = _batched(members["batch"], registration.struct_hash())
        if batched is None:
            return registration.struct_hash(), None
        return _batch_hash(RegistrationBatch.TYPE, office, batched), None
    anchor = Anchor(
        office,
        as_whole(members["sequence"], "sequence"),
        unhexed(members["root"], "root", 32),
        as_whole(members["leafCount"], "leafCount"),
    )
    _require_leaf(registration, members, anchor)
    return anchor.struct_hash(), anchor


def _require_leaf(leaf: Registration, members: Mapping[str, Any], anchor: Anchor) -> None:
    path, count = members["path"], anchor.leaf_count
    # In a complete tree every leaf lies at the height of the tree or one below.
    if not isinstance(path, list) or count >> len(path) + 1 or (path and not (count - 1) >> len(path) - 1):
        raise EvidenceError("the path of a leaf has a length that no leaf of the tree has", check="statements")
    nodes = [unhexed(each, "a node of the path", 32) for each in path]
    if root_of_path(leaf_hash(leaf), nodes) != anchor.root:
        raise EvidenceError("the path of the leaf does not lead to the root of the anchor", check="statements")


def _batched(value: object, own: bytes) -> bytes | None:
    """The hashes of all items of a batch joined; None if the statement was signed alone."""
    if value is None:
        return None
    members = as_members(value, ("position", "hashes"), "a batch")
    others = members["hashes"]
    if not isinstance(others, list) or len(others) > _MOST_ITEMS:
        raise EvidenceError("hashes of a batch must be a list", check="form")
    position = as_whole(members["position"], "position", len(others))
    hashes = [unhexed(each, "a hash of a batch", 32) for each in others]
    return b"".join([*hashes[:position], own, *hashes[position:]])


def _batch_hash(type_text: str, office: bytes, hashes: bytes) -> bytes:
    return keccak(keccak(type_text.encode("ascii")) + office.ljust(32, b"\0") + keccak(hashes))


def _is_signed(members: Mapping[str, Any], struct_hash: bytes, domain: Domain, signer: bytes) -> bool:
    if members["signature"] is None:
        return False
    signature = unhexed(members["signature"], "signature", 65)
    try:
        recovered = recover_raw(keccak(b"\x19\x01" + domain.separator + struct_hash), signature)
    except VerificationError as error:
        raise EvidenceError(f"the signature of a statement is none: {error.message}", check="statements") from error
    if recovered != signer:
        raise EvidenceError(
            f"a statement was not signed by {checksum_address(signer)}, or not as it stands here", check="statements"
        )
    return True


def _number(word: bytes) -> int:
    return int.from_bytes(word, "big")
