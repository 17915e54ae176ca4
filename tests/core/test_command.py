"""How labs of other Pythons find our sources, and nothing else of ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground.start import command


def test_a_checkout_is_used_as_it_is(tmp_path: Path) -> None:
    assert command.sources_for_others(tmp_path) == command.source_root()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_an_installed_copy_shows_other_pythons_the_sources_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    site = tmp_path / "lib" / "site-packages"
    (site / "playground" / "lab" / "wire").mkdir(parents=True)
    (site / "playground" / "lab" / "wire" / "ring.py").write_text("")
    (site / "numpy").mkdir()
    monkeypatch.setattr(command, "source_root", lambda: site)
    if not links:

        def refuse(*_: object, **__: object) -> None:
            raise OSError("a link needs a right")

        monkeypatch.setattr(Path, "symlink_to", refuse)
    run = tmp_path / "run"
    run.mkdir()
    for _ in range(2):  # the second lab of a run finds it there
        sources = command.sources_for_others(run)
    assert [path.name for path in sources.iterdir()] == ["playground"]
    assert (sources / "playground" / "lab" / "wire" / "ring.py").exists()


def test_the_gil_is_an_option_of_the_lab_that_its_workers_inherit() -> None:
    assert command.lab_command("py", "off")[:3] == ["py", "-X", "gil=0"]
    assert command.lab_command("py", "on")[:3] == ["py", "-X", "gil=1"]
    assert "-X" not in command.lab_command("py")


def test_settings_of_pythons_are_not_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert "PYTHONHOME" not in command.environment()
    assert "PYTHONPATH" not in command.environment()
    assert command.environment(tmp_path)["PYTHONPATH"] == str(tmp_path)


LIBRARIES = ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG", "LIBPATH", "LIBPATH_ORIG")


@pytest.mark.parametrize(
    ("given", "restored"),
    [
        ({"LD_LIBRARY_PATH": "/bundle:/mine", "LD_LIBRARY_PATH_ORIG": "/mine"}, {"LD_LIBRARY_PATH": "/mine"}),
        ({"LD_LIBRARY_PATH": "/bundle"}, {}),
        ({"LD_LIBRARY_PATH": "/mine"}, {"LD_LIBRARY_PATH": "/mine"}),
        ({"LIBPATH": "/bundle", "LIBPATH_ORIG": ""}, {"LIBPATH": ""}),
    ],
)
def test_other_pythons_have_the_users_libraries_and_not_those_of_the_frozen_app(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], restored: dict[str, str]
) -> None:
    for name in LIBRARIES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/bundle", raising=False)
    kept = command.environment()
    assert {name: kept[name] for name in LIBRARIES if name in kept} == restored


def test_what_the_user_has_set_is_let_be_where_nothing_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/other")
    assert command.environment()["LD_LIBRARY_PATH"] == "/mine"
