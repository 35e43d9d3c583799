"""Reading: cases, their objects, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from lantai.apps.acquisition.models import (
    AcquiredObject,
    Acquisition,
    Agreement,
    Consent,
    ListedEvent,
    ObjectFile,
    Requirement,
    Speaker,
    VoiceFile,
    VoiceProject,
    VoiceSession,
)
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.types import IN_HAND, EventState, Means, Progress
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

READ_CASE = policy.Granted(P.CASE_READ, "org_id")


def visible_cases(ctx: Ctx) -> QuerySet[Acquisition]:
    """Cases of archives where the actor may see them."""
    rows = Acquisition.objects.select_related("org", "package").annotate(object_count=Count("objects_listed"))
    return policy.visible(rows, READ_CASE, ctx.actor)


def get_case(ctx: Ctx, acquisition_id: int) -> Acquisition:
    """One case, or ``Missing``."""
    return policy.one(visible_cases(ctx), pk=acquisition_id)


def visible_objects(ctx: Ctx) -> QuerySet[AcquiredObject]:
    """What was acquired or offered, line by line, in cases that the actor may see."""
    rows = AcquiredObject.objects.filter(acquisition__in=visible_cases(ctx).values("pk"))
    return rows.select_related("acquisition__org").annotate(file_count=Count("files"))


def get_object(ctx: Ctx, acquired_object_id: int) -> AcquiredObject:
    """One line of a list, or ``Missing``."""
    return policy.one(visible_objects(ctx), pk=acquired_object_id)


def get_object_file(ctx: Ctx, object_file_id: int) -> ObjectFile:
    """One file of an object, or ``Missing``."""
    rows = ObjectFile.objects.filter(owner__acquisition__in=visible_cases(ctx).values("pk"))
    return policy.one(rows.select_related("owner__acquisition"), pk=object_file_id)


def objects_of(acquisition_id: int) -> QuerySet[AcquiredObject]:
    """The list in its order, with the files."""
    return AcquiredObject.objects.filter(acquisition_id=acquisition_id).prefetch_related("files")


def agreement_of(acquisition_id: int) -> Agreement | None:
    """The agreement; None until it was written."""
    return Agreement.objects.filter(acquisition_id=acquisition_id).first()


def orgs_to_handle(ctx: Ctx) -> QuerySet[Org]:
    """The archives for which the actor acquires."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.CASE_HANDLE), kind="archives", is_active=True)


def fonds_for(ctx: Ctx, archives_id: int) -> QuerySet[Fonds]:
    """The fonds of an archives into which acquired records go."""
    return holdings.visible_fonds(ctx).filter(archives_id=archives_id)


def by_check_code(check_code: str) -> Acquisition:
    """The case whose certificate carries that code, or ``Missing``; for anybody who holds the paper."""
    rows = Acquisition.objects.select_related("org").exclude(check_code="")
    return policy.one(rows, check_code=check_code.strip().upper())


def deposits_ending(until: date) -> QuerySet[Acquisition]:
    """Deposits in hand that end by a day and of which nobody was reminded yet."""
    rows = Acquisition.objects.filter(means=Means.DEPOSIT, state__in=IN_HAND, reminded_on__isnull=True)
    return rows.filter(agreement__deposit_until__lte=until).select_related("org", "agreement")


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs are held here."""
    held = (ObjectFile, VoiceFile)
    rows = (model._default_manager.filter(blob_key__in=list(keys)) for model in held)
    return {key for found in rows for key in found.values_list("blob_key", flat=True)}


def held_of_destroyed(package_id: int) -> list[ObjectFile | VoiceFile]:
    """Files still held here that were sealed into a package which has nothing of their item any more."""
    kept = set(custody.content_files(package_id).order_by().values_list("item_key", flat=True).distinct())
    sealed = ObjectFile.objects.filter(owner__acquisition__package_id=package_id).exclude(
        owner__reference_code=""
    )
    spoken = VoiceFile.objects.filter(owner__package_id=package_id)
    rows = [*sealed.select_related("owner__acquisition"), *spoken.select_related("owner")]
    return [file for file in rows if file.blob_key and file.owner.item_key not in kept]


def has_files(acquisition_id: int) -> bool:
    """Whether a case has anything digital."""
    return ObjectFile.objects.filter(owner__acquisition_id=acquisition_id).exists()


READ_VOICE = policy.Granted(P.VOICE_READ, "org_id")


def visible_projects(ctx: Ctx) -> QuerySet[VoiceProject]:
    """Projects of organisations where the actor may see them."""
    rows = VoiceProject.objects.select_related("org").annotate(session_count=Count("sessions"))
    return policy.visible(rows, READ_VOICE, ctx.actor)


def get_project(ctx: Ctx, voice_project_id: int) -> VoiceProject:
    """One project, or ``Missing``."""
    return policy.one(visible_projects(ctx), pk=voice_project_id)


def orgs_to_record(ctx: Ctx) -> QuerySet[Org]:
    """The archives for which the actor records."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.VOICE_HANDLE), kind="archives", is_active=True)


