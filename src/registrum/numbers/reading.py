"""Reading what people write: finds office, right and number in a text, and says what other identifiers are.

Not its job: the forms themselves, which are data (`registrum.numbers.forms`), and the exact conversions
(`OfficeNumber`). Two things are never done here: guess a year, or guess a right out of digits.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from registrum.errors import NumberFormatError, OfficeCodeError
from registrum.numbers import forms
from registrum.numbers.office_number import MAX_NUMBER_LENGTH, OfficeNumber
from registrum.numbers.offices import current_offices, former_offices, office_code, office_name
from registrum.numbers.right import Right

MAX_TEXT_LENGTH = 64
"""Longest text that is looked at; the longest number any office issues is well under it."""

_DROPPED = str.maketrans("", "", " ,()[]")
_TEXT_FORM = re.compile(r"([A-Za-z]{2})/([PUTDSGputdsg])/(.+)")
_TMVIEW = re.compile(r"([A-Z]{2})([0-9]{2})([A-Z0-9]{13})")
_ST13 = re.compile(r"([0-9]{2})([0-9]{4})([A-Z0-9]{2}[0-9]{7})")
_PCT = re.compile(r"(?:([A-Za-z]{2})/?)?(pct/?([a-z]{2})?.*)", re.IGNORECASE)
_HAGUE = re.compile(r"DM/[0-9]+[A-Z]?")
_HEAD = re.compile(r"([A-Za-z]{2})( +|(?=[0-9]))")


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text is, as far as its shape tells.

    Attributes:
        kind: `text` (EM/T/018660437), `tmview`, `st13`, `pct`, `hague`, `prefixed` (office code, then a number) or
            `unknown`.
        meaning: The same in words.
        office: ST.3 code, where the text says it.
        right: The right, where the text says it.
        number: The office number, where the text alone determines it.
    """

    kind: Literal["text", "tmview", "st13", "pct", "hague", "prefixed", "unknown"]
    meaning: str
    office: str | None = None
    right: Right | None = None
    number: OfficeNumber | None = None


@dataclass(frozen=True, slots=True)
class St13Number:
    """Application number in the 15 digits of WIPO ST.13. It means nothing without the office that issued it.

    Attributes:
        type_code: Two digits, the office's code for the kind of right.
        year: Four digits; 0 where the office uses no year.
        serial: Nine positions, as written.
    """

    type_code: str
    year: int
    serial: str

    @classmethod
    def parse(
        cls, text: str, *, office: str | None = None, right: Right | str | None = None, latest_year: int | None = None
    ) -> St13Number:
        """Read 15 digits as ST.96 carries them (`com:ST13ApplicationNumber`).

        Args:
            text: Exactly 15 digits, no separators.
            office: ST.3 code; with it the type code must be one that this office uses, where its codes are known.
            right: With it the type code must stand for this right.
            latest_year: Last year that is believed; next year by default.

        Raises:
            NumberFormatError: not 15 digits, year neither 0000 nor 1883 to `latest_year`, or a type code that is not in
                the office's table or stands for another right. Keep the application number that stands beside it.
        """
        if not isinstance(text, str) or not re.fullmatch(r"[0-9]{15}", text):
            raise NumberFormatError(
                f"{text!r} is not an ST.13 number.",
                remedy="ST.13 numbers have 15 digits and nothing else.",
                text=str(text),
            )
        st13 = cls(text[:2], int(text[2:6]), text[6:])
        latest = datetime.date.today().year + 1 if latest_year is None else latest_year
        if st13.year != 0 and not 1883 <= st13.year <= latest:
            raise NumberFormatError(
                f"{text} cannot be an ST.13 number: {text[2:6]} is neither 0000 nor a year from 1883 to {latest}.",
                text=text,
            )
        rights = st13.rights(office)
        if not rights and office is not None:
            raise NumberFormatError(
                f"{text} cannot be an ST.13 number of {office}: no type code {text[:2]} there.", text=text
            )
        if right is not None and Right.parse(right) not in rights:
            raise NumberFormatError(
                f"{text} cannot be an ST.13 number of a {Right.parse(right).full_name}: type code {text[:2]} is not.",
                text=text,
            )
        return st13

    def rights(self, office: str | None = None) -> tuple[Right, ...]:
        """Rights that the type code stands for at the office, or by ST.13 where the office has no table."""
        tables = forms.rules()["st13"]["types"]
        table = tables.get(office or "*", tables["*"])
        return tuple(
            Right(letter)
            for letter, codes in table.items()
            if any(re.fullmatch(code, self.type_code) for code in codes)
        )

    def __str__(self) -> str:
        return f"{self.type_code}{self.year:04d}{self.serial}"


