"""Transfers in quarantine on which an archives tries a draft of its scheme: what their test has read and opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import NothingOfScheme
from lantai.apps.intake import facts, queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import SubmissionState
from lantai.apps.schemes.types import Candidate
from lantai.kit.fourprops.facts import ItemFacts, PackageFacts, Subject
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

MOST_OFFERED = 50
ROWS_AT_ONCE = 1_000
# Their test has ended: nothing is still to be read, and nothing of them need lie unpacked.
TESTED = (
    SubmissionState.PASSED,
    SubmissionState.FAILED,
    SubmissionState.TO_CONFIRM,
    SubmissionState.RETURNED,
)


class QuarantineShelf:
    """The newest transfers in the actor's sight that were tested, and are not taken in."""

    label = _("隔离区的移交批次")

    def candidates(self, ctx: Ctx, slug: str) -> Sequence[Candidate]:
        """By id and number, where a kind of record that the scheme tests is among the items."""
        rows = queries.visible(ctx).filter(state__in=TESTED, items__kind__test_scheme=slug)
        found = rows.order_by("-pk").distinct()[:MOST_OFFERED]
        return [Candidate(str(row.pk), f"{row.number} {row.title}") for row in found]

    def subject(self, ctx: Ctx, subject_id: str, slug: str, stage: Stage) -> Subject:
        """What the last test has read, opened and scanned, of the items that the scheme tests.

        Raises ``Missing``, and ``NothingOfScheme`` where none is of such a kind.
        """
        row = policy.one(queries.visible(ctx), pk=int(subject_id), state__in=TESTED)
        kinds = queries.items_of(row.pk).filter(kind__test_scheme=slug)
        kind_ids = set(kinds.order_by().values_list("kind_id", flat=True))
        if not kind_ids:
            raise NothingOfScheme(title=row.title)
        subject = facts.subject_of(ctx, row, _package(row, kinds.count()), _items(row, kind_ids))
        return Subject(stage, subject.package, subject.items, subject.environment)


def _package(row: Submission, count: int) -> PackageFacts:
    """The package as it was read; of several kinds in it, as if it held only the items of these."""
    found = facts.package_facts(row.findings)
    return found if count == row.item_count else facts.as_part(found, count)


def _items(row: Submission, kind_ids: set[int]) -> Iterator[ItemFacts]:
    rows = queries.items_with_files(row.pk, kind_ids)
    return map(facts.item_facts, rows.iterator(chunk_size=ROWS_AT_ONCE))
