"""Taking a transfer into custody: content, catalogue, register, receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.types import NewDescription, ReferenceCodeTaken
from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile, PackageNotWhole, Told
from lantai.apps.intake import facts, papers, queries
from lantai.apps.intake.events import SubmissionAccepted
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services import opinions, registering, returning
from lantai.apps.intake.services.calendar import settle_due
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import (
    CLOCK,
    OBJECT,
    TAKEN_IN,
    ItemVerdict,
    NotYetSequenced,
    SubmissionState,
)
from lantai.kit.errors import N_
from lantai.kit.evidence.receipts import Statement, statement_digest
from lantai.kit.packages.ocfl.reader import open_object
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.problems import Severity
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.queries import entries_about
from lantai.platform.ledger.types import NotYetLogged
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lantai.apps.custody.models import Package

ROWS_AT_ONCE = 1_000
_TRIES, _PAUSE_S = 20, 0.25  # the sequencer of a worker may be at it: its turn takes less than a second


def take_custody(ctx: Ctx, *, submission: Submission, root: Path | None) -> None:
    """Make the archives the custodian: of the agency's package, or of a new object sealed from ``root``.

    What is taken of a sealed package in part is sealed anew, and the agency keeps its package as it is.

    In the run's own step, with the catalogue. Raises ``ReferenceCodeTaken``, ``PackageNotWhole`` and what the
    sealing refuses; then nothing was taken.
    """
    if root is None and queries.is_taken_in_part(submission):
        _take_part(ctx, submission)
    elif root is None:
        _take_over(ctx, submission)
    else:
        _seal(ctx, submission, root)
    items = SubmissionItem.objects.filter(submission=submission)
    items.filter(verdict=ItemVerdict.PASSED).update(verdict=ItemVerdict.ACCEPTED)
    submission.accepted_item_count = items.filter(verdict=ItemVerdict.ACCEPTED).count()
    submission.returned_item_count = items.exclude(verdict=ItemVerdict.ACCEPTED).count()
    submission.save(update_fields=["accepted_item_count", "returned_item_count"])


def _take_over(ctx: Ctx, submission: Submission) -> None:
    package = submission.package
    assert package is not None
    problems = validate_object(custody_queries.object_folder(package.object_id))
    if bad := sum(problem.severity is Severity.ERROR for problem in problems):
        raise PackageNotWhole(title=package.title, count=bad)
    archives = submission.archives
    custody.change_custodian(ctx, package_id=package.pk, custodian=archives, fonds_id=submission.fonds_id)
    catalogue.change_custodian(ctx, package_id=package.pk, custodian=archives)
    opinions.carry_over(ctx, submission)


def _take_part(ctx: Ctx, submission: Submission) -> None:
    """Seal the items that pass, each file read anew against its digests, and let their descriptions follow."""
    sent = submission.package
    assert sent is not None
    items = _passing(submission)
    stored = open_object(custody_queries.object_folder(sent.object_id))
    taken = queries.files_to_take(submission)
    keys = list(items.values_list("item_key", flat=True))
    tell = partial(catalogue.tell_moved, ctx, sent.pk, keys)
    package = _sealed(ctx, submission, items, list(facts.sealed_files(taken, stored)), tell)
    submission.sent_package, submission.package = sent, package
    submission.save(update_fields=["sent_package", "package"])
    catalogue.move_items(ctx, package_id=sent.pk, item_keys=keys, to=package)
    opinions.carry_over(ctx, submission)


def _seal(ctx: Ctx, submission: Submission, root: Path) -> None:
    items = _passing(submission)
    for code, title in queries.codes_taken(submission, items).items():
        raise ReferenceCodeTaken(code=code, title=title, field="reference_code")
    files = list(facts.new_files(queries.files_to_take(submission), root))
    tell = partial(catalogue.tell, ctx, _described(submission, items))
    package = _sealed(ctx, submission, items, files, tell)
    catalogue.register(ctx, package=package, items=_described(submission, items))
    submission.package = package
    submission.save(update_fields=["package"])


def _passing(submission: Submission) -> QuerySet[SubmissionItem]:
    """The items that are taken, to be read some at a time; reasons are of no more use."""
    return queries.items_of(submission.pk).filter(verdict=ItemVerdict.PASSED).defer("reasons", "carried")


def _sealed(
    ctx: Ctx,
    submission: Submission,
    items: QuerySet[SubmissionItem],
    files: list[NewFile],
    tell: Callable[[Package], Told],
) -> Package:
    return custody.seal(
        ctx,
        object_id=object_id_of(submission),
        title=submission.title,
        custodian_id=submission.archives_id,
        origin_id=submission.agency_id,
        fonds_id=submission.fonds_id,
        source=(OBJECT, submission.pk),
        item_count=items.count(),
        files=files,
        documents=_metadata(submission, items),
        tell=tell,
    )


def _described(submission: Submission, items: QuerySet[SubmissionItem]) -> Iterator[NewDescription]:
    for item in items.iterator(chunk_size=ROWS_AT_ONCE):
        yield facts.new_description(item, submission.agency_id)


def object_id_of(submission: Submission) -> str:
    """The object that a transferred package becomes."""
    return f"urn:lantai:accession:{submission.archives.code}:{submission.number}"


def _metadata(submission: Submission, items: QuerySet[SubmissionItem]) -> dict[str, bytes]:
    """Enough to rebuild the catalogue from the object alone, with the register as it stands at acceptance."""
    head = {
        "format": "lantai-items/1",
        "submission": submission.number,
        "title": submission.title,
        "agency": submission.agency.code,
        "fonds": submission.fonds.code,
        "archives": submission.archives.code,
        "content_sha512": submission.content_sha512,
    }
    described = [
        {
            "item_key": item.item_key,
            "reference_code": item.reference_code,
            "title": item.title,
            "kind": item.kind.slug,
            "scheme": item.kind.element_scheme,
            "elements": item.metadata,
            "row": item.row,
            "events": item.events,
            "annex": item.opinion,
        }
        for item in items.iterator(chunk_size=ROWS_AT_ONCE)
    ]
    returned = queries.items_of(submission.pk).filter(verdict=ItemVerdict.FAILED)
    codes = list(returned.values_list("reference_code", flat=True))
    odd = queries.files_to_take(submission)
    raw_names = {f"content/{file.path}": file.raw_name_hex for file in odd if file.raw_name_hex}
    named = {"metadata/raw-names.json": custody.as_document(raw_names)} if raw_names else {}
    return named | {
        "metadata/items.json": custody.as_document({**head, "items": described}),
        "metadata/register.json": custody.as_document(papers.register_facts(submission, items, codes)),
    }


def give_up_accepting(ctx: Ctx, *, submission: Submission) -> None:
    """Put a transfer whose acceptance was refused back to those that passed; no object without rows stays."""
    submission = Submission.objects.select_related("archives").get(pk=submission.pk)
    if submission.state != SubmissionState.ACCEPTING:
        return
    if submission.decided_at:
        custody.forget_unentered(
            object_id=object_id_of(submission), source=(OBJECT, submission.pk), since=submission.decided_at
        )
    is_failed = submission.decision.get("from") == SubmissionState.FAILED
    workflow.move(ctx, submission, SUBMISSION, "give_up_part" if is_failed else "give_up_accepting")
    Submission.objects.filter(pk=submission.pk).update(
        decision={}, decider_name="", decided_at=None, confirmer_name="", confirmed_at=None
    )


def issue_register(ctx: Ctx, *, submission: Submission) -> None:
    """Fill in 电子档案移交与接收登记表, print it and ask both sides to confirm it; in the run's own step."""
    if submission.register_key:
        return
    registering.open_register(ctx, submission)
    submission.register_key = blobs.stage([papers.register(submission)]).key
    submission.save(update_fields=["register_key"])


