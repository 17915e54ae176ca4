"""The way out of a freeze: a process of its own that hears Esc and a click on Stop while the window cannot.

Work that runs inside the app keeps the GIL, or the UI thread itself, so the window hears of neither until it is over.
This process has its own connection to the display and needs nothing from the app: it reads where the window and its
Stop buttons are from its standard input, and sets a stop word in the run's control block, at which workers look before
each op. It is started with such a run, ends with it, and ends when its standard input closes.

    main([DIRECTORY, PARENT])    prints {"event": "hearing"} or {"event": "failed", "error": …}

It sees nothing of other windows: only the keys that our own window is sent, and of a click only that there was one, and
where the pointer is then. X11 offers both (x11.py). Windows offers GetAsyncKeyState, for Esc; that part is written
after the documentation and has not been run. Wayland and macOS tell no program of keys without special rights, so there
is no way out there."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time
from typing import Any, Callable, List, Tuple

from ..watching import machine
from ..wire import ring
from .x11 import X11, CannotHear

LOOK_S = 0.01
VK_ESCAPE = 0x1B

Place = Tuple[int, int, int, int]  # left, top, width, height, in pixels of the window


class Orders:
    """What the app has sent: its window, and where the Stop buttons are."""

    def __init__(self) -> None:
        self.window = 0
        self.places: List[Place] = []

    def take(self, line: str) -> None:
        told = json.loads(line)
        self.window, self.places = int(told["window"]), [tuple(place) for place in told["places"]]

    def hit(self, x: int, y: int) -> bool:
        return any(
            left <= x < left + width and top <= y < top + height for left, top, width, height in list(self.places)
        )


class Windows:
    """Esc alone: a click's place would need the scale of each screen."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._user32 = ctypes.CDLL("user32")
        self._user32.GetForegroundWindow.restype = ctypes.c_void_p
        self._user32.GetAsyncKeyState.restype = ctypes.c_short
        self._user32.GetAsyncKeyState(VK_ESCAPE)  # forget an Esc from before

    def wait(self) -> bool:
        time.sleep(LOOK_S)
        pressed = self._user32.GetAsyncKeyState(VK_ESCAPE) != 0  # down now, or pressed since the last look
        return bool(pressed and self._user32.GetForegroundWindow() == self._orders.window)


def ears(orders: Orders) -> Callable[[], bool]:
    if sys.platform == "win32":
        return Windows(orders).wait
    if sys.platform == "darwin":
        raise CannotHear("this system tells no program of keys without a right that it must be given")
    return X11(lambda: orders.window, orders.hit).wait


# --- the process


def listen(words: Any, heard: Callable[[], bool]) -> None:
    """Set the stop word whenever a way out is heard, until the app ends this process."""
    while True:
        if heard() or words[ring.C_STOP_OUT]:
            words[ring.C_STOP_OUT] = 1
            ring.ring_bell(words, ring.OUT)


def take_orders(orders: Orders, told: threading.Event) -> None:
    for line in sys.stdin:
        orders.take(line)
        told.set()
    os._exit(0)  # the app is gone, or done with us


def say(event: str, **fields: str) -> None:
    os.write(1, json.dumps(dict(fields, event=event)).encode() + b"\n")


def main(argv: List[str]) -> int:
    directory, parent = argv[0], int(argv[1])
    machine.die_with_parent(parent)
    orders, told = Orders(), threading.Event()
    words = ring.map_words(os.path.join(directory, "control"), ring.CONTROL)[1]
    try:
        heard = ears(orders)
    except CannotHear as why:
        say("failed", error=str(why))
        return 1
    threading.Thread(target=take_orders, args=(orders, told), daemon=True).start()
    told.wait()
    heard()  # the first call asks the display for keys
    machine.wake_on_time()
    say("hearing")
    listen(words, heard)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
