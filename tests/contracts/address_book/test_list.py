"""`AddressBook`: versions of contracts by name, listed by governance and never unlisted."""

from __future__ import annotations

from typing import Any

import pytest
from brownie import web3
from eth_utils import keccak

from tests.contracts.support.errors import reverts_with
from tests.contracts.support.fixtures import compiled
from tests.contracts.support.ledger import log, logs_of, storage_root, time_of, travel
from tests.contracts.support.offices import Office

ZERO = "0x" + "00" * 20


def word(text: str) -> bytes:
    """A name as the book takes it."""
    return text.encode().ljust(32, b"\0")


DIRECTORY, WALLET = word("OfficeDirectory"), word("Wallet")


@pytest.fixture(scope="module")
def deployer(isolate_module: None, accounts: Any) -> Any:
    """Who deploys the book: nobody afterwards."""
    return accounts[13]


@pytest.fixture(scope="module")
def book(directory: Any, deployer: Any) -> Any:
    """The book, empty."""
    return compiled("AddressBook").deploy(directory, {"from": deployer})


@pytest.fixture(scope="module")
def contracts(book: Any, deployer: Any) -> list[Any]:
    """Three contracts that can be listed; the first two have the same code."""
    container, hostile = compiled("OwnerWallet"), compiled("HostileWallet")
    return [
        container.deploy(deployer, {"from": deployer}),
        container.deploy(deployer, {"from": deployer}),
        hostile.deploy(0, {"from": deployer}),
    ]


def entry(contract: Any, transaction: Any) -> tuple[str, str, int]:
    """What the book must show of a contract that a transaction listed."""
    code = bytes(web3.eth.get_code(contract.address))
    return contract.address, "0x" + keccak(code).hex(), time_of(transaction)


def listed(book: Any, name: bytes, version: int, contract: Any) -> Any:
    code = bytes(web3.eth.get_code(contract.address))
    return log(book, "ContractListed", name=name, version=version, account=contract.address, codeHash=keccak(code))


def test_lists_a_contract(book: Any, governance: Any, contracts: list[Any]) -> None:
    transaction = book.list([WALLET], [contracts[0]], {"from": governance})
    assert logs_of(transaction) == [listed(book, WALLET, 1, contracts[0])]
    assert book.current(WALLET) == entry(contracts[0], transaction)
    assert book.versions(WALLET) == (entry(contracts[0], transaction),)
    assert book.names() == ("0x" + WALLET.hex(),)


def test_a_later_version_takes_its_place_and_earlier_ones_stay(
    book: Any, governance: Any, contracts: list[Any]
) -> None:
    entries = []
    for i, contract in enumerate(contracts):
        travel(1000)
        transaction = book.list([WALLET], [contract], {"from": governance})
        assert logs_of(transaction) == [listed(book, WALLET, i + 1, contract)]
        entries.append(entry(contract, transaction))
        assert book.current(WALLET) == entries[-1]
        assert book.versions(WALLET) == tuple(entries)
    assert book.names() == ("0x" + WALLET.hex(),)


def test_several_at_once(book: Any, directory: Any, governance: Any, contracts: list[Any]) -> None:
    """In their order, two versions of one name among them."""
    names = [WALLET, DIRECTORY, WALLET]
    accounts = [contracts[0], directory, contracts[1]]
    transaction = book.list(names, accounts, {"from": governance})
    assert logs_of(transaction) == [
        listed(book, WALLET, 1, contracts[0]),
        listed(book, DIRECTORY, 1, directory),
        listed(book, WALLET, 2, contracts[1]),
    ]
    assert book.names() == tuple("0x" + name.hex() for name in (WALLET, DIRECTORY))
    assert book.current(WALLET) == entry(contracts[1], transaction)
    assert book.current(DIRECTORY) == entry(directory, transaction)


def test_the_book_may_list_itself(book: Any, governance: Any) -> None:
    name = word("AddressBook")
    transaction = book.list([name], [book], {"from": governance})
    assert book.current(name) == entry(book, transaction)


def test_nothing_is_harmless(book: Any, governance: Any) -> None:
    assert logs_of(book.list([], [], {"from": governance})) == []
    assert book.names() == ()


def test_one_that_cannot_be_listed_and_nothing_is(
    book: Any, governance: Any, contracts: list[Any], stranger: Any
) -> None:
    root = storage_root(book)
    reverts_with(
        lambda: book.list([WALLET, DIRECTORY], [contracts[0], stranger], {"from": governance}),
        "AddressBookNoContract",
        stranger,
    )
    assert storage_root(book) == root


