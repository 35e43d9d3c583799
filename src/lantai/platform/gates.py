"""Every view says who may call it; a view without a gate fails a test and is refused by the middleware."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lantai.platform.context import Actor

V = TypeVar("V", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may call a view: everybody, anybody signed in, or holders of one of the permissions anywhere.

    Which rows they then see is the queries' matter.
    """

    is_public: bool = False
    permissions: tuple[str, ...] = ()

    def admits(self, actor: Actor) -> bool:
        """Whether this actor may call the view."""
        if self.is_public:
            return True
        return actor.id is not None and (not self.permissions or any(map(actor.holds, self.permissions)))


def _mark(view: V, gate: Gate) -> V:
    view.gate = gate  # type: ignore[attr-defined]
    return view


def public(view: V) -> V:
    """Everybody may call this view."""
    return _mark(view, Gate(is_public=True))


def signed_in(view: V) -> V:
    """Anybody who is signed in may call this view."""
    return _mark(view, Gate())


def needs(*permissions: str) -> Callable[[V], V]:
    """Only those who hold one of the permissions at some organisation may call this view."""
    return lambda view: _mark(view, Gate(permissions=tuple(str(p) for p in permissions)))
