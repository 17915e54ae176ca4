"""Properties find new examples each time, also where CI is set, and a failure says how to repeat it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAILS = """
from hypothesis import given, strategies as st

@given(st.integers(0, 10**12))
def test_it(number):
    print("tried", number)
    assert number < 10**6
"""


def tried(folder: Path, fails: str) -> str:
    """What pytest says to it where CI is set: Hypothesis would try the same examples there for ever."""
    (folder / "test_it.py").write_text(fails, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.conftest", "-p", "no:cacheprovider", "test_it.py"]
    environment = os.environ | {"CI": "true", "GITHUB_ACTIONS": "true", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


def test_two_sessions_try_other_examples(tmp_path: Path) -> None:
    passes = FAILS.replace("10**6", "10**13")
    first, second = (set(re.findall(r"tried (\d+)", tried(tmp_path, passes))) for _ in range(2))
    assert len(first) > 20
    assert len(first & second) < len(first) / 2


def test_a_failure_says_how_to_repeat_it(tmp_path: Path) -> None:
    said = tried(tmp_path, FAILS)
    assert "1 failed" in said
    found = re.search(r"@reproduce_failure\('[^']+', b'[^']+'\)", said)
    assert found
    again = FAILS.replace("@given", f"{found.group()}\n@given").replace("given,", "given, reproduce_failure,")
    assert set(re.findall(r"tried (\d+)", tried(tmp_path, again))) == {"1000000"}
