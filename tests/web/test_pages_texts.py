"""Catalogues of the pages: the same texts in every language, and no page that asks for one that is not there."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import pytest
from markupsafe import Markup

import registrum.web
from registrum.audit.findings import Code, Severity
from registrum.client.claims import ClaimResult
from registrum.client.members import OfficeStatus, Scope
from registrum.client.proposals import ProposalState, Support
from registrum.client.records import RecordStatus, Standing
from registrum.client.rights_answers import SignerKind
from registrum.client.verdicts import CalendarUse, Verdict
from registrum.deployment.power_rules import Holder
from registrum.index.answers import ChangeKind, MatchKind
from registrum.index.reading_accounts import RoleKind
from registrum.numbers import Right
from registrum.rights import values
from registrum.rights.history import Knowledge
from registrum.rights.model import EntryFacts
from registrum.signing.statements import Disclosure
from registrum.web.texts import LANGUAGES, choose_language, key_of, keys_of, texts
from registrum.web.warnings import Concern

WEB = Path(registrum.web.__file__).parent
SAID: dict[str, list[type[Enum]]] = {
    "calendar": [CalendarUse],
    "change": [ChangeKind],
    "claim": [ClaimResult],
    "concern": [Concern],
    "disclosure": [Disclosure],
    "entry": [values.Standing],
    "finding": [Code],
    "entry-says": [values.Standing],
    "holder": [Holder],
    "knowledge": [Knowledge],
    "match": [MatchKind],
    "office": [OfficeStatus],
    "office-says": [OfficeStatus],
    "proposal": [ProposalState],
    "reason": [Verdict],
    "record": [RecordStatus],
    "relation": [values.Relation],
    "right": [Right],
    "role": [RoleKind],
    "scope": [Scope],
    "severity": [Severity],
    "signer": [SignerKind],
    "stage": [values.Stage],
    "standing": [Standing],
    "standing-says": [Standing],
    "state": [values.State],
    "verdict": [Verdict],
    "vote": [Support],
}
"""Words for members of enumerations, by the beginning of their names."""
VERIFIED = [
    *("match", "withdrawn", "former", "suspect", "charter", "charter-former"),
    *("mismatch", "mismatch-entry", "unknown", "not-found", "not-covered"),
]
BUILT = {
    "about-limit-": [str(number) for number in range(1, 6)],
    "claim-": ["earlier", "later"],
    "duration-": ["seconds", "minutes", "hours", "days"],
    "error-": ["unreachable", "index", "loading", "network", "address", "often", "busy", "refused", "failed"],
    "error-says-": ["unreachable", "index", "loading", "network", "address", "often", "busy", "refused", "failed"],
    "facet-": ["office", "right", "state", "status", "year"],
    "fact-": ["filingDate", "registrationDate", "expiryDate", "classes", "dossier", "representation", "holder"],
    "field-": ["sha256", "number", "salt", "earlier", "on", "office", "right"],
    "key-": ["good", "not-yet", "expired", "revoked", "compromised"],
    "link-": ["basis", "parent", "former", "continuation"],
    "mark-": ["imported", "surcharge", "annuls", "irregular"],
    "parameter-": [
        *("voting-delay", "voting-period", "count-window", "execution-delay", "execution-window"),
        *("emergency-duration", "objection-delay"),
    ],
    "right-of-letter-": [right.value.lower() for right in Right],
    "severity-": ["none"],
    "sort-": ["down-position", "down-filingdate", "filingdate", "number"],
    "standing-": ["conflict", "unreachable"],
    "standing-says-": ["conflict", "unreachable"],
    "verify-": VERIFIED,
    "verify-says-": VERIFIED,
    "weekday-": [str(day) for day in range(7)],
}
"""Names that templates put together."""


def sources() -> dict[str, str]:
    files = [*WEB.glob("templates/*.html"), *WEB.glob("pages/*.py")]
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def test_every_language_has_the_same_texts_each_once() -> None:
    english = keys_of("en")
    for language in LANGUAGES:
        keys = keys_of(language)
        assert sorted(keys) == sorted(english), language
        assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_takes_the_same_values(language: str) -> None:
    assert placeables(language) == placeables("en")


def placeables(language: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    key = ""
    for path in sorted((WEB / "locales" / language).glob("*.ftl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if begun := re.match(r"([A-Za-z][\w-]*) =", line):
                key = begun[1]
                found[key] = set()
            if key:
                found[key] |= set(re.findall(r"\$(\w+)", line))
    return found


def test_every_text_that_a_page_asks_for_is_there() -> None:
    known = set(keys_of("en"))
    asked = {
        (key, name)
        for name, source in sources().items()
        for key in re.findall(r"""\b(?:t|texts)\(["']([A-Za-z][\w-]*)["'](?!\s*~)""", source)
    }
    assert len(asked) > 300
    assert {(key, name) for key, name in asked if key not in known} == set()


def test_every_text_that_a_page_puts_together_is_there() -> None:
    known = set(keys_of("en"))
    begun = {
        key
        for source in sources().values()
        for key in re.findall(r"""\bt\(\(?["']([\w-]+-)["']\)? ~""", source)
        if key not in ("event-", "relation-", "scope-", "fact-")
    }
    assert begun <= set(BUILT)
    wanted = {start + end for start, ends in BUILT.items() for end in ends}
    wanted |= {"fact-" + name for name in fact_names()}
    assert wanted <= known


def fact_names() -> list[str]:
    every = EntryFacts(relation=values.Relation.BASIS, classes=(9,)).to_json()
    return [*every, "filingDate", "registrationDate", "expiryDate", "dossier", "representation", "holder"]


def test_no_text_is_left_over() -> None:
    everything = "\n".join([*sources().values(), (WEB / "texts.py").read_text(encoding="utf-8")])
    named = set(re.findall(r"""["']([A-Za-z][\w-]*)["']""", everything))
    said = {key_of(start, member) for start, kinds in SAID.items() for kind in kinds for member in kind}
    built = {start + end for start, ends in BUILT.items() for end in ends} | {"fact-" + name for name in fact_names()}
    left = set(keys_of("en")) - named - said - built
    # What the browser says of evidence: compared with the verifier's own words by tests/browser/test_evidence_page.py.
    assert {key for key in left if not key.startswith(("event-", "evidence-"))} == set()


@pytest.mark.parametrize("start", SAID)
def test_every_member_of_an_enumeration_has_its_word(start: str) -> None:
    known = set(keys_of("en"))
    missing = [member for kind in SAID[start] for member in kind if key_of(start, member) not in known]
    assert missing == []


def test_pages_name_no_enumeration_without_words() -> None:
    named = {
        start
        for source in sources().values()
        for start in re.findall(r"""(?:t\.of|texts\.of|key_of|parts\.status)\(["']([\w-]+)["']""", source)
    }
    assert named <= set(SAID)


def test_every_status_has_an_icon_of_its_own_words() -> None:
    looks = set(re.findall(r'^  ?"?([\w-]+)"?: \("|"([\w-]+)": \("', sources()["parts.html"], re.MULTILINE))
    known = {name for pair in looks for name in pair if name}
    for start in ("standing", "record", "entry", "verdict", "office", "claim", "proposal", "vote"):
        assert {key_of(start, member) for kind in SAID[start] for member in kind} <= known


def test_every_event_of_the_contracts_has_a_title() -> None:
    known = set(keys_of("en"))
    abis = [json.loads(path.read_text(encoding="utf-8")) for path in (WEB.parent / "abi").glob("*.json")]
    names = {entry["name"] for abi in abis for entry in abi["abi"] if entry["type"] == "event"}
    assert len(names) > 40
    assert {name for name in names if f"event-{name}" not in known} == set()


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        (None, None, None, "en"),
        ("fr", "en", "en", "fr"),
        ("xx", "fr", "en", "fr"),
        (None, "xx", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (None, None, "de,en;q=0.5,fr;q=0.6", "fr"),
        (None, None, "fr;q=0,en;q=0.1", "en"),
        (None, None, "*;q=0.1, fr", "fr"),
        (None, None, "de, *;q=0.5", "en"),
        (None, None, "fr;q=2;x, ,;", "en"),
        (None, None, "x" * 100_000, "en"),
    ],
)
def test_the_language_is_the_one_wished_for(
    query: str | None, cookie: str | None, accepted: str | None, language: str
) -> None:
    assert choose_language(query, cookie, accepted) == language


