"""The words in which a verdict speaks of a run: one worker or several, while the run goes on or after it has ended."""

from __future__ import annotations

from playground import catalogue
from playground.figures.reach import Machine, could_use
from playground.figures.records import LEAST_SHARE, RunStatistics
from playground.figures.wording import cores_there, listed, percent, whole
from playground.reading.states import ASKED, TABLE


class Words:
    def __init__(self, run: RunStatistics, machine: Machine) -> None:
        self._run, self._machine = run, machine
        self.one, self.over = run.recipe.workers == 1, run.phase == "ended"
        self.model, self.job = catalogue.model(run.recipe.model), catalogue.job(run.recipe.job)
        self.each, self.several = self.model.worker  # thread, threads
        self.they, self.were, self.their = ("It", "was", "its") if self.one else ("They", "were", "their")

    def then(self, now: str, past: str) -> str:
        """`now` while the run goes on, `past` once it has ended."""
        return past if self.over else now

    def workers(self, count: int | None = None) -> str:
        """4 threads; 1 coroutine. All workers of the recipe, or `count` of them."""
        count = self._run.recipe.workers if count is None else count
        return f"{whole(count)} {self.each if count == 1 else self.several}"

    def uses(self) -> str:
        """4 threads used 1.0 of 8 cores."""
        use = self.then("uses" if self.one else "use", "used")
        return f"{self.workers()} {use} {self._run.cores_workers:.1f} of {self._machine.cores} cores."

    def spent(self, one: bool) -> str:
        """How one worker, or several, spent their time: running first, then the waits from the longest to the
        shortest."""
        share = self._run.share
        were, their = ("was", "its") if one else ("were", "their")
        waits = [(getattr(share, row.share), row.spent.format(was=were, its=their)) for row in TABLE if row.spent]
        told = [f"{what} {percent(part)}" for part, what in sorted(waits, reverse=True) if part >= LEAST_SHARE]
        rest = f"; {percent(share.unknown)} is not known" if share.unknown >= LEAST_SHARE else ""
        return listed([f"ran **{percent(share.run)}** of {their} time", *told]) + rest

    def waiting(self) -> str:
        """asleep or in I/O; the longest wait first."""
        ways = [(getattr(self._run.share, row.share), row.spent.format(was="").strip()) for row in ASKED]
        return " or ".join(way for part, way in sorted(ways, reverse=True) if part >= LEAST_SHARE)

    def left(self, count: int) -> str:
        """A sentence about `count` workers whose turn has not come; empty if there are none."""
        if not count:
            return ""
        never = f"never had {'its' if count == 1 else 'their'} turn"
        not_yet = f"{'has' if count == 1 else 'have'} not had {'its' if count == 1 else 'their'} turn yet"
        return f" {self.workers(count)} {never if self.over else not_yet}."

    def why_one_core(self) -> str:
        """A sentence that says what keeps several workers to one core on a computer with more; empty if none does."""
        if could_use(self._run, self._machine) > 1 or min(self._run.recipe.workers, self._machine.cores) < 2:
            return ""
        if self.model.shared_gil or not self.model.one_loop:
            return f" They {self.then('share', 'shared')} one GIL."
        return f" They {self.then('take', 'took')} turns in one thread."

    def could_use(self) -> str:
        return cores_there(could_use(self._run, self._machine))
