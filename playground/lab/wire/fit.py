"""Whether a model can run a job, as far as that is known before the start: workers that wait for each other must all
exist at the same time, and a worker must not block the thread that the worker it waits for runs in."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Optional, Sequence, Tuple

Refusal = Optional[Tuple[str, str]]  # the field of the recipe, and what is wrong with it


class Job(NamedTuple):
    title: str
    together: bool  # its workers wait for each other
    in_a_loop: Mapping[str, Sequence[str]]  # the values of its knobs with which that wait holds up nobody else


class Model(NamedTuple):
    name: str
    at_once: bool  # all its workers run at once; as many as fit into the pool, where it has one
    one_loop: bool


def job_of(module: Any) -> Job:
    return Job(module.TITLE, getattr(module, "TOGETHER", False), getattr(module, "IN_A_LOOP", {}))


def model_of(module: Any) -> Model:
    return Model(module.NAME, getattr(module, "AT_ONCE", True), getattr(module, "ONE_LOOP", False))


def refusal(model: Model, job: Job, workers: int, knobs: Mapping[str, Any]) -> Refusal:
    """None if they go together."""
    if not job.together:
        return None
    if workers < 2:
        return "workers", f"{job.title} takes two workers or more, not {workers}."
    if not model.at_once:
        why = f"{job.title} needs a model that runs all its workers at once: they wait for each other"
        return "model", f"{why}, and {model.name} runs one after the other."
    pool = knobs.get("pool_size", workers)
    if pool < workers:
        why = f"the {workers} workers of {job.title} wait for each other, so all must be in the pool"
        return "knobs.pool_size", f"Pool size (pool_size) must be {workers} or more, not {pool}: {why}."
    for name, allowed in job.in_a_loop.items() if model.one_loop else ():
        if knobs.get(name) not in allowed:
            why = f"whoever waits there holds up all others of {model.name}, the one that would end the wait too"
            return f"knobs.{name}", f"{name} must be {' or '.join(allowed)}, not {knobs[name]}: {why}."
    return None
