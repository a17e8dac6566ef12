"""Entries that hang together, bodies, terms, successors and irregular moves: the index answers as the contracts do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from registrum import OfficeNumber, Registry, Right, Scope
from registrum.client.rights_answers import SignerKind
from registrum.dates import add_months
from registrum.errors import InputError
from registrum.index.following import Follower
from registrum.index.queries import EntryQuery
from registrum.index.reading import IndexReader, read_index
from registrum.index.store import open_index
from registrum.rights.model import EntryFacts, Relation, Standing
from registrum.rights.terms import RenewalTerms
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import World, digest, world

FILED, REGISTERED = date(2024, 1, 31), date(2024, 8, 1)
KEYS = {"EM": DevelopmentSigner.account(4), "JP": DevelopmentSigner.account(8)}
COURT, BUREAU = DevelopmentSigner.account(9), DevelopmentSigner.account(7)


class Story:
    """What happened, by name."""

    def __init__(self, made: World) -> None:
        self.made = made
        for office, key in KEYS.items():
            made.seat(office).add_key(office, key.address, Scope.REGISTER | Scope.KEYS)
        made.registry().admit_office("WO", BUREAU.address, "International Bureau")
        made.registry(sender=BUREAU).add_key("WO", BUREAU.address, Scope.REGISTER)
        self.registry: Registry = made.registry(signer=KEYS["EM"])
        self.numbers: dict[str, OfficeNumber] = {}
        rights = self.registry.rights
        self._registered("basic", "EM")
        international = OfficeNumber("WO", Right.TRADEMARK, self.numbers["basic"].number)
        self._rests_on("international", international, self.numbers["basic"], BUREAU)
        self._rests_on("national", made.number("JP"), international, KEYS["JP"])
        end = rights.draft(
            self.numbers["basic"], "H10", date(2025, 6, 1), resulting="N6", status="Registration cancelled"
        )
        rights.record(end)
        self._divided()
        self._continued()
        self._by_a_court()
        self._irregular_and_corrected()
        self._by_a_successor()
        made.advance(timedelta(minutes=1))

    def _registered(self, name: str, office: str) -> None:
        rights, number = self.registry.rights, self.made.number(office)
        rights.file(number, FILED, (9, 42), digest(name), signer=KEYS[office])
        facts = EntryFacts(registration_date=REGISTERED, expiry_date=add_months(FILED, 120), holder=digest("holder"))
        rights.record(rights.draft(number, "F10", REGISTERED, status="Registered", facts=facts), signer=KEYS[office])
        self.numbers[name] = number

    def _rests_on(self, name: str, number: OfficeNumber, basis: OfficeNumber, key: DevelopmentSigner) -> None:
        rights = self.registry.rights
        rights.file(number, REGISTERED, (9,), basis=basis, signer=key)
        facts = EntryFacts(registration_date=REGISTERED, expiry_date=add_months(REGISTERED, 120))
        rights.record(rights.draft(number, "F10", REGISTERED, status="Registered", facts=facts), signer=key)
        self.numbers[name] = number

    def _divided(self) -> None:
        rights, parent, child = self.registry.rights, self.made.number("EM"), self.made.number("EM")
        rights.file(parent, FILED, (9, 35, 42), digest("parent"))
        divide = EntryFacts(classes=(9,), relation=Relation.DIVIDES, released=(35, 42))
        rights.record(rights.draft(parent, "P10", date(2024, 3, 1), facts=divide))
        taken = EntryFacts(filing_date=FILED, classes=(42,), relation=Relation.DIVIDED_FROM, related=parent)
        first = rights.draft(child, "A10", date(2024, 3, 1), resulting="A1", status="Application filed", facts=taken)
        rights.record(first)
        self.numbers |= {"parent": parent, "child": child}

    def _continued(self) -> None:
        rights, former, number = self.registry.rights, self.made.number("EM"), self.made.number("EM")
        rights.file(former, FILED, (9,), digest("former"))
        facts = EntryFacts(
            registration_date=REGISTERED,
            expiry_date=add_months(FILED, 120),
            relation=Relation.CONTINUATION_OF,
            related=former,
        )
        event = rights.draft(number, "F10", REGISTERED, resulting="A4", status="Registered", facts=facts)
        rights.record(event)
        rights.record(rights.draft(number, "U10", date(2024, 9, 1)))
        self.numbers |= {"former": former, "continued": number}

    def _by_a_court(self) -> None:
        rights = self.registry.rights
        self._registered("cancelled", "EM")
        until = self.made.now() + timedelta(days=365)
        rights.empower("EM", COURT.address, "General Court", "VH", valid_until=until)
        cancel = rights.draft(
            self.numbers["cancelled"], "H10", date(2025, 6, 1), resulting="N6", status="Registration cancelled"
        )
        rights.record(cancel, signer=COURT)
        terms = RenewalTerms(period_years=10, window_months=12, grace_months=9)
        rights.set_renewal_terms("JP", Right.TRADEMARK, RenewalTerms(period_years=7), signer=KEYS["JP"])
        rights.set_renewal_terms("JP", Right.TRADEMARK, terms, signer=KEYS["JP"])

    def _irregular_and_corrected(self) -> None:
        rights, number = self.registry.rights, self.made.number("EM", Right.DESIGN)
        rights.file(number, FILED, (2,), digest("design"))
        rights.record(rights.draft(number, "U10", date(2024, 5, 1), resulting="A4", status="Registered"))
        rights.record(rights.draft(number, "Y10", date(2024, 5, 2), resulting="A1", status=1, corrects=2))
        self.numbers["irregular"] = number

    def _by_a_successor(self) -> None:
        made, rights = self.made, self.registry.rights
        self._registered("inherited", "JP")
        since = made.now()
        made.advance(timedelta(hours=1))
        late = rights.draft(self.numbers["inherited"], "U10", date(2024, 9, 1))
        rights.record(late, signer=KEYS["JP"])
        made.seat("JP").mark_key_compromised("JP", KEYS["JP"].address, since)
        made.registry().depart_office("JP")
        made.registry()._by_governance("nameSuccessor", "JP", "EM", about="name EM for JP")
        rights.record(rights.draft(self.numbers["inherited"], "U10", date(2024, 9, 2)), signer=KEYS["EM"])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with world(tmp_path_factory.mktemp("rights")) as made:
        yield Story(made)


@pytest.fixture(scope="module")
def reader(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexReader]:
    with open_index(tmp_path_factory.mktemp("index") / "index.sqlite") as index:
        Follower(index, story.made.rpc, story.made.manifest).catch_up()
        with read_index(index) as found:
            yield found


def test_entries_and_events(reader: IndexReader, story: Story) -> None:
    rights, numbers = story.registry.rights, list(story.numbers.values())
    assert reader.entries(numbers) == rights.entries(numbers)
    assert [entry.to_json() for entry in reader.entries(numbers) if entry] == [
        entry.to_json() for entry in rights.entries(numbers) if entry
    ]
    for number in numbers:
        assert reader.events(number) == rights.events(number)
        assert reader.timeline(number) == rights.timeline(number)
        report = reader.verify_history(number)
        assert report == rights.verify_history(number)
        assert report is not None
        assert report.is_complete


def test_what_stood(reader: IndexReader, story: Story) -> None:
    rights, seen = story.registry.rights, set()
    days = [
        FILED - timedelta(1),
        FILED,
        REGISTERED,
        date(2025, 6, 1),
        date(2034, 3, 1),
        date(2034, 9, 30),
        date(2036, 1, 1),
    ]
    for number in story.numbers.values():
        for day in [None, *days]:
            answer = reader.standing(number, day)
            assert answer == rights.standing(number, day)
            seen.add(answer.standing)
        for day in days:
            for known_on in (None, FILED, story.made.now().date()):
                assert reader.status_on(number, day, known_on) == rights.status_on(number, day, known_on)
    assert seen >= {Standing.NOT_FOUND, Standing.PENDING, Standing.IN_FORCE, Standing.NOT_ACTIVE, Standing.CONTINUED}
    assert seen >= {Standing.IN_GRACE, Standing.LAPSED}
    national = story.numbers["national"]
    assert reader.standing(national, date(2026, 1, 1)).basis_ceased_on == date(2025, 6, 1)


def test_a_search_by_standing_agrees_with_each_entry(reader: IndexReader, story: Story) -> None:
    rights = story.registry.rights
    for day in (date(2024, 2, 1), date(2034, 9, 30), date(2034, 11, 15), date(2036, 1, 1)):
        for standing in Standing:
            hits = {hit.number for hit in reader.search_entries(EntryQuery(standing=standing, on=day)).items}
            named = {number for number in story.numbers.values() if rights.standing(number, day).standing is standing}
            assert hits == named, (day, standing)


def test_signers(reader: IndexReader, story: Story) -> None:
    kinds = {item.signer.kind for number in story.numbers.values() for item in reader.timeline(number)}
    assert kinds == {SignerKind.OFFICE, SignerKind.SUCCESSOR, SignerKind.BODY}
    assert any(item.is_suspect for item in reader.timeline(story.numbers["inherited"]))
    rights = story.registry.rights
    assert reader.body("EM", COURT.address) == rights.body("EM", COURT.address)
    assert reader.bodies("EM") == [rights.body("EM", COURT.address)]
    assert reader.body("EM", BUREAU.address) is None
    for office in ("EM", "JP"):
        for right in (Right.TRADEMARK, Right.DESIGN):
            assert reader.renewal_terms(office, right) == rights.renewal_terms(office, right)
    assert reader.successor("JP") == "EM"


def test_relations_are_told_from_both_sides(reader: IndexReader, story: Story) -> None:
    parent, child = story.numbers["parent"], story.numbers["child"]
    told = [(one.number, one.relation, one.related) for one in reader.relations(parent)]
    assert told == [(parent, Relation.DIVIDES, None), (child, Relation.DIVIDED_FROM, parent)]
    [one] = reader.relations(child)
    assert (one.classes, one.relation) == ((42,), Relation.DIVIDED_FROM)
    assert [one.relation for one in reader.relations(story.numbers["former"])] == [Relation.CONTINUATION_OF]


def test_searches_by_what_entries_state(reader: IndexReader, story: Story) -> None:
    numbers = story.numbers

    def found(query: EntryQuery) -> set[OfficeNumber]:
        return {hit.number for hit in reader.search_entries(query).items}

    assert found(EntryQuery(is_irregular=True)) == {numbers["irregular"]}
    assert found(EntryQuery(right=Right.DESIGN)) == {numbers["irregular"]}
    assert found(EntryQuery(class_=42)) == {numbers[name] for name in ("basic", "child", "cancelled", "inherited")}
    assert found(EntryQuery(holder=digest("holder"))) == {numbers[name] for name in ("basic", "cancelled", "inherited")}
    assert found(EntryQuery(status="registration CANCELLED")) == {numbers["basic"], numbers["cancelled"]}
    assert reader.by_digest(digest("parent")).items[0].number == numbers["parent"]
    assert reader.search_entries(EntryQuery()).total == len(numbers)


def test_numbers_of_other_rights_have_no_entries(reader: IndexReader) -> None:
    with pytest.raises(InputError, match="no entries of the kind"):
        reader.entry(OfficeNumber.from_text("EM/P/1"))
