"""The figures of each worker, and the shares of all, from headers and lanes. There may be a hundred thousand workers,
so their records are made on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from playground.figures.records import Shares, WorkerStatistics
from playground.lab.wire import ring
from playground.reading import states
from playground.reading.batch import MOST_COPIED
from playground.reading.lanes.store import LaneStore
from playground.reading.reading import Reading
from playground.reading.worker_name import worker_name

_SHARES = tuple(state.share for state in states.TABLE)
_WORDS = (  # of a header: those that a worker's figures come from
    ring.W_STARTED,
    ring.W_ENDED,
    ring.W_STATE,
    ring.W_PID,
    ring.W_TID,
    ring.W_CPU,
    ring.W_CORE,
    ring.W_OPS,
    ring.W_TOTAL,
)


class Workers(Sequence[WorkerStatistics]):
    """The workers of a run at one moment; above 2048 workers a record shows the moment of access."""

    def __init__(self, run: Reading, now: int | None, cores: npt.NDArray[np.float64] | None) -> None:
        """`now`: count what workers are in the middle of up to then; None: do not count it. `cores`: what each worker
        used lately."""
        self._count, self._now = run.lanes.lanes, now
        self._live = run if self._count > MOST_COPIED else None
        if self._live is None:
            self._headers, self._spent = run.headers[:, _WORDS], _spent_until(run.lanes, now)
        self._by_all = run.lanes.spent_by_all(now)
        self._states = run.lanes.states_now(run.pulled_ns) if self._live is None and now is not None else None
        self._recent = cores
        self._errors, self._results, self._over = run.errors, run.results, run.ended

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workers) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(self._one(lane) for lane in range(len(self))[index])
        return self._one(range(len(self))[index])

    @property
    def share(self) -> Shares:
        """The mean share of the workers that have done anything; if there are very many, the share of their summed
        time."""
        spent = self._by_all[None, :] if self._count > MOST_COPIED else self._spent
        part = _parts(spent)
        alive = part[part.any(axis=1)]
        return _shares(alive.mean(axis=0)) if len(alive) else Shares()

    def settled(self) -> Workers:
        """The same workers, without a reference to the run: for a run that has ended and will be let go."""
        if self._live is not None:
            headers, spent = self._live.headers[:, _WORDS], _spent_until(self._live.lanes, self._now)
            return Workers.of(headers, spent, self._errors, self._results)
        return self if self._spent.dtype == np.float32 else Workers.of(*self.arrays)

    @classmethod
    def of(cls, headers: Any, spent: Any, errors: dict[int, str], results: dict[int, Any]) -> Workers:
        """The workers of a run that is over, from what `arrays` gave."""
        made = cls.__new__(cls)
        made._count, made._now, made._live = len(headers), None, None
        made._headers, made._spent = headers, spent.astype(np.float32)
        made._by_all, made._states, made._recent = spent.sum(axis=0, dtype=np.float64), None, None
        made._errors, made._results, made._over = errors, results, True
        return made

    @property
    def arrays(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[Any], dict[int, str], dict[int, Any]]:
        """All that settled workers consist of: headers, times, errors and results."""
        return self._headers, self._spent, self._errors, self._results

    def _one(self, lane: int) -> WorkerStatistics:
        if self._live is not None:
            words = self._live.headers[lane, _WORDS]
            spent = _spent_until(self._live.lanes, self._now, lane)
        else:
            words, spent = self._headers[lane], self._spent[lane : lane + 1]
        header = dict(zip(_WORDS, words.tolist(), strict=True))
        started, ended = header[ring.W_STARTED], header[ring.W_ENDED]
        over = bool(ended) or self._over
        state = states.EMPTY if over else self._state(lane)
        core = header[ring.W_CORE]
        return WorkerStatistics(
            name=worker_name(lane),
            index=lane,
            pid=header[ring.W_PID],
            tid=header[ring.W_TID],
            state=_without_state(header, over) if state == states.EMPTY else states.TABLE[state].name,
            core=None if core == ring.CORE_UNKNOWN or not started else core,
            cpu_recent=float(self._recent[lane]) if self._recent is not None else 0.0,
            cpu_s=header[ring.W_CPU] / 1e9,
            ops=header[ring.W_OPS],
            total=header[ring.W_TOTAL] or None,
            share=_shares(_parts(spent)[0]),
            error=self._errors.get(lane),
            result=self._results.get(lane),
            started_ns=started or None,
            ended_ns=ended or None,
        )

    def _state(self, lane: int) -> int:
        if self._states is not None:
            return int(self._states[lane])
        if self._live is None or self._now is None:
            return states.EMPTY
        return self._live.lanes.tail(lane, max(self._now, self._live.pulled_ns))[1]


def _without_state(header: dict[int, int], over: bool) -> str:
    """The state's name for a worker that is in none of the table's states."""
    state, known = header[ring.W_STATE], bool(header[ring.W_STARTED] or header[ring.W_ENDED])
    if over:
        return states.ENDED if known else states.NOT_STARTED
    if state == ring.PAUSED:
        return states.HELD
    return "unknown" if known or state != ring.NONE else states.NOT_STARTED


def _spent_until(store: LaneStore, now: int | None, lane: int | None = None) -> npt.NDArray[np.float64]:
    """(lanes, states): ns of all lanes, or of one, in each state; `now` adds what they are in the middle of."""
    among = range(store.lanes) if lane is None else range(lane, lane + 1)
    spent = store.spent[among.start : among.stop].copy()
    if now is not None:
        tails = store.tails(now, among)
        np.add.at(spent, (tails["lane"] - among.start, tails["state"]), tails["end"] - tails["start"])
    return spent


def _parts(spent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total = spent.sum(axis=1, keepdims=True)
    return spent / np.where(total > 0, total, 1.0)


def _shares(part: npt.NDArray[np.float64]) -> Shares:
    return Shares(**{name: float(value) for name, value in zip(_SHARES, part, strict=True)})
