"""Every error of the rights register's contracts, provoked on a real node, as its own exception with typed values."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registrum import OfficeNumber, Registry, Right, Scope
from registrum.chain import reverts
from registrum.chain.codec import encode_values, kind_of
from registrum.chain.contracts import (
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
    load_abi,
    load_artifact,
)
from registrum.chain.custom_error import CustomError
from registrum.chain.entries import Intent
from registrum.client.session import returned
from registrum.errors import ContractError
from registrum.rights.model import Relation
from registrum.signing.rights_statements import (
    Empowerment,
    EntryFactsStatement,
    EventBatch,
    LegalStatusEventStatement,
    RenewalTerms,
)
from registrum.signing.signers import DevelopmentSigner
from tests.client.registries import GOVERNANCE, STRANGER, World, world

KEY = DevelopmentSigner.account(4)
"""EM's key for the register, and for what the office states of its practice."""
COURT = DevelopmentSigner.account(8)
ST27 = b"ST.27".ljust(8, b"\0")
FILING, REGISTRATION, EXPIRY, CLASSES, RELATION = 1, 2, 4, 8, 128
IMPORTED, ANNULS = 1, 4
FILED, EXPIRES = 20240131, 20340131
MOST_EVENTS = 200
WORD = b"\x11" * 32
ZERO = bytes(32)


@pytest.fixture(scope="module")
def running_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("refusals"), "--timestamp", "1735689600") as made:
        made.seat().add_key("EM", KEY.address, Scope.REGISTER | Scope.KEYS)
        yield made


@pytest.fixture
def here(running_world: World) -> Iterator[World]:
    with running_world.undone():
        yield running_world


def unchecked(cls: type[Any], *defaults: Any, **values: Any) -> Any:
    """A statement whose values its constructor may refuse; what is not given is as in the defaults."""
    statement = object.__new__(cls)
    for name in (field.name for field in dataclasses.fields(cls)):
        value = values.pop(name) if name in values else getattr(defaults[0], name)
        object.__setattr__(statement, name, value)
    assert not values
    return statement


def facts(**values: Any) -> Any:
    return unchecked(EntryFactsStatement, EntryFactsStatement(), **values)


FIRST_FACTS = {"changes": FILING | CLASSES, "filing_date": FILED, "classes": 1 << 9}


def code(text: str) -> bytes:
    return text.encode().ljust(32, b"\0")


def head_of(world: World, number: bytes) -> bytes:
    abi = load_abi(RIGHTS_REGISTER)
    registry = world.registry()
    data = abi.encode("headsOf", [number])
    heads: list[bytes] = registry._simulate(RIGHTS_REGISTER, "headsOf", data, 1_000_000)
    return heads[0]


def event(world: World, number: OfficeNumber | bytes, what: str, resulting: bytes = b"A1", **values: Any) -> Any:
    """A legal-status event of ST.27 on 31 January 2024 that follows the entry's head, but for what is given."""
    word = number.on_chain if isinstance(number, OfficeNumber) else number
    given = {"previous": head_of(world, word), "system": ST27, "status": 1, "event_date": FILED, **values}
    given.setdefault("effective_date", given["event_date"])
    stated = {"publication_date": 0, "document": ZERO, "corrects": 0, "flags": 0, "facts": facts(), **given}
    return unchecked(LegalStatusEventStatement, number=word, code=code(what), resulting=resulting, **stated)


def encoded(world: World, statement: Any, signer: Any = KEY) -> bytes:
    signature = signer.sign(statement, world.registry().rights_domain)
    return load_abi(RIGHTS_REGISTER).encode("record", statement, signature)


def tried(world: World, statement: Any, signer: Any = KEY) -> None:
    """What the contract says to an event."""
    world.registry()._simulate(RIGHTS_REGISTER, "record", encoded(world, statement, signer), 5_000_000)


def sent(world: World, contract: str, data: bytes, about: str) -> None:
    registry: Registry = world.registry()
    assert registry._send(Intent(about, world.manifest.address(contract), data, 2_000_000)).ok


