"""A Python model of the whole system, written from the interfaces' documentation.

It shares no code with the contracts nor with the client: dates come from `datetime`, the number grammar is a regular
expression, tree and typed data are its own. What it predicts is compared with what the chain did.
"""

from __future__ import annotations
