"""Office numbers: which office, which right, which number, in the one form that goes on chain.

Job: read what people and systems write (`US 29/010,907`, `PCT/AU2010/001234`, `EM500000018660437`), turn it into the
canonical number by the office's own rules, and convert to and from the `bytes32` of the contracts.

Not its job: to say whether such an application exists. That is what the register on chain answers.

The rules are data, in `office_codes.json` and `number_forms.json` beside this file; docs/numbers.md explains them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registrum.numbers.office_number import OfficeNumber
from registrum.numbers.offices import current_offices, former_offices, office_code, office_name
from registrum.numbers.right import Right

if TYPE_CHECKING:
    from registrum.numbers.reading import Recognised, St13Number, recognise

__all__ = [
    "OfficeNumber",
    "Recognised",
    "Right",
    "St13Number",
    "current_offices",
    "former_offices",
    "office_code",
    "office_name",
    "recognise",
]


def __getattr__(name: str) -> Any:
    # The reader and its patterns are loaded when they are used: most commands only carry numbers about.
    if name in {"Recognised", "St13Number", "recognise"}:
        from registrum.numbers import reading

        return getattr(reading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
