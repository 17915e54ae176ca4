"""The memory of a worker, as a figure, and as bars beside those of other models: in grey what it was told to hold, and
then what its model costs."""

from __future__ import annotations

from playground.run.run import Run
from ui.kit.quantities import figure
from ui.kit.theme import Theme
from ui.runs.views.bars import Bar, BarsView, label_of, python_of


class MemoryView(BarsView):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "memory")

    def bar(self, run: Run) -> Bar | None:
        value = run.reading.control.worker_mb
        if value is None:
            return None
        held = min(value, float(run.recipe.knob("hold")))
        return Bar(run.number, label_of(run), python_of(run), value, megabytes(value), held)

    def figure(self, bar: Bar | None) -> tuple[str, str, str]:
        if bar is None or self.run is None:
            return "–", "MB", "not measured yet"
        number, unit = megabytes(bar.value).split(" ")
        return number, unit, f"per worker, of which it asked for {megabytes(bar.before)}"


def megabytes(value: float) -> str:
    """Megabytes to three digits, as a worker may cost little beside what it holds."""
    return f"{figure(value)} MB" if value >= 0.1 or not value else f"{figure(value * 1000)} KB"
