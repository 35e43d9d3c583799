"""Every read of this app."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lantai.apps.custody import history
from lantai.apps.custody.contents import contents_by_chance as contents_by_chance
from lantai.apps.custody.contents import every_package as every_package
from lantai.apps.custody.contents import file_with as file_with
from lantai.apps.custody.contents import files_of_content as files_of_content
from lantai.apps.custody.models import (
    CheckOverride,
    CheckReport,
    CheckResult,
    CheckRun,
    ContentFile,
    Package,
)
from lantai.apps.custody.permissions import P
from lantai.apps.custody.root import object_folder
from lantai.apps.custody.root import storage_root as storage_root
from lantai.apps.custody.types import (
    Conclusion,
    ExaminedRow,
    FileRow,
    FindingsWanted,
    IntegrityOf,
    Occasion,
    ReportNotKept,
    Standing,
)
from lantai.apps.custody.wording import lines_of
from lantai.kit.errors import N_, LantaiError
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.vocabulary import PROPERTY_LABELS, Outcome, Property
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.premis import Event
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.types import OrgKind


def inventory_digest(stored: OcflObject) -> str:
    """SHA-512 of the newest inventory: the one digest that stands for the whole object."""
    return _sha512(stored.path / INVENTORY)


def inventory_path(object_id: str, sha512: str) -> Path:
    """The inventory with that digest, of whichever version; the newest where none has it."""
    folder = object_folder(object_id)
    versions = open_object(folder).versions
    kept = (folder / version / INVENTORY for version in reversed(versions))
    return next((path for path in kept if _sha512(path) == sha512), folder / INVENTORY)


def _sha512(path: Path) -> str:
    return hashlib.sha512(path.read_bytes()).hexdigest() if path.is_file() else ""


def visible(ctx: Ctx) -> QuerySet[Package]:
    """Packages in the custody of organisations where the actor may see them."""
    rows = Package.objects.select_related("custodian", "origin", "fonds")
    return policy.visible(rows, policy.Granted(P.PACKAGE_READ, "custodian"), ctx.actor)


def get(ctx: Ctx, package_id: int) -> Package:
    """One package, or ``Missing``."""
    return policy.one(visible(ctx), pk=package_id)


def kept_by(org_id: int | OuterRef) -> QuerySet[Package]:
    """All packages in the custody of an organisation, for what is done in its name whoever asked."""
    return Package.objects.filter(custodian_id=org_id)


def by_source(source_type: str, source_id: object) -> Package | None:
    """The package that was sealed for that source."""
    return Package.objects.filter(source_type=source_type, source_id=str(source_id)).first()


def files_of(package_id: int, item_key: str) -> list[FileRow]:
    """The files of one item in their order; the caller has checked that it may see the item."""
    rows = ContentFile.objects.filter(package_id=package_id, item_key=item_key).select_related("package")
    return [_file_row(file) for file in rows]


def content_files(package_id: int) -> QuerySet[ContentFile]:
    """All files of a package, in the order of its items."""
    rows = ContentFile.objects.filter(package_id=package_id).select_related("package")
    return rows.order_by("item_key", "order", "id")


def files_at(package_id: object, item_key: object) -> QuerySet[ContentFile]:
    """The files of an item that another query tells of (``OuterRef``), for conditions on them."""
    return ContentFile.objects.filter(package_id=package_id, item_key=item_key)


def file_of(package_id: int, item_key: str, file_id: int) -> ContentFile:
    """One file of one item, or ``Missing``."""
    rows = ContentFile.objects.select_related("package")
    return policy.one(rows, pk=file_id, package_id=package_id, item_key=item_key)


Reader = Callable[[ContentFile], Path | None]
_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Let ``reader`` bring the verified bytes of a file to this machine where the storage root has none."""
    if reader not in _readers:
        _readers.append(reader)


