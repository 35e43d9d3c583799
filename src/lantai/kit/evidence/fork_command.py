"""`lantai-kit fork FILE… --trust FILE`."""

from __future__ import annotations

import argparse
from pathlib import Path

from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.errors import N_
from lantai.kit.evidence.forks import MAX_FORK_BYTES, check_fork
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--trust", required=True, type=Path, metavar="FILE")


def run(options: argparse.Namespace, console: Console) -> int:
    """Check each proof of a fork; 0 when all of them prove one, 1 when one does not."""
    trust = TrustStore.load(options.trust)
    outcome = DONE
    for path in options.files:
        with path.open("rb") as stream:
            data = stream.read(MAX_FORK_BYTES + 1)
        findings = Findings()
        check_fork(data, trust, findings)
        if findings.ok:
            console.say(N_("日志已分叉：%(path)s"), path=path)
        else:
            console.say(N_("不能证明日志分叉：%(path)s"), path=path)
            outcome = NOT_GOOD
        for check in findings.checks:
            console.line(f"  {'✓' if check.ok else '✗'} {console.text(check.message, check.params)}")
        for name, value in sorted(findings.facts.items()) if findings.ok else ():
            console.line(f"    {name}: {value}")
    return outcome
