"""The first start, with real parts: real environments, a real pip, real signals. Only the packages are small: wheels of
a few hundred bytes with the names of the real ones, in a folder that pip looks into instead of the network."""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import io
import os
import runpy
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.cli import dispatch
from playground.start import display_check, start_trouble
from playground.start.own_environment import NEEDED, VERSION

ROOT = Path(__file__).resolve().parents[2]
BASE = getattr(sys, "_base_executable", sys.executable)
LIMIT_S = 180
WINDOW = "import sys\n\n\ndef main(argv):\n    print('window', argv, sys.prefix, flush=True)\n    return 0\n"
POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
ROOT_ON_LINUX = pytest.mark.skipif(
    not sys.platform.startswith("linux") or getattr(os, "geteuid", lambda: 1)() != 0,
    reason="mounts a small disk, which takes root on Linux",
)


# --- a checkout of our own, and small packages --------------------------------------------------------------------


def write_wheel(folder: Path, name: str, version: str = "1.0") -> str:
    """A wheel with one empty package; its requirement line with hash."""
    info = f"{name.lower()}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"version = '{version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={urlsafe_hash(text)},{len(text)}" for path, text in files.items()]
    wheel = folder / f"{name.lower()}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]))
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def write_source_package(folder: Path, name: str) -> str:
    """A source package, of which no wheel is there until it is built; its requirement line with hash."""
    root, wheel = f"{name}-1.0", folder / f"{name}-1.0-py3-none-any.whl"
    write_wheel(folder, name)
    build = "import shutil\ndef build_wheel(into, *_):\n    return shutil.copy('built', f'{into}/%s') and '%s'\n"
    files = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        "pyproject.toml": b"[build-system]\nrequires = []\nbuild-backend = 'build'\nbackend-path = ['.']\n",
        "build.py": (build % (wheel.name, wheel.name)).encode(),
        "built": wheel.read_bytes(),
    }
    wheel.unlink()
    source = folder / f"{root}.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"{root}/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}\n"


def urlsafe_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


ONLY_HERE = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}


class Checkout:
    """A copy of what a start needs, in a folder of its own, started by a Python that has no packages."""

    told: dict[str, str] | None = None  # instead of what tells pip to look at our wheels only

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.wheels = wheels
        self.venv = folder / ".venv"
        shutil.copytree(ROOT / "playground", folder / "playground", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "main.py", folder)
        (folder / "ui").mkdir()
        (folder / "ui" / "__init__.py").touch()
        (folder / "ui" / "app.py").write_text(WINDOW, encoding="utf-8")
        self.write_lock()

    def write_lock(self, version: str = "1.0") -> None:
        lines = [write_wheel(self.wheels, name, version) for name in NEEDED]
        (self.folder / "requirements.lock").write_text("# small ones\n" + "".join(lines), encoding="utf-8")

    def start(self, *arguments: str, stderr: int = subprocess.STDOUT, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [BASE, "-S", *(arguments or ("main.py",))],  # -S: without whatever is installed there
            cwd=self.folder,
            env=self.environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # a Ctrl+C reaches the whole group, as in a terminal
        )

    def run(self, *arguments: str, **settings: str) -> tuple[int, str]:
        process = self.start(*arguments, **settings)
        output = process.communicate(timeout=LIMIT_S)[0]
        return process.returncode, output

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "VIRTUAL"))}
        own = {"PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"}
        return kept | own | (self.told or {**ONLY_HERE, "PIP_FIND_LINKS": self.wheels.as_uri()})

    def opened(self, output: str) -> bool:
        """Whether the last line is the window's, opened by .venv's Python."""
        return output.splitlines()[-1:] == [f"window [] {self.venv.resolve()}"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder, wheels = tmp_path / "a checkout", tmp_path / "wheels"
    folder.mkdir()
    wheels.mkdir()
    return Checkout(folder, wheels)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"{text!r} never came:\n{said}")


# --- first and later starts ---------------------------------------------------------------------------------------


