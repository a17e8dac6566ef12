"""What the readers of register documents share: numbers of designs, classes, files that show a mark, digests of parts.

Not its job: element names of any format.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registrum.documents.elements import Text, calendar_date, contradiction, office_number, settle
from registrum.documents.register_model import HIGHEST_CLASS, Numbering, RegisterFacts, RepresentationFacts
from registrum.errors import DocumentError
from registrum.numbers import OfficeNumber, Right, office_code

if TYPE_CHECKING:
    import datetime

    from lxml import etree

DESIGN_DIGITS = {"EM": 4, "ES": 2, "FR": 3, "IN": 3}
"""Digits of a design's number within its registration, where the office's own number form has them."""
DEFAULT_DESIGN_DIGITS = 3
ALWAYS_NUMBERED = ("EM",)
"""Offices that number the design also where a registration has one only."""

_NICE = re.compile(r"0{0,2}([1-9][0-9]?)")
_LOCARNO = re.compile(r"(0?[1-9]|[1-9][0-9])(?:-([0-9]{2}))?")
_LOCARNO_SUBCLASS = re.compile(r"(?:[0-9]{2}-)?([0-9]{2})")
_DESIGN = re.compile(r"0{0,5}([1-9][0-9]{0,3})")
_DATA = re.compile(r"data:([0-9A-Za-z!#$&^_.+/-]{0,127})(?:;[0-9A-Za-z=._-]+)*;base64,([0-9A-Za-z+/= ]*)")
_NAMED_DIGEST = re.compile(r"ni:///sha-256;([0-9A-Za-z_-]{43})")
_BLOCK = 1024 * 1024


def lacking(what: str) -> DocumentError:
    """The error for a fact without which there is no entry."""
    return DocumentError(
        f"the document gives no {what}",
        remedy="Ask the office that sent it for a document that states it, or record the entry by hand.",
        missing=what,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How one document is read.

    Attributes:
        numbering: Number that entries are kept under.
        is_export: Whether this register wrote the document, so that numbers are canonical and events complete.
        folder: Where the files lie that the document names; None if they are not looked at.
        digest: SHA-256 of the file.
    """

    numbering: Numbering
    is_export: bool
    folder: Path | None
    digest: bytes

    def digest_of(self, element: etree._Element, *, is_only: bool) -> bytes:
        """Digest of the part of the document that one entry is: of the file where it has no other entry."""
        return self.digest if is_only else part_digest(element)

    def number(self, what: str, found: Sequence[Text], office: str, right: Right) -> OfficeNumber | None:
        """The one office number that the texts agree on, or None where there are none."""
        if self.is_export:
            return settle(what, found, lambda text: OfficeNumber(office, right, text.value, text.value))
        return settle(what, found, lambda text: office_number(text, office, right, allow_former=True))

    def representation(self, reference: Text) -> RepresentationFacts:
        """One file that shows a mark or design, with its digest where that can be had.

        Embedded (`data:` address, RFC 2397, base64), named by its digest (`ni:` address, RFC 6920), or lying in
        `folder` under exactly this name: no path, no link, nothing over the network.
        """
        embedded = _DATA.fullmatch(reference.value)
        if embedded:
            try:
                content = base64.b64decode(embedded[2].replace(" ", ""), validate=True)
            except binascii.Error as error:
                raise DocumentError(f"{reference.place} embeds a file that is not base64: {error}") from error
            return RepresentationFacts(f"data:{embedded[1]}", hashlib.sha256(content).digest())
        named = digest_of_name(reference.value)
        if named is not None:
            return RepresentationFacts(reference.value, named)
        return RepresentationFacts(reference.value, self._digest_beside(reference.value))

    def _digest_beside(self, name: str) -> bytes | None:
        if self.folder is None or name in (".", "..") or any(sign in name for sign in "/\\:\0"):
            return None
        path = self.folder / name
        digest = hashlib.sha256()
        try:
            # A link would let the document name any file of this machine.
            if path.is_symlink() or not path.is_file():
                return None
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise DocumentError(
                f"{path}: cannot be read: {error}", remedy="Check the permissions of the files beside the document."
            ) from error
        return digest.digest()


def part_digest(element: etree._Element) -> bytes:
    """SHA-256 of an element in Exclusive XML Canonicalization 1.0, without comments and processing instructions.

    Exclusive, so that the same element has the same digest in whatever document it is sent.
    """
    from lxml import etree

    canonical = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return hashlib.sha256(canonical).digest()


def digest_name(digest: bytes) -> str:
    """A digest as an address that names content (RFC 6920): `ni:///sha-256;...`."""
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def digest_of_name(name: str) -> bytes | None:
    """The digest in an address of RFC 6920, or None where the text is no such address."""
    found = _NAMED_DIGEST.fullmatch(name)
    if found is None:
        return None
    digest = base64.urlsafe_b64decode(found[1] + "=")
    # 43 characters carry 258 bits: two spellings of one digest would be two references.
    return digest if digest_name(digest) == name else None


def office_of(found: Sequence[Text]) -> str:
    """The one office that the texts agree on.

    Raises:
        DocumentError: None, or two.
        OfficeCodeError: Not an office.
    """
    office = settle("the office", found, lambda text: office_code(text.value))
    if office is None:
        raise lacking("office code")
    return office


