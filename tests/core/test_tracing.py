"""Who may look into the processes of a run: its own app, as long as it runs. Few machines have a Yama to try it on; so
a copy of the lab's sources notes what each process asks, and the ribbon tells whether the probe still reads."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from playground.recipe.recipe import Recipe
from playground.start import command
from tests.core.labs import add_jobs, finished, recipe_of

if not sys.platform.startswith("linux"):
    pytest.skip("only Linux has to be asked", allow_module_level=True)

NOTING = """
_allow = allow_tracing
def allow_tracing(app):
    with open({log!r}, "a") as file:
        file.write("%d %d\\n" % (os.getpid(), app))
    _allow(app)
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the lab that notes which process names whom."""
    log = tmp_path / "asked"
    add_jobs(tmp_path / "sources")
    with (tmp_path / "sources" / "playground" / "lab" / "watching" / "gil.py").open("a") as file:
        file.write(NOTING.format(log=str(log)))
    monkeypatch.setattr(command, "source_root", lambda: tmp_path / "sources")
    return log


def told(log: Path) -> dict[int, list[int]]:
    """Of each process whom it named, in order."""
    found: dict[int, list[int]] = {}
    for line in log.read_text().splitlines():
        who, whom = map(int, line.split())
        found.setdefault(who, []).append(whom)
    return found


OWN = "import time\n\ndef job(worker, count):\n    time.sleep(0.3)\n"


@pytest.mark.parametrize(
    ("recipe", "others"),
    [
        (recipe_of("threads", amount=300), 0),
        (recipe_of("processes-fork", amount=300), 2),
        (recipe_of("processes-spawn", amount=300), 2),
        (Recipe(job="own", code=OWN, model="threads", workers=2), 0),
        (Recipe(job="own", code=OWN, model="processes", workers=2), 2),
    ],
    ids=["threads", "fork", "spawn", "own-threads", "own-processes"],
)
def test_a_run_lets_its_own_app_look_and_nobody_afterwards(asked: Path, recipe: Recipe, others: int) -> None:
    with finished(recipe) as run:
        figures = run.statistics()
    assert figures.outcome == "finished", figures.error
    by = told(asked)
    lab = by.pop(next(who for who, whom in by.items() if whom[-1] == 0))
    assert set(lab[:-1]) == {os.getpid()}
    assert len(by) == others
    assert all(set(whom) == {os.getpid()} for whom in by.values())
    if recipe.job != "own":
        assert figures.gil.source == "measured"
