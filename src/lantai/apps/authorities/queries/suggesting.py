"""Type-ahead: an authority by the beginning of any of its names, by its sound, or by its initials."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from lantai.apps.authorities.models import Name
from lantai.apps.authorities.queries.reading import Shared
from lantai.apps.authorities.types import AuthorityKind, Suggested
from lantai.kit.text import fold
from lantai.platform.context import Ctx

_NAMES_LOOKED_AT = 4  # for each offered: several names of one record may begin alike


def suggest(ctx: Ctx, *, kind: str = "", text: str, limit: int = 10) -> list[Suggested]:
    """The records that a person who typed ``text`` may mean, the nearest first; () for no text."""
    typed = fold(text.replace("\x00", "")).strip()
    if not typed:
        return []
    latin = typed.replace(" ", "").replace("'", "")
    asked = Q(folded__startswith=typed)
    if latin.isascii():
        asked |= Q(sound__startswith=latin) | Q(initials__startswith=latin)
    rows = Name.objects.filter(asked).filter(Shared("authority__org_id").q(ctx.actor))
    if kind:
        rows = rows.filter(authority__kind__in=kind.split(","))
    near = Case(
        When(folded=typed, then=Value(0)),
        When(folded__startswith=typed, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = rows.select_related("authority__merged_into").order_by(near, Length("folded"), "folded", "pk")
    found: dict[int, Suggested] = {}
    for name in rows[: limit * _NAMES_LOOKED_AT]:
        row = name.authority.merged_into or name.authority
        found.setdefault(row.pk, Suggested(row.pk, row.name, _hint(row.kind, row.dates, name.text, row.name)))
    return list(found.values())[:limit]


def _hint(kind: str, dates: str, met: str, name: str) -> str:
    parts = [str(AuthorityKind(kind).label), dates, "" if met == name else met]
    return " · ".join(part for part in parts if part)
