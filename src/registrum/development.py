"""Accounts and offices of local chains, the same at every start and known to everyone.

All keys come from the phrase that Anvil prints (`registrum.signing.signers.DEVELOPMENT_MNEMONIC`): whoever reads this
can sign with them, so nothing on a network that others reach may rest on them.

Not its job: starting a local chain (`registrum.devnet`).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from registrum.deployment.consortium_file import ConsortiumTerms, Founder, FounderKey, Observer
from registrum.errors import KeyNotFoundError
from registrum.signing.signers import DevelopmentSigner

__all__ = [
    "ACCOUNTS",
    "CHARTER",
    "DEVELOPMENT_OFFICES",
    "DevelopmentOffice",
    "deployer_signer",
    "development_office",
    "development_terms",
    "observer_signer",
]

ACCOUNTS = 20
"""How many accounts a local chain funds."""
_DEPLOYER, _FIRST_SEAT, _FIRST_KEY, _OBSERVER = 0, 1, 11, 17
_KEY_SCOPES = 1 | 2 | 4
"""Applications, register entries and transactions; keys are the seat's."""

CHARTER = """Charter of the sample offices

This text stands for a charter on local chains. It binds nobody.
"""
"""What the sample offices agreed on."""


@functools.cache
def _account(index: int) -> DevelopmentSigner:
    """An account of the phrase; deriving one takes 5 ms, and a start needs each several times."""
    return DevelopmentSigner.account(index)


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
        return _account(_FIRST_SEAT + self.position)

    def signing_key(self) -> DevelopmentSigner:
        """The account that signs the office's records."""
        return _account(_FIRST_KEY + self.position)


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


def deployer_signer() -> DevelopmentSigner:
    """The account that deploys on a local chain; without a consortium it also governs."""
    return _account(_DEPLOYER)


def observer_signer() -> DevelopmentSigner:
    """The account of the sample observer."""
    return _account(_OBSERVER)


def development_terms(codes: Iterable[str] | None = None) -> ConsortiumTerms:
    """What the sample offices agree on: as short times as the contracts allow, so that a vote can be tried at once.

    Args:
        codes: The founders, at least three; all sample offices by default.

    Raises:
        KeyNotFoundError: One is no sample office.
        ConfigError: There are fewer than three, or one twice.
    """
    offices = [development_office(code) for code in (DEVELOPMENT_OFFICES if codes is None else codes)]
    terms = ConsortiumTerms(
        charter_digest=hashlib.sha256(CHARTER.encode("utf-8")).digest(),
        charter_location="https://consortium.example/charter.txt",
        voting_delay_s=0,
        voting_period_s=3_600,
        execution_delay_s=60,
        supermajority=(2, 3),
        emergency_quorum=3,
        emergency_duration_s=30 * 86_400,
        founders=tuple(
            Founder(
                code=office.code,
                name=office.name,
                seat=office.seat().address,
                endpoint=office.endpoint,
                keys=(FounderKey(office.signing_key().address, _KEY_SCOPES),),
            )
            for office in offices
        ),
        observers=(Observer(observer_signer().address, "Sample observer"),),
    )
    terms.check()
    return terms


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
