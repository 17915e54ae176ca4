"""The figures of a finished run as a few lines of text: what the `run` command prints without `--json`."""

from __future__ import annotations

from playground.figures.records import RunStatistics
from playground.figures.wording import brief_time
from playground.reading.states import NOT_STARTED, TABLE, TOLD, UNKNOWN
from playground.recipe.recipe import sentence

FEW = 8  # up to so many workers are listed by name


def not_started(statistics: RunStatistics) -> str:
    """The names of the workers that never started; only their number if there are many."""
    count = statistics.recipe.workers - (statistics.begun or 0)
    if count > FEW:
        return f"{count:,} of {statistics.recipe.workers:,}"
    return ", ".join(worker.name for worker in statistics.workers if worker.state == NOT_STARTED) if count else ""


def _cores_words(statistics: RunStatistics) -> str:
    words, watch = f"{statistics.cores_used:.2f}", statistics.recording_cores
    if statistics.cores_lab is not None:
        words += f" (workers {statistics.cores_workers:.2f}, the lab's own {statistics.cores_lab:.2f})"
    return words if watch is None else f"{words}, of which about {watch:.2f} is recording"


def _rate_words(statistics: RunStatistics) -> str:
    return f"{statistics.rate[0]:,.1f} {statistics.rate[1]}/s" if statistics.has_rate else "none to speak of"


def as_text(statistics: RunStatistics) -> str:
    gil = statistics.gil
    where = statistics.interpreter.short  # empty if the interpreter never sent its facts
    head = f"{sentence(statistics.recipe)}{' on ' if where else ''}{where}: {statistics.outcome}"
    if statistics.brief:
        return f"{head}\n  too short to judge: {brief_time(statistics.seconds)}"
    lines = [
        head,
        f"  throughput    {_rate_words(statistics)} in {statistics.seconds:.2f} s",
        f"  cores used    {_cores_words(statistics)}",
    ]
    if statistics.speedup is not None:
        lines.append(f"  speed-up      {statistics.speedup:.2f} × {statistics.speedup_basis}")
    if statistics.round_trip_us is not None:
        plain = f"; {statistics.plain_round_trip_us:,.1f} µs in plain code" if statistics.plain_round_trip_us else ""
        lines.append(f"  round trip    {statistics.round_trip_us:,.1f} µs (median){plain}")
    if gil.handoffs_per_s is not None:
        lines.append(f"  GIL           {gil.handoffs_per_s:,.0f} hand-offs/s ({gil.source})")
    share = {one.part: getattr(statistics.share, one.share) for one in TOLD}
    told = [f"{what} {part:.0%}" for what, part in share.items() if part or what != TABLE[UNKNOWN].part]
    lines.append(f"  time          {', '.join(told)}")
    missing = not_started(statistics)
    if missing:
        lines.append(f"  not started   {missing}")
    if statistics.loop is not None:
        late = statistics.loop
        lines.append(f"  loop late     {late.late_p50_ms:.1f} ms median, {late.late_max_ms:.1f} ms at worst")
        lines.append(f"  switches      {late.switches_per_s:,.0f}/s ({late.switches_source})")
    lines.append(f"  lost records  {statistics.lost_records}")
    return "\n".join(lines)
