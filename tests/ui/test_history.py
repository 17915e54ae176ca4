"""A recipe that was replaced comes back, step by step, and what is typed or turned in one go is one step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.recipe.recipe import Recipe
from tests.core.strategies import recipes
from ui.recipe.history import MOST, RecipeHistory, parts

A, B, C = Recipe(), Recipe(job="sleep", workers=9), Recipe(job="hash", model="processes")


def shown(*recipes: Recipe) -> RecipeHistory:
    history = RecipeHistory()
    for recipe in recipes:
        history.note(recipe)
    return history


def test_it_goes_back_and_forth() -> None:
    history = shown(A, B, C)
    assert [history.back(), history.back(), history.back()] == [B, A, None]
    assert [history.forth(), history.forth(), history.forth()] == [B, C, None]


def test_another_recipe_ends_the_way_forth() -> None:
    history = shown(A, B)
    assert history.back() == A
    history.note(C)
    assert history.forth() is None
    assert history.back() == A


def test_the_first_one_and_the_same_one_again_are_no_step() -> None:
    assert shown(A).back() is None
    assert shown(A, A, A).back() is None
    history = shown(A, B)
    assert history.back() == A
    history.note(A)  # as the window shows it
    assert history.forth() == B


def test_turns_of_one_part_are_one_step() -> None:
    counts = [Recipe(workers=count) for count in (1, 12, 123)]
    assert shown(A, *counts).back() == A
    turned = [Recipe(knobs={"switch_interval": value}) for value in (0.1, 0.2, 0.3)]
    history = shown(A, *turned, Recipe(knobs={"switch_interval": 0.3, "probe_rate": 200}))
    assert history.back() == turned[-1], "another knob is another step"
    assert history.back() == A


def test_the_same_part_after_a_way_back_is_a_step_of_its_own() -> None:
    history = shown(A, Recipe(workers=7))
    assert history.back() == A
    history.note(Recipe(workers=8))
    assert history.back() == A


def test_typing_code_is_no_step_and_is_kept() -> None:
    one, two = Recipe(job="own", code="a"), Recipe(job="own", code="ab")
    history = shown(A, one, two, B)
    assert history.back() == two
    assert history.back() == A


def test_it_does_not_grow_for_ever() -> None:
    history = shown(*(Recipe(job=job, workers=n) for n in range(1, 400) for job in ("primes", "sleep")))
    steps = 0
    while history.back() is not None:
        steps += 1
    assert steps == MOST


@given(st.lists(recipes(), min_size=1, max_size=12))
def test_all_the_way_back_and_forth_ends_where_it_began(some: list[Recipe]) -> None:
    history = shown(*some)
    while history.back() is not None:
        pass
    last = some[0]
    while (after := history.forth()) is not None:
        last = after
    assert not parts(last, some[-1]) - {"code"} or last == some[-1]
