"""The proof file: one leaf of an anchor with everything that checking it offline needs, as JSON.

The form is `registrum-proof/1`, described member by member in docs/proofs.md. Every member is always there, in one
order, `null` where there is nothing to say; the reader takes any order and refuses unknown, missing and repeated ones.
What is fixed by the rules (domain name and version, type strings, hashes) is not in the file: a file may claim values,
never rules. Reading a file says nothing about its truth: that is the job of `registrum.proofs.verify`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from registrum.dates import from_on_chain, parse_date, to_on_chain
from registrum.errors import DateError, InputError, ProofFormatError, VerificationError
from registrum.numbers import OfficeNumber
from registrum.proofs.commitment import Salt
from registrum.proofs.merkle import Leaf
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.eip712 import Domain
from registrum.signing.statements import Anchor, Disclosure

__all__ = ["FORMAT", "MAX_PROOF_BYTES", "Proof"]

FORMAT = "registrum-proof/1"
"""First member of every proof file; another number means other rules."""

MAX_PROOF_BYTES = 64 * 1024
"""Files above this are refused unread; the largest with a key's signature has about 3 kB."""

_MEMBERS = (
    "format",
    "number",
    "onChain",
    "filingDate",
    "disclosure",
    "digest",
    "documentDigest",
    "salt",
    "leafIndex",
    "path",
    "anchor",
    "signature",
    "signer",
    "domain",
    "recordedAt",
)
_ANCHOR_MEMBERS = ("office", "sequence", "root", "leafCount")
_DOMAIN_MEMBERS = ("chainId", "contract")