def test_first_start_says_what_it_does_makes_it_and_opens_the_window(checkout: Checkout) -> None:
    code, output = checkout.run()
    assert code == 0
    assert checkout.opened(output), output
    said = output.splitlines()
    assert str(checkout.venv) in said[0]
    assert "MB to download" in said[1]
    count = len(NEEDED)
    steps = [line.split("]")[0].strip() for line in said if f"/{count}]" in line]
    assert steps == [f"[{n}/{count}" for n in range(1, count + 1)]

    code, output = checkout.run()
    assert (code, len(output.splitlines())) == (0, 1), "the next start goes straight to the window"
    assert checkout.opened(output)


def test_a_first_start_leaves_stdout_to_the_figures(checkout: Checkout) -> None:
    process = checkout.start(stderr=subprocess.PIPE)
    output, told = process.communicate(timeout=LIMIT_S)
    assert output.splitlines() == [f"window [] {checkout.venv.resolve()}"]
    assert "MB to download" in told


def test_a_changed_lock_file_brings_the_environment_up_to_date(checkout: Checkout) -> None:
    checkout.run()
    mark = checkout.venv / "kept"
    mark.touch()
    checkout.write_lock("2.0")
    code, output = checkout.run()
    assert code == 0
    assert "brings up to date" in output
    assert checkout.opened(output)
    assert mark.exists(), "it is updated, not made anew"


def test_only_what_the_lock_file_names_is_built_from_source(checkout: Checkout) -> None:
    lock = checkout.folder / "requirements.lock"
    wheels = lock.read_text(encoding="utf-8")
    package = write_source_package(checkout.wheels, "onlysource")
    lock.write_text(wheels + package, encoding="utf-8")
    assert checkout.run()[0] == 1
    lock.write_text("--no-binary onlysource\n" + wheels + package, encoding="utf-8")
    code, output = checkout.run()
    assert code == 0, output
    assert checkout.opened(output)
    assert list(checkout.venv.rglob("onlysource/__init__.py"))


