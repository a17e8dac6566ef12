"""`PriorityRegister.check`: every verdict, their precedence, periods, and what does not change a verdict.

Not its job: closed days, which `test_calendar.py` covers; here no office has published any.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from eth_abi import encode
from eth_utils import keccak

from registrum.signing.statements import Anchor, Correction, Registration, Withdrawal
from tests.contracts.priority_register import paris
from tests.contracts.priority_register.questions import (
    DATE_MISMATCH,
    DIGEST_MISMATCH,
    LATER_PRECEDES_EARLIER,
    MALFORMED_NUMBER,
    NOT_ASKED,
    NOT_COVERED,
    NOT_FOUND,
    NOT_PUBLISHED,
    PERIOD_EXPIRED,
    RESTORABLE,
    RIGHT_NOT_ALLOWED,
    SAME_DAY,
    SIGNER_COMPROMISED,
    VALID,
    Answer,
    Question,
    ask,
    correct,
    day,
    days,
    file,
    packed,
    withdraw,
)
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import FOREVER, next_block_at, now, travel
from tests.contracts.support.offices import APPLICATIONS, Office, add_key, digest, number, signer, submit
from tests.contracts.support.records import CORRECTED, EMPTY, FILED, WITHDRAWN, Record, record_of

RIGHTS = "PUTDSG"
FILED_ON = 20240115
LAST_DAY, RESTORABLE_UNTIL = 20250115, 20250315
"""Of a patent filed on 15 January 2024."""


@pytest.fixture(scope="module")
def filed(registry: Any, em: Office) -> Record:
    """EM/P/100, filed on 15 January 2024."""
    file(registry, em, "EM/P/100", FILED_ON)
    travel(100)
    return record_of(registry, number("EM/P/100"))


@pytest.fixture(scope="module")
def one_of_each(registry: Any, em: Office) -> None:
    """EM/P/200 to EM/G/200, filed on 15 January 2024."""
    for right in RIGHTS:
        file(registry, em, f"EM/{right}/200", FILED_ON)


# Verdicts


@pytest.mark.smoke
def test_valid(priority: Any, filed: Record) -> None:
    answer = Answer(VALID, NOT_PUBLISHED, LAST_DAY, 0, RESTORABLE_UNTIL, filed)
    assert ask(priority, Question()) == answer
    assert (filed.status, filed.filing_date) == (FILED, FILED_ON)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"claimed": 20240116}, DATE_MISMATCH),
        ({"claimed": 20240114}, DATE_MISMATCH),
        ({"digest": digest("another document")}, DIGEST_MISMATCH),
        ({"later": FILED_ON}, SAME_DAY),
        ({"later": FILED_ON + 1}, VALID),
        ({"later": FILED_ON - 1}, LATER_PRECEDES_EARLIER),
        ({"later": 18000101}, LATER_PRECEDES_EARLIER),
        ({"later": LAST_DAY}, VALID),
        ({"later": LAST_DAY + 1}, RESTORABLE),
        ({"later": RESTORABLE_UNTIL}, RESTORABLE),
        ({"later": RESTORABLE_UNTIL + 1}, PERIOD_EXPIRED),
        ({"later": 99991231}, PERIOD_EXPIRED),
    ],
)
def test_a_verdict_comes_with_the_days_and_the_record(
    priority: Any, filed: Record, change: dict[str, Any], verdict: int
) -> None:
    answer = ask(priority, replace(Question(), **change))
    assert answer == Answer(verdict, NOT_PUBLISHED, LAST_DAY, 0, RESTORABLE_UNTIL, filed)


def test_a_right_without_priority_has_no_days(priority: Any, filed: Record) -> None:
    answer = ask(priority, Question(right="T"))
    assert answer == Answer(RIGHT_NOT_ALLOWED, NOT_ASKED, 0, 0, 0, filed)


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [
        ("EM/P/101", NOT_FOUND),
        ("EM/U/100", NOT_FOUND),  # the right is part of the number
        ("RU/P/100", NOT_FOUND),
        ("US/P/100", NOT_COVERED),
        ("EM/P/", MALFORMED_NUMBER),
        ("EM/p/100", MALFORMED_NUMBER),
        ("em/P/100", MALFORMED_NUMBER),
        ("EM/X/100", MALFORMED_NUMBER),
        ("EM/P/1 00", MALFORMED_NUMBER),
        ("US/P/1_00", MALFORMED_NUMBER),
    ],
)
def test_a_number_without_record(priority: Any, filed: Record, earlier: str, verdict: int) -> None:
    """Nothing is known then but the reason."""
    assert ask(priority, Question(earlier)) == Answer(verdict, NOT_ASKED, 0, 0, 0, EMPTY)


def test_a_suspended_office_is_a_member_and_one_that_left_is_not(
    priority: Any, directory: Any, ru: Office, au: Office, governance: Any
) -> None:
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    directory.departOffice(au.code, {"from": governance})
    assert ask(priority, Question("RU/P/1")).verdict == NOT_FOUND
    assert ask(priority, Question("AU/P/1")).verdict == NOT_COVERED


def test_what_an_office_recorded_counts_after_it_left(
    priority: Any, directory: Any, filed: Record, em: Office, governance: Any
) -> None:
    before = ask(priority, Question())
    directory.suspendOffice(em.code, FOREVER, {"from": governance})
    assert ask(priority, Question()) == before
    directory.departOffice(em.code, {"from": governance})
    assert ask(priority, Question()) == before


def test_the_later_office_need_not_be_a_member(priority: Any, filed: Record) -> None:
    answer = ask(priority, Question(office=b"US"))
    assert (answer.verdict, answer.calendar) == (VALID, NOT_PUBLISHED)


def test_first_and_second_filing_at_one_office(priority: Any, filed: Record) -> None:
    assert ask(priority, Question(office=b"EM")).verdict == VALID


# Precedence


@pytest.fixture(scope="module")
def compromised(registry: Any, directory: Any, em: Office) -> None:
    """EM/P/301 under a key that was compromised before it signed, EM/P/300 like it under a good one."""
    third = signer("third key of EM")
    add_key(directory, em, third.address)
    file(registry, em, "EM/P/300", FILED_ON)
    file(registry, em, "EM/P/301", FILED_ON, third)
    since = record_of(registry, number("EM/P/301")).recorded_at
    directory.markKeyCompromised(em.code, third.address, since, {"from": em.seat})


TIMING = {
    VALID: 20240901,
    SAME_DAY: FILED_ON,
    LATER_PRECEDES_EARLIER: 20231231,
    RESTORABLE: 20250201,
    PERIOD_EXPIRED: 20260101,
}


@pytest.mark.parametrize("timing", TIMING)
def test_the_first_reason_of_several(priority: Any, compromised: None, timing: int) -> None:
    """Every combination of what can be wrong with a recorded number."""
    for bad_key, bad_date, bad_digest, bad_right in itertools.product([False, True], repeat=4):
        earlier = "EM/P/301" if bad_key else "EM/P/300"
        question = Question(
            earlier,
            claimed=20240215 if bad_date else FILED_ON,
            right="T" if bad_right else "P",
            later=TIMING[timing],
            digest=digest("other" if bad_digest else earlier),
        )
        order = [
            (bad_key, SIGNER_COMPROMISED),
            (bad_date, DATE_MISMATCH),
            (bad_digest, DIGEST_MISMATCH),
            (bad_right, RIGHT_NOT_ALLOWED),
            (True, timing),
        ]
        assert ask(priority, question).verdict == next(verdict for holds, verdict in order if holds), question


@pytest.mark.parametrize(
    ("earlier", "verdict"),
    [("US/P/1 ", MALFORMED_NUMBER), ("US/P/1", NOT_COVERED), ("EM/P/1", NOT_FOUND)],
)
def test_without_a_record_nothing_else_is_asked(priority: Any, compromised: None, earlier: str, verdict: int) -> None:
    """However wrong the rest of the claim is."""
    for later, right in itertools.product(TIMING.values(), "PT"):
        question = Question(earlier, claimed=20240215, right=right, later=later, digest=digest("other"))
        assert ask(priority, question) == Answer(verdict, NOT_ASKED, 0, 0, 0, EMPTY)


# Rights and periods


@pytest.mark.parametrize("earlier", RIGHTS)
@pytest.mark.parametrize("later", RIGHTS)
def test_pairs_of_rights(priority: Any, one_of_each: None, earlier: str, later: str) -> None:
    """Of 36 pairs seven have a period; restoration is for patents and utility models among themselves."""
    months = {"PP": 12, "PU": 12, "UP": 12, "UU": 12, "UD": 6, "DD": 6, "TT": 6}.get(earlier + later, 0)
    last_day = {0: 0, 6: 20240715, 12: 20250115}[months]
    answer = ask(priority, Question(f"EM/{earlier}/200", right=later, later=last_day or 20240301))
    assert answer.verdict == (VALID if months else RIGHT_NOT_ALLOWED)
    use = NOT_PUBLISHED if months else NOT_ASKED
    assert days(answer) == (last_day, 0, 20250315 if months == 12 else 0, use)
    if months:
        after = ask(priority, Question(f"EM/{earlier}/200", right=later, later=last_day + 1))
        assert after.verdict == (RESTORABLE if months == 12 else PERIOD_EXPIRED)


@pytest.mark.parametrize(
    ("right", "filed_on", "last_day", "restorable_until"),
    [
        ("P", 20240229, 20250228, 20250428),  # leap day, no such day a year later
        ("P", 20230228, 20240228, 20240428),  # not the last day of February of the leap year
        ("P", 20230301, 20240301, 20240501),
        ("P", 20231231, 20241231, 20250228),  # restoration is clamped
        ("P", 20221231, 20231231, 20240229),
        ("P", 20230131, 20240131, 20240331),
        ("P", 20240101, 20250101, 20250301),
        ("P", 20961231, 20971231, 20980228),
        ("T", 20230831, 20240229, 0),  # shorter month, leap year
        ("T", 20220831, 20230228, 0),
        ("T", 20230830, 20240229, 0),
        ("T", 20230829, 20240229, 0),
        ("T", 20230828, 20240228, 0),
        ("T", 20240229, 20240829, 0),
        ("T", 20231031, 20240430, 0),
        ("T", 20240331, 20240930, 0),
        ("T", 20240630, 20241230, 0),  # the same day number, not the last day
        ("T", 20240701, 20250101, 0),
        ("T", 20991031, 21000430, 0),
        ("T", 20990831, 21000228, 0),  # 2100 is no leap year
        ("D", 20000831, 20010228, 0),
    ],
)
def test_ends_of_periods(
    priority: Any, registry: Any, em: Office, right: str, filed_on: int, last_day: int, restorable_until: int
) -> None:
    earlier = f"EM/{right}/400"
    file(registry, em, earlier, filed_on)
    question = Question(earlier, claimed=filed_on, right=right, later=last_day)
    answer = ask(priority, question)
    assert answer.verdict == VALID
    assert days(answer) == (last_day, 0, restorable_until, NOT_PUBLISHED)
    day_after = packed(day(last_day) + datetime.timedelta(days=1))
    after = ask(priority, replace(question, later=day_after))
    assert after.verdict == (RESTORABLE if restorable_until else PERIOD_EXPIRED)


def test_the_day_of_filing_is_not_counted(priority: Any, filed: Record) -> None:
    """A year of 366 days: the period ends on the same date of the next year, not a day before."""
    assert (day(LAST_DAY) - day(FILED_ON)).days == 366
    assert ask(priority, Question(later=LAST_DAY)).verdict == VALID


# Corrections and withdrawals


def test_withdrawal_does_not_hurt_and_shows(priority: Any, registry: Any, filed: Record, em: Office) -> None:
    withdraw(registry, em, "EM/P/100")
    answer = ask(priority, Question())
    assert answer.verdict == VALID
    assert answer.record == replace(filed, status=WITHDRAWN, version=2)


def test_correction_counts_and_shows(priority: Any, registry: Any, filed: Record, em: Office) -> None:
    correct(registry, em, "EM/P/100", 20240116)
    old = ask(priority, Question())
    assert old.verdict == DATE_MISMATCH
    assert days(old) == (20250116, 0, 20250316, NOT_PUBLISHED)
    new = ask(priority, Question(claimed=20240116, later=20250116))
    assert (new.verdict, new.record.status, new.record.version) == (VALID, CORRECTED, 2)
    assert ask(priority, Question(claimed=20240116, digest=filed.digest)).verdict == DIGEST_MISMATCH


def test_corrected_and_withdrawn(priority: Any, registry: Any, filed: Record, em: Office) -> None:
    correct(registry, em, "EM/P/100", 20240116)
    withdraw(registry, em, "EM/P/100")
    answer = ask(priority, Question(claimed=20240116))
    assert (answer.verdict, answer.record.status, answer.record.version) == (VALID, WITHDRAWN, 3)


# Compromised keys


@pytest.mark.parametrize(("offset", "verdict"), [(-10, SIGNER_COMPROMISED), (0, SIGNER_COMPROMISED), (1, VALID)])
def test_key_compromised_before_at_or_after_recording(
    priority: Any, directory: Any, filed: Record, em: Office, offset: int, verdict: int
) -> None:
    since = filed.recorded_at + offset
    directory.markKeyCompromised(em.code, em.key.address, since, {"from": em.seat})
    answer = ask(priority, Question())
    assert answer == Answer(verdict, NOT_PUBLISHED, LAST_DAY, 0, RESTORABLE_UNTIL, filed)


def test_compromise_moved_back_changes_the_verdict(priority: Any, directory: Any, filed: Record, em: Office) -> None:
    directory.markKeyCompromised(em.code, em.key.address, filed.recorded_at + 1, {"from": em.seat})
    assert ask(priority, Question()).verdict == VALID
    directory.markKeyCompromised(em.code, em.key.address, filed.recorded_at, {"from": em.seat})
    assert ask(priority, Question()).verdict == SIGNER_COMPROMISED


def test_a_key_that_is_only_revoked_or_expired_is_trusted(
    priority: Any, registry: Any, directory: Any, filed: Record, em: Office
) -> None:
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    assert ask(priority, Question()).verdict == VALID
    short = signer("short-lived key")
    add_key(directory, em, short.address, APPLICATIONS, valid_until=now() + 1000)
    file(registry, em, "EM/P/101", FILED_ON, short)
    travel(2000)
    assert ask(priority, Question("EM/P/101")).verdict == VALID


def test_compromise_of_the_same_account_at_another_office_does_not_count(
    priority: Any, directory: Any, filed: Record, em: Office, ru: Office
) -> None:
    add_key(directory, ru, em.key.address)
    directory.markKeyCompromised(ru.code, em.key.address, 1, {"from": ru.seat})
    assert ask(priority, Question()).verdict == VALID


def test_confirmation_under_another_key_restores_trust(
    priority: Any, registry: Any, directory: Any, filed: Record, em: Office
) -> None:
    """The office signs the same content again with a key that it still has."""
    directory.markKeyCompromised(em.code, em.key.address, filed.recorded_at, {"from": em.seat})
    submit(registry, Correction(number("EM/P/100"), FILED_ON, 0, filed.digest, 1), em.second)
    answer = ask(priority, Question(digest=filed.digest))
    assert (answer.verdict, answer.record.signing_key) == (VALID, em.second.address)


def test_withdrawal_by_another_key_does_not_restore_trust(
    priority: Any, registry: Any, directory: Any, filed: Record, em: Office
) -> None:
    directory.markKeyCompromised(em.code, em.key.address, filed.recorded_at, {"from": em.seat})
    submit(registry, Withdrawal(number("EM/P/100"), 1), em.second)
    answer = ask(priority, Question())
    assert (answer.verdict, answer.record.status) == (SIGNER_COMPROMISED, WITHDRAWN)


def test_a_disclosed_record_is_judged_by_the_time_of_its_anchor(
    priority: Any, registry: Any, directory: Any, em: Office, relayer: Any
) -> None:
    """Not by the time of its disclosure, when the key was known to be compromised."""
    application = (number("EM/P/500"), FILED_ON, 0, digest("anchored"))
    leaf = keccak(keccak(encode(["bytes32", "uint32", "uint8", "bytes32"], application)))
    anchor = Anchor(em.code, 1, leaf, 1)
    submit(registry, anchor, em.key)
    anchored_at = now()
    travel(1000)
    directory.markKeyCompromised(em.code, em.key.address, anchored_at + 1, {"from": em.seat})
    statement = (anchor.office, anchor.sequence, anchor.root, anchor.leaf_count)
    registry.disclose(statement, em.key.address, application, [], {"from": relayer})
    answer = ask(priority, Question("EM/P/500"))
    assert (answer.verdict, answer.record.recorded_at) == (VALID, anchored_at)
    directory.markKeyCompromised(em.code, em.key.address, anchored_at, {"from": em.seat})
    assert ask(priority, Question("EM/P/500")).verdict == SIGNER_COMPROMISED


# Digests


def test_digest_of_the_copy_received(priority: Any, filed: Record) -> None:
    assert ask(priority, Question(digest=bytes(32))).verdict == VALID  # none to compare
    assert ask(priority, Question(digest=filed.digest)).verdict == VALID
    for position in (0, 31):
        other = bytearray(filed.digest)
        other[position] ^= 1
        assert ask(priority, Question(digest=bytes(other))).verdict == DIGEST_MISMATCH


def test_a_commitment_is_compared_with_the_one_recomputed_from_the_copy(
    priority: Any, registry: Any, em: Office
) -> None:
    document, salt = digest("document"), digest("salt")

    def commit(document: bytes, salt: bytes) -> bytes:
        return hashlib.sha256(salt + document).digest()

    commitment = commit(document, salt)
    submit(registry, Registration(number("EM/P/600"), FILED_ON, 1, commitment), em.key)
    answer = ask(priority, Question("EM/P/600", digest=commitment))
    assert (answer.verdict, answer.record.disclosure) == (VALID, 1)
    assert ask(priority, Question("EM/P/600")).verdict == VALID
    for wrong in (document, commit(document, digest("another salt")), commit(digest("another document"), salt)):
        assert ask(priority, Question("EM/P/600", digest=wrong)).verdict == DIGEST_MISMATCH


# Questions that are none


@pytest.mark.parametrize("field", ["claimed", "later"])
@pytest.mark.parametrize("date", [0, 20230229, 20240631, 17991231, 20241301, 240131, 2**32 - 1])
def test_a_malformed_date_is_refused(priority: Any, filed: Record, field: str, date: int) -> None:
    question = replace(Question(), **{field: date})
    reverts_with(lambda: priority.check(question.values()), "CalendarDateInvalid", date)


@pytest.mark.parametrize("code", [b"\0\0", b"ru", b"R1", b"R\0", b"\xd2U"])
def test_a_malformed_later_office_is_refused(priority: Any, filed: Record, code: bytes) -> None:
    question = Question(office=code)
    reverts_with(lambda: priority.check(question.values()), "OfficeCodeMalformed", code)


@pytest.mark.parametrize("right", ["\0", "p", "X", "1", " "])
def test_an_unknown_later_right_is_refused(priority: Any, filed: Record, right: str) -> None:
    question = Question(right=right)
    reverts_with(
        lambda: priority.check(question.values()),
        "PriorityRegisterUnknownRight",
        right.encode(),
    )


def test_a_malformed_question_about_a_malformed_number_is_refused(priority: Any) -> None:
    """The asker's own mistakes come before any verdict."""
    question = Question("EM/P/", later=0)
    reverts_with(lambda: priority.check(question.values()), "CalendarDateInvalid", 0)


