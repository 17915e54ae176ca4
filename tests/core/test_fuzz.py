"""Random recipes, lines and files are run, or refused with a field and a reason. Each session tries new ones; a failure
says which number repeats it. What was found once is tried each time."""

from __future__ import annotations

import random

import pytest

from playground.recipe import line_reader, line_writer
from playground.recipe.mistakes import BadRecipe
from playground.recipe.recipe import Recipe, checked
from tests.fuzz import __main__ as fuzz
from tests.fuzz import damage, doors, grammar

TRIES = 150
FOUND = [  # numbers of tries that once failed, and why
    ("record", 1314),  # a control character of a wrong knob came out in the words
    ("record", 3201),  # a mark that turns the reading direction round
    ("record", 1721),  # thousands of characters of a wrong knob
    ("record", 1926),  # a line that was written and could not be read again
    ("file", 3485),
    ("line", 1125),  # a control character in the advice where to put knobs
    ("line", 3269),  # a line end within a wrong knob
    ("record", 10017457),  # a Python with half a pair of UTF-16 for a name
    ("line", 10014433),
    ("line", 1451),  # a length of hundreds of digits: OverflowError
]


@pytest.mark.parametrize("door", doors.DOORS)
def test_what_comes_in_is_run_or_refused_in_words(door: str) -> None:
    first = random.randrange(10**9)
    wrong = {number: fuzz.tried(door, number)[0] for number in range(first, first + TRIES)}
    assert {number: words for number, words in wrong.items() if words} == {}


@pytest.mark.parametrize("door", doors.DOORS)
def test_some_are_accepted_and_some_refused(door: str) -> None:
    found = [doors.DOORS[door](random.Random(number)) for number in range(40)]
    assert 5 <= sum(one.recipe is not None for one in found) <= 35


@pytest.mark.parametrize(("door", "number"), FOUND)
def test_a_try_that_failed_once(door: str, number: int) -> None:
    assert fuzz.tried(door, number)[0] == ""


def test_a_length_of_hundreds_of_digits_is_no_length() -> None:
    with pytest.raises(BadRecipe, match=r"^The length of a run must be 0.05 to 86 400 s, not inf s\.$") as refusal:
        checked(line_reader.from_line(f"4 x primes as threads for {'9' * 400} s"))
    assert refusal.value.field == "seconds"


@pytest.mark.parametrize("name", ["\0", "\ud800", "/bin/\ud800"])
def test_a_python_with_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(BadRecipe, match="is given by its path") as refusal:
        checked(Recipe(interpreter=name))
    assert refusal.value.field == "interpreter"


def test_a_wrong_knob_is_quoted_as_all_wrong_text_is() -> None:
    with pytest.raises(BadRecipe) as refusal:
        checked(Recipe(knobs={"stamps": "\x1b[2J" + "o" * 100}))
    assert str(refusal.value) == f"Record each op (stamps) must be one of on, off, not “\\x1b[2J{'o' * 53}…”."


def test_the_advice_where_to_put_a_knob_shows_what_hides() -> None:
    with pytest.raises(BadRecipe, match=r"with a\\u202eb=3$"):
        line_reader.from_line("4 x primes as threads a\u202eb=3")


def test_a_recipe_that_is_too_long_for_a_line_is_not_written_as_one() -> None:
    with pytest.raises(BadRecipe, match="a line may have 2000"):
        line_writer.to_line(Recipe(interpreter="a" * 2000))
    fits = Recipe(interpreter="a" * 1900)
    assert line_reader.from_line(line_writer.to_line(fits)) == fits


# --- the judges themselves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "refusal",
    [
        BadRecipe("", "It has no field."),
        BadRecipe("job", " "),
        BadRecipe("job", "no sentence"),
        BadRecipe("job", "a bell \a."),
        BadRecipe("job", "much " * 1000 + "."),
        BadRecipe("j" * 50, "A field that is no field."),
    ],
)
def test_a_poor_refusal_is_wrong(refusal: BadRecipe) -> None:
    with pytest.raises(doors.Wrong):
        doors.judge_refusal(refusal)


def test_what_is_raised_otherwise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(dice: random.Random) -> doors.Outcome:
        raise OverflowError("int too large")

    monkeypatch.setitem(doors.DOORS, "line", breaks)
    words, recipe = fuzz.tried("line", 1)
    assert "OverflowError: int too large" in words
    assert recipe is None


def test_a_recipe_that_comes_back_as_another_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_writer, "to_line", lambda recipe: "5 x primes as threads")
    with pytest.raises(doors.Wrong, match="from its line as another"):
        doors.judge_recipe(Recipe())


def test_one_number_makes_one_try() -> None:
    assert grammar.recipe(random.Random(3), 0.3) == grammar.recipe(random.Random(3), 0.3)
    assert damage.text(random.Random(3), "4 x primes") == damage.text(random.Random(3), "4 x primes")
    assert damage.content(random.Random(3), b"job = 1") == damage.content(random.Random(3), b"job = 1")


def test_a_recipe_that_was_accepted_runs_and_leaves_nothing() -> None:
    assert not fuzz.run_wrong(Recipe(job="sleep", model="threads", workers=2))


def test_a_run_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fuzz.run_wrong(Recipe(job="own", model="threads", workers=1, code="def job(i, n):\n    1 / 0\n"))
