"""移交附表: filled in by the agency before sending, or read from a package; carried into the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue import services as cataloguing
from lantai.apps.holdings.types import Classification
from lantai.apps.intake import facts, queries
from lantai.apps.intake.models import PreparedOpinion, Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import AnnexUnreadable, Mode, PackageNotYours
from lantai.kit.errors import N_, Invalid, Missing
from lantai.kit.fourprops.facts import PackageProblem
from lantai.kit.handover import opinions
from lantai.kit.handover.opinions import Trouble
from lantai.kit.handover.sheet import CODE
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.sandbox import services as sandbox

NOT_IN_PACKAGE = N_("信息包中没有这个档号。")
ROWS_AT_ONCE = 1_000


@transaction.atomic
def prepare_opinions(
    ctx: Ctx, *, package_id: int, item_keys: Collection[str], said: Mapping[str, object]
) -> int:
    """Write the same line of the annex for items of a sealed package that is not transferred yet.

    Returns how many. Raises ``PackageNotYours``, ``Missing``, and ``Invalid`` beside the field that is wrong.
    """
    known = _items(ctx, package_id)
    if not item_keys or not set(item_keys) <= known.keys():
        raise Missing
    for classification in {known[key] for key in item_keys}:
        _refuse_troubles(ctx, said, classification)
    kept = opinions.as_plain(opinions.read(said)[0])
    _write(ctx, package_id, dict.fromkeys(item_keys, kept))
    return len(item_keys)


def _refuse_troubles(ctx: Ctx, said: Mapping[str, object], classification: str) -> None:
    for trouble in _troubles(ctx, said, classification):
        if trouble.is_error:
            raise Invalid(trouble.message, field=trouble.column, **trouble.params)


def _troubles(ctx: Ctx, said: Mapping[str, object], classification: str) -> Iterator[Trouble]:
    opinion, wrong = opinions.read(said)
    yield from wrong
    yield from opinions.check(opinion, classification=classification, on=timezone.localdate(ctx.now))


def _items(ctx: Ctx, package_id: int) -> dict[str, str]:
    """Item key → 密级 of what may still be annotated."""
    package = policy.one(queries.packages_of_sender(ctx), pk=package_id)
    policy.require(ctx, P.SUBMISSION_SUBMIT, package.custodian_id)
    if not queries.packages_to_send(ctx).filter(pk=package_id).exists():
        raise PackageNotYours(title=package.title)
    rows = catalogue.item_rows(ctx).filter(package_id=package_id)
    with translation.override(
        "zh-hans"
    ):  # the rules of the annex know the Chinese words, whoever fills it in
        words = {one.value: str(one.label) for one in Classification}
    return {key: words[said] for key, said in rows.values_list("item_key", "classification")}


def _write(ctx: Ctx, package_id: int, lines: Mapping[str, Mapping[str, str]]) -> None:
    there = PreparedOpinion.objects.filter(package_id=package_id, item_key__in=list(lines))
    there.delete()
    PreparedOpinion.objects.bulk_create(
        (
            PreparedOpinion(
                package_id=package_id,
                item_key=key,
                opinion=dict(said),
                editor_name=ctx.actor.name,
                edited_at=ctx.now,
            )
            for key, said in lines.items()
            if said
        ),
        batch_size=ROWS_AT_ONCE,
    )
    ledger.record(
        ctx,
        "intake:annex:prepared",
        object_type="custody:package",
        object_id=package_id,
        detail={"items": len(lines)},
    )


def import_annex(ctx: Ctx, *, package_id: int, path: Path) -> int:
    """Take the annex of a sealed package from a sheet, all of it or nothing; returns how many lines.

    Raises ``AnnexUnreadable`` with the row, and what the reader of the sheet refuses.
    """
    lines = sandbox.call("lantai.kit.handover.sheet:read_annex", path=path, timeout_s=60)
    with transaction.atomic():
        known = _items(ctx, package_id)
        rows = catalogue.item_rows(ctx).filter(package_id=package_id)
        keys = dict(rows.values_list("reference_code", "item_key"))
        found: dict[str, dict[str, str]] = {}
        for line in lines:
            code = str(line[CODE])
            if code not in keys:
                raise AnnexUnreadable(row=line["row"], code=code, why=_(NOT_IN_PACKAGE))
            for trouble in _troubles(ctx, line, known[keys[code]]):
                if trouble.is_error:
                    why = _(trouble.message) % trouble.params
                    raise AnnexUnreadable(row=line["row"], code=code, why=why)
            found[keys[code]] = opinions.as_plain(opinions.read(line)[0])
        _write(ctx, package_id, found)
    return len(found)


def enter_prepared(submission: Submission) -> None:
    """Copy the annex of a sealed package to the items of its transfer; in the caller's transaction."""
    prepared = queries.prepared_opinions(submission.package_id)  # type: ignore[arg-type]
    rows = list(queries.items_of(submission.pk).filter(item_key__in=list(prepared)))
    for row in rows:
        row.opinion = prepared[row.item_key]
    SubmissionItem.objects.bulk_update(rows, ["opinion"], batch_size=ROWS_AT_ONCE)


def enter_annex(submission: Submission, lines: Mapping[str, Mapping[str, str]]) -> None:
    """Note what a package says of its items: in their metadata, then in the annex sheet, which wins.

    In the run's own step, after the items were entered.
    """
    changed = []
    for item in queries.items_of(submission.pk).iterator(chunk_size=ROWS_AT_ONCE):
        said = opinions.pick({**item.row, **item.metadata})
        said |= opinions.pick(lines.get(item.reference_code, {}))
        if said:
            item.opinion = facts.storable(said)
            changed.append(item)
        if len(changed) == ROWS_AT_ONCE:
            SubmissionItem.objects.bulk_update(changed, ["opinion"])
            changed.clear()
    SubmissionItem.objects.bulk_update(changed, ["opinion"])


def problems_of(ctx: Ctx, submission: Submission) -> Iterator[tuple[PackageProblem, str]]:
    """What is wrong in the annex, with the item whose line it is."""
    for item in queries.items_of(submission.pk).exclude(opinion={}).iterator(chunk_size=ROWS_AT_ONCE):
        classification = facts.fields_of(item).get("classification", "")
        for trouble in _troubles(ctx, item.opinion, classification):
            problem = PackageProblem(trouble.message, dict(trouble.params), item.reference_code)
            yield replace(problem, is_error=trouble.is_error), item.item_key


def carry_over(ctx: Ctx, submission: Submission) -> None:
    """Enter the annex into the descriptions of a package that changed hands as it is (online)."""
    if submission.mode != Mode.ONLINE or submission.package_id is None:
        return
    found = {}
    for item in queries.items_of(submission.pk).exclude(opinion={}).iterator(chunk_size=ROWS_AT_ONCE):
        opinion, _wrong = opinions.read(item.opinion)
        found[item.item_key] = (facts.openness_of(opinion), opinions.as_row(opinion))
    if found:
        cataloguing.enter_opinions(ctx, package_id=submission.package_id, opinions=found)
