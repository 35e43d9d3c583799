"""Oral history and dialects: projects, speakers, consent, recordings, and their acceptance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import (
    Consent,
    Speaker,
    SpeakerIdentity,
    VoiceFile,
    VoiceProject,
    VoiceSession,
)
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.services import holding
from lantai.apps.acquisition.states import SESSION
from lantai.apps.acquisition.types import (
    SPEAKER,
    VOICE_PROJECT,
    VOICE_SESSION,
    ConsentGone,
    ConsentMissing,
    ConsentScope,
    NothingDigital,
    Part,
    PeriodReversed,
    ReasonMissing,
    SealSession,
    SessionNotChecked,
    SessionNotOpen,
    SessionState,
    Shelving,
    VoiceRole,
)
from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody.types import FileRole
from lantai.apps.holdings.types import Openness
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import services as workflow

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package

BY_HAND = frozenset({"transcribe", "check", "correct"})
_OPEN = frozenset({SessionState.RECORDED, SessionState.TRANSCRIBED, SessionState.CHECKED})
_SEALED_AS = {VoiceRole.MASTER: FileRole.MAIN, VoiceRole.PAPER: FileRole.HANDLING}


@transaction.atomic
def open_project(
    ctx: Ctx,
    *,
    org_id: int,
    title: str,
    kind: str,
    began_on: date,
    ended_on: date | None = None,
    background: str = "",
    outline: str = "",
) -> VoiceProject:
    """Plan recordings under the next number of the year; raises ``PeriodReversed``."""
    policy.require(ctx, P.VOICE_HANDLE, org_id)
    if ended_on and ended_on < began_on:
        raise PeriodReversed(began=began_on.isoformat(), ended=ended_on.isoformat(), field="ended_on")
    Org.objects.select_for_update(no_key=True).get(pk=org_id)  # numbers are given out one at a time
    year = timezone.localdate(ctx.now).year
    taken = VoiceProject.objects.filter(org_id=org_id, number__startswith=f"K{year}-").count()
    row = VoiceProject.objects.create(
        org_id=org_id,
        number=f"K{year}-{taken + 1:03d}",
        title=title,
        kind=kind,
        began_on=began_on,
        ended_on=ended_on,
        background=background,
        outline=outline,
    )
    _record(ctx, VOICE_PROJECT, "opened", row, {"kind": kind})
    return row


@transaction.atomic
def enter_speaker(
    ctx: Ctx,
    *,
    voice_project_id: int,
    group: str,
    name: str,
    standing: str = "",
    dialect_point: str = "",
    born_year: int | None = None,
    native_place: str = "",
    contact: str = "",
) -> Speaker:
    """Enter a speaker under a code; who it is goes into a table of its own."""
    project = _project(ctx, voice_project_id)
    code = f"S{project.speakers.count() + 1:02d}"
    row = project.speakers.create(code=code, group=group, standing=standing, dialect_point=dialect_point)
    SpeakerIdentity.objects.create(
        speaker=row, name=name, born_year=born_year, native_place=native_place, contact=contact
    )
    _record(ctx, SPEAKER, "entered", row, {"project": project.number})
    return row


@transaction.atomic
def reveal_speaker(ctx: Ctx, *, speaker_id: int) -> SpeakerIdentity:
    """Who a speaker is, for who may read personal data; each look leaves a line."""
    row = queries.get_speaker(ctx, speaker_id)
    policy.require(ctx, P.PERSON_READ, row.project.org_id)
    _record(ctx, SPEAKER, "identity_shown", row, {"project": row.project.number})
    found = SpeakerIdentity.objects.filter(speaker=row).first()
    if found is None:  # rows rebuilt from the store come without what was never put there
        raise Missing
    return found


@transaction.atomic
def enter_consent(
    ctx: Ctx,
    *,
    speaker_id: int,
    number: str,
    signed_on: date,
    scope: str,
    is_anonymous: bool = False,
    restricted_until: date | None = None,
) -> Consent:
    """Enter what a speaker signed."""
    speaker = queries.get_speaker(ctx, speaker_id)
    policy.require(ctx, P.VOICE_HANDLE, speaker.project.org_id)
    row = speaker.consents.create(
        number=number,
        signed_on=signed_on,
        scope=scope,
        is_anonymous=is_anonymous,
        restricted_until=restricted_until,
    )
    _record(ctx, SPEAKER, "consent_entered", speaker, {"number": number, "scope": scope})
    return row


@transaction.atomic
def withdraw_consent(ctx: Ctx, *, consent_id: int, reason: str) -> Speaker:
    """A speaker takes consent back: at once nothing recorded under it is shown, in the catalogue as well.

    Recordings stay in custody, controlled. Raises ``ConsentGone``, ``ReasonMissing``.
    """
    seen = queries.get_consent(ctx, consent_id)
    speaker = seen.speaker
    policy.require(ctx, P.VOICE_HANDLE, speaker.project.org_id)
    row = Consent.objects.select_for_update().get(pk=seen.pk)
    if row.withdrawn_on is not None:
        raise ConsentGone(number=row.number)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    row.withdrawn_on = timezone.localdate(ctx.now)
    row.save(update_fields=["withdrawn_on"])
    closed = 0
    if queries.consent_in_force(speaker.pk) is None:
        closed = sum(_close(ctx, session, reason) for session in speaker.sessions.select_for_update())
    _record(ctx, SPEAKER, "consent_withdrawn", speaker, {"number": row.number, "closed": closed})
    return speaker


def _close(ctx: Ctx, session: VoiceSession, reason: str) -> bool:
    if session.state == SessionState.CLOSED:
        return False
    if session.package_id is not None:
        noted = {"consent": "withdrawn", "consent_withdrawn_on": timezone.localdate(ctx.now).isoformat()}
        opinions = {session.item_key: (Openness.CONTROLLED, noted)}
        catalogue.enter_opinions(ctx, package_id=session.package_id, opinions=opinions)
    workflow.move(ctx, session, SESSION, "close", reason=reason)
    return True


@transaction.atomic
def enter_session(
    ctx: Ctx, *, voice_project_id: int, speaker_id: int, facts: Mapping[str, object]
) -> VoiceSession:
    """Enter a recording; ``facts`` are title, day, place, interviewer, language, device and summary.

    Raises ``ConsentMissing``: the agreement comes before the recording (DA/T 59-2017).
    """
    project = _project(ctx, voice_project_id)
    speaker = policy.one(project.speakers.all(), pk=speaker_id)
    _require_consent(speaker)
    last = project.sessions.aggregate(last=Max("number"))["last"] or 0
    row = project.sessions.create(org_id=project.org_id, speaker=speaker, number=last + 1, **facts)
    _record(ctx, VOICE_SESSION, "entered", row, {"project": project.number, "speaker": speaker.code})
    return row


def _require_consent(speaker: Speaker) -> Consent:
    consent = queries.consent_in_force(speaker.pk)
    if consent is None:
        raise ConsentMissing(code=speaker.code)
    return consent


@transaction.atomic
def add_recordings(
    ctx: Ctx,
    *,
    voice_session_id: int,
    voice_role: str,
    places: Sequence[str] = (),
    parts: Iterable[Part] = (),
) -> list[VoiceFile]:
    """Hold files of a recording until it is accepted; raises ``SessionNotOpen``, ``NothingUploaded``."""
    row = _session(ctx, voice_session_id)
    if row.state not in _OPEN:
        raise SessionNotOpen(title=row.title)
    role = _SEALED_AS.get(VoiceRole(voice_role), FileRole.ATTACHMENT)
    files = [
        VoiceFile.objects.create(
            owner=row, voice_role=voice_role, role=role, **holding.columns_of(ctx, name, staged)
        )
        for name, staged in holding.arrivals(ctx, places=places, parts=parts)
    ]
    _record(ctx, VOICE_SESSION, "files_added", row, {"files": len(files), "role": voice_role})
    return files


@transaction.atomic
def open_recording(ctx: Ctx, *, voice_file_id: int) -> VoiceFile:
    """A file for listening or reading, with its line; raises ``ConsentMissing`` once consent is gone."""
    file = queries.get_voice_file(ctx, voice_file_id)
    _require_consent(file.owner.speaker)
    _record(ctx, VOICE_SESSION, "file_opened", file.owner, {"sha256": file.sha256})
    return file


@transaction.atomic
def move_session(ctx: Ctx, *, voice_session_id: int, name: str, reason: str) -> VoiceSession:
    """Arranged, checked by the speaker, or sent back; raises ``Missing`` for other moves."""
    if name not in BY_HAND:
        raise Missing
    row = queries.get_session(ctx, voice_session_id)
    workflow.move(ctx, row, SESSION, name, reason=reason)
    return row


@transaction.atomic
def start_accepting(ctx: Ctx, *, voice_session_id: int, shelving: Shelving) -> Run:
    """Start the run that takes a recording into custody; raises ``SessionNotChecked``, ``ConsentMissing``,
    ``NothingDigital``, ``FondsElsewhere``, ``FirstCodeInvalid``."""
    row = _session(ctx, voice_session_id)
    _require_acceptable(row)
    holding.check_shelving(ctx, row.org_id, shelving, 1)
    _record(ctx, VOICE_SESSION, "accepting_started", row, {"fonds": shelving.fonds_id})
    args = SealSession(voice_session_id=row.pk, **asdict(shelving))
    return jobs.start(ctx, args, label=row.title, org_id=row.org_id, about=(VOICE_SESSION, row.pk))


def _require_acceptable(row: VoiceSession) -> Consent:
    if row.state != SessionState.CHECKED:
        raise SessionNotChecked(title=row.title)
    if not row.files.exists():
        raise NothingDigital(title=row.title)
    return _require_consent(row.speaker)


def recordings_to_survey(voice_session_id: int) -> list[VoiceFile]:
    """Files of a recording that nobody has opened yet."""
    return list(VoiceFile.objects.filter(owner_id=voice_session_id, state="").order_by("pk"))


@transaction.atomic
def accept_session(ctx: Ctx, *, voice_session_id: int, shelving: Shelving) -> Package:
    """Seal and describe a recording under its consent; in the run's own step, again after a crash as well."""
    row = _session(ctx, voice_session_id)
    if row.package is not None:
        return row.package
    consent = _require_acceptable(row)
    files = list(row.files.order_by("pk"))
    holding.refuse_infected(ctx, files)
    package = holding.seal(
        ctx,
        object_id=f"urn:lantai:voice:{row.org.code}:{row.project.number}:{row.number}",
        title=row.title,
        archives_id=row.org_id,
        source=(VOICE_SESSION, row.pk),
        shelving=shelving,
        items=[holding.SealItem(_description(ctx, row, consent, shelving.kind_id), files)],
        statement={"project": row.project.number, "title": row.title},
    )
    (code,) = holding.check_shelving(ctx, row.org_id, shelving, 1)
    VoiceSession.objects.filter(pk=row.pk).update(package=package, reference_code=str(code))
    workflow.move(ctx, row, SESSION, "accept", detail={"object": package.object_id})
    return package


