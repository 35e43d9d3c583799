"""What a bulk change would do, and what was chosen for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from lantai.apps.catalogue.editing import ActUnfit, BulkAct, BulkPreview, BulkSample, FieldEdit
from lantai.apps.catalogue.models import BulkChange, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.wording import compare
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import FieldType, KindField, ValueUnreadable, parse
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

COLUMNS = ("title", "author", "document_number", "dated_on", "persons", "page_count", "note")
_MOST = {"title": 2_000, "author": 300, "document_number": 120, "note": 20_000}
_TEXT = frozenset(
    {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERSON, FieldType.PLACE, FieldType.VOCABULARY}
)
_SAMPLE = 20
READ = policy.Granted(P.ITEM_DESCRIBE, "custodian_id")


@dataclass(frozen=True, slots=True)
class Expression:
    """SQL of a field's value as JSON before and after, and which rows can have it at all."""

    before: str
    after: str
    fits: str
    params: dict[str, object]


def visible_bulk(ctx: Ctx) -> QuerySet[BulkChange]:
    """Bulk changes of where the actor describes."""
    return policy.visible(BulkChange.objects.select_related("custodian", "run"), READ, ctx.actor)


def get_bulk(ctx: Ctx, bulk_id: int) -> BulkChange:
    """One bulk change, or ``Missing``."""
    return policy.one(visible_bulk(ctx), pk=bulk_id)


def chosen_rows(ctx: Ctx, bulk: BulkChange) -> QuerySet[Description]:
    """The rows chosen, those that the actor may describe now, by code."""
    rows = Description.objects.select_related("fonds", "kind", "custodian").filter(
        pk__in=bulk.rows.values("description_id"), custodian_id__in=ctx.actor.orgs_with(P.ITEM_DESCRIBE)
    )
    return rows.order_by("reference_code", "pk")


def fields_for(ctx: Ctx, bulk: BulkChange) -> list[KindField]:
    """The fields that can be changed in bulk: the common ones, and those of the kinds chosen; numbers never."""
    rows = chosen_rows(ctx, bulk).order_by()
    pairs = rows.values_list("kind_id", "fonds__archives_id").distinct()[:40]
    found: dict[str, KindField] = {}
    for kind_id, archives_id in pairs:
        for field in kinds.scheme_of(kind_id, archives_id).asked:
            if not field.is_sealed:
                found.setdefault(field.name, field)
    return list(found.values())


def require_apt(field: KindField, edit: FieldEdit) -> None:
    """Refuse with ``ActUnfit`` what the chosen way does not use: who wrote it meant another way."""
    if edit.find and edit.act != BulkAct.REPLACE:
        why = N_("只有“把其中的文字替换”才用到被替换的文字。请改选这一种，或把它删去。")
        raise ActUnfit(label=field.label, why=why, field="find")
    if edit.value.strip() and edit.act == BulkAct.CLEAR:
        why = N_("清空时不填新的值。请删去，或改选“全部改为”。")
        raise ActUnfit(label=field.label, why=why, field="value")


def expression_of(field: KindField, edit: FieldEdit, kind_ids: list[int]) -> Expression:
    """How a field changes; raises ``ActUnfit`` where the act or the value does not fit."""
    value = _value(field, edit)
    params: dict[str, object] = {"field": field.name, "value": value, "find": edit.find, "kinds": kind_ids}
    if field.column == "persons":
        return Expression("to_jsonb(d.persons)", _names(edit.act), "true", params)
    if field.column in {"dated_on", "page_count"}:
        after = "%(value)s::jsonb" if edit.act == BulkAct.SET else "'null'::jsonb"
        return Expression(f"COALESCE(to_jsonb(d.{field.column}), 'null'::jsonb)", after, "true", params)
    if field.column:
        after = _text(edit.act, f"d.{field.column}")
        most = _MOST[field.column]
        least = f" AND btrim({after}) <> ''" if field.column == "title" else ""
        fits = f"length({after}) <= {most}{least}"
        return Expression(f"to_jsonb(d.{field.column})", f"to_jsonb({after})", fits, params)
    old = "COALESCE(d.metadata->%(field)s, 'null'::jsonb)"
    if edit.act in {BulkAct.SET, BulkAct.CLEAR}:
        after = "%(value)s::jsonb" if edit.act == BulkAct.SET else "'null'::jsonb"
    else:
        after = f"to_jsonb({_text(edit.act, 'd.metadata->>%(field)s')})"
        after = f"CASE WHEN jsonb_typeof(d.metadata->%(field)s) = 'string' THEN {after} ELSE {old} END"
    return Expression(old, after, "d.kind_id = ANY(%(kinds)s)", params)


def _text(act: str, old: str) -> str:
    return {
        BulkAct.SET.value: "%(value)s::text",
        BulkAct.CLEAR.value: "''::text",
        BulkAct.REPLACE.value: f"replace({old}, %(find)s, %(value)s::text)",
        BulkAct.APPEND.value: f"({old} || %(value)s::text)",
    }[act]


