"""Turn bytes that a stranger sent into an element tree, or refuse them by name.

The parser never sees a document type declaration. It is read here, by the few lines of grammar that the head of an
XML document has, and dropped: so there is nothing that could declare an entity, default an attribute or name a file to
load, whatever the parser's options are. What is accepted and why:

- A declaration without an internal subset, or with an empty one, with or without SYSTEM or PUBLIC identifier: every
  real ST.36 file has it (`<!DOCTYPE us-patent-application SYSTEM "....dtd" [ ]>`). The DTD it names is never loaded.
- Anything inside the internal subset but white space and comments is refused: `entity-declaration`, `external-entity`,
  `parameter-entity`, or `internal-subset` for other declarations.
- A reference to an entity other than the five of XML is refused: `entity-reference`.
- Elements of XInclude are refused, `xinclude`: what they mean lies in other files, which the digest does not cover.
- Bytes are decoded here, strictly, by a closed list of encodings, so that no two readers can see different documents.
  An encoding that is not in the list, or that the byte order mark or the first bytes contradict: `encoding`.
- `too-large`, `too-deep`, `too-many-elements`: the limits of `XmlLimits`.

Each of these is an `UnsafeDocumentError` whose `details["reason"]` is the word above. XML that is merely broken is a
`DocumentError`. Nothing is fetched over the network and no file but the given one is opened.

Not its job: what the elements mean.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from registrum.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

MAX_XML_BYTES = 64 * 1024 * 1024
"""Largest XML file that is read, in bytes. Other files are only hashed and may have any size."""
MAX_XML_DEPTH = 100
"""Deepest nesting of elements; real documents, with tables and formulas, stay below 40."""
MAX_XML_ELEMENTS = 500_000
"""Most elements in one document; bounds the memory of the tree."""

XINCLUDE_NAMESPACES = ("http://www.w3.org/2001/XInclude", "http://www.w3.org/2003/XInclude")

_FEED_CHARACTERS = 64 * 1024
_HEAD_BYTES = 1024
_SPACE = " \t\r\n"
_EBCDIC = b"\x4c\x6f\xa7\x94"
"""`<?xm` in EBCDIC."""

_ENCODINGS = {
    "utf-8": ("utf-8",),
    "utf8": ("utf-8",),
    "us-ascii": ("ascii",),
    "ascii": ("ascii",),
    "utf-16": ("utf-16",),
    "utf-16le": ("utf-16-le",),
    "utf-16be": ("utf-16-be",),
    # Japanese, Chinese and Korean offices use vendor characters beyond the plain sets, hence the second codec.
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "shift_jis": ("shift_jis", "cp932"),
    "windows-31j": ("cp932",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("big5", "cp950"),
    "euc-kr": ("euc_kr", "cp949"),
    "ks_c_5601-1987": ("cp949",),
    "koi8-r": ("koi8_r",),
    "koi8-u": ("koi8_u",),
    **{f"iso-8859-{part}": (f"iso8859_{part}",) for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    **{f"windows-{page}": (f"cp{page}",) for page in range(1250, 1259)},
}
_WIDE = {"utf-16-le": ("utf-16", "utf-16le"), "utf-16-be": ("utf-16", "utf-16be")}

_DECLARATION = re.compile(
    r"<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:\"1\.[0-9]+\"|'1\.[0-9]+')"
    r"(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:\"(?P<double>[^\"<>]*)\"|'(?P<single>[^'<>]*)'))?"
    r"(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:\"(?:yes|no)\"|'(?:yes|no)'))?[ \t\r\n]*\?>"
)
_DOCTYPE = re.compile(
    r"<!DOCTYPE[ \t\r\n]+[^ \t\r\n\[<>]+"
    r"(?:[ \t\r\n]+(?:SYSTEM|PUBLIC[ \t\r\n]+(?:\"[^\"]*\"|'[^']*'))[ \t\r\n]+(?:\"[^\"]*\"|'[^']*'))?[ \t\r\n]*"
)
_SECOND_DECLARATION = re.compile(r"<\?xml[ \t\r\n?]", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY[ \t\r\n]+(?P<parameter>%)?[ \t\r\n]*[^ \t\r\n]*[ \t\r\n]*(?P<external>SYSTEM|PUBLIC)?")


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Bounds on one XML document: its bytes, the depth of its elements, their count."""

    max_bytes: int = MAX_XML_BYTES
    max_depth: int = MAX_XML_DEPTH
    max_elements: int = MAX_XML_ELEMENTS


