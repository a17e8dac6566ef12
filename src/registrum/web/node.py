"""The node behind the server: whether it answers, how far it is, and what is asked of it each time.

The index answers nearly everything. What is small and not indexed (proposals, charter, parameters) is asked of the node
and kept, with the block that it is of, for as long as that is the newest one. A node that is away or slow holds up
nobody else: few may wait for it at a time, one asks for all who want the same, and that it failed is remembered for a
moment.

Not its job: the index, relaying (`registrum.web.relay`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
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
_ANSWER_S, _CONNECT_S = 4.0, 2.0
"""Time-outs of what somebody waits for."""
_MOST_WAITING = 12
"""Requests that may wait for the node at a time: fewer than the threads that answer requests."""
_PATIENCE_S = 2.0
"""How long one waits for the same question that another asks already."""
_REMEMBER_FAILURE_S = 1.0
_STILL_GOOD_S = 10.0
"""For so long what was asked of the block before may answer those who would have to wait; it names its block."""
_MOST_KEPT = 500
_STRIPES = 64
_MOST_TRIES = 3


@dataclass(slots=True)
class _Kept:
    """An answer, the block that it is of, and when that was last the newest."""

    answer: Any
    head: Head
    current_at: float


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
        self._live_rpc = RpcClient(url, timeout_s=_ANSWER_S, connect_timeout_s=_CONNECT_S)
        self._room = threading.BoundedSemaphore(_MOST_WAITING)
        # One for each question would have to be given up again; two questions seldom share one.
        self._asking = [threading.Lock() for _ in range(_STRIPES)]
        self._keeping = threading.Lock()
        self._answers: dict[object, _Kept] = {}
        self._failed_at = -_REMEMBER_FAILURE_S

    @property
    def rpc(self) -> RpcClient:
        """The client; safe to share between threads."""
        return self._rpc

    @property
    def live_rpc(self) -> RpcClient:
        """The client for what somebody waits for, with short time-outs; safe to share between threads."""
        return self._live_rpc

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
        self._live_rpc.close()

    def look(self) -> Head | None:
        """Ask for the newest block now; None where the node cannot be reached."""
        try:
            self._head = read_block(self._live_rpc.call("eth_getBlockByNumber", ["latest", False]))
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
        self._require_node()
        with self._connecting:
            known, age = self._registry, time.monotonic() - self._verified_at
            if known is None or age > _VERIFY_S:
                known = self._registry = Registry.connect(self._live_rpc, self._manifest)
                self._verified_at = time.monotonic()
            return known

    def once_a_block(self, key: object, question: Callable[[Registry], _T]) -> tuple[_T, Head]:
        """What the node answers to a question, asked at most once while its newest block is the same.

        Args:
            key: What is asked; the same key, the same question.
            question: Asks. What it reads is of one block, unless the chain goes on faster than it can be asked: then
                it holds at least what the named block holds.

        Returns:
            The answer, and the block that it is of.

        Raises:
            NodeError: The node cannot be reached, or too many wait for it.
        """
        self._require_node()
        kept = self._kept(key)
        if kept is not None and self._is_current(kept):
            return kept.answer, kept.head
        if kept is not None and time.monotonic() - kept.current_at > _STILL_GOOD_S:
            kept = None
        if not self._room.acquire(blocking=False):
            return _instead(kept, "too many wait for the node")
        try:
            return self._ask_in_turn(key, question, kept)
        finally:
            self._room.release()

    def _ask_in_turn(self, key: object, question: Callable[[Registry], _T], kept: _Kept | None) -> tuple[_T, Head]:
        lock = self._asking[hash(key) % _STRIPES]
        if not lock.acquire(timeout=0 if kept is not None else _PATIENCE_S):
            return _instead(kept, "the node takes long to answer")
        try:
            found = self._kept(key)
            if found is not None and self._is_current(found):
                return found.answer, found.head
            if time.monotonic() - self._failed_at < _REMEMBER_FAILURE_S:
                raise NodeError("the node cannot be reached")
            try:
                return self._ask(key, question)
            except NodeError:
                self._failed_at = time.monotonic()
                raise
        finally:
            lock.release()

    def _ask(self, key: object, question: Callable[[Registry], _T]) -> tuple[_T, Head]:
        """Ask until the newest block is the same before and after."""
        registry = self.registry()
        before = self._head or self._look_again()
        for _ in range(_MOST_TRIES):
            answer = question(registry)
            after = self._look_again()
            if after.hash == before.hash:
                self._keep(key, _Kept(answer, after, time.monotonic()))
                break
            before, of = after, before
        else:
            return answer, of
        return answer, before

    def _look_again(self) -> Head:
        head = self.look()
        if head is None:
            raise NodeError("the node cannot be reached")
        return head

    def _require_node(self) -> None:
        """Do not ask a node that was just found to be away."""
        if self._thread is not None:
            self._looked.wait(self._look_s)
            if self._head is None:
                raise NodeError("the node cannot be reached")

    def _kept(self, key: object) -> _Kept | None:
        with self._keeping:
            return self._answers.get(key)

    def _is_current(self, kept: _Kept) -> bool:
        head = self._head
        if head is None or kept.head.hash != head.hash:
            return False
        kept.current_at = time.monotonic()
        return True

    def _keep(self, key: object, kept: _Kept) -> None:
        with self._keeping:
            self._answers.pop(key, None)
            self._answers[key] = kept
            while len(self._answers) > _MOST_KEPT:
                del self._answers[next(iter(self._answers))]

    def _look_on(self) -> None:
        while True:
            self.look()
            if self._stopped.wait(self._look_s):
                return


def _instead(kept: _Kept | None, why: str) -> tuple[Any, Head]:
    """What was asked a moment ago, for one who would have to wait."""
    if kept is None:
        raise NodeError(why)
    return kept.answer, kept.head
