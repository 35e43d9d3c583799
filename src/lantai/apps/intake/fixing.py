"""Where findings about a transfer lead: to its item, and to where the sender still corrects it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

from django.urls import reverse

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import Mode, SubmissionState
from lantai.platform.context import Ctx

CORRECTED = (SubmissionState.PASSED, SubmissionState.FAILED, SubmissionState.RETURNED, SubmissionState.PARTLY)


class TransferPages:
    """The items of a transfer by their keys; what came as a file is corrected where it was made."""

    def item_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → its line in the list of the transfer's items."""
        submission = _seen(ctx, subject_id)
        if submission is None:
            return {}
        url = reverse("intake:items", args=[submission.pk])
        rows = queries.items_of(submission.pk).filter(item_key__in=list(keys))
        named = {row.item_key: row.reference_code or row.title for row in rows}
        return {key: f"{url}?{urlencode({'q': name})}" for key, name in named.items() if name}

    def fix_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → the form of its description, for a sealed package whose agency may still correct it."""
        submission = _seen(ctx, subject_id)
        if submission is None or submission.mode != Mode.ONLINE or submission.state not in CORRECTED:
            return {}
        package_id = submission.sent_package_id or submission.package_id
        rows = catalogue.item_rows(ctx).filter(package_id=package_id, item_key__in=list(keys))
        own = (row for row in rows if catalogue.may_describe(ctx, row))
        return {row.item_key: reverse("catalogue:describe", args=[row.pk]) for row in own}


def _seen(ctx: Ctx, subject_id: str) -> Submission | None:
    return queries.visible(ctx).filter(pk=int(subject_id)).first()
