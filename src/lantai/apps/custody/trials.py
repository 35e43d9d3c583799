"""Sealed packages on which an archives tries a draft of its scheme."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import queries
from lantai.apps.custody.services.retesting import subject_for_trial
from lantai.apps.schemes.types import Candidate
from lantai.kit.fourprops.facts import Subject
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.context import Ctx

MOST_OFFERED = 50


class PackageShelf:
    """The newest packages in the actor's sight."""

    label = _("库存信息包")

    def candidates(self, ctx: Ctx, slug: str) -> Sequence[Candidate]:
        """By id and title; whether one holds records of the scheme shows when it is read."""
        rows = queries.visible(ctx).filter(item_count__gt=0).order_by("-id")[:MOST_OFFERED]
        return [Candidate(str(row.pk), row.title) for row in rows]

    def subject(self, ctx: Ctx, subject_id: str, slug: str, stage: Stage) -> Subject:
        """The facts of the package as it lies in the store."""
        return subject_for_trial(ctx, package_id=int(subject_id), scheme_slug=slug, stage=stage)