def get_speaker(ctx: Ctx, speaker_id: int) -> Speaker:
    """One speaker, or ``Missing``."""
    rows = Speaker.objects.filter(project__in=visible_projects(ctx).values("pk"))
    return policy.one(rows.select_related("project__org"), pk=speaker_id)


def get_consent(ctx: Ctx, consent_id: int) -> Consent:
    """One consent, or ``Missing``."""
    rows = Consent.objects.filter(speaker__project__in=visible_projects(ctx).values("pk"))
    return policy.one(rows.select_related("speaker__project__org"), pk=consent_id)


def consent_in_force(speaker_id: int) -> Consent | None:
    """The newest consent that was not withdrawn; None where nothing may be recorded or shown."""
    return Consent.objects.filter(speaker_id=speaker_id, withdrawn_on__isnull=True).first()


def visible_sessions(ctx: Ctx) -> QuerySet[VoiceSession]:
    """Recordings that the actor may see; whether their files may be opened is the consent's to say."""
    rows = VoiceSession.objects.select_related("org", "project", "speaker", "package")
    return policy.visible(rows, READ_VOICE, ctx.actor)


def get_session(ctx: Ctx, voice_session_id: int) -> VoiceSession:
    """One recording, or ``Missing``."""
    return policy.one(visible_sessions(ctx), pk=voice_session_id)


def get_voice_file(ctx: Ctx, voice_file_id: int) -> VoiceFile:
    """One file of a recording, or ``Missing``."""
    rows = VoiceFile.objects.filter(owner__in=visible_sessions(ctx).values("pk"))
    return policy.one(rows.select_related("owner__speaker"), pk=voice_file_id)


READ_EVENT = policy.Granted(P.EVENT_READ, "org_id")
READ_REQUIREMENT = policy.Granted(P.EVENT_READ, "event__org_id") | policy.Granted(P.EVENT_READ, "agency_id")
COUNT_REQUIREMENT = READ_EVENT | policy.Granted(
    P.EVENT_READ, "requirements__agency_id"
)  # the same, seen from the event


def visible_requirements(ctx: Ctx) -> QuerySet[Requirement]:
    """What is asked: an archives sees its lists whole, an agency what is asked of itself."""
    rows = Requirement.objects.select_related("event__org", "agency")
    return policy.visible(rows, READ_REQUIREMENT, ctx.actor)


def requirement_rows(ctx: Ctx, today: date) -> QuerySet[Requirement]:
    """What is asked, with its progress on a day, for lists."""
    is_complete, is_late = Q(received_count__gte=F("expected_count")), Q(due_on__lt=today)
    progress = Case(
        When(is_complete, then=Value(Progress.COMPLETE.value)),
        When(is_late, then=Value(Progress.LATE.value)),
        default=Value(Progress.WAITING.value),
    )
    return visible_requirements(ctx).annotate(progress=progress)


def get_requirement(ctx: Ctx, requirement_id: int) -> Requirement:
    """One line of a list, or ``Missing``."""
    return policy.one(visible_requirements(ctx), pk=requirement_id)


def visible_events(ctx: Ctx) -> QuerySet[ListedEvent]:
    """Events of the archives where the actor may see them, and those that ask something of its agency.

    What is expected and received counts the lines that the actor may see.
    """
    asked = Q(pk__in=visible_requirements(ctx).values("event_id"))
    rows = ListedEvent.objects.select_related("org", "lead").filter(READ_EVENT.q(ctx.actor) | asked)
    mine = COUNT_REQUIREMENT.q(ctx.actor)
    return rows.annotate(
        expected=Sum("requirements__expected_count", filter=mine),
        received=Sum("requirements__received_count", filter=mine),
    )


def get_event(ctx: Ctx, listed_event_id: int) -> ListedEvent:
    """One event, or ``Missing``."""
    return policy.one(visible_events(ctx), pk=listed_event_id)


def orgs_to_list_for(ctx: Ctx) -> QuerySet[Org]:
    """The archives whose lists the actor keeps."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.EVENT_HANDLE), kind="archives", is_active=True)


def agencies_of(archives_id: int) -> QuerySet[Org]:
    """The agencies that an archives serves."""
    return Org.objects.filter(archives_id=archives_id, is_active=True)


def requirements_due(until: date) -> QuerySet[Requirement]:
    """What is asked by a day, is not all there, and of which nobody was reminded yet."""
    rows = Requirement.objects.filter(event__state=EventState.COLLECTING, reminded_on__isnull=True)
    rows = rows.filter(due_on__lte=until, received_count__lt=F("expected_count"))
    return rows.select_related("event__org", "agency")
