"""``lantai check``: is this installation well, and is it fit for production."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.conf import settings
from django.core.checks import Error, run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection

from lantai.kit.errors import LantaiError
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import services as ledger
from lantai.platform.sandbox import services as sandbox
from lantai.platform.scanning import services as scanning
from lantai.platform.witness import queries as witness
from lantai.site.loading import loading

NO_SUCH_KEY = f"00/{0:0128x}"  # asked for only to hear the store answer
WEAK = {"", "secret", "changeme", "insecure", "django-insecure"}


def report(*, is_deploy: bool) -> int:
    """Print every fault on a line of its own; 0 when there is none."""
    print(f"lantai check: scanner: {scanning.describe(_today())}")
    faults = [*_installation(), *(_production() if is_deploy else ())]
    if is_deploy:
        faults += _safekeeping()
    for fault in faults:
        print(f"lantai check: {' '.join(fault.split())}", file=sys.stderr)
    print("lantai check: " + (f"{len(faults)} fault(s)" if faults else "no faults"))
    return 1 if faults else 0


def report_deep(*, every: int) -> int:
    """Ask every sentence of `lantai.site.deep`; 0 when all are true."""
    from lantai.site import deep

    count = 0
    for count, fault in enumerate(deep.faults(every=every), 1):  # noqa: B007 - the last number is how many
        print(f"lantai check --deep: {fault}", file=sys.stderr)
    print(
        f"lantai check --deep: {len(deep.SENTENCES)} sentences, "
        + (f"{count} fault(s)" if count else "no faults")
    )
    return int(count > 0)


def _installation() -> Iterator[str]:
    with loading():  # the checks bring all pages
        told = run_checks()
    yield from (f"{m.id}: {m.msg}" for m in told if isinstance(m, Error))
    if not connection.introspection.table_names():
        yield "the database is empty: run `lantai migrate`"
        return
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    except SystemExit:
        yield "the database is older than the program: run `lantai migrate`"
        return
    try:
        sandbox.confinement()
    except LantaiError as refusal:
        yield f"sandbox: {refusal}"
    try:
        blobs.exists(NO_SUCH_KEY)
    except LantaiError as refusal:
        yield f"store: {refusal}"
    yield from (f"scanner: {fault}" for fault in scanning.faults(_today()))
    yield from (f"log: {fault}" for fault in ledger.check_and_keep(datetime.now(UTC)))
    yield from (f"witness: {fault}" for fault in witness.check_evidence())


def _safekeeping() -> list[str]:
    """Backups, second copies and witnesses: wanted as soon as there is a record to lose, and told before that."""
    from lantai.site import safekeeping

    try:
        found = list(safekeeping.lacks())
        if safekeeping.holds_records():
            return found
    except DatabaseError:  # it is not migrated, which is told already
        return []
    for one in found:
        print(f"lantai check: to do before the first record: {one}")
    return []


def _today() -> date:
    return datetime.now(UTC).date()


def _production() -> Iterator[str]:
    """What is unfit for production, each with the setting to change."""
    key = str(settings.SECRET_KEY)
    if len(key) < 50 or len(set(key)) < 10 or any(key.startswith(word) for word in WEAK if word):
        yield "LANTAI_SECRET_KEY is weak: give at least 50 random characters"
    if settings.DEBUG:
        yield "LANTAI_DEBUG is on"
    if any(host.startswith(("*", ".")) for host in settings.ALLOWED_HOSTS):
        yield "LANTAI_HOSTS holds a wildcard: name the hosts"
    if not settings.LANTAI_PUBLIC_URL.startswith("https://"):
        yield "LANTAI_PUBLIC_URL is not https: cookies and certificates would travel in the clear"
    if settings.LANTAI_LOG_ORIGIN == "lantai.local/log":
        yield "LANTAI_LOG_ORIGIN is the default: this log needs a public name of its own, which never changes"
