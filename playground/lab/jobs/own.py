"""Your own code: `def job(i, n)`, `async def job(i, n)`, or a generator of ops. See
playground/lab/recording/own_module.py."""

from __future__ import annotations

from typing import Any

from ..recording import own_module
from ..wire.declaration import Job


def beside(lab: Any, prepared: dict[str, Any]) -> dict[str, Any]:
    """Run the module in the lab first, as it names what the workers share."""
    code = lab.recipe["code"]
    own_module.program(code).job  # noqa: B018 (there has to be one)
    return {"code": code, "count": lab.count}


def ops(worker: int, amount: int | None, code: str, count: int) -> Any:
    return own_module.ops_of(code, worker, count, amount or 1)


JOB = Job(
    name=own_module.NAME,
    title="Your own code",
    summary="A function job(i, n) that you write",
    claim="People believe what they see their own code do",
    unit="steps",
    order=100,
    uses=(),  # what it needs of a model follows from its text: playground/recipe/own_code.py
    shared=lambda lab: own_module.shared(lab.recipe["code"]),
    solo=False,  # nobody knows what it does, and it is to do it once
    beside=beside,
    count_ops=lambda amount, **prepared: 0,  # how many steps a call makes is not known beforehand
    ops=ops,
    answer=list,
)
