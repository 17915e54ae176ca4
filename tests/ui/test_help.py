"""Help: a guide in which nothing is named that does not exist, about this app, what is new, the log; read in a window
of their own."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QImage, QKeySequence, QTextFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.start.logbook import versions
from playground.start.logbook.logbook import Logbook
from playground.start.own_environment import VERSION
from tests import guide_pictures
from ui.actions import COMMANDS
from ui.help import links, pages
from ui.help.help_window import LEAST, HelpWindow
from ui.kit.theme import DARK, LIGHT
from ui.window import Window

pytestmark = [
    pytest.mark.usefixtures("no_other_pythons"),
    pytest.mark.qt_log_ignore("This plugin does not support", "propagateSizeHints", extend=True),
]

MOST_WORDS, MOST_BYTES = 300, 1_500_000
FILES = sorted(pages.GUIDE.glob("*.md"))
PICTURE = re.compile(r"!\[[^\]]+\]\(([\w-]+)\.png\)")
ADDRESS = re.compile(r"\]\(((?:page|do):[\w-]+|https?:[^)]*)\)")


def help_window(window: Window) -> HelpWindow:
    made = window.help._window
    assert made is not None
    return made


@pytest.fixture
def reader(window: Window) -> HelpWindow:
    window.actions_by_name["help"].trigger()
    return help_window(window)


# --- the guide's files


def name_of(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_page_is_short_and_names_only_what_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# ")
    assert len(text.split()) <= MOST_WORDS
    assert links.commands_in(text) <= {command.name for command in COMMANDS}
    names = {page.name for page in pages.guide()} | {"about", "changes", "licences", "log"}
    for address in ADDRESS.findall(text):
        assert not address.startswith("http"), "it is read without a network"
        assert not address.startswith(links.PAGE) or address.removeprefix(links.PAGE) in names
    assert not re.search(r"\b(?:Ctrl|Shift|Alt)\+|\bF\d", text), "keys come from the commands"


def test_each_picture_exists_in_both_themes_and_is_shown() -> None:
    wanted = {name for path in FILES for name in PICTURE.findall(path.read_text("utf-8"))}
    assert wanted == set(guide_pictures.SCENES)
    made = guide_pictures.made()
    assert set(pages.GUIDE.glob("*.png")) == set(made)
    assert all(not QImage(str(path)).isNull() for path in made)
    assert sum(path.stat().st_size for path in made) <= MOST_BYTES
    for dark, light in zip(made[::2], made[1::2], strict=True):
        assert QImage(str(dark)).size() == QImage(str(light)).size()
        assert (
            QImage(str(dark)).pixelColor(3, 3).lightness() < 64 < 192 < QImage(str(light)).pixelColor(3, 3).lightness()
        )


# --- the window


def test_every_page_can_be_read(window: Window, reader: HelpWindow) -> None:
    for page in window.help.pages():
        reader.show_page(page.name)
        assert reader.page == page.name
        assert reader.text.toPlainText().strip(), page.name
        assert "do:" not in reader.text.toPlainText()
        assert reader.copy.isVisible() == (page.copied is not None)


def test_nothing_has_qt_s_own_size_or_colour(reader: HelpWindow) -> None:
    reader.show_page("reading")
    inks = {color.lower() for color in (DARK.t1, DARK.t2, DARK.accent)}
    block, pictures, sizes = reader.text.document().begin(), 0, set()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            form = at.fragment().charFormat()
            if form.isImageFormat():
                pictures += 1
                assert 200 < form.toImageFormat().width() <= reader.text.viewport().width()
            else:
                sizes.add(form.font().pixelSize())
                assert form.foreground().color().name() in inks
                assert not form.hasProperty(QTextFormat.Property.FontSizeAdjustment.value)
            at += 1
        block = block.next()
    assert pictures == 1
    assert sizes == {22, 17, 14, 12}


def test_one_page_leaves_nothing_of_its_look_to_the_next(reader: HelpWindow) -> None:
    reader.show_page("about")
    reader.show_page("first-run")
    second = reader.text.document().begin().next()
    assert second.begin().fragment().charFormat().fontWeight() == QFont.Weight.Normal


def test_a_command_is_named_with_the_key_that_it_has_now(window: Window, reader: HelpWindow) -> None:
    window.actions_by_name["palette"].setShortcut(QKeySequence("Ctrl+J"))
    window.help.show_page("keys")
    assert "Find a command (Ctrl+J)" in reader.text.toPlainText()
    assert "Ctrl+K" not in reader.text.toPlainText()
    assert "Clear ended runs from the stage (Ctrl+L)" in reader.text.toPlainText()


def test_a_link_carries_out_its_command_and_opens_its_page(window: Window, reader: HelpWindow) -> None:
    reader.text.anchorClicked.emit("do:palette")
    assert window.palette_popover.isVisible()
    reader.text.anchorClicked.emit("page:lens")
    assert reader.page == "lens"


def test_the_search_leaves_the_pages_with_all_words_and_marks_them(qtbot: QtBot, reader: HelpWindow) -> None:
    qtbot.keyClicks(reader.field, "switch interval")
    assert [page.name for page in reader.contents.pages.shown] == ["ribbon"]
    assert reader.page == "ribbon"
    assert [mark.cursor.selectedText() for mark in reader.text.extraSelections()] == ["switch interval"]
    qtbot.keyClicks(reader.field, " of a zebra")
    assert reader.contents.pages.shown == []
    assert reader.nothing.isVisible()
    reader.field.clear()
    assert len(reader.contents.pages.shown) > len(FILES)
    assert not reader.nothing.isVisible()


def test_keys_go_through_the_contents_and_close(qtbot: QtBot, reader: HelpWindow) -> None:
    assert reader.page == "first-run"
    qtbot.keyClick(reader.field, Qt.Key.Key_Down)
    assert reader.page == "reading"
    qtbot.keyClick(reader.field, Qt.Key.Key_Up)
    qtbot.keyClick(reader.field, Qt.Key.Key_Up)
    assert reader.page == reader.contents.pages.shown[-1].name, "round and round"
    qtbot.keyClicks(reader.field, "lens")
    qtbot.keyClick(reader, Qt.Key.Key_Escape)
    assert reader.field.text() == ""
    assert reader.isVisible(), "the first Esc only ends the search"
    qtbot.keyClick(reader, Qt.Key.Key_Escape)
    assert not reader.isVisible()


def test_it_opens_where_it_was_left(window: Window, reader: HelpWindow) -> None:
    reader.show_page("races")
    reader.close()
    window.help.toggle()
    assert reader.page == "races"


def test_it_follows_theme_and_size(window: Window, reader: HelpWindow) -> None:
    reader.show_page("first-run")
    picture = picture_of(reader)
    window.themes.choose("light")
    assert reader.theme.name == "light"
    assert picture_of(reader) != picture
    first = reader.text.document().begin().begin().fragment().charFormat()
    assert first.foreground().color().name() == LIGHT.t1.lower()
    window.appearance.zoom(1)
    first = reader.text.document().begin().begin().fragment().charFormat()
    assert first.font().pixelSize() == round(22 * 1.1)


def picture_of(reader: HelpWindow) -> QImage:
    found = reader.text.loadResource(2, "first-run.png")
    assert isinstance(found, QImage)
    return found


@pytest.mark.parametrize("size", [(LEAST.width(), LEAST.height()), (1040, 740)])
def test_its_parts_lie_beside_each_other(qtbot: QtBot, reader: HelpWindow, size: tuple[int, int]) -> None:
    reader.resize(*size)
    qtbot.wait(20)
    reader.show_page("about")
    places = [QRect(one.mapTo(reader, QPoint(0, 0)), one.size()) for one in (reader.contents, reader.text, reader.copy)]
    for number, one in enumerate(places):
        assert reader.rect().contains(one)
        assert not any(one.intersects(other) for other in places[number + 1 :])
    assert reader.text.document().idealWidth() <= reader.text.viewport().width(), "nothing to scroll sideways"


# --- its pages


def test_about_has_all_versions_and_copies_them(qtbot: QtBot, window: Window) -> None:
    window.actions_by_name["about"].trigger()
    reader = help_window(window)
    text = reader.text.toPlainText()
    reader.copy.click()
    copied = QApplication.clipboard().text()
    for name, version in [*versions.of_app()[1:], *versions.of_packages(), *versions.of_computer()]:
        assert f"{name} {version}" in text
        assert f"{name}: {version}" in copied
    assert f"Concurrency Playground {VERSION}" in text
    assert "Screen" in copied
    assert reader.copy.words() == "Copied"


def test_about_links_the_folders_of_this_user(window: Window, fresh_settings: Path) -> None:
    window.actions_by_name["about"].trigger()
    text = help_window(window).text.toHtml()
    for name in ("xdg_config_home", "xdg_state_home", "xdg_cache_home"):
        assert f"file://{fresh_settings / name}/concurrency-playground" in text


def test_every_package_of_this_environment_has_a_licence() -> None:
    found = {one.name.casefold(): one.licence for one in versions.licences()}
    assert {name.casefold() for name in versions.PACKAGES if versions._version(name) != "not installed"} <= set(found)
    assert "LGPL" in found["pyside6-essentials"]
    assert found["numpy"] != "not stated"
    assert all(len(licence) < 200 for licence in found.values())


def test_the_packaged_app_knows_the_versions_that_its_modules_name(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = dict(versions.of_packages())
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(versions, "version", gone)
    assert dict(versions.of_packages()) == usual


def gone(package: str) -> str:
    raise PackageNotFoundError(package)


def test_what_is_new_is_told_once_after_an_update(make: Callable[[], Window]) -> None:
    def told(window: Window) -> list[str]:
        return [words for words in window.notices.words() if "version" in words]

    first = make()
    assert told(first) == [], "nobody has used an earlier one"
    first.settings.change(version_seen="0.0.1")
    first.close()
    second = make()
    assert told(second) == [f"This is version {VERSION}; before, it was 0.0.1."]
    second.notices.notices()[-1].acted.emit("show changes")
    assert help_window(second).page == "changes"
    assert "Races of two Pythons" in help_window(second).text.toPlainText()
    second.close()
    assert told(make()) == []


def test_the_log_is_shown_as_it_is(window: Window, tmp_path: Path) -> None:
    window.actions_by_name["log"].trigger()
    assert help_window(window).text.toPlainText() == "Nothing has been written down yet."
    window.help.logbook = book = Logbook(tmp_path / "log")
    assert book.wait()
    window.help.show_page("log")
    assert "began: Concurrency Playground" in help_window(window).text.toPlainText()
    book.end()


def test_the_button_in_the_status_bar_opens_the_menu(qtbot: QtBot, window: Window) -> None:
    qtbot.mouseClick(window.status.help, Qt.MouseButton.LeftButton)
    assert window.help.menu.isVisible()
    assert [row.title for row in window.help.menu.rows()] == [
        "Guide", "What is new", "About Concurrency Playground", "Show the log",
    ]  # fmt: skip
    place = QRect(window.help.menu.mapTo(window, QPoint(0, 0)), window.help.menu.size())
    button = QRect(window.status.help.mapTo(window, QPoint(0, 0)), window.status.help.size())
    assert window.rect().contains(place)
    assert not place.intersects(button)
    assert "(F1)" in window.status.help.toolTip()
    assert structs.asdict(window.settings.settings)["version_seen"] == VERSION
