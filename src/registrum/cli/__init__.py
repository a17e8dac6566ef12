"""The command line `registrum`: reads options, calls the library, prints. docs/command-line.md describes it.

A module for each noun (`number`, `application`, `batch`, ...); `root` knows them all and loads only the one that is
used, so that offline commands start at once. Not its job: any rule of the registers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end the process with its exit code.

    Args:
        arguments: Those behind the name of the program; of this process if None.
    """
    from registrum.cli.root import run

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
