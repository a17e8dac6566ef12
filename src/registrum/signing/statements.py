"""Everything that an office signs, each statement as one frozen dataclass, hashed as the contracts hash it (EIP-712).

| statement | contract | what the office says |
|---|---|---|
| `Registration` | `ApplicationRegistry` | this application has this number, filing date and digest |
| `RegistrationBatch` | `ApplicationRegistry` | the same about many of its applications |
| `Anchor` | `ApplicationRegistry` | the same about the leaves of this Merkle tree |
| `Correction` | `ApplicationRegistry` | the version `replaces` was wrong, this is right |
| `Withdrawal` | `ApplicationRegistry` | the application was withdrawn |
| `Reinstatement` | `ApplicationRegistry` | the application was not withdrawn: that was entered in error |
| `Reconfirmation` | `ApplicationRegistry` | these records are right, whoever made them |
| `ClaimOutcome` | `PriorityRegister` | the later application claims the priority of the earlier, with this outcome |
| `Vote` | `Consortium` | the office votes so on this proposal |
| `Suspension` | `EmergencyCouncil` | this office, or these keys of it, must be stopped at once |
| `Remark` | `Charter` | an observer, not an office, remarks this on a proposal |

A statement knows its `TYPE` (the EIP-712 type string), `struct_hash()`, `signing_digest(domain)` (what a key signs;
plain `digest` is always that of the application) and `typed_data(domain)` (the JSON object for wallets). It holds the
forms that the chain holds: numbers as `bytes32`, dates as `20240131`. There are no nonces: a number can be taken once,
a correction names what it replaces, an anchor carries its office's sequence. Not its job: keys, and whether the
contract accepts the content.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, ClassVar

from registrum.errors import DigestError, InputError
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.eip712 import Domain, TypedData, type_members
from registrum.signing.keccak import keccak, keccak_256

__all__ = [
    "Anchor",
    "ClaimOutcome",
    "Correction",
    "Disclosure",
    "Reconfirmation",
    "Registration",
    "RegistrationBatch",
    "Reinstatement",
    "Remark",
    "Statement",
    "Suspension",
    "Vote",
    "Withdrawal",
]

_ITEM = "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)"


class Disclosure(IntEnum):
    """How a digest stands for the application document."""

    PLAIN = 0
    """The digest is the SHA-256 of the document."""
    SALTED = 1
    """The digest is a salted commitment to that SHA-256: `registrum.proofs.commitment`."""


class Statement(ABC):
    """What an office signs. Subclasses are frozen and hold the values as the chain does."""

    __slots__ = ()

    TYPE: ClassVar[str]
    """EIP-712 type string, equal to the one in the contract."""

    def struct_hash(self) -> bytes:
        """EIP-712 `hashStruct` of this statement, 32 bytes."""
        return keccak(self._encoded())

    def signing_digest(self, domain: Domain) -> bytes:
        """What a signing key signs: the 32 bytes of `keccak256(0x1901 ‖ domain separator ‖ struct hash)`."""
        return keccak(b"\x19\x01" + domain.separator + self.struct_hash())

    def typed_data(self, domain: Domain) -> TypedData:
        """This statement as the JSON object that `eth_signTypedData_v4` and eth-account take."""
        return domain.typed_data(self.TYPE, self._message())

    @abstractmethod
    def _encoded(self) -> bytes:
        """Type hash and encoded members (EIP-712, `encodeData`), 32 bytes each."""

    def _message(self) -> dict[str, Any]:
        members = next(iter(type_members(self.TYPE).values()))
        values = {member["name"]: getattr(self, _snake(member["name"])) for member in members}
        return {name: "0x" + value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _check_word(what: str, value: bytes) -> None:
    if type(value) is not bytes or len(value) != 32:
        raise InputError(f"{what} must be 32 bytes, got {value!r}")


def _check_number(what: str, value: bytes) -> None:
    _check_word(what, value)
    if value == bytes(32):
        raise InputError(f"{what} is empty", remedy="Give the on-chain form of an office number.")


def _check_digest(value: bytes) -> None:
    if type(value) is not bytes or len(value) != 32:
        raise DigestError(f"a digest must be 32 bytes, got {value!r}")
    if value == bytes(32):
        raise DigestError("the digest is zero, which no document has", remedy="Give the SHA-256 of the document.")


def _check_unsigned(what: str, value: int, bits: int) -> None:
    if not isinstance(value, int) or value is True or value is False or not 0 <= value < 1 << bits:
        raise InputError(f"{what} must be a whole number from 0 to {(1 << bits) - 1}, got {value!r}")


def _check_disclosure(value: int) -> None:
    if value not in (0, 1) or isinstance(value, bool):
        raise InputError(f"disclosure must be 0 (plain) or 1 (salted), got {value!r}")


def _check_text(what: str, value: str) -> None:
    if not isinstance(value, str):
        raise InputError(f"{what} must be a text, got {value!r}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{what} holds characters that no text can hold", remedy="Type it anew.") from None


def _check_office(value: bytes) -> None:
    if type(value) is not bytes or len(value) != 2 or not (value.isalpha() and value.isupper()):
        raise InputError(f"an office is two capital letters in ASCII (WIPO ST.3), got {value!r}")


_REGISTRATION = Struct(">32s32s28xI31xB32s")
_BATCH = Struct(">32s2s30x32s")
_RECONFIRMATION = Struct(">32s2s30x27x5s32s")
_ANCHOR = Struct(">32s2s30x24xQ32s28xI")
_CORRECTION = Struct(">32s32s28xI31xB32s31xB")
_WITHDRAWAL = Struct(">32s32s31xB")
_CLAIM_OUTCOME = Struct(">32s32s32s28xI28xI31x?31xB31xB")
_VOTE = Struct(">32s32s2s30x31xB32s")
_SUSPENSION = Struct(">32s2s30x32s32s24xQ27x5s")
_REMARK = Struct(">32s32s32s")


@dataclass(frozen=True, slots=True)
class Registration(Statement):
    """One application record.

    Args:
        number: Office number in its on-chain form, 32 bytes.
        filing_date: Filing date as `20240131`.
        disclosure: How the digest stands for the document.
        digest: SHA-256 of the application as filed, or a commitment to it; 32 bytes, not zero.

    Raises:
        InputError: A value is out of its range.
        DigestError: The digest is not 32 bytes or is zero.
    """

    TYPE: ClassVar[str] = _ITEM

    number: bytes
    filing_date: int
    disclosure: int
    digest: bytes

    def __post_init__(self) -> None:
        _check_number("number", self.number)
        _check_unsigned("filing date", self.filing_date, 32)
        _check_disclosure(self.disclosure)
        _check_digest(self.digest)

    def _encoded(self) -> bytes:
        return _REGISTRATION.pack(_REGISTRATION_TYPE_HASH, self.number, self.filing_date, self.disclosure, self.digest)


@dataclass(frozen=True, slots=True)
class RegistrationBatch(Statement):
    """Application records of one office under one signature.

    Args:
        office: ST.3 code, 2 bytes.
        items: At least one record; the contract sets the most.

    Raises:
        InputError: The office is not two capital letters, or there is no item.
    """

    TYPE: ClassVar[str] = "RegistrationBatch(bytes2 office,Registration[] items)" + _ITEM

    office: bytes
    items: tuple[Registration, ...]

    def __post_init__(self) -> None:
        _check_office(self.office)
        object.__setattr__(self, "items", tuple(self.items))
        if not self.items:
            raise InputError("a batch needs at least one record")

    def _encoded(self) -> bytes:
        pack, type_hash = _REGISTRATION.pack, _REGISTRATION_TYPE_HASH
        hashes = [
            keccak_256(pack(type_hash, item.number, item.filing_date, item.disclosure, item.digest)).digest()
            for item in self.items
        ]
        return _BATCH.pack(_BATCH_TYPE_HASH, self.office, keccak(b"".join(hashes)))

    def _message(self) -> dict[str, Any]:
        return {"office": "0x" + self.office.hex(), "items": [item._message() for item in self.items]}


@dataclass(frozen=True, slots=True)
class Reconfirmation(Statement):
    """Records of one office that were right at a moment, whoever made them, under one signature.

    Args:
        office: ST.3 code of the office that issued the numbers, 2 bytes.
        as_of: Moment at which the records stood as stated, seconds since 1970: the time of the block at which they
            were read. What was recorded later is not confirmed, be it the same.
        items: At least one record, with its present content; the contract sets the most.

    Raises:
        InputError: The office is not two capital letters, the moment is out of its range, or there is no item.
    """

    TYPE: ClassVar[str] = "Reconfirmation(bytes2 office,uint40 asOf,Registration[] items)" + _ITEM

    office: bytes
    as_of: int
    items: tuple[Registration, ...]

    def __post_init__(self) -> None:
        _check_office(self.office)
        _check_unsigned("moment of a reconfirmation", self.as_of, 40)
        object.__setattr__(self, "items", tuple(self.items))
        if not self.items:
            raise InputError("a reconfirmation needs at least one record")

    def _encoded(self) -> bytes:
        hashes = b"".join(item.struct_hash() for item in self.items)
        moment = self.as_of.to_bytes(5, "big")
        return _RECONFIRMATION.pack(_RECONFIRMATION_TYPE_HASH, self.office, moment, keccak(hashes))

    def _message(self) -> dict[str, Any]:
        items = [item._message() for item in self.items]
        return {"office": "0x" + self.office.hex(), "asOf": self.as_of, "items": items}


@dataclass(frozen=True, slots=True)
class Anchor(Statement):
    """A Merkle root that stands for application records of one office.

    Args:
        office: ST.3 code, 2 bytes.
        sequence: Position among the office's anchors, from 1, without gaps.
        root: Root of the tree (`registrum.proofs.merkle`), 32 bytes, not zero.
        leaf_count: Number of leaves, at least 1; it bounds the length of every path.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)"

    office: bytes
    sequence: int
    root: bytes
    leaf_count: int

    def __post_init__(self) -> None:
        _check_office(self.office)
        _check_unsigned("sequence", self.sequence, 64)
        _check_word("root", self.root)
        if self.root == bytes(32):
            raise InputError("the root of an anchor is zero")
        _check_unsigned("leaf count", self.leaf_count, 40)
        if self.leaf_count == 0:
            raise InputError("an anchor has at least one leaf")

    def _encoded(self) -> bytes:
        return _ANCHOR.pack(_ANCHOR_TYPE_HASH, self.office, self.sequence, self.root, self.leaf_count)


