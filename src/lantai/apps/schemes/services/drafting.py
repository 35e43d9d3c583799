"""Copying a scheme and editing the copy."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lantai.apps.schemes import queries
from lantai.apps.schemes.interchange import read
from lantai.apps.schemes.models import SchemeVersion
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.types import (
    OBJECT,
    DraftExists,
    NotADraft,
    NotBehind,
    SchemeState,
    Stage,
    UnknownScheme,
)
from lantai.kit.errors import Missing
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.scheme import Level, Scheme, from_data, scheme_for, slugs
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org

Data = dict[str, Any]  # a scheme as `Scheme.to_data` gives it


@transaction.atomic
def copy_scheme(ctx: Ctx, *, archives_id: int, slug: str, version_id: int | None = None) -> SchemeVersion:
    """Begin a draft from the shipped edition, or from an own version; raises ``DraftExists``."""
    shipped = queries.shipped(slug)
    if version_id is None:
        return _begin(ctx, archives_id, shipped.to_data(), shipped.to_data(), "copied")
    source = queries.get(ctx, version_id)
    if (source.archives_id, source.slug) != (archives_id, slug):
        raise Missing
    return _begin(ctx, archives_id, source.body, source.base, "copied")


@transaction.atomic
def import_scheme(ctx: Ctx, *, archives_id: int, name: str, content: bytes) -> SchemeVersion:
    """Begin a draft with what a file says; raises what `interchange.read` does, ``UnknownScheme``, ``DraftExists``."""
    scheme = read(name, content)
    if scheme.slug not in slugs():
        raise UnknownScheme(slug=scheme.slug, field="file")
    return _begin(ctx, archives_id, scheme.to_data(), scheme_for(scheme.slug).to_data(), "imported")


def _begin(
    ctx: Ctx, archives_id: int, data: Mapping[str, object], base: Mapping[str, object], past: str
) -> SchemeVersion:
    policy.require(ctx, P.SCHEME_DRAFT, archives_id)
    Org.objects.select_for_update(no_key=True).get(pk=archives_id)  # versions are numbered one at a time
    slug, own = str(data["slug"]), SchemeVersion.objects.filter(archives_id=archives_id, slug=data["slug"])
    if own.filter(state__in=queries.UNDER_WAY).exists():
        raise DraftExists(title=str(data["title"]))
    number = (own.aggregate(last=Max("number"))["last"] or 0) + 1
    row = SchemeVersion(
        archives_id=archives_id, slug=slug, number=number, base=dict(base), drafted_at=timezone.now()
    )
    _fill(ctx, row, {**copy.deepcopy(dict(data)), "edition": f"{base['edition']}+{number}"})
    row.save()
    _record(ctx, row, past)
    return row


@transaction.atomic
def describe(ctx: Ctx, *, version_id: int, title: str, notes: tuple[str, ...], note: str) -> SchemeVersion:
    """Set the name, the remarks, and why this version is made; raises ``NotADraft``."""
    row = _draft(ctx, version_id)
    row.note = note
    return _keep(ctx, row, {**row.body, "title": title, "notes": list(notes)}, "described")


@transaction.atomic
def set_levels(ctx: Ctx, *, version_id: int, levels: Mapping[str, Mapping[str, str]]) -> SchemeVersion:
    """Set how strict checks are (code → stage → level); raises ``NotADraft``, ``Missing`` for an unknown check."""
    row = _draft(ctx, version_id)
    data = _copied(row)
    for code, by_stage in levels.items():
        _check(data, code).update(
            {Stage(stage).value: Level(level).value for stage, level in by_stage.items()}
        )
    return _keep(ctx, row, data, "levels_set", checks=len(levels))


@transaction.atomic
def set_parameters(
    ctx: Ctx, *, version_id: int, code: str, values: Mapping[str, object], stage: str = ""
) -> SchemeVersion:
    """Set what a check is given, for every stage or for one; raises ``NotADraft``, ``ParameterRefused``.

    What equals the declared default, or at a stage the value of every stage, is not kept.
    """
    row = _draft(ctx, version_id)
    data = _copied(row)
    line = _check(data, code)
    before = checks.registered()[code].params(line["params"]).values
    if stage:
        own = {name: value for name, value in values.items() if value != before[name]}
        line.pop(f"params_{Stage(stage)}", None)
        line.update({f"params_{Stage(stage)}": own} if own else {})
    else:
        usual = checks.registered()[code].params().values
        line["params"] = {n: v for n, v in values.items() if n in line["params"] or v != usual.get(n)}
    return _keep(ctx, row, data, "parameters_set", check=code, stage=stage)


@transaction.atomic
def reset(ctx: Ctx, *, version_id: int, code: str = "") -> SchemeVersion:
    """Put one check, or the whole draft, back to the shipped edition of today; raises ``NotADraft``."""
    row = _draft(ctx, version_id)
    shipped = queries.shipped(row.slug).to_data()
    if not code:
        row.base = shipped
        return _keep(ctx, row, {**shipped, "edition": _edition(row, shipped)}, "reset")
    data, lines = _copied(row), _lines(shipped)
    _check(data, code)
    if code in lines:
        data["checks"][code] = lines[code]
    else:
        del data["checks"][code]
    return _keep(ctx, row, data, "reset", check=code)


@transaction.atomic
def follow_shipped(ctx: Ctx, *, version_id: int) -> SchemeVersion:
    """Take over what a newer shipped edition changed wherever the draft has kept what the older one said.

    Raises ``NotADraft``, ``NotBehind``.
    """
    row = _draft(ctx, version_id)
    if not queries.is_behind(row):
        raise NotBehind
    shipped = queries.shipped(row.slug).to_data()
    merged = _merged(row.body, row.base, shipped)
    row.base = shipped
    return _keep(ctx, row, {**merged, "edition": _edition(row, shipped)}, "followed_shipped")


def _merged(mine: Mapping[str, Any], base: Mapping[str, Any], theirs: Mapping[str, Any]) -> Data:
    """Three-way: theirs where mine is still base; mine where it was changed."""
    merged: Data = {}
    for key in dict.fromkeys((*mine, *theirs)):
        own, old, new = mine.get(key), base.get(key), theirs.get(key)
        if isinstance(own, dict) and isinstance(new, dict):
            merged[key] = _merged(own, old if isinstance(old, dict) else {}, new)
        elif (value := new if own == old else own) is not None:
            merged[key] = value
    return merged


def _draft(ctx: Ctx, version_id: int) -> SchemeVersion:
    seen = queries.get(ctx, version_id)
    policy.require(ctx, P.SCHEME_DRAFT, seen.archives_id)
    row = SchemeVersion.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if row.state != SchemeState.DRAFT:
        raise NotADraft
    return row


def _copied(row: SchemeVersion) -> Data:
    return copy.deepcopy(row.body)


def _lines(data: Mapping[str, Any]) -> dict[str, Data]:
    return dict(data["checks"])


def _check(data: Data, code: str) -> Data:
    """The line of a check, begun where the scheme has none yet."""
    if code not in checks.registered():
        raise Missing
    off = dict.fromkeys(Stage.values, Level.OFF.value)
    line: Data = data["checks"].setdefault(code, {**off, "tag": "D", "params": {}})
    return line


def _edition(row: SchemeVersion, base: Mapping[str, object]) -> str:
    return f"{base['edition']}+{row.number}"


def _fill(ctx: Ctx, row: SchemeVersion, data: Mapping[str, object]) -> Scheme:
    """Hold the data against what the checks declare, then keep it on the row."""
    scheme = from_data(data)
    row.body, row.title = scheme.to_data(), scheme.title[:120]
    row.editor_id, row.editor_name = ctx.actor.id, ctx.actor.name
    return scheme


def _keep(
    ctx: Ctx, row: SchemeVersion, data: Mapping[str, object], past: str, **detail: str | int
) -> SchemeVersion:
    _fill(ctx, row, data)
    row.save(update_fields=["body", "base", "title", "note", "editor_id", "editor_name"])
    _record(ctx, row, past, **detail)
    return row


def _record(ctx: Ctx, row: SchemeVersion, past: str, **detail: str | int) -> None:
    ledger.record(
        ctx,
        f"schemes:scheme:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail={"scheme": row.slug, "edition": row.edition, **detail},
    )
