"""Checking a proof without a node, and saying exactly what was checked and what was not.

Every rule comes from this package: how leaves and nodes are hashed, the type string of `Anchor`, name and version of
the domain. The file brings values only. What a file cannot show about itself is compared with what the caller trusts
(the domain from a deployment manifest, the office's signing keys, the chain's answers about the anchor and its key) and
is reported as not checked where the caller gives nothing. A report without a failure therefore says "nothing in this
proof is false", which holds for what anyone signs with a key of their own, too; only one that is proven says "this
record was anchored by that office".

Not its job: reading the chain (`registrum.client`), or fetching documents.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from registrum.errors import InputError, VerificationError
from registrum.numbers import OfficeNumber
from registrum.proofs.commitment import matches_commitment
from registrum.proofs.merkle import leaf_hash, path_length, root_of_path
from registrum.proofs.proof import Proof
from registrum.signing.addresses import ADDRESS_SIZE, parse_address
from registrum.signing.eip712 import APPLICATION_REGISTRY, DOMAIN_VERSION, Domain
from registrum.signing.signatures import SIGNATURE_SIZE, recover_raw
from registrum.signing.statements import Anchor, Disclosure

__all__ = ["AnchoredAt", "Check", "CheckResult", "CompromisedSince", "Outcome", "Report", "examine", "verify"]


class Check(StrEnum):
    """What is checked, in this order; the values are stable and appear in `--json`."""

    NUMBER = "number"
    """The leaf holds an office number, the expected one if the caller named one."""
    OFFICE = "office"
    """The office that signed is the office of the number."""
    COMMITMENT = "commitment"
    """The salt and the document digest in the proof open the commitment; nothing to open where the digest is plain."""
    DOCUMENT = "document"
    """The caller's document is the one that the leaf stands for."""
    PATH_LENGTH = "path_length"
    """The index is in the tree and the path is as long as that index in a tree of that size needs."""
    INCLUSION = "inclusion"
    """The leaf and its path lead to the root."""
    DOMAIN = "domain"
    """Chain and contract are those that the caller trusts."""
    SIGNATURE = "signature"
    """The signer signed the anchor: office, sequence, root and leaf count."""
    SIGNER = "signer"
    """The signer is a signing key of the office, as the caller lists them or as the chain took it with the anchor."""
    RECORDED = "recorded"
    """The chain has this anchor."""
    NOT_COMPROMISED = "not_compromised"
    """The signer's key was not compromised when the chain took the anchor, by what is known today."""


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


class CheckResult(NamedTuple):
    """One line of a report."""

    check: Check
    outcome: Outcome
    detail: str
    """What was found, or why it was not checked; a sentence for a person."""


AnchoredAt: TypeAlias = Callable[[Anchor, str], datetime | None]
"""Asks the chain when it took an anchor signed by an address; `None` if it never did. May raise `NodeError`."""
CompromisedSince: TypeAlias = Callable[[str, str, datetime], datetime | None]
"""Asks the chain since when an office's key is compromised, if it was so at a time. May raise `NodeError`."""

