"""Reading: which scheme holds, versions, differences and trials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from lantai.apps.schemes.comparing import side_by_side as side_by_side  # public here
from lantai.apps.schemes.models import Adoption, HouseFinding, Preview, SchemeVersion
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.types import InForce, SchemeRow, SchemeState, Stage
from lantai.kit.errors import Missing
from lantai.kit.fourprops.scheme import Scheme, compare_schemes, scheme_for, slugs
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

READ = policy.Granted(P.SCHEME_READ, "archives")
READ_PREVIEW = policy.Granted(P.SCHEME_READ, "version__archives")
UNDER_WAY = (SchemeState.DRAFT, SchemeState.SUBMITTED)


def scheme_in_force(archives_id: int | None, slug: str, stage: str, on: date) -> Scheme:
    """The scheme by which this archives tests at ``stage`` on a day: its own version, or the shipped edition.

    ``slug`` is that of the scheme (``RecordKind.test_scheme``). Raises ``Missing`` for an unknown one.
    """
    row = _adopted(archives_id, on).filter(slug=slug, stage=stage).select_related("version").first()
    return row.version.scheme() if row else scheme_for(slug)


def _adopted(archives_id: int | None, on: date) -> QuerySet[Adoption]:
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    return Adoption.objects.filter(holds, archives_id=archives_id, valid_from__lte=on).order_by("-id")


def version_of(ctx: Ctx, archives_id: int, slug: str, edition: str) -> SchemeVersion | None:
    """The archives' own version that a report names by its edition, where the actor may see it."""
    return visible(ctx).filter(archives_id=archives_id, slug=slug, body__edition=edition).first()


def visible(ctx: Ctx) -> QuerySet[SchemeVersion]:
    """Versions of the archives where the actor may see them."""
    return policy.visible(SchemeVersion.objects.select_related("archives"), READ, ctx.actor)


def get(ctx: Ctx, version_id: int) -> SchemeVersion:
    """One version, or ``Missing``."""
    return policy.one(visible(ctx), pk=version_id)


def archives_of(ctx: Ctx, permission: str = P.SCHEME_READ) -> QuerySet[Org]:
    """The archives at which the actor holds ``permission``, the own one first."""
    found = Org.objects.filter(pk__in=ctx.actor.orgs_with(permission), kind="archives", is_active=True)
    return found.order_by("code")


def one_archives(ctx: Ctx, archives_id: int | None = None) -> Org | None:
    """The archives asked for, else the actor's own, else the first; ``Missing`` for one that is not theirs."""
    rows = archives_of(ctx)
    if archives_id is not None:
        return policy.one(rows, pk=archives_id)
    return rows.filter(pk=ctx.org_id).first() or rows.first()


def shipped(slug: str) -> Scheme:
    """The edition that comes with the product, or ``Missing``."""
    if slug not in slugs():
        raise Missing
    return scheme_for(slug)


def rows_of(archives: Org | None, on: date) -> list[SchemeRow]:
    """Every scheme with what holds at each stage of this archives."""
    archives_id = archives.pk if archives else None
    adopted: defaultdict[str, dict[str, Adoption]] = defaultdict(dict)
    for row in _adopted(archives_id, on).select_related("version"):
        adopted[row.slug].setdefault(row.stage, row)
    drafts = {
        row.slug: row for row in SchemeVersion.objects.filter(archives_id=archives_id, state__in=UNDER_WAY)
    }
    return [_row(slug, adopted[slug], drafts.get(slug)) for slug in slugs()]


def _row(slug: str, adopted: Mapping[str, Adoption], draft: SchemeVersion | None) -> SchemeRow:
    scheme = scheme_for(slug)
    behind = next((one.version_id for one in adopted.values() if is_behind(one.version)), None)
    return SchemeRow(
        slug,
        scheme.title,
        scheme.edition,
        tuple(_in_force(scheme, stage, adopted.get(stage)) for stage in Stage.values),
        draft.pk if draft else None,
        draft.state if draft else "",
        behind,
    )


def _in_force(scheme: Scheme, stage: str, adopted: Adoption | None) -> InForce:
    if adopted is None:
        return InForce(stage, scheme.edition, None, None)
    return InForce(stage, adopted.version.edition, adopted.valid_from, adopted.version_id)


def is_behind(version: SchemeVersion) -> bool:
    """Whether the product now ships another edition than the one from which this was copied."""
    return version.slug in slugs() and scheme_for(version.slug).to_data() != version.base


def versions_of(ctx: Ctx, archives_id: int, slug: str) -> QuerySet[SchemeVersion]:
    """The versions of one scheme, newest first."""
    return visible(ctx).filter(archives_id=archives_id, slug=slug).order_by("-number")


def adoptions_of(version_ids: Iterable[int]) -> dict[int, list[Adoption]]:
    """Where and when versions hold or held, by version."""
    found: defaultdict[int, list[Adoption]] = defaultdict(list)
    for row in Adoption.objects.filter(version_id__in=list(version_ids)).order_by("id"):
        found[row.version_id].append(row)
    return found


def in_force_beside(version: SchemeVersion, stage: str, on: date) -> Scheme:
    """What holds where this version would hold."""
    return scheme_in_force(version.archives_id, version.slug, stage, on)


def differs_from_what_holds(version: SchemeVersion, on: date) -> bool:
    """Whether the version says anything else than what is in force at some stage."""
    scheme = version.scheme()
    return any(compare_schemes(in_force_beside(version, stage, on), scheme) for stage in Stage.values)


def visible_previews(ctx: Ctx) -> QuerySet[Preview]:
    """Trials of versions that the actor may see."""
    rows = Preview.objects.select_related("version__archives", "run")
    return policy.visible(rows, READ_PREVIEW, ctx.actor)


def get_preview(ctx: Ctx, preview_id: int) -> Preview:
    """One trial, or ``Missing``."""
    return policy.one(visible_previews(ctx), pk=preview_id)


def previews_of(version: SchemeVersion) -> Sequence[Preview]:
    """The last trials of a version; the caller may see it."""
    rows = Preview.objects.filter(version=version).defer("report_in_force", "report_tried")
    return list(rows.order_by("-id")[:10])


def house_answers(org_id: int, code: str) -> Mapping[str, str]:
    """The answers of the newest sheet about the house; none where a person found it not in order.

    Then the next test asks a person again, who may find that it has been mended.
    """
    row = HouseFinding.objects.filter(org_id=org_id, code=code).order_by("-id").first()
    return row.answers if row is not None and row.is_good else {}


def count_behind(ctx: Ctx) -> int:
    """How many versions in force were copied from an older shipped edition, at the actor's archives."""
    own = SchemeVersion.objects.filter(
        archives__in=ctx.actor.orgs_with(P.SCHEME_DRAFT), state=SchemeState.PUBLISHED
    )
    return sum(is_behind(row) for row in own)
