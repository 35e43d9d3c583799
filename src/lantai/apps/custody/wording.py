"""What examining and scanning a file has shown, in words for its row on a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from lantai.apps.custody.types import ExaminedRow, Line
from lantai.kit.crypto.signatures import SignatureKind, SignatureState
from lantai.kit.errors import N_

Told = Mapping[str, Any]

_STATES = {
    (SignatureKind.SIGNATURE, SignatureState.VALID): N_("电子签名有效"),
    (SignatureKind.SIGNATURE, SignatureState.INVALID): N_("电子签名无效"),
    (SignatureKind.SIGNATURE, SignatureState.UNVERIFIED): N_("电子签名内容未变，证书未能验证"),
    (SignatureKind.SEAL, SignatureState.VALID): N_("电子印章有效"),
    (SignatureKind.SEAL, SignatureState.INVALID): N_("电子印章无效"),
    (SignatureKind.SEAL, SignatureState.UNVERIFIED): N_("电子印章内容未变，证书未能验证"),
    (SignatureKind.TIMESTAMP, SignatureState.VALID): N_("时间戳有效"),
    (SignatureKind.TIMESTAMP, SignatureState.INVALID): N_("时间戳无效"),
    (SignatureKind.TIMESTAMP, SignatureState.UNVERIFIED): N_("时间戳内容未变，证书未能验证"),
}
_TONES = {SignatureState.VALID: "good", SignatureState.INVALID: "bad", SignatureState.UNVERIFIED: "warn"}
_SCANS = {"clean": (N_("杀毒扫描未发现病毒"), "good"), "infected": (N_("感染病毒：%(threat)s"), "bad"),
          "not_scanned": (N_("没有扫描病毒：%(reason)s"), "warn")}  # fmt: skip


def lines_of(row: ExaminedRow, scan: Told | None) -> tuple[Line, ...]:
    """Signatures first, then what is wrong or odd, then the scan; nothing of what is as it should be."""
    kept = row.examination or {}
    return (
        *map(_signature, kept.get("signatures") or ()),
        *map(_problem, kept.get("problems") or ()),
        *_scan(scan),
    )


def _signature(found: Told) -> Line:
    kind, state = SignatureKind(found["kind"]), SignatureState(found["state"])
    return Line("；".join(_of_signature(found, kind, state)), _TONES[state])


def _of_signature(found: Told, kind: SignatureKind, state: SignatureState) -> Iterator[str]:
    yield _(_STATES[kind, state])
    if found["signer"]:
        yield _("签署者 %(signer)s") % {"signer": found["signer"]}
    at = parse_datetime(found["signed_at"]) if found["signed_at"] else None
    if at is not None:
        yield _("签署时间 %(at)s") % {"at": (localtime(at) if at.tzinfo else at).strftime("%Y-%m-%d %H:%M")}
    if found["message"]:
        yield _said(found["message"], found["params"])


def _problem(found: Told) -> Line:
    return Line(_said(found["message"], found["params"]), "warn")


def _scan(scan: Told | None) -> Iterator[Line]:
    if scan is not None:
        text, tone = _SCANS[scan["state"]]
        yield Line(_said(text, {"threat": scan["threat"], "reason": scan["reason"]}), tone)


def _said(text: str, params: Told) -> str:
    return _(text) % params if params else _(text)
