"""Compile the project's Solidity with the settings of `brownie-config.yaml`, without brownie.

Shared by the ABI export, the gas and security gates and the stateful tests, so that all of them see the bytecode that
brownie deploys. Not its job: installing the compiler (`tools/solc/install.js`) and keeping what it answered
(`tools/solc/kept.js`).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml
from brownie_cli import files_without_contract

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = ["abi", "devdoc", "userdoc", "metadata", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"]


class CompilationError(Exception):
    """The compiler refused the sources; the message holds its report."""


def settings() -> dict[str, Any]:
    """Return the `compiler` section of `brownie-config.yaml`."""
    config = yaml.safe_load((ROOT / "brownie-config.yaml").read_text(encoding="utf-8"))
    section: dict[str, Any] = config["compiler"]
    return section


def source_files(*folders: str) -> list[Path]:
    """Return the Solidity files under the folders of the project, in a stable order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.sol"))


def standard_input(files: list[Path]) -> dict[str, Any]:
    """Return the compiler's standard JSON input for project files, with the same unit names as brownie uses."""
    chosen = settings()
    solc = chosen["solc"]
    compiler_settings: dict[str, Any] = {
        "evmVersion": chosen["evm_version"],
        "optimizer": solc["optimizer"],
        "remappings": solc["remappings"],
        "outputSelection": {"*": {"*": OUTPUTS, "": ["ast"]}},
    }
    if "viaIR" in solc:
        compiler_settings["viaIR"] = solc["viaIR"]
    sources = {
        path.relative_to(ROOT).as_posix(): {"content": path.read_text(encoding="utf-8")} for path in sorted(files)
    }
    return {"language": "Solidity", "sources": sources, "settings": compiler_settings}


def compile_files(files: list[Path]) -> dict[str, Any]:
    """Compile project files and return the compiler's standard JSON output.

    Like brownie, it hands the compiler the files of `contracts` that define something deployable, and leaves it to
    their imports which others are read: for the same input the compiler's answer is at hand.

    Raises:
        CompilationError: a source does not compile.
    """
    imported = {ROOT / "interfaces", *files_without_contract()}
    handed = [path for path in files if not {path, *path.parents} & imported] or files
    output = run_compiler(json.dumps(standard_input(handed)))
    if all(path.relative_to(ROOT).as_posix() in output["sources"] for path in files):
        return output
    return run_compiler(json.dumps(standard_input(files)))


def run_compiler(text: str) -> dict[str, Any]:
    """Hand standard JSON input to the pinned compiler and return its output, errors raised."""
    version = settings()["solc"]["version"]
    executable = ROOT / ".cache" / "solc" / f"solc-v{version}"
    if not os.access(executable, os.X_OK):
        raise CompilationError(f"compiler {version} is not installed: run make setup")
    done = subprocess.run(
        [str(executable), "--standard-json", "--allow-paths", str(ROOT)],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        raise CompilationError(done.stderr.strip())
    output: dict[str, Any] = json.loads(done.stdout)
    errors = [entry["formattedMessage"] for entry in output.get("errors", []) if entry["severity"] == "error"]
    if errors:
        raise CompilationError("\n".join(errors))
    return output
