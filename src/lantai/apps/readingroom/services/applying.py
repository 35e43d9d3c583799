"""A citizen asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.services import attempts, codes, privacy
from lantai.apps.readingroom.services.attempts import Door
from lantai.apps.readingroom.types import (
    OF_PERSONS,
    Application,
    ArchivesNotServing,
    ClueMissing,
    IdKind,
    IdNumberWrong,
    NamesMissing,
    PhoneWrong,
)
from lantai.kit.errors import N_
from lantai.kit.text import personal
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

OBJECT = "readingroom:request"
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\+?\d{7,15}")
_DOCUMENT = re.compile(r"[0-9A-Z()-]{5,30}")
_TAIL = 4


def submit_request(ctx: Ctx, application: Application, *, submit_key: str, address: str) -> Request:
    """Enter an application; the same ``submit_key`` gives the same request again.

    Public. Raises ``IdNumberWrong``, ``PhoneWrong``, ``NamesMissing``, ``ClueMissing``,
    ``ArchivesNotServing``, ``TooManyRequests``.
    """
    if done := Request.objects.filter(submit_key=submit_key).first():
        return done
    attempts.check(Door.SUBMIT, address, ctx.now)
    attempts.note(Door.SUBMIT, address, ctx.now)
    try:
        return _enter(ctx, application, submit_key)
    except IntegrityError:  # the same form was sent twice at once: the first one counts
        return Request.objects.get(submit_key=submit_key)


def check_sought(topic: str, persons: Sequence[str], clue: str) -> None:
    """Whether there is something to search for; raises ``NamesMissing`` and ``ClueMissing``."""
    if not persons and topic in OF_PERSONS:
        raise NamesMissing(field="persons")
    if not persons and not clue.strip():
        raise ClueMissing(field="persons")


@transaction.atomic
def _enter(ctx: Ctx, application: Application, submit_key: str) -> Request:
    id_number = check_id_number(application.id_kind, application.id_number)
    phone = check_phone(application.phone)
    persons = [name for name in (name.strip() for name in application.persons) if name]
    check_sought(application.topic, persons, application.clue)
    if not queries.archives_taking().filter(pk=application.archives_id).exists():
        raise ArchivesNotServing(field="archives")
    number = codes.new_request_number(timezone.localdate(ctx.now))
    row = Request.objects.create(
        number=number,
        archives_id=application.archives_id,
        topic=application.topic,
        applicant_name=application.applicant_name.strip(),
        id_kind=application.id_kind,
        id_number_sealed=privacy.seal(id_number, about=f"{number}:id_number"),
        id_number_tail=id_number[-_TAIL:],
        phone_sealed=privacy.seal(phone, about=f"{number}:phone"),
        phone_tail=phone[-_TAIL:],
        relation=application.relation,
        purpose=application.purpose,
        persons=persons,
        years=application.years.strip(),
        place=application.place.strip(),
        clue=application.clue.strip(),
        submit_key=submit_key,
        submitted_at=ctx.now,
    )
    _announce(ctx, row)
    return row


def _announce(ctx: Ctx, row: Request) -> None:
    limits = queries.limits(timezone.localdate(ctx.now))
    workflow.start_clock(ctx, OBJECT, row.pk, "accept", working_days=limits.accept_days)
    ledger.record(
        ctx,
        "readingroom:request:submitted",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=row.desk_name,
        detail={"topic": row.topic, "archives": row.archives_id},
    )
    notify.tell(
        ctx,
        org_id=row.archives_id,
        permission=P.REQUEST_HANDLE,
        text=N_("收到查档申请 %(number)s，请在 %(days)s 个工作日内受理。"),
        params={"number": row.number, "days": limits.accept_days},
        url=row.get_absolute_url(),
    )


def check_id_number(id_kind: str, text: str) -> str:
    """The number of an identity document in its one spelling; raises ``IdNumberWrong``."""
    number = "".join(text.upper().split())
    is_right = (
        personal.is_identity_number(number) if id_kind == IdKind.RESIDENT else _DOCUMENT.fullmatch(number)
    )
    if not is_right:
        raise IdNumberWrong(field="id_number")
    return number


def check_phone(text: str) -> str:
    """A phone number without spaces; raises ``PhoneWrong``."""
    number = "".join(text.split())
    if not _PHONE.fullmatch(number):
        raise PhoneWrong(field="phone")
    return number