@dataclass(frozen=True, slots=True)
class Correction(Statement):
    """A new version of an application record.

    Args:
        number: Office number in its on-chain form, 32 bytes.
        filing_date: The right filing date as `20240131`.
        disclosure: How the digest stands for the document.
        digest: The right digest, 32 bytes, not zero.
        replaces: The version that this one follows, so that a correction takes effect once.

    Raises:
        InputError: A value is out of its range.
        DigestError: The digest is not 32 bytes or is zero.
    """

    TYPE: ClassVar[str] = "Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)"

    number: bytes
    filing_date: int
    disclosure: int
    digest: bytes
    replaces: int

    def __post_init__(self) -> None:
        _check_number("number", self.number)
        _check_unsigned("filing date", self.filing_date, 32)
        _check_disclosure(self.disclosure)
        _check_digest(self.digest)
        _check_unsigned("replaced version", self.replaces, 8)

    def _encoded(self) -> bytes:
        return _CORRECTION.pack(
            _CORRECTION_TYPE_HASH, self.number, self.filing_date, self.disclosure, self.digest, self.replaces
        )


@dataclass(frozen=True, slots=True)
class Withdrawal(Statement):
    """The withdrawal of an application.

    Args:
        number: Office number in its on-chain form, 32 bytes.
        replaces: The version that is current when the office signs.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Withdrawal(bytes32 number,uint8 replaces)"

    number: bytes
    replaces: int

    def __post_init__(self) -> None:
        _check_number("number", self.number)
        _check_unsigned("replaced version", self.replaces, 8)

    def _encoded(self) -> bytes:
        return _WITHDRAWAL.pack(_WITHDRAWAL_TYPE_HASH, self.number, self.replaces)


@dataclass(frozen=True, slots=True)
class Reinstatement(Statement):
    """The end of a withdrawal that was entered in error, or by somebody who had stolen a key.

    Args:
        number: Office number in its on-chain form, 32 bytes.
        replaces: The version that is current when the office signs: that of the withdrawal.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Reinstatement(bytes32 number,uint8 replaces)"

    number: bytes
    replaces: int

    def __post_init__(self) -> None:
        _check_number("number", self.number)
        _check_unsigned("replaced version", self.replaces, 8)

    def _encoded(self) -> bytes:
        return _WITHDRAWAL.pack(_REINSTATEMENT_TYPE_HASH, self.number, self.replaces)


