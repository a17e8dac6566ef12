"""Constructor of `Consortium`: what founders may agree on, and that the deployer ends with nothing."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import web3
from eth_abi import encode

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, log
from tests.contracts.support.votes import (
    COUNT_WINDOW,
    EXECUTION_DELAY,
    EXECUTION_WINDOW,
    PARAMETERS,
    VOTING_DELAY,
    VOTING_PERIOD,
    deploy_consortium,
    timelock_of,
)

HOUR = 3600
ADMIN = bytes(32)
CODE_LIMIT = 24_576
"""Bytes of a contract that a chain takes (EIP-170)."""


def attempt(directory: Any, *parameters: int) -> Any:
    """What a deployment with these parameters would answer: changes nothing."""
    constructor = compiled("Consortium").deploy.encode_input(directory, parameters)
    return web3.eth.call({"data": constructor})


def test_shows_what_was_agreed(consortium: Any, directory: Any, timelock: Any) -> None:
    assert consortium.directory() == directory
    assert consortium.timelock() == timelock
    assert (consortium.votingDelay(), consortium.votingPeriod()) == (VOTING_DELAY, VOTING_PERIOD)
    assert timelock.getMinDelay() == EXECUTION_DELAY
    assert consortium.supermajority() == (2, 3)
    assert (consortium.proposalThreshold(), consortium.votesNeeded(), consortium.quorum(0)) == (1, 3, 3)
    assert (consortium.countWindow(), consortium.executionWindow()) == (COUNT_WINDOW, EXECUTION_WINDOW)
    assert consortium.leastOffices() == 3
    assert consortium.name() == "Registrum Consortium"
    assert consortium.CLOCK_MODE() == "mode=timestamp"
    assert consortium.COUNTING_MODE() == "support=bravo&quorum=for"
    assert consortium.clock() == web3.eth.get_block("latest")["timestamp"]


def test_the_timelock_knows_nobody_but_the_consortium(
    consortium: Any, timelock: Any, deployer: Any, offices: list[Any], council: Any, stranger: Any
) -> None:
    """By its logs, which show every role that was ever given, and by asking for everyone."""
    roles = [timelock.PROPOSER_ROLE(), timelock.CANCELLER_ROLE(), timelock.EXECUTOR_ROLE()]
    logs = web3.eth.get_logs({"address": timelock.address, "fromBlock": 0})
    granted = [
        entry for entry in logs if entry["topics"][0] == web3.keccak(text="RoleGranted(bytes32,address,address)")
    ]
    expected = [
        log(timelock, "RoleGranted", role=bytes(role), account=account.address, sender=consortium.address).topics
        for role, account in [(ADMIN, timelock), *((role, consortium) for role in roles)]
    ]
    assert [tuple(bytes(topic) for topic in entry["topics"]) for entry in granted] == expected
    zero = "0x" + "00" * 20
    for account in (deployer, stranger, council, zero, *(office.seat for office in offices)):
        assert not any(timelock.hasRole(role, account) for role in (ADMIN, *roles))
    assert not timelock.hasRole(ADMIN, consortium)


@pytest.mark.parametrize("share", [(0, 0), (0, 1), (1, 1), (1, 2), (2, 4), (3, 2), (127, 254), (255, 255), (1, 255)])
def test_a_share_is_more_than_half_and_less_than_all(directory: Any, share: tuple[int, int]) -> None:
    reverts_with(lambda: attempt(directory, *PARAMETERS[:3], *share), "ConsortiumInvalidSupermajority", *share)


@pytest.mark.parametrize("share", [(2, 3), (51, 100), (128, 255), (254, 255), (127, 253)])
def test_shares_within_the_bounds(directory: Any, share: tuple[int, int]) -> None:
    assert deploy_consortium(directory, *PARAMETERS[:3], *share).supermajority() == share


@pytest.mark.parametrize(
    ("position", "value", "least", "most"),
    [
        (0, 30 * DAY + 1, 0, 30 * DAY),
        (0, 2**48 - 1, 0, 30 * DAY),
        (1, 0, HOUR, 90 * DAY),
        (1, HOUR - 1, HOUR, 90 * DAY),
        (1, 90 * DAY + 1, HOUR, 90 * DAY),
        (1, 2**32 - 1, HOUR, 90 * DAY),
        (2, 30 * DAY + 1, 0, 30 * DAY),
        (2, 2**32 - 1, 0, 30 * DAY),
    ],
)
def test_times_have_bounds(directory: Any, position: int, value: int, least: int, most: int) -> None:
    parameters = [*PARAMETERS]
    parameters[position] = value
    reverts_with(lambda: attempt(directory, *parameters), "ConsortiumInvalidTime", value, least, most)


@pytest.mark.parametrize("times", [(0, HOUR, 0), (30 * DAY, 90 * DAY, 30 * DAY)])
def test_times_at_the_bounds(directory: Any, times: tuple[int, int, int]) -> None:
    contract = deploy_consortium(directory, *times, 2, 3)
    assert (contract.votingDelay(), contract.votingPeriod(), timelock_of(contract).getMinDelay()) == times


def test_needs_a_directory(stranger: Any) -> None:
    for nothing in (stranger, "0x" + "00" * 20):
        reverts_with(lambda nothing=nothing: attempt(nothing, *PARAMETERS), "ConsortiumNoDirectory", nothing)


def test_fits_into_a_chain(consortium: Any, timelock: Any) -> None:
    for contract in (consortium, timelock):
        assert 0 < len(web3.eth.get_code(contract.address)) < CODE_LIMIT


def test_its_domain_is_readable(consortium: Any) -> None:
    """ERC-5267: what the signers of votes see."""
    fields, name, version, chain_id, contract, salt, extensions = consortium.eip712Domain()
    assert (bytes(fields), name, version, chain_id) == (b"\x0f", "Registrum Consortium", "1", web3.eth.chain_id)
    assert (contract, bytes(salt), list(extensions)) == (consortium.address, bytes(32), [])


def test_takes_no_money(consortium: Any, stranger: Any, deployer: Any) -> None:
    """Nor tokens that ask before they are sent."""
    reverts_with(
        lambda: web3.eth.call({"from": stranger.address, "to": consortium.address, "value": 1}),
        "GovernorDisabledDeposit",
    )
    for method, arguments in (
        (consortium.onERC721Received, (deployer, deployer, 1, b"")),
        (consortium.onERC1155Received, (deployer, deployer, 1, 1, b"")),
        (consortium.onERC1155BatchReceived, (deployer, deployer, [1], [1], b"")),
    ):
        reverts_with(
            lambda method=method, arguments=arguments: method.call(*arguments, {"from": stranger}),
            "GovernorDisabledDeposit",
        )


def test_the_votes_of_an_account(consortium: Any, offices: list[Any], deployer: Any, stranger: Any) -> None:
    """Whatever the moment asked about, and whatever the parameters: one for a seat of an active office."""
    for office in offices:
        assert consortium.getVotes(office.seat, 0) == consortium.getVotesWithParams(office.seat, 1, b"x") == 1
    for account in (deployer, stranger, offices[0].key.address, "0x" + "00" * 20):
        assert consortium.getVotes(account, 0) == 0


def test_encoding_of_parameters_is_as_documented(directory: Any) -> None:
    """A tool that knows only the interface deploys the same."""
    arguments = encode(["address", "(uint48,uint32,uint32,uint8,uint8)"], [directory.address, PARAMETERS])
    assert compiled("Consortium").deploy.encode_input(directory, PARAMETERS).endswith(arguments.hex())
