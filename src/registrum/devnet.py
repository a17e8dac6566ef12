"""The embedded local chain: one Anvil with contracts, a consortium of sample offices and calendars, ready for use.

It runs on its own until it is stopped, on a free port unless one is named, and keeps nothing but its log beyond its
end: a chain started again is a new chain. What belongs to it lies in one folder, `settings.devnet_directory()`: the
manifest, the charter, a profile that `settings.load` finds, the log, and the record of the running process.

Not its job: networks of offices. Everything here is signed with keys that are known to everyone.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registrum.chain.profile import Snapshot, choose_fees, read_block
from registrum.chain.receipts import fetch_receipts
from registrum.chain.rpc import RpcClient, as_data
from registrum.chain.transaction import Transaction, sign
from registrum.deployment.check import verify
from registrum.deployment.consortium_file import ConsortiumTerms
from registrum.deployment.deployer import RpcBackend, deploy
from registrum.deployment.manifest import Manifest
from registrum.development import (
    ACCOUNTS,
    CHARTER,
    DEVELOPMENT_OFFICES,
    DevelopmentOffice,
    deployer_signer,
    development_office,
    development_terms,
)
from registrum.errors import ConfigError, InputError, NodeError, TransactionFailedError
from registrum.settings import PROFILE_NAME, devnet_directory, find_profile
from registrum.signing.addresses import parse_address
from registrum.signing.keccak import keccak
from registrum.signing.signers import DevelopmentSigner

__all__ = ["CHAIN_ID", "Devnet", "advance", "find_anvil", "start", "status", "stop"]

CHAIN_ID = 31337
"""What Anvil and Hardhat use for local chains."""

_START_S = 30.0
_STOP_S = 10.0
_PAUSE_S = 0.01
_STATE, _MANIFEST, _LOG, _CHARTER = "devnet.json", "manifest.json", "anvil.log", "charter.txt"
_LISTENING = re.compile(r"^Listening on .*:(\d+)$", re.MULTILINE)
_PAST_CALENDARS = 5
_CALL_GAS = 1_000_000
_WEEKEND = 0b1100000
_KEY_SCOPES = 1 | 2 | 4
"""Applications, register entries and transactions; keys are the seat's."""
_EXECUTABLES = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
"""First bytes of programs on Linux and macOS. The npm launcher is a script: ending it would leave the node behind."""


@dataclass(frozen=True)
class Devnet:
    """A running local chain.

    Attributes:
        rpc_url: Address of its node.
        pid: Process of its node.
        manifest_path: Where its contracts are.
        charter_path: What the sample offices agreed on; only written if they form a consortium.
        profile_path: Profile that names both, and development keys.
        profile_in_use: Whether commands without options find that profile; another one may come before it.
        log_path: What the node said when it started.
        started: Whether this call started it; false if it was running.
    """

    rpc_url: str
    pid: int
    manifest_path: Path
    charter_path: Path
    profile_path: Path
    profile_in_use: bool
    log_path: Path
    started: bool

    def wait(self) -> None:
        """Return when the node has ended."""
        identity = _identity(self.pid)
        while identity is not None and _identity(self.pid) == identity:
            time.sleep(0.2)


@dataclass(frozen=True)
class _Record:
    """The running process as noted in the folder; `ready` once offices and calendars are in place."""

    pid: int
    identity: str
    rpc_url: str
    ready: bool


def start(
    *,
    port: int = 0,
    detach: bool = True,
    directory: Path | str | None = None,
    founders: Sequence[str] | None = None,
    consortium: bool = True,
    report: Callable[[str], object] = lambda line: None,
) -> Devnet:
    """Start the local chain, or report the one that runs, with whatever offices it has.

    Args:
        port: TCP port on the loopback interface; 0 lets the system choose a free one.
        detach: Put the node into a session of its own, so that it outlives this process and its terminal.
        directory: Its folder, if not the usual one.
        founders: Codes of the sample offices to begin with; all of them by default, at least three for a consortium.
        consortium: Let the offices govern by vote. Otherwise the deployer's account governs, for quick trials.
        report: Takes one line for each thing done, for people.

    Raises:
        ConfigError: No Anvil is installed, the port is taken, the folder cannot be used, it runs on another port, or
            the founders cannot form a consortium.
        KeyNotFoundError: A founder is no sample office.
        NodeError: The node did not start; the message holds the end of its log.
    """
    codes = tuple(DEVELOPMENT_OFFICES if founders is None else founders)
    terms = development_terms(codes) if consortium else None
    folder = _folder(directory)
    with _locked(folder):
        running = _running(folder)
        if running is not None and running.ready:
            if port not in (0, _port(running.rpc_url)):
                raise ConfigError(
                    f"the local chain runs already, at {running.rpc_url}",
                    remedy="Stop it by `registrum devnet stop`, or use it as it is.",
                )
            report(f"the local chain runs already, at {running.rpc_url}")
            return _devnet(folder, running, started=False)
        if running is not None:
            report("ending a local chain whose start was interrupted")
            _end(running)
        _clear(folder)
        process, record = _launch(folder, port, detach)
        try:
            with RpcClient(record.rpc_url) as rpc:
                # Anvil would write every request into its log, which nobody empties.
                rpc.call("anvil_setLoggingEnabled", [False])
                _furnish(rpc, folder, [development_office(code) for code in codes], terms, report)
            _write_profile(folder, record.rpc_url)
            record = _Record(record.pid, record.identity, record.rpc_url, ready=True)
            _note(folder, record)
        except BaseException:
            process.kill()
            process.wait()
            _clear(folder)
            raise
        return _devnet(folder, record, started=True)


