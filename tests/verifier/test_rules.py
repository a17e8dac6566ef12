"""Rules of the format one by one: who sealed, whose checkpoint, which key counts, which day is open."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

from tests.verifier.corners import CORNERS, key_of_a_successor
from tests.verifier.links import LINKS
from tests.verifier.making import (
    CHAIN_ID,
    DIRECTORY,
    GENESIS,
    KEY_ADDED,
    RULES,
    TIME,
    VALIDATORS,
    Bundle,
    World,
    address,
    bundle,
    description,
    header_items,
    history,
    key,
    key_slot,
    number_word,
    office_key,
    packed,
    sealed_header,
    sign,
    slot,
)
from tests.verifier.scenes import (
    CLAIM_FACTS,
    ENTRY,
    KEY_FACTS,
    NO_FACTS,
    NUMBER,
    OFFICE_FACTS,
    OFFICE_KEY,
    OTHER_KEY,
    absent,
    anchored,
    application,
    calendar,
    change,
    chosen,
    claim,
    entry,
    entry_words,
    event,
    facts,
    no_record,
    office,
    present,
    record,
    registration,
    signing_key,
    successor,
)
from verifier import verify

RECOVER = functools.cache(verify.recover)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "keccak", keccak)
    monkeypatch.setattr(verify, "recover", RECOVER)


def outcome(made: Bundle, trust: Any = None) -> tuple[str, str]:
    """Return the name of the check that failed, and why; two empty texts if none did."""
    stated = made.evidence["facts"]
    if stated.get("verdict") in RULES:
        stated["rule"] = RULES[stated["verdict"]]
    verification = verify.Verification(made.packed(), trust, None)
    verdict = verification.run()
    name, _result, why = verification.results[-1]
    return (name, why) if verdict == "refused" else ("", "")


# ---- Seals ----


def validators(count: int) -> list[PrivateKey]:
    return sorted((key(200 + i) for i in range(count)), key=address)


def consensus(of: list[PrivateKey], kind: str = "qbft") -> dict[str, Any]:
    return {"kind": kind, "validators": [address(one) for one in of], "since": GENESIS}


def sealed(
    of: list[PrivateKey],
    by: list[PrivateKey],
    *,
    first: list[PrivateKey] | None = None,
    changes: list[bytes] | None = None,
    kind: str = "qbft",
    **how: Any,
) -> Bundle:
    """Return evidence of an absent number whose block has the validators `of` and the seals `by`."""
    made = absent()
    root = rlp.decode(bytes.fromhex(made.evidence["link"]["header"][2:]))[3]
    header, block_hash = sealed_header(header_items(root), of, by, kind, **how)
    made.evidence["link"]["header"] = "0x" + header.hex()
    made.evidence["link"]["validatorChanges"] = ["0x" + one.hex() for one in changes or []]
    made.evidence["block"]["hash"] = "0x" + block_hash.hex()
    made.chain["consensus"] = consensus(first or of, kind)
    return made


def change_header(number: int, of: list[PrivateKey], by: list[PrivateKey] | None = None) -> bytes:
    return sealed_header(header_items(bytes(32), number), of, by)[0]


@pytest.mark.parametrize("kind", ["qbft", "ibft2"])
@pytest.mark.parametrize(("count", "least"), [(1, 1), (3, 2), (4, 3), (6, 4), (7, 5), (9, 6), (22, 15)])
def test_two_thirds_of_the_validators_have_to_seal(kind: str, count: int, least: int) -> None:
    everyone = validators(count)
    assert outcome(sealed(everyone, everyone[:least], kind=kind, turn=3)) == ("", "")
    name, why = outcome(sealed(everyone, everyone[: least - 1], kind=kind))
    assert name == "link"
    assert f"not {least}" in why


@pytest.mark.parametrize("kind", ["qbft", "ibft2"])
def test_seals_out_of_order_twice_or_of_others_are_refused(kind: str) -> None:
    four, stranger = validators(4), key(999)
    assert "order" in outcome(sealed(four, four[::-1], kind=kind, sort=False))[1]
    assert "order" in outcome(sealed(four, [four[0], *four[:3]], kind=kind))[1]
    assert "more seals" in outcome(sealed(four, [*four, key(999)], kind=kind))[1]
    assert "not of one of its validators" in outcome(sealed(four, [*four[:3], stranger], kind=kind))[1]
    assert outcome(sealed(four, four, first=[*four[:3], stranger][::-1], kind=kind))[0] == "form"
    assert (
        outcome(sealed(four, four, first=sorted([*four[:2], key(998), key(997)], key=address), kind=kind))[0] == "link"
    )


def test_seals_of_the_other_engine_are_refused() -> None:
    made = sealed(VALIDATORS, VALIDATORS, kind="qbft", turn=7)
    made.chain["consensus"]["kind"] = "ibft2"
    assert outcome(made)[0] == "link"
    made = sealed(VALIDATORS, VALIDATORS, kind="ibft2", turn=7)
    made.chain["consensus"]["kind"] = "qbft"
    assert outcome(made)[0] == "link"


def test_seals_of_another_round_are_refused() -> None:
    made = sealed(VALIDATORS, VALIDATORS, turn=1)
    items = rlp.decode(bytes.fromhex(made.evidence["link"]["header"][2:]))
    extra = rlp.decode(items[12])
    made.evidence["link"]["header"] = (
        "0x" + rlp.encode([*items[:12], rlp.encode([*extra[:3], 2, extra[4]]), *items[13:]]).hex()
    )
    assert outcome(made)[0] == "link"


def test_validators_are_followed_one_by_one() -> None:
    six = validators(6)
    start, five, other = six[:4], six[:5], six[1:]
    changes = [
        change_header(100, five, five[:4]),
        change_header(200, six, six[:5]),
        change_header(300, other, other[:4]),
    ]
    assert outcome(sealed(other, other[:4], first=start, changes=changes)) == ("", "")
    assert outcome(sealed(six, six[:4], first=start, changes=changes[:1])) == ("", "")
    for wrong, reason in (
        ([changes[1], changes[0], changes[2]], "order"),
        (changes[1:], "2 validators, not one"),
        (changes[:1], "2 validators, not one"),
        ([changes[0], *changes], "order"),
        ([changes[0], change_header(101, five), *changes[1:]], "0 validators, not one"),
        ([], "3 validators, not one"),
        ([change_header(100, five, five[:3]), *changes[1:]], "3 seals of its 5"),
        ([change_header(1234, five), change_header(200, six), changes[2]], "order"),
        ([*changes[:2], change_header(1235, other)], "before the tip"),
        ([*changes[:2], change_header(1234, other)], "before the tip"),
    ):
        name, why = outcome(sealed(other, other[:4], first=start, changes=wrong))
        assert (name, reason in why) == ("link", True), why


def test_validators_that_none_of_the_trusted_sealed_are_refused() -> None:
    """One validator trusted, two in the header: the new one alone is not enough."""
    two = validators(2)
    assert outcome(sealed(two, two, first=two[:1])) == ("", "")
    assert outcome(sealed([], [], first=two[:1]))[0] == "link"
    strangers = sorted([key(800 + i) for i in range(4)], key=address)
    assert outcome(sealed(strangers, strangers, first=validators(4)))[0] == "link"


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(rlp.encode([bytes(32), [], [], b"", []])[:-1], id="cut off"),
        pytest.param(rlp.encode([bytes(32), [], [], b""]), id="four items"),
        pytest.param(rlp.encode([bytes(31), [], [], b"", []]), id="short vanity"),
        pytest.param(rlp.encode([bytes(32), b"", [], b"", []]), id="validators no list"),
        pytest.param(rlp.encode([bytes(32), [bytes(19)], [], b"", []]), id="short validator"),
        pytest.param(rlp.encode([bytes(32), [bytes(20)] * 2, [], b"", []]), id="validator twice"),
        pytest.param(rlp.encode([bytes(32), [], b"", b"", []]), id="vote of the other engine"),
        pytest.param(rlp.encode([bytes(32), [], [], b"\0\1", []]), id="round with a leading zero"),
        pytest.param(rlp.encode([bytes(32), [], [], [], []]), id="round a list"),
        pytest.param(rlp.encode([bytes(32), [], [], b"", b""]), id="seals no list"),
        pytest.param(rlp.encode([bytes(32), [], [], b"", [bytes(64)]]), id="short seal"),
        pytest.param(rlp.encode([bytes(32), [], [], b"", [[]]]), id="seal a list"),
    ],
)
def test_malformed_extra_data_is_refused(extra: bytes) -> None:
    made = absent()
    items = rlp.decode(bytes.fromhex(made.evidence["link"]["header"][2:]))
    made.evidence["link"]["header"] = "0x" + rlp.encode([*items[:12], extra, *items[13:]]).hex()
    assert outcome(made)[0] == "link"


# ---- Blocks that follow, blocks that are trusted, checkpoints ----

SIGNERS = {code: [address(key(300 + i))] for i, code in enumerate(("EM", "FR", "JP"))}
BY_CHECKPOINTS = {"kind": "checkpoints", "threshold": 2, "signers": SIGNERS}
CHECKPOINT = {"Checkpoint": "bytes2 office,bytes32 genesisHash,uint64 blockNumber,bytes32 blockHash"}


def endorsement(code: str, number: int, block_hash: bytes, signer: PrivateKey | None = None) -> dict[str, str]:
    signer = signer or key(300 + list(SIGNERS).index(code))
    message = {
        "office": code.encode(),
        "genesisHash": bytes.fromhex(description()["genesisHash"][2:]),
        "blockNumber": number,
        "blockHash": block_hash,
    }
    signature = sign(signer, "Registrum Checkpoint", DIRECTORY, "Checkpoint", CHECKPOINT, message)
    return {"office": code, "signer": address(signer), "signature": signature}


def unsealed(descendants: int = 0) -> tuple[Bundle, int, bytes]:
    """Return evidence in a chain without seals, and number and hash of the tip."""
    made = absent()
    root = rlp.decode(bytes.fromhex(made.evidence["link"]["header"][2:]))[3]
    headers = [bytes(rlp.encode(header_items(root)))]
    for number in range(1235, 1235 + descendants):
        headers.append(bytes(rlp.encode(header_items(bytes(32), number, keccak(headers[-1])))))
    made.chain = description(BY_CHECKPOINTS)
    made.evidence["link"]["header"] = "0x" + headers[0].hex()
    made.evidence["link"]["descendants"] = ["0x" + one.hex() for one in headers[1:]]
    made.evidence["block"]["hash"] = "0x" + keccak(headers[0]).hex()
    return made, 1234 + descendants, keccak(headers[-1])


def with_checkpoint(made: Bundle, number: int, block_hash: bytes, signatures: list[Any]) -> Bundle:
    made.evidence["link"]["checkpoint"] = {
        "number": number,
        "hash": "0x" + block_hash.hex(),
        "signatures": signatures,
    }
    return made


@pytest.mark.parametrize("descendants", [0, 3])
def test_a_checkpoint_of_enough_offices_vouches_for_the_tip(descendants: int) -> None:
    made, number, tip = unsealed(descendants)
    good = [endorsement(code, number, tip) for code in ("EM", "JP")]
    assert outcome(with_checkpoint(made, number, tip, good), made.chain) == ("", "")
    for signatures, check in (
        (good[:1], "link"),
        ([], "link"),
        (good[::-1], "form"),
        ([good[0], good[0], good[1]], "form"),
        ([*good[:1], endorsement("FR", number, tip, key(5)), *good[1:]], "link"),
        ([*good[:1], {**good[1], "signature": good[0]["signature"]}], "link"),
        ([*good[:1], {**good[1], "office": "US"}], "link"),
        ([*good[:1], endorsement("JP", number + 1, tip)], "link"),
        ([*good[:1], endorsement("JP", number, bytes(32))], "link"),
    ):
        assert outcome(with_checkpoint(made, number, tip, signatures), made.chain)[0] == check
    assert outcome(with_checkpoint(made, number + 1, tip, good))[0] == "link"
    assert outcome(with_checkpoint(made, number, bytes(32), good))[0] == "link"


def test_a_block_that_the_verifier_trusts_needs_no_checkpoint() -> None:
    made, number, tip = unsealed(2)
    pin = {"number": number, "hash": "0x" + tip.hex()}
    assert outcome(made)[0] == "link"
    assert outcome(made, made.chain)[0] == "link"
    assert outcome(made, {**made.chain, "blocks": [{"number": 7, "hash": pin["hash"]}, pin]}) == ("", "")
    assert outcome(made, {**made.chain, "blocks": [{**pin, "number": number - 1}]})[0] == "link"
    wrong = {**pin, "hash": "0x" + "00" * 32}
    good = [endorsement(code, number, tip) for code in SIGNERS]
    assert outcome(with_checkpoint(made, number, tip, good), {**made.chain, "blocks": [wrong]})[0] == "link"
    good[0]["signature"] = good[1]["signature"]
    assert outcome(with_checkpoint(made, number, tip, good), {**made.chain, "blocks": [pin]})[0] == "link"
    own = made.copy()
    own.chain["blocks"] = [pin]
    assert outcome(own)[0] == "form"


def test_a_sealed_block_that_the_verifier_trusts_otherwise_is_refused() -> None:
    made = absent()
    block = {name: made.evidence["block"][name] for name in ("number", "hash")}
    assert outcome(made, {**made.chain, "blocks": [block]}) == ("", "")
    assert outcome(made, {**made.chain, "blocks": [{**block, "hash": "0x" + "00" * 32}]})[0] == "link"
    assert outcome(with_checkpoint(made, 1234, bytes(32), []))[0] == "link"


def test_descendants_follow_one_another() -> None:
    made, number, tip = unsealed(3)
    with_checkpoint(made, number, tip, [endorsement(code, number, tip) for code in SIGNERS])
    assert outcome(made) == ("", "")
    row = made.evidence["link"]["descendants"]
    for wrong in (row[1:], row[:-1], [row[1], row[0], row[2]], [row[0], *row]):
        made.evidence["link"]["descendants"] = wrong
        assert outcome(made)[0] == "link"
    made.evidence["link"]["descendants"] = row * 400
    assert outcome(made)[0] == "form"


def test_a_chain_without_seals_has_no_changes_of_validators() -> None:
    made, number, tip = unsealed()
    with_checkpoint(made, number, tip, [endorsement(code, number, tip) for code in SIGNERS])
    made.evidence["link"]["validatorChanges"] = [made.evidence["link"]["header"]]
    assert outcome(made)[0] == "link"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"\xc0", id="no items"),
        pytest.param(rlp.encode(b"text"), id="no list"),
        pytest.param(rlp.encode(header_items(bytes(32))[:14]), id="fourteen items"),
        pytest.param(rlp.encode(header_items(bytes(31))), id="short state root"),
        pytest.param(rlp.encode(header_items(bytes(32), parent=bytes(31))), id="short parent hash"),
        pytest.param(
            rlp.encode([*header_items(bytes(32))[:8], b"\0\1", *header_items(bytes(32))[9:]]), id="zero first"
        ),
        pytest.param(
            rlp.encode([*header_items(bytes(32))[:8], bytes([9]) * 33, *header_items(bytes(32))[9:]]), id="long"
        ),
        pytest.param(rlp.encode(header_items(bytes(32), time=10**15)), id="after the year 9999"),
        pytest.param(rlp.encode([*header_items(bytes(32))[:8], [], *header_items(bytes(32))[9:]]), id="number a list"),
    ],
)
def test_a_malformed_header_is_refused(header: bytes) -> None:
    for made in (unsealed()[0], absent()):
        made.evidence["link"]["header"] = "0x" + header.hex()
        made.evidence["block"]["hash"] = "0x" + keccak(header).hex()
        assert outcome(made)[0] == "link"


# ---- Offices and keys ----


def with_keys(world: World, expected: dict[str, Any], statement: dict[str, Any] | None = None) -> tuple[str, str]:
    """Verify evidence of a record whose world is otherwise complete."""
    return outcome(bundle(world, application(), [statement or registration()], expected))


@pytest.mark.parametrize(
    ("departed", "suspended", "changed"),
    [
        (0, TIME, {"suspendedUntil": "2026-09-21T14:13:20Z"}),
        (0, TIME + 1, {"status": "suspended", "suspendedUntil": "2026-09-21T14:13:21Z"}),
        (0, 2**40 - 1, {"status": "suspended", "suspendedUntil": "forever"}),
        (1, TIME + 1, {"status": "departed", "suspendedUntil": "2026-09-21T14:13:21Z", "successor": "WO"}),
    ],
)
def test_what_an_office_is_at_the_time_of_the_block(departed: int, suspended: int, changed: dict[str, Any]) -> None:
    world = World()
    office(world, departed=departed, suspended=suspended)
    no_record(world)
    if departed:
        successor(world, "EM", "WO")
    answer = "not_covered" if departed else "not_found"
    expected = {**NO_FACTS, "answer": answer, "office": {**OFFICE_FACTS, **changed}}
    assert outcome(bundle(world, application(), [], expected)) == ("", "")


def test_a_number_of_no_office_is_not_covered() -> None:
    world = World()
    at = slot("office", office_key("EM"))
    world.read(DIRECTORY, at)
    world.read(DIRECTORY, at + 1)
    no_record(world)
    nothing = {**dict.fromkeys(OFFICE_FACTS), "code": "EM", "status": "none"}
    assert outcome(bundle(world, application(), [], {**NO_FACTS, "answer": "not_covered", "office": nothing})) == (
        "",
        "",
    )


def test_the_key_of_a_successor_counts_where_the_office_has_none() -> None:
    assert outcome(key_of_a_successor()) == ("", "")


def test_a_row_of_successors_that_comes_back_ends() -> None:
    world = World()
    office(world)
    record(world)
    world.read(DIRECTORY, key_slot("EM", address(OFFICE_KEY)))
    successor(world, "EM", "WO")
    world.read(DIRECTORY, key_slot("WO", address(OFFICE_KEY)))
    successor(world, "WO", "EM")
    expected = facts(keys=[{**dict.fromkeys(KEY_FACTS), "account": address(OFFICE_KEY)}])
    assert with_keys(world, expected, {**registration(), "signature": None}) == ("", "")


RECORDED = TIME - 1000


@pytest.mark.parametrize(
    ("own", "successors", "suspect"),
    [
        ({"compromised": RECORDED}, {}, True),
        ({"compromised": RECORDED + 1}, {}, False),
        ({"compromised": RECORDED - 1, "scopes": 0}, {"compromised": 0}, True),
        ({"compromised": 0, "scopes": 0}, {"compromised": RECORDED}, True),
        ({"compromised": RECORDED + 5, "scopes": 0}, {"compromised": RECORDED}, True),
        ({"compromised": 0, "scopes": 0}, {"compromised": RECORDED + 1}, False),
    ],
)
def test_a_record_is_suspect_from_the_compromise_of_its_key(
    own: dict[str, int], successors: dict[str, int], suspect: bool
) -> None:
    world = World()
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY), **own)
    expected = facts()
    expected["record"]["suspect"] = suspect
    since = own["compromised"]
    if successors:
        successor(world, "EM", "WO")
        signing_key(world, address(OFFICE_KEY), "WO", **successors)
        world.read(DIRECTORY, slot("office", office_key("WO")) + 4)
        since = successors["compromised"]
    moment = verify.written("moment", since)
    expected["keys"] = [{**KEY_FACTS, "office": "WO" if successors else "EM", "compromisedSince": moment}]
    assert with_keys(world, expected) == ("", "")
    expected["record"]["suspect"] = not suspect
    assert with_keys(world, expected)[0] == "facts"


@pytest.mark.parametrize(
    ("at", "version", "compromised", "suspect"),
    [
        (RECORDED - 10, 1, 0, False),
        (RECORDED - 10, 2, 0, True),
        (RECORDED, 2, 0, True),
        (RECORDED + 1, 2, 0, False),
        (RECORDED + 10, 1, RECORDED + 10, True),
        (RECORDED + 10, 1, RECORDED + 11, False),
    ],
)
def test_a_reconfirmation_by_a_good_key_lifts_suspicion(at: int, version: int, compromised: int, suspect: bool) -> None:
    world = World()
    office(world)
    confirmed = packed((int(address(OTHER_KEY), 16), 160), (at, 40), (version, 8))
    record(world, reconfirmation=confirmed)
    signing_key(world, address(OFFICE_KEY), compromised=RECORDED)
    signing_key(world, address(OTHER_KEY), compromised=compromised)
    expected = facts()
    expected["record"]["suspect"] = suspect
    expected["reconfirmation"] = {
        "signingKey": address(OTHER_KEY),
        "reconfirmedAt": verify.written("moment", at),
        "version": version,
    }
    keys = [
        {**KEY_FACTS, "compromisedSince": verify.written("moment", RECORDED)},
        {**KEY_FACTS, "account": address(OTHER_KEY), "compromisedSince": verify.written("moment", compromised)},
    ]
    expected["keys"] = sorted(keys, key=lambda one: one["account"])
    assert with_keys(world, expected) == ("", "")


# ---- Statements ----


def versions(statements: list[Any], status: int, version: int, digest: str = "0x" + "ab" * 32) -> tuple[str, str]:
    """Verify statements against a record of that status and version."""
    world = World()
    office(world)
    record(world, status=status, version=version, digest=digest)
    signing_key(world, address(OFFICE_KEY))
    expected = facts(("filed", "corrected", "withdrawn")[status - 1], version)
    expected["record"]["digest"] = digest
    return outcome(bundle(world, application(), statements, expected))


CORRECTED = {"filingDate": "2026-01-31", "disclosure": "plain", "digest": "0x" + "cd" * 32}


def test_statements_lead_to_the_status_of_the_record() -> None:
    first, digest = registration(), CORRECTED["digest"]
    corrected, withdrawn = change("Correction", 1, **CORRECTED), change("Withdrawal", 1)
    assert versions([first, corrected], 2, 2, digest) == ("", "")
    assert versions([first, withdrawn], 3, 2) == ("", "")
    assert versions([first, withdrawn, change("Correction", 2, **CORRECTED)], 3, 3, digest) == ("", "")
    assert versions([first, withdrawn, change("Reinstatement", 2)], 2, 3) == ("", "")
    for statements, status, version, of in (
        ([first, corrected], 3, 2, digest),
        ([first, corrected], 2, 2, "0x" + "ab" * 32),
        ([first, corrected], 2, 3, digest),
        ([first, withdrawn], 2, 2, "0x" + "ab" * 32),
        ([withdrawn, first], 3, 2, "0x" + "ab" * 32),
        ([first, change("Withdrawal", 2)], 3, 2, "0x" + "ab" * 32),
        ([first, first], 1, 2, "0x" + "ab" * 32),
        ([], 1, 1, "0x" + "ab" * 32),
    ):
        assert versions(statements, status, version, of)[0] == "statements"


def test_a_record_of_version_255_has_no_statements() -> None:
    assert versions([], 2, 255) == ("", "")
    assert versions([registration()], 2, 255)[0] == "statements"


def test_a_statement_for_another_registry_chain_or_number_is_refused() -> None:
    for statement in (
        {**registration(), "registry": DIRECTORY},
        {**registration(), "signature": registration("EM/P/018660438")["signature"]},
        {**registration(), "signature": registration(registry=DIRECTORY)["signature"]},
        {**registration(), "batch": {"position": 0, "hashes": []}},
    ):
        assert versions([statement], 1, 1)[0] == "statements"
    assert versions([{**registration(), "batch": {"position": 1, "hashes": []}}], 1, 1)[0] == "form"
    made = present()
    made.chain["chainId"] = CHAIN_ID + 1
    assert outcome(made)[0] == "statements"


@pytest.mark.parametrize(("steps", "count", "good"), [(2, 3, True), (2, 7, True), (2, 2, False), (2, 8, False)])
def test_the_path_of_an_anchor_fits_its_leaves(steps: int, count: int, good: bool) -> None:
    made = anchored()
    made.evidence["statements"][0]["leafCount"] = count
    assert len(made.evidence["statements"][0]["path"]) == steps
    name, why = outcome(made)
    if count == 3:
        assert (name, why) == ("", "")
    else:
        assert name == "statements"
        assert ("steps" in why) is not good


# ---- Claims ----


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"claimedDate": "2026-01-30"}, {"verdict": "date_mismatch"}),
        ({"digest": "0x" + "00" * 32}, {"verdict": "digest_mismatch"}),
        ({"digest": None}, {}),
        ({"laterRight": "U"}, {}),
        ({"laterDate": "2026-01-31"}, {"verdict": "same_day"}),
        ({"laterDate": "2026-01-30"}, {"verdict": "later_precedes_earlier"}),
        ({"laterDate": "2027-02-02"}, {"verdict": "restorable"}),
        ({"laterDate": "2027-04-02"}, {"verdict": "restorable"}),
        ({"laterDate": "2027-04-03"}, {"verdict": "period_expired"}),
    ],
)
def test_verdicts(changed: dict[str, Any], verdict: dict[str, Any]) -> None:
    made = claim(**changed)
    made.evidence["facts"] |= verdict
    assert outcome(made) == ("", "")
    made.evidence["facts"]["verdict"] = "not_found"
    assert outcome(made) == ("facts", "verdict is not what follows from all that")


def test_a_claim_without_a_period_asks_for_no_calendar() -> None:
    world = World()
    office(world)
    record(world)
    signing_key(world, address(OFFICE_KEY))
    subject = {**claim().evidence["subject"], "laterRight": "T"}
    none = {"lastDay": None, "extendedFrom": None, "restorableUntil": None, "calendar": "not_asked", "periodMonths": 0}
    expected = {**facts(), **none, "verdict": "right_not_allowed"}
    assert outcome(bundle(world, subject, [registration()], expected)) == ("", "")


def test_a_claim_of_an_unrecorded_number_is_not_found_even_if_it_is_anchored() -> None:
    made = anchored()
    made.evidence["subject"] = {**claim().evidence["subject"], "earlier": NUMBER}
    none = {"lastDay": None, "extendedFrom": None, "restorableUntil": None, "calendar": "not_asked"}
    made.evidence["facts"] |= {**none, "periodMonths": 12, "verdict": "not_found"}
    assert outcome(made) == ("", "")
    made.evidence["facts"]["verdict"] = "anchored"
    assert outcome(made) == ("facts", "verdict is not what follows from all that")


def closed(world: World, year: int, *days: date) -> None:
    """Publish a calendar of a year in which only these days are closed."""
    bits = sum(1 << day.timetuple().tm_yday - 1 for day in days)
    calendar(world, year, bits % 2**256, bits >> 256, weekly=0)


@pytest.mark.parametrize("published", [0, 2027, 2028])
def test_days_move_over_the_end_of_a_year(published: int) -> None:
    """A design of 29 and 31 August: six months end on the last of February, here moved to March, or into a new year."""
    world = World()
    office(world)
    chosen(world)
    at = slot("record", number_word("EM/D/1"))
    for registry in ("0x" + "02" * 20, "0x" + "01" * 20):
        for offset in (0, 1):
            world.read(registry, at + offset)
    signer = (int(address(OFFICE_KEY), 16), 160)
    filed = packed(signer, (RECORDED, 40), (20270630, 32), (1, 8), (1, 8), (0, 8))
    world.put("0x" + "01" * 20, at, int("ab" * 32, 16), filed)
    world.read("0x" + "01" * 20, slot("reconfirmation", number_word("EM/D/1")))
    signing_key(world, address(OFFICE_KEY))
    last, extended, use = "2027-12-30", None, "not_published"
    if published:
        closed(world, 2027, date(2027, 12, 30), date(2027, 12, 31))
        last, extended, use = "2028-01-01", "2027-12-30", "incomplete"
        if published == 2028:
            closed(world, 2028, date(2028, 1, 1))
            last, use = "2028-01-02", "published"
        else:
            world.read("0x" + "04" * 20, slot("calendar", office_key("US"), (2028).to_bytes(32, "big")) + 1)
    else:
        world.read("0x" + "04" * 20, slot("calendar", office_key("US"), (2027).to_bytes(32, "big")) + 1)
    subject = {
        **claim().evidence["subject"],
        **{"earlier": "EM/D/1", "laterRight": "D", "claimedDate": "2027-06-30", "laterDate": last},
    }
    expected = facts()
    expected["record"]["filingDate"] = "2027-06-30"
    days = {"lastDay": last, "extendedFrom": extended, "restorableUntil": None, "calendar": use, "periodMonths": 6}
    content = {"filingDate": "2027-06-30"}
    made = bundle(
        world, subject, [registration("EM/D/1", **content)], {**expected, **CLAIM_FACTS, **days, "verdict": "valid"}
    )
    assert outcome(made) == ("", "")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(start: date, months: int, expected: date) -> None:
    assert verify.months_later(start, months) == expected


def test_a_period_that_ends_after_the_year_9999_is_refused() -> None:
    with pytest.raises(verify.Refused, match="9999"):
        verify.months_later(date(9999, 7, 1), 6)


# ---- Entries ----


def test_an_entry_that_goes_on_under_another_number_is_one_without_events() -> None:
    world = World()
    office(world)
    entry_words(world, bytes(32), 0, "EM/T/2")
    of_entry = {
        **dict.fromkeys(entry().evidence["facts"]["entry"]),
        **{
            "status": 0,
            "eventCount": 0,
            "classes": [],
            "imported": False,
            "irregular": False,
            "continuation": "EM/T/2",
        },
    }
    expected = {"answer": "recorded", "entry": of_entry, "events": [], "office": OFFICE_FACTS, "keys": []}
    assert outcome(bundle(world, {"kind": "entry", "number": ENTRY}, [], expected)) == ("", "")


def test_events_left_out_moved_or_of_another_type_are_refused() -> None:
    for wrong in (lambda row: row[:1], lambda row: row[1:], lambda row: row[::-1], lambda row: [row[0], *row]):
        made = entry()
        made.evidence["statements"] = wrong(made.evidence["statements"])
        assert outcome(made)[0] in {"state", "statements"}
    made = entry()
    made.chain["contracts"] |= {"rightsRegister": None, "officePractice": None}
    assert outcome(made)[0] == "state"
    made = entry()
    made.evidence["statements"] = present().evidence["statements"]
    assert outcome(made)[0] == "form"


def test_an_event_with_a_word_beyond_its_type_is_refused() -> None:
    statement, _ = event(bytes(32), b"A0", 20260131, OFFICE_KEY)
    for position, value in ((5, 256), (2, 1), (4, 1), (6, 2**32), (12, 2**16), (20, 256)):
        made = entry()
        words = bytearray.fromhex(statement["words"][2:])
        words[32 * position : 32 * position + 32] = value.to_bytes(32, "big")
        made.evidence["statements"][0]["words"] = "0x" + words.hex()
        name, why = outcome(made)
        assert (name, "type" in why) == ("form", True)


def test_a_register_without_a_practice_or_the_reverse_is_refused() -> None:
    for name in ("rightsRegister", "officePractice"):
        made = entry()
        made.chain["contracts"][name] = None
        assert outcome(made)[0] == "form"


def test_events_are_as_many_as_the_entry_counts_and_end_at_its_head() -> None:
    first, head = event(bytes(32), b"A0", 20260131, OFFICE_KEY)
    second, last = event(head, b"A1", 20260302, OFFICE_KEY)
    other, _ = event(head, b"A2", 20260302, OFFICE_KEY)
    for statements, count, reason in (
        ([first], 2, "1 events, and the entry has 2"),
        ([first, second], 1, "2 events, and the entry has 1"),
        ([first, other], 2, "not the head"),
        ([second], 1, "does not follow"),
    ):
        world = World()
        office(world)
        entry_words(world, last, count)
        signing_key(world, address(OFFICE_KEY))
        name, why = outcome(bundle(world, {"kind": "entry", "number": ENTRY}, statements, {}))
        assert (name, reason in why) == ("statements", True), why


@pytest.mark.parametrize(("status", "disclosure"), [(0, 0), (4, 0), (1, 2)])
def test_a_record_with_a_status_or_disclosure_that_there_is_not_is_refused(status: int, disclosure: int) -> None:
    world = World()
    office(world)
    record(world, status=status, disclosure=disclosure)
    signing_key(world, address(OFFICE_KEY))
    assert with_keys(world, facts())[0] == "state"


def test_an_office_that_is_closed_for_ever_has_no_next_open_day() -> None:
    made = verify.Verification(b"", None, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "_read", lambda _contract, _slot, *sizes: [0, 0x7F, 1] if len(sizes) == 3 else [0])
        with pytest.raises(verify.Refused, match="9999"):
            made._next_open_day("US", date(9999, 12, 30))


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"", ""),
        (b"Chamber", "Chamber"),
        (b" ~", " ~"),
        ("Ch\u00e4mber".encode(), None),
        (b"A\0B", None),
        (b"\0A", None),
        (b"A\x7f", None),
    ],
)
def test_texts_are_written_as_they_are_or_as_bytes(raw: bytes, written: str | None) -> None:
    whole = raw.ljust(32, b"\0")
    assert verify.text(whole) == ("0x" + whole.hex() if written is None else written)


def test_an_event_that_leaves_the_state_open_states_none() -> None:
    first, head = event(bytes(32), bytes(2), 20260131, OFFICE_KEY)
    world = World()
    office(world)
    entry_words(world, head, 1)
    signing_key(world, address(OFFICE_KEY))
    of_scene = entry().evidence["facts"]
    of_event = {**of_scene["events"][0], "hash": "0x" + head.hex(), "state": None, "stage": None}
    expected = {
        **of_scene,
        "events": [of_event],
        "entry": {**of_scene["entry"], "head": "0x" + head.hex(), "eventCount": 1},
        "keys": [{**KEY_FACTS, "body": None}],
    }
    assert outcome(bundle(world, {"kind": "entry", "number": ENTRY}, [first], expected)) == ("", "")


# ---- What the offices chose, who may sign, and how large things are ----


def test_a_description_that_is_older_than_the_choice_of_a_registry_is_refused() -> None:
    for registry, check in (("0x" + "02" * 20, ""), ("0x" + "01" * 20, "state"), ("0x" + "77" * 20, "state")):
        world = World()
        office(world)
        no_record(world)
        chosen(world, registry)
        assert outcome(bundle(world, application(), [], NO_FACTS))[0] == check


@pytest.mark.parametrize(
    ("scopes", "check"), [(1, ""), (3, ""), (2, "statements"), (6, "statements"), (128, "statements")]
)
def test_a_record_is_signed_by_a_key_for_records(scopes: int, check: str) -> None:
    for signature, expected in ((registration()["signature"], check), (None, "")):
        world = World()
        office(world)
        record(world)
        signing_key(world, address(OFFICE_KEY), scopes=scopes)
        of_key = {**KEY_FACTS, "scopes": scopes}
        assert with_keys(world, facts(keys=[of_key]), {**registration(), "signature": signature})[0] == expected


@pytest.mark.parametrize(("scopes", "check"), [(2, ""), (4, ""), (1, "statements"), (8, "statements")])
def test_an_event_is_signed_by_a_key_for_the_register(scopes: int, check: str) -> None:
    made = [event(bytes(32), b"A0", 20260131, OFFICE_KEY)]
    world = World()
    office(world)
    entry_words(world, made[0][1], 1)
    signing_key(world, address(OFFICE_KEY), scopes=scopes)
    of_scene = entry().evidence["facts"]
    expected = {
        **of_scene,
        "events": [{**of_scene["events"][0], "hash": "0x" + made[0][1].hex()}],
        "entry": {**of_scene["entry"], "head": "0x" + made[0][1].hex(), "eventCount": 1},
        "keys": [{**KEY_FACTS, "scopes": scopes, "body": None}],
    }
    assert outcome(bundle(world, {"kind": "entry", "number": ENTRY}, [made[0][0]], expected))[0] == check


@pytest.mark.parametrize(
    ("time", "filed", "check"),
    [
        (1_790_000_000, "2026-09-22", ""),
        (1_790_000_000, "2026-09-23", "statements"),
        (1_789_984_799, "2026-09-22", "statements"),
        (1_789_984_800, "2026-09-22", ""),
    ],
)
def test_an_anchored_leaf_is_not_filed_after_the_last_day_on_earth(time: int, filed: str, check: str) -> None:
    """At 10:00 UTC the next day begins where it begins first."""
    made = anchored(time=time, filingDate=filed)
    made.evidence["facts"]["anchored"]["time"] = verify.written("moment", time)
    assert outcome(made)[0] == check


def test_an_anchored_leaf_has_a_digest() -> None:
    assert outcome(anchored(digest="0x" + "00" * 32))[0] == "statements"


@pytest.mark.parametrize(("since", "suspect"), [(TIME - 1000, True), (TIME - 999, False), (0, False)])
def test_an_anchor_is_suspect_from_the_compromise_of_its_key(since: int, suspect: bool) -> None:
    made = anchored(compromised=since)
    made.evidence["facts"]["anchored"]["suspect"] = suspect
    made.evidence["facts"]["keys"][0]["compromisedSince"] = verify.written("moment", since)
    made.evidence["history"] = history(made.evidence["facts"])
    assert outcome(made) == ("", "")


def test_what_is_larger_than_it_has_to_be_is_refused() -> None:
    for member, value in (
        ("nodes", ["0x" + "00" * 577]),
        ("nodes", ["0x00"] * 2049),
    ):
        made = absent()
        made.evidence[member] = value
        name, why = outcome(made)
        assert (name, ("1,576" if len(value) == 1 else "2048") in why) == ("form", True)
    for member, value in (
        ("header", "0x" + "00" * 32_769),
        ("descendants", ["0x00"] * 1025),
        ("validatorChanges", ["0x00"] * 1025),
    ):
        made = absent()
        made.evidence["link"][member] = value
        assert outcome(made)[0] == "form"
    made = present()
    made.evidence["statements"][0]["batch"] = {"position": 0, "hashes": ["0x" + "00" * 32] * 600}
    assert outcome(made) == ("form", "statements[0].batch.hashes has more than 599 items")
    made = present()
    made.evidence["history"] *= 5001
    assert outcome(made)[0] == "form"
    made = absent()
    made.evidence["link"]["descendants"] = ["0x" + "00" * 32_768] * 33
    assert "more than 524288 bytes" in outcome(made)[1]


def test_an_entry_has_a_bounded_number_of_events_signers_and_hashes() -> None:
    made = entry()
    [first, *_] = made.evidence["statements"]
    hashes = ["0x" + "00" * 32] * 599
    for statements, reason in (
        ([first] * 513, "more than 512 items"),
        ([{**first, "signer": f"0x{place:040x}"} for place in range(257)], "257 signers"),
        ([{**first, "batch": {"position": 0, "hashes": hashes}}] * 28, "16772 hashes"),
    ):
        made.evidence["statements"] = statements
        name, why = outcome(made)
        assert (name, reason in why) == ("form", True), why


@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_is_judged_as_it_must_be(name: str) -> None:
    make, expected = CORNERS[name]
    assert outcome(make())[0] == expected


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_judged_as_it_must_be(name: str) -> None:
    linked = LINKS[name]()
    assert outcome(linked.bundle, linked.trust)[0] == linked.failed


def test_json_nested_deeper_than_it_has_to_be_is_refused() -> None:
    for depth, expected in (
        (29, ("facts", "keys is not what follows from all that")),
        (30, ("form", "evidence.json is nested deeper than 32")),
    ):
        made = absent().copy()
        nested: Any = []
        for _ in range(depth):
            nested = [nested]
        made.evidence["facts"]["keys"] = nested
        assert outcome(made) == expected
    made = absent().copy()
    made.evidence["facts"]["answer"] = '\\"' + "[" * 40
    assert outcome(made) == ("facts", "answer is not what follows from all that")


def test_more_seals_than_validators_are_refused_before_any_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sealed(VALIDATORS, [*VALIDATORS, key(999)])
    looked_at: list[bytes] = []
    monkeypatch.setattr(verify, "recover", lambda digest, *_signature: looked_at.append(digest))
    name, why = outcome(made)
    assert (name, "more seals than validators" in why, looked_at) == ("link", True, [])


def test_statements_that_are_too_many_are_refused_before_a_signature_is_looked_at() -> None:
    bad = "0x" + "00" * 65
    name, why = versions([{**registration(), "signature": bad}, {**change("Withdrawal", 1), "signature": bad}], 1, 1)
    assert (name, why) == ("statements", "2 statements do not lead to version 1")


@pytest.mark.parametrize("number", [8, 11])
def test_a_number_or_time_of_more_than_six_bytes_is_refused(number: int) -> None:
    for size, reason in ((6, "block states"), (7, "shortest form")):
        made, _, _ = unsealed()
        items = header_items(bytes(32))
        items[number] = b"\1" * size
        made.evidence["link"]["header"] = "0x" + rlp.encode(items).hex()
        name, why = outcome(made)
        assert (name, reason in why) == ("link", True), why


def test_numbers_of_other_rights_and_a_chain_without_an_id_are_refused() -> None:
    made = absent()
    made.evidence["subject"]["number"] = "EM/X/018660437"
    assert outcome(made)[0] == "form"
    made = claim(laterRight="X")
    assert outcome(made)[0] == "form"
    made = absent()
    made.chain["chainId"] = 0
    assert outcome(made)[0] == "form"


def test_pinned_blocks_in_the_description_of_a_file_are_refused_before_they_are_read() -> None:
    made = absent()
    made.chain["blocks"] = [{"number": "no number"}]
    assert outcome(made) == ("form", "blocks of chain.json is not an empty list")


def test_seals_of_a_tip_that_nobody_trusts_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that others made to keep a verifier busy is refused before the first of its many seals."""
    many = validators(22)
    made = sealed(many, many, first=validators(4))
    looked_at: list[bytes] = []
    monkeypatch.setattr(verify, "recover", lambda digest, *_signature: looked_at.append(digest))
    name, why = outcome(made)
    assert (name, "changes 18 validators" in why, looked_at) == ("link", True, [])


