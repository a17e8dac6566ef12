"""Bundles of one record verified on one core, beside the hashes and signature recoveries that each needs at least."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, seconds_of_each
from registrum.evidence import bundle, canonical
from registrum.evidence.chain import ChainDescription
from registrum.evidence.verifying import EvidenceVerdict, verify
from registrum.signing.keccak import keccak
from registrum.signing.signatures import recover_raw

FOLDER = Path(__file__).resolve().parents[1] / "verifier" / "vectors"
GOAL_A_MINUTE = 1_000
CASES = {"with a checkpoint of two offices": "with-document", "sealed by 15 of 22 validators": "qbft-22"}
COUNT = 50


def figures() -> Iterator[Figure]:
    """Rates a minute; the limit is the same nodes hashed and the same number of signatures recovered."""
    for name, file in CASES.items():
        trust = ChainDescription.read(_read("chain.json" if file == "with-document" else f"chain-{file}.json"))
        data = _read(f"{file}.registrum.zip")
        evidence = canonical.parse(bundle.unpack(data)[bundle.EVIDENCE], bundle.EVIDENCE)
        nodes = [canonical.unhexed(node, "a node") for node in evidence["nodes"]]
        signature = canonical.unhexed(evidence["statements"][0]["signature"], "signature")
        signatures = 15 + 1 if file == "qbft-22" else 2 + 1

        def whole(data: bytes = data, trust: ChainDescription = trust) -> None:
            for _ in range(COUNT):
                if verify(data, trust).verdict is not EvidenceVerdict.VERIFIED:
                    raise AssertionError("a vector does not verify")

        def least(nodes: list[bytes] = nodes, signature: bytes = signature, signatures: int = signatures) -> None:
            for _ in range(COUNT):
                for node in nodes:
                    keccak(node)
                for _ in range(signatures):
                    recover_raw(keccak(b"anything"), signature)

        verified, limit = (60 * COUNT / each for each in seconds_of_each(whole, least, repeat=3))
        yield Figure(f"bundles verified, {name}", verified, "/min", GOAL_A_MINUTE)
        yield Figure("the same", verified, "/min", None, "its hashes and signatures alone", limit)


def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
