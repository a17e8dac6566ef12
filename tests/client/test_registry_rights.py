"""`registry.rights` against the contracts on a real node: entries, events, timelines, renewal, batches, bodies."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from registrum import OfficeNumber, Registry, Right, Scope
from registrum.chain.reverts import (
    RightsRegisterBeforeFilingError,
    RightsRegisterNoSurchargeError,
    RightsRegisterNotEmpoweredError,
    RightsRegisterNotHeadError,
    RightsRegisterNotRenewableError,
)
from registrum.client.rights_answers import EventReceipt, SignerKind
from registrum.client.rights_calls import call_of
from registrum.dates import add_months
from registrum.errors import ConfigError, InputError, NodeError
from registrum.rights.codes import default_codes
from registrum.rights.history import Knowledge
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, Marks, Relation, Standing, StatePair
from registrum.rights.terms import DESIGN_TERMS, TRADEMARK_TERMS, RenewalTerms
from registrum.signing.rights_statements import EventBatch
from registrum.signing.signers import DevelopmentSigner
from tests.client.anvil import wait_until
from tests.client.registries import World, digest, world

FILED = date(2024, 1, 31)
REGISTERED = date(2024, 8, 1)
EXPIRES = date(2034, 1, 31)
KEYS = {"EM": DevelopmentSigner.account(4), "JP": DevelopmentSigner.account(8)}
COURT = DevelopmentSigner.account(9)
BUREAU = DevelopmentSigner.account(7)
"""Seat and key of the International Bureau; elsewhere a key of RU for applications."""
DOSSIER = digest("dossier")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("rights")) as there:
        for office, key in KEYS.items():
            there.seat(office).add_key(office, key.address, Scope.REGISTER | Scope.KEYS)
        there.registry().admit_office("WO", BUREAU.address, "International Bureau")
        there.registry(sender=BUREAU).add_key("WO", BUREAU.address, Scope.REGISTER)
        yield there


@pytest.fixture(scope="module")
def registry(made: World) -> Registry:
    return made.registry(signer=KEYS["EM"])


def filed(registry: Registry, made: World, *classes: int, right: Right = Right.TRADEMARK) -> OfficeNumber:
    number = made.number("EM", right)
    registry.rights.file(number, FILED, classes or (9, 42), DOSSIER)
    return number


def registered(registry: Registry, made: World, *classes: int, right: Right = Right.TRADEMARK) -> OfficeNumber:
    number = filed(registry, made, *classes, right=right)
    registry.rights.record(registration(registry, number))
    return number


def registration(registry: Registry, number: OfficeNumber, **changes: Any) -> LegalStatusEvent:
    expires = EXPIRES if number.right is Right.TRADEMARK else date(2029, 1, 31)
    values: dict[str, Any] = {
        "status": "Registered",
        "facts": EntryFacts(registration_date=REGISTERED, expiry_date=expires),
    }
    return registry.rights.draft(number, "F10", REGISTERED, **{**values, **changes})


# -- one entry ----------------------------------------------------------------------------------------------------


def test_a_mark_is_filed_once(made: World, registry: Registry) -> None:
    number = made.number()
    assert registry.rights.entry(number) is None
    receipt = registry.rights.file(number, FILED, (42, 9), DOSSIER, holder=digest("holder"))
    assert receipt.taken
    entry = registry.rights.entry(number)
    assert entry is not None
    assert (str(entry.pair), entry.status_text, entry.filing_date, entry.classes) == (
        "A1",
        default_codes().statuses[0].status,
        FILED,
        (9, 42),
    )
    assert (entry.event_count, entry.dossier, entry.holder) == (1, DOSSIER, digest("holder"))
    (event,) = receipt.recorded
    assert (event.head, event.sequence, event.is_irregular) == (entry.head, 1, False)
    assert registry.rights.events(number) == [event]
    again = registry.rights.file(number, FILED, (42, 9), DOSSIER, holder=digest("holder"))
    assert (again.taken, again.recorded) == (False, ())
    assert "events" not in receipt.to_json()
    assert len(receipt.to_json()["recorded"]) == 1


def test_entries_come_in_the_order_asked(made: World, registry: Registry) -> None:
    first, second = filed(registry, made, 1), filed(registry, made, 2, right=Right.DESIGN)
    unknown = made.number()
    entries = registry.rights.entries([second, unknown, first])
    assert [entry and entry.number for entry in entries] == [second, None, first]
    assert [entry.classes for entry in entries if entry] == [(2,), (1,)]


def test_what_a_code_says_is_filled_in(made: World, registry: Registry) -> None:
    number = registered(registry, made)
    event = registry.rights.draft(number, "R10", date(2025, 1, 7))
    assert (str(event.resulting), event.status) == (
        "A4",
        registry.rights.codes().status_position(number.right, "registered"),
    )
    assert event.effective_date == event.event_date
    registry.rights.record(event)
    entry = registry.rights.entry(number)
    assert entry is not None
    assert entry.event_count == 3
    with pytest.raises(InputError, match="which state and stage come after A10"):
        registry.rights.draft(made.number(), "A10", FILED)
    with pytest.raises(InputError, match="not in the table of statuses of a trade mark"):
        registry.rights.draft(number, "F10", FILED, status="Thriving")
    with pytest.raises(InputError, match="which status comes after A10"):
        registry.rights.draft(made.number(), "A10", FILED, resulting="A1")


def test_a_correction_stays_on_the_day_of_what_it_restates(made: World, registry: Registry) -> None:
    number = registered(registry, made)
    restated = registry.rights.draft(
        number, "Y10", date(2025, 1, 7), corrects=1, facts=EntryFacts(dossier=digest("other"))
    )
    assert (restated.event_date, restated.effective_date) == (date(2025, 1, 7), FILED)
    annulled = registry.rights.draft(number, "Y10", date(2025, 1, 7), corrects=2, flags=EventFlags.ANNULS)
    assert annulled.effective_date == date(2025, 1, 7)
    registry.rights.record(restated)
    assert registry.rights.status_on(number, FILED).knowledge is Knowledge.STOOD
    with pytest.raises(InputError, match="Y10 corrects an event, and none is named"):
        registry.rights.draft(number, "Y10", date(2025, 1, 7))
    with pytest.raises(InputError, match="there is no entry yet"):
        registry.rights.draft(made.number(), "W10", date(2025, 1, 7))


def test_a_readable_holder_is_not_recorded(made: World, registry: Registry) -> None:
    name = b"Mr John Smith".ljust(32, b"\0")
    with pytest.raises(InputError, match="the holder's reference reads 'Mr John Smith'"):
        registry.rights.file(made.number(), FILED, (9,), DOSSIER, holder=name)
    drafted = registry.rights.draft_filing(made.number(), FILED, (9,), holder=name)
    with pytest.raises(InputError, match="John Smith"):
        registry.rights.record_batch([drafted])


def test_an_event_with_its_previous_is_recorded_once(made: World, registry: Registry) -> None:
    number = filed(registry, made)
    entry = registry.rights.entry(number)
    assert entry is not None
    event = registry.rights.draft(number, "U10", date(2024, 2, 5))
    assert registry.rights.record(event, previous=entry.head).taken
    assert not registry.rights.record(event, previous=entry.head).taken
    other = registry.rights.draft(number, "U10", date(2024, 2, 6))
    with pytest.raises(RightsRegisterNotHeadError):
        registry.rights.record(other, previous=entry.head)
    assert registry.rights.record(event).taken, "without it, the event happened twice"


def test_a_refusal_is_told_before_anything_is_sent(made: World, registry: Registry) -> None:
    number = filed(registry, made)
    block = registry.rpc.call("eth_blockNumber")
    with pytest.raises(RightsRegisterBeforeFilingError):
        registry.rights.record(registry.rights.draft(number, "U10", date(2024, 1, 30)))
    assert registry.rpc.call("eth_blockNumber") == block


def test_other_rights_have_no_entries(made: World, registry: Registry) -> None:
    number = made.number("EM", Right.PATENT)
    for ask in (registry.rights.entry, registry.rights.standing, registry.rights.division, registry.rights.events):
        with pytest.raises(InputError, match="no entries of the kind: patent"):
            ask(number)


def test_a_basis_is_stated_with_the_filing(made: World, registry: Registry) -> None:
    basis, number = made.number("EM"), made.number("JP")
    registry.rights.file(number, FILED, (9,), basis=basis, signer=KEYS["JP"])
    entry = registry.rights.entry(number)
    assert entry is not None
    assert (entry.basis, entry.application) == (basis, None)
    other = made.number("EM")
    registry.rights.file(other, FILED, (9,), application=basis)
    entry = registry.rights.entry(other)
    assert entry is not None
    assert (entry.basis, entry.application) == (None, basis)
    with pytest.raises(InputError, match="not both"):
        registry.rights.file(made.number(), FILED, (9,), basis=basis, application=other)


# -- history ------------------------------------------------------------------------------------------------------


def history_of_six(made: World, registry: Registry) -> OfficeNumber:
    """Filed, registered, then a move that no table foresees, its correction, the owner's surrender of a class."""
    number = registered(registry, made, 9, 42)
    rights = registry.rights
    rights.record(
        LegalStatusEvent(
            number, f"NAT:{number.office}", "LOST", StatePair.parse("N6"), 12, date(2025, 3, 1), date(2025, 3, 1)
        )
    )
    rights.record(
        rights.draft(
            number, "Y10", date(2025, 3, 9), resulting="A4", status="Registered", corrects=3, flags=EventFlags.ANNULS
        )
    )
    rights.record(
        rights.draft(
            number, "H10", date(2025, 5, 1), resulting="A4", status="Registered", facts=EntryFacts(classes=(9,))
        )
    )
    return number


