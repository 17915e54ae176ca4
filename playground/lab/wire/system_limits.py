"""Limits of Windows that a model meets, said before the start: a process waits for 61 others of a pool at most, and
select takes 512 sockets."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional, Sequence, Tuple, Type

from .ops import Fetch, Op

WINDOWS = os.name == "nt"
POOL_PROCESSES = 61  # as concurrent.futures has it: the system waits for 63 handles at once, and two are the pool's own
SOCKETS = 500  # of 512: a loop's own, and what else is open


def refusal(
    own_processes: bool, selects: bool, uses: Sequence[Type[Op]], workers: int, knobs: Mapping[str, Any]
) -> Optional[Tuple[str, str]]:
    """The field and the reason. `own_processes`: has each worker of a pool a process? `selects`: does the model wait
    for sockets by select?"""
    if not WINDOWS:
        return None
    pool = knobs.get("pool_size", 0)
    if own_processes and min(pool, workers) > POOL_PROCESSES:
        words = "Pool size (pool_size) must be %d or less, not %d: Windows waits for so many processes at once."
        return "knobs.pool_size", words % (POOL_PROCESSES, pool)
    if selects and Fetch in uses and workers > SOCKETS:
        words = "At most %d workers can fetch in a loop of this kind, not %d: select takes 512 sockets on Windows."
        return "workers", words % (SOCKETS, workers)
    return None
