"""What a document says about applications: plain values, without any reading or writing.

Not its job: finding those facts in a file (`registrum.documents.reading` and the readers beside it), or saying whether
a priority claim holds (that is the verdict of the chain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registrum.errors import DigestError, DocumentError

if TYPE_CHECKING:
    import datetime

    from registrum.numbers import OfficeNumber, Right

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A priority claim as a document states it; whether it holds is not said here.

    The right of the earlier application is seldom written in a document. In this order it is taken from:

    1. the claim itself, in patent documents: a WIPO ST.16 kind code with it (`U`, `Y`, `Z` utility model, `S` design,
       else patent), or a filing category that names a utility model;
    2. the kind of document that makes the claim: a trade mark document claims a trade mark (`T`), a design document a
       design (`D`), a patent or utility-model document a patent (`P`);
    3. in design and patent documents, where the number cannot be of that right because its office gives such numbers
       to another right alone (US 29/..., JP ... U, DE 20...), that other right.

    Where an office numbers patents and utility models alike, a claim on a utility model thus reads as `P`; Paris
    Convention Art. 4E treats the two alike for patents, and for a design the caller corrects the right.

    Attributes:
        office: WIPO ST.3 code of the office of first filing.
        right: Right of the earlier application, by the rule above.
        number: Earlier office number; None where the document leaves it out, as Art. 4D(5) allows at filing.
        date: Claimed filing date of the earlier application.
    """

    office: str
    right: Right
    number: OfficeNumber | None
    date: datetime.date

    def __post_init__(self) -> None:
        if self.number is not None and (self.number.office, self.number.right) != (self.office, self.right):
            raise DocumentError(
                f"priority claim of office {self.office} and right {self.right.value} "
                f"gives the number {self.number.text} of another office or right",
                remedy="Office and right of a claim are those of its number.",
            )

    def to_json(self) -> dict[str, Any]:
        """Keys `office`, `right` (letter), `number` (canonical, or None), `date` (YYYY-MM-DD)."""
        return {
            "office": self.office,
            "right": self.right.value,
            "number": None if self.number is None else self.number.number,
            "date": self.date.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What an office signs about one application, and what its document says besides.

    Attributes:
        number: Office number of the application.
        filing_date: Filing date as the document writes it: the calendar date before any time zone, never shifted.
        title: Title, verbal element of the mark or product names; None where there is none.
        priority_claims: Claims in the order of the document.
    """

    number: OfficeNumber
    filing_date: datetime.date
    title: str | None = None
    priority_claims: tuple[ClaimFacts, ...] = ()

    @property
    def right(self) -> Right:
        """The right of the office number."""
        return self.number.right

    def to_json(self) -> dict[str, Any]:
        """Keys `office, right, number, text, asIssued, filingDate, priorityClaims` and, where there is one, `title`."""
        values: dict[str, Any] = {
            "office": self.number.office,
            "right": self.number.right.value,
            "number": self.number.number,
            "text": self.number.text,
            "asIssued": self.number.as_issued,
            "filingDate": self.filing_date.isoformat(),
            "priorityClaims": [claim.to_json() for claim in self.priority_claims],
        }
        if self.title is not None:
            values["title"] = self.title
        return values


@dataclass(frozen=True, slots=True)
class ApplicationDocument:
    """One file: what it is, its digest, and the applications in it.

    Attributes:
        format: Stable name: `st96-trademark`, `st96-design`, `st96-patent`, `st36-us`, `st36-jp`, `st36-cn`,
            `st66-trademark`, `pdf`, `zip` or `other`.
        version: Version of the format as the document writes it (`V6_0`, `v4.4 2014-04-03`), or None.
        media_type: Media type by content, never by file name.
        digest: SHA-256 of the exact bytes on disk, 32 bytes.
        applications: At least one.
    """

    format: str
    version: str | None
    media_type: str
    digest: bytes
    applications: tuple[ApplicationFacts, ...]

    def __post_init__(self) -> None:
        if len(self.digest) != DIGEST_BYTES:
            raise DigestError(f"a digest has {DIGEST_BYTES} bytes, not {len(self.digest)}")
        if not self.applications:
            raise DocumentError("a document without an application")

    @property
    def digest_hex(self) -> str:
        """The digest as `0x` and 64 hexadecimal digits."""
        return f"0x{self.digest.hex()}"

    def to_json(self) -> dict[str, Any]:
        """Keys `format, mediaType, digest, applications`: what `registrum application read --json` prints."""
        return {
            "format": self.format,
            "mediaType": self.media_type,
            "digest": self.digest_hex,
            "applications": [application.to_json() for application in self.applications],
        }