def test_a_timeline_tells_signers_corrections_and_irregular_events(made: World, registry: Registry) -> None:
    number = history_of_six(made, registry)
    timeline = registry.rights.timeline(number)
    assert [item.event.code for item in timeline] == ["A10", "F10", "LOST", "Y10", "H10"]
    assert [item.is_irregular for item in timeline] == [False, False, True, False, False]
    assert [item.corrected_by for item in timeline] == [None, None, 4, None, None]
    assert timeline[1].title == "IP right granted"
    assert timeline[1].status_text == "Registered"
    assert timeline[2].title == "LOST"
    assert {item.signer.kind for item in timeline} == {SignerKind.OFFICE}
    assert {item.signer.name for item in timeline} == {"EM"}
    assert not any(item.is_suspect for item in timeline)
    told = timeline[2].to_json()
    assert (told["isIrregular"], told["correctedBy"], told["signer"]["kind"]) == (True, 4, "office")


def test_a_history_proves_itself_complete(made: World, registry: Registry) -> None:
    number = history_of_six(made, registry)
    report = registry.rights.verify_history(number)
    assert report is not None
    assert report.is_complete, report.to_json()
    assert report.event_count == 5
    assert registry.rights.verify_history(made.number()) is None


def test_what_stood_and_what_was_known(made: World, registry: Registry) -> None:
    number = history_of_six(made, registry)
    rights = registry.rights
    pairs = {
        on: answer.snapshot and str(answer.snapshot.pair)
        for on in (date(2024, 1, 1), date(2024, 3, 1), date(2024, 9, 1), date(2025, 3, 5))
        for answer in [rights.status_on(number, on)]
    }
    assert list(pairs.values()) == [None, "A1", "A4", "A4"]
    before = rights.status_on(number, date(2025, 3, 5), date(2020, 1, 1))
    assert (before.knowledge, before.standing) == (Knowledge.NOT_RECORDED, Standing.NOT_FOUND)
    nothing = rights.status_on(made.number(), date(2025, 3, 5))
    assert (nothing.knowledge, nothing.snapshot, nothing.standing) == (
        Knowledge.NOT_RECORDED,
        None,
        Standing.NOT_FOUND,
    )


