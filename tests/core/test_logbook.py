"""The logbook: a log that stays small and never disturbs, and a mark from which the next start learns how this one
ended."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.start.logbook import log_file, logbook
from playground.start.logbook.life import CRASH, LIFE, LOG, ended_badly
from playground.start.logbook.log_file import LogFile
from playground.start.logbook.logbook import Logbook
from playground.start.logbook.writer import Writer

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60.0
RECIPE = 'job = "sleep"'
APP = f"""
import sys, time
from pathlib import Path
from playground.start.logbook.logbook import Logbook
book = Logbook(Path(sys.argv[1]))
book.life.note_run(1, 'job = "hash"')
book.life.note_run(2, '{RECIPE}')
book.life.note_run(3, 'job = "primes"')
book.life.note_end(3)
print(book.ended.early if book.ended else None, book.wait(), flush=True)
"""


def app(folder: Path, then: str = "time.sleep(600)") -> tuple[subprocess.Popen[str], str]:
    """An app with a logbook, in a process of its own; what it says of the one before."""
    process = subprocess.Popen(
        [sys.executable, "-c", APP + then, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.readline().split()
    assert said[1] == "True", "all is written"
    return process, said[0]


def killed(folder: Path) -> str:
    process, said = app(folder)
    process.kill()
    process.communicate()
    return said


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    yield made
    made.end()


@pytest.fixture
def log(tmp_path: Path, writer: Writer) -> Iterator[LogFile]:
    made = LogFile(tmp_path / "1-1-app.log", writer, most_bytes=1000)
    yield made
    made.close()


def record(words: str) -> logging.LogRecord:
    return logging.LogRecord("test", logging.WARNING, "here", 1, words, None, None)


# --- the log


def test_a_full_log_is_begun_anew_and_the_one_before_is_kept(tmp_path: Path, log: LogFile, writer: Writer) -> None:
    for number in range(100):
        log.emit(record(f"number {number:03}"))
    assert writer.wait(LIMIT_S)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= 1000
    assert "number 099" in log.path.read_text()
    assert "number 099" not in log.before().read_text()
    assert log.before().name.startswith("1-1-"), "it carries the mark of its app"


def test_a_log_that_was_there_is_gone_on_with(log: LogFile, writer: Writer) -> None:
    path = log.path
    path.write_text("before\n")
    log.emit(record("after"))
    assert writer.wait(LIMIT_S)
    assert path.read_text().startswith("before\n")
    assert "after" in path.read_text()


def test_a_flood_is_counted_and_left_out(log: LogFile, writer: Writer) -> None:
    held = threading.Event()
    writer.soon(lambda: held.wait(LIMIT_S))
    log._most = 1_000_000
    for number in range(log_file.MOST_WAITING + 500):
        log.emit(record(f"number {number}"))
    assert writer.waiting() <= log_file.MOST_WAITING + 1
    held.set()
    assert writer.wait(LIMIT_S)
    log.emit(record("the last"))
    assert writer.wait(LIMIT_S)
    text = log.path.read_text()
    left_out = log_file.MOST_WAITING + 500 - text.count("number ")
    assert left_out > 0
    assert f"({left_out} records left out)" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_no_error_and_is_said(log: LogFile, writer: Writer) -> None:
    path = log.path
    path.symlink_to("/dev/full")
    for _ in range(3):
        log.emit(record("lost"))
    assert writer.wait(LIMIT_S)
    assert "No space left" in log.hindrance
    path.unlink()
    log.emit(record("there is room again"))
    assert writer.wait(LIMIT_S)
    assert log.hindrance == ""
    assert "there is room again" in path.read_text()


def test_a_folder_that_is_a_file_is_no_error(tmp_path: Path) -> None:
    place = tmp_path / "log"
    place.write_text("not a folder")
    book = Logbook(place)
    logging.getLogger("test").warning("lost")
    book.life.note_run(1, RECIPE)
    assert book.wait()
    assert "cannot be kept" in book.log.hindrance
    assert book.text() == ""
    book.end()
    assert place.read_text() == "not a folder"


def test_a_record_that_cannot_be_formatted_is_kept_as_it_is(log: LogFile, writer: Writer) -> None:
    log.emit(logging.LogRecord("test", logging.ERROR, "here", 1, "%d of %s", ("one",), None))
    assert writer.wait(LIMIT_S)
    assert "'%d of %s'" in log.path.read_text()


def test_nobody_waits_for_a_disk_that_hangs(tmp_path: Path) -> None:
    writer, ever = Writer(), threading.Event()
    writer.soon(ever.wait)
    began = time.monotonic()
    writer.soon(lambda: None)
    assert not writer.wait(0.05)
    assert time.monotonic() - began < LIMIT_S
    ever.set()
    writer.end()


def test_warnings_and_all_loggers_are_in_the_log_and_none_after_the_end(tmp_path: Path) -> None:
    book = Logbook(tmp_path)
    logging.getLogger("somewhere").info("said")
    logging.getLogger("py.warnings").warning("is old")
    assert book.wait()
    text = book.text()
    assert "said" in text
    assert "is old" in text
    assert "began: Concurrency Playground: " in text
    book.end()
    logging.getLogger("somewhere").warning("afterwards")
    assert book.text() == text


def test_old_logs_go_and_those_of_living_apps_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "MOST_LOGS", 3)
    for number in range(9):
        path = tmp_path / f"999999{number}-1-{LOG}"
        path.write_text("old")
        os.utime(path, (number, number))
    process, _ = app(tmp_path)
    book = Logbook(tmp_path)
    assert book.wait()
    book.end()
    process.kill()
    process.communicate()
    kept = {path.name.partition("-")[0] for path in tmp_path.glob(f"*{LOG}")}
    assert kept == {"9999996", "9999997", "9999998", str(process.pid), str(os.getpid())}


# --- how an app ended


def test_an_orderly_end_leaves_nothing_but_a_log(tmp_path: Path) -> None:
    process, _ = app(tmp_path, "book.end()")
    process.communicate()
    assert process.returncode == 0
    assert ended_badly(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == [f"{left(tmp_path, LOG)}"]


def left(folder: Path, ending: str) -> str:
    return next(path.name for path in folder.iterdir() if path.name.endswith(ending))


def test_a_killed_app_is_told_once_with_the_recipe_that_ran(tmp_path: Path) -> None:
    killed(tmp_path)
    ended = ended_badly(tmp_path)
    assert ended is not None
    assert ended.recipe == RECIPE, "the newest of those that had not ended"
    assert [path.name.endswith(LOG) for path in ended.logs] == [True]
    assert ended_badly(tmp_path) is None


def test_a_living_app_is_not_taken_for_dead(tmp_path: Path) -> None:
    process, _ = app(tmp_path)
    assert ended_badly(tmp_path) is None
    assert left(tmp_path, LIFE)
    process.kill()
    process.communicate()
    assert ended_badly(tmp_path) is not None


def test_starts_that_end_right_away_are_counted_until_one_does_not(tmp_path: Path) -> None:
    assert [killed(tmp_path) for _ in range(3)] == ["None", "1", "2"]
    process, said = app(tmp_path, "book.life.settle(); book.wait(); print('settled', flush=True); time.sleep(600)")
    assert said == "3"
    assert process.stdout is not None
    assert process.stdout.readline() == "settled\n"
    process.kill()
    process.communicate()
    ended = ended_badly(tmp_path)
    assert ended is not None
    assert ended.early == 0


def test_a_hard_crash_leaves_what_every_thread_did(tmp_path: Path) -> None:
    process, _ = app(tmp_path, "import ctypes; ctypes.string_at(0)")
    process.communicate()
    assert process.returncode != 0
    ended = ended_badly(tmp_path)
    assert ended is not None
    assert [path.name.endswith(CRASH) for path in ended.logs] == [True, False]
    words = logbook.text_of(ended.logs)
    assert "Segmentation fault" in words or "access violation" in words
    assert "string_at" in words


def test_a_mark_that_is_no_record_any_more_is_a_crash_all_the_same(tmp_path: Path) -> None:
    (tmp_path / f"9999999-1-{LIFE}").write_bytes(b"{")
    ended = ended_badly(tmp_path)
    assert ended is not None
    assert (ended.recipe, ended.early, ended.logs) == ("", 0, ())


def test_what_cannot_be_removed_is_not_told_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"9999999-1-{LIFE}").write_bytes(b"{}")

    def refused(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "not yours")

    monkeypatch.setattr(Path, "unlink", refused)
    assert ended_badly(tmp_path) is None
