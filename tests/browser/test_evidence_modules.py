"""The browser verifier's modules in Node.js: what no vector shows, and that every member of a bundle counts."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from registrum.dates import add_months
from tests.cli.support import ROOT, TIMEOUT_S

WEB = ROOT / "verifier" / "web"
VECTORS = ROOT / "verifier" / "vectors"
NODE = shutil.which("node") or "node"
OLD = (1980, 1, 1, 0, 0, 0)
SUBJECTS = {
    "record": "registration-correction.registrum.zip",
    "anchor": "anchor-withdrawal.registrum.zip",
    "absent": "absent-em.registrum.zip",
    "claim": "claim-valid.registrum.zip",
    "entry": "entry-2.registrum.zip",
    "sealed": "qbft-grown.registrum.zip",
}
OTHER_WORDING = {"sealed": {"evidence.json.link.validatorChanges"}}
"""Changes that leave a good bundle: the last header by which validators changed can be spared where the block's own
header vouches for its set as well."""
IN_THE_LOGS = re.compile(r"evidence\.json\.history\.\d+\.(block|log|transaction)")
"""Where an event of the history stood in the logs is not proven, only the order of events."""
MANY = 400


MODULES = ("bytes", "facts", "form", "link", "shapes", "state", "statements", "verify")
EVALUATOR = """
import { createInterface } from "node:readline";
const [folder, ...names] = process.argv.slice(1);
const modules = await Promise.all(names.map((name) => import(`${folder}/${name}.js`)));
for await (const line of createInterface({ input: process.stdin })) {
  const { script, given } = JSON.parse(line);
  let answer;
  try {
    answer = { value: new Function("given", ...names, `"use strict"; ${script}`)(given, ...modules) };
  } catch (error) {
    answer = { error: error.stack };
  }
  console.log(JSON.stringify(answer));
}
"""
"""Runs scripts, one a line, each as a function of its own."""
evaluators: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module", autouse=True)
def _evaluator() -> Iterator[None]:
    """One process for all scripts of this module: to start one and load the modules takes longer than any script."""
    command = [NODE, "--input-type=module", "--eval", EVALUATOR, WEB.as_uri(), *MODULES]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        evaluators.append(process)
        yield
        evaluators.clear()


def evaluate(script: str, given: Any = None) -> Any:
    """What a script returns, by way of JSON; it finds what it is given as `given`, and modules by their names."""
    (process,) = evaluators
    assert process.stdin
    assert process.stdout
    print(json.dumps({"script": script, "given": given}), file=process.stdin, flush=True)
    answer = json.loads(process.stdout.readline())
    assert "error" not in answer, answer["error"]
    return answer["value"]


# Every member counts


def vector(file: str) -> dict[str, Any]:
    index = json.loads((VECTORS / "index.json").read_text(encoding="utf-8"))
    return next(entry for entry in index if entry["file"] == file)


def members_of(file: str) -> dict[str, bytes]:
    with zipfile.ZipFile(VECTORS / file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(members: dict[str, bytes]) -> bytes:
    """A bundle in its one form, with the right sums."""
    names = [name for name in members if name != "SHA256SUMS"]
    sums = "".join(f"{sha256(members[name]).hexdigest()}  {name}\n" for name in names)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {**members, "SHA256SUMS": sums.encode()}.items():
            info = zipfile.ZipInfo(name, OLD)
            info.create_system = 0
            archive.writestr(info, content)
            info.external_attr = 0
    return stream.getvalue()


def rewritten(file: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    members = members_of(file)
    evidence = json.loads(members["evidence.json"])
    change(evidence)
    members["evidence.json"] = canonical(evidence)
    return written(members)


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def changed(value: Any) -> Any:
    """Another value of the same form, as far as there is one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return 1
        case str() if value.startswith("0x"):
            return value[:-1] + ("0" if value[-1] != "0" else "1")
        case str():
            return value[:-1] + ("0" if value[-1:] != "0" else "1")
        case list():
            return value[:-1] if value else [1]
        case _:
            return {**value, "more": 1}


def changes(value: Any) -> Iterator[tuple[str, Any]]:
    """The value with each of its parts changed in turn, with the place of the part."""
    yield "", changed(value)
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    for name, part in parts:
        for place, other in changes(part):
            whole = deepcopy(value)
            whole[name] = other
            yield f".{name}{place}", whole


