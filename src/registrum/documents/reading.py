"""From a file to an `ApplicationDocument`: one reading of the bytes gives digest, format and facts.

Not its job: any one format (the readers beside it do that), sending anything, and unpacking: a ZIP is hashed as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registrum.documents import st36, st66, st96
from registrum.documents.elements import BY_HAND, local_name
from registrum.documents.model import ApplicationDocument, ApplicationFacts
from registrum.documents.safe_xml import XmlLimits, looks_like_xml, parse_xml, too_large
from registrum.errors import DateError, DocumentError, NumberFormatError, OfficeCodeError

if TYPE_CHECKING:
    import os

    from lxml import etree

_BLOCK = 1024 * 1024
_XML = "application/xml"
_MAGIC = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"PK\x03\x04", "zip", "application/zip"),
    (b"PK\x05\x06", "zip", "application/zip"),
)
_NO_FACTS = "other"


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One file as it was read: its name, digest and kind, and its bytes where it is XML."""

    name: str
    digest: bytes
    format: str
    media_type: str
    xml: bytes | None


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    version: str | None
    read: Callable[[etree._Element], tuple[ApplicationFacts, ...]]


def read_application(
    path: str | os.PathLike[str],
    *,
    facts: Sequence[ApplicationFacts] | None = None,
    limits: XmlLimits | None = None,
) -> ApplicationDocument:
    """Read an application document: its digest, and the applications in it.

    XML of ST.96, ST.36 and ST.66 states its facts. Any other file is hashed, and its facts are given by hand.
    What begins like XML must be well-formed and safe (`registrum.documents.safe_xml`), with or without facts by hand.

    Facts by hand do not overrule a document that states them: each must agree with it in number and filing date, and
    then the document's own entry is returned. They stand in where the document lacks a fact or states it in a form that
    cannot be read.

    Args:
        path: The file. It is opened once; digest and facts come from the same bytes.
        facts: Facts by hand; needed for files that state none. They choose among several applications of one file.
        limits: Bounds for XML; by default 64 MiB, 100 levels, 500,000 elements.

    Returns:
        The document. Its digest is the SHA-256 of the exact bytes on disk, never of a re-serialisation.

    Raises:
        DocumentError: Not readable, not well-formed, contradicts itself or the given facts, or facts are missing: the
            message says which, the remedy which options give them.
        UnsafeDocumentError: XML refused for its form; `details["reason"]` names why.
        OfficeCodeError, NumberFormatError, DateError: A fact in the document is none; `details["place"]` says where.
    """
    limits = limits or XmlLimits()
    given = tuple(facts or ())
    file = load_file(Path(path), limits)
    if file.xml is None:
        if not given:
            raise DocumentError(
                f"{file.name}: no facts about an application can be read out of a file of format {file.format!r}",
                remedy=BY_HAND,
                missing="application",
            )
        return ApplicationDocument(file.format, None, file.media_type, file.digest, given)
    root = parse_xml(file.xml, limits)
    format_ = _recognise(root)
    if format_ is None:
        if not given:
            raise DocumentError(
                f"{file.name}: XML with the root element {local_name(root)!r} is not a form that is read here",
                remedy=BY_HAND,
                missing="application",
            )
        return ApplicationDocument(_NO_FACTS, None, _XML, file.digest, given)
    return ApplicationDocument(format_.name, format_.version, _XML, file.digest, _facts(format_, root, given))


def _facts(format_: _Format, root: etree._Element, given: tuple[ApplicationFacts, ...]) -> tuple[ApplicationFacts, ...]:
    if not given:
        return format_.read(root)
    try:
        found = format_.read(root)
    except (OfficeCodeError, NumberFormatError, DateError):
        return given
    except DocumentError as error:
        if "missing" not in error.details:
            raise
        return given
    return tuple(_confirmed(facts, found) for facts in given)


def _confirmed(given: ApplicationFacts, found: tuple[ApplicationFacts, ...]) -> ApplicationFacts:
    for facts in found:
        if facts.number == given.number:
            if facts.filing_date == given.filing_date:
                return facts
            raise DocumentError(
                f"filing date of {facts.number.text}: {facts.filing_date.isoformat()} in the document, "
                f"{given.filing_date.isoformat()} given by hand",
                remedy="Leave the fact out to take the document's, or correct it.",
            )
    raise DocumentError(
        f"{given.number.text} given by hand is not in the document, which holds "
        f"{', '.join(facts.number.text for facts in found[:5])}{', ...' if len(found) > 5 else ''}",
        remedy="Leave the number out to take the document's, or check that it is the right file.",
    )


def _recognise(root: etree._Element) -> _Format | None:
    name = local_name(root)
    domain = st96.domain(root)
    if domain is not None:
        readers = {"trademark": st96.read_trademarks, "design": st96.read_designs, "patent": st96.read_patents}
        return _Format(f"st96-{domain}", st96.version(root), readers[domain])
    if name in st36.FORMATS:
        return _Format(st36.FORMATS[name], st36.version(root), st36.read_patent)
    if st66.recognises(root):
        return _Format(st66.FORMAT, st66.version(root), st66.read_trademarks)
    return None


def load_file(path: Path, limits: XmlLimits) -> LoadedFile:
    """Reads the file once, in blocks; keeps the bytes only of XML, and of that no more than the limit."""
    digest = hashlib.sha256()
    kept: list[bytes] = []
    size = 0
    is_xml = False
    head = b""
    try:
        if not path.is_file():
            raise DocumentError(f"{path}: no such file, or not a file", remedy="Give the path of one document.")
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                if not size:
                    head = block
                    is_xml = looks_like_xml(block)
                size += len(block)
                if is_xml:
                    if size > limits.max_bytes:
                        raise too_large(limits)
                    kept.append(block)
    except (OSError, ValueError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(f"{path}: cannot be read: {error}", remedy="Check the path and its permissions.") from error
    if not size:
        raise DocumentError(f"{path.name}: the file is empty", remedy="Check that the transfer was complete.")
    if is_xml:
        return LoadedFile(path.name, digest.digest(), _NO_FACTS, _XML, b"".join(kept))
    for magic, name, media_type in _MAGIC:
        if head.startswith(magic):
            return LoadedFile(path.name, digest.digest(), name, media_type, None)
    return LoadedFile(path.name, digest.digest(), _NO_FACTS, "application/octet-stream", None)
