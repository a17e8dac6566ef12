"""Run a command with an overall time limit: `limit.py SECONDS COMMAND...`.

Needed because a chain node that stops answering makes a test run wait for ever, and not every system has `timeout`.
Ends the command's whole process group; the exit status is the command's own, or 124 after a time-out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from types import FrameType
from typing import IO

TIMED_OUT = 124


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """Ask the process group to end, and end it by force ten seconds later."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def copy_output(process: subprocess.Popen[bytes], tee: IO[bytes]) -> None:
    """Pass the command's output on as it comes, and keep a copy."""
    assert process.stdout is not None  # noqa: S101 - it was opened as a pipe by the caller
    while block := os.read(process.stdout.fileno(), 65536):
        sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
        tee.write(block)


def run_limited(command: list[str], limit_s: float, tee: IO[bytes] | None = None) -> int:
    """Run a command in a process group of its own.

    Args:
        command: program and arguments.
        limit_s: seconds after which the group is ended.
        tee: file that receives a copy of the output (stdout and stderr together); None leaves both alone.

    Returns:
        The exit status of the command, or 124 when the limit passed.
    """
    stdout, stderr = (None, None) if tee is None else (subprocess.PIPE, subprocess.STDOUT)
    process = subprocess.Popen(command, start_new_session=True, stdout=stdout, stderr=stderr)

    def forward(signum: int, _frame: FrameType | None) -> None:
        os.killpg(process.pid, signum)

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, forward)
    reader = threading.Thread(target=copy_output, args=(process, tee), daemon=True) if tee is not None else None
    if reader is not None:
        reader.start()
    try:
        status = process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        print(f"ended after {limit_s:g} s: {' '.join(command)}", file=sys.stderr)
        stop_group(process)
        status = TIMED_OUT
    if reader is not None:
        # A left-over child may hold the pipe open; what the command itself wrote has arrived by then.
        reader.join(timeout=5)
    return status


if __name__ == "__main__":
    sys.exit(run_limited(sys.argv[2:], float(sys.argv[1])))
