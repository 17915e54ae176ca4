"""Which test files have to do with a change: those that were changed themselves, and those that import a changed module
by name. What imports it in turn is not followed, as that would be nearly all: `--quick` is for the rest."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files() -> list[str]:
    """Since this branch left main, and what is not yet committed."""
    left = git("merge-base", "HEAD", "main") or ["HEAD"]
    return git("diff", "--name-only", *left) + git("ls-files", "--others", "--exclude-standard")


def git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()


def tests_of(changed: Iterable[str]) -> list[str]:
    names = {name_of(path) for path in changed if path.endswith(".py")}
    found = sorted(path for part in ("core", "ui", "e2e") for path in (ROOT / "tests" / part).glob("test_*.py"))
    relative = {path: path.relative_to(ROOT).as_posix() for path in found}
    return [name for path, name in relative.items() if name_of(name) in names or imported(path) & names]


def name_of(path: str) -> str:
    """`playground/run/run.py` as `playground.run.run`; a package's own file as the package."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names
