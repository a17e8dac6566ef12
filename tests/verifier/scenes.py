"""Evidence files of each kind, with the facts that a reader of the format expects of them, written out."""

from __future__ import annotations

from typing import Any

from eth_hash.auto import keccak

from tests.verifier.making import (
    DIRECTORY,
    NEWER_REGISTRY,
    PRACTICE,
    PRIORITY,
    REGISTRY,
    RIGHTS,
    TIME,
    Bundle,
    World,
    address,
    bundle,
    key,
    key_slot,
    number_word,
    office_key,
    packed,
    sign,
    slot,
    word,
)

NUMBER = "EM/P/018660437"
OFFICE_KEY, OTHER_KEY, FORMER_KEY, BODY = key(1), key(2), key(3), key(4)
SEAT = address(key(9))
DIGEST = "0x" + "ab" * 32
FOREVER = 2**40 - 1
RECORDED = TIME - 1000
CONTENT = {"filingDate": "2026-01-31", "disclosure": "plain", "digest": DIGEST}
REGISTRATION = "bytes32 number,uint32 filingDate,uint8 disclosure,bytes32 digest"
ANCHOR = "bytes2 office,uint64 sequence,bytes32 root,uint40 leafCount"
OFFICE_FACTS = {
    "code": "EM",
    "status": "active",
    "seat": SEAT,
    "admittedAt": "2020-09-13T12:26:40Z",
    "suspendedUntil": None,
    "earliestFilingDate": "1996-04-01",
    "successor": None,
}
KEY_FACTS = {
    "account": address(OFFICE_KEY),
    "office": "EM",
    "scopes": 3,
    "validFrom": "2020-09-13T12:26:40Z",
    "validUntil": None,
    "revokedAt": None,
    "compromisedSince": None,
    "barredUntil": None,
}
NO_KEY = {**dict.fromkeys(KEY_FACTS), "account": address(OTHER_KEY)}


def office(world: World, code: str = "EM", *, departed: int = 0, suspended: int = 0) -> None:
    """Store an office, of which the first two slots are read."""
    at = slot("office", office_key(code))
    world.put(
        DIRECTORY, at, packed((int(SEAT, 16), 160), (1_600_000_000, 40), (suspended, 40), (departed, 8)), 19960401
    )


def successor(world: World, code: str, to: str) -> None:
    world.put(DIRECTORY, slot("office", office_key(code)) + 4, int.from_bytes(to.encode(), "big") << 200)


def signing_key(world: World, account: str, code: str = "EM", *, scopes: int = 3, compromised: int = 0) -> None:
    value = packed((scopes, 8), (1_600_000_000, 40), (FOREVER, 40), (0, 40), (compromised, 40), (0, 40))
    world.put(DIRECTORY, key_slot(code, account), value)


def chosen(world: World, registry: str = NEWER_REGISTRY) -> None:
    """Store which registry the offices have chosen."""
    world.put(PRIORITY, 6, int(registry, 16))


def record(
    world: World,
    at: str = REGISTRY,
    *,
    number: str = NUMBER,
    digest: str = DIGEST,
    version: int = 1,
    status: int = 1,
    disclosure: int = 0,
    reconfirmation: int = 0,
) -> None:
    """Store a record, after the newer registry was asked in vain."""
    chosen(world)
    start = slot("record", number_word(number))
    if at != NEWER_REGISTRY:
        world.read(NEWER_REGISTRY, start)
        world.read(NEWER_REGISTRY, start + 1)
    signer = int(address(OFFICE_KEY), 16)
    facts = packed((signer, 160), (TIME - 1000, 40), (20260131, 32), (version, 8), (status, 8), (disclosure, 8))
    world.put(at, start, int(digest, 16), facts)
    at_confirmation = slot("reconfirmation", number_word(number))
    if reconfirmation:
        world.put(at, at_confirmation, reconfirmation)
    else:
        world.read(at, at_confirmation)


def no_record(world: World, number: str = NUMBER) -> None:
    chosen(world)
    for at in (NEWER_REGISTRY, REGISTRY):
        for offset in (0, 1):
            world.read(at, slot("record", number_word(number)) + offset)


