"""The index follows the rows: nothing is skipped, in whatever order commits come and whoever is killed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lantai.platform.search import feed, indexing, queries, services, shelf
from lantai.platform.search.models import Change, IndexState, Listener
from lantai.platform.search.tantivy_engine import TantivyEngine
from lantai.platform.search.types import EVERYTHING_VISIBLE, Document, Query, RebuildUnderWay, WriterBusy
from tests.platform.search.rows import find, ids_of, index_everything

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=120)


def test_before_the_first_build_the_answer_says_so(rows):
    assert not find("甲").is_ready
    assert queries.backlog() is None


def test_the_first_follower_builds_the_index(rows):
    rows.put(1, "甲")
    index_everything()
    assert ids_of("甲") == [1]
    assert find("甲").is_ready


def test_the_worker_builds_a_missing_index_beside_its_other_work(rows):
    rows.put(1, "甲")
    services.keep_up()
    services.keep_up()  # a second beat meanwhile starts nothing
    for thread in threading.enumerate():
        if thread.name == indexing._BUILDER:
            thread.join(timeout=120)
    assert ids_of("甲") == [1]
    rows.put(2, "乙")
    services.keep_up()
    assert ids_of("乙") == [2]


def test_what_changes_and_goes_is_felt(rows):
    rows.put(1, "甲")
    rows.put(2, "乙")
    index_everything()
    rows.put(1, "丙")
    rows.take(2)
    assert queries.backlog().pending == 2
    assert services.follow() == 2
    assert (ids_of("甲"), ids_of("丙"), ids_of("乙")) == ([], [1], [])
    assert services.follow() == 0
    assert queries.backlog().pending == 0


def test_a_change_that_is_rolled_back_is_no_change(rows):
    index_everything()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.changed(None, "sample", [1])
        raise ZeroDivisionError
    assert services.follow() == 0


def test_a_transaction_that_commits_late_is_not_skipped(rows):
    index_everything()
    wrote, may_commit = threading.Event(), threading.Event()

    def slow_writer():
        try:
            with transaction.atomic():
                rows.put(1, "早写晚交")
                wrote.set()
                assert may_commit.wait(timeout=120)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_writer)
        assert wrote.wait(timeout=120)
        rows.put(2, "晚写早交")
        assert services.follow() == 1
        assert ids_of("晚写早交") == [2], "a stranger's long transaction must not hold others back"
        assert services.follow() == 0, "and what is indexed already is not indexed again and again"
        may_commit.set()
        slow.result(timeout=120)
    assert services.follow() == 1
    assert ids_of("早写晚交") == [1]


def test_a_backlog_larger_than_the_limit_is_worked_off(rows):
    index_everything()
    rows.rows = {n: Document("sample", n, "样例") for n in range(1, 26)}
    services.changed(None, "sample", range(1, 26))
    assert [services.follow(10) for _ in range(4)] == [10, 10, 5, 0]
    assert find("样例").total == 25


def test_killed_between_index_and_cursor_nothing_is_lost_or_doubled(rows, monkeypatch):
    index_everything()
    rows.put(1, "甲")
    with monkeypatch.context() as killed:
        killed.setattr(indexing, "_remember", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            services.follow()
    services.stop_following()
    assert services.follow() == 1
    assert find("甲").total == 1


def test_another_process_reads_each_commit(rows, own_index):
    rows.put(1, "甲")
    index_everything()
    reader = TantivyEngine(own_index / shelf.current_version())  # its own handle, as another process has
    query = lambda: reader.find(Query("sample", EVERYTHING_VISIBLE)).total  # noqa: E731
    assert query() == 1
    for n in range(2, 6):
        rows.put(n, "乙")
        services.follow()
        assert query() == n


def test_only_one_process_writes(rows, own_index):
    rows.put(1, "甲")
    index_everything()
    rows.put(2, "乙")
    services.follow()
    second = TantivyEngine(own_index / shelf.current_version())
    with pytest.raises(WriterBusy):
        second.commit()
    services.stop_following()
    second.commit()
    rows.put(3, "丙")
    assert services.follow() == 0, "somebody else is writing: leave it to them"
    second.close()
    assert services.follow() == 1


def test_a_rebuild_swaps_to_a_new_version_and_forgets_nothing(rows, own_index):
    rows.put(1, "甲")
    index_everything()
    before = shelf.current_version()
    rows.rows[2] = Document("sample", 2, "没有报告的变更")
    rows.put(3, "丙")
    assert services.rebuild() == 3
    assert shelf.current_version() != before
    assert ids_of() == [1, 2, 3]
    rows.put(4, "丁")
    index_everything()
    assert ids_of() == [1, 2, 3, 4]
    assert IndexState.objects.count() == 1
    services.rebuild()
    assert not (own_index / before).exists()


def test_a_change_during_a_rebuild_is_in_the_new_version(rows, monkeypatch):
    rows.put(1, "甲")
    index_everything()
    load = rows.load

    def load_while_others_write(ids):
        found = load(ids)
        if len(rows.rows) == 1:
            in_thread(lambda: (rows.put(2, "重建中新增"), rows.put(1, "重建中修改")))
        return found

    monkeypatch.setattr(rows, "load", load_while_others_write)
    from lantai.platform.search import registry

    registry.register_source("sample", load_while_others_write, rows.ids_after)
    services.rebuild()
    assert ids_of() == [1, 2]
    assert ids_of("重建中修改") == [1]


def test_two_rebuilds_at_once_are_refused(rows):
    with shelf.rebuilding(), pytest.raises(RebuildUnderWay):
        in_thread(services.rebuild)


def test_a_database_that_went_back_gets_a_new_index(rows):
    rows.put(1, "甲")
    index_everything()
    before = shelf.current_version()
    IndexState.objects.update(cursor_xid=feed.horizon() + 1_000_000)
    index_everything()
    assert shelf.current_version() != before
    assert ids_of("甲") == [1]


def test_a_lost_index_folder_is_built_anew(rows, own_index, settings):
    rows.put(1, "甲")
    index_everything()
    services.stop_following()
    settings.LANTAI_INDEX = own_index.parent / "another-disk"
    assert not find("甲").is_ready
    index_everything()
    assert ids_of("甲") == [1]


def test_followed_changes_are_pruned_and_others_stay(rows):
    index_everything()
    rows.put(1, "甲")
    index_everything()
    rows.put(2, "乙")
    assert services.prune(timezone.now()) == 0
    later = timezone.now() + timedelta(hours=2)
    assert services.prune(later) == 1
    assert list(Change.objects.values_list("row_id", flat=True)) == [2]
    index_everything()
    assert ids_of() == [1, 2]


def test_a_machine_that_is_gone_does_not_hold_the_feed_for_ever(rows):
    index_everything()
    rows.put(1, "甲")
    IndexState.objects.update(followed_at=timezone.now() - timedelta(days=31))
    assert services.prune(timezone.now() + timedelta(hours=2)) == 1
    assert not IndexState.objects.exists()
    index_everything()
    assert ids_of() == [1]


def test_a_listener_hears_each_change_once_when_it_can_be_found_and_holds_the_feed_until_then(rows):
    index_everything()
    now = timezone.now()

    def hear():
        with transaction.atomic():
            return services.hear("sample", "sample", now)

    assert hear() == ()
    rows.put(1, "甲")
    rows.put(2, "乙")
    services.changed(None, "other", [7])
    assert hear() == (), "what is not indexed is not heard yet"
    assert services.prune(now + timedelta(hours=2)) == 0
    index_everything()
    IndexState.objects.update(cursor_xid=feed.horizon())  # as an idle follower writes every minute
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert services.hear("sample", "sample", now) == (1, 2)
        raise ZeroDivisionError
    assert hear() == (1, 2), "what the listener could not do is heard again"
    assert hear() == ()
    assert services.prune(now + timedelta(hours=2)) == 3
    assert services.prune(now + timedelta(days=31)) == 0


def test_a_listener_of_a_database_that_went_back_hears_what_comes_from_now_on(rows):
    index_everything()

    def hear():
        with transaction.atomic():
            return services.hear("sample", "sample", timezone.now())

    hear()
    Listener.objects.update(cursor_xid=feed.horizon() + 1_000_000)
    assert hear() == ()
    rows.put(1, "甲")
    index_everything()
    IndexState.objects.update(cursor_xid=feed.horizon())
    assert hear() == (1,)
