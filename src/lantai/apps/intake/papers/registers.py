"""电子档案移交与接收登记表 (档发〔2012〕7号, annex): every field, both sides' checks and confirmations, digests.

The same rows print the same bytes, so a register is printed again whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantai.apps.catalogue.services.registering import file_code_of
from lantai.apps.custody import queries as custody
from lantai.apps.intake import queries
from lantai.apps.intake.models import Register, Submission, SubmissionItem
from lantai.apps.intake.types import OBJECT, REGISTER, ItemVerdict, Mode
from lantai.kit.digests import digest_file
from lantai.kit.fourprops.vocabulary import Outcome, Property
from lantai.platform.blobs.queries import get_staged
from lantai.platform.documents import services as documents
from lantai.platform.ledger.queries import entries_about

_GB = 1_000_000_000
TYPST = Path(__file__).parents[1] / "typst"


def register(submission: Submission) -> bytes:
    """电子档案移交与接收登记表 (档发〔2012〕7号): every field from the rows, the same rows the same bytes."""
    assert submission.decided_at is not None
    with override("zh-hans"):  # an official form is in Chinese, whoever prints it
        return documents.render("register.typ", _data(submission), root=TYPST, made_at=submission.decided_at)


def things_checked(submission: Submission) -> dict[str, str]:
    """What both sides check of a transfer: key → name; a carrier's looks only where there is one."""
    names = {
        Property.AUTHENTICITY.value: _("准确性"),
        Property.INTEGRITY.value: _("完整性"),
        Property.USABILITY.value: _("可用性"),
        Property.SAFETY.value: _("安全性"),
    }
    return names | ({"carrier": _("载体外观")} if _is_offline(submission) else {})


def _is_offline(submission: Submission) -> bool:
    return submission.mode == Mode.FOLDER or submission.carrier_id is not None


def sender_checks(submission: Submission) -> dict[str, str]:
    """What the agency's own test before sealing has shown, where the platform holds it."""
    package = submission.sent_package or submission.package
    if package is None or submission.blob_key:
        return {}
    with override("zh-hans"):
        return _sender_checks(package.source_type, package.source_id)


def receiver_checks(submission: Submission) -> dict[str, str]:
    """What the transfer test has shown, property by property."""
    with override("zh-hans"):
        rows = custody.checks_of(OBJECT, submission.pk).filter(pk__in=queries.checks_of(submission))
        let_count = any(one.is_let_count for one in queries.standings(submission))
        return _by_property(rows, let_count=let_count)


def register_facts(
    submission: Submission, items: QuerySet[SubmissionItem], returned: Sequence[str]
) -> dict[str, object]:
    """The register's content as it stands at acceptance, for the preservation metadata of the object."""
    with override("zh-hans"):
        return {
            "format": "lantai-register/1",
            "number": submission.number,
            "announcement": submission.announcement.number if submission.announcement else "",
            "agreement": submission.agreement.number if submission.agreement else "",
            "replaces": submission.replaces.number if submission.replaces else "",
            "fields": dict(_general(submission, items)),
            "accepted": items.count(),
            "returned": list(returned),
            "checks": receiver_checks(submission),
            "decided_by": submission.decider_name,
            "decided_at": submission.decided_at.isoformat() if submission.decided_at else "",
            "confirmed_by": submission.confirmer_name,
            "confirmed_at": submission.confirmed_at.isoformat() if submission.confirmed_at else "",
        }


def confirmed_facts(register: Register) -> dict[str, object]:
    """The register as both sides have confirmed it, beside the printed one in the object."""
    sent = register.submission
    taken = queries.items_of(sent.pk).filter(verdict=ItemVerdict.ACCEPTED)
    back = queries.items_of(sent.pk).exclude(verdict=ItemVerdict.ACCEPTED)
    sides = {
        "agency": (register.agency_confirmed_by, register.agency_confirmed_at, register.agency_entry_id),
        "archives": (
            register.archives_confirmed_by,
            register.archives_confirmed_at,
            register.archives_entry_id,
        ),
    }
    confirmed = {
        side: {"by": name, "at": at.isoformat() if at else "", "entry": entry_id}
        for side, (name, at, entry_id) in sides.items()
    }
    return {
        **register_facts(sent, taken, list(back.values_list("reference_code", flat=True))),
        "checks": {"agency": register.agency_checks, "archives": register.archives_checks},
        "register_confirmed": confirmed,
    }


