"""Reads go on when the storage root fails: the bytes come from the next copy, compared before they are shown."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from lantai.apps.copies.services.aftermath import read_after_failure
from lantai.apps.copies.services.shelf import transit
from lantai.apps.copies.services.sources import Sources, bring, plan_of

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile

logger = logging.getLogger("lantai.copies")


def bring_file(file: ContentFile) -> Path | None:
    """A file on this machine with the bytes that were sealed, kept for a day; None where no copy has them."""
    kept = Path(settings.LANTAI_STORE) / "incoming" / f"copies-read-{file.sha512[:64]}"
    if kept.is_file() and kept.stat().st_size == file.size_bytes:
        os.utime(kept)
        return kept
    package = file.package
    plan = plan_of(package, package.version, package.inventory_sha512, None, Sources(package))
    part = next((part for part in plan.parts if part.sha512 == file.sha512), None) if plan else None
    if plan is None or part is None:
        return None
    with transit() as folder:
        found = bring(plan, part, folder)
        if found is None:
            return None
        logger.warning("%s read from %s", package.object_id, found[1].copy.place.slug)
        found[0].replace(kept)
    read_after_failure(package)
    return kept
