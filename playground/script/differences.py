"""How a recipe's script differs under another model: counted in lines of code, comments left out."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from difflib import SequenceMatcher

from playground import catalogue, hosts
from playground.recipe.python_tree import tree_of
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked
from playground.script.making import NoScript, script_for
from playground.script.python_text import is_text

# The model that each model is compared with: the one that people think of next.
OTHERS = {
    "threads": "processes",
    "thread-pool": "process-pool",
    "process-pool": "thread-pool",
    "interpreter-pool": "process-pool",
    "subinterpreters": "processes",
    "asyncio-to-thread": "asyncio",
    "qthreadpool": "qthread",
}
USUAL = "threads"
SAME_PORT = {"port": 8000}


@dataclass(frozen=True)
class Changes:
    model: str  # the model that the recipe's is compared with
    lines: tuple[int, ...]  # numbers, from 1, of lines in the recipe's own script
    count: int  # lines that are changed, new or gone

    @property
    def words(self) -> str:
        title = catalogue.model(self.model).title
        title = title[0].lower() + title[1:] if title[1:2].islower() and not title.startswith("Q") else title
        if len(self.lines) == self.count == 1:
            return f"As {title}, only line {self.lines[0]} changes"
        return f"As {title}, {self.count} line{' changes' if self.count == 1 else 's change'}"


def comparable(recipe: Recipe) -> str:
    """The recipe's script without anything that is chosen anew each time, such as a free port."""
    return script_for(recipe, SAME_PORT)


def changes(recipe: Recipe, script: str) -> Changes | None:
    """How the recipe's own `script` differs under another model. None if that model has no script or cannot run the
    job, or if nothing differs."""
    other = OTHERS.get(recipe.model, USUAL)
    able = catalogue.model(other).hosts
    host = recipe.host if recipe.place.takes(able) else hosts.usual_of(able).name
    try:
        theirs = comparable(checked(changed(recipe, model=other, host=host)))
    except (BadRecipe, NoScript):
        return None
    return difference(script, theirs, other)


def difference(script: str, other: str, model: str) -> Changes | None:
    """How a script differs from another model's; None if it does not."""
    before, after = code_lines(script), code_lines(other)
    lines, count = list[int](), 0
    matcher = SequenceMatcher(None, [text for _, text in before], [text for _, text in after], autojunk=False)
    for what, first, last, other_first, other_last in matcher.get_opcodes():
        if what != "equal":
            lines += [number for number, _ in before[first:last]]
            count += max(last - first, other_last - other_first)
    return Changes(model, tuple(lines), count) if count else None


def code_lines(script: str) -> list[tuple[int, str]]:
    """The lines of code, each with its number from 1, without comments and the module's docstring."""
    doc = tree_of(script).body[:1]
    above = (doc[0].end_lineno or 0) if doc and is_text(doc[0]) else 0
    lines = script.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(script).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return [(number, text.rstrip()) for number, text in enumerate(lines, 1) if text.strip() and number > above]
