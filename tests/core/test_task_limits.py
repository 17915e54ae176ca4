"""What the system lets this app start and hold, read from trees that are made up as systems make them, and from the
real one."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from playground.hosts import Left, System
from playground.hosts import _task_limits as task_limits
from playground.lab.wire.knob import spaced

resource = pytest.importorskip("resource")
PIDS, MEMORY = "pids", "memory"


class Tree:
    """A root with /proc and /sys/fs/cgroup in it; 300 tasks run."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.write("proc/loadavg", "0.82 0.59 1.82 3/300 29560")
        self.write("proc/sys/kernel/threads-max", "1000")
        self.write("proc/sys/kernel/pid_max", "500")
        self.groups("0::/")

    def write(self, path: str, text: str) -> None:
        (self.place / path).parent.mkdir(parents=True, exist_ok=True)
        (self.place / path).write_text(f"{text}\n")

    def groups(self, *lines: str) -> None:
        self.write("proc/self/cgroup", "\n".join(lines))

    def group(self, path: str, **files: object) -> None:
        (self.place / "sys/fs/cgroup" / path).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            self.write(f"sys/fs/cgroup/{path}/{name.replace('__', '.')}", str(text))

    @property
    def system(self) -> System:
        return System(self.place, "linux")

    def left(self) -> list[int]:
        return [one.more for one in self.system._of_groups()]

    def memory(self) -> list[int]:
        return [one.more for one in self.system.memory()]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_the_systems_limits_count_tasks_and_not_processes(tree: Tree) -> None:
    assert list(tree.system._of_system()) == [
        Left(700, "the system's limit of 1000 tasks"),
        Left(200, "the system's limit of 500 tasks"),
    ]


@pytest.mark.parametrize("loadavg", ["", "rubbish", "0.1 0.2 0.3 nonsense 5"])
def test_who_does_not_tell_of_tasks_sets_no_limit(tree: Tree, loadavg: str) -> None:
    tree.write("proc/loadavg", loadavg)
    assert list(tree.system._of_system()) == []


def test_every_group_up_to_the_root_is_a_limit(tree: Tree) -> None:
    """As systemd nests them: the user's slice, and a scope within it."""
    tree.groups("0::/user.slice/user-1000.slice/app.scope")
    tree.group("user.slice", pids__max="max", pids__current=900)
    tree.group("user.slice/user-1000.slice", pids__max=400, pids__current=350)
    tree.group("user.slice/user-1000.slice/app.scope", pids__max=100, pids__current=20)
    tree.group("user.slice/user-1000.slice/other.scope", pids__max=1, pids__current=1)
    assert tree.left() == [80, 50]
    told = min(tree.system._of_groups())
    assert told == Left(50, "the limit of 400 tasks of the group user-1000.slice")


def test_a_container_sees_only_its_own_root(tree: Tree) -> None:
    tree.groups("0::/")
    tree.group("", pids__max=120, pids__current=20)
    assert tree.left() == [100]
    tree.groups("0::/../../docker/0123")
    assert tree.left() == [100]
    tree.groups("0::/docker/0123")  # a path of the host
    assert tree.left() == [100]


def test_v1_has_a_hierarchy_for_each_controller(tree: Tree) -> None:
    tree.groups("8:pids:/docker/ab", "4:memory:/lab", "3:cpuset:/", "9:name=systemd:/", "0::/")
    tree.group("pids/docker/ab", pids__max=64, pids__current=4)
    tree.group("pids/docker", pids__max=50, pids__current=45)
    tree.group("memory/lab", memory__limit_in_bytes=2_000_000, memory__usage_in_bytes=1_500_000)
    tree.group("memory", memory__limit_in_bytes=9223372036854771712, memory__usage_in_bytes=5)
    tree.group("unified", cgroup__procs=1)
    assert tree.left() == [60, 5]
    assert tree.memory() == [500_000], "as large a limit as there can be is none"
    assert tree.system.memory()[0].why == "the group lab may have 2 MB"


def test_v1_and_v2_may_stand_beside_each_other(tree: Tree) -> None:
    """As systemd has them: v2 has a folder of its own then, and not each of v1 that of its whole name."""
    tree.groups("8:cpu,pids:/", "0::/app")
    tree.group("unified/app", memory__max=9_000, memory__current=2_000)
    tree.group("unified", memory__max=5_000, memory__current=2_500)
    tree.group("app", memory__max=1, memory__current=0)
    tree.group("pids", pids__max=70, pids__current=10)
    assert tree.left() == [60]
    assert tree.memory() == [7_000, 2_500]
    assert [one.why.partition("group ")[2] for one in tree.system._of_groups()] == ["of this container"]
    assert [one.why for one in tree.system.memory()] == [
        "the group app may have 0 MB",
        "the group of this container may have 0 MB",
    ]


