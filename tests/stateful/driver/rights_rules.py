"""Random acts on the register: statements sent alone, in batches, again, with borrowed signatures; and all around them.

Not its job: the statements themselves (`rights_makers`), or saying what an act should do.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.stateful.driver.engine import SEATS, SIGNERS, STRANGERS, named_account
from tests.stateful.driver.governance_world import Act
from tests.stateful.driver.rights_choices import CODES, OFFICES, STATUSES, UNNAMED_STATUS, rule_of
from tests.stateful.driver.rights_families import RightsFamilies
from tests.stateful.driver.rights_world import RightsWorld
from tests.stateful.model import rights_statements as said
from tests.stateful.model.basics import FOREVER, SCOPE_KEYS, ZERO_ADDRESS, ZERO_WORD, Refusal
from tests.stateful.model.directory import DEPARTED, SUSPENDED
from tests.stateful.model.numbers import office_of
from tests.stateful.model.practice import LONGEST_GRACE, REGISTER_RIGHTS
from tests.stateful.model.rights_statements import Empowerment, Statement, Terms, code_of, event_struct, system_of

REGISTER, PRACTICE, DIRECTORY = "RightsRegister", "OfficePractice", "OfficeDirectory"
HOUR, DAY = 3600, 86400
LEAST_OFFICES = 2

Rule = Callable[["RightsRules"], list[Act]]
RULES: dict[str, tuple[int, Rule]] = {}


def rule(weight: int) -> Callable[[Rule], Rule]:
    """Enter a method into the table of rules with its relative frequency."""

    def enter(method: Rule) -> Rule:
        RULES[method.__name__] = (weight, method)
        return method

    return enter


class RightsRules(RightsFamilies):
    """Source of random acts for one world."""

    def __init__(self, world: RightsWorld, seed: int) -> None:
        super().__init__(world, seed)
        self.sent: list[Act] = []
        self.name = "opening"
        self.ahead = self._opening()

    def next_act(self) -> Act:
        """Return the next act; its time is never before the last one's."""
        while not self.ahead:
            self.name = self.random.choices(list(RULES), [weight for weight, _ in RULES.values()])[0]
            self.at += self._pause()
            # What the model answers to "may this key sign now" is wanted for the time of the act.
            self.model.clock.now = self.at
            self.office, self.rights = None, self.model.rights
            self.ahead = RULES[self.name][1](self)
        act = self.ahead.pop(0)
        if act.contract in (REGISTER, PRACTICE):
            self.sent.append(act)
        return act

    def _pause(self) -> int:
        kind = self.random.randrange(100)
        if kind < 55:
            return self.random.randrange(60)
        if kind < 93:
            return self.random.randrange(HOUR, 3 * DAY)
        return self.random.randrange(10 * DAY, 120 * DAY)

    def act(self, contract: str, function: str, *arguments: Any, caller: str | None = None) -> list[Act]:
        """Return one act at the present time; who relays a signed statement does not matter."""
        sender = caller or named_account(self.random.choice((*STRANGERS, SEATS[0])))
        return [Act(self.name, self.at, sender, contract, function, arguments)]

    def _opening(self) -> list[Act]:
        acts, governance = [], self.model.directory.governance
        for right in REGISTER_RIGHTS:
            texts = tuple((right, position, f"Status {position}".encode().ljust(32, b"\x00")) for position in STATUSES)
            rows = tuple(rule_of(right, code) for code in CODES)
            acts += self.act(REGISTER, "setStatuses", texts, caller=governance)
            acts += self.act(REGISTER, "setCodes", rows, caller=governance)
        for index, code in enumerate(OFFICES):
            accounts = self.random.sample(self.keys, 3)
            scopes = (2, 15, self.random.choice((1, 8, 10)))
            keys = tuple((account, scope, 0, 0) for account, scope in zip(accounts, scopes, strict=True))
            seat = named_account(SEATS[index])
            acts += self.act(DIRECTORY, "admitOfficeWithKeys", code, seat, "An office", "", 0, keys, caller=governance)
        return acts

    # ------------------------------------------------------------------------------------------------ statements

    def _send(self, statement: Statement) -> list[Act]:
        domain = self.model.rights.domain
        signature = self.signed(office_of(statement.number), event_struct(statement), domain)
        return self.act(REGISTER, "record", statement, signature)

    @rule(150)
    def one_event(self) -> list[Act]:
        """Send one statement."""
        self.name, statement = self.make()
        return self._send(statement)

    @rule(16)
    def by_a_body(self) -> list[Act]:
        """Let a body that is empowered for something send a statement, often one that needs a new number."""
        named = [(office, body) for office in self.active() for body in self.bodies if self.is_named(office, body)]
        if not named:
            return []
        self.office, body = self.random.choice(named)
        statement = self.continue_elsewhere() if self.one_in(3) else None
        statement = statement or self.make()[1]
        digest = self.model.rights.domain.digest(event_struct(statement))
        return self.act(REGISTER, "record", statement, self.signature(body, digest))

    @rule(12)
    def batch(self) -> list[Act]:
        """Send several statements under one signature, prepared one upon the other, sometimes with a wrong one."""
        office = self.random.choice(self.active())
        statements: list[Statement] = []
        shadow = copy.copy(self.model.rights)
        shadow.entries = dict(shadow.entries)
        self.office, self.rights = office, shadow
        wanted = self.random.choice((1, 2, 3, 3, 5, 8, 12))
        for _ in range(4 * wanted):
            _, statement = self.make()
            try:
                shadow.record_prepared(statement)
            except Refusal:
                if not self.one_in(60):
                    continue
            statements.append(statement)
            if len(statements) == wanted:
                break
        if self.one_in(5):
            heads = {entry.head for entry in self.model.rights.entries.values()}
            last = [act.arguments[0] for act in self.sent if act.function == "record"]
            last = [said_again for said_again in last if event_struct(said_again) in heads]
            statements = [said_again for said_again in last if office_of(said_again.number) == office][:2] + statements
        if self.one_in(25):
            statements = statements[:1] * self.random.choice((0, 200, 201))
        return self._send_batch(office if not self.one_in(30) else b"RU", statements)

    def _send_batch(self, office: bytes, statements: list[Statement]) -> list[Act]:
        struct = said.batch_struct(office, statements)
        signature = self.signed(office, struct, self.model.rights.domain)
        return self.act(REGISTER, "recordBatch", office, tuple(statements), signature)

    @rule(1)
    def long_batch(self) -> list[Act]:
        """Send 200 new entries, or events of one entry, under one signature; or one more than that."""
        if self.model.rights.entries and not self.one_in(8):
            return []
        office = self.random.choice(self.active())
        self.office = office
        first = self.first_event(self.new_number(), "A10", 20200229, classes=2)
        first = first._replace(number=office + b"T" + first.number[3:], event_date=20200301, effective_date=20200301)
        statements = [first]
        for _ in range(self.random.choice((199, 199, 200))):
            last = event_struct(statements[-1])
            statements.append(first._replace(previous=last, code=code_of("W10"), facts=said.NO_FACTS))
        return self._send_batch(office, statements)

    @rule(10)
    def send_again(self) -> list[Act]:
        """Send something old once more, mostly of the last acts."""
        if not self.sent:
            return []
        act = self.random.choice(self.sent[-3:] if not self.one_in(3) else self.sent)
        return [replace(act, rule=self.name, at=self.at)]

    @rule(8)
    def borrow_signature(self) -> list[Act]:
        """Use a signature for another statement: another entry, place in the history, office, or a batch."""
        signed = [act for act in self.sent if act.function == "record"]
        if not signed:
            return []
        statement, signature = self.random.choice(signed).arguments
        head = self.model.rights.entry(statement.number).head
        number = self.random.choice([self.any_number(), self.new_number()])
        office = self.random.choice(OFFICES) + statement.number[2:]
        changed = self.random.choice(
            (
                statement._replace(previous=head),
                statement._replace(number=number, previous=self.model.rights.entry(number).head),
                statement._replace(number=office, previous=ZERO_WORD),
                statement._replace(document=self.word(), previous=head),
                self.make()[1],
            )
        )
        if self.one_in(4):
            return self.act(REGISTER, "recordBatch", office_of(changed.number), (changed,), signature)
        return self.act(REGISTER, "record", changed, signature)

    # -------------------------------------------------------------------------------------------------- practice

    @rule(12)
    def empower(self) -> list[Act]:
        """Let a body record some categories, often for a short time, or take that back."""
        office = self.random.choice(OFFICES)
        body = self.random.choice(self.bodies)
        version = self.model.practice.body_of(office, body).version + 1
        everything = (1 << 26) - 1
        some = self.random.getrandbits(26)
        categories = self.random.choice((1, 1 << 24, everything, everything - 1, some, 0))
        start = self.at + self.random.choice((-DAY, 0, 1, DAY))
        window = (start, start + self.random.choice((0, 60, 5 * DAY, 400 * DAY)))
        statement = Empowerment(office, body, code_of("COURT"), categories, *window, version)
        wrong: list[dict[str, Any]] = [
            {"version": version + self.random.choice((-1, 1))},
            {"categories": 1 << 26},
            {"body": ZERO_ADDRESS, "version": 1},
            {"office": self.random.choice((b"em", b"ZZ"))},
        ]
        if self.one_in(8):
            statement = statement._replace(**self.random.choice(wrong))
        struct = said.empowerment_struct(statement)
        signature = self.signed(statement.office, struct, self.model.practice.domain, SCOPE_KEYS)
        return self.act(PRACTICE, "empower", statement, signature)

    @rule(5)
    def set_terms(self) -> list[Act]:
        """Say how rights are renewed."""
        office, right = self.random.choice(OFFICES), self.right()
        version = self.model.practice.terms.get((office, right), Terms(office, right, 0, 0, 0, 0, 0)).version + 1
        period = self.random.choice((1, 5, 10, 10, 15, 255))
        maximum = self.random.choice((0, 0, 25, period, 255, period - 1))
        window = self.random.choice((0, 6, 12, 12 * period if period < 20 else 12, 12 * period + 1))
        grace = self.random.choice((6, 6, 6, 12, LONGEST_GRACE, LONGEST_GRACE + 1, 5))
        statement = Terms(office, right, period, maximum, min(window, 255), grace, version)
        if self.one_in(10):
            parts: list[dict[str, Any]] = [
                {"version": version + 1},
                {"period": 0},
                {"office": b"E1"},
                {"office": b"ZZ"},
            ]
            statement = statement._replace(**self.random.choice(parts))
        struct = said.terms_struct(statement)
        signature = self.signed(statement.office, struct, self.model.practice.domain, SCOPE_KEYS)
        return self.act(PRACTICE, "setRenewalTerms", statement, signature)

    # ---------------------------------------------------------------------------------------------- the offices' vote

    def _governor(self) -> str:
        return named_account(STRANGERS[1]) if self.one_in(15) else self.model.directory.governance

    @rule(8)
    def change_codes(self) -> list[Act]:
        """Change, retire or restore rows of the table, or try rows that cannot be."""
        right, code = self.right(), self.random.choice(list(CODES))
        row = list(rule_of(right if right in REGISTER_RIGHTS else b"T", code))
        row[0] = right
        kind = self.random.randrange(18)
        if kind == 0:
            row[3] = b"\x00"
        elif kind <= 3:
            row[4] ^= 1 << self.random.randrange(29)
        elif kind <= 5:
            row[5] ^= 1 << self.random.randrange(30)
        elif kind == 6:
            row[6] = self.random.getrandbits(10)
        elif kind == 7:
            place, value = self.random.choice(
                (
                    (1, bytes(8)),
                    (2, bytes(32)),
                    (2, code_of("F10-F11")),
                    (3, b"a"),
                    (3, b"["),
                    (4, 1 << 30),
                    (5, 1 << 31),
                )
            )
            row[place] = value
        rows: list[Any] = [tuple(row)]
        if self.one_in(3):
            rows.insert(0, rule_of(self.random.choice(REGISTER_RIGHTS), self.random.choice(list(CODES))))
        if self.one_in(8):
            own = (b"W", (1 << 29) - 1, (1 << 30) - 1, 2**128 - 1, "The office's own")
            rows.append((b"T", system_of("NAT:RU"), code_of("OWN"), *own))
        return self.act(REGISTER, "setCodes", tuple(rows), caller=self._governor())

    @rule(3)
    def add_status(self) -> list[Act]:
        """Give a text to a position, or try to give it another."""
        position = self.random.choice((0, 1, 50, 60, 70, 127, 128, 255))
        text = ZERO_WORD if self.one_in(8) else code_of(f"Status {position}")
        if position == UNNAMED_STATUS:
            return []
        return self.act(REGISTER, "setStatuses", ((self.right(), position, text),), caller=self._governor())

    @rule(5)
    def suspend_or_reinstate(self) -> list[Act]:
        """Suspend an office for a while, let its bodies try to go on, or end that."""
        directory, office = self.model.directory, self.random.choice(OFFICES)
        if directory.status_of(office) == SUSPENDED:
            return self.act(DIRECTORY, "reinstateOffice", office, caller=self._governor())
        until = self.at + self.random.choice((1, HOUR, 2 * DAY))
        acts = self.act(DIRECTORY, "suspendOffice", office, until, caller=self._governor())
        bodies = [body for body in self.bodies if self.is_named(office, body)]
        if bodies:
            self.office = office
            statement = self.make()[1]
            digest = self.model.rights.domain.digest(event_struct(statement))
            acts += self.act(REGISTER, "record", statement, self.signature(self.random.choice(bodies), digest))
        return acts

    @rule(1)
    def depart(self) -> list[Act]:
        """Let an office depart, and mostly name who acts for it, but may not begin entries."""
        directory, office = self.model.directory, self.random.choice(OFFICES)
        left = [code for code in self.active() if code != office]
        if directory.status_of(office) == DEPARTED or len(left) < LEAST_OFFICES or not self.one_in(2):
            return []
        governance = directory.governance
        acts = self.act(DIRECTORY, "departOffice", office, caller=governance)
        if not self.one_in(3):
            successor = self.random.choice(left)
            acts += self.act(DIRECTORY, "nameSuccessor", office, successor, caller=governance)
            self.office = office
            first = self.first_event(self.new_number(), "A10", self.filing_date())
            signer = self.random.choice(self.good_keys(successor) or self.keys)
            signature = self.signature(signer, self.model.rights.domain.digest(event_struct(first)))
            acts += self.act(REGISTER, "record", first, signature)
        return acts

    @rule(8)
    def change_keys(self) -> list[Act]:
        """Add, revoke, suspend or give up a key; an office that has none left gets a new one."""
        directory, office = self.model.directory, self.random.choice(OFFICES)
        held = directory.offices[office].keys if office in directory.offices else {}
        seat = directory.seat_of(office)
        account = self.random.choice(list(held) or self.keys)
        kind = self.random.randrange(6)
        if kind == 0 and len(self.good_keys(office)) > 1:
            return self.act(DIRECTORY, "revokeKey", office, account, caller=seat)
        if kind == 1 and len(self.good_keys(office)) > 1:
            return self.act(DIRECTORY, "markKeyCompromised", office, account, self.at - HOUR, caller=seat)
        if kind == 2:
            until = self.at + self.random.choice((1, DAY))
            return self.act(DIRECTORY, "suspendKey", office, account, until, caller=directory.governance)
        start = self.random.choice((0, 0, self.at + HOUR))
        until = self.random.choice((0, FOREVER, self.at + 30 * DAY))
        scopes = self.random.choice((2, 2, 3, 8, 10, 15))
        new = named_account(self.random.choice(SIGNERS[:16]))
        return self.act(DIRECTORY, "addKey", office, new, scopes, start, until, caller=seat)
