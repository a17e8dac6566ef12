"""`registrum consortium`, `charter`, and the proposals of `office`, `seat` and `key`, on a chain of their own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registrum.client.plain_words import Call
from registrum.client.proposals import id_text, proposal_id
from registrum.development import CHARTER, development_office, observer_signer
from registrum.signing.signers import LocalSigner
from tests.cli.support import ROOT, Cli, Session, at_terminal, environment_in, spawn

HOUR = 3_600
NEW_SEAT = LocalSigner(bytes(31) + b"\x51")
NEW_KEY = LocalSigner(bytes(31) + b"\x52")
SENT = ["taken", "transactionHash", "blockNumber"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A chain of its own: votes need jumps in time, and change who is who."""
    environment = environment_in(tmp_path_factory.mktemp("consortium"))
    started = spawn(environment, "devnet", "--detach", "--json", cwd=ROOT)
    try:
        assert started.code == 0, started.err
        yield Session(environment, started.json["rpc"])
    finally:
        spawn(environment, "devnet", "stop", cwd=ROOT)


def advance(cli: Cli, seconds: int) -> None:
    cli.rpc.call("evm_increaseTime", [seconds])
    cli.rpc.call("evm_mine")


VOTERS = ("AU", "EM", "JP", "RU", "WO")
"""As many as seven offices need."""


def decided(cli: Cli, *arguments: object, voters: tuple[str, ...] = VOTERS, period: int = HOUR) -> str:
    """Propose by EM, vote, count and execute; the number of the proposal."""
    number: str = cli.ok(*arguments, "--as", "EM")["proposal"]
    advance(cli, 2)
    for code in voters:
        cli.ok("consortium", "vote", number, "--for", "--as", code)
    advance(cli, period)
    waiting = cli("consortium", "execute", number, "--json")
    assert (waiting.code, waiting.json["state"]) == (1, "queued"), waiting.err
    advance(cli, 60)
    done = cli.ok("consortium", "execute", number)
    assert done["state"] == "executed"
    return number


def manifest(cli: Cli) -> Path:
    return Path(cli.environment["REGISTRUM_DEVNET_DIR"]) / "manifest.json"


def address(cli: Cli, contract: str) -> str:
    found: str = json.loads(manifest(cli).read_text())["contracts"][contract]["address"]
    return found


def test_admission_from_proposal_to_membership(cli: Cli) -> None:
    arguments = ["office", "admit", "FR", "--seat", NEW_SEAT.address, "--name", "INPI", "--as", "EM"]
    first = ["--first-key", f"{NEW_KEY.address}=applications,keys"]
    made = cli(*arguments, *first, "--description", "France asked to be admitted.", "--json")
    assert made.code == 0, made.err
    assert list(made.json) == ["proposal", "state", "description", "plainWords", "voteStart", "voteEnd", *SENT]
    assert f'admit office FR (France, by WIPO ST.3) as "INPI", seat {NEW_SEAT.address}' in made.json["plainWords"][0]
    # Shown before anything was sent, and in any form of output.
    assert f'1. admit office FR (France, by WIPO ST.3) as "INPI", seat {NEW_SEAT.address}' in made.err
    assert "in its proposer's words, which nobody has checked: France asked" in made.err
    number = made.json["proposal"]
    assert cli.ok(*arguments, *first, "--description", "France asked to be admitted.")["taken"] is False
    advance(cli, 2)
    voted = cli("consortium", "vote", number[:8], "--for", "--as", "JP", "--reason", "agreed", "--json")
    assert list(voted.json) == ["proposal", "support", "tally", *SENT]
    assert "1. admit office FR" in voted.err
    assert cli.ok("consortium", "vote", number, "--for", "--as", "JP")["taken"] is False
    again = cli("consortium", "vote", number, "--against", "--as", "JP", "--json")
    assert (again.code, again.error["code"]) == (4, "consortium_already_voted")
    early = cli("consortium", "execute", number, "--json")
    assert (early.code, early.json["state"], early.json["sent"]) == (1, "active", [])
    assert "1 of 6 are for it, 4 are needed" in early.json["next"]
    for code in ("AU", "EM", "RU"):
        cli.ok("consortium", "vote", number, "--for", "--as", code)
    cli.ok("consortium", "vote", number, "--abstain", "--as", "US")
    advance(cli, HOUR)
    waiting = cli("consortium", "execute", number)
    assert waiting.code == 1
    assert "wait until then" in waiting.out
    advance(cli, 60)
    assert "State: executed" in cli("consortium", "execute", number).out
    office = cli.ok("office", "show", "FR")["office"]
    assert (office["status"], office["seat"], office["keyCount"]) == ("active", NEW_SEAT.address, 1)
    shown = cli.ok("consortium", "show", number)
    assert shown["tally"] == {
        "forVotes": 4,
        "againstVotes": 0,
        "abstainVotes": 1,
        "activeOffices": 6,
        "needed": 4,
        "isFinal": True,
    }
    first_vote = shown["votes"][0]
    assert (first_vote["office"], first_vote["support"], first_vote["reason"]) == ("JP", "for", "agreed")
    text = cli("consortium", "show", number).out
    assert "1\tadmit office FR" in text
    assert "In its proposer's words, which nobody has checked: France asked to be admitted." in text
    listed = cli.ok("consortium", "show")
    assert "FR" in listed["activeOffices"]
    assert number in [each["id"] for each in listed["proposals"]]
    assert number[:12] in cli("consortium", "show").out
    events = [event["name"] for event in cli.ok("consortium", "history", number)["events"]]
    assert (events[0], events[-1]) == ("ProposalCreated", "ProposalExecuted")
    assert "OfficeAdmitted" in cli("consortium", "history").out


