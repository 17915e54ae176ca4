"""What is written as TOML is read as it was, character by character, and code reads well in it."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.files.toml_text import written
from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import from_toml, to_toml

ANY = st.text(st.characters(exclude_categories=("Cs",)))
ODD = st.lists(st.sampled_from(["\n", "\r", "\r\n", "'", "''", '"', '""', "\\", "\\n", "\t", "\0", "\x7f", "a"])).map(
    "".join
)


@given(ANY | ODD, ANY | ODD)
@example("'''\n", '"""\n\\')
@example("\n'", '\n"')
@example("\r\n", "\n\r")
@example("'''\n\"", '\'\'\'\n\\"""""')
@example("\n", "\n\n")
@example("'''\n\"\"\"", '\'\'\'\n""""""')
@example("'''\n\\\"", "\U00010000")
def test_any_text_is_read_as_it_was(text: str, name: str) -> None:
    table = {"text": text, name or "empty": [text, "x"], "inner": {"text": text, "more": {"text": text}}}
    assert tomllib.loads(written(table)) == table
    assert msgspec.toml.decode(written(table).encode()) == table


CODE = '''import time


def job(i, n):
    """Says "hello" \\ and no more.\\n"""
    print('hello', "\\t", i)
'''


def test_code_in_a_recipe_reads_as_it_was_typed() -> None:
    recipe = Recipe(workers=2, code=CODE)
    text = to_toml(recipe)
    assert f"code = '''\n{CODE}'''" in text
    assert from_toml(text) == recipe


@pytest.mark.parametrize("text", ["x = '''a'''\n", "x = 1\r\ny = 2\r\n", "x = '\x1b'\n", "'\n'", 'x = """\'\'\'"""\n"'])
def test_what_cannot_stand_as_it_is_is_escaped_line_by_line(text: str) -> None:
    lines = written({"code": text}).splitlines()
    assert lines[0] == 'code = """'
    assert len(lines) >= text.count("\n") + 2
    assert from_toml(to_toml(Recipe(code=text))).code == text
