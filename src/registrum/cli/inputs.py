"""What people type and the files they name, as values of the library. Not its job: nodes and keys."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from registrum.cli.files import read_file
from registrum.cli.output import note
from registrum.errors import (
    DateError,
    DigestError,
    DocumentError,
    EvidenceError,
    InputError,
    NumberFormatError,
    OfficeCodeError,
)

if TYPE_CHECKING:
    from registrum.client.drafts import FirstKey
    from registrum.evidence.chain import ChainDescription
    from registrum.numbers import OfficeNumber

__all__ = [
    "exact_number",
    "file_digest",
    "one_of",
    "read_address",
    "read_description",
    "read_digest",
    "read_duration",
    "read_first_key",
    "read_moment",
    "read_number",
    "read_share",
    "tell_no_form",
    "tell_oddities",
]

_BLOCK = 1024 * 1024
_MOST_DESCRIPTION = 1 << 20
_DURATION = re.compile(r"([0-9]{1,9})\s*(d|days?|h|hours?|m|minutes?|s|seconds?)")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHARE = re.compile(r"([0-9]{1,3})/([0-9]{1,3})")


def read_number(
    text: str,
    right: str | None = None,
    office: str | None = None,
    *,
    any_form: bool = False,
    allow_former: bool = False,
    allow_exact: bool = False,
) -> OfficeNumber:
    """An office number as a person writes it; what is odd about it is said on standard error.

    Args:
        text: What was written.
        right: See `OfficeNumber.parse`; so the office.
        office: See there.
        any_form: Take a number that fits no known form.
        allow_former: Take former office codes.
        allow_exact: Take what no rule fits where it is written as records write it (`AU/P/12345/91`): for looking up.

    Raises:
        OfficeCodeError, NumberFormatError: As `OfficeNumber.parse`.
    """
    from registrum.numbers import OfficeNumber

    try:
        number = OfficeNumber.parse(text, right, office, allow_unmasked=any_form, allow_former=allow_former)
    except (NumberFormatError, OfficeCodeError):
        exact = exact_number(text, right, office) if allow_exact else None
        if exact is None:
            raise
        tell_no_form(exact)
        return exact
    tell_oddities(number)
    return number


def exact_number(text: str, right: str | None, office: str | None) -> OfficeNumber | None:
    """A number in the form in which records are written, by no office's rules; None if it is in another form.

    A right or an office that says otherwise makes it None, too.
    """
    from registrum.numbers import OfficeNumber, Right

    try:
        number = OfficeNumber.from_text(text)
    except NumberFormatError:
        return None
    if (right and Right.parse(right) is not number.right) or (office and office != number.office):
        return None
    return number


def tell_oddities(number: OfficeNumber) -> None:
    """Say on standard error what is odd about a number."""
    for warning in number.warnings:
        note(f"{number.text}: {warning}")
    if number.unmasked:
        right = number.right.full_name
        note(f"{number.text} fits no {right} form of {number.office} that is known here, so no rule has checked it")


def tell_no_form(number: OfficeNumber) -> None:
    """Say on standard error that a number is looked for though no rule took it."""
    note(f"{number.text} fits no form of {number.office} that is known here; it is looked for as it is written")


def read_digest(text: str) -> bytes:
    """A digest: `0x` and 64 hexadecimal digits.

    Raises:
        DigestError: It is none.
    """
    digits = text.removeprefix("0x")
    if digits == text or len(digits) != 64 or not all(c in "0123456789abcdefABCDEF" for c in digits):
        raise DigestError(f"{text!r} is not a digest", remedy="A digest is 0x and 64 hexadecimal digits (SHA-256).")
    return bytes.fromhex(digits)


def read_address(text: str) -> str:
    """The address of an account, with the checksum of EIP-55.

    Raises:
        InputError: It is not one, or its checksum is wrong.
    """
    from registrum.signing.addresses import checksum_address, parse_address

    return checksum_address(parse_address(text))


def read_description(file: Path) -> ChainDescription:
    """The description of a chain that somebody names, as a verifier or for a bundle.

    Raises:
        InputError: The file cannot be read, or holds no such description.
    """
    from registrum.evidence.chain import ChainDescription

    try:
        return ChainDescription.read(read_file(file, _MOST_DESCRIPTION))
    except EvidenceError as error:
        raise InputError(
            f"{file} is no description of a chain: {error.message}",
            remedy="Get the description again from the source that you trust; docs/evidence-format.md has its form.",
        ) from error


def read_moment(text: str) -> datetime:
    """A moment: `2024-01-31T12:00:00Z`, or `2024-01-31` for the beginning of that day in UTC.

    Raises:
        DateError: It is none.
    """
    from registrum.dates import parse_date

    if "T" not in text:
        day: date = parse_date(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise DateError(f"{text!r} is not a moment", remedy="Write it like 2024-01-31T12:00:00Z.", moment=text)
    return moment


def file_digest(path: Path) -> bytes:
    """SHA-256 of the exact bytes of a file.

    Raises:
        DocumentError: It cannot be read, or is empty.
    """
    import hashlib

    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}", remedy="Check the path.") from error
    if not size:
        raise DocumentError(f"{path}: the file is empty", remedy="Check that the transfer was complete.")
    return digest.digest()


def one_of(*given: tuple[str, object]) -> None:
    """Refuse options that exclude each other.

    Raises:
        InputError: More than one of them was given.
    """
    named = [name for name, value in given if value]
    if len(named) > 1:
        raise InputError(f"{' and '.join(named)} exclude each other", remedy="Give one of them.")


def read_duration(text: str) -> int:
    """A duration in seconds: `2 days`, `12 hours`, `90 minutes`, `30 seconds`, or `2d`, `12h`, `90m`, `30s`.

    Raises:
        InputError: It is none.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise InputError(
            f"{text!r} is not a duration", remedy="Write it like '2 days', '12 hours', '90 minutes' or '30 seconds'."
        )
    return int(match[1]) * _UNITS[match[2][0]]


def read_share(text: str) -> tuple[int, int]:
    """A share of the offices: `2/3`.

    Raises:
        InputError: It is none.
    """
    match = _SHARE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is not a share", remedy="Write it like 2/3.")
    return int(match[1]), int(match[2])


def read_first_key(text: str) -> FirstKey:
    """A key that an office has from its admission on: `0x...`, or `0x...=applications,keys`.

    Raises:
        InputError: No address, or an unknown scope.
    """
    from registrum.client.drafts import FirstKey
    from registrum.client.members import Scope

    account, given, scopes = text.partition("=")
    return FirstKey(read_address(account), Scope.parse(scopes) if given else Scope.APPLICATIONS)
