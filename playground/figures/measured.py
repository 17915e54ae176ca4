"""The figures of a run: the sums that turn its reading, and what the app knows of it (`Control`), into one frozen
record. Adding them up changes nothing in the run, however often it is done."""

from __future__ import annotations

from playground.figures import lab_cores, speedup
from playground.figures.gil_figures import gil_figures
from playground.figures.loop_figures import loop_figures
from playground.figures.records import FINISHED, TIME_UP, Change, LoopFigures, Memory, ObjectFigures, RunStatistics
from playground.figures.worker_figures import Workers
from playground.lab.wire import ring
from playground.reading.batch import MOST_COPIED, Control
from playground.reading.header_sums import Totals
from playground.reading.reading import Reading


def measured(run: Reading, now: int) -> RunStatistics:
    control, few = run.control, len(run.headers) <= MOST_COPIED
    totals = Totals.of(run.headers) if few else run.totals  # few headers are summed anew; of many, the last look counts
    seconds = run.seconds(now)
    recent = run.lately.rates(run.ended_ns or now, totals)
    cores_now = None if run.ended else recent.cores
    workers = Workers(run, now if run.stamped and not run.ended else None, cores_now)
    throughput = totals.ops / seconds if seconds else 0.0
    work_per_s = throughput * control.op_work
    times, basis = speedup.over(
        work_per_s, run.recipe.workers, control.baseline, speedup.solo(control.solo_ns, control.op_work)
    )
    watch_cores = _watch_cores(control, totals.ops, seconds)
    late_until = None if control.phase == "paused" else run.ended_ns or now
    beat = loop_figures(run.word, seconds, late_until, watch_cores) if run.model.one_loop else None
    cores = lab_cores.cores_of(run, totals, control.asked_ns, seconds, now)
    alone = run.recipe.workers == 1 and not run.recipe.place.shares_gil
    return RunStatistics(
        number=control.number,
        recipe=run.recipe,
        phase=control.phase,
        outcome=control.outcome,
        error=control.error,
        interpreter=control.interpreter,
        pid=control.pid,
        seconds=seconds,
        progress=_progress(run, control, totals.ops, seconds),
        unit=run.job.unit,
        throughput=throughput,
        throughput_recent=recent.ops_per_s,
        cores_used=cores.used,
        cores_workers=cores.workers,
        cores_lab=cores.lab,
        speedup=times,
        speedup_basis=basis,
        share=workers.share,
        workers=workers,
        gil=gil_figures(run, seconds, control.handoffs_per_s, control.unmeasured, alone),
        objects=tuple(ObjectFigures(one.kind, one.name, run.objects.taken(one.id)) for one in run.objects.every),
        memory=Memory(control.lab_mb, control.worker_mb),
        start_ms=(totals.started_ns - control.asked_ns) / 1e6 if totals.started_ns else None,
        start_all_ms=_start_all_ms(run, totals),
        stop_ms=control.stop_ms,
        lost_records=run.lost,
        probe_cost=_probe_cost(*run.probe, run.ended_ns or now),
        recorder_cost=_recorder_cost(run, control, totals, beat),
        started_ns=totals.started_ns,
        ended_ns=run.ended_ns,
        nice=control.nice,
        cores_recent=0.0 if cores_now is None else float(cores_now.sum()),
        loop=beat,
        work_per_s=work_per_s,
        work=run.job.work or run.job.unit,
        begun=totals.begun,
        lanes_source=run.lanes_source,
        clock_step_ms=run.clock_step_ms,
        printed=run.printed,
        answer=run.answer if run.ended else None,
        round_trip_us=run.trips.median_us,
        plain_round_trip_us=run.trips.plain_us,
        changes=tuple(Change(*change) for change in control.changes),
    )


def _start_all_ms(run: Reading, totals: Totals) -> float | None:
    """From when the first worker was made, rather than when it began, until all have begun: threads and coroutines are
    all made before they begin, and making them counts."""
    began, called, first = totals.start_all_ms, run.word(ring.C_CALLED), totals.started_ns
    if began is None or first is None or not called:
        return began
    return began + (first - called) / 1e6 - run.trips.plain_took_ms  # messages in plain code were measured in between


def _progress(run: Reading, control: Control, ops: int, seconds: float) -> float | None:
    parts = []
    if run.recipe.amount:
        total = control.total * run.recipe.workers
        parts.append(ops / total if total else float((run.headers[:, ring.W_ENDED] > 0).mean()))
    if run.recipe.seconds:
        parts.append(seconds / run.recipe.seconds)
    if parts and control.outcome in (FINISHED, TIME_UP):  # after a pause workers resume some ms late
        return 1.0
    return min(1.0, max(parts)) if parts else None


def _probe_cost(started: int, cpu: int, until: int) -> float | None:
    return cpu / max(1, until - started) if started and cpu else None


def _watch_cores(control: Control, ops: int, seconds: float) -> float | None:
    """The cores that recording takes in a loop, calculated: the number of ops times the measured cost of one."""
    return None if control.watch_ns is None or not seconds else ops * control.watch_ns / 1e9 / seconds


def _recorder_cost(run: Reading, control: Control, totals: Totals, beat: LoopFigures | None) -> float | None:
    if run.model.one_loop:  # even without stamps, recording costs something
        return None if beat is None or beat.watch_cores is None or not beat.cores else beat.watch_cores / beat.cores
    if control.stamp_ns is None or run.recipe.knob("stamps") == "off":
        return None
    cpu_ns = float(totals.cpu_ns.sum())
    return totals.ops * control.stamp_ns / cpu_ns if cpu_ns else None
