"""Makes the test vectors that all verifiers must agree on: `python -m tests.evidence.vectors` writes verifier/vectors.

They are made once for a version of the format and kept: what was evidence stays evidence. Made anew they differ in
every hash, since the chain is another one. `index.json` lists them, each with the check that fails.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import rlp

from registrum import OfficeNumber, Right, Scope
from registrum.evidence import canonical
from registrum.evidence.attaching import attach
from registrum.evidence.bundle import CHAIN, CREDENTIAL, EVIDENCE, TIMESTAMP, archive, pack, sums, unpack
from registrum.evidence.chain import ChainDescription, CodeAt, Consensus
from registrum.evidence.checkpoint import Checkpoint, CheckpointSignature
from registrum.evidence.claims import ClaimSubject
from registrum.evidence.collecting import packed
from registrum.evidence.credential import sign_credential
from registrum.evidence.headers import Header
from registrum.evidence.link import Link
from registrum.evidence.reading import NodeWords, proof_nodes, read_header
from registrum.evidence.statements import event_from_words
from registrum.evidence.timestamp import timestamp_query
from registrum.evidence.verifying import derive
from registrum.proofs.store import AnchorStore
from registrum.signing.addresses import checksum_address, parse_address
from registrum.signing.eip712 import Domain
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner
from registrum.signing.statements import Registration
from tests.client.registries import FILED, KEYS, digest
from tests.evidence.authority import Authority
from tests.evidence.chains import (
    VALIDATORS,
    Lived,
    child_of,
    digest_to_seal,
    evidence_of,
    hashed_form,
    lived,
    relinked,
    seal_of,
    sealed,
    sealed_chain,
    signed,
    unsealed,
    with_seals,
    without_pages,
)
from tests.verifier.corners import CORNERS
from tests.verifier.links import LINKS
from tests.verifier.making import description
from tests.verifier.scenes import SCENES

FOLDER = Path(__file__).resolve().parents[2] / "verifier" / "vectors"
STRANGER = DevelopmentSigner.account(17)
"""No key of any office, and no body."""
FRESH = DevelopmentSigner.account(16)
"""A key that the office of the vectors gets last, so that it is in force at the block."""
VERIFIED, CONSISTENT, REFUSED = "verified", "consistent", "refused"
_Members = dict[str, bytes]


@dataclass
class Vectors:
    """A folder that fills.

    Attributes:
        folder: Where files go.
        entries: What the index lists.
    """

    folder: Path
    entries: list[dict[str, Any]]

    def trust(self, name: str, chain: ChainDescription) -> str:
        """Write a chain description."""
        (self.folder / name).write_bytes(chain.to_bytes())
        return name

    def add(
        self,
        name: str,
        data: bytes,
        trust: str | None,
        expect: str,
        failed: str | None,
        about: str,
        document: str | None = None,
    ) -> None:
        """Write a bundle, and say what verifiers must make of it."""
        (self.folder / name).write_bytes(data)
        entry = {"file": name, "trust": trust, "document": document, "expect": expect, "failed": failed, "about": about}
        self.entries.append(entry)


def changed(members: _Members, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The bundle with a change in `evidence.json`, summed and packed anew."""
    evidence = evidence_of(members)
    change(evidence)
    return without_pages({EVIDENCE: canonical.encode(evidence), CHAIN: members[CHAIN]})


def make(folder: Path, made: Lived) -> list[dict[str, Any]]:
    """Write all vectors into a folder.

    Returns:
        The entries of the index.
    """
    vectors = Vectors(folder, [])
    trust = vectors.trust("chain.json", made.chain)
    _good(vectors, made, trust)
    _archives(vectors, made, trust)
    _statements(vectors, made, trust)
    _contents(vectors, made, trust)
    _strangers(vectors, made, trust)
    _histories(vectors, made, trust)
    _bounds(vectors, made, trust)
    _checkpoints(vectors, made, trust)
    _seals(vectors, made)
    _scenes(vectors)
    made.world.seat().add_key("EM", FRESH.address, Scope.APPLICATIONS)
    _accounts(vectors, made, trust)
    _attachments(vectors, made, trust)
    return vectors.entries


def _good(vectors: Vectors, made: Lived, trust: str) -> None:
    registry = made.world.registry()
    numbers = [one.application.number for one in registry.registrations("EM")]
    seen: set[str] = set()
    for number in numbers:
        members = made.maker.application(number, checkpoint=made.checkpoint())
        evidence = evidence_of(members)
        types = "-".join(one["type"].lower() for one in evidence["statements"])
        batch = "-in-batch" if any(one.get("batch") for one in evidence["statements"]) else ""
        record = evidence["facts"]["record"]
        suspect = "-suspect" if record["suspect"] else ""
        confirmed = "-confirmed" if evidence["facts"]["reconfirmation"] else ""
        name = f"{types}{batch}{suspect}{confirmed}.registrum.zip"
        if name not in seen:
            seen.add(name)
            about = f"a record that is {evidence['facts']['answer']}"
            data = packed(members) if len(seen) == 1 else without_pages(members)
            vectors.add(name, data, trust, VERIFIED, None, about)
    first = next(one for one in numbers if registry.look_up(one).record.digest == digest(one.text))  # type: ignore[union-attr]
    (vectors.folder / "document.txt").write_text(first.text)
    data = made.application(first)
    vectors.add("with-document.registrum.zip", data, trust, VERIFIED, None, "the document at hand", "document.txt")
    other = next(one for one in numbers if one != first)
    vectors.add(
        "other-document.registrum.zip",
        made.application(other),
        trust,
        REFUSED,
        "document",
        "a document of another record",
        "document.txt",
    )
    vectors.add("no-trust.registrum.zip", data, None, CONSISTENT, None, "no chain description is given")
    for text, answer in (
        ("EM/T/999999999", "not_found"),
        ("FR/P/2400001", "not_covered"),
        ("JP/P/2024000001", "not_covered"),
        ("RU/P/2024000001", "not_found, of a suspended office"),
    ):
        office = text[:2].lower()
        data = made.application(OfficeNumber.from_text(text))
        vectors.add(f"absent-{office}.registrum.zip", data, trust, VERIFIED, None, f"a number that is {answer}")
    with AnchorStore.open(made.anchor) as store:
        number = OfficeNumber.from_text("EM/D/990000002")
        data = made.application(number, proof=store.prove(number.on_chain, disclose=False))
    vectors.add("anchored.registrum.zip", data, trust, VERIFIED, None, "a number that stands under an anchor alone")
    for place, entry in enumerate(made.entries):
        vectors.add(f"entry-{place}.registrum.zip", made.entry(entry), trust, VERIFIED, None, "a register entry")
    vectors.add(
        "entry-absent.registrum.zip",
        made.entry(OfficeNumber.from_text("EM/T/999999999")),
        trust,
        VERIFIED,
        None,
        "no entry",
    )
    _claims(vectors, made, trust, numbers)
    pinned = evidence_of(unpack(made.application(first)))
    block = {pinned["block"]["number"]: canonical.unhexed(pinned["block"]["hash"], "hash", 32)}
    other_trust = vectors.trust("chain-pinned.json", replace(made.chain, blocks=block))
    pinned["link"]["checkpoint"] = None
    data = without_pages({EVIDENCE: canonical.encode(pinned), CHAIN: made.chain.to_bytes()})
    vectors.add("pinned.registrum.zip", data, other_trust, VERIFIED, None, "the verifier knows the block")
    vectors.add("not-pinned.registrum.zip", data, trust, REFUSED, "link", "nobody vouches for the block")
    _descendants(vectors, made, trust, first)


