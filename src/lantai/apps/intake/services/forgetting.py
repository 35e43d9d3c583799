"""What a transfer keeps of content goes when that is destroyed: the file it came as holds everything there was."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from lantai.apps.custody import queries as custody
from lantai.apps.intake.models import Submission, SubmissionFile
from lantai.apps.intake.types import OBJECT
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def forget_original(ctx: Ctx, *, package_id: int) -> int:
    """Drop the originals of the transfers that a package came by; how many. What was sealed of them stays sealed.

    What was recognised in files of items that are destroyed is forgotten too.
    """
    came_by = Q(package_id=package_id) | Q(sent_package_id=package_id)
    kept = custody.content_files(package_id).order_by().values("item_key")
    read = SubmissionFile.objects.filter(
        submission__in=Submission.objects.filter(came_by), item__isnull=False
    )
    read.exclude(item__item_key__in=kept).exclude(text="").update(text="")
    rows = list(Submission.objects.select_for_update(of=("self",)).filter(came_by).exclude(blob_key=""))
    for row in rows:
        ledger.record(
            ctx,
            "intake:submission:original_destroyed",
            object_type=OBJECT,
            object_id=row.pk,
            object_name=row.number,
            detail={"sha512": row.content_sha512, "package": package_id},
        )
        blobs.discard(row.blob_key)
        row.blob_key = ""
        row.save(update_fields=["blob_key"])
    return len(rows)