def recorded(world: World, statement: Any) -> None:
    sent(world, RIGHTS_REGISTER, encoded(world, statement), statement.code.hex() + statement.number.hex())


def filed(world: World, right: Right = Right.TRADEMARK, **values: Any) -> OfficeNumber:
    number = world.number("EM", right)
    recorded(world, event(world, number, "A10", facts=facts(**{**FIRST_FACTS, **values})))
    return number


def registered(world: World, filing: int = FILED, expiry: int = EXPIRES) -> OfficeNumber:
    number = world.number()
    first = facts(changes=FILING | EXPIRY | CLASSES, filing_date=filing, expiry_date=expiry, classes=1 << 9)
    recorded(world, event(world, number, "A10", b"A4", event_date=filing, facts=first))
    return number


def practised(function: str, make: Callable[[int], Any]) -> Callable[[World], None]:
    """What the office states of its practice, with a version."""

    def act(world: World) -> None:
        statement = make(7)
        data = load_abi(OFFICE_PRACTICE).encode(
            function, statement, KEY.sign(statement, world.registry().practice_domain)
        )
        world.registry()._simulate(OFFICE_PRACTICE, function, data, 1_000_000)

    return act


def terms(version: int, right: bytes = b"T") -> Any:
    return unchecked(
        RenewalTerms,
        office=b"EM",
        right=right,
        period_years=10,
        maximum_years=0,
        window_months=6,
        grace_months=6,
        version=version,
    )


def governed(function: str, *rows: Any, sender: Any = GOVERNANCE) -> Callable[[World], None]:
    """Rows of the table, by the account that governs unless it is said otherwise."""

    def act(world: World) -> None:
        data = load_abi(RIGHTS_REGISTER).encode(function, list(rows))
        world.registry(sender=sender)._simulate(RIGHTS_REGISTER, function, data, 1_000_000)

    return act


def created(contract: str, *arguments: str) -> Callable[[World], None]:
    """A contract that would be created; names of contracts stand for their addresses."""

    def act(world: World) -> None:
        addresses = [world.manifest.address(item) if item in world.manifest.contracts else item for item in arguments]
        data = bytes.fromhex(load_artifact(contract)["bytecode"][2:])
        data += encode_values([kind_of({"type": "address"})] * len(addresses), addresses)
        request = {"from": GOVERNANCE.address, "data": "0x" + data.hex()}
        returned(world.rpc.batch([("eth_call", [request, "latest"])])[0])

    return act


def first(what: str = "A10", resulting: bytes = b"A1", right: Right = Right.TRADEMARK, **values: Any) -> Any:
    """The first event of an entry."""

    def act(world: World) -> None:
        given = {"facts": facts(**FIRST_FACTS), **values}
        tried(world, event(world, world.number("EM", right), what, resulting, **given))

    return act


def later(what: str, resulting: bytes = b"A1", **values: Any) -> Callable[[World], None]:
    """An event of an entry that was filed."""
    return lambda world: tried(world, event(world, filed(world), what, resulting, **values))


def renewal(*, on: int, expiry: int = 20250601, wanted: int = 20350601) -> Callable[[World], None]:
    """A renewal of what was filed on 1 June 2015."""

    def act(world: World) -> None:
        number = registered(world, 20150601, expiry)
        stated = facts(changes=EXPIRY, expiry_date=wanted)
        tried(world, event(world, number, "R10", b"A4", event_date=on, facts=stated))

    return act


def batch(size: int, office: bytes = b"EM") -> Callable[[World], None]:
    def act(world: World) -> None:
        events = tuple(event(world, world.number(), "A10", previous=ZERO) for _ in range(1)) * size
        signed = unchecked(EventBatch, office=office, events=events)
        signature = KEY.sign(signed, world.registry().rights_domain) if events else bytes(65)
        data = load_abi(RIGHTS_REGISTER).encode("recordBatch", office, list(events), signature)
        world.registry()._simulate(RIGHTS_REGISTER, "recordBatch", data, 20_000_000)

    return act


