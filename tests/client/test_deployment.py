"""Deployment against a real node: what it records, what a second run does, and resumption from every interruption."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.profile import Snapshot, choose_fees
from registrum.chain.rpc import RpcClient
from registrum.chain.transaction import Transaction, sign
from registrum.deployment import CONTRACTS, Manifest, abi_version, deployer, load_artifact, verify
from registrum.deployment.deployer import Creation, Deployment, RpcBackend, create_address, deploy, plan
from registrum.errors import (
    ConfigError,
    InputError,
    NetworkMismatchError,
    NodeError,
    OutcomeUnknownError,
    RpcError,
    TransactionFailedError,
)
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import Anvil, running

ACCOUNT = DevelopmentSigner.account(0)
OTHER = DevelopmentSigner.account(1)
GOVERNANCE = DevelopmentSigner.account(2).address
FREE_GAS = ("--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-min-priority-fee")


class Interrupted(BaseException):
    """The process was killed here."""


class Interruptions:
    """Counts the moments at which a deployment writes or sends, and stops it before or after one of them."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._at = at
        self._after = after
        self._seen = 0

    def around(self, action: Callable[[], Any]) -> Any:
        self._seen += 1
        if self._seen != self._at:
            return action()
        if self._after:
            action()
        raise Interrupted


class HookedBackend(RpcBackend):
    def __init__(self, rpc: RpcClient, hook: Callable[[Callable[[], Any]], Any]) -> None:
        super().__init__(rpc, ACCOUNT)
        self._hook = hook

    def create(self, creation: Creation, /) -> bytes:
        send = super().create
        result: bytes = self._hook(lambda: send(creation))
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
        client.call("anvil_setChainId", [31337])
        client.call("evm_setAutomine", [True])
        assert client.call("evm_revert", [snapshot]) is True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deployments" / "31337.json"


def run(rpc: RpcClient, path: Path, *, signer: DevelopmentSigner = ACCOUNT, **options: Any) -> Deployment:
    return deploy(RpcBackend(rpc, signer), path, **{"governance": GOVERNANCE, **options})


def nonce(rpc: RpcClient, signer: DevelopmentSigner = ACCOUNT) -> int:
    return Snapshot.read(rpc, signer.address).pending


def transfer(rpc: RpcClient) -> None:
    """Spend the account's next nonce on something else."""
    now = Snapshot.read(rpc, ACCOUNT.address)
    fees = choose_fees(now.head, now.gas_price)
    raw = sign(Transaction(31337, now.pending, parse_address(OTHER.address), b"", 21_000, fees, 1), ACCOUNT).raw
    rpc.call("eth_sendRawTransaction", ["0x" + raw.hex()])


def test_plan_deploys_what_others_rest_on_first() -> None:
    assert tuple(step.contract for step in plan()) == CONTRACTS
    known = {"governance", "none"}
    for step in plan():
        assert known.issuperset(step.arguments)
        known.add(step.contract)


@pytest.mark.parametrize(
    ("used", "address"),
    [
        # What Anvil's first account creates, as every tutorial for local chains shows.
        (0, "0x5FbDB2315678afecb367f032d93F642f64180aa3"),
        (1, "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"),
    ],
)
def test_create_address(used: int, address: str) -> None:
    assert create_address(ACCOUNT.address, used) == address


def test_deploy_records_what_is_on_the_chain(rpc: RpcClient, path: Path) -> None:
    done = run(rpc, path, release="1.2.3")
    assert done.sent == CONTRACTS
    manifest = Manifest.load(path)
    assert manifest == done.manifest
    assert manifest.is_complete
    assert (manifest.chain_id, manifest.release, manifest.abi_version) == (31337, "1.2.3", abi_version())
    assert manifest.compiler == load_artifact("OfficeDirectory").compiler
    verify(rpc, manifest)
    for number, (name, contract) in enumerate(manifest.contracts.items()):
        code = bytes.fromhex(rpc.call("eth_getCode", [contract.address, "latest"])[2:])
        assert keccak(code) == contract.code_hash
        assert load_artifact(name).matches(code)
        receipt = rpc.call("eth_getTransactionReceipt", ["0x" + contract.transaction.hex()])
        assert parse_address(receipt["contractAddress"]) == parse_address(contract.address)
        assert int(receipt["blockNumber"], 16) == contract.block == number + 1
    directory, registry = manifest.address("OfficeDirectory"), manifest.address("ApplicationRegistry")
    assert manifest.contract("OfficeDirectory").constructor_arguments == (GOVERNANCE,)
    assert manifest.contract("PriorityRegister").constructor_arguments == (directory, registry)
    practice, register = manifest.address("OfficePractice"), manifest.address("RightsRegister")
    assert manifest.contract("OfficePractice").constructor_arguments == (directory,)
    assert manifest.contract("RightsRegister").constructor_arguments == (directory, practice)
    assert manifest.contract("RightsStanding").constructor_arguments == (register,)
    governance = rpc.call("eth_call", [{"to": directory, "data": "0x" + keccak(b"governance()")[:4].hex()}, "latest"])
    assert int(governance, 16) == int(GOVERNANCE, 16)


