"""One address of every kind of page, for what every page has to keep to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from registrum.numbers import OfficeNumber
from tests.browser.site import DOCUMENT, REGISTRAR, STOLEN, Holdings

PAST = "?on=2025-03-05&knownOn=2025-03-05"
UNKNOWN_DIGEST = "07" * 32
DIGEST = hashlib.sha256(DOCUMENT).hexdigest()


def record(number: OfficeNumber) -> str:
    return f"/applications/{number.text}"


def entry(number: OfficeNumber) -> str:
    return f"/registrations/{number.text}"


def claim(earlier: str, claimed: str, later: str, *, office: str = "JP", right: str = "T", digest: str = "") -> str:
    """The address of a checked priority claim."""
    return (
        f"/priority-check?earlier={earlier}&claimedDate={claimed}"
        f"&laterOffice={office}&laterRight={right}&laterDate={later}&digest={digest}"
    )


KINDS: dict[str, tuple[int, Callable[[Holdings], str]]] = {
    "home": (200, lambda _: "/"),
    "search": (200, lambda _: "/search"),
    "search-entries": (200, lambda _: "/search?in=registrations"),
    "search-narrowed": (200, lambda _: "/search?office=RU&right=T&offset=25"),
    "search-nothing": (200, lambda _: "/search?office=US"),
    "search-fault": (400, lambda _: "/search?filedFrom=31.1.2024&lateBy=many"),
    "found-known": (200, lambda _: "/search?q=" + DIGEST),
    "found-key": (200, lambda _: "/search?q=" + STOLEN.address),
    "found-nothing": (404, lambda _: "/search?q=" + UNKNOWN_DIGEST),
    "found-readings": (404, lambda _: "/search?q=999999999"),
    "found-account": (200, lambda _: "/search?q=" + REGISTRAR.address),
    "found-account-none": (404, lambda _: "/search?q=0x" + "07" * 20),
    "found-unreadable": (404, lambda _: "/search?q=018%E2%80%AE660437"),
    "record": (200, lambda held: record(held.filed)),
    "record-corrected": (200, lambda held: record(held.corrected)),
    "record-withdrawn": (200, lambda held: record(held.withdrawn)),
    "record-suspect": (200, lambda held: record(held.suspect)),
    "record-disclosed": (200, lambda held: record(held.disclosed)),
    "record-not-found": (404, lambda _: "/applications/EM/T/099999999"),
    "record-not-covered": (404, lambda _: "/applications/BR/T/999999999"),
    "record-malformed": (404, lambda _: "/applications/EM/T/no!number"),
    "record-suspect-certificate": (200, lambda held: record(held.suspect) + "/certificate"),
    "record-certificate": (200, lambda held: record(held.corrected) + "/certificate"),
    "entry": (200, lambda held: entry(held.entry)),
    "entry-past": (200, lambda held: entry(held.entry) + PAST),
    "entry-to-come": (200, lambda held: entry(held.entry) + "?on=2199-01-01"),
    "entry-known-later": (200, lambda held: entry(held.entry) + "?on=2199-01-01&knownOn=2199-01-01"),
    "entry-lapsed": (200, lambda held: entry(held.lapsed)),
    "entry-certificate": (200, lambda held: entry(held.entry) + "/certificate"),
    "entry-none": (404, lambda held: entry(held.filed)),
    "verify": (200, lambda _: "/verify"),
    "verify-unknown": (200, lambda _: f"/verify?sha256={UNKNOWN_DIGEST}"),
    "verify-match": (200, lambda held: f"/verify?sha256={DIGEST}&number={held.filed.text}"),
    "verify-found": (200, lambda _: f"/verify?sha256={DIGEST}"),
    "verify-not-found": (404, lambda _: f"/verify?sha256={DIGEST}&number=EM/T/099999999"),
    "verify-not-covered": (404, lambda _: f"/verify?sha256={DIGEST}&number=BR/T/999999999"),
    "verify-of-entry": (200, lambda held: f"/verify?sha256={UNKNOWN_DIGEST}&number={held.entry.text}"),
    "verify-mismatch": (200, lambda held: f"/verify?sha256={UNKNOWN_DIGEST}&number={held.filed.text}"),
    "priority": (200, lambda _: "/priority-check"),
    "priority-valid": (200, lambda held: claim(held.filed.text, "2024-01-31", "2024-08-02")),
    "priority-fault": (200, lambda _: claim("EM/T/01*", "2024-02-31", "2024-08-02")),
    "offices": (200, lambda _: "/offices"),
    "office": (200, lambda _: "/offices/EM"),
    "office-calendar": (200, lambda _: "/offices/JP"),
    "office-hostile": (200, lambda _: "/offices/FR"),
    "office-none": (404, lambda _: "/offices/BR"),
    "audit": (200, lambda _: "/offices/EM/audit"),
    "audit-nothing": (200, lambda _: "/offices/EM/audit?from=2001-01-01&to=2001-12-31"),
    "audit-fault": (400, lambda _: "/offices/EM/audit?from=31.1.2024&lateDays=many"),
    "consortium": (200, lambda _: "/consortium"),
    "proposal": (200, lambda held: f"/consortium/proposals/{held.open_proposal}"),
    "proposal-executed": (200, lambda held: f"/consortium/proposals/{held.admission}"),
    "proposal-none": (404, lambda _: "/consortium/proposals/123456"),
    "anchors": (200, lambda _: "/anchors"),
    "anchors-fault": (400, lambda _: "/anchors?office=zz"),
    "live": (200, lambda _: "/live"),
    "transaction": (200, lambda held: f"/transactions/{held.transaction}"),
    "transaction-none": (404, lambda _: "/transactions/0x" + UNKNOWN_DIGEST),
    "about": (200, lambda _: "/about"),
    "no-page": (404, lambda _: "/nothing-here"),
}
"""Status and address of each kind of page, by a short name."""
