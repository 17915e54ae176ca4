"""The user's own code as its text tells it: what it is, what is wrong with it and where; nothing of it is run."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from playground import catalogue
from playground.cli import commands
from playground.lab.wire.ops import Call, Put, Sleep
from playground.recipe import own_code
from playground.recipe.own_code import Example, Facts, error_line, examples, look_at
from playground.recipe.recipe import BadCode, BadRecipe, Recipe, checked


def facts(code: str) -> Facts:
    return look_at(textwrap.dedent(code).lstrip("\n"))


def problem(code: str) -> tuple[int, str]:
    found = facts(code).problem
    assert found is not None
    return found.line, found.words


# --- what it is


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("plain", "def job(i, n): pass"),
        ("plain", "def job(i, n):\n    return [x for x in inner(i)]\ndef inner(i):\n    yield i"),
        ("plain", "def job(i, n):\n    def inner():\n        yield i\n    return list(inner())"),
        ("plain", "def job(i, n, more=3): pass"),
        ("plain", "def job(*all): pass"),
        ("plain", "def job(i, /, n): pass"),
        ("plain", "if True:\n    def job(i, n): pass\nelse:\n    def job(i): pass\ndef job(i, n): pass"),
        ("plain", "try:\n    import x\nexcept ImportError:\n    def job(i, n): pass"),
        ("async", "async def job(i, n): pass"),
        ("async", "async def job(i, n):\n    async def inner():\n        yield 1"),
        ("ops", "def job(i, n):\n    yield Sleep(1)"),
        ("ops", "def job(i, n):\n    yield from others()"),
        ("ops", "def job(i, n):\n    found = [(yield Call(int)), 2]"),
    ],
)
def test_what_kind_it_is(kind: str, code: str) -> None:
    assert (look_at(code).kind, look_at(code).problem) == (kind, None)


def test_the_last_job_counts() -> None:
    assert facts("async def job(i, n): pass\ndef job(i, n): pass").kind == "plain"


def test_the_ops_that_it_names_and_whether_it_has_checkpoints() -> None:
    code = """
        def job(i, n):
            yield Put("q", (yield Call(work)))
            yield Sleep(1)
        def work(): pass
    """
    assert facts(code).ops == (Call, Sleep, Put)
    assert not facts(code).checkpoints
    assert facts("def job(i, n): checkpoint()").checkpoints
    assert facts("def job(i, n): Sleep = 3; print(Sleep)").ops == ()


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.title)
def test_an_example_is_as_narrow_as_the_editor(example: Example) -> None:
    assert max(len(line) for line in example.text.splitlines()) <= 64


# --- what is wrong with it


@pytest.mark.parametrize(
    ("line", "words", "code"),
    [
        (3, "'(' was never closed", "def job(i, n):\n    x = 1\n    print((1)"),
        (2, "expected an indented block", "def job(i, n):\nreturn"),
        (1, "'return' outside function", "return 3\ndef job(i, n): pass"),
        (2, "'await' outside async function", "def job(i, n):\n    await x"),
        (1, "define job(i, n)", ""),
        (1, "define job(i, n)", "   \n \n"),
        (1, "define job(i, n)", "def work(i, n): pass"),
        (1, "define job(i, n)", "class A:\n    def job(self, i, n): pass"),
        (2, "job takes 1 argument; it is called with two", "\ndef job(i): pass"),
        (1, "job takes 0 arguments; it is called with two", "def job(): pass"),
        (1, "job takes 3 arguments; it is called with two", "def job(i, n, m): pass"),
        (1, "job takes m by name; it is called with two", "def job(i, n, *, m): pass"),
        (2, "async def job may not yield", "\nasync def job(i, n):\n    yield Sleep(1)"),
        (1, "null bytes", "def job(i, n): pass\0"),
        (1, "surrogates not allowed", "def job(i, n): '\ud800'"),
    ],
)
def test_the_first_problem_is_told_with_its_line(line: int, words: str, code: str) -> None:
    found = look_at(code).problem
    assert found is not None
    assert words in found.words
    assert found.line == line


def test_code_that_is_too_large_or_too_deep_is_refused() -> None:
    assert "200,000" in problem("#" * 200_001)[1]
    assert "200,000" in problem("#" + "é" * 100_000)[1]
    assert "too" in problem("x = " + "(" * 5000 + ")" * 5000)[1]
    assert look_at("x = " + "-" * 100_000 + "1\ndef job(i, n): pass").problem is not None


def test_a_warning_is_no_problem() -> None:
    """An invalid escape, in a test session that makes errors of warnings."""
    assert look_at("def job(i, n): return '\\d' is 3").problem is None


def test_nothing_of_it_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert look_at(f"open({str(mark)!r}, 'w')\ndef job(i, n): pass").problem is None
    assert not mark.exists()


@settings(max_examples=300, deadline=None)
@given(some.text(max_size=200))
def test_any_text_is_looked_at(text: str) -> None:
    for code in (text, "def job(i, n):\n    " + text):
        found = look_at(code)
        assert found.kind in ("", "plain", "async", "ops")
        assert found.kind or found.problem


# --- as part of a recipe


def own(code: str, **fields: object) -> Recipe:
    return Recipe(**{"job": "own", "code": textwrap.dedent(code), **fields})


def test_a_recipe_with_a_syntax_error_is_refused_with_the_line() -> None:
    with pytest.raises(BadCode) as refused:
        checked(own("def job(i, n):\n    x = 1\n    retrun x"))
    assert str(refused.value) == "Line 3 of the code: invalid syntax"
    assert (refused.value.field, refused.value.problem.line) == ("code", 3)


def test_a_syntax_error_never_starts_a_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    code = tmp_path / "mine.py"
    code.write_text("def job(i, n):\n    x = 1\n    retrun x\n")
    assert commands.main(["run", "--code", str(code)]) == 2
    said = capsys.readouterr()
    assert "Line 3 of the code: invalid syntax" in said.err
    assert said.out == ""


@pytest.mark.parametrize("model", [entry.name for entry in catalogue.models() if "lab" in entry.hosts])
def test_a_coroutine_fits_the_models_that_can_await(model: str) -> None:
    recipe = own("async def job(i, n): pass", model=model, interpreter=sys.executable)
    if model in ("asyncio", "asyncio-to-thread"):
        assert checked(recipe) is recipe
        return
    with pytest.raises(BadRecipe, match=r"cannot await.*asyncio") as refused:
        checked(recipe)
    assert refused.value.field == "model"


@pytest.mark.parametrize(("host", "model"), [("app", "threads"), ("ui", "serial"), ("app", "qthread")])
def test_it_never_runs_inside_the_app(host: str, model: str) -> None:
    with pytest.raises(BadRecipe, match="could not be stopped") as refused:
        checked(own("def job(i, n): pass", host=host, model=model, seconds=1.0))
    assert refused.value.field == "host"


def test_code_of_another_job_is_nobodys_concern() -> None:
    """So that it is still there when one comes back to it."""
    recipe = Recipe(job="primes", code="def job(")
    assert checked(recipe) is recipe


# --- errors, and examples


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (7, 'File "your code", line 3, in job\n    a()\n  File "your code", line 7, in a\nValueError'),
        (2, '  File "your code", line 2\n    x = (\nSyntaxError: …'),
        (None, 'File "other.py", line 3\nValueError'),
        (None, ""),
    ],
)
def test_the_line_that_a_traceback_ends_at(line: int | None, error: str) -> None:
    assert error_line(error) == line


def test_examples_teach_something_each() -> None:
    assert 6 <= len(examples()) <= 9
    assert len({example.title for example in examples()}) == len(examples())
    for example in examples():
        assert example.title
        assert example.summary
        assert look_at(example.text).problem is None, example.title
        assert len(example.text.splitlines()) <= 45
    kinds = {look_at(example.text).kind for example in examples()}
    assert kinds == {"plain", "async", "ops"}
    assert any(look_at(example.text).checkpoints for example in examples())
    assert own_code.examples() is examples()