def judge(folder: Path, files: dict[str, bytes], trust: str) -> dict[str, dict[str, Any]]:
    """Reports on bundles, by their names."""
    (folder / "chain.json").write_bytes((VECTORS / trust).read_bytes())
    index = []
    for place, content in enumerate(files.values()):
        (folder / f"{place}.zip").write_bytes(content)
        index.append({"file": f"{place}.zip", "trust": "chain.json"})
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    done = subprocess.run(
        [NODE, WEB / "run.mjs", "--vectors", folder / "index.json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    return dict(zip(files, map(json.loads, done.stdout.splitlines()), strict=True))


def test_a_bundle_that_is_written_anew_is_the_same() -> None:
    for file in SUBJECTS.values():
        assert written(members_of(file)) == (VECTORS / file).read_bytes()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_changed_member_is_noticed(tmp_path: Path, subject: str) -> None:
    file = SUBJECTS[subject]
    members = members_of(file)
    files = {}
    for name in ("evidence.json", "chain.json"):
        for place, value in changes(json.loads(members[name])):
            files[f"{name}{place}"] = written({**members, name: canonical(value)})
    reports = judge(tmp_path, files, vector(file)["trust"])
    assert len(reports) > 50
    good = {place for place, report in reports.items() if report["verdict"] != "refused"}
    good = {place for place in good if not IN_THE_LOGS.fullmatch(place)}
    assert good == OTHER_WORDING.get(subject, set())
    # The archive and its sums are right each time.
    assert {report["checks"][-1]["name"] for report in reports.values()} >= {"form", "chain", "link", "facts"}
    assert all(len(report["checks"]) > 2 for report in reports.values())


def test_every_changed_byte_of_an_archive_is_noticed(tmp_path: Path) -> None:
    whole = (VECTORS / SUBJECTS["absent"]).read_bytes()
    chosen = random.Random(6)
    files = {}
    for place in sorted({*range(64), *range(len(whole) - 400, len(whole)), *chosen.sample(range(len(whole)), 100)}):
        content = bytearray(whole)
        content[place] ^= 1 << chosen.randrange(8)
        files[str(place)] = bytes(content)
    reports = judge(tmp_path, files, "chain.json")
    assert {place for place, report in reports.items() if report["verdict"] != "refused"} == set()


def test_a_signature_that_cannot_be_had_is_said_and_refuses_nothing(tmp_path: Path) -> None:
    def unsign(evidence: dict[str, Any]) -> None:
        evidence["statements"][0]["signature"] = None
        if "events" in evidence["facts"]:
            evidence["facts"]["events"][0]["signer"] = None

    files = {name: rewritten(SUBJECTS[name], unsign) for name in ("record", "entry")}
    for report in judge(tmp_path, files, "chain.json").values():
        statuses = {check["name"]: check["status"] for check in report["checks"]}
        assert statuses["statements"] == "not_checked"
        assert report["verdict"] == "verified"


def refusal(script: str, given: Any = None) -> str | None:
    """Why a script is refused, or None."""
    text = "try { " + script + "; return null; } catch (error) { return error.message; }"
    found: str | None = evaluate(text, given)
    return found


# Links


LINK = """
const { evidence, chain } = given;
const parse = (text) => bytes.decodeRlp(bytes.fromHex(text));
const changed = (text, change) => {
  const items = parse(text);
  const extra = bytes.decodeRlp(items[12]);
  change(extra);
  items[12] = bytes.encodeRlp(extra);
  return bytes.toHex(bytes.encodeRlp(items));
};
"""


def linked(file: str) -> dict[str, Any]:
    members = members_of(file)
    return {"evidence": json.loads(members["evidence.json"]), "chain": json.loads(members["chain.json"])}


def test_a_change_of_validators_has_a_lower_number_than_the_last_header() -> None:
    given = linked("qbft-grown-at-tip.registrum.zip")
    assert refusal(LINK + "link.checkLink(evidence, chain)", given) is None
    own = "evidence.link.validatorChanges.push(evidence.link.header); link.checkLink(evidence, chain)"
    assert "not in the order of numbers" in str(refusal(LINK + own, given))


def test_more_seals_than_validators_are_refused_before_any_is_looked_at() -> None:
    script = """
    const seals = Array.from({ length: 2000 }, () => new Uint8Array(65));
    evidence.link.header = changed(evidence.link.header, (extra) => (extra[4] = seals));
    link.checkLink(evidence, chain);
    """
    assert "has 2000 seals, and 4 validators" in str(refusal(LINK + script, linked("qbft-4.registrum.zip")))


def test_seals_of_strangers_are_not_looked_at() -> None:
    script = """
    const strangers = Array.from({ length: 200 }, (_, place) => bytes.word(place + 1).subarray(12));
    const seals = strangers.map(() => new Uint8Array(65));
    evidence.link.header = changed(evidence.link.header, (extra) => Object.assign(extra, { 1: strangers, 4: seals }));
    const items = parse(evidence.link.header);
    const data = bytes.decodeRlp(items[12]);
    items[12] = bytes.encodeRlp([...data.slice(0, 3), new Uint8Array(0), []]);
    evidence.block.hash = bytes.toHex(bytes.keccak(bytes.encodeRlp(items)));
    link.checkLink(evidence, chain);
    """
    assert "differ from the trusted ones by 204" in str(refusal(LINK + script, linked("qbft-4.registrum.zip")))


@pytest.mark.parametrize(("size", "is_round"), [(6, True), (7, False)])
def test_a_round_has_up_to_six_bytes(size: int, is_round: bool) -> None:
    script = f"""
    const round = new Uint8Array({size}).fill(1);
    evidence.link.header = changed(evidence.link.header, (extra) => (extra[3] = round));
    link.checkLink(evidence, chain);
    """
    found = str(refusal(LINK + script, linked("qbft-4.registrum.zip")))
    assert ("the round of" not in found) == is_round
    assert found != "None"


@pytest.mark.parametrize("size", [7, 32])
def test_the_number_of_a_block_has_up_to_six_bytes(size: int) -> None:
    script = f"""
    const items = parse(evidence.link.header);
    items[8] = new Uint8Array({size}).fill(1);
    evidence.link.header = bytes.toHex(bytes.encodeRlp(items));
    link.checkLink(evidence, chain);
    """
    assert "more than 6 bytes" in str(refusal(LINK + script, linked(SUBJECTS["record"])))


# Keys, their successors, and when they were compromised

KEYS = """
const field = (sum, value, bits) => (sum << BigInt(bits)) | BigInt(value ?? 0);
const word = (fields, sizes) => sizes.reduceRight((sum, [name, bits]) => field(sum, fields[name], bits), 0n);
const KEY = [["scopes", 8], ["validFrom", 40], ["validUntil", 40], ["revokedAt", 40], ["compromisedSince", 40]];
const slots = new Map();
const at = (slot) => bytes.toHex(slot);
for (const [office, successor] of Object.entries(given.successors)) {
  const code = BigInt(successor.charCodeAt(0) * 256 + successor.charCodeAt(1)) << 200n;
  slots.set(at(state.slotOf(bytes.rightPadded(office), 3, 4)), code);
}
for (const [office, keys] of Object.entries(given.keys)) {
  for (const [account, key] of Object.entries(keys)) {
    const place = bytes.concat(bytes.rightPadded(office).subarray(0, 12), bytes.fromHex(account));
    slots.set(at(state.slotOf(place, 7)), word(key, KEY));
  }
}
const read = [];
const held = { slot: (contract, slot) => (read.push(at(slot)), slots.get(at(slot)) ?? 0n) };
const reader = new state.Reader(held, { officeDirectory: {} });
"""
A, B = "0x" + "aa" * 20, "0x" + "bb" * 20


def test_the_key_of_a_successor_counts_where_the_office_has_none() -> None:
    given = {"successors": {"DD": "DE", "DE": "EM"}, "keys": {"DE": {A: {"scopes": 1}}, "EM": {A: {"scopes": 2}}}}
    found = evaluate(KEYS + "return [reader.key('DD', given.a), reader.key('EM', given.b)];", {**given, "a": A, "b": B})
    assert (found[0]["office"], found[0]["scopes"], found[1]) == ("DE", 1, None)


def test_a_row_of_successors_that_comes_back_ends() -> None:
    given = {"successors": {"DD": "DE", "DE": "DD"}, "keys": {}, "a": A}
    assert evaluate(KEYS + "return [reader.key('DD', given.a), reader.compromisedSince('DD', given.a)];", given) == [
        None,
        0,
    ]


@pytest.mark.parametrize(
    ("keys", "since"),
    [
        ({}, 0),
        ({"DD": {A: {"scopes": 1, "compromisedSince": 50}}, "DE": {A: {"compromisedSince": 40}}}, 50),
        ({"DD": {A: {"scopes": 1}}, "DE": {A: {"scopes": 1, "compromisedSince": 40}}}, 0),
        ({"DD": {A: {"compromisedSince": 50}}, "DE": {A: {"scopes": 1, "compromisedSince": 40}}}, 40),
        ({"DD": {A: {"compromisedSince": 50}}, "DE": {A: {"scopes": 1}}}, 50),
    ],
    ids=["nowhere", "own", "own-is-good", "earliest-of-the-row", "only-one-of-the-row"],
)
def test_since_when_a_key_is_compromised(keys: dict[str, Any], since: int) -> None:
    given = {"successors": {"DD": "DE"}, "keys": keys, "a": A}
    assert evaluate(KEYS + "return reader.compromisedSince('DD', given.a);", given) == since


@pytest.mark.parametrize(
    ("recorded", "confirmed", "version", "suspect"),
    [
        (99, 0, 0, False),
        (100, 0, 0, True),
        (200, 300, 1, False),
        (200, 150, 2, False),
        (200, 150, 1, True),
        (200, 500, 2, True),
    ],
    ids=["before", "from-then-on", "confirmed-later", "this-version", "another-version", "by-a-bad-key"],
)
def test_what_makes_a_record_suspect(recorded: int, confirmed: int, version: int, suspect: bool) -> None:
    keys = {"EM": {A: {"scopes": 1, "compromisedSince": 100}, B: {"scopes": 1, "compromisedSince": 400}}}
    reconfirmation = {"signingKey": B, "reconfirmedAt": confirmed, "version": version}
    record = {"signingKey": A, "recordedAt": recorded, "version": 2, "reconfirmation": reconfirmation}
    given = {"successors": {}, "keys": keys, "record": record}
    assert evaluate(KEYS + "return reader.isSuspect('EM', given.record);", given) is suspect


def test_a_record_of_the_last_version_has_no_statements() -> None:
    script = """
    const held = { record: { version: 255 }, anchor: null, keys: [] };
    return statements.checkRecordStatements("EM/T/1", [], { contracts: { applicationRegistries: [] } }, held).status;
    """
    assert evaluate(script) == "not_checked"


def key_of(scopes: int | None, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"account": A, "key": None if scopes is None else {"scopes": scopes}, "body": body}


SIGNED = {
    "record": """
    const content = { filingDate: "2024-01-31", disclosure: "plain", digest: "0x" + "11".repeat(32), batch: null };
    const signed = { type: "Registration", registry: given.a, signer: given.a, signature: "0x" + "00".repeat(65) };
    const chain = { chainId: 1, contracts: { applicationRegistries: [{ address: given.a }] } };
    const held = { record: { version: 1 }, anchor: null, keys: [given.key] };
    statements.checkRecordStatements("EM/T/1", [{ ...content, ...signed }], chain, held);
    """,
    "event": """
    const event = { signer: given.a, signature: "0x" + "00".repeat(65), batch: null, words: "0x" + "00".repeat(736) };
    const chain = { chainId: 1, contracts: { rightsRegister: { address: given.a } } };
    statements.checkEvents([event], chain, { entry: { eventCount: 1 }, keys: [given.key] });
    """,
}


@pytest.mark.parametrize(
    ("kind", "key", "reason"),
    [
        ("record", key_of(None), "who has no key of the office"),
        ("record", key_of(0b1110), "whose key may not sign it"),
        ("record", key_of(0b0001), "a signature"),
        ("event", key_of(None), "who has no key of the office"),
        ("event", key_of(0b1001), "whose key may not sign it"),
        ("event", key_of(0b0010), "a signature"),
        ("event", key_of(0b0100), "a signature"),
        ("event", key_of(None, {"version": 1}), "a signature"),
    ],
)
def test_signers_are_keys_that_may_sign(kind: str, key: dict[str, Any], reason: str) -> None:
    """Where the signer may sign, what is refused is the signature, which is of zeros."""
    found = refusal(SIGNED[kind], {"a": A, "key": key})
    assert found is not None
    assert reason in found
    assert ("key" in found) == ("key" in reason)


ANCHORED = """
const content = { filingDate: given.filingDate, disclosure: "plain", digest: given.digest };
const root = bytes.toHex(statements.leafOf("EM/T/1", content));
const tree = { path: [], sequence: 1, root, leafCount: 1 };
const signed = { type: "Anchor", registry: given.a, signer: given.a, signature: null };
const top = bytes.toNumber(bytes.keccak(bytes.fromHex(root), bytes.word(1), bytes.word(bytes.fromHex(given.a)))) >> 40n;
const time = Date.parse(given.time) / 1000;
const anchor = { bound: (top << 40n) | BigInt(time), time, isSuspect: false };
const chain = { chainId: 1, contracts: { applicationRegistries: [{ address: given.a }] } };
const held = { record: null, anchor, keys: [] };
statements.checkRecordStatements("EM/T/1", [{ ...content, ...tree, ...signed }], chain, held);
"""


@pytest.mark.parametrize(
    ("filed", "digest", "reason"),
    [
        ("2024-02-01", "0x" + "11" * 32, None),
        ("2024-02-02", "0x" + "11" * 32, "after the day of its anchor"),
        ("2024-02-01", "0x" + "00" * 32, "digest of the leaf is zero"),
    ],
    ids=["same-day-somewhere", "a-day-later", "no-digest"],
)
def test_a_leaf_is_one_that_the_contract_would_disclose(filed: str, digest: str, reason: str | None) -> None:
    given = {"a": A, "filingDate": filed, "digest": digest, "time": "2024-02-01T09:59:59Z"}
    found = refusal(ANCHORED, given)
    assert found is None if reason is None else reason in str(found)
    tomorrow = {**given, "filingDate": "2024-02-02", "digest": "0x" + "11" * 32, "time": "2024-02-01T10:00:00Z"}
    assert refusal(ANCHORED, tomorrow) is None


@pytest.mark.parametrize(("chosen", "is_good"), [(A, True), (B, False)])
def test_the_first_registry_is_the_one_that_the_offices_have_chosen(chosen: str, is_good: bool) -> None:
    script = """
    const held = { slot: (contract, slot) => (slot[31] === 6 ? (7n << 160n) | BigInt(given.chosen) : 0n) };
    new state.Reader(held, { applicationRegistries: [{ address: given.a }] }).requireChosenRegistry();
    """
    found = refusal(script, {"a": A, "chosen": chosen})
    assert found is None if is_good else "which is not the first" in str(found)


def test_a_suspect_anchor_is_one_whose_signer_was_compromised_then() -> None:
    given = {"successors": {}, "keys": {"EM": {A: {"scopes": 1, "compromisedSince": 100}}}, "a": A}
    script = "return [99, 100].map((time) => reader.wasCompromised('EM', given.a, time));"
    assert evaluate(KEYS + script, given) == [False, True]


# Days


def test_months_are_added_as_the_client_does() -> None:
    chosen = random.Random(4)
    days = [date(1900, 1, 1) + timedelta(days=chosen.randrange(80_000)) for _ in range(MANY)]
    days += [date(2023, 8, 31), date(2024, 2, 29), date(2023, 12, 31)]
    asked = [[day.isoformat(), months] for day in days for months in (2, 6, 12)]
    found = evaluate("return given.map(([day, months]) => facts.addMonths(day, months));", asked)
    assert found == [add_months(date.fromisoformat(day), months).isoformat() for day, months in asked]


def test_the_next_open_day_is_found_day_by_day() -> None:
    closed = ["2023-12-30", "2023-12-31", "2024-01-01", "2024-12-31"]
    script = """
    const year = (days) => (day, weekday) => days.includes(day) || weekday === 6;
    const dayOf = (date) => (new Date(date) - Date.UTC(Number(date.slice(0, 4)), 0, 1)) / 86400000 + 1;
    const of = (wanted) => year(given.closed.filter((date) => date.startsWith(wanted)).map(dayOf));
    const calendars = { 2023: of("2023"), 2024: of("2024") };
    return given.asked.map((date) => Object.values(facts.nextOpenDay(date, (number) => calendars[number] ?? null)));
    """
    asked = ["2022-12-31", "2023-12-29", "2023-12-30", "2024-06-02", "2024-12-31"]
    assert evaluate(script, {"closed": closed, "asked": asked}) == [
        ["2022-12-31", "not_published"],
        ["2023-12-29", "published"],
        ["2024-01-02", "published"],
        ["2024-06-03", "published"],
        ["2025-01-01", "incomplete"],
    ]


# Forms


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', '{"a":1.0}', '{"a":1}\n', '"\\u0041"', "{"]
)
def test_what_is_not_canonical_is_refused(text: str) -> None:
    script = (
        "try { form.parseCanonical(bytes.ascii(given), 'x'); return false; } catch (error) { return error.message; }"
    )
    assert evaluate(script, text)


def described(**changed_members: Any) -> dict[str, Any]:
    return {**json.loads((VECTORS / "chain.json").read_text(encoding="utf-8")), **changed_members}


TRUST = "verify.readTrust(bytes.ascii(given))"


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        (described(), None),
        (described(chainId=0), "chainId"),
        (described(blocks=[{"number": n, "hash": "0x" + "11" * 32} for n in (1, 3)]), None),
        (described(blocks=[{"number": n, "hash": "0x" + "11" * 32} for n in (3, 1)]), "blocks does not ascend"),
        (described(blocks=[{"number": n, "hash": "0x" + "11" * 32} for n in (3, 3)]), "blocks does not ascend"),
        (described(contracts={**described()["contracts"], "officePractice": None}), "officePractice"),
    ],
    ids=["good", "no-chain", "blocks", "blocks-out-of-order", "blocks-twice", "register-without-practice"],
)
def test_descriptions_that_a_reader_trusts(description: dict[str, Any], reason: str | None) -> None:
    found = refusal(TRUST, json.dumps(description, indent=1))
    assert found is None if reason is None else reason in str(found)


