"""A recipe's interpreter by its short name, and what an interpreter cannot run of a recipe."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from playground.interpreters import known
from playground.interpreters.facts import InterpreterFacts
from playground.interpreters.known import (
    Interpreter,
    check,
    is_name,
    matching,
    mending_command,
    named,
    reason,
    short_names,
    why_not,
)
from playground.lab.wire.declaration import Model
from playground.recipe.recipe import BadRecipe, Recipe, checked
from tests.core.made_pythons import FACTS, script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")


def python(path: str, version: str, kind: str = "CPython", free: bool = False, **more: object) -> Interpreter:
    facts = InterpreterFacts(path, version, kind, free, not free)
    return Interpreter(path, True, None, facts, **more)


OLD = Interpreter("/old", False, "is older than 3.8", InterpreterFacts("/old", "3.7.9", "CPython"))
FOUND = [
    python("", "3.11.7"),
    python("/a", "3.14.0"),
    python("/b", "3.13.5", free=True),
    python("/c", "3.13.1"),
    python("/d", "3.13.1"),
    python("/e", "3.11.2"),
    python("/f", "3.10.14", "PyPy"),
    python("/g", "3.9.16", "PyPy"),
    OLD,
]

NAMES = {
    "3.11": "",
    "3.11.2": "/e",
    "3.14": "/a",
    "3.13": "/c",
    "3.13t": "/b",
    "3.13.5t": "/b",
    "3": "",
    "3t": "/b",
    "python": "",
    "python3.14": "/a",
    "Python3.13t": "/b",
    "cpython3.13": "/c",
    "pypy": "/f",
    "pypy3": "/f",
    "pypy3.9": "/g",
    "PyPy3.9": "/g",
    "3.1": None,
    "3.7": None,
    "3.14t": None,
    "pypy3.8": None,
    "graalpy": None,
}


@pytest.mark.parametrize(("name", "path"), NAMES.items())
def test_a_short_name_is_the_newest_that_fits(name: str, path: str | None) -> None:
    assert is_name(name)
    one = matching(name, FOUND)
    assert (one.path if one else None) == path


@pytest.mark.parametrize(
    "text", ["", "t", "snake", "./3.13", "/usr/bin/python3", "~/py", "3.13x", "3..1", "pythonic", "-3"]
)
def test_what_is_no_name_is_a_path(text: str) -> None:
    assert not is_name(text)
    assert matching(text, FOUND) is None


def test_each_printed_name_leads_back(tmp_path: Path) -> None:
    names = short_names(FOUND)
    assert names == {
        "": "3.11",
        "/a": "3.14",
        "/b": "3.13t",
        "/c": "3.13",
        "/d": "/d",  # both of its names are /c's
        "/e": "3.11.2",
        "/f": "pypy3.10",
        "/g": "pypy3.9",
    }
    for path, name in names.items():
        if name != path:
            one = matching(name, FOUND)
            assert one is not None
            assert one.path == path


def test_a_recipes_interpreter_may_be_a_name_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = script(tmp_path, f"echo '{FACTS % '3.99.0'}'", "snake")
    monkeypatch.setattr(known, "candidates", lambda *_: [new])
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path.parent)
    for text in ("3.99", "python3.99", new, "snake", f"{tmp_path.name}/snake", "~/snake"):
        assert named(text).path == new, text
    assert named("").path == ""
    assert named(f"{sys.version_info[0]}.{sys.version_info[1]}").path == ""


REFUSED = {
    "3.77": "There is no Python 3.77 to run: it was not found. There are: a path, 3.",
    "/nonexistent/python": "“/nonexistent/python” cannot be used: No such file or directory",
    "no-such-snake": "“no-such-snake” cannot be used: No such file or directory",
    "~nobody-here/python": "“~nobody-here/python” cannot be used: No such file or directory",
    "/": "“/” cannot be used: is a folder, not a Python",
}


@pytest.mark.parametrize(("text", "says"), REFUSED.items())
def test_one_that_is_not_there_is_refused_with_what_is(text: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "candidates", lambda *_: [])
    with pytest.raises(BadRecipe) as refusal:
        named(text)
    assert refusal.value.field == "interpreter"
    assert str(refusal.value).startswith(says)


def test_one_that_is_there_and_cannot_be_a_lab_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = script(tmp_path, f"echo '{FACTS % '3.7.9'}'", "old")
    monkeypatch.setattr(known, "candidates", lambda *_: [old])
    with pytest.raises(BadRecipe, match=f"no Python 3.7 to run: {old} is older than 3.8. There are: a path"):
        named("3.7")


# --- what it cannot run

NEEDS = 'needs monocle and pyasyncore: "/bare/python" -m pip install monocle pyasyncore'
MODELS = {"threads": None, "monocle": NEEDS, "stackless": "only PyPy has it"}
BARE = python("/bare/python", "3.12.0", models=MODELS)
ABLE = python("/usr/bin/pypy3", "3.9.16", "PyPy", models={**MODELS, "stackless": None})


def test_a_missing_package_comes_with_the_command() -> None:
    assert why_not(BARE, "threads") is None
    assert reason(BARE, "threads") is None
    assert why_not(BARE, "monocle") == NEEDS
    assert reason(BARE, "monocle") == "needs monocle and pyasyncore"
    assert mending_command(BARE, "monocle") == '"/bare/python" -m pip install monocle pyasyncore'
    assert mending_command(BARE, "stackless") is None
    assert reason(BARE, "stackless") == "only PyPy has it"


def test_what_the_models_say_themselves_is_understood() -> None:
    """A real Python that has nothing installed."""
    for one in (found for found in known.find() if found.available):
        for package in ("gevent", "greenlet"):
            if package not in one.packages:
                assert reason(one, package) == f"needs {package}"
                assert mending_command(one, package) == f'"{one.facts.path}" -m pip install {package}'


def test_in_a_frozen_app_nothing_can_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    own = python("", "3.11.7", models=MODELS)
    assert mending_command(own, "monocle") is None
    assert why_not(own, "monocle") == "needs monocle and pyasyncore"
    assert mending_command(BARE, "monocle") is not None


def test_one_that_can_is_named() -> None:
    assert why_not(BARE, "stackless", [OLD, BARE, ABLE]) == "only PyPy has it; PyPy 3.9 at /usr/bin/pypy3 can"
    assert why_not(BARE, "stackless", [OLD, BARE]) == "only PyPy has it"


def refusal(recipe: Recipe, one: Interpreter, *others: Interpreter) -> str | None:
    try:
        check(recipe, one, others)
    except BadRecipe as problem:
        return f"{problem.field}: {problem}"
    return None


def test_a_model_is_available_where_the_chosen_interpreter_has_it() -> None:
    assert refusal(Recipe(), BARE) is None
    cannot = python("/x", "3.12.0", models={"threads": "not today"})
    assert refusal(Recipe(), cannot) == "model: threads cannot be run by CPython 3.12: not today."


def test_what_this_python_cannot_run_another_may(monkeypatch: pytest.MonkeyPatch) -> None:
    from playground import catalogue

    here = [entry if entry.name != "threads" else entry_without(entry) for entry in catalogue.models()]
    monkeypatch.setattr(catalogue, "models", lambda: tuple(here))
    with pytest.raises(BadRecipe, match="Threads \\(threads\\) cannot be run here: not in this Python"):
        checked(Recipe())
    assert checked(Recipe(interpreter="/elsewhere/python")).model == "threads"


def entry_without(entry: Model) -> Model:
    return entry._replace(why="not in this Python")


FREE = python("/t", "3.13.0", free=True)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (python("/x", "3.11.7"), "CPython 3.11 has no build without the GIL, 3.13t is the first"),
        (python("/x", "3.13.0"), "this CPython 3.13 is the build with the GIL, 3.13t is the one without"),
        (ABLE, "PyPy has no build without the GIL"),
    ],
)
def test_the_gil_is_off_only_in_a_free_threaded_build(one: Interpreter, says: str) -> None:
    off = Recipe(knobs={"gil": "off"})
    assert refusal(off, one) == f"knobs.gil: The GIL cannot be off: {says}."
    assert (
        refusal(off, one, OLD, FREE)
        == f"knobs.gil: The GIL cannot be off: {says}; CPython 3.13 free-threaded at /t can."
    )
    assert refusal(off, FREE) is None
    for knob in ("on", "default"):
        assert refusal(Recipe(knobs={"gil": knob}), one) is None


def test_in_the_app_itself_the_gil_stays_as_it_is() -> None:
    recipe = Recipe(host="app", seconds=1.0, knobs={"gil": "on"})
    assert refusal(recipe, FREE) == "knobs.gil: In this app the GIL is as this Python has it, not “on”."
