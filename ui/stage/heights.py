"""How high everything on the stage is: pure arithmetic, tested from 2 to 128 cores and 1 to 1000 workers.

All parts begin with natural heights. Spare height goes to lanes (up to 36 px), then lens rows, then cores (up to 26);
if a small run leaves more, lanes and cores get still higher. Missing height is taken from cores and lanes in turn; when
nothing can shrink any more, the groups scroll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

MOST_LETTERED = 26  # workers with a lane high enough for words
CORES_PADDING = 14
CORES_LEAST = 56  # px: two lines of words
PANEL_GAP = 8
LEAST_EMPTY = 300
LEAST_GROUPS = 150  # px: what stays for groups when there are very many cores


@dataclass(frozen=True)
class GroupHeights:
    lane: int
    gap: int
    heat: int
    lens_row: int
    lens_rows: int = 8  # at most
    near: int = 20  # a lane that was opened from a heat band

    def scaled(self, scale: float) -> GroupHeights:
        lane, gap, heat, row, near = (
            round(size * scale) for size in (self.lane, self.gap, self.heat, self.lens_row, self.near)
        )
        return GroupHeights(lane, gap, heat, row, self.lens_rows, near)


@dataclass(frozen=True)
class CoreHeights:
    row: int
    gap: int
    padding: int = CORES_PADDING
    least: int = CORES_LEAST

    def panel(self, cores: int) -> int:
        return max(self.least, self.padding + cores * (self.row + self.gap) - self.gap)

    def scaled(self, scale: float) -> CoreHeights:
        return CoreHeights(*(round(size * scale) for size in (self.row, self.gap, self.padding, self.least)))


@dataclass(frozen=True)
class Plan:
    groups: tuple[GroupHeights, ...]
    cores: CoreHeights
    scrolls: bool


CORE_STEPS = (
    *(CoreHeights(row, 3) for row in range(56, 26, -2)),
    *(CoreHeights(row, 3) for row in range(26, 12, -1)),
    *(
        CoreHeights(row, gap)
        for row, gap in ((12, 2), (10, 2), (8, 2), (7, 1), (6, 1), (5, 1), (4, 1), (3, 1), (3, 0), (2, 0))
    ),
)
LETTERED_STEPS = (
    *((lane, 3) for lane in range(96, 36, -2)),
    *((lane, 3) for lane in range(36, 19, -1)),
    (18, 2),
    (16, 2),
    (15, 2),
    (14, 2),
)
NARROW_STEPS = ((9, 2), (8, 1), (7, 1), (6, 1), (5, 1), (4, 1), (3, 1), (3, 0))
MOST_NEAR = 24
HEAT_STEPS = (320, 280, 240, 200, 180, 160, 140, 120, 100, 80, 64)
NATURAL_LANE, NATURAL_NARROW, NATURAL_HEAT = LETTERED_STEPS.index((20, 3)), NARROW_STEPS.index((5, 1)), 8
LENS_ROWS = (17, 16, 15, 14, 13, 12, 11)
LENS_MOST = (8, 6, 4)

Height = Callable[[int, GroupHeights], int]  # the height of a group, by its index


@dataclass
class _Steps:
    """An index into each list of steps; 0 is the greatest height."""

    lane: int
    lens: int
    most: int
    core: int


@cache
def _core_steps(scale: float) -> tuple[CoreHeights, ...]:
    return tuple(step.scaled(scale) for step in CORE_STEPS)


def plan(available: int, workers: Sequence[int], cores: int, height: Height, scale: float = 1.0) -> Plan:
    """The heights of everything. `available` is the room for groups, cores and the gaps between them, `workers` the
    number in each group. Heights are in pixels here, in the lists above in pixels of the design."""
    rows = _core_steps(scale)
    if not workers:
        return Plan((), _cores_alone(cores, available, scale), False)
    natural, between = _natural_core(cores, available, rows), round(PANEL_GAP * scale)
    steps = _Steps(NATURAL_LANE, len(LENS_ROWS) - 1, 0, natural)

    def group(count: int) -> GroupHeights:
        return _group(count, steps).scaled(scale)

    def fits() -> bool:
        groups = sum(height(i, group(count)) + between for i, count in enumerate(workers))
        return groups + rows[steps.core].panel(cores) <= available

    least = _least_core(cores, available, scale)
    shrink = (
        ("core", min(_first(10, 2), least)),
        ("lane", LETTERED_STEPS.index((16, 2))),
        ("core", least),
        ("lane", len(LETTERED_STEPS) - 1),
        ("most", len(LENS_MOST) - 1),
        ("core", len(CORE_STEPS) - 1),
    )
    for name, end in shrink:
        while not fits() and getattr(steps, name) < end:
            setattr(steps, name, getattr(steps, name) + 1)
    # The least panel may have room for higher rows of a few cores.
    while steps.core and rows[steps.core - 1].panel(cores) == rows[steps.core].panel(cores):
        steps.core -= 1
    # Cores that had to shrink grow back first.
    grow = (
        ("core", natural),
        ("most", 0),
        ("lane", LETTERED_STEPS.index((36, 3))),
        ("lens", 0),
        ("core", min(natural, _first(26, 3))),
        ("lane", 0),
        ("core", 0),
    )
    for name, end in grow:
        while (index := getattr(steps, name)) > end:
            setattr(steps, name, index - 1)
            if not fits():
                setattr(steps, name, index)
                break
    return Plan(tuple(map(group, workers)), rows[steps.core], not fits())


def _group(workers: int, steps: _Steps) -> GroupHeights:
    if workers <= MOST_LETTERED:
        lane, gap = LETTERED_STEPS[steps.lane]
    else:
        lane, gap = NARROW_STEPS[_like(steps.lane, NARROW_STEPS, NATURAL_NARROW)]
    heat = HEAT_STEPS[_like(steps.lane, HEAT_STEPS, NATURAL_HEAT)]
    near = min(MOST_NEAR, LETTERED_STEPS[steps.lane][0])
    return GroupHeights(lane, gap, heat, LENS_ROWS[steps.lens], LENS_MOST[steps.most], near)


def _like(step: int, steps: Sequence[object], natural: int) -> int:
    """The step of another list that is as far from the natural one as `step` is among lanes."""
    if step <= NATURAL_LANE:
        return step * natural // NATURAL_LANE
    return min(natural + step - NATURAL_LANE, len(steps) - 1)


def _cores_alone(cores: int, available: int, scale: float) -> CoreHeights:
    """Without runs the starters have precedence."""
    rows = _core_steps(scale)
    room = max(available - round(LEAST_EMPTY * scale), rows[-1].panel(cores))  # the thinnest rows take that in any case
    start = _natural_core(cores, available, rows)
    return next((step for step in rows[start:] if step.panel(cores) <= room), rows[-1])


def _first(row: int, gap: int) -> int:
    return CORE_STEPS.index(CoreHeights(row, gap))


def _natural_core(cores: int, available: int, rows: Sequence[CoreHeights]) -> int:
    """Rows of 13 px, or lower ones to fit two fifths of the height; 4 px at least, or 3 px over 64 cores."""
    room = available * 2 // 5
    small = next(i for i, step in enumerate(rows) if step.panel(cores) == step.least or CORE_STEPS[i].row == 13)
    thinnest = _first(4, 1) if cores <= 64 else _first(3, 0)
    return next((i for i in range(small, thinnest) if rows[i].panel(cores) <= room), thinnest)


def _least_core(cores: int, available: int, scale: float) -> int:
    """Rows of 5 px, or thinner ones if these would leave the groups no room."""
    rows, room = _core_steps(scale), available - round(LEAST_GROUPS * scale)
    last = len(rows) - 1
    return next((i for i in range(_first(5, 1), last) if rows[i].panel(cores) <= room), last)