@pytest.mark.parametrize("number", ["31337.0", "3.1337e4", "31337e0", "-0"])
def test_numbers_of_a_trusted_description_are_written_as_whole_ones(number: str) -> None:
    text = json.dumps(described(chainId=31337))
    assert text.count("31337,") == 1
    assert "not written as a whole one" in str(refusal(TRUST, text.replace("31337,", number + ",")))


def test_a_bundle_brings_no_trusted_blocks() -> None:
    chain = {"blocks": [{"number": 1, "hash": "0x" + "11" * 32}]}
    script = "shapes.checkChain(given, 'chain.json', { isInBundle: true })"
    assert refusal(script, chain) == "chain.json.blocks has 1 items"


BOUNDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "header": lambda it: it["link"].update(header="0x" + "00" * 65_537),
    "descendant": lambda it: it["link"].update(descendants=["0x" + "00" * 65_537]),
    "descendants": lambda it: it["link"].update(descendants=["0x00"] * 1_025),
    "changes": lambda it: it["link"].update(validatorChanges=["0x00"] * 1_025),
    "node": lambda it: it["nodes"].append("0x" + "00" * 1_025),
    "nodes": lambda it: it.update(nodes=["0x00"] * 100_001),
    "statements": lambda it: it.update(statements=[None] * 100_001),
    "hashes": lambda it: it["statements"][0].update(batch={"position": 0, "hashes": ["0x" + "11" * 32] * 10_001}),
    "right-in-number": lambda it: it["subject"].update(earlier="EM/X/1"),
    "right": lambda it: it["subject"].update(laterRight="X"),
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_what_exceeds_a_bound_has_not_the_form(bound: str) -> None:
    evidence = json.loads(members_of(SUBJECTS["claim"])["evidence.json"])
    assert refusal("shapes.checkEvidence(given)", evidence) is None
    BOUNDS[bound](evidence)
    assert refusal("shapes.checkEvidence(given)", evidence) is not None


