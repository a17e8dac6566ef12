"""Options of `registrum mark` and `registrum design`, and what people type in them as values of the library.

Not its job: nodes and keys, and what is recorded.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from registrum.cli.inputs import file_digest, one_of, read_digest, read_number
from registrum.errors import InputError, NumberFormatError
from registrum.numbers import OfficeNumber, Right

if TYPE_CHECKING:
    from registrum.registry import Registry

__all__ = [
    "EntryNumber",
    "EventDate",
    "EventDocument",
    "EventDocumentDigest",
    "PublicationDate",
    "clearable",
    "digest_of",
    "missing_text",
    "optional_date",
    "read_classes",
    "read_entry_number",
    "read_reference",
    "right_of",
]

EntryNumber = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="Office number of the entry, such as EM/T/018660437 or EM/D/015900123-0001."),
]
EventDate = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Day on which it happened; today by the chain's clock.")
]
PublicationDate = Annotated[str | None, typer.Option("--published", metavar="DATE", help="Day of its publication.")]
EventDocument = Annotated[
    Path | None, typer.Option("--document", metavar="FILE", help="Source document; its SHA-256 is recorded.")
]
EventDocumentDigest = Annotated[
    str | None, typer.Option("--document-digest", metavar="DIGEST", help="The same where the file is not at hand.")
]

NONE = "none"
"""What is typed to take a value back."""
_MULTIPLE = re.compile(r"(.+)-([0-9]{1,4})")
_CLASS = re.compile(r"0{0,2}([1-9][0-9]?)")


def right_of(context: typer.Context) -> Right:
    """Trade mark or design: which of the two nouns the command is of."""
    right = context.obj
    if not isinstance(right, Right):
        raise TypeError("the commands of entries belong to a noun for one right")
    return right


def read_entry_number(
    context: typer.Context, text: str, office: str | None, any_form: bool, *, looked_up: bool
) -> OfficeNumber:
    """The number of an entry as a person writes it; of a design of a multiple registration with the design's number.

    Args:
        context: Of the command.
        text: What was written.
        office: Its office, where the number does not say it.
        any_form: Take a number that fits no known form.
        looked_up: Take its exact text form in any case, since nothing is recorded under it.

    Raises:
        OfficeCodeError, NumberFormatError: As `OfficeNumber.parse`.
    """
    right = right_of(context)
    multiple = _MULTIPLE.fullmatch(text.strip()) if right is Right.DESIGN and not any_form else None
    if multiple is not None:
        try:
            OfficeNumber.parse(text, right, office)
        except NumberFormatError:
            # The forms of most offices are those of registrations: the designs in them have a number after that.
            try:
                base = OfficeNumber.parse(multiple[1], right, office)
            except NumberFormatError:
                base = None
            if base is not None:
                return OfficeNumber(base.office, base.right, f"{base.number}-{multiple[2]}")
    return read_number(text, right.value, office, any_form=any_form, allow_exact=looked_up)


def read_classes(text: str) -> tuple[int, ...]:
    """Classes apart by commas or spaces: `9,35`, `09 35`; `none` for none.

    Raises:
        InputError: Something else; whether the classification has such a class is for the event to say.
    """
    if text.strip().lower() == NONE:
        return ()
    parts = [_CLASS.fullmatch(part) for part in text.replace(",", " ").split()]
    if not parts or None in parts:
        raise InputError(f"{text!r} are no classes", remedy="Write their numbers with commas between them, like 9,35.")
    return tuple(int(part[1]) for part in parts if part is not None)


def optional_date(text: str | None) -> date | None:
    """A day, if one was given.

    Raises:
        DateError: It is none.
    """
    from registrum.dates import parse_date

    return None if text is None else parse_date(text)


def digest_of(name: str, file: Path | None, digest: str | None) -> bytes | None:
    """SHA-256 of a file, or as given by the option beside it; None where neither was given.

    Args:
        name: Name of the option for the file.
        file: Its value.
        digest: Value of the one for the digest.

    Raises:
        InputError: Both were given.
        DocumentError, DigestError: The file cannot be read; no digest.
    """
    one_of((name, file), (f"{name}-digest", digest))
    if file is not None:
        return file_digest(file)
    return None if digest is None else read_digest(digest)


def read_reference(text: str) -> bytes:
    """The reference to a holder: 32 bytes as `0x` and 64 hexadecimal digits.

    Raises:
        InputError: It is none, such as a name.
    """
    try:
        return read_digest(text)
    except InputError as error:
        raise InputError(
            "the reference to a holder is 0x and 64 hexadecimal digits",
            remedy="Give a random reference that your own register knows; never a name, nor a plain hash of one.",
        ) from error


def clearable(text: str | None, read: Any) -> Any:
    """A value that can be taken back: `CLEARED` for `none`, None where nothing was given.

    Args:
        text: What was typed.
        read: Reads anything else.
    """
    from registrum.rights.values import CLEARED

    if text is None:
        return None
    return CLEARED if text.strip().lower() == NONE else read(text)


def missing_text(registry: Registry, number: OfficeNumber) -> tuple[str, str]:
    """Why there is no entry: `not_found` or `not_covered`, and the same as a sentence."""
    if registry.office(number.office) is None:
        return "not_covered", "not covered: the office is no member, so nothing can be said about its numbers"
    return "not_found", "not found: the office is a member and has no entry of this number"
