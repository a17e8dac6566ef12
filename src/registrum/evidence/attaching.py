"""Attaching a time stamp or a credential to a bundle that is there. Section 12 of the format.

Not its job: making them (`registrum.evidence.timestamp`, `registrum.evidence.credential`), files.
"""

from __future__ import annotations

from collections.abc import Mapping

from registrum.errors import EvidenceError, InputError
from registrum.evidence import bundle
from registrum.evidence.canonical import parse
from registrum.evidence.chain import ChainDescription
from registrum.evidence.credential import require_credential
from registrum.evidence.timestamp import ordered, read_stamp
from registrum.evidence.verifying import verify

__all__ = ["attach", "open_sound"]


def open_sound(data: bytes) -> dict[str, bytes]:
    """The members of a bundle that holds as far as it can be told without a chain description of one's own.

    Whether its block is one of the chain may rest on such a description: that is left to who verifies it.

    Raises:
        EvidenceError: It does not hold.
    """
    failed = verify(data).failed
    if failed is not None and failed.name != "link":
        raise EvidenceError(failed.detail, check=failed.name)
    return bundle.unpack(data)


def attach(data: bytes, given: Mapping[str, bytes], *, replace: bool = False) -> bytes:
    """A bundle with what is given attached to it.

    Args:
        data: The bundle.
        given: `timestamp.tsr` or `credential.jwt`, or both.
        replace: Put them in the place of what the bundle carries already.

    Returns:
        The bundle with them.

    Raises:
        InputError: It carries one of them already.
        ConfigError: The packages that read time stamps are not installed.
        EvidenceError: The bundle does not hold, what is given is not of this bundle, or it is too long.
    """
    members = open_sound(data)
    twice = [name for name in given if name in members]
    if twice and not replace:
        raise InputError(
            f"the bundle carries {' and '.join(twice)} already",
            remedy="Give --replace to put the new one there.",
        )
    members |= given
    if bundle.TIMESTAMP in given:
        members[bundle.TIMESTAMP] = ordered(given[bundle.TIMESTAMP])
        read_stamp(members)
    if bundle.CREDENTIAL in given:
        evidence = parse(members[bundle.EVIDENCE], bundle.EVIDENCE)
        chain = ChainDescription.from_json(parse(members[bundle.CHAIN], bundle.CHAIN))
        require_credential(members[bundle.CREDENTIAL], evidence, chain)
    made = bundle.pack(members)
    bundle.unpack(made)
    return made
