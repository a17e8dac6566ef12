"""Courts and boards of appeal: a body that an office empowered records events of its categories, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import DAY, FOREVER, NOON, now, travel_to
from tests.contracts.support.offices import REGISTER, RELAYER, Office, add_key, number
from tests.contracts.support.rights import (
    APPLICATION_RECORD,
    CEASED,
    CONTINUATION_OF,
    FILED,
    FILING,
    IMPORTED,
    MARK_IRREGULAR,
    REGISTERED,
    SAME,
    Empowerment,
    Event,
    after,
    ascii_word,
    ask,
    ask_batch,
    categories,
    empower,
    entry_of,
    filing,
    record,
    record_all,
    record_batch,
    register_key,
    row,
    set_codes,
    signed,
    some_key,
)

MARK, RUSSIAN = "EM/T/018660437", "RU/T/2090700001"
SINCE, UNTIL = NOON - DAY, NOON + 30 * DAY

COURT = some_key("court")


def statement(body: Any, letters: str, version: int = 1, office: bytes = b"EM", **more: Any) -> Empowerment:
    """An office lets a body record events of some categories for a month."""
    whole = Empowerment(office, body.address, ascii_word("General Court"), categories(letters), SINCE, UNTIL, version)
    return whole._replace(**more)


@pytest.fixture(scope="module")
def empowered(practice: Any, rights: Any) -> None:
    """EM let the court record cessations, reviews and corrections."""
    empower(practice, statement(COURT, "HLY"))


@pytest.fixture
def registered(rights: Any, empowered: None) -> Event:
    first = filing(MARK)
    return record_all(rights, first, after(first, "F10", "A4", REGISTERED))


def not_empowered(rights: Any, event: Event, category: str) -> None:
    reverts_with(
        lambda: ask(rights, event, COURT), "RightsRegisterNotEmpowered", event.number, COURT.address, category.encode()
    )


def not_a_key(rights: Any, event: Event, key: Any = COURT) -> None:
    reverts_with(lambda: ask(rights, event, key), "OfficeDirectoryUnknownKey", event.number[:2], key.address)


@pytest.mark.smoke
def test_records_what_it_is_empowered_for(rights: Any, registered: Event) -> None:
    review = after(registered, "L10", "A5")
    told = record(rights, review, COURT).events["LegalStatusEventRecorded"]
    assert told["signer"] == COURT.address
    annulled = after(review, "H10", "N6", CEASED)
    record(rights, annulled, COURT)
    assert (entry_of(rights, MARK).state, entry_of(rights, MARK).marks) == (b"N", 0)


@pytest.mark.smoke
@pytest.mark.parametrize("category", "KMNPQRSTUVW")
def test_nothing_else(rights: Any, registered: Event, category: str) -> None:
    not_empowered(rights, after(registered, f"{category}10"), category)


def test_not_the_offices_own_codes(rights: Any, registered: Event) -> None:
    """Those without a row are of category W, those with one of its category."""
    not_empowered(rights, after(registered, "Anything", system="NAT:EM"), "W")
    not_empowered(rights, after(registered, "Registration published", system="NAT:EM"), "F")


@pytest.mark.smoke
def test_creates_no_entry(rights: Any, practice: Any, empowered: None) -> None:
    """Not even by an import with a code of its own categories: new numbers are the office's, or of category A."""
    event = filing(MARK)
    not_empowered(rights, event, "A")
    not_empowered(rights, event._replace(flags=IMPORTED), "A")
    not_empowered(rights, filing(MARK, "H10", "N6", CEASED)._replace(flags=IMPORTED), "H")
    empower(practice, statement(COURT, "A", 2))
    assert ask(rights, event, COURT) is True
    imported = filing(MARK, "H10", "N6", CEASED)._replace(flags=IMPORTED)
    not_empowered(rights, imported, "H")
    empower(practice, statement(COURT, "AH", 3))
    not_empowered(rights, imported, "H")
    set_codes(rights, row("T", "H10", "H", "none", "N6", (CEASED,)))
    assert ask(rights, imported, COURT) is True


def test_gives_no_new_number(rights: Any, practice: Any, registered: Event) -> None:
    """An entry goes on under another number when its office says so."""
    event = after(registered, "H10", "N6", CEASED, relation=CONTINUATION_OF, related=number(MARK))
    event = event._replace(number=number("EM/T/2"))
    not_empowered(rights, event, "H")
    empower(practice, statement(COURT, "A", 2))
    not_empowered(rights, event, "H")
    empower(practice, statement(COURT, "AH", 3))
    assert ask(rights, event, COURT) is True


@pytest.mark.smoke
def test_not_in_the_register_of_another_office(rights: Any, registered: Event) -> None:
    russian = record_all(rights, first := filing(RUSSIAN), after(first, "F10", "A4", REGISTERED))
    not_a_key(rights, after(russian, "H10", "N6", CEASED))


