"""Kinds, values and refusals of acquisition (DA/T 96-2023, 档案法 arts 17 and 22)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

CASE = "acquisition:case"
FEWEST_VALUERS = 2


class Means(models.TextChoices):
    """How an archives comes by what it acquires."""

    GIFT = "gift", _("捐赠")
    PURCHASE = "purchase", _("购买")
    DEPOSIT = "deposit", _("寄存")
    COPYING = "copying", _("复制")
    COLLECTING = "collecting", _("征集")


class SourceKind(models.TextChoices):
    """Who offers."""

    PERSON = "person", _("个人")
    FAMILY = "family", _("家族")
    ORGANISATION = "organisation", _("单位")


class CaseState(models.TextChoices):
    """Where a case stands."""

    LEAD = "lead", _("线索")
    NEGOTIATING = "negotiating", _("协商中")
    VALUING = "valuing", _("鉴定估价中")
    AGREEING = "agreeing", _("待签协议")
    AGREED = "agreed", _("待交接")
    RECEIVED = "received", _("待复核")
    REGISTERED = "registered", _("已登记")
    ACCESSIONED = "accessioned", _("已入藏")
    RETURNED = "returned", _("寄存已归还")
    ENDED = "ended", _("已终止")


# The list of objects is written before the agreement is signed: the agreement is about exactly these.
LISTING = frozenset({CaseState.LEAD, CaseState.NEGOTIATING, CaseState.VALUING, CaseState.AGREEING})
WITH_FILES = frozenset({*LISTING, CaseState.AGREED, CaseState.RECEIVED, CaseState.REGISTERED})
IN_HAND = frozenset({CaseState.REGISTERED, CaseState.ACCESSIONED})


class ObjectForm(models.TextChoices):
    """What an object is."""

    DOCUMENT = "document", _("文书手稿")
    PHOTO = "photo", _("照片")
    RECORDING = "recording", _("音像")
    BOOK = "book", _("图书资料")
    THING = "thing", _("实物")
    DATA = "data", _("电子数据")


class ObjectState(models.TextChoices):
    """What became of an object."""

    LISTED = "listed", _("待清点")
    RECEIVED = "received", _("已收到")
    MISSING = "missing", _("未交来")
    RETURNED = "returned", _("已归还")


class Ownership(models.TextChoices):
    """Whose an object is afterwards."""

    TRANSFERRED = "transferred", _("归国家所有")
    RETAINED = "retained", _("仍归来源方所有")
    COPY_ONLY = "copy_only", _("只取得复制件")


class Copyright(models.TextChoices):
    """Who may publish."""

    TRANSFERRED = "transferred", _("转让给档案馆")
    LICENSED = "licensed", _("许可档案馆使用")
    RETAINED = "retained", _("来源方保留")
    UNKNOWN = "unknown", _("权利人不明")


class Use(models.TextChoices):
    """Who may use."""

    OPEN = "open", _("可向社会开放")
    ON_SITE = "on_site", _("限馆内查阅")
    BY_CONSENT = "by_consent", _("须经来源方同意")
    CLOSED = "closed", _("限制期内不提供利用")


class NotListing(Refusal):
    """The list is closed by the agreement."""

    message = N_("征集“%(title)s”的清单已由协议确定，不能再改。")


class NotBeingAgreed(Refusal):
    """The agreement is written while it is waited for."""

    message = N_("征集“%(title)s”不在签订协议的环节，协议没有保存。")


class NotBeingValued(Refusal):
    """Opinions are entered while valuers are at work."""

    message = N_("征集“%(title)s”不在鉴定估价的环节，意见没有记录。")


class NotBeingReceived(Refusal):
    """Objects are counted at the hand-over."""

    message = N_("征集“%(title)s”不在交接的环节，清点结果没有记录。")


class TooFewValuers(Refusal):
    """One opinion is none."""

    message = N_("鉴定意见须由 %(fewest)d 人以上分别作出，现有 %(have)d 人。请补充后再提交。")


class ValuerTwice(Invalid):
    """Each valuer gives one opinion."""

    message = N_("“%(name)s”已有鉴定意见，请核对。")


class FigureMissing(Invalid):
    """A purchase has its price."""

    message = N_("购买须写明估价或价款。")


class NothingListed(Refusal):
    """An agreement is about something."""

    message = N_("征集清单还是空的，请先列出征集的材料。")


class AgreementMissing(Refusal):
    """Nothing is taken without an agreement."""

    message = N_("还没有填写协议，请填写后再签订。")


class DepositTermsMissing(Invalid):
    """A deposit has its end and says how it is given back."""

    message = N_("寄存须写明寄存到期日和归还条件。")


class RestrictionWithoutEnd(Invalid):
    """Closed until when."""

    message = N_("选择限制利用时，请写明限制到哪一天。")


class NotCounted(Refusal):
    """Each object is either there or not."""

    message = N_("还有 %(open)d 件没有清点，第一件是“%(first)s”。")


class NothingReceived(Refusal):
    """A hand-over without objects is none."""

    message = N_("清单上的材料一件也没有收到，不能登记。可终止征集，或重新约定交接。")


class NotADeposit(Refusal):
    """Only deposits end and are given back."""

    message = N_("“%(title)s”不是寄存，没有到期和归还。")


class EndsTooSoon(Invalid):
    """A deposit is extended, not shortened."""

    message = N_("新的到期日 %(day)s 不晚于原到期日，没有延长。")


class AlreadySealed(Refusal):
    """What is in custody does not change."""

    message = N_("“%(title)s”的电子件已入藏，不能再加文件。")


class NothingDigital(Refusal):
    """Only files go into a package."""

    message = N_("“%(title)s”还没有上传电子件，没有可入藏的内容。")


class FileInfected(Refusal):
    """The scanner found something."""

    message = N_("文件“%(name)s”查出病毒，没有入藏。请删除这个文件，或换无毒的文件。")


class FondsElsewhere(Invalid):
    """What an archives acquires goes into its own fonds."""

    message = N_("请选择本馆的全宗。")


class FirstCodeInvalid(Invalid):
    """The first code is counted up."""

    message = N_("首件档号“%(code)s”须属于全宗 %(fonds)s，并以件号结尾。")


class NothingUploaded(Invalid):
    """The form came without files."""

    message = N_("没有选择文件。")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a plain form."""

    name: str
    content: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelving:
    """Where sealed items are described: fonds, kind, retention and the code of the first of them."""

    fonds_id: int
    kind_id: int
    first_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCase(Shelving):
    """Run: open, scan, seal and describe the files of a case."""

    acquisition_id: int


