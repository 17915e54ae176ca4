"""Which Pythons the suite wants to run labs with, and which of them this machine has: those that the app itself finds,
on PATH for instance or in pyenv. A test session begins by naming both, and tests of one that is missing are skipped."""

from __future__ import annotations

import functools

import pytest

from playground import catalogue
from playground.interpreters import known
from playground.interpreters.known import Interpreter

CPYTHONS = [f"3.{minor}" for minor in range(8, 16)]
FREE_THREADED = ["3.13t", "3.14t", "3.15t"]
PYPY = "pypy"
WANTED = [*CPYTHONS, *FREE_THREADED, PYPY]
OLDEST_PYPY = (3, 9)


@functools.cache
def found() -> dict[str, Interpreter]:
    """One of each of those that are wanted; the first wins, which is the one that runs the tests for its version."""
    pythons: dict[str, Interpreter] = {}
    for one in known.find():
        if one.available:
            pythons.setdefault(name_of(one), one)
    return {name: pythons[name] for name in WANTED if name in pythons}


def name_of(one: Interpreter) -> str:
    number = one.facts.version.split(".")[:2]
    if one.facts.implementation == "PyPy":
        return PYPY if tuple(map(int, number)) >= OLDEST_PYPY else "an old PyPy"
    return ".".join(number) + "t" * one.facts.free_threaded


def python(name: str) -> Interpreter:
    """The one of that name; the test that asks is skipped where there is none."""
    if name not in found():
        pytest.skip(f"this machine has no {name}")
    return found()[name]


@functools.cache
def that_can(model: str) -> str | None:
    """A Python that can run a model, as a recipe names it: this one, or else the first that can."""
    if catalogue.model(model).available:
        return ""
    return next((one.path for one in found().values() if one.models.get(model, "not asked") is None), None)


def report() -> list[str]:
    there = [f"{name} ({one.facts.version})" if name == PYPY else name for name, one in found().items()]
    missing = [name for name in WANTED if name not in found()]
    return [f"Pythons found: {', '.join(there)}", f"Pythons not found: {', '.join(missing) or 'none is missing'}"]
