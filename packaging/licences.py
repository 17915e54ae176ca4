"""The licences of what a package carries: a folder with their texts, and one file that names each part.

python3 packaging/licences.py OUT FROZEN SITE_PACKAGES

Distributions bring their texts in their metadata. Qt and PySide6 name theirs only, so the LGPL and the GPL that it
builds on are kept in texts/, with what the LGPL asks us to say. Libraries that come from the building system have
theirs in /usr/share/doc, where Debian keeps them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from debian import package_of
from origins import BROUGHT

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "texts"
# In the environment that builds, and not in what is built. PyInstaller is, by its loader.
BUILD_ONLY = {
    "altgraph", "macholib", "packaging", "pefile", "pyinstaller-hooks-contrib", "pywin32-ctypes", "setuptools",
}  # fmt: skip
LOCK = HERE.parent / "requirements-packaging.lock"
LIKE_TEXTS = ("licen", "copying", "notice", "authors")
OF_QT = {"pyside6-essentials", "shiboken6"}
QT = """\
Qt and Qt for Python (PySide6, shiboken6), © The Qt Company Ltd. and other contributors, are used under the GNU Lesser
General Public License, version 3 (LGPL-3.0.txt, which builds on GPL-3.0.txt). They are separate, unchanged libraries in
this package; you may replace them with versions of your own: put yours in the place of the files in {place}.
Their sources: https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/,
each in the folder of its version, {version}. Nothing here forbids you to take this program apart in order to debug such
changes.
"""
MIT = "The MIT License: its authors published it under that name, without a text of their own.\n"


def write(folder: Path, frozen: Path, packages: Path) -> list[str]:
    """Makes the folder; gives the names of the parts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = [of_python(folder)]
    for name, facts, texts in shipped(packages):
        rows.append(of_distribution(folder / name, name, facts, texts))
    rows += of_brought(frozen / "_internal")
    rows += of_fonts(folder)
    rows += [of_library(folder / "system", package) for package in system_packages(frozen)]
    head = "Concurrency Playground is made of these parts. Their licences are in the folders of the same names.\n\n"
    (folder / "README.txt").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return [row.split()[0] for row in rows]


def shipped(packages: Path) -> Iterator[tuple[str, Message, list[Path]]]:
    """Each distribution that goes into the package: name, metadata, files of licences. What else the environment has,
    pip at least, does not go in."""
    pinned = {line.partition("==")[0] for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line}
    for info in sorted(packages.glob("*.dist-info")):
        facts = HeaderParser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
        name = facts["Name"].lower().replace("_", "-").replace(".", "-")
        if name in pinned - BUILD_ONLY:
            files = (path for path in info.rglob("*") if path.is_file() and path.suffix != ".pyc")
            yield name, facts, sorted(path for path in files if is_text(path, info))


def is_text(path: Path, info: Path) -> bool:
    return any(word in path.name.lower() for word in LIKE_TEXTS) or "licenses" in path.relative_to(info).parts


def of_distribution(folder: Path, name: str, facts: Message, texts: list[Path]) -> str:
    folder.mkdir()
    for number, text in enumerate(texts):
        place = folder / (text.name if not (folder / text.name).exists() else f"{text.stem}-{number}{text.suffix}")
        shutil.copyfile(text, place)
    licence = facts["License-Expression"] or (facts["License"] or "").partition("\n")[0] or classified(facts)
    if name in OF_QT:
        licence = "LGPL-3.0-only"
        for kept in ("LGPL-3.0.txt", "GPL-3.0.txt", "ICU.txt", "parts-of-Qt.txt"):
            shutil.copyfile(TEXTS / kept, folder / kept)
        words = QT.format(place=f"_internal/{'PySide6' if name != 'shiboken6' else name}", version=facts["Version"])
        (folder / "NOTICE.txt").write_text(words, encoding="utf-8")
    elif not texts:
        if licence != "MIT":
            raise LookupError(f"{name} brings no text of its licence, {licence!r}")
        author = f"{name} {facts['Version']}, by {facts['Author']}.\n"
        (folder / "LICENSE.txt").write_text(author + MIT + (TEXTS / "MIT.txt").read_text("utf-8"), encoding="utf-8")
    return f"{name} {facts['Version']}: {licence}"


def of_brought(inside: Path) -> list[str]:
    """Libraries of other projects, which come with a distribution."""
    there = (one for one in BROUGHT if any(inside.glob(one.files)))
    return [f"{one.name}: {one.licence}, see {one.folder}" for one in there]


def classified(facts: Message) -> str:
    """Older metadata name a licence among their classifiers only."""
    words = [str(line) for line in facts.get_all("Classifier", [])]
    return ", ".join(line.rpartition(" :: ")[2] for line in words if line.startswith("License :: "))


def of_python(folder: Path) -> str:
    (folder / "python").mkdir()
    places = (
        Path(sys.base_prefix),
        Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}",
        Path(sys.base_prefix) / "Lib",
    )
    found = [place / name for place in places for name in ("LICENSE.txt", "LICENSE") if (place / name).is_file()]
    debian = Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright")
    shutil.copyfile((found or [debian])[0], folder / "python" / "LICENSE.txt")
    return f"python {sys.version.split()[0]}: PSF-2.0"


def of_fonts(folder: Path) -> Iterator[str]:
    (folder / "fonts").mkdir()
    for text in sorted((HERE.parent / "resources" / "fonts").glob("OFL-*.txt")):
        shutil.copyfile(text, folder / "fonts" / text.name)
        yield f"{text.stem.removeprefix('OFL-')}: OFL-1.1"


# -- libraries of the system that built it


def system_packages(frozen: Path) -> list[str]:
    """The packages of Debian that the libraries beside Python come from."""
    inside = frozen / "_internal"
    names = [path.name for path in sorted(inside.glob("*.so*")) if path.is_file() and not path.is_symlink()]
    names = [name for name in names if not name.startswith("libpython")]
    if not names or not shutil.which("dpkg-query"):
        return []
    return sorted({package_of(name) for name in names})


def of_library(folder: Path, package: str) -> str:
    folder.mkdir(exist_ok=True)
    shutil.copyfile(f"/usr/share/doc/{package}/copyright", folder / f"{package}.txt")
    return f"{package}: see system/{package}.txt"


if __name__ == "__main__":
    print("\n".join(write(*map(Path, sys.argv[1:4]))))
