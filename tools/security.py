"""Run the security gates: slither, semgrep, ruff's security rules, bandit, the halmos proofs, and sources for auditors.

`security.py [GATE...]` runs the named gates, or all. Each gate first has to refuse its canary, a file that is wrong on
purpose: a gate that passes everything is worse than none. Not its job: fuzzing, which belongs to the test suites.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler import ROOT, compile_files, run_compiler, settings, source_files

if TYPE_CHECKING:
    from scripts.export_explorer import Exported

TOOLS = ROOT / ".venv-tools" / "bin"
CANARIES = ROOT / "tools" / "canaries"
PYTHON_FOLDERS = ["src", "scripts", "tools", "bench"]
MINIMUM_PROOFS = 10
EXIT_CODES = {1: "refuted", 2: "not decided in time", 3: "stuck", 4: "every path reverts", 5: "exception"}
SLITHER_OPTIONS = ["--fail-medium", "--exclude-low", "--exclude-informational", "--exclude-optimization"]


class GateError(Exception):
    """A gate found something, or let its canary pass; the message is the tool's report."""


def environment() -> dict[str, str]:
    """Return the environment of the tools: the project's binaries and compiler settings, no calls home."""
    chosen = settings()
    solc = chosen["solc"]
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(ROOT / ".cache" / "bin"), str(TOOLS), os.environ.get("PATH", os.defpath)]),
        "FOUNDRY_EVM_VERSION": str(chosen["evm_version"]),
        "FOUNDRY_OPTIMIZER": str(solc["optimizer"]["enabled"]).lower(),
        "FOUNDRY_OPTIMIZER_RUNS": str(solc["optimizer"]["runs"]),
        "FOUNDRY_VIA_IR": str(solc.get("viaIR", False)).lower(),
        "SEMGREP_SEND_METRICS": "off",
    }


