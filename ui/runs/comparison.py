"""A comparison of two runs that have ended: one sentence, and a bar for each ratio of figures. Runs that were too short
are not compared, and lateness only where it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.figures.finished import FinishedRun, figures
from ui.kit.drawing import Themed, badge, write
from ui.kit.labels import Headline
from ui.kit.quantities import plain, times
from ui.kit.theme import Theme

ABOUT_THE_SAME = 1.05
SEEN_LATE_MS = 16.0  # a frame is on time if it comes before the next one is due
ROW, AXIS, HEAD, BOTTOM = 22, 16, 30, 4
LABEL_WIDTH, VALUE_WIDTH = 112, 56
RATE = "work_per_s"  # or ops, where that is not known
COMPARED = (RATE, "cores_used", "memory.per_worker_mb", "ui_p99_ms")


@dataclass(frozen=True)
class Ratio:
    label: str
    value: float | None  # None: the figures cannot be compared


def ratios(run: FinishedRun, base: FinishedRun) -> tuple[Ratio, ...]:
    """Each figure of `run` divided by that of `base`."""
    a, b = run.statistics, base.statistics
    compare = a.recipe.job == b.recipe.job and a.has_rate and b.has_rate
    values = {name: _ratio(run.figure(name), base.figure(name)) for name in COMPARED}
    values[RATE] = _ratio(a.rate[0], b.rate[0]) if compare else None
    brief = a.brief or b.brief
    return tuple(Ratio(_label(name), None if brief else value) for name, value in values.items())


def _label(name: str) -> str:
    return figures()[name].title.replace(" per ", " / ")


def _ratio(value: float | None, base: float | None) -> float | None:
    return value / base if value and base and value > 0 and base > 0 else None


def sentence(run: FinishedRun, base: FinishedRun) -> str:
    """The throughput and what it cost: "3.9 × the throughput, 57 × the memory."."""
    throughput, _, memory, lateness = ratios(run, base)
    if run.statistics.recipe.job != base.statistics.recipe.job:
        return "Different jobs: their throughput does not compare."
    short = [str(one.number) for one in (run, base) if one.statistics.brief]
    if short:
        return f"Run {' and run '.join(short)} {'was' if len(short) == 1 else 'were'} too short to compare."
    said = [_said(throughput.value, "throughput")] if throughput.value else []
    late = lateness.value if max(run.figure("ui_p99_ms") or 0, base.figure("ui_p99_ms") or 0) >= SEEN_LATE_MS else None
    costs = [(memory.value, _said(memory.value, "memory")), (late, _late(late, base.number))]
    known = [(value, words) for value, words in costs if value]
    if known:
        # The figure that differs most, up or down.
        said.append(max(known, key=lambda pair: abs(log10(pair[0])))[1])
    words = (", and " if late and said[-1] == _late(late, base.number) else ", ").join(said)
    return f"{words[0].upper()}{words[1:]}.{_disturbed(run, base)}" if words else "There is nothing to compare."


def _said(ratio: float | None, words: str) -> str:
    value = ratio or 1.0
    if 1 / ABOUT_THE_SAME < value < ABOUT_THE_SAME:
        return f"the same {words}"
    if 0.5 / ABOUT_THE_SAME < value < 0.5 * ABOUT_THE_SAME:
        return f"half the {words}"
    return f"{times(value)} the {words}"


def _late(ratio: float | None, base: int) -> str:
    """Names the later one of the two: "times less late" is no measure."""
    value = ratio or 1.0
    if 1 / ABOUT_THE_SAME < value < ABOUT_THE_SAME:
        return "the UI is as late"
    many = times(max(value, 1 / value)).removesuffix(" ×")
    return f"{'' if value > 1 else f'with run {base} '}the UI is {many} times as late"


def _disturbed(run: FinishedRun, base: FinishedRun) -> str:
    """A remark where other programs may have had a part in the difference."""
    those = [str(one.number) for one in (run, base) if one.disturbed]
    return f" Other programs disturbed run {' and run '.join(those)}." if those else ""


def decades(values: tuple[Ratio, ...]) -> tuple[int, int]:
    """The powers of ten that the axis of the bars spans, at least from "same" to ten times."""
    logs = [log10(ratio.value) for ratio in values if ratio.value]
    return min(0, floor(min(logs, default=0) + 0.02)), max(1, ceil(max(logs, default=1) - 0.02))


class RatioBars(Themed, QWidget):
    """Bars from "same" to the left or right, all decades of one width."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._ratios = tuple[Ratio, ...]()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_ratios(self, values: tuple[Ratio, ...]) -> None:
        if values != self._ratios:
            self._ratios = values
            self.setAccessibleName("; ".join(f"{r.label} {times(r.value)}" for r in values if r.value))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        px = self.px
        return QSize(px(300), px(AXIS) + px(ROW) * len(self._ratios))

    def row_height(self) -> int:
        """Lower where the sentence above takes two lines."""
        return min(self.px(ROW), (self.height() - self.px(AXIS)) // max(1, len(self._ratios)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px = QPainter(self), self.theme, self.px
        low, high = decades(self._ratios)
        height = self.row_height()
        left = px(LABEL_WIDTH)
        plot = QRectF(left, px(AXIS), self.width() - left - px(VALUE_WIDTH), height * len(self._ratios))

        def x(log: float) -> float:
            return round(plot.left() + (log - low) / (high - low) * plot.width())

        step = max(1, ceil((high - low) / 3))
        for decade in range(low, high + 1):
            if decade % step == 0:
                painter.fillRect(QRectF(x(decade), plot.top(), 1, plot.height()), theme.line1)
                words = "same" if decade == 0 else f"{plain(10.0**decade)} ×"
                place = QRectF(x(decade) - px(30), 0, px(60), px(AXIS))
                write(painter, place, (words, theme.font(10), theme.t3), "center")
        for row, ratio in enumerate(self._ratios):
            top = plot.top() + row * height
            write(painter, QRectF(0, top, px(LABEL_WIDTH - 6), height), (ratio.label, theme.font(12), theme.t2))
            value = times(ratio.value) if ratio.value else "–"
            place = QRectF(plot.right(), top, px(VALUE_WIDTH), height)
            write(painter, place, (value, theme.font(12, 600), theme.t1), "right")
            if ratio.value:
                start, end = sorted((x(0), x(log10(ratio.value))))
                painter.fillRect(QRectF(start, top + (height - px(8)) // 2, max(2, end - start), px(8)), theme.accent)


class ComparisonHead(Themed, QWidget):
    """Says which run is compared with which."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._numbers = (0, 0)
        self.fit(self.setFixedHeight, HEAD)

    def show_numbers(self, run: int, base: int) -> None:
        if (run, base) != self._numbers:
            self._numbers = (run, base)
            self.setAccessibleName(f"Run {run} compared with run {base}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, px, x = QPainter(self), self.theme, self.px, 0.0
        middle = px(HEAD) / 2
        for place, number in enumerate(self._numbers):
            if place:
                room = QRectF(x + px(9), 0, px(140), px(HEAD))
                x += write(painter, room, ("compared with", theme.font(13), theme.t2)) + px(18)
            width = max(px(20), px(9) * len(str(number)) + px(11))
            badge(painter, QRectF(round(x), middle - px(10), width, px(20)), str(number), theme, theme.hover)
            x += width


class Comparison(Themed, QWidget):
    """The card beside the runs."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "comparison")
        self._head = ComparisonHead(theme)
        self.sentence = Headline(theme, px=14, line=19)
        self.sentence.setObjectName("comparison_sentence")
        self.bars = RatioBars(theme)
        for widget in (self._head, self.sentence, self.bars):
            widget.setParent(self)

    def show_pair(self, run: FinishedRun, base: FinishedRun) -> None:
        self._head.show_numbers(run.number, base.number)
        self.sentence.set_words(sentence(run, base))
        self.bars.show_ratios(ratios(run, base))
        self._place()

    def _place(self) -> None:
        width, height, px = self.width(), self.sentence.heightForWidth(self.width()), self.px
        self._head.setGeometry(0, px(6), width - px(40), px(HEAD))
        self.sentence.setGeometry(0, px(6 + HEAD + 3), width, height)
        top = px(6 + HEAD + 5) + height
        self.bars.setGeometry(0, top, width, min(self.bars.sizeHint().height(), self.height() - top - px(BOTTOM)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)
