"""`ApplicationRegistry.disclose`: one record out of an anchor, by its proof."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor, log2
from typing import Any

import pytest
from brownie import accounts

from registrum.proofs.merkle import MerkleTree
from registrum.signing.statements import Anchor, Correction, Registration, Withdrawal
from tests.contracts.support.errors import reverts_with
from tests.contracts.support.ledger import DAY, FOREVER, NOON, date_at, log, logs_of, next_block_at, time_of, travel
from tests.contracts.support.offices import RELAYER, Office, as_struct, digest, number, sign, submit, unchecked
from tests.contracts.support.records import CORRECTED, WITHDRAWN, Record, check_absent, check_recorded
from tests.contracts.support.trees import Tree, climb, encode_leaf, keccak, leaf_hash, parent_hash

LATEST = date_at(NOON + DAY)


def items_of(count: int, office: str = "EM") -> list[Registration]:
    """That many different applications of one office."""
    return [
        Registration(number(f"{office}/P/{index}"), 20240101 + index % 28, index % 2, digest(f"{office} {index}"))
        for index in range(count)
    ]


def anchor_tree(registry: Any, office: Office, tree: Tree, sequence: int = 1) -> tuple[Anchor, int]:
    """Anchor a tree with the office's first key; returns the statement and the block time."""
    statement = Anchor(office.code, sequence, tree.root, len(tree.items))
    return statement, time_of(submit(registry, statement, office.key))


def arguments(statement: Anchor, key: str, item: Registration, path: list[bytes]) -> tuple[Any, ...]:
    """Arguments of `disclose`."""
    return as_struct(statement), key, as_struct(item), path


def ask(registry: Any, statement: Anchor, key: str, item: Registration, path: list[bytes]) -> Any:
    """What `disclose` would return now."""
    return registry.disclose.call(*arguments(statement, key, item, path), {"from": accounts[RELAYER]})


def disclose(registry: Any, statement: Anchor, key: str, item: Registration, path: list[bytes]) -> Any:
    """Disclose a record; returns brownie's receipt."""
    return registry.disclose(*arguments(statement, key, item, path), {"from": accounts[RELAYER]})


def refuses_proof(registry: Any, statement: Anchor, key: str, item: Registration, path: list[bytes]) -> None:
    """Assert that a proof is refused as such."""
    reverts_with(lambda: ask(registry, statement, key, item, path), "ApplicationRegistryInvalidProof", item.number)


@pytest.mark.smoke
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 1000])
def test_takes_records_of_a_tree(registry: Any, em: Office, count: int) -> None:
    """The record carries key and time of the anchor; two events tell where it comes from."""
    tree = Tree(items_of(count))
    statement, anchored = anchor_tree(registry, em, tree)
    travel(100 * DAY)
    for item in {*tree.items[:2], tree.items[count // 2], *tree.items[-2:]}:
        path = tree.path(item)
        assert ask(registry, statement, em.key.address, item, path) is True
        tx = disclose(registry, statement, em.key.address, item, path)
        assert time_of(tx) > anchored
        check_recorded(registry, item.number, Record.filed(item, em.key.address, anchored))
        assert logs_of(tx) == [
            log(
                registry,
                "ApplicationRegistered",
                number=item.number,
                signingKey=em.key.address,
                digest=item.digest,
                filingDate=item.filing_date,
                disclosure=item.disclosure,
            ),
            log(registry, "ApplicationDisclosed", number=item.number, sequence=1),
        ]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_every_leaf_of_small_trees(registry: Any, em: Office, count: int) -> None:
    tree = Tree(items_of(count))
    statement, _ = anchor_tree(registry, em, tree)
    for item in tree.items:
        assert ask(registry, statement, em.key.address, item, tree.path(item)) is True


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 1000])
def test_tree_is_that_of_the_client(count: int) -> None:
    tree = Tree(items_of(count))
    client = MerkleTree.build(tree.items)
    assert client.root == tree.root
    for index in {0, count // 2, count - 1}:
        assert list(client.path(index)) == tree.path(client.leaf(index))


@pytest.mark.parametrize("length", [18, 19, 20, 21])
def test_tree_of_a_million(registry: Any, em: Office, length: int) -> None:
    """Of a million leaves each has a path of 19 or 20 nodes; no other length passes, though the hashes fit."""
    (item,) = items_of(1)
    path = [digest(f"sibling {level}") for level in range(length)]
    statement = Anchor(em.code, 1, climb(leaf_hash(item), path), 1_000_000)
    anchored = time_of(submit(registry, statement, em.key))
    if length in (19, 20):
        disclose(registry, statement, em.key.address, item, path)
        check_recorded(registry, item.number, Record.filed(item, em.key.address, anchored))
    else:
        refuses_proof(registry, statement, em.key.address, item, path)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 1023, 1024, 1025, 2**31, 2**31 + 1, 2**32 - 1])
