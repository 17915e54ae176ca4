"""Libraries for Windows that hand on what they are asked, made with Debian's mingw: what Wine 8 lacks is put between.
forwards.py PYTHON_HOME WORK: python3.dll (the stable ABI, which is not in the wheel) and kernel3w.dll.
forwards.py PYTHON_HOME WORK numpy: the C99 complex functions that numpy asks Windows for. All for tests alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPILER = "x86_64-w64-mingw32-gcc-win32"
MATH, OUR_MATH = "api-ms-win-crt-math-l1-1-0.dll", "zzz-ms-win-crt-math-l1-1-0.dll"  # of the same length
COMPLEX = "cabs carg cimag conj creal cproj cexp clog cpow csqrt"
COMPLEX += " ccos ccosh csin csinh ctan ctanh cacos cacosh casin casinh catan catanh"


def imports(library: Path) -> dict[str, list[str]]:
    """The functions that it takes, by the library that it takes them from."""
    said = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", library], capture_output=True, text=True).stdout
    found: dict[str, list[str]] = {}
    for part in said.split("DLL Name: ")[1:]:
        name, _, rows = part.partition("\n")
        names = []
        for row in rows.splitlines()[1:]:
            match = re.match(r"\t[0-9a-f<>none]+\s+\d+\s+(\w+)", row)
            if not match:
                break
            names.append(match[1])
        found[name.strip().lower()] = names
    return found


def exports(library: Path) -> list[str]:
    said = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", library], capture_output=True, text=True).stdout
    table = said.partition("Name Pointer] Table")[2]
    return [name for name in re.findall(r"^\t\[[^\n]* (\w+)$", table, re.MULTILINE) if re.match(r"_?Py", name)]


def make(target: Path, work: Path, rows: list[str], source: Path, more: tuple[str, ...] = ()) -> None:
    definition = work / f"{target.stem}.def"
    definition.write_text("\n".join([f"LIBRARY {target.name}", "EXPORTS", *rows]) + "\n", encoding="ascii")
    subprocess.run([COMPILER, "-O1", "-shared", "-static-libgcc", *more, "-o", target, source, definition], check=True)


def stable_abi(home: Path, work: Path) -> None:
    empty = work / "empty.c"
    empty.write_text("\n", encoding="ascii")
    rows = [f"{name} = python312.{name}" for name in exports(home / "python312.dll")]
    make(home / "python3.dll", work, rows, empty, ("-nostdlib", "-Wl,-e,0"))


def kernel(home: Path, work: Path) -> None:
    library, source = home / "python312.dll", HERE / "kernel3w.c"
    own = re.findall(r"\bown_(\w+)\(", source.read_text(encoding="utf-8"))
    wanted = imports(library)["kernel32.dll"]
    rows = [f"{name} = own_{name}" if name in own else f"{name} = KERNEL32.{name}" for name in wanted]
    make(home / "kernel3w.dll", work, rows, source)
    replace(library, "KERNEL32.dll", "KERNEL3W.dll")


def complex_functions(home: Path, work: Path) -> None:
    found = {path: imports(path) for path in (home / "Lib/site-packages/numpy").rglob("*.pyd")}
    modules = [path for path, libraries in found.items() if MATH in libraries or OUR_MATH in libraries]
    wanted = sorted({name for path in modules for name in found[path].get(MATH) or found[path][OUR_MATH]})
    known = COMPLEX.split()  # each also with an f or an l at its end, for float and long double
    ours = [name for name in wanted if name in known or name[:-1] in known]
    source = work / "complex.c"
    kept = ", ".join(f"(void *){name}" for name in ours)
    source.write_text(f"#include <complex.h>\nvoid *kept[] = {{{kept}}};\n", encoding="ascii")
    rows = [name if name in ours else f"{name} = ucrtbase.{name}" for name in wanted]
    make(home / OUR_MATH, work, rows, source)
    for path in modules:
        replace(path, MATH, OUR_MATH)


def replace(library: Path, old: str, new: str) -> None:
    """In a copy that no one else has: it asks another library."""
    library.write_bytes(library.read_bytes().replace(old.encode() + b"\0", new.encode() + b"\0"))


if __name__ == "__main__":
    place, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    if sys.argv[3:] == ["numpy"]:
        complex_functions(place, scratch)
    else:
        stable_abi(place, scratch)
        kernel(place, scratch)