def test_what_cannot_be_read_is_not_voted_for_by_mistake(cli: Cli, tmp_path: Path) -> None:
    target, data = address(cli, "OfficeDirectory"), "0xdeadbeef" + "00" * 32
    description = "Harmless, believe me."
    number = id_text(proposal_id([Call(target, bytes.fromhex(data[2:]))], description))
    file = tmp_path / "odd.json"
    document = {
        "format": "registrum-proposal/1",
        "chainId": 31337,
        "contract": address(cli, "Consortium"),
        "proposal": number,
        "description": description,
        "calls": [{"target": target, "value": "0", "data": data}],
    }
    file.write_text(json.dumps(document))
    refused = cli("consortium", "propose", "calls", file, "--as", "EM", "--json")
    assert (refused.code, refused.error["code"]) == (2, "bad_input")
    cli.ok("consortium", "propose", "calls", file, "--as", "EM", "--accept-unreadable")
    advance(cli, 2)
    for action in (["vote", number, "--for", "--as", "JP"], ["vote", number, "--against", "--as", "JP"]):
        held = cli("consortium", *action, "--json")
        assert (held.code, held.error["code"]) == (2, "bad_input")
        assert "UNKNOWN CALL to" in held.err
        assert "do not vote for what you cannot read" in held.err
    cli.ok("consortium", "vote", number, "--against", "--as", "JP", "--accept-unreadable")
    shown = cli.ok("consortium", "show", number)
    assert shown["readable"] is False
    assert "0xdeadbeef" not in cli("consortium", "show", number).out.replace("its function 0xdeadbeef", "")
    unsigned = ["consortium", "collect", "sign", file, "--as", "RU", "--for", "-o", tmp_path / "v.json"]
    assert cli(*unsigned, "--json").code == 2
    assert not (tmp_path / "v.json").exists()


