"""Tries an installer as its user will meet it: installs silently, starts what the shortcut starts, runs, updates,
removes, and looks for what was left. It changes this user's programs and registry, and puts back what it changed.

python packaging/windows/try_setup.py SETUP.exe      on Windows, or with a Windows Python under Wine"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

assert sys.platform == "win32"

import ctypes
import os
import winreg
from ctypes import wintypes

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import identity
import smoke

LIMIT_S = 120
WM_CLOSE = 0x0010
IN_THE_WAY = 2  # the installer's exit code
HOME = Path(os.environ["LOCALAPPDATA"], "Programs", identity.NAME)
SHORTCUT = Path(os.environ["APPDATA"], "Microsoft", "Windows", "Start Menu", "Programs", f"{identity.NAME}.lnk")
CLASSES = r"Software\Classes"
RECIPE_CLASS = rf"{CLASSES}\{identity.PROGRAM}.Recipe"
UNINSTALL = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{identity.PROGRAM}"
KEYS = (
    UNINSTALL,
    RECIPE_CLASS,
    rf"{CLASSES}\Applications\{identity.PROGRAM}.exe",
    rf"{CLASSES}\SystemFileAssociations\.toml\shell\{identity.PROGRAM}",
    *(
        rf"Software\Microsoft\Windows\CurrentVersion\App Paths\{name}.exe"
        for name in (identity.PROGRAM, identity.COMMAND)
    ),
)


def main(arguments: list[str]) -> int:
    (setup,) = arguments
    check(not value(UNINSTALL, "InstallLocation"), "it is installed already; remove it first")
    code, took = ended(setup, "/S")
    check(code == 0, f"the installer ended with {code}")
    print(f"installed after {took:.1f} s: {smoke.folder_mb(HOME):.0f} MB", flush=True)
    try:
        check_installed()
        smoke.main([str(HOME / f"{identity.COMMAND}.exe")])
        check_window(setup)
        check_update(setup)
    finally:
        code, took = removed()
    check_gone()
    print(f"removed after {took:.1f} s, and nothing is left")
    return 0


def check_installed() -> None:
    for path in (HOME / f"{identity.PROGRAM}.exe", HOME / f"{identity.COMMAND}.exe", SHORTCUT):
        check(path.is_file(), f"{path} is not there")
    check(value(UNINSTALL, "DisplayName") == identity.NAME, "the list of apps has another name")
    check(value(UNINSTALL, "DisplayVersion") == identity.VERSION, "the list of apps has another version")
    opens = value(rf"{RECIPE_CLASS}\shell\open\command", "")
    check(opens == f'"{HOME / identity.PROGRAM}.exe" "%1"', f"a recipe is opened with {opens}")
    missing = [key for key in KEYS if not exists(key)]
    check(not missing, f"not in the registry: {missing}")


def check_window(setup: str) -> None:
    """The program with a window, started as its shortcut does: no console, nothing on its standard streams. While it
    is open nothing is installed over it. Closed, it ends."""
    began = time.monotonic()
    app = subprocess.Popen([HOME / f"{identity.PROGRAM}.exe"], cwd=HOME.parent)
    try:
        while not (window := window_of(app.pid)):
            check(app.poll() is None, f"the window's program ended with {app.returncode}")
            check(time.monotonic() - began < LIMIT_S, "no window")
            time.sleep(0.1)
        print(f"  a window after {time.monotonic() - began:.1f} s", flush=True)
        code, _ = ended(setup, "/S")
        check(code == IN_THE_WAY, f"installed over an open app: {code}")
        ctypes.windll.user32.PostMessageW(window, WM_CLOSE, 0, 0)
        check(app.wait(LIMIT_S) == 0, "the window's program did not end well")
    finally:
        if app.poll() is None:
            app.kill()


def window_of(pid: int) -> int:
    """The visible window with our name in its title, of that process."""
    user32, found = ctypes.windll.user32, []

    @ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    def look(window: int, _: int) -> bool:
        owner, title = wintypes.DWORD(), ctypes.create_unicode_buffer(200)
        user32.GetWindowThreadProcessId(window, ctypes.byref(owner))
        user32.GetWindowTextW(window, title, 200)
        if owner.value == pid and identity.NAME in title.value and user32.IsWindowVisible(window):
            found.append(window)
        return True

    user32.EnumWindows(look, 0)
    return found[0] if found else 0


def check_update(setup: str) -> None:
    """A file that this version has not got goes; a file that its user put there stays."""
    lost, own = HOME / "_internal" / "resources", HOME / "a file of the user's.txt"
    own.write_text("mine", encoding="utf-8")
    first = next(path for path in lost.rglob("*") if path.is_file())
    first.unlink()
    code, took = ended(setup, "/S")
    check(code == 0, f"the update ended with {code}")
    check(first.is_file(), "the update did not bring a file that was gone")
    check(own.is_file(), "the update took a file of the user's")
    own.unlink()
    print(f"  updated after {took:.1f} s", flush=True)


def removed() -> tuple[int, float]:
    """`_?=` keeps the uninstaller where it is, so that it can be waited for; its own file is then left, and is ours."""
    line = f'"{HOME}\\Uninstall.exe" /S _?={HOME}'
    began = time.monotonic()
    code = subprocess.run(line, timeout=LIMIT_S).returncode
    (HOME / "Uninstall.exe").unlink(missing_ok=True)
    if HOME.is_dir() and not any(HOME.iterdir()):
        HOME.rmdir()
    return code, time.monotonic() - began


def check_gone() -> None:
    check(not HOME.exists(), f"{HOME} is left: {[str(path) for path in HOME.rglob('*')][:10]}")
    check(not SHORTCUT.exists(), "the shortcut is left")
    left = [key for key in KEYS if exists(key)]
    check(not left, f"left in the registry: {left}")
    check(not value(rf"{CLASSES}\.toml\OpenWithProgids", f"{identity.PROGRAM}.Recipe"), "left in Open with")


def ended(program: str, *arguments: str) -> tuple[int, float]:
    began = time.monotonic()
    return subprocess.run([program, *arguments], timeout=LIMIT_S).returncode, time.monotonic() - began


def exists(key: str) -> bool:
    try:
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CURRENT_USER, key))
    except OSError:
        return False
    return True


def value(key: str, name: str) -> object:
    """None if there is none."""
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            return winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return None


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(otherwise)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
