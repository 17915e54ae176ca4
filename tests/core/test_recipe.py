"""Recipes: what is written is read again; what cannot be run is refused, and the words of the refusal help."""

from __future__ import annotations

import math
import os
import re
import threading
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import catalogue
from playground.lab.wire.declaration import Model
from playground.lab.wire.ops import Named
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked, knobs_of, sentence
from playground.recipe.recipe_file import from_toml, load, load_code, to_toml
from tests.core.strategies import TEXT, recipes

NUMBERS = st.integers() | st.floats() | st.booleans() | st.integers(10**300, 10**310)


@given(recipes())
def test_a_recipe_that_can_be_run_is_itself_after_being_written_and_read(recipe: Recipe) -> None:
    assert checked(recipe) is recipe
    text = to_toml(recipe)
    assert from_toml(text) == recipe
    assert from_toml(text.encode()) == recipe


@pytest.mark.parametrize("path", ["a\x7fb", "a\tb\n", 'say "hi"', "C:\\Python\\new", "🐍/python", "\u2028"])
def test_odd_paths_are_written_so_that_they_can_be_read(path: str) -> None:
    assert from_toml(to_toml(Recipe(interpreter=path))).interpreter == path


@given(recipes())
def test_only_what_differs_from_the_standard_fields_is_written(recipe: Recipe) -> None:
    plain = tomllib.loads(to_toml(recipe))
    assert not [name for name, value in plain.items() if value in (None, "", {})]
    assert ("amount" in plain) == (recipe.amount is not None)


BAD = [
    ("job", {"job": "prime"}, "“prime”", "primes"),
    ("job", {"job": ""}, "“”", "primes"),
    ("job", {"job": "prîmes\u202e"}, "prîmes", "primes"),
    ("model", {"model": "thread"}, "“thread”", "threads"),
    ("host", {"host": "cloud"}, "“cloud”", "lab, app, ui"),
    ("host", {"host": "app", "model": "processes", "seconds": 1.0}, "in this app", "threads"),
    ("interpreter", {"host": "app", "interpreter": "/usr/bin/python3", "seconds": 1.0}, "/usr/bin/python3", "own"),
    ("interpreter", {"interpreter": "py\0thon"}, "py\\x00thon", "path"),
    ("workers", {"workers": 0}, "0", "1 to 100 000"),
    ("workers", {"workers": -3}, "-3", "1 to 100 000"),
    ("workers", {"workers": 100_001}, "100 001", "1 to 100 000"),
    ("workers", {"workers": 10**400}, "401 digits", "1 to 100 000"),
    ("amount", {"amount": 0}, "0", "1 to 1 000 000 000"),
    ("amount", {"amount": 10**12}, "1 000 000 000 000", "1 to 1 000 000 000"),
    ("seconds", {"seconds": 0.0}, "0", "0.05 to 86 400 s"),
    ("seconds", {"seconds": -math.inf}, "-inf", "0.05 to 86 400 s"),
    ("seconds", {"seconds": math.inf}, "inf", "0.05 to 86 400 s"),
    ("seconds", {"seconds": math.nan}, "nan", "0.05 to 86 400 s"),
    ("seconds", {"host": "ui", "model": "serial", "seconds": 5.01}, "5.01 s", "5 s at most"),
    ("seconds", {"host": "app", "seconds": 10.01}, "10.01 s", "10 s at most"),
    ("knobs.nap", {"knobs": {"nap": 1.0}}, "“nap”", "switch_interval"),
    ("knobs.switch_interval", {"knobs": {"switch_interval": math.nan}}, "nan", "0.00001 to 1 s"),
    ("knobs.switch_interval", {"knobs": {"switch_interval": 10**400}}, "401 digits", "0.00001 to 1 s"),
    ("knobs.switch_interval", {"knobs": {"switch_interval": True}}, "True", "0.00001 to 1 s"),
    ("knobs.switch_interval", {"knobs": {"switch_interval": "fast"}}, "“fast”", "0.00001 to 1 s"),
    ("knobs.probe_rate", {"knobs": {"probe_rate": 99}}, "99", "100 to 10 000 Hz"),
    ("knobs.stamps", {"knobs": {"stamps": 1}}, "1", "on, off"),
    ("knobs.start_method", {"model": "processes", "knobs": {"start_method": "vfork"}}, "“vfork”", "spawn"),
]


