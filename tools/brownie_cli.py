"""Run brownie with the project's compiler, chain nodes, networks and home; `.venv/bin/brownie` calls this file.

Sets what a brownie user would otherwise have to export by hand: `SOLCX_BINARY_PATH`, `PATH`, `HOME` (so that
`~/.brownie` stays untouched; name another home by `BROWNIE_HOME`) and a free port for the node that brownie starts
(`BROWNIE_PORT` fixes it, for instance to attach to a running node). Not its job: settings of the networks, which live
in `network-config.yaml`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
CONTRACT = re.compile(r"^\s*(abstract\s+contract|contract|library|interface)\s", re.MULTILINE)


def prepare_environment() -> None:
    """Point this process, and the processes it starts, at the project's tools."""
    home = Path(os.environ.get("BROWNIE_HOME") or ROOT / ".home")
    home.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(home)
    os.environ["SOLCX_BINARY_PATH"] = str(ROOT / ".cache" / "solc")
    os.environ["PATH"] = os.pathsep.join([str(ROOT / ".cache" / "bin"), os.environ.get("PATH", os.defpath)])


def forget_stale_artifacts() -> None:
    """Delete what brownie compiled if it would not notice that it is out of date.

    Brownie compiles a contract again when it, or a contract that it uses, has changed. Compiler settings, packages and
    files without any contract (free types and functions) it does not look at.
    """
    digest = hashlib.sha256()
    for path in [ROOT / "brownie-config.yaml", ROOT / "package-lock.json", *files_without_contract()]:
        name = path.relative_to(ROOT).as_posix().encode("utf-8")
        digest.update(hashlib.sha256(name).digest() + hashlib.sha256(path.read_bytes()).digest())
    stamp = ROOT / "build" / "sources.sha256"
    if not stamp.is_file() or stamp.read_text("ascii") != digest.hexdigest():
        shutil.rmtree(ROOT / "build" / "contracts", ignore_errors=True)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(digest.hexdigest(), "ascii")


def files_without_contract() -> list[Path]:
    """Return the Solidity files of the project that define no contract, library or interface, in a stable order."""
    files = sorted(path for folder in ("contracts", "interfaces") for path in (ROOT / folder).rglob("*.sol"))
    return [path for path in files if not CONTRACT.search(COMMENT.sub("", path.read_text("utf-8")))]


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settle_networks() -> None:
    """Give the development networks of this run their port, and the live ones their chain id from the environment."""
    from brownie._config import CONFIG

    fixed = os.environ.get("BROWNIE_PORT")
    port = int(fixed) if fixed else free_port()
    for network in CONFIG.networks.values():
        if "cmd" in network:
            network["cmd_settings"]["port"] = port
        elif "chainid" in network:
            network["chainid"] = os.path.expandvars(network["chainid"])


def main() -> int:
    """Run the brownie command line and return its exit status."""
    # Brownie's syntax colouring package has an old-style string that Python 3.12 and later complain about.
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    prepare_environment()
    forget_stale_artifacts()
    settle_networks()
    from brownie._cli.__main__ import main as brownie_main

    sys.argv[0] = "brownie"
    return int(brownie_main() or 0)


if __name__ == "__main__":
    sys.exit(main())
