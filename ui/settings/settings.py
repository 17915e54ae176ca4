"""Settings: the record of what the app remembers from one start to the next. `SettingsFile` keeps it.

Each field says beside its type what the settings panel shows of it, or that it is the app's own memory."""

from __future__ import annotations

from typing import Annotated

import msgspec

from playground.recipe.recipe import Recipe
from ui.kit.theme import CHOICES
from ui.loop.frame_clock import BEATS_PER_S, REDUCED_FRAMES, SCREEN_SHARE_FRAMES
from ui.settings.described import KEYS, MEMORY, Option, shown

ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)  # percent
FRAME_RATES = (
    Option(BEATS_PER_S, str(BEATS_PER_S), "As often as the window can be asked"),
    Option(
        SCREEN_SHARE_FRAMES,
        str(SCREEN_SHARE_FRAMES),
        "Screen-share mode: easier on a video call, and on this computer",
    ),
    Option(
        REDUCED_FRAMES,
        str(REDUCED_FRAMES),
        "Reduced motion: the picture moves on five times a second; what is measured stays the same",
    ),
)
LENGTHS = (1, 2, 5, 10, 20, 30, 60)  # s

LOOK, PICTURE, RUNS, APP = "Look", "Picture", "What may run", "This app"

THEME = shown("Theme", "Dark, light, or as the system says.", LOOK, tuple(Option(one, one.title()) for one in CHOICES))
ZOOM = shown(
    "Size of everything",
    "On top of what the system's own text asks for.",
    LOOK,
    tuple(Option(one, f"{one} %") for one in ZOOMS),
)
FRAME_RATE = shown("Pictures per second", "Fewer are easier on a video call and on the eye.", PICTURE, FRAME_RATES)
LENGTH = shown(
    "Time on the stage",
    "How much time the stage shows from edge to edge; what it is zoomed to is remembered here too.",
    PICTURE,
    tuple(Option(float(one), f"{one} s") for one in LENGTHS),
)
FREEZE = shown(
    "Runs that freeze this window",
    "Start them without asking first. They are there to show what blocking the UI thread does.",
    RUNS,
)
PYTHONS = shown(
    "Pythons you have located",
    "Besides those that are found by themselves.",
    RUNS,
    empty="None. Locate one in the menu of interpreters.",
)
UPDATES = shown("Look for a newer version", "Asks once a day, says so quietly, and never fetches anything.", APP)


class Settings(msgspec.Struct, frozen=True):
    """Unknown fields are no error: a newer version may have written them."""

    theme: Annotated[str, THEME] = "system"
    zoom: Annotated[int, msgspec.Meta(ge=80, le=200), ZOOM] = 100  # percent
    frame_rate: Annotated[int, msgspec.Meta(ge=1, le=240), FRAME_RATE] = 60
    time_window_s: Annotated[float, msgspec.Meta(gt=0, le=3_600), LENGTH] = 10.0
    freeze_allowed: Annotated[bool, FREEZE] = False
    interpreters: Annotated[tuple[str, ...], PYTHONS] = ()  # located by the user
    look_for_updates: Annotated[bool, UPDATES] = False
    keys: Annotated[dict[str, tuple[str, ...]], KEYS] = {}  # of commands where they differ from the usual ones
    window_place: Annotated[str, MEMORY] = ""  # `saveGeometry` in base64: screen, place, size, maximised or not
    right_width: Annotated[int, msgspec.Meta(ge=0, le=4_000), MEMORY] = 400  # at 100 %
    right_open: Annotated[bool, MEMORY] = True
    tab: Annotated[str, MEMORY] = "tasks"
    tabs_tall: Annotated[bool, MEMORY] = False  # the tabs take the whole right column
    runs_open: Annotated[bool, MEMORY] = True
    lens_open: Annotated[bool, MEMORY] = True
    chosen_lately: Annotated[tuple[str, ...], MEMORY] = ()  # titles in the palette, the last first
    recent: Annotated[tuple[str, ...], MEMORY] = ()  # files that were opened or saved, the newest first
    code: Annotated[str, MEMORY] = ""  # in the editor
    code_file: Annotated[str, MEMORY] = ""  # the file of that code
    code_by: Annotated[str, MEMORY] = ""  # the window that the code belongs to, while that is open
    code_aside: Annotated[str, MEMORY] = ""  # the user's own, while the editor holds what came from elsewhere
    codes_aside: Annotated[dict[str, str], MEMORY] = {}  # of other windows, pushed out of the file by the last writer
    typed_code: Annotated[str, MEMORY] = ""  # fingerprint of the code that the user typed last
    trusted_code: Annotated[tuple[str, ...], MEMORY] = ()  # by earlier versions: `playground.run.trust` keeps it now
    version_seen: Annotated[str, MEMORY] = ""  # of this app, in the window that was open last
    updates_looked: Annotated[str, MEMORY] = ""  # the day on which a newer version was last asked for
    update_told: Annotated[str, MEMORY] = ""  # the newest version that the user was told of
    recipe: Annotated[Recipe, MEMORY] = msgspec.field(default_factory=Recipe)
