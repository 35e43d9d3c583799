"""Holding a transfer against the agreement in force: at the door by kind and size, after reading by content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import queries
from lantai.apps.intake.models import Agreement, Submission
from lantai.apps.intake.types import (
    KindNotAgreed,
    Mode,
    MoreBytesThanAgreed,
    MoreItemsThanAgreed,
    NoAgreement,
)
from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import PackageProblem
from lantai.platform.orgs.models import Org

LAYOUT = N_("信息包结构是“%(layout)s”，移交协议“%(agreement)s”约定的是：%(agreed)s。")
FILES = N_("本批有 %(found)d 个文件，超过移交协议“%(agreement)s”约定的 %(most)d 个。")
ITEMS = N_("本批有 %(found)d 件，超过移交协议“%(agreement)s”约定的 %(most)d 件。")
FORMAT = N_("文件“%(name)s”的格式不在移交协议“%(agreement)s”约定的格式（%(agreed)s）之内。")
KIND = N_("“%(title)s”是%(kind)s，移交协议“%(agreement)s”没有约定移交这一种类。")
MOST_NAMED = 200


def require_agreed(
    agency: Org, kind_id: int | None, today: date, *, byte_count: int = 0, item_count: int = 0
) -> Agreement | None:
    """The agreement in force, after the transfer has been held against what it says of kinds and sizes.

    None where there is none and the rule does not ask for one. Raises ``NoAgreement``, ``KindNotAgreed``,
    ``MoreBytesThanAgreed``,
    ``MoreItemsThanAgreed``: nothing has been taken in then.
    """
    agreement = queries.agreement_in_force(agency.pk, agency.archives_id)
    if agreement is None:
        if queries.rule_value(today, "agreement_needed", 0):
            raise NoAgreement(agency=agency.name, archives=agency.archives.name if agency.archives else "")
        return None
    if kind_id is not None and not agreement.kinds.filter(kind_id=kind_id).exists():
        kind = holdings.kinds().get(pk=kind_id)
        raise KindNotAgreed(agreement=agreement.title, kind=kind.name)
    if agreement.most_bytes is not None and byte_count > agreement.most_bytes:
        raise MoreBytesThanAgreed(agreement=agreement.title, found=byte_count, most=agreement.most_bytes)
    if agreement.most_items is not None and item_count > agreement.most_items:
        raise MoreItemsThanAgreed(agreement=agreement.title, found=item_count, most=agreement.most_items)
    return agreement


def problems_of(submission: Submission) -> Iterator[tuple[PackageProblem, str]]:
    """What the agreement does not allow in a transfer that has been read, with the item that has it."""
    agreement = submission.agreement
    if agreement is None:
        return
    title = agreement.title
    layout = str(submission.findings.get("kind") or "")
    if agreement.layouts and submission.mode != Mode.ONLINE and layout not in agreement.layouts:
        agreed = "、".join(agreement.layouts)
        yield PackageProblem(LAYOUT, {"layout": layout, "agreement": title, "agreed": agreed}), ""
    count = submission.files.exclude(item=None).count()
    if agreement.most_files is not None and count > agreement.most_files:
        yield PackageProblem(FILES, {"found": count, "agreement": title, "most": agreement.most_files}), ""
    if agreement.most_items is not None and submission.item_count > agreement.most_items:
        params = {"found": submission.item_count, "agreement": title, "most": agreement.most_items}
        yield PackageProblem(ITEMS, params), ""
    yield from _other_kinds(submission, agreement)
    yield from _other_formats(submission, agreement)


def _other_kinds(submission: Submission, agreement: Agreement) -> Iterator[tuple[PackageProblem, str]]:
    agreed = agreement.kinds.values("kind_id")
    for item in queries.items_of(submission.pk).exclude(kind_id__in=agreed)[:MOST_NAMED]:
        params = {"title": item.title, "kind": item.kind.name, "agreement": agreement.title}
        yield PackageProblem(KIND, params, item.reference_code), item.item_key


def _other_formats(submission: Submission, agreement: Agreement) -> Iterator[tuple[PackageProblem, str]]:
    if not agreement.formats:
        return
    agreed = "、".join(agreement.formats)
    found = 0
    for file in _content(submission).iterator():
        if file.name.rpartition(".")[2].lower() in agreement.formats:
            continue
        params = {"name": file.name, "agreement": agreement.title, "agreed": agreed}
        yield PackageProblem(FORMAT, params, file.path), file.item.item_key
        found += 1
        if found == MOST_NAMED:
            return


def _content(submission: Submission) -> QuerySet:
    """The items' own files; their metadata is not bound to a format."""
    rows = submission.files.exclude(item=None).exclude(role="metadata").exclude(state="missing")
    return rows.select_related("item").defer("text").order_by("pk")


def schemes_of(submission: Submission) -> dict[int, str]:
    """Record kind → test scheme, where the transfer's agreement names one."""
    if submission.agreement is None:
        return {}
    return dict(submission.agreement.kinds.exclude(scheme="").values_list("kind_id", "scheme"))
