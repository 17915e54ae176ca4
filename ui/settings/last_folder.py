"""The folder in which a file dialog begins."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from playground.files.reachable import is_folder
from ui.settings.settings import Settings


def folder_to_begin(settings: Settings) -> Path:
    """The folder of the file that was opened or saved last, as long as it exists."""
    used = (Path(path).parent for path in settings.recent)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    candidates = (*used, *([Path(documents)] if documents else []))
    return next((folder for folder in candidates if is_folder(folder)), Path.home())
