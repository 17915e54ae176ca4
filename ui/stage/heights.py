"""How high everything is: a pure sum, so that it can be tested from 2 to 128 cores and 1 to 1000 workers.

Natural heights first. Spare height goes to lanes (up to 36), then lens rows, then cores (up to
26); a stage with one small run in it is filled by making these two higher still. What is missing is taken from
cores and lanes in turn; when nothing can shrink any more, the groups scroll."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_LETTERED = 26  # workers with a lane high enough for words
CORES_PADDING = 14
CORES_LEAST = 56  # its own two lines of words
PANEL_GAP = 8
LEAST_EMPTY = 300
LEAST_GROUPS = 150  # what stays for groups when there are very many cores


@dataclass(frozen=True)
class GroupHeights:
    lane: int
    gap: int
    heat: int
    lens_row: int
    lens_rows: int = 8  # at most
    near: int = 20  # a lane that was opened out of a heat band


@dataclass(frozen=True)
class CoreHeights:
    row: int
    gap: int

    def panel(self, cores: int) -> int:
        return max(CORES_LEAST, CORES_PADDING + cores * (self.row + self.gap) - self.gap)


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

Height = Callable[[int, GroupHeights], int]  # of a group, by its index


@dataclass
class _Steps:
    """An index into each list of steps: 0 is the highest."""

    lane: int
    lens: int
    most: int
    core: int


def plan(available: int, workers: Sequence[int], cores: int, height: Height) -> Plan:
    """`available` is for all groups, the cores and the gaps between them; `workers` of each group."""
    if not workers:
        return Plan((), _cores_alone(cores, available), False)
    natural = _natural_core(cores, available)
    steps = _Steps(NATURAL_LANE, len(LENS_ROWS) - 1, 0, natural)

    def fits() -> bool:
        groups = sum(height(i, _group(count, steps)) + PANEL_GAP for i, count in enumerate(workers))
        return groups + CORE_STEPS[steps.core].panel(cores) <= available

    least = _least_core(cores, available)
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
    # A few cores have room for higher rows in the least panel.
    while steps.core and CORE_STEPS[steps.core - 1].panel(cores) == CORE_STEPS[steps.core].panel(cores):
        steps.core -= 1
    # Cores that had to shrink come back first.
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
    return Plan(tuple(_group(count, steps) for count in workers), CORE_STEPS[steps.core], not fits())


def _group(workers: int, steps: _Steps) -> GroupHeights:
    if workers <= MOST_LETTERED:
        lane, gap = LETTERED_STEPS[steps.lane]
    else:
        lane, gap = NARROW_STEPS[_like(steps.lane, NARROW_STEPS, NATURAL_NARROW)]
    heat = HEAT_STEPS[_like(steps.lane, HEAT_STEPS, NATURAL_HEAT)]
    near = min(MOST_NEAR, LETTERED_STEPS[steps.lane][0])
    return GroupHeights(lane, gap, heat, LENS_ROWS[steps.lens], LENS_MOST[steps.most], near)


def _like(step: int, steps: Sequence[object], natural: int) -> int:
    """The step of another list that is as far from its natural one."""
    if step <= NATURAL_LANE:
        return step * natural // NATURAL_LANE
    return min(natural + step - NATURAL_LANE, len(steps) - 1)


def _cores_alone(cores: int, available: int) -> CoreHeights:
    """While there is no run, what invites to start one has the room."""
    room = max(available - LEAST_EMPTY, CORE_STEPS[-1].panel(cores))  # it takes that in any case
    start = _natural_core(cores, available)
    return next((step for step in CORE_STEPS[start:] if step.panel(cores) <= room), CORE_STEPS[-1])


def _first(row: int, gap: int) -> int:
    return CORE_STEPS.index(CoreHeights(row, gap))


def _natural_core(cores: int, available: int) -> int:
    """13 px rows, or as many as two fifths of the height hold; never thinner than 4 px, or 3 px over 64 cores."""
    room = available * 2 // 5
    small = next(i for i, step in enumerate(CORE_STEPS) if step.panel(cores) == CORES_LEAST or step.row == 13)
    thinnest = _first(4, 1) if cores <= 64 else _first(3, 0)
    return next((i for i in range(small, thinnest) if CORE_STEPS[i].panel(cores) <= room), thinnest)


def _least_core(cores: int, available: int) -> int:
    """5 px rows, or thinner ones if those would leave the groups no room."""
    room = available - LEAST_GROUPS
    last = len(CORE_STEPS) - 1
    return next((i for i in range(_first(5, 1), last) if CORE_STEPS[i].panel(cores) <= room), last)
