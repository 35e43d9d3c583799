"""Long acts of this app."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.texts import queries, services
from lantai.apps.texts.models import PageText
from lantai.apps.texts.types import ReadTexts
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

_FILES = 16


@handles(ReadTexts, queue="default", label=_("读取各页文字"))
def read_texts(run: Running, args: ReadTexts) -> None:
    """Package after package; a killed run goes on behind the last files that it read."""
    packages = 0
    while package := queries.unread().first():
        _read_package(run, package.pk, package.version)
        packages += 1
    run.say(N_("读取了 %(n)d 个信息包的文字。"), n=packages)


def _read_package(run: Running, package_id: int, version: int) -> None:
    last, missed = _cursor(run.cursor, package_id, version)
    while True:
        files = list(services.next_files(package_id, last, _FILES))
        pages, unread = services.read_files(files)
        missed += unread
        with run.advance(to=f"{package_id}:{version}:{files[-1].pk if files else 0}:{missed}"):
            PageText.objects.bulk_create(pages, ignore_conflicts=True, batch_size=200)
            if len(files) < _FILES:
                ctx = run.ctx.later(timezone.now())
                services.finish_package(ctx, package_id=package_id, version=version, unread=missed)
        if len(files) < _FILES:
            return
        last = files[-1].pk


def _cursor(text: str, package_id: int, version: int) -> tuple[int, int]:
    """(the last file that was read, how many could not be) in this package at this version."""
    start, _colon, rest = text.partition(f"{package_id}:{version}:")
    if start or not rest:
        return 0, 0
    last, missed = rest.split(":")
    return int(last), int(missed)