_PROVING = (Check.DOMAIN, Check.SIGNATURE, Check.SIGNER, Check.RECORDED, Check.NOT_COMPROMISED)
"""What a forger cannot make up; the other checks compare the proof with itself, or with what the caller asks about."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination found.

    Args:
        results: One for each check, in the order of `Check`.
        recorded_at: Block time at which the chain took the anchor, where it was asked and has it; in UTC.
    """

    results: tuple[CheckResult, ...]
    recorded_at: datetime | None = None

    @property
    def is_sound(self) -> bool:
        """Whether no check failed."""
        return not any(result.outcome is Outcome.FAILED for result in self.results)

    @property
    def is_proven(self) -> bool:
        """Whether it is shown that the office anchored the record; a document need not have been compared."""
        return self.is_sound and not self.unproven

    @property
    def unproven(self) -> tuple[CheckResult, ...]:
        """The checks that did not pass of those that show that the office anchored the record."""
        return tuple(
            result for result in self.results if result.check in _PROVING and result.outcome is not Outcome.PASSED
        )

    @property
    def is_complete(self) -> bool:
        """Whether every check was done and passed."""
        return all(result.outcome is Outcome.PASSED for result in self.results)

    def of(self, check: Check) -> CheckResult:
        """The result of one check."""
        return next(result for result in self.results if result.check is check)

    def with_outcome(self, outcome: Outcome) -> tuple[CheckResult, ...]:
        """The results that ended in one way."""
        return tuple(result for result in self.results if result.outcome is outcome)

    def require(self, checks: Collection[Check] = ()) -> None:
        """Raises unless nothing failed and the named checks passed.

        Args:
            checks: Checks that must have been done; `tuple(Check)` for all.

        Raises:
            VerificationError: `details["check"]` is the first check that failed or was not done, `details["report"]`
                the whole report as `to_list` gives it.
        """
        for result in self.results:
            missing = result.outcome is Outcome.NOT_CHECKED and result.check in checks
            if missing or result.outcome is Outcome.FAILED:
                raise VerificationError(result.detail, check=result.check.value, report=self.to_list())

    def to_list(self) -> list[dict[str, Any]]:
        """The results as JSON values: `check`, `outcome`, `detail`."""
        return [{"check": r.check.value, "outcome": r.outcome.value, "detail": r.detail} for r in self.results]


def verify(
    proof: Proof,
    *,
    document_digest: bytes | None = None,
    number: bytes | None = None,
    domain: Domain | None = None,
    signers: Collection[str] | None = None,
    anchored_at: AnchoredAt | None = None,
    compromised_since: CompromisedSince | None = None,
) -> Report:
    """Checks a proof and raises if anything in it is false; the arguments are those of `examine`.

    Returns:
        The report, in which some checks may not have been done; that of the signature was.

    Raises:
        VerificationError: A check failed, or the signature could not be checked; see `Report.require`.
    """
    report = examine(
        proof,
        document_digest=document_digest,
        number=number,
        domain=domain,
        signers=signers,
        anchored_at=anchored_at,
        compromised_since=compromised_since,
    )
    report.require((Check.SIGNATURE,))
    return report


def examine(
    proof: Proof,
    *,
    document_digest: bytes | None = None,
    number: bytes | None = None,
    domain: Domain | None = None,
    signers: Collection[str] | None = None,
    anchored_at: AnchoredAt | None = None,
    compromised_since: CompromisedSince | None = None,
) -> Report:
    """Does every check that can be done and reports all of them, also after a failure.

    Args:
        proof: The proof, as read from a file.
        document_digest: SHA-256 of the document that the caller holds, 32 bytes.
        number: Office number that the proof must be about, in its on-chain form.
        domain: Chain and contract that the caller trusts, from a deployment manifest.
        signers: Addresses that may sign for the office, from the chain or another source that the caller trusts.
        anchored_at: Look-up of anchors in the contract of `domain`, at a node that the caller trusts;
            `Registry.anchored_at`.
        compromised_since: Look-up of compromised keys there; `Registry.signer_compromised_since`. It is asked about
            the time at which the chain took the anchor, so it needs `anchored_at`.

    Returns:
        The report, with one result for each `Check`.

    Raises:
        InputError: An argument of the caller's own is malformed, or there is a look-up without a domain.
        NodeError: The look-up could not be done.
    """
    if compromised_since is not None and anchored_at is None:
        raise InputError("whether a key was compromised can be told only for the time that the chain says")
    if anchored_at is not None and domain is None:
        raise InputError("a look-up says nothing without the domain of the contract that is asked")
    recorded_at = None if anchored_at is None else anchored_at(proof.anchor, proof.signer)
    return Report(
        (
            _check_number(proof, number),
            _check_office(proof),
            _check_commitment(proof),
            _check_document(proof, document_digest),
            _check_path_length(proof),
            _check_inclusion(proof),
            _check_domain(proof, domain),
            _check_signature(proof, accepted=recorded_at is not None),
            _check_signer(proof, signers, accepted=recorded_at is not None),
            _check_recorded(proof, anchored_at, recorded_at),
            _check_not_compromised(proof, compromised_since, recorded_at),
        ),
        recorded_at,
    )


