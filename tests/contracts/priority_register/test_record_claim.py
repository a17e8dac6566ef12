"""`PriorityRegister.recordClaim`: who records what about a claim, in which order, and what is refused."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from registrum.signing.statements import ClaimOutcome, Registration
from tests.contracts.priority_register.claims import (
    ACCEPTED,
    CLAIM,
    CLAIMED,
    EARLIER,
    LATER,
    REFUSED,
    WITHDRAWN,
    ClaimView,
    claim,
    claim_of,
)
from tests.contracts.priority_register.questions import correct, file
from tests.contracts.support.errors import error_name, reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, mapping_slot, poke, storage, time_of, travel
from tests.contracts.support.offices import (
    KEYS,
    REGISTER,
    TRANSACTIONS,
    Office,
    add_key,
    ask,
    digest,
    number,
    send,
    sign,
    signer,
    submit,
    unchecked,
)
from tests.contracts.support.records import FILED

CLAIMS_SLOT = 3
"""Slot of the mapping of claims; OpenZeppelin's `EIP712` has the two before the calendars."""

VERSION_BIT = 216
"""Where the version stands in the first word of a claim: after key, time, outcome and whether it is partial."""


def emitted(priority: Any, statement: ClaimOutcome, signing_key: str) -> Any:
    """The log of a statement that was taken."""
    return log(
        priority,
        "ClaimRecorded",
        later=statement.later,
        earlier=statement.earlier,
        office=statement.later[:2],
        laterFilingDate=statement.later_filing_date,
        claimedDate=statement.claimed_date,
        isPartial=statement.is_partial,
        outcome=statement.outcome,
        version=statement.replaces + 1,
        signingKey=signing_key,
    )


# What is taken


@pytest.mark.smoke
@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("outcome", [CLAIMED, ACCEPTED, REFUSED, WITHDRAWN])
def test_a_claim_with_any_outcome(priority: Any, ru: Office, stranger: Any, outcome: int, is_partial: bool) -> None:
    """Anyone may send what the office of second filing signed."""
    statement = replace(CLAIM, outcome=outcome, is_partial=is_partial)
    assert ask(priority, statement, sign(priority, statement, ru.key)) is True
    transaction = submit(priority, statement, ru.key, stranger)
    assert logs_of(transaction) == [emitted(priority, statement, ru.key.address)]
    assert claim_of(priority) == ClaimView.stated(statement, ru.key.address, time_of(transaction))


