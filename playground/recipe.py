"""Recipe: job × workers × model × host × interpreter + knobs. Everything that can be run is one; on disk it is a small
TOML file. A bad one is refused with the field, what was given and what is allowed, before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from playground import catalogue, own_code, toml_text
from playground.lab import fit, ops
from playground.lab.knob import Knob, as_given

HOSTS = ("lab", "app", "ui")
HOST_TITLES = {"lab": "a lab process", "app": "this app", "ui": "the UI thread"}
MOST_WORKERS = 100_000
LARGEST_CODE = own_code.MOST_BYTES
LARGEST_FILE = 2_000_000  # all of such code may be escaped in it
LONGEST_SECONDS = {"ui": 5.0, "app": 10.0}  # work in the app slows or freezes it, and no thread can be killed
LONGEST_UNHEARD_S = 5.0  # where the window hears neither Stop nor Esc meanwhile


class BadRecipe(ValueError):
    """What is wrong, said so that it can be mended: `field: was given; allowed: …`."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field


class BadCode(BadRecipe):
    """What is wrong with the user's own code, and where."""

    def __init__(self, problem: own_code.Problem) -> None:
        ValueError.__init__(self, f"code: line {problem.line}: {problem.words}")
        self.field, self.problem = "code", problem


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    job: str = "primes"
    workers: int = 4
    model: str = "threads"
    host: str = "lab"
    interpreter: str = ""  # a path, or a short name like 3.13t; empty is the Python that runs the app
    amount: int | None = None  # ops per worker; None runs until stopped, or for `seconds`
    seconds: float | None = None
    code: str = ""  # of job "own": the user's own
    knobs: dict[str, float | int | str] = {}

    def knob(self, name: str) -> float | int | str:
        """The value of a knob, given or default."""
        if name in self.knobs:
            return self.knobs[name]
        return next(knob.default for knob in knobs_of(self) if knob.name == name)

    def all_knobs(self) -> dict[str, float | int | str]:
        return {knob.name: knob.taken(self.knobs.get(knob.name, knob.default)) for knob in knobs_of(self)}


def knobs_of(recipe: Recipe) -> list[Knob]:
    return catalogue.knobs(recipe.job, recipe.model)


def checked(recipe: Recipe) -> Recipe:
    """The recipe itself, if everything in it can be run; else BadRecipe."""
    _one_of("job", recipe.job, [entry.name for entry in catalogue.jobs()])
    _one_of("model", recipe.model, [entry.name for entry in catalogue.models()])
    _one_of("host", recipe.host, list(HOSTS))
    model = catalogue.model(recipe.model)
    if not model.available and not recipe.interpreter:  # what another Python can run is asked of it
        raise BadRecipe("model", f"{recipe.model!r} is unavailable: {model.why}")
    if recipe.host not in model.hosts:
        able = ", ".join(entry.name for entry in catalogue.models() if recipe.host in entry.hosts)
        raise BadRecipe("host", f"is {recipe.host!r}, which cannot run {recipe.model}; models that can: {able}")
    job = catalogue.job(recipe.job)
    needed = _ops_of_code(recipe, model) if recipe.job == own_code.NAME else job.ops
    refusal = ops.refusal(model.title, model.ops, job.title, needed)
    if refusal:
        raise BadRecipe("model", f"{recipe.model!r} and job {recipe.job!r} do not go together: {refusal}")
    waits = set(needed) - set(ops.names(ops.ALONE))
    if recipe.host != "lab" and waits:
        why = "where a worker that waits for another cannot be ended"
        raise BadRecipe("host", f"is {recipe.host!r}, {why}; allowed: lab")
    if recipe.host != "lab" and recipe.interpreter:
        raise BadRecipe(
            "interpreter", f"is {recipe.interpreter!r}; on host {recipe.host!r} only this app's own can run"
        )
    if "\0" in recipe.interpreter:
        raise BadRecipe("interpreter", f"is {recipe.interpreter!r}; allowed: the path of a Python")
    _in_range("workers", recipe.workers, 1, MOST_WORKERS)
    if recipe.amount is not None:
        _in_range("amount", recipe.amount, 1, 10**9)
    if recipe.seconds is not None:
        _in_range("seconds", recipe.seconds, 0.05, 86_400.0)
    longest = LONGEST_SECONDS.get(recipe.host)
    if longest is not None and (recipe.seconds is None or recipe.seconds > longest):
        given = "not given" if recipe.seconds is None else f"{recipe.seconds:g}"
        raise BadRecipe("seconds", f"is {given}; on host {recipe.host!r} allowed: 0.05 to {longest:g}")
    _check_knobs(recipe)
    unfit = fit.refusal(
        fit.Model(model.name, model.at_once, model.one_loop),
        fit.Job(job.title, job.together, job.in_a_loop),
        recipe.workers,
        recipe.all_knobs(),
    )
    if unfit is not None:
        raise BadRecipe(*unfit)
    return recipe


