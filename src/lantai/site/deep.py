"""`lantai check --deep`: what must hold between rows and the storage root whenever the product is at rest.

Each sentence is one function that yields why it is not true; a part of the product that keeps something adds its
own. Whoever kills the product in a test asks all of them afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Q

from lantai.apps.catalogue.models import Description
from lantai.apps.copies import services as copies
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.filing.models import Batch, Document
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import TAKEN_IN
from lantai.kit.errors import N_, LantaiError
from lantai.kit.packages.ocfl.reader import OcflObject, object_folders, open_object
from lantai.kit.packages.ocfl.staging import abandoned
from lantai.kit.packages.ocfl.validate import validate_object, validate_storage_root
from lantai.kit.packages.problems import Severity
from lantai.platform.blobs import registry
from lantai.platform.blobs.models import Blob
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry, Leaf
from lantai.site import journal

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """How deep to look: the content of every n-th object is read, of all by default."""

    every: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a sentence is not true."""

    sentence: str
    text: str

    def __str__(self) -> str:
        return f"{self.sentence}：{self.text}"


Reasons = Iterator[str]
Sentence = Callable[[Asked], Reasons]
SENTENCES: dict[str, Sentence] = {}


def sentence(text: str) -> Callable[[Sentence], Sentence]:
    """Declare what must hold."""

    def declare(function: Sentence) -> Sentence:
        SENTENCES[text] = function
        return function

    return declare


def faults(*, every: int = 1) -> Iterator[Fault]:
    """Every reason why a sentence is not true; what cannot even be asked is one too."""
    asked = Asked(every)
    for text, function in SENTENCES.items():
        try:
            for reason in function(asked):
                yield Fault(text, reason)
        except (LantaiError, OSError) as error:
            yield Fault(text, str(error))


@sentence(N_("存储根和其中每个对象都符合 OCFL"))
def _objects_are_valid(asked: Asked) -> Reasons:
    root = custody.storage_root()
    if not root.is_dir():
        return
    yield from (str(problem) for problem in validate_storage_root(root))
    for number, folder in enumerate(object_folders(root)):
        found = validate_object(folder, check_digests=number % asked.every == 0)
        errors = (problem for problem in found if problem.severity is Severity.ERROR)
        yield from (f"{folder.name} {problem}" for problem in errors)


@sentence(N_("每个对象都有信息包，每个信息包都有对象，清单和版本一致"))
def _objects_have_rows(_asked: Asked) -> Reasons:
    """One object in memory at a time; the rows that were met are counted off by their ids."""
    root = custody.storage_root()
    met: set[int] = set()
    for folder in object_folders(root) if root.is_dir() else ():
        stored = open_object(folder)
        if folder != custody.object_folder(stored.object_id):
            yield f"{stored.object_id} 放错了位置 {folder.relative_to(root)}"
            continue
        row = Package.objects.filter(object_id=stored.object_id).first()
        if row is None:
            yield f"{stored.object_id} 没有信息包"
            continue
        met.add(row.pk)
        if (row.version, row.inventory_sha512) != (stored.number, custody.inventory_digest(stored)):
            yield f"{stored.object_id} 登记为版本 {row.version}，对象是 {stored.head}，或清单摘要不同"
        yield from _files_differ(row, stored)
    for number, object_id in Package.objects.values_list("pk", "object_id").iterator(chunk_size=_AT_ONCE):
        if number not in met:
            yield f"{object_id} 没有对象"


def _files_differ(row: Package, stored: OcflObject) -> Reasons:
    held = {file.logical_path: (file.digests.sha512, file.digests.sm3) for file in stored.files()}
    known = set()
    rows = ContentFile.objects.filter(package=row).values_list("logical_path", "sha512", "sm3")
    for path, sha512, sm3 in rows.iterator(chunk_size=_AT_ONCE):
        known.add(path)
        if held.get(path) != (sha512, sm3):
            yield f"{stored.object_id} 的 {path} 在对象里{'摘要不同' if path in held else '不存在'}"
    loose = (path for path in held if path.startswith("content/") and path not in known)
    yield from (f"{stored.object_id} 的 {path} 没有登记" for path in loose)


