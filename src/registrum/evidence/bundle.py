"""The file: a ZIP archive with one form, and what is attached to it. Sections 1, 2 and 12 of the format.

Written byte by byte, since libraries for ZIP leave time stamps, versions and attributes to chance, and a verifier
compares every byte. Not its job: what the members say (`registrum.evidence.verifying`).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from struct import Struct, error

from registrum.errors import EvidenceError

__all__ = ["CHAIN", "CREDENTIAL", "EVIDENCE", "MOST_BYTES", "TIMESTAMP", "archive", "pack", "sums", "unpack"]

EVIDENCE, CHAIN = "evidence.json", "chain.json"
_SUMS = "SHA256SUMS"
_CONTENT = (EVIDENCE, CHAIN, "page.html", "page.pdf")
TIMESTAMP, CREDENTIAL = "timestamp.tsr", "credential.jwt"
_ATTACHMENTS = (TIMESTAMP, CREDENTIAL)
"""May follow the sums, which do not cover them: they are made of a bundle that is there already."""
MOST_BYTES = 16 << 20
_MOST_ATTACHED = 1 << 16

_VERSION, _DATE = 20, 0x0021
"""Version 2.0 of the format; the 1st of January 1980, before which it knows no days."""
_LOCAL = Struct("<IHHHHHIIIHH")
_CENTRAL = Struct("<IHHHHHHIIIHHHHHII")
_END = Struct("<IHHHHIIH")
_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = 0x04034B50, 0x02014B50, 0x06054B50


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive of the four members, and of what is attached; sums are added.

    Args:
        members: `evidence.json`, `chain.json` and the pages; `timestamp.tsr` and `credential.jwt` where they are.
    """
    attached = {name: members[name] for name in _ATTACHMENTS if name in members}
    return archive({**{name: members[name] for name in _CONTENT}, _SUMS: sums(members), **attached})


def unpack(data: bytes) -> dict[str, bytes]:
    """The four members of an archive and those attached, once every byte of it is as it must be.

    Raises:
        EvidenceError: It is no such archive (check `archive`), or a member is not the one that was summed (`sums`).
    """
    if len(data) > MOST_BYTES:
        raise EvidenceError(f"a bundle has at most {MOST_BYTES} bytes, got {len(data)}", check="archive")
    members: dict[str, bytes] = {}
    at = 0
    for name in (*_CONTENT, _SUMS, *_ATTACHMENTS):
        start = at + _LOCAL.size + len(name)
        if name in _ATTACHMENTS and data[at + _LOCAL.size : start] != name.encode("ascii"):
            continue
        try:
            fields = _LOCAL.unpack_from(data, at)
        except error:
            raise EvidenceError(f"the archive ends before its member {name}", check="archive") from None
        at = start + fields[8]
        members[name] = data[start:at]
    if archive(members) != data:
        raise EvidenceError(
            "the file is not a ZIP archive of the one form that bundles have: bytes of it were changed", check="archive"
        )
    if any(len(members.get(name, b"")) > _MOST_ATTACHED for name in _ATTACHMENTS):
        raise EvidenceError(f"what is attached to a bundle has at most {_MOST_ATTACHED} bytes", check="archive")
    if sums(members) != members[_SUMS]:
        changed = [name for name in _CONTENT if _sum(name, members[name]) not in members[_SUMS]]
        raise EvidenceError(
            f"{', '.join(changed) or _SUMS} was changed: its SHA-256 is not the one in {_SUMS}", check="sums"
        )
    del members[_SUMS]
    return members


def sums(members: Mapping[str, bytes]) -> bytes:
    """The member `SHA256SUMS`, whose own SHA-256 stands for the bundle: what is attached is not in it."""
    return b"".join(_sum(name, members[name]) for name in _CONTENT)


def _sum(name: str, content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode("ascii")


def archive(members: Mapping[str, bytes]) -> bytes:
    """The members one after another, their directory, and where that begins (PKWARE APPNOTE 4.3).

    Args:
        members: By name, in their order; sums are not looked at.
    """
    local = bytearray()
    central = bytearray()
    for name, content in members.items():
        encoded = name.encode("ascii")
        size = len(content)
        common = (_VERSION, 0, 0, 0, _DATE, zlib.crc32(content), size, size, len(encoded), 0)
        central += _CENTRAL.pack(_CENTRAL_MARK, _VERSION, *common, 0, 0, 0, 0, len(local)) + encoded
        local += _LOCAL.pack(_LOCAL_MARK, *common) + encoded + content
    end = _END.pack(_END_MARK, 0, 0, len(members), len(members), len(central), len(local), 0)
    return bytes(local + central + end)