_WORD = re.compile(r"0x[0-9a-fA-F]{64}")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})+")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_REMEDY = "Ask for the proof again; docs/proofs.md describes the form."

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Proof:
    """One leaf, its path, and the signed anchor that the path leads to.

    Args:
        leaf: The application record.
        leaf_index: Its index in the tree, which says how long the path must be.
        path: Sibling nodes from the leaf up, 32 bytes each.
        anchor: The statement that the office signed.
        signature: The office's signature on it: 65 bytes, or that of a contract wallet.
        signer: Address that signed, kept in EIP-55 form.
        domain: Chain and contract that the statement is for.
        document_digest: SHA-256 of the document, when the leaf is salted and the document is disclosed.
        salt: The salt, exactly when `document_digest` is given.
        recorded_at: Block time of the anchor, when known; in UTC, whole seconds.

    Raises:
        InputError: A salt without a document digest, or either with a leaf that is not salted.
    """

    leaf: Leaf
    leaf_index: int
    path: tuple[bytes, ...]
    anchor: Anchor
    signature: bytes
    signer: str
    domain: Domain
    document_digest: bytes | None = None
    salt: Salt | None = None
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.document_digest is None) != (self.salt is None):
            raise InputError("a document digest and its salt go together")
        if self.salt is not None and self.leaf.disclosure != Disclosure.SALTED:
            raise InputError("a plain digest has no salt")
        if self.document_digest is not None and len(self.document_digest) != 32:
            raise InputError("a document digest has 32 bytes")

    @property
    def number(self) -> OfficeNumber:
        """The office number that the leaf is about.

        Raises:
            NumberFormatError: The leaf does not hold an office number.
        """
        return OfficeNumber.from_on_chain(self.leaf.number)

    def to_dict(self) -> dict[str, Any]:
        """The members of the proof file in canonical order."""
        leaf, anchor, recorded_at = self.leaf, self.anchor, self.recorded_at
        return {
            "format": FORMAT,
            "number": self.number.text,
            "onChain": _hex(leaf.number),
            "filingDate": from_on_chain(leaf.filing_date).isoformat(),
            "disclosure": Disclosure(leaf.disclosure).name.lower(),
            "digest": _hex(leaf.digest),
            "documentDigest": None if self.document_digest is None else _hex(self.document_digest),
            "salt": None if self.salt is None else _hex(self.salt.reveal()),
            "leafIndex": self.leaf_index,
            "path": [_hex(node) for node in self.path],
            "anchor": {
                "office": anchor.office.decode("ascii"),
                "sequence": anchor.sequence,
                "root": _hex(anchor.root),
                "leafCount": anchor.leaf_count,
            },
            "signature": _hex(self.signature),
            "signer": self.signer,
            "domain": {"chainId": self.domain.chain_id, "contract": self.domain.verifying_contract},
            "recordedAt": None if recorded_at is None else _instant_text(recorded_at),
        }

    def to_json(self, *, indent: int | None = 1) -> str:
        """The text of the proof file, ending in a newline.

        Args:
            indent: Spaces a level, as the files have them; `None` for one line, as in an export of many.
        """
        separators = (",", ":") if indent is None else None
        return json.dumps(self.to_dict(), indent=indent, separators=separators) + "\n"

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes the proof file; one with a salt is readable by its owner only."""
        mode = 0o644 if self.salt is None else 0o600
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as stream:
            stream.write(self.to_json())

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Proof:
        """Reads a proof file.

        Raises:
            ProofFormatError: It cannot be read, or is not in the form of this version.
            VerificationError: The number and its on-chain form contradict each other.
        """
        try:
            with Path(path).open("rb") as stream:
                content = stream.read(MAX_PROOF_BYTES + 1)
        except OSError as error:
            raise ProofFormatError(f"cannot read the proof {os.fspath(path)}: {error.strerror}") from error
        return cls.from_json(content)

    @classmethod
    def from_json(cls, content: str | bytes) -> Proof:
        """The proof in the text of a proof file.

        Args:
            content: JSON, as bytes in UTF-8.

        Raises:
            ProofFormatError: Not in the form of this version; the message names the member.
            VerificationError: The number and its on-chain form contradict each other.
        """
        if len(content) > MAX_PROOF_BYTES:
            raise _malformed(f"more than {MAX_PROOF_BYTES} bytes")
        try:
            document = json.loads(content, object_pairs_hook=_object, parse_constant=_refuse_constant)
        except ProofFormatError:
            raise
        except (ValueError, RecursionError) as error:
            raise _malformed("not JSON") from error
        return cls.from_dict(document)

    @classmethod
    def from_dict(cls, document: Any) -> Proof:
        """The proof in the members of a proof file; the inverse of `to_dict`, raises as `from_json` does."""
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise _malformed(f"the member format is not {FORMAT!r}")
        _check_members("the proof", document, _MEMBERS)
        anchor, domain = document["anchor"], document["domain"]
        _check_members("anchor", anchor, _ANCHOR_MEMBERS)
        _check_members("domain", domain, _DOMAIN_MEMBERS)
        number = _word("onChain", document["onChain"])
        _check_number_text(document["number"], number)
        path = document["path"]
        if not isinstance(path, list) or len(path) > 32:
            raise _malformed("path is not a list of at most 32 nodes")
        office = document["anchor"]["office"]
        if not isinstance(office, str) or not office.isascii():
            raise _malformed("anchor.office is not two capital letters")
        document_digest, salt = document["documentDigest"], document["salt"]
        recorded_at = document["recordedAt"]
        leaf_values = (
            number,
            _filing_date(document["filingDate"]),
            _disclosure_value(document["disclosure"]),
            _word("digest", document["digest"]),
        )
        anchor_values = (
            office.encode("ascii"),
            _whole("anchor.sequence", anchor["sequence"]),
            _word("anchor.root", anchor["root"]),
            _whole("anchor.leafCount", anchor["leafCount"]),
        )
        chain_id, contract = _whole("domain.chainId", domain["chainId"]), domain["contract"]
        if not isinstance(contract, str):
            raise _malformed("domain.contract is not an address")
        return _built(
            lambda: cls(
                leaf=Leaf(*leaf_values),
                leaf_index=_whole("leafIndex", document["leafIndex"]),
                path=tuple([_word("path", node) for node in path]),
                anchor=Anchor(*anchor_values),
                signature=_bytes("signature", document["signature"]),
                signer=checksum_address(parse_address(document["signer"])),
                domain=_domain(chain_id, contract),
                document_digest=None if document_digest is None else _word("documentDigest", document_digest),
                salt=None if salt is None else Salt(_word("salt", salt)),
                recorded_at=None if recorded_at is None else _instant_value(recorded_at),
            )
        )


@lru_cache(maxsize=64)
def _domain(chain_id: int, contract: str) -> Domain:
    return Domain.application_registry(chain_id, contract)


def _malformed(what: str) -> ProofFormatError:
    return ProofFormatError(f"not a proof file: {what}", remedy=_REMEDY)


def _built(build: Callable[[], _T]) -> _T:
    try:
        return build()
    except ProofFormatError:
        raise
    except InputError as error:
        raise _malformed(error.message) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _malformed("a member is there twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise _malformed(f"{name} is not JSON")


def _check_members(what: str, value: Any, expected: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise _malformed(f"{what} is not an object")
    if value.keys() != set(expected):
        missing = sorted(set(expected) - value.keys())
        unknown = sorted(value.keys() - set(expected))
        raise _malformed(f"{what} lacks {missing} and has unknown {unknown}")


def _check_number_text(text: Any, number: bytes) -> None:
    if not isinstance(text, str):
        raise _malformed("number is not a text")
    expected = _built(lambda: OfficeNumber.from_on_chain(number).text)
    if text != expected:
        raise VerificationError(
            f"the proof says {text!r} but its leaf is about {expected}",
            remedy="The file was changed or badly made: ask its office for another.",
            check="number",
        )


def _whole(what: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise _malformed(f"{what} is not a whole number")
    return value


def _word(what: str, value: Any) -> bytes:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise _malformed(f"{what} is not 0x and 64 hexadecimal digits")
    return bytes.fromhex(value[2:])


def _bytes(what: str, value: Any) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise _malformed(f"{what} is not 0x and pairs of hexadecimal digits")
    return bytes.fromhex(value[2:])


def _disclosure_value(value: Any) -> Disclosure:
    if value == "plain":
        return Disclosure.PLAIN
    if value == "salted":
        return Disclosure.SALTED
    raise _malformed("disclosure is neither plain nor salted")


def _filing_date(value: Any) -> int:
    try:
        return to_on_chain(parse_date(value))
    except DateError as error:
        raise _malformed(f"filingDate: {error.message}") from error


def _instant_value(value: Any) -> datetime:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise _malformed("recordedAt is not YYYY-MM-DDThh:mm:ssZ")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise _malformed(f"recordedAt {value} is not a time") from error


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
