"""What a model and a job declare: all that the app and a lab know of it, in a single object that stands last in its
file. The file may be anybody's, so `problem` checks the declaration and says in words what is wrong."""

# Python 3.8 reads these types at run time, and so does `problem`: hence no `from __future__ import annotations`.
from collections.abc import Mapping as AnyMapping
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Tuple,
    Type,
    Union,
    get_args,
    get_origin,
)

from . import ops as all_ops
from . import system_limits
from .knob import Knob
from .ops import Call, Op, Shared, Sleep

Refusal = Optional[Tuple[str, str]]  # the field of the recipe, and what is wrong with it


def absent(*given: Any, **named: Any) -> Any:
    """Stands for a function that a declaration has to name."""
    raise NotImplementedError


class Model(NamedTuple):
    name: str  # as typed: that of its file, with dashes
    title: str
    summary: str
    hosts: Tuple[str, ...] = ("lab",)  # where it can run
    order: int = 999  # its place in lists
    worker: Tuple[str, str] = ("worker", "workers")  # what one of its workers is called, and several
    shared_gil: bool = False  # can its workers wait for each other's GIL?
    own_gils: bool = False  # its workers have several GILs, and some may share one
    one_process: bool = True  # they live in the lab's process itself
    one_loop: bool = False  # they take turns in one thread
    awaits: bool = False  # they can be coroutines
    selects: bool = False  # their loop waits for sockets by select where the system has nothing better
    at_once: bool = True  # all run at once, as many as fit into its pool where it has one; else one after the other
    rehearses: bool = True  # `run` may be tried before the run, to find what it costs to watch workers of one loop
    each_mb: Optional[float] = None  # memory that a worker takes, where it differs from others of its kind
    can: Optional[Tuple[Type[Op], ...]] = None  # the ops that it carries out; None: all
    knobs: Tuple[Knob, ...] = ()
    run: Callable[[Any], None] = absent  # run(lab) starts the workers, and returns when all have ended
    patch: Optional[Callable[[Any], None]] = None  # patch(lab), called before the job is looked at
    unavailable: Optional[Callable[[], Optional[str]]] = None  # why it cannot run in this Python
    why: Optional[str] = None  # … as it was found: not for its file to say

    @property
    def available(self) -> bool:
        return self.why is None

    @property
    def op_names(self) -> Tuple[str, ...]:
        return all_ops.names(all_ops.ALL if self.can is None else self.can)

    def problem(self) -> Optional[str]:
        if not self.hosts:
            return "its MODEL has no hosts: where can it run?"
        if self.run is absent and "lab" in self.hosts:
            return "its MODEL has no run, and a lab needs one"
        return wrong_type(self)

    def lacks(self, job: str, uses: Iterable[Type[Op]]) -> Optional[str]:
        """What a job uses and this model cannot do, op by op. None if it can do all of that."""
        missing = [] if self.can is None else [op for op in uses if op not in self.can]
        if not missing:
            return None
        return "%s cannot do %s, which %s needs" % (self.title, " or ".join(all_ops.names(missing)), job)

    def unfit_for(self, job: "Job", workers: int, knobs: Mapping[str, Any]) -> Refusal:
        """Why the job cannot run under this model; None if it can, as far as that is known before the start. Workers
        that wait for each other must all exist at the same time; and a worker must not block the thread of the one that
        it waits for."""
        limit = system_limits.refusal(not self.one_process, self.selects, job.uses, workers, knobs)
        if limit or not job.together:
            return limit
        if workers < 2:
            return "workers", f"{job.title} takes two workers or more, not {workers}."
        if not self.at_once:
            why = f"{job.title} needs a model that runs all its workers at once: they wait for each other"
            return "model", f"{why}, and {self.name} runs one after the other."
        pool = knobs.get("pool_size", workers)
        if pool < workers:
            why = f"the {workers} workers of {job.title} wait for each other, so all must be in the pool"
            return "knobs.pool_size", f"Pool size (pool_size) must be {workers} or more, not {pool}: {why}."
        for name, allowed in job.in_a_loop.items() if self.one_loop else ():
            if knobs.get(name) not in allowed:
                why = f"whoever waits there holds up all others of {self.name}, the one that would end the wait too"
                return f"knobs.{name}", f"{name} must be {' or '.join(allowed)}, not {knobs[name]}: {why}."
        return None


