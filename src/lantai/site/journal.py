"""What happened after sealing, kept beside the objects: the log's entries and the rows that they changed.

An edit of one title as a new version of its object would write the inventory of a whole package anew, and a
package changes hands without any file of it changing. So acts go into segments below ``extensions`` of the
storage root: small files, numbered, each naming the digest of the one before, never written again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby, islice
from pathlib import Path

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from lantai.apps.catalogue.models import Description, DescriptionVersion, FormerCode, RearrangedRow
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import DESCRIPTION_LINES, PACKAGE_LINES
from lantai.apps.holdings.models import Fonds, RecordKind, SchemeClass
from lantai.apps.intake.models import Register, Submission
from lantai.kit.errors import LantaiError, Missing
from lantai.kit.packages import durable
from lantai.kit.packages.journal import FOLDER, FORMAT, JournalDamaged, Segment, newest, path_of, segments
from lantai.kit.packages.ocfl.layout import ensure_root
from lantai.kit.packages.ocfl.reader import find_object
from lantai.kit.packages.ocfl.staging import staging_of
from lantai.platform import rows
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.orgs.models import Org
from lantai.site import harvested, kept

__all__ = ["FOLDER", "JournalDamaged", "Segment", "export", "export_now", "newest", "path_of", "segments"]
ENTRIES = 20_000  # of one segment
AGAIN = 1_000  # rows that stand together in one line
_STILL = """
SELECT min(id), max(id) FROM (
    SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM catalogue_description WHERE id BETWEEN %s AND %s
) there GROUP BY run ORDER BY 1
"""
_MOST_COMPARED = 200_000  # items of one package, whose digests are kept in memory
Line = dict[str, object]


@dataclass
class _Touched:
    """Which rows the entries of a segment speak of."""

    packages: set[int] = field(default_factory=set)
    sealed: set[int] = field(default_factory=set)
    catalogues: set[int] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    descriptions: set[int] = field(default_factory=set)
    arranged: set[int] = field(default_factory=set)  # acts on the tree
    bulks: set[int] = field(default_factory=set)
    entered: list[tuple[datetime, int, int]] = field(default_factory=list)  # moment, first and last row
    withdrawn: list[tuple[int, int]] = field(default_factory=list)
    submissions: set[int] = field(default_factory=set)
    registers: set[int] = field(default_factory=set)
    others: dict[str, set[int]] = field(default_factory=dict)
    has_authorities: bool = False

    def note(self, entry: Entry) -> None:
        number = int(entry.object_id) if entry.object_id.isdigit() else 0
        if isinstance(act := entry.detail.get("rearrangement"), int):
            self.arranged.add(act)
        self.has_authorities |= entry.act.startswith(("orgs:", "holdings:"))
        kept.note(entry, self.others)
        match entry.act, entry.detail:
            case "catalogue:rows:entered", {"first": int(first), "last": int(last)}:
                self.entered.append((entry.at, first, last))
            case (
                ("catalogue:rows:withdrawn" | "catalogue:tree:undone"),
                {"first": int(first), "last": int(last)},
            ):
                self.withdrawn.append((first, last))
        match entry.object_type:
            case "custody:package":
                self.packages.add(number)
                if entry.act == "custody:package:sealed":
                    self.sealed.add(number)
                if entry.act.startswith("catalogue:"):
                    self.catalogues.add(number)
                    self.objects.add(str(entry.detail.get("object", "")))
            case "catalogue:description":
                self.descriptions.add(number)
            case "catalogue:bulk":
                self.bulks.add(number)
            case "intake:submission":
                self.submissions.add(number)
            case "intake:register":
                self.registers.add(number)


def export_now() -> None:
    """Write what the log holds and the journal does not; the beat of the worker."""
    ledger.sequence_now()
    while export(custody.storage_root(), timezone.now()):
        continue


def export(root: Path, at: datetime, *, at_most: int = ENTRIES) -> Segment | None:
    """Write the next segment, whole or not at all; None when there is nothing new, or another one writes."""
    ensure_root(root)
    with _alone(root / FOLDER) as is_ours:
        last = newest(root) if is_ours else None
        first = last.end if last else 0
        leaves = list(Leaf.objects.filter(index__gte=first).order_by("index")[:at_most]) if is_ours else []
        if not leaves:
            return None
        number = last.number + 1 if last else 1
        end = leaves[-1].index + 1
        heard_before = _heard_until(last) if last else None
        heard = harvested.until_now(heard_before)
        head: Line = {
            "t": FORMAT,
            "number": number,
            "first": first,
            "end": end,
            "previous": last.sha512 if last else "",
            "at": at.isoformat(),
            "harvested": heard.isoformat() if heard else None,
        }
        told = chain(_lines(leaves, first, end, at), harvested.lines(heard_before, heard, at))
        digest = _write(root, path_of(root, number), head, told)
    return Segment(number, path_of(root, number), first, end, digest, str(head["previous"]))


def _heard_until(segment: Segment) -> datetime | None:
    """Up to which datestamp the journal tells; None where it was written before it did."""
    with segment.path.open("rb") as stream:
        said = json.loads(stream.readline()).get("harvested")
    return datetime.fromisoformat(said) if said else None


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    folder.mkdir(parents=True, exist_ok=True)
    with durable.folder_fd(folder) as fd:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _write(root: Path, path: Path, head: Line, lines: Iterable[Line]) -> str:
    """Write a segment beside the root and give it its place by one rename; returns its digest."""
    unfinished = staging_of(root) / f"journal-{path.stem}"
    unfinished.parent.mkdir(exist_ok=True)
    running = hashlib.sha512()
    try:
        with durable.refusing_when_full(), unfinished.open("wb") as stream:
            for data in rows.as_text(_with(head, lines)):
                running.update(data)
                stream.write(data)
            stream.write(json.dumps({"t": "end", "sha512": running.hexdigest()}).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        path.parent.mkdir(exist_ok=True)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    for folder in (path.parent, root / FOLDER, root / FOLDER.parent):
        durable.sync_folder(folder)
    return running.hexdigest()


def _with(head: Line, lines: Iterable[Line]) -> Iterator[Line]:
    yield head
    yield from lines


def _lines(leaves: list[Leaf], first: int, end: int, at: datetime) -> Iterator[Line]:
    touched = _Touched(has_authorities=first == 0)
    entries = Entry.objects.in_bulk([leaf.entry_id for leaf in leaves])
    for leaf in leaves:
        entry = entries.get(leaf.entry_id)
        if entry is None:  # came back as a leaf alone (ledger.restore_log): the act itself is lost
            continue
        touched.note(entry)
        yield _numbered(entry, "ledger.entry", leaf.index, at)
    for head in Checkpoint.objects.filter(size__gt=first, size__lte=end).order_by("size"):
        yield _numbered(head, "ledger.checkpoint", head.size, at) | {"id": None}
    if touched.has_authorities:
        for known in (Org, Fonds, RecordKind, SchemeClass):
            yield from rows.lines_of(known._default_manager.order_by("pk"), at=at)
    yield from _custody_lines(touched, at)
    yield from _catalogue_lines(touched, at)
    yield from _receipt_lines(touched, at)
    yield from kept.lines(touched.others, at)


def _numbered(row: Entry | Checkpoint, kind: str, key: int, at: datetime) -> Line:
    return {"t": kind, "at": at.isoformat(), "key": str(key), "id": row.pk, "row": rows.columns_of(row)}


def _custody_lines(touched: _Touched, at: datetime) -> Iterator[Line]:
    packages = Package.objects.filter(pk__in=touched.packages)
    yield from rows.lines_of(packages.select_related("custodian", "origin", "fonds__archives"), at=at)
    for package in packages.filter(pk__in=touched.sealed):
        if not _tells_of_itself(package):
            files = ContentFile.objects.filter(package=package).select_related("package")
            yield from rows.lines_of(files.order_by("pk"), at=at)


def _tells_of_itself(package: Package) -> bool:
    """Objects of the first days do not; then their files stand here."""
    try:
        find_object(custody.storage_root(), package.object_id).file(PACKAGE_LINES)
    except LantaiError:
        return False
    return True


def _catalogue_lines(touched: _Touched, at: datetime) -> Iterator[Line]:
    for moment, first, last in touched.entered:
        some = Description.objects.filter(pk__range=(first, last), created_at=moment, package=None)
        yield from _entered(_whole(some.order_by("pk")).iterator(chunk_size=2_000), at)
    for first, last in touched.withdrawn:
        yield _gone(first, last, at)
    bulked = DescriptionVersion.objects.filter(bulk__in=touched.bulks).values("description_id")
    acted = RearrangedRow.objects.filter(rearrangement__in=touched.arranged).values("description_id")
    found = Description.objects.filter(
        Q(pk__in=touched.descriptions)
        | Q(pk__in=acted)
        | Q(pk__in=bulked)
        | Q(parent_id__in=acted)  # a row names the one above it by its code, which may be another now
        | Q(package_id__in=touched.catalogues)
        | Q(package__object_id__in=touched.objects - {""})
    )
    above = found
    while (above := Description.objects.filter(pk__in=above.values("parent_id"))).exists():
        yield from rows.lines_of(_whole(above.order_by("pk")), at=at)
    ordered = _whole(found.order_by("package_id", "pk")).iterator(chunk_size=2_000)
    for package, some in groupby(ordered, key=lambda row: row.package):
        is_whole = package is not None and (
            package.pk in touched.catalogues or package.object_id in touched.objects
        )
        yield from _told_again(package if is_whole else None, some, at)
    edits = DescriptionVersion.objects.filter(
        Q(description_id__in=touched.descriptions)
        | Q(description_id__in=acted)
        | Q(description_id__in=bulked)
    )
    yield from rows.lines_of(edits.select_related("description__fonds__archives").order_by("pk"), at=at)
    former = FormerCode.objects.filter(rearrangement__in=touched.arranged)
    yield from rows.lines_of(former.select_related("description__fonds__archives").order_by("pk"), at=at)


def _told_again(package: Package | None, some: Iterable[Description], at: datetime) -> Iterator[Line]:
    """Rows, of one package where an act was about all of it.

    Those that its object tells of just so keep their numbers here, and themselves deflated, many in a line, for the
    day when the object is damaged.
    """
    told = _rows_of_object(package) if package is not None else {}
    ids: dict[str, int] = {}
    texts: list[bytes] = []
    for row in some:
        line = rows.line_of(row, at=at)
        (text,) = rows.as_text([line])
        key = str(line["key"])
        if told.get(key) != _digest_of_row(json.loads(text)):
            yield line
            continue
        ids[key] = row.pk
        texts.append(text)
        if len(ids) == AGAIN:
            yield _again(ids, texts, at)
            ids, texts = {}, []
    if ids:
        yield _again(ids, texts, at)


def _entered(some: Iterable[Description], at: datetime) -> Iterator[Line]:
    """Rows that came without content, which no object tells of: deflated, many in a line."""
    todo = iter(some)
    while chunk := list(islice(todo, AGAIN)):
        told = [rows.line_of(row, at=at) for row in chunk]
        yield _again(
            {str(line["key"]): row.pk for line, row in zip(told, chunk, strict=True)}, rows.as_text(told), at
        )


def _gone(first: int, last: int, at: datetime) -> Line:
    """Rows between these that were told of are no more, but for those that are still there."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL, [first, last])
        still = [list(run) for run in cursor.fetchall()]
    row = {"of": Description._meta.label_lower, "first": first, "last": last, "still": still}
    return {"t": "gone", "at": at.isoformat(), "key": f"{first}", "id": None, "row": row}


