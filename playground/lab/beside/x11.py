"""Hears Esc and clicks on an X display, as its server reports them to anybody who asks: through ctypes and libX11, over
a connection of its own, without a grab and without rights.

A key that a window is sent goes to all who have asked for that window's keys. A click goes to one client only, so
XInput's raw events tell that there was one; without libXi the button is looked at a hundred times a second, and a
shorter click can be missed. Raw events carry no place, so the pointer is asked for its place at once."""

from __future__ import annotations

import ctypes
import ctypes.util
import select
from ctypes import Structure, Union, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from typing import Any, Callable, ClassVar, Tuple

LOOK_S = 0.01  # between looks at the button, where no events tell of clicks
PATIENCE_S = 0.05  # the longest that a wait takes
KEY_PRESS, GENERIC_EVENT = 2, 35
KEY_PRESS_MASK = 1 << 0
BUTTON_1_MASK, BUTTON_1 = 1 << 8, 1
RAW_BUTTON_PRESS = 15
ALL_MASTER_DEVICES = 1
ESCAPE = 0xFF1B


class CannotHear(Exception):
    """Why there is no way out here."""


class XIEvent(Structure):
    """How the cookie of an event and the event itself begin."""

    _fields_: ClassVar[Any] = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("extension", c_int),
        ("evtype", c_int),
    )


class XCookie(XIEvent):
    _fields_ = (("cookie", c_uint), ("data", c_void_p))


class XIRaw(XIEvent):
    _fields_ = (("time", c_ulong), ("deviceid", c_int), ("sourceid", c_int), ("detail", c_int))


class XIMask(Structure):
    _fields_ = (("deviceid", c_int), ("length", c_int), ("mask", c_char_p))


class XEvent(Union):
    _fields_ = (("type", c_int), ("cookie", XCookie), ("room", c_long * 24))


def library(name: str) -> Any:
    try:
        return ctypes.CDLL(ctypes.util.find_library(name) or f"lib{name}.so.6")
    except OSError:
        return None


class X11:
    def __init__(self, window: Callable[[], int], is_stop: Callable[[int, int], bool]) -> None:
        """`window` gives the window to hear for; `is_stop` says whether a place in it is on a Stop button."""
        self._window, self._is_stop = window, is_stop
        x11 = library("X11")
        if x11 is None:
            raise CannotHear("libX11 is not there")
        x11.XOpenDisplay.restype = c_void_p
        x11.XDefaultRootWindow.restype = c_ulong
        x11.XLookupKeysym.restype = c_ulong
        display = x11.XOpenDisplay(None)
        if not display:
            raise CannotHear("the display cannot be opened a second time")
        self._x11, self._display = x11, c_void_p(display)
        self._root = x11.XDefaultRootWindow(self._display)
        self._watched = 0
        self._pressed = False
        self._xi = library("Xi")
        self._told_of_clicks = self._xi is not None and self._ask_for_clicks()

    def _ask_for_clicks(self) -> bool:
        opcode, event, error = c_int(), c_int(), c_int()
        found = self._x11.XQueryExtension(self._display, b"XInputExtension", byref(opcode), byref(event), byref(error))
        major, minor = c_int(2), c_int(2)
        if not found or self._xi.XIQueryVersion(self._display, byref(major), byref(minor)):
            return False
        bits = bytearray(4)
        bits[RAW_BUTTON_PRESS >> 3] |= 1 << (RAW_BUTTON_PRESS & 7)
        mask = XIMask(ALL_MASTER_DEVICES, len(bits), bytes(bits))
        return not self._xi.XISelectEvents(self._display, c_ulong(self._root), byref(mask), 1)

    def wait(self) -> bool:
        """Wait a moment for events: was a way out among them?"""
        self._watch(self._window())
        waiting = self._x11.XPending(self._display)  # also sends our own requests
        if not waiting:
            pause = PATIENCE_S if self._told_of_clicks else LOOK_S
            select.select([self._x11.XConnectionNumber(self._display)], [], [], pause)
            waiting = self._x11.XPending(self._display)
        heard = False
        for _ in range(waiting):
            event = XEvent()
            self._x11.XNextEvent(self._display, byref(event))
            heard = self._is_way_out(event) or heard
        return heard or (not self._told_of_clicks and self._clicked_now())

    def _watch(self, window: int) -> None:
        if window and window != self._watched:
            self._watched = window
            self._x11.XSelectInput(self._display, c_ulong(window), c_long(KEY_PRESS_MASK))

    def _is_way_out(self, event: XEvent) -> bool:
        if event.type == KEY_PRESS:
            return bool(self._x11.XLookupKeysym(byref(event), 0) == ESCAPE)
        if event.type != GENERIC_EVENT or not self._x11.XGetEventData(self._display, byref(event)):
            return False
        raw = ctypes.cast(event.cookie.data, ctypes.POINTER(XIRaw)).contents
        button = raw.detail if raw.evtype == RAW_BUTTON_PRESS else 0
        self._x11.XFreeEventData(self._display, byref(event))
        return button == BUTTON_1 and self._on_stop()

    def _clicked_now(self) -> bool:
        """Where no events tell of clicks: is the button down now, and was it up at the last look?"""
        before, self._pressed = self._pressed, bool(self._pointer(self._root)[2] & BUTTON_1_MASK)
        return self._pressed and not before and self._on_stop()

    def _on_stop(self) -> bool:
        """Is the pointer on a Stop button of the window, and not on something that lies over it?"""
        if not self._watched or not self._is_on_top():
            return False
        x, y, _ = self._pointer(self._watched)
        return self._is_stop(x, y)

    def _is_on_top(self) -> bool:
        x, y, _ = self._pointer(self._root)
        window, child = self._root, c_ulong(self._root)
        while child.value:
            window = child.value
            to_x, to_y = c_int(), c_int()
            root, inside = c_ulong(self._root), c_ulong(window)
            places = byref(to_x), byref(to_y)
            self._x11.XTranslateCoordinates(self._display, root, inside, x, y, *places, byref(child))
            if window == self._watched:
                return True
        return False

    def _pointer(self, window: int) -> Tuple[int, int, int]:
        """Where the pointer is in a window, and which buttons are down."""
        ids = [c_ulong(), c_ulong()]
        places = [c_int() for _ in range(4)]
        buttons = c_uint()
        told = [byref(value) for value in (*ids, *places, buttons)]
        self._x11.XQueryPointer(self._display, c_ulong(window), *told)
        return places[2].value, places[3].value, buttons.value
