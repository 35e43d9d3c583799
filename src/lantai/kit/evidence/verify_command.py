"""`lantai-kit verify FILE… --trust FILE [--json]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.trust import MAX_TRUST_CHARS, TrustStore
from lantai.kit.evidence.verdicts import Verdict
from lantai.kit.evidence.verify import verify_file

_KINDS = {
    "receipt": N_("回执"),
    "certificate": N_("证明"),
    "bundle": N_("证据包"),
    "unknown": N_("未知文件"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--trust", required=True, type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace, console: Console) -> int:
    """Verify each file; 0 when all are valid, 1 when one is not."""
    trust = _trust(options.trust)
    outcome = DONE
    for path in options.files:
        verdict = verify_file(path, trust)
        (_show_json if options.json else _show)(path, verdict, console)
        if not verdict.ok:
            outcome = NOT_GOOD
    return outcome


def _trust(path: Path) -> TrustStore:
    with path.open("rb") as stream:
        data = stream.read(4 * MAX_TRUST_CHARS + 1)
    try:
        return TrustStore.parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid(N_("信任文件不是 UTF-8 编码的文本。")) from error


def _show(path: Path, verdict: Verdict, console: Console) -> None:
    kind = console.text(_KINDS[verdict.kind])
    if verdict.ok:
        console.say(N_("有效：%(path)s（%(kind)s）"), path=path, kind=kind)
    else:
        console.say(N_("无效：%(path)s（%(kind)s）"), path=path, kind=kind)
    for check in verdict.checks:
        console.line(f"  {'✓' if check.ok else '✗'} {console.text(check.message, check.params)}")
    # What a file says that did not verify is not repeated as if it were known.
    for name, value in sorted(verdict.facts.items()) if verdict.ok else ():
        console.line(f"    {name}: {value}")


def _show_json(path: Path, verdict: Verdict, console: Console) -> None:
    checks = [
        {"name": check.name, "ok": check.ok, "message": console.text(check.message, check.params)}
        for check in verdict.checks
    ]
    shown = {"path": str(path), "kind": verdict.kind, "ok": verdict.ok, "checks": checks}
    facts = {"facts": dict(verdict.facts)} if verdict.ok else {}
    console.line(json.dumps(shown | facts, ensure_ascii=True))
