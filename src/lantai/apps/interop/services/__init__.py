"""Every write of this app."""

from __future__ import annotations

from lantai.apps.interop.services.stamping import follow, follow_now

__all__ = ["follow", "follow_now"]
