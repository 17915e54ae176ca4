"""Theme: every colour and every size, dark and light.

A `Theme` is a frozen record of "#rrggbb" tokens, with the `Metrics` that turn sizes of the design into pixels.
`ThemeSource` holds the present theme, follows the system or the user's choice, and emits `changed`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import NamedTuple, TypeVar, cast, overload

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication

from ui.kit.fonts import font_of, system_scale

CHOICES = ("system", "dark", "light")
BOTH = "dark and light"

Size = TypeVar("Size", int, float)
Look = TypeVar("Look", str, tuple[str, ...])


class Face(NamedTuple):
    """A font as the design has it: `Metrics.font(*face)` is that font."""

    px: float
    weight: int = 400
    display: bool = False
    mono: bool = False


@dataclass(frozen=True, eq=False)
class Metrics:
    """How large everything is: turns sizes in pixels of the design into pixels of the window."""

    scale: float = field(default=1.0, kw_only=True)

    @overload
    def px(self, size: int) -> int: ...

    @overload
    def px(self, size: float) -> float: ...

    def px(self, size: float) -> float:
        """A whole size stays whole, so that lines lie on pixels; a fraction stays as exact as it is."""
        return round(size * self.scale) if isinstance(size, int) else size * self.scale

    def font(self, px: float, weight: int = 400, display: bool = False, mono: bool = False) -> QFont:
        """A font by its height, with figures of equal width. The font is shared: do not change it.

        `display` is for headings from 17 px up, weight 600; not for figures that change, as its 1 is narrower even
        so."""
        return font_of(round(px * self.scale), weight, display, mono)

    def caption_font(self, px: float = 11) -> QFont:
        """The font of the upper-case captions of cards."""
        made = QFont(self.font(px, 600))
        made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, px * self.scale * 0.04)
        return made


def both(dark: Look, light: Look) -> Look:
    """A field of the theme, as it is in the dark one and in the light one."""
    return cast(Look, field(metadata={BOTH: (dark, light)}))


@dataclass(frozen=True, eq=False)
class Theme(Metrics):
    name: str
    base: str = both("#0D0F12", "#F3F4F6")  # window, gaps between panels
    panel: str = both("#131619", "#FFFFFF")  # recipe bar, bands, cards, runs
    raised: str = both("#1B1F24", "#FFFFFF")  # chips, buttons, menus
    hover: str = both("#252A31", "#ECEEF2")  # hover, active segment, badges
    track: str = both("#1A1E24", "#EEF0F3")  # empty lane, core, bar
    line0: str = both("#1D2126", "#E8EAEE")  # separators
    line1: str = both("#2A3037", "#D7DBE1")  # borders
    line2: str = both("#414954", "#AEB5BF")  # strong borders
    t1: str = both("#ECEEF1", "#14171C")  # main text
    t2: str = both("#A9B1BC", "#4A525D")  # second text
    t3: str = both("#7F8894", "#616A76")  # hints
    accent: str = both("#8A93FF", "#4450C8")
    accent_fill: str = both("#5865E0", "#4C58D3")  # primary button
    accent_soft: str = both("#1B1E33", "#E9EBFC")  # selected row
    on_accent: str = both("#FFFFFF", "#FFFFFF")
    ok: str = both("#5FB8A2", "#1F7A63")
    ok_soft: str = both("#13261F", "#E3F3EE")
    warn: str = both("#F0B43C", "#925C00")
    warn_soft: str = both("#30260F", "#FBF0D9")
    bad: str = both("#FF6B5E", "#C8352B")
    bad_soft: str = both("#331A19", "#FCE9E7")
    other: str = both("#59626E", "#A3ABB6")  # other programs on a core
    code_keyword: str = both("#C4A5F5", "#7A3FB0")
    code_function: str = both("#8CC7F0", "#1F5FA8")
    code_string: str = both("#9CCF9A", "#2A7736")
    code_number: str = both("#E8B87A", "#9A5B00")
    code_comment: str = both("#7F8894", "#616A76")
    workers: tuple[str, ...] = both(  # eight slots
        ("#58C4F2", "#F2B347", "#27A36C", "#D483B6", "#3A78D0", "#A8602C", "#E6DF6E", "#8F5FA6"),
        ("#2F95D4", "#E0930F", "#007A50", "#C0659F", "#3363B0", "#965022", "#CDBC1C", "#6D3A96"),
    )

    @property
    def dark(self) -> bool:
        return self.name == "dark"

    @property
    def panel_line(self) -> str:
        """Border of panels and cards; white panels need a stronger line."""
        return self.line0 if self.dark else self.line1

    @property
    def trouble_line(self) -> str:
        """Border of a card or group in trouble."""
        return mix(self.panel, self.bad, 0.55)

    def worker(self, slot: int) -> str:
        return self.workers[slot % len(self.workers)]

    def scaled(self, scale: float) -> Theme:
        """The same colours, at `scale` times the size of the design."""
        return self if scale == self.scale else _scaled(self, scale)


@cache
def _scaled(theme: Theme, scale: float) -> Theme:
    return replace(theme, scale=scale)


def _theme(name: str, place: int) -> Theme:
    return Theme(name=name, **{one.name: one.metadata[BOTH][place] for one in fields(Theme) if BOTH in one.metadata})


DARK, LIGHT = _theme("dark", 0), _theme("light", 1)
THEMES = {"dark": DARK, "light": LIGHT}


@cache
def mix(a: str, b: str, k: float) -> str:
    """a + (b − a)·k, for each channel."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{int(x + (y - x) * k + 0.5):02X}" for x, y in pairs)


@cache
def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@cache
def ink_on(color: str) -> str:
    """Black or white, whichever is easier to read on `color`."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, color))


class ThemeSource(QObject):
    """Holds the present theme, in its present size."""

    changed = Signal(Theme)

    def __init__(self, choice: str = "system", parent: QObject | None = None, zoom: int = 100) -> None:
        """`zoom` is in percent of what the system's own text asks for."""
        super().__init__(parent)
        self.choice = choice if choice in CHOICES else "system"
        self.zoom, self._system_scale = zoom, system_scale()
        self.theme = self._wanted()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: str) -> None:
        """`system`, `dark` or `light`."""
        if choice not in CHOICES:
            raise ValueError(f"theme is {choice!r}; allowed: {', '.join(CHOICES)}")
        self.choice = choice
        self._follow()

    def scale_at(self, zoom: int) -> float:
        return zoom / 100 * self._system_scale

    def set_zoom(self, zoom: int) -> None:
        self.zoom = zoom
        self._follow()

    def toggle(self) -> None:
        """From dark to light or back; from now on whatever the system says."""
        self.choose("light" if self.theme.dark else "dark")

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            self.changed.emit(wanted)

    def _wanted(self) -> Theme:
        light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        name = self.choice if self.choice != "system" else "light" if light else "dark"
        return THEMES[name].scaled(self.scale_at(self.zoom))