@POSIX
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_an_interrupted_first_start_is_done_again(checkout: Checkout, how: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it, and so would its children
    process = checkout.start()
    read_until(process, "creating")
    if how == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.kill()  # what it started goes on: the next start has to wait for that
    rest = process.communicate(timeout=LIMIT_S)[0]
    assert process.returncode == (130 if how == "SIGINT" else -signal.SIGKILL)
    assert "Traceback" not in rest
    assert checkout.venv.is_dir()

    code, output = checkout.run()
    assert code == 0
    assert "creating" in output, "the half-made one is not trusted"
    assert checkout.opened(output)


def test_two_starts_at_once_share_one_environment(checkout: Checkout) -> None:
    first = checkout.start()
    read_until(first, "creating")
    code, output = checkout.run()
    assert first.communicate(timeout=LIMIT_S)[0].splitlines()[-1].startswith("window")
    assert (first.returncode, code) == (0, 0)
    assert "waiting" in output
    assert "creating" not in output
    assert checkout.opened(output)


@POSIX
def test_an_environment_that_lost_a_package_is_made_anew(checkout: Checkout) -> None:
    checkout.run()
    package = next(checkout.venv.glob("lib/python*/site-packages/msgspec"))
    shutil.rmtree(package)
    code, output = checkout.run()
    assert code == 0
    assert output.splitlines()[-1].startswith("window")


def test_an_interpreter_that_has_everything_is_used_as_it_is(checkout: Checkout, tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / "installed" / name).mkdir(parents=True)
        (tmp_path / "installed" / name / "__init__.py").touch()
    code, output = checkout.run(PYTHONPATH=str(tmp_path / "installed"))
    assert (code, output.split()[0]) == (0, "window")
    assert not checkout.venv.exists()


def test_a_venv_of_somebody_else_is_used_if_it_can_be(checkout: Checkout) -> None:
    site = make_foreign_venv(checkout)
    for name in NEEDED:
        (site / name).mkdir()
        (site / name / "__init__.py").touch()
    code, output = checkout.run()
    assert code == 0
    assert len(output.splitlines()) == 1
    assert checkout.opened(output)


def test_a_venv_of_somebody_else_is_set_aside_if_not(checkout: Checkout) -> None:
    make_foreign_venv(checkout)
    (checkout.venv / "theirs").touch()
    code, output = checkout.run()
    assert code == 0
    assert checkout.opened(output)
    assert (checkout.folder / ".venv-old-1" / "theirs").exists()


def make_foreign_venv(checkout: Checkout) -> Path:
    """Its site-packages."""
    subprocess.run([BASE, "-m", "venv", "--without-pip", str(checkout.venv)], check=True)
    return next(path for path in checkout.venv.rglob("site-packages"))


def test_version_and_help_make_nothing(checkout: Checkout) -> None:
    assert checkout.run("main.py", "--version") == (0, f"Concurrency Playground {VERSION}\n")
    code, output = checkout.run("main.py", "--help")
    assert code == 0
    assert "usage" in output
    assert not checkout.venv.exists()


@pytest.mark.parametrize(
    ("command", "window"),
    [(command, True) for command in ("", "bench", "--screenshot", "--recipe", "a.recipe.toml", "a folder/b.PY")]
    + [(command, False) for command in ("run", "list", "lesson", "--help", "-h", "nonsense")],
)
def test_which_commands_need_a_window(command: str, window: bool) -> None:
    assert dispatch.wants_window(command) is window


# --- uv -----------------------------------------------------------------------------------------------------------

UV_SAYS = """\
Resolved {count} packages in 3ms
Downloading numpy (16.1MiB)
 Downloaded numpy
Prepared {count} packages in 4.32s
Installed {count} packages in 89ms
"""
MADE_UV = """#!{python}
import re, sys, zipfile
from pathlib import Path
words = sys.argv[1:]
python = Path(words[words.index("--python") + 1])
site = next(python.parent.parent.glob("lib/python*/site-packages"))
with open({note!r}, "a") as file:
    print(" ".join(words), file=file)
if {fails!r} == "old":
    sys.exit("error: unexpected argument '--color' found")
if "-r" not in words:
    (site / "pip").mkdir()
    sys.exit()
if {fails!r}:
    sys.exit("error: it is not to be had")
lock = Path(words[words.index("-r") + 1]).read_text()
pins = re.findall(r"(?m)^(\\S+)==(\\S+)", lock)
print({says!r}.replace("{{count}}", str(len(pins))), end="", flush=True)
for name, version in pins:
    zipfile.ZipFile(f"{wheels}/{{name.lower()}}-{{version}}-py3-none-any.whl").extractall(site)
    print(f" + {{name}}=={{version}}", flush=True)
"""


@pytest.fixture
def uv(checkout: Checkout, tmp_path: Path) -> Callable[..., Path]:
    """Puts a made uv on PATH, which unpacks the wheels; gives the file in which it notes what it was asked. pip has not
    been told where to look, and where it tries all the same there is no network."""

    def put(fails: str = "") -> Path:
        folder = tmp_path / "programs"
        folder.mkdir()
        note = folder / "asked"
        code = MADE_UV.format(python=BASE, note=str(note), fails=fails, says=UV_SAYS, wheels=checkout.wheels)
        (folder / "uv").write_text(code, encoding="utf-8")
        (folder / "uv").chmod(0o755)
        checkout.told = {**WITHOUT_NETWORK, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        return note

    return put


WITHOUT_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")


@POSIX
def test_uv_makes_it_where_there_is_one(checkout: Checkout, uv: Callable[..., Path]) -> None:
    asked = uv()
    code, output = checkout.run()
    assert code == 0, output
    assert checkout.opened(output), output
    count = len(NEEDED)
    steps = [line.strip() for line in output.splitlines() if f"/{count}]" in line]
    assert steps[0] == f"[1/{count}] numpy 1.0, 16.1 MB"
    assert [step.split("]")[0] for step in steps] == [f"[{n}/{count}" for n in range(1, count + 1)]
    pip, packages = asked.read_text(encoding="utf-8").splitlines()
    assert "--no-index --find-links=" in pip
    assert pip.endswith(" pip")
    assert "--require-hashes --only-binary=:all: -r " in packages
    assert str(checkout.venv / "bin" / "python") in packages
    assert checkout.run()[1].splitlines() == [f"window [] {checkout.venv.resolve()}"], "it is kept like any other"

    checkout.write_lock("2.0")
    code, output = checkout.run()
    assert (code, checkout.opened(output)) == (0, True)
    assert "brings up to date" in output
    assert len(asked.read_text(encoding="utf-8").splitlines()) == 3, "pip is there already"


@POSIX
@pytest.mark.parametrize("how", ["old", "without a network"])
def test_what_uv_cannot_do_pip_tries_and_tells_why_not(checkout: Checkout, uv: Callable[..., Path], how: str) -> None:
    uv(fails=how)
    output = fails(checkout.run(PIP_RETRIES="0"))
    assert "pip tries" in output
    assert "there is no network" in output or "pip found no package" in output, "as this computer's pip is set up"
    checkout.told = None
    code, output = checkout.run()
    assert (code, checkout.opened(output)) == (0, True), "and the next start begins again"


@POSIX
def test_who_has_told_pip_where_to_look_means_pip(checkout: Checkout, uv: Callable[..., Path]) -> None:
    asked = uv()
    code, output = checkout.run(**ONLY_HERE, PIP_FIND_LINKS=checkout.wheels.as_uri())
    assert (code, checkout.opened(output)) == (0, True)
    assert not asked.exists()


@pytest.mark.skipif(shutil.which("uv") is None, reason="no uv on PATH")
def test_a_real_uv_makes_it(checkout: Checkout, tmp_path: Path) -> None:
    cache = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_OFFLINE": "1"}
    checkout.told = {**WITHOUT_NETWORK, **cache, "UV_FIND_LINKS": str(checkout.wheels)}
    code, output = checkout.run()
    assert "pip tries" not in output
    assert (code, checkout.opened(output)) == (0, True), output
    assert list(checkout.venv.glob("lib/python*/site-packages/pip/__init__.py"))
    write_wheel(checkout.wheels, "msgspec", "2.0")
    with zipfile.ZipFile(checkout.wheels / "msgspec-2.0-py3-none-any.whl", "a") as archive:
        archive.writestr("msgspec/more.py", "")
    lock = checkout.folder / "requirements.lock"
    lock.write_text(lock.read_text(encoding="utf-8").replace("msgspec==1.0", "msgspec==2.0"), encoding="utf-8")
    assert "pip tries" in fails(checkout.run(PIP_RETRIES="0")), "the hash is another one's"


# --- troubles: each has its own message and the command that mends it ---------------------------------------------


def fails(outcome: tuple[int, str]) -> str:
    code, output = outcome
    assert code == 1, output
    assert "Traceback" not in output
    return output


def test_no_network(checkout: Checkout) -> None:
    output = fails(
        checkout.run(PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    )
    assert "there is no network" in output
    assert "HTTPS_PROXY" in output
    code, output = checkout.run()
    assert (code, checkout.opened(output)) == (0, True), "with a network again it goes on"


def test_pip_may_not_look(checkout: Checkout) -> None:
    output = fails(checkout.run(PIP_FIND_LINKS=""))
    assert "found no package" in output
    assert "pip config list" in output


def test_a_wheel_that_was_tampered_with_is_refused(checkout: Checkout) -> None:
    write_wheel(checkout.wheels, "msgspec", "1.0")
    with zipfile.ZipFile(checkout.wheels / "msgspec-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr("msgspec/more.py", "")
    output = fails(checkout.run())
    assert "pip could not install" in output
    assert "making.log" in output


def test_no_venv_module(checkout: Checkout) -> None:
    code = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['main.py'];"
    code += "sys.path.insert(0, '.'); runpy.run_path('main.py', run_name='__main__')"
    output = fails(checkout.run("-c", code))
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in output
    assert not checkout.venv.exists()


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Callable[..., None]]:
    """A small disk at `folder`; yields what remounts it with other options."""

    def mount(*arguments: str) -> None:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", *arguments, "tmpfs", str(folder)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")

    mount("-o", options)
    try:
        yield mount
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@ROOT_ON_LINUX
def test_no_room_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "wheels").mkdir()
    with mounted(tmp_path / "small", "size=40m"):
        output = fails(Checkout(tmp_path / "small", tmp_path / "wheels").run())
    assert "not enough room" in output
    assert "pip cache purge" in output


@ROOT_ON_LINUX
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "fixed").mkdir()
    (tmp_path / "wheels").mkdir()
    with mounted(tmp_path / "fixed", "size=40m") as mount:
        checkout = Checkout(tmp_path / "fixed", tmp_path / "wheels")
        mount("-o", "remount,ro")
        output = fails(checkout.run())
    assert "cannot be written" in output
    assert "cp -r" in output


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "not enough room"),
        ("[Errno 13] Permission denied: '/opt/x/.venv'", "cannot be written"),
        ("WARNING: Retrying (…) after connection broken by 'NewConnectionError(…)'\nERROR: No matching", "no network"),
        ("ERROR: Could not find a version that satisfies the requirement numpy==2.4.6", "fits this computer"),
        ("WARNING: something\nERROR: the last word\n\n", "could not install the packages: the last word"),
        ("", "it said nothing"),
    ],
)
def test_what_pip_says_is_told_apart(said: str, expected: str) -> None:
    assert expected in str(start_trouble.explained(said, Path("/somewhere/.venv")))


