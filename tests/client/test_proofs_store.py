"""An anchor on disk gives every proof, replaces nothing, and never hands out a damaged one."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registrum.errors import ConfigError, InputError, ProofFormatError, VerificationError, WrongSignerError
from registrum.proofs.commitment import Salt
from registrum.proofs.merkle import Leaf, MerkleTree
from registrum.proofs.proof import Proof
from registrum.proofs.store import STORE_NAME, AnchorEntry, AnchorStore
from registrum.proofs.verify import Check, verify
from registrum.signing.eip712 import Domain
from registrum.signing.signatures import erc1271_signature
from tests.client.proof_samples import DOMAIN, SIGNER, STRANGER, document_digest, entries, number

COUNT = 300


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AnchorStore]:
    with AnchorStore.create(tmp_path / "anchor", b"EM", entries(COUNT)) as made:
        made.sign(SIGNER, 3, DOMAIN)
        yield made


def test_the_store_holds_the_tree_of_its_entries(tmp_path: Path) -> None:
    items = entries(COUNT)
    with AnchorStore.create(tmp_path, b"EM", iter(items)) as store:
        tree = MerkleTree.build(item.leaf for item in items)
        assert (store.office, store.root, store.leaf_count) == (b"EM", tree.root, COUNT)
        assert store.path == tmp_path / "anchor.sqlite"
        assert list(store.leaves()) == [tree.leaf(index) for index in range(COUNT)]
        assert store.audit().root == tree.root
        for index in range(COUNT):
            assert store.position_of(tree.leaf(index).number) == index


@pytest.mark.parametrize("count", [1, 2, 3, 127, 128, 129])
def test_every_record_of_every_size_is_proved(tmp_path: Path, count: int) -> None:
    with AnchorStore.create(tmp_path, b"EM", entries(count)) as store:
        store.sign(SIGNER, 0, DOMAIN)
        for index in range(1, count + 1):
            proof = store.prove(number(index))
            assert verify(proof, number=number(index), document_digest=document_digest(index), domain=DOMAIN).is_sound


def test_single_proofs_equal_those_cut_all_at_once(store: AnchorStore) -> None:
    singly = {index: store.prove(number(index)) for index in range(1, COUNT + 1)}
    at_once = {proof.leaf.number: proof for proof in store.proofs()}
    assert len(at_once) == COUNT
    assert all(at_once[number(index)] == proof for index, proof in singly.items())


def test_the_export_is_one_file_with_one_proof_a_line(store: AnchorStore, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    assert store.export_proofs(path) == COUNT
    lines = path.read_text().splitlines()
    proofs = [Proof.from_json(line) for line in lines]
    assert {proof.leaf.number for proof in proofs} == {number(index) for index in range(1, COUNT + 1)}
    assert all(verify(proof, domain=DOMAIN).is_sound for proof in proofs)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigError, match="all"):
        store.export_proofs(path)


def test_salts_can_be_withheld(store: AnchorStore) -> None:
    salted = next(n for n in range(1, COUNT + 1) if store.prove(number(n)).salt is not None)
    assert store.prove(number(salted), disclose=False).salt is None
    assert all(proof.salt is None for proof in store.proofs(disclose=False))


def test_a_closed_store_opens_again_from_folder_or_file(store: AnchorStore) -> None:
    proof = store.prove(number(1))
    store.close()
    store.close()
    for place in (store.path, store.path.parent):
        with AnchorStore.open(place) as again:
            assert again.prove(number(1)) == proof
            assert again.signature == proof.signature
            assert again.statement == proof.anchor


def test_the_same_records_are_known_again_in_any_order_and_with_new_salts(store: AnchorStore) -> None:
    store.require_same(iter(entries(COUNT)))
    store.require_same(reversed(entries(COUNT)))


@pytest.mark.parametrize(
    ("change", "what", "text"),
    [
        (lambda items: items[:-1], "records", "EM/T/000000300 is in it and is not given now"),
        (lambda items: items[1:], "records", "EM/T/000000001 is in it and is not given now"),
        (lambda items: [*items[:-1], items[0]], "records", "EM/T/000000001 is given twice"),
        (lambda items: [*items, entries(COUNT + 1)[-1]], "records", "EM/T/000000301 is not in it"),
        (lambda items: [AnchorEntry.salted(number(1), 20240130, document_digest(1))], "records", "filing date"),
        (lambda items: [AnchorEntry.salted(number(1), 20240131, document_digest(2))], "records", "another document"),
        (lambda items: [AnchorEntry.plain(number(2), 20240131, document_digest(1))], "records", "another document"),
        (lambda items: [AnchorEntry.plain(number(1), 20240131, document_digest(1))], "disclosure", "commitment"),
        (lambda items: [AnchorEntry.salted(number(2), 20240131, document_digest(2))], "disclosure", "plain digest"),
        (lambda items: [], "records", "is not given now"),
    ],
)
def test_other_records_are_told_from_those_that_were_anchored(
    store: AnchorStore, change: Callable[[list[AnchorEntry]], list[AnchorEntry]], what: str, text: str
) -> None:
    with pytest.raises(InputError, match=text) as caught:
        store.require_same(change(entries(COUNT)))
    assert caught.value.details["what"] == what
    assert "another folder" in caught.value.remedy


@pytest.mark.parametrize(
    "damage", ["DELETE FROM leaf WHERE position = 7", "UPDATE leaf SET position = 900 WHERE position = 7"]
)
def test_lost_records_are_damage_and_no_other_records(store: AnchorStore, damage: str) -> None:
    lost = list(store.leaves())[7].number
    _damage(store.path, damage)
    kept = [entry for entry in entries(COUNT) if entry.leaf.number != lost]
    given = kept if damage.startswith("DELETE") else entries(COUNT)
    with pytest.raises(VerificationError, match="damaged"):
        store.require_same(given)


def test_only_its_owner_reads_the_file(store: AnchorStore) -> None:
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in store.path.parent.iterdir()) == ["anchor.sqlite"]


# -- what is refused ------------------------------------------------------------------------------------------------


def test_an_anchor_is_never_overwritten(store: AnchorStore) -> None:
    before = store.path.read_bytes()
    with pytest.raises(ConfigError, match="there already"):
        AnchorStore.create(store.path.parent, b"EM", entries(3))
    assert store.path.read_bytes() == before


def test_numbers_of_another_office_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="RU/T/000000001 is not a number of EM"):
        AnchorStore.create(tmp_path, b"EM", [AnchorEntry.plain(number(1, "RU"), 20240131, document_digest(1))])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 2])
def test_no_record_or_a_number_twice_leaves_nothing_behind(tmp_path: Path, count: int) -> None:
    with pytest.raises(InputError):
        AnchorStore.create(tmp_path / "new", b"EM", entries(1) * count)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot write"):
        AnchorStore.create(tmp_path / "file" / "folder", b"EM", entries(1))


def test_openings_must_fit_their_leaves() -> None:
    leaf = AnchorEntry.salted(number(1), 20240131, document_digest(1)).leaf
    for opening in [(None, None), (document_digest(1), None), (document_digest(1), Salt.random())]:
        with pytest.raises(InputError):
            AnchorEntry(leaf, *opening)
    with pytest.raises(InputError):
        AnchorEntry(Leaf(number(1), 20240131, 0, document_digest(1)), document_digest(1), Salt.random())


def test_unknown_numbers_are_named(store: AnchorStore) -> None:
    with pytest.raises(InputError, match="no record of EM/T/000009999"):
        store.prove(number(9999))


def test_no_anchor_and_foreign_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProofFormatError, match="no anchor"):
        AnchorStore.open(tmp_path)
    (tmp_path / STORE_NAME).write_bytes(b"not a database, but long enough to be read as the header of one" * 20)
    with pytest.raises(ProofFormatError, match="not an anchor"):
        AnchorStore.open(tmp_path)
    (tmp_path / STORE_NAME).write_bytes(b"")
    with pytest.raises(ProofFormatError, match="not an anchor"):
        AnchorStore.open(tmp_path)


def test_another_format_is_refused(store: AnchorStore) -> None:
    store.close()
    _damage(store.path, "UPDATE anchor SET format = 'registrum-anchor/2'")
    with pytest.raises(ProofFormatError, match="registrum-anchor/1"):
        AnchorStore.open(store.path)


# -- signature and time ---------------------------------------------------------------------------------------------


def test_without_a_signature_there_is_no_proof(tmp_path: Path) -> None:
    with AnchorStore.create(tmp_path, b"EM", entries(2)) as store:
        assert store.statement is None
        assert store.signature is None
        for cut in (lambda: store.prove(number(1)), lambda: next(store.proofs())):
            with pytest.raises(ConfigError, match="not signed"):
                cut()
        with pytest.raises(ConfigError, match="not signed"):
            store.mark_recorded(datetime(2024, 2, 1, tzinfo=UTC))


def test_a_signature_is_checked_before_it_is_kept(store: AnchorStore) -> None:
    before = store.signature
    right = SIGNER.sign(store.statement_for(4), DOMAIN)
    with pytest.raises(WrongSignerError):
        store.attach_signature(right, STRANGER.address, 4, DOMAIN)
    with pytest.raises(WrongSignerError):
        store.attach_signature(right, SIGNER.address, 5, DOMAIN)
    with pytest.raises(WrongSignerError):
        store.attach_signature(right, SIGNER.address, 4, Domain.application_registry(1, DOMAIN.verifying_contract))
    with pytest.raises(VerificationError):
        store.attach_signature(bytes(65), SIGNER.address, 4, DOMAIN)
    assert store.signature == before


def test_a_new_sequence_takes_a_new_signature_until_it_is_recorded(store: AnchorStore) -> None:
    signature = store.sign(SIGNER, 4, DOMAIN)
    assert store.prove(number(1)).anchor.sequence == 4
    assert store.signature == signature
    moment = datetime(2024, 2, 1, 12, 0, 5, tzinfo=UTC)
    store.mark_recorded(moment)
    proof = store.prove(number(1))
    assert proof.recorded_at == moment
    assert Proof.from_json(proof.to_json()) == proof
    with pytest.raises(ConfigError, match="stays"):
        store.sign(SIGNER, 5, DOMAIN)
    assert store.prove(number(1)) == proof


def test_a_file_that_another_process_holds_is_named(store: AnchorStore) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store._connection.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(ConfigError, match="locked"):
            store.mark_recorded(datetime(2024, 2, 1, tzinfo=UTC))


def test_a_contract_wallet_can_sign(store: AnchorStore) -> None:
    signature = erc1271_signature(STRANGER.address, b"any form that the wallet likes")
    store.attach_signature(signature, STRANGER.address, 3, DOMAIN)
    proof = store.prove(number(1))
    assert (proof.signer, proof.signature) == (STRANGER.address, signature)
    with pytest.raises(VerificationError) as caught:
        verify(proof)
    assert caught.value.details["check"] == Check.SIGNATURE.value


# -- damage ---------------------------------------------------------------------------------------------------------


def _damage(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("column", ["encoded", "document_digest", "salt"])
def test_every_flipped_bit_of_a_record_is_noticed(store: AnchorStore, column: str) -> None:
    salted = next(n for n in range(1, COUNT + 1) if store.prove(number(n)).salt is not None)
    position = store.position_of(number(salted))
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP INDEX leaf_by_number")  # a flipped bit may make one number another
        query = f"SELECT {column} FROM leaf WHERE position = ?"  # noqa: S608
        ((good,),) = connection.execute(query, (position,))
    for bit in range(0, len(good) * 8, 7):
        update = f"UPDATE leaf SET {column} = ? WHERE position = ?"  # noqa: S608
        _damage(store.path, update, _flipped(good, bit), position)
        with pytest.raises((VerificationError, InputError)):
            store.prove(number(salted))
        with pytest.raises(VerificationError, match="damaged"):
            store.audit()
        _damage(store.path, update, good, position)
    assert store.prove(number(salted)).leaf.number == number(salted)
    store.audit()


def test_every_flipped_bit_of_the_tree_is_noticed(store: AnchorStore) -> None:
    for row in range(-(-(2 * COUNT - 1) // 256)):
        with closing(sqlite3.connect(store.path)) as connection:
            ((good,),) = connection.execute("SELECT bytes FROM nodes WHERE row = ?", (row,))
        for bit in range(0, len(good) * 8, 4099):
            _damage(store.path, "UPDATE nodes SET bytes = ? WHERE row = ?", _flipped(good, bit), row)
            with pytest.raises(VerificationError, match="nodes"):
                store.audit()
            with pytest.raises(VerificationError, match="damaged"):
                list(store.proofs())
            for index in range(1, COUNT + 1, 37):
                try:
                    proof = store.prove(number(index))
                except VerificationError as error:
                    assert error.details["what"] == "leaves or nodes"  # noqa: PT017
                else:
                    assert verify(proof).is_sound
            _damage(store.path, "UPDATE nodes SET bytes = ? WHERE row = ?", good, row)
    store.audit()


@pytest.mark.parametrize(
    "change",
    [
        "sequence = sequence + 1",
        "sequence = -1",
        "signer = '0x70997970C51812dc3A010C7d01b50e0d17dc79C9'",
        "signature = zeroblob(65)",
        "signature = x'00'",
        "chain_id = '1'",
        "chain_id = 'one'",
        "contract = '0x' || substr(signer, 3)",
    ],
)
def test_a_changed_signature_row_is_noticed(store: AnchorStore, change: str) -> None:
    _damage(store.path, f"UPDATE anchor SET {change}")  # noqa: S608
    with pytest.raises(VerificationError) as caught:
        store.prove(number(1))
    assert caught.value.details["what"] == "signature"


def test_swapped_and_missing_records_are_noticed(store: AnchorStore) -> None:
    _damage(store.path, "DELETE FROM leaf WHERE position = 7")
    with pytest.raises(VerificationError):
        store.audit()
    _damage(store.path, "DELETE FROM nodes WHERE row = 0")
    with pytest.raises(VerificationError, match="damaged"):
        store.prove(next(iter(store.leaves())).number)


def test_a_lost_table_is_damage_not_a_database_error(store: AnchorStore) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("DROP TABLE nodes")
    for read in (lambda: store.prove(number(1)), store.audit):
        with pytest.raises(VerificationError) as caught:
            read()
        assert caught.value.details["what"] == "tables"


def test_a_write_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    monkeypatch.setattr(Path, "replace", lambda self, target: disk_full(0))
    with pytest.raises(ConfigError, match="No space left"):
        AnchorStore.create(tmp_path, b"EM", entries(3))
    assert list(tmp_path.iterdir()) == []


def test_proofs_of_one_store_differ_only_in_their_record(store: AnchorStore) -> None:
    one, two = store.prove(number(1)), store.prove(number(2))
    shared = {"leaf", "leaf_index", "path", "document_digest", "salt"}
    for field in dataclasses.fields(Proof):
        assert (getattr(one, field.name) == getattr(two, field.name)) is (field.name not in shared)
