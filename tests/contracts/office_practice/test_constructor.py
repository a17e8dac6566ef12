"""Deployment of `OfficePractice`, and its signing domain."""

from __future__ import annotations

from typing import Any

from brownie import chain

from tests.contracts.support.errors import reverts_bare, reverts_with
from tests.contracts.support.fixtures import compiled

ZERO = "0x" + "00" * 20


def test_knows_its_directory(practice: Any, directory: Any) -> None:
    assert practice.directory() == directory.address


def test_describes_its_domain(practice: Any) -> None:
    """ERC-5267: the five fields, no salt, no extensions."""
    fields, name, version, number, contract, salt, extensions = practice.eip712Domain()
    assert (bytes(fields), name, version) == (b"\x0f", "Registrum OfficePractice", "1")
    assert (number, contract, bytes(salt), extensions) == (chain.id, practice.address, bytes(32), ())


def test_a_directory_is_a_contract(practice: Any, stranger: Any) -> None:
    for address in (ZERO, stranger.address):
        reverts_with(
            lambda address=address: compiled("OfficePractice").deploy(address, {"from": stranger}),
            "OfficeSignedNoDirectory",
            address,
        )


def test_takes_no_ether(practice: Any, stranger: Any) -> None:
    reverts_bare(lambda: stranger.transfer(practice, 1))
