"""What was raised, in one sentence, of tracebacks as Python makes them."""

from __future__ import annotations

import sys
import textwrap

import pytest

from playground.lab.recording import own_module
from playground.run.raised import raised


def traceback_of(code: str) -> str:
    """As a lab tells it: the part in the user's code alone."""
    text = textwrap.dedent(code).lstrip()
    try:
        exec(compile(text, own_module.FILE, "exec"), {"left": own_module.left})
    except BaseException as problem:
        return own_module.error_text(problem)
    raise AssertionError("it raised nothing")


CALLED = """
    def job():
        {}

    job()
"""


@pytest.mark.parametrize(
    ("code", "what", "line"),
    [
        ("x = 3\ny = 1 / 0\n", "ZeroDivisionError: division by zero", 2),
        (CALLED.format("raise KeyError('a')"), "KeyError: 'a'", 2),
        (CALLED.format("raise ValueError('first\\n  second\\nthird')"), "ValueError: first", 2),
        (CALLED.format("return job()"), "RecursionError: maximum recursion depth exceeded", 2),
        (CALLED.format("raise KeyboardInterrupt"), "KeyboardInterrupt", 2),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    None.x\n", "AttributeError: 'NoneType' object has no", 4),
        ("import json\njson.loads('{')\n", "json.decoder.JSONDecodeError: Expecting property name", 2),
        ("eval('1 +')\n", "SyntaxError: ", 1),
    ],
)
def test_the_last_line_of_the_traceback_and_the_line_of_the_code(code: str, what: str, line: int) -> None:
    text = traceback_of(code)
    told = raised(text)
    assert told is not None
    assert told.what.startswith(what)
    assert (told.worker, told.line) == ("", line)
    assert told.sentence() == f"Your code raised {told.what}, in line {line}."
    worker = raised(f"worker AB raised:\n{text}")
    assert worker is not None
    assert worker.sentence(bold=True) == f"Worker AB raised **{told.what}**, in line {line} of your code."


def test_megabytes_of_words_are_cut_short() -> None:
    text = traceback_of("raise ValueError('e' * 1_000_000)")
    assert len(text) < 1.01 * own_module.MOST_ERROR
    assert text.endswith(" more characters\n")
    told = raised(text)
    assert told is not None
    assert told.what.startswith("ValueError: eee")
    assert told.what.endswith("e…")
    assert len(told.sentence()) < 300  # a verdict shows it


@pytest.mark.parametrize(("code", "words"), [("3", "3"), ("", ""), ("None", ""), ("'no data'", "'no data'")])
def test_who_asks_python_to_end_is_told_so(code: str, words: str) -> None:
    text = traceback_of(f"try:\n    raise SystemExit({code})\nexcept SystemExit as e:\n    raise left(e) from None\n")
    told = raised(f"worker A raised:\n{text}")
    assert told is not None
    assert told.sentence(bold=True) == f"Worker A called **sys.exit({words})**, in line 2 of your code."
    assert "playground" not in text  # where its class lives is nothing to the user


@pytest.mark.skipif(sys.version_info < (3, 11), reason="there were no groups")
def test_of_a_group_its_last_member_counts() -> None:
    code = """
        def bad(number):
            raise ValueError(f"number\\n{number}")

        found = []
        for number in range(2):
            try:
                bad(number)
            except ValueError as problem:
                found.append(problem)
        raise ExceptionGroup("two", found)
    """
    told = raised(traceback_of(code))
    assert told is not None
    assert (told.what, told.line) == ("ValueError: number", 2)
    alone = raised(traceback_of("raise ExceptionGroup('one', [ValueError(1)])"))
    assert alone is not None
    assert alone.what == "ExceptionGroup: one (1 sub-exception)"


def test_a_syntax_error_that_only_another_python_finds_is_told_with_its_place() -> None:
    told = raised('  File "your code", line 3\n    match x:\n          ^\nSyntaxError: invalid syntax\n')
    assert told is not None
    assert told.sentence() == "Your code raised SyntaxError: invalid syntax, in line 3."


def test_what_the_lab_itself_raised_is_not_the_users() -> None:
    text = 'Traceback (most recent call last):\n  File "/x/lab/running.py", line 3, in run\nOSError: no room\n'
    told = raised(text)
    assert told is not None
    assert told.sentence() == "The lab raised OSError: no room."


@pytest.mark.parametrize("text", ["", "no such Python", "the pool gave up\nas it had to", "worker A was killed"])
def test_other_reasons_have_no_traceback(text: str) -> None:
    assert raised(text) is None
