"""Transactions by hand equal those of eth_account, and no wrong signature leaves the house."""

from __future__ import annotations

import pytest
from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.chain.transaction import Fees, Transaction, intrinsic_gas, sign
from registrum.errors import InputError, SigningError, WrongSignerError
from registrum.signing.signers import LocalSigner

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
EDGES = st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x100, (1 << 63) - 1])
"""Where RLP changes form; some more numbers come from the strategies that it is joined with."""


@settings(max_examples=300, deadline=None)
@given(
    secret=st.integers(1, ORDER - 1),
    chain_id=st.integers(1, 1 << 40),
    nonce=EDGES | st.integers(0, 1 << 40),
    to=st.binary(min_size=20, max_size=20),
    value=EDGES | st.integers(0, (1 << 256) - 1),
    data=st.binary(max_size=80)
    | st.sampled_from([b"\x00", b"\x7f", b"\x80", b"a" * 55, b"a" * 56, b"a" * 300, b"a" * 70_000]),
    gas=EDGES,
    max_fee=EDGES | st.integers(0, 1 << 60),
    priority=st.none() | st.integers(0, 100),
)
def test_signed_transactions_equal_those_of_eth_account(
    secret: int,
    chain_id: int,
    nonce: int,
    to: bytes,
    value: int,
    data: bytes,
    gas: int,
    max_fee: int,
    priority: int | None,
) -> None:
    key = secret.to_bytes(32, "big")
    fees = Fees(max_fee, None if priority is None else min(priority, max_fee))
    ours = sign(Transaction(chain_id, nonce, to, data, gas, fees, value), LocalSigner(key))
    fields = {"chainId": chain_id, "nonce": nonce, "to": to, "value": value, "data": data, "gas": gas}
    if fees.priority is None:
        fields["gasPrice"] = fees.max_fee
    else:
        fields |= {"maxFeePerGas": fees.max_fee, "maxPriorityFeePerGas": fees.priority, "type": 2}
    theirs = Account.sign_transaction(fields, key)
    assert ours.raw == theirs.raw_transaction
    assert ours.hash == theirs.hash
    assert (ours.nonce, ours.fees) == (nonce, fees)


class Impostor:
    """Says that it has one address and signs with whatever it is given."""

    def __init__(self, signature: bytes | LocalSigner) -> None:
        self._signature = signature
        self.address = LocalSigner(b"\x01" * 32).address

    def sign_digest(self, digest: bytes) -> bytes:
        return self._signature.sign_digest(digest) if isinstance(self._signature, LocalSigner) else self._signature


TRANSACTION = Transaction(1, 0, b"\x11" * 20, b"", 21_000, Fees(0, 0))


def test_a_signer_with_another_key_is_found_out() -> None:
    with pytest.raises(WrongSignerError):
        sign(TRANSACTION, Impostor(LocalSigner(b"\x02" * 32)))


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x01" * 64,
        b"\x01" * 66,
        bytes(64) + b"\x1b",
        b"\x01" * 64 + b"\x00",
        b"\x01" * 64 + b"\x1d",
        b"\x01" * 32 + (ORDER - 1).to_bytes(32, "big") + b"\x1b",
        ORDER.to_bytes(32, "big") + b"\x01" * 32 + b"\x1b",
        (5).to_bytes(32, "big") + b"\x01" * 32 + b"\x1b",
    ],
    ids=["empty", "short", "long", "zero", "v 0", "v 29", "high s", "r too large", "r of no point"],
)
def test_signatures_that_no_chain_takes_are_refused(signature: bytes) -> None:
    with pytest.raises(SigningError):
        sign(TRANSACTION, Impostor(signature))


@pytest.mark.parametrize(("max_fee", "priority"), [(-1, None), (1, 2), (1, -1)])
def test_impossible_fees_are_refused(max_fee: int, priority: int | None) -> None:
    with pytest.raises(InputError):
        Fees(max_fee, priority)


@pytest.mark.parametrize(
    ("old", "percent", "present", "new"),
    [
        (Fees(100, 10), 25, Fees(0, 0), Fees(125, 12)),
        (Fees(100, 10), 25, Fees(500, 1), Fees(500, 12)),
        (Fees(0, 0), 25, Fees(0, 0), Fees(1, 1)),
        (Fees(8), 10, Fees(0), Fees(9)),
        (Fees(8), 10, Fees(20, 3), Fees(20)),
    ],
)
def test_raised_fees_are_higher_and_not_below_what_the_network_takes(
    old: Fees, percent: int, present: Fees, new: Fees
) -> None:
    assert old.raised(percent, present) == new


def test_data_costs_gas_by_its_bytes() -> None:
    assert intrinsic_gas(b"") == 21_000
    assert intrinsic_gas(b"\x00\x01\x02") == 21_000 + 4 + 16 + 16