def refuse(reason: str, message: str, remedy: str = "") -> UnsafeDocumentError:
    """The error for a document refused for its form, with the stable word for the reason in its details."""
    return UnsafeDocumentError(
        f"document refused ({reason}): {message}",
        remedy=remedy
        or "Ask the sender for a self-contained XML file, or pack the file into a ZIP and give its facts by hand.",
        reason=reason,
    )


def looks_like_xml(head: bytes) -> bool:
    """Whether a file that starts with these bytes is to be read as XML, in whatever encoding."""
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if head.startswith(mark):
            head = head[len(mark) :]
            break
    # Zero bytes go, so that the wide encodings answer too.
    return head[:_HEAD_BYTES].replace(b"\0", b"").lstrip().startswith(b"<") or head.startswith(_EBCDIC)


def parse_xml(data: bytes, limits: XmlLimits) -> etree._Element:
    """Parse bytes under the rules of this module.

    Args:
        data: The whole file.
        limits: Bounds; what exceeds one is refused before more of it is parsed.

    Returns:
        The root element. Comments and processing instructions are gone.

    Raises:
        UnsafeDocumentError: Refused; `details["reason"]` names why.
        DocumentError: Not well-formed XML.
    """
    if len(data) > limits.max_bytes:
        raise too_large(limits)
    return _build(_without_prolog(_decode(data)), limits)


def too_large(limits: XmlLimits) -> UnsafeDocumentError:
    """The error for an XML file over the size limit."""
    return refuse("too-large", f"an XML file of more than {limits.max_bytes:,} bytes")


def _decode(data: bytes) -> str:
    family, mark = _family(data)
    head = data[len(mark) : len(mark) + _HEAD_BYTES].decode(family or "latin-1", errors="replace")
    declaration = _DECLARATION.match(head)
    declared = ""
    if declaration is not None:
        declared = (declaration["double"] or declaration["single"] or "").lower()
    if declared and declared not in _ENCODINGS:
        raise refuse("encoding", f"the encoding {declared!r} is not accepted", "Convert the file to UTF-8.")
    if family is not None:
        if declared and declared not in _WIDE.get(family, ("utf-8", "utf8")):
            raise refuse("encoding", f"it declares {declared!r}, but its first bytes are {family}")
        codecs_to_try: tuple[str, ...] = (family,)
    elif declared.startswith("utf-16"):
        raise refuse("encoding", f"it declares {declared!r}, but its first bytes are of an 8-bit encoding")
    else:
        codecs_to_try = _ENCODINGS[declared or "utf-8"]
    for codec in codecs_to_try:
        try:
            return data[len(mark) :].decode(codec)
        except UnicodeDecodeError as error:
            failure = error
    raise DocumentError(
        f"not readable as {declared or family or 'utf-8'}: wrong byte at offset {failure.start + len(mark)}",
        remedy="The encoding that the document declares must be the one that it is written in.",
    ) from failure


def _family(data: bytes) -> tuple[str | None, bytes]:
    """The encoding that the first bytes prove, with the byte order mark; None for any 8-bit encoding."""
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (_EBCDIC, "EBCDIC")):
        if data.startswith(mark):
            raise refuse("encoding", f"the encoding {name!r} is not accepted", "Convert the file to UTF-8.")
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8", codecs.BOM_UTF8
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", codecs.BOM_UTF16_LE
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", codecs.BOM_UTF16_BE
    if data[:2] == b"<\0":
        return "utf-16-le", b""
    if data[:2] == b"\0<":
        return "utf-16-be", b""
    return None, b""


def _without_prolog(text: str) -> str:
    """The document from its root element on; the head is checked and replaced by as many line breaks as it had."""
    declaration = _DECLARATION.match(text)
    position = declaration.end() if declaration is not None else 0
    seen_doctype = False
    while True:
        position = _skip_space(text, position)
        if text.startswith("<!--", position):
            position = _after(text, "-->", position + 4, "a comment")
        elif text.startswith("<?", position):
            if _SECOND_DECLARATION.match(text, position):
                raise _broken("its XML declaration is malformed or not at its start")
            position = _after(text, "?>", position + 2, "a processing instruction")
        elif text.startswith("<!DOCTYPE", position):
            if seen_doctype:
                raise _broken("it has two document type declarations")
            seen_doctype = True
            position = _after_doctype(text, position)
        else:
            # The leading space keeps the parser from taking anything here for the start of a document.
            return " " + "\n" * text.count("\n", 0, position) + text[position:]


