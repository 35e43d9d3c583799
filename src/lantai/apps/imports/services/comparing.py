"""What the catalogue says already: which rows are new, which change something, and what stands against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue import services as catalogue_services
from lantai.apps.catalogue.types import BENEATH, Level
from lantai.apps.imports.columns import own_scheme
from lantai.apps.imports.models import Batch, Problem, StagedRow
from lantai.apps.imports.services.staging import MESSAGES, Sheet
from lantai.apps.imports.types import Standing
from lantai.apps.kinds.types import KindField
from lantai.kit.errors import N_, plain
from lantai.kit.metadata.reading import masked_number

_CHUNK = 2_000
FROZEN = {  # decided elsewhere: parts of the code, and what other procedures say
    "year": N_("年度"),
    "retention": N_("保管期限"),
    "class_code": N_("机构或问题"),
    "classification": N_("密级"),
    "openness": N_("开放标识"),
}


def compare(batch: Batch, sheets: Sequence[Sheet]) -> list[Problem]:
    """Note for every staged row whether it is new; returns what the catalogue has against any of them."""
    teller = _Teller(batch, sheets)
    last = 0
    codes = StagedRow.objects.filter(batch=batch).order_by("pk")
    codes = codes.values_list("pk", "fonds_id", "level", "reference_code")
    while some := list(codes.filter(pk__gt=last)[:_CHUNK]):
        _compare_some(some, teller)
        last = some[-1][0]
    _link(batch, teller)
    return teller.found


class _Teller:
    """Notes problems at the code of a row, or at the unit above that it names."""

    def __init__(self, batch: Batch, sheets: Sequence[Sheet]) -> None:
        self.batch, self.sheets = batch, sheets
        self.found: list[Problem] = []
        self.own: Mapping[str, KindField] = {
            field.name: field for field in own_scheme(batch.kind_id, batch.org_id).own
        }

    def tell(self, sheet: int, number: int, identifier: str, code: str, **params: object) -> None:
        place, column = self.sheets[sheet].place(number, identifier)
        said = plain(params)
        self.found.append(
            Problem(
                batch=self.batch,
                severity="error",
                sheet=sheet,
                number=number,
                column=column,
                place=place,
                code=code,
                message=MESSAGES[code],
                params={"place": place, **said},
            )
        )


def _compare_some(codes: Sequence[tuple[int, int, str, str]], teller: _Teller) -> None:
    """Rows that are new, which most are, need no look at what they say."""
    there = catalogue.by_codes({fonds for _pk, fonds, *_rest in codes}, [code for *_rest, code in codes])
    known = [pk for pk, *key in codes if tuple(key) in there]
    changed = []
    for row in StagedRow.objects.filter(pk__in=known).order_by("pk"):
        found = there[row.fonds_id, row.level, row.reference_code]
        row.description_id, row.revision = found.pk, found.revision
        if found.custodian_id != teller.batch.org_id:
            teller.tell(row.sheet, row.number, "archivalCode", "elsewhere", value=row.reference_code)
        row.changes = changes_of(found, row.values, teller.own)
        row.standing = Standing.CHANGED if row.changes else Standing.SAME
        if wrong := _frozen(found, row.values):
            names = "、".join(wrong)
            teller.tell(
                row.sheet, row.number, "archivalCode", "frozen", value=row.reference_code, names=names
            )
        changed.append(row)
    StagedRow.objects.bulk_update(
        changed, ["description_id", "revision", "changes", "standing"], batch_size=500
    )


def changes_of(found: Any, values: Mapping[str, Any], own: Mapping[str, KindField]) -> dict[str, Any]:
    """What a row says that the catalogue does not; an empty cell says nothing."""
    differing = {}
    for name in sorted(catalogue_services.EDITABLE & values.keys()):
        held = getattr(found, name)
        held = held.isoformat() if name == "dated_on" and held else list(held) if name == "persons" else held
        if held != values[name]:
            differing[name] = values[name]
    for name, value in values.get("metadata", {}).items():
        if name in own and _differs(own[name], found.metadata.get(name), value):
            differing[name] = value
    return differing


def _differs(field: KindField, held: object, value: object) -> bool:
    """Whether a value is another one; of a person's number the catalogue shows only the masked form."""
    return held != (masked_number(str(value)) if field.is_sealed else value)


def _frozen(found: Any, values: Mapping[str, Any]) -> list[str]:
    return [
        label
        for name, label in FROZEN.items()
        if values.get(name) and getattr(found, name) and getattr(found, name) != values[name]
    ]


def _link(batch: Batch, teller: _Teller) -> None:
    """Every new row below one that is there or comes with it; a file that only a code names may be missing."""
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT, [batch.pk])
        wanted = [(fonds_id, code) for fonds_id, code in cursor.fetchall()]
    levels: dict[tuple[int, str], set[str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        for fonds_id, level, code in catalogue.by_codes(
            {one for one, _c in some}, [code for _f, code in some]
        ):
            levels.setdefault((fonds_id, code), set()).add(level)
    with connection.cursor() as cursor:
        cursor.execute(_COMING, [batch.pk])
        for fonds_id, code, level in cursor.fetchall():
            levels.setdefault((fonds_id, code), set()).add(level)
    rows = StagedRow.objects.filter(batch=batch, standing=Standing.NEW).exclude(above="")
    unlinked = []
    for row in rows.iterator(chunk_size=_CHUNK):
        found = levels.get((row.fonds_id, row.above), set())
        if any(row.level in BENEATH[Level(level)] for level in found):
            continue
        if not row.has_said_above:
            unlinked.append(row.pk)
        elif found:
            said = {"above": Level(min(found)).label, "level": Level(row.level).label}
            teller.tell(row.sheet, row.number, "parentCode", "parent-level", value=row.above, **said)
        else:
            teller.tell(row.sheet, row.number, "parentCode", "parent-unknown", value=row.above)
    for start in range(0, len(unlinked), 10_000):
        StagedRow.objects.filter(pk__in=unlinked[start : start + 10_000]).update(above="")


_DISTINCT = """
    SELECT DISTINCT fonds_id, above FROM imports_stagedrow WHERE batch_id = %s AND above <> '' ORDER BY 1, 2
"""
_COMING = """
    SELECT DISTINCT s.fonds_id, s.reference_code, s.level FROM imports_stagedrow s
    JOIN imports_stagedrow below ON below.batch_id = s.batch_id AND below.fonds_id = s.fonds_id
     AND below.above = s.reference_code
    WHERE s.batch_id = %s
"""
