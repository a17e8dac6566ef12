"""Commands given again: what they asked for takes effect once."""

from __future__ import annotations

from tests.cli.support import Cli

ACCOUNT = "0x00000000000000000000000000000000000001{:02X}"


def test_key_commands(cli: Cli) -> None:
    account = ACCOUNT.format(1)
    commands = [
        ["key", "add", "AU", account, "--scopes", "register", "--valid-until", "2090-01-01"],
        ["key", "revoke", "AU", account],
        ["key", "compromise", "AU", account, "--since", "2024-06-01T12:00:00Z"],
        ["key", "revoke", "AU", account],
    ]
    for command, taken in zip(commands, (True, True, True, False), strict=True):
        assert cli.ok(*command)["taken"] is taken
        again = cli.ok(*command)
        assert (again["taken"], again["transactionHash"], again["blockNumber"]) == (False, None, None)
    assert "Taken: no" in cli(*commands[-1]).out
    readded = cli(*commands[0], "--json")
    assert (readded.code, readded.error["code"]) == (4, "office_directory_key_exists")


def test_later_compromise_is_refused_with_a_remedy_that_does_no_damage(cli: Cli) -> None:
    account = ACCOUNT.format(2)
    cli.ok("key", "add", "AU", account)
    cli.ok("key", "compromise", "AU", account, "--since", "2024-06-01")
    later = cli("key", "compromise", "AU", account, "--since", "2024-06-02", "--json")
    assert (later.code, later.error["code"]) == (4, "office_directory_invalid_compromise")
    assert "holds already" in later.error["remedy"]


def test_calendar_keeps_its_version(cli: Cli) -> None:
    command = ["calendar", "publish", "RU", "2041", "--closed", "2041-01-01", "--open", "2041-02-02"]
    assert cli.ok(*command)["taken"]
    again = cli.ok(*command)
    assert (again["taken"], again["transactionHash"]) == (False, None)
    assert cli.ok("calendar", "show", "RU", "2041")["calendar"]["version"] == 1
    assert cli.ok(*command[:-2])["taken"]
    assert cli.ok("calendar", "show", "RU", "2041")["calendar"]["version"] == 2