def path_of(file: ContentFile) -> Path:
    """Where the bytes of a file are: in the storage root, or brought from the next copy that has them."""
    try:
        path = open_object(object_folder(file.package.object_id)).file(file.logical_path).path
        if file.is_intact and path.stat().st_size == file.size_bytes:
            return path
    except (LantaiError, OSError):
        brought = _brought(file)
        if brought is None:
            raise
        return brought
    return _brought(file) or path


def _brought(file: ContentFile) -> Path | None:
    return next((path for reader in _readers if (path := reader(file)) is not None), None)


def open_file(file: ContentFile) -> BinaryIO:
    """The bytes of a file."""
    return path_of(file).open("rb")


def words_of(row: ExaminedRow, scan: Mapping[str, Any] | None) -> str:
    """What examining and scanning a file has shown, in one cell of a table."""
    return "；".join(line.text for line in lines_of(row, scan))


def _file_row(file: ContentFile) -> FileRow:
    return FileRow(
        file.pk, file.original_name, file.role, str(file.get_role_display()), file.size_bytes, file.puid, file.mime,
        file.state, str(file.get_state_display()), file.page_count, file.sha256, file.sha512, file.sm3,
        file.read_at, file.is_intact, lines_of(file, file.scan),
    )  # fmt: skip


def texts_of(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The full text of each (package, item), in one query."""
    found: dict[tuple[int, str], list[str]] = {}
    rows = ContentFile.objects.filter(_of_items(keys)).exclude(text="").order_by("order", "pk")
    for package_id, item_key, text in rows.values_list("package_id", "item_key", "text"):
        found.setdefault((package_id, item_key), []).append(text)
    return {key: "\n".join(texts) for key, texts in found.items()}


def formats_of(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], frozenset[str]]:
    """The formats of the files of each (package, item) as people call them: PDF, OFD; in one query."""
    found: dict[tuple[int, str], set[str]] = {}
    rows = ContentFile.objects.filter(_of_items(keys))
    for package_id, item_key, name in rows.values_list("package_id", "item_key", "original_name"):
        if suffix := PurePath(name).suffix[1:]:
            found.setdefault((package_id, item_key), set()).add(suffix.upper())
    return {key: frozenset(formats) for key, formats in found.items()}


def _of_items(keys: Iterable[tuple[int, str]]) -> Q:
    wanted = Q(pk__in=())
    by_package: dict[int, list[str]] = {}
    for package_id, item_key in keys:
        by_package.setdefault(package_id, []).append(item_key)
    for package_id, item_keys in by_package.items():
        wanted |= Q(package_id=package_id, item_key__in=item_keys)
    return wanted


def integrity_of(package_id: int, item_key: str) -> IntegrityOf:
    """What the last reading of an item's files showed."""
    rows = ContentFile.objects.filter(package_id=package_id, item_key=item_key)
    read_at = Min(Coalesce("package__checked_at", "checked_at"))
    found = rows.aggregate(bad=Count("pk", filter=Q(is_intact=False)), oldest=read_at)
    if found["bad"]:
        return IntegrityOf("bad", _("内容有异常"), found["oldest"], 1)
    return IntegrityOf("good", _("内容完好"), found["oldest"], 1)


def untested_since(org_id: int | None, began_at: datetime) -> QuerySet[Package]:
    """Packages of an organisation that have no periodic test since a moment."""
    since = CheckRun.objects.filter(
        subject_type="custody:package", occasion=Occasion.PERIODIC, finished_at__gte=began_at
    )
    tested = [int(pk) for pk in since.values_list("subject_id", flat=True)]
    return Package.objects.filter(custodian_id=org_id).exclude(pk__in=tested).order_by("pk")


def occasions_of(package: Package) -> tuple[Occasion, ...]:
    """On which occasions its custodian may have a package tested."""
    if package.custodian.kind == OrgKind.ARCHIVES:
        return Occasion.EXPORT, Occasion.RESTORE, Occasion.MIGRATION
    return (Occasion.SELF_CHECK,)


def visible_checks(ctx: Ctx) -> QuerySet[CheckRun]:
    """Four-property tests for both sides: who tested, and whose records were tested."""
    rows = CheckRun.objects.select_related("org", "subject_org")
    rule = policy.Granted(P.CHECK_READ) | policy.Granted(P.CHECK_READ, "subject_org")
    return policy.visible(rows, rule, ctx.actor)


def results(check_run_id: int, *, is_summary: bool) -> QuerySet[CheckResult]:
    """Lines of a report: one a check, or one a failure."""
    return CheckResult.objects.filter(check_run_id=check_run_id, is_summary=is_summary).order_by("id")


def checks_of(subject_type: str, subject_id: object) -> QuerySet[CheckRun]:
    """Tests of one subject, newest first; the caller has checked that it may be seen."""
    return CheckRun.objects.filter(subject_type=subject_type, subject_id=str(subject_id)).order_by("-id")


def count_open_checks(check_ids: Iterable[int]) -> int:
    """Checks of these tests that no program could decide and no person has yet."""
    open_ = (Outcome.MANUAL, Outcome.NOT_RUN)
    return CheckResult.objects.filter(
        check_run_id__in=list(check_ids), is_summary=True, outcome__in=open_
    ).count()


def failed_items(check_id: int) -> dict[str, list[CheckResult]]:
    """Blocking failures of a test by item key."""
    rows = CheckResult.objects.filter(
        check_run_id=check_id, is_summary=False, is_blocking=True, outcome=Outcome.FAIL
    )
    found: dict[str, list[CheckResult]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.item_key, []).append(row)
    return found


ASKED = N_("请决定是否例外放行：%(name)s 的四性检测。")
FINDINGS_A_PAGE = 100


def get_check(ctx: Ctx, check_id: int) -> CheckRun:
    """One four-property test, or ``Missing``."""
    return policy.one(visible_checks(ctx), pk=check_id)


def report_of(check: CheckRun) -> Report:
    """The whole report of a test; raises ``ReportNotKept``."""
    kept = CheckReport.objects.filter(check_run=check).first()
    if kept is None:
        raise ReportNotKept
    return Report.from_json(kept.body)


def findings(check_id: int, wanted: FindingsWanted) -> QuerySet[CheckResult]:
    """The findings that are asked for, in the order of the report."""
    said = {"property": wanted.property, "outcome": wanted.outcome, "code": wanted.code}
    rows = results(check_id, is_summary=False).filter(
        **{name: value for name, value in said.items() if value}
    )
    return rows.filter(Q(place__icontains=wanted.text) | Q(item_key=wanted.text)) if wanted.text else rows


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """Some findings of a report, and whether there are others on either side."""

    rows: Sequence[CheckResult]
    has_before: bool
    has_after: bool


def findings_page(rows: QuerySet[CheckResult], *, after: int, before: int) -> FindingsPage:
    """The findings behind ``after``, or those ahead of ``before``, by their ids: as many as a page has."""
    if before:
        found = list(rows.filter(pk__lt=before).order_by("-pk")[: FINDINGS_A_PAGE + 1])
        return FindingsPage(found[:FINDINGS_A_PAGE][::-1], len(found) > FINDINGS_A_PAGE, has_after=True)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: FINDINGS_A_PAGE + 1])
    return FindingsPage(found[:FINDINGS_A_PAGE], after > 0, has_after=len(found) > FINDINGS_A_PAGE)


