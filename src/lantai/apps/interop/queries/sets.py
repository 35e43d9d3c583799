"""Sets of the provider: an archives, one of its fonds, a kind of record; further ones register."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from lantai.apps.holdings import queries as holdings
from lantai.apps.interop.models import Stamp
from lantai.kit.oai.protocol import Code, OaiError


@dataclass(frozen=True, slots=True)
class SetKind:
    """Sets that a higher part of the product brings: which there are, who is in one, and in which some rows are.

    ``members`` gives the ids of rows, also of those that nobody may see any more: a set tells of what it lost.
    Whoever changes who is in a set says so to search, so that the record gets a new datestamp.
    """

    prefix: str
    label: str
    listed: Callable[[], Iterable[tuple[str, str]]]
    members: Callable[[str], QuerySet]
    sets_of: Callable[[Sequence[int]], Mapping[int, Sequence[str]]]


_kinds: dict[str, SetKind] = {}


def register_sets(kind: SetKind) -> None:
    """Offer further sets to harvesters, as ``prefix:part``."""
    _kinds[kind.prefix] = kind


_FONDS, _KINDS = "全宗", "档案种类"  # names of sets are data, in the language of the records
_OTHER = re.compile(rb"[^A-Za-z0-9\-_.!*'()]")
_WRITTEN = re.compile(r"~([0-9a-f]{2})")


def spec_part(text: str) -> str:
    """A code as part of a setSpec: bytes that may not stand there become ``~`` and two digits."""
    return _OTHER.sub(lambda found: b"~%02x" % found[0][0], text.encode()).decode()


def text_of(part: str) -> str:
    """The code that a part of a setSpec stands for."""
    raw = _WRITTEN.sub(lambda found: chr(int(found[1], 16)), part)
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Names:
    """The codes of fonds and kinds, for writing headers: read once an answer."""

    fonds: dict[int, tuple[str, str, str, str]]  # archives code, archives, code, name
    kinds: dict[int, tuple[str, str]]
    further: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, row_ids: Sequence[int] = ()) -> Names:
        """All of them, some thousands in a province; and the further sets of these rows."""
        fields = ("pk", "archives__code", "archives__name", "code", "name")
        fonds = {pk: (a, an, c, n) for pk, a, an, c, n in holdings.all_fonds().values_list(*fields)}
        kinds = {pk: (slug, name) for pk, slug, name in holdings.kinds().values_list("pk", "slug", "name")}
        further: dict[int, tuple[str, ...]] = {}
        for one in _kinds.values() if row_ids else ():
            for row_id, parts in one.sets_of(row_ids).items():
                specs = tuple(f"{one.prefix}:{spec_part(part)}" for part in parts)
                further[row_id] = further.get(row_id, ()) + specs
        return cls(fonds, kinds, further)

    def of(self, stamp: Stamp) -> tuple[str, ...]:
        """The sets that a record belongs to."""
        found = []
        if fonds := self.fonds.get(stamp.fonds_id):
            found.append(f"fonds:{spec_part(fonds[0])}:{spec_part(fonds[2])}")
        if kind := self.kinds.get(stamp.kind_id):
            found.append(f"kind:{spec_part(kind[0])}")
        return (*found, *self.further.get(stamp.row_id, ()))


def listed(rows: QuerySet[Stamp], names: Names) -> Iterator[tuple[str, str]]:
    """Every set with a record among ``rows``, an archives before its fonds."""
    held = set(_present(rows, names))
    yield "fonds", _FONDS
    before = ""
    for pk, (code, archives, fonds, name) in sorted(
        names.fonds.items(), key=lambda one: (one[1][0], one[1][2])
    ):
        if pk not in held:
            continue
        if code != before:
            yield f"fonds:{spec_part(code)}", archives
            before = code
        yield f"fonds:{spec_part(code)}:{spec_part(fonds)}", f"{fonds} {name}"
    yield "kind", _KINDS
    for slug, name in sorted(names.kinds.values()):
        yield f"kind:{spec_part(slug)}", name
    for one in _kinds.values():
        yield one.prefix, one.label
        for part, name in one.listed():
            yield f"{one.prefix}:{spec_part(part)}", name


def _present(rows: QuerySet[Stamp], names: Names) -> Iterable[int]:
    """One look into the index for each fonds instead of one over all rows."""
    some = rows.filter(fonds_id=OuterRef("pk"))
    return holdings.all_fonds().filter(Exists(some)).values_list("pk", flat=True)


def within(spec: str) -> Q:
    """The rows of a set; raises ``OaiError`` where there is no such set."""
    head, *rest = spec.split(":")
    parts = [text_of(part) for part in rest]
    match head, parts:
        case (("fonds" | "kind"), []):
            return Q()
        case "fonds", [archives]:
            return Q(archives_code=archives)
        case "fonds", [archives, code]:
            ids = holdings.all_fonds().filter(archives__code=archives, code=code).values_list("pk", flat=True)
            return Q(fonds_id__in=list(ids))
        case "kind", [slug]:
            return Q(kind_id__in=list(holdings.kinds().filter(slug=slug).values_list("pk", flat=True)))
    if head in _kinds and len(parts) == 1:
        return Q(row_id__in=_kinds[head].members(parts[0]))
    raise OaiError(Code.NO_RECORDS, "there is no such set")
