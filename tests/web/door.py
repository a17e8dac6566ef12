"""A door before a node: while it is shut, the node cannot be reached, and loses nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_PIECE = 1 << 16


class Door:
    """Passes bytes on to a port of this machine, while it is open."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._port = 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        """Let connections in, on the same port as before."""
        listening = socket.create_server(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        self._open = [listening]
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        """End all connections, and take no new ones."""
        with self._lock:
            opened, self._open = self._open, []
        for each in opened:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @contextlib.contextmanager
    def being_shut(self) -> Iterator[None]:
        self.shut()
        try:
            yield
        finally:
            self.open()

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                inner, _ = listening.accept()
                outer = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            with self._lock:
                if listening not in self._open:
                    inner.close()
                    outer.close()
                    return
                self._open += [inner, outer]
            for one, other in ((inner, outer), (outer, inner)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(_PIECE):
            other.sendall(piece)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