@pytest.mark.parametrize(("host", "model", "longest"), [("app", "threads", 10.0), ("ui", "serial", 5.0)])
def test_work_in_the_app_has_an_end_that_can_be_waited_for(host: str, model: str, longest: float) -> None:
    recipe = Recipe(host=host, model=model, seconds=longest)
    assert checked(recipe) is recipe
    with pytest.raises(BadRecipe, match=f"{longest:g} s at most") as refusal:
        checked(Recipe(host=host, model=model, seconds=longest + 0.1))
    assert refusal.value.field == "seconds"
    assert refusal.value.given == longest + 0.1
    assert refusal.value.allowed == f"0.05 to {longest:g} s"


@pytest.mark.parametrize("amount", [None, 10])
@pytest.mark.parametrize(("host", "model"), [("app", "threads"), ("ui", "serial")])
def test_without_a_length_work_in_the_app_has_the_usual_one(host: str, model: str, amount: int | None) -> None:
    recipe = checked(Recipe(host=host, model=model, amount=amount))
    assert recipe == Recipe(host=host, model=model, amount=amount, seconds=recipe.place.usual_s)
    unheard = recipe.place.longest(heard=False)
    assert recipe.seconds is not None
    assert unheard is not None
    assert recipe.seconds <= unheard <= 5.0, "it can be run wherever there is a window"
    assert checked(Recipe(amount=amount)).seconds is None, "a lab may go on until it is stopped"


WAITING_JOBS = [job.name for job in catalogue.jobs() if any(issubclass(op, Named) for op in job.uses)]


@pytest.mark.parametrize("job", WAITING_JOBS)
def test_workers_that_wait_for_each_other_run_where_they_can_be_ended(job: str) -> None:
    checked(Recipe(job=job, seconds=1.0))
    with pytest.raises(BadRecipe, match=r"runs in a lab process only: in this app") as refusal:
        checked(Recipe(job=job, host="app", seconds=1.0))
    assert refusal.value.field == "host"


def test_some_jobs_have_workers_that_wait_for_each_other() -> None:
    assert {"ping-pong"} <= set(WAITING_JOBS)


