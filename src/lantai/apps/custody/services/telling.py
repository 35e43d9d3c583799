"""What an object tells of itself, so that its rows and those they hang on come back from it alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lantai.apps.custody.models import ContentFile, Package
from lantai.platform import rows
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

PACKAGE_LINES = "metadata/package.jsonl"
DESCRIPTION_LINES = "metadata/descriptions.jsonl"
FORMAT = "lantai-rows/1"


def package_lines(ctx: Ctx, package: Package, files: Iterable[ContentFile]) -> Iterator[bytes]:
    """The package about to be sealed, or sealed again as a new version, with its files."""
    return rows.as_text(_lines(ctx, package, files))


def _lines(ctx: Ctx, package: Package, files: Iterable[ContentFile]) -> Iterator[dict[str, object]]:
    yield {"t": FORMAT, "at": ctx.now.isoformat()}
    fonds = package.fonds
    for org in _with_those_above(package.custodian, package.origin, fonds.archives, fonds.creator):
        yield rows.line_of(org, at=ctx.now)
    yield rows.line_of(fonds, at=ctx.now)
    yield rows.line_of(package, at=ctx.now, is_numbered=package.pk is not None)
    for file in files:
        yield rows.line_of(file, at=ctx.now, is_numbered=False)


def _with_those_above(*orgs: Org | None) -> Iterator[Org]:
    """Organisations with all that they name, each once, whoever is named first."""
    seen: set[int] = set()
    waiting = [org for org in orgs if org is not None]
    found: list[Org] = []
    while waiting:
        org = waiting.pop()
        if org.pk in seen:
            continue
        seen.add(org.pk)
        found.append(org)
        waiting += [above for above in (org.parent, org.archives) if above is not None]
    yield from sorted(found, key=lambda org: org.path)
