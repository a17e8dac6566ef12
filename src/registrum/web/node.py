"""The node behind the server: whether it answers, how far it is, and what is asked of it each time.

The index answers nearly everything. What is small and not indexed (proposals, charter, parameters) is asked of the node
and kept for as long as its newest block is the same. Where the node cannot be reached, that is said at once; nobody
waits for a connection that was just found to be dead.

Not its job: the index, relaying (`registrum.web.relay`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from registrum.chain.profile import Head, read_block
from registrum.chain.rpc import RpcClient
from registrum.deployment import Manifest
from registrum.errors import NodeError, RegistrumError
from registrum.registry import Registry

__all__ = ["NodeLink"]

_LOG = logging.getLogger("registrum.web")
_T = TypeVar("_T")
_LOOK_S = 1.0
"""Between two looks at the newest block."""
_VERIFY_S = 300.0
"""After so long the deployment is compared anew: the offices may have voted for another registry."""


class NodeLink:
    """A connection to the node that comes and goes. Constructing does no I/O.

    Args:
        url: RPC address.
        manifest: The deployment.
        look_s: Seconds between two looks at its newest block.
    """

    def __init__(self, url: str, manifest: Manifest, *, look_s: float = _LOOK_S) -> None:
        self._rpc = RpcClient(url, timeout_s=10.0, connect_timeout_s=3.0)
        self._manifest = manifest
        self._look_s = look_s
        self._head: Head | None = None
        self._looked = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._connecting = threading.Lock()
        self._registry: Registry | None = None
        self._verified_at = 0.0
        self._asking = threading.Lock()
        self._answers: dict[object, Any] = {}
        self._answers_of: bytes | None = None

    @property
    def rpc(self) -> RpcClient:
        """The client; safe to share between threads."""
        return self._rpc

    @property
    def manifest(self) -> Manifest:
        """The deployment."""
        return self._manifest

    @property
    def newest_block(self) -> int | None:
        """Number of the node's newest block; None while it cannot be reached."""
        return None if self._head is None else self._head.number

    @property
    def head(self) -> Head | None:
        """The node's newest block, as of the last look; None while it cannot be reached."""
        return self._head

    @property
    def reachable(self) -> bool:
        """Whether the node answered when it was last asked."""
        return self._head is not None

    @property
    def known_registry(self) -> Registry | None:
        """The deployment as it was when it was last compared; None before the first time."""
        return self._registry

    def start(self) -> None:
        """Begin to look at the newest block, in a thread of its own."""
        self._thread = threading.Thread(target=self._look_on, name="registrum-node", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the looking and the connections."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        self._rpc.close()

    def look(self) -> Head | None:
        """Ask for the newest block now; None where the node cannot be reached."""
        try:
            self._head = read_block(self._rpc.call("eth_getBlockByNumber", ["latest", False]))
        except RegistrumError as error:
            if self._head is not None or not self._looked.is_set():
                _LOG.warning("the node cannot be reached: %s", error.message)
            self._head = None
        self._looked.set()
        return self._head

    def registry(self) -> Registry:
        """The deployment through this node, compared with its manifest.

        Raises:
            NodeError: The node cannot be reached.
            NetworkMismatchError: It is another chain, or other code.
        """
        if self._thread is not None:
            self._looked.wait(self._look_s)
            if self._head is None:
                raise NodeError("the node cannot be reached")
        with self._connecting:
            known, age = self._registry, time.monotonic() - self._verified_at
            if known is None or age > _VERIFY_S:
                known = self._registry = Registry.connect(self._rpc, self._manifest)
                self._verified_at = time.monotonic()
            return known

    def once_a_block(self, key: object, question: Callable[[Registry], _T]) -> _T:
        """What the node answers to a question, asked at most once while its newest block is the same.

        Args:
            key: What is asked; the same key, the same question.
            question: Asks.

        Raises:
            NodeError: The node cannot be reached.
        """
        registry = self.registry()
        head = self._head or self.look()
        if head is None:
            raise NodeError("the node cannot be reached")
        with self._asking:
            if self._answers_of != head.hash:
                self._answers, self._answers_of = {}, head.hash
            if key not in self._answers:
                self._answers[key] = question(registry)
            answer: _T = self._answers[key]
            return answer

    def _look_on(self) -> None:
        while True:
            self.look()
            if self._stopped.wait(self._look_s):
                return
