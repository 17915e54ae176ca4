"""The lab as a model sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground import directory
from playground.directory import RunDirectory
from playground.lab.running import Lab


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunDirectory]:
    monkeypatch.setattr(directory, "home", lambda: tmp_path / "home")
    made = RunDirectory(2)
    yield made
    made.remove()


def test_a_pool_that_broke_for_no_known_reason_has_not_done_its_work(place: RunDirectory) -> None:
    said: list[tuple[str, dict[str, Any]]] = []
    lab = Lab(str(place.path), {"knobs": {}, "workers": 2}, lambda event, **more: said.append((event, more)))
    lab.pool_broke([])
    assert [event for event, _ in said] == ["failed"]