def test_path_length_follows_from_the_leaf_count(registry: Any, em: Office, count: int) -> None:
    """Every leaf lies at the rounded-up height of the tree or one below: the rounded-down one."""
    allowed = {floor(log2(count)), ceil(log2(count))}
    (item,) = items_of(1)
    sequence = 1
    for length in range(max(0, min(allowed) - 2), max(allowed) + 3):
        path = [digest(f"sibling {level}") for level in range(length)]
        statement = Anchor(em.code, sequence, climb(leaf_hash(item), path), count)
        submit(registry, statement, em.key)
        sequence += 1
        if length in allowed:
            assert ask(registry, statement, em.key.address, item, path) is True
        else:
            refuses_proof(registry, statement, em.key.address, item, path)


def test_anyone_may_disclose(registry: Any, em: Office, stranger: Any) -> None:
    tree = Tree(items_of(3))
    statement, anchored = anchor_tree(registry, em, tree)
    item = tree.items[0]
    registry.disclose(*arguments(statement, em.key.address, item, tree.path(item)), {"from": stranger})
    check_recorded(registry, item.number, Record.filed(item, em.key.address, anchored))


@pytest.mark.parametrize("field", ["number", "filing_date", "disclosure", "digest"])
def test_altered_leaf(registry: Any, em: Office, field: str) -> None:
    tree = Tree(items_of(8))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[3]
    altered = {
        "number": number("EM/P/9999"),
        "filing_date": item.filing_date + 1,
        "disclosure": 1 - item.disclosure,
        "digest": digest("altered"),
    }
    refuses_proof(registry, statement, em.key.address, replace(item, **{field: altered[field]}), tree.path(item))
    check_absent(registry, item.number)


def test_altered_paths(registry: Any, em: Office) -> None:
    tree = Tree(items_of(8))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[3]
    path = tree.path(item)
    others = [
        [],
        path[:-1],
        path[1:],
        [*path, digest("more")],
        [*path, tree.root],
        path[::-1],
        [path[1], path[0], path[2]],
        [path[0], path[1], bytes(32)],
        [bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:]],
        tree.path(tree.items[4]),
    ]
    for other in others:
        refuses_proof(registry, statement, em.key.address, item, other)
    assert ask(registry, statement, em.key.address, item, path) is True


def test_proof_of_another_tree(registry: Any, em: Office) -> None:
    first, second = Tree(items_of(8)), Tree(items_of(9)[1:])
    statements = [anchor_tree(registry, em, tree, sequence)[0] for sequence, tree in enumerate((first, second), 1)]
    item = second.items[3]
    refuses_proof(registry, statements[0], em.key.address, item, second.path(item))
    refuses_proof(registry, statements[1], em.key.address, item, first.path(item))
    assert ask(registry, statements[1], em.key.address, item, second.path(item)) is True


@pytest.mark.parametrize("office", ["RU", "AU"])
def test_number_of_another_office(registry: Any, em: Office, office: str) -> None:
    """An office may hide another's number among its own leaves; it can never be disclosed."""
    (foreign,) = items_of(1, office)
    tree = Tree([*items_of(3), foreign])
    statement, _ = anchor_tree(registry, em, tree)
    reverts_with(
        lambda: ask(registry, statement, em.key.address, foreign, tree.path(foreign)),
        "ApplicationRegistryOtherOffice",
        foreign.number,
        em.code,
    )


