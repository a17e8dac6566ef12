"""Run the test suites: `run_suites.py all` or `run_suites.py SUITE...`; the exit status is 0 when all of them pass.

A suite is a folder of `tests/` with test modules. Those that need contracts run under brownie, which compiles and
starts a chain node; the others run under plain pytest. `ganache` repeats the contract tests marked `smoke` on Ganache.
The contract tests run in two parts. Each part is a process of its own with an overall time limit.

Two parts run at a time, one where there is one processor, or as many as the environment variable `LANES` says. What a
part prints goes to `reports/PART.log`; it is shown when the part has ended, or as it comes where one runs at a time.
The suites' closing lines are repeated at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from compiler import ROOT
from limit import LimitedProcess

BROWNIE = str(ROOT / ".venv" / "bin" / "brownie")
TEST = [BROWNIE, "test"]
NETWORKS = "network-config.yaml"
COMPILE = "compile"
BROWNIE_SUITES = ("contracts", "stateful")
USING_BROWNIE = (*BROWNIE_SUITES, "ganache", "operator")
FIRST_PART = ("application_registry", "office_directory", "types")
"""Folders of the contract tests that take about as long as all others together."""
TIME_LIMITS_S = {"contracts": 2400, "stateful": 2400, "client": 2400, "index": 2400, "browser": 1800}
DEFAULT_LIMIT_S = 1200
LONG_ONES = (
    *("browser", "client", "contracts-2", "index", "web", "cli", "stateful", "ganache", "contracts-1"),
    *("evidence", "operator", "docs", "verifier", "package", "gas"),
)
"""Parts in the order in which they begin, so that no lane is left alone with a long one; after those not named here."""
MOST_LANES = 2
HEARTBEAT_S = 30.0
POLL_S = 0.1
LOG_FOLDER = ROOT / "reports"
STOPPED_BY = 128
"""Added to the number of a signal: the exit status after it, as shells have it."""


@dataclass
class Part:
    """A process to run: its name, the suite that it belongs to, its command; and what became of it."""

    name: str
    suite: str
    command: list[str]
    limit_s: float
    status: int | None = None
    seconds: float = 0.0

    @property
    def log(self) -> Path:
        """The file of its output."""
        return LOG_FOLDER / f"{self.name}.log"

    def closing(self) -> str:
        """Pytest's closing line without its frame, or what there is to say instead."""
        if self.status is None:
            return "did not run to its end"
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        closing = [line.strip("= ") for line in lines if line.startswith("=") and " in " in line and line.endswith("=")]
        return closing[-1] if closing else f"ended with status {self.status} and no summary"

    def progress(self) -> str:
        """Its name, and how much of it is done as far as its output tells."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return " ".join([self.name, *re.findall(r"\[ *(\d+%)\]", text)[-1:]])


class Lanes:
    """Runs parts side by side, and shows what they print.

    Args:
        count: How many run at a time.
        parts: What to run, in the order in which they begin; what brownie has to compile is compiled first.
    """

    def __init__(self, count: int, parts: list[Part]) -> None:
        self._count = count
        self._waiting = list(parts)
        self._running: list[tuple[Part, LimitedProcess]] = []
        self._started = time.monotonic()
        self._next_heartbeat = self._started + HEARTBEAT_S
        self._shown = 0
        self._told_to_stop = False
        self.stopped_by: signal.Signals | None = None

    def stop(self, signum: int, _frame: FrameType | None) -> None:
        """Begin nothing more, and end what runs: a handler of signals."""
        self.stopped_by = signal.Signals(signum)

    def run(self) -> None:
        """Run all parts; on return those that ran to their end have a status, and no process of any is left."""
        while self._waiting or self._running:
            if self.stopped_by and not self._told_to_stop:
                self._told_to_stop = True
                self._waiting.clear()
                for _part, process in self._running:
                    process.stop()
            while len(self._running) < self._count and (part := self._next()):
                self._begin(part)
            time.sleep(POLL_S)
            for part, process in list(self._running):
                status = process.poll()
                if self._count == 1:
                    self._show(part)
                if status is not None:
                    self._end(part, process, status)
            if time.monotonic() >= self._next_heartbeat:
                self._tell_progress()

    def _next(self) -> Part | None:
        """Take the next part that can begin: none that uses brownie while brownie still compiles."""
        compiling = any(part.name == COMPILE for part, _process in self._running)
        for part in self._waiting:
            if not (compiling and part.suite in USING_BROWNIE):
                self._waiting.remove(part)
                return part
        return None

    def _begin(self, part: Part) -> None:
        print(f"== {part.name} begins: {' '.join(part.command).replace(str(ROOT) + os.sep, '')}", flush=True)
        with part.log.open("wb") as output:
            process = LimitedProcess(part.command, part.limit_s, output, own_home(part))
        self._running.append((part, process))

    def _end(self, part: Part, process: LimitedProcess, status: int) -> None:
        self._running.remove((part, process))
        part.seconds = process.running_s
        if self._count > 1:
            print(f"== {part.name} printed:", flush=True)
            self._show(part)
        self._shown = 0
        if process.timed_out:
            print(f"== {part.name} was ended after its {part.limit_s:g} s", flush=True)
        if not self.stopped_by:
            part.status = status
            print(f"== {part.name} ended after {part.seconds:.0f} s", flush=True)
        if part.name == COMPILE and status != 0:
            self._waiting = [other for other in self._waiting if other.suite not in USING_BROWNIE]

    def _show(self, part: Part) -> None:
        """Pass on what a part has printed since the last time."""
        with part.log.open("rb") as printed:
            printed.seek(self._shown)
            text = printed.read()
        self._shown += len(text)
        if text:
            self._next_heartbeat = time.monotonic() + HEARTBEAT_S
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()

    def _tell_progress(self) -> None:
        """Say that things go on: two parts that print nothing for minutes look as if they hung."""
        self._next_heartbeat = time.monotonic() + HEARTBEAT_S
        running = ", ".join(part.progress() for part, _process in self._running)
        print(f"-- {time.monotonic() - self._started:.0f} s: {running}; {len(self._waiting)} to come", flush=True)


def known_suites() -> dict[str, list[Part]]:
    """Return the parts of each suite of this checkout, suites in the order of their closing lines."""
    folders = sorted(path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py")))
    pytest = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pytest", "-p", "no:pytest-brownie"]
    commands = {name: {name: [*pytest, f"tests/{name}"]} for name in folders if name not in BROWNIE_SUITES}
    anvil, ganache = (["--network", network] for network in ("development", "ganache-cli"))
    if "contracts" in folders:
        paths = [f"tests/contracts/{name}" for name in FIRST_PART]
        others = ["tests/contracts", *(f"--ignore={path}" for path in paths)]
        commands["contracts"] = {"contracts-1": [*TEST, *paths, *anvil], "contracts-2": [*TEST, *others, *anvil]}
    if "stateful" in folders:
        commands["stateful"] = {"stateful": [*TEST, "tests/stateful", *anvil]}
    if "contracts" in folders:
        commands["ganache"] = {"ganache": [*TEST, "tests/contracts", "-m", "smoke", *ganache]}
    return {
        suite: [
            Part(name, suite, command, TIME_LIMITS_S.get(suite, DEFAULT_LIMIT_S)) for name, command in parts.items()
        ]
        for suite, parts in commands.items()
    }


def in_order(parts: list[Part]) -> list[Part]:
    """Return the parts in the order in which they begin, compilation first if brownie is needed."""
    ordered = sorted(parts, key=lambda part: LONG_ONES.index(part.name) if part.name in LONG_ONES else -1)
    if any(part.suite in USING_BROWNIE for part in parts):
        # Twice: what brownie's first load after a compilation deletes again, it must not delete beside another one.
        twice = ["/bin/sh", "-c", '"$0" compile && "$0" compile', BROWNIE]
        ordered.insert(0, Part(COMPILE, COMPILE, twice, DEFAULT_LIMIT_S))
    return ordered


def own_home(part: Part) -> dict[str, str]:
    """Give a part that runs brownie a home of its own: brownie rewrites files of its home that others may be reading.

    Returns:
        The environment variable that says so.
    """
    if part.command[: len(TEST)] != TEST:
        return {}
    home = ROOT / ".home" / "suites" / part.name
    (home / ".brownie").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / ".home" / ".brownie" / NETWORKS, home / ".brownie" / NETWORKS)
    return {"BROWNIE_HOME": str(home)}


def closing_line(suite: str, parts: list[Part]) -> str:
    """Return the line of a suite: whether it passed, and what pytest counted in all its parts."""
    texts = [part.closing() for part in parts]
    counted = [re.fullmatch(r"(\d+ [^=]*) in ([\d.]+s)( \(.*\))?", text) for text in texts]
    text = "; ".join(texts)
    if len(parts) > 1 and all(counted):
        counts: Counter[str] = Counter()
        for match in counted:
            for number, word in re.findall(r"(\d+) (\w+)", match[1] if match else ""):
                counts[word] += int(number)
        text = ", ".join(f"{number} {word}" for word, number in counts.items())
        text += " in " + " + ".join(match[2] for match in counted if match)
    verdict = "passed" if all(part.status == 0 for part in parts) else "FAILED"
    seconds = " + ".join(f"{part.seconds:.0f} s" for part in parts)
    return f"{suite:<12} {verdict}: {text} ({seconds} with start-up)"


def number_of_lanes() -> int:
    """Return how many parts run at a time.

    Raises:
        ValueError: `LANES` is not a number above zero.
    """
    chosen = os.environ.get("LANES")
    if not chosen:
        return min(MOST_LANES, os.cpu_count() or 1)
    if not chosen.isdecimal() or int(chosen) == 0:
        raise ValueError(f"LANES is {chosen!r}; it says how many suites run at a time, for instance 1")
    return int(chosen)


def main(names: list[str]) -> int:
    """Run the named suites, or all, and print one closing line for each."""
    suites = known_suites()
    unknown = [name for name in names if name not in suites and name != "all"]
    if unknown:
        print(f"no such suite: {', '.join(unknown)}; suites are all, {', '.join(suites)}", file=sys.stderr)
        return 2
    try:
        count = number_of_lanes()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    chosen = list(suites) if "all" in names else list(dict.fromkeys(names))
    os.chdir(ROOT)
    LOG_FOLDER.mkdir(exist_ok=True)
    parts = in_order([part for name in chosen for part in suites[name]])
    lanes = Lanes(min(count, len([part for part in parts if part.name != COMPILE])), parts)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lanes.stop)
    started = time.monotonic()
    lanes.run()
    passed = all(part.status == 0 for part in parts)
    print("\n".join(["", *(closing_line(name, suites[name]) for name in chosen)]))
    print(f"{'together':<12} {'passed' if passed else 'FAILED'}: {time.monotonic() - started:.0f} s, {count} at a time")
    if lanes.stopped_by:
        return STOPPED_BY + lanes.stopped_by
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
