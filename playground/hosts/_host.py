"""The declaration of a place: its names, what carries out a run there, and what is and is not possible there."""

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
    """A lab process carries out the run, and a probe process watches it. The two fields make their command lines."""

    start: Callable[[str, str], list[str]] = command.lab_command  # takes an interpreter, and whether its GIL is on
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
    title: str  # with its article, as in a sentence: "a lab process"
    by: Means  # what carries out a run
    preposition: str = "in"
    short: str = ""  # instead of the title where there is little room
    note: str = ""  # a few words beside the title
    also: tuple[str, ...] = ()  # more names for it in a typed line
    order: int = 100

    models_of: str = ""  # another place: the models that name it run here too
    usual_model: str = "threads"
    instead: Mapping[str, str] = field(default_factory=dict)  # model that cannot run here → the one most like it

    usual_s: float | None = None  # length of a recipe that gives none; None: it goes on until it is stopped
    longest_s: float | None = None  # None: no limit
    longest_unheard_s: float | None = None  # the limit if the window cannot hear Esc or Stop during a run

    other_pythons: bool = True  # may a recipe name another interpreter, and switch its GIL on or off?
    own_processes: bool = True  # does a run have processes of its own, apart from this app's?
    shares_gil: bool = False  # do workers take turns with the window?
    freezes: bool = False  # can a run make the window stand still?
    stops_window: bool = False  # does the window stand still from beginning to end? Then the user is asked first
    ends_workers: bool = True  # can a worker be ended whatever it does: waiting for another, or running own code?
    stranger: str = "a thread that is no worker"  # the holder of the GIL when no worker has it

    hardware: Hardware = HERE
    available: bool = True
    why: str | None = None  # why the place is not available

    @property
    def where(self) -> str:
        return f"{self.preposition} {self.title}"

    @property
    def brief(self) -> str:
        return self.short or self.title

    @property
    def names(self) -> list[str]:
        """All names that a typed line may use for this place."""
        bare = re.sub("^(an?|the|this) ", "", self.title)
        named = [article + words for words in (self.name, bare, *self.also) for article in ("", "a ", "the ")]
        return [self.title, *named]

    @property
    def processes_here(self) -> bool:
        """Does a run have its own processes, and on this computer, so that the app can look at them?"""
        return self.own_processes and self.hardware.here

    @property
    def needs_window(self) -> bool:
        return not isinstance(self.by, Lab)

    @property
    def probe(self) -> Callable[[], list[str]]:
        """The command line of the probe, the process that watches a run. Without a lab, the probe watches this app."""
        return (self.by if isinstance(self.by, Lab) else Lab()).watch

    def takes(self, model_hosts: tuple[str, ...]) -> bool:
        """Can a model run here? `model_hosts`: the places that the model names."""
        return self.available and (self.name in model_hosts or self.models_of in model_hosts)

    def longest(self, heard: bool) -> float | None:
        """The longest run in seconds. `heard`: does the window hear Esc and Stop while it stands still?"""
        return self.longest_s if heard or self.longest_unheard_s is None else self.longest_unheard_s


def problem(host: Any) -> str | None:
    """What is wrong with a declaration; None if nothing is."""
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
