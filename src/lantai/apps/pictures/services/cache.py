"""Files of tiles: made once in the sandbox, kept under the digest of what they show, and no more than allowed.

They lie among the pictures of pages (``previews``), so that what drops those after a destruction drops these.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from lantai.apps.custody import queries as custody
from lantai.apps.pictures.types import BUILDER
from lantai.kit.errors import Missing
from lantai.kit.pictures.pyramid import NAME
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import ParseRefused

if TYPE_CHECKING:
    from lantai.apps.custody.models import ContentFile

FONT = Path(str(files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")))
_TOUCH_S = 3_600
_KEPT_SHARE = 0.9
_STALE_S = 3_600


def folder() -> Path:
    """Where all of them lie."""
    return Path(settings.LANTAI_STORE) / "previews" / "tiles"


def tiles_of(file: ContentFile, page: int) -> Path:
    """The file of tiles of a page, made where there is none; raises what rendering refuses."""
    kept = folder() / file.sha512[:2] / f"{file.sha512}-{page}.tiles"
    if not kept.exists():
        with _alone(kept):
            if not kept.exists():  # whoever came first has made it
                _make(custody.path_of(file), page, kept)
    with suppress(OSError):
        if time.time() - kept.stat().st_mtime > _TOUCH_S:
            os.utime(kept)  # what is looked at stays
    return kept


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """One maker a page, whichever process: a viewer asks for twenty tiles of a new page at once."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(source: Path, page: int, kept: Path) -> None:
    place = Path(tempfile.mkdtemp(prefix="made-", dir=kept.parent))
    try:
        sandbox.call(
            BUILDER,
            path=source,
            page=page,
            out=place,
            font_file=FONT,
            timeout_s=120,
            memory_mb=2048,
            output_mb=512,
        )
        (place / NAME).replace(kept)  # a reader sees a whole file or none
    except ParseRefused as refusal:
        if refusal.kind == "PageMissing":
            raise Missing from refusal
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


def trim_now() -> None:
    """For the worker's schedule: remove what was not looked at for longest, until the rest fits."""
    trim(settings.LANTAI_PICTURES_MB << 20)


def trim(most_bytes: int) -> int:
    """Remove the oldest files of tiles down to a part of ``most_bytes``; how many."""
    found, now = [], time.time()
    for path in folder().glob("*/*"):
        with suppress(OSError):
            stat = path.stat()
            if path.suffix == ".tiles":
                found.append((stat.st_mtime, stat.st_size, path))
            elif now - stat.st_mtime > _STALE_S:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    total = sum(size for _at, size, _path in found)
    removed = 0
    if total <= most_bytes:
        return 0
    for _at, size, path in sorted(found):
        if total <= most_bytes * _KEPT_SHARE:
            break
        path.unlink(missing_ok=True)
        total, removed = total - size, removed + 1
    return removed
