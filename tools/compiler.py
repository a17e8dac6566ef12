"""Compile the project's Solidity with the settings of `brownie-config.yaml`, without brownie.

Shared by the ABI export, the gas and security gates and the stateful tests, so that all of them see the bytecode that
brownie deploys. Not its job: installing the compiler (`tools/solc/install.js`).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
LAST_RUN = ROOT / ".cache" / "compiled.json"
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

    The last result is kept and given again while input, compiler and installed libraries are the same, because the
    optimizer takes its time.

    Raises:
        CompilationError: a source does not compile.
    """
    text = json.dumps(standard_input(files))
    libraries = (ROOT / "package-lock.json").read_bytes()
    key = hashlib.sha256(libraries + text.encode("utf-8")).hexdigest()
    if LAST_RUN.exists():
        last = json.loads(LAST_RUN.read_text(encoding="utf-8"))
        if last["key"] == key:
            kept: dict[str, Any] = last["output"]
            return kept
    output = run_compiler(text)
    LAST_RUN.write_text(json.dumps({"key": key, "output": output}), encoding="utf-8")
    return output


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
