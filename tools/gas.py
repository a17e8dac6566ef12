"""Measure what every operation costs in gas, and keep the figures in `gas-snapshot.json`: `gas.py` or `make gas`.

Each figure stands beside a ceiling. What may never be exceeded is in `REQUIRED`; where a figure is better, the ceiling
in the snapshot is lowered to a little above it and is never raised again, so that a saving cannot be lost unnoticed.
Keys, inputs, addresses and the chain id are fixed, hence so are the figures. The code measured is the exported one.
Not its job: fees, or the time that anything takes.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registrum.chain.contracts import Abi, load_abi, load_artifact
from registrum.chain.rpc import RpcClient
from registrum.devnet import find_anvil
from registrum.numbers import Right
from registrum.proofs.merkle import leaf_hash, root_of_path
from registrum.rights.codes import default_codes
from registrum.signing.eip712 import Domain
from registrum.signing.keccak import keccak
from registrum.signing.rights_statements import (
    NOTHING_STATED,
    EntryFactsStatement,
    EventBatch,
    LegalStatusEventStatement,
)
from registrum.signing.signers import DevelopmentSigner
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Correction,
    Registration,
    RegistrationBatch,
    Statement,
    Suspension,
    Vote,
    Withdrawal,
)

SNAPSHOT = Path(__file__).resolve().parent.parent / "gas-snapshot.json"

REQUIRED = {
    "register": 82_000,
    "batch of 100, a record": 49_000,
    "batch of 500, a record": 48_500,
    "first anchor": 60_000,
    "later anchor": 60_000,
    "disclose from a million": 95_000,
    "correct": 55_000,
    "withdraw": 55_000,
    "check, as a call": 60_000,
    "create an entry": 125_000,
    "an event": 60_000,
    "batch of 100 events, an event": 30_000,
}
"""The most that the operations of every day may cost, whatever was reached before."""

MARGIN = 0.003
"""How far above its figure a lowered ceiling lies."""

CHAIN_ID = 31337
GENESIS_TIME = 1_767_225_600  # 1 January 2026
BLOCK_GAS = 30_000_000
START_S = 20.0
MILLION = 1_000_000
PATH_LENGTH = 20
MOST_KEYS = 32
WEEKEND = 0b1100000
FOREVER = 2**40 - 1


class GasError(Exception):
    """The node did not start, or refused what it was expected to take."""


@dataclass(frozen=True)
class Figure:
    """What one operation costs, beside the most that it may cost; both in gas."""

    gas: float
    ceiling: float


@contextlib.contextmanager
def local_chain() -> Iterator[RpcClient]:
    """Run an Anvil of its own, the same every time, on a free port."""
    command = [str(find_anvil()), "--host", "127.0.0.1", "--port", "0", "--chain-id", str(CHAIN_ID)]
    command += ["--hardfork", "shanghai", "--gas-limit", str(BLOCK_GAS), "--timestamp", str(GENESIS_TIME)]
    with tempfile.TemporaryFile("w+") as log:
        node = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + START_S
            match = None
            while match is None:
                if node.poll() is not None or time.monotonic() > deadline:
                    raise GasError("the local chain did not start")
                time.sleep(0.01)
                log.seek(0)
                match = re.search(r"^Listening on 127\.0\.0\.1:(\d+)$", log.read(), re.MULTILINE)
            with RpcClient(f"http://127.0.0.1:{match[1]}", timeout_s=60.0) as rpc:
                yield rpc
        finally:
            node.terminate()
            node.wait(10)


class Contract:
    """A deployed contract, called from accounts that the node holds the keys of."""

    def __init__(self, rpc: RpcClient, name: str, *arguments: str) -> None:
        self._rpc = rpc
        self._abi: Abi = load_abi(name)
        words = "".join(argument.removeprefix("0x").rjust(64, "0") for argument in arguments)
        receipt = send(rpc, {"from": ACCOUNTS[0].address, "data": load_artifact(name)["bytecode"] + words})
        self.address: str = receipt["contractAddress"]
        self.deployment = int(receipt["gasUsed"], 16)

    def transact(self, function: str, *values: Any, sender: DevelopmentSigner | None = None) -> int:
        """Send a transaction; return the gas that it used."""
        account = ACCOUNTS[0] if sender is None else sender
        data = "0x" + self._abi.encode(function, *values).hex()
        return int(send(self._rpc, {"from": account.address, "to": self.address, "data": data})["gasUsed"], 16)

    def call(self, function: str, *values: Any) -> Any:
        """Return what a function answers."""
        data = "0x" + self._abi.encode(function, *values).hex()
        answer = self._rpc.call("eth_call", [{"to": self.address, "data": data}, "latest"])
        return self._abi.decode(function, bytes.fromhex(answer[2:]))

    def estimate(self, function: str, *values: Any) -> int:
        """Return the gas that a call needs, as the node estimates it, call data and the base 21,000 included."""
        data = "0x" + self._abi.encode(function, *values).hex()
        return int(self._rpc.call("eth_estimateGas", [{"to": self.address, "data": data}]), 16)


def send(rpc: RpcClient, transaction: dict[str, str]) -> dict[str, Any]:
    """Send a transaction that must succeed; return its receipt."""
    sent = rpc.call("eth_sendTransaction", [{**transaction, "gas": hex(BLOCK_GAS - 100_000)}])
    deadline = time.monotonic() + START_S
    while (receipt := rpc.call("eth_getTransactionReceipt", [sent])) is None:
        if time.monotonic() > deadline:
            raise GasError("the local chain does not mine")
        time.sleep(0.005)
    if receipt["status"] != "0x1":
        raise GasError(f"refused: {transaction['data'][:10]}")
    found: dict[str, Any] = receipt
    return found


OFFICES = tuple(f"{first}{second}" for first in "AB" for second in "ABCDEF")
"""Codes of a consortium of twelve; their seats need not send anything."""
SEATS = [DevelopmentSigner.account(index) for index in range(1, 1 + len(OFFICES))]
DAY_S = 86_400
ACCOUNTS = [DevelopmentSigner.account(index) for index in range(5)]
"""Governance and relayer, seat and key of the first office, seat and key of the second."""
_SEAT, _KEY, _LATER_SEAT, _LATER_KEY = ACCOUNTS[1:5]


def full_word(text: str) -> bytes:
    """A word that looks random and has no zero byte, since zero bytes cost less to send."""
    counter = 0
    while 0 in (word := keccak(f"{text} {counter}".encode("ascii"))):
        counter += 1
    return word


def number(text: str) -> bytes:
    """The on-chain form of a number in canonical form, `EM/T/018660437` without its first two slashes."""
    return text.encode("ascii").ljust(32, b"\0")


def application(text: str) -> Registration:
    """An application record as offices have them: 12 to 16 characters with office and right."""
    return Registration(number(text), 20240131, 0, full_word(text))


def measure(rpc: RpcClient) -> dict[str, float]:
    """Run every operation on a fresh chain; return the gas of each by name."""
    directory = Contract(rpc, "OfficeDirectory", ACCOUNTS[0].address)
    registry = Contract(rpc, "ApplicationRegistry", directory.address, "0x")
    register = Contract(rpc, "PriorityRegister", directory.address, registry.address)
    contracts = {"OfficeDirectory": directory, "ApplicationRegistry": registry, "PriorityRegister": register}
    figures: dict[str, float] = {f"deploy {name}": contract.deployment for name, contract in contracts.items()}
    figures |= measure_directory(directory)
    figures |= measure_registry(registry)
    figures |= measure_priority(register)
    return figures | measure_suspension(directory) | measure_consortium(rpc) | measure_rights(rpc)


def measure_consortium(rpc: RpcClient) -> dict[str, float]:
    """A decision and an emergency in a consortium of twelve offices, eight votes being needed."""
    directory = Contract(rpc, "OfficeDirectory", ACCOUNTS[0].address)
    parameters = (hex(value) for value in (DAY_S, 3 * DAY_S, DAY_S, 2, 3))
    consortium = Contract(rpc, "Consortium", directory.address, *parameters)
    council = Contract(rpc, "EmergencyCouncil", directory.address, "0x3", hex(30 * DAY_S))
    location = b"https://charter.example"
    text = ("0x80", hex(len(location)), location.hex().ljust(64, "0"))
    charter = Contract(rpc, "Charter", consortium.address, council.address, full_word("charter").hex(), *text)
    book = Contract(rpc, "AddressBook", directory.address)
    contracts = {"Consortium": consortium, "EmergencyCouncil": council, "Charter": charter, "AddressBook": book}
    figures: dict[str, float] = {f"deploy {name}": contract.deployment for name, contract in contracts.items()}
    for code, seat in zip(OFFICES, SEATS, strict=True):
        directory.transact("admitOffice", code, seat.address, f"Office {code}", "", 0)
    directory.transact("setEmergencyBody", council.address)
    directory.transact("transferGovernance", consortium.call("timelock"))

    call = load_abi("OfficeDirectory").encode("departOffice", OFFICES[-1])
    description = "BF leaves the consortium"
    calls = ([directory.address], [0], [call])
    figures["propose"] = consortium.transact("propose", *calls, description, sender=SEATS[0])
    digest = keccak(description.encode())
    proposal = consortium.call("hashProposal", *calls, digest)
    advance(rpc, DAY_S + 1)
    figures["vote"] = consortium.transact("castVoteWithReason", proposal, 1, "agreed", sender=SEATS[0])
    domain = Domain.consortium(CHAIN_ID, consortium.address)
    votes = []
    for code, seat in zip(OFFICES[1:8], SEATS[1:8], strict=True):
        vote = Vote(proposal, code.encode(), 1, "agreed")
        signed_vote = {"office": code, "support": 1, "reason": vote.reason, "signature": seat.sign(vote, domain)}
        votes.append(signed_vote)
    figures["a signed vote, of seven"] = consortium.transact("castSignedVotes", proposal, votes) / len(votes)
    advance(rpc, 3 * DAY_S)
    figures["count and queue"] = consortium.transact("queue", *calls, digest)
    advance(rpc, DAY_S)
    figures["execute a departure"] = consortium.transact("execute", *calls, digest)

    valid_until = int(rpc.call("eth_getBlockByNumber", ["latest", False])["timestamp"], 16) + DAY_S
    suspension = Suspension(b"BE", (), "The seat was stolen.", 1, valid_until)
    domain = Domain.emergency_council(CHAIN_ID, council.address)
    signed = [
        {"supporter": code, "signature": seat.sign(suspension, domain)}
        for code, seat in zip(OFFICES[:3], SEATS[:3], strict=True)
    ]
    figures["suspend in an emergency"] = council.transact("support", suspension, signed)
    return figures


def measure_rights(rpc: RpcClient) -> dict[str, float]:
    """Entries and events of trade marks: each way of recording, of an office that has recorded before."""
    directory = Contract(rpc, "OfficeDirectory", ACCOUNTS[0].address)
    practice = Contract(rpc, "OfficePractice", directory.address)
    register = Contract(rpc, "RightsRegister", directory.address, practice.address)
    standing = Contract(rpc, "RightsStanding", register.address)
    contracts = {"OfficePractice": practice, "RightsRegister": register, "RightsStanding": standing}
    figures: dict[str, float] = {f"deploy {name}": contract.deployment for name, contract in contracts.items()}
    directory.transact("admitOffice", "EM", _SEAT.address, "Office", "", 0)
    directory.transact("addKey", "EM", _KEY.address, 2, 0, 0, sender=_SEAT)
    table = default_codes()
    register.transact("setStatuses", [row.on_chain for row in table.statuses])
    rows = [row.on_chain for row in table.codes]
    figures["load a row of codes, of forty"] = register.transact("setCodes", rows[:40]) / 40
    for start in range(40, len(rows), 40):
        register.transact("setCodes", rows[start : start + 40])
    domain = Domain.rights_register(CHAIN_ID, register.address)

    def record(event: LegalStatusEventStatement) -> int:
        return register.transact("record", event, _KEY.sign(event, domain))

    def batch(events: list[LegalStatusEventStatement]) -> float:
        statement = EventBatch(b"EM", tuple(events))
        return register.transact("recordBatch", "EM", statement.events, _KEY.sign(statement, domain)) / len(events)

    record(filing("EMT018660436"))
    filed = filing("EMT018660437")
    figures["create an entry"] = record(filed)
    with_image = filing("EMT018660438", representation=full_word("image"))
    figures["create an entry with a representation"] = record(with_image)
    examined = following(filed, b"D10", b"A2")
    figures["an event"] = record(examined)
    registered = EntryFactsStatement(changes=6, registration_date=20240701, expiry_date=20340131)
    figures["a registration"] = record(following(examined, b"F10", b"A4", facts=registered))
    many = [filing(f"EMT0{30_000_000 + index}") for index in range(200)]
    figures["batch of 200 new entries, an entry"] = batch(many)
    figures["batch of 100 events, an event"] = batch([following(event, b"D10", b"A2") for event in many[:100]])
    return figures


def filing(text: str, representation: bytes = bytes(32)) -> LegalStatusEventStatement:
    """The first event of a trade mark in two classes."""
    facts = EntryFactsStatement(
        changes=1 | 8 | 16 | (32 if any(representation) else 0),
        filing_date=20240131,
        classes=1 << 9 | 1 << 35,
        dossier=full_word(f"dossier of {text}"),
        representation=representation,
    )
    return _event(number(text), bytes(32), b"A10", b"A1", facts)


def following(
    before: LegalStatusEventStatement, code: bytes, resulting: bytes, *, facts: EntryFactsStatement = NOTHING_STATED
) -> LegalStatusEventStatement:
    """The event after another."""
    return _event(before.number, before.struct_hash(), code, resulting, facts)


def _event(
    entry: bytes, previous: bytes, code: bytes, resulting: bytes, facts: EntryFactsStatement
) -> LegalStatusEventStatement:
    words = {b"A1": "Application Filed", b"A2": "Classification checked", b"A4": "Registration published"}
    status = default_codes().status_for(Right.TRADEMARK, words[resulting])
    if status is None:
        raise GasError(f"the table of codes has no status {words[resulting]}")
    return LegalStatusEventStatement(
        entry,
        previous,
        b"ST.27".ljust(8, b"\0"),
        code.ljust(32, b"\0"),
        resulting,
        status.position,
        event_date=20240701,
        effective_date=20240701,
        document=full_word(f"{entry!r} {code!r}"),
        facts=facts,
    )


def advance(rpc: RpcClient, seconds: int) -> None:
    """Let time go by on the local chain."""
    rpc.call("evm_increaseTime", [hex(seconds)])
    rpc.call("evm_mine", [])


def measure_directory(directory: Contract) -> dict[str, float]:
    """Admission and keys; leaves the offices EM and RU behind, each with a key."""
    em = ("EM", _SEAT.address, "European Union Intellectual Property Office", "https://em.example", 19960401)
    ru = ("RU", _LATER_SEAT.address, "Federal Service for Intellectual Property", "https://ru.example", 19920101)
    figures: dict[str, float] = {"admit an office": directory.transact("admitOffice", *em)}
    directory.transact("admitOffice", *ru)
    figures["add the first key"] = directory.transact("addKey", "EM", _KEY.address, 1, 0, 0, sender=_SEAT)
    directory.transact("addKey", "RU", _LATER_KEY.address, 1, 0, 0, sender=_LATER_SEAT)
    other = "0x" + full_word("another key")[:20].hex()
    figures["add another key"] = directory.transact("addKey", "EM", other, 1, 0, 0, sender=_SEAT)
    figures["revoke a key"] = directory.transact("revokeKey", "EM", other, sender=_SEAT)
    return figures


def measure_registry(registry: Contract) -> dict[str, float]:
    """Every way into the registry. The office has recorded before, as all but one of its statements find it."""
    domain = Domain.application_registry(CHAIN_ID, registry.address)

    def signed(statement: Statement) -> bytes:
        return _KEY.sign(statement, domain)

    def record(text: str) -> int:
        statement = application(text)
        return registry.transact("register", statement, signed(statement))

    record("EMT018660436")
    figures: dict[str, float] = {"register": record("EMT018660437")}
    record("EMT018660438")
    for size in (100, 500):
        batch = RegistrationBatch(b"EM", tuple(application(f"EMT0{20_000_000 + 1000 * size + i}") for i in range(size)))
        gas = registry.transact("registerBatch", "EM", batch.items, signed(batch))
        figures[f"batch of {size}, a record"] = gas / size
    for sequence, name in ((1, "first anchor"), (2, "later anchor")):
        leaf = application(f"EMT09900000{sequence}")
        path = [full_word(f"sibling {sequence} {step}") for step in range(PATH_LENGTH)]
        anchor = Anchor(b"EM", sequence, root_of_path(leaf_hash(leaf), path), MILLION)
        figures[name] = registry.transact("anchor", anchor, signed(anchor))
        gas = registry.transact("disclose", anchor, _KEY.address, leaf, path)
        figures["disclose from a million"] = max(gas, figures.get("disclose from a million", 0))
    correction = Correction(number("EMT018660437"), 20240130, 0, full_word("corrected"), 1)
    figures["correct"] = registry.transact("correct", correction, signed(correction))
    withdrawal = Withdrawal(number("EMT018660438"), 1)
    figures["withdraw"] = registry.transact("withdraw", withdrawal.number, withdrawal.replaces, signed(withdrawal))
    return figures


def measure_priority(register: Contract) -> dict[str, float]:
    """Calendars, the verdict, recorded claims."""
    domain = Domain.priority_register(CHAIN_ID, register.address)

    def publish(holidays: int) -> int:
        return register.transact("publishCalendar", "RU", 2024, WEEKEND, [holidays, 0], sender=_LATER_SEAT)

    def claim(later_date: int) -> dict[str, Any]:
        return {
            "earlier": number("EMT018660436"),
            "claimed_date": 20240131,
            "later_office": "RU",
            "later_right": b"T",
            "later_date": later_date,
            "digest": full_word("EMT018660436"),
        }

    figures: dict[str, float] = {"check, as a call": register.estimate("check", claim(20240730))}
    figures["publish a calendar"] = publish(0xFF | 1 << 129)
    # The last day is 31 July 2024, a Wednesday; from there closed days up to and over the weekend.
    publish(0b111 << 212)
    figures["check over five closed days, as a call"] = register.estimate("check", claim(20240805))
    for replaces, name in ((0, "record a claim"), (1, "record its outcome")):
        outcome = ClaimOutcome(
            number("RUT2024700001"), number("EMT018660436"), 20240730, 20240131, False, replaces + 1, replaces
        )
        figures[name] = register.transact("recordClaim", outcome, _LATER_KEY.sign(outcome, domain))
    return figures


def measure_suspension(directory: Contract) -> dict[str, float]:
    """The dearest loops of the directory: an office with as many keys as it may have."""
    for position in range(MOST_KEYS - 1):
        account = "0x" + full_word(f"key {position}")[:20].hex()
        directory.transact("addKey", "EM", account, 1, 0, 0, sender=_SEAT)
    return {
        "suspend an office of 32 keys": directory.transact("suspendOffice", "EM", FOREVER),
        "reinstate an office of 32 keys": directory.transact("reinstateOffice", "EM"),
    }


def read_snapshot(path: Path = SNAPSHOT) -> dict[str, Figure]:
    """Return the figures of the snapshot by name; none when there is no snapshot yet."""
    if not path.exists():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    return {name: Figure(**figure) for name, figure in document["figures"].items()}


def write_snapshot(figures: dict[str, Figure], path: Path = SNAPSHOT) -> None:
    """Write the snapshot; figures keep their order."""
    conditions = f"Anvil, chain id {CHAIN_ID}, Shanghai, the bytecode of src/registrum/abi; make gas measures again"
    lines = [f'    {json.dumps(name)}: {{"gas": {f.gas}, "ceiling": {f.ceiling}}}' for name, f in figures.items()]
    text = f'{{\n  "conditions": {json.dumps(conditions)},\n  "figures": {{\n' + ",\n".join(lines) + "\n  }\n}\n"
    path.write_text(text, encoding="utf-8")


def lowered(name: str, gas: float, before: Figure | None) -> float:
    """Return the ceiling of a figure: the lowest of what is required, was reached before, and is reached now."""
    bounds = [REQUIRED.get(name, math.inf), math.inf if before is None else before.ceiling]
    return min(*bounds, math.ceil(gas * (1 + MARGIN)))


def main() -> int:
    """Measure, print the table and update the snapshot; return 1 if a ceiling is exceeded, which changes nothing."""
    with local_chain() as rpc:
        measured = measure(rpc)
    before = read_snapshot()
    figures = {name: Figure(round(gas, 1), lowered(name, gas, before.get(name))) for name, gas in measured.items()}
    print(f"{'':<40}{'gas':>12}{'ceiling':>12}{'required':>12}{'before':>12}")
    for name, figure in figures.items():
        required = f"{REQUIRED[name]:,}" if name in REQUIRED else ""
        earlier = f"{before[name].gas:,}" if name in before else ""
        print(f"{name:<40}{figure.gas:>12,}{figure.ceiling:>12,}{required:>12}{earlier:>12}")
    exceeded = [name for name, figure in figures.items() if figure.gas > figure.ceiling]
    if exceeded:
        print(f"above the ceiling, snapshot left as it was: {', '.join(exceeded)}", file=sys.stderr)
        return 1
    write_snapshot(figures)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GasError as error:
        sys.exit(str(error))
