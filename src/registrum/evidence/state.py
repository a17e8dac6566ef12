"""Words in the storage of the contracts, and what they say. Section 6 of the format.

The places are those that solc gives the contracts of this release; the hash of the code pins them. Not its job: what
follows from the words (`registrum.evidence.facts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from registrum.errors import EvidenceError
from registrum.evidence.chain import ChainDescription, CodeAt
from registrum.evidence.trie import Nodes, decode_rlp
from registrum.signing.keccak import keccak

__all__ = ["ChainState", "Fields", "OfficeState", "ProvenWords", "Words"]

FOREVER = (1 << 40) - 1
"""How the contracts write "without end"."""

MOST_SUCCESSORS = 8
_RECORDS, _ANCHORS, _RECONFIRMATIONS = 2, 3, 4
_OFFICES, _KEYS = 3, 7
_CALENDARS, _CHOSEN_REGISTRY = 2, 6
_ENTRIES = 4
_BODIES = 2


class Words(Protocol):
    """What a block holds in the slots of contracts."""

    def word(self, contract: CodeAt, slot: int) -> int:
        """The word in a slot of a contract, whose code must be what the description says."""


class ProvenWords:
    """Words that the tries of a bundle show.

    Args:
        state_root: Of the block, 32 bytes.
        nodes: What the bundle brings.
    """

    def __init__(self, state_root: bytes, nodes: Nodes) -> None:
        self._root = state_root
        self._nodes = nodes
        self._storage: dict[bytes, bytes] = {}

    def word(self, contract: CodeAt, slot: int) -> int:
        """The word in a slot.

        Raises:
            EvidenceError: The nodes do not show it, or the contract has other code.
        """
        value = self._nodes.get(self._storage_root(contract), slot.to_bytes(32, "big"))
        if value is None:
            return 0
        word = decode_rlp(value, "the word in a slot")
        # Anvil keeps slots that were set to zero, with no bytes in them.
        if not isinstance(word, bytes) or len(word) > 32 or word[:1] == b"\0":
            raise EvidenceError("what a slot holds is no word in its shortest form", check="state")
        return int.from_bytes(word, "big")

    def _storage_root(self, contract: CodeAt) -> bytes:
        root = self._storage.get(contract.address)
        if root is None:
            value = self._nodes.get(self._root, contract.address)
            account = None if value is None else decode_rlp(value, "an account")
            if (
                not isinstance(account, list)
                or len(account) != 4
                or not all(isinstance(each, bytes) for each in account)
            ):
                raise EvidenceError(f"the chain has no contract at 0x{contract.address.hex()}", check="state")
            if account[3] != contract.code_hash:
                raise EvidenceError(f"0x{contract.address.hex()} has other code than it must", check="state")
            if len(account[2]) != 32:
                raise EvidenceError("an account has no root of its storage", check="state")
            root = self._storage[contract.address] = account[2]
        return root


Fields = Mapping[str, int]
"""Fields of a word by name."""


@dataclass(frozen=True, slots=True)
class OfficeState:
    """An office in the directory.

    Attributes:
        code: ST.3.
        status: `none`, `active`, `suspended` or `departed`.
        seat: 20 bytes.
        admitted_at: Seconds since 1970; so `suspended_until`.
        earliest_filing_date: As `20240131`.
        successor: Code of the office that took over; empty if there is none.
    """

    code: str
    status: str
    seat: bytes
    admitted_at: int
    suspended_until: int
    earliest_filing_date: int
    successor: str


class ChainState:
    """The state of the contracts at one block.

    Args:
        chain: Which contracts.
        words: Where their words come from.
        time: Of the block, seconds since 1970.
    """

    def __init__(self, chain: ChainDescription, words: Words, time: int) -> None:
        self._chain = chain
        self._words = words
        self.time = time

    def require_chosen_registry(self) -> None:
        """Refuse a description that is older than the offices' vote for a newer application registry.

        Raises:
            EvidenceError: It is so: what that registry holds would be taken for absent.
        """
        chosen = self._words.word(self._chain.priority, _CHOSEN_REGISTRY) & (1 << 160) - 1
        if chosen != int.from_bytes(self._chain.registries[0].address, "big"):
            raise EvidenceError(
                "the offices have chosen another application registry since the chain was described", check="state"
            )

    def record(self, registry: CodeAt, number: bytes) -> tuple[bytes, Fields]:
        """Digest and facts of the record that a registry has of a number; version zero if it has none."""
        place = _mapped(number, _RECORDS)
        sizes = (
            ("signingKey", 160),
            ("recordedAt", 40),
            ("filingDate", 32),
            ("version", 8),
            ("status", 8),
            ("disclosure", 8),
        )
        return self._word(registry, place), _fields(self._words.word(registry, place + 1), *sizes)

    def anchor(self, registry: CodeAt, office: str, sequence: int) -> tuple[int, bytes]:
        """Time of an anchor, and the bytes that bind it, of which the last five do not count."""
        key = office.encode("ascii") + sequence.to_bytes(30, "big")
        word = self._words.word(registry, _mapped(key, _ANCHORS))
        return word & FOREVER, (word >> 40 << 40).to_bytes(32, "big")

    def reconfirmation(self, registry: CodeAt, number: bytes) -> Fields:
        """Who confirmed the record of a number last."""
        word = self._words.word(registry, _mapped(number, _RECONFIRMATIONS))
        return _fields(word, ("signingKey", 160), ("reconfirmedAt", 40), ("version", 8))

    def office(self, code: str) -> OfficeState:
        """An office; its successor only where it departed."""
        place = _mapped(code.encode("ascii"), _OFFICES)
        directory = self._chain.directory
        first = _fields(
            self._words.word(directory, place),
            ("seat", 160),
            ("admittedAt", 40),
            ("suspendedUntil", 40),
            ("departed", 8),
        )
        second = self._words.word(directory, place + 1)
        if not first["seat"]:
            status = "none"
        elif first["departed"]:
            status = "departed"
        else:
            status = "suspended" if first["suspendedUntil"] > self.time else "active"
        return OfficeState(
            code,
            status,
            first["seat"].to_bytes(20, "big"),
            first["admittedAt"],
            first["suspendedUntil"],
            second & 0xFFFFFFFF,
            self.successor(code) if status == "departed" else "",
        )

    def successor(self, code: str) -> str:
        """The office that took over from an office; empty if none did.

        Raises:
            EvidenceError: The state has something else in that place than the code of an office.
        """
        word = self._words.word(self._chain.directory, _mapped(code.encode("ascii"), _OFFICES) + 4)
        letters = (word >> 200 & 0xFFFF).to_bytes(2, "big")
        if not any(letters):
            return ""
        if not (letters.isalpha() and letters.isupper()):
            raise EvidenceError(f"the successor 0x{letters.hex()} is not two capital letters", check="state")
        return letters.decode("ascii")

    def key(self, office: str, account: bytes) -> Fields:
        """A key of an office; `scopes` is zero if the account never was one."""
        word = self._words.word(self._chain.directory, _mapped(office.encode("ascii") + bytes(10) + account, _KEYS))
        names = "validFrom", "validUntil", "revokedAt", "compromisedSince", "barredUntil"
        return _fields(word, ("scopes", 8), *((name, 40) for name in names))

    def key_found(self, office: str, account: bytes) -> tuple[str, Fields] | None:
        """The office whose key an account is, of an office and those that took over from it; and the key."""
        for code in self._with_successors(office):
            key = self.key(code, account)
            if key["scopes"]:
                return code, key
        return None

    def compromised_since(self, office: str, account: bytes) -> int:
        """Since when a key of an office is known to be compromised; zero if it is not."""
        own = self.key(office, account)
        if own["scopes"]:
            return own["compromisedSince"]
        moments = [self.key(code, account)["compromisedSince"] for code in self._with_successors(office)]
        return min((moment for moment in moments if moment), default=0)

    def calendar(self, office: str, year: int) -> tuple[int, int, int]:
        """Weekdays closed, exceptions as one number, and version of a calendar; version zero if there is none."""
        place = _mapped_twice(office.encode("ascii"), year.to_bytes(32, "big"), _CALENDARS)
        second = _fields(
            self._words.word(self._chain.priority, place + 1), ("high", 112), ("weekly", 8), ("version", 16)
        )
        if not second["version"]:
            return 0, 0, 0
        low = self._words.word(self._chain.priority, place)
        return second["weekly"], second["high"] << 256 | low, second["version"]

    def entry(self, number: bytes) -> tuple[Fields, tuple[bytes, ...]]:
        """The fields of an entry, and the nine words that follow them."""
        place = _mapped(number, _ENTRIES)
        register = self._rights()
        sizes = [("state", 8), ("stage", 8), ("status", 8), ("marks", 8), ("eventCount", 16), ("terminatedBy", 16)]
        sizes += [(name, 32) for name in ("filingDate", "registrationDate", "expiryDate", "ceasedOn")]
        fields = _fields(self._words.word(register, place), *sizes, ("classes", 48), ("ceasedBy", 16))
        return fields, tuple(self._word(register, place + each) for each in range(1, 10))

    def body(self, office: str, account: bytes) -> tuple[Fields, bytes]:
        """What an office empowered an account for, and its name; version zero if for nothing."""
        practice = self._chain.practice
        if practice is None:
            return {"version": 0}, bytes(32)
        place = _mapped_twice(office.encode("ascii"), account.rjust(32, b"\0"), _BODIES)
        sizes = ("categories", 32), ("validFrom", 40), ("validUntil", 40), ("version", 16)
        return _fields(self._words.word(practice, place), *sizes), self._word(practice, place + 1)

    def _with_successors(self, office: str) -> Iterator[str]:
        """An office, then those that took over from it. The contract lets no row come back; a forged state might."""
        seen = set()
        while office and office not in seen:
            seen.add(office)
            if len(seen) > MOST_SUCCESSORS:
                raise EvidenceError(f"a row of successors has at most {MOST_SUCCESSORS} offices", check="state")
            yield office
            office = self.successor(office)

    def _rights(self) -> CodeAt:
        if self._chain.rights is None:
            raise EvidenceError("the chain description names no register of trade marks and designs", check="state")
        return self._chain.rights

    def _word(self, contract: CodeAt, slot: int) -> bytes:
        return self._words.word(contract, slot).to_bytes(32, "big")


def _mapped(key: bytes, place: int) -> int:
    """Slot of a value of a mapping; keys shorter than a word stand at its beginning."""
    return int.from_bytes(keccak(key.ljust(32, b"\0") + place.to_bytes(32, "big")), "big")


def _mapped_twice(outer: bytes, inner: bytes, place: int) -> int:
    return _mapped(inner, _mapped(outer, place))


def _fields(word: int, *sizes: tuple[str, int]) -> Fields:
    """Fields of a word, the first at its lowest bits."""
    fields = {}
    for name, bits in sizes:
        fields[name] = word & ((1 << bits) - 1)
        word >>= bits
    return fields
