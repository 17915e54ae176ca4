"""A folder such as somebody might send: recipes, code, interpreters, environments and modules. Each leaves a mark when
it is executed, by whomever."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from playground.recipe.recipe import Recipe
from playground.recipe.recipe_file import to_toml
from tests.core.made_pythons import FACTS, script

NAMES = ("python", "python3", "python3.99", "python.exe", "pypy3")
PACKAGES = f"python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
# What our own processes import, and what anybody's might.
MODULES = [*sorted(sys.stdlib_module_names - set(sys.builtin_module_names)), "playground", "ui", "numpy", "msgspec"]
ONLY_HERE = "3.99"  # a version that nothing else on this computer has


class Hostile:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = folder.parent / "executed"
        self.leaves_mark = f"open({str(self.mark)!r}, 'a').write(__name__ + ' ' + str(__file__) + chr(10))\n"
        self.says = f'echo "$0 $@" >>"{self.mark}"\necho \'{FACTS % "3.99.0"}\'\n'
        folder.mkdir()
        for name in (".venv", "venv", "env"):
            self._environment(folder / name)
        self.linked = self._linked_environment(folder / "linked")
        self.python = str(folder / ".venv" / "bin" / "python")
        for name in (*NAMES, "snake", "py", "py.exe", "ldd", "pip", "uv"):
            script(folder, self.says, name)
        for name in [*MODULES, "sitecustomize", "usercustomize"]:
            (folder / f"{name}.py").write_text(self.leaves_mark)
        (folder / "job.py").write_text(f"{self.leaves_mark}\ndef job(worker, count):\n    return 1\n")
        for name, recipe in self.recipes().items():
            (folder / f"{name}.toml").write_text(to_toml(recipe))

    def recipes(self) -> Mapping[str, Recipe]:
        code = (self.folder / "job.py").read_text()
        return {
            "path": Recipe(interpreter=self.python),
            "relative": Recipe(interpreter=".venv/bin/python3"),
            "bare": Recipe(interpreter="snake"),
            "linked": Recipe(interpreter=self.linked),
            "name": Recipe(interpreter=ONLY_HERE),
            "code": Recipe(job="own", code=code),
            "all": Recipe(job="own", code=code, interpreter=self.python),
            "versions": Recipe(model="subinterpreters", interpreter=self.python),
            "safe": Recipe(job="fetch", workers=2, amount=2, knobs={"latency": 1.0}),
        }

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.toml"

    def executed(self) -> list[str]:
        return self.mark.read_text().splitlines() if self.mark.exists() else []

    def _environment(self, place: Path) -> None:
        for folder in ("bin", "Scripts"):
            for name in NAMES:
                script(place / folder, self.says, name)
        self._configure(place)

    def _linked_environment(self, place: Path) -> str:
        """A real Python, which by a file beside it is led to start with somebody else's code."""
        self._configure(place)
        (place / "bin").mkdir()
        python = place / "bin" / "python3"
        python.symlink_to(os.path.realpath(sys.executable))
        return str(python)

    def _configure(self, place: Path) -> None:
        packages = place / "lib" / PACKAGES
        packages.mkdir(parents=True)
        (place / "pyvenv.cfg").write_text(f"home = {self.folder}\ninclude-system-site-packages = false\n")
        (packages / "evil.pth").write_text(f"import os; open({str(self.mark)!r}, 'a').write('pth' + chr(10))\n")
        for name in ("sitecustomize", "usercustomize"):
            (packages / f"{name}.py").write_text(self.leaves_mark)
