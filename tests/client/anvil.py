"""A real Anvil on a free port, that tests can kill and start again; and contracts small enough to read as bytes."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from registrum.chain.rpc import RpcClient
from registrum.errors import NodeError
from registrum.signing.keccak import keccak

ROOT = Path(__file__).resolve().parents[2]

# Counts calls by their first word, and says so in an event with the word as its only topic. Zero is refused with 32
# zero bytes.
#   00 PUSH1 0 CALLDATALOAD DUP1 PUSH1 0x0b JUMPI PUSH1 0x20 PUSH0 REVERT
#   0b JUMPDEST DUP1 SLOAD PUSH1 1 ADD DUP2 SSTORE PUSH0 PUSH0 LOG1 STOP
COUNTER_CODE = "0x60003580600b5760205ffd5b8054600101815" + "55f5fa100"
COUNTER = "0x" + "c0" * 20
COUNTER_GAS = 60_000

START_S = 20.0
GENESIS_TIME = 1_700_000_000


def binary() -> Path:
    """The platform's program itself; the npm launcher would have to be killed with it."""
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil*"))
    if not found:
        raise FileNotFoundError("Anvil is not installed: run `make setup`")
    return found[0]


class Anvil:
    """One node process. `kill` and `start` keep port and state file; `stop` ends it for good."""

    def __init__(self, *arguments: str, state: Path | None = None) -> None:
        self._arguments = ["--host", "127.0.0.1", "--hardfork", "shanghai", *arguments]
        self._state = state
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[str]
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin, on the same port as before if there was one, from the newest state that is whole.

        Anvil does not save its state atomically. Killed while it writes, it leaves half a file, and begins a new chain
        from that; saved between running a block and keeping it, a state holds the effects of transactions that no
        block has. A real node has a journal against both; here the state before is used.
        """
        if self._state is not None and not self._keep() and self._kept.exists():
            shutil.copyfile(self._kept, self._state)
        self._begin(time.monotonic() + START_S)

    def _begin(self, deadline: float) -> None:
        command = [str(binary()), *self._arguments, "--port", str(self._port)]
        if self._state is not None:
            # Each start saves one more block 0 and a later start takes any of them: they must all be the same.
            command += ["--timestamp", str(GENESIS_TIME)]
            command += ["--state", str(self._state), "--state-interval", "1", "--preserve-historical-states"]
        # Into a file: a pipe that nobody reads would fill up with the node's log and stop it.
        log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process, self._log = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT), log
        text = ""
        while time.monotonic() < deadline and self._process.poll() is None:
            log.seek(0)
            text = log.read()
            if match := re.search(r"^Listening on .*:(\d+)$", text, re.MULTILINE):
                self._port = int(match[1])
                return
            time.sleep(0.01)
        log.seek(0)
        text = log.read()
        self.kill()
        raise RuntimeError("Anvil did not start:\n" + text[-2000:])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._log.close()

    def saved(self, text: str) -> None:
        """Wait until a whole state was saved that contains a text; from then on no start goes back behind it."""
        wait_until(lambda: text in self._keep(), "the state to be saved")

    @property
    def _kept(self) -> Path:
        assert self._state is not None
        return self._state.with_suffix(".kept")

    def _keep(self) -> str:
        """Copy the saved state, if it is whole; an empty text if it is not."""
        assert self._state is not None
        text = _whole(self._state)
        if text is None:
            return ""
        self._kept.write_text(text)
        return text


def _whole(state: Path) -> str | None:
    """A saved state, if it can be read and each account has sent as many transactions as the blocks hold."""
    try:
        text = state.read_text()
        saved = json.loads(text)
    except (FileNotFoundError, ValueError):
        return None
    sent = Counter(item["info"]["from"].lower() for item in saved["transactions"])
    consistent = all(
        account["nonce"] == sent[address.lower()]
        for address, account in saved["accounts"].items()
        if account["code"] == "0x"
    )
    return text if consistent else None


@contextlib.contextmanager
def running(*arguments: str, state: Path | None = None) -> Iterator[Anvil]:
    node = Anvil(*arguments, state=state)
    try:
        yield node
    finally:
        node.stop()


def wait_until(condition: object, what: str, timeout_s: float = 30.0) -> None:
    """Poll a callable until it is true; a node that is just starting counts as not yet."""
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with contextlib.suppress(NodeError):
            if condition():
                return
        time.sleep(0.01)
    raise AssertionError(f"waited {timeout_s:g} s in vain for {what}")


def install_counter(rpc: RpcClient) -> None:
    rpc.call("anvil_setCode", [COUNTER, COUNTER_CODE])


def count_call(number: int) -> bytes:
    """Call data that adds one to the count of a number above 0."""
    return number.to_bytes(32, "big")


def counts(rpc: RpcClient, numbers: list[int]) -> dict[int, int]:
    answers = rpc.batch(("eth_getStorageAt", [COUNTER, hex(number), "latest"]) for number in numbers)
    return {number: int(answer, 16) for number, answer in zip(numbers, answers, strict=True)}


def word(text: str) -> int:
    """A number that no other text has."""
    return int.from_bytes(keccak(text.encode()), "big")
