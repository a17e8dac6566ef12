"""`python -m bench [MODULE ...]`: prints the figures of all modules of this folder, or of those named."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main(names: list[str]) -> int:
    """Prints one line a figure; returns 1 if a goal is missed."""
    missed = 0
    modules = names or sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name[0] != "_")
    for name in modules:
        figures = getattr(importlib.import_module(f"bench.{name}"), "figures", None)
        if figures is None:
            continue
        print(f"\n{name}")
        for figure in figures():
            missed += not figure.is_met
            sign = "≥" if figure.is_least else "≤"
            line = f"  {figure.name}: {figure.value:,.5g} {figure.unit}"
            if figure.limit_name:
                line += f" beside {figure.limit:,.5g} ({figure.limit_name}): {figure.ratio:.2f}"
            if figure.goal is not None:
                line += f", goal {sign} {figure.goal:g}: {'met' if figure.is_met else 'MISSED'}"
            print(line, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
