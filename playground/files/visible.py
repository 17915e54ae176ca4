"""Text from elsewhere, so that all of it is seen: a character that hides, moves or reorders what stands around it is
shown by its number. Recipes, file names, paths and what programs print go through here on their way to a terminal or
the window; what runs, and what is written to files, is never changed."""

from __future__ import annotations

import re

# Controls but tab and line feed; marks and overrides of the direction of reading; signs without width; line ends of
# Unicode; halves of characters, which no terminal can print; signs that only programs see (tags).
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""`\u202e` stands for the character of that number."""
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub(_number, text)


def unseen(text: str) -> list[str]:
    """The numbers of such characters, in their order."""
    return [_number(found) for found in UNSEEN.finditer(text)]


def one_line(text: str) -> str:
    """As `visible`; in words that have but one line, a line feed or a tab is such a character too."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _number(found: re.Match[str]) -> str:
    sign = ord(found[0])
    return f"\\x{sign:02x}" if sign < 0x100 else f"\\u{sign:04x}" if sign < 0x10000 else f"\\U{sign:08x}"
