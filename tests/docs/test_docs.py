"""What the documentation shows is what happens: its Python blocks run, its commands print what is printed there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from eth_account import Account
from eth_keyfile import create_keyfile_json

from registrum import Application, Registry, devnet
from registrum.cli.root import app
from registrum.development import DEVELOPMENT_OFFICES
from registrum.documents import read_application
from registrum.signing.signers import DEVELOPMENT_MNEMONIC
from tests.docs.blocks import ROOT, Block, blocks, commands

SAMPLES = ROOT / "tests" / "samples"
BACK_END = "docs/office-integration.md"
TRANSCRIPTS = ("README.md",)
PASSWORD = "for tests only"
SEAT, KEY, NEW_KEY = 2, 12, 19
"""Accounts of the sample office EM, and one that is nobody's."""
COMMAND_LIMIT_S = 240


@pytest.fixture
def back_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder as an office's back end has it, on a chain where another office has registered."""
    chain = devnet.start(directory=tmp_path / "devnet", detach=False)
    try:
        variables = {
            "REGISTRUM_RPC": chain.rpc_url,
            "REGISTRUM_MANIFEST": str(chain.manifest_path),
            "REGISTRUM_KEY_PASSWORD": PASSWORD,
            "REGISTRUM_SEAT_PASSWORD": PASSWORD,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "office"
        shutil.copytree(SAMPLES, folder / "incoming")
        (folder / "incoming" / "application.pdf").write_bytes((SAMPLES / "au-patent.pdf").read_bytes())
        for name, account in (("seat-key", SEAT), ("office-key", KEY), ("new-key", NEW_KEY)):
            write_keystore(folder / f"{name}.json", account)
        register_sample(chain, "RU", "ru-trademark-st66.xml")
        monkeypatch.chdir(folder)
        yield folder
    finally:
        devnet.stop(tmp_path / "devnet")


def write_keystore(file: Path, account: int) -> None:
    """A keystore of a development account; few rounds, since its password is known anyway."""
    Account.enable_unaudited_hdwallet_features()
    secret = Account.from_mnemonic(DEVELOPMENT_MNEMONIC, account_path=f"m/44'/60'/0'/0/{account}").key
    keystore = create_keyfile_json(bytes(secret), PASSWORD.encode(), kdf="pbkdf2", iterations=1000)
    file.write_text(json.dumps(keystore))


def register_sample(chain: devnet.Devnet, office: str, name: str) -> None:
    document = read_application(SAMPLES / name)
    facts = document.applications[0]
    signer = DEVELOPMENT_OFFICES[office].signing_key()
    with Registry.connect(chain.rpc_url, chain.manifest_path, signer=signer) as registry:
        registry.register(Application(facts.number, facts.filing_date, document.digest))


def run_blocks(parts: list[Block]) -> dict[str, Any]:
    """Run blocks in one namespace; a failure shows file and line."""
    namespace: dict[str, Any] = {}
    for block in parts:
        code = compile("\n" * (block.line - 1) + block.text, str(ROOT / block.file), "exec")
        exec(code, namespace)  # noqa: S102 - our own documentation
    return namespace


def test_the_worked_back_end_runs_as_written(back_end: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace = run_blocks(blocks(BACK_END, "python"))
    try:
        printed = capsys.readouterr().out
        assert "EM/T/019012345 recorded 0x" in printed
        assert "[('anchored', 3), ('recorded', 3)]" in printed
        assert "valid\n2024-08-12\n" in printed
        registry = namespace["registry"]
        claim = registry.claim(namespace["later"], namespace["earlier"])
        assert claim.outcome is namespace["ClaimResult"].ACCEPTED
        records = [item.application.number for item in registry.registrations("EM")]
        assert len(records) == 7
        new = namespace["new_key"].address
        assert {registry.record(number).signing_key for number in records} == {new}
        proof = back_end / "EM_T_019100003.proof.json"
        assert json.loads(proof.read_text())["salt"]
    finally:
        namespace["registry"].close()
        namespace["outbox"].close()


def test_the_nightly_job_can_be_repeated(back_end: Path) -> None:
    parts = blocks(BACK_END, "python")
    night = next(index for index, block in enumerate(parts) if "nightly(registry, filings" in block.text)
    namespace = run_blocks(parts[: night + 1])
    try:
        registry, filings = namespace["registry"], namespace["filings"]
        before = registry.next_sequence("EM")
        with filings:
            filings.execute("UPDATE filings SET state = 'new'")  # killed before it could note anything
        namespace["nightly"](registry, filings, Path("anchors"))
        states = dict(filings.execute("SELECT state, count(*) FROM filings GROUP BY state"))
        assert states == {"anchored": 3, "recorded": 3}
        assert registry.next_sequence("EM") == before
    finally:
        namespace["registry"].close()
        namespace["outbox"].close()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder that looks like the checkout to commands, and an environment that leaves the user's alone."""
    folder = tmp_path / "registrum"
    folder.mkdir()
    for name in (".venv", "tests", "scripts", "docs", "deployments", "verifier"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGISTRUM_")}
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        kept[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
    variables = {**kept, "REGISTRUM_DEVNET_DIR": str(tmp_path / "devnet"), "LC_ALL": "C.UTF-8"}
    try:
        yield folder, variables
    finally:
        devnet.stop(tmp_path / "devnet")


@pytest.mark.parametrize("file", TRANSCRIPTS)
def test_commands_print_what_is_shown(file: str, checkout: tuple[Path, dict[str, str]]) -> None:
    folder, variables = checkout
    found = commands(file)
    assert found
    for command in found:
        answer = subprocess.run(
            ["bash", "-c", command.text],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
        place = f"{command.file}:{command.line}: {command.text}\nended with {answer.returncode}:\n{answer.stdout}"
        assert answer.returncode == 0, place
        assert command.matches(answer.stdout), f"{place}\nshown is:\n{command.expected}"


def test_python_blocks_of_the_readme_run(back_end: Path) -> None:
    namespace = run_blocks(blocks("README.md", "python"))
    namespace["registry"].close()


def test_links_between_documents_lead_somewhere() -> None:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    broken = []
    for file in files:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")) and not (file.parent / target).exists():
                broken.append(f"{file.relative_to(ROOT)}: {target}")
    assert not broken


def test_the_readme_names_every_document() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [path.name for path in (ROOT / "docs").glob("*.md") if f"(docs/{path.name})" not in readme]
    assert not missing


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("", "anything", True),
        ("a ... c", "a b c\n", True),
        ("a\n...\nc", "a\nb\nb\nc", True),
        ("a ... c", "a b d", False),
        ("a", "a b", False),
        ("(1)", "(1)", True),
    ],
)
def test_transcripts_are_compared_strictly(shown: str, printed: str, expected: bool) -> None:
    from tests.docs.blocks import Command

    assert Command("file", 1, "command", shown).matches(printed) is expected


def test_commands_that_documents_name_exist() -> None:
    root: Any = typer.main.get_command(app)
    context = typer.Context(root)
    nouns = {name: getattr(root.get_command(context, name), "commands", {}) for name in root.list_commands(context)}
    wrong = []
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for noun, verb in re.findall(
            r"(?:`|\$ |bin/|^)registrum ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?\b", file.read_text(), re.M
        ):
            known = nouns.get(noun)
            if known is None or (verb and known and verb not in known):
                wrong.append(f"{file.relative_to(ROOT)}: registrum {noun} {verb}")
    assert not wrong
    assert nouns["priority"].keys() >= {"check", "claim"}
