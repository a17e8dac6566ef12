"""Runs schemathesis against a served OpenAPI document: a bounded number of requests, the same ones each time.

It runs as a program from `.venv-tools`, because it needs a newer hypothesis than brownie allows in `.venv`. Not its
job: starting the server.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".venv-tools" / "bin" / "schemathesis"
SEED = int(os.environ.get("REGISTRUM_TEST_SEED") or 20240131)
EXAMPLES = 25
LIMIT_S = 600.0
REQUEST_LIMIT_S = 30.0
FAILED = 1


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        passed: Every operation was tried, to the end, and no check failed.
        operations: How many operations were tried.
        cases: How many requests were generated.
        failures: A short name of each kind of failure, for instance `Server error`.
        output: What schemathesis printed: each failure with a curl command that repeats it.
    """

    passed: bool
    operations: int
    cases: int
    failures: tuple[str, ...]
    output: str


def run_schemathesis(
    document_url: str,
    folder: Path,
    *,
    examples: int = EXAMPLES,
    excluded_checks: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> Outcome:
    """Try every operation of a running server with valid and invalid requests.

    Args:
        document_url: Where the server publishes its OpenAPI document.
        folder: An empty folder for its report; it leaves nothing elsewhere.
        examples: Upper limit of generated requests an operation and phase.
        excluded_checks: Checks to leave out, by schemathesis's names; each wants a reason where it is named.
        headers: Sent with each request, for instance an API key.
        options: Further options of `schemathesis run`.

    Raises:
        FileNotFoundError: The environment of the tools is not there.
        RuntimeError: The run could not be made, for instance because there is no document at that address.
    """
    if not PROGRAM.exists():
        raise FileNotFoundError(f"{PROGRAM} is not there: run `make .venv-tools/.installed`")
    report = folder / "report.json"
    command = [
        *(str(PROGRAM), "run", document_url, "--seed", str(SEED), "--max-examples", str(examples)),
        *("--generation-database", "none", "--workers", "1", "--no-color"),
        *("--checks", "all", "--continue-on-failure", "--request-timeout", f"{REQUEST_LIMIT_S:g}"),
        *("--report", "json", "--report-json-path", str(report)),
        *options,
    ]
    if excluded_checks:
        command += ["--exclude-checks", ",".join(excluded_checks)]
    for name, value in (headers or {}).items():
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "*", "PYTHONWARNINGS": "ignore", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode not in (0, FAILED) or not report.exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode}: {done.stdout}")
    return _outcome(done.returncode == 0, done.stdout, json.loads(report.read_text(encoding="utf-8")))


def _outcome(no_failure: bool, output: str, report: dict[str, Any]) -> Outcome:
    operations, cases = report["operations"], report["test_cases"]
    all_tried = report["complete"] and 0 < operations["tested"] == operations["selected"] and not report["errors"]
    names = re.findall(r"^- ST\d+ (.+)$", output, flags=re.MULTILINE)
    return Outcome(
        no_failure and all_tried, operations["tested"], cases["generated"], tuple(dict.fromkeys(names)), output
    )
