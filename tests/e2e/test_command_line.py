"""The window's command line: pictures of it, and what bad input gets."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.driver import ROOT


def started(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def size_of(picture: Path) -> tuple[int, int]:
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_a_screenshot_of_a_run(window_environment: dict[str, str], tmp_path: Path) -> None:
    recipe, picture = tmp_path / "two.toml", tmp_path / "out.png"
    recipe.write_text('workers = 2\nmodel = "threads"\n')
    options = ("--size", "1200x700", "--theme", "light", "--recipe", str(recipe), "--after", "1.5")
    done = started(window_environment, "--screenshot", str(picture), *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert size_of(picture) == (1200, 700)


def test_a_screenshot_of_the_empty_window(window_environment: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "out.png"
    done = started(window_environment, "--screenshot", str(picture), "--after", "0.5")
    assert (done.returncode, done.stderr) == (0, "")
    assert size_of(picture) == (1440, 900)


def test_a_screenshot_that_cannot_be_written(window_environment: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "missing" / "out.png"
    done = started(window_environment, "--screenshot", str(picture), "--after", "0")
    assert done.returncode == 1
    assert str(picture) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_option(window_environment: dict[str, str]) -> None:
    done = started(window_environment, "--theme=blue")
    assert done.returncode == 2
    assert "--theme" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_recipe_with_a_model_that_does_not_exist(window_environment: dict[str, str], tmp_path: Path) -> None:
    recipe = tmp_path / "bad.toml"
    recipe.write_text('model = "fibres"')
    done = started(window_environment, "--recipe", str(recipe))
    assert done.returncode == 2
    assert done.stderr.startswith("bad recipe: There is no model “fibres”. There are: serial, threads")


def test_a_recipe_that_is_not_there(window_environment: dict[str, str], tmp_path: Path) -> None:
    done = started(window_environment, "--recipe", str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "none.toml" in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
@pytest.mark.parametrize("arguments", [(), ("bench",), ("--screenshot", "out.png")])
def test_no_display(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    done = started(environment, *arguments)
    assert done.returncode == 1
    assert "display" in done.stderr
    assert "main.py run" in done.stderr or "xvfb" in done.stderr  # what to do instead


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
def test_a_display_that_does_not_answer(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    done = started(environment | {"DISPLAY": ":4711"})
    assert done.returncode == 1
    assert "display" in done.stderr
