"""Layouts of the files that a lab and the app share: one list of fields for both sides, and a version that each reader
checks."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from playground.lab.recording.control import Control
from playground.lab.watching import thread_looks
from playground.lab.wire import output_rings, picture_file, ring, trip_times
from playground.lab.wire.binary_format import W_VERSION, Format, Record, WrongFile
from playground.reading.picture_tiles import PictureReader
from playground.reading.printed import OutputReader
from playground.reading.rings import RingReader, RingsReader, SampleReader, dtype_of
from playground.reading.round_trips import read as read_trips
from playground.recipe.recipe import Recipe, checked
from playground.run.run import Run
from tests.core.labs import wait_for

RECORDS = {
    "record": ring.RECORD,
    "probe": ring.PROBE_RECORD,
    "sample": ring.SAMPLE,
    "slot": output_rings.SLOT,
    "odd": Record(a="H", b="B", c="B", d="i", e="q", f="16s"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_both_sides_find_each_field_where_it_was_put(name: str) -> None:
    record, kind = RECORDS[name], dtype_of(RECORDS[name])
    assert kind.itemsize == record.size
    values = [b"t%d" % n if code.endswith("s") else n + 40 for n, code in enumerate(record.fields.values())]
    block = bytearray(3 * record.size)
    record.pack_into(block, record.size, *values)
    found = np.frombuffer(block, kind)
    assert [found[field][1].item() for field in record.fields] == values
    assert not any(found[field][0].item() or found[field][2].item() for field in record.fields)


def test_a_field_can_have_another_name_in_the_app() -> None:
    assert dtype_of(Record(t="Q", line="I", left="I"), line="missed").names == ("t", "missed", "left")


def test_a_gap_between_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="gap"):
        Record(small="B", large="Q")


# What lies where in a file of that version. Whoever changes it raises the version, and puts down here what is new.
KNOWN = {
    ring.RINGS: (4, 0x2308F840),
    ring.PROBED: (3, 0x8403B223),
    ring.SAMPLED: (3, 0xACB8748C),
    ring.CONTROL: (2, 0xAD58E941),
    output_rings.FORMAT: (3, 0x724D688B),
    picture_file.FORMAT: (2, 0x88F3581A),
    trip_times.FORMAT: (1, 0x9B2988C6),
}


TRIP_WORDS = ("MADE", "MEDIAN", "PLAIN", "PLAIN_TOOK", "HERE", "WORDS")


def words_of(module: object, prefix: str) -> list[tuple[str, int]]:
    return sorted((name, value) for name, value in vars(module).items() if name.startswith(prefix))


def what_lies_where(kind: Format) -> str:
    headers = words_of(ring, "W_"), ring.HEADER_WORDS
    return repr(
        {
            ring.RINGS: (headers, ring.RECORD.fields),
            ring.PROBED: (headers, ring.PROBE_RECORD.fields),
            ring.SAMPLED: (headers, ring.SAMPLE.fields),
            ring.CONTROL: (words_of(ring, "C_"), ring.CONTROL_WORDS),
            output_rings.FORMAT: (
                words_of(output_rings, "O_"),
                words_of(output_rings, "R_"),
                output_rings.SLOT.fields,
                output_rings.HEADER_WORDS,
            ),
            picture_file.FORMAT: (
                words_of(picture_file, "W_"),
                picture_file.SHADES_AT,
                picture_file.TILES_AT,
                picture_file.FRAME_SHIFT,
            ),
            trip_times.FORMAT: (trip_times.FIRST, *(getattr(trip_times, name) for name in TRIP_WORDS)),
        }[kind]
    )


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.name)
def test_a_layout_that_changes_has_another_version(kind: Format) -> None:
    assert (kind.version, hex(crc32(what_lies_where(kind).encode()))) == (KNOWN[kind][0], hex(KNOWN[kind][1]))


# --- who reads a file checks what it is, and its version

FILES: dict[str, tuple[Callable[[str], object], list[Callable[[Path], object]]]] = {
    "rings": (
        lambda path: ring.create(path, 8, 2, 2),
        [RingsReader, lambda path: ring.Rings(str(path))],
    ),
    "gil.ring": (lambda path: ring.create_probe(path, 8), [RingReader]),
    "threads.ring": (
        lambda path: ring.create_samples(path, 8),
        [SampleReader, lambda path: ring.Stream(str(path), ring.SAMPLE, ring.SAMPLED)],
    ),
    "control": (ring.create_control, [lambda path: Control(str(path))]),
    "output": (
        lambda path: output_rings.create(path, 2),
        [lambda path: OutputReader(path).look(), lambda path: output_rings.Output(str(path))],
    ),
    "picture": (
        lambda path: picture_file.create(path, 2, 2, 4),
        [PictureReader, lambda path: picture_file.Canvas(str(path))],
    ),
    "trips": (
        lambda path: trip_times.create(str(Path(path).parent), 2),
        [lambda path: read_trips(path.parent), lambda path: trip_times.show_on(str(path))],
    ),
}
READERS = [(name, number) for name, (_, readers) in FILES.items() for number in range(len(readers))]


@pytest.mark.parametrize(("name", "number"), READERS)
def test_each_reader_checks_the_version(tmp_path: Path, name: str, number: int) -> None:
    make, readers = FILES[name]
    path = tmp_path / name
    make(str(path))
    readers[number](path)
    with path.open("r+b") as file:
        file.seek(8 * W_VERSION)
        (version,) = struct.unpack("<Q", file.read(8))
        file.seek(8 * W_VERSION)
        file.write(struct.pack("<Q", version + 90))
    with pytest.raises(WrongFile, match=f"{name} is of version {version + 90}; version {version} can be read here"):
        readers[number](path)


@pytest.mark.parametrize(("name", "number"), READERS)
def test_each_reader_checks_what_it_is(tmp_path: Path, name: str, number: int) -> None:
    path = tmp_path / name
    FILES[name][0](str(path))
    with path.open("r+b") as file:
        file.write(b"another!")
    with pytest.raises(WrongFile, match=f"{name} is no file of "):
        FILES[name][1][number](path)


def test_those_who_look_from_outside_check_it_too(tmp_path: Path) -> None:
    ring.create(str(tmp_path / "rings"), 8)
    ring.create_samples(str(tmp_path / "threads.ring"), 8)
    thread_looks.Threads(str(tmp_path), 1, "x86_64")
    with (tmp_path / "rings").open("r+b") as file:
        file.seek(8 * W_VERSION)
        file.write(bytes(8))
    with pytest.raises(WrongFile, match="version 0"):
        thread_looks.Threads(str(tmp_path), 1, "x86_64")


def test_a_lab_of_another_version_is_the_runs_fault() -> None:
    run = Run(1, checked(Recipe(job="primes", workers=2, seconds=0.3)))
    block, words = ring.map_words(str(run.directory.rings))
    words[W_VERSION] = 77
    words.release()
    block.close()
    try:
        run.start()
        wait_for(lambda: run.poll() or run.engine.phase == "ended")
        assert run.engine.outcome == "failed"
        assert f"rings is of version 77; version {ring.RINGS.version} can be read here" in str(run.engine.error)
    finally:
        run.abandon()
