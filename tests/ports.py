"""Ports of this machine for programs that must be told theirs before they start."""

from __future__ import annotations

import contextlib
import random
import socket

# Below what the system takes for the near end of connections, so that none of those, our own programs' either,
# is given the port in the time between finding it free and listening on it.
_LOWEST, _HIGHEST = 12_000, 21_900
_CHANCE = random.SystemRandom()  # several runs on one machine do not go through the ports in step


def free_port(*beside: int) -> int:
    """A port on which nobody listens, nor at any of these distances from it."""
    while True:
        port = _CHANCE.randint(_LOWEST, _HIGHEST)
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for number in (port, *(port + distance for distance in beside)):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
            return port
