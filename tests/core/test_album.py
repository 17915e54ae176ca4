"""The album: pictures come back as they were put in; where there is no room, the album says so; no file is left
behind."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from playground.run import album as albums
from playground.run import run_folder
from playground.run.album import Album, Arrays, Found

LIMIT_S = 10.0


def taken(album: Album) -> Found:
    until = time.monotonic() + LIMIT_S
    while (found := album.take()) is None:
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.002)
    return found


def picture(size: int = 1000) -> Arrays:
    return {"lanes": np.arange(size, dtype=np.int64), "told": np.frombuffer(b"{}", np.uint8), "none": np.zeros((0, 2))}


@pytest.fixture
def album(tmp_path: Path) -> Iterator[Album]:
    made = Album(tmp_path / "pictures")
    yield made
    made.close()


def test_what_was_put_in_comes_back(album: Album) -> None:
    album.put(3, picture)
    album.put(4, lambda: {"other": np.ones(2)})
    album.ask(3)
    assert not album.idle
    found = taken(album)
    assert found.number == 3
    assert found.arrays.keys() == picture().keys()
    for name, values in picture().items():
        np.testing.assert_array_equal(found.arrays[name], values)
        assert found.arrays[name].dtype == values.dtype
    album.ask(4)
    assert list(taken(album).arrays) == ["other"]
    assert album.has(3)
    assert album.read(4).keys() == {"other"}
    assert album.take() is None
    assert not album.given_up
    until = time.monotonic() + LIMIT_S
    while not album.idle:
        assert time.monotonic() < until
        time.sleep(0.002)


def test_its_folder_is_private_and_carries_who_it_belongs_to(album: Album, tmp_path: Path) -> None:
    assert not (tmp_path / "pictures").exists(), "nothing is made before there is something to keep"
    album.put(1, picture)
    album.ask(1)
    taken(album)
    (folder,) = (tmp_path / "pictures").iterdir()
    assert folder.name.startswith(f"{os.getpid()}-")
    (file,) = folder.iterdir()
    assert file.name == "1.npz"
    if os.name == "posix":  # elsewhere what lies in the user's own folder is private
        assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, file)] == [0o700, 0o600]
    album.close()
    assert not folder.exists()


def test_pictures_lie_on_disk_and_not_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "concurrency-playground" in run_folder.albums().parts[:-1]
    assert "/dev/shm" not in run_folder.albums().as_posix()


def test_what_was_never_there_and_what_is_forgotten_is_empty(album: Album) -> None:
    album.ask(9)
    assert taken(album) == Found(9, {})
    album.put(1, picture)
    album.forget(1)
    album.ask(1)
    assert taken(album) == Found(1, {})
    assert not album.has(1)


def test_on_a_full_disk_there_is_no_picture_and_it_is_told(album: Album, tmp_path: Path) -> None:
    def full() -> Arrays:
        raise OSError(errno.ENOSPC, "No space left on device")

    album.put(1, full)
    album.put(2, picture)
    album.ask(1)
    assert taken(album) == Found(1, {})
    assert album.given_up == {1: "the disk is full"}
    album.ask(2)
    assert taken(album).arrays, "others are kept all the same"
    (folder,) = (tmp_path / "pictures").iterdir()
    assert [path.name for path in folder.iterdir()] == ["2.npz"], "no half of one is left"
    album.forget(1)
    album.ask(1)
    taken(album)
    assert not album.given_up


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_disk_that_is_really_full(album: Album, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    album.put(1, picture)
    album.ask(1)
    taken(album)
    real = os.open

    def open_on_a_full_disk(path: Path, flags: int, mode: int = 0o777) -> int:
        return real("/dev/full", os.O_WRONLY) if str(path).endswith(".new") else real(path, flags, mode)

    monkeypatch.setattr(os, "open", open_on_a_full_disk)
    album.put(2, lambda: {"noise": np.random.default_rng(1).integers(0, 255, 10**6, np.uint8)})
    album.ask(2)
    assert taken(album) == Found(2, {})
    assert album.given_up == {2: "the disk is full"}


def test_whatever_goes_wrong_the_album_goes_on(album: Album, caplog: pytest.LogCaptureFixture) -> None:
    album.put(1, lambda: {"broken": np.array([object()])})
    album.put(2, picture)
    album.ask(2)
    assert taken(album).arrays
    assert 1 in album.given_up
    assert "run 1 has no picture" in caplog.text


def test_beyond_a_limit_the_oldest_make_room(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 255, 10_000, np.uint8)
    monkeypatch.setattr(albums, "MOST_BYTES", 35_000)
    for number in range(5):
        album.put(number, lambda: {"noise": noise})
    album.ask(4)
    assert taken(album).arrays
    assert [number for number in range(5) if album.has(number)] == [2, 3, 4]
    assert album.given_up == dict.fromkeys((0, 1), "it made room for newer ones")


def test_what_a_killed_app_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "albums", lambda: tmp_path / "pictures")
    gone = tmp_path / "pictures" / "999999999-1-1"
    gone.mkdir(parents=True)
    (gone / "1.npz").write_bytes(b"x")
    mine = Album()
    mine.put(1, picture)
    mine.ask(1)
    taken(mine)
    run_folder.sweep()
    assert not gone.exists()
    assert mine.read(1), "that of an app that lives stays"
    mine.close()


def test_closing_does_not_wait_for_what_is_not_written_yet(album: Album) -> None:
    made: list[int] = []

    def slow(number: int) -> Arrays:
        made.append(number)
        time.sleep(0.05)
        return picture()

    for number in range(50):
        album.put(number, lambda number=number: slow(number))
    album.close()
    assert len(made) < 50


def test_what_cannot_be_read_is_not_there_and_others_are(album: Album) -> None:
    """A byte that is another one in the middle of the file: zip, zlib and numpy each complain in their own way."""
    for number in (1, 2):
        album.put(number, lambda: picture(20_000))
    album.ask(1)
    assert taken(album).arrays
    file = album._file(1)
    whole = file.read_bytes()
    for place in range(0, len(whole), len(whole) // 60):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        album.read(1)
    file.write_bytes(whole[: len(whole) // 3])
    album.ask(1)
    assert taken(album).arrays == {}
    album.ask(2)
    assert taken(album).arrays


def test_what_cannot_be_done_keeps_nothing_else(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.put(1, picture)
    album.ask(1)
    assert taken(album).arrays

    def in_use(*_: object, **__: object) -> None:
        raise PermissionError(13, "somebody reads it just now, on Windows")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", in_use)
        album.forget(1)
        album.ask(1)
        taken(album)
    album.put(2, picture)
    album.ask(2)
    assert taken(album).arrays


def test_what_is_given_up_can_be_looked_through_while_more_is(album: Album) -> None:
    album._given_up.update({1: "the disk is full", 2: "the disk is full"})
    for number in album.given_up:
        album._given_up[number + 10] = "the disk is full"
    assert sorted(album.given_up) == [1, 2, 11, 12]
