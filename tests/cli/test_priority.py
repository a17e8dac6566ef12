"""`registrum priority`: verdicts, recorded claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import SAMPLES, Cli, digest, file_digest

KEYS = ["verdict", "lastDay", "extendedFrom", "calendar", "earlier", "reasons"]
EARLIER = ["number", "filingDate", "recordedAt", "status", "version", "signingKey"]
LATER = ["--later-office", "EM", "--later-right", "T", "--later-date"]


def test_keys_of_a_good_claim(cli: Cli) -> None:
    number = cli.registered("RU", "2024-01-31")
    document = cli.ok(
        "priority",
        "check",
        "--earlier",
        number,
        "--claimed-date",
        "2024-01-31",
        *LATER,
        "2024-07-31",
        "--digest",
        digest(number),
    )
    assert list(document) == KEYS
    assert list(document["earlier"]) == EARLIER
    assert (document["verdict"], document["lastDay"], document["extendedFrom"]) == ("valid", "2024-07-31", None)
    assert document["calendar"] == "published"
    assert (document["earlier"]["number"], document["earlier"]["filingDate"]) == (number, "2024-01-31")
    assert (document["earlier"]["status"], document["earlier"]["version"]) == ("filed", 1)
    assert document["reasons"]


def test_last_day_moves_over_closed_days(cli: Cli) -> None:
    number = cli.registered("RU", "2023-12-01")
    document = cli.ok("priority", "check", "--earlier", number, "--claimed-date", "2023-12-01", *LATER, "2024-06-03")
    assert (document["lastDay"], document["extendedFrom"]) == ("2024-06-03", "2024-06-01")


@pytest.mark.parametrize(
    ("verdict", "changes"),
    [
        ("date_mismatch", {"--claimed-date": "2024-02-01"}),
        ("digest_mismatch", {"--digest": digest("other")}),
        ("right_not_allowed", {"--later-right": "P"}),
        ("same_day", {"--later-date": "2024-01-31"}),
        ("later_precedes_earlier", {"--later-date": "2023-12-31"}),
        ("period_expired", {"--later-date": "2024-08-01"}),
        ("not_covered", {"--earlier": "DE/T/302024000123.5"}),
        ("malformed_number", {"--earlier": "RU %%"}),
        ("malformed_number", {"--earlier": "2024712345"}),
        ("malformed_number", {"--earlier": "QQ 2024712345"}),
        ("malformed_number", {"--earlier": " "}),
    ],
)
def test_every_other_verdict_exits_with_1(cli: Cli, verdict: str, changes: dict[str, str]) -> None:
    options = {
        "--earlier": cli.registered("RU", "2024-01-31"),
        "--claimed-date": "2024-01-31",
        "--later-office": "EM",
        "--later-right": "T",
        "--later-date": "2024-07-31",
        **changes,
    }
    arguments = [part for pair in options.items() for part in pair]
    result = cli("priority", "check", *arguments, "--json")
    assert (result.code, result.json["verdict"]) == (1, verdict)
    assert (list(result.json), list(result.json["earlier"])) == (KEYS, EARLIER)
    assert result.json["reasons"]
    text = cli("priority", "check", *arguments)
    assert (text.code, text.out.splitlines()[0]) == (1, f"Verdict: {verdict}")


def test_restorable_patent(cli: Cli) -> None:
    arguments = ["application", "register", "--number", "AU/P/2023209999", "--filing-date", "2023-05-10"]
    cli.ok(*arguments, "--digest", digest("a"))
    options = ["--earlier", "AU/P/2023209999", "--claimed-date", "2023-05-10", "--later-office", "US"]
    result = cli("priority", "check", *options, "--later-right", "P", "--later-date", "2024-06-10", "--json")
    assert (result.code, result.json["verdict"]) == (1, "restorable")


def test_not_found_says_which_number(cli: Cli) -> None:
    number = cli.number("RU")
    result = cli(
        "priority", "check", "--earlier", number, "--claimed-date", "2024-01-31", *LATER, "2024-07-31", "--json"
    )
    assert (result.code, result.json["verdict"]) == (1, "not_found")
    assert result.json["earlier"] == {**dict.fromkeys(EARLIER), "number": number}


def test_withdrawal_does_not_hurt_and_is_told(cli: Cli) -> None:
    number = cli.registered("RU", "2024-01-31")
    cli.ok("application", "withdraw", number)
    document = cli.ok("priority", "check", "--earlier", number, "--claimed-date", "2024-01-31", *LATER, "2024-07-31")
    assert (document["verdict"], document["earlier"]["status"]) == ("valid", "withdrawn")
    assert any("withdrawn" in reason for reason in document["reasons"])


def test_right_of_the_later_application_stands_in(cli: Cli) -> None:
    number = cli.registered("RU", "2024-01-31")
    arguments = ["priority", "check", "--earlier", number.replace("RU/T/", "RU "), "--claimed-date", "2024-01-31"]
    result = cli(*arguments, *LATER, "2024-07-31", "--json")
    assert (result.code, result.json["earlier"]["number"]) == (0, number)
    assert "--earlier-right" in result.err
    named = cli(*arguments, "--earlier-right", "T", *LATER, "2024-07-31", "--json")
    assert (named.code, named.err) == (0, "")
    bare = ["priority", "check", "--earlier", number[5:], "--earlier-office", "RU", "--earlier-right", "T"]
    assert cli.ok(*bare, "--claimed-date", "2024-01-31", *LATER, "2024-07-31")["verdict"] == "valid"


def test_copy_received_is_compared(cli: Cli, tmp_path: Path) -> None:
    copy, number = tmp_path / "copy.bin", cli.number("RU")
    copy.write_bytes(b"application")
    facts = ["--number", number, "--filing-date", "2024-01-31", "--document", copy, "--commit", "--opening", "o.json"]
    cli.ok("application", "register", *facts)
    claim = ["priority", "check", "--earlier", number, "--claimed-date", "2024-01-31", *LATER, "2024-07-31"]
    unopened = cli(*claim, "--document", copy, "--json")
    assert (unopened.code, list(unopened.json)) == (2, ["error"])
    assert "salted commitment" in unopened.error["message"]
    assert "--opening" in unopened.error["remedy"]
    assert cli(*claim, "--digest", file_digest(copy), "--json").json["verdict"] == "digest_mismatch"
    assert cli.ok(*claim, "--document", copy, "--opening", "o.json")["verdict"] == "valid"
    assert cli.ok(*claim, "--digest", file_digest(copy), "--opening", "o.json")["verdict"] == "valid"
    assert cli(*claim, "--opening", "o.json").code == 2
    assert cli(*claim, "--document", copy, "--digest", file_digest(copy)).code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--earlier", "RU/T/2024712345"],
        ["--earlier", "RU/T/2024712345", "--claimed-date", "2024-01-31", *LATER, "31.07.2024"],
        ["--earlier", "RU/T/2024712345", "--claimed-date", "2024-1-31", *LATER, "2024-07-31"],
        ["--earlier", "RU/T/2024712345", "--claimed-date", "2024-01-31", *LATER, "2024-07-31", "--digest", "0x12"],
        ["--earlier", "RU %%", "--claimed-date", "2024-01-31", *LATER, "never"],
        ["--csv", "a.csv", "--earlier", "RU/T/2024712345"],
        ["--csv", "none.csv"],
    ],
)
def test_bad_input_is_no_verdict(cli: Cli, arguments: list[str]) -> None:
    result = cli("priority", "check", *arguments, "--json")
    assert (result.code, list(result.json)) == (2, ["error"])


@pytest.mark.parametrize("office", ["XX", "ZZ", "UK", "SU", "em", "EMU"])
@pytest.mark.parametrize("earlier", ["RU/T/2024712345", "RU %%"])
def test_later_office_must_exist(cli: Cli, tmp_path: Path, office: str, earlier: str) -> None:
    facts = {"--claimed-date": "2024-01-31", "--later-right": "T", "--later-date": "2024-07-31"}
    options = [part for pair in facts.items() for part in pair]
    result = cli("priority", "check", "--earlier", earlier, "--later-office", office, *options, "--json")
    assert (result.code, result.error["code"]) == (2, "bad_office_code")
    assert office in result.error["message"]
    assert result.error["remedy"]
    file = tmp_path / "claims.csv"
    rows = [f"{earlier},2024-01-31,{code},T,2024-07-31" for code in ("EM", office)]
    file.write_text("\n".join(["earlier,claimed_date,later_office,later_right,later_date", *rows]))
    listed = cli("priority", "check", "--csv", file, "--json")
    assert (listed.code, listed.error["code"], listed.error["details"]) == (2, "bad_office_code", {"line": 3})


def test_many_claims_of_a_file(cli: Cli, tmp_path: Path) -> None:
    number = cli.registered("RU", "2024-01-31")
    (tmp_path / "copy.bin").write_bytes(b"x")
    heading = "earlier,claimed_date,later_office,later_right,later_date,earlier_right,digest,document"
    rows = [
        f"{number},2024-01-31,EM,T,2024-07-31,,{digest(number)},",
        f"{number[5:]},2024-01-31,EM,T,2024-07-31,T,,",
        f"RU {number[5:]},2024-01-31,EM,T,2024-08-30,T,,",
        f"{number},2024-01-31,EM,T,2024-07-31,,,copy.bin",
    ]
    file = tmp_path / "claims.csv"
    file.write_text("\n".join([heading, *rows]) + "\n")
    result = cli("priority", "check", "--csv", file, "--json")
    assert result.code == 1
    assert list(result.json) == ["total", "valid", "assessments"]
    assert (result.json["total"], result.json["valid"]) == (4, 1)
    assert [(item["line"], item["verdict"]) for item in result.json["assessments"]] == [
        (2, "valid"),
        (3, "malformed_number"),
        (4, "period_expired"),
        (5, "digest_mismatch"),
    ]
    assert list(result.json["assessments"][0]) == ["line", *KEYS]
    assert len(cli("priority", "check", "--csv", file).out.splitlines()) == 5
    file.write_text("\n".join([heading, rows[0]]) + "\n")
    assert cli("priority", "check", "--csv", file).code == 0
    file.write_text("\n".join([heading, rows[0].replace("2024-07-31", "soon")]) + "\n")
    bad = cli("priority", "check", "--csv", file, "--json")
    assert (bad.code, bad.error["details"]) == (2, {"line": 2})
    file.write_text(heading + "\n")
    assert cli("priority", "check", "--csv", file).code == 2


def test_copies_of_commitments_in_a_file(cli: Cli, tmp_path: Path) -> None:
    number = cli.number("RU")
    (tmp_path / "copy.bin").write_bytes(b"application")
    facts = ["--number", number, "--filing-date", "2024-01-31", "--document", "copy.bin", "--commit"]
    cli.ok("application", "register", *facts, "--opening", "o.json")
    plain = cli.registered("RU")
    file = tmp_path / "claims.csv"
    heading = "earlier,claimed_date,later_office,later_right,later_date,document,opening"
    rows = [f"{item},2024-01-31,EM,T,2024-07-31" for item in (plain, number)]
    file.write_text(f"{heading}\n{rows[0]},,\n{rows[1]},copy.bin,o.json\n")
    assert cli.ok("priority", "check", "--csv", file)["valid"] == 2
    file.write_text(f"{heading}\n{rows[0]},,\n{rows[1]},copy.bin,\n")
    refused = cli("priority", "check", "--csv", file, "--json")
    assert (refused.code, refused.error["details"]) == (2, {"line": 3})
    assert "salted commitment" in refused.error["message"]
    file.write_text(f"{heading}\n{rows[1]},,o.json\n")
    assert cli("priority", "check", "--csv", file).code == 2


def test_numbers_of_no_known_form_are_judged_by_the_contract(cli: Cli, tmp_path: Path) -> None:
    digits = next(cli.numbers)
    odd = f"AU/P/{digits}/91"
    facts = ["--number", odd, "--filing-date", "2024-01-31", "--digest", digest(odd)]
    assert cli("application", "register", *facts).code == 2
    cli.ok("application", "register", *facts, "--any-form")
    spellings = {
        odd: [],
        f"AU {digits}/91": ["--earlier-right", "P"],
        f"{digits}/91": ["--earlier-right", "patent", "--earlier-office", "AU"],
    }
    later = ["--claimed-date", "2024-01-31", "--later-office", "EM", "--later-right", "P", "--later-date", "2024-07-31"]
    for spelling, options in spellings.items():
        result = cli("priority", "check", "--earlier", spelling, *options, *later, "--json")
        assert (result.code, result.json["verdict"], result.json["earlier"]["number"]) == (0, "valid", odd)
        [told] = [line for line in result.err.splitlines() if "form of AU" in line]
        assert "no form of AU" in told
    unchecked = cli("priority", "check", "--earlier", "EM/G/77", *later, "--json")
    assert (unchecked.json["verdict"], "no rule has checked it" in unchecked.err) == ("not_found", True)
    verdicts = {
        "DE/P/12345/91": "not_covered",
        "DE 12345/91": "not_covered",
        "ZZ/P/12345": "not_covered",
        "SU/P/12345": "not_covered",
        f"AU/P/{digits}/92": "not_found",
        f"AU/P/{digits:030d}": "malformed_number",
        f"AU/X/{digits}": "malformed_number",
        f"{digits}/91": "malformed_number",
    }
    file = tmp_path / "claims.csv"
    heading = "earlier,claimed_date,later_office,later_right,later_date"
    file.write_text("\n".join([heading, *(f"{number},2024-01-31,EM,P,2024-07-31" for number in (*verdicts, odd))]))
    answers = cli("priority", "check", "--csv", file, "--json").json["assessments"]
    assert [answer["verdict"] for answer in answers] == [*verdicts.values(), "valid"]
    against = cli("priority", "check", "--earlier", odd, "--earlier-right", "T", *later, "--json")
    assert against.json["verdict"] == "malformed_number"


def test_numbers_of_no_known_form_are_looked_up_as_they_are_written(cli: Cli, tmp_path: Path) -> None:
    odd = f"AU/P/{next(cli.numbers)}/91"
    (tmp_path / "copy.bin").write_bytes(b"application")
    facts = ["--number", odd, "--filing-date", "2024-01-31", "--document", "copy.bin", "--any-form"]
    cli.ok("application", "register", *facts)
    shown = cli("application", "show", odd, "--json")
    assert (shown.code, shown.json["number"], shown.json["standing"]) == (0, odd, "recorded")
    [told] = shown.err.splitlines()
    assert "no form of AU" in told
    assert cli.ok("application", "verify", odd, "copy.bin")["matches"]
    assert cli.ok("priority", "claims", odd)["number"] == odd
    assert cli("application", "show", odd, "--right", "T").code == 2
    assert cli("application", "show", odd.replace("/P/", " "), "--right", "P").code == 2
    assert cli("application", "withdraw", odd).code == 2


def test_recorded_claims_can_be_read_in_both_directions(cli: Cli) -> None:
    earlier, later = cli.registered("RU", "2024-01-31"), cli.number()
    arguments = ["--later", later, "--earlier", earlier, "--later-date", "2024-07-15", "--claimed-date", "2024-01-31"]
    first = cli.ok("priority", "claim", *arguments, "--partial")
    assert list(first) == ["taken", "transactionHash", "blockNumber", "claim"]
    assert first["taken"]
    assert (first["claim"]["result"], first["claim"]["isPartial"]) == ("claimed", True)
    assert not cli.ok("priority", "claim", *arguments, "--partial")["taken"]
    accepted = cli.ok("priority", "claim", *arguments, "--partial", "--outcome", "accepted")
    assert (accepted["claim"]["result"], accepted["claim"]["version"]) == ("accepted", 2)

    both = cli.ok("priority", "claims", later)
    assert list(both) == ["number", "outgoing", "incoming"]
    assert ([claim["earlier"] for claim in both["outgoing"]], both["incoming"]) == ([earlier], [])
    assert list(cli.ok("priority", "claims", earlier, "--incoming")) == ["number", "incoming"]
    assert list(cli.ok("priority", "claims", earlier, "--outgoing")) == ["number", "outgoing"]
    cli.ok("application", "withdraw", earlier)
    [claim] = cli.ok("priority", "claims", earlier, "--incoming")["incoming"]
    assert (claim["later"], claim["withdrawnSince"], claim["correctedSince"]) == (later, True, False)
    text = cli("priority", "claims", later).out
    assert f"Claims that {later} makes:" in text
    assert "\twithdrawn" in text


def test_claims_that_the_contract_refuses(cli: Cli) -> None:
    number = cli.number()
    arguments = ["--later", number, "--earlier", number, "--later-date", "2024-07-15", "--claimed-date", "2024-01-31"]
    result = cli("priority", "claim", *arguments, "--json")
    assert result.code == 4
    assert result.error["code"].startswith("priority_register_")
    assert cli("priority", "claim", *arguments, "--outcome", "perhaps").code == 2


def test_samples_tell_the_story_of_their_readme(cli: Cli) -> None:
    cli.ok("application", "register", SAMPLES / "ru-trademark-st66.xml")
    claim = json.loads(cli("application", "read", SAMPLES / "em-trademark-st96.xml", "--json").out)["applications"][0]
    [stated] = claim["priorityClaims"]
    document = cli.ok(
        "priority", "check", "--earlier", f"{stated['office']}/{stated['right']}/{stated['number']}",
        "--claimed-date", stated["date"], *LATER, claim["filingDate"],
        "--document", SAMPLES / "ru-trademark-st66.xml",
    )  # fmt: skip
    assert (document["verdict"], document["lastDay"]) == ("valid", "2024-08-12")
