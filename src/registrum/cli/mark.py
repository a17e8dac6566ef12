"""`registrum mark`: the trade marks of the register."""

from __future__ import annotations

from registrum.cli.entries import register_app
from registrum.numbers import Right

app = register_app(Right.TRADEMARK)
