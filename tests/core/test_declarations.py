"""A model, a job or an op is one file more, in a folder of the user's own; what is wrong with a declaration is said in
words, and the rest works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground import catalogue
from playground.lab.wire import added
from playground.lab.wire.declaration import Job, Model, fits
from playground.lab.wire.knob import Knob
from playground.lab.wire.ops import Call
from tests.core.test_readme import JOB, MODEL, OP, ROOT

MEETING = f'''
"""All put their number on a belt, meet, and count what lies there."""

from __future__ import annotations

from ..wire import ring
from ..wire.declaration import Job
from ..wire.ops import Named, Put, Shared, queue


{OP}

class Count(Named):
    """How many items lie in a queue."""

    __slots__ = ()
    method = "qsize"


def ops(worker, amount):
    yield Put("belt", worker)
    yield Meet("start")
    return (yield Count("belt"))


def shared(lab):
    return {{"belt": queue(), "start": Shared("Barrier", lab.count)}}


JOB = Job("meeting", "Meeting", "All wait for all", uses=(Put, Meet, Count), shared=shared, ops=ops, answer=list)
'''


def command(*arguments: str, folder: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The app itself, as it stands, with a folder of the user's."""
    environment = {**os.environ, added.VARIABLE: folder, "PYTHONPATH": str(ROOT)}
    code = "import sys; from playground.cli.commands import main; raise SystemExit(main(sys.argv[1:]))"
    line = [sys.executable, "-c", code, *arguments]
    return subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def said(*arguments: str, folder: Path) -> Any:
    done = command(*arguments, "--json", folder=str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def put(folder: Path, kind: str, **files: str) -> Path:
    (folder / kind).mkdir(exist_ok=True)
    for name, source in files.items():
        (folder / kind / f"{name}.py").write_text(source, encoding="utf-8")
    return folder


# --- one file more


@pytest.mark.parametrize("model", ["pairs", "asyncio", "processes"])
def test_a_job_and_a_model_in_a_folder_of_the_user_s_are_listed_and_run(model: str, tmp_path: Path) -> None:
    put(put(tmp_path, "jobs", add=JOB), "models", pairs=MODEL)
    more = ["--set", "start_method=spawn"] if model == "processes" else []
    ran = said("run", "--job", "add", "--model", model, "--workers", "3", "--amount", "9", *more, folder=tmp_path)
    assert (ran["outcome"], [worker["ops"] for worker in ran["workers"]]) == ("finished", [9, 9, 9])
    for kind, name in (("jobs", "add"), ("models", "pairs")):
        listed = {entry["name"]: entry["available"] for entry in said("list", kind, folder=tmp_path)}
        assert listed.pop(name)
        assert set(listed) == {entry.name for entry in (catalogue.jobs() if kind == "jobs" else catalogue.models())}


@pytest.mark.parametrize("folder", [".", "added", "../added"])
def test_what_lies_in_the_folder_that_one_is_in_is_not_imported(folder: str, tmp_path: Path) -> None:
    place = tmp_path / "added"
    place.mkdir()
    put(place, "jobs", add=f"open({str(tmp_path / 'ran')!r}, 'w')")
    done = command("list", "jobs", folder=folder, cwd=tmp_path if folder == "added" else place)
    assert done.returncode == 0
    assert "\nprimes " in f"\n{done.stdout}"
    assert "\nadd " not in done.stdout
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("model", ["threads", "processes", "asyncio", "serial"])
def test_a_new_op_is_its_class(model: str, tmp_path: Path) -> None:
    put(tmp_path, "jobs", meeting=MEETING)
    workers = 1 if model == "serial" else 3
    ran = said("run", "--job", "meeting", "--model", model, "--workers", str(workers), folder=tmp_path)
    assert (ran["outcome"], ran["answer"]) == ("finished", [workers] * workers)
    assert [worker["ops"] for worker in ran["workers"]] == [3] * workers


def test_what_a_model_cannot_make_is_said(tmp_path: Path) -> None:
    put(tmp_path, "jobs", meeting=MEETING)
    done = command("run", "--job", "meeting", "--model", "generators", folder=str(tmp_path))
    assert done.returncode == 1
    assert "this model has no Barrier" in done.stdout + done.stderr


# --- what is wrong

IMPORTS = "from ..wire.ops import Call\nfrom ..wire.declaration import Job\ndef ops(worker, amount): yield Call(int)\n"
WRONG = {
    "nothing": ("", "it declares no JOB = Job(…)"),
    "other": ("JOB = 3", "it declares no JOB = Job(…)"),
    "broken": ("import no_such_thing", "ModuleNotFoundError: No module named 'no_such_thing'"),
    "leaves": ("raise SystemExit(3)", "SystemExit: 3"),
    "no_ops": (f'{IMPORTS}JOB = Job("no-ops", "None", "")', "its JOB has no ops"),
    "odd": (f'{IMPORTS}JOB = Job("odd", "Odd", "", titel=3, ops=ops)', "its JOB has no field titel; there are: name, "),
    "short": (f"{IMPORTS}JOB = Job(ops=ops)", "its JOB lacks 'name', 'title', and 'summary'"),
    "number": (f'{IMPORTS}JOB = Job("number", 3, "", ops=ops)', "title of its JOB must be text, not 3"),
    "yes": (f'{IMPORTS}JOB = Job("yes", "", "", solo=1, ops=ops)', "solo of its JOB must be True or False, not 1"),
    "one": (
        f'{IMPORTS}JOB = Job("one", "", "", uses=Call, ops=ops)',
        "uses of its JOB must be a tuple of a kind of op,",
    ),
    "named": (f'{IMPORTS}JOB = Job("primes", "", "", ops=ops)', "its JOB is named 'primes', and its file 'named'"),
    "sort": (f'{IMPORTS}JOB = Job("sort", "", "", ops=ops)', "sort.py is left out, as another file has that name"),
    "away": (f'{IMPORTS}JOB = Job("away", "", "", ops=ops, unavailable=lambda: "not today")', "not today"),
}
MODELS = {
    "idle": ('MODEL = Model("idle", "Idle", "", hosts=("lab",))', "its MODEL has no run, and a lab needs one"),
    "nowhere": ('MODEL = Model("nowhere", "", "", hosts=(), run=print)', "its MODEL has no hosts: where can it run?"),
}


def test_what_is_wrong_with_a_declaration_is_said_and_the_rest_works(tmp_path: Path) -> None:
    put(tmp_path, "jobs", **{name: source for name, (source, _) in WRONG.items()})
    head = "from ..wire.declaration import Model\n"
    put(tmp_path, "models", **{name: head + source for name, (source, _) in MODELS.items()})
    for kind, wrong, known in (("jobs", WRONG, catalogue.jobs()), ("models", MODELS, catalogue.models())):
        listed = said("list", kind, folder=tmp_path)
        whys = {entry["name"]: entry["why"] or "" for entry in listed if not entry["available"]}
        for name, (_, words) in wrong.items():
            assert words in whys[name.replace("_", "-")], name
        able = {entry["name"] for entry in listed if entry["available"]}
        assert able == {entry.name for entry in known if entry.available}
    done = command("run", "--job", "odd", "--amount", "1", folder=str(tmp_path))
    assert (done.returncode, "odd cannot be run: its JOB has no field titel" in done.stderr) == (2, True), done.stderr
    assert said("run", "--job", "primes", "--amount", "2", folder=tmp_path)["outcome"] == "finished"


def test_every_field_has_a_type_that_is_checked() -> None:
    """A default fits its own; and none is of a kind that lets anything pass."""
    for kind in (Model, Job):
        for field, default in kind._field_defaults.items():
            assert fits(default, kind.__annotations__[field]), field
        assert not [field for field, wanted in kind.__annotations__.items() if fits(object(), wanted)]
    assert not fits((Call, 3), Job.__annotations__["uses"])
    assert not fits({"channel": "queue"}, Job.__annotations__["in_a_loop"])
    assert not fits(("one",), Model.__annotations__["worker"])


def test_what_is_listed_is_declared() -> None:
    for entry in (*catalogue.models(), *catalogue.jobs()):
        assert list(catalogue.listed(entry)) == list(catalogue.LISTED)


def test_a_job_that_prepares_nothing_is_made_with_its_own_knobs() -> None:
    knobs = (Knob("nap", "Nap", 0.5, 0, 9), Knob("each", "Each", 1, 0, 9), Knob("by", "By", "day", choices=("day",)))
    made = Job("mine", "Mine", "", knobs=knobs).prepared(print, {"nap": 2, "each": 3, "by": "day", "another's": 4})
    assert repr(made) == "{'nap': 2.0, 'each': 3, 'by': 'day'}"
