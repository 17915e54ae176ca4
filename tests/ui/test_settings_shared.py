"""Two windows have one settings file, and neither takes from the other what it has written. Windows are processes here:
each is told line by line what to change, and says when that is in the file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.files.whole_file import locked, write_whole
from playground.recipe.recipe import Recipe
from ui.code.coding import DROPPED, LEFT
from ui.code.trusted_code import CodeTrust
from ui.settings.settings import Settings
from ui.settings.settings_file import FILE, LOCK, SettingsFile
from ui.settings.settings_merge import MOST_ASIDE, fingerprint, merged, united  # type: ignore[attr-defined]
from ui.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

ROOT = Path(__file__).resolve().parents[2]
WINDOW = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from playground.recipe.recipe import Recipe
from ui.settings.settings_file import SettingsFile
from ui.code.trusted_code import CodeTrust
kept = SettingsFile(Path(sys.argv[2]))
print("begun", flush=True)
for line in sys.stdin:
    fields = json.loads(line)
    if "recipe" in fields:
        fields["recipe"] = Recipe(**fields["recipe"])
    if "typed" in fields:
        fields["code"] = fields.pop("typed")
        CodeTrust(kept).note_typed(fields["code"])
    if "close" in fields:
        kept.close()
    else:
        kept.change(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
        kept.wait_until_written()
    print(json.dumps({"interpreters": kept.settings.interpreters, "message": kept.message}), flush=True)
"""


class OtherWindow:
    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, str(ROOT), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "begun\n"

    def change(self, **fields: Any) -> dict[str, Any]:
        self.begin(**fields)
        return self.changed()

    def begin(self, **fields: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(fields) + "\n")
        self.process.stdin.flush()

    def changed(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self._line())
        assert told["message"] is None
        return told

    def close(self) -> None:
        self.change(close=True)
        self.end()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], OtherWindow]]:
    made: list[OtherWindow] = []

    def make() -> OtherWindow:
        made.append(OtherWindow(tmp_path))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.end()


