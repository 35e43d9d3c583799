"""Units that hold records: the row of a fonds, groups of fonds, series and files made by hand, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description, DescriptionVersion, FormerCode
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services import inheriting
from lantai.apps.catalogue.services.rearranging import Done, begin
from lantai.apps.catalogue.tree import (
    Deed,
    FormerCodeTaken,
    GroupOnly,
    Inherited,
    NotBeneath,
    NothingStated,
    NotStatedHere,
)
from lantai.apps.catalogue.types import BENEATH, Level, ReferenceCodeTaken, TitleMissing
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import FondsKind, Openness
from lantai.kit.errors import Missing
from lantai.kit.numbering import Retention, RetentionPartInvalid
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.search import services as search

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

SOURCE = "catalogue"
MAKEABLE = (Level.SERIES, Level.FILE, Level.COMPONENT)


@transaction.atomic
def describe_fonds(ctx: Ctx, *, fonds_id: int) -> Description:
    """The row of a fonds (of a group of fonds), made when it is first needed."""
    fonds = holdings.get_fonds(ctx, fonds_id)
    level = Level.FONDS_GROUP if fonds.kind == FondsKind.GROUP else Level.FONDS
    found = Description.objects.filter(fonds=fonds, level=level).first()
    if found is not None:
        return found
    policy.require(ctx, P.ITEM_ARRANGE, fonds.archives_id)
    row = Description.objects.create(
        level=level,
        fonds=fonds,
        custodian_id=fonds.archives_id,
        creator_id=fonds.creator_id,
        kind=holdings.kind("document"),
        reference_code=fonds.code,
        title=fonds.name,
        note=fonds.note,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    search.changed(ctx, SOURCE, [row.pk])
    _record(ctx, "catalogue:fonds:described", row)
    return row


@transaction.atomic
def group_fonds(ctx: Ctx, *, group_id: int, fonds_ids: list[int]) -> Description:
    """Put fonds into a group of fonds (全宗群); what they do not say they have from it."""
    group = describe_fonds(ctx, fonds_id=group_id)
    if group.level != Level.FONDS_GROUP:
        raise GroupOnly(name=group.title, field="group_id")
    policy.require(ctx, P.ITEM_ARRANGE, group.custodian_id)
    rows = [describe_fonds(ctx, fonds_id=pk) for pk in sorted(set(fonds_ids) - {group_id})]
    for row in rows:
        policy.require(ctx, P.ITEM_ARRANGE, row.custodian_id)
    ids = [row.pk for row in rows]
    Description.objects.filter(pk__in=ids).update(parent=group, updated_at=ctx.now)
    search.changed(ctx, SOURCE, ids)
    inheriting.spread(ctx, ids)
    _record(ctx, "catalogue:fonds:grouped", group, fonds=len(ids))
    return group


@transaction.atomic
def make_unit(
    ctx: Ctx,
    *,
    fonds_id: int,
    level: str,
    reference_code: str,
    title: str,
    parent_id: int | None = None,
    kind_id: int | None = None,
    year: int | None = None,
) -> Description:
    """A series or file to put records into, or a component of an item. Custodian, openness and retention it
    has from above. Raises ``NotBeneath``, ``ReferenceCodeTaken``, ``FormerCodeTaken``, ``TitleMissing``."""
    fonds = holdings.get_fonds(ctx, fonds_id)
    parent = policy.one(queries.arrangeable(ctx).filter(fonds=fonds), pk=parent_id) if parent_id else None
    custodian_id = parent.custodian_id if parent else _custodian_at_top(ctx, fonds)
    policy.require(ctx, P.ITEM_ARRANGE, custodian_id)
    above = Level(parent.level) if parent else Level.FONDS
    if level not in MAKEABLE or level not in BENEATH[above]:
        raise NotBeneath(below=_word(level), above=str(above.label), field="level")
    if not title.strip():
        raise TitleMissing(field="title")
    check_free(fonds.pk, level, reference_code)
    row = Description(
        level=level,
        parent=None if parent is None or parent.level == Level.FONDS else parent,
        fonds=fonds,
        custodian_id=custodian_id,
        creator_id=parent.creator_id if parent else fonds.creator_id,
        kind_id=kind_id or (parent.kind_id if parent else holdings.kind("document").pk),
        reference_code=reference_code.strip(),
        title=title.strip(),
        year=year,
        inherits=[Inherited.CUSTODIAN] if parent else [],
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        check_free(fonds.pk, level, reference_code)  # somebody else took it since we looked
        raise
    search.changed(ctx, SOURCE, [row.pk])
    inheriting.spread(ctx, [row.pk])
    _record(ctx, "catalogue:unit:made", row, level=level)
    return row


def _custodian_at_top(ctx: Ctx, fonds: Fonds) -> int:
    """Where the actor works, if they may arrange there, else at the archives of the fonds."""
    allowed = ctx.actor.orgs_with(P.ITEM_ARRANGE)
    return ctx.org_id if ctx.org_id in allowed and ctx.org_id is not None else fonds.archives_id


def check_free(fonds_id: int, level: str, code: str) -> None:
    """Raise ``ReferenceCodeTaken`` or ``FormerCodeTaken`` where a row has, or had, the code."""
    code = code.strip()
    if not code or len(code) > 120 or "\x00" in code:
        raise ReferenceCodeTaken(code=code[:20], title="", field="reference_code")
    same = Description.objects.filter(fonds_id=fonds_id, level=level, reference_code=code).first()
    if same is not None:
        raise ReferenceCodeTaken(code=code, title=same.title, field="reference_code")
    former = FormerCode.objects.filter(
        code=code, description__fonds_id=fonds_id, description__level=level
    ).select_related("description")
    if one := former.first():
        raise FormerCodeTaken(code=code, title=one.description.title, field="reference_code")


@transaction.atomic
def state(ctx: Ctx, *, description_id: int, name: str, value: str, reason: str = "") -> Done:
    """Let a unit say its custodian (the id), openness or retention; "" has it from above again.

    What lies below and says nothing itself follows. Records with sealed content say theirs by transfer,
    review and appraisal: raises ``NotStatedHere``, ``NothingStated``.
    """
    element = Inherited(name)
    row = policy.one(queries.arrangeable(ctx).select_for_update(of=("self",), no_key=True), pk=description_id)
    if row.package_id is not None:
        raise NotStatedHere(code=row.reference_code)
    given = _checked(ctx, element, value)
    before = {"inherits": row.inherits, name: _now(row, element)}
    row.inherits = [one for one in row.inherits if one != name]
    if not value and element == Inherited.CUSTODIAN:
        row.inherits.append(name)
    if value or element != Inherited.CUSTODIAN:
        setattr(row, "custodian_id" if element == Inherited.CUSTODIAN else name, given)
    row.revision, row.updated_at = row.revision + 1, ctx.now
    row.save(update_fields=["inherits", "custodian", "openness", "retention", "revision", "updated_at"])
    followed = inheriting.spread(ctx, [row.pk], [element])
    row.refresh_from_db()
    DescriptionVersion.objects.create(
        description=row,
        revision=row.revision,
        before=before,
        after={"inherits": row.inherits, name: _now(row, element)},
        editor_id=ctx.actor.id,
        editor_name=ctx.actor.name,
        changed_at=ctx.now,
    )
    search.changed(ctx, SOURCE, [row.pk])
    act = begin(ctx, Deed.STATED, row, f"{element.label}：{row.reference_code}", reason, [row.pk])
    _record(ctx, "catalogue:unit:stated", row, element=name, followed=followed, rearrangement=act.pk)
    return Done(act, followed)


def _checked(ctx: Ctx, element: Inherited, value: str) -> object:
    wrong = NothingStated(value=value, name=str(element.label), field="value")
    if element == Inherited.OPENNESS:
        if value and value not in Openness.values:
            raise wrong
        return value or Openness.UNREVIEWED
    if element == Inherited.RETENTION:
        try:
            return Retention.parse(value).code if value else ""
        except RetentionPartInvalid as refusal:
            raise wrong from refusal
    if not value:
        return None
    org = Org.objects.filter(pk=int(value) if is_number(value) else 0).first()
    if org is None:
        raise Missing
    policy.require(ctx, P.ITEM_ARRANGE, org.pk)
    return org.pk


def _now(row: Description, element: Inherited) -> object:
    return row.custodian_id if element == Inherited.CUSTODIAN else getattr(row, element.value)


def _word(level: str) -> str:
    return str(Level(level).label) if level in Level.values else level


def _record(ctx: Ctx, act: str, row: Description, **detail: object) -> None:
    ledger.record(
        ctx,
        act,
        object_type="catalogue:description",
        object_id=row.pk,
        object_name=row.reference_code,
        detail=detail,  # type: ignore[arg-type]
    )
