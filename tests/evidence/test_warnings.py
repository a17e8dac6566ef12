"""What sound evidence shows against relying on it is said in words; nothing is said where there is nothing."""

from __future__ import annotations

from typing import Any

import pytest

from registrum.evidence.warning import warnings

TIME = "2026-06-01T12:00:00Z"
KEY: dict[str, Any] = {
    **{"account": "0x" + "11" * 20, "office": "EM", "compromisedSince": None, "revokedAt": None},
    **{"barredUntil": None, "validFrom": "2020-01-01T00:00:00Z", "validUntil": None},
}
OFFICE: dict[str, Any] = {"code": "EM", "status": "active", "suspendedUntil": None, "successor": None}
RECORD = {"suspect": False}


def warned(statements: list[Any] | None = None, **facts: Any) -> list[str]:
    whole = {"record": RECORD, "anchored": None, "office": OFFICE, "keys": [KEY], **facts}
    return list(warnings({"facts": whole, "block": {"time": TIME}, "statements": statements or []}))


def unsigned(*places: int) -> list[dict[str, Any]]:
    """Six statements, of which these carry no signature."""
    return [{"type": "Correction", "signature": None if place in places else "0x11"} for place in range(1, 7)]


def test_nothing_is_said_of_what_is_in_order() -> None:
    over = {**OFFICE, "suspendedUntil": "2026-01-01T00:00:00Z"}
    assert warned([{"type": "Registration", "signature": "0x11"}]) == []
    assert warned(office=over, keys=[{**KEY, "barredUntil": "2026-01-01T00:00:00Z"}]) == []
    entry = {"facts": {"entry": None, "office": OFFICE, "keys": []}, "block": {"time": TIME}, "statements": []}
    assert list(warnings(entry)) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"record": {"suspect": True}}, "key that signed the record was compromised"),
        ({"record": None, "anchored": {"suspect": True}}, "key that signed the anchor was compromised"),
        ({"office": {**OFFICE, "status": "suspended", "suspendedUntil": "2026-07-01T00:00:00Z"}}, "until 2026-07-01"),
        ({"office": {**OFFICE, "status": "suspended"}}, "EM was suspended at this block, for good"),
        ({"office": {**OFFICE, "status": "departed"}}, "EM had left the consortium by this block."),
        ({"office": {**OFFICE, "status": "departed", "successor": "WO"}}, "by this block; WO took over"),
        ({"keys": [{**KEY, "compromisedSince": "2026-02-01T00:00:00Z"}]}, "compromised since 2026-02-01"),
        ({"keys": [{**KEY, "revokedAt": "2026-02-01T00:00:00Z"}]}, "was revoked at 2026-02-01"),
        ({"keys": [{**KEY, "barredUntil": "2026-07-01T00:00:00Z"}]}, "was suspended at this block, until 2026-07"),
        ({"keys": [{**KEY, "barredUntil": "forever"}]}, "was suspended at this block, for good"),
        ({"statements": unsigned(2)}, "Statement 2 carries no signature of a key: anyone could have written it."),
        ({"statements": unsigned(1, 3, 4, 5)}, "Statements 1, 3 to 5 carry no signature of a key"),
    ],
)
def test_what_speaks_against_the_evidence_is_said(facts: dict[str, Any], said: str) -> None:
    [found] = warned(**facts)
    assert said in found
