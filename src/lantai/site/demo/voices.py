"""Oral history and dialects in the made-up region: one recording kept, one waiting, one whose consent was withdrawn."""

from __future__ import annotations

import math
import struct
import wave
from io import BytesIO

from django.utils import timezone

from lantai.apps.acquisition import services
from lantai.apps.acquisition.models import Speaker, VoiceProject, VoiceSession
from lantai.apps.acquisition.types import Part, Shelving
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.models import Fonds
from lantai.site.demo.region import Region

KEEPER = "shiguan"
_RATE_HZ = 16_000


def make_all(region: Region, fonds: Fonds) -> int:
    """Two projects with their recordings; how many recordings."""
    street = _project(
        region, "嘉禾老街口述（样例）", "oral_history", outline="样例提纲：铺面、行当、街坊、变迁。"
    )
    witness = _speaker(region, street, "witness", "publish", standing="样例：老街铺面后人")
    kept = _session(region, street, witness, "老街铺面旧事（样例）", "样例方言")
    _record(region, kept, "提问：铺子是哪一年开的？回答：听祖父讲是二十年代（样例）。")
    _accept(region, kept, fonds)
    other = _speaker(region, street, "witness", "research", standing="样例：街坊")
    _session(region, street, other, "老街的早市（样例）", "样例方言")
    speech = _project(region, "嘉禾方言语音（样例）", "dialect", outline="样例条目：单字、词汇、话语。")
    old_man = _speaker(region, speech, "old_man", "keep", dialect_point="样例街道")
    gone = _session(region, speech, old_man, "单字音读（样例）", "样例方言（老男）")
    _record(region, gone, "东 西 南 北（样例标注）")
    consent = old_man.consents.get()
    ctx = region.ctx(KEEPER, "archivist")
    services.withdraw_consent(ctx, consent_id=consent.pk, reason="样例：口述者来函撤回授权。")
    return 3


def _project(region: Region, title: str, kind: str, *, outline: str) -> VoiceProject:
    return services.open_project(
        region.ctx(KEEPER, "archivist"), org_id=region.org(KEEPER).pk, title=title, kind=kind,
        began_on=timezone.localdate(), background="样例：为抢救性记录而立项。", outline=outline,
    )  # fmt: skip


def _speaker(region: Region, project: VoiceProject, group: str, scope: str, **said: str) -> Speaker:
    ctx, today = region.ctx(KEEPER, "archivist"), timezone.localdate()
    row = services.enter_speaker(
        ctx, voice_project_id=project.pk, group=group, name="样例口述者", born_year=1940, **said
    )
    number = f"样例授权 {project.number}-{row.code}"
    services.enter_consent(ctx, speaker_id=row.pk, number=number, signed_on=today, scope=scope)
    return row


def _session(
    region: Region, project: VoiceProject, speaker: Speaker, title: str, language: str
) -> VoiceSession:
    facts = {
        "title": title, "held_on": timezone.localdate(), "place": "样例街道文化站", "interviewer": "样例采集者",
        "language": language, "device": "WAV 16 kHz 16 bit", "summary": "样例：不含真实口述内容。",
    }  # fmt: skip
    ctx = region.ctx(KEEPER, "archivist")
    return services.enter_session(ctx, voice_project_id=project.pk, speaker_id=speaker.pk, facts=facts)


def _record(region: Region, row: VoiceSession, words: str) -> None:
    ctx = region.ctx(KEEPER, "archivist")
    for role, name, content in (
        ("master", "原始录音.wav", _tone()),
        ("transcript", "整理稿.txt", words.encode()),
    ):
        services.add_recordings(ctx, voice_session_id=row.pk, voice_role=role, parts=[Part(name, [content])])
    for name in ("transcribe", "check"):
        services.move_session(ctx, voice_session_id=row.pk, name=name, reason="")


def _accept(region: Region, row: VoiceSession, fonds: Fonds) -> None:
    kind = holdings.kind("audio")
    code = f"{fonds.code}-LY·{timezone.localdate().year}·Y-0001"
    shelving = Shelving(fonds_id=fonds.pk, kind_id=kind.pk, first_code=code)
    services.start_accepting(region.ctx(KEEPER, "archivist"), voice_session_id=row.pk, shelving=shelving)


def _tone() -> bytes:
    """Two seconds of a tone: nobody's voice."""
    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, _RATE_HZ, 0, "NONE", "not compressed"))
        tone = (round(8_000 * math.sin(2 * math.pi * 330 * n / _RATE_HZ)) for n in range(2 * _RATE_HZ))
        sound.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return out.getvalue()
