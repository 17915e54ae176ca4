"""Settings: kept, never lost to a corrupt file, a read-only folder or a crash in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.recipe.recipe import Recipe
from ui.settings import settings_file as module
from ui.settings.settings import Settings
from ui.settings.settings_file import FILE, LOCK, SettingsFile


def test_without_a_file_there_are_defaults_and_nothing_is_written(tmp_path: Path) -> None:
    kept = SettingsFile(tmp_path)
    assert kept.settings == Settings()
    assert kept.message is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_changed_is_there_the_next_time(tmp_path: Path) -> None:
    recipe = Recipe(job="hash", workers=8, model="processes", knobs={"switch_interval": 0.001, "start_method": "spawn"})
    kept = SettingsFile(tmp_path / "new" / "folder")
    mine = ("/opt/python3.13t/bin/python3.13t", 'C:\\with "quotes"\\python.exe')
    kept.change(theme="light", right_width=512, freeze_allowed=True, recipe=recipe, interpreters=mine)
    kept.wait_until_written()
    again = SettingsFile(tmp_path / "new" / "folder")
    assert again.settings == Settings(
        theme="light", right_width=512, freeze_allowed=True, recipe=recipe, interpreters=mine
    )
    assert again.message is None


def test_by_default_they_lie_in_the_users_config_folder(fresh_settings: Path) -> None:
    assert fresh_settings in SettingsFile().path.parents


@pytest.mark.parametrize(
    "text", [b"theme = ", b"frame_rate = 'fast'", b"frame_rate = -1", b"\xff\xfe", b"[recipe]\nbogus = 1"]
)
def test_a_corrupt_file_is_set_aside_and_never_overwritten(tmp_path: Path, text: bytes) -> None:
    for number in (1, 2):
        (tmp_path / FILE).write_bytes(text + b"\n" * number)
        kept = SettingsFile(tmp_path)
        assert kept.settings == Settings()
        assert kept.message is not None
        assert f"broken-{number}" in kept.message
        kept.change(theme="light")
        kept.wait_until_written()
        assert (tmp_path / f"{FILE}.broken-{number}").read_bytes() == text + b"\n" * number
    assert SettingsFile(tmp_path).settings.theme == "light"


def test_a_recipe_that_is_no_more_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('theme = "light"\n[recipe]\njob = "gone"\n')
    kept = SettingsFile(tmp_path)
    assert (kept.settings.theme, kept.settings.recipe, kept.message) == ("light", Recipe(), None)


def test_half_typed_code_is_there_the_next_time(tmp_path: Path) -> None:
    kept = SettingsFile(tmp_path)
    recipe = Recipe(job="own", workers=9, code='def job(i, n):\n    x = ("""\n')
    kept.change(recipe=recipe)
    kept.wait_until_written()
    again = SettingsFile(tmp_path)
    assert (again.settings.recipe, again.message) == (recipe, None)


def test_what_no_file_can_hold_is_said_and_the_old_file_stays(tmp_path: Path) -> None:
    kept = SettingsFile(tmp_path)
    kept.change(theme="light")
    kept.wait_until_written()
    kept.change(recipe=Recipe(code="\ud800\n"))
    kept.wait_until_written()
    assert kept.message is not None
    assert "cannot be kept" in kept.message
    assert sorted(file.name for file in tmp_path.iterdir()) == [LOCK, FILE]
    assert SettingsFile(tmp_path).settings.theme == "light"


def test_fields_of_a_newer_version_are_let_be(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('theme = "dark"\nhologram = true\n')
    kept = SettingsFile(tmp_path)
    assert (kept.settings.theme, kept.message) == ("dark", None)


def test_where_nothing_can_be_written_they_last_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")  # works for root too, whom permissions do not stop
    kept = SettingsFile(tmp_path / "file")
    assert kept.message is not None
    assert "last until you close" in kept.message
    kept.change(theme="light")
    kept.wait_until_written()
    assert kept.settings.theme == "light"


def test_a_read_only_home_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "access", lambda *_: False)  # type: ignore[attr-defined]
    kept = SettingsFile(tmp_path / "new")
    assert kept.message is not None
    kept.change(theme="light")
    kept.wait_until_written()
    assert (kept.settings.theme, list(tmp_path.iterdir())) == ("light", [])


@pytest.mark.skipif(os.name != "posix", reason="rights of folders as POSIX has them")
def test_a_home_that_may_not_be_entered_is_said_at_once(closed: Path) -> None:
    kept = SettingsFile(closed / "mine")
    assert kept.message is not None
    kept.change(theme="light")
    kept.close()
    assert kept.settings.theme == "light"


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE).write_text('theme = "light"')
    with monkeypatch.context() as patch:

        def refuse(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        patch.setattr(Path, "read_bytes", refuse)
        kept = SettingsFile(tmp_path)
    assert kept.message is not None
    kept.change(theme="dark")
    kept.wait_until_written()
    assert (tmp_path / FILE).read_text() == 'theme = "light"'


def test_of_many_changes_the_last_one_stays(tmp_path: Path) -> None:
    kept = SettingsFile(tmp_path)
    for width in range(1000, 1200):
        kept.change(right_width=width)
    kept.wait_until_written()
    assert SettingsFile(tmp_path).settings.right_width == 1199


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = SettingsFile(tmp_path)
    kept.change(theme="light")
    kept.wait_until_written()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    kept.change(theme="dark")
    kept.wait_until_written()
    assert kept.message is not None
    assert "No space left" in kept.message
    assert sorted(file.name for file in tmp_path.iterdir()) == [LOCK, FILE]
    assert SettingsFile(tmp_path).settings.theme == "light"


def test_a_corrupt_file_that_cannot_be_moved_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / FILE).write_text("theme = ")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    kept = SettingsFile(tmp_path)
    kept.change(theme="light")
    kept.wait_until_written()
    assert kept.settings.theme == "light"
    assert (tmp_path / FILE).read_text() == "theme = "


@given(
    theme=st.text(st.characters(exclude_categories=["Cs"])),
    number=st.floats(0.01, 100),
    seconds=st.none() | st.floats(0.1, 9),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, theme: str, number: float, seconds: float | None
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    recipe = Recipe(seconds=seconds, knobs={"switch_interval": 0.01})
    kept = SettingsFile(folder)
    told = kept.change(theme=theme, time_window_s=number, recipe=recipe)
    kept.wait_until_written()
    assert SettingsFile(folder).settings == told
