"""Mail (RFC 5322): whole to its last boundary, readable, what it carries; nested messages to a depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import errors, message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import SAMPLE_CHARS, Examination, Fact, Remark, State

MAX_DEPTH = 20
_MAX_BYTES = 256 << 20
_MAX_NAMES = 200
_MAX_CHARS = 500
_PROGRAMS = (
    ".exe",
    ".dll",
    ".scr",
    ".bat",
    ".cmd",
    ".com",
    ".js",
    ".vbs",
    ".ps1",
    ".jar",
    ".msi",
    ".hta",
    ".lnk",
)
_CUT_OFF = (errors.CloseBoundaryNotFoundDefect, errors.StartBoundaryNotFoundDefect)
_UNDECODABLE = (
    errors.InvalidBase64PaddingDefect,
    errors.InvalidBase64CharactersDefect,
    errors.InvalidBase64LengthDefect,
)
# what the standard library's parser raises for headers that nobody would write
_BROKEN = (errors.MessageError, LookupError, ValueError, AttributeError, TypeError)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")

LOCKED = Remark("encrypted", N_("邮件正文已加密，读不到内容。请提交解密后的邮件。"))
CUT = Remark("truncated", N_("邮件缺少结尾的分隔标记，没有收完。请重新导出。"))
UNDECODABLE = Remark("broken", N_("邮件中有部分内容的编码已损坏。请重新导出。"))
TOO_DEEP = Remark("too-deep", N_("邮件层层嵌套，超过可检查的层数。文件已原样保留，请人工检查。"))
NO_HEADERS = Remark("broken", N_("文件没有邮件应有的发件人和日期。请重新导出。"))
PROGRAMS = N_("邮件附件“%(name)s”是可执行文件。请去除后重新提交。")
MANY = N_("文件是邮箱，不是单封邮件；其中的邮件没有逐封检查。请导出为单封 eml 后提交。")
TOO_LARGE = N_("邮件超过 %(limit_mb)s MB，没有检查。")


@dataclass(slots=True)
class _Seen:
    """What a walk through the parts has met."""

    parts: int = 0
    depth: int = 0
    attachments: list[str] = field(default_factory=list)
    text: str = ""
    is_locked: bool = False
    is_signed: bool = False
    is_cut: bool = False
    is_undecodable: bool = False


def examine_mail(path: Path, puid: str) -> Examination:
    """State and facts of one message; what is attached is listed and not opened."""
    if path.stat().st_size > _MAX_BYTES:
        too_large = Remark("too-large", TOO_LARGE, {"limit_mb": _MAX_BYTES >> 20})
        return Examination(puid, State.UNSUPPORTED, problems=(too_large,))
    data = path.read_bytes()
    if data.startswith(b"From "):
        return Examination(puid, State.UNSUPPORTED, problems=(Remark("mailbox", MANY),))
    if not _HEADERS_END.search(data):
        return Examination(puid, State.TRUNCATED, problems=(CUT,))
    try:
        message = message_from_bytes(data, policy=policy.default)
        seen = _Seen()
        for part, depth in _parts(message, 1):
            _note(part, depth, seen)
        facts = _facts(message, seen)
    except RecursionError:
        return Examination(puid, State.BROKEN, problems=(TOO_DEEP,))
    except _BROKEN:
        return Examination(puid, State.BROKEN, problems=(UNDECODABLE,))
    return _verdict(puid, facts, seen)


def _parts(message: Message, depth: int) -> Iterator[tuple[Message, int]]:
    """Every part, with its depth; stops one below the limit."""
    yield message, depth
    if message.is_multipart() and depth <= MAX_DEPTH:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _note(part: Message, depth: int, seen: _Seen) -> None:
    seen.parts += 1
    seen.depth = max(seen.depth, depth)
    kind = part.get_content_type()
    enveloped = kind.endswith("pkcs7-mime") and "enveloped" in str(
        part.get_param("smime-type", "enveloped-data")
    )
    seen.is_locked |= kind == "multipart/encrypted" or enveloped
    seen.is_signed |= kind == "multipart/signed" or "pkcs7-signature" in kind
    name = part.get_filename()
    if name or part.get_content_disposition() == "attachment":
        seen.attachments.append((name or kind)[:_MAX_CHARS])
    if not part.is_multipart():
        content = part.get_payload(decode=True)
        if kind == "text/plain" and not seen.text and not name and isinstance(content, bytes):
            seen.text = content.decode(_charset(part), "replace")[:SAMPLE_CHARS]
    seen.is_cut |= any(isinstance(d, _CUT_OFF) for d in part.defects)
    seen.is_undecodable |= any(isinstance(d, _UNDECODABLE) for d in part.defects)


def _charset(part: Message) -> str:
    name = str(part.get_content_charset() or "utf-8")
    name = "gb18030" if name in {"gb2312", "gbk"} else name
    try:
        b"".decode(name)
    except LookupError:
        return "utf-8"
    return name


def _facts(message: EmailMessage, seen: _Seen) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "part_count": seen.parts,
        "depth": seen.depth,
        "attachments": seen.attachments[:_MAX_NAMES],
        "attachment_count": len(seen.attachments),
        "has_signature": seen.is_signed,
    }
    for name, header in (
        ("from", "From"),
        ("to", "To"),
        ("cc", "Cc"),
        ("subject", "Subject"),
        ("id", "Message-ID"),
    ):
        value = message.get(header)
        if value is not None and str(value).strip():
            facts[f"mail_{name}"] = str(value).strip()[:_MAX_CHARS]
    sent_at = getattr(message.get("Date"), "datetime", None)
    if sent_at is not None:
        facts["mail_sent_at"] = sent_at.isoformat()
    return facts


def _verdict(puid: str, facts: dict[str, Fact], seen: _Seen) -> Examination:
    state, problems = State.OK, []
    if seen.is_locked:
        state, problems = State.ENCRYPTED, [LOCKED]
    elif seen.depth > MAX_DEPTH:
        state, problems = State.BROKEN, [TOO_DEEP]
    elif seen.is_cut:
        state, problems = State.TRUNCATED, [CUT]
    elif seen.is_undecodable:
        state, problems = State.BROKEN, [UNDECODABLE]
    elif "mail_from" not in facts or "mail_sent_at" not in facts:
        state, problems = State.BROKEN, [NO_HEADERS]
    elif programs := [n for n in seen.attachments if n.lower().endswith(_PROGRAMS)]:
        state, problems = State.ACTIVE, [Remark("active", PROGRAMS, {"name": n[:200]}) for n in programs[:3]]
    return Examination(puid, state, facts, tuple(problems), text_sample=seen.text)
