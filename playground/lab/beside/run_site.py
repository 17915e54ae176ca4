"""Where a run happens, as a job's `beside` sees it: the folders and knobs, the number of workers, and the processes
that are started beside them. The lab is such a site; inside the app each run has one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any, BinaryIO, Dict, List

from ..wire.cannot_prepare import CannotPrepare
from ..wire.declaration import Job
from . import calibrate


class Site:
    def __init__(self, directory: str, files: str, knobs: Dict[str, Any], count: int) -> None:
        self.directory = directory
        self.files = files  # a folder on disk, for jobs that read and write; made when it is first asked for
        self.knobs = knobs
        self.count = count
        self._beside: List[subprocess.Popen[bytes]] = []

    def prepared(self, job: Job) -> Dict[str, Any]:
        """What the job sizes and makes before its workers start."""
        prepared = job.prepared(calibrate.calibrate, self.knobs)
        if job.beside:
            prepared.update(job.beside(self, prepared))
        return prepared

    def folder(self) -> str:
        """The folder on disk, made if need be. It stands in a folder of our own, among everybody's temporary files."""
        own = os.path.dirname(self.files)
        for folder in (own, self.files):
            if not os.path.isdir(folder):
                os.makedirs(folder, mode=0o700, exist_ok=True)
        if hasattr(os, "getuid") and os.lstat(own).st_uid != os.getuid():
            raise CannotPrepare("the files of this run cannot be in %s: it belongs to somebody else" % own)
        return self.files

    def new_file(self, name: str) -> BinaryIO:
        return open(os.path.join(self.folder(), name), "xb")

    def need_room(self, size: int) -> None:
        """Refuse now if the disk lacks room: that is better than an error in the middle of the run."""
        free = shutil.disk_usage(self.folder()).free
        if free < size:
            have = "%.0f MB are free in %s" % (free / 1e6, self.files)
            raise CannotPrepare("the files of this run take up to %.0f MB; %s" % (size / 1e6, have))

    def start_beside(self, name: str, *words: object) -> str:
        """Start a module of the lab as a process beside the workers; gives the first line that it prints. The module
        has to end when its standard input closes, which stays open as long as this process lives, or until `clear`."""
        sources = os.path.abspath(__file__)
        for _ in __name__.split("."):  # up to the folder in which the package stands
            sources = os.path.dirname(sources)
        line = [_python(), "-S", "-s", "-m", "%s.%s" % (__name__.rsplit(".", 2)[0], name)]
        if getattr(sys, "frozen", False):
            line = [sys.executable, name]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        process = subprocess.Popen(
            [*line, str(os.getpid()), *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment, PYTHONPATH=sources, PYTHONDONTWRITEBYTECODE="1"),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            cwd=self.directory,  # -m imports what lies in the current folder, which inside the app is the user's
        )
        self._beside.append(process)
        said = process.stdout.readline().decode().strip() if process.stdout else ""
        if not said:
            raise CannotPrepare("the %s beside the workers did not start: exit code %d" % (name, process.wait()))
        return said

    def clear(self) -> None:
        """End what goes on beside the workers, once they have ended."""
        for process in self._beside:
            process.kill()
            process.communicate()
        self._beside.clear()


def _python() -> str:
    """This Python; on Windows not the launcher of a virtual environment: to kill that one is not enough."""
    behind = getattr(sys, "_base_executable", None)
    return str(behind if os.name == "nt" and behind else sys.executable)
