"""The outbox file: what is accepted stays, twice is once, and a full disk leaves nothing half written."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from registrum.chain.entries import Intent, Outcome, Settlement, State
from registrum.chain.outbox import Outbox
from registrum.chain.transaction import Fees, SignedTransaction
from registrum.errors import IdempotencyError, InputError, NetworkMismatchError, OutboxError
from registrum.signing.addresses import checksum_address

TO = "0x" + "c0" * 20
ACCOUNT = b"\xaa" * 20


def intent(key: str, **changes: Any) -> Intent:
    return Intent(**{"key": key, "to": TO, "data": b"\x01\x02", "gas": 50_000, **changes})


def signed(nonce: int, tag: bytes = b"") -> SignedTransaction:
    return SignedTransaction(nonce, b"raw" + tag, (b"%d " % nonce + tag).ljust(32, b"\0"), Fees(7, 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with Outbox(path) as box:
        yield box


def test_an_accepted_intent_can_be_read_back(outbox: Outbox) -> None:
    entry = outbox.submit(intent("a", description="register EM/T/1", metadata={"number": "EM/T/1", "n": [1]}))
    assert outbox.entry(entry.id) == entry == outbox.by_key("a")
    assert (entry.state, entry.outcome, entry.settled) == (State.QUEUED, Outcome.WAITING, False)
    assert (entry.data, entry.gas, entry.metadata) == (b"\x01\x02", 50_000, {"number": "EM/T/1", "n": [1]})
    assert entry.to.lower() == TO
    assert outbox.by_key("b") is None
    with pytest.raises(InputError, match="no entry 99"):
        outbox.entry(99)


def test_what_is_known_to_be_refused_is_kept_and_not_sent(outbox: Outbox) -> None:
    refused = outbox.submit_refused(intent("a"), b"\x12\x34", "why")
    assert (refused.state, refused.revert_data, refused.note) == (State.REFUSED, b"\x12\x34", "why")
    assert outbox.ledger(ACCOUNT).queued(10) == []
    assert outbox.submit(intent("a")) == refused == outbox.submit_refused(intent("a"), b"")
    with pytest.raises(IdempotencyError):
        outbox.submit_refused(intent("a", data=b"\x03"), b"")
    assert outbox.retry(refused.id).state is State.QUEUED
    assert outbox.submit_refused(intent("a"), b"\x12").state is State.QUEUED


def test_the_same_key_stands_for_the_same_entry(outbox: Outbox) -> None:
    first = outbox.submit(intent("a"))
    assert outbox.submit(intent("a", description="again", gas=60_000)) == first
    second, known, third = outbox.submit_many([intent("b"), intent("a"), intent("b")])
    assert known == first
    assert second == third
    assert outbox.counts()[State.QUEUED] == 2


@pytest.mark.parametrize("change", [{"data": b"\x03"}, {"to": "0x" + "dd" * 20}])
def test_the_same_key_for_another_call_is_refused_and_nothing_of_the_bulk_accepted(
    outbox: Outbox, change: dict[str, Any]
) -> None:
    outbox.submit(intent("a"))
    with pytest.raises(IdempotencyError, match="another call"):
        outbox.submit_many([intent("new"), intent("a", **change)])
    assert outbox.by_key("new") is None
    sender = "0x" + "ee" * 20
    outbox.submit(intent("mine", account=sender))
    assert outbox.submit(intent("mine")).account is not None
    with pytest.raises(IdempotencyError):
        outbox.submit(intent("mine", account="0x" + "ff" * 20))


@pytest.mark.parametrize(
    "change",
    [{"key": ""}, {"key": "x" * 201}, {"key": "a\nb"}, {"to": "0x12"}, {"account": "me"}, {"gas": 21_000},
     {"gas": 1 << 63}, {"metadata": {"x": object()}}, {"metadata": {"x": float("nan")}}],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_at_once(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        intent(**{"key": "a", **change})


def test_pages_and_states(outbox: Outbox) -> None:
    outbox.submit_many(intent(str(number)) for number in range(5))
    page = outbox.entries(limit=2)
    assert [entry.key for entry in page] == ["0", "1"]
    assert [entry.key for entry in outbox.entries(after=page[-1].id)] == ["2", "3", "4"]
    assert outbox.entries(State.SENT, State.REFUSED) == []
    assert len(outbox.entries(State.QUEUED)) == 5


def test_nonces_follow_the_highest_ever_signed(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    a, b = outbox.submit_many([intent("a"), intent("b")])
    assert ledger.next_nonce() == 0
    assert ledger.record(0, [(a.id, signed(5))])
    assert ledger.next_nonce() == 6
    assert not ledger.record(0, [(b.id, signed(6))]), "signed by someone who did not see nonce 5"
    assert outbox.entry(b.id).state is State.QUEUED
    assert not ledger.record(6, [(a.id, signed(6)), (b.id, signed(7))]), "entry a is sent already"
    assert ledger.next_nonce() == 6
    assert ledger.record(6, [(b.id, signed(6))])
    assert [flight.nonce for flight in ledger.flights()] == [5, 6]
    assert outbox.ledger(b"\xbb" * 20).next_nonce() == 0


def test_no_two_living_entries_share_a_nonce(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    a, b = outbox.submit_many([intent("a"), intent("b")])
    assert ledger.record(0, [(a.id, signed(0))])
    assert not ledger.fill(signed(0, b"filler"), 21_000)
    with pytest.raises(OutboxError, match="UNIQUE"):
        ledger.record(1, [(b.id, signed(0, b"other"))])
    assert outbox.entry(b.id).nonce is None


def test_a_refused_entry_leaves_its_nonce_to_a_filler(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    entry = outbox.submit(intent("a"))
    ledger.record(0, [(entry.id, signed(0))])
    ledger.refuse(entry.id, "too long", signed(0, b"filler"), 21_000)
    assert (outbox.entry(entry.id).state, outbox.entry(entry.id).note) == (State.REFUSED, "too long")
    (filler,) = ledger.flights()
    assert (filler.filler, filler.nonce, filler.hashes) == (True, 0, [signed(0, b"filler").hash])
    assert [item.key for item in outbox.entries()] == ["a"], "fillers are not shown"
    assert ledger.open_count() == 1


def test_only_refused_entries_are_queued_anew(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    entry = outbox.submit(intent("a"))
    with pytest.raises(InputError, match="queued"):
        outbox.retry(entry.id)
    ledger.record(0, [(entry.id, signed(0))])
    with pytest.raises(InputError, match="sent"):
        outbox.retry(entry.id)
    ledger.settle(
        [Settlement(entry.id, State.REFUSED, signed(0).hash, (3, b"\x03" * 32), 30_000, b"\x12\x34", "reverted")]
    )
    assert outbox.entry(entry.id).revert_data == b"\x12\x34"
    again = outbox.retry(entry.id)
    assert (again.state, again.nonce, again.tx_hash, again.block_hash, again.revert_data) == (State.QUEUED,) + (
        None,
    ) * 4
    assert ledger.next_nonce() == 1


def test_settled_entries_are_reopened_with_their_block_only(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    entries = outbox.submit_many(intent(str(number)) for number in range(3))
    ledger.record(0, [(entry.id, signed(number)) for number, entry in enumerate(entries)])
    blocks = [(10, b"\x10" * 32), (11, b"\x11" * 32), (12, b"\x12" * 32)]
    ledger.settle(Settlement(e.id, State.CONFIRMED, None, block) for e, block in zip(entries, blocks, strict=True))
    assert ledger.flights() == []
    assert ledger.blocks() == [blocks[2]]
    assert ledger.blocks(below=12, limit=5) == [blocks[1], blocks[0]]
    assert ledger.reopen((12, b"\x99" * 32)) == 0
    assert ledger.reopen(blocks[2]) == 1
    assert [outbox.entry(e.id).state for e in entries] == [State.CONFIRMED, State.CONFIRMED, State.SENT]
    ledger.settle([Settlement(entries[0].id, State.SENT)])
    assert outbox.entry(entries[0].id).state is State.CONFIRMED, "what is settled is not unsettled in passing"


def test_one_leads_until_its_lease_ends(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = outbox.ledger(ACCOUNT)
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    assert ledger.lease("one", 5)
    assert ledger.lease("one", 5)
    assert not ledger.lease("two", 5)
    assert outbox.ledger(b"\xbb" * 20).lease("two", 5), "another account"
    now += 5
    assert ledger.lease("two", 5)
    assert not ledger.lease("one", 5)
    ledger.release_lease("one")
    assert not ledger.lease("one", 5)
    ledger.release_lease("two")
    assert ledger.lease("one", 5)
    now -= 1_000_000
    assert ledger.lease("two", 5), "a lease from before the clock was set back counts for nothing"


def test_an_outbox_belongs_to_one_chain(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    ledger.bind(1, b"\x01" * 32)
    ledger.bind(1, b"\x01" * 32)
    for chain_id, genesis in ((2, b"\x01" * 32), (1, b"\x02" * 32)):
        with pytest.raises(NetworkMismatchError, match="belongs to a chain"):
            ledger.bind(chain_id, genesis)


def test_many_threads_submit_the_same_keys_once(outbox: Outbox) -> None:
    ids: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda: ids.append([outbox.submit(intent(str(number))).id for number in range(20)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert all(item == ids[0] for item in ids)
    assert outbox.counts()[State.QUEUED] == 20


def test_threads_that_ended_leave_no_open_files(outbox: Outbox, path: Path) -> None:
    outbox.submit(intent("main"))
    opened = []
    for number in range(12):
        thread = threading.Thread(target=outbox.submit, args=(intent(str(number)),))
        thread.start()
        thread.join()
        opened.append([file.path for file in psutil.Process().open_files()].count(str(path)))
    # SQLite closes a file late, but uses it again first.
    assert len(set(opened[4:])) == 1, opened


def test_the_file_is_its_owners(outbox: Outbox, path: Path) -> None:
    outbox.submit(intent("a"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


SUBMIT_FOR_EVER = """
import itertools, sys
from registrum.chain.entries import Intent
from registrum.chain.outbox import Outbox
outbox = Outbox(sys.argv[1])
for number in itertools.count():
    outbox.submit(Intent(key=str(number), to="0x" + "c0" * 20, data=b"", gas=30_000))
    print(number, flush=True)
