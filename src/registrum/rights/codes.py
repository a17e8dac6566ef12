"""The table of codes and statuses: what events may say, which moves it foresees, and what words of documents mean.

The rows are data, in `codes.toml` beside this file; a consortium can keep a file of its own in the same form
(`read_codes`). They are loaded into the contract when it is deployed; from then on the table in the contract counts,
which the offices govern. docs/register.md says which rows are official lists and which are this project's profile.

Not its job: the hard rules of the contract (dates, classes, termination, who may sign), and reading documents.
"""

from __future__ import annotations

import functools
import hashlib
import operator
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from registrum.errors import ConfigError, InputError
from registrum.numbers import Right, current_offices
from registrum.rights.values import (
    ALL_PAIRS,
    NO_CHANGE_BIT,
    NO_ENTRY_BIT,
    ST_SYSTEMS,
    StatePair,
    require_register_right,
)

__all__ = [
    "ALL_PAIRS_MASK",
    "SAME_STATUS_BIT",
    "CodeRule",
    "CodeTable",
    "ImportedStatus",
    "Source",
    "StatusRule",
    "StatusWord",
    "default_codes",
    "national_code",
    "pairs_from_text",
    "pairs_to_text",
    "read_codes",
    "rule_code",
]

ALL_PAIRS_MASK = NO_ENTRY_BIT - 1
"""Every state and stage, as bits."""
SAME_STATUS_BIT = 1
"""In the statuses of a code: the status may stay what it is."""
HIGHEST_STATUS = 127
"""Highest position of a status."""
CodeRow = tuple[bytes, bytes, bytes, bytes, int, int, int, str]
"""The struct `CodeRule` of the contract: right, system, code, category, from, to, statuses, title."""
StatusRow = tuple[bytes, int, bytes]
"""The struct `StatusRule` of the contract: right, position, status."""
AFTER_TERMINATION = "QRTWY"
"""Categories that the contract records after termination."""

