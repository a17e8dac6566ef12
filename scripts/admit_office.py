r"""Admit an office and add its first key where one account governs: `brownie run scripts/admit_office.py`.

Networks of a consortium admit by vote instead: `registrum office admit`. Keys are added in the same way everywhere.

    REGISTRUM_OFFICE=EM REGISTRUM_OFFICE_NAME="European Union Intellectual Property Office" \
    REGISTRUM_SEAT=0x... REGISTRUM_OFFICE_KEY=0x... brownie run scripts/admit_office.py --network consortium

or, with arguments, `brownie run scripts/admit_office.py admit EM 0x<seat> "<name>" --network consortium` and
`brownie run scripts/admit_office.py add_key EM 0x<key> --network consortium`.

Governance admits (brownie account `REGISTRUM_GOVERNANCE_ACCOUNT`); only the seat adds keys (brownie account
`REGISTRUM_SEAT_ACCOUNT`). Where the seat's key is not at hand, leave that out: the office adds its key itself by
`registrum key add`. Further, optional: `REGISTRUM_ENDPOINT` (public service address) and
`REGISTRUM_EARLIEST_FILING_DATE` (YYYY-MM-DD; the office issued no numbers before). What is done already is not done
again. On a development network an empty chain is first deployed to.
"""

from __future__ import annotations

import os
from typing import Any

from brownie import accounts

from registrum.dates import parse_date, to_on_chain
from registrum.errors import ConfigError, RegistrumError
from registrum.numbers.offices import office_code, office_name
from registrum.signing.addresses import checksum_address, parse_address

from .deploy import deploy_contracts, governance_address
from .operator_network import deployed_contract, is_development, load_account, manifest_path, transaction_fees

APPLICATIONS, REGISTER, TRANSACTIONS = 1, 2, 4
RECORDS = APPLICATIONS | REGISTER | TRANSACTIONS
GAS = 1_000_000


def main() -> None:
    """Entry point of `brownie run`: everything from the environment."""
    try:
        code = required("REGISTRUM_OFFICE")
        seat = os.environ.get("REGISTRUM_SEAT") or (development_seat() if is_development() else "")
        if not seat:
            raise ConfigError("REGISTRUM_SEAT is not set", remedy="Give the address that acts for the office.")
        _admit(code, seat, os.environ.get("REGISTRUM_OFFICE_NAME", ""))
        key = os.environ.get("REGISTRUM_OFFICE_KEY")
        if key and (os.environ.get("REGISTRUM_SEAT_ACCOUNT") or is_development()):
            _add_key(code, key)
        elif key:
            print(f"the seat of {code} adds the key itself: {command_for_seat(code, key)}")
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error


def admit(code: str, seat: str, name: str = "") -> None:
    """Admit an office; the other facts come from the environment."""
    try:
        _admit(code, seat, name)
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error


def add_key(code: str, key: str) -> None:
    """Add a key that signs an office's records."""
    try:
        _add_key(code, key)
    except RegistrumError as error:
        raise SystemExit(error.diagnostics()) from error


def admit_office(
    directory: Any, governance: Any, code: str, seat: str, name: str, endpoint: str = "", earliest: int = 0
) -> bool:
    """Admit an office unless it is admitted with this seat.

    Args:
        directory: The `OfficeDirectory`, as brownie's object.
        governance: Brownie account.
        code: WIPO ST.3 code.
        seat: Address that acts for the office.
        name: In English.
        endpoint: Public service address, or empty.
        earliest: Day before which the office issued no numbers, `YYYYMMDD`; 0 for no bound.

    Returns:
        Whether it was admitted by this call.

    Raises:
        ConfigError: It is admitted with another seat, or the account is not governance.
        InputError: The code or the seat is none.
    """
    word, seat = word_of(code), checksum_address(parse_address(seat))
    present = parse_address(directory.seatOf(word))
    if present == parse_address(seat):
        print(f"{code} is admitted already, with seat {seat}")
        return False
    if any(present):
        raise ConfigError(f"{code} is admitted with another seat, {checksum_address(present)}, not {seat}")
    if parse_address(directory.governance()) != parse_address(governance.address):
        raise ConfigError(
            f"{governance.address} is not governance; {directory.governance()} is",
            remedy="Name its brownie account by REGISTRUM_GOVERNANCE_ACCOUNT. If it is the timelock of a consortium, "
            "the offices admit by vote: `registrum office admit`.",
        )
    directory.admitOffice(word, seat, name or office_name(code), endpoint, earliest, sender_options(governance))
    print(f"admitted {code} with seat {seat}")
    return True


