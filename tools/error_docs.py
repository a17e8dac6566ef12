"""Write `docs/errors.md` out of the error classes; with `--check` only say whether it is current."""

from __future__ import annotations

import sys
from pathlib import Path

from registrum import errors
from registrum.chain import (
    application_errors,
    charter_errors,
    consortium_errors,
    directory_errors,
    emergency_errors,
    priority_errors,
    reverts,
    rights_errors,
)
from registrum.chain.custom_error import CustomError

TARGET = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

HEAD = """# Errors

Every error of the Python client is a `registrum.errors.RegistrumError` with `message` (what was wrong, with the
offending value), `remedy` (what to do), `code` (stable text, for logs and `--json`), `details` (further facts, ready
for JSON), `exit_code` (of the command line) and `retryable`. Exit codes: 0 ok, 1 negative answer, 2 usage or bad
input, 3 node not reachable, 4 refused by a contract, 5 outcome unknown.

This file is written by `tools/error_docs.py` out of the classes; the tests check that it is current, and that classes
and contracts have the same errors.
"""

GROUPS = (
    (
        "Offices and keys (`OfficeDirectory`)",
        "Declared in `interfaces/IOfficeDirectory.sol`. A register that checks a signature passes them on.",
        directory_errors,
    ),
    (
        "Votes (`Consortium`)",
        "Declared in `interfaces/IConsortium.sol`, and by OpenZeppelin's `Governor` and `TimelockController`.",
        consortium_errors,
    ),
    (
        "Emergencies (`EmergencyCouncil`)",
        "Declared in `interfaces/IEmergencyCouncil.sol`.",
        emergency_errors,
    ),
    (
        "Charter and address book (`Charter`, `AddressBook`)",
        "Declared in `interfaces/ICharter.sol` and `interfaces/IAddressBook.sol`.",
        charter_errors,
    ),
    (
        "Application records (`ApplicationRegistry`)",
        "Declared in `interfaces/IApplicationRegistry.sol`.",
        application_errors,
    ),
    (
        "Priority (`PriorityRegister`)",
        "Declared in `interfaces/IPriorityRegister.sol`. A claim that is not valid is no error: it is a verdict.",
        priority_errors,
    ),
    (
        "Register entries (`RightsRegister`, `OfficePractice`, `RightsStanding`)",
        "Declared in `interfaces/IRightsRegister.sol`, `interfaces/IOfficePractice.sol` and\n"
        "`interfaces/IRightsStanding.sol`. A move that the table of codes does not foresee is no error: it is\n"
        "recorded and flagged as irregular.",
        rights_errors,
    ),
    (
        "Values, signatures and the language itself",
        "Declared beside the value types, in `interfaces/IOfficeSigned.sol`, by OpenZeppelin and by Solidity.",
        reverts,
    ),
)


def text() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, client_errors(), contract_errors()])


def client_errors() -> str:
    """Return the section on the client's own errors, in the order of their module."""
    lines = [
        "## Errors of the client",
        "",
        "Where the remedy depends on the case, it comes with the error.",
        "",
        "| class | cause | remedy | `code` | exit | retry |",
        "|---|---|---|---|---|---|",
    ]
    for name, cls in vars(errors).items():
        if isinstance(cls, type) and issubclass(cls, errors.RegistrumError):
            cause = (cls.__doc__ or "").strip().splitlines()[0]
            retry = "yes" if cls.retryable else "no"
            remedy = cls.remedy or "comes with the error"
            lines.append(f"| `{name}` | {cause} | {remedy} | `{cls.code}` | {cls.exit_code} | {retry} |")
    return "\n".join([*lines, ""])


def contract_errors() -> str:
    """Return the sections on the contracts' errors."""
    lines = [
        "## Errors of the contracts",
        "",
        "All of them are subclasses of `ContractError`, exit code 4, and can be imported from",
        "`registrum.chain.reverts`. Their attributes are the arguments of the declaration in snake case, as typed",
        "values. Nothing was changed on the chain. What can be foretold is raised before anything is sent.",
        "",
    ]
    for title, remark, module in GROUPS:
        lines += [f"### {title}", "", remark, ""]
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, CustomError) and cls.__module__ == module.__name__:
                lines += entry(cls)
    unknown = reverts.UnknownRefusalError
    cause = (unknown.__doc__ or "").strip().splitlines()[0]
    lines += [f"#### `{unknown.__name__}`", "", f"- Cause: {cause}", f"- Remedy: {unknown.remedy}"]
    lines += [f"- `code`: `{unknown.code}`", ""]
    return "\n".join(lines)


def entry(cls: type[CustomError]) -> list[str]:
    """Return the lines about one error of a contract."""
    return [
        f"#### `{cls.__name__}`",
        "",
        f"- Solidity: `{cls.declaration}`, selector `0x{cls.error_selector.hex()}`",
        f"- Cause: {(cls.__doc__ or '').strip()}",
        f"- Remedy: {cls.remedy}",
        f"- Says: “{cls.says}”",
        f"- `code`: `{cls.code}`",
        "",
    ]


def main() -> int:
    """Write or check; return the exit status."""
    current = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if "--check" in sys.argv[1:]:
        if current != text():
            print("docs/errors.md is not current: run .venv/bin/python tools/error_docs.py", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
