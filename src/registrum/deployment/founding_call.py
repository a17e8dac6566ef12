"""One call of whoever governs at first. Not its job: which ones are needed, or sending them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FoundingCall"]


@dataclass(frozen=True)
class FoundingCall:
    """One call of the deployer as initial governance.

    Attributes:
        contract: Which one is called.
        to: Its address, in EIP-55 form.
        data: Selector and arguments.
        gas: What it may use.
        about: What it does, in plain words.
    """

    contract: str
    to: str
    data: bytes
    gas: int
    about: str