def test_each_office_speaks_for_itself(rights: Any, practice: Any, registered: Event) -> None:
    """One body of two offices, each for its own categories."""
    empower(practice, statement(COURT, "K", office=b"RU"))
    russian = record_all(rights, first := filing(RUSSIAN), after(first, "F10", "A4", REGISTERED))
    not_empowered(rights, after(russian, "H10", "N6", CEASED), "H")
    not_empowered(rights, after(registered, "K10"), "K")
    ceased = record_all(rights, after(russian, "H10", "N6", CEASED))
    record(rights, after(ceased, "K10", "A4", REGISTERED), COURT)


def test_nobody_else(rights: Any, registered: Event) -> None:
    not_a_key(rights, after(registered, "H10", "N6", CEASED), some_key("another court"))


def test_the_office_itself_is_not_bound_by_it(rights: Any, registered: Event) -> None:
    record(rights, after(registered, "H10", "N6", CEASED))


@pytest.mark.smoke
def test_a_batch(rights: Any, registered: Event) -> None:
    """Judged event by event, all or none."""
    review = after(registered, "L10", "A5")
    cessation = after(review, "H10", "N6", CEASED)
    beyond = after(cessation, "W10")
    reverts_with(
        lambda: ask_batch(rights, [review, cessation, beyond], COURT),
        "RightsRegisterNotEmpowered",
        number(MARK),
        COURT.address,
        b"W",
    )
    told = record_batch(rights, [review, cessation], COURT).events["BatchRecorded"]
    assert (told["signer"], told["recorded"]) == (COURT.address, 2)


def test_a_batch_of_another_office(rights: Any, registered: Event) -> None:
    event = after(registered, "H10", "N6", CEASED)
    reverts_with(
        lambda: ask_batch(rights, [event], COURT, office=b"RU"), "RightsRegisterOtherOffice", event.number, b"RU"
    )


def test_corrects(rights: Any, registered: Event) -> None:
    """A body with category Y sets right what the office recorded."""
    record(rights, after(registered, "Y10", corrects=2, registration_date=registered.event_date), COURT)
    assert rights.isCorrected(number(MARK), 2)


def test_hard_rules_hold_for_it(rights: Any, registered: Event) -> None:
    event = after(registered, "H10", "N6", CEASED, on=20900309)
    reverts_with(lambda: ask(rights, event, COURT), "RightsRegisterBeforeFiling", event.number, 20900309, 20900310)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("code", "resulting", "status"),
    [("H10", "A1", FILED), ("H10", "N3", CEASED), ("H10", "N6", FILED), ("L10", "A4", FILED)],
)
def test_nothing_that_the_table_does_not_foresee(
    rights: Any, registered: Event, code: str, resulting: str, status: int
) -> None:
    """Stage or status: what is flagged when its office records it is refused to the body."""
    jump = after(registered, code, resulting, status)
    not_empowered(rights, jump, code[0])
    record(rights, jump)
    assert entry_of(rights, MARK).marks == MARK_IRREGULAR


def test_nothing_unforeseen_in_a_batch(rights: Any, registered: Event) -> None:
    jump = after(review := after(registered, "L10", "A5"), "H10", "A1", FILED)
    reverts_with(
        lambda: ask_batch(rights, [review, jump], COURT),
        "RightsRegisterNotEmpowered",
        number(MARK),
        COURT.address,
        b"H",
    )


STATED: dict[str, dict[str, Any]] = {
    "filing": {"filing_date": 20900309},
    "registration": {"registration_date": 20900310},
    "expiry": {"expiry_date": 21000310},
    "classes": {"classes": [9]},
    "relation": {"relation": APPLICATION_RECORD, "related": number("EM/T/APPLICATION")},
    "no relation": {"relation": 0},
}
"""What only events that decide about a right may state, if a body signs them."""


