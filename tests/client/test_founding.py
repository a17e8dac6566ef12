"""Founding a consortium on a real node: one run, resumption from every interruption, and facts that contradict."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.contracts import load_abi
from registrum.chain.profile import Snapshot
from registrum.chain.reverts import OfficeDirectoryInvalidWindowError
from registrum.chain.rpc import RpcClient, as_data
from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, Manifest, verify
from registrum.deployment.backend import Call, Creation, RpcBackend
from registrum.deployment.consortium_file import ConsortiumTerms, FounderKey, Observer, read_consortium_file
from registrum.deployment.deployer import Deployment, create_address, deploy, plan
from registrum.deployment.manifest import TIMELOCK
from registrum.errors import ConfigError, OutcomeUnknownError, TransactionFailedError
from registrum.rights.codes import default_codes
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import Anvil, running, wait_until

ACCOUNT = DevelopmentSigner.account(0)
OTHER = DevelopmentSigner.account(9)
STRANGER = "0x" + "77" * 20
EXAMPLE = Path(__file__).resolve().parents[2] / "networks" / "consortium.example.toml"
TERMS = dataclasses.replace(read_consortium_file(EXAMPLE), objection_delay_s=7 * 86_400)
CREATED = tuple(name for name in CONTRACTS + CONSORTIUM_CONTRACTS if name != TIMELOCK)
TABLE = default_codes()
PARTS = sum(-(-len(rows) // 40) for rows in (TABLE.statuses, TABLE.codes))
"""Calls that load the table of codes."""
CALLS = 3 + len(TERMS.founders) + PARTS + len(TERMS.observers) + 1
"""Emergency body, objection delay, address book; offices; codes; observers; hand-over."""
MOMENTS = 3 * len(CREATED) + CALLS + 1
"""Two saves and a sending for each contract, the calls, the last save."""


class Interrupted(BaseException):
    """The process was killed here."""


class Interruptions:
    """Stops a deployment between two of the moments at which it writes or sends.

    Args:
        after: How many moments pass; None to let it run.
    """

    def __init__(self, after: int | None) -> None:
        self._after, self.seen = after, 0

    def around(self, action: Callable[[], Any]) -> Any:
        if self.seen == self._after:
            raise Interrupted
        self.seen += 1
        return action()


class HookedBackend(RpcBackend):
    def __init__(self, rpc: RpcClient, hook: Callable[[Callable[[], Any]], Any]) -> None:
        super().__init__(rpc, ACCOUNT)
        self._hook = hook

    def create(self, creation: Creation, /) -> bytes:
        send = super().create
        result: bytes = self._hook(lambda: send(creation))
        return result

    def call(self, call: Call, /) -> bytes:
        send = super().call
        result: bytes = self._hook(lambda: send(call))
        return result


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with running() as anvil:
        yield anvil


@pytest.fixture
def rpc(node: Anvil) -> Iterator[RpcClient]:
    with RpcClient(node.url) as client:
        snapshot = client.call("evm_snapshot")
        yield client
        client.call("evm_setAutomine", [True])
        assert client.call("evm_revert", [snapshot]) is True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deployments" / "31337.json"


def run(
    rpc: RpcClient, path: Path, terms: ConsortiumTerms = TERMS, *, signer: DevelopmentSigner = ACCOUNT, **options: Any
) -> Deployment:
    return deploy(RpcBackend(rpc, signer), path, consortium=terms, release="test", **options)


def nonce(rpc: RpcClient, signer: DevelopmentSigner = ACCOUNT) -> int:
    return Snapshot.read(rpc, signer.address).pending


def ask(rpc: RpcClient, manifest: Manifest, contract: str, function: str, *values: Any) -> Any:
    request = {"to": manifest.address(contract), "data": "0x" + load_abi(contract).encode(function, *values).hex()}
    return load_abi(contract).decode(function, as_data(rpc.call("eth_call", [request, "latest"]), "answer"))


def send(rpc: RpcClient, manifest: Manifest, function: str, *values: Any, sender: str = ACCOUNT.address) -> None:
    """Call the directory from an account of the node, or one that it lets us act for."""
    rpc.call("anvil_impersonateAccount", [sender])
    rpc.call("anvil_setBalance", [sender, hex(10**20)])
    data = "0x" + load_abi("OfficeDirectory").encode(function, *values).hex()
    to = manifest.address("OfficeDirectory")
    tx_hash = rpc.call("eth_sendTransaction", [{"from": sender, "to": to, "data": data, "gas": hex(2_000_000)}])
    wait_until(lambda: rpc.call("eth_getTransactionReceipt", [tx_hash]) is not None, "the block of a call")
    assert rpc.call("eth_getTransactionReceipt", [tx_hash])["status"] == "0x1"
    rpc.call("anvil_stopImpersonatingAccount", [sender])


def assert_founded(rpc: RpcClient, path: Path, terms: ConsortiumTerms = TERMS) -> None:
    manifest = Manifest.load(path)
    assert manifest.is_complete
    assert tuple(manifest.contracts) == CONTRACTS + CONSORTIUM_CONTRACTS
    verify(rpc, manifest)
    timelock = manifest.address(TIMELOCK)
    assert ask(rpc, manifest, "OfficeDirectory", "governance") == timelock
    assert ask(rpc, manifest, "Consortium", "timelock") == timelock
    assert ask(rpc, manifest, "OfficeDirectory", "emergencyBody") == manifest.address("EmergencyCouncil")
    offices, total = ask(rpc, manifest, "OfficeDirectory", "offices", 0, 100)
    assert total == len(terms.founders)
    for office, founder in zip(offices, terms.founders, strict=True):
        assert (office["code"], office["seat"], office["name"]) == (founder.code, founder.seat, founder.name)
        assert (office["endpoint"], office["earliest_filing_date"]) == (founder.endpoint, founder.earliest_filing_date)
        keys, _ = ask(rpc, manifest, "OfficeDirectory", "keys", founder.code, 0, 100)
        assert [(key["account"], key["scopes"]) for key in keys] == [(key.account, key.scopes) for key in founder.keys]
    shown = ask(rpc, manifest, "Charter", "terms")
    assert (shown["digest"], shown["location"]) == (terms.charter_digest, terms.charter_location)
    assert (shown["voting_delay"], shown["voting_period"]) == (terms.voting_delay_s, terms.voting_period_s)
    assert shown["execution_delay"] == terms.execution_delay_s
    assert (shown["supermajority_numerator"], shown["supermajority_denominator"]) == terms.supermajority
    assert (shown["emergency_quorum"], shown["emergency_duration"]) == (
        terms.emergency_quorum,
        terms.emergency_duration_s,
    )
    assert shown["objection_delay"] == terms.objection_delay_s
    observers, _ = ask(rpc, manifest, "Charter", "observers", 0, 100)
    assert [(item["account"], item["name"]) for item in observers] == [
        (item.account, item.name) for item in terms.observers
    ]
    for name, contract in manifest.contracts.items():
        entry = ask(rpc, manifest, "AddressBook", "current", name.encode().ljust(32, b"\0"))
        assert (entry["account"], entry["code_hash"]) == (contract.address, contract.code_hash)


def test_founds_in_one_run(rpc: RpcClient, path: Path) -> None:
    lines: list[str] = []
    done = run(rpc, path, report=lines.append)
    assert done.sent == CREATED
    assert len(done.calls) == CALLS
    assert "hand governance" in done.calls[-1]
    assert nonce(rpc) == len(CREATED) + CALLS
    assert_founded(rpc, path)
    assert any("admit EM with seat" in line and "done in block" in line for line in lines)


def test_key_has_its_window(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    key = ask(rpc, manifest, "OfficeDirectory", "keyOf", "AU", TERMS.founders[0].keys[0].account)
    assert key["valid_until"] == datetime(2099, 12, 31, tzinfo=UTC)


def test_second_run_sends_nothing(rpc: RpcClient, path: Path) -> None:
    run(rpc, path)
    text, used = path.read_bytes(), nonce(rpc)
    for signer in (ACCOUNT, OTHER):
        again = run(rpc, path, signer=signer)
        assert (again.sent, again.calls) == ((), ())
    assert (path.read_bytes(), nonce(rpc), nonce(rpc, OTHER)) == (text, used, 0)


@pytest.mark.parametrize("after", range(MOMENTS))
def test_resumes_after_interruption(rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    hook = Interruptions(after)
    save = Manifest.save
    with monkeypatch.context() as patched:
        patched.setattr(Manifest, "save", lambda self, file: hook.around(lambda: save(self, file)))
        with pytest.raises(Interrupted):
            deploy(HookedBackend(rpc, hook.around), path, consortium=TERMS, release="test")
    if path.exists():
        # Nobody takes half a consortium for a whole one.
        with pytest.raises(ConfigError, match="is not complete"):
            verify(rpc, Manifest.load(path))
    run(rpc, path)
    assert_founded(rpc, path)
    # Nothing was done twice: each contract is where an uninterrupted run puts it, and no further nonce was used.
    assert nonce(rpc) == len(CREATED) + CALLS
    manifest = Manifest.load(path)
    assert [manifest.address(name) for name in CREATED] == [
        create_address(ACCOUNT.address, number) for number in range(len(CREATED))
    ]
    again = run(rpc, path)
    assert (again.sent, again.calls) == ((), ())


def test_moments_are_all(rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Interruptions(None)
    save = Manifest.save
    monkeypatch.setattr(Manifest, "save", lambda self, file: hook.around(lambda: save(self, file)))
    deploy(HookedBackend(rpc, hook.around), path, consortium=TERMS, release="test")
    assert hook.seen == MOMENTS


def stop_before_call(rpc: RpcClient, path: Path, text: str, terms: ConsortiumTerms = TERMS) -> None:
    """Interrupt a run before it sends a certain call."""

    class Backend(RpcBackend):
        def call(self, call: Call, /) -> bytes:
            if text in call.about:
                raise Interrupted
            return super().call(call)

    with pytest.raises(Interrupted):
        deploy(Backend(rpc, ACCOUNT), path, consortium=terms, release="test")


def test_calls_that_wait_in_the_pool_are_awaited_not_repeated(rpc: RpcClient, path: Path) -> None:
    stop_before_call(rpc, path, "emergency body")
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError, match=f"no block took {CALLS - 1} of {CALLS - 1} calls"):
        run(rpc, path, timeout_s=0.3)
    with pytest.raises(OutcomeUnknownError, match=rf"{CALLS - 1} transactions of .* wait in the node's pool"):
        run(rpc, path, timeout_s=0.3)
    assert nonce(rpc) == len(CREATED) + CALLS - 1
    rpc.call("evm_setAutomine", [True])
    rpc.call("evm_mine")
    done = run(rpc, path)
    assert len(done.calls) == 1
    assert "hand governance" in done.calls[0]
    assert_founded(rpc, path)
    assert nonce(rpc) == len(CREATED) + CALLS


def test_calls_that_the_node_dropped_are_sent_again(rpc: RpcClient, path: Path) -> None:
    stop_before_call(rpc, path, "emergency body")
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError):
        run(rpc, path, timeout_s=0.3)
    rpc.call("anvil_dropAllTransactions")
    rpc.call("evm_setAutomine", [True])
    run(rpc, path)
    assert_founded(rpc, path)
    assert nonce(rpc) == len(CREATED) + CALLS


def test_another_account_cannot_resume_before_the_hand_over(rpc: RpcClient, path: Path) -> None:
    stop_before_call(rpc, path, "hand governance")
    text = path.read_bytes()
    with pytest.raises(ConfigError, match=f"governance is with {ACCOUNT.address} .* this run is by {OTHER.address}"):
        run(rpc, path, signer=OTHER)
    assert (path.read_bytes(), nonce(rpc, OTHER)) == (text, 0)
    run(rpc, path)
    assert_founded(rpc, path)


def test_call_that_a_contract_would_refuse_is_not_sent(rpc: RpcClient, path: Path) -> None:
    first, *others = TERMS.founders
    stale = dataclasses.replace(first, keys=(FounderKey(first.keys[0].account, 1, valid_from=1_000_000_000),))
    with pytest.raises(OfficeDirectoryInvalidWindowError) as caught:
        run(rpc, path, dataclasses.replace(TERMS, founders=(stale, *others)))
    assert caught.value.__notes__ == [f"refused was: admit AU with seat {first.seat} and 1 key"]
    assert nonce(rpc) == len(CREATED)
    # The file is put right, and the run goes on.
    run(rpc, path)
    assert_founded(rpc, path)
    assert nonce(rpc) == len(CREATED) + CALLS


def test_call_that_is_reverted_all_the_same(rpc: RpcClient, path: Path) -> None:
    class Starved(RpcBackend):
        def call(self, call: Call, /) -> bytes:
            return super().call(dataclasses.replace(call, gas=60_000) if "admit EM" in call.about else call)

    with pytest.raises(TransactionFailedError, match="OfficeDirectory refused to admit EM with seat"):
        deploy(Starved(rpc, ACCOUNT), path, consortium=TERMS, release="test")
    assert ask(rpc, Manifest.load(path), "OfficeDirectory", "governance") == ACCOUNT.address
    done = run(rpc, path)
    assert [call.partition(" with")[0] for call in done.calls[:1]] == ["admit EM"]
    manifest = Manifest.load(path)
    offices, _ = ask(rpc, manifest, "OfficeDirectory", "offices", 0, 9)
    assert [office["code"] for office in offices] == ["AU", "RU", "EM"]


def with_founder(index: int, **changes: Any) -> ConsortiumTerms:
    founders = list(TERMS.founders)
    founders[index] = dataclasses.replace(founders[index], **changes)
    return dataclasses.replace(TERMS, founders=tuple(founders))


OTHER_FACTS = [
    (with_founder(1, seat=STRANGER), "offices[1].seat"),
    (with_founder(1, name="EUIPO"), "offices[1].name"),
    (dataclasses.replace(TERMS, objection_delay_s=86_400), "seats.objection_delay"),
    (dataclasses.replace(TERMS, observers=(Observer(TERMS.observers[0].account, "WIPO"),)), "observers[0].name"),
]
"""What can differ at any time."""


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        *OTHER_FACTS[:2],
        (with_founder(1, endpoint=""), "offices[1].endpoint"),
        (with_founder(1, earliest_filing_date=date(2000, 1, 1)), "offices[1].earliest_filing_date"),
        (with_founder(1, keys=(FounderKey(STRANGER, 1),)), "offices[1].keys[0]"),
        (with_founder(1, keys=(dataclasses.replace(TERMS.founders[1].keys[0], scopes=1),)), "offices[1].keys[0]"),
        (with_founder(0, keys=(dataclasses.replace(TERMS.founders[0].keys[0], valid_until=0),)), "offices[0].keys[0]"),
        (dataclasses.replace(TERMS, observers=()), "observers"),
        OTHER_FACTS[3],
        (with_founder(2, code="FR"), "offices"),
    ],
)
def test_other_facts_before_the_hand_over(rpc: RpcClient, path: Path, terms: ConsortiumTerms, place: str) -> None:
    stop_before_call(rpc, path, "hand governance")
    refused(rpc, path, terms, place, "Correct the consortium file")
    run(rpc, path)
    assert_founded(rpc, path)


@pytest.mark.parametrize(("terms", "place"), [*OTHER_FACTS, (with_founder(2, code="FR"), "governance")])
def test_other_facts_after_the_hand_over(rpc: RpcClient, path: Path, terms: ConsortiumTerms, place: str) -> None:
    run(rpc, path)
    refused(rpc, path, terms, place, "Governance was handed over")


def refused(rpc: RpcClient, path: Path, terms: ConsortiumTerms, place: str, remedy: str) -> None:
    text, used = path.read_bytes(), nonce(rpc)
    with pytest.raises(ConfigError, match="on the chain") as caught:
        run(rpc, path, terms)
    if place != "governance":
        assert caught.value.details["place"].startswith(place)
    assert remedy in caught.value.diagnostics()
    assert "Nothing was changed" in caught.value.diagnostics()
    assert (path.read_bytes(), nonce(rpc)) == (text, used)


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        (dataclasses.replace(TERMS, voting_delay_s=60), "voting.delay"),
        (dataclasses.replace(TERMS, voting_period_s=7_200), "voting.period"),
        (dataclasses.replace(TERMS, execution_delay_s=0), "voting.execution_delay"),
        (dataclasses.replace(TERMS, supermajority=(3, 4)), "voting.supermajority"),
        (dataclasses.replace(TERMS, emergency_duration_s=86_400), "emergency.duration"),
        (dataclasses.replace(TERMS, charter_digest=b"\x01" * 32), "charter.text"),
        (dataclasses.replace(TERMS, charter_location="elsewhere"), "charter.location"),
    ],
)
def test_other_parameters(rpc: RpcClient, path: Path, terms: ConsortiumTerms, place: str) -> None:
    run(rpc, path)
    refused(rpc, path, terms, place, "Governance was handed over")


def test_other_parameters_than_those_begun_with(rpc: RpcClient, path: Path) -> None:
    class Backend(RpcBackend):
        def create(self, creation: Creation, /) -> bytes:
            if creation.contract == "EmergencyCouncil":
                raise Interrupted
            return super().create(creation)

    with pytest.raises(Interrupted):
        deploy(Backend(rpc, ACCOUNT), path, consortium=TERMS, release="test")
    with pytest.raises(ConfigError, match=r"Consortium was deployed or begun with \(.*\(86400, 1209600,") as caught:
        run(rpc, path, dataclasses.replace(TERMS, voting_delay_s=60))
    assert "not the one that this was begun with" in caught.value.diagnostics()
    run(rpc, path)
    assert_founded(rpc, path)


def test_what_offices_change_after_the_hand_over_is_theirs(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    founder = TERMS.founders[1]
    send(rpc, manifest, "setEndpoint", "EM", "https://new.example", sender=founder.seat)
    send(rpc, manifest, "setEarliestFilingDate", "EM", None, sender=founder.seat)
    send(rpc, manifest, "revokeKey", "EM", founder.keys[0].account, sender=founder.seat)
    send(rpc, manifest, "admitOffice", "FR", STRANGER, "INPI", "", None, sender=manifest.address(TIMELOCK))
    again = run(rpc, path)
    assert (again.sent, again.calls) == ((), ())


def test_seat_that_changed_after_the_hand_over_is_told(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    send(rpc, manifest, "proposeSeat", "EM", STRANGER, sender=TERMS.founders[1].seat)
    send(rpc, manifest, "acceptSeat", "EM", sender=STRANGER)
    refused(rpc, path, TERMS, "offices[1].seat", "the offices change this, not the file")


def test_office_that_the_file_does_not_know(rpc: RpcClient, path: Path) -> None:
    stop_before_call(rpc, path, "hand governance")
    send(rpc, Manifest.load(path), "admitOffice", "FR", STRANGER, "INPI", "", None)
    refused(rpc, path, TERMS, "offices", "Correct the consortium file")


@pytest.mark.parametrize("function", ["transferGovernance", "setEmergencyBody"])
def test_power_that_went_elsewhere_before_the_hand_over(rpc: RpcClient, path: Path, function: str) -> None:
    stop_before_call(rpc, path, "hand governance")
    send(rpc, Manifest.load(path), function, STRANGER)
    with pytest.raises(ConfigError, match=f"{STRANGER}"):
        run(rpc, path)


def test_registers_of_one_account_come_under_a_consortium(rpc: RpcClient, path: Path) -> None:
    before = deploy(RpcBackend(rpc, ACCOUNT), path, governance=ACCOUNT.address, release="test").manifest
    assert not before.has_consortium
    assert before.is_complete
    with pytest.raises(ConfigError, match="has no Consortium") as caught:
        before.address("Consortium")
    assert "No consortium governs this deployment" in caught.value.diagnostics()
    done = run(rpc, path)
    assert done.sent == CREATED[len(CONTRACTS) :]
    assert_founded(rpc, path)
    assert done.manifest.address("OfficeDirectory") == before.address("OfficeDirectory")


def test_registers_of_another_account_do_not(rpc: RpcClient, path: Path) -> None:
    deploy(RpcBackend(rpc, ACCOUNT), path, governance=OTHER.address, release="test")
    text = path.read_bytes()
    with pytest.raises(ConfigError, match=f"governance is with {OTHER.address} until the hand-over"):
        run(rpc, path)
    assert (path.read_bytes(), nonce(rpc)) == (text, len(CONTRACTS))


def test_consortium_or_one_account_but_not_both_nor_neither(rpc: RpcClient, path: Path) -> None:
    for options in ({}, {"governance": ACCOUNT.address, "consortium": TERMS}):
        with pytest.raises(ConfigError, match="either a consortium or one governance account"):
            deploy(RpcBackend(rpc, ACCOUNT), path, **options)
    assert not path.exists()


def test_terms_are_checked_before_anything_is_sent(rpc: RpcClient, path: Path) -> None:
    with pytest.raises(ConfigError, match="lists one office"):
        run(rpc, path, dataclasses.replace(TERMS, founders=TERMS.founders[:1]))
    assert (path.exists(), nonce(rpc)) == (False, 0)


@pytest.mark.parametrize("finished", [False, True])
def test_consortium_does_not_come_under_one_account(rpc: RpcClient, path: Path, finished: bool) -> None:
    if finished:
        run(rpc, path)
    else:
        stop_before_call(rpc, path, "hand governance")
    with pytest.raises(ConfigError, match="is of a deployment with a consortium") as caught:
        deploy(RpcBackend(rpc, ACCOUNT), path, governance=ACCOUNT.address)
    assert "REGISTRUM_CONSORTIUM" in caught.value.diagnostics()


def test_plan_rests_on_what_comes_before() -> None:
    known = {"governance", "none"}
    for step in plan(TERMS):
        assert known.issuperset(item for item in step.arguments if isinstance(item, str))
        known.add(step.contract)
    assert tuple(step.contract for step in plan(TERMS)) == CREATED


def test_timelock_is_verified_at_connect(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    rpc.call("anvil_setCode", [manifest.address(TIMELOCK), "0x00"])
    with pytest.raises(ConfigError, match=f"{TIMELOCK}: .* has other code"):
        verify(rpc, manifest)
    with pytest.raises(ConfigError, match=f"{TIMELOCK}: .* other code than recorded"):
        run(rpc, path)
