"""How glibc keeps memory. By default it puts ever larger blocks among small ones and gives each thread a heap of its
own. Rows that stay and pictures that go then leave holes, which are not given back. On other systems there is nothing
to set."""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # names in glibc's malloc.h
TRIM_BYTES = 128 * 1024
LARGE_BYTES = 256 * 1024  # what a frame takes and frees is smaller, and so costs no call into the kernel
ARENAS = 2


def keep_together() -> None:
    """Keep large blocks outside the heap, so that they go back to the system when they are freed, and let all threads
    share two heaps. Call it before there are many threads."""
    if library := _glibc():
        library.mallopt(MMAP_THRESHOLD, LARGE_BYTES)
        library.mallopt(TRIM_THRESHOLD, TRIM_BYTES)
        library.mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Ask glibc to return free memory: what an ended run held otherwise stays in the heap, in pieces."""
    if library := _glibc():
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """None where another library is found like this, or none: Windows' ctypes takes no None for a name."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