def _data(submission: Submission) -> dict[str, object]:
    assert submission.package is not None
    register = Register.objects.get(submission=submission)
    taken = queries.items_of(submission.pk).filter(verdict=ItemVerdict.ACCEPTED)
    return {
        "archives": submission.archives.name,
        "title": _("电子档案移交与接收登记表"),
        "source": _("移交批次号 %(number)s") % {"number": submission.number},
        "facts": [*map(list, _general(submission, taken)), [_("信息包标识"), submission.package.object_id]],
        "checks_head": [_("检验内容"), _("移交单位"), _("接收单位")],
        "checks": _checks(submission, register),
        "signing_head": ["", _("移交单位"), _("接收单位")],
        "signing": _signing(submission, register),
        "note": _(
            "电子确认的姓名、时间和存证记录写入本系统的存证日志，可凭记录号和摘要核验；"
            "纸质签章在“单位（印章）”栏加盖。"
        ),
        "digests_title": _("数字摘要表"),
        "digests_head": [_("单位名称"), _("载体（包）编号"), _("内容说明"), _("数字摘要"), _("容量（GB）")],
        "digests": _digests(submission),
    }


def _general(submission: Submission, taken: QuerySet[SubmissionItem]) -> Iterable[tuple[str, str]]:
    codes = list(taken.values_list("reference_code", flat=True))
    kinds = taken.order_by("kind__name").values_list("kind__name", flat=True).distinct()
    files = {code for code in map(file_code_of, codes) if code}
    yield _("交接工作名称"), submission.title
    yield _("内容描述"), _content(submission, sorted(kinds))
    yield _("移交电子档案数量"), _count(len(codes), len(files))
    if submission.decision.get("is_part"):
        said = _("本批共移交 %(all)d 件：接收 %(taken)d 件，退回 %(back)d 件。退回的件见退回清单。") % {
            "all": submission.item_count, "taken": len(codes), "back": submission.item_count - len(codes),
        }  # fmt: skip
        yield _("部分接收"), said
    yield _("移交数据量"), f"{_bytes(submission, taken) / _GB:.3f} GB"
    yield _("载体起止顺序号"), f"{min(codes)} ～ {max(codes)}" if codes else "—"
    yield _("移交载体类型、规格"), _carrier(submission)


def _bytes(submission: Submission, taken: QuerySet[SubmissionItem]) -> int:
    """Bytes of what was taken: of the sealed object, or of its items while it is being sealed."""
    if submission.package:
        return submission.package.byte_count
    held = submission.files.filter(item__in=taken.order_by().values("pk"))
    return int(held.aggregate(size=Sum("size_bytes", default=0))["size"])


def _signing(submission: Submission, register: Register) -> list[list[str]]:
    said = {
        "agency": _confirmed(register, register.agency_confirmed_by, register.agency_confirmed_at,
                             register.agency_entry_id),
        "archives": _confirmed(register, register.archives_confirmed_by, register.archives_confirmed_at,
                               register.archives_entry_id),
    }  # fmt: skip
    agreement = submission.agreement
    signers = (agreement.agency_signer, agreement.archives_signer) if agreement else ("", "")
    return [
        [_("单位名称"), submission.agency.name, submission.archives.name],
        [_("填表人"), submission.submitter_name, submission.decider_name],
        [_("审核人"), signers[0], submission.confirmer_name or signers[1]],
        [_("电子确认"), said["agency"], said["archives"]],
        [_("单位（印章）"), "", ""],
        [_("日期"), _day(register.agency_confirmed_at), _day(register.archives_confirmed_at)],
    ]


def _confirmed(register: Register, name: str, at: datetime | None, entry_id: int | None) -> str:
    if at is None:
        return _("尚未确认")
    entry = entries_about(REGISTER, register.pk).filter(pk=entry_id).first()
    return _("%(name)s，%(at)s，存证记录 %(entry)s，SM3 %(digest)s") % {
        "name": name,
        "at": timezone.localtime(at).strftime("%Y-%m-%d %H:%M"),
        "entry": entry_id,
        "digest": entry.sm3[:16] if entry else "",
    }


