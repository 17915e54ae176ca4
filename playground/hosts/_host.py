"""The declaration of a place: what it is called, what carries out a run there, and what can and cannot be had there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints

import msgspec

from playground.hosts._hardware import HERE, Hardware
from playground.start import command


@dataclass(frozen=True)
class Lab:
    """A lab process carries out the run, and a probe beside it watches. Both are processes; these start them."""

    start: Callable[[str, str], list[str]] = command.lab_command  # of an interpreter, and how its GIL is to be
    watch: Callable[[], list[str]] = command.probe_command


@dataclass(frozen=True)
class AppThreads:
    """Threads of this app carry out the run. Only a window can offer them."""


@dataclass(frozen=True)
class UiThread:
    """The thread that draws the window carries out the run. Only a window can offer it."""


Means = Lab | AppThreads | UiThread


@dataclass(frozen=True, kw_only=True)
class Host:
    name: str  # as it stands in a recipe
    title: str  # with its article, as a sentence has it: "a lab process"
    by: Means  # what carries out a run
    preposition: str = "in"
    short: str = ""  # the title where there is little room
    note: str = ""  # a few words beside the title
    also: tuple[str, ...] = ()  # more names by which a line may call it
    order: int = 100

    models_of: str = ""  # models that name this other place run here too
    usual_model: str = "threads"
    instead: Mapping[str, str] = field(default_factory=dict)  # model that cannot run here → the one most like it

    usual_s: float | None = None  # of a recipe that gives no length; None: it goes on until it is stopped
    longest_s: float | None = None  # None: as long as anybody likes
    longest_unheard_s: float | None = None  # … where the window hears neither Esc nor Stop meanwhile

    other_pythons: bool = True  # may a recipe name another interpreter, and how its GIL is to be?
    own_processes: bool = True  # are the processes of a run its own, and none of this app?
    shares_gil: bool = False  # do workers take turns with the window?
    freezes: bool = False  # can the window stand still because of a run?
    stops_window: bool = False  # … it does, from beginning to end: the user is asked first
    ends_workers: bool = True  # can a worker be ended whatever it does, one that waits for another or own code?
    stranger: str = "a thread that is no worker"  # who holds the GIL when no worker does

    hardware: Hardware = HERE
    available: bool = True
    why: str | None = None  # it is not

    @property
    def where(self) -> str:
        return f"{self.preposition} {self.title}"

    @property
    def brief(self) -> str:
        return self.short or self.title

    @property
    def names(self) -> list[str]:
        """All by which a line may call it."""
        bare = re.sub("^(an?|the|this) ", "", self.title)
        named = [article + words for words in (self.name, bare, *self.also) for article in ("", "a ", "the ")]
        return [self.title, *named]

    @property
    def processes_here(self) -> bool:
        """Are there processes of a run, and can this app look at them?"""
        return self.own_processes and self.hardware.here

    @property
    def needs_window(self) -> bool:
        return not isinstance(self.by, Lab)

    @property
    def probe(self) -> Callable[[], list[str]]:
        """What starts the process that watches a run there. Where no lab runs it is beside this app."""
        return (self.by if isinstance(self.by, Lab) else Lab()).watch

    def takes(self, model_hosts: tuple[str, ...]) -> bool:
        """Does a model run here that names these places?"""
        return self.available and (self.name in model_hosts or self.models_of in model_hosts)

    def longest(self, heard: bool) -> float | None:
        """`heard`: does the window hear Esc and Stop while it stands still?"""
        return self.longest_s if heard or self.longest_unheard_s is None else self.longest_unheard_s


def problem(host: Any) -> str | None:
    """What is wrong with a declaration."""
    if not isinstance(host, Host):
        return f"HOST must be a Host(…), not {type(host).__name__}"
    kinds = get_type_hints(Host)
    for one in fields(Host):
        value, kind = getattr(host, one.name), kinds[one.name]
        made_here = one.name in ("by", "hardware")
        if not (isinstance(value, kind) if made_here else _fits(value, kind)):
            return f"{one.name} cannot be {value!r}"
    if not (host.name and host.title):
        return "a place needs a name and a title"
    if host.longest_s is not None and not (host.usual_s and host.usual_s <= host.longest_s):
        return f"of at most {host.longest_s:g} s, usual_s cannot be {host.usual_s!r}"
    return None


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True
