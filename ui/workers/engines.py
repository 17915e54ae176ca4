"""Engines: each run gets the engine that its place asks for. A lab process needs no window; only a window can lend
threads of this app or its UI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from playground.hosts import AppThreads, Lab, UiThread
from playground.recipe.recipe import Recipe
from playground.run.engine import Engine
from playground.run.lab_session import Session
from playground.run.run import MakeEngine
from playground.run.run_folder import RunDirectory
from ui.workers import in_app


class Engines:
    def __init__(self, parent: QObject) -> None:
        self._of: dict[type, MakeEngine] = {
            Lab: Session,
            AppThreads: lambda recipe, directory: in_app.OF_MODEL[recipe.model](recipe, directory),
            UiThread: partial(in_app.OnUiThread, stand_in=in_app.UiThreadStandIn(parent)),
        }

    def make(self, recipe: Recipe, directory: RunDirectory) -> Engine:
        return self._of[type(recipe.place.by)](recipe, directory)
