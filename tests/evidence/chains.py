"""A chain on which everything has happened, its description, checkpoints, and headers that validators sealed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import rlp
from coincurve import PrivateKey

from registrum import OfficeNumber, Right
from registrum.evidence import canonical
from registrum.evidence.bundle import EVIDENCE, pack
from registrum.evidence.chain import ChainDescription, Consensus
from registrum.evidence.checkpoint import Checkpoint, CheckpointSignature, domain_of
from registrum.evidence.collecting import EvidenceMaker
from registrum.evidence.describing import describe_chain
from registrum.evidence.headers import Header, quorum
from registrum.evidence.link import Link
from registrum.evidence.reading import read_header
from registrum.signing.addresses import address_from_public_key, parse_address
from registrum.signing.keccak import keccak
from tests.client.registries import KEYS, World, world
from tests.index import lives

SIGNERS = {office: [KEYS[office].address] for office in ("EM", "JP", "RU")}
THRESHOLD = 2
VALIDATORS = [PrivateKey(keccak(b"validator" + bytes([place]))) for place in range(30)]
"""Keys of validators that nobody else uses."""


@dataclass
class Lived:
    """A chain with records, entries, keys and offices in every state.

    Attributes:
        world: The chain.
        chain: Its description.
        entries: Register entries.
        anchor: Folder of an anchor, of whose three leaves two were disclosed.
    """

    world: World
    chain: ChainDescription
    entries: list[OfficeNumber]
    anchor: Path

    @functools.cached_property
    def maker(self) -> EvidenceMaker:
        return EvidenceMaker(self.world.registry(), self.chain)

    def checkpoint(self, *offices: str) -> Checkpoint:
        """The newest block, signed by offices; by two if none are named."""
        read = read_header(self.world.rpc, "latest")
        return signed(self.chain, Checkpoint(read.header.number, read.hash, {}), *offices or ("EM", "RU"))

    def application(self, number: OfficeNumber, **options: Any) -> bytes:
        return without_pages(self.maker.application(number, checkpoint=self.checkpoint(), **options))

    def entry(self, number: OfficeNumber) -> bytes:
        return without_pages(self.maker.entry(number, checkpoint=self.checkpoint()))

    def claim(self, claim: Any) -> bytes:
        return without_pages(self.maker.claim(claim, checkpoint=self.checkpoint()))


@contextlib.contextmanager
def lived(folder: Path, *arguments: str) -> Iterator[Lived]:
    """A chain of its own for a module of tests."""
    with world(folder, *arguments) as made:
        chain = describe_chain(made.registry(), signers=SIGNERS, threshold=THRESHOLD)
        registry = lives.register_keys(made)
        entries = lives.entries(made, registry)
        lives.applications(made, folder)
        made.registry().register(made.application("EM", Right.PATENT))
        lives.members(made)
        # It confirmed a record of a stolen key: that one proves nothing again.
        made.seat().mark_key_compromised("EM", lives.SPARE.address, made.now() - timedelta(days=1))
        [anchor] = folder.glob("anchor-*")
        yield Lived(made, chain, entries, anchor)


def without_pages(members: dict[str, bytes]) -> bytes:
    """A bundle whose pages are not drawn, which takes longer than all the rest."""
    return pack({**members, "page.html": b"not drawn", "page.pdf": b"not drawn"})


def signed(chain: ChainDescription, checkpoint: Checkpoint, *offices: str) -> Checkpoint:
    """A checkpoint with the signatures of offices."""
    signatures = {
        office: CheckpointSignature(
            parse_address(KEYS[office].address),
            KEYS[office].sign(checkpoint.statement(office, chain), domain_of(chain)),
        )
        for office in offices
    }
    return replace(checkpoint, signatures=signatures)


def evidence_of(members: dict[str, bytes]) -> dict[str, Any]:
    """What `evidence.json` holds, to be changed."""
    value: dict[str, Any] = canonical.parse(members[EVIDENCE], EVIDENCE)
    return value


def address_of(key: PrivateKey) -> bytes:
    return address_from_public_key(key.public_key.format(compressed=False))


def ascending(keys: Sequence[PrivateKey]) -> list[PrivateKey]:
    return sorted(keys, key=address_of)


def unsealed(
    header: Header, kind: Consensus, validators: Sequence[PrivateKey], *, number: int | None = None, round_: int = 0
) -> Header:
    """A header with the extra data of validators, and no seals."""
    is_qbft = kind is Consensus.QBFT
    turn = (round_.to_bytes(1, "big") if round_ else b"") if is_qbft else round_.to_bytes(4, "big")
    addresses = [address_of(key) for key in ascending(validators)]
    items = list(header.items)
    items[12] = rlp.encode([bytes(32), addresses, [] if is_qbft else b"", turn, []])
    if number is not None:
        items[8] = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return Header.read(rlp.encode(items))


def digest_to_seal(header: Header, kind: Consensus) -> bytes:
    """What a validator signs: worked out here by itself, as docs/evidence-format.md, 5, says."""
    vanity, validators, vote, round_, _ = rlp.decode(header.items[12])
    parts = [vanity, validators, vote, round_]
    return keccak(header.with_extra(rlp.encode([*parts, []] if kind is Consensus.QBFT else parts)))


def seal_of(digest: bytes, key: PrivateKey) -> bytes:
    return key.sign_recoverable(digest, hasher=None)


def with_seals(header: Header, seals: Sequence[bytes]) -> Header:
    """The header with seals in this order."""
    items = list(rlp.decode(header.items[12]))
    items[4] = list(seals)
    return Header.read(header.with_extra(rlp.encode(items)))


def sealed(
    header: Header,
    kind: Consensus,
    validators: Sequence[PrivateKey],
    *,
    by: Sequence[PrivateKey] | None = None,
    number: int | None = None,
    round_: int = 0,
) -> Header:
    """A header that a quorum of validators sealed, or those named, in the order of bundles."""
    empty = unsealed(header, kind, validators, number=number, round_=round_)
    signers = list(validators)[: quorum(len(validators))] if by is None else by
    digest = digest_to_seal(empty, kind)
    return with_seals(empty, [seal_of(digest, key) for key in ascending(signers)])


def hashed_form(header: Header, kind: Consensus) -> Header:
    """A header as it is hashed: without seals, in round zero."""
    vanity, validators, vote, _, _ = rlp.decode(header.items[12])
    parts = [vanity, validators, vote]
    return Header.read(header.with_extra(rlp.encode([*parts, b"", []] if kind is Consensus.QBFT else parts)))


def child_of(header: Header, block_hash: bytes) -> Header:
    """A header that follows another."""
    items = list(header.items)
    number = header.number + 1
    items[0], items[8] = block_hash, number.to_bytes((number.bit_length() + 7) // 8, "big")
    return Header.read(rlp.encode(items))


def sealed_chain(chain: ChainDescription, kind: Consensus, validators: Sequence[PrivateKey]) -> ChainDescription:
    """The description of the same contracts on a chain whose validators seal."""
    addresses = tuple(address_of(key) for key in ascending(validators))
    return replace(chain, consensus=kind, validators=addresses, threshold=0, signers={})


def relinked(members: dict[str, bytes], chain: ChainDescription, link: Link) -> dict[str, bytes]:
    """The same state under another chain description and link; facts stay as they are."""
    evidence = evidence_of(members)
    evidence["chain"] = canonical.hexed(hashlib.sha256(chain.without_blocks().to_bytes()).digest())
    evidence["link"] = link.to_json()
    evidence["block"] = link.block(chain).to_json()
    return {EVIDENCE: canonical.encode(evidence), "chain.json": chain.without_blocks().to_bytes()}