@pytest.mark.parametrize("category", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
def test_dates_and_classes_by_categories_that_decide(
    rights: Any, practice: Any, registered: Event, category: str
) -> None:
    """All other facts, and what the office itself states, are as before."""
    code = f"{category}88"
    set_codes(rights, row("T", code, category, "A4", "same", (SAME,)))
    empower(practice, statement(COURT, category, 2))
    corrects = 1 if category == "Y" else 0
    for what, stated in STATED.items():
        event = after(registered, code, corrects=corrects, **stated)
        if category not in "ABCFHKMNY":
            not_empowered(rights, event, category)
        elif what == "filing" and category != "Y":
            reverts_with(
                lambda event=event: ask(rights, event, COURT), "RightsRegisterInvalidChanges", event.number, FILING
            )
        else:
            assert ask(rights, event, COURT) is True, what
        if what != "filing":
            assert ask(rights, event) is True, "the office itself"
    quiet = after(registered, code, corrects=corrects, holder=b"\1" * 32, dossier=b"\2" * 32)
    assert ask(rights, quiet, COURT) is True


def test_what_the_register_calls_its_category(rights: Any, practice: Any, registered: Event) -> None:
    """Every letter can be granted, so that no category is beyond a body that the office trusts with all."""
    empower(practice, statement(COURT, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2))
    record(rights, after(registered, "W10"), COURT)


# Time


def test_only_in_its_time(rights: Any, practice: Any, registered: Event) -> None:
    start, end = now() + 100 * DAY, now() + 101 * DAY
    empower(practice, statement(COURT, "H", 2, valid_from=start, valid_until=end))
    event = after(registered, "H10", "N6", CEASED)
    not_a_key(rights, event)
    travel_to(start)
    assert ask(rights, event, COURT) is True
    travel_to(end - 1)
    assert ask(rights, event, COURT) is True
    travel_to(end)
    not_a_key(rights, event)


def test_what_it_recorded_stays(rights: Any, practice: Any, registered: Event) -> None:
    """Taken back, an empowerment ends; what was recorded under it is not undone."""
    event = after(registered, "H10", "N6", CEASED)
    record(rights, event, COURT)
    empower(practice, statement(COURT, "", 2))
    assert entry_of(rights, MARK).ceased_on == event.effective_date
    not_a_key(rights, after(event, "H10"))
    not_a_key(rights, event._replace(code=ascii_word("L10")))


def test_narrowed(rights: Any, practice: Any, registered: Event) -> None:
    empower(practice, statement(COURT, "L", 2))
    not_empowered(rights, after(registered, "H10", "N6", CEASED), "H")
    record(rights, after(registered, "L10"), COURT)


# The office behind it


def test_not_while_the_office_is_suspended(
    rights: Any, directory: Any, governance: Any, em: Office, registered: Event
) -> None:
    until = now() + DAY
    directory.suspendOffice(em.code, until, {"from": governance})
    event = after(registered, "H10", "N6", CEASED)
    not_a_key(rights, event)
    travel_to(until)
    assert ask(rights, event, COURT) is True


def test_not_after_the_office_departed(
    rights: Any, directory: Any, governance: Any, em: Office, ru: Office, registered: Event
) -> None:
    """The successor has its own courts."""
    directory.departOffice(em.code, {"from": governance})
    directory.nameSuccessor(em.code, ru.code, {"from": governance})
    event = after(registered, "H10", "N6", CEASED)
    reverts_with(lambda: ask(rights, event, COURT), "OfficeDirectoryOfficeDeparted", b"EM")
    assert ask(rights, event, register_key(b"RU")) is True


def test_courts_of_the_successor_do_not_act_for_the_departed(
    rights: Any, practice: Any, directory: Any, governance: Any, em: Office, ru: Office, registered: Event
) -> None:
    other = some_key("court of the successor")
    empower(practice, statement(other, "H", office=b"RU"))
    directory.departOffice(em.code, {"from": governance})
    directory.nameSuccessor(em.code, ru.code, {"from": governance})
    event = after(registered, "H10", "N6", CEASED)
    reverts_with(lambda: ask(rights, event, other), "OfficeDirectoryOfficeDeparted", b"EM")


def test_a_body_that_is_a_key_of_the_office(rights: Any, practice: Any, directory: Any, em: Office) -> None:
    """As a key with scope register it is the office; without that scope, the body that it is empowered as."""
    own = some_key("own board")
    add_key(directory, em, own.address, REGISTER)
    empower(practice, statement(own, "H"))
    first = record_all(rights, filing(MARK))
    assert ask(rights, after(first, "W10"), own) is True
    directory.revokeKey(em.code, own.address, {"from": em.seat})
    reverts_with(
        lambda: ask(rights, after(first, "W10"), own),
        "RightsRegisterNotEmpowered",
        number(MARK),
        own.address,
        b"W",
    )


# Contract wallets


def by_wallet(rights: Any, event: Event, wallet: Any, owner: Any) -> bytes:
    return bytes.fromhex(wallet.address[2:]) + signed(rights, event, owner)


@pytest.mark.smoke
def test_a_contract_wallet(rights: Any, practice: Any, stranger: Any, registered: Event) -> None:
    """A court whose judges sign together (ERC-1271)."""
    judge = some_key("judge")
    wallet = compiled("OwnerWallet").deploy(judge.address, {"from": stranger})
    relayed = {"from": accounts[RELAYER]}
    event = after(registered, "H10", "N6", CEASED)
    signature = by_wallet(rights, event, wallet, judge)
    reverts_with(
        lambda: rights.record.call(event, signature, relayed), "OfficeDirectoryUnknownKey", b"EM", wallet.address
    )
    empower(practice, statement(wallet, "H", valid_until=FOREVER))
    reverts_with(
        lambda: rights.record.call(event, by_wallet(rights, event, wallet, some_key("clerk")), relayed),
        "OfficeSignedInvalidSignature",
        b"EM",
    )
    other = after(registered, "W10")
    reverts_with(
        lambda: rights.record.call(other, by_wallet(rights, other, wallet, judge), relayed),
        "RightsRegisterNotEmpowered",
        number(MARK),
        wallet.address,
        b"W",
    )
    told = rights.record(event, signature, relayed).events["LegalStatusEventRecorded"]
    assert told["signer"] == wallet.address


def test_the_owner_of_a_wallet_is_no_body(rights: Any, practice: Any, stranger: Any, registered: Event) -> None:
    judge = some_key("judge")
    wallet = compiled("OwnerWallet").deploy(judge.address, {"from": stranger})
    empower(practice, statement(wallet, "H"))
    not_a_key(rights, after(registered, "H10", "N6", CEASED), judge)