def _descendants(vectors: Vectors, made: Lived, trust: str, number: OfficeNumber) -> None:
    members = made.maker.application(number, checkpoint=made.checkpoint())
    evidence = evidence_of(members)
    made.world.rpc.call("anvil_mine", ["0x3"])
    first = evidence["block"]["number"]
    headers = [read_header(made.world.rpc, first + step).header for step in range(1, 4)]
    link = Link(
        Header.read(canonical.unhexed(evidence["link"]["header"], "header")), tuple(headers), (), made.checkpoint()
    )
    evidence["link"] = link.to_json()
    vectors.add(
        "descendants.registrum.zip",
        without_pages({**members, EVIDENCE: canonical.encode(evidence)}),
        trust,
        VERIFIED,
        None,
        "the checkpoint is of a later block",
    )
    evidence["link"]["descendants"].pop(1)
    vectors.add(
        "descendants-gap.registrum.zip",
        without_pages({**members, EVIDENCE: canonical.encode(evidence)}),
        trust,
        REFUSED,
        "link",
        "a header of the row is missing",
    )


def _claims(vectors: Vectors, made: Lived, trust: str, numbers: list[OfficeNumber]) -> None:
    registry = made.world.registry()
    marks = [
        one
        for one in numbers
        if registry.look_up(one).signer_compromised_since is None and one.right is Right.TRADEMARK
    ]
    good = next(one for one in marks if registry.look_up(one).record.filing_date == FILED)  # type: ignore[union-attr]
    patent = next(one for one in numbers if one.right is Right.PATENT)
    suspect = next(one for one in numbers if registry.look_up(one).signer_compromised_since is not None)
    cases = {
        "valid": (good, FILED, "JP", Right.TRADEMARK, date(2024, 6, 1), None),
        "last-day-moved": (good, FILED, "JP", Right.TRADEMARK, date(2024, 8, 2), None),
        "expired": (good, FILED, "RU", Right.TRADEMARK, date(2024, 8, 1), None),
        "other-right": (good, FILED, "RU", Right.PATENT, date(2024, 6, 1), None),
        "other-digest": (good, FILED, "RU", Right.TRADEMARK, date(2024, 6, 1), digest("another")),
        "other-date": (good, date(2024, 1, 30), "RU", Right.TRADEMARK, date(2024, 6, 1), None),
        "same-day": (good, FILED, "RU", Right.TRADEMARK, FILED, None),
        "before": (good, FILED, "RU", Right.TRADEMARK, date(2024, 1, 30), None),
        "not-found": (OfficeNumber.from_text("EM/T/999999999"), FILED, "RU", Right.TRADEMARK, date(2024, 6, 1), None),
        "restorable": (patent, FILED, "JP", Right.PATENT, date(2025, 2, 15), None),
        "compromised": (suspect, FILED, "JP", Right.TRADEMARK, date(2024, 6, 1), None),
        "not-covered": (OfficeNumber.from_text("FR/P/1"), FILED, "RU", Right.PATENT, date(2024, 6, 1), None),
    }
    for name, values in cases.items():
        members = made.maker.claim(ClaimSubject(*values), checkpoint=made.checkpoint())
        verdict = evidence_of(members)["facts"]["verdict"]
        vectors.add(
            f"claim-{name}.registrum.zip", without_pages(members), trust, VERIFIED, None, f"a claim that is {verdict}"
        )
    members = made.maker.claim(ClaimSubject(*cases["expired"]), checkpoint=made.checkpoint())

    def as_valid(evidence: dict[str, Any]) -> None:
        evidence["facts"]["verdict"] = "valid"

    vectors.add(
        "bad-claim-verdict.registrum.zip", changed(members, as_valid), trust, REFUSED, "facts", "another verdict"
    )

    def by_own_rule(evidence: dict[str, Any]) -> None:
        evidence["facts"]["rule"]["text"] = "The office may extend the period as it likes."

    vectors.add("bad-claim-rule.registrum.zip", changed(members, by_own_rule), trust, REFUSED, "facts", "another rule")


def _base(made: Lived) -> _Members:
    """Of a record that was registered by itself, and left alone."""
    for registered in made.world.registry().registrations("EM"):
        members = made.maker.application(registered.application.number, checkpoint=made.checkpoint())
        [first, *more] = evidence_of(members)["statements"]
        if first["type"] == "Registration" and first["batch"] is None and not more:
            return members
    raise AssertionError("the chain has no such record")


