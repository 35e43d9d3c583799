"""Reactions to what happens below."""

from __future__ import annotations

from lantai.apps.acquisition import services
from lantai.apps.custody.events import ContentDestroyed
from lantai.platform.context import Ctx


def on_content_destroyed(ctx: Ctx, event: ContentDestroyed) -> None:
    """The files as they were uploaded would bring the content back."""
    services.forget_destroyed(ctx, package_id=event.package_id)
