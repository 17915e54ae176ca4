"""A race, by mouse and keyboard: two Pythons, one clock, one comparison."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.e2e.conftest import Start


def test_the_same_recipe_on_two_pythons(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "race.toml"
    recipe.write_text('job = "sleep"\nworkers = 2\namount = 100\n')
    base = shutil.which(f"python3.{sys.version_info.minor}", path=str(Path(sys.base_prefix) / "bin"))
    assert base is not None
    app = start("--recipe", str(recipe), PATH=str(Path(base).parent))
    app.until("the other Python", lambda state: state["interpreters"] > 1, 60)
    app.click("race")
    app.shows("race_menu")
    app.key("Return")
    first, second = app.run(1, "ended"), app.run(2, "ended")
    assert (first["outcome"], second["outcome"]) == ("finished", "finished")
    assert first["recipe"]["interpreter"] != second["recipe"]["interpreter"]
    app.shows("comparison")
