"""Run the test suites: `run_suites.py all` or `run_suites.py SUITE...`; the exit status is 0 when all of them pass.

A suite is a folder of `tests/` with test modules. Those that need contracts run under brownie, which compiles and
starts a chain node; the others run under plain pytest. `ganache` repeats the contract tests marked `smoke` on Ganache.
Each suite is a process of its own with an overall time limit, and its closing line is repeated at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from compiler import ROOT
from limit import run_limited

BROWNIE_SUITES = ("contracts", "stateful")
TIME_LIMITS_S = {"contracts": 2400, "stateful": 2400, "ganache": 600}
DEFAULT_LIMIT_S = 1200
LOG_FOLDER = ROOT / "reports"


@dataclass(frozen=True)
class Suite:
    """One suite: its name, the command that runs it and its time limit in seconds."""

    name: str
    command: list[str]
    limit_s: float


def known_suites() -> dict[str, Suite]:
    """Return the suites of this checkout in the order in which they run, quick ones first."""
    folders = sorted(path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py")))
    plain = [name for name in folders if name not in BROWNIE_SUITES]
    brownie = str(ROOT / ".venv" / "bin" / "brownie")
    pytest = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pytest", "-p", "no:pytest-brownie"]
    commands = {name: [*pytest, f"tests/{name}"] for name in plain}
    for name in BROWNIE_SUITES:
        if name in folders:
            commands[name] = [brownie, "test", f"tests/{name}", "--network", "development"]
    if "contracts" in folders:
        commands["ganache"] = [brownie, "test", "tests/contracts", "-m", "smoke", "--network", "ganache-cli"]
    return {name: Suite(name, command, TIME_LIMITS_S.get(name, DEFAULT_LIMIT_S)) for name, command in commands.items()}


def run_suite(suite: Suite) -> tuple[bool, str]:
    """Run one suite, showing its output as it comes; return whether it passed, and pytest's closing line."""
    LOG_FOLDER.mkdir(exist_ok=True)
    log = LOG_FOLDER / f"{suite.name}.log"
    print(f"== {suite.name}: {' '.join(suite.command).replace(str(ROOT) + os.sep, '')}", flush=True)
    with log.open("wb") as sink:
        status = run_limited(suite.command, suite.limit_s, tee=sink)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    closing = [line.strip("= ") for line in lines if line.startswith("=") and " in " in line and line.endswith("=")]
    return status == 0, closing[-1] if closing else f"ended with status {status} and no summary"


def main(names: list[str]) -> int:
    """Run the named suites, or all, and print one closing line for each."""
    suites = known_suites()
    unknown = [name for name in names if name not in suites and name != "all"]
    if unknown:
        print(f"no such suite: {', '.join(unknown)}; suites are all, {', '.join(suites)}", file=sys.stderr)
        return 2
    chosen = list(suites) if "all" in names else names
    os.chdir(ROOT)
    closing_lines = []
    passed = True
    for name in chosen:
        started = time.monotonic()
        good, closing = run_suite(suites[name])
        passed = passed and good
        verdict = "passed" if good else "FAILED"
        closing_lines.append(f"{name:<12} {verdict}: {closing} ({time.monotonic() - started:.0f} s with start-up)")
    print("\n".join(["", *closing_lines]))
    return 0 if passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.SubprocessError as error:
        sys.exit(str(error))
