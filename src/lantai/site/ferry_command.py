"""``lantai ferry``: requests and answers of witnesses carried as signed files where no wire may exist."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from lantai.kit.messages import MAX_PARCEL_BYTES
from lantai.platform.context import Channel, system_ctx


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    export = acts.add_parser("export", help="write what a peer has not acknowledged into a signed file")
    export.add_argument("path")
    export.add_argument("--to", required=True, dest="peer", help="name of the peer")
    take = acts.add_parser("import", help="take in a peer's file; what was taken before is passed over")
    take.add_argument("path")


def run(arguments: argparse.Namespace) -> None:
    """Do the act; says how many messages there were."""
    from lantai.platform.witness import services

    ctx, path = system_ctx(Channel.COMMAND), Path(arguments.path)
    if arguments.act == "export":
        _write(path, services.export_parcel(ctx, name=arguments.peer))
        print(f"lantai ferry: wrote {path}")
        return
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_PARCEL_BYTES + 1)
    except OSError as error:
        sys.exit(f"lantai: cannot read {path}: {error.strerror}")
    print(f"lantai ferry: {services.import_parcel(ctx, data=data)} new message(s)")


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: the file may be on a medium that is pulled out."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except OSError as error:
        sys.exit(f"lantai: cannot write {path}: {error.strerror}")
