"""Uploads of machines that push; each is asked whether it may before a byte is taken."""

from __future__ import annotations

from lantai.apps.connectors import services
from lantai.apps.connectors.permissions import P
from lantai.platform.blobs.machines import uploads_router

router = uploads_router(
    "connectors", P.DELIVERY_SEND, lambda ctx, size_bytes: services.admit(ctx, size_bytes=size_bytes)
)