def test_a_number_given_at_registration_keeps_the_history(made: World, registry: Registry) -> None:
    former, number = filed(registry, made), made.number()
    event = registration(
        registry,
        number,
        resulting="A4",
        facts=EntryFacts(
            registration_date=REGISTERED, expiry_date=EXPIRES, relation=Relation.CONTINUATION_OF, related=former
        ),
    )
    assert registry.rights.record(event).taken
    assert not registry.rights.record(event).taken
    history = registry.rights.events(number)
    assert [item.event.number for item in history] == [former, number]
    assert [item.sequence for item in history] == [1, 2]
    entry, old = registry.rights.entries([number, former])
    assert entry is not None
    assert old is not None
    assert (entry.former, old.continuation, old.marks) == (former, number, Marks.CONTINUED)
    assert registry.rights.standing(former).standing is Standing.CONTINUED
    for name in (number, former):
        report = registry.rights.verify_history(name)
        assert report is not None
        assert report.is_complete, report.to_json()


def test_a_compromised_key_makes_its_later_events_suspect(made: World, registry: Registry) -> None:
    with made.undone():
        number = filed(registry, made)
        made.advance(timedelta(hours=1))
        since = made.now()
        made.advance(timedelta(hours=1))
        registry.rights.record(registry.rights.draft(number, "U10", date(2024, 2, 5)))
        made.seat().mark_key_compromised("EM", KEYS["EM"].address, since)
        timeline = registry.rights.timeline(number)
        assert [item.is_suspect for item in timeline] == [False, True]
        assert timeline[0].signer.compromised_since == since


