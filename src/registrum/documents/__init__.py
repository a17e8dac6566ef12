"""Application documents: facts and digest of a file, hostile XML refused.

    from registrum.documents import read_application

    document = read_application("application.xml")
    document.digest_hex, document.applications[0].number.text

`read_application` opens the file once and returns an `ApplicationDocument`. Formats: WIPO ST.96 (trade marks, designs,
patents; versions 1 to 8), ST.36-style patent XML of the US, Japan and China, ST.66 trade mark XML; anything else with
facts by hand. How XML is kept harmless: `registrum.documents.safe_xml`.

Not its job: registering anything, or judging a priority claim.
"""

from __future__ import annotations

from registrum.documents.model import ApplicationDocument, ApplicationFacts, ClaimFacts
from registrum.documents.reading import read_application
from registrum.documents.safe_xml import MAX_XML_BYTES, MAX_XML_DEPTH, MAX_XML_ELEMENTS, XmlLimits

__all__ = [
    "MAX_XML_BYTES",
    "MAX_XML_DEPTH",
    "MAX_XML_ELEMENTS",
    "ApplicationDocument",
    "ApplicationFacts",
    "ClaimFacts",
    "XmlLimits",
    "read_application",
]
