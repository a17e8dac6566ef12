"""`registrum serve`: the REST interface and the explorer, with the index kept up to date beside them.

On this machine alone unless `--host` says otherwise. What is signed by offices is relayed where an account that pays
is given: `--relay-key`, or on a local chain of `registrum devnet` the sample account. Not its job: what is answered
(`registrum.web`).
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.options import AsJson, IndexDatabase, ManifestPath, PasswordFile, Rpc
from registrum.cli.output import Facts, emit, note
from registrum.errors import ConfigError

if TYPE_CHECKING:
    import uvicorn

    from registrum.cli.access import Access
    from registrum.web.node import NodeLink
    from registrum.web.relay import Relay
    from registrum.web.settings import WebSettings

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_GRACE_S = 5
_MOST_CONNECTIONS = 1_000
_MOST_CONNECTIONS_A_CLIENT = 100
_HEAD_S = 10.0
_KEEP_ALIVE_S = 15
_DAY_S = 86_400.0


@app.callback(invoke_without_command=True)
def serve(
    rpc: Rpc = None,
    manifest: ManifestPath = None,
    index: IndexDatabase = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen at; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="TCP port; 0: a free one.")] = 8000,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Keep the index up to date.")] = True,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option("--allowed-host", metavar="NAME", help="Name under which the server is asked; repeatable."),
    ] = None,
    cors_origin: Annotated[
        list[str] | None,
        typer.Option("--cors-origin", metavar="URL", help="Origin whose pages may read answers; repeatable."),
    ] = None,
    trusted_proxy: Annotated[
        str | None,
        typer.Option("--trusted-proxy", metavar="ADDRESS", help="Proxy in front, which says who asks."),
    ] = None,
    proofs: Annotated[
        list[Path] | None,
        typer.Option("--proofs", metavar="FOLDER", help="Anchors that proofs are cut from; repeatable."),
    ] = None,
    relay: Annotated[bool, typer.Option("--relay/--no-relay", help="Relay what offices signed.")] = True,
    relay_key: Annotated[
        str | None,
        typer.Option("--relay-key", metavar="FILE", help="Keystore of the account that pays for what is relayed."),
    ] = None,
    password_file: PasswordFile = None,
    keep_receipts: Annotated[
        float,
        typer.Option(
            "--keep-receipts",
            metavar="DAYS",
            min=0,
            help="Days for which receipts of settled statements are kept; 0: for good.",
        ),
    ] = 30.0,
    api_key_file: Annotated[
        Path | None,
        typer.Option("--api-key-file", metavar="FILE", help="Keys, one a line, that may hand in statements."),
    ] = None,
    rate_limit: Annotated[
        float,
        typer.Option("--rate-limit", metavar="N", min=0, help="Requests a second that one client may make; 0: any."),
    ] = 50.0,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the explorer in the browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve the explorer and the REST interface; Ctrl-C ends it.

    Once it answers, its address is printed.
    """
    from registrum.chain.rpc import RpcClient
    from registrum.cli.access import Access
    from registrum.index.following import Follower
    from registrum.index.store import open_index
    from registrum.web.app import create_app
    from registrum.web.node import NodeLink
    from registrum.web.proofs import ProofShelf
    from registrum.web.service import Service
    from registrum.web.settings import WebSettings, read_api_keys

    access = Access(rpc, manifest, relay_key, password_file, index=index)
    deployment = access.manifest()
    settings = WebSettings(
        allowed_hosts=tuple(allowed_host or ()),
        cors_origins=tuple(cors_origin or ()),
        api_keys=() if api_key_file is None else read_api_keys(api_key_file),
        reads_per_s=rate_limit or None,
        reads_at_once=max(1, int(rate_limit * 4)),
    )
    shelf = ProofShelf(proofs or ())
    url = access.settings.require_rpc()
    node = NodeLink(url, deployment)
    behind = _is_behind_a_proxy(settings.allowed_hosts, trusted_proxy)
    relaying = None
    if relay:
        relaying = _relay(access, node, settings, host, behind, relay_key is not None, keep_receipts * _DAY_S or None)
    with (
        _listen(host, port) as listening,
        RpcClient(url) as client,
        open_index(access.index_database()) as database,
    ):
        service = Service(
            database,
            deployment,
            node=node,
            relay=relaying,
            proofs=shelf,
            settings=settings,
            follower=Follower(database, client, deployment) if follow else None,
        )
        address = _address(listening, host)
        if not _is_loopback(host):
            note(f"this server answers the network at {host}; put a proxy with TLS in front of it")
        if behind and trusted_proxy is None:
            note("behind a proxy give --trusted-proxy too: else all who ask through it share one bound of requests")
        announce = _announcement(address, database.shown_url, relaying, follow, as_json, open_browser)
        _run(create_app(service), listening, trusted_proxy, announce)


