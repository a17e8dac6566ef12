"""`registrum application`."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registrum.development import development_office
from tests.cli.support import SAMPLES, Cli, digest, file_digest

RECORD = ["number", "filingDate", "digest", "disclosure", "recordedAt", "daysLate", "version", "status", "signingKey"]


def test_read_states_the_facts_of_a_document(cli: Cli) -> None:
    file = SAMPLES / "em-trademark-st96.xml"
    document = cli.ok("application", "read", file)
    assert list(document) == ["format", "mediaType", "digest", "applications"]
    assert (document["format"], document["mediaType"]) == ("st96-trademark", "application/xml")
    assert document["digest"] == file_digest(file)
    [application] = document["applications"]
    assert list(application) == [
        "office",
        "right",
        "number",
        "text",
        "asIssued",
        "filingDate",
        "priorityClaims",
        "title",
    ]
    assert (application["text"], application["filingDate"]) == ("EM/T/019012345", "2024-07-15")
    assert application["priorityClaims"] == [
        {"office": "RU", "right": "T", "number": "2024712345", "date": "2024-02-12"}
    ]


def test_read_for_people(cli: Cli) -> None:
    result = cli("application", "read", SAMPLES / "em-trademark-st96.xml")
    assert result.code == 0
    assert "Format: st96-trademark" in result.out
    assert "EM/T/019012345\tRU\tT\t2024712345\t2024-02-12" in result.out


def test_read_takes_facts_by_hand(cli: Cli) -> None:
    file = SAMPLES / "au-patent.pdf"
    assert cli("application", "read", file).code == 2
    document = cli.ok("application", "read", file, "--number", "AU/P/2024901234", "--filing-date", "2024-05-27")
    assert (document["format"], document["applications"][0]["number"]) == ("pdf", "2024901234")
    assert cli("application", "read", file, "--number", "AU/P/2024901234").code == 2


@pytest.mark.parametrize(
    ("content", "code"), [("", "bad_document"), ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "unsafe_document")]
)
def test_read_refuses(cli: Cli, tmp_path: Path, content: str, code: str) -> None:
    file = tmp_path / "bad.xml"
    file.write_text(content)
    result = cli("application", "read", file, "--json")
    assert (result.code, result.error["code"]) == (2, code)


def test_read_without_file(cli: Cli) -> None:
    assert cli("application", "read", "none.xml", "--json").error["code"] == "bad_document"


def test_register_a_document_twice(cli: Cli) -> None:
    file = SAMPLES / "ru-trademark-st66.xml"
    [first] = cli.ok("application", "register", file)["applications"]
    assert (first["number"], first["digest"]) == ("RU/T/2024712345", file_digest(file))
    assert first["taken"]
    assert len(first["transactionHash"]) == 66
    [again] = cli.ok("application", "register", file)["applications"]
    assert not again["taken"]
    assert again["transactionHash"] is None
    text = cli("application", "register", file)
    assert (text.code, "no, recorded before" in text.out) == (0, True)


def test_register_every_application_of_a_document(cli: Cli) -> None:
    file = SAMPLES / "ru-trademark-bag-st96.xml"
    [one] = cli.ok("application", "register", file, "--number", "RU/T/2024712347")["applications"]
    assert one["number"] == "RU/T/2024712347"
    found = cli.ok("application", "register", file)["applications"]
    assert [(item["number"], item["taken"]) for item in found] == [
        ("RU/T/2024712346", True),
        ("RU/T/2024712347", False),
        ("RU/T/2024712348", True),
    ]


def test_development_key_of_the_office_signs(cli: Cli) -> None:
    for office in ("EM", "AU"):
        record = cli.ok("application", "show", cli.registered(office))["record"]
        assert record["signingKey"] == development_office(office).signing_key().address


def test_register_by_hand_with_a_document(cli: Cli) -> None:
    number = cli.number("AU")
    file = SAMPLES / "au-patent.pdf"
    [item] = cli.ok("application", "register", "--number", number, "--filing-date", "2024-05-27", "--document", file)[
        "applications"
    ]
    assert (item["digest"], item["disclosure"], item["opening"]) == (file_digest(file), "plain", None)


def test_register_takes_a_number_with_spaces(cli: Cli) -> None:
    digits = cli.number().removeprefix("EM/T/")
    spaced = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    for arguments in (["--number", f"EM {spaced}"], ["--number", spaced, "--office", "EM"]):
        [item] = cli.ok(
            "application",
            "register",
            *arguments,
            "--right",
            "T",
            "--filing-date",
            "2024-01-31",
            "--digest",
            digest("a"),
        )["applications"]
        assert item["number"] == f"EM/T/{digits}"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--number", "EM/T/018660437"],
        ["--number", "EM/T/018660437", "--filing-date", "2024-01-31"],
        ["--number", "EM/T/018660437", "--digest", digest("a")],
        ["--number", "EM/T/018660437", "--filing-date", "31.01.2024", "--digest", digest("a")],
        ["--number", "EM/T/018660437", "--filing-date", "2024-02-30", "--digest", digest("a")],
        ["--number", "EM/T/018660437", "--filing-date", "2024-01-31", "--digest", "ab" * 32],
        ["--number", "EM/T/018660437", "--filing-date", "2024-01-31", "--digest", "0x" + "ab" * 31],
        ["--number", "EM/T/018660437", "--filing-date", "2024-01-31", "--digest", digest("a"), "--opening", "o.json"],
        [str(SAMPLES / "au-patent.pdf")],
        [str(SAMPLES / "em-trademark-st96.xml"), "--digest", digest("a")],
        [str(SAMPLES / "em-trademark-st96.xml"), "--document", str(SAMPLES / "au-patent.pdf")],
        [str(SAMPLES / "em-trademark-st96.xml"), "--number", "EM/T/018660437"],
        [str(SAMPLES / "em-trademark-st96.xml"), "--filing-date", "2024-07-15"],
        [str(SAMPLES / "em-trademark-st96.xml"), "--number", "EM/T/019012345", "--filing-date", "2024-07-16"],
        [str(SAMPLES / "ru-trademark-bag-st96.xml"), "--commit", "--opening", "o.json"],
    ],
)
def test_register_refuses_what_says_too_little_or_too_much(cli: Cli, arguments: list[str]) -> None:
    result = cli("application", "register", *arguments, "--json")
    assert result.code == 2
    assert result.error["message"]
    assert not list(Path.cwd().iterdir())


def test_conflict_shows_what_is_recorded(cli: Cli) -> None:
    number = cli.registered()
    result = cli(
        "application", "register", "--number", number, "--filing-date", "2024-02-01", "--digest", digest("b"), "--json"
    )
    assert result.code == 4
    assert result.error["code"] == "application_registry_conflict"
    assert result.error["details"] == {
        "number": number,
        "recordedDigest": digest(number),
        "recordedFilingDate": "2024-01-31",
    }


def test_future_filing_date_is_refused_by_the_contract(cli: Cli) -> None:
    result = cli(
        "application", "register", "--number", cli.number(), "--filing-date", "2999-01-01", "--digest", digest("a")
    )
    assert (result.code, result.out) == (4, "")
    assert "2999-01-01" in result.err


def test_commitment_keeps_its_salt_in_the_opening_alone(cli: Cli) -> None:
    file = SAMPLES / "em-design-st96.xml"
    result = cli("application", "register", file, "--commit", "--json")
    assert result.code == 0
    [item] = result.json["applications"]
    assert (item["disclosure"], item["opening"]) == ("salted", "EM_D_015900123.opening.json")
    assert item["digest"] != file_digest(file)
    opening = Path(item["opening"])
    content = json.loads(opening.read_text())
    assert list(content) == [
        "format",
        "number",
        "onChain",
        "filingDate",
        "disclosure",
        "digest",
        "documentDigest",
        "salt",
    ]
    assert (content["digest"], content["documentDigest"]) == (item["digest"], file_digest(file))
    assert stat.S_IMODE(opening.stat().st_mode) == 0o600
    assert content["salt"][2:] not in result.out + result.err
    assert "EM_D_015900123.opening.json" in result.err

    again = cli.ok("application", "register", file, "--commit")
    assert not again["applications"][0]["taken"]
    assert json.loads(opening.read_text()) == content

    other = cli("application", "verify", "EM/D/015900123", file, "--json")
    assert (other.code, "salt" in other.error["message"]) == (2, True)
    assert cli.ok("application", "verify", "EM/D/015900123", file, "--opening", opening)["matches"]
    wrong = cli("application", "verify", "EM/D/015900123", SAMPLES / "au-patent.pdf", "--opening", opening, "--json")
    assert (wrong.code, wrong.json["matches"]) == (1, False)


def test_salt_is_on_disk_before_anything_is_sent(cli: Cli) -> None:
    number = cli.number()
    arguments = ["--number", number, "--filing-date", "2024-01-31", "--digest", digest("a"), "--commit"]
    result = cli("application", "register", *arguments, "--rpc", "http://127.0.0.1:1", "--opening", "kept.json")
    assert result.code == 3
    salt = json.loads(Path("kept.json").read_text())["salt"]
    assert cli.ok("application", "register", *arguments, "--opening", "kept.json")["applications"][0]["taken"]
    assert json.loads(Path("kept.json").read_text())["salt"] == salt


def test_opening_is_never_written_over(cli: Cli) -> None:
    first, second = cli.number(), cli.number()
    common = ["--filing-date", "2024-01-31", "--digest", digest("a"), "--commit", "--opening", "kept.json"]
    cli.ok("application", "register", "--number", first, *common)
    before = Path("kept.json").read_bytes()
    assert cli("application", "register", "--number", second, *common).code == 2
    assert Path("kept.json").read_bytes() == before


@pytest.mark.parametrize("content", ["{}", "[]", "no", '{"salt": "0x12"}', '{"salt": 1}'])
def test_what_is_no_opening(cli: Cli, content: str) -> None:
    number = cli.number()
    cli.ok(
        "application",
        "register",
        "--number",
        number,
        "--filing-date",
        "2024-01-31",
        "--digest",
        digest("a"),
        "--commit",
    )
    Path("bad.json").write_text(content)
    result = cli("application", "verify", number, SAMPLES / "au-patent.pdf", "--opening", "bad.json", "--json")
    assert (result.code, result.error["code"]) == (2, "bad_proof_file")


def test_show_has_the_three_dates(cli: Cli) -> None:
    number = cli.registered(filed="2024-01-31")
    document = cli.ok("application", "show", number)
    assert list(document) == ["number", "standing", "record", "signerCompromisedSince", "reconfirmed"]
    assert document["signerCompromisedSince"] is None
    record = document["record"]
    assert list(record) == RECORD
    assert (record["filingDate"], record["version"], record["status"]) == ("2024-01-31", 1, "filed")
    recorded = datetime.strptime(record["recordedAt"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert record["daysLate"] == (recorded.date() - datetime(2024, 1, 31, tzinfo=UTC).date()).days
    text = cli("application", "show", number).out
    assert "Filing date: 2024-01-31" in text
    assert f"Recorded after: {record['daysLate']} days" in text


def test_show_takes_a_number_with_spaces_and_its_history(cli: Cli) -> None:
    number = cli.registered()
    document = cli.ok("application", "show", f"EM {number[5:]}", "--right", "T", "--history")
    assert [event["name"] for event in document["history"]] == ["ApplicationRegistered"]
    assert "ApplicationRegistered" in cli("application", "show", number, "--history").out


def test_not_found_and_not_covered_are_told_apart(cli: Cli) -> None:
    missing, foreign = (
        cli("application", "show", cli.number(), "--json"),
        cli("application", "show", "DE/T/302024000123.5", "--json"),
    )
    assert (missing.code, missing.json["standing"], missing.json["record"]) == (1, "not_found", None)
    assert (foreign.code, foreign.json["standing"], foreign.json["record"]) == (1, "not_covered", None)
    assert "not found" in cli("application", "show", cli.number()).out
    assert "not covered" in cli("application", "show", "DE/T/302024000123.5").out


def test_verify_compares_bytes(cli: Cli, tmp_path: Path) -> None:
    number = cli.number()
    copy = tmp_path / "copy.bin"
    copy.write_bytes(b"application")
    cli.ok("application", "register", "--number", number, "--filing-date", "2024-01-31", "--digest", file_digest(copy))
    document = cli.ok("application", "verify", number, copy)
    assert list(document) == ["number", "standing", "matches", "digest", "record", "signerCompromisedSince"]
    assert (document["matches"], document["signerCompromisedSince"]) == (True, None)
    text = cli("application", "verify", number, copy).out
    assert "Copy: matches" in text
    assert "Signature:" not in text
    copy.write_bytes(b"application ")
    other = cli("application", "verify", number, copy, "--json")
    assert (other.code, other.json["matches"]) == (1, False)
    assert "does not match" in cli("application", "verify", number, copy).out
    absent = cli("application", "verify", cli.number(), copy, "--json")
    assert (absent.code, absent.json["matches"], absent.json["standing"]) == (1, None, "not_found")
    copy.write_bytes(b"")
    assert cli("application", "verify", number, copy).code == 2


def test_correct_and_withdraw(cli: Cli) -> None:
    number = cli.registered()
    arguments = ["--number", number, "--filing-date", "2024-02-01", "--digest", digest("new")]
    [item] = cli.ok("application", "correct", *arguments)["applications"]
    assert item["taken"]
    assert not cli.ok("application", "correct", *arguments)["applications"][0]["taken"]
    record = cli.ok("application", "show", number)["record"]
    assert (record["filingDate"], record["version"], record["status"]) == ("2024-02-01", 2, "corrected")
    late = cli("application", "correct", *arguments[:-1], digest("newer"), "--replaces", "1", "--json")
    assert (late.code, late.error["code"]) == (4, "application_registry_version_mismatch")

    withdrawn = cli.ok("application", "withdraw", number)
    assert list(withdrawn) == ["number", "taken", "transactionHash", "blockNumber", "gasUsed"]
    assert withdrawn["taken"]
    assert not cli.ok("application", "withdraw", number)["taken"]
    shown = cli("application", "show", number, "--json")
    assert (shown.code, shown.json["standing"], shown.json["record"]["version"]) == (0, "withdrawn", 3)
    assert "Taken: no, recorded before" in cli("application", "withdraw", number).out


def test_correct_and_withdraw_need_a_record(cli: Cli) -> None:
    number = cli.number()
    arguments = ["--number", number, "--filing-date", "2024-02-01", "--digest", digest("new")]
    assert cli("application", "correct", *arguments, "--json").error["code"] == "application_registry_not_recorded"
    assert cli("application", "withdraw", number).code == 4
    assert cli("application", "correct", SAMPLES / "ru-trademark-bag-st96.xml").code == 2


def test_list_by_office(cli: Cli) -> None:
    number = cli.registered("AU")
    document = cli.ok("application", "list", "--office", "AU")
    assert list(document) == ["office", "applications"]
    last = document["applications"][-1]
    assert list(last) == [
        "number",
        "filingDate",
        "digest",
        "disclosure",
        "signingKey",
        "blockNumber",
        "transactionHash",
    ]
    assert last["number"] == number
    assert cli.ok("application", "list", "--office", "AU", "--after-block", last["blockNumber"])["applications"] == []
    lines = cli("application", "list", "--office", "AU").out.splitlines()
    assert lines[0].split("\t")[0] == "Application"
    assert lines[-1].split("\t")[0] == number
    assert cli("application", "list").code == 2
    assert cli("application", "list", "--office", "au").code == 2


def test_list_of_a_stranger(cli: Cli) -> None:
    result = cli("application", "list", "--office", "DE", "--json")
    assert (result.code, result.json) == (1, {"office": "DE", "applications": []})
