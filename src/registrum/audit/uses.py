"""Uses of keys: which signatures the chain took, by what kind of statement, and who was to sign it.

Not its job: whether a key was good (`registrum.audit.keys`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registrum.audit.facts import (
    CORRECTED,
    REGISTERED,
    WITHDRAWN,
    Anchor,
    ClaimFact,
    EntryEvent,
    History,
    Place,
    Statement,
    StatementKind,
)

__all__ = ["APPLICATIONS", "KEYS", "REGISTER", "KeyUse", "uses_of"]

APPLICATIONS, REGISTER, KEYS = 1, 2, 8
"""Scopes, as `registrum.client.members.Scope`."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A signature that the chain took.

    Attributes:
        account: The key.
        scope: What it had to be allowed to sign.
        what: `the registration of EM/T/018660437`.
        number: The office number; None where it is about none.
        time: Block time.
        is_new: Whether only the office itself may sign it, and not its successor: what is recorded for the first time.
    """

    account: bytes
    scope: int
    what: str
    number: str | None
    place: Place
    time: int
    is_new: bool


def uses_of(fact: History | Anchor | ClaimFact | EntryEvent | Statement) -> Iterator[KeyUse]:
    """The signatures of a fact. A record that came from an anchor has the anchor's."""
    if isinstance(fact, History):
        yield from _of_record(fact)
    elif isinstance(fact, Anchor):
        what = f"the anchor {fact.sequence}"
        yield KeyUse(fact.signing_key, APPLICATIONS, what, None, fact.place, fact.time, is_new=True)
    elif isinstance(fact, ClaimFact):
        what, is_new = f"the claim of {fact.later} on {fact.earlier}", fact.version == 1
        yield KeyUse(fact.signing_key, APPLICATIONS, what, fact.later, fact.place, fact.time, is_new)
    elif isinstance(fact, EntryEvent):
        what = f"the event {fact.code} of {fact.number}"
        yield KeyUse(fact.signer, REGISTER, what, fact.number, fact.place, fact.time, fact.creates)
    else:
        scope, what, is_new = _STATEMENTS[fact.kind]
        yield KeyUse(fact.signer, scope, what.format(about=fact.about), None, fact.place, fact.time, is_new)


_STATEMENTS = {
    StatementKind.EMPOWERMENT: (KEYS, "the empowerment of {about}", True),
    StatementKind.TERMS: (KEYS, "the renewal terms of the right {about}", True),
    StatementKind.BATCH: (APPLICATIONS, "a batch of registrations of which nothing was taken", True),
    # Whether it would have made new entries is not told, so a successor may have signed it.
    StatementKind.EVENT_BATCH: (REGISTER, "a batch of events of which nothing was recorded", False),
}


def _of_record(history: History) -> Iterator[KeyUse]:
    number = history.number
    for version in history.versions:
        is_new = version.kind == REGISTERED
        if version.kind in (REGISTERED, CORRECTED):
            if version.anchor_sequence is not None and is_new:
                continue
            account, verb = version.signing_key, "registration" if is_new else "correction"
        elif version.changed_by is not None:
            account, verb = version.changed_by, "withdrawal" if version.kind == WITHDRAWN else "reinstatement"
        else:
            continue
        what = f"the {verb} of {number}"
        yield KeyUse(account, APPLICATIONS, what, number, version.place, version.time, is_new)
    for one in history.confirmations:
        what = f"the reconfirmation of {number}"
        yield KeyUse(one.signing_key, APPLICATIONS, what, number, one.place, one.time, is_new=False)
