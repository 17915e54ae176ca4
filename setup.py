"""What pyproject.toml cannot say: in the wheel, the rooms of the app are inside one package, each under its own name,
and the changes that Help shows lie beside them."""

from __future__ import annotations

from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

PACKAGE = "concurrency_playground"
ROOMS = ("playground", "ui", "resources")


class WithChanges(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self.copy_file("CHANGELOG.md", str(Path(self.build_lib) / PACKAGE / "CHANGELOG.md"))


inside = [name for room in ROOMS for name in (room, *(f"{room}.{part}" for part in find_namespace_packages(room)))]
setup(
    cmdclass={"build_py": WithChanges},
    packages=[PACKAGE, *(f"{PACKAGE}.{name}" for name in inside if "__pycache__" not in name)],
    package_dir={PACKAGE: "packaging/wheel", **{f"{PACKAGE}.{room}": room for room in ROOMS}},
)
