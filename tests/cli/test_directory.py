"""`registrum office`, `key` and `calendar`."""

from __future__ import annotations

import pytest

from registrum.development import development_office
from registrum.signing.signers import LocalSigner
from tests.cli.support import Cli, digest

OFFICE = [
    "code",
    "name",
    "status",
    "seat",
    "admittedAt",
    "suspendedUntil",
    "earliestFilingDate",
    "keyCount",
    "endpoint",
]
SENT = ["office", "account", "taken", "transactionHash", "blockNumber"]
ACCOUNT = "0x00000000000000000000000000000000000000{:02X}"


def test_offices(cli: Cli) -> None:
    document = cli.ok("office", "list")
    assert [office["code"] for office in document["offices"]] == ["AU", "EM", "JP", "RU", "US", "WO"]
    assert list(document["offices"][0]) == OFFICE
    lines = cli("office", "list").out.splitlines()
    assert lines[0].split("\t")[:3] == ["Office", "Name", "Status"]
    assert len(lines) == 7


def test_one_office(cli: Cli) -> None:
    document = cli.ok("office", "show", "EM")
    assert list(document) == ["code", "office"]
    assert list(document["office"]) == [*OFFICE, "nextSequence", "proposedSeat", "replacement", "successor"]
    assert document["office"]["seat"] == development_office("EM").seat().address
    assert "Status: active" in cli("office", "show", "EM").out
    stranger = cli("office", "show", "DE", "--json")
    assert (stranger.code, stranger.json) == (1, {"code": "DE", "office": None})
    assert "not a member" in cli("office", "show", "DE").out
    assert cli("office", "show", "Europe").code == 2


