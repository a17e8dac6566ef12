"""What importing the package loads, and which names it offers."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import registrum

SOURCE = Path(registrum.__file__).parent
HEAVY = ("brownie", "web3", "eth_account", "eth_abi", "requests", "lxml", "typer", "rich")
LIGHT = (
    "registrum",
    "registrum.errors",
    "registrum.numbers",
    "registrum.dates",
    "registrum.documents",
    "registrum.rights.codes",
    "registrum.rights.history",
    "registrum.rights.model",
    "registrum.rights.terms",
    "registrum.signing.rights_statements",
    "registrum.signing.statements",
    "registrum.signing.signers",
    "registrum.proofs.proof",
    "registrum.proofs.verify",
    "registrum.proofs.store",
    "registrum.chain.rpc",
    "registrum.chain.reverts",
    "registrum.chain.contracts",
    "registrum.chain.outbox",
    "registrum.deployment",
    "registrum.registry",
)


def modules() -> list[str]:
    """Every module of the package that can be imported; `__main__` runs the command line instead."""
    found = pkgutil.walk_packages([str(SOURCE)], "registrum.")
    return ["registrum", *(module.name for module in found if not module.name.endswith("__main__"))]


def loaded_after(*names: str) -> set[str]:
    """The top-level packages in a fresh interpreter after importing modules."""
    program = (
        "import importlib, json, sys\n"
        f"for name in {list(names)!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_no_module_imports_brownie() -> None:
    assert "brownie" not in loaded_after(*modules())


def test_no_module_names_brownie_in_an_import() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            assert not any(name.partition(".")[0] == "brownie" for name in names), path


def test_light_modules_load_nothing_heavy() -> None:
    assert loaded_after(*LIGHT).isdisjoint(HEAVY)


def test_a_manifest_is_read_without_what_reaches_a_node() -> None:
    loaded = loaded_after("registrum.deployment", "registrum.deployment.manifest", "registrum.proofs.verify")
    assert loaded.isdisjoint({"http", "ssl", "platformdirs"})


def test_names_of_the_deployment_are_those_listed() -> None:
    deployment = importlib.import_module("registrum.deployment")
    assert all(getattr(deployment, name) is not None for name in deployment.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = deployment.nothing


def test_public_names_are_those_listed() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    for_checkers = {alias.name for item in checked.body if isinstance(item, ast.ImportFrom) for alias in item.names}
    assert set(registrum.__all__) == for_checkers
    assert set(registrum.__all__) == set(registrum._HOMES)
    assert len(registrum.__all__) == len(set(registrum.__all__))
    assert set(registrum.__all__) <= set(dir(registrum))


@pytest.mark.parametrize("name", registrum.__all__)
def test_every_public_name_comes_from_its_home(name: str) -> None:
    home = importlib.import_module(registrum._HOMES[name])
    assert getattr(registrum, name) is getattr(home, name)
    assert name in getattr(home, "__all__", [name])


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = registrum.nothing
