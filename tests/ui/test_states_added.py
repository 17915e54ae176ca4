"""A state that is added is one row: a table in a temporary folder has two more, one that records tell and one that
workers ask for and the probe sees, and everything else follows from it. In a
process of its own, as the table is read when modules are imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from playground.reading import states

ROOT = Path(__file__).resolve().parents[2]
ROW = """    State(
        name="holding",
        share="hold",
        words="holds a lock",
        several="holding a lock",
        short="hold",
        did="held a lock for {}",
        spent="held a lock",
        part="hold",
        meaning="has what others wait for",
        explained="it has a lock and does nothing with it",
        pattern="dots",
        told=4,
        kinds=(8,),
        here="holds here",
    ),
    State(
        name="paging",
        share="page",
        words="waits for memory",
        several="waiting for memory",
        short="memory",
        did="waited {} for memory",
        spent="waited for memory",
        part="memory",
        meaning="waits until its memory is there",
        explained="its memory has to come from the disk",
        pattern="lines",
        told=5,
        kinds=(9,),
        seen=7,
        asked=True,
    ),
"""
BEFORE = '    State(\n        name="sleeping",\n'
SCRIPT = """
import importlib.util, json, sys
sys.path.insert(0, {root!r})
from playground.lab.wire import ring
ring.KINDS = 10  # two kinds of record more
spec = importlib.util.spec_from_file_location({module!r}, {table!r})
states = sys.modules[{module!r}] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(states)

import numpy as np
import msgspec
from PySide6.QtWidgets import QApplication
application = QApplication([])
from playground.figures.records import Shares
from playground.reading.lanes.store import MANY
from playground.reading.rings import RECORD
from tests.core.made_runs import made
from tests.core.recorded import RecordedLanes
from playground.verdict.judge import judge
from playground.cli.report import as_text
from playground.figures.reach import Machine
from ui.runs import split_bar
from ui.runs.how_to_read import HowToRead, LegendRow
from ui.kit import patterns
from ui.stage import heat_plot, lens
from ui.stage.lane_layers import lane_layers, STACKED
from ui.stage.legend import Legend
from ui.code import worker_lines
from ui.kit.theme import DARK

HOLDING, MS = states.NUMBERS["holding"], 1_000_000
told = {{"number": HOLDING, "empty": states.EMPTY, "count": states.STATE_COUNT}}

record = np.zeros(1, RECORD)
record[["start", "end", "kind"]] = (100 * MS, 200 * MS, 8)
store = RecordedLanes(1, shared_gil=False)
store.write(record)
store.settled()
told["lane"] = [[one.state, one.start // MS, one.end // MS] for one in store.slices(0, 300 * MS, 300 * MS)]
told["spent"] = store.spent[0].tolist()
edges = np.arange(0, 300 * MS + 1, 100 * MS, dtype=np.int64)
shares = store.shares(edges, 300 * MS)
told["column"] = int(shares[0, 1].argmax())
layer = lane_layers(shares, 10, 0, 1.0)
told["layer"] = [int(patterns.STATES[number]) for number in layer[0, 5]]
many = RecordedLanes(MANY + 1, shared_gil=False)
every = np.zeros(MANY + 1, RECORD)
every["start"], every["end"], every["kind"], every["task"] = 100 * MS, 200 * MS, 8, range(MANY + 1)
many.write(every)
many.settled()
heat = many.counts(edges, 300 * MS)
told["heat"] = [int(heat[1].argmax()), round(float(heat[1].max()))]
reach = heat_plot.heat_levels(heat[1:2], MANY + 1, 40)
told["heat layer"] = int(patterns.HEAT_STATES[int((reach[0, 0] <= 20).sum())])
def look(state):
    return patterns.square(state, DARK.worker(0), DARK, 1.0).tolist()
told["paint"] = look(HOLDING) == look(states.CORE) != look(states.EMPTY)
told["asleep"] = look(states.SLEEP) != look(states.EMPTY) and patterns.LINED == (states.SLEEP,)

told["json"] = json.loads(msgspec.json.encode(Shares(hold=0.4, run=0.6)))
told["total"] = Shares(hold=0.4, run=0.6).total()
told["words"] = [states.words_of("holding"), states.explained("holding"), states.number_of("holding")]
told["legend"] = [Legend(DARK).accessibleName()]
card = HowToRead(DARK)
told["card"] = [row.accessibleName() for row in card.findChildren(LegendRow)]
told["bar"] = [part.long for part in split_bar.parts_of(Shares(hold=0.4, run=0.6))]
counts = np.zeros(states.STATE_COUNT)
counts[HOLDING] = 3
told["lens"] = lens.facts(counts)
told["here"] = worker_lines.DOES[8]
run = made(workers=2, share=Shares(run=0.6, hold=0.4))
told["verdict"] = judge(run, Machine(2, 0.0, 0.0, None)).reason
told["text"] = as_text(run)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    table = tmp_path_factory.mktemp("table") / "states.py"
    text = Path(states.__file__).read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1
    table.write_text(text.replace(BEFORE, ROW + BEFORE), encoding="utf-8")
    script = SCRIPT.format(root=str(ROOT), table=str(table), module=states.__name__)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_it_has_a_number_and_the_others_make_room(told: dict[str, object]) -> None:
    assert (told["number"], told["count"], told["empty"]) == (7, 10, 10)


def test_its_records_become_its_lane(told: dict[str, object]) -> None:
    assert told["lane"] == [[7, 100, 200]]
    assert told["spent"] == [0, 0, 0, 0, 0, 0, 0, 100_000_000, 0, 0]
    assert (told["column"], told["heat"]) == (7, [7, 101])


def test_it_is_painted(told: dict[str, object]) -> None:
    assert told["paint"]
    assert told["asleep"]
    assert told["layer"] == [10, 7, 10], "nothing before, and nothing after"
    assert told["heat layer"] == 7


def test_it_is_told_of(told: dict[str, object]) -> None:
    assert told["json"] == {
        **dict.fromkeys((row.share for row in states.TABLE), 0.0),
        "run": 0.6,
        "hold": 0.4,
        "page": 0.0,
    }
    assert told["total"] == 1.0
    assert told["words"] == ["holds a lock", "it has a lock and does nothing with it", 7]
    assert "waits for a lock, holds a lock, in I/O" in str(told["legend"])
    assert "has what others wait for" in str(told["card"])
    assert told["bar"] == ["running", "holds a lock"]
    assert told["lens"] == ["none running", "3 holding a lock"]
    assert told["here"] == "holds here"


def test_verdict_and_text_name_it(told: dict[str, object]) -> None:
    assert "held a lock 40 %" in str(told["verdict"])
    assert "blocked 0%, hold 40%, I/O 0%" in str(told["text"])
