"""Describing a record that has no package: paper on a shelf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services.describing import read
from lantai.apps.catalogue.services.entering import enter, new_ids
from lantai.apps.catalogue.types import NewRow, TitleMissing
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification, Openness
from lantai.apps.kinds import queries as kinds
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a new description stands: what the archives decides, not what the record says."""

    fonds_id: int
    kind_id: int
    level: str
    reference_code: str
    parent_code: str = ""
    year: int | None = None
    retention: str = ""
    class_code: str = ""


@transaction.atomic
def write_description(ctx: Ctx, *, frame: Frame, values: Mapping[str, object]) -> Description:
    """Enter one description by hand, by the fields of its kind in force at the archives of its fonds.

    Records about persons begin as controlled: what is open is decided by the review. Raises ``TitleMissing``,
    ``ValueRefused``, ``ReferenceCodeTaken``, ``ParentMissing``, ``NotPermitted``.
    """
    fonds = holdings.get_fonds(ctx, frame.fonds_id)
    policy.require(ctx, P.ITEM_DESCRIBE, fonds.archives_id)
    if frame.kind_id not in kinds.kinds_at(fonds.archives_id):
        raise Missing
    scheme = kinds.scheme_of(frame.kind_id, fonds.archives_id)
    known = {field.name: read(field, values.get(field.name)) for field in scheme.asked}
    if not known.get("title"):
        raise TitleMissing(field="title")
    columns = {field.column: known.pop(field.name) for field in scheme.asked if field.column}
    is_personal = holdings.kinds().get(pk=frame.kind_id).is_personal
    (pk,) = new_ids(1)
    texts = {name: str(columns.get(name) or "") for name in ("title", "author", "document_number", "note")}
    row = NewRow(
        id=pk,
        level=frame.level,
        fonds_id=fonds.pk,
        custodian_id=fonds.archives_id,
        creator_id=fonds.creator_id,
        kind_id=frame.kind_id,
        reference_code=frame.reference_code.strip(),
        parent_code=frame.parent_code.strip(),
        dated_on=columns.get("dated_on"),  # type: ignore[arg-type]
        year=frame.year,
        retention=frame.retention,
        class_code=frame.class_code,
        classification=Classification.INTERNAL if is_personal else Classification.PUBLIC,
        openness=Openness.CONTROLLED if is_personal else Openness.UNREVIEWED,
        persons=tuple(columns.get("persons") or ()),  # type: ignore[arg-type]
        page_count=columns.get("page_count"),  # type: ignore[arg-type]
        metadata={name: value for name, value in known.items() if value is not None},
        **texts,
    )
    enter(ctx, rows=[row])
    Description.objects.filter(pk=pk).update(kind_version_id=scheme.version_id or None)
    return queries.get(ctx, pk)
