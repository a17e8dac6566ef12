"""The client as an office installs it, alone and with the server: the wheel and locked requirements, nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from registrum.proofs.merkle import MerkleTree
from tests.client.proof_samples import plain_leaves, proof_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "registrum"
LIMIT_S = 300
UV = Path(sys.executable).with_name("uv")
"""As in `make setup`: pip takes a minute for the same files."""
SERVER = ("registrum.index", "registrum.web")
"""Packages that need what `registrum[server]` brings."""
SCRIPTS = "registrum/index/migrations/"
"""Run by Alembic, which loads them in its own way."""
IMPORT_ALL = """
import importlib, json, sys
import registrum
names = {names}
for name in names:
    importlib.import_module(name)
for name in registrum.__all__:
    getattr(registrum, name)
print(json.dumps({{"file": registrum.__file__}}))
"""


@dataclass(frozen=True)
class Installed:
    """An environment in a folder of its own, and what a process sees that knows nothing of this checkout."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "REGISTRUM_", "XDG_", "VIRTUAL_ENV"))
        }
        return subprocess.run(
            [str(part) for part in command],
            cwd=home,
            env={**kept, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    def evaluate(self, program: str) -> Any:
        """What a program prints, as JSON."""
        done = self.run(self.python, "-c", program)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def registrum(self, *arguments: object) -> Any:
        """The document that a command prints; it must succeed."""
        done = self.run(self.folder / "venv" / "bin" / "registrum", *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def install(what: str, *command: object) -> None:
    """One step of the installation; what a stranger needs to know when it fails is said in one place."""
    words = [str(part) for part in command]
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S, check=False, env=environment()
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        pytest.fail(f"{what} failed (can the package index be reached?): {' '.join(words)}\n{tail}", pytrace=False)


def environment() -> dict[str, str]:
    """This environment, with the index that pip is told to use told to uv too, which reads no pip configuration."""
    known = dict(os.environ)
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(asked, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    index = known.get("PIP_INDEX_URL") or configured.stdout.strip()
    if index:
        known.setdefault("UV_DEFAULT_INDEX", index)
    return known


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: builds leave files beside their sources."""
    folder = tmp_path_factory.mktemp("build")
    copy = folder / "project"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, copy)
    shutil.copytree(SOURCE, copy / "src" / "registrum", ignore=shutil.ignore_patterns("__pycache__"))
    install("building the wheel", UV, "build", "--quiet", "--wheel", "--out-dir", folder, copy)
    (built,) = folder.glob("*.whl")
    return built


def in_new_environment(folder: Path, requirements: str, wheel: Path) -> Installed:
    made = Installed(folder)
    install("making an environment", UV, "venv", "--quiet", "--python", sys.executable, made.folder / "venv")
    into = ("pip", "install", "--quiet", "--python", made.python)
    install("installing the requirements", UV, *into, "--require-hashes", "-r", ROOT / "requirements" / requirements)
    # Without an index: whatever the wheel asks for must be among the locked requirements.
    install("installing the wheel", UV, *into, "--no-index", wheel)
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return in_new_environment(tmp_path_factory.mktemp("installed"), "client.txt", wheel)


@pytest.fixture(scope="module")
def installed_server(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return in_new_environment(tmp_path_factory.mktemp("server"), "server.txt", wheel)


def sources() -> set[str]:
    return {
        "registrum/" + path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def modules() -> set[str]:
    """What can be imported; `__main__` cannot without running."""
    paths = (Path(name) for name in sources() if name.endswith(".py") and not name.startswith(SCRIPTS))
    names = (".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths)
    return {name for name in names if not name.endswith("__main__")}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == sources()


def test_the_wheel_brings_sha256_to_the_browser_with_its_licence(wheel: Path) -> None:
    folder = "registrum/web/static/vendor/noble-hashes/"
    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}
        brought = {name: archive.read(folder + name) for name in names}
    assert names == {"LICENSE", "_md.js", "_u64.js", "sha2.js", "utils.js"}
    package = ROOT / "node_modules" / "@noble" / "hashes"
    assert brought == {name: (package / name).read_bytes() for name in names}


def test_the_wheel_brings_the_verifier_as_it_is_in_the_checkout(wheel: Path) -> None:
    folder = "registrum/web/static/vendor/verifier/"
    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}
        page = archive.read(folder + "verify.html")
    assert names == {"verifier.js", "verify.html"}
    assert page == (ROOT / "verifier" / "verify.html").read_bytes()


def test_requirements_agree_with_each_other(installed: Installed) -> None:
    done = installed.run(UV, "pip", "check", "--python", installed.python)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["brownie", "solcx", "pytest", "hypothesis", "sqlalchemy", "fastapi"])
def test_what_the_client_does_without(installed: Installed, name: str) -> None:
    done = installed.run(installed.python, "-c", f"import {name}")
    assert done.returncode != 0
    assert f"ModuleNotFoundError: No module named '{name}'" in done.stderr


def test_every_module_and_every_public_name_can_be_imported(installed: Installed) -> None:
    names = sorted(name for name in modules() if not name.startswith(SERVER))
    assert {"registrum", "registrum.cli.root", "registrum.chain.sender", "registrum.deployment.deployer"} < set(names)
    seen = installed.evaluate(IMPORT_ALL.format(names=names))
    assert Path(seen["file"]).is_relative_to(installed.folder)


def test_with_the_server_every_module_can_be_imported(installed_server: Installed) -> None:
    names = sorted(modules())
    assert set(SERVER) < set(names)
    seen = installed_server.evaluate(IMPORT_ALL.format(names=names))
    assert Path(seen["file"]).is_relative_to(installed_server.folder)


def test_requirements_of_the_server_agree_with_each_other(installed_server: Installed) -> None:
    done = installed_server.run(UV, "pip", "check", "--python", installed_server.python)
    assert done.returncode == 0, done.stderr


def test_package_data_is_that_of_the_sources(installed: Installed) -> None:
    found = installed.evaluate(
        "import hashlib, json, pathlib, registrum\n"
        "top = pathlib.Path(registrum.__file__).parent\n"
        "data = [path for path in top.rglob('*') if path.is_file() and path.suffix in ('.json', '.typed')]\n"
        "print(json.dumps({path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()"
        " for path in data}))"
    )
    expected = {path for path in SOURCE.rglob("*") if path.suffix in (".json", ".typed")}
    assert {"abi/ApplicationRegistry.json", "numbers/office_codes.json", "numbers/number_forms.json"} < set(found)
    assert found == {path.relative_to(SOURCE).as_posix(): sha256(path.read_bytes()).hexdigest() for path in expected}


def test_parses_a_number(installed: Installed) -> None:
    parsed = installed.registrum("number", "parse", "US 29/010,907", "--right", "D")
    on_chain = "0x" + b"USD29/010907".ljust(32, b"\0").hex()
    assert parsed == {
        "office": "US",
        "right": "D",
        "number": "29/010907",
        "text": "US/D/29/010907",
        "asIssued": "US 29/010,907",
        "onChain": on_chain,
        "unmasked": False,
    }


def test_verifies_a_proof_offline(installed: Installed, tmp_path: Path) -> None:
    tree = MerkleTree.build(plain_leaves(7))
    proof = proof_of(tree, 4)
    proof.write(tmp_path / "good.json")
    contents = [f"application {index}".encode() for index in range(1, 8)]
    document = tmp_path / "application.txt"
    document.write_bytes(next(content for content in contents if sha256(content).digest() == proof.leaf.digest))
    answer = installed.registrum("anchor", "verify", tmp_path / "good.json", "--offline", "--document", document)
    outcomes = {check["check"]: check["outcome"] for check in answer["checks"]}
    assert {outcomes[name] for name in ("number", "document", "inclusion", "signature")} == {"passed"}

    forged = json.loads((tmp_path / "good.json").read_text(encoding="utf-8"))
    forged["path"][0] = "0x" + "11" * 32
    (tmp_path / "forged.json").write_text(json.dumps(forged), encoding="utf-8")
    command = installed.folder / "venv" / "bin" / "registrum"
    done = installed.run(command, "anchor", "verify", tmp_path / "forged.json", "--offline", "--json")
    assert done.returncode == 1, done.stderr