def continued(world: World) -> None:
    old, new = filed(world), world.number()
    stated = facts(changes=RELATION, relation=Relation.CONTINUATION_OF, related=old.on_chain)
    recorded(world, event(world, new, "F10", b"A4", previous=head_of(world, old.on_chain), facts=stated))
    tried(world, event(world, old, "W10"))


def not_empowered(world: World) -> None:
    until = int(datetime(2090, 1, 1, tzinfo=UTC).timestamp())
    statement = Empowerment(b"EM", COURT.address, code("Court"), 1 << (ord("H") - 65), 0, until, 1)
    signature = KEY.sign(statement, world.registry().practice_domain)
    sent(world, OFFICE_PRACTICE, load_abi(OFFICE_PRACTICE).encode("empower", statement, signature), "empower")
    tried(world, event(world, filed(world), "F10", b"A4"), COURT)


def terminated(world: World) -> None:
    number = filed(world)
    recorded(world, event(world, number, "H10", b"T6"))
    tried(world, event(world, number, "F10", b"A4"))


OTHER_SYSTEM = b"ST.87".ljust(8, b"\0")
UNKNOWN = {"related": OfficeNumber("EM", Right.TRADEMARK, "999999999").on_chain}
CASES: list[tuple[str, Callable[[World], object], dict[str, Any]]] = [
    (
        "RightsRegisterNotGovernance",
        governed("setCodes", (b"T", ST27, code("Z99"), b"W", 1, 1, 1, "z"), sender=STRANGER),
        {"caller": STRANGER.address},
    ),
    (
        "RightsRegisterNotGovernance",
        governed("setStatuses", (b"T", 127, code("z")), sender=STRANGER),
        {"caller": STRANGER.address},
    ),
    (
        "RightsRegisterNoPractice",
        created(RIGHTS_REGISTER, OFFICE_DIRECTORY, STRANGER.address),
        {"practice": STRANGER.address},
    ),
    ("RightsRegisterUnknownRight", governed("setStatuses", (b"P", 1, code("z"))), {"right": b"P"}),
    ("RightsRegisterInvalidRule", governed("setStatuses", (b"T", 1, code("z"))), {"row": code("z")}),
    (
        "RightsRegisterInvalidRule",
        governed("setCodes", (b"T", ST27, code("F10-F11"), b"W", 1, 1, 1, "z")),
        {"row": code("F10-F11")},
    ),
    ("RightsRegisterOtherOffice", batch(1, b"JP"), {"office": "JP"}),
    ("RightsRegisterBatchSize", batch(0), {"size": 0, "maximum": MOST_EVENTS}),
    ("RightsRegisterBatchSize", batch(MOST_EVENTS + 1), {"size": MOST_EVENTS + 1, "maximum": MOST_EVENTS}),
    ("RightsRegisterNotHead", later("W10", previous=WORD), {"previous": WORD}),
    ("RightsRegisterContinued", continued, {}),
    (
        "RightsRegisterUnknownCode",
        later("F10", system=OTHER_SYSTEM),
        {"system": OTHER_SYSTEM, "status_code": code("F10")},
    ),
    ("RightsRegisterUnknownStatus", later("W10", status=0), {"status": 0}),
    ("RightsRegisterUnknownStatus", later("W10", status=127), {"status": 127}),
    ("RightsRegisterUnknownStage", later("W10", b"A9"), {"resulting": b"A9"}),
    ("RightsRegisterNotCreating", first("F10", b"A4"), {"status_code": code("F10")}),
    ("RightsRegisterAlreadyCreated", later("A10", flags=IMPORTED), {}),
    ("RightsRegisterNotEmpowered", not_empowered, {"body": COURT.address, "category": b"F"}),
    (
        "RightsRegisterBeforeFiling",
        later("W10", event_date=20240130),
        {"day": date(2024, 1, 30), "filing_date": date(2024, 1, 31)},
    ),
    ("RightsRegisterFutureDate", later("W10", event_date=29990101), {"day": date(2999, 1, 1)}),
    ("RightsRegisterTerminated", terminated, {"status_code": code("F10")}),
    ("RightsRegisterInvalidCorrection", later("Y10", corrects=2), {"corrects": 2}),
    ("RightsRegisterInvalidCorrection", later("Y10"), {"corrects": 0}),
    ("RightsRegisterInvalidFlags", later("W10", flags=8), {"flags": 8}),
    ("RightsRegisterInvalidFlags", later("W10", flags=ANNULS), {"flags": ANNULS}),
    ("RightsRegisterInvalidChanges", later("W10", facts=facts(changes=0x8000)), {"changes": 0x8000}),
    ("RightsRegisterInvalidChanges", later("W10", facts=facts(classes=1 << 9)), {"changes": 0}),
    ("RightsRegisterInvalidClasses", later("W10", facts=facts(changes=CLASSES, classes=3 << 9)), {"classes": 3 << 9}),
    (
        "RightsRegisterInvalidClasses",
        first(right=Right.DESIGN, facts=facts(**{**FIRST_FACTS, "classes": 1 << 33})),
        {"classes": 1 << 33},
    ),
    (
        "RightsRegisterInvalidTerm",
        later("F10", b"A4", facts=facts(changes=EXPIRY, expiry_date=FILED)),
        {"expiry": date(2024, 1, 31)},
    ),
    (
        "RightsRegisterNotRenewable",
        renewal(on=20241130),
        {"opens": date(2024, 12, 1), "closes": date(2025, 12, 1)},
    ),
    ("RightsRegisterNoSurcharge", renewal(on=20241231, expiry=20241201), {"expiry_date": date(2024, 12, 1)}),
    (
        "RightsRegisterInvalidRenewal",
        renewal(on=20241231, wanted=20350602),
        {"expiry_date": date(2035, 6, 2), "expected": date(2035, 6, 1)},
    ),
    (
        "RightsRegisterInvalidRelation",
        later("W10", facts=facts(changes=RELATION, relation=Relation.MERGES_INTO, **UNKNOWN)),
        {"relation": int(Relation.MERGES_INTO), "related": OfficeNumber("EM", Right.TRADEMARK, "999999999")},
    ),
    ("OfficePracticeUnknownRight", practised("setRenewalTerms", lambda version: terms(version, b"P")), {"right": b"P"}),
    ("OfficePracticeInvalidStatement", practised("setRenewalTerms", terms), {"office": "EM", "version": 7}),
    (
        "OfficePracticeInvalidStatement",
        practised("empower", lambda version: Empowerment(b"EM", COURT.address, code("Court"), 1, 0, 2**31, version)),
        {"office": "EM", "version": 7},
    ),
    ("RightsStandingNoRegister", created(RIGHTS_STANDING, STRANGER.address), {"register": STRANGER.address}),
]


