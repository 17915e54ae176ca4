"""The mutation run itself: what it changes, what it leaves alone, and when it calls a sample bad."""

from __future__ import annotations

import ast
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

pytest.importorskip("resource", reason="mutants are tried in forks")

from tests.mutation import __main__ as mutants
from tests.mutation import inside, related, verdicts
from tests.mutation.__main__ import sample
from tests.mutation.changes import AS_IT_IS, changed, changes
from tests.mutation.related import RELATED, ROOT, modules

SOURCE = '''
"""A docstring with 3 words."""
LIMIT = 2

class Meter:
    kind: str = "plain"

    def read(self, a, b):
        """Two words."""
        self.seen = a
        if a < b and not b:
            return f"{a} of {'many' if b else 'none'}"
        return min(a, b) + LIMIT
'''


def told(source: str) -> list[str]:
    return [change.change for change in changes("playground/made.py", source)]


def test_each_change_is_one_that_people_make() -> None:
    assert told(SOURCE) == [
        "2 → 3", "2 → 0",
        "'plain' → 'not plain'",
        "self.seen = a → left out",
        "a < b and (not b) → a < b or not b",
        "a < b → a <= b",
        "not b → b",
        """return f"{a} of {('many' if b else 'none')}" → return None""",
        "b → not b",
        "return min(a, b) + LIMIT → return None",
        "min(a, b) + LIMIT → min(a, b) - LIMIT",
        "min(a, b) → max(a, b)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a == b", ["a == b → a != b"]),
        ("x = a is None", ["a is None → a is not None"]),
        ("x = a * b", ["a * b → a / b"]),
        ("x = 0.5", ["0.5 → 0.55", "0.5 → 0.45", "0.5 → 0.0"]),
        ("x = 1e-12", ["1e-12 → 1.1e-12", "1e-12 → 9e-13", "1e-12 → 0.0"]),
        ("x = True", ["True → False"]),
        ("x = 'two words'", ["'two words' → 'not two words'"]),
        ("x = 'A sentence of words.'", []),
        ("x = f(a, b)", ["f(a, b) → f(b, a)"]),
        ("x = np.maximum(a, b)", ["np.maximum(a, b) → np.minimum(a, b)"]),
        ("x = a[b:c]", ["b:c → :c", "b:c → b:"]),
        ("f()", ["f() → left out"]),
        ("x = -a", ["-a → a"]),
        ("x: int | None = None", []),
        ("assert a < b", []),
        ("from a import b", []),
    ],
)
def test_what_becomes_of(source: str, expected: list[str]) -> None:
    assert told(source) == expected


def test_a_change_is_made_at_its_place_and_nowhere_else() -> None:
    plain = ast.unparse(ast.parse(SOURCE)).splitlines()
    for change in changes("playground/made.py", SOURCE):
        made = ast.unparse(changed(SOURCE, change.place)).splitlines()
        compile("\n".join(made), "made", "exec")
        assert sum(one != other for one, other in zip(plain, made, strict=True)) == 1, change.key
    assert ast.unparse(changed(SOURCE, AS_IT_IS)).splitlines() == plain


def test_a_change_knows_where_it_is() -> None:
    first, *_, last = changes("playground/made.py", SOURCE)
    assert (first.function, first.in_function, first.number) == ("", False, 3)
    assert (last.function, last.in_function, last.lines) == ("Meter.read", True, range(13, 14))
    assert first.key == "playground/made.py · module · LIMIT = 2 · 2 → 3"


def test_keys_stay_when_lines_move_and_differ_from_each_other() -> None:
    keys = [change.key for change in changes("playground/made.py", SOURCE)]
    assert len(set(keys)) == len(keys)
    assert [change.key for change in changes("playground/made.py", "\n\n" + SOURCE)] == keys


def test_every_exemption_names_a_change_that_there_is_and_a_reason() -> None:
    every = {one.key for path in modules([]) for one in changes(path, (ROOT / path).read_text(encoding="utf-8"))}
    for key, why in verdicts.exempt().items():
        assert key in every
        assert len(why) > 20


def test_every_module_has_test_files() -> None:
    assert all((ROOT / f"playground/{name}.py").exists() for name in RELATED)
    assert all(related.test_files(f"playground/{name}.py") for name in RELATED)
    assert all(list(ROOT.glob(pattern)) for patterns in RELATED.values() for pattern in patterns)


def test_a_sample_is_as_large_as_asked_for_and_another_one_with_another_seed() -> None:
    every = [change for number in range(1000) for change in changes(f"playground/made{number}.py", "x = True")]
    chosen = sample(every, Fraction(1, 20), seed=1)
    assert len(chosen) == 50
    assert chosen == sample(every, Fraction(1, 20), seed=1) != sample(every, Fraction(1, 20), seed=2)


@pytest.mark.parametrize(("of", "survivors"), [(20, 5), (80, 11), (100, 13)])
def test_a_sample_is_bad_when_chance_would_make_it_so_less_than_once_in_a_thousand(of: int, survivors: int) -> None:
    """As drawn a million times."""
    assert verdicts.most_survivors(of) == survivors
    assert verdicts.enough(of - survivors, of, whole=False)
    assert not verdicts.enough(of - survivors - 1, of, whole=False)
    drawn = np.random.default_rng(1).binomial(of, 0.05, 10**6)
    assert (drawn > survivors).mean() < 0.001 < (drawn > survivors - 1).mean()


def test_of_all_changes_95_in_100_are_to_be_noticed() -> None:
    assert verdicts.enough(95, 100, whole=True)
    assert not verdicts.enough(94, 100, whole=True)


def test_a_change_of_a_threshold_is_killed_and_one_of_nothing_survives() -> None:
    """The real thing, with one change of each kind: in a function, and where the module is imported."""
    began = "return (self._last_began - self.started_ns)"
    line = [sys.executable, "-m", "tests.mutation", "reading/header_sums", "--match", began]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| playground/reading/header_sums.py | 6 | 6 | 0 | 0 | 100.0 % |" in done.stdout


def test_tests_that_fail_before_anything_is_changed_have_an_exit_code_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ends(files: list[str], seed: int, *plugins: Any) -> int:
        plugins[0].failed = ["tests/core/test_totals.py::test_made"]
        return 1

    monkeypatch.setattr(inside, "run", ends)
    assert mutants.main(["reading/header_sums", "--sample", "1/3"]) == mutants.UNFIT == 3
    assert "Unchanged, these fail already: tests/core/test_totals.py::test_made" in capsys.readouterr().err
