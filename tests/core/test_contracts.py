"""What the layout promises, checked for every file: who may import whom, what a lab may need, what the lock files say.
`lint-imports` checks more of it (pyproject.toml); these are the parts that it cannot say without a list of names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = sorted((ROOT / "playground" / "lab").rglob("*.py"))
CORE = sorted((ROOT / "playground").rglob("*.py"))
EVERYTHING = [ROOT / "main.py", *CORE, *sorted((ROOT / "ui").rglob("*.py"))]
OBSERVERS = sorted((ROOT / "tests" / "truth").rglob("*.py"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))
QT = {"PySide6", "shiboken6", "pyqtgraph", "ui"}
# A job or model may ask for these, inside a function, and is "unavailable" where they are not installed.
OPTIONAL = {"asyncore", "gevent", "greenlet", "monocle", "stackless"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path, everywhere: bool = True) -> Iterator[str]:
    """The absolute names of the modules that a file imports, relative imports included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def top(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize("path", LAB, ids=name_of)
def test_a_lab_imports_only_itself_and_the_standard_library(path: Path) -> None:
    for module in imports(path):
        allowed = module.startswith("playground.lab") or top(module) in sys.stdlib_module_names | OPTIONAL
        assert allowed, f"{name_of(path)} imports {module}"
    at_start = {top(module) for module in imports(path, everywhere=False)}
    assert not at_start & OPTIONAL, "optional packages are imported where they are used, not at the top"


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_imports_no_qt(path: Path) -> None:
    assert not {top(module) for module in imports(path)} & QT


@pytest.mark.parametrize("path", EVERYTHING, ids=name_of)
def test_nothing_imports_main(path: Path) -> None:
    assert "main" not in {top(module) for module in imports(path)}


@pytest.mark.parametrize("path", OBSERVERS, ids=name_of)
def test_observers_share_no_code_with_what_they_check(path: Path) -> None:
    """Else a mistake would be made twice, and seen never. Nor may they import it by its name, as a text."""
    shared = {module for module in imports(path) if top(module) != "tests" or not module.startswith("tests.truth")}
    assert {top(module) for module in shared} <= sys.stdlib_module_names, f"{name_of(path)} imports {shared}"
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not {"__import__", "import_module"} & {ast.unparse(call.func).split(".")[-1] for call in calls}


@pytest.mark.parametrize("kind", ["models", "jobs"])
def test_models_and_jobs_do_not_import_each_other(kind: str) -> None:
    files = [path for path in LAB if path.parent.name == kind and path.name != "__init__.py"]
    assert files
    for path in files:
        for module in imports(path):
            assert not re.match(r"playground\.lab\.(models|jobs)\b", module), f"{name_of(path)} imports {module}"


def test_main_imports_nothing_at_module_level() -> None:
    assert list(imports(ROOT / "main.py", everywhere=False)) == []


def test_the_core_starts_without_qt() -> None:
    """In a process of its own, in which asking for Qt is an error."""
    block = f"import sys; sys.modules.update(dict.fromkeys({sorted(QT)!r}));"
    modules = [name_of(path)[:-3].replace("/", ".") for path in CORE if path not in LAB and path.name != "__init__.py"]
    subprocess.run([sys.executable, "-c", block + "import " + ", ".join(modules)], cwd=ROOT, check=True)


@pytest.mark.parametrize("path", LAB, ids=name_of)
def test_a_lab_is_written_for_python_3_8(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 8))
    code = re.sub("#.*", "", text)  # Python 2 reads types in comments only
    if "->" in code or re.search(r"^\s*\w+: ", text, re.MULTILINE):
        assert "from __future__ import annotations" in text, "annotations would be evaluated by Python 3.8"


# --- the map ------------------------------------------------------------------------------------------------------

PACKAGES = [path for path in EVERYTHING if path.name == "__init__.py"]


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_each_package_says_in_a_few_lines_what_lives_there(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    kinds = path.parent.name in ("models", "jobs", "hosts")  # these list what a file in them declares
    assert said
    assert kinds or len(said.splitlines()) <= 6


@pytest.mark.parametrize("top", ["playground", "ui"])
def test_there_are_a_dozen_rooms_at_most(top: str) -> None:
    assert len([path for path in (ROOT / top).iterdir() if (path / "__init__.py").exists()]) <= 12


def test_no_two_files_have_the_same_name() -> None:
    names = Counter(path.name for path in EVERYTHING if path.name not in ("__init__.py", "__main__.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_the_threads_of_the_window_know_no_widget() -> None:
    for path in (ROOT / "ui" / "workers").glob("*.py"):
        assert not [module for module in imports(path) if module.startswith("PySide6.QtWidgets")], name_of(path)


# --- packaging ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS, ids=name_of)
def test_a_lock_file_pins_exactly_with_hashes_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--index|--find-links|--trusted-host", text)
    options = re.findall(r"(?m)^-.*", text)
    has_monocle = "\nmonocle==" in text
    assert options == (["--no-binary monocle"] if has_monocle else []), "it has no wheel"
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^[#-].*\n", "", text).strip())
    for block in blocks:
        assert re.match(r"[a-z0-9-]+==\S+( ;.*)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+$", block), block[:80]


def test_qt_is_pinned_below_the_version_that_aborts() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        assert "\npyside6-essentials==6.11.3 \\\n" in (ROOT / name).read_text(encoding="utf-8")


def test_the_version_that_aborts_is_excluded_below_python_3_12() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    qt = [line for line in project["dependencies"] if line.startswith("PySide6")]
    assert ["!=6.12.0" in line for line in qt if "< '3.12'" in line] == [True]


def test_fonts_come_with_their_licences() -> None:
    fonts = ROOT / "resources" / "fonts"
    assert {path.name.split("-")[0] for path in fonts.glob("*.?tf")} == {"Inter", "InterDisplay", "JetBrainsMono"}
    for name in ("OFL-Inter.txt", "OFL-JetBrainsMono.txt"):
        assert "SIL OPEN FONT LICENSE" in (fonts / name).read_text(encoding="utf-8")


def test_import_contracts_are_kept() -> None:
    pytest.importorskip("importlinter", reason="import-linter is not installed here")
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", linter, "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_name_in_an_annotation_is_a_dependency_too() -> None:
    """Else two files could know each other, and only the type checker would see it."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert not linter.get("exclude_type_checking_imports", False)