def recognise(text: str) -> Recognised:
    """Say what a text is, without being told office or right.

    Raises:
        NumberFormatError: the text has characters that no number has, or is empty or too long.
        OfficeCodeError: the text names an office that does not exist, in a form that otherwise is clear.
    """
    _check_text(text)
    if text_form := _TEXT_FORM.fullmatch(text):
        office, right = office_code(text_form.group(1), allow_former=True), Right.parse(text_form.group(2))
        number = OfficeNumber.from_text(text) if _is_canonical(text_form.group(3)) else None
        return Recognised(
            "text", f"office number of a {right.full_name} at {office_name(office)}", office, right, number
        )
    if tmview := _tmview(text):
        return tmview
    compact = text.translate(_DROPPED)
    if pct := _PCT.fullmatch(compact):
        number = _read_pct(text, pct, None, None, allow_former=True)
        meaning = f"PCT international application, receiving office {number.office}"
        return Recognised("pct", meaning, number.office, Right.PATENT, number)
    if _HAGUE.fullmatch(compact.upper()):
        number = read(text)
        return Recognised("hague", "international design registration (Hague)", "WO", Right.DESIGN, number)
    if st13 := _ST13.fullmatch(compact.upper()):
        code, year, serial = st13.groups()
        return Recognised("st13", f"ST.13 number: type {code}, year {year}, serial {serial}; the office is not in it")
    if (head := _HEAD.match(text)) and head.group(1) in current_offices():
        office = head.group(1)
        return Recognised("prefixed", f"number of {office_name(office)}; the right is not in it", office)
    return Recognised("unknown", "a number without office and right")


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a text and its caller say together: the number still as written, office and right."""

    text: str
    body: str
    office: str
    right: Right
    is_exact: bool
    """The body came out of a text form, so it holds no office code."""
    is_office_read: bool
    """The office was read off the beginning of the text, where it could be part of the number."""

    @property
    def compact(self) -> str:
        return self.body.translate(_DROPPED).upper()

    @property
    def candidates(self) -> list[str]:
        return _without_prefix(self.compact, self.office)


def read(
    text: str,
    right: Right | str | None = None,
    office: str | None = None,
    *,
    allow_unmasked: bool = False,
    allow_former: bool = False,
) -> OfficeNumber:
    """See `OfficeNumber.parse`."""
    _check_text(text)
    wanted = None if right is None else Right.parse(right)
    if office is not None:
        office_code(office, allow_former=allow_former)
    body, is_exact = text, False
    text_form = _TEXT_FORM.fullmatch(text)
    if text_form is not None and (text_form.group(2).isupper() or text_form.group(1).islower()):
        named = office_code(text_form.group(1), allow_former=allow_former)
        if office not in (None, named):
            _contradiction(text, f"names office {named}, but office {office} was given")
        wanted = _same_right(text, Right(text_form.group(2)), wanted)
        office, body, is_exact = named, text_form.group(3), True
    elif tmview := _tmview(text):
        return _read_tmview(text, tmview, wanted, office)
    if pct := _PCT.fullmatch(body.translate(_DROPPED)):
        return _read_pct(text, pct, wanted, office, allow_former=allow_former)
    _check_alphabet(body)
    said = _complete(text, body, office, wanted, is_exact=is_exact, allow_former=allow_former)
    return _apply_forms(said, allow_unmasked)


def _complete(
    text: str, body: str, office: str | None, right: Right | None, *, is_exact: bool, allow_former: bool
) -> _Statement:
    """Find the office if nobody gave it, and insist on a right."""
    compact = body.translate(_DROPPED).upper()
    is_office_read = False
    if _HAGUE.fullmatch(compact) and office in (None, "WO"):
        office, right = "WO", _same_right(text, Right.DESIGN, right)
    elif office is None:
        office, is_office_read = _office_in(text, compact, right, allow_former), True
    else:
        _refuse_lower_case_office(body, office)
    if right is None:
        raise NumberFormatError(
            f"{text!r} does not say which right it is of.",
            remedy="Give the right: " + ", ".join(f"{r.value} {r.full_name}" for r in Right) + ".",
            text=text,
        )
    return _Statement(text, body, office, right, is_exact, is_office_read)


def _apply_forms(said: _Statement, allow_unmasked: bool) -> OfficeNumber:
    """The canonical number by the first form of the office that fits, else the unmasked number if that may be taken."""
    for candidate in said.candidates:
        for form in forms.forms_of(said.office, said.right):
            if match := form.match(candidate):
                number, warnings = form.canonical(match)
                return OfficeNumber(said.office, said.right, number, said.text, warnings)
    _refuse_other_right(said)
    _refuse_other_office(said)
    expected = _expected_forms(said.office, said.right)
    if expected and not allow_unmasked:
        _refuse_unmasked(said, expected)
    number = said.compact if said.is_exact else said.candidates[-1]
    if len(number) > MAX_NUMBER_LENGTH or not any(character.isdigit() for character in number):
        raise NumberFormatError(
            f"{said.text!r} cannot be an office number: {len(number)} characters, "
            f"{sum(character.isdigit() for character in number)} of them digits.",
            remedy=f"A canonical number has 1 to {MAX_NUMBER_LENGTH} characters and at least one digit.",
            text=said.text,
        )
    return OfficeNumber(said.office, said.right, number, said.text)


def fits_a_form(office: str, right: Right, number: str) -> bool:
    """Whether a canonical number has a known form of its office and right."""
    if right is Right.PATENT and any((m := form.match(number)) and m.group(1) == office for form in forms.pct_forms()):
        return True
    return _fits(office, right, number)


def _fits(office: str, right: Right, compact: str) -> bool:
    return any(form.match(compact) for form in forms.forms_of(office, right))


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise NumberFormatError(f"{text!r} is not a text.", text=str(text))
    if not text:
        raise NumberFormatError("The number is empty.", remedy="Give a number, for example EM/T/018660437.", text=text)
    if len(text) > MAX_TEXT_LENGTH:
        raise NumberFormatError(
            f"The number {text[:20]!r}... has {len(text)} characters; no office number has over {MAX_TEXT_LENGTH}.",
            text=text[:MAX_TEXT_LENGTH],
        )
    for position, character in enumerate(text, start=1):
        if not character.isascii() or not character.isprintable():
            raise NumberFormatError(
                f"Character {position} of {text!r} is {_describe(character)}; office numbers are written in ASCII.",
                remedy="Type the number again; characters from other scripts look alike and are not the same.",
                text=text,
                position=position,
            )
    if text != text.strip():
        raise NumberFormatError(f"{text!r} begins or ends with a space.", remedy=f"Write {text.strip()!r}.", text=text)


def _check_alphabet(body: str) -> None:
    for character in body:
        if not (character.isalnum() or character in " ,()[]/.-"):
            raise NumberFormatError(
                f"{body!r} has the character {character!r} in place {body.index(character) + 1}, which no number has.",
                remedy="Allowed are letters, digits, slash, point, hyphen; spaces, commas and brackets are dropped.",
                text=body,
                position=body.index(character) + 1,
            )


def _describe(character: str) -> str:
    import unicodedata

    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def _is_canonical(number: str) -> bool:
    return re.fullmatch(r"[0-9A-Z/.\-]{1,29}", number) is not None


def _without_prefix(compact: str, office: str) -> list[str]:
    """The number, then the same without its office code as often as it stands there (`FR FR2434232`)."""
    candidates = [compact]
    while candidates[-1].startswith(office):
        candidates.append(candidates[-1][2:].lstrip("/-."))
    return candidates


def _is_known(code: str) -> bool:
    return code in current_offices() or code in former_offices()


def _contradiction(text: str, what: str) -> NoReturn:
    raise NumberFormatError(f"{text!r} {what}.", remedy="Correct the one that is wrong.", text=text)


def _same_right(text: str, said: Right, wanted: Right | None) -> Right:
    if wanted is not None and wanted is not said:
        _contradiction(
            text, f"is of a {said.full_name} ({said.value}), but {wanted.full_name} ({wanted.value}) was given"
        )
    return said


def _office_in(text: str, compact: str, right: Right | None, allow_former: bool) -> str:
    """The office that the text begins with."""
    if head := _HEAD.match(text):
        return office_code(head.group(1), allow_former=allow_former)
    # A letter follows the code at once (ATA1/2019): believed only if it makes a number of that office.
    code = text[:2]
    if right is not None and any(_fits(code, right, rest) for rest in _without_prefix(compact, code)[1:]):
        return code
    if re.match(r"[A-Za-z]{3} ", text) and not forms.forms_fitting(compact):
        raise OfficeCodeError(
            f"{text!r} begins with {text[:3]!r}, which is not an office code: a code has two letters.",
            remedy="Give the WIPO ST.3 code, for example EM, JP or US.",
            office=text[:3],
        )
    if st13 := _ST13.fullmatch(compact):
        raise NumberFormatError(
            f"{text!r} is an ST.13 number (type {st13.group(1)}, year {st13.group(2)}); the office is not in it.",
            remedy="Give the office.",
            text=text,
        )
    raise NumberFormatError(
        f"{text!r} does not say which office issued it.",
        remedy="Give the office, or write its WIPO ST.3 code and a space before the number.",
        text=text,
    )


def _refuse_lower_case_office(body: str, office: str) -> None:
    head = _HEAD.match(body)
    if head and head.group(1) != office and head.group(1).upper() == office:
        office_code(head.group(1))


def _refuse_other_right(said: _Statement) -> None:
    """Letters and type codes of the office confirm the right that was given; they never replace it."""
    for right in Right:
        for form in forms.forms_of(said.office, right):
            if right is not said.right and any(form.claims(candidate) for candidate in said.candidates):
                _contradiction(
                    said.text,
                    f"has the form of a {right.full_name} ({right.value}) at {said.office}, "
                    f"but {said.right.full_name} ({said.right.value}) was given",
                )


def _refuse_other_office(said: _Statement) -> None:
    head = _HEAD.match(said.body)
    if head is None or said.is_exact:
        return
    named = head.group(1)
    if named != said.office and _fits(named, said.right, said.compact[2:]):
        _contradiction(said.text, f"is a number of {named}, but office {said.office} was given")
    if said.is_office_read:
        for form in forms.forms_fitting(said.compact):
            if form.right is said.right:
                raise NumberFormatError(
                    f"{said.text!r} can be a number of {said.office}, or one of {form.office} such as {form.example}.",
                    remedy="Give the office.",
                    text=said.text,
                )


def _expected_forms(office: str, right: Right) -> tuple[forms.Form, ...]:
    """Forms that a number must have; WIPO issues no patent numbers but PCT ones (`WO2010...` is a publication)."""
    if right is Right.PATENT and office in ("WO", "IB"):
        return forms.pct_forms()
    return forms.forms_of(office, right)


def _refuse_unmasked(said: _Statement, expected: tuple[forms.Form, ...]) -> NoReturn:
    message = f"{said.text!r} is not a {said.right.full_name} number of {said.office}. Expected: " + "; or ".join(
        f"{form.form}, for example {form.example}" for form in expected
    )
    others = [right for right in Right if any(form.match(said.compact) for form in forms.forms_of(said.office, right))]
    if others:
        message += ". The text has the form of: " + ", ".join(f"{right.full_name} ({right.value})" for right in others)
    if _ST13.fullmatch(said.compact):
        message += ". It looks like an ST.13 number"
    raise NumberFormatError(
        message + ".",
        remedy="Check number, office and right. A number outside these forms is taken only when it is asked for "
        "(allow_unmasked), and is flagged.",
        text=said.text,
        office=said.office,
        right=said.right.value,
        expected=[form.form for form in expected],
    )


def _read_pct(
    text: str, pct: re.Match[str], wanted: Right | None, office: str | None, *, allow_former: bool
) -> OfficeNumber:
    """PCT numbers belong to the receiving office, which issues them and certifies the priority document."""
    _same_right(text, Right.PATENT, wanted)
    for form in forms.pct_forms():
        if match := form.match(pct.group(2).upper()):
            receiving = office_code(pct.group(3), allow_former=allow_former)
            for stated in (office, pct.group(1)):
                if stated is not None and office_code(stated, allow_former=True) not in (receiving, "WO", "IB"):
                    _contradiction(text, f"was issued by the receiving office {receiving}, not by {stated}")
            return OfficeNumber(receiving, Right.PATENT, form.canonical(match)[0], text)
    expected = "; or ".join(f"{form.form}, for example {form.example}" for form in forms.pct_forms())
    raise NumberFormatError(
        f"{text!r} is not a PCT number. Expected: {expected}.",
        remedy="CC is the code of the receiving office.",
        text=text,
    )


def _tmview(text: str) -> Recognised | None:
    """A TMview, DesignView or Global Brand Database identifier, or None."""
    shape = _TMVIEW.fullmatch(text.upper())
    if shape is None:
        return None
    office, kind, rest = shape.groups()
    data = forms.rules()["tmview"]
    if kind not in data["kinds"] or not (_is_known(office) or office == "QO"):
        return None
    if text[:2] != office:
        office_code(text[:2])
    letter = data["kinds"][kind].get("right")
    right = None if letter is None else Right(letter)
    number = None if right is None else _number_in_tmview(text, office, kind, right, rest)
    meaning = f"TMview identifier, kind {kind}: {data['kinds'][kind]['meaning']}, office {office}"
    return Recognised("tmview", meaning, office, right, number)


def _number_in_tmview(text: str, office: str, kind: str, right: Right, rest: str) -> OfficeNumber | None:
    for rule in forms.rules()["tmview"]["conversions"]:
        if (rule["office"], rule["kind"]) != (office, kind):
            continue
        if match := re.fullmatch(rule["pattern"], rest):
            plain = forms.render(rule["number"], [match.group(0), *match.groups()])
            number, warnings = next(
                form.canonical(m) for form in forms.forms_of(office, right) if (m := form.match(plain))
            )
            return OfficeNumber(office, right, number, text, warnings)
    return None


def _read_tmview(text: str, tmview: Recognised, wanted: Right | None, office: str | None) -> OfficeNumber:
    if office not in (None, tmview.office):
        _contradiction(text, f"is a {tmview.meaning}, but office {office} was given")
    if tmview.right is not None:
        _same_right(text, tmview.right, wanted)
    if tmview.number is None:
        raise NumberFormatError(
            f"{text!r} is a {tmview.meaning}; the office's own number cannot be derived from it with certainty.",
            remedy="Give the number as the office issued it.",
            text=text,
        )
    return tmview.number
