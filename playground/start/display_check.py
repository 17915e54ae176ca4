"""Can Qt show a window here? Asked before the first QApplication, because Qt answers by aborting the process.

On Linux two things may be missing: a display (no desktop session, or ssh without X) and a shared library that Qt's
wheels expect from the system. The libraries are tried by loading exactly what Qt will load a moment later, so the check
costs next to nothing. Windows and macOS have both. Standard library only."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from playground.start.start_trouble import Trouble

# library: its package in Debian and Ubuntu, Fedora, Arch
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libGLX.so.0": ("libglx0", "libglvnd-glx", "libglvnd"),
    "libGLdispatch.so.0": ("libglvnd0", "libglvnd", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd-opengl", "libglvnd"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libstdc++.so.6": ("libstdc++6", "libstdc++", "gcc-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl", "wayland"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib", "zlib"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd"),
}
INSTALL = (("Debian, Ubuntu", "sudo apt install"), ("Fedora", "sudo dnf install"), ("Arch", "sudo pacman -S"))


def check_display() -> None:
    """Returns where a window has somewhere to go; otherwise raises Trouble with the command that mends it."""
    if sys.platform.startswith("linux") and not reachable_platforms():
        raise no_display()


def check_libraries() -> None:
    """Returns where Qt finds all it takes from the system; otherwise raises Trouble with the command that mends it."""
    qt = qt_directory()
    if not sys.platform.startswith("linux") or qt is None:
        return
    missing = {platform: missing_libraries(qt, platform) for platform in reachable_platforms()}
    if missing and all(missing.values()):
        raise missing_library(missing.popitem()[1])


def reachable_platforms() -> list[str]:
    """Those of Qt's platform plugins that it will try, in its order, and that have a display or need none."""
    return [name for name in wanted_platforms() if not name.startswith(("xcb", "wayland")) or answers(name)]


def wanted_platforms() -> list[str]:
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        return [name.split(":")[0] for name in chosen.split(";")]
    return ["wayland", "xcb"] if os.environ.get("WAYLAND_DISPLAY") else ["xcb"]


def answers(platform: str) -> bool:
    """Whether a display is named, and something is there."""
    if platform.startswith("wayland"):
        name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
        return (Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / name).exists()
    return bool(os.environ.get("DISPLAY")) and x_server_answers()


def x_server_answers() -> bool:
    """Connects as Qt's xcb plugin will, so it also notices a server that refuses us."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # reported as a missing library, with its package
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def no_display() -> Trouble:
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    found = f"the display {display!r} does not answer" if display else "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return Trouble(
        f"There is no display to open a window on: {found}.\n"
        f"Start it in a terminal of a desktop session; over ssh: ssh -X\n"
        f"Without a window: python3 main.py run --job primes --workers 4 --model threads\n"
        f"On a virtual display: sudo apt install xvfb && xvfb-run python3 main.py"
    )


# --- system libraries ---------------------------------------------------------------------------------------------


def qt_directory() -> Path | None:
    """The Qt that came with the wheel; None for a Qt of the distribution's own, which brings what it needs."""
    spec = find_spec("PySide6")
    places = spec.submodule_search_locations if spec else None
    qt = Path(next(iter(places))) / "Qt" if places else None
    return qt if qt and (qt / "lib").is_dir() else None


def missing_libraries(qt: Path, platform: str) -> list[str]:
    """What the system lacks for a window on that platform; all of it, so that one command mends it."""
    files = [qt / "lib/libQt6Widgets.so.6", qt / f"plugins/platforms/libq{platform.split('-')[0]}.so"]
    try:
        for file in files:
            if file.exists():
                ctypes.CDLL(str(file))
    except OSError as error:
        return not_found(files) or [str(error).split(":")[0]]
    return []


def not_found(files: list[Path]) -> list[str]:
    found: set[str] = set()
    for file in files:
        try:
            answer = subprocess.run(["ldd", str(file)], capture_output=True, text=True)
        except OSError:  # no ldd here: the loader's own message names the first one
            return []
        found.update(line.split()[0] for line in answer.stdout.splitlines() if line.endswith("not found"))
    return sorted(found)


def missing_library(libraries: list[str]) -> Trouble:
    names = ", ".join(libraries)
    known = [PACKAGES[library] for library in libraries if library in PACKAGES]
    if not known:
        return Trouble(
            f"Qt needs system libraries that are missing here: {names}.\n"
            f"Find their package: apt-file search {libraries[0]} (Debian), dnf provides '*/{libraries[0]}' (Fedora), "
            f"pacman -F {libraries[0]} (Arch)"
        )
    commands = [
        f"{system}: {command} {' '.join(sorted({packages[i] for packages in known}))}"
        for i, (system, command) in enumerate(INSTALL)
    ]
    return Trouble("\n".join([f"Qt needs system libraries that are missing here: {names}.", *commands]))
