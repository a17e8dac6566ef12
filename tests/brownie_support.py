"""Support for suites that run under brownie: test isolation, and traces of contracts with immutables.

Imported by the `conftest.py` of such suites. Not its job: fixtures of the contracts themselves.
"""

from __future__ import annotations

import pytest

PUSH1, PUSH32 = 0x60, 0x7F
PLACEHOLDER = bytes(32)


def immutable_positions(code: bytes) -> list[int]:
    """Return the offsets of all 32-byte words of the code that may hold an immutable.

    The compiler leaves `PUSH32` of zero in the artifact, which the constructor replaces; a literal zero is pushed by
    `PUSH0` or `PUSH1` instead, so nothing else looks like this.
    """
    positions = []
    offset = 0
    while offset < len(code):
        opcode = code[offset]
        width = opcode - PUSH1 + 1 if PUSH1 <= opcode <= PUSH32 else 0
        if opcode == PUSH32 and code[offset + 1 : offset + 33] == PLACEHOLDER:
            positions.append(offset + 1)
        offset += 1 + width
    return positions


def without_immutables(code: bytes, positions: list[int]) -> bytes:
    """Return the code with the words at these offsets zeroed."""
    masked = bytearray(code)
    for position in positions:
        masked[position : position + 32] = PLACEHOLDER
    return bytes(masked)


def same_code(actual: bytes, expected: bytes) -> bool:
    """Tell whether deployed code equals the artifact's, apart from values of immutables."""
    if len(actual) != len(expected):
        return False
    positions = immutable_positions(expected)
    return without_immutables(actual, positions) == expected


def accept_immutables() -> None:
    """Make brownie keep source maps of contracts with immutables.

    Brownie compares deployed code with the artifact byte by byte and drops the map when they differ, so such
    contracts would lose coverage and call traces.
    """
    from brownie.network import contract, web3

    original = contract._verify_deployed_code

    def verify(address: str, expected_bytecode: str, language: str) -> bool:
        if original(address, expected_bytecode, language):
            return True
        expected = expected_bytecode.removeprefix("0x")
        if "_" in expected:
            return False
        return same_code(bytes(web3.eth.get_code(address)), bytes.fromhex(expected))

    contract._verify_deployed_code = verify


def under_brownie(request: pytest.FixtureRequest) -> bool:
    """Tell whether this run has brownie's pytest plugin, and with it a chain node."""
    return bool(request.config.pluginmanager.hasplugin("pytest-brownie"))


@pytest.fixture(scope="module", autouse=True)
def isolate_module(request: pytest.FixtureRequest) -> None:
    """Reset the chain around each test module.

    Asked for before all other module-scoped fixtures: a reset that came after them would remove what they deployed.
    """
    if under_brownie(request):
        request.getfixturevalue("module_isolation")


@pytest.fixture(autouse=True)
def isolate_function(request: pytest.FixtureRequest, isolate_module: None) -> None:
    """Return the chain to the state after the module's fixtures around each test.

    Brownie keeps a single snapshot: a test that calls `chain.snapshot()` moves it and breaks the isolation.
    """
    if under_brownie(request):
        request.getfixturevalue("fn_isolation")