class Job(NamedTuple):
    name: str  # as typed: that of its file, with dashes
    title: str
    summary: str
    claim: str = ""  # what people say of Python, and can test with this job
    order: int = 999  # its place in lists
    unit: str = ""  # what one op makes
    work: str = ""  # … and what that consists of: pieces are sized to the Python at hand, so only this compares
    work_each: float = 1.0  # how much of that a `size` of 1 is
    typical: Optional[int] = None  # the size of a piece on most machines
    look: str = ""  # what there is to look at while it runs: picture, rate, order, trips, memory
    uses: Tuple[Type[Op], ...] = (Call, Sleep)
    shared: Union[Mapping[str, Shared], Callable[[Any], Mapping[str, Shared]]] = {}  # by name; or shared(lab)
    together: bool = False  # its workers wait for each other, so all must run at once
    in_a_loop: Mapping[str, Tuple[str, ...]] = {}  # … and the knob values with which such a wait holds up no loop
    solo: bool = True  # its ops may be tried before the start
    knobs: Tuple[Knob, ...] = ()
    prepare: Optional[Callable[..., Dict[str, Any]]] = None  # prepare(calibrate, knobs): sizes its pieces, once a run
    beside: Optional[Callable[..., Dict[str, Any]]] = None  # beside(lab, prepared): what goes on beside (run_site.py)
    ops: Callable[..., Any] = absent  # ops(worker, amount, **prepared): the generator of its ops, or what picks one
    count_ops: Optional[Callable[..., int]] = None  # count_ops(amount, **prepared), where a round is not one op
    talk: Optional[Callable[..., Any]] = None  # how plain code sends its messages (plain_messages.py)
    answer: Optional[Callable[[List[Any]], Any]] = None  # made of the workers' results, whichever worker did what
    unavailable: Optional[Callable[[], Optional[str]]] = None  # why it cannot run in this Python
    why: Optional[str] = None  # … as it was found: not for its file to say

    @property
    def available(self) -> bool:
        return self.why is None

    @property
    def op_names(self) -> Tuple[str, ...]:
        return all_ops.names(self.uses)

    def problem(self) -> Optional[str]:
        if self.ops is absent:
            return "its JOB has no ops"
        return wrong_type(self)

    def prepared(self, calibrate: Callable[..., Any], knobs: Mapping[str, Any]) -> Dict[str, Any]:
        """What its `ops` are made with, before `beside`: its knobs, if it prepares nothing itself."""
        if self.prepare is not None:
            return self.prepare(calibrate, knobs)
        return {knob.name: type(knob.default)(knobs[knob.name]) for knob in self.knobs}

    def things(self, site: Any) -> Mapping[str, Shared]:
        """What its workers share, by name; it may depend on their number."""
        return self.shared(site) if callable(self.shared) else self.shared


def wrong_type(entry: Any) -> Optional[str]:
    """The first field that has a value of the wrong type, in words; None if all are right."""
    for field, kind in type(entry).__annotations__.items():
        value = getattr(entry, field)
        if not fits(value, kind):
            owner = type(entry).__name__.upper()
            return "%s of its %s must be %s, not %.60r" % (field, owner, in_words(kind), value)
    return None


def fits(value: Any, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Union:
        return any(fits(value, one) for one in inner)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        kinds = inner[:1] * len(value) if inner[-1] is ... else inner
        return len(value) == len(kinds) and all(map(fits, value, kinds))
    if origin is AnyMapping:
        return isinstance(value, AnyMapping) and all(
            fits(one, inner[0]) and fits(value[one], inner[1]) for one in value
        )
    if origin is type:
        return isinstance(value, type) and issubclass(value, inner[0])
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else origin or kind)


def in_words(kind: Any) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Union:
        return " or ".join(in_words(one) for one in inner if one is not type(None))
    if origin is tuple:
        each = [in_words(one) for one in inner if one is not ...]
        return "a tuple of " + (each[0] if inner[-1] is ... else "%d: %s" % (len(each), ", ".join(each)))
    if origin is AnyMapping:
        return "a dict"
    return WORDS.get(kind) or ("a kind of op" if origin is type else "a function" if origin else kind.__name__)


WORDS = {str: "text", bool: "True or False", int: "a whole number", float: "a number"}
