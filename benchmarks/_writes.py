"""What the sequencer costs those who write: acts recorded with and without it, in an installation of its own."""

from __future__ import annotations

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

WRITERS = 4
BEAT_SECONDS = 2


def acts_written(seconds: float) -> Iterator[tuple[str, float, str]]:
    """Acts recorded by four writers, each in a transaction of its own; the sequencer is a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home, _installation(Path(home)):
        _write(1.0)  # connections are open and plans are made before the clock starts
        rates: dict[bool, list[float]] = {False: [], True: []}
        for has_sequencer in (False, True, True, False):
            with _sequencer() if has_sequencer else nullcontext():
                rates[has_sequencer].append(_write(seconds))
        began = time.perf_counter()
        waiting = _drain()
        drained = time.perf_counter() - began
        without, beside = (statistics.mean(rates[kind]) for kind in (False, True))
    yield "writes without the sequencer", without, "acts/s"
    yield "writes beside the sequencer", beside, "acts/s"
    yield "writes beside / without", beside / without, ""
    yield "sequenced at the end", waiting / drained, "acts/s"


@contextmanager
def _installation(home: Path) -> Iterator[None]:
    """A migrated database of its own below ``home``, stopped at the end."""
    for name in [name for name in os.environ if name.startswith("LANTAI_")]:
        del os.environ[name]
    home.chmod(0o711)  # started as root, the cluster may run as another user
    os.environ.update(
        LANTAI_HOME=str(home), LANTAI_LOG_LEVEL="WARNING", DJANGO_SETTINGS_MODULE="lantai.site.settings"
    )
    from lantai.site import commands
    from lantai.site.postgres import Cluster

    try:
        commands.migrate()
        logging.disable(logging.WARNING)
        yield
    finally:
        Cluster(home / "postgres").stop()


def _write(seconds: float) -> float:
    """Acts a second that all writers together record."""
    ends = time.perf_counter() + seconds
    counts = [0] * WRITERS
    threads = [threading.Thread(target=_writer, args=(counts, number, ends)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def _writer(counts: list[int], number: int, ends: float) -> None:
    from django.db import connection

    from lantai.platform.context import system_ctx
    from lantai.platform.ledger import services

    ctx = system_ctx()
    while time.perf_counter() < ends:
        services.record(ctx, "bench:act:done", object_type="bench:act", object_id=counts[number])
        counts[number] += 1
    connection.close()


_SEQUENCER = """
import sys, time
sys.path.insert(0, {src!r})
import django
django.setup()
from lantai.platform.ledger import services
print("ready", flush=True)
while True:
    services.sequence_now()
    time.sleep({beat})
"""


@contextmanager
def _sequencer() -> Iterator[None]:
    """The sequencer as the worker runs it: every two seconds, whatever waits."""
    program = _SEQUENCER.format(src=sys.path[0], beat=BEAT_SECONDS)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield
    finally:
        process.terminate()
        process.wait()


def _drain() -> int:
    """Sequence what waits; returns how many, when nothing waits any more and the newest checkpoint says both roots."""
    from django.utils import timezone

    from lantai.kit.evidence.checkpoints import parse_checkpoint
    from lantai.kit.evidence.notes import parse_note
    from lantai.platform.ledger import queries, services
    from lantai.platform.ledger.models import Leaf, Pending

    count = 0
    while done := services.sequence(timezone.now()):
        count += done
    newest = queries.newest_checkpoint()
    if newest is None or Pending.objects.exists() or Leaf.objects.count() != newest.size:
        raise SystemExit("not everything that was written is in the log")
    if parse_checkpoint(parse_note(newest.note).text).sm3_root is None:
        raise SystemExit("the checkpoint does not say the root of the SM3 tree")
    return count
