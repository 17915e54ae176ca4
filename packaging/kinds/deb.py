"""A package for Debian and Ubuntu. The app lies in /usr/lib, with a link to it in /usr/bin; the desktop finds its
entry, icons and file type. It runs no scripts of its own: what has to be told of new files, Debian's triggers tell."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

import identity
from frozen import EPOCH
from linux import desktop_files, system_needs

CONTROL = """\
Package: {command}
Version: {version}
Architecture: {architecture}
Maintainer: {publisher} <concurrency-playground@users.noreply.github.com>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libwayland-client0, libwayland-cursor0
Section: education
Priority: optional
Description: see how Python runs things at once
 Start threads, processes, coroutines or greenlets with one sentence, under
 any Python found on this computer, and watch live, on one clock, how late a
 window is, who holds the GIL, what every worker does, and how busy every core
 is. Everything is measured, without root, and nothing is simulated.
"""
CHANGELOG = """\
{command} ({version}) unstable; urgency=medium

  * See CHANGELOG.md in /usr/lib/{command}.

 -- {publisher} <concurrency-playground@users.noreply.github.com>  {date}
"""
# It brings its own libraries on purpose: the same ones on every system. Two small modules of Python need no libc.
OVERRIDES = (
    *("embedded-library", "shared-library-lacks-prerequisites", "unstripped-binary-or-object"),
    "library-not-linked-against-libc",
)


def build(frozen: Path, out: Path) -> Path:
    tree, architecture = out / "deb", debian_architecture()
    shutil.rmtree(tree, ignore_errors=True)
    home = tree / "usr/lib" / identity.COMMAND
    shutil.copytree(frozen, home, symlinks=True)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin" / identity.COMMAND).symlink_to(f"../lib/{identity.COMMAND}/{identity.PROGRAM}")
    desktop_files.write(tree / "usr")
    write_papers(tree)
    write_control(tree, frozen, architecture)
    settle(tree)
    made = out / f"{identity.COMMAND}_{identity.VERSION}_{architecture}.deb"
    fixed = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", str(tree), str(made)]
    subprocess.run(command, check=True, env=fixed, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return made


def debian_architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def write_papers(tree: Path) -> None:
    papers = tree / "usr/share/doc" / identity.COMMAND
    desktop_files.put(papers / "copyright", desktop_files.filled("copyright"))
    words = CHANGELOG.format(
        command=identity.COMMAND, version=identity.VERSION, publisher=identity.PUBLISHER, date=formatdate(EPOCH)
    )
    (papers / "changelog.gz").write_bytes(gzip.compress(words.encode(), 9, mtime=0))
    overrides = "".join(f"{identity.COMMAND}: {tag}\n" for tag in OVERRIDES)
    desktop_files.put(tree / "usr/share/lintian/overrides" / identity.COMMAND, overrides)


def write_control(tree: Path, frozen: Path, architecture: str) -> None:
    sizes = (path.lstat().st_size for path in tree.rglob("*") if path.is_file())
    needs = [one for one in system_needs.depends(frozen) if not one.startswith("libwayland")]
    words = CONTROL.format(
        command=identity.COMMAND,
        version=identity.VERSION,
        architecture=architecture,
        publisher=identity.PUBLISHER,
        kilobytes=sum(-(-size // 1024) for size in sizes),
        depends=", ".join(needs),
    )
    desktop_files.put(tree / "DEBIAN/control", words)


def settle(tree: Path) -> None:
    """Rights and times that do not depend on who builds it, and when."""
    for path in [tree, *sorted(tree.rglob("*"))]:
        if not path.is_symlink():
            program = path.is_file() and os.access(path, os.X_OK) and path.name == identity.PROGRAM
            path.chmod(0o755 if path.is_dir() or program else 0o644)
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