def test_second_run_sends_nothing_and_changes_nothing(rpc: RpcClient, path: Path) -> None:
    run(rpc, path)
    text, written, used = path.read_bytes(), path.stat().st_mtime_ns, nonce(rpc)
    again = run(rpc, path)
    assert again.sent == ()
    assert (path.read_bytes(), path.stat().st_mtime_ns, nonce(rpc)) == (text, written, used)
    assert [item.name for item in path.parent.iterdir()] == [path.name]


# For each contract: journal written, creation sent, record written.
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 3 * len(CONTRACTS) + 1))
def test_resumes_after_interruption(
    rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    hook = Interruptions(at, after=after).around
    save = Manifest.save
    with monkeypatch.context() as patched:
        patched.setattr(Manifest, "save", lambda self, file: hook(lambda: save(self, file)))
        with pytest.raises(Interrupted):
            deploy(HookedBackend(rpc, hook), path, governance=GOVERNANCE)
    run(rpc, path)
    manifest = Manifest.load(path)
    verify(rpc, manifest)
    # Each contract was created once, at the address that an uninterrupted run gives it.
    assert nonce(rpc) == len(CONTRACTS)
    assert [item.address for item in manifest.contracts.values()] == [
        create_address(ACCOUNT.address, number) for number in range(len(CONTRACTS))
    ]
    assert [item.block for item in manifest.contracts.values()] == list(range(1, len(CONTRACTS) + 1))
    assert run(rpc, path).sent == ()


def interrupt(rpc: RpcClient, path: Path, *, after: bool) -> None:
    """Stop before or after the first creation is sent."""
    hook = Interruptions(1, after=after).around
    with pytest.raises(Interrupted):
        deploy(HookedBackend(rpc, hook), path, governance=GOVERNANCE)


def test_journalled_nonce_spent_on_something_else(rpc: RpcClient, path: Path) -> None:
    interrupt(rpc, path, after=False)
    transfer(rpc)
    assert run(rpc, path).sent == CONTRACTS
    verify(rpc, Manifest.load(path))
    assert nonce(rpc) == len(CONTRACTS) + 1


def test_transaction_that_still_waits_in_the_pool_is_not_sent_again(rpc: RpcClient, path: Path) -> None:
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError, match="no block took the creation of OfficeDirectory"):
        run(rpc, path, timeout_s=0.2)
    with pytest.raises(OutcomeUnknownError):
        run(rpc, path, timeout_s=0.2)
    assert nonce(rpc) == 1
    rpc.call("evm_setAutomine", [True])
    rpc.call("evm_mine")
    assert run(rpc, path).sent == CONTRACTS[1:]


def test_transaction_that_the_node_dropped_is_sent_again(rpc: RpcClient, path: Path) -> None:
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError):
        run(rpc, path, timeout_s=0.2)
    rpc.call("anvil_dropAllTransactions")
    rpc.call("evm_setAutomine", [True])
    assert run(rpc, path).sent == CONTRACTS
    assert nonce(rpc) == len(CONTRACTS)


