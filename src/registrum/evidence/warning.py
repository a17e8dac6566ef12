"""What a reader of sound evidence must still know: what is proved may speak against the record itself.

Every check can pass for a record whose key was stolen, or whose office has left: that is then what is proved. Not its
job: the facts (`registrum.evidence.facts`), checks (`registrum.evidence.verifying`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registrum.evidence.canonical import FOREVER

__all__ = ["warnings"]


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
        *_about_statements(evidence["statements"]),
    ]


def _about_statements(statements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    unsigned = [place for place, each in enumerate(statements, 1) if each["signature"] is None]
    if len(unsigned) == 1:
        yield f"Statement {unsigned[0]} carries no signature of a key: anyone could have written it."
    elif unsigned:
        yield f"Statements {_rows(unsigned)} carry no signature of a key: anyone could have written them."


def _rows(places: Sequence[int]) -> str:
    """Ascending numbers as people write them: `1, 3 to 7`."""
    rows: list[list[int]] = []
    for place in places:
        if rows and place == rows[-1][-1] + 1:
            rows[-1].append(place)
        else:
            rows.append([place])
    return ", ".join(f"{row[0]} to {row[-1]}" if len(row) > 1 else f"{row[0]}" for row in rows)


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
        yield f"The office {office['code']} was suspended at this block, {_until(office['suspendedUntil'])}."
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
        yield f"{name} was suspended at this block, {_until(key['barredUntil'])}."


def _until(moment: str | None) -> str:
    return "for good" if moment in {None, FOREVER} else f"until {moment}"
