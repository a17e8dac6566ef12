"""Keys: what they signed while they were not to, and close to the moment since which they are compromised.

The contracts check keys before they take anything, so that most of these findings cannot come up; they are looked for
all the same, since an audit must not rest on the rules that it examines. The rules are those of `OfficeSigned`: a key
of the office, else for register entries a body that the office empowered, else for changes a key of the office that
acts for it since it departed; each as it was just before the use. A compromise is the exception: it is known afterwards
only.

Not its job: what was signed (`registrum.audit.uses`), and whether that is true.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from registrum.audit.facts import (
    FOREVER,
    BodyState,
    Compromise,
    KeyState,
    Members,
    OfficeState,
    Period,
    Place,
    Terms,
    time_text,
)
from registrum.audit.findings import Code, Evidence, Finding, Severity
from registrum.audit.uses import APPLICATIONS, KEYS, REGISTER, KeyUse

__all__ = ["KeyRing"]

_SCOPES = {APPLICATIONS: "applications", REGISTER: "register", KEYS: "keys"}
_DAY_S, _HOUR_S = 86_400, 3_600
_State = TypeVar("_State", OfficeState, KeyState, BodyState)


class _Fault(NamedTuple):
    """Why a signature was not to be taken, and the event that made it so."""

    code: Code
    compared: Mapping[str, Any]
    how: str
    place: Place | None


class KeyRing:
    """The keys that may sign for an office, as they were at each time.

    Args:
        office: WIPO ST.3 code.
        members: States of the office, of those that succeed it, of their keys, and of bodies that it empowered.
        compromises: Since when keys are compromised, as known now.
        period: Uses in it are examined.
        terms: How near a compromise a use is named.
    """

    def __init__(
        self, office: str, members: Members, compromises: Mapping[bytes, Compromise], period: Period, terms: Terms
    ) -> None:
        self._home = office
        self._offices: dict[str, list[OfficeState]] = {}
        self._keys: dict[tuple[str, bytes], list[KeyState]] = {}
        self._bodies: dict[bytes, list[BodyState]] = {}
        for state in members.offices:
            self._offices.setdefault(state.office, []).append(state)
        for key in members.keys:
            self._keys.setdefault((key.office, key.account), []).append(key)
        for body in members.bodies:
            self._bodies.setdefault(body.account, []).append(body)
        self._compromises, self._period, self._terms = compromises, period, terms
        self.uses = 0
        """Uses that were examined."""

    def examine(self, use: KeyUse) -> Iterator[Finding]:
        """What stands out in a use of a key."""
        if not self._period.has(use.time):
            return
        self.uses += 1
        for fault in self._faults(use):
            yield _finding(use, fault)
        compromise = self._compromises.get(use.account)
        if compromise is not None:
            yield from self._compromised(use, compromise)

    def _compromised(self, use: KeyUse, compromise: Compromise) -> Iterator[Finding]:
        since, declared = compromise.since, time_text(compromise.declared_at)
        at = time_text(use.time)
        compared: dict[str, Any] = {"signedAt": at, "compromisedSince": time_text(since), "declaredAt": declared}
        if use.time >= since:
            yield _finding(
                use,
                _Fault(
                    Code.KEY_AFTER_COMPROMISE,
                    compared,
                    f"at {at}, and is compromised since {time_text(since)}, as was declared at {declared}",
                    compromise.place,
                ),
            )
        elif since - use.time <= self._terms.near_days * _DAY_S:
            how = (
                f"at {at}, {_span(since - use.time)} before {time_text(since)}, since when it is compromised, as was"
                f" declared at {declared}. It counts as good; whether that moment was named early enough is for the"
                " office to say"
            )
            compared |= {"nearDays": self._terms.near_days}
            yield _finding(
                use, _Fault(Code.KEY_NEAR_COMPROMISE, compared, how, compromise.place), severity=Severity.WARNING
            )

    def _faults(self, use: KeyUse) -> list[_Fault]:
        """Why a signature was not to be taken; empty where it was good. As `_authorise` of the contracts."""
        office = _past(self._offices.get(self._home, ()), use.place)
        own = _past(self._keys.get((self._home, use.account), ()), use.place)
        faults = list(_key_faults(own, office, use)) if own else []
        if own and not faults:
            return []
        body = _past(self._bodies.get(use.account, ()), use.place) if use.scope == REGISTER else ()
        body_faults = list(_body_faults(body, office, use)) if body else []
        if body and not body_faults:
            return []
        successor = self._successor(use.place)
        acting = () if successor is None else _past(self._keys.get((successor, use.account), ()), use.place)
        acting_faults: list[_Fault] = []
        if acting and successor is not None:
            acting_faults = list(_key_faults(acting, _past(self._offices[successor], use.place), use))
            if not acting_faults and use.is_new:
                acting_faults = [_new_by_successor(successor, office, use)]
            if not acting_faults:
                return []
        unknown = _Fault(Code.KEY_UNKNOWN, {}, "and was no key that might sign for the office then", None)
        return faults or body_faults or acting_faults or [unknown]

    def _successor(self, place: Place) -> str | None:
        """The office that acted for a departed one, as `successorOf`: departed successors are passed over."""
        at: str | None = self._home
        for _ in self._offices:
            past = () if at is None else _past(self._offices.get(at, ()), place)
            if not past:
                return None
            if past[-1].departed_at is None:
                break
            at = past[-1].successor
        return None if at == self._home else at


def _past(states: Sequence[_State], place: Place) -> Sequence[_State]:
    """The states before a place of the chain; the last one is what was so then."""
    # Mostly nothing became of a key after its uses.
    if not states or states[-1].place.position < place.position:
        return states
    count = bisect_left(states, place.position, key=lambda state: state.place.position)
    return states[:count]


def _origin(past: Sequence[_State], name: str) -> Place:
    """Where something became what it was at last."""
    value, found = getattr(past[-1], name), past[-1]
    for state in reversed(past):
        if getattr(state, name) != value:
            break
        found = state
    return found.place


def _key_faults(key: Sequence[KeyState], office: Sequence[OfficeState], use: KeyUse) -> Iterator[_Fault]:
    state, time = key[-1], use.time
    for name, moment, words in _office_bars(office, use):
        code = Code.KEY_AFTER_DEPARTURE if name == "departed_at" else Code.KEY_OFFICE_SUSPENDED
        yield _timed(code, use, f"office{_JSON[name]}", moment, words, _origin(office, name))
    if state.revoked_at is not None:
        yield _of_key(Code.KEY_AFTER_REVOCATION, use, key, "revoked_at", "revoked at")
    if time < state.valid_from:
        yield _of_key(Code.KEY_BEFORE_VALIDITY, use, key, "valid_from", "valid from")
    if time >= state.valid_until:
        yield _of_key(Code.KEY_AFTER_EXPIRY, use, key, "valid_until", "valid until")
    if state.suspended_until is not None and time < state.suspended_until:
        yield _of_key(Code.KEY_SUSPENDED, use, key, "suspended_until", "suspended until")
    if not state.scopes & use.scope:
        needed = _SCOPES[use.scope]
        compared = {"signedAt": time_text(time), "scopes": state.scopes, "needed": needed}
        yield _Fault(Code.KEY_OUT_OF_SCOPE, compared, f"without the scope {needed}", _origin(key, "scopes"))


def _body_faults(body: Sequence[BodyState], office: Sequence[OfficeState], use: KeyUse) -> Iterator[_Fault]:
    """A body acts for an office only while the office itself may act."""
    state, time = body[-1], use.time
    for name, moment, words in _office_bars(office, use):
        place = _origin(office, name)
        yield _timed(Code.BODY_OUT_OF_MANDATE, use, f"office{_JSON[name]}", moment, words, place)
    if not state.categories:
        compared = {"signedAt": time_text(time), "categories": 0}
        how = f"at {time_text(time)}, when the office had taken its mandate back"
        yield _Fault(Code.BODY_OUT_OF_MANDATE, compared, how, state.place)
    elif time < state.valid_from:
        yield _timed(Code.BODY_OUT_OF_MANDATE, use, "validFrom", state.valid_from, "empowered from", state.place)
    elif time >= state.valid_until:
        yield _timed(Code.BODY_OUT_OF_MANDATE, use, "validUntil", state.valid_until, "empowered until", state.place)


def _office_bars(office: Sequence[OfficeState], use: KeyUse) -> Iterator[tuple[str, int, str]]:
    """Why nobody signs for an office: what of its state, the time of that, and words."""
    if not office:
        return
    state = office[-1]
    if state.departed_at is not None:
        yield "departed_at", state.departed_at, f"after {state.office} departed at"
    elif state.suspended_until is not None and use.time < state.suspended_until:
        yield "suspended_until", state.suspended_until, f"while {state.office} was suspended until"


_JSON = {"departed_at": "DepartedAt", "suspended_until": "SuspendedUntil"}
_KEY_JSON = {
    "revoked_at": "revokedAt",
    "valid_from": "validFrom",
    "valid_until": "validUntil",
    "suspended_until": "suspendedUntil",
}


def _of_key(code: Code, use: KeyUse, key: Sequence[KeyState], name: str, words: str) -> _Fault:
    return _timed(code, use, _KEY_JSON[name], getattr(key[-1], name), words, _origin(key, name))


def _timed(code: Code, use: KeyUse, name: str, moment: int, words: str, place: Place) -> _Fault:
    """A use at a time that another time rules out; one without end, or after the year 9999, has no date."""
    at, known = time_text(use.time), None if moment >= FOREVER else time_text(moment)
    return _Fault(code, {"signedAt": at, name: known}, f"at {at}, {words} {known or 'further notice'}", place)


def _new_by_successor(successor: str, office: Sequence[OfficeState], use: KeyUse) -> _Fault:
    return _Fault(
        Code.KEY_OF_SUCCESSOR,
        {"signedAt": time_text(use.time), "successor": successor},
        f"at {time_text(use.time)} as a key of {successor}, which acts for {office[-1].office}: it may change what was"
        " recorded, and record nothing new",
        _origin(office, "successor"),
    )


def _span(seconds: int) -> str:
    if seconds >= 2 * _DAY_S:
        return f"{seconds // _DAY_S} days"
    hours = seconds // _HOUR_S
    return "less than an hour" if not hours else "1 hour" if hours == 1 else f"{hours} hours"


def _finding(use: KeyUse, fault: _Fault, *, severity: Severity = Severity.ERROR) -> Finding:
    account = "0x" + use.account.hex()
    who = "body" if fault.code is Code.BODY_OUT_OF_MANDATE else "account" if fault.code is Code.KEY_UNKNOWN else "key"
    cause = () if fault.place is None else (Evidence.at(fault.place),)
    return Finding(
        fault.code,
        severity,
        use.number,
        {"signingKey": account, "what": use.what, **fault.compared},
        (*cause, Evidence.at(use.place, use.number)),
        f"The {who} {account} signed {use.what} {fault.how}.",
    )
