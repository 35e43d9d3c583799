"""The static files of the product, collected and compressed into the home of an installation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = "static.sha256"  # beside the folder, not in it: what lies in it is served


def collect() -> bool:
    """Bring the folder of static files to this version; False when it is there already.

    The stamp is taken away first and written last: after a kill in between all is collected again.
    """
    stamp = Path(settings.LANTAI_HOME) / _STAMP
    wanted = _fingerprint()
    if stamp.is_file() and stamp.read_text("ascii") == wanted and Path(settings.STATIC_ROOT).is_dir():
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted, "ascii")
    return True


def _fingerprint() -> str:
    """Changes with every file that is added, taken away or written, and with what collects them."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for line in sorted(_sources()):
        digest.update(line.encode())
    return digest.hexdigest()


def _sources() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(None):
            about = Path(storage.path(name)).stat()
            yield f"{name}\0{storage.path(name)}\0{about.st_size}\0{about.st_mtime_ns}\n"
