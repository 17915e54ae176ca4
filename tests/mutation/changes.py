"""Which changes a source allows: each is one replaced node of its syntax tree, named in the words of the source.

Left out is what no test of behaviour can see: docstrings, annotations, decorators, `assert`s for the type checker, and
the words of sentences. Words that stand alone are names of outcomes, states or fields, and those count."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.mutation import operators

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
AS_IT_IS = -1  # the place of no change
MOST_WORDS, AROUND = 80, 15
ONE_WORD = re.compile(r"[a-z_][\w-]*( [\w-]+)?")
UNSEEN = {"annotation", "returns", "decorator_list", "type_params", "format_spec"}
UNSEEN_STATEMENTS = (ast.Assert, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


@dataclass(frozen=True)
class Change:
    module: str  # "playground/verdict/judge.py"
    function: str  # "Run.pull"; "" is the module itself, or the body of a class
    line: str  # as it stands in the source, without its indent
    number: int  # of that line
    lines: range  # of the statement: who runs none of them cannot notice
    change: str  # "a < b → a <= b"
    occurrence: int  # of the same change on the same line of the same function
    place: int  # among all changes of the module
    in_function: bool  # and not done while the module is imported

    @property
    def key(self) -> str:
        """Stays the same as long as function and line do, wherever they move to."""
        again = f" (#{self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.module} · {self.function or 'module'} · {self.line} · {self.change}{again}"


def changes(module: str, source: str) -> list[Change]:
    lines, seen, found = source.splitlines(), Counter[tuple[str, ...]](), []
    for place, (spot, new) in enumerate(_all(ast.parse(source))):
        line = lines[spot.node.lineno - 1].partition("  # ")[0].strip()
        words = _words(spot.node, new)
        seen[spot.function, line, words] += 1
        occurrence = seen[spot.function, line, words]
        found.append(
            Change(module, spot.function, line, spot.node.lineno, spot.lines, words, occurrence, place, spot.inner)
        )
    return found


def changed(source: str, place: int) -> ast.Module:
    """The source's tree with the change of that place made."""
    tree = ast.parse(source)
    if place == AS_IT_IS:
        return tree
    for index, (spot, new) in enumerate(_all(tree)):
        if index == place:
            spot.put(new)
            return ast.fix_missing_locations(tree)
    raise IndexError(place)


def _words(old: ast.AST, new: ast.AST) -> str:
    """`a < b → a <= b`; of a long line only what is around the difference."""
    if isinstance(new, ast.Pass):
        return f"{' '.join(ast.unparse(old).split())[:MOST_WORDS]} → left out"
    if isinstance(old, (ast.If, ast.While, ast.IfExp)) and isinstance(new, type(old)):
        return _words(old.test, new.test)
    before, after = (" ".join(ast.unparse(node).split()) for node in (old, new))
    if len(before) + len(after) <= MOST_WORDS:
        return f"{before} → {after}"
    first = _alike(before, after)
    last = _alike(before[: first - 1 if first else None : -1], after[: first - 1 if first else None : -1])
    around = max(0, first - AROUND)
    pieces = (text[around : len(text) - last + AROUND if last > AROUND else None] for text in (before, after))
    return " → ".join(f"{'…' * (around > 0)}{piece[:MOST_WORDS]}{'…' * (last > AROUND)}" for piece in pieces)


def _alike(one: str, other: str) -> int:
    """How many signs they begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, yours) in pairs if mine != yours), min(len(one), len(other)))


@dataclass(frozen=True)
class Spot:
    """Where a node hangs in its tree."""

    node: ast.expr | ast.stmt
    parent: ast.AST
    field: str
    index: int | None
    function: str
    lines: range
    inner: bool  # within the body of a function

    def put(self, new: ast.AST) -> None:
        ast.copy_location(new, self.node)
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


def _all(tree: ast.Module) -> Iterator[tuple[Spot, ast.AST]]:
    """Made before anything is changed, so that a place is a place in the source as it was."""
    return iter([(spot, new) for spot in _spots(tree, Around()) for new in operators.replacements(spot)])


@dataclass(frozen=True)
class Around:
    """What a node stands in."""

    function: str = ""
    lines: range = range(0)
    words: bool = False  # a sentence
    body: bool = False  # of a function


def _spots(parent: ast.AST, around: Around) -> Iterator[Spot]:
    for field, value in ast.iter_fields(parent):
        if field in UNSEEN or (isinstance(parent, ast.ClassDef) and field in ("bases", "keywords")):
            continue
        several = isinstance(value, list)
        for index, node in enumerate(value if several else [value]):
            if not isinstance(node, ast.AST) or _is_unseen(node, parent, around.words):
                continue
            body = around.body or (isinstance(parent, FUNCTIONS) and field == "body")
            own = replace(around, lines=_lines(node, around.lines), body=body)
            if isinstance(node, (ast.expr, ast.stmt)):
                yield Spot(node, parent, field, index if several else None, own.function, own.lines, body)
            named = isinstance(node, (*FUNCTIONS, ast.ClassDef))
            name = f"{own.function}.{node.name}".lstrip(".") if named else own.function  # type: ignore[attr-defined]
            yield from _spots(node, replace(own, function=name, words=own.words or isinstance(node, ast.JoinedStr)))


def _lines(node: ast.AST, outer: range) -> range:
    """Of the innermost statement; of one with a body, its head alone."""
    if not isinstance(node, ast.stmt):
        return outer
    body = getattr(node, "body", None)
    return range(node.lineno, max(node.lineno, body[0].lineno - 1) + 1 if body else (node.end_lineno or 0) + 1)


def _is_unseen(node: ast.AST, parent: ast.AST, in_words: bool) -> bool:
    if isinstance(node, UNSEEN_STATEMENTS):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return in_words or isinstance(parent, ast.Expr) or not ONE_WORD.fullmatch(node.value)
    return False
