"""The way out of a freeze: what it is told, when it sets the stop bit, and that it ends with the app. That it hears a
real key and a real click is seen in tests/e2e/test_hosts.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from playground import command, way_out
from playground.lab import ring
from playground.lab import way_out as process
from playground.way_out import WayOut


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


@pytest.mark.parametrize("before", [0, ring.PAUSE | 7 << ring.GENERATION_SHIFT])
def test_once_heard_the_stop_bit_is_set_and_stays(before: int) -> None:
    """The app may write the same word at that moment: the bit is set again."""
    words, heard = [before], iter([False, False, True, False, False])
    seen: list[int] = []

    def hear() -> bool:
        seen.append(words[0])
        if len(seen) == 5:
            words[0] = before  # the app has put back what it had read
        try:
            return next(heard)
        except StopIteration:
            raise Enough from None

    with pytest.raises(Enough):
        process.listen(words, hear)
    assert seen == [before, before, before, before | ring.STOP, before | ring.STOP, before | ring.STOP]


def test_without_a_display_it_says_why(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    out = WayOut(directory)
    out.tell(1, [])
    why = out.start()
    assert why
    assert why != "ready"
    assert out.pid is None


def test_one_that_ends_without_a_word_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "")
    assert WayOut(directory).start() == "it ended without a word"
    monkeypatch.setattr(command, "way_out_command", lambda: [str(directory / "nothing")])
    assert WayOut(directory).start() == "No such file or directory"


def test_one_that_never_hears_is_given_up(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "sys.stdin.read()")
    monkeypatch.setattr(way_out, "READY_S", 0.2)
    assert WayOut(directory).start() == "it ended without a word"


def test_it_is_told_only_what_is_new_and_ends_when_it_is_let_go(
    directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    stand_in(monkeypatch, f"print('ready', flush=True)\nopen({str(heard)!r}, 'w').write(sys.stdin.read())")
    out = WayOut(directory)
    assert not out.wanted
    out.tell(5, [(1, 2, 3, 4)])
    assert out.wanted
    assert out.start() is None
    pid = out.pid
    assert pid is not None
    for places in ([(1, 2, 3, 4)], [], []):
        out.tell(5, places)
    out.stop()
    assert out.pid is None
    assert heard.read_text().splitlines() == [
        '{"window": 5, "places": [[1, 2, 3, 4]]}',
        '{"window": 5, "places": []}',
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    out.tell(6, [])  # there is nobody to hear it
    out.stop()


def test_the_frozen_app_can_be_its_own_way_out(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "frozen", lambda: True)
    assert command.way_out_command() == [sys.executable, "way-out"]
    line = [sys.executable, str(command.source_root() / "main.py"), "way-out", str(directory), str(os.getpid())]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    told = subprocess.run(line, env=environment, input="", capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 1
    assert told.stdout.strip()
