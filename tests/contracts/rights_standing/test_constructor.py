"""Deployment of `RightsStanding`."""

from __future__ import annotations

from typing import Any

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled

ZERO = "0x" + "00" * 20


def test_knows_its_register(standing: Any, rights: Any) -> None:
    assert standing.register() == rights.address


def test_a_register_is_a_contract(rights: Any, stranger: Any) -> None:
    for address in (ZERO, stranger.address):
        reverts_with(
            lambda address=address: compiled("RightsStanding").deploy(address, {"from": stranger}),
            "RightsStandingNoRegister",
            address,
        )
