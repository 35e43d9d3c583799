"""Testing a sealed package again: periodically, after a restore or migration, before an export or a transfer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby, islice
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from pydantic import BaseModel, ConfigDict, ValidationError

from lantai.apps.custody import queries
from lantai.apps.custody.models import CheckRun, ContentFile, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.services import scanning
from lantai.apps.custody.services.examination import file_facts, survey_files
from lantai.apps.custody.services.surroundings import surroundings
from lantai.apps.custody.services.testing import record_check, scheme_in_use
from lantai.apps.custody.types import (
    STAGE_OF,
    ItemsUnreadable,
    NothingOfScheme,
    Occasion,
    OccasionUnfit,
    TestPackage,
)
from lantai.apps.holdings import queries as holdings
from lantai.kit.digests import Digests, digest_file
from lantai.kit.errors import LantaiError, plain
from lantai.kit.fourprops.checks.wording import CATALOGUE_ONLY
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.facts import (
    FileFacts,
    ItemFacts,
    PackageFacts,
    PackageProblem,
    Subject,
)
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.metadata import ElementScheme
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.problems import Severity
from lantai.kit.packages.sent import Declared, SentFile, SentItem
from lantai.kit.selfcheck.facts import item_facts
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run

SUBJECT = "custody:package"
ITEMS = "metadata/items.json"
_FILES_AT_ONCE = 64
# What was sealed unchanged opens as it did: a periodic test reads everything, and opens nothing again.
_OPENS_AGAIN = frozenset({Occasion.SELF_CHECK, Occasion.RESTORE, Occasion.MIGRATION, Occasion.EXPORT})


class KeptItem(BaseModel):
    """An item as ``metadata/items.json`` of a package has it."""

    model_config = ConfigDict(extra="ignore")

    item_key: str
    kind: str
    reference_code: str = ""
    title: str = ""
    elements: dict[str, str | list[str]] = {}
    events: list[tuple[str, str, str]] = []


@dataclass(frozen=True, slots=True)
class _Testing:
    """What one test holds while it works."""

    ctx: Ctx
    package: Package
    stored: OcflObject
    occasion: Occasion
    read_since: datetime | None

    @property
    def today(self) -> date:
        return timezone.localdate(self.ctx.now)


class KeptItems(BaseModel):
    """The list of the items of a package."""

    model_config = ConfigDict(extra="ignore")

    items: list[KeptItem] = []


def start_testing(ctx: Ctx, *, package_id: int, occasion: str) -> Run:
    """Queue the test of a package in the actor's custody; raises ``OccasionUnfit``."""
    package = queries.get(ctx, package_id)
    policy.require(ctx, P.CHECK_RUN, package.custodian_id)
    if occasion not in queries.occasions_of(package):
        raise OccasionUnfit(field="occasion")
    with transaction.atomic():
        args = TestPackage(package.pk, occasion)
        return jobs.start(ctx, args, org_id=package.custodian_id, about=(SUBJECT, package.pk),
                          total=package.file_count)  # fmt: skip


def test_by_object(ctx: Ctx, *, object_id: str, occasion: str) -> list[CheckRun]:
    """Test the package of that OCFL object here and now, for a command; raises ``OccasionUnfit``, ``Missing``."""
    package = policy.one(queries.visible(ctx), object_id=object_id)
    policy.require(ctx, P.CHECK_RUN, package.custodian_id)
    if occasion not in queries.occasions_of(package):
        raise OccasionUnfit(field="occasion")
    return test_after(ctx, package, Occasion(occasion))


