"""Makes all of a text from elsewhere visible: a character that hides, moves or reorders its neighbours is shown by its
number. Recipes, file names, paths and program output pass through here on their way to a terminal or the window; what
runs, and what is written to files, is never changed."""

from __future__ import annotations

import re

# Control characters except tab and line feed; marks that set or override the reading direction; characters without
# width; Unicode's own line ends; lone surrogates, which no terminal can print; tag characters, which only programs see.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""The text with each such character written as its number: `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub(_number, text)


def unseen(text: str) -> list[str]:
    """The numbers of the hidden characters in a text, in order."""
    return [_number(found) for found in UNSEEN.finditer(text)]


def one_line(text: str) -> str:
    """As `visible`, for text that must stay on one line: line feeds and tabs are written as escapes too."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _number(found: re.Match[str]) -> str:
    sign = ord(found[0])
    return f"\\x{sign:02x}" if sign < 0x100 else f"\\u{sign:04x}" if sign < 0x10000 else f"\\U{sign:08x}"
