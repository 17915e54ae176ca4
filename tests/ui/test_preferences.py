"""The settings panel in the window: changes apply at once, are kept, can be undone; keys are rebound and told
everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from playground.files import toml_text
from playground.run.trust import Trust
from tests.ui.layout_check import faults
from ui.kit.button import Button
from ui.preferences.key_row import KeyRow
from ui.preferences.keys_page import KeysPage
from ui.preferences.setting_rows import ChoiceRow, ListRow
from ui.preferences.settings_page import SettingsPage
from ui.preferences.settings_panel import KEYS, SETTINGS, SettingsPanel
from ui.settings.settings import Settings
from ui.settings.settings_file import FILE, SettingsFile
from ui.shell import settings_wires
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support|propagateSizeHints", extend=True)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def alone(no_other_pythons: None) -> None:
    """No other Python is looked for."""


def settings_of(window: Window) -> SettingsPage:
    panel = opened(window, SETTINGS)
    assert panel.settings is not None
    return panel.settings


def keys_of(window: Window) -> KeysPage:
    panel = opened(window, KEYS)
    assert panel.keys is not None
    return panel.keys


def opened(window: Window, page: str) -> SettingsPanel:
    panel = window.preferences.panel
    if not panel.isVisible() or panel.page != page:
        window.actions_by_name["settings" if page == SETTINGS else "key_settings"].trigger()
    return panel


def choose(window: Window, name: str, words: str) -> None:
    row = next(row for row in settings_of(window).rows() if row.of.name == name)
    assert isinstance(row, ChoiceRow)
    row.segments.segment(words).click()


def press_for(row: KeyRow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    row.add.click()
    assert row.add.waiting
    QTest.keyClick(row.add, key, modifiers)
    assert not row.add.waiting


def chip(row: KeyRow, number: int) -> Button:
    return next(one for one in row.findChildren(Button, f"key_{row.name}_{number}") if not one.isHidden())


def test_every_change_applies_at_once(window: Window) -> None:
    choose(window, "theme", "Light")
    assert (window.themes.choice, window.themes.theme.name) == ("light", "light")
    choose(window, "frame_rate", "30")
    assert window.knobs.frame_rate.taken() == "30"
    choose(window, "time_window_s", "5 s")
    assert window.stage.window_of_time.span == 5_000_000_000
    choose(window, "look_for_updates", "On")
    choose(window, "zoom", "90 %")
    assert window.themes.zoom == 90
    window.settings.wait_until_written()
    kept = SettingsFile(window.settings.path.parent).settings
    assert (kept.theme, kept.frame_rate, kept.look_for_updates, kept.zoom) == ("light", 30, True, 90)


def test_the_starter_that_freezes_asks_as_the_setting_says(window: Window) -> None:
    choose(window, "freeze_allowed", "On")
    assert (window.settings.settings.freeze_allowed, window.starters.cards[-1].may_start) == (True, True)
    settings_of(window).groups[2].usual.click()
    assert (window.settings.settings.freeze_allowed, window.starters.cards[-1].may_start) == (False, False)


def test_a_size_that_does_not_fit_is_not_taken_nor_shown(window: Window) -> None:
    window.appearance._fits = lambda zoom: False
    choose(window, "zoom", "200 %")
    row = next(row for row in settings_of(window).rows() if row.of.name == "zoom")
    assert isinstance(row, ChoiceRow)
    assert (window.themes.zoom, window.settings.settings.zoom, row.segments.taken()) == (100, 100, "100 %")


def test_what_is_changed_elsewhere_is_shown(window: Window) -> None:
    page = settings_of(window)
    window.actions_by_name["theme"].trigger()
    window.teller.tell()
    assert next(row for row in page.rows() if row.of.name == "theme").value() == window.themes.choice


def test_a_group_is_reset_and_that_can_be_undone(window: Window) -> None:
    choose(window, "theme", "Dark")
    choose(window, "zoom", "90 %")
    choose(window, "frame_rate", "5")
    look, picture = settings_of(window).groups[:2]
    look.usual.click()
    assert (window.themes.choice, window.themes.zoom, window.settings.settings.frame_rate) == ("system", 100, 5)
    assert not look.usual.isVisible()
    assert picture.usual.isVisible()
    window.preferences.panel.undo_button.click()
    assert (window.themes.choice, window.themes.zoom) == ("dark", 90)
    assert not window.preferences.panel.undo_button.isVisible()


def test_all_are_reset_but_no_memory(window: Window) -> None:
    window.settings.change(recent=("/a.recipe.toml",), keys={"run": ("F9",)}, freeze_allowed=True)
    choose(window, "frame_rate", "5")
    window.preferences.panel.reset_button.click()
    now = window.settings.settings
    assert (now.frame_rate, now.freeze_allowed) == (60, False)
    assert (now.recent, now.keys) == (("/a.recipe.toml",), {"run": ("F9",)})
    window.preferences.panel.undo_button.click()
    assert (window.settings.settings.frame_rate, window.settings.settings.freeze_allowed) == (5, True)


def test_a_located_python_is_removed_and_brought_back(window: Window) -> None:
    window.settings.change(interpreters=("/no/a", "/no/b"))
    row = next(row for row in settings_of(window).rows() if row.of.name == "interpreters")
    assert isinstance(row, ListRow)
    remove = row.findChild(Button, "remove_interpreters_0")
    assert remove is not None
    assert remove.accessibleName() == "Remove /no/a"
    remove.click()
    assert window.settings.settings.interpreters == ("/no/b",)
    window.preferences.panel.undo_button.click()
    assert window.settings.settings.interpreters == ("/no/a", "/no/b")


def test_what_was_allowed_is_taken_back_and_brought_back(window: Window) -> None:
    trust, python = Trust(window.settings.path.parent), window.settings.path.parent / "python"
    python.parent.mkdir(exist_ok=True)
    python.write_text("a program")
    trust.grant_code("print(1)")
    trust.grant_code("print(2)")
    trust.grant_python(str(python))
    row = next(row for row in settings_of(window).rows() if row.of.name == "allowed")
    assert len(row.value()) == 3
    row.findChildren(Button, "remove_allowed_0")[0].click()
    assert (trust.holds_code("print(1)"), trust.holds_code("print(2)")) == (False, True)
    settings_of(window).groups[2].usual.click()
    assert not trust.holds_code("print(2)")
    assert not trust.holds_python(str(python))
    trust.grant_code("print(3)")
    window.preferences.panel.undo_button.click()
    assert trust.holds_code("print(2)")
    assert trust.holds_python(str(python))
    assert trust.holds_code("print(3)"), "what came since stays"


def test_a_key_is_taken_from_another_command_after_asking(window: Window) -> None:
    rows = keys_of(window).rows
    press_for(rows["race"], Qt.Key.Key_R, CTRL)
    assert window.settings.settings.keys == {}, "not unasked"
    assert rows["race"].words.words() == "Ctrl+R is “Run”. Take it from there?"
    rows["race"].no.click()
    assert window.settings.settings.keys == {}
    press_for(rows["race"], Qt.Key.Key_R, CTRL)
    rows["race"].yes.click()
    assert window.settings.settings.keys == {"race": ("Ctrl+Shift+R", "Ctrl+R")}
    assert rows["run"].keys == ("Ctrl+Return", "Ctrl+Enter")
    assert "Ctrl+R" not in [one.toString() for one in window.actions_by_name["run"].shortcuts()]
    usual = rows["race"].usual
    assert usual is not None
    usual.click()
    assert window.settings.settings.keys == {}
    assert rows["run"].keys == ("Ctrl+Return", "Ctrl+Enter", "Ctrl+R")


def test_a_key_that_is_taken_for_good_says_why(window: Window) -> None:
    row = keys_of(window).rows["run"]
    press_for(row, Qt.Key.Key_Tab)
    assert row.words.words() == "Tab cannot be had: it goes to the next part of the window."
    assert row.yes.isHidden()
    assert window.settings.settings.keys == {}
    assert window.preferences.panel.isVisible()


def test_esc_ends_the_wait_and_then_closes_the_panel(window: Window) -> None:
    row = keys_of(window).rows["run"]
    press_for(row, Qt.Key.Key_Escape)
    assert window.preferences.panel.isVisible()
    assert row.question is None
    QTest.keyClick(row.add, Qt.Key.Key_Escape)
    assert not window.preferences.panel.isVisible()


def test_while_a_key_is_awaited_it_does_nothing_else(window: Window, qtbot: QtBot) -> None:
    row = keys_of(window).rows["usual_size"]
    done: list[str] = []
    window.actions_by_name["quit"].triggered.connect(lambda: done.append("quit"))
    row.add.click()
    # As the system's own key press: through the shortcuts of the window.
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Q, CTRL)
    assert done == []
    assert row.words.words() == "Ctrl+Q is “Quit”. Take it from there?"


def test_a_rebound_key_is_told_everywhere_and_works(window: Window, qtbot: QtBot) -> None:
    rows = keys_of(window).rows
    chip(rows["stop_all"], 0).click()
    assert window.recipe_bar.stop_all.toolTip() == "Stop every run"
    press_for(rows["stop_all"], Qt.Key.Key_F9)
    press_for(rows["palette"], Qt.Key.Key_F10)
    chip(rows["palette"], 0).click()
    for key in list(rows["run"].keys or ()):
        chip(rows["run"], 0).click()
        assert key not in (rows["run"].keys or ())
    press_for(rows["run"], Qt.Key.Key_F5)
    bar = window.recipe_bar
    assert bar.stop_all.toolTip() == "Stop every run (F9)"
    assert bar.run.toolTip() == "Start this recipe (F5)"
    assert bar.line.run_key == "F5"
    assert bar._search_key == "F10"
    window.preferences.panel.close_popover()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F10)
    assert window.palette_popover.isVisible()


def test_a_letter_that_was_bound_is_typed_in_a_text(window: Window, qtbot: QtBot) -> None:
    done: list[str] = []
    window.actions_by_name["race"].triggered.disconnect()
    window.actions_by_name["race"].triggered.connect(lambda: done.append("race"))
    press_for(keys_of(window).rows["race"], Qt.Key.Key_J)
    window.preferences.panel.close_popover()
    window.recipe_bar.type_line()
    window.recipe_bar.line.clear()
    window.recipe_bar.line.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_J)
    assert (window.recipe_bar.line.text(), done) == ("j", [])
    window.keyboard.focus_stage()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_J)
    assert done == ["race"]


def test_keys_are_there_the_next_time(make: Callable[[], Window]) -> None:
    window = make()
    press_for(keys_of(window).rows["race"], Qt.Key.Key_F9)
    window.close()
    assert [one.toString() for one in make().actions_by_name["race"].shortcuts()] == ["Ctrl+Shift+R", "F9"]


def test_two_windows_do_not_lose_each_others_keys(make: Callable[[], Window]) -> None:
    one, other = make(), make()
    press_for(keys_of(one).rows["race"], Qt.Key.Key_F9)
    one.settings.wait_until_written()
    press_for(keys_of(other).rows["theme"], Qt.Key.Key_F10)
    other.settings.wait_until_written()
    assert SettingsFile(one.settings.path.parent).settings.keys == {
        "race": ("Ctrl+Shift+R", "F9"),
        "theme": ("Ctrl+T", "F10"),
    }
    other.teller.tell()
    assert other.actions_by_name["race"].shortcuts()[-1].toString() == "F9", "it follows what the other has written"


def test_a_key_that_means_nothing_is_told_and_the_usual_one_works(make: Callable[[], Window], tmp_path: Path) -> None:
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / FILE).write_text(toml_text.written({"keys": {"run": ["Ctrl+Foo"], "theme": ["F9"]}}))
    window = make()
    assert window.actions_by_name["run"].shortcut().toString() == "Ctrl+Return"
    assert window.actions_by_name["theme"].shortcut().toString() == "F9"
    (words,) = window.notices.words()
    assert "run: 'Ctrl+Foo'" in words


def test_search_finds_on_the_other_page_too(window: Window) -> None:
    panel = opened(window, SETTINGS)
    panel.field.setText("race")
    assert panel.nothing.words() == "Nothing here; 1 under Keys"
    assert panel.nothing.isVisible()
    panel.field.setText("f11")
    panel.pages.segment(KEYS).click()
    assert panel.keys is not None
    assert [name for name, row in panel.keys.rows.items() if row.isVisible()] == ["full_screen"]
    panel.field.setText("no such thing")
    assert panel.nothing.words() == "Nothing found"


def test_tab_reaches_every_setting_and_every_key(window: Window) -> None:
    for page in (SETTINGS, KEYS):
        panel = opened(window, page)
        panel.field.setFocus()
        seen: list[QWidget] = []
        while (widget := QApplication.focusWidget()) not in seen:
            assert widget is not None
            assert panel.isAncestorOf(widget)
            assert not widget.visibleRegion().isEmpty(), "it is scrolled into view"
            seen.append(widget)
            panel.focusNextPrevChild(True)
        assert panel.settings is not None
        names = {widget.objectName() for widget in seen}
        if page == KEYS:
            assert panel.keys is not None
            assert {row.add.objectName() for row in panel.keys.rows.values()} <= names
        else:
            rows = [row for row in panel.settings.rows() if isinstance(row, ChoiceRow)]
            assert all(any(row.isAncestorOf(widget) for widget in seen) for row in rows)
        assert "settings_reset_all" in names


@pytest.mark.parametrize("size", [(1024, 640), (1440, 900)])
@pytest.mark.parametrize("page", [SETTINGS, KEYS])
def test_it_lies_within_the_window_and_nothing_is_cut(
    window: Window, qtbot: QtBot, size: tuple[int, int], page: str
) -> None:
    window.resize(*size)
    window.settings.change(interpreters=("/a/long/path" * 20,))
    panel = opened(window, page)
    qtbot.wait(50)
    assert window.rect().contains(panel.geometry())
    assert faults(panel) == []
    window.resize(1300, 700)
    assert panel.isVisible(), "a change of size does not close it"
    assert window.rect().contains(panel.geometry())


def test_the_way_in_is_where_people_look(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    assert window.status.settings.toolTip() == "Settings (Ctrl+,)"
    window.status.settings.click()
    assert window.preferences.panel.isVisible()
    assert window.actions_by_name["settings"] in window.actions_by_name.all(), "so it is in the palette"
    assert window.actions_by_name["settings"].menuRole() == QAction.MenuRole.PreferencesRole
    assert window.menuBar().actions() == []
    monkeypatch.setattr(settings_wires.sys, "platform", "darwin")  # type: ignore[attr-defined]
    settings_wires.make_app_menu(window, window.actions_by_name)
    (menu,) = window.menuBar().findChildren(QMenu)
    assert window.actions_by_name["settings"] in menu.actions()


def test_the_path_of_the_file_is_there_to_copy(window: Window) -> None:
    panel = opened(window, SETTINGS)
    assert panel.where.words() == str(window.settings.path)
    panel.findChildren(Button, "settings_copy_path")[0].click()
    assert QGuiApplication.clipboard().text() == str(window.settings.path)


def test_where_everything_is_is_kept_before_the_end(window: Window) -> None:
    """As an app that is killed never closes its window."""
    window.place.settled = True
    window.side.tabs.wish("code")
    window.stage.window_of_time.set_span(3_000_000_000)
    window._middle.toggle_side()
    window.resize(1333, 777)
    window.teller.tell()
    window.settings.wait_until_written()
    kept = SettingsFile(window.settings.path.parent).settings
    assert (kept.tab, kept.time_window_s, kept.right_open) == (window.side.tabs.wished, 3.0, False)
    assert kept.window_place == window.place.now()
    before = window.settings.path.stat().st_mtime_ns
    window.teller.tell()
    window.settings.wait_until_written()
    assert window.settings.path.stat().st_mtime_ns == before, "nothing is written where nothing has changed"


def test_before_it_has_its_place_none_is_kept(make: Callable[[], Window]) -> None:
    window = make()
    window.place.settled = False
    window.resize(1234, 777)
    window.teller.tell()
    assert window.settings.settings.window_place == ""


def test_the_settings_that_are_shown_are_those_of_the_record(window: Window) -> None:
    shown = {row.of.name for row in settings_of(window).rows()}
    assert "keys" not in shown
    assert shown - {"allowed"} < set(Settings.__struct_fields__)
    assert msgspec.structs.asdict(window.settings.settings).keys() >= shown - {"allowed"}
