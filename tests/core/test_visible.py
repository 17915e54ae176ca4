"""Text from elsewhere: what could not be seen is shown by its number, and nothing else is changed."""

from __future__ import annotations

import unicodedata

import pytest

from playground.files.visible import one_line, unseen, visible

HIDDEN = [
    *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010), 0x061C, 0xFEFF, 0x2060, 0xAD]),
    *(chr(code) for code in [*range(32), *range(0x7F, 0xA0)] if chr(code) not in "\t\n"),
    *("\ud800", "\udfff", "\udc80", "\u2028", "\u2029", "\U000e0041"),
]


@pytest.mark.parametrize("sign", HIDDEN, ids=[f"{ord(sign):x}" for sign in HIDDEN])
def test_what_is_not_seen_is_shown_by_its_number(sign: str) -> None:
    shown = visible(f"a{sign}b")
    assert shown.isascii()
    assert shown.isprintable()
    assert shown.encode().decode("unicode_escape") == f"a{sign}b"
    assert unseen(f"a{sign}b") == [shown[1:-1]]
    shown.encode()  # no terminal chokes on it


def test_every_control_and_every_turn_of_direction_is_among_them() -> None:
    for code in range(0x110000):
        sign = chr(code)
        turns = unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN")
        if (unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\t\n") or (
            turns and unicodedata.category(sign) == "Cf"
        ):
            assert unseen(sign), hex(code)


@pytest.mark.parametrize(
    "text", ["", "plain", "a\n\tb", "ünïcödé ✓ 日本 עברית עربى", "10\u202f000 1\u00a0s", "\N{ELECTRIC PLUG}"]
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
    assert unseen(text) == []


def test_in_words_of_one_line_a_line_feed_is_one_too() -> None:
    assert one_line("a\nb\tc\r") == "a\\nb\\tc\\x0d"
