"""The folder with which a file dialog begins."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from ui.settings.settings import Settings


def folder_to_begin(settings: Settings) -> Path:
    """Of a file dialog: the folder of what was opened or saved last, as long as it is there."""
    used = (Path(path).parent for path in settings.recent)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    candidates = (*used, *([Path(documents)] if documents else []))
    return next((folder for folder in candidates if folder.is_dir()), Path.home())
