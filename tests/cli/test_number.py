"""`registrum number parse`."""

from __future__ import annotations

import pytest

from tests.cli.support import Cli

KEYS = ["office", "right", "number", "text", "asIssued", "onChain", "unmasked"]


def test_keys_of_the_document(cli: Cli) -> None:
    document = cli.ok("number", "parse", "US 29/010,907", "--right", "D")
    assert list(document) == KEYS
    assert document == {
        "office": "US",
        "right": "D",
        "number": "29/010907",
        "text": "US/D/29/010907",
        "asIssued": "US 29/010,907",
        "onChain": "0x" + b"USD29/010907".ljust(32, b"\0").hex(),
        "unmasked": False,
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["018660437", "--right", "T", "--office", "EM"], "EM/T/018660437"),
        (["EM 018660437", "--right", "T"], "EM/T/018660437"),
        (["EM/T/018660437"], "EM/T/018660437"),
        (["EM500000018660437"], "EM/T/018660437"),
        (["PCT/AU2010/001234"], "AU/P/PCT/AU2010/001234"),
        (["DE 10 2004 537108.P", "--right", "P"], "DE/P/102004537108.P"),
        (["29/010,907", "--right", "design", "--office", "US"], "US/D/29/010907"),
    ],
)
def test_office_and_right_are_in_the_text_or_beside_it(cli: Cli, arguments: list[str], text: str) -> None:
    assert cli.ok("number", "parse", *arguments)["text"] == text


def test_people_get_lines(cli: Cli) -> None:
    result = cli("number", "parse", "EM 018660437", "--right", "T")
    assert result.code == 0
    assert result.out.splitlines()[:3] == ["Office: EM", "Right: T (trade mark)", "Number: 018660437"]


def test_odd_check_digit_is_a_note_and_no_part_of_the_answer(cli: Cli) -> None:
    result = cli("number", "parse", "DE 3020240001234", "--right", "T", "--json")
    assert result.code == 0
    assert list(result.json) == KEYS
    assert "check digit" in result.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["EM 01866043777", "--right", "T"], "bad_number"),
        (["018660437", "--right", "T"], "bad_number"),
        (["EM 018660437"], "bad_number"),
        (["018660437", "--right", "X", "--office", "EM"], "bad_number"),
        (["018660437", "--right", "T", "--office", "em"], "bad_office_code"),
        (["018660437", "--right", "T", "--office", "QQ"], "bad_office_code"),
        (["EM 01866043\u0667", "--right", "T"], "bad_number"),
    ],
)
def test_bad_input(cli: Cli, arguments: list[str], code: str) -> None:
    result = cli("number", "parse", *arguments, "--json")
    assert (result.code, result.error["code"]) == (2, code)
    assert result.error["remedy"]
    assert result.err.startswith("registrum: ")


def test_any_form_takes_what_fits_no_form(cli: Cli) -> None:
    assert cli("number", "parse", "EM/T/ABC1").code == 2
    assert cli.ok("number", "parse", "EM/T/ABC1", "--any-form")["number"] == "ABC1"


@pytest.mark.parametrize(
    ("arguments", "text", "right"),
    [
        (["EP 20123456", "--right", "T"], "EP/T/20123456", "trade mark"),
        (["EM 77", "--right", "G"], "EM/G/77", "geographical indication"),
        (["AU 12345/91", "--right", "P", "--any-form"], "AU/P/12345/91", "patent"),
    ],
)
def test_number_that_no_rule_has_checked_is_flagged(cli: Cli, arguments: list[str], text: str, right: str) -> None:
    result = cli("number", "parse", *arguments, "--json")
    assert (result.code, result.json["text"], result.json["unmasked"]) == (0, text, True)
    [note] = result.err.splitlines()
    assert note == (
        f"registrum: note: {text} fits no {right} form of {text[:2]} that is known here, so no rule has checked it"
    )
    assert "Known form: no" in cli("number", "parse", *arguments).out


def test_number_of_a_known_form_has_no_note(cli: Cli) -> None:
    result = cli("number", "parse", "EM 018660437", "--right", "T")
    assert (result.code, result.err, "Known form: yes" in result.out) == (0, "", True)
