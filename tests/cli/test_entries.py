"""`registrum mark` and `registrum design`."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from registrum import Registry
from registrum.cli.class_headings import heading
from registrum.cli.entry_views import badges, timeline_table
from registrum.cli.output import emit
from registrum.client.rights_answers import EntryStanding, EventSigner, SignerKind, TimelineEvent
from registrum.development import development_office
from registrum.documents import read_register_entries
from registrum.numbers import OfficeNumber, Right
from registrum.rights.model import Entry, EventFlags, LegalStatusEvent, Marks, RecordedEvent, Standing, StatePair
from registrum.rights.values import HIGHEST_CLASS
from registrum.signing.signers import LocalSigner
from tests.cli.support import ROOT, SAMPLES, Cli, digest, file_digest
from tests.cli.test_streams import at_a_terminal

EVENT = [
    "number",
    "system",
    "code",
    "resulting",
    "status",
    "eventDate",
    "effectiveDate",
    "publicationDate",
    "document",
    "corrects",
    "flags",
    "facts",
]
RECORDED = [*EVENT, "sequence", "head", "isIrregular", "taken", "transactionHash", "blockNumber", "gasUsed"]
SHOWN = [
    "number",
    "standing",
    "on",
    "isIrregular",
    "basisCeasedOn",
    "entry",
    "classes",
    "renewal",
    "division",
    "irregular",
    "suspect",
    "timeline",
]
REGISTER = SAMPLES / "register"


def filed(cli: Cli, *more: object, filing_date: str = "2014-02-03", classes: str = "9,35") -> str:
    """A trade mark that was filed."""
    number = cli.number()
    cli.ok("mark", "file", number, "--filing-date", filing_date, "--classes", classes, *more)
    return number


def registered(cli: Cli, expiry_date: str = "2024-02-03") -> str:
    """A trade mark of 2014 that was registered."""
    number = filed(cli)
    grant(cli, number, expiry_date)
    return number


def grant(cli: Cli, number: str, expiry_date: str = "2024-02-03") -> None:
    dates = ["--on", "2014-08-01", "--registration-date", "2014-08-01", "--expiry-date", expiry_date]
    cli.ok("mark", "event", number, "F10", "--status", "Registered", *dates)


def mark_document(folder: Path, number: str, status: str = "Registration published", classes: str = "9") -> Path:
    """A trade mark of ST.96 with a number that no other test has."""
    text = (REGISTER / "em-trademarks-st96.xml").read_text(encoding="utf-8")
    text = text.replace("018012345", number[5:]).replace("<tmk:ClassNumber>009<", f"<tmk:ClassNumber>{classes}<")
    begin, end = text.index("<tmk:Trademark>"), text.index("</tmk:Trademark>") + len("</tmk:Trademark>")
    mark = text[begin:end].replace(">Registration published<", f">{status}<", 1)
    file = folder / f"{number[5:]}.xml"
    file.write_text(text[:begin] + mark + text[text.rindex("</tmk:Trademark>") + len("</tmk:Trademark>") :])
    return file


def test_file_says_what_it_recorded_and_the_same_again_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    number, dossier = cli.number(), tmp_path / "dossier.pdf"
    dossier.write_bytes(b"dossier")
    arguments = ["mark", "file", number, "--filing-date", "2024-01-31", "--classes", "35, 09", "--dossier", dossier]
    arguments += ["--representation-digest", digest("image"), "--holder", digest("random")]
    first = cli.ok(*arguments)
    assert list(first) == RECORDED
    assert (first["code"], first["resulting"], first["sequence"], first["taken"]) == ("A10", "A1", 1, True)
    assert first["facts"] == {
        "filingDate": "2024-01-31",
        "classes": [9, 35],
        "dossier": file_digest(dossier),
        "representation": digest("image"),
        "holder": digest("random"),
    }
    again = cli.ok(*arguments)
    assert (again["taken"], again["transactionHash"], again["sequence"]) == (False, None, None)
    assert "Taken: no, recorded before" in cli(*arguments).out
    cli.ok("mark", "event", number, "W10", "--on", "2024-02-01")
    assert cli.ok(*arguments)["taken"] is False
    other = cli("mark", "file", number, "--filing-date", "2024-01-30", "--classes", "9,35", "--json")
    assert (other.code, other.error["code"]) == (4, "rights_register_already_created")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([], "bad_input"),
        (["--classes", "9"], "bad_input"),
        (["--filing-date", "2024-01-31"], "bad_input"),
        (["--filing-date", "31.1.2024", "--classes", "9"], "bad_date"),
        (["--filing-date", "2024-01-31", "--classes", "46"], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", "nine"], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", ""], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--holder", "Jane Doe"], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--dossier-digest", "0x12"], "bad_digest"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--dossier", "absent.pdf"], "bad_document"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--status", "0"], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--resulting", "A9"], "bad_input"),
        (["--filing-date", "2024-01-31", "--classes", "9", "--status", "No such status"], "bad_input"),
        (["--classes", "9", "--divided-from", "EM/T/000999999"], "bad_input"),
    ],
)
def test_file_refuses_what_is_none(cli: Cli, more: list[str], code: str) -> None:
    result = cli("mark", "file", cli.number(), *more, "--json")
    assert (result.code, result.error["code"]) == (2, code), result.err
    assert result.error["remedy"]
    assert "Jane Doe" not in result.out + result.err


def test_options_that_exclude_each_other(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"a")
    begin = ["mark", "file", cli.number(), "--filing-date", "2024-01-31", "--classes", "9"]
    for more in (
        ["--dossier", file, "--dossier-digest", digest("a")],
        ["--document", file, "--document-digest", digest("a")],
        ["--basis", "EM/T/018660437", "--application", "EM/T/018660438"],
    ):
        assert cli(*begin, *more).code == 2
    begin = ["mark", "event", cli.number(), "W10"]
    for more in (
        ["--related", "EM/T/018660437"],
        ["--released", "9"],
        ["--relation", "divides", "--basis", "EM/T/018660437"],
        ["--relation", "merges-into"],
        ["--relation", "sibling-of"],
    ):
        assert cli(*begin, *more).code == 2


def test_the_noun_says_the_right(cli: Cli) -> None:
    result = cli("design", "show", "EM/T/018660437", "--json")
    assert (result.code, result.error["code"]) == (2, "bad_number")
    assert cli("mark", "show", "EM/D/015900123-0001").code == 2
    assert cli("mark", "show", "EM 018660437").code == 1


def test_a_mark_from_filing_to_renewal(cli: Cli, tmp_path: Path) -> None:
    number, surrender = registered(cli), tmp_path / "surrender.pdf"
    surrender.write_bytes(b"class 35")
    renewed = cli.ok("mark", "renew", number, "--on", "2023-12-01")
    assert (renewed["code"], renewed["facts"]) == ("M10", {"expiryDate": "2034-02-03"})
    assert cli.ok("mark", "renew", number, "--on", "2023-12-01")["taken"] is False
    partial = cli.ok(
        "mark", "event", number, "H10", "--on", "2024-12-02", "--classes", "9", "--document", surrender,
        "--published", "2024-12-09", "--effective", "2025-01-01",
    )  # fmt: skip
    assert (partial["document"], partial["publicationDate"]) == (file_digest(surrender), "2024-12-09")
    assert (partial["resulting"], partial["isIrregular"]) == ("A4", False)

    document = cli.ok("mark", "show", number)
    assert list(document) == SHOWN
    assert (document["standing"], document["isIrregular"], document["basisCeasedOn"]) == ("in_force", False, None)
    assert document["classes"] == [{"number": 9, "heading": heading(Right.TRADEMARK, 9)}]
    assert document["renewal"] == {"opens": "2033-08-03", "closes": "2034-08-03", "expiryDate": "2044-02-03"}
    assert [event["code"] for event in document["timeline"]] == ["A10", "F10", "M10", "H10"]
    assert document["timeline"][0]["signer"]["kind"] == "office"
    text = cli("mark", "show", number).out
    assert text.startswith(f"[IN FORCE] {number}: Registered\n")
    assert "\nNice classes:\nClass\tHeading, shortened\n9\tscientific and electric apparatus" in text
    assert "Renewal: from 2033-08-03, with a surcharge until 2034-08-03; leads to 2044-02-03" in text
    lines = cli("mark", "timeline", number).out.splitlines()
    assert len(lines) == 5
    cells = lines[-1].split("\t")
    assert cells[:7] == ["4", "2025-01-01", "ST.27 H10", "IP right ceased", "A4", "Registered", "classes 9"]
    assert cells[7].startswith("key of EM (0x")
    assert cells[-1] == "happened 2024-12-02; published 2024-12-09"
    events = cli.ok("mark", "timeline", number)
    assert list(events) == ["number", "events"]
    assert events["events"][3]["facts"] == {"classes": [9]}


def test_renewal_out_of_time_or_without_surcharge(cli: Cli) -> None:
    number = registered(cli, "2025-02-03")
    early = cli("mark", "renew", number, "--on", "2024-07-01", "--json")
    assert (early.code, early.error["code"]) == (4, "rights_register_not_renewable")
    late = cli("mark", "renew", number, "--on", "2025-03-01", "--json")
    assert (late.code, late.error["code"]) == (4, "rights_register_no_surcharge")
    renewed = cli.ok("mark", "renew", number, "--on", "2025-03-01", "--surcharge")
    assert (renewed["flags"], renewed["facts"]) == (["surcharge"], {"expiryDate": "2035-02-03"})
    again = cli("mark", "renew", number, "--on", "2025-03-01", "--document-digest", digest("a"), "--json")
    assert (again.code, again.error["code"]) == (2, "bad_input")
    assert cli("mark", "renew", filed(cli)).code == 2
    assert cli("mark", "renew", cli.number()).code == 2


def test_an_event_given_again_is_recorded_once_unless_it_happened_twice(cli: Cli) -> None:
    number = filed(cli)
    arguments = ["mark", "event", number, "W10", "--on", "2014-03-01"]
    assert [cli.ok(*arguments)["sequence"], cli.ok(*arguments)["sequence"]] == [2, None]
    assert cli.ok(*arguments, "--again")["sequence"] == 3


def test_an_irregular_event_is_recorded_and_said(cli: Cli) -> None:
    number = filed(cli)
    jump = cli("mark", "event", number, "K10", "--on", "2014-03-01", "--resulting", "A4", "--status", "103", "--json")
    assert (jump.code, jump.json["isIrregular"]) == (0, True)
    assert "recorded as irregular" in jump.err
    shown = cli.ok("mark", "show", number)
    assert (shown["isIrregular"], shown["irregular"]) == (True, [2])
    text = cli("mark", "show", number).out
    assert text.startswith(f"[IN FORCE] [IRREGULAR] {number}")
    assert "Irregular: event 2: not foreseen by the table of codes" in text
    assert "irregular by event 2" in cli("mark", "status", number, "--on", "2014-03-01").out


def test_codes_of_an_office_and_codes_that_do_not_exist(cli: Cli) -> None:
    number = filed(cli)
    own = cli.ok("mark", "event", number, "Umschreibung", "--system", "NAT", "--on", "2014-03-01")
    assert (own["system"], own["code"], own["isIrregular"]) == ("NAT:EM", "Umschreibung", False)
    assert cli("mark", "event", number, "Z99", "--on", "2014-03-01").code == 4
    foreign = cli("mark", "event", number, "X", "--system", "NAT:JP", "--on", "2014-03-01", "--json")
    assert (foreign.code, foreign.error["code"]) == (2, "bad_input")
    # F10 may lead to several statuses, and to none of them by itself.
    assert cli("mark", "event", number, "F10", "--on", "2014-03-01").code == 2
    assert cli("mark", "event", cli.number(), "F10", "--on", "2014-03-01", "--status", "Registered").code == 4


def test_values_are_taken_back(cli: Cli) -> None:
    number = filed(cli, "--dossier-digest", digest("a"), "--holder", digest("b"))
    facts = cli.ok(
        "mark", "event", number, "W10", "--on", "2014-03-01", "--dossier-digest", "none", "--holder", "none",
        "--basis", "none",
    )["facts"]  # fmt: skip
    assert facts == {"dossier": None, "holder": None, "relation": "basis", "related": None, "released": []}
    entry = cli.ok("mark", "show", number)["entry"]
    assert (entry["dossier"], entry["holder"], entry["basis"]) == (None, None, None)


def test_status_on_a_day_and_as_it_was_known(cli: Cli) -> None:
    number = registered(cli)
    today = datetime.now(UTC).date().isoformat()
    document = cli.ok("mark", "status", number, "--on", "2014-12-31")
    assert list(document) == ["number", "on", "knownOn", "sentences", "stood", "known", "isComplete", "findings"]
    assert (document["known"], document["isComplete"], document["findings"]) == (None, True, [])
    assert document["stood"]["statusText"] == "Registered"
    assert document["stood"]["restsOn"] == [1, 2]
    [sentence] = document["sentences"]
    assert sentence == (
        f"As known today, {number} stood on 2014-12-31 as 'Registered', A4 (active, registered): in force, "
        "expiry date 2024-02-03, classes 9, 35."
    )
    before = cli("mark", "status", number, "--on", "2014-12-31", "--as-known-on", "2014-12-31", "--json")
    assert (before.code, before.json["known"]["knowledge"]) == (1, "not_recorded")
    assert before.json["stood"]["knowledge"] == "stood"
    assert before.json["sentences"][1] == f"As known on 2014-12-31, nothing was recorded of {number}."
    assert before.json["sentences"][2] == "What was recorded since then changed that answer: events 1, 2."
    both = cli("mark", "status", number, "--on", "2014-12-31", "--as-known-on", today)
    assert both.code == 0
    assert "What was recorded since then changes nothing about that day." in both.out
    early = cli("mark", "status", number, "--on", "2014-02-02")
    assert early.code == 1
    assert "there was no such entry yet" in early.out
    grace = cli.ok("mark", "status", number, "--on", "2024-02-04")
    assert grace["stood"]["standing"] == "in_grace"
    assert "can still be renewed with a surcharge" in grace["sentences"][0]
    assert cli.ok("mark", "status", number, "--on", "2024-08-04")["stood"]["standing"] == "lapsed"
    assert cli("mark", "status", number, "--on", "soon").code == 2
    assert cli("mark", "status", number).code == 2


def test_corrections_restate_or_annul(cli: Cli) -> None:
    number = registered(cli)
    cli.ok("mark", "event", number, "H10", "--on", "2015-03-01", "--classes", "9")
    restated = cli.ok(
        "mark", "event", number, "Y10", "--on", "2015-05-01", "--corrects", "2", "--expiry-date", "2024-02-04"
    )
    assert (restated["corrects"], restated["effectiveDate"]) == (2, "2014-08-01")
    annulled = cli.ok(
        "mark", "event", number, "Y10", "--on", "2015-06-01", "--corrects", "3", "--annuls", "--classes", "9,35"
    )
    assert (annulled["flags"], annulled["effectiveDate"]) == (["annuls"], "2015-06-01")
    stood = cli.ok("mark", "status", number, "--on", "2015-04-01")["stood"]
    assert (stood["entry"]["expiryDate"], stood["entry"]["classes"]) == ("2024-02-04", [9, 35])
    remarks = [line.rsplit("\t", 1)[1] for line in cli("mark", "timeline", number).out.splitlines()[2:]]
    assert remarks[0] == "corrected by 4"
    assert remarks[1] == "corrected by 5"
    assert remarks[2].endswith("corrects 2")
    assert remarks[3] == "annuls 3"
    absent = cli("mark", "event", number, "Y10", "--corrects", "9", "--json")
    assert (absent.code, absent.error["code"]) == (4, "rights_register_invalid_correction")
    assert cli("mark", "event", number, "Y10", "--annuls").code == 2
    assert cli("mark", "verify", number).code == 0


def test_division_and_merger(cli: Cli) -> None:
    parent, child = registered(cli, "2030-02-03"), cli.number()
    cli.ok(
        "mark",
        "event",
        parent,
        "W10",
        "--on",
        "2020-01-01",
        "--relation",
        "divides",
        "--released",
        "35",
        "--classes",
        "9",
    )
    divided = cli.ok("mark", "file", child, "--divided-from", parent, "--classes", "35")
    assert (divided["resulting"], divided["eventDate"]) == ("A4", "2020-01-01")
    assert divided["facts"]["expiryDate"] == "2030-02-03"
    taken = cli("mark", "file", cli.number(), "--divided-from", parent, "--classes", "35", "--json")
    assert (taken.code, taken.error["code"]) == (4, "rights_register_invalid_relation")
    assert f"Parent: {parent}" in cli("mark", "show", child).out
    assert cli.ok("mark", "show", parent)["division"] == {"released": [], "given": [35], "held": []}
    cli.ok(
        "mark", "event", child, "H10", "--on", "2021-01-01", "--relation", "merges-into", "--related", parent,
        "--resulting", "N6", "--status", "Merged", "--classes", "none",
    )  # fmt: skip
    cli.ok(
        "mark",
        "event",
        parent,
        "W10",
        "--on",
        "2021-01-01",
        "--relation",
        "absorbs",
        "--released",
        "35",
        "--classes",
        "9,35",
    )
    assert cli.ok("mark", "show", parent)["entry"]["classes"] == [9, 35]
    assert cli.ok("mark", "show", child)["standing"] == "not_active"
    assert "[NOT ACTIVE]" in cli("mark", "show", child).out


def test_a_new_number_at_registration(cli: Cli) -> None:
    former, number = filed(cli), cli.number()
    cli.ok(
        "mark", "event", number, "F10", "--on", "2014-08-01", "--status", "Registered", "--relation", "continuation-of",
        "--related", former, "--registration-date", "2014-08-01", "--expiry-date", "2034-02-03",
    )  # fmt: skip
    shown = cli.ok("mark", "show", number)
    assert (shown["entry"]["former"], shown["entry"]["eventCount"]) == (former, 2)
    assert [event["number"] for event in shown["timeline"]] == [former, number]
    text = cli("mark", "show", former).out
    assert text.startswith("[CONTINUED]")
    assert f"Continues as: {number}" in text
    assert cli("mark", "verify", number).code == 0


def test_a_basis_that_ceases_within_five_years_is_flagged(cli: Cli) -> None:
    basic = registered(cli)
    international = f"WO/T/{int(basic[5:])}"
    cli.ok("mark", "file", international, "--filing-date", "2015-01-01", "--classes", "9", "--basis", basic)
    cli.ok(
        "mark", "event", international, "F10", "--on", "2015-01-01", "--status", "Registered",
        "--registration-date", "2015-01-01", "--expiry-date", "2035-01-01",
    )  # fmt: skip
    assert cli.ok("mark", "show", international)["basisCeasedOn"] is None
    cli.ok(
        "mark", "event", basic, "H10", "--on", "2017-05-05", "--resulting", "N6", "--status", "Registration cancelled"
    )
    assert cli.ok("mark", "show", international)["basisCeasedOn"] == "2017-05-05"
    text = cli("mark", "show", international).out
    assert text.startswith("[IN FORCE] [BASIS CEASED]")
    assert "Basis ceased on: 2017-05-05: the right falls with what it rests on" in text


def test_bodies_and_stolen_keys_are_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cli.number("AU")
    cli.ok("mark", "file", number, "--filing-date", "2014-02-03", "--classes", "9")
    board, stolen = (LocalSigner(secret.to_bytes(32, "big")) for secret in (0xA1, 0xA2))
    monkeypatch.setenv("BOARD", f"0x{0xA1:064x}")
    monkeypatch.setenv("STOLEN", f"0x{0xA2:064x}")
    cli.ok("key", "add", "AU", stolen.address, "--scopes", "register,keys")
    chain = cli.ok("devnet", "status")
    payer = development_office("AU").signing_key()
    with Registry.connect(chain["rpc"], chain["manifest"], signer=stolen, sender=payer) as registry:
        registry.rights.empower("AU", board.address, "Board of Appeal", "V")
    arguments = ["mark", "event", number, "V10", "--on", "2014-05-01", "--status", "Appeal pending"]
    cli.ok(*arguments, "--key", "env:BOARD", "--sender", "development:AU")
    beyond = ["mark", "event", number, "F10", "--on", "2014-06-01", "--status", "Registered"]
    refused = cli(*beyond, "--key", "env:BOARD", "--sender", "development:AU", "--json")
    assert (refused.code, refused.error["code"]) == (4, "rights_register_not_empowered")
    cli.ok(*beyond, "--key", "env:STOLEN", "--sender", "development:AU")
    assert cli.ok("mark", "show", number)["suspect"] == []
    cli.ok("key", "compromise", "AU", stolen.address, "--since", "2024-01-01")
    shown = cli.ok("mark", "show", number)
    assert shown["suspect"] == [3]
    signers = [event["signer"] for event in shown["timeline"]]
    assert [signer["kind"] for signer in signers] == ["office", "body", "office"]
    assert (signers[1]["name"], signers[1]["account"]) == ("Board of Appeal", board.address)
    assert signers[2]["compromisedSince"] == "2024-01-01T00:00:00Z"
    text = cli("mark", "show", number).out
    assert "[SUSPECT]" in text
    assert f"Board of Appeal ({board.address})" in text
    assert "Suspect: event 3: recorded when the key was compromised" in text


def test_verify_names_what_is_missing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    number = registered(cli)
    document = cli.ok("mark", "verify", number)
    assert list(document) == ["number", "isComplete", "eventCount", "head", "findings"]
    assert (document["isComplete"], document["eventCount"], document["findings"]) == (True, 2, [])
    assert "History: complete" in cli("mark", "verify", number).out
    from registrum.client.rights_reading import RightsReader

    whole = RightsReader.events
    monkeypatch.setattr(RightsReader, "events", lambda self, number: whole(self, number)[1:])
    result = cli("mark", "verify", number, "--json")
    assert (result.code, result.json["isComplete"]) == (1, False)
    assert result.json["findings"][0]["problem"] == "missing"
    text = cli("mark", "verify", number)
    assert (text.code, "Event 1 of 2 is missing." in text.out) == (1, True)
    asked = cli("mark", "status", number, "--on", "2014-12-31", "--json")
    assert (asked.code, asked.json["stood"], asked.json["isComplete"]) == (1, None, False)
    assert "is not complete" in asked.json["sentences"][0]


@pytest.mark.parametrize("arguments", [["show"], ["timeline"], ["verify"], ["status", "--on", "2024-01-31"]])
def test_no_entry_and_no_member_are_told_apart(cli: Cli, arguments: list[str]) -> None:
    verb, *more = arguments
    missing, foreign = (cli("mark", verb, number, *more, "--json") for number in (cli.number(), "DE/T/302024000123.5"))
    assert (missing.code, missing.json["standing"]) == (1, "not_found")
    assert (foreign.code, foreign.json["standing"]) == (1, "not_covered")
    assert "not found: the office is a member" in cli("mark", verb, cli.number(), *more).out


def test_export_and_import(cli: Cli, tmp_path: Path) -> None:
    number = registered(cli)
    written = cli.ok("mark", "export", number, "-o", "mark.xml")
    assert list(written) == ["number", "format", "file", "digest", "eventCount"]
    assert (written["format"], written["digest"]) == ("xml", file_digest(tmp_path / "mark.xml"))
    [facts] = read_register_entries(tmp_path / "mark.xml").entries
    assert (facts.number.text, facts.status, facts.classes) == (number, "Registered", (9, 35))
    cli.ok("mark", "export", number, "--format", "json", "-o", "mark.json")
    mark = json.loads((tmp_path / "mark.json").read_text(encoding="utf-8"))["trademark"]
    assert [event["record"]["sequence"] for event in mark["markEventBag"]] == [1, 2]
    planned = cli.ok("mark", "import", "mark.xml", "--dry-run")["entries"]
    assert (planned[0]["events"][0]["resulting"], planned[0]["events"][0]["flags"]) == ("A4", ["imported"])
    other = cli("mark", "import", "mark.xml", "--json")
    assert (other.code, other.json["refusals"][0]["error"]["code"]) == (4, "rights_register_already_created")
    absent = cli("mark", "export", cli.number(), "-o", "none.xml", "--json")
    assert (absent.code, absent.json["standing"], absent.json["file"]) == (1, "not_found", None)
    assert not (tmp_path / "none.xml").exists()
    assert cli("mark", "export", number, "-o", tmp_path / "absent" / "a.xml").code == 2
    assert cli("mark", "export", number, "-o", "a.pdf", "--format", "pdf").code == 2
    assert cli("mark", "export", number).code == 2


def test_import_in_batches_and_the_same_again(cli: Cli, tmp_path: Path) -> None:
    numbers = [cli.number() for _ in range(3)]
    folder = tmp_path / "marks"
    folder.mkdir()
    for number in numbers:
        mark_document(folder, number)
    mark_document(folder, numbers[2], "Awaiting the tide")
    planned = cli.ok("mark", "import", folder, "--dry-run")
    assert list(planned) == ["dryRun", "total", "unknownWords", "entries"]
    assert [entry["number"] for entry in planned["entries"]] == numbers
    assert cli("mark", "show", numbers[0]).code == 1
    done = cli.ok("mark", "import", folder, "--batch-size", "2")
    assert list(done) == ["total", "taken", "alreadyRecorded", "unknownWords", "refused", "refusals"]
    assert (done["total"], done["taken"], done["unknownWords"]) == (3, 3, {"Awaiting the tide": 1})
    again = cli.ok("mark", "import", folder)
    assert (again["taken"], again["alreadyRecorded"]) == (0, 3)
    text = cli("mark", "import", folder).out
    assert "Already recorded: 3" in text
    assert "Awaiting the tide\t1" in text
    shown = cli.ok("mark", "show", numbers[0])
    [event] = shown["timeline"]
    assert (event["system"], event["code"], event["flags"]) == ("ST.27", "W00", ["imported"])
    assert shown["entry"]["marks"] == ["imported"]
    [unknown] = cli.ok("mark", "timeline", numbers[2])["events"]
    assert (unknown["system"], unknown["code"], unknown["resulting"]) == ("NAT:EM", "Awaiting the tide", "U0")
    before = cli("mark", "status", numbers[0], "--on", "2019-03-01", "--json")
    assert (before.code, before.json["stood"]["knowledge"]) == (1, "summary_only")
    assert "it cannot be said" in before.json["sentences"][0]
    assert cli.ok("mark", "status", numbers[0], "--on", "2019-07-15")["stood"]["standing"] == "in_force"


def test_import_reads_all_before_it_sends_anything(cli: Cli, tmp_path: Path) -> None:
    good = mark_document(tmp_path, cli.number())
    other = mark_document(tmp_path / "..", "EM/T/" + good.stem, classes="10")
    bad = tmp_path / "bad.xml"
    bad.write_text("<a/>")
    for files, problems in (
        ([good, bad], ["bad.xml"]),
        ([good, "absent.xml"], ["absent.xml"]),
        ([good, REGISTER / "wo-designs-st96.xml"], ["wo-designs-st96.xml"]),
        ([good, other], [other.name]),
    ):
        result = cli("mark", "import", *files, "--json")
        assert (result.code, result.error["code"]) == (2, "bad_input")
        assert [Path(problem["file"]).name for problem in result.error["details"]["problems"]] == problems
    (tmp_path / "empty").mkdir()
    assert cli("mark", "import", tmp_path / "empty").code == 2
    assert cli("mark", "import", good, "--as-of", "2001-01-01").code == 2
    assert cli("mark", "import", good, "--batch-size", "201").code == 2
    assert cli("mark", "show", f"EM/T/{good.stem}").code == 1
    spoken_for = cli.ok("mark", "import", good, "--as-of", "2024-05-01", "--dry-run")["entries"][0]["events"][0]
    assert (spoken_for["eventDate"], spoken_for["effectiveDate"]) == ("2024-05-01", "2024-05-01")


def test_designs_of_a_multiple_registration(cli: Cli) -> None:
    done = cli.ok("design", "import", REGISTER / "wo-designs-st96.xml", "--representations", REGISTER)
    assert done["total"] == done["taken"] + done["alreadyRecorded"] == 2
    shown = cli.ok("design", "show", "WO/D/DM/215987-001")
    assert [each["number"] for each in shown["classes"]] == [6, 10]
    assert cli.ok("design", "status", "WO/D/DM/215987-001", "--on", "2027-01-11")["stood"]["standing"] == "in_grace"
    assert (
        "Locarno classes:\nClass\tHeading, shortened\n6\tfurnishing" in cli("design", "show", "WO/D/DM/215987-001").out
    )
    number = "EM/D/015900123-0001"
    made = cli.ok("design", "file", number, "--filing-date", "2020-02-29", "--classes", "6")
    assert (made["number"], made["status"]) == (number, 1)
    dates = ["--on", "2020-03-01", "--registration-date", "2020-03-01", "--expiry-date", "2025-02-28"]
    cli.ok("design", "event", number, "F10", "--status", "Registered", *dates)
    renewed = cli.ok("design", "renew", number, "--on", "2025-02-01")
    assert renewed["facts"] == {"expiryDate": "2030-02-28"}
    assert cli("design", "file", number, "--filing-date", "2020-02-29", "--classes", "33").code == 2
    assert cli("design", "verify", number).code == 0


def test_the_commands_of_the_documentation_do_what_it_says(cli: Cli, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = text[text.index("\n## mark and design\n") : text.index("\n## codes\n")]
    shown = "".join(section.split("```")[1::2]).replace("\\\n", " ").strip()
    for name in ("dossier.pdf", "surrender.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "marks.xml").write_bytes((REGISTER / "em-trademarks-st96.xml").read_bytes())
    commands = [shlex.split(line) for line in shown.splitlines() if line]
    assert len(commands) == 13
    for program, *arguments in commands:
        result = cli(*arguments)
        assert program == "registrum"
        assert result.code == (1 if "--as-known-on" in arguments else 0), f"{arguments}: {result.err}"
        assert "irregular" not in result.out + result.err


def test_badges_have_colours_at_a_terminal(cli: Cli) -> None:
    number = filed(cli)
    cli("mark", "event", number, "K10", "--on", "2014-03-01", "--resulting", "A4", "--status", "Registered")
    shown = at_a_terminal(cli, "mark", "show", number)
    assert "\x1b[1;7;32m IN FORCE " in shown
    assert "\x1b[1;7;31m IRREGULAR " in shown
    assert "Nice classes" in shown


def test_what_strangers_wrote_cannot_control_the_terminal(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "\x1b[2Jtitle\x07"
    number = OfficeNumber.from_text("EM/T/018660437")
    stated = LegalStatusEvent(
        number,
        "NAT:EM",
        "odd",
        StatePair.parse("A1"),
        1,
        date(2024, 1, 31),
        date(2024, 1, 31),
        flags=EventFlags.IMPORTED,
    )
    account = "0x" + "11" * 20
    recorded = RecordedEvent(
        stated, 1, b"\1" * 32, None, None, True, account, datetime(2024, 1, 31, tzinfo=UTC), 1, "0x00"
    )
    since = datetime(2024, 1, 1, tzinfo=UTC)
    events = [
        TimelineEvent(recorded, hostile, hostile, EventSigner(account, kind, name, since), True, 2)
        for kind, name in ((SignerKind.BODY, hostile), (SignerKind.UNKNOWN, None), (SignerKind.SUCCESSOR, "RU"))
    ]
    entry = Entry(
        number, stated.resulting, 1, hostile, Marks.IMPORTED | Marks.IRREGULAR, 1, None, stated.event_date, None, None,
        None, (), b"\1" * 32, None, None, None, None, None, None, None, None,
    )  # fmt: skip
    standing = EntryStanding(number, date(2024, 2, 1), Standing.PENDING, True, None)
    emit(False, {}, badges(entry, standing, events), timeline_table(events))
    text = capsys.readouterr().out
    assert text.startswith("[PENDING] [IRREGULAR] [SUSPECT] [IMPORTED] EM/T/018660437: \\x1b[2Jtitle\\x07\n")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert f"\\x1b[2Jtitle\\x07 ({account})" in text
    assert f"unknown account {account}" in text
    assert f"key of RU, the successor ({account})" in text
    assert "irregular; suspect: the key was compromised; imported; corrected by 2" in text
    result = cli("mark", "event", "EM/T/018660437", hostile, "--on", "2024-01-31")
    assert (result.code, "\x1b" in result.err) == (2, False)


@pytest.mark.parametrize("right", [Right.TRADEMARK, Right.DESIGN])
def test_every_class_has_a_heading(right: Right) -> None:
    found = [heading(right, number) for number in range(1, HIGHEST_CLASS[right] + 1)]
    assert len(set(found)) == HIGHEST_CLASS[right]
    with pytest.raises(IndexError):
        heading(right, HIGHEST_CLASS[right] + 1)
