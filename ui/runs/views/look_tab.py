"""The look tab of the right column: it is about the chosen run, and offered where the job has something to look at.
When such a run starts, the tab comes to the front, once."""

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
        """A run has been started: brings the tab to the front, if there will be something to look at."""
        if run.job.look:
            self._show(run, slot)
            self._tabs.choose(NAME)

    def tell(self, number: int | None) -> None:
        """Twice a second: shows the chosen run; None: the last one."""
        run = self._runs.run(number) if number is not None else None
        shown_again = number is not None and self._runs.is_past(number)  # a past run has nothing to look at any more
        if run is None and self._runs.all and not shown_again:
            run = self._runs.all[-1]
        self._show(run, self._runs.slot(run.number) if run else 0)

    def _show(self, run: Run | None, slot: int) -> None:
        self._page.show_run(run, slot)
        self._tabs.set_offered(NAME, run is not None and bool(run.job.look))

    def tick(self, now_ns: int) -> None:
        """With each frame: updates the page."""
        self._page.tick(now_ns)
