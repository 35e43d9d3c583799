"""Kinds, values and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Fault, Invalid, Refusal


class Relation(models.TextChoices):
    """Whose record the applicant asks for (standards §11.5)."""

    SELF = "self", _("本人")
    KIN = "kin", _("近亲属")
    AGENT = "agent", _("代理人")
    LAWYER = "lawyer", _("律师")
    UNIT = "unit", _("单位经办")


CLOSED = frozenset({"refused", "withdrawn", "not_found", "delivered"})  # states of a request that has ended


# What each relation has to show (standards §11.5); staff see the originals before they hand anything out.
MATERIALS: Mapping[str, tuple[str | Promise, ...]] = {
    Relation.SELF: (_("本人有效身份证件"),),
    Relation.KIN: (_("申请人有效身份证件"), _("能说明亲属关系的材料，例如户口簿")),
    Relation.AGENT: (_("授权委托书"), _("委托人和代理人双方的有效身份证件")),
    Relation.LAWYER: (_("律师执业证"), _("律师事务所函"), _("委托书或人民法院调查令")),
    Relation.UNIT: (_("单位介绍信"), _("经办人工作证或有效身份证件")),
}


class IdKind(models.TextChoices):
    """Documents that prove identity (standards §11.5)."""

    RESIDENT = "resident", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HKMO = "hkmo", _("港澳居民来往内地通行证")
    TW = "tw", _("台湾居民来往大陆通行证")
    OTHER = "other", _("其他证件")


class Purpose(models.TextChoices):
    """Why archives are used, as the annual statistics count it."""

    PERSONAL = "personal", _("个人取证")
    WORK = "work", _("工作查考")
    RESEARCH = "research", _("学术研究")
    OTHER = "other", _("其他")


class TopicKind(models.TextChoices):
    """The livelihood shortcuts of the portal."""

    MARRIAGE = "marriage", _("婚姻登记")
    ZHIQING = "zhiqing", _("知青")
    DOCUMENT = "document", _("文件资料")
    OTHER = "other", _("其他")


OF_PERSONS = frozenset({TopicKind.MARRIAGE, TopicKind.ZHIQING})  # looked for by the names in the record


@dataclass(frozen=True, slots=True)
class IssueCertificate:
    """The run that makes, logs, signs and hands out the certificate of an approved request."""

    request_id: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Within how many working days a request is taken up and answered, and by which rule."""

    accept_days: int
    answer_days: int
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What an applicant tells us, unchecked."""

    archives_id: int
    topic: str
    relation: str
    purpose: str
    persons: tuple[str, ...]
    applicant_name: str
    id_kind: str
    id_number: str
    phone: str
    years: str = ""
    place: str = ""
    clue: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What lies sealed of an applicant."""

    name: str
    id_kind_label: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class HallRow:
    """An archives' reading room as the portal shows it."""

    org_id: int
    name: str
    hours: str
    address: str
    phone: str
    fee: str


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One line of the progress that an applicant sees: no names of staff."""

    at: datetime
    what: str
    reason: str = ""
    tone: str = "plain"


class Standing(StrEnum):
    """What we say of a paper that somebody shows us."""

    VALID = "valid"
    REVOKED = "revoked"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at; ``message`` is a message id with its values."""

    ok: bool
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to "is this paper true?", with what it rests on; the certificate's facts only when known."""

    standing: Standing
    looked: tuple[Looked, ...] = ()
    number: str = ""
    archives: str = ""
    holder: str = ""
    records: tuple[str, ...] = ()
    issued_on: date | None = None
    revoked_on: date | None = None
    reason: str = ""
    sha256: str = ""


class IdNumberWrong(Invalid):
    """The identity number fails the check digit of GB 11643."""

    message = N_("证件号码不正确，请核对后重填。")


class PhoneWrong(Invalid):
    """The phone number cannot be called."""

    message = N_("联系电话不正确。请填写手机号，或带区号的固定电话。")


class NamesMissing(Invalid):
    """Without a name nobody can search for the record of a person."""

    message = N_("请至少写一个档案上的姓名。")


class ClueMissing(Invalid):
    """Neither a name nor anything else to search for."""

    message = N_("请写档案上的姓名，或在“其他线索”里写题名、文号或档号。")


class ArchivesNotServing(Invalid):
    """That archives takes no requests here."""

    message = N_("这家档案馆目前不在网上受理查档申请。请另选一家，或直接到馆查询。")


class PairUnknown(Invalid):
    """No request has that number and those digits; which of the two is wrong is not told."""

    message = N_("没有查到对应的申请。请核对办件编号和手机号后四位。")


class TooManyRequests(Refusal):
    """The same door was tried too often."""

    status = 429
    message = N_("尝试次数过多，请 %(minutes)s 分钟后再试。")


class NothingFound(Refusal):
    """A certificate needs a record."""

    message = N_("还没有关联档案，不能出具证明。请先检索并关联，或答复“未查到”。")


class StatementMissing(Refusal):
    """A certificate says what the record says."""

    message = N_("“%(code)s”还没有写证明内容。请写明档案中的有关记载后再提交审核。")


class RecordElsewhere(Refusal):
    """An archives certifies what it keeps, and nothing else."""

    message = N_("“%(code)s”由“%(custodian)s”保管，本馆不能为它出具证明。")


class NotSearching(Refusal):
    """Records are linked while staff search, so that the approver sees what will be printed."""

    message = N_("“%(number)s”现在不在查找阶段，关联的档案不能再改。需要改时请由审核人退回重查。")


class RecordDamaged(Refusal):
    """The stored file is not the one that was sealed."""

    message = N_("“%(code)s”的文件“%(name)s”与封存时不一致，没有出具证明。请先恢复这件档案的内容。")


class StillIssuing(Refusal):
    """A run that goes on is not given up."""

    message = N_("“%(number)s”的证明正在出具，请等任务结束后再办。")


class NotIssuing(Refusal):
    """The request left the state in which certificates are made."""

    message = N_("“%(number)s”已不在出证阶段，没有再出具证明。")


class FileTooLarge(Refusal):
    """The file to verify is larger than any certificate."""

    status = 413
    message = N_("文件超过 %(limit_mb)s MB，没有核验。证明文件不会这么大，请确认选对了文件。")


class NoSuchMove(Denied):
    """The move is not one that people make."""

    status = 404
    message = N_("没有这一项办理动作。")


class SealedUnreadable(Fault):
    """The key that sealed a reader's data is not the one that we have."""

    message = N_("申请人资料无法解密：密钥文件与加密时的不同。请恢复原来的密钥文件。")
