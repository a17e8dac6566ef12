"""A worker of its own process: drains an outbox until it is killed, or until nothing is open.

Arguments: RPC address, outbox file, number of the development account, seconds.
"""

from __future__ import annotations

import sys
import time

from registrum.chain.outbox import Outbox
from registrum.chain.rpc import RpcClient
from registrum.chain.sender import Sender
from registrum.errors import NodeError, OutcomeUnknownError
from registrum.signing.signers import DevelopmentSigner


def main(url: str, path: str, account: str, seconds: str) -> int:
    deadline = time.monotonic() + float(seconds)
    with RpcClient(url, timeout_s=5) as rpc, Outbox(path) as outbox:
        signer = DevelopmentSigner.account(int(account))
        with Sender(rpc, outbox, signer, lease_s=0.4, stall_s=0.3, window=300) as sender:
            while time.monotonic() < deadline:
                try:
                    sender.drain(1.0)
                except (OutcomeUnknownError, NodeError):
                    continue
                return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
