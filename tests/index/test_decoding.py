"""Rows out of logs: the readers at fixed offsets say what the general reader of the interface says."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from registrum.chain.contracts import load_abi
from registrum.deployment.versions import RegistryVersions
from registrum.errors import NodeError
from registrum.index.decoding import UNKNOWN, Decoded, Decoder, Followed, Log
from registrum.index.event_values import event_readers
from registrum.index.following import followed_contracts
from registrum.index.tables import metadata
from tests.index.conftest import Life

ADDRESS = "0x" + "ab" * 20
COLUMNS = {table.name: [column.name for column in table.c] for table in metadata.sorted_tables}


def logs_of(life: Life) -> list[dict[str, Any]]:
    addresses = [contract.address for contract in life.world.manifest.contracts.values()]
    logs: list[dict[str, Any]] = life.world.rpc.call("eth_getLogs", [{"fromBlock": "0x0", "address": addresses}])
    return logs


def decoded(life: Life, logs: list[dict[str, Any]]) -> Decoded:
    contracts = followed_contracts(life.world.manifest, RegistryVersions.of(life.world.manifest))
    read = msgspec.convert(logs, list[Log])
    return Decoder(contracts).decode(read, {log.block_number: (bytes(32), 9) for log in read})


def test_each_event_has_its_row(life: Life) -> None:
    logs = logs_of(life)
    found = decoded(life, logs)
    names = {contract.address.lower(): name for name, contract in life.world.manifest.contracts.items()}
    parts = {"ApplicationDisclosed", "EntryFactsStated"}
    general = []
    for log in logs:
        name = load_abi(names[log["address"]]).decode_event(log)
        assert name is not None
        if name[0] not in parts:
            general.append(int(log["blockNumber"], 16) << 24 | int(log["logIndex"], 16))
    tables = ("applications", "entry_events", "events")
    assert sorted(row[0] for table in tables for row in found.of_table(table)) == general
    assert found.events == len(logs)
    assert found.ignored == 0


def test_rows_have_all_columns_and_say_what_the_interface_says(life: Life) -> None:
    logs = logs_of(life)
    found = decoded(life, logs)
    for table, rows in found.rows.items():
        assert {len(row) for row in rows} == {len(COLUMNS[table])}
    by_place = {int(log["blockNumber"], 16) << 24 | int(log["logIndex"], 16): log for log in logs}
    for row in found.of_table("applications"):
        values = dict(zip(COLUMNS["applications"], row, strict=True))
        decoded_log = load_abi("ApplicationRegistry").decode_event(by_place[values["position"]])
        assert decoded_log is not None
        arguments = decoded_log[1]
        assert values["number"] == arguments["number"].text
        assert values["version"] == arguments.get("version", 1)
        signer = values["changed_by"] or values["signing_key"]
        assert signer.hex() == arguments["signing_key"][2:].lower()
        if "digest" in arguments:
            assert values["digest"] == arguments["digest"]
            assert values["filing_date"] == int(arguments["filing_date"].strftime("%Y%m%d"))
    for row in found.of_table("entry_events"):
        values = dict(zip(COLUMNS["entry_events"], row, strict=True))
        decoded_log = load_abi("RightsRegister").decode_event(by_place[values["position"]])
        assert decoded_log is not None
        arguments = decoded_log[1]
        assert values["head"] == arguments["head"]
        assert values["to_state"].encode() == arguments["to"]
        assert (values["from_state"] or "\0\0").encode() == arguments["from"]
        assert values["sequence"] == arguments["sequence"]
        assert values["flags"] == arguments["flags"]
        assert values["recorded_at"] == int(arguments["recorded_at"].timestamp())


def test_arguments_are_json_by_the_names_of_the_interface(life: Life) -> None:
    rows = [dict(zip(COLUMNS["events"], row, strict=True)) for row in decoded(life, logs_of(life)).of_table("events")]
    admitted = next(row for row in rows if row["name"] == "OfficeAdmitted")
    values = json.loads(admitted["arguments"])
    assert list(values) == ["office", "seat", "name", "endpoint", "earliestFilingDate"]
    assert (admitted["office"], values["earliestFilingDate"]) == (values["office"], None)
    not_taken = next(row for row in rows if row["name"] == "ApplicationNotTaken")
    assert json.loads(not_taken["arguments"])["number"] == not_taken["number"]
    added = json.loads(next(row["arguments"] for row in rows if row["name"] == "KeyAdded"))
    assert added["validUntil"] == 2**40 - 1
    published = json.loads(next(row["arguments"] for row in rows if row["name"] == "CalendarPublished"))
    assert all(type(word) in (int, str) for word in published["exceptions"])


def a_log(**changes: Any) -> Log:
    values = {
        "address": ADDRESS,
        "topics": [],
        "data": "0x",
        "blockNumber": "0x1",
        "blockHash": "0x" + "00" * 32,
        "transactionHash": "0x" + "11" * 32,
        "transactionIndex": "0x0",
        "logIndex": "0x0",
    }
    return msgspec.convert({**values, **changes}, Log)


@pytest.mark.parametrize("topics", [[], ["0x" + "77" * 32]])
def test_an_event_that_the_interface_has_not_is_kept_as_it_is(topics: list[str]) -> None:
    decoder = Decoder([Followed("Charter", ADDRESS)])
    found = decoder.decode([a_log(topics=topics, data="0x1234")], {"0x1": (bytes(32), 1)})
    [row] = found.of_table("events")
    assert row[2:6] == ("Charter", UNKNOWN, None, None)
    assert json.loads(row[6]) == {"topics": topics, "data": "0x1234"}


def test_addresses_are_known_in_any_case_of_letters() -> None:
    decoder = Decoder([Followed("Charter", "0x5FbDB2315678afecb367f032d93F642f64180aa3")])
    assert decoder.follows("0x5fbdb2315678afecb367f032d93f642f64180aa3")
    assert decoder.follows("0x5FbDB2315678afecb367f032d93F642f64180aa3")
    assert not decoder.follows(ADDRESS)
    found = decoder.decode([a_log()], {})
    assert (found.events, found.ignored, found.rows) == (0, 1, {})


def test_an_invalid_date_and_a_malformed_number_do_not_hide_an_event() -> None:
    """A batch may name such items; the contract says that it did not take them."""
    topic, reader = next(
        (topic, one) for topic, one in event_readers("ApplicationRegistry").items() if one.name == "ApplicationNotTaken"
    )
    office = "0x" + b"EM".ljust(32, b"\0").hex()
    data = "0x" + "".join(f"{word:064x}" for word in (20240231, 0, 5))
    decoder = Decoder([Followed("ApplicationRegistry", ADDRESS, 1)])
    log = a_log(topics=[topic, "0x" + "ff" * 32, office, "0x" + "22" * 32], data=data)
    [row] = decoder.decode([log], {"0x1": (bytes(32), 1)}).of_table("events")
    assert (row[4], row[5]) == ("EM", None)
    values = json.loads(row[6])
    assert (values["number"], values["filingDate"]) == ("0x" + "ff" * 32, 20240231)
    with pytest.raises(NodeError, match="topics"):
        reader.read([office], b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"logIndex": "x"},
        {"transactionHash": "0xzz"},
        {"blockNumber": "0x2"},
    ],
)
def test_logs_that_cannot_be_read_are_an_error_of_the_node(changes: dict[str, Any]) -> None:
    decoder = Decoder([Followed("Charter", ADDRESS)])
    with pytest.raises(NodeError, match="cannot be read"):
        decoder.decode([a_log(**changes)], {"0x1": (bytes(32), 1)})


def test_logs_out_of_their_order_are_an_error_of_the_node() -> None:
    decoder = Decoder([Followed("Charter", ADDRESS)])
    with pytest.raises(NodeError, match="out of their order"):
        decoder.decode([a_log(), a_log()], {"0x1": (bytes(32), 1)})
