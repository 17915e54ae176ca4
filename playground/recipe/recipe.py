"""Recipe: job × workers × model × host × interpreter + knobs. Everything that can be run is a recipe. A bad recipe is
refused before anything starts: with the field, what was given and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from playground import catalogue, hosts
from playground.hosts import Host
from playground.lab.wire.declaration import Model
from playground.lab.wire.knob import Knob, as_given
from playground.lab.wire.ops import Named, Op
from playground.recipe import own_code
from playground.recipe.mistakes import WHAT, at_start, meant, out_of_range, quoted, unknown
from playground.recipe.mistakes import BadRecipe as BadRecipe

MOST_WORKERS = 100_000


class BadCode(BadRecipe):
    """A mistake in the user's own code, and where it is."""

    def __init__(self, problem: own_code.Problem) -> None:
        super().__init__("code", f"Line {problem.line} of the code: {problem.words}")
        self.problem = problem


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    job: str = "primes"
    workers: int = 4
    model: str = "threads"
    host: str = "lab"
    interpreter: str = ""  # a path, or a short name like 3.13t; empty is the Python that runs the app
    amount: int | None = None  # ops per worker; None runs until stopped, or for `seconds`
    seconds: float | None = None
    code: str = ""  # the user's own code, of job "own"
    knobs: dict[str, float | int | str] = {}

    @property
    def place(self) -> Host:
        return hosts.named(self.host)

    def knob(self, name: str) -> float | int | str:
        """The value of a knob, given or default."""
        if name in self.knobs:
            return self.knobs[name]
        found = next((knob for knob in knobs_of(self) if knob.name == name), None)
        if found is None:
            raise LookupError(f"{self.job} as {self.model} has no knob {name!r}")
        return found.default

    def all_knobs(self) -> dict[str, float | int | str]:
        return {knob.name: knob.taken(self.knobs.get(knob.name, knob.default)) for knob in knobs_of(self)}


def knobs_of(recipe: Recipe) -> list[Knob]:
    return catalogue.knobs(recipe.job, recipe.model)


def checked(recipe: Recipe) -> Recipe:
    """The recipe itself, if everything in it can be run; else BadRecipe. A run in this app has to end: without a length
    it gets the usual length of its place."""
    _one_of("job", recipe.job, [entry.name for entry in catalogue.jobs()])
    _one_of("model", recipe.model, [entry.name for entry in catalogue.models()])
    _one_of("host", recipe.host, [place.name for place in hosts.every()])
    model = catalogue.model(recipe.model)
    if not model.available and not recipe.interpreter:  # another Python is asked itself what it can run
        raise BadRecipe("model", f"{model.title} ({model.name}) cannot be run here: {model.why}.", recipe.model)
    place = recipe.place
    if not place.available:
        raise BadRecipe("host", f"Nothing can run {place.where}: {place.why}.", recipe.host)
    if not place.takes(model.hosts):
        able = ", ".join(entry.name for entry in catalogue.models() if place.takes(entry.hosts))
        words = f"{model.title} cannot run {place.where}. Models that can: {able}."
        raise BadRecipe("host", words, recipe.host, _names(one for one in hosts.every() if one.takes(model.hosts)))
    job = catalogue.job(recipe.job)
    if not job.available:
        raise BadRecipe("job", f"{job.title} cannot be run: {job.why}.", recipe.job)
    uses = _ops_of_code(recipe, model) if recipe.job == own_code.NAME else job.uses
    lacks = model.lacks(job.title, uses)
    if lacks:
        raise BadRecipe("model", f"{lacks}.", recipe.model)
    if any(issubclass(op, Named) for op in uses) and not place.ends_workers:
        raise _elsewhere(job.title, place, "a worker that waits for another could not be ended")
    if recipe.interpreter and not place.other_pythons:
        words = f"{at_start(place.where)} only this app's own Python can run, not {quoted(recipe.interpreter)}."
        raise BadRecipe("interpreter", words, recipe.interpreter, "this app's own")
    if not _is_path(recipe.interpreter):
        words = f"A Python is given by its path, which {quoted(recipe.interpreter)} is not."
        raise BadRecipe("interpreter", words, recipe.interpreter, "the path of a Python")
    _in_range("workers", recipe.workers, 1, MOST_WORKERS)
    if recipe.amount is not None:
        _in_range("amount", recipe.amount, 1, 10**9)
    if recipe.seconds is not None:
        _in_range("seconds", recipe.seconds, 0.05, 86_400.0, "s")
    recipe = _in_time(recipe)
    _check_knobs(recipe)
    unfit = model.unfit_for(job, recipe.workers, recipe.all_knobs())
    if unfit is not None:
        raise BadRecipe(*unfit)
    return recipe


