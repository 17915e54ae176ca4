"""Interpreters that would read alike in the menu are told apart."""

from __future__ import annotations

from dataclasses import replace

from playground.interpreters.facts import InterpreterFacts
from playground.interpreters.known import Interpreter
from ui.recipe.interpreter_choices import choices


def python(path: str, version: str, available: bool = True, why: str | None = None) -> Interpreter:
    return Interpreter(path, available, why, InterpreterFacts(path=path, version=version, implementation="CPython"))


def test_one_of_a_kind_is_named_shortly() -> None:
    own, other = choices([python("", "3.11.7"), python("/usr/bin/python3.13", "3.13.0")])
    assert (own.title, own.note) == ("CPython 3.11", "GIL")
    assert (other.title, other.note) == ("CPython 3.13", "GIL")


def test_the_same_minor_version_twice_shows_the_whole_version() -> None:
    own, other = choices([python("", "3.11.7"), python("/usr/bin/python3", "3.11.2")])
    assert own.title == "CPython 3.11"
    assert other.title == "CPython 3.11.2"


def test_the_same_version_twice_shows_the_folder() -> None:
    _, one, two = choices(
        [python("", "3.12.1"), python("/a/bin/python3", "3.11.2"), python("/b/bin/python3", "3.11.2")]
    )
    assert one.title == two.title == "CPython 3.11.2"
    assert "/a/bin" in one.note
    assert "/b/bin" in two.note


def test_one_without_a_gil_is_told_from_others_of_its_version() -> None:
    free = python("/b/bin/python3", "3.13.5")
    free = replace(free, facts=replace(free.facts, free_threaded=True))
    _, one, two = choices([python("", "3.11.7"), free, replace(free, path="/c/bin/python3")])
    assert one.title == two.title == "CPython 3.13.5 free-threaded"


def test_one_that_is_gone_is_missing() -> None:
    gone = Interpreter("/gone/python3", False, "No such file or directory", InterpreterFacts(path="/gone/python3"))
    (one,) = choices([gone])
    assert (one.title, one.available, one.why, one.missing) == ("python3", False, "not found on this computer", True)


def test_models_come_with_what_mends_them() -> None:
    command = '"/usr/bin/python3.13" -m pip install gevent'
    models = {"threads": None, "gevent": f"needs gevent: {command}", "stackless": "only PyPy has it"}
    (one,) = choices([replace(python("/usr/bin/python3.13", "3.13.0"), models=models)])
    assert one.models == {**models, "gevent": "needs gevent"}
    assert one.commands == {"threads": "", "gevent": command, "stackless": ""}


def test_an_unavailable_one_keeps_its_reason() -> None:
    (one,) = choices([python("/old/python3", "3.6.15", available=False, why="is older than 3.8")])
    assert not one.available
    assert one.why == "is older than 3.8"
