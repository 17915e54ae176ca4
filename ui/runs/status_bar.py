"""The status bar: what measuring costs, what was lost, how the GIL is read, and what just happened.

Each figure's tooltip says how it was measured."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.kit.button import Button, icon_button
from ui.kit.drawing import Themed
from ui.kit.labels import Label
from ui.kit.quantities import quantity, whole
from ui.kit.theme import Theme
from ui.kit.timers import single_shot

HEIGHT = 26
MESSAGE_MS = 8000


@dataclass(frozen=True)
class CostFigures:
    """What the picture costs and what it misses. None: not known, or nothing to measure."""

    probe_cost: float | None = None  # cores
    recorder_cost: float | None = None  # as a part of the workers' time
    app_cpu: float | None = None  # cores
    lost_records: int = 0
    gil_source: str = "none"  # as in GilFigures
    gil_why: str | None = None
    probe_hz: float | None = None
    nice: int | None = None
    interpreter: str = ""


def of_a_core(part: float) -> str:
    return "< 0.1 %" if 0 < part < 0.0005 else f"{part * 100:.1f} %"


def gil_words(costs: CostFigures) -> str:
    match costs.gil_source:
        case "measured" if costs.gil_why:  # the probe has ended too early
            return "GIL no longer measured"
        case "measured":
            return f"GIL measured at {quantity(costs.probe_hz, 'Hz')}" if costs.probe_hz else "GIL measured"
        case "counter":
            return "GIL hand-offs counted"
        case "estimated":
            return "GIL estimated"
        case _:
            return ""


GIL_TIPS = {
    "measured": "A process of its own reads, from outside, which thread holds the GIL, so many times a second.",
    "counter": "The interpreter's own counter of hand-offs is read; who holds the GIL is drawn from the stamps.",
    "estimated": "Drawn from the stamps of the workers: who ran last is taken to hold the GIL.",
    "none": "No run has a GIL to measure.",
}


class StatusBar(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "status_bar", "Status")
        self.fit(self.setFixedHeight, HEIGHT)
        self.message = Label(theme, "", 11, color="t1")
        self.message.setObjectName("status_message")
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        names = (
            "status_safe",
            "status_gil",
            "status_probe",
            "status_recorder",
            "status_app",
            "status_lost",
            "status_nice",
        )
        self._facts = {name: Label(theme, "", 11, color="t3") for name in (*names, "status_interpreter")}
        for name, label in self._facts.items():
            label.setObjectName(name)
            label.hide()
        self.help = Button(
            theme, "help_button", "Help", "help", "ghost", px=11, height=18, padding=6, gap=5, icon_px=12
        )
        self.help.setToolTip("Guide, what is new, about this app")
        self.settings = icon_button(theme, "settings", "gear", "Settings", side=18, icon_px=14)
        ways = self.in_row(self.help, self.settings, gap=0)
        self.in_row((self.message, 1), *self._facts.values(), ways, of=self, edges=(16, 0, 8, 0), gap=18)
        self._message_timer = single_shot(self, "status message", lambda: self.message.set_words(""))
        self.show_costs(CostFigures())

    def show_message(self, words: str, lasting: bool = False) -> None:
        """Says what just happened, for a few seconds or, if `lasting`, for good."""
        self.message.set_words(words)
        self.message.setToolTip(words)
        if lasting:
            self._message_timer.stop()
        else:
            self._message_timer.start(MESSAGE_MS)

    def show_costs(self, costs: CostFigures) -> None:
        self._show("status_gil", gil_words(costs), costs.gil_why or GIL_TIPS.get(costs.gil_source, ""))
        probe = f"probe {of_a_core(costs.probe_cost)} of a core" if costs.probe_cost is not None else ""
        self._show("status_probe", probe, "CPU time of the process that reads the GIL, by the clock of the system.")
        recorder = f"recorder {of_a_core(costs.recorder_cost)}" if costs.recorder_cost is not None else ""
        tip = "Part of the workers' time that goes into stamping what they do."
        self._show("status_recorder", recorder, tip)
        app = f"this window {of_a_core(costs.app_cpu)} of a core" if costs.app_cpu is not None else ""
        self._show("status_app", app, "CPU time of this process, all its threads, over the last second.")
        self._show_lost(costs.lost_records)
        nice = f"labs nice +{costs.nice}" if costs.nice and costs.nice > 0 else ""
        tip = f"Runs have lower priority (nice {costs.nice}) than this window, so that it stays responsive."
        self._show("status_nice", nice, tip)
        self._show("status_interpreter", costs.interpreter, "The Python of the run that the verdict is about.")

    def show_safe(self) -> None:
        tip = "Settings, recipe and code are as on a first start, and nothing is remembered."
        self._show("status_safe", "safe mode", tip)
        self._facts["status_safe"].set_ink("warn")

    def facts(self) -> dict[str, str]:
        """The words that are shown, by the names of their labels."""
        return {name: label.words() for name, label in self._facts.items() if label.words()}

    def _show_lost(self, lost: int) -> None:
        words = f"{whole(lost)} record{'' if lost == 1 else 's'} lost"
        tip = "Records that were written over before this window read them. What they told is missing from the picture."
        self._show("status_lost", words, tip)
        self._facts["status_lost"].set_ink("warn" if lost else "t3")

    def _show(self, name: str, words: str, tip: str) -> None:
        label = self._facts[name]
        if words != label.words():
            label.set_words(words)
            label.setVisible(bool(words))
        if tip != label.toolTip():
            label.setToolTip(tip)
            label.setAccessibleDescription(tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), self.theme.panel)
        painter.fillRect(QRectF(0, 0, self.width(), 1), self.theme.panel_line)
