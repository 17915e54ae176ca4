"""Your own code: `def job(i, n)`, `async def job(i, n)`, or a generator of ops. See
playground/lab/recording/own_module.py."""

from __future__ import annotations

from typing import Any, Callable, List

from ..recording import own_module

NAME = own_module.NAME
TITLE = "Your own code"
SUMMARY = "A function job(i, n) that you write"
CLAIM = "People believe what they see their own code do"
UNIT = "steps"
ORDER = 100
OPS = ()  # which it needs is told by its text: playground/recipe/own_code.py
SOLO = False  # nobody knows what it does, and it is to do it once


def prepare(calibrate: Callable[..., int], knobs: dict[str, Any]) -> dict[str, Any]:
    return {}


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """The module runs in the lab first, as what its workers share is named in it."""
    code = lab.recipe["code"]
    own_module.program(code).job  # noqa: B018 (there has to be one)
    return {"code": code, "count": lab.count}


def shared(lab: Any) -> dict[str, Any]:
    return own_module.shared(lab.recipe["code"])


def count_ops(amount: int, code: str, count: int) -> int:
    """How many steps a call makes is not known before."""
    return 0


def ops(worker: int, amount: int | None, code: str, count: int) -> Any:
    return own_module.ops_of(code, worker, count, amount or 1)


def answer(results: List[Any]) -> List[Any]:
    return results
