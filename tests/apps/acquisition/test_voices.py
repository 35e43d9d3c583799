from __future__ import annotations

import io
import wave
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.models import VoiceProject, VoiceSession
from lantai.apps.acquisition.states import SESSION
from lantai.apps.acquisition.types import (
    ConsentGone,
    ConsentMissing,
    Part,
    PeriodReversed,
    SealSession,
    SessionNotChecked,
    SessionNotOpen,
    Shelving,
    TranscriptMissing,
)
from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger.models import Entry
from tests.apps.acquisition.conftest import Place

NAME = "样例口述人"
FACTS = {"title": "样例口述第一次", "held_on": date(2026, 10, 8), "place": "样例村", "interviewer": "样例采集者",
         "language": "样例方言", "device": "", "summary": ""}  # fmt: skip


def planned(place: Place) -> VoiceProject:
    return services.open_project(
        place.ctx("archivist"),
        org_id=place.world.archives.pk,
        title="样例建库口述",
        kind="oral_history",
        began_on=date(2026, 10, 1),
    )


def recorded(place: Place, scope: str = "publish", until: date | None = None) -> VoiceSession:
    ctx, project = place.ctx("archivist"), planned(place)
    speaker = services.enter_speaker(ctx, voice_project_id=project.pk, group="witness", name=NAME)
    services.enter_consent(
        ctx, speaker_id=speaker.pk, number="样授1", signed_on=date(2026, 10, 2), scope=scope,
        restricted_until=until,
    )  # fmt: skip
    return services.enter_session(ctx, voice_project_id=project.pk, speaker_id=speaker.pk, facts=FACTS)


def sound(seconds: int = 2) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * 8_000 * seconds)
    return made.getvalue()


def accepted(place: Place, **consent) -> VoiceSession:
    row, ctx = recorded(place, **consent), place.ctx("archivist")
    services.add_recordings(
        ctx, voice_session_id=row.pk, voice_role="master", parts=[Part("a.wav", [sound()])]
    )
    services.add_recordings(
        ctx, voice_session_id=row.pk, voice_role="transcript", parts=[Part("a.txt", ["样例整理稿".encode()])]
    )
    for name in ("transcribe", "check"):
        services.move_session(ctx, voice_session_id=row.pk, name=name, reason="")
    kind = holdings.kind("document")
    args = SealSession(
        voice_session_id=row.pk, fonds_id=place.fonds.pk, kind_id=kind.pk, first_code="Z001-WS·2026-Y-0001"
    )
    jobs.run_now(ctx, args)
    jobs.run_now(ctx, args)  # as after a crash: nothing twice
    row.refresh_from_db()
    return row


def test_the_state_table_is_sound():
    assert SESSION.faults() == []


def test_nobody_is_recorded_without_consent(place):
    ctx, project = place.ctx("archivist"), planned(place)
    speaker = services.enter_speaker(ctx, voice_project_id=project.pk, group="old_man", name=NAME)
    with pytest.raises(ConsentMissing):
        services.enter_session(ctx, voice_project_id=project.pk, speaker_id=speaker.pk, facts=FACTS)
    with pytest.raises(PeriodReversed):
        services.open_project(
            ctx, org_id=place.world.archives.pk, title="样例", kind="dialect",
            began_on=date(2026, 2, 1), ended_on=date(2026, 1, 1),
        )  # fmt: skip


def test_a_recording_is_arranged_and_checked_before_it_is_accepted(place):
    row, ctx = recorded(place), place.ctx("archivist")
    with pytest.raises(TranscriptMissing):
        services.move_session(ctx, voice_session_id=row.pk, name="transcribe", reason="")
    shelving = Shelving(fonds_id=place.fonds.pk, kind_id=1, first_code="Z001-WS·2026-Y-0001")
    with pytest.raises(SessionNotChecked):
        services.start_accepting(ctx, voice_session_id=row.pk, shelving=shelving)
    with pytest.raises(Missing):
        services.move_session(ctx, voice_session_id=row.pk, name="accept", reason="")


def test_an_accepted_recording_is_described_by_the_speakers_code_and_its_length_is_known(place):
    row = accepted(place)
    assert (row.state, row.package.file_count) == ("accepted", 2)
    described = Description.objects.get()
    assert described.openness == "unreviewed" and described.metadata["speaker_code"] == "S01"
    assert NAME not in f"{described.title}{described.metadata}{described.persons}{described.note}"
    assert row.files.get(voice_role="master").duration == "0:00:02"
    with pytest.raises(SessionNotOpen):
        services.add_recordings(
            place.ctx("archivist"), voice_session_id=row.pk, voice_role="service", parts=[Part("b", [b"b"])]
        )


