"""Every error of the contracts, provoked through the client on a real node, as its own exception with typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from registrum import Application, ClaimResult, Registry, Right, Scope
from registrum.chain import reverts
from registrum.chain.codec import encode_values
from registrum.chain.contracts import APPLICATION_REGISTRY, OFFICE_DIRECTORY, PRIORITY_REGISTER, load_abi, load_artifact
from registrum.chain.custom_error import CustomError
from registrum.chain.entries import Intent
from registrum.chain.reverts import CUSTOM_ERRORS
from registrum.client.session import Session
from registrum.errors import ContractError
from registrum.proofs.merkle import MerkleTree
from registrum.proofs.proof import Proof
from registrum.signing.signers import DevelopmentSigner
from registrum.signing.statements import Anchor, ClaimOutcome, Correction, Registration, RegistrationBatch, Withdrawal
from tests.client import test_consortium_refusals, test_rights_refusals
from tests.client.registries import FILED, GOVERNANCE, KEYS, SEATS, STRANGER, World, digest, world

ROOT_WORD = b"\x11" * 32
TOMORROW = date(2999, 1, 1)
FAR = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


def raw(world: World, contract: str, function: str, *values: Any, sender: Any = GOVERNANCE) -> None:
    """Call a function with values that the typed methods would not let through."""
    registry = world.registry(sender=sender)
    registry._simulate(contract, function, load_abi(contract).encode(function, *values), 5_000_000)


def signed(statement: Any, world: World) -> bytes:
    registry = world.registry()
    domain = registry.priority_domain if isinstance(statement, ClaimOutcome) else registry.application_domain
    return KEYS["EM"].sign(statement, domain)


def unchecked(cls: type[Any], **values: Any) -> Any:
    """A statement whose values its constructor would refuse."""
    statement = object.__new__(cls)
    for name, value in values.items():
        object.__setattr__(statement, name, value)
    return statement


def conflict(world: World) -> None:
    application = world.application()
    registry = world.registry()
    registry.register(application)
    registry.register(Application(application.number, application.filing_date, digest("other")))


def future_date(world: World) -> None:
    world.registry().register(world.application(filed=TOMORROW))


def before_office(world: World) -> None:
    world.seat().set_earliest_filing_date("EM", date(2025, 1, 1))
    world.registry().register(world.application())


def no_digest(world: World) -> None:
    number = world.number()
    statement = unchecked(Registration, number=number.on_chain, filing_date=20240131, disclosure=0, digest=bytes(32))
    world.registry().submit_signed(statement, signed(statement, world))


def unknown_disclosure(world: World) -> None:
    number = world.number()
    statement = unchecked(Registration, number=number.on_chain, filing_date=20240131, disclosure=2, digest=ROOT_WORD)
    world.registry().submit_signed(statement, signed(statement, world))


def batch_size(world: World) -> None:
    world.registry().register_batch("EM", [world.application() for _ in range(601)])


def not_recorded(world: World) -> None:
    world.registry().withdraw(world.number())


def version_mismatch(world: World) -> None:
    application = world.application()
    registry = world.registry()
    registry.register(application)
    registry.correct(Application(application.number, FILED, digest("right")), replaces=7)


def version_limit(world: World) -> None:
    application = world.application()
    registry = world.registry()
    registry.register(application)
    for version in range(1, 256):
        registry.correct(Application(application.number, FILED, digest(f"version {version + 1}")), replaces=version)


def empty_anchor(world: World) -> None:
    statement = unchecked(Anchor, office=b"EM", sequence=1, root=bytes(32), leaf_count=1)
    world.registry().submit_signed(statement, signed(statement, world))


def sequence_gap(world: World) -> None:
    world.registry().anchor(Anchor(b"EM", 3, ROOT_WORD, 1))


def anchor_conflict(world: World) -> None:
    world.registry().anchor(Anchor(b"EM", 1, ROOT_WORD, 1))
    world.registry().anchor(Anchor(b"EM", 1, ROOT_WORD, 2))


def proof(world: World, leaf: Registration, path: tuple[bytes, ...] = ()) -> Proof:
    registry = world.registry()
    tree = MerkleTree.build([leaf])
    statement = Anchor(b"EM", 1, tree.root, 1)
    signature = KEYS["EM"].sign(statement, registry.application_domain)
    return Proof(leaf, 0, path, statement, signature, KEYS["EM"].address, registry.application_domain)


def unknown_anchor(world: World) -> None:
    world.registry().disclose(proof(world, world.application().registration()))


def other_office(world: World) -> None:
    made = proof(world, world.application("JP").registration())
    world.registry().anchor(made.anchor)
    world.registry().disclose(made)


def invalid_moment(world: World) -> None:
    application = world.application()
    world.registry().register(application)
    world.registry().reconfirm("EM", [application], as_of=FAR)


def recorded_since(world: World) -> None:
    application = world.application()
    as_of = world.now() - timedelta(seconds=1)
    world.registry().register(application)
    world.registry().reconfirm("EM", [application], as_of=as_of)


def invalid_proof(world: World) -> None:
    made = proof(world, world.application().registration(), (ROOT_WORD,))
    world.registry().anchor(made.anchor)
    world.registry().disclose(made)


def malformed_number(world: World) -> None:
    statement = Registration(b"em" + bytes(29) + b"\1", 20240131, 0, ROOT_WORD)
    raw(world, APPLICATION_REGISTRY, "register", statement, bytes(65))


def malformed_office(world: World) -> None:
    raw(world, OFFICE_DIRECTORY, "admitOffice", b"e1", STRANGER.address, "Office", "", None)


def invalid_date(world: World) -> None:
    statement = Registration(world.number().on_chain, 20230229, 0, ROOT_WORD)
    world.registry().submit_signed(statement, signed(statement, world))


def invalid_signature(world: World) -> None:
    world.registry().submit_signed(world.application().registration(), bytes(64) + b"\x1b")


def unknown_key(world: World) -> None:
    world.registry(STRANGER).register(world.application())


def unknown_office(world: World) -> None:
    world.registry().register(world.application("US"))


def departed(world: World) -> None:
    world.registry().depart_office("EM")
    world.registry().register(world.application())


def suspended(world: World) -> None:
    world.registry().suspend_office("EM")
    world.registry().register(world.application())


def revoked(world: World) -> None:
    world.seat().revoke_key("EM", KEYS["EM"].address)
    world.registry().register(world.application())


def not_yet_valid(world: World) -> None:
    later = world.now() + timedelta(days=30)
    world.seat().add_key("EM", STRANGER.address, valid_from=later)
    world.registry(STRANGER).register(world.application())


def expired(world: World) -> None:
    world.seat().add_key("EM", STRANGER.address, valid_until=world.now() + timedelta(days=1))
    world.advance(timedelta(days=2))
    world.registry(STRANGER).register(world.application())


def out_of_scope(world: World) -> None:
    world.seat().add_key("EM", STRANGER.address, Scope.REGISTER)
    world.registry(STRANGER).register(world.application())


def too_many_keys(world: World) -> None:
    seat = world.seat()
    for index in range(33):
        seat.add_key("EM", "0x" + (index + 1).to_bytes(20, "big").hex())


def no_directory(world: World) -> None:
    deploy_with(world, APPLICATION_REGISTRY, STRANGER.address, ZERO)


def no_registry(world: World) -> None:
    directory = world.manifest.address(OFFICE_DIRECTORY)
    deploy_with(world, PRIORITY_REGISTER, directory, STRANGER.address)


def deploy_with(world: World, contract: str, *arguments: str) -> None:
    from registrum.chain.codec import kind_of
    from registrum.client.session import returned

    code = bytes.fromhex(load_artifact(contract)["bytecode"][2:])
    code += encode_values([kind_of({"type": "address"})] * len(arguments), arguments)
    returned(world.rpc.batch([("eth_call", [{"from": GOVERNANCE.address, "data": "0x" + code.hex()}, "latest"])])[0])


def claim_statement(world: World, **changes: Any) -> ClaimOutcome:
    values = {
        "later": world.number().on_chain,
        "earlier": world.number("JP").on_chain,
        "later_filing_date": 20240630,
        "claimed_date": 20240131,
        "is_partial": False,
        "outcome": 1,
        "replaces": 0,
    }
    return ClaimOutcome(**{**values, **changes})


def submit_claim(world: World, **changes: Any) -> ClaimOutcome:
    statement = claim_statement(world, **changes)
    world.registry().submit_signed(statement, signed(statement, world))
    return statement


def claim_version_limit(world: World) -> None:
    later, earlier = world.number().on_chain, world.number("JP").on_chain
    for version in range(256):
        submit_claim(world, later=later, earlier=earlier, outcome=1 + version % 2, replaces=version)


def self_claim(world: World) -> None:
    number = world.number()
    submit_claim(world, later=number.on_chain, earlier=number.on_chain)


def filing_date_mismatch(world: World) -> None:
    application = world.application()
    world.registry().register(application)
    submit_claim(world, later=application.number.on_chain, later_filing_date=20240630)


def invalid_compromise(world: World) -> None:
    world.seat().mark_key_compromised("EM", KEYS["EM"].address, world.now() + timedelta(days=9))


def compromised_once_more(world: World) -> None:
    since = world.now() - timedelta(days=9)
    world.seat().mark_key_compromised("EM", KEYS["EM"].address, since)
    world.seat().mark_key_compromised("EM", KEYS["EM"].address, since + timedelta(days=1))


def invalid_window(world: World) -> None:
    now = world.now()
    world.seat().add_key("EM", STRANGER.address, valid_from=now + timedelta(9), valid_until=now + timedelta(3))


ZERO = "0x" + "00" * 20
NEW = DevelopmentSigner.account(20).address
CASES: list[tuple[str, Callable[[World], object], dict[str, Any]]] = [
    ("ApplicationRegistryConflict", conflict, {"recorded_filing_date": FILED}),
    ("ApplicationRegistryFutureDate", future_date, {"filing_date": TOMORROW}),
    ("ApplicationRegistryBeforeOffice", before_office, {"filing_date": FILED, "earliest": date(2025, 1, 1)}),
    ("ApplicationRegistryNoDigest", no_digest, {}),
    ("ApplicationRegistryUnknownDisclosure", unknown_disclosure, {"disclosure": 2}),
    ("ApplicationRegistryBatchSize", batch_size, {"size": 601, "limit": 600}),
    ("ApplicationRegistryNotRecorded", not_recorded, {}),
    ("ApplicationRegistryVersionMismatch", version_mismatch, {"recorded": 1, "replaces": 7}),
    ("ApplicationRegistryVersionLimit", version_limit, {}),
    ("ApplicationRegistryEmptyAnchor", empty_anchor, {"root": bytes(32), "leaf_count": 1}),
    ("ApplicationRegistrySequenceGap", sequence_gap, {"office": "EM", "expected": 1, "sequence": 3}),
    ("ApplicationRegistryAnchorConflict", anchor_conflict, {"office": "EM", "sequence": 1}),
    ("ApplicationRegistryUnknownAnchor", unknown_anchor, {"office": "EM", "sequence": 1}),
    ("ApplicationRegistryOtherOffice", other_office, {"office": "EM"}),
    ("ApplicationRegistryInvalidMoment", invalid_moment, {"as_of": FAR}),
    ("ApplicationRegistryRecordedSince", recorded_since, {}),
    ("ApplicationRegistryInvalidProof", invalid_proof, {}),
    ("OfficeNumberMalformed", malformed_number, {"value": b"em" + bytes(29) + b"\1"}),
    ("OfficeCodeMalformed", malformed_office, {"value": b"e1"}),
    ("CalendarDateInvalid", invalid_date, {"value": 20230229}),
    ("OfficeSignedInvalidSignature", invalid_signature, {"office": "EM"}),
    ("OfficeSignedNoDirectory", no_directory, {"directory": STRANGER.address}),
    ("OfficeDirectoryUnknownKey", unknown_key, {"office": "EM", "account": STRANGER.address}),
    ("OfficeDirectoryUnknownOffice", unknown_office, {"office": "US"}),
    ("OfficeDirectoryOfficeDeparted", departed, {"office": "EM"}),
    ("OfficeDirectoryOfficeSuspended", suspended, {"office": "EM", "until": None}),
    ("OfficeDirectoryKeyRevoked", revoked, {"account": KEYS["EM"].address}),
    ("OfficeDirectoryKeyNotYetValid", not_yet_valid, {"account": STRANGER.address}),
    ("OfficeDirectoryKeyExpired", expired, {"account": STRANGER.address}),
    ("OfficeDirectoryKeyOutOfScope", out_of_scope, {"scope": Scope.APPLICATIONS}),
    ("OfficeDirectoryTooManyKeys", too_many_keys, {"office": "EM", "limit": 32}),
    ("OfficeDirectoryInvalidCompromise", invalid_compromise, {"recorded": None}),
    ("OfficeDirectoryInvalidCompromise", compromised_once_more, {}),
    ("OfficeDirectoryInvalidWindow", invalid_window, {}),
    (
        "OfficeDirectoryNotGovernance",
        lambda w: w.seat().depart_office("EM"),
        {"caller": SEATS["EM"].address},
    ),
    (
        "OfficeDirectoryNotSeat",
        lambda w: w.seat("JP").set_endpoint("EM", "https://example.org"),
        {"office": "EM", "caller": SEATS["JP"].address},
    ),
    (
        "OfficeDirectoryNotProposedSeat",
        lambda w: w.seat("JP").accept_seat("EM"),
        {"office": "EM", "caller": SEATS["JP"].address},
    ),
    ("OfficeDirectoryZeroAccount", lambda w: w.registry().admit_office("US", ZERO, "Office"), {}),
    ("OfficeDirectoryOfficeExists", lambda w: w.registry().admit_office("EM", NEW, "Office"), {"office": "EM"}),
    (
        "OfficeDirectorySeatTaken",
        lambda w: w.registry().admit_office("US", SEATS["JP"].address, "Office"),
        {"seat": SEATS["JP"].address, "office": "JP"},
    ),
    (
        "OfficeDirectoryTextLength",
        lambda w: w.registry().admit_office("US", NEW, "x" * 101),
        {"length": 101, "limit": 100},
    ),
    (
        "OfficeDirectorySuspensionEnded",
        lambda w: w.registry().suspend_office("EM", datetime(2020, 1, 1, tzinfo=UTC)),
        {"until": datetime(2020, 1, 1, tzinfo=UTC)},
    ),
    ("OfficeDirectoryNotSuspended", lambda w: w.registry().reinstate_office("EM"), {"office": "EM"}),
    (
        "OfficeDirectoryKeyExists",
        lambda w: w.seat().add_key("EM", KEYS["EM"].address, Scope.REGISTER),
        {"office": "EM", "account": KEYS["EM"].address},
    ),
    ("OfficeDirectoryInvalidScopes", lambda w: w.seat().add_key("EM", NEW, Scope(0)), {"scopes": 0}),
    ("PriorityRegisterNoRegistry", no_registry, {"registry": STRANGER.address}),
    (
        "PriorityRegisterUnknownRight",
        lambda w: raw(
            w,
            PRIORITY_REGISTER,
            "check",
            dict(zip(CLAIM, (ROOT_WORD, 20240131, "JP", b"X", 20240630, bytes(32)), strict=True)),
        ),
        {"right": b"X"},
    ),
    (
        "PriorityRegisterNotSeat",
        lambda w: w.registry().publish_calendar("EM", 2024),
        {"office": "EM", "caller": GOVERNANCE.address},
    ),
    (
        "PriorityRegisterInvalidYear",
        lambda w: raw(w, PRIORITY_REGISTER, "publishCalendar", "EM", 1799, 0, [0, 0], sender=SEATS["EM"]),
        {"year": 1799},
    ),
    (
        "PriorityRegisterInvalidCalendar",
        lambda w: raw(w, PRIORITY_REGISTER, "publishCalendar", "EM", 2023, 0, [0, 1 << 109], sender=SEATS["EM"]),
        {"year": 2023, "weekly": 0},
    ),
    (
        "PriorityRegisterClosedTooLong",
        lambda w: w.seat().publish_calendar("EM", 2024, weekly=range(7)),
        {"year": 2024, "day_of_year": 31, "limit": 30},
    ),
    ("PriorityRegisterSelfClaim", self_claim, {}),
    (
        "PriorityRegisterNotEarlier",
        lambda w: submit_claim(w, claimed_date=20240630),
        {"earlier_date": date(2024, 6, 30), "later_filing_date": date(2024, 6, 30)},
    ),
    (
        "PriorityRegisterFilingDateMismatch",
        filing_date_mismatch,
        {"recorded": FILED, "stated": date(2024, 6, 30)},
    ),
    ("PriorityRegisterUnknownOutcome", lambda w: submit_claim(w, outcome=5), {"outcome": 5}),
    ("PriorityRegisterVersionMismatch", lambda w: submit_claim(w, replaces=3), {"recorded": 0, "replaces": 3}),
    ("PriorityRegisterVersionLimit", claim_version_limit, {}),
]
CLAIM = ("earlier", "claimed_date", "later_office", "later_right", "later_date", "digest")
AT_DEPLOYMENT_ONLY = {"InvalidShortString", "StringTooLong"}
"""Names and versions of the signing domains are constants of up to 31 bytes, so that neither can be met."""
OF_THE_LANGUAGE = {"Panic", "Error"}
"""Met with wallets and defects; `test_chain_reverts` has them."""


@pytest.mark.parametrize(("name", "provoke", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_refusal(here: World, name: str, provoke: Callable[[World], object], expected: dict[str, Any]) -> None:
    cls: type[CustomError] = getattr(reverts, f"{name}Error")
    with pytest.raises(ContractError) as caught:
        provoke(here)
    error = caught.value
    assert type(error) is cls
    for attribute, value in expected.items():
        assert getattr(error, attribute) == value
    assert error.exit_code == 4
    assert error.remedy


def test_every_error_is_provoked() -> None:
    cases = (*CASES, *test_consortium_refusals.CASES, *test_rights_refusals.CASES)
    provoked = {name for name, _, _ in cases}
    known = {cls.declaration.partition("(")[0] for cls in CUSTOM_ERRORS.values()}
    assert known - provoked == AT_DEPLOYMENT_ONLY | OF_THE_LANGUAGE | test_consortium_refusals.UNREACHABLE


def test_refusals_are_told_before_anything_is_sent(here: World) -> None:
    before = here.rpc.call("eth_getTransactionCount", [GOVERNANCE.address, "latest"])
    with pytest.raises(reverts.OfficeDirectoryUnknownKeyError):
        here.registry(STRANGER).register(here.application())
    assert here.rpc.call("eth_getTransactionCount", [GOVERNANCE.address, "latest"]) == before


def test_a_refusal_that_only_the_block_meets_is_decoded_too(here: World) -> None:
    session: Session = here.registry()
    application = here.application()
    data = load_abi(APPLICATION_REGISTRY).encode("register", application.registration(), bytes(65))
    with pytest.raises(reverts.OfficeSignedInvalidSignatureError) as caught:
        session._send(Intent("k", here.manifest.address(APPLICATION_REGISTRY), data, 300_000))
    assert caught.value.office == "EM"


def test_withdrawing_again_and_other_repetitions_are_no_errors(here: World) -> None:
    registry: Registry = here.registry()
    application = here.application()
    registry.register(application)
    registry.withdraw(application.number)
    assert not registry.withdraw(application.number).taken
    assert not registry.submit_signed(
        Withdrawal(application.number.on_chain, 1), signed(Withdrawal(application.number.on_chain, 1), here)
    ).taken
    correction = Correction(application.number.on_chain, 20240131, 0, digest("right"), 2)
    assert registry.submit_signed(correction, signed(correction, here)).taken
    assert not registry.submit_signed(correction, signed(correction, here)).taken
    batch = RegistrationBatch(b"EM", (here.application().registration(),))
    assert registry.submit_signed(batch, signed(batch, here)).taken
    assert not registry.submit_signed(batch, signed(batch, here)).taken


def test_claims_repeated_are_no_errors(here: World) -> None:
    registry = here.registry()
    later, earlier = here.number(), here.number("JP", Right.TRADEMARK)
    for outcome in (ClaimResult.CLAIMED, ClaimResult.ACCEPTED):
        for taken in (True, False):
            receipt = registry.record_claim(
                later, earlier, later_filing_date=date(2024, 6, 30), claimed_date=FILED, outcome=outcome
            )
            assert receipt.taken is taken
