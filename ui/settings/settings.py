"""Settings: the record of what the app remembers from one start to the next. `SettingsFile` keeps it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from playground.recipe.recipe import Recipe


class Settings(msgspec.Struct, frozen=True):
    """Unknown fields are no error: a newer version may have written them."""

    theme: str = "system"
    zoom: Annotated[int, msgspec.Meta(ge=80, le=200)] = 100  # percent
    frame_rate: Annotated[int, msgspec.Meta(ge=1, le=240)] = 60
    window_place: str = ""  # `saveGeometry` in base64: screen, place, size, maximised or not
    right_width: Annotated[int, msgspec.Meta(ge=0, le=4_000)] = 400  # at 100 %
    right_open: bool = True
    tab: str = "tasks"
    tabs_tall: bool = False  # the tabs take the whole right column
    runs_open: bool = True
    lens_open: bool = True
    time_window_s: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 10.0
    interpreters: tuple[str, ...] = ()  # located by the user
    freeze_allowed: bool = False  # the user was asked once, and said yes
    chosen_lately: tuple[str, ...] = ()  # titles in the palette, the last first
    recent: tuple[str, ...] = ()  # files that were opened or saved, the newest first
    code: str = ""  # in the editor
    code_file: str = ""  # the file of that code
    code_by: str = ""  # the window that the code belongs to, while that is open
    code_aside: str = ""  # the user's own, while the editor holds what came from elsewhere
    codes_aside: dict[str, str] = {}  # code of other windows, pushed out of the file by the last writer
    typed_code: str = ""  # fingerprint of the code that the user typed last
    trusted_code: tuple[str, ...] = ()  # by earlier versions: `playground.run.trust` keeps it now
    version_seen: str = ""  # of this app, in the window that was open last
    recipe: Recipe = msgspec.field(default_factory=Recipe)
