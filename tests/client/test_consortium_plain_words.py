"""Proposals in plain words: every call that needs a vote has a sentence, and what cannot be read is said so."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from eth_abi.abi import encode as eth_encode
from eth_utils import keccak as eth_keccak
from hypothesis import given
from hypothesis import strategies as st

from registrum.chain.codec import FOREVER
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
    TIMELOCK,
    load_abi,
    load_artifact,
)
from registrum.client.drafts import Drafts, FirstKey
from registrum.client.members import Scope
from registrum.client.plain_words import SENTENCES, Call, Names, duration_words, plain_call, quoted
from registrum.client.proposals import Draft, id_text, own_words, proposal_id, read_id
from registrum.errors import ConfigError, InputError
from tests.client.anvil import ROOT

CONTRACTS = (
    OFFICE_DIRECTORY,
    APPLICATION_REGISTRY,
    PRIORITY_REGISTER,
    OFFICE_PRACTICE,
    RIGHTS_REGISTER,
    CONSORTIUM,
    EMERGENCY_COUNCIL,
    CHARTER,
    ADDRESS_BOOK,
    TIMELOCK,
)
ADDRESSES = {name: "0x" + f"{place:040x}" for place, name in enumerate(CONTRACTS, 0xA1)}
SEAT = "0x2222222222222222222222222222222222222222"
KEY = "0x3333333333333333333333333333333333333333"
NAMES = Names(
    {address: name for name, address in ((n, Call(a, b"").target) for n, a in ADDRESSES.items())},
    {"EM": "European Union Intellectual Property Office", "JP": "Japan Patent Office"},
    {SEAT: "seat of EM"},
)
DRAFTS = Drafts(ADDRESSES, NAMES)
NO_VOTE_NEEDED = {
    (OFFICE_DIRECTORY, name)
    for name in (
        *("acceptSeat", "addKey", "objectToReplacement", "proposeSeat", "revokeKey"),
        *("setEarliestFilingDate", "setEndpoint"),
    )
} | {
    *((APPLICATION_REGISTRY, e["name"]) for e in load_artifact(APPLICATION_REGISTRY)["abi"] if e["type"] == "function"),
    *((PRIORITY_REGISTER, name) for name in ("publishCalendar", "recordClaim")),
    *((OFFICE_PRACTICE, name) for name in ("empower", "setRenewalTerms")),
    *((RIGHTS_REGISTER, name) for name in ("record", "recordBatch")),
    *((EMERGENCY_COUNCIL, "support"), (CHARTER, "remark")),
    *((CONSORTIUM, name) for name in ("cancel", "castSignedVotes", "execute", "propose", "queue")),
    *((CONSORTIUM, name) for name in ("castVote", "castVoteWithReason", "castVoteWithReasonAndParams")),
    *((CONSORTIUM, f"onERC{kind}Received") for kind in ("721", "1155", "1155Batch")),
}
"""What anyone, a seat, or an office's signature may do: a vote adds nothing to it."""
REFUSED = {
    *((TIMELOCK, f"onERC{kind}Received") for kind in ("721", "1155", "1155Batch")),
    *((TIMELOCK, name) for name in ("cancel", "execute", "executeBatch", "schedule", "scheduleBatch")),
}
"""What the consortium lets nobody propose."""

PARTS = {"OfficeKeys": OFFICE_DIRECTORY, "OfficeRecords": OFFICE_DIRECTORY, "RightsTable": RIGHTS_REGISTER}
"""Sources that are part of another contract."""


def changing(contract: str) -> set[str]:
    abi = load_artifact(contract if contract != TIMELOCK else "TimelockController")["abi"]
    mutable = ("nonpayable", "payable")
    return {e["name"] for e in abi if e["type"] == "function" and e["stateMutability"] in mutable}


def test_every_function_that_needs_a_vote_has_a_sentence() -> None:
    everything = {(contract, name) for contract in CONTRACTS for name in changing(contract)}
    assert everything - NO_VOTE_NEEDED - REFUSED <= set(SENTENCES)
    assert not (NO_VOTE_NEEDED | REFUSED) & set(SENTENCES)


