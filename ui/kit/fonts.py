"""The fonts, from resources/fonts so that every machine looks the same, and how large the system's own text is."""

from __future__ import annotations

import logging
import sys
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
USUAL_POINTS = {"win32": (9, 9), "darwin": (13, 13), "linux": (9, 11)}  # on Linux: Qt's own 9, KDE's 10, GNOME's 11

log = logging.getLogger(__name__)


def load_fonts() -> list[str]:
    """Loads the bundled fonts, once the application exists. Returns the families that there are now; a system font
    stands in for one that does not load."""
    families: list[str] = []
    for file in sorted([*FONTS.glob("*.otf"), *FONTS.glob("*.ttf")]):
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:
            log.warning("the font %s could not be loaded; a system font stands in", file.name)
            continue
        families += [name for name in QFontDatabase.applicationFontFamilies(number) if name not in families]
    _family.cache_clear()
    font_of.cache_clear()
    return families


@cache
def _family(display: bool, mono: bool) -> tuple[list[str], QFont.StyleHint]:
    there = set(QFontDatabase.families())
    if mono:
        wanted, hint = ["JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas"], QFont.StyleHint.Monospace
    else:
        wanted, hint = ["Inter", "Segoe UI", "DejaVu Sans"], QFont.StyleHint.SansSerif
        wanted = ["Inter Display", *wanted] if display else wanted
    return [name for name in wanted if name in there] or wanted[-1:], hint


@cache
def font_of(px: int, weight: int, display: bool, mono: bool) -> QFont:
    families, hint = _family(display, mono)
    made = QFont(families)
    made.setStyleHint(hint)
    made.setPixelSize(max(1, px))
    made.setWeight(QFont.Weight(weight))
    # Hinting moves glyphs to whole pixels, which at 12 px makes the spacing of Inter uneven.
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def system_scale() -> float:
    """How much larger than usual the user wants all text, from the size of the system's font. The scale of the whole
    screen (Windows, macOS, GNOME, KDE) is in Qt's pixel ratio, and so not in here."""
    points = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
    low, high = USUAL_POINTS.get(sys.platform, USUAL_POINTS["linux"])
    if points <= 0:  # the size is given in pixels
        return 1.0
    return min(2.0, max(0.8, points / high if points > high else points / low if points < low else 1.0))
