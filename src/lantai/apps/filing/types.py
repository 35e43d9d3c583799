"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.types import Classification
from lantai.kit.errors import N_, Invalid, LantaiError, Refusal
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


class TextUnfit(Invalid):
    """A text is missing, too long for its column, or holds what no database keeps."""

    message = N_("“%(name)s”为空、超过 %(most)d 个字符，或含有无法保存的字符，没有收录。请改正后重新提交。")


class TooMany(Invalid):
    """More of something than one document reasonably has."""

    message = N_("“%(name)s”有 %(count)d 项，最多 %(most)d 项，没有收录。请核对来件。")


class YearUnfit(Invalid):
    """No four-digit year."""

    message = N_("年度“%(year)s”不是四位公元年，没有保存。")


class ValueUnknown(Invalid):
    """A value that is on no list of ours."""

    message = N_("“%(name)s”没有“%(value)s”这个值，没有收录。请按接口说明改正。")


class PartMissing(Invalid):
    """A declared file did not come along."""

    message = N_("申报的文件“%(name)s”没有随请求送达，本次提交没有收录任何内容。请把文件一并发送。")


class PartNotDeclared(Invalid):
    """A file came that nobody declared."""

    message = N_("收到未申报的文件“%(name)s”，本次提交没有收录任何内容。请在 metadata 的 files 中逐一列出。")


class SizeNotAsSaid(Invalid):
    """A file is shorter or longer than declared."""

    message = N_(
        "文件“%(name)s”收到 %(found)d 字节，申报 %(said)d 字节，本次提交没有收录任何内容。请重新发送。"
    )


class KeyMissing(Invalid):
    """Without the sender's own number a repeated request would make a second document."""

    message = N_("缺少流水号：请在 Idempotency-Key 请求头或 external_key 中给出，两处都有时须一致。")


class NothingUploaded(Invalid):
    """The form came without files."""

    message = N_("没有收到文件。请选择文件或文件夹后再上传。")


class ContentNotHere(Refusal):
    """The bytes of a file are gone from the desk."""

    message = N_("文件“%(name)s”的内容已不在暂存区。请从原系统重新收录，或向系统管理员报告。")


class FrozenInBatch(Refusal):
    """Corrections stop where the test has passed; parts of the reference code stop at numbering."""

    message = N_("“%(title)s”已编入批次“%(batch)s”，现在不能改“%(name)s”。如需修改，请先解散批次。")


class NotForTest(Refusal):
    """The batch is beyond testing."""

    message = N_("批次“%(title)s”现在是“%(state)s”，不再检测。")


class ChangedMeanwhile(Refusal):
    """A document was corrected while its batch was being tested."""

    message = N_("检测期间批次“%(title)s”里的文件有改动，本次检测作废。请重新检测。")


class SeveralFonds(Refusal):
    """A batch is of one fonds."""

    message = N_("所选文件分属 %(count)d 个全宗，一个批次只能有一个全宗。请按全宗筛选后分别组批。")


class NothingArranged(Refusal):
    """There is nothing to put into the batch."""

    message = N_("没有已整理、未组批的文件。请先完成整理。")


class PartUnknown(Invalid):
    """A file was put into a part that records of its kind do not have."""

    message = N_("“%(kind)s”没有“%(part)s”这一部分，没有保存。可用的部分：%(known)s。")


class NotComposed(Refusal):
    """Records of this kind are simply their files."""

    message = N_("“%(kind)s”没有组成规则，不需要为文件指定部分。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFile:
    """One staged file of a document; ``survey`` may be made later.

    ``part`` says which part of its record it is (slug or name), ``elements`` what is noted of it as that.
    """

    name: str
    role: str
    staged: Staged
    part: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The description of one document as somebody has set it right."""

    title: str
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    class_id: int | None = None
    retention: str = ""
    classification: str = Classification.PUBLIC
    persons: tuple[str, ...] = ()
    elements: Mapping[str, str] = field(
        default_factory=dict
    )  # the kind's own, by identifier; "" takes one away


@dataclass(frozen=True, slots=True)
class Proposed:
    """A reference code as it would be given; ``why_not`` says why there is none."""

    document_id: int
    title: str
    reference_code: str
    why_not: LantaiError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFile:
    """A file as its sender announces it; empty digests were not announced."""

    name: str
    role: str
    size: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    part: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A document as a system sends it, before its files are read."""

    external_key: str
    fonds_code: str
    kind: str
    title: str
    files: tuple[DeclaredFile, ...]
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
class Part:
    """The bytes of one file that came with a request, by the name that came with them."""

    name: str
    content: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class PlacedFile:
    """An uploaded file: where it lay on the person's computer, and its staged content."""

    path: str
    staged: Staged


@dataclass(frozen=True, slots=True)
class Defaults:
    """What all documents of one upload share."""

    agency_id: int
    fonds_id: int
    kind: str
    class_code: str = ""
    year: int | None = None
    retention: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)  # the kind's own, by identifier


@dataclass(frozen=True, slots=True)
class AssignedPart:
    """What a person says of one file: the part it is, and what is to be noted of it; "" takes either away."""

    file_id: int
    part: str
    elements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """The bytes of a file, for a download."""

    name: str
    size_bytes: int
    stream: BinaryIO


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
class ScanDocuments:
    """Run: scan files that came while the virus scanner was away."""

    agency_id: int


@dataclass(frozen=True, slots=True)
class SelfCheckBatch:
    """Run: the agency's own test of a batch, which moves nothing."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class TestBatch:
    """Run: the filing-stage four-property test of a batch."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class SealBatch:
    """Run: seal a batch into one OCFL object and enter it into the catalogue."""

    batch_id: int
