"""By which fields a row is described, what they say, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Segments
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField, KindScheme, shown
from lantai.platform.ui.fields import label_of

_LONGEST_COMPARED = 2_000  # of two texts; beyond it the whole is shown as changed


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else has changed since a form was opened: what each of the two says."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one edit changed of one field, cut where the two differ."""

    name: str
    label: str
    before: Segments
    after: Segments


def scheme_of_row(row: Description, *, is_new: bool = False) -> KindScheme:
    """The fields by which a row was described, or those in force now at its archives."""
    if row.kind_version_id and not is_new:
        return kinds.scheme_at(row.kind_version_id)
    return kinds.scheme_of(row.kind_id, row.fonds.archives_id)


def is_behind(row: Description) -> bool:
    """Whether its kind has a newer version than the one by which the row was described."""
    return bool(row.kind_version_id) and row.kind_version_id != scheme_of_row(row, is_new=True).version_id


def values_of(row: Description, scheme: KindScheme) -> dict[str, object]:
    """What a row says, by field name."""
    return {field.name: value_of(row, field) for field in scheme.fields}


def value_of(row: Description, field: KindField) -> object:
    """What a row says in one field."""
    return getattr(row, field.column) if field.column else row.metadata.get(field.name)


def labels_of(scheme: KindScheme) -> dict[str, str]:
    """The label of each field."""
    return {field.name: label_of(field) for field in scheme.fields}


def conflicts(
    row: Description, scheme: KindScheme, revision: int, changes: Mapping[str, object]
) -> tuple[list[Conflict], dict[str, object]]:
    """The fields that both changed since ``revision``, and mine that nobody else touched.

    A field that I left as it was at ``revision`` is no conflict: what the other wrote holds.
    """
    base: dict[str, object] = {}
    for version in row.versions.filter(revision__gt=revision).order_by("-revision"):
        base.update(version.before)
    now, found, mine = values_of(row, scheme), list[Conflict](), dict[str, object]()
    for name, value in changes.items():
        field = scheme.by_name.get(name)
        if name not in base or field is None:
            mine[name] = value
        elif not same_text(field, value, now[name]) and not same_text(field, value, base[name]):
            found.append(Conflict(name, label_of(field), shown(field, value), shown(field, now[name])))
    return found, mine


def same_text(field: KindField, one: object, other: object) -> bool:
    """Whether two values of a field say the same, whatever they came from."""
    return shown(field, one) == shown(field, other)


def compare(field: KindField | None, before: object, after: object) -> tuple[Segments, Segments]:
    """Both wordings, cut where they differ."""
    one, other = _shown(field, before), _shown(field, after)
    if max(len(one), len(other)) > _LONGEST_COMPARED:
        return ((one, True),), ((other, True),)
    left, right = list[tuple[str, bool]](), list[tuple[str, bool]]()
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left += [(one[a:b], kind != "equal")] if a < b else []
        right += [(other[c:d], kind != "equal")] if c < d else []
    return tuple(left), tuple(right)


def changes_of(
    scheme: KindScheme, before: Mapping[str, object], after: Mapping[str, object], only: str = ""
) -> list[FieldChange]:
    """What an edit changed, field by field in the order of the form."""
    order = {field.name: at for at, field in enumerate(scheme.fields)}
    names = sorted(after, key=lambda name: (order.get(name, len(order)), name))
    return [
        FieldChange(name, label_of(field) if field else name, *compare(field, before.get(name), after[name]))
        for name in names
        if not only or name == only
        for field in [scheme.by_name.get(name)]
    ]


def _shown(field: KindField | None, value: object) -> str:
    if field is not None:
        return shown(field, value)
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return "、".join(map(str, value))
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def count_values(kind_id: int, archives_id: int | None, field: KindField) -> int:
    """How many descriptions of a kind have a value in a field, at one archives or everywhere."""
    rows = Description.objects.filter(kind_id=kind_id)
    if archives_id is not None:
        rows = rows.filter(fonds__archives_id=archives_id)
    if not field.column:
        return rows.filter(metadata__has_key=field.name).exclude(**{f"metadata__{field.name}": ""}).count()
    empty = {"persons": [], "dated_on": None, "page_count": None}.get(field.column, "")
    return (rows.exclude(**{field.column: empty}) if empty is not None else
            rows.filter(**{f"{field.column}__isnull": False})).count()  # fmt: skip
