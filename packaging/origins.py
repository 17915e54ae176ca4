"""Where each library of a frozen folder comes from. A build fails if one has no licence: whoever adds a wheel that
brings libraries of others has to find out what they are, and to name them here."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from debian import package_of


class Brought(NamedTuple):
    """A library of another project that a wheel brings, and words that only its licence has."""

    files: str
    name: str
    licence: str
    folder: str
    words: str


BROUGHT = (
    Brought(
        "PySide6/Qt/lib/libicu*",
        "ICU",
        "Unicode-DFS-2016",
        "pyside6-essentials",
        "UNICODE, INC. LICENSE AGREEMENT",
    ),
    Brought("numpy.libs/libscipy_openblas*", "OpenBLAS", "BSD-3-Clause", "numpy", "Name: OpenBLAS"),
    Brought(
        "numpy.libs/libgfortran*",
        "libgfortran",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "numpy",
        "Name: GCC runtime library",
    ),
    Brought("numpy.libs/libquadmath*", "libquadmath", "LGPL-2.1-or-later", "numpy", "Name: libquadmath"),
)
OWN = {  # files of the folder → the folder of their licence
    "PySide6/Qt/lib/libQt6*": "pyside6-essentials",
    "PySide6/Qt/plugins/*": "pyside6-essentials",
    "PySide6/lib*": "pyside6-essentials",
    "PySide6/Qt[A-Z]*.so": "pyside6-essentials",
    "shiboken6/*": "shiboken6",
    "numpy/*": "numpy",
    "gevent/*": "gevent",
    "greenlet/*": "greenlet",
    "msgspec/*": "msgspec",
    "psutil/*": "psutil",
    "zope/interface/*": "zope-interface",
    "python3*/lib-dynload/*": "python",
    "libpython3*": "python",
}


def without_licence(frozen: Path) -> list[str]:
    """The libraries, if any, whose licence is not among the texts."""
    inside = frozen / "_internal"
    files = (path for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink())
    names = sorted(path.relative_to(inside).as_posix() for path in files)
    return [name for name in names if not has_licence(name, frozen / "licences")]


def has_licence(library: str, licences: Path) -> bool:
    for one in BROUGHT:
        if fnmatch(library, one.files):
            return any(one.words in text for text in texts(licences / one.folder))
    for pattern, folder in OWN.items():
        if fnmatch(library, pattern):
            return any(len(text) > 400 for text in texts(licences / folder))
    if "/" in library:
        return False
    try:
        return (licences / "system" / f"{package_of(library)}.txt").is_file()
    except LookupError:
        return False


def texts(folder: Path) -> list[str]:
    return [path.read_text("utf-8", "replace") for path in sorted(folder.glob("*")) if path.is_file()]