_FORMAT = 1
_MAX_TEXT = 32
_MAX_TITLE = 160
_NATIONAL = "NAT:"
_FIXED_MARK = "#"
_FIXED_DIGITS = 8
_ST27_CODE = re.compile(r"[A-Z][0-9]{2}")
_INDICATOR = re.compile(r"[A-Z]{3}")
_ONE_SET = re.compile(r"([ANTU])(?:(\*)|([0-6])(?:-([0-6]))?)")
_REMEDY = "Correct the file of codes; codes.toml of this package explains its form."

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from.

    Attributes:
        key: Its short name in the file.
        text: The list or document.
        is_official: Whether it is a published list; what offices happen to write and this project's profile are not.
    """

    key: str
    text: str
    is_official: bool


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One row of the table of codes.

    Attributes:
        right: Trade mark or design.
        system: `ST.27`, `ST.61`, `ST.87`, `ST.96`, or `NAT:` and an office.
        code: The code as events carry it; of ST.27 the key event.
        category: Letter of the ST.27 category that it falls in.
        from_: States and stages before it, as bits (`StatePair.bit`), with `NO_ENTRY_BIT`.
        to: States and stages after it, as bits, with `NO_CHANGE_BIT`.
        statuses: Statuses after it, a bit for each position, with `SAME_STATUS_BIT`.
        title: Its title; in full where the code is shortened.
        source: Where code and title come from. What moves it foresees is a profile in any case.
        note: Remark for readers; may be empty.
        listed: What the file says that `statuses` are; empty where they follow from `to`.
    """

    right: Right
    system: str
    code: str
    category: str
    from_: int
    to: int
    statuses: int
    title: str
    source: Source
    note: str = ""
    listed: tuple[str, ...] = ()

    def allows(self, before: StatePair | None, after: StatePair) -> bool:
        """Whether the row foresees a move.

        Args:
            before: State and stage before; None if there was no entry.
            after: State and stage after.
        """
        start = NO_ENTRY_BIT if before is None else before.bit
        end = after.bit | (NO_CHANGE_BIT if before == after else 0)
        return bool(self.from_ & start and self.to & end)

    def allows_status(self, before: int | None, after: int) -> bool:
        """Whether the row foresees a status.

        Args:
            before: Position of the status before; None if there was no entry.
            after: Position of the status after.
        """
        return bool(self.statuses >> after & 1 or (before == after and self.statuses & SAME_STATUS_BIT))

    @property
    def on_chain(self) -> CodeRow:
        """The struct `CodeRule` of the contract, member by member."""
        return (
            self.right.value.encode("ascii"),
            self.system.encode("ascii").ljust(8, b"\0"),
            self.code.encode("ascii").ljust(32, b"\0"),
            self.category.encode("ascii"),
            self.from_,
            self.to,
            self.statuses,
            self.title,
        )

    def to_json(self) -> dict[str, Any]:
        """Keys `right, system, code, category, from, to, statuses, sameStatus, title, source, isOfficial, note`.

        Sets of states and stages are as in the file, `statuses` are positions.
        """
        return {
            "right": self.right.value,
            "system": self.system,
            "code": self.code,
            "category": self.category,
            "from": pairs_to_text(self.from_),
            "to": pairs_to_text(self.to),
            "statuses": [position for position in range(1, HIGHEST_STATUS + 1) if self.statuses >> position & 1],
            "sameStatus": bool(self.statuses & SAME_STATUS_BIT),
            "title": self.title,
            "source": self.source.text,
            "isOfficial": self.source.is_official,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One row of the table of statuses.

    Attributes:
        right: Trade mark or design.
        position: 1 to 127, as events carry it; never given to another text.
        status: The text, of at most 32 bytes.
        title: The same in full where it was shortened.
        pairs: States and stages that it goes with, as bits. Not in the contract: the statuses of codes come from it.
        usual: What an import takes when a document says no more.
        registered: The same for entries with a registration date.
        source: Where the text comes from. Which pairs it goes with is a profile in any case.
        tm5: TM5 common status descriptors, each with the states and stages that it is for.
        note: Remark for readers; may be empty.
    """

    right: Right
    position: int
    status: str
    title: str
    pairs: int
    usual: StatePair
    registered: StatePair
    source: Source
    tm5: tuple[tuple[int, str], ...] = ()
    note: str = ""

    def allows(self, pair: StatePair) -> bool:
        """Whether the status goes with a state and stage."""
        return bool(self.pairs & pair.bit)

    def descriptor(self, pair: StatePair) -> str | None:
        """TM5 common status descriptor at a state and stage; None where none is known."""
        return next((text for mask, text in self.tm5 if mask & pair.bit), None)

    @property
    def on_chain(self) -> StatusRow:
        """The struct `StatusRule` of the contract, member by member."""
        return self.right.value.encode("ascii"), self.position, self.status.encode("ascii").ljust(32, b"\0")

    def to_json(self) -> dict[str, Any]:
        """Keys `right, position, status, title, pairs, usual, registered, tm5, source, isOfficial, note`."""
        return {
            "right": self.right.value,
            "position": self.position,
            "status": self.status,
            "title": self.title,
            "pairs": pairs_to_text(self.pairs),
            "usual": str(self.usual),
            "registered": str(self.registered),
            "tm5": {pairs_to_text(mask): text for mask, text in self.tm5},
            "source": self.source.text,
            "isOfficial": self.source.is_official,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class StatusWord:
    """Another word that documents have for a status.

    Attributes:
        right: Trade mark or design.
        text: The word.
        status: The text of the status.
        pair: State and stage that it stands for.
        registered: The same for entries with a registration date.
        source: Where the word was read.
    """

    right: Right
    text: str
    status: str
    pair: StatePair
    registered: StatePair
    source: Source


@dataclass(frozen=True, slots=True)
class ImportedStatus:
    """What a word of a document becomes.

    Attributes:
        pair: State and stage.
        position: Position of the status.
        status: Its text in the table.
        national: The word as a code of the office (`NAT:`), where the table has no such word; None where it has, or
            where the document has no word at all.
    """

    pair: StatePair
    position: int
    status: str
    national: str | None


@dataclass(frozen=True)
class CodeTable:
    """Rows of codes and statuses, and what can be asked of them.

    Attributes:
        sources: By their short names.
        codes: In the order of the file, trade marks before designs within a row that is for both.
        statuses: In the order of the file.
        words: Other words of documents for these statuses.
        detailed: Titles of ST.27 detailed events.
        indicators: Titles of ST.27 event indicators.
    """

    sources: Mapping[str, Source]
    codes: tuple[CodeRule, ...]
    statuses: tuple[StatusRule, ...]
    words: tuple[StatusWord, ...] = ()
    detailed: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property
    def _codes(self) -> dict[tuple[Right, str, str], CodeRule]:
        return {(rule.right, rule.system, rule.code): rule for rule in self.codes}

    @functools.cached_property
    def _statuses(self) -> dict[tuple[Right, str], StatusRule]:
        return {(rule.right, rule.status): rule for rule in self.statuses}

    @functools.cached_property
    def _positions(self) -> dict[tuple[Right, int], StatusRule]:
        return {(rule.right, rule.position): rule for rule in self.statuses}

    @functools.cached_property
    def _meanings(self) -> dict[tuple[Right, str], tuple[StatusRule, StatePair, StatePair]]:
        known = {
            (rule.right, _key(text)): (rule, rule.usual, rule.registered)
            for rule in self.statuses
            for text in (rule.status, rule.title)
        }
        words = {
            (word.right, _key(word.text)): (self._statuses[word.right, word.status], word.pair, word.registered)
            for word in self.words
        }
        return known | words

    def rule_for(self, right: Right, system: str, code: str) -> CodeRule | None:
        """The row of a code, as the contract finds it: of ST.27 codes the first three characters count.

        Returns:
            None if there is no such row. Codes of an office itself (`NAT:`) need none.
        """
        return self._codes.get((require_register_right(right), system, rule_code(system, code)))

    def category_of(self, right: Right, system: str, code: str) -> str:
        """The letter of the category that a code falls in; codes of an office without a row are other events, `W`.

        Raises:
            InputError: A code of another system without a row, which the contract refuses.
        """
        rule = self.rule_for(right, system, code)
        if rule is not None:
            return rule.category
        _require_national(right, system, code)
        return "W"

    def status_for(self, right: Right, status: str) -> StatusRule | None:
        """The row of a status by its text; None if there is none."""
        return self._statuses.get((require_register_right(right), status))

    def status_at(self, right: Right, position: int) -> StatusRule | None:
        """The row of a status by its position; None if there is none."""
        return self._positions.get((require_register_right(right), position))

    def statuses_of(self, rule: CodeRule) -> tuple[StatusRule, ...]:
        """The statuses that may stand after a code, beside the one that stood before it."""
        return tuple(row for row in self.statuses if row.right is rule.right and rule.statuses >> row.position & 1)

    def is_regular(
        self,
        right: Right,
        system: str,
        code: str,
        status: int,
        before: StatePair | None,
        after: StatePair,
        *,
        previous_status: int | None,
        imported: bool = False,
    ) -> bool:
        """Whether the table foresees an event, by the rule of the contract `RightsRegister`.

        The row of the code must foresee the move and the status. A code of the office without a row foresees no change
        of either. An imported event is regular in any case.

        Args:
            right: Of the entry.
            system: Code system of the event.
            code: Code of the event.
            status: Position of the status after it.
            before: State and stage before it; None if there was no entry.
            after: State and stage after it.
            previous_status: Position of the status before it; None if there was no entry.
            imported: Whether it sums up what happened before.

        Raises:
            InputError: No such code, or no such status: the contract refuses the event.
        """
        rule = self.rule_for(right, system, code)
        if rule is None:
            _require_national(right, system, code)
            is_foreseen = before == after and previous_status == status
        else:
            is_foreseen = rule.allows(before, after) and rule.allows_status(previous_status, status)
        if self.status_at(right, status) is None and (status == 0 or imported or not is_foreseen):
            raise InputError(
                f"{status} is no position in the table of statuses of a {right.full_name}",
                remedy="`registrum codes list` shows the table.",
                status=status,
            )
        return is_foreseen or imported

    def title_of(self, right: Right, system: str, code: str) -> str:
        """What a code means, for display: of `F10-F11` both titles; the code itself where nothing is known.

        Case does not matter for the indicator (`F10-F11-opp`).
        """
        rule = self.rule_for(right, system, code)
        title = rule.title if rule is not None else code
        if system != "ST.27":
            return title
        parts = code.split("-")
        detail = self.detailed.get(parts[1], "") if len(parts) > 1 else ""
        indicator = self.indicators.get(parts[2].upper(), "") if len(parts) > 2 else ""
        return title + (f": {detail}" if detail else "") + (f" ({indicator})" if indicator else "")

    def imported_status(self, right: Right, text: str | None, *, is_registered: bool = False) -> ImportedStatus:
        """What the word that a document has for its status becomes.

        Case, spaces, hyphens and underscores do not matter. A word that the table does not know is never guessed at:
        the entry becomes unspecified, and the word is kept as a code of the office.

        Args:
            right: Of the entry.
            text: The word; None or blank where the document has none.
            is_registered: Whether the document has a registration date.

        Raises:
            InputError: The table has no status for what is unspecified.
        """
        require_register_right(right)
        word = (text or "").strip()
        found = self._meanings.get((right, _key(word)))
        if found is not None:
            row, usual, registered = found
            return ImportedStatus(registered if is_registered else usual, row.position, row.status, None)
        unspecified = StatePair.parse("U0")
        rest = next((rule for rule in self.statuses if rule.right == right and rule.usual == unspecified), None)
        if rest is None:
            raise InputError(
                f"the table has no status of a {right.full_name} that is usual for U0 (unspecified)", remedy=_REMEDY
            )
        return ImportedStatus(unspecified, rest.position, rest.status, national_code(word) if word else None)


def rule_code(system: str, code: str) -> str:
    """The part of a code that rows are found by: of ST.27 the key event, its first three characters."""
    return code[:3] if system == "ST.27" else code


def national_code(text: str) -> str:
    """A word of an office as a code that events can carry: printable ASCII, at most 32 bytes.

    A word that fits stays as it is, with runs of spaces made one. Of any other the printable ASCII characters are kept
    as far as they go, with `#` and the first eight hexadecimal digits of the SHA-256 of the word in UTF-8.

    Raises:
        InputError: There is no word.
    """
    word = " ".join(text.split())
    if not word:
        raise InputError("a code of an office cannot be empty", remedy="Give the word or code that the office uses.")
    if _is_ascii_text(word, _MAX_TEXT):
        return word
    mark = _FIXED_MARK + hashlib.sha256(word.encode("utf-8")).hexdigest()[:_FIXED_DIGITS]
    kept = " ".join("".join(c if c.isascii() and c.isprintable() else " " for c in word).split())
    return kept[: _MAX_TEXT - len(mark)] + mark


@functools.cache
def pairs_from_text(text: str) -> int:
    """Bits of states and stages out of the form of the file: `none A1-3 N* same any`.

    Raises:
        InputError: Another form, or nothing in it.
    """
    bits = 0
    for part in text.split():
        match = _ONE_SET.fullmatch(part)
        if part in _WORDS:
            bits |= _WORDS[part]
        elif match is None or (match[4] and match[4] <= match[3]):
            raise InputError(
                f"{part!r} is no set of states and stages", remedy="Write for example A4, A1-3, N*, none, same or any."
            )
        else:
            first, last = ("0", "6") if match[2] else (match[3], match[4] or match[3])
            for stage in range(int(first), int(last) + 1):
                bits |= StatePair.parse(f"{match[1]}{stage}").bit
    if not bits:
        raise InputError("no state and stage is named", remedy="Write for example A4, A1-3, N*, none, same or any.")
    return bits


_WORDS = {"none": NO_ENTRY_BIT, "same": NO_CHANGE_BIT, "any": ALL_PAIRS_MASK}


def pairs_to_text(bits: int) -> str:
    """Bits of states and stages in the form of the file, the shortest there is."""
    parts = ["none"] if bits & NO_ENTRY_BIT else []
    if bits & ALL_PAIRS_MASK == ALL_PAIRS_MASK:
        parts.append("any")
    else:
        for state in dict.fromkeys(pair.state for pair in ALL_PAIRS):
            stages = [int(pair.stage) for pair in ALL_PAIRS if pair.state is state and bits & pair.bit]
            parts += [f"{state.value}*"] if len(stages) == 7 else _ranges(state.value, stages)
    return " ".join(parts + (["same"] if bits & NO_CHANGE_BIT else []))


def _ranges(state: str, stages: Iterable[int]) -> list[str]:
    runs: list[list[int]] = []
    for stage in stages:
        if runs and runs[-1][-1] == stage - 1:
            runs[-1].append(stage)
        else:
            runs.append([stage])
    return [f"{state}{run[0]}" + (f"-{run[-1]}" if len(run) > 1 else "") for run in runs]


@functools.cache
def default_codes() -> CodeTable:
    """The table that comes with this package."""
    return read_codes(Path(__file__).with_name("codes.toml"))


def read_codes(path: Path | str) -> CodeTable:
    """Read a file of codes and statuses, and check every row of it.

    Raises:
        ConfigError: No such file, no TOML, an unknown or missing entry, or a row that the contract or a reader could
            not use; `details["place"]` names the entry, such as `codes[3].from`.
    """
    file = Path(path).expanduser()
    try:
        document = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot read the file of codes {file}: {error.strerror}", remedy="Check the path and its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the file of codes {file} is not TOML: {error}", remedy=_REMEDY) from error
    try:
        return _Reader(document).table()
    except ConfigError as error:
        raise ConfigError(f"the file of codes {file}: {error.message}", remedy=_REMEDY, **error.details) from error


class _Reader:
    """One file on its way into a table; every refusal names its place."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._top = _members("", document, ("format", "sources", "codes", "statuses"), ("words", "st27"))
        self._sources: dict[str, Source] = {}

    def table(self) -> CodeTable:
        if self._top["format"] != _FORMAT:
            raise _bad("format", f"this version reads format {_FORMAT}, not {self._top['format']!r}")
        sources = self._top["sources"]
        if not isinstance(sources, dict):
            raise _bad("sources", "a table is wanted")
        for key, value in sources.items():
            place = f"sources.{key}"
            members = _members(place, value, ("text", "official"), ())
            official = members["official"]
            if not isinstance(official, bool):
                raise _bad(f"{place}.official", "true or false is wanted")
            self._sources[key] = Source(key, _text(f"{place}.text", members["text"], 300), official)
        statuses = self._rows("statuses", self._status)
        codes = self._rows("codes", functools.partial(self._codes, statuses))
        _once("codes", [(rule.right.value, rule.system, rule.code) for rule in codes])
        _once("statuses", [(rule.right.value, rule.status) for rule in statuses])
        _once("statuses", [(rule.right.value, rule.position) for rule in statuses])
        rows = {(rule.right, rule.status): rule for rule in statuses}
        words = self._rows("words", functools.partial(self._word, rows))
        own = {(rule.right.value, _key(text)) for rule in statuses for text in (rule.status, rule.title)}
        _once("statuses and words", [*own, *((word.right.value, _key(word.text)) for word in words)])
        display = _members("st27", self._top.get("st27", {}), (), ("detailed", "indicators"))
        return CodeTable(
            MappingProxyType(self._sources),
            codes,
            statuses,
            words,
            _titles("st27.detailed", display.get("detailed", {}), _ST27_CODE),
            _titles("st27.indicators", display.get("indicators", {}), _INDICATOR),
        )

    def _rows(self, name: str, read: Callable[[str, Any], Iterable[_Row]]) -> tuple[_Row, ...]:
        rows = self._top.get(name, [])
        if not isinstance(rows, list):
            raise _bad(name, "a list of rows is wanted")
        return tuple(row for index, value in enumerate(rows) for row in read(f"{name}[{index}]", value))

    def _codes(self, known: Sequence[StatusRule], place: str, value: Any) -> Iterable[CodeRule]:
        required = ("rights", "system", "code", "category", "from", "to", "title", "source")
        members = _members(place, value, required, ("statuses", "note"))
        rights = _text(f"{place}.rights", members["rights"], 2)
        system = _text(f"{place}.system", members["system"], 8)
        code = _text(f"{place}.code", members["code"], _MAX_TEXT)
        category = _text(f"{place}.category", members["category"], 1)
        before = _pairs(f"{place}.from", members["from"], ALL_PAIRS_MASK | NO_ENTRY_BIT)
        after = _pairs(f"{place}.to", members["to"], ALL_PAIRS_MASK | NO_CHANGE_BIT)
        title = _text(f"{place}.title", members["title"], _MAX_TITLE)
        source = self._source(place, members)
        note = _text(f"{place}.note", members.get("note", ""), 300, empty=True)
        listed = _listed(f"{place}.statuses", members["statuses"]) if "statuses" in members else ()
        _check_system(place, system, code, source)
        if not "A" <= category <= "Z":
            raise _bad(f"{place}.category", f"{category!r} is no letter of a category")
        if system == "ST.27" and (not _ST27_CODE.fullmatch(code) or code[0] != category):
            raise _bad(f"{place}.code", f"{code!r} is no key event of ST.27 in category {category}")
        if before & NO_ENTRY_BIT and category != "A":
            raise _bad(f"{place}.from", "only codes of category A create an entry")
        if before & _TERMINATED and category not in AFTER_TERMINATION:
            raise _bad(f"{place}.from", f"after termination only categories {AFTER_TERMINATION} are recorded")
        if len(set(rights)) != len(rights):
            raise _bad(f"{place}.rights", f"{rights!r} names a right twice")
        for letter in rights:
            right = _right(f"{place}.rights", letter)
            if _ONLY_RIGHT.get(system, right) is not right:
                raise _bad(f"{place}.system", f"{system} has no codes of a {right.full_name}")
            own = [row for row in known if row.right is right]
            masks = [_bits_of(f"{place}.statuses", part, own, known) for part in listed]
            following = functools.reduce(operator.or_, masks) if listed else _bits_with(after, own)
            if not following:
                raise _bad(f"{place}.statuses", f"no status of a {right.full_name} can stand after {code!r}")
            yield CodeRule(right, system, code, category, before, after, following, title, source, note, listed)

    def _status(self, place: str, value: Any) -> Iterable[StatusRule]:
        required = ("right", "position", "status", "pairs", "usual", "source")
        members = _members(place, value, required, ("title", "registered", "tm5", "note"))
        position = members["position"]
        if type(position) is not int or not 1 <= position <= HIGHEST_STATUS:
            raise _bad(f"{place}.position", f"{position!r} is not 1 to {HIGHEST_STATUS}")
        status = _text(f"{place}.status", members["status"], _MAX_TEXT)
        if _is_set(status):
            raise _bad(f"{place}.status", f"{status!r} is a set of states and stages in the statuses of codes")
        pairs = _pairs(f"{place}.pairs", members["pairs"], ALL_PAIRS_MASK)
        descriptors = members.get("tm5", {})
        if not isinstance(descriptors, dict):
            raise _bad(f"{place}.tm5", "a table is wanted")
        tm5 = tuple(
            (_pairs(f"{place}.tm5", mask, pairs), _text(f"{place}.tm5", text, _MAX_TITLE))
            for mask, text in descriptors.items()
        )
        usual = _pair(f"{place}.usual", members["usual"], pairs)
        registered = _pair(f"{place}.registered", members["registered"], pairs) if "registered" in members else usual
        yield StatusRule(
            right=_right(f"{place}.right", members["right"]),
            position=position,
            status=status,
            title=_text(f"{place}.title", members.get("title", status), _MAX_TITLE),
            pairs=pairs,
            usual=usual,
            registered=registered,
            source=self._source(place, members),
            tm5=tm5,
            note=_text(f"{place}.note", members.get("note", ""), 300, empty=True),
        )

    def _word(self, rows: Mapping[tuple[Right, str], StatusRule], place: str, value: Any) -> Iterable[StatusWord]:
        members = _members(place, value, ("right", "text", "status", "source"), ("pair", "registered"))
        right = _right(f"{place}.right", members["right"])
        row = rows.get((right, _text(f"{place}.status", members["status"], _MAX_TEXT)))
        if row is None:
            raise _bad(f"{place}.status", f"{members['status']!r} is no status of a {right.full_name}")
        pair = _pair(f"{place}.pair", members["pair"], row.pairs) if "pair" in members else row.usual
        fallback = pair if "pair" in members else row.registered
        registered = (
            _pair(f"{place}.registered", members["registered"], row.pairs) if "registered" in members else fallback
        )
        text = _text(f"{place}.text", members["text"], _MAX_TITLE, ascii_only=False)
        yield StatusWord(right, text, row.status, pair, registered, self._source(place, members))

    def _source(self, place: str, members: Mapping[str, Any]) -> Source:
        source = self._sources.get(_text(f"{place}.source", members["source"], _MAX_TEXT))
        if source is None:
            raise _bad(f"{place}.source", f"{members['source']!r} is not among the sources of the file")
        return source


_TERMINATED = sum(pair.bit for pair in ALL_PAIRS if pair.state == "T")
_ONLY_RIGHT = {"ST.61": Right.TRADEMARK, "ST.87": Right.DESIGN}


def _require_national(right: Right, system: str, code: str) -> None:
    """Raise unless the contract takes the code without a row."""
    if not _is_national(system) or not code:
        raise InputError(
            f"the table has no code {code!r} of {system} for a {right.full_name}",
            remedy="`registrum codes list` shows the table; codes of the office itself have the system NAT: and its "
            "ST.3 code.",
            system=system,
            code=code,
        )


def _is_national(system: str) -> bool:
    return system.startswith(_NATIONAL) and system[len(_NATIONAL) :] in current_offices()


def _check_system(place: str, system: str, code: str, source: Source) -> None:
    if system not in ST_SYSTEMS and not _is_national(system):
        raise _bad(
            f"{place}.system",
            f"{system!r} is none of {', '.join(ST_SYSTEMS)}, nor {_NATIONAL} and the code of an office",
        )
    if system in _ONLY_RIGHT and not source.is_official:
        raise _bad(f"{place}.source", f"{code!r} is called a code of {system}, and its source is no official list")


def _key(text: str) -> str:
    """What of a word counts when words are compared."""
    return "".join(c for c in text.casefold() if c not in "-_" and not c.isspace())


def _is_ascii_text(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isascii() and text.isprintable() and text == text.strip()


def _bad(place: str, reason: str) -> ConfigError:
    return ConfigError(f"{place}: {reason}", remedy=_REMEDY, place=place)


def _members(place: str, value: Any, required: Iterable[str], optional: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(place, "a table is wanted")
    prefix = f"{place}." if place else ""
    for name in required:
        if name not in value:
            raise _bad(prefix + name, "is missing")
    for name in value:
        if name not in (*required, *optional):
            raise _bad(prefix + name, "is not known here")
    return value


def _text(place: str, value: Any, longest: int, *, empty: bool = False, ascii_only: bool = True) -> str:
    if isinstance(value, str) and empty and not value:
        return value
    fits = isinstance(value, str) and (
        _is_ascii_text(value, longest)
        if ascii_only
        else 0 < len(value) <= longest and value.isprintable() and value == value.strip()
    )
    if not fits:
        kind = "printable ASCII" if ascii_only else "printable text"
        raise _bad(place, f"{value!r} is not {kind} of 1 to {longest} characters without spaces around it")
    return str(value)


def _right(place: str, value: Any) -> Right:
    if value not in (Right.TRADEMARK.value, Right.DESIGN.value):
        raise _bad(place, f"{value!r} is neither T nor D")
    return Right(value)


def _pairs(place: str, value: Any, allowed: int) -> int:
    if not isinstance(value, str):
        raise _bad(place, f"{value!r} is no set of states and stages")
    try:
        bits = pairs_from_text(value)
    except InputError as error:
        raise _bad(place, error.message) from error
    if bits & ~allowed:
        raise _bad(place, f"{pairs_to_text(bits & ~allowed)!r} cannot stand here")
    return bits


def _listed(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _bad(place, f"{value!r} is no list of statuses")
    return tuple(_text(place, part, _MAX_TITLE) for part in value)


def _bits_with(pairs: int, own: Sequence[StatusRule]) -> int:
    """Bits of the positions of statuses that go with some of these states and stages, and of staying."""
    same = SAME_STATUS_BIT if pairs & NO_CHANGE_BIT else 0
    return same | sum(1 << row.position for row in own if row.pairs & pairs)


def _bits_of(place: str, text: str, own: Sequence[StatusRule], known: Sequence[StatusRule]) -> int:
    """Bits of the positions that one part of a list of statuses stands for; of another right's status, none."""
    if _is_set(text):
        return _bits_with(_pairs(place, text, ALL_PAIRS_MASK | NO_CHANGE_BIT), own)
    if all(row.status != text for row in known):
        raise _bad(place, f"{text!r} is neither a status nor a set of states and stages")
    return sum(1 << row.position for row in own if row.status == text)


def _is_set(text: str) -> bool:
    """Whether a text is written as a set of states and stages; it may still be one that nothing is in."""
    return all(part in _WORDS or _ONE_SET.fullmatch(part) for part in text.split())


def _pair(place: str, value: Any, allowed: int) -> StatePair:
    try:
        pair = StatePair.parse(value)
    except InputError as error:
        raise _bad(place, error.message) from error
    if not pair.bit & allowed:
        raise _bad(place, f"the status does not go with {pair}")
    return pair


def _once(place: str, keys: Iterable[tuple[Any, ...]]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for key in keys:
        if key in seen:
            raise _bad(place, f"{' '.join(str(part) for part in key)} stands there twice")
        seen.add(key)


def _titles(place: str, value: Any, form: re.Pattern[str]) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise _bad(place, "a table is wanted")
    for code, title in value.items():
        if not form.fullmatch(code):
            raise _bad(f"{place}.{code}", "is no code of this kind")
        _text(f"{place}.{code}", title, _MAX_TITLE)
    return MappingProxyType(value)
