"""A race: the same recipe on two Pythons, at once or one after the other, on one stage and one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from playground.figures.records import FINISHED, TIME_UP
from playground.interpreters.known import Interpreter, why_not
from playground.recipe.recipe import Recipe, changed
from playground.run.run import Run
from ui.kit.choice_menu import Choice
from ui.recipe.interpreter_choices import choices

SECONDS = 5.0  # the length of a race where the recipe has none
OTHER_GIL = "gil "  # begins the value of a choice that is no other Python; the setting follows


def opponents(recipe: Recipe, found: Iterable[Interpreter]) -> list[Choice]:
    """The opponents of the recipe's Python: the others, and itself with its GIL the other way; first the able ones."""
    known = list(found)
    rows = [
        _against(recipe, one, choice.title, choice.note)
        for one, choice in zip(known, choices(known), strict=True)
        if one.available and one.path != recipe.interpreter
    ]
    own = next((one for one in known if one.path == recipe.interpreter), None)
    if own is not None and own.facts.free_threaded:
        other = "off" if recipe.knobs.get("gil") == "on" else "on"
        title = "the same, with its GIL on" if other == "on" else "the same, without its GIL"
        rows.insert(0, Choice(f"{OTHER_GIL}{other}", title, f"-X gil={int(other == 'on')}"))
    return sorted(rows, key=lambda row: not row.available)


def _against(recipe: Recipe, one: Interpreter, title: str, note: str) -> Choice:
    problem = why_not(one, recipe.model)
    return Choice(one.path, title, problem or note, problem is None)


def pair(recipe: Recipe, opponent: str) -> tuple[Recipe, Recipe]:
    """The two recipes of a race, each with a length or an amount."""
    if recipe.seconds is None and recipe.amount is None:
        recipe = changed(recipe, seconds=SECONDS)
    if opponent.startswith(OTHER_GIL):
        return recipe, changed(recipe, knobs={**recipe.knobs, "gil": opponent.removeprefix(OTHER_GIL)})
    knobs = {name: value for name, value in recipe.knobs.items() if name != "gil"}
    return recipe, changed(recipe, interpreter=opponent, knobs=knobs)


class Races(QObject):
    finished = Signal(int, int)  # the numbers of the two runs

    def __init__(self, start: Callable[[Recipe], Run | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self._next: dict[int, Recipe] = {}  # by the number of a run: what to start when that has ended
        self._runners: dict[int, int] = {}  # by the number of a run in a race: its opponent
        self._over: set[int] = set()

    def start(self, recipe: Recipe, opponent: str, at_once: bool) -> None:
        first, second = pair(recipe, opponent)
        run = self._start(first)
        if run is None:
            return
        if at_once:
            self._meet(run.number, second)
        else:
            self._next[run.number] = second

    def run_ended(self, run: Run) -> None:
        second = self._next.pop(run.number, None)
        if second is not None and run.engine.outcome in (FINISHED, TIME_UP):
            self._meet(run.number, second)
        self._over.add(run.number)
        other = self._runners.get(run.number)
        if other in self._over:
            del self._runners[run.number], self._runners[other]
            self.finished.emit(*sorted((run.number, other)))

    def _meet(self, number: int, second: Recipe) -> None:
        run = self._start(second)
        if run is not None:
            self._runners |= {number: run.number, run.number: number}
