"""State table of deliveries."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.types import DeliveryState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

DELIVERY_MACHINE = Machine(
    field="state",
    initial="received",
    final=frozenset({"done", "dismissed"}),
    states={
        S.RECEIVED.value: State(S.RECEIVED.label, "busy"),
        S.WORKING.value: State(S.WORKING.label, "busy"),
        S.DONE.value: State(S.DONE.label, "good"),
        S.PARTLY.value: State(S.PARTLY.label, "warn"),
        S.REFUSED.value: State(S.REFUSED.label, "bad"),
        S.DISMISSED.value: State(S.DISMISSED.label, "plain"),
    },
    moves=(
        Move(
            name="begin",
            source=frozenset({"received"}),
            target="working",
            label=_("开始处理"),
            past="begun",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="finish",
            source=frozenset({"working"}),
            target="done",
            label=_("收录完毕"),
            past="finished",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="part",
            source=frozenset({"working"}),
            target="partly",
            label=_("部分收录"),
            past="partly_taken",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="refuse",
            source=frozenset({"working"}),
            target="refused",
            label=_("未收录"),
            past="refused",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="retry",
            source=frozenset({"working", "partly", "refused"}),
            target="received",
            label=_("重新处理"),
            past="retried",
            permission=P.DELIVERY_HANDLE,
            org_path="agency_id",
            waits=False,
            is_primary=True,
        ),
        Move(
            name="dismiss",
            source=frozenset({"partly", "refused"}),
            target="dismissed",
            label=_("作废未收录的内容"),
            past="dismissed",
            permission=P.DELIVERY_HANDLE,
            org_path="agency_id",
            needs_reason=True,
        ),
    ),
)
