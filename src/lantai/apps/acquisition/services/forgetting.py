"""The files that content was sealed from: they go when it is destroyed."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import ObjectFile, VoiceFile
from lantai.apps.acquisition.types import CASE, VOICE_SESSION
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

Held = ObjectFile | VoiceFile


@transaction.atomic
def forget_destroyed(ctx: Ctx, *, package_id: int) -> int:
    """Drop what is held here of items whose content in a package was destroyed; how many files.

    Their rows stay, with digests and without content. Content that somebody else holds too stays with them.
    """
    files = queries.held_of_destroyed(package_id)
    by_owner: dict[tuple[str, int, str], list[Held]] = {}
    for file in files:
        by_owner.setdefault(_owner(file), []).append(file)
    for (kind, number, name), held in by_owner.items():
        _forget(held)
        ledger.record(
            ctx, f"{kind}:files_destroyed", object_type=kind, object_id=number, object_name=name[:200],
            detail={"files": len(held), "package": package_id},
        )  # fmt: skip
    return len(files)


def _owner(file: Held) -> tuple[str, int, str]:
    if isinstance(file, VoiceFile):
        return VOICE_SESSION, file.owner_id, str(file.owner)
    return CASE, file.owner.acquisition_id, str(file.owner.acquisition)


def _forget(files: list[Held]) -> None:
    """Whoever clears the row first gives the content up: two runs at once do not give it up twice."""
    for file in files:
        mine = type(file)._default_manager.filter(pk=file.pk).exclude(blob_key="")
        if mine.update(blob_key="", text=""):
            blobs.discard(file.blob_key)
