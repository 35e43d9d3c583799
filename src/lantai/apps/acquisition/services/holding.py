"""Files until they are sealed: taken over, opened, scanned, and made into one package with its catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.utils import timezone

from lantai.apps.acquisition.models import HeldFile
from lantai.apps.acquisition.types import (
    FileInfected,
    FirstCodeInvalid,
    FondsElsewhere,
    NothingUploaded,
    Part,
    Shelving,
)
from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.holdings import queries as holdings
from lantai.kit.digests import Digests
from lantai.kit.numbering import Level, ReferenceCode, ReferenceCodeInvalid, format_code, parse
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.places import queries as places_queries

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package

SURVEYED = ("state", "puid", "mime", "page_count", "text", "extension_ok", "examination", "scan")


@dataclass(frozen=True, slots=True)
class SealItem:
    """One item about to be sealed: its files and its description without the code."""

    description: NewDescription
    files: Sequence[HeldFile]


def arrivals(ctx: Ctx, *, places: Sequence[str], parts: Iterable[Part]) -> list[tuple[str, Staged]]:
    """Name and content of finished uploads, or of the files of a plain form; raises ``NothingUploaded``."""
    places_queries.require_room_for_intake()
    found = [(one.name, one.staged) for one in blobs.take_uploads(ctx, places=places)]
    found += [(part.name, blobs.stage(part.content)) for part in parts]  # type: ignore[arg-type]
    if not found:
        raise NothingUploaded(field="files")
    return found


def columns_of(ctx: Ctx, name: str, staged: Staged) -> dict[str, object]:
    """What a held file's row says of content that has just come in."""
    return {
        "name": PurePosixPath(name).name[-255:],
        "blob_key": staged.key,
        "size_bytes": staged.size,
        "sha256": staged.digests.sha256,
        "sha512": staged.digests.sha512,
        "sm3": staged.digests.sm3,
        "added_at": ctx.now,
    }


def survey(file: HeldFile) -> None:
    """Open and scan a file, and keep what that has shown; parsed in the sandbox only."""
    with blobs.local_path(file.blob_key) as path:
        (found,) = custody.survey_files([(path, file.name)])
        (file.scan,) = custody.scan_files(timezone.localdate(), [path])
    file.state, file.puid, file.mime = found.state, found.puid, found.mime
    file.page_count, file.text, file.extension_ok = found.page_count, found.text, found.extension_ok
    file.examination = found.examination
    file.save(update_fields=SURVEYED)


def refuse_infected(ctx: Ctx, files: Sequence[HeldFile]) -> None:
    """Raise ``FileInfected``, and ``ScannerNotReady`` where the policy is to wait for a scanner."""
    for file in files:
        if custody.is_infected(file.scan):
            raise FileInfected(name=file.name)
    custody.require_scans(timezone.localdate(ctx.now), sum(file.scan is None for file in files))


def codes_from(first_code: str, fonds_code: str, count: int) -> list[ReferenceCode]:
    """The first code and those after it, one number each; raises ``FirstCodeInvalid``."""
    try:
        first = parse(first_code, Level.ITEM)
        width, start = len(first.item_no), int(first.item_no)
        codes = [replace(first, item_no=f"{start + n:0{width}d}") for n in range(count)]
    except ReferenceCodeInvalid as error:
        raise FirstCodeInvalid(code=first_code, fonds=fonds_code, field="first_code") from error
    if first.fonds != fonds_code:
        raise FirstCodeInvalid(code=first_code, fonds=fonds_code, field="first_code")
    return codes


def check_shelving(ctx: Ctx, archives_id: int, shelving: Shelving, count: int) -> list[ReferenceCode]:
    """The codes that ``count`` items get; raises ``FondsElsewhere``, ``FirstCodeInvalid``."""
    fonds = holdings.get_fonds(ctx, shelving.fonds_id)
    if fonds.archives_id != archives_id:
        raise FondsElsewhere(field="fonds")
    return codes_from(shelving.first_code, fonds.code, count)


def seal(
    ctx: Ctx,
    *,
    object_id: str,
    title: str,
    archives_id: int,
    source: tuple[str, int],
    shelving: Shelving,
    items: Sequence[SealItem],
    statement: Mapping[str, object],
) -> Package:
    """Seal the files of ``items`` as one package of the archives and describe each item in its catalogue.

    All or none, safe to call again after a crash. Raises ``FirstCodeInvalid``, ``ReferenceCodeTaken``.
    """
    codes = check_shelving(ctx, archives_id, shelving, len(items))
    described = [_coded(item.description, code) for item, code in zip(items, codes, strict=True)]
    files = [
        _new_file(file, item.description.item_key, order)
        for item in items
        for order, file in enumerate(item.files, 1)
    ]
    package = custody.seal(
        ctx,
        object_id=object_id,
        title=title,
        custodian_id=archives_id,
        origin_id=archives_id,
        fonds_id=shelving.fonds_id,
        source=source,
        item_count=len(items),
        files=files,
        documents={"metadata/items.json": custody.as_document(_document(statement, described))},
        tell=partial(catalogue.tell, ctx, described),
    )
    catalogue.register(ctx, package=package, items=described)
    return package


def _coded(description: NewDescription, code: ReferenceCode) -> NewDescription:
    return replace(
        description,
        reference_code=format_code(code),
        year=code.year,
        retention=code.retention.code if code.retention else "",
        class_code=code.class_code[:40],
    )


def _new_file(file: HeldFile, item_key: str, order: int) -> NewFile:
    suffix = PurePosixPath(file.name).suffix.lower()
    suffix = suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ""
    return NewFile(
        item_key=item_key,
        order=order,
        logical_path=f"content/{item_key}/{order:03d}{suffix}",
        original_name=file.name,
        role=file.role,
        digests=Digests(file.sha256, file.sha512, file.sm3),
        size_bytes=file.size_bytes,
        blob_key=file.blob_key,
        puid=file.puid,
        mime=file.mime,
        state=file.state,
        page_count=file.page_count,
        text=file.text,
        extension_ok=file.extension_ok,
        examination=file.examination,
        scan=file.scan,
    )


def _document(statement: Mapping[str, object], items: Sequence[NewDescription]) -> dict[str, object]:
    """Enough to rebuild the catalogue from the object alone."""
    kinds = {kind.pk: kind for kind in holdings.kinds()}
    rows = [
        {
            "item_key": item.item_key,
            "reference_code": item.reference_code,
            "title": item.title,
            "kind": kinds[item.kind_id].slug,
            "scheme": kinds[item.kind_id].element_scheme,
            "elements": dict(item.metadata),
            "row": {"author": item.author, "note": item.note},
        }
        for item in items
    ]
    return {"format": "lantai-items/1", **statement, "items": rows}