def _check_number(proof: Proof, expected: bytes | None) -> CheckResult:
    try:
        text = OfficeNumber.from_on_chain(proof.leaf.number).text
    except InputError as error:
        return CheckResult(Check.NUMBER, Outcome.FAILED, f"the leaf holds no office number: {error.message}")
    if expected is not None and expected != proof.leaf.number:
        return CheckResult(Check.NUMBER, Outcome.FAILED, f"the proof is about {text}, not about the number asked for")
    return CheckResult(Check.NUMBER, Outcome.PASSED, f"the proof is about {text}")


def _check_office(proof: Proof) -> CheckResult:
    if proof.leaf.number[:2] != proof.anchor.office:
        detail = f"the anchor is of {proof.anchor.office.decode('ascii')}, which cannot sign numbers of another office"
        return CheckResult(Check.OFFICE, Outcome.FAILED, detail)
    return CheckResult(Check.OFFICE, Outcome.PASSED, "the anchor is of the office of the number")


def _check_commitment(proof: Proof) -> CheckResult:
    if proof.leaf.disclosure != Disclosure.SALTED:
        return CheckResult(Check.COMMITMENT, Outcome.PASSED, "the digest is plain: there is nothing to open")
    if proof.salt is None or proof.document_digest is None:
        return CheckResult(Check.COMMITMENT, Outcome.NOT_CHECKED, "the proof withholds the salt of the commitment")
    if not matches_commitment(proof.leaf.digest, proof.document_digest, proof.salt):
        detail = "the document digest and the salt in the proof do not open the commitment"
        return CheckResult(Check.COMMITMENT, Outcome.FAILED, detail)
    return CheckResult(Check.COMMITMENT, Outcome.PASSED, "the document digest and the salt open the commitment")


def _check_document(proof: Proof, given: bytes | None) -> CheckResult:
    if given is None:
        return CheckResult(Check.DOCUMENT, Outcome.NOT_CHECKED, "no document is given")
    if len(given) != 32:
        raise InputError(f"a document digest has 32 bytes, got {len(given)}")
    leaf = proof.leaf
    if leaf.disclosure != Disclosure.SALTED:
        matches = given == leaf.digest
    elif proof.salt is None:
        detail = "the proof withholds the salt: it cannot be told whether the document matches"
        return CheckResult(Check.DOCUMENT, Outcome.FAILED, detail)
    else:
        matches = matches_commitment(leaf.digest, given, proof.salt)
    if not matches:
        return CheckResult(Check.DOCUMENT, Outcome.FAILED, "the document is not the one that was anchored")
    return CheckResult(Check.DOCUMENT, Outcome.PASSED, "the document is the one that was anchored")


def _check_path_length(proof: Proof) -> CheckResult:
    index, count = proof.leaf_index, proof.anchor.leaf_count
    if not 0 <= index < count:
        return CheckResult(Check.PATH_LENGTH, Outcome.FAILED, f"there is no leaf {index} in a tree of {count}")
    if len(proof.path) != path_length(count, index):
        detail = f"the path has {len(proof.path)} nodes, leaf {index} of {count} needs {path_length(count, index)}"
        return CheckResult(Check.PATH_LENGTH, Outcome.FAILED, detail)
    return CheckResult(Check.PATH_LENGTH, Outcome.PASSED, "the path is as long as the tree is high")


def _check_inclusion(proof: Proof) -> CheckResult:
    if root_of_path(leaf_hash(proof.leaf), proof.path) != proof.anchor.root:
        return CheckResult(Check.INCLUSION, Outcome.FAILED, "the record and its path do not lead to the root")
    return CheckResult(Check.INCLUSION, Outcome.PASSED, "the record and its path lead to the root")


