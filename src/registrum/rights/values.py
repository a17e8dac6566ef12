"""Values that register entries and their events are made of: state and stage, flags, classes, texts on chain.

Not its job: entries and events themselves (`registrum.rights.model`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag, StrEnum
from typing import Final

from registrum.errors import InputError
from registrum.numbers import Right

__all__ = [
    "ALL_PAIRS",
    "CLEARED",
    "HIGHEST_CLASS",
    "HIGHEST_STATUS",
    "NO_CHANGE_BIT",
    "NO_ENTRY_BIT",
    "ST_SYSTEMS",
    "Changes",
    "Cleared",
    "EventFlags",
    "Marks",
    "Relation",
    "Stage",
    "Standing",
    "State",
    "StatePair",
    "bits_to_categories",
    "bits_to_classes",
    "categories_to_bits",
    "classes_to_bits",
    "from_ascii",
    "require_register_right",
    "require_status",
    "to_ascii",
]

HIGHEST_CLASS: Final = {Right.TRADEMARK: 45, Right.DESIGN: 32}
"""The rights of the register, and the last class of each: Nice Classification for trade marks, Locarno for designs."""
ST_SYSTEMS: Final = ("ST.27", "ST.61", "ST.87", "ST.96")
"""Code systems of WIPO; an office's own has the name `NAT:` and its ST.3 code."""
NO_ENTRY_BIT: Final = 1 << 28
"""In a mask of states and stages: there is no entry yet."""
NO_CHANGE_BIT: Final = 1 << 29
"""In a mask of states and stages: none of them changes."""
HIGHEST_STATUS: Final = 127
"""Last position in the table of statuses of a right; the first is 1."""

_HEXADECIMAL = re.compile(r"0x(?:[0-9a-f]{2})+")


class State(StrEnum):
    """State of an entry; the values are those of `StateCode` in WIPO ST.96."""

    ACTIVE = "A"
    NOT_ACTIVE = "N"
    TERMINATED = "T"
    UNSPECIFIED = "U"

    @property
    def full_name(self) -> str:
        """In prose: `not active`."""
        return self.name.lower().replace("_", " ")


