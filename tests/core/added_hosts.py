"""Places of a test's own, in a folder of its own. `far` starts its labs by another command, on a computer with other
cores and limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground import hosts
from playground.hosts import Host

FAR = """
import shutil

from playground.hosts import Hardware, Host, Lab, lab_command
from playground.hosts import Left

ENV = ["env", "FAR=1"] if shutil.which("env") else []


class Small(Hardware):
    title = "The far one"
    cores = 3

    def tasks(self):
        return []

    def memory(self):
        return [Left(200_000_000, "")]


HOST = Host(
    name="far",
    title="a far lab",
    note="through another command",
    order=15,
    by=Lab(start=lambda interpreter, gil: [*ENV, *lab_command(interpreter, gil)]),
    models_of="lab",
    other_pythons=False,
    longest_s=60.0,
    usual_s=3.0,
    hardware=Small(),
)
"""


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one more place in it."""
    (tmp_path / "far.py").write_text(FAR, encoding="utf-8")
    monkeypatch.setattr(hosts, "__path__", [*hosts.__path__, str(tmp_path)])
    hosts.every.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    hosts.every.cache_clear()
    for name in [name for name in sys.modules if name.startswith("playground.hosts.")]:
        if getattr(sys.modules[name], "__file__", "").startswith(str(tmp_path)):
            del sys.modules[name]


def add(far: Path, name: str, text: str) -> Host:
    (far / f"{name}.py").write_text(text, encoding="utf-8")
    hosts.every.cache_clear()
    return hosts.named(name.replace("_", "-"))
