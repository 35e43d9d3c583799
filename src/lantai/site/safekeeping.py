"""What an installation that keeps records must have besides itself: backups, second copies, witnesses."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils import timezone

from lantai.apps.backup import queries as backups
from lantai.apps.backup.models import BackupPlan
from lantai.apps.backup.types import Light
from lantai.apps.copies.models import Copy, JournalCopy
from lantai.apps.copies.types import CopyState
from lantai.apps.custody.models import Package
from lantai.platform.places.types import PRIMARY
from lantai.platform.witness.models import Peer
from lantai.platform.witness.types import ASKED, PeerState


def holds_records() -> bool:
    """Whether there is anything that could be lost."""
    return Package.objects.exists()


def lacks() -> Iterator[str]:
    """What is missing, each with what to do about it."""
    yield from _backups()
    yield from _copies()
    yield from _witnesses()


def _backups() -> Iterator[str]:
    plans = list(BackupPlan.objects.filter(is_active=True).order_by("title"))
    if not plans:
        yield "backup: there is no plan: enter a place and draw up a plan, see docs/backup.md"
        return
    if not any(plan.includes_store for plan in plans):
        yield "backup: no plan saves the content, only the database: draw one up that includes it"
    for plan in plans:
        standing = backups.standing(plan, timezone.now())
        if backups.newest_good(plan) is None:
            yield f"backup: plan “{plan.title}” has no good set yet: run `lantai backup --plan {plan.title}`"
        elif standing.light == Light.RED:
            yield f"backup: plan “{plan.title}”: {standing.why}: run `lantai backup --plan {plan.title}`"
        if not plan.drill_every_days:
            yield f"backup: plan “{plan.title}” is never tried: have it drilled, or run `lantai drill` yourself"


def _copies() -> Iterator[str]:
    elsewhere = Copy.objects.filter(package_id=OuterRef("pk"), state=CopyState.WHOLE, is_wanted=True)
    elsewhere = elsewhere.exclude(place__slug=PRIMARY)
    alone = Package.objects.filter(~Exists(elsewhere)).count()
    if alone:
        yield (
            f"copies: {alone} package(s) lie in the main store alone: state a policy of copies with a second"
            " place, and see on its page that the copies are whole"
        )
    behind = JournalCopy.objects.filter(is_wanted=True).exclude(place__slug=PRIMARY)
    if holds_records() and not behind.filter(segment_count__gt=0).exists():
        yield "copies: the journal lies in the main store alone: a policy with a second place brings it there"


def _witnesses() -> Iterator[str]:
    ours = Peer.objects.filter(state=PeerState.ACTIVE, role__in=ASKED)
    if not ours.exists():
        yield "witness: nobody else signs the log: enter a node that does, see docs/witnessing.md"
    elif not ours.filter(cosigned_size__gt=0).exists():
        yield "witness: no peer has signed a checkpoint yet: look at the last error on its page"
