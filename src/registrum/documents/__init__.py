"""Documents of offices: facts and digest of a file, hostile XML refused; entries written out again.

    from registrum.documents import read_application, read_register_entries

    document = read_application("application.xml")
    document.digest_hex, document.applications[0].number.text
    read_register_entries("marks.xml").entries[0].status

`read_application` opens the file once and returns an `ApplicationDocument`. Formats: WIPO ST.96 (trade marks, designs,
patents; versions 1 to 8), ST.36-style patent XML of the US, Japan and China, ST.66 trade mark XML; anything else with
facts by hand. `read_register_entries` returns a `RegisterDocument` with the register entries of ST.96 trade mark and
design documents and ST.66 trade mark documents; `registrum.documents.register_export` writes one entry. How XML is kept
harmless: `registrum.documents.safe_xml`.

Not its job: registering anything, or judging a priority claim.
"""

from __future__ import annotations

from registrum.documents.model import ApplicationDocument, ApplicationFacts, ClaimFacts
from registrum.documents.reading import read_application
from registrum.documents.register_entries import read_register_entries
from registrum.documents.register_model import (
    EventFacts,
    OppositionFacts,
    RecordedFacts,
    RegisterDocument,
    RegisterFacts,
    RepresentationFacts,
)
from registrum.documents.safe_xml import MAX_XML_BYTES, MAX_XML_DEPTH, MAX_XML_ELEMENTS, XmlLimits

__all__ = [
    "MAX_XML_BYTES",
    "MAX_XML_DEPTH",
    "MAX_XML_ELEMENTS",
    "ApplicationDocument",
    "ApplicationFacts",
    "ClaimFacts",
    "EventFacts",
    "OppositionFacts",
    "RecordedFacts",
    "RegisterDocument",
    "RegisterFacts",
    "RepresentationFacts",
    "XmlLimits",
    "read_application",
    "read_register_entries",
]
