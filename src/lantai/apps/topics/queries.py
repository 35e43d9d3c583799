"""Every read of topic databases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.topics.models import Member, OwnField, Section, Topic
from lantai.apps.topics.permissions import P
from lantai.apps.topics.types import FACET_MARK, Figure, Share, Standing
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Actor, Ctx
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

Part = TypeVar("Part", Section, OwnField, Member)
IN = (Standing.RULE, Standing.PICKED)
_MOST_YEARS, _BAR = 60, 240


@dataclass(frozen=True, slots=True)
class InRegion(policy.Rule):
    """Topics shared with the region that the actor works in."""

    def q(self, actor: Actor) -> Q:
        """See Rule."""
        orgs = actor.orgs_with(P.TOPIC_READ)
        paths = Org.objects.filter(pk__in=orgs).values_list("path", flat=True) if orgs else ()
        found = policy.NOBODY_SEES
        for root in {path.split("/")[1] for path in paths}:
            found |= Q(share=Share.REGION, org__path__startswith=f"/{root}/")
        return found


READ = policy.Granted(P.TOPIC_READ, "org_id") | InRegion() | policy.RowIs({"share": Share.PUBLIC})


def visible(ctx: Ctx) -> QuerySet[Topic]:
    """Topics the actor may open."""
    return policy.visible(Topic.objects.select_related("org", "cover"), READ, ctx.actor)


def get(ctx: Ctx, topic_id: int) -> Topic:
    """One topic, or ``Missing``."""
    return policy.one(visible(ctx), pk=topic_id)


def get_mine(ctx: Ctx, topic_id: int) -> Topic:
    """One topic the actor keeps, or ``Missing``: one that is shared with them is only read."""
    row = get(ctx, topic_id)
    if not may_manage(ctx, row):
        raise Missing
    return row


def public() -> QuerySet[Topic]:
    """Topics that everybody may open."""
    return Topic.objects.select_related("org", "cover").filter(share=Share.PUBLIC)


def titles(ctx: Ctx) -> list[tuple[str, str]]:
    """Topics the actor may open: id and title, by title."""
    return [(str(pk), title) for pk, title in visible(ctx).values_list("pk", "title").order_by("title", "pk")]


def gathered(ctx: Ctx, ids: Collection[int]) -> QuerySet[Member]:
    """The ids of the records of these topics that the actor may be told of; of topics they may open."""
    topics = visible(ctx).filter(pk__in=ids).values("pk")
    members = Member.objects.filter(
        topic__in=topics, standing__in=IN, description__in=catalogue.tellable(ctx)
    )
    return members.values("description")  # type: ignore[return-value]


def may_manage(ctx: Ctx, row: Topic) -> bool:
    """Whether the actor keeps the topic."""
    return row.org_id in ctx.actor.orgs_with(P.TOPIC_MANAGE)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """Where the actor may set up topics."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.TOPIC_MANAGE), is_active=True)


def records_of(ctx: Ctx, row: Topic, *, section: int | None = None) -> QuerySet[Description]:
    """The records of a topic that the actor may be told of."""
    return catalogue.tellable(ctx).filter(pk__in=_ids(row, section))


def open_records_of(row: Topic, *, section: int | None = None) -> QuerySet[Description]:
    """The records of a topic that everybody may see; those about persons are asked for at the reading room."""
    return catalogue.opened().filter(pk__in=_ids(row, section), kind__is_personal=False)


def _ids(row: Topic, section: int | None) -> QuerySet[Member]:
    members = Member.objects.filter(topic=row, standing__in=IN)
    if section is not None:
        members = members.filter(section=section)
    return members.values("description")  # type: ignore[return-value]


