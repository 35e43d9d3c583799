"""How often a stranger may ask: a bucket for each caller, in the memory of the process.

Nothing is written for a caller that is refused, so that asking costs us less than the caller.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from lantai.platform.witness.types import TooManyRequests

MOST_CALLERS = 10_000
BURST, PER_MINUTE = 60, 120


class Bucket:
    """`burst` requests at once, and `per_minute` in the long run."""

    def __init__(self, *, burst: int, per_minute: int) -> None:
        self._burst, self._rate = float(burst), per_minute / 60
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """One request of the caller; raises TooManyRequests."""
        now = time.monotonic()
        with self._lock:
            left, since = self._left.pop(caller, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            self._left[caller] = (max(left - 1, 0.0), now)
            if len(self._left) > MOST_CALLERS:
                self._left.popitem(last=False)
        if left < 1:
            raise TooManyRequests


CHECKPOINTS = Bucket(burst=BURST, per_minute=PER_MINUTE)
STAMPS = Bucket(burst=BURST, per_minute=PER_MINUTE)
