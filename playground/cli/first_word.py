"""What the first word on the command line means: a command, a file for the window to open, or a slip.

A command comes first. A file with the name of one is opened by a path, such as `./run`. Standard library only, and
nothing slow: this is read at each start."""

from __future__ import annotations

import os
from collections.abc import Sequence

COMMANDS = ("run", "list", "script", "lesson")  # without a window
WITH_WINDOW = ("bench",)
OPENED = (".toml", ".py")
USAGE = """\
{slip}
A recipe or code is opened in the window by its file:  main.py FILE.recipe.toml  or  main.py FILE.py
A recipe as one line runs without a window:  main.py run "4 x primes as threads"
All commands: {all}; main.py --help has more."""


def is_file(word: str) -> bool:
    """Is a file meant, be it there or not? The window then opens, and says what is wrong with it."""
    is_path = " " not in word and (os.sep in word or (os.altsep or os.sep) in word)  # a typed recipe may hold one
    named = is_path or word.casefold().endswith(OPENED)
    there = os.path.exists(word)  # noqa: PTH110  (Path.exists fails for a typed recipe that is too long for a name)
    return word not in (*COMMANDS, *WITH_WINDOW) and bool(word) and (named or there)


def is_slip(argv: Sequence[str]) -> bool:
    """Is the first word neither an option, nor a command, nor a file?"""
    word = argv[0] if argv else ""
    return bool(word) and not word.startswith("-") and word not in (*COMMANDS, *WITH_WINDOW) and not is_file(word)


def told(word: str) -> str:
    """What to say of a slip: what there is, and what was probably meant."""
    from difflib import get_close_matches

    meant = get_close_matches(word, (*COMMANDS, *WITH_WINDOW), 1, 0.6)
    shown = "".join(sign if sign.isprintable() else "?" for sign in word[:60])
    slip = f"There is no command “{shown}”, and no file of that name." + (f" Did you mean {meant[0]}?" if meant else "")
    return USAGE.format(slip=slip, all=", ".join((*COMMANDS, *WITH_WINDOW)))