# --- Pythons that are too old -------------------------------------------------------------------------------------


def test_any_python_3_can_read_main_and_it_is_short() -> None:
    text = (ROOT / "main.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 4))
    assert len(text.splitlines()) <= 25


@pytest.mark.parametrize("version", ["3.6", "3.7", "3.8", "3.9", "3.10"])
def test_a_python_that_is_too_old_is_told_so(version: str) -> None:
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} found on PATH or under pyenv")
    done = subprocess.run([python, "main.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"This is Python {version}" in done.stderr
    assert "3.11" in done.stderr


def find_python(version: str) -> str | None:
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [*home.glob(f"versions/{version}.*/bin/python"), shutil.which(f"python{version}")]
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    for python in filter(None, found):
        done = subprocess.run([str(python), "-c", question], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return str(python)
    return None


# --- display and system libraries ---------------------------------------------------------------------------------

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lacks displays and libraries")


@LINUX
@pytest.mark.parametrize("display", ["", ":4999"])
def test_no_display(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", display)
    if display and not screen_library_is_there():
        pytest.skip("libxcb is not installed, so no display can be asked")
    with pytest.raises(start_trouble.Trouble) as caught:
        display_check.check_display()
    assert "no display" in str(caught.value)
    assert "xvfb-run" in str(caught.value)
    assert display in str(caught.value)


def screen_library_is_there() -> bool:
    import ctypes.util

    return ctypes.util.find_library("xcb") is not None


@LINUX
def test_no_display_is_needed_offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)
    display_check.check_display()


@LINUX
def test_the_command_for_missing_libraries_names_every_package_once() -> None:
    text = str(
        display_check.missing_library(["libxcb-cursor.so.0", "libEGL.so.1", "libxcb-randr.so.0", "libxcb-shm.so.0"])
    )
    assert "sudo apt install libegl1 libxcb-cursor0 libxcb-randr0 libxcb-shm0" in text
    assert "sudo dnf install libglvnd-egl libxcb xcb-util-cursor" in text
    assert "sudo pacman -S libglvnd libxcb xcb-util-cursor" in text
    assert "apt-file search libstrange.so.1" in str(display_check.missing_library(["libstrange.so.1"]))


def test_ctrl_c_before_anybody_listens_for_it_is_no_defect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_argv: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "prepare", interrupted)
    assert runpy.run_path(str(ROOT / "main.py"))["main"]() == 130
    assert capsys.readouterr().err == "stopped\n"
