"""State table of carriers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.carriers.permissions import P
from lantai.apps.carriers.types import CarrierState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State


def _move(name: str, source: set[str], target: str, label: str, past: str, *, reason: bool = True) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=P.CARRIER_MANAGE,
        needs_reason=reason,
        waits=False,
    )


CARRIER = Machine(
    field="state",
    initial="kept",
    final=frozenset({"retired"}),
    states={
        S.KEPT.value: State(S.KEPT.label, "good"),
        S.LENT.value: State(S.LENT.label, "busy"),
        S.FAULTY.value: State(S.FAULTY.label, "bad"),
        S.RETIRED.value: State(S.RETIRED.label, "plain"),
    },
    moves=(
        _move("lend", {"kept"}, "lent", _("借出"), "lent"),
        _move("give_back", {"lent"}, "kept", _("归还"), "given_back", reason=False),
        _move("put_right", {"faulty"}, "kept", _("处理完毕"), "put_right"),
        _move("retire", {"kept", "faulty"}, "retired", _("注销载体"), "retired"),
        Move(
            name="find_faulty",
            source=frozenset({"kept", "lent"}),
            target="faulty",
            label=_("检查发现异常"),
            past="found_faulty",
            permission=AUTOMATIC,
        ),
    ),
)
