"""Transfers from agencies to archives: sent, tested, accepted or returned with reasons."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.copies import services as copies
from lantai.apps.copies.models import Reading
from lantai.apps.custody.models import Package
from lantai.apps.filing.models import Document
from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import services
from lantai.apps.intake.models import Agreement, Announcement, Due, Submission
from lantai.apps.intake.types import Plan, Terms
from lantai.apps.readingroom.models import Certificate, Request
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger.models import Leaf
from lantai.platform.orgs.models import Org
from lantai.site.demo import broken, layouts
from lantai.site.demo.places import PLACES, Place
from lantai.site.demo.region import Region

SENDER = "xinongye"
LEFT = "ziran"  # its transfer waits for a visitor
KEEPERS = {place.code: place.slug for place in PLACES if place.kind == "archives"}


def agree_all(region: Region) -> int:
    """Every agency and its archives confirm an agreement; the first agency also announces its next transfer."""
    kinds = {kind.pk: kind.test_scheme for kind in holdings.kinds()}
    made = 0
    for place in PLACES:
        org = region.orgs.get(place.slug)
        if place.kind != "agency" or org is None or Agreement.objects.filter(agency=org).exists():
            continue
        keeper = KEEPERS[place.archives]
        terms = Terms(
            title=f"{place.name}电子档案移交协议（样例）",
            kinds=kinds,
            valid_from=date(timezone.localdate().year, 1, 1),
            note="样例：移交内容、方式和期限由双方约定。",
        )
        archivist = region.ctx(keeper, "archivist")
        row = services.draft_agreement(archivist, agency_id=org.pk, terms=terms)
        services.sign_agreement(region.ctx(place.slug, "agency_lead"), agreement_id=row.pk, side="agency")
        services.sign_agreement(region.ctx(keeper, "archives_head"), agreement_id=row.pk, side="archives")
        made += 1
    _announce(region)
    return made


def _announce(region: Region) -> None:
    org = region.org(SENDER)
    due = Due.objects.filter(agency=org, settled_at=None, waived_at=None).order_by("due_on", "pk").first()
    if due is None or Announcement.objects.filter(agency=org).exists():
        return
    plan = Plan(
        title=f"{org.name} {due}（样例）",
        kind_id=due.kind_id,
        mode="package",
        item_count=24,
        planned_on=timezone.localdate() + timedelta(days=14),
        due_id=due.pk,
    )
    services.announce(region.ctx(SENDER, "agency_lead"), agency_id=org.pk, plan=plan)


def submit_all(region: Region) -> int:
    """Every agency transfers its sealed batches once, but for the newest fonds, which keeps one at its desk."""
    agree_all(region)
    sent = 0
    transferred = Submission.objects.exclude(package=None).values("package_id")
    for place in _agencies():
        packages = Package.objects.filter(custodian=region.org(place.slug), source_type="filing:batch")
        for package_id in packages.exclude(pk__in=transferred).values_list("pk", flat=True):
            submission = services.submit_online(region.ctx(place.slug, "agency_lead"), package_id=package_id)
            sent += submission.item_count
    return sent


def _agencies() -> list[Place]:
    """All agencies but the last: its batches stay with it, so that a visitor can transfer them."""
    return [place for place in PLACES if place.kind == "agency"][:-1]


def submit_broken(region: Region) -> int:
    """One good package by upload, one in each layout, and one with each fault."""
    place = next(p for p in PLACES if p.slug == SENDER)
    ctx = region.ctx(SENDER, "agency_lead")
    packages = [
        broken.good(place.name, place.fonds),
        broken.partly(place.name, place.fonds),
        *broken.broken(place.name, place.fonds),
        *layouts.packages(place.name, place.fonds),
    ]
    known = set(Submission.objects.filter(agency=region.org(SENDER)).values_list("title", flat=True))
    for package in packages:
        if package.note not in known:
            services.submit_package(
                ctx, staged=blobs.stage([package.make()]), name=package.name, agency_id=region.org(SENDER).pk,
                title=package.note, note="样例：演示退回与更正。",
            )  # fmt: skip
    return len(packages)


def count_waiting() -> int:
    """How many transfers wait for their test; the runs were queued when they came."""
    return Submission.objects.filter(state__in=("submitted", "checking")).count()


def return_broken(region: Region) -> int:
    """The archives returns what failed, with the reason; the items' own reasons stand beside them."""
    failed = Submission.objects.filter(state="failed").select_related("archives")
    for submission in failed:
        ctx = region.ctx(KEEPERS[submission.archives.code], "archivist")
        if submission.title == broken.PARTLY:
            services.accept_part(ctx, submission_id=submission.pk, said="样例：不合格的一件退回，其余接收。")
            _confirm(region, submission)
            continue
        services.return_submission(
            ctx, submission_id=submission.pk, reason="检测不合格，请按报告逐项改正后重新移交。"
        )
    return Submission.objects.filter(state="returned").count()


def accept_all(region: Region) -> int:
    """The archives accepts what passed, but for one transfer that a visitor may decide."""
    items = 0
    waiting = Submission.objects.filter(state="passed").exclude(agency=region.org(LEFT))
    for submission in waiting.select_related("archives"):
        ctx = region.ctx(KEEPERS[submission.archives.code], "archivist")
        services.accept_submission(ctx, submission_id=submission.pk)
        _confirm(region, submission)
        items += submission.item_count
    return items


def _confirm(region: Region, submission: Submission) -> None:
    """交接双人: the head of the archives confirms what the archivist has decided."""
    submission.refresh_from_db(fields=["state"])
    if submission.state == "to_confirm":
        head = region.ctx(KEEPERS[submission.archives.code], "archives_head")
        services.confirm_acceptance(head, submission_id=submission.pk)


def start_fixity(region: Region) -> int:
    """Every archives that never did reads everything it keeps."""
    files = 0
    for slug in KEEPERS.values():
        org: Org = region.org(slug)
        if not Reading.objects.filter(org=org).exists() and Package.objects.filter(custodian=org).exists():
            copies.start_reading(region.ctx(slug, "archivist"), org_id=org.pk)
            files += sum(Package.objects.filter(custodian=org).values_list("file_count", flat=True))
    return files


def counts() -> dict[str, int]:
    """What is there now."""
    return {
        "电子文件 documents": Document.objects.count(),
        "已归档 sealed": Document.objects.filter(state="sealed").count(),
        "信息包 packages": Package.objects.count(),
        "目录条目 catalogue rows": Description.objects.count(),
        "移交批次 transfers": Submission.objects.count(),
        "移交协议 agreements": Agreement.objects.count(),
        "其中部分接收 partly": Submission.objects.filter(state="partly").count(),
        "其中退回 returned": Submission.objects.filter(state="returned").count(),
        "查档申请 requests": Request.objects.count(),
        "证明 certificates": Certificate.objects.count(),
        "存证日志 log leaves": Leaf.objects.count(),
    }
