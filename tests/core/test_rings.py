"""Rings: what a worker writes is what is read, in order; what came too late is counted, exactly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lab.wire import ring
from playground.reading.rings import PROBE_RECORD, RECORD, RingReader, RingsReader

ROOT = Path(__file__).resolve().parents[2]


def write(own: ring.Ring, count: int) -> None:
    """As `drive` does: the record first, then the head. Each is made of its own number."""
    head = own.words[ring.W_HEAD]
    for number in range(head, head + count):
        place = own.first + number % own.capacity * ring.RECORD.size
        ring.RECORD.pack_into(own.block, place, number, number * 3, number * 5, number * 7, own.index, 1, 1, 0, 0)
        own.words[ring.W_HEAD] = number + 1


def numbers_of(records: np.ndarray) -> list[int]:
    """Which records these are, after a look that none is made of two."""
    number = records["start"]
    assert (records["end"] == number * 3).all()
    assert (records["cpu"] == number * 5).all()
    assert (records["core_wait"] == number * 7).all()
    return [int(one) for one in number]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rings")


@given(capacity=st.integers(1, 40), lanes=st.integers(1, 4), data=st.data())
def test_every_record_is_read_once_in_order_or_counted_as_lost(
    place: Path, capacity: int, lanes: int, data: st.DataObject
) -> None:
    path = place / "rings"
    path.unlink(missing_ok=True)
    ring.create(str(path), capacity, lanes, lanes)
    rings, reader = ring.Rings(str(path)), RingsReader(path)
    seen: list[list[int]] = [[] for _ in range(lanes)]
    written = [0] * lanes
    for steps in data.draw(st.lists(st.lists(st.integers(0, 100), min_size=lanes, max_size=lanes), max_size=8)):
        for lane, step in enumerate(steps):
            write(rings.ring(lane), step)
            written[lane] += step
        lost, new = reader.lost, reader.pull()
        for lane in range(lanes):
            own = numbers_of(new[new["task"] == lane])
            assert own == list(range(written[lane] - len(own), written[lane])), "the newest, in order, none twice"
            seen[lane] += own
        if max(steps) < capacity:  # a full ring's oldest record is where the writer may be writing: it is given up
            assert reader.lost == lost
        assert sum(map(len, seen)) + reader.lost == sum(written)
        assert not len(reader.pull())
    reader.close()


def test_workers_that_take_turns_write_one_stream(tmp_path: Path) -> None:
    ring.create(str(tmp_path / "rings"), 8, lanes=3, streams=1)
    rings, reader = ring.Rings(str(tmp_path / "rings")), RingsReader(tmp_path / "rings")
    first = rings.ring(0)
    assert [rings.ring(lane).first for lane in range(3)] == [3 * ring.HEADER_BYTES] * 3
    for number, task in enumerate((2, 0, 1, 2)):
        place = first.first + number * ring.RECORD.size
        ring.RECORD.pack_into(first.block, place, number, number, 0, 0, task, 1, 1, 0, 0)
        first.words[ring.W_HEAD] = number + 1
        rings.ring(task).words[ring.W_OPS] += 1
    assert list(reader.pull()["task"]) == [2, 0, 1, 2]
    assert list(reader.column(ring.W_OPS)) == [1, 1, 2]
    assert reader.column(ring.W_OPS).tolist() == [1, 1, 2]
    reader.close()


WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
from playground.lab.wire import ring
own = ring.Rings(sys.argv[2]).ring(0)
block, words, capacity, pack = own.block, own.words, own.capacity, ring.RECORD.pack_into
print("writing", flush=True)
number = 0
while not words[ring.W_FLAGS]:
    for number in range(number, number + 1000):
        place = own.first + number % capacity * ring.RECORD.size
        pack(block, place, number, number * 3, number * 5, number * 7, 0, 1, 1, 0, 0)
        words[ring.W_HEAD] = number + 1
    number += 1
"""