def _description(ctx: Ctx, row: VoiceSession, consent: Consent, kind_id: int) -> NewDescription:
    """The catalogue names a speaker by code alone: who it is stays here, by permission."""
    until = consent.restricted_until
    is_restricted = until is not None and until > timezone.localdate(ctx.now)
    may_be_shown = consent.scope == ConsentScope.PUBLISH and not is_restricted
    said = {
        "speaker_code": row.speaker.code,
        "interviewer": row.interviewer,
        "place": row.place,
        "language": row.language,
        "dialect_point": row.speaker.dialect_point,
        "consent": consent.number,
        "consent_scope": str(consent.get_scope_display()),
        "restricted_until": until.isoformat() if until else "",
        "device": row.device,
    }
    return NewDescription(
        item_key=row.item_key,
        reference_code="",
        title=row.title,
        kind_id=kind_id,
        author=row.org.name,
        dated_on=row.held_on,
        openness=Openness.UNREVIEWED if may_be_shown else Openness.CONTROLLED,
        note=row.summary,
        metadata={name: value for name, value in said.items() if value},
    )


def _project(ctx: Ctx, voice_project_id: int) -> VoiceProject:
    seen = queries.get_project(ctx, voice_project_id)
    policy.require(ctx, P.VOICE_HANDLE, seen.org_id)
    return VoiceProject.objects.select_for_update().get(pk=seen.pk)


def _session(ctx: Ctx, voice_session_id: int) -> VoiceSession:
    seen = queries.get_session(ctx, voice_session_id)
    policy.require(ctx, P.VOICE_HANDLE, seen.org_id)
    rows = VoiceSession.objects.select_for_update(of=("self",)).select_related("org", "project", "speaker")
    return rows.get(pk=seen.pk)


def _record(ctx: Ctx, kind: str, past: str, row: object, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"{kind}:{past}",
        object_type=kind,
        object_id=row.pk,  # type: ignore[attr-defined]
        object_name=str(row),
        detail=detail,
    )
