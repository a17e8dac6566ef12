"""Run a command with an overall time limit: `limit.py SECONDS COMMAND...`.

Needed because a chain node that stops answering makes a test run wait for ever, and not every system has `timeout`.
Ends the command's whole process group; the exit status is the command's own, or 124 after a time-out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType

TIMED_OUT = 124


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """Ask the process group to end, and end it by force ten seconds later."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main() -> int:
    """Run the command and return the exit status to report."""
    limit_s, command = float(sys.argv[1]), sys.argv[2:]
    process = subprocess.Popen(command, start_new_session=True)

    def forward(signum: int, _frame: FrameType | None) -> None:
        os.killpg(process.pid, signum)

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, forward)
    try:
        return process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        print(f"limit.py: ended after {limit_s:g} s: {' '.join(command)}", file=sys.stderr)
        stop_group(process)
        return TIMED_OUT


if __name__ == "__main__":
    sys.exit(main())
