"""Making one file anew: the original is checked, what was made is examined, staged, and waits for its package."""

from __future__ import annotations

import shutil
import stat
import tempfile
import time
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.types import MIGRATED, FileState, Survey
from lantai.apps.migration import registry
from lantai.apps.migration.models import PlanItem
from lantai.apps.migration.types import (
    Converted,
    Converter,
    ItemState,
    MadeUnreadable,
    OriginalDamaged,
    OriginalGone,
)
from lantai.kit.digests import digest_file
from lantai.kit.errors import LantaiError, Refusal
from lantai.platform.blobs import services as blobs
from lantai.platform.sandbox.types import ParseFailed, ProgramUnavailable, SandboxUnavailable

_NAME_CHARS = 180
_OLD_S = 2 * 86_400
_GOOD = frozenset({FileState.OK, FileState.ACTIVE})


def convert(item: PlanItem) -> PlanItem:
    """The row as it is after its file was made anew or refused; nothing is saved here.

    Raises ``SandboxUnavailable`` and ``ProgramUnavailable``: then it is not the file's fault.
    """
    began = time.monotonic()
    try:
        converter = registry.fitting(item.plan.converter, item.plan.puid)
        source = _original(item)
        with tempfile.TemporaryDirectory(dir=scratch()) as folder:
            out = Path(folder)
            _note(item, converter, converter.convert(source, item.plan.puid, out), out)
    except (SandboxUnavailable, ProgramUnavailable):
        raise
    except (Refusal, ParseFailed) as refusal:  # a defect of ours costs the file, not all the others
        _refuse(item, refusal)
    item.seconds = round(time.monotonic() - began, 3)
    return item


def scratch() -> Path:
    """Where converters write; what dead ones left there goes after two days."""
    folder = Path(settings.LANTAI_STORE) / "migrating"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clear_scratch() -> None:
    """Remove what killed runs left."""
    limit = time.time() - _OLD_S
    for old in scratch().iterdir():
        if old.lstat().st_mtime < limit:
            shutil.rmtree(old, ignore_errors=True)


def _original(item: PlanItem) -> Path:
    """Where the bytes are that were sealed; raises ``OriginalGone``, ``OriginalDamaged``."""
    file = item.file
    if file is None:
        raise OriginalGone
    try:
        path = custody.path_of(file)
        digests, _size = digest_file(path)
    except (LantaiError, OSError) as unread:
        raise OriginalDamaged from unread
    if digests.sha512 != file.sha512:
        raise OriginalDamaged
    return path


def _note(item: PlanItem, converter: Converter, found: Converted, out: Path) -> None:
    paths = [_plain_file(out, name) for name in found.names]
    surveys = list(custody_services.survey_files((path, path.name) for path in paths))
    for survey in surveys:
        if survey.state not in _GOOD or not survey.puid:
            raise MadeUnreadable(puid=survey.puid or "-")
    item.made = [_made(item, path, survey, len(paths)) for path, survey in zip(paths, surveys, strict=True)]
    item.made_bytes = sum(one["size"] for one in item.made)
    item.lost = sorted({*found.lost, *(() if found.lost else converter.losses)})
    item.proof = custody_services.storable(found.proof)
    item.state, item.message, item.params = ItemState.MADE, "", {}


def _plain_file(out: Path, name: str) -> Path:
    path = out / PurePosixPath(name).name
    if not (path.exists() and stat.S_ISREG(path.lstat().st_mode)):
        raise MadeUnreadable(puid="-")
    return path


def _made(item: PlanItem, path: Path, survey: Survey, count: int) -> dict[str, Any]:
    staged = blobs.put_file(path)
    stem = PurePosixPath(item.original_name).stem[:_NAME_CHARS] or "file"
    name = f"{stem}.{path.stem}{path.suffix}" if count > 1 else f"{stem}{path.suffix}"
    return {
        "key": staged.key,
        "name": name,
        "path": f"{MIGRATED}/{item.logical_path}/{item.plan.converter}/{name}",
        "size": staged.size,
        "sha256": staged.digests.sha256,
        "sha512": staged.digests.sha512,
        "sm3": staged.digests.sm3,
        "puid": survey.puid,
        "mime": survey.mime,
        "state": survey.state,
        "extension_ok": survey.extension_ok,
        "pages": survey.page_count,
        "examination": survey.examination,
    }


def _refuse(item: PlanItem, refusal: LantaiError) -> None:
    plain = {k: v if isinstance(v, int) else str(v)[:500] for k, v in refusal.params.items()}
    item.state, item.message, item.params = (
        ItemState.FAILED,
        refusal.message,
        custody_services.storable(plain),
    )
    item.made, item.made_bytes, item.lost, item.proof = [], None, [], {}
