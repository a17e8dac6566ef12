"""A command with an overall time limit, in a process group of its own that ends with it.

Needed because a chain node that stops answering makes a test run wait for ever, and not every system has `timeout`.
Not its job: which commands run, and when.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import IO

TIMED_OUT = 124
GRACE_S = 10.0
"""How long a group has to end in good order after each request, before it is told more firmly."""


class LimitedProcess:
    """A running command. `poll` has to be called now and then: it is what enforces the limit.

    Args:
        command: Program and arguments.
        limit_s: Seconds after which the group is ended.
        output: File that receives stdout and stderr together.
        variables: Environment variables in addition to this process's own.
    """

    def __init__(self, command: list[str], limit_s: float, output: IO[bytes], variables: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
            start_new_session=True,
        )
        self._started = time.monotonic()
        self._next_request = self._started + limit_s
        self._requests: list[signal.Signals] = []
        self.timed_out = False

    @property
    def running_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def stop(self) -> None:
        """Ask the group to end, as Ctrl-C does, so that tests end what they started; then as `poll` goes on."""
        self._request(signal.SIGINT, signal.SIGTERM, signal.SIGKILL)

    def poll(self) -> int | None:
        """Return the exit status, 124 after a time-out; None while the command runs."""
        status = self._process.poll()
        if status is not None:
            # Nothing outlives the command that started it, for instance a node whose test was ended by force.
            self._send(signal.SIGKILL)
            return TIMED_OUT if self.timed_out else status
        if time.monotonic() >= self._next_request:
            if self._requests:
                self._request(*self._requests)
            else:
                self.timed_out = True
                self._request(signal.SIGTERM, signal.SIGKILL)
        return None

    def _request(self, signum: signal.Signals, *later: signal.Signals) -> None:
        self._requests = list(later) or [signal.SIGKILL]
        self._next_request = time.monotonic() + GRACE_S
        self._send(signum)

    def _send(self, signum: signal.Signals) -> None:
        # No such group: all of it has ended. Not permitted: what is left of it has ended too (macOS).
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signum)
