"""A sealed package as it is transferred online: the object on disk against its rows and the catalogue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.intake.models import Submission
from lantai.apps.intake.reading import ReadFile, ReadItem, ReadPackage
from lantai.kit.errors import N_, LantaiError, plain
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.metadata import crosswalk
from lantai.kit.packages.ocfl.inventory import SM3_MANIFEST
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.problems import Problem, Severity

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody.models import ContentFile, Package

ITEMS = "metadata/items.json"
Event = tuple[str, str, str]  # what was done, when (ISO 8601), by whom
OURS = "metadata/"  # documents that we have added: items, registers
SEALED = N_("归档")
ENVIRONMENT = N_("本平台保管，无需专用软硬件环境")


def items_of(package: Package, rows: Iterable[Description]) -> Iterator[ReadItem]:
    """The described items of a package as they are transferred; files are entered when they are checked.

    What was done with a record until it was sealed goes with it (ISO 23081), the sealing after it.
    """
    lives = _lives(package)
    sealed = (SEALED, package.stored_at.isoformat(), package.origin.name)
    for row in rows:
        yield ReadItem(
            key=row.item_key,
            reference_code=row.reference_code,
            title=row.title,
            files=(),
            metadata=_elements(row),
            events=(*lives.get(row.item_key, ()), sealed),
            kind_id=row.kind_id,
        )


def _lives(package: Package) -> dict[str, tuple[Event, ...]]:
    """Item key → what was done with it, as it was sealed; what cannot be read is found by the test."""
    try:
        stored = open_object(custody.object_folder(package.object_id))
        raw = json.loads(stored.file(ITEMS).path.read_bytes())
        return {
            str(item["item_key"]): tuple((str(act), str(at), str(who)) for act, at, who in item["events"])
            for item in raw["items"]
            if item.get("events")
        }
    except (LantaiError, OSError, ValueError, KeyError, TypeError):
        return {}


def _elements(row: Description) -> dict[str, object]:
    """The description under the identifiers of its kind's scheme; the columns, corrected since, win."""
    fields = {
        "reference_code": row.reference_code,
        "year": str(row.year or ""),
        "retention": holdings.retention_label(row.retention) if row.retention else "",
        "title": row.title,
        "author": row.author,
        "document_number": row.document_number,
        "dated_on": f"{row.dated_on:%Y%m%d}" if row.dated_on else "",
        "classification": str(row.get_classification_display()),
        "persons": ";".join(row.persons),
        "page_count": str(row.page_count or ""),
    }
    ours = crosswalk(row.kind.element_scheme).to_elements(fields)
    return {**row.metadata, **{name: value for name, value in ours.items() if value}}


def content_digest(package: Package, item_keys: Iterable[str]) -> str:
    """What stands for the rest of a package that went over in part: its inventory, and the items still in it."""
    keys = "\n".join(sorted(item_keys))
    return hashlib.sha512(f"{package.inventory_sha512}\n{keys}".encode()).hexdigest()


