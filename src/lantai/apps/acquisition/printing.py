"""Certificates and hand-over lists as official papers."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import AcquiredObject, Acquisition, Agreement
from lantai.apps.acquisition.types import Means, ObjectState
from lantai.kit.errors import Missing
from lantai.platform.documents import services as documents

TEMPLATES = Path(__file__).resolve().parent / "typst"


def check_url(row: Acquisition) -> str:
    """Where anybody who holds the certificate can look it up."""
    return settings.LANTAI_PUBLIC_URL + reverse("acquisition:certificate_check", args=[row.check_code])


def certificate_pdf(row: Acquisition) -> bytes:
    """PDF/A of a certificate of thanks, or of a deposit; raises ``Missing`` where there is none."""
    if not row.certificate_number or row.registered_at is None:
        raise Missing
    with translation.override("zh-hans"):  # an official paper is Chinese, whoever asks
        data = _certificate(row)
        return documents.render("certificate.typ", data, root=TEMPLATES, made_at=row.registered_at)


def _certificate(row: Acquisition) -> dict[str, object]:
    got = [one for one in queries.objects_of(row.pk) if one.state != ObjectState.MISSING]
    is_gift = row.means == Means.GIFT
    said = {"name": row.source_name, "title": row.title, "count": len(got), "archives": row.org.name}
    thanks = (
        _(
            "感谢%(name)s将“%(title)s”等 %(count)d 件（组）档案资料捐赠给%(archives)s。所捐资料将由本馆永久保存。"
        )
        if is_gift
        else _("%(archives)s受%(name)s委托，代为保管“%(title)s”等 %(count)d 件（组）档案资料。")
    )
    return {
        "archives": row.org.name,
        "title": _("捐赠证书") if is_gift else _("寄存凭证"),
        "number": row.certificate_number,
        "thanks": thanks % said,
        "head": _head(),
        "rows": [_row(one) for one in got],
        "url": check_url(row),
        "check_code": row.check_code,
        "made_on": timezone.localdate(row.registered_at).isoformat() if row.registered_at else "",
        "source": _("登记于%(archives)s征集登记簿，编号 %(number)s")
        % {"archives": row.org.name, "number": row.number},
    }


def _head() -> list[str]:
    return [_("序号"), _("名称"), _("类别"), _("数量"), _("完残情况")]


def _row(one: AcquiredObject) -> list[str]:
    amount = f"{one.quantity} {one.unit}"
    return [str(one.number), one.title, str(one.get_form_display()), amount, one.condition]


def agreement_pdf(row: Acquisition) -> bytes:
    """The agreement with its list and both signatures; raises ``Missing`` until it was written."""
    agreement = queries.agreement_of(row.pk)
    if agreement is None:
        raise Missing
    with translation.override("zh-hans"):
        data = {
            "archives": row.org.name,
            "title": _("档案资料%(means)s协议") % {"means": row.get_means_display()},
            "number": agreement.number,
            "source": _("征集编号 %(number)s") % {"number": row.number},
            "opening": _opening(row),
            "clauses": _clauses(agreement),
            "list_title": _("附：征集清单"),
            "head": [_("序号"), _("名称"), _("类别"), _("数量"), _("年代")],
            "rows": [[*_row(one)[:4], one.dated] for one in queries.objects_of(row.pk)],
            "source_side": [_("来源方（签字）"), agreement.source_signer, row.source_name],
            "archives_side": [_("档案馆（盖章）"), agreement.archives_signer, row.org.name],
            "signed_on": _("签订日期：%(day)s") % {"day": agreement.signed_on.isoformat()},
        }
        signed_at = datetime.combine(agreement.signed_on, time(), tzinfo=timezone.get_current_timezone())
        return documents.render("agreement.typ", data, root=TEMPLATES, made_at=signed_at)


def _opening(row: Acquisition) -> str:
    said = {
        "source": row.source_name,
        "archives": row.org.name,
        "title": row.title,
        "means": row.get_means_display(),
    }
    return _("%(source)s与%(archives)s就“%(title)s”的%(means)s事宜，经协商一致，约定如下。") % said


def _clauses(agreement: Agreement) -> list[list[str]]:
    """What both sides agreed, each as a title and its words; only what was agreed."""
    day = agreement.restricted_until
    use = str(agreement.get_use_display())
    if day:
        use = _("%(use)s，至 %(day)s。") % {"use": use, "day": day.isoformat()}
    price = agreement.price_yuan
    until = agreement.deposit_until
    said = [
        [_("所有权"), str(agreement.get_ownership_display())],
        [_("著作权"), str(agreement.get_copyright_display())],
        [_("利用"), use],
        [_("价款"), _("人民币 %(yuan)s 元") % {"yuan": f"{price:,.2f}"} if price is not None else ""],
        [_("寄存期限"), _("至 %(day)s") % {"day": until.isoformat()} if until else ""],
        [_("归还条件"), agreement.return_terms],
        [_("其他约定"), agreement.terms],
    ]
    return [[title, words] for title, words in said if words]


def handover_pdf(row: Acquisition) -> bytes:
    """The hand-over list with the three names; raises ``Missing`` before the hand-over."""
    if row.received_at is None:
        raise Missing
    agreement = queries.agreement_of(row.pk)
    with translation.override("zh-hans"):
        data = {
            "archives": row.org.name,
            "title": _("征集档案资料交接清单"),
            "source": row.number,
            "facts": [
                [_("征集编号"), row.number],
                [_("征集内容"), row.title],
                [_("征集方式"), str(row.get_means_display())],
                [_("协议编号"), agreement.number if agreement else ""],
                [_("交接时间"), timezone.localtime(row.received_at).strftime("%Y-%m-%d %H:%M")],
                [_("交出人"), row.handed_by],
                [_("接收人"), row.receiver_name],
                [_("复核人"), row.checker_name],
            ],
            "head": [*_head(), _("清点结果")],
            "rows": [[*_row(one), str(one.get_state_display())] for one in queries.objects_of(row.pk)],
        }
        return documents.render("handover.typ", data, root=TEMPLATES, made_at=row.received_at)
