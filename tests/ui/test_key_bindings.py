"""Which keys commands have: the usual ones but for what the user has changed."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from ui.actions import USUAL_KEYS
from ui.kit import keys
from ui.kit.key_field import pressed_key
from ui.kit.reserved_keys import RESERVED, reserved
from ui.settings.key_bindings import Bindings, Keys, Own, written

USUAL: Keys = {"run": ("Ctrl+R", "Ctrl+Return"), "stop": ("Ctrl+.",), "quiet": ()}


def bound(own: Own) -> dict[str, tuple[str, ...]]:
    return dict(Bindings(USUAL, own).all())


def test_without_changes_all_is_as_usual() -> None:
    assert bound({}) == USUAL
    assert Bindings(USUAL, {}).problems == []


def test_a_key_more_and_a_key_less() -> None:
    own = Bindings(USUAL, {}).with_key("quiet", "F9")
    assert own == {"quiet": ("F9",)}
    own = Bindings(USUAL, own).with_key("quiet", "F10")
    assert own == {"quiet": ("F9", "F10")}
    assert Bindings(USUAL, own).without_key("quiet", "F9") == {"quiet": ("F10",)}
    assert Bindings(USUAL, {}).without_key("run", "Ctrl+R") == {"run": ("Ctrl+Return",)}


def test_a_command_may_have_no_key() -> None:
    assert bound({"stop": ()})["stop"] == ()
    assert Bindings(USUAL, {"stop": ()}).holder("Ctrl+.") is None


def test_what_is_as_usual_again_is_not_kept() -> None:
    own = Bindings(USUAL, {"quiet": ("F9",)}).without_key("quiet", "F9")
    assert own == {}
    own = Bindings(USUAL, {}).without_key("stop", "Ctrl+.")
    assert Bindings(USUAL, own).with_key("stop", "Ctrl+.") == {}


def test_a_key_that_is_taken_has_one_command_alone() -> None:
    own = Bindings(USUAL, {}).with_key("quiet", "Ctrl+R")
    assert own == {"quiet": ("Ctrl+R",)}, "the other says nothing: its usual key is given away"
    bindings = Bindings(USUAL, own)
    assert (bindings.holder("Ctrl+R"), bindings.of("run")) == ("quiet", ("Ctrl+Return",))
    assert bindings.differs("run")
    assert Bindings(USUAL, bindings.without_key("quiet", "Ctrl+R")).of("run") == USUAL["run"], "it comes back"


def test_reset_takes_the_usual_keys_from_whoever_has_them() -> None:
    own = {"quiet": ("F9", "Ctrl+R"), "run": ("F5",)}
    own = Bindings(USUAL, own).reset("run")
    assert own == {"quiet": ("F9",)}
    assert bound(own)["run"] == USUAL["run"]


def test_a_usual_key_of_a_later_version_reaches_who_has_not_changed_it() -> None:
    own = Bindings(USUAL, {}).with_key("quiet", "F9")
    later: Keys = {**USUAL, "stop": ("Ctrl+Shift+.",), "quiet": ("F2",), "new": ("F9",)}
    now = Bindings(later, own).all()
    assert (now["stop"], now["quiet"]) == (("Ctrl+Shift+.",), ("F9",))
    assert now["new"] == (), "the user's own key goes before one that is new"


@pytest.mark.parametrize("wrong", ["Ctrl+Foo", "", "Ctrl+K, Ctrl+S", "Ctrl+Shift", "\x00", "Ctrl+\x00", "Esc", "Tab"])
def test_what_is_no_key_for_commands_is_named_and_the_usual_ones_are_used(wrong: str) -> None:
    bindings = Bindings(USUAL, {"run": ("F9", wrong), "stop": ("F10",)})
    assert bindings.of("run") == USUAL["run"]
    assert bindings.of("stop") == ("F10",), "the others are taken"
    assert bindings.problems == [f"run: {wrong!r}"]


def test_commands_of_a_newer_version_are_let_be() -> None:
    bindings = Bindings(USUAL, {"hologram": ("F9",)})
    assert (bindings.problems, bindings.holder("F9")) == ([], None)


def test_of_two_with_one_key_the_first_has_it() -> None:
    assert bound({"stop": ("F9",), "run": ("F9",)}) == {"run": ("F9",), "stop": (), "quiet": ()}


KEYS = st.sampled_from(["Ctrl+R", "ctrl+r", "Ctrl+.", "F9", "+", "Nonsense", "Esc", "Ctrl++", "=", "a"])
OWN = st.dictionaries(st.sampled_from([*USUAL, "no_such"]), st.lists(KEYS, max_size=3).map(tuple))


@given(OWN, st.sampled_from(list(USUAL)), KEYS.filter(written))
def test_whatever_is_kept_no_key_is_twice_and_a_change_does_as_it_says(own: Own, name: str, key: str) -> None:
    key = written(key)
    bindings = Bindings(USUAL, own)
    for now in (bindings, Bindings(USUAL, bindings.with_key(name, key)) if not reserved(key) else bindings):
        every = [one for has in now.all().values() for one in has]
        assert len(every) == len(set(every))
    if not reserved(key):
        assert Bindings(USUAL, bindings.with_key(name, key)).holder(key) == name
    assert Bindings(USUAL, bindings.without_key(name, key)).holder(key) != name
    assert not Bindings(USUAL, bindings.reset(name)).differs(name)


def test_no_usual_key_is_reserved_and_all_are_written_as_they_are_kept() -> None:
    for key in [key for has in USUAL_KEYS.values() for key in has]:
        assert not reserved(key), key
        assert written(key) == key
    assert all(written(key) == key for key in RESERVED)


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, text: str = "") -> str:
    return pressed_key(QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text))


def test_what_is_pressed_is_written_as_it_is_kept() -> None:
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    assert press(Qt.Key.Key_R, ctrl | shift) == "Ctrl+Shift+R"
    assert press(Qt.Key.Key_J) == "J"
    assert press(Qt.Key.Key_Shift, shift) == press(Qt.Key.Key_Control, ctrl) == "", "a modifier alone is none yet"
    assert press(Qt.Key.Key_Plus, ctrl | shift) == "Ctrl++", "Shift only makes the sign"
    assert press(Qt.Key.Key_5, Qt.KeyboardModifier.KeypadModifier) == "5"
    assert press(Qt.Key.Key_Backtab, shift) == "Shift+Tab"
    assert press(Qt.Key.Key_F5, shift) == "Shift+F5"


def test_keys_are_written_as_the_platform_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.kept_words("Ctrl+Shift+K") == "Ctrl+Shift+K"
    assert keys.kept_words("Ctrl+Enter") == "Ctrl+Enter (number pad)" != keys.kept_words("Ctrl+Return")
    assert reserved("Ctrl+H") == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert reserved("Ctrl+H") == "hides the app"
    assert reserved("Esc") != ""
