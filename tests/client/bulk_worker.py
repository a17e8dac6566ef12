"""A worker of its own process: registers applications through an outbox until it is killed, or until all are settled.

Says so when it is connected. Arguments: RPC address, manifest, outbox file, how many applications, items in a batch,
seconds.
"""

from __future__ import annotations

import sys
import time
from datetime import date

from registrum import Application, ItemOutcome, OfficeNumber, Outbox, Registry, Right
from registrum.chain.rpc import RpcClient
from registrum.errors import NodeError, OutcomeUnknownError, TransactionFailedError
from tests.client.registries import GOVERNANCE, KEYS, digest

FILED = date(2022, 2, 21)
CONNECTED = b"connected\n"
PAUSE_S = 0.05


def applications(count: int) -> list[Application]:
    numbers = [OfficeNumber("EM", Right.TRADEMARK, f"{index:09d}") for index in range(1, count + 1)]
    return [Application(number, FILED, digest(number.text)) for number in numbers]


def register(url: str, manifest: str, outbox: Outbox, count: int, batch_size: int) -> None:
    """One attempt at all of it, as an office's back end would make it after every start."""
    with RpcClient(url, timeout_s=5) as rpc:
        registry = Registry.connect(rpc, manifest, signer=KEYS["EM"], sender=GOVERNANCE, outbox=outbox, deadline_s=5)
        sys.stdout.buffer.write(CONNECTED)
        sys.stdout.buffer.flush()
        items = list(registry.register_many(applications(count), batch_size=batch_size))
        refused = [item for item in items if item.outcome not in (ItemOutcome.TAKEN, ItemOutcome.ALREADY_RECORDED)]
        if refused or len(items) != count:
            raise AssertionError(f"{len(items)} outcomes, refused: {refused}")
        registry.settle_outbox()


def main(url: str, manifest: str, path: str, count: str, batch_size: str, seconds: str) -> int:
    deadline = time.monotonic() + float(seconds)
    with Outbox(path) as outbox:
        while time.monotonic() < deadline:
            try:
                register(url, manifest, outbox, int(count), int(batch_size))
            except (NodeError, OutcomeUnknownError, TransactionFailedError):
                # The node is away, or has just lost blocks; what is in the outbox stays there.
                time.sleep(PAUSE_S)
                continue
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
