"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.types import Classification
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.platform.blobs.types import Staged


class Source(models.TextChoices):
    """How a document came to the agency's desk."""

    OA = "oa", _("办公系统推送")
    UPLOAD = "upload", _("网页上传")


class KeyUsedForOther(Refusal):
    """The idempotency key came before with other content."""

    message = N_("流水号“%(key)s”已用于另一份文件“%(title)s”，本次内容与之不同，没有收录。请换用新的流水号。")


class DigestNotAsSaid(Invalid):
    """A file's bytes do not have the digest that was sent with it."""

    message = N_("文件“%(name)s”的 %(algorithm)s 摘要与申报的不一致，本次提交没有收录任何内容。请重新发送。")


class NotArranged(Refusal):
    """A document can't be numbered before class, year and retention are known."""

    message = N_("“%(title)s”还缺%(missing)s，不能编号。请先补齐。")


class StillReading(Refusal):
    """The files have not all been opened yet."""

    message = N_("还有 %(count)s 个文件正在读取，请稍后再检测。")


class NothingArranged(Refusal):
    """There is nothing to put into the batch."""

    message = N_("没有已整理、未组批的文件。请先完成整理。")


class TestNotPassed(Refusal):
    """Only what has passed the filing-stage test is sealed (DA/T 70-2018)."""

    message = N_("批次“%(title)s”的归档检测未通过，有 %(failed)s 件不合格。请按检测报告改正后重新检测。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFile:
    """One staged file of a document; ``survey`` may be made later."""

    name: str
    role: str
    staged: Staged


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A document as it arrives; ``external_key`` is the sender's own number for it (idempotency key)."""

    agency_id: int
    fonds_id: int
    kind: str
    external_key: str
    source: str
    title: str
    files: tuple[CapturedFile, ...]
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    class_code: str = ""
    retention: str = ""
    classification: str = Classification.PUBLIC
    persons: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of a capture: the document, and whether it is new or was here already."""

    document_id: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What an arranger decides for many documents at once; None and "" leave a value as it is."""

    year: int | None = None
    class_id: int | None = None
    retention: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A reference code as it would be given."""

    document_id: int
    title: str
    reference_code: str


class NoFiles(Invalid):
    """A document without files is none."""

    message = N_("这份文件没有附带任何电子文件，没有收录。请附上正文后重新提交。")


class NotOfAgency(Invalid):
    """The fonds or class belongs to somebody else."""

    message = N_("全宗或类目不属于本单位，没有收录。")


@dataclass(frozen=True, slots=True)
class SurveyDocuments:
    """Run: open the files of documents that have not been opened yet."""

    agency_id: int


@dataclass(frozen=True, slots=True)
class TestBatch:
    """Run: the filing-stage four-property test of a batch."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class SealBatch:
    """Run: seal a batch into one OCFL object and enter it into the catalogue."""

    batch_id: int