@sentence(N_("信息包的文件数、字节数和件数与登记的行一致"))
def _counts_agree(_asked: Asked) -> Reasons:
    files = Package.objects.annotate(n=Count("files")).exclude(n=F("file_count"))
    yield from (f"{row.object_id} 登记 {row.file_count} 个文件，实有 {row.n} 行" for row in files)
    described = Description.objects.filter(package__isnull=False, level="item")
    taken = {row.sent_package_id for row in Submission.objects.filter(sent_package__isnull=False)}
    counts = dict(described.values_list("package_id").annotate(n=Count("pk")))
    for row in Package.objects.exclude(pk__in=taken).iterator(chunk_size=_AT_ONCE):
        found = counts.get(row.pk, 0)
        if found not in (0, row.item_count):  # none: sealed, and not yet described
            yield f"{row.object_id} 应有 {row.item_count} 件，著录 {found} 件"


@sentence(N_("存证日志与签名的检查点一致，没有缺失和改动"))
def _log_is_consistent(_asked: Asked) -> Reasons:
    yield from map(str, ledger.check_log())


@sentence(N_("每个信息包的封存在存证日志里恰有一条"))
def _sealing_is_told_once(_asked: Asked) -> Reasons:
    acts = ("custody:package:sealed", "custody:package:reentered")
    counts = dict(Entry.objects.filter(act__in=acts).values_list("object_id").annotate(n=Count("pk")))
    for number, object_id in Package.objects.values_list("pk", "object_id").iterator(chunk_size=_AT_ONCE):
        if counts.get(str(number), 0) != 1:
            yield f"{object_id} 有 {counts.get(str(number), 0)} 条"


@sentence(N_("没有写了一半的对象"))
def _nothing_is_half_made(_asked: Asked) -> Reasons:
    root = custody.storage_root()
    yield from (f"暂存区 {name} 的写入已中断" for name in abandoned(root))
    left = root.parent / "staging"
    yield from (f"暂存区 {path.name} 是未写完的文件" for path in _files_in(left))


@sentence(N_("保管日志完整，且不超出存证日志"))
def _journal_is_whole(_asked: Asked) -> Reasons:
    end = max((segment.end for segment in journal.segments(custody.storage_root())), default=0)
    size = Leaf.objects.count()
    if end > size:
        yield f"保管日志写到第 {end} 条，存证日志只有 {size} 条"


@sentence(N_("封存和接收的状态与信息包一致"))
def _states_agree(_asked: Asked) -> Reasons:
    wrong = Batch.objects.filter(state="sealed", package=None)
    yield from (f"整理批次 {row.code} 已封存而没有信息包" for row in wrong)
    loose = Document.objects.filter(state="sealed").exclude(batch__state="sealed")
    yield from (f"文件 {row.reference_code or row.external_key} 已封存而批次没有" for row in loose)
    taken = Submission.objects.filter(Q(package=None) | Q(statement=None), state__in=TAKEN_IN)
    yield from (f"移交批次 {row.number} 已接收而没有信息包或回执内容" for row in taken)


@sentence(N_("暂存的内容与登记一致"))
def _blobs_agree(_asked: Asked) -> Reasons:
    """A file without a row is what a killed staging leaves and the sweep removes; a row without a file is loss."""
    kept = {one.key for one in registry.store().kept()} if _has_blobs() else set()
    for key in Blob.objects.values_list("key", flat=True).iterator(chunk_size=_AT_ONCE):
        if key not in kept:
            yield f"{key[:16]} 没有内容"


def _has_blobs() -> bool:
    return Path(settings.LANTAI_STORE).is_dir()


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in (folder.iterdir() if folder.is_dir() else ()) if path.is_file())


@sentence(N_("每份称为完好的副本都与来源清单一致"))
def _copies(asked: Asked) -> Reasons:
    yield from copies.faults_of_copies(asked.every)
