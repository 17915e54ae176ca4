"""The output tab of the right column: it is about the chosen run, and offered as soon as that has printed something or
one of its workers has raised."""

from __future__ import annotations

from ui.kit.quantities import compact
from ui.kit.tabs import TabCard
from ui.runs.live_runs import LiveRuns
from ui.runs.output.output_page import OutputPage

NAME = "output"


class OutputTab:
    def __init__(self, tabs: TabCard, page: OutputPage, runs: LiveRuns) -> None:
        self._tabs, self._page, self._runs = tabs, page, runs

    def tell(self, number: int | None) -> None:
        """Twice a second: shows the chosen run; None: the last one."""
        run = self._runs.shown(number) if number is not None else None
        if run is None and self._runs.all:
            run = self._runs.all[-1]
        self._page.show_run(run, self._runs.slot(run.number) if run else 0)
        printed = run.output.total if run else 0
        # A user who has the tab open is not sent away because the next run has not printed yet.
        self._tabs.set_offered(NAME, bool(printed or (run and run.errors)) or self._tabs.chosen == NAME)
        self._tabs.set_note(NAME, compact(printed) if printed else "")

    def tick(self, now_ns: int) -> None:
        """With each frame: shows new lines."""
        if self._tabs.page_seen(NAME):
            self._page.tick(now_ns)
