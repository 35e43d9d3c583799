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
from django.utils.translation import gettext as _

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
from lantai.site import destroyed, journal

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
        return ": ".join((_(self.sentence), self.text))


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
            yield _("%(object)s 放错了位置 %(place)s") % {
                "object": stored.object_id,
                "place": folder.relative_to(root),
            }
            continue
        row = Package.objects.filter(object_id=stored.object_id).first()
        if row is None:
            yield _("%(object)s 没有信息包") % {"object": stored.object_id}
            continue
        met.add(row.pk)
        if (row.version, row.inventory_sha512) != (stored.number, custody.inventory_digest(stored)):
            yield _("%(object)s 登记为版本 %(version)d，对象是 %(head)s，或清单摘要不同") % {
                "object": stored.object_id,
                "version": row.version,
                "head": stored.head,
            }
        yield from _files_differ(row, stored)
    for number, object_id in Package.objects.values_list("pk", "object_id").iterator(chunk_size=_AT_ONCE):
        if number not in met:
            yield _("%(object)s 没有对象") % {"object": object_id}


def _files_differ(row: Package, stored: OcflObject) -> Reasons:
    held = {file.logical_path: (file.digests.sha512, file.digests.sm3) for file in stored.files()}
    known = set()
    rows = ContentFile.objects.filter(package=row).values_list("logical_path", "sha512", "sm3")
    for path, sha512, sm3 in rows.iterator(chunk_size=_AT_ONCE):
        known.add(path)
        if held.get(path) != (sha512, sm3):
            text = _("%(object)s 的 %(path)s 摘要不同") if path in held else _("%(object)s 里没有 %(path)s")
            yield text % {"object": stored.object_id, "path": path}
    loose = (path for path in held if path.startswith("content/") and path not in known)
    for path in loose:
        yield _("%(object)s 的 %(path)s 没有登记") % {"object": stored.object_id, "path": path}


@sentence(N_("信息包的文件数、字节数和件数与登记的行一致"))
def _counts_agree(_asked: Asked) -> Reasons:
    files = Package.objects.annotate(n=Count("files")).exclude(n=F("file_count"))
    for row in files:
        told = {"object": row.object_id, "said": row.file_count, "found": row.n}
        yield _("%(object)s 登记 %(said)d 个文件，实有 %(found)d 行") % told
    described = Description.objects.filter(package__isnull=False, level="item")
    taken = {row.sent_package_id for row in Submission.objects.filter(sent_package__isnull=False)}
    counts = dict(described.values_list("package_id").annotate(n=Count("pk")))
    for row in Package.objects.exclude(pk__in=taken).iterator(chunk_size=_AT_ONCE):
        found = counts.get(row.pk, 0)
        if found not in (0, row.item_count):  # none: sealed, and not yet described
            told = {"object": row.object_id, "said": row.item_count, "found": found}
            yield _("%(object)s 应有 %(said)d 件，著录 %(found)d 件") % told


@sentence(N_("存证日志与签名的检查点一致，没有缺失和改动"))
def _log_is_consistent(_asked: Asked) -> Reasons:
    yield from map(str, ledger.check_log())


@sentence(N_("每个信息包的封存在存证日志里恰有一条"))
def _sealing_is_told_once(_asked: Asked) -> Reasons:
    acts = ("custody:package:sealed", "custody:package:reentered")
    counts = dict(Entry.objects.filter(act__in=acts).values_list("object_id").annotate(n=Count("pk")))
    for number, object_id in Package.objects.values_list("pk", "object_id").iterator(chunk_size=_AT_ONCE):
        if (found := counts.get(str(number), 0)) != 1:
            yield _("%(object)s 有 %(found)d 条") % {"object": object_id, "found": found}


@sentence(N_("没有写了一半的对象"))
def _nothing_is_half_made(_asked: Asked) -> Reasons:
    root = custody.storage_root()
    yield from (_("暂存区 %(name)s 的写入已中断") % {"name": name} for name in abandoned(root))
    left = root.parent / "staging"
    yield from (_("暂存区 %(name)s 是未写完的文件") % {"name": path.name} for path in _files_in(left))


@sentence(N_("保管日志完整，且不超出存证日志"))
def _journal_is_whole(_asked: Asked) -> Reasons:
    end = max((segment.end for segment in journal.segments(custody.storage_root())), default=0)
    size = Leaf.objects.count()
    if end > size:
        yield _("保管日志写到第 %(end)d 条，存证日志只有 %(size)d 条") % {"end": end, "size": size}


@sentence(N_("封存和接收的状态与信息包一致"))
def _states_agree(_asked: Asked) -> Reasons:
    wrong = Batch.objects.filter(state="sealed", package=None)
    yield from (_("整理批次 %(code)s 已封存而没有信息包") % {"code": row.code} for row in wrong)
    loose = Document.objects.filter(state="sealed").exclude(batch__state="sealed")
    for row in loose:
        yield _("文件 %(code)s 已封存而批次没有") % {"code": row.reference_code or row.external_key}
    taken = Submission.objects.filter(Q(package=None) | Q(statement=None), state__in=TAKEN_IN)
    for row in taken:
        yield _("移交批次 %(number)s 已接收而没有信息包或回执内容") % {"number": row.number}


@sentence(N_("暂存的内容与登记一致"))
def _blobs_agree(_asked: Asked) -> Reasons:
    """A file without a row is what a killed staging leaves and the sweep removes; a row without a file is loss."""
    kept = {one.key for one in registry.store().kept()} if _has_blobs() else set()
    for key in Blob.objects.values_list("key", flat=True).iterator(chunk_size=_AT_ONCE):
        if key not in kept:
            yield _("%(key)s 没有内容") % {"key": key[:16]}


def _has_blobs() -> bool:
    return Path(settings.LANTAI_STORE).is_dir()


def _files_in(folder: Path) -> Iterator[Path]:
    return (path for path in (folder.iterdir() if folder.is_dir() else ()) if path.is_file())


@sentence(N_("每份称为完好的副本都与来源清单一致"))
def _copies(asked: Asked) -> Reasons:
    yield from copies.faults_of_copies(asked.every)
    yield from copies.faults_of_journals(asked.every)


@sentence(N_("按清册销毁的内容没有留在证据包、上传的文件和移交原件里"))
def _destroyed_is_gone(_asked: Asked) -> Reasons:
    yield from destroyed.left_over()
