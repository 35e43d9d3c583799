"""Content that a layout embeds, laid out as plain files beside it before anybody reads the package."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from lantai.kit.packages.unpack.limits import Limits

_EMBEDDING = ("eep",)


def expand(folder: Path, limits: Limits, *, spent_bytes: int) -> int:
    """Let each layout that embeds content expand it below ``folder``; how many files that made.

    ``spent_bytes`` of the limits are used up already. Raises an `UnpackRefused`; ``folder`` is gone then.
    """
    left = replace(limits, total_bytes=max(0, limits.total_bytes - spent_bytes))
    made = 0
    try:
        for layout in _EMBEDDING:
            place = f"lantai.kit.packages.{layout}"
            if find_spec(place) and hasattr(module := import_module(place), "expand"):
                made += module.expand(folder, left)
    except BaseException:  # boundary: whatever happens, nothing half is left
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made
