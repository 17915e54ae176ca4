"""The Look tab: what its views show of real runs, in both themes, at every size; and when the tab is there."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from playground import catalogue
from playground.figures.wording import duration
from playground.interpreters import known as interpreters
from playground.reading.printed import Line
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core import seen_picture
from tests.core.labs import running, to_the_end, until
from ui.kit.theme import DARK, LIGHT, Theme, ThemeSource, mix
from ui.runs.views import rate_view
from ui.runs.views.bars import ROW, Bar, Bars
from ui.runs.views.look_page import VIEWS, LookPage
from ui.runs.views.memory_view import MemoryView
from ui.runs.views.order_view import NUMBERS, OrderView, Rounds, in_order
from ui.runs.views.picture_view import PictureView, colours
from ui.runs.views.rate_view import SECOND, RateView
from ui.runs.views.trips_view import TripsView
from ui.runs.views.view import EDGE, TOP, View
from ui.settings.settings_file import SettingsFile
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]
LIMIT_MS = 60_000
PICTURE = {"width": 320, "depth": 30}
LONG = 10**12  # ns, after all else


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """One of each kind that there is to look at, ended, its files gone."""
    recipes = {
        "picture": Recipe(job="mandelbrot", workers=3, amount=3, knobs=PICTURE),
        "rate": Recipe(job="fetch", workers=4, amount=5, knobs={"latency": 1.0}),
        "order": Recipe(job="say-number", workers=5, amount=3, model="asyncio", knobs={"pause": 0.02}),
        "trips": Recipe(job="ping-pong", workers=2, amount=20),
        "memory": Recipe(job="allocate", workers=2, seconds=3, model="processes", knobs={"hold": 2}),
    }
    made: dict[str, Run] = {}
    for number, (look, recipe) in enumerate(recipes.items(), start=1):
        run = Run(number, checked(recipe))
        try:
            run.start()
            to_the_end(run)
        finally:
            run.abandon()
        assert (run.engine.outcome, run.engine.error) == ("finished", None), look
        made[look] = run
    return made


def shown(qtbot: QtBot, view: View, run: Run, width: int = 320, height: int = 300) -> View:
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show()
    qtbot.waitExposed(view)
    view.show_run(run, 0)
    view.note(LONG)
    view.look(LONG)
    return view


def image_of(view: View) -> QImage:
    return view.grab().toImage()


# --- the picture


def test_tiles_have_the_colour_of_who_painted_them(qtbot: QtBot, runs: dict[str, Run]) -> None:
    picture = runs["picture"].reading.picture
    assert picture is not None
    assert (seen_picture.painted(picture), picture.frame) == (9, 1)
    view = PictureView(DARK)
    shown(qtbot, view, runs["picture"], picture.width + 2 * EDGE, picture.height + 200)  # one pixel is one pixel
    image, seen = image_of(view), set()
    ratio = view.devicePixelRatioF()
    for row in range(picture.rows):
        for column in range(picture.columns):
            x, y = (place * picture.tile + picture.tile // 2 for place in (column, row))
            owner, bright = int(seen_picture.owner(picture)[row, column]), int(seen_picture.pixels(picture)[y, x])
            top = mix(DARK.track, DARK.t3, 0.75) if owner == 0 else DARK.worker(owner - 1)
            wanted = QColor(mix(DARK.track, top, bright / 255))
            got = image.pixelColor(round((EDGE + x) * ratio), round((TOP + y) * ratio))
            assert max(abs(a - b) for a, b in zip(got.getRgb(), wanted.getRgb(), strict=True)) <= 1  # type: ignore[call-overload]
            seen.add(owner)
    assert seen == {0, 1, 2, 3}


def test_below_it_stands_who_painted_how_much(qtbot: QtBot, runs: dict[str, Run]) -> None:
    view = shown(qtbot, PictureView(DARK), runs["picture"])
    assert view.accessibleName() == "Picture, frame 1: A 33 % · B 33 % · C 33 %"


def test_what_is_not_new_is_not_painted_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = PictureView(DARK)
    with running(checked(Recipe(job="mandelbrot", workers=2, knobs=PICTURE))) as run:
        until(run, lambda: run.reading.picture is not None and run.reading.picture.frame >= 2)
        shown(qtbot, view, run)
        run.stop()
        to_the_end(run)
        view.look(LONG)
        updates: list[int] = []
        monkeypatch.setattr(view, "update", lambda: updates.append(1))
        for moment in range(20):
            view.look(LONG + moment * SECOND)
        assert updates in ([], [1])  # the legend counts what was painted last
        view.look(LONG + 30 * SECOND)
        assert len(updates) <= 1


def test_another_theme_and_slot_are_other_colours(qtbot: QtBot, runs: dict[str, Run]) -> None:
    assert (colours(DARK, 2)[0] == colours(DARK, 0)[2]).all()
    picture = runs["picture"].reading.picture
    assert picture is not None
    view = shown(qtbot, PictureView(DARK), runs["picture"], picture.width + 2 * EDGE, picture.height + 200)
    view.set_theme(LIGHT)
    assert int(seen_picture.owner(picture)[0, 0]) == 1
    wanted = QColor(mix(LIGHT.track, LIGHT.worker(0), int(seen_picture.pixels(picture)[0, 0]) / 255))
    got = image_of(view).pixelColor(round(EDGE * view.devicePixelRatioF()), round(TOP * view.devicePixelRatioF()))
    assert max(abs(a - b) for a, b in zip(got.getRgb(), wanted.getRgb(), strict=True)) <= 1  # type: ignore[call-overload]


def test_the_scene_is_there_before_it_is_blurred(qtbot: QtBot) -> None:
    with running(checked(Recipe(job="blur", workers=1, amount=1, knobs={"width": 128}))) as run:
        to_the_end(run)
        picture = run.reading.picture
        assert picture is not None
        view = shown(qtbot, PictureView(DARK), run, picture.width + 2 * EDGE, picture.height + 200)
        first = image_of(view).pixelColor(EDGE + picture.width // 2, TOP + picture.height // 2)
        bright = int(seen_picture.pixels(picture)[picture.height // 2, picture.width // 2])
        assert bright > 0
        assert first == QColor(mix(DARK.track, mix(DARK.track, DARK.t3, 0.75), bright / 255))
        assert isqrt(run.engine.prepared["size"]) == picture.tile


# --- the rate


def stand_in(**fields: Any) -> Any:
    """A run whose counts a test sets."""
    known = {"started_ns": 0, "ended_ns": None, "ended": False, "number": 1, "job": catalogue.job("fetch")}
    known["recipe"] = SimpleNamespace(seconds=fields.pop("seconds", None))
    run = SimpleNamespace(**{**known, "totals": SimpleNamespace(ops=0), **fields})
    run.reading = run
    return run


def test_the_rate_is_that_of_the_last_second(qtbot: QtBot) -> None:
    view, run = RateView(DARK), stand_in()
    qtbot.addWidget(view)
    view.show_run(run, 0)
    for quarter in range(1, 81):  # 40 a second, and 80 from the tenth second on
        run.reading.totals.ops += 10 if quarter <= 40 else 20
        view.note(quarter * SECOND // 4)
    moments, pages = view.curve()
    at = dict(zip((moments / SECOND).tolist(), pages.tolist(), strict=True))
    assert [at[second] for second in (5.0, 10.0, 10.5, 11.0, 20.0)] == pytest.approx([40, 40, 60, 80, 80])
    view.look(LONG)
    assert view.accessibleName() == "80.0 pages/s, now; 60.0 on average, 1\u2009200 pages so far"


def test_a_minute_is_kept_and_no_more(qtbot: QtBot) -> None:
    view, run = RateView(DARK), stand_in()
    qtbot.addWidget(view)
    view.show_run(run, 0)
    for quarter in range(1, 4 * 200):
        run.reading.totals.ops += 1
        view.note(quarter * SECOND // 4)
        view.note(quarter * SECOND // 4 + 1000)  # asked more often than it counts
    assert 240 <= len(view.curve()[0]) <= 250


def test_who_comes_late_sees_the_mean_of_what_was_before(qtbot: QtBot) -> None:
    view, run = RateView(DARK), stand_in()
    qtbot.addWidget(view)
    run.reading.totals.ops = 300
    view.show_run(run, 0)
    view.note(10 * SECOND)
    assert view.curve()[1].tolist() == pytest.approx([30])


def test_an_ended_run_has_its_mean(qtbot: QtBot, runs: dict[str, Run]) -> None:
    view = shown(qtbot, RateView(DARK), runs["rate"])
    run = runs["rate"]
    assert run.started_ns is not None
    assert run.reading.ended_ns is not None
    mean = 20 / (run.reading.ended_ns - run.started_ns) * SECOND
    assert view.accessibleName() == f"{rate_view.number(mean)} pages/s, on average; 20 pages in all"
    before = view.accessibleName()
    view.note(LONG + SECOND)
    view.look(LONG + SECOND)
    assert view.accessibleName() == before


@pytest.mark.parametrize(
    ("age", "ended", "wanted", "length"),
    [
        (4.1, True, 4.0, 4.1),
        (4.1, True, None, 4.1),
        (0.05, True, None, 0.2),
        (1.0, False, 4.0, 4.0),
        (4.2, False, 4.0, 5.0),
        (1.0, False, None, 5.0),
        (5.1, False, None, 10.0),
        (1.0, False, 300.0, 5.0),
        (59.0, False, 300.0, 60.0),
    ],
)
def test_the_axis_is_as_long_as_the_run(age: float, ended: bool, wanted: float | None, length: float) -> None:
    assert rate_view.length_shown(age, ended, wanted) == length


@pytest.mark.parametrize(
    ("length", "marks"),
    [
        (4.1, [0, 1, 2, 3, 4]),
        (5.0, [0, 1, 2, 3, 4, 5]),
        (0.9, [0, 0.2, 0.4, 0.6, 0.8]),
        (60.0, [0, 15, 30, 45, 60]),
        (30.0, [0, 10, 20, 30]),
        (12.0, [0, 5, 10]),
    ],
)
def test_marks_stand_at_round_seconds(length: float, marks: list[float]) -> None:
    assert rate_view.marks(length) == pytest.approx(marks)


def drawn(view: RateView) -> tuple[int, int]:
    """The first and the last column of the chart that the curve is in, as parts of a hundred."""
    image, ratio = image_of(view), view.devicePixelRatioF()
    left, right = EDGE, view.width() - EDGE - rate_view.SCALE
    bottom = round((view.height() - EDGE - rate_view.AXIS - 4) * ratio)
    columns = [x for x in range(left, right) if image.pixelColor(round(x * ratio), bottom) == QColor(DARK.accent_soft)]
    return tuple(round((x - left) / (right - left) * 100) for x in (columns[0], columns[-1]))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("seconds", "until", "ended", "wanted"),
    [
        (4.0, 4.0, True, (0, 100)),
        (8.0, 2.0, False, (0, 25)),
        (None, 2.5, False, (0, 50)),
        (None, 90.0, False, (0, 100)),
    ],
)
def test_the_curve_fills_the_chart_as_far_as_the_run_has_come(
    qtbot: QtBot, seconds: float | None, until: float, ended: bool, wanted: tuple[int, int]
) -> None:
    view, run = RateView(DARK), stand_in(seconds=seconds)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.show_run(run, 0)
    for quarter in range(1, round(until * 4) + 1):
        run.reading.totals.ops += 10
        view.note(quarter * SECOND // 4)
    run.ended, run.ended_ns = ended, round(until * SECOND) if ended else None
    found = drawn(view)
    assert all(abs(part - whole) <= 2 for part, whole in zip(found, wanted, strict=True)), found
    assert view.shown()[2] is (until <= 60)


@pytest.mark.parametrize(("value", "most"), [(0, 1), (0.7, 0.8), (1, 1), (1.1, 2), (250, 400), (620, 800), (8100, 1e4)])
def test_the_scale_ends_at_a_round_number(value: float, most: float) -> None:
    assert rate_view.nice(value) == pytest.approx(most)


# --- the order


def said(*workers: int, missed: int = 0) -> list[Line]:
    return [Line(0, worker, str(worker + 1), missed if place == 0 else 0) for place, worker in enumerate(workers)]


def rounds_of(workers: int, lines: list[Line]) -> Rounds:
    rounds = Rounds(workers)
    for line in lines:
        rounds.add(line)
    return rounds


def test_a_round_is_as_many_numbers_as_there_are_workers() -> None:
    rounds = rounds_of(3, said(0, 1, 2, 1, 0, 2, 0, 0, 1, 0, 1))
    assert (rounds.whole, rounds.in_order) == (3, 1)
    assert [[worker for worker, _ in one] for one in rounds.kept] == [[0, 1, 2], [1, 0, 2], [0, 0, 1], [0, 1]]
    assert [in_order(one) for one in rounds.kept] == [True, False, False, True]  # the last one as far as it goes


def test_after_a_gap_a_new_round_begins() -> None:
    rounds = rounds_of(3, said(0, 1) + said(0, 1, 2, missed=7) + [Line(0, -1, "not a worker's")])
    assert (rounds.whole, rounds.in_order, rounds.missed) == (1, 1, 7)
    assert len(rounds.kept) == 1


def test_numbers_said_in_turn_are_in_order(qtbot: QtBot, runs: dict[str, Run]) -> None:
    """A loop wakes those first who went to sleep first."""
    view = shown(qtbot, OrderView(DARK), runs["order"])
    assert view.accessibleName() == "3 of 3 rounds in order as they were printed, newest round on top"
    image, ratio = image_of(view), view.devicePixelRatioF()
    for worker in range(5):  # the corner of each tile of the newest round
        place = QPoint(round((EDGE + NUMBERS + worker * 24 + 1) * ratio), round((TOP + 54 + 8 + 1) * ratio))
        assert image.pixelColor(place) == QColor(DARK.worker(worker))


def test_many_workers_take_several_lines(qtbot: QtBot) -> None:
    view = OrderView(DARK)
    qtbot.addWidget(view)
    view.resize(320, 300)
    view.rounds = rounds_of(500, said(*range(500)))
    view.grab()
    assert view.rounds.whole == 1


# --- trips and memory, beside other runs


def test_the_round_trip_of_an_ended_run_is_that_of_its_workers(qtbot: QtBot, runs: dict[str, Run]) -> None:
    view = TripsView(DARK)
    shown(qtbot, view, runs["trips"])
    view.show_runs(list(runs.values()))
    took = runs["trips"].statistics().round_trip_us
    assert took is not None
    bar = view.bars.bar_of(runs["trips"].number)
    assert bar is not None
    assert (bar.value, bar.label, bar.detail) == (took, "2 × threads", "queue")
    assert view.accessibleName().startswith("run 4, 2 × threads queue: ")


def test_a_live_run_tells_its_trips_and_one_that_was_stopped_keeps_them(qtbot: QtBot) -> None:
    view = TripsView(DARK)
    qtbot.addWidget(view)
    with running(checked(Recipe(job="ping-pong", workers=2))) as run:
        view.show_run(run, 0)

        def told() -> bool:
            view.show_runs([run])
            return view.bars.bar_of(1) is not None

        until(run, told)
        run.stop()
        to_the_end(run)
    view.show_runs([run])
    before = view.bars.bar_of(1)
    assert before is not None
    assert before.value == run.statistics().round_trip_us, "the verdict says the same"
    assert before.words.startswith(duration(before.value / 1e6))
    view.show_runs([])
    assert view.bars.bar_of(1) == before


def test_memory_is_what_a_worker_takes_beside_what_it_holds(qtbot: QtBot, runs: dict[str, Run]) -> None:
    view = MemoryView(DARK)
    shown(qtbot, view, runs["memory"])
    view.show_runs(list(runs.values()))
    bar = view.bars.bar_of(runs["memory"].number)
    assert bar is not None
    assert bar.before == 2
    assert 4 < bar.value < 60, "an interpreter, and what it holds"
    number, unit, note = view.figure(bar)
    assert (f"{number} {unit}", unit) == (bar.words, "MB")
    assert note == "per worker, of which it asked for 2.00 MB"


def test_the_newest_bars_are_shown_and_always_the_one_looked_at() -> None:
    bars = Bars()
    assert bars.keep(Bar(number, "threads", "", number, str(number)) for number in range(1, 8))
    assert not bars.keep([Bar(7, "threads", "", 7, "7")])
    assert [bar.number for bar in bars.rows(3, 7)] == [7, 6, 5]
    assert [bar.number for bar in bars.rows(3, 2)] == [7, 6, 2]
    assert [bar.number for bar in bars.rows(0, 2)] == []


def test_bars_are_as_long_as_their_values(qtbot: QtBot, runs: dict[str, Run]) -> None:
    view = TripsView(DARK)
    shown(qtbot, view, runs["trips"])
    view.bars.keep([Bar(4, "a", "", 10.0, "10 µs"), Bar(3, "b", "", 5.0, "5 µs"), Bar(2, "c", "", 2.5, "3 µs")])
    image, ratio = image_of(view), view.devicePixelRatioF()
    lengths = []
    for row, color in enumerate((DARK.accent, DARK.line2, DARK.line2)):
        y = round((TOP + 54 + 6 + row * ROW + ROW // 2) * ratio)
        lengths.append(sum(image.pixelColor(x, y) == QColor(color) for x in range(EDGE, image.width() - EDGE)))
    y = round((TOP + 54 + 6 + ROW // 2) * ratio)
    track = QColor(mix(DARK.accent_soft, DARK.panel, 0.5))
    assert not any(image.pixelColor(x, y) == track for x in range(image.width())), "the longest fills its room"
    assert lengths[0] > 50
    assert lengths[1] == pytest.approx(lengths[0] / 2, abs=2)
    assert lengths[2] == pytest.approx(lengths[0] / 4, abs=2)


# --- the page


def test_every_job_to_look_at_has_a_view(qtbot: QtBot) -> None:
    page = LookPage(DARK)
    qtbot.addWidget(page)
    looks = {job.look for job in catalogue.jobs()} - {""}
    assert looks == set(VIEWS)
    for look in looks:
        assert page.view_of(look) is not None
    assert page.view_of("") is None


def test_views_show_something_at_every_size_in_both_themes(qtbot: QtBot, runs: dict[str, Run]) -> None:
    page = LookPage(DARK)
    qtbot.addWidget(page)
    page.others = lambda: list(runs.values())
    page.show()
    qtbot.waitExposed(page)
    for run in runs.values():
        page.show_run(run, 3)
        page.tick(run.number * SECOND)
        for theme in (DARK, LIGHT):
            page.set_theme(theme)
            for width, height in ((320, 150), (320, 420), (520, 150), (520, 600)):
                page.resize(width, height)
                assert len(colors_of(page, theme)) > 2, (run.job.look, theme.name, width, height)


def colors_of(page: LookPage, theme: Theme) -> set[int]:
    image = QImage(page.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    page.render(painter, QPoint(0, 0))
    painter.end()
    return {image.pixel(x, y) for x in range(0, page.width(), 3) for y in range(0, page.height(), 3)}


def test_it_looks_ten_times_a_second_at_most_and_only_while_it_is_seen(
    qtbot: QtBot, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = LookPage(DARK)
    qtbot.addWidget(page)
    page.show_run(runs["picture"], 0)
    view = page.view_of("picture")
    looks: list[int] = []
    monkeypatch.setattr(view, "look", looks.append)
    for frame in range(60):
        page.tick(LONG + frame * SECOND // 60)
    assert not looks
    page.show()
    qtbot.waitExposed(page)
    for frame in range(60, 120):
        page.tick(LONG + frame * SECOND // 60)
    assert 8 <= len(looks) <= 11


def test_without_something_to_look_at_it_says_so(qtbot: QtBot) -> None:
    page = LookPage(DARK)
    qtbot.addWidget(page)
    page.show()
    page.show_run(None, 0)
    page.tick(LONG)
    assert page._nothing.isVisible()


# --- the tab


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(interpreters, "candidates", list)
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def test_the_tab_comes_to_the_front_once_and_is_there_only_for_such_runs(qtbot: QtBot, window: Window) -> None:
    tabs = window.side.tabs
    assert not tabs.offered("look")
    picture = window.run(Recipe(job="mandelbrot", workers=2, knobs=PICTURE))
    assert picture is not None
    assert (tabs.offered("look"), tabs.chosen) == (True, "look")
    view = window.side.look.view_of("picture")
    assert view is not None
    qtbot.waitUntil(lambda: view.accessibleName().startswith("Picture, frame"), timeout=LIMIT_MS)
    tabs.choose("tasks")
    window.teller.tell()
    assert tabs.chosen == "tasks", "it does not come back by itself"
    other = window.run(Recipe(job="sleep", workers=1, amount=1))
    assert other is not None
    assert not tabs.offered("look")
    window.teller.choose(picture.number)
    assert (tabs.offered("look"), tabs.chosen) == (True, "tasks")
    tabs.choose("look")
    window.teller.choose(other.number)
    assert (tabs.offered("look"), tabs.chosen) == (False, "tasks")
    window.runs.stop(picture.number)
    qtbot.waitUntil(lambda: picture.ended and other.ended, timeout=LIMIT_MS)


def test_a_run_that_has_ended_can_still_be_looked_at(qtbot: QtBot, window: Window) -> None:
    run = window.run(Recipe(job="mandelbrot", workers=2, amount=20, knobs=PICTURE))
    assert run is not None
    window.side.tabs.choose("tasks")
    qtbot.waitUntil(lambda: run.ended and not run.directory.path.exists(), timeout=LIMIT_MS)
    window.side.tabs.choose("look")
    view = window.side.look.view_of("picture")
    assert view is not None
    qtbot.waitUntil(lambda: "A" in view.accessibleName(), timeout=LIMIT_MS)


def test_threads_of_this_app_paint_too(qtbot: QtBot, window: Window) -> None:
    recipe = Recipe(job="blur", workers=2, amount=4, host="app", seconds=5.0, knobs={"width": 320})
    run = window.run(recipe)
    assert run is not None
    view = window.side.look.view_of("picture")
    assert view is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    assert (run.engine.outcome, run.engine.error) == ("finished", None)
    qtbot.waitUntil(lambda: view.accessibleName() == "Picture, frame 1: A 50 % · B 50 %", timeout=LIMIT_MS)