def test_a_person_at_a_terminal_is_asked_once(cli: Cli, tmp_path: Path) -> None:
    def typing(typed: bytes, *arguments: object) -> Any:
        return at_terminal(cli.environment, typed, *arguments, "--json")

    def refused(typed: bytes, *arguments: object, question: str) -> None:
        result = typing(typed, *arguments)
        assert (result.code, list(result.json), result.error["code"]) == (1, ["error"], "declined"), result.err
        assert "nothing was signed or sent" in result.err
        assert result.err.count("[y/N]") == 1
        # What is agreed to stands above the question.
        assert "would, by its calls" in result.err[: result.err.index(question)]

    propose = ["office", "depart", "WO", "--as", "EM", "--description", "asked about"]
    before = len(cli.ok("consortium", "show")["proposals"])
    refused(b"n\n", *propose, question="Propose this? [y/N]")
    assert len(cli.ok("consortium", "show")["proposals"]) == before
    made = typing(b"y\n", *propose)
    assert (made.code, made.json["taken"]) == (0, True), made.err
    number = made.json["proposal"]
    advance(cli, 2)
    vote = ["consortium", "vote", number, "--as", "JP"]
    for typed in (b"\n", b"yess\n", b"\x04"):
        refused(typed, *vote, "--for", question="Vote for this? It cannot be changed. [y/N]")
    assert cli.ok("consortium", "show", number)["votes"] == []
    agreed = typing(b"Yes\n", *vote, "--against")
    assert (agreed.code, agreed.json["support"]) == (0, "against"), agreed.err
    assert "Vote against this?" in agreed.err
    unasked = typing(b"", "consortium", "vote", number, "--as", "EM", "--abstain", "--yes")
    assert (unasked.code, unasked.json["taken"], "[y/N]" in unasked.err) == (0, True, False), unasked.err
    cli.ok("consortium", "collect", "prepare", number, "-o", tmp_path / "asked.json")
    ballot = tmp_path / "ballot.json"
    sign = ["consortium", "collect", "sign", tmp_path / "asked.json", "--as", "RU", "--abstain", "-o", ballot]
    refused(b"n\n", *sign, question="Abstain on this? It cannot be changed. [y/N]")
    assert not ballot.exists()
    assert typing(b"y\n", *sign).code == 0
    assert ballot.exists()
    # A draft binds nobody: there is nothing to agree to.
    draft = typing(b"", *propose, "--draft", tmp_path / "draft.json")
    assert (draft.code, "[y/N]" in draft.err) == (0, False), draft.err
    support = ["office", "suspend", "RU", "--emergency", "--reason", "asked about", "--as", "AU"]
    held = typing(b"n\n", *support)
    assert (held.code, held.error["code"]) == (1, "declined")
    assert held.err.index("this supports: suspend office RU") < held.err.index("Support this? [y/N]")
    joined = cli("office", "suspend", "RU", "--emergency", "--as", "EM", "--json")
    assert (joined.code, "no suspension of RU is supported by anyone" in joined.err) == (2, True)


def test_what_a_seat_proposes_no_other_can_propose_first(cli: Cli) -> None:
    words = ["office", "depart", "WO", "--description", "It asked to leave."]
    seat = development_office("EM").seat().address
    drafted = cli.ok(*words, "--as", "EM", "--draft", "kept.json")
    file = json.loads(Path("kept.json").read_text())
    assert file["description"] == f"It asked to leave. #proposer={seat}"
    copied = cli("consortium", "propose", "calls", "kept.json", "--as", "JP", "--json")
    assert (copied.code, copied.error["code"]) == (4, "governor_restricted_proposer")
    made = cli(*words, "--as", "EM", "--json")
    assert made.json["proposal"] == drafted["proposal"]
    assert made.json["description"] == file["description"]
    assert "nobody has checked: It asked to leave.\n" in made.err
    assert "#proposer" not in cli("consortium", "show", drafted["proposal"]).out
    open_to_all = cli(*words, "--draft", "open.json", "--json")
    assert open_to_all.code == 0
    assert "any seat can propose this text" in open_to_all.err
    assert json.loads(Path("open.json").read_text())["description"] == "It asked to leave."
    nobody = cli(*words, "--as", "ZZ", "--draft", "nobody.json", "--json")
    assert (nobody.code, nobody.error["code"]) == (2, "bad_input")
    assert not Path("nobody.json").exists()


def test_signatures_are_gathered_as_files_and_handed_in(cli: Cli, tmp_path: Path) -> None:
    made = cli.ok("consortium", "propose", "observer", NEW_KEY.address, "A second court", "--as", "WO")
    number = made["proposal"]
    advance(cli, 2)
    prepared = cli.ok("consortium", "collect", "prepare", number, "-o", "proposal.json")
    assert list(prepared) == ["proposal", "file", "voteEnd"]
    for code in VOTERS:
        arguments = ["consortium", "collect", "sign", "proposal.json", "--as", code, "--for", "--reason", f"by {code}"]
        # No node: the address leads nowhere.
        os.environ["REGISTRUM_RPC"] = "http://127.0.0.1:1"
        try:
            signed = cli(*arguments, "-o", f"{code}.json", "--json")
        finally:
            del os.environ["REGISTRUM_RPC"]
        assert signed.code == 0, signed.err
        assert list(signed.json) == ["office", "signer", "about", "file"]
        assert signed.json["signer"] == development_office(code).seat().address
        assert f'1. list {NEW_KEY.address} as observer "A second court", without a vote' in signed.err
    assert cli(*arguments, "-o", "WO.json", "--json").code == 2
    stolen = json.loads(Path("RU.json").read_text())
    Path("stolen.json").write_text(json.dumps({**stolen, "office": "US"}))
    files = [f"{code}.json" for code in VOTERS]
    held = cli("consortium", "collect", "cast", *files, "stolen.json", "proposal.json", "--json")
    assert held.code == 4
    assert [item["outcome"] for item in held.json["files"]] == ["held back"] * 5 + ["refused"] * 2
    assert held.json["files"][5]["error"]["code"] == "consortium_invalid_signature"
    assert held.json["sent"] == []
    assert "stolen.json: a vote for US is not signed by its present seat" in held.err
    partly = cli("consortium", "collect", "cast", files[0], "stolen.json", "--skip-bad", "--json")
    assert (partly.code, [item["outcome"] for item in partly.json["files"]]) == (4, ["handed in", "refused"])
    done = cli.ok("consortium", "collect", "cast", *files)
    assert [item["outcome"] for item in done["files"]] == ["voted before", *["handed in"] * 4]
    assert list(done["sent"][0]) == SENT
    twice = cli("consortium", "collect", "cast", files[0], files[0], "--json")
    assert (twice.code, twice.json["files"][1]["error"]["code"]) == (2, "bad_input")
    advance(cli, HOUR)
    assert cli("consortium", "execute", number).code == 1
    advance(cli, 60)
    cli.ok("consortium", "execute", number)
    assert "A second court" in cli("charter", "show").out


