"""Each state from ring to paint: what a worker writes of its time, the state of its lane, the pattern that is seen, and
the words for it. The table is written by hand, and the pattern is told from the pixels alone, as an eye would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from playground.figures.records import Shares
from playground.lab.wire import ring
from playground.lab.wire.ring import SLEPT
from playground.reading import states
from playground.reading.lanes import sightings
from playground.reading.lanes.store import MANY
from playground.reading.objects import SharedObject
from playground.reading.rings import RECORD
from playground.reading.states import CORE, EMPTY, GIL, IO, LOCK, PAUSED, RUN, SLEEP, STATE_COUNT, TURN, UNKNOWN
from tests.bench.drawing import MadeUpRun, Scene
from tests.core.recorded import RecordedLanes
from ui.kit import patterns
from ui.kit.patterns import pixel
from ui.kit.theme import DARK, LIGHT, Theme
from ui.stage.band_plot import RowPlaces
from ui.stage.heat_plot import HeatPlot
from ui.stage.lanes_plot import LanesPlot
from ui.stage.legend import Legend, draw_swatch
from ui.stage.ribbons import Ribbons
from ui.stage.run_plot import RunPlot
from ui.stage.time_window import MS, SECOND, TimeWindow

START, HEIGHT, WIDTH = 10**12, 40, 400

# state: its pattern in a lane, in a band of very many, in the legend
LOOKS = {
    RUN: ("solid", "solid", "solid"),
    GIL: ("diagonal", "diagonal", "diagonal"),
    CORE: ("dots", "dots", "dots"),
    TURN: ("vertical", "vertical", "vertical"),
    LOCK: ("cross", "cross", "cross"),
    IO: ("horizontal", "horizontal", "horizontal"),
    SLEEP: ("base line", "plain", "base line"),
    EMPTY: ("nothing", "nothing", "nothing"),
    UNKNOWN: ("grey", "grey", "grey"),
}
# state: as the legend says it, in a narrow one, of a moment that was, of some of very many
SAID = {
    RUN: ("running", "running", "ran 5.0 ms", "running"),
    GIL: ("waits for the GIL", "GIL", "waited 5.0 ms for the GIL", "waiting for the GIL"),
    CORE: ("waits for a core", "core", "waited 5.0 ms for a core", "waiting for a core"),
    TURN: ("waits for its turn", "turn", "waited 5.0 ms for its turn", "waiting for their turn"),
    LOCK: ("waits for a lock", "lock", "waited 5.0 ms for a lock", "waiting for a lock"),
    IO: ("in I/O", "I/O", "in I/O for 5.0 ms", "in I/O"),
    SLEEP: ("sleeping", "sleep", "slept 5.0 ms", "sleeping"),
    UNKNOWN: ("not known", "unknown", "not known for 5.0 ms", "not known"),
}
# state: the worker's state in JSON, and its share there
NAMED = {
    RUN: ("running", "run"),
    GIL: ("wait_gil", "wait_gil"),
    CORE: ("wait_core", "wait_core"),
    TURN: ("queued", "wait_turn"),
    LOCK: ("blocked", "blocked"),
    IO: ("io", "io"),
    SLEEP: ("sleeping", "sleep"),
    UNKNOWN: ("unknown", "unknown"),
}
# state: what a worker writes of a second that went into nothing else
WRITTEN: dict[int, dict[str, int]] = {
    RUN: {"kind": ring.RUN, "cpu": SECOND},
    CORE: {"kind": ring.RUN, "core_wait": SECOND},
    GIL: {"kind": ring.RUN, "flags": SLEPT},
    SLEEP: {"kind": ring.SLEEP},
    IO: {"kind": ring.IO},
    LOCK: {"kind": ring.LOCK},
    TURN: {"kind": ring.TURN},
    UNKNOWN: {"kind": ring.IO},  # in a run whose workers are looked at, and this one was not
}
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
EVERY = sorted(LOOKS)


def look_of(pixels: np.ndarray, theme: Theme) -> str:
    """What kind of pattern this is. `pixels` are all of one lane or band, from top to bottom."""
    rows_alike, columns_alike = bool((pixels == pixels[:, :1]).all()), bool((pixels == pixels[:1]).all())
    if rows_alike and columns_alike:
        return _plain_kind(int(pixels[0, 0]), theme)
    if rows_alike:
        bottom = (pixels[:-2] == pixel(theme.track)).all() and (pixels[-2:] != pixel(theme.track)).all()
        return "base line" if bottom else "horizontal"
    if columns_alike:
        return "vertical"
    if (pixels[1:, :-1] == pixels[:-1, 1:]).all():
        return "diagonal"
    return "dots" if len(np.unique(pixels)) == 2 else "cross" if _is_reddish(pixels, theme) else "?"


def _plain_kind(color: int, theme: Theme) -> str:
    if color == pixel(theme.track):
        return "nothing"
    red, green, blue = _channels(color)
    if max(red, green, blue) - min(red, green, blue) < 24:
        return "grey"
    return "solid" if color == pixel(theme.worker(0)) else "plain"


def _channels(color: int) -> tuple[int, int, int]:
    return color >> 16 & 255, color >> 8 & 255, color & 255


def _is_reddish(pixels: np.ndarray, theme: Theme) -> bool:
    """A lock is painted in the colour of trouble, whoever waits for it."""
    red, green, blue = (float(np.mean(part)) for part in _channels(pixels.astype(np.int64)))
    track = _channels(pixel(theme.track))
    return red - track[0] > max(green - track[1], blue - track[2])


class Share:
    """A store in which all lanes were in one state all the time."""

    def __init__(self, count: int, state: int) -> None:
        self.lanes, self._state = count, state

    def shares(self, edges: np.ndarray, now: int, among: range | None = None) -> np.ndarray:
        found = np.zeros((len(among) if among is not None else self.lanes, len(edges) - 1, STATE_COUNT), np.float32)
        if self._state < STATE_COUNT:
            found[:, :, self._state] = 1
        return found

    def counts(self, edges: np.ndarray, now: int) -> np.ndarray:
        return self.shares(edges, now, range(1))[0] * np.float32(self.lanes)

    def between(self, *_: Any, **__: Any) -> np.ndarray:
        return np.zeros(0, sightings.SEGMENT)  # type: ignore[attr-defined]


def painted(qtbot: QtBot, make: Any, store: Any, workers: int, theme: Theme) -> np.ndarray:
    """The pixels of the first lane, or of the band, in the middle of the window."""
    run = MadeUpRun(1, workers, START)
    run.lanes = store
    window = TimeWindow(span=2 * SECOND)
    plot: RunPlot = make(run, 0, window, theme)
    qtbot.addWidget(plot)
    plot.resize(WIDTH, HEIGHT + 20)
    plot.arrange(Ribbons(run.tracks), RowPlaces.of(1.0, 14, 1, HEIGHT, 0))
    window.tick(START + SECOND)
    frame = window.frame(WIDTH)
    plot.refresh(frame)
    kept_ring = plot._ring
    assert kept_ring is not None
    middle = (START + 500 * MS) // frame.px_ns
    across = np.arange(middle - 60, middle + 60) % kept_ring.capacity
    top = plot.rows.bottom - HEIGHT
    return kept_ring.pixels[top : top + HEIGHT][:, across]


@THEMES
@pytest.mark.parametrize("state", EVERY)
def test_a_lane_is_painted_in_the_pattern_of_its_state(qtbot: QtBot, state: int, theme: Theme) -> None:
    assert look_of(painted(qtbot, LanesPlot, Share(1, state), 1, theme), theme) == LOOKS[state][0]


@THEMES
@pytest.mark.parametrize("state", EVERY)
def test_a_band_of_very_many_is_painted_in_the_pattern_of_their_state(qtbot: QtBot, state: int, theme: Theme) -> None:
    found = painted(qtbot, HeatPlot, Share(MANY + 1, state), MANY + 1, theme)
    assert look_of(found, theme) == LOOKS[state][1]


@THEMES
@pytest.mark.parametrize("state", sorted(set(LOOKS) - {EMPTY}))
def test_the_legend_has_the_pattern_of_the_lanes(state: int, theme: Theme) -> None:
    image = QImage(64, 26, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    draw_swatch(painter, QRectF(0, 0, 64, 26), state, theme.worker(0), theme)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(26, 64)[:, 8:56]  # without round corners
    assert look_of(pixels, theme) == LOOKS[state][2]


def test_no_two_states_look_or_sound_alike() -> None:
    for column in range(3):
        looks = [row[column] for row in LOOKS.values()]
        assert len(set(looks)) == len(looks)
    for column in range(4):
        words = [row[column] for row in SAID.values()]
        assert len(set(words)) == len(words)


def test_every_state_that_can_be_painted_is_in_the_tables() -> None:
    every = set(range(STATE_COUNT))
    assert set(LOOKS) == every | {EMPTY} == set(patterns.STATES) - {PAUSED}
    assert every == set(states.WORDS) == set(states.SHORT_WORDS) == {row.number for row in states.TOLD}
    assert every == set(SAID) == set(WRITTEN) == set(NAMED)
    assert [row.number for row in states.TABLE] == list(range(STATE_COUNT))


@pytest.mark.parametrize("state", sorted(NAMED))
def test_every_state_has_its_name_and_its_share(state: int) -> None:
    row = states.TABLE[state]
    assert (row.name, row.share) == NAMED[state]
    assert states.NUMBERS[row.name] == state
    assert hasattr(Shares(), row.share)


@pytest.mark.parametrize("state", sorted(SAID))
def test_every_state_is_said_in_its_words(state: int) -> None:
    row = states.TABLE[state]
    assert (row.words, row.short, row.did.format("5.0 ms"), row.several) == SAID[state]
    assert (states.WORDS[state], states.SHORT_WORDS[state]) == SAID[state][:2]


def test_the_legend_says_them_in_its_order(qtbot: QtBot) -> None:
    legend = Legend(DARK)
    qtbot.addWidget(legend)
    said = [SAID[row.number][0] for row in states.TOLD]
    assert legend.accessibleName() == "Legend: " + ", ".join(said)


@pytest.mark.parametrize("state", sorted(WRITTEN))
def test_what_a_worker_writes_becomes_the_state_of_its_lane(state: int) -> None:
    store = RecordedLanes(1, shared_gil=True)
    store.live.observed = state == UNKNOWN
    record = np.zeros(1, RECORD)
    record["start"], record["end"] = START, START + SECOND
    for name, value in WRITTEN[state].items():
        record[name] = value
    store.write(record)
    store.settled()
    found = store.at(0, START + SECOND // 2, START + SECOND)
    assert found is not None
    assert found.state == state
    middle = np.array([START + 400 * MS, START + 600 * MS], np.int64)
    assert list(store.shares(middle, START + SECOND)[0, 0]) == [float(other == state) for other in range(STATE_COUNT)]


@pytest.mark.parametrize("state", sorted(WRITTEN))
def test_the_mouse_tells_the_state_that_is_painted(qtbot: QtBot, state: int) -> None:
    run = MadeUpRun(1, 1, START)
    run.lanes.live.observed = state == UNKNOWN
    record = np.zeros(1, RECORD)
    record["start"], record["end"] = START, START + SECOND
    for name, value in WRITTEN[state].items():
        record[name] = value
    run.lanes.write(record)
    run.lanes.settled()
    window = TimeWindow(span=2 * SECOND)
    plot = LanesPlot(run, 0, window, DARK)
    qtbot.addWidget(plot)
    window.tick(START + SECOND)
    plot.refresh(window.frame(WIDTH))
    assert SAID[state][2].replace("5.0 ms", "1.00 s") in plot.describe_lane(0, START + 500 * MS)
    run.waited_for = lambda lane, moment: SharedObject(1, "lock", "door")
    named = "waited 1.00 s for lock door" in plot.describe_lane(0, START + 500 * MS)
    assert named == (state == LOCK), "which lock it was is told of one who waited for one"


@pytest.fixture
def stages(qtbot: QtBot) -> Any:
    def made(workers: int) -> Scene:
        scene = Scene(workers, 4, (1120, 760), lens=False)
        qtbot.addWidget(scene.stage)
        return scene

    return made


@pytest.mark.parametrize(("workers", "kind"), [(100, LanesPlot), (101, HeatPlot)])
def test_up_to_a_hundred_have_lanes_and_more_are_a_band(stages: Any, workers: int, kind: type) -> None:
    assert isinstance(stages(workers).stage.groups[1].plot, kind)
    assert (RecordedLanes(workers, shared_gil=True)._counts is not None) == (kind is HeatPlot)
