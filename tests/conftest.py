"""What every test may use: a home of its own, one database cluster for all workers, the sample corpora."""

from __future__ import annotations

import atexit
import fcntl
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from tests.cluster import Cluster, find_weed

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
KIT = ROOT / "tests" / "kit"

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the shared sample corpora are not beside this checkout"
)

_TEST_HOME = "LANTAI_TEST_HOME"  # set by the controller, inherited by the xdist workers
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def _prepare() -> None:
    """Point the settings at a home that vanishes with the run, then load Django; the kit goes without.

    At import, because a conftest further down may import models before pytest_configure is called.
    """
    if _TEST_HOME not in os.environ:
        if _IS_WORKER or "DJANGO_SETTINGS_MODULE" in os.environ or _is_kit_only():
            return  # somebody chose other settings, which are loaded by now, or none are needed
        os.environ[_TEST_HOME] = tempfile.mkdtemp(prefix="lantai-test-")
        Path(os.environ[_TEST_HOME]).chmod(0o711)  # started as root, the cluster may run as another user
        atexit.register(_clear_away, Path(os.environ[_TEST_HOME]))
    home = Path(os.environ[_TEST_HOME])
    os.environ["LANTAI_HOME"] = str(home)
    os.environ["LANTAI_KEYS"] = str(home / os.environ.get("PYTEST_XDIST_WORKER", "gw0") / "keys")
    os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
    import django

    django.setup()


def _is_kit_only() -> bool:
    named = [Path(word.split("::")[0]).resolve() for word in sys.argv[1:] if not word.startswith("-")]
    asked = [path for path in named if path.exists() and path.is_relative_to(ROOT)]
    return bool(asked) and all(path.is_relative_to(KIT) for path in asked)


def _clear_away(home: Path) -> None:
    """The process that made the home stops the clusters that some worker started there, and removes it."""
    from lantai.site.postgres import Cluster as Postgres

    Postgres(home / "postgres").stop()
    Cluster.end(home / "weed")
    shutil.rmtree(home, ignore_errors=True)


_prepare()

# A run says of a commit whether it is good: the same examples every time, however slow the machine is today.
# Who looks for new ones asks for them: `--hypothesis-profile=searching`.
_ANY_MACHINE = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
hypothesis_settings.register_profile("landing", derandomize=True, database=None, **_ANY_MACHINE)
hypothesis_settings.register_profile("searching", print_blob=True, **_ANY_MACHINE)
hypothesis_settings.load_profile("landing")


# Folders that share what is dear to set up: one worker does all of each.
_WHOLE = ("tests/e2e/", "tests/browser/", "tests/arch/", "tests/apps/backup/")
# What takes longest begins first, so that nobody waits for it at the end.
_ORDER = (*_WHOLE, "tests/reliability/", "tests/apps/intake/", "tests/apps/", "tests/platform/", "tests/kit/")


def _rank(nodeid: str) -> int:
    return next((at for at, start in enumerate(_ORDER) if nodeid.startswith(start)), len(_ORDER))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-django has put first what needs no database that commits: in the order of `_ORDER`."""
    items.sort(key=lambda item: _rank(item.nodeid))


class Units(LoadScopeScheduling):
    """A worker takes a file at a time, or one of the whole folders, in order: nothing is set up twice."""

    def _split_scope(self, nodeid: str) -> str:
        whole = next((start for start in _WHOLE if nodeid.startswith(start)), None)
        return whole or nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    """Who hands out the tests to the workers."""
    config.option.loadscopereorder = False
    return Units(config, log)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: looked through for garbage they cost time and never give any.

    What is loaded later stays too, and each look goes over all of it: a twelfth of the time of tests, seven times less
    when it looks when five thousand things are new instead of seven hundred.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 20)


_BEFORE_MIDNIGHT = timedelta(seconds=20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Each test begins in Chinese, with no attempts counted, and on a day that does not end before it does.

    A request in English leaves its language to the thread that served it; a wrong password counts for minutes.
    """
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        from django.core.cache import cache
        from django.utils import timezone, translation

        translation.activate("zh-hans")
        cache.clear()
        now = timezone.localtime()
        if (now + _BEFORE_MIDNIGHT).date() != now.date():
            time.sleep(_BEFORE_MIDNIGHT.total_seconds())