def member_rows(ctx: Ctx, row: Topic, *, excluded: bool = False) -> QuerySet[Member]:
    """The members as rows of a list, with their descriptions; only those the actor may see."""
    standings = (Standing.EXCLUDED,) if excluded else IN
    members = Member.objects.filter(
        topic=row, standing__in=standings, description__in=catalogue.tellable(ctx)
    )
    return members.select_related("description__fonds", "description__kind", "section")


def sections_of(row: Topic) -> list[Section]:
    """The parts of the front page in their order."""
    return list(row.sections.all())


def fields_of(row: Topic) -> list[OwnField]:
    """The own fields in their order."""
    return list(row.own_fields.all())


def part_of(ctx: Ctx, model: type[Part], pk: int) -> Part:
    """A section, own field or member of a topic the actor keeps, with its topic, or ``Missing``."""
    found = model.objects.select_related("topic").filter(topic__in=visible(ctx).values("pk"))
    row: Part = policy.one(found, pk=pk)
    get_mine(ctx, row.topic_id)
    return row


def open_values(row: Topic, ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """What the own fields that are shown to everybody say of these records: label and value; two queries."""
    fields = [field for field in fields_of(row) if field.is_open]
    if not fields:
        return {}
    members = row.members.filter(description__in=ids).values_list("description_id", "own")
    return {
        pk: [(field.label, own[str(field.pk)]) for field in fields if own.get(str(field.pk))]
        for pk, own in members
    }


def by_year(records: QuerySet[Description], url: str) -> list[Figure]:
    """How many records of each year: the newest sixty years, oldest first."""
    counts = records.order_by("-year").filter(year__isnull=False).values_list("year").annotate(n=Count("pk"))
    found = [(str(year), n, f"{url}?year_from={year}&year_to={year}") for year, n in counts[:_MOST_YEARS]]
    return _figures(reversed(found))


def by_kind(records: QuerySet[Description], url: str) -> list[Figure]:
    """How many records of each kind, the most first."""
    counts = records.order_by().values_list("kind__slug", "kind__name").annotate(n=Count("pk")).order_by("-n")
    return _figures((_(name), n, f"{url}?kind={slug}") for slug, name, n in counts)


def _figures(found: Iterable[tuple[str, int, str]]) -> list[Figure]:
    rows = list(found)
    most = max((n for _label, n, _url in rows), default=1)
    return [Figure(label, n, url, max(1, n * _BAR // most)) for label, n, url in rows]


def conditions_of(row: Topic) -> list[tuple[str, list[str]]]:
    """The rule as its parameters: what is typed and what is chosen."""
    return [(name, values) for name, values in QueryDict(row.rule).lists() if values]


def rule_url(row: Topic) -> str:
    """Where the rule is tried as a search."""
    return f"{reverse('catalogue:search')}?{row.rule}"


def ruled() -> Iterator[Topic]:
    """Every topic with a rule."""
    yield from Topic.objects.exclude(rule="").order_by("pk")


def facet_names(rows: Collection[Description]) -> dict[int, tuple[str, ...]]:
    """The topics of rows as the facet shows them.

    The facet does not know its reader: the title of a topic that is not public stands only on rows that nobody
    but their custodian sees, and one that is not even shared only on rows of the archives that keeps it.
    """
    by_id = {row.pk: row for row in rows}
    members = Member.objects.filter(description__in=by_id, standing__in=IN).values_list(
        "description_id", "topic__title", "topic__share", "topic__org_id"
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pk, title, share, org_id in members.order_by("topic__title"):
        row = by_id[pk]
        is_ours = row.custodian_id == org_id
        is_kept = not catalogue.is_opened(row) and (share == Share.REGION or is_ours)
        if share == Share.PUBLIC or is_kept:
            found[pk].append(f"{FACET_MARK}{title}")
    return {pk: tuple(titles) for pk, titles in found.items()}


def coded(ctx: Ctx, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the records with these reference codes that the actor may see."""
    rows = catalogue.visible(ctx).filter(reference_code__in=codes)
    return dict(rows.values_list("reference_code", "pk"))