def struct(content: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
    """Return what is signed of content."""
    return {
        "number": number_word(number),
        "filingDate": int(content["filingDate"].replace("-", "")),
        "disclosure": ("plain", "salted").index(content["disclosure"]),
        "digest": bytes.fromhex(content["digest"][2:]),
    }


def registration(number: str = NUMBER, registry: str = REGISTRY, **changed: Any) -> dict[str, Any]:
    content = {**CONTENT, **changed}
    types = {"Registration": REGISTRATION}
    signature = sign(
        OFFICE_KEY, "Registrum ApplicationRegistry", registry, "Registration", types, struct(content, number)
    )
    signed = {"signer": address(OFFICE_KEY), "signature": signature}
    return {"type": "Registration", "registry": registry, **content, "batch": None, **signed}


def change(kind: str, replaces: int, signer: Any = OFFICE_KEY, **content: Any) -> dict[str, Any]:
    """Return a correction, a withdrawal or a reinstatement."""
    types = {kind: f"{REGISTRATION},uint8 replaces" if content else "bytes32 number,uint8 replaces"}
    message = {**(struct(content) if content else {"number": number_word(NUMBER)}), "replaces": replaces}
    signature = sign(signer, "Registrum ApplicationRegistry", REGISTRY, kind, types, message)
    return {
        "type": kind,
        "registry": REGISTRY,
        **content,
        "replaces": replaces,
        "signer": address(signer),
        "signature": signature,
    }


def facts(status: str = "filed", version: int = 1, **changed: Any) -> dict[str, Any]:
    """Return the facts of a record."""
    of_record = {
        "registry": REGISTRY,
        "digest": DIGEST,
        "filingDate": "2026-01-31",
        "disclosure": "plain",
        "recordedAt": "2026-09-21T13:56:40Z",
        "signingKey": address(OFFICE_KEY),
        "status": status,
        "version": version,
        "suspect": False,
    }
    return {
        "answer": status,
        "record": of_record,
        "reconfirmation": None,
        "anchored": None,
        "office": OFFICE_FACTS,
        "keys": [KEY_FACTS],
        **changed,
    }


NO_FACTS = {
    "answer": "not_found",
    "record": None,
    "reconfirmation": None,
    "anchored": None,
    "office": OFFICE_FACTS,
    "keys": [],
}


def application(number: str = NUMBER) -> dict[str, str]:
    return {"kind": "application", "number": number}


def present(**link: Any) -> Bundle:
    """A record of one registration."""
    world = World()
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    return bundle(world, application(), [registration()], facts(), **link)


def absent() -> Bundle:
    """A number that was not recorded."""
    world = World()
    office(world)
    no_record(world)
    return bundle(world, application(), [], NO_FACTS)


def anchored(*, time: int = TIME - 1000, compromised: int = 0, scopes: int = 3, **changed: Any) -> Bundle:
    """A number that was only anchored."""
    world = World()
    office(world)
    no_record(world)
    others = [keccak(b"one"), keccak(b"two")]
    of_leaf = {**CONTENT, **changed}
    content = struct(of_leaf)
    words = content["number"] + word(content["filingDate"]) + word(content["disclosure"]) + content["digest"]
    root = keccak(keccak(words))
    for other in others:
        root = keccak(min(root, other) + max(root, other))
    message = {"office": b"EM", "sequence": 7, "root": root, "leafCount": 3}
    signature = sign(OTHER_KEY, "Registrum ApplicationRegistry", REGISTRY, "Anchor", {"Anchor": ANCHOR}, message)
    statement = {
        "type": "Anchor",
        "registry": REGISTRY,
        **of_leaf,
        "path": ["0x" + other.hex() for other in others],
        "sequence": 7,
        "root": "0x" + root.hex(),
        "leafCount": 3,
        "signer": address(OTHER_KEY),
        "signature": signature,
    }
    bound = int.from_bytes(keccak(root + word(3) + word(int(address(OTHER_KEY), 16))), "big")
    world.put(REGISTRY, slot("anchor", b"EM" + bytes(22) + (7).to_bytes(8, "big")), bound >> 40 << 40 | time)
    signing_key(world, address(OTHER_KEY), compromised=compromised, scopes=scopes)
    at = {"sequence": 7, "time": "2026-09-21T13:56:40Z", "suspect": False}
    of_key = {**KEY_FACTS, "account": address(OTHER_KEY), "scopes": scopes}
    return bundle(
        world, application(), [statement], {**NO_FACTS, "answer": "anchored", "anchored": at, "keys": [of_key]}
    )


def corrected() -> Bundle:
    """A batch item, corrected, withdrawn and reinstated; another key signed what states no content."""
    world = World()
    office(world)
    record(world, digest="0x" + "cd" * 32, version=4, status=2)
    signing_key(world, address(OFFICE_KEY))
    signing_key(world, address(OTHER_KEY))
    others = [struct({**CONTENT, "digest": "0x" + f"{i:02x}" * 32}, f"EM/T/{i}") for i in (1, 2)]
    items = [others[0], struct(CONTENT), others[1]]
    types = {"RegistrationBatch": "bytes2 office,Registration[] items", "Registration": REGISTRATION}
    message = {"office": b"EM", "items": items}
    signature = sign(OFFICE_KEY, "Registrum ApplicationRegistry", REGISTRY, "RegistrationBatch", types, message)
    type_hash = keccak(f"Registration({REGISTRATION})".encode())
    hashes = [
        keccak(type_hash + one["number"] + word(one["filingDate"]) + word(one["disclosure"]) + one["digest"])
        for one in others
    ]
    first = {
        **registration(),
        "batch": {"position": 1, "hashes": ["0x" + one.hex() for one in hashes]},
        "signature": signature,
    }
    statements = [
        first,
        change("Correction", 1, **{**CONTENT, "digest": "0x" + "cd" * 32}),
        change("Withdrawal", 2, OTHER_KEY),
        change("Reinstatement", 3, OTHER_KEY),
    ]
    expected = facts("corrected", 4)
    expected["record"]["digest"] = "0x" + "cd" * 32
    expected["keys"] = sorted([KEY_FACTS, {**KEY_FACTS, "account": address(OTHER_KEY)}], key=lambda one: one["account"])
    return bundle(world, application(), statements, expected)


CLAIM = {
    "kind": "claim",
    "earlier": NUMBER,
    "claimedDate": "2026-01-31",
    "laterOffice": "US",
    "laterRight": "P",
    "laterDate": "2027-02-01",
    "digest": DIGEST,
}
CLAIM_FACTS = {
    "verdict": "valid",
    "periodMonths": 12,
    "lastDay": "2027-02-01",
    "extendedFrom": "2027-01-31",
    "restorableUntil": "2027-04-02",
    "calendar": "published",
}


def calendar(world: World, year: int, closed: int = 0, late: int = 0, weekly: int = 0b1100000) -> None:
    """Publish a calendar of the later office: Saturdays and Sundays, and what differs."""
    at = slot("calendar", office_key("US"), word(year))
    world.put(PRIORITY, at, closed)
    world.put(PRIORITY, at + 1, packed((late, 112), (weekly, 8), (1, 16), (TIME, 40)))


def claim(**changed: Any) -> Bundle:
    """A claim on the last day: 31 January 2027 is a Sunday, 1 April is made a holiday."""
    world = World()
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    calendar(world, 2027, closed=1 << 90)
    return bundle(world, {**CLAIM, **changed}, [registration()], {**facts(), **CLAIM_FACTS})


EVENT = (
    "bytes32 number,bytes32 previous,bytes8 system,bytes32 code,bytes2 resulting,uint8 status,uint32 eventDate,"
    "uint32 effectiveDate,uint32 publicationDate,bytes32 document,uint16 corrects,uint16 flags,EntryFacts facts"
)
EVENT_FACTS = (
    "uint16 changes,uint32 filingDate,uint32 registrationDate,uint32 expiryDate,uint64 classes,bytes32 dossier,"
    "bytes32 representation,bytes32 holder,uint8 relation,bytes32 related,uint64 released"
)
EVENT_TYPES = {"LegalStatusEvent": EVENT, "EntryFacts": EVENT_FACTS}
ENTRY = "EM/T/018660437"


def event(
    previous: bytes, resulting: bytes, day: int, signer: Any, *, batched: bool = False, number: str = ENTRY
) -> tuple[Any, bytes]:
    """Return a statement of an event, and its struct hash."""
    of_facts = {
        "changes": 1,
        "filingDate": 20260131,
        "registrationDate": 0,
        "expiryDate": 0,
        "classes": 2,
        "dossier": keccak(b"dossier"),
        "representation": bytes(32),
        "holder": bytes(32),
        "relation": 0,
        "related": bytes(32),
        "released": 0,
    }
    message = {
        "number": number_word(number),
        "previous": previous,
        "system": b"ST.27".ljust(8, b"\0"),
        "code": b"A10".ljust(32, b"\0"),
        "resulting": resulting,
        "status": 5,
        "eventDate": day,
        "effectiveDate": day,
        "publicationDate": 0,
        "document": bytes(32),
        "corrects": 0,
        "flags": 0,
        "facts": of_facts,
    }
    row = [value for name, value in message.items() if name != "facts"] + list(of_facts.values())
    words = [word(value) if isinstance(value, int) else value.ljust(32, b"\0") for value in row]
    facts_hash = keccak(keccak(f"EntryFacts({EVENT_FACTS})".encode()) + b"".join(words[12:]))
    event_type = f"LegalStatusEvent({EVENT})EntryFacts({EVENT_FACTS})"
    hashed = keccak(keccak(event_type.encode()) + b"".join(words[:12]) + facts_hash)
    domain = "Registrum RightsRegister"
    if batched:
        types = {"EventBatch": "bytes2 office,LegalStatusEvent[] events", **EVENT_TYPES}
        signature = sign(
            signer, domain, RIGHTS, "EventBatch", types, {"office": number[:2].encode(), "events": [message]}
        )
    else:
        signature = sign(signer, domain, RIGHTS, "LegalStatusEvent", EVENT_TYPES, message)
    statement = {
        "type": "LegalStatusEvent",
        "signer": address(signer),
        "signature": signature,
        "batch": {"position": 0, "hashes": []} if batched else None,
        "words": "0x" + b"".join(words).hex(),
    }
    return statement, hashed


def entry_words(world: World, head: bytes, count: int, continuation: str | None = None) -> None:
    first = packed(
        *(
            (ord("A"), 8),
            (ord("1"), 8),
            (5, 8),
            (3, 8),
            (count, 16),
            (0, 16),
            (20260131, 32),
            (0, 32),
            (0, 32),
            (0, 32),
        ),
        *((2, 48), (0, 16)),
    )
    goes_on = int.from_bytes(number_word(continuation), "big") if continuation else 0
    values = [first if count else 0, int.from_bytes(head, "big"), 7 if count else 0, 0, 0, 0, 0, 0, 0, goes_on]
    world.put(RIGHTS, slot("entry", number_word(ENTRY)), *values)


def entry(former: str = ENTRY) -> Bundle:
    """An entry of two events, one of the office, under a former number if there is one, one of a body of the office."""
    world = World()
    office(world)
    first, head = event(bytes(32), b"A0", 20260131, OFFICE_KEY, batched=former != ENTRY, number=former)
    second, last = event(head, b"A1", 20260302, BODY, batched=True)
    entry_words(world, last, 2)
    signing_key(world, address(OFFICE_KEY))
    body = address(BODY)
    world.read(DIRECTORY, key_slot("EM", body))
    world.read(DIRECTORY, slot("office", office_key("EM")) + 4)
    at = slot("body", office_key("EM"), bytes.fromhex(body[2:]))
    world.put(
        PRACTICE,
        at,
        packed((6, 32), (1_600_000_000, 40), (FOREVER, 40), (1, 16)),
        int.from_bytes(b"Chamber".ljust(32, b"\0"), "big"),
    )
    of_body = {
        "name": "Chamber",
        "categories": 6,
        "validFrom": "2020-09-13T12:26:40Z",
        "validUntil": None,
        "version": 1,
    }
    events = [
        {
            "hash": "0x" + hashed.hex(),
            "system": "ST.27",
            "code": "A10",
            "state": "A",
            "stage": stage,
            "status": 5,
            "eventDate": day,
            "effectiveDate": day,
            "publicationDate": None,
            "signer": address(signer),
        }
        for hashed, stage, day, signer in ((head, "0", "2026-01-31", OFFICE_KEY), (last, "1", "2026-03-02", BODY))
    ]
    of_entry = {
        "state": "A",
        "stage": "1",
        "status": 5,
        "eventCount": 2,
        "filingDate": "2026-01-31",
        "registrationDate": None,
        "expiryDate": None,
        "ceasedOn": None,
        "terminatedBy": None,
        "classes": [1],
        "imported": True,
        "irregular": True,
        "head": "0x" + last.hex(),
        "dossier": "0x" + word(7).hex(),
        **dict.fromkeys(("representation", "holder", "application", "basis", "parent", "former", "continuation")),
    }
    keys = [{**KEY_FACTS, "body": None}, {**NO_KEY, "account": body, "body": of_body}]
    expected = {
        "answer": "recorded",
        "entry": of_entry,
        "events": events,
        "office": OFFICE_FACTS,
        "keys": sorted(keys, key=lambda one: one["account"]),
    }
    return bundle(world, {"kind": "entry", "number": ENTRY}, [first, second], expected)


def no_entry() -> Bundle:
    """A number without an entry."""
    world = World()
    office(world)
    world.words.setdefault(RIGHTS, {})
    for offset in range(10):
        world.read(RIGHTS, slot("entry", number_word(ENTRY)) + offset)
    expected = {"answer": "not_found", "entry": None, "events": [], "office": OFFICE_FACTS, "keys": []}
    return bundle(world, {"kind": "entry", "number": ENTRY}, [], expected)


SCENES = {
    "present": present,
    "absent": absent,
    "anchored": anchored,
    "corrected": corrected,
    "claim": claim,
    "entry": entry,
    "no_entry": no_entry,
}
