#!/usr/bin/env python3
"""Verify an evidence file of the format `registrum-evidence/1`, with nothing but Python 3.11 or newer.

    python3 verify.py FILE [--trust chain.json] [--document DOC] [--json]

The first line is the verdict; then comes one line for each check and, unless the file is refused, what it shows. Exit
status: 0 `verified` or `consistent`, 1 `refused`, 2 the command itself was wrong.

Written from the description of the format alone (docs/evidence-format.md; "section" below is a section of it). It
shares no code with the programs that make such files, and uses no network and no library. It reads every file as
hostile: sizes are bounded before anything is taken apart, and whatever is not exactly as described is refused.

Not its job: to make evidence, to say what it is worth before a court, or to judge the words of the pages for people.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import sys
import zlib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

# Bounds of section 11; those of lists and of bytes in the file stand with the forms.
MAX_ARCHIVE, MAX_DESCRIPTION, MAX_ATTACHED = 16 * 2**20, 2**20, 2**16
MAX_JSON_DEPTH, MAX_SEALS, MAX_VALIDATORS, MAX_HEADERS = 32, 1024, 256, 2**19
MAX_CONTAINERS = 100_000
MAX_SIGNERS, MAX_HASHES, MAX_SUCCESSORS, MAX_CLOSED = 256, 16_384, 8, 62
MAX_NUMBER = 2**53 - 1
MAX_DEPTH = 16  # Lists in lists of RLP: more than headers and trie nodes can have.
LAST_MOMENT = 253402300799  # The last second of the year 9999.


class Refused(Exception):  # noqa: N818 - no error of the program: what it found
    """Something is not as the format says; the text says what."""


def refuse(why: str) -> NoReturn:
    """End the check that is under way."""
    raise Refused(why)


def need(condition: bool, otherwise: str) -> None:
    """Refuse the file with the text `otherwise` unless the condition holds."""
    if not condition:
        raise Refused(otherwise)


def ascending(row: list[Any]) -> bool:
    """Tell whether each value is greater than the one before it, and so none there twice."""
    return all(a < b for a, b in pairwise(row))


# ---- Keccak-256: the Keccak submission of 2011, padded with 0x01 (NIST SHA3-256 pads with 0x06) ----

MASK, RATE = 2**64 - 1, 136
ROUND_CONSTANTS = (
    *(0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B),
    *(0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088),
    *(0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089),
    *(0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A),
    *(0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008),
)
# By how many bits lane x + 5y is turned (rho), and where it is moved (pi).
TURNS = (0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14)
STEPS = tuple(
    (i, i % 5, turn, 64 - turn, i // 5 + 5 * ((2 * (i % 5) + 3 * (i // 5)) % 5)) for i, turn in enumerate(TURNS)
)


def keccak(data: bytes) -> bytes:
    """Return the Keccak-256 of the bytes."""
    filled = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % RATE))
    filled[-1] |= 0x80
    a, b = [0] * 25, [0] * 25
    for start in range(0, len(filled), RATE):
        for i, lane in enumerate(struct.unpack_from("<17Q", filled, start)):
            a[i] ^= lane
        for constant in ROUND_CONSTANTS:
            c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
            d = [c[x - 1] ^ ((c[x - 4] << 1 | c[x - 4] >> 63) & MASK) for x in range(5)]
            for i, column, turn, rest, place in STEPS:
                lane = a[i] ^ d[column]
                b[place] = (lane << turn | lane >> rest) & MASK
            for at in (0, 5, 10, 15, 20):
                v, w, x, y, z = b[at : at + 5]
                a[at : at + 5] = v ^ (~w & x), w ^ (~x & y), x ^ (~y & z), y ^ (~z & v), z ^ (~v & w)
            a[0] ^= constant
    return struct.pack("<4Q", *a[:4])


# ---- ECDSA over secp256k1 (SEC 2, section 2.4.1): recovery of the key from a signature (SEC 1, section 4.1.6) ----

P = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
Point: TypeAlias = "tuple[int, int] | None"
G: Point = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points of the curve; `None` is the point at infinity."""
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and y1 != y2:
        return None
    slope = 3 * x1 * x1 * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def twofold(x: int, y: int, z: int) -> tuple[int, int, int]:
    """Return the double of a point x / z^2, y / z^3 (Jacobian coordinates need no inverse); z = 0 is infinity."""
    square = y * y % P
    middle, slope = 4 * x * square % P, 3 * x * x
    doubled = (slope * slope - 2 * middle) % P
    return doubled, (slope * (middle - doubled) - 8 * square * square) % P, 2 * y * z % P


def plus(x: int, y: int, z: int, point: Point) -> tuple[int, int, int]:
    """Return the sum of such a point and a plain one."""
    if point is None or z == 0:
        return (x, y, z) if point is None else (*point, 1)
    zz = z * z % P
    width, height = (point[0] * zz - x) % P, (point[1] * zz * z - y) % P
    if width == 0:
        return (0, 1, 0) if height else twofold(x, y, z)
    square = width * width % P
    cube, part = square * width % P, x * square % P
    moved = (height * height - cube - 2 * part) % P
    return moved, (height * (part - moved) - y * cube) % P, z * width % P


