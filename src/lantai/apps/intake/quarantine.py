"""Where a package lies unpacked while it is looked at: made anew when needed, gone at the end.

It is unpacked in the sandbox, which may write nothing but regular files and folders into the one folder that
is made for it. Nothing here is synced to disk: after a crash it is made again from the original.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import NoRuleInForce
from lantai.apps.intake.models import Submission
from lantai.apps.intake.reading import MEMORY_MB, patience
from lantai.kit.packages.reading import NAMES, PACKAGE
from lantai.kit.packages.unpack import Limits
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.sandbox import services as sandbox

_PIECE_BYTES = 1024 * 1024
_MIB = 1024 * 1024


def folder_of(submission: Submission) -> Path:
    """The folder of one transfer's package; by id, since a number may hold signs that no folder takes."""
    return Path(settings.LANTAI_STORE) / "quarantine" / str(submission.pk)


def facts_of(submission: Submission) -> Path:
    """Where the facts that were read of the unpacked package lie, beside it."""
    return folder_of(submission) / "facts"


def opened(submission: Submission) -> Path:
    """The unpacked package. Raises `ParseRefused` with the reason, `ParseKilled`, `SandboxUnavailable`.

    The folder has its name only when it is whole, so what a killed run left is not taken for a package.
    """
    home = folder_of(submission)
    ready = home / PACKAGE
    if ready.is_dir():
        return ready
    shutil.rmtree(home, ignore_errors=True)
    unpacking = home / "unpacking"
    unpacking.mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    with blobs.local_path(submission.blob_key) as archive:
        unpack(archive, unpacking, limits(timezone.localdate()))
    if (unpacking / NAMES).exists():
        (unpacking / NAMES).rename(home / NAMES)
    (unpacking / PACKAGE).rename(ready)
    return ready


def names_of(submission: Submission) -> Path | None:
    """What unpacking kept of names that were not in UTF-8, beside the package; None where all were."""
    path = folder_of(submission) / NAMES
    return path if path.is_file() else None


def unpack(archive: Path, out: Path, limits: Limits) -> None:
    """Unpack into `PACKAGE` below ``out``, in the sandbox, whose own limits stand behind ``limits``."""
    sandbox.call(
        "lantai.kit.packages.reading:unpack_into",
        path=archive,
        out=out,
        limits=asdict(limits),
        timeout_s=patience(archive.stat().st_size),
        memory_mb=MEMORY_MB,
        output_mb=limits.total_bytes // _MIB + 1,
    )


def remove(submission: Submission) -> None:
    """Take the unpacked package away; the original stays in the store."""
    shutil.rmtree(folder_of(submission), ignore_errors=True)


def limits(on: date) -> Limits:
    """What one transfer may bring: the rule “electronic-transfer”, or the defaults where it says nothing."""
    default = Limits()
    try:
        body = holdings.rule("electronic-transfer", on).body
    except NoRuleInForce:
        return default
    most = int(body.get("most_bytes_in_one", default.total_bytes))
    return Limits(total_bytes=most, file_bytes=min(most, default.file_bytes))


def as_archive(folder: Path) -> Iterator[bytes]:
    """``folder`` as a tar stream that depends on names and content alone: the same carrier, the same bytes.

    Links and special files go in as what they are, so that the test names them.
    """
    for path in sorted(_below(folder), key=os.fsencode):
        yield from _member(path, path.relative_to(folder).as_posix())
    yield bytes(2 * tarfile.BLOCKSIZE)


def of_uploads(files: Iterable[tuple[str, Staged]]) -> Iterator[bytes]:
    """Uploaded files at their paths as a tar stream, in the order given."""
    for name, staged in files:
        member = tarfile.TarInfo(name)
        member.mode, member.size = 0o644, staged.size
        yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        with blobs.open_blob(staged.key) as source:
            yield from _padded(source, staged.size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name) for name in (*files, *links))


def _member(path: Path, name: str) -> Iterator[bytes]:
    found = path.lstat()
    member = tarfile.TarInfo(name)
    member.mode = 0o644
    if stat.S_ISLNK(found.st_mode):
        member.type, member.linkname = tarfile.SYMTYPE, str(path.readlink())
    elif stat.S_ISREG(found.st_mode):
        with _opened(path) as source:
            member.size = os.fstat(source.fileno()).st_size
            yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
            yield from _padded(source, member.size)
        return
    else:
        member.type = tarfile.FIFOTYPE
    yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _opened(path: Path) -> BinaryIO:
    """A plain file; raises OSError where a link, or what would hold us up, has been laid since we looked."""
    source = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
        source.close()
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return source


def _padded(source: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = source.read(min(left, _PIECE_BYTES))
        if not piece:
            raise OSError(
                errno.EIO, os.strerror(errno.EIO), getattr(source, "name", "")
            )  # the carrier gives less than it said
        left -= len(piece)
        yield piece
    yield bytes(-size % tarfile.BLOCKSIZE)
