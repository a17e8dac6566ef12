"""Documents that attack their reader: each refused by name, in bounded memory, without opening anything else."""

from __future__ import annotations

import codecs
import random
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrum.documents import MAX_XML_BYTES, ApplicationDocument, XmlLimits, read_application, safe_xml
from registrum.errors import DocumentError, InputError, UnsafeDocumentError

SAMPLES = Path(__file__).parent.parent / "samples"
TEXTS = {path.name: path.read_bytes() for path in sorted(SAMPLES.glob("*.xml"))}
SAMPLE = TEXTS["em-trademark-st96.xml"].decode()
BODY = SAMPLE[SAMPLE.index("<tmk:") :]
BOMB = (
    '<!DOCTYPE a [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    + "]><a>&l9;</a>"
)
QUADRATIC = f'<!DOCTYPE a [<!ENTITY l "{"x" * 50_000}">]><a>{"&l;" * 50_000}</a>'

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a document and returns its path."""

    def writer(content: str | bytes) -> Path:
        path = tmp_path / "document.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to connect fails the test (the parser's own attempts are caught by `test_nothing_is_fetched`)."""

    def refuse(*_: object) -> None:
        raise AssertionError("a document made its reader connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def reason(path: Path, limits: XmlLimits | None = None) -> str:
    with pytest.raises(UnsafeDocumentError) as caught:
        read_application(path, limits=limits)
    word = caught.value.details["reason"]
    assert f"({word})" in caught.value.message
    assert caught.value.remedy
    return str(word)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (BOMB, "entity-declaration"),
        (QUADRATIC, "entity-declaration"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a/>', "entity-declaration"),
        ('<!DOCTYPE a SYSTEM "a.dtd" [ <!-- c --> <!ENTITY x "y">]><a>&x;</a>', "entity-declaration"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "external-entity"),
        ('<!DOCTYPE a [<!ENTITY x PUBLIC "p" "http://127.0.0.1/">]><a>&x;</a>', "external-entity"),
        ('<!DOCTYPE a [<!ENTITY fig SYSTEM "fig.tif" NDATA tif>]><a/>', "external-entity"),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd">%p;]><a/>', "parameter-entity"),
        ("<!DOCTYPE a [<!ENTITY % p \"<!ENTITY x 'y'>\">%p;]><a>&x;</a>", "parameter-entity"),
        ("<!DOCTYPE a [%p;]><a/>", "parameter-entity"),
        ("<!DOCTYPE a [<!ELEMENT a ANY>]><a/>", "internal-subset"),
        ('<!DOCTYPE a [<!ATTLIST a b CDATA "injected">]><a/>', "internal-subset"),
        ("<!DOCTYPE a [<?x y?>]><a/>", "internal-subset"),
        ("<!DOCTYPE a [<!ELEMENT a ANY>", "internal-subset"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&x;</a>', "entity-reference"),
        ('<a b="&x;"/>', "entity-reference"),
        ("<a>&nbsp;</a>", "entity-reference"),
        ('<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd" parse="text"/></a>', "xinclude"),
        ('<include xmlns="http://www.w3.org/2003/XInclude" href="/etc/passwd"/>', "xinclude"),
        ("<a>" * 101 + "</a>" * 101, "too-deep"),
        ("<a>" * 100_000, "too-deep"),
        (f"<{'n' * 11_000_000}/>", "too-large"),
        (f"<a>{'x' * 11_000_000}</a>", "too-large"),
        (f"<a b='{'x' * 11_000_000}'/>", "too-large"),
    ],
)
def test_refused_by_name(write: Write, document: str, expected: str) -> None:
    assert reason(write(document)) == expected


@pytest.mark.parametrize(
    "document",
    [
        codecs.BOM_UTF8 + BOMB.encode(),
        BOMB.encode("utf-16"),
        codecs.BOM_UTF16_BE + BOMB.encode("utf-16-be"),
        BOMB.encode("utf-16-le"),
        BOMB.encode("utf-16-be"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB).encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16LE"?>' + BOMB).encode("utf-16-le"),
        ('<?xml version="1.0" encoding="EUC-JP"?>' + BOMB).encode("euc_jp"),
        ('<?xml version="1.0" encoding="windows-1251"?>' + BOMB).encode("cp1251"),
        ("<!-- c --><?p i?>\n" + BOMB).encode(),
    ],
)
def test_bomb_in_any_encoding(write: Write, document: bytes) -> None:
    assert reason(write(document)) == "entity-declaration"


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0" encoding="UTF-7"?>' + BOMB.encode("utf-7"),
        BOMB.encode("utf-32"),
        codecs.BOM_UTF32_BE + BOMB.encode("utf-32-be"),
        ('<?xml version="1.0" encoding="cp037"?>' + BOMB).encode("cp037"),
        b'<?xml version="1.0" encoding="cp037"?><a/>',
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b'<?xml version="1.0" encoding="ISO-2022-JP"?><a/>',
        b'<?xml version="1.0" encoding="../../x"?><a/>',
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        '<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16BE"?><a/>'.encode("utf-16-le"),
    ],
)
def test_encoding_not_accepted_or_contradicted(write: Write, document: bytes) -> None:
    assert reason(write(document)) == "encoding"


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16LE", "utf-16-le"),
        ("UTF-16BE", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1251", "cp1251"),
        ("KOI8-R", "koi8-r"),
        ("Shift_JIS", "shift_jis"),
        ("GB2312", "gb18030"),
        ("EUC-KR", "euc_kr"),
    ],
)
def test_encodings_that_are_read(write: Write, encoding: str, codec: str) -> None:
    text = SAMPLE.replace('encoding="UTF-8"', f"encoding='{encoding}'")
    assert read_application(write(text.encode(codec))).applications[0].number.text == "EM/T/019012345"


