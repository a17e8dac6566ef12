"""Checking a bundle: each check by name, and what it comes to. Section 10 of the format.

Needs no network, and nothing but the bundle and a chain description that is trusted. Not its job: making bundles
(`registrum.evidence.collecting`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from registrum.errors import ConfigError, EvidenceError
from registrum.evidence import bundle
from registrum.evidence.canonical import as_members, encode, hexed, parse, unhexed
from registrum.evidence.chain import ChainDescription
from registrum.evidence.claims import ClaimSubject, claim_facts
from registrum.evidence.credential import require_credential
from registrum.evidence.facts import ApplicationFacts, Signed, application_facts, entry_facts, read_number
from registrum.evidence.history import read_history, require_agrees
from registrum.evidence.link import Link, TrustedBy, block_form, link_form, require_block
from registrum.evidence.state import ChainState, ProvenWords, Words
from registrum.evidence.statements import require_form
from registrum.evidence.timestamp import read_stamp
from registrum.evidence.trie import Nodes
from registrum.evidence.warning import warnings
from registrum.numbers import OfficeNumber

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["FORMAT", "VERSIONS", "CheckLine", "EvidenceReport", "EvidenceVerdict", "Outcome", "derive", "verify"]

FORMAT = "registrum-evidence/1"
MEMBERS = (
    "format",
    "versions",
    "chain",
    "subject",
    "block",
    "link",
    "nodes",
    "statements",
    "accounts",
    "history",
    "facts",
)
VERSIONS = {
    "chain": "registrum-chain/1",
    "domains": {
        "Registrum ApplicationRegistry": "1",
        "Registrum Checkpoint": "1",
        "Registrum RightsRegister": "1",
    },
    "rules": "registrum-priority/1",
    "storage": "registrum-storage/1",
}
"""Of everything that this version of the format rests on. Section 2."""
_MOST_ACCOUNTS = 100

_RULES = {
    "archive": "the file is a bundle, byte by byte (format, 1)",
    "sums": "each member is the one that was summed (format, 1)",
    "form": "evidence and chain description are written as they must be (format, 1 to 3)",
    "chain": "the chain is the one that the verifier trusts (format, 3)",
    "link": "the block is one of the chain (format, 4 and 5)",
    "state": "the tries show what the contracts held at that block (format, 6)",
    "statements": "the statements of offices lead to it, and are signed (format, 7 and 9)",
    "facts": "what is stated is what follows (format, 7 to 9)",
    "history": "what the logs say of office and keys ends in their state; rows may be left out or made up (format, 13)",
    "page": "the pages say the same (format, 1)",
    "document": "the document is the one that was recorded (format, 10)",
    "timestamp": "an authority that the verifier trusts had the bundle before it at that time (format, 12)",
    "credential": "a key of the office signed the record as the bundle proves it (format, 12)",
}


class Outcome(StrEnum):
    """Of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class EvidenceVerdict(StrEnum):
    """What all checks come to."""

    VERIFIED = "verified"
    """All of it, from a chain description of the verifier's own."""
    CONSISTENT = "consistent"
    """It agrees with itself; whether the chain is the right one is for the reader to find out."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check.

    Attributes:
        name: Stable name.
        outcome: How it went.
        detail: One sentence for people.
    """

    name: str
    outcome: Outcome
    detail: str

    @property
    def rule(self) -> str:
        """What is checked, and where the format says so."""
        return _RULES[self.name]

    def to_json(self) -> dict[str, str]:
        """Keys `check, outcome, rule, detail`."""
        return {"check": self.name, "outcome": self.outcome.value, "rule": self.rule, "detail": self.detail}


