"""Serial numbers: in which series an office counts, and which numbers of a series are not on the chain.

A series is what numbers have in common besides the serial: right, year and prefix, as far as the number system of the
office has them. Forms are written with `y` for a digit of the year, `k` for one of a kind, range or jurisdiction, `n`
for one of the serial number (`n+` for any many), `a` for a letter and `c` for a check digit or the number of a part,
which do not count; what is in square brackets may be missing, and all else stands as it is. They follow the forms of
`registrum.numbers`, and a test holds the two together. Where no form fits, no series is guessed.

Not its job: why a number is missing. Offices publish no withdrawn application at once, anchor numbers before they
disclose them, and leave numbers out.
"""

from __future__ import annotations

import functools
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from registrum.audit.facts import Place
from registrum.audit.findings import Code, Evidence, Finding, Severity

__all__ = ["Serial", "SerialNumbers", "serial_of"]

_PCT: Final = ("PCT/aayyyy/nnnnnn", "PCT/aayy/nnnnn")
_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "AR/P": ("Pyyyykknnnnn",),
    "AR/U": ("Myyyykknnnnn",),
    "AR/D": ("Dyyyynnnnnn",),
    "AT/P": ("An+/yyyy",),
    "AT/U": ("GMn+/yyyy",),
    "AT/D": ("MUn+/yyyy",),
    "AT/T": ("AMn+/yyyy",),
    "AU/P": ("yyyynnnnnn",),
    "AU/D": ("yyyynnnnn",),
    "AU/T": ("nnnnnnn",),
    "BR/P": ("kkyyyynnnnnnc",),
    "BR/D": ("kkyyyynnnnnnc",),
    "BR/T": ("nnnnnnnnn",),
    "CA/P": ("nnnnnnn",),
    "CA/D": ("nnnnnn",),
    "CL/P": ("n+-yyyy", "yyyynnnnn"),
    "CL/U": ("n+-yyyy", "yyyynnnnn"),
    "CL/D": ("n+-yyyy", "yyyynnnnn"),
    "CN/P": ("yyyyknnnnnnn[.c]",),
    "CN/U": ("yyyyknnnnnnn[.c]",),
    "CN/D": ("yyyyknnnnnnn[.c]",),
    "CO/P": ("NCyyyy/nnnnnnn",),
    "CO/U": ("NCyyyy/nnnnnnn",),
    "CO/D": ("NCyyyy/nnnnnnn",),
    "CU/P": ("yyyy/nnnnnnn",),
    "CU/U": ("yyyy/nnnnnnn",),
    "CU/D": ("yyyy/nnnnnnn",),
    "CU/T": ("yyyy/nnnnnnn",),
    "CZ/P": ("yyyy-n+",),
    "CZ/U": ("yyyy-nnnnnU",),
    **dict.fromkeys(("DE/P", "DE/U", "DE/T", "DE/D", "DE/S", "DE/G"), ("kkyyyynnnnnn[.c]",)),
    "EA/P": ("yyyynnnnn",),
    "EA/D": ("yyyy4nnnn",),
    "EM/T": ("nnnnnnnnn",),
    "EM/D": ("nnnnnnnnn[-cccc]",),
    "EP/P": ("yynnnnnn[.c]",),
    "ES/P": ("Pyyyynnnnn",),
    "ES/U": ("Uyyyynnnnn",),
    "ES/T": ("Mnnnnnnn", "Nnnnnnnn"),
    "ES/D": ("Dnnnnnnn[-cc]",),
    "FI/P": ("yyyynnnn",),
    "FI/U": ("Uyyyynnnn",),
    "FR/P": ("yynnnnn",),
    "FR/U": ("yynnnnn",),
    "FR/T": ("yynnnnnnn",),
    "FR/D": ("yyyynnnn[-ccc]",),
    "GB/P": ("yynnnnn[.c]",),
    "GB/T": ("UKkkknnnnnnnn",),
    "GB/D": ("nnnnnnn", "knnnnnnnnncccc"),
    "IB/D": ("WIPOn+", "nnnnnnnnn"),
    "IL/P": ("nnnnnn",),
    "IL/D": ("nnnnn",),
    "IN/P": ("yyyykknnnnnn",),
    "IN/D": ("nnnnnn[-ccc]",),
    "IR/P": ("yyyykkkkkkkkknnnnn",),
    "IT/P": ("10yyyynnnnnnnnn",),
    "JP/P": ("yyyy-nnnnnn",),
    "JP/U": ("yyyy-nnnnnnU",),
    "JP/D": ("yyyy-nnnnnnD",),
    "JP/T": ("yyyy-nnnnnn",),
    **dict.fromkeys(("KR/P", "KR/U", "KR/D", "KR/T"), ("kk-yyyy-nnnnnnn",)),
    **dict.fromkeys(("RU/P", "RU/U", "RU/D", "RU/T"), ("yyyynnnnnn", "yynnnnnn")),
    "SE/P": ("yynnnnn-c",),
    "SK/P": ("PPn+-yyyy",),
    "SK/U": ("PUVn+-yyyy",),
    "SK/D": ("PDn+-yyyy",),
    "SK/T": ("POZn+-yyyy[c]",),
    "US/P": ("kk/nnnnnn",),
    "US/D": ("kk/nnnnnn",),
    "US/T": ("kknnnnnn",),
    "WO/T": ("n+[c]",),
    "WO/D": ("DM/nnnnnn[c]",),
}
_CLASSES: Final = {"y": "[0-9]", "k": "[0-9]", "a": "[A-Z]", "n": "[0-9]", "c": "[0-9A-Z]"}
_PIECE: Final = re.compile(r"n+\+?|y+|k+|a+|c+|\[|\]|[^ykanc\[\]]+")
_MOST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Serial:
    """A number as a place in a series.

    Attributes:
        series: `FR/P/24#####`: the number with `#` for the digits of the serial.
        value: The serial.
        width: Digits of it in this series; 1 where it is written without leading zeros.
        digits: Digits of it in this number, which may have leading zeros where the series has none.
        rest: What follows in this number and does not count: a check digit, the number of a part.
    """

    series: str
    value: int
    width: int
    digits: int
    rest: str

    @property
    def is_padded(self) -> bool:
        """Whether it has leading zeros where the series has none."""
        return self.digits > max(self.width, len(str(self.value)))

    @property
    def is_part(self) -> bool:
        """Whether what follows the serial is the number of a part; what is shorter is a check digit."""
        return len(self.rest.strip(".-")) > 1

    def text(self, value: int, rest: str = "", digits: int = 0) -> str:
        """Another number of the series, its serial with so many digits, if the series has no width of its own."""
        head, _, tail = self.series.partition("#")
        return f"{head}{value:0{max(self.width, digits)}d}{tail.lstrip('#')}{rest}"


