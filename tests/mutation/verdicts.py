"""Whether enough changes were noticed. Chance plays a part in a sample: it is only called bad when a source with enough
noticed changes would give one as bad less than once in a thousand times."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

BAR = 0.95
ONCE_IN = 1000
LISTED = Path(__file__).with_name("equivalent.toml")


def exempt(path: Path = LISTED) -> dict[str, str]:
    """key → why no test can notice it."""
    return {one["key"]: one["why"] for one in tomllib.loads(path.read_text(encoding="utf-8")).get("change", [])}


def most_survivors(sample: int, bar: float = BAR, once_in: int = ONCE_IN) -> int:
    """More than these, of a sample of that size, come by chance less than once in so many times."""
    odds, so_far = 1 - bar, 0.0
    for count in range(sample + 1):
        so_far += math.comb(sample, count) * odds**count * bar ** (sample - count)
        if 1 - so_far < 1 / once_in:
            return count
    return sample


def enough(killed: int, of: int, whole: bool) -> bool:
    return killed >= BAR * of if whole else of - killed <= most_survivors(of)
