"""What strangers may read: where one can ask, how long it takes, which records are open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import QuerySet

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Asked, FoundPage
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import NoRuleInForce
from lantai.apps.readingroom.models import Hall
from lantai.apps.readingroom.types import HallRow, Limits
from lantai.kit.errors import N_
from lantai.platform.context import ANONYMOUS, Ctx
from lantai.platform.orgs import queries as orgs
from lantai.platform.orgs.models import Org
from lantai.platform.orgs.types import OrgKind

PAGE = 10
# Where no rule is in force: the answer within 2 working days of the Yangtze delta agreement (standards
# §11.2), and a look at new requests on the next working day, our own promise.
_FALLBACK = Limits(1, 2, N_("长三角“异地查档、便民服务”约定；受理时限为产品默认值"))


def limits(on: date) -> Limits:
    """The limits in force on a day, from the rule set ``reading-room``."""
    try:
        rule = holdings.rule("reading-room", on)
    except NoRuleInForce:
        return _FALLBACK
    return Limits(
        int(rule.body.get("accept_working_days", _FALLBACK.accept_days)),
        int(rule.body.get("answer_working_days", _FALLBACK.answer_days)),
        rule.citation,
    )


def archives_taking() -> QuerySet[Org]:
    """The archives that take requests over the net."""
    shut = Hall.objects.filter(takes_requests=False).values("archives_id")
    return orgs.of_kind(OrgKind.ARCHIVES).exclude(pk__in=shut)


def hall_of(archives_id: int) -> Hall | None:
    """What one archives says of its reading room."""
    return Hall.objects.filter(archives_id=archives_id).first()


def halls() -> list[HallRow]:
    """Every archives that takes requests, with what it says of its reading room."""
    said = {hall.archives_id: hall for hall in Hall.objects.all()}
    return [_hall(org, said.get(org.pk)) for org in archives_taking()]


def _hall(org: Org, said: Hall | None) -> HallRow:
    if said is None:
        return HallRow(org.pk, org.name, "", "", "", "")
    return HallRow(org.pk, org.name, said.hours, said.address, said.phone, said.fee)


def find_open(ctx: Ctx, text: str, after: str = "") -> FoundPage:
    """One page of open records; staff who look at the portal see what everybody sees."""
    stranger = replace(ctx, actor=ANONYMOUS, org_id=None, org_name="")
    return catalogue.find(stranger, Asked(text=text, after=after, limit=PAGE))