def test_every_function_that_the_sources_reserve_to_governance_has_a_sentence() -> None:
    reserved = set()
    for source in (ROOT / "contracts").rglob("*.sol"):
        text = source.read_text(encoding="utf-8")
        for name, rest in re.findall(r"function (\w+)\(([^{;]*)[{;]", text):
            if re.search(r"\bonly(Governance|Suspender)\b", rest) and not source.is_relative_to(
                ROOT / "contracts" / "test"
            ):
                reserved.add((PARTS.get(source.stem, source.stem), name))
    assert len(reserved) > 15
    assert reserved <= set(SENTENCES)


@pytest.mark.parametrize("place", sorted(SENTENCES), ids=".".join)
def test_every_sentence_can_be_said(place: tuple[str, str]) -> None:
    contract, function = place
    file = "TimelockController" if contract == TIMELOCK else contract
    [entry] = [e for e in load_artifact(file)["abi"] if e.get("name") == function and e["type"] == "function"]
    values = [sample(item) for item in entry["inputs"]]
    call = Call(ADDRESSES[contract], load_abi(contract).encode(function, *values))
    plain = plain_call(call, NAMES)
    assert (plain.contract, plain.function, plain.is_readable) == (contract, function, True)
    assert "UNKNOWN" not in plain.sentence
    for value in values:
        if isinstance(value, str) and value.startswith("0x"):
            assert value in plain.sentence or contract == CONSORTIUM
    if contract == TIMELOCK and function != "updateDelay":
        assert "refuses" in plain.sentence


def sample(item: dict[str, Any]) -> Any:
    kind, internal = item["type"], item.get("internalType", "")
    if kind.endswith("[]"):
        return [sample({**item, "type": kind[:-2], "internalType": internal.removesuffix("[]")})]
    if kind == "tuple":
        return {re.sub("([A-Z])", r"_\1", m["name"]).lower(): sample(m) for m in item["components"]}
    if internal == "OfficeCode":
        return "EM"
    if internal == "CalendarDate":
        return date(1996, 4, 1)
    if kind == "address":
        return SEAT
    if kind == "string":
        return "a text"
    if kind.startswith("bytes"):
        return b"A" * int(kind[5:] or 4)
    return 7


@pytest.mark.parametrize(
    ("end", "proposer"),
    [
        (f" #proposer={SEAT}", SEAT),
        ("#proposer=0xbcd4042de499d14e55001ccbb24a551f3b954096", "0xBcd4042DE499D14e55001CcbB24a551F3b954096"),
        (f" #proposer={SEAT} ", None),
        (f" #proposer={SEAT}\n", None),
        (f" #Proposer={SEAT}", None),
        (f" #proposer={SEAT[:-1]}", None),
        (f" #proposer={SEAT[:-1]}g", None),
        (f" #proposer={SEAT}, or another", None),
    ],
)
def test_the_proposer_that_a_description_names(end: str, proposer: str | None) -> None:
    """As OpenZeppelin's Governor reads it: the last 52 bytes, letters of the address in any case."""
    draft = Draft((Call(SEAT, b""),), f"why{end}")
    assert draft.proposer == proposer
    assert own_words(draft.description) == ("why" if proposer else f"why{end}")
    assert (draft.only_by(KEY) == draft) == bool(proposer)
    assert draft.only_by(KEY).proposer == (proposer or KEY)


def test_rows_of_the_table_of_codes_in_plain_words() -> None:
    code = {
        "right": b"D",
        "system": b"ST.27\0\0\0",
        "code": b"F10".ljust(32, b"\0"),
        "category": b"F",
        "from": 1 << 28 | 1 << 1 | 1 << 2,
        "to": 1 << 4 | 1 << 29,
        "statuses": 1 << 4 | 1,
        "title": 'IP right "granted"',
    }
    abi = load_abi(RIGHTS_REGISTER)
    call = Call(ADDRESSES[RIGHTS_REGISTER], abi.encode("setCodes", [code, {**code, "category": b"\0"}]))
    assert plain_call(call, NAMES).sentence == (
        'set the code "F10" of "ST.27" for designs: category "F", title "IP right \\"granted\\"",'
        ' from A1, A2, no entry to A4, no change, with status 4 or as before; retire the code "F10" of "ST.27" for'
        " designs"
    )
    status = {"right": b"T", "position": 7, "status": b"Registration published".ljust(32, b"\0")}
    call = Call(ADDRESSES[RIGHTS_REGISTER], abi.encode("setStatuses", [status]))
    assert plain_call(call, NAMES).sentence == 'give trade marks the status 7: "Registration published"'


