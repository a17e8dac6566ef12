"""What a process does that catches up with a chain and ends itself without warning at one of its statements."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
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


def follow(url: str, manifest: str, database: str, at: int, counting: Connection) -> None:
    """Catch up, in a process that does nothing else.

    Args:
        url: The node.
        manifest: File of the deployment.
        database: The index.
        at: Number of the statement before which the process is killed; 0 to go on to the end.
        counting: Is sent at the end how many statements there were.
    """
    fuse = Fuse(at)
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
    counting.send(fuse.count)
