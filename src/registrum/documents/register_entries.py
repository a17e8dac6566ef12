"""From a file to the register entries in it: trade marks and designs of ST.96, trade marks of ST.66.

    from registrum.documents import read_register_entries

    document = read_register_entries("marks.xml")
    document.entries[0].number.text, document.entries[0].status

Which number an entry has
    The application number, where the document states one, else the registration number; with
    `numbering="registration"` the other way round. One of the two has to be chosen for a whole register: at many
    offices the same digits are an application of one mark and the registration of another.
Designs of a multiple registration
    Each is an entry of its own, with its number after a hyphen: `EM/D/015900123-0001`, `WO/D/DM/215987-001`. The rule
    is that of `registrum.documents.register_values.design_number`.
Digests
    A file with one entry: SHA-256 of its exact bytes. A file with several: for each the SHA-256 of its own element
    (`Trademark`, `Design`, `TradeMark`) in Exclusive XML Canonicalization 1.0 without comments and processing
    instructions, so that one entry's digest does not depend on what else was sent. It then does not cover what a
    design document states once for all designs, such as the application number.
Classes
    Nice classes 1 to 45, also padded (`09`, `009`); national classes beside them are left out. Locarno classes 1 to 32
    with the subclass in two digits, the class padded or not (`06-01`, `6-01`); `6-1` is refused.
Exports of this register
    A document with the mark of `registrum.documents.register_export` is read with registration numbers first and its
    numbers taken exactly, so that the same facts come back.

Hostile XML is refused as for applications (`registrum.documents.safe_xml`). No file but the given one is opened, unless
the caller names a folder: then those that show the mark or design are hashed where they lie in it under the very name
that the document gives.

Not its job: what a status or a code means (`registrum.rights.codes`), recording anything, persons, priority claims
(`registrum.documents.read_application`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registrum.documents import st66, st66_register, st96, st96_register
from registrum.documents.elements import local_name
from registrum.documents.reading import load_file
from registrum.documents.register_model import Numbering, RegisterDocument
from registrum.documents.register_values import Reading
from registrum.documents.safe_xml import XmlLimits, parse_xml
from registrum.errors import DocumentError

if TYPE_CHECKING:
    import os

_READ_HERE = "Entries are read out of ST.96 trade mark and design documents and ST.66 trade mark documents."


def read_register_entries(
    path: str | os.PathLike[str],
    *,
    numbering: Numbering | None = None,
    folder: str | os.PathLike[str] | None = None,
    limits: XmlLimits | None = None,
) -> RegisterDocument:
    """Read the register entries of one document.

    Args:
        path: The file. It is opened once; digest and facts come from the same bytes.
        numbering: Number that entries are kept under where the document gives two; by default `application`, and
            `registration` for exports of this register.
        folder: Where the files lie that the document names as representations; they are hashed. None looks at none.
        limits: Bounds for XML; by default 64 MiB, 100 levels, 500,000 elements.

    Returns:
        The document with at least one entry, in its order.

    Raises:
        DocumentError: Not readable, not one of the formats, not well-formed, contradicts itself, lacks number, office
            or filing date, has one entry twice, classes that the classification does not have, or dates in an
            impossible order.
        UnsafeDocumentError: XML refused for its form; `details["reason"]` names why.
        OfficeCodeError, NumberFormatError, DateError, DigestError: A value is none; `details["place"]` says where.
    """
    limits = limits or XmlLimits()
    file = load_file(Path(path), limits)
    if file.xml is None:
        raise DocumentError(f"{file.name}: a file of format {file.format!r} has no entries", remedy=_READ_HERE)
    root = parse_xml(file.xml, limits)
    is_export = st96_register.is_export(root)
    reading = Reading(
        numbering=numbering or ("registration" if is_export else "application"),
        is_export=is_export,
        folder=None if folder is None else Path(folder),
        digest=file.digest,
    )
    domain = st96.domain(root)
    if domain == "trademark":
        entries, version = st96_register.read_trademarks(root, reading), st96.version(root)
    elif domain == "design":
        entries, version = st96_register.read_designs(root, reading), st96.version(root)
    elif st66.recognises(root):
        entries, version = st66_register.read_trademarks(root, reading), st66.version(root)
    else:
        raise DocumentError(
            f"{file.name}: XML with the root element {local_name(root)!r} is not a form that is read here",
            remedy=_READ_HERE,
        )
    return RegisterDocument(st66.FORMAT if domain is None else f"st96-{domain}", version, file.digest, entries)