def recover(digest: bytes, signature: bytes, v_if_even: int) -> bytes:
    """Return the address that signed the digest; the last byte is `v_if_even` where y of r is even, else one more."""
    r, s, odd = int.from_bytes(signature[:32]), int.from_bytes(signature[32:64]), signature[64] - v_if_even
    need(odd in {0, 1}, f"the last byte of a signature is {signature[64]}, not {v_if_even} or {v_if_even + 1}")
    need(0 < r < ORDER and 0 < s <= ORDER // 2, "a signature has r out of range, or s not in the lower half")
    square = (r**3 + 7) % P
    y = pow(square, (P + 1) // 4, P)
    need(y * y % P == square, "r of a signature is not on the curve")
    of_r, inverse, total = (r, y if y % 2 == odd else P - y), pow(r, -1, ORDER), (0, 1, 0)
    for_g, for_r = -int.from_bytes(digest) * inverse % ORDER, s * inverse % ORDER
    summands: tuple[Point, ...] = (None, G, of_r, add(G, of_r))
    for bit in range(255, -1, -1):
        total = plus(*twofold(*total), summands[(for_g >> bit & 1) + 2 * (for_r >> bit & 1)])
    x, y, z = total
    need(z != 0, "a signature recovers to no key")
    shrink = pow(z, -1, P)
    return keccak((x * shrink**2 % P).to_bytes(32) + (y * shrink**3 % P).to_bytes(32))[12:]


# ---- RLP (Ethereum Yellow Paper, appendix B), in its shortest form alone ----

Rlp: TypeAlias = "bytes | list[Rlp]"


def rlp_decode(data: bytes) -> Rlp:
    """Return the one item that the bytes are."""
    item, end = rlp_item(data, 0, len(data), 0)
    need(end == len(data), "bytes follow an RLP item")
    return item


def rlp_item(data: bytes, at: int, end: int, depth: int) -> tuple[Rlp, int]:
    """Return the item that begins at `at`, and where it ends."""
    need(at < end and depth <= MAX_DEPTH, "an RLP item is cut off, or nested too deep")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    size, start = (first - 0x80) % 0x40, at + 1
    if size > 55:
        start += size - 55
        size = int.from_bytes(data[at + 1 : start])
        need(data[at + 1 : at + 2] != b"\0" and size > 55, "the size of an RLP item is not in its shortest form")
    stop = start + size
    need(stop <= end, "an RLP item is cut off")
    if first < 0xC0:
        need(size != 1 or data[start] >= 0x80, "a byte in RLP is not in its shortest form")
        return data[start:stop], stop
    items: list[Rlp] = []
    while start < stop:
        item, start = rlp_item(data, start, stop, depth + 1)
        items.append(item)
    return items, stop


def rlp_encode(item: Rlp) -> bytes:
    """Return the RLP of an item."""
    body, offset = (item, 0x80) if isinstance(item, bytes) else (b"".join(map(rlp_encode, item)), 0xC0)
    if offset == 0x80 and len(body) == 1 and body[0] < 0x80:
        return body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8) if len(body) > 55 else b""
    return bytes([offset + (55 + len(size) if size else len(body))]) + size + body


def listed(item: Rlp, what: str, *sizes: int) -> list[Rlp]:
    """Return an item that has to be a list, of one of these sizes if any are given."""
    return item if isinstance(item, list) and len(item) in (sizes or {len(item)}) else refuse(f"{what} is no such list")


def string(item: Rlp, what: str, size: int | None = None) -> bytes:
    """Return an item that has to be bytes, so many if a size is given."""
    return item if isinstance(item, bytes) and size in {None, len(item)} else refuse(f"{what} is not bytes of its size")


def numeral(item: Rlp, what: str, most: int = 6) -> int:
    """Return an item that has to be a number of at most so many bytes without leading zero."""
    digits = string(item, what)
    need(len(digits) <= most and digits[:1] != b"\0", f"{what} is not a number in its shortest form")
    return int.from_bytes(digits)


# ---- Canonical JSON (section 1), and the form of its values (sections 2 to 9) ----


def read_json(data: bytes, what: str) -> Any:
    """Return the value of a JSON text that has no member twice, and no numbers but those from 0 to 2^53 - 1."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse(f"{what} has a member twice")

    def integer(digits: str) -> int:
        fits = digits.isdecimal() and len(digits) <= 16 and int(digits) <= MAX_NUMBER
        return int(digits) if fits else refuse(f"{what} has a number that is not an integer from 0 to 2^53 - 1")

    count = data.count(b"[") + data.count(b"{")
    need(count <= MAX_CONTAINERS, f"{what} has {count} lists and objects, more than {MAX_CONTAINERS}")
    try:
        # A text is passed over as one mark; one without an end goes to the end of all, so that none is read twice.
        marks = re.finditer(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[][{}]', data.decode(), re.DOTALL)
        opened = accumulate({"[": 1, "{": 1, "]": -1, "}": -1}.get(mark[0], 0) for mark in marks)
        need(all(depth <= MAX_JSON_DEPTH for depth in opened), f"{what} is nested deeper than {MAX_JSON_DEPTH}")
        hooks: dict[str, Any] = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), integer)
        return json.loads(data.decode(), object_pairs_hook=unique, **hooks)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{what} is no JSON that can be read ({type(error).__name__})") from error


def write_json(value: Any) -> str:
    """Return the canonical text of a value whose texts are ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def conform(value: Any, form: Any, name: str) -> None:
    """Refuse a value, named so in the message, that has not the form.

    A form is: a pattern for the whole of a text; a range of numbers; `[form]` a list, `[form, most]` one of at most so
    many; `{form}` a list that is ascending and not empty; a dictionary, of which `OFFICE` stands for any office codes;
    `(None, form)` what may be `null`; `(member, forms)` an object whose form depends on that member; `DAY` or `MOMENT`;
    `None` for anything.
    """
    match form:
        case None:
            return
        case dict():
            names = value.keys() if isinstance(value, dict) else ()
            forms = {code: form[OFFICE] for code in names if re.fullmatch(OFFICE, code)} if OFFICE in form else form
            need(isinstance(value, dict) and names == forms.keys(), f"{name} has not the members {', '.join(forms)}")
            for member, its_form in forms.items():
                conform(value[member], its_form, f"{name}.{member}")
        case list() | set():
            need(isinstance(value, list), f"{name} is not a list")
            most = form[1] if isinstance(form, list) and len(form) > 1 else len(value)
            need(len(value) <= most, f"{name} has more than {most} items")
            for position, row in enumerate(value):
                conform(row, next(iter(form)), f"{name}[{position}]")
            need(isinstance(form, list) or (value and ascending(value)), f"{name} is empty or not in ascending order")
        case (None, inner):
            conform(value, None if value is None else inner, name)
        case (member, forms):
            chosen = str(value.get(member)) if isinstance(value, dict) else ""
            need(chosen in forms, f"{name}.{member} is not one of {', '.join(forms)}")
            conform(value, {member: chosen, **forms[chosen]}, name)
        case range():
            need(type(value) is int and value in form, f"{name} is not a number from {form[0]} to {form[-1]}")
        case _:
            need(isinstance(value, str) and bool(re.fullmatch(form, value)), f"{name} is not of the form {form}")
            if form in {DAY, MOMENT, UNTIL} and value != FOREVER:
                day(int(value[:10].replace("-", "")))


OFFICE, RIGHT, NUMBER = "[A-Z]{2}", "[PUTDSG]", "[A-Z]{2}/[PUTDSG]/[0-9A-Z/.-]{1,29}"
HEADER, NODE = (f"0x(?:[0-9a-f]{{2}}){{1,{most}}}+" for most in (2**15, 576))
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = f"(?!1[0-8]|19[0-6]){DAY}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}}Z"  # From 1970 on.
FOREVER, BARS = "forever", {"suspendedUntil", "barredUntil"}
ADDRESS, HASH, SIGNATURE, WORDS = (f"0x[0-9a-f]{{{2 * size}}}" for size in (20, 32, 65, 23 * 32))
COUNT, BYTE = range(MAX_NUMBER + 1), range(256)
CONTRACT, BLOCK = {"address": ADDRESS, "codeHash": HASH}, {"number": COUNT, "hash": HASH}
SEALED = {"validators": {ADDRESS}, "since": BLOCK}
CHECKPOINTS = {"threshold": range(1, MAX_NUMBER + 1), "signers": {OFFICE: {ADDRESS}}}
CONTRACTS = {
    **{"applicationRegistries": [CONTRACT, 16], "officeDirectory": CONTRACT, "priorityRegister": CONTRACT},
    **{"rightsRegister": (None, CONTRACT), "officePractice": (None, CONTRACT)},
}
CHAIN = {
    **{"format": "registrum-chain/1", "chainId": range(1, MAX_NUMBER + 1), "genesisHash": HASH, "contracts": CONTRACTS},
    "blocks": [BLOCK],
    "consensus": ("kind", {"qbft": SEALED, "ibft2": SEALED, "checkpoints": CHECKPOINTS}),
}
SIGNED = {"signer": ADDRESS, "signature": (None, SIGNATURE)}
CHECKPOINT = {**BLOCK, "signatures": [{"office": OFFICE, "signer": ADDRESS, "signature": SIGNATURE}]}
LINK = {
    **{"header": HEADER, "descendants": [HEADER, 1024], "validatorChanges": [HEADER, 1024]},
    "checkpoint": (None, CHECKPOINT),
}
CLAIM = {
    **{"earlier": NUMBER, "claimedDate": DAY, "laterOffice": OFFICE, "laterRight": RIGHT, "laterDate": DAY},
    "digest": (None, HASH),
}
DOMAINS = dict.fromkeys(("Registrum ApplicationRegistry", "Registrum Checkpoint", "Registrum RightsRegister"), "1")
VERSIONS = {"chain": "registrum-chain/1", "rules": "registrum-priority/1", "storage": "registrum-storage/1"}
UNTIL = f"{MOMENT}|{FOREVER}"
SUSPENSION, FIRST_DATE = {"suspendedUntil": (None, UNTIL)}, {"earliestFilingDate": (None, DAY)}
OFFICE_EVENTS = {
    **{"OfficeAdmitted": {"seat": ADDRESS, **FIRST_DATE}, "EarliestFilingDateChanged": FIRST_DATE},
    **{"SeatChanged": {"seat": ADDRESS}, "SuccessorNamed": {"successor": OFFICE}},
    **{"OfficeSuspended": SUSPENSION, "OfficeReinstated": {}, "OfficeDeparted": {}},
}
KEY_EVENTS = {
    "KeyAdded": {"scopes": BYTE, "validFrom": (None, MOMENT), "validUntil": (None, MOMENT)},
    **{"KeyRevoked": {}, "KeyCompromised": {"compromisedSince": (None, MOMENT)}},
    **{"KeySuspended": SUSPENSION, "KeyReinstated": {}},
}
PLACE = {"block": COUNT, "log": COUNT, "time": MOMENT, "transaction": HASH, "office": OFFICE}
TOLD = {name: {**PLACE, **members} for name, members in OFFICE_EVENTS.items()}
TOLD |= {name: {**PLACE, "account": ADDRESS, **members} for name, members in KEY_EVENTS.items()}
EVIDENCE = {
    **{"format": "registrum-evidence/1", "chain": HASH, "block": {**BLOCK, "time": MOMENT}, "link": LINK},
    "subject": ("kind", {"application": {"number": NUMBER}, "entry": {"number": NUMBER}, "claim": CLAIM}),
    **{"nodes": [NODE, 2048], "statements": None, "facts": None, "versions": {**VERSIONS, "domains": DOMAINS}},
    **{"accounts": [ADDRESS, 100], "history": [("event", TOLD), 10_000]},
}
BATCH = {"batch": (None, {"position": COUNT, "hashes": [HASH, 599]})}
CONTENT = {"filingDate": DAY, "disclosure": "plain|salted", "digest": HASH}
VERSION, REPLACES = {"registry": ADDRESS, **SIGNED}, {"replaces": BYTE}
VERSIONS = {
    "Registration": {**VERSION, **CONTENT, **BATCH},
    "Anchor": {**VERSION, **CONTENT, "leafCount": range(2**40), "path": [HASH, 40], "root": HASH, "sequence": COUNT},
    "Correction": {**VERSION, **CONTENT, **REPLACES},
    "Withdrawal": {**VERSION, **REPLACES},
    "Reinstatement": {**VERSION, **REPLACES},
}
EVENT_FORM = {"LegalStatusEvent": {**SIGNED, **BATCH, "words": WORDS}}
TYPES_OF = {"application": VERSIONS, "claim": VERSIONS, "entry": EVENT_FORM}
STATEMENTS = {kind: [("type", forms), 512 if kind == "entry" else 255] for kind, forms in TYPES_OF.items()}


# ---- Words of the chain, and how the format writes them (section 6) ----


def unhex(digits: str) -> bytes:
    """Return the bytes of `0x…`."""
    return bytes.fromhex(digits[2:])


def enhex(value: bytes) -> str:
    """Write bytes as `0x…`."""
    return "0x" + value.hex()


def word(value: int | bytes | str) -> bytes:
    """Return a number as a word, left-padded, or an ASCII text or a `bytesN`, right-padded."""
    if isinstance(value, int):
        return value.to_bytes(32)
    return (value.encode("ascii") if isinstance(value, str) else value).ljust(32, b"\0")


def fields(value: int, *sizes: int) -> list[int]:
    """Return the fields of a word, from the lowest bit, by their sizes in bits."""
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return [value >> start & (1 << size) - 1 for start, size in zip(starts, sizes, strict=True)]


def slot_of(key: bytes, slot: int | bytes) -> int:
    """Return where the value under a key of the mapping at a slot begins."""
    return int.from_bytes(keccak(key + word(slot)))


def day(value: int) -> date:
    """Return the day that is written `YYYYMMDD` in decimal."""
    try:
        found = date(value // 10000, value // 100 % 100, value % 100)
    except ValueError as error:
        raise Refused(f"{value} is not a day, written YYYYMMDD") from error
    return found if found.year >= 1800 else refuse(f"the day {found} is before 1800")


def moment(seconds: int) -> str | None:
    """Write seconds since 1970; `None` where the year has more than four digits."""
    written = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(seconds, LAST_MOMENT))
    return written.strftime("%Y-%m-%dT%H:%M:%SZ") if seconds <= LAST_MOMENT else None


def text(value: bytes) -> str:
    """Write a text of the chain: as it is if it is printable ASCII, else as bytes; the empty text where zero."""
    shortened = value.rstrip(b"\0")
    printable = all(0x20 <= byte <= 0x7E for byte in shortened)
    return shortened.decode("ascii") if printable else enhex(value)


def written(kind: str, value: int) -> Any:
    """Write a value of the chain; `None` where it is zero."""
    plain = word(value).rstrip(b"\0").decode("latin-1")
    match kind if value else "":
        case "address":
            return enhex(value.to_bytes(20))
        case "day":
            return str(day(value))
        case "moment":
            return moment(value)
        case "number":
            number = f"{plain[:2]}/{plain[2:3]}/{plain[3:]}"
            conform(number, NUMBER, "a number in the state")
            return number
        case "word":
            return enhex(word(value))
    return None


def all_written(kind: str, names: tuple[str, ...], values: list[int]) -> dict[str, Any]:
    """Write values of one kind, each under its name; for ever where `null` would be its contrary."""
    rows = zip(names, values, strict=True)
    return {name: written(kind, value) or (FOREVER if value and name in BARS else None) for name, value in rows}


# ---- EIP-712 (sections 4, 7 and 9) ----

DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
ENDORSEMENT = "Checkpoint(bytes2 office,bytes32 genesisHash,uint64 blockNumber,bytes32 blockHash)"
TYPES = {
    "Registration": "Registration(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest)",
    "Anchor": "Anchor(bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount)",
    "Correction": "Correction(bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest,uint8 replaces)",
    "Withdrawal": "Withdrawal(bytes32 number,uint8 replaces)",
    "Reinstatement": "Reinstatement(bytes32 number,uint8 replaces)",
}
REGISTRATIONS = "RegistrationBatch(bytes2 office,Registration[] items)" + TYPES["Registration"]
FACTS = (
    "EntryFacts(uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,"
    "bytes32 dossier,bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released)"
)
EVENT = (
    "LegalStatusEvent(bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,"
    "uint32 eventDate,uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,"
    "EntryFacts facts)"
)
EVENT_WORDS = re.findall(r"(uint|bytes)(\d+) ", EVENT + FACTS)
EVENTS = "EventBatch(bytes2 office,LegalStatusEvent[] events)" + FACTS + EVENT


@cache
def text_hash(text: str) -> bytes:
    """Return the hash of the text of a type or of a name, of which there are few."""
    return keccak(text.encode())


def struct_hash(type_text: str, *words: bytes) -> bytes:
    """Return the hash of a struct whose members are these words."""
    return keccak(text_hash(type_text) + b"".join(words))


@cache
def separator(name: str, chain_id: int, contract: str) -> bytes:
    """Return what tells the domain of a contract from others."""
    return struct_hash(DOMAIN, text_hash(name), text_hash("1"), word(chain_id), word(int(contract, 16)))


def signed_digest(name: str, chain_id: int, contract: str, hashed: bytes) -> bytes:
    """Return what is signed for a struct in the domain of a contract."""
    return keccak(b"\x19\x01" + separator(name, chain_id, contract) + hashed)


def batched(hashed: bytes, batch: Any, type_text: str, office: bytes) -> bytes:
    """Return the struct hash of the batch of which a struct is an item, or its own where it is in none (section 7)."""
    if batch is None:
        return hashed
    hashes, position = [unhex(other) for other in batch["hashes"]], batch["position"]
    hashes.insert(position, hashed)
    return struct_hash(type_text, word(office), keccak(b"".join(hashes)))


def words_of(statement: Any) -> list[bytes]:
    """Return the 23 words of an event, each of the form of its type (section 9)."""
    joined = unhex(statement["words"])
    words = [joined[at : at + 32] for at in range(0, len(joined), 32)]
    for (kind, size), value in zip(EVENT_WORDS, words, strict=True):
        unused = value[: 32 - int(size) // 8] if kind == "uint" else value[int(size) :]
        need(not any(unused), "a word of an event is not of its type")
    need(any(words[0]) and any(words[2]) and any(words[3]), "an event is of no number, system or code")
    for value in filter(any, words[6:9]):
        day(int.from_bytes(value))
    return words


def event_hash(words: list[bytes]) -> bytes:
    """Return the struct hash of an event (section 9)."""
    return struct_hash(EVENT + FACTS, *words[:12], struct_hash(FACTS, *words[12:]))


# ---- Headers and seals (sections 4 and 5) ----


@dataclass(frozen=True)
class Header:
    """A block header; `validators` and `seals` are empty where the chain has none, as is `sealed`, which they sign."""

    number: int
    time: int
    parent: bytes
    state_root: bytes
    hash: bytes
    validators: frozenset[bytes] = frozenset()
    sealed: bytes = b""
    seals: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, encoded: str, kind: str) -> Header:
        """Take a header apart; who sealed is not looked at yet."""
        items = [string(item, "an item of a header") for item in listed(rlp_decode(unhex(encoded)), "a header")]
        need(len(items) >= 15, "a header has fewer than 15 items")
        number, time = numeral(items[8], "the number of a header"), numeral(items[11], "the time of a header")
        parent, state_root = string(items[0], "a parent hash", 32), string(items[3], "a state root", 32)
        if kind == "checkpoints":
            return cls(number, time, parent, state_root, keccak(unhex(encoded)))
        extra = listed(rlp_decode(string(items[12], "extra data")), "extra data", 5)
        vanity, members, vote, turn, seals = extra
        string(vanity, "the vanity data", 32)
        votes = (isinstance(vote, list) and vote != []) or vote == ([] if kind == "qbft" else b"")
        need(votes, "the vote of a header is malformed")
        string(turn, "the round", 4) if kind == "ibft2" else numeral(turn, "the round")
        validators = [string(member, "a validator", 20) for member in listed(members, "the row of validators")]
        row = tuple(string(seal, "a seal", 65) for seal in listed(seals, "the row of seals"))
        need(0 < len(validators) <= MAX_VALIDATORS, f"header {number} has no validators, or more than {MAX_VALIDATORS}")
        need(len(row) <= len(validators), f"header {number} has more seals than validators")
        need(ascending(validators), f"the validators of header {number} are not in ascending order")

        def digest(*parts: Rlp) -> bytes:
            return keccak(rlp_encode([*items[:12], rlp_encode(list(parts)), *items[13:]]))

        sealed = digest(*extra[:4], []) if kind == "qbft" else digest(*extra[:4])
        hashed = digest(*extra[:3], b"", []) if kind == "qbft" else digest(*extra[:3])
        return cls(number, time, parent, state_root, hashed, frozenset(validators), sealed, row)

    @cached_property
    def sealers(self) -> frozenset[bytes]:
        """Who sealed, each a validator, once and in ascending order."""
        sealers = [recover(self.sealed, seal, 0) for seal in self.seals]
        need(ascending(sealers), f"the seals of header {self.number} are not in ascending order of who sealed")
        fits = self.validators.issuperset(sealers)
        need(fits, f"a seal of header {self.number} is not of one of its validators")
        return frozenset(sealers)


def follow(trusted: frozenset[bytes], changes: list[Header], tip: Header) -> None:
    """Follow the validators from those of the description to those of the tip; a quorum is two thirds, rounded up.

    Who sealed is looked at last, so that nobody makes a verifier recover many signatures for nothing.
    """
    row, sets = [*changes, tip], [trusted, *(header.validators for header in (*changes, tip))]
    seals = sum(len(header.seals) for header in row)
    need(seals <= MAX_SEALS, f"the headers have {seals} seals, more than {MAX_SEALS}")
    for header, (before, now) in zip(row, pairwise(sets), strict=True):
        name, change = f"header {header.number}", before ^ now
        need(len(change) == 1 or (header is tip and not change), f"{name} changes {len(change)} validators, not one")
        count, least = len(header.seals), -(-2 * len(now) // 3)
        need(count >= least, f"{name} has {count} seals of its {len(now)} validators, not {least}")
    for header, before in zip(row, sets, strict=False):
        vouching, least = len(header.sealers & before), max(1, -(-2 * len(before) // 3) - 1)
        need(vouching >= least, f"header {header.number} has {vouching} seals of the validators before it, not {least}")


# ---- The state that the nodes prove (section 6) ----

EMPTY_TRIE = keccak(b"\x80")


class State:
    """The words of contracts under a state root, from nodes by their keccak; remembers which were not needed yet."""

    def __init__(self, nodes: dict[bytes, bytes], root: bytes) -> None:
        self._root, self._nodes, self.unused = root, nodes, set(nodes)
        self._storages: dict[str, bytes] = {}
        self._words: dict[tuple[str, int], int] = {}

    def read(self, contract: Any, slot: int) -> int:
        """Return the word in a slot of a contract of the description; zero where there is none."""
        place = contract["address"], slot % 2**256
        if place not in self._words:
            stored = self.look_up(self._storage(contract), keccak(word(place[1])))
            self._words[place] = 0 if stored is None else numeral(rlp_decode(stored), "a word", 32)
        return self._words[place]

    def _storage(self, contract: Any) -> bytes:
        """Return the storage root of a contract, which has to have the code of the description."""
        address = contract["address"]
        if address not in self._storages:
            value = self.look_up(self._root, keccak(unhex(address)))
            items = listed(rlp_decode(value or refuse("a contract is not in the state")), "an account", 4)
            account = [string(item, "an item of an account") for item in items]
            fits = enhex(account[3]) == contract["codeHash"]
            need(fits, f"{address} has another code than the description says")
            self._storages[address] = string(account[2], "a storage root", 32)
        return self._storages[address]

    def look_up(self, root: bytes, key: bytes) -> bytes | None:
        """Return the value under a key, or `None` where the nodes prove that there is none."""
        path = key.hex()
        item: Rlp = root if root != EMPTY_TRIE else b""
        while item != b"":
            if isinstance(item, bytes):
                need(item in self._nodes, f"the node {enhex(item)[:70]} of a trie is missing")
                self.unused.discard(item)
                item = rlp_decode(self._nodes[item])
            items = listed(item, "a node of a trie", 2, 17)
            if len(items) == 17:
                need(path != "", "a trie goes on below its keys")
                item, path = items[int(path[0], 16)], path[1:]
                continue
            prefix = string(items[0], "a path in a trie").hex()
            need(prefix[:1] in {"1", "3"} or prefix[:2] in {"00", "20"}, "a path in a trie is malformed")
            part, rest = prefix[2 - int(prefix[0]) % 2 :], path.removeprefix(prefix[2 - int(prefix[0]) % 2 :])
            need(len(items[1]) > 0, "a node of a trie holds nothing")
            if prefix[0] in "23":
                value = string(items[1], "a value in a trie")
                return value if part == path else None
            need(part != "", "an extension in a trie has no path")
            if rest == path:
                return None
            item, path = items[1], rest
        return None


# ---- The file and its checks (sections 1 and 10) ----

MEMBERS = ("evidence.json", "chain.json", "page.html", "page.pdf", "SHA256SUMS")
ATTACHED = {"timestamp": "timestamp.tsr", "credential": "credential.jwt"}  # What may follow, by its check.
CHECKS = {
    "archive": "section 1: one ZIP of five members and what is attached, in its one form",
    "sums": "section 1: SHA-256 of every member",
    "form": "sections 1 to 9 and 13: canonical JSON, its members and their forms",
    "chain": "section 3: the chain is the one that the verifier trusts",
    "link": "sections 4 and 5: the block is one of that chain",
    "state": "section 6: the state is that of the block, with every node used",
    "statements": "sections 7 and 9: signatures, and that no statement is left out or added",
    "facts": "sections 7 to 9: what follows is what the file says",
    "history": "section 13: the history ends in the state; rows may be left out or made up, times are the maker's word",
    "document": "section 10: the document is the one whose digest is recorded",
    "timestamp": "section 12: an authority that the verifier trusts stamped the file",
    "credential": "section 12: a key of the office signed what the file shows of the record",
}
# What the time of the block is for events that set a member to it, and the members that a history accounts for.
STAMPED = {"OfficeAdmitted": "admittedAt", "OfficeReinstated": "suspendedUntil", "OfficeDeparted": "departedAt"}
STAMPED |= {"KeyRevoked": "revokedAt"}
OF_OFFICE = ("seat", "admittedAt", "suspendedUntil", "earliestFilingDate", "successor")
OF_KEY = ("scopes", "validFrom", "validUntil", "revokedAt", "compromisedSince")
DISCLOSURES, STATUSES, NO_OFFICE = ("plain", "salted"), ("", "filed", "corrected", "withdrawn"), bytes(2)
MONTHS = {**dict.fromkeys(("PP", "PU", "UP", "UU"), 12), **dict.fromkeys(("TT", "DD", "UD"), 6)}
PARIS = "Paris Convention, Article "
RULES = {
    "valid": (
        PARIS + "4A(1), 4C(1) to (3)",
        "Who has duly filed the first application has a right of priority for 12 months (patents, utility models)"
        " or 6 months (trade marks, designs) from its filing date, that day not counted; a period that ends on a"
        " day on which the office is closed ends on its next working day.",
    ),
    "not_covered": (
        "Registrum evidence format, section 7",
        "Of an office that is not a member at the block the register says nothing, neither that there is such an"
        " application nor that there is none.",
    ),
    "not_found": (
        PARIS + "4A(2)",
        "The right of priority arises from a regular national filing; none is recorded under this number,"
        " although the office is a member.",
    ),
    "signer_compromised": (
        "Registrum evidence format, section 6",
        "A record that a compromised key signed proves nothing until a good key of the office has confirmed it.",
    ),
    "date_mismatch": (
        PARIS + "4D(1)",
        "Who claims priority declares the date of the earlier filing; the declared date is not the recorded one.",
    ),
    "digest_mismatch": (
        PARIS + "4D(3)",
        "The office may require a copy of the earlier application, certified as correct; the copy is not the"
        " application as recorded.",
    ),
    "right_not_allowed": (
        PARIS + "4A(1), 4C(1), 4E",
        "Priority is given for patents and utility models among one another, for trade marks, for designs, and"
        " for a design from a utility model; not between these rights.",
    ),
    "same_day": (
        PARIS + "4C(2)",
        "The period starts from the filing date of the first application, and the day of filing is not counted:"
        " both are of one day.",
    ),
    "later_precedes_earlier": (
        PARIS + "4A(1), 4B",
        "Priority is for a subsequent filing; the later application was filed before the earlier one.",
    ),
    "restorable": (
        "Patent Law Treaty, Article 13(2); PCT Regulations, Rule 26bis.3",
        "The period is over, by no more than two months: the office of second filing may restore the right on"
        " request, where the delay was unintentional or occurred in spite of due care, as its law has it.",
    ),
    "period_expired": (
        PARIS + "4C(1)",
        "The period of priority is over, by more than two months or for a right whose priority is not restored.",
    ),
}
KEY_MOMENTS = ("validFrom", "validUntil", "revokedAt", "compromisedSince", "barredUntil")
ENTRY_SIZES = (8, 8, 8, 8, 16, 16, 32, 32, 32, 32, 48, 16)
ENTRY_DAYS = ("filingDate", "registrationDate", "expiryDate", "ceasedOn")
ENTRY_HASHES = ("head", "dossier", "representation", "holder")
ENTRY_NUMBERS = ("application", "basis", "parent", "former", "continuation")
EVENT_DAYS = ("eventDate", "effectiveDate", "publicationDate")


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return the archive of the members in its one form (PKWARE APPNOTE, sections 4.3.7, 4.3.12, 4.3.16)."""
    files, directory, count = b"", b"", len(members)
    for name, content in members.items():
        sizes = (zlib.crc32(content), len(content), len(content), len(name), 0)
        entry = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, *sizes)
        place = struct.pack("<HHHII", 0, 0, 0, 0, len(files))
        directory += b"PK\1\2" + struct.pack("<H", 20) + entry + place + name.encode()
        files += b"PK\3\4" + entry + name.encode() + content
    return files + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(files), 0)


def months_later(start: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day if it has no such day (section 8)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    need(year <= date.max.year, "a period ends after the year 9999")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def conform_chain(chain: Any, name: str) -> None:
    """Refuse a value that is no description of a chain (section 3)."""
    conform(chain, CHAIN, name)
    contracts, consensus = chain["contracts"], chain["consensus"]
    registries = [row["address"] for row in contracts["applicationRegistries"]]
    need(0 < len(set(registries)) == len(registries), f"{name} names no registry of applications, or one twice")
    fits = (contracts["rightsRegister"] is None) == (contracts["officePractice"] is None)
    need(fits, f"{name} names only one of rightsRegister and officePractice")
    need(ascending([block["number"] for block in chain["blocks"]]), f"{name}.blocks is not in ascending order")
    since, threshold = consensus.get("since", {"number": 1}), consensus.get("threshold", 1)
    fits = since["number"] > 0 or since["hash"] == chain["genesisHash"]
    need(fits, f"{name}.consensus.since has another hash of block 0 than genesisHash")
    need(len(consensus.get("validators", ())) <= MAX_VALIDATORS, f"{name} has more than {MAX_VALIDATORS} validators")
    need(threshold <= len(consensus.get("signers", "1")), f"{name}.consensus.threshold is more than all offices")


def without_trust(chain: Any) -> Any:
    """Return a description without what each verifier says for itself: blocks, and validators of which block."""
    left = {name: value for name, value in chain["consensus"].items() if name not in SEALED}
    return {**chain, "blocks": [], "consensus": left}


class Verification:
    """The checks of one file; `trust` is the verifier's own description, `document` a SHA-256 `0x…`, or both `None`."""

    def __init__(self, archive: bytes, trust: Any, document: str | None) -> None:
        self._archive, self._trust, self._document = archive, trust, document
        self.members: dict[str, bytes] = {}
        self.facts: Any = None
        self.history: list[Any] = []
        self.results: list[tuple[str, str, str]] = []
        self._record: Any = None
        self._anchor = 0

    def run(self) -> str:
        """Do the checks, up to the first that fails, and return the verdict (section 10)."""
        for name in CHECKS:
            is_there = ATTACHED.get(name) in {None, *self.members}
            if not is_there or (name == "document" and self._document is None):
                continue
            try:
                why_not = "not looked into here" if name in ATTACHED else getattr(self, f"_check_{name}")()
            except (Refused, MemoryError, RecursionError) as error:
                self.results.append((name, "failed", str(error) or type(error).__name__))
                return "refused"
            self.results.append((name, "not_checked" if why_not else "passed", why_not or ""))
        return "consistent" if self._trust is None else "verified"

    def _check_archive(self) -> None:
        need(len(self._archive) <= MAX_ARCHIVE, "the file is larger than 16 MiB")
        at = 0
        for name in (*MEMBERS, *ATTACHED.values()):
            size, start = int.from_bytes(self._archive[at + 18 : at + 22], "little"), at + 30 + len(name)
            if name in MEMBERS or self._archive[at + 30 : start] == name.encode():
                self.members[name], at = self._archive[start : start + size], start + size
        anew = zip_of(self.members)
        if anew != self._archive:
            pairs = enumerate(zip(anew, self._archive, strict=False))
            place = next((i for i, (one, other) in pairs if one != other), min(len(anew), len(self._archive)))
            ends = accumulate(30 + len(name) + len(content) for name, content in self.members.items())
            parts = [name for name, end in zip(self.members, ends, strict=True) if place < end]
            is_member = self._archive[at : at + 4] == b"PK\3\4"
            rest = "an attachment" if is_member else "the directory of the archive"
            part = parts[0] if parts else rest
            refuse(f"{part} was changed: written anew, with its CRC-32, the archive differs from byte {place} on")
        need(all(len(row) <= MAX_ATTACHED for row in [*self.members.values()][5:]), "what is attached is too large")

    def _check_sums(self) -> None:
        lines = [f"{hashlib.sha256(self.members[name]).hexdigest()}  {name}\n" for name in MEMBERS[:-1]]
        stated = self.members["SHA256SUMS"].decode("latin-1").splitlines(keepends=True)
        for name, line, its_line in zip(MEMBERS, lines, stated, strict=False):
            need(line == its_line, f"{name} has not the SHA-256 that SHA256SUMS states")
        need(lines == stated, "SHA256SUMS has not one line for each of the four members before it")

    def _check_form(self) -> None:
        values: list[Any] = []
        for name in ("evidence.json", "chain.json"):
            values.append(read_json(self.members[name], name))
            need(write_json(values[-1]) == self.members[name].decode(), f"{name} is not canonical JSON")
            plain = re.fullmatch(rb'(?:[ -\[\]-~]|\\["\\])*+', self.members[name])
            need(bool(plain), f"{name} has a text that is not printable ASCII")
        self._evidence, self._chain = values
        pinned = self._chain.get("blocks", []) if isinstance(self._chain, dict) else []
        need(pinned == [], "blocks of chain.json is not an empty list")
        conform(self._evidence, EVIDENCE, "evidence.json")
        conform_chain(self._chain, "chain.json")
        link = self._evidence["link"]
        size = sum(len(unhex(header)) for header in (link["header"], *link["descendants"], *link["validatorChanges"]))
        need(size <= MAX_HEADERS, f"the headers of the link have more than {MAX_HEADERS} bytes")
        self._subject, self._statements = self._evidence["subject"], self._evidence["statements"]
        self.history = self._evidence["history"]
        need(ascending([(row["block"], row["log"]) for row in self.history]), "history is not in its order")
        need(ascending(self._evidence["accounts"]), "accounts are not in ascending order")
        conform(self._statements, STATEMENTS[self._subject["kind"]], "statements")
        offices = [row["office"] for row in (link["checkpoint"] or {"signatures": []})["signatures"]]
        need(ascending(offices), "the offices of the checkpoint are not in ascending order")
        batches = [row["batch"] for row in self._statements if row.get("batch")]
        fits = all(batch["position"] <= len(batch["hashes"]) for batch in batches)
        need(fits, "the position in a batch is behind its end")
        count = sum(len(batch["hashes"]) for batch in batches)
        need(count <= MAX_HASHES, f"the batches have {count} hashes, more than {MAX_HASHES}")
        count = len({row["signer"] for row in self._statements})
        need(count <= MAX_SIGNERS, f"the statements have {count} signers, more than {MAX_SIGNERS}")
        self._words = [words_of(row) for row in self._statements] if self._subject["kind"] == "entry" else []
        nodes = [(keccak(node), node) for node in map(unhex, self._evidence["nodes"])]
        need(ascending([hashed for hashed, _node in nodes]), "nodes are not sorted by their keccak")
        self._nodes = dict(nodes)

    def _check_chain(self) -> str | None:
        digest = enhex(hashlib.sha256(self.members["chain.json"]).digest())
        need(self._evidence["chain"] == digest, "chain is not the SHA-256 of chain.json")
        own, trusted = without_trust(self._chain), without_trust(self._trust or self._chain)
        for member, value in own.items():
            fits = write_json(value) == write_json(trusted[member])
            need(fits, f"{member} differs from that of the description that the verifier trusts")
        return None if self._trust else "no chain description of the verifier's own was given"

    def _check_link(self) -> None:
        link, consensus = self._evidence["link"], (self._trust or self._chain)["consensus"]
        kind, checkpoint = consensus["kind"], link["checkpoint"]
        *before, last = link["header"], *link["descendants"]
        # Those before the tip come in the form that is hashed, also where the chain is sealed.
        row = [*(Header.read(encoded, "checkpoints") for encoded in before), Header.read(last, kind)]
        self._header, tip = row[0], row[-1]
        stated = {"number": row[0].number, "hash": enhex(row[0].hash), "time": moment(row[0].time)}
        need(stated == self._evidence["block"], "block states another number, hash or time than the header has")
        for header, after in pairwise(row):
            fits = (after.parent, after.number) == (header.hash, header.number + 1)
            need(fits, f"the header after number {header.number} does not follow it")
        since = consensus.get("since")
        changes = [Header.read(encoded, kind) for encoded in link["validatorChanges"]]
        pins = [*(self._trust or self._chain)["blocks"], *([since] if since else [])]
        for header in (*row, *changes):
            fits = all(pin["hash"] == enhex(header.hash) for pin in pins if pin["number"] == header.number)
            need(fits, f"block {header.number} has another hash than the one that the verifier trusts")
        pinned = {pin["number"] for pin in pins} & {header.number for header in row}
        if since:
            need(checkpoint is None, "a sealed chain needs no checkpoint")
            fits = ascending([header.number for header in (*changes, tip)])
            need(fits, "the changes of validators are not in order, or not before the tip")
            if not pinned:
                need(tip.number >= since["number"], f"block {tip.number} is older than since, and not pinned")
                followed = [header for header in changes if header.number > since["number"]]
                follow(frozenset(map(unhex, consensus["validators"])), followed, tip)
            return
        need(not changes, "a chain without seals has no changes of validators")
        need(
            bool(checkpoint or pinned), f"no checkpoint vouches for block {tip.number}, nor does the verifier trust it"
        )
        if checkpoint:
            self._check_checkpoint(checkpoint, consensus, tip)

    def _check_checkpoint(self, checkpoint: Any, consensus: Any, tip: Header) -> None:
        """Check the signatures of a checkpoint, which all have to be good (section 4)."""
        fits = (checkpoint["number"], checkpoint["hash"]) == (tip.number, enhex(tip.hash))
        need(fits, "the checkpoint is of another block than the tip")
        for signed in checkpoint["signatures"]:
            office, directory = signed["office"], self._chain["contracts"]["officeDirectory"]["address"]
            need(signed["signer"] in consensus["signers"].get(office, ()), f"the signer for {office} is a stranger")
            words = (word(office), unhex(self._chain["genesisHash"]), word(tip.number), tip.hash)
            self._verify(signed, "Registrum Checkpoint", directory, struct_hash(ENDORSEMENT, *words))
        count = len(checkpoint["signatures"])
        need(count >= consensus["threshold"], f"the checkpoint has {count} signatures, not {consensus['threshold']}")

    def _verify(self, signed: Any, domain: str, contract: str, hashed: bytes) -> None:
        """Refuse a signature that is there and is not the signer's."""
        if signed["signature"] is not None:
            digest = signed_digest(domain, self._chain["chainId"], contract, hashed)
            signer = enhex(recover(digest, unhex(signed["signature"]), 27))
            need(signer == signed["signer"], f"a signature is of {signer}, not of {signed['signer']}")

    # What the state says, read as section 6 lists it, and the facts that follow from it.

    def _check_state(self) -> None:
        self._state, self._contracts = State(self._nodes, self._header.state_root), self._chain["contracts"]
        is_entry, number = self._subject["kind"] == "entry", self._subject.get("earlier") or self._subject["number"]
        self._number, self._office = word(number.replace("/", "", 2)), number[:2].encode()
        office = self._office_facts()
        answer = "not_covered" if office["status"] in {"none", "departed"} else "not_found"
        self.facts = {"answer": answer, "office": office}
        holders = {statement["signer"] for statement in self._statements} | {*self._evidence["accounts"]}
        holders |= self._read_entry() if is_entry else self._read_application()
        self.facts["keys"] = [self._key_facts(holder, with_body=is_entry) for holder in sorted(holders)]
        if self._subject["kind"] == "claim":
            self._read_claim(self._subject, answer)
        need(not self._state.unused, f"{len(self._state.unused)} of the nodes are not needed by any check")

    def _read(self, contract: str, slot: int, *sizes: int) -> list[int]:
        row = self._contracts[contract] or refuse(f"the description has no {contract}")
        return fields(self._state.read(row, slot), *sizes)

    def _successor(self, office: bytes) -> bytes:
        code = self._read("officeDirectory", slot_of(word(office), 3) + 4, 160, 40, 16)[2].to_bytes(2)
        need(code == NO_OFFICE or bool(re.fullmatch(OFFICE, text(code))), f"{enhex(code)} succeeds and is no office")
        return code

    def _office_facts(self) -> dict[str, Any]:
        """Return the facts of the office of the number (section 7)."""
        slot = slot_of(word(self._office), 3)
        seat, admitted, suspended, departed = self._read("officeDirectory", slot, 160, 40, 40, 8)
        earliest = written("day", self._read("officeDirectory", slot + 1, 32)[0])
        status = "suspended" if suspended > self._header.time else "active"
        status = "none" if not seat else "departed" if departed else status
        successor = self._successor(self._office) if status == "departed" else NO_OFFICE
        facts = {"code": text(self._office), "status": status, "seat": written("address", seat)}
        facts |= all_written("moment", ("admittedAt", "suspendedUntil"), [admitted, suspended])
        return facts | {"earliestFilingDate": earliest, "successor": text(successor) or None}

    def _keys(self, holder: str) -> Iterator[tuple[bytes, list[int]]]:
        """Yield the key of an account under the office of the number, then under each successor in turn (section 6)."""
        office, met = self._office, {NO_OFFICE}
        while office not in met:
            met.add(office)
            need(len(met) <= MAX_SUCCESSORS + 1, f"a row of successors has more than {MAX_SUCCESSORS} offices")
            slot = slot_of(office + bytes(10) + unhex(holder), 7)
            yield office, self._read("officeDirectory", slot, 8, 40, 40, 40, 40, 40)
            office = self._successor(office)

    def _key_facts(self, holder: str, *, with_body: bool) -> dict[str, Any]:
        """Return the facts of the key that counts for an account, the first with scopes; of an entry also its body."""
        office, key = next(((office, key) for office, key in self._keys(holder) if key[0]), (NO_OFFICE, [0] * 6))
        facts: dict[str, Any] = {"account": holder, "office": text(office) or None, "scopes": key[0] or None}
        facts |= all_written("moment", KEY_MOMENTS, key[1:])
        if with_body:
            facts["body"] = None if key[0] else self._body_facts(holder)
        return facts

    def _body_facts(self, holder: str) -> dict[str, Any] | None:
        slot = slot_of(word(int(holder, 16)), keccak(word(self._office) + word(2)))
        categories, start, end, version = self._read("officePractice", slot, 32, 40, 40, 16)
        name = text(word(self._read("officePractice", slot + 1, 256)[0]))
        moments = all_written("moment", KEY_MOMENTS[:2], [start, end])
        return {"name": name, "categories": categories, **moments, "version": version} if version else None

    def _is_compromised(self, holder: int, at: int) -> bool:
        """Tell whether the key of an account counts as compromised at a moment (section 6, Compromise)."""
        row = self._keys(enhex(holder.to_bytes(20)))
        _office, own = next(row)
        times = [own[4], *(() if own[0] else (key[4] for _office, key in row))]
        return any(0 < since <= at for since in times)

    def _read_application(self) -> set[str]:
        """Put the facts of section 7 together, but for the keys; return the accounts besides the signers."""
        registries: Any = self._contracts["applicationRegistries"]
        holders: set[str] = set()
        confirmation: Any = None
        anchored: Any = None
        (chosen,) = self._read("priorityRegister", 6, 160)
        need(enhex(chosen.to_bytes(20)) == registries[0]["address"], "the offices have chosen another, newer registry")
        for registry in registries:
            slot = slot_of(self._number, 2)
            digest, packed = self._state.read(registry, slot), self._state.read(registry, slot + 1)
            key, recorded, filed, version, status, disclosure = fields(packed, 160, 40, 32, 8, 8, 8)
            if not version:
                continue
            need(0 < status < 4 and disclosure < 2, "the record has an unknown status or disclosure")
            confirmer, confirmed, confirms = fields(self._state.read(registry, slot_of(self._number, 4)), 160, 40, 8)
            suspect = self._is_compromised(key, recorded)
            if suspect and confirmed and (confirms == version or confirmed > recorded):
                suspect = self._is_compromised(confirmer, confirmed)
            record = {"registry": registry["address"], "digest": enhex(word(digest)), "filingDate": str(day(filed))}
            record |= {"disclosure": DISCLOSURES[disclosure], "recordedAt": moment(recorded)}
            record |= {"signingKey": enhex(key.to_bytes(20)), "status": STATUSES[status]}
            self._record = {**record, "version": version, "suspect": suspect}
            holders.add(record["signingKey"])
            if confirmed:
                holders.add(enhex(confirmer.to_bytes(20)))
                confirmation = {"signingKey": enhex(confirmer.to_bytes(20)), "version": confirms}
                confirmation |= {"reconfirmedAt": moment(confirmed)}
            break
        if self._statements and self._statements[0]["type"] == "Anchor":
            first = self._statements[0]
            named = next((row for row in registries if row["address"] == first["registry"]), None)
            slot = slot_of(self._office + bytes(22) + first["sequence"].to_bytes(8), 3)
            self._anchor = self._state.read(named or refuse("an anchor is in a registry of no description"), slot)
            anchored = {"sequence": first["sequence"], "time": moment(self._anchor % 2**40)}
            anchored |= {"suspect": self._is_compromised(int(first["signer"], 16), self._anchor % 2**40)}
        answer = self._record["status"] if self._record else "anchored" if anchored else self.facts["answer"]
        self.facts |= {"answer": answer, "record": self._record, "reconfirmation": confirmation, "anchored": anchored}
        return holders

    def _next_open_day(self, office: str, found: date) -> tuple[date, str]:
        """Return the first day from one on that an office is not closed, and what its calendars say (section 8)."""
        year, use = 0, "not_published"
        last = date.fromordinal(min(found.toordinal() + MAX_CLOSED, date.max.toordinal()))
        while True:
            if found.year != year:
                year = found.year
                slot = slot_of(word(year), keccak(word(office) + word(2)))
                late, weekly, version = self._read("priorityRegister", slot + 1, 112, 8, 16)
                if not version:
                    return found, use
                exceptions, use = self._read("priorityRegister", slot, 256)[0] | late << 256, "incomplete"
            if (weekly >> found.weekday() ^ exceptions >> (found.timetuple().tm_yday - 1)) & 1 == 0:
                return found, "published"
            need(found < last, f"more than {MAX_CLOSED} days in a row are closed, or until after the year 9999")
            found += timedelta(days=1)

    def _read_claim(self, claim: Any, verdict: str) -> None:
        """Add the facts of section 8; the verdict is the one given where there is no record."""
        record, later = self._record, claim["laterDate"]
        months = MONTHS.get(claim["earlier"][3] + claim["laterRight"], 0)
        last, extended, restorable, use = "", None, None, "not_asked"
        if record and months:
            regular = months_later(date.fromisoformat(record["filingDate"]), months)
            found, use = self._next_open_day(claim["laterOffice"], regular)
            last, extended = str(found), str(regular) if found != regular else None
            if months == 12:
                restorable = str(self._next_open_day(claim["laterOffice"], months_later(found, 2))[0])
        if record:
            findings = {
                "signer_compromised": record["suspect"],
                "date_mismatch": claim["claimedDate"] != record["filingDate"],
                "digest_mismatch": claim["digest"] not in {None, record["digest"]},
                "right_not_allowed": not months,
                "same_day": later == record["filingDate"],
                "later_precedes_earlier": later < record["filingDate"],
                "valid": later <= last,
                "restorable": restorable is not None and later <= restorable,
                "period_expired": True,
            }
            verdict = next(finding for finding, applies in findings.items() if applies)
        self.facts |= {"verdict": verdict, "rule": dict(zip(("source", "text"), RULES[verdict], strict=True))}
        self.facts |= {"periodMonths": months, "lastDay": last or None, "calendar": use}
        self.facts |= {"extendedFrom": extended, "restorableUntil": restorable}

    def _read_entry(self) -> set[str]:
        """Add the facts of section 9, but for the keys and the events."""
        slot = slot_of(self._number, 4)
        entry: Any = None
        first, *words = (self._read("rightsRegister", slot + offset, 256)[0] for offset in range(10))
        state, stage, status, marks, count, ended, *days, classes, _ceased_by = fields(first, *ENTRY_SIZES)
        self._head, self._event_count = word(words[0]), count
        if count or words[-1]:
            entry = {"state": text(bytes([state])) or None, "stage": text(bytes([stage])) or None, "status": status}
            entry |= {"eventCount": count, "terminatedBy": ended or None, **all_written("day", ENTRY_DAYS, days)}
            entry |= {"imported": bool(marks & 1), "irregular": bool(marks & 2)}
            entry |= {"classes": [n for n in range(48) if classes >> n & 1]}
            entry |= all_written("word", ENTRY_HASHES, words[:4]) | all_written("number", ENTRY_NUMBERS, words[4:])
            self.facts["answer"] = "recorded"
        self.facts["entry"] = entry
        return set()

    # What was signed.

    def _check_statements(self) -> str | None:
        if self._subject["kind"] == "entry":
            self._check_row_of_events()
            self._check_signers(2 | 4)
            self._check_events()
        elif self._record and self._record["version"] == 255:
            need(not self._statements, "a record of version 255 has statements")
            return "the record has version 255, which later corrections keep"
        else:
            self._check_record()
            self._check_signers(1)
            for position, statement in enumerate(self._statements):
                self._check_version(statement, position)
        without = sum(statement["signature"] is None for statement in self._statements)
        return f"{without} of {len(self._statements)} statements have no signature of a key" if without else None

    def _check_signers(self, scopes: int) -> None:
        """Refuse a signature of an account that is no key for such statements (sections 7 and 9, Signers)."""
        keys = {key["account"]: key for key in self.facts["keys"]}
        for statement in self._statements:
            key = keys[statement["signer"]]
            fits = key["scopes"] & scopes if key["scopes"] else key.get("body")
            need(statement["signature"] is None or fits, f"{key['account']} is no key for what it signed")

    def _check_version(self, statement: Any, position: int) -> None:
        """Check the content and the signature of a version of a record (section 7)."""
        kind, registry, content = statement["type"], statement["registry"], [self._number]
        registries = [row["address"] for row in self._contracts["applicationRegistries"]]
        need(registry in registries, "the registry of a statement is not in the description")
        if "digest" in statement:
            content.append(word(int(statement["filingDate"].replace("-", ""))))
            content += [word(DISCLOSURES.index(statement["disclosure"])), unhex(statement["digest"])]
        if kind == "Anchor":
            content = self._anchor_words(statement, keccak(keccak(b"".join(content))))
        elif position:
            content.append(word(position))
        hashed = batched(struct_hash(TYPES[kind], *content), statement.get("batch"), REGISTRATIONS, self._office)
        self._verify(statement, "Registrum ApplicationRegistry", registry, hashed)

    def _anchor_words(self, anchor: Any, leaf: bytes) -> list[bytes]:
        """Check the path of an anchor, and that its slot binds it; return the words signed (section 7)."""
        root, count, steps = unhex(anchor["root"]), anchor["leafCount"], len(anchor["path"])
        latest = moment(self._anchor % 2**40 + 14 * 3600) or "9999-12-31"
        need(anchor["filingDate"] <= latest[:10], "the filing date is after the day of the anchor")
        need(any(unhex(anchor["digest"])), "the digest of an anchored leaf is zero")
        fits = steps <= 40 and count < 2 ** (steps + 1) and (steps == 0 or count > 2 ** (steps - 1))
        need(fits, f"a path of {steps} steps is not one of a tree of {count} leaves")
        for step in anchor["path"]:
            leaf = keccak(b"".join(sorted((leaf, unhex(step)))))
        need(leaf == root, "the path of the anchor does not end at its root")
        bound = keccak(root + word(count) + word(int(anchor["signer"], 16)))
        need(self._anchor >> 40 == int.from_bytes(bound) >> 40, "the anchor's slot binds another root, count or signer")
        return [word(self._office), word(anchor["sequence"]), root, word(count)]

    def _check_record(self) -> None:
        """Check, before any signature, that the statements lead to the record, or to none (section 7)."""
        record, kinds, status = self._record, [statement["type"] for statement in self._statements], "filed"
        for position, (kind, statement) in enumerate(zip(kinds, self._statements, strict=True)):
            need((kind in {"Registration", "Anchor"}) == (position == 0), f"statement {position} is of type {kind}")
            need(statement.get("replaces", 0) == position, f"statement {position} replaces another version")
        if record is None:
            need(kinds in ([], ["Anchor"]), "the number is not recorded, but statements say so")
            return
        need(len(kinds) == record["version"], f"{len(kinds)} statements do not lead to version {record['version']}")
        for kind in kinds[1:]:
            is_withdrawn = kind == "Withdrawal" or (kind == "Correction" and status == "withdrawn")
            status = "withdrawn" if is_withdrawn else "corrected"
        last = next(statement for statement in reversed(self._statements) if "digest" in statement)
        led_to = {**{member: last[member] for member in CONTENT}, "signingKey": last["signer"], "status": status}
        for member, value in led_to.items():
            need(value == record[member], f"the statements lead to another {member} than the record has")

    def _check_row_of_events(self) -> None:
        """Check, before any signature, that the events are complete (section 9)."""
        head, count = bytes(32), len(self._words)
        need(count == self._event_count, f"there are {count} events, and the entry has {self._event_count}")
        self._events = [(words, event_hash(words)) for words in self._words]
        for position, (words, hashed) in enumerate(self._events):
            need(words[1] == head, f"event {position} does not follow the one before it")
            head = hashed
        need(head == self._head, "the last event is not the head of the entry")

    def _check_events(self) -> None:
        """Check the signatures of the events of an entry (section 9)."""
        registry = self._contracts["rightsRegister"]["address"]
        for statement, (words, hashed) in zip(self._statements, self._events, strict=True):
            signed = batched(hashed, statement["batch"], EVENTS, words[0][:2])
            self._verify(statement, "Registrum RightsRegister", registry, signed)

    @staticmethod
    def _event_facts(words: list[bytes], hashed: bytes, signer: str | None) -> dict[str, Any]:
        facts: dict[str, Any] = {"hash": enhex(hashed), "system": text(words[2][:8]), "code": text(words[3])}
        facts |= {"state": text(words[4][:1]) or None, "stage": text(words[4][1:2]) or None}
        facts |= {"status": int.from_bytes(words[5])}
        facts |= all_written("day", EVENT_DAYS, [int.from_bytes(value) for value in words[6:9]])
        return {**facts, "signer": signer}

    def _check_facts(self) -> None:
        stated = self._evidence["facts"]
        if self._subject["kind"] == "entry":
            signers = [statement["signature"] and statement["signer"] for statement in self._statements]
            self.facts["events"] = [
                self._event_facts(*event, who) for event, who in zip(self._events, signers, strict=True)
            ]
        need(isinstance(stated, dict) and stated.keys() == self.facts.keys(), "facts has other members")
        for name, value in self.facts.items():
            need(write_json(stated[name]) == write_json(value), f"{name} is not what follows from all that")

    def _check_history(self) -> None:
        """Check that what the logs say of the office and the keys ends in what is proven of them (section 13)."""
        block, told = self._evidence["block"], {}
        places = [*((row["block"], row["time"]) for row in self.history), (block["number"], block["time"])]
        for (number, time), (following, later) in pairwise(places):
            fits = (number < following and time <= later) or (number, time) == (following, later)
            need(fits, "the history runs back, goes on after the block, or gives a block two times")
        for row in self.history:
            left = told.setdefault((row["office"], row.get("account")), {})
            left |= {**row, STAMPED.get(row["event"], "time"): row["time"]}
        office = self.facts["office"]
        proven = {(office["code"], None): office}
        proven |= {(key["office"], key["account"]): key for key in self.facts["keys"] if key["office"]}
        need(told.keys() <= proven.keys(), "the history is of another office or key")
        for (code, account), facts in proven.items():
            left = told.get((code, account), {})
            for member in OF_KEY if account else OF_OFFICE:
                need(left.get(member) == facts[member], f"the history of {account or code} ends in another {member}")
            fits = account or ("departedAt" in left) == (facts["status"] == "departed")
            need(fits, f"the history of {code} says otherwise whether it departed")

    def _check_document(self) -> str | None:
        if not self._record or self._record["disclosure"] != "plain":
            return "there is no record of a plain digest to compare the document with"
        need(self._record["digest"] == self._document, "the document is not the one whose digest is recorded")
        return None


# ---- The command ----


def flat(name: str, value: Any) -> Iterator[str]:
    """Yield the lines of a value: one for each that is not itself made of others."""
    if value and isinstance(value, dict | list):
        for member, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from flat(f"{name}.{member}" if name else str(member), inner)
    else:
        yield f"  {name}: {value if isinstance(value, str) else json.dumps(value)}"


def warnings(facts: Any) -> Iterator[str]:
    """Yield what the file shows that speaks against relying on it."""
    for name in ("record", "anchored"):
        if facts.get(name) and facts[name]["suspect"]:
            yield f"the key that signed ({name}) was compromised by then"
    if facts["office"]["status"] in {"suspended", "departed"}:
        yield f"the office {facts['office']['code']} was {facts['office']['status']} at this block"
    for key in facts["keys"]:
        for member in ("compromisedSince", "revokedAt"):
            if key[member]:
                yield f"the key {key['account']} has {member} {key[member]}"


def read_bounded(path: str, most: int) -> bytes:
    """Return the bytes of a file, at most one more than `most`."""
    with Path(path).open("rb") as file:
        return file.read(most + 1)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description="Verify an evidence file of the format registrum-evidence/1.")
    parser.add_argument("file", help="the evidence file")
    parser.add_argument("--trust", metavar="CHAIN", help="chain description from a source that you trust")
    parser.add_argument("--document", metavar="DOC", help="application as filed, to compare with the recorded digest")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    trust = document = None
    try:
        if options.trust:
            trust = read_json(read_bounded(options.trust, MAX_DESCRIPTION), "the trusted description")
            conform_chain(trust, "the trusted description")
        if options.document:
            with Path(options.document).open("rb") as file:
                document = "0x" + hashlib.file_digest(file, "sha256").hexdigest()
        verification = Verification(read_bounded(options.file, MAX_ARCHIVE), trust, document)
    except (OSError, ValueError, Refused) as error:
        parser.error(ascii(str(error)))
    verdict = verification.run()
    facts = verification.facts if verdict != "refused" else None
    checks = [
        {"check": name, "outcome": result, "rule": CHECKS[name], "detail": why}
        for name, result, why in verification.results
    ]
    lines = [verdict]
    for name, result, why in verification.results:
        if (name, result) == ("statements", "not_checked") and verdict != "refused":
            lines[0] += f", but statements were not checked: {why}"
        lines.append(f"{result:<11}  {name:<10}  {CHECKS[name]}{why and ': ' + why}")
    warned = [*warnings(facts)] if facts else []
    lines[1:1] = [f"warning      {said}" for said in warned]
    lines += [*flat("", facts), *flat("history", verification.history)] if facts else []
    document = {"verdict": verdict, "warnings": warned, "checks": checks, "facts": facts}
    document["history"] = verification.history if facts else None
    sys.stdout.write((write_json(document) if options.json else "\n".join(lines)) + "\n")
    return int(verdict == "refused")


if __name__ == "__main__":
    sys.exit(main())
