"""A list of what went back is open until it is answered; a register is confirmed by one side after the other."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import RegisterState as R
from lantai.apps.intake.types import ReturnListState as L
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

RETURNED = Machine(
    field="state",
    initial="open",
    final=frozenset({"answered", "closed"}),
    states={
        L.OPEN.value: State(L.OPEN.label, "warn"),
        L.ANSWERED.value: State(L.ANSWERED.label, "good"),
        L.CLOSED.value: State(L.CLOSED.label),
    },
    moves=(
        Move(
            name="answer",
            source=frozenset({"open"}),
            target="answered",
            label=_("补正完毕"),
            past="answered",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="close",
            source=frozenset({"open"}),
            target="closed",
            label=_("不再移交，结案"),
            past="closed",
            permission=P.SUBMISSION_DECIDE,
            org_path="archives_id",
            needs_reason=True,
            waits=False,
        ),
    ),
)


def _confirms(name: str, source: str, target: str, side: str, permission: P) -> Move:
    return Move(
        name=name,
        source=frozenset({source}),
        target=target,
        label=_("确认登记表（移交单位）") if side == "agency" else _("确认登记表（接收单位）"),
        past=f"confirmed_by_{side}" if target == "confirmed" else f"confirmed_first_by_{side}",
        permission=permission,
        org_path=f"{side}_id",
        is_primary=True,
    )


REGISTERED = Machine(
    field="state",
    initial="issued",
    final=frozenset({"confirmed"}),
    states={
        R.ISSUED.value: State(R.ISSUED.label, "busy"),
        R.BY_AGENCY.value: State(R.BY_AGENCY.label, "busy"),
        R.BY_ARCHIVES.value: State(R.BY_ARCHIVES.label, "busy"),
        R.CONFIRMED.value: State(R.CONFIRMED.label, "good"),
    },
    moves=(
        _confirms("agency_first", "issued", "by_agency", "agency", P.SUBMISSION_SUBMIT),
        _confirms("archives_first", "issued", "by_archives", "archives", P.SUBMISSION_CONFIRM),
        _confirms("archives_second", "by_agency", "confirmed", "archives", P.SUBMISSION_CONFIRM),
        _confirms("agency_second", "by_archives", "confirmed", "agency", P.SUBMISSION_SUBMIT),
    ),
)
