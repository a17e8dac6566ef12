"""Random steps: mostly sensible, often at a boundary, some wrong in one way.

They are chosen by the model's state only, so that a seed gives the same steps on every engine of the same clock. Not
its job: saying what a step should do.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tests.stateful.driver.engine import (
    EMERGENCY_BODY,
    GOVERNANCE,
    SEATS,
    SECRETS,
    SIGNERS,
    STRANGERS,
    SUCCESSORS,
    named_account,
)
from tests.stateful.driver.world import SIGNED, Step, World
from tests.stateful.model import merkle, typed_data
from tests.stateful.model.basics import (
    FOREVER,
    SCOPE_APPLICATIONS,
    ZERO_ADDRESS,
    ZERO_WORD,
)
from tests.stateful.model.days import ONE_DAY, date_at, day_of_year, months_later, read_date, write_date
from tests.stateful.model.directory import (
    ACTIVE,
    DEPARTED,
    LONGEST_EMERGENCY,
    REPLACEMENT_WINDOW,
    SUSPENDED,
    NewKey,
    Office,
)
from tests.stateful.model.numbers import RIGHTS, is_number, office_of, write_number
from tests.stateful.model.priority import ClaimOutcome
from tests.stateful.model.registry import AHEAD_OF_UTC_S, MAX_BATCH, WITHDRAWN, Anchor
from tests.stateful.model.typed_data import Application, Domain

CODES = (b"EM", b"RU", b"AU", b"JP", b"US", b"WO", b"DE", b"KR")
SEATLESS_CODES = (b"FR", b"CN")
BAD_CODES = (b"em", b"E1", b"Z\x00", b"@A", b"[Z")
ODD_DATES = (0, 20230229, 19000229, 20231301, 20230431, 17991231, 20230100, 100000101, 2**32 - 1)
# Days whose periods end at the end of a month or of a year.
MONTH_ENDS = ((1, 31), (2, 28), (2, 29), (4, 30), (6, 29), (6, 30), (8, 31), (12, 27), (12, 29), (12, 30), (12, 31))
BAD_NUMBERS = (
    b"EMX123",
    b"emP123",
    b"EMP",
    b"EMP12 3",
    b"EMP12a",
    b"EMP1\x002",
    b"EMP12:3",
    b"EMP12[",
    b"\x00\x00P1",
    b"EMP1\x80",
    b"EMP,1",
    b"",
)
MOST_NUMBERS = 110
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Tree:
    """An anchor that was signed at some time, with its leaves."""

    statement: Anchor
    signer: str
    proofs: dict[Application, tuple[bytes, ...]]


Rule = Callable[["Rules"], list[Step]]
RULES: dict[str, tuple[int, Rule]] = {}


def rule(weight: int) -> Callable[[Rule], Rule]:
    """Enter a method into the table of rules with its relative frequency."""

    def enter(method: Rule) -> Rule:
        RULES[method.__name__] = (weight, method)
        return method

    return enter


class Rules:
    """Source of random steps for one world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.model = world.model
        self.random = random.Random(seed)
        self.registry_domain: Domain = world.model.registry.domain
        self.priority_domain: Domain = world.model.priority.domain
        self.accounts = [named_account(name) for name in SIGNERS] + list(world.engine.wallets)
        self.pool: list[bytes] = []
        self.trees: list[Tree] = []
        self.sent: list[Step] = []
        self.at = self.last_at = world.engine.start
        self.name = "opening"
        self.ahead = self._opening()

    def _opening(self) -> list[Step]:
        """Return steps that give most runs some offices with keys to begin with."""
        steps = []
        for code in self.random.sample(CODES, self.random.randrange(3, 7)):
            seat = named_account(SEATS[CODES.index(code)])
            steps += self.step(
                self.model.directory.governance, "admitOffice", code, seat, "An office", "", self.bound()
            )
            for account in self.random.sample(self.accounts, 2):
                steps += self.step(seat, "addKey", code, account, self.random.choice((1, 1, 3, 15)), 0, 0)
        return steps

    def next_step(self) -> Step:
        """Return the next step; its time is never before the last one's."""
        while not self.ahead:
            self.name = self.random.choices(list(RULES), [weight for weight, _ in RULES.values()])[0]
            self.at = self._next_time()
            # The model's answers to "may this key sign now" are wanted for the time of the step.
            self.model.clock.now = self.at
            self.ahead = RULES[self.name][1](self)
        step = self.ahead.pop(0)
        # Steps of one story were written for one moment; some engines need a second for each.
        self.at = max(step.at, self.last_at + self.world.engine.shortest_step)
        self.last_at = self.at
        step = replace(step, at=self.at)
        if step.function in SIGNED:
            self.sent.append(step)
        return step

    # ------------------------------------------------------------------------------------------------- choices

    def one_in(self, count: int) -> bool:
        """Be true once in so many times."""
        return self.random.randrange(count) == 0

    def step(self, caller: str, function: str, *arguments: Any) -> list[Step]:
        """Return one step at the present time."""
        return [Step(self.name, self.at, caller, function, arguments)]

    def _next_time(self) -> int:
        shortest = self.world.engine.shortest_step
        kind = self.random.randrange(1000)
        if kind < 600:
            pause = self.random.randrange(30)
        elif kind < 800:
            pause = self.random.randrange(MINUTE, 5 * HOUR)
        elif kind < 920:
            pause = self.random.randrange(HOUR, 6 * DAY)
        elif kind < 992:
            return max(self.at + shortest, self._boundary_time())
        elif kind < 999:
            pause = self.random.randrange(10 * DAY, 250 * DAY)
        else:
            pause = self.random.randrange(300 * DAY, 3 * 366 * DAY)
        return self.at + max(shortest, pause)

    def _boundary_time(self) -> int:
        """Return a moment around which an answer changes; not so far away that the run leaves its century."""
        marks = [(self.at + AHEAD_OF_UTC_S) // DAY * DAY + DAY - AHEAD_OF_UTC_S, self.at // DAY * DAY + DAY]
        for office in self.model.directory.offices.values():
            marks += [office.suspended_until, office.replaceable_from]
            for key in office.keys.values():
                marks += [key.valid_from, key.valid_until, key.suspended_until]
        coming = [mark for mark in marks if self.at < mark < self.at + 300 * DAY]
        return self.random.choice(coming) + self.random.choice((-1, 0, 1)) if coming else self.at + 1

    def known_office(self) -> Office | None:
        """Return an admitted office, rather an active one."""
        offices = list(self.model.directory.offices.values())
        active = [office for office in offices if self.model.directory.status_of(office.code) == ACTIVE]
        if active and not self.one_in(6):
            return self.random.choice(active)
        return self.random.choice(offices) if offices else None

    def office_code(self) -> bytes:
        """Return an office code, rarely one of nobody."""
        office = self.known_office()
        if office is None or self.one_in(40):
            return self.random.choice([*CODES, b"ZZ"])
        return office.code

    def good_keys(self, office: bytes) -> list[str]:
        """Return the accounts that may sign applications for an office now, its own standing aside."""
        directory = self.model.directory
        held = directory.offices[office].keys if office in directory.offices else {}
        return [
            account
            for account in held
            if account in self.accounts
            and directory.is_key_good(office, account, SCOPE_APPLICATIONS, self.at)
            and not directory.is_key_barred(held[account])
        ]

    def signing_office(self) -> bytes:
        """Return an office code, mostly of an office that can sign now."""
        directory = self.model.directory
        able = [code for code in directory.offices if directory.status_of(code) == ACTIVE and self.good_keys(code)]
        return self.random.choice(able) if able and not self.one_in(8) else self.office_code()

    def office_of_first_filing(self) -> bytes:
        """Return a code for a number; sometimes of no member."""
        return self.random.choice(CODES) if self.one_in(15) else self.signing_office()

    def number(self, office: bytes | None = None) -> bytes:
        """Return an office number, new or met before, rarely a malformed one."""
        if self.one_in(50):
            return self.random.choice(BAD_NUMBERS).ljust(32, b"\x00")
        known = [number for number in self.pool if office is None or office_of(number) == office]
        if known and (len(self.pool) >= MOST_NUMBERS or not self.one_in(3)):
            return self.random.choice(known)
        code = office or self.office_of_first_filing()
        right = self.random.choice((*RIGHTS, b"P", b"U", b"D", b"T"))
        length = self.random.choice((1, 2, 8, 29))
        text = "".join(self.random.choice("0123456789ABCXYZ/.-") for _ in range(length))
        number = write_number(code, right, text)
        if number not in self.pool:
            self.pool.append(number)
        return number

    def recorded_number(self) -> bytes | None:
        """Return a number that is recorded, if there is one."""
        recorded = list(self.model.registry.records)
        if not recorded:
            return None
        first, second = self.random.choice(recorded), self.random.choice(recorded)
        return first if self.good_keys(office_of(first)) or self.one_in(4) else second

    def fresh_number(self, office: bytes | None = None) -> bytes:
        """Return a number, mostly one that is not recorded."""
        number = self.number(office)
        return self.number(office) if number in self.model.registry.records and not self.one_in(3) else number

    def filing_date(self, office: bytes) -> int:
        """Return a filing date: some day of the last years, today, a border of what is taken, or no date."""
        today = date_at(self.at)
        earliest = read_date(self.model.directory.earliest_of(office))
        kind = self.random.randrange(40)
        if kind == 0:
            return self.random.choice(ODD_DATES)
        if kind <= 3:
            return write_date(self.model.registry.latest_date(self.at) + self.random.choice((0, 1)) * ONE_DAY)
        if kind <= 5 and earliest is not None:
            return write_date(earliest + self.random.choice((-1, 0, 1)) * ONE_DAY)
        if kind <= 10:
            return write_date(today)
        if kind <= 18:
            month = self.random.choice(MONTH_ENDS)
            year = today.year - self.random.randrange(1, 6)
            if month == (2, 29):
                year -= year % 4
            return write_date(date(year, *month))
        return write_date(today - timedelta(days=self.random.randrange(1, 900)))

    def digest(self) -> bytes:
        """Return one of few digests, so that equal content happens; rarely zero."""
        return ZERO_WORD if self.one_in(30) else typed_data.keccak(bytes([self.random.randrange(4)]))

    def disclosure(self) -> int:
        """Return a form of disclosure, rarely an unknown one."""
        return self.random.choice((2, 255)) if self.one_in(30) else self.random.randrange(2)

    def application(self, office: bytes | None = None) -> Application:
        """Return what an office might state."""
        number = self.fresh_number(office)
        return number, self.filing_date(office_of(number)), self.disclosure(), self.digest()

    def recorded_content(self, number: bytes) -> Application:
        """Return exactly what is recorded of a number."""
        record = self.model.registry.records[number]
        return number, record.filing_date, record.disclosure, record.digest

    def relayer(self) -> str:
        """Return somebody who sends a signed statement; it does not matter who."""
        return named_account(self.random.choice((*STRANGERS, SEATS[0], SIGNERS[0])))

    def governor(self) -> str:
        """Return the governance account, sometimes another."""
        if self.one_in(20):
            return named_account(self.random.choice((*GOVERNANCE, *SEATS, *STRANGERS)))
        return self.model.directory.governance

    def seat_of(self, office: bytes) -> str:
        """Return the seat of an office, sometimes another office's."""
        seat = self.model.directory.seat_of(office)
        return (
            named_account(self.random.choice((*SEATS, *STRANGERS))) if seat == ZERO_ADDRESS or self.one_in(15) else seat
        )

    def key_manager_of(self, office: bytes) -> str:
        """Return the seat of an office, or a key that manages keys."""
        keys = self.model.directory.offices[office].keys if office in self.model.directory.offices else {}
        managers = [key.account for key in keys.values() if key.scopes & 8 and key.account in SECRETS]
        return self.random.choice(managers) if managers and self.one_in(3) else self.seat_of(office)

    # ---------------------------------------------------------------------------------------------- signatures

    def signer_for(self, office: bytes) -> str:
        """Return an account to sign for an office: mostly a key in force, else one that is not."""
        directory = self.model.directory
        successor = directory.successor_of(office)
        if successor in directory.offices and not self.one_in(3):
            office = successor
        held = directory.offices[office].keys if office in directory.offices else {}
        keys = [account for account in held if account in self.accounts]
        good = self.good_keys(office)
        kind = self.random.randrange(20)
        if good and kind < 16:
            return self.random.choice(good)
        if keys and kind < 19:
            return self.random.choice(keys)
        return self.random.choice(self.accounts)

    def signed(self, office: bytes, domain: Domain, struct: bytes) -> bytes:
        """Return a signature for a statement, sometimes spoilt."""
        signer = self.signer_for(office)
        digest = domain.digest(struct)
        if self.one_in(10):
            return self.spoilt(signer, struct, digest)
        return self.signature(signer, digest)

    def signature(self, signer: str, digest: bytes) -> bytes:
        """Return the signature of an account, by a wallet's owner if it is a wallet."""
        owner = self.world.engine.wallets.get(signer)
        if owner is not None:
            return bytes.fromhex(signer[2:]) + typed_data.sign(SECRETS[owner], digest)
        return typed_data.sign(SECRETS[signer], digest)

    def spoilt(self, signer: str, struct: bytes, digest: bytes) -> bytes:
        """Return something that is no signature of this statement by a key of this office, or looks odd."""
        good = self.signature(signer, digest)
        stranger = SECRETS[named_account(STRANGERS[0])]
        wallet = bytes.fromhex(self.random.choice(list(self.world.engine.wallets))[2:])
        prefix, r, s, v = good[:-65], good[-65:-33], int.from_bytes(good[-33:-1], "big"), good[-1]
        twin = prefix + r + (typed_data.CURVE_ORDER - s).to_bytes(32, "big") + bytes([55 - v])
        other_domain = Domain("Registrum ApplicationRegistry", self.world.engine.chain_id + 1, ZERO_ADDRESS)
        return self.random.choice(
            (
                b"",
                bytes(65),
                self.random.randbytes(64) + b"\x1b",
                self.random.randbytes(65),
                good[:-1],
                good + b"\x00",
                twin,
                good[:-1] + bytes([v - 27]),
                typed_data.sign(stranger, digest),
                self.signature(signer, other_domain.digest(struct)),
                self.signature(signer, self.priority_domain.digest(struct)),
                self.signature(signer, typed_data.keccak(digest)),
                wallet + typed_data.sign(stranger, digest),
                wallet + b"\x01",
                wallet,
                bytes.fromhex(signer[2:]) + good,
                bytes.fromhex(signer[2:]),
            )
        )

    # --------------------------------------------------------------------------------------------------- offices

    @rule(3)
    def admit(self) -> list[Step]:
        """Admit an office, at first a few in a row."""
        left = [code for code in CODES if code not in self.model.directory.offices]
        if len(left) > 5:
            return [step for code in left[:4] for step in self._admission(code)]
        code = self.random.choice(left) if left and not self.one_in(3) else self.random.choice(self._odd_codes())
        return self._admission(code)

    def _odd_codes(self) -> tuple[bytes, ...]:
        """Return codes that are admitted already, malformed, or have no account of their own for a seat."""
        return (*CODES, *BAD_CODES, *SEATLESS_CODES, *SEATLESS_CODES)

    def _admission(self, code: bytes) -> list[Step]:
        index = CODES.index(code) if code in CODES else self.random.randrange(len(SEATS))
        seat = named_account(SEATS[index])
        name, endpoint = f"Office {code!r}", "https://ipo.example/api"
        if self.one_in(10):
            taken = [office.seat for office in self.model.directory.offices.values()]
            seat = self.random.choice((ZERO_ADDRESS, named_account(STRANGERS[1]), *taken))
        if self.one_in(12):
            name = self.random.choice(("", "Ä" * 50, "Ä" * 50 + "x", "x" * 101))
        if self.one_in(12):
            endpoint = self.random.choice(("", "x" * 200, "x" * 201))
        facts = (code, seat, name, endpoint, self.bound())
        if self.one_in(3):
            return self.step(self.governor(), "admitOfficeWithKeys", *facts, self._first_keys())
        return self.step(self.governor(), "admitOffice", *facts)

    def _first_keys(self) -> tuple[NewKey, ...]:
        """Return keys that an office has from its admission on, sometimes one that spoils it."""
        accounts = self.random.sample(self.accounts, self.random.randrange(4))
        keys = [(account, self.random.choice((1, 9, 15)), 0, 0) for account in accounts]
        if keys and self.one_in(6):
            account, scopes, _, _ = keys[-1]
            wrong = ((ZERO_ADDRESS, 1, 0, 0), (account, 16, 0, 0), (account, scopes, 1, 0), keys[0])
            keys.append(self.random.choice(wrong))
        return tuple(keys)

    def bound(self) -> int:
        """Return a first day of an office's numbers."""
        kind = self.random.randrange(10)
        if kind == 0:
            return self.random.choice(ODD_DATES)
        if kind == 1:
            return write_date(date_at(self.at) + self.random.choice((1, 2, 9)) * ONE_DAY)
        return 0 if kind < 5 else write_date(date_at(self.at) - timedelta(days=self.random.randrange(100, 4000)))

    @rule(4)
    def suspend(self) -> list[Step]:
        """Suspend an office, mostly for a short time."""
        until = self.at + self.random.choice((-1, 0, 1, MINUTE, HOUR, HOUR, DAY, 9 * DAY))
        if self.one_in(6):
            until = FOREVER
        code = self.office_code()
        steps = self.step(self.governor(), "suspendOffice", code, until)
        keys = self.good_keys(code)
        return steps + self.signings_around(until, code, self.random.choice(keys)) if keys and self.one_in(3) else steps

    @rule(5)
    def reinstate(self) -> list[Step]:
        """Reinstate an office, mostly a suspended one."""
        directory = self.model.directory
        suspended = [code for code in directory.offices if directory.status_of(code) == SUSPENDED]
        code = self.random.choice(suspended) if suspended and not self.one_in(6) else self.office_code()
        return self.step(self.governor(), "reinstateOffice", code)

    @rule(3)
    def suspend_key(self) -> list[Step]:
        """Suspend a key or end that early; a suspended key tries to sign and to manage keys."""
        code = self.office_code()
        account = self._known_key(code)
        if self.one_in(3):
            return self.step(self.governor(), "reinstateKey", code, account)
        until = self.at + self.random.choice((-1, 0, 1, MINUTE, HOUR, HOUR, DAY))
        steps = self.step(self.governor(), "suspendKey", code, account, until)
        if self.one_in(3):
            steps += self.step(account, "revokeKey", code, account) if account in SECRETS else []
        if self.one_in(3):
            steps += self.signings_around(until, code, account)
        return steps + self.step(self.governor(), "reinstateKey", code, account) if self.one_in(4) else steps

    @rule(3)
    def act_in_an_emergency(self) -> list[Step]:
        """Let the emergency body suspend, which may only lengthen; sometimes another is named."""
        directory = self.model.directory
        body = named_account(EMERGENCY_BODY)
        if directory.emergency_body == ZERO_ADDRESS or self.one_in(12):
            new = ZERO_ADDRESS if self.one_in(5) else body
            return self.step(self.governor(), "setEmergencyBody", new)
        if self.one_in(40):
            end = self.at + MINUTE
            return [step for code in directory.active_offices() for step in self.step(body, "suspendOffice", code, end)]
        code = self.office_code()
        suspended = [office for office in directory.offices if directory.status_of(office) == SUSPENDED]
        if suspended and self.one_in(2):
            code = self.random.choice(suspended)
        office = directory.offices.get(code)
        account = self._known_key(code)
        recorded = office.suspended_until if office else 0
        if office and account in office.keys and self.one_in(2):
            recorded = office.keys[account].suspended_until
        ends = [self.at + HOUR, self.at + DAY, recorded - 1, recorded, recorded + 1, self.at]
        if self.one_in(4):
            ends = [self.at + LONGEST_EMERGENCY, self.at + LONGEST_EMERGENCY + 1]
        until = self.random.choice(ends)
        until = max(0, min(until, FOREVER))
        if self.one_in(2):
            return self.step(body, "suspendKey", code, account, until)
        return self.step(body, "suspendOffice", code, until)

    @rule(2)
    def depart(self) -> list[Step]:
        """Let an office depart, but keep most of them; right after, one of its keys tries to sign."""
        directory = self.model.directory
        gone = [code for code in directory.offices if directory.status_of(code) == DEPARTED]
        if len(gone) >= 2 or len(directory.offices) < 5 or self.one_in(3):
            return self.step(named_account(STRANGERS[1]), "departOffice", self.office_code())
        code = self.signing_office()
        application = (write_number(code, b"T", str(self.at)), write_date(date_at(self.at)), 0, typed_data.keccak(b""))
        departure = self.step(self.governor(), "departOffice", code)
        return [*departure, *self.registration(application)]

    @rule(3)
    def name_successor(self) -> list[Step]:
        """Name the office that acts for a departed one, sometimes one that cannot, sometimes a second."""
        directory = self.model.directory
        gone = [code for code in directory.offices if directory.status_of(code) == DEPARTED]
        code = self.random.choice(gone) if gone and not self.one_in(5) else self.office_code()
        return self.step(self.governor(), "nameSuccessor", code, code if self.one_in(8) else self.office_code())

    @rule(1)
    def hand_over(self) -> list[Step]:
        """Hand governance from one account to the other."""
        other = next(
            account for name in GOVERNANCE if (account := named_account(name)) != self.model.directory.governance
        )
        successor = ZERO_ADDRESS if self.one_in(4) else other
        return self.step(self.governor(), "transferGovernance", successor)

    @rule(3)
    def rotate_seat(self) -> list[Step]:
        """Propose a seat, and let it accept, now or another time, or somebody else try."""
        code = self.office_code()
        proposed = self.model.directory.proposed_seat_of(code)
        if proposed != ZERO_ADDRESS and self.one_in(2):
            caller = named_account(self.random.choice(STRANGERS)) if self.one_in(4) else proposed
            return self.step(caller, "acceptSeat", code)
        successor = named_account(self.random.choice((*SUCCESSORS, *SUCCESSORS, *SEATS)))
        steps = self.step(self.seat_of(code), "proposeSeat", code, ZERO_ADDRESS if self.one_in(10) else successor)
        return steps + self.step(successor, "acceptSeat", code) if self.one_in(2) else steps

    @rule(4)
    def replace_seat(self) -> list[Step]:
        """Decide on another seat; the present one objects or the new one accepts, also too early."""
        code = self.office_code()
        office = self.model.directory.offices.get(code)
        if self.one_in(6):
            delay = self.random.choice((DAY, DAY, 2 * DAY, 90 * DAY, DAY - 1, 90 * DAY + 1))
            return self.step(self.governor(), "setObjectionDelay", delay)
        under_way = [
            office
            for office in self.model.directory.offices.values()
            if office.replacement != ZERO_ADDRESS and office.replaceable_from < self.at + 30 * DAY
        ]
        if under_way and not self.one_in(4):
            office = self.random.choice(under_way)
            if self.one_in(3):
                return self.step(self.seat_of(office.code), "objectToReplacement", office.code)
            last = REPLACEMENT_WINDOW + self.random.choice((-1, 0))
            moment = max(self.at, office.replaceable_from + self.random.choice((-1, 0, 0, 0, 1, last)))
            return [Step(self.name, moment, office.replacement, "acceptSeat", (office.code,))]
        if office is None or self.one_in(6):
            return self.step(self.seat_of(code), "objectToReplacement", code)
        new = ZERO_ADDRESS if self.one_in(8) else named_account(self.random.choice((*SUCCESSORS, *SEATS)))
        steps = self.step(self.governor(), "replaceSeat", code, new)
        if self.one_in(4):
            steps += self.step(new, "acceptSeat", code)
        if self.one_in(3):
            steps += self.step(self.governor(), "suspendOffice", code, self.at + HOUR)
            steps += self.step(office.seat, "objectToReplacement", code)
        return steps

    @rule(2)
    def change_office(self) -> list[Step]:
        """Change the endpoint or the first day of an office."""
        code = self.office_code()
        if self.one_in(3):
            text = "x" * self.random.choice((0, 31, 32, 200, 201))
            return self.step(self.seat_of(code), "setEndpoint", code, text)
        return self.step(self.seat_of(code), "setEarliestFilingDate", code, self.bound())

    # ------------------------------------------------------------------------------------------------------ keys

    @rule(9)
    def add_key(self) -> list[Step]:
        """Add a key, mostly usable at once, sometimes later, sometimes not for long."""
        code = self.office_code()
        if self.good_keys(code) and not self.one_in(3):
            code = self.office_code()
        scopes = self.random.choice((1, 1, 1, 3, 9, 15, 15, 2, 4, 8, 14))
        start = self.random.choice((0, 0, 0, 0, self.at, self.at + 1, self.at + HOUR, self.at + 3 * DAY))
        end = self.random.choice((0, 0, 0, FOREVER, start + DAY, self.at + 30 * DAY, self.at + 200 * DAY, self.at + 2))
        if self.one_in(25):
            scopes = self.random.choice((0, 16, 255))
        if self.one_in(25):
            start, end = self.random.choice(((self.at - 1, 0), (self.at + 9, self.at + 9), (0, self.at), (1, 2)))
        account = ZERO_ADDRESS if self.one_in(60) else self.random.choice(self.accounts)
        steps = self.step(self.key_manager_of(code), "addKey", code, account, scopes, start, end)
        border = start if self.at < start else end
        return steps + self.signings_around(border, code, account) if self.one_in(3) else steps

    @rule(1)
    def add_many_keys(self) -> list[Step]:
        """Fill an office's keys up to the limit, once, with accounts that sign nothing."""
        code = self.office_code()
        office = self.model.directory.offices.get(code)
        if office is None or not self.one_in(10):
            return []
        left = 33 - sum(1 for key in office.keys.values() if not key.revoked_at)
        fresh = ["0x" + self.random.randbytes(20).hex() for _ in range(left)]
        seat = self.model.directory.seat_of(code)
        added = [step for account in fresh for step in self.step(seat, "addKey", code, account, 2, 0, 0)]
        return added + [step for account in fresh[:-1] for step in self.step(seat, "revokeKey", code, account)]

    def _known_key(self, code: bytes) -> str:
        office = self.model.directory.offices.get(code)
        if office is None or not office.keys or self.one_in(12):
            return self.random.choice(self.accounts)
        return self.random.choice(list(office.keys))

    @rule(3)
    def revoke_key(self) -> list[Step]:
        """Revoke a key."""
        code = self.office_code()
        return self.step(self.key_manager_of(code), "revokeKey", code, self._known_key(code))

    @rule(3)
    def mark_compromised(self) -> list[Step]:
        """Declare a key compromised since some moment, often that of one of its records."""
        code = self.office_code()
        account = self._known_key(code)
        held = [
            number
            for number, record in self.model.registry.records.items()
            if office_of(number) == code and record.signing_key == account
        ]
        since = self.at - self.random.choice((-1, 0, 1, HOUR, DAY, 40 * DAY))
        asked: list[Step] = []
        if held and not self.one_in(4):
            number = self.random.choice(held)
            record = self.model.registry.records[number]
            since = record.recorded_at + self.random.choice((-1, 0, 0, 1))
            claim = (number, record.filing_date, code, number[2:3], record.filing_date, ZERO_WORD)
            asked = self.step(self.relayer(), "check", claim)
        since = 0 if self.one_in(15) else since
        caller = self.governor() if self.one_in(5) else self.seat_of(code)
        steps = self.step(caller, "markKeyCompromised", code, account, since) + asked
        if self.one_in(2):
            moved = max(0, since + self.random.choice((-1, 0, 0, 1)))
            steps += self.step(self.seat_of(code), "markKeyCompromised", code, account, moved) + asked
        return steps

    @rule(4)
    def sign_at_a_border(self) -> list[Step]:
        """Sign something in the seconds around the beginning or end of a validity or of a suspension."""
        borders: list[tuple[int, bytes, str]] = []
        for office in self.model.directory.offices.values():
            for account in (account for account in office.keys if account in self.accounts):
                key = office.keys[account]
                marks = (key.valid_from, key.valid_until, office.suspended_until)
                usable = key.scopes & SCOPE_APPLICATIONS and not key.revoked_at and not office.departed
                borders += [(mark, office.code, account) for mark in marks if usable and self.at < mark < FOREVER]
        if not borders:
            return []
        mark, code, account = self.random.choice(sorted(borders)[:6])
        return self.signings_around(mark, code, account)

    def signings_around(self, mark: int, code: bytes, account: str) -> list[Step]:
        """Return registrations by a key just before, at and after a moment."""
        if not self.at < mark < self.at + 300 * DAY or account not in self.accounts:
            return []
        steps = []
        for shift in (-1, 0, 1):
            number = write_number(code, b"P", f"{mark}.{shift}")
            application = (number, write_date(date_at(self.at)), 0, typed_data.keccak(number))
            digest = self.registry_domain.digest(typed_data.registration(application))
            arguments = (application, self.signature(account, digest))
            steps.append(Step(self.name, mark + shift, self.relayer(), "register", arguments))
        return steps

    # --------------------------------------------------------------------------------------------------- records

    def registration(self, application: Application) -> list[Step]:
        """Return the registration of an application under some signature."""
        signature = self.signed(office_of(application[0]), self.registry_domain, typed_data.registration(application))
        return self.step(self.relayer(), "register", application, signature)

    @rule(16)
    def register(self) -> list[Step]:
        """Register an application, new or met before."""
        return self.registration(self.application())

    @rule(3)
    def register_again(self) -> list[Step]:
        """Register what is recorded already, the same or with one thing changed."""
        number = self.recorded_number()
        if number is None:
            return []
        _, filing_date, disclosure, digest = self.recorded_content(number)
        if self.one_in(2):
            changed = self.random.randrange(3)
            filing_date = 20200101 if changed == 0 else filing_date
            disclosure = 1 - disclosure if changed == 1 else disclosure
            digest = typed_data.keccak(digest) if changed == 2 else digest
        return self.registration((number, filing_date, disclosure, digest))

    @rule(2)
    def register_another_office_s(self) -> list[Step]:
        """Sign another office's number with the own key."""
        number, office = self.number(), self.known_office()
        if office is None or not is_number(number) or office_of(number) == office.code:
            return []
        application = (number, self.filing_date(office.code), 0, self.digest())
        digest = self.registry_domain.digest(typed_data.registration(application))
        return self.step(self.relayer(), "register", application, self.signature(self.signer_for(office.code), digest))

    @rule(6)
    def register_batch(self) -> list[Step]:
        """Register a batch of good and bad items, dates mixed or in runs, with repetitions."""
        code = self.signing_office()
        size = self.random.choice((1, 2, 3, 5, 8, 13))
        items = [self.application(code) for _ in range(size)]
        if self.one_in(2):
            items = [(number, items[0][1], items[0][2], digest) for number, _, _, digest in items]
        own = [number for number in self.model.registry.records if office_of(number) == code]
        if own and self.one_in(3):
            items.insert(self.random.randrange(len(items) + 1), self.recorded_content(self.random.choice(own)))
        if self.one_in(5):
            items.append(self.random.choice(items))
        if self.one_in(6):
            items.insert(self.random.randrange(len(items)), self.application())
        if self.one_in(8):
            # Nothing but zeros where facts should be, in front or right after a bad item.
            items.insert(self.random.choice((0, 0, len(items))), (self.fresh_number(code), 0, 0, self.digest()))
        if self.one_in(40):
            items = []
        elif self.one_in(100):
            items = [items[0]] * (MAX_BATCH + 1)
        return self._batch(code, tuple(items))

    def _batch(self, code: bytes, items: tuple[Application, ...]) -> list[Step]:
        signature = self.signed(code, self.registry_domain, typed_data.batch(code, items))
        return self.step(self.relayer(), "registerBatch", code, items, signature)

    def correction(self, content: Application, replaces: int) -> list[Step]:
        """Return a correction under some signature."""
        correction = (*content, replaces)
        struct = typed_data.correction(*correction)
        signature = self.signed(office_of(content[0]), self.registry_domain, struct)
        return self.step(self.relayer(), "correct", correction, signature)

    @rule(9)
    def correct(self) -> list[Step]:
        """Correct a record, sometimes by the wrong version, sometimes one that is not there."""
        number = self.number() if self.one_in(20) else self.recorded_number()
        if number is None:
            return []
        version = self.model.registry.record_of(number).version
        replaces = version if not self.one_in(5) else max(0, min(255, version + self.random.choice((-2, -1, 1))))
        content = self.application(office_of(number))
        if self.one_in(4) and version:
            content = self.recorded_content(number)
        return self.correction((number, *content[1:]), replaces)

    @rule(4)
    def correct_there_and_back(self) -> list[Step]:
        """Correct A to B and back to A, then send every statement of the story again."""
        number = self.recorded_number()
        if number is None:
            return []
        first, version = self.recorded_content(number), self.model.registry.record_of(number).version
        if version > 250 or not self.good_keys(office_of(number)):
            return []
        second = (number, first[1], first[2], typed_data.keccak(first[3]))
        there, back = self.correction(second, version), self.correction(first, version + 1)
        self.sent.extend([*there, *back])
        return [*there, *back, *there, *self.registration(first), *back, *there]

    @rule(5)
    def withdraw(self) -> list[Step]:
        """Withdraw an application, sometimes by the wrong version, sometimes twice."""
        number = self.number() if self.one_in(15) else self.recorded_number()
        if number is None:
            return []
        version = self.model.registry.record_of(number).version
        replaces = version if not self.one_in(5) else max(0, version + self.random.choice((-1, 1)))
        replaces = min(replaces, 255)
        signature = self.signed(office_of(number), self.registry_domain, typed_data.withdrawal(number, replaces))
        return self.step(self.relayer(), "withdraw", number, replaces, signature)

    @rule(5)
    def take_back_withdrawal(self) -> list[Step]:
        """Reinstate an application, mostly a withdrawn one, sometimes by the wrong version."""
        records = self.model.registry.records
        withdrawn = [number for number, record in records.items() if record.status == WITHDRAWN]
        number = self.random.choice(withdrawn) if withdrawn and not self.one_in(6) else self.recorded_number()
        if number is None:
            return []
        version = self.model.registry.record_of(number).version
        replaces = version if not self.one_in(5) else max(0, min(255, version + self.random.choice((-1, 1))))
        struct = typed_data.reinstatement(number, replaces)
        signature = self.signed(office_of(number), self.registry_domain, struct)
        return self.step(self.relayer(), "reinstate", number, replaces, signature)

    @rule(6)
    def vouch(self) -> list[Step]:
        """Reconfirm some records of an office, suspect ones rather than others; sometimes with a wrong item."""
        registry = self.model.registry
        suspects = [number for number in registry.records if registry.is_suspect(number)]
        first = self.random.choice(suspects) if suspects and not self.one_in(4) else self.recorded_number()
        if first is None:
            return []
        office = office_of(first)
        others = [number for number in registry.records if office_of(number) == office]
        numbers = [first, *self.random.sample(others, min(len(others), self.random.randrange(4)))]
        items = [self.recorded_content(number) for number in numbers]
        if self.one_in(8):
            items.append(self.application())
        if self.one_in(15):
            items = []
        as_of = self.at
        if self.one_in(4):
            recorded_at = registry.record_of(first).recorded_at
            as_of = self.random.choice((recorded_at - 1, recorded_at, self.at - 1, self.at + 1))
        struct = typed_data.reconfirmation(office, as_of, items)
        signature = self.signed(office, self.registry_domain, struct)
        return self.step(self.relayer(), "reconfirm", office, as_of, items, signature)

    @rule(6)
    def send_again(self) -> list[Step]:
        """Send a signed statement of the past once more, by somebody else."""
        if not self.sent:
            return []
        old = self.random.choice(self.sent[-60:] if self.one_in(2) else self.sent)
        return self.step(self.relayer(), old.function, *old.arguments)

    @rule(2)
    def borrow_signature(self) -> list[Step]:
        """Put the signature of one statement under another of the same kind."""
        if not self.sent:
            return []
        old, other = self.random.choice(self.sent), self.random.choice(self.sent)
        if old.function != other.function:
            return []
        return self.step(self.relayer(), old.function, *old.arguments[:-1], other.arguments[-1])

    # --------------------------------------------------------------------------------------------------- anchors

    @rule(5)
    def anchor(self) -> list[Step]:
        """Anchor a tree of some records, mostly under the next sequence number."""
        code = self.signing_office()
        size = self.random.choice((1, 2, 3, 4, 5, 7, 8, 9, 16, 21))
        leaves = list(dict.fromkeys(self.application(code) for _ in range(size)))
        hashes = {merkle.leaf_hash(*leaf): leaf for leaf in leaves}
        root, proofs = merkle.build(list(hashes))
        sequence = self.model.registry.next_sequence(code)
        if self.one_in(6):
            sequence = max(0, sequence + self.random.choice((-2, -1, 1, 2**63)))
        count = len(leaves)
        if self.one_in(8):
            # A count that is not the tree's makes its proofs too short or too long.
            wrong = ((ZERO_WORD, count), (root, 0), (root, count + 1), (root, count * 4), (root, 1), (root, 2**40 - 1))
            root, count = self.random.choice(wrong)
        statement = (code, sequence, root, count)
        signer = self.signer_for(code)
        digest = self.registry_domain.digest(typed_data.anchor(*statement))
        self.trees.append(Tree(statement, signer, {hashes[leaf]: tuple(proof) for leaf, proof in proofs.items()}))
        signature = self.spoilt(signer, b"", digest) if self.one_in(20) else self.signature(signer, digest)
        steps = self.step(self.relayer(), "anchor", statement, signature)
        return steps + self.step(self.relayer(), "anchor", statement, signature) if self.one_in(8) else steps

    @rule(13)
    def disclose(self) -> list[Step]:
        """Disclose a record of an anchor, sometimes with something forged."""
        if not self.trees:
            return []
        anchored = [tree for tree in self.trees if self.model.registry.anchored_at(tree.statement, tree.signer)]
        tree = self.random.choice(anchored if anchored and not self.one_in(10) else self.trees)
        statement, signer = tree.statement, tree.signer
        application, proof = self.random.choice(list(tree.proofs.items()))
        if self.one_in(4):
            return self._forged_disclosure(statement, signer, application, proof)
        return self.step(self.relayer(), "disclose", statement, signer, application, proof)

    def _forged_disclosure(
        self, statement: Anchor, signer: str, application: Application, proof: tuple[bytes, ...]
    ) -> list[Step]:
        office, sequence, root, count = statement
        number, filing_date, disclosure, digest = application
        kind = self.random.randrange(9)
        if kind == 0:
            application = (number, filing_date, disclosure, typed_data.keccak(digest))
        elif kind == 1:
            proof = proof[:-1] if proof else (root,)
        elif kind == 2 and proof:
            # An inner node with the rest of its path: one level too few.
            proof = proof[1:]
        elif kind == 3:
            statement = (office, sequence + 1, root, count)
        elif kind == 4:
            statement = (office, sequence, root, count ^ 1)
        elif kind == 5:
            signer = self.random.choice(self.accounts)
        elif kind == 6:
            application = (self.number(), filing_date, disclosure, digest)
        elif kind == 7:
            proof = (*proof, self.random.randbytes(32))
        else:
            other = self.random.choice(self.trees)
            statement = other.statement
        return self.step(self.relayer(), "disclose", statement, signer, application, proof)

    # -------------------------------------------------------------------------------------------------- priority

    @rule(5)
    def publish(self) -> list[Step]:
        """Publish a calendar for a year in which periods of recorded applications end."""
        code = self.office_code()
        year = self._year_of_interest()
        weekly = self.random.choice((0x60, 0x60, 0x60, 0x40, 0x30, 0, 0x41))
        length = 366 if day_of_year(date(year, 12, 31)) == 366 else 365
        bits = 0
        for _ in range(self.random.randrange(12)):
            bits |= 1 << self.random.randrange(length)
        for record in self.random.sample(
            list(self.model.registry.records.values()), min(8, len(self.model.registry.records))
        ):
            for end in self._period_ends(record.filing_date):
                if end.year == year:
                    bits |= 1 << (day_of_year(end) - 1)
        if self.one_in(2):
            # A long closure over the turn of the year.
            bits |= ((1 << self.random.randrange(1, 10)) - 1) | ((1 << 8) - 1) << (length - 8)
        if self.one_in(8):
            bits |= ((1 << self.random.choice((30, 31, 40))) - 1) << self.random.randrange(300)
        if self.one_in(25):
            weekly = self.random.choice((0x7F, 0x80, 0xFF))
        if self.one_in(25):
            bits |= 1 << self.random.choice((length, length - 1, 366, 400, 511))
        if self.one_in(25):
            year = self.random.choice((1799, 1800, 9999, 10000, 0))
        exceptions = (bits & (2**256 - 1), bits >> 256)
        return self.step(self.seat_of(code), "publishCalendar", code, year, weekly, exceptions)

    def _year_of_interest(self) -> int:
        number = self.recorded_number()
        ends = self._period_ends(self.model.registry.records[number].filing_date) if number else [date_at(self.at)]
        return self.random.choice(ends).year + (1 if self.one_in(12) else 0)

    @staticmethod
    def _period_ends(filing_date: int) -> list[date]:
        filed = read_date(filing_date)
        return [months_later(filed, months) for months in (6, 12, 14)] if filed else []

    @rule(34)
    def check(self) -> list[Step]:
        """Ask for a verdict, mostly at a border of the period."""
        number = None if self.one_in(12) else self.recorded_number()
        if number is None:
            number = self.number(self.random.choice((*CODES, *SEATLESS_CODES)) if self.one_in(3) else None)
        if self.one_in(20):
            # Of a member, and recorded by nobody.
            number = self.random.choice(list(self.model.directory.offices) or CODES) + b"T" + b"7" * 9
            number = number.ljust(32, b"\x00")
        if self.one_in(40):
            number = self.random.choice(BAD_NUMBERS).ljust(32, b"\x00")
        record = self.model.registry.record_of(number)
        right = self.random.choice(RIGHTS) if self.one_in(3) else number[2:3]
        if is_number(number) and number[2:3] == b"U" and self.one_in(3):
            right = b"D"
        office = self._office_with_calendar(record.filing_date)
        filed = read_date(record.filing_date) or date_at(self.at)
        claimed, later = filed, filed + timedelta(days=self.random.randrange(-30, 500))
        if not self.one_in(4):
            later = self._border(number, office, right, filed)
        if self.one_in(20):
            claimed += self.random.choice((-1, 1)) * ONE_DAY
        digest = self.random.choice((ZERO_WORD, record.digest, record.digest, typed_data.keccak(b"another copy")))
        values = [write_date(claimed), write_date(later)]
        if self.one_in(60):
            values[self.random.randrange(2)] = self.random.choice(ODD_DATES)
        if self.one_in(60):
            office = self.random.choice(BAD_CODES)
        if self.one_in(60):
            right = self.random.choice((b"X", b"\x00", b"p"))
        return self.step(self.relayer(), "check", (number, values[0], office, right, values[1], digest))

    def _office_with_calendar(self, filing_date: int) -> bytes:
        """Return an office, mostly one that published a year in which a period ends."""
        years = {end.year for end in self._period_ends(filing_date)}
        offices = [office for office, year in self.model.priority.calendars if year in years]
        return self.random.choice(offices) if offices and not self.one_in(3) else self.office_code()

    def _border(self, number: bytes, office: bytes, right: bytes, filed: date) -> date:
        """Return a day at which the verdict changes, or next to one."""
        days = [filed, months_later(filed, 6), months_later(filed, 12), months_later(filed, 14)]
        months = self.model.priority.period(number[2:3], right)
        if months is not None:
            last = self.model.priority.next_open_day(office, months_later(filed, months))[0]
            days += [last, last, self.model.priority.last_restorable(office, last)]
        return self.random.choice(days) + self.random.choice((-1, 0, 0, 1)) * ONE_DAY

    @rule(9)
    def claim(self) -> list[Step]:
        """Record a claim between two numbers, or the next outcome of one."""
        if self.model.priority.claims and self.one_in(3):
            later, earlier = self.random.choice(list(self.model.priority.claims))
            if self.one_in(4):
                later, earlier = earlier, later
        else:
            later, earlier = self.number(self.signing_office()), self.number()
            days = [self.model.registry.record_of(number).filing_date for number in (later, earlier)]
            if 0 < days[0] <= days[1] and not self.one_in(5):
                later, earlier = earlier, later
        records = self.model.registry.record_of(later), self.model.registry.record_of(earlier)
        earlier_day = read_date(records[1].filing_date) or date_at(self.at) - timedelta(days=self.random.randrange(700))
        later_day = read_date(records[0].filing_date) or earlier_day + timedelta(days=self.random.randrange(-9, 400))
        if self.one_in(12):
            later_day = earlier_day + self.random.choice((-1, 0, 1)) * ONE_DAY
        if self.one_in(10):
            later_day += ONE_DAY
        if self.one_in(12):
            earlier_day += self.random.choice((-1, 1)) * ONE_DAY
        dates = [write_date(later_day), write_date(earlier_day)]
        if self.one_in(40):
            dates[self.random.randrange(2)] = self.random.choice(ODD_DATES)
        outcome = self.random.choice((0, 5, 255)) if self.one_in(40) else self.random.randrange(1, 5)
        held = self.model.priority.claims.get((later, earlier))
        version = held.version if held else 0
        if held and not self.one_in(3):
            dates = [held.later_date, held.claimed_date]
        if self.one_in(8):
            version = max(0, min(255, version + self.random.choice((-1, 1))))
        if self.one_in(30):
            earlier = later
        statement = (later, earlier, dates[0], dates[1], self.one_in(2), outcome, version)
        return self.claimed(statement)

    def claimed(self, statement: ClaimOutcome) -> list[Step]:
        """Return the recording of a claim under some signature."""
        struct = typed_data.claim_outcome(*statement)
        signature = self.signed(office_of(statement[0]), self.priority_domain, struct)
        return self.step(self.relayer(), "recordClaim", statement, signature)

    @rule(3)
    def correct_under_a_claim(self) -> list[Step]:
        """Correct or withdraw the earlier application of a claim, then record the claim's next outcome."""
        records = self.model.registry.records
        pairs = [pair for pair in self.model.priority.claims if pair[1] in records]
        if not pairs:
            return []
        later, earlier = self.random.choice(pairs)
        held, record = self.model.priority.claims[later, earlier], records[earlier]
        if record.version > 250 or held.version > 250:
            return []
        day = read_date(held.later_date) or date_at(self.at)
        moved = write_date(day + self.random.choice((-1, 0, 1)) * ONE_DAY)
        change = self.correction((earlier, moved, record.disclosure, record.digest), record.version)
        if self.one_in(4):
            struct = typed_data.withdrawal(earlier, record.version)
            signature = self.signed(office_of(earlier), self.registry_domain, struct)
            change = self.step(self.relayer(), "withdraw", earlier, record.version, signature)
        outcome = self.random.randrange(1, 5)
        statement = (later, earlier, held.later_date, held.claimed_date, held.is_partial, outcome, held.version)
        return change + self.claimed(statement)
