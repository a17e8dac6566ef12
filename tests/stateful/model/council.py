"""Model of the emergency council: a few offices suspend another, or its keys, at once and for a time."""

from __future__ import annotations

from collections.abc import Callable

from tests.stateful.model.basics import Clock, Effect, Event, Refusal
from tests.stateful.model.directory import ACTIVE, DEPARTED, NONE, DirectoryModel
from tests.stateful.model.typed_data import Domain, keccak, type_hash, word

DAY = 86400
LEAST_QUORUM = 3
MAX_REASON, SUPPORT_WINDOW = 1000, 7 * DAY
SUSPENSION = b"Suspension(bytes2 office,address[] accounts,string reason,uint64 round,uint40 validUntil)"
CONTRACT = "EmergencyCouncil"

Suspension = tuple[bytes, tuple[str, ...], str, int, int]
"""Office, accounts, reason, round, first second at which support no longer counts."""
SignedSupport = tuple[bytes, bytes]
"""Supporter, signature."""


def suspension_struct(suspension: Suspension) -> bytes:
    """Return the struct hash of what is supported."""
    office, accounts, reason, round_number, valid_until = suspension
    padded = b"".join(bytes(12) + bytes.fromhex(account[2:]) for account in accounts)
    words = office.ljust(32, b"\x00") + keccak(padded) + keccak(reason.encode()) + word(round_number)
    return keccak(type_hash(SUSPENSION) + words + word(valid_until))