def _after_doctype(text: str, start: int) -> int:
    head = _DOCTYPE.match(text, start)
    if head is None:
        raise _broken("its document type declaration is malformed")
    position = head.end()
    if text.startswith("[", position):
        position = _skip_space(text, position + 1)
        while text.startswith("<!--", position):
            position = _skip_space(text, _after(text, "-->", position + 4, "a comment"))
        if not text.startswith("]", position):
            raise _subset_refusal(text, position)
        position = _skip_space(text, position + 1)
    if not text.startswith(">", position):
        raise _broken("its document type declaration is malformed")
    return position + 1


def _subset_refusal(text: str, position: int) -> DocumentError:
    """Names what stands in the internal subset."""
    if position == len(text):
        return _broken("its document type declaration does not end")
    if text.startswith("%", position):
        return refuse("parameter-entity", "it uses a parameter entity in its document type declaration")
    end = text.find("]", position)
    entity = _ENTITY.search(text, position, end if end >= 0 else len(text))
    if entity is None:
        return refuse("internal-subset", "its document type declaration holds declarations of its own")
    if entity["parameter"]:
        return refuse("parameter-entity", "it declares a parameter entity")
    if entity["external"]:
        return refuse("external-entity", "it declares an entity that lies in another file")
    return refuse("entity-declaration", "it declares an entity")


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _after(text: str, closing: str, start: int, what: str) -> int:
    end = text.find(closing, start)
    if end < 0:
        raise _broken(f"{what} before its root element does not end")
    return end + len(closing)


def _broken(why: str) -> DocumentError:
    return DocumentError(
        f"not well-formed XML: {why}",
        remedy="The file may be cut short. If it is not meant to be XML, pack it into a ZIP and give facts by hand.",
    )


def _build(text: str, limits: XmlLimits) -> etree._Element:
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    guard = _Guard(limits)
    try:
        for start in range(0, len(text), _FEED_CHARACTERS):
            parser.feed(text[start : start + _FEED_CHARACTERS].encode("utf-8"))
            guard.check(parser)
        root = parser.close()
        guard.check(parser)
    except etree.XMLSyntaxError as error:
        # The parser has limits of its own: what it built until then says whether depth was it.
        guard.check(parser)
        entries = list(parser.feed_error_log)
        codes = {entry.type for entry in entries}
        message = entries[0].message if entries else str(error.msg)
        if etree.ErrorTypes.ERR_UNDECLARED_ENTITY in codes:
            raise refuse("entity-reference", f"{message}; nothing outside the file is read") from error
        if codes & {etree.ErrorTypes.ERR_NAME_TOO_LONG, etree.ErrorTypes.ERR_RESOURCE_LIMIT}:
            raise refuse("too-large", message) from error
        raise _broken(f"{message} (line {entries[0].line})" if entries else message) from error
    except (etree.LxmlError, UnicodeEncodeError) as error:
        raise _broken(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refuse("internal-subset", "a document type declaration reached the parser")
    return root


class _Guard:
    """Counts elements and their depth while the tree grows."""

    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._depth = 0
        self._elements = 0

    def check(self, parser: etree.XMLPullParser) -> None:
        # The parser was asked for "start" and "end" only, which carry elements.
        for event, element in cast("Iterator[tuple[str, etree._Element]]", parser.read_events()):
            if event == "end":
                self._depth -= 1
                continue
            self._depth += 1
            self._elements += 1
            if self._depth > self._limits.max_depth:
                raise refuse("too-deep", f"elements nested more than {self._limits.max_depth} deep")
            if self._elements > self._limits.max_elements:
                raise refuse("too-many-elements", f"more than {self._limits.max_elements:,} elements")
            if str(element.tag).startswith(tuple(f"{{{name}}}" for name in XINCLUDE_NAMESPACES)):
                raise refuse("xinclude", "it includes other files by XInclude")
