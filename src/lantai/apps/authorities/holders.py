"""Other apps whose rows point to authorities: they say how many there are, and follow a merge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from lantai.apps.authorities.types import Held
from lantai.platform.context import Ctx


class Holder(Protocol):
    """What an app with references to authorities offers.

    It keeps the authority a person chose beside the one that stands for it now, so that a merge and its undoing
    are the same statement: point every row of ``chosen`` to where its choice leads.
    """

    def repoint(self, ctx: Ctx, chosen: Collection[int]) -> int:
        """Point every row that chose one of these to the record that stands for it; how many were moved."""
        ...

    def renamed(self, ctx: Ctx, authority_ids: Collection[int]) -> None:
        """Names of these have changed: what shows or indexes them is out of date."""
        ...

    def count(self, authority_ids: Collection[int]) -> int:
        """How many rows point to these, whoever may see them."""
        ...

    def held(self, ctx: Ctx, authority_id: int) -> Sequence[Held]:
        """How many of the rows that the actor may see point to it."""
        ...


_holders: dict[str, Holder] = {}


def register_holder(name: str, holder: Holder) -> None:
    """Let an app's references follow merges."""
    _holders[name] = holder


def repoint(ctx: Ctx, chosen: Collection[int]) -> int:
    """Have every holder follow; how many rows were moved."""
    return sum(holder.repoint(ctx, chosen) for holder in _holders.values())


def renamed(ctx: Ctx, authority_ids: Collection[int]) -> None:
    """Tell every holder."""
    for holder in _holders.values():
        holder.renamed(ctx, authority_ids)


def count_held(authority_ids: Collection[int]) -> dict[str, int]:
    """How many rows of each holder point to these."""
    return {name: holder.count(authority_ids) for name, holder in _holders.items()}


def held(ctx: Ctx, authority_id: int) -> list[Held]:
    """What the actor may see that points to it."""
    return [one for holder in _holders.values() for one in holder.held(ctx, authority_id)]
