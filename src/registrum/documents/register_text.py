"""One line of text for what ST.96 has no element for: the rest of a legal-status event in an export of this register.

    sequence=3; system=ST.27; code=F10; resulting=A4; status=Registration published; effective=2024-05-01

It stands in `MarkEventAdditionalText` of a mark event and in `CommentText` of a design event, so that the document
stays valid against the schemas. `%`, `;`, `=` and spaces that XML would collapse are written as `%` and two hexadecimal
digits.

Not its job: any other text; comments of offices are never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from registrum.dates import parse_date
from registrum.documents.elements import Text
from registrum.documents.register_model import RecordedFacts
from registrum.errors import DocumentError

EXPORT_MARK = "Registrum-1"
"""Value of `com:ipoVersion` in a document that this register wrote."""

Value = TypeVar("Value")

_UNSAFE = re.compile(r"[%;=]|^ | $|(?<= ) ")
_ESCAPE = re.compile(r"%([0-9A-F]{2})")
_NUMBER = re.compile(r"[1-9][0-9]{0,4}")
_DIGEST = re.compile(r"0x([0-9a-f]{64})")


def write_event(facts: RecordedFacts) -> str:
    """The line for an event; what there is none of is left out."""
    values = {
        "sequence": str(facts.sequence),
        "system": facts.system,
        "code": facts.code,
        "resulting": facts.resulting,
        "status": facts.status,
        "effective": facts.effective_date.isoformat(),
        "publication": "" if facts.publication_date is None else facts.publication_date.isoformat(),
        "document": "" if facts.document is None else f"0x{facts.document.hex()}",
        "corrects": "" if facts.corrects is None else str(facts.corrects),
        "flags": " ".join(facts.flags),
    }
    return "; ".join(f"{name}={_escaped(value)}" for name, value in values.items() if value)


def read_event(found: Sequence[Text]) -> RecordedFacts:
    """The event of a line that `write_event` wrote.

    Raises:
        DocumentError: No line, or not such a line.
        DateError: A date in it is none.
    """
    if len(found) != 1:
        raise DocumentError("an event of this export lacks its line of values", remedy="Export the entry again.")
    line = found[0]
    values: dict[str, str] = {}
    for part in line.value.split("; "):
        name, sign, value = part.partition("=")
        if not sign or name in values:
            raise _unreadable(line, part)
        values[name] = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
    document = _optional(values, "document", lambda text: bytes.fromhex(_matched(line, _DIGEST, text)[1]))
    facts = RecordedFacts(
        sequence=int(_matched(line, _NUMBER, _taken(line, values, "sequence"))[0]),
        system=_taken(line, values, "system"),
        code=_taken(line, values, "code"),
        resulting=_taken(line, values, "resulting"),
        status=_taken(line, values, "status"),
        effective_date=parse_date(_taken(line, values, "effective")),
        publication_date=_optional(values, "publication", parse_date),
        document=document,
        corrects=_optional(values, "corrects", lambda text: int(_matched(line, _NUMBER, text)[0])),
        flags=tuple(values.pop("flags", "").split()),
    )
    if values:
        raise _unreadable(line, next(iter(values)))
    return facts


def _escaped(value: str) -> str:
    return _UNSAFE.sub(lambda sign: f"%{ord(sign[0]):02X}", value)


def _taken(line: Text, values: dict[str, str], name: str) -> str:
    if name not in values:
        raise _unreadable(line, f"{name} is missing")
    return values.pop(name)


def _optional(values: dict[str, str], name: str, parse: Callable[[str], Value]) -> Value | None:
    return parse(values.pop(name)) if name in values else None


def _matched(line: Text, pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise _unreadable(line, text)
    return found


def _unreadable(line: Text, what: str) -> DocumentError:
    return DocumentError(
        f"{line.place} is not the line of values of an event: {what!r}", remedy="Export the entry again."
    )
