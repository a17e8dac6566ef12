"""What offices do, at random, on a real chain: for tests that compare the index with the contracts afterwards."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from registrum import (
    Application,
    ClaimResult,
    Disclosure,
    OfficeNumber,
    PriorityClaim,
    RecordStatus,
    Registry,
    Right,
    Scope,
)
from registrum.dates import add_months, to_on_chain
from registrum.errors import ContractError, InputError
from registrum.proofs.store import AnchorEntry, AnchorStore
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import KEYS, SEATS, World, digest, world

SECOND_KEYS = {"EM": DevelopmentSigner.account(10), "JP": DevelopmentSigner.account(11)}
LEAVING, LEAVING_SEAT, LEAVING_KEY = "FR", DevelopmentSigner.account(12), DevelopmentSigner.account(13)
"""An office that departs, and that JP succeeds."""
GONE, GONE_SEAT = "DE", DevelopmentSigner.account(14)
"""An office that departs with nobody after it."""
DAYS = [
    date(2023, 2, 28),
    date(2023, 6, 30),
    date(2023, 8, 31),
    date(2023, 10, 29),
    date(2023, 12, 24),
    date(2023, 12, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 4, 30),
]
"""Filing dates whose periods end where months or years do."""
YEARS = (2023, 2024, 2025)
UNKNOWN = [
    OfficeNumber("EM", Right.PATENT, "404"),
    OfficeNumber("US", Right.TRADEMARK, "1"),
    OfficeNumber("DE", Right.DESIGN, "9"),
]


@dataclass
class Deeds:
    """A chain with five offices, and everything of theirs that was recorded."""

    made: World
    folder: Path
    random: random.Random
    numbers: list[OfficeNumber] = field(default_factory=list)
    marks: list[OfficeNumber] = field(default_factory=list)
    dates: dict[OfficeNumber, date] = field(default_factory=dict)
    claims: list[tuple[OfficeNumber, OfficeNumber]] = field(default_factory=list)
    _stores: int = 0

    @property
    def offices(self) -> list[str]:
        """All offices, and one that is none."""
        return [*SEATS, LEAVING, GONE, "US"]

    def do(self, count: int) -> None:
        """Do some things at random; what the contracts refuse is left undone."""
        deeds = [self.register] * 5 + [self.change] * 5 + [self.claim] * 4 + [self.batch] * 2 + [self.entry] * 3
        deeds += [self.calendar] * 2 + [self.anchored, self.confirm, self.suspend]
        while not self.numbers:
            self.register()
        for _ in range(count):
            with contextlib.suppress(ContractError, InputError):
                self.random.choice(deeds)()
            if self.random.random() < 0.3:
                self.made.advance(timedelta(minutes=self.random.randrange(1, 600)))

    def steal(self, office: str, hours: int) -> None:
        """The first key of an office turns out to have been compromised some hours ago."""
        since = self.made.now() - timedelta(hours=hours)
        self.made.seat(office).mark_key_compromised(office, KEYS[office].address, since)

    def register(self) -> None:
        """One application of an office."""
        office = self.random.choice(list(SEATS))
        application = self._application(office)
        self._signing(office).register(application)
        self._note(application)

    def batch(self) -> None:
        """Some applications under one signature."""
        office = self.random.choice(list(SEATS))
        applications = [self._application(office) for _ in range(self.random.randrange(2, 6))]
        self._signing(office).register_batch(office, applications)
        for application in applications:
            self._note(application)

    def change(self) -> None:
        """A correction, a withdrawal, or one that is taken back."""
        number = self.random.choice(self.numbers)
        registry = self._signing(number.office)
        record = registry.record(number)
        assert record is not None
        if record.status is RecordStatus.WITHDRAWN and self.random.random() < 0.5:
            registry.reinstate(number)
        elif self.random.random() < 0.3:
            registry.withdraw(number)
        else:
            filed = self.random.choice(DAYS)
            registry.correct(Application(number, filed, digest(f"{number} {self.random.random()}")))
            self.dates[number] = filed

    def confirm(self) -> None:
        """The present content of a record is right, says a key of its office."""
        number = self.random.choice(self.numbers)
        registry = self._signing(number.office)
        record = registry.record(number)
        assert record is not None
        registry.reconfirm(number.office, [record.application])

    def claim(self) -> None:
        """A claim, or its next outcome."""
        if self.claims and self.random.random() < 0.4:
            later, earlier = self.random.choice(self.claims)
        else:
            later = max(self.random.choices(self.numbers, k=4), key=lambda number: self.dates[number])
            earlier = self.random.choice([*self.numbers, *UNKNOWN])
        self._signing(later.office).record_claim(
            later,
            earlier,
            later_filing_date=self.dates[later],
            claimed_date=min(self.random.sample(DAYS, 3)),
            outcome=self.random.choice(list(ClaimResult)),
            is_partial=self.random.random() < 0.3,
        )
        self.claims.append((later, earlier))

    def calendar(self) -> None:
        """Closed days of a year, often a long run at its end; RU never publishes the last year."""
        office = self.random.choice(list(SEATS))
        year = self.random.choice(YEARS[:2] if office == "RU" else YEARS)
        end = [date(year, 12, 31) - timedelta(day) for day in range(self.random.randrange(0, 8))]
        some = [date(year, 1, 1) + timedelta(self.random.randrange(365)) for _ in range(40)]
        days = {*end, *some, *(add_months(day, 6) for day in DAYS if day.year == year and day.month < 7)}
        weekend = {5, 6}
        self.made.seat(office).publish_calendar(
            office,
            year,
            weekly=weekend,
            closed=[day for day in days if day.weekday() not in weekend],
            opened=[day for day in some if day.weekday() in weekend and self.random.random() < 0.5],
        )

    def anchored(self) -> None:
        """An anchor of three records, one of which is disclosed."""
        self._stores += 1
        numbers = sorted((self.made.number("EM", Right.PATENT) for _ in range(3)), key=lambda number: number.on_chain)
        filed = self.random.choice(DAYS)
        entries = [AnchorEntry.salted(number.on_chain, to_on_chain(filed), digest(number.text)) for number in numbers]
        registry = self._signing("EM")
        with AnchorStore.create(self.folder / f"anchor-{self._stores}", b"EM", iter(entries)) as store:
            registry.anchor_store(store)
            self.made.advance(timedelta(hours=2))
            registry.disclose(store.prove(numbers[1].on_chain))
        self.numbers.append(numbers[1])
        self.dates[numbers[1]] = filed

    def suspend(self) -> None:
        """RU is suspended for some hours, or that is ended."""
        governing = self.made.registry()
        if self.random.random() < 0.5:
            governing.suspend_office("RU", self.made.now() + timedelta(hours=self.random.randrange(1, 12)))
        else:
            governing.reinstate_office("RU")

    def entry(self) -> None:
        """A trade mark or design: filed, or one event more."""
        rights = self.made.registry(signer=SECOND_KEYS["EM"]).rights
        if not self.marks or self.random.random() < 0.4:
            right = self.random.choice([Right.TRADEMARK, Right.DESIGN])
            number = self.made.number("EM", right)
            rights.file(number, self.random.choice(DAYS), self.random.sample(range(1, 30), 3), digest(number.text))
            self.marks.append(number)
            return
        number = self.random.choice(self.marks)
        code, day = self.random.choice(["F10", "U10", "D10", "H11"]), date(2024, 6, self.random.randrange(1, 28))
        rights.record(rights.draft(number, code, day))

    def _application(self, office: str) -> Application:
        number = self.made.number(office, self.random.choice(list(Right)))
        disclosure = self.random.choice(list(Disclosure))
        return Application(number, self.random.choice(DAYS), digest(number.text), disclosure)

    def _note(self, application: Application) -> None:
        self.numbers.append(application.number)
        self.dates[application.number] = application.filing_date

    def _signing(self, office: str) -> Registry:
        """An office with one of its keys."""
        keys = [LEAVING_KEY] if office == LEAVING else [KEYS[office]]
        if office in SECOND_KEYS:
            keys.append(SECOND_KEYS[office])
        return self.made.registry(signer=self.random.choice(keys))


@contextlib.contextmanager
def deeds(folder: Path, seed: int) -> Iterator[Deeds]:
    """A chain on which offices act at random, with an office that leaves and one whose key is stolen at the end."""
    with world(folder, "--accounts", "20") as made:
        for office, key in SECOND_KEYS.items():
            made.seat(office).add_key(office, key.address, Scope.APPLICATIONS | Scope.REGISTER)
        for code, seat in ((LEAVING, LEAVING_SEAT), (GONE, GONE_SEAT)):
            made.registry().admit_office(code, seat.address, f"Office {code}", earliest_filing_date=date(1990, 1, 1))
        yield Deeds(made, folder, random.Random(seed))


def depart(happened: Deeds) -> None:
    """FR registers and departs, JP succeeds it; DE departs. Keys of FR and of its successor turn out compromised."""
    made = happened.made
    leaving = made.registry(sender=LEAVING_SEAT)
    leaving.add_key(LEAVING, LEAVING_KEY.address, Scope.APPLICATIONS)
    signing = made.registry(signer=LEAVING_KEY)
    applications = [Application(made.number(LEAVING, Right.TRADEMARK), DAYS[at], digest(str(at))) for at in range(5)]
    for application in applications:
        signing.register(application)
        happened._note(application)
        made.advance(timedelta(hours=1))
    made.registry().depart_office(LEAVING)
    made.registry()._by_governance("nameSuccessor", LEAVING, "JP", about="name JP for FR")
    made.registry().depart_office(GONE)
    succeeding = made.registry(signer=KEYS["JP"])
    succeeding.correct(Application(applications[0].number, DAYS[5], digest("by the successor")))
    succeeding.withdraw(applications[1].number)
    succeeding.reconfirm(LEAVING, [applications[2]])
    made.seat("JP").mark_key_compromised("JP", KEYS["JP"].address, made.now() - timedelta(minutes=90))
    leaving.mark_key_compromised(LEAVING, LEAVING_KEY.address, made.now() - timedelta(hours=4))


def claims_around(happened: Deeds, source: random.Random, count: int) -> list[PriorityClaim]:
    """Claims on what is recorded and what is not, with days around the ends of periods."""
    return [_claim(happened, source) for _ in range(count)]


def _claim(happened: Deeds, source: random.Random) -> PriorityClaim:
    earlier: OfficeNumber | bytes = source.choice([*happened.numbers] * 8 + UNKNOWN)
    filed = happened.dates.get(earlier, DAYS[0]) if isinstance(earlier, OfficeNumber) else DAYS[0]
    later = add_months(filed, source.choice([0, 0, 6, 6, 6, 12, 12, 14])) + timedelta(source.randrange(-3, 12))
    claimed = filed if source.random() < 0.9 else source.choice(DAYS)
    compared = source.choice([None, None, digest(str(earlier)), digest("another")])
    if source.random() < 0.05:
        word = bytearray(earlier.on_chain if isinstance(earlier, OfficeNumber) else earlier)
        word[source.randrange(32)] = source.randrange(256)
        earlier = bytes(word)
    elif source.random() < 0.05:
        earlier = earlier.on_chain
    right = earlier.right if isinstance(earlier, OfficeNumber) and source.random() < 0.7 else source.choice(list(Right))
    return PriorityClaim(earlier, claimed, source.choice(["EM", "JP", "RU", "FR", "US"]), right, later, compared)
