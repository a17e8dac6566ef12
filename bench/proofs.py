"""Trees, proofs and their verification, beside the bare hash function and bare signature recovery."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coincurve import PrivateKey, PublicKey

from bench.figure import Figure, seconds, seconds_of_each
from registrum.proofs.merkle import Leaf, MerkleTree
from registrum.proofs.proof import Proof
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.proofs.verify import verify
from registrum.signing.eip712 import Domain
from registrum.signing.keccak import keccak_256
from registrum.signing.signers import DevelopmentSigner

DOMAIN = Domain.application_registry(31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")
SIGNER = DevelopmentSigner.account(0)
MILLION = """
import hashlib, json, resource, time
from registrum.proofs.store import AnchorEntry, AnchorStore
def entries():
    for index in range(1_000_000):
        number = f"EMT{index:09d}".encode().ljust(32, b"\\0")
        yield AnchorEntry.salted(number, 20240131, hashlib.sha256(number).digest())
start, busy = time.perf_counter(), time.process_time()
with AnchorStore.create(FOLDER, b"EM", entries()) as store:
    count = store.leaf_count
taken, busy = time.perf_counter() - start, time.process_time() - busy
print(json.dumps([count, taken, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]))
"""


def leaves(count: int) -> list[Leaf]:
    """Distinct records of one office."""
    return [
        Leaf(
            f"EMT{index:09d}".encode().ljust(32, b"\0"), 20240131, 0, hashlib.sha256(index.to_bytes(4, "big")).digest()
        )
        for index in range(count)
    ]


def figures() -> Iterator[Figure]:
    """The goals for anchors: build, growth, proofs, verification, a million records on disk."""
    yield from _building()
    yield from _proving()
    yield from _verifying()
    yield from _million()


def _building() -> Iterator[Figure]:
    count = 10_000
    items = leaves(count)
    built, bare = seconds_of_each(lambda: MerkleTree.build(items), lambda: _hash_bare(count))
    yield Figure("tree of 10,000", built * 1e3, "ms", 2.0, "30,000 bare hashes", bare * 1e3, is_least=False)
    for large in (40_000, 160_000, 640_000, 1_000_000):
        yield _growth(large)


def _growth(large: int) -> Figure:
    """Time of 4n leaves beside that of n; the small tree four times in a row, so that both last equally long."""
    small_items, large_items = leaves(large // 4), leaves(large)
    four_small_times, large_time = seconds_of_each(
        lambda: [MerkleTree.build(small_items).root for _ in range(4)],
        lambda: MerkleTree.build(large_items).root,
        repeat=15 if large < 200_000 else 5,
    )
    name, beside = f"tree of {large:,}", f"of {large // 4:,}"
    return Figure(name, large_time * 1e3, "ms", 4.6, beside, four_small_times / 4 * 1e3, is_least=False)


def _hash_bare(count: int) -> None:
    encoded, word, pair = bytes(128), bytes(32), bytes(64)
    for _ in range(count):
        keccak_256(encoded).digest()
        keccak_256(word).digest()
        keccak_256(pair).digest()


def _proving() -> Iterator[Figure]:
    small, large = MerkleTree.build(leaves(10_000)), MerkleTree.build(leaves(160_000))
    small_time, large_time = seconds_of_each(
        lambda: sum(1 for _ in small.paths()), lambda: sum(1 for _ in large.paths()), repeat=3
    )
    rate = 10_000 / small_time
    yield Figure("paths of all of 10,000", rate, "/s")
    # Sixteen times the leaves, each path 1.3 times as long.
    yield Figure("paths of all of 160,000", 160_000 / large_time, "/s", 0.5, "of 10,000", rate)
    with tempfile.TemporaryDirectory() as folder, _store(Path(folder), 10_000) as store:
        number = next(iter(store.leaves())).number
        export = Path(folder) / "all.jsonl"
        yield Figure("single proofs cut from the file", 100 / seconds(lambda: _prove_often(store, number)), "/s")
        yield Figure("10,000 proofs written into one file", seconds(lambda: store.export_proofs(export), repeat=1), "s")


def _store(folder: Path, count: int) -> AnchorStore:
    store = AnchorStore.create(folder, b"EM", [AnchorEntry(leaf) for leaf in leaves(count)])
    store.sign(SIGNER, 1, DOMAIN)
    return store


def _prove_often(store: AnchorStore, number: bytes) -> None:
    for _ in range(100):
        store.prove(number)


def _verifying() -> Iterator[Figure]:
    key = PrivateKey(os.urandom(32))
    digest = os.urandom(32)
    signature = key.sign_recoverable(digest, hasher=None)
    count = 1_000

    def recover_bare() -> None:
        for _ in range(count):
            PublicKey.from_signature_and_message(signature, digest, hasher=None)

    with tempfile.TemporaryDirectory() as folder, _store(Path(folder), 10_000) as store:
        text = store.prove(next(iter(store.leaves())).number).to_json()
    proof = Proof.from_json(text)

    def verify_all() -> None:
        for _ in range(count):
            verify(proof, domain=DOMAIN, signers=(SIGNER.address,))

    def read_and_verify_all() -> None:
        for _ in range(count):
            verify(Proof.from_json(text), domain=DOMAIN, signers=(SIGNER.address,))

    bare, held, read = (count / taken for taken in seconds_of_each(recover_bare, verify_all, read_and_verify_all))
    name = "proofs of 10,000 verified with signature"
    yield Figure(name, held, "/s", 0.35, "raw recovery", bare)
    yield Figure(f"{name}, from JSON", read, "/s", None, "raw recovery", bare)


def _million() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        code = MILLION.replace("FOLDER", repr(folder))
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - the code above
    _, taken, busy, memory = json.loads(answer.stdout)
    yield Figure("anchor of 1,000,000 salted records written", taken, "s", 60.0, is_least=False)
    yield Figure("processor time of that", busy, "s")
    yield Figure("memory of that", memory, "GiB", 1.0, is_least=False)
