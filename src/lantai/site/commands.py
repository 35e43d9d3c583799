"""What each command of ``lantai`` does."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from types import FrameType

import django
from django.conf import settings

from lantai.kit.errors import N_, Fault, Missing
from lantai.platform.context import Channel, Ctx, new_request_id, system_ctx
from lantai.site import backups, config
from lantai.site.loading import loading
from lantai.site.postgres import Cluster


def run(arguments: Namespace) -> int:
    """Dispatch to the function named after the command."""
    return int(_COMMANDS[arguments.command](arguments) or 0)


def own_cluster() -> Cluster | None:
    """The embedded cluster, or None when the database is somebody else's."""
    return None if config.text("database_url") else Cluster(settings.LANTAI_HOME / "postgres")


def open_database() -> None:
    """Start our own cluster if it is ours, see that the database answers, then load Django.

    Raises ``Fault`` in one line when it can't be reached, before anything else is waited for.
    """
    _reach_database()
    with loading():
        django.setup()


def _reach_database() -> None:
    from django.db import OperationalError, connection

    if cluster := own_cluster():
        cluster.start()
    try:
        connection.ensure_connection()
    except OperationalError as why:
        first = str(why).strip().splitlines()[0]
        raise Fault(N_("连不上数据库：%(why)s。请检查 LANTAI_DATABASE_URL。"), why=first) from why
    if connection.pg_version < 150000:
        raise Fault(N_("数据库版本过低：需要 PostgreSQL 15 以上。"))


def migrate(_arguments: Namespace | None = None) -> None:
    """Bring the database to this version and install the product's own rules."""
    open_database()
    from django.core.management import call_command
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import DEFAULT_DB_ALIAS

    from lantai.apps.catalogue import services as catalogue
    from lantai.apps.holdings import services as holdings
    from lantai.apps.kinds import services as kinds
    from lantai.platform.ledger import services as ledger
    from lantai.site import migrating, statics

    if migrating.is_newest():  # what a killed run did not get to after the last of them is done again
        emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
    else:
        call_command("migrate", verbosity=0, interactive=False)
    statics.collect()
    ledger.introduce_keys(system_ctx(Channel.COMMAND))
    holdings.install_rules(system_ctx(Channel.COMMAND))
    kinds.install_shipped(system_ctx(Channel.COMMAND))
    catalogue.seal_plain_first()


def web(arguments: Namespace) -> None:
    """Serve the site until a signal; it is loaded by the server, and not here too."""
    _reach_database()
    os.execv(sys.executable, [sys.executable, *_server(arguments)])


def _server(arguments: Namespace) -> list[str]:
    threads = str(2 * (os.cpu_count() or 1))
    return ["-m", "granian", "--interface", "wsgi", "--host", arguments.host, "--port", str(arguments.port),
            "--workers", str(getattr(arguments, "workers", 1)), "--blocking-threads", threads, "--no-ws",
            "--log-level", "warning", "--respawn-failed-workers", "lantai.site.wsgi:application"]  # fmt: skip


def work(arguments: Namespace) -> None:
    """Do jobs until a signal, or until none is left."""
    open_database()
    from lantai.platform.jobs import worker

    worker.work(concurrency=arguments.concurrency, until_idle=arguments.until_idle)