def _count(items: int, files: int) -> str:
    if files:
        return _("%(items)d 件，%(files)d 卷") % {"items": items, "files": files}
    return _("%(items)d 件") % {"items": items}


def _content(submission: Submission, kinds: list[str]) -> str:
    """内容、类别、数据类型、格式、移交方式和过程."""
    formats = submission.files.exclude(item=None).exclude(state="missing").values_list("name", flat=True)
    endings = sorted({name.rpartition(".")[2].upper() for name in formats.iterator() if "." in name})
    parts = [
        f"{submission.fonds.code} {submission.fonds.name}",
        "、".join(kinds),
        "、".join(endings[:12]),
        str(submission.get_mode_display()),
        submission.note,
    ]
    return "；".join(part for part in parts if part)


def _carrier(submission: Submission) -> str:
    if not _is_offline(submission):
        return _("在线")
    if submission.carrier:
        return f"{submission.carrier.get_kind_display()}；{submission.carrier}"
    said: Mapping[str, str] = submission.findings.get("description") or {}
    parts = [said.get(key, "") for key in ("离线载体参数", "载体编号", "载体数量")]
    return "；".join(part for part in parts if part) or _("离线载体（说明文件没有记载参数）")


def _digests(submission: Submission) -> list[list[str]]:
    package = submission.package
    assert package is not None
    # The register itself becomes a later version: it names the inventory of what was sealed or handed over.
    as_taken = (submission.statement or {}).get("inventory_sha512", package.inventory_sha512)
    found, _size = digest_file(custody.inventory_path(package.object_id, as_taken))
    capacity = f"{package.byte_count / _GB:.3f}"
    rows = [
        [submission.archives.name, package.object_id, _("封存后的信息包清单"), f"SM3 {found.sm3}", capacity],
        [
            submission.archives.name,
            package.object_id,
            _("封存后的信息包清单"),
            f"SHA-512 {found.sha512}",
            capacity,
        ],
    ]
    if submission.blob_key:
        sent = get_staged(submission.blob_key)
        size, digests = f"{sent.size / _GB:.3f}", sent.digests
        rows += [
            [submission.agency.name, submission.number, _("移交的原包"), f"SM3 {digests.sm3}", size],
            [submission.agency.name, submission.number, _("移交的原包"), f"SHA-512 {digests.sha512}", size],
        ]
    return rows


def _checks(submission: Submission, register: Register) -> list[list[str]]:
    """Both sides' columns; a side that has not confirmed yet shows what its test has shown."""
    rows = [
        [label, register.agency_checks.get(name, ""), register.archives_checks.get(name, "")]
        for name, label in things_checked(submission).items()
    ]
    return rows if _is_offline(submission) else [*rows, [_("载体外观"), "—", "—"]]


def _sender_checks(source_type: str, source_id: str) -> dict[str, str]:
    """The newest report of each scheme that the batch was held against before it was sealed."""
    newest: dict[str, int] = {}
    for check in custody.checks_of(source_type, source_id):
        newest.setdefault(check.scheme, check.pk)
    return _by_property(custody.checks_of(source_type, source_id).filter(pk__in=newest.values()))


def _by_property(checks: object, *, let_count: bool = False) -> dict[str, str]:
    counts = list(checks.values_list("counts", flat=True))  # type: ignore[attr-defined]
    if not counts:
        return {}
    return {
        prop.value: _said([one.get(prop, {}) for one in counts], let_count=let_count) for prop in Property
    }


def _said(counts: list[dict[str, int]], *, let_count: bool) -> str:
    total = {outcome: sum(one.get(outcome, 0) for one in counts) for outcome in Outcome}
    if total[Outcome.FAIL]:
        text = _("不合格 %(n)d 项，已例外放行") if let_count else _("不合格 %(n)d 项")
        return text % {"n": total[Outcome.FAIL]}
    waiting = total[Outcome.MANUAL] + total[Outcome.NOT_RUN]
    passed = total[Outcome.PASS] + total[Outcome.WARN]
    if waiting:
        return _("自动检测 %(passed)d 项合格，%(open)d 项由人工确认") % {"passed": passed, "open": waiting}
    return _("%(passed)d 项合格") % {"passed": passed}


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else ""
