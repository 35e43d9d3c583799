"""Our content in polls among archives: read as it lies in the storage root, mended by what a peer proved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction

from lantai.apps.copies.models import Copy, Damage
from lantai.apps.copies.services.shelf import Shelf, quarantine
from lantai.apps.copies.types import PACKAGE, CopyState
from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.kit.digests.pairs import pair_of_file
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.reader import open_object
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import services as places
from lantai.platform.places.types import PRIMARY

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile

_PREFIX = "sha512:"


class PolledContent:
    """What `platform.witness.registry` asks of who holds content."""

    def sample(self, count: int, most_bytes: int) -> Sequence[str]:
        """Some contents by chance, none longer than all together may be."""
        return [_PREFIX + one for one in custody.contents_by_chance(count, most_bytes)]

    def size(self, item: str) -> int | None:
        """How long it was when it was sealed."""
        file = _file_of(item)
        return None if file is None else file.size_bytes

    def open(self, item: str) -> BinaryIO | None:
        """What lies in the storage root, whatever it is by now."""
        file = _file_of(item)
        path = None if file is None else _path_of(file)
        try:
            return None if path is None else path.open("rb")
        except OSError:
            return None

    def mend(self, ctx: Ctx, item: str, offered: Path, *, source: str) -> bool:
        """Every place in the storage root where that content should lie gets it again; whether all are whole."""
        found = custody.files_of_content(item.removeprefix(_PREFIX))
        whole = [_mended(ctx, row, offered, source) for row in found]
        return bool(whole) and all(whole)


def _file_of(item: str) -> ContentFile | None:
    if not item.startswith(_PREFIX):
        return None
    return custody.files_of_content(item.removeprefix(_PREFIX)).first()


def _path_of(file: ContentFile) -> Path | None:
    try:
        return open_object(custody.object_folder(file.package.object_id)).file(file.logical_path).path
    except (LantaiError, OSError):
        return None


def _mended(ctx: Ctx, file: ContentFile, offered: Path, source: str) -> bool:
    """The bad bytes are kept aside, the good ones read back; in the caller's order of packages."""
    primary, path = places.ensure_primary(), _path_of(file)
    given = pair_of_file(offered)
    if path is None or (given.sha512, given.sm3) != (file.sha512, file.sm3):
        return False
    shelf = Shelf(primary, file.package.object_id)
    name = path.relative_to(custody.object_folder(file.package.object_id)).as_posix()
    with transaction.atomic():
        custody_services.hold_package(package_id=file.package_id)
        if path.exists() and not _is_true(shelf, name, file):
            quarantine(shelf, name, f"polled-{file.pk}")
        shelf.replace(name, offered)
        if not _is_true(shelf, name, file):
            return False
        _enter(ctx, file, name, source)
    return True


def _is_true(shelf: Shelf, name: str, file: ContentFile) -> bool:
    try:
        found = shelf.pair(name)
    except (LantaiError, OSError):
        return False
    return (found.sha512, found.sm3) == (file.sha512, file.sm3)


def _enter(ctx: Ctx, file: ContentFile, name: str, source: str) -> None:
    package = file.package
    custody_services.mark_intact(package_id=package.pk, digests=[file.sha512], is_intact=True)
    damages = Damage.objects.filter(copy__package=package, copy__place__slug=PRIMARY, path=name)
    damages.filter(repaired_at=None).update(repaired_at=ctx.now, is_lost=False)
    left = Damage.objects.filter(copy__package=package, copy__place__slug=PRIMARY, repaired_at=None)
    if not left.exists():
        copies = Copy.objects.filter(package=package, place__slug=PRIMARY, state=CopyState.DAMAGED)
        copies.update(state=CopyState.WHOLE)
    ledger.record(
        ctx,
        "copies:damage:repaired",
        object_type=PACKAGE,
        object_id=package.pk,
        object_name=package.title,
        detail={"place": "primary", "count": 1, "files": [name], "sources": source},
    )
