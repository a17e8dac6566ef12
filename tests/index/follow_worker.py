"""A process that catches up with a chain and ends itself without warning at one of its statements.

    python -m tests.index.follow_worker RPC MANIFEST DATABASE STATEMENT

The last is the number of the statement before which it is killed; 0 to go on to the end, which prints how many there
were.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import sqlalchemy as sa

from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest
from registrum.index import node
from registrum.index.following import Follower
from registrum.index.store import Index, open_index


class Fuse:
    """Counts statements, and burns down at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def burn(self) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, manifest: str, database: str, at: str) -> None:
    fuse = Fuse(int(at))
    # Small ranges, so that there are many transactions to be killed in.
    node.FIRST_BLOCKS, node.TARGET_LOGS = 1, 10
    insert = Index.insert

    def counted(index: Index, connection: Any, table: Any, rows: Any) -> None:
        fuse.burn()
        insert(index, connection, table, rows)
        fuse.burn()

    Index.insert = counted  # type: ignore[method-assign]
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: fuse.burn())
    sa.event.listen(sa.Engine, "commit", lambda _: fuse.burn())
    with open_index(database) as index, RpcClient(url) as rpc:
        Follower(index, rpc, Manifest.load(manifest)).catch_up()
    print(fuse.count)


if __name__ == "__main__":
    main(*sys.argv[1:])
