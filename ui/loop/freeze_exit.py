"""What the window knows of the way out of a freeze: whether there is one here, what to say about it before anybody
presses Run, and where the Stop buttons are (in pixels of the window, as the display counts them)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from playground.hosts import Host
from playground.recipe.recipe import Recipe
from playground.run.way_out_process import Place
from ui.kit import keys

HEARD_ON = ("xcb", "windows")  # names of Qt's platforms


def is_heard() -> bool:
    """Are Esc and Stop heard here while the window is frozen?"""
    return QGuiApplication.platformName() in HEARD_ON


def longest(place: Host) -> float | None:
    """How many seconds a run in this place may take; None: any number."""
    return place.longest(is_heard())


def too_long(recipe: Recipe) -> str:
    """Why a recipe is too long for its place in this window; empty where it is not."""
    most = recipe.place.longest_unheard_s
    if is_heard() or most is None or recipe.seconds is None or recipe.seconds <= most:
        return ""
    given = f"{recipe.seconds:g} s"
    return f"Nothing can stop a freeze of this window here, so a run in it may take {most:g} s at most, not {given}."


def warning(recipe: Recipe) -> str:
    """What a run of this recipe will do to the window; empty where it does nothing."""
    if not recipe.place.freezes:
        return ""
    length = f"{recipe.seconds or longest(recipe.place):g} s"
    way_out = f"{keys.words(Qt.Key.Key_Escape)} stops it" if is_heard() else "nothing can stop it sooner"
    return f"This window will freeze for up to {length}, as the work runs inside it; {way_out}."


def places(window: QWidget, buttons: list[QWidget]) -> tuple[int, list[Place]] | None:
    """The window's number, and where in it these buttons can be seen."""
    if not is_heard():
        return None
    found = []
    for button in buttons:
        seen = button.visibleRegion().boundingRect()
        if not seen.isEmpty():
            corner, ratio = button.mapTo(window, seen.topLeft()), window.devicePixelRatioF()
            parts = (corner.x(), corner.y(), seen.width(), seen.height())
            left, top, width, height = (round(part * ratio) for part in parts)
            found.append((left, top, width, height))
    return int(window.winId()), found
