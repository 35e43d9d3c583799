"""Reads over fonds, schemes, schedules, kinds and rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from lantai.apps.holdings.models import (
    Fonds,
    RecordKind,
    RetentionRule,
    RetentionSchedule,
    RuleSet,
    SchemeClass,
)
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.types import NoRuleInForce, ScheduleState
from lantai.kit.numbering import Level, NumberingRule, Retention, Style
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

READ_FONDS = policy.Granted(P.FONDS_READ, "archives_id") | policy.Granted(P.FONDS_READ, "creator_id")
READ_SCHEDULE = policy.Granted(P.FONDS_READ, "org_id") | policy.Granted(P.FONDS_READ, "org__archives_id")


def visible_fonds(ctx: Ctx) -> QuerySet[Fonds]:
    """Fonds the actor may see: an agency its own, an archives those it keeps, a bureau all below it."""
    return policy.visible(Fonds.objects.select_related("archives", "creator"), READ_FONDS, ctx.actor)


def all_fonds() -> QuerySet[Fonds]:
    """Every fonds of the node. For the program, which names the sets of records; not for a person."""
    return Fonds.objects.select_related("archives")


def get_fonds(ctx: Ctx, fonds_id: int) -> Fonds:
    """One fonds, or ``Missing``."""
    return policy.one(visible_fonds(ctx), pk=fonds_id)


def fonds_of_agency(agency_id: int) -> QuerySet[Fonds]:
    """The fonds that an agency creates, by number."""
    return Fonds.objects.filter(creator_id=agency_id).select_related("archives").order_by("code", "pk")


def fonds_names(ids: Iterable[int]) -> dict[int, str]:
    """Number and name by id, in one query; for labels of rows that were found to be visible."""
    rows = Fonds.objects.filter(pk__in=set(ids)).values_list("pk", "code", "name")
    return {pk: f"{code} {name}" for pk, code, name in rows}


def archives_of_fonds(fonds_id: int) -> int:
    """The id of the archives that numbers a fonds; the caller has checked who asks."""
    return int(Fonds.objects.values_list("archives_id", flat=True).get(pk=fonds_id))


def classes_of(fonds_id: int, *, only_active: bool = False) -> QuerySet[SchemeClass]:
    """The classes of a fonds' scheme, by code."""
    rows = SchemeClass.objects.filter(fonds_id=fonds_id).select_related("parent")
    return rows.filter(is_active=True) if only_active else rows


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class with its depth in the scheme, for an indented list."""

    id: int
    code: str
    name: str
    depth: int
    is_active: bool

    @property
    def indent(self) -> str:
        """Blanks that stand for the depth."""
        return "\u3000" * self.depth


def class_rows(fonds_id: int) -> list[ClassRow]:
    """The scheme as a tree in reading order; one query."""
    below: dict[int | None, list[SchemeClass]] = {}
    for row in classes_of(fonds_id):
        below.setdefault(row.parent_id, []).append(row)
    return list(_walk(below, None, 0))


def _walk(
    below: dict[int | None, list[SchemeClass]], parent_id: int | None, depth: int
) -> Sequence[ClassRow]:
    rows: list[ClassRow] = []
    for row in below.get(parent_id, ()):
        rows.append(ClassRow(row.pk, row.code, row.name, depth, row.is_active))
        rows.extend(_walk(below, row.pk, depth + 1))
    return rows


def archives_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """The archives at which the actor may found fonds."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.FONDS_MANAGE), kind="archives", is_active=True)


def creators_for(ctx: Ctx) -> QuerySet[Org]:
    """The organisations that transfer to the actor's archives."""
    return Org.objects.filter(archives_id__in=ctx.actor.orgs_with(P.FONDS_MANAGE), is_active=True)


def visible_schedules(ctx: Ctx) -> QuerySet[RetentionSchedule]:
    """Schedules of agencies the actor may see; a draft shows only to the agency and its approver."""
    rows = RetentionSchedule.objects.select_related("org").annotate(line_count=Count("rules"))
    approver = policy.Granted(P.SCHEDULE_APPROVE, "org_id").q(ctx.actor)
    own = Q(org_id__in=tuple(ctx.actor.org_ids))
    drafted = Q(state__in=(ScheduleState.DRAFT, ScheduleState.SUBMITTED))
    return rows.filter(READ_SCHEDULE.q(ctx.actor) & (~drafted | own | approver))


