"""The recipes that stood in the sentence before this one, so that a replaced one can come back.

Successive changes of one part, such as a slider's, count as one step. Code has its own undo in the editor: what is
typed there makes no step."""

from __future__ import annotations

import msgspec

from playground.recipe.recipe import Recipe

MOST = 100


class RecipeHistory:
    def __init__(self) -> None:
        self._past: list[Recipe] = []
        self._future: list[Recipe] = []
        self._now: Recipe | None = None
        self._part: set[str] = set()  # the part that the last step changed

    def note(self, recipe: Recipe) -> None:
        """Notes that a recipe is shown now."""
        before, self._now = self._now, recipe
        part = set() if before is None else parts(before, recipe)
        if before is None or part <= {"code"}:
            return
        if len(part) > 1 or part != self._part:
            self._past = [*self._past[-MOST + 1 :], before]
        self._part = part if len(part) == 1 else set()
        self._future = []

    @property
    def depth(self) -> int:
        """How many steps there are back."""
        return len(self._past)

    def back(self) -> Recipe | None:
        return self._move(self._past, self._future)

    def forth(self) -> Recipe | None:
        return self._move(self._future, self._past)

    def _move(self, source: list[Recipe], other: list[Recipe]) -> Recipe | None:
        if not source or self._now is None:
            return None
        other.append(self._now)
        self._now, self._part = source.pop(), set()
        return self._now


def parts(one: Recipe, other: Recipe) -> set[str]:
    """The fields that differ, each knob on its own."""
    fields = [msgspec.structs.asdict(recipe) for recipe in (one, other)]
    knobs = [fields[0].pop("knobs"), fields[1].pop("knobs")]
    differing = {name for name, value in fields[0].items() if value != fields[1][name]}
    return differing | {
        f"knobs.{name}" for name in knobs[0].keys() | knobs[1].keys() if knobs[0].get(name) != knobs[1].get(name)
    }
