"""What the parts bring to harvesters beyond fonds and kinds: public topics are sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import QuerySet

from lantai.apps.interop.queries.sets import SetKind, register_sets
from lantai.apps.topics import queries as topics
from lantai.apps.topics.models import Member
from lantai.apps.topics.types import Standing
from lantai.kit.text.figures import is_number

_NAME = "专题库"  # names of sets are data, in the language of the records


def register() -> None:
    """Called once when Django is ready."""
    register_sets(SetKind("topic", _NAME, _listed, _members, _sets_of))


def _listed() -> Iterator[tuple[str, str]]:
    for row in topics.public().order_by("pk"):
        yield str(row.pk), row.title


def _told() -> QuerySet[Member]:
    """Of public topics, without records about persons: that one is of a topic would tell of the person."""
    rows = Member.objects.filter(
        topic__in=topics.public().order_by(), standing__in=(Standing.RULE, Standing.PICKED)
    )
    return rows.filter(description__kind__is_personal=False)


def _members(part: str) -> QuerySet[Member]:
    found = _told().filter(topic_id=int(part)) if is_number(part) else Member.objects.none()
    return found.values("description_id")  # type: ignore[return-value]


def _sets_of(row_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = _told().filter(description_id__in=row_ids).order_by("topic_id")
    for row_id, topic_id in rows.values_list("description_id", "topic_id"):
        found[row_id].append(str(topic_id))
    return found
