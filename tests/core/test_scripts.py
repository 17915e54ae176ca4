"""Copy as script: every combination of job and model that has a script is generated and run, and its answer compared
with that of a lab which did the same work."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from playground import catalogue
from playground.cli import commands
from playground.recipe import own_code
from playground.recipe.recipe import BadRecipe, Recipe, checked
from playground.script.making import NoScript, script_for
from tests.core import pythons
from tests.core.labs import ROOT, finished, forget_added, made_of
from tests.core.made_pythons import counting, starts

pytestmark = pytest.mark.skipif(os.name != "posix", reason="seen only on systems with process groups")

LIMIT_S = 120.0
AT_ONCE = 3
WORKERS, AMOUNT = 3, 4
KNOBS = {"say-number": {"pause": 0.01}, "sleep": {"nap": 0.002}, "fetch": {"latency": 5.0}, "read-files": {"files": 8}}
JOBS = [entry.name for entry in catalogue.jobs() if entry.name != own_code.NAME]
MODELS = [entry.name for entry in catalogue.models()]
QT = ("qthread", "qthreadpool")
PORTS = iter(range(20_000 + os.getpid() % 8_000, 30_000))  # not those that the system hands out by itself


def recipe_of(job: str, model: str, **fields: Any) -> Recipe:
    host = "lab" if "lab" in catalogue.model(model).hosts else "app"
    python = "" if host == "app" else pythons.that_can(model) or ""
    given = {"job": job, "workers": WORKERS, "amount": AMOUNT, "knobs": KNOBS.get(job, {}), "interpreter": python}
    return Recipe(model=model, host=host, **{**given, **fields})


@functools.cache
def of_lab(job: str) -> tuple[object, dict[str, Any]]:
    """The answer of a lab, and what it sized its pieces to. It does not depend on the model."""
    with finished(checked(recipe_of(job, "threads"))) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        return run.reading.answer, run.engine.prepared


@functools.cache
def script_of(job: str, model: str) -> str | NoScript:
    try:
        return script_for(recipe_of(job, model), {**of_lab(job)[1], "port": own_port()})
    except NoScript as why:
        return why


def own_port() -> int:
    """No two scripts that run at once get the same."""
    for port in PORTS:
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def python_for(model: str) -> str:
    """Which Python runs a script of that model; the test is skipped where there is none."""
    if model in QT:
        if importlib.util.find_spec("PySide6") is None:
            pytest.skip("Qt is not installed here")
        return sys.executable
    path = pythons.that_can(model)
    if path is None:
        pytest.skip(f"no Python here can run {model}")
    return path or sys.executable


def run_script(python: str, text: str, folder: Path) -> str:
    """What it printed."""
    done = started(python, text, folder)
    assert done.returncode == 0, f"{done.stderr}\n{text}"
    return done.stdout


def started(python: str, text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Until it has ended."""
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [python, "-W", "ignore", str(path)],
        cwd=folder,
        env={**environment, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )


def answer_in(said: str) -> object:
    """As JSON would tell it, as the lab's went through that."""
    *_, answer, rate = said.splitlines()
    assert re.fullmatch(r"\d+\.\d \w+/s", rate), said
    words = answer.partition("answer: ")[2]
    try:
        return json.loads(json.dumps(ast.literal_eval(words)))
    except (ValueError, SyntaxError):
        return words