@dataclass(frozen=True)
class EvidenceReport:
    """What was checked of a bundle.

    Attributes:
        checks: In order; none follows one that failed.
        evidence: `evidence.json`, once its form was checked; None before.
    """

    checks: tuple[CheckLine, ...]
    evidence: Mapping[str, Any] | None

    @property
    def verdict(self) -> EvidenceVerdict:
        """What they come to."""
        outcomes = {each.name: each.outcome for each in self.checks}
        if Outcome.FAILED in outcomes.values():
            return EvidenceVerdict.REFUSED
        return EvidenceVerdict.VERIFIED if outcomes.get("chain") is Outcome.PASSED else EvidenceVerdict.CONSISTENT

    @property
    def failed(self) -> CheckLine | None:
        """The check that failed, if one did."""
        return next((each for each in self.checks if each.outcome is Outcome.FAILED), None)

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what in the facts speaks against relying on them; none where a check failed."""
        return () if self.evidence is None or self.failed is not None else warnings(self.evidence)

    def to_json(self) -> dict[str, Any]:
        """Keys `verdict, warnings, checks, subject, block, facts, history`; the last four None where a check failed."""
        shown = {} if self.evidence is None or self.failed is not None else self.evidence
        return {
            "verdict": self.verdict.value,
            "warnings": list(self.warnings),
            "checks": [each.to_json() for each in self.checks],
            **{name: shown.get(name) for name in ("subject", "block", "facts", "history")},
        }


def verify(
    data: bytes,
    trust: ChainDescription | None = None,
    *,
    document_digest: bytes | None = None,
    tsa: Sequence[Certificate] | None = None,
) -> EvidenceReport:
    """Check a bundle.

    Args:
        data: The file.
        trust: The chain that the verifier trusts; without it the bundle's own is taken, and nothing is verified.
        document_digest: SHA-256 of a document that is said to be the recorded one.
        tsa: Certificates of time-stamping authorities that the verifier trusts (`timestamp.read_roots`).

    Returns:
        The report. A bundle that is not as it must be is a report with a check that failed, not an error.
    """
    checks = _Checks()
    try:
        _verify(data, trust, document_digest, tsa, checks)
    except EvidenceError as failure:
        checks.fail(failure)
    return EvidenceReport(tuple(checks.lines), checks.evidence)


def derive(
    subject: object,
    statements: list[object],
    chain: ChainDescription,
    words: Words,
    time: int,
    accounts: Sequence[bytes] = (),
) -> tuple[dict[str, Any], Signed, ApplicationFacts | None]:
    """The facts that follow from statements and words; the last value for subjects that rest on an application.

    Args:
        subject: As the bundle has it.
        statements: Likewise, oldest first.
        chain: Contracts.
        words: Of the contracts at the block.
        time: Of the block.
        accounts: Whose keys are shown besides those that the facts name.

    Raises:
        EvidenceError: They do not fit one another, or the subject is none.
    """
    state = ChainState(chain, words, time)
    asked = _subject(subject)
    if isinstance(asked, ClaimSubject):
        earlier = application_facts(asked.earlier, statements, chain, state, accounts)
        return {**earlier.json, **claim_facts(asked, earlier, state)}, earlier.signed, earlier
    kind, number = asked
    if kind == "entry":
        facts, signed = entry_facts(number, statements, chain, state, accounts)
        return facts, signed, None
    found = application_facts(number, statements, chain, state, accounts)
    return found.json, found.signed, found


def _subject(subject: object) -> ClaimSubject | tuple[str, OfficeNumber]:
    kind = subject.get("kind") if isinstance(subject, dict) else None
    if kind == "claim":
        return ClaimSubject.from_json(subject)
    if not isinstance(kind, str) or kind not in {"application", "entry"}:
        raise EvidenceError("a subject is an application, a claim or an entry", check="form")
    return kind, read_number(as_members(subject, ("kind", "number"), "the subject")["number"])


class _Checks:
    """The checks that were made, in order; what fails is the one that was under way."""

    def __init__(self) -> None:
        self.lines: list[CheckLine] = []
        self.evidence: Mapping[str, Any] | None = None

    def add(self, name: str, outcome: Outcome, detail: str) -> None:
        self.lines.append(CheckLine(name, outcome, detail))

    def passed(self, name: str, detail: str) -> None:
        self.add(name, Outcome.PASSED, detail)

    def fail(self, failure: EvidenceError) -> None:
        """The form of a part may be found wrong when its turn comes: what had passed by then does not count."""
        names = [line.name for line in self.lines]
        if failure.check in names:
            del self.lines[names.index(failure.check) :]
        self.add(failure.check, Outcome.FAILED, failure.message)


def _verify(
    data: bytes,
    trust: ChainDescription | None,
    document_digest: bytes | None,
    tsa: Sequence[Certificate] | None,
    checks: _Checks,
) -> None:
    members = _opened(data, checks)
    evidence = _evidence(members[bundle.EVIDENCE])
    own = ChainDescription.from_json(parse(members[bundle.CHAIN], bundle.CHAIN))
    if own.blocks:
        raise EvidenceError("a bundle trusts no block by itself", check="form")
    _subject(evidence["subject"])
    block_form(evidence["block"])
    link_form(evidence["link"])
    statements = require_form(evidence["subject"]["kind"], evidence["statements"])
    history = read_history(evidence["history"])
    accounts = _accounts(evidence["accounts"])
    nodes = _nodes(evidence["nodes"])
    named = unhexed(evidence["chain"], "chain", 32)
    checks.evidence = evidence
    checks.passed("form", "canonical JSON with the members of the format")
    if named != hashlib.sha256(members[bundle.CHAIN]).digest():
        raise EvidenceError("evidence.json was made with another chain description", check="chain")
    _check_chain(own, trust, checks)
    chain = own if trust is None else trust
    link = Link.from_json(evidence["link"])
    trusted_by = link.require_trusted(chain)
    block = link.block(chain)
    require_block(evidence["block"], block)
    checks.passed("link", f"block {block.number}, {hexed(block.hash)}: {_TRUSTED[trusted_by]}")
    facts, signed, application = derive(
        evidence["subject"],
        statements,
        chain,
        ProvenWords(link.header.state_root, nodes),
        block.time,
        accounts,
    )
    nodes.require_all_used()
    checks.passed("state", f"{len(evidence['nodes'])} trie nodes lead from the block to what is stated")
    if signed.doubt is not None:
        raise signed.doubt
    checks.add("statements", *_about_statements(signed))
    if encode(facts) != encode(evidence["facts"]):
        raise EvidenceError("the facts are not those that follow from the state of the chain", check="facts")
    checks.passed("facts", f"the answer is {facts.get('verdict', facts['answer'])}")
    require_agrees(history, facts, block.to_json())
    detail = f"{len(history)} events end in the proven state; {_TOLD}"
    checks.passed("history", detail)
    _check_page(evidence, members, checks)
    _check_document(application, document_digest, checks)
    _check_timestamp(members, tsa, checks)
    if bundle.CREDENTIAL in members:
        account = require_credential(members[bundle.CREDENTIAL], evidence, chain)
        checks.passed("credential", f"signed by {account}, a key of the office; each claim is what is proved")


def _opened(data: bytes, checks: _Checks) -> dict[str, bytes]:
    members = bundle.unpack(data)
    checks.passed("archive", f"{len(data)} bytes")
    checks.passed("sums", "evidence.json, chain.json and the pages")
    return members


def _evidence(data: bytes) -> Mapping[str, Any]:
    evidence = as_members(parse(data, bundle.EVIDENCE), MEMBERS, bundle.EVIDENCE)
    if evidence["format"] != FORMAT:
        raise EvidenceError(f"this version reads evidence of the form {FORMAT}", check="form")
    if evidence["versions"] != VERSIONS:
        raise EvidenceError("versions names others than those of the format", check="form")
    return evidence


def _accounts(value: object) -> list[bytes]:
    accounts = [unhexed(each, "an account", 20) for each in _listed(value, "accounts")]
    if len(accounts) > _MOST_ACCOUNTS or accounts != sorted(set(accounts)):
        raise EvidenceError(f"accounts are at most {_MOST_ACCOUNTS}, ascending, none twice", check="form")
    return accounts


def _check_chain(own: ChainDescription, trust: ChainDescription | None, checks: _Checks) -> None:
    if trust is None:
        digest = hexed(hashlib.sha256(own.to_bytes()).digest())
        detail = f"no description was given: compare {digest}, the SHA-256 of {bundle.CHAIN}, with one that you trust"
        checks.add("chain", Outcome.NOT_CHECKED, detail)
    elif not own.is_of_chain(trust):
        raise EvidenceError("the bundle was made for another chain, or with another description of it", check="chain")
    else:
        checks.passed("chain", f"chain {own.chain_id}, as the description given has it")


def _about_statements(signed: Signed) -> tuple[Outcome, str]:
    if not signed.is_complete:
        return Outcome.NOT_CHECKED, "a record of version 255: its statements cannot be counted"
    if signed.checked < signed.statements:
        missing = signed.statements - signed.checked
        return Outcome.NOT_CHECKED, f"{missing} of {signed.statements} statements carry no signature of a key"
    if not signed.statements:
        return Outcome.PASSED, "there is nothing that an office would have stated"
    return Outcome.PASSED, f"{signed.statements} signed, none missing"


def _check_page(evidence: Mapping[str, Any], members: Mapping[str, bytes], checks: _Checks) -> None:
    from registrum.evidence.page import html_page

    try:
        made = html_page(evidence, members[bundle.EVIDENCE])
    except ConfigError as error:
        checks.add("page", Outcome.NOT_CHECKED, error.message)
        return
    if made == members["page.html"]:
        checks.passed("page", "page.html is what this version makes of the evidence; page.pdf was not compared")
    else:
        detail = "page.html is not what this version makes of the evidence: rely on what is said here, not on the pages"
        checks.add("page", Outcome.NOT_CHECKED, detail)


def _check_document(application: ApplicationFacts | None, digest: bytes | None, checks: _Checks) -> None:
    if digest is None:
        return
    content = None if application is None else application.content
    if content is None:
        checks.add("document", Outcome.NOT_CHECKED, "no application record is shown to compare the document with")
    elif content.disclosure:
        checks.add("document", Outcome.NOT_CHECKED, "the record holds a salted commitment: open it with its salt")
    elif content.digest != digest:
        raise EvidenceError(
            f"the SHA-256 of the document is {hexed(digest)}, another one is recorded", check="document"
        )
    else:
        checks.passed("document", f"SHA-256 {hexed(digest)}")


def _check_timestamp(members: Mapping[str, bytes], tsa: Sequence[Certificate] | None, checks: _Checks) -> None:
    if bundle.TIMESTAMP not in members:
        if tsa is not None:
            checks.add("timestamp", Outcome.NOT_CHECKED, "the bundle carries no time stamp")
        return
    try:
        stamp = read_stamp(members)
    except ConfigError as error:
        checks.add("timestamp", Outcome.NOT_CHECKED, error.message)
        return
    if tsa is None:
        detail = (
            f"it names this bundle; the time that it says, {stamp.time}, is unverified: no certificate of an authority"
            " that you trust was given, and anybody could have written it"
        )
        checks.add("timestamp", Outcome.NOT_CHECKED, detail)
    else:
        checks.passed("timestamp", f"{stamp.time}, by {stamp.require_of(tsa)}")


def _nodes(value: object) -> Nodes:
    return Nodes(unhexed(each, "a node") for each in _listed(value, "nodes"))


def _listed(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise EvidenceError(f"{what} must be a list", check="form")
    return value


_TOLD = "some may be left out or made up: blocks, times and transactions are the maker's word"
_TRUSTED = {
    TrustedBy.PINNED: "named by the chain description",
    TrustedBy.SEALS: "sealed by a quorum of validators",
    TrustedBy.CHECKPOINT: "signed by enough offices",
}
