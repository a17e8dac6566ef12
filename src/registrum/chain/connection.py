"""An HTTP connection whose every wait ends at one common deadline.

A plain socket time-out begins anew with each byte, so a node that drips one byte a second could hold a caller for
ever. Not its job: what is sent, and what to do about failures (`registrum.chain.rpc`).
"""

from __future__ import annotations

import http.client
import io
import selectors
import socket
import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import ssl

__all__ = ["DeadlineConnection"]


class DeadlineConnection(http.client.HTTPConnection):
    """A kept-alive connection, plain or TLS.

    Args:
        host: Host name or address.
        port: TCP port.
        connect_timeout_s: Seconds for the connection and the TLS handshake.
        context: TLS settings; None for plain HTTP.
    """

    def __init__(self, host: str, port: int, connect_timeout_s: float, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._connect_timeout_s = connect_timeout_s
        self._context = context
        self._deadline = 0.0

    def arm(self, deadline: float) -> None:
        """Set the end of all waiting, in `time.monotonic` seconds."""
        self._deadline = deadline

    def connect(self) -> None:
        """Open the connection; called by `http.client` on the first request."""
        timeout_s = min(self._connect_timeout_s, max(0.001, self._deadline - time.monotonic()))
        sock = socket.create_connection((self.host, self.port), timeout_s)
        try:
            # A request goes out as two segments, head and body; Nagle's algorithm would delay the second.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise
        self.sock = cast(socket.socket, _DeadlineSocket(sock, self))

    def remaining(self) -> float:
        """Seconds left.

        Raises:
            TimeoutError: None are left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left

    def is_stale(self) -> bool:
        """Whether an idle connection was closed by the other side, or holds bytes that nobody asked for."""
        wrapper = cast("_DeadlineSocket | None", self.sock)
        return wrapper is None or wrapper.readable_now()


class _DeadlineSocket:
    """What `http.client` needs of a socket. The socket closes when its owner and all readers have closed."""

    def __init__(self, sock: socket.socket, owner: DeadlineConnection) -> None:
        self._sock = sock
        self._owner = owner
        self._holders = 1

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._owner.remaining())
        self._sock.sendall(data)

    def recv_into(self, buffer: Any) -> int:
        self._sock.settimeout(self._owner.remaining())
        return self._sock.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        self._holders += 1
        return io.BufferedReader(_Reader(self), 1 << 16)

    def close(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            self._sock.close()

    def readable_now(self) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._sock, selectors.EVENT_READ)
            return bool(selector.select(0))


class _Reader(io.RawIOBase):
    def __init__(self, source: _DeadlineSocket) -> None:
        super().__init__()
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._source.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._source.close()