def test_node_that_counts_the_pool_late(rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool has the creation, the node says so only after it refused it a second time."""
    rpc.call("evm_setAutomine", [False])
    with pytest.raises(OutcomeUnknownError):
        run(rpc, path, timeout_s=0.2)
    read = Snapshot.read
    stale = iter([True, True])

    def late(client: RpcClient, address: str) -> Snapshot:
        now = read(client, address)
        return dataclasses.replace(now, pending=now.latest) if next(stale, False) else now

    def refuse(self: RpcBackend, creation: Creation, /) -> bytes:
        rpc.call("evm_setAutomine", [True])
        rpc.call("evm_mine")
        raise RpcError("already known", rpc_code=-32000)

    monkeypatch.setattr(Snapshot, "read", late)
    with monkeypatch.context() as patched:
        patched.setattr(RpcBackend, "create", refuse)
        with pytest.raises(RpcError):
            run(rpc, path)
    manifest = Manifest.load(path)
    assert list(manifest.contracts) == ["OfficeDirectory"]
    assert run(rpc, path).sent == CONTRACTS[1:]


def test_another_account_does_not_take_over_what_it_cannot_settle(rpc: RpcClient, path: Path) -> None:
    interrupt(rpc, path, after=False)
    with pytest.raises(ConfigError, match=f"was begun by {ACCOUNT.address}, this run is by {OTHER.address}"):
        run(rpc, path, signer=OTHER)
    assert nonce(rpc, OTHER) == 0


def test_another_account_takes_over_what_is_settled(rpc: RpcClient, path: Path) -> None:
    interrupt(rpc, path, after=True)
    assert run(rpc, path, signer=OTHER).sent == CONTRACTS[1:]
    assert (nonce(rpc), nonce(rpc, OTHER)) == (1, len(CONTRACTS) - 1)


@pytest.mark.parametrize("finished", [False, True])
def test_other_governance_is_refused(rpc: RpcClient, path: Path, finished: bool) -> None:
    if finished:
        run(rpc, path)
    else:
        interrupt(rpc, path, after=False)
    text = path.read_bytes()
    with pytest.raises(ConfigError, match=f"with \\({GOVERNANCE}\\), not with \\({OTHER.address}\\)"):
        run(rpc, path, governance=OTHER.address)
    assert path.read_bytes() == text


@pytest.mark.parametrize(("code", "found"), [("0x", "no"), ("0x00", "other")])
def test_recorded_contract_that_is_gone_is_not_replaced(rpc: RpcClient, path: Path, code: str, found: str) -> None:
    manifest = run(rpc, path).manifest
    text, used = path.read_bytes(), nonce(rpc)
    rpc.call("anvil_setCode", [manifest.address("ApplicationRegistry"), code])
    with pytest.raises(NetworkMismatchError, match=f"ApplicationRegistry: .* {found} code") as caught:
        run(rpc, path)
    assert caught.value.details["what"] == "code_hash"
    assert "move the manifest away" in caught.value.diagnostics()
    assert (path.read_bytes(), nonce(rpc)) == (text, used)


def altered(name: str, **changes: Any) -> Callable[[str], Any]:
    return lambda asked: dataclasses.replace(load_artifact(asked), **(changes if asked == name else {}))


def test_contracts_of_another_build_are_not_mixed_in(
    rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(rpc, path)
    longer = load_artifact("PriorityRegister").runtime_code + b"\0"
    monkeypatch.setattr(deployer, "load_artifact", altered("PriorityRegister", runtime_code=longer))
    with pytest.raises(ConfigError, match=r"PriorityRegister at .* was deployed from other sources"):
        run(rpc, path)


def test_creation_that_leaves_other_code_is_refused(
    rpc: RpcClient, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = load_artifact("OfficeDirectory").runtime_code[:-1] + b"\0"
    monkeypatch.setattr(deployer, "load_artifact", altered("OfficeDirectory", runtime_code=other))
    with pytest.raises(NetworkMismatchError, match=r"OfficeDirectory: the code at .* is not that of this package"):
        run(rpc, path)
    assert Manifest.load(path).contracts == {}


def filled(name: str, values: dict[str, bytes]) -> bytes:
    """A contract's code with immutables in place."""
    artifact = load_artifact(name)
    code = bytearray(artifact.runtime_code)
    for immutable, value in values.items():
        for start, size in artifact.immutables[immutable]:
            code[start : start + size] = value.rjust(size, b"\0")
    return bytes(code)


def test_immutables_are_compared_with_the_arguments() -> None:
    artifact = load_artifact("ApplicationRegistry")
    address, directory = create_address(ACCOUNT.address, 1), create_address(ACCOUNT.address, 0)
    none = "0x" + "00" * 20
    values = {
        "directory": parse_address(directory),
        "_cachedThis": parse_address(address),
        "_cachedChainId": (31337).to_bytes(32, "big"),
    }
    code = filled("ApplicationRegistry", values)
    assert code != artifact.runtime_code
    assert artifact.matches(code)
    assert artifact.wrong_immutables(code, address, 31337, [directory, none]) == []
    assert artifact.wrong_immutables(code, address, 1, [directory, none]) == ["_cachedChainId"]
    assert artifact.wrong_immutables(code, directory, 31337, [directory, none]) == ["_cachedThis"]
    assert artifact.wrong_immutables(code, address, 31337, [address, none]) == ["directory"]
    outside = bytearray(code)
    outside[0] ^= 1
    assert not artifact.matches(bytes(outside))


def test_structs_texts_and_words_as_constructor_arguments() -> None:
    consortium, charter = load_artifact("Consortium"), load_artifact("Charter")
    address, directory = create_address(ACCOUNT.address, 1), create_address(ACCOUNT.address, 0)
    parameters = (1, 3_600, 2, 2, 3)
    words = parse_address(directory).rjust(32, b"\0") + b"".join(item.to_bytes(32, "big") for item in parameters)
    assert consortium.init_code([directory, parameters]) == consortium.creation_code + words
    code = filled(
        "Consortium",
        {
            "directory": parse_address(directory),
            "_cachedThis": parse_address(address),
            "_cachedChainId": (31337).to_bytes(32, "big"),
        },
    )
    assert consortium.wrong_immutables(code, address, 31337, [directory, parameters]) == []
    assert consortium.wrong_immutables(code, address, 31337, [address, parameters]) == ["directory"]
    given = ["0x" + "11" * 20, "0x" + "22" * 20, "0x" + "ab" * 32, "https://é.example"]
    text = given[3].encode()
    tail = (128).to_bytes(32, "big") + len(text).to_bytes(32, "big") + text.ljust(32, b"\0")
    head = bytes(12) + b"\x11" * 20 + bytes(12) + b"\x22" * 20 + b"\xab" * 32
    assert charter.init_code(given) == charter.creation_code + head + tail


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Consortium", ["0x" + "11" * 20, (1, 2, 3)]),
        ("Consortium", ["0x" + "11" * 20, "12345"]),
        ("Consortium", ["0x" + "11" * 20, (1, 2, 3, 4, "5")]),
        ("Consortium", ["0x" + "11" * 20, (1, 2, 3, 4, 256)]),
        ("EmergencyCouncil", ["0x" + "11" * 20, "3", 86_400]),
        ("Charter", ["0x" + "11" * 20, "0x" + "22" * 20, "0xzz", "text"]),
        ("Charter", ["0x" + "11" * 20, "0x" + "22" * 20, "0xab", "text"]),
        ("Charter", ["0x" + "11" * 20, "0x" + "22" * 20, "0x" + "ab" * 32, 3]),
    ],
)
def test_constructor_arguments_that_do_not_fit(name: str, arguments: list[Any]) -> None:
    with pytest.raises(InputError):
        load_artifact(name).init_code(arguments)


