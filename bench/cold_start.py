"""Start of the command line for work without a node, beside the start of Python itself."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.figure import Figure, wall_seconds
from bench.proofs import DOMAIN, SIGNER, leaves
from registrum.proofs.store import AnchorEntry, AnchorStore

COMMAND = str(Path(sys.executable).parent / "registrum")
ROUNDS = 15


def figures() -> Iterator[Figure]:
    """Wall-clock time of whole processes; the best of some turns each."""
    yield from measure(ROUNDS)


def measure(rounds: int) -> Iterator[Figure]:
    """Measure each command in turn with Python itself.

    Modules are compiled before, as pip leaves them or the first use does, and as no machine is that sets
    `PYTHONDONTWRITEBYTECODE` from the beginning: what that costs is shown too.

    Args:
        rounds: Turns of each.
    """
    with tempfile.TemporaryDirectory() as folder:
        proof = write_proof(Path(folder))
        compiled = environment(Path(folder) / "compiled")
        sources_only = {**environment(Path(folder) / "nothing"), "PYTHONDONTWRITEBYTECODE": "1"}
        parse = [COMMAND, "number", "parse", "US 29/010,907", "--right", "D", "--json"]
        verify = [COMMAND, "anchor", "verify", str(proof), "--offline", "--json"]
        for words in (parse, verify):
            run(words, compiled)
        bare, parsed, verified, slow = wall_seconds(
            lambda: run([sys.executable, "-c", "pass"], compiled),
            lambda: run(parse, compiled),
            lambda: run(verify, compiled),
            lambda: run(parse, sources_only),
            repeat=rounds,
        )
        busy = [min(busy_seconds(words, compiled) for _ in range(rounds)) for words in (parse, verify)]
    for name, taken, processor in zip(
        ("number parse", "anchor verify --offline"), (parsed, verified), busy, strict=True
    ):
        yield Figure(f"registrum {name}", taken, "s", 0.2, is_least=False)
        yield Figure("  the same", taken, "s", None, "python -c pass", bare, is_least=False)
        yield Figure("  processor time of it, whatever else runs", processor, "s", is_least=False)
    yield Figure("registrum number parse, nothing compiled", slow, "s", is_least=False)


def environment(cache: Path) -> dict[str, str]:
    """The environment of a process that keeps its compiled modules in a folder, and finds no settings of the user's.

    A local chain or a profile would be trusted, and what is measured is about neither.
    """
    left_out = ("PYTHONDONTWRITEBYTECODE", "REGISTRUM_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache), "HOME": str(cache)}


def write_proof(folder: Path) -> Path:
    """A proof out of an anchor of 1,000 records that stands on no chain."""
    with AnchorStore.create(folder, b"EM", [AnchorEntry(leaf) for leaf in leaves(1_000)]) as store:
        store.sign(SIGNER, 1, DOMAIN)
        file = folder / "proof.json"
        store.prove(next(store.leaves()).number).write(file)
    return file


def busy_seconds(command: Sequence[str], variables: Mapping[str, str]) -> float:
    """Processor time of a program, which the load of the machine changes less than the time on the wall."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, variables)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(command: Sequence[str], variables: Mapping[str, str]) -> str:
    """Run a program to its end.

    Returns:
        What it printed.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    return subprocess.run(command, capture_output=True, text=True, check=True, env=variables).stdout  # noqa: S603 - our own commands
