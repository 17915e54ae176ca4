"""The lab as a model sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.lab.lab import Lab
from playground.run import run_folder
from playground.run.run_folder import RunDirectory


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunDirectory]:
    monkeypatch.setattr(run_folder, "home", lambda: tmp_path / "home")
    made = RunDirectory(2)
    yield made
    made.remove()


def test_a_pool_that_broke_for_no_known_reason_has_not_done_its_work(place: RunDirectory) -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    lab = Lab(str(place.path), {"knobs": {}, "workers": 2}, lambda event, **more: said.append((event, more)))
    lab.pool_broke([])
    assert [event for event, _ in said] == ["failed"]
