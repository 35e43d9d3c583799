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


@dataclass(frozen=True, slots=True)
class SealCase:
    """Run: open, scan, seal and describe the files of a case."""

    acquisition_id: int
    fonds_id: int
    kind_id: int
    first_code: str
