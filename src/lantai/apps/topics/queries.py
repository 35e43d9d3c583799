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
from lantai.apps.topics.types import FACET_KEY, FACET_MARK, Figure, Share, Standing
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
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


def rule_text(row: Topic) -> str:
    """The rule as somebody would write it: its words alone where nothing else was chosen."""
    said = dict(conditions_of(row))
    return said["q"][0] if set(said) == {"q"} and len(said["q"]) == 1 else row.rule


def rule_url(row: Topic) -> str:
    """Where the rule is tried as a search."""
    return f"{reverse('catalogue:search')}?{row.rule}"


def ruled() -> Iterator[Topic]:
    """Every topic with a rule."""
    yield from Topic.objects.exclude(rule="").order_by("pk")


def facet_names(rows: Collection[Description]) -> dict[int, tuple[str, ...]]:
    """The topics of rows as they stand in the index, which does not know its reader: public ones by their title,
    all others by a key.

    Records about persons are found by their custodian only, open ones too: no title tells a stranger of one.
    """
    members = Member.objects.filter(description__in=[row.pk for row in rows], standing__in=IN).values_list(
        "description_id", "topic_id", "topic__title", "topic__share"
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pk, topic_id, title, share in members.order_by("topic__title", "topic_id"):
        found[pk].append(_named(title) if share == Share.PUBLIC else f"{FACET_KEY}{topic_id}")
    return {pk: tuple(titles) for pk, titles in found.items()}


def facet_shown(ctx: Ctx, values: Collection[str]) -> dict[str, str | None]:
    """What keys are called; None for topics that the actor is not told of."""
    keys = {value: _topic_id(value) for value in values if value.startswith(FACET_KEY)}
    titles = dict(visible(ctx).filter(pk__in=set(keys.values())).values_list("pk", "title")) if keys else {}
    return {value: _named(titles[pk]) if pk in titles else None for value, pk in keys.items()}


def facet_meant(ctx: Ctx, values: Collection[str]) -> frozenset[str]:
    """All that stands in the index for topics that were chosen by key or typed by title."""
    chosen = {_topic_id(value) for value in values if value.startswith(FACET_KEY)}
    typed = {value for value in values if not value.startswith(FACET_KEY)}
    named = {value.removeprefix(FACET_MARK) for value in typed if value.startswith(FACET_MARK)}
    if not chosen and not named:
        return frozenset(typed)
    ids = visible(ctx).filter(Q(pk__in=chosen) | Q(title__in=named)).values_list("pk", flat=True)
    return frozenset(typed) | {f"{FACET_KEY}{pk}" for pk in ids}


def _named(title: str) -> str:
    """A topic as the facet calls it; no title is taken for a key."""
    return f"{FACET_MARK}{title}".replace(FACET_KEY, FACET_MARK)


def _topic_id(key: str) -> int:
    """The topic of a key; 0, which is none, where that is no number."""
    number = key.removeprefix(FACET_KEY)
    return int(number) if is_number(number) else 0


def coded(ctx: Ctx, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the records with these reference codes that the actor may see."""
    rows = catalogue.visible(ctx).filter(reference_code__in=codes)
    return dict(rows.values_list("reference_code", "pk"))
