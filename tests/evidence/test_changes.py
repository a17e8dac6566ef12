"""Whatever is changed in a bundle is found: a byte of the file, a value of `evidence.json`, a part put for another."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.errors import EvidenceError
from registrum.evidence import canonical
from registrum.evidence.bundle import CHAIN, EVIDENCE, MOST_BYTES, archive, pack, unpack
from registrum.evidence.chain import ChainDescription
from registrum.evidence.history import STAMPED
from registrum.evidence.verifying import EvidenceVerdict, verify
from tests.evidence.chains import evidence_of, without_pages
from tests.evidence.vectors import FOLDER

INDEX = json.loads((FOLDER / "index.json").read_text(encoding="ascii"))
GOOD = [entry for entry in INDEX if entry["expect"] == "verified"]
CHANGED = (
    *("with-document", "registration-in-batch", "registration-correction", "anchor", "anchored", "absent-em", "pinned"),
    *("registration-suspect-confirmed", "claim-last-day-moved", "claim-not-found", "entry-0", "qbft-grown", "ibft2-4"),
    *("descendants", "accounts", "accounts-entry"),
)
"""One of each kind; all values of each are changed, one by one."""


def vector(name: str) -> tuple[dict[str, bytes], ChainDescription]:
    [entry] = [one for one in GOOD if one["file"] == f"{name}.registrum.zip"]
    trust = ChainDescription.read((FOLDER / entry["trust"]).read_bytes())
    return unpack((FOLDER / entry["file"]).read_bytes()), trust


def values(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value within a value, itself not counted."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*way, name)
        yield from values(member, (*way, name))


def others(value: Any) -> list[Any]:
    """What could stand there instead: near, far, and of another kind."""
    if isinstance(value, bool):
        return [not value, None, 1]
    if isinstance(value, int):
        return [value + 1, 0 if value else 2, None, str(value)]
    if isinstance(value, str) and value.startswith("0x") and len(value) > 2:
        near = f"{value[:-2]}{int(value[-2:], 16) ^ 0x80:02x}"
        # All of what is long is hashed or signed as a whole.
        return [near] if len(value) > 200 else [near, value.upper(), value + "00", None]
    if isinstance(value, str):
        return [value + "x", value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x", None]
    if value is None:
        return [0, "", {}, "0x" + "11" * 20]
    if isinstance(value, list):
        return [value[:-1] if value else [None], [*value, value[-1] if value else None], value[::-1], None]
    return [{**value, "more": None}, {}, None]


@pytest.mark.parametrize("name", CHANGED)
def test_every_value_counts(name: str) -> None:
    members, trust = vector(name)
    evidence = evidence_of(members)
    unsigned: list[Any] = []
    for way in values(evidence):
        at = evidence
        for step in way[:-1]:
            at = at[step]
        for other in others(at[way[-1]]):
            if other == at[way[-1]] and type(other) is type(at[way[-1]]):
                continue
            changed = copy.deepcopy(evidence)
            place = changed
            for step in way[:-1]:
                place = place[step]
            place[way[-1]] = other
            report = verify(without_pages({**members, EVIDENCE: canonical.encode(changed)}), trust)
            if report.verdict is not EvidenceVerdict.REFUSED:
                unsigned.append((way, other))
    assert all(is_honest(evidence, way, other) for way, other in unsigned), unsigned


def is_honest(evidence: dict[str, Any], way: tuple[Any, ...], other: Any) -> bool:
    """What may be changed, since it is as true as before."""
    if way[0] == "subject":
        # Another claim, to which the same facts apply.
        return evidence["subject"]["kind"] == "claim" and way[-1] != "earlier"
    if way[0] == "history":
        # Logs are not proved: a value that a later one overtakes, and where and when it was said.
        rows = evidence["history"]
        return len(way) < 3 or way[-1] in {"block", "log", "time", "transaction"} or is_overtaken(rows, *way[1:])
    if way == ("link", "validatorChanges"):
        # The last change is in the block itself.
        return other == evidence["link"]["validatorChanges"][:-1]
    # A signature that is left out is no lie, and is reported as not checked; so a checkpoint of a block that is pinned.
    return other is None and way[-1] in {"signature", "checkpoint"}


def is_overtaken(rows: list[dict[str, Any]], place: int, member: str) -> bool:
    """Whether a later event of a history says the same of its office or key; suspensions of keys are not proved."""
    own, later = rows[place], rows[place + 1 :]
    again = [row for row in later if (row["office"], row.get("account")) == (own["office"], own.get("account"))]
    is_again = any(member == STAMPED.get(row["event"]) or member in row for row in again)
    return is_again or own["event"] in {"KeySuspended", "KeyReinstated"}


def test_every_byte_counts() -> None:
    members, trust = vector("with-document")
    data = pack(members)
    assert verify(data, trust).verdict is EvidenceVerdict.VERIFIED
    parts = parts_of(data)
    assert set(parts) == {EVIDENCE, CHAIN, "page.html", "page.pdf", "SHA256SUMS", "the directory of the archive"}
    for place, part in enumerate(parts):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(EvidenceError, match=f"{part} was changed") as caught:
            unpack(bytes(changed))
        assert caught.value.check == "archive"


def test_every_byte_of_an_attachment_counts() -> None:
    data = pack(vector("attached-both")[0])
    parts = parts_of(data)
    for place in range(parts.index("timestamp.tsr"), len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        # Where its name is changed, it is none of those that there may be.
        part = parts[place] if "directory" in parts[place] else f"({parts[place]}|an attachment)"
        with pytest.raises(EvidenceError, match=f"{part} was changed"):
            unpack(bytes(changed))


def parts_of(data: bytes) -> list[str]:
    """For each byte of a bundle the part that it stands in, as a library for ZIP finds them."""
    with ZipFile(BytesIO(data)) as read:
        infos = read.infolist()
        rest = read.start_dir
    ends = [*(info.header_offset for info in infos[1:]), rest, len(data)]
    parts: list[str] = []
    for name, end in zip([*(info.filename for info in infos), "the directory of the archive"], ends, strict=True):
        parts += [name] * (end - len(parts))
    return parts


def test_a_changed_byte_is_found_where_it_stands() -> None:
    data = pack(vector("absent-em")[0])
    with ZipFile(BytesIO(data)) as read:
        chain = read.getinfo(CHAIN)
    content = chain.header_offset + 30 + len(CHAIN)
    for place, said in (
        (content + 5, f"{CHAIN} was changed: bytes {content} to {content + chain.file_size - 1} of the file"),
        (chain.header_offset + 10, f"the header of {CHAIN} was changed: byte {chain.header_offset + 10}"),
        (len(data) - 1, f"byte {len(data) - 1} is another"),
        (chain.header_offset + 25, f"{CHAIN} was changed or cut off: its header at byte {chain.header_offset}"),
    ):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(EvidenceError, match=said):
            unpack(bytes(changed))
    with pytest.raises(EvidenceError, match=f"byte {len(data)} is another"):
        unpack(data + b"x")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_more_and_less_count(data: st.DataObject) -> None:
    members, _ = vector("absent-em")
    whole = pack(members)
    place = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 5))
    put = data.draw(st.binary(max_size=5))
    changed = whole[:place] + put + whole[place + cut :]
    if changed != whole:
        with pytest.raises(EvidenceError):
            unpack(changed)


@pytest.mark.parametrize("one", CHANGED)
@pytest.mark.parametrize("part", ["nodes", "statements", "history", "facts", "link", "block", "subject"])
def test_no_part_passes_for_that_of_another(one: str, part: str) -> None:
    members, trust = vector(one)
    own = evidence_of(members)
    for name in CHANGED:
        other = evidence_of(vector(name)[0])
        # Two links may lead to one block.
        if other[part] != own[part] and not (part == "link" and other["block"] == own["block"]):
            changed = {**own, part: other[part]}
            report = verify(without_pages({**members, EVIDENCE: canonical.encode(changed)}), trust)
            assert report.verdict is EvidenceVerdict.REFUSED, name


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_file_is_judged(data: bytes) -> None:
    assert verify(data).verdict is EvidenceVerdict.REFUSED


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 2**54) | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    )
)
def test_any_json_is_judged(value: Any) -> None:
    members, trust = vector("absent-em")
    data = pack({**members, EVIDENCE: json.dumps(value).encode()})
    assert verify(data, trust).verdict is EvidenceVerdict.REFUSED
    data = pack({**members, CHAIN: json.dumps(value).encode()})
    assert verify(data, trust).verdict is EvidenceVerdict.REFUSED


@pytest.mark.parametrize("name", ["registration-correction", "anchor", "claim-valid", "entry-3", "qbft-grown"])
@pytest.mark.parametrize("member", [EVIDENCE, CHAIN])
def test_lists_and_objects_in_the_place_of_anything_are_judged(name: str, member: str) -> None:
    """What cannot be a key of a table is no error of the program."""
    members, trust = vector(name)
    value = canonical.parse(members[member], member)
    for way in values(value):
        for other in ([], {}, [[]], {"kind": []}):
            changed = copy.deepcopy(value)
            place = changed
            for step in way[:-1]:
                place = place[step]
            if place[way[-1]] == other:
                continue
            place[way[-1]] = other
            report = verify(without_pages({**members, member: canonical.encode(changed)}), trust)
            assert report.verdict is EvidenceVerdict.REFUSED, (way, other)


def test_a_file_that_is_too_long_is_not_read() -> None:
    report = verify(b"P" * (MOST_BYTES + 1))
    assert report.failed is not None
    assert report.failed.name == "archive"


def test_names_say_what_was_changed() -> None:
    members, _ = vector("with-document")
    for name in (EVIDENCE, CHAIN, "page.html", "page.pdf"):
        whole = {**members, "SHA256SUMS": _sums(members)}
        whole[name] = members[name][:-1] + b"!"
        with pytest.raises(EvidenceError, match=f"^{name} was changed") as caught:
            unpack(archive(whole))
        assert caught.value.check == "sums"


def _sums(members: dict[str, bytes]) -> bytes:
    return b"".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode() for name, content in members.items())