@pytest.mark.parametrize(("capacity", "enough"), [(8, 1000), (64, 3000)])  # of a small ring a look gives a few at most
def test_records_are_never_torn_by_a_writer_that_laps_the_reader(tmp_path: Path, capacity: int, enough: int) -> None:
    path = tmp_path / "ring"
    ring.create(str(path), capacity)
    _, words = ring.map_words(str(path))
    reader = RingsReader(path)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(ROOT), str(path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer.stdout:
        writer.stdout.readline()
    seen, last, overtaken = 0, -1, 0
    try:
        while seen < enough or overtaken < 300:
            head, lost = int(reader.headers[0, ring.W_HEAD]), reader.lost
            records = numbers_of(reader.pull())
            if records:
                assert records[0] > last
                assert records == list(range(records[0], records[0] + len(records)))
                last = records[-1]
            seen += len(records)
            overtaken += reader.lost > lost
            assert seen + reader.lost >= head
            assert writer.poll() is None
    finally:
        words[ring.W_FLAGS] = 1
        writer.wait(10)
    seen += len(numbers_of(reader.pull()))
    assert seen + reader.lost == int(reader.headers[0, ring.W_HEAD])


def test_what_a_killed_writer_left_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    ring.create(str(path), 64)
    line = [sys.executable, "-c", WRITER, str(ROOT), str(path)]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        reader = RingsReader(path)
        while int(reader.headers[0, ring.W_HEAD]) < 1000:
            assert writer.poll() is None
        writer.kill()
    head = int(reader.headers[0, ring.W_HEAD])
    assert numbers_of(reader.pull()) == list(range(head - 63, head))


def test_a_closed_reader_keeps_its_header_and_lets_go_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    ring.create(str(path), 8)
    rings, reader = ring.Rings(str(path)), RingsReader(path)
    own = rings.ring(0)
    write(own, 3)
    own.words[ring.W_OPS] = 3
    reader.close()
    reader.close()
    write(own, 1)
    assert int(reader.headers[0, ring.W_OPS]) == 3
    assert int(reader.headers[0, ring.W_HEAD]) == 3
    if sys.platform.startswith("linux"):
        del own, rings
        assert str(path) not in Path("/proc/self/maps").read_text()


def test_other_files_are_not_taken_for_rings(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    path.write_bytes(bytes(4096))
    with pytest.raises(ValueError, match="no file of the probe's records"):
        RingReader(path)
    with pytest.raises(ValueError, match="no file of rings"):
        RingsReader(path)


@pytest.mark.parametrize(("create", "record"), [(ring.create, RECORD), (ring.create_probe, PROBE_RECORD)])
def test_a_ring_is_made_whole_and_only_once(tmp_path: Path, create: object, record: np.dtype) -> None:
    path = tmp_path / "ring"
    create(str(path), 100)  # type: ignore[operator]
    assert path.stat().st_size == ring.HEADER_BYTES + 100 * record.itemsize
    told = path.stat()
    if hasattr(told, "st_blocks"):
        assert told.st_blocks * 512 >= told.st_size, "its pages are reserved: a full disk is found out now"
    assert (RingReader(path) if record is PROBE_RECORD else RingsReader(path)).capacity == 100
    with pytest.raises(FileExistsError):
        create(str(path), 100)  # type: ignore[operator]


@settings(max_examples=20)
@given(words=st.lists(st.integers(0, 2**64 - 1), min_size=5, max_size=5))
def test_both_sides_agree_on_the_record(place: Path, words: list[int]) -> None:
    start, end, cpu, core_wait, small = words
    fields = (start, end, cpu, core_wait, small % 2**32, small % 2**16, small % 2**8, small % 7, small % 2**31 - 2**30)
    record = np.frombuffer(ring.RECORD.pack(*fields), RECORD)[0]
    assert tuple(int(field) for field in record) == fields
    sample = (start, end, cpu, small % 2**32, small % 2)
    assert tuple(int(field) for field in np.frombuffer(ring.PROBE_RECORD.pack(*sample), PROBE_RECORD)[0]) == sample


GOOD = (1000, 2000, 0, 0, 1, 0, ring.RUN, 0, 0)
STRAY = {
    "ends before it begins": (2000, 1999, 0, 0, 1, 0, ring.RUN, 0, 0),
    "ends in days": (1000, 2000 + 10**14, 0, 0, 1, 0, ring.RUN, 0, 0),
    "no kind": (1000, 2000, 0, 0, 1, 0, ring.NONE, 0, 0),
    "an unknown kind": (1000, 2000, 0, 0, 1, 0, ring.KINDS, 0, 0),
    "of nobody": (1000, 2000, 0, 0, 3, 0, ring.RUN, 0, 0),
}


@pytest.mark.parametrize("streams", [1, 3])
@pytest.mark.parametrize("what", STRAY)
def test_what_cannot_be_a_record_is_lost(tmp_path: Path, what: str, streams: int) -> None:
    """Own code in C can write anywhere."""
    ring.create(str(tmp_path / "rings"), 8, lanes=3, streams=streams)
    rings, reader = ring.Rings(str(tmp_path / "rings")), RingsReader(tmp_path / "rings")
    own, head = rings.ring(1), rings.ring(1 if streams == 3 else 0)
    for number, record in enumerate((GOOD, STRAY[what], GOOD)):
        ring.RECORD.pack_into(own.block, own.first + number * ring.RECORD.size, *record)
    head.words[ring.W_HEAD] = 3
    assert [tuple(record) for record in reader.pull(5000).tolist()] == [GOOD, GOOD]
    assert reader.lost == 1
    reader.close()


def test_a_worker_writes_its_own_stream_alone(tmp_path: Path) -> None:
    ring.create(str(tmp_path / "rings"), 8, lanes=3, streams=3)
    rings, reader = ring.Rings(str(tmp_path / "rings")), RingsReader(tmp_path / "rings")
    own = rings.ring(2)
    ring.RECORD.pack_into(own.block, own.first, *GOOD)  # of the worker before it
    own.words[ring.W_HEAD] = 1
    assert not len(reader.pull(5000))
    assert reader.lost == 1
    reader.close()
