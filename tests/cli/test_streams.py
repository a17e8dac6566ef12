"""What every command has in common: streams, documents, exit codes, help, escapes, start-up."""

from __future__ import annotations

import ast
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from registrum import cli as command_line
from registrum.cli import output, root
from registrum.errors import RegistrumError
from tests.cli.support import ROOT, SAMPLES, TIMEOUT_S, Cli, command, spawn
from tests.cli.test_batch import write_csv

ESCAPE = "\x1b"


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below one, with the words that lead to it."""
    context = typer.Context(node)
    names = node.list_commands(context) if hasattr(node, "list_commands") else []
    if not names or getattr(node, "invoke_without_command", False):
        yield path, node
    for name in names:
        yield from leaves(node.get_command(context, name), (*path, name))


COMMANDS = list(leaves(typer.main.get_command(root.app)))


def test_every_command_of_the_specification_is_there() -> None:
    assert {" ".join(path) for path, _ in COMMANDS} == {
        "number parse",
        "application read",
        "application register",
        "application show",
        "application verify",
        "application correct",
        "application withdraw",
        "application reinstate",
        "application reconfirm",
        "application list",
        "batch register",
        "anchor create",
        "anchor prove",
        "anchor verify",
        "anchor disclose",
        "evidence chain",
        "evidence checkpoint",
        "evidence make",
        "evidence verify",
        "evidence timestamp-query",
        "evidence credential",
        "evidence attach",
        "priority check",
        "priority claim",
        "priority claims",
        "consortium show",
        "consortium vote",
        "consortium execute",
        "consortium cancel",
        "consortium remark",
        "consortium history",
        "consortium powers",
        "consortium propose calls",
        "consortium propose parameters",
        "consortium propose charter",
        "consortium propose observer",
        "consortium propose remove-observer",
        "consortium propose contract",
        "consortium propose restore-rights",
        "consortium propose governance",
        "consortium propose emergency-body",
        "consortium collect prepare",
        "consortium collect suspension",
        "consortium collect sign",
        "consortium collect cast",
        "charter show",
        "charter verify",
        "office list",
        "office show",
        "office admit",
        "office suspend",
        "office reinstate",
        "office depart",
        "office succeed",
        "office replace-seat",
        "seat rotate",
        "seat cancel",
        "seat accept",
        "seat object",
        "key list",
        "key add",
        "key revoke",
        "key compromise",
        "key suspend",
        "key reinstate",
        "calendar publish",
        "calendar show",
        "mark file",
        "mark event",
        "mark renew",
        "mark show",
        "mark timeline",
        "mark status",
        "mark verify",
        "mark import",
        "mark export",
        "design file",
        "design event",
        "design renew",
        "design show",
        "design timeline",
        "design status",
        "design verify",
        "design import",
        "design export",
        "codes list",
        "codes show",
        "outbox list",
        "outbox retry",
        "status",
        "index run",
        "index status",
        "index rebuild",
        "index compare",
        "audit office",
        "serve",
        "devnet",
        "devnet stop",
        "devnet status",
        "devnet advance",
    }


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=" ".join)
def test_every_command_has_help_and_json(cli: Cli, path: tuple[str, ...]) -> None:
    result = cli(*path, "--help")
    assert result.code == 0
    assert result.err == ""
    assert "--json" in result.out
    assert ESCAPE not in result.out


@pytest.mark.parametrize(("path", "node"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_option_says_what_it_is(path: tuple[str, ...], node: Any) -> None:
    del path
    assert node.help
    for parameter in node.params:
        if parameter.name != "help":
            assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=" ".join)
def test_every_command_is_documented_with_its_options(cli: Cli, path: tuple[str, ...]) -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert f"`registrum {' '.join(path)}" in text
    node = dict(COMMANDS)[path]
    for parameter in node.params:
        for option in parameter.opts:
            if option.startswith("--") and option != "--help":
                assert f"`{option}" in text, option


def test_plain_text_for_pipes(cli: Cli) -> None:
    number = cli.registered()
    for arguments in (["office", "list"], ["application", "show", number], ["status"], ["priority", "claims", number]):
        result = cli.spawn(*arguments)
        assert (result.code, result.err) == (0, "")
        assert result.out.isascii()
        assert ESCAPE not in result.out


def test_tables_for_people_at_a_terminal(cli: Cli, tmp_path: Path) -> None:
    shown = at_a_terminal(cli, "office", "list")
    assert ESCAPE in shown
    assert "\u2500" in shown
    assert "European Union Intellectual Property Office" in shown
    number = cli.number()
    file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,0x{'ab' * 32}"])
    assert "Registering" in at_a_terminal(cli, "batch", "register", file)
    assert "Registering" not in at_a_terminal(cli, "batch", "register", file, "--json")


def at_a_terminal(cli: Cli, *arguments: object) -> str:
    """What a command writes to a terminal, which is both its standard output and its standard error."""
    outer, inner = os.openpty()
    environment = {**cli.environment, "TERM": "xterm", "COLUMNS": "140"}
    process = subprocess.Popen(
        command(*arguments), env=environment, stdin=subprocess.DEVNULL, stdout=inner, stderr=inner
    )
    os.close(inner)
    shown = b""
    # A terminal whose other side is closed ends with an error on Linux, with nothing elsewhere.
    while select.select([outer], [], [], TIMEOUT_S)[0]:
        try:
            piece = os.read(outer, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(outer)
    assert process.wait(TIMEOUT_S) == 0
    return shown.decode()


def test_streams_and_codes_of_a_process(cli: Cli) -> None:
    good = cli.spawn("number", "parse", "EM 018660437", "--right", "T", "--json")
    assert (good.code, good.err, good.json["text"]) == (0, "", "EM/T/018660437")
    negative = cli.spawn("application", "show", cli.number())
    assert (negative.code, negative.err) == (1, "")
    bad = cli.spawn("number", "parse", "nonsense")
    assert (bad.code, bad.out) == (2, "")
    assert bad.err.startswith("registrum: 'nonsense'")
    away = cli.spawn("office", "list", "--rpc", "http://127.0.0.1:1", "--json")
    assert (away.code, away.error["code"]) == (3, "node_unreachable")
    assert "cannot be reached" in away.err
    refused = cli.spawn("application", "withdraw", cli.number(), "--json")
    assert (refused.code, list(refused.error)) == (4, ["code", "message", "remedy", "details"])


def test_console_script_is_this_main(cli: Cli) -> None:
    script = Path(sys.executable).with_name("registrum")
    done = subprocess.run([script, "--version"], env=cli.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("registrum ")


def test_main_ends_the_process_with_the_code(cli: Cli) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["number", "parse", "nonsense"])
    assert ended.value.code == 2
    assert cli.environment


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json"],
        ["bogus", "--json"],
        ["number", "--json"],
        ["number", "parse", "--json"],
        ["number", "parse", "EM/T/018660437", "--bogus", "--json"],
        ["calendar", "show", "EM", "soon", "--json"],
        ["application", "withdraw", "EM/T/018660437", "--replaces", "-1", "--json"],
    ],
)
def test_usage_errors(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.error["code"]) == (2, "usage")
    assert "Usage: registrum" in result.err
    assert ESCAPE not in result.out + result.err


def test_without_arguments_there_is_help(cli: Cli) -> None:
    result = cli()
    assert (result.code, result.out) == (2, "")
    assert "Commands:" in result.err


def test_bug_is_told_without_a_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ZeroDivisionError("canary")

    monkeypatch.setattr("registrum.numbers.OfficeNumber.parse", fail)
    result = cli("number", "parse", "EM/T/018660437", "--json")
    assert (result.code, result.error["code"]) == (70, "internal")
    assert "ZeroDivisionError: canary" in result.err
    assert "Traceback" not in result.err
    assert "Traceback" in cli("--debug", "number", "parse", "EM/T/018660437").err


def test_debug_shows_where_an_error_comes_from(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" not in cli("number", "parse", "nonsense").err
    monkeypatch.setenv("REGISTRUM_DEBUG", "1")
    result = cli("number", "parse", "nonsense")
    assert (result.code, "Traceback" in result.err) == (2, True)


def test_interruption(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("registrum.numbers.OfficeNumber.parse", interrupt)
    result = cli("number", "parse", "EM/T/018660437")
    assert (result.code, result.out) == (130, "")
    assert "interrupted" in result.err
    assert "Traceback" not in result.err


def test_texts_of_strangers_cannot_control_the_terminal(cli: Cli) -> None:
    result = cli("number", "parse", "\x1b]0;title\x07", "--right", "T", "--office", "EM")
    assert result.code == 2
    assert ESCAPE not in result.err
    assert "\x07" not in result.err
    assert output.escaped("a\x1b[2Jb\u202e\n") == "a\\x1b[2Jb\\x202e\\x0a"


def test_reader_that_has_read_enough(cli: Cli) -> None:
    process = subprocess.Popen(
        command("application", "list", "--office", "EM"),
        env=cli.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(TIMEOUT_S) == 0


def test_terminal_that_lacks_a_character(cli: Cli) -> None:
    environment = {**cli.environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    document = SAMPLES / "ru-trademark-st66.xml"
    text = spawn(environment, "application", "read", document)
    assert (text.code, text.out.isascii()) == (0, True)
    read = spawn(environment, "application", "read", document, "--json")
    assert read.out.isascii()
    assert read.json == cli.spawn("application", "read", document, "--json").json


def test_exit_codes_of_all_errors_are_documented() -> None:
    def below(base: type[RegistrumError]) -> Iterator[type[RegistrumError]]:
        yield base
        for each in base.__subclasses__():
            yield from below(each)

    assert {error.exit_code for error in below(RegistrumError)} <= {1, 2, 3, 4, 5}


HEAVY = ("web3", "eth_account", "eth_abi", "brownie", "pydantic", "rich", "requests", "aiohttp", "platformdirs")


@pytest.mark.parametrize(
    ("words", "also"),
    [
        (["--help"], ()),
        (["number", "parse", "US 29/010,907", "--right", "D"], ()),
        (["number", "parse", "US 29/010,907", "--right", "D", "--json"], ()),
        (["application", "read", "FILE"], ()),
        (["codes", "list", "--json"], ()),
        (["codes", "show", "F10-F11"], ()),
        (["mark", "import", "REGISTER", "--dry-run"], ()),
        (["anchor", "verify", "PROOF", "--offline"], ("platformdirs",)),
    ],
)
def test_offline_commands_load_little(cli: Cli, tmp_path: Path, words: list[str], also: tuple[str, ...]) -> None:
    """Cold start is kept by what is not loaded; a clock would measure the machine."""
    if "PROOF" in words:
        number = cli.number()
        file = write_csv(tmp_path / "a.csv", [f"{number},2024-01-31,0x{'ab' * 32}"])
        cli.ok("anchor", "create", file, "--office", "EM", "-o", "proofs")
        proof = cli.ok("anchor", "prove", "proofs", number)["proof"]
    replaced = {
        "FILE": str(SAMPLES / "em-trademark-st96.xml"),
        "REGISTER": str(SAMPLES / "register" / "em-trademarks-st96.xml"),
        "PROOF": str(Path("proofs").absolute()),
    }
    arguments = [proof if word == "PROOF" else replaced.get(word, word) for word in words]
    script = (
        "import sys\n"
        "from registrum.cli.root import run\n"
        f"code = run({arguments!r})\n"
        "print(code, sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=cli.environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    code, _, listed = done.stderr.splitlines()[-1].partition(" ")
    modules = ast.literal_eval(listed)
    assert code == "0"
    loaded = {name.partition(".")[0] for name in modules}
    assert loaded.isdisjoint(set(HEAVY) - set(also))
    assert not [name for name in modules if name.startswith(("registrum.client", "registrum.registry"))]
    assert len(modules) < 400


def test_json_documents_are_one_and_whole(cli: Cli) -> None:
    for arguments in (["office", "list"], ["status"], ["outbox", "list"], ["application", "list", "--office", "AU"]):
        text = cli.spawn(*arguments, "--json").out
        decoded, end = json.JSONDecoder().raw_decode(text)
        assert isinstance(decoded, dict)
        assert text[end:] == "\n"
