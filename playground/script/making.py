"""Copy as script: a recipe as one stand-alone program of the kind that an expert would write for its model, with
nothing of this project in it.

A job's ops become the worker's function (`rewrite`), and the functions that they call are copied (`python_text`). The
model's file in resources/scripts has the rest (`template`); a file in its folder `beside` has what a job needs beside
its workers. `program` puts all of it together. So a new job or model is one more file, and no combination needs one."""

from __future__ import annotations

from typing import Any

from playground.recipe import own_code
from playground.recipe.recipe import Recipe
from playground.script.own_script import own_subject
from playground.script.program import Program
from playground.script.refusal import NoScript
from playground.script.subject import subject_of
from playground.script.template import template_for

__all__ = ["NoScript", "script_for"]


def script_for(recipe: Recipe, prepared: dict[str, Any] | None = None, amount: int | None = None) -> str:
    """The program; NoScript says why there is none. `prepared`: the values that a lab made for a run of this recipe,
    such as the size of a piece; `amount`: how many pieces each worker is to do."""
    template = template_for(recipe)
    own = recipe.job == own_code.NAME
    subject = own_subject(recipe, amount) if own else subject_of(recipe, prepared, amount)
    return Program(recipe, subject, template).text()
