"""Application records as the tests expect them: through `recordOf`, and as the two words in storage."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from hexbytes import HexBytes

from registrum.signing.statements import Registration
from tests.contracts.support.ledger import mapping_slot, storage

RECORDS_SLOT, ANCHORS_SLOT = 2, 3
"""Slots of the two mappings of `ApplicationRegistry`; OpenZeppelin's `EIP712` has the two before."""

FILED, CORRECTED, WITHDRAWN = 1, 2, 3
"""Status of a record."""

TAKEN, ALREADY_RECORDED, CONFLICT, MALFORMED_NUMBER, OTHER_OFFICE = 0, 1, 2, 3, 4
INVALID_DATE, FUTURE_DATE, BEFORE_OFFICE, NO_DIGEST, UNKNOWN_DISCLOSURE = 5, 6, 7, 8, 9
"""Outcome of an item of a batch."""


@dataclass(frozen=True)
class Record:
    """A record, in the order of the ABI."""

    digest: bytes
    signing_key: str
    recorded_at: int
    filing_date: int
    version: int = 1
    status: int = FILED
    disclosure: int = 0

    @classmethod
    def filed(cls, item: Registration, signing_key: str, recorded_at: int) -> Record:
        """What a first registration leaves."""
        return cls(item.digest, signing_key, recorded_at, item.filing_date, disclosure=item.disclosure)

    def words(self) -> tuple[int, int]:
        """The two storage words."""
        facts = int(self.signing_key, 16) | self.recorded_at << 160 | self.filing_date << 200
        facts |= self.version << 232 | self.status << 240 | self.disclosure << 248
        return int.from_bytes(self.digest, "big"), facts

    def values(self) -> tuple[Any, ...]:
        """The record as a tuple for the ABI."""
        return astuple(self)


EMPTY = Record(bytes(32), "0x0000000000000000000000000000000000000000", 0, 0, 0, 0, 0)


def words_of(registry: Any, number: bytes) -> tuple[int, int]:
    """The two storage words of a number."""
    slot = mapping_slot(number, RECORDS_SLOT)
    return storage(registry, slot), storage(registry, slot + 1)


def record_of(registry: Any, number: bytes) -> Record:
    """What `recordOf` answers."""
    return as_record(registry.recordOf(number))


def as_record(values: Any) -> Record:
    """A record out of what brownie decodes."""
    return Record(bytes(HexBytes(values[0])), *values[1:])


def check_recorded(registry: Any, number: bytes, expected: Record) -> None:
    """Assert that a number has exactly this record, in storage too."""
    assert record_of(registry, number) == expected
    assert words_of(registry, number) == expected.words()


def check_absent(registry: Any, *numbers: bytes) -> None:
    """Assert that nothing is recorded under these numbers."""
    for number in numbers:
        check_recorded(registry, number, EMPTY)
