"""`scripts/export_explorer.py`: what it writes proves itself, and code from other sources is refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.chain.rpc import RpcClient
from registrum.deployment import CONTRACTS, Manifest
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.errors import NetworkMismatchError, VerificationError
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from scripts import export_explorer as script
from tests.client.anvil import running

ACCOUNT = DevelopmentSigner.account(0)


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
        done = deploy(RpcBackend(rpc, ACCOUNT), path, governance=ACCOUNT.address)
        yield Chain(rpc, node.url, done.manifest, path)


@pytest.fixture(scope="module")
def contracts() -> list[script.Exported]:
    """Compiled once: it takes the compiler seconds."""
    return script.recompiled(CONTRACTS)


@pytest.fixture
def compiled(contracts: list[script.Exported], monkeypatch: pytest.MonkeyPatch) -> list[script.Exported]:
    monkeypatch.setattr(script, "recompiled", lambda names: contracts)
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
    for name in CONTRACTS:
        address = chain.manifest.address(name)
        folder = tmp_path / "contracts" / "full_match" / "31337" / address
        code = bytes.fromhex(chain.rpc.call("eth_getCode", [address, "latest"])[2:])
        text = (folder / "metadata.json").read_bytes()
        # The last bytes of the code: CBOR with the multihash of the metadata (Solidity, "Contract Metadata").
        assert b"\x64ipfs\x58\x22" + ipfs_multihash(text) in code[-60:]
        metadata = json.loads(text)
        assert list(metadata["settings"]["compilationTarget"].values()) == [name]
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


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("signatures", "register((bytes32,uint32,uint8,bytes32),bytes)"),
        ("signatures", "registerBatch(bytes2,(bytes32,uint32,uint8,bytes32)[],bytes)"),
        ("signatures", "publishCalendar(bytes2,uint16,uint8,uint256[2])"),
        ("signatures", "ApplicationRegistryConflict(bytes32,bytes32,uint32)"),
        ("topic0", "OfficeAdmitted(bytes2,address,string,string,uint32)"),
    ],
)
def test_texts_of_selectors_and_topics(
    chain: Chain, compiled: list[script.Exported], tmp_path: Path, kind: str, text: str
) -> None:
    script.export(chain.rpc, chain.manifest, tmp_path)
    digest = keccak(text.encode()).hex()
    assert (tmp_path / kind / (digest if kind == "topic0" else digest[:8])).read_text() == text


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
    with pytest.raises(VerificationError, match="PriorityRegister"):
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
    assert "equal to the code on the chain" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="there is no manifest"):
        script.main(str(tmp_path / "out"), manifest=str(tmp_path / "none.json"))