def test_of_a_recorded_application_keeps_its_state(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    file(registry, em, EARLIER, 20240115)
    correct(registry, em, EARLIER, 20240115)
    transaction = submit(priority, CLAIM, ru.key)
    expected = ClaimView.stated(CLAIM, ru.key.address, time_of(transaction))
    assert claim_of(priority) == replace(expected, earlier_version=2, earlier_status=FILED + 1)


@pytest.mark.parametrize("earlier", ["US/P/1", "WO/P/IB2023/051234", "EM/T/1", "RU/P/1"])
def test_on_any_application(priority: Any, ru: Office, earlier: str) -> None:
    """Of an office that is no member, of another right, of the same office: the verdict is not asked here."""
    statement = claim(priority, ru, LATER, earlier)
    assert claim_of(priority, LATER, earlier).outcome == statement.outcome


def test_with_another_claimed_date_than_recorded(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """The claim is recorded as it was made; that the date is wrong shows in the verdict."""
    file(registry, em, EARLIER, 20240116)
    submit(priority, CLAIM, ru.key)
    assert claim_of(priority).claimed_date == 20240115


def test_the_next_outcomes(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    """Each follows the version before; what the earlier record was stays as it was at first."""
    file(registry, em, EARLIER, 20240115)
    steps = [(CLAIMED, False), (ACCEPTED, False), (REFUSED, True), (WITHDRAWN, True), (CLAIMED, True)]
    for version, (outcome, is_partial) in enumerate(steps):
        statement = replace(CLAIM, outcome=outcome, is_partial=is_partial, replaces=version)
        key = ru.second if version % 2 else ru.key
        transaction = submit(priority, statement, key)
        assert logs_of(transaction) == [emitted(priority, statement, key.address)]
        expected = ClaimView.stated(statement, key.address, time_of(transaction))
        assert claim_of(priority) == replace(
            expected, earlier_version=1, earlier_status=FILED, corrected_since=version > 1
        )
        if version == 1:
            correct(registry, em, EARLIER, 20240115)
        travel(10)
    assert priority.claimsBy(number(LATER), 0, 9)[1] == 1
    assert priority.claimsOn(number(EARLIER), 0, 9)[1] == 1


def test_dates_may_be_put_right(priority: Any, ru: Office) -> None:
    submit(priority, CLAIM, ru.key)
    statement = replace(CLAIM, later_filing_date=20240902, claimed_date=20240116, replaces=1)
    submit(priority, statement, ru.key)
    view = claim_of(priority)
    assert (view.later_filing_date, view.claimed_date, view.version) == (20240902, 20240116, 2)


# Once only


@pytest.mark.parametrize("signature", [b"", b"\x01" * 65, b"anything"])
def test_sent_again_changes_nothing(priority: Any, ru: Office, stranger: Any, signature: bytes) -> None:
    submit(priority, CLAIM, ru.key)
    before = claim_of(priority)
    travel(100)
    assert ask(priority, CLAIM, signature) is False
    assert logs_of(send(priority, CLAIM, signature, stranger)) == []
    assert claim_of(priority) == before


def test_sent_again_when_another_outcome_followed(priority: Any, ru: Office) -> None:
    """An old statement cannot bring back an old outcome."""
    signature = sign(priority, CLAIM, ru.key)
    send(priority, CLAIM, signature)
    submit(priority, replace(CLAIM, outcome=REFUSED, replaces=1), ru.key)
    reverts_with(
        lambda: send(priority, CLAIM, signature),
        "PriorityRegisterVersionMismatch",
        CLAIM.later,
        CLAIM.earlier,
        2,
        0,
    )
    assert claim_of(priority).outcome == REFUSED


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": ACCEPTED},
        {"is_partial": True},
        {"later_filing_date": 20240902},
        {"claimed_date": 20240116},
    ],
)
def test_other_content_for_the_same_version(priority: Any, ru: Office, change: dict[str, Any]) -> None:
    submit(priority, CLAIM, ru.key)
    other = replace(CLAIM, **change)
    reverts_with(
        lambda: ask(priority, other, sign(priority, other, ru.key)),
        "PriorityRegisterVersionMismatch",
        CLAIM.later,
        CLAIM.earlier,
        1,
        0,
    )


@pytest.mark.parametrize("recorded", [0, 1])
@pytest.mark.parametrize("replaces", [0, 1, 2, 254, 255])
def test_another_version_than_the_recorded(priority: Any, ru: Office, recorded: int, replaces: int) -> None:
    if recorded:
        submit(priority, CLAIM, ru.key)
    statement = replace(CLAIM, outcome=ACCEPTED, replaces=replaces)
    signature = sign(priority, statement, ru.key)
    if recorded == replaces:
        assert ask(priority, statement, signature) is True
        return
    reverts_with(
        lambda: ask(priority, statement, signature),
        "PriorityRegisterVersionMismatch",
        CLAIM.later,
        CLAIM.earlier,
        recorded,
        replaces,
    )


def test_the_same_outcome_may_be_stated_of_the_present_version(priority: Any, ru: Office) -> None:
    """As when a key was compromised: the office confirms under another."""
    submit(priority, CLAIM, ru.key)
    submit(priority, replace(CLAIM, replaces=1), ru.second)
    view = claim_of(priority)
    assert (view.version, view.signing_key) == (2, ru.second.address)


def test_the_last_version(priority: Any, ru: Office) -> None:
    submit(priority, CLAIM, ru.key)
    slot = mapping_slot(CLAIM.earlier, mapping_slot(CLAIM.later, CLAIMS_SLOT))
    word = storage(priority, slot)
    assert word >> VERSION_BIT & 0xFF == 1
    poke(priority, slot, word + (253 << VERSION_BIT))
    assert claim_of(priority).version == 254
    last = replace(CLAIM, outcome=ACCEPTED, replaces=254)
    submit(priority, last, ru.key)
    assert claim_of(priority).version == 255
    assert ask(priority, last, b"") is False
    reverts_with(
        lambda: submit(priority, replace(CLAIM, replaces=255), ru.key),
        "PriorityRegisterVersionLimit",
        CLAIM.later,
        CLAIM.earlier,
    )


# Who signs


def test_only_the_office_of_the_later_application(priority: Any, ru: Office, em: Office, au: Office) -> None:
    for office in (em, au):
        reverts_with(
            lambda office=office: ask(priority, CLAIM, sign(priority, CLAIM, office.key)),
            "OfficeDirectoryUnknownKey",
            ru.code,
            office.key.address,
        )


def test_an_office_that_is_no_member(priority: Any, ru: Office) -> None:
    statement = replace(CLAIM, later=number("US/P/1"))
    reverts_with(
        lambda: ask(priority, statement, sign(priority, statement, ru.key)),
        "OfficeDirectoryUnknownOffice",
        b"US",
    )


@pytest.mark.parametrize("scopes", [REGISTER, TRANSACTIONS, KEYS, 14])
def test_a_key_without_the_scope(priority: Any, directory: Any, ru: Office, scopes: int) -> None:
    key = signer("key of another scope")
    add_key(directory, ru, key.address, scopes)
    reverts_with(
        lambda: ask(priority, CLAIM, sign(priority, CLAIM, key)),
        "OfficeDirectoryKeyOutOfScope",
        ru.code,
        key.address,
        1,
    )


def test_a_revoked_key(priority: Any, directory: Any, ru: Office) -> None:
    revoked_at = time_of(directory.revokeKey(ru.code, ru.key.address, {"from": ru.seat}))
    reverts_with(
        lambda: ask(priority, CLAIM, sign(priority, CLAIM, ru.key)),
        "OfficeDirectoryKeyRevoked",
        ru.code,
        ru.key.address,
        revoked_at,
    )


def test_a_suspended_or_departed_office(priority: Any, directory: Any, ru: Office, governance: Any) -> None:
    signature = sign(priority, CLAIM, ru.key)
    directory.suspendOffice(ru.code, FOREVER, {"from": governance})
    reverts_with(
        lambda: ask(priority, CLAIM, signature),
        "OfficeDirectoryOfficeSuspended",
        ru.code,
        FOREVER,
    )
    directory.departOffice(ru.code, {"from": governance})
    reverts_with(lambda: ask(priority, CLAIM, signature), "OfficeDirectoryOfficeDeparted", ru.code)


def test_the_standing_of_the_earlier_office_does_not_matter(
    priority: Any, directory: Any, em: Office, ru: Office, governance: Any
) -> None:
    directory.departOffice(em.code, {"from": governance})
    submit(priority, CLAIM, ru.key)
    assert claim_of(priority).outcome == CLAIMED


@pytest.mark.parametrize("length", [0, 1, 19, 20, 64, 66])
def test_a_signature_of_another_length(priority: Any, ru: Office, length: int) -> None:
    """20 bytes and more name a contract wallet, which must be a key first."""
    signature = (sign(priority, CLAIM, ru.key) + b"\0")[:length]
    if length < 20:
        reverts_with(lambda: ask(priority, CLAIM, signature), "OfficeSignedInvalidSignature", ru.code)
    else:
        reverts_with(
            lambda: ask(priority, CLAIM, signature),
            "OfficeDirectoryUnknownKey",
            ru.code,
            "0x" + signature[:20].hex(),
        )


def test_a_signature_that_recovers_to_nobody(priority: Any, ru: Office) -> None:
    for signature in (bytes(65), b"\xff" * 65, sign(priority, CLAIM, ru.key)[:64] + b"\x02"):
        reverts_with(
            lambda signature=signature: ask(priority, CLAIM, signature),
            "OfficeSignedInvalidSignature",
            ru.code,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"earlier": number("EM/P/101")},
        {"later": number("RU/P/2024100002")},
        {"later_filing_date": 20240902},
        {"claimed_date": 20240116},
        {"is_partial": True},
        {"outcome": ACCEPTED},
    ],
)
def test_a_signature_is_for_every_field(priority: Any, ru: Office, change: dict[str, Any]) -> None:
    """Another statement under the same signature recovers to an unknown account."""
    signature = sign(priority, CLAIM, ru.key)
    assert error_name(lambda: ask(priority, replace(CLAIM, **change), signature)) == "OfficeDirectoryUnknownKey"


