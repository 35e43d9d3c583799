"""What is handed out on a transfer: the register as PDF/A, the list of what goes back as a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from lantai.apps.catalogue.services.registering import file_code_of
from lantai.apps.custody import queries as custody
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import OBJECT, ItemVerdict, Mode
from lantai.kit.digests import digest_file
from lantai.kit.fourprops.vocabulary import Outcome, Property
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.platform.blobs.queries import get_staged
from lantai.platform.documents import services as documents

_GB = 1_000_000_000
_TYPST = Path(__file__).parent / "typst"


def register(submission: Submission) -> bytes:
    """电子档案移交与接收登记表 (档发〔2012〕7号): every field from the rows, the same rows the same bytes."""
    assert submission.decided_at is not None
    with override("zh-hans"):  # an official form is in Chinese, whoever prints it
        return documents.render("register.typ", _data(submission), root=_TYPST, made_at=submission.decided_at)


def _data(submission: Submission) -> dict[str, object]:
    package = submission.package
    assert package is not None
    codes = list(queries.items_of(submission.pk).values_list("reference_code", flat=True))
    files = {code for code in map(file_code_of, codes) if code}
    ends = f"{min(codes)} ～ {max(codes)}" if codes else "—"
    kinds = sorted(
        {item.kind.name for item in queries.items_of(submission.pk).distinct("kind_id").order_by("kind_id")}
    )
    return {
        "archives": submission.archives.name,
        "title": _("电子档案移交与接收登记表"),
        "source": _("移交批次号 %(number)s") % {"number": submission.number},
        "facts": [
            [_("交接工作名称"), submission.title],
            [_("内容描述"), _content(submission, kinds)],
            [_("移交电子档案数量"), _count(len(codes), len(files))],
            [_("移交数据量"), f"{package.byte_count / _GB:.3f} GB"],
            [_("起止顺序号"), ends],
            [_("移交载体类型、规格"), _carrier(submission)],
            [_("信息包标识"), package.object_id],
            *_digests(submission),
        ],
        "checks_title": _("检验内容"),
        "checks_head": [_("检验内容"), _("移交单位"), _("接收单位")],
        "checks": _checks(submission),
        "signing_title": _("签字"),
        "signing_head": ["", _("移交单位"), _("接收单位")],
        "signing": [
            [_("单位名称"), submission.agency.name, submission.archives.name],
            [_("填表人"), submission.submitter_name, submission.decider_name],
            [_("审核人（签字）"), "", ""],
            [_("单位（印章）"), "", ""],
            [_("日期"), _day(submission.submitted_at), _day(submission.decided_at)],
        ],
    }


def _count(items: int, files: int) -> str:
    if files:
        return _("%(items)d 件，%(files)d 卷") % {"items": items, "files": files}
    return _("%(items)d 件") % {"items": items}


def _content(submission: Submission, kinds: list[str]) -> str:
    parts = [f"{submission.fonds.code} {submission.fonds.name}", "、".join(kinds), submission.note]
    return "；".join(part for part in parts if part)


def _carrier(submission: Submission) -> str:
    if submission.mode != Mode.FOLDER:
        return _("在线")
    said: Mapping[str, str] = submission.findings.get("description") or {}
    parts = [said.get(key, "") for key in ("离线载体参数", "载体编号", "载体数量")]
    return "；".join(part for part in parts if part) or _("离线载体（说明文件没有记载参数）")


def _digests(submission: Submission) -> list[list[str]]:
    package = submission.package
    assert package is not None
    found, _size = digest_file(custody.object_folder(package.object_id) / INVENTORY)
    rows = [
        [_("信息包清单数字摘要 SM3"), found.sm3],
        [_("信息包清单数字摘要 SHA-512"), found.sha512],
    ]
    if submission.blob_key:
        sent = get_staged(submission.blob_key).digests
        rows += [
            [_("移交原包数字摘要 SM3"), sent.sm3],
            [_("移交原包数字摘要 SHA-512"), sent.sha512],
        ]
    return rows


def _checks(submission: Submission) -> list[list[str]]:
    """Both sides' columns: the receiver's from the transfer test, the sender's from that before sealing."""
    received = _by_property(
        custody.checks_of(OBJECT, submission.pk).filter(pk__in=queries.checks_of(submission))
    )
    package = submission.package
    sent = (
        _sender_checks(package.source_type, package.source_id) if package and not submission.blob_key else {}
    )
    names = {
        Property.AUTHENTICITY: _("准确性（真实性）"),
        Property.INTEGRITY: _("完整性"),
        Property.USABILITY: _("可用性"),
        Property.SAFETY: _("安全性"),
    }
    rows = [[name, sent.get(prop, ""), received.get(prop, "")] for prop, name in names.items()]
    is_online = submission.mode != Mode.FOLDER
    return [*rows, [_("载体外观"), *(("—", "—") if is_online else ("", ""))]]


def _sender_checks(source_type: str, source_id: str) -> dict[Property, str]:
    """The newest report of each scheme that the batch was held against before it was sealed."""
    newest: dict[str, int] = {}
    for check in custody.checks_of(source_type, source_id):
        newest.setdefault(check.scheme, check.pk)
    return _by_property(custody.checks_of(source_type, source_id).filter(pk__in=newest.values()))


def _by_property(checks: object) -> dict[Property, str]:
    counts = list(checks.values_list("counts", flat=True))  # type: ignore[attr-defined]
    return {prop: _said([one.get(prop, {}) for one in counts]) for prop in Property} if counts else {}


def _said(counts: list[dict[str, int]]) -> str:
    total = {outcome: sum(one.get(outcome, 0) for one in counts) for outcome in Outcome}
    if total[Outcome.FAIL]:
        return _("不合格 %(n)d 项") % {"n": total[Outcome.FAIL]}
    waiting = total[Outcome.MANUAL] + total[Outcome.NOT_RUN]
    passed = total[Outcome.PASS] + total[Outcome.WARN]
    if waiting:
        return _("自动检测 %(passed)d 项合格，%(open)d 项由人工确认") % {"passed": passed, "open": waiting}
    return _("%(passed)d 项合格") % {"passed": passed}


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else ""


def return_list(submission: Submission) -> bytes:
    """不合格清单 as xlsx: each item that goes back, with every reason; texts are never formulas."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("不合格清单"))
    head = book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 4, 30)
    sheet.write_row(0, 0, (_("移交批次号"), _("档号"), _("题名"), _("结论"), _("理由")), head)
    rows = queries.items_of(submission.pk).filter(verdict__in=queries.FAILED_VERDICTS)
    for number, item in enumerate(rows.iterator(), 1):
        verdict = str(ItemVerdict(item.verdict).label)
        cells = (
            submission.number,
            item.reference_code,
            item.title,
            verdict,
            "\n".join(queries.reasons(item)),
        )
        for column, text in enumerate(cells):
            sheet.write_string(number, column, text[:32_000])
    book.close()
    return made.getvalue()
