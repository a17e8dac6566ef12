"""The hand-written ABI encoding, compared with eth_abi, and against data that no contract sends."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.chain.codec import FOREVER, canonical_type, decode_values, encode_values, kind_of, snake_case
from registrum.chain.contracts import (
    APPLICATION_REGISTRY,
    OFFICE_DIRECTORY,
    OFFICE_PRACTICE,
    PRIORITY_REGISTER,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
    load_abi,
    load_artifact,
)
from registrum.errors import InputError, NodeError
from registrum.numbers import OfficeNumber

CONTRACTS = (
    OFFICE_DIRECTORY,
    APPLICATION_REGISTRY,
    PRIORITY_REGISTER,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    RIGHTS_STANDING,
)


def entries(kind: str) -> list[Any]:
    return [
        pytest.param(entry, id=f"{name}.{entry['name']}")
        for name in CONTRACTS
        for entry in load_artifact(name)["abi"]
        if entry["type"] == kind
    ]


def plain(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry without the names of types, so that values stay those of the ABI."""
    made = {**entry, "internalType": "", "name": "leafCount"}
    if "components" in entry:
        made["components"] = [{**plain(member), "name": f"m{n}"} for n, member in enumerate(entry["components"])]
    return made


def value_of(entry: dict[str, Any], chance: random.Random) -> Any:
    """Some value of a type, often at the edge of its range."""
    kind = entry["type"]
    if kind.endswith("]"):
        base, _, size = kind[:-1].rpartition("[")
        count = int(size) if size else chance.randrange(4)
        return [value_of({**entry, "type": base}, chance) for _ in range(count)]
    if kind == "tuple":
        return {f"m{n}": value_of(member, chance) for n, member in enumerate(entry["components"])}
    if kind == "string":
        return "".join(chance.choice("aZ0 éЖ漢\U0001f600\0") for _ in range(chance.choice((0, 1, 31, 32, 33, 70))))
    if kind == "bytes":
        return chance.randbytes(chance.choice((0, 1, 31, 32, 33, 65)))
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "address":
        return "0x" + chance.randbytes(20).hex()
    if kind.startswith("bytes"):
        return chance.randbytes(int(kind[5:]))
    most = 253402300799 if kind == "uint40" else 2 ** int(kind.removeprefix("uint")) - 1
    return chance.choice((0, 1, most, chance.randint(0, most)))


def bare(value: Any) -> Any:
    """A value as eth_abi has it: tuples for structs and lists, times as seconds."""
    if isinstance(value, dict):
        return tuple(bare(item) for item in value.values())
    if isinstance(value, list | tuple):
        return tuple(bare(item) for item in value)
    if isinstance(value, datetime):
        return int(value.timestamp())
    if value is None:
        return 0
    return value.lower() if isinstance(value, str) and value.startswith("0x") else value