def _again(ids: Mapping[str, int], texts: Iterable[bytes], at: datetime) -> Line:
    kind = Description._meta.label_lower
    row = {"of": kind, "ids": dict(ids), "lines": b64encode(zlib.compress(b"".join(texts))).decode()}
    return {"t": "again", "at": at.isoformat(), "key": f"{kind}\t{min(ids.values())}", "id": None, "row": row}


def _rows_of_object(package: Package) -> dict[str, bytes]:
    """The digests of the descriptions that an object tells of, by their keys; none of objects of the first days."""
    if package.item_count > _MOST_COMPARED:
        return {}
    found: dict[str, bytes] = {}
    try:
        with find_object(custody.storage_root(), package.object_id).open(DESCRIPTION_LINES) as lines:
            for text in lines:
                line = json.loads(text)
                if line["t"] == Description._meta.label_lower:
                    found[line["key"]] = _digest_of_row(line)
    except (LantaiError, OSError, ValueError, KeyError):  # what cannot be read tells nothing
        return {}
    return found


def _digest_of_row(line: Mapping[str, object]) -> bytes:
    return hashlib.sha256(json.dumps(line["row"], sort_keys=True).encode()).digest()


def _whole(found: QuerySet[Description]) -> QuerySet[Description]:
    return found.select_related(
        "fonds__archives", "parent__fonds__archives", "custodian", "creator", "kind", "package"
    )


