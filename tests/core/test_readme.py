"""What the README says is true: its job and its model, dropped into their folders as they stand, are listed and run;
its links exist."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from playground.recipe.line_reader import from_line
from playground.recipe.recipe import BadRecipe, checked

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


JOB, MODEL, HOST, OP = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
(FIGURE,) = re.findall(r"```diff\n(.*?)```", README, re.DOTALL)


def dropped_in(folder: Path, kind: str, name: str, source: str) -> None:
    """The app as it stands, and one file more."""
    shutil.copytree(ROOT / "playground", folder / "playground", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "playground" / kind / f"{name}.py").write_text(source, encoding="utf-8")


def test_the_job_of_the_readme_is_one_file_that_runs(tmp_path: Path) -> None:
    assert len(JOB.splitlines()) < 30
    dropped_in(tmp_path, "lab/jobs", "add", JOB)
    result = json.loads(
        run(tmp_path, "run", "--job", "add", "--workers", "2", "--amount", "50", "--no-baseline", "--json")
    )
    assert result["outcome"] == "finished"
    assert [worker["ops"] for worker in result["workers"]] == [50, 50]
    assert "add" in [entry["name"] for entry in json.loads(run(tmp_path, "list", "jobs", "--json"))]


def test_the_model_of_the_readme_is_one_file_that_runs(tmp_path: Path) -> None:
    assert len(MODEL.splitlines()) < 30
    dropped_in(tmp_path, "lab/models", "pairs", MODEL)
    arguments = ["--model", "pairs", "--job", "sleep", "--set", "nap=0.05", "--workers", "3", "--amount", "10"]
    result = json.loads(run(tmp_path, "run", *arguments, "--no-baseline", "--json"))
    assert result["outcome"] == "finished"
    assert [worker["ops"] for worker in result["workers"]] == [10, 10, 10]
    assert result["workers"][0]["share"]["wait_turn"] < 0.25 < result["workers"][2]["share"]["wait_turn"]
    assert "pairs" in [entry["name"] for entry in json.loads(run(tmp_path, "list", "models", "--json"))]


def figure_added(folder: Path) -> None:
    """Of each file that the README's difference names: the new line, after the one that it follows."""
    shutil.copytree(ROOT / "playground", folder / "playground", ignore=shutil.ignore_patterns("__pycache__"))
    for name, after, new in re.findall(r"^ (playground/\S+)\n (.*)\n\+(.*)$", FIGURE, re.MULTILINE):
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(f"{after}\n") == 1
        (folder / name).write_text(text.replace(f"{after}\n", f"{after}\n{new}\n"), encoding="utf-8")


def test_the_figure_of_the_readme_is_written_listed_and_shown(tmp_path: Path) -> None:
    figure_added(tmp_path)
    result = json.loads(run(tmp_path, "run", "--workers", "2", "--amount", "50", "--no-baseline", "--json"))
    assert result["ops"] == 100
    told = {"name": "ops", "title": "Ops", "unit": "ops", "meaning": "How many ops all workers have done together."}
    assert told in json.loads(run(tmp_path, "list", "figures", "--json"))
    assert "ops                        ops      Ops: How many ops" in run(tmp_path, "list", "figures")
    show = "from tests.core.made_runs import made; from playground.verdict.key_figures import figure; "
    one = subprocess.run(
        [sys.executable, "-c", show + "print(figure(made(ops=1200), 'ops'))"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "label='Ops', value='1 200', unit='ops'" in one.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there is no nice")
def test_the_place_of_the_readme_is_one_file_that_runs(tmp_path: Path) -> None:
    assert len(HOST.splitlines()) < 30
    dropped_in(tmp_path, "hosts", "polite", HOST)
    result = json.loads(run(tmp_path, "run", "2 x primes as threads in a polite lab", "--amount", "50", "--json"))
    assert (result["outcome"], result["recipe"]["host"]) == ("finished", "polite")
    assert "polite" in [entry["name"] for entry in json.loads(run(tmp_path, "list", "hosts", "--json"))]


def test_its_lines_are_recipes() -> None:
    lines = re.findall(r'main.py run "([^"]+)"', README)
    assert len(lines) == 3
    for line in lines[:-1]:
        checked(from_line(line))
    with pytest.raises(BadRecipe, match="Did you mean primes"):
        from_line(lines[-1])


def run(folder: Path, *arguments: str) -> str:
    code = "import sys; from playground.cli.commands import main; raise SystemExit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_pictures_and_links_exist() -> None:
    for in_text, in_tag in re.findall(r"\]\(([^)#]+)\)|(?:src|href)=\"([^\"#]+)\"", README):
        target = in_text or in_tag
        if "://" not in target:
            assert (ROOT / target).exists(), target