def _names(act: str) -> str:
    return {
        BulkAct.SET.value: "%(value)s::jsonb",
        BulkAct.CLEAR.value: "'[]'::jsonb",
        BulkAct.REPLACE.value: "to_jsonb(array_replace(d.persons, %(find)s::varchar, %(value)s::varchar))",
        BulkAct.APPEND.value: "to_jsonb(d.persons || ARRAY(SELECT n FROM jsonb_array_elements_text(%(value)s::jsonb) n"
        " WHERE n <> ALL(d.persons)))",
    }[act]


def _value(field: KindField, edit: FieldEdit) -> object:
    """The value as the statement takes it: JSON for what is not text in a column."""
    if edit.act not in BulkAct.values or field.is_sealed:
        raise ActUnfit(label=field.label, why=N_("证件号只能逐条修改。"), field="act")
    if edit.act == BulkAct.CLEAR:
        if field.is_required:
            raise ActUnfit(label=field.label, why=N_("这是必填的项目。"), field="act")
        return ""
    if edit.act in {BulkAct.REPLACE, BulkAct.APPEND} and field.type not in _TEXT:
        raise ActUnfit(label=field.label, why=N_("只有文字可以替换和追加。"), field="act")
    if edit.act == BulkAct.REPLACE:
        if not edit.find:
            raise ActUnfit(label=field.label, why=N_("请写出要被替换的文字。"), field="find")
        return edit.value.replace("\x00", "")
    if not edit.value.strip():
        raise ActUnfit(label=field.label, why=N_("请写出值。要清空请选“清空”。"), field="value")
    return _parsed(field, edit)


def _parsed(field: KindField, edit: FieldEdit) -> object:
    is_appended = edit.act == BulkAct.APPEND and field.column != "persons"
    try:
        value = edit.value.replace("\x00", "") if is_appended else parse(field, edit.value)
    except ValueUnreadable as why:
        raise ActUnfit(label=field.label, why=str(why), field="value") from why
    if is_appended or field.column in _MOST:
        return value
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def source_of(expression: Expression) -> str:
    """The rows of a part of what was chosen, as `services.bulk.apply_source` takes them."""
    return f"""
        SELECT d.id, d.revision, jsonb_build_object(%(field)s::text, {expression.before}) AS before,
               jsonb_build_object(%(field)s::text, {expression.after}) AS after
        FROM catalogue_bulkrow r JOIN catalogue_description d ON d.id = r.description_id
        WHERE r.bulk_id = %(of)s AND r.id > %(after_id)s AND r.id <= %(upto_id)s AND d.revision = r.revision
          AND d.custodian_id = ANY(%(mine)s) AND {expression.fits}
          AND {expression.after} IS DISTINCT FROM {expression.before}
        ORDER BY d.id FOR UPDATE OF d"""


def preview(ctx: Ctx, bulk: BulkChange, field: KindField, edit: FieldEdit) -> BulkPreview:
    """What the change would do now, counted over all rows chosen, with the first rows that change."""
    require_apt(field, edit)
    found = expression_of(field, edit, kinds_with(ctx, bulk, field))
    params = {**found.params, "of": bulk.pk, "mine": list(ctx.actor.orgs_with(P.ITEM_DESCRIBE))}
    able = f"d.revision = r.revision AND d.custodian_id = ANY(%(mine)s) AND COALESCE({found.fits}, false)"
    rows = "FROM catalogue_bulkrow r JOIN catalogue_description d ON d.id = r.description_id WHERE r.bulk_id = %(of)s"
    differs = f"{found.after} IS DISTINCT FROM {found.before}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {able} AND {differs}), count(*) FILTER (WHERE {able} AND NOT ({differs})),"
            f" count(*) FILTER (WHERE NOT ({able})) {rows}",
            params,
        )
        changed, same, untouched = cursor.fetchone()
        cursor.execute(
            f"SELECT d.id, d.reference_code, {found.before}, {found.after} {rows} AND {able} AND {differs}"
            f" ORDER BY d.reference_code, d.id LIMIT {_SAMPLE}",
            params,
        )
        sample = tuple(_sample(field, *row) for row in cursor.fetchall())
    return BulkPreview(changed, same, untouched, sample)


def kinds_with(ctx: Ctx, bulk: BulkChange, field: KindField) -> list[int]:
    """The kinds chosen that ask for a field."""
    pairs = chosen_rows(ctx, bulk).order_by().values_list("kind_id", "fonds__archives_id").distinct()
    return sorted({kind for kind, org in pairs if field.name in kinds.scheme_of(kind, org).by_name})


def _sample(field: KindField, pk: int, code: str, before: str, after: str) -> BulkSample:
    old, new = (json.loads(one) if isinstance(one, str) else one for one in (before, after))
    return BulkSample(pk, code, *compare(field, old, new))