class Stage(StrEnum):
    """Stage of an entry; the values are those of `StageCode` in WIPO ST.96."""

    UNSPECIFIED = "0"
    FILING = "1"
    EXAMINATION = "2"
    CHALLENGE_BEFORE_REGISTRATION = "3"
    REGISTERED = "4"
    CHALLENGE_AFTER_REGISTRATION = "5"
    TERMINATED = "6"

    @property
    def full_name(self) -> str:
        """In prose: `challenge before registration`."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class StatePair:
    """State and stage of an entry, written as the contract has them: `A4`.

    Args:
        state: Its state.
        stage: Its stage.
    """

    state: State
    stage: Stage

    @classmethod
    def parse(cls, text: str) -> StatePair:
        """Read two characters, such as `A4`.

        Raises:
            InputError: They are no state and stage.
        """
        found = _PAIRS.get(text) if isinstance(text, str) else None
        if found is None:
            raise InputError(
                f"{text!r} is no state and stage",
                remedy="Give one of A N T U, then one of 0 to 6, for example A4 (active, registered).",
            )
        return found

    @classmethod
    def from_on_chain(cls, value: bytes) -> StatePair | None:
        """Read the `bytes2` of the contract; None where it is zero: there is no entry.

        Raises:
            InputError: They are no state and stage.
        """
        return cls.parse(value.decode("latin-1")) if any(value) else None

    @property
    def index(self) -> int:
        """Position of its bit in masks of states and stages, 0 to 27."""
        return 7 * _STATES.index(self.state) + int(self.stage)

    @property
    def bit(self) -> int:
        """Its bit in masks of states and stages."""
        return 1 << self.index

    @property
    def full_name(self) -> str:
        """In prose: `active, registered`."""
        return f"{self.state.full_name}, {self.stage.full_name}"

    @property
    def on_chain(self) -> bytes:
        """The `bytes2` of the contract."""
        return str(self).encode("ascii")

    def __str__(self) -> str:
        return self.state.value + self.stage.value

    def to_json(self) -> str:
        """Its two characters."""
        return str(self)


_STATES = list(State)
ALL_PAIRS: Final = tuple(StatePair(state, stage) for state in State for stage in Stage)
"""Every state and stage in the order of their bits."""
_PAIRS = {str(pair): pair for pair in ALL_PAIRS}


class _Named(IntEnum):
    """An enumeration of the contract; JSON has the names in lower case."""

    def to_json(self) -> str:
        """Its name in lower case: `divided_from`."""
        return self.name.lower()

    @property
    def full_name(self) -> str:
        """In prose: `divided from`."""
        return self.name.lower().replace("_", " ")


class Relation(_Named):
    """What an event says of another number."""

    NONE = 0
    APPLICATION_RECORD = 1
    """The application record that the entry goes back to, where its number is another one."""
    BASIS = 2
    """The basic mark of an international registration, or the international registration of a designation."""
    DIVIDED_FROM = 3
    """In its first event: took classes that its parent released."""
    CONTINUATION_OF = 4
    """In its first event: the same entry, under the number that it got at registration."""
    CONVERTED_FROM = 5
    """In its first event: converted or transformed from another right."""
    DIVIDES = 6
    """Releases classes for children."""
    MERGES_INTO = 7
    """Goes back to its parent."""
    ABSORBS = 8
    """Takes back classes of children that merged into it."""


class Standing(_Named):
    """How an entry stands on a day, out of state, stage and dates."""

    NOT_FOUND = 0
    PENDING = 1
    IN_FORCE = 2
    IN_GRACE = 3
    """Registered and expired, can still be renewed with a surcharge."""
    LAPSED = 4
    """Not renewed in time, whatever was recorded."""
    NOT_ACTIVE = 5
    TERMINATED = 6
    CONTINUED = 7
    """Goes on under another number."""
    UNSPECIFIED = 8


class _Bits(IntFlag):
    """Flags of the contract; JSON has the names in lower case."""

    def to_json(self) -> list[str]:
        """The names of the bits that are set, in lower case, lowest bit first."""
        return [str(bit.name).lower() for bit in self]


class Changes(_Bits):
    """Which values an event states about its entry."""

    FILING_DATE = 1
    REGISTRATION_DATE = 2
    EXPIRY_DATE = 4
    CLASSES = 8
    DOSSIER = 16
    REPRESENTATION = 32
    HOLDER = 64
    RELATION = 128
    """With the other number and the classes that are released."""


class EventFlags(_Bits):
    """What else is said of an event."""

    IMPORTED = 1
    """Sums up what happened before the entry came to this register."""
    SURCHARGE = 2
    """The surcharge for late renewal was paid."""
    ANNULS = 4
    """The event that it corrects never happened."""
    IRREGULAR = 256
    """Set by the contract, never signed: the table does not foresee the move."""


class Marks(_Bits):
    """What an entry bears for good."""

    IMPORTED = 1
    IRREGULAR = 2
    """Some event of its history was irregular."""
    CONTINUED = 4
    """It goes on under another number."""
    CHILD = 8
    """It was divided from a parent."""


class Cleared(Enum):
    """Type of `CLEARED`, so that type checkers can tell it from a value."""

    CLEARED = "cleared"

    def __repr__(self) -> str:
        return "CLEARED"


CLEARED: Final = Cleared.CLEARED
"""In `EntryFacts`: the value is taken back. None, in contrast, says nothing about it."""


def require_register_right(right: Right) -> Right:
    """The right, if entries of it are kept.

    Raises:
        InputError: It is neither a trade mark nor a design.
    """
    if right not in HIGHEST_CLASS:
        name = right.full_name if isinstance(right, Right) else repr(right)
        raise InputError(
            f"the register has no entries of the kind: {name}",
            remedy="It has trade marks (T) and designs (D); other rights are not kept in it.",
        )
    return right


def require_status(position: int) -> int:
    """The position of a status in the table of its right, if there can be such a one.

    Raises:
        InputError: It is none.
    """
    if type(position) is not int or not 1 <= position <= HIGHEST_STATUS:
        raise InputError(
            f"a status is named by its position in the table, 1 to {HIGHEST_STATUS}, got {position!r}",
            remedy="`registrum codes list` shows the positions; a table of codes gives that of a text.",
        )
    return position


def classes_to_bits(classes: Iterable[int], right: Right) -> int:
    """Classes as the contract has them: bit `n` is class `n`.

    Args:
        classes: Of the Nice (trade marks) or Locarno Classification (designs); in any order, none is no bit.
        right: Of the entry.

    Raises:
        InputError: A class that the classification does not have, or another right.
    """
    highest = HIGHEST_CLASS[require_register_right(right)]
    return _class_bits(classes, highest, "Nice" if right is Right.TRADEMARK else "Locarno")


def bits_to_classes(bits: int, right: Right) -> tuple[int, ...]:
    """Classes out of the bits of the contract, in ascending order.

    Raises:
        InputError: A bit of a class that the classification does not have, or another right.
    """
    highest = HIGHEST_CLASS[require_register_right(right)]
    if isinstance(bits, bool) or not isinstance(bits, int) or bits < 0 or bits & 1 or bits >> (highest + 1):
        raise InputError(f"{bits!r} has bits other than those of the classes 1 to {highest}")
    return tuple(number for number in range(1, highest + 1) if bits >> number & 1)


def categories_to_bits(letters: Iterable[str]) -> int:
    """Categories of ST.27, such as `"KY"`, as an empowerment has them: `A` is bit 0.

    Raises:
        InputError: Something else than a capital letter.
    """
    bits = 0
    for letter in letters:
        if len(letter) != 1 or not "A" <= letter <= "Z":
            raise InputError(f"{letter!r} is no category", remedy="Categories of ST.27 are capital letters.")
        bits |= 1 << (ord(letter) - ord("A"))
    return bits


def bits_to_categories(bits: int) -> str:
    """The letters of categories in alphabetical order; bits beyond `Z` mean nothing."""
    return "".join(chr(ord("A") + position) for position in range(26) if bits >> position & 1)


def to_ascii(what: str, text: str, size: int) -> bytes:
    """A text as the contract has it: ASCII with zeros at the end.

    Args:
        what: What it is, for the message.
        text: One to `size` printable characters; or `0x` and `2 * size` hexadecimal digits, as `from_ascii` shows what
            is no text.
        size: Bytes of the value on chain.

    Raises:
        InputError: Neither of the two.
    """
    if isinstance(text, str):
        if len(text) == 2 + 2 * size and _HEXADECIMAL.fullmatch(text):
            return bytes.fromhex(text[2:])
        if 0 < len(text) <= size and text.isascii() and text.isprintable():
            return text.encode("ascii").ljust(size, b"\0")
    raise InputError(f"{what} must be 1 to {size} printable characters in ASCII, got {text!r}")


def from_ascii(value: bytes) -> str:
    """The text of a value on chain; `0x` and hexadecimal digits if it is no text that `to_ascii` writes."""
    stripped = value.rstrip(b"\0")
    text = stripped.decode("latin-1")
    return text if text and text.isascii() and text.isprintable() else "0x" + value.hex()


def _class_bits(classes: Iterable[int], highest: int, classification: str) -> int:
    bits = 0
    for number in classes:
        if type(number) is not int or not 1 <= number <= highest:
            raise InputError(
                f"{number!r} is no class of the {classification} Classification",
                remedy=f"Its classes are 1 to {highest}.",
            )
        bits |= 1 << number
    return bits