def status(directory: Path | str | None = None) -> Devnet | None:
    """The local chain that runs and answers; None if there is none.

    Raises:
        NetworkMismatchError: The node runs, but its contracts are not those of the manifest.
        NodeError: The process runs, but does not answer.
    """
    folder = _folder(directory)
    running = _running(folder)
    if running is None or not running.ready:
        return None
    with RpcClient(running.rpc_url, timeout_s=5.0) as rpc:
        verify(rpc, Manifest.load(folder / _MANIFEST))
    return _devnet(folder, running, started=False)


def stop(directory: Path | str | None = None) -> bool:
    """End the local chain and remove its profile; the log stays.

    Only the process that `start` began is ended: one that got its number since is left alone.

    Returns:
        Whether one was running.

    Raises:
        ConfigError: The process does not end, or belongs to someone else.
    """
    folder = _folder(directory)
    with _locked(folder):
        running = _running(folder)
        if running is not None:
            _end(running)
        _clear(folder)
        return running is not None


def advance(seconds: int, directory: Path | str | None = None) -> datetime.datetime:
    """Let time go by on the running local chain: votes and delays last hours or days.

    Args:
        seconds: At least 1.
        directory: Its folder, if not the usual one.

    Returns:
        Time of the newest block, in UTC.

    Raises:
        ConfigError: None is running.
        InputError: Time does not run back.
        NodeError: It does not answer.
    """
    if seconds < 1:
        raise InputError(f"time goes by {seconds} s at a time nowhere", remedy="Give at least one second.")
    running = status(directory)
    if running is None:
        raise ConfigError("no local chain is running", remedy="Start one by `registrum devnet --detach`.")
    with RpcClient(running.rpc_url) as rpc:
        rpc.call("evm_increaseTime", [hex(seconds)])
        rpc.call("evm_mine")
        newest = read_block(rpc.call("eth_getBlockByNumber", ["latest", False]))
    return datetime.datetime.fromtimestamp(newest.timestamp, datetime.UTC)


