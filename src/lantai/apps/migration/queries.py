"""Reading: formats held and their risk, plans, their files, what may be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from lantai.apps.custody import queries as custody
from lantai.apps.migration import registry
from lantai.apps.migration.models import FormatRisk, HeldFormat, MigrationPlan, PlanItem, PlanPackage
from lantai.apps.migration.permissions import P
from lantai.apps.migration.types import ROLE, Converter, ItemState, PlanState
from lantai.kit.formats.pronom import registry as pronom
from lantai.kit.formats.risk import Certainty, Judgement, Risk, judgement_of
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

_AT_ONCE = 200
READ_FORMAT = policy.Granted(P.FORMAT_READ)
READ_PLAN = policy.Granted(P.PLAN_READ)
OPEN = (
    PlanState.DRAFT,
    PlanState.PREVIEWING,
    PlanState.PREVIEWED,
    PlanState.APPROVED,
    PlanState.RUNNING,
    PlanState.DONE,
    PlanState.UNDOING,
)


def visible_formats(ctx: Ctx) -> QuerySet[HeldFormat]:
    """Formats of organisations where the actor may see them, as they were counted."""
    return policy.visible(HeldFormat.objects.select_related("org", "fonds"), READ_FORMAT, ctx.actor)


def get_format(ctx: Ctx, format_id: int) -> HeldFormat:
    """One format of one fonds, or ``Missing``."""
    return policy.one(visible_formats(ctx), pk=format_id)


def visible(ctx: Ctx) -> QuerySet[MigrationPlan]:
    """Plans of organisations where the actor may see them, with how many files are done and failed."""
    rows = MigrationPlan.objects.select_related("org", "fonds").annotate(
        added_count=Count("items", filter=Q(items__state=ItemState.ADDED)),
        failed_count=Count("items", filter=Q(items__state=ItemState.FAILED)),
        made_sum=Sum("items__made_bytes", filter=Q(items__state=ItemState.ADDED)),
    )
    return policy.visible(rows, READ_PLAN, ctx.actor)


def get(ctx: Ctx, plan_id: int) -> MigrationPlan:
    """One plan, or ``Missing``."""
    return policy.one(visible(ctx), pk=plan_id)


def items(ctx: Ctx, plan_id: int) -> QuerySet[PlanItem]:
    """The files of a plan that the actor may see."""
    return visible_items(ctx).filter(plan_id=plan_id)


def visible_items(ctx: Ctx) -> QuerySet[PlanItem]:
    """All files of plans that the actor may see."""
    rows = PlanItem.objects.select_related("plan", "package")
    return policy.visible(rows, policy.Granted(P.PLAN_READ, "plan__org"), ctx.actor)


def get_item(ctx: Ctx, item_id: int) -> PlanItem:
    """One file of a plan, or ``Missing``."""
    return policy.one(visible_items(ctx), pk=item_id)


def samples(plan: MigrationPlan) -> QuerySet[PlanItem]:
    """The files that were converted to show what becomes of the others."""
    return plan.items.filter(is_sample=True).order_by("pk")


def waiting(plan_id: int, package_id: int) -> list[PlanItem]:
    """Some files of a package that are still to be converted; their long texts stay in the database."""
    rows = PlanItem.objects.filter(plan_id=plan_id, package_id=package_id, state=ItemState.WAITING)
    rows = rows.select_related("plan", "file__package").defer("file__text", "file__examination")
    return list(rows.order_by("pk")[:_AT_ONCE])


def orgs_with(ctx: Ctx, permission: str) -> QuerySet[Org]:
    """Organisations where the actor holds `permission`."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(permission), is_active=True)


def uncounted(before: datetime) -> list[int]:
    """Organisations that keep packages and whose formats nobody has counted since a moment."""
    counted = HeldFormat.objects.filter(org=OuterRef("pk"), counted_at__gt=before)
    keepers = Org.objects.filter(Exists(custody.kept_by(OuterRef("pk"))), ~Exists(counted))
    return list(keepers.order_by("pk").values_list("pk", flat=True))


def judgements(org_id: int) -> dict[str, FormatRisk]:
    """What an archives itself says, by PUID."""
    return {row.puid: row for row in FormatRisk.objects.filter(org_id=org_id)}


