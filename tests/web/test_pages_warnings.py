"""Texts of strangers: what hides is shown, what deceives is named, and nothing that is not a web address is a link."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrum.web.warnings import Concern, concerns, marked, plain, safe_link


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("European Union Intellectual Property Office", []),
        ("Institut national de la propriété industrielle", []),
        ("特許庁", []),
        ("Федеральная служба", []),
        ("الهيئة السعودية للملكية الفكرية", []),
        ("Ελληνικός Οργανισμός", []),
        ("EUIPO (Alicante), 日本 office", []),
        ("EM\u202e8660437", [Concern.BIDIRECTIONAL]),
        ("a\u2066b\u2069", [Concern.BIDIRECTIONAL]),
        ("EU\u200bIPO", [Concern.INVISIBLE]),
        ("\x1b[31mred", [Concern.INVISIBLE]),
        ("soft\u00adhyphen", [Concern.INVISIBLE]),
        ("blank\u3164", [Concern.INVISIBLE]),
        ("tag\U000e0041", [Concern.INVISIBLE]),
        ("variant\ufe0f", [Concern.INVISIBLE]),
        ("\ue000", [Concern.INVISIBLE]),
        ("ЕUIPO", [Concern.MIXED_SCRIPTS]),  # noqa: RUF001 - the look-alikes are the case
        ("pаypal", [Concern.MIXED_SCRIPTS]),  # noqa: RUF001 - the look-alikes are the case
        ("ΑΒΕ office", [Concern.LOOK_ALIKE]),  # noqa: RUF001 - the look-alikes are the case
        ("ЕМ", [Concern.LOOK_ALIKE]),  # noqa: RUF001 - the look-alikes are the case
        ("ＥＭ", [Concern.LOOK_ALIKE]),  # noqa: RUF001 - the look-alikes are the case
        ("𝐄𝐌", [Concern.LOOK_ALIKE]),  # noqa: RUF001 - the look-alikes are the case
        ("٣٤", [Concern.LOOK_ALIKE]),
        ("Z" + "\u0335" * 9, [Concern.STACKED]),
        ("\u202eЕUIPO\u200b", [Concern.BIDIRECTIONAL, Concern.INVISIBLE, Concern.MIXED_SCRIPTS]),  # noqa: RUF001 - the look-alikes are the case
    ],
)
def test_what_deceives_is_named(text: str, found: list[Concern]) -> None:
    assert list(concerns(text)) == found


def test_what_hides_is_shown_as_its_code() -> None:
    shown = str(marked("a\u202e<b>\u200b"))
    assert shown.startswith("<bdi>a")
    assert "\u202e" not in shown
    assert "\u200b" not in shown
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in shown
    assert ">U+200B<" in shown
    assert "&lt;b&gt;" in shown
    assert plain("a\u202eb") == "a[U+202E]b"


@given(st.text())
def test_no_text_escapes_from_its_element(text: str) -> None:
    shown = str(marked(text))
    inner = shown.removeprefix("<bdi>").removesuffix("</bdi>")
    assert "<" not in inner.replace('<span class="hidden-character"', "").replace("</span>", "")
    hidden = [one for one in shown if unicodedata.category(one) in ("Cc", "Cf") and one not in "\n\t"]
    assert hidden == []


@pytest.mark.parametrize("text", ["https://em.example/register", "http://em.example:8080/a?b=c#d"])
def test_an_address_on_the_web_can_be_a_link(text: str) -> None:
    assert safe_link(text) == "em.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://em.example/",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "//em.example/",
        "em.example",
        "https://",
        "https://em.example@evil.example/",
        "https://еm.example/",  # noqa: RUF001 - the look-alikes are the case
        "https://em.example/\u202egpj.exe",
        "https://em.example/ onclick=alert(1)",
        'https://em.example/"onmouseover="alert(1)',
        "https://em.example\\@evil.example/",
        "http://[::1",
        "https://em.example:99999/",
        "\nhttps://em.example/",
    ],
)
def test_nothing_else_is_a_link(text: str) -> None:
    assert safe_link(text) is None
