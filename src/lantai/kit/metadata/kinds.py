"""Kinds of record as data: reading and writing their fields, and the kinds that come with the product."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

from lantai.kit.errors import N_, Invalid
from lantai.kit.metadata.fields import FieldType, KindField

MOST_FIELDS, MOST_CHOICES, MOST_BYTES = 120, 300, 256 * 1024
_FOLDER = files(__package__).joinpath("kind_fields")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,31}")
_DEFAULTS = {field.name: field.default for field in fields(KindField)}
_TYPED: Mapping[str, type] = {
    "is_required": bool,
    "is_personal": bool,
    "in_list": bool,
    "is_retired": bool,
    "weight": int,
    "print_width": int,
}
# Columns of a description that a kind's form may fill, with the only type each can hold.
COLUMNS: Mapping[str, frozenset[FieldType]] = {
    "title": frozenset({FieldType.TEXT, FieldType.LONG_TEXT}),
    "author": frozenset({FieldType.TEXT}),
    "document_number": frozenset({FieldType.TEXT}),
    "dated_on": frozenset({FieldType.DATE}),
    "persons": frozenset({FieldType.PERSON}),
    "page_count": frozenset({FieldType.NUMBER}),
    "note": frozenset({FieldType.TEXT, FieldType.LONG_TEXT}),
}


class KindMalformed(Invalid):
    """Fields that cannot make a form."""

    message = N_("档案种类的字段定义无法使用：%(reason)s")


@dataclass(frozen=True, slots=True)
class KindDefinition:
    """A kind as a file holds it: its name and its fields."""

    slug: str
    name: str
    fields: tuple[KindField, ...]
    source: str = ""


def check(found: Sequence[KindField]) -> tuple[KindField, ...]:
    """The fields as they are, where they make a form; raises `KindMalformed`."""
    names = [field.name for field in found]
    columns = [field.column for field in found if field.column]
    if not found or len(found) > MOST_FIELDS:
        raise KindMalformed(reason=N_("字段数应在 1 到 120 之间"), field="fields")
    for name in names:
        if not _NAME.fullmatch(name) or names.count(name) > 1:
            raise KindMalformed(reason=f"name = {name[:60]}", field="name")
    if "title" not in columns or len(set(columns)) < len(columns):
        raise KindMalformed(reason=N_("题名必须有，且每个著录项只能出现一次"), field="column")
    for field in found:
        _check_one(field)
    return tuple(found)


def _check_one(field: KindField) -> None:
    if not field.label.strip() or len(field.label) > 40:
        raise KindMalformed(reason=N_("字段名称应有 1 到 40 个字"), field="label")
    if field.column and field.type not in COLUMNS.get(field.column, ()):
        raise KindMalformed(reason=f"{field.label}: column = {field.column[:40]}", field="column")
    if field.name in COLUMNS and field.column != field.name:
        raise KindMalformed(reason=f"name = {field.name}", field="name")
    if field.type is FieldType.CHOICE and not field.choices:
        raise KindMalformed(reason=f"{field.label}: choices = []", field="choices")
    if len(field.choices) > MOST_CHOICES or any(len(one) > 100 or not one.strip() for one in field.choices):
        raise KindMalformed(reason=f"{field.label}: choices", field="choices")
    if not 0 <= field.weight <= 9 or not 0 <= field.print_width <= 100:
        raise KindMalformed(reason=f"{field.label}: weight 0–9, print_width 0–100", field="weight")
    if len(field.help) > 500 or len(field.source) > 200 or len(field.group) > 40 or len(field.label_en) > 80:
        raise KindMalformed(reason=f"{field.label}: help, source, group", field="help")


def to_data(found: Sequence[KindField]) -> list[dict[str, object]]:
    """As JSON or TOML keeps them: what is as usual is left out."""
    return [
        {
            name: (list(value) if isinstance(value, tuple) else str(value) if name == "type" else value)
            for name in _DEFAULTS
            if (value := getattr(field, name)) != _DEFAULTS[name]
        }
        for field in found
    ]


def from_data(rows: object) -> tuple[KindField, ...]:
    """The inverse of `to_data`; raises `KindMalformed`."""
    if not isinstance(rows, list) or len(rows) > MOST_FIELDS:
        raise KindMalformed(reason=N_("字段数应在 1 到 120 之间"), field="fields")
    return check([_field(row) for row in rows])


def _field(row: object) -> KindField:
    if not isinstance(row, dict) or not {"name", "label"} <= row.keys() or set(row) - set(_DEFAULTS):
        unknown = sorted(set(row) - set(_DEFAULTS)) if isinstance(row, dict) else ""
        raise KindMalformed(reason=f"fields: {unknown}"[:120], field="fields")
    values: dict[str, object] = {}
    for key, value in row.items():
        expected = _TYPED.get(key, list if key == "choices" else str)
        if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
            raise KindMalformed(reason=f"{str(row['name'])[:40]}.{key}", field=key)
        values[key] = tuple(map(str, value)) if isinstance(value, list) else value
    try:
        values["type"] = FieldType(str(values.get("type", "text")))
    except ValueError as why:
        raise KindMalformed(reason=f"type = {str(row['type'])[:40]}", field="type") from why
    return KindField(**values)  # type: ignore[arg-type]


def to_toml(kind: KindDefinition) -> str:
    """A kind as a file that another archives can read; `from_toml` is the inverse."""
    said = {"slug": kind.slug, "name": kind.name, "source": kind.source}
    lines = [f"{key} = {_literal(value)}" for key, value in said.items()]
    for row in to_data(kind.fields):
        lines += ["", "[[fields]]", *(f"{key} = {_literal(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def from_toml(content: bytes) -> KindDefinition:
    """A kind from a file; raises `KindMalformed`."""
    if len(content) > MOST_BYTES:
        raise KindMalformed(reason=N_("文件超过 256 KB"), field="file")
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as why:
        raise KindMalformed(reason=str(why)[:120], field="file") from why
    slug, name, source = raw.get("slug"), raw.get("name"), raw.get("source", "")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise KindMalformed(reason=N_("slug 应是小写字母、数字和连字符"), field="slug")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 40 or not isinstance(source, str):
        raise KindMalformed(reason=N_("种类名称应有 1 到 40 个字"), field="name")
    return KindDefinition(slug, name.strip(), from_data(raw.get("fields")), source[:200])


def _literal(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, bool | int):
        return str(value).lower()
    # JSON escapes are TOML's too; DEL is the one control character that JSON leaves bare.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


@cache
def shipped() -> Mapping[str, KindDefinition]:
    """The kinds that come with the product, by slug."""
    tables = tomllib.loads(_read("layouts"))
    usual = {name: _field(row) for name, row in tables["fields"].items()}
    found = {}
    for file in ("livelihood", "others"):
        for slug, row in tomllib.loads(_read(file)).items():
            own = [_field(one) for one in row.get("fields", [])]
            taken = {field.name for field in own}
            asked = [name for name in tables["layouts"][row["layout"]] if name not in taken]
            at = asked.index("*") if "*" in asked else len(asked)
            whole = [*(usual[n] for n in asked[:at]), *own, *(usual[n] for n in asked[at + 1 :])]
            found[slug] = KindDefinition(slug, row["name"], check(whole), row.get("source", ""))
    return found


@cache
def _words() -> frozenset[tuple[str, str]]:
    all_fields = (field for kind in shipped().values() for field in kind.fields)
    return frozenset(
        (field.name, word) for field in all_fields for word in (field.help, field.group, *field.choices)
    )


def is_shipped(field: KindField, word: str) -> bool:
    """Whether a field's help, group or choice is one of ours, and not what an archives typed."""
    return (field.name, word) in _words()


def fields_of(slug: str) -> tuple[KindField, ...]:
    """The shipped fields of a kind; those of a document (DA/T 18 item) for a kind without own ones."""
    kinds = shipped()
    return (kinds.get(slug) or kinds["document"]).fields


def _read(name: str) -> str:
    return _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