"""


def test_what_was_accepted_survives_a_kill(path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", SUBMIT_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(25)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
    finally:
        process.kill()
        process.wait()
    accepted = [int(line) for line in lines if line.endswith("\n")]
    with Outbox(path) as outbox:
        assert accepted == list(range(len(accepted)))
        assert all(outbox.by_key(str(number)) is not None for number in accepted)
        assert outbox.counts()[State.QUEUED] - len(accepted) in (0, 1)


def test_a_full_disk_is_a_typed_error_and_leaves_nothing(outbox: Outbox, path: Path) -> None:
    outbox.submit(intent("before"))
    with outbox._database.reading() as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutboxError, match="full") as caught:
        outbox.submit_many(intent(str(number), data=b"\x01" * 1000, gas=100_000) for number in range(200))
    assert "make room" in caught.value.diagnostics()
    assert [entry.key for entry in outbox.entries()] == ["before"]
    with Outbox(path) as other:
        assert len(other.submit_many(intent(str(number)) for number in range(200))) == 200


def test_a_locked_file_is_a_typed_error(path: Path) -> None:
    with Outbox(path, busy_timeout_s=0.05) as outbox:
        outbox.submit(intent("a"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutboxError, match="locked") as caught:
            outbox.submit(intent("b"))
        assert "Another program" in caught.value.diagnostics()
        assert outbox.by_key("a") is not None, "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        assert outbox.submit(intent("b")).id == 2


def test_other_files_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database " * 100)
    newer = tmp_path / "newer.db"
    with Outbox(newer) as outbox:
        outbox.counts()
        with outbox._database.reading() as db:
            db.execute("PRAGMA user_version = 99")
    for place, reason in ((text, "not a database"), (newer, "format 99"), (tmp_path / "no" / "such", "unable to open")):
        with Outbox(place) as outbox, pytest.raises(OutboxError, match=reason):
            outbox.submit(intent("a"))
    assert text.read_text().startswith("not a database")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_opens_the_file_anew(outbox: Outbox) -> None:
    outbox.submit(intent("parent"))
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if outbox.submit(intent("child")).id == 2 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert [entry.key for entry in outbox.entries()] == ["parent", "child"]


def aged(path: Path, *keys: str) -> None:
    """Make entries old."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executemany("UPDATE entries SET updated_at = 1 WHERE key = ?", [(key,) for key in keys])


