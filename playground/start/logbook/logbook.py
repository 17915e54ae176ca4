"""The logbook of this start of the app: its log, the file for a hard crash, and the mark of its life, opened together
and put away together."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import sys
from pathlib import Path
from typing import IO

from playground.files.own_folders import log_folder
from playground.start import app_mark
from playground.start.logbook import versions
from playground.start.logbook.life import CRASH, LOG, LifeFile, ended_badly, names
from playground.start.logbook.log_file import LogFile
from playground.start.logbook.writer import Writer

log = logging.getLogger(__name__)
MOST_LOGS = 20  # of earlier starts; older ones are removed


class Logbook:
    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or log_folder()
        self.ended = ended_badly(self.folder)  # the app before, if it did not end properly
        self._writer = Writer()
        self.life = LifeFile(self.folder, self._writer, self.ended.early if self.ended else 0)
        self.log = LogFile(self.folder / f"{app_mark.mark()}{LOG}", self._writer)
        self._crash = self._catch_crashes()
        self._level = logging.getLogger().level
        logging.getLogger().addHandler(self.log)
        logging.getLogger().setLevel(logging.INFO)
        logging.captureWarnings(True)
        log.info("began: %s", versions.words(versions.of_app()).replace("\n", ", "))
        self._writer.soon(self._sweep)

    def wait(self) -> bool:
        """Waits until all that was logged is in the file, but not for ever."""
        return self._writer.wait()

    def text(self, most: int = 100_000) -> str:
        """The end of the log, as far as it is written."""
        return text_of((self.log.before(), self.log.path), most)

    def end(self) -> None:
        """An orderly end: nothing is left but the log."""
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self.log)
        logging.getLogger().setLevel(self._level)
        self.log.close()
        self.life.end()
        if self._crash is not None:
            faulthandler.disable()
            self._crash.close()
            with contextlib.suppress(OSError):
                Path(self._crash.name).unlink()
        self._writer.end()

    def _catch_crashes(self) -> IO[str] | None:
        """Python writes what every thread did to a file; where that cannot be made, to stderr as usual. The file must
        be open beforehand, as nothing can be opened in a crash."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / f"{app_mark.mark()}{CRASH}").open("w")
        except OSError:
            if sys.stderr is not None:  # a packaged app on Windows has none
                faulthandler.enable()
            return None
        faulthandler.enable(file)
        return file

    def _sweep(self) -> None:
        """Removes the logs of starts that are long gone."""
        logs = [*names(self.folder, LOG), *names(self.folder, CRASH)]
        gone = [path for path in logs if app_mark.left_behind(path.name)]
        for path in sorted(gone, key=lambda path: path.stat().st_mtime)[:-MOST_LOGS]:
            path.unlink(missing_ok=True)


def text_of(paths: tuple[Path, ...], most: int = 100_000) -> str:
    """The end of some files, one after the other."""
    told = ""
    for path in paths:
        with contextlib.suppress(OSError), path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - most))
            told += file.read(most).decode(errors="replace")
    return told[-most:]