def test_title_in_its_own_encoding(write: Write) -> None:
    text = SAMPLE.replace("UTF-8", "windows-1251").replace("NEVAVOLNA", "НЕВАВОЛНА")
    assert read_application(write(text.encode("cp1251"))).applications[0].title == "НЕВАВОЛНА"


@pytest.mark.parametrize("codec", ["cp1251", "utf-16-le"])
def test_bytes_that_are_not_the_declared_encoding(write: Write, codec: str) -> None:
    # UTF-16 without the first two bytes: the head looks 8-bit, zero bytes follow.
    content = SAMPLE.replace("NEVAVOLNA", "НЕВАВОЛНА").encode(codec)
    if codec == "utf-16-le":
        content = SAMPLE[:60].encode() + SAMPLE[60:].encode(codec)
    with pytest.raises(DocumentError):
        read_application(write(content))


def test_wrong_byte_names_its_place(write: Write) -> None:
    content = SAMPLE.encode().replace(b"NEVAVOLNA", b"NEVA\xff")
    with pytest.raises(DocumentError, match=f"offset {content.index(0xFF)}"):
        read_application(write(content))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE us-patent-application>",
        '<!DOCTYPE us-patent-application SYSTEM "us-patent-application-v46-2022-02-17.dtd">',
        '<!DOCTYPE us-patent-application SYSTEM "us-patent-application-v46-2022-02-17.dtd" [ ]>',
        "<!DOCTYPE us-patent-application SYSTEM 'http://127.0.0.1:9/x.dtd' [\n<!-- empty -->\n] >",
        '<!DOCTYPE us-patent-application PUBLIC "-//X//DTD Y//EN" "file:///dev/zero">',
    ],
)
def test_document_type_without_declarations_is_accepted_and_never_loaded(write: Write, doctype: str) -> None:
    text = TEXTS["us-patent-st36.xml"].decode()
    start, end = text.index("<!DOCTYPE"), text.index("<!-- Invented")
    document = read_application(write(text[:start] + doctype + "\n" + text[end:]))
    assert document.applications[0].number.text == "US/P/18/612345"


