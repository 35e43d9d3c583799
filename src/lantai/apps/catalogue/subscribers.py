"""Reactions to what happens below."""

from __future__ import annotations

from lantai.apps.catalogue.services import feeding
from lantai.apps.kinds.events import SearchedFieldsChanged
from lantai.apps.texts.events import TextsRead
from lantai.platform.context import Ctx


def on_texts_read(ctx: Ctx, event: TextsRead) -> None:
    """The pages of a package can be searched."""
    feeding.feed_package(ctx, package_id=event.package_id)


def on_searched_fields_changed(ctx: Ctx, event: SearchedFieldsChanged) -> None:
    """Other fields of a kind are searched, or weigh otherwise."""
    feeding.feed_kind(ctx, kind_id=event.kind_id, archives_id=event.archives_id)