@pytest.mark.parametrize(("depth", "is_good"), [(32, True), (33, False)])
def test_json_is_nested_up_to_32_deep(depth: int, is_good: bool) -> None:
    text = "[" * (depth - 1) + '{"a":"[[\\"[["}' + "]" * (depth - 1)
    found = refusal("form.parseCanonical(bytes.ascii(given), 'x')", text)
    assert found is None if is_good else "nested more than 32 deep" in str(found)


def test_a_number_on_the_chain_is_that_of_a_right() -> None:
    script = "state.numberText(bytes.toNumber(bytes.rightPadded(given)))"
    assert refusal(script, "EMT018660437") is None
    assert refusal(script, "EMX018660437") is not None


@pytest.mark.parametrize(
    "rlp",
    ["", "8100", "817f", "b800", "b90001ff", "c281", "c2818001", "83ffff", "0101", "bfffffffffffffffff", "f80102"],
)
def test_rlp_has_one_spelling(rlp: str) -> None:
    script = "try { bytes.decodeRlp(bytes.fromHex(given)); return null; } catch (error) { return error.message; }"
    assert evaluate(script, "0x" + rlp) is not None


def test_rlp_comes_back_as_it_was() -> None:
    script = """
    const text = (size) => new Uint8Array(size).fill(0x99);
    const sample = [0, 1, 55, 56, 255, 256, 70000].map(text);
    const nested = [sample, [], [[text(1)], Uint8Array.of(0x7f), Uint8Array.of(0x80), Uint8Array.of(0)]];
    const coded = bytes.encodeRlp(nested);
    return bytes.same(bytes.encodeRlp(bytes.decodeRlp(coded)), coded) && bytes.toHex(bytes.encodeRlp([text(1)]));
    """
    assert evaluate(script) == "0xc28199"