def _receipt_lines(touched: _Touched, at: datetime) -> Iterator[Line]:
    """Transfers with their receipts and registers; what else the desk had of them is working paper."""
    registers = Register.objects.filter(
        Q(pk__in=touched.registers) | Q(submission_id__in=touched.submissions)
    ).select_related("submission", "agency", "archives")
    wanted = touched.submissions | {register.submission_id for register in registers}
    found = Submission.objects.filter(pk__in=wanted, accepted_entry_id__isnull=False)
    for row in found.select_related(
        "agency", "archives", "fonds__archives", "kind", "package", "sent_package", "replaces"
    ):
        line = rows.line_of(row, at=at)
        yield line | {"row": {**rows.columns_of(row), "blob_key": ""}}
        for key in filter(None, (row.receipt_key, row.register_key)):
            yield from _blob_lines(key, at)
    accepted = (register for register in registers if register.submission.accepted_entry_id is not None)
    yield from (rows.line_of(register, at=at) for register in accepted)


def _blob_lines(key: str, at: datetime) -> Iterator[Line]:
    try:
        with blobs.open_blob(key) as stream:
            content = b64encode(stream.read()).decode()
    except Missing:
        return
    yield {"t": "blob", "at": at.isoformat(), "key": key, "id": None, "row": {"base64": content}}