def test_a_container_of_v1_may_give_up_its_page_cache(tree: Tree) -> None:
    """Of its groups too. What holds more than it may has nothing left, and no less than that."""
    tree.groups("4:memory:/")
    spare = "inactive_file 7\ntotal_inactive_file 300000000"
    tree.group("memory", memory__limit_in_bytes=1_234_000_000, memory__usage_in_bytes=500_000_000, memory__stat=spare)
    assert tree.system.memory() == [
        Left(1_034_000_000, f"the group of this container may have {spaced(1234)} MB"),
    ]
    tree.group("memory", memory__usage_in_bytes=100_000_000)
    assert tree.memory() == [1_234_000_000]


def test_controllers_may_share_a_hierarchy(tree: Tree) -> None:
    tree.groups("4:cpu,memory:/")
    tree.group("cpu,memory", memory__limit_in_bytes=7000, memory__usage_in_bytes=1000)
    assert tree.memory() == [6000]


def test_memory_that_can_be_given_up_is_free(tree: Tree) -> None:
    tree.groups("0::/app")
    tree.group("app", memory__max=10_000, memory__current=9_000, memory__stat="anon 100\ninactive_file 5000\nfile 1")
    tree.group("", memory__max="max", memory__current=1)
    assert tree.memory() == [6_000]


def test_what_is_not_told_is_no_limit(tree: Tree) -> None:
    assert tree.left() == tree.memory() == []
    tree.group("", pids__max="rubbish", pids__current=1)
    assert tree.left() == []
    (tree.place / "proc/self/cgroup").unlink()
    assert tree.left() == []


def test_other_systems_tell_only_of_the_user(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.group("", pids__max=3, pids__current=1)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert System(tree.place, "darwin").tasks() == []
    assert System(tree.place, "darwin").memory() == []
    monkeypatch.setitem(sys.modules, "resource", None)
    assert System(tree.place, "win32").tasks() == []


def test_the_users_limit_counts_all_tasks_of_the_user(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda which: (400, 800))
    monkeypatch.setattr(task_limits.os, "geteuid", lambda: 1000)  # type: ignore[attr-defined]
    for pid, tasks in ((1, 3), (2, 1), (3, 40)):
        for task in range(tasks):
            (tree.place / f"proc/{pid}/task/{task}").mkdir(parents=True)
    assert tree.system._of_user() == [Left(400 - 44, "your limit of 400 processes")], "300 of 400 is near it"
    monkeypatch.setattr(task_limits.os, "getuid", lambda: 4711)  # type: ignore[attr-defined]
    assert tree.system._of_user() == [Left(400, "your limit of 400 processes")], "those are somebody else's"
    monkeypatch.setattr(resource, "getrlimit", lambda which: (100_000, 100_000))
    assert tree.system._of_user() == [Left(99_700, "your limit of 100000 processes")], "nobody is looked at one by one"
    monkeypatch.setattr(task_limits.os, "geteuid", lambda: 0)  # type: ignore[attr-defined]
    assert tree.system._of_user() == [], "root is held to none"


# -- the real one


pytestmark_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


@pytestmark_linux
def test_a_thread_more_is_a_task_more() -> None:
    system, hold = System(), threading.Event()
    threads = [threading.Thread(target=hold.wait) for _ in range(200)]
    before = system._counted_tasks()
    for thread in threads:
        thread.start()
    try:
        assert system._counted_tasks() - before >= 150  # others come and go meanwhile
        assert (system.running() or 0) >= 200
        started = sum(1 for _ in Path("/proc/self/task").iterdir())
        assert started >= 200
    finally:
        hold.set()
        for thread in threads:
            thread.join()


@pytestmark_linux
def test_asking_costs_little_beside_looking_at_every_process() -> None:
    system = System()
    costs = []
    for _ in range(9):
        begun = time.process_time()
        for _ in range(10):
            system.tasks()
            system.memory()
        costs.append(time.process_time() - begun)
    assert sorted(costs)[4] / 10 < 0.02
    for left in (*system.tasks(), *system.memory()):
        assert left.why