def test_inner_nodes_are_not_leaves(registry: Any, em: Office) -> None:
    """A leaf is hashed twice over 128 bytes, a node once over 64: no record has the hash of a node.

    Three forgeries: a path that begins above the leaf; a tree whose leaves were hashed once; and one whose leaf is the
    single hash of the two halves of a record, as though these were nodes.
    """
    tree = Tree(items_of(8))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[0]
    for index in range(7):
        refuses_proof(registry, statement, em.key.address, item, tree.path_of(index))

    once = keccak(encode_leaf(item))
    halves = parent_hash(keccak(encode_leaf(item)[:64]), keccak(encode_leaf(item)[64:]))
    sibling = leaf_hash(tree.items[1])
    for sequence, node in enumerate((once, halves), 2):
        forged = Anchor(em.code, sequence, parent_hash(node, sibling), 2)
        submit(registry, forged, em.key)
        refuses_proof(registry, forged, em.key.address, item, [sibling])


@pytest.mark.parametrize(
    "change",
    [{"sequence": 2}, {"sequence": 0}, {"root": digest("other")}, {"leaf_count": 7}, {"leaf_count": 16}],
    ids=str,
)
def test_unknown_anchor(registry: Any, em: Office, change: dict[str, Any]) -> None:
    tree = Tree(items_of(8))
    statement, _ = anchor_tree(registry, em, tree)
    other, item = replace(statement, **change), tree.items[0]
    reverts_with(
        lambda: ask(registry, other, em.key.address, item, tree.path(item)),
        "ApplicationRegistryUnknownAnchor",
        em.code,
        other.sequence,
    )


def test_anchor_of_another_key_or_office(registry: Any, em: Office, ru: Office) -> None:
    tree = Tree(items_of(8))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[0]
    for key in (em.second.address, ru.key.address, "0x" + "00" * 20):
        reverts_with(
            lambda key=key: ask(registry, statement, key, item, tree.path(item)),
            "ApplicationRegistryUnknownAnchor",
            em.code,
            1,
        )
    reverts_with(
        lambda: ask(registry, replace(statement, office=ru.code), em.key.address, item, tree.path(item)),
        "ApplicationRegistryUnknownAnchor",
        ru.code,
        1,
    )


def test_zero_anchor_is_never_known(registry: Any, em: Office) -> None:
    """What was never stored must not match an empty slot."""
    (item,) = items_of(1)
    nothing = unchecked(Anchor, office=em.code, sequence=0, root=bytes(32), leaf_count=0)
    reverts_with(
        lambda: ask(registry, nothing, "0x" + "00" * 20, item, []), "ApplicationRegistryUnknownAnchor", em.code, 0
    )


@pytest.mark.parametrize("standing", ["suspended", "departed", "revoked", "compromised", "expired"])
def test_standing_after_the_anchor_does_not_matter(
    registry: Any, directory: Any, governance: Any, em: Office, standing: str
) -> None:
    """What was anchored is recorded already."""
    tree = Tree(items_of(3))
    statement, anchored = anchor_tree(registry, em, tree)
    key = em.key.address
    match standing:
        case "suspended":
            directory.suspendOffice(em.code, FOREVER, {"from": governance})
        case "departed":
            directory.departOffice(em.code, {"from": governance})
        case "revoked":
            directory.revokeKey(em.code, key, {"from": em.seat})
        case "compromised":
            directory.markKeyCompromised(em.code, key, 1, {"from": em.seat})
        case "expired":
            travel(1000 * 365 * DAY)
    item = tree.items[0]
    disclose(registry, statement, key, item, tree.path(item))
    check_recorded(registry, item.number, Record.filed(item, key, anchored))


