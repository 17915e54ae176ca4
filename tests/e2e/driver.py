"""Drives the app as a person does: its own process, a real window on a screen of its own, mouse and keyboard.

What the window shows is seen in the screen's pixels, in its processes and files, and in the state that it writes down
about itself while CONCURRENCY_PLAYGROUND_STATE names a file (ui/dev/witness.py). Every wait is for a condition."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

ROOT = Path(__file__).resolve().parents[2]
MARK = "PLAYGROUND_TEST_APP"  # in the environment of every process of one app
LIMIT_S = 90.0  # where waiting is given up: a computer may have much else to do

State = dict[str, Any]
Picture = npt.NDArray[np.uint8]


class Screen:
    """An X display, and the file in which its server keeps the pixels."""

    def __init__(self, name: str, pixels: Path) -> None:
        self.name, self._pixels = name, pixels

    def picture(self) -> Picture:
        """(height, width, RGB) of what is on the screen now."""
        words = np.fromfile(self._pixels, ">u4", 25)
        start, width, height, line, colors = (int(words[index]) for index in (0, 4, 5, 12, 19))
        shown = np.memmap(self._pixels, np.uint8, "r", start + 12 * colors, (height, line // 4, 4))
        return np.array(shown[:, :width, 2::-1])

    def do(self, *words: object) -> str:
        """xdotool, with these words."""
        told = subprocess.run(
            ["xdotool", *map(str, words)],
            env=os.environ | {"DISPLAY": self.name},
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return told.stdout.strip()


class App:
    """One start of the app. Ended and checked by `close`."""

    def __init__(self, screen: Screen, folder: Path, *arguments: str, root: Path = ROOT, **settings: str) -> None:
        self.screen = screen
        self._state, self._errors = folder / "state.json", folder / "stderr.txt"
        self._state.unlink(missing_ok=True)
        self.mark, self.killed = uuid.uuid4().hex, False
        environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
        environment |= {"DISPLAY": screen.name, MARK: self.mark, "CONCURRENCY_PLAYGROUND_STATE": str(self._state)}
        prefix = settings.pop("prefix", "").split()
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, str(root / "main.py"), *arguments],
                env=environment | settings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    # -- what it shows

    @property
    def errors(self) -> str:
        return self._errors.read_text(errors="replace")

    def state(self) -> State:
        """The newest."""
        return json.loads(self._state.read_bytes())

    def until(self, what: str, holds: Callable[[State], object], limit_s: float = LIMIT_S) -> State:
        """Waits for a state, written after now, in which something holds."""
        asked, last = time.perf_counter_ns(), None
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            last = self.state() if self._state.exists() else None
            if last is not None and last["at_ns"] > asked:
                asked = last["at_ns"]
                if holds(last):
                    return last
            if self.process.poll() is not None:
                raise AssertionError(f"the app ended ({self.process.returncode}) before {what}\n{self.errors}")
            time.sleep(0.03)
        raise AssertionError(f"not seen in {limit_s:g} s: {what}\n{summary(last)}\n{self.errors}")

    def now(self) -> State:
        """A state that was written after everything done so far could show."""
        return self.until("another state", lambda _: True) and self.until("one more state", lambda _: True)

    def shows(self, name: str) -> State:
        return self.until(f"{name} on the screen", lambda state: name in state["widgets"])

    def hides(self, name: str) -> State:
        return self.until(f"{name} gone", lambda state: name not in state["widgets"])

    def run(self, number: int, phase: str) -> State:
        """Waits until a run is in a phase; gives the run's record."""
        state = self.until(f"run {number} {phase}", lambda state: record(state, number).get("phase") == phase)
        return record(state, number)

    def works(self, number: int) -> State:
        """Waits until each worker of a run has done something."""

        def busy(state: State) -> bool:
            run = record(state, number)
            return bool(run) and run["phase"] == "running" and all(worker["ops"] for worker in run["workers"])

        return record(self.until(f"run {number} at work", busy), number)

    def place(self, name: str) -> tuple[int, int, int, int]:
        """Where on the screen a widget is seen, once it has come to rest there: x, y, width, height."""
        before: list[tuple[int, ...]] = []

        def rests(state: State) -> bool:
            if name in state["widgets"]:
                before.append(tuple(state["widgets"][name]["place"]))
            return len(before) > 1 and before[-1] == before[-2]

        self.until(f"{name} on the screen", rests)
        x, y, width, height = before[-1]
        return x, y, width, height

    def picture(self, name: str, inset: int = 0) -> Picture:
        """What is on the screen where a widget is."""
        x, y, width, height = self.place(name)
        return self.screen.picture()[y + inset : y + height - inset, x + inset : x + width - inset]

    def until_drawn(self, name: str, *colors: str, least: float = 0.0005) -> None:
        """Waits until a widget's picture has at least so much of each colour: a picture may come later than a state."""
        deadline = time.monotonic() + LIMIT_S
        while missing := [color for color in colors if share_of(self.picture(name), color) < least]:
            if time.monotonic() > deadline:
                raise AssertionError(f"not drawn in {name}: {missing}\n{summary(self.state())}")

    # -- what people do

    def point(self, name: str, across: float = 0.5, down: float = 0.5) -> tuple[int, int]:
        x, y, width, height = self.place(name)
        return round(x + (width - 1) * across), round(y + (height - 1) * down)

    def click(self, name: str, across: float = 0.5, down: float = 0.5, times: int = 1) -> None:
        x, y = self.point(name, across, down)
        self.screen.do("mousemove", x, y, "click", "--repeat", times, "--delay", 60, 1)

    def wheel(self, name: str, notches: int, across: float = 0.5) -> None:
        x, y = self.point(name, across)
        button = 4 if notches > 0 else 5
        self.screen.do("mousemove", x, y, "click", "--repeat", abs(notches), "--delay", 15, button)

    def drag(self, name: str, start: float, end: float, down: float = 0.5) -> None:
        x, y = self.point(name, start, down)
        far, _ = self.point(name, end, down)
        steps = [word for step in range(1, 9) for word in ("mousemove", x + (far - x) * step // 8, y, "sleep", 0.02)]
        self.screen.do("mousemove", x, y, "mousedown", 1, "sleep", 0.05, *steps, "mouseup", 1)

    def key(self, *keys: str) -> None:
        self.screen.do("key", "--delay", 40, *keys)

    def type(self, words: str) -> None:
        self.screen.do("type", "--delay", 20, words)

    def resize(self, width: int, height: int) -> State:
        window = self.screen.do("search", "--onlyvisible", "--pid", self.state()["pid"]).split()[0]
        self.screen.do("windowmove", window, 20, 30)
        self.screen.do("windowsize", window, width, height)

        def fits(state: State) -> bool:
            return state["widgets"]["whole"]["place"][2:] == [width, height]

        self.until(f"the window {width}×{height}", fits)
        return self.now()

    # -- its processes, and its end

    def processes(self) -> list[psutil.Process]:
        """All that belong to it and still run, whoever their parent is."""
        return [process for process in psutil.process_iter() if belongs(process, self.mark)]

    def until_alone(self) -> None:
        """Waits until it has no process but its own."""
        self.until_gone(but=self.process.pid)

    def until_gone(self, but: int = 0, limit_s: float = 10.0) -> None:
        deadline = time.monotonic() + limit_s
        while left := [process for process in self.processes() if process.pid != but]:
            if time.monotonic() > deadline:
                raise AssertionError(f"left behind: {[process.cmdline() for process in left]}")
            time.sleep(0.02)

    def ended(self, limit_s: float = LIMIT_S) -> int:
        """Waits for its end; gives the exit code. One that crashes, or does not end, fails and says where it was."""
        try:
            code = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # on which faulthandler writes down each thread's stack
            time.sleep(1)
            self.kill()
            raise AssertionError(f"not ended in {limit_s:g} s\n{self.errors}") from None
        assert code >= 0, f"the app crashed: {signal.Signals(-code).name}\n{self.errors}"
        return code

    def close(self, errors: Sequence[str] = ()) -> None:
        """SIGTERM if it still runs. Nothing may be left of it, nor said on stderr but lines with one of `errors`."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.ended()
        self.until_gone()
        said = [line for line in self.errors.splitlines() if not any(word in line for word in errors)]
        assert not said, "\n".join(said)
        assert code == 0

    def kill(self) -> None:
        self.killed = True
        self.process.kill()
        self.process.wait()


def belongs(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):  # of another user, or gone since
        return False


def record(state: State, number: int) -> State:
    return next((run for run in state["runs"] if run["number"] == number), {})


def ops(run: State) -> int:
    return sum(worker["ops"] for worker in run["workers"])


def share_of(picture: Picture, color: str) -> float:
    """How much of a picture has a colour: 0 to 1."""
    wanted = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)], np.uint8)
    return float((picture == wanted).all(axis=2).mean())


def summary(state: State | None) -> str:
    """What helps to see why a test waits in vain."""
    if state is None:
        return "no state was written"
    runs = [{name: run[name] for name in ("number", "phase", "outcome", "error")} for run in state["runs"]]
    rest = {name: value for name, value in state.items() if name not in ("runs", "widgets")}
    return f"{rest}\nruns: {runs}\nwidgets: {sorted(state['widgets'])}"
