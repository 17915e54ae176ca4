"""A place to run is a file: one more of them, in a folder of its own, is listed, named in lines, run, drawn and refused
what it cannot do. What the three of the app say of themselves is tested where it is asked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from playground import hosts
from playground.cli import commands
from playground.hosts import Lab
from playground.recipe import limits
from playground.recipe.line_reader import from_line
from playground.recipe.line_writer import to_line, to_sentence
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.recipe.recipe_file import from_toml, to_toml
from tests.core.added_hosts import FAR, add, far  # noqa: F401
from tests.core.test_declarations import command, put, said

# --- one more place


@pytest.mark.usefixtures("far")
def test_it_is_listed_with_what_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["list", "hosts"]) == 0
    assert "far                a far lab                    through another command" in capsys.readouterr().out
    assert commands.main(["list", "hosts", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in entries] == ["lab", "far", "app", "ui"]
    entry = entries[1]
    assert (entry["available"], entry["needs_window"], entry["cores"], entry["longest_s"]) == (True, False, 3, 60.0)
    assert "processes" in entry["models"]
    assert "qthread" not in entry["models"]


@pytest.mark.usefixtures("far")
def test_lines_files_and_options_name_it(capsys: pytest.CaptureFixture[str]) -> None:
    recipe = Recipe(model="processes", host="far", seconds=2.0)
    for words in ("in far", "in a far lab", "in the far lab"):
        assert from_line(f"4 x primes as processes {words} for 2 s") == recipe
    assert to_line(recipe) == "4 x primes as processes in a far lab for 2 s"
    assert to_sentence(recipe) == "4 × Count primes as processes in a far lab for 2 s"
    assert from_toml(to_toml(recipe)) == recipe
    with pytest.raises(SystemExit):
        commands.main(["run", "--help"])
    assert "lab|far|app|ui" in capsys.readouterr().out


@pytest.mark.usefixtures("far")
def test_what_it_cannot_do_is_refused() -> None:
    with pytest.raises(
        BadRecipe, match=r"^QThread cannot run in a far lab\. Models that can: serial, threads,"
    ) as refusal:
        checked(Recipe(model="qthread", host="far"))
    assert (refusal.value.field, refusal.value.allowed) == ("host", "app")
    with pytest.raises(BadRecipe, match=r"^In a far lab only this app's own Python can run, not “3.13t”"):
        checked(Recipe(host="far", interpreter="3.13t"))
    with pytest.raises(BadRecipe, match=r"^In a far lab a run may take 60 s at most, not 61 s"):
        checked(Recipe(host="far", seconds=61.0))
    with pytest.raises(
        BadRecipe, match=r"^The far one can hold 11 workers as processes, not 12 .* 200 MB of memory are free"
    ):
        limits.check(Recipe(host="far", model="processes", workers=12))
    assert checked(Recipe(host="far")).seconds == 3.0, "it has a usual length"


@pytest.mark.usefixtures("far")
def test_it_runs_what_a_lab_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["run", "4 x primes as processes in far, 40 each", "--json", "--no-baseline"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["outcome"], figures["recipe"]["host"]) == ("finished", "far")
    assert [worker["ops"] for worker in figures["workers"]] == [40] * 4
    assert len({worker["pid"] for worker in figures["workers"]}) == 4
    for worker in figures["workers"]:
        assert sum(worker["share"].values()) == pytest.approx(1.0, abs=0.02)
        assert worker["share"]["run"] + worker["share"]["wait_core"] > 0.5


@pytest.mark.usefixtures("far")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no env")
def test_its_labs_are_started_by_its_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = tmp_path / "mine.py"
    code.write_text("import os\n\ndef job(i, n):\n    return os.environ.get('FAR')\n", encoding="utf-8")
    options = ["--code", str(code), "--workers", "1", "--json"]
    assert commands.main(["run", "--host", "far", *options]) == 0
    assert json.loads(capsys.readouterr().out)["workers"][0]["result"] == "1"
    assert commands.main(["run", *options]) == 0
    assert json.loads(capsys.readouterr().out)["workers"][0]["result"] is None


# --- a file that is none

SOUND = "HOST = Host(name='near', title='a near one', by=Lab()"
BROKEN = {
    "a fault": ("1 / 0", "ZeroDivisionError"),
    "nothing": ("NAME = 'near'", "HOST"),
    "no Host": ("HOST = {'name': 'near'}", r"HOST must be a Host\(…\), not dict"),
    "an unknown field": (f"{SOUND}, speed=3)", "speed"),
    "a field that lacks": ("HOST = Host(name='near', by=Lab())", "title"),
    "a wrong type": (f"{SOUND}, longest_s='long')", "longest_s cannot be 'long'"),
    "wrong means": (f"{SOUND[:-5]}'lab')", "by cannot be 'lab'"),
    "no title": ("HOST = Host(name='near', title='', by=Lab())", "needs a name and a title"),
    "a length too long": (f"{SOUND}, longest_s=2.0, usual_s=3.0)", "of at most 2 s, usual_s cannot be 3.0"),
    "a length that is missing": (f"{SOUND}, longest_s=2.0)", "usual_s cannot be None"),
    "a name that is taken": (SOUND.replace("name='near'", "name='lab'") + ")", "there is a place 'lab' already"),
}


@pytest.mark.parametrize(("text", "why"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_declares_no_place_is_listed_with_the_reason(far: Path, text: str, why: str) -> None:  # noqa: F811
    place = add(far, "near", f"from playground.hosts import Host, Lab\n{text}\n")
    assert (place.name, place.available) == ("near", False)
    with pytest.raises(BadRecipe, match=why) as refusal:
        checked(Recipe(host="near"))
    assert refusal.value.field == "host"
    assert checked(Recipe(host="far")).host == "far", "the others go on"
    assert isinstance(hosts.named("lab").by, Lab)
    assert hosts.named("lab").available


@pytest.mark.parametrize("file", ["lab", "lab_process"])
def test_a_file_by_the_name_of_another_place_takes_nothing_from_it(far: Path, file: str) -> None:  # noqa: F811
    (far / f"{file}.py").write_text("HOST = 1 / 0", encoding="utf-8")
    hosts.every.cache_clear()
    assert hosts.named("lab").available
    left_out = [host for host in hosts.every() if not host.available]
    assert [host.name for host in left_out] == [f"{file}.py" if file == "lab" else "lab-process"]


def test_the_app_finds_it_in_a_folder_of_the_users_own(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    put(folder, "hosts", far=FAR)
    assert "far" in [host["name"] for host in said("list", "hosts", folder=folder)]
    figures = said("run", "2 x primes as threads in a far lab, 20 each", folder=folder)
    assert (figures["outcome"], figures["recipe"]["host"]) == ("finished", "far")
    assert "far" not in command("list", "hosts", folder="mine", cwd=tmp_path).stdout, (
        "never from where one happens to be"
    )


def test_nobody_runs_in_a_place_that_there_is_not() -> None:
    with pytest.raises(BadRecipe, match="There is no place “near”"):
        checked(Recipe(host="near"))
    with pytest.raises(LookupError, match="there is no place 'near'"):
        hosts.named("near")
