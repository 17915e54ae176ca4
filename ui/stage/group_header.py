"""The header of a run on the stage: its number and recipe, how far it got and how fast, buttons, and tags for what else
one should know. Words come twice a second; unchanged ones are not painted again."""

from __future__ import annotations

import time
from typing import cast

from PySide6.QtCore import QEvent, QRect, QRectF, Signal, SignalInstance
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QToolTip

from playground.figures.finished import figures
from playground.figures.records import RunStatistics
from ui.kit.button import Button, Press
from ui.kit.drawing import RING, Text, badge, box, width_of, write
from ui.kit.drawn import Drawn
from ui.kit.theme import Theme
from ui.stage.band_panel import MARGIN, BandPanel
from ui.stage.header_words import BETWEEN, HeaderWords, Tag, Tone
from ui.stage.stage_run import StageRun

HEIGHT = 34
PROGRESS = 104
FIGURES = 262  # px for time or progress and throughput
RATE_MEANS = "Work done per second: just now while it runs, over all of it once it has ended"
LEAST_DETAILS = 60  # px
SEEN_S = 0.5  # s until a click can be meant for a button that has taken another's place
clock = time.monotonic


class GroupHeader(BandPanel):
    pause_requested = Signal(int, bool)
    stop_requested = Signal(int)
    run_again_requested = Signal(int)
    dismiss_requested = Signal(int)
    emphasis = Drawn(False)
    grounded = False

    def __init__(self, run: StageRun, theme: Theme) -> None:
        super().__init__(theme, f"run_{run.number}_header", f"Run {run.number}: its state")
        self.run = run
        self.words = HeaderWords(run)
        self._told: tuple[str, ...] = ()
        self._over_since: float | None = None
        number = run.number

        def button(name: str, icon: str, words: str, press: Press) -> Button:
            return self.small_button(f"run_{number}_{name}", icon, words, press)

        again, dismiss = self.run_again_requested, self.dismiss_requested
        self.pause_button = button("pause", "pause", f"Pause run {number}", self._pause)
        self.stop_button = button("stop", "stop", f"Stop run {number}", lambda: self.stop_requested.emit(number))
        self.again_button = button("again", "again", f"Run {number} again", lambda: self._emit_if_meant(again))
        self.dismiss_button = button("dismiss", "close", f"Dismiss run {number}", lambda: self._emit_if_meant(dismiss))
        self._show_buttons()

    # -- state

    def set_age(self, words: str) -> None:
        if words != self.words.age:
            self.words.age = words
            self._tell()

    def set_note(self, words: str) -> None:
        self.words.note = words
        self._tell()

    def _tell(self) -> None:
        if self.words.statistics is not None:
            self.show_statistics(self.words.statistics)

    def show_statistics(self, statistics: RunStatistics) -> None:
        self.words.statistics = statistics
        self._show_buttons()
        tags = [words for words, _ in self.words.tags()]
        told = (*self.words.title(), *self.words.figures(statistics), *tags)
        if told != self._told:
            self._told = told
            self.setAccessibleDescription(" · ".join(part for part in told if part))
            self.update()

    def show_disturbance(self, short: str, whole: str) -> None:
        """Shows what other programs took from the run, as a tag and in the tool tip."""
        if short != self.words.disturbance or whole != self.toolTip():
            self.words.disturbance = short
            self.setToolTip(whole)
            self._tell()

    # -- buttons

    def _buttons(self) -> list[Button]:
        return [self.pause_button, self.stop_button, self.again_button, self.dismiss_button]

    def _pause(self) -> None:
        self.pause_requested.emit(self.run.number, not self.words.paused)

    def _emit_if_meant(self, signal: SignalInstance) -> None:
        """Emits, unless the click may be meant for Stop: one during a freeze arrives after it, on another button."""
        since = self._over_since
        if not self.run.recipe.place.freezes or (since is not None and clock() - since >= SEEN_S):
            signal.emit(self.run.number)

    def _show_buttons(self) -> None:
        over = self.words.over
        if over and self._over_since is None:
            self._over_since = clock()
        for button, shown in zip(self._buttons(), (not over, not over, over, over), strict=True):
            button.setVisible(shown)
        self.pause_button.icon_name = "play" if self.words.paused else "pause"
        words = f"{'Go on with' if self.words.paused else 'Pause'} run {self.run.number}"
        if words != self.pause_button.toolTip():
            self.pause_button.setToolTip(words)
            self.pause_button.setAccessibleName(words)
        self.place()

    def place(self) -> None:
        px, right = self.px, self.text_right + self.px(RING)
        for button in reversed(self._buttons()):
            if button.isVisibleTo(self):
                button.resize(button.sizeHint())
                right -= button.width()
                button.move(right, px(5 - RING))
                right += 2 * px(RING) - px(4)

    # -- words

    def details_within(self, room: float) -> str:
        """As many details as there is room for, none cut: first the pid goes, then the Python, then the GIL."""
        parts = self.words.details()
        version = self.words.statistics.interpreter.short if self.words.statistics is not None else ""
        spare = [part for part in parts if part.startswith("pid ")] + [part for part in parts if part == version]
        spare += [part for part in parts[1:] if "GIL" in part]
        for part in spare:
            if width_of(BETWEEN.join(["", *parts]), self.theme.font(13)) <= room:
                break
            parts.remove(part)
        return BETWEEN.join(["", *parts])

    def tags_within(self, room: float) -> list[Tag]:
        """The tags; where room is short, cut to what stands before a colon. The tool tip has all."""
        tags = self.words.tags()
        least = width_of(BETWEEN.join(["", self.words.details()[0]]), self.theme.font(13))
        if least + _tags_width(tags, self.theme) > room:
            tags = [(words.split(":")[0], tone) for words, tone in tags]
        return tags

    # -- what its figures mean

    def explained_at(self, x: float) -> str:
        """What the figure at `x` means; empty where there is none."""
        first = self.plot_right - self.px(FIGURES)
        if self.words.statistics is None or not first <= x <= self.plot_right:
            return ""
        if x >= first + self.px(PROGRESS + 52):
            return RATE_MEANS
        progress = self.words.statistics.progress is not None and not self.words.over
        return figures()["progress" if progress else "seconds"].meaning

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            shown = cast(QHelpEvent, event)
            if words := self.explained_at(shown.pos().x()):
                QToolTip.showText(shown.globalPos(), words, self)
                return True
        return super().event(event)

    # -- painting

    def draw_words(self, painter: QPainter, part: QRect) -> None:
        theme, px = self.theme, self.px
        left = self._draw_number(painter) + px(10)
        right = self._draw_right(painter)
        title, _ = self.words.title()
        left += write(painter, QRectF(left, px(8), right - left, px(19)), (title, theme.font(13, 600), theme.t1))
        tags = self.tags_within(right - left)
        room = right - left - _tags_width(tags, theme)
        if room > px(LEAST_DETAILS):
            text: Text = (self.details_within(room), theme.font(13), theme.t2)
            left += write(painter, QRectF(left, px(8), room, px(19)), text)
        for words, tone in tags:
            width = min(_tag_width(words, theme), right - left - px(12))
            if width > px(LEAST_DETAILS) / 2:
                self._draw_tag(painter, QRectF(left + px(12), px(8), width, px(19)), words, tone)
                left += width + px(12)

    def _draw_number(self, painter: QPainter) -> float:
        """Draws the badge with the number. Returns its right edge."""
        theme, px, number = self.theme, self.px, self.run.number
        place = QRectF(px(MARGIN), px(7), px(20 if number < 100 else 28), px(20))
        if self.words.trouble:
            box(painter, place, px(5), theme.bad, None)
            ink = "#14171C" if theme.dark else "#FFFFFF"
            write(painter, place, (str(number), theme.font(12, 600), ink), "center")
        else:
            badge(painter, place, str(number), theme, theme.accent_fill if self.emphasis else theme.hover)
        return place.right()

    def _draw_tag(self, painter: QPainter, plate: QRectF, words: str, tone: Tone) -> None:
        theme, px = self.theme, self.px
        ground, ink = {
            "plain": (theme.hover, theme.t2),
            "warn": (theme.warn_soft, theme.warn),
            "bad": (theme.bad_soft, theme.bad),
        }[tone]
        box(painter, plate, px(5), ground, None)
        write(painter, plate.adjusted(px(6), 0, -px(6), 0), (words, theme.font(11, 600), ink), "center")

    def _draw_right(self, painter: QPainter) -> float:
        """Draws progress and throughput. Returns their left edge."""
        theme, px, right = self.theme, self.px, float(self.plot_right)
        top, height, long = px(8), px(19), px(PROGRESS)
        if self.words.statistics is None:
            return right - px(12)
        progress, rate, unit = self.words.figures(self.words.statistics)
        if rate:
            room = QRectF(right - px(120), top, px(120), height)
            right -= write(painter, room, (unit, theme.font(12), theme.t3), "right") + px(5)
            room = QRectF(right - px(90), top, px(90), height)
            right -= write(painter, room, (rate, theme.font(13, 600), theme.t1), "right")
        left = float(self.plot_right - px(FIGURES))
        bar = self.words.statistics.progress if not self.words.over else None
        if self.plot_width < px(420):  # no room for it
            return right - px(14)
        if bar is None:
            room = QRectF(left + px(PROGRESS - 60), top, px(96), height)
            write(painter, room, (progress, theme.font(12), theme.t2), "right")
            return left + px(PROGRESS - 24 if rate else PROGRESS - 40)
        thick = px(5)
        box(painter, QRectF(left, px(15), long, thick), thick / 2, theme.line1, None)
        filled = max(float(thick), long * min(1.0, bar))
        box(painter, QRectF(left, px(15), filled, thick), thick / 2, theme.accent, None)
        write(painter, QRectF(left + long + px(8), top, px(44), height), (progress, theme.font(12), theme.t2))
        return left - px(14)


def _tags_width(tags: list[Tag], theme: Theme) -> float:
    return sum(_tag_width(words, theme) + theme.px(12) for words, _ in tags)


def _tag_width(words: str, theme: Theme) -> float:
    return width_of(words, theme.font(11, 600)) + theme.px(14)