def test_filing_date_is_bound_by_the_time_of_the_anchor(registry: Any, em: Office) -> None:
    """A date that was in the future when the root was signed stays refused for ever."""
    items = [Registration(number(f"EM/P/{date}"), date, 0, digest(str(date))) for date in (LATEST, LATEST + 1)]
    tree = Tree(items)
    statement = Anchor(em.code, 1, tree.root, 2)
    signature = sign(registry, statement, em.key)
    next_block_at(NOON + 1000)
    anchored = time_of(registry.anchor(as_struct(statement), signature, {"from": accounts[RELAYER]}))
    assert anchored == NOON + 1000
    travel(10 * DAY)
    disclose(registry, statement, em.key.address, items[0], tree.path(items[0]))
    check_recorded(registry, items[0].number, Record.filed(items[0], em.key.address, anchored))
    reverts_with(
        lambda: ask(registry, statement, em.key.address, items[1], tree.path(items[1])),
        "ApplicationRegistryFutureDate",
        items[1].number,
        LATEST + 1,
        LATEST,
    )


def test_bound_of_the_office(registry: Any, directory: Any, em: Office) -> None:
    """The bound that the office has when the record is disclosed, while the key is in force."""
    item = Registration(number("EM/T/1"), 19960331, 0, digest("a"))
    tree = Tree([item, *items_of(2)])
    statement, _ = anchor_tree(registry, em, tree)

    def attempt() -> Any:
        return ask(registry, statement, em.key.address, item, tree.path(item))

    reverts_with(attempt, "ApplicationRegistryBeforeOffice", item.number, 19960331, em.earliest)
    directory.setEarliestFilingDate(em.code, 19960331, {"from": em.seat})
    assert attempt() is True
    directory.setEarliestFilingDate(em.code, 0, {"from": em.seat})
    assert attempt() is True


def test_bound_of_the_office_after_the_key_is_revoked(registry: Any, directory: Any, em: Office) -> None:
    """A revoked key keeps the bound that its office had at the time."""
    item = Registration(number("EM/T/1"), 19960331, 0, digest("a"))
    tree = Tree([item, *items_of(2)])
    statement, _ = anchor_tree(registry, em, tree)
    directory.revokeKey(em.code, em.key.address, {"from": em.seat})
    directory.setEarliestFilingDate(em.code, 0, {"from": em.seat})
    reverts_with(
        lambda: ask(registry, statement, em.key.address, item, tree.path(item)),
        "ApplicationRegistryBeforeOffice",
        item.number,
        19960331,
        em.earliest,
    )


@pytest.mark.parametrize(
    ("item", "error", "values"),
    [
        (
            unchecked(Registration, number=number("EM/T/a"), filing_date=20240101, disclosure=0, digest=digest("a")),
            "OfficeNumberMalformed",
            (number("EM/T/a"),),
        ),
        (
            unchecked(Registration, number=bytes(32), filing_date=20240101, disclosure=0, digest=digest("a")),
            "OfficeNumberMalformed",
            (bytes(32),),
        ),
        (
            unchecked(Registration, number=number("EM/T/1"), filing_date=20240230, disclosure=0, digest=digest("a")),
            "CalendarDateInvalid",
            (20240230,),
        ),
        (
            unchecked(Registration, number=number("EM/T/1"), filing_date=0, disclosure=0, digest=digest("a")),
            "CalendarDateInvalid",
            (0,),
        ),
        (
            unchecked(Registration, number=number("EM/T/1"), filing_date=20240101, disclosure=0, digest=bytes(32)),
            "ApplicationRegistryNoDigest",
            (number("EM/T/1"),),
        ),
        (
            unchecked(Registration, number=number("EM/T/1"), filing_date=20240101, disclosure=2, digest=digest("a")),
            "ApplicationRegistryUnknownDisclosure",
            (number("EM/T/1"), 2),
        ),
    ],
    ids=["malformed", "zero number", "no date", "zero date", "no digest", "disclosure"],
)
def test_leaf_that_no_registration_would_pass(
    registry: Any, em: Office, item: Registration, error: str, values: tuple[Any, ...]
) -> None:
    """An office may anchor what it likes; what is not a record does not become one."""
    tree = Tree([item, *items_of(2)])
    statement, _ = anchor_tree(registry, em, tree)
    reverts_with(lambda: ask(registry, statement, em.key.address, item, tree.path(item)), error, *values)
    check_absent(registry, item.number)


