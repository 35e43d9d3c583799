"""`lantai-kit check PACKAGE`: the four-property test before sending, for whoever has no server."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from lantai.kit.cli import DONE, NOT_GOOD, Console
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_
from lantai.kit.formats.pronom import checked
from lantai.kit.fourprops.facts import EnvironmentFacts
from lantai.kit.fourprops.grouping import failures_by_rule
from lantai.kit.fourprops.page import report_html
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import Scheme, from_toml, scheme_for, slugs
from lantai.kit.fourprops.vocabulary import Conclusion, Stage
from lantai.kit.selfcheck.run import check_package
from lantai.kit.selfcheck.summary import say_summary

MOST_PROCESSES = 16


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("package", type=Path, metavar="PACKAGE")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--kind", choices=slugs(), metavar="KIND", help=" | ".join(slugs()))
    kinds.add_argument("--scheme", type=Path, metavar="FILE", help="*.toml")
    parser.add_argument("--stage", choices=[stage.value for stage in Stage], default=Stage.TRANSFER.value)
    parser.add_argument("--trust", type=Path, metavar="FOLDER", help="*.pem *.cer *.crt *.crl")
    parser.add_argument("--pronom", type=Path, metavar="DIR", help="DROID_SignatureFile_V*.xml")
    parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument(
        "--processes", type=int, default=min(os.cpu_count() or 1, MOST_PROCESSES), metavar="N"
    )
    for kind in ("json", "xlsx", "html"):
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE")


def run(options: argparse.Namespace, console: Console) -> int:
    """Test and report; 0 when nothing fails, 1 when something does.

    What waits for a person or a device is told and does not count as a failure of the package.
    """
    received = datetime.now().astimezone()  # the clerk's day is the day of the report
    environment = EnvironmentFacts(
        checked_on=options.on or received.date(), received_at=received, sample_seed=options.package.name
    )
    report = check_package(
        options.package,
        environment=environment,
        stage=Stage(options.stage),
        scheme=_scheme(options),
        trust=CertificateTrust.load(options.trust) if options.trust else NO_TRUST,
        processes=max(1, min(options.processes, MOST_PROCESSES)),
        pronom=checked(options.pronom) if options.pronom else None,
    )
    say_summary(report, console, list(failures_by_rule(report)))
    _write(report, options, console)
    return NOT_GOOD if report.conclusion is Conclusion.FAILED else DONE


def _scheme(options: argparse.Namespace) -> Scheme | None:
    if options.scheme:
        return from_toml(options.scheme.read_text(encoding="utf-8"))
    return scheme_for(options.kind) if options.kind else None


def _write(report: Report, options: argparse.Namespace, console: Console) -> None:
    """The report files that were asked for; the same content in three forms."""
    name = options.package.name
    writers: dict[str, Callable[[Path], object]] = {
        "json": lambda path: path.write_text(report.to_json(), encoding="utf-8"),
        "xlsx": lambda path: _spreadsheet(report, path, console),
        "html": lambda path: path.write_text(
            report_html(report, console.text, subject=name), encoding="utf-8"
        ),
    }
    for kind, write in writers.items():
        path = getattr(options, kind)
        if path:
            write(path)
            console.say(N_("检测报告已写入 %(path)s"), path=path)


def _spreadsheet(report: Report, path: Path, console: Console) -> None:
    # whoever wants no spreadsheet need not wait for its writer
    from lantai.kit.fourprops.spreadsheet import report_xlsx

    report_xlsx(report, path, console.text)
