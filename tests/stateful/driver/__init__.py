"""What drives model and chain side by side: engines, random rules, invariants, and the search for a short failure."""

from __future__ import annotations
