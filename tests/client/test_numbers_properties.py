"""Properties of office numbers, on alphabets full of digits and letters that only look right."""

from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from registrum.errors import InputError, NumberFormatError
from registrum.numbers import OfficeNumber, Right, current_offices, forms, recognise

CANONICAL = string.digits + string.ascii_uppercase + "/.-"
# Digits by str.isdigit or str.isnumeric, letters that look Latin, spaces and signs that look like ASCII ones.
TRAPS = (
    "\u0660\u0661\u0966\u09e7\u0be7\u0e51\uff10\uff11\U0001d7ce\U0001d7d8\u00b2\u00b3\u00b9\u2074\u2460\u2488\u00bd\u2167"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0391\u0392\u0395\u0396\uff21\uff30\u0131\u017f\u212a\u00df"
    "\u00a0\u2000\u2007\u200b\u202e\u2028\u3000\ufeff\u00ad\u2044\u2215\u2010\u2011\u2013\u2212\u3002\uff0e\uff0c\t\n\r\x0b\x0c\x1c\x85\x00\x7f"
)
SETTINGS = settings(max_examples=300, deadline=None)

offices = st.sampled_from(sorted(current_offices()))
rights = st.sampled_from(list(Right))
numbers = st.text(alphabet=CANONICAL, min_size=1, max_size=29)
values = st.builds(OfficeNumber, offices, rights, numbers)
written = st.text(alphabet=CANONICAL + string.ascii_lowercase + " ,()[]", min_size=1, max_size=40)


@SETTINGS
@given(values)
def test_spellings_are_lossless(value: OfficeNumber) -> None:
    assert OfficeNumber.from_text(value.text) == value
    assert OfficeNumber.from_on_chain(value.on_chain) == value
    assert OfficeNumber.from_on_chain(value.on_chain_hex) == value
    assert len(value.on_chain) == 32


@SETTINGS
@given(values, values)
@example(OfficeNumber("EM", Right.TRADEMARK, "1"), OfficeNumber("EM", Right.TRADEMARK, "10"))
@example(OfficeNumber("FR", Right.PATENT, "1909731"), OfficeNumber("FR", Right.UTILITY_MODEL, "1909731"))
def test_spellings_are_injective(one: OfficeNumber, other: OfficeNumber) -> None:
    assert (one == other) == (one.on_chain == other.on_chain) == (one.text == other.text)
    if one == other:
        assert hash(one) == hash(other)


@SETTINGS
@given(st.binary(min_size=32, max_size=32))
def test_any_word_is_refused_or_comes_back_the_same(word: bytes) -> None:
    try:
        value = OfficeNumber.from_on_chain(word)
    except NumberFormatError:
        return
    assert value.on_chain == word


@SETTINGS
@given(values, st.integers(min_value=0, max_value=31), st.integers(min_value=0, max_value=255))
def test_one_changed_byte_never_gives_the_same_number(value: OfficeNumber, index: int, byte: int) -> None:
    word = bytearray(value.on_chain)
    assume(word[index] != byte)
    word[index] = byte
    with contextlib.suppress(NumberFormatError):
        assert OfficeNumber.from_on_chain(bytes(word)) != value


@SETTINGS
@given(written, rights, offices)
def test_what_is_read_is_read_again_from_its_text(text: str, right: Right, office: str) -> None:
    try:
        value = OfficeNumber.parse(text, right, office, allow_unmasked=True)
    except InputError:
        return
    assert set(value.number) <= set(CANONICAL)
    assert value.as_issued == text
    assert OfficeNumber.parse(value.text, allow_unmasked=True) == value
    if not value.unmasked:
        assert OfficeNumber.parse(value.text) == value


@SETTINGS
@given(st.data())
def test_numbers_by_the_forms_round_trip(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(forms.all_forms()))
    compact = data.draw(st.from_regex(form._pattern, fullmatch=True))
    assume(len(compact) <= 40)
    try:
        value = OfficeNumber.parse(compact, form.right, form.office)
    except InputError:
        # An expression drawn by hypothesis may end in a line feed, which `fullmatch` refuses, as the reader does.
        assert not form.match(compact)
        return
    assert not value.unmasked
    assert OfficeNumber.parse(value.text) == value
    assert OfficeNumber.parse(value.number, form.right, form.office) == value
    assert OfficeNumber.parse(f"{form.office} {compact}", form.right, form.office) == value


@SETTINGS
@given(st.data())
def test_one_trap_anywhere_is_refused_with_its_position(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(forms.all_forms()))
    position = data.draw(st.integers(min_value=0, max_value=len(form.example)))
    trap = data.draw(st.sampled_from(TRAPS))
    text = form.example[:position] + trap + form.example[position:]
    for read in (lambda: OfficeNumber.parse(text, form.right, allow_unmasked=True), lambda: recognise(text)):
        with pytest.raises(NumberFormatError) as caught:
            read()
        assert caught.value.details["position"] == position + 1


@SETTINGS
@given(st.text(alphabet=CANONICAL + string.ascii_lowercase + " ,()" + TRAPS, max_size=80))
def test_nothing_but_typed_errors_comes_out(text: str) -> None:
    for read in (
        lambda: OfficeNumber.parse(text),
        lambda: OfficeNumber.parse(text, Right.PATENT),
        lambda: OfficeNumber.parse(text, Right.TRADEMARK, "AT", allow_unmasked=True, allow_former=True),
        lambda: OfficeNumber.from_text(text),
        lambda: OfficeNumber.from_on_chain(text),
        lambda: recognise(text),
    ):
        with contextlib.suppress(InputError):
            read()
