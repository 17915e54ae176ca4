"""Words for figures (counts, times, amounts), so that verdicts and key figures write them alike."""

from __future__ import annotations

from typing import Any

SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}


def whole(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ")


def cores(number: float) -> str:
    """0.7 cores, 1.0 core, 3.9 cores."""
    words = f"{number:.1f}"
    return f"{words} core{'' if words == '1.0' else 's'}"


def cores_there(count: int) -> str:
    """1 core, 2 cores."""
    return f"{count} core{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    if 0 < share < 0.005:
        return "less than 1 %"
    return f"{share * 100:.0f} %"


def milliseconds(ms: float) -> str:
    """How late something is: 4.0 ms, 120 ms, 4.5 s."""
    return f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def duration(seconds: float) -> str:
    """How long something took, to two digits at least: 10.5 µs, 45 µs, 13.4 ms, 210 ms, 3.2 s."""
    us = seconds * 1e6
    if us < 1000:
        return f"{us:.1f} µs" if us < 20 else f"{us:.0f} µs"
    return milliseconds(us / 1000)


def brief_time(seconds: float) -> str:
    """The time of a very short run: 200 µs, 4 ms."""
    return duration(seconds) if seconds < 0.001 else f"{seconds * 1000:.0f} ms"


def worded(value: Any, unit: str) -> tuple[str, str]:
    """A figure as people read it, and its unit: "1.3", "cores"; "1 870", "per second"; "26 KB", ""."""
    if value is None or isinstance(value, str):
        return value or "–", ""
    match unit:
        case "cores":
            return f"{value:.1f}", unit
        case "×":
            return f"{value:.2f} ×", ""
        case "s" | "ms" | "µs":
            return duration(value * SECONDS[unit]), ""
        case "MB":
            return memory(value), ""
        case "part":
            return percent(value), ""
    return whole(value), f"{unit.removesuffix('/s')} per second".strip() if unit.endswith("/s") else unit


def memory(mb: float) -> str:
    """To two digits at least: 2.2 KB, 26 KB, 11.4 MB."""
    kb = mb * 1000
    return f"{kb:.1f} KB" if kb < 9.95 else f"{kb:.0f} KB" if kb < 99.5 else f"{mb:.1f} MB"


def listed(words: list[str]) -> str:
    """a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
