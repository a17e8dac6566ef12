"""What both the interface and the pages answer from: the index, the node, the relay, the proofs.

    with service.read() as reader:     # one consistent view of the index
        reader.look_up(number)
    service.live("terms", Registry.terms)     # of the node, once a block, with that block

Not its job: forms of answers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from registrum.chain.contracts import CONSORTIUM
from registrum.errors import ConfigError, NodeError, RegistrumError
from registrum.index.answers import DigestMatch, Freshness, MatchKind
from registrum.index.reading import IndexReader, read_index
from registrum.web.proofs import ProofShelf
from registrum.web.settings import WebSettings

if TYPE_CHECKING:
    from registrum.client.charter import CharterVersion, ListedContract, Terms
    from registrum.client.members import Observer
    from registrum.client.proposals import Proposal
    from registrum.deployment import Manifest
    from registrum.index.following import Follower
    from registrum.index.store import Index
    from registrum.registry import Registry
    from registrum.web.node import NodeLink
    from registrum.web.relay import Relay

__all__ = ["Governance", "Service"]

_LOG = logging.getLogger("registrum.web")
_T = TypeVar("_T")
_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Governance:
    """What the offices decided on, all of one block; lists oldest first."""

    terms: Terms
    proposals: list[Proposal]
    charter: list[CharterVersion]
    observers: list[Observer]
    contracts: list[ListedContract]


def _governance(registry: Registry) -> Governance:
    return Governance(
        registry.terms(),
        registry.consortium_proposals(),
        registry.charter_history(),
        registry.observers(),
        registry.listed_contracts(),
    )


class Service:
    """Everything that answers come from; safe to share between threads.

    Args:
        index: The index.
        manifest: The deployment.
        node: The node; None for a server that answers from the index alone.
        relay: Hands in what offices signed; None where this server does not.
        proofs: The anchors that proofs are cut from; none by default.
        settings: Bounds of the server.
        follower: Keeps the index up to date, in a thread; None where another process does.
    """

    def __init__(
        self,
        index: Index,
        manifest: Manifest,
        *,
        node: NodeLink | None = None,
        relay: Relay | None = None,
        proofs: ProofShelf | None = None,
        settings: WebSettings | None = None,
        follower: Follower | None = None,
    ) -> None:
        self.index = index
        self.manifest = manifest
        self.node = node
        self.relay = relay
        self.proofs = proofs or ProofShelf(())
        self.settings = settings or WebSettings()
        self.follower = follower
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []

    @contextmanager
    def read(self) -> Iterator[IndexReader]:
        """One consistent view of the index; everything read through it is of one block."""
        with read_index(self.index) as reader:
            yield reader

    def freshness(self, reader: IndexReader) -> Freshness:
        """The block that a view is of, and how far the node is ahead of it, where that is known."""
        return reader.freshness(None if self.node is None else self.node.newest_block)

    def live(self, key: object, question: Callable[[Registry], _T]) -> tuple[_T, Freshness]:
        """What the node answers to a question, asked at most once a block, and the block that the answer is of.

        Args:
            key: What is asked; the same key, the same question.
            question: Asks.

        Raises:
            NodeError: There is no node, or it cannot be reached, or too many wait for it.
        """
        if self.node is None:
            raise NodeError("this server has no node", remedy="Ask one that has.")
        answer, head = self.node.once_a_block(key, question)
        lag = max(0, (self.node.newest_block or head.number) - head.number)
        moment = datetime.fromtimestamp(head.timestamp, UTC)
        return answer, Freshness(head.number, "0x" + head.hash.hex(), moment, lag, is_complete=True)

    @property
    def has_consortium(self) -> bool:
        """Whether a consortium governs the deployment, and not one account."""
        return CONSORTIUM in self.manifest.contracts

    def proposals(self) -> tuple[list[Proposal], Freshness]:
        """All proposals as they stand, oldest first, without votes and remarks, and the block that they are of.

        Raises:
            ConfigError: No consortium governs this deployment.
            NodeError: The node cannot be reached.
        """
        self._require_consortium()
        return self.live("proposals", lambda registry: registry.consortium_proposals())

    def proposal(self, number: int) -> tuple[Proposal, Freshness]:
        """One proposal with votes and remarks; errors as for `proposals`, and InputError where there is none."""
        self._require_consortium()
        return self.live(("proposal", number), lambda registry: registry.proposal(number))

    def governance(self) -> tuple[Governance, Freshness]:
        """All that the offices decided on, of one block; errors as for `proposals`."""
        self._require_consortium()
        return self.live("governance", _governance)

    def charter_matches(self, digest: bytes) -> tuple[list[DigestMatch], Freshness | None]:
        """The version of the charter that a digest is of, and the block that it was read at; none is no error.

        Args:
            digest: SHA-256.

        Raises:
            NodeError: The node, which alone knows the charter, cannot be reached: it may be the charter.
        """
        if not self.has_consortium or self.node is None:
            return [], None
        versions, fresh = self.live("charter", lambda registry: registry.charter_history())
        found = [
            DigestMatch(MatchKind.CHARTER, None, None, at, at == len(versions), version.adopted_at)
            for at, version in enumerate(versions, 1)
            if version.digest == digest
        ]
        return found, fresh if found else None

    def _require_consortium(self) -> None:
        if not self.has_consortium:
            raise ConfigError("no consortium governs this deployment")

    def start(self) -> None:
        """Begin what goes on in the background."""
        if self.node is not None:
            self.node.start()
        if self.relay is not None:
            self.relay.start(self.read)
        self._begin("registrum-counts", self._count_ahead)
        if self.follower is not None:
            self._begin("registrum-index", self._keep_following)

    def close(self) -> None:
        """End what goes on in the background; what was accepted stays in the outbox."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        if self.relay is not None:
            self.relay.close()
        if self.node is not None:
            self.node.close()

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _count_ahead(self) -> None:
        """Count what the start page shows once the index is complete: at millions of rows it takes seconds, once."""
        while not self._stopped.is_set():
            try:
                with self.read() as reader:
                    reader.office_counts()
            except RegistrumError as error:
                _LOG.debug("nothing is counted yet: %s", error.message)
                self._stopped.wait(_AGAIN_S)
            else:
                return

    def _keep_following(self) -> None:
        """Follow the chain, and begin again after whatever went wrong: the index goes on where it stood."""
        follower = self.follower
        if follower is None:
            raise TypeError("there is nothing to follow with")
        while not self._stopped.is_set():
            try:
                follower.run(self._stopped)
            except RegistrumError as error:
                _LOG.warning("the index does not follow at present: %s", error.message)
            except Exception:  # noqa: BLE001 - the server goes on answering, and says how old its answers are
                _LOG.exception("the index does not follow at present")
            self._stopped.wait(_AGAIN_S)