VOICE_PROJECT = "acquisition:voice_project"
SPEAKER = "acquisition:speaker"
VOICE_SESSION = "acquisition:voice_session"


class VoiceKind(models.TextChoices):
    """Why voices are recorded (DA/T 59-2017; dialect recordings)."""

    ORAL_HISTORY = "oral_history", _("口述史料")
    DIALECT = "dialect", _("方言语音")


class SpeakerGroup(models.TextChoices):
    """Dialect speakers are chosen by age and sex; narrators of history are witnesses."""

    WITNESS = "witness", _("亲历、亲见、亲闻者")
    OLD_MAN = "old_man", _("老年男")
    OLD_WOMAN = "old_woman", _("老年女")
    YOUNG_MAN = "young_man", _("青年男")
    YOUNG_WOMAN = "young_woman", _("青年女")


class ConsentScope(models.TextChoices):
    """What a speaker agrees to."""

    KEEP = "keep", _("只保存，不提供利用")
    RESEARCH = "research", _("限馆内研究查阅")
    PUBLISH = "publish", _("可公布和出版")


class SessionState(models.TextChoices):
    """Where a recording stands."""

    RECORDED = "recorded", _("已录制")
    TRANSCRIBED = "transcribed", _("已整理")
    CHECKED = "checked", _("口述者已核对")
    ACCEPTED = "accepted", _("已入藏")
    CLOSED = "closed", _("授权已撤回")


class VoiceRole(models.TextChoices):
    """What a file of a session is; the master is never touched."""

    MASTER = "master", _("原始录音录像")
    SERVICE = "service", _("利用件")
    TRANSCRIPT = "transcript", _("文字整理稿")
    ANNOTATION = "annotation", _("标注")
    PAPER = "paper", _("授权书等材料")


class ConsentMissing(Refusal):
    """Nobody is recorded, and nothing is shown, without consent."""

    message = N_("口述者“%(code)s”没有有效的授权书。请先登记授权书。")


class ConsentGone(Refusal):
    """It was withdrawn before."""

    message = N_("授权书“%(number)s”已经撤回。")


class ReasonMissing(Invalid):
    """A withdrawal says why."""

    message = N_("请写明撤回的原因或经过。")


class TranscriptMissing(Refusal):
    """Arranged is what can be read."""

    message = N_("还没有上传文字整理稿或标注，不能记为已整理。")


class SessionNotOpen(Refusal):
    """What is in custody, or closed, takes no files."""

    message = N_("录制“%(title)s”已入藏或已停止利用，不能再加文件。")


class SessionNotChecked(Refusal):
    """Only what the speaker has checked goes into custody."""

    message = N_("录制“%(title)s”还没有经口述者核对，不能入藏。")


class PeriodReversed(Invalid):
    """Ends after it begins."""

    message = N_("结束日期 %(ended)s 早于开始日期 %(began)s，请核对。")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSession(Shelving):
    """Run: open, scan, seal and describe the files of a recording."""

    voice_session_id: int


EVENT = "acquisition:event"


class EventKind(models.TextChoices):
    """What has a list of its own (重大活动和突发事件档案管理办法; DA/T 28-2018)."""

    ACTIVITY = "activity", _("重大活动")
    EMERGENCY = "emergency", _("突发事件")
    PROJECT = "project", _("重点项目")


class EventState(models.TextChoices):
    """Where an event's list stands."""

    LISTED = "listed", _("已列入清单")
    COLLECTING = "collecting", _("收集归档中")
    COMPLETE = "complete", _("已收齐")
    ENDED = "ended", _("已终止")


class Progress(models.TextChoices):
    """How far one line of a list is, on a day."""

    COMPLETE = "complete", _("已收齐")
    LATE = "late", _("已逾期")
    WAITING = "waiting", _("待移交")


class PlanMissing(Refusal):
    """Collecting starts from a plan and its list."""

    message = N_("请先写明档案工作方案，并列出至少一项应归档材料，再开始收集。")


class NotComplete(Refusal):
    """Everything required is there, or was waived."""

    message = N_("还有 %(open)d 项没有收齐，第一项是“%(first)s”（%(agency)s）。")


class EventClosed(Refusal):
    """The list no longer changes."""

    message = N_("“%(title)s”已收齐或已终止，清单不能再改。")


class AgencyNotServed(Invalid):
    """The list asks agencies that transfer to this archives."""

    message = N_("“%(agency)s”不由本馆接收，不能列为责任单位。")
