"""What a lab says is read in one place: each kind of answer into its type. What is no answer is somebody's print; what
is one and is not understood ends the run with the line shown."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any, get_args

import pytest

from playground.interpreters.facts import InterpreterFacts
from playground.recipe.recipe import Recipe, checked
from playground.run import answers
from playground.run.probe_process import Probe
from playground.run.run_folder import RunDirectory
from tests.core.labs import finished, wait_for

FACTS = {"path": "/p", "version": "3.11", "implementation": "CPython", "free_threaded": False, "gil_enabled": True}
STARTED = {
    "stamp_ns": 400,
    "cpu_step_ns": 1,
    "watch_ns": None,
    "solo_ns": 10,
    "base_mb": 9.5,
    "op_work": 1,
    "prepared": {"size": 3},
    "total": 0,
}
SAID: dict[str, dict[str, Any]] = {
    "ready": {"pid": 3, "nice": None, "python": FACTS},
    "started": STARTED,
    "gil_back": {"by": "gevent"},
    "worker_died": {"worker": None, "pid": 3, "exit_code": -9},
    "failed": {"error": "no \ud800 luck"},
    "ended": {"handoffs_per_s": None},
}


def line(event: str, **fields: object) -> bytes:
    return json.dumps({**fields, "event": event}).encode()


@pytest.mark.parametrize("kind", get_args(answers.OfLab))
def test_each_answer_has_a_type(kind: type[answers.Answer]) -> None:
    event = kind.__struct_config__.tag
    assert isinstance(event, str)
    answer = answers.of_lab(line(event, **SAID[event]))
    assert type(answer) is kind
    for field, value in SAID[event].items():
        assert getattr(answer, field) == (InterpreterFacts(**value) if field == "python" else value)


def test_numbers_that_are_none_come_through() -> None:
    answer = answers.of_lab(line("started", **{**STARTED, "prepared": {"a": float("inf"), "b": 10**400}}))
    assert isinstance(answer, answers.Started)
    assert answer.prepared == {"a": float("inf"), "b": 10**400}


@pytest.mark.parametrize(
    "text", [b"", b"loading modules ...", b"[1]", b'"event"', b'{"a": 1}', b'{"event": "rea', b"3" * 9]
)
def test_what_is_no_answer_is_somebody_s_print(text: bytes) -> None:
    assert answers.of_lab(text) is None
    assert answers.of_probe(text) is None


@pytest.mark.parametrize(
    "said",
    [
        line("redy"),
        line("failed"),
        line("failed", error=3),
        line("ended", handoffs_per_s=1, more=2),
        line("worker_died", worker="A", pid=1, exit_code=0),
        json.dumps({"event": 3}).encode(),
    ],
)
def test_an_answer_that_is_not_understood_says_so(said: bytes) -> None:
    answer = answers.of_lab(said)
    assert isinstance(answer, answers.Garbled)
    assert said.decode() in answer.words


def test_of_a_long_line_a_part_is_shown() -> None:
    answer = answers.of_lab(line("failed", error="", more="x" * 100_000))
    assert isinstance(answer, answers.Garbled)
    assert len(answer.words) < 600
    assert "more characters" in answer.words


def test_a_report_that_is_cut_short_is_none() -> None:
    whole = b'{"worker": 1, "result": [NaN], "error": null}'
    report = answers.of_worker(whole)
    assert report is not None
    assert (report.worker, report.error) == (1, None)
    for broken in (whole[:-1], b'{"worker": "B"}', b"[]", b"\xff"):
        assert answers.of_worker(broken) is None


# --- in a run

SAY = ('say(\n        "started",\n', 'say(\n        "startled",\n')


def test_a_lab_that_is_not_understood_fails_its_run(changed_lab: Callable[..., None]) -> None:
    changed_lab("__main__.py", SAY)
    with finished(checked(Recipe(job="sleep", workers=2)), limit_s=20) as run:
        assert run.engine.outcome == "failed"
        assert "the lab says what cannot be understood" in (run.engine.error or "")
        assert '"event": "startled"' in (run.engine.error or "")


def test_a_lab_may_be_greeted_by_its_wrapper(changed_lab: Callable[..., None]) -> None:
    changed_lab(
        "__main__.py",
        ("def main(argv: list[str]) -> int:\n", "def main(argv: list[str]) -> int:\n    print('hello')\n"),
    )
    with finished(checked(Recipe(job="sleep", workers=2, amount=2))) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)


@pytest.mark.parametrize(
    ("said", "why"),
    [('{"event": "failed", "error": "no right"}', "no right"), ('{"event": "odd"}', 'understood.*"event": "odd"')],
)
def test_why_a_probe_does_not_look(said: str, why: str) -> None:
    directory = RunDirectory(2)
    probe = Probe(directory, lambda: [sys.executable, "-c", f"print({said!r})"])
    probe.start()
    wait_for(lambda: probe.why_not)
    assert re.search(why, probe.why_not or "")
    probe.stop()
    wait_for(lambda: not probe.running)
    directory.remove()
