"""Manifests: JSON beside a signed note over its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from lantai.kit.backups.types import FORMAT, ListFile, Manifest, PostgresFacts, SetUnreadable
from lantai.kit.crypto import SigningKey
from lantai.kit.errors import Invalid
from lantai.kit.evidence.notes import parse_note, sign_note
from lantai.kit.evidence.trust import TrustStore


def render(manifest: Manifest) -> bytes:
    """The manifest as readable JSON."""
    form = asdict(manifest) | {"format": FORMAT}
    form["made_at"] = manifest.made_at.isoformat()
    form["covered_until"] = manifest.covered_until.isoformat()
    return json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def parse(data: bytes, *, set_id: str) -> Manifest:
    """The manifest in `data`; raises `SetUnreadable`."""
    try:
        form = json.loads(data)
        if form.pop("format") != FORMAT:
            raise ValueError("format")
        form["made_at"] = datetime.fromisoformat(form["made_at"])
        form["covered_until"] = datetime.fromisoformat(form["covered_until"])
        form["entries"] = ListFile(**form["entries"])
        form["postgres"] = PostgresFacts(**form["postgres"]) if form["postgres"] else None
        form["excluded"] = tuple(form["excluded"])
        found = Manifest(**form)
        if found.set_id != set_id:
            raise ValueError("set_id")
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise SetUnreadable(set=set_id, what="说明文件", why=str(why)[:200]) from why
    return found


def sign(data: bytes, manifest: Manifest, signers: Sequence[tuple[str, SigningKey]]) -> str:
    """The note that stands beside the manifest."""
    return sign_note(_text(data, manifest.set_id, manifest.number), signers).render()


def _text(data: bytes, set_id: str, number: int) -> str:
    return f"{FORMAT}\n{set_id} {number}\n{hashlib.sha256(data).hexdigest()}\n"


def check_note(data: bytes, note: str, *, set_id: str, number: int) -> None:
    """That a note speaks of these bytes; raises `SetUnreadable`. Whose signature it is asks `signed_by`."""
    try:
        text = parse_note(note).text
    except Invalid as why:
        raise SetUnreadable(set=set_id, what="签名", why=str(why)) from why
    if text != _text(data, set_id, number):
        raise SetUnreadable(set=set_id, what="说明文件", why="SHA-256")


def signed_by(note: str, trust: TrustStore) -> tuple[str, ...]:
    """The names of the trusted keys that signed a note; a signature that does not verify counts for nothing."""
    read = parse_note(note)
    return tuple(_verified(read.text, ((s.blob, trust.key_of(s)) for s in read.signatures)))


def _verified(text: str, found: Iterable[tuple[bytes, object]]) -> Iterable[str]:
    for blob, key in found:
        if key is not None and key.verify(text, blob):  # type: ignore[attr-defined]
            yield key.name  # type: ignore[attr-defined]
