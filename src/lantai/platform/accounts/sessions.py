"""Ledger lines of signing in."""

from __future__ import annotations

from django.http import HttpRequest

from lantai.platform.accounts import services
from lantai.platform.accounts.models import User
from lantai.platform.context import Channel
from lantai.platform.ledger import services as ledger


def note_failure(request: HttpRequest, username: str) -> None:
    """Somebody failed to sign in as ``username``."""
    known = User.objects.filter(username=username).first()
    ledger.record(
        request.ctx,
        "accounts:login:failed",
        object_type="accounts:user",  # type: ignore[attr-defined]
        object_id=known.pk if known else 0,
        object_name=known.username if known else "",
    )


def note_login(request: HttpRequest, user: User) -> None:
    """``user`` gave the right password (a second factor may still be asked for)."""
    ctx = services.context_for(user, channel=Channel.WEB, request_id=request.request_id)  # type: ignore[attr-defined]
    ledger.record(
        ctx,
        "accounts:login:accepted",
        object_type="accounts:user",
        object_id=user.pk,
        object_name=user.username,
    )
