"""Nothing of a test that really commits is left for the next one."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
_DEFER = "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', 'sample', '{}')"


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_queued_job_and_a_line_of_the_guarded_ledger_are_gone_after_the_test(turn: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchone() == (0,)
        cursor.execute(_DEFER)
    assert not Entry.objects.exists() and ContentType.objects.exists()
    ledger.record(
        system_ctx(Channel.COMMAND),
        "jobs:sample:made",
        object_type="jobs:sample",
        object_id=1,
        object_name=turn,
    )
