"""Heights, from 2 to 128 cores and 1 to 1000 workers, in windows from small to 4K."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.stage.heights import (
    CORE_STEPS,
    CORES_LEAST,
    LEAST_EMPTY,
    LETTERED_STEPS,
    NARROW_STEPS,
    PANEL_GAP,
    GroupHeights,
    Height,
    Plan,
    plan,
)


def group_height(workers: list[int]) -> Height:
    def height(index: int, heights: GroupHeights) -> int:
        count = workers[index]
        rows = heights.heat if count > 100 else count * (heights.lane + heights.gap) - heights.gap
        return 34 + 14 + rows + 8

    return height


def planned(available: int, workers: list[int], cores: int) -> Plan:
    return plan(available, workers, cores, group_height(workers))


def total(made: Plan, workers: list[int], cores: int) -> int:
    height = group_height(workers)
    return sum(height(i, own) + PANEL_GAP for i, own in enumerate(made.groups)) + made.cores.panel(cores)


@settings(deadline=None)
@given(
    st.integers(300, 2000), st.lists(st.integers(1, 1000), max_size=5), st.sampled_from([2, 4, 8, 16, 32, 64, 96, 128])
)
def test_it_fits_or_scrolls(available: int, workers: list[int], cores: int) -> None:
    made = planned(available, workers, cores)
    assert made.scrolls == (total(made, workers, cores) > available)
    if made.scrolls:  # then everything is as low as it gets
        assert made.cores == CORE_STEPS[-1] or made.cores.panel(cores) == CORES_LEAST
        assert all((own.lane, own.gap) in (LETTERED_STEPS[-1], NARROW_STEPS[-1]) for own in made.groups)
    assert made.cores.row >= 2
    for count, own in zip(workers, made.groups, strict=True):
        assert own.lane >= (14 if count <= 26 else 3)


def test_two_runs_of_four_on_eight_cores_look_as_drawn() -> None:
    made = planned(530, [4, 4], 8)
    assert not made.scrolls
    assert all(20 <= own.lane <= 36 for own in made.groups)
    assert made.cores.row >= 10


def test_spare_height_makes_lanes_higher_first() -> None:
    low, high = planned(420, [4], 8), planned(560, [4], 8)
    assert high.groups[0].lane > low.groups[0].lane
    assert high.groups[0].lane >= 36


@pytest.mark.parametrize("cores", [2, 4, 8, 16, 32, 64, 128])
def test_all_cores_are_seen_beside_a_run_in_a_window_of_1440_by_900(cores: int) -> None:
    made = planned(530, [4], cores)
    assert not made.scrolls
    assert made.cores.panel(cores) >= CORES_LEAST
    assert made.cores.row >= 2


def test_more_than_26_workers_get_low_lanes() -> None:
    made = planned(800, [64], 8)
    assert made.groups[0].lane + made.groups[0].gap >= 6
    assert made.groups[0].lane < 14


def test_too_many_groups_scroll() -> None:
    assert planned(530, [8] * 12, 8).scrolls


@pytest.mark.parametrize("cores", [2, 16, 128])
def test_before_the_first_run_there_is_room_for_the_starters(cores: int) -> None:
    made = planned(570, [], cores)
    assert made.cores.panel(cores) <= 570 - LEAST_EMPTY


def test_in_a_low_window_two_cores_fill_the_room_that_their_words_take() -> None:
    made = planned(320, [], 2)
    assert made.cores.panel(2) == CORES_LEAST
    assert made.cores.row >= 12


def test_one_small_run_fills_a_stage() -> None:
    made = planned(620, [4], 2)
    left = 620 - total(made, [4], 2)
    assert 0 <= left < 40
