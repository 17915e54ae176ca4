"""The rules of the verdict: each is asked by itself about a run that it speaks of, and about one that it does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from playground.figures.reach import Machine
from playground.figures.records import Shares
from playground.recipe.recipe import Recipe
from playground.verdict import little_to_say, rules, special, waits
from playground.verdict.said import Rule, Said
from playground.verdict.words import Words
from tests.core.made_runs import LOOP, MACHINE, made

LATE = replace(MACHINE, lateness_max_ms=1200.0)
ENDED: dict[str, Any] = {"phase": "ended", "outcome": "finished"}
IN_APP = {"recipe": Recipe(host="app", seconds=3.0)}
HALF = {"share": Shares(wait_gil=0.5, run=0.5)}
SPOKEN: list[tuple[Rule, str, dict[str, Any], dict[str, Any]]] = [
    (little_to_say.trouble, "crashed", {**ENDED, "outcome": "crashed"}, ENDED),
    (little_to_say.not_yet, "paused", {"phase": "paused"}, {}),
    (little_to_say.not_yet, "starting", {"seconds": 0.1}, {"seconds": 0.1, **ENDED}),
    (little_to_say.too_short, "short", {"seconds": 0.1, **ENDED}, {"seconds": 0.1}),
    (little_to_say.unseen, "unknown", {"share": Shares(run=0.7, unknown=0.3)}, {"share": Shares(unknown=0.2, run=0.8)}),
    (special.frozen, "ui_frozen", IN_APP, {}),
    (special.held_up, "held_up", {"model": "asyncio", "loop": LOOP, "begun": 1}, {"model": "asyncio", "loop": LOOP}),
    (special.holding, "holding", {"job": "allocate", "worker_mb": 20.0}, {"worker_mb": 20.0}),
    (special.talking, "talking", {"job": "ping-pong", "share": Shares(blocked=1)}, {"share": Shares(blocked=1)}),
    (special.one_by_one, "single", {"model": "serial"}, {"model": "serial", "workers": 1}),
    (special.one_by_one, "waiting", {"model": "serial", "share": Shares(io=1)}, {"share": Shares(io=1)}),
    (waits.waiting, "waiting", {"share": Shares(sleep=1)}, HALF),
    (waits.gil_bound, "gil_bound", HALF, {**HALF, "workers": 1}),
    (waits.turns, "turns", {"model": "asyncio", "share": Shares(wait_turn=1)}, HALF),
    (waits.turns, "queued", {"model": "thread-pool", "share": Shares(wait_turn=1)}, HALF),
    (waits.machine_full, "machine_full", {"share": Shares(wait_core=1)}, HALF),
    (rules.biggest_wait, "gil_bound", {"share": Shares(wait_gil=0.6, wait_core=0.4)}, {}),
    (rules.single, "single", {"workers": 1}, {}),
    (rules.parallel, "parallel", {"cores": 3.9}, {"cores": 1.0}),
]


def said(rule: Rule, fields: dict[str, Any], machine: Machine = LATE) -> Said | None:
    run = made(**fields)
    return rule(run, machine, Words(run, machine))


@pytest.mark.parametrize(("rule", "kind", "speaks", "_"), SPOKEN, ids=[f"{one[0].__name__}-{one[1]}" for one in SPOKEN])
def test_a_rule_speaks_of_its_runs(rule: Rule, kind: str, speaks: dict[str, Any], _: dict[str, Any]) -> None:
    found = said(rule, speaks)
    assert found is not None
    assert found.kind == kind
    assert found.sentence.endswith((".", "…"))
    assert found.reason.count("**") % 2 == 0


@pytest.mark.parametrize(("rule", "_", "__", "silent"), SPOKEN, ids=[f"{one[0].__name__}-{one[1]}" for one in SPOKEN])
def test_and_of_no_others(rule: Rule, _: str, __: dict[str, Any], silent: dict[str, Any]) -> None:
    assert said(rule, silent) is None


def test_every_rule_is_tried_and_the_last_one_always_speaks() -> None:
    assert {one[0] for one in SPOKEN} == {*rules.RULES, *rules.WAITS} - {rules.mixed}
    found = said(rules.mixed, {"share": Shares(run=0.6, io=0.4)})
    assert found == ("mixed", "4 threads use 1.0 of 8 cores.", "They ran **60 %** of their time and were in I/O 40 %.")
