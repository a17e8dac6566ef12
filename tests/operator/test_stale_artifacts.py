"""Which changes make the brownie command delete what was compiled before, because brownie would not notice them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import brownie_cli

SOURCES = {
    "brownie-config.yaml": "compiler: {}\n",
    "package-lock.json": "{}\n",
    "contracts/Register.sol": "contract Register {}\n",
    "contracts/types/Day.sol": "type Day is uint32;\n",
    "contracts/types/deeper/Month.sol": "type Month is uint32;\n",
    "contracts/rules/Rules.sol": "/*\ncontract in a comment\n*/\n// library in a comment\nfunction rule() pure {}\n",
    "interfaces/Shape.sol": "struct Shape { uint256 side; }\n",
    "interfaces/IRegister.sol": "// line\ninterface IRegister {}\n",
}


@pytest.fixture
def artifacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of artifacts of a project that was compiled and has not changed since."""
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(brownie_cli, "ROOT", tmp_path)
    brownie_cli.forget_stale_artifacts()
    folder = tmp_path / "build" / "contracts"
    folder.mkdir()
    return folder


def test_nothing_is_forgotten_while_nothing_changes(artifacts: Path) -> None:
    brownie_cli.forget_stale_artifacts()
    assert artifacts.is_dir()


@pytest.mark.parametrize("name", [name for name in SOURCES if "Register" not in name])
def test_change_that_brownie_does_not_notice(artifacts: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SOURCES[name] + "\n", "utf-8")
    brownie_cli.forget_stale_artifacts()
    assert not artifacts.exists()


@pytest.mark.parametrize("name", [name for name in SOURCES if "Register" in name])
def test_change_that_brownie_notices_by_itself(artifacts: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SOURCES[name] + "\n", "utf-8")
    brownie_cli.forget_stale_artifacts()
    assert artifacts.is_dir()


def test_file_that_was_moved(artifacts: Path, tmp_path: Path) -> None:
    (tmp_path / "contracts/types/Day.sol").rename(tmp_path / "contracts/rules/Day.sol")
    brownie_cli.forget_stale_artifacts()
    assert not artifacts.exists()
