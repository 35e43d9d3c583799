"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.digests import Digests
from lantai.kit.errors import N_, Denied, Invalid, Refusal


class FileRole(models.TextChoices):
    """What a file is within its item (稿本, DA/T 46)."""

    MAIN = "main", _("正文")
    ATTACHMENT = "attachment", _("附件")
    HANDLING = "handling", _("处理单")
    METADATA = "metadata", _("元数据")
    OTHER = "other", _("其他")


class ContentRole(models.TextChoices):
    """What a sealed file is: as it came, or made of another by a migration of formats."""

    MAIN = FileRole.MAIN.value, FileRole.MAIN.label
    ATTACHMENT = FileRole.ATTACHMENT.value, FileRole.ATTACHMENT.label
    HANDLING = FileRole.HANDLING.value, FileRole.HANDLING.label
    METADATA = FileRole.METADATA.value, FileRole.METADATA.label
    MIGRATED = "migrated", _("迁移件")
    OTHER = FileRole.OTHER.value, FileRole.OTHER.label


MIGRATED = "migrated"  # folder of a package with what was made of its files: <path of the file>/<how>/<name>


class FileState(models.TextChoices):
    """What opening a file has shown (``kit.formats``)."""

    OK = "ok", _("可读")
    EMPTY = "empty", _("空文件")
    TRUNCATED = "truncated", _("不完整")
    ENCRYPTED = "encrypted", _("已加密")
    BROKEN = "broken", _("已损坏")
    UNSUPPORTED = "unsupported", _("不支持的格式")
    ACTIVE = "active", _("含活动内容")


class Stage(models.TextChoices):
    """Stages of the four-property test (DA/T 70-2018)."""

    FILING = "filing", _("归档")
    TRANSFER = "transfer", _("移交与接收")
    PRESERVATION = "preservation", _("长期保存")


class Occasion(models.TextChoices):
    """Why a package was tested: the same engine runs in every place where records change hands or rest."""

    SELF_CHECK = "self_check", _("移交前自检")
    FILING = "filing", _("归档")
    TRANSFER = "transfer", _("移交与接收")
    PERIODIC = "periodic", _("定期检测")
    RESTORE = "restore", _("恢复之后")
    MIGRATION = "migration", _("迁移之后")
    EXPORT = "export", _("导出之前")


STAGE_OF = {
    Occasion.SELF_CHECK: Stage.TRANSFER,
    Occasion.FILING: Stage.FILING,
    Occasion.TRANSFER: Stage.TRANSFER,
    Occasion.PERIODIC: Stage.PRESERVATION,
    Occasion.RESTORE: Stage.PRESERVATION,
    Occasion.MIGRATION: Stage.PRESERVATION,
    Occasion.EXPORT: Stage.PRESERVATION,
}


class Conclusion(models.TextChoices):
    """What a four-property test came to."""

    PASSED = "passed", _("通过")
    FAILED = "failed", _("未通过")
    NEEDS_PERSON = "needs_person", _("待人工检测")


class NothingOfScheme(Refusal):
    """A scheme is tried on records of the kinds that it tests."""

    message = N_("信息包“%(title)s”里没有这种方案检测的档案，没有试检。请另选一个信息包。")


class ReportNotKept(Refusal):
    """Runs of an older release kept their lines, not the whole report."""

    message = N_("这次检测由较早的版本完成，只保存了清单，没有完整报告，不能办理。请重新检测一次。")


class NothingToOverride(Refusal):
    """Only a failed run can be let count."""

    message = N_("这次检测没有需要例外放行的事项。")


class OverrideAsked(Refusal):
    """One request at a time."""

    message = N_("这次检测已提出例外放行，请等待另一人决定。")


class OverrideForbidden(Refusal):
    """Some failures are never let count."""

    message = N_("检测项 %(codes)s 不通过，按规定不能例外放行。请改正后重新检测。")


class OverrideByAsker(Denied):
    """Letting a failure count needs a second person."""

    message = N_("例外放行由您提出，须由另一人决定。")


class OtherSubject(Invalid):
    """Only runs over the same records can be compared."""

    message = N_("两次检测的对象不同，不能比较。请选同一对象的另一次检测。")


class AddedFileDiffers(Refusal):
    """Something else lies under the path of a file to be added."""

    message = N_("信息包里已有“%(path)s”，内容不同，没有改动；请换一个名称。")


class OriginalStays(Refusal):
    """What was sealed first is in every version."""

    message = N_("“%(path)s”是封存时的原件，不能撤下；只能撤下以后增加的文件。")


class FileInUse(Refusal):
    """Other records speak of the file."""

    message = N_("“%(path)s”还有其他记录引用，不能撤下；请先处理那些记录。")


class NothingToSeal(Refusal):
    """A package without files says nothing."""

    message = N_("没有可封存的文件。")


