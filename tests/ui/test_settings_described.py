"""Settings describe themselves: each field says what a person is shown of it, or that it is memory; the page is made
from that alone."""

from __future__ import annotations

from typing import Annotated, get_type_hints

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from ui.kit.theme import DARK
from ui.preferences.setting_rows import ChoiceRow, ListRow
from ui.preferences.settings_page import SettingsPage
from ui.settings.described import MEMORY, Option, Shown, described, mark_of, shown
from ui.settings.settings import Settings

HINTS = get_type_hints(Settings, include_extras=True)


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_each_field_is_described_or_is_memory(name: str) -> None:
    mark = mark_of(HINTS[name])
    assert mark is not None, f"{name} needs `shown(…)`, MEMORY or KEYS beside its type"
    if isinstance(mark, Shown):
        assert mark.title[0].isupper()
        assert mark.meaning.endswith(".")
        assert mark.group


def test_what_is_offered_can_be_kept() -> None:
    """Each choice is a value that the field takes, and the default is among them."""
    for one in described(Settings):
        for option in one.shown.choices:
            table = {one.name: option.value}
            assert getattr(msgspec.convert(table, Settings), one.name) == option.value
        if one.kind == "choice":
            assert one.default in [option.value for option in one.shown.choices]


class Some(msgspec.Struct, frozen=True):
    depth: Annotated[int, shown("Depth", "How deep.", "Water", (Option(1, "low"), Option(9, "high")))] = 1
    wet: Annotated[bool, shown("Wet", "Is it?", "Water")] = False
    boats: Annotated[tuple[str, ...], shown("Boats", "All of them.", "Boats", empty="No boats")] = ()
    seen: Annotated[int, MEMORY] = 0


class Odd(msgspec.Struct, frozen=True):
    odd: Annotated[float, shown("Odd", "It has no choices.", "Odd")] = 0.5


def test_a_new_setting_is_a_line_in_the_record(qtbot: QtBot) -> None:
    page = SettingsPage(DARK, described(Some))
    qtbot.addWidget(page)
    assert [(row.of.name, type(row)) for row in page.rows()] == [
        ("depth", ChoiceRow),
        ("wet", ChoiceRow),
        ("boats", ListRow),
    ]
    assert [group.accessibleName() for group in page.groups] == ["Water", "Boats"]
    page.show_values(msgspec.structs.asdict(Some(depth=9, boats=("Argo",))))
    assert [group.usual.isVisibleTo(page) for group in page.groups] == [True, True]
    page.show_values(msgspec.structs.asdict(Some(seen=3)))
    assert [group.usual.isVisibleTo(page) for group in page.groups] == [False, False]


def test_what_nothing_can_show_is_refused() -> None:
    with pytest.raises(TypeError, match="odd"):
        described(Odd)


def test_a_value_that_is_no_choice_is_shown_as_none(qtbot: QtBot) -> None:
    page = SettingsPage(DARK, described(Some))
    qtbot.addWidget(page)
    row = page.rows()[0]
    assert isinstance(row, ChoiceRow)
    page.show_values(msgspec.structs.asdict(Some(depth=9)))
    assert row.segments.taken() == "high"
    page.show_values(msgspec.structs.asdict(Some(depth=5)))
    assert row.segments.taken() is None


def test_search_finds_titles_meanings_groups_and_choices(qtbot: QtBot) -> None:
    page = SettingsPage(DARK, described(Some))
    qtbot.addWidget(page)
    for typed, found in (("deep", 1), ("water", 2), ("HIGH", 1), ("boats all", 1), ("", 3), ("nowhere", 0)):
        assert page.filter(typed) == found
        assert sum(row.isVisibleTo(page) for row in page.rows()) == found
