"""Certificates and hand-over lists as official papers."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import AcquiredObject, Acquisition
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
