"""`python -m registrum`: the command line. Nothing else."""

from __future__ import annotations

from registrum.cli import main

if __name__ == "__main__":
    main()