def test_a_signature_for_the_version_replaced(priority: Any, ru: Office) -> None:
    submit(priority, CLAIM, ru.key)
    signature = sign(priority, replace(CLAIM, outcome=ACCEPTED), ru.key)
    statement = replace(CLAIM, outcome=ACCEPTED, replaces=1)
    assert error_name(lambda: ask(priority, statement, signature)) == "OfficeDirectoryUnknownKey"


def test_a_signature_for_another_contract(priority: Any, registry: Any, ru: Office) -> None:
    signature = sign(registry, CLAIM, ru.key)
    assert error_name(lambda: ask(priority, CLAIM, signature)) == "OfficeDirectoryUnknownKey"


def test_what_is_signed_is_the_documented_typed_data(priority: Any) -> None:
    """Against eth_account's own encoder, with the type written out here."""
    statement = replace(CLAIM, is_partial=True, outcome=REFUSED, replaces=7)
    fields = {
        "later": "bytes32",
        "earlier": "bytes32",
        "laterFilingDate": "uint32",
        "claimedDate": "uint32",
        "isPartial": "bool",
        "outcome": "uint8",
        "replaces": "uint8",
    }
    _, name, version, chain_id, contract, _, _ = priority.eip712Domain()
    message = encode_typed_data(
        {"name": name, "version": version, "chainId": chain_id, "verifyingContract": contract},
        {"ClaimOutcome": [{"name": key, "type": kind} for key, kind in fields.items()]},
        dict(zip(fields, astuple(statement), strict=True)),
    )
    expected = keccak(b"\x19" + message.version + message.header + message.body)
    assert bytes(priority.claimDigest(astuple(statement))) == expected


