"""Random parts of statements about register entries: numbers, dates, codes, facts, signatures; often at a boundary.

They are chosen by the model's state only, so that a seed gives the same acts for ever. Not its job: what a statement
is for (`rights_makers`), when it is sent (`rights_rules`), or what it should do.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.stateful.driver.engine import SECRETS, SIGNERS, STRANGERS, WALLET_OWNERS, named_account
from tests.stateful.driver.rights_world import RightsWorld
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import SCOPE_REGISTER, ZERO_ADDRESS, ZERO_WORD
from tests.stateful.model.days import date_at, read_date, write_date
from tests.stateful.model.directory import ACTIVE
from tests.stateful.model.numbers import office_of, right_of, write_number
from tests.stateful.model.rights import RightsModel
from tests.stateful.model.rights_entries import CONTINUED_MARK, Entry, moved
from tests.stateful.model.rights_statements import Facts, Statement, code_of, system_of
from tests.stateful.model.rights_table import PAIRS, Row, bit_of, bits_of
from tests.stateful.model.typed_data import CURVE_ORDER, Domain, keccak, sign

OFFICES = (b"EM", b"RU", b"WO", b"DE")
BODIES = SIGNERS[16:]
ST27 = system_of("ST.27")
# Categories and moves much as in the table that is deployed, which this does not read.
CODES = {
    "A10": ("A", "-", "A12345"),
    "B10": ("B", "A0123 N01236 U*", "N1236 ="),
    "C10": ("C", "A0123 N01236 U*", "A123 ="),
    "D10": ("D", "A0123 U*", "A23 ="),
    "F10": ("F", "A01234 U*", "A4"),
    "H10": ("H", "A045 N0456 U*", "N456 ="),
    "K10": ("K", "N0456 U*", "A45 ="),
    "L10": ("L", "A045 U*", "A5 ="),
    "M10": ("M", "A045 N456 U*", "A45 ="),
    "N10": ("N", "A* N* U*", "T6"),
    "P10": ("P", "A* N* U*", "="),
    "Q10": ("Q", "A* N* T* U*", "="),
    "R10": ("R", "A* N* T* U*", "="),
    "T10": ("T", "A* N* T* U*", "="),
    "V10": ("V", "A* N* U*", "="),
    "W10": ("W", "A* N* T* U*", "="),
    "Y10": ("Y", "A* N* T* U*", "A* N* T* U* ="),
    "FILED": ("A", "-", "A12"),
    "LATE": ("M", "A45 N456", "A45 ="),
}
# Where it is not ST.27.
SYSTEMS = {"FILED": system_of("ST.96"), "LATE": system_of("NAT:EM")}
STATUSES = range(1, 9)
UNNAMED_STATUS = 9
"""A position that rows of codes foresee, but that has no text."""
BAD_PAIRS = (b"A7", b"B1", b"a4", b"\x004", b"A\x00", bytes(2), b"T/", b"U:")
ODD_DATES = (0, 20230229, 19000229, 20231301, 20230431, 17991231, 20230100, 2**32 - 1)
LEAP_DAYS = (20040229, 20080229, 20120229, 20200229)
FAR_EXPIRIES = (21070101, 21200229, 29991231, 99991231, 19310228, 19691231, 18500101)
BAD_NUMBERS = tuple(number.ljust(32, b"\x00") for number in (b"EMT12a", b"EMT", b"DED1\x002", b"EMX1", b"", b"emT1"))
MOST_ENTRIES = 40
BITS = {
    "filing": said.FILING,
    "registration": said.REGISTRATION,
    "expiry": said.EXPIRY,
    "classes": said.CLASSES,
    "dossier": said.DOSSIER,
    "representation": said.REPRESENTATION,
    "holder": said.HOLDER,
}
"""Bits of `changes`; what is not here is part of the relation."""


def rule_of(right: bytes, code: str) -> tuple[Any, ...]:
    """Return the row of a code as governance sets it; each code foresees some of the statuses."""
    category, before, after = CODES[code]
    statuses = 0b1 | 0b11 << 1 + ord(category) % 7 | 1 << UNNAMED_STATUS
    row = (category.encode(), bits_of(before), bits_of(after), statuses, f"Event {code}")
    return (right, SYSTEMS.get(code, ST27), code_of(code), *row)


class RightsChoices:
    """Source of random parts for one world; `rights` may stand for what will be after acts that are being prepared."""

    def __init__(self, world: RightsWorld, seed: int) -> None:
        self.world = world
        self.model = world.model
        self.rights: RightsModel = world.model.rights
        self.random = random.Random(seed)
        self.at = world.engine.start
        self.office: bytes | None = None
        self.count = 0
        self.keys = [named_account(name) for name in SIGNERS[:16]] + list(world.engine.wallets)[:1]
        self.bodies = [named_account(name) for name in BODIES] + list(world.engine.wallets)[1:]

    def one_in(self, count: int) -> bool:
        """Be true once in so many times."""
        return self.random.randrange(count) == 0

    def some_of(self, bits: int) -> int:
        """Return some of the bits, at least one if there is one."""
        held = [bit for bit in range(bits.bit_length()) if bits >> bit & 1]
        return sum(1 << bit for bit in self.random.sample(held, self.random.randint(1, len(held)))) if held else 0

    def word(self) -> bytes:
        """Return one of few words, so that equal content happens; rarely zero."""
        return ZERO_WORD if self.one_in(20) else keccak(bytes([self.random.randrange(5)]))

    def known(self, *wanted: Any) -> bytes | None:
        """Return the number of an entry that is still kept under it and meets a condition, if there is one."""
        fits = [
            number
            for number, entry in self.rights.entries.items()
            if (self.office is None or office_of(number) == self.office)
            and not entry.marks & CONTINUED_MARK
            and (self.may_write(office_of(number)) or self.one_in(4))
            and all(condition(entry) for condition in wanted)
        ]
        return self.random.choice(fits) if fits else None

    def may_write(self, office: bytes) -> bool:
        """Tell whether somebody can write in an office's register now."""
        return self.model.directory.status_of(office) == ACTIVE or any(self.model.directory.successor_of(office))

    def any_number(self) -> bytes:
        """Return some number, of an entry or not."""
        if self.one_in(8) or not self.rights.entries:
            return write_number(self.random.choice(OFFICES), self.random.choice((b"T", b"D", b"P")), "77")
        return self.random.choice(list(self.rights.entries))

    def new_number(self, like: bytes | None = None) -> bytes:
        """Return a number without an entry, of the same office and right as another if said."""
        self.count += 1
        office = like[:2] if like else self.office or self.random.choice(OFFICES if self.one_in(9) else self.active())
        right = like[2:3] if like else self.random.choice((b"T", b"T", b"D"))
        if self.one_in(40):
            right = b"P"
        return write_number(office, right, f"{self.count:04d}")

    # --------------------------------------------------------------------------------------------------- dates

    def today(self) -> int:
        """Return today in UTC."""
        return write_date(date_at(self.at))

    def beside(self, value: int, days: int) -> int:
        """Return a day some days away; the same where the calendar ends, or if it is no day."""
        day = read_date(value)
        return write_date(day + timedelta(days=days)) if day and day.year < 9999 else value

    def filing_date(self) -> int:
        """Return a filing date: of the last years, one whose terms end about now, a leap day, long ago, or odd."""
        kind = self.random.randrange(20)
        if kind == 0:
            return self.random.choice(ODD_DATES)
        if kind <= 2:
            return self.beside(self.rights.latest_day(), self.random.choice((0, 1)))
        if kind <= 5:
            return self.random.choice(LEAP_DAYS)
        if kind == 6:
            return self.random.choice((18991231, 19240229, 19610131))
        years = self.random.choice((0, 0, 1, 2, 5, 10, 10, 20, 25))
        return self.beside(moved(self.today(), -12 * years), -self.random.randrange(400))

    def event_date(self, entry: Entry) -> int:
        """Return a day on which something may have happened to an entry, rarely one on which it cannot."""
        filing, latest = entry.filing or self.today(), self.rights.latest_day()
        kind = self.random.randrange(40)
        if kind == 0:
            return self.random.choice(ODD_DATES)
        if kind <= 2:
            return self.beside(filing, self.random.choice((-1, 0)))
        if kind <= 4:
            return self.beside(latest, self.random.choice((0, 1)))
        if kind <= 8:
            return max(filing, self.beside(self.today(), -self.random.randrange(1500)))
        return max(filing, self.today())

    def effective_date(self, entry: Entry, event_date: int) -> int:
        """Return a day from which an event has effect: mostly its own, else a later one, rarely none that can be."""
        kind = self.random.randrange(50)
        if kind == 0:
            return self.beside(entry.filing, -1) if entry.filing else self.random.choice(ODD_DATES)
        return self.beside(event_date, self.random.randrange(1, 900)) if kind <= 9 else event_date

    def first_expiry(self, entry: Entry, right: bytes) -> int:
        """Return a first expiry date: a period after filing or a day before that, far away, or odd."""
        kind = self.random.randrange(24)
        if kind == 0 or not read_date(entry.filing):
            return self.random.choice(ODD_DATES[1:])
        if kind <= 2:
            return self.random.choice(FAR_EXPIRIES)
        if kind == 3:
            return self.beside(entry.filing, self.random.choice((0, 1)))
        if kind == 4:
            return self.beside(moved(entry.filing, 12 * 25), self.random.choice((0, 1)))
        first = moved(entry.filing, 12 * (10 if right == b"T" else 5))
        return self.beside(first, self.random.choice((0, 0, 0, -1)))

    # ------------------------------------------------------------------------------------------------ statements

    def statement(self, number: bytes, entry: Entry, code: str, **parts: Any) -> Statement:
        """Return an event with a code that follows the rules, its parts as given."""
        system, key = SYSTEMS.get(code, ST27), code_of(code)
        row = self.model.table.row_of(right_of(number), system, key)
        if system == ST27 and self.one_in(6):
            key = code_of(f"{code}-{code[0]}11")
        event_date = parts.pop("event_date", None) or self.event_date(entry)
        foreseen = Statement(
            number,
            entry.head,
            system,
            key,
            parts.pop("resulting", None) or self.pair_after(row, entry),
            parts.pop("status", None) or self.status_after(row, entry),
            event_date,
            self.effective_date(entry, event_date),
            publication_date=self.beside(event_date, self.random.randrange(90)) if self.one_in(4) else 0,
            document=self.word() if self.one_in(2) else ZERO_WORD,
        )
        return foreseen._replace(**parts)

    def pair_after(self, row: Row, entry: Entry) -> bytes:
        """Return a state and stage that a row leads to."""
        fits = [pair for pair in PAIRS if row.after & bit_of(pair)]
        stays = entry.pair in PAIRS and (row.after == 0 or row.after >> 29 & 1)
        if stays and (not fits or self.one_in(2)):
            return entry.pair
        return self.random.choice(fits or PAIRS)

    def status_after(self, row: Row, entry: Entry) -> int:
        """Return a status that a row foresees."""
        fits = [position for position in STATUSES if row.statuses >> position & 1]
        if entry.status and row.statuses & 1 and not self.one_in(3):
            return entry.status
        return self.random.choice(fits or STATUSES)

    def facts(self, **parts: Any) -> Facts:
        """Return facts that an event may state at any time, beside those given."""
        anytime = ("dossier", "representation", "holder")
        chosen = {name: self.word() for name in anytime if self.one_in(4)} | parts
        changes = 0
        for name in chosen:
            changes |= BITS.get(name, said.RELATION)
        return Facts(changes=changes, **chosen)

    def classes(self, right: bytes) -> int:
        """Return classes for a new entry, rarely ones that are not of the classification, or none."""
        if self.one_in(25):
            return self.random.choice((0, 1, 1 << 46, 1 << 63, 1 << 33))
        last = 45 if right == b"T" else 32
        return sum({1 << self.random.choice((1, 2, 3, 9, 25, last)) for _ in range(self.random.randint(1, 5))})

    # ------------------------------------------------------------------------------------------------ signatures

    def signature(self, account: str, digest: bytes) -> bytes:
        """Return the signature of an account, by a wallet's owner if it is a wallet."""
        owner = self.world.engine.wallets.get(account)
        if owner is not None:
            return bytes.fromhex(account[2:]) + sign(SECRETS[owner], digest)
        return sign(SECRETS[account], digest)

    def good_keys(self, office: bytes, scope: int = SCOPE_REGISTER) -> list[str]:
        """Return the accounts that may sign for an office now, its successor's if it departed."""
        directory = self.model.directory
        code = directory.successor_of(office) if any(directory.successor_of(office)) else office
        held = directory.offices[code].keys if code in directory.offices else {}
        return [key for key in held if self.model.practice.signatures.may_sign(code, key, scope)]

    def signer_for(self, office: bytes, scope: int = SCOPE_REGISTER) -> str:
        """Return an account to sign for an office: mostly a key in force, else a body, an old key or anybody's."""
        good = self.good_keys(office, scope)
        bodies = [body for body in self.bodies if self.is_named(office, body)]
        kind = self.random.randrange(24)
        if bodies and kind < 4:
            return self.random.choice(bodies)
        if good and kind < 22:
            return self.random.choice(good)
        held = self.model.directory.offices[office].keys if office in self.model.directory.offices else {}
        if held and kind == 22:
            return self.random.choice(list(held))
        return self.random.choice(self.keys + self.bodies)

    def is_named(self, office: bytes, body: str) -> bool:
        """Tell whether an office said of a body that it may record something now, be it able to act itself or not."""
        said_of_it = self.model.practice.body_of(office, body)
        return said_of_it.categories != 0 and said_of_it.valid_from <= self.at < said_of_it.valid_until

    def signed(self, office: bytes, struct: bytes, domain: Domain, scope: int = SCOPE_REGISTER) -> bytes:
        """Return a signature for a statement, sometimes spoilt."""
        signer, digest = self.signer_for(office, scope), domain.digest(struct)
        good = self.signature(signer, digest)
        if not self.one_in(40):
            return good
        twin = good[:-33] + (CURVE_ORDER - int.from_bytes(good[-33:-1], "big")).to_bytes(32, "big")
        elsewhere = Domain("Registrum RightsRegister", self.world.engine.chain_id + 1, ZERO_ADDRESS)
        return self.random.choice(
            (
                b"",
                bytes(65),
                good[:-1],
                twin + bytes([55 - good[-1]]),
                sign(SECRETS[named_account(STRANGERS[0])], digest),
                sign(SECRETS[named_account(WALLET_OWNERS[0])], digest),
                self.signature(signer, elsewhere.digest(struct)),
                self.signature(signer, self.model.practice.domain.digest(struct)),
                bytes.fromhex(signer[2:]) + b"\x01",
            )
        )

    def active(self) -> list[bytes]:
        """Return the offices that may act now."""
        directory = self.model.directory
        return [code for code in directory.offices if directory.status_of(code) == ACTIVE] or list(OFFICES)
