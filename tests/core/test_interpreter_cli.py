"""Interpreters on the command line: `--interpreter` with a name or a path, what they cannot run, and the lists."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground import catalogue
from playground.cli import commands
from playground.interpreters import known
from tests.core import pythons
from tests.core.labs import ROOT, wait_for
from tests.core.made_pythons import FACTS, environment, script

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts")


def saying(place: Path, name: str, version: str, **more: Any) -> str:
    """A Python that tells this of itself, and nothing else."""
    return script(place, f"echo '{json.dumps({**json.loads(FACTS % version), **more})}'", name)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that has no gevent, and a PyPy beside it."""
    needs = f'needs gevent: "{tmp_path / "python3.12"}" -m pip install gevent'
    bare = saying(tmp_path, "python3.12", "3.12.1", models={"serial": None, "threads": needs})
    able = saying(tmp_path, "pypy3", "3.9.16", implementation="PyPy", models={"serial": None, "threads": None})
    monkeypatch.setattr(known, "candidates", lambda *_: [bare, able])
    return bare


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert commands.main(["run", "--seconds", "1", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err) < 600
    return err


def test_a_model_that_it_cannot_run_is_bad_input(bare: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (bare, "3.12"):
        message = refused(capsys, "--interpreter", words, "--model", "threads")
        assert message.startswith("bad recipe: threads cannot be run by CPython 3.12: needs gevent")
        assert f'"{bare}" -m pip install gevent' in message
        assert f"{known.own().title} at {sys.executable} can" in message


@pytest.mark.usefixtures("bare")
def test_an_unknown_name_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "--interpreter", "3.77")
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert message == (
        f"bad recipe: There is no Python 3.77 to run: it was not found. There are: a path, {own}, 3.12, pypy3.9.\n"
    )


@pytest.mark.usefixtures("bare")
def test_the_gil_of_a_usual_python_cannot_be_off(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, "--interpreter", "3.12", "--set", "gil=off", "--model", "serial")
    assert (
        message == "bad recipe: The GIL cannot be off: CPython 3.12 has no build without the GIL, 3.13t is the first.\n"
    )


def test_a_recipe_file_may_name_its_interpreter_shortly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = environment(tmp_path / "venv", os.path.realpath(sys.executable))
    monkeypatch.setattr(known, "candidates", lambda *_: [python])
    monkeypatch.setattr(known, "own", lambda: saying_own("2.0.0"))
    file = tmp_path / "recipe.toml"
    file.write_text(f'job = "sleep"\namount = 1\nworkers = 1\ninterpreter = "python{sys.version_info[0]}"\n')
    assert commands.main(["run", str(file), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recipe"]["interpreter"] == python
    assert figures["interpreter"]["path"] == python


def saying_own(version: str) -> known.Interpreter:
    from dataclasses import replace

    from playground.interpreters import interpreter

    own = interpreter.own()
    return replace(own, facts=replace(own.facts, version=version))


@pytest.mark.parametrize("name", [*pythons.FREE_THREADED, pythons.PYPY, "3.8"])
def test_every_kind_of_python_is_run_by_its_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    one = pythons.python(name)
    assert commands.main(["run", "--interpreter", name, "--amount", "20", "--workers", "1", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["interpreter"]["implementation"] == one.facts.implementation
    assert figures["interpreter"]["free_threaded"] == one.facts.free_threaded


@pytest.mark.parametrize(("gil", "enabled"), [("default", False), ("off", False), ("on", True)])
def test_a_free_threaded_lab_has_a_gil_or_none_as_asked(
    gil: str, enabled: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next((name for name in pythons.FREE_THREADED if name in pythons.found()), "3.13t")
    path = pythons.python(name).path
    words = ["--interpreter", path, "--set", f"gil={gil}", "--amount", "20", "--workers", "1", "--json"]
    assert commands.main(["run", *words]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["interpreter"]["gil_enabled"] is enabled
    assert figures["interpreter"]["gil_enabled_at_end"] is enabled


# --- lists


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert commands.main(["list", *words, "--json"]) == 0
    entries: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return entries


def test_models_are_listed_as_an_interpreter_has_them(bare: str, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = {entry["name"]: entry for entry in listed(capsys, "models", "--interpreter", "3.12")}
    assert theirs["serial"]["available"]
    assert not theirs["threads"]["available"]
    assert f'"{bare}" -m pip install gevent' in theirs["threads"]["why"]
    own = listed(capsys, "models")
    assert [entry["available"] for entry in own] == [entry.available for entry in catalogue.models()]
    assert list(theirs) == [entry["name"] for entry in own]


def test_only_models_are_listed_for_an_interpreter(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["list", "jobs", "--interpreter", "3.12"]) == 2
    assert "--interpreter goes with models only" in capsys.readouterr().err


def test_interpreters_are_listed_with_all_that_is_known(bare: str, capsys: pytest.CaptureFixture[str]) -> None:
    own, first, second = listed(capsys, "interpreters")
    assert own["this"]
    assert own["short"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert set(own["models"]) == {entry.name for entry in catalogue.models()}
    assert (first["name"], first["short"], first["packages"]) == (bare, "3.12", {})
    assert first["models"] == {"serial": None, "threads": f'needs gevent: "{bare}" -m pip install gevent'}
    assert second["short"] == "pypy3.9"
    assert commands.main(["list", "interpreters"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [own["short"], "3.12", "pypy3.9"]
    assert lines[1].split() == ["3.12", "CPython", "3.12", "GIL", bare]


def test_ctrl_c_while_a_python_is_asked_ends_quietly(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    hanging = script(tmp_path, f"touch {begun}; exec sleep 600")
    command = [sys.executable, str(ROOT / "main.py"), "run", "--interpreter", hanging]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as app:
        wait_for(begun.exists)
        app.send_signal(signal.SIGINT)
        _, said = app.communicate()
    assert (app.returncode, said) == (130, "stopped\n")
