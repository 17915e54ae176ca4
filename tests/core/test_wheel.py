"""What pip installs: one package, beside which other people's packages of any name may stand."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "concurrency_playground"
OTHERS = ("ui", "playground", "resources", "main")  # packages of somebody else, which must not be taken for ours


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git knows and what is new: a folder of an earlier build must not come in."""
    if shutil.which("git") is None:
        pytest.skip("no git here")
    folder = tmp_path_factory.mktemp("wheel")
    sources = folder / "sources"
    said = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True
    )
    for name in said.stdout.split("\0"):
        if name.startswith(("playground/", "ui/", "resources/", "packaging/")) or (name and "/" not in name):
            path = sources / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_file():
                path.write_bytes((ROOT / name).read_bytes())
    line = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "-w",
        folder,
        sources,
    ]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"pip could not build it here: {done.stderr.strip()[-200:]}")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment that has ours, what it needs, and foreign packages of the same names."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    for name in OTHERS:
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text("raise SystemExit('somebody else')\n", encoding="utf-8")
    python = scripts / Path(sys.executable).name
    line = [sys.executable, "-m", "pip", "--python", str(python if python.exists() else scripts / "python")]
    options = ["install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*line, *options, str(wheel)], check=True)
    return scripts / "concurrency-playground"


def test_it_puts_one_package_beside_others(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {PACKAGE}
    for wanted in ("playground/lab/models/threads.py", "ui/app.py", "resources/icons/app.svg", "CHANGELOG.md"):
        assert f"{PACKAGE}/{wanted}" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


@pytest.mark.parametrize("more", [[], ["--model", "threads"], ["--set", "start_method=spawn"]])
def test_it_runs_beside_foreign_packages_of_the_same_names(program: Path, tmp_path: Path, more: list[str]) -> None:
    line = [
        str(program),
        "run",
        "--job",
        "primes",
        "--workers",
        "2",
        "--model",
        "processes",
        "--amount",
        "10",
        "--no-baseline",
    ]
    done = subprocess.run([*line, *more], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert "finished" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_it_can_be_called_as_a_module(program: Path, tmp_path: Path) -> None:
    python = program.with_name("python.exe" if sys.platform == "win32" else "python")
    line = [python, "-m", PACKAGE, "--version"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("Concurrency Playground "), done.stderr


def test_in_a_checkout_it_finds_the_rooms_there() -> None:
    place = ROOT / "packaging" / "wheel" / "__init__.py"
    spec = importlib.util.spec_from_file_location(PACKAGE, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.ROOT == ROOT
