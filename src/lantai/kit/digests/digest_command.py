"""`lantai-kit digest PATH… [--manifest ALGORITHM | --json]`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.digests.hashing import digest_file
from lantai.kit.digests.manifests import HEX_LENGTHS, ManifestLine, write_manifest
from lantai.kit.errors import N_


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--manifest", choices=sorted(HEX_LENGTHS), metavar="ALGORITHM")
    form.add_argument("--json", action="store_true")


def run(options: argparse.Namespace, console: Console) -> int:
    """Digest each file, and every regular file below each folder."""
    files = list(_files(options.paths, console))
    if options.manifest:
        for raw in write_manifest(_lines(files, options.manifest), algorithm=options.manifest):
            console.line(raw.decode().removesuffix("\n"))
    else:
        for path in files:
            _show(path, console, as_json=options.json)
    return DONE if files else NOT_GOOD


def _files(paths: Iterable[Path], console: Console) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            for found in (Path(folder) / name for name in sorted(names)):
                if found.is_symlink() or not found.is_file():
                    console.complain(N_("跳过“%(path)s”：不是普通文件。"), path=found)
                else:
                    yield found


def _lines(files: Iterable[Path], algorithm: str) -> Iterator[ManifestLine]:
    for path in files:
        digests, _ = digest_file(path)
        yield ManifestLine(getattr(digests, algorithm), path.as_posix())


def _show(path: Path, console: Console, *, as_json: bool) -> None:
    digests, size_bytes = digest_file(path)
    rows = {"sha256": digests.sha256, "sha512": digests.sha512, "sm3": digests.sm3}
    if as_json:
        console.line(json.dumps({"path": str(path), "size_bytes": size_bytes, **rows}))
        return
    console.say(N_("%(path)s（%(size)d 字节）"), path=path, size=size_bytes)
    for name, value in rows.items():
        console.line(f"  {name:<7}{value}")
