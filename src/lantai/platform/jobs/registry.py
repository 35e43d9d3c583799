"""Handlers of runs and beats of the pulse, declared where the work lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of run: the dataclass of its arguments and the function that does it."""

    name: str
    args: type[Any]
    handler: Handler
    queue: str
    label: str
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """Something done every so many seconds by one worker of all; dotted path of a function of no arguments."""

    name: str
    seconds: float
    function: str


_kinds: dict[str, Kind] = {}
_beats: dict[str, Beat] = {}


def handles(
    args: type[Any], *, queue: str = "default", label: str = "", alone: bool = False
) -> Callable[[Handler], Handler]:
    """Declare the function that does runs with these arguments.

    ``alone``: of one organisation's runs of such kinds one is done at a time, so they never fill the worker.
    """

    def declare(handler: Handler) -> Handler:
        name = f"{args.__module__}.{args.__qualname__}"
        _kinds[name] = Kind(name, args, handler, queue, label, alone)
        return handler

    return declare


def kind_of(args: object) -> Kind:
    """The kind whose arguments these are."""
    return _kinds[f"{type(args).__module__}.{type(args).__qualname__}"]


def kind_named(name: str) -> Kind | None:
    """The kind of that name, or None after an upgrade that dropped it."""
    return _kinds.get(name)


def every(seconds: float, function: str) -> None:
    """Declare a beat."""
    _beats[function] = Beat(function, seconds, function)


def beats() -> tuple[Beat, ...]:
    """All declared beats."""
    return tuple(_beats.values())
