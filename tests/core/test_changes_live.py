"""A knob that is turned while a real lab runs."""

from __future__ import annotations

from playground.figures.finished import FinishedRun, as_json
from playground.recipe.recipe import Recipe
from tests.core.labs import running, to_the_end, until_all_work


def test_the_knob_of_a_real_run() -> None:
    with running(Recipe(workers=2)) as run:
        until_all_work(run)
        run.set_knob("switch_interval", 0.02)
        run.stop()
        to_the_end(run)
        (change,) = as_json(FinishedRun(run.statistics()))["changes"]
        assert (change["knob"], change["value"], change["before"]) == ("switch_interval", 0.02, 0.005)
        assert 0 < change["at_s"] <= run.statistics().seconds