def test_altered_and_foreign_files_are_refused(cli: Cli, tmp_path: Path) -> None:
    cli.ok("office", "suspend", "US", "--as", "EM", "--draft", "draft.json", "--description", "as agreed")
    original = json.loads(Path("draft.json").read_text())
    call = original["calls"][0]

    def signed_with(**changes: Any) -> Any:
        Path("altered.json").write_text(json.dumps({**original, **changes}))
        result = cli("consortium", "collect", "sign", "altered.json", "--as", "EM", "--for", "-o", "x.json", "--json")
        assert not Path("x.json").exists()
        return result

    for changes, code, name in (
        ({"description": "as agreed!"}, 1, "does_not_match"),
        ({"calls": [{**call, "data": call["data"].replace("5553", "4a50")}]}, 1, "does_not_match"),
        ({"calls": [{**call, "value": "1"}]}, 1, "does_not_match"),
        ({"chainId": 1}, 2, "network_mismatch"),
        ({"contract": call["target"]}, 2, "network_mismatch"),
        ({"calls": []}, 2, "bad_input"),
        ({"calls": [{"target": call["target"]}]}, 2, "bad_input"),
        ({"proposal": "0x12"}, 2, "bad_input"),
        ({"extra": 1}, 2, "bad_input"),
        ({"format": "registrum-opening/1"}, 2, "bad_input"),
    ):
        result = signed_with(**changes)
        assert (result.code, result.error["code"]) == (code, name), changes
        assert result.error["remedy"]
    # What stands there for people is never believed.
    Path("words.json").write_text(json.dumps({**original, "plainWords": ["admit office FR"]}))
    lied = cli("consortium", "collect", "sign", "words.json", "--as", "EM", "--for", "-o", "y.json", "--json")
    assert lied.code == 0
    assert "1. suspend office US" in lied.err
    assert "admit office FR" not in lied.err
    for text in ("", "[]", "{", '{"format": "registrum-vote/1", "format": "registrum-vote/1"}'):
        Path("broken.json").write_text(text)
        assert cli("consortium", "collect", "cast", "broken.json", "--json").code == 2