def run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a tool and return what it said, whatever its exit status."""
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def require(condition: bool, message: str) -> None:
    """Raise a gate error with this message unless the condition holds."""
    if not condition:
        raise GateError(message)


def python_folders() -> list[str]:
    """Return the folders with Python code that exist."""
    return [folder for folder in PYTHON_FOLDERS if (ROOT / folder).is_dir()]


def python_canary(folder: str) -> Path:
    """Copy the unsafe Python file into a folder under its real name; in the tree it would alarm every other tool."""
    return Path(shutil.copy(CANARIES / "unsafe.py.txt", Path(folder) / "unsafe.py"))


def build_with_forge() -> None:
    """Build contracts and proofs once, with all that slither and halmos read; halmos finds nothing left to do."""
    command = ["forge", "build", "--ast", "--build-info", "--extra-output", "storageLayout", "metadata"]
    done = run(command)
    require(done.returncode == 0, done.stdout + done.stderr)


def slither() -> str:
    """No High or Medium finding in the contracts."""
    canary = ["slither", str(CANARIES / "Slither.sol"), "--solc", "solc", "--compile-force-framework", "solc"]
    done = run([*canary, *SLITHER_OPTIONS])
    require("encode-packed-collision" in done.stderr and done.returncode != 0, f"missed its canary:\n{done.stderr}")
    # A build of earlier sources would be analysed as well. All goes: without one of its builds forge trusts no other.
    for built in (ROOT / "out", ROOT / ".cache" / "forge"):
        shutil.rmtree(built, ignore_errors=True)
    build_with_forge()
    done = run(
        ["slither", ".", "--ignore-compile", "--filter-paths", "node_modules|tests/|contracts/test/", *SLITHER_OPTIONS]
    )
    require(done.returncode == 0, done.stdout + done.stderr)
    return done.stderr.strip().splitlines()[-1].removeprefix("INFO:Slither:. ")


def semgrep() -> str:
    """None of the house rules of `tools/semgrep` is broken."""
    command = ["semgrep", "scan", "--metrics=off", "--disable-version-check", "--quiet", "--config", "tools/semgrep"]
    rules = set(re.findall(r"^  - id: (\S+)$", (ROOT / "tools/semgrep/solidity.yaml").read_text("utf-8"), re.MULTILINE))
    done = run([*command, "--json", str(CANARIES / "Semgrep.sol")])
    broken = {result["check_id"].rsplit(".", 1)[-1] for result in json.loads(done.stdout)["results"]}
    require(broken == rules, f"rules that missed their canary: {', '.join(sorted(rules - broken))}\n{done.stderr}")
    done = run([*command, "--error", "contracts", "interfaces"])
    require(done.returncode == 0, done.stdout + done.stderr)
    return f"{len(rules)} rules hold"


def ruff() -> str:
    """No finding of ruff's security rules in the Python code."""
    command = [str(ROOT / ".venv" / "bin" / "ruff"), "check", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    with tempfile.TemporaryDirectory() as folder:
        done = run([*command, "--select", "S", str(python_canary(folder))])
    require(all(rule in done.stdout for rule in ("S307", "S602")), f"missed its canary:\n{done.stdout}")
    done = run([*command, "--select", "S", *python_folders()])
    require(done.returncode == 0, done.stdout + done.stderr)
    return "no finding"


def bandit() -> str:
    """No finding of medium or high severity by bandit in the Python code."""
    with tempfile.TemporaryDirectory() as folder:
        done = run(["bandit", "-q", "-ll", str(python_canary(folder))])
    require(all(rule in done.stdout for rule in ("B307", "B314", "B602")), f"missed its canary:\n{done.stdout}")
    done = run(["bandit", "-q", "-ll", "-r", *python_folders()])
    require(done.returncode == 0, done.stdout + done.stderr)
    return "no finding"


def proofs_of(folder: Path, *options: str) -> tuple[dict[str, str], str]:
    """Run halmos in a forge project; return what is wrong with each property (nothing if proved) and the report.

    Halmos itself calls a property passed when it gave up on a loop; here that is no proof.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        done = run(["halmos", "--function", "check_", "--no-status", "--json-output", str(report), *options], folder)
        require(report.exists(), done.stdout + done.stderr)
        results = json.loads(report.read_text("utf-8"))["test_results"]
    return {
        f"{name.split(':')[-1]}.{test['name'].split('(')[0]}": verdict_of(test)
        for name, tests in results.items()
        for test in tests
    }, done.stdout


def verdict_of(test: dict[str, Any]) -> str:
    """Return what is wrong with a property: halmos' exit code, or loops that it did not follow to the end."""
    if test["exitcode"] != 0:
        return EXIT_CODES.get(test["exitcode"], f"exit code {test['exitcode']}")
    return "loops not followed to the end" if test["num_bounded_loops"] else ""


def halmos() -> str:
    """All properties under `tests/symbolic` are proved, and there are at least ten of them."""
    canary, report = proofs_of(CANARIES / "halmos", "--forge-build-out", "../../../out/canary")
    expected = {
        "CanaryProof.check_noValueIsSpecial": "refuted",
        "CanaryProof.check_loopOfAnyLength": "loops not followed to the end",
    }
    require(canary == expected, f"missed its canary: {canary}\n{report}")
    build_with_forge()
    contracts = sorted(file.stem for file in (ROOT / "tests" / "symbolic").glob("*Proof.sol"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda name: proofs_of(ROOT, "--contract", name), contracts))
    outcomes = {name: problem for found, _report in runs for name, problem in found.items()}
    failed = [f"{name}: {problem}" for name, problem in sorted(outcomes.items()) if problem]
    require(not failed, "\n".join([*(report for _found, report in runs), f"not proved: {', '.join(failed)}"]))
    require(len(outcomes) >= MINIMUM_PROOFS, f"{len(outcomes)} properties, {MINIMUM_PROOFS} are the least")
    return f"{len(outcomes)} properties proved"


def sources() -> str:
    """The input that is exported for each contract gives, without any other source, the code that is deployed."""
    sys.path.insert(0, str(ROOT))
    from registrum.deployment import CONSORTIUM_CONTRACTS, CONTRACTS, load_artifact
    from scripts import export_explorer as export

    names = CONTRACTS + CONSORTIUM_CONTRACTS
    build = compile_files(source_files("contracts", "interfaces"))
    canary = export.own_input(build, names[-1])
    canary["sources"][load_artifact(names[-1]).source]["content"] += "\n"
    again = export.exported(run_compiler(json.dumps(canary)), names[-1], canary)
    require(not is_deployed(again), f"missed its canary: {names[-1]} with an empty line more")
    others = [item.name for item in export.recompiled(names) if not is_deployed(item)]
    require(not others, f"code is not what is deployed: {', '.join(others)}")
    return f"{len(names)} contracts compile from their own input"


def is_deployed(contract: Exported) -> bool:
    """Tell whether a contract was compiled to the code that the client deploys."""
    from registrum.deployment import load_artifact

    artifact = load_artifact(contract.name)
    immutables = sorted(place for places in artifact.immutables.values() for place in places)
    return (contract.creation_code, contract.runtime_code, contract.immutables) == (
        artifact.creation_code,
        artifact.runtime_code,
        tuple(immutables),
    )


GATES: dict[str, Callable[[], str]] = {
    "ruff": ruff,
    "bandit": bandit,
    "semgrep": semgrep,
    "slither": slither,
    "halmos": halmos,
    "sources": sources,
}


def main(names: list[str]) -> int:
    """Run the gates and return the exit status: 0 when all of them hold."""
    unknown = [name for name in names if name not in GATES]
    if unknown:
        print(f"no such gate: {', '.join(unknown)}; gates are {', '.join(GATES)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or GATES:
        started = time.monotonic()
        try:
            verdict = GATES[name]()
        except GateError as error:
            verdict = "FAILED"
            failed.append(name)
            print(error, file=sys.stderr)
        print(f"{name:<8} {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