def finish_accepting(ctx: Ctx, *, submission: Submission) -> None:
    """Close the acceptance: one ledger line commits to the receipt's statement; in the run's own step."""
    if submission.state in TAKEN_IN:
        return
    assert submission.package is not None
    is_part = bool(submission.decision.get("is_part"))
    statement = _statement(submission)
    detail = {
        "statement_sha256": statement_digest(statement),
        "object": submission.package.object_id,
        "accepted": submission.accepted_item_count,
        "returned": submission.returned_item_count,
    }
    name = "finish_part" if is_part else "finish_accepting"
    moved = workflow.move(ctx, submission, SUBMISSION, name, detail=detail)
    submission.statement, submission.accepted_entry_id = statement, moved.entry_id
    submission.save(update_fields=["statement", "accepted_entry_id"])
    if is_part:
        returning.make_return_list(ctx, submission)
        failed = SubmissionItem.objects.filter(submission=submission, verdict=ItemVerdict.FAILED)
        failed.update(verdict=ItemVerdict.RETURNED)
    returning.answer_returns(ctx, submission)
    settle_due(ctx, submission)
    workflow.stop_clock(ctx, OBJECT, submission.pk, CLOCK)
    events.publish(ctx, SubmissionAccepted(submission.pk, submission.package.pk))
    _tell(ctx, submission, is_part=is_part)


def _tell(ctx: Ctx, submission: Submission, *, is_part: bool) -> None:
    params: dict[str, object] = {
        "title": submission.title, "number": submission.number, "archives": submission.archives.name,
    }  # fmt: skip
    text = N_("移交批次“%(title)s”（%(number)s）已由%(archives)s接收，可下载登记表和回执。")
    if is_part:
        params |= {"accepted": submission.accepted_item_count, "returned": submission.returned_item_count}
        text = N_(
            "移交批次“%(title)s”（%(number)s）已由%(archives)s部分接收：接收 %(accepted)d 件，退回 %(returned)d 件。"
            "请按退回清单补正后重新移交退回的件。"
        )
    notify.tell(ctx, org_id=submission.agency_id, permission=P.SUBMISSION_SUBMIT, text=text, params=params,
                url=submission.get_absolute_url())  # fmt: skip


def _statement(submission: Submission) -> Statement:
    package = submission.package
    assert package is not None and submission.decided_at is not None
    return {
        "kind": "transfer-receipt",
        "number": submission.number,
        "title": submission.title,
        "agency": submission.agency.name,
        "agency_code": submission.agency.code,
        "archives": submission.archives.name,
        "archives_code": submission.archives.code,
        "fonds": submission.fonds.code,
        "items": submission.accepted_item_count,
        "returned_items": submission.returned_item_count,
        "files": package.file_count,
        "bytes": package.byte_count,
        "object_id": package.object_id,
        "inventory_sha512": package.inventory_sha512,
        "content_sha512": submission.content_sha512,
        "submitted_at": submission.submitted_at.isoformat(),
        "accepted_at": submission.decided_at.isoformat(),
    }


def issue_receipt(ctx: Ctx, *, submission: Submission) -> None:
    """Make the receipt once its ledger line stands in the log, and keep it; raises ``NotYetSequenced``."""
    if submission.receipt_key:
        return
    entry = entries_about(OBJECT, submission.pk).get(pk=submission.accepted_entry_id)
    for _try in range(_TRIES):
        ledger.sequence(timezone.now())
        try:
            receipt = ledger.receipt_for(entry, submission.statement)
        except NotYetLogged:
            time.sleep(_PAUSE_S)
            continue
        submission.receipt_key = blobs.stage([receipt]).key
        submission.save(update_fields=["receipt_key"])
        return
    raise NotYetSequenced
