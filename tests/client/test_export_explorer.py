"""`scripts/export_explorer.py`: what it writes proves itself, and code from other sources is refused.

Only a few small contracts are compiled anew from their own input here. That each contract's input alone gives the code
that is deployed takes minutes, and is a gate of its own: `make security GATE=sources`. The others come from the output
for the whole project, whose code is compared with the chain's all the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.contracts import load_abi
from registrum.chain.rpc import RpcClient
from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, Manifest, load_artifact
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.errors import NetworkMismatchError, VerificationError
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from scripts import export_explorer as script
from tests.client.anvil import running
from tests.client.consortia import TERMS

ACCOUNT = DevelopmentSigner.account(0)
ALL = CONTRACTS + CONSORTIUM_CONTRACTS
ANEW = ("AddressBook", "Timelock")
FACTS = "(uint16,uint32,uint32,uint32,uint64,bytes32,bytes32,bytes32,uint8,bytes32,uint64)"
EVENT = f"(bytes32,bytes32,bytes8,bytes32,bytes2,uint8,uint32,uint32,uint32,bytes32,uint16,uint16,{FACTS})"
"""A legal-status event, and what it says about the entry."""


@dataclasses.dataclass(frozen=True)
class Chain:
    rpc: RpcClient
    url: str
    manifest: Manifest
    manifest_path: Path


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    path = tmp_path_factory.mktemp("deployments") / "manifest.json"
    with running() as node, RpcClient(node.url) as rpc:
        done = deploy(RpcBackend(rpc, ACCOUNT), path, consortium=TERMS)
        yield Chain(rpc, node.url, done.manifest, path)


@pytest.fixture(scope="module")
def contracts() -> list[script.Exported]:
    """What the script exports: a few contracts compiled by it, the others as the whole project gives them."""
    build = script.compile_files(script.source_files("contracts", "interfaces"))
    whole = {name: script.exported(build, name, script.own_input(build, name)) for name in ALL}
    return list((whole | {item.name: item for item in script.recompiled(ANEW)}).values())


@pytest.fixture
def compiled(contracts: list[script.Exported], monkeypatch: pytest.MonkeyPatch) -> list[script.Exported]:
    monkeypatch.setattr(script, "recompiled", lambda names: [item for item in contracts if item.name in names])
    return contracts


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def ipfs_multihash(content: bytes) -> bytes:
    """What `ipfs add` names a file of a single block by (UnixFS in dag-pb, CID version 0)."""
    file = b"\x08\x02\x12" + varint(len(content)) + content + b"\x18" + varint(len(content))
    return b"\x12\x20" + hashlib.sha256(b"\x0a" + varint(len(file)) + file).digest()


def read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def test_code_on_the_chain_names_the_metadata_and_the_metadata_the_sources(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path
) -> None:
    count = script.export(chain.rpc, chain.manifest, tmp_path)
    assert count == sum(1 for file in tmp_path.rglob("*") if file.is_file())
    assert [item.name for item in compiled] == list(chain.manifest.contracts) == list(ALL)
    for name in ALL:
        address = chain.manifest.address(name)
        folder = tmp_path / "contracts" / "full_match" / "31337" / address
        code = bytes.fromhex(chain.rpc.call("eth_getCode", [address, "latest"])[2:])
        text = (folder / "metadata.json").read_bytes()
        # The last bytes of the code: CBOR with the multihash of the metadata (Solidity, "Contract Metadata").
        assert b"\x64ipfs\x58\x22" + ipfs_multihash(text) in code[-60:]
        metadata = json.loads(text)
        assert list(metadata["settings"]["compilationTarget"].values()) == [load_artifact(name).name]
        written = {
            file.relative_to(folder / "sources").as_posix(): file.read_bytes()
            for file in (folder / "sources").rglob("*")
            if file.is_file()
        }
        assert {path: "0x" + keccak(source).hex() for path, source in written.items()} == {
            path: source["keccak256"] for path, source in metadata["sources"].items()
        }
        standard_input = read(tmp_path / "standard-input" / f"{name}.json")
        assert {path: source["content"].encode() for path, source in standard_input["sources"].items()} == written
    assert Manifest.load(tmp_path / "manifest.json") == chain.manifest
    assert read(tmp_path / "chains" / "eip155-31337.json")["chainId"] == 31337


def test_input_of_one_contract_gives_what_the_whole_project_gives(contracts: list[script.Exported]) -> None:
    build = script.compile_files(script.source_files("contracts", "interfaces"))
    for contract in contracts:
        if contract.name in ANEW:
            assert contract == script.exported(build, contract.name, script.own_input(build, contract.name))
            assert len(contract.sources) < len(build["sources"])


def test_input_that_lacks_a_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler would find it on disk, where whoever verifies has nothing."""
    build = script.compile_files(script.source_files("contracts", "interfaces"))
    own = script.own_input(build, ANEW[0])
    # Which sources it asks for does not depend on the optimizer, which takes its time.
    own["settings"] |= {"viaIR": False, "optimizer": {"enabled": False}}
    lost = next(unit for unit in own["sources"] if unit.startswith("interfaces/"))
    del own["sources"][lost]
    monkeypatch.setattr(script, "own_input", lambda _build, _name: own)
    with pytest.raises(VerificationError, match=f"{ANEW[0]}: the exported input lacks {lost}"):
        script.recompile(build, ANEW[0])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("signatures", "register((bytes32,uint32,uint8,bytes32),bytes)"),
        ("signatures", "registerBatch(bytes2,(bytes32,uint32,uint8,bytes32)[],bytes)"),
        ("signatures", "publishCalendar(bytes2,uint16,uint8,uint256[2])"),
        ("signatures", "ApplicationRegistryConflict(bytes32,bytes32,uint32)"),
        ("topic0", "OfficeAdmitted(bytes2,address,string,string,uint32)"),
        (
            "topic0",
            "ProposalCreated(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)",
        ),
        ("topic0", "VoteCast(address,uint256,uint8,uint256,string)"),
        ("topic0", "ProposalExecuted(uint256)"),
        ("topic0", "CallExecuted(bytes32,uint256,address,uint256,bytes)"),
        ("topic0", "ContractListed(bytes32,uint256,address,bytes32)"),
        ("signatures", "castSignedVotes(uint256,(bytes2,uint8,string,bytes)[])"),
        ("signatures", "GovernorNonexistentProposal(uint256)"),
        ("signatures", "support((bytes2,address[],string,uint64,uint40),(bytes2,bytes)[])"),
        ("signatures", "adopt(bytes32,string)"),
        ("signatures", "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)"),
        ("signatures", f"record({EVENT},bytes)"),
        ("signatures", f"recordBatch(bytes2,{EVENT}[],bytes)"),
        ("signatures", "setStatuses((bytes1,uint8,bytes32)[])"),
        ("signatures", "empower((bytes2,address,bytes32,uint32,uint40,uint40,uint16),bytes)"),
        ("signatures", "standingOf(bytes32,uint32)"),
        ("topic0", "StatusSet(bytes1,uint8,bytes32)"),
        ("topic0", "EntriesRelated(bytes32,bytes32,uint8,uint64)"),
    ],
)
def test_texts_of_selectors_and_topics(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path, kind: str, text: str
) -> None:
    script.export(chain.rpc, chain.manifest, tmp_path)
    digest = keccak(text.encode()).hex()
    assert (tmp_path / kind / (digest if kind == "topic0" else digest[:8])).read_text() == text


