"""No widget has a size of its own: pixels and fonts come from the theme, or they would stay as they are in a window
that is zoomed. What is looked for are bare numbers where Qt takes pixels."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "ui"
SETTERS = {
    *(f"set{kind}{what}" for kind in ("Fixed", "Minimum", "Maximum") for what in ("Width", "Height", "Size")),
    *("setContentsMargins", "setSpacing", "addSpacing", "setTextMargins", "setViewportMargins", "setHandleWidth"),
    *("setPixelSize", "setPointSize", "setPointSizeF", "setDefaultSectionSize", "setColumnWidth", "setGeometry"),
}
SHAPES = {
    "QRect",
    "QRectF",
    "QSize",
    "QSizeF",
    "QPoint",
    "QPointF",
    "adjusted",
    "translated",
    "QFont",
    "labels",
    "figures",
}
# Their numbers are of the design: they ask the theme themselves.
OF_THE_DESIGN = {"px", "fit", "space", "font", "Face", "Painted", "map", "Button", "icon_button", "Label", "Headline"}
LARGEST_LINE = 2


def numbers_of(tree: ast.Module) -> set[str]:
    """Names of the module's own constants that are larger than a line."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) and isinstance(target, ast.Tuple) else [value]
            pairs = zip(names, values, strict=False)
            found |= {name.id for name, one in pairs if isinstance(name, ast.Name) and is_bare(one, set())}
    return found


def is_bare(node: ast.AST, named: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in named
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value > LARGEST_LINE


def names_within(node: ast.AST) -> set[str]:
    own = {node.id} if isinstance(node, ast.Name) else set()
    inner = [] if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    return own.union(*map(names_within, inner))


def bare_within(node: ast.AST, named: set[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call | ast.Subscript | ast.JoinedStr | ast.Compare):
        return  # of another call the numbers are its own business
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Pow) and not names_within(node) & named:
        return  # how many there are of something
    if is_bare(node, named):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from bare_within(child, named)


def name_of(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


def calls_within(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            if name_of(child) in OF_THE_DESIGN:
                continue
            yield child
        yield from calls_within(child)


def bare_sizes(source: str) -> list[str]:
    tree, found = ast.parse(source), []
    named = numbers_of(tree)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in calls_within(function):
            if name_of(call) in SETTERS | SHAPES:
                for argument in call.args:
                    found += [f"{call.lineno}: {ast.unparse(call)}" for _ in bare_within(argument, named)]
    return sorted(set(found), key=lambda place: int(place.split(":")[0]))


@pytest.mark.parametrize("file", sorted(UI.rglob("*.py")), ids=lambda file: str(file.relative_to(UI)))
def test_sizes_come_from_the_theme(file: Path) -> None:
    assert bare_sizes(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "body",
    [
        "self.setFixedHeight(36)",
        "row.setContentsMargins(0, 0, EDGE, 0)",
        "return QSize(100, self.px(ROW))",
        "write(painter, rect.adjusted(0, 0, -12, 0))",
        "face = QFont('Inter', 13)",
        "row.setSpacing(8 if roomy else 4)",
    ],
)
def test_a_bare_size_is_found(body: str) -> None:
    assert bare_sizes(f"EDGE = 12\n\n\ndef build(self):\n    {body}\n")


@pytest.mark.parametrize(
    "body",
    [
        "self.fit(self.setFixedHeight, 36)",
        "row.setContentsMargins(0, 0, self.px(EDGE), 1)",
        "return QSize(self.px(100), len(rows) * self.px(ROW))",
        "line = QRectF(0, 0, self.width(), 1)",
        "sign = Painted(theme, QSize(15, 15), draw)",
    ],
)
def test_a_size_of_the_theme_is_let_be(body: str) -> None:
    assert not bare_sizes(f"EDGE, ROW = 12, 28\n\n\ndef build(self):\n    {body}\n")
