"""Leaves out code that this run's values make unreachable: of two branches, only the one that is taken stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from playground.recipe.python_tree import tree_of
from playground.script.edits import Edits, node_text
from playground.script.python_text import blocks

UNKNOWN = object()


def folded(code: str, known: Mapping[str, object]) -> str:
    """Code without the choices that known names decide. A name that the code itself assigns decides nothing."""
    while True:
        tree = tree_of(code)
        over = next(_after_the_end(tree), None)
        if over is not None:
            lines = code.split("\n")
            del lines[over[0] - 1 : over[1]]
            code = "\n".join(lines)
            continue
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
        values = {name: value for name, value in known.items() if name not in stored}
        found = next(_decided(tree, values), None)
        if found is None:
            return code
        code = _taken(code, *found)


def _decided(tree: ast.AST, known: Mapping[str, object]) -> Iterator[tuple[ast.If | ast.IfExp, bool]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp):
            value = _value(node.test, known)
            if value is not UNKNOWN:
                yield node, bool(value)


def _with_brackets(edits: Edits, node: ast.IfExp) -> tuple[int, int]:
    """The span of a choice, with brackets around it that only the choice needed."""
    first, last = edits.span(node)
    around = edits.text[first - 1 : first] + edits.text[last : last + 1]
    called = re.match(rb"[\w\])]", edits.text[first - 2 : first - 1])
    return (first - 1, last + 1) if around == b"()" and not called else (first, last)


def _after_the_end(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """First and last line of code that is never reached, as it follows a return, raise, continue or break."""
    for block in blocks(tree):
        for statement, following in pairwise(block):
            if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
                yield following.lineno, block[-1].end_lineno or following.lineno


def _value(test: ast.expr, known: Mapping[str, object]) -> object:
    if isinstance(test, ast.Name) and test.id in known:
        return known[test.id]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _value(test.operand, known)
        return value if value is UNKNOWN else not value
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id in known:
        operator, right = test.ops[0], test.comparators[0]
        if len(test.ops) == 1 and isinstance(right, ast.Constant):
            same = known[test.left.id] == right.value
            if isinstance(operator, (ast.Eq, ast.Is)):
                return same
            if isinstance(operator, (ast.NotEq, ast.IsNot)):
                return not same
    return UNKNOWN


def _taken(code: str, node: ast.If | ast.IfExp, met: bool) -> str:
    if isinstance(node, ast.IfExp):
        edits, way = Edits(code), node.body if met else node.orelse
        span = _with_brackets(edits, node) if isinstance(way, ast.Name) else edits.span(node)
        edits.replace(span, node_text(edits, way))
        return edits.of((0, len(edits.text)))
    block = node.body if met else node.orelse
    lines = code.split("\n")
    kept: list[str] = []
    if block:
        last = block[-1].end_lineno or block[-1].lineno
        by = block[0].col_offset - node.col_offset  # 0 for `elif`, which is indented like its `if`
        kept = [line[by:] if line[:by].isspace() else line for line in lines[block[0].lineno - 1 : last]]
        if isinstance(block[0], ast.If) and by == 0:
            kept[0] = kept[0].replace("elif ", "if ", 1)
    lines[node.lineno - 1 : node.end_lineno] = kept
    return "\n".join(lines)
