"""Presses everything at once: random clicks, wheels, drags and keys on a real window, the same for the same seed.

`python -m tests.bench.monkey [--seconds 60] [--seed N]` on an Xvfb of its own. It tells what it did last when the app
ended, wrote anything to stderr or left a process."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

from tests.__main__ import window_manager, xvfb
from tests.e2e.driver import App, Screen

KEYS = (
    "space", "Return", "Escape", "Tab", "shift+Tab", "p", "l", "plus", "minus", "Left", "Right", "End", "Up", "Down",
    "ctrl+Return", "ctrl+r", "ctrl+period", "ctrl+k", "ctrl+comma", "ctrl+shift+k", "ctrl+t", "ctrl+d", "ctrl+b",
    "ctrl+l", "ctrl+shift+s", "ctrl+shift+c", "7", "0", "a", "BackSpace", "Delete", "Home", "Page_Down",
)  # fmt: skip
CALM = 0.05  # seconds between two presses
ACTIONS = 16  # in one call of xdotool


class Monkey:
    def __init__(self, app: App, seed: int) -> None:
        self.app = app
        self.random = random.Random(seed)
        self.done: deque[str] = deque(maxlen=40)

    def play(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.app.process.poll() is None:
            words = [word for _ in range(ACTIONS) for word in (*self.action(), "sleep", CALM)]
            self.done.append(" ".join(map(str, words)))
            try:
                self.app.screen.do(*words)
            except subprocess.CalledProcessError as problem:
                self.done.append(f"xdotool: {problem.stderr}")

    def action(self) -> list[object]:
        x, y, width, height = self.app.state()["widgets"]["whole"]["place"]
        left, top = x + self.random.randrange(width), y + self.random.randrange(height)
        kind = self.random.random()
        if kind < 0.45:
            return ["mousemove", left, top, "click", self.random.choice((1, 1, 1, 1, 3))]
        if kind < 0.55:
            return [
                "mousemove",
                left,
                top,
                "click",
                "--repeat",
                self.random.randrange(1, 6),
                self.random.choice((4, 5)),
            ]
        if kind < 0.65:
            far = x + self.random.randrange(width)
            return ["mousemove", left, top, "mousedown", 1, "mousemove", far, top, "mouseup", 1]
        return ["key", self.random.choice(KEYS)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with xvfb("1600x1000x24", "-fbdir", name) as display, window_manager(display):
            app = App(Screen(display, folder / "Xvfb_screen0"), folder, XDG_CONFIG_HOME=name)
            monkey = Monkey(app, options.seed)
            app.until("the window", lambda state: state["painted"] and state["active"])
            monkey.play(options.seconds)
            try:
                app.until("an answer", lambda _: True)
                app.close()
            except AssertionError as problem:
                print(*monkey.done, problem, sep="\n", file=sys.stderr)
                return 1
    print("nothing went wrong")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
