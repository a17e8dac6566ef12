"""Verifying a file, checking a priority claim, and what stood on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from itertools import product
from typing import Any

import pytest

from registrum.client.records import ApplicationRecord, RecordStatus
from registrum.client.verdicts import Assessment, CalendarUse, PriorityClaim, Verdict
from registrum.index.answers import DigestMatch, Page
from registrum.index.reading import IndexReader
from registrum.numbers import OfficeNumber, Right
from registrum.proofs.store import AnchorStore
from registrum.signing.statements import Disclosure
from registrum.web.pages.reasons import reasons
from registrum.web.texts import texts
from tests.web.served import FILED, Client, Served, path_of
from tests.web.test_pages_records import Html, page


@pytest.fixture(scope="module")
def client(there: Served) -> Iterator[Client]:
    with there.client() as made:
        yield made


def asked(client: Client, path: str, *, expect: int = 200, **query: str) -> Html:
    address = str(client.http.build_request("GET", path, params=query).url)
    return page(client, address, expect=expect)


def test_a_file_is_told_by_its_digest(client: Client, there: Served) -> None:
    filed = there.samples.filed
    digest = filed.digest.hex()
    assert asked(client, "/verify", sha256=digest).answers[0] == "match-yes"
    same = asked(client, "/verify", sha256="0x" + digest.upper(), number=filed.number.text)
    assert same.answers[0] == "match-yes"
    other = hashlib.sha256(b"another copy").hexdigest()
    assert asked(client, "/verify", sha256=other).answers[0] == "match-unknown"
    mismatch = asked(client, "/verify", sha256=other, number=filed.number.text)
    assert mismatch.answers[0] == "match-no"
    assert digest in mismatch.text
    assert (
        asked(client, "/verify", sha256=digest, number="EM/T/999999999", expect=404).answers[0] == "standing-not-found"
    )
    assert (
        asked(client, "/verify", sha256=digest, number="BR/T/999999999", expect=404).answers[0]
        == "standing-not-covered"
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"sha256": "0" * 64}, "sha256"),
        ({"number": "EM/T/018660437"}, "sha256"),
        ({"sha256": "ab" * 32, "number": "018660437"}, "number"),
        ({"sha256": "ab" * 32, "salt": "x"}, "salt"),
    ],
)
def test_what_is_no_digest_or_number_is_said(client: Client, query: dict[str, str], field: str) -> None:
    html = asked(client, "/verify", **query)
    assert html.answers == ["faults"]
    assert f"#{field}" in html.links


CLAIM = {"claimedDate": "2024-01-31", "laterOffice": "JP", "laterRight": "T", "laterDate": "2024-05-31"}


def test_a_priority_claim_is_judged_in_plain_words(client: Client, there: Served) -> None:
    number = there.samples.filed.number
    valid = asked(client, "/priority-check", earlier=number.text, **CLAIM)
    assert valid.answers[0] == "verdict-valid"
    assert "Paris Convention, Art. 4C(1)" in valid.text
    spoken = asked(client, "/priority-check", earlier=number.number, earlierRight="T", earlierOffice="em", **CLAIM)
    assert spoken.answers[0] == "verdict-valid"
    for verdict, changes in {
        "period-expired": {"laterDate": "2024-12-31"},
        "date-mismatch": {"claimedDate": "2024-01-30"},
        "right-not-allowed": {"laterRight": "P"},
        "same-day": {"laterDate": "2024-01-31"},
        "later-precedes-earlier": {"laterDate": "2024-01-01"},
        "digest-mismatch": {"digest": "ab" * 32},
        "not-found": {"earlier": "EM/T/999999999"},
        "not-covered": {"earlier": "BR/T/999999999"},
    }.items():
        html = asked(client, "/priority-check", **{"earlier": number.text, **CLAIM, **changes})
        assert html.answers[0] == f"verdict-{verdict}"


def test_a_claim_that_is_not_complete_is_not_judged(client: Client) -> None:
    html = asked(client, "/priority-check", earlier="018660437", claimedDate="yesterday", laterOffice="XX")
    assert html.answers == ["faults"]
    assert {"#earlier", "#claimedDate", "#laterOffice", "#laterRight", "#laterDate"} <= set(html.links)


def test_what_stood_on_a_day(client: Client, there: Served) -> None:
    path = f"/registrations/{path_of(there.samples.entry)}"
    now = page(client, path)
    assert now.answers[0] == "entry-in-force"
    assert "Timeline" in now.text
    assert asked(client, path, on="2024-03-01").answers[1] == "entry-pending"
    assert asked(client, path, on="2024-09-01").answers[1] == "entry-in-force"
    assert asked(client, path, on="2023-01-01").answers[1] == "entry-not-found"
    assert "nothing had been recorded" in asked(client, path, on="2024-09-01", knownOn="2024-09-01").text
    assert asked(client, path, on="1.9.2024").answers[1] == "faults"
    assert asked(client, path, knownOn="2024-09-01").answers[1] == "faults"


def test_a_number_without_an_entry_says_which_answer_it_is(client: Client, there: Served) -> None:
    html = page(client, f"/registrations/{path_of(there.samples.filed.number)}", expect=404)
    assert html.answers == ["standing-not-found"]
    assert f"/applications/{path_of(there.samples.filed.number)}" in html.links
    assert page(client, "/registrations/BR/T/999999999", expect=404).answers == ["standing-not-covered"]
    assert "trade marks and designs" in page(client, "/registrations/EM/P/09000001", expect=404).text


def test_a_salted_commitment_is_opened_with_its_salt(client: Client, there: Served) -> None:
    number = there.samples.salted
    with AnchorStore.open(there.samples.proofs / "first") as store:
        store.prove(number.on_chain, disclose=False)
    # Not disclosed yet, so that the chain knows no number, and no digest either.
    html = asked(client, "/verify", sha256="ab" * 32, salt="cd" * 32)
    assert html.answers[0] == "match-unknown"


NUMBER = OfficeNumber("EM", Right.TRADEMARK, "018660437")
RECORD = ApplicationRecord(
    NUMBER,
    FILED,
    b"\x01" * 32,
    Disclosure.PLAIN,
    datetime(2024, 2, 1, tzinfo=UTC),
    1,
    RecordStatus.FILED,
    "0xdF3e18d64BC6A983f673Ab319CCaE4f1a57C7097",
)


def assessments() -> list[Assessment]:
    """Each verdict with all that a sentence can speak of."""
    claim = PriorityClaim(NUMBER, FILED, "JP", Right.TRADEMARK, date(2024, 5, 31))
    days: dict[str, Any] = {
        "last_day": date(2024, 8, 1),
        "extended_from": date(2024, 7, 31),
        "restorable_until": date(2024, 10, 1),
    }
    records = [
        RECORD,
        replace(RECORD, disclosure=Disclosure.SALTED, version=2, status=RecordStatus.CORRECTED),
        replace(RECORD, version=3, status=RecordStatus.WITHDRAWN),
    ]
    found = [
        Assessment(claim, verdict, calendar, earlier=record, **days)
        for verdict, calendar, record in product(Verdict, CalendarUse, records)
        if verdict not in (Verdict.NOT_FOUND, Verdict.NOT_COVERED, Verdict.MALFORMED_NUMBER)
    ]
    none = {"last_day": None, "extended_from": None, "restorable_until": None, "earlier": None}
    found += [
        Assessment(claim, verdict, CalendarUse.NOT_ASKED, **none)
        for verdict in (Verdict.NOT_FOUND, Verdict.NOT_COVERED)
    ]
    malformed = replace(claim, earlier=b"?" * 32)
    return [*found, Assessment(malformed, Verdict.MALFORMED_NUMBER, CalendarUse.NOT_ASKED, **none)]


def test_reasons_say_word_by_word_what_the_client_library_says() -> None:
    t = texts("en")
    for assessment in assessments():
        said = [plain_of(sentence) for sentence in reasons(t, assessment)]
        assert said == list(assessment.reasons)


def test_reasons_are_there_in_every_language() -> None:
    for assessment in assessments():
        assert len(reasons(texts("fr"), assessment)) == len(assessment.reasons)


def plain_of(markup: str) -> str:
    """The words of a sentence, with dates in the form of the client library."""
    import re

    dated = re.sub(r'<time datetime="([0-9-]+)">[^<]*</time>', r"\1", markup)
    return unescape(re.sub(r"</?code>", "", dated))


def test_a_copy_that_was_replaced_is_not_what_stands(
    client: Client, there: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed, find, find_under = there.samples.filed, IndexReader.by_digest, IndexReader.by_digest_under

    def former(matches: Iterable[DigestMatch]) -> list[DigestMatch]:
        return [replace(match, is_present=False) for match in matches]

    def listed(reader: IndexReader, digest: bytes, **place: int) -> Page[DigestMatch]:
        found = find(reader, digest, **place)
        return replace(found, items=tuple(former(found.items)))

    monkeypatch.setattr(IndexReader, "by_digest", listed)
    monkeypatch.setattr(IndexReader, "by_digest_under", lambda *given: former(find_under(*given)))
    for query in ({}, {"number": filed.number.text}):
        html = asked(client, "/verify", sha256=filed.digest.hex(), **query)
        assert html.answers[0] == "mark-former"
        assert "replaced since" in html.text


def test_a_copy_of_a_withdrawn_application_says_so(client: Client, there: Served) -> None:
    digest = client.data(f"office-numbers/{path_of(there.samples.withdrawn)}")["record"]["digest"]
    assert "withdrawn" in asked(client, "/verify", sha256=digest).text
