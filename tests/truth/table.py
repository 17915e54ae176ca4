"""The table: a line for each run, shares as `told/seen` in percent, `!` where a bar is missed."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from tests.truth.compare import BARS, CORES_BAR, NAMES, Row

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "truth.md"
BEGIN, END = "<!-- table: python3 -m tests truth --write -->", "<!-- end of the table -->"

CELLS = (
    ("job", 12),
    ("model", 17),
    ("beside", 6),
    *((name, 8) for name in NAMES),
    ("?", 4),
    ("cores", 11),
    ("others", 6),
    ("GIL held", 9),
    ("hand-offs/s", 13),
    ("rate, told", 20),
    ("counted", 8),
    ("plain", 8),
    ("took, told", 11),
    ("plain", 8),
    ("verdict", 0),
)


def heading() -> str:
    return line([name for name, _ in CELLS])


def line(cells: Sequence[str]) -> str:
    return " ".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, CELLS, strict=True)).rstrip()


def row_line(row: Row) -> str:
    cells = [row.job, row.model, "busy" if row.busy else "alone"]
    cells += [share(row, name) for name in NAMES]
    cells += [percent(row.unknown) if row.unknown else "", cores(row), number(row.others, 1), held(row)]
    cells += [pair(row.handoffs_told, row.handoffs_seen, 0)]
    cells += [f"{number(row.rate_told)} {row.rate_unit}".strip(), number(row.rate_seen), plain(row, "rate")]
    cells += [*took(row), row.verdict]
    return line(cells)


def share(row: Row, name: str) -> str:
    if name not in row.told:
        return loop_share(row) if name == "run" else ""
    missed = any(one.startswith(name + " ") for one in row.missed)
    return f"{percent(row.told[name])}/{percent(row.seen[name])}{'!' if missed else ''}"


def loop_share(row: Row) -> str:
    """Of workers that take turns: their thread's."""
    if row.loop_told is None or row.loop_seen is None:
        return ""
    missed = any(one.startswith("loop") for one in row.missed)
    return f"{percent(row.loop_told)}/{percent(row.loop_seen)}{'!' if missed else ''}"


def cores(row: Row) -> str:
    missed = any(one.startswith("cores") for one in row.missed)
    return pair(row.cores_told, row.cores_seen, 2) + ("!" if missed else "")


def held(row: Row) -> str:
    """Means over the workers."""
    both = [(one.held_told, one.held_seen) for one in row.workers if one.held_told is not None]
    both = [(told, seen) for told, seen in both if seen is not None]
    if not both:
        return ""
    told, seen = (sum(column) / len(both) for column in zip(*both, strict=True))
    return f"{percent(told)}/{percent(seen)}"


def took(row: Row) -> tuple[str, str]:
    """What a round trip takes, a nap, or by how much a loop is late."""
    if row.trip_us is not None:
        return f"{row.trip_us:.0f} µs", plain(row, "trip_us")
    if row.late_ms is not None:
        return f"{row.late_ms:.1f} ms", plain(row, "late_p50_ms")
    return "", ""


def plain(row: Row, key: str) -> str:
    return number(row.plain.get(key)) if row.plain else ""


def pair(told: float | None, seen: float | None, digits: int) -> str:
    return "" if told is None and seen is None else f"{number(told, digits)}/{number(seen, digits)}"


def number(value: float | None, digits: int | None = None) -> str:
    if value is None:
        return ""
    if digits is None:
        digits = 0 if value >= 100 else 1
    return f"{value:,.{digits}f}"


def percent(part: float) -> str:
    return f"{part * 100:.0f}"


def summary(rows: Sequence[Row]) -> str:
    compared = [row for row in rows if row.outcome and row.cores_seen is not None]
    shares = [row for row in compared if row.told]
    good = sum(not row.missed for row in compared)
    most = max((row.observer_cost for row in compared), default=0.0)
    disturbed = sum(not row.busy and (row.others or 0.0) > 0.2 for row in compared)
    alone, busy = (round(BARS[busy] * 100) for busy in (False, True))
    bars = f"{alone} points alone, {busy} beside a busy machine; cores within {CORES_BAR}"
    lines = [
        f"{good} of {len(compared)} runs are within the bars: each share of each worker within {bars}.",
        f"Shares were compared in {len(shares)} of them. The observer took up to {most:.3f} cores.",
    ]
    if disturbed:
        lines.append(f"In {disturbed} runs that were to be alone, other programs used more than 0.2 cores.")
    return "\n".join(lines)


def machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def write(rows: Sequence[Row]) -> None:
    """Puts the table between the two marks of docs/truth.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    block = "\n".join([heading(), *(row_line(row) for row in rows)])
    made = f"{BEGIN}\n\nOn {machine()}. {summary(rows)}\n\n```text\n{block}\n```\n\n{END}"
    DOCUMENT.write_text(before + made + after, encoding="utf-8")
