"""Everything larger or smaller: by the keys, remembered, from what the system's own text asks for; and back without a
trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QTextBlock, QTextOption
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.recipe.recipe import Recipe
from ui.application import make_window
from ui.code.code_text import CodeText
from ui.kit import fonts
from ui.kit import theme as themes
from ui.kit.drawing import Themed, width_of
from ui.kit.fonts import load_fonts, system_scale
from ui.kit.labels import Label
from ui.kit.theme import DARK, LIGHT, Face, Theme, ThemeSource
from ui.settings.settings import ZOOMS
from ui.settings.settings_file import SettingsFile
from ui.stage.stage import Stage
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]

LIMIT_MS = 60_000
SHORT = Recipe(job="sleep", workers=4, amount=1)
Make = Callable[[], Window]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    """Starts the app, one time after the other, as the user does."""
    load_fonts()
    made: list[Window] = []

    def begin() -> Window:
        for old in made:
            old.close()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        window = make_window(application, SettingsFile(tmp_path), "dark")
        made.append(window)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=LIMIT_MS)
        return window

    yield begin
    for window in made:
        window.close()


def press(qtbot: QtBot, window: Window, key: Qt.Key) -> None:
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)


def places(window: Window) -> dict[str, tuple[QRect, int]]:
    """Where everything is that has a name, and how large its words are."""
    named = (part for part in window.findChildren(QWidget) if part.objectName() and part.isVisible())
    return {
        part.objectName(): (QRect(part.mapTo(window, QPoint()), part.size()), part.font().pixelSize()) for part in named
    }


def settled(qtbot: QtBot, window: Window) -> dict[str, tuple[QRect, int]]:
    """Once all layouts, and layouts within layouts, have had their say."""
    window.clock.stop()
    found = places(window)
    for _ in range(40):
        qtbot.wait(5)
        before, found = found, places(window)
        if found == before:
            break
    return found


# -- sums


def test_whole_sizes_stay_whole_and_nothing_changes_at_the_usual_scale(qtbot: QtBot) -> None:
    load_fonts()
    large = DARK.scaled(1.25)
    assert [DARK.px(size) for size in (1, 7, 36)] == [1, 7, 36]
    assert DARK.px(7.5) == 7.5
    assert [large.px(size) for size in (1, 6, 36)] == [1, 8, 45]
    assert large.px(7.5) == 9.375
    assert (DARK.font(12).pixelSize(), large.font(12).pixelSize(), large.font(27, 600).pixelSize()) == (12, 15, 34)
    assert large.caption_font().letterSpacing() == pytest.approx(0.55, abs=0.02)
    assert large.scaled(1.0).scale == 1.0
    assert large.t1 == DARK.t1
    assert DARK.scaled(1.25) is large
    assert DARK.scaled(1.0) is DARK


@pytest.mark.parametrize(
    ("platform", "points", "scale"),
    [
        *(("linux", points, 1.0) for points in (9.0, 10.0, 11.0)),
        ("linux", 13.75, 1.25),
        ("linux", 8.1, 0.9),
        ("linux", 40.0, 2.0),
        ("linux", -1.0, 1.0),  # it is said in pixels
        ("win32", 9.0, 1.0),
        ("win32", 13.5, 1.5),
        ("darwin", 13.0, 1.0),
        ("freebsd14", 22.0, 2.0),
    ],
)
def test_the_systems_own_text_decides_what_is_usual(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, platform: str, points: float, scale: float
) -> None:
    font = QFont()
    if points > 0:
        font.setPointSizeF(points)
    else:
        font.setPixelSize(14)
    monkeypatch.setattr(QFontDatabase, "systemFont", lambda _which: font)
    monkeypatch.setattr(fonts.sys, "platform", platform)  # type: ignore[attr-defined]
    assert system_scale() == pytest.approx(scale)


def test_zoom_and_the_systems_text_multiply(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(themes, "system_scale", lambda: 1.25)
    source, heard = ThemeSource("dark", zoom=110), list[Theme]()
    assert source.theme is DARK.scaled(1.1 * 1.25)
    source.changed.connect(heard.append)
    source.set_zoom(80)
    source.choose("light")
    assert heard == [DARK.scaled(1.0), LIGHT]


# -- how a widget hears of it


class Panel(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.column = QVBoxLayout(self)
        self.placed = 0

    def resizeEvent(self, event: object) -> None:
        self.placed = self.px(10)


def test_what_was_fitted_once_is_fitted_again(qtbot: QtBot) -> None:
    panel, label = Panel(DARK), QLabel("words")
    qtbot.addWidget(panel)
    panel.column.addWidget(label)
    panel.fit(panel.setFixedWidth, 100)
    panel.fit(label.setFixedHeight, 20)
    panel.fit(label.setFixedHeight, 30)  # the last word counts
    panel.fit(label.setFont, Face(12, 600))
    panel.fit(panel.column.setContentsMargins, 1, 4, 8, 12)
    panel.space(panel.column, 10)
    panel.column.addWidget(QLabel())
    for scale in (2.0, 1.0, 1.5):
        panel.set_theme(LIGHT.scaled(scale))
        assert panel.width() == round(100 * scale)
        assert label.height() == round(30 * scale)
        assert (label.font().pixelSize(), label.font().weight()) == (round(12 * scale), 600)
        margins = panel.column.contentsMargins()
        assert (margins.top(), margins.right(), margins.bottom()) == (4 * scale, 8 * scale, 12 * scale)
        assert panel.column.itemAt(1).sizeHint().height() == 10 * scale
        assert panel.placed == 10 * scale


def test_what_is_gone_is_forgotten(qtbot: QtBot) -> None:
    panel, label = Panel(DARK), QLabel("words")
    qtbot.addWidget(panel)
    panel.fit(label.setFixedHeight, 20)
    label.deleteLater()
    QApplication.sendPostedEvents(label, 0)
    QApplication.processEvents()
    panel.set_theme(DARK.scaled(2.0))
    panel.set_theme(DARK)


def test_lines_of_code_stay_lines(qtbot: QtBot) -> None:
    load_fonts()
    text = CodeText(DARK, "code", "Code")
    qtbot.addWidget(text)
    text.resize(300, 400)
    text.show()
    text.set_text("\tlong = 'a line that does not fit' + 'into so narrow a window'\n" * 3)
    before, gutter = text.document().size().height(), text.gutter.width()
    for scale in (1.5, 1.0, 2.0):
        text.set_theme(DARK.scaled(scale))
        option, layout = text.document().defaultTextOption(), text.document().documentLayout()
        assert option.wrapMode() == QTextOption.WrapMode.NoWrap
        assert option.tabStopDistance() == pytest.approx(4 * width_of("0", text.font()), abs=0.01)
        assert [layout.blockBoundingRect(block).height() for block in blocks(text)] == [round(19 * scale)] * 4
        assert text.document().size().height() == before, "it counts lines"
        assert (text.font().pixelSize(), text.document().defaultFont().pixelSize()) == (12 * scale, 12 * scale)
        assert text.gutter.width() == pytest.approx(gutter * scale, abs=2)


def blocks(text: CodeText) -> list[QTextBlock]:
    return [text.document().findBlockByNumber(number) for number in range(text.blockCount())]


def test_two_stages_have_sizes_of_their_own(qtbot: QtBot) -> None:
    load_fonts()
    usual, large = Stage(DARK), Stage(DARK.scaled(1.75))
    for stage in (usual, large):
        qtbot.addWidget(stage)
        stage.resize(1400, 900)
        stage.show()
        qtbot.waitExposed(stage)
    assert (usual.pulse.height(), large.pulse.height()) == (62, 108)
    assert large.pulse.plot.x() == 217
    assert (usual.bar.lens.sizeHint().height(), large.bar.lens.sizeHint().height()) == (34, 60)
    assert usual.theme.font(12).pixelSize() == 12


# -- the window


def test_by_the_keys_step_by_step_and_back(qtbot: QtBot, make: Make) -> None:
    window = make()
    press(qtbot, window, Qt.Key.Key_Plus)
    assert window.themes.zoom == 110
    assert window.status.message.words() == "110 %"
    press(qtbot, window, Qt.Key.Key_Equal)
    assert window.themes.zoom == 125
    assert window.status.height() == round(26 * 1.25)
    for wanted in (110, 100, 90, 80, 80):
        press(qtbot, window, Qt.Key.Key_Minus)
        assert window.themes.zoom == wanted
    press(qtbot, window, Qt.Key.Key_0)
    assert window.themes.zoom == 100
    assert window.settings.settings.zoom == 100


def test_no_larger_than_the_screen(qtbot: QtBot, make: Make) -> None:
    """The window here is larger than the screen of the tests: what it has room for counts."""
    window = make()
    for _ in ZOOMS:
        press(qtbot, window, Qt.Key.Key_Plus)
    assert window.themes.zoom == 125, "at 150 % it would be 1536 wide at least"
    assert window.status.message.words() == "125 %: larger, the window would not fit on this screen"
    window.resize(2048, 1280)
    for _ in ZOOMS:
        press(qtbot, window, Qt.Key.Key_Plus)
    assert window.themes.zoom == 200


def test_it_is_remembered(qtbot: QtBot, make: Make) -> None:
    window = make()
    press(qtbot, window, Qt.Key.Key_Minus)
    window.side.tabs.choose("tasks")
    again = make()
    assert again.themes.zoom == 90
    assert again.themes.theme is DARK.scaled(0.9)
    assert again.stage.theme is DARK.scaled(0.9)


def test_on_a_smaller_screen_than_last_time_it_is_as_large_as_fits(qtbot: QtBot, make: Make) -> None:
    window = make()
    window.themes.set_zoom(200)
    window.settings.change(zoom=200)
    window.appearance.fit_screen()
    assert window.themes.zoom == 125, "1440 × 900 is there"
    assert window.settings.settings.zoom == 200
    window.themes.set_zoom(80)
    window.appearance.fit_screen()
    assert window.themes.zoom == 80


def test_back_at_the_usual_size_there_is_no_trace_of_it(qtbot: QtBot, make: Make) -> None:
    window = make()
    run = window.run(SHORT)
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    window.runs_panel.set_open(True)
    before = settled(qtbot, window)
    for zoom in (125, 80, 100):
        window.themes.set_zoom(zoom)
        settled(qtbot, window)
    assert settled(qtbot, window) == before


def test_zoomed_it_is_as_if_it_had_begun_so(qtbot: QtBot, make: Make) -> None:
    window = make()
    window.themes.set_zoom(125)
    now = settled(qtbot, window)
    window.settings.change(zoom=125)
    assert settled(qtbot, make()) == now
    assert now["status_message"][1] == 14


def fonts_within(widget: QWidget) -> dict[str, int]:
    labels = (part for part in widget.findChildren(QWidget) if isinstance(part, Label | QLineEdit))
    return {
        (part.words() if isinstance(part, Label) else part.objectName()): part.font().pixelSize() for part in labels
    }


@pytest.mark.parametrize("then", ["opened", "opened before", "themed"])
def test_words_in_what_opens_over_the_window_are_as_large(qtbot: QtBot, make: Make, then: str) -> None:
    """A style sheet brings back the fonts that a label began with, when that gets another parent or colours."""
    window = make()
    parts = (window.knobs, window.palette_popover, window.recipe_bar.menus["model"])
    usual = [fonts_within(part) for part in parts]
    if then == "opened before":
        for part in parts:
            part.open_below(window.recipe_bar.run)
            part.close_popover()
    window.themes.set_zoom(150)
    if then == "themed":
        window.appearance.toggle_theme()
    for part, faces in zip(parts, usual, strict=True):
        part.open_below(window.recipe_bar.run)
        assert fonts_within(part) == {name: round(px * 1.5) for name, px in faces.items()}
        part.close_popover()


def test_in_a_drawer_too_words_are_as_large(qtbot: QtBot, make: Make) -> None:
    window = make()
    window.side.open_tab("code")
    usual = fonts_within(window.side)
    window.themes.set_zoom(125)
    window.appearance.toggle_theme()
    assert fonts_within(window.side) == {name: round(px * 1.25) for name, px in usual.items()}
    window.resize(1280, 820)
    window._middle.toggle_side()
    assert window.side.parent() is window._middle
    assert fonts_within(window.side) == {name: round(px * 1.25) for name, px in usual.items()}
    text = window.side.code.source
    assert (text.font().pixelSize(), text.document().defaultFont().pixelSize()) == (15, 15)


def test_the_theme_keeps_the_zoom_and_the_zoom_the_theme(qtbot: QtBot, make: Make) -> None:
    window = make()
    press(qtbot, window, Qt.Key.Key_Plus)
    window.appearance.toggle_theme()
    assert window.stage.theme is LIGHT.scaled(1.1)
    press(qtbot, window, Qt.Key.Key_0)
    assert window.stage.theme is LIGHT