def test_emergency_by_seats_and_by_files(cli: Cli) -> None:
    key = development_office("US").signing_key().address
    alone = cli("key", "suspend", "US", key, "--emergency", "--as", "AU", "--json")
    assert (alone.code, alone.error["code"]) == (2, "bad_input")
    begun = cli.ok("key", "suspend", "US", key, "--emergency", "--reason", "stolen laptop", "--as", "AU")
    assert list(begun) == ["office", "accounts", "reason", "suspended", "until", "supporters", "needed", *SENT]
    assert (begun["suspended"], begun["supporters"], begun["needed"]) == (False, ["AU"], 3)
    advance(cli, 5)
    cli.ok("key", "suspend", "US", key, "--emergency", "--as", "EM")
    ended = cli("key", "suspend", "US", key, "--emergency", "--as", "JP", "--json")
    assert ended.json["suspended"] is True
    assert "this supports: suspend the 1 key" in ended.err
    arguments = ["application", "register", "--number", "US/D/29010907", "--filing-date", "2024-01-31"]
    refused = cli(*arguments, "--digest", "0x" + "11" * 32, "--json")
    assert (refused.code, refused.error["code"]) == (4, "office_directory_key_suspended")
    decided(cli, "key", "reinstate", "US", key)
    cli.ok(*arguments, "--digest", "0x" + "11" * 32)
    used = cli("key", "suspend", "US", key, "--emergency", "--reason", "again", "--as", "AU", "--json")
    assert (used.code, used.error["code"]) == (4, "emergency_council_already_used")
    cli.ok("consortium", "collect", "suspension", "RU", "--reason", "no contact for days", "-o", "s.json")
    for code in ("AU", "EM", "JP"):
        signed = cli("consortium", "collect", "sign", "s.json", "--as", code, "-o", f"s-{code}.json", "--json")
        assert signed.code == 0, signed.err
        assert 'suspend office RU at once, because "no contact for days"' in signed.err
    assert cli("consortium", "collect", "sign", "s.json", "--as", "AU", "--for", "-o", "no.json").code == 2
    done = cli.ok("consortium", "collect", "cast", "s-AU.json", "s-EM.json", "s-JP.json")
    [sent] = done["sent"]
    assert list(sent) == [*SENT, "suspended", "until", "supporters", "needed"]
    assert (sent["suspended"], sent["supporters"]) == (True, ["AU", "EM", "JP"])
    assert cli.ok("office", "show", "RU")["office"]["status"] == "suspended"
    advance(cli, 30 * 86_400)
    assert cli.ok("office", "show", "RU")["office"]["status"] == "active"


def test_options_of_votes_and_of_emergencies_are_kept_apart(cli: Cli) -> None:
    for arguments in (
        ["office", "suspend", "US", "--emergency", "--until", "2090-01-01"],
        ["office", "suspend", "US", "--reason", "why"],
        ["key", "suspend", "US", NEW_KEY.address, "--emergency", "--description", "x"],
        ["key", "compromise", "US", NEW_KEY.address, "--since", "2024-01-01", "--description", "x"],
        ["consortium", "vote", "0x1", "--for", "--against"],
        ["consortium", "vote", "0x1"],
        ["consortium", "vote", "0x1", "--for", "--as", "EM"],
        ["consortium", "show", "charter"],
        ["consortium", "propose", "parameters", "--as", "EM"],
        ["consortium", "propose", "parameters", "--voting-period", "soon", "--as", "EM"],
        ["consortium", "propose", "parameters", "--supermajority", "most", "--as", "EM"],
        ["office", "admit", "QQ", "--seat", NEW_SEAT.address, "--name", "Nobody", "--as", "EM"],
        ["office", "admit", "DE", "--seat", "0x12", "--name", "DPMA", "--as", "EM"],
        ["charter", "verify", "nothing.txt"],
    ):
        result = cli(*arguments, "--json")
        assert (result.code, list(result.json)) == (2, ["error"]), arguments
        assert result.error["remedy"], arguments


def test_charter_and_rules(cli: Cli, tmp_path: Path) -> None:
    copy = tmp_path / "charter.txt"
    copy.write_text(CHARTER)
    same = cli.ok("charter", "verify", copy)
    assert list(same) == ["matches", "digest", "charterDigest", "version", "formerVersions"]
    assert same["matches"] is True
    copy.write_text(CHARTER + "\n")
    other = cli("charter", "verify", copy)
    assert (other.code, "is no version of the charter" in other.out) == (1, True)
    decided(cli, "consortium", "propose", "charter", copy, "--location", "https://consortium.example/2")
    assert cli.ok("charter", "verify", copy)["version"] == 2
    copy.write_text(CHARTER)
    former = cli("charter", "verify", copy, "--json")
    assert (former.code, former.json["formerVersions"]) == (1, [1])
    rules = ["--voting-period", "2 hours", "--execution-delay", "1m", "--emergency-duration", "5 days"]
    decided(cli, "consortium", "propose", "parameters", *rules, "--objection-delay", "1 day")
    shown = cli.ok("charter", "show")
    assert (shown["votingPeriod"], shown["executionDelay"], shown["emergencyDuration"]) == (7200, 60, 5 * 86_400)
    assert (shown["emergencyQuorum"], shown["objectionDelay"], shown["version"]) == (3, 86_400, 2)
    assert [version["location"][-2:] for version in shown["versions"]] == ["xt", "/2"]
    assert {each["name"] for each in shown["contracts"]} >= {"ApplicationRegistry", "OfficeDirectory"}
    assert "Vote lasts: 2 hours" in cli("charter", "show").out
    decided(cli, "consortium", "propose", "parameters", "--voting-period", "1 hour", period=2 * HOUR)


