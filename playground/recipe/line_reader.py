"""Reads a recipe that was typed or pasted as one line: `4 x primes as threads on 3.13t for 5 s with gil=on`. Names and
titles are read in upper or lower case. The parts may stand in any order, as each has a form or a first word of its
own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn

from playground import catalogue
from playground.files.visible import one_line
from playground.recipe.line_grammar import (
    ALLOWED,
    AMOUNT,
    COUNT,
    EXAMPLE,
    KEYWORD,
    KEYWORDS,
    LONGEST,
    PHRASE,
    QUOTED,
    REMARK,
    SETTING,
    THIS_PYTHON,
    WORD,
    host_names,
    key,
    named,
    titles,
    usual_host,
)
from playground.recipe.line_values import read_length, read_number, setting_value
from playground.recipe.mistakes import MOST_GIVEN, SUBJECTS, WHAT, meant, quoted, twice, unknown
from playground.recipe.python_name import is_name
from playground.recipe.recipe import BadRecipe, Recipe, knobs_of

ENDS = ("stopped", "it is done")
PYTHONS = "a short name like 3.13t, or a path"
MOST_WORDS = 8  # in a title
PYTHON = re.compile(
    r"(?P<kind>cpython|python|pypy|graalpy|graalvm)?\s*(?P<number>\d+(\.\d+)*)(?P<free>t|[\s-]*free[\s-]*threaded)?",
    re.IGNORECASE,
)
KINDS = {"pypy": "pypy", "graalpy": "graalpy", "graalvm": "graalpy"}  # implementations other than CPython


class NotUnderstood(BadRecipe):
    """A BadRecipe that also says where in the line the mistake is."""

    def __init__(self, field: str, words: str, place: tuple[int, int], given: object = None, allowed: str = "") -> None:
        super().__init__(field, words, given, allowed)
        self.start, self.end = place


def from_line(text: str) -> Recipe:
    """The recipe that a line describes; else BadRecipe, with the part that was not understood and what is allowed
    there. Whether the recipe can be run is checked by `recipe.checked`."""
    if len(text) > LONGEST:
        raise BadRecipe(
            "recipe", f"A line may have {LONGEST} characters, not {len(text)}.", len(text), f"{LONGEST} characters"
        )
    return _Reader(text).read()


class _Reader:
    """Goes through the line part by part. `_at` is where the next part begins."""

    def __init__(self, text: str) -> None:
        self._text = text.rstrip().removesuffix(REMARK).rstrip(" ,.")
        self._at = 0
        self._fields: dict[str, Any] = {}
        self._given: dict[str, str] = {}  # field → its text in the line
        self._settings: list[re.Match[str]] = []

    def read(self) -> Recipe:
        self._match(r"\s*(?:run(?=\s|$))?[\s,]*")
        if self._at == len(self._text):
            raise BadRecipe("recipe", f"There is nothing in this line. It reads like: {EXAMPLE}", "", ALLOWED)
        while self._at < len(self._text):
            self._read_part()
            self._match(r"(?:[\s,]|and\s)+")
        for field in ("workers", "job", "model"):
            if field not in self._fields:
                raise BadRecipe("recipe", f"{SUBJECTS[field]} is missing. A line reads like: {EXAMPLE}", None, ALLOWED)
        host = self._fields.get("host") or usual_host(self._fields["model"])
        recipe = Recipe(**{**self._fields, "host": host})
        return Recipe(**{**self._fields, "host": host, "knobs": dict(self._knobs(recipe))})

    def _read_part(self) -> None:
        start = self._at
        if found := self._match(COUNT) or ("workers" not in self._fields and self._match(r"(?P<number>\d+)(?=\s)")):
            self._give("workers", self._whole("workers", found), start)
        elif found := self._match(AMOUNT):
            self._give("amount", self._whole("amount", found), start)
        elif found := self._match(KEYWORD):
            keyword = found[0].casefold()
            self._match(r"\s+")
            self._read_after(keyword)
        else:
            self._name("job", titles(catalogue.jobs()))

    def _read_after(self, keyword: str) -> None:
        match keyword:
            case "as":
                self._name("model", titles(catalogue.models()))
            case "in":
                self._name("host", host_names())
            case "on":
                self._read_python()
            case "for":
                self._read_seconds()
            case "until":
                self._read_end()
            case _:
                self._read_settings()

    def _name(self, field: str, known: Mapping[str, str]) -> None:
        start = self._at
        end, name = self._longest(known)
        if name is not None:
            self._at = end
            self._give(field, name, start)
        elif field == "job" and "job" in self._fields:
            self._refuse_stray()
        else:
            self._refuse_name(field, known)

    def _longest(self, known: Mapping[str, str]) -> tuple[int, str | None]:
        """The longest run of words from here on that is a name or a title. A title may have words like `in` in it."""
        found: tuple[int, str | None] = (self._at, None)
        here = re.compile(r'[^="]*').match(self._text, self._at)
        for word in islice(re.finditer(r"\S+", here[0] if here else ""), MOST_WORDS):
            name = named(key(self._text[self._at : self._at + word.end()]), known)
            if name is not None and key(word[0]):  # a title may have signs in it, but does not end with one
                found = (self._at + word.end(), name)
        return found

    def _read_python(self) -> None:
        start = self._at
        end, host = self._longest(host_names())
        if host is not None:  # on the UI thread
            self._at = end
            self._give("host", host, start)
        elif found := self._match(QUOTED):
            self._give("interpreter", found["quoted"].replace('""', '"'), start)
        else:
            found = self._match(PHRASE) or self._refuse("interpreter", PYTHONS)
            self._give("interpreter", self._python(found), start)

    def _python(self, found: re.Match[str]) -> str:
        """The short name of a Python given by its title; a short name or a path as it is."""
        text = found[0]
        if key(text) in THIS_PYTHON:
            return ""
        title = None if is_name(text) else PYTHON.fullmatch(text)
        if title:
            kind = KINDS.get((title["kind"] or "").casefold(), "")
            return f"{kind}{title['number']}{'t' if title['free'] else ''}"
        if re.search(r"\s", text):
            self._refuse("interpreter", f'{PYTHONS}, "in quotes" if it has spaces', found.span())
        return text

    def _read_seconds(self) -> None:
        start, allowed = self._at, "like 5 s, 500 ms or 2 min"
        found = self._match(PHRASE) or self._refuse("seconds", allowed)
        seconds = read_length(found[0])
        if seconds is None:
            self._refuse("seconds", allowed, found.span())
        self._give("seconds", seconds, start)

    def _read_end(self) -> None:
        """The end of a run that has no length, as the recipe's sentence puts it: `until stopped`."""
        start = self._at
        if not self._match(rf"(?:{'|'.join(ENDS)})(?=[\s,]|$)"):
            self._refuse("seconds", " or ".join(f"until {words}" for words in ENDS))
        self._give("seconds", None, start)

    def _read_settings(self) -> None:
        allowed = "KNOB=VALUE, with commas between them"
        self._settings.append(self._match(SETTING) or self._refuse("knobs", allowed))
        while found := self._match(rf"(?:\s*,\s*|\s+and\s+){SETTING}"):
            self._settings.append(found)

    def _knobs(self, recipe: Recipe) -> Iterator[tuple[str, float | int | str]]:
        """Name and value of each knob. Read last, because job and model decide which knobs there are."""
        knobs = {knob.name: knob for knob in knobs_of(recipe)}
        known = {key(words): knob.name for knob in knobs.values() for words in (knob.name, knob.title)}
        taken: set[str] = set()
        for found in self._settings:
            start, end = found.start("name"), found.end()
            given = found["name"]
            name = known.get(key(given))
            if name is None:
                allowed = sorted(knobs)
                words = unknown("knob", given, meant(key(given), known), allowed)
                place = (start, found.end("name"))
                raise NotUnderstood(f"knobs.{given[:40]}", words, place, given, ", ".join(allowed))
            value = setting_value(knobs[name], found)
            problem = f"{name} is given twice." if name in taken else knobs[name].problem(value, quoted)
            if problem:
                raise NotUnderstood(f"knobs.{name}", problem, (start, end), value, knobs[name].allowed)
            taken.add(name)
            yield name, value

    # -- shared by the methods above

    def _match(self, pattern: str) -> re.Match[str] | None:
        """Take the text here if it matches, and move on past it."""
        found = re.compile(pattern, re.IGNORECASE).match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _give(self, field: str, value: Any, start: int) -> None:
        given = self._text[start : self._at].rstrip(" ,")
        if field in self._fields:
            raise NotUnderstood(field, twice(field, self._given[field], given), (start, self._at), given)
        self._fields[field], self._given[field] = value, given

    def _whole(self, field: str, found: re.Match[str]) -> int:
        number = read_number(found["number"])
        if not isinstance(number, int):
            self._refuse(field, "a whole number", found.span("number"))
        return number

    def _refuse(self, field: str, allowed: str, span: tuple[int, int] | None = None) -> NoReturn:
        """Refuse the text at `span`, or else the rest of the line, as no value of `field`."""
        start, end = span or (self._at, len(self._text))
        given = self._text[start:end]
        subject = SUBJECTS.get(field, "What follows “with”")
        words = f"{subject} must be {allowed}, not {quoted(given)}." if given else f"{subject} is missing: {allowed}."
        raise NotUnderstood(field, words, (start, end), given, allowed)

    def _refuse_name(self, field: str, known: Mapping[str, str]) -> NoReturn:
        start = self._at
        found = self._match(PHRASE)
        given = found[0] if found else ""
        many = re.match(r"(\S+)\s+[x×*](?:\s|$)", given, re.IGNORECASE)
        if many and field == "job":
            self._refuse("workers", "a whole number", (start, start + many.end(1)))
        allowed = list(dict.fromkeys(known.values()))
        if found is None:
            self._refuse(field, ", ".join(allowed))
        words = unknown(WHAT[field], given, meant(key(given), known), allowed)
        raise NotUnderstood(field, words, found.span(), given, ", ".join(allowed))

    def _refuse_stray(self) -> NoReturn:
        start = self._at
        found = self._match(WORD)
        given = found[0] if found else self._text[start]
        place = (start, start + len(given))
        if found and (setting := self._match(rf"\s*=\s*({WORD}|{QUOTED})")):
            words = f"Put knobs after “with”: … with {one_line(f'{given}={setting[1]}')[:MOST_GIVEN]}"
            raise NotUnderstood("recipe", words, place, given, ALLOWED)
        models = {words: f"as {name}" for words, name in titles(catalogue.models()).items()}
        name = meant(given.casefold(), {**models, **{word: word for word in KEYWORDS}})
        more = f"Did you mean {name}?" if name else f"A line reads like: {ALLOWED}"
        raise NotUnderstood("recipe", f"{quoted(given)} was not understood. {more}", place, given, ALLOWED)