class ObjectDiffers(Refusal):
    """An object of that id holds other files: after a restored backup, or an id that was given twice."""

    message = N_(
        "存储里已有对象“%(object_id)s”，文件与要封存的不同；没有封存，也没有改动它。"
        "数据库如果从较早的备份恢复过，请系统管理员先按日志核对。"
    )


class PackageNotWhole(Refusal):
    """The object on disk is not what the rows say; nothing is done with it until it is repaired."""

    message = N_("信息包“%(title)s”校验未通过：%(count)s 个文件异常。请先处理异常，再办理本事项。")


class ScannerNotReady(Refusal):
    """The scanner that is set does not answer, or its definitions are old; by policy nothing goes on."""

    message = N_(
        "设置了杀毒软件，但它现在没有应答或病毒库过旧（%(reason)s），还有 %(count)d 个文件没有扫描。"
        "文件都已保留，恢复后系统会自动补扫。"
    )


class OccasionUnfit(Invalid):
    """Another side tests on that occasion."""

    message = N_("信息包在现保管单位不做这一种检测。请选择页面上列出的检测。")


class ItemsUnreadable(Refusal):
    """A package does not hold the list of its items, or holds another."""

    message = N_("信息包“%(title)s”中没有可读的条目元数据，不能检测。请检查封存内容。")


Told = Mapping[str, Iterable[bytes]]  # documents by logical path, each in pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file about to be sealed; exactly one of ``source`` (a path) and ``blob_key`` is given."""

    item_key: str
    order: int
    logical_path: str
    original_name: str
    role: str
    digests: Digests
    size_bytes: int
    source: Path | None = None
    blob_key: str = ""
    puid: str = ""
    mime: str = ""
    state: str = FileState.OK
    page_count: int | None = None
    text: str = ""
    extension_ok: bool = True
    examination: Mapping[str, Any] | None = None
    scan: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What opening a file in the sandbox showed; ``why`` is a message id when it could not be read.

    ``examination`` is what a column of JSON keeps of it: problems, facts, signatures and second opinion.
    """

    puid: str
    mime: str
    state: str
    extension_ok: bool
    page_count: int | None
    text: str
    why: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    examination: dict[str, Any] = field(default_factory=dict)


class ExaminedRow(Protocol):
    """A file as any app keeps it, with what opening it has shown."""

    role: str
    size_bytes: int
    puid: str
    mime: str
    state: str
    extension_ok: bool
    page_count: int | None
    examination: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Line:
    """Something about a file in the reader's words, and how bad it is."""

    text: str
    tone: str  # good, warn or bad


@dataclass(frozen=True, slots=True)
class Standing:
    """What a test counts as: its conclusion, or ``passed`` where a second person has let a failed one count.

    ``asked_by`` is empty where nobody has asked for that, ``is_granted`` None while it waits.
    """

    check_id: int
    scheme_title: str
    conclusion: str
    counts_as: Conclusion
    asked_by: str = ""
    reason: str = ""
    is_granted: bool | None = None
    decided_by: str = ""

    @property
    def is_let_count(self) -> bool:
        """Whether a second person has let a failed test count."""
        return self.conclusion == Conclusion.FAILED and self.counts_as == Conclusion.PASSED


@dataclass(frozen=True, slots=True)
class FindingsWanted:
    """Which findings of a report are asked for; empty words ask for all."""

    property: str = ""
    outcome: str = ""
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an item, for pages."""

    id: int
    name: str
    role: str
    role_label: str
    size_bytes: int
    puid: str
    mime: str
    state: str
    state_label: str
    page_count: int | None
    sha256: str
    sha512: str
    sm3: str
    checked_at: datetime | None
    is_intact: bool
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class IntegrityOf:
    """What the last reading of an item's files showed."""

    tone: str
    label: str
    checked_at: datetime | None
    copies: int


@dataclass(frozen=True, slots=True)
class TestPackage:
    """Run: the four-property test of a sealed package on some occasion."""

    __test__ = False  # a test of records, not of this program

    package_id: int
    occasion: str


BUNDLE_DAYS = 30  # a bundle that was made is kept for so long; it can be made again


class BundleTooLarge(Refusal):
    """More than an evidence bundle takes."""

    message = N_("证据包最多 %(files)d 个文件、%(gib)d GiB，“%(title)s”超过了。请按件制作。")


class NothingToBundle(Refusal):
    """No file of that item is in the package."""

    message = N_("信息包中没有这一件的文件，不能制作证据包。")


class BundleNotThere(Refusal):
    """Not made yet, or not kept any longer."""

    message = N_("这个证据包还没有做好，或者已过保存期限。可以重新制作。")


class FileDestroyed(Refusal):
    """The content went with that of its item."""

    message = N_("文件“%(name)s”的内容已按销毁清册销毁，只留名称和摘要。")


@dataclass(frozen=True, slots=True)
class MakeBundle:
    """Run: one evidence bundle."""

    bundle_id: int
