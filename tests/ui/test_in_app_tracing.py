"""A run inside this app lets its probe look into this process, and nobody once the last of them has ended."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("PySide6", reason="Qt is not installed here")

from playground.lab.watching import gil
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import to_the_end
from ui.workers import in_app


def test_this_process_may_be_read_while_a_run_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    allow = gil.allow_tracing
    monkeypatch.setattr(gil, "allow_tracing", lambda app: asked.append(app) or allow(app))
    recipe = checked(Recipe(host="app", model="threads", workers=2, seconds=0.5))
    runs = [Run(number, recipe, in_app.OF_MODEL["threads"]) for number in (1, 2)]
    try:
        for run in runs:
            run.start()
        assert asked == [os.getpid(), os.getpid()]
        to_the_end(runs[0])
        to_the_end(runs[1])
        assert asked == [os.getpid(), os.getpid(), gil.NOBODY]
        assert runs[0].statistics().gil.source == "measured"
    finally:
        for run in runs:
            run.abandon()