def test_a_seat_is_rotated_in_two_steps(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    first = development_office("WO").seat()
    second = LocalSigner(bytes(31) + b"\x77")
    monkeypatch.setenv("SECOND_SEAT", "0x" + "00" * 31 + "77")
    cli.rpc.call("anvil_setBalance", [second.address, hex(10**18)])

    def seats() -> tuple[str, str | None]:
        office = cli.ok("office", "show", "WO")["office"]
        return office["seat"], office["proposedSeat"]

    proposed = cli.ok("seat", "rotate", "WO", second.address.lower())
    assert list(proposed) == SENT
    assert (proposed["office"], proposed["account"], proposed["taken"]) == ("WO", second.address, True)
    assert seats() == (first.address, second.address)
    assert cli.ok("seat", "cancel", "WO")["account"] is None
    refused = cli("seat", "accept", "WO", "--key", "env:SECOND_SEAT", "--json")
    assert (refused.code, refused.error["code"]) == (4, "office_directory_not_proposed_seat")
    cli.ok("seat", "rotate", "WO", second.address)
    assert cli.ok("seat", "accept", "WO", "--key", "env:SECOND_SEAT")["account"] == second.address
    assert seats() == (second.address, None)
    assert cli("seat", "rotate", "WO", first.address).code == 4
    back = cli("seat", "rotate", "WO", first.address, "--key", "env:SECOND_SEAT")
    assert back.out.splitlines()[:2] == ["Office: WO", f"Proposed seat: {first.address}"]
    cli.ok("seat", "accept", "WO")
    assert seats() == (first.address, None)


def test_rotation_to_the_zero_address_is_no_hidden_cancel(cli: Cli) -> None:
    account = ACCOUNT.format(9)
    cli.ok("seat", "rotate", "JP", account)
    refused = cli("seat", "rotate", "JP", ACCOUNT.format(0), "--json")
    assert (refused.code, refused.error["code"]) == (2, "bad_input")
    assert "seat cancel" in refused.error["remedy"]
    assert cli.ok("office", "show", "JP")["office"]["proposedSeat"] == account
    assert cli.ok("seat", "cancel", "JP")["taken"]


def test_keys_are_added_revoked_and_marked(cli: Cli) -> None:
    account = ACCOUNT.format(1)
    added = cli.ok("key", "add", "US", account, "--scopes", "applications,keys", "--valid-until", "2090-01-01")
    assert list(added) == SENT
    assert (added["account"], added["taken"]) == (account, True)
    keys = {key["account"]: key for key in cli.ok("key", "list", "US")["keys"]}
    assert keys[account]["scopes"] == ["applications", "keys"]
    assert keys[account]["validUntil"] == "2090-01-01T00:00:00Z"
    assert list(cli.ok("key", "revoke", "US", account)) == SENT
    marked = cli.ok("key", "compromise", "US", account, "--since", "2024-06-01T12:00:00Z")
    assert list(marked) == SENT
    key = {key["account"]: key for key in cli.ok("key", "list", "US")["keys"]}[account]
    assert key["revokedAt"]
    assert key["compromisedSince"] == "2024-06-01T12:00:00Z"
    assert f"{account}\tapplications, keys" in cli("key", "list", "US").out
    assert "Taken: yes" in cli("key", "add", "US", ACCOUNT.format(2)).out


def test_keys_of_a_stranger(cli: Cli) -> None:
    result = cli("key", "list", "DE", "--json")
    assert (result.code, result.json) == (1, {"office": "DE", "keys": []})


@pytest.mark.parametrize(
    "arguments",
    [
        ["key", "add", "US", "0x12"],
        ["key", "add", "US", ACCOUNT.format(3), "--scopes", "everything"],
        ["key", "add", "US", ACCOUNT.format(3), "--valid-until", "2030-01-01T00:00:00"],
        ["key", "compromise", "US", ACCOUNT.format(3), "--since", "yesterday"],
        ["key", "compromise", "US", ACCOUNT.format(3)],
        ["key", "add", "DE", ACCOUNT.format(3)],
        ["calendar", "publish", "US", "2031", "--weekly", "saturday"],
        ["calendar", "publish", "US", "2031", "--closed", "2032-01-01"],
        ["calendar", "publish", "US", "2031", "--closed", "1 January"],
        ["calendar", "publish", "US", "1700"],
        ["calendar", "show", "US", "next"],
    ],
)
def test_bad_input(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments, "--json")
    assert (result.code, list(result.json)) == (2, ["error"])
    assert result.error["remedy"]


def test_seat_alone_may_and_the_contract_says_so(cli: Cli) -> None:
    result = cli("key", "revoke", "US", ACCOUNT.format(4), "--json")
    assert result.code == 4
    other = cli("key", "add", "US", ACCOUNT.format(4), "--key", "development:EM", "--json")
    assert (other.code, other.error["code"]) == (4, "office_directory_not_seat")


def test_signer_compromised_is_a_verdict(cli: Cli) -> None:
    # The chain is that of all tests of the command line; nothing else there is signed by this key.
    office = development_office("US")
    number = "US/D/29/215987"
    cli.ok("application", "register", "--number", number, "--filing-date", "2024-01-31", "--digest", digest("a"))
    cli.ok("key", "compromise", "US", office.signing_key().address, "--since", "2024-01-01")
    claim = ["--claimed-date", "2024-01-31", "--later-office", "EM", "--later-right", "D", "--later-date", "2024-05-01"]
    result = cli("priority", "check", "--earlier", number, *claim, "--json")
    assert (result.code, result.json["verdict"]) == (1, "signer_compromised")
    refused = cli(
        "application", "register", "--number", "US/D/29/215988", "--filing-date", "2024-01-31", "--digest", digest("a")
    )
    assert refused.code == 4


def test_calendars(cli: Cli) -> None:
    assert cli("calendar", "show", "JP", "2040", "--json").json == {"office": "JP", "year": 2040, "calendar": None}
    assert cli("calendar", "show", "JP", "2040").code == 1
    arguments = ["--weekly", "fri,sat", "--closed", "2040-01-02", "--closed", "2040-05-03", "--open", "2040-06-01"]
    sent = cli.ok("calendar", "publish", "JP", "2040", *arguments)
    assert list(sent) == ["office", "year", "taken", "transactionHash", "blockNumber"]
    document = cli.ok("calendar", "show", "JP", "2040")
    assert list(document["calendar"]) == ["office", "year", "weekly", "closed", "opened", "version", "publishedAt"]
    assert document["calendar"]["weekly"] == [4, 5]
    assert document["calendar"]["closed"] == ["2040-01-02", "2040-05-03"]
    assert document["calendar"]["opened"] == ["2040-06-01"]
    cli.ok("calendar", "publish", "JP", "2040", "--weekly", "none")
    text = cli("calendar", "show", "JP", "2040").out
    assert "Closed weekly: never" in text
    assert "Version: 2" in text
    assert "Taken: yes" in cli("calendar", "publish", "JP", "2041").out
