"""Verdict: figures → one plain sentence that says what is being seen, why, and the key figures behind it.

Rules take what happened from the figures: threads that turn out parallel are called parallel. The recipe only tells
them how its workers are run and called (one loop, one at a time, one GIL), what its job is like, and whether its place
can freeze the window. Nothing is said about workers that have not begun, or about times that are not known."""

from __future__ import annotations

from msgspec import Struct

from playground.figures.reach import Machine, disturbed
from playground.figures.records import TIME_UP, TROUBLE, RunStatistics, Shares
from playground.figures.wording import cores, milliseconds
from playground.verdict.key_figures import Figure, intervals, key_figures
from playground.verdict.rules import said_of
from playground.verdict.words import Words


class Verdict(Struct, frozen=True):
    kind: str  # names the rule that spoke
    sentence: str
    reason: str  # plain text; **bold** marks the figure
    trouble: bool = False  # red border
    share: Shares | None = None
    figures: tuple[Figure, ...] = ()


def judge(run: RunStatistics | None, machine: Machine) -> Verdict:
    if run is None:
        return _idle(machine)
    say = Words(run, machine)
    said, figures = said_of(run, machine, say), key_figures(run, machine)
    return Verdict(
        kind=said.kind,
        sentence=said.sentence,
        reason=" ".join([said.reason, *_notes(said.kind, run, machine, say, figures)]),
        trouble=said.kind == "ui_frozen" or run.outcome in TROUBLE,
        share=None if run.brief or run.share.total() <= 0 else run.share,
        figures=figures,
    )


def _idle(machine: Machine) -> Verdict:
    late = machine.lateness_p99_ms
    arrive = "" if late is None else f": 99 of 100 frames come within **{milliseconds(late)}**"
    return Verdict(
        "idle",
        "Nothing is running.",
        f"The UI pulse always measures this window{arrive}. Start something and this card says, in one sentence, "
        "what happened.",
    )


def _notes(kind: str, run: RunStatistics, machine: Machine, say: Words, figures: tuple[Figure, ...]) -> list[str]:
    """Sentences that follow the rule's own, whatever the rule."""
    if run.brief or run.outcome in TROUBLE or run.phase == "paused":
        return []
    notes = []
    if run.outcome == TIME_UP:
        notes.append("Time was up, and work was left.")
    if kind != "ui_frozen" and disturbed(run, machine):
        lower = f"; runs have lower priority (nice {run.nice})" if (run.nice or 0) > 0 else ""
        took = f"Other programs took **{cores(machine.busy_with_others)}**"
        notes.append(f"{took}{lower}. {say.then('Figures taken now', 'These figures')} are not reliable.")
    several = len(set(intervals(run)))
    if several > 1 and any(figure.name == "gil.mean_slice_ms" for figure in figures):
        notes.append(f"The switch interval was turned while it ran: the mean slice is over {several} intervals.")
    if run.clock_step_ms is not None:
        step = milliseconds(run.clock_step_ms)
        notes.append(f"This system counts CPU time in steps of **{step}**, so the lanes are estimated.")
    return notes
