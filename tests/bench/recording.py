"""Makes docs/recording.webp, some twenty seconds of the real window: a press starts threads, a choice and another press
processes after them, the lens looks into a moment, and the verdict says what it was.

    python3 -m tests.bench.recording [OUT.webp]

Needs Xvfb, xdotool and ffmpeg. The mouse is xdotool's; everything else is the app as it is, on a screen of its own and
with settings of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.driver import ROOT, App, Screen

SIZE = "1100x760"  # README shows it 880 px wide, and words must stay readable
DISPLAY = ":94"
PER_SECOND = 8
QUALITY = 55
MOST_BYTES = 4_500_000
MEMORY = Path("/dev/shm")  # the film is kept unpacked while it is made: to pack it takes a core from what is filmed
STEPS = 16  # of the mouse, from one place to the next
PACKED = [
    "-c:v",
    "libwebp_anim",
    "-lossless",
    "0",
    "-q:v",
    str(QUALITY),
    "-compression_level",
    "6",
    "-loop",
    "0",
    "-an",
]


@contextmanager
def server() -> Iterator[None]:
    with subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"]) as xvfb:
        try:
            while not Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}").exists():
                time.sleep(0.1)
            yield
        finally:
            xvfb.terminate()


@contextmanager
def camera(film: Path) -> Iterator[None]:
    grab = ["-f", "x11grab", "-draw_mouse", "1", "-framerate", str(PER_SECOND), "-video_size", SIZE, "-i", DISPLAY]
    line = ["ffmpeg", "-loglevel", "error", "-y", *grab, "-c:v", "rawvideo", str(film)]
    with subprocess.Popen(line, stdin=subprocess.DEVNULL) as ffmpeg:
        try:
            yield
        finally:
            ffmpeg.send_signal(signal.SIGINT)  # it closes the file


class Hand:
    """A mouse that moves as a hand does: slower at both ends."""

    def __init__(self, app: App) -> None:
        self.app, self.at = app, (700, 560)

    def to(self, name: str, across: float = 0.5, down: float = 0.5) -> None:
        (x0, y0), (x1, y1) = self.at, self.app.point(name, across, down)
        words: list[object] = []
        for step in range(1, STEPS + 1):
            part = step / STEPS
            eased = part * part * (3 - 2 * part)
            words += ["mousemove", round(x0 + (x1 - x0) * eased), round(y0 + (y1 - y0) * eased), "sleep", 0.02]
        self.app.screen.do(*words)
        self.at = x1, y1

    def press(self, name: str, across: float = 0.5, down: float = 0.5) -> None:
        self.to(name, across, down)
        time.sleep(0.25)
        self.app.screen.do("click", 1)


def play(app: App) -> None:
    hand = Hand(app)
    time.sleep(0.6)
    hand.press("start_threads")
    time.sleep(4.0)
    hand.press("stop_all")
    hand.press("chip_model")
    time.sleep(0.4)
    app.screen.do("type", "--delay", 110, "processes")
    time.sleep(0.3)
    app.key("Return")
    hand.press("run")
    time.sleep(4.5)
    hand.to("run_2", 0.78, 0.3)
    app.key("space")
    for _ in range(3):
        app.screen.do("click", 4)
        time.sleep(0.25)
    hand.to("run_2", 0.62, 0.3)
    time.sleep(1.0)
    app.key("space")
    hand.press("stop_all")
    app.run(2, "ended")
    time.sleep(2.5)


def made(out: Path) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, server():
        home, film = Path(folder), Path(folder, "film.nut")
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), folder)
        settings = home / "concurrency-playground" / "settings.toml"
        settings.parent.mkdir()
        settings.write_text("runs_open = false\n")  # room for two runs
        app = App(Screen(DISPLAY, film), home, "--size", SIZE, "--theme", "dark", **places)
        try:
            app.shows("starters")
            app.screen.do("mousemove", 700, 560)
            time.sleep(4)  # until the Pythons are found, and nothing but the run is busy
            with camera(film):
                play(app)
        finally:
            app.process.terminate()
            app.process.wait()
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", str(film), *PACKED, str(out)], check=True)
    size = out.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{out} has {size:,} bytes; at most {MOST_BYTES:,}: lower QUALITY")
    print(f"{out}: {size:,} bytes")


if __name__ == "__main__":
    os.chdir(ROOT)
    made(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "recording.webp")
