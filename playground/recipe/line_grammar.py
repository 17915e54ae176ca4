"""The grammar of a recipe as one line: its words, the patterns of its parts, and how names are compared. `line_reader`
and `line_writer` share it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playground import catalogue, hosts
from playground.lab.wire.declaration import Job, Model

EXAMPLE = "4 x primes as threads on 3.13t"
ALLOWED = "N x JOB as MODEL, on INTERPRETER, in HOST, for SECONDS s, N each, with KNOB=VALUE"
LONGEST = 2000  # characters
REMARK = "(code not included)"
THIS_PYTHON = ("thispython", "thisappspython")

WORD = r'[^\s,="]+'
QUOTED = r'"(?P<quoted>(?:[^"]|"")*)"'
NUMBER = r"[+-]?\d[\d_\u2009\u202f\xa0]*(?:\.\d+)?"
TIMES = r"\s*(?:[×*]|x(?=\s|$))"
EACH = r"\s*(?:ops\s+)?each(?=[\s,]|$)"
KEYWORDS = ("as", "on", "in", "for", "until", "with")
KEYWORD = rf"(?:{'|'.join(KEYWORDS)})(?=[\s\"]|$)"
STOP = rf"(?:{NUMBER}{TIMES}|{NUMBER}{EACH}|{KEYWORD}|and\s)"  # the beginning of another part
COUNT, AMOUNT = f"(?P<number>{NUMBER}){TIMES}", f"(?P<number>{NUMBER}){EACH}"
PHRASE = rf"{WORD}(?:\s+(?!{STOP}){WORD})*"
SETTING = rf'(?!{STOP})(?P<name>[^=,"]+?)\s*=\s*(?:{QUOTED}|(?P<value>{PHRASE}))'
UNQUOTED = re.compile(r"[\w./\\:~@-]*[\w/\\]")


def key(words: str) -> str:
    """A name reduced to its letters and digits, in lower case: `Thread pool`, `thread-pool`, `THREAD_POOL` are one."""
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def named(given: str, known: Mapping[str, str]) -> str | None:
    """The known name that was given, in the singular or in the plural: `thread` is as good as `threads`."""
    forms = (given, f"{given}s", f"{given}es", given.removesuffix("s"))
    return next((known[form] for form in forms if form in known), None)


def titles(entries: tuple[Model | Job, ...]) -> dict[str, str]:
    return {key(words): entry.name for entry in entries for words in (entry.title, entry.name)}


def host_names() -> dict[str, str]:
    return {key(words): host.name for host in hosts.every() for words in host.names}


def usual_host(model: str) -> str:
    return hosts.usual_of(catalogue.model(model).hosts).name
