"""`KeyFacts`: arithmetic on one word against the fields that it is made of."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from random import Random
from typing import Any

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.contracts.types.bits import bits

TIME = 4116744000
LAST = 2**40 - 1


@dataclass(frozen=True)
class Facts:
    """The fields, lowest bits of the word first."""

    scopes: int = 1
    valid_from: int = TIME
    valid_until: int = LAST
    revoked_at: int = 0
    compromised_since: int = 0
    barred_until: int = 0
    earliest: int = 19960401

    def word(self) -> int:
        word, shift = 0, 0
        for value, width in zip(astuple(self), (8, 40, 40, 40, 40, 40, 32), strict=True):
            assert 0 <= value < 1 << width
            word |= value << shift
            shift += width
        return word

    def permitted(self, time: int) -> set[int]:
        """Sums of scopes that the key may sign for at the time."""
        in_force = self.valid_from <= time < self.valid_until and self.revoked_at == 0 and self.barred_until <= time
        return {scopes for scopes in range(256) if in_force and set_of(scopes) <= set_of(self.scopes)}


def set_of(scopes: int) -> set[int]:
    return {bit for bit in range(8) if scopes >> bit & 1}


def check(types: Any, facts: Facts, times: list[int]) -> None:
    maps = types.permitted(facts.word(), times)
    for time, word in zip(times, maps, strict=True):
        assert bits([word]) == facts.permitted(time), (facts, time)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(scopes=0),
        Facts(scopes=15),
        Facts(scopes=10),
        Facts(scopes=255),
        Facts(valid_from=0),
        Facts(valid_from=LAST),
        Facts(valid_until=TIME + 1),
        Facts(valid_until=TIME),
        Facts(valid_until=0),
        Facts(revoked_at=1),
        Facts(revoked_at=LAST),
        Facts(compromised_since=1),
        Facts(barred_until=TIME + 1),
        Facts(barred_until=LAST),
        Facts(earliest=0),
        Facts(earliest=2**32 - 1),
        Facts(0, 0, 0, 0, 0, 0, 0),
        Facts(255, LAST, LAST, LAST, LAST, LAST, 2**32 - 1),
    ],
    ids=str,
)
def test_at_every_bound(types: Any, facts: Facts) -> None:
    bounds = {0, 1, TIME, LAST - 1, facts.valid_from, facts.valid_until, facts.revoked_at, facts.barred_until}
    times = sorted({max(0, min(LAST, bound + step)) for bound in bounds for step in (-1, 0, 1)})
    check(types, facts, times)
    assert types.boundOf(facts.word()) == facts.earliest


@given(seed=st.integers(0, 2**64 - 1))
@settings(max_examples=20)
def test_any_facts(types: Any, seed: int) -> None:
    random = Random(seed)
    moments = [0, LAST, *(random.randrange(2**40) for _ in range(3))]
    zero_or_moment = [0, 0, 0, *moments]
    facts = Facts(
        random.randrange(256),
        random.choice(moments),
        random.choice(moments),
        random.choice(zero_or_moment),
        random.choice(zero_or_moment),
        random.choice(zero_or_moment),
        random.getrandbits(32),
    )
    check(types, facts, sorted({max(0, min(LAST, moment + step)) for moment in moments for step in (-1, 0, 1)}))
    assert types.boundOf(facts.word()) == facts.earliest


def test_identifier_of_a_key_is_code_and_account(types: Any, accounts: Any) -> None:
    account = accounts[0].address
    assert bytes(types.keyIdOf(b"EM", account)) == b"EM" + bytes(10) + bytes.fromhex(account[2:])