def test_a_foreign_seal_of_a_change_is_refused() -> None:
    five, stranger = validators(5), key(999)
    foreign = change_header(100, five, [*five[:4], stranger])
    name, why = outcome(sealed(five, five, first=five[:4], changes=[foreign]))
    assert (name, why) == ("link", "a seal of header 100 is not of one of its validators")


def test_a_history_ends_in_the_state_that_is_proven() -> None:
    good = present()
    [admitted, added] = good.evidence["history"]
    assert [admitted["event"], added["event"]] == ["OfficeAdmitted", "KeyAdded"]
    revoked = {**{name: added[name] for name in added if name not in KEY_ADDED}, "account": added["account"]}
    revoked |= {"block": added["block"], "log": added["log"] + 1, "event": "KeyRevoked"}
    changed_seat = {**{name: admitted[name] for name in admitted if name != "earliestFilingDate"}, "log": 4}
    changed_seat |= {"event": "SeatChanged", "seat": address(key(77))}
    back = {**changed_seat, "log": 5, "seat": admitted["seat"]}
    cases = [
        ([admitted, added], ""),
        ([admitted, changed_seat, back, added], ""),
        ([admitted, changed_seat, added], "history"),
        ([admitted, added, revoked], "history"),
        ([added], "history"),
        ([admitted], "history"),
        ([], "history"),
        ([added, admitted], "form"),
        ([admitted, admitted, added], "form"),
        ([admitted, {**added, "account": address(OTHER_KEY)}], "history"),
        ([{**admitted, "time": "2026-09-21T14:13:20Z"}, added], "history"),
        ([admitted, {**added, "time": "2026-09-21T14:13:21Z"}], "history"),
        ([admitted, {**added, "block": 1235}], "history"),
        ([admitted, {**added, "time": "2026-09-21T24:00:00Z"}], "form"),
        ([admitted, {**added, "time": "1969-12-31T23:59:59Z"}], "form"),
    ]
    for rows, expected in cases:
        changed = good.copy()
        changed.evidence["history"] = rows
        assert outcome(changed)[0] == expected, rows