@pytest.mark.parametrize(("scope", "until"), [("research", None), ("publish", date(2099, 1, 1))])
def test_what_consent_restricts_enters_the_catalogue_controlled(place, scope, until):
    accepted(place, scope=scope, until=until)
    assert Description.objects.get().openness == "controlled"


def test_withdrawn_consent_closes_the_recording_everywhere_at_once(place):
    row, ctx = accepted(place), place.ctx("archivist")
    file = row.files.first()
    assert services.open_recording(ctx, voice_file_id=file.pk) == file
    consent = row.speaker.consents.get()
    services.withdraw_consent(ctx, consent_id=consent.pk, reason="样例：本人要求")
    row.refresh_from_db()
    described = Description.objects.get()
    assert (row.state, described.openness) == ("closed", "controlled")
    assert described.metadata["consent_withdrawn_on"] == timezone.localdate().isoformat()
    with pytest.raises(ConsentMissing):
        services.open_recording(ctx, voice_file_id=file.pk)
    with pytest.raises(ConsentGone):
        services.withdraw_consent(ctx, consent_id=consent.pk, reason="样例")
    entry = Entry.objects.get(act="acquisition:speaker:consent_withdrawn")
    assert entry.detail["closed"] == 1


def test_who_a_speaker_is_shows_by_permission_and_leaves_a_line_without_the_name(place):
    row = recorded(place)
    with pytest.raises(Missing):
        services.reveal_speaker(place.ctx("cataloguer"), speaker_id=row.speaker_id)
    assert services.reveal_speaker(place.ctx("archivist"), speaker_id=row.speaker_id).name == NAME
    entries = Entry.objects.filter(act="acquisition:speaker:identity_shown")
    assert entries.count() == 1
    assert NAME not in "".join(map(str, Entry.objects.values_list("object_name", "detail")))
    with pytest.raises(Missing):
        queries.get_session(place.ctx("stranger"), row.pk)


def test_a_project_goes_its_way_in_the_browser(place, client):
    client.force_login(place.world.user("archivist"))
    assert "这里会出现口述史料" in client.get(reverse("acquisition:projects")).content.decode()

    def post(name: str, pk: int | None, said: dict[str, object], *more: object) -> int:
        args = [pk, *more] if pk else []
        return client.post(reverse(f"acquisition:{name}", args=args), said).status_code

    said = {"org": place.world.archives.pk, "title": "样例方言", "kind": "dialect", "began_on": "2026-10-01"}
    assert post("open_project", None, said) == 303
    project = VoiceProject.objects.get()
    assert (
        post("enter_speaker", project.pk, {"group": "old_man", "name": NAME, "dialect_point": "样例镇"})
        == 303
    )
    speaker = project.speakers.get()
    session = {"speaker": speaker.pk, **{k: str(v) for k, v in FACTS.items()}}
    assert post("enter_session", project.pk, session) == 422
    consent = {"number": "样授2", "signed_on": "2026-10-02", "scope": "research"}
    assert post("enter_consent", speaker.pk, consent) == 303
    assert post("enter_session", project.pk, session) == 303
    row = VoiceSession.objects.get()
    page = client.get(reverse("acquisition:recordings", args=[row.pk]) + "?role=master").content.decode()
    assert reverse("acquisition:take_recordings", args=[row.pk, "master"]) in page
    upload = {"files": io.BytesIO(sound(1))}
    assert post("take_recordings", row.pk, upload, "master") == 303
    assert post("take_recordings", row.pk, {"files": io.BytesIO(b"x")}, "nonsense") == 404
    file = row.files.get()
    assert client.get(reverse("acquisition:recording", args=[file.pk])).status_code == 200
    for address in (project, speaker, row):
        assert NAME not in client.get(address.get_absolute_url()).content.decode()
    assert NAME in client.post(reverse("acquisition:identity", args=[speaker.pk])).content.decode()
    assert client.get(reverse("acquisition:accept_session", args=[row.pk])).status_code == 200
    taken_back = speaker.consents.get()
    assert post("withdraw_consent", taken_back.pk, {"reason": "样例"}) == 303
    assert client.get(reverse("acquisition:recording", args=[file.pk])).status_code == 409
