"""What is asked of the node: of one block, asked once, and never in the way of those who need no node."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from registrum.errors import NodeError
from registrum.registry import Registry
from registrum.web.node import NodeLink
from tests.client.anvil import wait_until
from tests.web.served import Client, Served

MANY = 40
"""As many threads as answer requests."""


@pytest.fixture
def node(there: Served) -> Iterator[NodeLink]:
    link = there.node()
    link.start()
    yield link
    link.close()


def mine(there: Served, count: int = 1) -> None:
    for _ in range(count):
        there.world.rpc.call("evm_mine")


def newest(there: Served) -> tuple[int, str]:
    block = there.world.rpc.call("eth_getBlockByNumber", ["latest", False])
    return int(block["number"], 16), block["hash"]


def test_what_is_read_of_the_node_names_its_block(there: Served) -> None:
    """The index is behind; what the offices decide is of the node's newest block, and says so."""
    there.catch_up()
    with there.client() as client:
        mine(there, 3)
        number, block_hash = newest(there)
        wait_until(lambda: client.get("status")["readAt"]["lagBlocks"] == 3, "the index to be behind")
        at = "0x" + f"{there.samples.proposal:064x}"
        for path in ("proposals", f"proposals/{at}"):
            read_at = client.get(path)["readAt"]
            assert (read_at["blockNumber"], read_at["blockHash"], read_at["lagBlocks"]) == (number, block_hash, 0)
        assert client.error("proposals/0x" + "12" * 32, 404)["code"] == "not_found"
        for page in ("/consortium", f"/consortium/proposals/{at}"):
            text = client.http.get(page).text
            assert block_hash in text
            assert "behind" not in text
    there.catch_up()


def test_an_answer_is_of_the_block_that_it_names(node: NodeLink, there: Served) -> None:
    """The chain goes on while it is read: it is read again."""
    read: list[int] = []

    def question(registry: Registry) -> int:
        read.append(int(registry.rpc.call("eth_blockNumber"), 16))
        if len(read) == 1:
            mine(there)
        return read[-1]

    answer, head = node.once_a_block("question", question)
    assert len(read) == 2
    assert answer == head.number
    assert node.once_a_block("question", question) == (answer, head)
    assert len(read) == 2


def test_a_slow_node_holds_up_few(node: NodeLink) -> None:
    """Of as many as there are threads, most are told at once; one asks, and the others get its answer."""
    asked, go_on = threading.Semaphore(0), threading.Event()

    def question(_: Registry) -> str:
        asked.release()
        assert go_on.wait(30)
        return "answer"

    with ThreadPoolExecutor(MANY) as threads:
        futures = [threads.submit(node.once_a_block, "slow", question) for _ in range(MANY)]
        assert asked.acquire(timeout=30)
        # Most are told without waiting, the others when their patience ends; the one that asks goes on.
        wait_until(lambda: sum(each.done() for each in futures) == MANY - 1, "all but one to be told")
        done, open_ = wait(futures, timeout=0)
        assert len(open_) == 1
        assert all(isinstance(each.exception(), NodeError) for each in done)
        go_on.set()
        assert open_.pop().result()[0] == "answer"
        assert node.once_a_block("slow", question)[0] == "answer"
    assert not asked.acquire(blocking=False)


def test_what_was_just_true_answers_those_who_would_wait(node: NodeLink, there: Served) -> None:
    before = node.once_a_block("changing", lambda _: "before")
    mine(there)
    wait_until(lambda: node.newest_block == before[1].number + 1, "the new block to be seen")
    asking, go_on = threading.Event(), threading.Event()

    def question(_: Registry) -> str:
        asking.set()
        assert go_on.wait(30)
        return "after"

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(node.once_a_block, "changing", question)
        assert asking.wait(30)
        assert node.once_a_block("changing", question) == before
        go_on.set()
        assert first.result()[0] == "after"


def test_a_failure_is_remembered_for_a_moment(node: NodeLink) -> None:
    asked: list[int] = []

    def question(_: Registry) -> str:
        asked.append(1)
        raise NodeError("no answer")

    for _ in range(20):
        with pytest.raises(NodeError):
            node.once_a_block("failing", question)
    assert len(asked) == 1


def test_pages_that_need_no_node_are_answered_while_it_is_slow(there: Served) -> None:
    node = there.node()
    go_on = threading.Event()

    def question(_: Registry) -> str:
        assert go_on.wait(30)
        return "answer"

    with there.client(node=node) as client, ThreadPoolExecutor(MANY) as threads:
        waiting = [threads.submit(node.once_a_block, "slow", question) for _ in range(MANY)]
        assert answered(client)
        go_on.set()
        wait(waiting)


def answered(client: Client) -> bool:
    return bool(client.data("offices"))
