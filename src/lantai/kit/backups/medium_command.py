"""`lantai-kit medium`: is a backup medium whole, who signed it, and can it be repaired."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import BinaryIO

from lantai.kit.backups import manifests, medium
from lantai.kit.backups.restoring import SetReader
from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.errors import N_, LantaiError, Missing
from lantai.kit.evidence.trust import TrustStore


def configure(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repair", type=Path, metavar="FOLDER", help="write a healed copy there")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="trust file with the keys of the archives")


def run(options: argparse.Namespace, console: Console) -> int:
    """Check a medium; 1 when anything on it is damaged."""
    if options.repair:
        found = medium.repair(options.folder, options.repair)
        console.say(N_("已把完整内容写到“%(path)s”。"), path=str(options.repair))
    else:
        found = medium.check(options.folder)
    console.say(N_("文件 %(files)d 个，共 %(bytes)d 字节。"), files=found.files, bytes=found.bytes)
    for name in found.damaged:
        console.say(N_("损坏或缺失：%(name)s"), name=name)
    folder = options.repair or options.folder
    trusted = _signatures(folder, options.trust, console)
    if found.is_good:
        console.say(N_("介质完好。"))
        return DONE if trusted else NOT_GOOD
    console.say(
        N_("损坏数据块 %(lost)d 个、修复块 %(parity)d 个，%(verdict)s。"),
        lost=found.lost_blocks,
        parity=found.lost_parity,
        verdict=console.text(N_("可以修复") if found.is_repairable else N_("不能修复，请使用其他副本")),
    )
    return DONE if options.repair and trusted else NOT_GOOD


def _signatures(folder: Path, trust: Path | None, console: Console) -> bool:
    """Say who signed each manifest; False when a manifest cannot be read, or nobody trusted signed it."""
    known = TrustStore.parse(trust.read_text("utf-8")) if trust else None
    good = True
    for found in sorted((folder / "sets").glob("*/")):
        reader = SetReader(_Files(folder), found.name)
        try:
            for manifest in reader.manifests():
                names = manifests.signed_by(reader.note(manifest), known) if known else ()
                good = good and (known is None or bool(names))
                console.say(
                    N_("备份集 %(set)s 第 %(number)d 号：截至 %(until)s，签名：%(who)s"),
                    set=found.name, number=manifest.number, until=manifest.covered_until.isoformat(),
                    who=", ".join(sorted(set(names))) or "-",
                )  # fmt: skip
        except LantaiError as why:
            console.complain_of(why)
            good = False
    return good


class _Files:
    """A medium as a place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Nothing is written to a medium here."""
        raise NotImplementedError

    def open(self, name: str) -> BinaryIO:
        """The file of that name."""
        path = self._root / name
        if not path.is_file():
            raise Missing
        return path.open("rb")
