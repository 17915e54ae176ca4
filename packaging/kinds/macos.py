"""The disk image for macOS: the app, and a link to the folder into which it is dragged. macOS alone can make it.

The app is signed without a certificate: enough for Apple's processors, which start nothing unsigned, and not for
Gatekeeper. So the first start of a downloaded one goes by "Open Anyway" in the system settings."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import identity

NOBODY = "-"  # codesign's name for a signature without a certificate


def build(frozen: Path, out: Path) -> Path:
    image = out / f"{identity.COMMAND}-{identity.VERSION}-macos-{platform.machine()}.dmg"
    with tempfile.TemporaryDirectory() as folder:
        app = laid_out(frozen, Path(folder))
        sign(app)
        subprocess.run(image_command(Path(folder), image), check=True)
    return image


def laid_out(frozen: Path, folder: Path) -> Path:
    """What a window of the opened image shows. The licences go into the app, so that they are not left behind."""
    app = folder / f"{identity.NAME}.app"
    shutil.copytree(frozen.parent / app.name, app, symlinks=True)
    shutil.copytree(frozen / "licences", app / "Contents" / "Resources" / "licences", dirs_exist_ok=True)
    (folder / "Applications").symlink_to("/Applications")
    return app


def sign(app: Path) -> None:
    """Anew, as files have been added since PyInstaller signed it."""
    subprocess.run(["codesign", "--force", "--deep", "--sign", NOBODY, str(app)], check=True)
    subprocess.run(["codesign", "--verify", "--deep", "--strict", str(app)], check=True)


def image_command(folder: Path, image: Path) -> list[str]:
    shown = ["-volname", identity.NAME, "-srcfolder", str(folder), "-fs", "HFS+"]
    return ["hdiutil", "create", "-quiet", "-ov", *shown, "-format", "ULFO", str(image)]
