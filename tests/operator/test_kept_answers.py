"""`tools/solc/kept.js`: which questions to the compiler are answered by what was kept, and which never."""

from __future__ import annotations

import copy
import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Notes that it was asked, and by what name it was told; reads one import, and fails where that says so.
COMPILER = """
const fs = require('node:fs');
exports.version = () => '0.0.1+commit.00000000.Emscripten.clang';
exports.compile = (input, { import: read }) => {
  fs.appendFileSync(`${__dirname}/asked`, 'x');
  const { sources } = JSON.parse(input);
  const { contents, error } = read('Imported.sol');
  const errors = (contents ?? 'wrong').includes('wrong') ? [{ severity: 'error' }] : [{ severity: 'warning' }];
  return JSON.stringify({ errors, sources, contents, error, asked: fs.readFileSync(`${__dirname}/asked`, 'utf8') });
};
"""
QUESTION: dict[str, Any] = {
    "language": "Solidity",
    "sources": {"A.sol": {"content": 'import "Imported.sol";'}, "B.sol": {"content": "contract B {}"}},
    "settings": {
        "optimizer": {"enabled": True, "runs": 200},
        "outputSelection": {"*": {"*": ["abi", "evm.bytecode"], "": ["ast"]}},
    },
}


class Compiler:
    """The wrapper in a folder of its own, around a compiler that counts how often it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / ".cache" / "compiled"
        self.imported = folder / "Imported.sol"
        self.module = folder / "node_modules" / "solc"
        shutil.copytree(ROOT / "tools" / "solc", folder / "tools" / "solc")
        self.module.mkdir(parents=True)
        (self.module / "index.js").write_text(COMPILER, "utf-8")
        self.is_of("0.0.1")
        self.imported.write_text("contract Imported {}", "utf-8")

    def is_of(self, version: str) -> None:
        (self.module / "package.json").write_text(json.dumps({"name": "solc", "version": version}), "utf-8")

    def answer(self, question: dict[str, Any] | str = QUESTION) -> dict[str, Any]:
        text = question if isinstance(question, str) else json.dumps(question)
        command = ["node", str(self.folder / "tools" / "solc" / "solc.js"), "--standard-json"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=self.folder, check=True)
        assert done.stderr == ""
        answered: dict[str, Any] = json.loads(done.stdout)
        return answered

    @property
    def asked(self) -> int:
        return len((self.module / "asked").read_text("ascii"))


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    return Compiler(tmp_path)


def selecting(*names: str, file: str = "*", contract: str = "*") -> dict[str, Any]:
    question = copy.deepcopy(QUESTION)
    question["settings"]["outputSelection"] = {file: {contract: list(names)}}
    return question


def test_same_question_is_answered_by_what_was_kept(compiler: Compiler) -> None:
    first = compiler.answer()
    assert compiler.answer() == first
    in_another_order = {key: QUESTION[key] for key in reversed(QUESTION)}
    in_another_order["sources"] = {key: QUESTION["sources"][key] for key in reversed(QUESTION["sources"])}
    assert compiler.answer(in_another_order) == first
    assert compiler.asked == 1


def test_answer_that_holds_more_than_is_asked(compiler: Compiler) -> None:
    first = compiler.answer()
    for narrower in (
        selecting("evm.bytecode.object"),
        selecting("abi", contract="B", file="B.sol"),
        selecting("ast", contract="", file="A.sol"),
    ):
        assert compiler.answer(narrower) == first
    assert compiler.asked == 1


def test_answer_that_holds_less_than_is_asked(compiler: Compiler) -> None:
    questions = [
        QUESTION,
        selecting("abi", "metadata"),
        selecting("evm.bytecodes"),
        selecting("abi", contract=""),
        selecting("evm"),
        selecting("*"),
    ]
    for count, question in enumerate(questions, 1):
        compiler.answer(question)
        assert compiler.asked == count, question
    for question in questions:
        compiler.answer(question)
    assert compiler.asked == len(questions), "all are kept"


def test_one_contract_does_not_stand_for_another(compiler: Compiler) -> None:
    compiler.answer(selecting("abi", file="A.sol", contract="A"))
    compiler.answer(selecting("abi", file="A.sol", contract="B"))
    compiler.answer(selecting("abi", file="B.sol", contract="A"))
    compiler.answer(selecting("abi"))
    assert compiler.asked == 4


def test_other_sources_and_settings_are_another_question(compiler: Compiler) -> None:
    compiler.answer()
    changes: list[Callable[[dict[str, Any]], Any]] = [
        lambda question: question["sources"]["A.sol"].update(content='import "Imported.sol"; '),
        lambda question: question["sources"].update({"C.sol": {"content": ""}}),
        lambda question: question["sources"].pop("B.sol"),
        lambda question: question["settings"]["optimizer"].update(runs=201),
        lambda question: question["settings"].update(viaIR=True),
        lambda question: question.update(language="Yul"),
    ]
    for count, change in enumerate(changes, 2):
        question = copy.deepcopy(QUESTION)
        change(question)
        compiler.answer(question)
        assert compiler.asked == count, question


def test_other_version_of_the_compiler_is_asked_again(compiler: Compiler) -> None:
    compiler.answer()
    compiler.is_of("0.0.2")
    compiler.answer()
    assert compiler.asked == 2


def test_imported_file_that_has_changed(compiler: Compiler) -> None:
    compiler.answer()
    compiler.imported.write_text("contract Imported { uint256 public number; }", "utf-8")
    assert compiler.answer()["contents"] == "contract Imported { uint256 public number; }"
    assert compiler.asked == 2
    compiler.imported.unlink()
    assert compiler.answer()["error"] == "File not found: Imported.sol"


def test_errors_are_not_kept(compiler: Compiler) -> None:
    compiler.imported.write_text("wrong", "utf-8")
    for _ in range(2):
        assert compiler.answer()["errors"] == [{"severity": "error"}]
    assert compiler.asked == 2
    assert not compiler.kept.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-20],
        lambda data: gzip.compress(gzip.decompress(data).replace(b"contract B {}", b"contract C {}")),
        lambda data: gzip.compress(b"no JSON\n" + gzip.decompress(data).split(b"\n", 1)[1]),
        lambda data: gzip.compress(b"{}\n"),
    ],
)
def test_damaged_file_is_not_believed(compiler: Compiler, damage: Any) -> None:
    first = compiler.answer()
    [file] = compiler.kept.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    again = compiler.answer()
    assert compiler.asked == 2
    assert again["sources"] == first["sources"]
    assert compiler.answer() == again, "and replaced"
    assert compiler.asked == 2


@pytest.mark.parametrize(
    "question", ["{", "[]", '{"language": "Solidity", "sources": {"A.sol": {"urls": ["/A.sol"]}}}', '{"sources": {}}']
)
def test_what_is_not_the_whole_question_goes_to_the_compiler(compiler: Compiler, question: str) -> None:
    (compiler.module / "index.js").write_text("exports.compile = (input) => JSON.stringify({ input });", "utf-8")
    for _ in range(2):
        assert compiler.answer(question) == {"input": question}
    assert not compiler.kept.exists()


def test_number_of_kept_answers_is_bounded_and_the_oldest_go(compiler: Compiler) -> None:
    first = compiler.answer()
    [kept] = compiler.kept.iterdir()
    for number in range(60):
        others = compiler.kept / f"{number}.gz"
        others.write_bytes(b"")
        os.utime(others, (2000, 2000))
    os.utime(kept, (1000, 1000))
    assert compiler.answer() == first
    compiler.answer(selecting("metadata"))
    left = sorted(compiler.kept.iterdir())
    assert len(left) == 40
    assert kept in left, "it was asked for again meanwhile"
    assert compiler.answer() == first
    assert compiler.asked == 2


def test_many_ask_at_once(compiler: Compiler) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _number: compiler.answer(), range(8)))
    assert all(answer["sources"] == QUESTION["sources"] for answer in answers)
    assert len(list(compiler.kept.iterdir())) == 1
    before = compiler.asked
    assert compiler.answer() in answers
    assert compiler.asked == before


@pytest.mark.parametrize(("meanwhile", "asked"), [("true", 1), ("touch Imported.sol", 2)])
def test_native_compiler_is_asked_once_too(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch, meanwhile: str, asked: int
) -> None:
    """It reads for itself, and names what it has read among the sources of its answer: too late for what changes."""
    native = compiler.folder / "native"
    output = json.dumps({"sources": {"A.sol": {}, "Imported.sol": {}}})
    steps = [f"printf x >> '{compiler.module}/asked'", "cat > /dev/null", meanwhile, f"echo '{output}'"]
    native.write_text("\n".join(["#!/bin/sh", *steps, ""]), "utf-8")
    native.chmod(0o755)
    monkeypatch.setenv("NATIVE_SOLC", str(native))
    assert compiler.answer() == compiler.answer() == json.loads(output)
    assert compiler.asked == asked
    compiler.imported.write_text("contract Imported { }", "utf-8")
    compiler.answer()
    assert compiler.asked == asked + 1


def test_kept_answer_of_the_real_compiler_is_its_answer(compiler: Compiler) -> None:
    shutil.rmtree(compiler.module)
    compiler.module.symlink_to((ROOT / "node_modules" / "solc").resolve())
    compiler.imported.write_text("pragma solidity ^0.8.0; contract Imported { uint256 public number; }", "utf-8")
    question = selecting("abi", "evm.bytecode", "evm.deployedBytecode", "devdoc", "userdoc")
    question["sources"] = {
        "A.sol": {"content": 'pragma solidity ^0.8.0; import "Imported.sol"; contract A is Imported {}'}
    }
    first = compiler.answer(question)
    assert first["contracts"]["A.sol"]["A"]["evm"]["bytecode"]["object"]
    # Without a compiler there is only what was kept.
    version = json.loads((ROOT / "node_modules" / "solc" / "package.json").read_text("utf-8"))["version"]
    compiler.module.unlink()
    compiler.module.mkdir()
    compiler.is_of(version)
    assert compiler.answer(question) == first