def _is_path(text: str) -> bool:
    """Can a file have this name at all? Bytes that are no text come as halves of pairs, but not every half is one."""
    try:
        return b"\0" not in text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False


def with_length(recipe: Recipe) -> Recipe:
    """The recipe with a length: its place's usual one, where a run may not go on until it is stopped."""
    if recipe.seconds is None and recipe.place.usual_s is not None:
        return msgspec.structs.replace(recipe, seconds=recipe.place.usual_s)
    return recipe


def _in_time(recipe: Recipe) -> Recipe:
    recipe = with_length(recipe)
    longest = recipe.place.longest_s
    if longest is not None and recipe.seconds is not None and recipe.seconds > longest:
        where = at_start(recipe.place.where)
        words = f"{where} a run may take {longest:g} s at most, not {as_given(recipe.seconds)} s."
        raise BadRecipe("seconds", words, recipe.seconds, f"0.05 to {longest:g} s")
    return recipe


def _ops_of_code(recipe: Recipe, model: Model) -> tuple[type[Op], ...]:
    """The ops that the user's own code names. BadRecipe if the code cannot be run."""
    facts = own_code.look_at(recipe.code)
    if facts.problem is not None:
        raise BadCode(facts.problem)
    if not recipe.place.ends_workers:
        raise _elsewhere("Your own code", recipe.place, "it could not be stopped")
    refusal = own_code.refusal(facts, model.title, model.awaits)
    if refusal:
        raise BadRecipe("model", f"{refusal}.", recipe.model)
    return facts.ops


def _elsewhere(what: str, place: Host, why: str) -> BadRecipe:
    """The refusal of work that needs a place which can end a worker at any moment."""
    able = [one for one in hosts.every() if one.ends_workers]
    words = f"{what} runs {able[0].where} only: {place.where} {why}."
    return BadRecipe("host", words, place.name, _names(able))


def _names(places: Iterable[Host]) -> str:
    return ", ".join(place.name for place in places)


def _check_knobs(recipe: Recipe) -> None:
    known = {knob.name: knob for knob in knobs_of(recipe)}
    for name, value in recipe.knobs.items():
        if name not in known:
            raise unknown_knob(name, known)
        problem = known[name].problem(value, quoted)
        if problem:
            raise BadRecipe(f"knobs.{name}", problem, value, known[name].allowed)


def unknown_knob(name: str, known: Iterable[str]) -> BadRecipe:
    allowed = sorted(known)
    words = unknown("knob", name, meant(name, {one: one for one in allowed}), allowed)
    return BadRecipe(f"knobs.{name[:40]}", words, name, ", ".join(allowed))


def _one_of(field: str, value: str, allowed: list[str]) -> None:
    if value not in allowed:
        words = unknown(WHAT[field], value, meant(value, {name: name for name in allowed}), allowed)
        raise BadRecipe(field, words, value, ", ".join(allowed))


def _in_range(field: str, value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:  # also refuses nan
        raise out_of_range(field, value, low, high, unit)


def sentence(recipe: Recipe) -> str:
    """`4 × Count primes as threads`, the way the recipe bar reads."""
    return f"{recipe.workers} × {catalogue.job(recipe.job).title} as {catalogue.model(recipe.model).title.lower()}"


def changed(recipe: Recipe, **fields: Any) -> Recipe:
    """The recipe with some fields changed, and without knobs that its new job or model does not have."""
    new = msgspec.structs.replace(recipe, **fields)
    known = {knob.name for knob in knobs_of(new)}
    return msgspec.structs.replace(new, knobs={name: value for name, value in new.knobs.items() if name in known})
