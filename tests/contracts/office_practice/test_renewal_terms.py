"""How rights of an office are renewed: `setRenewalTerms`, `renewalTermsOf`."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import accounts

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import log, logs_of
from tests.contracts.support.offices import KEYS, RELAYER
from tests.contracts.support.rights import (
    RenewalTerms,
    managing_key,
    register_key,
    set_terms,
    signed,
    some_key,
)

DEFAULTS = {b"T": (10, 0, 6, 6, 0), b"D": (5, 25, 6, 6, 0)}
"""Terms of an office that said nothing."""


def statement(**other: Any) -> RenewalTerms:
    """EM renews trade marks for ten years, within a year before and a year after expiry."""
    return RenewalTerms(b"EM", b"T", 10, 0, 12, 12, 1)._replace(**other)


def ask(practice: Any, said: RenewalTerms, key: Any = None) -> Any:
    """What sending them would answer now."""
    return practice.setRenewalTerms.call(said, signed(practice, said, key), {"from": accounts[RELAYER]})


def terms_of(practice: Any, office: bytes = b"EM", right: bytes = b"T") -> RenewalTerms:
    code, kind, *rest = practice.renewalTermsOf(office, right)
    return RenewalTerms(bytes(code), bytes(kind), *rest)


@pytest.mark.parametrize("right", DEFAULTS)
def test_defaults(practice: Any, right: bytes) -> None:
    """Of every office, whether or not it is a member."""
    for office in (b"EM", b"RU", b"ZZ"):
        assert terms_of(practice, office, right) == RenewalTerms(office, right, *DEFAULTS[right])


@pytest.mark.smoke
def test_are_what_was_stated(practice: Any) -> None:
    transaction = set_terms(practice, statement())
    assert terms_of(practice) == statement()
    assert logs_of(transaction) == [
        log(
            practice,
            "RenewalTermsSet",
            office=b"EM",
            right=b"T",
            periodYears=10,
            maximumYears=0,
            windowMonths=12,
            graceMonths=12,
            version=1,
            signer=managing_key(b"EM").address,
        )
    ]


def test_are_of_one_office_and_one_right(practice: Any) -> None:
    set_terms(practice, statement())
    assert terms_of(practice, b"EM", b"D") == RenewalTerms(b"EM", b"D", *DEFAULTS[b"D"])
    assert terms_of(practice, b"RU", b"T") == RenewalTerms(b"RU", b"T", *DEFAULTS[b"T"])


@pytest.mark.smoke
def test_versions_follow_each_other(practice: Any) -> None:
    for version in range(1, 4):
        for wrong in {0, version - 1, version + 1, 65535} - {version}:
            said = statement(version=wrong)
            reverts_with(lambda said=said: ask(practice, said), "OfficePracticeInvalidStatement", b"EM", said.version)
        set_terms(practice, statement(version=version, grace_months=6 + version))
        assert terms_of(practice) == statement(version=version, grace_months=6 + version)


def test_each_right_has_versions_of_its_own(practice: Any) -> None:
    set_terms(practice, statement())
    said = statement(right=b"D", version=2)
    reverts_with(lambda: ask(practice, said), "OfficePracticeInvalidStatement", b"EM", 2)
    set_terms(practice, statement(right=b"D"))


GOOD = {
    "one year": {"period_years": 1, "window_months": 12},
    "longest period": {"period_years": 255, "window_months": 255},
    "one period in all": {"maximum_years": 10},
    "longest maximum": {"maximum_years": 255},
    "no window but the last day": {"window_months": 0},
    "a window of the whole period": {"window_months": 120},
    "shortest grace": {"grace_months": 6},
    "longest grace": {"grace_months": 60},
}
BAD = {
    "no period": {"period_years": 0, "window_months": 0},
    "a maximum below one period": {"maximum_years": 9},
    "a window longer than the period": {"window_months": 121},
    "a window longer than one year": {"period_years": 1, "window_months": 13},
    "less grace than the Paris Convention has": {"grace_months": 5},
    "no grace": {"grace_months": 0},
    "grace that never ends": {"grace_months": 61},
    "more of it": {"grace_months": 255},
}


@pytest.mark.parametrize("what", GOOD)
def test_bounds(practice: Any, what: str) -> None:
    set_terms(practice, statement(**GOOD[what]))
    assert terms_of(practice) == statement(**GOOD[what])


@pytest.mark.parametrize("what", BAD)
def test_values_out_of_range(practice: Any, what: str) -> None:
    reverts_with(lambda: ask(practice, statement(**BAD[what])), "OfficePracticeInvalidStatement", b"EM", 1)


@pytest.mark.parametrize("right", [b"P", b"U", b"S", b"G", b"t", b"\0"])
def test_other_rights_are_not_renewed_here(practice: Any, right: bytes) -> None:
    reverts_with(lambda: ask(practice, statement(right=right)), "OfficePracticeUnknownRight", right)


def test_offices_that_are_none(practice: Any) -> None:
    for code in (b"\0\0", b"E\0", b"em", b"E1"):
        reverts_with(
            lambda code=code: ask(practice, statement(office=code), managing_key(b"EM")), "OfficeCodeMalformed", code
        )


@pytest.mark.smoke
def test_needs_the_scope_of_keys(practice: Any) -> None:
    key = register_key(b"EM")
    reverts_with(lambda: ask(practice, statement(), key), "OfficeDirectoryKeyOutOfScope", b"EM", key.address, KEYS)


def test_not_by_another_office(practice: Any) -> None:
    for key in (managing_key(b"RU"), some_key("stranger")):
        reverts_with(lambda key=key: ask(practice, statement(), key), "OfficeDirectoryUnknownKey", b"EM", key.address)


def test_terms_once_signed_do_not_come_back(practice: Any) -> None:
    first = statement()
    signature = signed(practice, first)
    practice.setRenewalTerms(first, signature, {"from": accounts[RELAYER]})
    set_terms(practice, statement(version=2, grace_months=6))
    reverts_with(
        lambda: practice.setRenewalTerms.call(first, signature, {"from": accounts[RELAYER]}),
        "OfficePracticeInvalidStatement",
        b"EM",
        1,
    )
    assert terms_of(practice).grace_months == 6
