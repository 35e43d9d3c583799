"""What the page of a case says and offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.models import AcquiredObject, Acquisition, ObjectFile
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import ACQUISITION
from lantai.apps.acquisition.types import IN_HAND, LISTING, WITH_FILES, CaseState, Means
from lantai.platform.context import Ctx
from lantai.platform.ui.types import Act, Fact, Tab, Tone
from lantai.platform.workflow import queries as workflow

_OWN_PAGE = {"receive": "acquisition:receive", "confirm": "acquisition:confirm"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list with what may be done with it and with its files."""

    row: AcquiredObject
    files: Sequence[tuple[ObjectFile, Act | None]]
    acts: Sequence[Act]


def case_tabs(current: str) -> list[Tab]:
    """The two lists: cases, and what they are about."""
    names = (("cases", _("征集")), ("objects", _("征集材料")))
    return [Tab(label, reverse(f"acquisition:{name}"), name == current) for name, label in names]


def case_lines(ctx: Ctx, row: Acquisition) -> list[Line]:
    """The list of a case; lines go while the list is open, files until they are sealed."""
    may = row.org_id in ctx.actor.orgs_with(P.CASE_HANDLE)
    may_drop, may_add = may and row.state in LISTING, may and row.state in WITH_FILES
    return [_line(one, may_drop=may_drop, may_add=may_add) for one in queries.objects_of(row.pk)]


def _line(one: AcquiredObject, *, may_drop: bool, may_add: bool) -> Line:
    acts = []
    if may_add:
        acts.append(Act(_("上传"), reverse("acquisition:files", args=[one.pk]), icon="upload", method="get"))
    if may_drop:
        acts.append(_drop("drop_object", one.pk, _("这一行和它的电子件将从清单中删除，不能恢复。")))
    asked = _("文件将从这项征集中删除，不能恢复。")
    files = [(file, _drop("drop_file", file.pk, asked) if may_add else None) for file in one.files.all()]
    return Line(one, files, acts)


def _drop(name: str, row_id: int, asked: str) -> Act:
    return Act(_("删除"), reverse(f"acquisition:{name}", args=[row_id]), icon="trash", confirm=asked)


def case_facts(ctx: Ctx, row: Acquisition) -> list[Fact]:
    """The facts of a case; who offers is cut for who may not read it."""
    name, contact = services.source_shown(ctx, row)
    facts = [
        Fact(_("征集方式"), row.get_means_display()),
        Fact(_("专题"), row.topic),
        Fact(_("来源方"), name),
        Fact(_("来源方类别"), row.get_source_kind_display()),
        Fact(_("联系方式"), contact),
        Fact(_("线索来源"), row.lead_from),
        Fact(_("登记线索时间"), row.opened_at, "moment"),
        Fact(_("情况说明"), row.description),
    ]
    if row.received_at:
        facts += [
            Fact(_("交接时间"), row.received_at, "moment"),
            Fact(_("接收人"), row.receiver_name),
            Fact(_("复核人"), row.checker_name),
        ]
    if row.certificate_number:
        facts.append(Fact(_("证书编号"), row.certificate_number))
    if row.package is not None:
        facts.append(
            Fact(_("信息包"), row.package.title, url=reverse("custody:package", args=[row.package.pk]))
        )
    return facts


def case_acts(ctx: Ctx, row: Acquisition) -> list[Act]:
    """The moves open to the actor, what is entered before each, and the papers."""
    acts = [
        Act(
            move.label,
            reverse(_OWN_PAGE[move.name], args=[row.pk])
            if move.name in _OWN_PAGE
            else reverse("acquisition:move_case", args=[row.pk, move.name]),
            Tone.PRIMARY if move.is_primary else Tone.PLAIN,
            needs_reason=move.needs_reason,
            method="get" if move.name == "receive" else "post",
        )
        for move in workflow.possible_moves(ctx, row, ACQUISITION)
        if move.name != "give_back" or row.means == Means.DEPOSIT
    ]
    if row.org_id in ctx.actor.orgs_with(P.CASE_HANDLE):
        acts += _entering(row)
    is_deposit = row.means == Means.DEPOSIT and row.state in IN_HAND
    if is_deposit and row.org_id in ctx.actor.orgs_with(P.CASE_APPROVE):
        acts.append(_link(_("续存"), "acquisition:extend_deposit", row, "calendar"))
    return [*acts, *_papers(ctx, row)]


def _entering(row: Acquisition) -> list[Act]:
    acts = []
    if row.state in LISTING:
        acts.append(_link(_("列入清单"), "acquisition:list_object", row, "plus"))
        acts.append(_link(_("修改登记"), "acquisition:revise_case", row, "edit"))
    if row.state == CaseState.VALUING:
        acts.append(_link(_("登记鉴定意见"), "acquisition:enter_valuation", row, "gavel"))
    if row.state == CaseState.AGREEING:
        acts.append(_link(_("填写协议"), "acquisition:write_agreement", row, "file-text"))
    if row.state == CaseState.AGREED:
        acts.append(_link(_("清点"), "acquisition:count_objects", row, "checklist"))
    if row.state == CaseState.REGISTERED and queries.has_files(row.pk):
        acts.append(_link(_("电子件入藏"), "acquisition:seal_case", row, "package"))
    return acts


def _papers(ctx: Ctx, row: Acquisition) -> list[Act]:
    acts = []
    may_name = row.org_id in ctx.actor.orgs_with(P.PERSON_READ)
    if may_name and queries.agreement_of(row.pk) is not None:
        acts.append(_link(_("征集协议"), "acquisition:agreement", row, "file-text"))
    if row.received_at and may_name:
        acts.append(_link(_("交接清单"), "acquisition:handover", row, "printer"))
    if row.certificate_number and may_name:
        label = _("捐赠证书") if row.means == Means.GIFT else _("寄存凭证")
        acts.append(_link(label, "acquisition:certificate", row, "certificate"))
    return acts


def _link(label: str, name: str, row: Acquisition, icon: str) -> Act:
    return Act(label, reverse(name, args=[row.pk]), icon=icon, method="get")
