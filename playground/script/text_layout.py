"""The layout of a script: imports in order, two blank lines around functions, lines broken at 100 columns, and parts
left out until the script has fewer than 60 lines."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass

from playground.recipe.python_tree import tree_of
from playground.script.python_text import is_text
from playground.script.refusal import NoScript

WIDTH = 100


@dataclass
class Parts:
    about: str
    first: str  # text that has to come before all imports
    imports: set[str]
    constants: list[tuple[str, str, str]]  # name, value, note
    values: list[str]
    functions: list[str]
    program: str


def laid_out(parts: Parts, longest: int | None) -> str:
    """The script. Parts that make it longer are left out, one more each time, until it is short enough."""
    text = _text(parts, "")
    for without in ("", "v", "va", "vad", "vadb", "vadbs"):
        text = _text(parts, without)
        if longest is None or text.count("\n") <= longest:
            return text
    raise NoScript(f"it would have {text.count(chr(10))} lines: too long for a program to be shown")


def _text(parts: Parts, without: str) -> str:
    """The script without some parts. v: the constants share a line, without notes; a: only the first paragraph about
    the model is kept; d: functions have no docstrings; b: one blank line at most; s: `seconds` has no variable."""
    constants = _in_one_line(parts.constants) if "v" in without else _line_by_line(parts.constants)
    about = _in_short(parts.about, "b" in without) if "a" in without else parts.about
    head = [f'"""{about}"""', parts.first, _imports(parts.imports), constants, "\n".join(parts.values)]
    functions = [_without_doc(one) if "d" in without else one for one in parts.functions]
    text = "\n\n\n".join(["\n\n".join(filter(None, head)), *functions, parts.program])
    if "b" in without:
        text = re.sub(r"\n\n\n+", "\n\n", text)
    if "s" in without:
        text = re.sub(r" *seconds = (.*)\n( *print\(.*\n *print\(.*)/ seconds", r"\2/ (\1)", text)
    return _fitted(text)


def _in_short(about: str, tight: bool) -> str:
    what, how, *more = about.split("\n\n")
    return ("\n" if tight else "\n\n").join([what, how, *(one for one in more if one.startswith("It needs"))])


def _line_by_line(constants: list[tuple[str, str, str]]) -> str:
    return "\n".join(f"{name} = {value}" + (f"  # {note}" if note else "") for name, value, note in constants)


def _in_one_line(constants: list[tuple[str, str, str]]) -> str:
    """All constants in one line, or in more if it would be too long."""
    names, values = ", ".join(one[0] for one in constants), ", ".join(one[1] for one in constants)
    line = f"{names} = {values}"
    return line if len(line) <= WIDTH else f"{_in_one_line(constants[:2])}\n{_in_one_line(constants[2:])}"


def _without_doc(function: str) -> str:
    tree, lines = tree_of(function).body[0], function.split("\n")
    for first in getattr(tree, "body", [])[:1]:
        if is_text(first):
            del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)


def _imports(statements: set[str]) -> str:
    """The imports in order, the standard library first: `import …`, then `from … import …`."""
    plain = sorted(one for one in statements if one.startswith("import "))
    names: dict[str, list[str]] = {}
    for one in statements - set(plain):
        module, _, name = one.removeprefix("from ").partition(" import ")
        names.setdefault(module, []).append(name)
    lines = plain + [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    standard = [line for line in lines if _is_standard(line)]
    others = [line for line in lines if line not in standard]
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def _is_standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names | {"_xxsubinterpreters", "stackless"}


def line_replaced(text: str, mark: str, lines: list[str]) -> str:
    """The text with each line that consists of `mark` alone replaced by `lines`, indented in the same way."""
    made = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        made += [indent + one for one in lines] if line.strip() == mark else [line]
    return "\n".join(made)


def rewrapped(words: str) -> str:
    return "\n\n".join(textwrap.fill(" ".join(one.split()), WIDTH - 3) for one in words.split("\n\n"))


def _fitted(text: str) -> str:
    lines, depth = [], 0
    for line in text.split("\n"):
        lines += fitted(line, depth > 0)
        depth += _depths(line)[-1]
    return "\n".join(lines).rstrip() + "\n"


def fitted(line: str, inside: bool = False) -> list[str]:
    """A line, broken if it is too long: its comment goes above it, or it is broken at its first brackets, or, `inside`
    of brackets, between words."""
    if len(line) <= WIDTH:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    words = re.fullmatch(r'\s*"""(.*)"""', line)
    if words:
        said = textwrap.fill(f'"""{words[1]}', WIDTH - 3, initial_indent=indent, subsequent_indent=indent)
        return f'{said}"""'.split("\n")
    code, mark, comment = line.partition("  # ")
    if mark and '"' not in comment:
        return [*textwrap.wrap(comment, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# "), code]
    if inside:
        return _between_words(line, indent)
    opening, closing = re.search(r"[(\[{](?=\S)", line), max(map(line.rfind, ")]}"))
    if not opening or closing < opening.end():
        return [line]
    within = f"{indent}    {line[opening.end() : closing].rstrip()}"
    return [line[: opening.end()], *fitted(within, inside=True), indent + line[closing:]]


def _between_words(line: str, indent: str) -> list[str]:
    """Break a line where none of its brackets is open: before `for` or `if`, else after a comma, else before an
    operator."""
    depths = _depths(line)
    for pattern in (r" (?=for )", r" (?=if )", r"(?<=,) ", r" (?=[-+*/&|^] )"):
        found = (one.start() for one in re.finditer(pattern, line))
        places = [place for place in found if len(indent) < place <= WIDTH and depths[place] == 0]
        if places:
            return [line[: places[-1]], *fitted(indent + line[places[-1] + 1 :], inside=True)]
    return [line]


def _depths(line: str) -> list[int]:
    """How many brackets are open before each character, and at the end; brackets in strings count too."""
    depths = [0]
    for character in line:
        depths.append(depths[-1] + (character in "([{") - (character in ")]}"))
    return depths
