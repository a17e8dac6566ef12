"""`ApplicationRegistry.registerBatch`: many records under one signature, each judged by itself.

The contract stores runs of items with one filing date and one disclosure, so positions at the borders of runs matter.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field, replace
from random import Random
from typing import Any

import pytest
from brownie import web3

from registrum.signing.signers import LocalSigner
from registrum.signing.statements import Correction, Registration, RegistrationBatch, Withdrawal
from tests.contracts.support.errors import error_name, reverts_bare, reverts_with
from tests.contracts.support.ledger import DAY, NOON, Log, date_at, log, logs_of, time_of
from tests.contracts.support.offices import Office, as_struct, ask, digest, number, send, sign, submit, unchecked
from tests.contracts.support.records import (
    ALREADY_RECORDED,
    BEFORE_OFFICE,
    CONFLICT,
    FUTURE_DATE,
    INVALID_DATE,
    MALFORMED_NUMBER,
    NO_DIGEST,
    OTHER_OFFICE,
    TAKEN,
    UNKNOWN_DISCLOSURE,
    Record,
    check_absent,
    check_recorded,
    words_of,
)
from tests.contracts.support.trees import encode_leaf

LATEST = date_at(NOON + DAY)

INVALID_DATES = (0, 20230229, 20241301, 99990231, 2**32 - 1)


def item(text: str, filing_date: int = 20240131, disclosure: int = 0, content: str | None = None) -> Registration:
    """A registration with any values; without `content` its digest follows from its number."""
    return unchecked(
        Registration,
        number=number(text),
        filing_date=filing_date,
        disclosure=disclosure,
        digest=bytes(32) if content == "" else digest(content or text),
    )


def batch(office: Office, items: list[Registration]) -> RegistrationBatch:
    """A batch with any items."""
    return unchecked(RegistrationBatch, office=office.code, items=tuple(items))


@dataclass
class Model:
    """What a batch must do, one item after the other and without runs."""

    office: Office
    key: LocalSigner
    recorded: dict[bytes, tuple[Any, ...]] = field(default_factory=dict)

    def judge(self, entry: Registration) -> int:
        """Outcome of one item; takes it when nothing is wrong."""
        text = entry.number.rstrip(b"\0").decode("latin-1")
        if len(text) < 4 or text[2] not in "PUTDSG" or not text.isupper():
            return MALFORMED_NUMBER
        if entry.number[:2] != self.office.code:
            return OTHER_OFFICE
        if entry.number in self.recorded:
            return ALREADY_RECORDED if self.recorded[entry.number] == astuple(entry) else CONFLICT
        if entry.filing_date in INVALID_DATES:
            return INVALID_DATE
        if entry.filing_date < self.office.earliest:
            return BEFORE_OFFICE
        if entry.filing_date > LATEST:
            return FUTURE_DATE
        if entry.digest == bytes(32):
            return NO_DIGEST
        if entry.disclosure > 1:
            return UNKNOWN_DISCLOSURE
        self.recorded[entry.number] = astuple(entry)
        return TAKEN


def expected_logs(
    registry: Any, office: Office, key: LocalSigner, entries: list[tuple[Registration, int]]
) -> list[Log]:
    """The logs of a batch whose items have these outcomes."""
    logs = []
    for entry, outcome in entries:
        facts = {
            "number": entry.number,
            "digest": entry.digest,
            "filingDate": entry.filing_date,
            "disclosure": entry.disclosure,
        }
        if outcome == TAKEN:
            logs.append(log(registry, "ApplicationRegistered", signingKey=key.address, **facts))
        else:
            logs.append(log(registry, "ApplicationNotTaken", office=office.code, outcome=outcome, **facts))
    taken, already, refused = counts(entries)
    logs.append(
        log(
            registry,
            "BatchRegistered",
            office=office.code,
            signingKey=key.address,
            taken=taken,
            alreadyRecorded=already,
            refused=refused,
        )
    )
    return logs


def counts(entries: list[tuple[Registration, int]]) -> tuple[int, int, int]:
    """How many were taken, already recorded and refused."""
    outcomes = [outcome for _, outcome in entries]
    taken, already = outcomes.count(TAKEN), outcomes.count(ALREADY_RECORDED)
    return taken, already, len(outcomes) - taken - already


def check_batch(registry: Any, office: Office, entries: list[tuple[Registration, int]]) -> Any:
    """Send a batch and assert what it returns, logs and leaves in storage for these items and outcomes."""
    statement = batch(office, [entry for entry, _ in entries])
    signature = sign(registry, statement, office.key)
    before = {entry.number: words_of(registry, entry.number) for entry, _ in entries}
    assert tuple(ask(registry, statement, signature)) == counts(entries)
    tx = send(registry, statement, signature)
    assert logs_of(tx) == expected_logs(registry, office, office.key, entries)
    taken = {entry.number: entry for entry, outcome in entries if outcome == TAKEN}
    for entry in taken.values():
        check_recorded(registry, entry.number, Record.filed(entry, office.key.address, time_of(tx)))
    for untouched in before.keys() - taken.keys():
        assert words_of(registry, untouched) == before[untouched]
    return tx


@pytest.mark.smoke
@pytest.mark.parametrize("size", [1, 2, 3])
def test_takes_new_numbers(registry: Any, em: Office, size: int) -> None:
    check_batch(registry, em, [(item(f"EM/T/{position}"), TAKEN) for position in range(size)])


@pytest.mark.parametrize(
    "facts",
    [
        [(20240101, 0), (20240102, 0)],
        [(20240101, 0), (20240101, 1)],
        [(20240101, 1), (20240101, 0), (20240101, 1)],
        [(20240101, 0), (20240101, 0), (20240102, 0), (20240102, 0), (20240101, 0)],
        [(20240101, 0), (20240102, 1), (20240103, 0), (20240104, 1)],
        [(20240101, 0), (20240101, 0), (20240101, 1), (20240102, 1), (20240102, 1), (20240102, 0)],
    ],
    ids=lambda facts: "-".join(f"{date % 100}{'ab'[disclosure]}" for date, disclosure in facts),
)
def test_runs_of_dates_and_disclosures(registry: Any, em: Office, facts: list[tuple[int, int]]) -> None:
    check_batch(registry, em, [(item(f"EM/D/{index}", *fact), TAKEN) for index, fact in enumerate(facts)])


BAD_ITEMS = {
    MALFORMED_NUMBER: item("EM/T/lower"),
    OTHER_OFFICE: item("RU/T/1"),
    INVALID_DATE: item("EM/T/1", 20230229),
    FUTURE_DATE: item("EM/T/1", LATEST + 1),
    BEFORE_OFFICE: item("EM/T/1", 19960331),
    NO_DIGEST: item("EM/T/1", content=""),
    UNKNOWN_DISCLOSURE: item("EM/T/1", disclosure=2),
    ALREADY_RECORDED: item("EM/T/RECORDED"),
    CONFLICT: item("EM/T/RECORDED", content="other"),
}


@pytest.mark.parametrize("position", [0, 2, 4])
@pytest.mark.parametrize("outcome", BAD_ITEMS)
def test_one_bad_item_costs_only_itself(registry: Any, em: Office, outcome: int, position: int) -> None:
    """First, in the middle of a run, last."""
    submit(registry, item("EM/T/RECORDED"), em.key)
    entries = [(item(f"EM/T/GOOD{index}"), TAKEN) for index in range(4)]
    entries.insert(position, (BAD_ITEMS[outcome], outcome))
    check_batch(registry, em, entries)


@pytest.mark.parametrize("outcome", BAD_ITEMS)
def test_only_bad_items(registry: Any, em: Office, outcome: int) -> None:
    """A batch of which nothing can be taken still succeeds, and says so."""
    submit(registry, item("EM/T/RECORDED"), em.key)
    check_batch(registry, em, [(BAD_ITEMS[outcome], outcome)])
    check_batch(registry, em, [(BAD_ITEMS[outcome], outcome)] * 3)


def test_bad_items_at_the_borders_of_runs(registry: Any, em: Office) -> None:
    check_batch(
        registry,
        em,
        [
            (item("EM/T/1", 20240101), TAKEN),
            (item("EM/T/2", 20240101, content=""), NO_DIGEST),
            (item("EM/T/3", 20240102, content=""), NO_DIGEST),
            (item("EM/T/4", 20240102), TAKEN),
            (item("EM/T/5", 20240102, 1), TAKEN),
            (item("RU/T/6", 20240102, 1), OTHER_OFFICE),
            (item("EM/T/7", 20240103), TAKEN),
            (item("EM/T/8", 20240132), INVALID_DATE),
            (item("EM/T/9", 20240103), TAKEN),
        ],
    )


def test_every_outcome_in_one_batch(registry: Any, em: Office) -> None:
    submit(registry, item("EM/T/RECORDED"), em.key)
    entries = [(item("EM/T/FIRST"), TAKEN)]
    entries += [(entry, outcome) for outcome, entry in BAD_ITEMS.items()]
    entries += [(item("EM/T/LAST"), TAKEN)]
    assert {outcome for _, outcome in entries} == set(range(10))
    check_batch(registry, em, entries)


@pytest.mark.parametrize("disclosure", [0, 1, 2])
@pytest.mark.parametrize("first", [None, "GOOD", "BAD"])
def test_date_zero(registry: Any, em: Office, first: str | None, disclosure: int) -> None:
    """Zero is no date, wherever a run could begin: at the start, after a good item and after a refused one."""
    zero = item("EM/T/ZERO", 0, disclosure)
    entries = [(zero, INVALID_DATE), (item("EM/T/1"), TAKEN), (zero, INVALID_DATE), (zero, INVALID_DATE)]
    if first:
        outcome = TAKEN if first == "GOOD" else NO_DIGEST
        entries.insert(0, (item("EM/T/FIRST", content=None if first == "GOOD" else ""), outcome))
    check_batch(registry, em, entries)
    check_absent(registry, zero.number)


@pytest.mark.parametrize(
    ("other", "outcome"),
    [
        (item("EM/T/1"), ALREADY_RECORDED),
        (item("EM/T/1", content="other"), CONFLICT),
        (item("EM/T/1", 20240201), CONFLICT),
        (item("EM/T/1", disclosure=1), CONFLICT),
        (item("EM/T/1", 20230229), CONFLICT),
        (item("EM/T/1", content=""), CONFLICT),
    ],
    ids=["same", "digest", "date", "disclosure", "no date", "no digest"],
)
@pytest.mark.parametrize("between", [0, 1, 3])
def test_number_twice_in_a_batch(registry: Any, em: Office, other: Registration, outcome: int, between: int) -> None:
    """The first one counts, whatever stands between the two."""
    entries = [(item("EM/T/1"), TAKEN)]
    entries += [(item(f"EM/T/BETWEEN{index}"), TAKEN) for index in range(between)]
    entries += [(other, outcome), (item("EM/T/2"), TAKEN)]
    check_batch(registry, em, entries)


def test_first_reason_counts(registry: Any, em: Office) -> None:
    """An item that is wrong in many ways is reported by the first in the order of `Outcome`, from the number down."""
    submit(registry, item("EM/T/RECORDED"), em.key)
    check_batch(
        registry,
        em,
        [
            (item("RU/T/x", 0, 9, ""), MALFORMED_NUMBER),
            (item("RU/T/1", 0, 9, ""), OTHER_OFFICE),
            (item("EM/T/RECORDED", 0, 9, ""), CONFLICT),
            (item("EM/T/1", 99999999, 9, ""), INVALID_DATE),
            (item("EM/T/1", LATEST + 1, 9, ""), FUTURE_DATE),
            (item("EM/T/1", 19960331, 9, ""), BEFORE_OFFICE),
            (item("EM/T/1", 20240131, 9, ""), NO_DIGEST),
            (item("EM/T/1", 20240131, 9), UNKNOWN_DISCLOSURE),
            (item("EM/T/1"), TAKEN),
        ],
    )


@pytest.mark.parametrize("seed", range(6))
def test_random_batches_agree_with_the_model(registry: Any, em: Office, seed: int) -> None:
    """Two batches of 40 items each, drawn from few numbers, dates and disclosures, so that much collides."""
    random = Random(seed)
    model = Model(em, em.key)
    texts = [f"EM/T/{index}" for index in range(30)] + ["RU/T/1", "EM/T/a", "EM/X/1", "EM/T/"]
    dates = [20240101] * 6 + [20240102] * 4 + [LATEST, LATEST + 1, 19960331, em.earliest, *INVALID_DATES]
    for _ in range(2):
        entries = []
        for _ in range(40):
            content = random.choice((None, None, None, None, None, "other", ""))
            entry = item(random.choice(texts), random.choice(dates), random.choice((0,) * 7 + (1, 1, 2)), content)
            entries.append((entry, model.judge(entry)))
        check_batch(registry, em, entries)


def test_same_batch_again(registry: Any, em: Office) -> None:
    """Nothing changes; unlike that of one record, the signature of a batch is always looked at."""
    items = [item(f"EM/T/{index}") for index in range(3)]
    check_batch(registry, em, [(entry, TAKEN) for entry in items])
    check_batch(registry, em, [(entry, ALREADY_RECORDED) for entry in items])
    reverts_with(lambda: ask(registry, batch(em, items), b""), "OfficeSignedInvalidSignature", em.code)


def test_does_not_touch_corrected_or_withdrawn_records(registry: Any, em: Office) -> None:
    corrected, withdrawn = item("EM/T/1"), item("EM/T/2")
    for entry in (corrected, withdrawn):
        submit(registry, entry, em.key)
    submit(registry, Correction(corrected.number, 20240201, 1, digest("right"), 1), em.key)
    submit(registry, Withdrawal(withdrawn.number, 1), em.key)
    check_batch(
        registry,
        em,
        [
            (corrected, CONFLICT),
            (item("EM/T/1", 20240201, 1, "right"), ALREADY_RECORDED),
            (withdrawn, ALREADY_RECORDED),
            (replace(withdrawn, filing_date=20240201), CONFLICT),
        ],
    )


def test_filing_dates_at_the_bounds(registry: Any, em: Office) -> None:
    check_batch(
        registry,
        em,
        [
            (item("EM/T/1", em.earliest), TAKEN),
            (item("EM/T/2", em.earliest - 70), BEFORE_OFFICE),
            (item("EM/T/3", LATEST), TAKEN),
            (item("EM/T/4", LATEST + 1), FUTURE_DATE),
        ],
    )


@pytest.mark.parametrize("size", [500, 600])
def test_large_batch(registry: Any, em: Office, size: int) -> None:
    """With one item in the middle that is recorded already, and two runs."""
    submit(registry, item("EM/T/250"), em.key)
    items = [item(f"EM/T/{index}", 20240131 if index < 300 else 20240201) for index in range(size)]
    items[250] = item("EM/T/250")
    entries = [(entry, ALREADY_RECORDED if index == 250 else TAKEN) for index, entry in enumerate(items)]
    statement = batch(em, items)
    signature = sign(registry, statement, em.key)
    assert tuple(ask(registry, statement, signature)) == (size - 1, 1, 0)
    tx = send(registry, statement, signature)
    assert logs_of(tx) == expected_logs(registry, em, em.key, entries)
    records = registry.recordsOf([entry.number for entry in items])
    assert len(records) == size
    for index in (0, 1, 249, 251, 299, 300, size - 1):
        check_recorded(registry, items[index].number, Record.filed(items[index], em.key.address, time_of(tx)))
    assert all(record[4] == 1 and record[3] == entry.filing_date for record, entry in zip(records, items, strict=True))


@pytest.mark.parametrize("size", [0, 601])
def test_batch_size(registry: Any, em: Office, size: int) -> None:
    statement = batch(em, [item(f"EM/T/{index}") for index in range(size)])
    reverts_with(
        lambda: ask(registry, statement, sign(registry, statement, em.key)),
        "ApplicationRegistryBatchSize",
        size,
        600,
    )


def test_signature_is_that_of_the_office_named(registry: Any, em: Office, ru: Office) -> None:
    """The office comes from the statement, not from the items: another office's items cannot lend it a key."""
    items = [item("EM/T/1"), item("RU/T/1")]
    reverts_with(
        lambda: submit(registry, batch(em, items), ru.key), "OfficeDirectoryUnknownKey", em.code, ru.key.address
    )
    check_batch(registry, ru, [(items[0], OTHER_OFFICE), (items[1], TAKEN)])
    check_absent(registry, items[0].number)


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1], [0, 1, 2, 2], []], ids=["order", "fewer", "more", "none"])
def test_signature_covers_all_items_in_their_order(registry: Any, em: Office, order: list[int]) -> None:
    items = [item(f"EM/T/{index}") for index in range(3)]
    signature = sign(registry, batch(em, items), em.key)
    changed = batch(em, [items[index] for index in order])
    expected = "OfficeDirectoryUnknownKey" if order else "ApplicationRegistryBatchSize"
    assert error_name(lambda: ask(registry, changed, signature)) == expected


@pytest.mark.parametrize("word", [1, 2], ids=["filing date", "disclosure"])
@pytest.mark.parametrize("position", [0, 1])
def test_values_outside_their_type(registry: Any, em: Office, position: int, word: int) -> None:
    """Words with bits above those of their type are refused as a whole, even where the office signed them."""
    items = [as_struct(item("EM/T/1")), as_struct(item("EM/T/2"))]
    clean = b"".join(encode_leaf(item(text)) for text in ("EM/T/1", "EM/T/2"))
    dirty = bytearray(clean)
    dirty[128 * position + 32 * word] |= 0x80

    def raw_call(data: str) -> bytes:
        assert clean.hex() in data
        return bytes(web3.eth.call({"to": registry.address, "data": data.replace(clean.hex(), dirty.hex())}))

    signature = em.key.sign_digest(raw_call(registry.batchDigest.encode_input(em.code, items)))
    reverts_bare(lambda: raw_call(registry.registerBatch.encode_input(em.code, items, signature)))