Running = dict[tuple[str, str], "Future[str]"]


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The scripts of all tests that are to be run, several at once: most of them mostly wait."""
    wanted = [item.callspec.params for item in request.session.items if "running" in getattr(item, "fixturenames", ())]  # type: ignore[attr-defined]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun: Running = {}
        for job, model in ((one["job"], one["model"]) for one in wanted):
            text = script_of(job, model) if fits(job, model) and can_run(model) else None
            if isinstance(text, str):
                folder = tmp_path_factory.mktemp(f"{job}-{model}")
                begun[job, model] = pool.submit(run_script, python_for(model), text, folder)
        yield begun
        pool.shutdown(cancel_futures=True)


def can_run(model: str) -> bool:
    try:
        python_for(model)
    except pytest.skip.Exception:
        return False
    return True


def fits(job: str, model: str, **fields: Any) -> bool:
    """May they be run together at all? That no Python here can is another matter."""
    try:
        checked(recipe_of(job, model, seconds=1.0, interpreter="" if model in QT else "python", **fields))
    except BadRecipe:
        return False
    return True


every_combination = pytest.mark.parametrize(("job", "model"), [(job, model) for model in MODELS for job in JOBS])


@every_combination
def test_a_script_gives_the_answer_of_the_lab(job: str, model: str, running: Running) -> None:
    python_for(model)
    if not fits(job, model):
        pytest.skip("they do not go together")
    text = script_of(job, model)
    if isinstance(text, NoScript):
        pytest.skip(f"no script: {text}")
    assert answer_in(running[job, model].result()) == of_lab(job)[0]


@pytest.mark.parametrize("model", MODELS)
def test_a_script_is_short_and_stands_alone(model: str) -> None:
    for job in JOBS:
        text = script_of(job, model)
        if isinstance(text, NoScript):
            assert 10 < len(str(text)) < 120
            continue
        assert text.count("\n") < 60
        assert max(map(len, text.splitlines())) <= 100, text
        assert "playground" not in text
        assert text == text.rstrip() + "\n"
        tree = ast.parse(text, feature_version=(3, 8))
        assert ast.get_docstring(tree)
        assert not left_over(tree), text
        assert not unused_imports(tree), text


def left_over(tree: ast.AST) -> set[str]:
    """Names that only mean something in this project."""
    names = {"Call", "Block", "Sleep", "Fetch", "Acquire", "Release", "Put", "Get", "Wait", "Set"}
    names |= {"rounds", "expect", "report", "shared", "beside", "result", "show_on", "show_tile", "show_trips"}
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & (names - bound)


def unused_imports(tree: ast.AST) -> set[str]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {(alias.asname or alias.name).partition(".")[0] for node in found for alias in node.names}
    return names - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("job", ["primes", "hash", "sleep", "say-number"])
def test_the_plain_jobs_have_a_script_for_every_model(job: str) -> None:
    missing = {model: str(why) for model in MODELS if isinstance(why := script_of(job, model), NoScript)}
    assert set(missing) <= {"interpreter-pool", "subinterpreters"} - {m for m in MODELS if pythons.that_can(m)}, missing


def test_most_combinations_have_a_script() -> None:
    made = {pair: script_of(*pair) for pair in ((job, model) for job in JOBS for model in MODELS) if fits(*pair)}
    refused = {pair: str(text) for pair, text in made.items() if isinstance(text, NoScript)}
    assert len(refused) < len(made) / 3, refused


@pytest.mark.parametrize("name", ["3.12", "3.13", "3.14"])
def test_subinterpreters_by_the_module_of_each_python(name: str, tmp_path: Path) -> None:
    python = pythons.python(name)
    text = script_for(recipe_of("hash", "subinterpreters", interpreter=python.path), of_lab("hash")[1])
    assert answer_in(run_script(python.path, text, tmp_path)) == of_lab("hash")[0]


def test_an_interpreter_of_no_known_version_is_a_reason() -> None:
    with pytest.raises(NoScript, match="that of /no/snake is not known: run it once"):
        script_for(recipe_of("hash", "subinterpreters", interpreter="/no/snake"))


def test_nobody_is_started_to_ask_for_a_version(tmp_path: Path) -> None:
    python, log = counting(tmp_path / "bin")
    named = tmp_path / "bin" / "python3.14"
    Path(python).rename(named)
    for interpreter in (str(named), "3.14"):
        text = script_for(recipe_of("hash", "subinterpreters", interpreter=interpreter))
        assert "concurrent import interpreters" in text
    assert starts(log) == 0


def test_a_path_cannot_end_the_words_that_tell_of_it() -> None:
    text = script_for(
        recipe_of("primes", "threads", interpreter='/x/"""\nimport antigravity\n"""\\\N{RIGHT-TO-LEFT OVERRIDE}')
    )
    assert "\nimport antigravity" not in text
    assert "import antigravity" in (ast.get_docstring(ast.parse(text)) or "")
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text


# --- what a recipe says


def test_values_are_those_of_the_run() -> None:
    recipe = recipe_of("hash", "thread-pool", workers=7, knobs={"pool_size": 3})
    text = script_for(recipe, {"size": 4096}, amount=12_345)
    assert "WORKERS = 7\n" in text
    assert "AMOUNT = 12_345  # blocks for each worker\n" in text
    assert "SIZE = 4096  # bytes in each\n" in text
    assert "POOL_SIZE = 3\n" in text


def test_without_a_run_a_piece_has_the_usual_size() -> None:
    text = script_for(Recipe(job="primes"))
    assert "SIZE = 104  # numbers in each\n" in text
    assert "AMOUNT = 10_000  # chunks for each worker\n" in text


def test_the_same_recipe_gives_the_same_script() -> None:
    """Also in another process, in which sets have another order."""
    command = [sys.executable, "main.py", "script", "--job", "mix", "--model", "greenlet"]
    texts = [
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in "123"
    ]
    assert texts[0].startswith('"""')
    assert len(set(texts)) == 1