def _announcement(
    address: str, shown_index: str, relay: Relay | None, follow: bool, as_json: bool, open_browser: bool
) -> Callable[[], None]:
    """What is said once the server answers."""

    def announce() -> None:
        document = {
            "url": address,
            "pid": os.getpid(),
            "index": shown_index,
            "following": follow,
            "relay": None if relay is None else relay.account,
            "openapi": f"{address}/api/v1/openapi.json",
        }
        facts = [
            ("Explorer", address),
            ("REST", f"{address}/api/v1"),
            ("Index", shown_index),
            ("Relay", document["relay"] or "off"),
        ]
        emit(as_json, document, Facts(facts))
        sys.stdout.flush()
        if open_browser:
            import webbrowser

            webbrowser.open(address)
        note("Ctrl-C ends it")

    return announce


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigError: The address cannot be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=512)
        # Connections inherit it. Without it every answer on a kept connection waits for an acknowledgement, 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise ConfigError(
            f"port {port} of {host} cannot be used: {error.strerror or error}",
            remedy="Give another --port; 0 takes a free one.",
        ) from error
    listening.setblocking(False)
    return listening


def _address(listening: socket.socket, host: str) -> str:
    port = listening.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # nosec B104 - compared
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _is_loopback(host: str) -> bool:
    from registrum.settings import is_loopback

    return is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")


def _relay(
    access: Access,
    node: NodeLink,
    settings: WebSettings,
    host: str,
    behind: bool,
    named: bool,
    keep_s: float | None,
) -> Relay | None:
    """Who relays; None where there is no account that pays, or anybody of the network could make it pay."""
    from registrum.chain.profile import Finality
    from registrum.web.relay import Relay

    if not named and not access.is_local():
        return None
    if (behind or not _is_loopback(host)) and not settings.api_keys:
        if named:
            raise ConfigError(
                "with --relay-key, anybody who reaches this server could have his transactions paid",
                remedy="Name the keys of those who may by --api-key-file, or serve this machine alone: no other"
                " --host or --allowed-host, and no --trusted-proxy.",
            )
        note("nothing is relayed: that takes --api-key-file where the network can reach the server")
        return None
    account = access.signer(None) if named else access.paying(None)
    office = _office_that_pays(node, account.address)
    if office is not None:
        if named:
            raise ConfigError(
                f"the account {account.address}, which would pay, is one that {office} acts with",
                remedy="Give an account by --relay-key that is nobody's key and nobody's seat.",
            )
        note(f"nothing is relayed: {account.address}, which would pay, is one that {office} acts with")
        return None
    manifest = access.manifest()
    finality = Finality.parse(access.settings.finality)
    return Relay(node, access.outbox(manifest), account, finality=finality, keep_s=keep_s)


def _office_that_pays(node: NodeLink, account: str) -> str | None:
    """The office whose account would pay; None where it is nobody's, or the chain cannot be asked now.

    Each statement is checked against the index as well.
    """
    from registrum.errors import NodeError, RpcError
    from registrum.registry import Registry
    from registrum.web.relay import office_of

    try:
        return office_of(Registry.connect(node.rpc, node.manifest), account)
    except (NodeError, RpcError):
        return None


def _is_behind_a_proxy(allowed_hosts: Sequence[str], trusted_proxy: str | None) -> bool:
    """Whether others than this machine are to reach the server, though it may listen on this machine alone."""
    from registrum.web.settings import LOOPBACK_NAMES

    return trusted_proxy is not None or any(name.strip("[]") not in LOOPBACK_NAMES for name in allowed_hosts)


def _run(application: Any, listening: socket.socket, trusted_proxy: str | None, announce: Callable[[], None]) -> None:
    """Serve until a signal comes; requests that are under way are answered."""
    import logging

    import uvicorn

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")

    class Server(uvicorn.Server):
        """Says when it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce()

    server = Server(configured(application, trusted_proxy))
    with _signals_heard():
        server.run(sockets=[listening])


def configured(application: Any, trusted_proxy: str | None = None) -> uvicorn.Config:
    """How an application is served here: with bounds of connections and without a word about the server.

    Args:
        application: The application.
        trusted_proxy: Addresses of proxies in front, with commas between them.
    """
    import uvicorn

    from registrum.web.connections import bounded_connections

    proxies = [address.strip() for address in (trusted_proxy or "").split(",")]
    return uvicorn.Config(
        application,
        http=bounded_connections(_HEAD_S, _MOST_CONNECTIONS_A_CLIENT, proxies),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=trusted_proxy is not None,
        forwarded_allow_ips=trusted_proxy,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        h11_max_incomplete_event_size=32 * 1024,
        ws="none",
    )


@contextmanager
def _signals_heard() -> Iterator[None]:
    """The server hears signals itself and raises them once more when it has ended; by then they are done with.

    That the terminal is gone is to it the same as being told to end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [(number, signal.signal(number, lambda *_: None)) for number in numbers]
    before.append((signal.SIGHUP, signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))))
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
