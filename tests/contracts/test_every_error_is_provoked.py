"""Every custom error of every contract is provoked by a test in the folder of that contract.

The tests are read, not run: what counts is a call of `reverts_with`, which compares the revert data, with the name
written out, in a statement that runs whenever its test passes, or in a function of the module that such a statement
calls. That the error was met is then shown by the passing test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from brownie.project import get_loaded_projects

from tests.contracts.support.fixtures import compiled

ROOT = Path(__file__).parent

UNREACHABLE = {"InvalidShortString", "StringTooLong"}
"""Of OpenZeppelin's `ShortStrings`, through `EIP712`: for names of a contract that have 32 bytes or more. Ours are
constants, and shorter; `test_names_are_short` keeps that true."""

OF_OTHER_GOVERNORS = {
    "GovernorAlreadyCastVote",
    "GovernorAlreadyQueuedProposal",
    "GovernorInvalidSignature",
    "GovernorInvalidVoteParams",
    "GovernorInvalidVoteType",
    "GovernorInvalidVotingPeriod",
    "GovernorNotQueuedProposal",
    "GovernorQueueNotImplemented",
    "InvalidAccountNonce",
    "SafeCastOverflowedUintDowncast",
}
"""Declared by OpenZeppelin for other ways to count, to sign votes and to queue than those of `Consortium`, whose own
errors and bounds come first."""


def deployable() -> list[str]:
    """Names of the project's contracts that can be deployed, those for tests excepted."""
    (project,) = get_loaded_projects()
    builds = [container._build for container in project]
    return sorted(
        build["contractName"]
        for build in builds
        if build["type"] == "contract"
        and build["bytecode"]
        and build["sourcePath"].startswith("contracts/")
        and not build["sourcePath"].startswith("contracts/test/")
    )


def errors_of(contract: str) -> set[str]:
    names = {entry["name"] for entry in compiled(contract).abi if entry["type"] == "error"} - UNREACHABLE
    return names - OF_OTHER_GOVERNORS if contract == "Consortium" else names


def folder_of(contract: str) -> Path:
    return ROOT / re.sub(r"(?<!^)(?=[A-Z])", "_", contract).lower()


def provoked_in(source: str) -> set[str]:
    """Names of the errors that the tests of a module provoke."""
    module = ast.parse(source)
    if not imports_reverts_with(module):
        return set()
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    tests = [
        function
        for name, function in functions.items()
        if name.startswith("test_")
        and not any(re.search("skip|xfail", ast.unparse(decorator)) for decorator in function.decorator_list)
    ]
    names: set[str] = set()
    reached: set[str] = set()
    pending = list(tests)
    while pending:
        for statement in statements_of(pending.pop().body):
            call = statement.value
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            called = call.func.id
            if called == "reverts_with" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                names.add(str(call.args[1].value))
            elif called in functions and called not in reached:
                reached.add(called)
                pending.append(functions[called])
    return names


def imports_reverts_with(module: ast.Module) -> bool:
    """Whether the name is that of the support module, and nothing in this one hides it or skips all tests."""
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "tests.contracts.support.errors"
        and any(alias.name == "reverts_with" and alias.asname is None for alias in node.names)
        for node in module.body
    )
    names = {"reverts_with", "pytestmark"}
    hidden = any(
        (isinstance(node, ast.FunctionDef) and node.name in names)
        or (
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in {"reverts_with", "pytestmark"}
        )
        for node in ast.walk(module)
    )
    return imported and not hidden


def statements_of(body: list[ast.stmt]) -> Iterator[ast.Expr]:
    """Expressions that are statements and run whenever the function runs to its end: loops, but no branches."""
    for statement in body:
        if isinstance(statement, ast.Return):
            return
        if isinstance(statement, ast.Expr):
            yield statement
        elif isinstance(statement, ast.For):
            yield from statements_of(statement.body)


def test_there_are_contracts() -> None:
    assert {"ApplicationRegistry", "OfficeDirectory", "PriorityRegister"} <= set(deployable())


def test_every_error_of_every_contract_is_provoked() -> None:
    missing = []
    for contract in deployable():
        tests = sorted(folder_of(contract).glob("test_*.py"))
        provoked = set().union(*(provoked_in(path.read_text(encoding="utf-8")) for path in tests))
        missing += [f"{contract}: {error}" for error in sorted(errors_of(contract) - provoked)]
    assert not missing, "no test provokes\n" + "\n".join(missing)


def test_no_test_of_a_contract_is_skipped() -> None:
    """A skip inside of a test would not show in the reading above."""
    for path in ROOT.rglob("test_*.py"):
        calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if is_call(node)]
        assert not {"pytest.skip", "pytest.xfail", "pytest.importorskip"} & set(calls), path


def is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)


def test_names_are_short(registry: Any, priority: Any) -> None:
    for contract in (registry, priority):
        _, name, version, *_ = contract.eip712Domain()
        assert 0 < len(name.encode()) < 32
        assert 0 < len(version.encode()) < 32


IMPORT = "from tests.contracts.support.errors import reverts_with\n"


@pytest.mark.parametrize(
    "source",
    [
        IMPORT + "def test_a():\n    reverts_with(lambda: f(), 'Named', 1)\n",
        IMPORT + "def test_a():\n    for x in y:\n        reverts_with(f, 'Named')\n",
        IMPORT + "@pytest.mark.parametrize('x', [1])\ndef test_a(x):\n    g()\n    reverts_with(f, 'Named')\n",
        IMPORT + "def refused(f):\n    reverts_with(f, 'Named')\ndef test_a():\n    refused(g)\n",
    ],
)
def test_the_reading_finds(source: str) -> None:
    assert provoked_in(source) == {"Named"}


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "def reverts_with(*_):\n    pass\ndef test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "reverts_with = print\ndef test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "pytestmark = pytest.mark.skip\ndef test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "def helper():\n    reverts_with(f, 'Named')\n",
        IMPORT + "def test_a():\n    def inner():\n        reverts_with(f, 'Named')\n",
        IMPORT + "def test_a():\n    lambda: reverts_with(f, 'Named')\n",
        IMPORT + "def refused(f):\n    reverts_with(f, 'Named')\ndef test_a():\n    g(refused)\n",
        IMPORT + "def refused(f):\n    reverts_with(f, 'Named')\ndef other():\n    refused(g)\n",
        IMPORT + "def test_a():\n    if False:\n        reverts_with(f, 'Named')\n",
        IMPORT + "def test_a():\n    return\n    reverts_with(f, 'Named')\n",
        IMPORT + "@pytest.mark.skip\ndef test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "@pytest.mark.xfail(reason='x')\ndef test_a():\n    reverts_with(f, 'Named')\n",
        IMPORT + "def test_a():\n    '''reverts_with(f, 'Named')'''\n    # reverts_with(f, 'Named')\n",
        IMPORT + "def test_a():\n    print('Named')\n    reverts_with(f, name)\n",
        IMPORT + "def test_a():\n    errors.append('Named')\n",
    ],
)
def test_the_reading_is_not_fooled(source: str) -> None:
    assert provoked_in(source) == set()
