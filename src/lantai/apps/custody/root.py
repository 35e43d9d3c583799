"""Where the objects lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from lantai.kit.packages.ocfl.layout import object_path


def storage_root() -> Path:
    """The OCFL storage root."""
    return Path(settings.LANTAI_STORE) / "ocfl"


def object_folder(object_id: str) -> Path:
    """Where the object lies, whether or not it is there."""
    return storage_root() / object_path(object_id)