def _check_domain(proof: Proof, trusted: Domain | None) -> CheckResult:
    claimed = proof.domain
    if claimed.name != APPLICATION_REGISTRY or claimed.version != DOMAIN_VERSION:
        return CheckResult(Check.DOMAIN, Outcome.FAILED, "anchors are signed for an ApplicationRegistry only")
    if trusted is None:
        return CheckResult(Check.DOMAIN, Outcome.NOT_CHECKED, "no manifest says which chain and contract to trust")
    if claimed != trusted:
        detail = (
            f"the proof is for chain {claimed.chain_id}, contract {claimed.verifying_contract}, not for the trusted"
        )
        return CheckResult(Check.DOMAIN, Outcome.FAILED, detail)
    return CheckResult(Check.DOMAIN, Outcome.PASSED, "chain and contract are the trusted ones")


def _check_signature(proof: Proof, *, accepted: bool) -> CheckResult:
    signer = bytes.fromhex(proof.signer[2:])
    signature = proof.signature
    if len(signature) != SIGNATURE_SIZE and len(signature) >= ADDRESS_SIZE and signature[:ADDRESS_SIZE] == signer:
        if accepted:
            return CheckResult(Check.SIGNATURE, Outcome.PASSED, "the chain accepted the contract wallet's signature")
        detail = "the signer is a contract wallet: only the chain can tell whether it signed"
        return CheckResult(Check.SIGNATURE, Outcome.NOT_CHECKED, detail)
    try:
        recovered = recover_raw(proof.anchor.signing_digest(proof.domain), signature)
    except VerificationError as error:
        return CheckResult(Check.SIGNATURE, Outcome.FAILED, error.message)
    if recovered != signer:
        return CheckResult(Check.SIGNATURE, Outcome.FAILED, f"the anchor was not signed by {proof.signer}")
    return CheckResult(Check.SIGNATURE, Outcome.PASSED, f"the anchor was signed by {proof.signer}")


def _check_signer(proof: Proof, trusted: Collection[str] | None, *, accepted: bool) -> CheckResult:
    if trusted is None and accepted:
        return CheckResult(
            Check.SIGNER, Outcome.PASSED, f"the chain took {proof.signer} as a signing key of the office"
        )
    if trusted is None:
        detail = "whether the signer may sign for the office was not checked offline"
        return CheckResult(Check.SIGNER, Outcome.NOT_CHECKED, detail)
    if bytes.fromhex(proof.signer[2:]) not in {parse_address(address) for address in trusted}:
        return CheckResult(Check.SIGNER, Outcome.FAILED, f"{proof.signer} is not a signing key of the office")
    return CheckResult(Check.SIGNER, Outcome.PASSED, f"{proof.signer} is a signing key of the office")


def _check_recorded(proof: Proof, lookup: AnchoredAt | None, recorded_at: datetime | None) -> CheckResult:
    if lookup is None:
        detail = "whether the chain has the anchor was not checked offline"
        return CheckResult(Check.RECORDED, Outcome.NOT_CHECKED, detail)
    if recorded_at is None:
        return CheckResult(Check.RECORDED, Outcome.FAILED, f"the chain has no such anchor signed by {proof.signer}")
    if proof.recorded_at not in (None, recorded_at):
        detail = f"the proof says {proof.recorded_at}, the chain took the anchor at {recorded_at}"
        return CheckResult(Check.RECORDED, Outcome.FAILED, detail)
    return CheckResult(Check.RECORDED, Outcome.PASSED, f"the chain took the anchor at {recorded_at}")


def _check_not_compromised(proof: Proof, lookup: CompromisedSince | None, recorded_at: datetime | None) -> CheckResult:
    if lookup is None or recorded_at is None:
        detail = "whether the signer's key was compromised by then was not checked: the chain did not say"
        return CheckResult(Check.NOT_COMPROMISED, Outcome.NOT_CHECKED, detail)
    since = lookup(proof.anchor.office.decode("ascii"), proof.signer, recorded_at)
    if since is not None:
        detail = f"{proof.signer} is compromised since {since}: what it signed from then on is not to be trusted"
        return CheckResult(Check.NOT_COMPROMISED, Outcome.FAILED, detail)
    return CheckResult(
        Check.NOT_COMPROMISED, Outcome.PASSED, "the signer's key is not known to have been compromised by then"
    )
