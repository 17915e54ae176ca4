"""A verdict asks none of a hundred thousand workers: to make their records would take a second, twice a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from playground.figures.records import STOPPED, Shares, WorkerStatistics
from playground.verdict.judge import judge
from tests.core.made_runs import MACHINE, made

MANY = 100_000


class Untouched(Sequence[WorkerStatistics]):
    def __len__(self) -> int:
        return MANY

    def __getitem__(self, index: Any) -> Any:
        raise AssertionError("a worker was asked")


@pytest.mark.parametrize(
    "fields",
    [
        {"phase": "starting", "seconds": 0.0, "throughput": 0.0, "share": Shares()},
        {"phase": "running", "throughput": 0.0, "share": Shares()},
        {"phase": "ended", "outcome": STOPPED, "throughput": 0.0, "share": Shares(), "begun": 0},
        {"phase": "running", "share": Shares(sleep=1.0)},
        {"phase": "running", "share": Shares(run=0.2, wait_turn=0.8)},
        {"phase": "paused"},
    ],
    ids=lambda fields: f"{fields['phase']}, {'working' if fields.get('throughput', 1) else 'nothing done'}",
)
def test_no_worker_is_asked(fields: dict[str, Any]) -> None:
    run = replace(made(workers=MANY, model="asyncio", job="sleep", **fields), workers=Untouched())
    assert judge(run, MACHINE).sentence
