"""A recipe as one line: what is written is read as the same recipe; what is not understood is said so that it helps."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from playground import catalogue, hosts
from playground.interpreters.names import matching
from playground.lab.wire.declaration import Job, Model
from playground.recipe.line_grammar import EXAMPLE, REMARK
from playground.recipe.line_reader import NotUnderstood, from_line
from playground.recipe.line_writer import BREAKS, to_line, to_sentence
from playground.recipe.recipe import BadRecipe, Recipe
from tests.core.strategies import TEXT, recipes

FOUR = Recipe(workers=4)


# --- what is written is read again


@given(recipes())
@example(Recipe(interpreter="ui"))
@example(Recipe(interpreter="labs"))
@example(Recipe(interpreter="this python"))
@example(Recipe(interpreter="as"))
@example(Recipe(interpreter="CPython 3.13"))
@example(Recipe(interpreter='C:\\Program Files\\"new"\\python.exe', amount=3))
@example(Recipe(interpreter="3", amount=100))
@example(Recipe(interpreter="/opt/a=b,c/python"))
@example(Recipe(interpreter="."))
@example(Recipe(knobs={"gil": "on", "switch_interval": 1e-05}))
@example(Recipe(job="sleep", model="asyncio", knobs={"yields": "after each call"}, seconds=86_399.99))
def test_a_line_is_read_as_the_recipe_it_was_made_of(recipe: Recipe) -> None:
    assume(not BREAKS.search(recipe.interpreter))
    line = to_line(recipe)
    assert len(line.splitlines()) == 1
    assert from_line(line) == recipe
    assert from_line(f"Run {line} ") == recipe


@given(recipes())
def test_a_sentence_is_read_as_the_recipe_it_tells(recipe: Recipe) -> None:
    assume(not recipe.interpreter)
    assert from_line(to_sentence(recipe)) == recipe


def test_only_what_is_not_usual_stands_in_a_line() -> None:
    assert to_line(FOUR) == "4 x primes as threads"
    assert to_line(Recipe(interpreter="3.13t")) == EXAMPLE
    assert to_line(Recipe(host="app", seconds=5.0)) == "4 x primes as threads in this app for 5 s"
    assert to_line(Recipe(model="qthread", host="app", seconds=0.5)) == "4 x primes as qthread for 0.5 s"
    knobs = {"switch_interval": 0.001, "nap": 0.2}
    line = "2 x sleep as threads 100 each with switch_interval=0.001, nap=0.2"
    assert to_line(Recipe(job="sleep", workers=2, amount=100, knobs=knobs)) == line


def test_the_sentence_tells_everything() -> None:
    recipe = Recipe(host="app", seconds=5.0, amount=100, knobs={"switch_interval": 0.001})
    assert to_sentence(recipe, "CPython 3.13") == (
        "4 × Count primes as threads on CPython 3.13 in this app for 5 s, 100 ops each, with Switch interval = 0.001 s"
    )


def test_the_users_own_code_is_left_out_and_the_line_says_so() -> None:
    line = to_line(Recipe(job="own", code="def job(i, n): pass"))
    assert line == f"4 x own as threads {REMARK}"
    assert from_line(line) == Recipe(job="own")
    assert to_line(Recipe(code="# of another job")) == "4 x primes as threads"


def test_a_path_that_is_no_line_is_refused() -> None:
    with pytest.raises(BadRecipe, match="one line") as refusal:
        to_line(Recipe(interpreter="/opt/new\nline"))
    assert refusal.value.field == "interpreter"


# --- what people type

FREE = Recipe(interpreter="3.13t")
KNOBS = {"switch_interval": 0.001, "gil": "on"}
SAME = [
    ("4 x primes as threads on 3.13t", FREE),
    ("Run 4 × Count primes as Threads on CPython 3.13 free-threaded in a lab process", FREE),
    ("4 * PRIMES AS THREAD ON 3.13T", Recipe(interpreter="3.13T")),
    ("4x primes as thread on 3.13 free threaded", FREE),
    ("  4 primes, as threads, on cpython 3.13t.", FREE),
    ("primes as threads 4 x", FOUR),
    ("in a lab process as threads on this Python 4 x primes", FOUR),
    ("8 x hash as process on pypy 3.9", Recipe(job="hash", workers=8, model="processes", interpreter="pypy3.9")),
    ("8 x hash as Thread pool on python3.12", Recipe("hash", 8, "thread-pool", interpreter="python3.12")),
    ("8 x hash as processes × threads", Recipe("hash", 8, "processes-threads")),
    ("8 x hash as asyncio + to_thread", Recipe("hash", 8, "asyncio-to-thread")),
    ("10\u2009000 x sleep as asyncio", Recipe("sleep", 10_000, "asyncio")),
    ("10_000 x sleep as asyncio 2_000 each", Recipe("sleep", 10_000, "asyncio", amount=2000)),
    ("4 x primes as threads for 5", Recipe(seconds=5.0)),
    ("4 x primes as threads for 500ms", Recipe(seconds=0.5)),
    ("4 x primes for 2 minutes as threads", Recipe(seconds=120.0)),
    ("4 x primes 100 each as threads", Recipe(amount=100)),
    ("4 x primes as threads in this app for 5 s", Recipe(host="app", seconds=5.0)),
    ("1 x primes as serial on the UI thread for 2 s", Recipe("primes", 1, "serial", "ui", seconds=2.0)),
    ("4 x primes as QThread for 2 s", Recipe(model="qthread", host="app", seconds=2.0)),
    ("4 x primes as threads with switch interval = 0.001 s and gil=on", Recipe(knobs=KNOBS)),
    ("4 x primes with gil = off, as threads, for 5 s", Recipe(knobs={"gil": "off"}, seconds=5.0)),
    ("4 x primes as asyncio with Yields=After each call", Recipe(model="asyncio", knobs={"yields": "after each call"})),
    ('4 x primes as threads on "C:\\Program Files\\python.exe"', Recipe(interpreter="C:\\Program Files\\python.exe")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "recipe"), SAME, ids=lambda value: value if isinstance(value, str) else "")
def test_people_need_not_type_it_exactly(line: str, recipe: Recipe) -> None:
    assert from_line(line) == recipe


@pytest.mark.parametrize("entry", [*catalogue.jobs(), *catalogue.models()], ids=lambda entry: entry.name)
def test_every_job_and_model_goes_by_its_title(entry: Model | Job) -> None:
    for words in (entry.title, entry.title.upper(), entry.name.replace("-", " ")):
        if entry in catalogue.jobs():
            assert from_line(f"3 x {words} as threads").job == entry.name
        else:
            assert from_line(f"3 x primes as {words} for 1 s").model == entry.name


@pytest.mark.parametrize("host", ["lab", "app", "ui"])
def test_every_host_goes_by_its_name_and_title(host: str) -> None:
    for words in (host, hosts.named(host).title, f"the {host}"):
        assert from_line(f"1 x primes as serial in {words}").host == host
        assert from_line(f"1 x primes as serial on {words}").host == host


def test_the_short_name_made_of_a_title_finds_that_python() -> None:
    from playground.interpreters import known

    own = known.own()
    name = from_line(f"4 x primes as threads on {own.title}").interpreter
    assert matching(name, [own]) is own


# --- what is not understood

WRONG = [
    ("", "recipe", "There is nothing in this line. It reads like: 4 x primes as threads on 3.13t", None),
    ("run", "recipe", "There is nothing in this line.", None),
    ("4 x primes", "recipe", "The model is missing. A line reads like: 4 x", None),
    ("4 x as threads", "recipe", "The job is missing.", None),
    ("primes as threads", "recipe", "The number of workers is missing.", None),
    ("4 x prims as threads", "job", "There is no job “prims”. Did you mean primes?", "prims"),
    ("4 x primes as thraeds", "model", "There is no model “thraeds”. Did you mean threads?", "thraeds"),
    ("4 x primes as thr", "model", "There is no model “thr”. Did you mean threads?", "thr"),
    ("4 x primes as", "model", "The model is missing: serial, threads", ""),
    ("many x primes as threads", "workers", "The number of workers must be a whole number, not “many”.", "many"),
    ("4.5 x primes as threads", "workers", "must be a whole number, not “4.5”.", "4.5"),
    ("4 x primes as threads 1.5 each", "amount", "must be a whole number, not “1.5”.", "1.5"),
    ("4 x primes as threads onn 3.13", "recipe", "“onn” was not understood. Did you mean on?", "onn"),
    ("4 primes threads", "recipe", "“threads” was not understood. Did you mean as threads?", "threads"),
    ("4 x primes && as threads", "recipe", "“&&” was not understood. A line reads like: N x JOB", "&&"),
    ("4 x primes as threads \udcff", "recipe", "“\\udcff” was not understood. A line", "\udcff"),
    ("4 x sleep as threads nap=0.5", "recipe", "Put knobs after “with”: … with nap=0.5", "nap"),
    ("4 x sleep as threads, nap = 0.5", "recipe", "Put knobs after “with”: … with nap=0.5", "nap"),
    ("4 x primes as threads in the cloud", "host", "no place “the cloud”. There are: lab, app, ui.", "the cloud"),
    ("4 x primes as threads in this ap", "host", "There is no place “this ap”. Did you mean app?", "this ap"),
    ("4 x primes as threads for ever", "seconds", "must be like 5 s, 500 ms or 2 min, not “ever”.", "ever"),
    ("4 x primes as threads for 5 parsecs", "seconds", "or 2 min, not “5 parsecs”.", "5 parsecs"),
    ("4 x primes as threads on", "interpreter", "The Python is missing: a short name like 3.13t", ""),
    ("4 x primes as threads on /my python", "interpreter", '"in quotes" if it has spaces', "/my python"),
    ('4 x primes as threads on "/my python', "interpreter", "not “\"/my python”.", '"/my python'),
    ("4 x primes as threads with prob_rate=1", "knobs.prob_rate", "Did you mean probe_rate?", "prob_rate"),
    ("4 x primes as threads with nap=1", "knobs.nap", "no knob “nap”. There are: gil, probe_rate", "nap"),
    ("4 x primes as threads with probe_rate=2", "knobs.probe_rate", "must be 100 to 10 000 Hz, not 2.", "probe_rate=2"),
    ("4 x primes as threads with gil=no", "knobs.gil", "must be one of default, on, off, not “no”.", "gil=no"),
    ("4 x primes as threads with gil=on, gil=off", "knobs.gil", "gil is given twice.", "gil=off"),
    ("4 x primes as threads with more", "knobs", "What follows “with” must be KNOB=VALUE", "more"),
    ("4 x primes as threads as processes", "model", "is given twice: “threads” and “processes”.", "processes"),
    ("4 x primes, hash as threads", "job", "The job is given twice: “primes” and “hash”.", "hash"),
    ("4 x primes as threads, 5 x primes", "workers", "is given twice: “4 x” and “5 x”.", "5 x"),
    ("4 x primes as threads\n4 x primes as threads", "workers", "is given twice", "4 x"),
    ("4 x " + "many " * 300, "job", "There is no job “many many", "many " * 299 + "many"),
    ("x" * 3000, "recipe", "A line may have 2000 characters, not 3000.", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "field", "words", "marked"), WRONG, ids=lambda value: str(value)[:50])
def test_what_is_not_understood_is_said_with_its_place(line: str, field: str, words: str, marked: str | None) -> None:
    with pytest.raises(BadRecipe) as refusal:
        from_line(line)
    problem = refusal.value
    assert problem.field == field
    assert words in str(problem)
    assert len(str(problem)) < 500
    assert str(problem)[0] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ" or field == "knobs.gil"
    assert problem.allowed or "twice" in words
    if marked is None:
        assert not isinstance(problem, NotUnderstood)
    else:
        assert isinstance(problem, NotUnderstood)
        assert line[problem.start : problem.end] == marked


PIECES = [*"x×*=,\"'", "4", "as", "on", "in", "for", "with", "primes", "threads", "gil", "each"]


@given(TEXT | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_a_recipe_or_refused(text: str) -> None:
    try:
        recipe = from_line(text)
    except BadRecipe:
        return
    assert from_line(to_line(recipe)) == recipe