def _archives(vectors: Vectors, made: Lived, trust: str) -> None:
    members = _base(made)
    data = without_pages(members)

    def bad(name: str, altered: bytes, failed: str | None, about: str) -> None:
        vectors.add(f"bad-{name}.registrum.zip", altered, trust, REFUSED, failed, about)

    def flipped(place: int) -> bytes:
        altered = bytearray(data)
        altered[place] ^= 1
        return bytes(altered)

    bad("archive-time", flipped(10), "archive", "another time stamp in the archive")
    bad("archive-end", flipped(len(data) - 1), "archive", "a comment of the archive is announced")
    bad("archive-content", flipped(200), "archive", "one byte of evidence.json, the archive's own sums left")
    bad("archive-tail", data + b"\0", "archive", "a byte after the archive")
    bad("archive-cut", data[:-1], "archive", "the last byte is missing")
    bad("archive-empty", b"", "archive", "an empty file")
    inner = unpack(data)
    sums = b"".join(f"{hashlib.sha256(inner[name]).hexdigest()}  {name}\n".encode() for name in inner)
    assert data.count(sums) == 1
    page = pack({**inner, "page.html": b"not drawm"})
    other = page.replace(
        f"{hashlib.sha256(b'not drawm').hexdigest()}  page.html".encode(),
        f"{hashlib.sha256(b'not drawn').hexdigest()}  page.html".encode(),
    )
    bad("sums", _recounted(other), "sums", "page.html is another than the one that was summed")
    spaced = inner[EVIDENCE].replace(b'"block":', b'"block": ', 1)
    bad("form-spaced", pack({**inner, EVIDENCE: spaced}), "form", "white space in evidence.json")
    twice = inner[EVIDENCE].replace(b'{"block":', b'{"block":null,"block":', 1)
    bad("form-twice", pack({**inner, EVIDENCE: twice}), "form", "a member twice in evidence.json")
    upper = inner[EVIDENCE].replace(b'"chain":"0x', b'"chain":"0X', 1)
    bad("form-upper", pack({**inner, EVIDENCE: upper}), "form", "0X instead of 0x")
    bad("form-more", changed(members, lambda evidence: evidence.update(more=1)), "form", "an unknown member")
    bad("form-less", changed(members, lambda evidence: evidence.pop("link")), "form", "a member is missing")
    bad(
        "form-float",
        pack({**inner, EVIDENCE: inner[EVIDENCE].replace(b'"statements":[', b'"statements":[1.0,', 1)}),
        "form",
        "a number that is not whole",
    )
    bad(
        "form-version",
        changed(members, lambda evidence: evidence.update(format="registrum-evidence/2")),
        "form",
        "a format to come",
    )
    bad("form-no-json", pack({**inner, EVIDENCE: b"evidence"}), "form", "no JSON")
    deep = b'{"block":' + b"[" * 5000 + b"]" * 5000 + b"}"
    bad("form-deep", pack({**inner, EVIDENCE: deep}), "form", "nested five thousand deep")
    other_chain = replace(made.chain, chain_id=made.chain.chain_id + 1)
    bad(
        "form-chain", pack({**inner, CHAIN: other_chain.to_bytes()}), "chain", "evidence.json is for another chain.json"
    )
    vectors.add(
        "bad-chain.registrum.zip",
        data,
        vectors.trust("chain-other.json", other_chain),
        REFUSED,
        "chain",
        "the verifier trusts another chain",
    )


def _recounted(data: bytes) -> bytes:
    """The archive with the checks of its members put right, since their content was changed in place."""
    members: dict[str, bytes] = {}
    at = 0
    for name in (EVIDENCE, CHAIN, "page.html", "page.pdf", "SHA256SUMS"):
        size = int.from_bytes(data[at + 18 : at + 22], "little")
        start = at + 30 + len(name)
        members[name] = data[start : start + size]
        at = start + size
    return archive(members)


