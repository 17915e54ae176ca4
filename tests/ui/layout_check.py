"""What is wrong with the layout of a window, found by walking through what is visible: things that overlap, that lie
outside of what holds them, or whose words are cut without a sign."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QScrollArea, QWidget

from ui.kit.button import Button
from ui.kit.drawing import RING, width_of
from ui.kit.labels import Headline, Label
from ui.kit.tabs import Tab
from ui.recipe.chips import Chip
from ui.runs.split_bar import SplitBar

OVERLAYS = ("notices", "problem_row", "runs_toggle")  # they lie over others by intent
CLASSES_OVER = ("HoverCard", "DropOverlay", "Fan", "Popover", "ChoiceMenu", "Palette", "QScrollBar")


def faults(window: QWidget) -> list[str]:
    return list(_of(window))


def _of(parent: QWidget) -> Iterator[str]:
    children = [child for child in parent.children() if isinstance(child, QWidget) and _is_seen(child)]
    for child in children:
        if not _scrolls(parent) and not parent.rect().contains(_place(child)):
            yield f"{_path(child)} at {_at(_place(child))} lies outside of {_at(parent.rect())}"
        yield from _words_cut(child)
    for one, other in combinations([child for child in children if not _lies_over(child)], 2):
        common = _place(one).intersected(_place(other))
        if not common.isEmpty():
            yield f"{_path(one)} and {_path(other)} overlap by {_at(common)}"
    for child in children:
        yield from _of(child)


def _place(widget: QWidget) -> QRect:
    """What is seen of it: a control keeps room around it for the focus ring."""
    edge = widget.px(RING) if isinstance(widget, Button) else 0
    return widget.geometry().adjusted(edge, edge, -edge, -edge)


def _is_seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.isWindow() and not widget.size().isEmpty()


def _scrolls(parent: QWidget) -> bool:
    """What lies in it may be longer than it is."""
    holder = parent.parentWidget()
    return isinstance(holder, QAbstractScrollArea) and (holder.viewport() is parent or isinstance(parent, QScrollArea))


def _lies_over(widget: QWidget) -> bool:
    classes = {one.__name__ for one in type(widget).__mro__}
    drawer = widget.objectName() == "side" and type(widget.parentWidget()).__name__ == "Middle"
    return widget.objectName() in OVERLAYS or bool(classes & set(CLASSES_OVER)) or drawer


def _words_cut(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, Headline):
        if widget.height() < widget.heightForWidth(widget.width()):
            yield f"{_path(widget)} is cut: {widget.words()!r}"
    elif isinstance(widget, Label) and widget.wordWrap():
        if widget.words() and widget.height() < widget.heightForWidth(widget.width()):
            yield f"{_path(widget)} is cut: {widget.words()!r}"
    elif isinstance(widget, Label):
        least = min(widget.px(14.0), width_of(widget.words(), widget.font()))
        if widget.words() and (widget.height() < widget.fontMetrics().height() - 2 or widget.width() < least):
            yield f"{_path(widget)} has no room: {widget.words()!r}"
    elif isinstance(widget, QLabel):
        yield f"{_path(widget)} is a label that would not say that it is cut"
    elif isinstance(widget, Chip):
        if widget.width() < widget.natural_width() and not widget.toolTip():
            yield f"{_path(widget)} is cut, and no tool tip says all of it"
    elif isinstance(widget, (Button, Tab)):
        if widget.width() < widget.sizeHint().width() and not _may_be_narrow(widget):
            yield f"{_path(widget)} is narrower than its words: {widget.width()} of {widget.sizeHint().width()}"
    elif isinstance(widget, SplitBar):
        labels = widget.labels()
        if any(label.right > widget.width() + 1 or label.left < -1 for label in labels):
            yield f"{_path(widget)}: labels beyond its edge"


def _may_be_narrow(widget: QWidget) -> bool:
    """Its words are elided, and its tool tip has them."""
    return widget.objectName() == "code_changes"


def _path(widget: QWidget) -> str:
    names: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(names) < 4:
        names.append(at.objectName() or type(at).__name__)
        at = at.parentWidget()
    return "/".join(reversed(names))


def _at(rect: QRect) -> str:
    return f"{rect.x()},{rect.y()} {rect.width()}×{rect.height()}"
