"""What a package's object tells of the catalogue, so that its descriptions come back from it alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.services.registering import CHUNK, file_code_of, new_file_row, new_row, of_codes
from lantai.apps.catalogue.types import Level, NewDescription
from lantai.apps.custody.services import DESCRIPTION_LINES
from lantai.apps.custody.types import Told
from lantai.apps.holdings import queries as holdings
from lantai.platform import rows
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package
    from lantai.apps.holdings.models import RecordKind


def tell(ctx: Ctx, items: Iterable[NewDescription], package: Package) -> Told:
    """The document by which ``items`` come back, to be sealed with their content in ``package``."""
    return {DESCRIPTION_LINES: rows.as_text(_lines(ctx, package, items))}


def tell_moved(ctx: Ctx, package_id: int, item_keys: Collection[str], package: Package) -> Told:
    """The same for items described already, which follow their content from ``package_id`` to ``package``."""
    return {DESCRIPTION_LINES: rows.as_text(_moved(ctx, package_id, item_keys, package))}


def _moved(
    ctx: Ctx, package_id: int, item_keys: Collection[str], package: Package
) -> Iterator[dict[str, object]]:
    for kind in holdings.kinds():
        yield rows.line_of(kind, at=ctx.now)
    found = Description.objects.filter(package_id=package_id, item_key__in=list(item_keys))
    related = found.select_related("kind", "creator", "parent__fonds__archives")
    for row in related.iterator(chunk_size=CHUNK):
        row.package, row.custodian, row.fonds = package, package.custodian, package.fonds
        yield rows.line_of(row, at=ctx.now)


def _lines(ctx: Ctx, package: Package, items: Iterable[NewDescription]) -> Iterator[dict[str, object]]:
    kinds = {kind.pk: kind for kind in holdings.kinds()}
    for kind in kinds.values():
        yield rows.line_of(kind, at=ctx.now)
    orgs: dict[int, Org] = {}
    todo = iter(items)
    while chunk := list(islice(todo, CHUNK)):
        files = _files(ctx, package, chunk)
        for row in files.values():
            yield _line(ctx, package, row, kinds, orgs)
        for item in chunk:
            row = new_row(ctx, package, item, {})
            row.parent = files.get(file_code_of(item.reference_code))
            yield _line(ctx, package, row, kinds, orgs)


def _files(ctx: Ctx, package: Package, chunk: list[NewDescription]) -> dict[str, Description]:
    """The 案卷 that the chunk's codes name: as they are, or as they will be made."""
    named: dict[str, NewDescription] = {}
    for item in chunk:
        if code := file_code_of(item.reference_code):
            named.setdefault(code, item)
    made = {code: new_file_row(ctx, package, code, item) for code, item in named.items()}
    there = of_codes(package.fonds_id, Level.FILE, named)
    return made | {row.reference_code: row for row in there}


def _line(
    ctx: Ctx, package: Package, row: Description, kinds: dict[int, RecordKind], orgs: dict[int, Org]
) -> dict[str, object]:
    """Neither the package nor its items have ids yet; what many rows name is looked up once."""
    is_there = row.pk is not None
    row.fonds, row.kind = package.fonds, kinds[row.kind_id]
    if not is_there:
        row.custodian = package.custodian
        row.package = package if row.item_key else None
    if row.creator_id in orgs:
        row.creator = orgs[row.creator_id]
    elif row.creator is not None:
        orgs[row.creator.pk] = row.creator
    return rows.line_of(row, at=ctx.now, is_numbered=is_there)
