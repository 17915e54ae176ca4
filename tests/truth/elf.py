"""Where a symbol lies in a running process: its address in the ELF file, moved to where /proc/PID/maps says that the
file was loaded. Read with `struct` alone; 64 bits, little-endian."""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
LOAD, SYMTAB, DYNSYM = 1, 2, 11
FIXED = 2  # a file of this type is loaded where it says, any other anywhere


class Found(NamedTuple):
    address: int
    size: int


def in_process(pid: int, symbol: str, named: str) -> Found | None:
    """The symbol in the first mapped file that has it, among those with `named` in their names."""
    for path, start in first_mappings(pid).items():
        if named in path.rpartition("/")[2]:
            found = in_file(path, symbol)
            if found is not None:
                fixed, lowest, place = found
                return Found(place.address + (0 if fixed else start - lowest), place.size)
    return None


def first_mappings(pid: int) -> dict[str, int]:
    """Of each mapped file the address at which its first byte lies."""
    starts: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split(None, 5)
        if len(fields) == 6 and fields[5].startswith("/") and int(fields[2], 16) == 0:
            starts.setdefault(fields[5], int(fields[0].partition("-")[0], 16))
    return starts


@lru_cache
def in_file(path: str, symbol: str) -> tuple[bool, int, Found] | None:
    """Whether the file is loaded at a fixed place, its lowest address, and the symbol as the file has it."""
    try:
        data = Path(path).read_bytes()
    except OSError:  # replaced since it was loaded
        return None
    if data[:6] != b"\x7fELF\x02\x01":
        return None
    _, kind, _, _, _, segments_at, sections_at, _, _, _, segments, _, sections, _ = HEADER.unpack_from(data)
    parts = [SEGMENT.unpack_from(data, segments_at + number * SEGMENT.size) for number in range(segments)]
    lowest = min((part[3] for part in parts if part[0] == LOAD), default=0)
    tables = [SECTION.unpack_from(data, sections_at + number * SECTION.size) for number in range(sections)]
    wanted = symbol.encode() + b"\0"
    for _, table_kind, _, _, offset, length, linked, *_ in tables:
        if table_kind in (SYMTAB, DYNSYM):
            names = tables[linked][4]
            for name, _, _, section, value, size in SYMBOL.iter_unpack(data[offset : offset + length]):
                if section and data.startswith(wanted, names + name):
                    return kind == FIXED, lowest, Found(value, size)
    return None
