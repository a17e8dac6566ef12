"""Deployment of `PriorityRegister`, and its signing domain."""

from __future__ import annotations

from typing import Any

from brownie import chain

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled

ZERO = "0x" + "00" * 20


def test_knows_its_directory_and_registry(priority: Any, directory: Any, registry: Any) -> None:
    assert priority.directory() == directory.address
    assert priority.registry() == registry.address


def test_describes_its_domain(priority: Any) -> None:
    """ERC-5267: the five fields, no salt, no extensions."""
    fields, name, version, number, contract, salt, extensions = priority.eip712Domain()
    assert (bytes(fields), name, version) == (b"\x0f", "Registrum PriorityRegister", "1")
    assert (number, contract, bytes(salt), extensions) == (chain.id, priority.address, bytes(32), ())


def test_a_directory_is_a_contract(registry: Any, stranger: Any) -> None:
    for address in (ZERO, stranger.address):
        reverts_with(
            lambda address=address: compiled("PriorityRegister").deploy(address, registry, {"from": stranger}),
            "OfficeSignedNoDirectory",
            address,
        )


def test_a_registry_is_a_contract(directory: Any, stranger: Any) -> None:
    for address in (ZERO, stranger.address):
        reverts_with(
            lambda address=address: compiled("PriorityRegister").deploy(directory, address, {"from": stranger}),
            "PriorityRegisterNoRegistry",
            address,
        )


def test_the_registry_has_the_same_directory(registry: Any, governance: Any, stranger: Any) -> None:
    other = compiled("OfficeDirectory").deploy(governance, {"from": stranger})
    reverts_with(
        lambda: compiled("PriorityRegister").deploy(other, registry, {"from": stranger}),
        "PriorityRegisterNoRegistry",
        registry,
    )