@pytest.mark.parametrize(("name", "provoke", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_refusal(here: World, name: str, provoke: Callable[[World], object], expected: dict[str, Any]) -> None:
    cls: type[CustomError] = getattr(reverts, f"{name}Error")
    with pytest.raises(ContractError) as caught:
        provoke(here)
    error = caught.value
    assert type(error) is cls, error
    for attribute, value in expected.items():
        assert getattr(error, attribute) == value
    assert error.exit_code == 4
    assert error.remedy


def test_what_is_refused_for_one_thing_alone_is_otherwise_taken(here: World) -> None:
    """The entries and events that the cases vary are good as they are."""
    tried(here, event(here, filed(here), "W10"))
    tried(here, event(here, filed(here), "Y10", corrects=1))
    number = registered(here, 20150601, 20250601)
    stated = facts(changes=EXPIRY, expiry_date=20350601)
    tried(here, event(here, number, "R10", b"A4", event_date=20241231, facts=stated))
    governed("setStatuses", (b"T", 127, code("z")))(here)
    governed("setCodes", (b"T", ST27, code("F10"), b"W", 1, 1, 1, "z"))(here)


def test_a_relation_is_told_in_words(here: World) -> None:
    with pytest.raises(reverts.RightsRegisterInvalidRelationError, match="like this: merges into"):
        later("W10", facts=facts(changes=RELATION, relation=Relation.MERGES_INTO, **UNKNOWN))(here)