def test_letting_others_go_on_after_each_call_is_written_out() -> None:
    asked = script_for(recipe_of("primes", "asyncio", knobs={"yields": "after each call"}))
    assert "await asyncio.sleep(0)  # lets the others go on" in asked
    assert "sleep(0)" not in script_for(recipe_of("primes", "asyncio"))


@pytest.mark.parametrize("source", ["memory", "disk"])
def test_of_two_ways_only_the_one_that_is_taken_is_shown(source: str) -> None:
    text = script_for(recipe_of("read-files", "threads", knobs={"source": source}))
    assert ("posix_fadvise" in text) == (source == "disk")


@pytest.mark.usefixtures("nobody_asked")
def test_another_python_is_told() -> None:
    text = script_for(recipe_of("primes", "threads", interpreter="3.13t", knobs={"gil": "off"}))
    assert "\nRun it with: python3.13t -X gil=0" in text
    assert "Run it with" not in script_for(recipe_of("primes", "threads"))


def test_a_python_that_is_known_is_told_by_its_path() -> None:
    python = pythons.python("3.8")
    assert f"\nRun it with: {python.path}" in script_for(recipe_of("primes", "threads", interpreter="3.8"))


def test_a_switch_interval_is_set() -> None:
    text = script_for(recipe_of("primes", "threads", knobs={"switch_interval": 0.0005}))
    assert "\nsys.setswitchinterval(0.0005)\n" in text
    assert "setswitchinterval" not in script_for(recipe_of("primes", "threads"))


# --- how a job becomes a function

MADE_UP = {
    "nested": """
def double(number):
    return 2 * number

def ops(worker, amount):
    most, found = 0, []
    for number in numbers(amount):
        most = max(most, (yield Call(double, number)))
        found.append((yield Call(double, (yield Call(double, worker)))))
        found += [(yield Call(double, 1))]
    return [most, found]
""",
    "locked": """
shared, uses = {"the door": LOCK, "room": semaphore(2), "go": EVENT}, (Call, Sleep, Acquire, Release, Set, Wait)

def ops(worker, amount):
    if worker == 0:
        yield Set("go")
    yield Wait("go")
    for number in numbers(amount):
        yield Acquire("the door")
        yield Acquire("room")
        yield Sleep(0.001)  # nobody else is here
        yield Release("room")
        yield Release("the door")
    return "done"
""",
    "queued": """
shared, uses = {"belt": queue()}, (Put, Get)

def ops(worker, amount):
    total = 0
    for number in numbers(amount):
        yield Put("belt", number)
        total += yield Get("belt")
    return total if worker > 99 else "done"
""",
    "handing_on": """
uses = (Call, Sleep)

def square(number):
    return number * number

def twice(number, useless):
    show(useless)
    a = yield Call(square, number)
    yield Sleep(0.0001)
    b = yield Call(square, a)
    return a + b

def show(what):
    pass

def ops(worker, amount):
    total = 0
    for number in numbers(amount):
        total += yield from twice(number + worker, None)
    return total
""",
    "checking": """
def expect(right, words):
    assert right, words

def square(number):
    return number * number

def ops(worker, amount):
    # what is known
    known = []
    known.extend(one * one for one in range(100))
    log = []  # not of a check
    log.append(worker)
    for number in numbers(amount):
        found = yield Call(square, number)
        # a comment on the check
        expect(found == known[number], "wrong")
    return "done"
""",
}
CHECKED = """(worker):
    log = []  # not of a check
    log.append(worker)
    for number in range(AMOUNT):
        square(number)
    return "done\""""
ANSWER = "\ndef answer(results):\n    return results\n"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    place = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as monkeypatch:
        made_of(place, monkeypatch, **{name: source + ANSWER for name, source in MADE_UP.items()})
        for path in (place / "playground" / "lab" / "jobs").glob("*.py"):
            if path.stem in MADE_UP:
                text = path.read_text().replace("import LOCK", "import rounds, LOCK")
                path.write_text(text.replace("numbers(amount)", "rounds(amount)"))
        yield
    forget_added()


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("job", ["nested", "locked", "queued", "handing-on"])
def test_made_up_jobs_give_the_answer_of_the_lab(job: str, model: str, tmp_path: Path) -> None:
    python, made = python_for(model), recipe_of(job, model)
    try:
        text = script_for(made)
    except NoScript as why:
        pytest.skip(f"no script: {why}")
    assert answer_in(run_script(python, text, tmp_path)) == of_lab(job)[0]


@pytest.mark.usefixtures("made_up")
def test_checks_and_what_only_they_need_are_left_out() -> None:
    text = script_for(recipe_of("checking", "threads"))
    work = text.partition("def work")[2].partition("def run")[0]
    assert work.rstrip() == CHECKED