def test_nothing_is_fetched(write: Write) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        for document in (
            f'<!DOCTYPE us-patent-application SYSTEM "{url}"><us-patent-application xmlns:i="urn:i"/>',
            f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{url}">%p;]><a/>',
            f'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a {url}"/>',
            f'<?xml-stylesheet type="text/xsl" href="{url}"?><a xml:base="{url}"/>',
        ):
            with pytest.raises(DocumentError):
                read_application(write(document))
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    "document",
    [
        "<",
        "<a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<a>\0</a>",
        "<!DOCTYPE a",
        "<!DOCTYPE a [",
        "<!DOCTYPE a []",
        "<!DOCTYPE [<!ENTITY x 'y'>]><a/>",
        "<!DOCTYPE a PUBLIC 'no system'><a/>",
        "<!DOCTYPE a><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<a><!DOCTYPE a [<!ENTITY x 'y'>]>&x;</a>",
        "<a/><!DOCTYPE a [<!ENTITY x 'y'>]>",
        "\ufeff\ufeff<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        "<!--",
        "<?x",
        "<?xml version='2.0'?><a/>",
        " <?xml version='1.0'?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        "<a b='1' b='2'/>",
        "<x:a/>",
        "<!DOCTYPE html><html><p>unclosed</html>",
    ],
)
def test_not_well_formed(write: Write, document: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_application(write(document))
    assert not isinstance(caught.value, UnsafeDocumentError)
    assert caught.value.remedy


def test_hostile_stays_refused_with_facts_by_hand(write: Write) -> None:
    facts = read_application(SAMPLES / "em-trademark-st96.xml").applications
    for document in (BOMB, "<a>", '<a b="&x;"/>'):
        with pytest.raises(DocumentError):
            read_application(write(document), facts=facts)


# --- limits: by construction, never by the clock --------------------------------------------------------------------


def test_size_limit(write: Write) -> None:
    size = len(SAMPLE.encode())
    path = write(SAMPLE)
    assert read_application(path, limits=XmlLimits(max_bytes=size)).applications
    assert reason(path, XmlLimits(max_bytes=size - 1)) == "too-large"


def test_size_limit_stops_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sparse file of four gigabytes that begins like XML: refused after the limit, never parsed."""
    path = tmp_path / "huge.xml"
    with path.open("wb") as stream:
        stream.write(b"<a>")
        stream.truncate(2**32)
    monkeypatch.setattr(safe_xml, "_build", pytest.fail)
    assert reason(path, XmlLimits(max_bytes=3 * 2**20)) == "too-large"


def test_size_limit_does_not_bind_other_files(write: Write) -> None:
    facts = read_application(SAMPLES / "em-trademark-st96.xml").applications
    document = read_application(write(b"%PDF-" + bytes(100)), facts=facts, limits=XmlLimits(max_bytes=10))
    assert document.format == "pdf"


def test_default_limits() -> None:
    assert XmlLimits() == XmlLimits(MAX_XML_BYTES, 100, 500_000)
    assert MAX_XML_BYTES == 64 * 2**20


def test_element_limit(write: Write) -> None:
    count = SAMPLE.count("</") - SAMPLE.count("<!--") + SAMPLE.count("/>") + 1
    path = write(SAMPLE)
    assert read_application(path, limits=XmlLimits(max_elements=count)).applications
    assert reason(path, XmlLimits(max_elements=count - 2)) == "too-many-elements"


def test_element_limit_stops_the_parser(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two million elements the parser is given no more than a few blocks."""
    from lxml import etree

    fed = []

    class Counting(etree.XMLPullParser):
        def feed(self, data: str | bytes) -> None:
            fed.append(len(data))
            super().feed(data)

    monkeypatch.setattr(etree, "XMLPullParser", Counting)
    assert reason(write("<a>" + "<b/>" * 2_000_000), XmlLimits(max_elements=20_000)) == "too-many-elements"
    assert sum(fed) <= 20_000 * len("<b/>") + 2 * 65_536


def test_depth_limit(write: Write) -> None:
    for depth, limit in ((5, 5), (100, 100)):
        path = write("<a>" * depth + "</a>" * depth)
        with pytest.raises(DocumentError, match="'a' is not a form"):
            read_application(path, limits=XmlLimits(max_depth=limit))
        assert reason(path, XmlLimits(max_depth=limit - 1)) == "too-deep"


def test_depth_is_of_nesting_not_of_count(write: Write) -> None:
    with pytest.raises(DocumentError, match="'a' is not a form"):
        read_application(write("<a>" + "<b><c/></b>" * 50_000 + "</a>"), limits=XmlLimits(max_depth=3))


# --- whatever arrives, only errors of this package leave ------------------------------------------------------------


def read_bytes(content: bytes) -> ApplicationDocument | InputError:
    """The document, or the error; anything else fails the test."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as file:
        file.write(content)
        file.flush()
        try:
            return read_application(file.name)
        except InputError as error:
            return error


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes(content: bytes) -> None:
    assert isinstance(read_bytes(content), DocumentError)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"<", b"<?xml ", b"<!DOCTYPE ", b"<!DOCTYPE a [", codecs.BOM_UTF16_LE + b"<\0", b"\xef\xbb\xbf<"]),
    st.binary(max_size=300),
)
def test_random_bytes_that_begin_like_xml(head: bytes, content: bytes) -> None:
    assert isinstance(read_bytes(head + content), DocumentError)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>!?-[]%&;'\"/= \nDOCTYPENISMxmlab:#x1", max_size=200))
def test_random_markup(text: str) -> None:
    assert isinstance(read_bytes(b"<" + text.encode()), DocumentError)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_truncated(name: str, share: float) -> None:
    content = TEXTS[name].rstrip()
    assert isinstance(read_bytes(content[: int(len(content) * share)]), DocumentError)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(min_value=0), st.integers(min_value=1, max_value=6))
def test_mutated(name: str, seed: int, times: int) -> None:
    """Bytes changed, doubled, cut or moved: facts or an error of this package, and if facts, whole ones."""
    chance = random.Random(seed)
    content = bytearray(TEXTS[name])
    for _ in range(times):
        start = chance.randrange(len(content))
        end = min(len(content), start + chance.choice((1, 1, 4, 40, 400)))
        kind = chance.randrange(4)
        if kind == 0:
            content[start] = chance.randrange(256)
        elif kind == 1:
            content[start:end] = b""
        elif kind == 2:
            content[start:start] = content[start:end]
        else:
            piece = bytes(content[start:end])
            content[start:end] = b""
            position = chance.randrange(len(content) + 1)
            content[position:position] = piece
    outcome = read_bytes(bytes(content))
    if isinstance(outcome, ApplicationDocument):
        for facts in outcome.applications:
            assert facts.number.on_chain
            assert facts.to_json()["filingDate"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=12))
def test_any_values_in_a_document_of_good_form(number: str, day: str, office: str) -> None:
    from xml.sax.saxutils import escape

    text = SAMPLE.replace("019012345", escape(number)).replace("2024-07-15+02:00", escape(day))
    outcome = read_bytes(text.replace("EM<", f"{escape(office)}<").encode("utf-8", "replace"))
    assert isinstance(outcome, ApplicationDocument | InputError)