def test_events_of_a_successor_and_of_keys_that_nobody_knows(made: World, registry: Registry) -> None:
    with made.undone():
        number = filed(registry, made)
        made.registry().depart_office("EM")
        made.registry()._by_governance("nameSuccessor", "EM", "JP", about="name JP for EM")
        registry.rights.record(registry.rights.draft(number, "U10", date(2024, 2, 5)), signer=KEYS["JP"])
        timeline = registry.rights.timeline(number)
        assert [item.signer.kind for item in timeline] == [SignerKind.OFFICE, SignerKind.SUCCESSOR]
        assert [item.signer.name for item in timeline] == ["EM", "JP"]
        made.registry().depart_office("JP")
        last = registry.rights.timeline(number)[-1].signer
        assert (last.kind, last.name, last.account) == (SignerKind.UNKNOWN, None, KEYS["JP"].address)
    assert registry.rights.timeline(made.number()) == []


def test_an_event_recorded_meanwhile_is_no_gap(
    made: World, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = filed(registry, made)
    rights = made.registry(signer=KEYS["EM"]).rights
    read, asked = rights.events, []

    def events(of: OfficeNumber) -> Any:
        asked.append(of)
        if len(asked) <= times:
            registry.rights.record(registry.rights.draft(number, "U10", date(2024, 2, len(asked))))
        return read(of)

    monkeypatch.setattr(rights, "events", events)
    times = 2
    report = rights.verify_history(number)
    assert report is not None
    assert (report.is_complete, report.event_count, len(asked)) == (True, 3, 3)
    asked.clear()
    times = 9
    with pytest.raises(NodeError, match="another head"):
        rights.verify_history(number)


def test_classes_pass_from_a_parent_to_its_child(made: World, registry: Registry) -> None:
    parent, child = filed(registry, made, 9, 35, 42), made.number()
    rights = registry.rights
    divide = EntryFacts(classes=(9,), relation=Relation.DIVIDES, released=(35, 42))
    rights.record(rights.draft(parent, "P10", date(2024, 3, 1), facts=divide))
    assert rights.division(parent).released == (35, 42)
    taken = EntryFacts(filing_date=FILED, classes=(42,), relation=Relation.DIVIDED_FROM, related=parent)
    rights.record(rights.draft(child, "A10", date(2024, 3, 1), resulting="A1", status="Application filed", facts=taken))
    assert (rights.division(parent).released, rights.division(parent).given) == ((35,), (42,))
    assert rights.division(child).held == (42,)
    entry = rights.entry(child)
    assert entry is not None
    assert (entry.parent, entry.marks) == (parent, Marks.CHILD)


# -- renewal and standing -----------------------------------------------------------------------------------------


def expired_long_ago(made: World, registry: Registry, expiry: date) -> OfficeNumber:
    """A mark that was filed ten years before a day."""
    number, begun = made.number(), add_months(expiry, -120)
    rights = registry.rights
    rights.file(number, begun, (9,))
    facts = EntryFacts(registration_date=begun, expiry_date=expiry)
    rights.record(rights.draft(number, "F10", begun, status="Registered", facts=facts))
    return number


def test_a_mark_is_renewed_in_its_window(made: World, registry: Registry) -> None:
    today = registry.rights.today()
    number = expired_long_ago(made, registry, add_months(today, 2))
    entry = registry.rights.entry(number)
    assert entry is not None
    assert entry.expiry_date is not None
    receipt = registry.rights.renew(number)
    renewed = registry.rights.entry(number)
    assert receipt.taken
    assert not receipt.irregular
    assert renewed is not None
    assert renewed.expiry_date == add_months(entry.expiry_date, 120)
    assert (renewed.pair, renewed.status) == (entry.pair, entry.status)
    with pytest.raises(RightsRegisterNotRenewableError):
        registry.rights.renew(number)


def test_after_expiry_a_surcharge_is_needed(made: World, registry: Registry) -> None:
    today = registry.rights.today()
    number = expired_long_ago(made, registry, add_months(today, -2))
    assert registry.rights.standing(number).standing is Standing.IN_GRACE
    with pytest.raises(RightsRegisterNoSurchargeError):
        registry.rights.renew(number)
    assert registry.rights.renew(number, surcharge=True).taken
    assert registry.rights.standing(number).standing is Standing.IN_FORCE


def test_what_nobody_renewed_has_lapsed(made: World, registry: Registry) -> None:
    number = expired_long_ago(made, registry, add_months(registry.rights.today(), -12))
    standing = registry.rights.standing(number)
    assert (standing.standing, standing.is_irregular, standing.basis_ceased_on) == (Standing.LAPSED, False, None)
    assert standing.to_json()["standing"] == "lapsed"
    assert registry.rights.standing(number, add_months(registry.rights.today(), -24)).standing is Standing.IN_FORCE
    assert registry.rights.standing(made.number()).standing is Standing.NOT_FOUND
    with pytest.raises(RightsRegisterNotRenewableError):
        registry.rights.renew(number, surcharge=True)


def test_what_cannot_be_renewed_is_told_without_asking_the_contract(made: World, registry: Registry) -> None:
    with pytest.raises(InputError, match="there is no entry of"):
        registry.rights.renew(made.number())
    with pytest.raises(InputError, match="no expiry date in the entry"):
        registry.rights.renew(filed(registry, made))
    number = made.number("EM", Right.DESIGN)
    begun = add_months(registry.rights.today(), -12 * 25)
    facts = EntryFacts(filing_date=begun, classes=(6,), expiry_date=add_months(begun, 12 * 25))
    draft = registry.rights.draft
    event = draft(number, "A10", begun, resulting="A4", status="Registered", flags=EventFlags.IMPORTED, facts=facts)
    registry.rights.record(event)
    with pytest.raises(InputError, match="cannot be renewed beyond"):
        registry.rights.renew(number, surcharge=True)


def test_an_office_states_its_terms(made: World, registry: Registry) -> None:
    rights = registry.rights
    assert rights.renewal_terms("JP", Right.TRADEMARK) == TRADEMARK_TERMS
    assert rights.renewal_terms("JP", Right.DESIGN) == DESIGN_TERMS
    terms = RenewalTerms(period_years=5, maximum_years=20, window_months=12, grace_months=9)
    for version, stated in enumerate((terms, RenewalTerms(period_years=5)), 1):
        assert rights.set_renewal_terms("JP", Right.DESIGN, stated, signer=KEYS["JP"]).taken
        assert not rights.set_renewal_terms("JP", Right.DESIGN, stated, signer=KEYS["JP"]).taken
        assert rights.renewal_terms("JP", Right.DESIGN) == stated
        assert rights._stated_terms("JP", Right.DESIGN)[1] == version


def test_what_rests_on_a_basic_mark_falls_with_it(made: World, registry: Registry) -> None:
    rights = registry.rights
    basic, national = registered(registry, made), made.number("JP")
    international = OfficeNumber("WO", Right.TRADEMARK, basic.number)
    for number, basis, key in ((international, basic, BUREAU), (national, international, KEYS["JP"])):
        rights.file(number, REGISTERED, (9,), basis=basis, signer=key)
        facts = EntryFacts(registration_date=REGISTERED, expiry_date=add_months(REGISTERED, 120))
        rights.record(rights.draft(number, "F10", REGISTERED, status="Registered", facts=facts), signer=key)
    on = date(2026, 1, 1)
    assert [rights.standing(number, on).basis_ceased_on for number in (international, national)] == [None, None]
    ceased = date(2025, 6, 1)
    rights.record(rights.draft(basic, "H10", ceased, resulting="N6", status="Registration cancelled"))
    assert [rights.standing(number, on).basis_ceased_on for number in (international, national)] == [ceased, ceased]
    before = ceased - timedelta(days=1)
    assert rights.standing(national, before).basis_ceased_on is None
    assert rights.standing(national, on).standing is Standing.IN_FORCE


# -- bodies -------------------------------------------------------------------------------------------------------


def test_a_court_records_what_it_was_empowered_for(made: World, registry: Registry) -> None:
    number = registered(registry, made)
    rights = registry.rights
    assert rights.body("EM", COURT.address) is None
    until = made.now() + timedelta(days=365)
    assert rights.empower("EM", COURT.address, "General Court", "VH", valid_until=until).taken
    assert not rights.empower("EM", COURT.address, "General Court", "HV", valid_until=until).taken
    body = rights.body("EM", COURT.address)
    assert body is not None
    assert (body.name, body.categories, body.version, body.valid_until) == ("General Court", "HV", 1, until)
    cancel = rights.draft(number, "H10", date(2025, 6, 1), resulting="N6", status="Registration cancelled")
    assert rights.record(cancel, signer=COURT).taken
    signer = rights.timeline(number)[-1].signer
    assert (signer.kind, signer.name, signer.account) == (SignerKind.BODY, "General Court", COURT.address)
    with pytest.raises(RightsRegisterNotEmpoweredError):
        rights.record(rights.draft(number, "R10", date(2025, 6, 2)), signer=COURT)
    assert rights.empower("EM", COURT.address, "General Court", "").taken
    body = rights.body("EM", COURT.address)
    assert body is not None
    assert (body.categories, body.version, body.valid_until) == ("", 2, None)
    assert rights.timeline(number)[-1].signer.name == "General Court", "what it did stays its own"
    assert body.to_json()["validUntil"] is None


def test_times_of_an_empowerment_have_a_zone(registry: Registry) -> None:
    with pytest.raises(InputError, match="no time zone"):
        registry.rights.empower("EM", COURT.address, "Court", "K", valid_from=datetime(2024, 1, 1))


# -- batches ------------------------------------------------------------------------------------------------------


def test_a_batch_chains_the_events_of_an_entry(made: World, registry: Registry) -> None:
    rights = registry.rights
    numbers = [made.number() for _ in range(3)]
    events = []
    for number in numbers:
        events.append(rights.draft_filing(number, FILED, (9,)))
        events.append(registration(registry, number, resulting="A4"))
    receipt = rights.record_batch(events)
    assert [event.event for event in receipt.recorded] == events
    assert [event.sequence for event in receipt.recorded] == [1, 2] * 3
    assert all(entry and str(entry.pair) == "A4" for entry in rights.entries(numbers))
    assert not rights.record_batch(events).taken, "what is recorded already is left out"
    more = [rights.draft(number, "R10", date(2025, 1, 1)) for number in numbers]
    again = rights.record_batch([*events[:2], more[0]])
    assert [event.event for event in again.recorded] == more[:1]


def test_a_batch_is_of_one_office_and_of_200_events(made: World, registry: Registry) -> None:
    rights = registry.rights
    one = rights.draft_filing(made.number("EM"), FILED, (9,))
    other = rights.draft_filing(made.number("JP"), FILED, (9,))
    for events in ([], [one, other], [one] * 201):
        with pytest.raises(InputError, match="1 to 200 events of one office"):
            rights.record_batch(events)


def test_a_batch_that_no_block_holds_is_not_sent(made: World, registry: Registry) -> None:
    rights = registry.rights
    heavy = {"dossier": DOSSIER, "representation": DOSSIER, "holder": DOSSIER}
    events = [rights.draft_filing(made.number(), FILED, (9,), **heavy) for _ in range(200)]
    with pytest.raises(InputError, match="a block of this chain has"):
        rights.record_batch(events)


def test_call_data_are_those_of_the_general_encoding(made: World, registry: Registry) -> None:
    from registrum.chain.contracts import RIGHTS_REGISTER, load_abi

    (statement,) = registry.rights.prepare([registry.rights.draft_filing(made.number(), FILED, (9,), DOSSIER)])
    abi = load_abi(RIGHTS_REGISTER)
    for signature in (b"\7" * 65, b"\7" * 100):
        assert call_of(statement, signature).data == abi.encode("record", statement, signature)
        batch = EventBatch(b"EM", (statement, statement))
        expected = abi.encode("recordBatch", batch.office, list(batch.events), signature)
        assert call_of(batch, signature).data == expected


def test_a_statement_signed_elsewhere_is_relayed_by_anyone(made: World, registry: Registry) -> None:
    rights = registry.rights
    (statement,) = rights.prepare([rights.draft_filing(made.number(), FILED, (9,))])
    signature = KEYS["EM"].sign(statement, rights.rights_domain)
    relay = made.registry(signer=None).rights
    receipt = relay.submit_signed(statement, signature)
    assert isinstance(receipt, EventReceipt)
    assert receipt.recorded[0].signer == KEYS["EM"].address
    assert not relay.submit_signed(statement, signature).taken
    with pytest.raises(InputError, match="takes no"):
        relay.submit_signed(made.application().registration(), signature)


# -- the table ----------------------------------------------------------------------------------------------------


def test_the_table_in_force_is_that_of_the_package(registry: Registry) -> None:
    table = registry.rights.codes()
    assert len(table.rules) == len(default_codes().codes)
    for rule in default_codes().codes:
        found = table.rules[rule.right, rule.system, rule.code]
        assert (found.category, found.from_, found.to, found.title) == (rule.category, rule.from_, rule.to, rule.title)
    statuses = {(rule.right, rule.position): rule.status for rule in default_codes().statuses}
    assert dict(table.statuses) == statuses
    assert registry.rights.codes() == table
    assert table.title_of(Right.TRADEMARK, "ST.27", "F10-F11").startswith("IP right granted")
    assert table.title_of(Right.TRADEMARK, "NAT:EM", "ODD") == "ODD"
    assert len(table.to_json()["codes"]) == len(table.rules)


def test_rows_that_the_offices_set_are_read(made: World, registry: Registry) -> None:
    from registrum.chain.contracts import RIGHTS_REGISTER, load_abi
    from tests.client.registries import GOVERNANCE

    def set_rule(category: bytes, title: str) -> None:
        row = (b"T", b"NAT:EM\0\0", b"MOVE".ljust(32, b"\0"), category, 1, 2, 1 << 7, title)
        data = "0x" + load_abi(RIGHTS_REGISTER).encode("setCodes", [row]).hex()
        call = {"from": GOVERNANCE.address, "to": made.manifest.address(RIGHTS_REGISTER), "data": data}
        sent = made.rpc.call("eth_sendTransaction", [{**call, "gas": hex(500_000)}])
        wait_until(lambda: made.rpc.call("eth_getTransactionReceipt", [sent]), "the row to be set")

    rights = made.registry().rights
    before = rights.codes()
    set_rule(b"W", "Moved")
    rule = rights.codes().rule_for(Right.TRADEMARK, "NAT:EM", "MOVE")
    assert rule is not None
    assert (rule.title, rule.positions, [str(pair) for pair in rule.pairs]) == ("Moved", (7,), ["A1"])
    assert (rule.may_stay, rule.status_may_stay) == (False, False)
    set_rule(b"\0", "")
    assert rights.codes() == before


def test_a_deployment_without_the_register_says_so(made: World) -> None:
    bare = {name: item for name, item in made.manifest.contracts.items() if "Rights" not in name}
    without = Registry(made.rpc, dataclasses.replace(made.manifest, contracts=bare))
    with pytest.raises(ConfigError, match="RightsRegister"):
        without.rights.entry(made.number())


def test_the_register_is_made_once_and_lazily() -> None:
    import subprocess
    import sys

    program = "import sys, registrum.registry; sys.exit('registrum.client.rights' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