# What is refused


@pytest.mark.parametrize("text", ["RU/P/", "ru/P/1", "RU/X/1", "RU/P/1 2", "RU/P/1\0" + "2"])
@pytest.mark.parametrize("field", ["later", "earlier"])
def test_a_malformed_number(priority: Any, ru: Office, field: str, text: str) -> None:
    statement = unchecked(ClaimOutcome, **{**vars_of(CLAIM), field: number(text)})
    reverts_with(lambda: ask(priority, statement, b""), "OfficeNumberMalformed", number(text))


def vars_of(statement: ClaimOutcome) -> dict[str, Any]:
    names = ("later", "earlier", "later_filing_date", "claimed_date", "is_partial", "outcome", "replaces")
    return dict(zip(names, astuple(statement), strict=True))


def test_a_claim_on_itself(priority: Any, ru: Office) -> None:
    statement = replace(CLAIM, earlier=CLAIM.later)
    reverts_with(
        lambda: submit(priority, statement, ru.key),
        "PriorityRegisterSelfClaim",
        CLAIM.later,
    )


@pytest.mark.parametrize("claimed", [20240901, 20240902, 20250101, 99991231])
def test_a_claimed_date_that_is_not_earlier(priority: Any, ru: Office, claimed: int) -> None:
    statement = replace(CLAIM, claimed_date=claimed)
    reverts_with(
        lambda: ask(priority, statement, sign(priority, statement, ru.key)),
        "PriorityRegisterNotEarlier",
        CLAIM.earlier,
        claimed,
        20240901,
    )


@pytest.mark.parametrize("filed_on", [20240901, 20240902, 20991231])
def test_an_earlier_application_that_is_recorded_as_later(
    priority: Any, registry: Any, em: Office, ru: Office, filed_on: int
) -> None:
    """Whatever date the claim names."""
    file(registry, em, EARLIER, filed_on)
    reverts_with(
        lambda: ask(priority, CLAIM, sign(priority, CLAIM, ru.key)),
        "PriorityRegisterNotEarlier",
        CLAIM.earlier,
        filed_on,
        20240901,
    )