def find_anvil() -> Path:
    """The program of the node itself: `REGISTRUM_ANVIL`, an npm installation in this or an upper folder, or `PATH`.

    Raises:
        ConfigError: There is none.
    """
    named = os.environ.get("REGISTRUM_ANVIL")
    if named:
        file = Path(named).expanduser()
        if not file.is_file() or not os.access(file, os.X_OK):
            raise ConfigError(f"REGISTRUM_ANVIL names {file}, which is no program", remedy="Correct or unset it.")
        return file
    here, package = Path.cwd(), Path(__file__).resolve().parent
    for base in (here, *here.parents, *package.parents):
        found = sorted((base / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil"))
        if found:
            return found[0]
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        file = Path(folder) / "anvil"
        if os.access(file, os.X_OK) and file.is_file() and _is_program(file):
            return file
    raise ConfigError(
        "Anvil, the local chain node, is not installed",
        remedy="In a checkout run `make setup`; else `npm install @foundry-rs/anvil` here, or set REGISTRUM_ANVIL.",
    )


def _is_program(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) in _EXECUTABLES


# The process


def _launch(folder: Path, port: int, detach: bool) -> tuple[subprocess.Popen[bytes], _Record]:
    """Start the node and note it; it listens when this returns."""
    command = [str(find_anvil()), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(CHAIN_ID)]
    command += ["--hardfork", "shanghai", "--accounts", str(ACCOUNTS), "--gas-limit", "30000000"]
    log = folder / _LOG
    with log.open("wb") as sink:
        try:
            process = subprocess.Popen(  # noqa: S603 - the program found above, fixed arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=detach,
                cwd=folder,
            )
        except OSError as error:
            raise ConfigError(f"{command[0]} cannot be run: {error.strerror}") from error
    try:
        identity = _identity(process.pid)
        if identity is not None:
            # Noted before it is ready, so that nothing is left behind if this process is killed meanwhile.
            _note(folder, _Record(process.pid, identity, "", ready=False))
        deadline = time.monotonic() + _START_S
        while process.poll() is None and time.monotonic() < deadline:
            match = _LISTENING.search(log.read_text(errors="replace"))
            if match and identity is not None:
                record = _Record(process.pid, identity, f"http://127.0.0.1:{match[1]}", ready=False)
                _note(folder, record)
                return process, record
            time.sleep(_PAUSE_S)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.kill()
    process.wait()
    (folder / _STATE).unlink(missing_ok=True)
    tail = log.read_text(errors="replace")[-500:].strip()
    if "Address already in use" in tail or "address in use" in tail.lower():
        raise ConfigError(f"port {port} is taken", remedy="Leave --port out: a free one is then chosen.")
    raise NodeError(f"Anvil did not start: {tail}", remedy=f"See {log}.")


def _identity(pid: int) -> str | None:
    """Start time and program of a living process: a number alone may be another process by now."""
    proc = Path("/proc") / str(pid)
    if Path("/proc/self/stat").exists():
        try:
            text = (proc / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The name stands in brackets and may hold anything; after it come the state and, 19 fields on, the start.
        name, _, rest = text.rpartition(")")
        fields = rest.split()
        return None if fields[0] in "ZX" else f"{name.partition('(')[2]} {fields[19]}"
    tool = shutil.which("ps")
    if tool is None:
        raise ConfigError("neither /proc nor ps is there to tell processes apart")
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [tool, "-o", "stat=,lstart=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, rest = done.stdout.strip().partition(" ")
    return None if done.returncode != 0 or state.startswith("Z") else " ".join(rest.split())


def _end(record: _Record) -> None:
    if _identity(record.pid) != record.identity:
        return
    try:
        for signum in (signal.SIGTERM, signal.SIGKILL):
            os.kill(record.pid, signum)
            deadline = time.monotonic() + _STOP_S
            while (alive := _identity(record.pid) == record.identity) and time.monotonic() < deadline:
                time.sleep(_PAUSE_S)
            if not alive:
                break
        else:
            raise ConfigError(f"process {record.pid} does not end", remedy="End it by hand.")
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise ConfigError(f"process {record.pid} belongs to another account") from error
    # A child of this very process stays as a zombie until someone asks for its status; its threads may still be ending.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(record.pid, 0)


# The folder


def _folder(directory: Path | str | None) -> Path:
    return devnet_directory() if directory is None else Path(directory).expanduser().absolute()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one start or stop at a time work on the folder; others wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"the folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _running(folder: Path) -> _Record | None:
    """The noted process, if it lives."""
    try:
        value = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        record = _Record(int(value["pid"]), str(value["identity"]), str(value["rpc"]), bool(value["ready"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"{folder / _STATE} cannot be read: {error}", remedy="Remove it; end Anvil by hand if it still runs."
        ) from None
    return record if _identity(record.pid) == record.identity else None


def _note(folder: Path, record: _Record) -> None:
    value = {"pid": record.pid, "identity": record.identity, "rpc": record.rpc_url, "ready": record.ready}
    _write(folder / _STATE, json.dumps(value) + "\n")


def _write_profile(folder: Path, rpc_url: str) -> None:
    text = (
        "# Written by `registrum devnet` for its local chain; `registrum devnet stop` removes it.\n"
        f'rpc = "{rpc_url}"\n'
        f'manifest = "{_MANIFEST}"\n'
        "# An office without a key of its own signs with its sample key, which is known to everyone.\n"
        "development_keys = true\n"
    )
    _write(folder / PROFILE_NAME, text)


def _write(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from error


def _clear(folder: Path) -> None:
    for name in (PROFILE_NAME, _MANIFEST, _CHARTER, _STATE):
        (folder / name).unlink(missing_ok=True)


def _devnet(folder: Path, record: _Record, *, started: bool) -> Devnet:
    profile = folder / PROFILE_NAME
    try:
        found = find_profile()
    except ConfigError:
        found = None
    return Devnet(
        rpc_url=record.rpc_url,
        pid=record.pid,
        manifest_path=folder / _MANIFEST,
        charter_path=folder / _CHARTER,
        profile_path=profile,
        profile_in_use=found is not None and found.exists() and found.samefile(profile),
        log_path=folder / _LOG,
        started=started,
    )


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


# What is on the chain


def _furnish(
    rpc: RpcClient,
    folder: Path,
    offices: Sequence[DevelopmentOffice],
    terms: ConsortiumTerms | None,
    report: Callable[[str], object],
) -> None:
    """Deploy, admit the sample offices with their signing keys, and publish their calendars."""
    deployer = deployer_signer()
    backend, manifest = RpcBackend(rpc, deployer), folder / _MANIFEST
    if terms is None:
        deployment = deploy(backend, manifest, governance=deployer.address, discard_other_chain=True)
        _admit(rpc, deployer, deployment.manifest.address("OfficeDirectory"), offices)
    else:
        deployment = deploy(backend, manifest, consortium=terms, discard_other_chain=True)
        _write(folder / _CHARTER, CHARTER)
    report("deployed " + ", ".join(deployment.sent))
    today = datetime.datetime.now(datetime.UTC).date()
    years = range(today.year - _PAST_CALENDARS, today.year + 2)
    register = deployment.manifest.address("PriorityRegister")
    hashes: list[bytes] = []
    for office in offices:
        hashes += _send(rpc, office.seat(), register, [_calendar(office, year) for year in years])
    _await(rpc, hashes, register)
    report(f"admitted {', '.join(office.code for office in offices)}; calendars for {years[0]} to {years[-1]}")
    if terms is not None:
        report("governance is with the timelock of the consortium: from now on the offices decide by vote")


def _admit(rpc: RpcClient, governance: DevelopmentSigner, directory: str, offices: Sequence[DevelopmentOffice]) -> None:
    """Admit offices as the account that governs; each then adds its signing key."""
    _await(rpc, _send(rpc, governance, directory, [_admission(office) for office in offices]), directory)
    hashes: list[bytes] = []
    for office in offices:
        hashes += _send(rpc, office.seat(), directory, [_key(office)])
    _await(rpc, hashes, directory)


def _admission(office: DevelopmentOffice) -> bytes:
    return _call_data(
        "admitOffice(bytes2,address,string,string,uint32)",
        office.code.encode("ascii"),
        int.from_bytes(parse_address(office.seat().address), "big"),
        office.name,
        office.endpoint,
        0,
    )


def _key(office: DevelopmentOffice) -> bytes:
    account = int.from_bytes(parse_address(office.signing_key().address), "big")
    signature = "addKey(bytes2,address,uint8,uint40,uint40)"
    return _call_data(signature, office.code.encode("ascii"), account, _KEY_SCOPES, 0, 0)


def _calendar(office: DevelopmentOffice, year: int) -> bytes:
    """A calendar with the office's holidays as exceptions, where the weekend does not close it anyway."""
    exceptions = 0
    for holiday in office.holidays:
        day = datetime.date(year, holiday // 100, holiday % 100)
        if not _WEEKEND >> day.weekday() & 1:
            exceptions |= 1 << (day.timetuple().tm_yday - 1)
    signature = "publishCalendar(bytes2,uint16,uint8,uint256[2])"
    low, high = exceptions & ((1 << 256) - 1), exceptions >> 256
    return _call_data(signature, office.code.encode("ascii"), year, _WEEKEND, low, high)


def _call_data(signature: str, *arguments: bytes | int | str) -> bytes:
    """Contract ABI encoding of the few types used here: fixed bytes left-aligned, numbers, texts behind the head."""
    head, tail = [], b""
    for argument in arguments:
        if isinstance(argument, bytes):
            head.append(argument.ljust(32, b"\0"))
        elif isinstance(argument, int):
            head.append(argument.to_bytes(32, "big"))
        else:
            head.append((32 * len(arguments) + len(tail)).to_bytes(32, "big"))
            text = argument.encode("utf-8")
            tail += len(text).to_bytes(32, "big") + text.ljust(-(-len(text) // 32) * 32, b"\0")
    return keccak(signature.encode("ascii"))[:4] + b"".join(head) + tail


def _send(rpc: RpcClient, signer: DevelopmentSigner, to: str, calls: Iterable[bytes]) -> list[bytes]:
    """Send calls one after another, as a node that mines each at once likes it, and return their hashes."""
    now = Snapshot.read(rpc, signer.address)
    fees = choose_fees(now.head, now.gas_price)
    hashes = []
    for nonce, data in enumerate(calls, now.pending):
        transaction = Transaction(CHAIN_ID, nonce, parse_address(to), data, _CALL_GAS, fees)
        raw = sign(transaction, signer, check=False).raw
        answer: Any = rpc.call("eth_sendRawTransaction", ["0x" + raw.hex()])
        hashes.append(as_data(answer, "transaction hash", 32))
    return hashes


def _await(rpc: RpcClient, hashes: Sequence[bytes], to: str) -> None:
    """See that all took effect."""
    deadline = time.monotonic() + _START_S
    while len(receipts := fetch_receipts(rpc, hashes)) < len(hashes):
        if time.monotonic() > deadline:
            raise NodeError(f"the local chain did not mine within {_START_S:g} s")
        time.sleep(_PAUSE_S)
    if not all(receipt.ok for receipt in receipts.values()):
        raise TransactionFailedError(f"the sample set-up of the local chain was refused at {to}")