@pytest.mark.parametrize("arguments", [[], [GOVERNANCE, GOVERNANCE], ["0x12"]])
def test_init_code_wants_an_address_for_each_parameter(arguments: list[str]) -> None:
    with pytest.raises(InputError):
        load_artifact("OfficeDirectory").init_code(arguments)


def test_reverted_creation(rpc: RpcClient, path: Path) -> None:
    class Broken(RpcBackend):
        def create(self, creation: Creation, /) -> bytes:
            return super().create(dataclasses.replace(creation, init_code=b"\xfe"))

    with pytest.raises(TransactionFailedError, match="OfficeDirectory was reverted in block 1"):
        deploy(Broken(rpc, ACCOUNT), path, governance=GOVERNANCE)
    # The nonce is gone; the next run takes another.
    assert run(rpc, path).sent == CONTRACTS
    assert nonce(rpc) == len(CONTRACTS) + 1


def test_node_that_is_gone(rpc: RpcClient, path: Path) -> None:
    with pytest.raises(NodeError):
        run(RpcClient("http://127.0.0.1:9"), path)
    assert not path.exists()


def test_one_run_at_a_time(rpc: RpcClient, path: Path) -> None:
    def meanwhile(action: Callable[[], Any]) -> Any:
        with pytest.raises(ConfigError, match="another deployment is at work"):
            run(rpc, path)
        return action()

    deploy(HookedBackend(rpc, meanwhile), path, governance=GOVERNANCE)


