"""Nothing is cut and nothing overlaps, in windows from the least size up: see `layout_check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.figures.records import Shares
from playground.interpreters import known
from playground.recipe.recipe import Recipe
from playground.verdict.judge import Verdict
from playground.verdict.key_figures import Figure
from tests.ui.layout_check import faults
from tests.ui.panel_records import run as record
from ui.kit.drawing import width_of
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK, ThemeSource
from ui.settings.settings_file import SettingsFile
from ui.shell.right_column import LEAST_WIDTH, MOST_WIDTH
from ui.stage.time_window import End
from ui.window import Window

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
    pytest.mark.usefixtures("no_other_pythons"),
]

LIMIT_MS = 60_000
SIZES = [(1024, 640), (1280, 720), (1440, 900), (3840, 2160)]
PATIENCE = 40
SHORT = Recipe(job="sleep", workers=4, amount=1)
VERDICT = Verdict(
    "gil_bound",
    "4 threads, but only 0.7 cores busy: the GIL lets one go on at a time.",
    "Each thread spent **75 %** of its time waiting for the GIL. " * 3,
    share=Shares(run=0.2, wait_gil=0.5, wait_core=0.2, io=0.05, blocked=0.05),
    figures=tuple(Figure(f"A figure {number}", "12.34 ms", "per second") for number in range(6)),
)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    load_fonts()
    window = Window(ThemeSource("dark"), SettingsFile(tmp_path))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def settle(qtbot: QtBot, window: Window, size: tuple[int, int]) -> list[str]:
    """What is wrong once all layouts, and layouts within layouts, have had their say."""
    window.resize(*size)
    found = ["not looked at"]
    for _ in range(PATIENCE):
        qtbot.wait(5)
        if not (found := faults(window)):
            break
    assert window.size() == QSize(*size)
    return found


def nothing_is_wrong(qtbot: QtBot, window: Window, what: str, sizes: list[tuple[int, int]] = SIZES) -> None:
    found = []
    for size in sizes:
        found += [f"{what}, {size[0]}×{size[1]}: {fault}" for fault in settle(qtbot, window, size)]
        said = [part for part in (window.side.verdict.sentence, window.side.verdict.short) if part.isVisible()]
        if window.side.isVisible() and not (len(said) == 1 and all_seen(said[0])):
            found.append(f"{what}, {size[0]}×{size[1]}: the verdict is not seen")
    assert not found, "\n".join(["", *found])


def all_seen(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect() == widget.rect()


def one_run(qtbot: QtBot, window: Window) -> None:
    run = window.run(SHORT)
    assert run is not None
    qtbot.waitUntil(lambda: run.ended, timeout=LIMIT_MS)
    window.clock.stop()  # its verdict would replace the longer one
    window.side.show_verdict(VERDICT)
    window.strip.show_verdict(VERDICT)


def forty_runs(window: Window) -> None:
    job = {"job": "primes", "model": "processes-threads"}
    records = [record(number, Recipe(workers=4, **job)) for number in range(2, 42)]
    for one in records:
        window.runs_panel.add(structs.replace(one, recipe=Recipe(workers=1000, **job)), 12.0)
        window.side.add_run(one.number, 0)
    window.side.show_tasks(records)
    window.side.choose(41)


def two_notices(window: Window) -> None:
    window.notices.add("This window froze for 4.5 s because the work ran in it.", [("lab 1", "Run in a lab process")])
    window.notices.add("Something in this window went wrong: words " * 6, trouble=True)
    window.notices.add("And one more")


def test_before_the_first_run(qtbot: QtBot, window: Window) -> None:
    own = known.own()
    many = [replace(own, facts=replace(own.facts, version=f"3.{minor}.0")) for minor in range(8, 20)]
    window.side.show_interpreters(many)
    nothing_is_wrong(qtbot, window, "at first")
    window.runs_panel.set_open(True)
    nothing_is_wrong(qtbot, window, "at first, Runs open")


def test_a_question_before_code_runs_is_whole_in_the_smallest_window(qtbot: QtBot, window: Window) -> None:
    window.runs_panel.set_open(True)
    window.resize(1024, 640)
    window.side.open_tab("code")
    window._middle.toggle_side()
    page = window.side.code
    page.tools.show()
    page.ask_bar.ask("This code came from elsewhere. The recipe is to run in " + "/a/path/of/somebody" * 8 + ". " * 40)
    words = page.ask_bar.words

    def whole() -> bool:
        return words.isVisible() and words.height() >= words.heightForWidth(words.width()) and all_seen(words)

    qtbot.waitUntil(whole, timeout=LIMIT_MS)
    assert not page.views.isVisible()
    page.ask_bar.hide()
    qtbot.waitUntil(page.views.isVisible, timeout=LIMIT_MS)
    page.ask_bar.ask("This code came from elsewhere.")
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: whole() and page.views.isVisible(), timeout=LIMIT_MS)


def test_with_what_is_wrong_and_notices(qtbot: QtBot, window: Window) -> None:
    one_run(qtbot, window)
    window.recipe_bar.set_problem("job", "There is no job “prims”; allowed: " + "primes, fetch, sleep, " * 30)
    two_notices(window)
    for size in SIZES:
        nothing_is_wrong(qtbot, window, "problem and notices", [size])
        for over in (window.notices, window.recipe_bar._problem_row):
            assert all_seen(over), size


@pytest.fixture
def full(qtbot: QtBot, window: Window) -> Window:
    """With forty runs, and all tabs."""
    one_run(qtbot, window)
    forty_runs(window)
    for name in ("look", "output"):
        window.side.tabs.set_offered(name, True)
    return window


@pytest.mark.parametrize("runs_open", [False, True])
@pytest.mark.parametrize("column", [LEAST_WIDTH, MOST_WIDTH])
def test_with_forty_runs(qtbot: QtBot, full: Window, column: int, runs_open: bool) -> None:
    settle(qtbot, full, (1440, 900))
    splitter = full.side.parent()
    splitter.moveSplitter(splitter.width() - column - splitter.handleWidth(), 1)
    assert full.side.width() == column
    full.runs_panel.set_open(runs_open)
    for tab in ("tasks", "code", "look", "output"):
        full.side.tabs.choose(tab)
        nothing_is_wrong(qtbot, full, f"{tab}, column {column}", SIZES[1:])


@pytest.mark.parametrize("runs_open", [False, True])
def test_with_forty_runs_in_a_drawer(qtbot: QtBot, full: Window, runs_open: bool) -> None:
    settle(qtbot, full, SIZES[0])
    full.runs_panel.set_open(runs_open)
    nothing_is_wrong(qtbot, full, "the drawer is closed", SIZES[:1])
    full._middle.toggle_side()
    assert full.side.isVisible()
    for tab in ("tasks", "code", "look", "output"):
        full.side.tabs.choose(tab)
        nothing_is_wrong(qtbot, full, f"{tab} in the drawer", SIZES[:1])


def test_with_the_question_whether_code_may_run(qtbot: QtBot, window: Window) -> None:
    one_run(qtbot, window)
    window.side.open_tab("code")
    window.side.code.ask_bar.ask("This code came from recipe.toml. Look at it before it runs.")
    for runs_open in (False, True):
        window.runs_panel.set_open(runs_open)
        nothing_is_wrong(qtbot, window, "question", SIZES[1:])
        assert window.side.verdict.short.isVisible()
        assert all_seen(window.side.code.ask_bar)


ZOOMED = [(80, (820, 512)), (80, (1280, 720)), (110, (1280, 800)), (150, (1920, 1080)), (200, (2560, 1440))]


@pytest.mark.parametrize(("zoom", "size"), ZOOMED)
def test_zoomed(qtbot: QtBot, full: Window, zoom: int, size: tuple[int, int]) -> None:
    full.themes.set_zoom(zoom)
    for runs_open in (False, True):
        full.runs_panel.set_open(runs_open)
        for tab in ("tasks", "code", "look", "output"):
            full.side.tabs.choose(tab)
            nothing_is_wrong(qtbot, full, f"{tab}, {zoom} %", [size])


@pytest.mark.parametrize(("zoom", "size"), ZOOMED)
def test_zoomed_before_the_first_run(qtbot: QtBot, window: Window, zoom: int, size: tuple[int, int]) -> None:
    window.themes.set_zoom(zoom)
    nothing_is_wrong(qtbot, window, f"at first, {zoom} %", [size])
    assert window.stage.bar.legend._layout().words
    two_notices(window)
    nothing_is_wrong(qtbot, window, f"notices, {zoom} %", [size])
    assert all_seen(window.notices)


def test_while_a_line_is_typed(qtbot: QtBot, window: Window) -> None:
    window.recipe_bar.type_line()
    nothing_is_wrong(qtbot, window, "a line")


Break = Callable[[Window], None]


def _overlap(window: Window) -> None:
    window.stage.axis.move(window.stage.axis.x(), window.stage.bar.y())


def _outside(window: Window) -> None:
    window.recipe_bar.run.move(window.width() - 10, 12)


def _cut(window: Window) -> None:
    window.side.verdict.sentence.setFixedHeight(14)


def _narrow(window: Window) -> None:
    window.recipe_bar.run.setFixedWidth(30)


def _squeezed(window: Window) -> None:
    window.runs_panel._count.setFixedWidth(5)


@pytest.mark.parametrize("broken", [_overlap, _outside, _cut, _narrow, _squeezed])
def test_the_check_bites(qtbot: QtBot, window: Window, broken: Break) -> None:
    window.clock.stop()
    assert settle(qtbot, window, (1440, 900)) == []
    broken(window)
    if broken not in (_overlap, _outside):  # which the layout would mend
        qtbot.wait(20)
    assert faults(window)


def test_plain_labels_are_found(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    holder = QWidget()
    qtbot.addWidget(holder)
    label = QLabel("words", holder)
    holder.show()
    assert len(faults(holder)) == 1
    label.hide()
    assert not faults(holder)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_the_legend_has_words_beside_whatever_the_pill_says(
    qtbot: QtBot, window: Window, size: tuple[int, int], frozen: bool
) -> None:
    settle(qtbot, window, size)
    bar = window.stage.bar
    before = bar.length.geometry()
    if frozen:
        window.stage.freeze(True)
    assert bar.legend._layout().words
    assert bar.length.geometry() == before


@pytest.mark.parametrize("size", SIZES)
def test_the_pill_hugs_its_words_and_nothing_moves(qtbot: QtBot, window: Window, size: tuple[int, int]) -> None:
    window.clock.stop()
    settle(qtbot, window, size)
    bar, clock = window.stage.bar, window.stage.window_of_time
    beside = (bar.length, bar.zoom_out, bar.zoom_in, bar.lens, bar.legend)
    places, widths, left = [part.geometry() for part in beside], [], bar.live.mapTo(bar, QPoint(0, 0))
    for end in (None, End(clock.now - 4 * 10**9), End(clock.now - 59 * 60 * 10**9, 888)):
        clock.end = end
        bar.live.show_words()
        qtbot.waitUntil(lambda: bar.live.width() == bar.live.sizeHint().width(), timeout=LIMIT_MS)
        assert bar.live.width() - width_of(bar.live.words, DARK.font(13, 500)) < 50
        assert bar.live.mapTo(bar, QPoint(bar.live.width(), 0)).x() < bar.legend.x()
        assert ([part.geometry() for part in beside], bar.live.mapTo(bar, QPoint(0, 0))) == (places, left)
        widths.append(bar.live.width())
    assert widths == sorted(set(widths))


def test_the_pill_says_which_run_where_there_is_room(qtbot: QtBot, window: Window) -> None:
    pill, clock = window.stage.bar.live, window.stage.window_of_time
    window.clock.stop()
    for size, words in (((1440, 900), "Run 3, ended 4 s ago"), ((1280, 720), "Ended 4 s ago")):
        settle(qtbot, window, size)
        clock.end = End(clock.now - 4 * 10**9, 3)
        pill.show_words()
        assert pill.words == words
        assert "Run 3" in pill.accessibleName() or not clock.frozen
