"""The code tab in the window: when it comes to the front, and which workers' lines are marked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Qt

from playground.recipe.recipe import Recipe
from playground.run.run import Run
from ui.code.coding import Coding
from ui.code.worker_lines import Whereabouts
from ui.runs.live_runs import LiveRuns
from ui.shell.right_column import Side
from ui.shell.split import Middle
from ui.shell.teller import Teller
from ui.stage.stage import Stage

NAME, OUTPUT = "code", "output"


class CodeTab(QObject):
    def __init__(
        self, side: Side, middle: Middle, stage: Stage, runs: LiveRuns, teller: Teller, coding: Coding
    ) -> None:
        super().__init__(side)
        self._side, self._middle = side, middle
        self._whereabouts = Whereabouts(runs, side.code, lambda: teller.chosen)
        page = side.code
        page.script.prepared_of = lambda recipe: size_of(runs.all, recipe)
        coding.front_wanted.connect(self.show)
        teller.run_chosen.connect(lambda number: coding.choose_run(runs.shown(number)))
        page.editor.escaped.connect(stage.setFocus)
        page.source.escaped.connect(stage.setFocus)
        for text in (page.editor, page.source):
            text.mark_pressed.connect(lambda _: side.open_tab(OUTPUT))  # the output ends with the traceback
        stage.under_mouse.changed.connect(self._whereabouts.point_at)
        side.tasks.worker_hovered.connect(self._whereabouts.point_at)

    def show(self) -> None:
        self._middle.open_side()
        self._side.open_tab(NAME)

    def go_to(self) -> None:
        """Opens the tab and gives it the keyboard."""
        self.show()
        text = self._side.code.shown_text()
        if text is not None:
            text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def tick(self, now: int) -> None:
        """Once per frame."""
        if self._side.tabs.page_seen(NAME):
            self._whereabouts.tick(now)


def size_of(runs: Iterable[Run], recipe: Recipe) -> dict[str, Any] | None:
    """The size of pieces in the newest run of the same work: with that, the script does what the lab did."""
    for run in reversed(list(runs)):
        if (_work(run.recipe), run.recipe.interpreter) == (_work(recipe), recipe.interpreter):
            size = run.engine.prepared.get("size")
            return None if size is None else {"size": size}
    return None


def _work(recipe: Recipe) -> tuple[str, str, list[tuple[str, object]]]:
    return recipe.job, recipe.code, sorted(recipe.knobs.items())
