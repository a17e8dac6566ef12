"""What a document says about entries of a trade mark or design register: plain values, without any reading or writing.

Nothing personal is in them: no name of a holder, applicant, designer, representative or opponent, and no free comment.

Not its job: finding these facts in a file (`registrum.documents.register_entries`), what a status text means
(`registrum.rights.codes`), and priority claims, which `registrum.documents.read_application` reads.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import Any, Literal

from registrum.errors import DigestError, DocumentError
from registrum.numbers import OfficeNumber, Right

DIGEST_BYTES = 32
HIGHEST_CLASS = {Right.TRADEMARK: 45, Right.DESIGN: 32}
"""Last class of the Nice (trade marks) and the Locarno Classification (designs)."""

Numbering = Literal["application", "registration"]
"""Which of two numbers the entry is kept under where a document gives both."""


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """What an export of this register says about one event beyond what ST.96 has elements for.

    Attributes:
        sequence: Number in the history of the entry, from 1.
        system: Code system, such as `ST.27`.
        code: Code in that system.
        resulting: State and stage after it, such as `A4`.
        status: Status after it.
        effective_date: Day from which it has effect.
        publication_date: None if there is none.
        document: SHA-256 of the source document; None if there is none.
        corrects: Sequence number of the event that it corrects; None if it is no correction.
        flags: Names of its flags, as `EventFlags.to_json` gives them.
    """

    sequence: int
    system: str
    code: str
    resulting: str
    status: str
    effective_date: datetime.date
    publication_date: datetime.date | None = None
    document: bytes | None = None
    corrects: int | None = None
    flags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Keys in lowerCamelCase; what there is none of is left out."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event of an event bag, as written.

    Attributes:
        date: Its date; None where the document gives none.
        category: Category of ST.96, such as `Application published`; None in ST.66.
        code: Code of the office; None where there is none.
        title: Title of that code in the office's words; None where there is none.
        recorded: In an export of this register: the rest of the event.
    """

    date: datetime.date | None
    category: str | None = None
    code: str | None = None
    title: str | None = None
    recorded: RecordedFacts | None = None

    @property
    def text(self) -> str:
        """What to look up in a table of codes: the office's code, else the category, else the title."""
        return self.code or self.category or self.title or ""

    def to_json(self) -> dict[str, Any]:
        """Keys `date, category, code, title, recorded`; what there is none of is left out."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class OppositionFacts:
    """One opposition, without its parties.

    Attributes:
        date: Day on which it was filed; None where the document gives none.
        reference: Its identifier at the office; None where there is none.
        status: Its status as written; None where there is none.
        status_date: Day of that status; None where there is none.
    """

    date: datetime.date | None
    reference: str | None = None
    status: str | None = None
    status_date: datetime.date | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys `date, reference, status, statusDate`; what there is none of is left out."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class RepresentationFacts:
    """One file that shows the mark or design: image, sound, view, 3D model.

    Attributes:
        reference: File name or address as written; `data:` and the media type for what is embedded in the document.
        digest: SHA-256 of the file; None where the document only names a file that was not looked at or not found.
    """

    reference: str
    digest: bytes | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys `reference` and, where it is known, `digest`."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """What a document says about one entry.

    Attributes:
        number: Office number that the entry is kept under; for a design of a multiple registration with the number of
            the design in it (`registrum.documents.register_entries` has the rules).
        digest: SHA-256 of the document, or of the entry's part of it where the document has several entries; 32 bytes.
        filing_date: As written, never moved by a time zone; of an international registration without one the date of
            the registration.
        application: Application number, where it is another than `number`.
        registration: Registration number as the document states it, also where it is `number`; None if there is none.
        registration_date: None if there is none.
        expiry_date: None if there is none.
        termination_date: None if there is none.
        classes: Classes of the Nice or Locarno Classification, ascending; empty where the document has none.
        subclasses: Locarno subclasses with both parts padded (`06-01`), ascending.
        edition: Edition of the classification as written; None where there is none.
        status: Current status as written, never interpreted; None where there is none.
        status_date: Day of the status; None where there is none.
        events: Mark or design events in the order of the document.
        oppositions: In the order of the document.
        representations: In the order of the document.
        basic: Basic applications and registrations of an international registration under the Madrid Protocol.
        international: International registrations (Madrid, Hague) that the entry comes from.
        designations: ST.3 codes of designated offices, in the order of the document.
        holder: Reference to the holder in an export of this register, 32 bytes; None elsewhere.
        stated_dossier: SHA-256 of the office's dossier in an export of this register; None elsewhere.
    """

    number: OfficeNumber
    digest: bytes
    filing_date: datetime.date
    application: OfficeNumber | None = None
    registration: OfficeNumber | None = None
    registration_date: datetime.date | None = None
    expiry_date: datetime.date | None = None
    termination_date: datetime.date | None = None
    classes: tuple[int, ...] = ()
    subclasses: tuple[str, ...] = ()
    edition: str | None = None
    status: str | None = None
    status_date: datetime.date | None = None
    events: tuple[EventFacts, ...] = ()
    oppositions: tuple[OppositionFacts, ...] = ()
    representations: tuple[RepresentationFacts, ...] = ()
    basic: tuple[OfficeNumber, ...] = ()
    international: tuple[OfficeNumber, ...] = ()
    designations: tuple[str, ...] = ()
    holder: bytes | None = None
    stated_dossier: bytes | None = None

    def __post_init__(self) -> None:
        if len(self.digest) != DIGEST_BYTES:
            raise DigestError(f"a digest has {DIGEST_BYTES} bytes, not {len(self.digest)}")
        what = self.number.text
        highest = HIGHEST_CLASS.get(self.number.right)
        if highest is None:
            raise DocumentError(f"{what} is neither a trade mark nor a design", remedy="The register has no others.")
        if any(not 1 <= number <= highest for number in self.classes):
            raise DocumentError(f"{what} has a class other than 1 to {highest}", remedy="Correct the document.")
        _follows(what, "registration date", self.registration_date, self.filing_date, may_equal=True)
        _follows(what, "expiry date", self.expiry_date, self.filing_date, may_equal=False)
        _follows(what, "termination date", self.termination_date, self.filing_date, may_equal=True)

    @property
    def right(self) -> Right:
        """Trade mark or design."""
        return self.number.right

    @property
    def dossier(self) -> bytes:
        """SHA-256 of the dossier: as an export of this register states it, else of what was read."""
        return self.digest if self.stated_dossier is None else self.stated_dossier

    @property
    def basis(self) -> OfficeNumber | None:
        """Number that the entry rests on: the basic mark, else the international registration; of several the first."""
        candidates = self.basic or self.international
        return candidates[0] if candidates else None

    @property
    def representation(self) -> bytes | None:
        """One digest for all files that show the mark or design; None if there is none or one is not known.

        Of one file it is the SHA-256 of that file; of several the SHA-256 of their 32-byte digests, one after another
        in the order of the document.
        """
        import hashlib

        digests = [item.digest for item in self.representations]
        if not digests or any(digest is None for digest in digests):
            return None
        known = [digest for digest in digests if digest is not None]
        return known[0] if len(known) == 1 else hashlib.sha256(b"".join(known)).digest()

    def to_json(self) -> dict[str, Any]:
        """Keys in lowerCamelCase in the order of the attributes; what there is none of is left out."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class RegisterDocument:
    """One file with entries of a register.

    Attributes:
        format: `st96-trademark`, `st96-design` or `st66-trademark`.
        version: Version of the format as the document writes it, or None.
        digest: SHA-256 of the exact bytes on disk, 32 bytes.
        entries: At least one, in the order of the document.
    """

    format: str
    version: str | None
    digest: bytes
    entries: tuple[RegisterFacts, ...]

    @property
    def digest_hex(self) -> str:
        """The digest as `0x` and 64 hexadecimal digits."""
        return f"0x{self.digest.hex()}"

    def to_json(self) -> dict[str, Any]:
        """Keys `format, version, digest, entries`."""
        return _fields(self)


def _follows(what: str, name: str, day: datetime.date | None, filing_date: datetime.date, *, may_equal: bool) -> None:
    if day is None or day > filing_date or (may_equal and day == filing_date):
        return
    raise DocumentError(
        f"the {name} of {what}, {day.isoformat()}, does not follow its filing date, {filing_date.isoformat()}",
        remedy="Correct the document, or ask the office that sent it which of the two holds.",
    )


def _json(value: Any) -> Any:
    if isinstance(value, OfficeNumber):
        return value.text
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    return value.to_json() if hasattr(value, "to_json") else value


def _fields(value: Any) -> dict[str, Any]:
    found = {item.name: getattr(value, item.name) for item in fields(value)}
    return {_camel_case(name): _json(item) for name, item in found.items() if item not in (None, ())}


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
