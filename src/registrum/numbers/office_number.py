"""The office number itself: an exact value with three spellings (fields, text, 32 bytes on chain).

Not its job: to understand what people write; `OfficeNumber.parse` hands that to `registrum.numbers.reading`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from registrum.errors import NumberFormatError
from registrum.numbers.right import Right

MAX_NUMBER_LENGTH = 29
"""Characters that remain of 32 bytes after two for the office and one for the right."""

_OFFICE = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"[0-9A-Z/.\-]{1,29}")
_TEXT = re.compile(r"([A-Z]{2})/([PUTDSG])/([0-9A-Z/.\-]{1,29})")


@dataclass(frozen=True, slots=True)
class OfficeNumber:
    """Number that an office issued for a right.

    Equality and hash are by office, right and canonical number alone. The constructor takes what the contracts take:
    it checks the form, not whether the office exists. Use `parse` for anything typed or received.

    Attributes:
        office: ST.3 code, two capital letters.
        right: Kind of IP right.
        number: Canonical number, 1 to 29 characters of `0-9 A-Z / . -`.
        as_issued: The text that `parse` was given, untouched; None where it is not known, as for numbers on chain.
        warnings: Remarks of `parse` that do not stand in the way, such as a check digit that does not fit.

    Raises:
        NumberFormatError: a field is not in this form.
    """

    office: str
    right: Right
    number: str
    as_issued: str | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.office, str) or not _OFFICE.fullmatch(self.office):
            raise NumberFormatError(
                f"{self.office!r} cannot be the office of an office number.",
                remedy="Give two capital letters, the WIPO ST.3 code.",
                office=str(self.office),
            )
        if not isinstance(self.right, Right):
            raise NumberFormatError(
                f"{self.right!r} is not a kind of IP right.", remedy="Use Right.parse.", right=str(self.right)
            )
        if not isinstance(self.number, str) or not _NUMBER.fullmatch(self.number):
            raise NumberFormatError(
                f"{self.number!r} is not a canonical number.",
                remedy="A canonical number has 1 to 29 characters of 0-9 A-Z / . - ; OfficeNumber.parse makes one.",
                number=str(self.number),
            )

    @property
    def text(self) -> str:
        """The number for people and files: `EM/T/018660437`."""
        return f"{self.office}/{self.right}/{self.number}"

    @property
    def on_chain(self) -> bytes:
        """The 32 bytes of the contracts: office, letter of the right, number, zeros."""
        return f"{self.office}{self.right}{self.number}".encode("ascii").ljust(32, b"\0")

    @property
    def on_chain_hex(self) -> str:
        """The 32 bytes as `0x` and 64 hexadecimal digits."""
        return "0x" + self.on_chain.hex()

    @property
    def unmasked(self) -> bool:
        """Whether the number fits no known form of its office and right (also when none is known)."""
        from registrum.numbers.reading import fits_a_form

        return not fits_a_form(self.office, self.right, self.number)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def from_text(cls, text: str) -> OfficeNumber:
        """Read `EM/T/018660437` exactly as it stands, without any office's rules.

        For numbers that this package or a contract wrote. For what people write, use `parse`, which takes this form too
        and applies the rules.

        Raises:
            NumberFormatError: the text is not in this form.
        """
        match = _TEXT.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise NumberFormatError(
                f"{text!r} is not an office number in the form OFFICE/RIGHT/NUMBER.",
                remedy="Write it like EM/T/018660437.",
                text=str(text),
            )
        return cls(match.group(1), Right(match.group(2)), match.group(3))

    @classmethod
    def from_on_chain(cls, value: bytes | str) -> OfficeNumber:
        """Read the 32 bytes of the contracts, or the same in hexadecimal with or without `0x`.

        Raises:
            NumberFormatError: not 32 bytes, or not the form that `on_chain` writes.
        """
        shown = value if isinstance(value, str) else "0x" + bytes(value).hex()
        try:
            raw = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)
            stripped = raw.rstrip(b"\0").decode("ascii")
            number = cls(stripped[:2], Right(stripped[2:3]), stripped[3:])
        except ValueError as error:
            raise NumberFormatError(f"{shown} is not an office number on chain.", value=shown) from error
        if len(raw) != 32:
            raise NumberFormatError(f"{shown} has {len(raw)} bytes; an office number on chain has 32.", value=shown)
        return number

    @classmethod
    def parse(
        cls,
        text: str,
        right: Right | str | None = None,
        office: str | None = None,
        *,
        allow_unmasked: bool = False,
        allow_former: bool = False,
    ) -> OfficeNumber:
        """Read a number as people, documents and databases write it.

        Taken are: a number with its office code before it (`US 29/010,907`, `FR FR2434232`) or with `office` given; the
        text form (`EM/T/018660437`); PCT numbers (`PCT/AU2010/001234`, office: the receiving office, right: patent);
        Hague numbers (`DM/215987`); TMview and DesignView identifiers that lead back to one number
        (`EM500000018660437`).

        Args:
            text: What was written. Capital letters are made; spaces, commas and brackets are dropped inside, never at
                the ends; nothing else is mended.
            right: Letter or name. Needed unless the text says it; no right is ever read out of digits.
            office: ST.3 code. Needed unless the text says it.
            allow_unmasked: Take a number that fits no form of its office, as only the office's own signature can
                vouch for. Such a number has `unmasked` set. Numbers of offices without known forms are taken anyway.
            allow_former: Take former office codes, for old priority data.

        Returns:
            The office number, with `as_issued` and `warnings`.

        Raises:
            OfficeCodeError: the office is unknown, in lower case, `XX`, or former.
            NumberFormatError: the text cannot be read, or contradicts `right` or `office`; says what was expected.
        """
        from registrum.numbers.reading import read

        return read(text, right, office, allow_unmasked=allow_unmasked, allow_former=allow_former)