def judged(puid: str, own: FormatRisk | None) -> Judgement:
    """What counts for a format: the archives' own word, else what is shipped."""
    found = judgement_of(puid)
    if own is None:
        return found
    targets = (own.target,) if own.target else ()
    who = f"{own.judged_by}，{own.judged_at:%Y-%m-%d}"
    return Judgement(puid, found.family, Risk(own.risk), own.reason, targets, who, Certainty.LOCAL)


def name_of(puid: str) -> str:
    """What a format is called in PRONOM; the family of our own ones."""
    found = pronom().formats.get(puid)
    if found is None:
        return judgement_of(puid).family
    return f"{found.name} {found.version}".strip()


def contents(packages: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """One row for each file of packages as it was sealed: of what was migrated there is none.

    Named by annotations of one join, since a condition on files of a package would ask for any of its files.
    """
    rows = packages.order_by().annotate(
        file_pk=F("files__pk"),
        file_puid=F("files__puid"),
        file_role=F("files__role"),
        file_size=F("files__size_bytes"),
    )
    return rows.filter(file_pk__isnull=False).exclude(file_role=ROLE)


def files_of(ctx: Ctx, *, org_id: int, fonds_id: int | None, puid: str) -> QuerySet[Any, Any]:
    """Files of a format in an organisation's packages that no plan has in hand, in order."""
    taken = PlanItem.objects.filter(plan__state__in=OPEN, file_id=OuterRef("file_pk"))
    rows = contents(custody.visible(ctx).filter(custodian_id=org_id)).filter(file_puid=puid)
    if fonds_id is not None:
        rows = rows.filter(fonds_id=fonds_id)
    names = {"file_path": F("files__logical_path"), "file_name": F("files__original_name")}
    rows = rows.annotate(**names).exclude(Exists(taken)).order_by("pk", "file_pk")
    return rows.values("pk", "file_pk", "file_path", "file_name", "file_size")


def migrated(org_id: int) -> dict[tuple[int, str], int]:
    """How many files of each format in each fonds have something newer beside them."""
    rows = PlanItem.objects.filter(plan__org_id=org_id, state=ItemState.ADDED, file__isnull=False).order_by()
    counted = rows.values_list("package__fonds_id", "plan__puid").annotate(Count("file", distinct=True))
    return {(fonds_id, puid): count for fonds_id, puid, count in counted}


@dataclass(frozen=True, slots=True)
class Choice:
    """A converter as a form offers it; ``why_not`` says why it cannot be used now."""

    converter: Converter
    why_not: str


def choices_for(puid: str) -> list[Choice]:
    """The converters that read a format, the recommended ones first."""
    wanted = judgement_of(puid).targets
    found = sorted(
        registry.converters_for(puid), key=lambda one: wanted.index(one.slug) if one.slug in wanted else 99
    )
    return [Choice(one, one.trouble()) for one in found]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a plan is: files by state, and packages by what their test came to."""

    by_state: dict[str, int]
    packages: int
    added: int
    tested: int
    not_passed: int


def standing(plan: MigrationPlan) -> Standing:
    """How far a plan is."""
    counted = plan.items.order_by().values_list("state").annotate(Count("pk"))
    parts = plan.packages.aggregate(
        all=Count("pk"),
        added=Count("pk", filter=Q(version__isnull=False)),
        tested=Count("pk", filter=Q(is_tested=True)),
        bad=Count("pk", filter=Q(conclusion="failed")),
    )
    return Standing(dict(counted), parts["all"], parts["added"], parts["tested"], parts["bad"])


def may_undo(plan: MigrationPlan, now: datetime) -> bool:
    """Whether what a plan added may still be taken back."""
    return plan.state == PlanState.DONE and plan.undo_until is not None and now <= plan.undo_until


def packages_to_do(plan_id: int, after: int) -> list[int]:
    """Packages of a plan behind one, in order."""
    rows = PlanPackage.objects.filter(plan_id=plan_id, package_id__gt=after)
    return list(rows.order_by("package_id").values_list("package_id", flat=True))


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Those of `keys` under which something made waits for its package."""
    wanted, found = set(keys), set[str]()
    rows = PlanItem.objects.filter(state=ItemState.MADE)
    for made in rows.values_list("made", flat=True).iterator(chunk_size=2_000):
        found |= wanted & {one["key"] for one in made}
    return found
