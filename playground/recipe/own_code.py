"""The user's own code, as the app sees it: its kind, its ops and its mistakes, read from the text alone. The code is
never run here."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from playground.lab.recording.own_module import FILE as FILE
from playground.lab.recording.own_module import NAME as NAME
from playground.lab.wire import ops
from playground.lab.wire.ops import ALL, Op, Shared
from playground.recipe.python_tree import tree_of

MOST_BYTES = 200_000
EXAMPLE_FILES = Path(__file__).resolve().parents[2] / "resources" / "examples"
MISSING = "define job(i, n): i is the worker's number, counted from 0; n is the number of workers"
_LINE = re.compile(rf'File "{FILE}", line (\d+)')
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Problem:
    line: int  # from 1
    column: int  # from 0
    words: str


@dataclass(frozen=True)
class Facts:
    kind: str = ""  # plain | async | ops; empty if there is no job
    ops: tuple[type[Op], ...] = ()  # that the code names
    checkpoints: bool = False
    problem: Problem | None = None


@lru_cache(maxsize=32)
def _kept(text: str) -> Facts:
    try:
        return _facts(text)
    except (RecursionError, MemoryError):
        return Facts(problem=Problem(1, 0, "it is nested too deeply to be read"))


def look_at(text: str) -> Facts:
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        return Facts(problem=Problem(1, 0, f"it has {size:,} bytes; allowed: {MOST_BYTES:,}"))
    if not text.strip():
        return Facts(problem=Problem(1, 0, MISSING))
    return _kept(text)


def tells_nothing(job: str, text: str) -> bool:
    """Do the workers of a job report no ops? True for the user's own code unless it yields ops."""
    return job == NAME and look_at(text).kind != "ops"


def _facts(text: str) -> Facts:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is none of our business
            tree = tree_of(text, FILE)
            compile(text, FILE, "exec", dont_inherit=True)  # finds more: a return outside a function
    except SyntaxError as error:
        return Facts(problem=Problem(error.lineno or 1, max(0, (error.offset or 1) - 1), error.msg))
    except ValueError as error:  # a zero byte, half of a surrogate pair
        return Facts(problem=Problem(1, 0, str(error)))
    job = next((one for one in reversed(list(_top_level(tree.body))) if one.name == "job"), None)
    if job is None:
        return Facts(problem=Problem(1, 0, MISSING))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    yields = _yields(job)
    facts = Facts(
        kind="async" if isinstance(job, ast.AsyncFunctionDef) else "ops" if yields else "plain",
        ops=tuple(op for op in ALL if op.__name__ in used) if yields else (),
        checkpoints="checkpoint" in used,
        problem=_wrong_arguments(job),
    )
    if facts.kind == "async" and yields:
        words = "async def job may not yield: await what it waits for, or write def job and yield ops"
        return Facts(problem=Problem(job.lineno, job.col_offset, words))
    return facts


def _top_level(body: list[ast.stmt]) -> Iterator[_Function]:
    """The functions that the module defines, also within `if`, `try` and `with`."""
    for statement in body:
        if isinstance(statement, _Function):
            yield statement
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            for part in ("body", "handlers", "orelse", "finalbody"):
                for inner in getattr(statement, part, ()):
                    yield from _top_level(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _yields(function: _Function) -> bool:
    """Is the function a generator? A yield in a function inside it does not count."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def _wrong_arguments(job: _Function) -> Problem | None:
    """The problem if `job` cannot be called as job(i, n)."""
    given = job.args
    most = len(given.posonlyargs) + len(given.args)
    least = most - len(given.defaults)
    named = [each.arg for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    if least <= 2 and (most >= 2 or given.vararg) and not named:
        return None
    takes = f"{named[0]} by name" if named else f"{most} argument{'' if most == 1 else 's'}"
    return Problem(job.lineno, job.col_offset, f"job takes {takes}; it is called with two: job(i, n)")


def refusal(facts: Facts, model: str, awaits: bool) -> str | None:
    """Why a model cannot run such code; None if it can. `recipe.checked` checks whether the model has its ops."""
    if facts.kind == "async" and not awaits:
        return f"{model} cannot await: an async def job needs a model that can, such as asyncio"
    return None


def error_line(error: str) -> int | None:
    """The line of the user's code at which a traceback ends."""
    lines = _LINE.findall(error)
    return int(lines[-1]) if lines else None


# -- SHARED: the things that the code's workers share


def shared(text: str) -> dict[str, Shared]:
    """SHARED, read from the text: `{"door": LOCK, "belt": queue(8)}`. ValueError says what cannot be read."""
    for statement in tree_of(text).body:
        if isinstance(statement, ast.Assign) and "SHARED" in map(ast.unparse, statement.targets):
            if not isinstance(statement.value, ast.Dict):
                raise ValueError("SHARED is not written as {name: what it is}")
            pairs = zip(statement.value.keys, statement.value.values, strict=True)
            return {_name_of(key): _thing_of(value) for key, value in pairs}
    return {}


def _name_of(key: ast.expr | None) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    raise ValueError("a name in SHARED is not written as a word")


def _thing_of(value: ast.expr) -> Shared:
    name = value.func if isinstance(value, ast.Call) else value
    kind = ops.KINDS.get(name.id) if isinstance(name, ast.Name) else None
    if isinstance(kind, Shared) and value is name:
        return kind
    if callable(kind) and isinstance(value, ast.Call):
        sizes = [one.value for one in value.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
        if len(sizes) == len(value.args):
            made: Shared = kind(*sizes)
            return made
    raise ValueError("SHARED has something other than LOCK, EVENT, semaphore(…) and queue(…)")


# -- examples


@dataclass(frozen=True)
class Example:
    title: str
    summary: str
    text: str


def _example(path: Path) -> Example:
    """The first line of a file's docstring is the title of the example, the rest is the summary."""
    text = path.read_text(encoding="utf-8")
    title, _, rest = (ast.get_docstring(tree_of(text)) or path.stem).partition("\n")
    return Example(title.rstrip("."), " ".join(rest.split()), text)


@cache
def examples() -> tuple[Example, ...]:
    """All examples, read from their files on first use."""
    return tuple(_example(path) for path in sorted(EXAMPLE_FILES.glob("*.py")))