def test_admission_in_plain_words() -> None:
    keys = [FirstKey(KEY, Scope.APPLICATIONS | Scope.KEYS, None, datetime(2030, 1, 1, tzinfo=UTC))]
    draft = DRAFTS.admit(
        "FR", SEAT, "Institut", endpoint="https://fr.example", earliest_filing_date=date(1951, 4, 19), keys=keys
    )
    assert draft.description == (
        'Admit office FR (France, by WIPO ST.3) as "Institut", seat 0x2222222222222222222222222222222222222222 (seat of'
        ' EM), which issued no numbers before 1951-04-19, service at "https://fr.example", with 1 key:'
        " 0x3333333333333333333333333333333333333333 for applications, keys, valid at once until 2030-01-01 00:00:00"
        " UTC."
    )
    assert "NOT a code of WIPO ST.3" in DRAFTS.admit("QQ", SEAT, "Nobody").description


def test_times_keep_their_differences() -> None:
    def said(until: Any) -> str:
        return DRAFTS.suspend("EM", until).description

    assert said(None).endswith("without end.")
    assert said(datetime(2030, 1, 1, tzinfo=UTC)).endswith("until 2030-01-01 00:00:00 UTC.")
    call = Call(ADDRESSES[OFFICE_DIRECTORY], load_abi(OFFICE_DIRECTORY).encode("suspendOffice", "EM", FOREVER - 1))
    assert "after the year 9999" in plain_call(call, NAMES).sentence
    assert duration_words(86_400 * 2 + 3_601) == "2 days 1 hour 1 second"
    assert duration_words(0) == "no time"


def test_what_ready_made_proposals_say() -> None:
    said = {
        DRAFTS.succeed("EM", "JP").description: ("as departed, for good", "JP (", "successor of office EM"),
        DRAFTS.replace_seat("EM", None).description: ("take back",),
        DRAFTS.replace_seat("EM", KEY).description: (KEY, "objection"),
        DRAFTS.list_contract(APPLICATION_REGISTRY, KEY).description: ('"ApplicationRegistry"', "priority register"),
        DRAFTS.adopt_charter(b"\x11" * 32, "https://charter.example").description: (
            "0x1111",
            "https://charter.example",
        ),
        DRAFTS.transfer_governance(KEY).description: ("HAND ALL GOVERNANCE", KEY),
        DRAFTS.set_emergency_body(None).description: ("nobody",),
        DRAFTS.reinstate("EM", restore_rights=True).description: ("end the suspension", "do so again"),
        DRAFTS.mark_key_compromised("EM", KEY, datetime(2024, 1, 1, tzinfo=UTC)).description: ("2024-01-01", "suspect"),
        DRAFTS.change_parameters(
            voting_delay_s=3600,
            supermajority=(3, 4),
            emergency=(4, 86_400),
            execution_delay_s=60,
            objection_delay_s=86_400,
        ).description: ("1 hour", "3/4", "4 offices", "1 minute", "1 day"),
    }
    for text, wanted in said.items():
        assert all(piece.lower() in text.lower() for piece in wanted), text


def test_what_cannot_be_read_is_said_loudly() -> None:
    good = DRAFTS.suspend("EM").calls[0]
    head = good.data[:4]
    unreadable = [
        Call(SEAT, good.data),
        Call(KEY, b""),
        Call(good.target, b""),
        Call(good.target, b"\xde\xad\xbe\xef"),
        Call(good.target, good.data[:-1]),
        Call(good.target, good.data + bytes(32)),
        Call(good.target, head + b"EM".ljust(32, b"\x01") + good.data[36:]),
        Call(good.target, head + good.data[4:36] + b"\xff" * 32),
    ]
    for call in unreadable:
        plain = plain_call(call, NAMES)
        assert not plain.is_readable
        assert plain.sentence.startswith("UNKNOWN CALL to ")
        assert call.target in plain.sentence
        assert "do not vote for what you cannot read" in plain.sentence
    assert "(seat of EM)" in plain_call(unreadable[0], NAMES).sentence


