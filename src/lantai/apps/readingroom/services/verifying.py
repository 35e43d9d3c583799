"""Is this paper true? Asked by number and code, by QR code, or with the file itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import Certificate
from lantai.apps.readingroom.services import attempts, codes
from lantai.apps.readingroom.services.attempts import Door
from lantai.apps.readingroom.types import FileTooLarge, Looked, Standing, Verification
from lantai.kit.digests import Hasher
from lantai.kit.errors import N_
from lantai.kit.evidence.pdfsignatures import FIELD_NAME
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseKilled, ParseRefused
from lantai.platform.workflow.models import Transition

LIMIT_MB = 64
_JUDGE = "lantai.kit.evidence.judge:judge"
# What every certificate of ours has in it: a file that bears one of these marks and does not verify was
# changed, another one was never ours.
_MARKS = (FIELD_NAME.encode(), b'"lantai":"')


def verify_code(ctx: Ctx, *, check_code: str, address: str) -> Verification:
    """The standing of the certificate with that check code. Public; raises ``TooManyRequests``."""
    return _by_code(ctx, check_code, None, address)


def verify_number_and_code(ctx: Ctx, *, number: str, check_code: str, address: str) -> Verification:
    """The same for number and code together; a wrong number and a wrong code get one answer."""
    return _by_code(ctx, check_code, number, address)


def _by_code(ctx: Ctx, check_code: str, number: str | None, address: str) -> Verification:
    attempts.check(Door.VERIFY, address, ctx.now)
    row = queries.certificate_by_code(codes.as_typed(check_code)[:24])
    if row is None or (number is not None and number.strip().upper() != row.number.upper()):
        attempts.note(Door.VERIFY, address, ctx.now)
        return Verification(Standing.UNKNOWN, (Looked(False, N_("没有这个编号和校验码的证明。")),))
    looked = [Looked(True, N_("“%(archives)s”出具过编号为 %(number)s 的证明。"), _who(row))]
    return _known(row, _standing(row), [*looked, _state_of(row)])


def verify_file(ctx: Ctx, *, source: Iterable[bytes], address: str) -> Verification:
    """The standing of a file: its signature, its receipt, and whether it is the file that was issued.

    Public; the file is opened by nobody but a confined process. Raises ``FileTooLarge``, ``TooManyRequests``.
    """
    attempts.check(Door.FILE, address, ctx.now)
    attempts.note(Door.FILE, address, ctx.now)
    with tempfile.NamedTemporaryFile(prefix="lantai-verify-") as file:
        hasher, is_marked = Hasher(), False
        tail = b""
        for piece in source:
            hasher.update(piece)
            if hasher.size_bytes > LIMIT_MB << 20:
                raise FileTooLarge(limit_mb=LIMIT_MB)
            is_marked = is_marked or any(mark in tail + piece for mark in _MARKS)
            tail = piece[-64:]
            file.write(piece)
        file.flush()
        verdict = _judged(Path(file.name))
    return _of_file(verdict, hasher.digests().sha256, is_marked=is_marked)


def _judged(path: Path) -> dict[str, Any]:
    try:
        found = sandbox.call(_JUDGE, path=path, trust=ledger.trust_text())
    except (ParseRefused, ParseKilled) as refusal:
        check = {"ok": False, "message": refusal.message, "params": dict(refusal.params)}
        return {"ok": False, "kind": "unknown", "checks": [check], "facts": {}}
    assert isinstance(found, dict)
    return found


def _of_file(verdict: dict[str, Any], sha256: str, *, is_marked: bool) -> Verification:
    looked = [Looked(check["ok"], check["message"], check["params"]) for check in verdict["checks"]]
    if not verdict["ok"]:
        standing = Standing.ALTERED if is_marked else Standing.UNKNOWN
        return Verification(standing, tuple(looked), sha256=sha256)
    facts = verdict["facts"]
    row = queries.certificate_by_number(str(facts.get("statement.number", "")))
    if row is None:
        looked.append(Looked(True, N_("存证凭据本身有效；本系统没有保存这份文件，不能查对是否撤销。")))
        number, archives = str(facts.get("statement.number", "")), str(facts.get("signer", ""))
        return Verification(Standing.VALID, tuple(looked), number=number, archives=archives, sha256=sha256)
    if row.sha256 != sha256:
        looked.append(Looked(False, N_("与出证时保存的文件摘要不同。")))
        return _known(row, Standing.ALTERED, looked, sha256)
    looked += [Looked(True, N_("与出证时保存的文件逐字节相同（SHA-256）。")), _state_of(row)]
    return _known(row, _standing(row), looked, sha256)


def _standing(row: Certificate) -> Standing:
    return Standing.VALID if row.state == "valid" else Standing.REVOKED


def _state_of(row: Certificate) -> Looked:
    if row.state == "valid":
        return Looked(True, N_("没有撤销记录。"))
    return Looked(False, N_("出证档案馆已撤销这份证明。"))


def _who(row: Certificate) -> dict[str, object]:
    return {"archives": row.request.archives.name, "number": row.number}


def _known(row: Certificate, standing: Standing, looked: Iterable[Looked], sha256: str = "") -> Verification:
    return Verification(
        standing,
        tuple(looked),
        number=row.number,
        archives=row.request.archives.name,
        holder=masked_name(row.request.applicant_name),
        records=tuple(str(row.facts.get("records", "")).splitlines()),
        issued_on=timezone.localtime(row.issued_at).date(),
        revoked_on=timezone.localtime(row.revoked_at).date() if row.revoked_at else None,
        reason=_revocation_reason(row),
        sha256=sha256 or row.sha256,
    )


def _revocation_reason(row: Certificate) -> str:
    if row.state == "valid":
        return ""
    moves = Transition.objects.filter(
        object_type="readingroom:certificate", object_id=str(row.pk), move="revoke"
    )
    return moves.values_list("reason", flat=True).first() or ""


def masked_name(name: str) -> str:
    """A name that its bearer and whoever holds the paper recognise, and nobody else: 样**."""
    return name[:1] + "*" * max(1, len(name) - 1)
