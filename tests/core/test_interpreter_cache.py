"""Answers are kept: a Python is asked again when it, or what is installed in it, has changed; a cache that is broken or
cannot be written spoils nothing."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from playground.interpreters import asking
from playground.interpreters import known as interpreters
from playground.interpreters.known import Cache, ask
from playground.start import command
from tests.core.labs import add_jobs
from tests.core.made_pythons import FACTS, counting, environment, install, script, starts

pytestmark = [
    pytest.mark.usefixtures("nobody_asked"),
    pytest.mark.skipif(os.name != "posix", reason="the made Pythons are shell scripts"),
]


def test_each_is_asked_once(tmp_path: Path) -> None:
    python, log = counting(tmp_path)
    first = ask(python)
    assert first.available
    assert ask(python) == first
    assert starts(log) == 1


def test_the_second_start_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pythons = [counting(tmp_path / str(number)) for number in range(3)]
    monkeypatch.setattr(interpreters, "candidates", lambda *_: [path for path, _ in pythons])
    first = interpreters.find()
    assert interpreters.find() == first
    assert [starts(log) for _, log in pythons] == [1, 1, 1]
    assert list(interpreters.answers((), Cache(), threading.Event())) == [one for one in first if one.path]
    assert Cache().all() == [one for one in first if one.path]
    assert [starts(log) for _, log in pythons] == [1, 1, 1]


def test_those_that_are_known_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, known = (
        script(tmp_path / "a", f"echo '{FACTS % '3.13.0'}'"),
        script(tmp_path / "b", f"echo '{FACTS % '3.9.0'}'"),
    )
    ask(known)
    monkeypatch.setattr(interpreters, "candidates", lambda *_: [new, known])
    arriving = interpreters.answers((), Cache(), threading.Event())
    assert [one.path for one in arriving] == [known, new]


@pytest.mark.parametrize("text", [f"echo '{FACTS % '3.7.0'}'", "echo rubbish"])
def test_a_refusal_that_will_not_change_is_kept_too(tmp_path: Path, text: str) -> None:
    log = tmp_path / "starts"
    python = script(tmp_path, f'echo started >>"{log}"\n{text}')
    assert [ask(python).available for _ in range(2)] == [False, False]
    assert starts(log) == 1


def test_one_that_took_too_long_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = tmp_path / "busy"
    busy.touch()
    python = script(tmp_path, f"test -e {busy} && sleep 600\necho '{FACTS % '3.12.0'}'")
    monkeypatch.setattr(asking, "LIMIT_S", 0.3)
    assert not ask(python).available
    busy.unlink()
    monkeypatch.setattr(asking, "LIMIT_S", 60.0)
    assert ask(python).available


def test_another_file_under_the_name_is_asked(tmp_path: Path) -> None:
    python = script(tmp_path, f"echo '{FACTS % '3.12.0'}'")
    assert ask(python).facts.version == "3.12.0"
    script(tmp_path, f"echo '{FACTS % '3.12.1'}'")
    os.utime(python, ns=(1, 1))
    assert ask(python).facts.version == "3.12.1"
    Path(python).unlink()
    assert ask(python).why == "No such file or directory"


def test_a_link_that_points_elsewhere_is_another_python(tmp_path: Path) -> None:
    for version in ("3.12.0", "3.13.0"):
        script(tmp_path, f"echo '{FACTS % version}'", version)
        os.utime(tmp_path / version, ns=(1, 1))
    link = tmp_path / "python3"
    link.symlink_to("3.12.0")
    assert ask(str(link)).facts.version == "3.12.0"
    link.unlink()
    link.symlink_to("3.13.0")
    assert ask(str(link)).facts.version == "3.13.0"


def test_an_installed_package_is_noticed(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    assert "gevent" not in ask(python).packages
    install(tmp_path / "venv", "gevent")
    assert ask(python).packages["gevent"] == "99.1"


def test_an_environment_made_anew_is_noticed(tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    ask(python)
    kept = Cache().get(python)
    assert kept is not None
    os.utime(tmp_path / "venv" / "pyvenv.cfg", ns=(1, 1))
    assert Cache().get(python) is None


def test_a_new_model_makes_every_answer_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_jobs(tmp_path / "sources")
    monkeypatch.setattr(command, "source_root", lambda: tmp_path / "sources")
    python, log = counting(tmp_path)
    assert "mine" not in ask(python).models
    model = tmp_path / "sources" / "playground" / "lab" / "models" / "mine.py"
    model.write_text(
        "from ..wire.declaration import Model\n"
        'MODEL = Model("mine", "Mine", "", hosts=("app",), unavailable=lambda: "not today")\n'
    )
    assert ask(python).models["mine"] == "not today"
    assert starts(log) == 2


# --- a cache that is no good

BROKEN: dict[str, Any] = {
    "empty": b"",
    "cut short": b'{"format":1,"lab":"',
    "no text": bytes(range(256)),
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "other types": b'{"format":1,"lab":"x","entries":{"a":3}}',
    "of a newer version": {"format": 2},
    "of other sources": {"lab": "0"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_understood_is_ignored_and_written_anew(tmp_path: Path, broken: Any) -> None:
    python, log = counting(tmp_path)
    ask(python)
    path = Cache().path
    if isinstance(broken, dict):
        broken = json.dumps({**json.loads(path.read_bytes()), **broken}).encode()
    path.write_bytes(broken)
    assert ask(python).available
    assert starts(log) == 2
    assert ask(python).available
    assert starts(log) == 2


def test_where_nothing_can_be_written_each_start_asks(tmp_path: Path) -> None:
    python, log = counting(tmp_path)
    Cache().path.parent.write_text("a file where the folder should be")
    assert [ask(python).available for _ in range(2)] == [True, True]
    assert starts(log) == 2


def test_a_folder_in_its_place_is_let_be(tmp_path: Path) -> None:
    python, _ = counting(tmp_path)
    (Cache().path / "something").mkdir(parents=True)
    assert ask(python).available
    there = sorted(path.name for path in Cache().path.parent.iterdir())
    assert there == [Cache().path.name, Cache().path.with_suffix(".lock").name], "no temporary file stays"


def test_two_apps_do_not_lose_each_others_answers(tmp_path: Path) -> None:
    here, there = Cache(), Cache()
    one, _ = counting(tmp_path / "one")
    two, _ = counting(tmp_path / "two")
    ask(one, here)
    ask(two, there)
    assert {kept.path for kept in Cache().all()} == {one, two}


def test_apps_that_write_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    python, log = counting(tmp_path)
    ask(python)
    caches = [Cache() for _ in range(8)]
    threads = [threading.Thread(target=lambda c=cache: [c.save() for _ in range(20)]) for cache in caches]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert Cache().get(python) is not None
    for thread in threads:
        thread.join()
    assert starts(log) == 1


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    python, _ = counting(tmp_path / "gone")
    ask(python)
    Path(python).unlink()
    ask(counting(tmp_path / "there")[0])
    assert str(tmp_path / "gone") not in Cache().path.read_text()
