"""The way out of a freeze: what it is told, when it sets the stop bit, and that it ends with the app. That it hears a
real key and a real click is seen in tests/e2e/test_hosts.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground.lab.beside import way_out as process
from playground.lab.wire import ring
from playground.run import answers, way_out_process
from playground.run.way_out_process import WayOut
from playground.start import command
from tests.core.labs import wait_for

HEARS = json.dumps({"event": "hearing"})


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    ring.create_control(str(tmp_path / "control"))
    return tmp_path


def stand_in(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(command, "way_out_command", lambda: [sys.executable, "-c", f"import sys\n{code}"])


@pytest.mark.parametrize(
    ("x", "y", "hit"),
    [
        (10, 20, True),
        (39, 35, True),
        (9, 20, False),
        (40, 20, False),
        (10, 19, False),
        (10, 36, False),
        (100, 5, True),
        (0, 0, False),
    ],
)
def test_a_click_counts_on_a_stop_button_alone(x: int, y: int, hit: bool) -> None:
    orders = process.Orders()
    assert not orders.hit(x, y)
    orders.take('{"window": 77, "places": [[10, 20, 30, 16], [100, 0, 10, 10]]}')
    assert orders.window == 77
    assert orders.hit(x, y) is hit


class Enough(Exception):
    pass


def test_once_heard_stop_is_said_again_and_again() -> None:
    """In a word of its own; and each time the bell says something new."""
    words, heard = [0] * (ring.CONTROL_WORDS), iter([False, False, True, False, False])
    seen: list[int] = []
    bells: list[int] = []

    def hear() -> bool:
        seen.append(words[ring.C_STOP_OUT])
        bells.append(words[ring.C_BELL])
        try:
            return next(heard)
        except StopIteration:
            raise Enough from None

    with pytest.raises(Enough):
        process.listen(words, hear)
    assert seen == [0, 0, 0, 1, 1, 1]
    assert len(set(bells)) == 4
    assert not words[ring.C_STOP]


def whole_answer_of(out: WayOut) -> str | None:
    """… and it is let go."""
    answer = answer_of(out)
    out.stop()
    wait_for(lambda: out.gone)
    return answer


def answer_of(out: WayOut) -> str | None:
    """It never makes anybody wait: who wants to know asks again."""
    out.start()

    def told() -> bool:
        out.poll()
        return out.answer is not None

    wait_for(told)
    return out.answer


def test_without_a_display_it_says_why(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    out = WayOut(directory)
    out.tell(1, [])
    why = answer_of(out)
    assert why
    assert why != "ready"
    out.stop()
    assert out.pid is None
    wait_for(lambda: out.gone)


def test_one_that_ends_without_a_word_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "")
    assert whole_answer_of(WayOut(directory)) == "it ended without a word"
    monkeypatch.setattr(command, "way_out_command", lambda: [str(directory / "nothing")])
    assert whole_answer_of(WayOut(directory)) == "No such file or directory"


def test_one_that_never_hears_is_given_up(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "sys.stdin.read()")
    monkeypatch.setattr(way_out_process, "READY_S", 0.2)
    assert whole_answer_of(WayOut(directory)) == "it ended without a word"


def test_it_is_told_only_what_is_new_and_ends_when_it_is_let_go(
    directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    stand_in(monkeypatch, f"print({HEARS!r}, flush=True)\nopen({str(heard)!r}, 'w').write(sys.stdin.read())")
    out = WayOut(directory)
    assert not out.wanted
    out.tell(5, [(1, 2, 3, 4)])
    assert out.wanted
    assert answer_of(out) == "ready"
    pid = out.pid
    assert pid is not None
    for places in ([(1, 2, 3, 4)], [], []):
        out.tell(5, places)
    out.stop()
    assert out.pid is None
    wait_for(lambda: out.gone)
    assert heard.read_text().splitlines() == [
        '{"window": 5, "places": [[1, 2, 3, 4]]}',
        '{"window": 5, "places": []}',
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    out.tell(6, [])  # there is nobody to hear it
    out.stop()


def test_the_frozen_app_can_be_its_own_way_out(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command.way_out_command() == [sys.executable, "way-out"]
    line = [sys.executable, str(command.source_root() / "main.py"), "way-out", str(directory), str(os.getpid())]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    told = subprocess.run(line, env=environment, input="", capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1
    answer = answers.of_way_out(told.stdout.encode())
    assert isinstance(answer, answers.Failed)
    assert answer.error


def test_what_is_no_answer_is_passed_over_and_a_garbled_one_is_the_reason(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, f"print('hello')\nprint({HEARS!r}, flush=True)\nsys.stdin.read()")
    assert whole_answer_of(WayOut(directory)) == "ready"
    stand_in(monkeypatch, f"print({json.dumps({'event': 'sampling'})!r}, flush=True)\nsys.stdin.read()")
    assert "way out" in (whole_answer_of(WayOut(directory)) or "")
    stand_in(monkeypatch, f"print({json.dumps({'event': 'failed', 'error': 'no ears'})!r}, flush=True)")
    assert whole_answer_of(WayOut(directory)) == "no ears"
