"""Which modules are changed, and which test files are asked about each. Those files start no lab: a change costs less
than a second, and a figure that only a whole lab would notice is one that nothing holds."""

from __future__ import annotations

import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = ("few_and_many", "making", "orders", "pauses", "reading", "ribbon", "sources")
FIGURES = (
    "tests/core/test_records.py",
    "tests/core/test_measured.py",
    "tests/core/test_run.py",
    *(f"tests/core/test_run_{part}.py" for part in RUNS),
)
VERDICT = (
    "tests/core/test_records.py",
    "tests/core/test_judge.py",
    "tests/core/test_rules.py",
    "tests/core/test_verdict_*.py",
)
LANES = (
    "tests/core/test_store.py",
    "tests/core/test_lanes_*.py",
    "tests/core/test_sightings*.py",
    "tests/core/test_heat_bins*.py",
    "tests/core/test_sampled_lanes*.py",
)
RELATED: dict[str, tuple[str, ...]] = {
    "figures/records": FIGURES,
    **{f"verdict/{name}": VERDICT for name in ("judge", "little_to_say", "rules", "special", "waits", "words")},
    "verdict/key_figures": VERDICT,
    "figures/reach": VERDICT,
    "figures/wording": VERDICT,
    "recipe/limits": ("tests/core/test_limits*.py",),
    "hosts/_task_limits": ("tests/core/test_task_limits*.py",),
    "files/json_text": ("tests/core/test_json_text*.py",),
    "reading/states": ("tests/core/test_states*.py", *LANES, *FIGURES),
    "reading/lanes/sightings": LANES,
    "reading/lanes/live_edge": LANES,
    "reading/lanes/store": LANES,
    "run/knob_changes": ("tests/core/test_knob_changes.py",),
    "reading/holds/holders": ("tests/core/test_holders*.py", *FIGURES),
    "run/run": FIGURES,
    **{f"figures/{name}": FIGURES for name in ("measured", "worker_figures", "gil_figures", "loop_figures")},
    "reading/lately": FIGURES,
    "figures/meaning": ("tests/core/test_finished.py", *VERDICT),
    "figures/speedup": ("tests/core/test_speedup.py", *FIGURES),
    "figures/lab_cores": ("tests/core/test_lab_cores*.py", *FIGURES),
    "lab/loops/socket_polls": ("tests/core/test_socket_polls.py",),
    "reading/header_sums": ("tests/core/test_heat_bins*.py", *FIGURES),
}


def modules(names: list[str]) -> list[str]:
    """Paths of the named modules, or of all that there are."""
    unknown = [name for name in names if name not in RELATED]
    if unknown:
        raise SystemExit(f"{unknown[0]!r} is not one of {', '.join(RELATED)}")
    paths = [f"playground/{name}.py" for name in names or RELATED]
    return [path for path in paths if (ROOT / path).exists()]


def test_files(module: str) -> list[str]:
    patterns = RELATED[Path(module).relative_to("playground").with_suffix("").as_posix()]
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "core").glob("test_*.py"))
    return [file for file in files if any(fnmatch.fnmatch(file, pattern) for pattern in patterns)]
