"""The theme: colours that can be read, figures of one width, and following the system or the user."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QHeaderView, QWidget
from pytestqt.qtbot import QtBot

from ui.application import dress
from ui.kit import icons
from ui.kit.fonts import load_fonts
from ui.kit.menu import Menu
from ui.kit.style_sheet import palette, style_sheet
from ui.kit.theme import DARK, LIGHT, Theme, ThemeSource, contrast, ink_on, mix

UI = Path(icons.__file__).parents[1]
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
def test_text_can_be_read_on_every_surface(theme: Theme) -> None:
    for text in (theme.t1, theme.t2, theme.t3, theme.ok, theme.warn, theme.bad):
        for surface in (theme.base, theme.panel, theme.raised, theme.track):
            assert contrast(text, surface) >= 4.5, (text, surface)


@THEMES
def test_white_can_be_read_on_the_primary_button(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent_fill) >= 4.5


@THEMES
def test_letters_can_be_read_on_every_worker_colour(theme: Theme) -> None:
    assert len(set(theme.workers)) == 8
    for color in theme.workers:
        assert contrast(ink_on(color), color) >= 4.5


def test_mix_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mix("#102030", "#FFFFFF", 1.0) == "#FFFFFF"


def test_slots_repeat_after_eight() -> None:
    assert DARK.worker(0) == DARK.worker(8)


def test_fonts_come_with_the_app_and_figures_are_of_one_width(qapp: object) -> None:
    families = load_fonts()
    assert {"Inter", "Inter Display", "JetBrains Mono"} <= set(families)
    for face in (DARK.font(12), DARK.font(13, 500), DARK.font(15, 600), DARK.font(11, mono=True)):
        metrics = QFontMetricsF(face)
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_a_choice_holds_whatever_the_system_says(qtbot: object) -> None:
    source = ThemeSource("light")
    assert source.theme is LIGHT
    seen: list[Theme] = []
    source.changed.connect(seen.append)
    source.choose("light")
    source.toggle()
    source.toggle()
    assert seen == [DARK, LIGHT]
    with pytest.raises(ValueError, match="system, dark, light"):
        source.choose("pink")


def test_without_a_choice_the_system_is_followed(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ThemeSource("system")
    seen: list[Theme] = []
    source.changed.connect(seen.append)
    hints = QGuiApplication.styleHints()
    schemes = [Qt.ColorScheme.Light, Qt.ColorScheme.Dark, Qt.ColorScheme.Dark]
    for scheme in schemes:
        monkeypatch.setattr(type(hints), "colorScheme", lambda _, scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(scheme)
    assert seen[-2:] == [LIGHT, DARK]
    source.choose("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert source.theme is LIGHT


@THEMES
def test_the_style_sheet_is_understood(theme: Theme, qtbot: object) -> None:
    widget = QWidget()
    widget.setPalette(palette(theme))
    widget.setStyleSheet(style_sheet(theme))  # Qt warns of what it does not understand, and a warning fails the test
    widget.ensurePolished()


ICONS = sorted(path.stem for path in icons.ICONS.glob("*.svg") if path.stem != "app")


def inked(name: str, side: int, color: str, width: float = 1.5) -> list[QColor]:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    icons.paint(painter, name, QRectF(0, 0, side, side), color, width)
    painter.end()
    pixels = [image.pixelColor(x, y) for x in range(side) for y in range(side)]
    return [pixel for pixel in pixels if pixel.alpha() > 128]


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something_in_the_colour_asked_for(name: str, qtbot: object) -> None:
    small, large = inked(name, 16, "#FF0000"), inked(name, 64, "#FF0000", 6.0)
    assert 4 < len(small) < 200
    assert 10 * len(small) < len(large) < 25 * len(small), "it grows with its square"
    assert all(pixel.red() > 240 and not pixel.green() for pixel in small)
    thick = inked(name, 16, "#FF0000", 3.0)
    assert len(thick) >= len(small), "lines are as wide as they are asked to be"


def test_every_icon_is_used() -> None:
    used = {word for path in UI.rglob("*.py") for word in re.findall(r'"([a-z]+)"', path.read_text("utf-8"))}
    assert not set(ICONS) - used


def test_the_app_has_an_icon_in_all_sizes(qtbot: object) -> None:
    icon = icons.app_icon()
    assert [size.width() for size in icon.availableSizes()] == list(icons.APP_SIDES)
    assert icon.pixmap(64).toImage().pixelColor(14, 18).name().upper() == "#58C4F2"


def test_menus_have_round_corners_without_a_ground_of_their_own(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    menu = Menu(holder, "menu", DARK)
    for length in range(5):
        menu.addAction(f"{length} s")
    menu.resize(menu.sizeHint())
    QApplication.sendEvent(menu, QResizeEvent(menu.size(), QSize()))
    seen, inside = menu.mask(), menu.rect()
    for corner in (inside.topLeft(), inside.topRight(), inside.bottomLeft(), inside.bottomRight()):
        assert not seen.contains(corner)
    for middle in (inside.center(), QPoint(inside.center().x(), 0), QPoint(inside.right(), inside.center().y())):
        assert seen.contains(middle)
    assert seen.boundingRect() == inside
    menu.close()


@THEMES
@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
def test_standard_dialogs_and_menus_are_dressed_too(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    before = qapp.palette(), qapp.font(), qapp.styleSheet()
    try:
        dress(qapp, theme)
        dialog = QFileDialog(None, "Open")
        qtbot.addWidget(dialog)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setViewMode(QFileDialog.ViewMode.Detail)
        dialog.show()
        header = dialog.findChild(QHeaderView)
        combo = dialog.findChild(QComboBox, "fileTypeCombo").palette()
        for role, color in ((QPalette.ColorRole.Button, theme.raised), (QPalette.ColorRole.ButtonText, theme.t1)):
            assert combo.color(role).name().upper() == color
        image = header.grab().toImage()
        inks = [image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())]
        assert inks.count(theme.panel) > len(inks) / 2
        assert sum(contrast(ink, theme.panel) > 3 for ink in inks) > 100, "its words can be read"
        assert "border-radius" not in next(line for line in style_sheet(theme).splitlines() if line[:7] == "QMenu {")
    finally:
        qapp.setStyleSheet(before[2])
        qapp.setPalette(before[0])
        qapp.setFont(before[1])