def _ops_of_code(recipe: Recipe, model: catalogue.Entry) -> tuple[str, ...]:
    """The ops that the user's own code names, if it is to be run at all."""
    facts = own_code.look_at(recipe.code)
    if facts.problem is not None:
        raise BadCode(facts.problem)
    if recipe.host != "lab":
        raise BadRecipe("host", f"is {recipe.host!r}, where your own code could not be stopped; allowed: lab")
    refusal = own_code.refusal(facts, model.title, model.awaits)
    if refusal:
        raise BadRecipe("model", f"is {recipe.model!r}. {refusal}")
    return facts.ops


def _check_knobs(recipe: Recipe) -> None:
    known = {knob.name: knob for knob in knobs_of(recipe)}
    for name, value in recipe.knobs.items():
        if name not in known:
            raise BadRecipe(f"knobs.{name}", f"is unknown; allowed: {', '.join(sorted(known))}")
        problem = known[name].problem(value)
        if problem:
            raise BadRecipe(f"knobs.{name}", problem)


def _one_of(field: str, value: str, allowed: list[str]) -> None:
    if value not in allowed:
        raise BadRecipe(field, f"is {value!r}; allowed: {', '.join(allowed)}")


def _in_range(field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also refuses nan
        raise BadRecipe(field, f"is {as_given(value)}; allowed: {low:g} to {high:g}")


def from_toml(text: str | bytes) -> Recipe:
    try:
        given = msgspec.toml.decode(text)
    except RecursionError:
        raise BadRecipe("recipe", "is not TOML that can be read: too many brackets within each other") from None
    except UnicodeDecodeError:
        raise BadRecipe("recipe", "is not text, but a recipe is: a file of TOML in UTF-8") from None
    except ValueError as problem:  # also numbers of thousands of digits
        raise BadRecipe("recipe", f"is not TOML: {str(problem)[:200]}") from None
    unknown = [name for name in given if name not in Recipe.__struct_fields__]
    if unknown:
        raise BadRecipe(unknown[0][:40], f"is unknown; allowed: {', '.join(Recipe.__struct_fields__)}")
    try:
        return msgspec.convert(given, Recipe)
    except msgspec.ValidationError as problem:
        message, _, path = str(problem).partition(" - at `$.")
        raise BadRecipe(_field(path.rstrip("`"), given), f"is not right: {message}") from None


def _field(path: str, given: dict[str, Any]) -> str:
    """msgspec leaves out which entry of a table it was."""
    if path != "knobs[...]":
        return path
    wrong = (name for name, value in given["knobs"].items() if isinstance(value, bool) or not isinstance(value, _VALUE))
    return f"knobs.{next(wrong)[:40]}"


_VALUE = (float, int, str)


def load(path: Path) -> Recipe:
    return from_toml(_content("recipe", path, LARGEST_FILE))


def load_code(path: Path) -> str:
    """The user's own code, from a file of theirs."""
    content = _content("code", path, LARGEST_CODE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise BadRecipe("code", f"{str(path)!r} is not UTF-8 in line {line}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")  # as Python reads it


def _content(field: str, path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as problem:
        raise BadRecipe(field, f"{str(path)!r} cannot be read: {problem.strerror}") from None
    if len(content) > most:
        raise BadRecipe(field, f"{str(path)!r} is larger than {most // 1000} kB")
    return content


def to_toml(recipe: Recipe) -> str:
    """What differs from an empty field, knobs last."""
    plain: dict[str, Any] = msgspec.to_builtins(recipe)
    if not plain["knobs"]:
        del plain["knobs"]
    return toml_text.written({name: value for name, value in plain.items() if value != ""})


def sentence(recipe: Recipe) -> str:
    """`4 × Count primes as threads`, the way the recipe bar reads."""
    return f"{recipe.workers} × {catalogue.job(recipe.job).title} as {catalogue.model(recipe.model).title.lower()}"


def changed(recipe: Recipe, **fields: Any) -> Recipe:
    """The recipe with some fields other, and without the knobs that its new job or model does not have."""
    new = msgspec.structs.replace(recipe, **fields)
    known = {knob.name for knob in knobs_of(new)}
    return msgspec.structs.replace(new, knobs={name: value for name, value in new.knobs.items() if name in known})
