"""What is in the frozen folder and nobody loads: parts of Qt that the app does not use, symbols for debuggers, Unicode
tables that Qt has once more itself, and then every library that nothing is left to need. Linux only: elsewhere the
wheels bring less. What is named here must not be what the app imports (tests/core/test_packaging.py)."""

from __future__ import annotations

import fnmatch
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

# Modules that nothing of ours imports: Qt's for OpenGL, D-Bus and tests (pyqtgraph asks for two of them, and does
# without), and numpy's for Fortran and its own tests.
MODULES: tuple[str, ...] = (
    *(f"PySide6.Qt{name}" for name in ("OpenGL", "OpenGLWidgets", "DBus", "Test")),
    *("numpy.f2py", "numpy.testing", "setuptools", "pkg_resources", "_distutils_hack"),
)
PLUGINS = {  # kinds that are kept, and which of each
    "platforms": ("qxcb", "qwayland*", "qoffscreen", "qminimal"),
    "platforminputcontexts": ("*",),
    "xcbglintegrations": (),
    "wayland-shell-integration": ("*",),
    "wayland-decoration-client": ("*",),
    "wayland-graphics-integration-client": (),
    "imageformats": ("qsvg", "qico", "qjpeg"),
    "iconengines": ("qsvgicon",),
    "platformthemes": ("qxdgdesktopportal",),
}
STRIPPED = ("libpython3*.so*", "python3*/lib-dynload/*.so")  # other wheels were patched, which strip breaks
LIBRARIES = (".", "PySide6/Qt/lib", "numpy.libs")  # where libraries lie that something else loads
ICU_DATA = "PySide6/Qt/lib/libicudata.so.*"


def slim(folder: Path) -> None:
    if not sys.platform.startswith("linux"):
        return
    inside = folder / "_internal"
    remove(path for path in plugins(inside) if not keeps_plugin(path))
    remove(path for name in MODULES for path in inside.glob(name.replace(".", "/") + ".*so"))
    strip(path for pattern in STRIPPED for path in inside.glob(pattern))
    for data in inside.glob(ICU_DATA):
        replace_icu_data(data)
    remove(unneeded(folder))
    remove(path for path in inside.rglob("*") if path.is_symlink() and not path.exists())


def plugins(inside: Path) -> list[Path]:
    return sorted((inside / "PySide6" / "Qt" / "plugins").glob("*/*.so"))


def keeps_plugin(path: Path) -> bool:
    kept = PLUGINS.get(path.parent.name, ())
    return any(fnmatch.fnmatch(path.stem.removeprefix("lib"), pattern) for pattern in kept)


def remove(paths: Iterable[Path]) -> None:
    for path in list(paths):
        path.unlink()


def strip(paths: Iterable[Path]) -> None:
    """Also of the folders on the building machine in which they look for libraries."""
    names = sorted(map(str, paths))
    subprocess.run(["strip", "--strip-unneeded", *names], check=True)
    for name in names:
        subprocess.run(["chrpath", "--delete", name], check=True, stdout=subprocess.DEVNULL)


def replace_icu_data(library: Path) -> None:
    """32 MB of tables for ICU, of which Qt uses none that it does not have itself: an empty one makes ICU say that it
    has no data, and Qt then takes its own."""
    version = library.name.rpartition(".")[2]
    source = f"const unsigned char icudt{version}_dat[64] __attribute__((aligned(16))) = {{0}};\n"
    options = ["-shared", "-Wl,--no-as-needed", f"-Wl,-soname,{library.name}", "-Wl,--build-id=none", "-x", "c", "-"]
    library.unlink()
    subprocess.run(["gcc", "-o", str(library), *options], input=source, text=True, check=True)


# -- libraries that nothing needs


def unneeded(folder: Path) -> list[Path]:
    """Libraries that neither the program, nor a module, nor a plugin, nor a library that one of them needs, needs."""
    inside = folder / "_internal"
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and is_elf(path)]
    libraries = {path for path in files if path.parent in {inside / place for place in LIBRARIES}}
    needs = needed_by(files)
    named: dict[str, list[Path]] = defaultdict(list)
    for path in libraries:
        named[path.name].append(path)
    reached: set[Path] = set()
    waiting = [path for path in files if path not in libraries or path.name.startswith("libpython")]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += [found for name in needs[path] for found in named[name]]
    return sorted(libraries - reached)


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needed_by(files: Iterable[Path]) -> dict[Path, list[str]]:
    return {path: needed(path) for path in files}


def needed(path: Path) -> list[str]:
    said = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
    return [line.split("[")[1].rstrip("] ") for line in said.splitlines() if "(NEEDED)" in line]
