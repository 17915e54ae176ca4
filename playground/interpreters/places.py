"""Where Pythons are kept: the folders of PATH, pyenv, uv, conda, Homebrew, macOS frameworks and Windows' installers,
and what Windows' registry and py launcher list. A Python found there may be started without a question. A virtual
environment beside a recipe needs one, and is only named here.

Many names lead to one Python, so each Python is listed once, by its real file. A virtual environment counts as a Python
of its own, though it shares its file with another: it has its own packages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playground.files.on_path import which
from playground.files.reachable import is_file
from playground.interpreters import registry
from playground.start import windows_job

NAME = re.compile(r"(python[23]?|pypy[23]?|graalpy)(\.\d+)?t?(\.exe)?")
CONDA_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")
HOMEBREW_ROOTS = ("opt/homebrew", "usr/local", "home/linuxbrew/.linuxbrew")
BESIDE_A_RECIPE = (".venv", "venv", "env")
LAUNCHER_LIMIT_S = 5.0


@dataclass(frozen=True)
class Places:
    """The places of one machine. Tests give other values, to build a machine out of folders."""

    home: Path = field(default_factory=Path.home)
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    system: str = sys.platform

    def folders(self) -> Iterator[Path]:
        """Every folder in which executables may be Pythons; many do not exist. Relative ones are left out, whichever
        variable names them: they would mean whatever folder the app happens to be in."""
        yield from (folder for folder in self._named() if folder.is_absolute())

    def _named(self) -> Iterator[Path]:
        yield from self._path()
        yield from self._pyenv()
        yield from self._uv()
        yield from self._conda()
        if self.system == "win32":
            yield from self._installers()
        else:
            yield from self._homebrew()
        if self.system == "darwin":
            yield from self._frameworks()

    def launched(self) -> list[str]:
        """The Pythons that the registry and the py launcher know."""
        return [*registry.registered(), *self._of_launcher()] if self.system == "win32" else []

    def _of_launcher(self) -> list[str]:
        launcher = which("py")  # given a bare name, Windows would look in the current folder first
        if launcher is None:
            return []
        try:
            said = subprocess.run(
                [launcher, "-0p"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LAUNCHER_LIMIT_S,
                check=False,
                creationflags=windows_job.NO_CONSOLE,
            ).stdout
        except (OSError, subprocess.SubprocessError, UnicodeDecodeError):  # it cannot be started, or hangs
            return []
        return launcher_paths(said)

    def environment_folder(self, environment: Path) -> Path:
        """Where an environment of conda, pyenv or uv has its executable."""
        return environment if self.system == "win32" else environment / "bin"

    def virtual_environment_folder(self, environment: Path) -> Path:
        return environment / ("Scripts" if self.system == "win32" else "bin")

    def _path(self) -> Iterator[Path]:
        for words in self.environment.get("PATH", "").split(os.pathsep):
            folder = Path(words)
            # pyenv's shims only lead to what is found below its versions; Windows' stand-ins open its store.
            if not {"shims", "WindowsApps"} & set(folder.parts):
                yield folder

    def _installers(self) -> Iterator[Path]:
        """Where the installers of python.org put a Python for one user: the older one, and the install manager."""
        local = Path(self.environment.get("LOCALAPPDATA", self.home / "AppData" / "Local"))
        for root in (local / "Programs" / "Python", local / "Python"):
            yield from below(root)

    def _pyenv(self) -> Iterator[Path]:
        given = self.environment.get("PYENV_ROOT")
        usual = self.home / ".pyenv" / "pyenv-win" if self.system == "win32" else self.home / ".pyenv"
        for root in (Path(given) if given else usual, usual):
            yield from map(self.environment_folder, below(root / "versions"))

    def _uv(self) -> Iterator[Path]:
        given = self.environment.get("UV_PYTHON_INSTALL_DIR")
        data = self.environment.get("XDG_DATA_HOME")
        roots = [Path(given)] if given else []
        if self.system == "win32":
            roots += [Path(self.environment.get("APPDATA", self.home / "AppData" / "Roaming"), "uv", "python")]
        else:
            roots += [(Path(data) if data else self.home / ".local" / "share") / "uv" / "python"]
        for root in roots:
            yield from map(self.environment_folder, below(root))

    def _conda(self) -> Iterator[Path]:
        named = [self.environment.get(name) for name in ("CONDA_PREFIX", "MAMBA_ROOT_PREFIX")]
        yield from (self.environment_folder(Path(given)) for given in named if given)
        try:
            listed = (self.home / ".conda" / "environments.txt").read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            listed = []
        yield from (self.environment_folder(Path(line.strip())) for line in listed if line.strip())
        for above in (self.home, self.root / "opt"):
            for name in CONDA_ROOTS:
                for environment in (above / name, *below(above / name / "envs")):
                    yield self.environment_folder(environment)

    def _homebrew(self) -> Iterator[Path]:
        given = self.environment.get("HOMEBREW_PREFIX")
        roots = [self.root / words for words in HOMEBREW_ROOTS]
        for root in [Path(given), *roots] if given else roots:
            yield root / "bin"
            for pattern in ("python@*", "pypy3*"):
                yield from (formula / "bin" for formula in below(root / "opt", pattern))

    def _frameworks(self) -> Iterator[Path]:
        for above in (self.root, self.home):
            for framework in ("Python.framework", "PythonT.framework"):
                for version in below(above / "Library" / "Frameworks" / framework / "Versions"):
                    yield version / "bin"

    def pythons_in(self, folder: Path) -> list[Path]:
        try:
            named = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
        except OSError:
            return []
        able = (path for path in named if is_file(path) and os.access(path, os.X_OK))
        return [path for path in able if not self._asks_to_install(path)]

    def _asks_to_install(self, path: Path) -> bool:
        """On a Mac without developer tools, /usr/bin/python3 opens a dialog that offers to install them."""
        if self.system != "darwin" or path.parent != self.root / "usr" / "bin":
            return False
        tools = ("Library/Developer/CommandLineTools", "Applications/Xcode.app")
        return not any((self.root / place).exists() for place in tools)


def candidates(also: Sequence[str | Path] = (), places: Places | None = None) -> list[str]:
    """Executables that look like Pythons, each once, without the one that runs the app. `also` lists paths that have
    the user's word, whatever their name."""
    places = places or Places()
    return _each_once([*map(Path, also), *_usual(places)])


