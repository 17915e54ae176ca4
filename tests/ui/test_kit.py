"""What all widgets of the window share: they are laid out in rows, painted again when what they are drawn from has
changed, and may keep keys that the window has commands for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from ui.kit.button import Button, icon_button
from ui.kit.drawing import Themed
from ui.kit.drawn import Drawn
from ui.kit.keys import KeepsKeys
from ui.kit.theme import DARK
from ui.kit.timers import single_shot, timer

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

SIDE = 40


class Piece(Themed, KeepsKeys, QWidget):
    lit = Drawn(False)
    words = Drawn("", sized=True)

    def __init__(self, name: str = "") -> None:
        super().__init__(DARK, name, f"the piece {name}")
        self.painted = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.px(SIDE), self.px(SIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1

    def keeps(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_A


@pytest.fixture
def pieces(qtbot: QtBot) -> list[Piece]:
    made = [Piece(name) for name in ("around", "first", "second")]
    for piece in made:
        qtbot.addWidget(piece)
    return made


def shown(around: Piece, scale: float = 1.0) -> Piece:
    around.set_theme(DARK.scaled(scale))
    around.resize(400, 100)
    around.show()
    QApplication.processEvents()
    return around


def test_a_widget_has_its_name_from_the_first_line_on(pieces: list[Piece]) -> None:
    piece = pieces[1]
    assert (piece.theme, piece.objectName(), piece.accessibleName()) == (DARK, "first", "the piece first")


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_parts_of_a_row_stand_where_it_says_at_any_scale(pieces: list[Piece], scale: float) -> None:
    around, first, second = pieces
    around.in_row(first, 30, second, ..., of=around, edges=(5, 0, 0, 0), gap=10)
    shown(around, scale)
    assert first.x() == DARK.scaled(scale).px(5)
    gaps = sum(map(DARK.scaled(scale).px, (10, 30)))
    assert second.x() - first.geometry().right() - 1 == gaps


def test_the_spare_room_goes_where_the_dots_are(pieces: list[Piece]) -> None:
    around, first, second = pieces
    row = around.in_row(..., first, second, of=around, gap=0)
    shown(around)
    assert row.stretch(0) == 1  # with room that others would take too
    assert (second.geometry().right(), first.geometry().right()) == (399, 399 - SIDE)


def test_stretch_and_alignment_are_those_of_the_part(pieces: list[Piece]) -> None:
    around, first, second = pieces
    inner = around.in_column(second, ..., gap=0)
    row = around.in_row((first, 0, Qt.AlignmentFlag.AlignBottom), (inner, 3), of=around)
    shown(around)
    assert (first.geometry().bottom(), second.y()) == (99, 0)
    assert (row.stretch(0), row.stretch(1)) == (0, 3)


def test_more_can_be_put_into_a_row(pieces: list[Piece]) -> None:
    around, first, second = pieces
    row: QHBoxLayout = around.in_row(first, of=around)
    around.fill(row, second)
    assert [row.itemAt(place).widget() for place in range(row.count())] == [first, second]


def test_another_value_paints_again_and_the_same_one_does_not(pieces: list[Piece]) -> None:
    piece = shown(pieces[0])
    before = piece.painted
    piece.lit = False
    QApplication.processEvents()
    assert piece.painted == before
    piece.lit = True
    QApplication.processEvents()
    assert (piece.painted, piece.lit, pieces[1].lit) == (before + 1, True, False)


@pytest.mark.parametrize(("name", "value", "asked"), [("lit", True, 0), ("words", "more", 1)])
def test_only_a_value_that_the_size_depends_on_asks_for_another_layout(
    pieces: list[Piece], name: str, value: object, asked: int
) -> None:
    around, first, _ = pieces
    around.in_row(first, of=around)
    shown(around)
    heard: list[QEvent.Type] = []

    class Ear(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            heard.append(event.type())
            return False

    ear = Ear()
    around.installEventFilter(ear)
    setattr(first, name, value)
    QApplication.processEvents()
    assert heard.count(QEvent.Type.LayoutRequest) == asked


@pytest.mark.parametrize(("key", "kept"), [(Qt.Key.Key_A, True), (Qt.Key.Key_B, False)])
def test_a_key_that_a_widget_keeps_is_not_the_windows(pieces: list[Piece], key: Qt.Key, kept: bool) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(pieces[0], event)
    assert event.isAccepted() is kept
    other = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    other.ignore()
    QApplication.sendEvent(pieces[0], other)
    assert not other.isAccepted()


def test_a_button_does_what_it_was_given(qtbot: QtBot) -> None:
    pressed: list[int] = []
    button = Button(DARK, "one", "One", press=lambda: pressed.append(1))
    sign = icon_button(DARK, "two", "plus", "More of it", side=24, icon_px=14, press=button.clicked)
    for made in (button, sign):
        qtbot.addWidget(made)
    sign.click()  # which passes it on
    button.click()
    assert pressed == [1, 1]
    assert (sign.toolTip(), sign.accessibleName(), sign.sizeHint()) == ("More of it", "More of it", QSize(32, 32))


def test_timers_have_names_and_say_how_often_they_act(qtbot: QtBot) -> None:
    acted: list[str] = []
    parent = QObject()
    once = single_shot(parent, "once", lambda: acted.append("once"), 1)
    again = timer(parent, "again", lambda: acted.append("again"), 1)
    assert (once.objectName(), again.objectName(), once.isActive(), again.isActive()) == ("once", "again", False, False)
    once.start()
    again.start()
    qtbot.waitUntil(lambda: acted.count("again") > 2)
    again.stop()
    assert acted.count("once") == 1
