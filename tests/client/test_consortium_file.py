"""The consortium file: what it gives, and every way in which it can be wrong, each named with its place."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registrum.client.members import Scope
from registrum.deployment.consortium_file import SCOPES, ConsortiumTerms, FounderKey, Observer, read_consortium_file
from registrum.development import DEVELOPMENT_OFFICES
from registrum.errors import ConfigError
from registrum.signing.signers import DevelopmentSigner

EXAMPLE = Path(__file__).resolve().parents[2] / "networks" / "consortium.example.toml"
ZERO = "0x" + "00" * 20
AU_SEAT = DEVELOPMENT_OFFICES["AU"].seat().address
EM_SEAT = DEVELOPMENT_OFFICES["EM"].seat().address
AU_KEY = DEVELOPMENT_OFFICES["AU"].signing_key().address
WIPO = DevelopmentSigner.account(17).address


def altered(folder: Path, *changes: tuple[str, str]) -> Path:
    """The example with texts replaced, beside its charter."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = folder / "consortium.toml"
    file.write_text(text, encoding="utf-8")
    (folder / "charter.example.txt").write_bytes((EXAMPLE.parent / "charter.example.txt").read_bytes())
    return file


def refused(file: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_consortium_file(file)
    assert str(file) in caught.value.message
    assert caught.value.remedy
    return caught.value


def test_example_is_what_it_says() -> None:
    terms = read_consortium_file(EXAMPLE)
    assert terms.charter_digest == hashlib.sha256((EXAMPLE.parent / "charter.example.txt").read_bytes()).digest()
    assert terms.charter_location == "https://consortium.example/charter.txt"
    assert (terms.voting_delay_s, terms.voting_period_s, terms.execution_delay_s) == (86_400, 1_209_600, 259_200)
    assert terms.supermajority == (2, 3)
    assert (terms.emergency_quorum, terms.emergency_duration_s, terms.objection_delay_s) == (3, 2_592_000, 1_209_600)
    assert [founder.code for founder in terms.founders] == ["AU", "EM", "RU"]
    for founder in terms.founders:
        known = DEVELOPMENT_OFFICES[founder.code]
        assert (founder.name, founder.seat) == (known.name, known.seat().address)
        assert [(key.account, key.scopes) for key in founder.keys] == [(known.signing_key().address, 7)]
    australia = terms.founders[0]
    assert australia.earliest_filing_date == date(1904, 2, 13)
    assert (australia.keys[0].valid_from, australia.keys[0].valid_until) == (0, 4_102_358_400)
    assert (terms.founders[2].endpoint, terms.founders[2].earliest_filing_date) == ("", None)
    assert terms.observers == (Observer(WIPO, "International Bureau of WIPO"),)


def test_scopes_are_those_of_the_command_line() -> None:
    assert {name: Scope.parse(name).value for name in SCOPES} == SCOPES
    assert set(SCOPES) == {scope.name.lower() for scope in Scope if scope.name}


def test_what_may_be_left_out(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^objection_delay.*\n", "", text)
    text = text[: text.index("[[observers]]")]
    text = re.sub(r"\[\[offices\.keys\]\]\n(?:(?!\[\[).*\n)*", "", text)
    file = altered(tmp_path)
    file.write_text(text, encoding="utf-8")
    terms = read_consortium_file(file)
    assert (terms.objection_delay_s, terms.observers) == (None, ())
    assert all(founder.keys == () for founder in terms.founders)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0 seconds", 0), ("1 second", 1), ("90 minutes", 5_400), ("1 hour", 3_600), ("1 day", 86_400)],
)
def test_durations(tmp_path: Path, text: str, seconds: int) -> None:
    file = altered(tmp_path, ('execution_delay = "3 days"', f'execution_delay = "{text}"'))
    assert read_consortium_file(file).execution_delay_s == seconds


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        # The whole
        ("[voting]", "[votes]", "votes", "is not known here; known are charter, voting"),
        ("[charter]", "surplus = 1\n[charter]", "surplus", "is not known here"),
        ("[emergency]\n", "", "emergency", "is missing"),
        # Charter
        ("charter.example.txt", "none.txt", "charter.text", "none.txt cannot be read"),
        ("charter.example.txt", ".", "charter.text", "cannot be read"),
        ('text = "charter.example.txt"', "", "charter.text", "is missing"),
        ('text = "charter.example.txt"', "text = 3", "charter.text", "is 3, not a text"),
        ('"https://consortium.example/charter.txt"', '""', "charter.location", "has 0 bytes"),
        ("https://consortium.example/charter.txt", "x" * 501, "charter.location", "has 501 bytes"),
        # Voting
        ('delay = "1 day"', 'delay = "31 days"', "voting.delay", "lies between 0 seconds and 30 days"),
        ('delay = "1 day"', "delay = 86400", "voting.delay", 'is 86400; a duration is written "3 days"'),
        ('delay = "1 day"', 'delay = "1 month"', "voting.delay", "is '1 month'"),
        ('delay = "1 day"', 'delay = "-1 days"', "voting.delay", "is '-1 days'"),
        ('delay = "1 day"', 'delay = "1  day"', "voting.delay", "a duration is written"),
        ('period = "14 days"', 'period = "59 minutes"', "voting.period", "is 59 minutes; it lies between 1 hour"),
        ('period = "14 days"', 'period = "91 days"', "voting.period", "and 90 days"),
        ('execution_delay = "3 days"', 'execution_delay = "31 days"', "voting.execution_delay", "is 31 days"),
        ('"2/3"', '"1/2"', "voting.supermajority", "is 1/2; it is more than 1/2 and less than 1"),
        ('"2/3"', '"3/3"', "voting.supermajority", "is 3/3"),
        ('"2/3"', '"4/3"', "voting.supermajority", "is 4/3"),
        ('"2/3"', '"0/0"', "voting.supermajority", "is 0/0"),
        ('"2/3"', '"200/256"', "voting.supermajority", "below 256"),
        ('"2/3"', "0.67", "voting.supermajority", 'a share is written "2/3"'),
        # Emergency and seats
        ("quorum = 3", "quorum = 2", "emergency.quorum", "is 2; among 3 offices it lies between 3 and 3"),
        ("quorum = 3", "quorum = 4", "emergency.quorum", "is 4"),
        ("quorum = 3", "quorum = true", "emergency.quorum", "not a whole number"),
        ('duration = "30 days"', 'duration = "23 hours"', "emergency.duration", "is 23 hours"),
        ('duration = "30 days"', 'duration = "91 days"', "emergency.duration", "is 91 days"),
        ('objection_delay = "14 days"', 'objection_delay = "1 hour"', "seats.objection_delay", "is 1 hour"),
        # Offices
        ('code = "EM"', 'code = "AU"', "offices[1].code", "is AU, which is the code of offices[0]"),
        ('code = "EM"', 'code = "UK"', "offices[1].code", "UK is not an office code of WIPO ST.3"),
        ('code = "EM"', 'code = "SU"', "offices[1].code", "is a former office code"),
        ('code = "EM"', 'code = "em"', "offices[1].code", "is not in capital letters"),
        ('code = "EM"', "code = 3", "offices[1].code", "is 3, not a text"),
        ('code = "EM"\n', "", "offices[1].code", "is missing"),
        ('code = "EM"', 'code = "EM"\nvote = 2', "offices[1].vote", "is not known here"),
        (EM_SEAT, AU_SEAT, "offices[1].seat", f"is {AU_SEAT}, which is the seat of offices[0]"),
        (EM_SEAT, AU_SEAT.lower(), "offices[1].seat", "which is the seat of offices[0]"),
        (EM_SEAT, ZERO, "offices[1].seat", "is the zero address"),
        (EM_SEAT, EM_SEAT.swapcase().replace("X", "x"), "offices[1].seat", "the checksum of the address"),
        (EM_SEAT, "0x12", "offices[1].seat", "not an address"),
        ('name = "IP Australia"', 'name = ""', "offices[0].name", "has 0 bytes"),
        ('name = "IP Australia"', f'name = "{"é" * 51}"', "offices[0].name", "has 102 bytes"),
        ('name = "IP Australia"', 'name = "IP\\nAustralia"', "offices[0].name", "not a text of one line"),
        ("https://au.example", "x" * 201, "offices[0].endpoint", "has 201 bytes"),
        ("= 1904-02-13", '= "1904-02-13"', "offices[0].earliest_filing_date", "a day is written without quotes"),
        ("= 1904-02-13", "= 1904-02-13T00:00:00Z", "offices[0].earliest_filing_date", "a day is written"),
        ("= 1904-02-13", "= 1704-02-13", "offices[0].earliest_filing_date", "1704"),
        # Keys
        (AU_KEY, ZERO, "offices[0].keys[0].account", "is the zero address"),
        ("scopes =", "scope =", "offices[0].keys[0].scope", "is not known here"),
        ('"applications", "register"', '"all"', "offices[0].keys[0].scopes", "has 'all', none of applications"),
        ('"applications", "register"', '"keys", "keys"', "offices[0].keys[0].scopes", "has 'keys' twice"),
        ('["applications", "register", "transactions"]', "[]", "offices[0].keys[0].scopes", "scopes are a list"),
        ("2099-12-31T00:00:00Z", "2099-12-31T00:00:00", "offices[0].keys[0].valid_until", "with its zone"),
        ("2099-12-31T00:00:00Z", "2099-12-31", "offices[0].keys[0].valid_until", "a time is written"),
        ("2099-12-31T00:00:00Z", "1969-12-31T00:00:00Z", "offices[0].keys[0].valid_until", "before 1970"),
        ("2099-12-31T00:00:00Z", "2099-12-31T00:00:00.5Z", "offices[0].keys[0].valid_until", "fractions"),
        (
            "valid_until = 2099-12-31T00:00:00Z",
            "valid_until = 2099-12-31T00:00:00Z\nvalid_from = 2099-12-31T00:00:00Z",
            "offices[0].keys[0].valid_until",
            "does not come after valid_from",
        ),
        # Observers
        (WIPO, ZERO, "observers[0].account", "is the zero address"),
        (WIPO, AU_SEAT, "observers[0].account", f"is {AU_SEAT}, which stands already at offices[0]"),
        ('name = "International Bureau of WIPO"', 'name = ""', "observers[0].name", "has 0 bytes"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, place: str, message: str) -> None:
    error = refused(altered(tmp_path, (old, new)))
    assert error.details["place"] == place
    assert message in error.message


def test_repeated_key_and_observer(tmp_path: Path) -> None:
    key = f'[[offices.keys]]\naccount = "{AU_KEY}"\nscopes = ["keys"]\n\n[[offices]]\ncode = "EM"'
    error = refused(altered(tmp_path, ('[[offices]]\ncode = "EM"', key)))
    assert error.details["place"] == "offices[0].keys[1].account"
    assert "is the key of offices[0].keys[0]" in error.message
    error = refused(
        altered(tmp_path, ("[[observers]]", f'[[observers]]\naccount = "{WIPO}"\nname = "A"\n[[observers]]'))
    )
    assert error.details["place"] == "observers[1].account"


@pytest.mark.parametrize(("kept", "said"), [(0, "no office"), (1, "one office"), (2, "2 offices")])
def test_fewer_than_three_offices(tmp_path: Path, kept: int, said: str) -> None:
    file = altered(tmp_path)
    head, *offices = file.read_text(encoding="utf-8").partition("[[observers]]")[0].split("[[offices]]\n")
    kept_offices = "".join("[[offices]]\n" + item for item in offices[:kept])
    file.write_text(("" if kept else "offices = []\n") + head + kept_offices, encoding="utf-8")
    error = refused(file)
    assert error.details["place"] == "offices"
    assert f"lists {said}; a consortium has at least 3" in error.message


def test_more_offices_allow_a_higher_emergency_quorum() -> None:
    terms = read_consortium_file(EXAMPLE)
    template = terms.founders[0]
    six = tuple(
        dataclasses.replace(template, code=office.code, seat=office.seat().address)
        for office in DEVELOPMENT_OFFICES.values()
    )
    dataclasses.replace(terms, founders=six, emergency_quorum=5).check()
    with pytest.raises(ConfigError, match="among 6 offices it lies between 3 and 5"):
        dataclasses.replace(terms, founders=six, emergency_quorum=6).check()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda t: dataclasses.replace(t, charter_digest=bytes(32)), "charter.text"),
        (lambda t: with_keys(t, FounderKey(AU_KEY, 0)), "offices[0].keys[0].scopes"),
        (lambda t: with_keys(t, FounderKey(AU_KEY, 16)), "offices[0].keys[0].scopes"),
        (lambda t: with_keys(t, FounderKey(AU_KEY, 1, valid_from=2**40)), "offices[0].keys[0].valid_from"),
        (
            lambda t: with_keys(t, *(FounderKey("0x" + i.to_bytes(20, "big").hex(), 1) for i in range(1, 34))),
            "offices[0].keys",
        ),
    ],
)
def test_terms_without_a_file_are_checked_too(change: Callable[[ConsortiumTerms], ConsortiumTerms], place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        change(read_consortium_file(EXAMPLE)).check()
    assert caught.value.details["place"] == place


def with_keys(terms: ConsortiumTerms, *keys: FounderKey) -> ConsortiumTerms:
    first, *others = terms.founders
    return dataclasses.replace(terms, founders=(dataclasses.replace(first, keys=keys), *others))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"[charter", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"a = 1\na = 2", "is not TOML"),
        (b"#" * ((1 << 20) + 1), "has more than 1048576 bytes"),
        (b"", "charter is missing"),
        (b"charter = 1\nvoting = 2\nemergency = 3\noffices = 4", "charter is no table"),
    ],
)
def test_files_that_are_none(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "consortium.toml"
    file.write_bytes(raw)
    assert message in refused(file).message


def test_charter_that_is_empty_and_offices_that_are_no_list(tmp_path: Path) -> None:
    file = altered(tmp_path)
    (tmp_path / "charter.example.txt").write_text(" \n")
    assert "charter.example.txt, which is empty" in refused(file).message
    text: Any = EXAMPLE.read_text(encoding="utf-8").partition("# At least three offices.")[0]
    file = altered(tmp_path)
    file.write_text("offices = {}\n" + text, encoding="utf-8")
    assert "offices is no list of tables; write [[offices]]" in refused(file).message


def test_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.toml").message