class CouncilModel:
    """The rules of emergencies; a method a function of the contract."""

    def __init__(
        self,
        clock: Clock,
        directory: DirectoryModel,
        domain: Domain,
        address: str,
        quorum: int,
        duration: int,
        approves: Callable[[str, bytes, bytes], bool],
    ) -> None:
        self.clock, self.directory, self.domain, self.address = clock, directory, domain, address
        self.approves = approves
        self.quorum, self.duration = quorum, duration
        self.supporters: dict[bytes, list[bytes]] = {}
        self.rounds: dict[bytes, int] = {}
        self.used: dict[bytes, set[bytes]] = {}
        self.running_until: dict[bytes, int] = {}
        self.office_until: dict[bytes, int] = {}

    def support(self, caller: str, suspension: Suspension, signed: tuple[SignedSupport, ...]) -> Effect:
        """Support a suspension, with what other seats signed; enough support brings it about."""
        office, _, reason, _, _ = suspension
        self._need_members(suspension)
        self._need_timely(suspension)
        identifier = suspension_struct(suspension)
        effect = Effect((False,))
        sender = self.directory.seat_is_taken(caller)
        if sender is not None:
            effect.events += self._add(identifier, office, sender, reason)
        elif not signed:
            raise Refusal("EmergencyCouncilNotSupporter", caller)
        digest = self.domain.digest(identifier)
        for supporter, signature in signed:
            seat = self.directory.seat_of(supporter)
            if supporter not in self.directory.offices or not self.approves(seat, digest, signature):
                raise Refusal("EmergencyCouncilInvalidSignature", supporter)
            effect.events += self._add(identifier, office, supporter, reason)
        supporters = self.entitled(identifier, office)
        if len(supporters) >= self.enough(office):
            effect.returned = (True,)
            effect.events += self._suspend(identifier, suspension, supporters)
        return effect

    def restore_rights(self, caller: str, office: bytes) -> Effect:
        """Let all offices support emergencies against an office anew."""
        self._need_governance(caller)
        self.used[office] = set()
        self.running_until.pop(office, None)
        return self._told("EmergencyRightsRestored", office)

    def set_rules(self, caller: str, quorum: int, duration: int) -> Effect:
        """Change how many offices it takes and how long a suspension lasts."""
        self._need_governance(caller)
        others = max(LEAST_QUORUM, len(self.directory.active_offices()) - 1)
        if not LEAST_QUORUM <= quorum <= others or not DAY <= duration <= 90 * DAY:
            raise Refusal("EmergencyCouncilInvalidRules", quorum, duration)
        self.quorum, self.duration = quorum, duration
        return self._told("EmergencyRulesChanged", quorum, duration)

    def round_of(self, office: bytes) -> int:
        """Return which emergency against an office would be next."""
        return self.rounds.get(office, 0) + 1

    def has_used(self, supporter: bytes, office: bytes) -> bool:
        """Tell whether an office used its right against another."""
        return supporter in self.used.get(office, ())

    def entitled(self, identifier: bytes, office: bytes) -> list[bytes]:
        """Return the supporters whose support counts now."""
        return [
            supporter
            for supporter in self.supporters.get(identifier, [])
            if self.directory.status_of(supporter) == ACTIVE and not self.has_used(supporter, office)
        ]

    def enough(self, office: bytes) -> int:
        """Return how many supporters it takes against an office now: three at least, and never more than there are."""
        others = [code for code in self.directory.active_offices() if code != office]
        return min(self.quorum, max(LEAST_QUORUM, len(others)))

    def is_passed_over(self, office: bytes, account: str, until: int) -> bool:
        """Tell whether a key needs no suspension until then: it is revoked, or suspended for as long."""
        key = self.directory.offices[office].keys[account]
        return bool(key.revoked_at) or key.suspended_until >= until

    def is_too_many(self, running: int, members: int) -> bool:
        """Tell whether emergencies against so many of the members are too many."""
        return running * 3 >= members

    def _add(self, identifier: bytes, office: bytes, supporter: bytes, reason: str) -> list[Event]:
        if supporter == office or self.directory.status_of(supporter) != ACTIVE:
            raise Refusal("EmergencyCouncilNotEntitled", supporter)
        if self.has_used(supporter, office):
            raise Refusal("EmergencyCouncilAlreadyUsed", supporter, office)
        supporters = self.supporters.setdefault(identifier, [])
        if supporter in supporters:
            return []
        supporters.append(supporter)
        return self._told("SuspensionSupported", identifier, office, supporter, reason).events

    def _suspend(self, identifier: bytes, suspension: Suspension, supporters: list[bytes]) -> list[Event]:
        office, accounts, reason, _, _ = suspension
        now, directory = self.clock.now, self.directory
        until = now + self.duration
        members = [code for code in directory.offices if directory.status_of(code) != DEPARTED]
        running = [code for code in members if code == office or self.running_until.get(code, 0) > now]
        if self.is_too_many(len(running), len(members)):
            raise Refusal("EmergencyCouncilTooMany", len(running), len(members))
        self.rounds[office] = self.rounds.get(office, 0) + 1
        self.used.setdefault(office, set()).update(supporters)
        self.running_until[office] = max(until, self.running_until.get(office, 0))
        events = self._told(
            "SuspendedInEmergency", identifier, office, accounts, until, tuple(supporters), reason
        ).events
        if not accounts:
            self.office_until[office] = until
            return events + directory.suspend_office(self.address, office, until).events
        told = len(events)
        for account in accounts:
            if not self.is_passed_over(office, account, until):
                events += directory.suspend_key(self.address, office, account, until).events
        if len(events) == told:
            raise Refusal("EmergencyCouncilNoKey", office)
        return events

    def _need_members(self, suspension: Suspension) -> None:
        office, accounts, *_ = suspension
        if self.directory.status_of(office) in (NONE, DEPARTED):
            raise Refusal("EmergencyCouncilNotMember", office)
        for account in accounts:
            if account not in self.directory.offices[office].keys:
                raise Refusal("EmergencyCouncilUnknownKey", office, account)

    def _need_timely(self, suspension: Suspension) -> None:
        office, _, reason, round_number, valid_until = suspension
        if round_number != self.round_of(office):
            raise Refusal("EmergencyCouncilWrongRound", office, round_number, self.round_of(office))
        latest = self.clock.now + SUPPORT_WINDOW
        if not self.clock.now < valid_until <= latest:
            raise Refusal("EmergencyCouncilInvalidTime", valid_until, latest)
        if not 1 <= len(reason.encode()) <= MAX_REASON:
            raise Refusal("EmergencyCouncilReasonLength", len(reason.encode()), MAX_REASON)

    def _need_governance(self, caller: str) -> None:
        if caller != self.directory.governance:
            raise Refusal("EmergencyCouncilNotGovernance", caller)

    @staticmethod
    def _told(name: str, *arguments: object) -> Effect:
        return Effect((), [Event(CONTRACT, name, arguments)])
