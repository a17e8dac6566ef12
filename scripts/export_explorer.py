"""Export what a block explorer needs to show verified sources, decoded records and votes of a deployment.

    python scripts/export_explorer.py --target /srv/explorer
    brownie run scripts/export_explorer.py

Node and manifest are found as the client finds them: option, environment, profile; without a manifest
`deployments/<chain id>.json` is taken. Every contract of the manifest is exported, the timelock of a consortium too.
The folder holds

* `contracts/full_match/<chain id>/<address>/metadata.json` and `sources/`: the layout of a Sourcify repository, which
  Otterscan reads as static files and Sourcify and Blockscout import;
* `standard-input/<contract>.json`: the compiler's input, for the verification forms of Blockscout and Etherscan;
* `constructor-arguments/<contract>.txt`: what the constructor was given, ABI-encoded, for the same forms;
* `signatures/<selector>`, `topic0/<topic>`: texts of functions, errors and events;
* `chains/eip155-<chain id>.json` and the manifest.

Nothing is written before this check has passed: each contract is compiled anew from the exported input alone, by the
pinned compiler, and equals the code on the chain byte for byte, values of immutables aside; and the transaction that
created it holds that code with those arguments. The timelock is created by the consortium's constructor, which is
checked so, with arguments that follow from the consortium's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registrum import settings
from registrum.chain.codec import canonical_type, encode_values, kind_of
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.deployment import Manifest, load_artifact, verify
from registrum.deployment.manifest import TIMELOCK
from registrum.errors import RegistrumError, VerificationError
from registrum.signing.keccak import keccak

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_TARGET = ROOT / "build" / "explorer"
NO_ACCOUNT = "0x" + "00" * 20
sys.path.insert(0, str(ROOT / "tools"))

from compiler import CompilationError, compile_files, run_compiler, source_files  # noqa: E402 - needs the path above


@dataclass(frozen=True)
class Exported:
    """One contract, by its name in manifests: the compiler's input, and what it gives for that input alone."""

    name: str
    standard_input: dict[str, Any]
    metadata: str
    sources: dict[str, str]
    creation_code: bytes
    runtime_code: bytes
    immutables: tuple[tuple[int, int], ...]


def main(target: str = "", rpc: str = "", manifest: str = "") -> None:
    """Entry point of `brownie run`."""
    try:
        found = settings.load(rpc=rpc, manifest=manifest)
        with RpcClient(found.require_rpc()) as node:
            path = found.manifest
            if path is None:
                path = ROOT / "deployments" / f"{as_quantity(node.call('eth_chainId'), 'chain id')}.json"
            folder = Path(target or DEFAULT_TARGET)
            deployment = Manifest.load(path)
            count = export(node, deployment, folder)
    except (RegistrumError, CompilationError) as error:
        raise SystemExit(error.diagnostics() if isinstance(error, RegistrumError) else str(error)) from error
    print(f"recompiled {len(deployment.contracts)} contracts: equal to the code on the chain")
    print(f"wrote {count} files to {folder}")


def export(rpc: RpcClient, manifest: Manifest, target: Path) -> int:
    """Check and export a deployment.

    Args:
        rpc: A node of the chain.
        manifest: The deployment.
        target: Folder to write to; files of the same names are replaced.

    Returns:
        How many files were written.

    Raises:
        VerificationError: The sources here do not give the code on the chain, or it was created with other arguments
            than the manifest says, or the node no longer knows how.
        ConfigError: The deployment is not complete.
        NetworkMismatchError: The node is not on the manifest's chain.
    """
    verify(rpc, manifest)
    files: dict[str, str] = {}
    for contract in recompiled(tuple(manifest.contracts)):
        address = manifest.address(contract.name)
        code = as_data(rpc.call("eth_getCode", [address, "latest"]), "code")
        compare(contract, address, code)
        arguments = constructor_arguments(manifest, contract.name)
        if contract.name != TIMELOCK:
            compare_creation(rpc, contract, manifest, arguments)
        folder = f"contracts/full_match/{manifest.chain_id}/{address}"
        files[f"{folder}/metadata.json"] = contract.metadata
        for path, text in contract.sources.items():
            files[f"{folder}/sources/{path.replace(':', '_')}"] = text
        files[f"standard-input/{contract.name}.json"] = json.dumps(contract.standard_input, indent=1) + "\n"
        files[f"constructor-arguments/{contract.name}.txt"] = arguments.hex() + "\n"
        files |= signature_files(load_artifact(contract.name).abi)
    files[f"chains/eip155-{manifest.chain_id}.json"] = json.dumps(chain_description(manifest.chain_id)) + "\n"
    files["manifest.json"] = json.dumps(manifest.to_json(), indent=2) + "\n"
    for name, text in files.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        # Bytes: the metadata hash in the code is that of exactly these.
        file.write_bytes(text.encode("utf-8"))
    return len(files)


def recompiled(names: tuple[str, ...]) -> list[Exported]:
    """Compile each contract from its own input alone: the sources that its metadata names, and nothing from disk."""
    build = compile_files(source_files("contracts", "interfaces"))
    # The compiler is a process of its own and takes its time, and its memory.
    with ThreadPoolExecutor(min(len(names), os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda name: recompile(build, name), names))


def recompile(build: dict[str, Any], name: str) -> Exported:
    """Compile one contract of a build again.

    Raises:
        VerificationError: The compiler asked for a source that the input does not hold.
    """
    standard_input = own_input(build, name)
    output = run_compiler(json.dumps(standard_input))
    if output["sources"].keys() != standard_input["sources"].keys():
        missing = ", ".join(sorted(output["sources"].keys() - standard_input["sources"].keys()))
        raise VerificationError(f"{name}: the exported input lacks {missing}")
    return exported(output, name, standard_input)


