"""What Linux' desktops want to know of a program: its entry, icons, the type of its files, its description for software
shops, its manual page. The texts stand beside this file; names come from identity.py."""

from __future__ import annotations

import gzip
import shutil
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import identity
from frozen import EPOCH, ICONS

HERE = Path(__file__).resolve().parent
MIME = f"application/x-{identity.COMMAND}-recipe"
DATE = datetime.fromtimestamp(EPOCH, UTC).date()


def filled(name: str, program: str = identity.COMMAND) -> str:
    """A text of this folder with the names put in. `program`: what starts the app."""
    return Template((HERE / name).read_text(encoding="utf-8")).substitute(
        name=identity.NAME,
        command=identity.COMMAND,
        program=program,
        upper=identity.COMMAND.upper(),
        summary=identity.SUMMARY.rstrip("."),
        publisher=identity.PUBLISHER,
        version=identity.VERSION,
        reversed=identity.REVERSED,
        recipe=identity.RECIPE_WORDS,
        ending=identity.RECIPE_ENDING,
        mime=MIME,
        wm_class=identity.COMMAND,
        date=DATE,
        license=indented_license(),
    )


def indented_license() -> str:
    """As Debian's copyright files want it: each line indented, an empty one as a dot."""
    lines = (identity.ROOT / "LICENSE").read_text(encoding="utf-8").strip().splitlines()
    body = lines[next(number for number, line in enumerate(lines) if line.startswith("Permission")) :]
    return "\n".join(f" {line or '.'}" for line in body)


def write(usr: Path) -> None:
    """Puts everything into a tree like /usr."""
    put(usr / "share/applications" / f"{identity.COMMAND}.desktop", filled("concurrency-playground.desktop"))
    put(usr / "share/metainfo" / f"{identity.REVERSED}.metainfo.xml", filled("metainfo.xml"))
    put(usr / "share/mime/packages" / f"{identity.COMMAND}.xml", filled("mime.xml"))
    put_compressed(usr / "share/man/man1" / f"{identity.COMMAND}.1.gz", filled("man.1"))
    pictures = sorted(ICONS.glob("*.png"))
    if not pictures:
        raise FileNotFoundError(f"{ICONS} has no icons: they are made with the frozen app")
    for picture in pictures:
        place = usr / "share/icons/hicolor" / f"{picture.stem}x{picture.stem}"
        copy(picture, place / "apps" / f"{identity.COMMAND}.png")
    copy(ICONS / "app.svg", usr / "share/icons/hicolor/scalable/apps" / f"{identity.COMMAND}.svg")
    copy(ICONS / "app.svg", usr / "share/icons/hicolor/scalable/mimetypes" / f"{MIME.replace('/', '-')}.svg")


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def put_compressed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
