"""Change the contracts in small ways and see whether the tests notice: `mutate.py` or `make mutate`.

Gambit makes every mutant of every contract, library and type; a sample, drawn with a seed and spread over the files, is
compiled and judged. The judge is the deep stateful run, in which chain and model must agree step by step, and the
directed checks beside it. A mutant is *killed*, *survived*, *not compiled*, or *same code* when the compiler makes the
same bytecode of it, so that no test could tell. The contracts as they are must pass the judge first.

The result goes to `reports/mutation.json` and, for people, to `reports/mutation.md`. Takes about half a minute a mutant
and processor, hence no part of the gates. Not its job: what inline assembly does, which Gambit leaves alone.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from compiler import ROOT, CompilationError, run_compiler, source_files, standard_input

GAMBIT = ".venv-tools/lib/python*/site-packages/certora_bins/gambit"
REPORTS = ROOT / "reports"
DEPLOYED = ("OfficeDirectory", "ApplicationRegistry", "PriorityRegister")
HELPER = "OwnerWallet"
LEAST_PER_FILE = 3
SEQUENCES = 6
STEPS = 500
JUDGE_LIMIT_S = 600
OUTCOMES = ("killed", "survived", "not compiled", "same code")
Artifacts = dict[str, tuple[list[dict[str, Any]], str]]


@dataclass(frozen=True)
class Mutant:
    """One changed source file.

    Attributes:
        file: path in the project.
        operator: Gambit's name of the kind of change.
        diff: the change, unified.
        text: the whole changed file.
    """

    file: str
    operator: str
    diff: str
    text: str


@dataclass(frozen=True)
class Result:
    """What became of a mutant: one of `OUTCOMES`, and by what."""

    file: str
    operator: str
    diff: str
    outcome: str
    reason: str
    seconds: float


class MutationError(Exception):
    """The run makes no sense: a tool is missing, or the contracts fail even unchanged."""


def all_mutants(files: Iterable[Path], scratch: Path) -> dict[str, list[Mutant]]:
    """Let Gambit make every mutant of each file; none is compiled yet."""
    found = sorted(ROOT.glob(GAMBIT))
    if not found:
        raise MutationError("Gambit is not installed: run make security once, which installs the tools")
    # Gambit asks for the syntax tree, but the compiler makes code too; without Yul it finds the stack too deep.
    solc = scratch / "solc"
    solc.write_text(f'#!/bin/sh\nexec "{ROOT}/.cache/bin/solc" --via-ir --optimize "$@"\n', encoding="utf-8")
    solc.chmod(0o755)
    made = {}
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        folder = scratch / path.stem
        command = [str(found[0]), "mutate", "--filename", name, "--outdir", str(folder), "--skip_validate"]
        command += ["--solc", str(solc), "--solc_remappings", "@openzeppelin=node_modules/@openzeppelin"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        # It ends well even when the compiler does not.
        if done.returncode != 0 or "ERROR" in done.stdout + done.stderr:
            raise MutationError(f"{name}: {done.stdout}{done.stderr}")
        entries = json.loads((folder / "gambit_results.json").read_text(encoding="utf-8"))
        made[name] = [
            Mutant(name, entry["description"], entry["diff"], (folder / entry["name"]).read_text(encoding="utf-8"))
            for entry in entries
        ]
    return made


def sample(made: dict[str, list[Mutant]], size: int, seed: int) -> list[Mutant]:
    """Draw a sample: a few of every file, the rest in proportion to what can be changed in it.

    In a file the operators take turns, since Gambit swaps signs of arithmetic far more often than it deletes a line.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample that can be drawn again, no secret
    total = sum(len(mutants) for mutants in made.values())
    chosen: list[Mutant] = []
    for name in sorted(made):
        operators: dict[str, list[Mutant]] = {}
        for mutant in chance.sample(made[name], len(made[name])):
            operators.setdefault(mutant.operator, []).append(mutant)
        turns = (mutant for turn in zip_longest(*operators.values()) for mutant in turn if mutant is not None)
        chosen += islice(turns, max(LEAST_PER_FILE, round(size * len(made[name]) / total)))
    return chosen


def compile_with(change: Mutant | None) -> Artifacts:
    """Compile the deployed contracts, one file changed; return ABI and creation code by contract.

    Raises:
        CompilationError: the mutant is no Solidity program.
    """
    sources = source_files("contracts", "interfaces")
    files = [path for path in sources if "test" not in path.parts or path.stem == HELPER]
    request = standard_input(files)
    if change is not None:
        request["sources"][change.file]["content"] = change.text
    wanted = {name: ["abi", "evm.bytecode.object"] for name in (*DEPLOYED, HELPER)}
    request["settings"]["outputSelection"] = {"*": wanted}
    # Without it the same code would differ by the hash of its source.
    request["settings"]["metadata"] = {"appendCBOR": False, "bytecodeHash": "none"}
    output = run_compiler(json.dumps(request))
    return {
        name: (contract["abi"], contract["evm"]["bytecode"]["object"])
        for contracts in output["contracts"].values()
        for name, contract in contracts.items()
        if name in wanted and contract["evm"]["bytecode"]["object"]
    }