def test_an_earlier_application_of_the_day_before(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    file(registry, em, EARLIER, 20240831)
    submit(priority, replace(CLAIM, claimed_date=20240831), ru.key)
    assert claim_of(priority).claimed_date == 20240831


@pytest.mark.parametrize("field", ["later_filing_date", "claimed_date"])
@pytest.mark.parametrize("date", [0, 20230229, 17991231, 2**32 - 1])
def test_what_is_no_date(priority: Any, ru: Office, field: str, date: int) -> None:
    statement = replace(CLAIM, **{field: date})
    reverts_with(
        lambda: ask(priority, statement, sign(priority, statement, ru.key)),
        "CalendarDateInvalid",
        date,
    )


@pytest.mark.parametrize("outcome", [0, 5, 6, 255])
def test_an_unknown_outcome(priority: Any, ru: Office, outcome: int) -> None:
    statement = replace(CLAIM, outcome=outcome)
    reverts_with(
        lambda: ask(priority, statement, sign(priority, statement, ru.key)),
        "PriorityRegisterUnknownOutcome",
        outcome,
    )


def test_the_later_application_recorded_with_this_date(priority: Any, registry: Any, ru: Office) -> None:
    file(registry, ru, LATER, 20240901)
    submit(priority, CLAIM, ru.key)
    assert claim_of(priority).outcome == CLAIMED


@pytest.mark.parametrize("filed_on", [20240831, 20240902])
def test_the_later_application_recorded_with_another_date(
    priority: Any, registry: Any, ru: Office, filed_on: int
) -> None:
    file(registry, ru, LATER, filed_on)
    reverts_with(
        lambda: ask(priority, CLAIM, sign(priority, CLAIM, ru.key)),
        "PriorityRegisterFilingDateMismatch",
        CLAIM.later,
        filed_on,
        20240901,
    )


def test_the_later_application_recorded_afterwards_with_another_date(priority: Any, registry: Any, ru: Office) -> None:
    """The claim stays as it was stated; its next outcome must name the recorded date."""
    submit(priority, CLAIM, ru.key)
    file(registry, ru, LATER, 20240902)
    assert claim_of(priority).later_filing_date == 20240901
    assert ask(priority, CLAIM, b"") is False
    accepted = replace(CLAIM, outcome=ACCEPTED, replaces=1)
    reverts_with(
        lambda: ask(priority, accepted, sign(priority, accepted, ru.key)),
        "PriorityRegisterFilingDateMismatch",
        CLAIM.later,
        20240902,
        20240901,
    )
    submit(priority, replace(accepted, later_filing_date=20240902), ru.key)
    assert claim_of(priority).later_filing_date == 20240902


def test_the_earlier_application_corrected_to_a_later_date(
    priority: Any, registry: Any, em: Office, ru: Office
) -> None:
    """The claim that was taken goes on to its outcome: the office must be able to refuse it for that reason."""
    file(registry, em, EARLIER, 20240115)
    submit(priority, CLAIM, ru.key)
    correct(registry, em, EARLIER, 20240901)
    refused = replace(CLAIM, outcome=REFUSED, replaces=1)
    submit(priority, refused, ru.key)
    assert claim_of(priority).outcome == REFUSED


def test_an_outcome_that_moves_the_dates_is_judged_anew(priority: Any, registry: Any, em: Office, ru: Office) -> None:
    file(registry, em, EARLIER, 20240115)
    submit(priority, CLAIM, ru.key)
    moved = replace(CLAIM, outcome=REFUSED, replaces=1, later_filing_date=20231201, claimed_date=20231101)
    reverts_with(
        lambda: ask(priority, moved, sign(priority, moved, ru.key)),
        "PriorityRegisterNotEarlier",
        CLAIM.earlier,
        20240115,
        20231201,
    )
    assert claim_of(priority).outcome == CLAIMED


def test_a_refused_statement_leaves_nothing(priority: Any, ru: Office) -> None:
    statement = replace(CLAIM, claimed_date=20240901)
    reverts_with(
        lambda: submit(priority, statement, ru.key),
        "PriorityRegisterNotEarlier",
        CLAIM.earlier,
        20240901,
        20240901,
    )
    assert claim_of(priority) == ClaimView(CLAIM.later, CLAIM.earlier)
    assert priority.claimsBy(CLAIM.later, 0, 9)[1] == 0
    assert priority.claimsOn(CLAIM.earlier, 0, 9)[1] == 0


def test_a_claim_is_no_registration(priority: Any, registry: Any, ru: Office) -> None:
    """Statements of other types under the same key do not pass here, nor this one there."""
    item = Registration(CLAIM.later, 20240901, 0, digest("document"))
    assert error_name(lambda: ask(priority, CLAIM, sign(registry, item, ru.key))) == "OfficeDirectoryUnknownKey"
    assert error_name(lambda: ask(registry, item, sign(priority, CLAIM, ru.key))) == "OfficeDirectoryUnknownKey"
