"""What is recorded and proves less than it seems: many under one digest, stolen keys, withdrawals, days to come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from registrum import Application, OfficeNumber, Right, Scope
from registrum.errors import SearchTooWideError
from registrum.index.following import Follower
from registrum.index.reading import IndexReader
from registrum.index.store import open_index
from registrum.rights.model import EntryFacts
from registrum.signing.signers import DevelopmentSigner
from registrum.web.app import create_app
from registrum.web.service import Service
from tests.client.registries import KEYS, SEATS, World, digest, world
from tests.index.lives import govern, seconds
from tests.web.served import EXPIRES, FILED, REGISTERED, UNBOUND, Client, path_of
from tests.web.test_pages_records import Html, page

STOLEN, REGISTRAR, COURT = (DevelopmentSigner.account(place) for place in (10, 11, 12))
MANY = 200
"""All that one statement may register."""


@dataclass
class Held:
    """What the register holds, and a client of a server over it."""

    client: Client
    world: World
    common: Application
    suspect: Application
    confirmed: Application
    withdrawn: Application
    corrected: Application
    before: Application
    twice: Application
    entry: OfficeNumber
    forged: OfficeNumber

    def ask(self, path: str, *, expect: int = 200, **query: Any) -> Html:
        return page(self.client, str(self.client.http.build_request("GET", path, params=query).url), expect=expect)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("doubtful")
    with world(folder, "--accounts", "20") as made:
        records = fill(made)
        with open_index(f"sqlite:///{folder / 'index.sqlite'}") as index:
            Follower(index, made.rpc, made.manifest).catch_up()
            service = Service(index, made.manifest, settings=UNBOUND)
            with TestClient(create_app(service), base_url="http://localhost", raise_server_exceptions=False) as http:
                yield Held(Client(http, service), made, *records)


def fill(made: World) -> tuple[Any, ...]:
    """What `Held` names, in its order."""
    registry, seat = made.registry(), made.seat()
    common = Application(OfficeNumber.from_text("EM/T/018777777"), FILED, digest("common"))
    others = [OfficeNumber.from_text(f"RU/T/{2024700001 + place}") for place in range(MANY)]
    made.registry(KEYS["RU"]).register_batch("RU", [Application(number, FILED, common.digest) for number in others])
    registry.register(common)
    seat.add_key("EM", STOLEN.address, Scope.APPLICATIONS | Scope.REGISTER)
    seat.add_key("EM", REGISTRAR.address, Scope.REGISTER | Scope.KEYS)
    rights = made.registry(REGISTRAR).rights
    entry, forged = made.number(), made.number()
    rights.file(entry, FILED, (9,), digest("dossier"), representation=digest("image"), document=digest("document"))
    facts = EntryFacts(registration_date=REGISTERED, expiry_date=EXPIRES)
    rights.record(rights.draft(entry, "F10", REGISTERED, status="Registered", facts=facts))
    rights.empower("EM", COURT.address, "Court of the EM", "KVY")
    # The same digits for two rights, so that the digits alone lead to a choice.
    twice = made.application("EM", Right.PATENT)
    other = OfficeNumber.from_text(f"EM/T/{twice.number.number}")
    registry.register(twice)
    suspect, confirmed, withdrawn, corrected = (made.application() for _ in range(4))
    before = made.application("JP")
    made.registry(KEYS["JP"]).register(before)
    registry.register_batch("EM", [withdrawn, corrected])
    registry.withdraw(withdrawn.number)
    registry.correct(replace(corrected, digest=digest("corrected")))
    since = made.now()
    made.advance(timedelta(minutes=5))
    made.registry(STOLEN).register_batch("EM", [suspect, confirmed, replace(twice, number=other)])
    made.registry(STOLEN).rights.file(forged, FILED, (9,), digest("forged"))
    seat.mark_key_compromised("EM", STOLEN.address, since)
    registry.reconfirm("EM", [confirmed])
    made.advance(timedelta(minutes=5))
    made.seat("JP").mark_key_compromised("JP", KEYS["JP"].address, made.now())
    govern(made, "suspendKey", "RU", KEYS["RU"].address, seconds(made) + 86_400)
    return common, suspect, confirmed, withdrawn, corrected, before, twice, entry, forged


def test_a_file_is_found_under_its_number_however_many_have_its_digest(held: Held) -> None:
    common = held.common
    found = held.ask("/verify", sha256=common.digest.hex(), number=common.number.text)
    assert found.answers == ["match-yes"]
    assert common.number.text in found.text
    wrong = held.ask("/verify", sha256=digest("another").hex(), number=common.number.text)
    assert wrong.answers == ["match-no"]


def test_all_that_have_a_digest_are_on_some_page(held: Held) -> None:
    wanted = held.common.digest.hex()
    questions: list[tuple[str, dict[str, Any]]] = [("/search", {"q": wanted}), ("/verify", {"sha256": wanted})]
    for path, query in questions:
        first = held.ask(path, **query)
        assert f"{MANY + 1} found" in first.text
        assert held.common.number.text not in first.text
        assert any("offset=25" in link for link in first.links)
        assert held.common.number.text in held.ask(path, **query, offset="200").text
    answer = held.client.get(f"digests/{wanted}", limit=150)
    assert (answer["page"]["total"], answer["page"]["totalIsCapped"]) == (MANY + 1, False)
    rest = held.client.get(answer["page"]["next"])
    assert rest["page"]["next"] is None
    numbers = {match["officeNumber"] for match in answer["data"]["matches"] + rest["data"]["matches"]}
    assert len(numbers) == MANY + 1
    assert held.common.number.text in numbers


@pytest.mark.parametrize("with_number", [False, True])
def test_what_a_stolen_key_recorded_is_no_green_answer(held: Held, with_number: bool) -> None:
    suspect = held.suspect
    query: dict[str, Any] = {"sha256": suspect.digest.hex(), **({"number": suspect.number.text} if with_number else {})}
    found = held.ask("/verify", **query)
    assert found.answers == ["mark-suspect"]
    assert "Compromised since" in found.text
    confirmed = held.confirmed
    query = {"sha256": confirmed.digest.hex(), **({"number": confirmed.number.text} if with_number else {})}
    assert held.ask("/verify", **query).answers == ["match-yes"]
    query = {"sha256": digest("forged").hex(), **({"number": held.forged.text} if with_number else {})}
    assert held.ask("/verify", **query).answers == ["mark-suspect"]


def test_a_withdrawn_and_a_former_content_are_said_first(held: Held) -> None:
    for application, answer in ((held.withdrawn, "standing-withdrawn"), (held.corrected, "mark-former")):
        choices: list[dict[str, Any]] = [{}, {"number": application.number.text}]
        for more in choices:
            assert held.ask("/verify", sha256=application.digest.hex(), **more).answers == [answer]


def test_lists_and_matches_mark_what_proves_nothing(held: Held) -> None:
    [match] = held.client.data(f"digests/{held.suspect.digest.hex()}")["matches"]
    since = held.client.data(f"office-numbers/{path_of(held.suspect.number)}")["signerCompromisedSince"]
    assert match["signerCompromisedSince"] == since is not None
    assert match["standing"] == "recorded"
    [good] = held.client.data(f"digests/{held.confirmed.digest.hex()}")["matches"]
    assert good["signerCompromisedSince"] is None
    withdrawn = held.client.data(f"digests/{held.withdrawn.digest.hex()}")["matches"]
    assert {each["standing"] for each in withdrawn} == {"withdrawn"}
    [forged] = held.client.data(f"digests/{digest('forged').hex()}")["matches"]
    assert (forged["signerCompromisedSince"], forged["standing"]) == (since, None)
    listed = held.client.data("applications", ipOfficeCode="EM")
    marks = {each["officeNumber"]: each["signerCompromisedSince"] for each in listed}
    assert {number[5:] for number, mark in marks.items() if mark} == {
        held.suspect.number.number,
        held.twice.number.number,
    }
    assert "suspect signature" in held.ask("/search", begins=held.suspect.number.text).text
    assert "suspect signature" not in held.ask("/search", begins=held.confirmed.number.text).text
    assert "suspect signature" in held.ask("/search", q="0x" + held.suspect.digest.hex()).text
    assert "suspect signature" in held.ask("/search", q=held.twice.number.number).text


def test_a_file_is_compared_with_an_entry_where_there_is_no_application_record(held: Held) -> None:
    number = held.entry.text
    wrong = held.ask("/verify", sha256=digest("another").hex(), number=number)
    assert wrong.answers == ["match-no"]
    assert "register entry" in wrong.text
    assert {digest(name).hex() in wrong.text for name in ("dossier", "image")} == {True}
    for name in ("dossier", "image", "document"):
        assert held.ask("/verify", sha256=digest(name).hex(), number=number).answers == ["match-yes"]


@pytest.mark.parametrize("end", ["", "/certificate"])
def test_a_suspect_record_opens_with_that_and_no_tick(held: Held, end: str) -> None:
    found = held.ask(f"/applications/{path_of(held.suspect.number)}{end}")
    assert found.answers == ["mark-suspect"]
    source = held.client.http.get(f"/applications/{path_of(held.suspect.number)}{end}").text
    assert 'class="mark good"' not in source.split('class="masthead"')[-1]
    assert held.ask(f"/applications/{path_of(held.confirmed.number)}{end}").answers == ["standing-recorded"]


@pytest.mark.parametrize("name", ["common", "corrected", "withdrawn"])
def test_a_certificate_names_where_each_version_is_recorded(held: Held, name: str) -> None:
    number = getattr(held, name).number
    text = held.ask(f"/applications/{path_of(number)}/certificate").text
    versions = held.client.data(f"office-numbers/{path_of(number)}/versions")
    assert len(versions) == (1 if name == "common" else 2)
    for version in versions:
        assert version["transactionHash"] in text
        assert re.search(rf"Block: {version['blockNumber']:,}\b", text)
    assert held.world.manifest.address("ApplicationRegistry").lower() in text.lower()
    assert held.world.manifest.genesis_hash.hex() in text


def test_a_certificate_of_an_entry_names_the_same(held: Held) -> None:
    text = held.ask(f"/registrations/{path_of(held.entry)}/certificate").text
    for event in held.client.data(f"registrations/{path_of(held.entry)}/events"):
        assert event["transactionHash"] in text
    assert held.world.manifest.address("RightsRegister") in text
    assert held.world.manifest.genesis_hash.hex() in text


def test_the_key_is_told_as_it_was_and_as_it_is(held: Held) -> None:
    def told(number: OfficeNumber) -> tuple[str, str]:
        text = held.ask(f"/applications/{path_of(number)}").text
        then = re.search(r"The key when it signed ([a-z ]+?) By what is known today", text)
        now = re.search(r"The key today ([a-z ]+?) (?:May sign|Valid until)", text)
        assert then is not None
        assert now is not None
        return then[1], now[1]

    assert told(held.common.number) == ("in force", "in force")
    assert told(held.suspect.number) == ("compromised", "compromised")
    assert told(held.before.number) == ("in force", "compromised")
    assert told(OfficeNumber.from_text("RU/T/2024700001")) == ("in force", "suspended")


def test_whose_an_account_is_and_what_it_signed(held: Held) -> None:
    def asked(account: str, expect: int = 200) -> Html:
        return held.ask("/search", q=account, expect=expect)

    registrar = asked(REGISTRAR.address)
    assert "signing key of EM" in registrar.text
    assert "signed no application record" in registrar.text
    assert "/offices/EM" in registrar.links
    assert f"/registrations/{path_of(held.entry)}#event-2" in registrar.links
    assert f"/registrations/{path_of(held.forged)}#event-1" not in registrar.links
    assert registrar.answers == []
    stolen = asked(STOLEN.address)
    assert "compromised" in stolen.text
    assert held.suspect.number.text in stolen.text
    assert f"/registrations/{path_of(held.forged)}#event-1" in stolen.links
    assert "seat of JP" in asked(SEATS["JP"].address).text
    assert "Court of the EM : may record events for EM" in asked(COURT.address.lower()).text
    assert "suspended" in asked(KEYS["RU"].address).text
    assert asked("0x" + "77" * 20, 404).answers == ["standing-not-found"]


def test_of_an_account_that_is_too_much_to_look_through_it_is_said_whose_it_is(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_more: object) -> None:
        raise SearchTooWideError("the search walks through too much")

    for name in ("search_applications", "signed_events"):
        monkeypatch.setattr(IndexReader, name, refuse)
    known = held.ask("/search", q=REGISTRAR.address)
    assert "signing key of EM" in known.text
    assert "too many records to look through" in known.text
    assert "too many events to look through" in known.text
    assert "walks through too much" in held.ask("/search", q="0x" + "77" * 20, expect=400).text


def test_a_register_does_not_testify_to_days_to_come(held: Held) -> None:
    path, today = f"/registrations/{path_of(held.entry)}", held.world.now().date()
    later, tomorrow = date(2099, 1, 1), today + timedelta(days=1)
    would = held.ask(path, on=later.isoformat())
    assert re.search(r"On 1 January 2099 ?, as known at block [\d,]+: how it would stand", would.text)
    assert "That day has not come" in would.text
    assert "would stand" not in held.ask(path, on=today.isoformat()).text
    refused = held.ask(path, on=later.isoformat(), knownOn=tomorrow.isoformat())
    assert "#knownOn" in refused.links
    assert "cannot say what will be known later" in refused.text
    assert "as known at block" not in refused.text
    on_date = held.client.data(f"registrations/{path_of(held.entry)}", on=later.isoformat())["onDate"]
    assert (on_date["isForecast"], on_date["standing"]) == (True, "lapsed")
    now = held.client.data(f"registrations/{path_of(held.entry)}", on=today.isoformat(), knownOn=today.isoformat())
    assert now["onDate"]["isForecast"] is False
    for more in ({}, {"on": later.isoformat()}):
        error = held.client.error(f"registrations/{path_of(held.entry)}", 400, knownOn=tomorrow.isoformat(), **more)
        assert error["code"] == "bad_date"
        assert "knownOn" in error["message"]


def test_filters_that_say_nothing_are_refused(held: Held) -> None:
    unknown = held.ask("/anchors", office="zz", expect=400)
    assert unknown.answers == ["faults"]
    assert {"#office"} <= set(unknown.links)
    assert "office" in unknown.ids
    assert held.ask("/anchors", offset="x", expect=400).answers == ["faults"]
    assert "Anchors: EM" in held.ask("/anchors", office="em").text
    assert held.ask("/anchors", office="US").answers == ["standing-not-covered"]
    assert "no place on the chain" in held.ask("/live", before="x", expect=400).text
    assert held.client.http.get("/live/events?after=x").status_code == 400


def test_whole_hashes_are_reached_without_a_mouse(held: Held) -> None:
    former = held.client.data(f"office-numbers/{path_of(held.corrected.number)}/versions")[0]["record"]["digest"]
    source = held.client.http.get(f"/applications/{path_of(held.corrected.number)}").text
    shown = [
        re.sub(r'<span class="gap">…</span>|<[^>]+>', "", whole)
        for whole in re.findall(r'<details class="hash"><summary.*?</summary></details>', source)
    ]
    assert former in shown
    assert re.search(r'<a [^>]*><code class="hash"', source)
    assert not re.search(r"<a [^>]*><details", source)
    for paragraph in re.findall(r"<p[ >].*?</p>", source, re.DOTALL):
        assert "<details" not in paragraph
    style = held.client.http.get("/static/explorer.css").text
    assert re.search(r"@media print \{[^@]*\.hash \.rest \{ display: inline; \}", style)
    assert ".hash[open] .rest { display: inline; }" in style
