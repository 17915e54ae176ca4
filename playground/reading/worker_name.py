"""The name of a worker: letters, like the columns of a spreadsheet."""

from __future__ import annotations


def worker_name(index: int) -> str:
    """A … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name
