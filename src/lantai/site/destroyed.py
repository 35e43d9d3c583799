"""Where content that a list destroyed might have stayed: what the deep check asks beside the copies."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from lantai.apps.acquisition import queries as acquisition
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, EvidenceBundle, Package
from lantai.apps.disposal.models import DisposalLine
from lantai.apps.intake.models import Submission
from lantai.platform.blobs import registry
from lantai.platform.blobs.models import Blob

_AT_ONCE = 2_000


def left_over() -> Iterator[str]:
    """What is still held of content that was destroyed, package by package."""
    done = DisposalLine.objects.filter(destroyed_at__isnull=False).order_by("package_id")
    versions = dict(done.values_list("package_id").annotate(newest=Max("version")))
    for package in Package.objects.filter(pk__in=versions).order_by("pk").iterator(chunk_size=_AT_ONCE):
        keys = list(done.filter(package_id=package.pk).values_list("item_key", flat=True))
        for text in _held(package, keys, versions[package.pk] or 0):
            yield text % {"object": package.object_id}


def _held(package: Package, keys: list[str], version: int) -> Iterator[str]:
    if ContentFile.objects.filter(package=package, item_key__in=keys).exists():
        yield _("%(object)s 已销毁的件还有文件登记")
    held = Q(item_key__in=keys) | Q(item_key="", version__lt=version)
    if EvidenceBundle.objects.filter(held, package=package).exclude(blob_key="").exists():
        yield _("%(object)s 已销毁的内容还在证据包里")
    came_by = Q(package=package) | Q(sent_package=package)
    if Submission.objects.filter(came_by).exclude(blob_key="").exists():
        yield _("%(object)s 已销毁的内容还在移交原件里")
    if acquisition.held_of_destroyed(package.pk):
        yield _("%(object)s 已销毁的内容还在征集上传的文件里")
    if _nobodys(package):
        yield _("%(object)s 已销毁的内容还在暂存区，没有人使用")


def _nobodys(package: Package) -> bool:
    """Whether the staging store holds content of the package that was destroyed and that nobody else owns."""
    digests = sorted(custody.destroyed_digests(package))
    for start in range(0, len(digests), _AT_ONCE):
        known = Blob.objects.filter(sha512__in=digests[start : start + _AT_ONCE], pinned=False)
        keys = list(known.values_list("key", flat=True))
        if set(keys) - registry.keys_in_use(keys):
            return True
    return False
