"""One measured figure and the way to measure it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure beside what it is compared with.

    Args:
        name: What was measured.
        value: The measured value.
        unit: Its unit.
        limit_name: What it is compared with, measured in the same run; empty when `goal` is absolute.
        limit: The value of that, in the same unit.
        goal: The ratio `value / limit` to reach, or the value itself without a limit; `None` for information only.
        is_least: Whether the goal is a lower bound; else it is an upper one.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    limit_name: str = ""
    limit: float = 1.0
    is_least: bool = True

    @property
    def ratio(self) -> float:
        """What the goal is about."""
        return self.value / self.limit

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        if self.goal is None:
            return True
        return self.ratio >= self.goal if self.is_least else self.ratio <= self.goal


def seconds(work: Callable[[], object], *, repeat: int = 5) -> float:
    """Processor time of the fastest of some runs, in seconds; see `seconds_of_each`."""
    return seconds_of_each(work, repeat=repeat)[0]


def seconds_of_each(*works: Callable[[], object], repeat: int = 5) -> list[float]:
    """Processor time of the fastest of some runs of each work, in seconds, with the collector of cycles at rest.

    The works take turns, and processor time is taken, so that what else the machine does shows little in their ratio.
    """
    best = [float("inf")] * len(works)
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeat):
            for index, work in enumerate(works):
                start = time.process_time()
                work()
                best[index] = min(best[index], time.process_time() - start)
    finally:
        gc.enable()
    return best


def wall_seconds(*works: Callable[[], object], repeat: int = 3) -> list[float]:
    """Elapsed time of the fastest of some runs of each work, in seconds: for works that wait for another process."""
    best = [float("inf")] * len(works)
    for _ in range(repeat):
        for index, work in enumerate(works):
            start = time.perf_counter()
            work()
            best[index] = min(best[index], time.perf_counter() - start)
    return best
