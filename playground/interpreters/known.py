"""Which Pythons this machine has; each is asked once who it is and what it can run. `places` knows where they are kept,
`asking` asks, `cache` remembers the answers, `names` finds one by `3.13t`, `refusals` says what one cannot run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playground.interpreters import asking, names
from playground.interpreters.asking import LIMIT_S, GivenUp
from playground.interpreters.cache import Cache
from playground.interpreters.interpreter import Interpreter, in_order, own, own_anew
from playground.interpreters.names import matching, short_names
from playground.interpreters.places import absolute, beside, candidates, identity
from playground.interpreters.refusals import check, mending_command, reason, why_not
from playground.lab.asked.who_am_i import OLDEST
from playground.recipe.python_name import is_name, number_in

__all__ = [
    "LIMIT_S",
    "OLDEST",
    "Cache",
    "GivenUp",
    "Interpreter",
    "absolute",
    "answers",
    "ask",
    "beside",
    "candidates",
    "check",
    "find",
    "identity",
    "in_order",
    "is_name",
    "known",
    "matching",
    "mending_command",
    "named",
    "number_in",
    "own",
    "own_anew",
    "reason",
    "short_names",
    "why_not",
]

AT_ONCE = 4  # Pythons asked at the same time, where somebody waits for all


def ask(path: str, cache: Cache | None = None, give_up: threading.Event | None = None) -> Interpreter:
    """The Python at `path`. It is not asked again while its kept answer still holds."""
    cache = cache or Cache()
    known = cache.get(path)
    if known is None:
        asked = asking.ask(path, give_up)
        cache.put(asked)
        cache.save()
        known = asked.interpreter
    return known


def answers(also: Sequence[str | Path], cache: Cache, give_up: threading.Event) -> Iterator[Interpreter]:
    """Each Python as its answer comes; those with a kept answer come first."""
    unknown = []
    for path in candidates(also):
        known = cache.get(path)
        if known is None:
            unknown.append(path)
        elif worth_listing(known):
            yield known
    yield from filter(worth_listing, (ask(path, cache, give_up) for path in unknown))


def find(also: Sequence[str | Path] = ()) -> list[Interpreter]:
    """All Pythons of this machine. The first time this takes a second or so, so it is not for the UI thread."""
    cache = Cache()
    kept = {path: cache.get(path) for path in candidates(also)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = list(pool.map(asking.ask, [path for path, known in kept.items() if known is None]))
    for one in asked:
        cache.put(one)
    if asked:
        cache.save()
    found = [*filter(None, kept.values()), *(one.interpreter for one in asked)]
    return in_order([own(), *filter(worth_listing, found)])


def worth_listing(one: Interpreter) -> bool:
    """A GraalPy is listed only if it can be a lab: few people have one, and not every one is made for that."""
    return one.available or not Path(one.path).name.startswith("graalpy")


def named(text: str, also: Sequence[str | Path] = ()) -> Interpreter:
    """The interpreter that a recipe names: empty for this Python, else a path or a short name as in `list
    interpreters`. It is started to say who it is, so a name from elsewhere needs the user's word first."""
    return names.named(text, lambda: find(also), ask) if text else own()


def known(text: str) -> Interpreter | None:
    """As `named`, but nothing is started: only a kept answer that still holds is used, or None."""
    if is_name(text):
        return matching(text, [own(), *Cache().all()])
    return Cache().get(absolute(text)) if text else own()