def not_overridable(check: CheckRun, rule: Mapping[str, Any]) -> list[str]:
    """The failed blocking checks of a test that the rule does not allow to be let count."""
    failed = results(check.pk, is_summary=True).filter(is_blocking=True, outcome=Outcome.FAIL)
    if check.stage in rule.get("stages", ()):
        failed = failed.exclude(property__in=rule.get("properties", ()))
    return sorted(failed.values_list("code", flat=True))


def override_of(check: CheckRun) -> CheckOverride | None:
    """The last request to let a failed test count."""
    return CheckOverride.objects.filter(check_run=check).order_by("-id").first()


def is_overridden(check_id: int) -> bool:
    """Whether a second person has let a failed test count."""
    return CheckOverride.objects.filter(check_run_id=check_id, is_granted=True).exists()


def checks_by_id(check_ids: Iterable[int]) -> dict[int, CheckRun]:
    """These tests by their ids; the caller has checked that they may be seen."""
    return CheckRun.objects.in_bulk(list(check_ids))


def standings(check_ids: Iterable[int]) -> list[Standing]:
    """What each of these tests counts as, by id; the caller has checked that they may be seen."""
    newest = Prefetch("overrides", CheckOverride.objects.order_by("-id"))
    rows = CheckRun.objects.filter(pk__in=list(check_ids)).order_by("pk").prefetch_related(newest)
    return [_standing(row) for row in rows]


