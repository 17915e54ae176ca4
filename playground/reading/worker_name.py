"""What a worker is called: letters, as columns of a spreadsheet are."""

from __future__ import annotations


def worker_name(index: int) -> str:
    """A … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name
