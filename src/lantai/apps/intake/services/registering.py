"""The register of a transfer: filled in at acceptance, confirmed by both sides, printed anew with each."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from lantai.apps.custody import services as custody
from lantai.apps.intake import papers, queries
from lantai.apps.intake.models import Register, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import REGISTERED
from lantai.apps.intake.types import CLOCK, REGISTER, FindingsMissing, KeepRegister, RegisterState
from lantai.kit.errors import N_
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow


def open_register(ctx: Ctx, submission: Submission) -> Register:
    """The register with what both sides' tests have shown; in the run's own step, once."""
    register, is_new = Register.objects.get_or_create(
        submission=submission,
        defaults={
            "agency_id": submission.agency_id,
            "archives_id": submission.archives_id,
            "agency_checks": papers.sender_checks(submission),
            "archives_checks": papers.receiver_checks(submission),
            "issued_at": ctx.now,
        },
    )
    if is_new:
        days = queries.working_days(ctx, "register_working_days")
        workflow.start_clock(ctx, REGISTER, register.pk, CLOCK, working_days=days)
    return register


@transaction.atomic
def confirm_register(ctx: Ctx, *, submission_id: int, side: str, checks: Mapping[str, str]) -> Register:
    """Confirm the register for one side (“agency” or “archives”) with what this side found.

    The name, the time and the ledger line stand on the register, which is printed anew. With the second side
    the transfer is registered. Raises ``FindingsMissing``.
    """
    register = queries.register_of(ctx, submission_id)
    wanted = papers.things_checked(register.submission)
    said = {name: checks.get(name, "").strip() for name in wanted}
    if not all(said.values()):
        raise FindingsMissing
    is_second = register.state != RegisterState.ISSUED
    moved = workflow.move(ctx, register, REGISTERED, f"{side}_second" if is_second else f"{side}_first")
    setattr(register, f"{side}_checks", said)
    setattr(register, f"{side}_confirmed_by", ctx.actor.name)
    setattr(register, f"{side}_confirmed_at", ctx.now)
    setattr(register, f"{side}_entry_id", moved.entry_id)
    register.save()
    _print(register)
    if register.state == RegisterState.CONFIRMED:
        workflow.stop_clock(ctx, REGISTER, register.pk, CLOCK)
        jobs.start(ctx, KeepRegister(register.pk), org_id=register.archives_id, about=(REGISTER, register.pk))
    other = "agency" if side == "archives" else "archives"
    notify.tell(
        ctx,
        org_id=getattr(register, f"{other}_id"),
        permission=P.SUBMISSION_SUBMIT if other == "agency" else P.SUBMISSION_CONFIRM,
        text=N_("移交批次 %(number)s 的登记表已由对方确认。"),
        params={"number": register.submission.number},
        url=register.get_absolute_url(),
    )
    return register


def _print(register: Register) -> None:
    submission = register.submission
    former = submission.register_key
    submission.register_key = blobs.stage([papers.register(submission)]).key
    submission.save(update_fields=["register_key"])
    if former and former != submission.register_key:
        blobs.discard(former)


def keep_register(ctx: Ctx, *, register: Register) -> None:
    """Put the register that both sides have confirmed into the object, as its next version; once.

    In the run's own step; one that was cut off finds the version and enters it.
    """
    submission = register.submission
    assert submission.package_id is not None
    documents = {
        "metadata/register.json": custody.as_document(papers.confirmed_facts(register)),
        "metadata/register.pdf": queries.kept(submission.register_key),
    }
    message = _("双方确认的移交与接收登记表 %(number)s") % {"number": submission.number}
    custody.add_documents(ctx, package_id=submission.package_id, documents=documents, message=message)
