"""Kinds, values and refusals of this app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Invalid, Refusal

OBJECT = "connectors:connector"
DELIVERY = "connectors:delivery"
RECORD_FIELDS = (
    "external_key", "fonds_code", "kind", "title", "author", "document_number", "dated_on", "year", "class_code",
    "retention", "classification", "persons",
)  # fmt: skip


class Way(models.TextChoices):
    """How documents come through a connector."""

    PUSH = "push", _("对方调用接口推送")
    FOLDER = "folder", _("从监视目录拉取")
    BUCKET = "bucket", _("从对象存储拉取")


class Content(models.TextChoices):
    """What one delivery carries."""

    DOCUMENTS = "documents", _("电子文件")
    PACKAGE = "package", _("移交信息包")


class DeliveryState(models.TextChoices):
    """Where a delivery stands; what is received is kept durably."""

    RECEIVED = "received", _("已收到，待处理")
    WORKING = "working", _("处理中")
    DONE = "done", _("已收录")
    PARTLY = "partly", _("部分收录")
    REFUSED = "refused", _("未收录")
    DISMISSED = "dismissed", _("已作废")


class Outcome(models.TextChoices):
    """What became of one document of a delivery."""

    WAITING = "waiting", _("待处理")
    TAKEN = "taken", _("已收录")
    KNOWN = "known", _("此前已收录")
    REFUSED = "refused", _("未收录")


class NoConnector(Denied):
    """A machine account without a connector sends nothing."""

    message = N_("这个令牌没有对应的系统接入，没有收下任何内容。请联系系统管理员登记接入。")


class ConnectorOff(Denied):
    """A connector that is switched off takes nothing."""

    message = N_("系统接入“%(name)s”已停用，没有收下任何内容。请联系系统管理员。")


class NotPushed(Denied):
    """The connector fetches; it is not pushed to."""

    message = N_("系统接入“%(name)s”登记为%(way)s，不接受推送。请联系系统管理员改登记。")


class KeyMissing(Invalid):
    """Without the sender's own number a repeated request would be taken in twice."""

    message = N_(
        "缺少请求头 Idempotency-Key，或超过 120 个字符，没有收下任何内容。请为每次递送给出一个不变的流水号。"
    )


class KeyWithOtherBody(Invalid):
    """The key came before with another body."""

    message = N_("流水号“%(key)s”已用于 %(at)s 的另一次递送，本次内容与之不同，没有收下。请换用新的流水号。")


class TooManyDeliveries(Refusal):
    """The connector sends faster than agreed."""

    status = 429
    retry_after_s = 60
    message = N_(
        "系统接入“%(name)s”一分钟内已递送 %(count)d 次，达到登记的上限。本次没有收下，请一分钟后用同一流水号重发。"
    )


class DeliveryTooLarge(Refusal):
    """The delivery has more bytes than agreed."""

    status = 413
    message = N_("这次递送超过登记的上限 %(most)d MB，没有收下。请分成几次递送，或请系统管理员调高上限。")


class TooManyDocuments(Invalid):
    """The delivery has more documents than agreed."""

    message = N_("这次递送有 %(count)d 份文件，登记的上限是 %(most)d 份，没有收下。请分成几次递送。")


class BodyUnreadable(Invalid):
    """The request broke off or is no form."""

    message = N_("请求没有完整送达，或不是 multipart/form-data 格式，没有收下任何内容。请用同一流水号重发。")


class MetadataUnfit(Invalid):
    """The description of what is sent is not as agreed."""

    message = N_(
        "说明（metadata）中“%(place)s”%(why)s，共 %(count)d 处不合要求，没有收下任何内容。请改正后重发。"
    )


class MetadataNotJson(Invalid):
    """The description is no JSON."""

    message = N_("说明（metadata）不是有效的 JSON，没有收下任何内容。请改正后重发。")


class PartMissing(Invalid):
    """A declared file did not come along."""

    message = N_("申报的文件“%(name)s”没有随递送到达，没有收下任何内容。请把文件一并发送。")


class PartNotDeclared(Invalid):
    """A file came that nobody declared."""

    message = N_("收到未申报的文件“%(name)s”，没有收下任何内容。请在说明的 files 中逐一列出。")


class UploadNotHere(Invalid):
    """A named resumable upload is not there, not finished or somebody else's."""

    message = N_("续传文件“%(token)s”不存在、没有传完或已用过，没有收下任何内容。请重新上传。")


class FileDiffers(Invalid):
    """A file is not the one that was declared."""

    message = N_("文件“%(name)s”的%(what)s与申报的不一致，没有收下任何内容。请重新发送。")


class CodeTaken(Invalid):
    """Another connector of the agency has that code."""

    message = N_("本单位已有代号为“%(code)s”的系统接入，请换一个代号。")


class SourceUnknown(Invalid):
    """The settings know no source of that name."""

    message = N_(
        "系统设置中没有名为“%(name)s”的来源。请先由运维人员在设置 connector_sources 中登记，再填名称。"
    )


class SourceTaken(Invalid):
    """Two connectors that fetch from one place would take each other's offers."""

    message = N_(
        "“%(place)s”与另一个系统接入的来源相同或互相包含，两者会取走对方的文件，没有保存。请改用与其他接入互不包含的前缀或代号。"
    )


class MappingUnfit(Invalid):
    """A line of the mapping cannot be understood."""

    message = N_("字段对应的第 %(line)d 行“%(text)s”不能识别，没有保存。每行写“本系统字段 = 来源系统字段”。")


class NotWaiting(Refusal):
    """The delivery is being worked on."""

    message = N_("这次递送正在处理，请等它结束后再办理。")


class ContentGone(Refusal):
    """What was sent is no longer in quarantine."""

    message = N_("文件“%(name)s”已收录或已作废，暂存区不再保留副本。请到收录的文件中查看。")


class SourceUnreachable(Refusal):
    """The watched place cannot be read."""

    status = 503
    message = N_("来源“%(name)s”现在不能读取：%(why)s。下次轮询会再试，对方的内容没有改动。")


class OfferUnfit(Invalid):
    """What lies in the watched place cannot be taken."""

    message = N_("“%(name)s”中的“%(path)s”不是普通文件或名称不能使用，没有收下。请改正后重新放入。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A file as its sender announces it; ``upload`` names a finished resumable upload instead of a part."""

    name: str
    role: str
    size: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    upload: str = ""


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document as it is sent: its own number, what is said of it by our names, its files."""

    external_key: str
    title: str
    said: Mapping[str, object]
    files: tuple[Declared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery before its files are read."""

    key: str
    content: Content
    documents: tuple[SentDocument, ...]
    place: str = ""  # where a pulled one lay


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes of one file by the name that came with them."""

    name: str
    content: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """The delivery that answers a request, and whether this request made it."""

    delivery_id: int
    receipt: Mapping[str, object]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a system officer enters about a connector."""

    name: str
    source_system: str
    kind_id: int
    mapping: Mapping[str, str]
    source_name: str = ""
    prefix: str = ""
    settle_s: int = 60
    poll_s: int = 60
    rate_per_minute: int = 60
    most_mb: int = 2048
    most_documents: int = 200
    silent_after_hours: int | None = None


@dataclass(frozen=True, slots=True)
class TakeDelivery:
    """Run: take the documents of a delivery onto the agency's desk, or its package into quarantine."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class PollConnector:
    """Run: look for what lies ready in a watched place, and write back what became of earlier ones."""

    connector_id: int
