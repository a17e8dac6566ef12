"""Statements of offices as evidence carries them: form, hash, signature. Sections 7 and 9 of the format.

Not its job: whether they lead to what the chain holds (`registrum.evidence.facts`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from registrum.dates import parse_date, to_on_chain
from registrum.errors import EvidenceError, InputError, VerificationError
from registrum.evidence.canonical import as_members, as_whole, day, unhexed
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

__all__ = [
    "Content",
    "Doubts",
    "EventStatement",
    "RecordStatement",
    "event_statement",
    "record_statement",
    "require_form",
]

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
_MOST_ITEMS = 599
"""Besides the statement itself: registries take batches of 600 registrations, registers fewer events."""
_MOST_STEPS = 40
MOST_VERSIONS, MOST_EVENTS, MOST_SIGNERS, MOST_HASHES = 255, 512, 256, 16_384


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
        registry: Contract that it was signed for; None if the description has no such.
        signer: Account that is said to have signed, 20 bytes.
        is_signed: Whether a signature is there, and is the signer's.
        content: What it says; None for withdrawals and reinstatements.
        anchor: The anchor, for type `Anchor`; None where nobody can have signed it.
    """

    type: str
    registry: CodeAt | None
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


class Doubts:
    """What is wrong with statements, kept back: what the chain held is looked at first, and does not depend on it."""

    def __init__(self) -> None:
        self.first: EvidenceError | None = None

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what the check `statements` finds wrong; anything else is raised."""
        try:
            yield
        except EvidenceError as error:
            if error.check != "statements":
                raise
            self.first = self.first or error


def record_statement(
    value: object, number: OfficeNumber, place: int, chain: ChainDescription, doubts: Doubts
) -> RecordStatement:
    """Read the statement at a place of the row, counted from 0, and check its signature.

    Args:
        value: As the bundle has it.
        number: Number of the record.
        place: Its place.
        chain: Contracts.
        doubts: Takes what is wrong, if it is out of place, or was not signed by who is said to have signed.

    Raises:
        EvidenceError: It has not the form.
    """
    form = _record_form(value)
    kind, signer, content, leaf_path = form.kind, form.signer, form.content, form.leaf_path
    replaces = place if form.replaces is None else form.replaces
    registry = next((each for each in chain.registries if each.address == form.registry), None)
    anchor = None
    is_signed = False
    with doubts.kept():
        if registry is None:
            raise EvidenceError("a statement was signed for no registry of the chain description", check="statements")
        if leaf_path is not None:
            anchor = _anchor(form.members, number)
        if (kind in {"Registration", "Anchor"}) != (place == 0):
            raise EvidenceError("a record begins with a registration or an anchor, and has one", check="statements")
        if replaces != place:
            raise EvidenceError(f"a {kind} replaces version {replaces}, not {place}", check="statements")
        signed = _signed_record(kind, number, content, replaces, form.batch, anchor, leaf_path or [])
        domain = Domain(APPLICATION_REGISTRY, chain.chain_id, checksum_address(form.registry))
        is_signed = _is_signed(form.signature, signed, domain, signer)
    return RecordStatement(kind, registry, signer, is_signed, content, anchor)


def event_statement(value: object, chain: ChainDescription, doubts: Doubts) -> EventStatement:
    """Read a statement about an entry and check its signature.

    Args:
        value: As the bundle has it.
        chain: Contracts.
        doubts: Takes what is wrong, if it was not signed by who is said to have signed.

    Raises:
        EvidenceError: It has not the form.
    """
    statement, signer, signature, batch = _event_form(value)
    is_signed = False
    with doubts.kept():
        own = statement.struct_hash()
        digest = own if batch is None else _batch_hash(EventBatch.TYPE, statement.number[:2], batch, own)
        if chain.rights is not None:
            domain = Domain(RIGHTS_REGISTER, chain.chain_id, checksum_address(chain.rights.address))
            is_signed = _is_signed(signature, digest, domain, signer)
    return EventStatement(statement, signer, is_signed)


def require_form(kind: str, statements: object) -> list[object]:
    """The statements of a bundle, none of which is worked on before all have the form and are within the bounds.

    Args:
        kind: Of the subject.
        statements: As the bundle has them.

    Raises:
        EvidenceError: They have not the form of section 7 or 9, or are more than section 11 allows.
    """
    most = MOST_EVENTS if kind == "entry" else MOST_VERSIONS
    if not isinstance(statements, list) or len(statements) > most:
        raise EvidenceError(f"statements must list at most {most}", check="form")
    signers: set[bytes] = set()
    hashes = 0
    for each in statements:
        if kind == "entry":
            _, signer, _, batch = _event_form(each)
        else:
            form = _record_form(each)
            signer, batch = form.signer, form.batch
        signers.add(signer)
        hashes += 0 if batch is None else len(batch[1])
    if len(signers) > MOST_SIGNERS or hashes > MOST_HASHES:
        raise EvidenceError(
            f"there are at most {MOST_SIGNERS} signers and {MOST_HASHES} hashes in batches", check="form"
        )
    return statements


class _RecordForm(NamedTuple):
    """A statement about a record as it is written; `replaces`, `batch` and `leaf_path` where its type has them."""

    members: Mapping[str, Any]
    kind: str
    registry: bytes
    signer: bytes
    signature: bytes | None
    content: Content | None
    replaces: int | None
    batch: tuple[int, list[bytes]] | None
    leaf_path: list[bytes] | None


def _record_form(value: object) -> _RecordForm:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _MEMBERS:
        raise EvidenceError(f"a statement about a record is one of {', '.join(_MEMBERS)}", check="form")
    members = as_members(value, _MEMBERS[kind], f"a statement {kind}")
    return _RecordForm(
        members=members,
        kind=kind,
        registry=unhexed(members["registry"], "registry", 20),
        signer=unhexed(members["signer"], "signer", 20),
        signature=_signature(members),
        content=_content(members) if "digest" in members else None,
        replaces=as_whole(members["replaces"], "replaces", 255) if "replaces" in members else None,
        batch=_batch(members["batch"]) if "batch" in members else None,
        leaf_path=_leaf_path(members) if kind == "Anchor" else None,
    )


def _event_form(value: object) -> tuple[LegalStatusEventStatement, bytes, bytes | None, tuple[int, list[bytes]] | None]:
    """The event, its signer, the signature, and its place in a batch."""
    members = as_members(value, _EVENT_MEMBERS, "a statement LegalStatusEvent")
    if members["type"] != "LegalStatusEvent":
        raise EvidenceError("statements about an entry are of type LegalStatusEvent", check="form")
    statement = _event(unhexed(members["words"], "words", 32 * (_EVENT_WORDS + _FACTS_WORDS)))
    return statement, unhexed(members["signer"], "signer", 20), _signature(members), _batch(members["batch"])


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
        raise EvidenceError(f"an event that nobody can sign: {error.message}", check="form") from error
    if statement.abi_words() != words:
        raise EvidenceError("the words of an event have bits that no value of theirs has", check="form")
    for value in filter(None, (statement.event_date, statement.effective_date, statement.publication_date)):
        day(value, "form")
    return statement


def _content(members: Mapping[str, Any]) -> Content:
    disclosure = members["disclosure"]
    if disclosure not in DISCLOSURES:
        raise EvidenceError("disclosure is plain or salted", check="form")
    try:
        filed = to_on_chain(parse_date(members["filingDate"]))
    except (InputError, TypeError) as error:
        raise EvidenceError(f"filingDate is no day: {members['filingDate']!r}", check="form") from error
    return Content(unhexed(members["digest"], "digest", 32), filed, DISCLOSURES.index(disclosure))


def _signature(members: Mapping[str, Any]) -> bytes | None:
    return None if members["signature"] is None else unhexed(members["signature"], "signature", 65)


def _batch(value: object) -> tuple[int, list[bytes]] | None:
    """The place of a statement among those signed together, and the hashes of the others; None if it was alone."""
    if value is None:
        return None
    members = as_members(value, ("position", "hashes"), "a batch")
    others = members["hashes"]
    if not isinstance(others, list) or len(others) > _MOST_ITEMS:
        raise EvidenceError("hashes of a batch must be a list", check="form")
    hashes = [unhexed(each, "a hash of a batch", 32) for each in others]
    return as_whole(members["position"], "position", len(hashes)), hashes


def _leaf_path(members: Mapping[str, Any]) -> list[bytes]:
    path = members["path"]
    if not isinstance(path, list) or len(path) > _MOST_STEPS:
        raise EvidenceError(f"the path of a leaf must list at most {_MOST_STEPS} hashes", check="form")
    unhexed(members["root"], "root", 32)
    as_whole(members["sequence"], "sequence")
    as_whole(members["leafCount"], "leafCount", (1 << 40) - 1)
    return [unhexed(each, "a node of the path", 32) for each in path]


def _anchor(members: Mapping[str, Any], number: OfficeNumber) -> Anchor:
    values = members["sequence"], unhexed(members["root"], "root", 32), members["leafCount"]
    try:
        return Anchor(number.office.encode("ascii"), *values)
    except InputError as error:
        raise EvidenceError(f"an anchor that nobody can sign: {error.message}", check="statements") from error


def _signed_record(
    kind: str,
    number: OfficeNumber,
    content: Content | None,
    replaces: int,
    batch: tuple[int, list[bytes]] | None,
    anchor: Anchor | None,
    path: list[bytes],
) -> bytes:
    """The struct hash that was signed."""
    on_chain = number.on_chain
    if content is None:
        change = Withdrawal if kind == "Withdrawal" else Reinstatement
        return change(on_chain, replaces).struct_hash()
    values = (on_chain, content.filing_date, content.disclosure, content.digest)
    try:
        if kind == "Correction":
            return Correction(*values, replaces).struct_hash()
        registration = Registration(*values)
    except InputError as error:
        raise EvidenceError(f"a {kind} that nobody can sign: {error.message}", check="statements") from error
    if anchor is not None:
        _require_leaf(registration, path, anchor)
        return anchor.struct_hash()
    own = registration.struct_hash()
    if batch is None:
        return own
    return _batch_hash(RegistrationBatch.TYPE, number.office.encode("ascii"), batch, own)


def _require_leaf(leaf: Registration, path: list[bytes], anchor: Anchor) -> None:
    count = anchor.leaf_count
    # In a complete tree every leaf lies at the height of the tree or one below.
    if count >> len(path) + 1 or (path and not (count - 1) >> len(path) - 1):
        raise EvidenceError("the path of a leaf has a length that no leaf of the tree has", check="statements")
    if root_of_path(leaf_hash(leaf), path) != anchor.root:
        raise EvidenceError("the path of the leaf does not lead to the root of the anchor", check="statements")


def _batch_hash(type_text: str, office: bytes, batch: tuple[int, list[bytes]], own: bytes) -> bytes:
    position, others = batch
    hashes = b"".join([*others[:position], own, *others[position:]])
    return keccak(keccak(type_text.encode("ascii")) + office.ljust(32, b"\0") + keccak(hashes))


def _is_signed(signature: bytes | None, struct_hash: bytes, domain: Domain, signer: bytes) -> bool:
    if signature is None:
        return False
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