def _statements(vectors: Vectors, made: Lived, trust: str) -> None:
    members = _base(made)

    def bad(name: str, change: Callable[[dict[str, Any]], object], failed: str | None, about: str) -> None:
        vectors.add(f"bad-{name}.registrum.zip", changed(members, change), trust, REFUSED, failed, about)

    def set_fact(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
        def change(evidence: dict[str, Any]) -> None:
            assert evidence["facts"]["record"][name] != value
            evidence["facts"]["record"][name] = value

        return change

    def set_statement(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
        def change(evidence: dict[str, Any]) -> None:
            assert evidence["statements"][0][name] != value
            evidence["statements"][0][name] = value

        return change

    bad("fact-date", set_fact("filingDate", "2023-01-31"), "facts", "another filing date in the facts alone")
    bad("fact-version", set_fact("version", 9), "facts", "another version in the facts alone")
    bad("statement-date", set_statement("filingDate", "2023-01-31"), "statements", "the office did not sign that date")
    bad(
        "statement-digest",
        set_statement("digest", "0x" + "11" * 32),
        "statements",
        "the office did not sign that digest",
    )
    bad(
        "statement-signer",
        set_statement("signer", "0x" + "11" * 20),
        "state",
        "somebody else is said to have signed",
    )
    bad(
        "statement-unsigned-date",
        lambda e: e["statements"][0].update(signature=None, filingDate="2023-01-31"),
        "statements",
        "a date that is neither signed nor recorded",
    )

    def high_s(evidence: dict[str, Any]) -> None:
        order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
        signature = bytes.fromhex(evidence["statements"][0]["signature"][2:])
        s = order - int.from_bytes(signature[32:64], "big")
        twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
        evidence["statements"][0]["signature"] = "0x" + twin.hex()

    bad("statement-high-s", high_s, "statements", "the twin of a signature, s in the upper half")
    bad("statement-missing", lambda e: e["statements"].clear(), "statements", "the statements are left out")
    bad("statement-twice", lambda e: e["statements"].append(e["statements"][0]), "statements", "a second registration")


def _contents(vectors: Vectors, made: Lived, trust: str) -> None:
    members = _base(made)
    numbers = [one.application.number for one in made.world.registry().registrations("EM")]

    def bad(name: str, change: Callable[[dict[str, Any]], object], failed: str | None, about: str) -> None:
        vectors.add(f"bad-{name}.registrum.zip", changed(members, change), trust, REFUSED, failed, about)

    bad("node-missing", lambda e: e["nodes"].pop(), "state", "a trie node is left out")
    bad("node-order", lambda e: e["nodes"].reverse(), "form", "the trie nodes in another order")

    def one_more(evidence: dict[str, Any]) -> None:
        nodes = [bytes.fromhex(each[2:]) for each in evidence["nodes"]] + [rlp.encode([b"\x20more", b"x" * 40])]
        evidence["nodes"] = ["0x" + each.hex() for each in sorted(nodes, key=keccak)]

    bad("node-more", one_more, "state", "a trie node that shows nothing")

    def other_bit(evidence: dict[str, Any]) -> None:
        node = bytearray.fromhex(evidence["nodes"][0][2:])
        node[-1] ^= 1
        nodes = sorted([bytes(node), *(bytes.fromhex(each[2:]) for each in evidence["nodes"][1:])], key=keccak)
        evidence["nodes"] = ["0x" + each.hex() for each in nodes]

    bad("node-bit", other_bit, "state", "one bit of a trie node")
    bad(
        "block-number",
        lambda e: e["block"].update(number=e["block"]["number"] + 1),
        "link",
        "another number of the block",
    )
    bad("block-time", lambda e: e["block"].update(time="2024-01-01T00:00:00Z"), "link", "another time of the block")

    def other_root(evidence: dict[str, Any]) -> None:
        header = bytearray.fromhex(evidence["link"]["header"][2:])
        header[100] ^= 1
        evidence["link"]["header"] = "0x" + header.hex()

    bad("header-bit", other_root, "link", "one bit of the header")
    bad(
        "other-number",
        lambda e: e["subject"].update(number=numbers[1].text),
        "state",
        "the evidence of another number",
    )
    bad("no-such-subject", lambda e: e["subject"].update(kind="licence"), "form", "a subject that there is not")

    # What shows a number to be recorded must never pass for its absence, nor the reverse.
    absent = made.maker.application(OfficeNumber.from_text("EM/T/999999999"), checkpoint=made.checkpoint())
    facts = evidence_of(absent)["facts"]

    def as_absent(evidence: dict[str, Any]) -> None:
        evidence["facts"] = facts
        evidence["statements"] = []

    bad("present-as-absent", as_absent, "statements", "a recorded number stated to be absent")

    def as_present(evidence: dict[str, Any]) -> None:
        present = evidence_of(members)
        evidence["facts"], evidence["statements"] = present["facts"], present["statements"]
        evidence["subject"] = present["subject"]

    vectors.add(
        "bad-absent-as-present.registrum.zip",
        changed(absent, as_present),
        trust,
        REFUSED,
        None,
        "the tries of an absent number for a recorded one",
    )
    _other_blocks(vectors, made, trust, members)
    _other_contracts(vectors, made, members)


def _strangers(vectors: Vectors, made: Lived, trust: str) -> None:
    """Statements that somebody signed who is no key of the office, and statements that nobody signed."""
    registry = made.world.registry()
    for registered in registry.registrations("EM"):
        members = made.maker.application(registered.application.number, checkpoint=made.checkpoint())
        if [one["type"] for one in evidence_of(members)["statements"]] == ["Registration", "Correction"]:
            break
    number = OfficeNumber.from_text(evidence_of(members)["subject"]["number"])
    invented = Registration(number.on_chain, 19991231, 0, digest("invented"))
    domain = Domain.application_registry(made.chain.chain_id, checksum_address(made.chain.registries[0].address))

    def first(evidence: dict[str, Any], signature: str | None) -> None:
        statement = evidence["statements"][0]
        statement |= {"filingDate": "1999-12-31", "digest": canonical.hexed(digest("invented")), "signature": signature}

    def by_stranger(evidence: dict[str, Any]) -> None:
        first(evidence, canonical.hexed(STRANGER.sign(invented, domain)))
        evidence["statements"][0]["signer"] = canonical.hexed(parse_address(STRANGER.address))
        remade(made, evidence)

    data = changed(members, by_stranger)
    about = "an earlier version that a stranger signed"
    vectors.add("bad-earlier-by-stranger.registrum.zip", data, trust, REFUSED, "statements", about)
    data = changed(members, lambda evidence: first(evidence, None))
    about = "an earlier version that nobody signed: no lie is shown, and it is reported as not checked"
    vectors.add("earlier-unsigned.registrum.zip", data, trust, VERIFIED, None, about)
    members = made.maker.entry(made.entries[0], checkpoint=made.checkpoint())

    def event_by_stranger(evidence: dict[str, Any]) -> None:
        statement = evidence["statements"][0]
        event = event_from_words(bytes.fromhex(statement["words"][2:]))
        account = canonical.hexed(parse_address(STRANGER.address))
        rights = made.chain.rights
        assert rights is not None
        where = Domain.rights_register(made.chain.chain_id, checksum_address(rights.address))
        statement |= {"signer": account, "signature": canonical.hexed(STRANGER.sign(event, where)), "batch": None}
        remade(made, evidence)

    data = changed(members, event_by_stranger)
    about = "an event that a stranger signed"
    vectors.add("bad-event-by-stranger.registrum.zip", data, trust, REFUSED, "statements", about)


def _histories(vectors: Vectors, made: Lived, trust: str) -> None:
    """Logs that do not lead to the proven state; and one left out that nobody misses."""
    registry = made.world.registry()
    for registered in registry.registrations("EM"):
        members = made.maker.application(registered.application.number, checkpoint=made.checkpoint())
        if evidence_of(members)["facts"]["reconfirmation"] is not None:
            break
    names = [row["event"] for row in evidence_of(members)["history"]]

    def bad(name: str, change: Callable[[list[dict[str, Any]]], object], failed: str, about: str) -> None:
        data = changed(members, lambda evidence: change(evidence["history"]))
        vectors.add(f"bad-history-{name}.registrum.zip", data, trust, REFUSED, failed, about)

    def without(event: str) -> Callable[[list[dict[str, Any]]], None]:
        return lambda rows: rows.pop(len(names) - 1 - names[::-1].index(event)) and None

    bad("no-revocation", without("KeyRevoked"), "history", "the revocation of a key is left out")
    bad("no-compromise", without("KeyCompromised"), "history", "that a key was compromised is left out")
    bad("no-admission", without("OfficeAdmitted"), "history", "the admission of the office is left out")
    bad("departed", lambda rows: rows.append({**_departure(rows[-1])}), "history", "a departure that there was not")
    bad("order", lambda rows: rows.reverse(), "form", "the events in another order")
    bad("later", lambda rows: rows[-1].update(block=1 << 40), "history", "an event after the block")
    bad("time", lambda rows: rows[0].update(time="2100-01-01T00:00:00Z"), "history", "times that run back")
    bad("moment", lambda rows: rows[0].update(time="2024-02-30T00:00:00Z"), "form", "a time that no calendar has")
    bad("unknown", lambda rows: rows[0].update(event="OfficePraised"), "form", "an event that there is not")
    bad("foreign", lambda rows: rows.append({**_departure(rows[-1]), "office": "XX"}), "history", "of another office")
    data = changed(members, lambda evidence: without("KeySuspended")(evidence["history"]))
    about = "a suspension that is over is left out: nothing in the state misses it"
    vectors.add("history-shortened.registrum.zip", data, trust, VERIFIED, None, about)
    data = changed(members, lambda evidence: evidence["versions"].update(rules="registrum-priority/2"))
    vectors.add("bad-versions.registrum.zip", data, trust, REFUSED, "form", "rules of a version to come")


def _departure(last: dict[str, Any]) -> dict[str, Any]:
    """The departure of an office, after the last event of a history."""
    place = {name: last[name] for name in ("block", "time", "transaction", "office")}
    return {**place, "log": last["log"] + 1, "event": "OfficeDeparted"}


def remade(made: Lived, evidence: dict[str, Any]) -> None:
    """Work out nodes and facts anew for statements that were changed, as somebody would who has a node."""
    block = evidence["block"]["number"]
    words = NodeWords(made.world.rpc, block)
    header = read_header(made.world.rpc, block).header
    facts, _, _ = derive(evidence["subject"], evidence["statements"], made.chain, words, header.time)
    evidence["facts"] = facts
    evidence["nodes"] = [canonical.hexed(node) for node in proof_nodes(made.world.rpc, block, words.slots())]


def _other_blocks(vectors: Vectors, made: Lived, trust: str, members: _Members) -> None:
    """State of one block under the header of another."""
    made.world.rpc.call("evm_mine")
    application = made.world.application()
    made.world.seat().set_endpoint("EM", f"https://{application.number.number}.example")
    later = made.checkpoint()
    newer = evidence_of(
        made.maker.application(OfficeNumber.from_text(evidence_of(members)["subject"]["number"]), checkpoint=later)
    )

    def other(evidence: dict[str, Any]) -> None:
        evidence["block"], evidence["link"] = newer["block"], newer["link"]

    vectors.add(
        "bad-other-block.registrum.zip",
        changed(members, other),
        trust,
        REFUSED,
        "state",
        "the tries of an earlier block",
    )


def _other_contracts(vectors: Vectors, made: Lived, members: _Members) -> None:
    """The same bundle for descriptions that name another contract, or other code."""
    chain = made.chain
    cases = {
        "code": replace(chain, directory=CodeAt(chain.directory.address, keccak(b"other code"))),
        "contract": replace(chain, registries=(chain.priority,)),
    }
    for name, other in cases.items():
        trust = vectors.trust(f"chain-{name}.json", other)
        evidence = evidence_of(members)
        evidence["chain"] = canonical.hexed(hashlib.sha256(other.to_bytes()).digest())
        data = without_pages({EVIDENCE: canonical.encode(evidence), CHAIN: other.to_bytes()})
        vectors.add(f"bad-other-{name}.registrum.zip", data, trust, REFUSED, None, f"a description with another {name}")


def _checkpoints(vectors: Vectors, made: Lived, trust: str) -> None:
    members = _base(made)
    chain = made.chain
    checkpoint = made.checkpoint()
    bare = Checkpoint(checkpoint.number, checkpoint.hash, {})

    def with_checkpoint(other: Checkpoint) -> Callable[[dict[str, Any]], None]:
        def change(evidence: dict[str, Any]) -> None:
            evidence["link"]["checkpoint"] = other.to_json()

        return change

    def bad(name: str, other: Checkpoint, about: str) -> None:
        data = changed(members, with_checkpoint(other))
        vectors.add(f"bad-checkpoint-{name}.registrum.zip", data, trust, REFUSED, "link", about)

    assert evidence_of(members)["block"]["number"] == checkpoint.number
    all_three = changed(members, with_checkpoint(signed(chain, bare, "EM", "JP", "RU")))
    vectors.add("checkpoint-by-three.registrum.zip", all_three, trust, VERIFIED, None, "more offices signed than must")
    bad("one", signed(chain, bare, "EM"), "one office signed, two must")
    one = checkpoint.signatures["EM"]
    bad("borrowed", replace(checkpoint, signatures={"EM": one, "JP": one}), "the signature of one office for another")
    stranger = CheckpointSignature(parse_address(KEYS["RU"].address), one.signature)
    bad(
        "stranger",
        replace(checkpoint, signatures={**checkpoint.signatures, "EM": stranger}),
        "by an account of another office",
    )
    elsewhere = signed(replace(chain, genesis_hash=keccak(b"another chain")), bare, "EM", "RU")
    bad("elsewhere", elsewhere, "signed for another chain")
    bad("number", replace(checkpoint, number=checkpoint.number + 1), "of another block number")
    bad("other", signed(chain, replace(bare, hash=keccak(b"another block")), "EM", "RU"), "of another block")
    data = changed(members, lambda e: e["link"]["checkpoint"]["signatures"].reverse())
    vectors.add("bad-checkpoint-order.registrum.zip", data, trust, REFUSED, "form", "signatures in another order")


def _scenes(vectors: Vectors) -> None:
    """States made up by hand, with two registries: what no deployment of these tests comes to."""
    trust = "chain-scenes.json"
    (vectors.folder / trust).write_bytes(canonical.encode(description()))
    for name, scene in SCENES.items():
        about = f"made up: {name.replace('_', ' ')}, two registries"
        vectors.add(f"scene-{name}.registrum.zip", scene().packed(), trust, VERIFIED, None, about)
    for name, (corner, failed) in CORNERS.items():
        expect, about = (REFUSED if failed else VERIFIED), f"made up: {name.replace('-', ' ')}"
        prefix = "bad-" if failed else ""
        vectors.add(f"{prefix}scene-{name}.registrum.zip", corner().packed(), trust, expect, failed or None, about)
    for name, make_link in LINKS.items():
        linked = make_link()
        expect, about = (REFUSED if linked.failed else VERIFIED), f"made up: {name.replace('-', ' ')}"
        (vectors.folder / f"chain-link-{name}.json").write_bytes(canonical.encode(linked.trust))
        file, trust = f"{'bad-' if linked.failed else ''}link-{name}.registrum.zip", f"chain-link-{name}.json"
        vectors.add(file, linked.bundle.packed(), trust, expect, linked.failed or None, about)


def _seals(vectors: Vectors, made: Lived) -> None:
    members = _base(made)
    header = Header.read(canonical.unhexed(evidence_of(members)["link"]["header"], "header"))
    for kind in (Consensus.QBFT, Consensus.IBFT2):
        for count in (4, 7, 22):
            _sealed_by(vectors, made, members, header, kind, count)
        _changed_sets(vectors, made, members, header, kind)
        _newer_sets(vectors, made, members, header, kind)
        _small_sets(vectors, made, members, header, kind)
        _rows_of_sealed(vectors, made, members, header, kind)
    _bounds_of_headers(vectors, made, members, header)


def _sealed_by(vectors: Vectors, made: Lived, members: _Members, header: Header, kind: Consensus, count: int) -> None:
    keys = VALIDATORS[:count]
    chain = sealed_chain(made.chain, kind, keys)
    stem = f"{kind}-{count}"
    trust = vectors.trust(f"chain-{stem}.json", chain)

    def add(name: str, tip: Header, expect: str, about: str) -> None:
        data = without_pages(relinked(members, chain, Link(tip)))
        prefix = "" if expect == VERIFIED else "bad-"
        failed = None if expect == VERIFIED else "link"
        vectors.add(f"{prefix}{stem}{name}.registrum.zip", data, trust, expect, failed, about)

    good = sealed(header, kind, keys)
    add("", good, VERIFIED, f"sealed by a quorum of {count}")
    add("-all", sealed(header, kind, keys, by=keys), VERIFIED, f"sealed by all {count}")
    add("-round", sealed(header, kind, keys, round_=3), VERIFIED, "sealed in the fourth round")
    seals = list(rlp.decode(good.items[12])[4])
    add("-missing", with_seals(good, seals[:-1]), REFUSED, "a seal too few")
    add("-duplicated", with_seals(good, [*seals[:-1], seals[-2]]), REFUSED, "one seal twice")
    add("-reordered", with_seals(good, seals[::-1]), REFUSED, "seals not sorted by who sealed")
    foreign = seal_of(digest_to_seal(good, kind), VALIDATORS[29])
    add(
        "-foreign",
        with_seals(good, sorted_by_signer([*seals[:-1], foreign], good, kind)),
        REFUSED,
        "a seal of no validator",
    )
    block_hash = good.hash(kind)
    wrong = [seal_of(block_hash, key) for key in keys[: len(seals)]]
    turned = unsealed(header, kind, keys, round_=1)
    add(
        "-wrong-digest",
        with_seals(turned, sorted_by_signer(wrong, turned, kind)),
        REFUSED,
        "seals of the hash of the block",
    )
    plain = [seal_of(keccak(turned.encoded), key) for key in keys[: len(seals)]]
    if kind is Consensus.IBFT2:
        add(
            "-wrong-parts",
            with_seals(turned, sorted_by_signer(plain, turned, kind)),
            REFUSED,
            "seals of a header with an empty list of seals",
        )
    strangers = sealed(header, kind, VALIDATORS[5 : 5 + count])
    add("-other-set", strangers, REFUSED, "sealed by other validators than the description has")


def sorted_by_signer(seals: list[bytes], header: Header, kind: Consensus) -> list[bytes]:
    """Seals in the order of bundles, whoever made them."""
    from registrum.signing.signatures import recover_raw

    digest_sealed = digest_to_seal(header, kind)
    return sorted(seals, key=lambda seal: recover_raw(digest_sealed, seal[:64] + bytes([27 + seal[64]])))


def _changed_sets(vectors: Vectors, made: Lived, members: _Members, header: Header, kind: Consensus) -> None:
    """Validators come and go, one at a time; and jumps that no row of headers explains."""
    first = VALIDATORS[:4]
    grown = [first, VALIDATORS[:5], VALIDATORS[:6], VALIDATORS[1:6], VALIDATORS[1:7]]
    chain = sealed_chain(made.chain, kind, first)
    trust = vectors.trust(f"chain-{kind}-grown.json", chain)
    changes = [sealed(header, kind, keys, number=place + 1) for place, keys in enumerate(grown[1:])]
    tip = sealed(header, kind, grown[-1])

    def add(name: str, link: Link, expect: str, about: str) -> None:
        data = without_pages(relinked(members, chain, link))
        prefix = "" if expect == VERIFIED else "bad-"
        failed = None if expect == VERIFIED else "link"
        vectors.add(f"{prefix}{kind}-{name}.registrum.zip", data, trust, expect, failed, about)

    add("grown", Link(tip, changes=tuple(changes)), VERIFIED, "validators changed four times")
    add("grown-at-tip", Link(tip, changes=tuple(changes[:-1])), VERIFIED, "the last change is in the block itself")
    add("jump", Link(tip, changes=(changes[0], *changes[2:])), REFUSED, "a change is left out")
    add("order", Link(tip, changes=(changes[1], changes[0], *changes[2:])), REFUSED, "changes in another order")
    add("none", Link(tip), REFUSED, "no change is shown")
    again = sealed(header, kind, grown[1], number=1, by=[*VALIDATORS[4:5], *VALIDATORS[:1], *VALIDATORS[1:2]])
    add("few", Link(sealed(header, kind, grown[1]), changes=(again,)), REFUSED, "too few sealed the change")


def _accounts(vectors: Vectors, made: Lived, trust: str) -> None:
    """Keys of accounts that signed nothing of what is shown."""
    fresh, stranger = (parse_address(one.address) for one in (FRESH, STRANGER))
    number = OfficeNumber.from_text(evidence_of(_base(made))["subject"]["number"])
    options: dict[str, Any] = {"checkpoint": made.checkpoint(), "accounts": [fresh, stranger]}
    members = made.maker.application(number, **options)
    about = "with the key of another account, and an account that is no key"
    vectors.add("accounts.registrum.zip", without_pages(members), trust, VERIFIED, None, about)
    signer = bytes.fromhex(evidence_of(members)["facts"]["record"]["signingKey"][2:])
    same = without_pages(made.maker.application(number, **{**options, "accounts": [signer]}))
    vectors.add("accounts-signer.registrum.zip", same, trust, VERIFIED, None, "with the key that signed, named again")
    entry = without_pages(made.maker.entry(made.entries[0], **options))
    vectors.add("accounts-entry.registrum.zip", entry, trust, VERIFIED, None, f"an entry, {about}")

    def bad(name: str, change: Callable[[list[str]], object], failed: str | None, said: str) -> None:
        data = changed(members, lambda evidence: change(evidence["accounts"]))
        vectors.add(f"bad-accounts-{name}.registrum.zip", data, trust, REFUSED, failed, said)

    bad("order", lambda row: row.reverse(), "form", "accounts in another order")
    bad("twice", lambda row: row.insert(0, row[0]), "form", "an account twice")
    bad("less", lambda row: row.pop(), "state", "an account left out")
    # It may end in nodes that are there already: then only the facts tell.
    bad("more", lambda row: row.append("0x" + "ff" * 20), None, "an account more")
    many = [f"0x{place:040x}" for place in range(101)]
    bad("many", lambda row: row.__setitem__(slice(None), many), "form", "more than a hundred accounts")


def _attachments(vectors: Vectors, made: Lived, trust: str) -> None:
    """What may follow the sums, and what may not. What is attached is checked by the library alone."""
    number = OfficeNumber.from_text(evidence_of(_base(made))["subject"]["number"])
    data = made.application(number, accounts=[parse_address(FRESH.address)])
    members = unpack(data)
    stamp = {TIMESTAMP: Authority.make().answer(timestamp_query(members))}
    token = {CREDENTIAL: sign_credential(evidence_of(members), made.chain, FRESH)}
    good = {"timestamp": stamp, "credential": token, "both": {**stamp, **token}}
    for name, attached in good.items():
        about = f"attached: {' and '.join(attached)}"
        vectors.add(f"attached-{name}.registrum.zip", attach(data, attached), trust, VERIFIED, None, about)

    def bad(name: str, altered: bytes, about: str) -> None:
        vectors.add(f"bad-attached-{name}.registrum.zip", altered, trust, REFUSED, "archive", about)

    whole = {**members, "SHA256SUMS": sums(members)}
    bad("order", archive({**whole, **token, **stamp}), "the credential before the time stamp")
    bad("before", archive({**members, **stamp, "SHA256SUMS": sums(members)}), "a time stamp before the sums")
    bad("unknown", archive({**whole, "notes.txt": b"notes"}), "a member of another name")
    bad("between", archive({**whole, **stamp, "notes.txt": b"notes", **token}), "one of another name between them")
    twice = archive({**whole, **stamp, "timestamp.tsx": stamp[TIMESTAMP]}).replace(b"timestamp.tsx", b"timestamp.tsr")
    bad("twice", twice, "two time stamps")
    bad("name", archive({**whole, **stamp}).replace(b"timestamp.tsr", b"timestamp.tsR"), "its name in other letters")
    bad("large", archive({**whole, CREDENTIAL: bytes(65537)}), "a credential of more than 64 KiB")
    changed = bytearray(archive({**whole, **stamp}))
    changed[changed.index(stamp[TIMESTAMP]) + 100] ^= 1
    bad("byte", bytes(changed), "one byte of the time stamp, the archive's own sums left")


def _newer_sets(vectors: Vectors, made: Lived, members: _Members, header: Header, kind: Consensus) -> None:
    """Verifiers that know the validators of a later block than the maker of a bundle, or of an earlier one."""
    grown = [VALIDATORS[:4], VALIDATORS[:5], VALIDATORS[:6], VALIDATORS[1:6], VALIDATORS[1:7]]
    chain = sealed_chain(made.chain, kind, grown[0])
    trust = f"chain-{kind}-grown.json"
    changes = [sealed(header, kind, keys, number=place + 1) for place, keys in enumerate(grown[1:])]
    tip = sealed(header, kind, grown[-1])
    newer = replace(sealed_chain(made.chain, kind, grown[2]), since=(2, changes[1].hash(kind)))
    newer_trust = vectors.trust(f"chain-{kind}-since.json", newer)
    far = replace(sealed_chain(made.chain, kind, grown[-1]), since=(header.number + 1000, keccak(b"far")))
    at_tip = replace(sealed_chain(made.chain, kind, grown[-1]), since=(tip.number, tip.hash(kind)))
    pinned = replace(far, blocks={tip.number: tip.hash(kind)})

    def add(name: str, described: ChainDescription, link: Link, file: str, expect: str, about: str) -> None:
        data = without_pages(relinked(members, described, link))
        prefix = "" if expect == VERIFIED else "bad-"
        failed = None if expect == VERIFIED else "link"
        vectors.add(f"{prefix}{kind}-since{name}.registrum.zip", data, file, expect, failed, about)

    every, later = Link(tip, changes=tuple(changes)), Link(tip, changes=tuple(changes[2:]))
    founders = Link(sealed(header, kind, grown[0]))
    add("", newer, later, newer_trust, VERIFIED, "validators of a later block, followed from there")
    add(
        "-older-file",
        chain,
        every,
        newer_trust,
        VERIFIED,
        "a bundle that leads from block 0: earlier changes do not count",
    )
    add(
        "-older-trust", newer, later, trust, REFUSED, "a bundle that leads from a block that the verifier does not know"
    )
    add("-founders", chain, founders, newer_trust, REFUSED, "sealed by founders, of whom one left before")
    file = vectors.trust(f"chain-{kind}-since-far.json", far)
    add("-older-block", chain, every, file, REFUSED, "a block older than the validators that are trusted")
    file = vectors.trust(f"chain-{kind}-since-pinned.json", pinned)
    add(
        "-pinned",
        chain,
        every,
        file,
        VERIFIED,
        "a block older than the validators that are trusted, which the verifier knows",
    )
    file = vectors.trust(f"chain-{kind}-since-tip.json", at_tip)
    add("-itself", at_tip, Link(tip), file, VERIFIED, "the block whose validators are trusted")
    file = vectors.trust(f"chain-{kind}-since-other.json", replace(at_tip, since=(tip.number, keccak(b"other"))))
    add("-other", at_tip, Link(tip), file, REFUSED, "another block of that number")
    if kind is Consensus.QBFT:
        described = replace(chain, genesis_hash=keccak(b"another chain"))
        value = {**described.to_json(), "genesisHash": canonical.hexed(chain.genesis_hash)}
        data = without_pages({**relinked(members, chain, every), CHAIN: canonical.encode(value)})
        about = "validators of a block 0 that has another hash than the chain's"
        vectors.add("bad-since-genesis.registrum.zip", data, trust, REFUSED, "form", about)


def _small_sets(vectors: Vectors, made: Lived, members: _Members, header: Header, kind: Consensus) -> None:
    """One to six validators: a quorum of them, and one seal less."""
    for count in (1, 2, 3, 5, 6):
        keys = VALIDATORS[:count]
        chain = sealed_chain(made.chain, kind, keys)
        trust = vectors.trust(f"chain-{kind}-{count}.json", chain)
        least = -(-2 * count // 3)
        data = without_pages(relinked(members, chain, Link(sealed(header, kind, keys))))
        vectors.add(f"{kind}-{count}.registrum.zip", data, trust, VERIFIED, None, f"sealed by {least} of {count}")
        data = without_pages(relinked(members, chain, Link(sealed(header, kind, keys, by=keys[: least - 1]))))
        about = f"sealed by {least - 1} of {count}"
        vectors.add(f"bad-{kind}-{count}-missing.registrum.zip", data, trust, REFUSED, "link", about)


def _rows_of_sealed(vectors: Vectors, made: Lived, members: _Members, header: Header, kind: Consensus) -> None:
    """A block whose state is shown, and the sealed one that follows it."""
    keys = VALIDATORS[:4]
    chain = sealed_chain(made.chain, kind, keys)
    whole = sealed(header, kind, keys)
    tip = sealed(child_of(header, whole.hash(kind)), kind, keys)

    def add(name: str, link: Link, expect: str, about: str) -> None:
        evidence = evidence_of(relinked(members, chain, Link(whole)))
        evidence["link"] = link.to_json()
        data = without_pages({EVIDENCE: canonical.encode(evidence), CHAIN: chain.to_bytes()})
        failed = None if expect == VERIFIED else "link"
        vectors.add(f"{name}.registrum.zip", data, f"chain-{kind}-4.json", expect, failed, about)

    good = Link(hashed_form(whole, kind), (tip,))
    add(f"{kind}-descendants", good, VERIFIED, "the block after it is sealed")
    add(f"bad-{kind}-descendants-seals", Link(whole, (tip,)), REFUSED, "a header before the tip with its seals")
    unsealed_tip = with_seals(tip, [])
    add(
        f"bad-{kind}-descendants-unsealed", replace(good, descendants=(unsealed_tip,)), REFUSED, "nobody sealed the tip"
    )
    stranger = sealed(child_of(header, keccak(b"another block")), kind, keys)
    add(
        f"bad-{kind}-descendants-other",
        replace(good, descendants=(stranger,)),
        REFUSED,
        "the tip follows another block",
    )


def _bounds_of_headers(vectors: Vectors, made: Lived, members: _Members, header: Header) -> None:
    kind = Consensus.QBFT
    keys = VALIDATORS[:4]
    chain = sealed_chain(made.chain, kind, keys)

    def bad(name: str, described: ChainDescription, link: dict[str, Any], failed: str, about: str) -> None:
        evidence = evidence_of(relinked(members, described, Link(sealed(header, kind, keys))))
        evidence["link"] |= link
        data = without_pages({EVIDENCE: canonical.encode(evidence), CHAIN: described.to_bytes()})
        trust = "chain-qbft-4.json" if described is chain else None
        vectors.add(f"bad-bounds-{name}.registrum.zip", data, trust, REFUSED, failed, about)

    long = header.with_extra(bytes(32 * 1024))
    bad("header", chain, {"header": canonical.hexed(long)}, "form", "a header of more than 32 KiB")
    items = list(rlp.decode(sealed(header, kind, keys).items[12]))
    items[1] = [place.to_bytes(20, "big") for place in range(1, 258)]
    crowd = header.with_extra(rlp.encode(items))
    bad("validators", chain, {"header": canonical.hexed(crowd)}, "link", "a header with 257 validators")
    bad("headers", chain, {"descendants": ["0xc0"] * 1025}, "form", "1,025 headers after the block")
    everyone = replace(chain, validators=tuple(place.to_bytes(20, "big") for place in range(1, 258)))
    bad("founders", everyone, {}, "form", "a description with 257 validators")
    many = replace(chain, registries=tuple(CodeAt(bytes([place]) * 20, bytes(32)) for place in range(1, 18)))
    bad("registries", many, {}, "form", "a description with 17 registries")
    bad("registry-twice", replace(chain, registries=chain.registries[:1] * 2), {}, "form", "a registry twice")
    changes = [_junk_sealed(header, place) for place in range(1, 54)]
    crowd_chain = replace(chain, validators=_crowd(29))
    link = {"validatorChanges": [canonical.hexed(each.encoded) for each in changes]}
    bad("seals", crowd_chain, link, "link", "1,060 seals, none of which is looked at")


def _crowd(count: int) -> tuple[bytes, ...]:
    return tuple(place.to_bytes(20, "big") for place in range(1, count + 1))


def _junk_sealed(header: Header, number: int) -> Header:
    """A header of 30 validators or 29, with seals of nobody."""
    items = list(header.items)
    items[8] = bytes([number])
    items[12] = rlp.encode([bytes(32), list(_crowd(29 + number % 2)), [], b"", [bytes([7]) * 64 + b"\0"] * 20])
    return Header.read(rlp.encode(items))


def _bounds(vectors: Vectors, made: Lived, trust: str) -> None:
    """More than a verifier works on."""
    members = _base(made)

    def bad(name: str, change: Callable[[dict[str, Any]], object], about: str, failed: str = "form") -> None:
        vectors.add(f"bad-bounds-{name}.registrum.zip", changed(members, change), trust, REFUSED, failed, about)

    def nodes(*encoded: bytes) -> Callable[[dict[str, Any]], None]:
        return lambda evidence: evidence.update(nodes=[canonical.hexed(each) for each in sorted(encoded, key=keccak)])

    hashes = ["0x" + "11" * 32]
    bad("node", nodes(bytes(577)), "a trie node of 577 bytes")
    bad("node-empty", nodes(b""), "a trie node of no bytes")
    bad("nodes", nodes(*(place.to_bytes(2, "big") for place in range(2049))), "2,049 trie nodes")
    withdrawal = {"type": "Withdrawal", "registry": "0x" + "11" * 20, "signer": "0x" + "11" * 20, "signature": None}
    many = [{**withdrawal, "replaces": 1}] * 256
    bad("statements", lambda e: e.update(statements=many), "256 statements about an application")
    batch = {"position": 0, "hashes": hashes * 600}
    bad("batch", lambda e: e["statements"][0].update(batch=batch), "a batch of 601 statements")
    behind = {"position": 2, "hashes": hashes}
    bad("position", lambda e: e["statements"][0].update(batch=behind), "a place behind the end of a batch")
    first = {**withdrawal, "type": "Anchor", "filingDate": "2024-01-31", "disclosure": "plain", "digest": hashes[0]}
    first |= {"path": hashes * 41, "sequence": 1, "root": hashes[0], "leafCount": 3}
    bad("path", lambda e: e.update(statements=[first]), "a path of 41 steps")


def main() -> None:
    """Make the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()
    with tempfile.TemporaryDirectory() as folder, lived(Path(folder)) as made:
        entries = make(FOLDER, made)
    (FOLDER / "index.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="ascii")
    print(f"{len(entries)} vectors in {FOLDER}")


if __name__ == "__main__":
    main()
