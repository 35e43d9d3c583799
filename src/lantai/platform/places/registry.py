"""Which kinds of places there are: a new one is one class and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from lantai.platform.places.types import KindUnknown, PlaceStore, Site

Factory = Callable[[Site], PlaceStore]


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """How places of one kind are called, made and checked."""

    slug: str
    make: Factory
    label: str | Promise
    check: Callable[[str], None]


_kinds: dict[str, PlaceKind] = {}


def register_kind(
    slug: str, make: Factory, *, label: str | Promise, check: Callable[[str], None] = lambda address: None
) -> None:
    """Serve places of kind `slug` by `make`; `check(address)` raises `NotAnAddress`."""
    _kinds[slug] = PlaceKind(slug, make, label, check)


def kind_of(slug: str) -> PlaceKind:
    """The kind with that name; raises `KindUnknown`."""
    if slug not in _kinds:
        raise KindUnknown(kind=slug, field="kind")
    return _kinds[slug]


def choices() -> list[tuple[str, str | Promise]]:
    """The kinds for a form."""
    return [(kind.slug, kind.label) for kind in _kinds.values()]


def kind_label(slug: str) -> str | Promise:
    """What people call a kind; its own name where nothing serves it any more."""
    return _kinds[slug].label if slug in _kinds else slug
