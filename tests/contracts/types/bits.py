"""Maps of bits, in which one call answers for thousands of values."""

from __future__ import annotations

from collections.abc import Iterable


def bits(words: Iterable[int], first: int = 0) -> set[int]:
    """Values from `first` on whose bit is set; a word holds 256, the lowest bit first."""
    return {first + 256 * i + bit for i, word in enumerate(words) for bit in range(256) if word >> bit & 1}
