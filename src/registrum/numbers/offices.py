"""WIPO ST.3 office codes: which exist, which existed, what they mean.

Not its job: which offices are members of a consortium. That is for the contract `OfficeDirectory` to say.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from registrum.errors import OfficeCodeError


@functools.cache
def _table() -> dict[str, Any]:
    import json
    from pathlib import Path

    table: dict[str, Any] = json.loads(Path(__file__).with_name("office_codes.json").read_text(encoding="utf-8"))
    return table


def current_offices() -> Mapping[str, str]:
    """Codes in force and their names, without `XX` (unknown)."""
    return MappingProxyType(_table()["current"])


def former_offices() -> Mapping[str, str]:
    """Codes no longer in force and their names; they occur in old priority data only."""
    return MappingProxyType(_table()["former"])


def office_name(code: str) -> str:
    """Name of an office, current or former.

    Raises:
        OfficeCodeError: not a code of WIPO ST.3.
    """
    office_code(code, allow_former=True)
    return current_offices().get(code) or former_offices()[code]


def office_code(text: str, *, allow_former: bool = False) -> str:
    """Check an office code and return it.

    Args:
        text: Two capital letters. Lower case is refused, not mended: a code is what signatures bind to.
        allow_former: Also take codes such as `SU` that are met in priority data of old applications.

    Raises:
        OfficeCodeError: not two capital letters, unknown, `XX`, or a former code that was not asked for.
    """
    if not isinstance(text, str) or len(text) != 2 or not (text.isascii() and text.isalpha()):
        raise OfficeCodeError(
            f"{text!r} is not an office code: a code has two capital letters.",
            remedy="Give the WIPO ST.3 code, for example EM, JP or US.",
            office=str(text),
        )
    if not text.isupper():
        raise OfficeCodeError(
            f"Office code {text!r} is not in capital letters.", remedy=f"Write {text.upper()}.", office=text
        )
    if text in current_offices():
        return text
    if text in former_offices():
        if allow_former:
            return text
        raise OfficeCodeError(
            f"{text} ({former_offices()[text]}) is a former office code; no new application can carry it.",
            remedy="Former codes are taken only for earlier applications in old priority data.",
            office=text,
        )
    if text == _table()["unknown"]:
        raise OfficeCodeError(
            f"{text} stands for an unknown office, so no number can belong to it.",
            remedy="Give the code of the office that issued the number.",
            office=text,
        )
    remedy = "See WIPO ST.3 for the codes in force."
    if text == "UK":
        remedy = "The code of the United Kingdom is GB."
    raise OfficeCodeError(f"{text} is not an office code of WIPO ST.3.", remedy=remedy, office=text)
