"""The errors of the contracts as exceptions: the same on both sides, documented, and decoded into typed values."""

from __future__ import annotations

import inspect
import pickle
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registrum.chain.codec import canonical_type
from registrum.chain.contracts import (
    ADDRESS_BOOK,
    APPLICATION_REGISTRY,
    CHARTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
    TIMELOCK,
    load_artifact,
)
from registrum.chain.custom_error import CustomError
from registrum.chain.reverts import (
    CUSTOM_ERRORS,
    ApplicationRegistryConflictError,
    ApplicationRegistryEmptyAnchorError,
    OfficeDirectoryOfficeSuspendedError,
    OfficeDirectoryZeroAccountError,
    PanicError,
    ReasonError,
    UnknownRefusalError,
    decode_revert,
)
from registrum.errors import ContractError
from registrum.numbers import OfficeNumber
from registrum.signing.keccak import keccak
from tests.client.anvil import ROOT

CONTRACTS = (
    OFFICE_DIRECTORY,
    APPLICATION_REGISTRY,
    PRIORITY_REGISTER,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    CHARTER,
    ADDRESS_BOOK,
    TIMELOCK,
)
OF_OPENZEPPELIN = ("Governor", "Timelock", "AccessControl", "SafeCast", "FailedCall", "InvalidAccountNonce")
"""Errors whose documentation is not the project's."""
LANGUAGE = {"Panic(uint256)", "Error(string)"}
"""Errors of Solidity itself, which no ABI lists."""
NUMBER = OfficeNumber.from_text("EM/T/018660437")


def signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(canonical_type(item) for item in entry['inputs'])})"


def declared() -> dict[str, dict[str, Any]]:
    return {
        signature(entry): entry
        for name in CONTRACTS
        for entry in load_artifact(name)["abi"]
        if entry["type"] == "error"
    }


def declaration_of(entry: dict[str, Any]) -> str:
    arguments = ", ".join(f"{item.get('internalType') or item['type']} {item['name']}" for item in entry["inputs"])
    return f"{entry['name']}({arguments})"


def documentation(text: str) -> str:
    """What NatSpec says about an error, in one line."""
    parts = []
    for name in CONTRACTS:
        artifact = load_artifact(name)
        parts += [item["notice"] for item in artifact["userdoc"].get("errors", {}).get(text, [])]
        parts += [item.get("details", "") for item in artifact["devdoc"].get("errors", {}).get(text, [])]
    return re.sub(r"\s+", " ", " ".join(dict.fromkeys(parts)))


def test_classes_and_contracts_have_the_same_errors() -> None:
    known = {cls.error_selector for cls in CUSTOM_ERRORS.values()}
    wanted = {keccak(text.encode())[:4] for text in {*declared(), *LANGUAGE}}
    assert known == wanted


def test_no_two_errors_share_selector_or_code() -> None:
    classes = CustomError.__subclasses__()
    assert len({cls.error_selector for cls in classes}) == len(classes)
    assert len({cls.code for cls in classes}) == len(classes)


@pytest.mark.parametrize("text", sorted(declared()))
def test_declarations_are_those_of_the_contracts(text: str) -> None:
    cls = CUSTOM_ERRORS[keccak(text.encode())[:4]]
    assert cls.declaration == declaration_of(declared()[text])
    assert cls.__name__ == f"{declared()[text]['name']}Error"


@pytest.mark.parametrize("text", sorted(declared()))
def test_cause_and_remedy_are_those_of_the_contracts(text: str) -> None:
    cls = CUSTOM_ERRORS[keccak(text.encode())[:4]]
    said = documentation(text)
    notice, _, rest = said.partition("Remedy: ")
    assert cls.remedy
    if rest:
        remedy = rest[0].upper() + rest[1:]
        assert cls.remedy.rstrip(".") == remedy.rstrip(".")
    if notice and not text.startswith(OF_OPENZEPPELIN):
        assert notice.startswith((cls.__doc__ or "").strip())


