"""Progress bars: on standard error, and only where that is a terminal. Not its job: answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Measured", "measured", "progress"]

Measured = Callable[[str, int, int | None, str], None]
"""Takes what is being done, how far it is, of how many, and a text that stands behind the bar."""


@contextmanager
def progress(label: str, total: int | None, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Show how far something is.

    Args:
        label: What is being done.
        total: How many steps there are, if known.
        quiet: Show nothing.

    Returns:
        A function to call after each step.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from registrum.cli.output import terminal

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal(sys.stderr)) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def measured(*, quiet: bool = False) -> Iterator[Measured]:
    """Show how far something is that tells its own state, with an estimate of the time that is left.

    Args:
        quiet: Show nothing.

    Returns:
        A function to call with each new state.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _label, _done, _total, _text: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from registrum.cli.output import terminal

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[text]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=terminal(sys.stderr)) as bar:
        task = bar.add_task("", total=None, text="")
        yield lambda label, done, total, text: bar.update(
            task, description=label, completed=done, total=total, text=text
        )