@dataclass(frozen=True, slots=True)
class ClaimOutcome(Statement):
    """What the office of second filing says about one priority claim.

    Args:
        later: Office number of the later application, 32 bytes.
        earlier: Office number of the earlier application, 32 bytes.
        later_filing_date: Filing date of the later application as `20240131`.
        claimed_date: Filing date of the earlier application as claimed, as `20230131`.
        is_partial: Whether the claim covers only a part of the later application.
        outcome: The outcome as the contract numbers it.
        replaces: Number of the outcome that this one follows, 0 for the first.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = (
        "ClaimOutcome(bytes32 later,bytes32 earlier,uint32 laterFilingDate,uint32 claimedDate,"
        "bool isPartial,uint8 outcome,uint8 replaces)"
    )

    later: bytes
    earlier: bytes
    later_filing_date: int
    claimed_date: int
    is_partial: bool
    outcome: int
    replaces: int

    def __post_init__(self) -> None:
        _check_number("later number", self.later)
        _check_number("earlier number", self.earlier)
        _check_unsigned("later filing date", self.later_filing_date, 32)
        _check_unsigned("claimed date", self.claimed_date, 32)
        if not isinstance(self.is_partial, bool):
            raise InputError(f"partial must be true or false, got {self.is_partial!r}")
        _check_unsigned("outcome", self.outcome, 8)
        _check_unsigned("replaced outcome", self.replaces, 8)

    def _encoded(self) -> bytes:
        return _CLAIM_OUTCOME.pack(
            _CLAIM_OUTCOME_TYPE_HASH,
            self.later,
            self.earlier,
            self.later_filing_date,
            self.claimed_date,
            self.is_partial,
            self.outcome,
            self.replaces,
        )


@dataclass(frozen=True, slots=True)
class Vote(Statement):
    """The vote of an office on a proposal; its seat signs.

    Args:
        proposal_id: The hash of the calls and of the description that is voted on.
        office: ST.3 code, 2 bytes.
        support: 0 against, 1 for, 2 abstain.
        reason: In plain words, or empty.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Vote(uint256 proposalId,bytes2 office,uint8 support,string reason)"

    proposal_id: int
    office: bytes
    support: int
    reason: str

    def __post_init__(self) -> None:
        _check_unsigned("proposal id", self.proposal_id, 256)
        _check_office(self.office)
        if self.support not in (0, 1, 2) or isinstance(self.support, bool):
            raise InputError(f"a vote is 0 (against), 1 (for) or 2 (abstain), got {self.support!r}")
        _check_text("reason", self.reason)

    def _encoded(self) -> bytes:
        number, reason = self.proposal_id.to_bytes(32, "big"), keccak(self.reason.encode())
        return _VOTE.pack(_VOTE_TYPE_HASH, number, self.office, self.support, reason)


