"""Every write of this app: caches only."""

from __future__ import annotations

from lantai.apps.pictures.services.cache import trim_now
from lantai.apps.pictures.services.drawing import head_of, picture_of
from lantai.apps.pictures.services.measuring import measured

__all__ = ["head_of", "measured", "picture_of", "trim_now"]
