"""The door for machines: push documents and packages, ask what became of them."""

from __future__ import annotations

from lantai.apps.connectors.api import uploads
from lantai.apps.connectors.api.deliveries import router

router.add_router("/uploads", uploads.router)

__all__ = ["router"]
