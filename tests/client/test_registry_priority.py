"""Verdicts, calendars and claims, on a real node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from registrum import (
    CalendarUse,
    ClaimResult,
    DayStatus,
    Disclosure,
    OfficeNumber,
    PriorityClaim,
    RecordStatus,
    Registry,
    Right,
    Verdict,
)
from registrum.client.calendars import calendar_bits
from registrum.client.verdicts import assessment_from
from registrum.dates import last_day_of_priority
from registrum.errors import DateError, DigestError, InputError, NodeError, OfficeCodeError
from tests.client.registries import FILED, KEYS, World, digest, world

LATER = date(2024, 7, 31)
"""Six months after `FILED`; a Wednesday."""


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("priority")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


@pytest.fixture
def registry(here: World) -> Registry:
    return here.registry()


def registered(here: World, right: Right = Right.TRADEMARK) -> OfficeNumber:
    application = here.application(right=right)
    here.registry().register(application)
    return application.number


def claim(earlier: OfficeNumber | bytes, later: date = LATER, right: Right = Right.TRADEMARK) -> PriorityClaim:
    return PriorityClaim(earlier, FILED, "JP", right, later)


def test_a_valid_claim(here: World, registry: Registry) -> None:
    number = registered(here)
    answer = registry.check_priority(replace(claim(number), digest=digest(number.text)))
    assert answer.is_valid
    assert (answer.last_day, answer.extended_from, answer.restorable_until) == (LATER, None, None)
    assert answer.calendar is CalendarUse.NOT_PUBLISHED
    assert answer.earlier == registry.record(number)
    assert answer.reasons == (
        "The later application was filed on 2024-07-31, within 6 months from 2024-01-31: the last day is 2024-07-31"
        " (Paris Convention, Art. 4C(1), 4C(2)).",
        "JP has published no calendar of 2024, so no closed day was considered (Paris Convention, Art. 4C(3)).",
    )
    values = json.loads(json.dumps(answer.to_json()))
    assert list(values) == [
        "verdict",
        "lastDay",
        "extendedFrom",
        "restorableUntil",
        "calendar",
        "earlier",
        "reasons",
    ]
    assert values["earlier"]["status"] == "filed"


def test_every_verdict_says_why(here: World, registry: Registry) -> None:
    mark, patent, withheld = registered(here), registered(here, Right.PATENT), here.application()
    registry.register(replace(withheld, disclosure=Disclosure.SALTED))
    suspect = here.application("JP")
    registry.register(suspect, signer=KEYS["JP"])
    here.seat("JP").mark_key_compromised("JP", KEYS["JP"].address, here.now() - timedelta(days=1))
    cases = [
        (claim(mark), Verdict.VALID, "4C(1)"),
        (claim(b"\xff" * 32), Verdict.MALFORMED_NUMBER, "not an office number"),
        (claim(here.number("US")), Verdict.NOT_COVERED, "not a member"),
        (claim(here.number()), Verdict.NOT_FOUND, "not recorded"),
        (claim(suspect.number), Verdict.SIGNER_COMPROMISED, KEYS["JP"].address),
        (replace(claim(mark), claimed_date=date(2024, 1, 30)), Verdict.DATE_MISMATCH, "4D(1)"),
        (replace(claim(mark), digest=digest("other")), Verdict.DIGEST_MISMATCH, "digest differs"),
        (replace(claim(withheld.number), digest=digest("other")), Verdict.DIGEST_MISMATCH, "salted commitment"),
        (claim(mark, right=Right.PATENT), Verdict.RIGHT_NOT_ALLOWED, "A patent cannot claim"),
        (claim(mark, FILED), Verdict.SAME_DAY, "4C(2)"),
        (claim(mark, date(2024, 1, 30)), Verdict.LATER_PRECEDES_EARLIER, "before the earlier one"),
        (claim(patent, date(2025, 2, 28), Right.PATENT), Verdict.RESTORABLE, "PCT Rule 26bis.3"),
        (claim(patent, date(2025, 4, 1), Right.PATENT), Verdict.PERIOD_EXPIRED, "12 months"),
        (claim(mark, date(2024, 8, 1)), Verdict.PERIOD_EXPIRED, "6 months"),
    ]
    answers = registry.check_priorities(case for case, _, _ in cases)
    for (_, verdict, text), answer in zip(cases, answers, strict=True):
        assert answer.verdict is verdict
        assert text in answer.reasons[0]
        json.dumps(answer.to_json())
    assert {verdict for _, verdict, _ in cases} == set(Verdict)
    assert answers[11].restorable_until == date(2025, 3, 31)
    assert "2025-03-31, or the next day on which the office is open" in answers[11].reasons[0]


def test_corrections_and_withdrawal_stand_beside_the_verdict(here: World, registry: Registry) -> None:
    number = registered(here)
    record = registry.record(number)
    assert record is not None
    registry.withdraw(number)
    withdrawn = registry.check_priority(claim(number))
    assert withdrawn.is_valid
    assert (withdrawn.is_corrected, withdrawn.is_withdrawn) == (False, True)
    assert any("4A(3)" in reason for reason in withdrawn.reasons)
    registry.correct(replace(record.application, digest=digest("right")))
    corrected = registry.check_priority(claim(number))
    assert corrected.is_valid
    assert (corrected.is_corrected, corrected.is_withdrawn) == (True, True)
    assert any("version 3" in reason for reason in corrected.reasons)


def test_a_closed_last_day_moves_to_the_next_working_day(here: World, registry: Registry) -> None:
    number = registered(here)
    here.seat("JP").publish_calendar("JP", 2024, closed=[LATER, LATER + timedelta(1)])
    answer = registry.check_priority(claim(number, date(2024, 8, 2)))
    assert answer.is_valid
    assert (answer.last_day, answer.extended_from) == (date(2024, 8, 2), LATER)
    assert answer.calendar is CalendarUse.PUBLISHED
    assert any("4C(3)" in reason and "2024-08-02" in reason for reason in answer.reasons)
    calendar = registry.calendar("JP", 2024)
    assert last_day_of_priority(FILED, Right.TRADEMARK, Right.TRADEMARK, calendar) == answer.last_day


def test_an_extension_that_leaves_the_published_years_says_so(here: World, registry: Registry) -> None:
    application = here.application(filed=date(2023, 6, 30))
    registry.register(application)
    here.seat("JP").publish_calendar("JP", 2023, closed=[date(2023, 12, 29)])
    answer = registry.check_priority(
        PriorityClaim(application.number, application.filing_date, "JP", Right.TRADEMARK, date(2023, 12, 30))
    )
    assert answer.calendar is CalendarUse.INCOMPLETE
    assert answer.last_day == date(2024, 1, 1)
    assert any("first day" in reason for reason in answer.reasons)


def test_many_claims_come_back_in_their_order(here: World, registry: Registry) -> None:
    numbers = [registered(here), here.number("US"), here.number()]
    claims = [claim(numbers[index % 3]) for index in range(1203)]
    answers = registry.check_priorities(claims)
    assert [answer.claim for answer in answers] == claims
    assert [answer.verdict for answer in answers[:3]] == [Verdict.VALID, Verdict.NOT_COVERED, Verdict.NOT_FOUND]
    assert all(answer.verdict is answers[index % 3].verdict for index, answer in enumerate(answers))
    assert registry.check_priorities([]) == []


def test_the_written_out_decoding_equals_the_general_one(here: World, registry: Registry) -> None:
    from registrum.chain.contracts import PRIORITY_REGISTER, load_abi

    number = registered(here, Right.PATENT)
    asked = replace(claim(number, date(2024, 12, 1), Right.PATENT), digest=digest("other"))
    abi = load_abi(PRIORITY_REGISTER)
    fields = {
        "earlier": number,
        "claimed_date": asked.claimed_date,
        "later_office": "JP",
        "later_right": b"P",
        "later_date": asked.later_date,
        "digest": asked.digest,
    }
    assert asked.call_data(abi.selector("check")) == abi.encode("check", fields)
    general = registry._read(PRIORITY_REGISTER, "check", fields)
    answer = registry.check_priority(asked)
    assert list(Verdict)[general["verdict"]] is answer.verdict
    assert list(CalendarUse)[general["calendar"]] is answer.calendar
    assert (general["last_day"], general["extended_from"], general["restorable_until"]) == (
        answer.last_day,
        answer.extended_from,
        answer.restorable_until,
    )
    assert answer.earlier is not None
    assert general["earlier_record"]["recorded_at"] == answer.earlier.recorded_at
    assert general["earlier_record"]["signing_key"] == answer.earlier.signing_key


@pytest.mark.parametrize(
    "answer",
    [
        bytes(383),
        (99).to_bytes(32, "big") + bytes(352),
        bytes(32) + (9).to_bytes(32, "big") + bytes(320),
        bytes(64) + (20240230).to_bytes(32, "big") + bytes(288),
        bytes(320) + (7).to_bytes(32, "big") + bytes(32),
    ],
)
def test_an_assessment_that_no_contract_gives_is_a_fault_of_the_node(answer: bytes) -> None:
    with pytest.raises(NodeError):
        assessment_from(claim(OfficeNumber.from_text("EM/T/1")), answer)


def test_claims_that_cannot_be_asked_are_refused_at_once() -> None:
    good = claim(OfficeNumber.from_text("EM/T/1"))
    with pytest.raises(InputError, match="32 bytes"):
        replace(good, earlier=b"short")
    with pytest.raises(InputError, match="kind of right"):
        replace(good, later_right="T")
    for office in ("jp", "XX", "ZZ", "SU", "JPN", ""):
        with pytest.raises(OfficeCodeError):
            replace(good, later_office=office)
    with pytest.raises(DigestError):
        replace(good, digest=bytes(32))
    with pytest.raises(DateError):
        replace(good, later_date=date(1700, 1, 1)).call_data(b"1234")


def test_calendars_in_days(here: World, registry: Registry) -> None:
    assert registry.calendar("EM", 2024) is None
    assert registry.is_closed("EM", LATER) is DayStatus.NOT_PUBLISHED
    closed, opened = (date(2024, 1, 1), date(2024, 9, 13), date(2024, 12, 31)), (date(2024, 2, 3),)
    assert here.seat().publish_calendar("EM", 2024, closed=closed, opened=opened).taken
    calendar = registry.calendar("EM", 2024)
    assert calendar is not None
    assert (calendar.weekly, calendar.closed, calendar.opened) == ({5, 6}, closed, opened)
    assert (calendar.version, calendar.published_at) == (1, here.now())
    for offset in range(366):
        day = date(2024, 1, 1) + timedelta(offset)
        expected = day in closed or (day.weekday() >= 5 and day not in opened)
        assert calendar.is_closed(day) is expected
    for day in (*closed, *opened, date(2024, 9, 14), date(2024, 9, 12)):
        status = DayStatus.CLOSED if calendar.is_closed(day) else DayStatus.OPEN
        assert registry.is_closed("EM", day) is status
    with pytest.raises(InputError, match="2024"):
        calendar.is_closed(date(2025, 1, 1))
    json.dumps(calendar.to_json())
    here.seat().publish_calendar("EM", 2024, weekly={6})
    again = registry.calendar("EM", 2024)
    assert again is not None
    assert (again.weekly, again.closed, again.opened, again.version) == ({6}, (), (), 2)


def test_days_that_say_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="closed by the weekly pattern"):
        calendar_bits(2024, {5, 6}, [date(2024, 2, 3)], [])
    with pytest.raises(InputError, match="open by the weekly pattern"):
        calendar_bits(2024, {5, 6}, [], [date(2024, 2, 5)])
    with pytest.raises(InputError, match="not a day of 2024"):
        calendar_bits(2024, (), [date(2023, 2, 5)], [])
    with pytest.raises(InputError, match="weekdays"):
        calendar_bits(2024, {7}, [], [])


def test_claims_in_both_directions(here: World, registry: Registry) -> None:
    first, second = registered(here), here.number("RU")
    later, other = here.number("JP"), here.number("JP")
    as_jp = here.registry(KEYS["JP"])
    for index, (one, on) in enumerate([(later, first), (later, second), (other, first)]):
        receipt = as_jp.record_claim(one, on, later_filing_date=LATER, claimed_date=FILED, is_partial=index == 1)
        assert [event.name for event in receipt.events] == ["ClaimRecorded"]
    assert [made.earlier for made in registry.claims_by(later)] == [first, second]
    assert [made.later for made in registry.claims_on(first)] == [later, other]
    assert [made.is_partial for made in registry.claims_by(later)] == [False, True]
    assert registry.claim(later, other) is None
    assert registry.claims_by(first) == []
    made = registry.claim(later, first)
    assert made is not None
    assert (made.result, made.version, made.earlier_version) == (ClaimResult.CLAIMED, 1, 1)
    assert (made.earlier_status, made.corrected_since, made.withdrawn_since) == (RecordStatus.FILED, False, False)
    assert made.signing_key == KEYS["JP"].address
    unknown = registry.claim(later, second)
    assert unknown is not None
    assert (unknown.earlier_version, unknown.earlier_status) == (0, None)
    record = registry.record(first)
    assert record is not None
    registry.correct(replace(record.application, digest=digest("right")))
    registry.withdraw(first)
    as_jp.record_claim(later, first, later_filing_date=LATER, claimed_date=FILED, result=ClaimResult.REFUSED)
    changed = registry.claim(later, first)
    assert changed is not None
    assert (changed.result, changed.version) == (ClaimResult.REFUSED, 2)
    assert (changed.corrected_since, changed.withdrawn_since) == (True, True)
    json.dumps(changed.to_json())


def test_more_claims_than_a_page(here: World, registry: Registry) -> None:
    later = here.number()
    earlier = [here.number("RU") for _ in range(53)]
    for number in earlier:
        registry.record_claim(later, number, later_filing_date=LATER, claimed_date=FILED)
    assert [made.earlier for made in registry.claims_by(later)] == earlier