def test_what_was_settled_long_ago_is_forgotten_and_nothing_else(outbox: Outbox, path: Path) -> None:
    account = checksum_address(ACCOUNT)
    ledger = outbox.ledger(ACCOUNT)
    old, sent, fresh = (outbox.submit(intent(key, account=account)) for key in ("old", "sent", "fresh"))
    outbox.submit(intent("queued", account=account))
    outbox.submit_refused(intent("refused", account=account), b"\x12")
    outbox.submit_refused(intent("of another", account="0x" + "bb" * 20), b"\x12")
    assert ledger.record(0, [(old.id, signed(0)), (sent.id, signed(1)), (fresh.id, signed(2))])
    ledger.settle([Settlement(entry.id, State.CONFIRMED, block=(7, b"\x07" * 32)) for entry in (old, fresh)])
    aged(path, "old", "sent", "queued", "refused", "of another")
    assert outbox.prune(2.0, account=account, limit=1) == 1
    assert outbox.prune(2.0, account=account) == 1
    assert outbox.prune(2.0, account=account) == 0
    assert [entry.key for entry in outbox.entries()] == ["sent", "fresh", "queued", "of another"]
    assert [flight.nonce for flight in ledger.flights()] == [1]


def test_forgetting_all_does_not_forget_the_next_nonce(outbox: Outbox, path: Path) -> None:
    account = checksum_address(ACCOUNT)
    ledger = outbox.ledger(ACCOUNT)
    entries = [outbox.submit(intent(key, account=account)) for key in "ab"]
    assert ledger.record(0, [(entry.id, signed(nonce)) for nonce, entry in enumerate(entries)])
    ledger.settle([Settlement(entry.id, State.CONFIRMED, block=(7, b"\x07" * 32)) for entry in entries])
    aged(path, "a", "b")
    assert outbox.prune(2.0, account=account) == 2
    assert outbox.entries() == []
    assert ledger.next_nonce() == 2
    assert ledger.fees(signed(0).hash) is None


def test_an_effect_that_was_seen_takes_up_what_was_refused_and_leaves_what_is_sent(outbox: Outbox) -> None:
    ledger = outbox.ledger(ACCOUNT)
    refused = outbox.submit_refused(intent("a"), b"\x12", "why")
    seen = outbox.submit_seen(intent("a"), (7, b"\x07" * 32), b"\x08" * 32)
    assert (seen.id, seen.state, seen.revert_data, seen.note) == (refused.id, State.QUEUED, None, "")
    assert ledger.seen() == {seen.id: (7, b"\x07" * 32)}
    ledger.confirm_seen(seen.id, (7, b"\x06" * 32))
    assert outbox.entry(seen.id).state is State.QUEUED
    ledger.see(seen.id, None)
    assert ledger.seen() == {}
    assert ledger.record(0, [(seen.id, signed(0))])
    assert outbox.submit_seen(intent("a"), (9, b"\x09" * 32), None).state is State.SENT
    with pytest.raises(IdempotencyError):
        outbox.submit_seen(intent("a", data=b"\x03"), (9, b"\x09" * 32), None)
