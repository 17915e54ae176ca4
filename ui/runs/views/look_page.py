"""The Look tab: what there is to see of a job while it runs. Each kind of picture has a view, a file of this folder;
the page updates the one shown, ten times a second at most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from playground.run.run import Run
from ui.kit.drawing import Themed
from ui.kit.labels import Label
from ui.kit.theme import Theme
from ui.runs.views.bars import BarsView
from ui.runs.views.memory_view import MemoryView
from ui.runs.views.order_view import OrderView
from ui.runs.views.picture_view import PictureView
from ui.runs.views.rate_view import RateView
from ui.runs.views.trips_view import TripsView
from ui.runs.views.view import View

EVERY_NS = 95_000_000  # at 60 frames a second, every sixth
OTHERS_NS = 500_000_000

VIEWS: dict[str, Callable[[Theme], View]] = {
    "picture": PictureView,
    "rate": RateView,
    "order": OrderView,
    "trips": TripsView,
    "memory": MemoryView,
}


class LookPage(Themed, QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "look", "Look")
        self.others: Callable[[], Sequence[Run]] = tuple  # the runs on the stage, for views that compare
        self._looked_at = self._compared_at = 0
        self._views: dict[str, View] = {}
        self._nothing = Label(theme, "There is nothing to look at in this run.", 13, color="t3", wrap=True)
        self.fit(self._nothing.setContentsMargins, 15, 12, 15, 12)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nothing)

    def show_run(self, run: Run | None, slot: int) -> None:
        """Shows a run; `slot` is the colour of its first worker."""
        view = self.view_of(run.job.look) if run is not None else None
        if view is not None and run is not None and (view.run is not run or view.slot != slot):
            view.show_run(run, slot)
            self._looked_at = self._compared_at = 0
        self._stack.setCurrentWidget(view or self._nothing)

    def forget(self, number: int) -> None:
        """A run has left the stage: no view keeps it."""
        for view in self._views.values():
            if view.run is not None and view.run.number == number:
                view.forget()

    def tick(self, now_ns: int) -> None:
        """With each frame: updates the view that is shown."""
        view = self._stack.currentWidget()
        if not isinstance(view, View) or now_ns - self._looked_at < EVERY_NS:
            return
        self._looked_at = now_ns
        view.note(now_ns)
        if not self.isVisible():
            return
        view.look(now_ns)
        if isinstance(view, BarsView) and now_ns - self._compared_at >= OTHERS_NS:
            self._compared_at = now_ns
            view.show_runs(self.others())

    def view_of(self, look: str) -> View | None:
        """The view of a kind, made when it is first needed."""
        if look in VIEWS and look not in self._views:
            self._views[look] = VIEWS[look](self.theme)
            self._stack.addWidget(self._views[look])
        return self._views.get(look)
