"""How long the round trips of *ping-pong* take, told while it runs: a mapped file in the run's directory with a few
words for each worker: the number of its trips, the median of the last thousand, and what plain trips took before the
run (plain_messages.py). Whoever wants to know maps the same file."""

from __future__ import annotations

import mmap
import os
import time
from statistics import median
from typing import Deque, Tuple

from . import ring
from .binary_format import SIGNATURE_WORDS, Format

NAME = "trips"
FORMAT = Format("round trips", b"PCPTRIPS", 1)
FIRST = len(SIGNATURE_WORDS)  # the word where those of the first worker begin
WORDS = 5  # of each worker
# … its trips, their median in ns; the median of plain trips, how long measuring them took; the worker is here
MADE, MEDIAN, PLAIN, PLAIN_TOOK, HERE = range(WORDS)
EVERY, LAST = 100, 1000  # trips between two reports, and trips in a median
REST_EVERY, REST_S = 40, 0.00005

Board = Tuple[mmap.mmap, memoryview]


def create(directory: str, workers: int) -> str:
    path = os.path.join(directory, NAME)
    with ring.made(path, (FIRST + workers * WORDS) * 8, FORMAT):
        return path


def show_on(path: str) -> Board:
    """The words of all workers."""
    block, words = ring.map_words(path, FORMAT)
    return block, words[FIRST:]


def show_trips(board: Board, worker: int, trips: int, took: Deque[int]) -> None:
    """Tell the first few at once, as some are slow. A rest now and then: where pairs of processes wake each other
    without end on all cores, some kernels (Linux 6.18 was seen to) let nobody else run for minutes, not even the
    app."""
    if trips < EVERY or trips % EVERY == 0:
        board[1][worker * WORDS + MADE] = trips
        board[1][worker * WORDS + MEDIAN] = round(median(took))
    if trips % REST_EVERY == 0:
        time.sleep(REST_S)
