"""An application served on a port of this machine by a thread of the test, for clients that are processes of their own.

Not its job: `registrum serve` itself (`tests.cli.test_serve`).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI


@contextlib.contextmanager
def serving(application: FastAPI) -> Iterator[str]:
    """Address of a server that runs meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # As `registrum serve` does: asyncio leaves a given socket as it is, and each answer on a kept connection would
        # wait 40 ms for the client to acknowledge its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", server_header=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