def read_object(
    submission: Submission, package: Package, items: Mapping[str, str], gone: Collection[str] = ()
) -> ReadPackage:
    """Read the object on disk, every byte of it; ``items`` are the described ones, key → title.

    Items that are ``gone`` went over with an earlier transfer: they stand in the object, and are not sent.
    What is wrong, even that there is no object, is a problem of the package and raised by nobody.
    """
    try:
        stored = open_object(custody.object_folder(package.object_id))
    except LantaiError as unreadable:
        problem = PackageProblem(unreadable.message, plain(unreadable.params))
        return ReadPackage(PackageFacts(kind="ocfl", manifest_problems=(problem,)))
    every = list(custody.content_files(package.pk))
    rows = [row for row in every if row.item_key not in gone]
    lying = {file.logical_path: file for file in stored.files() if file.path.is_file()}
    files = [_file(row, is_missing=row.logical_path not in lying) for row in rows]
    known = {row.logical_path for row in every} | {SM3_MANIFEST}
    of_item = {row.logical_path: row.item_key for row in rows if row.item_key}
    of_item |= {lying[path].content_path: key for path, key in of_item.items() if path in lying}
    described = _described(stored)
    described = None if described is None else described - set(gone)
    facts = PackageFacts(
        kind="ocfl",
        declared_item_count=package.item_count - len(gone),
        declared_bytes=sum(row.size_bytes for row in rows) if gone else package.byte_count,
        bytes=sum(lying[row.logical_path].path.stat().st_size for row in rows if row.logical_path in lying),
        declared_file_count=len(rows) if gone else package.file_count,
        file_count=sum(row.logical_path in lying for row in rows),
        declared_digest=f"sha512:{package.inventory_sha512}",
        digest=f"sha512:{custody.inventory_digest(stored)}",
        structure_problems=(),
        catalogue_problems=tuple(_differences(described, items)),
        manifest_problems=tuple(map(_problem, validate_object(stored.path))),
        metadata_problems=(),
        extra_files=tuple(sorted(path for path in lying.keys() - known if not path.startswith(OURS))),
        description=_description(submission, items),
        readable_metadata=described is not None,
    )
    loose = tuple(file for row, file in zip(rows, files, strict=True) if not row.item_key)
    held = tuple(_item_files(rows, files))
    return ReadPackage(facts, held, loose, of_item)


def _item_files(rows: list[ContentFile], files: list[ReadFile]) -> Iterator[ReadItem]:
    by_item: dict[str, list[ReadFile]] = {}
    for row, file in zip(rows, files, strict=True):
        if row.item_key:
            by_item.setdefault(row.item_key, []).append(file)
    for key, held in by_item.items():
        yield ReadItem(key, key, "", tuple(held), {})


def _file(row: ContentFile, *, is_missing: bool) -> ReadFile:
    declared = {
        "name": row.original_name,
        "size_bytes": row.size_bytes,
        "digests": {"sha256": row.sha256, "sha512": row.sha512, "sm3": row.sm3},
    }
    return ReadFile(
        row.logical_path, row.original_name, row.size_bytes, row.role, declared, is_missing=is_missing
    )


def _described(stored: OcflObject) -> set[str] | None:
    """Keys of the items that the object's own description names; None where it cannot be read."""
    try:
        raw = json.loads(stored.file(ITEMS).path.read_bytes())
        return {str(item["item_key"]) for item in raw["items"]}
    except (LantaiError, OSError, ValueError, KeyError, TypeError):
        return None


def _differences(described: set[str] | None, items: Mapping[str, str]) -> Iterator[PackageProblem]:
    if described is None:
        yield PackageProblem(N_("信息包内的元数据“%(path)s”不能读取。"), {"path": ITEMS}, ITEMS)
        return
    for key in sorted(described - items.keys()):
        yield PackageProblem(N_("信息包内有“%(code)s”的元数据，目录中没有这一件。"), {"code": key}, key)
    for key in sorted(items.keys() - described):
        yield PackageProblem(N_("目录中有“%(code)s”，信息包内没有它的元数据。"), {"code": key}, key)


def _problem(problem: Problem) -> PackageProblem:
    place = str(problem.params.get("found") or problem.place)
    is_error = problem.severity is Severity.ERROR
    return PackageProblem(problem.message, plain(problem.params), place, is_error=is_error)


def _description(submission: Submission, items: Mapping[str, str]) -> dict[str, str]:
    """What 说明文件 says of an offline transfer, here from the transfer's own row."""
    codes = sorted(items)
    return {
        "移交单位": submission.agency.name,
        "内容描述": submission.title,
        "起止档号": f"{codes[0]}～{codes[-1]}" if codes else "",
        "档案数量": str(len(codes)),
        "软硬件环境": ENVIRONMENT,
    }
