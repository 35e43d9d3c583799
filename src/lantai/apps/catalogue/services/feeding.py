"""Telling search of rows whose content was read."""

from __future__ import annotations

from lantai.apps.catalogue.models import Description
from lantai.platform.context import Ctx
from lantai.platform.search import services as search

SOURCE = "catalogue"


def feed_package(ctx: Ctx, *, package_id: int) -> None:
    """What stands in a package has become known: its rows are to be indexed anew."""
    search.changed(
        ctx, SOURCE, Description.objects.filter(package_id=package_id).values_list("pk", flat=True)
    )


def feed_kind(ctx: Ctx, *, kind_id: int, archives_id: int | None) -> None:
    """What is searched of a kind has changed, at one archives or everywhere: one statement for all its rows."""
    rows = Description.objects.filter(kind_id=kind_id)
    search.all_changed(SOURCE, rows if archives_id is None else rows.filter(fonds__archives_id=archives_id))