def test_each_changes_only_what_it_has_changed(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one, other = another(), another()
    one.change(theme="light", right_width=1000)
    other.change(frame_rate=30)
    one.change(right_width=1001)
    other.change(right_width=1002)
    kept = SettingsFile(tmp_path).settings
    assert (kept.theme, kept.frame_rate, kept.right_width) == ("light", 30, 1002)


def test_lists_have_what_either_has_added(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one, other = another(), another()
    one.change(interpreters=["/a"], trusted_code=["x"], recent=["r1"])
    told = other.change(interpreters=["/b"], trusted_code=["y"], recent=["r2"])
    assert told["interpreters"] == ["/a", "/b"], "it knows what the other has located"
    one.change(interpreters=["/a", "/c"], recent=["r3", "r1"])
    kept = SettingsFile(tmp_path).settings
    assert kept.interpreters == ("/b", "/a", "/c")
    assert kept.trusted_code == ("x", "y")
    assert kept.recent == ("r3", "r1", "r2"), "the newest first"


def test_what_one_has_taken_out_does_not_come_back(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    SettingsFile(tmp_path).change(interpreters=("/a", "/b"))
    one, other = another(), another()
    one.change(interpreters=["/b"])
    assert other.change(interpreters=["/a", "/b", "/c"])["interpreters"] == ["/b", "/c"]
    assert SettingsFile(tmp_path).settings.interpreters == ("/b", "/c")


def test_what_one_has_added_the_other_may_take_out(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one = another()
    one.change(interpreters=["/a", "/b"])
    another().change(interpreters=["/b"])
    one.change(interpreters=["/a", "/b", "/c"])
    assert SettingsFile(tmp_path).settings.interpreters == ("/b", "/c")


def test_nobody_else_writes_between_reading_and_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []

    def write(path: Path, *more: Any) -> None:
        with locked(tmp_path / LOCK, 0) as held:
            free.append(held)
        write_whole(path, *more)

    monkeypatch.setattr("ui.settings.settings_file.write_whole", write)
    kept = SettingsFile(tmp_path)
    kept.change(theme="light")
    kept.wait_until_written()
    assert free == [False]


def test_both_at_once_and_often(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one, other = another(), another()
    for number in range(40):
        one.begin(interpreters=[f"/one/{n}" for n in range(number + 1)], right_width=1000 + number)
        other.begin(trusted_code=[f"other {n}" for n in range(number + 1)], time_window_s=800 + number)
    for _ in range(40):
        one.changed()
        other.changed()
    kept = SettingsFile(tmp_path).settings
    assert len(kept.interpreters) == len(kept.trusted_code) == 40
    assert (kept.right_width, kept.time_window_s) == (1039, 839)


def test_code_of_the_window_that_wrote_before_is_put_by(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one, other = another(), another()
    one.change(typed="one's 1", code_file="/one.py", recipe={"workers": 1})
    other.change(typed="other's 1", recipe={"workers": 2})
    kept = SettingsFile(tmp_path).settings
    assert (kept.code, kept.code_file, kept.recipe.workers) == ("other's 1", "", 2)
    assert list(kept.codes_aside.values()) == ["one's 1"]
    assert SettingsFile(tmp_path).left_behind() == {}, "its window is open"
    one.change(typed="one's 2")
    other.change(typed="other's 2")
    one.close()
    other.close()
    kept = SettingsFile(tmp_path).settings
    assert kept.code == "other's 2"
    again = SettingsFile(tmp_path)
    assert list(again.left_behind().values()) == ["one's 2"], "one entry a window, the last"
    assert CodeTrust(again).holds("one's 2"), "it was typed by the user, and stays known"


def test_code_of_an_open_window_that_was_there_when_another_began(
    tmp_path: Path, another: Callable[[], OtherWindow]
) -> None:
    one = another()
    one.change(typed="a long text")
    other = another()
    other.change(typed="another text")
    one.close()  # nothing has changed in it since
    other.close()
    assert list(SettingsFile(tmp_path).left_behind().values()) == ["a long text"]


@pytest.mark.parametrize("end", [OtherWindow.close, OtherWindow.end])
def test_who_goes_on_with_the_code_of_a_closed_window_puts_nothing_by(
    tmp_path: Path, another: Callable[[], OtherWindow], end: Callable[[OtherWindow], None]
) -> None:
    one = another()
    one.change(typed="yesterday's")
    end(one)
    other = another()
    other.change(typed="today's")
    other.change(typed="today's, longer")
    kept = SettingsFile(tmp_path).settings
    assert (kept.code, kept.codes_aside) == ("today's, longer", {})


def test_a_window_that_closes_leaves_its_code_to_the_next_one(tmp_path: Path) -> None:
    """Of the same process here: that it lives does not mean that its window is open."""
    one = SettingsFile(tmp_path)
    one.change(code="one's")
    one.close()
    other = SettingsFile(tmp_path)
    other.change(code="other's")
    other.wait_until_written()
    assert SettingsFile(tmp_path).settings.codes_aside == {}


def test_what_both_have_set_aside(tmp_path: Path, another: Callable[[], OtherWindow]) -> None:
    one, other = another(), another()
    one.change(code_aside="one's")
    other.change(code_aside="other's")
    again = SettingsFile(tmp_path)
    assert again.settings.code_aside == "other's"
    assert list(again.left_behind().values()) == ["one's"]


def test_settings_of_a_newer_version_stay_in_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("hologram = true\nsince = 1979-05-27\n[depth]\nfar = 2.5\n")
    kept = SettingsFile(tmp_path)
    kept.change(theme="light")
    kept.wait_until_written()
    text = (tmp_path / FILE).read_text()
    assert "hologram = true" in text
    assert "[depth]\nfar = 2.5" in text
    assert SettingsFile(tmp_path).settings.theme == "light"


def test_what_could_not_be_written_is_written_with_the_next_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SettingsFile(tmp_path)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr("ui.settings.settings_file.write_whole", full)
        kept.change(theme="light")
        kept.wait_until_written()
    kept.change(frame_rate=30)
    kept.wait_until_written()
    again = SettingsFile(tmp_path).settings
    assert (again.theme, again.frame_rate) == ("light", 30)


def test_a_file_that_another_program_broke_meanwhile_is_set_aside(tmp_path: Path) -> None:
    kept = SettingsFile(tmp_path)
    kept.change(theme="light", interpreters=("/a",))
    kept.wait_until_written()
    (tmp_path / FILE).write_text("theme = ")
    kept.change(frame_rate=30)
    kept.wait_until_written()
    again = SettingsFile(tmp_path).settings
    assert (again.theme, again.frame_rate, again.interpreters) == ("light", 30, ("/a",))
    assert (tmp_path / f"{FILE}.broken-1").read_text() == "theme = "


# -- the rules by themselves


NAMES = st.lists(st.sampled_from("abcdef"), unique=True).map(tuple)


@given(NAMES, NAMES, NAMES)
def test_a_union_is_what_either_added_and_neither_took_out(
    base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    for name in ("recent", "interpreters"):
        both = united(base, mine, theirs, name)
        expected = (set(base) & set(mine) & set(theirs)) | (set(mine) - set(base)) | (set(theirs) - set(base))
        assert set(both) == expected
        assert len(both) == len(expected)
        assert [one for one in both if one in mine] == [one for one in mine if one in both], "in this window's order"


def test_no_more_than_some_texts_are_put_by() -> None:
    theirs = Settings(codes_aside={f"old {n}": "x" for n in range(MOST_ASIDE)}, code="new", code_by="them")
    both = merged(Settings(), Settings(code="mine", code_by="me"), theirs, {"code"}, others_open=True)
    assert list(both.codes_aside) == [f"old {n}" for n in range(1, MOST_ASIDE)] + ["them"]


def test_the_same_text_and_no_text_are_not_put_by() -> None:
    for text, others_open in (("mine", False), ("", True), (" \n", True)):
        theirs = Settings(code=text, code_by="them")
        assert merged(Settings(), Settings(code="mine"), theirs, {"code"}, others_open).codes_aside == {}


def test_a_text_is_put_by_before_this_window_shows_another_one() -> None:
    theirs = Settings(code="long", code_by="them")
    mine = Settings(code="long", code_by="me")
    first = merged(theirs, mine, theirs, {"recipe"}, others_open=True)
    assert (first.code_by, first.codes_aside) == ("me", {"them": "long"})
    second = merged(mine, Settings(code="other", code_by="me"), first, {"code"}, others_open=True)
    assert (second.code, second.codes_aside) == ("other", {"them": "long"})


def test_code_that_is_not_the_users_is_not_trusted_by_being_put_by() -> None:
    theirs = Settings(code="evil", code_by="them", typed_code=fingerprint("mine"))
    both = merged(Settings(), Settings(code="my text"), theirs, {"code"}, others_open=True)
    assert (list(both.codes_aside.values()), both.trusted_code) == (["evil"], ())


# -- in the window


@pytest.mark.parametrize("action", [LEFT, DROPPED])
def test_a_text_left_behind_is_offered_once(
    make: Callable[[], Window], tmp_path: Path, no_other_pythons: None, action: str
) -> None:
    folder, text = tmp_path / "settings", "def job(i, n):\n    return i\n"
    other = OtherWindow(folder)
    other.change(typed=text)
    mine = SettingsFile(folder)
    mine.change(code="def job(i, n):\n    return n\n", recipe=Recipe())
    mine.close()
    other.end()
    window = make()
    (words,) = window.notices.words()
    assert "another window was set aside" in words
    (key,) = window.settings.left_behind()
    window.notices.action.emit(action + key)
    assert (window.coding.text == text) == (action == LEFT)
    window.close()
    assert make().notices.words() == []