def serial_of(number: str) -> Serial | None:
    """The place of a number in its series; None where no form of its office and right fits.

    Args:
        number: `FR/P/2434232`.
    """
    for pattern, is_open in _patterns(number[:4]):
        match = pattern.fullmatch(number, 5)
        if match is not None:
            digits = match["n"]
            width = 1 if is_open else len(digits)
            series = number[: match.start("n")] + "#" * width + match["tail"]
            return Serial(series, int(digits), width, len(digits), number[match.end("tail") :])
    return None


@functools.cache
def _patterns(kind: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    forms = _FORMS.get(kind, ()) + (_PCT if kind.endswith("/P") else ())
    return tuple((re.compile(_pattern(form)), "+" in form) for form in forms)


def _pattern(form: str) -> str:
    """The regular expression of a form: `n` is the serial, `tail` what belongs to the series behind it."""
    found, is_tail = "", False
    for piece in _PIECE.findall(form):
        first = piece[0]
        if is_tail and first in "[c":
            found, is_tail = found + ")", False
        if first == "n":
            repeated = f"1,{_MOST_DIGITS}" if piece.endswith("+") else str(len(piece))
            found, is_tail = f"{found}(?P<n>[0-9]{{{repeated}}})(?P<tail>", True
        elif first in "[]":
            found += "(?:" if first == "[" else ")?"
        else:
            found += f"{_CLASSES[first]}{{{len(piece)}}}" if first in _CLASSES else re.escape(piece)
    return found + (")" if is_tail else "")


@dataclass
class _Series:
    sample: Serial
    values: array[int] = field(default_factory=lambda: array("Q"))
    positions: array[int] = field(default_factory=lambda: array("Q"))
    tx_indexes: array[int] = field(default_factory=lambda: array("Q"))
    rests: list[str] = field(default_factory=list)
    in_period: bytearray = field(default_factory=bytearray)
    padded: dict[int, Serial] = field(default_factory=dict)
    """Numbers with leading zeros where the others have none, by their place."""
    lowest: int | None = None
    highest: int | None = None

    def serial(self, at: int) -> Serial:
        """The number at a place."""
        value, rest, width = self.values[at], self.rests[at], self.sample.width
        found = self.padded.get(at)
        return found or Serial(self.sample.series, value, width, max(width, len(str(value))), rest)

    def is_twice(self, first: int, second: int) -> bool:
        """Whether two numbers of one serial are spellings, and no parts, and one of them is of the period."""
        is_asked = self.in_period[first] or self.in_period[second]
        return bool(is_asked) and not (self.serial(first).is_part or self.serial(second).is_part)

    def evidence(self, *places: int) -> tuple[Evidence, ...]:
        """Where numbers were first recorded."""
        return tuple(
            Evidence.at(Place(self.positions[at], self.tx_indexes[at]), _number(self.serial(at))) for at in places
        )


class SerialNumbers:
    """Collects the numbers of an office, some 32 bytes each, and tells the gaps in its series."""

    def __init__(self) -> None:
        self._series: dict[str, _Series] = {}
        self.without_series: Counter[str] = Counter()
        """Numbers that fit no form, by letter of the right: nothing is said about those."""

    def add(self, number: str, place: Place, *, in_period: bool) -> None:
        """Take a number that is on the chain.

        Args:
            number: Its text.
            place: Where it was first recorded.
            in_period: Whether that was in the period of the audit.
        """
        serial = serial_of(number)
        if serial is None:
            self.without_series[number[3]] += 1
            return
        series = self._series.get(serial.series)
        if series is None:
            series = self._series[serial.series] = _Series(serial)
        series.values.append(serial.value)
        series.positions.append(place.position)
        series.tx_indexes.append(place.tx_index)
        series.rests.append(sys.intern(serial.rest))
        series.in_period.append(in_period)
        if serial.is_padded:
            series.padded[len(series.values) - 1] = serial
        if in_period:
            series.lowest = serial.value if series.lowest is None else min(series.lowest, serial.value)
            series.highest = serial.value if series.highest is None else max(series.highest, serial.value)

    @property
    def series_count(self) -> int:
        """How many series there are."""
        return len(self._series)

    def findings(self, where: str) -> Iterator[Finding]:
        """Gaps, and serials that are there twice.

        Gaps are runs of numbers of which the chain has nothing at any time, below the highest number of the period.
        They begin with the nearest number below the lowest one of the period, whenever that was recorded: so what lies
        between two periods is in the report of the later one.

        Args:
            where: `on the chain`, or where else nothing was found.
        """
        for name in sorted(self._series):
            yield from self._findings_of(name, self._series[name], where)

    @staticmethod
    def _findings_of(name: str, series: _Series, where: str) -> Iterator[Finding]:
        if series.lowest is None or series.highest is None:
            return
        values, before = series.values, -1
        for at in _order(values):
            value = values[at]
            # The first number of the period may follow one of an earlier period, whose report could not know of it.
            if before >= 0 and series.lowest <= value <= series.highest and value - values[before] > 1:
                yield _gap(name, series, before, at, where)
            elif before >= 0 and value == values[before] and series.is_twice(before, at):
                yield _twice(name, series, before, at)
            before = at


def _order(values: array[int]) -> Iterable[int]:
    """The places of the values from the least to the greatest; mostly they come in that order, and none is kept."""
    is_ordered = all(values[at] <= values[at + 1] for at in range(len(values) - 1))
    return range(len(values)) if is_ordered else sorted(range(len(values)), key=values.__getitem__)


def _number(serial: Serial) -> str:
    return serial.text(serial.value, serial.rest, serial.digits)


def _twice(name: str, series: _Series, before: int, at: int) -> Finding:
    evidence = series.evidence(before, at)
    numbers = [one.number for one in evidence]
    return Finding(
        Code.SERIAL_TWICE,
        Severity.OBSERVATION,
        numbers[1],
        {"series": name, "numbers": numbers},
        evidence,
        f"{numbers[0]} and {numbers[1]} are one serial number of the office in two spellings, and two numbers with a"
        " record each on the chain. Which of the two others should refer to is for the office to say.",
    )


def _gap(name: str, series: _Series, before: int, after: int, where: str) -> Finding:
    first, last = series.values[before] + 1, series.values[after] - 1
    padded = series.padded.get(before)
    digits = 0 if padded is None else padded.digits

    def text(value: int) -> str:
        return series.sample.text(value, digits=digits)

    evidence = series.evidence(before, after)
    around = [one.number for one in evidence]
    count = last - first + 1
    what = f"{text(first)} is" if count == 1 else f"{count:,} numbers, {text(first)} to {text(last)}, are"
    return Finding(
        Code.SERIAL_GAP,
        Severity.OBSERVATION,
        text(first),
        {"series": name, "first": text(first), "last": text(last), "count": count, "between": around},
        evidence,
        f"{what} not {where}, between {around[0]} and {around[1]}, which are. A number may be withdrawn before"
        " publication, anchored and not disclosed, not recorded yet, or never issued.",
    )
