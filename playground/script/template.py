"""A model's file in resources/scripts: a program of that model with a place for the job's work.

The file is Python text that is never run as it is. Its parts are
  the docstring                what the model does, and what it costs: the script opens with it
  OPS                          what the model writes for each op (PutInto: a Put into a queue that can be full, if it
                               is written differently); REFUSED: why it has no way to do other ops
  SHARED                       how the model makes a Lock, Semaphore, Queue or Event
  YIELDS                       the line by which a worker lets the others go on; ALWAYS: it is used after each call
  HAND_ON                      how a worker's function calls another function that waits, if not by a plain call
  FIRST, INSTALL               the beginning of a script with a certain op, or with any; packages that it needs
  def work(worker, *shared)    the place of the job's work: how its head and its `return result` are written
  code above `work`            each definition is copied if the script uses it
  code below `work`            is copied as it is, with replacements: a line `shared` by the lines that make the shared
                               objects, `*shared` by their names, a line `beside` by what the job needs beside its
                               workers, `report(results, seconds)` by lines that print the figures. Of an
                               `if KNOB == "value":` only the branch for the recipe's value is kept"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

from playground.files.visible import visible
from playground.interpreters import known as interpreters
from playground.lab.wire.ops import Shared
from playground.recipe.recipe import Recipe
from playground.script.python_text import Source, first_line
from playground.script.refusal import NoScript

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "scripts"
MARKS = ("OPS", "REFUSED", "SHARED", "YIELDS", "ALWAYS", "HAND_ON", "FIRST", "INSTALL")


class Template:
    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.source = Source(text)
        self._edges = self._split()
        self._marks: dict[str, Any] = {mark: self.source.value(mark) for mark in MARKS}
        self._ways: dict[str, str] = self._marks["OPS"] or {}
        self.about = self.source.doc
        self.yields: str = self._marks["YIELDS"] or ""
        self.always_yields = bool(self._marks["ALWAYS"])
        self.install: str = self._marks["INSTALL"] or ""

    def _split(self) -> tuple[int, int]:
        stub = self.source.function("work")
        assert stub is not None, f"{self.name} has no work"
        assert stub.end_lineno is not None
        return first_line(stub), stub.end_lineno

    def first(self, ops: set[str]) -> str:
        """The text that has to come before all imports."""
        ways: dict[str, str] = self._marks["FIRST"] or {}
        return next((text for op, text in reversed(ways.items()) if not op or op in ops), "")

    # -- the worker's function

    @cached_property
    def _stub(self) -> str:
        return "".join(self.source.text.splitlines(keepends=True)[self._edges[0] - 1 : self._edges[1]])

    def header(self, name: str, given: list[str], shares: bool) -> str:
        """The head of the worker's function, or of one that it hands on to. `shares`: it needs shared objects."""
        head = self._stub[: self._stub.index("def work(")]
        return f"{head}def {name}({self._given(given, shares)}):"

    def returned(self, value: str) -> str:
        last = self._stub.rstrip().split("\n")[-1].strip()
        return last.replace("result", f"({value})" if value.startswith("yield ") else value)

    def handed_on(self, name: str, given: list[str], shares: bool) -> str:
        way: str = self._marks["HAND_ON"] or "{call}"
        return way.format(call=f"{name}({self._given(given, shares)})")

    def _given(self, names: list[str], shares: bool) -> str:
        """`names`, and the shared objects if they are passed to `work`, rather than used as globals."""
        return ", ".join([*names, *(["*shared"] if shares and "*shared" in self._stub else [])])

    def call(self, name: str, fn: str, args: list[str]) -> str:
        self._refuse(name)
        way = self._ways.get(name, self._ways.get("Call", "{fn}({args})"))
        return way.format(fn=fn, args=", ".join(args), and_args="".join(f", {arg}" for arg in args))

    def op(self, name: str, fields: dict[str, str], size: int = 0) -> str:
        """The text for an op. `size`: that of the op's queue, if the queue can be full; else 0."""
        self._refuse(name)
        if name == "Put" and size and "PutInto" in self._ways:
            return self._ways["PutInto"].format(size=size, **fields)
        if name not in self._ways:
            raise NoScript(f"a short program with {self.name} cannot do {name}")
        return self._ways[name].format(**fields)

    def _refuse(self, name: str) -> None:
        for refused, why in (self._marks["REFUSED"] or {}).items():
            if name in refused.split():
                raise NoScript(why)

    # -- the rest

    def shared(self, thing: Shared) -> str:
        ways: dict[str, str] = self._marks["SHARED"] or {}
        if thing.make not in ways:
            raise NoScript(f"a short program with {self.name} has no {thing.make}")
        return ways[thing.make].format(size=thing.size or "")

    @cached_property
    def program(self) -> str:
        """The code below `work`."""
        return "".join(self.source.text.splitlines(keepends=True)[self._edges[1] :]).strip("\n")

    def offers(self, name: str) -> bool:
        """Is a name defined above `work`, so that a script may use it?"""
        found = self.source.definitions.get(name)
        return found is not None and name not in MARKS and found.line < self._edges[0]


def template_for(recipe: Recipe) -> Template:
    """The template of a recipe's model. If versions of Python differ, there is a file for each, and its name ends with
    the first version that it is for."""
    name = recipe.model.replace("-", "_")
    versions = {version_of(path): path for path in FOLDER.glob(f"{name}-*.py")}
    if versions:
        python = _version(recipe.interpreter)
        fitting = [version for version in versions if version <= python]
        if not fitting:
            raise NoScript(f"there is no program with {recipe.model} for Python {'.'.join(map(str, python[:2]))}")
        return read(versions[max(fitting)])
    path = FOLDER / f"{name}.py"
    if not path.is_file():
        raise NoScript(f"there is no program with {recipe.model} yet")
    return read(path)


def _version(interpreter: str) -> tuple[int, ...]:
    """The version of an interpreter. The interpreter is not started for this: a script may be looked at before the user
    has allowed its recipe to run."""
    known = interpreters.known(interpreter)
    said = known.number if known is not None else interpreters.number_in(interpreter)
    if len(said) < 2:
        raise NoScript(f"it differs between versions, and that of {visible(interpreter)} is not known: run it once")
    return said


def version_of(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.stem.partition("-")[2].split("."))


@cache
def read(path: Path) -> Template:
    return Template(path.stem.replace("_", "-"), path.read_text(encoding="utf-8"))
