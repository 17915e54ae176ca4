"""What the next start has to know of this one, and says of the one before: which recipes run is noted as long as they
do, and an app that did not end properly is spoken of once, by a notice that offers its recipe and its log. After two
ends right after the start safe mode is offered too, and after three it is there by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.recipe.recipe_file import from_toml, to_toml
from playground.run.run import Run
from playground.start.logbook.life import SETTLED_S, Ended
from playground.start.logbook.logbook import Logbook, text_of
from ui.kit.timers import single_shot
from ui.shell import safe_mode
from ui.window import Window

TAKE_UP, SHOW_LOG = "ended recipe", "ended log"  # actions of notices
SAFELY, NORMALLY = "ended safely", "leave safe mode"


class Afterwards(QObject):
    def __init__(self, window: Window, logbook: Logbook) -> None:
        super().__init__(window)
        self._window, self._logbook = window, logbook
        self._ended = logbook.ended
        self._recipe = _recipe_of(self._ended)
        window.runs.added.connect(self._note_run)
        window.runs.ended.connect(self._note_end)
        window.notices.action.connect(self._answer)
        window.help.logbook = logbook
        single_shot(self, "settled", logbook.life.settle, round(SETTLED_S * 1000)).start()
        if window.settings.safe:
            self._tell_safe()
        elif self._ended is not None:
            self._tell_ended(self._ended)

    @Slot(object, int)
    def _note_run(self, run: Run, _slot: int) -> None:
        self._logbook.life.note_run(run.number, to_toml(run.recipe))

    @Slot(object)
    def _note_end(self, run: Run) -> None:
        self._logbook.life.note_end(run.number)

    def _tell_ended(self, ended: Ended) -> None:
        words = "Concurrency Playground did not end properly last time."
        actions = [(SHOW_LOG, "Show the log")] if ended.logs else []
        if ended.early >= safe_mode.OFFERED_AFTER:
            words = f"Concurrency Playground has ended {ended.early} times right after its start."
            actions.insert(0, (SAFELY, "Start in safe mode"))
        elif self._recipe is not None:
            words += f" This ran: {self._window.recipe_lines.brief_sentence(self._recipe)}."
            actions.insert(0, (TAKE_UP, "Take it up again"))
        self._window.notices.add(words, actions, trouble=True)

    def _tell_safe(self) -> None:
        self._window.status.show_safe()
        self._window.setWindowTitle(f"Safe mode – {self._window.windowTitle()}")
        words = "Safe mode: everything is as on a first start, and nothing is remembered."
        if self._ended is not None and self._ended.early >= safe_mode.AFTER:
            often = self._ended.early
            words = f"The last {often} starts ended right away, so this one is in safe mode: as on a first start."
        actions = [(NORMALLY, "Start normally")]
        if self._ended is not None and self._ended.logs:
            actions.append((SHOW_LOG, "Show the log"))
        self._window.notices.add(words, actions)

    @Slot(str)
    def _answer(self, action: str) -> None:
        if action == TAKE_UP and self._recipe is not None:
            self._window.files.recipe_opened.emit(self._recipe)  # shown first, as one from a file is
        elif action == SHOW_LOG and self._ended is not None:
            self._window.help.show_text("The log of the last time", text_of(self._ended.logs))
        elif action in (SAFELY, NORMALLY) and safe_mode.start_again(safe=action == SAFELY):
            self._window.close()


def _recipe_of(ended: Ended | None) -> Recipe | None:
    try:
        return checked(from_toml(ended.recipe)) if ended is not None and ended.recipe else None
    except BadRecipe:  # of another version, or the file was cut short
        return None
