"""Undo of what a press takes away: runs that leave the stage or the list. No dialog asks before; a notice says what
has gone and offers to bring it back, and so does Ctrl+Z, in the order in which things were done: recipes have a history
of their own (recipe/history.py), and whichever changed last goes back first.

What is gone for good (`forget`) is forgotten only when so much has been done since that nobody comes back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtGui import QAction

from ui.code.coding import Coding
from ui.kit.notices import Notices
from ui.recipe.current import CurrentRecipe
from ui.runs.runs_panel import RunsPanel
from ui.shell.past_runs import PastRuns

UNDO = "undo "  # begins the action of a notice
MOST = 20
Act = Callable[[], object]


@dataclass
class _Step:
    words: Callable[[int], str]  # of how many
    depth: int  # of the recipe's history when it was done
    number: int
    undos: list[Act] = field(default_factory=list)
    forgets: list[Act] = field(default_factory=list)

    @property
    def about(self) -> str:
        return f"{UNDO}{self.number}"


class Undoing:
    def __init__(self, notices: Notices, current: CurrentRecipe, action: QAction) -> None:
        """`action`: the command for going back, which says what it would bring back."""
        self._notices, self._current, self._action = notices, current, action
        self._usual = action.text()
        self._steps: list[_Step] = []
        self._number = 0
        current.noted.connect(self._name)

    def offer(self, words: Callable[[int], str], undo: Act, forget: Act = lambda: None) -> None:
        """Something was done that `undo` takes back. Of one sort in a row it is one step: three runs removed."""
        last = self._steps[-1] if self._steps else None
        if last is None or last.words is not words or last.depth != self._current.depth:
            self._number += 1
            last = _Step(words, self._current.depth, self._number)
            self._steps.append(last)
        last.undos.append(undo)
        last.forgets.append(forget)
        self._notices.forget(last.about)
        self._notices.add(self._words_of(last), [(last.about, "Undo")], about=last.about, passing=True)
        while len(self._steps) > MOST:
            for act in self._steps.pop(0).forgets:
                act()
        self._name()

    def back(self) -> None:
        """Takes back what was done last: a change of the recipe, or something taken away."""
        last = self._next()
        if last is None:
            self._current.back()
        else:
            self._undo(last)

    def answer_notice(self, action: str) -> bool:
        """Carries out the action of a notice; was it one of ours?"""
        step = next((step for step in self._steps if step.about == action), None)
        if step is not None:
            self._undo(step)
        return action.startswith(UNDO)

    def _undo(self, step: _Step) -> None:
        self._steps.remove(step)
        self._notices.forget(step.about)
        for act in reversed(step.undos):
            act()
        self._name()

    def _next(self) -> _Step | None:
        last = self._steps[-1] if self._steps else None
        return last if last is not None and self._current.depth <= last.depth else None

    def _name(self) -> None:
        last = self._next()
        self._action.setText(self._usual if last is None else f"Undo: {self._words_of(last)}")

    def _words_of(self, step: _Step) -> str:
        return step.words(len(step.undos))


def runs_removed(count: int) -> str:
    return "1 run removed from the list" if count == 1 else f"{count} runs removed from the list"


def runs_cleared(count: int) -> str:
    return "1 run cleared from the stage" if count == 1 else f"{count} runs cleared from the stage"


def code_forgotten(count: int) -> str:
    return (
        "1 text that was set aside is forgotten" if count == 1 else f"{count} texts that were set aside are forgotten"
    )


def offer_code(undoing: Undoing, coding: Coding) -> None:
    """A text that was set aside, and then forgotten, is offered again."""
    coding.forgotten.connect(lambda text: undoing.offer(code_forgotten, partial(coding.offer_again, text)))


def offer_runs(undoing: Undoing, panel: RunsPanel, past_runs: PastRuns) -> None:
    """Runs that were removed or dismissed can come back."""
    panel.removed.connect(
        lambda number: undoing.offer(runs_removed, partial(panel.put_back, number), partial(panel.forget, number))
    )
    past_runs.dismissed.connect(lambda number: undoing.offer(runs_cleared, partial(past_runs.show, number)))
