"""`lantai-kit template FILE.xlsx [--elements SCHEME]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from lantai.kit.cli import DONE, Console
from lantai.kit.errors import N_
from lantai.kit.metadata import load, names
from lantai.kit.packages.building import TargetExists
from lantai.kit.packages.catalogue.template import write_template


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    parser.add_argument("--elements", choices=names(), metavar="SCHEME")


def run(options: argparse.Namespace, console: Console) -> int:
    """Write an empty catalogue to fill in, with the elements of one kind of record where asked for."""
    if options.file.exists():
        raise TargetExists(name=options.file.name)
    write_template(options.file, tuple(load(options.elements)) if options.elements else ())
    console.say(N_("目录模板已写入“%(path)s”；填好后与档案一起打包，或单独移交。"), path=options.file)
    return DONE
