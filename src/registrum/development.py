"""Accounts and offices of local chains, the same at every start and known to everyone.

All keys come from the phrase that Anvil prints (`registrum.signing.signers.DEVELOPMENT_MNEMONIC`): whoever reads this
can sign with them, so nothing on a network that others reach may rest on them.

Not its job: starting a local chain (`registrum.devnet`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registrum.errors import KeyNotFoundError
from registrum.signing.signers import DevelopmentSigner

__all__ = ["ACCOUNTS", "DEVELOPMENT_OFFICES", "DevelopmentOffice", "development_office", "governance_signer"]

ACCOUNTS = 20
"""How many accounts a local chain funds."""
_FIRST_SEAT, _FIRST_KEY = 1, 11


@dataclass(frozen=True)
class DevelopmentOffice:
    """A sample office of local chains.

    Attributes:
        code: WIPO ST.3 code.
        name: In English.
        position: Place among the sample offices; its accounts follow from it.
        holidays: Days of every year, `MMDD`, on which the sample calendar closes the office, besides weekends.
    """

    code: str
    name: str
    position: int
    holidays: tuple[int, ...]

    @property
    def endpoint(self) -> str:
        """A service address that leads nowhere (RFC 2606)."""
        return f"https://{self.code.lower()}.example"

    def seat(self) -> DevelopmentSigner:
        """The account that acts for the office: keys and calendars."""
        return DevelopmentSigner.account(_FIRST_SEAT + self.position)

    def signing_key(self) -> DevelopmentSigner:
        """The account that signs the office's records."""
        return DevelopmentSigner.account(_FIRST_KEY + self.position)


_OFFICES = (
    DevelopmentOffice("AU", "IP Australia", 0, (101, 126, 425, 1225, 1226)),
    DevelopmentOffice("EM", "European Union Intellectual Property Office", 1, (101, 501, 1225, 1226)),
    DevelopmentOffice("JP", "Japan Patent Office", 2, (101, 102, 103, 1229, 1230, 1231)),
    DevelopmentOffice("RU", "Federal Service for Intellectual Property", 3, (*range(101, 109), 509, 612)),
    DevelopmentOffice("US", "United States Patent and Trademark Office", 4, (101, 619, 704, 1111, 1225)),
    DevelopmentOffice("WO", "International Bureau of WIPO", 5, (101, 1225)),
)

DEVELOPMENT_OFFICES: Mapping[str, DevelopmentOffice] = MappingProxyType({office.code: office for office in _OFFICES})
"""The sample offices by code, in the order in which they are admitted."""


def governance_signer() -> DevelopmentSigner:
    """The account that deploys on a local chain and admits its offices."""
    return DevelopmentSigner.account(0)


def development_office(code: str) -> DevelopmentOffice:
    """A sample office.

    Raises:
        KeyNotFoundError: There is no sample office with this code, hence no development key.
    """
    try:
        return DEVELOPMENT_OFFICES[code]
    except KeyError:
        raise KeyNotFoundError(
            f"there is no development key for {code}",
            remedy=f"Local chains have the offices {', '.join(DEVELOPMENT_OFFICES)}; for others name a key by --key.",
        ) from None
