"""Handing statements in and following them to their end, for the tests of the relay."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

from registrum import Application
from registrum.client.claims import ClaimResult
from registrum.dates import to_on_chain
from registrum.rights.terms import TRADEMARK_TERMS
from registrum.signing.rights_statements import Empowerment, EventBatch, RenewalTerms
from registrum.signing.statements import (
    Anchor,
    ClaimOutcome,
    Reconfirmation,
    RegistrationBatch,
    Reinstatement,
    Statement,
    Withdrawal,
)
from tests.client.anvil import wait_until
from tests.client.consortia import KEYS, OBSERVER
from tests.client.registries import digest
from tests.web.served import FILED, PAYER, REGISTRAR, Client, Served

_BODY_VERSIONS, _TERMS_VERSIONS = itertools.count(1), itertools.count(1)
"""One deployment serves all tests, and takes each version once."""
EM = KEYS["EM"]
SETTLED = ("final", "conflict", "refused")


def settled(client: Client, there: Served, document: Any) -> Any:
    """Hand in a statement and poll its receipt to the end."""
    answer = client.http.post("/api/v1/statements", json=document)
    assert answer.status_code == 202, answer.text
    location = answer.headers["location"]
    assert location.endswith(answer.json()["data"]["id"])
    return polled(client, there, location)


def polled(client: Client, there: Served, location: str) -> Any:
    """Poll a receipt to the end; as it is once the index has read the chain."""
    found: dict[str, Any] = {}

    def is_settled() -> bool:
        found.update(client.data(location))
        return found["state"] in SETTLED

    wait_until(is_settled, "the statement to be settled")
    there.catch_up()
    return client.data(location)


def nonce(there: Served) -> int:
    """Transactions that the paying account has paid for."""
    return int(there.world.rpc.call("eth_getTransactionCount", [PAYER.address, "latest"]), 16)


def accepted(client: Client) -> int:
    """Statements in the outbox, in whatever state."""
    assert client.service.relay is not None
    return sum(client.service.relay.counts().values())


def statements(there: Served) -> list[Callable[[], tuple[Statement, Any, str]]]:
    """Makers of one statement of each kind, in an order in which all take effect: signer, and what the chain says."""
    registry = there.world.registry()
    number = there.world.number("EM")
    first, second = there.world.application("EM"), there.world.application("EM")
    later = there.world.application("JP", filed=date(2024, 5, 31))
    wrong = Application(first.number, FILED, digest("another"))
    entry = there.world.number("EM")
    rights = there.world.registry(signer=REGISTRAR).rights
    filing = rights.draft_filing(entry, FILED, (9,), digest("dossier"))
    batch = rights.draft_filing(there.world.number("EM"), FILED, (42,), digest("dossier"))
    terms = TRADEMARK_TERMS
    return [
        lambda: (first.registration(), EM, "ApplicationRegistered"),
        lambda: (RegistrationBatch(b"EM", (second.registration(),)), EM, "BatchRegistered"),
        lambda: (wrong.correction(1), EM, "ApplicationCorrected"),
        lambda: (Withdrawal(first.number.on_chain, 2), EM, "ApplicationWithdrawn"),
        lambda: (Reinstatement(first.number.on_chain, 3), EM, "ApplicationReinstated"),
        lambda: (
            Reconfirmation(b"EM", int(there.world.now().timestamp()), (second.registration(),)),
            EM,
            "ApplicationReconfirmed",
        ),
        lambda: (Anchor(b"EM", registry.next_sequence("EM"), digest(number.text), 3), EM, "ApplicationsAnchored"),
        lambda: (later.registration(), KEYS["JP"], "ApplicationRegistered"),
        lambda: (
            ClaimOutcome(
                later.number.on_chain,
                second.number.on_chain,
                to_on_chain(later.filing_date),
                to_on_chain(FILED),
                False,
                ClaimResult.CLAIMED.on_chain,
                0,
            ),
            KEYS["JP"],
            "ClaimRecorded",
        ),
        lambda: (filing.to_statement(None), REGISTRAR, "LegalStatusEventRecorded"),
        lambda: (EventBatch(b"EM", (batch.to_statement(None),)), REGISTRAR, "LegalStatusEventRecorded"),
        lambda: (
            Empowerment(
                b"EM", OBSERVER.address, b"Court".ljust(32, b"\0"), 1 << 10, 0, (1 << 40) - 1, next(_BODY_VERSIONS)
            ),
            REGISTRAR,
            "BodyEmpowered",
        ),
        lambda: (
            RenewalTerms(
                b"EM", b"T", terms.period_years, 0, terms.window_months, terms.grace_months, next(_TERMS_VERSIONS)
            ),
            REGISTRAR,
            "RenewalTermsSet",
        ),
    ]
