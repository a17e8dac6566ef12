"""Logs and block headers from a node, over ranges of blocks as wide as it answers.

Nodes refuse ranges in a hundred ways: too many blocks, too many logs, too many requests. What is told apart is only
whether to wait or to ask for less; where a single block is refused, its logs are read from the receipts of its
transactions. A range counts only if its ends had the same hashes before and after, and every log the hash of its block,
so that a reorganisation meanwhile cannot leave half of the one chain and half of the other. Behind one address there
may be several nodes, of which one has not the newest blocks yet and answers without their logs: near the newest block,
logs are asked for in one batch with the header of their last block, which the node that answers must have.

Not its job: what logs say (`registrum.index.decoding`), and whether the range continues what is indexed
(`registrum.index.following`).
"""

from __future__ import annotations

import contextlib
import functools
import queue
import re
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from registrum.chain.profile import read_block
from registrum.chain.rpc import RpcClient, as_data, as_quantity
from registrum.errors import NodeError, RpcError
from registrum.index.decoding import Log

__all__ = ["Header", "LogReader", "Span", "newest_header", "patiently", "read_ahead"]

TARGET_LOGS: Final = 10_000
"""Logs that a range should have: enough that what is done once a range does not count, and few in memory."""
MOST_BLOCKS: Final = 1_000_000
FIRST_BLOCKS: Final = 8
PATIENCE_S: Final = 120.0
"""Seconds for which a node may refuse or fail before it is given up."""
FIRST_WAIT_S: Final = 0.05
"""Seconds before a request is tried again for the first time; each later wait is twice as long."""
FIRST_MOVED_WAIT_S: Final = 0.02
"""Seconds before a range is read again in which the chain changed; each later wait is longer by as much."""
_LONGEST_WAIT_S: Final = 10.0
_PROBE_AFTER: Final = 50
"""Ranges after which a wider one is tried again than the node once refused."""
_MOVES: Final = 20
_MOST_LIMITS: Final = 6
"""How often a limit of requests is waited out before fewer blocks are asked for: some three seconds."""
_LATE_BLOCKS: Final = 32
"""How many blocks a node may be behind another one that answers at the same address."""
_HEADERS_A_BATCH: Final = 200
_PARTS_AHEAD: Final = 4
"""Parts of a range that are in memory: those being read, one that waits, and the one that is worked with."""
_TOO_LONG: Final = re.compile(r"sent more than \d+ bytes")

