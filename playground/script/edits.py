"""Edits of a Python text at the places of its syntax tree, so that the author's formatting and comments stay."""

from __future__ import annotations

import ast
from collections.abc import Iterable


class Edits:
    """Edits of one text. Places are counted in bytes of UTF-8, as in syntax trees."""

    def __init__(self, text: str) -> None:
        self.text = text.encode()
        self._lines = [0]
        for line in self.text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._edits: dict[tuple[int, int], bytes] = {}

    def span(self, node: ast.AST) -> tuple[int, int]:
        first = self._lines[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return first, self._lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def lines(self, first: int, last: int) -> tuple[int, int]:
        """The span of whole lines, which are numbered from 1."""
        return self._lines[first - 1], self._lines[min(last, len(self._lines) - 1)]

    def line(self, number: int) -> str:
        first, last = self.lines(number, number)
        return self.text[first:last].decode()

    def replace(self, span: tuple[int, int], new: str) -> None:
        """Replace a span, with all earlier edits inside it."""
        inside = [old for old in self._edits if span[0] <= old[0] and old[1] <= span[1] and old[0] != old[1]]
        for old in inside:
            del self._edits[old]
        self._edits[span] = new.encode()

    def remove_lines(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.replace(self.lines(number, number), "")

    def insert_after_line(self, number: int, line: str) -> None:
        end = self.lines(number, number)[1]
        self._edits[end, end] = self._edits.get((end, end), b"") + line.encode() + b"\n"

    def has(self, span: tuple[int, int]) -> bool:
        return span in self._edits

    def of(self, span: tuple[int, int]) -> str:
        """A part of the text with the edits so far."""
        result, place = b"", span[0]
        for (first, last), new in sorted(self._edits.items()):
            if first < place or last > span[1]:
                continue
            result += self.text[place:first] + new
            place = last
        return (result + self.text[place : span[1]]).decode()


def node_text(edits: Edits, node: ast.AST) -> str:
    """A node's text with the edits so far. If brackets around the node were edited away with it, without these."""
    first, last = edits.span(node)
    wider = (first - 1, last + 1)
    return edits.of(wider if edits.has(wider) else (first, last))
