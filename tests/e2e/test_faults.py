"""What goes wrong beside the window: it says what, keeps what there is, and everything else goes on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import Start
from tests.e2e.driver import LIMIT_S, App, ops, record
from tests.e2e.sources import sources

DARK_BAD, DARK_FIRST = "#FF6B5E", "#58C4F2"

RAISES = """
from ..wire.declaration import Job
from ..wire.ops import Call



def ops(worker, amount):
    for piece in range(10**9):
        yield Call(work, piece)


def work(piece):
    if piece == 20000:
        raise ValueError("piece 20000 is one too many")


JOB = Job("raises", "Raise", "Raises in the middle of its work", unit="pieces", ops=ops)
"""


def start_two(start: Start) -> App:
    """Run 1 as threads, run 2 as processes, both live."""
    app = start("--theme", "dark")
    app.click("run")
    app.works(1)
    app.click("chip_model")
    app.shows("menu_model")
    app.type("proc")
    app.key("Return")
    app.until("processes", lambda state: state["recipe"]["model"] == "processes")
    app.click("run")
    app.works(2)
    return app


def goes_on(app: App, number: int) -> None:
    before = ops(record(app.now(), number))
    app.until(f"run {number} goes on", lambda state: ops(record(state, number)) > before)


def crashed(app: App, number: int) -> str:
    run = app.run(number, "ended")
    assert run["outcome"] == "crashed"
    assert all(worker["ops"] for worker in run["workers"])  # what was done until then is kept
    return str(run["error"])


def test_a_killed_lab_is_seen_and_the_other_run_goes_on(start: Start) -> None:
    app = start_two(start)
    os.kill(record(app.now(), 1)["pid"], signal.SIGKILL)
    assert "SIGKILL" in crashed(app, 1)
    assert record(app.now(), 2)["phase"] == "running"
    goes_on(app, 2)
    app.click("run_1", 0.02, 0.1)  # the verdict about it
    app.until("the verdict", lambda state: "crashed" in state["verdict"])
    app.until_drawn("run_1", DARK_BAD)  # the red line, and the badge
    app.key("space")  # the lanes up to that moment are still drawn
    app.until("frozen", lambda state: state["frozen"])
    app.until_drawn("run_1", DARK_FIRST)
    app.click("run_1_message_again")
    app.works(3)


def test_a_killed_worker_process_is_named(start: Start) -> None:
    app = start_two(start)
    run = record(app.now(), 2)
    workers = [psutil.Process(worker["pid"]) for worker in run["workers"]]
    os.kill(run["workers"][2]["pid"], signal.SIGKILL)
    error = crashed(app, 2)
    assert "worker C" in error
    assert "SIGKILL" in error
    goes_on(app, 1)
    assert psutil.wait_procs(workers, timeout=LIMIT_S)[1] == []


def test_a_killed_probe_is_told_and_the_run_goes_on(start: Start) -> None:
    app = start()
    app.click("run")
    app.works(1)
    app.until("a measured GIL", lambda state: record(state, 1)["gil"]["source"] == "measured")
    os.kill(app.now()["probes"]["1"], signal.SIGKILL)
    state = app.until("the reason", lambda state: "not measured" in state["message"])
    assert "the probe was killed by SIGKILL" in state["message"]
    assert "SIGKILL" in record(state, 1)["gil"]["why"]
    assert state["costs"]["status_gil"] == "GIL no longer measured"
    goes_on(app, 1)


def test_a_raising_worker_fails_its_run_with_the_reason(start: Start, tmp_path: Path) -> None:
    recipe = tmp_path / "raises.toml"
    recipe.write_text('job = "raises"\nworkers = 2\n')
    root = sources(tmp_path / "sources", {"raises": RAISES})
    app = start("--recipe", str(recipe), root=root)
    app.click("run")
    run = app.run(1, "ended")
    assert run["outcome"] == "failed"
    assert "piece 20000 is one too many" in run["error"]
    app.until("the verdict", lambda state: "failed" in state["verdict"])


def test_an_interpreter_that_is_none(start: Start, tmp_path: Path) -> None:
    rubbish = tmp_path / "python3"
    rubbish.write_text("#!/bin/sh\necho I am no Python\n")
    rubbish.chmod(0o755)
    recipe = tmp_path / "rubbish.toml"
    recipe.write_text(f'interpreter = "{rubbish}"\n')
    app = start("--recipe", str(recipe))
    app.key("ctrl+Return")
    app.click("code_run_it")  # the user's word, without which it is not even asked who it is
    state = app.until(
        "that it cannot be",
        lambda state: state["problem"] or record(state, 1).get("phase") == "ended" or state["notices"],
    )
    said = state["problem"] + " ".join(state["notices"]) + str(record(state, 1).get("error", ""))
    assert "not a Python" in said or "cannot run a lab" in said, said
    app.until_alone()


# -- settings and disk


def config(home: Path) -> Path:
    return home / "xdg_config_home" / "concurrency-playground" / "settings.toml"


@pytest.mark.parametrize(
    "text", [b"theme = \x00\xff", b"frame_rate = 'fast'\n", b"[[[", b""], ids=["bytes", "type", "toml", "empty"]
)
def test_broken_settings_are_set_aside_and_told(start: Start, fresh_settings: Path, text: bytes) -> None:
    path = config(fresh_settings)
    path.parent.mkdir()
    path.write_bytes(text)
    app = start()
    if text:
        app.until("the notice", lambda state: any("settings" in words for words in state["notices"]))
        assert path.with_name("settings.toml.broken-1").read_bytes() == text
    app.click("run")
    app.works(1)


def test_a_home_that_cannot_be_written(start: Start, fresh_settings: Path) -> None:
    nowhere = fresh_settings / "a-file"
    nowhere.write_text("")
    app = start(XDG_CONFIG_HOME=str(nowhere))
    app.click("theme")
    app.click("run")
    app.works(1)
    app.until("that settings are not kept", lambda state: any("ettings" in words for words in state["notices"]))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare (util-linux)")
def test_a_full_disk_is_told_and_the_window_goes_on(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "small-disk"
    script.write_text('#!/bin/sh\nmount -t tmpfs -o size=4m tmpfs /dev/shm && exec "$@"\n')
    script.chmod(0o755)
    if subprocess.run(["unshare", "-m", str(script), "true"], capture_output=True).returncode:
        pytest.skip("this root may not mount")
    app = start(prefix=f"unshare -m {script}")
    app.click("run")
    state = app.until("what is wrong", lambda state: state["notices"])
    assert "space" in state["notices"][0]
    assert state["runs"] == []
    assert state["widgets"]["run"]["enabled"]