def own_input(build: dict[str, Any], name: str) -> dict[str, Any]:
    """The compiler's input for one contract of a build: the sources and settings that its metadata names."""
    artifact = load_artifact(name)
    path = artifact.source
    first = json.loads(build["contracts"][path][artifact.name]["metadata"])
    sources = {unit: (ROOT / unit).read_text(encoding="utf-8") for unit in sorted(first["sources"])}
    chosen = {key: value for key, value in first["settings"].items() if key != "compilationTarget"}
    # The metadata writes the context of a remapping as a leading colon.
    chosen["remappings"] = [item.removeprefix(":") for item in chosen["remappings"]]
    wanted = ["abi", "metadata", "evm.bytecode.object", "evm.deployedBytecode"]
    return {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources.items()},
        "settings": {**chosen, "outputSelection": {path: {artifact.name: wanted}}},
    }


def exported(output: dict[str, Any], name: str, standard_input: dict[str, Any]) -> Exported:
    """What there is to export of a contract, out of the compiler's output."""
    artifact = load_artifact(name)
    contract = output["contracts"][artifact.source][artifact.name]
    deployed = contract["evm"]["deployedBytecode"]
    places = (place for items in deployed["immutableReferences"].values() for place in items)
    return Exported(
        name=name,
        standard_input=standard_input,
        metadata=contract["metadata"],
        sources={unit: source["content"] for unit, source in standard_input["sources"].items()},
        creation_code=bytes.fromhex(contract["evm"]["bytecode"]["object"]),
        runtime_code=bytes.fromhex(deployed["object"]),
        immutables=tuple(sorted((place["start"], place["length"]) for place in places)),
    )


def compare(contract: Exported, address: str, code: bytes) -> None:
    """Compare recompiled code with the chain's.

    Raises:
        VerificationError: They differ outside immutables.
    """
    masked = bytearray(code)
    for start, length in contract.immutables:
        masked[start : start + length] = bytes(length)
    if bytes(masked) != contract.runtime_code:
        raise VerificationError(
            f"{contract.name}: the code at {address} is not what the sources here compile to",
            remedy="Check out the release that the manifest names, and export from there. Nothing was written.",
            contract=contract.name,
            address=address,
        )


def constructor_arguments(manifest: Manifest, name: str) -> bytes:
    """What the constructor of a contract was given, ABI-encoded."""
    artifact = load_artifact(name)
    if name != TIMELOCK:
        return artifact.init_code(manifest.contract(name).constructor_arguments)[len(artifact.creation_code) :]
    # As `Consortium._newTimelock` has it: the consortium alone proposes and executes, and nobody administers.
    consortium = manifest.contract("Consortium")
    parameters = consortium.constructor_arguments[1]
    if not isinstance(parameters, tuple):
        raise VerificationError("Consortium: the manifest does not say what rules it was created with")
    _voting_delay, _voting_period, delay, *_ = parameters
    (inputs,) = (entry["inputs"] for entry in artifact.abi if entry["type"] == "constructor")
    return encode_values(
        [kind_of(item) for item in inputs], [delay, [consortium.address], [consortium.address], NO_ACCOUNT]
    )


def compare_creation(rpc: RpcClient, contract: Exported, manifest: Manifest, arguments: bytes) -> None:
    """Compare recompiled code and recorded arguments with the transaction that created a contract.

    Raises:
        VerificationError: They differ, or the node does not know the transaction.
    """
    deployed = manifest.contract(contract.name)
    transaction = rpc.call("eth_getTransactionByHash", ["0x" + deployed.transaction.hex()])
    if transaction is None:
        raise VerificationError(
            f"{contract.name}: the node does not know the transaction that created it",
            remedy="Ask a node that keeps all blocks. Nothing was written.",
            contract=contract.name,
            transaction="0x" + deployed.transaction.hex(),
        )
    if as_data(transaction.get("input"), "input of a transaction") != contract.creation_code + arguments:
        raise VerificationError(
            f"{contract.name}: the transaction that created it holds other code or arguments than the manifest says",
            remedy="Take the manifest from the operator of the network again. Nothing was written.",
            contract=contract.name,
            transaction="0x" + deployed.transaction.hex(),
        )


def signature_files(abi: list[dict[str, Any]]) -> dict[str, str]:
    """Texts of functions, errors and events under the names by which Otterscan asks for them."""
    files = {}
    for entry in abi:
        if entry["type"] in ("function", "error", "event"):
            text = f"{entry['name']}({','.join(canonical_type(item) for item in entry['inputs'])})"
            digest = keccak(text.encode("ascii")).hex()
            files[f"topic0/{digest}" if entry["type"] == "event" else f"signatures/{digest[:8]}"] = text
    return files


def chain_description(chain_id: int) -> dict[str, Any]:
    """What explorers show of the chain; gas has no price there."""
    unit = {"name": "Gas unit", "symbol": "GAS", "decimals": 18}
    return {
        "name": f"Registrum {chain_id}",
        "chainId": chain_id,
        "shortName": f"eip155-{chain_id}",
        "nativeCurrency": unit,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Export verified sources and signatures for block explorers.")
    parser.add_argument(
        "--target", default="", help=f"folder to write to (default: {DEFAULT_TARGET.relative_to(ROOT)})"
    )
    parser.add_argument("--rpc", default="", help="JSON-RPC address of a node (REGISTRUM_RPC)")
    parser.add_argument("--manifest", default="", help="manifest of the deployment (REGISTRUM_MANIFEST)")
    chosen_options = parser.parse_args()
    main(chosen_options.target, chosen_options.rpc, chosen_options.manifest)