def test_same_values_in_another_encoding_are_unreadable() -> None:
    """A list that lies elsewhere than where the compiler puts it: tools that stop at the head would show another."""
    plain = DRAFTS.list_observer(KEY, "WIPO").calls[0]
    word = (0x60).to_bytes(32, "big")
    moved = plain.data[:36] + word + bytes(32) + plain.data[68:]
    assert not plain_call(Call(plain.target, moved), NAMES).is_readable


def test_payment_is_said() -> None:
    call = DRAFTS.suspend("EM").calls[0]
    assert "pay it 5 wei" in plain_call(Call(call.target, call.data, 5), NAMES).sentence
    assert "pay it 5 wei" in plain_call(Call(KEY, b"", 5), NAMES).sentence


def test_texts_of_strangers_cannot_feign_sentences() -> None:
    name = 'Office".\n2. Suspend office "JP\u202e'
    text = DRAFTS.admit("FR", SEAT, name).description
    assert "\n" not in text
    assert "\u202e" not in text
    assert quoted('a"b\\n') == '"a\\"b\\\\n"'


def test_call_that_needs_no_vote_is_shown_as_it_is() -> None:
    data = load_abi(OFFICE_DIRECTORY).encode("revokeKey", "EM", KEY)
    plain = plain_call(Call(ADDRESSES[OFFICE_DIRECTORY], data), NAMES)
    assert plain.is_readable
    assert (
        plain.sentence
        == f'call revokeKey of OfficeDirectory, for which no vote is needed, with office "EM", account {KEY}'
    )


calls = st.builds(
    Call,
    st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
    st.binary(max_size=70),
    st.integers(0, 2**256 - 1),
)


@given(st.lists(calls, max_size=4), st.text(st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_number_of_a_proposal_is_the_hash_of_its_calls_and_description(given: list[Call], text: str) -> None:
    parts = ([c.target for c in given], [c.value for c in given], [c.data for c in given], eth_keccak(text.encode()))
    encoded = eth_encode(["address[]", "uint256[]", "bytes[]", "bytes32"], parts)
    assert proposal_id(given, text) == int.from_bytes(eth_keccak(encoded), "big")


@given(st.sampled_from(CONTRACTS), st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reading(contract: str, tail: bytes) -> None:
    file = "TimelockController" if contract == TIMELOCK else contract
    for entry in load_artifact(file)["abi"][:8]:
        if entry["type"] == "function":
            data = load_abi(contract).selector(entry["name"]) + tail
            assert plain_call(Call(ADDRESSES[contract], data), NAMES).sentence


def test_proposal_is_named_by_the_beginning_of_its_number() -> None:
    known = [0xAB << 248, (0xAB << 248) + (1 << 240), 7]
    assert read_id("0xab01", known) == known[1]
    assert read_id(id_text(known[0]), known) == known[0]
    assert read_id("7", known) == 7
    wrong = [
        ("0xab", "2 proposals"),
        ("0xff", "no proposal"),
        ("9" * 5_000, "no proposal"),
        ("charter", "not"),
        ("", "not"),
    ]
    for text, message in wrong:
        with pytest.raises(InputError, match=message):
            read_id(text, known)


def test_drafts_refuse_what_cannot_be_meant() -> None:
    with pytest.raises(InputError, match="without calls"):
        DRAFTS.change_parameters()
    with pytest.raises(InputError, match="zero address"):
        DRAFTS.admit("FR", "0x" + "00" * 20, "Office")
    with pytest.raises(InputError, match="not the name of a contract"):
        DRAFTS.list_contract("Application Registry", KEY)
    with pytest.raises(InputError, match="office code"):
        DRAFTS.suspend("em")
    with pytest.raises(InputError, match="whole number of wei"):
        Call(KEY, b"", -1)
    with pytest.raises(ConfigError, match="no Charter"):
        Drafts({}, NAMES).adopt_charter(b"\x11" * 32, "x")
