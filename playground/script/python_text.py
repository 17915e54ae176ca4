"""A Python file as text: the definitions and imports at its top level, and the names that a piece of code uses. A
script is put together from such definitions, as their authors wrote them, but without annotations."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from playground.recipe.python_tree import tree_of
from playground.script.edits import Edits

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUTURE = "__future__"


@dataclass(frozen=True)
class Definition:
    """A definition of one or more names, as whole lines."""

    names: tuple[str, ...]
    text: str
    line: int
    is_code: bool  # a function or class, rather than a value


@dataclass
class Source:
    text: str
    path: Path | None = None  # the file, for looking up its relative imports
    _tree: ast.Module = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            self.text += "\n"
        self._tree = tree_of(self.text)

    @property
    def statements(self) -> list[ast.stmt]:
        return self._tree.body

    @property
    def doc(self) -> str:
        return ast.get_docstring(self._tree) or ""

    def function(self, name: str) -> Function | None:
        found = (one for one in self.statements if isinstance(one, Function) and one.name == name)
        return next(found, None)

    def with_function(self, name: str, change: Callable[[str], str]) -> Source:
        """The same source with one function changed."""
        function = self.function(name)
        if function is None:
            return self
        lines = self.text.split("\n")
        first, last = function.lineno - 1, function.end_lineno or function.lineno
        return Source("\n".join([*lines[:first], change("\n".join(lines[first:last])), *lines[last:]]), self.path)

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for statement in self.statements:
            names = bound(statement)
            if names:
                is_code = isinstance(statement, (Function, ast.ClassDef))
                made = Definition(tuple(names), self._copied(statement), statement.lineno, is_code)
                found.update(dict.fromkeys(names, made))
        return found

    @cached_property
    def imports(self) -> dict[str, str]:
        """Name → the statement that imports it. Imports from this project's own files are in `others`."""
        found = {}
        for statement in self.statements:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    found[(alias.asname or alias.name).partition(".")[0]] = f"import {_as(alias)}"
            elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module != FUTURE:
                for alias in statement.names:
                    found[alias.asname or alias.name] = f"from {statement.module} import {_as(alias)}"
        return found

    @cached_property
    def others(self) -> dict[str, Path]:
        """Name → the file of this project that it is imported from."""
        found = {}
        for statement in self.statements:
            if isinstance(statement, ast.ImportFrom) and statement.level and self.path is not None:
                folder = self.path.parents[statement.level - 1]
                file = folder.joinpath(*(statement.module or "").split("."))
                for alias in statement.names:
                    found[alias.asname or alias.name] = file.with_suffix(".py")
        return found

    def value(self, name: str) -> object:
        """The plain value that is assigned to a name; None if the name is not assigned."""
        for statement in self.statements:
            if isinstance(statement, ast.Assign) and name in bound(statement):
                return ast.literal_eval(statement.value)
        return None

    def _copied(self, statement: ast.stmt) -> str:
        """The text of a statement with the comments right above it, without annotations."""
        edits = Edits(self.text)
        strip_annotations(edits, statement)
        first = first_line(statement)
        while first > 1 and edits.line(first - 1).startswith("#"):
            first -= 1
        return edits.of(edits.lines(first, statement.end_lineno or first)).rstrip()


def _as(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def bound(statement: ast.stmt) -> list[str]:
    """The names that a statement at the top of a file defines, imports left out."""
    if isinstance(statement, (Function, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [one.id for target in statement.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        return [statement.target.id]
    return []


def first_line(statement: ast.stmt) -> int:
    """The line in which a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of statements in a tree, the outermost first."""
    for node in ast.walk(tree):
        found = (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
        yield from (block for block in found if isinstance(block, list))


def is_text(statement: ast.stmt) -> bool:
    """Is the statement nothing but a text, as a docstring is?"""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def waits(node: ast.AST) -> bool:
    """Does code wait anywhere in it: by yielding an op, or by awaiting?"""
    return any(isinstance(one, ast.Yield | ast.YieldFrom | ast.Await) for one in ast.walk(node))


def called(node: ast.AST | None) -> str:
    """The name of the function that a node calls; empty if it is no call of a name."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def used(code: str) -> set[str]:
    """The names that code takes from outside its functions: globals and built-ins."""
    names: set[str] = set()
    tables = [symtable.symtable(code, "code", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
                names.add(symbol.get_name())
    return names


def strip_annotations(edits: Edits, tree: ast.AST) -> None:
    """Remove annotations: they say nothing about how the program runs."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            if node.returns is not None:
                first, last = edits.span(node.returns)
                arrow = edits.text.rindex(b"->", 0, first)
                edits.replace((len(edits.text[:arrow].rstrip()), last), "")
            for arg, default in _arguments(node.args):
                if arg.annotation is not None:
                    end = edits.span(arg)[1] if default is None else edits.span(default)[0]
                    edits.replace((edits.span(arg)[0], end), arg.arg + ("" if default is None else "="))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            edits.replace((edits.span(node.target)[1], edits.span(node.annotation)[1]), "")


def _arguments(given: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Each argument with its default, or None."""
    plain = [*given.posonlyargs, *given.args]
    without = len(plain) - len(given.defaults)
    yield from ((arg, None) for arg in plain[:without])
    yield from zip(plain[without:], given.defaults, strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)
    yield from ((arg, None) for arg in (given.vararg, given.kwarg) if arg is not None)
