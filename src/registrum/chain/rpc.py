"""JSON-RPC over HTTP: one client with kept-alive connections, batches, deadlines and typed errors.

It rests on `http.client`: importing it takes 40 ms against 110 ms for `requests`, a call on the same machine 0.17 ms
against 0.9 ms, and nothing between the caller and the socket retries, redirects or reads proxy settings behind its
back.

Not its job: what the answers mean. No formatter touches them, so that block headers of proof-of-authority chains
with their long `extraData` pass as they are.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from registrum.chain.connection import DeadlineConnection
from registrum.errors import ConfigError, NodeError, RpcError

if TYPE_CHECKING:
    import ssl

__all__ = ["BATCH_BYTES", "BATCH_ITEMS", "Call", "RpcClient", "as_data", "as_quantity"]

Call = tuple[str, Sequence[Any]]
"""A method and its parameters."""

BATCH_ITEMS = 500
"""Most calls in one HTTP request: Besu takes 1,024 by default, geth 1,000."""
BATCH_BYTES = 1_500_000
"""Most bytes in one HTTP request of several calls: Anvil takes 2 MB by default, Besu 5 MB."""

_READS = ("eth_get", "eth_call", "eth_chainId", "eth_blockNumber", "eth_gasPrice", "net_", "web3_")
_MAX_RESPONSE_BYTES = 256 * 1024 * 1024
_CHUNK = 1 << 20
_ADDRESS = "An RPC address looks like http://127.0.0.1:8545."


class RpcClient:
    """A connection to one node; safe to share between threads, does no I/O until the first call.

    Nothing is sent twice, with one exception: a pure read on a kept connection that the node had closed meanwhile.

    Args:
        url: `http://` or `https://` address. A user and password in it become a basic authorisation header. Neither
            they, nor the path and query (which carry keys at some providers), appear in any message.
        timeout_s: Seconds until a request must be answered in full, however slowly the bytes come.
        connect_timeout_s: Seconds until a new connection must stand.
        headers: Further HTTP headers, for instance an authorisation.
        max_response_bytes: Longer answers are refused.
        ssl_context: For private certificate authorities and client certificates.

    Raises:
        ConfigError: The address is not one of those.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 30.0,
        connect_timeout_s: float = 5.0,
        headers: Mapping[str, str] | None = None,
        max_response_bytes: int = _MAX_RESPONSE_BYTES,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        if any(c <= " " or c > "~" for c in url):
            raise ConfigError("the RPC address contains spaces or characters outside ASCII", remedy=_ADDRESS)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ConfigError("the RPC address cannot be read as a URL", remedy=_ADDRESS) from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(
                "the RPC address does not begin with http:// or https:// and a host",
                remedy=_ADDRESS,
            )
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = port or (443 if self._secure else 80)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._max_response_bytes = max_response_bytes
        self._ssl_context = ssl_context
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        self._lock = threading.Lock()
        self._idle: list[DeadlineConnection] = []
        self._pid = os.getpid()

    @property
    def endpoint(self) -> str:
        """Scheme, host and port, and nothing that could be secret."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._secure else 'http'}://{host}:{self._port}"

    def __repr__(self) -> str:
        return f"RpcClient({self.endpoint!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections; a later call opens a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        """Make one call.

        Args:
            method: JSON-RPC method.
            params: Its parameters, JSON-serialisable.

        Returns:
            The `result` member, as `json` reads it.

        Raises:
            RpcError: The node answered with an error.
            NodeError: No answer, or one that is not JSON-RPC. Whether a sent transaction arrived is then unknown.
        """
        answer = self._exchange(_encode(0, method, params), retry=method.startswith(_READS))
        outcome = self._outcome(answer, 0)
        if isinstance(outcome, RpcError):
            raise outcome
        return outcome

    def call_raw(self, method: str, params: Sequence[Any] = ()) -> bytes:
        """Make one call, and return the whole answer as it came, for callers with a faster reader of JSON.

        Returns:
            A JSON document of the node, with `result` or `error`.

        Raises:
            NodeError: As for `call`; that it is JSON is not checked unless the HTTP status is bad.
        """
        status, payload = self._exchange_bytes(_encode(0, method, params), retry=method.startswith(_READS))
        if status != http.client.OK:
            self._parse(status, payload)
        return payload

    def batch(self, calls: Iterable[Call]) -> list[Any]:
        """Make many calls in as few HTTP requests as the limits of common nodes allow.

        Args:
            calls: Pairs of method and parameters.

        Returns:
            One item a call, in the order of the calls: its result, or the `RpcError` that it met, not raised.

        Raises:
            RpcError: The node refused a batch as a whole.
            NodeError: As for `call`; of a long list, earlier parts may have been carried out.
        """
        outcomes: list[Any] = []
        for bodies, reads in _chunks(calls):
            if len(bodies) == 1:
                outcomes.append(self._outcome(self._exchange(bodies[0], retry=reads), 0))
                continue
            answer = self._exchange(b"[" + b",".join(bodies) + b"]", retry=reads)
            outcomes.extend(self._sorted_outcomes(answer, len(bodies)))
        return outcomes

    def _sorted_outcomes(self, answer: Any, count: int) -> list[Any]:
        if isinstance(answer, dict) and "error" in answer:
            raise self._rpc_error(answer["error"])
        if not isinstance(answer, list) or len(answer) != count:
            raise self._garbage(f"a batch of {count} calls was not answered by {count} items")
        by_id = {item.get("id"): item for item in answer if isinstance(item, dict) and type(item.get("id")) is int}
        if len(by_id) != count:
            raise self._garbage("the items of a batch answer carry wrong ids")
        return [self._outcome(by_id.get(number), number) for number in range(count)]

    def _outcome(self, answer: Any, number: int) -> Any:
        if not isinstance(answer, dict):
            raise self._garbage("not a JSON-RPC answer")
        if answer.get("error") is not None:
            return self._rpc_error(answer["error"])
        if answer.get("id") != number or "result" not in answer:
            raise self._garbage("a JSON-RPC answer without its id or result")
        return answer["result"]

    def _rpc_error(self, error: Any) -> RpcError:
        if not isinstance(error, dict):
            raise self._garbage("a JSON-RPC error that is not an object")
        code = error.get("code")
        message = str(error.get("message", ""))[:2000] or "no message"
        return RpcError(message, rpc_code=code if type(code) is int else 0, data=error.get("data"))

    def _garbage(self, what: str) -> NodeError:
        return NodeError(
            f"the node at {self.endpoint} answered something else than asked: {what}",
            remedy="Check that the address is that of an Ethereum JSON-RPC interface.",
        )

    def _exchange(self, body: bytes, *, retry: bool) -> Any:
        """Post a body and parse the answer."""
        return self._parse(*self._exchange_bytes(body, retry=retry))

    def _exchange_bytes(self, body: bytes, *, retry: bool) -> tuple[int, bytes]:
        """Post a body; HTTP status and body of the answer."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            connection, kept = self._take()
            try:
                status, payload = self._post(connection, body, deadline)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as exc:
                connection.close()
                if retry and kept and time.monotonic() < deadline:
                    continue
                raise NodeError(f"the node at {self.endpoint} broke off the connection") from exc
            except TimeoutError as exc:
                connection.close()
                raise NodeError(f"the node at {self.endpoint} did not answer in {self._timeout_s:g} s") from exc
            except (OSError, http.client.HTTPException) as exc:
                connection.close()
                reason = getattr(exc, "strerror", None) or type(exc).__name__
                raise NodeError(f"the node at {self.endpoint} cannot be reached: {reason}") from exc
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)
            return status, payload

    def _parse(self, status: int, payload: bytes) -> Any:
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if status == http.client.OK or (isinstance(answer, dict) and isinstance(answer.get("error"), dict)):
            if answer is None:
                raise self._garbage("not JSON")
            return answer
        remedy = {
            401: "The node wants credentials: put them into the address or the headers.",
            403: "The node does not admit this client.",
            429: "The node limits requests: try again later or more slowly.",
        }.get(status, "")
        raise NodeError(f"the node at {self.endpoint} answered with HTTP status {status}", remedy=remedy, status=status)

    def _post(self, connection: DeadlineConnection, body: bytes, deadline: float) -> tuple[int, bytes]:
        connection.arm(deadline)
        connection.request("POST", self._target, body=body, headers=self._headers)
        with connection.getresponse() as response:
            chunks: list[bytes] = []
            size = 0
            while chunk := response.read(_CHUNK):
                size += len(chunk)
                if size > self._max_response_bytes:
                    connection.close()
                    raise NodeError(
                        f"the node at {self.endpoint} sent more than {self._max_response_bytes} bytes",
                        remedy="Ask for less at a time, or raise max_response_bytes.",
                    )
                chunks.append(chunk)
            return response.status, b"".join(chunks)

    def _take(self) -> tuple[DeadlineConnection, bool]:
        with self._lock:
            if self._pid != os.getpid():
                # After a fork parent and child would read each other's answers from the same sockets.
                self._idle, self._pid = [], os.getpid()
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_stale():
                    return connection, True
                connection.close()
        context = self._ssl_context
        if self._secure and context is None:
            import ssl

            context = self._ssl_context = ssl.create_default_context()
        return DeadlineConnection(self._host, self._port, self._connect_timeout_s, context), False

    def _give_back(self, connection: DeadlineConnection) -> None:
        with self._lock:
            if connection.sock is not None and self._pid == os.getpid():
                self._idle.append(connection)


