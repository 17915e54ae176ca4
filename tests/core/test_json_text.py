"""What is exported as JSON is JSON for every reader, whatever own code returned; and it says when and where it was."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from playground.figures import this_computer
from playground.files import json_text
from playground.lab.recording import own_module
from playground.recipe.recipe import Recipe
from tests.core.made_runs import made, one

ROOT = Path(__file__).resolve().parents[2]
NAN, INF = math.nan, math.inf


def strict(text: str) -> Any:
    """As a reader that knows the standard and no more; two of them, since they refuse other things."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    text.encode("ascii")
    msgspec.json.decode(text, type=msgspec.Raw)
    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (NAN, None),
        ([1.5, -INF, {"p99": INF}], [1.5, None, {"p99": None}]),
        ({"result": NAN}, {"result": "nan"}),
        ({"answer": [1, {"a": (INF, -INF)}]}, {"answer": [1, {"a": ["inf", "-inf"]}]}),
        ({"results": NAN}, {"results": None}),
        ({NAN: 1, 2: "two"}, {"nan": 1, "2": "two"}),
        ("half \ud83d of a sign", "half \\ud83d of a sign"),
        ("whole 😀", "whole 😀"),
        ({"\udfff": 1}, {"\\udfff": 1}),
        (2**70, 2**70),
        ((True, None, 0), [True, None, 0]),
    ],
)
def test_what_becomes_of_it(value: Any, told: Any) -> None:
    text = json_text.written(value)
    assert json.loads(text) == told
    assert "NaN" not in text
    assert "Infinity" not in text


def test_records_and_structs() -> None:
    run = replace(made(Recipe(knobs={"switch_interval": 0.02})), workers=(replace(one(0), result=INF),))
    told = strict(json_text.written(run))
    assert told["recipe"]["knobs"] == {"switch_interval": 0.02}
    assert told["workers"][0]["result"] == "inf"
    assert told["gil"]["held"] == {}


def test_what_has_no_place_in_it() -> None:
    for value in ({1, 2}, b"x", object()):
        with pytest.raises(TypeError, match="no place in JSON"):
            json_text.written(value)


def test_lists_within_each_other_end_somewhere() -> None:
    deep: list[Any] = []
    for _ in range(3000):
        deep = [deep]
    assert strict(json_text.written(deep))


@pytest.mark.parametrize("around", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_those_within_as_many_as_readers_take_stay_whole(around: Callable[[Any], Any]) -> None:
    whole: Any = 1.5
    for _ in range(json_text.DEEPEST):
        whole = around(whole)
    assert strict(json_text.written(whole)) == whole
    cut: Any = "…"
    for _ in range(json_text.DEEPEST):
        cut = around(cut)
    assert strict(json_text.written(around(whole))) == cut


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(deadline=None)
def test_anything_that_a_lab_tells_can_be_written(value: Any) -> None:
    strict(json_text.written({"result": own_module.plain(value), "figure": value}))


RETURNS = {
    "float('nan')": "nan",
    "[1.0, float('-inf'), {'a': float('inf')}]": [1.0, "-inf", {"a": "inf"}],
    "{1: float('nan'), None: 2}": {"1": "nan", "null": 2},
    "10 ** 300": 10**300,
    "'half \\ud83d'": "half \\ud83d",
    "b'\\xff\\x00'": "b'\\xff\\x00'",
    "{1, 2}": "{1, 2}",
    "(lambda a: a.append(a) or a)([])": "[[...]]",
    "object": "<class 'object'>",
    "complex(1, 2)": "(1+2j)",
}


def test_results_of_own_code(tmp_path: Path) -> None:
    """All of them in one real run, whose report, answer and export go through."""
    choices = ", ".join(f"lambda: {text}" for text in RETURNS)
    code = f"def job(i, n):\n    return [{choices}][i]()\n"
    figures = ran(tmp_path, code, len(RETURNS))
    told = [worker["result"] for worker in figures["workers"]]
    assert told == list(RETURNS.values())
    assert figures["answer"] == told


def test_what_is_too_much_to_read_is_told_as_text(tmp_path: Path) -> None:
    code = """
def job(i, n):
    if i == 0:
        return [10 ** 4200]
    deep = []
    for _ in range(150):
        deep = [deep]
    return deep
"""
    digits, deep = (worker["result"] for worker in ran(tmp_path, code, 2)["workers"])
    assert digits.startswith("[1000")
    assert deep.startswith("[[[")


def ran(folder: Path, code: str, workers: int) -> dict[str, Any]:
    file = folder / "job.py"
    file.write_text(code, encoding="utf-8")
    words = ["--job", "own", "--code", str(file), "--workers", str(workers), "--model", "threads"]
    command = [sys.executable, str(ROOT / "main.py"), "run", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = strict(done.stdout)
    return told


# -- when, and where


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="no process has a time zone of its own here")
def test_a_moment_is_told_with_its_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        told = this_computer.moment(time.perf_counter_ns() - 3_600_000_000_000)
        assert told is not None
        assert told.endswith("+05:30")
        ago = datetime.now().astimezone() - datetime.fromisoformat(told)
        assert timedelta(minutes=59) < ago < timedelta(minutes=61)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert this_computer.moment(None) is None


def test_the_computer_is_told() -> None:
    told = this_computer.computer()
    assert told.cores == os.cpu_count()
    assert 1 <= told.cores_allowed <= told.cores
    assert told.app_python == ".".join(map(str, sys.version_info[:3]))
    assert sys.platform.startswith(told.system.split()[0].lower()[:3])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_cores_that_the_app_may_not_use_are_not_allowed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    assert this_computer.computer().cores_allowed == 1
