"""Export what the client needs of the contracts into the package: one JSON file for each contract and interface.

`export_abi.py` writes `src/registrum/abi/*.json` and removes files of contracts that are gone; `--check` writes
nothing and fails when the files differ from what the compiler gives. Contracts under `contracts/test` are for tests
and are not exported.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from compiler import ROOT, CompilationError, compile_files, settings, source_files

TARGET = ROOT / "src" / "registrum" / "abi"
CREATED_BY_OURS = {"TimelockController"}
"""Contracts of packages that a contract of the project creates."""


def is_exported(path: str, node: dict[str, Any], contract: dict[str, Any]) -> bool:
    """Tell whether the client can meet this contract: deployable code, or an interface of the project."""
    if node["contractKind"] == "interface":
        return path.startswith("interfaces/")
    if node["name"] in CREATED_BY_OURS:
        return True
    deployable = not node["abstract"] and bool(contract["abi"])
    return path.startswith("contracts/") and not path.startswith("contracts/test/") and deployable


def named_immutables(sources: dict[str, Any], references: dict[str, Any]) -> dict[str, Any]:
    """Return the places of immutables by variable name; the compiler's own keys change with unrelated sources."""
    names: dict[str, str] = {}
    pending: list[Any] = [source["ast"] for source in sources.values()] if references else []
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if node.get("nodeType") == "VariableDeclaration" and str(node["id"]) in references:
                names[str(node["id"])] = node["name"]
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return {names[key]: places for key, places in sorted(references.items(), key=lambda item: names[item[0]])}


def artifact(path: str, name: str, contract: dict[str, Any], sources: dict[str, Any]) -> dict[str, Any]:
    """Return the exported form of one compiled contract; code is `0x` hex, empty (`0x`) for an interface."""
    chosen = settings()
    created, deployed = contract["evm"]["bytecode"], contract["evm"]["deployedBytecode"]
    if created["linkReferences"]:
        raise CompilationError(f"{path}: {name} needs a linked library; use internal library functions")
    return {
        "name": name,
        "source": path,
        "compiler": {
            "version": json.loads(contract["metadata"])["compiler"]["version"] if contract["metadata"] else None,
            "evmVersion": chosen["evm_version"],
            "optimizer": chosen["solc"]["optimizer"],
            "viaIR": chosen["solc"].get("viaIR", False),
        },
        "abi": contract["abi"],
        "userdoc": contract["userdoc"],
        "devdoc": contract["devdoc"],
        "bytecode": f"0x{created['object']}",
        "deployedBytecode": f"0x{deployed['object']}",
        "immutableReferences": named_immutables(sources, deployed.get("immutableReferences", {})),
    }


def exported() -> dict[str, str]:
    """Compile the project and return file names with the text that belongs into them."""
    files = source_files("contracts", "interfaces")
    output = compile_files(files) if files else {"sources": {}, "contracts": {}}
    texts: dict[str, str] = {}
    for path, contracts in output["contracts"].items():
        nodes = {node["name"]: node for node in output["sources"][path]["ast"]["nodes"] if "contractKind" in node}
        for name, contract in contracts.items():
            if is_exported(path, nodes[name], contract):
                if f"{name}.json" in texts:
                    raise CompilationError(f"{path}: two contracts are called {name}; names must be unique")
                exported_form = artifact(path, name, contract, output["sources"])
                texts[f"{name}.json"] = json.dumps(exported_form, indent=2) + "\n"
    return texts


def differences(texts: dict[str, str], folder: Path) -> list[str]:
    """Return one line for each file of the folder that is missing, left over or different."""
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    lines = [f"missing: {name}" for name in sorted(texts.keys() - present.keys())]
    lines += [f"left over: {name}" for name in sorted(present.keys() - texts.keys())]
    lines += [f"differs: {name}" for name in sorted(texts.keys() & present.keys()) if texts[name] != present[name]]
    return lines


def write(texts: dict[str, str], folder: Path) -> None:
    """Make the folder hold exactly these files; unchanged files keep their time stamp."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def main() -> int:
    """Export or check, and return the exit status."""
    parser = argparse.ArgumentParser(description="Export the contracts' ABI and bytecode into the client package.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the exported files are stale")
    arguments = parser.parse_args()
    try:
        texts = exported()
    except CompilationError as error:
        print(error, file=sys.stderr)
        return 1
    if not arguments.check:
        write(texts, TARGET)
        return 0
    lines = differences(texts, TARGET)
    for line in lines:
        print(f"src/registrum/abi: {line} (run make setup and commit the result)", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
