"""Tell people something, and note that they read it.

A message accompanies an act that has its own line in the ledger, and adds none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts.models import User
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.notify import queries
from lantai.platform.notify.models import Notice
from lantai.platform.notify.types import SendMails

_NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


@transaction.atomic
def tell(
    ctx: Ctx,
    *,
    user_ids: Collection[int] = (),
    org_id: int | None = None,
    permission: str = "",
    text: str,
    params: Mapping[str, object] | None = None,
    url: str = "",
) -> int:
    """Send ``text`` (a message id) to these people, and to all who hold ``permission`` at ``org_id``.

    Nobody gets it twice, and the actor is not told of the own act unless named in ``user_ids``. People with
    an address get it by mail as well, after the commit. ``url`` is an address on this site. Returns the
    number of people told.
    """
    _check(text, params or {}, url)
    people = _recipients(ctx, user_ids, org_id, permission)
    values = {name: _plain(value) for name, value in (params or {}).items()}
    made = Notice.objects.bulk_create(
        Notice(user=person, text=text, params=values, url=url, created_at=ctx.now) for person in people
    )
    mailed = [notice.pk for notice in made if notice.user.email]
    if mailed and settings.EMAIL_BACKEND != _NO_MAIL:
        jobs.start(ctx, SendMails(mailed), total=len(mailed), is_quiet=True)
    return len(made)


def _check(text: str, params: Mapping[str, object], url: str) -> None:
    """A message that cannot be said, or points elsewhere, is a mistake of the caller: found in its test."""
    if params:
        text % params  # raises KeyError or ValueError
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError(f"{url!r} is not an address on this site")


def _recipients(ctx: Ctx, user_ids: Collection[int], org_id: int | None, permission: str) -> list[User]:
    wanted = set(user_ids)
    if org_id is not None and permission:
        wanted |= set(accounts.holders(permission, org_id, timezone.localdate(ctx.now))) - {ctx.actor.id}
    return list(User.objects.filter(pk__in=wanted, is_active=True, is_machine=False).order_by("pk"))


def _plain(value: object) -> str | int | float:
    """A value that JSON can keep; lazy texts and dates are kept as they read now."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def mark_read(ctx: Ctx, *, notice_ids: Collection[int] | None = None) -> int:
    """Note that the actor has read these messages, or all; others' messages are left alone."""
    unread = queries.notices(ctx).filter(read_at__isnull=True)
    if notice_ids is not None:
        unread = unread.filter(pk__in=notice_ids)
    return unread.update(read_at=ctx.now)
