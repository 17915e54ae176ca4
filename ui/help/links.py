"""Links of help pages. `[Run](do:run)` carries out a command and names its key, whatever that is by now; `page:lens`
opens a page; a folder or an address opens outside. `{keys}` is the list of all commands with their keys."""

from __future__ import annotations

import re

from ui.actions import COMMANDS, Actions
from ui.kit import keys

DO, PAGE = "do:", "page:"
LINK = re.compile(r"\[([^\]]+)\]\(do:(\w+)\)")
KEYS = "{keys}"


def with_keys(text: str, actions: Actions) -> str:
    """The text of a page, with the key of each command behind its link."""

    def named(found: re.Match[str]) -> str:
        key = keys.words(actions[found[2]])
        return f"{found[0]} (`{key}`)" if key else found[0]

    return LINK.sub(named, text.replace(KEYS, _all_keys(actions)) if KEYS in text else text)


def commands_in(text: str) -> set[str]:
    return {found[2] for found in LINK.finditer(text)}


def _all_keys(actions: Actions) -> str:
    rows = [(command.name, actions[command.name].text()) for command in COMMANDS]
    return "\n".join(f"- [{title}](do:{name})" for name, title in rows if keys.words(actions[name]))
