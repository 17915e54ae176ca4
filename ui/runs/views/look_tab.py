"""The look tab of the right column: it belongs to the run that is chosen, and is offered where that run's job has
something to look at. When such a run starts, it comes to the front, once."""

from __future__ import annotations

from playground.run.run import Run
from ui.kit.tabs import TabCard
from ui.runs.live_runs import LiveRuns
from ui.runs.views.look_page import LookPage

NAME = "look"


class LookTab:
    def __init__(self, tabs: TabCard, page: LookPage, runs: LiveRuns) -> None:
        self._tabs, self._page, self._runs = tabs, page, runs
        page.others = lambda: runs.all

    def begin(self, run: Run, slot: int) -> None:
        """A run has been started."""
        if run.job.look:
            self._show(run, slot)
            self._tabs.choose(NAME)

    def tell(self, number: int | None) -> None:
        """Twice a second: that run is chosen; None: whichever is the last."""
        run = self._runs.run(number) if number is not None else None
        shown_again = number is not None and self._runs.is_past(number)  # there is nothing to look at any more
        if run is None and self._runs.all and not shown_again:
            run = self._runs.all[-1]
        self._show(run, self._runs.slot(run.number) if run else 0)

    def _show(self, run: Run | None, slot: int) -> None:
        self._page.show_run(run, slot)
        self._tabs.set_offered(NAME, run is not None and bool(run.job.look))

    def tick(self, now_ns: int) -> None:
        """With each frame."""
        self._page.tick(now_ns)