@dataclass(frozen=True, slots=True)
class Suspension(Statement):
    """The support of an office for suspending another, or keys of it, at once; its seat signs.

    Args:
        office: ST.3 code of the office concerned, 2 bytes.
        accounts: Its keys to suspend; empty to suspend the office itself.
        reason: In plain words.
        round: Which emergency against this office it would be, from 1.
        valid_until: First second at which support no longer counts, since 1970.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Suspension(bytes2 office,address[] accounts,string reason,uint64 round,uint40 validUntil)"

    office: bytes
    accounts: tuple[str, ...]
    reason: str
    round: int
    valid_until: int

    def __post_init__(self) -> None:
        _check_office(self.office)
        object.__setattr__(self, "accounts", tuple(checksum_address(parse_address(each)) for each in self.accounts))
        _check_text("reason", self.reason)
        if not self.reason:
            raise InputError("a suspension needs a reason", remedy="Say in plain words what happened.")
        _check_unsigned("round", self.round, 64)
        _check_unsigned("end of validity", self.valid_until, 40)

    def _encoded(self) -> bytes:
        accounts = keccak(b"".join(parse_address(each).rjust(32, b"\0") for each in self.accounts))
        reason, until = keccak(self.reason.encode()), self.valid_until.to_bytes(5, "big")
        return _SUSPENSION.pack(_SUSPENSION_TYPE_HASH, self.office, accounts, reason, self.round, until)

    def _message(self) -> dict[str, Any]:
        # Named, because dataclasses with slots are made anew, which zero-argument super does not survive.
        return {**Statement._message(self), "accounts": list(self.accounts)}


@dataclass(frozen=True, slots=True)
class Remark(Statement):
    """What an observer says about a proposal; the observer signs.

    Args:
        proposal_id: The proposal.
        text: In plain words.

    Raises:
        InputError: A value is out of its range.
    """

    TYPE: ClassVar[str] = "Remark(uint256 proposalId,string text)"

    proposal_id: int
    text: str

    def __post_init__(self) -> None:
        _check_unsigned("proposal id", self.proposal_id, 256)
        _check_text("text", self.text)
        if not self.text:
            raise InputError("a remark needs a text")

    def _encoded(self) -> bytes:
        return _REMARK.pack(_REMARK_TYPE_HASH, self.proposal_id.to_bytes(32, "big"), keccak(self.text.encode()))


_RECONFIRMATION_TYPE_HASH = keccak(Reconfirmation.TYPE.encode("ascii"))
_REINSTATEMENT_TYPE_HASH = keccak(Reinstatement.TYPE.encode("ascii"))
_VOTE_TYPE_HASH = keccak(Vote.TYPE.encode("ascii"))
_SUSPENSION_TYPE_HASH = keccak(Suspension.TYPE.encode("ascii"))
_REMARK_TYPE_HASH = keccak(Remark.TYPE.encode("ascii"))
_REGISTRATION_TYPE_HASH = keccak(Registration.TYPE.encode("ascii"))
_BATCH_TYPE_HASH = keccak(RegistrationBatch.TYPE.encode("ascii"))
_ANCHOR_TYPE_HASH = keccak(Anchor.TYPE.encode("ascii"))
_CORRECTION_TYPE_HASH = keccak(Correction.TYPE.encode("ascii"))
_WITHDRAWAL_TYPE_HASH = keccak(Withdrawal.TYPE.encode("ascii"))
_CLAIM_OUTCOME_TYPE_HASH = keccak(ClaimOutcome.TYPE.encode("ascii"))
