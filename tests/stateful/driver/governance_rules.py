"""Random acts of a consortium: proposals from first draft to execution, in many variations, and whatever disturbs them.

They are chosen by the model's state only, so that a seed gives the same acts for ever. Not its job: saying what an act
should do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.stateful.driver.engine import SECRETS, SIGNERS, STRANGERS, named_account
from tests.stateful.driver.governance_calls import CODES, Calls, Target
from tests.stateful.driver.governance_engine import DEPLOYER
from tests.stateful.driver.governance_world import Act, GovernanceWorld
from tests.stateful.driver.world import readable
from tests.stateful.model import typed_data
from tests.stateful.model.basics import FOREVER, ZERO_ADDRESS, ZERO_WORD
from tests.stateful.model.charter import remark_struct
from tests.stateful.model.consortium import (
    COUNT_WINDOW,
    DAY,
    EXECUTION_WINDOW,
    FOR,
    HOUR,
    NOT_AVAILABLE,
    OPEN,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Proposal,
    vote_struct,
)
from tests.stateful.model.council import SUPPORT_WINDOW, Suspension, suspension_struct
from tests.stateful.model.directory import DEPARTED, REPLACEMENT_WINDOW
from tests.stateful.model.typed_data import Domain, keccak

MINUTE = 60
MOST_CAMPAIGNS = 3
Rule = Callable[["GovernanceRules"], list[Act]]
RULES: dict[str, tuple[int, Rule]] = {}


def rule(weight: int) -> Callable[[Rule], Rule]:
    """Enter a method into the table of rules with its relative frequency."""

    def enter(method: Rule) -> Rule:
        RULES[method.__name__] = (weight, method)
        return method

    return enter


class GovernanceRules:
    """Source of random acts for one world."""

    def __init__(self, world: GovernanceWorld, seed: int) -> None:
        self.world, self.model = world, world.model
        self.random = random.Random(seed)
        self.calls = Calls(world, self.random)
        self.one_in = self.calls.one_in
        self.suspensions: list[Suspension] = []
        self.sent: list[Act] = []
        self.drafts = 0
        self.at = self.last_at = world.engine.start
        self.name = "opening"
        self.ahead: list[Act] = []
        self.opening = self._opening()

    def _opening(self) -> Iterator[Act]:
        """Yield how the deployer admits the founders, arranges this and that for them, and hands over."""
        count = self.random.choice((3, 4, 5, 5, 6, 7, 7)) if not self.one_in(12) else 2
        seats = self.random.sample(self.calls.seats, count)
        for code, seat in zip(self.random.sample(CODES, count), seats, strict=True):
            keys = tuple((account, 9, 0, 0) for account in self.random.sample(self.calls.keys, 2))
            facts = (code, seat, f"Office {code!r}", "", 0, keys)
            yield from self.act(DEPLOYER, "OfficeDirectory", "admitOfficeWithKeys", *facts)
        council = self.world.engine.addresses["EmergencyCouncil"]
        yield from self.act(DEPLOYER, "OfficeDirectory", "setEmergencyBody", council)
        for _ in range(self.random.choice((0, 25, 25, 50))):
            contract, function, arguments = self.calls.decision()[0]
            if function not in ("transferGovernance", "departOffice", "suspendOffice"):
                yield from self.act(DEPLOYER, contract, function, *arguments)
        yield from self.act(DEPLOYER, "OfficeDirectory", "transferGovernance", self.model.timelock)

    def next_act(self) -> Act:
        """Return the next act; its time is never before the last one's."""
        for act in self.opening:
            return act
        while not self.ahead or self.one_in(2):
            self.name = self.random.choices(list(RULES), [weight for weight, _ in RULES.values()])[0]
            self.at = self._next_time()
            # The model's answers to "who may vote now" are wanted for the time of the act.
            self.model.clock.now = self.at
            acts = RULES[self.name][1](self)
            if acts:
                # A story keeps its order and finds its place among those that are under way.
                self.ahead = sorted([*acts, *self.ahead], key=lambda act: act.at)
                break
        act = self.ahead.pop(0)
        self.last_at = max(act.at, self.last_at)
        act = replace(act, at=self.last_at)
        if act.function in ("castSignedVotes", "support", "remark", "execute", "queue"):
            self.sent.append(act)
        return act

    # ------------------------------------------------------------------------------------------------------ choices

    def act(self, caller: str, contract: str, function: str, *arguments: Any) -> list[Act]:
        """Return one act at the present time, of somebody who can send transactions."""
        if not self.calls.is_able(caller):
            return []
        return [Act(self.name, self.at, caller, contract, function, arguments)]

    def vote_act(self, caller: str, function: str, *arguments: Any) -> list[Act]:
        """Return one act that the consortium's contract is asked for."""
        return self.act(caller, "Consortium", function, *arguments)

    def _next_time(self) -> int:
        choice = self.random.randrange(10)
        if choice < 4:
            wanted = self.last_at + self.random.randrange(30)
        elif choice < 7:
            marks = [mark for mark in self._marks() if self.last_at < mark < self.last_at + 100 * DAY]
            wanted = min(self.random.choices(marks, k=2)) if marks else self.last_at + HOUR
        elif choice < 9:
            wanted = self.last_at + self.random.randrange(MINUTE, 9 * HOUR)
        else:
            wanted = self.last_at + self.random.randrange(HOUR, 12 * DAY)
        if self.ahead and not self.one_in(80):
            wanted = min(wanted, max(self.ahead[0].at, self.last_at))
        return wanted

    def _marks(self) -> list[int]:
        """Return moments around which an answer changes."""
        marks = []
        for proposal in list(self.model.consortium.proposals.values())[-12:]:
            edges = [proposal.start, proposal.end, proposal.end + COUNT_WINDOW]
            edges += [proposal.eta - 1, proposal.eta, proposal.eta + EXECUTION_WINDOW]
            marks += [edge + shift for edge in edges for shift in (0, 1)]
        for office in self.model.directory.offices.values():
            ends = [office.suspended_until, office.replaceable_from]
            marks += [end + shift for end in ends for shift in (-1, 0) if 0 < end < FOREVER]
        return marks

    def relayer(self) -> str:
        """Return somebody who sends what others signed."""
        return named_account(self.random.choice(STRANGERS))

    def voting_seat(self) -> str:
        """Return a seat that can vote by transaction, sometimes of an office that cannot, sometimes no seat."""
        directory = self.model.directory
        active = [directory.seat_of(code) for code in directory.active_offices()]
        able = [seat for seat in active if self.calls.is_able(seat)]
        others = [office.seat for office in directory.offices.values() if self.calls.is_able(office.seat)]
        if able and not self.one_in(10):
            return self.random.choice(able)
        return self.random.choice(others) if others and not self.one_in(3) else self.relayer()

    def proposal(self, *states: int) -> tuple[int, Proposal] | None:
        """Return a proposal, mostly one in these states."""
        consortium = self.model.consortium
        known = list(consortium.proposals.items())
        fitting = [entry for entry in known if consortium.state_of(entry[0]) in states]
        if fitting and not self.one_in(12):
            return self.random.choice(fitting)
        return self.random.choice(known) if known and self.one_in(2) else None

    def signature(self, account: str, domain: Domain, struct: bytes) -> bytes:
        """Return the signature of an account, by a wallet's owner if it is a wallet; sometimes spoilt."""
        digest = domain.digest(struct)
        wallets = self.world.engine.wallets
        signer = wallets.get(account, account) or DEPLOYER
        good = typed_data.sign(SECRETS.get(signer, SECRETS[DEPLOYER]), digest)
        if not self.one_in(40):
            return good
        twin = good[:32] + (typed_data.CURVE_ORDER - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")
        stranger = typed_data.sign(SECRETS[self.relayer()], digest)
        plain = typed_data.sign(SECRETS.get(signer, SECRETS[DEPLOYER]), struct)
        return self.random.choice((b"", bytes(65), good[:-1], twin + bytes([55 - good[64]]), stranger, plain))

    # ---------------------------------------------------------------------------------------------------- proposals

    def draft(self) -> tuple[tuple[str, ...], tuple[int, ...], tuple[bytes, ...], str]:
        """Return what might be proposed, with a description that says it in words."""
        calls = self.calls.decision()
        targets: list[Target] = [self.calls.target(call) for call in calls]
        words = "; ".join(f"{contract}.{function}{readable(arguments)}" for contract, function, arguments in calls)
        if self.one_in(20):
            targets.insert(self.random.randrange(len(targets) + 1), self.calls.odd_target())
        self.drafts += 1
        accounts, values, data = zip(*targets, strict=True)
        return accounts, values, data, f"{self.drafts}: {words}"[:9000]

    @rule(12)
    def campaign(self) -> list[Act]:
        """Carry a proposal from its draft to its execution, each step at some moment of its time."""
        if sum(act.function == "execute" for act in self.ahead) >= MOST_CAMPAIGNS:
            return []
        consortium = self.model.consortium
        draft = self.draft()
        acts = self.vote_act(self.voting_seat(), "propose", *draft)
        start = self.at + consortium.voting_delay
        end = start + consortium.voting_period
        identifier = consortium.proposal_id(*draft[:3], keccak(draft[3].encode()))
        if not acts:
            return []
        moments = (start + 1, start + 1, start + MINUTE, (start + end) // 2, end - 1, end)
        self.at = min(self.random.choice(moments), end)
        acts += self._ballot(identifier, end)
        self.at = end + self.random.choice((1, 1, 1, HOUR, COUNT_WINDOW))
        acts += self.vote_act(self.relayer(), "queue", *draft[:3], keccak(draft[3].encode()))
        self.at += consortium.min_delay + self.random.choice((0, 0, 0, 0, 1, HOUR, EXECUTION_WINDOW, -1))
        return acts + self.vote_act(self.relayer(), "execute", *draft[:3], keccak(draft[3].encode()))

    def _ballot(self, identifier: int, end: int) -> list[Act]:
        """Return the votes of about as many offices as are needed, by transaction and by signature."""
        active = self.model.directory.active_offices()
        self.random.shuffle(active)
        needed = self.model.consortium.votes_needed()
        count = max(0, min(len(active), needed + self.random.choice((-1, 0, 0, 0, 1, 1, 2, 9))))
        acts: list[Act] = []
        signed = []
        signing = self.random.choice((1, 1, 2, 1000))
        for office in active[:count]:
            seat = self.model.directory.seat_of(office)
            if self.one_in(signing) or not self.calls.is_able(seat):
                signed.append(self._signed_vote(identifier, office, FOR))
            else:
                acts += self.vote_act(seat, "castVote", identifier, FOR)
        if signed:
            acts += self.vote_act(self.relayer(), "castSignedVotes", identifier, tuple(signed))
        spread = [replace(act, at=min(end, act.at + index * MINUTE)) for index, act in enumerate(acts)]
        return spread if self.one_in(2) else acts

    @rule(4)
    def propose(self) -> list[Act]:
        """Propose something, sometimes malformed, by somebody who may not, a second time or reserved for another."""
        targets, values, data, description = self.draft()
        caller = self.voting_seat()
        choice = self.random.randrange(14)
        if choice == 0:
            targets, values, data = (), (), ()
        elif choice == 1:
            values = (*values, 0)
        elif choice == 2:
            data = data[:-1]
        elif choice == 3:
            description = self.random.choice(("", "x" * 10_000, "x" * 10_001, "ä" * 5_001))
        elif choice == 4:
            description += "#proposer=" + self.random.choice((caller, self.relayer(), "0x12", caller[:-1] + "g"))
        elif choice == 5:
            caller = self.random.choice((self.relayer(), DEPLOYER, named_account(SIGNERS[0])))
        elif choice == 6 and self.model.consortium.proposals:
            again = self.random.choice(list(self.model.consortium.proposals.values()))
            targets, values, data, description = again.targets, again.values, again.calldatas, again.description
        return self.vote_act(caller, "propose", targets, values, data, description)

    @rule(4)
    def queue(self) -> list[Act]:
        """Count a proposal, also one that failed, is open or was counted."""
        found = self.proposal(SUCCEEDED)
        return self.vote_act(self.relayer(), "queue", *found[1].arguments) if found else []

    @rule(5)
    def execute(self) -> list[Act]:
        """Execute a proposal, also too early, twice, or altered."""
        found = self.proposal(QUEUED, SUCCEEDED)
        if not found:
            return []
        targets, values, data, digest = found[1].arguments
        choice = self.random.randrange(8)
        if choice == 0:
            data = (data[0] + b"\x00", *data[1:])
        elif choice == 1:
            targets = (self.relayer(), *targets[1:])
        elif choice == 2:
            digest = keccak(digest)
        acts = self.vote_act(self.relayer(), "execute", targets, values, data, digest)
        return acts * 2 if self.one_in(4) else acts

    @rule(3)
    def cancel(self) -> list[Act]:
        """Take a proposal back, mostly in time and by the seat of the office that made it."""
        found = self.proposal(PENDING)
        if not found:
            return []
        proposal = found[1]
        seat = self.model.directory.seat_of(proposal.office)
        caller = self.random.choice((seat, seat, seat, proposal.proposer, self.voting_seat(), DEPLOYER))
        return self.vote_act(caller, "cancel", *proposal.arguments)

    # -------------------------------------------------------------------------------------------------------- votes

    def _signed_vote(self, identifier: int, office: bytes, support: int) -> tuple[bytes, int, str, bytes]:
        reason = self.random.choice(("", "", "for good reason"))
        struct = vote_struct(identifier, office, support, reason)
        seat = self.model.directory.seat_of(office)
        return office, support, reason, self.signature(seat, self.model.consortium.domain, struct)

    def _support(self) -> int:
        return self.random.choice((0, 1, 1, 1, 1, 2)) if not self.one_in(25) else self.random.choice((3, 255))

    @rule(7)
    def vote(self) -> list[Act]:
        """Vote by transaction, sometimes with a reason or with parameters, sometimes twice."""
        found = self.proposal(OPEN)
        identifier = found[0] if found else 1
        seat, support = self.voting_seat(), self._support()
        choice = self.random.randrange(6)
        if choice == 0:
            parameters = self.random.choice((b"", b"\x01"))
            acts = self.vote_act(seat, "castVoteWithReasonAndParams", identifier, support, "because", parameters)
        elif choice == 1:
            acts = self.vote_act(seat, "castVoteWithReason", identifier, support, "because")
        else:
            acts = self.vote_act(seat, "castVote", identifier, support)
        return acts * 2 if self.one_in(10) else acts

    @rule(6)
    def vote_by_signature(self) -> list[Act]:
        """Cast several signed votes, sometimes one of them spoilt, twice, or of an office that has none."""
        found = self.proposal(OPEN)
        identifier = found[0] if found else 1
        directory = self.model.directory
        offices = list(directory.offices)
        if not offices:
            return []
        chosen = self.random.sample(offices, self.random.randrange(1, len(offices) + 1))
        if not self.one_in(4):
            chosen = [code for code in chosen if code in directory.active_offices()]
        votes = [self._signed_vote(identifier, office, self._support()) for office in chosen]
        if votes and self.one_in(6):
            votes.append(self.random.choice(votes))
        if self.one_in(15):
            votes.append((b"ZZ", 1, "", bytes(65)))
        if votes and self.one_in(12):
            office, support, reason, signature = votes[0]
            votes[0] = office, 2 - support if support < 3 else 0, reason, signature
        return self.vote_act(self.relayer(), "castSignedVotes", identifier, tuple(votes))

    @rule(4)
    def vote_twice(self) -> list[Act]:
        """Vote, hand the seat on in mid-vote, and vote again by the new seat, by signature and by the old seat."""
        found = self.proposal(OPEN)
        active = self.model.directory.active_offices()
        if not found or not active:
            return []
        office = self.random.choice(active)
        seat, successor = self.model.directory.seat_of(office), self.calls.free_seat()
        identifier = found[0]
        old = self._signed_vote(identifier, office, 0)
        struct = vote_struct(identifier, office, 1, "")
        new = (office, 1, "", self.signature(successor, self.model.consortium.domain, struct))
        ways = [
            self.vote_act(self.relayer(), "castSignedVotes", identifier, (old,)),
            self.vote_act(seat, "castVote", identifier, self._support()),
        ]
        rotation = self.act(seat, "OfficeDirectory", "proposeSeat", office, successor)
        rotation += self.act(successor, "OfficeDirectory", "acceptSeat", office)
        again = [
            self.vote_act(self.relayer(), "castSignedVotes", identifier, (new,)),
            self.vote_act(self.relayer(), "castSignedVotes", identifier, (old,)),
            self.vote_act(successor, "castVote", identifier, 1),
            self.vote_act(seat, "castVote", identifier, 1),
        ]
        self.random.shuffle(again)
        first = self.random.choice([*ways, []])
        return [*first, *rotation, *(act for acts in again[: self.random.randrange(1, 5)] for act in acts)]

    # ------------------------------------------------------------------------------------------------- seats and keys

    @rule(3)
    def rotate_seat(self) -> list[Act]:
        """Propose a seat, mostly accept it at once, sometimes by somebody else."""
        code = self.calls.member()
        seat, successor = self.model.directory.seat_of(code), self.calls.free_seat()
        acts = self.act(seat, "OfficeDirectory", "proposeSeat", code, successor)
        caller = self.relayer() if self.one_in(6) else successor
        return acts + self.act(caller, "OfficeDirectory", "acceptSeat", code)

    @rule(6)
    def take_a_seat_over(self) -> list[Act]:
        """Object to a replacement, or accept the seat by it, also too early or late, also in an emergency."""
        replaced = [office for office in self.model.directory.offices.values() if office.replacement != ZERO_ADDRESS]
        if not replaced:
            return []
        office = self.random.choice(replaced)
        if self.one_in(3):
            caller = self.relayer() if self.one_in(6) else office.seat
            objection = self.act(caller, "OfficeDirectory", "objectToReplacement", office.code)
            if self.one_in(2):
                return objection
            facts = (office.code, (), "A seat was stolen", self.model.council.round_of(office.code), self.at + HOUR)
            return self._supporting(facts) + objection
        if office.replaceable_from < self.at + 20 * DAY and not self.one_in(4):
            last = REPLACEMENT_WINDOW + self.random.choice((-1, 0))
            self.at = max(self.at, office.replaceable_from + self.random.choice((-1, 0, 0, 0, 1, last)))
        return self.act(office.replacement, "OfficeDirectory", "acceptSeat", office.code)

    @rule(5)
    def keep_keys(self) -> list[Act]:
        """Add, revoke or mark a key as seat or by a key that manages keys; always possible."""
        code = self.calls.member() if not self.one_in(6) else self.calls.departed()
        account = self.calls.key_of(code)
        caller = self.calls.key_of(code) if self.one_in(4) else self.model.directory.seat_of(code)
        choice = self.random.randrange(5)
        if choice <= 1:
            scopes = self.random.choice((1, 9, 15))
            account = self.random.choice(self.calls.keys)
            return self.act(caller, "OfficeDirectory", "addKey", code, account, scopes, 0, 0)
        if choice <= 3:
            return self.act(caller, "OfficeDirectory", "revokeKey", code, account)
        since = self.at - self.random.choice((0, HOUR, DAY))
        return self.act(caller, "OfficeDirectory", "markKeyCompromised", code, account, since)

    # --------------------------------------------------------------------------------------------------- emergencies

    @rule(8)
    def emergency(self) -> list[Act]:
        """Support a suspension by signatures and as a seat, mostly by enough offices, sometimes bit by bit."""
        council = self.model.council
        if self.suspensions and self.one_in(3):
            return self._supporting(self.random.choice(self.suspensions[-6:]))
        if self.one_in(6):
            return self._two_emergencies()
        office = self.calls.member() if not self.one_in(12) else self.calls.departed()
        accounts: tuple[str, ...] = ()
        if self.one_in(3):
            accounts = tuple(self.calls.key_of(office) for _ in range(self.random.choice((1, 1, 2))))
            if self.one_in(4):
                accounts = self.calls.idle_keys_of(office) or accounts
        reason = "x" * self.random.choice((0, 1000, 1001)) if self.one_in(12) else "A key was stolen"
        round_number = council.round_of(office) + (self.random.choice((-1, 1)) if self.one_in(15) else 0)
        lasts = (HOUR, DAY, DAY, SUPPORT_WINDOW)
        if self.one_in(10):
            lasts = (-1, 0, 1, SUPPORT_WINDOW + 1)
        suspension = (office, accounts, reason, round_number, self.at + self.random.choice(lasts))
        self.suspensions.append(suspension)
        return self._supporting(suspension)

    def _two_emergencies(self) -> list[Act]:
        """Return emergencies against two offices by others: against exactly a third where there are six."""
        active = self.model.directory.active_offices()
        pair = self.random.sample(active, min(2, len(active)))
        rounds = [self.model.council.round_of(code) for code in pair]
        both = [(code, (), "Two at once", at, self.at + HOUR) for code, at in zip(pair, rounds, strict=True)]
        return [act for suspension in both for act in self._supporting(suspension, without=pair)]

    def _supporting(self, suspension: Suspension, without: Sequence[bytes] = ()) -> list[Act]:
        council, directory = self.model.council, self.model.directory
        office = suspension[0]
        active = [code for code in directory.active_offices() if code not in (office, *without)]
        able = [code for code in active if not council.has_used(code, office)]
        if self.one_in(8):
            able = list(directory.offices)
        self.random.shuffle(able)
        chosen = able[: max(0, council.quorum + self.random.choice((-2, -1, 0, 0, 0, 0, 1)))]
        struct = suspension_struct(suspension)
        callers = [directory.seat_of(code) for code in chosen if self.calls.is_able(directory.seat_of(code))]
        caller = self.random.choice(callers) if callers and self.one_in(3) else self.relayer()
        signed = tuple(
            (code, self.signature(directory.seat_of(code), council.domain, struct))
            for code in chosen
            if directory.seat_of(code) != caller or self.one_in(3)
        )
        return self.act(caller, "EmergencyCouncil", "support", suspension, signed)

    # ------------------------------------------------------------------------------------------------------- others

    @rule(4)
    def remark(self) -> list[Act]:
        """Remark on a proposal as an observer, or by an observer's signature, sometimes as nobody or twice."""
        observers = [account for account, _ in self.model.charter.observers]
        account = self.random.choice(observers) if observers and not self.one_in(8) else self.relayer()
        text = "x" * self.random.choice((0, 4000, 4001)) if self.one_in(10) else f"Remark {self.random.randrange(9)}"
        identifier = self.calls.any_proposal()
        signature = self.signature(account, self.model.charter.domain, remark_struct(identifier, text))
        caller = account if self.one_in(3) else self.relayer()
        if self.one_in(6):
            signature = self.signature(self.relayer(), self.model.charter.domain, remark_struct(identifier, text))
        facts = (identifier, account, text, b"" if caller == account else signature)
        return self.act(caller, "Charter", "remark", *facts)

    @rule(10)
    def try_everything(self) -> list[Act]:
        """Do as somebody what only the offices, or only another office, may do."""
        callers = [self.relayer(), DEPLOYER, self.random.choice(self.calls.keys), self.voting_seat()]
        caller = self.random.choice(callers)
        code, stranger = self.calls.member(), self.relayer()
        choice = self.random.randrange(8)
        if choice <= 3:
            contract, function, arguments = self.calls.decision()[0]
            return self.act(caller, contract, function, *arguments)
        if choice == 4:
            role = self.random.choice((ZERO_WORD, keccak(b"PROPOSER_ROLE"), keccak(b"EXECUTOR_ROLE")))
            function = self.random.choice(("grantRole", "revokeRole", "renounceRole"))
            return self.act(caller, "TimelockController", function, role, self.random.choice((caller, stranger)))
        if choice == 5:
            return self._in_the_timelock(caller)
        if choice == 6:
            name = self.random.choice(list(NOT_AVAILABLE))
            arguments = {
                "relay": (stranger, 0, b""),
                "updateTimelock": (stranger,),
                "setProposalThreshold": (0,),
                "castVoteBySig": (self.calls.any_proposal(), 1, caller, b""),
                "castVoteWithReasonAndParamsBySig": (self.calls.any_proposal(), 1, caller, "", b"", b""),
            }[name]
            return self.vote_act(caller, name, *arguments)
        office = self.model.directory.offices.get(code)
        until = max(self.at + DAY, office.suspended_until + 1 if office else 0)
        foreign: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("suspendOffice", (code, min(until, FOREVER))),
            ("suspendKey", (code, self.calls.key_of(code), self.at + DAY)),
            ("proposeSeat", (code, stranger)),
            ("acceptSeat", (code,)),
            ("addKey", (code, stranger, 1, 0, 0)),
            ("setEndpoint", (code, "https://elsewhere.example")),
            ("setEarliestFilingDate", (code, 20200101)),
        )
        function, arguments = self.random.choice(foreign)
        return self.act(caller, "OfficeDirectory", function, *arguments)

    def _in_the_timelock(self, caller: str) -> list[Act]:
        """Return an attempt to use the timelock without a vote, with a queued operation or a new one."""
        found = self.proposal(QUEUED)
        if found and self.one_in(2):
            operation, salt = self.model.consortium.operation(found[1])
            if self.one_in(2):
                return self.act(caller, "TimelockController", "cancel", operation)
            held = (found[1].targets, found[1].values, found[1].calldatas, ZERO_WORD, salt)
            return self.act(caller, "TimelockController", "executeBatch", *held)
        target = self.calls.target(self.calls.decision()[0])
        if self.one_in(2):
            return self.act(caller, "TimelockController", "execute", *target, ZERO_WORD, ZERO_WORD)
        lists = tuple((entry,) for entry in target)
        if self.one_in(2):
            return self.act(caller, "TimelockController", "scheduleBatch", *lists, ZERO_WORD, ZERO_WORD, DAY)
        return self.act(caller, "TimelockController", "schedule", *target, ZERO_WORD, ZERO_WORD, DAY)

    @rule(4)
    def send_again(self) -> list[Act]:
        """Send signed votes, support, a remark, a count or an execution of the past once more."""
        if not self.sent:
            return []
        old = self.random.choice(self.sent[-30:] if self.one_in(2) else self.sent)
        return self.act(self.relayer(), old.contract, old.function, *old.arguments)

    @rule(1)
    def vote_of_all(self) -> list[Act]:
        """Vote on everything that is open, by all seats, also those that may not."""
        acts: list[Act] = []
        for identifier in list(self.model.consortium.proposals)[-5:]:
            if self.model.consortium.state_of(identifier) != OPEN:
                continue
            for office in self.model.directory.offices.values():
                if self.model.directory.status_of(office.code) != DEPARTED or self.one_in(4):
                    acts += self.vote_act(office.seat, "castVote", identifier, 1)
        return acts
