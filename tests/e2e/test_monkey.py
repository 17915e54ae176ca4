"""Everything pressed at once, for a short while; tests/bench/monkey.py does it for as long as one likes."""

from __future__ import annotations

import pytest

from tests.bench.monkey import Monkey
from tests.e2e.conftest import Start

SECONDS = 10


@pytest.mark.parametrize("seed", [1])
def test_random_presses_do_no_harm(start: Start, seed: int) -> None:
    app = start("--size", "1280x800")
    monkey = Monkey(app, seed)
    monkey.play(SECONDS)
    assert app.process.poll() is None, (monkey.done, app.errors)
    app.until("an answer", lambda _: True)
    app.key("Escape")
    app.close()
