"""Every error of the consortium's contracts, provoked on a real node, as its own exception with typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from registrum import Scope
from registrum.chain import reverts
from registrum.chain.codec import encode_values, kind_of
from registrum.chain.contracts import (
    ADDRESS_BOOK,
    APPLICATION_REGISTRY,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    PRIORITY_REGISTER,
    TIMELOCK,
    load_abi,
    load_artifact,
)
from registrum.chain.custom_error import CustomError
from registrum.client.drafts import FirstKey
from registrum.client.plain_words import Call
from registrum.client.proposals import Draft, Support
from registrum.client.session import returned
from registrum.errors import ContractError
from tests.client.anvil import wait_until
from tests.client.consortia import DEPLOYER, KEYS, NEW, OBSERVER, OFFICES, SEATS, STRANGER, Consortium, consortium

ZERO = "0x" + "00" * 20
WORD = b"\x11" * 32
NAME = b"ApplicationRegistry".ljust(32, b"\0")
DAY = 86_400


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Consortium]:
    with consortium(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture
def here(running_world: Consortium) -> Iterator[Consortium]:
    with running_world.undone():
        yield running_world


@dataclass
class As:
    """Whoever simulates a call; calls are not signed."""

    address: str


def raw(here: Consortium, contract: str, function: str, *values: Any, sender: str = STRANGER.address) -> None:
    """A call as the node would answer it, with values that the typed methods would not let through."""
    registry = here.registry(sender=As(sender))
    registry._simulate(contract, function, load_abi(contract).encode(function, *values), 8_000_000)


def governed(contract: str, function: str, *values: Any) -> Callable[[Consortium], None]:
    """A call by the timelock."""
    return lambda here: raw(here, contract, function, *values, sender=here.manifest.address(TIMELOCK))


def by_consortium(function: str, *values: Any) -> Callable[[Consortium], None]:
    """A call of the timelock by the consortium."""
    return lambda here: raw(here, TIMELOCK, function, *values, sender=here.manifest.address(CONSORTIUM))


def draft(here: Consortium, description: str = "") -> Draft:
    return here.registry().drafts().admit("FR", NEW.address, "Institut", description=description)


def decided(make: Callable[[Any], Draft]) -> Callable[[Consortium], object]:
    return lambda here: here.decided(make(here.registry().drafts()))


def creation(contract: str, *arguments: tuple[dict[str, Any], Any]) -> dict[str, Any]:
    """A transaction that creates a contract."""
    file = load_artifact(contract)
    kinds, values = [kind_of(kind) for kind, _ in arguments], [value for _, value in arguments]
    data = "0x" + (bytes.fromhex(file["bytecode"][2:]) + encode_values(kinds, values)).hex()
    return {"from": DEPLOYER.address, "data": data, "gas": hex(8_000_000)}


def tried(contract: str, *arguments: tuple[dict[str, Any], Any]) -> Callable[[Consortium], None]:
    def act(here: Consortium) -> None:
        returned(here.rpc.batch([("eth_call", [creation(contract, *arguments), "latest"])])[0])

    return act


ADDRESS = {"type": "address"}
UINT8 = {"type": "uint8"}
PARAMETERS = {
    "type": "tuple",
    "components": [
        {"name": "voting_delay", "type": "uint48"},
        {"name": "voting_period", "type": "uint32"},
        {"name": "execution_delay", "type": "uint32"},
        {"name": "numerator", "type": "uint8"},
        {"name": "denominator", "type": "uint8"},
    ],
}
TERMS = {"voting_delay": 0, "voting_period": 3600, "execution_delay": 0, "numerator": 2, "denominator": 3}


def mismatch(here: Consortium) -> None:
    """A council of another directory: any contract may stand for one, until it is asked."""
    other = here.manifest.address(CONSORTIUM)
    duration = {"type": "uint40", "name": "duration"}
    call = creation(EMERGENCY_COUNCIL, (ADDRESS, other), (UINT8, 3), (duration, DAY))
    sent = here.rpc.call("eth_sendTransaction", [call])
    wait_until(lambda: here.rpc.call("eth_getTransactionReceipt", [sent]), "the council to be there")
    council = here.rpc.call("eth_getTransactionReceipt", [sent])["contractAddress"]
    words = ({"type": "bytes32"}, WORD), ({"type": "string"}, "https://charter.example")
    tried(CHARTER, (ADDRESS, here.manifest.address(CONSORTIUM)), (ADDRESS, council), *words)(here)


def voted_wrongly(here: Consortium) -> None:
    number = here.open(draft(here))
    raw(here, CONSORTIUM, "castVote", number, 3, sender=SEATS["EM"].address)


def voted_twice(here: Consortium) -> None:
    number = here.open(draft(here))
    here.by("EM").vote(number, Support.FOR)
    raw(here, CONSORTIUM, "castVote", number, 1, sender=SEATS["EM"].address)


def signed_wrongly(here: Consortium) -> None:
    number = here.open(draft(here))
    here.registry().cast_signed_votes(number, [here.by("EM").sign_vote(number, "JP", Support.FOR)])


def executed_early(here: Consortium) -> None:
    number = here.voted(draft(here), *OFFICES[:4])
    here.registry().queue(number)
    here.registry().execute(number)


def cancelled_by_another(here: Consortium) -> None:
    made = draft(here)
    here.by("EM").propose(made)
    here.by("JP").cancel(made.id)


def paid(here: Consortium) -> None:
    call = {"from": DEPLOYER.address, "to": here.manifest.address(CONSORTIUM), "value": "0x1"}
    returned(here.rpc.batch([("eth_call", [call, "latest"])])[0])


def failed(here: Consortium) -> None:
    here.decided(Draft((Call(here.manifest.address(OFFICE_DIRECTORY), b"\xde\xad\xbe\xef"),), "a call of nothing"))


def too_few(here: Consortium) -> None:
    drafts = here.registry().drafts()
    calls = [call for code in OFFICES[2:] for call in drafts.depart(code).calls]
    here.decided(drafts.of(calls))


def remarked_twice(here: Consortium) -> None:
    number = here.open(draft(here))
    here.registry(OBSERVER, OBSERVER).remark(number, "no objection")
    raw(here, CHARTER, "remark", number, OBSERVER.address, "no objection", b"", sender=OBSERVER.address)


def remarked_for_another(here: Consortium) -> None:
    number = here.open(draft(here))
    raw(here, CHARTER, "remark", number, OBSERVER.address, "a lie", bytes(65))


def support(code: str, *, sign: str | None = None, **changes: Any) -> Callable[[Consortium], object]:
    def act(here: Consortium) -> object:
        from dataclasses import replace

        suspension = replace(here.registry().prepare_suspension(code, "why"), **changes)
        if sign is None:
            return here.by("EM").support_suspension(suspension)
        wrong = replace(here.by("EM").sign_support(suspension, "EM"), supporter=sign)
        return here.registry().support_suspension(suspension, [wrong])

    return act


def emergency(here: Consortium, code: str) -> None:
    suspension = here.registry().prepare_suspension(code, "why")
    for each in ("EM", "JP", "RU"):
        here.by(each).support_suspension(suspension)


def used(here: Consortium) -> None:
    emergency(here, "WO")
    support("WO")(here)


def stranger_supports(here: Consortium) -> None:
    here.registry().support_suspension(here.registry().prepare_suspension("WO", "why"))


def second_emergency(here: Consortium) -> None:
    emergency(here, "WO")
    emergency(here, "US")


def keys_suspended(account: str, *, revoked: bool = False) -> Callable[[Consortium], object]:
    def act(here: Consortium) -> object:
        if revoked:
            here.by("WO").revoke_key("WO", account)
        suspension = here.registry().prepare_suspension("WO", "why", accounts=[account])
        signed = [here.registry().sign_support(suspension, code, signer=SEATS[code]) for code in ("EM", "JP", "RU")]
        return here.registry().support_suspension(suspension, signed)

    return act


def emergency_too_long(here: Consortium) -> None:
    council = here.manifest.address(EMERGENCY_COUNCIL)
    raw(here, OFFICE_DIRECTORY, "suspendOffice", "WO", here.now() + timedelta(days=91), sender=council)


def too_few_active(here: Consortium) -> None:
    drafts = here.registry().drafts()
    here.decided(drafts.of((*drafts.depart("US").calls, *drafts.depart("WO").calls)))
    council = here.manifest.address(EMERGENCY_COUNCIL)
    raw(here, OFFICE_DIRECTORY, "suspendOffice", "RU", here.now() + timedelta(days=1), sender=council)


def shortened(here: Consortium) -> None:
    emergency(here, "WO")
    council = here.manifest.address(EMERGENCY_COUNCIL)
    raw(here, OFFICE_DIRECTORY, "suspendOffice", "WO", here.now() + timedelta(days=1), sender=council)


def key_suspended(here: Consortium) -> None:
    suspension = here.registry().prepare_suspension("WO", "why", accounts=[KEYS["WO"].address])
    for each in ("EM", "JP", "RU"):
        here.by(each).support_suspension(suspension)
    here.registry(KEYS["WO"]).register(here.application("WO"))


def replaced_early(here: Consortium) -> None:
    here.decided(here.registry().drafts().replace_seat("WO", NEW.address))
    here.registry(NEW, NEW).accept_seat("WO")


def objected_while_suspended(here: Consortium) -> None:
    here.decided(here.registry().drafts().replace_seat("WO", NEW.address))
    here.decided(here.registry().drafts().suspend("WO"))
    here.by("WO").object_to_replacement("WO")


def wrong_successor(here: Consortium) -> None:
    here.decided(here.registry().drafts().depart("WO"))
    governed(OFFICE_DIRECTORY, "nameSuccessor", "WO", "WO")(here)


def second_successor(here: Consortium) -> None:
    here.decided(here.registry().drafts().succeed("WO", "EM"))
    governed(OFFICE_DIRECTORY, "nameSuccessor", "WO", "JP")(here)


def listed_twice(here: Consortium) -> None:
    governed(ADDRESS_BOOK, "list", [NAME], [here.manifest.address(APPLICATION_REGISTRY)])(here)


def same_registry(here: Consortium) -> None:
    governed(PRIORITY_REGISTER, "setRegistry", here.manifest.address(APPLICATION_REGISTRY))(here)


def wrong_predecessor(here: Consortium) -> None:
    directory = here.manifest.address(OFFICE_DIRECTORY)
    tried(APPLICATION_REGISTRY, (ADDRESS, directory), (ADDRESS, STRANGER.address))(here)


def not_withdrawn(here: Consortium) -> None:
    application = here.application()
    here.registry().register(application)
    here.registry().reinstate(application.number)


NOWHERE = (ADDRESS, STRANGER.address)
CASES: list[tuple[str, Callable[[Consortium], object], dict[str, Any]]] = [
    ("ConsortiumNotVoter", lambda w: w.registry().vote(w.open(draft(w)), Support.FOR), {"account": STRANGER.address}),
    ("ConsortiumAlreadyVoted", voted_twice, {"office": "EM"}),
    ("ConsortiumUnknownSupport", voted_wrongly, {"support": 3}),
    ("ConsortiumInvalidSignature", signed_wrongly, {"office": "JP"}),
    (
        "ConsortiumInvalidSupermajority",
        decided(lambda d: d.change_parameters(supermajority=(1, 2))),
        {"denominator": 2},
    ),
    ("ConsortiumInvalidTime", decided(lambda d: d.change_parameters(voting_period_s=60)), {"value": 60, "least": 3600}),
    ("ConsortiumTooFewOffices", too_few, {"active": 2, "least": 3}),
    ("ConsortiumGovernanceLost", decided(lambda d: d.transfer_governance(NEW.address)), {"governance": NEW.address}),
    (
        "ConsortiumNotAvailable",
        lambda w: w.by("EM").propose(
            w.registry()
            .drafts()
            .of([Call(w.manifest.address(TIMELOCK), load_abi(TIMELOCK).encode("grantRole", bytes(32), NEW.address))])
        ),
        {"selector": load_abi(TIMELOCK).selector("grantRole")},
    ),
    ("ConsortiumDescriptionLength", lambda w: w.by("EM").propose(draft(w, "x" * 10_001)), {"length": 10_001}),
    ("ConsortiumNoDirectory", tried(CONSORTIUM, NOWHERE, (PARAMETERS, TERMS)), {"directory": STRANGER.address}),
    ("GovernorInvalidProposalLength", lambda w: w.by("EM").propose(Draft((), "nothing")), {"targets": 0}),
    ("GovernorDisabledDeposit", paid, {}),
    ("GovernorOnlyExecutor", lambda w: raw(w, CONSORTIUM, "setVotingDelay", 1), {"account": STRANGER.address}),
    ("GovernorNonexistentProposal", lambda w: w.registry().vote(7, Support.FOR), {"proposal_id": 7}),
    ("GovernorUnexpectedProposalState", lambda w: w.registry().queue(w.open(draft(w))), {"current": 1}),
    ("GovernorInsufficientProposerVotes", lambda w: w.registry().propose(draft(w)), {"proposer": STRANGER.address}),
    (
        "GovernorRestrictedProposer",
        lambda w: w.by("EM").propose(draft(w, f"by another #proposer={NEW.address.lower()}")),
        {"proposer": SEATS["EM"].address},
    ),
    ("GovernorUnableToCancel", cancelled_by_another, {"account": SEATS["JP"].address}),
    ("TimelockUnexpectedOperationState", executed_early, {}),
    ("TimelockUnauthorizedCaller", lambda w: raw(w, TIMELOCK, "updateDelay", 1), {"caller": STRANGER.address}),
    (
        "TimelockInvalidOperationLength",
        by_consortium("scheduleBatch", [NEW.address], [], [], bytes(32), bytes(32), DAY),
        {"targets": 1, "values": 0},
    ),
    (
        "TimelockInsufficientDelay",
        by_consortium("schedule", NEW.address, 0, b"", bytes(32), bytes(32), 1),
        {"delay": 1, "min_delay": 2 * DAY},
    ),
    (
        "AccessControlUnauthorizedAccount",
        lambda w: raw(w, TIMELOCK, "schedule", NEW.address, 0, b"", bytes(32), bytes(32), DAY),
        {"account": STRANGER.address},
    ),
    ("AccessControlBadConfirmation", lambda w: raw(w, TIMELOCK, "renounceRole", bytes(32), NEW.address), {}),
    ("FailedCall", failed, {}),
    ("EmergencyCouncilNotGovernance", lambda w: raw(w, EMERGENCY_COUNCIL, "setRules", 3, DAY), {}),
    ("EmergencyCouncilInvalidRules", governed(EMERGENCY_COUNCIL, "setRules", 2, DAY), {"quorum": 2, "duration": DAY}),
    ("EmergencyCouncilNotSupporter", stranger_supports, {"account": STRANGER.address}),
    ("EmergencyCouncilNotEntitled", support("EM"), {"supporter": "EM"}),
    ("EmergencyCouncilAlreadyUsed", used, {"supporter": "EM", "office": "WO"}),
    ("EmergencyCouncilInvalidSignature", support("WO", sign="JP"), {"supporter": "JP"}),
    ("EmergencyCouncilWrongRound", support("WO", round=3), {"office": "WO", "round": 3, "expected": 1}),
    ("EmergencyCouncilInvalidTime", support("WO", valid_until=7), {}),
    ("EmergencyCouncilReasonLength", support("WO", reason="x" * 1001), {"length": 1001, "limit": 1000}),
    ("EmergencyCouncilTooMany", second_emergency, {"running": 2, "members": 5}),
    ("EmergencyCouncilNotMember", support("DE"), {"office": "DE"}),
    ("EmergencyCouncilUnknownKey", keys_suspended(STRANGER.address), {"office": "WO", "account": STRANGER.address}),
    ("EmergencyCouncilNoKey", keys_suspended(KEYS["WO"].address, revoked=True), {"office": "WO"}),
    (
        "EmergencyCouncilNoDirectory",
        tried(EMERGENCY_COUNCIL, NOWHERE, (UINT8, 3), ({"type": "uint40", "name": "duration"}, DAY)),
        {"directory": STRANGER.address},
    ),
    ("CharterNotGovernance", lambda w: raw(w, CHARTER, "adopt", WORD, "x"), {"caller": STRANGER.address}),
    ("CharterIncomplete", governed(CHARTER, "adopt", bytes(32), "x"), {}),
    ("CharterTextLength", governed(CHARTER, "listObserver", NEW.address, ""), {"length": 0}),
    ("CharterNotObserver", governed(CHARTER, "removeObserver", NEW.address), {"account": NEW.address}),
    ("CharterObserverListed", governed(CHARTER, "listObserver", OBSERVER.address, "x"), {"account": OBSERVER.address}),
    ("CharterZeroAccount", governed(CHARTER, "listObserver", ZERO, "x"), {}),
    ("CharterInvalidSignature", remarked_for_another, {"observer": OBSERVER.address}),
    ("CharterRemarked", remarked_twice, {"observer": OBSERVER.address}),
    ("CharterMismatch", mismatch, {}),
    ("AddressBookNotGovernance", lambda w: raw(w, ADDRESS_BOOK, "list", [], []), {"caller": STRANGER.address}),
    ("AddressBookInvalidName", governed(ADDRESS_BOOK, "list", [bytes(32)], [NEW.address]), {"name": bytes(32)}),
    ("AddressBookNoContract", governed(ADDRESS_BOOK, "list", [NAME], [NEW.address]), {"account": NEW.address}),
    ("AddressBookListed", listed_twice, {"name": NAME}),
    ("AddressBookUnknownName", lambda w: raw(w, ADDRESS_BOOK, "current", WORD), {"name": WORD}),
    ("AddressBookLengths", governed(ADDRESS_BOOK, "list", [NAME], []), {"names": 1, "accounts": 0}),
    ("AddressBookNoDirectory", tried(ADDRESS_BOOK, NOWHERE), {"directory": STRANGER.address}),
    (
        "OfficeDirectoryNotGovernance",
        lambda w: w.by("EM").admit_office("FR", NEW.address, "Institut"),
        {"caller": SEATS["EM"].address},
    ),
    ("OfficeDirectoryNotEmergencyBody", lambda w: w.by("EM").suspend_office("JP"), {"caller": SEATS["EM"].address}),
    ("OfficeDirectorySuspensionShortened", shortened, {}),
    ("OfficeDirectoryEmergencyTooLong", emergency_too_long, {}),
    ("OfficeDirectoryTooFewActive", too_few_active, {"active": 2, "least": 3}),
    ("OfficeDirectoryKeySuspended", key_suspended, {"office": "WO", "account": KEYS["WO"].address}),
    ("OfficeDirectoryKeyNotSuspended", governed(OFFICE_DIRECTORY, "reinstateKey", "WO", KEYS["WO"].address), {}),
    ("OfficeDirectoryReplacementPending", replaced_early, {"office": "WO"}),
    ("OfficeDirectoryObjectionBarred", objected_while_suspended, {"office": "WO"}),
    (
        "OfficeDirectoryNoReplacement",
        lambda w: raw(w, OFFICE_DIRECTORY, "objectToReplacement", "WO", sender=SEATS["WO"].address),
        {"office": "WO"},
    ),
    ("OfficeDirectoryInvalidDelay", governed(OFFICE_DIRECTORY, "setObjectionDelay", 1), {"objection_delay": 1}),
    ("OfficeDirectoryInvalidSuccessor", wrong_successor, {"office": "WO", "successor": "WO"}),
    ("OfficeDirectorySuccessorNamed", second_successor, {"office": "WO", "successor": "EM"}),
    ("OfficeDirectoryNotDeparted", governed(OFFICE_DIRECTORY, "nameSuccessor", "WO", "EM"), {"office": "WO"}),
    ("PriorityRegisterNotGovernance", lambda w: raw(w, PRIORITY_REGISTER, "setRegistry", NEW.address), {}),
    ("PriorityRegisterNotNextRegistry", same_registry, {}),
    ("ApplicationRegistryInvalidPredecessor", wrong_predecessor, {"predecessor": STRANGER.address}),
    ("ApplicationRegistryNotWithdrawn", not_withdrawn, {}),
]
UNREACHABLE = {
    # The counting of the consortium has errors of its own, and takes no parameters.
    *("GovernorAlreadyCastVote", "GovernorInvalidVoteType", "GovernorInvalidVoteParams"),
    # Voting by OpenZeppelin's own signatures is not available.
    *("GovernorInvalidSignature", "InvalidAccountNonce"),
    # Every proposal goes through the timelock, which tells by its own errors; its bounds are those of the consortium.
    *("GovernorAlreadyQueuedProposal", "GovernorNotQueuedProposal", "GovernorQueueNotImplemented"),
    *("GovernorInvalidVotingPeriod", "SafeCastOverflowedUintDowncast"),
    # The consortium never names a predecessor.
    "TimelockUnexecutedPredecessor",
}
"""Declared by OpenZeppelin, and not to be met with these contracts."""


@pytest.mark.parametrize(("name", "provoke", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_refusal(
    here: Consortium, name: str, provoke: Callable[[Consortium], object], expected: dict[str, Any]
) -> None:
    cls: type[CustomError] = getattr(reverts, f"{name}Error")
    with pytest.raises(ContractError) as caught:
        provoke(here)
    error = caught.value
    assert type(error) is cls, error
    for attribute, value in expected.items():
        assert getattr(error, attribute) == value
    assert error.exit_code == 4
    assert error.remedy


def test_first_keys_are_checked_as_all_keys_are(here: Consortium) -> None:
    keys = [FirstKey(NEW.address, Scope(0))]
    with pytest.raises(reverts.OfficeDirectoryInvalidScopesError):
        here.decided(here.registry().drafts().admit("FR", NEW.address, "Institut", keys=keys))