@pytest.mark.smoke
def test_same_content_again_is_harmless(registry: Any, em: Office) -> None:
    """From the same anchor, from another, or after a registration: the first way in stays recorded."""
    tree = Tree(items_of(3))
    first, anchored = anchor_tree(registry, em, tree)
    item, registered = tree.items[0], tree.items[1]
    disclose(registry, first, em.key.address, item, tree.path(item))
    registered_at = time_of(submit(registry, registered, em.second))
    second = Anchor(em.code, 2, tree.root, 3)
    submit(registry, second, em.second)

    for statement, key in ((first, em.key.address), (second, em.second.address)):
        for known in (item, registered):
            assert ask(registry, statement, key, known, tree.path(known)) is False
            assert logs_of(disclose(registry, statement, key, known, tree.path(known))) == []
    check_recorded(registry, item.number, Record.filed(item, em.key.address, anchored))
    check_recorded(registry, registered.number, Record.filed(registered, em.second.address, registered_at))


def test_registration_of_a_disclosed_record_is_harmless(registry: Any, em: Office) -> None:
    tree = Tree(items_of(2))
    statement, anchored = anchor_tree(registry, em, tree)
    item = tree.items[0]
    disclose(registry, statement, em.key.address, item, tree.path(item))
    assert logs_of(submit(registry, item, em.second)) == []
    check_recorded(registry, item.number, Record.filed(item, em.key.address, anchored))


def test_other_content_conflicts(registry: Any, em: Office) -> None:
    tree = Tree(items_of(3))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[0]
    recorded = replace(item, filing_date=20230101, digest=digest("registered before"))
    time = time_of(submit(registry, recorded, em.key))
    reverts_with(
        lambda: disclose(registry, statement, em.key.address, item, tree.path(item)),
        "ApplicationRegistryConflict",
        item.number,
        recorded.digest,
        20230101,
    )
    check_recorded(registry, item.number, Record.filed(recorded, em.key.address, time))


def test_corrected_record_is_not_undone(registry: Any, em: Office) -> None:
    """The old content, disclosed once more, conflicts with what replaced it."""
    tree = Tree(items_of(3))
    statement, _ = anchor_tree(registry, em, tree)
    item = tree.items[0]
    disclose(registry, statement, em.key.address, item, tree.path(item))
    correction = Correction(item.number, 20240201, 0, digest("right"), 1)
    time = time_of(submit(registry, correction, em.key))
    reverts_with(
        lambda: ask(registry, statement, em.key.address, item, tree.path(item)),
        "ApplicationRegistryConflict",
        item.number,
        correction.digest,
        20240201,
    )
    expected = Record(correction.digest, em.key.address, time, 20240201, 2, CORRECTED)
    check_recorded(registry, item.number, expected)


def test_withdrawn_record_stays_withdrawn(registry: Any, em: Office) -> None:
    tree = Tree(items_of(3))
    statement, anchored = anchor_tree(registry, em, tree)
    item = tree.items[0]
    disclose(registry, statement, em.key.address, item, tree.path(item))
    submit(registry, Withdrawal(item.number, 1), em.key)
    assert ask(registry, statement, em.key.address, item, tree.path(item)) is False
    expected = replace(Record.filed(item, em.key.address, anchored), version=2, status=WITHDRAWN)
    check_recorded(registry, item.number, expected)


def test_two_contents_of_one_number_in_a_tree(registry: Any, em: Office) -> None:
    """Whoever comes first decides; the other conflicts."""
    item = items_of(1)[0]
    other = replace(item, digest=digest("other"))
    tree = Tree([item, other])
    statement, anchored = anchor_tree(registry, em, tree)
    disclose(registry, statement, em.key.address, other, tree.path(other))
    reverts_with(
        lambda: ask(registry, statement, em.key.address, item, tree.path(item)),
        "ApplicationRegistryConflict",
        item.number,
        other.digest,
        other.filing_date,
    )
    check_recorded(registry, item.number, Record.filed(other, em.key.address, anchored))
