"""Registrum: a distributed register for intellectual property offices. Client library.

    from registrum import Application, OfficeNumber, Registry, Right

    registry = Registry.connect("http://127.0.0.1:8545", "deployments/31337.json")
    registry.look_up(OfficeNumber.parse("EM 018660437", Right.TRADEMARK)).standing

The names below are loaded when they are first used (PEP 562), so that a program pays only for what it needs: nothing
here imports web3, and reading a number opens no network module. Everything else is in the modules themselves:
`registrum.errors`, `registrum.chain.reverts` for the contracts' errors, `registrum.proofs.verify` for proofs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registrum.chain.outbox import Outbox
    from registrum.chain.profile import Finality
    from registrum.client.calendars import Calendar, DayStatus
    from registrum.client.charter import Terms
    from registrum.client.claims import Claim, ClaimResult
    from registrum.client.drafts import FirstKey
    from registrum.client.history import Registered
    from registrum.client.members import Observer, Office, OfficeStatus, Scope, SigningKey
    from registrum.client.plain_words import Call, Names
    from registrum.client.proposals import Draft, Proposal, ProposalState, Support, Tally
    from registrum.client.receipts import BatchReceipt, Event, ItemOutcome, ItemReceipt, Receipt
    from registrum.client.records import Application, ApplicationRecord, Lookup, Reconfirmed, RecordStatus, Standing
    from registrum.client.rights import Rights
    from registrum.client.rights_answers import EntryStanding, EventItem, EventReceipt, TimelineEvent
    from registrum.client.signed import SignedSupport, SignedVote
    from registrum.client.verdicts import Assessment, CalendarUse, PriorityClaim, Verdict
    from registrum.deployment import Manifest
    from registrum.documents import ApplicationDocument, ApplicationFacts, ClaimFacts, read_application
    from registrum.errors import (
        ConfigError,
        ContractError,
        InputError,
        NetworkMismatchError,
        NodeError,
        OutcomeUnknownError,
        RegistrumError,
        SigningError,
        SubmissionError,
        VerificationError,
    )
    from registrum.numbers import OfficeNumber, Right
    from registrum.proofs.proof import Proof
    from registrum.proofs.store import AnchorEntry, AnchorStore
    from registrum.registry import Registry
    from registrum.rights.model import EntryFacts, EventFlags, LegalStatusEvent, RecordedEvent, Relation, StatePair
    from registrum.signing.signers import DevelopmentSigner, EnvironmentSigner, KeystoreSigner, Signer
    from registrum.signing.statements import Disclosure

__all__ = [
    "AnchorEntry",
    "AnchorStore",
    "Application",
    "ApplicationDocument",
    "ApplicationFacts",
    "ApplicationRecord",
    "Assessment",
    "BatchReceipt",
    "Calendar",
    "CalendarUse",
    "Call",
    "Claim",
    "ClaimFacts",
    "ClaimResult",
    "ConfigError",
    "ContractError",
    "DayStatus",
    "DevelopmentSigner",
    "Disclosure",
    "Draft",
    "EntryFacts",
    "EntryStanding",
    "EnvironmentSigner",
    "Event",
    "EventFlags",
    "EventItem",
    "EventReceipt",
    "Finality",
    "FirstKey",
    "InputError",
    "ItemOutcome",
    "ItemReceipt",
    "KeystoreSigner",
    "LegalStatusEvent",
    "Lookup",
    "Manifest",
    "Names",
    "NetworkMismatchError",
    "NodeError",
    "Observer",
    "Office",
    "OfficeNumber",
    "OfficeStatus",
    "Outbox",
    "OutcomeUnknownError",
    "PriorityClaim",
    "Proof",
    "Proposal",
    "ProposalState",
    "Receipt",
    "Reconfirmed",
    "RecordStatus",
    "RecordedEvent",
    "Registered",
    "RegistrumError",
    "Registry",
    "Relation",
    "Right",
    "Rights",
    "Scope",
    "SignedSupport",
    "SignedVote",
    "Signer",
    "SigningError",
    "SigningKey",
    "Standing",
    "StatePair",
    "SubmissionError",
    "Support",
    "Tally",
    "Terms",
    "TimelineEvent",
    "Verdict",
    "VerificationError",
    "read_application",
]

_HOMES = {
    "Outbox": "registrum.chain.outbox",
    "Finality": "registrum.chain.profile",
    "Calendar": "registrum.client.calendars",
    "DayStatus": "registrum.client.calendars",
    "Claim": "registrum.client.claims",
    "ClaimResult": "registrum.client.claims",
    "Call": "registrum.client.plain_words",
    "Draft": "registrum.client.proposals",
    "FirstKey": "registrum.client.drafts",
    "Names": "registrum.client.plain_words",
    "Observer": "registrum.client.members",
    "Proposal": "registrum.client.proposals",
    "ProposalState": "registrum.client.proposals",
    "Reconfirmed": "registrum.client.records",
    "SignedSupport": "registrum.client.signed",
    "SignedVote": "registrum.client.signed",
    "Support": "registrum.client.proposals",
    "Tally": "registrum.client.proposals",
    "Terms": "registrum.client.charter",
    "Registered": "registrum.client.history",
    "Office": "registrum.client.members",
    "OfficeStatus": "registrum.client.members",
    "Scope": "registrum.client.members",
    "SigningKey": "registrum.client.members",
    "Rights": "registrum.client.rights",
    "EntryStanding": "registrum.client.rights_answers",
    "EventItem": "registrum.client.rights_answers",
    "EventReceipt": "registrum.client.rights_answers",
    "TimelineEvent": "registrum.client.rights_answers",
    "EntryFacts": "registrum.rights.model",
    "EventFlags": "registrum.rights.model",
    "LegalStatusEvent": "registrum.rights.model",
    "RecordedEvent": "registrum.rights.model",
    "Relation": "registrum.rights.model",
    "StatePair": "registrum.rights.model",
    "BatchReceipt": "registrum.client.receipts",
    "Event": "registrum.client.receipts",
    "ItemOutcome": "registrum.client.receipts",
    "ItemReceipt": "registrum.client.receipts",
    "Receipt": "registrum.client.receipts",
    "Application": "registrum.client.records",
    "ApplicationRecord": "registrum.client.records",
    "Lookup": "registrum.client.records",
    "RecordStatus": "registrum.client.records",
    "Standing": "registrum.client.records",
    "Assessment": "registrum.client.verdicts",
    "CalendarUse": "registrum.client.verdicts",
    "PriorityClaim": "registrum.client.verdicts",
    "Verdict": "registrum.client.verdicts",
    "Manifest": "registrum.deployment",
    "ApplicationDocument": "registrum.documents",
    "ApplicationFacts": "registrum.documents",
    "ClaimFacts": "registrum.documents",
    "read_application": "registrum.documents",
    "ConfigError": "registrum.errors",
    "ContractError": "registrum.errors",
    "InputError": "registrum.errors",
    "NetworkMismatchError": "registrum.errors",
    "NodeError": "registrum.errors",
    "OutcomeUnknownError": "registrum.errors",
    "RegistrumError": "registrum.errors",
    "SigningError": "registrum.errors",
    "SubmissionError": "registrum.errors",
    "VerificationError": "registrum.errors",
    "OfficeNumber": "registrum.numbers",
    "Right": "registrum.numbers",
    "Proof": "registrum.proofs.proof",
    "AnchorEntry": "registrum.proofs.store",
    "AnchorStore": "registrum.proofs.store",
    "Registry": "registrum.registry",
    "DevelopmentSigner": "registrum.signing.signers",
    "EnvironmentSigner": "registrum.signing.signers",
    "KeystoreSigner": "registrum.signing.signers",
    "Signer": "registrum.signing.signers",
    "Disclosure": "registrum.signing.statements",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