def _usual(places: Places) -> Iterator[Path]:
    for folder in places.folders():
        yield from places.pythons_in(folder)
    yield from map(Path, places.launched())


def usual(paths: Iterable[str], places: Places | None = None) -> set[str]:
    """Those of the paths that the app's own search finds. The very path counts: a link elsewhere to the same file may
    stand beside a `pyvenv.cfg`, which makes another Python of it."""
    places = places or Places()
    folders, launched = set(places.folders()), places.launched()
    found = {path for path in paths if NAME.fullmatch(Path(path).name) and Path(path).parent in folders}
    return found | {path for path in paths if path in launched}


def beside(recipe: Path, places: Places | None = None) -> list[str]:
    """The Pythons of virtual environments beside a recipe's file. They came with the recipe, and are not started
    unasked."""
    places, folder = places or Places(), recipe.absolute().parent
    environments = (places.virtual_environment_folder(folder / name) for name in BESIDE_A_RECIPE)
    return _each_once([path for environment in environments for path in places.pythons_in(environment)])


def absolute(text: str) -> str:
    """The path of an interpreter that somebody named, as a shell finds it: a bare name on PATH, ~ for the home folder.
    A name that is not found is given back unchanged."""
    if Path(text).name == text:
        return which(text) or text
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError:  # the home folder of a user who does not exist
        return text


def _each_once(paths: Iterable[Path]) -> list[str]:
    found = {identity(Path(sys.executable)): ""}
    for path in paths:
        found.setdefault(identity(path), str(path))
    return [path for path in found.values() if path]


def identity(path: Path) -> str:
    """What all names of one Python share: its real file, or the folder of its virtual environment."""
    environment = virtual_environment(path)
    return os.path.realpath(environment) if environment else _first_link(Path(os.path.realpath(path)))


def _first_link(file: Path) -> str:
    """One path for all hard links: an installed free-threaded Python is one file, named python3.13 and python3.13t."""
    try:
        if not file.is_file() or file.stat().st_nlink == 1:
            return str(file)
        return min(str(other) for other in file.parent.iterdir() if other.is_file() and other.samefile(file))
    except (OSError, ValueError):
        return str(file)


def virtual_environment(path: Path) -> Path | None:
    """The virtual environment that this executable belongs to, if any."""
    above = path.absolute().parent.parent
    return above if path.parent.name in ("bin", "Scripts") and is_file(above / "pyvenv.cfg") else None


def below(folder: Path, pattern: str = "*") -> list[Path]:
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def launcher_paths(said: str) -> list[str]:
    r"""The paths in lines like ` -V:3.12 * C:\Python312\python.exe`."""
    return re.findall(r"(?m)([A-Za-z]:\\[^\r\n]*\.exe)\s*$", said)
