"""`OfficeDirectory.admitOfficeWithKeys`: an office that can sign from its admission on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.office_directory.views import ACTIVE, ZERO, KeyView, OfficeView, fresh, key_of, office_of
from tests.contracts.support.errors import reverts_bare, reverts_with
from tests.contracts.support.ledger import FOREVER, log, logs_of, next_block_at, now, storage_root, time_of, travel_to
from tests.contracts.support.offices import APPLICATIONS, KEYS, REGISTER, TRANSACTIONS, Office

SEAT, FIRST, SECOND = fresh("seat of US"), fresh("first key of US"), fresh("second key of US")


def admit(directory: Any, sender: Any, keys: list[tuple[Any, ...]], **changes: Any) -> Any:
    """Ask what admitting US with these keys would do, with some other arguments changed."""
    values = {"code": b"US", "seat": SEAT, "name": "USPTO", "endpoint": "", "earliest": 0, **changes}
    return directory.admitOfficeWithKeys.call(*values.values(), keys, {"from": sender})


def test_office_and_keys_begin_together(directory: Any, governance: Any) -> None:
    later, end = now() + 1000, now() + 5000
    keys = [(FIRST, APPLICATIONS, 0, 0), (SECOND, REGISTER + TRANSACTIONS + KEYS, later, end)]
    transaction = directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 19000101, keys, {"from": governance})
    time = time_of(transaction)
    assert office_of(directory, b"US") == OfficeView(b"US", ACTIVE, SEAT, time, 0, 19000101, 2, "USPTO", "")
    assert directory.officeOfSeat(SEAT) == "0x" + b"US".hex()
    views = [KeyView(FIRST, APPLICATIONS, valid_from=time), KeyView(SECOND, 14, valid_from=later, valid_until=end)]
    assert [KeyView.of(values) for values in directory.keys(b"US", 0, 9)[0]] == views
    assert logs_of(transaction) == [
        log(
            directory, "OfficeAdmitted", office=b"US", seat=SEAT, name="USPTO", endpoint="", earliestFilingDate=19000101
        ),
        *(
            log(
                directory,
                "KeyAdded",
                office=b"US",
                account=view.account,
                scopes=view.scopes,
                validFrom=view.valid_from,
                validUntil=view.valid_until,
            )
            for view in views
        ),
    ]
    assert directory.authorise(b"US", FIRST, APPLICATIONS) == 19000101
    travel_to(later)
    assert directory.authorise(b"US", SECOND, REGISTER) == 19000101


def test_without_keys_is_a_plain_admission(directory: Any, governance: Any) -> None:
    directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, [], {"from": governance})
    assert office_of(directory, b"US").key_count == 0


def test_the_first_keys_may_manage_keys(directory: Any, governance: Any, accounts: Any) -> None:
    """Only a seat grants that scope later; the offices that admit do it in its name."""
    manager = accounts[20]
    keys = [(manager, KEYS, 0, 0)]
    directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, keys, {"from": governance})
    directory.addKey(b"US", FIRST, APPLICATIONS, 0, 0, {"from": manager})
    directory.revokeKey(b"US", FIRST, {"from": manager})
    reverts_with(
        lambda: directory.addKey.call(b"US", SECOND, KEYS, 0, 0, {"from": manager}),
        "OfficeDirectoryInvalidScopes",
        KEYS,
    )


def test_one_bad_key_and_nothing_happens(directory: Any, governance: Any) -> None:
    root = storage_root(directory)
    keys = [(FIRST, APPLICATIONS, 0, 0), (ZERO, APPLICATIONS, 0, 0)]
    reverts_with(
        lambda: directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, keys, {"from": governance}),
        "OfficeDirectoryZeroAccount",
    )
    assert storage_root(directory) == root


def test_a_key_twice(directory: Any, governance: Any) -> None:
    keys = [(FIRST, APPLICATIONS, 0, 0), (FIRST, REGISTER, 0, 0)]
    reverts_with(lambda: admit(directory, governance, keys), "OfficeDirectoryKeyExists", b"US", FIRST)


@pytest.mark.parametrize("scopes", [0, 16, 255])
def test_scopes(directory: Any, governance: Any, scopes: int) -> None:
    reverts_with(lambda: admit(directory, governance, [(FIRST, scopes, 0, 0)]), "OfficeDirectoryInvalidScopes", scopes)


def test_window(directory: Any, governance: Any) -> None:
    time = now() + 10
    for start, end, shown in (
        (time - 1, 0, FOREVER),
        (time, time, time),
        (time + 5, time, time),
        (FOREVER, 0, FOREVER),
    ):
        next_block_at(time)
        keys = [(FIRST, APPLICATIONS, start, end)]
        # A call is judged at the time of the latest block, so the bound itself is shown by a transaction.
        reverts_with(
            lambda keys=keys: directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, keys, {"from": governance}),
            "OfficeDirectoryInvalidWindow",
            start,
            shown,
        )
        time += 10


def test_a_window_that_ended_before_it_began_to_be_counted(directory: Any, governance: Any) -> None:
    """An end in the past, with the block as the beginning."""
    time = now() + 10
    next_block_at(time)
    keys = [(FIRST, APPLICATIONS, 0, time)]
    reverts_with(
        lambda: directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, keys, {"from": governance}),
        "OfficeDirectoryInvalidWindow",
        time,
        time,
    )


def test_no_more_than_32_keys(directory: Any, governance: Any) -> None:
    keys = [(fresh(f"key {i}"), APPLICATIONS, 0, 0) for i in range(33)]
    reverts_with(lambda: admit(directory, governance, keys), "OfficeDirectoryTooManyKeys", b"US", 32)
    admit(directory, governance, keys[:32])


def test_keys_of_other_offices_are_no_matter(directory: Any, governance: Any, em: Office) -> None:
    keys = [(em.key.address, APPLICATIONS, 0, 0)]
    directory.admitOfficeWithKeys(b"US", SEAT, "USPTO", "", 0, keys, {"from": governance})
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    assert key_of(directory, b"US", em.key.address).revoked_at == 0
    directory.authorise(b"US", em.key.address, APPLICATIONS)


def test_the_admission_itself_is_checked(directory: Any, governance: Any, em: Office, ru: Office) -> None:
    """As by `admitOffice`: one rule for both."""
    keys = [(FIRST, APPLICATIONS, 0, 0)]
    for error, arguments, changes in (
        ("OfficeCodeMalformed", (b"us",), {"code": b"us"}),
        ("OfficeDirectoryOfficeExists", (em.code,), {"code": em.code}),
        ("OfficeDirectoryZeroAccount", (), {"seat": ZERO}),
        ("OfficeDirectorySeatTaken", (ru.seat, ru.code), {"seat": ru.seat}),
        ("OfficeDirectoryTextLength", (0, 100), {"name": ""}),
        ("OfficeDirectoryTextLength", (101, 100), {"name": "x" * 101}),
        ("OfficeDirectoryTextLength", (201, 200), {"endpoint": "x" * 201}),
        ("CalendarDateInvalid", (20230229,), {"earliest": 20230229}),
    ):
        reverts_with(
            lambda changes=changes: admit(directory, governance, keys, **changes),  # type: ignore[misc]
            error,
            *arguments,
        )


def test_a_departed_code_is_not_admitted_again(directory: Any, governance: Any, em: Office) -> None:
    """With keys it would sign for the records of another."""
    directory.departOffice(em.code, {"from": governance})
    reverts_with(
        lambda: admit(directory, governance, [(FIRST, APPLICATIONS, 0, 0)], code=em.code),
        "OfficeDirectoryOfficeExists",
        em.code,
    )
    reverts_with(
        lambda: directory.admitOffice.call(em.code, SEAT, "Another", "", 0, {"from": governance}),
        "OfficeDirectoryOfficeExists",
        em.code,
    )


def test_words_outside_their_type(directory: Any, governance: Any) -> None:
    """Dirty bits above a scope or a time are refused by the decoder."""
    data = directory.admitOfficeWithKeys.encode_input(b"US", SEAT, "USPTO", "", 0, [(FIRST, 1, 0, 0)])
    word = FIRST[2:].lower().rjust(64, "0") + "1".rjust(64, "0")
    assert data.count(word) == 1
    dirty = data.replace(word, word[:64] + "101".rjust(64, "0"))
    reverts_bare(lambda: governance.transfer(directory, data=dirty))


def test_only_governance(directory: Any, em: Office, stranger: Any) -> None:
    for caller in (stranger, em.seat):
        reverts_with(
            lambda caller=caller: admit(directory, caller, []),
            "OfficeDirectoryNotGovernance",
            caller,
        )
