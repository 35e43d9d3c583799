"""``lantai-kit identify FILE…``: what each file is, one line a file."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lantai.kit.formats.identify import Identified, identify


def run(argv: Sequence[str]) -> int:
    """Print PUID, basis and name of each file; 1 when a file is unknown, 2 when one cannot be read."""
    parser = argparse.ArgumentParser(
        prog="lantai-kit identify", description="识别文件格式（PRONOM、OFD、DA/T 48）"
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="每个文件输出一行 JSON")
    parser.add_argument(
        "--signatures", type=Path, help="另一版 PRONOM 特征文件，或存放特征文件的文件夹（DROID 或 fido 格式）"
    )
    options = parser.parse_args(argv)
    worst = 0
    for path in options.files:
        try:
            found = identify(path, signature_file=options.signatures)
        except OSError as unreadable:
            print(f"{path}: {unreadable.strerror}", file=sys.stderr)
            worst = 2
            continue
        print(_as_json(path, found) if options.json else _as_line(path, found))
        worst = max(worst, 0 if found.puid else 1)
    return worst


def _as_line(path: Path, found: Identified) -> str:
    name = f"{found.name} {found.version}".strip() or "-"
    remarks = "".join(f"  {warning}" for warning in found.warnings)
    return f"{found.puid or '-'}\t{found.basis}\t{name}\t{path}{remarks}"


def _as_json(path: Path, found: Identified) -> str:
    return json.dumps({"file": str(path), **asdict(found)}, ensure_ascii=False)
