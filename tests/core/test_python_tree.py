"""Trees of Python text, made in several threads at once."""

from __future__ import annotations

import ast
import re
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.recipe import python_tree
from playground.recipe.python_tree import tree_of

ROOT = Path(__file__).resolve().parents[2]
TEXT = Path(threading.__file__).read_text(encoding="utf-8")


@pytest.fixture
def restless() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_may_ask_at_the_same_time() -> None:
    """`ast.parse` itself raises here in about one of ten, with CPython 3.11."""
    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(tree_of, [TEXT] * 40))
    assert {len(tree.body) for tree in trees} == {len(ast.parse(TEXT).body)}


def test_others_may_make_trees_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[int] = []
    parse = ast.parse

    def sometimes(*given: str) -> ast.AST:
        if len(raised) < 3:
            raised.append(1)
            raise SystemError("AST constructor recursion depth mismatch (before=15, after=6)")
        return parse(*given)

    monkeypatch.setattr(python_tree.ast, "parse", sometimes)  # type: ignore[attr-defined]
    assert len(tree_of("a = 1\n").body) == 1


def test_what_is_no_python_is_refused_as_ever() -> None:
    with pytest.raises(SyntaxError) as refused:
        tree_of("a =\n", "<mine>")
    assert refused.value.filename == "<mine>"


def test_nobody_makes_trees_elsewhere() -> None:
    sources = [path for room in ("playground", "ui") for path in (ROOT / room).rglob("*.py")]
    asking = re.compile(r"ast\.parse\(|ONLY_AST")
    found = [path.name for path in sources if asking.search(path.read_text(encoding="utf-8"))]
    assert found == ["python_tree.py"]