def date_of(what: str, found: Sequence[Text]) -> datetime.date | None:
    """The one date that the texts agree on, or None where there are none."""
    return settle(what, found, calendar_date)


def value_of(what: str, found: Sequence[Text]) -> str | None:
    """The one text that the texts agree on, or None where there are none."""
    return settle(what, found, lambda text: text.value)


def distinct(found: Iterable[OfficeNumber | None], *, other_than: OfficeNumber) -> tuple[OfficeNumber, ...]:
    """Numbers in their order, each once, without the entry's own."""
    return tuple(dict.fromkeys(number for number in found if number is not None and number != other_than))


def entry_numbers(
    reading: Reading, application: OfficeNumber | None, registration: OfficeNumber | None
) -> tuple[OfficeNumber, OfficeNumber | None]:
    """The number that an entry is kept under, and its application number where that is another.

    Raises:
        DocumentError: Neither number is given.
    """
    first, second = (registration, application) if reading.numbering == "registration" else (application, registration)
    number = first or second
    if number is None:
        raise lacking("application or registration number")
    return number, None if application == number else application


def design_number(base: OfficeNumber, identifier: Text | None, *, total: int | None, count: int) -> OfficeNumber:
    """The number of one design: `EM/D/015900123-0001`.

    The design's number is added after a hyphen, with as many digits as the office's number form has (EM 4, ES 2, FR 3,
    IN 3), else with 3. It is not added where the document says that the registration has one design only (except EM,
    which always numbers them), where a design without a number is the only one in the document, or where `base` ends
    with it already.

    Args:
        base: Number of the application or registration.
        identifier: Number of the design in it, as written.
        total: Designs of the registration as the document states them; None if it does not.
        count: Designs in the document.

    Raises:
        DocumentError: There are several designs and this one has no number, or another than `base` ends with.
        NumberFormatError: With the design's number it is too long for an office number.
    """
    found = None if identifier is None else _DESIGN.fullmatch(identifier.value)
    numbered = found is not None and (total != 1 or base.office in ALWAYS_NUMBERED)
    if count == 1 and total in (None, 1) and not numbered:
        return base
    if identifier is None or found is None:
        raise DocumentError(
            f"{base.text} has several designs, and one is numbered "
            + ("not at all" if identifier is None else f"{identifier.value!r} ({identifier.place})"),
            remedy="Each design of a multiple registration needs its own number, such as 1 or 0001.",
        )
    digits = DESIGN_DIGITS.get(base.office, DEFAULT_DESIGN_DIGITS)
    design = found[1].zfill(digits)
    ending = re.search(rf"-([0-9]{{{digits}}})$", base.number)
    if ending is not None and ending[1] == design:
        return base
    if ending is not None and (base.office in DESIGN_DIGITS or base.number.startswith("DM/")):
        raise contradiction("the number of a design", base.text, f"{identifier.value} ({identifier.place})")
    return OfficeNumber(base.office, base.right, f"{base.number}-{design}")


def nice_class(text: Text) -> int:
    """A class of the Nice Classification: `9`, `09` or `009`.

    Raises:
        DocumentError: Not one of 1 to 45.
    """
    found = _NICE.fullmatch(text.value)
    number = int(found[1]) if found else 0
    if not 1 <= number <= HIGHEST_CLASS[Right.TRADEMARK]:
        raise DocumentError(
            f"{text.value!r} ({text.place}) is no class of the Nice Classification",
            remedy="Its classes are 1 to 45, also written 01 or 001.",
        )
    return number


def locarno_class(text: Text, subclass: Text | None = None) -> tuple[int, str | None]:
    """A class of the Locarno Classification and its subclass with both parts padded, or None.

    Taken are `06-01`, `6-01` (the form in which it is cited) and the class alone. `6-1` is refused: nobody can say
    whether it stands for `6-01` or lost a digit.

    Raises:
        DocumentError: Not of that form, or not one of the classes 1 to 32.
    """
    found = _LOCARNO.fullmatch(text.value)
    number = int(found[1]) if found else 0
    inner = None if subclass is None else _LOCARNO_SUBCLASS.fullmatch(subclass.value)
    if found is None or not 1 <= number <= HIGHEST_CLASS[Right.DESIGN] or (subclass is not None and inner is None):
        shown = text if found is None or subclass is None or inner is not None else subclass
        raise DocumentError(
            f"{shown.value!r} ({shown.place}) is no class of the Locarno Classification",
            remedy="Write class 1 to 32, a hyphen and the subclass with two digits: 06-01.",
        )
    minor = inner[1] if inner is not None else found[2]
    return number, None if minor is None else f"{number:02d}-{minor}"


def editions(found: Sequence[Text]) -> str | None:
    """The editions of a classification that a document names, each once; None where it names none."""
    return "; ".join(dict.fromkeys(text.value for text in found)) or None


def all_different(entries: Sequence[RegisterFacts]) -> tuple[RegisterFacts, ...]:
    """The entries, unless there is none or one twice.

    Raises:
        DocumentError: No entry, or two of one number.
    """
    if not entries:
        raise lacking("trade mark or design")
    seen: set[OfficeNumber] = set()
    for facts in entries:
        if facts.number in seen:
            raise DocumentError(
                f"the document has two entries of the number {facts.number.text}",
                remedy="Leave one, or give each design its own number.",
            )
        seen.add(facts.number)
    return tuple(entries)