def judge(artifacts: Artifacts) -> str | None:
    """Run the tests on this code; return what they found, None if nothing."""
    sys.path.insert(0, str(ROOT))
    from tests.stateful.deep import test_sequences
    from tests.stateful.driver import pyrevm_engine
    from tests.stateful.driver.run import SequenceFailed, run_sequence

    code = {name: (abi, bytes.fromhex(text)) for name, (abi, text) in artifacts.items()}
    vars(pyrevm_engine)["artifacts"] = lambda: code
    try:
        for seed in range(1, SEQUENCES + 1):
            run_sequence(pyrevm_engine.PyrevmEngine, seed, STEPS, shrink_seconds=0)
        test_sequences.test_versions_end_at_255()
    except SequenceFailed as failure:
        return f"{failure.finding.name}, seed {failure.seed}, step {len(failure.steps)}: {failure.steps[-1]}"[:300]
    except Exception as error:  # noqa: BLE001 - whatever stops the tests on changed code is a mutant noticed
        return f"{type(error).__name__}: {error}"[:300]
    return None


def judge_apart(artifacts: Artifacts) -> str | None:
    """Run the judge in a process of its own, with a time limit."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(artifacts, file)
        file.flush()
        command = [sys.executable, __file__, "--judge", file.name]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=JUDGE_LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return f"not done after {JUDGE_LIMIT_S} s"
    if done.returncode != 0:
        raise MutationError(f"the judge failed: {done.stderr}")
    answer: str | None = json.loads(done.stdout)
    return answer


def try_mutant(mutant: Mutant, original: Artifacts) -> Result:
    """Compile and judge one mutant."""
    started = time.monotonic()
    try:
        artifacts = compile_with(mutant)
    except CompilationError as error:
        outcome, reason = "not compiled", str(error).splitlines()[0]
    else:
        found = None if artifacts == original else judge_apart(artifacts)
        reason = found or ""
        outcome = "same code" if artifacts == original else "survived" if found is None else "killed"
    return Result(mutant.file, mutant.operator, mutant.diff, outcome, reason, round(time.monotonic() - started, 1))


def write_reports(results: list[Result], seed: int) -> str:
    """Write both reports and return the table of outcomes by file."""
    REPORTS.mkdir(exist_ok=True)
    document = {"seed": seed, "results": [asdict(result) for result in results]}
    (REPORTS / "mutation.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    counts = {file: Counter(r.outcome for r in results if r.file == file) for file in sorted({r.file for r in results})}
    counts["all"] = Counter(result.outcome for result in results)
    table = [f"{'':<50}" + "".join(f"{outcome:>14}" for outcome in OUTCOMES)]
    table += [f"{file:<50}" + "".join(f"{count[name]:>14}" for name in OUTCOMES) for file, count in counts.items()]
    judged = counts["all"]["killed"] + counts["all"]["survived"]
    if judged:
        table.append(f"killed {counts['all']['killed']} of {judged}: {counts['all']['killed'] / judged:.0%}")
    details = [
        f"## {number}. {r.outcome}: {r.file}, {r.operator}\n\n{r.reason}\n\n```diff\n{r.diff}```\n"
        for number, r in enumerate(sorted(results, key=lambda r: -OUTCOMES.index(r.outcome) % 3), start=1)
    ]
    text = "# Mutants\n\n```\n" + "\n".join(table) + "\n```\n\n" + "\n".join(details)
    (REPORTS / "mutation.md").write_text(text, encoding="utf-8")
    return "\n".join(table)


def run(size: int, seed: int, jobs: int, only: str | None) -> int:
    """Make, sample, compile and judge; print each outcome as it comes."""
    files = [path for path in source_files("contracts") if "test" not in path.parts]
    if only is not None:
        files = [path for path in files if path.stem == only]
    original = compile_with(None)
    found = judge_apart(original)
    if found is not None:
        raise MutationError(f"the contracts fail unchanged: {found}")
    with tempfile.TemporaryDirectory() as scratch:
        made = all_mutants(files, Path(scratch))
        chosen = sample(made, size, seed)
    print(f"{len(chosen)} of {sum(map(len, made.values()))} mutants, seed {seed}", flush=True)
    results = []
    with ThreadPoolExecutor(jobs) as pool:
        for result in pool.map(lambda mutant: try_mutant(mutant, original), chosen):
            results.append(result)
            print(f"{len(results):>3} {result.outcome:<12} {result.file} {result.operator} {result.reason}", flush=True)
            table = write_reports(results, seed)
    print(table)
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Mutation run over the contracts.")
    parser.add_argument("--sample", type=int, default=80, help="how many mutants, about (default 80)")
    parser.add_argument("--seed", type=int, default=2, help="of the sample (default 2)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--only", help="one contract, library or type by name")
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.judge is not None:
        print(json.dumps(judge(json.loads(arguments.judge.read_text(encoding="utf-8")))))
        return 0
    return run(arguments.sample, arguments.seed, arguments.jobs, arguments.only)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MutationError as error:
        sys.exit(str(error))
