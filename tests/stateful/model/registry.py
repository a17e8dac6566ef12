"""Model of the registry of application records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tests.stateful.model import merkle, typed_data
from tests.stateful.model.basics import (
    SCOPE_APPLICATIONS,
    ZERO_ADDRESS,
    ZERO_WORD,
    Clock,
    Effect,
    Event,
    Refusal,
)
from tests.stateful.model.days import date_at, need_date, read_date, write_date
from tests.stateful.model.directory import NO_OFFICE, DirectoryModel
from tests.stateful.model.numbers import is_number, office_of
from tests.stateful.model.typed_data import Application, Domain

NO_RECORD, FILED, CORRECTED, WITHDRAWN = range(4)
TAKEN, ALREADY, CONFLICT, MALFORMED, OTHER_OFFICE, BAD_DATE, FUTURE, BEFORE, NO_DIGEST, BAD_DISCLOSURE = range(10)
MAX_BATCH = 600
LAST_VERSION = 255
AHEAD_OF_UTC_S = 14 * 3600
CONTRACT = "ApplicationRegistry"


@dataclass(frozen=True)
class Record:
    """Current state of a number."""

    digest: bytes
    signing_key: str
    recorded_at: int
    filing_date: int
    version: int
    status: int
    disclosure: int

    def listed(self) -> dict[str, Any]:
        """Return the record as the contract shows it."""
        return {
            "digest": self.digest,
            "signingKey": self.signing_key,
            "recordedAt": self.recorded_at,
            "filingDate": self.filing_date,
            "version": self.version,
            "status": self.status,
            "disclosure": self.disclosure,
        }


NOTHING = Record(ZERO_WORD, ZERO_ADDRESS, 0, 0, 0, NO_RECORD, 0)


@dataclass(frozen=True)
class Anchored:
    """One recorded anchor."""

    root: bytes
    leaf_count: int
    signing_key: str
    recorded_at: int


Anchor = tuple[bytes, int, bytes, int]
"""Office, sequence, root, leaf count."""
Correction = tuple[bytes, int, int, bytes, int]
"""Number, filing date, disclosure, digest, version that is replaced."""


class Signatures:
    """Whose signature a statement carries: a bare key, or a wallet that its owner answers for."""

    def __init__(self, directory: DirectoryModel, wallet_owners: dict[str, str]) -> None:
        self.directory = directory
        self.wallet_owners = wallet_owners

    def verify(
        self, domain: Domain, office: bytes, struct: bytes, signature: bytes, *, by_successor: bool = False
    ) -> tuple[str, int]:
        """Return the signer and the office's first day, or refuse; a departed office's successor may sign if said."""
        digest = domain.digest(struct)
        if len(signature) == 65:
            signer = typed_data.recover(digest, signature)
            if signer is None:
                raise Refusal("OfficeSignedInvalidSignature", office)
            return signer, self._authorise(office, signer, by_successor)
        if len(signature) < 20:
            raise Refusal("OfficeSignedInvalidSignature", office)
        signer = "0x" + signature[:20].hex()
        earliest = self._authorise(office, signer, by_successor)
        owner, inner = self.wallet_owners.get(signer), signature[20:]
        if owner is None or len(inner) != 65 or typed_data.recover(digest, inner) != owner:
            raise Refusal("OfficeSignedInvalidSignature", office)
        return signer, earliest

    def _authorise(self, office: bytes, signer: str, by_successor: bool) -> int:
        try:
            return self.directory.authorise(office, signer, SCOPE_APPLICATIONS)
        except Refusal:
            successor = self.directory.successor_of(office) if by_successor else NO_OFFICE
            if successor == NO_OFFICE or not self._may_sign(successor, signer):
                raise
            return self.directory.offices[office].earliest

    def _may_sign(self, office: bytes, signer: str) -> bool:
        try:
            self.directory.authorise(office, signer, SCOPE_APPLICATIONS)
        except Refusal:
            return False
        return True


@dataclass(frozen=True)
class Confirmed:
    """The last confirmation of a record."""

    signing_key: str
    at: int
    version: int


class RegistryModel:
    """The registry's rules; a method a function of the contract."""

    def __init__(self, clock: Clock, directory: DirectoryModel, signatures: Signatures, domain: Domain) -> None:
        self.clock = clock
        self.directory = directory
        self.signatures = signatures
        self.domain = domain
        self.records: dict[bytes, Record] = {}
        self.anchors: dict[bytes, list[Anchored]] = {}
        self.confirmations: dict[bytes, Confirmed] = {}
        self.corrections: Counter[bytes] = Counter()
        self.withdrawals: Counter[bytes] = Counter()

    def register(self, application: Application, signature: bytes) -> Effect:
        """Record one application."""
        number = application[0]
        self._need_number(number)
        if self._is_recorded(application):
            return Effect((False,))
        office = office_of(number)
        signer, earliest = self.signatures.verify(self.domain, office, typed_data.registration(application), signature)
        self._need_facts(application, earliest, self.latest_date(self.clock.now))
        return Effect((True,), [self._record(application, signer, self.clock.now)])

    def register_batch(self, office: bytes, applications: list[Application], signature: bytes) -> Effect:
        """Record many applications, each on its own merits."""
        if not 1 <= len(applications) <= MAX_BATCH:
            raise Refusal("ApplicationRegistryBatchSize", len(applications), MAX_BATCH)
        struct = typed_data.batch(office, applications)
        signer, earliest = self.signatures.verify(self.domain, office, struct, signature)
        outcomes: Counter[int] = Counter()
        events = []
        for application in applications:
            outcome = self.judge_item(office, application, earliest)
            outcomes[outcome] += 1
            if outcome == TAKEN:
                events.append(self._record(application, signer, self.clock.now))
            else:
                number, filing_date, disclosure, digest = application
                arguments = (number, office, digest, filing_date, disclosure, outcome)
                events.append(Event(CONTRACT, "ApplicationNotTaken", arguments))
        counts = (outcomes[TAKEN], outcomes[ALREADY], len(applications) - outcomes[TAKEN] - outcomes[ALREADY])
        events.append(Event(CONTRACT, "BatchRegistered", (office, signer, *counts)))
        return Effect(counts, events)

    def judge_item(self, office: bytes, application: Application, earliest: int) -> int:
        """Return what becomes of one item of a batch."""
        number, filing_date, disclosure, digest = application
        if not is_number(number):
            return MALFORMED
        if office_of(number) != office:
            return OTHER_OFFICE
        if number in self.records:
            return ALREADY if self._same_content(application) else CONFLICT
        day = read_date(filing_date)
        if day is None:
            return BAD_DATE
        if day > self.latest_date(self.clock.now):
            return FUTURE
        if filing_date < earliest:
            return BEFORE
        if digest == ZERO_WORD:
            return NO_DIGEST
        return TAKEN if disclosure in (0, 1) else BAD_DISCLOSURE

    def anchor(self, statement: Anchor, signature: bytes) -> Effect:
        """Record a root for many applications."""
        office, sequence, root, leaf_count = statement
        if root == ZERO_WORD or leaf_count == 0:
            raise Refusal("ApplicationRegistryEmptyAnchor", root, leaf_count)
        signer, _ = self.signatures.verify(self.domain, office, typed_data.anchor(*statement), signature)
        anchors = self.anchors.setdefault(office, [])
        if 1 <= sequence <= len(anchors):
            held = anchors[sequence - 1]
            if (held.root, held.leaf_count, held.signing_key) == (root, leaf_count, signer):
                return Effect((False,))
            raise Refusal("ApplicationRegistryAnchorConflict", office, sequence)
        if self.leaves_gap(office, sequence):
            raise Refusal("ApplicationRegistrySequenceGap", office, len(anchors) + 1, sequence)
        anchors.append(Anchored(root, leaf_count, signer, self.clock.now))
        arguments = (office, root, sequence, leaf_count, signer)
        return Effect((True,), [Event(CONTRACT, "ApplicationsAnchored", arguments)])

    def leaves_gap(self, office: bytes, sequence: int) -> bool:
        """Tell whether an untaken sequence number is not the office's next."""
        return sequence != self.next_sequence(office)

    def disclose(self, statement: Anchor, signing_key: str, application: Application, proof: list[bytes]) -> Effect:
        """Record one application of an anchor."""
        office, sequence, root, leaf_count = statement
        number = application[0]
        self._need_number(number)
        recorded_at = self.anchored_at(statement, signing_key)
        if recorded_at == 0:
            raise Refusal("ApplicationRegistryUnknownAnchor", office, sequence)
        if office_of(number) != office:
            raise Refusal("ApplicationRegistryOtherOffice", number, office)
        if not merkle.leads_to(root, merkle.leaf_hash(*application), proof, leaf_count):
            raise Refusal("ApplicationRegistryInvalidProof", number)
        if self._is_recorded(application):
            return Effect((False,))
        self._need_facts(application, self.directory.bound_in_key(office, signing_key), self.latest_date(recorded_at))
        registered = self._record(application, signing_key, recorded_at)
        return Effect((True,), [registered, Event(CONTRACT, "ApplicationDisclosed", (number, sequence))])

    def correct(self, correction: Correction, signature: bytes) -> Effect:
        """Replace the content of a record."""
        number, filing_date, disclosure, digest, replaces = correction
        previous = self._need_record(number)
        content = correction[:4]
        if self._same_content(content) and previous.status != FILED and previous.version == replaces + 1:
            return Effect((False,))
        self.need_version(previous, number, replaces)
        if replaces == LAST_VERSION and not self.is_suspect(number):
            if self._same_content(content):
                return Effect((False,))
            raise Refusal("ApplicationRegistryVersionLimit", number)
        struct = typed_data.correction(*correction)
        signer, earliest = self.signatures.verify(self.domain, office_of(number), struct, signature, by_successor=True)
        self._need_facts(content, earliest, self.latest_date(self.clock.now))
        status = WITHDRAWN if previous.status == WITHDRAWN else CORRECTED
        version = min(previous.version + 1, LAST_VERSION)
        self.records[number] = Record(digest, signer, self.clock.now, filing_date, version, status, disclosure)
        self.corrections[number] += 1
        arguments = (number, signer, digest, filing_date, disclosure, version, previous.listed())
        return Effect((True,), [Event(CONTRACT, "ApplicationCorrected", arguments)])

    def withdraw(self, number: bytes, replaces: int, signature: bytes) -> Effect:
        """Mark an application as withdrawn."""
        previous = self._need_record(number)
        if previous.status == WITHDRAWN:
            return Effect((False,))
        self.need_version(previous, number, replaces)
        if replaces == LAST_VERSION:
            raise Refusal("ApplicationRegistryVersionLimit", number)
        struct = typed_data.withdrawal(number, replaces)
        signer, _ = self.signatures.verify(self.domain, office_of(number), struct, signature, by_successor=True)
        self.records[number] = replace(previous, version=previous.version + 1, status=WITHDRAWN)
        self.withdrawals[number] += 1
        return Effect((True,), [Event(CONTRACT, "ApplicationWithdrawn", (number, signer, previous.version + 1))])

    def reinstate(self, number: bytes, replaces: int, signature: bytes) -> Effect:
        """Take a withdrawal back."""
        previous = self._need_record(number)
        version = min(replaces + 1, LAST_VERSION)
        if previous.status != WITHDRAWN:
            if previous.status == CORRECTED and previous.version == version:
                return Effect((False,))
            raise Refusal("ApplicationRegistryNotWithdrawn", number)
        self.need_version(previous, number, replaces)
        struct = typed_data.reinstatement(number, replaces)
        signer, _ = self.signatures.verify(self.domain, office_of(number), struct, signature, by_successor=True)
        self.records[number] = replace(previous, version=version, status=CORRECTED)
        # Claims show it as they show a correction.
        self.corrections[number] += 1
        return Effect((True,), [Event(CONTRACT, "ApplicationReinstated", (number, signer, version))])

    def reconfirm(self, office: bytes, as_of: int, items: Sequence[Application], signature: bytes) -> Effect:
        """Confirm what was recorded by a moment, whoever recorded it; all or nothing."""
        if not 1 <= len(items) <= MAX_BATCH:
            raise Refusal("ApplicationRegistryBatchSize", len(items), MAX_BATCH)
        if as_of > self.clock.now:
            raise Refusal("ApplicationRegistryInvalidMoment", as_of)
        struct = typed_data.reconfirmation(office, as_of, items)
        signer, _ = self.signatures.verify(self.domain, office, struct, signature, by_successor=True)
        for item in items:
            if office_of(item[0]) != office:
                raise Refusal("ApplicationRegistryOtherOffice", item[0], office)
            held = self._need_record(item[0])
            if not self._same_content(item):
                raise Refusal("ApplicationRegistryConflict", item[0], held.digest, held.filing_date)
            self.need_seen(item[0], held, as_of)
        events = []
        for number, *_ in items:
            if not self.is_confirmed(number):
                version = self.records[number].version
                self.confirmations[number] = Confirmed(signer, self.clock.now, version)
                events.append(Event(CONTRACT, "ApplicationReconfirmed", (number, signer, version)))
        return Effect((len(events), len(items) - len(events)), events)

    def need_seen(self, number: bytes, held: Record, as_of: int) -> None:
        """Refuse to confirm as of a moment what was recorded later."""
        if held.recorded_at > as_of:
            raise Refusal("ApplicationRegistryRecordedSince", number, held.recorded_at, as_of)

    def is_suspect(self, number: bytes) -> bool:
        """Tell whether the key of the present content was compromised then, and no good key has confirmed it."""
        held = self.records.get(number)
        if held is None or not self.was_compromised(number, held.signing_key, held.recorded_at):
            return False
        return not self.is_confirmed(number)

    def is_confirmed(self, number: bytes) -> bool:
        """Tell whether a key that was good then has confirmed the present content."""
        held, last = self.records[number], self.confirmations.get(number)
        if last is None or (last.version != held.version and last.at <= held.recorded_at):
            return False
        return not self.was_compromised(number, last.signing_key, last.at)

    def was_compromised(self, number: bytes, account: str, at: int) -> bool:
        """Tell whether an account is known today to have been compromised at a moment."""
        return 0 < self.directory.compromised_since(office_of(number), account) <= at

    def need_version(self, record: Record, number: bytes, replaces: int) -> None:
        """Refuse a statement that follows another version than the recorded one."""
        if record.version != replaces:
            raise Refusal("ApplicationRegistryVersionMismatch", number, record.version, replaces)

    def record_of(self, number: bytes) -> Record:
        """Return the current state of a number."""
        return self.records.get(number, NOTHING)

    def anchored_at(self, statement: Anchor, signing_key: str) -> int:
        """Return when exactly this anchor was recorded; 0 if it was not."""
        office, sequence, root, leaf_count = statement
        anchors = self.anchors.get(office, [])
        if not 1 <= sequence <= len(anchors):
            return 0
        held = anchors[sequence - 1]
        return (
            held.recorded_at if (held.root, held.leaf_count, held.signing_key) == (root, leaf_count, signing_key) else 0
        )

    def next_sequence(self, office: bytes) -> int:
        """Return the sequence number of the office's next anchor."""
        return len(self.anchors.get(office, [])) + 1

    def latest_date(self, seconds: int) -> date:
        """Return the latest calendar date anywhere on Earth at a moment."""
        return date_at(seconds + AHEAD_OF_UTC_S)

    def _record(self, application: Application, signer: str, recorded_at: int) -> Event:
        number, filing_date, disclosure, digest = application
        self.records[number] = Record(digest, signer, recorded_at, filing_date, 1, FILED, disclosure)
        return Event(CONTRACT, "ApplicationRegistered", (number, signer, digest, filing_date, disclosure))

    def _same_content(self, application: Application) -> bool:
        number, filing_date, disclosure, digest = application
        held = self.records[number]
        return (held.filing_date, held.disclosure, held.digest) == (filing_date, disclosure, digest)

    def _is_recorded(self, application: Application) -> bool:
        held = self.records.get(application[0])
        if held is None:
            return False
        if self._same_content(application):
            return True
        raise Refusal("ApplicationRegistryConflict", application[0], held.digest, held.filing_date)

    def _need_number(self, number: bytes) -> None:
        if not is_number(number):
            raise Refusal("OfficeNumberMalformed", number)

    def _need_record(self, number: bytes) -> Record:
        if number not in self.records:
            raise Refusal("ApplicationRegistryNotRecorded", number)
        return self.records[number]

    def _need_facts(self, application: Application, earliest: int, latest: date) -> None:
        number, filing_date, disclosure, digest = application
        day = need_date(filing_date)
        if filing_date < earliest:
            raise Refusal("ApplicationRegistryBeforeOffice", number, filing_date, earliest)
        if day > latest:
            raise Refusal("ApplicationRegistryFutureDate", number, filing_date, write_date(latest))
        if digest == ZERO_WORD:
            raise Refusal("ApplicationRegistryNoDigest", number)
        if disclosure not in (0, 1):
            raise Refusal("ApplicationRegistryUnknownDisclosure", number, disclosure)
