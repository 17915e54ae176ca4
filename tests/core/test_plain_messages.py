"""What the app itself takes, beside what it distorts: plain messages, and what watching the workers of a loop costs."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground.figures.records import RunStatistics
from playground.lab.beside import plain_messages
from playground.lab.jobs import ping_pong
from playground.lab.loops import watch_cost
from playground.lab.models.asyncio import MODEL as ASYNCIO
from playground.lab.wire import clocks
from playground.lab.wire import trip_times as layout
from playground.reading import round_trips
from playground.recipe.recipe import Recipe, checked
from tests.core.labs import finished
from tests.core.pythons import PYPY, python

MS = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


COARSE = "its CPU clock is too coarse, so it is not measured"
CHANNELS = ["pipe", "memory"] if hasattr(os, "mkfifo") else ["memory"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(plain_messages, "clock", made)
    monkeypatch.setattr(plain_messages, "sleep", lambda seconds: None)
    return made


def board_of(place: Path, workers: int) -> layout.Board:
    return layout.show_on(layout.create(str(place), workers))


def talked(place: Path, clock: Clock, took: list[int]) -> layout.Board:
    """A worker for whom the trips take so long, and the last one of these again and again."""
    board, count = board_of(place, 2), 0

    def receive() -> bytes:
        nonlocal count
        clock.now += took[min(count, len(took) - 1)]
        count += 1
        return b""

    sent: list[bytes] = []
    plain_messages.Talk(board, 0, 16).block(sent.append, receive)
    assert sent[-1] == b"!" * 16, "it tells its partner that this was the last"
    assert len(sent) == count + 1
    board[1][layout.MADE] = count
    return board


# --- how long it goes on, and what it tells


def test_the_median_leaves_out_the_quarter_that_warmed_it_up(tmp_path: Path, clock: Clock) -> None:
    board = talked(tmp_path, clock, [300_000] * 110 + [100_000] * 90 + [1_000_000])
    # 110 × 0.3 + 90 × 0.1 ms = 42 ms: past 40 ms, and the 200th is the last
    assert board[1][layout.MADE] == 200
    assert board[1][layout.PLAIN] == 100_000
    assert board[1][layout.PLAIN_TOOK] == 42_000_000


def test_it_goes_on_for_40_ms_even_if_there_are_enough(tmp_path: Path, clock: Clock) -> None:
    assert talked(tmp_path, clock, [10_000])[1][layout.MADE] == 4000


def test_it_ends_after_120_ms_even_if_there_are_few(tmp_path: Path, clock: Clock) -> None:
    board = talked(tmp_path, clock, [6 * MS])
    assert (board[1][layout.MADE], board[1][layout.PLAIN]) == (20, 6 * MS)


def test_of_too_few_nothing_is_told(tmp_path: Path, clock: Clock) -> None:
    board = talked(tmp_path, clock, [7 * MS])
    assert (board[1][layout.MADE], board[1][layout.PLAIN]) == (18, 0)
    told = round_trips.read(tmp_path)
    assert told is not None
    assert (told.plain_us, told.plain_took_ms) == (None, 126.0)


def test_the_plain_trip_of_a_run_is_the_median_of_its_pairs(tmp_path: Path) -> None:
    board = board_of(tmp_path, 6)
    for worker, (told, simple, took) in {
        0: (40_000, 9_000, 41),
        2: (50_000, 10_500, 45),
        4: (60_000, 30_000, 43),
    }.items():
        at = worker * layout.WORDS
        board[1][at + layout.MADE], board[1][at + layout.MEDIAN] = 10, told
        board[1][at + layout.PLAIN], board[1][at + layout.PLAIN_TOOK] = simple, took * MS
    assert round_trips.read(tmp_path) == round_trips.Trips(30, 50.0, 10.5, 45.0)


def test_all_workers_meet_before_they_talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = board_of(tmp_path, 4)[1]
    control = SimpleNamespace(words=[0] * 20)
    polls: list[float] = []

    def poll(seconds: float) -> None:
        polls.append(seconds)
        words[(len(polls) % 4) * layout.WORDS + layout.HERE] = 1

    monkeypatch.setattr(plain_messages, "sleep", poll)
    assert plain_messages.met(words, 0, 4, control)
    assert len(polls) == 3
    assert not plain_messages.met(board_of_new(tmp_path), 1, 4, SimpleNamespace(words=[1] * 20)), (
        "nobody is waited for then"
    )


def board_of_new(place: Path) -> memoryview:
    (place / "new").mkdir()
    return board_of(place / "new", 4)[1]


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_one_says_the_other_hears_and_back(tmp_path: Path, channel: str) -> None:
    lab: Any = SimpleNamespace(directory=str(tmp_path), count=2)
    prepared = {"channel": channel, "size": 20}
    prepared.update(ping_pong.beside(lab, prepared))
    heard: list[bytes] = []

    def partner() -> None:
        with ping_pong.talk(1, {}, **prepared) as (send, receive):
            for _ in range(3):
                heard.append(receive())
                send(heard[-1][::-1])

    other = threading.Thread(target=partner)
    other.start()
    said = [b"%020d" % number for number in (17, 29, 31)]
    with ping_pong.talk(0, {}, **prepared) as (send, receive):
        for message in said:
            send(message)
            assert receive() == message[::-1]
    other.join()
    assert heard == said


# --- real labs


def measured(model: str, **fields: Any) -> RunStatistics:
    recipe = checked(Recipe(**{"job": "ping-pong", "model": model, "workers": 4, "amount": 400, **fields}))
    with finished(recipe) as run:
        figures = run.statistics()
        assert (figures.outcome, figures.error) == ("finished", None)
        assert figures.answer == fields.get("amount", 400) * (recipe.workers // 2), (
            "no plain message is taken for one of the run's"
        )
        return figures


@pytest.mark.parametrize("model", ["threads", "processes", "gevent", "greenlet", "generators", "asyncio-to-thread"])
def test_plain_messages_are_measured(model: str) -> None:
    figures = measured(model)
    assert figures.plain_round_trip_us is not None
    assert figures.plain_round_trip_us > 0


def test_recording_is_most_of_what_asyncio_is_told_to_take() -> None:
    figures = measured("asyncio", workers=5, amount=3000)
    assert figures.round_trip_us is not None
    assert figures.plain_round_trip_us is not None
    assert 0 < figures.plain_round_trip_us < figures.round_trip_us


@pytest.mark.parametrize("channel", CHANNELS)
def test_they_take_the_same_way_as_the_run(channel: str) -> None:
    assert (measured("threads", knobs={"channel": channel}).plain_round_trip_us or 0) > 0


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "asyncio", "knobs": {"channel": "memory"}, "amount": 20},
        {"model": "asyncio", "workers": 2 * (plain_messages.MOST // 2) + 2, "amount": 2},
        {"model": "threads", "interpreter": PYPY},
        {"model": "asyncio", "interpreter": PYPY},
    ],
)
def test_where_they_cannot_be_measured_nothing_is_told(fields: dict[str, Any]) -> None:
    if "interpreter" in fields:
        fields = {**fields, "interpreter": python(PYPY).path}
    assert measured(**fields).plain_round_trip_us is None


# --- what watching a loop's workers costs


def test_the_cost_is_what_an_op_takes_longer_in_most_tries() -> None:
    assert watch_cost.between([[1000, 5000], [2000, 5500], [1500, 9000]]) == 4000
    assert watch_cost.between([[5000, 1000]]) == 0


@pytest.mark.skipif(clocks.coarse, reason=COARSE)
@pytest.mark.parametrize("unstamped", [0, 1])
def test_it_is_measured_with_the_models_own_loop(tmp_path: Path, unstamped: int) -> None:
    cost = watch_cost.cost_ns(str(tmp_path), ASYNCIO, unstamped, 20, {"yields": "after each call"})
    assert cost is not None
    assert cost > 0
    assert not list(tmp_path.iterdir()), "what it took is gone"


def test_each_try_counts_the_rounds_of_all(tmp_path: Path) -> None:
    trial = watch_cost.Trial(str(tmp_path), 0, 100, {}, False)
    trial.marks = [2 * MS, 6 * MS]
    assert trial.op_ns() == 4 * MS / (100 * 10)
    assert len(list(trial._first())) == len(list(trial._others())) == 12


@pytest.mark.parametrize(
    ("model", "known"), [("asyncio", True), ("gevent", True), ("generators", True), ("threads", False)]
)
def test_a_lab_tells_it(model: str, known: bool) -> None:
    with finished(checked(Recipe(job="sleep", model=model, workers=20, amount=5))) as run:
        assert ((run.engine.watch_ns or 0) > 0) is (known and not clocks.coarse)