@pytest.mark.parametrize("cls", CustomError.__subclasses__(), ids=lambda cls: cls.__name__)
def test_every_error_survives_encoding_and_pickling(cls: type[CustomError]) -> None:
    samples = {
        "number": NUMBER,
        "later": NUMBER,
        "earlier": NUMBER,
        "continuation": NUMBER,
        "related": NUMBER,
        "office": "EM",
        "reason": "no" if cls is ReasonError else 17,
        "str": "a text",
        "right": b"X",
        "successor": "JP",
        "supporter": "RU",
    }
    error = cls(**{name: samples.get(name, sample(kind, name)) for name, kind in arguments(cls)})
    again = decode_revert(error.to_data())
    assert type(again) is cls
    assert str(again) == str(error)
    assert again.details == error.details
    assert again.exit_code == 4
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(copied), str(copied), copied.details) == (cls, str(error), error.details)
    assert set(inspect.get_annotations(cls)) == {name for name, _ in arguments(cls)}


def arguments(cls: type[CustomError]) -> list[tuple[str, str]]:
    inner = cls.declaration.partition("(")[2].rstrip(")")
    pairs = [item.rsplit(" ", 1) for item in inner.split(", ") if item]
    return [(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(), kind) for kind, name in pairs]


def sample(kind: str, name: str) -> Any:
    if kind == "CalendarDate":
        return date(2024, 1, 31)
    if kind == "address":
        return "0x" + "11" * 20
    if kind.startswith("bytes"):
        return b"\x41" * int(kind[5:])
    if kind == "uint40" and name not in ("leaf_count", "duration", "objection_delay"):
        return datetime(2024, 1, 31, tzinfo=UTC)
    return 7


def test_arguments_become_typed_attributes() -> None:
    error = ApplicationRegistryConflictError(
        number=NUMBER, recorded_digest=b"\1" * 32, recorded_filing_date=date(2024, 1, 31)
    )
    decoded = decode_revert(error.to_data())
    assert isinstance(decoded, ApplicationRegistryConflictError)
    assert decoded.number == NUMBER
    assert decoded.recorded_digest == b"\1" * 32
    assert decoded.recorded_filing_date == date(2024, 1, 31)
    assert decoded.code == "application_registry_conflict"
    assert decoded.cause == "The number is recorded with other content."
    assert decoded.details["number"] == "EM/T/018660437"
    assert "2024-01-31" in decoded.message
    assert decoded.remedy in decoded.diagnostics()


def test_counts_are_no_times() -> None:
    error = ApplicationRegistryEmptyAnchorError(root=bytes(32), leaf_count=2**40 - 1)
    decoded = decode_revert(error.to_data())
    assert isinstance(decoded, ApplicationRegistryEmptyAnchorError)
    assert decoded.leaf_count == 2**40 - 1


def test_a_suspension_without_end_has_no_time() -> None:
    word = (2**40 - 1).to_bytes(32, "big")
    decoded = decode_revert(OfficeDirectoryOfficeSuspendedError.error_selector + b"EM".ljust(32, b"\0") + word)
    assert isinstance(decoded, OfficeDirectoryOfficeSuspendedError)
    assert decoded.until is None


def test_a_panic_says_what_its_code_stands_for() -> None:
    decoded = decode_revert(bytes.fromhex("4e487b71") + (0x11).to_bytes(32, "big"))
    assert isinstance(decoded, PanicError)
    assert decoded.reason == 0x11
    assert decoded.meaning == "arithmetic overflow"


def test_reasons_in_plain_text() -> None:
    from eth_abi import encode

    decoded = decode_revert(bytes.fromhex("08c379a0") + encode(["string"], ["not today"]))
    assert isinstance(decoded, ReasonError)
    assert decoded.reason == "not today"


@pytest.mark.parametrize(
    "data", [b"", b"\x12", b"\xde\xad\xbe\xef" + bytes(32), ApplicationRegistryConflictError.error_selector]
)
def test_what_is_not_known_is_kept(data: bytes) -> None:
    decoded = decode_revert(data)
    assert isinstance(decoded, UnknownRefusalError)
    assert isinstance(decoded, ContractError)
    assert decoded.data == data
    assert pickle.loads(pickle.dumps(decoded)).data == data  # noqa: S301


@pytest.mark.parametrize("wrong", [{}, {"number": NUMBER}])
def test_arguments_that_are_missing_or_foreign_are_refused(wrong: dict[str, Any]) -> None:
    cls = ApplicationRegistryConflictError if not wrong else OfficeDirectoryZeroAccountError
    with pytest.raises(TypeError, match="needs"):
        cls(**wrong)


def test_the_document_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "tools/error_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