def test_each_name_of_every_contract_is_there(chain: Chain, compiled: list[script.Exported], tmp_path: Path) -> None:
    script.export(chain.rpc, chain.manifest, tmp_path)
    written = {
        "event": {file.read_text().partition("(")[0] for file in (tmp_path / "topic0").iterdir()},
        "other": {file.read_text().partition("(")[0] for file in (tmp_path / "signatures").iterdir()},
    }
    named = [entry for name in ALL for entry in load_artifact(name).abi if "name" in entry]
    assert written["event"] == {entry["name"] for entry in named if entry["type"] == "event"}
    assert written["other"] == {entry["name"] for entry in named if entry["type"] != "event"}


def test_constructor_arguments_are_what_the_contracts_were_created_with(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path
) -> None:
    """By the node's own trace of the creations, that of the timelock within the consortium's included."""
    script.export(chain.rpc, chain.manifest, tmp_path)
    for name in ALL:
        deployed = chain.manifest.contract(name)
        traced = chain.rpc.call("debug_traceTransaction", ["0x" + deployed.transaction.hex(), {"tracer": "callTracer"}])
        frames = [traced, *traced.get("calls", ())]
        [frame] = [item for item in frames if item["type"] == "CREATE" and item["to"] == deployed.address.lower()]
        written = (tmp_path / "constructor-arguments" / f"{name}.txt").read_text().strip()
        assert frame["input"] == "0x" + load_artifact(name).creation_code.hex() + written


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Charter", lambda given: (*given[:3], "https://elsewhere.example/charter")),
        ("Consortium", lambda given: (given[0], (*given[1][:3], 1, 2))),
        ("AddressBook", lambda given: ("0x" + "11" * 20,)),
    ],
)
def test_arguments_that_the_chain_does_not_know_write_nothing(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path, name: str, arguments: Any
) -> None:
    deployed = chain.manifest.contract(name)
    other = dataclasses.replace(deployed, constructor_arguments=arguments(deployed.constructor_arguments))
    manifest = dataclasses.replace(chain.manifest, contracts={**chain.manifest.contracts, name: other})
    with pytest.raises(VerificationError, match=f"{name}: the transaction that created it holds other code"):
        script.export(chain.rpc, manifest, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_creation_that_the_node_does_not_know_writes_nothing(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path
) -> None:
    other = dataclasses.replace(chain.manifest.contract("Charter"), transaction=b"\x11" * 32)
    manifest = dataclasses.replace(chain.manifest, contracts={**chain.manifest.contracts, "Charter": other})
    with pytest.raises(VerificationError, match="Charter: the node does not know the transaction"):
        script.export(chain.rpc, manifest, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_deployment_under_one_account_has_the_registers_alone(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path
) -> None:
    account = DevelopmentSigner.account(9)
    manifest = deploy(RpcBackend(chain.rpc, account), tmp_path / "m.json", governance=account.address).manifest
    script.export(chain.rpc, manifest, tmp_path / "out")
    assert {file.stem for file in (tmp_path / "out" / "standard-input").iterdir()} == set(CONTRACTS)
    asked = load_abi("OfficeDirectory").encode("governance").hex()
    directory = {"to": manifest.address("OfficeDirectory"), "data": "0x" + asked}
    governance = chain.rpc.call("eth_call", [directory, "latest"])
    arguments = (tmp_path / "out" / "constructor-arguments" / "OfficeDirectory.txt").read_text()
    assert arguments == governance.removeprefix("0x") + "\n"


def test_immutables_are_set_aside_and_nothing_else(chain: Chain, contracts: list[script.Exported]) -> None:
    for contract in contracts:
        address = chain.manifest.address(contract.name)
        code = bytearray.fromhex(chain.rpc.call("eth_getCode", [address, "latest"])[2:])
        script.compare(contract, address, bytes(code))
        for start, _ in contract.immutables:
            code[start] ^= 1
        script.compare(contract, address, bytes(code))
        for position in (0, len(code) // 2, len(code) - 1):
            altered = bytearray(code)
            altered[position] ^= 1
            with pytest.raises(VerificationError, match=f"{contract.name}: the code at {address} is not what"):
                script.compare(contract, address, bytes(altered))
        with pytest.raises(VerificationError):
            script.compare(contract, address, bytes(code) + b"\0")


def test_other_sources_write_nothing(
    chain: Chain, contracts: list[script.Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = dataclasses.replace(contracts[-1], runtime_code=contracts[-1].runtime_code[:-1] + b"\0")
    monkeypatch.setattr(script, "recompiled", lambda names: [*contracts[:-1], other])
    with pytest.raises(VerificationError, match="AddressBook: the code at"):
        script.export(chain.rpc, chain.manifest, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_chain_writes_nothing(chain: Chain, compiled: list[script.Exported], tmp_path: Path) -> None:
    with pytest.raises(NetworkMismatchError):
        script.export(chain.rpc, dataclasses.replace(chain.manifest, chain_id=5), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_main(
    chain: Chain,
    compiled: list[script.Exported],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("REGISTRUM_RPC", chain.url)
    monkeypatch.setenv("REGISTRUM_MANIFEST", str(chain.manifest_path))
    script.main(str(tmp_path / "out"))
    assert f"recompiled {len(ALL)} contracts: equal to the code on the chain" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="there is no manifest"):
        script.main(str(tmp_path / "out"), manifest=str(tmp_path / "none.json"))
