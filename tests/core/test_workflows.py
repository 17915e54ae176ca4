"""The workflows: read line by line, as no YAML reader is installed. Each action is pinned to a commit, each job has an
end and says what it may, commands name what there is, and nothing is fetched unpinned."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import build

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w-]+/[\w-]+(?:/[\w-]+)*@[0-9a-f]{40} # v\d+\.\d+\.\d+")
MINE = re.compile(r"(?:\.ci|packaging)/[\w/-]+(?:\.py)?")
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def jobs(text: str) -> dict[str, str]:
    """The lines of each job: what is indented below a name that stands two spaces in."""
    parts = re.split(r"(?m)^  ([\w-]+):\n", text.partition("\njobs:\n")[2])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def field(job: str, name: str) -> str | None:
    found = re.search(rf"(?m)^    {name}:(.*)$", job)
    return found[1].strip() if found else None


def test_both_are_there() -> None:
    assert [file.stem for file in FILES] == ["ci", "release"]


@every_file
def test_each_line_is_indented_as_yaml_wants_it(file: Path) -> None:
    deepest = 0
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{file.name}:{number}"
        assert "\t" not in line, where
        assert line == line.rstrip(), where
        if line.strip():
            indent = len(line) - len(line.lstrip())
            assert indent % 2 == 0, where
            assert indent <= deepest + 4, where
            deepest = indent


@every_file
def test_each_action_is_pinned_to_a_commit(file: Path) -> None:
    used = re.findall(r"(?m)^\s*(?:- )?uses:\s*(.*)$", file.read_text(encoding="utf-8"))
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_an_action_is_the_same_commit_everywhere() -> None:
    pins = {pin for file in FILES for pin in re.findall(r"uses: (\S+@\S+)", file.read_text(encoding="utf-8"))}
    names = [pin.partition("@")[0] for pin in pins]
    assert sorted(names) == sorted({*names})


@every_file
def test_each_job_has_an_end_and_a_machine_that_has_a_version(file: Path) -> None:
    found = jobs(file.read_text(encoding="utf-8"))
    assert found
    for name, job in found.items():
        assert 0 < int(field(job, "timeout-minutes") or 0) <= 60, name
        machine = field(job, "runs-on") or ""
        systems = re.findall(r"system: \[(.*)\]", job) if "matrix.system" in machine else [machine.partition(" #")[0]]
        assert systems, name
        assert [one for one in ", ".join(systems).split(", ") if not re.search(r"-\d{2}", one)] == [], name


@every_file
def test_they_may_read_and_one_job_may_write(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.search(r"(?m)^permissions:\n  contents: read\n\n", text)
    writing = [
        name for name, job in jobs(text).items() if "write" in (field(job, "permissions") or "") or ": write" in job
    ]
    assert writing == ([] if file.stem == "ci" else ["draft"])


def test_only_a_tag_makes_a_release() -> None:
    text = next(file for file in FILES if file.stem == "release").read_text(encoding="utf-8")
    draft = jobs(text)["draft"]
    assert field(draft, "if") == "github.ref_type == 'tag'"
    assert {*re.findall(r"[\w-]+", field(draft, "needs") or "")} == jobs(text).keys() - {"draft"}
    assert "--draft" in draft
    assert "SHA256SUMS" in draft


def test_every_kind_of_package_is_in_a_release() -> None:
    """`.ci/packages` makes the .deb."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in (*FILES, ROOT / ".ci" / "packages"))
    made = {kind for line in re.findall(r"packaging/build\.py([ a-z]*)", text) for kind in line.split()}
    assert made == {*build.KINDS}
    assert {file.stem for file in (ROOT / "packaging" / "kinds").glob("[!_]*.py")} == {*build.KINDS}


@every_file
def test_what_they_start_is_there(file: Path) -> None:
    named = {*MINE.findall(file.read_text(encoding="utf-8"))}
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    assert "smoke.py --" not in file.read_text(encoding="utf-8")  # it takes a program, and no options


@every_file
def test_nothing_is_fetched_unpinned(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for line in text.splitlines():
        if "pip install" in line:
            words = shlex.split(line.partition("#")[0])
            assert "--require-hashes" in words or "--no-deps" in words, line
    fetched = text.count("curl ")
    assert fetched == text.count("sha256sum --check") + text.count("--no-install-recommends ca-certificates curl ")
    assert not re.search(r"\b(wget|choco|brew|npm|pipx) ", text)


@every_file
def test_no_text_of_a_stranger_is_put_into_a_command(file: Path) -> None:
    """What `${{ … }}` brings goes through the environment: in a command, the name of a tag could be one."""
    for job in jobs(file.read_text(encoding="utf-8")).values():
        for block in re.findall(r"(?m)^ +(?:- )?run:(.*(?:\n {10,}.*)*)", job):
            assert "${{" not in block


def test_the_list_of_system_packages_is_one() -> None:
    places = [*FILES, ROOT / ".ci" / "run"]
    assert [file.name for file in places if "libxcb-cursor0" in file.read_text(encoding="utf-8")] == []
    assert all(". .ci/system-packages" in file.read_text(encoding="utf-8") for file in places)
