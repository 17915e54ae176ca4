"""Time by mouse and keyboard: freeze, zoom, pan, back to live, and the lens."""

from __future__ import annotations

import numpy as np
import pytest

from tests.e2e.conftest import Start
from tests.e2e.driver import App, State

SPAN_S = 10.0


@pytest.fixture
def app(start: Start) -> App:
    """With a run to look at."""
    app = start("--theme", "dark")
    app.click("run")
    app.works(1)
    return app


def moves(app: App) -> bool:
    """Does the picture of the run change?"""
    before = lanes(app)
    app.now()
    return not np.array_equal(before, lanes(app))


def lanes(app: App) -> np.ndarray:
    """The part of the run's group that is drawn from data."""
    picture = app.picture("run_1")
    return picture[36:120, 130 : picture.shape[1] - 120]


def spans(length: float, frozen: bool) -> object:
    return lambda state: abs(state["span_s"] - length) < 1e-6 and state["frozen"] is frozen


def test_space_freezes_the_picture_but_not_the_work(app: App) -> None:
    assert moves(app)
    app.key("space")
    frozen = app.until("frozen", lambda state: state["frozen"])
    assert not moves(app)
    later = app.now()
    assert sum(worker["ops"] for worker in later["runs"][0]["workers"]) > sum(
        worker["ops"] for worker in frozen["runs"][0]["workers"]
    )
    app.key("space")
    app.until("live", lambda state: not state["frozen"])
    assert moves(app)
    app.click("live")
    app.until("frozen by mouse", lambda state: state["frozen"])
    app.click("live")
    app.until("live by mouse", lambda state: not state["frozen"])


def test_the_wheel_zooms_from_a_minute_to_a_millisecond(app: App) -> None:
    app.wheel("run_1", 3)
    state = app.until("a shorter window", lambda state: state["span_s"] < SPAN_S)
    assert not state["frozen"]
    assert state["offset_s"] == 0  # the live edge stays
    app.wheel("run_1", 60)
    app.until("1 ms", spans(0.001, False))
    app.wheel("run_1", -80)
    app.until("60 s", spans(60.0, False))


def test_buttons_and_keys_zoom_too(app: App) -> None:
    app.click("zoom_in")
    app.until("5 s", spans(5.0, False))
    app.click("zoom_out")
    app.until("10 s", spans(10.0, False))
    app.key("plus")
    app.until("5 s by key", spans(5.0, False))
    app.key("minus", "minus")
    app.until("20 s by key", spans(20.0, False))
    app.click("window_length")
    app.key("Down", "Return")
    app.until("the menu's first", spans(60.0, False))


def test_dragging_goes_back_in_time_and_a_double_click_returns(app: App) -> None:
    def went_back(state: State) -> bool:
        return state["frozen"] and 1.0 < state["offset_s"] < SPAN_S

    app.drag("run_1", 0.4, 0.6, down=0.2)
    app.until("frozen, some seconds ago", went_back)
    app.wheel("run_1", 2)
    app.until("frozen and shorter", lambda state: state["frozen"] and state["span_s"] < SPAN_S)
    app.click("run_1", 0.5, 0.2, times=2)
    app.until("live again", lambda state: not state["frozen"] and state["offset_s"] == 0)
    app.key("Left")
    app.until("back by key", lambda state: state["frozen"] and state["offset_s"] > 0)
    app.key("End")
    app.until("live by key", lambda state: not state["frozen"])


def test_the_lens_comes_and_goes(app: App) -> None:
    app.shows("lens_1")
    app.click("lens")
    app.hides("lens_1")
    app.key("l")
    app.shows("lens_1")
    before = app.picture("lens_1")
    app.key("space")
    app.until("frozen", lambda state: state["frozen"])
    app.click("run_1", 0.75, 0.2)  # on a lane: this moment
    app.now()
    assert not np.array_equal(before, app.picture("lens_1"))


def test_pointing_at_a_lane_tells_what_it_did(app: App) -> None:
    app.key("space")
    app.until("frozen", lambda state: state["frozen"])
    app.screen.do("mousemove", *app.point("run_1", 0.8, 0.2))
    state = app.until("words beside the mouse", lambda state: state["hover"])
    assert state["hover"][0].startswith("1")  # the worker: run and letter
    app.screen.do("mousemove", *app.point("run"))
    app.until("no words", lambda state: not state["hover"])