def test_after(
    ctx: Ctx, package: Package, occasion: Occasion, *, read_since: datetime | None = None
) -> list[CheckRun]:
    """Test all of a sealed package by the scheme of each kind in it, and keep the reports.

    Every file is read, but those that a fixity round has found whole since ``read_since``; on most occasions
    all are also scanned and opened again. The caller has checked the permission.
    Raises ``ItemsUnreadable``, and ``ScannerNotReady`` where a scan is due and the policy is to wait.
    """
    started_at = timezone.now()
    stored = open_object(queries.object_folder(package.object_id))
    testing = _Testing(ctx, package, stored, occasion, read_since)
    kept = _items(package, stored)
    if occasion in _OPENS_AGAIN:
        _scan_again(testing)
    facts = _package_facts(package)
    by_kind: defaultdict[str, list[KeptItem]] = defaultdict(list)
    for item in kept:
        by_kind[item.kind].append(item)
    reports = [_report(testing, facts, slug, items) for slug, items in sorted(by_kind.items())]
    return [
        record_check(ctx, report, occasion=occasion, subject=(SUBJECT, package.pk), subject_name=package.title,
                     org_id=package.custodian_id, subject_org_id=package.origin_id, started_at=started_at)
        for report in reports
    ]  # fmt: skip


test_after.__test__ = False  # type: ignore[attr-defined]  # a test of records, not of this program


def _items(package: Package, stored: OcflObject) -> list[KeptItem]:
    try:
        with stored.open(ITEMS) as stream:
            found = KeptItems.model_validate(json.load(stream)).items
    except (LantaiError, OSError, ValueError, ValidationError) as unread:
        raise ItemsUnreadable(title=package.title) from unread
    if not found:
        raise ItemsUnreadable(title=package.title)
    return found


def _scan_again(testing: _Testing) -> None:
    if not scanning.has_scanner():
        return
    missing = 0
    for files in _chunks(queries.content_files(testing.package.pk).iterator(chunk_size=_FILES_AT_ONCE)):
        paths = _paths(testing.stored, files)
        here = [file for file in files if file.pk in paths]
        scans = scanning.scan_files(testing.today, (paths[file.pk] for file in here))
        for file, scan in zip(here, scans, strict=True):
            file.scan = scan or file.scan
            missing += scan is None
        ContentFile.objects.bulk_update([file for file in here if file.scan], ["scan"])
    scanning.require_scans(testing.today, missing)


def _package_facts(package: Package) -> PackageFacts:
    rows = queries.content_files(package.pk)
    held = rows.aggregate(files=Count("pk"), bytes=Sum("size_bytes", default=0))
    has_content = rows.exclude(item_key="").exists()  # rows are as it was sealed, whatever lies there now
    problems = validate_object(queries.object_folder(package.object_id), check_digests=False)
    return PackageFacts(
        kind="ocfl_object" if has_content else CATALOGUE_ONLY,
        declared_file_count=package.file_count,
        file_count=held["files"],
        declared_bytes=package.byte_count,
        bytes=held["bytes"],
        structure_problems=tuple(
            PackageProblem(one.message, plain(one.params), one.place, one.severity is Severity.ERROR)
            for one in problems
        ),
        extra_files=(),
        readable_metadata=True,
    )


def _report(testing: _Testing, facts: PackageFacts, slug: str, items: Sequence[KeptItem]) -> Report:
    kind, package = holdings.kind(slug), testing.package
    stage = STAGE_OF[testing.occasion].value
    scheme = scheme_in_use(
        kind.test_scheme, stage=stage, org_id=package.origin_id, kind_id=kind.pk, on=testing.today
    )
    return run_checks(_subject(testing, facts, items, Stage(stage), scheme.elements), scheme)


def subject_for_trial(ctx: Ctx, *, package_id: int, scheme_slug: str, stage: Stage) -> Subject:
    """The facts of a package's items that a scheme tests, for trying a draft on them; nothing is kept.

    Raises ``Missing``, ``ItemsUnreadable``, and ``NothingOfScheme`` where no item is of a kind that it tests.
    """
    package = queries.get(ctx, package_id)
    stored = open_object(queries.object_folder(package.object_id))
    testing = _Testing(ctx, package, stored, Occasion.PERIODIC, None)
    kept = _items(package, stored)
    own = {slug for slug in {item.kind for item in kept} if holdings.kind(slug).test_scheme == scheme_slug}
    if not own:
        raise NothingOfScheme(title=package.title)
    items = [item for item in kept if item.kind in own]
    return _subject(testing, _package_facts(package), items, stage, scheme_for(scheme_slug).elements)


