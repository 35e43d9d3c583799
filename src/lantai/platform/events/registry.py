"""Who hears of what."""

from __future__ import annotations

from typing import Any

_subscribers: dict[str, list[str]] = {}
_types: dict[str, type[Any]] = {}


def name_of(event: type[Any]) -> str:
    """The stored name of an event class."""
    return f"{event.__module__}.{event.__qualname__}"


def subscribe(event: type[Any], subscriber: str) -> None:
    """Let the function at dotted path ``subscriber`` hear of ``event``; from an ``apps.py`` only."""
    _types[name_of(event)] = event
    heard = _subscribers.setdefault(name_of(event), [])
    if subscriber not in heard:
        heard.append(subscriber)


def subscribers_of(event: type[Any]) -> tuple[str, ...]:
    """Dotted paths of the functions that hear of ``event``."""
    return tuple(_subscribers.get(name_of(event), ()))


def type_named(name: str) -> type[Any]:
    """The event class of that stored name."""
    return _types[name]
