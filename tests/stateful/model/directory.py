"""Model of the directory: offices, seats and keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.stateful.model.basics import (
    FOREVER,
    SCOPE_KEYS,
    ZERO_ADDRESS,
    Clock,
    Effect,
    Event,
    Refusal,
)
from tests.stateful.model.days import need_date
from tests.stateful.model.numbers import is_office

NONE, ACTIVE, SUSPENDED, DEPARTED = range(4)
NO_OFFICE = bytes(2)
MAX_KEYS = 32
MAX_NAME, MAX_ENDPOINT = 100, 200
ONE_DAY_S = 86400
FIRST_OBJECTION_DELAY = 14 * ONE_DAY_S
REPLACEMENT_WINDOW, LONGEST_EMERGENCY = 30 * ONE_DAY_S, 90 * ONE_DAY_S
LEAST_ACTIVE = 3


NewKey = tuple[str, int, int, int]
"""Account, scopes, first second of validity and first second after it."""


@dataclass
class Key:
    """One signing key of one office."""

    account: str
    scopes: int
    valid_from: int
    valid_until: int
    revoked_at: int = 0
    compromised_since: int = 0
    bound_when_revoked: int = 0
    suspended_until: int = 0

    def listed(self) -> dict[str, Any]:
        """Return the key as the contract shows it."""
        return {
            "account": self.account,
            "scopes": self.scopes,
            "validFrom": self.valid_from,
            "validUntil": self.valid_until,
            "revokedAt": self.revoked_at,
            "compromisedSince": self.compromised_since,
        }


@dataclass
class Office:
    """One office that was ever admitted."""

    code: bytes
    seat: str
    admitted_at: int
    earliest: int
    name: str
    endpoint: str
    suspended_until: int = 0
    voted_until: int = 0
    suspensions: list[tuple[int, int, int]] = field(default_factory=list)
    """Since when, until when the office was suspended at all, and until when by vote; oldest first."""
    departed: bool = False
    proposed_seat: str = ZERO_ADDRESS
    replacement: str = ZERO_ADDRESS
    replaceable_from: int = 0
    successor: bytes = NO_OFFICE
    keys: dict[str, Key] = field(default_factory=dict)


class DirectoryModel:
    """The directory's rules; a method a function of the contract."""

    def __init__(self, clock: Clock, governance: str) -> None:
        self.clock = clock
        self.governance = governance
        self.emergency_body = ZERO_ADDRESS
        self.objection_delay = FIRST_OBJECTION_DELAY
        self.offices: dict[bytes, Office] = {}

    def transfer_governance(self, caller: str, successor: str) -> Effect:
        """Hand governance over."""
        self._need_governance(caller)
        if successor == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryZeroAccount")
        previous, self.governance = self.governance, successor
        return self._told("GovernanceTransferred", previous, successor)

    def set_emergency_body(self, caller: str, body: str) -> Effect:
        """Name the contract that may suspend at once."""
        self._need_governance(caller)
        previous, self.emergency_body = self.emergency_body, body
        return self._told("EmergencyBodyChanged", previous, body)

    def set_objection_delay(self, caller: str, delay: int) -> Effect:
        """Change how long a seat may object to its replacement."""
        self._need_governance(caller)
        if not ONE_DAY_S <= delay <= 90 * ONE_DAY_S:
            raise Refusal("OfficeDirectoryInvalidDelay", delay)
        self.objection_delay = delay
        return self._told("ObjectionDelayChanged", delay)

    def admit_office_with_keys(
        self, caller: str, code: bytes, seat: str, name: str, endpoint: str, earliest: int, keys: tuple[NewKey, ...]
    ) -> Effect:
        """Admit an office together with its first keys, or not at all."""
        effect = self.admit_office(caller, code, seat, name, endpoint, earliest)
        try:
            for key in keys:
                effect.events += self._add_key(self.offices[code], key, may_grant_keys=True).events
        except Refusal:
            del self.offices[code]
            raise
        return effect

    def admit_office(self, caller: str, code: bytes, seat: str, name: str, endpoint: str, earliest: int) -> Effect:
        """Admit an office."""
        self._need_governance(caller)
        if not is_office(code):
            raise Refusal("OfficeCodeMalformed", code)
        if code in self.offices:
            raise Refusal("OfficeDirectoryOfficeExists", code)
        if seat == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryZeroAccount")
        self._need_free_seat(seat)
        if not 1 <= len(name.encode()) <= MAX_NAME:
            raise Refusal("OfficeDirectoryTextLength", len(name.encode()), MAX_NAME)
        self._need_endpoint(endpoint)
        if earliest != 0:
            need_date(earliest)
        self.offices[code] = Office(code, seat, self.clock.now, earliest, name, endpoint)
        return self._told("OfficeAdmitted", code, seat, name, endpoint, earliest)

    def propose_seat(self, caller: str, code: bytes, seat: str) -> Effect:
        """Name the account that may become the seat."""
        office = self._need_seat(caller, code)
        self._need_free_seat(seat)
        office.proposed_seat = seat
        return self._told("SeatProposed", code, seat)

    def accept_seat(self, caller: str, code: bytes) -> Effect:
        """Become the seat."""
        office = self._need_admitted(code)
        if caller == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryZeroAccount")
        if caller != office.proposed_seat:
            if caller != office.replacement:
                raise Refusal("OfficeDirectoryNotProposedSeat", code, caller)
            if self.clock.now < office.replaceable_from:
                raise Refusal("OfficeDirectoryReplacementPending", code, office.replaceable_from)
            if self.is_replacement_over(office):
                raise Refusal("OfficeDirectoryNoReplacement", code)
        self._need_free_seat(caller)
        if caller == office.replacement:
            office.replacement, office.replaceable_from = ZERO_ADDRESS, 0
        previous, office.seat, office.proposed_seat = office.seat, caller, ZERO_ADDRESS
        return self._told("SeatChanged", code, previous, caller)

    def seat_is_taken(self, seat: str) -> bytes | None:
        """Return the office whose seat this account is."""
        return next((office.code for office in self.offices.values() if office.seat == seat), None)

    def suspend_office(self, caller: str, code: bytes, until: int) -> Effect:
        """Suspend an office until a moment."""
        self._need_suspender(caller)
        office = self._need_present(code)
        self._need_suspension(caller, office.suspended_until, until)
        if caller != self.governance:
            left = [active for active in self.active_offices() if active != code]
            if len(left) < LEAST_ACTIVE:
                raise Refusal("OfficeDirectoryTooFewActive", len(left), LEAST_ACTIVE)
        self._suspend(office, until, by_vote=caller == self.governance)
        return self._told("OfficeSuspended", code, until)

    def suspend_key(self, caller: str, code: bytes, account: str, until: int) -> Effect:
        """Suspend one key until a moment."""
        self._need_suspender(caller)
        key = self._need_unrevoked(self._need_present(code), account)
        self._need_suspension(caller, key.suspended_until, until)
        key.suspended_until = until
        return self._told("KeySuspended", code, account, until)

    def reinstate_key(self, caller: str, code: bytes, account: str) -> Effect:
        """End the suspension of a key early."""
        self._need_governance(caller)
        key = self._need_unrevoked(self._need_present(code), account)
        if key.suspended_until <= self.clock.now:
            raise Refusal("OfficeDirectoryKeyNotSuspended", code, account)
        key.suspended_until = self.clock.now
        return self._told("KeyReinstated", code, account)

    def reinstate_office(self, caller: str, code: bytes) -> Effect:
        """End a suspension early."""
        self._need_governance(caller)
        office = self._need_present(code)
        if self.status_of(code) != SUSPENDED:
            raise Refusal("OfficeDirectoryNotSuspended", code)
        self._suspend(office, self.clock.now, by_vote=True)
        return self._told("OfficeReinstated", code)

    def depart_office(self, caller: str, code: bytes) -> Effect:
        """Mark an office as departed."""
        self._need_governance(caller)
        self._need_present(code).departed = True
        return self._told("OfficeDeparted", code)

    def name_successor(self, caller: str, code: bytes, successor: bytes) -> Effect:
        """Name, once, who acts for a departed office."""
        self._need_governance(caller)
        office = self._need_admitted(code)
        if not office.departed:
            raise Refusal("OfficeDirectoryNotDeparted", code)
        if office.successor != NO_OFFICE:
            raise Refusal("OfficeDirectorySuccessorNamed", code, office.successor)
        if self.status_of(successor) != ACTIVE:
            raise Refusal("OfficeDirectoryInvalidSuccessor", code, successor)
        office.successor = successor
        return self._told("SuccessorNamed", code, successor)

    def replace_seat(self, caller: str, code: bytes, seat: str) -> Effect:
        """Decide that an account is to become the seat; zero takes that back."""
        self._need_governance(caller)
        office = self._need_admitted(code)
        self._need_free_seat(seat)
        office.replacement = seat
        office.replaceable_from = 0 if seat == ZERO_ADDRESS else self.clock.now + self.objection_delay
        return self._told("SeatReplacementDecided", code, seat, office.replaceable_from)

    def object_to_replacement(self, caller: str, code: bytes) -> Effect:
        """End a replacement, as the present seat."""
        office = self._need_seat(caller, code)
        if office.replacement == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryNoReplacement", code)
        if self.is_objection_barred(office):
            raise Refusal("OfficeDirectoryObjectionBarred", code)
        refused, office.replacement, office.replaceable_from = office.replacement, ZERO_ADDRESS, 0
        return self._told("SeatReplacementObjected", code, refused)

    def set_endpoint(self, caller: str, code: bytes, endpoint: str) -> Effect:
        """Change the service address."""
        office = self._need_seat(caller, code)
        self._need_endpoint(endpoint)
        office.endpoint = endpoint
        return self._told("EndpointChanged", code, endpoint)

    def set_earliest_filing_date(self, caller: str, code: bytes, earliest: int) -> Effect:
        """Change the first day of the office's numbers."""
        office = self._need_seat(caller, code)
        if earliest != 0:
            need_date(earliest)
        office.earliest = earliest
        return self._told("EarliestFilingDateChanged", code, earliest)

    def add_key(self, caller: str, code: bytes, account: str, scopes: int, valid_from: int, valid_until: int) -> Effect:
        """Add a signing key."""
        office = self._need_present(code)
        self._need_key_manager(caller, office)
        return self._add_key(office, (account, scopes, valid_from, valid_until), may_grant_keys=caller == office.seat)

    def revoke_key(self, caller: str, code: bytes, account: str) -> Effect:
        """Revoke a key from now on."""
        office = self._need_admitted(code)
        self._need_key_manager(caller, office)
        key = self._need_unrevoked(office, account)
        self._revoke(office, key)
        return self._told("KeyRevoked", code, account)

    def mark_key_compromised(self, caller: str, code: bytes, account: str, since: int) -> Effect:
        """Declare since when a key is not trusted."""
        office = self._need_admitted(code)
        if caller != self.governance:
            self._need_seat(caller, code)
        key = self._need_key(office, account)
        recorded = key.compromised_since
        if not 0 < since <= self.clock.now or (recorded and since >= recorded):
            raise Refusal("OfficeDirectoryInvalidCompromise", since, recorded)
        key.compromised_since = since
        effect = self._told("KeyCompromised", code, account, since)
        if not key.revoked_at:
            self._revoke(office, key)
            effect.events.append(Event("OfficeDirectory", "KeyRevoked", (code, account)))
        return effect

    def authorise(self, code: bytes, account: str, scope: int) -> int:
        """Return the office's first day if the account may now sign this scope; refuse with the reason if not."""
        office = self._need_present(code)
        key = self._need_key(office, account)
        if key.revoked_at:
            raise Refusal("OfficeDirectoryKeyRevoked", code, account, key.revoked_at)
        if self.clock.now < key.valid_from:
            raise Refusal("OfficeDirectoryKeyNotYetValid", code, account, key.valid_from)
        if self.is_expired(key):
            raise Refusal("OfficeDirectoryKeyExpired", code, account, key.valid_until)
        if not self.covers(key, scope):
            raise Refusal("OfficeDirectoryKeyOutOfScope", code, account, scope)
        if self.is_barred(office):
            raise Refusal("OfficeDirectoryOfficeSuspended", code, office.suspended_until)
        if self.is_key_barred(key):
            raise Refusal("OfficeDirectoryKeySuspended", code, account, key.suspended_until)
        return office.earliest

    def is_expired(self, key: Key) -> bool:
        """Tell whether the validity of a key is over."""
        return self.clock.now >= key.valid_until

    def covers(self, key: Key, scope: int) -> bool:
        """Tell whether a key may sign statements of this scope, or of all of several."""
        return scope != 0 and not scope & ~key.scopes

    def is_barred(self, office: Office) -> bool:
        """Tell whether an office that has not departed may sign nothing now."""
        return self.clock.now < office.suspended_until

    def is_objection_barred(self, office: Office) -> bool:
        """Tell whether an office cannot object to the replacement of its seat now: it is suspended by vote."""
        return self.clock.now < office.voted_until

    def is_replacement_over(self, office: Office) -> bool:
        """Tell whether nobody accepted a replacement in time."""
        return self.clock.now >= office.replaceable_from + REPLACEMENT_WINDOW

    def is_key_barred(self, key: Key) -> bool:
        """Tell whether a key itself is suspended now."""
        return self.clock.now < key.suspended_until

    def active_offices(self) -> list[bytes]:
        """Return the codes of the active offices in the order of admission."""
        return [code for code in self.offices if self.status_of(code) == ACTIVE]

    def electorate_at(self, time: int) -> tuple[list[bytes], int]:
        """Return who could vote at a moment and has not departed since, and how many only emergencies kept from it."""
        active, in_emergency = [], 0
        for code, office in self.offices.items():
            if office.departed or office.admitted_at > time:
                continue
            known = [ends for since, *ends in office.suspensions if since <= time]
            until, voted_until = known[-1] if known else (0, 0)
            if until <= time:
                active.append(code)
            elif voted_until <= time:
                in_emergency += 1
        return active, in_emergency

    def successor_of(self, code: bytes) -> bytes:
        """Return who acts for a departed office today; no office if nobody does."""
        office = self.offices.get(code)
        if office is None or not office.departed:
            return NO_OFFICE
        while code != NO_OFFICE and self.offices[code].departed:
            code = self.offices[code].successor
        return code

    def compromised_since(self, code: bytes, account: str) -> int:
        """Return since when an account is not trusted for an office's records; 0 if nothing is known against it."""
        if code in self.offices and account in self.offices[code].keys:
            return self.offices[code].keys[account].compromised_since
        known = []
        while code in self.offices:
            key = self.offices[code].keys.get(account)
            known.append(key.compromised_since if key else 0)
            code = self.offices[code].successor
        return min((since for since in known if since), default=0)

    def is_key_good(self, code: bytes, account: str, scopes: int, time: int) -> bool:
        """Tell whether the account was a key good for all scopes at a moment, as known now."""
        office = self.offices.get(code)
        key = office.keys.get(account) if office else None
        if key is None or scopes == 0 or scopes & ~key.scopes:
            return False
        ends = [key.valid_until] + [end for end in (key.revoked_at, key.compromised_since) if end]
        return key.valid_from <= time < min(ends)

    def status_of(self, code: bytes) -> int:
        """Return the standing of an office now."""
        office = self.offices.get(code)
        if office is None:
            return NONE
        if office.departed:
            return DEPARTED
        return SUSPENDED if self.is_barred(office) else ACTIVE

    def seat_of(self, code: bytes) -> str:
        """Return the seat of an office; zero if it was never admitted."""
        return self.offices[code].seat if code in self.offices else ZERO_ADDRESS

    def proposed_seat_of(self, code: bytes) -> str:
        """Return the account that may accept the seat of an office; zero if there is none."""
        return self.offices[code].proposed_seat if code in self.offices else ZERO_ADDRESS

    def earliest_of(self, code: bytes) -> int:
        """Return the first day of the office's numbers; 0 for no bound."""
        return self.offices[code].earliest if code in self.offices else 0

    def office_of(self, code: bytes) -> dict[str, Any]:
        """Return an office as the contract shows it."""
        office = self.offices.get(code) or Office(code, ZERO_ADDRESS, 0, 0, "", "")
        return {
            "code": code,
            "status": self.status_of(code),
            "seat": office.seat,
            "admittedAt": office.admitted_at,
            "suspendedUntil": office.suspended_until,
            "earliestFilingDate": office.earliest,
            "keyCount": len(office.keys),
            "name": office.name,
            "endpoint": office.endpoint,
        }

    def key_of(self, code: bytes, account: str) -> dict[str, Any]:
        """Return a key as the contract shows it."""
        office = self.offices.get(code)
        key = office.keys.get(account) if office else None
        return (key or Key(account, 0, 0, 0)).listed()

    def bound_in_key(self, code: bytes, account: str) -> int:
        """Return the office's first day as long as this key was not revoked, for what the key signed before."""
        office = self.offices[code]
        key = office.keys[account]
        return key.bound_when_revoked if key.revoked_at else office.earliest

    def _add_key(self, office: Office, new_key: NewKey, *, may_grant_keys: bool) -> Effect:
        account, scopes, valid_from, valid_until = new_key
        if account == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryZeroAccount")
        if not 1 <= scopes <= 15 or (scopes & SCOPE_KEYS and not may_grant_keys):
            raise Refusal("OfficeDirectoryInvalidScopes", scopes)
        start, end = valid_from or self.clock.now, valid_until or FOREVER
        if start < self.clock.now or end <= start:
            raise Refusal("OfficeDirectoryInvalidWindow", start, end)
        if account in office.keys:
            raise Refusal("OfficeDirectoryKeyExists", office.code, account)
        if sum(1 for key in office.keys.values() if not key.revoked_at) >= MAX_KEYS:
            raise Refusal("OfficeDirectoryTooManyKeys", office.code, MAX_KEYS)
        office.keys[account] = Key(account, scopes, start, end)
        return self._told("KeyAdded", office.code, account, scopes, start, end)

    def _suspend(self, office: Office, until: int, *, by_vote: bool) -> None:
        office.suspended_until = until
        if by_vote:
            office.voted_until = until
        office.suspensions.append((self.clock.now, until, office.voted_until))

    def _need_suspender(self, caller: str) -> None:
        if caller not in (self.governance, self.emergency_body) or caller == ZERO_ADDRESS:
            raise Refusal("OfficeDirectoryNotEmergencyBody", caller)

    def _need_suspension(self, caller: str, recorded: int, until: int) -> None:
        if until <= self.clock.now:
            raise Refusal("OfficeDirectorySuspensionEnded", until)
        if caller == self.governance:
            return
        if until <= recorded:
            raise Refusal("OfficeDirectorySuspensionShortened", until, recorded)
        latest = self.clock.now + LONGEST_EMERGENCY
        if until > latest:
            raise Refusal("OfficeDirectoryEmergencyTooLong", until, latest)

    def _revoke(self, office: Office, key: Key) -> None:
        key.revoked_at = self.clock.now
        key.bound_when_revoked = office.earliest

    def _told(self, name: str, *arguments: Any) -> Effect:
        return Effect((), [Event("OfficeDirectory", name, arguments)])

    def _need_governance(self, caller: str) -> None:
        if caller != self.governance:
            raise Refusal("OfficeDirectoryNotGovernance", caller)

    def _need_free_seat(self, seat: str) -> None:
        holder = self.seat_is_taken(seat)
        if holder is not None:
            raise Refusal("OfficeDirectorySeatTaken", seat, holder)

    def _need_admitted(self, code: bytes) -> Office:
        if code not in self.offices:
            raise Refusal("OfficeDirectoryUnknownOffice", code)
        return self.offices[code]

    def _need_present(self, code: bytes) -> Office:
        office = self._need_admitted(code)
        if office.departed:
            raise Refusal("OfficeDirectoryOfficeDeparted", code)
        return office

    def _need_seat(self, caller: str, code: bytes) -> Office:
        office = self._need_admitted(code)
        if caller != office.seat:
            raise Refusal("OfficeDirectoryNotSeat", code, caller)
        return office

    def _need_key(self, office: Office, account: str) -> Key:
        if account not in office.keys:
            raise Refusal("OfficeDirectoryUnknownKey", office.code, account)
        return office.keys[account]

    def _need_key_manager(self, caller: str, office: Office) -> None:
        if caller != office.seat and not self.is_key_good(office.code, caller, SCOPE_KEYS, self.clock.now):
            raise Refusal("OfficeDirectoryNotSeat", office.code, caller)
        if caller != office.seat and self.is_key_barred(office.keys[caller]):
            raise Refusal("OfficeDirectoryKeySuspended", office.code, caller, office.keys[caller].suspended_until)

    def _need_unrevoked(self, office: Office, account: str) -> Key:
        key = self._need_key(office, account)
        if key.revoked_at:
            raise Refusal("OfficeDirectoryKeyRevoked", office.code, account, key.revoked_at)
        return key

    def _need_endpoint(self, endpoint: str) -> None:
        if len(endpoint.encode()) > MAX_ENDPOINT:
            raise Refusal("OfficeDirectoryTextLength", len(endpoint.encode()), MAX_ENDPOINT)
