"""Files from outside become documents: what a system sends in one request, what a person uploads."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import PurePosixPath

from django.db import transaction

from lantai.apps.custody.types import FileRole
from lantai.apps.filing import queries
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services import checking
from lantai.apps.filing.services.capturing import capture_document
from lantai.apps.filing.types import (
    Arrival,
    Capture,
    Captured,
    CapturedFile,
    DeclaredFile,
    Defaults,
    DigestNotAsSaid,
    NothingUploaded,
    NotOfAgency,
    Part,
    PartMissing,
    PartNotDeclared,
    PlacedFile,
    SizeNotAsSaid,
    Source,
)
from lantai.platform.accounts import policy
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.places import queries as places_queries

DIGEST_NAMES = {"sha256": "SHA-256", "sha512": "SHA-512", "sm3": "SM3"}


def receive_document(ctx: Ctx, arrival: Arrival, parts: Iterable[Part]) -> Captured:
    """Take in what a system sends: every file is staged, compared with what was said of it, then captured.

    All or nothing: when any part is wrong nothing is kept. Raises ``PartMissing``, ``PartNotDeclared``,
    ``SizeNotAsSaid``, ``DigestNotAsSaid``, what staging refuses and what ``capture_document`` refuses.
    """
    agency_id, fonds_id = _addressee(ctx, arrival.fonds_code)
    places_queries.require_room_for_intake()
    matched = _matched(arrival.files, parts)
    with ExitStack() as undo:
        files = []
        for said, part in matched:
            staged = blobs.stage(part.content)
            undo.callback(blobs.discard, staged.key)
            _compare(said, staged)
            files.append(
                CapturedFile(
                    name=said.name, role=said.role, staged=staged, part=said.part, elements=said.elements
                )
            )
        captured = capture_document(ctx, _capture(arrival, agency_id, fonds_id, files))
        undo.pop_all()
    return captured


def _addressee(ctx: Ctx, fonds_code: str) -> tuple[int, int]:
    """The agency and fonds for which the actor may capture, the agency acted for first."""
    if not ctx.actor.holds(P.DOCUMENT_CAPTURE):
        raise NotPermitted(permission=str(P.DOCUMENT_CAPTURE))
    for fonds in queries.fonds_to_capture_for(ctx):
        if fonds.code == fonds_code and fonds.creator_id is not None:
            return fonds.creator_id, fonds.pk
    raise NotOfAgency(field="fonds_code")


def _matched(declared: Sequence[DeclaredFile], parts: Iterable[Part]) -> list[tuple[DeclaredFile, Part]]:
    """Each declared file with the part of its name; of two of one name the first comes first."""
    checking.file_count(len(declared))
    waiting: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        waiting[part.name].append(part)
    matched = []
    for file in declared:
        name = last_name(file.name)
        if not waiting.get(name):
            raise PartMissing(name=file.name, field="files")
        matched.append((file, waiting[name].pop(0)))
    for name, left in waiting.items():
        if left:
            raise PartNotDeclared(name=name, field="files")
    return matched


def last_name(path: str) -> str:
    """The name at the end of a path of any system: all that a multipart header carries."""
    return path.replace("\\", "/").rpartition("/")[2].strip()


def _compare(said: DeclaredFile, staged: Staged) -> None:
    if said.size is not None and said.size != staged.size:
        raise SizeNotAsSaid(name=said.name, found=staged.size, said=said.size, field="files")
    for algorithm, digest in said.digests.items():
        if digest and digest.lower() != getattr(staged.digests, algorithm):
            raise DigestNotAsSaid(name=said.name, algorithm=DIGEST_NAMES[algorithm], field="files")


def _capture(arrival: Arrival, agency_id: int, fonds_id: int, files: Sequence[CapturedFile]) -> Capture:
    return Capture(
        agency_id=agency_id,
        fonds_id=fonds_id,
        source=Source.OA,
        files=tuple(files),
        kind=arrival.kind,
        external_key=arrival.external_key,
        title=arrival.title,
        author=arrival.author,
        document_number=arrival.document_number,
        dated_on=arrival.dated_on,
        year=arrival.year,
        class_code=arrival.class_code,
        retention=arrival.retention,
        classification=arrival.classification,
        persons=arrival.persons,
        metadata=arrival.metadata,
    )


@transaction.atomic
def take_uploads(ctx: Ctx, defaults: Defaults, *, places: Sequence[str]) -> list[Captured]:
    """Make documents of finished resumable uploads (tokens or ``Location``s); all or none.

    Raises ``NothingUploaded``, ``Missing`` for an upload that is not the actor's, and what capturing refuses.
    """
    policy.require(ctx, P.DOCUMENT_CAPTURE, defaults.agency_id)
    places_queries.require_room_for_intake()
    found = blobs.take_uploads(ctx, places=places)
    return capture_files(
        ctx, defaults, [PlacedFile(one.relative_path or one.name, one.staged) for one in found]
    )


def take_parts(ctx: Ctx, defaults: Defaults, parts: Iterable[Part]) -> list[Captured]:
    """Make documents of the files of a plain form; all or none. Raises as `take_uploads`."""
    policy.require(ctx, P.DOCUMENT_CAPTURE, defaults.agency_id)
    places_queries.require_room_for_intake()
    with ExitStack() as undo:
        files = []
        for part in parts:
            staged = blobs.stage(part.content)
            undo.callback(blobs.discard, staged.key)
            files.append(PlacedFile(part.name, staged))
        captured = capture_files(ctx, defaults, files)
        undo.pop_all()
    return captured


@transaction.atomic
def capture_files(ctx: Ctx, defaults: Defaults, files: Sequence[PlacedFile]) -> list[Captured]:
    """One document for each file, and one for each folder on top: its files by name, the first the main one.

    The key is made of paths and contents, so the same upload again finds what is here already.
    """
    if not files:
        raise NothingUploaded(field="files")
    return [capture_document(ctx, one) for one in _captures(defaults, files)]


def _captures(defaults: Defaults, files: Sequence[PlacedFile]) -> Iterator[Capture]:
    groups: defaultdict[str, list[PlacedFile]] = defaultdict(list)
    for file in files:
        path = PurePosixPath(file.path)
        groups[path.parts[0] if len(path.parts) > 1 else f"/{file.path}"].append(file)
    for name, together in groups.items():
        ordered = sorted(together, key=lambda file: file.path)
        # a leading slash marks a file of its own: no relative path begins so
        title = PurePosixPath(name).stem if name.startswith("/") else name
        yield Capture(
            agency_id=defaults.agency_id,
            fonds_id=defaults.fonds_id,
            kind=defaults.kind,
            external_key=_key(ordered),
            source=Source.UPLOAD,
            title=title,
            files=tuple(_file(file, is_main=place == 0) for place, file in enumerate(ordered)),
            year=defaults.year,
            class_code=defaults.class_code,
            retention=defaults.retention,
            metadata=defaults.elements,
        )


def _key(files: Sequence[PlacedFile]) -> str:
    lines = "".join(f"{file.staged.digests.sha512}  {file.path}\n" for file in files)
    return f"upload/{hashlib.sha256(lines.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _file(file: PlacedFile, *, is_main: bool) -> CapturedFile:
    role = FileRole.MAIN if is_main else FileRole.ATTACHMENT
    return CapturedFile(name=PurePosixPath(file.path).name, role=role, staged=file.staged)