def test_folder_that_cannot_be(rpc: RpcClient, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be used"):
        run(rpc, tmp_path / "file" / "31337.json")


def test_chain_where_gas_is_free(path: Path) -> None:
    with running(*FREE_GAS) as anvil, RpcClient(anvil.url) as rpc:
        rpc.call("anvil_setBalance", [ACCOUNT.address, "0x0"])
        assert run(rpc, path).sent == CONTRACTS


def test_manifest_of_another_chain(rpc: RpcClient, path: Path) -> None:
    run(rpc, path)
    with running("--timestamp", "1700000000") as anvil, RpcClient(anvil.url) as elsewhere:
        with pytest.raises(NetworkMismatchError, match="genesis hash") as caught:
            run(elsewhere, path)
        assert caught.value.details["what"] == "genesis_hash"
        assert nonce(elsewhere) == 0
        assert run(elsewhere, path, discard_other_chain=True).sent == CONTRACTS
        verify(elsewhere, Manifest.load(path))


def test_verify_names_what_differs(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path).manifest
    address = manifest.address("PriorityRegister")

    def differs(other: Manifest) -> dict[str, Any]:
        with pytest.raises(NetworkMismatchError) as caught:
            verify(rpc, other)
        return caught.value.details

    details = differs(dataclasses.replace(manifest, chain_id=5))
    assert (details["what"], details["expected"], details["actual"]) == ("chain_id", 5, 31337)
    details = differs(dataclasses.replace(manifest, genesis_hash=bytes(32)))
    assert (details["what"], details["expected"]) == ("genesis_hash", "0x" + "00" * 32)
    rpc.call("anvil_setCode", [address, "0x"])
    details = differs(manifest)
    assert (details["what"], details["contract"], details["address"]) == ("code_hash", "PriorityRegister", address)
    assert details["actual"] == "0x" + keccak(b"").hex()


def test_verify_wants_a_complete_deployment_and_its_own_abi(rpc: RpcClient, path: Path) -> None:
    manifest = run(rpc, path, release="9.9").manifest
    fewer = {name: manifest.contracts[name] for name in CONTRACTS[:2]}
    with pytest.raises(ConfigError, match="not complete"):
        verify(rpc, dataclasses.replace(manifest, contracts=fewer))
    with pytest.raises(ConfigError, match="another ABI") as caught:
        verify(rpc, dataclasses.replace(manifest, abi_version=bytes(32)))
    assert caught.value.remedy == "Install release 9.9 of Registrum."
    with pytest.raises(ConfigError, match="has no PriorityRegister"):
        dataclasses.replace(manifest, contracts=fewer).address("PriorityRegister")


def sample() -> dict[str, Any]:
    directory = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    word = "0x" + "ab" * 32
    return {
        "manifestVersion": 1,
        "chainId": 31337,
        "genesisHash": word,
        "release": "0.1.0",
        "abiVersion": word,
        "compiler": {
            "version": "0.8.35",
            "evmVersion": "shanghai",
            "optimizer": {"enabled": True, "runs": 200},
            "viaIR": True,
        },
        "contracts": {
            "OfficeDirectory": {
                "address": directory,
                "codeHash": word,
                "constructorArguments": [GOVERNANCE],
                "transaction": word,
                "block": 1,
            }
        },
        "pending": {
            "contract": "ApplicationRegistry",
            "deployer": ACCOUNT.address,
            "nonce": 1,
            "constructorArguments": [directory],
            "head": 1,
        },
    }


def test_manifest_round_trip(tmp_path: Path) -> None:
    manifest = Manifest.from_json(sample())
    manifest.save(tmp_path / "new" / "manifest.json")
    assert Manifest.load(tmp_path / "new" / "manifest.json") == manifest
    assert json.loads((tmp_path / "new" / "manifest.json").read_text()) == sample()
    assert not manifest.is_complete


DELETE = object()


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("manifestVersion", 2, "manifestVersion is 2; this release reads 1"),
        ("manifestVersion", DELETE, "manifestVersion is None"),
        ("chainId", "31337", "chainId is '31337', not a whole number"),
        ("chainId", True, "chainId is True"),
        ("chainId", 0, "chainId is 0"),
        ("chainId", -1, "chainId is -1"),
        ("chainId", DELETE, "manifest lacks chainId"),
        ("genesisHash", "0xab", "genesisHash is '0xab'"),
        ("genesisHash", "0x" + "AB" * 32, "genesisHash is"),
        ("release", "", "release is ''"),
        ("abiVersion", None, "abiVersion is None"),
        ("surplus", 1, "manifest has unknown members: surplus"),
        ("founding", 1, "founding is 1, neither true nor false"),
        ("compiler", [], "compiler is not a JSON object"),
        ("compiler.version", 8, "compiler.version is 8"),
        ("compiler.optimizer.enabled", 1, "compiler.optimizer.enabled is 1"),
        ("compiler.optimizer.runs", 1.5, "compiler.optimizer.runs is 1.5"),
        ("contracts.Treasury", {}, "contracts has unknown members: Treasury"),
        ("contracts.PriorityRegister", {}, "contracts.PriorityRegister lacks address"),
        ("contracts.OfficeDirectory.address", "0x12", "contracts.OfficeDirectory.address: not an address"),
        ("contracts.OfficeDirectory.address", "0x5fbDB2315678afecb367f032d93F642f64180aa3", "checksum"),
        ("contracts.OfficeDirectory.address", "0x" + "00" * 20, "is the zero address"),
        ("contracts.OfficeDirectory.codeHash", 1, "contracts.OfficeDirectory.codeHash is 1"),
        ("contracts.OfficeDirectory.constructorArguments", "x", "is 'x', not a list"),
        ("contracts.OfficeDirectory.constructorArguments", [[1.5]], r"constructorArguments\[0\]\[0\] is 1.5"),
        ("contracts.OfficeDirectory.constructorArguments", [True], r"constructorArguments\[0\] is True"),
        ("contracts.OfficeDirectory.constructorArguments", [""], r"constructorArguments\[0\] is ''"),
        (
            "contracts.OfficeDirectory.constructorArguments",
            ["0x5fbDB2315678afecb367f032d93F642f64180aa3"],
            r"constructorArguments\[0\]: the checksum",
        ),
        ("contracts.OfficeDirectory.block", None, "block is None"),
        ("contracts.OfficeDirectory.extra", 1, "contracts.OfficeDirectory has unknown members: extra"),
        ("pending.contract", "Timelock", "pending.contract is 'Timelock', not one of"),
        ("pending.contract", "OfficeDirectory", "OfficeDirectory is both deployed and pending"),
        ("pending.nonce", -1, "pending.nonce is -1"),
    ],
)
def test_manifest_is_read_strictly(tmp_path: Path, where: str, value: Any, message: str) -> None:
    document = sample()
    *folders, name = where.split(".")
    place = document
    for folder in folders:
        place = place[folder]
    if value is DELETE:
        del place[name]
    else:
        place[name] = value
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(document))
    with pytest.raises(ConfigError, match=message) as caught:
        Manifest.load(file)
    assert str(file) in caught.value.message
    assert caught.value.remedy


def test_manifest_with_contracts_that_rest_on_nothing_or_on_one_address() -> None:
    document = sample()
    del document["pending"]
    contract = document["contracts"]["OfficeDirectory"]
    with pytest.raises(ConfigError, match="two contracts have one address"):
        Manifest.from_json(document | {"contracts": {name: copy.deepcopy(contract) for name in CONTRACTS[:2]}})
    with pytest.raises(ConfigError, match="one that they rest on is missing"):
        Manifest.from_json(document | {"contracts": {"ApplicationRegistry": contract}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is not JSON"),
        (b"[]", "manifest is not a JSON object"),
        (b'{"chainId": 1, "chainId": 2}', "a member is given twice"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b" " * (1 << 20) + b"{}", "has more than 1048576 bytes"),
    ],
)
def test_files_that_are_no_manifest(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_bytes(text)
    with pytest.raises(ConfigError, match=message):
        Manifest.load(file)


def test_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no manifest") as caught:
        Manifest.load(tmp_path / "none.json")
    assert "--manifest" in caught.value.remedy
    with pytest.raises(ConfigError, match="cannot be read"):
        Manifest.load(tmp_path)


def test_manifest_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        Manifest.from_json(sample()).save(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]
