"""Spoils texts and bytes as users, editors and disks do: a piece lost, doubled, moved, replaced by rubbish; other line
ends; marks that nobody sees; a word for another."""

from __future__ import annotations

import random

PIECES = (
    *(
        "\0",
        "\r\n",
        "\r",
        "\t",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\xa0",
        "\x1b[31m",
        "\x7f",
        "é",
        "日本",
        "🐍",
        '"',
        "'",
        "\\",
    ),
    *(
        "=",
        "[",
        "]",
        "[[",
        "{",
        "}",
        ",",
        ", and ",
        " on ",
        " as ",
        " in ",
        " for ",
        " with ",
        " until ",
        "×",
        " x ",
        "-",
    ),
    *("+", "0x", "1e999", "nan", "-inf", "1_000", "10" * 300, "2 min", "each", "#", '"""', "true", "1979-05-27"),
    *("[" * 3000, " " * 2000),
)
RUBBISH = (b"\xff\xfe", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\0\0", b"\x1f\x8b\x08", b"PK\x03\x04", bytes(range(256)))


def text(dice: random.Random, whole: str) -> str:
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        begin = dice.randint(0, len(whole))
        end = min(len(whole), begin + dice.choice((0, 1, 1, 2, 5, 20)))
        piece = whole[begin:end]
        new = dice.choice(("", dice.choice(PIECES), piece * 2, piece.swapcase(), piece[::-1], _another(dice, whole)))
        whole = whole[:begin] + new + whole[end:]
    return whole


def content(dice: random.Random, whole: bytes) -> bytes:
    begin = dice.randint(0, len(whole))
    match dice.randrange(5):
        case 0:
            return whole[:begin]
        case 1:
            return whole[:begin] + dice.choice(RUBBISH) + whole[begin:]
        case 2:
            return whole[:begin] + dice.randbytes(dice.choice((1, 4, 64))) + whole[begin + 1 :]
        case 3:
            return whole.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n")))
        case _:
            return dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"")) + whole + whole[begin:]


def _another(dice: random.Random, whole: str) -> str:
    words = whole.split()
    return dice.choice(words) if words else ""
