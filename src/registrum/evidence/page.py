"""The pages of a bundle, for people: what is shown, in words, to read and to print. Section 1 of the format.

The pages prove nothing: they repeat `evidence.json`, and say how to check it. The same evidence gives the same bytes.
Not its job: what the facts are (`registrum.evidence.facts`).
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registrum.errors import ConfigError, OfficeCodeError
from registrum.evidence.warning import warnings
from registrum.numbers import OfficeNumber, Right, office_name

__all__ = ["html_page", "pdf_page"]

_ANSWERS = {
    "filed": "{number} is recorded, as the office first stated it.",
    "corrected": "{number} is recorded; the office has corrected the record.",
    "withdrawn": "{number} is recorded, and the application was withdrawn.",
    "anchored": "{number} is not recorded by itself; it is one of those under an anchor of its office.",
    "recorded": "{number} is in the register.",
    "not_found": "{number} was not recorded at this block, although its office was a member then.",
    "not_covered": "The office of {number} was not a member at this block: nothing can be said about its numbers.",
}
_VERDICTS = {
    "valid": "It would be within the priority period (Paris Convention, Art. 4C).",
    "not_covered": "The office of the earlier number is not a member: nothing can be said.",
    "not_found": "The earlier number is not recorded, although its office is a member.",
    "signer_compromised": "The key that signed the earlier record was compromised then; nobody has confirmed it since.",
    "date_mismatch": "The claimed date is not the recorded filing date (Paris Convention, Art. 4D(1)).",
    "digest_mismatch": "The copy is not the application as recorded (Paris Convention, Art. 4D(3)).",
    "right_not_allowed": "There is no priority between these kinds of right (Paris Convention, Art. 4C(1), 4E).",
    "same_day": "Both would be of one day (Paris Convention, Art. 4C(2)).",
    "later_precedes_earlier": "The later application would be the first (Paris Convention, Art. 4C(2)).",
    "restorable": "The period would be over, by two months at most; restorable (PCT Rule 26bis.3; EPC Art. 122).",
    "period_expired": "The priority period would be over (Paris Convention, Art. 4C(1)).",
}
_LABELS = {
    "digest": "Digest (SHA-256)",
    "filingDate": "Filing date",
    "disclosure": "Disclosure",
    "recordedAt": "Recorded at",
    "signingKey": "Signing key",
    "status": "Status",
    "version": "Version",
    "suspect": "Key compromised when it signed",
    "registry": "Contract",
}
_UNSIGNED = "no signature of a key, not checked"
_PRINTED_WITH = "Pages that can be printed need the packages of `pip install 'registrum[evidence]'`."


@dataclass(frozen=True)
class _Section:
    title: str
    rows: tuple[tuple[str, str], ...]


def html_page(evidence: Mapping[str, Any], encoded: bytes) -> bytes:
    """The page for reading: one file, no script, nothing fetched.

    Args:
        evidence: The value of `evidence.json`.
        encoded: Its bytes, whose digest the page names.

    Raises:
        ConfigError: The packages that draw are not installed.
    """
    digest = hashlib.sha256(encoded).hexdigest()
    parts = [_HEAD, f"<h1>{_escaped(_title(evidence))}</h1>", f"<p class=answer>{_escaped(_answer(evidence))}</p>"]
    for section in _sections(evidence):
        rows = "".join(
            f"<tr><th scope=row>{_escaped(one)}</th><td>{_escaped(other)}</td></tr>" for one, other in section.rows
        )
        parts.append(f"<h2>{_escaped(section.title)}</h2><table>{rows}</table>")
    parts += [
        "<h2>How to check this</h2>",
        *(f"<p>{_escaped(each)}</p>" for each in _instructions(digest)),
        f"<figure>{_qr_svg(digest)}<figcaption>SHA-256 of evidence.json: {digest}</figcaption></figure>",
        "</main></body></html>\n",
    ]
    return "\n".join(parts).encode("ascii", "xmlcharrefreplace")


def pdf_page(evidence: Mapping[str, Any], encoded: bytes) -> bytes:
    """The page for printing; as `html_page`."""
    try:
        from reportlab.graphics.barcode.qr import QrCodeWidget
        from reportlab.graphics.shapes import Drawing
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.styles import getSampleStyleSheet
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table
    except ImportError as error:
        raise ConfigError("the pages of a bundle cannot be made", remedy=_PRINTED_WITH) from error
    import io

    digest = hashlib.sha256(encoded).hexdigest()
    styles = getSampleStyleSheet()
    small = styles["BodyText"].clone("small", fontSize=8, leading=10, wordWrap="CJK")

    def cell(text: str) -> Any:
        return Paragraph(_latin(text), small)

    story: list[Any] = [
        Paragraph(_latin(_title(evidence)), styles["Title"]),
        Paragraph(_latin(_answer(evidence)), styles["BodyText"]),
    ]
    for section in _sections(evidence):
        story.append(Paragraph(_latin(section.title), styles["Heading3"]))
        rows = [[cell(one), cell(other)] for one, other in section.rows]
        story.append(
            Table(rows, colWidths=[45 * mm, 125 * mm], hAlign="LEFT", style=[("VALIGN", (0, 0), (-1, -1), "TOP")])
        )
    story.append(Paragraph("How to check this", styles["Heading3"]))
    story += [Paragraph(_latin(each), small) for each in _instructions(digest)]
    drawing = Drawing(36 * mm, 36 * mm)
    drawing.add(QrCodeWidget(digest, barWidth=36 * mm, barHeight=36 * mm))
    story += [Spacer(1, 4 * mm), drawing, cell(f"SHA-256 of evidence.json: {digest}")]
    written = io.BytesIO()
    document = SimpleDocTemplate(
        written, pagesize=A4, title=_latin(_title(evidence)), author="", creator="Registrum", invariant=1, lang="en"
    )
    document.build(story)
    return written.getvalue()


def _title(evidence: Mapping[str, Any]) -> str:
    subject = evidence["subject"]
    if subject["kind"] == "claim":
        return f"Priority claimed from {subject['earlier']}"
    return f"{'Register entry' if subject['kind'] == 'entry' else 'Application'} {subject['number']}"


def _answer(evidence: Mapping[str, Any]) -> str:
    facts, subject = evidence["facts"], evidence["subject"]
    if subject["kind"] == "claim":
        asked = (
            f"Asked: a later application at {subject['laterOffice']}, filed on {subject['laterDate']}, that claims"
            f" {subject['earlier']} of {subject['claimedDate']}. "
        )
        return asked + _VERDICTS[facts["verdict"]]
    text = _ANSWERS[facts["answer"]].format(number=subject["number"])
    record = facts.get("record")
    if record is not None and record["suspect"]:
        text += " The key that signed it was compromised then: it proves nothing until the office confirms it."
    return text


def _sections(evidence: Mapping[str, Any]) -> Iterator[_Section]:
    facts, subject, block = evidence["facts"], evidence["subject"], evidence["block"]
    if subject["kind"] == "claim":
        yield _Section("Claim", tuple(_claim_rows(subject, facts)))
    else:
        number = OfficeNumber.from_text(subject["number"])
        right = number.right.full_name
        yield _Section("Subject", (("Number", number.text), ("Right", right), ("Office", _office(number.office))))
    said = warnings(evidence)
    if said:
        yield _Section(
            "What speaks against it", tuple((f"Warning {place}", each) for place, each in enumerate(said, 1))
        )
    record = facts.get("record")
    if record is not None:
        yield _Section("Record", tuple((_LABELS[name], _shown(record[name])) for name in _LABELS))
    yield from _application_sections(evidence)
    entry = facts.get("entry")
    if entry is not None:
        yield _Section(
            "Entry", tuple((_spaced(name), _shown(entry[name])) for name in entry if entry[name] is not None)
        )
    for place, event in enumerate(facts.get("events", ()), 1):
        rows = tuple((_spaced(name), _shown(event[name])) for name in event if event[name] is not None)
        unsigned = (("Signature", _UNSIGNED),) if event["signer"] is None else ()
        yield _Section(f"Event {place}", (*rows, *unsigned))
    office = facts["office"]
    rows = tuple((_spaced(name), _shown(office[name])) for name in office if office[name] is not None)
    yield _Section("Office at this block", rows)
    for key in facts["keys"]:
        yield _Section("Key", tuple((_spaced(name), _shown(key[name])) for name in key if key[name] is not None))
    for place, row in enumerate(evidence["history"], 1):
        rows = tuple((_spaced(name), _shown(row[name])) for name in _in_order(row) if row[name] is not None)
        yield _Section(f"History {place}: {_spaced(row['event']).strip().lower()}", rows)
    yield _Section("Block", tuple((_spaced(name), _shown(block[name])) for name in ("number", "hash", "time")))


def _application_sections(evidence: Mapping[str, Any]) -> Iterator[_Section]:
    """What confirmed the record anew, the anchor it stands under, and who signed; of entries their events tell it."""
    facts = evidence["facts"]
    for name, title in (("reconfirmation", "Confirmed anew by the office"), ("anchored", "Anchor it stands under")):
        shown = facts.get(name)
        if shown is not None:
            yield _Section(title, tuple((_LABELS.get(each, _spaced(each)), _shown(shown[each])) for each in shown))
    if evidence["statements"] and "events" not in facts:
        rows = (
            (f"{place}. {each['type']}", f"{each['signer']}: {_UNSIGNED if each['signature'] is None else 'signed'}")
            for place, each in enumerate(evidence["statements"], 1)
        )
        yield _Section("Statements of the office", tuple(rows))


def _in_order(row: Mapping[str, Any]) -> Sequence[str]:
    """What an event of the history says, then where it stands in the chain."""
    last = "block", "log", "transaction"
    return ["time", *(name for name in row if name not in {"time", "event", *last}), *last]


def _claim_rows(subject: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Verdict", facts["verdict"].replace("_", " ")
    yield "Rule", f"{facts['rule']['text']} ({facts['rule']['source']})"
    yield "Earlier application", subject["earlier"]
    yield "Claimed date", subject["claimedDate"]
    yield "Later office", _office(subject["laterOffice"])
    yield "Later right", Right(subject["laterRight"]).full_name
    yield "Later filing date", subject["laterDate"]
    for name, label in (
        ("lastDay", "Last day"),
        ("extendedFrom", "Extended from"),
        ("restorableUntil", "Restorable until"),
    ):
        if facts[name] is not None:
            yield label, facts[name]
    yield "Closed days", facts["calendar"].replace("_", " ")


def _instructions(digest: str) -> Sequence[str]:
    return (
        "This page repeats what is in evidence.json of the bundle that it came with; by itself it proves nothing.",
        "The history comes from logs, which the state does not prove: events may be left out or made up, and blocks,"
        " times and transactions are the word of who made the bundle.",
        "Check the bundle with `registrum evidence verify`, with verify.py (Python alone), or with verify.html in a"
        " browser; none needs a network. Give them a description of the chain that you have from a source you trust.",
        f"If you have only this page, the bundle it belongs to holds an evidence.json with the SHA-256 {digest}.",
    )


def _office(code: str) -> str:
    try:
        return f"{code}, {office_name(code)}"
    except OfficeCodeError:
        return code


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, dict):
        return "; ".join(f"{_spaced(name)}: {_shown(each)}" for name, each in value.items() if each is not None)
    return str(value)


def _spaced(name: str) -> str:
    """`filingDate` as "Filing date"."""
    text = "".join(" " + each.lower() if each.isupper() else each for each in name)
    return text[:1].upper() + text[1:]


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)


def _latin(text: str) -> str:
    """What the fonts that every PDF reader has can show; else its code point."""
    return _escaped(text.encode("latin-1", "namereplace").decode("latin-1"))


def _qr_svg(text: str) -> str:
    """A QR code (ISO/IEC 18004) as one path."""
    try:
        from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel
    except ImportError as error:
        raise ConfigError("the pages of a bundle cannot be made", remedy=_PRINTED_WITH) from error
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text))
    code.make()
    size = code.getModuleCount()
    path = "".join(f"M{x} {y}h1v1h-1z" for y in range(size) for x in range(size) if code.isDark(y, x))
    attributes = f'aria-label="QR code of the digest" viewBox="-4 -4 {size + 8} {size + 8}" width=148 height=148'
    return f'<svg role=img {attributes}><path d="{path}"/></svg>'


_HEAD = """<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width">
<meta http-equiv=Content-Security-Policy content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence</title>
<style>
body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#fff}
main{max-width:48rem;margin:0 auto;padding:1.5rem}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:400;color:#4a4a4a;width:12rem;vertical-align:top;padding:.2rem .8rem .2rem 0}
td{overflow-wrap:anywhere;padding:.2rem 0}
.answer{font-size:1.2rem}
figure{margin:1rem 0}figcaption{font-size:.8rem;overflow-wrap:anywhere}
</style></head><body><main>"""
