"""A screen of their own for all end-to-end tests, large enough for 4K, so that no test takes anybody's mouse; and
`start`, which starts the app on it and sees to its end."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.__main__ import XVFB, window_manager, xvfb
from tests.e2e.driver import App, Screen

Start = Callable[..., App]


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    missing = [name for name in ("Xvfb", "xdotool", "openbox") if shutil.which(name) is None]
    if not sys.platform.startswith("linux"):
        pytest.skip("mouse and keyboard are driven through Xvfb and xdotool, which Linux has")
    if missing:
        pytest.skip(f"no {', '.join(missing)} ({XVFB})")
    folder = tmp_path_factory.mktemp("screen")
    with xvfb("3840x2160x24", "-fbdir", str(folder)) as name, window_manager(name):
        yield Screen(name, folder / "Xvfb_screen0")


@pytest.fixture
def window_environment(fresh_settings: Path) -> dict[str, str]:
    """The environment for a window that is not driven. Skips where there is no display."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        pytest.skip(f"no display ({XVFB})")
    return {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}


@pytest.fixture
def start(screen: Screen, tmp_path: Path, fresh_settings: Path) -> Iterator[Start]:
    """`start(*arguments, **environment)`. `errors`: words that its stderr may contain."""
    apps: list[tuple[App, tuple[str, ...]]] = []

    def begin(*arguments: str, errors: tuple[str, ...] = (), **settings: str) -> App:
        folder = tmp_path / f"app{len(apps)}"
        folder.mkdir()
        screen.do("mousemove", 3830, 2150)  # nothing is under the mouse when the window comes up
        app = App(screen, folder, *arguments, **settings)
        apps.append((app, errors))
        app.until("the window painted and active", lambda state: state["painted"] and state["active"])
        return app

    yield begin
    with contextlib.ExitStack() as ends:  # each comes to its end, whatever the others do
        for app, errors in apps:
            ends.callback(app.until_gone)
            if not app.killed:
                ends.callback(app.close, errors)
