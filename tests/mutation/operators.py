"""What a node may become: the mistakes that people make, one replacement each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.mutation.changes import Spot

BOTH_WAYS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.In: ast.NotIn,
    ast.Add: ast.Sub, ast.Mult: ast.Div, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.And: ast.Or,
}  # fmt: skip
OTHER: dict[type, type] = {**BOTH_WAYS, **{new: old for old, new in BOTH_WAYS.items()}}
OTHER |= {ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult}
OTHER_NAME = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "minimum": "maximum",
    "maximum": "minimum",
}
# Their two arguments may stand either way round.
EITHER_WAY = {"min", "max", "minimum", "maximum", "union1d", "array_equal", "isclose", "suppress"}


def replacements(spot: Spot) -> Iterator[ast.AST]:
    """For each kind of node: how it may go wrong. The replaced node's children are copies, the tree stays as it was."""
    for kind, ways in KINDS.items():
        if isinstance(spot.node, kind):
            for way in ways:
                yield from way(spot.node, spot)


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    new = copy.deepcopy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _compare(node: ast.Compare, spot: Spot) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        yield _with(node, ops=[*node.ops[:index], OTHER[type(operator)](), *node.ops[index + 1 :]])


def _arithmetic(node: ast.BinOp, spot: Spot) -> Iterator[ast.AST]:
    if type(node.op) in OTHER and not _is_type(node):
        yield _with(node, op=OTHER[type(node.op)]())


def _is_type(node: ast.BinOp) -> bool:
    """`int | None` says what something is."""
    return isinstance(node.op, ast.BitOr) and any(
        isinstance(side, ast.Constant) and side.value is None for side in (node.left, node.right)
    )


def _in_place(node: ast.AugAssign, spot: Spot) -> Iterator[ast.AST]:
    yield _with(node, op=OTHER[type(node.op)]())
    yield ast.Pass()


def _both(node: ast.BoolOp, spot: Spot) -> Iterator[ast.AST]:
    yield _with(node, op=OTHER[type(node.op)]())


def _not(node: ast.UnaryOp, spot: Spot) -> Iterator[ast.AST]:
    if isinstance(node.op, (ast.Not, ast.USub)):
        yield copy.deepcopy(node.operand)


def _constant(node: ast.Constant, spot: Spot) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(0)
    elif isinstance(value, float):
        yield ast.Constant(float(f"{value * 1.1:.9g}") if value else 1.0)
        if value:
            yield ast.Constant(float(f"{value * 0.9:.9g}"))
            yield ast.Constant(0.0)
    elif isinstance(value, str) and value:
        yield ast.Constant(f"not {value}")


def _call(node: ast.Call, spot: Spot) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Name) and node.func.id in OTHER_NAME:
        yield _with(node, func=ast.copy_location(ast.Name(OTHER_NAME[node.func.id], ast.Load()), node.func))
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if len(node.args) == 2 and name not in EITHER_WAY and not any(isinstance(one, ast.Starred) for one in node.args):
        yield _with(node, args=[copy.deepcopy(node.args[1]), copy.deepcopy(node.args[0])])


def _method(node: ast.Call, spot: Spot) -> Iterator[ast.AST]:
    """`numbers.min()`"""
    if isinstance(node.func, ast.Attribute) and node.func.attr in OTHER_NAME:
        yield _with(node, func=_with(node.func, attr=OTHER_NAME[node.func.attr]))


def _slice(node: ast.Slice, spot: Spot) -> Iterator[ast.AST]:
    for edge in ("lower", "upper"):
        if getattr(node, edge) is not None:
            yield _with(node, **{edge: None})


def _test(node: ast.If | ast.While | ast.IfExp, spot: Spot) -> Iterator[ast.AST]:
    """Conditions that are made of no comparison."""
    if not isinstance(node.test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield _with(node, test=ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))


def _return(node: ast.Return, spot: Spot) -> Iterator[ast.AST]:
    if node.value is not None:
        nothing = isinstance(node.value, ast.Constant) and node.value.value is None
        yield ast.Return(ast.Constant(0 if nothing else None))


def _statement(node: ast.stmt, spot: Spot) -> Iterator[ast.AST]:
    """Left out. Of assignments, those to something that lives on: a name that is missing would only be an error."""
    if isinstance(node, ast.Assign):
        lives_on = any(not isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets)
    elif isinstance(node, ast.AnnAssign):
        lives_on = isinstance(node.target, ast.Attribute) and node.value is not None
    else:
        lives_on = not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    if lives_on:
        yield ast.Pass()


Way = Callable[[Any, "Spot"], Iterator[ast.AST]]
KINDS: dict[Any, tuple[Way, ...]] = {
    ast.Compare: (_compare,),
    ast.BinOp: (_arithmetic,),
    ast.AugAssign: (_in_place,),
    ast.BoolOp: (_both,),
    ast.UnaryOp: (_not,),
    ast.Constant: (_constant,),
    ast.Call: (_call, _method),
    ast.Slice: (_slice,),
    (ast.If, ast.While, ast.IfExp): (_test,),
    ast.Return: (_return,),
    (ast.Expr, ast.Assign, ast.AnnAssign, ast.Continue, ast.Break): (_statement,),
}