def add_office_key(directory: Any, seat: Any, code: str, key: str, scopes: int = RECORDS) -> bool:
    """Add a key from now on and without end, unless the office has it.

    Args:
        directory: The `OfficeDirectory`, as brownie's object.
        seat: Brownie account of the office's seat.
        code: WIPO ST.3 code.
        key: Address that will sign.
        scopes: Sum of 1 applications, 2 register entries, 4 transactions, 8 keys.

    Returns:
        Whether it was added by this call.

    Raises:
        ConfigError: The account is not the seat, or the key is there with other scopes or revoked.
        InputError: The code or the key is none.
    """
    word, key = word_of(code), checksum_address(parse_address(key))
    known = directory.keyOf(word, key).dict()
    if known["revokedAt"]:
        raise ConfigError(
            f"{key} was revoked as a key of {code}", remedy="Use a fresh key; a revoked one stays revoked."
        )
    if known["scopes"] == scopes:
        print(f"{key} is a key of {code} already")
        return False
    if known["scopes"]:
        raise ConfigError(f"{key} is a key of {code} with scopes {known['scopes']}, not {scopes}")
    if parse_address(directory.seatOf(word)) != parse_address(seat.address):
        raise ConfigError(
            f"{seat.address} is not the seat of {code}", remedy="Name the seat's account by REGISTRUM_SEAT_ACCOUNT."
        )
    directory.addKey(word, key, scopes, 0, 0, sender_options(seat))
    print(f"added key {key} of {code}")
    return True


def command_for_seat(code: str, key: str) -> str:
    """What the office types where its seat is not at hand here."""
    return f"registrum key add {code} {key}"


def word_of(code: str) -> str:
    """An office code as `bytes2`.

    Raises:
        OfficeCodeError: WIPO ST.3 does not list it.
    """
    return "0x" + office_code(code).encode("ascii").hex()


def sender_options(account: Any) -> dict[str, Any]:
    """Brownie's transaction options; gas is named, since nodes may refuse to estimate it."""
    return {"from": account, "gas_limit": GAS, **transaction_fees(str(account.address))}


def required(variable: str) -> str:
    """The value of an environment variable.

    Raises:
        ConfigError: It is not set.
    """
    value = os.environ.get(variable)
    if not value:
        raise ConfigError(f"{variable} is not set", remedy="See the head of scripts/admit_office.py.")
    return value


def development_seat() -> str:
    """Seat of the office on a development network: the second unlocked account."""
    return str(accounts[1].address)


def _admit(code: str, seat: str, name: str) -> None:
    governance = load_account("REGISTRUM_GOVERNANCE_ACCOUNT")
    day = os.environ.get("REGISTRUM_EARLIEST_FILING_DATE")
    earliest = to_on_chain(parse_date(day)) if day else 0
    directory = _directory(governance)
    admit_office(directory, governance, code, seat, name, os.environ.get("REGISTRUM_ENDPOINT", ""), earliest)


def _add_key(code: str, key: str) -> None:
    if is_development() and not os.environ.get("REGISTRUM_SEAT_ACCOUNT"):
        seat = accounts[1]
    else:
        seat = load_account("REGISTRUM_SEAT_ACCOUNT")
    add_office_key(deployed_contract("OfficeDirectory"), seat, code, key)


def _directory(governance: Any) -> Any:
    if is_development():
        deploy_contracts(governance, governance_address(governance), manifest_path())
    return deployed_contract("OfficeDirectory")
