"""Evidence files whose links a chain seldom has: blocks that a verifier pins, and headers of an odd form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rlp
from eth_hash.auto import keccak

from tests.verifier.making import (
    DIRECTORY,
    GENESIS,
    TIME,
    VALIDATORS,
    Bundle,
    address,
    description,
    header_items,
    key,
    sealed_header,
    sign,
)
from tests.verifier.scenes import OFFICE_KEY, SEAT, present

NUMBER = 1234
STRANGERS = sorted((key(900 + i) for i in range(4)), key=address)
OTHER = "0x" + "ee" * 32
CHECKPOINTS = {"kind": "checkpoints", "threshold": 1, "signers": {"EM": [address(OFFICE_KEY)]}}


@dataclass(frozen=True)
class Linked:
    """A file, the description that its verifier has, and the check that fails; none if that is empty."""

    bundle: Bundle
    trust: dict[str, Any]
    failed: str


def sealed_by(validators: list[Any], since: dict[str, Any] = GENESIS) -> dict[str, Any]:
    return {"kind": "qbft", "validators": [address(one) for one in validators], "since": since}


def pin(number: int, block_hash: str) -> dict[str, Any]:
    return {"number": number, "hash": block_hash}


def items() -> list[Any]:
    """Return what the header of the block has, without extra data."""
    header: list[Any] = rlp.decode(bytes.fromhex(present().evidence["link"]["header"][2:]))
    return header


def block_hash(made: Bundle) -> str:
    return str(made.evidence["block"]["hash"])


def row(tip_by: list[Any] = VALIDATORS) -> Bundle:
    """The block in the form that is hashed, and the sealed one that follows it."""
    header = items()
    vanity, validators, vote, _, _ = rlp.decode(header[12])
    hashed = rlp.encode([*header[:12], rlp.encode([vanity, validators, vote, b"", []]), *header[13:]])
    tip, _ = sealed_header(header_items(bytes(32), NUMBER + 1, keccak(hashed), TIME + 5), tip_by)
    return present(header=hashed, hash=keccak(hashed), descendants=["0x" + tip.hex()])


def with_change() -> tuple[Bundle, str]:
    """The fourth validator came with block 100, whose hash is returned too."""
    header, hashed = sealed_header(header_items(bytes(32), 100))
    made = present(validatorChanges=["0x" + header.hex()])
    made.chain = description(sealed_by(VALIDATORS[:3]))
    return made, "0x" + hashed.hex()


def checkpointed() -> Bundle:
    """A block that nobody sealed, and a later one that an office signed."""
    header = rlp.encode(items())
    tip = rlp.encode(header_items(bytes(32), NUMBER + 1, keccak(header), TIME + 5))
    types = {"Checkpoint": "bytes2 office,bytes32 genesisHash,uint64 blockNumber,bytes32 blockHash"}
    message = {"office": b"EM", "genesisHash": bytes.fromhex(GENESIS["hash"][2:])}
    message |= {"blockNumber": NUMBER + 1, "blockHash": keccak(tip)}
    signature = sign(OFFICE_KEY, "Registrum Checkpoint", DIRECTORY, "Checkpoint", types, message)
    signatures = [{"office": "EM", "signer": address(OFFICE_KEY), "signature": signature}]
    checkpoint = {**pin(NUMBER + 1, "0x" + keccak(tip).hex()), "signatures": signatures}
    made = present(header=header, hash=keccak(header), descendants=["0x" + tip.hex()], checkpoint=checkpoint)
    made.chain = description(CHECKPOINTS)
    return made


def pinned(made: Bundle, *blocks: dict[str, Any], failed: str = "", **changed: Any) -> Linked:
    """Return a file for a verifier who trusts these blocks, and whatever else it says for itself."""
    return Linked(made, {**made.chain, "blocks": list(blocks), **changed}, failed)


def row_pinned() -> Linked:
    made = row(STRANGERS)
    return pinned(made, pin(NUMBER, block_hash(made)))


def row_pinned_otherwise() -> Linked:
    return pinned(row(), pin(NUMBER, OTHER), failed="link")


def row_since_otherwise() -> Linked:
    return pinned(row(), consensus=sealed_by(VALIDATORS, pin(NUMBER, OTHER)), failed="link")


def row_since() -> Linked:
    made = row()
    return pinned(made, consensus=sealed_by(VALIDATORS, pin(NUMBER, block_hash(made))))


def change_pinned() -> Linked:
    made, hashed = with_change()
    return pinned(made, pin(100, hashed))


def change_pinned_otherwise() -> Linked:
    return pinned(with_change()[0], pin(100, OTHER), failed="link")


def change_since_otherwise() -> Linked:
    return pinned(with_change()[0], consensus=sealed_by(VALIDATORS, pin(100, OTHER)), failed="link")


def tip_pinned() -> Linked:
    """Its validators do not follow from those that the verifier knows, but it knows the block."""
    made = present()
    trusted = sealed_by(STRANGERS, pin(100, OTHER))
    return pinned(made, pin(NUMBER, block_hash(made)), consensus=trusted)


def tip_not_pinned() -> Linked:
    return pinned(present(), pin(NUMBER + 1, OTHER), consensus=sealed_by(STRANGERS, pin(100, OTHER)), failed="link")


def checkpoint_pinned_otherwise() -> Linked:
    return pinned(checkpointed(), pin(NUMBER, OTHER), failed="link")


def row_pinned_without_checkpoint() -> Linked:
    made = checkpointed()
    made.evidence["link"]["checkpoint"] = None
    return pinned(made, pin(NUMBER, block_hash(made)))


def formed(failed: str, vote: Any = None, kind: str = "qbft", **changed: Any) -> Callable[[], Linked]:
    """Return how a file is made whose sealed header has another vote, or other items at places."""

    def make() -> Linked:
        header = items()
        for place, item in changed.items():
            header[int(place[1:])] = item
        encoded, hashed = sealed_header(header, kind=kind, vote=vote)
        made = present(header=encoded, hash=hashed)
        made.chain = description({**sealed_by(VALIDATORS), "kind": kind})
        return Linked(made, made.chain, failed)

    return make


def nested(lists: int) -> Any:
    item: Any = b"vote"
    for _ in range(lists):
        item = [item]
    return item


VOTE = [bytes.fromhex(SEAT[2:]), b"\xff"]
LINKS: dict[str, Callable[[], Linked]] = {
    "row-pinned": row_pinned,
    "row-pinned-otherwise": row_pinned_otherwise,
    "row-since": row_since,
    "row-since-otherwise": row_since_otherwise,
    "change-pinned": change_pinned,
    "change-pinned-otherwise": change_pinned_otherwise,
    "change-since-otherwise": change_since_otherwise,
    "tip-pinned": tip_pinned,
    "tip-not-pinned": tip_not_pinned,
    "checkpoint-pinned-otherwise": checkpoint_pinned_otherwise,
    "row-pinned-without-checkpoint": row_pinned_without_checkpoint,
    "item-list": formed("link", _5=[b"root"]),
    "vote-qbft": formed("", VOTE),
    "vote-qbft-bytes": formed("link", b""),
    "vote-ibft2": formed("", VOTE, "ibft2"),
    "vote-ibft2-list": formed("link", [], "ibft2"),
    "vote-nested": formed("", nested(15)),
    "vote-nested-deep": formed("link", nested(16)),
}
"""By name. A vote is in the list of the extra data, so one in 15 lists has an item that is in 16."""
