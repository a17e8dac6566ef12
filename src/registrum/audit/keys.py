"""Keys: what they signed while they were not to, and close to the moment since which they are compromised.

The contracts check keys before they take anything, so that most of these findings cannot come up; they are looked for
all the same, since an audit must not rest on the rules that it examines. A compromise is the exception: it is known
afterwards only. Not its job: whether what was signed is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registrum.audit.facts import (
    CORRECTED,
    REGISTERED,
    WITHDRAWN,
    Anchor,
    ClaimFact,
    EntryEvent,
    History,
    KeyState,
    Period,
    Place,
    Terms,
    time_text,
)
from registrum.audit.findings import Code, Evidence, Finding, Severity

__all__ = ["KeyRing", "KeyUse", "uses_of"]

APPLICATIONS, REGISTER = 1, 2
"""Scopes, as `registrum.client.members.Scope`."""
_SCOPES = {APPLICATIONS: "applications", REGISTER: "register"}
_DAY_S = 86_400
_FOREVER = 2**40 - 1
"""A time of "without end"."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A signature that the chain took.

    Attributes:
        account: The key.
        scope: What it had to be allowed to sign.
        what: `the registration of EM/T/018660437`.
        number: The office number; None for an anchor.
        time: Block time.
    """

    account: bytes
    scope: int
    what: str
    number: str | None
    place: Place
    time: int


def uses_of(fact: History | Anchor | ClaimFact | EntryEvent) -> Iterator[KeyUse]:
    """The signatures of a fact. A record that came from an anchor has the anchor's; bodies have keys of their own."""
    if isinstance(fact, History):
        for version in fact.versions:
            if version.kind in (REGISTERED, CORRECTED):
                if version.anchor_sequence is not None and version.kind == REGISTERED:
                    continue
                account, verb = version.signing_key, "registration" if version.kind == REGISTERED else "correction"
            elif version.changed_by is not None:
                account, verb = version.changed_by, "withdrawal" if version.kind == WITHDRAWN else "reinstatement"
            else:
                continue
            yield KeyUse(
                account, APPLICATIONS, f"the {verb} of {fact.number}", fact.number, version.place, version.time
            )
        for one in fact.confirmations:
            yield KeyUse(
                one.signing_key,
                APPLICATIONS,
                f"the reconfirmation of {fact.number}",
                fact.number,
                one.place,
                one.time,
            )
    elif isinstance(fact, Anchor):
        yield KeyUse(fact.signing_key, APPLICATIONS, f"the anchor {fact.sequence}", None, fact.place, fact.time)
    elif isinstance(fact, ClaimFact):
        what = f"the claim of {fact.later} on {fact.earlier}"
        yield KeyUse(fact.signing_key, APPLICATIONS, what, fact.later, fact.place, fact.time)
    elif not fact.by_body:
        what = f"the event {fact.code} of {fact.number}"
        yield KeyUse(fact.signer, REGISTER, what, fact.number, fact.place, fact.time)


class KeyRing:
    """The keys that may sign for an office, as they were at each time.

    Args:
        states: In the order of the chain, those of the office and of the offices that act for it.
        compromises: Since when keys are compromised, as known now.
        period: Uses in it are examined.
        terms: How near a compromise a use is named.
    """

    def __init__(
        self, states: Iterable[KeyState], compromises: Mapping[bytes, int], period: Period, terms: Terms
    ) -> None:
        self._states: dict[bytes, dict[str, list[KeyState]]] = {}
        for state in states:
            self._states.setdefault(state.account, {}).setdefault(state.office, []).append(state)
        self._compromises, self._period, self._terms = compromises, period, terms
        self.uses = 0
        """Uses that were examined."""

    def examine(self, use: KeyUse) -> Iterator[Finding]:
        """What stands out in a use of a key."""
        if not self._period.has(use.time):
            return
        self.uses += 1
        yield from self._faults(use)
        since = self._compromises.get(use.account)
        if since is None:
            return
        compared = {"signedAt": time_text(use.time), "compromisedSince": time_text(since)}
        if use.time >= since:
            yield _finding(
                Code.KEY_AFTER_COMPROMISE,
                use,
                compared,
                f"at {time_text(use.time)}, when it was compromised, since {time_text(since)}; that may have become"
                " known later",
            )
        elif since - use.time <= self._terms.near_days * _DAY_S:
            days = (since - use.time) // _DAY_S
            yield _finding(
                Code.KEY_NEAR_COMPROMISE,
                use,
                {**compared, "nearDays": self._terms.near_days},
                f"at {time_text(use.time)}, {days} days before it was compromised ({time_text(since)}). It counts as"
                " good; whether that moment was named early enough is for the office to say",
                Severity.WARNING,
            )

    def _faults(self, use: KeyUse) -> list[Finding]:
        first: list[Finding] | None = None
        for states in self._states.get(use.account, {}).values():
            state = _at(states, use.place)
            if state is None:
                continue
            found = list(_faults_of(state, use))
            if not found:
                return []
            first = found if first is None else first
        if first is not None:
            return first
        return [_finding(Code.KEY_UNKNOWN, use, {}, "and no office that may sign had named that account as a key")]


def _at(states: list[KeyState], place: Place) -> KeyState | None:
    """The state of a key just before a place of the chain."""
    found = None
    for state in states:
        if state.place.position >= place.position:
            break
        found = state
    return found


def _faults_of(state: KeyState, use: KeyUse) -> Iterator[Finding]:
    time = use.time
    if state.revoked_at is not None:
        yield _fault(Code.KEY_AFTER_REVOCATION, use, "revokedAt", state.revoked_at, "revoked at")
    if time < state.valid_from:
        yield _fault(Code.KEY_BEFORE_VALIDITY, use, "validFrom", state.valid_from, "valid from")
    if time >= state.valid_until:
        yield _fault(Code.KEY_AFTER_EXPIRY, use, "validUntil", state.valid_until, "valid until")
    if state.suspended_until is not None and time < state.suspended_until:
        yield _fault(Code.KEY_SUSPENDED, use, "suspendedUntil", state.suspended_until, "suspended until")
    if not state.scopes & use.scope:
        needed = _SCOPES[use.scope]
        compared = {"signedAt": time_text(time), "scopes": state.scopes, "needed": needed}
        yield _finding(Code.KEY_OUT_OF_SCOPE, use, compared, f"without the scope {needed}")


def _fault(code: Code, use: KeyUse, name: str, moment: int, words: str) -> Finding:
    """A use at a time that another time rules out; one without end has no date."""
    at, known = time_text(use.time), None if moment >= _FOREVER else time_text(moment)
    return _finding(code, use, {"signedAt": at, name: known}, f"at {at}, {words} {known or 'further notice'}")


def _finding(
    code: Code, use: KeyUse, compared: Mapping[str, Any], how: str, severity: Severity = Severity.ERROR
) -> Finding:
    account = "0x" + use.account.hex()
    return Finding(
        code,
        severity,
        use.number,
        {"signingKey": account, "what": use.what, **compared},
        (Evidence.at(use.place, use.number),),
        f"The key {account} signed {use.what} {how}.",
    )