def _standing(check: CheckRun) -> Standing:
    conclusion = Conclusion(check.conclusion)
    override = next(iter(check.overrides.all()), None)
    if override is None:
        return Standing(check.pk, check.scheme_title, conclusion, conclusion)
    is_let_count = conclusion is Conclusion.FAILED and bool(override.is_granted)
    return Standing(
        check.pk,
        check.scheme_title,
        conclusion,
        Conclusion.PASSED if is_let_count else conclusion,
        override.asked_by,
        override.reason,
        override.is_granted,
        override.decided_by,
    )


def counts_as(check_ids: Iterable[int]) -> Conclusion:
    """What these tests of one subject count as together: the gravest, a failed one that was let count passes."""
    found = {standing.counts_as for standing in standings(check_ids)}
    grave = (Conclusion.FAILED, Conclusion.NEEDS_PERSON)
    return next((one for one in grave if one in found), Conclusion.PASSED)


def other_runs(ctx: Ctx, check: CheckRun) -> list[CheckRun]:
    """The last tests of the same records by the same kind of scheme, newest first."""
    rows = visible_checks(ctx).filter(
        subject_type=check.subject_type, subject_id=check.subject_id, scheme=check.scheme
    )
    return list(rows.exclude(pk=check.pk).order_by("-id")[:20])


@dataclass(frozen=True, slots=True)
class Bar:
    """One of the four properties with how its checks came out."""

    label: str
    passed: int
    warned: int
    failed: int
    open: int

    @property
    def total(self) -> int:
        """All checks that apply."""
        return self.passed + self.warned + self.failed + self.open


def bars(counts: Sequence[Mapping[str, Mapping[str, int]]]) -> list[Bar]:
    """The four properties in the standard's order, over the counts of reports that belong together."""
    return [_bar(prop, [one.get(prop, {}) for one in counts]) for prop in Property]


def _bar(prop: Property, counts: Sequence[Mapping[str, int]]) -> Bar:
    found = {outcome: sum(one.get(outcome, 0) for one in counts) for outcome in Outcome}
    waiting = found[Outcome.MANUAL] + found[Outcome.NOT_RUN]
    label = _(PROPERTY_LABELS[prop])
    return Bar(label, found[Outcome.PASS], found[Outcome.WARN], found[Outcome.FAIL], waiting)


def may_bundle(ctx: Ctx, package_id: int) -> bool:
    """Whether the actor may make evidence bundles of a package."""
    orgs = ctx.actor.orgs_with(P.BUNDLE_MAKE)
    return Package.objects.filter(pk=package_id, custodian__in=orgs).exists()


def destroyed_digests(package: Package) -> set[str]:
    """SHA-512 of content of a package that was destroyed in every version."""
    return history.destroyed_digests(package)


def events_of(package: Package) -> list[Event]:
    """What was done to a package, as events of PREMIS; the caller has checked that it may be seen."""
    return list(history.events_of(package))
