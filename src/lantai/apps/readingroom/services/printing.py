"""The page of a certificate: facts of the request and of the records, and pictures of their first pages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import FileRow
from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import CertificateDraft, Finding, Request
from lantai.apps.readingroom.services import codes
from lantai.apps.readingroom.types import RecordDamaged
from lantai.kit.digests import digest_file
from lantai.platform.documents import services as documents
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseKilled, ParseRefused
from lantai.platform.workflow.models import Transition

TEMPLATES = Path(__file__).resolve().parent.parent / "typst"
TEMPLATE = "certificate.typ"
MOST_PAGES = 8
WIDTH_PX = 1240  # A4 at 150 dpi
_RENDER = "lantai.kit.formats.render"
_FIRST_STEP = "propose", "approve"


def print_certificate(draft: CertificateDraft, row: Request) -> bytes:
    """The unsigned PDF/A-3b; raises ``RecordDamaged`` when a record is not what was sealed.

    Pages of records that cannot be shown are left out, and the certificate says so.
    """
    with tempfile.TemporaryDirectory(prefix="lantai-certificate-") as folder:
        root = Path(folder)
        shutil.copy(TEMPLATES / TEMPLATE, root)
        findings = list(queries.findings_of(row.pk))
        pictures = list(_pictures(findings, root))
        with translation.override("zh-hans"):  # the paper is an official one: Chinese, whoever asks
            data = _data(draft, row, findings) | {"pictures": pictures}
        return documents.render(TEMPLATE, data, root=root, made_at=draft.made_at, standard="a-3b")


def verify_url(check_code: str) -> str:
    """Where the QR code leads."""
    return settings.LANTAI_PUBLIC_URL + reverse("readingroom:verify_code", args=[check_code])


def _data(draft: CertificateDraft, row: Request, findings: Iterable[Finding]) -> dict[str, object]:
    makers = _makers(row)
    return {
        "archives": row.archives.name,
        "number": draft.number,
        "check_code": codes.spaced(draft.check_code),
        "url": verify_url(draft.check_code),
        "site": settings.LANTAI_PUBLIC_URL + reverse("readingroom:verify"),
        "applicant": row.applicant_name,
        "id_kind": str(row.get_id_kind_display()),
        "id_number": row.id_number_masked,
        "relation": str(row.get_relation_display()),
        "purpose": str(row.get_purpose_display()),
        "persons": _("、").join(row.persons),
        "made_on": _chinese_day(draft.made_at),
        "searched_by": makers.get("propose", ""),
        "approved_by": makers.get("approve", ""),
        "records": [_record(finding) for finding in findings],
    }


def _record(finding: Finding) -> dict[str, str]:
    record = finding.description
    return {
        "code": record.reference_code,
        "title": record.title,
        "fonds": f"{record.fonds.code} {record.fonds.name}",
        "author": record.author,
        "dated_on": record.dated_on.isoformat() if record.dated_on else str(record.year or ""),
        "statement": finding.statement,
    }


def _chinese_day(at: datetime) -> str:
    day = timezone.localtime(at)
    return _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}


def _makers(row: Request) -> dict[str, str]:
    """Who searched and who approved, the newest of each."""
    moves = Transition.objects.filter(
        object_type="readingroom:request", object_id=str(row.pk), move__in=_FIRST_STEP
    )
    return {move.move: move.actor_name for move in moves}


def _pictures(findings: Iterable[Finding], root: Path) -> Iterator[Mapping[str, object]]:
    """The first pages of the records as files below ``root``, at most ``MOST_PAGES`` in all."""
    left = MOST_PAGES
    for finding in findings:
        record = finding.description
        if record.package_id is None:
            continue
        for file in custody.files_of(record.package_id, record.item_key):
            if left <= 0:
                return
            made = _pages_of(finding, file, root, left)
            left -= len(made)
            yield from made


def _pages_of(finding: Finding, file: FileRow, root: Path, most: int) -> list[Mapping[str, object]]:
    record = finding.description
    path = custody.path_of(custody.file_of(record.package_id, record.item_key, file.id))
    if digest_file(path)[0].sha512 != file.sha512:
        raise RecordDamaged(code=record.reference_code, name=file.name)
    try:
        count = int(str(sandbox.call(f"{_RENDER}:page_count", path=path)))
        pages = range(1, min(count, most) + 1)
        return [_page(finding, file, root, path, page, count) for page in pages]
    except (ParseRefused, ParseKilled):  # a sound recording, a sheet, a page that takes too long
        return []


def _page(
    finding: Finding, file: FileRow, root: Path, path: Path, page: int, count: int
) -> Mapping[str, object]:
    picture = sandbox.call(f"{_RENDER}:render_page", path=path, page=page, width_px=WIDTH_PX)
    assert isinstance(picture, bytes)
    name = f"page-{finding.pk}-{file.id}-{page}.png"
    (root / name).write_bytes(picture)
    return {"file": name, "code": finding.description.reference_code, "page": page, "of": count}