def test_anyone_may_ask(priority: Any, filed: Record, stranger: Any) -> None:
    assert priority.check.call(Question().values(), {"from": stranger})[0] == VALID


# Against the model


def test_random_claims_against_the_model(priority: Any, registry: Any, em: Office) -> None:
    random = Random(4)
    first = datetime.date(2020, 1, 1)
    records = {}
    for i, right in enumerate("PPUUTTDDSG"):
        # Days at the ends of months, where the arithmetic is.
        date = first.replace(year=2019 + i % 5, month=random.randint(1, 12)) - datetime.timedelta(
            days=random.randint(0, 3)
        )
        records[f"EM/{right}/7{i}"] = date
        file(registry, em, f"EM/{right}/7{i}", packed(date))
    seen = set()
    for _ in range(250):
        earlier = random.choice(list(records))
        date = records[earlier]
        ends = [paris.months_after(date, months) for months in (0, 6, 8, 12, 14)]
        later = random.choice(ends) + datetime.timedelta(days=random.choice([-1, 0, 0, 1, 1, random.randint(-90, 90)]))
        same_digest = random.random() < 0.9
        facts = paris.Facts(
            earlier[3],
            random.choice(RIGHTS) if random.random() < 0.3 else earlier[3],
            date,
            date if random.random() < 0.9 else date + datetime.timedelta(days=random.choice([-1, 1, 365])),
            later,
            same_digest,
        )
        question = Question(
            earlier,
            packed(facts.claimed),
            random.choice([b"RU", b"US", b"EM"]),
            facts.later_right,
            packed(later),
            random.choice([bytes(32), digest(earlier)]) if same_digest else digest("other"),
        )
        answer = ask(priority, question)
        assert answer.verdict == paris.verdict_of(facts, {}), question
        last, _, restorable, use = paris.days_of(facts, {})
        expected = (packed(last) if last else 0, 0, packed(restorable) if restorable else 0, use)
        assert days(answer) == expected, question
        seen.add(answer.verdict)
    assert seen >= {VALID, DATE_MISMATCH, DIGEST_MISMATCH, RIGHT_NOT_ALLOWED, SAME_DAY, LATER_PRECEDES_EARLIER}
    assert seen >= {RESTORABLE, PERIOD_EXPIRED}


def test_a_record_made_in_the_second_of_the_compromise_is_not_trusted(
    priority: Any, registry: Any, directory: Any, em: Office
) -> None:
    time = now() + 500
    next_block_at(time)
    file(registry, em, "EM/P/800", FILED_ON)
    next_block_at(time)
    directory.markKeyCompromised(em.code, em.key.address, time, {"from": em.seat})
    assert ask(priority, Question("EM/P/800")).verdict == SIGNER_COMPROMISED
