"""How long a message takes to and fro, as a figure, and as bars beside other models and channels. The grey part of a
bar is what it exceeds plain code by, with the same messages: that is the cost of recording."""

from __future__ import annotations

from statistics import median

from playground.figures.wording import duration
from playground.run.run import Run
from ui.kit.quantities import whole
from ui.kit.theme import Theme
from ui.runs.views.bars import Bar, BarsView, label_of, python_of


def trip_us(run: Run) -> float | None:
    """The median over the workers of a live or ended run; None until there was a trip."""
    known = run.reading.trips.median_us  # the verdict has this one
    if known is not None:
        return known
    medians = [result[1] for result in run.reading.results.values() if result and result[1] is not None]
    return median(medians) if medians else None


def micro(value: float) -> tuple[str, str]:
    """A time as the verdict writes it: 45 µs; from a thousand on, 1.2 ms."""
    words, _, unit = duration(value / 1e6).rpartition(" ")
    return words, unit


class TripsView(BarsView):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "trips")

    def bar(self, run: Run) -> Bar | None:
        took = trip_us(run)
        if took is None:
            return None
        detail = " · ".join(words for words in (str(run.recipe.knob("channel")), python_of(run)) if words)
        plain = run.reading.trips.plain_us
        words = " ".join(micro(took)) + (f", plain {' '.join(micro(plain))}" if plain else "")
        return Bar(run.number, label_of(run), detail, took, words, before=max(0.0, took - plain) if plain else 0.0)

    def figure(self, bar: Bar | None) -> tuple[str, str, str]:
        if bar is None or self.run is None:
            return "–", "µs", "no message has come back yet"
        size = whole(float(self.run.recipe.knob("message")))
        recorded = ", recording it included" if bar.before else ""
        return (*micro(bar.value), f"there and back, {size} bytes over {self.run.recipe.knob('channel')}{recorded}")
