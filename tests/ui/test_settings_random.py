"""Random settings files: whatever stands in the file, the start goes on. A file is taken, or set aside as it was, with
the reason."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.files import toml_text
from ui.settings.settings import Settings
from ui.settings.settings_file import FILE, SettingsFile

MANY = int(os.environ.get("CONCURRENCY_PLAYGROUND_EXAMPLES", "120"))
NAMES = [*Settings.__struct_fields__, "of_a_newer_version"]
RECIPE = ["workers", "job", "model", "interpreter", "host", "seconds", "amount", "knobs", "code", "compare", "title"]
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["dark", "threads", "own", "primes", "../../etc", "AAAA", "Ctrl+R", "nan"]),
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.floats(), st.sampled_from([0, -1, 10**400, 80, 200, 5e-324, float("nan")])
)
PLAIN = st.one_of(WORDS, NUMBERS, st.booleans())
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
TABLES = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)
RECIPES = st.fixed_dictionaries({"recipe": st.dictionaries(st.sampled_from(RECIPE), VALUES, max_size=4)})


def valid(name: str) -> st.SearchStrategy[Any]:
    """Of the type that the field has: these are taken, and the app lives with them."""
    default = getattr(Settings(), name)
    if isinstance(default, bool):
        return st.booleans()
    if isinstance(default, tuple):
        return st.lists(WORDS, max_size=3)
    if isinstance(default, dict):
        keys = st.sampled_from(["run", "stop_all", "no_such", "", "a.b"])
        return st.dictionaries(keys, st.lists(WORDS, max_size=3) if name == "keys" else WORDS, max_size=3)
    return NUMBERS if isinstance(default, int | float) else WORDS


RIGHT = st.fixed_dictionaries(
    {}, optional={name: valid(name) for name in Settings.__struct_fields__ if name != "recipe"}
)


def as_toml(table: dict[str, Any]) -> bytes:
    try:
        return toml_text.written(table).encode()
    except TypeError:  # a table in a list
        return repr(table).encode()


def spoilt(text: bytes, place: int, instead: bytes) -> bytes:
    at = place % (len(text) + 1)
    return text[:at] + instead + text[at + len(instead) :]


SPOILT = st.builds(spoilt, st.builds(as_toml, RIGHT), st.integers(0, 5_000), st.binary(max_size=4))
FILES = st.one_of(
    st.builds(as_toml, TABLES), st.builds(as_toml, RECIPES), st.builds(as_toml, RIGHT), SPOILT, st.binary()
)
FOUND = [  # by this test, or by hand
    b"zoom = 1" + b"0" * 5_000,  # more digits than Python reads
    b"x = " + b"[" * 3_000,
    b"x = " + b"[" * 100_000,
    b"",
    b"\x00" * 64,
    b"\xef\xbb\xbftheme = 'dark'",
    b"time_window_s = nan",
    b"keys = { run = [''] }",
    b"[keys]\nrun = 'Ctrl+R'",
    b"look_for_updates = 1979-05-27",
    b"newer = 1979-05-27",
]


def begin_with(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_bytes(content)
        kept = SettingsFile(Path(folder))
        if kept.message is not None:
            assert path.with_name(f"{FILE}.broken-1").read_bytes() == content
            assert "(" in kept.message, "the reason"
            assert kept.settings == Settings()
        else:
            assert path.exists()
        kept.change(right_width=512, lens_open=not kept.settings.lens_open)
        kept.close()
        again = SettingsFile(Path(folder))
        assert (again.message, again.settings.right_width) == (None, 512)
        assert again.settings.keys == kept.settings.keys


@given(content=FILES)
@hypothesis_settings(deadline=None, max_examples=MANY)
def test_whatever_stands_in_the_file_the_start_goes_on(content: bytes) -> None:
    begin_with(content)


@pytest.mark.parametrize("content", FOUND, ids=range(len(FOUND)))
def test_what_once_went_wrong(content: bytes) -> None:
    begin_with(content)


def test_what_is_right_is_taken() -> None:
    """So the test above does not look at refused files alone."""
    table = msgspec.to_builtins(Settings(theme="light", keys={"run": ("F9",)}))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(as_toml(table))
        assert SettingsFile(Path(folder)).settings == Settings(theme="light", keys={"run": ("F9",)})
