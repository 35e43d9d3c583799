"""Names, states and numbers of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

OBJECT = "intake:submission"
AGREEMENT = "intake:agreement"
ANNOUNCEMENT = "intake:announcement"
RETURN_LIST = "intake:returnlist"
REGISTER = "intake:register"
DUE = "intake:due"
CLOCK = "decide"
CONFIRM_CLOCK = "confirm"
# Working days for each clock, by its key in the rule “electronic-transfer”, where the rule says nothing.
WORKING_DAYS = {
    "decide_working_days": 10,
    "confirm_working_days": 3,
    "reply_working_days": 5,
    "answer_working_days": 20,
    "register_working_days": 5,
}
REMIND_BEFORE_DAYS = 60
REMIND_SOON_DAYS = 14
REMIND_AGAIN_DAYS = 30


class Mode(models.TextChoices):
    """By which way a transfer comes."""

    ONLINE = "online", _("在线移交")
    PACKAGE = "package", _("移交信息包")
    FOLDER = "folder", _("离线载体")


class SubmissionState(models.TextChoices):
    """Where a transfer stands."""

    SUBMITTED = "submitted", _("已提交")
    CHECKING = "checking", _("检测中")
    PASSED = "passed", _("检测合格")
    FAILED = "failed", _("检测不合格")
    TO_CONFIRM = "to_confirm", _("待复核")
    ACCEPTING = "accepting", _("接收中")
    ACCEPTED = "accepted", _("已接收")
    PARTLY = "partly", _("部分接收")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


TAKEN_IN = (SubmissionState.ACCEPTED, SubmissionState.PARTLY)
ENDED_WITHOUT = (SubmissionState.RETURNED, SubmissionState.WITHDRAWN)


class AgreementState(models.TextChoices):
    """Where a version of an agreement stands."""

    DRAFT = "draft", _("草拟")
    BY_AGENCY = "by_agency", _("移交单位已确认")
    BY_ARCHIVES = "by_archives", _("接收单位已确认")
    AGREED = "agreed", _("已约定")
    IN_FORCE = "in_force", _("施行中")
    ENDED = "ended", _("已终止")


class CountsFrom(models.TextChoices):
    """From the end of which year the term of transfer runs."""

    FORMED = "formed", _("形成年度")
    FILED = "filed", _("归档年度（形成的次年）")


class Reminder(models.TextChoices):
    """Which reminder of a line of the calendar went out last."""

    EARLY = "early", _("提前")
    SOON = "soon", _("临期")
    OVERDUE = "overdue", _("逾期")


class DueStatus(models.TextChoices):
    """How a line of the calendar stands on a day."""

    PLANNED = "planned", _("未到期")
    SOON = "soon", _("即将到期")
    OVERDUE = "overdue", _("已逾期")
    DONE = "done", _("已完成")
    WAIVED = "waived", _("免予移交")


class AnnouncementState(models.TextChoices):
    """Where an announcement stands."""

    SENT = "sent", _("待档案馆答复")
    PROPOSED = "proposed", _("档案馆另提日期")
    CONFIRMED = "confirmed", _("已约定")
    ARRIVED = "arrived", _("已移交")
    WITHDRAWN = "withdrawn", _("已取消")


class ReturnListState(models.TextChoices):
    """Where the list of what went back stands."""

    OPEN = "open", _("待补正")
    ANSWERED = "answered", _("已补正")
    CLOSED = "closed", _("已结案")


class RegisterState(models.TextChoices):
    """Which sides have confirmed the register."""

    ISSUED = "issued", _("待双方确认")
    BY_AGENCY = "by_agency", _("移交单位已确认")
    BY_ARCHIVES = "by_archives", _("接收单位已确认")
    CONFIRMED = "confirmed", _("双方已确认")


class ItemVerdict(models.TextChoices):
    """What the archives says of one item of a transfer."""

    PENDING = "pending", _("待检测")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("已退回")
