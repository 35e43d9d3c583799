"""`lantai-kit anchor FILE…`."""

from __future__ import annotations

import argparse
from pathlib import Path

from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.errors import N_
from lantai.kit.evidence.anchors import MAX_ANCHOR_BYTES, BadAnchor, judge_anchor


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")


def run(options: argparse.Namespace, console: Console) -> int:
    """What each anchor proves, and what a node of the chain has to be asked; 1 when one proves nothing."""
    outcome = DONE
    for path in options.files:
        with path.open("rb") as stream:
            data = stream.read(MAX_ANCHOR_BYTES + 1)
        try:
            found = judge_anchor(data)
        except BadAnchor as error:
            console.say(N_("不能证明链上登记：%(path)s"), path=path)
            console.complain_of(error)
            outcome = NOT_GOOD
            continue
        console.say(N_("交易确在所述区块中，内容就是这个检查点：%(path)s"), path=path)
        for name in found.__slots__:
            console.line(f"    {name}: {getattr(found, name)}")
        console.say(
            N_(
                "  区块是否在链上，须向一个可信的节点查询 eth_getBlockByNumber(%(number)s)，其哈希应为 %(hash)s。"
            ),
            number=hex(found.block_number),
            hash=found.block_hash,
        )
    return outcome
