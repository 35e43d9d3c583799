"""The state tables of all apps, for the inbox, the timeline and the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lantai.platform.workflow.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A machine with what pages need to show its rows; ``model`` is ``app.Model``."""

    machine: Machine
    model: str
    object_type: str
    noun: str
    title: Callable[[Any], str]
    url: Callable[[Any], str]


_registered: dict[str, Registered] = {}


def register(
    machine: Machine,
    *,
    model: str,
    object_type: str,
    noun: str,
    title: Callable[[Any], str],
    url: Callable[[Any], str],
) -> None:
    """Declare a state table; from an ``apps.py`` only."""
    _registered[object_type] = Registered(
        machine=machine, model=model, object_type=object_type, noun=noun, title=title, url=url
    )


def machines() -> tuple[Registered, ...]:
    """Everything registered."""
    return tuple(_registered.values())


def of(machine: Machine) -> Registered:
    """The registration of one machine."""
    return next(r for r in _registered.values() if r.machine is machine)


def of_type(object_type: str) -> Registered:
    """The registration for one type of object."""
    return _registered[object_type]