def test_observers_remark(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    number = cli.ok("office", "depart", "WO", "--as", "EM", "--description", "to be cancelled")["proposal"]
    monkeypatch.setenv("COURT", "0x" + observer_secret().hex())
    cli.rpc.call("anvil_setBalance", [observer_signer().address, hex(10**18)])
    made = cli.ok("consortium", "remark", number, "No objection.", "--key", "env:COURT")
    assert list(made) == ["proposal", "observer", "text", *SENT]
    assert "No objection." in cli("consortium", "show", number).out
    by_another = cli.ok("consortium", "remark", number, "Signed.", "--key", "env:COURT", "--sender", "development:AU")
    assert by_another["taken"] is True
    nobody = cli("consortium", "remark", number, "I", "--key", "development:AU", "--json")
    assert (nobody.code, nobody.error["code"]) == (4, "charter_not_observer")
    advance(cli, 2)
    late = cli("consortium", "cancel", number, "--as", "EM", "--json")
    assert (late.code, late.error["code"]) == (4, "governor_unable_to_cancel")


def observer_secret() -> bytes:
    return bytes.fromhex(observer_signer()._key.to_hex())


def test_seats_keys_and_offices_by_vote(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEW_SEAT", "0x" + "00" * 31 + "53")
    seat = LocalSigner(bytes(31) + b"\x53").address
    cli.rpc.call("anvil_setBalance", [seat, hex(10**18)])
    decided(cli, "office", "replace-seat", "US", seat)
    replacement = cli.ok("office", "show", "US")["office"]["replacement"]
    assert replacement["newSeat"] == seat
    early = cli("seat", "accept", "US", "--key", "env:NEW_SEAT", "--json")
    assert (early.code, early.error["code"]) == (4, "office_directory_replacement_pending")
    assert cli.ok("seat", "object", "US")["taken"] is True
    assert cli.ok("office", "show", "US")["office"]["replacement"] is None
    decided(cli, "office", "replace-seat", "US", seat, "--description", "It is lost after all.")
    advance(cli, 15 * 86_400)
    assert cli.ok("seat", "accept", "US", "--key", "env:NEW_SEAT")["account"] == seat
    key = development_office("WO").signing_key().address
    decided(cli, "key", "suspend", "WO", key, "--until", "2090-01-01")
    decided(cli, "key", "compromise", "WO", key, "--since", "2024-01-01", "--propose")
    [found] = [each for each in cli.ok("key", "list", "WO")["keys"] if each["account"] == key]
    assert found["compromisedSince"] == "2024-01-01T00:00:00Z"
    decided(cli, "office", "suspend", "WO", "--until", "2090-01-01")
    decided(cli, "office", "reinstate", "WO", "--restore-rights", voters=VOTERS[:4])
    decided(cli, "office", "succeed", "WO", "EM")
    gone = cli.ok("office", "show", "WO")["office"]
    assert (gone["status"], gone["successor"]) == ("departed", "EM")


def test_drafts_are_reviewed_before_they_are_made(cli: Cli) -> None:
    written = cli.ok("office", "depart", "US", "--draft", "d.json", "--description", "reviewed")
    assert list(written) == ["proposal", "file", "taken"]
    document = json.loads(Path("d.json").read_text())
    assert document["plainWords"][0].startswith("mark office US")
    assert cli("consortium", "show", written["proposal"], "--json").code == 2
    made = cli.ok("consortium", "propose", "calls", "d.json", "--as", "AU")
    assert made["proposal"] == written["proposal"]
    for arguments in (
        ["propose", "remove-observer", NEW_KEY.address],
        ["propose", "contract", "ApplicationRegistry", NEW_KEY.address],
        ["propose", "restore-rights", "US"],
        ["propose", "governance", NEW_KEY.address],
        ["propose", "emergency-body", "none"],
    ):
        told = cli("consortium", *arguments, "--draft", f"{arguments[1]}.json", "--json")
        assert told.code == 0, told.err
        assert "1. " in told.err


def test_powers_are_shown(cli: Cli) -> None:
    found = cli("consortium", "powers", "--json")
    assert (found.code, found.json["ok"]) == (0, True), found.json["failures"]
    assert "Who can call it" in cli("consortium", "powers").out