def _subject(
    testing: _Testing,
    facts: PackageFacts,
    items: Sequence[KeptItem],
    stage: Stage,
    elements: ElementScheme,
) -> Subject:
    scans = queries.content_files(testing.package.pk).values_list("logical_path", "scan")
    environment = replace(
        surroundings(testing.ctx, org_id=testing.package.custodian_id),
        is_online=True,
        antivirus=scanning.antivirus_of(scans.iterator()) if scanning.has_scanner() else None,
    )
    return Subject(stage, facts, _tested(testing, items, elements), environment)


def _tested(testing: _Testing, items: Iterable[KeptItem], elements: ElementScheme) -> Iterator[ItemFacts]:
    """Items with their files, by item key; some files are read at a time."""
    by_key = {item.item_key: item for item in items}
    rows = queries.content_files(testing.package.pk).iterator(chunk_size=_FILES_AT_ONCE)
    chunks = _chunks(row for row in rows if row.item_key in by_key)
    read = (one for files in chunks for one in _read(testing, files))
    without = set(by_key)
    for key, files in groupby(read, key=lambda one: one[0]):
        found = [facts for _key, facts in files]
        without.discard(key)
        yield item_facts(_sent(by_key[key], len(found)), found, elements)
    for key in sorted(without):
        yield item_facts(_sent(by_key[key], 0), (), elements)


def _sent(item: KeptItem, count: int) -> SentItem:
    return SentItem(
        key=item.item_key,
        reference_code=item.reference_code or item.item_key,
        title=item.title,
        file_count=count,
        metadata=item.elements,
        row={},
        events=tuple(item.events),
    )


def _read(testing: _Testing, files: Sequence[ContentFile]) -> Iterator[tuple[str, FileFacts]]:
    paths = _paths(testing.stored, files)
    whole = _whole(testing, files)
    found = {pk: digest_file(path) for pk, path in paths.items() if pk not in whole}
    if testing.occasion in _OPENS_AGAIN:
        _open_again([file for file in files if file.pk in paths], paths)
    for file in files:
        as_sealed = Digests(file.sha256, file.sha512, file.sm3), file.size_bytes
        sent = _as_sent(file, is_missing=file.pk not in paths)
        yield file.item_key, file_facts(file, sent, found.get(file.pk, as_sealed))


def _whole(testing: _Testing, files: Sequence[ContentFile]) -> set[int]:
    """The files that a fixity round has just read and found to be what was sealed."""
    since = testing.read_since
    if since is None:
        return set()
    return {file.pk for file in files if file.is_intact and file.read_at and file.read_at >= since}


def _as_sent(file: ContentFile, *, is_missing: bool) -> SentFile:
    declared = Declared(
        name=file.original_name,
        size_bytes=file.size_bytes,
        digests={"sha256": file.sha256, "sha512": file.sha512, "sm3": file.sm3},
    )
    return SentFile(file.logical_path, file.original_name, file.size_bytes, declared, is_missing, file.role)


def _open_again(files: Sequence[ContentFile], paths: Mapping[int, Path]) -> None:
    """What opening shows today takes the place of what it showed before."""
    surveys = survey_files((paths[file.pk], file.original_name) for file in files)
    for file, survey in zip(files, surveys, strict=True):
        file.puid, file.mime, file.state = survey.puid, survey.mime, survey.state
        file.extension_ok, file.page_count = survey.extension_ok, survey.page_count
        file.examination = survey.examination
    names = ["puid", "mime", "state", "extension_ok", "page_count", "examination"]
    ContentFile.objects.bulk_update(files, names)


def _paths(stored: OcflObject, files: Iterable[ContentFile]) -> dict[int, Path]:
    """Where the files lie, without those that are gone."""
    found = {}
    for file in files:
        with suppress(LantaiError):
            path = stored.file(file.logical_path).path
            if path.is_file():
                found[file.pk] = path
    return found


def _chunks(rows: Iterable[ContentFile]) -> Iterator[list[ContentFile]]:
    waiting = iter(rows)
    while files := list(islice(waiting, _FILES_AT_ONCE)):
        yield files
