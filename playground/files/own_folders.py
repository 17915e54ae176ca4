"""The folders in which the app keeps things of its user, as each system has them: settings, caches, the log."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP = "concurrency-playground"


def config_folder() -> Path:
    return Path(platformdirs.user_config_dir(APP, appauthor=False))


def cache_folder() -> Path:
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def log_folder() -> Path:
    return Path(platformdirs.user_log_dir(APP, appauthor=False))