def get_schedule(ctx: Ctx, schedule_id: int) -> RetentionSchedule:
    """One version of a schedule, or ``Missing``."""
    return policy.one(visible_schedules(ctx), pk=schedule_id)


def schedule_in_force(org_id: int) -> RetentionSchedule | None:
    """The approved version of an agency's schedule; None where none was approved."""
    return RetentionSchedule.objects.filter(org_id=org_id, state=ScheduleState.APPROVED).first()


def lines_of(schedule_id: int) -> list[RetentionRule]:
    """The lines of a schedule in their order (1, 1.1, 2, … 10)."""
    return sorted(
        RetentionRule.objects.filter(schedule_id=schedule_id), key=lambda row: _number_key(row.number)
    )


def _number_key(number: str) -> tuple[tuple[int, str], ...]:
    parts = number.replace("．", ".").split(".")
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in parts)


def orgs_to_draft_for(ctx: Ctx) -> QuerySet[Org]:
    """The agencies for which the actor may draft a schedule."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.SCHEDULE_DRAFT), is_active=True)


def retention_label(code: str) -> str:
    """永久 or 30年 for a retention code; the literal text where it is no code (old 长期, 短期)."""
    return Retention.parse(code).label if Retention.is_code(code) else code


def retention_said(code: str) -> str:
    """The same in the language of who reads the page; papers and packages have the label of the law."""
    if not Retention.is_code(code):
        return code
    years = Retention.parse(code).years
    return _("永久") if years is None else _("%(years)d年") % {"years": years}


def kinds() -> QuerySet[RecordKind]:
    """All record kinds, in one order wherever they are listed or chosen from: by category."""
    return RecordKind.objects.order_by("category_code", "slug")


def kind(slug: str) -> RecordKind:
    """The record kind of that slug, or ``Missing``."""
    return policy.one(RecordKind.objects.all(), slug=slug)


def rules() -> QuerySet[RuleSet]:
    """All versions of all rule sets."""
    return RuleSet.objects.all()


def get_rule(rule_id: int) -> RuleSet:
    """One version of a rule set, or ``Missing``."""
    return policy.one(RuleSet.objects.all(), pk=rule_id)


def rule(slug: str, on: date) -> RuleSet:
    """The version of a rule set that holds on a day; raises ``NoRuleInForce``."""
    holds = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    found = RuleSet.objects.filter(holds, slug=slug).order_by("-version").first()
    if found is None:
        raise NoRuleInForce(slug=slug, on=on.isoformat())
    return found


def numbering_rule(fonds: Fonds, kind: RecordKind, on: date) -> NumberingRule:
    """How reference codes of this fonds and kind are made on a day.

    The rule set ``numbering`` is read from the particular to the general: fonds, kind, default.
    Raises ``NoRuleInForce``, ``kit.numbering.RuleInvalid``.
    """
    return numbering_from(_numbering_values(fonds, kind, on))


def subclasses(fonds: Fonds, kind: RecordKind, on: date) -> tuple[str, ...]:
    """The second to fourth level codes that follow 门类 for this kind; () where the rule has none."""
    found = _numbering_values(fonds, kind, on).get("subclasses", ())
    return tuple(str(part) for part in found)  # type: ignore[attr-defined]


def file_element(fonds: Fonds, kind: RecordKind, on: date) -> str:
    """The element that holds the number of the file or group an item is in; "" where items have none."""
    return str(_numbering_values(fonds, kind, on).get("file_element", ""))


def _numbering_values(fonds: Fonds, kind: RecordKind, on: date) -> dict[str, object]:
    body = rule("numbering", on).body
    own = body["fonds"].get(f"{fonds.archives.code}/{fonds.code}", {})
    return {**body["default"], **body["kinds"].get(kind.slug, {}), **own}


def numbering_from(values: dict[str, object]) -> NumberingRule:
    """A numbering rule from its JSON values; raises ``ValueError``, ``KeyError`` or ``RuleInvalid``."""
    return NumberingRule(
        style=Style(values["style"]),
        width=int(str(values["width"])),
        parts=tuple(values["parts"]),  # type: ignore[arg-type]
        level=Level(values.get("level", Level.ITEM)),
        file_width=int(str(values.get("file_width", 3))),
    )
