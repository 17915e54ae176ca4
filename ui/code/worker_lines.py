"""Where workers are in the text of their job: the worker under the mouse, else a few of the chosen run. Each worker
notes the line of its op, a plain function when it is asked. The lines are read ten times a second while the code tab is
seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from playground.lab.wire import ring
from playground.reading.lanes.store import MANY
from playground.reading.states import TABLE
from playground.reading.worker_name import worker_name
from playground.recipe.own_code import NAME as OWN
from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.code.code_marks import Ground, Mark
from ui.code.code_page import JOB, CodePage
from ui.runs.live_runs import LiveRuns

EVERY_NS = 95_000_000
STUCK_NS = 1_000_000_000  # a worker that waits longer for a lock is marked even when not pointed at
FEW = 4
clock = time.perf_counter_ns

DOES = {kind: row.here for row in TABLE for kind in row.kinds if row.here} | {ring.PAUSED: "paused here"}


class Whereabouts:
    def __init__(self, runs: LiveRuns, page: CodePage, chosen: Callable[[], int | None]) -> None:
        self._runs, self._page, self._chosen = runs, page, chosen
        self._hovered: tuple[int, int] | None = None  # run and worker under the mouse
        self._told_at = 0

    def point_at(self, number: int, worker: int) -> None:
        """The mouse is over a worker; −1 is none."""
        hovered = (number, worker) if worker >= 0 else None
        if hovered != self._hovered:
            self._hovered = hovered
            self._told_at = 0
            if self._page.isVisible():
                self._page.show_worker_marks(self._marks())
                self._bring_into_view()

    def tick(self, now: int) -> None:
        """Once per frame, while the page is seen."""
        if now - self._told_at >= EVERY_NS:
            self._told_at = now
            self._page.show_worker_marks(self._marks())

    def _marks(self) -> list[Mark]:
        if self._hovered is not None:
            number, worker = self._hovered
            run = self._runs.run(number)
            return self._of(run, [worker], pointed=True) if run is not None and self._is_read(run.recipe) else []
        run = self._runs.run(self._chosen() or 0)
        if run is None or run.recipe.workers > MANY or not self._is_read(run.recipe):
            return []
        return self._of(run, range(run.recipe.workers))

    def _is_read(self, recipe: Recipe) -> bool:
        """Is the text of this recipe's job the one shown?"""
        shown = self._page.recipe
        code = self._page.editor.text() if self._page.edits else shown.code
        return recipe.job == shown.job and (recipe.job != OWN or recipe.code == code)

    def _of(self, run: Run, workers: Iterable[int], pointed: bool = False) -> list[Mark]:
        """A mark for each line, with the badges of the workers there."""
        if run.ended:
            return []
        run.ask_for_lines()
        there: dict[int, list[tuple[int, int]]] = {}
        now, headers = clock(), run.rings.headers
        for worker in workers:
            line, state = int(headers[worker, ring.W_LINE]), int(headers[worker, ring.W_STATE])
            if not line or state == ring.NONE or headers[worker, ring.W_ENDED]:
                continue
            stuck = state == ring.LOCK and (pointed or now - int(headers[worker, ring.W_SINCE]) > STUCK_NS)
            there.setdefault(line, []).append((worker, state if pointed or stuck else ring.RUN))
            if sum(map(len, there.values())) == FEW:
                break
        return [self._mark(run, line, found, pointed) for line, found in there.items()]

    def _mark(self, run: Run, line: int, found: list[tuple[int, int]], pointed: bool) -> Mark:
        theme, slot = self._page.theme, self._runs.slot(run.number)
        badges = tuple((worker_name(worker), theme.worker(slot + worker)) for worker, _ in found)
        stuck = any(state == ring.LOCK for _, state in found)
        ground: Ground = "bad" if stuck else "accent" if pointed else ""
        if stuck:
            words = "waits here" if len(found) == 1 else "wait here"
        else:
            words = DOES.get(found[0][1], "is here") if pointed else ""
        return Mark(line, badges, words, ground)

    def _bring_into_view(self) -> None:
        text = self._page.shown_text()
        marks = self._marks() if self._hovered is not None and self._page.view == JOB else []
        if text is not None and marks and text.isReadOnly():
            text.ensure_line_seen(marks[0].line)