# --- the user's own code

OWN = {
    "plain": """
from math import sqrt

COUNT = 1000  # numbers

def job(i, n):
    total = 0
    for number in range(COUNT):
        total += sqrt(number + i)
        checkpoint()
    print("almost")
    return [i, n, round(total)]
""",
    "async": """
import asyncio

async def nap(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds

async def job(i, n):
    return [i, n, await nap(0.001)]
""",
    "ops": """
SHARED = {"door": LOCK, "belt": queue(), "narrow": queue(3)}

def square(number):
    return number * number

def steps(number):
    yield Sleep(0.001)
    return (yield Call(square, number))

def job(i, n):
    found = []
    for number in range(3):
        yield Acquire("door")
        found.append((yield from steps(number + n)))
        yield Release("door")
        yield Put("belt", number)
        yield Get("belt")
        yield Put("narrow", number)
        yield Get("narrow")
    return found
""",
}


@functools.cache
def of_lab_own(kind: str) -> object:
    model = "asyncio" if kind == "async" else "threads"
    with finished(checked(Recipe(job="own", code=OWN[kind], workers=WORKERS, amount=1, model=model))) as run:
        assert (run.engine.outcome, run.engine.error) == ("finished", None)
        return run.reading.answer


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", OWN)
def test_own_code_gives_the_answer_of_the_lab(kind: str, model: str, tmp_path: Path) -> None:
    if kind == "async" and not catalogue.model(model).awaits:
        pytest.skip("it cannot await")
    python = python_for(model)
    try:
        text = script_for(recipe_of("own", model, code=OWN[kind], amount=None))
    except NoScript as why:
        pytest.skip(f"no script: {why}")
    assert "checkpoint" not in text
    assert answer_in(run_script(python, text, tmp_path)) == of_lab_own(kind)


@pytest.mark.parametrize("model", MODELS)
def test_own_code_that_raises_ends_all_the_same(model: str, tmp_path: Path) -> None:
    python, code = python_for(model), "def job(i, n):\n    return 1 // (i - 1)\n"
    text = script_for(recipe_of("own", model, code=code, amount=None))
    done = started(python, text, tmp_path)
    assert "answer: [-1, " in done.stdout or "ZeroDivisionError" in done.stderr


CANNOT_SHARE = {"process-pool", "subinterpreters", "interpreter-pool"}  # a queue between their workers


@pytest.mark.parametrize("example", own_code.examples(), ids=lambda example: example.title)
def test_every_example_has_a_script_for_every_model_that_can(example: own_code.Example) -> None:
    able = [model for model in MODELS if fits("own", model, code=example.text)]
    made = {}
    for model in able:
        with contextlib.suppress(NoScript):
            made[model] = ast.parse(script_for(recipe_of("own", model, code=example.text, amount=None)))
    assert not any(map(left_over, made.values()))
    assert set(able) - set(made) == (CANNOT_SHARE if "queue" in example.title else set())
    assert made


def test_own_code_is_as_long_as_it_is_and_stays_as_it_is_written() -> None:
    lines = "\n".join(f"    total += {number}  # one more" for number in range(100))
    text = script_for(Recipe(job="own", code=f"def job(i, n):\n    total = 0\n{lines}\n    return total\n"))
    assert lines in text
    assert "def work(worker):\n    result = job(worker, WORKERS)\n    return result\n" in text


def test_own_code_is_read_and_not_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w')\nSHARED = {{'a': LOCK}}\ndef job(i, n):\n    yield Acquire('a')\n"
    assert str(mark) in script_for(Recipe(job="own", code=code))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def job(i, n)\n    return 1\n", "line 1"),
        ("def job(i, n):\n    yield 7\n", "something other than an op"),
        ("from other import steps\ndef job(i, n):\n    yield from steps()\n", "not known"),
        ("results = 1\ndef job(i, n):\n    return results\n", "results"),
        ("import os\nSHARED = dict(os.environ)\ndef job(i, n):\n    yield Get('a')\n", "SHARED"),
    ],
)
def test_own_code_that_no_script_can_be_made_of_says_why(code: str, why: str) -> None:
    with pytest.raises(NoScript, match=re.escape(why)):
        script_for(Recipe(job="own", code=code))


# --- the command line


def test_the_command_line_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["script", "--job", "hash", "--model", "threads", "--amount", "7"]) == 0
    assert capsys.readouterr().out == script_for(Recipe(job="hash", model="threads", amount=7))


def test_the_command_line_says_why_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["script", "--job", "ping-pong", "--set", "channel=pipe"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "there is a short program only for channel queue" in said.err
