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
_CRC_AT = 14
"""Where the header of a member states the CRC-32 of its content."""
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
        EvidenceError: It is no such archive (check `archive`), or a member is not the one that was summed (`sums`); the
            message names the part that was changed, and where it stands in the file.
    """
    if len(data) > MOST_BYTES:
        raise EvidenceError(f"a bundle has at most {MOST_BYTES} bytes, got {len(data)}", check="archive")
    members: dict[str, bytes] = {}
    at = 0
    for name in (*_CONTENT, _SUMS, *_ATTACHMENTS):
        start = at + _LOCAL.size + len(name)
        # An attachment that is not there: the directory follows.
        if name in _ATTACHMENTS and data[at + _LOCAL.size : start] != name.encode("ascii"):
            continue
        try:
            fields = _LOCAL.unpack_from(data, at)
        except error:
            raise EvidenceError(f"the archive ends before its member {name}", check="archive") from None
        end = start + fields[8]
        if end > len(data):
            said = f"its header at byte {at} says {fields[8]} bytes, and {max(0, len(data) - start)} are there"
            raise EvidenceError(f"{name} was changed or cut off: {said}", check="archive")
        members[name] = data[start:end]
        _require_header(name, data, at, start, end)
        at = end
    whole = archive(members)
    if whole != data:
        place = _first_difference(whole, data)
        # A file that goes on with a member of no name it could have.
        is_member = data[at : at + 4] == _LOCAL_MARK.to_bytes(4, "little")
        part = "the header of an attachment" if is_member else "the directory of the archive"
        raise EvidenceError(f"{part} was changed: byte {place} is another", check="archive")
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


def _require_header(name: str, data: bytes, at: int, start: int, end: int) -> None:
    """Refuse a member whose header is not the one that its content must have.

    Args:
        name: Of the member.
        data: The file.
        at: Where the header begins.
        start: Where the content begins.
        end: Where it ends.
    """
    header = _header(name, data[start:end])
    if data[at:start] == header:
        return
    place = at + _first_difference(header, data[at:start])
    if place < at + _CRC_AT or place >= at + _CRC_AT + 4:
        raise EvidenceError(f"the header of {name} was changed: byte {place} is another", check="archive")
    said = f"bytes {start} to {end - 1} of the file do not have the CRC-32 that is stated at byte {at + _CRC_AT}"
    raise EvidenceError(f"{name} was changed: {said}", check="archive")


def _first_difference(one: bytes, other: bytes) -> int:
    """The first place in which two that differ do; the end of the shorter where that is all that differs."""
    most = min(len(one), len(other))
    return next((place for place in range(most) if one[place] != other[place]), most)


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
        central += _CENTRAL.pack(_CENTRAL_MARK, _VERSION, *_common(name, content), 0, 0, 0, 0, len(local))
        central += name.encode("ascii")
        local += _header(name, content) + content
    end = _END.pack(_END_MARK, 0, 0, len(members), len(members), len(central), len(local), 0)
    return bytes(local + central + end)


def _header(name: str, content: bytes) -> bytes:
    return _LOCAL.pack(_LOCAL_MARK, *_common(name, content)) + name.encode("ascii")


def _common(name: str, content: bytes) -> tuple[int, ...]:
    """What the header of a member and its row in the directory have in common."""
    size = len(content)
    return _VERSION, 0, 0, 0, _DATE, zlib.crc32(content), size, size, len(name), 0
