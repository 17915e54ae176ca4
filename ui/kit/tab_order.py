"""The order in which Tab goes through the window: as it is read. First the sentence, then the stage, the column beside
it and the finished runs; within each from top to bottom, and in a row from left to right.

The order is found anew at each Tab, since runs, notices and tabs come and go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from ui.kit.drawing import Themed

ROW = 14  # px: widgets with their middles this near stand in one row
TALL = 60  # px: the place of a taller widget is its top, not its middle


def order(areas: Sequence[QWidget], in_view: bool = True) -> list[QWidget]:
    """All widgets that Tab reaches, area by area; not only those `in_view` where what has the focus is scrolled to."""
    found: list[QWidget] = []
    for area in areas:
        own = [area] if _reached(area, in_view) else []
        within = [one for one in area.findChildren(QWidget) if _reached(one, in_view) and one not in found]
        found += [*own, *_as_read(within, area.theme.scale if isinstance(area, Themed) else 1.0)]
    return found


def _reached(widget: QWidget, in_view: bool) -> bool:
    able = widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None and _is_stop(widget)
    return able and (not in_view or (not widget.visibleRegion().isEmpty() and not _is_covered(widget)))


def _is_covered(widget: QWidget) -> bool:
    """Does something lie over the widget, such as the drawer?"""
    top = widget.window().childAt(widget.mapTo(widget.window(), widget.visibleRegion().boundingRect().center()))
    return top is not None and top is not widget and not widget.isAncestorOf(top)


def _is_stop(widget: QWidget) -> bool:
    """Does Tab stop here? In a group only at the member that is taken: arrow keys go to the others."""
    group: QButtonGroup | None = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None and group.exclusive() and group.checkedButton() is not None:
        return group.checkedButton() is widget
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _as_read(widgets: Iterable[QWidget], scale: float) -> list[QWidget]:
    rows: list[tuple[int, list[tuple[int, QWidget]]]] = []
    for y, x, widget in sorted(((*_place(one, scale), one) for one in widgets), key=lambda place: place[:2]):
        if not rows or y - rows[-1][0] > ROW * scale:
            rows.append((y, []))
        rows[-1][1].append((x, widget))
    return [widget for _, row in rows for _, widget in sorted(row, key=lambda place: place[0])]


def _place(widget: QWidget, scale: float) -> tuple[int, int]:
    corner = widget.mapTo(widget.window(), QPoint(0, 0))
    return corner.y() + (0 if widget.height() > TALL * scale else widget.height() // 2), corner.x()


def following(
    areas: Sequence[QWidget], current: QWidget | None, forward: bool, itself: bool = True, in_view: bool = True
) -> QWidget | None:
    """Where Tab goes from here. `itself`: is an area a stop too, besides what is in it?"""
    stops = [stop for stop in order(areas, in_view) if itself or stop not in areas]
    if not stops:
        return None
    if current in stops:
        return stops[(stops.index(current) + (1 if forward else -1)) % len(stops)]
    return stops[0 if forward else -1]


def next_area(areas: Sequence[QWidget], current: QWidget | None, by: int) -> QWidget | None:
    """The first stop of the next area that has one."""
    here = next((n for n, area in enumerate(areas) if current is not None and _holds(area, current)), 0)
    for step in range(1, len(areas) + 1):
        stops = order([areas[(here + by * step) % len(areas)]])
        if stops:
            return stops[0]
    return None


def _holds(area: QWidget, widget: QWidget) -> bool:
    return area is widget or area.isAncestorOf(widget)
