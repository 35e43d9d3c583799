"""Rows that the journal keeps beside catalogue, custody and receipts: what forbids, permits and proves destruction,
evidence that was handed out, the carriers, and what was migrated by which plan.

A list that was not executed is working paper, and does not come back: what it named is due again. A hold always
does, or what it protects could be destroyed. A plan of migration comes back with what it did, so that it can be
taken back; one that was under way counts as done with that, for what it had not reached is free to be planned anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from lantai.apps.carriers.models import Carrier, Inspection
from lantai.apps.custody.models import EvidenceBundle
from lantai.apps.custody.services import FILES_ADDED, FILES_LEFT_OUT
from lantai.apps.disposal.models import DisposalLine, DisposalList, LegalHold, Opinion, Supervisor
from lantai.apps.disposal.types import ListState
from lantai.apps.migration.models import FormatRisk, MigrationPlan, PlanItem, PlanPackage
from lantai.apps.migration.types import FORMAT, ItemState, PlanState
from lantai.apps.migration.types import OBJECT as PLAN
from lantai.platform import rows
from lantai.platform.ledger.models import Entry
from lantai.platform.workflow.models import Transition

KINDS: tuple[type[models.Model], ...] = (
    Carrier, Inspection, DisposalList, DisposalLine, Opinion, Supervisor, LegalHold, Transition, EvidenceBundle,
    FormatRisk, MigrationPlan, PlanPackage, PlanItem,
)  # fmt: skip
_LIST, _HOLD, _CARRIER = "disposal:list", "disposal:hold", "carriers:carrier"
_BUNDLE, _EMPTIED = "custody:bundle", "custody:content:destroyed"
_MIGRATED = "custody:migrated"
_EXECUTED = (ListState.DESTROYING, ListState.DESTROYED)
_UNDER_WAY = (PlanState.RUNNING, PlanState.UNDOING)
_DID_SOMETHING = (ItemState.ADDED, ItemState.UNDONE)
Touched = dict[str, set[int]]  # ids by what an entry speaks of
Line = dict[str, object]


def note(entry: Entry, touched: Touched) -> None:
    """Enter which rows of ours an entry speaks of."""
    number = int(entry.object_id) if entry.object_id.isdigit() else 0
    if entry.object_type in (_LIST, _HOLD, _CARRIER, PLAN, FORMAT):
        touched.setdefault(entry.object_type, set()).add(number)
    if entry.act == _EMPTIED:
        touched.setdefault(_EMPTIED, set()).add(number)
    if entry.act in (FILES_ADDED, FILES_LEFT_OUT):
        touched.setdefault(_MIGRATED, set()).add(number)
    if isinstance(bundle := entry.detail.get("bundle"), int):
        touched.setdefault(_BUNDLE, set()).add(bundle)


def lines(touched: Mapping[str, set[int]], at: datetime) -> Iterator[Line]:
    """The rows as they are now."""
    emptied = touched.get(_EMPTIED, set())
    yield from _executed(touched.get(_LIST, set()), emptied, at)
    holds = LegalHold.objects.filter(pk__in=touched.get(_HOLD, ()))
    yield from rows.lines_of(
        holds.select_related("org", "fonds__archives", "package", "description__fonds__archives"), at=at
    )
    bundles = Q(pk__in=touched.get(_BUNDLE, ())) | Q(package_id__in=emptied)
    for row in EvidenceBundle.objects.filter(bundles).select_related("org", "package"):
        line = rows.line_of(row, at=at)
        yield line | {"row": {**rows.columns_of(row), "blob_key": "", "parts": {}}}  # made again when wanted
    yield from _carriers(touched.get(_CARRIER, set()), at)
    judged = FormatRisk.objects.filter(pk__in=touched.get(FORMAT, ()))
    yield from rows.lines_of(judged.select_related("org").order_by("pk"), at=at)
    yield from _plans(touched.get(PLAN, set()), touched.get(_MIGRATED, set()), at)


def _executed(lists: set[int], emptied: set[int], at: datetime) -> Iterator[Line]:
    """Executed lists with all that makes them an official paper; of one under way the lines that were done."""
    found = DisposalList.objects.filter(state__in=_EXECUTED)
    whole = found.filter(pk__in=lists)
    under_way = found.filter(lines__package_id__in=emptied).exclude(pk__in=lists).distinct()
    said = DisposalLine.objects.select_related("disposal_list__org", "description__fonds__archives")
    wanted = {*whole.values_list("pk", flat=True), *under_way.values_list("pk", flat=True)}
    owners = DisposalList.objects.filter(pk__in=wanted).select_related("org")
    yield from rows.lines_of(owners.order_by("pk"), at=at)
    yield from rows.lines_of(said.filter(disposal_list__in=whole).order_by("pk"), at=at)
    done = said.filter(disposal_list__in=under_way, package_id__in=emptied)
    yield from rows.lines_of(done.order_by("pk"), at=at)
    for model in (Opinion, Supervisor):
        of_list: QuerySet[models.Model] = model._default_manager.filter(disposal_list__in=whole)
        yield from rows.lines_of(of_list.select_related("disposal_list__org").order_by("pk"), at=at)
    yield from _steps(_LIST, whole, at)


def _steps(kind: str, owners: QuerySet[models.Model], at: datetime) -> Iterator[Line]:
    numbers = map(str, owners.values_list("pk", flat=True))
    steps = Transition.objects.filter(object_type=kind, object_id__in=numbers)
    yield from rows.lines_of(steps.order_by("pk"), at=at)


def _plans(plans: set[int], packages: set[int], at: datetime) -> Iterator[Line]:
    """Plans that did something: those that an entry speaks of whole, of others what befell the packages."""
    found = MigrationPlan.objects.filter(
        Q(state__in=(PlanState.DONE, PlanState.UNDONE))
        | Q(state__in=_UNDER_WAY, items__state__in=_DID_SOMETHING)
    )
    whole = found.filter(pk__in=plans).distinct()
    others = found.filter(packages__package_id__in=packages).exclude(pk__in=plans).distinct()
    wanted = {*whole.values_list("pk", flat=True), *others.values_list("pk", flat=True)}
    for plan in (
        MigrationPlan.objects.filter(pk__in=wanted).select_related("org", "fonds__archives").order_by("pk")
    ):
        yield _as_done(rows.line_of(plan, at=at), plan, at)
    spoken_of = Q(plan__in=whole) | Q(plan__in=others, package_id__in=packages)
    parts = PlanPackage.objects.filter(spoken_of).select_related("plan__org", "package")
    yield from rows.lines_of(parts.order_by("pk"), at=at)
    items = PlanItem.objects.filter(spoken_of, state__in=(*_DID_SOMETHING, ItemState.FAILED))
    items = items.select_related("plan__org", "package", "file__package").defer(
        "file__text", "file__examination"
    )
    yield from rows.lines_of(items.order_by("pk"), at=at)
    yield from _steps(PLAN, whole, at)


def _as_done(line: Line, plan: MigrationPlan, at: datetime) -> Line:
    """One that is under way counts as done now: its run does not come back with it."""
    if plan.state not in _UNDER_WAY:
        return line
    until = plan.undo_until or at + timedelta(days=settings.LANTAI_MIGRATION_UNDO_DAYS)
    done = {"state": PlanState.DONE, "finished_at": plan.finished_at or at, "undo_until": until}
    return line | {"row": {**rows.columns_of(plan), **done}}


def _carriers(numbers: set[int], at: datetime) -> Iterator[Line]:
    found = Carrier.objects.filter(pk__in=numbers)
    yield from rows.lines_of(found.select_related("org", "copy_of__org").order_by("pk"), at=at)
    looks = Inspection.objects.filter(carrier__in=found)
    yield from rows.lines_of(looks.select_related("carrier__org").order_by("pk"), at=at)
