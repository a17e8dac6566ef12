"""The site under test: a node, the contracts, records of every kind on them, and `registrum serve` as a process.

The records are named in `Holdings`, so that a test says what it looks at. Times on this chain go by only when a test
lets them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from registrum import AnchorEntry, AnchorStore, Application, OfficeNumber, Registry, Right, Scope, Support
from registrum.client.claims import ClaimResult
from registrum.client.proposals import id_text
from registrum.dates import add_months, to_on_chain
from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, StatePair
from registrum.signing.signers import DevelopmentSigner
from tests.cli.support import ROOT, TIMEOUT_S, command, environment_in
from tests.client.anvil import wait_until
from tests.client.consortia import KEYS, NEW, OBSERVER, Consortium, consortium
from tests.client.registries import digest

FILED = date(2024, 1, 31)
PATENT_FILED = date(2023, 1, 10)
REGISTERED = date(2024, 8, 1)
EXPIRES = date(2034, 1, 31)
STOLEN = DevelopmentSigner.account(14)
"""Key of EM that was compromised from its first second on."""
REGISTRAR = DevelopmentSigner.account(15)
"""Key of EM for its register."""

DOCUMENT = b"<TrademarkApplication>Orange, class 9</TrademarkApplication>\n"
"""The application that `Holdings.filed` is a record of."""
SEALED_DOCUMENT = b"An application that was secret until it was published.\n"
HOSTILE_NAME = "Office <b>FR</b> \u202e<script src=//evil.example></script>"
HOSTILE_ENDPOINT = "javascript:alert('\u200bregister')//https://fr.example/"
HOSTILE_REASON = "yes \u2066<img src=x onerror=alert(1)>\u2069 аpprоved"  # noqa: RUF001 - Cyrillic letters among Latin ones
MANY = 60
"""Records of RU: more than two pages of a list."""


@dataclass(frozen=True)
class Holdings:
    """What the register holds, by the words that the tests use for it."""

    filed: OfficeNumber
    corrected: OfficeNumber
    withdrawn: OfficeNumber
    suspect: OfficeNumber
    disclosed: OfficeNumber
    sealed: OfficeNumber
    salt: bytes
    anchored: OfficeNumber
    patent: OfficeNumber
    recent: OfficeNumber
    accepted: OfficeNumber
    refused: OfficeNumber
    entry: OfficeNumber
    pending: OfficeNumber
    lapsed: OfficeNumber
    imported: OfficeNumber
    admission: str
    open_proposal: str
    transaction: str


@dataclass
class Site:
    """A running server, the chain behind it, and what is on it."""

    url: str
    world: Consortium
    holds: Holdings
    folder: Path

    def registry(self, office: str = "EM") -> Registry:
        return self.world.registry(signer=KEYS[office])

    def caught_up(self) -> None:
        """Wait until the server has read the chain to its end."""
        head = int(self.world.rpc.call("eth_blockNumber"), 16)
        wait_until(lambda: (block_of(self.url) or -1) >= head, "the server to read the chain to its end")

    def number(self, right: Right = Right.TRADEMARK) -> OfficeNumber:
        """A number of EM that is not recorded yet."""
        return self.world.number("EM", right)

    def register(self, content: bytes = b"new", filed: date = FILED) -> OfficeNumber:
        """Record one more application of EM."""
        number = self.number()
        self.registry().register(Application(number, filed, hashlib.sha256(content).digest()))
        return number


def block_of(url: str) -> int | None:
    """The block that a server has read up to, as its pages say it."""
    with urllib.request.urlopen(f"{url}/api/v1/status", timeout=TIMEOUT_S) as answer:  # noqa: S310 - ours
        return int(answer.headers["Registrum-Block-Number"] or -1)


def fill(world: Consortium, folder: Path) -> Holdings:
    """Put something of everything on the chain."""
    # Votes take days, so they come before what is recorded at a time that a test looks at.
    admission = world.decided(world.by("EM").drafts().admit("FR", NEW.address, HOSTILE_NAME, endpoint=HOSTILE_ENDPOINT))
    world.by("EM").add_key("EM", STOLEN.address)
    world.by("EM").add_key("EM", REGISTRAR.address, Scope.REGISTER | Scope.KEYS)
    world.by("EM").set_endpoint("EM", "https://em.example/register")
    world.by("JP").publish_calendar(
        "JP", 2024, closed=[date(2024, 1, 1), date(2024, 7, 31), date(2024, 8, 1)], opened=[date(2024, 8, 3)]
    )
    records = _records(world)
    anchored = _anchor(world, folder)
    open_proposal = world.open(
        world.by("EM").drafts().suspend("US", description="US has asked for it: its keys are lost.")
    )
    world.by("JP").vote(open_proposal, Support.FOR, HOSTILE_REASON)
    world.by("RU").vote(open_proposal, Support.AGAINST, "too early")
    world.registry(sender=OBSERVER).remark(open_proposal, "Has US been heard?")
    return Holdings(
        **records,
        **anchored,
        **_entries(world),
        admission=id_text(admission),
        open_proposal=id_text(open_proposal),
    )


def _records(world: Consortium) -> dict[str, Any]:
    registry = world.registry()
    filed = Application(OfficeNumber.from_text("EM/T/018660437"), FILED, hashlib.sha256(DOCUMENT).digest())
    corrected, withdrawn, suspect = (world.application("EM") for _ in range(3))
    receipt = registry.register(filed)
    registry.register_batch("EM", [corrected, withdrawn])
    registry.correct(Application(corrected.number, FILED - timedelta(days=1), corrected.digest))
    registry.withdraw(withdrawn.number)
    patent = Application(OfficeNumber.from_text("RU/P/2023100123"), PATENT_FILED, digest("patent"))
    russia = world.registry(signer=KEYS["RU"])
    russia.register(patent)
    many = [OfficeNumber.from_text(f"RU/T/{2024700001 + place}") for place in range(MANY)]
    russia.register_batch("RU", [Application(number, FILED, digest(number.text)) for number in many])
    since = world.now()
    registry.register(suspect, signer=STOLEN)
    world.by("EM").mark_key_compromised("EM", STOLEN.address, since)
    today = world.now().astimezone(UTC).date()
    recent = world.application("JP", filed=today)
    accepted, refused = (world.application("JP", filed=date(2024, 5, 31)) for _ in range(2))
    japan = world.registry(signer=KEYS["JP"])
    japan.register_batch("JP", [recent, accepted, refused])
    for later, earlier, claimed, outcome in (
        (accepted, filed, FILED, ClaimResult.ACCEPTED),
        (refused, corrected, FILED, ClaimResult.REFUSED),
    ):
        japan.record_claim(
            later.number,
            earlier.number,
            later_filing_date=later.filing_date,
            claimed_date=claimed,
            outcome=outcome,
        )
    named = {
        "filed": filed,
        "corrected": corrected,
        "withdrawn": withdrawn,
        "suspect": suspect,
        "patent": patent,
        "recent": recent,
        "accepted": accepted,
        "refused": refused,
    }
    return {
        **{name: application.number for name, application in named.items()},
        "transaction": str(receipt.transaction_hash),
    }


def _anchor(world: Consortium, folder: Path) -> dict[str, Any]:
    registry = world.registry()
    disclosed, sealed, anchored = (world.number("EM") for _ in range(3))
    filed = to_on_chain(FILED)
    entries = [
        AnchorEntry.plain(disclosed.on_chain, filed, digest("disclosed")),
        AnchorEntry.salted(sealed.on_chain, filed, hashlib.sha256(SEALED_DOCUMENT).digest()),
        AnchorEntry.plain(anchored.on_chain, filed, digest("anchored")),
    ]
    with AnchorStore.create(folder / "proofs" / "first", b"EM", entries) as store:
        registry.anchor_store(store)
        registry.disclose(store.prove(disclosed.on_chain))
        opened = store.prove(sealed.on_chain)
        registry.disclose(opened)
    assert opened.salt is not None
    return {"disclosed": disclosed, "sealed": sealed, "anchored": anchored, "salt": opened.salt.reveal()}


def _entries(world: Consortium) -> dict[str, Any]:
    """A mark with a move that no table foresees and its correction, and marks at other places of their life."""
    rights = world.registry(signer=REGISTRAR).rights
    entry, pending, lapsed, imported = (world.number("EM") for _ in range(4))
    rights.file(entry, FILED, (9, 42), digest("dossier"), holder=digest("holder"))
    granted = EntryFacts(registration_date=REGISTERED, expiry_date=EXPIRES)
    rights.record(rights.draft(entry, "F10", REGISTERED, status="Registered", facts=granted))
    lost = date(2025, 3, 1)
    rights.record(LegalStatusEvent(entry, "NAT:EM", "LOST", StatePair.parse("N6"), 12, lost, lost))
    rights.record(
        rights.draft(
            entry,
            "Y10",
            date(2025, 3, 9),
            resulting="A4",
            status="Registered",
            corrects=3,
            flags=EventFlags.ANNULS,
        )
    )
    fewer = EntryFacts(classes=(9,))
    rights.record(rights.draft(entry, "H10", date(2025, 5, 1), resulting="A4", status="Registered", facts=fewer))
    rights.file(pending, FILED, (35,), application=OfficeNumber.from_text("EM/T/018660437"))
    expiry = add_months(rights.today(), -12)
    begun = add_months(expiry, -120)
    rights.file(lapsed, begun, (9,))
    old = EntryFacts(registration_date=begun, expiry_date=expiry)
    rights.record(rights.draft(lapsed, "F10", begun, status="Registered", facts=old))
    taken = EntryFacts(filing_date=FILED, classes=(3,), registration_date=REGISTERED, expiry_date=EXPIRES)
    rights.record(
        LegalStatusEvent(
            imported,
            "ST.27",
            "F10",
            StatePair.parse("A4"),
            rights.codes().status_position(Right.TRADEMARK, "Registered"),
            REGISTERED,
            REGISTERED,
            flags=EventFlags.IMPORTED,
            facts=taken,
        )
    )
    return {"entry": entry, "pending": pending, "lapsed": lapsed, "imported": imported}


@contextlib.contextmanager
def serving(folder: Path, rpc: str, manifest: Path, *options: str) -> Iterator[str]:
    """`registrum serve` as a process; its address once it answers. It has to end in good order."""
    arguments = ["--rpc", rpc, "--manifest", manifest, "--port", "0", "--rate-limit", "0", "--no-relay", *options]
    log = folder / "serve.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command("serve", "--json", "--allowed-host", "register.test", *arguments),
            env=environment_in(folder),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line == "}\n":
                    break
            assert lines, log.read_text()
            yield json.loads("".join(lines))["url"]
        finally:
            process.terminate()
            process.communicate(timeout=TIMEOUT_S)
    said = log.read_text()
    assert "Traceback" not in said, said
    assert process.returncode == 0, said


@contextlib.contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The whole: node, contracts, records, server."""
    with consortium(folder) as world:
        holds = fill(world, folder)
        index = f"sqlite:///{folder / 'index.sqlite'}"
        options = ("--index", index, "--proofs", str(folder / "proofs"))
        with serving(folder, world.anvil.url, folder / "manifest.json", *options) as url:
            site = Site(url, world, holds, folder)
            site.caught_up()
            yield site
