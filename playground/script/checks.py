"""The parts of a job that a script leaves out: its checks (`expect`), what it shows to the app (`show…`), and code that
only these need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from playground.script.python_text import waits


def is_check(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    called = statement.value.func
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    return name == "expect" or name.startswith("show")


def left_out(body: list[ast.stmt]) -> tuple[set[ast.stmt], set[str]]:
    """The statements of a function to leave out, outermost only, and the variables that are then never read."""
    gone = {one for one in _leaves(body) if is_check(one) and not waits(one)}
    while True:
        unused = _names(gone)
        while True:
            kept = [one for one in _leaves(body) if one not in gone and not _only_for(one, unused)]
            still = unused - _names(kept) - _names_of_headers(body)
            if still == unused:
                break
            unused = still
        more = {one for one in _leaves(body) if _only_for(one, unused)} - gone
        if not more:
            return set(_whole(body, gone)), unused
        gone |= more


def _only_for(statement: ast.stmt, unused: set[str]) -> bool:
    """Does a statement only assign these variables, or change them by calling a method?"""
    if waits(statement):
        return False
    if isinstance(statement, ast.Expr):
        call = statement.value
        on = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
        return isinstance(on, ast.Name) and on.id in unused
    stored = [one for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    plain = all(isinstance(target, (ast.Name, ast.Tuple)) for target in _targets(statement))
    return plain and bool(stored) and all(one.id in unused for one in stored)


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, (ast.AugAssign, ast.AnnAssign)) else []


def _whole(body: list[ast.stmt], gone: set[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements to leave out, with each block of which nothing is left as a whole."""
    for statement in body:
        inner = _inner(statement)
        if statement in gone or (inner and not waits(statement) and set(_leaves(inner)) <= gone):
            yield statement
        else:
            yield from _whole(inner, gone)


def _leaves(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        inner = _inner(statement)
        yield from _leaves(inner) if inner else [statement]


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    handlers = [handler.body for handler in getattr(statement, "handlers", [])]
    return [one for block in (*blocks, *handlers) for one in block]


def _names(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements read."""
    nodes = (one for statement in statements for one in ast.walk(statement))
    return {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def _names_of_headers(body: Iterable[ast.stmt]) -> set[str]:
    """The names in the heads of conditions, loops and with statements."""
    found = set()
    for statement in body:
        for part in ast.iter_child_nodes(statement):
            if _inner(statement) and not isinstance(part, (ast.stmt, ast.excepthandler)):
                found |= {one.id for one in ast.walk(part) if isinstance(one, ast.Name)}
        found |= _names_of_headers(_inner(statement))
    return found
