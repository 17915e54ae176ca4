"""Hypothesis strategies for what the core works on: recipes, and the records that workers write."""

from __future__ import annotations

import sys

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from playground import catalogue, hosts
from playground.lab.wire import ring
from playground.lab.wire.declaration import Model
from playground.reading.rings import RECORD
from playground.recipe.recipe import Recipe, knobs_of

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Any recipe that can be run."""
    model = draw(st.sampled_from([entry for entry in catalogue.models() if entry.available]))
    host = draw(st.sampled_from(model.hosts))
    longest = hosts.named(host).longest_s
    seconds = st.floats(0.05, longest or 86_400.0)
    recipe = Recipe(
        job=draw(st.sampled_from(jobs_of(model, host))),
        workers=draw(st.integers(2, 10_000)),
        model=model.name,
        host=host,
        interpreter=draw(TEXT) if host == "lab" else "",
        amount=draw(st.none() | st.integers(1, 10**9)),
        seconds=draw(seconds if longest else st.none() | seconds),
    )
    knobs: dict[str, float | int | str] = {}
    for knob in draw(st.lists(st.sampled_from(knobs_of(recipe)), unique_by=lambda knob: knob.name)):
        if knob.choices:
            value = st.sampled_from(knob.choices)
        elif isinstance(knob.default, int):
            value = st.integers(int(knob.low), int(knob.high))
        else:
            value = st.floats(knob.low, knob.high)
        knobs[knob.name] = draw(value)
    made = Recipe(**{**{name: getattr(recipe, name) for name in recipe.__struct_fields__}, "knobs": knobs})
    if catalogue.job(made.job).together:
        assume(made.all_knobs().get("pool_size", made.workers) >= made.workers)  # type: ignore[operator]
        assume(not model.one_loop or made.knob("channel") != "pipe")
    if sys.platform == "win32" and model.one_loop:
        assume(made.job != "fetch" or made.workers <= 500)  # select takes 512 sockets there
    return made


def jobs_of(model: Model, host: str) -> list[str]:
    """Those that it can run there; without the user's own, which needs code."""
    waiting = {"Acquire", "Release", "Put", "Get", "Wait", "Set"}
    return [
        entry.name
        for entry in catalogue.jobs()
        if entry.name != "own"
        and (model.at_once or not entry.together)
        and (host == "lab" or not waiting & {*entry.op_names})
    ]


@st.composite
def records(draw: st.DrawFn, most: int = 12) -> np.ndarray:
    """What one worker may have written: each record starts where the one before ended."""
    count = draw(st.integers(0, most))
    written = np.zeros(count, RECORD)
    now = draw(st.integers(1, 10**6))
    for record in written:
        wall = draw(st.sampled_from((0, 1)) | st.integers(0, 10**6))
        record["start"], record["end"] = now, now + wall
        record["cpu"] = draw(st.integers(0, wall + wall // 8))  # the two clocks are not one: it may exceed the wall
        record["core_wait"] = draw(st.integers(0, wall * 2))
        record["core"] = draw(st.sampled_from((0, 1, ring.CORE_UNKNOWN)))
        record["kind"] = draw(st.sampled_from((ring.RUN, ring.RUN, ring.SLEEP, ring.IO, ring.LOCK, ring.PAUSED)))
        record["flags"] = draw(st.integers(0, 1))
        now += wall
    return written
