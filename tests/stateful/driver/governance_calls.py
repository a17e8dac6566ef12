"""Random calls for proposals: what offices might decide, and what nobody should be able to.

Not its job: the proposals themselves (`governance_rules`), or what the calls do.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.stateful.driver.engine import SEATS, SECRETS, SIGNERS, STRANGERS, SUCCESSORS, named_account
from tests.stateful.driver.governance_engine import DEPLOYER
from tests.stateful.driver.governance_world import GovernanceWorld
from tests.stateful.model.basics import FOREVER, ZERO_ADDRESS, ZERO_WORD
from tests.stateful.model.consortium import DAY, HOUR, MAX_DELAY, QUEUED
from tests.stateful.model.constitution import Call
from tests.stateful.model.directory import DEPARTED, SUSPENDED
from tests.stateful.model.typed_data import keccak

CODES = (b"EM", b"RU", b"AU", b"JP", b"US", b"WO", b"DE", b"KR", b"FR", b"CN", b"BR", b"IN")
OBSERVERS = ("stranger 0", "stranger 1", "signer 19")
MANY = 2**256 - 1

Target = tuple[str, int, bytes]
"""Account, value, data."""
Kind = Callable[["Calls"], list[Call]]
KINDS: dict[str, tuple[int, Kind]] = {}


def kind(weight: int) -> Callable[[Kind], Kind]:
    """Enter a method into the table of decisions with its relative frequency."""

    def enter(method: Kind) -> Kind:
        KINDS[method.__name__] = (weight, method)
        return method

    return enter


def directory(function: str, *arguments: Any) -> Call:
    """Return a call of the directory."""
    return "OfficeDirectory", function, arguments


def consortium(function: str, *arguments: Any) -> Call:
    """Return a call of the consortium."""
    return "Consortium", function, arguments


class Calls:
    """Source of random calls for one world."""

    def __init__(self, world: GovernanceWorld, source: random.Random) -> None:
        self.world, self.model, self.random = world, world.model, source
        self.seats = [named_account(name) for name in SEATS + SUCCESSORS] + list(world.engine.wallets)
        self.keys = [named_account(name) for name in SIGNERS]

    def one_in(self, count: int) -> bool:
        """Be true once in so many times."""
        return self.random.randrange(count) == 0

    def decision(self) -> list[Call]:
        """Return calls that belong together, sometimes with another decision's."""
        name = self.random.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
        calls = KINDS[name][1](self)
        return calls + self.decision() if self.one_in(8) else calls

    def target(self, call: Call) -> Target:
        """Return a call as a proposal holds it."""
        contract, function, arguments = call
        data = self.world.codec.call_data(contract, function, arguments)
        return self.world.engine.addresses[contract], 0, data

    # ----------------------------------------------------------------------------------------------------- choices

    def member(self) -> bytes:
        """Return an office that has not departed, rarely any code."""
        status_of = self.model.directory.status_of
        members = [code for code in self.model.directory.offices if status_of(code) != DEPARTED]
        return self.random.choice(CODES) if not members or self.one_in(15) else self.random.choice(members)

    def departed(self) -> bytes:
        """Return an office that departed, rarely another."""
        gone = [office.code for office in self.model.directory.offices.values() if office.departed]
        return self.member() if not gone or self.one_in(8) else self.random.choice(gone)

    def suspended(self) -> bytes:
        """Return a suspended office, sometimes another."""
        barred = [code for code in self.model.directory.offices if self.model.directory.status_of(code) == SUSPENDED]
        return self.member() if not barred or self.one_in(4) else self.random.choice(barred)

    def free_seat(self) -> str:
        """Return an account that is no seat, rarely one that is."""
        free = [account for account in self.seats if self.model.directory.seat_is_taken(account) is None]
        return self.random.choice(self.seats) if not free or self.one_in(12) else self.random.choice(free)

    def key_of(self, code: bytes) -> str:
        """Return a key of an office, sometimes any account."""
        office = self.model.directory.offices.get(code)
        known = [key.account for key in office.keys.values() if not key.revoked_at or self.one_in(4)] if office else []
        return self.random.choice(self.keys) if not known or self.one_in(10) else self.random.choice(known)

    def idle_keys_of(self, code: bytes) -> tuple[str, ...]:
        """Return some keys of an office that are revoked, or suspended for long."""
        office = self.model.directory.offices.get(code)
        keys = list(office.keys.values()) if office else []
        return tuple(key.account for key in keys if key.revoked_at or key.suspended_until > self.model.now + DAY)[:2]

    def end(self) -> int:
        """Return the end of a suspension that is decided now and begins after the delays."""
        wait = self.model.consortium.voting_delay + self.model.consortium.voting_period
        lasts = self.random.choice((-DAY, HOUR, DAY, 10 * DAY, 10 * DAY, 60 * DAY))
        return FOREVER if self.one_in(12) else self.model.now + wait + self.model.consortium.min_delay + lasts

    # ------------------------------------------------------------------------------------------------- the members

    @kind(9)
    def admit(self) -> list[Call]:
        """Admit an office, with its first keys or without."""
        left = [code for code in CODES if code not in self.model.directory.offices]
        code = self.random.choice(left) if left and not self.one_in(10) else self.random.choice((*CODES, b"e1"))
        facts = (code, self.free_seat(), f"Office {code!r}", "https://ipo.example/api", 0)
        if self.one_in(2):
            return [directory("admitOffice", *facts)]
        keys = tuple((account, self.random.choice((1, 9, 15)), 0, 0) for account in self.random.sample(self.keys, 2))
        return [directory("admitOfficeWithKeys", *facts, keys)]

    @kind(6)
    def suspend(self) -> list[Call]:
        """Suspend an office, or confirm or change a suspension."""
        code = self.suspended() if self.one_in(2) else self.member()
        return [directory("suspendOffice", code, self.end())]

    @kind(5)
    def reinstate(self) -> list[Call]:
        """Reinstate an office, sometimes with the right to act against it again."""
        code = self.suspended()
        restored: list[Call] = [("EmergencyCouncil", "restoreRights", (code,))]
        return [directory("reinstateOffice", code), *(restored if self.one_in(2) else [])]

    @kind(3)
    def restore_rights(self) -> list[Call]:
        """Let all act against an office in an emergency again."""
        return [("EmergencyCouncil", "restoreRights", (self.member(),))]

    @kind(4)
    def depart(self) -> list[Call]:
        """Let an office depart, mostly with a successor."""
        code = self.member()
        named = [directory("nameSuccessor", code, self.member())] if not self.one_in(3) else []
        return [directory("departOffice", code), *named]

    @kind(2)
    def name_successor(self) -> list[Call]:
        """Name the successor of an office that departed."""
        return [directory("nameSuccessor", self.departed(), self.member())]

    @kind(6)
    def replace_seat(self) -> list[Call]:
        """Decide on another seat, or take that back."""
        return [directory("replaceSeat", self.member(), ZERO_ADDRESS if self.one_in(8) else self.free_seat())]

    @kind(6)
    def judge_key(self) -> list[Call]:
        """Suspend or reinstate a key, or declare it compromised."""
        code = self.member()
        account = self.key_of(code)
        choice = self.random.randrange(4)
        if choice <= 1:
            lifted = [directory("reinstateKey", code, account)] if choice == 1 else []
            return [directory("suspendKey", code, account, self.end()), *lifted]
        if choice == 2:
            return [directory("reinstateKey", code, account)]
        return [directory("markKeyCompromised", code, account, self.model.now - self.random.choice((0, DAY)))]

    @kind(2)
    def empty_the_house(self) -> list[Call]:
        """Suspend or dismiss so many that too few would be left."""
        active = self.model.directory.active_offices()
        chosen = self.random.sample(active, max(0, len(active) - self.random.choice((0, 1, 2, 2, 3))))
        if self.one_in(2):
            return [directory("departOffice", code) for code in chosen] or self.depart()
        return [directory("suspendOffice", code, self.end()) for code in chosen] or self.suspend()

    # --------------------------------------------------------------------------------------------------- the rules

    @kind(6)
    def change_the_votes(self) -> list[Call]:
        """Change how the offices vote."""
        choice = self.random.randrange(4)
        if choice == 0:
            share = self.random.choice(
                ((2, 3), (2, 3), (3, 5), (51, 100), (99, 100), (1, 2), (3, 3), (0, 0), (255, 254))
            )
            return [consortium("setSupermajority", *share)]
        if choice == 1:
            delays = (0, HOUR, DAY, MAX_DELAY, MAX_DELAY + 1)
            return [consortium("setVotingDelay", self.random.choice(delays))]
        if choice == 2:
            periods = (HOUR, DAY, 3 * DAY, 90 * DAY, HOUR - 1, 90 * DAY + 1)
            return [consortium("setVotingPeriod", self.random.choice(periods))]
        delays = (0, HOUR, DAY, 2 * DAY, MAX_DELAY, MAX_DELAY + 1)
        return [("TimelockController", "updateDelay", (self.random.choice(delays),))]

    @kind(2)
    def change_the_emergencies(self) -> list[Call]:
        """Change the rules of emergencies."""
        quorum = self.random.choice((2, 3, 3, 3, 4, 4, 5, 11))
        duration = self.random.choice((DAY - 1, DAY, 5 * DAY, 30 * DAY, 90 * DAY, 90 * DAY + 1))
        return [("EmergencyCouncil", "setRules", (quorum, duration))]

    @kind(2)
    def change_the_directory(self) -> list[Call]:
        """Change the delay for objections, or the emergency body, mostly back to the council."""
        if not self.one_in(4):
            delays = (DAY, DAY, 3 * DAY, 90 * DAY, DAY - 1, 90 * DAY + 1)
            return [directory("setObjectionDelay", self.random.choice(delays))]
        council = self.world.engine.addresses["EmergencyCouncil"]
        present = self.model.directory.emergency_body
        return [directory("setEmergencyBody", ZERO_ADDRESS if present == council else council)]

    @kind(4)
    def change_the_charter(self) -> list[Call]:
        """Adopt a text."""
        digest = ZERO_WORD if self.one_in(10) else keccak(self.random.randbytes(4))
        length = self.random.choice((0, 1, 500, 501)) if self.one_in(4) else 30
        return [("Charter", "adopt", (digest, "x" * length))]

    @kind(6)
    def change_the_observers(self) -> list[Call]:
        """List an observer or remove one."""
        account = self.random.choice((*map(named_account, OBSERVERS), *list(self.world.engine.wallets)[:1]))
        if self.one_in(12):
            account = ZERO_ADDRESS
        if self.model.charter.is_observer(account) and not self.one_in(4):
            return [("Charter", "removeObserver", (account,))]
        if self.one_in(10):
            return [("Charter", "removeObserver", (account,))]
        name = "x" * self.random.choice((0, 1, 100, 101)) if self.one_in(4) else "A court"
        return [("Charter", "listObserver", (account, name))]

    @kind(5)
    def change_the_book(self) -> list[Call]:
        """List contracts in the address book."""
        names = (b"OfficeDirectory", b"Consortium", b"Charter", b"Registry2", b"Z" * 32)
        if self.one_in(6):
            names = (b"Charter", b"", b"a b", b"a\x00b")
        count = self.random.choice((1, 1, 2))
        chosen = tuple(self.random.choice(names).ljust(32, b"\x00") for _ in range(count))
        accounts = tuple(self.random.choice(list(self.world.engine.code_hashes)) for _ in range(count))
        if self.one_in(4):
            accounts = self.random.choice(((), (named_account(STRANGERS[0]),) * count, (accounts[0],) * count))
        return [("AddressBook", "list", (chosen, accounts))]

    # ------------------------------------------------------------------------------------------------- what is wrong

    def _handing_over(self) -> str:
        """Return who might get governance: mostly nobody who may."""
        other = list(self.world.engine.other_timelocks)
        held = [self.world.engine.addresses["Charter"], *list(self.world.engine.wallets)[:1]]
        safe = [ZERO_ADDRESS, named_account(STRANGERS[0]), DEPLOYER, self.model.timelock, *held]
        return self.random.choice(other if self.one_in(30) else safe)

    @kind(2)
    def hand_over(self) -> list[Call]:
        """Hand governance over: to nobody, to an account, to a contract that is no timelock, to another consortium."""
        return [directory("transferGovernance", self._handing_over())]

    @kind(4)
    def go_round_the_rules(self) -> list[Call]:
        """Call what no vote may: the consortium's back doors, or what belongs to a seat."""
        stranger, timelock = named_account(STRANGERS[0]), self.model.timelock
        code = self.member()
        return [
            self.random.choice(
                (
                    consortium("relay", stranger, 0, b""),
                    consortium("updateTimelock", stranger),
                    consortium("setProposalThreshold", 0),
                    consortium("castVoteBySig", 1, 1, stranger, b""),
                    consortium("castVoteWithReasonAndParamsBySig", 1, 1, stranger, "", b"", b""),
                    consortium("castVote", self.any_proposal(), 1),
                    consortium("propose", (stranger,), (0,), (b"",), "A proposal of the timelock"),
                    directory("addKey", code, stranger, 1, 0, 0),
                    directory("proposeSeat", code, stranger),
                    directory("acceptSeat", code),
                    directory("objectToReplacement", code),
                    ("EmergencyCouncil", "support", ((code, (), "no seat", self.model.council.round_of(code), 0), ())),
                    ("TimelockController", "grantRole", (ZERO_WORD, stranger)),
                    ("TimelockController", "cancel", (ZERO_WORD,)),
                    ("TimelockController", "renounceRole", (keccak(b"EXECUTOR_ROLE"), timelock)),
                )
            )
        ]

    @kind(2)
    def execute_another(self) -> list[Call]:
        """Execute another proposal from within, then change a rule of the votes in what is left of the outer one."""
        queued = [
            proposal
            for identifier, proposal in self.model.consortium.proposals.items()
            if self.model.consortium.state_of(identifier) == QUEUED
        ]
        if not queued:
            return self.change_the_votes()
        inner = consortium("execute", *self.random.choice(queued).arguments)
        return [inner, consortium("setVotingDelay", HOUR)] if self.one_in(2) else [inner]

    def any_proposal(self) -> int:
        """Return the id of a proposal, rarely of none."""
        known = list(self.model.consortium.proposals)
        return self.random.choice(known) if known and not self.one_in(10) else 1

    def odd_target(self) -> Target:
        """Return a call that is none: of nobody, with money that is not there, of no function, or cut short."""
        address, _, data = self.target(self.decision()[0])
        consortium_address = self.world.engine.addresses["Consortium"]
        return self.random.choice(
            (
                (named_account(STRANGERS[0]), 0, b"anything"),
                (named_account(STRANGERS[0]), 1, b""),
                (address, 1, data),
                (self.world.engine.addresses["OfficeDirectory"], 0, b"\x01\x02\x03\x04"),
                (self.world.engine.addresses["Charter"], 0, b""),
                (consortium_address, 0, b""),
                (address, 0, data[:5]),
                (self.model.timelock, 0, b""),
            )
        )

    def is_able(self, account: str) -> bool:
        """Tell whether an account can send transactions, as contracts cannot."""
        return account in SECRETS
