"""What events state of an entry: nothing unannounced, and classes of the right's classification that only shrink."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pytest

from tests.contracts.rights_register.checks import accepted
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import logs_of
from tests.contracts.support.offices import digest, number
from tests.contracts.support.rights import (
    ABSORBS,
    APPLICATION_RECORD,
    BIT_OF,
    CLASSES,
    EXPIRY,
    FILING,
    HOLDER,
    IMPORTED,
    NO_FACTS,
    REGISTERED,
    REGISTRATION,
    RELATION,
    Entry,
    Facts,
    after,
    ask,
    ask_batch,
    bits,
    entry_of,
    facts,
    filing,
    record,
    record_all,
    record_batch,
)

MARK = "EM/T/018660437"
NICE, LOCARNO = list(range(1, 46)), list(range(1, 33))

STATED: dict[str, Any] = {
    "filing_date": 20900311,
    "registration_date": 20900401,
    "expiry_date": 21000310,
    "classes": bits([9]),
    "dossier": digest("dossier"),
    "representation": digest("image"),
    "holder": digest("holder"),
    "relation": APPLICATION_RECORD,
    "related": number("EM/T/APPLICATION"),
    "released": bits([25]),
}
"""A value for every fact."""

SINGLE = [name for name in STATED if name not in ("relation", "related", "released")]


def try_facts(rights: Any, stated: Facts) -> Any:
    """What a correction of the filing would answer that states this; a correction may state most."""
    filed = filing(MARK)
    return ask_batch(rights, [filed, after(filed, "Y10", on=20900401, corrects=1)._replace(facts=stated)])


@pytest.mark.parametrize("name", STATED)
def test_nothing_unannounced(rights: Any, name: str) -> None:
    """Neither alone nor among all others that are announced."""
    alone = Facts(0, **{name: STATED[name]})
    reverts_with(lambda: try_facts(rights, alone), "RightsRegisterInvalidChanges", number(MARK), 0)
    others = {other: value for other, value in STATED.items() if BIT_OF[other] != BIT_OF[name] and other in SINGLE}
    announced = facts(**others)
    assert tuple(try_facts(rights, announced)) == (2, 0)
    slipped = announced._replace(**{name: STATED[name]})
    reverts_with(lambda: try_facts(rights, slipped), "RightsRegisterInvalidChanges", number(MARK), announced.changes)


@pytest.mark.parametrize("name", STATED)
def test_not_under_the_bits_of_others(rights: Any, name: str) -> None:
    for bit in (1 << position for position in range(8)):
        if bit == BIT_OF[name]:
            continue
        stated = Facts(bit, **{name: STATED[name]})
        if bit in (FILING, CLASSES):
            # Those cannot be zero.
            stated = stated._replace(**({"filing_date": 20900310} if bit == FILING else {"classes": bits([9])}))
        reverts_with(
            lambda stated=stated, bit=bit: try_facts(rights, stated),
            "RightsRegisterInvalidChanges",
            number(MARK),
            bit,
        )


@pytest.mark.parametrize("changes", [1 << bit for bit in range(8, 16)])
def test_bits_without_meaning(rights: Any, changes: int) -> None:
    for stated in (Facts(changes), facts(holder=digest("holder"))._replace(changes=changes | HOLDER)):
        reverts_with(
            lambda stated=stated: try_facts(rights, stated),
            "RightsRegisterInvalidChanges",
            number(MARK),
            stated.changes,
        )


def test_every_set_of_announced_facts(rights: Any) -> None:
    """Each set of facts is taken, and changes those and no others."""
    filed = record_all(rights, filing(MARK))
    before = entry_of(rights, MARK)
    sets = [names for size in range(1, 8) for names in combinations(SINGLE, size)]
    event, sequence, expected = filed, 1, before
    for names in Random("sets").sample(sets, 12):
        stated = {name: STATED[name] for name in names}
        event = after(event, "Y10", on=20900401, corrects=sequence, **stated)
        record(rights, event)
        sequence += 1
        expected = expected._replace(**stated)
        assert entry_of(rights, MARK) == expected._replace(event_count=sequence, head=entry_of(rights, MARK).head)


@pytest.mark.parametrize("name", ["registration_date", "expiry_date", "dossier", "representation", "holder"])
def test_what_is_stated_as_zero_is_taken_back(rights: Any, name: str) -> None:
    filed = filing(MARK, **{name: STATED[name]})
    zero = 0 if isinstance(STATED[name], int) else bytes(32)
    record(rights, filed)
    assert getattr(entry_of(rights, MARK), name) == STATED[name]
    record(rights, after(filed, "Y10", corrects=1, **{name: zero}))
    assert getattr(entry_of(rights, MARK), name) == zero


def test_an_announcement_of_nothing_is_logged(rights: Any) -> None:
    """Zero is stated where it is announced; where nothing is, there is no log of facts."""
    filed = record_all(rights, filing(MARK))
    empty = after(filed, "W10", holder=bytes(32))
    assert len(logs_of(record(rights, empty))) == 2
    silent = after(empty, "W10")
    assert silent.facts == NO_FACTS
    assert len(logs_of(record(rights, silent))) == 1


@pytest.mark.smoke
@pytest.mark.parametrize("before", ["A1", "A2", "A4", "N1", "N2", "U0", "U1"])
@pytest.mark.parametrize("resulting", ["A1", "A2", "U1"])
def test_filing_dates_change_while_filing(rights: Any, before: str, resulting: str) -> None:
    """While the entry was in stage 1, wherever the event leads; afterwards only a correction changes them."""
    filed = filing(MARK, resulting=before)
    event = after(filed, "W10", resulting, on=20900401, filing_date=20900309)
    if before[1] == "1":
        accepted(rights, filed, event)
    else:
        reverts_with(lambda: ask_batch(rights, [filed, event]), "RightsRegisterInvalidChanges", filed.number, FILING)
    accepted(rights, filed, event._replace(code=b"Y10".ljust(32, b"\0"), corrects=1))


def test_registered_marks_keep_their_filing_date(rights: Any) -> None:
    filed = filing(MARK, "A10", "A4", REGISTERED)
    event = after(filed, "W10", filing_date=20900309)
    reverts_with(lambda: ask_batch(rights, [filed, event]), "RightsRegisterInvalidChanges", filed.number, FILING)


def test_filing_date_accorded_later(rights: Any) -> None:
    filed = filing(MARK)
    record_batch(rights, [filed, after(filed, "W10", on=20900401, filing_date=20900320)])
    assert entry_of(rights, MARK).filing_date == 20900320


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("EM/T/1", [1]),
        ("EM/T/1", [45]),
        ("EM/T/1", NICE),
        ("EM/D/1", [1]),
        ("EM/D/1", [32]),
        ("EM/D/1", LOCARNO),
    ],
)
def test_classes_of_the_classification(rights: Any, text: str, classes: list[int]) -> None:
    filed = filing(text, classes=classes)
    record(rights, filed)
    assert entry_of(rights, text).classes == bits(classes)


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        *(("EM/T/1", bits([number])) for number in (0, 46, 47, 48, 49, 63)),
        *(("EM/D/1", bits([number])) for number in (0, 33, 34, 45, 48, 63)),
        ("EM/T/1", bits([0, 9])),
        ("EM/T/1", bits([9, 46])),
        ("EM/D/1", bits([*LOCARNO, 33])),
        ("EM/T/1", 2**64 - 1),
        ("EM/T/1", 0),
        ("EM/D/1", 0),
    ],
)
def test_classes_of_none(rights: Any, text: str, classes: int) -> None:
    first = filing(text, classes=classes)
    reverts_with(lambda: ask(rights, first), "RightsRegisterInvalidClasses", first.number, classes)
    good = filing(text, classes=[9])
    later = after(good, "Y10", corrects=1, classes=classes)
    reverts_with(lambda: ask_batch(rights, [good, later]), "RightsRegisterInvalidClasses", first.number, classes)


def test_classes_are_stated_at_filing(rights: Any) -> None:
    first = filing(MARK)
    silent = first._replace(facts=facts(filing_date=first.event_date))
    reverts_with(lambda: ask(rights, silent), "RightsRegisterInvalidClasses", first.number, 0)
    assert ask(rights, silent._replace(flags=IMPORTED)) is True
    assert ask(rights, filing(MARK, classes=0)._replace(flags=IMPORTED)) is True


def test_imports_without_classes(rights: Any) -> None:
    """They can get classes by a correction, as others can."""
    first = filing(MARK)._replace(flags=IMPORTED)
    first = first._replace(facts=facts(filing_date=first.event_date))
    grown = after(first, "P10", classes=[9])
    reverts_with(lambda: ask_batch(rights, [first, grown]), "RightsRegisterInvalidClasses", first.number, bits([9]))
    record_batch(rights, [first, after(first, "Y10", corrects=1, classes=[9])])
    assert entry_of(rights, MARK).classes == bits([9])


@pytest.mark.parametrize("code", ["P10", "H10", "M10", "K10", "C10", "W10"])
def test_classes_only_shrink(rights: Any, code: str) -> None:
    filed = filing(MARK, classes=[9, 25, 42])
    for classes in ([9, 25, 42], [9, 25], [42]):
        accepted(rights, filed, after(filed, code, classes=classes))
    for classes in ([9, 25, 42, 43], [1], [9, 10]):
        event = after(filed, code, classes=classes)
        reverts_with(
            lambda event=event: ask_batch(rights, [filed, event]),
            "RightsRegisterInvalidClasses",
            filed.number,
            event.facts.classes,
        )
    none = after(filed, code, classes=[])
    reverts_with(lambda: ask_batch(rights, [filed, none]), "RightsRegisterInvalidClasses", filed.number, 0)


def test_surrendered_classes_do_not_come_back(rights: Any) -> None:
    """But by a correction of what took them."""
    filed = filing(MARK, classes=[9, 25])
    partial = after(filed, "H10", classes=[9])
    back = after(partial, "P10", classes=[9, 25])
    reverts_with(
        lambda: ask_batch(rights, [filed, partial, back]),
        "RightsRegisterInvalidClasses",
        filed.number,
        bits([9, 25]),
    )
    record_batch(rights, [filed, partial, after(partial, "Y10", corrects=2, classes=[9, 25])])
    assert entry_of(rights, MARK).classes == bits([9, 25])


@pytest.mark.parametrize(
    ("related", "released"),
    [(number("EM/T/2"), 0), (bytes(32), bits([9])), (number("EM/T/2"), bits([9])), (bytes(32), 1)],
)
def test_no_relation_to_a_number(rights: Any, related: bytes, released: int) -> None:
    """The bit of relations is set, and none is named."""
    stated = Facts(RELATION, related=related, released=released)
    reverts_with(lambda: try_facts(rights, stated), "RightsRegisterInvalidRelation", number(MARK), 0, related)
    assert tuple(try_facts(rights, Facts(RELATION))) == (2, 0)


def test_relations_that_are_none(rights: Any) -> None:
    """Nothing is absorbed that nobody released."""
    stated = Facts(RELATION | CLASSES, classes=bits([9, 25]), relation=ABSORBS, released=bits([9]))
    reverts_with(lambda: try_facts(rights, stated), "RightsRegisterInvalidRelation", number(MARK), ABSORBS, bytes(32))


def test_registration_and_expiry_beside_each_other(rights: Any) -> None:
    """The masks of the two are not mixed up."""
    filed = filing(MARK)
    record_batch(rights, [filed, after(filed, "F10", "A4", REGISTERED, registration_date=20900401)])
    entry = entry_of(rights, MARK)
    assert (entry.registration_date, entry.expiry_date) == (20900401, 0)
    assert facts(registration_date=1).changes == REGISTRATION
    assert facts(expiry_date=1).changes == EXPIRY
    assert isinstance(entry, Entry)