_RATE = re.compile(
    r"rate.?limit|too many requests|compute units|per second|request count|requests? limit|quota|capacity|throttl"
    r"|try again later|retry after|temporarily|service unavailable",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"more than|range|results?\b|response size|too (large|big|wide|long)|too many (logs|blocks|events)|logs? matched"
    r"|max(imum)? .*blocks|block count|timed? ?out|deadline",
    re.IGNORECASE,
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Header:
    """What matters of a block; `time` is in seconds since 1970."""

    number: int
    hash: bytes
    parent: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Span:
    """The logs of a range of blocks, all of one chain.

    Attributes:
        first: Number of its first block.
        parent: Hash of the block before that; None for block 0.
        last: Its last block.
        logs: In order, also of contracts that were not asked for, where the node sends them.
        blocks: Hash and time of each block with followed logs, by its number as the logs have it.
    """

    first: int
    parent: bytes | None
    last: Header
    logs: list[Log]
    blocks: dict[str, tuple[bytes, int]]


class _Error(msgspec.Struct):
    code: int = 0
    message: str = "no message"


class _Answer(msgspec.Struct):
    result: list[Log] | None = None
    error: _Error | None = None


class _Receipt(msgspec.Struct):
    logs: list[Log]


class _TooMuchError(Exception):
    """The node wants a smaller range."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _MovedError(Exception):
    """The chain changed while it was read."""


class LogReader:
    """Reads the logs of contracts.

    Args:
        rpc: The node.
        addresses: The contracts.
        follows: Whether logs of an address count; not every node heeds the filter.
        stop: Ends waiting for a node that fails; the error is raised then.
        patience_s: Seconds for which the node may fail.
        on_error: Called with each failure that is waited out.
    """

    def __init__(
        self,
        rpc: RpcClient,
        addresses: Sequence[str],
        follows: Callable[[str], bool],
        *,
        stop: threading.Event | None = None,
        patience_s: float = PATIENCE_S,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        self._rpc, self._addresses, self._follows = rpc, list(addresses), follows
        self._stop = stop or threading.Event()
        self._patience_s, self._on_error = patience_s, on_error or (lambda _error: None)
        self._answers: msgspec.json.Decoder[_Answer] = msgspec.json.Decoder(_Answer)
        self._width, self._widest, self._since_refusal = FIRST_BLOCKS, MOST_BLOCKS, 0

    def head(self) -> Header:
        """The newest block.

        Raises:
            NodeError: The node does not answer, for longer than is waited.
            RpcError: It refuses.
        """
        [header] = self._headers(["latest"])
        if header is None:
            raise NodeError("the node has no newest block")
        return header

    def headers(self, numbers: Iterable[int]) -> list[Header | None]:
        """Headers of blocks, None for those that the node does not have; errors as for `head`."""
        return self._headers([hex(number) for number in numbers])

    @property
    def width(self) -> int:
        """Blocks of which it would ask the logs at once."""
        return self._width

    def another(self) -> LogReader:
        """A reader of the same, for another thread; it finds out by itself what suits the node."""
        return LogReader(
            self._rpc,
            self._addresses,
            self._follows,
            stop=self._stop,
            patience_s=self._patience_s,
            on_error=self._on_error,
        )

    def read(self, first: int, limit: int, head: int | None = None) -> Span:
        """The logs of as many blocks from `first` on as suit the node, and of none after `limit`.

        Args:
            first: Number of the first block.
            limit: Number of the last block.
            head: Number of the newest block, near which a node may lag behind another one at the same address; `limit`
                if not given.

        Raises:
            NodeError: The node does not answer, talks nonsense, or changes its mind all the time.
            RpcError: The node refuses even the receipts of a single block.
        """
        moves = failures = 0
        logs_of: Callable[[int, Header], list[Log]] | None = None
        while True:
            last = min(limit, first + self._width - 1)
            try:
                is_near_head = last > (limit if head is None else head) - _LATE_BLOCKS
                span = self._read(first, last, logs_of or (self._logs_with_end if is_near_head else self._logs))
            except _TooMuchError as refusal:
                self._refused(last - first + 1, refusal.cause)
                if last == first:
                    logs_of = self._logs_of_receipts
                continue
            except _MovedError:
                moves += 1
                if moves == _MOVES:
                    raise NodeError(f"the chain changed {moves} times while block {first} was read") from None
                self._stop.wait(FIRST_MOVED_WAIT_S * moves)
                continue
            except NodeError:
                failures += 1
                if last == first or failures == _MOVES:
                    raise
                self._width = max(1, (last - first + 1) // 4)
                continue
            self._adapt(last - first + 1, len(span.logs))
            return span

    def _read(self, first: int, last: int, logs_of: Callable[[int, Header], list[Log]]) -> Span:
        ends = [last] if first in (0, last) else [first - 1, last]
        before = self._existing(ends)
        logs = logs_of(first, before[-1])
        expected: dict[str, str] = {}
        numbers: list[int] = []
        follows = self._follows
        same_hash = same_number = same_address = ""
        for log in logs:
            # Of most logs nothing has to be asked that was not asked of the one before.
            if (
                log.block_hash == same_hash
                and log.block_number == same_number
                and log.address == same_address
                and not log.removed
            ):
                continue
            if not follows(log.address):
                continue
            same_hash, same_number, same_address = log.block_hash, log.block_number, log.address
            stated = expected.get(log.block_number)
            if stated is None:
                number = as_quantity(log.block_number, "block number")
                if not (numbers[-1] if numbers else first) <= number <= last:
                    raise NodeError(f"the node sent an event of block {number} for the blocks {first} to {last}")
                numbers.append(number)
                expected[log.block_number] = log.block_hash
            elif stated != log.block_hash:
                raise _MovedError
            if log.removed:
                raise _MovedError
        after = self._existing(ends + numbers)
        if after[: len(ends)] != before:
            raise _MovedError
        blocks: dict[str, tuple[bytes, int]] = {}
        for (text, block_hash), header in zip(expected.items(), after[len(ends) :], strict=True):
            if header.hash != as_data(block_hash, "block hash", 32):
                raise _MovedError
            blocks[text] = header.hash, header.time
        end = before[-1]
        parent = None if first == 0 else end.parent if first == last else before[0].hash
        return Span(first, parent, end, logs, blocks)

    def _existing(self, numbers: Sequence[int]) -> list[Header]:
        headers = []
        for number, header in zip(numbers, self.headers(numbers), strict=True):
            if header is None:
                raise _MovedError
            if header.number != number:
                raise NodeError(f"the node sent block {header.number} for block {number}")
            headers.append(header)
        return headers

    def _logs(self, first: int, end: Header) -> list[Log]:
        return self._refusable(first, end, self._answer)

    def _logs_with_end(self, first: int, end: Header) -> list[Log]:
        """Logs from a node that has the last block: one that has not answers without it, as if all were well."""

        def answer(query: dict[str, Any]) -> list[Log]:
            # The block first: a node that gets it between the two has it when it looks for logs.
            calls = [("eth_getBlockByNumber", (query["toBlock"], False)), ("eth_getLogs", (query,))]
            block, logs = self._rpc.batch(calls)
            for one in (block, logs):
                if isinstance(one, RpcError):
                    raise one
            header = _header(block)
            if header is None or header.hash != end.hash:
                raise _MovedError
            try:
                return msgspec.convert(logs, list[Log])
            except msgspec.ValidationError as error:
                raise NodeError(f"the node sent no list of events: {error}") from error

        return self._refusable(first, end, answer)

    def _refusable(self, first: int, end: Header, answer: Callable[[dict[str, Any]], list[Log]]) -> list[Log]:
        query = {"fromBlock": hex(first), "toBlock": hex(end.number), "address": self._addresses}
        try:
            if end.number == first:
                return self._patiently(lambda: answer(query))
            # A connection that breaks twice may be the node's way of refusing so much, and so may what reads like a
            # limit of requests and does not pass.
            return self._patiently(lambda: answer(query), give_up_after=2, limits=_MOST_LIMITS)
        except NodeError as error:
            if _TOO_LONG.search(error.message):
                raise _TooMuchError(error) from error
            raise
        except RpcError as refused:
            if _is_rate_limit(refused) and end.number == first:
                raise
            raise _TooMuchError(refused) from refused

    def _answer(self, query: dict[str, Any]) -> list[Log]:
        try:
            answer = self._answers.decode(self._rpc.call_raw("eth_getLogs", [query]))
        except msgspec.MsgspecError as error:
            raise NodeError(f"the node sent no list of events: {error}") from error
        if answer.error is not None:
            raise RpcError(answer.error.message[:2000], rpc_code=answer.error.code)
        if answer.result is None:
            raise NodeError("the node sent no list of events")
        return answer.result

    def _logs_of_receipts(self, first: int, end: Header) -> list[Log]:
        """Logs of one block by way of its transactions: every node answers for a single one."""
        [block] = self._patiently(lambda: self._batch([("eth_getBlockByNumber", (hex(first), False))]))
        if not isinstance(block, dict) or not isinstance(block.get("transactions"), list):
            raise _MovedError
        if read_block(block).hash != end.hash:
            raise _MovedError
        logs: list[Log] = []
        hashes = block["transactions"]
        for at in range(0, len(hashes), _HEADERS_A_BATCH):
            calls = [("eth_getTransactionReceipt", (one,)) for one in hashes[at : at + _HEADERS_A_BATCH]]
            for answer in self._patiently(functools.partial(self._batch, calls)):
                if answer is None:
                    raise _MovedError
                try:
                    logs += msgspec.convert(answer, _Receipt).logs
                except msgspec.ValidationError as error:
                    raise NodeError(f"the node sent no receipt: {error}") from error
        return logs

    def _headers(self, numbers: Sequence[str]) -> list[Header | None]:
        found: list[Header | None] = []
        for at in range(0, len(numbers), _HEADERS_A_BATCH):
            calls = [("eth_getBlockByNumber", (one, False)) for one in numbers[at : at + _HEADERS_A_BATCH]]
            found += [_header(answer) for answer in self._patiently(functools.partial(self._batch, calls))]
        return found

    def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Answers to calls; of a batch that is refused in part, what was refused is asked again."""
        answers: dict[int, Any] = {}
        left = list(range(len(calls)))
        while left:
            refusal: RpcError | None = None
            for place, answer in zip(left, self._rpc.batch(calls[one] for one in left), strict=True):
                if not isinstance(answer, RpcError):
                    answers[place] = answer
                elif _is_rate_limit(answer):
                    refusal = answer
                else:
                    raise answer
            still = [place for place in left if place not in answers]
            if refusal is not None and len(still) == len(left):
                raise refusal
            if refusal is not None:
                self._on_error(refusal)
                self._stop.wait(FIRST_WAIT_S)
            left = still
        return [answers[place] for place in range(len(calls))]

    def _patiently(self, action: Callable[[], _T], give_up_after: int = 0, limits: int = 0) -> _T:
        return patiently(
            action,
            stop=self._stop,
            patience_s=self._patience_s,
            on_error=self._on_error,
            give_up_after=give_up_after,
            limits=limits,
        )

    def _refused(self, blocks: int, cause: Exception) -> None:
        self._on_error(cause)
        self._widest = max(1, blocks // 2)
        self._width = min(self._widest, max(1, blocks // 4))
        self._since_refusal = 0

    def _adapt(self, blocks: int, logs: int) -> None:
        self._since_refusal += 1
        if self._since_refusal >= _PROBE_AFTER:
            self._widest, self._since_refusal = min(MOST_BLOCKS, self._widest * 2), 0
        factor = min(4.0, max(0.25, TARGET_LOGS / logs)) if logs else 4.0
        # The last range before the head is narrower than what the node would answer.
        grown = max(self._width, int(blocks * factor)) if factor > 1 else int(blocks * factor)
        self._width = max(1, min(self._widest, grown))


def patiently(
    action: Callable[[], _T],
    *,
    stop: threading.Event,
    patience_s: float,
    on_error: Callable[[Exception], None],
    give_up_after: int = 0,
    limits: int = 0,
) -> _T:
    """Do something, again and again while the node fails or limits requests.

    Args:
        action: What to do.
        stop: Ends the waiting; the error is raised then.
        patience_s: Seconds after which the error is raised.
        on_error: Called with each failure.
        give_up_after: Failures of the connection after which the error is raised; none if 0.
        limits: The same for refusals because of too many requests.

    Raises:
        NodeError: The node failed all the time.
        RpcError: It limited requests all the time, or refused for another reason.
    """
    deadline = time.monotonic() + patience_s
    wait, failures, refusals = FIRST_WAIT_S, 0, 0
    while True:
        try:
            return action()
        except (NodeError, RpcError) as error:
            on_error(error)
            if isinstance(error, RpcError):
                refusals += 1
                if not _is_rate_limit(error) or refusals == limits:
                    raise
            elif error.details.get("status") not in (429, 502, 503, 504):
                failures += 1
                if failures == give_up_after:
                    raise
            if time.monotonic() + wait > deadline or stop.wait(wait):
                raise
        wait = min(_LONGEST_WAIT_S, wait * 2)


def newest_header(rpc: RpcClient) -> Header:
    """The node's newest block, asked for once.

    Raises:
        NodeError: The node does not answer, or talks nonsense.
        RpcError: It refuses.
    """
    [answer] = rpc.batch([("eth_getBlockByNumber", ("latest", False))])
    if isinstance(answer, RpcError):
        raise answer
    header = _header(answer)
    if header is None:
        raise NodeError("the node has no newest block")
    return header


def _header(answer: Any) -> Header | None:
    if answer is None:
        return None
    block = read_block(answer)
    return Header(block.number, block.hash, block.parent, block.timestamp)


def _is_rate_limit(error: RpcError) -> bool:
    """Whether to wait; otherwise less is to be asked for. Code -32005 stands for both."""
    if _RATE.search(error.message):
        return True
    return error.rpc_code in (429, -32005, -32029) and not _SIZE.search(error.message)


@dataclass(slots=True)
class _Failed:
    error: Exception


def read_ahead(reader: LogReader, first: int, limit: int) -> Generator[Span]:
    """Spans of all blocks of a range in order, read in two threads while the caller works with those before.

    Two, so that the node prepares one answer while the other one is read.

    Args:
        reader: Not used by anyone else meanwhile.
        first: Number of the first block.
        limit: Number of the last block.

    Raises:
        NodeError: As for `LogReader.read`.
        RpcError: As for `LogReader.read`.
    """
    parts: queue.SimpleQueue[tuple[int, queue.Queue[Span | _Failed]]] = queue.SimpleQueue()
    room, claiming, ended = threading.Semaphore(_PARTS_AHEAD), threading.Lock(), threading.Event()
    claimed = first - 1

    def offer(found: queue.Queue[Span | _Failed], item: Span | _Failed) -> None:
        while not ended.is_set():
            with contextlib.suppress(queue.Full):
                found.put(item, timeout=0.1)
                return

    def work(own: LogReader) -> None:
        nonlocal claimed
        while True:
            room.acquire()
            found: queue.Queue[Span | _Failed] = queue.Queue(1)
            with claiming:
                if claimed >= limit or ended.is_set():
                    return
                at, end = claimed + 1, min(limit, claimed + own.width)
                claimed = end
                parts.put((end, found))
            try:
                while at <= end and not ended.is_set():
                    span = own.read(at, end, limit)
                    at = span.last.number + 1
                    offer(found, span)
            except Exception as error:  # noqa: BLE001 - it is raised where the spans are awaited
                offer(found, _Failed(error))
                return

    threads = [
        threading.Thread(target=work, args=(own,), name="registrum-index-reader", daemon=True)
        for own in (reader, reader.another())
    ]
    for thread in threads:
        thread.start()
    try:
        at = first
        while at <= limit:
            end, found = parts.get()
            while at <= end:
                item = found.get()
                if isinstance(item, _Failed):
                    raise item.error
                yield item
                at = item.last.number + 1
            room.release()
    finally:
        ended.set()
        room.release(len(threads))
        for thread in threads:
            thread.join()
