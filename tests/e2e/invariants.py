"""What must hold whenever the product has come to rest, however often it was killed on the way.

    lantai django shell --no-imports -c "from tests.e2e import invariants; invariants.judge(60)"

prints, as JSON, what is there and, for each sentence, why it is not true: in a process of its own, since the product of
the home under test has settings of its own.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path

Faults = Iterator[str]


def every_document_is_captured_and_sealed_exactly_once(documents: int) -> Faults:
    """The keys that the OA systems handed in, and each in one batch and one package."""
    from lantai.apps.filing.models import Document
    from lantai.site.demo import kinds, linked, papers

    waiting = {draft.key for draft in papers.later_drafts()} | set(linked.TAKEN)
    expected = {draft.key for draft in chain(papers.drafts(documents), kinds.drafts())} | waiting
    rows = list(Document.objects.values_list("external_key", "state", "reference_code", "batch__package_id"))
    yield from (f"lost: {key}" for key in sorted(expected - {row[0] for row in rows}))
    yield from (f"nobody sent: {key}" for key in sorted({row[0] for row in rows} - expected))
    yield from (
        f"{key}: {times} times" for key, times in Counter(row[0] for row in rows).items() if times > 1
    )
    filed = [row for row in rows if row[0] not in waiting]
    yield from (f"{row[0]}: {row[1]}" for row in filed if row[1] != "sealed" or row[3] is None)
    yield from (f"{row[0]}: {row[1]}" for row in rows if row[0] in waiting and row[1] != "captured")
    codes = Counter(row[2] for row in filed)
    yield from (f"reference code {code}: {times} times" for code, times in codes.items() if times > 1)


def every_object_on_disk_is_whole(_documents: int) -> Faults:
    """OCFL validity of the storage root and of every object, every byte read."""
    from lantai.apps.custody import queries as custody
    from lantai.kit.packages.ocfl.validate import validate_root
    from lantai.kit.packages.problems import Severity

    for folder, problems in validate_root(custody.storage_root()):
        yield from (f"{folder.name}: {p}" for p in problems if p.severity is Severity.ERROR)


def every_object_has_its_row_and_every_row_its_object(_documents: int) -> Faults:
    """Neither an object that nobody knows nor a package without content, and the same inventory in both."""
    from lantai.apps.custody import queries as custody
    from lantai.apps.custody.models import ContentFile, Package
    from lantai.kit.packages.ocfl.reader import object_folders, open_object

    held = {stored.object_id: stored for stored in map(open_object, object_folders(custody.storage_root()))}
    rows = {package.object_id: package for package in Package.objects.all()}
    yield from (f"object without a row: {one}" for one in sorted(held.keys() - rows.keys()))
    yield from (f"row without an object: {one}" for one in sorted(rows.keys() - held.keys()))
    for object_id in held.keys() & rows.keys():
        stored, package = held[object_id], rows[object_id]
        if custody.inventory_digest(stored) != package.inventory_sha512:
            yield f"another inventory than was acknowledged: {object_id}"
        missing = set(ContentFile.objects.filter(package=package).values_list("logical_path", flat=True))
        missing -= {file.logical_path for file in stored.files()}
        yield from (f"{object_id}: row of a file that is not in it: {path}" for path in sorted(missing))


def the_catalogue_has_one_row_for_every_item_of_every_package(_documents: int) -> Faults:
    """By the metadata inside of the packages, not by our own counters."""
    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody import queries as custody
    from lantai.apps.custody.models import Package
    from lantai.kit.packages.ocfl.reader import open_object

    for package in Package.objects.all():
        raw = (
            open_object(custody.object_folder(package.object_id))
            .file("metadata/items.json")
            .path.read_bytes()
        )
        inside = Counter(str(item["item_key"]) for item in json.loads(raw)["items"])
        rows = Counter(Description.objects.filter(package=package).values_list("item_key", flat=True))
        if inside != rows or package.item_count != inside.total():
            said = f"{inside.total()} items, {rows.total()} rows, count {package.item_count}"
            yield f"{package.object_id}: {said}"
    if loose := Description.objects.filter(level="item", package=None).count():
        yield f"{loose} items without a package"


def the_log_is_what_was_signed_and_holds_every_entry_once(_documents: int) -> Faults:
    """Also the duplicates that a repeated step would leave: an object is sealed, accepted, finished once."""
    from django.db.models import Count

    from lantai.platform.ledger import queries as ledger
    from lantai.platform.ledger import services
    from lantai.platform.ledger.models import Entry, Leaf, Pending

    services.sequence_now()
    yield from map(str, ledger.check_log())
    entries, leaves, waiting = (model.objects.count() for model in (Entry, Leaf, Pending))
    if waiting or entries != leaves:
        yield f"{entries} entries, {leaves} leaves, {waiting} waiting"
    acts = Entry.objects.filter(act__in=ONCE).values("act", "object_type", "object_id")
    for row in acts.annotate(times=Count("pk")).filter(times__gt=1):
        yield f"{row['act']} of {row['object_type']} {row['object_id']}: {row['times']} times"


ONCE = (
    "filing:document:captured",
    "filing:document:sealed",
    "custody:package:sealed",
    "intake:submission:submitted",
    "readingroom:request:submitted",
)


def no_run_is_left_open(_documents: int) -> Faults:
    """Nothing queued, running or failed; and nothing in the queue, once killed workers count as dead."""
    from django.db import connection

    from lantai.platform.jobs import services as jobs
    from lantai.platform.jobs.models import Run

    for run in Run.objects.exclude(state="succeeded"):
        yield f"run {run.pk} {run.kind}: {run.state} {run.message}"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")  # as after half a minute without a sign of life
    if taken_up := jobs.take_up():
        yield f"{taken_up} runs were taken up again"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs")
        yield from (f"queued job {number}: {status}" for number, status in cursor.fetchall())


def nothing_half_made_lies_about(_documents: int) -> Faults:
    """Staging, quarantine and spool are empty after the sweep that the worker makes every day."""
    from django.conf import settings
    from django.utils import timezone

    from lantai.apps.custody import queries as custody
    from lantai.kit.packages.ocfl.staging import recover
    from lantai.platform.blobs.services import sweep

    recover(custody.storage_root())
    sweep(timezone.now() + timedelta(days=30), keep_days=1)
    for name in ("staging", "quarantine", "incoming"):
        folder = Path(settings.LANTAI_STORE) / name
        left = sorted(folder.rglob("*")) if folder.is_dir() else []
        yield from (str(path) for path in left if not path.name.startswith("damage-"))  # kept: what rotted


def every_blob_has_a_row_and_an_owner(_documents: int) -> Faults:
    """And every owner its blob. After the sweep."""
    from lantai.platform.blobs import registry
    from lantai.platform.blobs.models import Blob

    kept = {one.key for one in registry.store().kept()}
    rows = set(Blob.objects.values_list("key", flat=True))
    owned = registry.keys_in_use(sorted(kept | rows))
    yield from (f"file without a row: {key[:16]}" for key in sorted(kept - rows))
    yield from (f"row without a file: {key[:16]}" for key in sorted(rows - kept))
    yield from (f"nobody's: {key[:16]}" for key in sorted(kept - owned))
    yield from (f"an owner misses: {key[:16]}" for key in sorted(_wanted() - kept))


def _wanted() -> set[str]:
    from lantai.apps.filing.models import DocumentFile
    from lantai.apps.intake.models import Submission
    from lantai.apps.readingroom.models import Certificate

    found = set(Certificate.objects.values_list("blob_key", flat=True))
    found |= set(DocumentFile.objects.exclude(document__state="sealed").values_list("blob_key", flat=True))
    for field in ("blob_key", "register_key", "receipt_key"):
        found |= set(Submission.objects.values_list(field, flat=True))
    return found - {""}


def the_deep_check_finds_nothing(_documents: int) -> Faults:
    """What `lantai check --deep` asks of a live installation."""
    from lantai.site import deep

    yield from map(str, deep.faults())


def what_rotted_in_a_copy_was_mended(_documents: int) -> Faults:
    """The demo spoils a byte of one copy; no copy stays behind its package."""
    from lantai.apps.copies.models import Copy, Damage

    yield from (f"not mended: {one.path}" for one in Damage.objects.filter(repaired_at=None))
    yield from (f"copy {one.pk} is {one.state}" for one in Copy.objects.exclude(state="whole"))


SENTENCES: tuple[Callable[[int], Faults], ...] = (
    every_document_is_captured_and_sealed_exactly_once,
    every_object_on_disk_is_whole,
    every_object_has_its_row_and_every_row_its_object,
    the_catalogue_has_one_row_for_every_item_of_every_package,
    the_log_is_what_was_signed_and_holds_every_entry_once,
    no_run_is_left_open,
    nothing_half_made_lies_about,
    every_blob_has_a_row_and_an_owner,
    the_deep_check_finds_nothing,
    what_rotted_in_a_copy_was_mended,
)


def counts() -> dict[str, int]:
    """How much there is; what a second complete run must leave as it is."""
    from lantai.apps.custody.models import CheckRun, ContentFile
    from lantai.apps.filing.models import Batch
    from lantai.platform.accounts.models import User
    from lantai.platform.orgs.models import Org
    from lantai.site.demo import transfers

    more = {model.__name__: model.objects.count() for model in (CheckRun, ContentFile, Batch, User, Org)}
    return {**transfers.counts(), **more}


def judge(documents: int) -> None:
    """Say of the installation whose process this is what is there, and what is not true of it."""
    faults = {sentence.__name__: list(sentence(documents))[:20] for sentence in SENTENCES}
    json.dump({"faults": faults, "counts": counts()}, sys.stdout, ensure_ascii=False)
