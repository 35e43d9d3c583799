"""A worker that is killed inside of a process: it ends at a named place, once, and nothing of ours catches it."""

from __future__ import annotations

import pytest


class Killed(BaseException):
    """What a worker that is killed sees."""


def killed_in(monkeypatch: pytest.MonkeyPatch, place: object, name: str, *, after: bool = False) -> None:
    """Die once when ``place.name`` is called, before or after it has done its work."""
    original = getattr(place, name)

    def die(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(place, name, original)
        if after:
            original(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(place, name, die)
