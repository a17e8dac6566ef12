"""Priority claims judged in bulk, beside one web3 call after another on the same node."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from web3 import Web3

from bench.figure import Figure, wall_seconds
from registrum import OfficeNumber, PriorityClaim, Registry, Right, Verdict
from registrum.chain.contracts import PRIORITY_REGISTER, load_abi
from registrum.dates import to_on_chain
from registrum.deployment import load_artifact
from tests.client.registries import FILED, World, world

RECORDS = 400
CLAIMS = 10_000
ONE_BY_ONE = 200
ROUNDS = 3


def figures() -> Iterator[Figure]:
    """Wall-clock rates; the better of some turns each."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as made:
        yield from measure(made, RECORDS, CLAIMS, ONE_BY_ONE, ROUNDS)


def measure(made: World, records: int, count: int, one_by_one: int, rounds: int) -> Iterator[Figure]:
    """Measure both ways, and that they agree.

    Args:
        made: A chain with offices.
        records: Applications that claims rest on.
        count: Claims judged in bulk.
        one_by_one: How many of them web3 asks for.
        rounds: Turns of either way.
    """
    made.rpc.call("anvil_setLoggingEnabled", [False])
    registry = made.registry()
    claims = claims_on(made, registry, records, count)
    contract = Web3(Web3.HTTPProvider(made.anvil.url)).eth.contract(
        made.manifest.address(PRIORITY_REGISTER), abi=load_artifact(PRIORITY_REGISTER).abi
    )
    few = claims[:one_by_one]
    verdicts = [tuple(Verdict)[_ask(contract, claim)[0]] for claim in few]
    if verdicts != [assessment.verdict for assessment in registry.check_priorities(few)]:
        raise AssertionError("web3 and the client differ about verdicts")
    selector = load_abi(PRIORITY_REGISTER).selector("check")
    calls = [
        ("eth_call", [{"to": contract.address, "data": "0x" + claim.call_data(selector).hex()}, "latest"])
        for claim in claims
    ]
    single, bulk, bare = wall_seconds(
        lambda: [_ask(contract, claim) for claim in few],
        lambda: registry.check_priorities(claims),
        lambda: made.rpc.batch(calls),
        repeat=rounds,
    )
    rate, slow = count / bulk, one_by_one / single
    yield Figure("priority claims judged in bulk", rate, "/s", 50.0, "web3, one call at a time", slow)
    yield Figure("priority claims judged in bulk", rate, "/s", None, "the node's answers alone", count / bare)


def claims_on(made: World, registry: Registry, records: int, count: int) -> list[PriorityClaim]:
    """Claims on recorded applications, with days that differ: most are valid, every tenth comes too late."""
    applications = [made.application() for _ in range(records)]
    registry.register_batch("EM", applications)
    return [
        PriorityClaim(
            applications[index % records].number,
            FILED,
            "JP",
            Right.TRADEMARK,
            FILED + timedelta(days=250 if index % 10 == 9 else 1 + index % 180),
            applications[index % records].digest,
        )
        for index in range(count)
    ]


def _ask(contract: Any, claim: PriorityClaim) -> Any:
    """The call as web3 users write it."""
    return contract.functions.check(
        (
            claim.earlier.on_chain if isinstance(claim.earlier, OfficeNumber) else claim.earlier,
            to_on_chain(claim.claimed_date),
            claim.later_office.encode("ascii"),
            claim.later_right.value.encode("ascii"),
            to_on_chain(claim.later_date),
            claim.digest or bytes(32),
        )
    ).call()