@pytest.mark.parametrize(("field", "fields", "given", "allowed"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_field_is_refused_with_what_was_given_and_what_is_allowed(
    field: str, fields: dict[str, Any], given: str, allowed: str
) -> None:
    with pytest.raises(BadRecipe) as refusal:
        checked(Recipe(**fields))
    assert refusal.value.field == field
    message = str(refusal.value)
    assert message[0].isupper()
    assert message[-1] in ".?"
    assert not re.search(r"\d[eE][+-]\d|'|; allowed", message.replace("app's", "")), "as people write it"
    assert refusal.value.given is not None
    assert refusal.value.allowed
    assert given in message
    assert allowed in message or allowed in refusal.value.allowed
    assert len(message) < 400
    message.encode()  # can be printed


FILES = [
    ("workers", "workers = true", "workers must be a whole number, not true."),
    ("workers", 'workers = "many"', "workers must be a whole number, not “many”."),
    ("workers", "workers = 4.5", "workers must be a whole number, not 4.5."),
    ("job", "job = 3", "job must be text in quotes, not 3."),
    ("seconds", "seconds = {}", "seconds must be a number, not a table."),
    ("knobs", "knobs = 3", "knobs must be a table, not 3."),
    ("knobs.switch_interval", "[knobs]\nswitch_interval = true", "must be a number or text in quotes, not true."),
    ("knobs.switch_interval", "[knobs]\nstamps = 'on'\nswitch_interval = [1]", "text in quotes, not a list."),
    ("colour", 'colour = "red"', "job, workers, model"),
    ("recipe", "workers = ", "TOML"),
    ("recipe", "workers = 1\nworkers = 2", "TOML"),
    ("recipe", "workers = 1" + "0" * 5000, "TOML"),
    ("recipe", "x = " + "[" * 5000, "TOML"),
    ("recipe", b"job = '\xff'", "TOML"),
    ("recipe", b"\0\1\2", "TOML"),
    ("recipe", 'job = "\\ud800"', "TOML"),
]


@pytest.mark.parametrize(("field", "text", "says"), FILES, ids=lambda value: str(value)[:30])
def test_a_file_that_is_not_a_recipe_is_refused_by_field(field: str, text: str | bytes, says: str) -> None:
    with pytest.raises(BadRecipe) as refusal:
        from_toml(text)
    assert refusal.value.field == field
    assert says in str(refusal.value)
    assert len(str(refusal.value)) < 400


@given(st.binary(max_size=200) | TEXT)
def test_any_file_is_a_recipe_or_refused(text: str | bytes) -> None:
    try:
        recipe = from_toml(text)
    except BadRecipe:
        return
    assert isinstance(recipe, Recipe)


def refused(recipe: Recipe) -> str | None:
    """The field for which it is refused."""
    try:
        checked(recipe)
    except BadRecipe as refusal:
        return refusal.field
    return None


@given(field=st.sampled_from(("workers", "amount", "seconds")), value=NUMBERS)
def test_any_number_is_run_or_refused(field: str, value: Any) -> None:
    assert refused(msgspec.structs.replace(Recipe(), **{field: value})) in (None, field)


@given(name=st.sampled_from([knob.name for knob in knobs_of(Recipe())]) | TEXT, value=NUMBERS | TEXT)
def test_any_knob_is_run_or_refused(name: str, value: Any) -> None:
    assert refused(Recipe(knobs={name: value})) in (None, f"knobs.{name}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(BadRecipe, match="cannot be read") as refusal:
            load(path)
        assert str(path) in str(refusal.value)


def test_a_file_that_is_no_recipe_by_its_size_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * 2_000_001)
    with pytest.raises(BadRecipe, match="larger than 2000 kB"):
        load(tmp_path / "large.toml")


def test_a_recipe_file_of_a_user_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('# two naps\njob = "sleep"\nworkers = 2\nseconds = 3\n\n[knobs]\nnap = 1\n', encoding="utf-8")
    assert load(file) == Recipe(job="sleep", workers=2, seconds=3.0, knobs={"nap": 1})


def test_an_unavailable_model_is_refused_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (*catalogue.models(), Model("fibres", "Fibres", "", why="pip install fibres"))
    monkeypatch.setattr(catalogue, "models", lambda: entries)
    with pytest.raises(BadRecipe, match="pip install fibres"):
        checked(Recipe(model="fibres"))


def test_a_change_of_job_drops_the_knobs_that_the_new_one_does_not_have() -> None:
    recipe = Recipe(job="sleep", knobs={"nap": 0.5, "switch_interval": 0.001})
    assert changed(recipe, job="primes").knobs == {"switch_interval": 0.001}
    assert changed(recipe, workers=9).knobs == recipe.knobs


def test_knobs_are_those_of_the_recipe_filled_up_with_defaults() -> None:
    recipe = Recipe(job="sleep", knobs={"nap": 0.5})
    assert recipe.knob("nap") == 0.5
    assert recipe.knob("switch_interval") == 0.005
    of_every_run = {"switch_interval": 0.005, "probe_rate": 1000, "stamps": "on", "gil": "default"}
    assert recipe.all_knobs() == {**of_every_run, "nap": 0.5}


def test_a_name_that_is_nearly_right_or_half_typed_is_told() -> None:
    for typed, name in (("prims", "primes"), ("pri", "primes"), ("mandel", "mandelbrot")):
        with pytest.raises(BadRecipe, match=f"^There is no job “{typed}”. Did you mean {name}\\?$") as refusal:
            checked(Recipe(job=typed))
        assert "hash" in refusal.value.allowed
    with pytest.raises(BadRecipe, match="There are: primes, "):
        checked(Recipe(job="p"))


def test_the_sentence_reads_like_the_recipe_bar() -> None:
    assert sentence(Recipe(workers=8)) == "8 × Count primes as threads"


@pytest.mark.parametrize(("host", "model", "seconds"), [("ui", "serial", 5.0), ("app", "threads", 10.0)])
def test_a_freeze_may_be_as_long_as_is_allowed(host: str, model: str, seconds: float) -> None:
    recipe = Recipe(host=host, model=model, seconds=seconds)
    assert checked(recipe) == recipe


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX")
def test_a_pipe_is_waited_for_only_by_who_has_the_time(tmp_path: Path) -> None:
    """A folder may bring one that nobody ever writes to; a shell's <(…) is one, too."""
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for read in (load, load_code):
        with pytest.raises(BadRecipe, match=r"pipe\.toml is no usual file"):
            read(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("workers = 3\n",))
    writer.start()
    assert load(pipe, waits=True).workers == 3
    writer.join()
