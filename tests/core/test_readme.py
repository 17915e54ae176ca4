"""What the README says is true: its job, dropped into the folder as it stands, is listed and runs; its links exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_job_of_the_readme_is_one_file_that_runs(tmp_path: Path) -> None:
    (job,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(job.splitlines()) < 30
    shutil.copytree(ROOT / "playground", tmp_path / "playground", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "playground" / "lab" / "jobs" / "add.py").write_text(job, encoding="utf-8")
    result = json.loads(
        run(tmp_path, "run", "--job", "add", "--workers", "2", "--amount", "50", "--no-baseline", "--json")
    )
    assert result["outcome"] == "finished"
    assert [worker["ops"] for worker in result["workers"]] == [50, 50]
    assert "add" in [entry["name"] for entry in json.loads(run(tmp_path, "list", "jobs", "--json"))]


def run(folder: Path, *arguments: str) -> str:
    code = "import sys; from playground.cli import main; raise SystemExit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_pictures_and_links_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target
