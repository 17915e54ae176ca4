"""The window on Windows, driven by mouse and keyboard as tests/e2e drive the one on Linux: first paint, run, stop,
processes, and a killed app that leaves nobody. Pictures go to OUT.

python .ci/wine/try_window.py WPY CHECKOUT_ON_DRIVE_C OUT"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.__main__ import window_manager, xvfb  # noqa: E402
from tests.e2e.driver import MARK, App, Screen, State, ops, summary  # noqa: E402

LIMIT_S = 120.0


class WindowsApp(App):
    """The app under Wine. Its clock is not ours, so a state is new if it is newer than the one before."""

    def __init__(self, screen: Screen, wpy: Path, checkout: Path) -> None:
        self.screen, self.mark, self.killed = screen, uuid.uuid4().hex, False
        self._wpy, drive = wpy, next(path for path in checkout.parents if path.name == "drive_c")
        self._state, self._errors = drive / "state.json", drive / "stderr.txt"
        self._state.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
        environment |= {"DISPLAY": screen.name, MARK: self.mark, "CONCURRENCY_PLAYGROUND_STATE": "C:\\state.json"}
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [str(wpy), "main.py", "--size", "1280x800", "--theme", "dark"],
                cwd=checkout,
                env=environment | {"LIMIT": "300"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def until(self, what: str, holds: Callable[[State], object], limit_s: float = LIMIT_S) -> State:
        before, last, deadline = self._newest(), None, time.monotonic() + limit_s
        while time.monotonic() < deadline:
            last = self._newest()
            if last is not None and (before is None or last["at_ns"] > before["at_ns"]) and holds(last):
                return last
            if self.process.poll() is not None:
                raise AssertionError(f"the app ended ({self.process.returncode}) before {what}\n{self.errors}")
            time.sleep(0.1)
        raise AssertionError(f"not seen in {limit_s:g} s: {what}\n{summary(last)}\n{self.errors}")

    def _newest(self) -> State | None:
        try:
            return self.state()
        except (OSError, ValueError):  # not there yet, or about to be replaced
            return None

    def kill(self) -> None:
        number = str(self.state()["pid"])
        self.killed = True
        subprocess.run([self._wpy.with_name("wine"), "taskkill", "/f", "/pid", number], check=True, capture_output=True)
        self.process.wait(30)


def main(wpy: Path, checkout: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, xvfb("1400x900x24", "-fbdir", folder) as name, window_manager(name):
        app = WindowsApp(Screen(name, Path(folder) / "Xvfb_screen0"), wpy, checkout)
        app.until("the first paint", lambda state: state["painted"])
        app.now()
        picture(name, out / "window-empty.png")
        app.click("run")
        app.works(1)
        time.sleep(4)
        picture(name, out / "window-running.png")
        app.click("run_1_stop")
        ended = app.run(1, "ended")
        assert ended["outcome"] == "stopped", ended
        assert ops(ended) > 0
        app.key("F2")
        app.type("2 x mandelbrot as processes for 100 s")
        app.key("Return")
        app.until("the typed recipe", lambda state: state["recipe"]["job"] == "mandelbrot")
        app.click("run")
        app.works(2)
        app.kill()
        app.until_gone(limit_s=30)
        print("the window works: first paint, run, stop, processes; killed, it left nobody")


def picture(display: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["import", "-display", display, "-window", "root", path], check=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
