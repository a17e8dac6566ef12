"""Views of recorded claims: `claimOf`, `claimsBy`, `claimsOn`, and what became of the earlier application since."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from registrum.signing.statements import Withdrawal
from tests.contracts.priority_register.claims import ACCEPTED, CLAIM, EARLIER, LATER, ClaimView, claim, claim_of
from tests.contracts.priority_register.questions import correct, file, withdraw
from tests.contracts.support.ledger import now, time_of
from tests.contracts.support.offices import Office, number, send, sign, submit
from tests.contracts.support.records import record_of


def by(priority: Any, later: str, offset: int = 0, limit: int = 99) -> tuple[list[ClaimView], int]:
    page, total = priority.claimsBy(number(later), offset, limit)
    return [ClaimView.of(values) for values in page], total


def on(priority: Any, earlier: str, offset: int = 0, limit: int = 99) -> tuple[list[ClaimView], int]:
    page, total = priority.claimsOn(number(earlier), offset, limit)
    return [ClaimView.of(values) for values in page], total


def test_nothing_is_recorded(priority: Any) -> None:
    assert claim_of(priority) == ClaimView(number(LATER), number(EARLIER))
    assert by(priority, LATER) == on(priority, EARLIER) == ([], 0)


def test_nothing_is_recorded_of_what_is_no_number(priority: Any) -> None:
    assert ClaimView.of(priority.claimOf(bytes(32), b"\xff" * 32)) == ClaimView(bytes(32), b"\xff" * 32)
    assert tuple(priority.claimsBy(bytes(32), 0, 9)) == ((), 0)


def test_direction_matters(priority: Any, ru: Office) -> None:
    submit(priority, CLAIM, ru.key)
    assert claim_of(priority, EARLIER, LATER).outcome == 0
    assert by(priority, EARLIER) == on(priority, LATER) == ([], 0)


def test_several_claims_of_one_application(priority: Any, ru: Office) -> None:
    """Partial claims with dates of their own (Article 4F), in the order of recording."""
    earlier = ["EM/P/3", "AU/U/1", "EM/P/2", "US/P/1"]
    expected = []
    for i, text in enumerate(earlier):
        statement = claim(priority, ru, LATER, text, is_partial=True, claimed_date=20240110 + i)
        expected.append(ClaimView.stated(statement, ru.key.address, now()))
    assert by(priority, LATER) == (expected, 4)
    for text, view in zip(earlier, expected, strict=True):
        assert on(priority, text) == ([view], 1)
        assert claim_of(priority, LATER, text) == view


def test_several_claims_on_one_application(priority: Any, ru: Office, au: Office, jp: Office) -> None:
    """Of several offices; each has its own outcome."""
    later = [(ru, "RU/P/1"), (au, "AU/P/1"), (jp, "JP/U/1"), (ru, "RU/P/2")]
    expected = []
    for i, (office, text) in enumerate(later):
        statement = claim(priority, office, text, EARLIER, outcome=i % 4 + 1)
        expected.append(ClaimView.stated(statement, office.key.address, now()))
    assert on(priority, EARLIER) == (expected, 4)
    for (_, text), view in zip(later, expected, strict=True):
        assert by(priority, text) == ([view], 1)


def test_a_chain_reads_in_both_directions(priority: Any, ru: Office, au: Office) -> None:
    """One RU claims AU, which claims another RU: from either end the other is two steps away."""
    claim(priority, au, "AU/P/1", "RU/P/1", later_filing_date=20240601, claimed_date=20240101)
    claim(priority, ru, "RU/P/2", "AU/P/1", later_filing_date=20240901, claimed_date=20240601)
    assert [view.earlier for view in by(priority, "RU/P/2")[0]] == [number("AU/P/1")]
    assert [view.earlier for view in by(priority, "AU/P/1")[0]] == [number("RU/P/1")]
    assert [view.later for view in on(priority, "RU/P/1")[0]] == [number("AU/P/1")]
    assert [view.later for view in on(priority, "AU/P/1")[0]] == [number("RU/P/2")]


@pytest.fixture(scope="module")
def five(priority: Any, ru: Office) -> None:
    """Five claims of one application, and five on one."""
    for i in range(5):
        claim(priority, ru, "RU/P/500", f"EM/P/50{i}")
        claim(priority, ru, f"RU/P/50{i}", "EM/P/500")


def test_pages(priority: Any, five: None) -> None:
    """Every offset and limit, and some beyond all numbers; one claim is in both lists."""
    outgoing, incoming = by(priority, "RU/P/500"), on(priority, "EM/P/500")
    assert (outgoing[1], len(outgoing[0]), incoming[1], len(incoming[0])) == (5, 5, 5, 5)
    assert [view.earlier for view in outgoing[0]] == [number(f"EM/P/50{i}") for i in range(5)]
    assert [view.later for view in incoming[0]] == [number(f"RU/P/50{i}") for i in range(5)]
    largest = 2**256 - 1
    for offset in [*range(7), largest]:
        for limit in [*range(7), largest]:
            end = min(offset + limit, 5)
            assert by(priority, "RU/P/500", offset, limit) == (outgoing[0][offset:end], 5)
            assert on(priority, "EM/P/500", offset, limit) == (incoming[0][offset:end], 5)


def test_the_next_outcome_shows_in_place(priority: Any, ru: Office) -> None:
    for text in ("EM/P/1", "EM/P/2"):
        claim(priority, ru, LATER, text)
    claim(priority, ru, LATER, "EM/P/1", outcome=ACCEPTED, replaces=1)
    views, total = by(priority, LATER)
    assert [(view.earlier, view.outcome, view.version) for view in views] == [
        (number("EM/P/1"), ACCEPTED, 2),
        (number("EM/P/2"), 1, 1),
    ]
    assert total == 2


# What became of the earlier application since

BEFORE = ["", "F", "FC", "FCC", "FW", "FWC", "FCW"]
"""What happened to it before the claim: filed, corrected, withdrawn."""

SINCE = ["", "C", "W", "CC", "CW", "WC", "CWC"]
"""What happened to it afterwards."""


@pytest.mark.parametrize("before", BEFORE, ids=lambda text: text or "unrecorded")
def test_corrected_and_withdrawn_since(priority: Any, registry: Any, em: Office, ru: Office, before: str) -> None:
    """In all orders. An application that was not recorded yet has first to be filed; that alone is no correction."""
    for i, since in enumerate(SINCE):
        if "W" in before and "W" in since:
            continue  # an application is withdrawn once
        earlier = f"EM/P/60{i}"
        happen(registry, em, earlier, before)
        record = record_of(registry, number(earlier))
        claim(priority, ru, LATER, earlier)
        happen(registry, em, earlier, since if before else "F" + since)
        view = claim_of(priority, LATER, earlier)
        assert (view.earlier_version, view.earlier_status) == (record.version, record.status)
        assert (view.corrected_since, view.withdrawn_since) == ("C" in since, "W" in since), (before, since)
        assert on(priority, earlier) == ([view], 1)


def happen(registry: Any, office: Office, text: str, events: str) -> None:
    """Let an application be filed, corrected or withdrawn, one letter each."""
    for event in events:
        match event:
            case "F":
                file(registry, office, text, 20240115)
            case "C":
                correct(registry, office, text, 20240115)
            case "W":
                withdraw(registry, office, text)


def test_since_the_claim_was_first_recorded(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """Not since its last outcome: what the claim was made on is what counts."""
    happen(registry, em, EARLIER, "F")
    submit(priority, CLAIM, ru.key)
    happen(registry, em, EARLIER, "CW")
    claim(priority, ru, LATER, EARLIER, outcome=ACCEPTED, replaces=1)
    view = claim_of(priority)
    assert (view.version, view.corrected_since, view.withdrawn_since) == (2, True, True)


def test_a_withdrawal_sent_again_is_no_correction(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    happen(registry, em, EARLIER, "F")
    submit(priority, CLAIM, ru.key)
    happen(registry, em, EARLIER, "W")
    for replaces in (1, 2, 3):
        statement = Withdrawal(number(EARLIER), replaces)
        send(registry, statement, sign(registry, statement, em.key))
    view = claim_of(priority)
    assert (view.corrected_since, view.withdrawn_since) == (False, True)


# A graph against a model


def test_a_random_graph_reads_the_same_from_both_ends(priority: Any, ru: Office, au: Office, jp: Office) -> None:
    """Each claim is in exactly one outgoing and one incoming list, in the order of recording."""
    random = Random(11)
    offices = {"RU": ru, "AU": au, "JP": jp}
    numbers = [f"{code}/P/{i}" for i in range(4) for code in offices]
    dates = {text: 20240101 + i for i, text in enumerate(numbers)}
    recorded: dict[tuple[str, str], ClaimView] = {}
    for _ in range(40):
        earlier, later = sorted(random.sample(numbers, 2), key=dates.__getitem__)
        previous = recorded.get((later, earlier))
        statement = claim(
            priority,
            offices[later[:2]],
            later,
            earlier,
            later_filing_date=dates[later],
            claimed_date=dates[earlier],
            outcome=random.randint(1, 4),
            replaces=previous.version if previous else 0,
        )
        recorded[later, earlier] = ClaimView.stated(statement, offices[later[:2]].key.address, now())
    for text in numbers:
        outgoing = [view for (later, _), view in recorded.items() if later == text]
        incoming = [view for (_, earlier), view in recorded.items() if earlier == text]
        assert by(priority, text) == (outgoing, len(outgoing))
        assert on(priority, text) == (incoming, len(incoming))


def test_time_is_that_of_the_block(priority: Any, ru: Office) -> None:
    transaction = submit(priority, CLAIM, ru.key)
    assert claim_of(priority).recorded_at == time_of(transaction)