@pytest.fixture(scope="session", autouse=True)
def locks_need_a_transaction() -> Iterator[None]:
    """A test's own transaction would hide that the product locks rows without one of its own.

    Nor may a lock take the rows of tables that are merely read along: two who do so wait for each other.
    """
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        yield
        return
    from django.db.models.sql.compiler import SQLCompiler
    from django.db.transaction import TransactionManagementError

    real = SQLCompiler.as_sql

    def as_sql(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        blocks = self.connection.atomic_blocks
        if self.query.select_for_update and blocks and all(block._from_testcase for block in blocks):
            raise TransactionManagementError("rows are locked outside of a transaction of the product")
        found = real(self, *args, **kwargs)
        if self.query.select_for_update and not self.query.select_for_update_of:
            read = {table for table, count in self.query.alias_refcount.items() if count}
            if len(read) > 1:
                raise TransactionManagementError(f"say which rows are locked, not all of {sorted(read)}")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "as_sql", as_sql)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The first worker that needs a database starts the cluster, unless LANTAI_DATABASE_URL names one."""
    if os.environ.get("LANTAI_DATABASE_URL"):
        return
    from django.conf import settings

    from lantai.site.postgres import Cluster

    cluster = Cluster(settings.LANTAI_HOME / "postgres")
    settings.LANTAI_HOME.mkdir(parents=True, exist_ok=True)
    with (settings.LANTAI_HOME / "cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if cluster.is_running():
            return
        cluster.start()
        if _TEST_HOME in os.environ:
            _forgo_durability(cluster.url("postgres"))


def _forgo_durability(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


# What migrations and Django keep for good; all other tables are emptied, also those that Django does not manage.
_WITH_ROWS = """
    SELECT string_agg(format('SELECT %L WHERE EXISTS (SELECT FROM %s)', oid::regclass, oid::regclass), ' UNION ALL ')
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Between tests that really commit, what holds rows is emptied, also where the product refuses it.

    Most tables hold none, and truncating two hundred with all their indexes takes longer than such a test.
    """
    from django.core.management.commands import flush
    from django.db import connection

    assert connection.settings_dict["NAME"].startswith("test_"), "none of these tests asks for `db`"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", lambda _statements: _empty())
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_words, **_more: None)  # its rows stay
        yield


def _empty() -> None:
    from django.conf import settings
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no guards, no references
        cursor.execute(_WITH_ROWS)
        cursor.execute(cursor.fetchone()[0])
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {table}")
    for remembered in ("log-newest-checkpoint", "log-key-history"):
        (settings.LANTAI_KEYS / remembered).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of a module write after this lasts for all its tests; what a test writes is taken back by it."""
    from tests.taken_back import taken_back

    with django_db_blocker.unblock(), taken_back():
        yield


@pytest.fixture(scope="module")
def built(kept: None) -> Any:
    """The made-up region of `tests.region`, once for a module; a test takes a copy, so that it may change people."""
    from tests.region import build_world

    return build_world()


@pytest.fixture
def keys(settings: Any, tmp_path: Path) -> Path:
    """A key folder of the test's own, still empty."""
    settings.LANTAI_KEYS = tmp_path / "keys"
    return settings.LANTAI_KEYS


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real S3 of five programs, started when the first test of any worker asks, and one for all of them."""
    weed = find_weed()
    if weed is None:
        pytest.skip("the program weed (SeaweedFS) is not installed")
    if _TEST_HOME not in os.environ:
        running = Cluster(tmp_path_factory.mktemp("weed"), weed)
        running.start()
        yield running
        running.stop()
        return
    home = Path(os.environ[_TEST_HOME])
    running = Cluster(home / "weed", weed)
    with (home / "weed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not running.join():
            running.start()
    yield running  # `_clear_away` ends it


@pytest.fixture
def alone_in_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """The horizon of the feed is the whole cluster's; other workers' databases in it are no part of a test."""
    from django.db import connection

    from lantai.platform.search import feed

    def horizon() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT min(backend_xid::text::bigint) FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_xid IS NOT NULL),"
                " pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
            )
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(feed, "horizon", horizon)
