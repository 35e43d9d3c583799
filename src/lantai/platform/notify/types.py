"""What is sent, and why it was not."""

from __future__ import annotations

from dataclasses import dataclass

from lantai.kit.errors import N_, Fault


@dataclass(frozen=True, slots=True)
class SendMails:
    """Arguments of the job that mails notices, in this order."""

    notice_ids: list[int]


class MailServerSilent(Fault):
    """The mail server could not be reached or would not take mail."""

    status = 503
    message = N_("邮件服务器没有正常应答：%(why)s。站内消息已送达；邮件可稍后重新发送。")
