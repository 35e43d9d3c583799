"""State tables of acquisition cases and of recordings."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.models import Acquisition, Agreement, ListedEvent, VoiceSession
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.types import (
    FEWEST_VALUERS,
    AgreementMissing,
    Means,
    NotADeposit,
    NotComplete,
    NotCounted,
    NothingListed,
    NothingReceived,
    ObjectState,
    PlanMissing,
    TooFewValuers,
    TranscriptMissing,
    VoiceRole,
)
from lantai.apps.acquisition.types import CaseState as S
from lantai.apps.acquisition.types import EventState as E
from lantai.apps.acquisition.types import SessionState as V
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State


def _valued(row: Acquisition) -> None:
    have = row.valuations.count()
    if have < FEWEST_VALUERS:
        raise TooFewValuers(fewest=FEWEST_VALUERS, have=have)


def _ready_to_sign(row: Acquisition) -> None:
    if not row.objects_listed.exists():
        raise NothingListed
    if not Agreement.objects.filter(acquisition=row).exists():
        raise AgreementMissing


def _counted(row: Acquisition) -> None:
    waiting = row.objects_listed.filter(state=ObjectState.LISTED)
    if first := waiting.first():
        raise NotCounted(open=waiting.count(), first=first.title)
    if not row.objects_listed.filter(state=ObjectState.RECEIVED).exists():
        raise NothingReceived


def _is_deposit(row: Acquisition) -> None:
    if row.means != Means.DEPOSIT:
        raise NotADeposit(title=row.title)


def _step(name: str, source: str, target: str, label: str, past: str) -> Move:
    return Move(
        name=name,
        source=frozenset({source}),
        target=target,
        label=label,
        past=past,
        permission=P.CASE_HANDLE,
        guard=_valued if name == "conclude" else _counted if name == "receive" else None,
        is_primary=True,
    )


ACQUISITION = Machine(
    field="state",
    initial="lead",
    final=frozenset({"returned", "ended"}),
    states={
        S.LEAD.value: State(S.LEAD.label, "plain"),
        S.NEGOTIATING.value: State(S.NEGOTIATING.label, "busy"),
        S.VALUING.value: State(S.VALUING.label, "busy"),
        S.AGREEING.value: State(S.AGREEING.label, "busy"),
        S.AGREED.value: State(S.AGREED.label, "busy"),
        S.RECEIVED.value: State(S.RECEIVED.label, "busy"),
        S.REGISTERED.value: State(S.REGISTERED.label, "good"),
        S.ACCESSIONED.value: State(S.ACCESSIONED.label, "good"),
        S.RETURNED.value: State(S.RETURNED.label, "plain"),
        S.ENDED.value: State(S.ENDED.label, "plain"),
    },
    moves=(
        _step("take_up", "lead", "negotiating", _("开始协商"), "taken_up"),
        _step("value", "negotiating", "valuing", _("提交鉴定估价"), "sent_to_valuers"),
        _step("conclude", "valuing", "agreeing", _("鉴定完毕"), "valued"),
        Move(
            name="sign",
            source=frozenset({"agreeing"}),
            target="agreed",
            label=_("批准并签订协议"),
            past="agreed",
            permission=P.CASE_APPROVE,
            guard=_ready_to_sign,
            by_someone_else_than=("conclude",),
            is_primary=True,
        ),
        _step("receive", "agreed", "received", _("清点完毕，提交复核"), "received"),
        Move(
            name="confirm",
            source=frozenset({"received"}),
            target="registered",
            label=_("复核无误，登记"),
            past="registered",
            permission=P.CASE_HANDLE,
            by_someone_else_than=("receive",),
            is_primary=True,
        ),
        Move(
            name="recount",
            source=frozenset({"received"}),
            target="agreed",
            label=_("退回重新清点"),
            past="sent_to_recount",
            permission=P.CASE_HANDLE,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="refuse",
            source=frozenset({"lead", "negotiating", "valuing", "agreeing", "agreed"}),
            target="ended",
            label=_("终止征集"),
            past="ended",
            permission=P.CASE_HANDLE,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="accession",
            source=frozenset({"registered"}),
            target="accessioned",
            label=_("电子件入藏"),
            past="accessioned",
            permission=AUTOMATIC,
        ),
        Move(
            name="give_back",
            source=frozenset({"registered", "accessioned"}),
            target="returned",
            label=_("归还寄存"),
            past="given_back",
            permission=P.CASE_APPROVE,
            guard=_is_deposit,
            needs_reason=True,
            waits=False,
        ),
    ),
)


def _has_transcript(row: VoiceSession) -> None:
    written = (VoiceRole.TRANSCRIPT, VoiceRole.ANNOTATION)
    if not row.files.filter(voice_role__in=written).exists():
        raise TranscriptMissing


SESSION = Machine(
    field="state",
    initial="recorded",
    final=frozenset({"closed"}),
    states={
        V.RECORDED.value: State(V.RECORDED.label, "plain"),
        V.TRANSCRIBED.value: State(V.TRANSCRIBED.label, "busy"),
        V.CHECKED.value: State(V.CHECKED.label, "busy"),
        V.ACCEPTED.value: State(V.ACCEPTED.label, "good"),
        V.CLOSED.value: State(V.CLOSED.label, "bad"),
    },
    moves=(
        Move(
            name="transcribe",
            source=frozenset({"recorded"}),
            target="transcribed",
            label=_("整理完毕"),
            past="transcribed",
            permission=P.VOICE_HANDLE,
            guard=_has_transcript,
            is_primary=True,
        ),
        Move(
            name="check",
            source=frozenset({"transcribed"}),
            target="checked",
            label=_("口述者核对签字"),
            past="checked",
            permission=P.VOICE_HANDLE,
            is_primary=True,
        ),
        Move(
            name="correct",
            source=frozenset({"transcribed", "checked"}),
            target="recorded",
            label=_("退回整理"),
            past="sent_back",
            permission=P.VOICE_HANDLE,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="accept",
            source=frozenset({"checked"}),
            target="accepted",
            label=_("入藏"),
            past="accepted",
            permission=AUTOMATIC,
        ),
        Move(
            name="close",
            source=frozenset({"recorded", "transcribed", "checked", "accepted"}),
            target="closed",
            label=_("授权撤回，停止利用"),
            past="closed",
            permission=AUTOMATIC,
        ),
    ),
)


def _is_planned(row: ListedEvent) -> None:
    if not row.plan.strip() or not row.requirements.exists():
        raise PlanMissing


def _is_complete(row: ListedEvent) -> None:
    waiting = row.requirements.filter(received_count__lt=F("expected_count")).select_related("agency")
    if first := waiting.first():
        raise NotComplete(open=waiting.count(), first=first.title, agency=first.agency.name)


EVENT_LIST = Machine(
    field="state",
    initial="listed",
    final=frozenset({"complete", "ended"}),
    states={
        E.LISTED.value: State(E.LISTED.label, "plain"),
        E.COLLECTING.value: State(E.COLLECTING.label, "busy"),
        E.COMPLETE.value: State(E.COMPLETE.label, "good"),
        E.ENDED.value: State(E.ENDED.label, "plain"),
    },
    moves=(
        Move(
            name="start",
            source=frozenset({"listed"}),
            target="collecting",
            label=_("开始收集"),
            past="started",
            permission=P.EVENT_HANDLE,
            guard=_is_planned,
            is_primary=True,
        ),
        Move(
            name="complete",
            source=frozenset({"collecting"}),
            target="complete",
            label=_("确认收齐"),
            past="completed",
            permission=P.EVENT_HANDLE,
            guard=_is_complete,
            is_primary=True,
        ),
        Move(
            name="end",
            source=frozenset({"listed", "collecting"}),
            target="ended",
            label=_("终止"),
            past="ended",
            permission=P.EVENT_HANDLE,
            needs_reason=True,
            waits=False,
        ),
    ),
)
