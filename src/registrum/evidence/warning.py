"""What a reader of sound evidence must still know: what is proved may speak against the record itself.

Every check can pass for a record whose key was stolen, or whose office has left: that is then what is proved. Not its
job: the facts (`registrum.evidence.facts`), checks (`registrum.evidence.verifying`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["unsigned", "warnings"]


def warnings(evidence: Mapping[str, Any]) -> Sequence[str]:
    """Sentences about what in the facts speaks against relying on them; none where nothing does.

    Args:
        evidence: The value of `evidence.json`, whose form was checked.
    """
    facts = evidence["facts"]
    return [
        *_about_suspects(facts),
        *_about_office(facts["office"]),
        *(said for key in facts["keys"] for said in _about_key(key, evidence["block"]["time"])),
        *unsigned(evidence["statements"]),
    ]


def unsigned(statements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """A sentence for each statement that carries no signature of a key."""
    return [
        f"Statement {place}, {each['type']}, carries no signature of a key: anyone could have written it."
        for place, each in enumerate(statements, 1)
        if each["signature"] is None
    ]


def _about_suspects(facts: Mapping[str, Any]) -> Iterator[str]:
    record, anchored = facts.get("record"), facts.get("anchored")
    if record is not None and record["suspect"]:
        yield (
            "The key that signed the record was compromised when it was recorded, and no good key of the office has"
            " confirmed the record since: it proves nothing until one does."
        )
    if anchored is not None and anchored["suspect"]:
        yield (
            "The key that signed the anchor was compromised when it was anchored: what stands under it may be of"
            " somebody else than the office."
        )


def _about_office(office: Mapping[str, Any]) -> Iterator[str]:
    if office["status"] == "suspended":
        until = office["suspendedUntil"]
        yield f"The office {office['code']} was suspended at this block, {f'until {until}' if until else 'for good'}."
    if office["status"] == "departed":
        after = f"; {office['successor']} took over from it" if office["successor"] else ""
        yield f"The office {office['code']} had left the consortium by this block{after}."


def _about_key(key: Mapping[str, Any], time: str) -> Iterator[str]:
    name = f"The key {key['account']} of {key['office']}"
    if key["compromisedSince"] is not None:
        yield f"{name} is reported as compromised since {key['compromisedSince']}."
    if key["revokedAt"] is not None:
        yield f"{name} was revoked at {key['revokedAt']}."
    if key["barredUntil"] is not None and key["barredUntil"] > time:
        yield f"{name} was suspended at this block, until {key['barredUntil']}."