def as_quantity(value: Any, what: str) -> int:
    """Read a JSON-RPC quantity: `0x` and hexadecimal digits.

    Args:
        value: What the node sent.
        what: Its name, for the error.

    Raises:
        NodeError: It is not one, or has more than 256 bits.
    """
    if isinstance(value, str) and value.startswith("0x") and 3 <= len(value) <= 66:
        try:
            return int(value, 16)
        except ValueError:
            pass
    raise NodeError(f"the node sent {str(value)[:80]!r} as {what}, which is no quantity")


def as_data(value: Any, what: str, size: int | None = None) -> bytes:
    """Read JSON-RPC data: `0x` and an even number of hexadecimal digits.

    Args:
        value: What the node sent.
        what: Its name, for the error.
        size: The number of bytes that it must have, if fixed.

    Raises:
        NodeError: It is not data, or not of that size.
    """
    if isinstance(value, str) and value.startswith("0x"):
        try:
            data = bytes.fromhex(value[2:])
        except ValueError:
            data = None
        if data is not None and (size is None or len(data) == size):
            return data
    raise NodeError(f"the node sent {str(value)[:80]!r} as {what}")


def _encode(number: int, method: str, params: Sequence[Any]) -> bytes:
    call = {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
    return json.dumps(call, separators=(",", ":")).encode("ascii")


def _chunks(calls: Iterable[Call]) -> Iterator[tuple[list[bytes], bool]]:
    """Encoded calls in groups that keep both limits, and whether a group only reads."""
    bodies: list[bytes] = []
    size = 0
    reads = True
    for method, params in calls:
        body = _encode(len(bodies), method, params)
        if bodies and (len(bodies) == BATCH_ITEMS or size + len(body) > BATCH_BYTES):
            yield bodies, reads
            bodies, size, reads = [], 0, True
            body = _encode(0, method, params)
        bodies.append(body)
        size += len(body) + 1
        reads = reads and method.startswith(_READS)
    if bodies:
        yield bodies, reads