def test_values_are_escaped_and_cannot_take_the_place_of_others() -> None:
    t = texts("en")
    shown = t("outside-link", host="<b>\ue0000\ue001{ $host }")
    assert shown == "Open &lt;b&gt;\ue0000\ue001{ $host } (leaves this register)"
    assert t("outside-link", host=Markup("<bdi>a</bdi>")) == "Open <bdi>a</bdi> (leaves this register)"


def test_numbers_dates_and_times_are_those_of_the_language() -> None:
    moment = datetime(2024, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert texts("en")("results-count", count=1) == "One found"
    assert texts("en")("results-count", count=1234) == "1,234 found"
    assert texts("fr").number(1234).replace("\u202f", " ") == "1 234"
    assert texts("en").day(date(2024, 1, 31)) == '<time datetime="2024-01-31">31 January 2024</time>'
    assert texts("fr").day(date(2024, 1, 31)) == '<time datetime="2024-01-31">31 janvier 2024</time>'
    assert texts("en").time(moment) == '<time datetime="2024-02-01T01:30:00Z">1 February 2024, 01:30:00 UTC</time>'
    assert texts("en").time(moment.astimezone(UTC)) == texts("en").time(moment)
    assert texts("en").day(None) == "none"


def test_what_is_not_there_is_an_error_and_no_empty_text() -> None:
    with pytest.raises(LookupError, match="no-such-text"):
        texts("en")("no-such-text")
    with pytest.raises(LookupError, match="host"):
        texts("en")("outside-link")
    with pytest.raises(LookupError, match="standing-"):
        texts("en").of("standing", Verdict.SAME_DAY)
