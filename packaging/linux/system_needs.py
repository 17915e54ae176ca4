"""What the frozen app needs of the system that it is installed on, found in the libraries themselves: the names that no
file of the folder answers to, and the newest symbols of the C library that are asked for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import slim
from debian import package_of

ALWAYS = ("fontconfig-config", "xkb-data")  # files that libraries of ours read: fonts, keyboards
C_LIBRARY = "libc6"


def depends(frozen: Path) -> list[str]:
    """As Debian names them; where newer Debians and Ubuntus call a package otherwise, that name too."""
    files = [path for path in frozen.rglob("*") if path.is_file() and not path.is_symlink() and slim.is_elf(path)]
    here = {path.name for path in files}
    wanted = {name for names in slim.needed_by(files).values() for name in names} - here
    packages = {package_of(name) for name in wanted} - {C_LIBRARY}
    return [f"{C_LIBRARY} (>= {newest_symbols(files)})", *sorted(packages | {*ALWAYS})]


def newest_symbols(files: list[Path]) -> str:
    """The version of the C library that all of them can live with."""
    said = subprocess.run(["readelf", "-V", *map(str, files)], capture_output=True, text=True, check=True).stdout
    found = {tuple(map(int, version.split("."))) for version in re.findall(r"Name: GLIBC_(\d+\.\d+)", said)}
    return ".".join(map(str, max(found)))
