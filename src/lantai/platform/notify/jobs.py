"""Mail goes out from the worker: a slow mail server holds up nobody's page."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.notify.models import Notice
from lantai.platform.notify.types import MailServerSilent, SendMails

_SUBJECT_CHARS = 60


@handles(SendMails, label=gettext_lazy("发送邮件通知"))
def send_mails(run: Running, args: SendMails) -> None:
    """Mail each notice once; killed between a mail and its cursor, that one mail is sent again."""
    done = int(run.cursor or 0)
    for order, notice_id in enumerate(args.notice_ids[done:], done + 1):
        notice = Notice.objects.select_related("user").filter(pk=notice_id).first()
        with run.advance(to=str(order)):
            if notice is not None and notice.user.is_active and notice.user.email:
                _send(run, notice)


def _send(run: Running, notice: Notice) -> None:
    try:
        _mail(notice).send()
    except smtplib.SMTPRecipientsRefused:
        run.say(N_("邮件服务器不接受 %(name)s 的邮箱地址，没有发出这封邮件。"), name=notice.user.name)
    except (smtplib.SMTPException, OSError) as why:
        raise MailServerSilent(why=str(why)[:200]) from why


def _mail(notice: Notice) -> EmailMessage:
    said = " ".join(notice.said.split())  # a line break in a subject would forge headers
    subject = said if len(said) <= _SUBJECT_CHARS else said[: _SUBJECT_CHARS - 1] + "…"
    places = {"name": notice.user.name, "said": said, "url": settings.LANTAI_PUBLIC_URL + notice.url}
    body = _("%(name)s：\n\n%(said)s\n\n请登录查看：%(url)s\n") % places
    return EmailMessage(f"[{settings.LANTAI_SITE_NAME}] {subject}", body, to=[notice.user.email])