def test_a_contract_is_listed_once(book: Any, governance: Any, contracts: list[Any]) -> None:
    """Neither again, nor under another name, nor after a later version, nor twice in one call."""
    reverts_with(
        lambda: book.list.call([WALLET, WALLET], [contracts[0], contracts[0]], {"from": governance}),
        "AddressBookListed",
        WALLET,
        contracts[0],
    )
    book.list([WALLET, WALLET], contracts[:2], {"from": governance})
    for contract in contracts[:2]:
        for name in (WALLET, DIRECTORY):
            reverts_with(
                lambda name=name, contract=contract: book.list.call([name], [contract], {"from": governance}),
                "AddressBookListed",
                WALLET,
                contract,
            )


def test_accounts_without_code(book: Any, governance: Any, em: Office) -> None:
    for account in (ZERO, em.seat.address, em.key.address, "0x" + "00" * 19 + "04"):
        reverts_with(
            lambda account=account: book.list.call([WALLET], [account], {"from": governance}),
            "AddressBookNoContract",
            account,
        )


def test_each_name_has_an_account(book: Any, governance: Any, contracts: list[Any]) -> None:
    for names, accounts in (([WALLET], []), ([], [contracts[0]]), ([WALLET, DIRECTORY], contracts)):
        reverts_with(
            lambda names=names, accounts=accounts: book.list.call(names, accounts, {"from": governance}),
            "AddressBookLengths",
            len(names),
            len(accounts),
        )


@pytest.mark.parametrize("name", ["A", "z", "0", "9Az", "x" * 32, "ApplicationRegistry"])
def test_names(book: Any, governance: Any, contracts: list[Any], name: str) -> None:
    book.list([word(name)], [contracts[0]], {"from": governance})
    assert book.names() == ("0x" + word(name).hex(),)


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b"\0A",
        b"A\0B",
        b"A" + bytes(30) + b"B",
        b"A B",
        b" A",
        b"A.",
        b"A-B",
        b"A_B",
        b"/",
        b":",
        b"@",
        b"[",
        b"`",
        b"{",
        b"\x7f",
        b"\xc1",
        b"\xe1",
        "Ä".encode(),
    ],
)
def test_no_names(book: Any, governance: Any, contracts: list[Any], name: bytes) -> None:
    padded = name.ljust(32, b"\0")
    reverts_with(
        lambda: book.list.call([padded], [contracts[0]], {"from": governance}), "AddressBookInvalidName", padded
    )


def test_what_was_never_listed(book: Any, governance: Any, contracts: list[Any]) -> None:
    book.list([WALLET], [contracts[0]], {"from": governance})
    for name in (DIRECTORY, bytes(32), word("wallet")):
        reverts_with(lambda name=name: book.current(name), "AddressBookUnknownName", name)
        assert book.versions(name) == ()


def test_only_governance_lists(
    book: Any, deployer: Any, stranger: Any, em: Office, governance: Any, contracts: list[Any]
) -> None:
    root = storage_root(book)
    for caller in (deployer, stranger, em.seat):
        reverts_with(
            lambda caller=caller: book.list([WALLET], [contracts[0]], {"from": caller}),
            "AddressBookNotGovernance",
            caller,
        )
        reverts_with(lambda caller=caller: book.list.call([], [], {"from": caller}), "AddressBookNotGovernance", caller)
    assert storage_root(book) == root
    book.list.call([WALLET], [contracts[0]], {"from": governance})


def test_governance_is_whom_the_directory_names_now(
    book: Any, directory: Any, governance: Any, stranger: Any, contracts: list[Any]
) -> None:
    directory.transferGovernance(stranger, {"from": governance})
    reverts_with(
        lambda: book.list.call([WALLET], [contracts[0]], {"from": governance}), "AddressBookNotGovernance", governance
    )
    book.list.call([WALLET], [contracts[0]], {"from": stranger})


def test_listing_is_all_that_changes_anything(book: Any) -> None:
    changing = [
        entry["name"]
        for entry in book.abi
        if entry["type"] == "function" and entry["stateMutability"] not in {"view", "pure"}
    ]
    assert changing == ["list"]


def test_directory(book: Any, directory: Any) -> None:
    assert book.directory() == directory


def test_directory_must_be_a_contract(deployer: Any) -> None:
    for address in (deployer.address, ZERO):
        reverts_with(
            lambda address=address: compiled("AddressBook").deploy(address, {"from": deployer}),
            "AddressBookNoDirectory",
            address,
        )
