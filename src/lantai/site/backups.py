"""``lantai backup``, ``lantai drill`` and ``lantai restore``: the last needs no database, only an empty folder."""

from __future__ import annotations

import shutil
import tempfile
from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils import timezone

from lantai.kit.errors import N_, Fault, Invalid
from lantai.platform.context import Channel, system_ctx


class NotAMoment(Invalid):
    """The time cannot be read."""

    message = N_("“%(text)s”不是时间。请写成 2026-11-22T09:30:00 或 2026-11-22T09:30:00+08:00。")


def add_parsers(commands: _SubParsersAction[Any]) -> None:
    """The three commands."""
    backup = commands.add_parser("backup", help="make a backup by a plan, here and now")
    backup.add_argument("--plan", default="", help="title of the plan; not needed where there is one alone")
    backup.add_argument(
        "--increment", action="store_true", help="only what was committed since the last time"
    )
    backup.add_argument("--read-data", action="store_true", help="read every byte of the newest set instead")
    backup.add_argument("--medium", help="write the newest set to this folder, for a medium on the shelf")
    drill = commands.add_parser("drill", help="restore the newest set beside the live system and compare")
    drill.add_argument("--plan", default="", help="title of the plan")
    restore = commands.add_parser("restore", help="restore a set into an empty home")
    restore.add_argument(
        "--from", dest="source", required=True, help="folder or s3://… where the backups lie"
    )
    restore.add_argument("--to", help="the empty home")
    restore.add_argument("--set", dest="set_id", default="", help="the set; the newest where none is named")
    restore.add_argument("--at", help="a moment that the set covers, instead of its end")
    restore.add_argument("--keys", help="folder with the private keys, which no set holds")
    add_key_arguments(restore)
    restore.add_argument("--list", action="store_true", help="only say which sets there are")


def add_key_arguments(command: ArgumentParser) -> None:
    """How an encrypted place is opened."""
    command.add_argument("--place-key", help="key file of an encrypted place")
    command.add_argument("--shares", help="file with enough shares of that key, one a line")


def backup(arguments: Namespace) -> int:
    """Make, add to, read or write out a set; 1 when it is not as it should be."""
    from lantai.apps.backup import media, queries, services
    from lantai.apps.backup.types import SET, AddIncrement, TakeBackup, VerifySet
    from lantai.platform.jobs import services as jobs

    ctx, plan = system_ctx(Channel.COMMAND), queries.plan_titled(arguments.plan)
    if arguments.medium:
        done = media.write(ctx, plan, Path(arguments.medium))
        print(f"{done.set_id}\t{done.files} files\t{done.bytes} bytes\t{arguments.medium}")
        return 0
    if arguments.read_data:
        newest = queries.newest_for_reading(plan)
        run = jobs.run_now(ctx, VerifySet(newest.pk), label=newest.set_id, about=(SET, newest.pk))
        newest.refresh_from_db()
        return _said(run.message, newest.set_id, newest.state)
    if arguments.increment:
        run = jobs.run_now(ctx, AddIncrement(plan.pk))
        good = queries.newest_good(plan)
        return _said(run.message, good.set_id if good else "-", run.state)
    row = services.begin_set(ctx, plan, is_now=True)
    run = jobs.run_now(ctx, TakeBackup(row.pk), label=plan.title, about=(SET, row.pk))
    row.refresh_from_db()
    return _said(run.message or row.why, row.set_id, row.state)


def _said(message: str, name: str, state: str) -> int:
    print(f"{name}\t{state}\t{message}".rstrip())
    return int(state not in {"good", "succeeded", "passed"})


def drill(arguments: Namespace) -> int:
    """Restore beside the live system and compare; the report line by line, 1 when it failed."""
    from lantai.apps.backup import queries, services
    from lantai.apps.backup.types import DRILL, RunDrill
    from lantai.platform.jobs import services as jobs

    ctx, plan = system_ctx(Channel.COMMAND), queries.plan_titled(arguments.plan)
    row = services.begin_drill(ctx, plan, is_now=True)
    jobs.run_now(ctx, RunDrill(row.pk), label=plan.title, about=(DRILL, row.pk))
    row.refresh_from_db()
    for one in row.findings.all():
        print(f"{one.outcome.upper()}\t{one.code}\t{one.subject}\t{one.expected}\t{one.found}")
    print(f"RTO {row.rto_seconds} s\tRPO {row.rpo_seconds} s")
    return _said(row.why, row.plan.title, row.state)


def restore(arguments: Namespace) -> int:
    """An empty folder becomes a home; nothing of the live system is needed or touched."""
    django.setup()
    from lantai.apps.backup import restoring

    with tempfile.TemporaryDirectory(prefix="lantai-restore-") as scratch:
        store = store_at(arguments, arguments.source, Path(scratch))
        if arguments.list or not arguments.to:
            for found in restoring.sets_in(store):
                print(f"{found.set_id}\t+{found.number}")
            return 0
        done = restoring.restore(
            store,
            Path(arguments.to).absolute(),
            set_id=arguments.set_id,
            moment=_moment(arguments.at),
            keys=Path(arguments.keys) if arguments.keys else None,
            say=print,
        )
    print(f"{done.set_id}\t{done.moment.isoformat()}\t{done.files} files\t{done.seconds:.0f} s")
    print(f"LANTAI_HOME={done.home} lantai check && LANTAI_HOME={done.home} lantai up")
    if not arguments.keys:
        print(f"Put the private keys (log-ed25519.pem, log-sm2.pem, …) into {done.home / 'keys'} first.")
    return 0


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as why:
        raise NotAMoment(text=text[:60]) from why
    return found if found.tzinfo else timezone.make_aware(found)


def store_at(arguments: Namespace, source: str, scratch: Path) -> Any:
    """The place at an address, without a database that would know it."""
    from lantai.apps.backup.media import PlainFolder
    from lantai.kit.packages.ocfl.layout import ROOT_DECLARATION
    from lantai.platform.places import registry
    from lantai.platform.places.sealed import SealedPlace
    from lantai.platform.places.types import Site

    is_bucket = source.startswith("s3://")
    address = source if is_bucket else str(Path(source).absolute())
    if not is_bucket and not Path(address).is_dir():
        raise Fault(N_("没有文件夹“%(path)s”。"), path=address)
    if not is_bucket and not (Path(address) / ROOT_DECLARATION).is_file():
        return PlainFolder(Path(address))  # a medium, or a healed copy of one
    site = Site("restore", address, address, scratch, dict(settings.LANTAI_PLACES.get("restore", {})))
    store = registry.kind_of("s3" if is_bucket else "folder").make(site)
    key = _place_key(arguments, scratch)
    return SealedPlace(store, key, scratch, address) if key else store


def _place_key(arguments: Namespace, scratch: Path) -> Path | None:
    from lantai.kit.crypto import envelopes, shares
    from lantai.platform.places import sealed

    if arguments.place_key:
        kept = scratch / "place.key"
        shutil.copyfile(arguments.place_key, kept)
        return kept
    if arguments.shares:
        lines = [line for line in Path(arguments.shares).read_text("utf-8").splitlines() if line.strip()]
        key = shares.join([shares.parse(line, line=number) for number, line in enumerate(lines, 1)])
        sealed.write_key(scratch / "place.key", key, envelopes.AES)
        return scratch / "place.key"
    return None