def in_order(value: Any) -> Any:
    """A value with tuples for structs."""
    if isinstance(value, dict):
        return tuple(in_order(item) for item in value.values())
    return [in_order(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("entry", entries("function"))
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_calls_and_answers_are_encoded_as_eth_abi_does(entry: dict[str, Any], seed: int) -> None:
    from eth_abi import decode, encode

    chance = random.Random(seed)
    for side in ("inputs", "outputs"):
        described = [plain(item) for item in entry[side]]
        kinds = [kind_of(item) for item in described]
        types = [canonical_type(item) for item in entry[side]]
        values = [value_of(item, chance) for item in described]
        encoded = encode_values(kinds, values)
        assert encoded == encode(types, [bare(value) for value in values])
        assert encoded == encode_values(kinds, [in_order(value) for value in values])
        decoded = decode_values(kinds, encoded)
        assert bare(decoded) == bare(values)
        assert bare(decode(types, encoded)) == bare(values)


@pytest.mark.parametrize("entry", entries("function"))
def test_selectors_are_those_of_web3(entry: dict[str, Any]) -> None:
    from eth_utils.abi import function_abi_to_4byte_selector

    contract = next(name for name in CONTRACTS if entry in load_artifact(name)["abi"])
    assert load_abi(contract).selector(entry["name"]) == function_abi_to_4byte_selector(entry)


@pytest.mark.parametrize("entry", entries("event"))
def test_topics_are_those_of_web3(entry: dict[str, Any]) -> None:
    from eth_utils.abi import event_abi_to_log_topic

    contract = next(name for name in CONTRACTS if entry in load_artifact(name)["abi"])
    assert load_abi(contract).topic(entry["name"]) == "0x" + event_abi_to_log_topic(entry).hex()


@given(data=st.binary(max_size=400))
def test_foreign_data_is_read_or_refused_by_name(data: bytes) -> None:
    abi = load_abi(OFFICE_DIRECTORY)
    try:
        page, total = abi.decode("offices", data)
    except NodeError:
        return
    assert isinstance(page, list)
    assert total >= 0


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ({"type": "bytes32", "internalType": "OfficeNumber"}, OfficeNumber.from_text("EM/T/018660437"), None),
        ({"type": "bytes32", "internalType": "OfficeNumber"}, b"\xff" * 32, None),
        ({"type": "bytes2", "internalType": "OfficeCode"}, "EM", None),
        ({"type": "uint32", "internalType": "CalendarDate"}, date(2024, 2, 29), None),
        ({"type": "uint32", "internalType": "CalendarDate"}, None, None),
        ({"type": "uint40", "name": "until"}, datetime(2024, 2, 29, 12, 30, 5, tzinfo=UTC), None),
        ({"type": "uint40", "name": "until"}, FOREVER, "none"),
        ({"type": "uint40", "name": "leafCount"}, FOREVER, None),
        ({"type": "string"}, "Государственная служба", None),
    ],
)
def test_values_of_the_package_come_back_as_they_went(kind: dict[str, Any], value: Any, read: str | None) -> None:
    codec = kind_of(kind)
    assert decode_values([codec], encode_values([codec], [value])) == ((None,) if read else (value,))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint8", -1),
        ("uint8", True),
        ("uint8", "1"),
        ("bytes2", b"EMT"),
        ("bytes2", "EM"),
        ("address", "0x12"),
        ("uint256[2]", [1]),
    ],
)
def test_values_out_of_range_are_refused(kind: str, value: Any) -> None:
    with pytest.raises(InputError):
        encode_values([kind_of({"type": kind})], [value])


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        encode_values([kind_of({"type": "uint40", "name": "until"})], [datetime(2024, 1, 31)])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ({"type": "uint8"}, (256).to_bytes(32, "big")),
        ({"type": "bytes2"}, b"EMX".ljust(32, b"\0")),
        ({"type": "address"}, b"\1" * 32),
        ({"type": "bool"}, (2).to_bytes(32, "big")),
        ({"type": "uint32", "internalType": "CalendarDate"}, (20240230).to_bytes(32, "big")),
        ({"type": "uint256"}, b"\0" * 31),
        ({"type": "bytes"}, (2**255).to_bytes(32, "big")),
        ({"type": "bytes"}, (32).to_bytes(32, "big") + (2**200).to_bytes(32, "big")),
        ({"type": "uint256[]"}, (32).to_bytes(32, "big") + (2**40).to_bytes(32, "big")),
    ],
)
def test_data_that_no_contract_sends_is_a_fault_of_the_node(kind: dict[str, Any], data: bytes) -> None:
    with pytest.raises(NodeError):
        decode_values([kind_of(kind)], data)


def test_an_empty_answer_is_told_as_a_missing_contract() -> None:
    with pytest.raises(NodeError, match="no contract"):
        load_abi(OFFICE_DIRECTORY).decode("governance", b"")


def test_names_in_snake_case() -> None:
    assert [snake_case(name) for name in ("number", "filingDate", "earlierApplicationDate")] == [
        "number",
        "filing_date",
        "earlier_application_date",
    ]