def up(arguments: Namespace) -> None:
    """Migrate, then serve and work as two processes; when one ends or a signal comes, both end."""
    migrate()
    web_process = subprocess.Popen([sys.executable, *_server(arguments)])
    work_process = subprocess.Popen([sys.executable, "-m", "lantai.site.cli", "work"])
    processes = (web_process, work_process)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    print(f"Lantai: http://{arguments.host}:{arguments.port}/", flush=True)
    try:
        while all(p.poll() is None for p in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        _end(processes)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end(processes: tuple[subprocess.Popen[bytes], ...]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def down(_arguments: Namespace) -> None:
    """Stop the embedded database."""
    if cluster := own_cluster():
        cluster.stop()


def demo(arguments: Namespace) -> None:
    """Make the made-up region, run the whole path with its table of figures, then serve."""
    migrate()
    from lantai.site.demo import tour

    tour.run(documents=arguments.documents)
    if not arguments.no_serve:
        arguments.workers = 1
        tour.print_logins(arguments.host, arguments.port)
        up(arguments)


def check(arguments: Namespace) -> int:
    """Settings, database, log and store; with --deploy also what is unfit for production."""
    open_database()
    from lantai.site import checks

    found = checks.report(is_deploy=arguments.deploy)
    return max(found, checks.report_deep(every=arguments.every)) if arguments.deep else found


def place(arguments: Namespace) -> None:
    """Places of copies."""
    open_database()
    from lantai.site import places_command

    places_command.run(arguments)


def backup(arguments: Namespace) -> int:
    """Make a backup by a plan, here and now."""
    open_database()
    return backups.backup(arguments)


def drill(arguments: Namespace) -> int:
    """Restore the newest set beside the live system and compare."""
    open_database()
    return backups.drill(arguments)


def org(arguments: Namespace) -> None:
    """Found organisations from the machine's own command line: the first ones, before there is an account."""
    open_database()
    from lantai.platform.orgs import queries
    from lantai.platform.orgs import services as orgs
    from lantai.platform.orgs.models import Org
    from lantai.platform.orgs.types import OrgKind

    if arguments.act == "list":
        for row in Org.objects.order_by("path"):
            print(f"{row.code}\t{row.name}\t{row.get_kind_display()}")
        return
    orgs.found_org(
        system_ctx(Channel.COMMAND),
        code=arguments.code,
        name=arguments.name,
        kind=OrgKind(arguments.kind),
        parent=queries.by_code(arguments.parent) if arguments.parent else None,
        archives=queries.by_code(arguments.archives) if arguments.archives else None,
    )


def user(arguments: Namespace) -> None:
    """Open accounts and set passwords from the machine's own command line."""
    open_database()
    from lantai.platform.accounts import services as accounts
    from lantai.platform.accounts.models import User
    from lantai.platform.orgs import queries as orgs

    ctx = system_ctx(Channel.COMMAND)
    if arguments.act == "list":
        for row in User.objects.select_related("org"):
            print(f"{row.username}\t{row.name}\t{row.org.name}\t{'' if row.is_active else '-'}")
        return
    if arguments.act == "add":
        org = orgs.by_code(arguments.org)
        accounts.set_up_account(ctx, username=arguments.username, name=arguments.name, org=org, password=_password(),
                                role=arguments.role)  # fmt: skip
        return
    found = User.objects.filter(username=arguments.username).first()
    if found is None:
        raise Missing
    accounts.change_password(ctx, user=found, password=_password())


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def keys(arguments: Namespace) -> None:
    """List, rotate or revoke the keys that sign the log."""
    open_database()
    from lantai.site import keys_command

    keys_command.run(arguments)


def log(arguments: Namespace) -> int:
    """The published log as files, and leaves taken back from there."""
    open_database()
    from lantai.site import log_command

    return log_command.run(arguments)


def ferry(arguments: Namespace) -> None:
    """Messages of witnesses as signed files."""
    open_database()
    from lantai.site import ferry_command

    ferry_command.run(arguments)


def intake(arguments: Namespace) -> None:
    """Take in a folder in the DA/T 93 layout, wait for its test, print what came of it."""
    open_database()
    from lantai.apps.intake import services as submissions
    from lantai.platform.orgs import queries as orgs

    ctx = _ctx_of(arguments.username)
    agency = orgs.by_code(arguments.agency)
    submission = submissions.submit_folder(ctx, path=Path(arguments.path), agency_id=agency.pk,
                                           carrier_number=arguments.carrier)  # fmt: skip
    print(f"{submission.number}\t{submission.get_state_label()}\t{submission.item_count}")


def test_package(arguments: Namespace) -> int:
    """Test a sealed package; prints each report's number, scheme and conclusion, and answers 1 for a failure."""
    open_database()
    from lantai.apps.custody import services as custody

    ctx = _ctx_of(arguments.username)
    checks = custody.test_by_object(ctx, object_id=arguments.object_id, occasion=arguments.occasion)
    for check in checks:
        print(f"{check.pk}\t{check.scheme}\t{check.get_conclusion_display()}\t{check.failed_item_count}")
    return int(any(check.conclusion == "failed" for check in checks))


def journal(_arguments: Namespace) -> None:
    """Bring what happened since sealing beside the objects, now instead of within minutes."""
    open_database()
    from lantai.site import journal as writing

    writing.export_now()


def rebuild(arguments: Namespace) -> int:
    """Catalogue, custody, receipts and log out of a storage root into an empty database; 1 when not all came."""
    open_database()
    from django.core.management import call_command

    from lantai.apps.custody import queries as custody
    from lantai.apps.holdings import services as holdings
    from lantai.platform.ledger import services as ledger
    from lantai.site.rebuild import rebuild as make

    call_command("migrate", verbosity=0, interactive=False)
    ledger.ensure_keys()
    damaged = _brought(arguments) if arguments.bring else []
    made = make(custody.storage_root() if arguments.bring else Path(arguments.source[-1]), print)
    made.damaged += damaged
    holdings.install_rules(system_ctx(Channel.COMMAND))
    for name in made.damaged:
        print(f"damaged: {name}")
    for name in made.silent:
        print(f"tells nothing of itself: {name}")
    for kind, count in made.left_out.items():
        print(f"left out: {count} {kind}")
    return int(bool(made.damaged or made.silent or made.left_out))


def _brought(arguments: Namespace) -> list[str]:
    """Bring places of copies into the storage root; what none of them has whole, with the reason."""
    from lantai.apps.custody import queries as custody
    from lantai.site.rebuild.bringing import bring_from

    with tempfile.TemporaryDirectory(prefix="lantai-rebuild-") as scratch:
        stores = (backups.store_at(arguments, source, Path(scratch)) for source in arguments.source)
        return bring_from(stores, custody.storage_root(), print)


def _ctx_of(username: str) -> Ctx:
    from lantai.platform.accounts import services as accounts
    from lantai.platform.accounts.models import User

    found = User.objects.select_related("org").filter(username=username, is_active=True).first()
    if found is None:
        raise Missing
    return accounts.context_for(found, channel=Channel.COMMAND, request_id=new_request_id())


def django_command(arguments: Namespace) -> None:
    """Run a Django management command against the same database."""
    from django.core.management import execute_from_command_line

    open_database()
    execute_from_command_line(["lantai django", *arguments.rest])


def rotate_person_keys(_arguments: Namespace) -> None:
    """Seal every person's number anew under a new key; may be stopped and repeated."""
    open_database()
    from lantai.apps.catalogue import services as catalogue

    print(f"sealed anew: {catalogue.rotate_keys(system_ctx(Channel.COMMAND))}")


_COMMANDS = {
    "rotate-person-keys": rotate_person_keys,
    "ferry": ferry,
    "log": log,
    "up": up,
    "web": web,
    "work": work,
    "demo": demo,
    "migrate": migrate,
    "check": check,
    "org": org,
    "user": user,
    "intake": intake,
    "keys": keys,
    "place": place,
    "test-package": test_package,
    "journal": journal,
    "rebuild": rebuild,
    "backup": backup,
    "drill": drill,
    "restore": backups.restore,
    "down": down,
    "django": django_command,
}
