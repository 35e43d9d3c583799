"""Two harvesters that others wrote against a running provider, where they are installed beside this checkout.

``LANTAI_HARVESTERS`` names the Python that has sickle and oaipmh-scythe.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import services as holdings
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.services import stamping
from lantai.kit.oai.protocol import utc
from tests.apps.holdings.region import COMMAND, make_region
from tests.apps.interop.conftest import Shelf

PYTHON = os.environ.get("LANTAI_HARVESTERS", "")
ROWS = 10_000
pytestmark = [
    pytest.mark.large,
    pytest.mark.skipif(not PYTHON, reason="the harvesters are not installed here"),
]


def harvested(name: str, url: str, since: str = "") -> list[tuple[str, bool, str]]:
    program = str(Path(__file__).with_name("harvesters.py"))
    said = subprocess.run(
        [PYTHON, program, name, url, since], capture_output=True, text=True, timeout=600, check=False
    )
    assert said.returncode == 0, said.stderr[-3000:]
    return [tuple(one) for one in json.loads(said.stdout)]


@pytest.mark.django_db(transaction=True)
def test_92_sickle_and_scythe_harvest_ten_thousand_records_then_only_the_changes(live_server: Any) -> None:
    holdings.install_rules(COMMAND)
    region = make_region("甲")
    shelf = Shelf(region, region.fonds())
    rows = shelf.rows(ROWS)
    Stamp.objects.update(stamped_at=timezone.now() - timedelta(days=1))
    since = utc(timezone.now() - timedelta(hours=1))
    url = f"{live_server.url}/oai"
    for name in ("sickle", "scythe"):
        whole = harvested(name, url)
        assert len({identifier for identifier, _deleted, _title in whole}) == ROWS
        assert all(
            title.startswith("关于样例事项第") and title.endswith("𠮷") for _id, _deleted, title in whole
        )
    ids = [row.pk for row in rows]
    Description.objects.filter(pk__in=ids[:40]).update(title="改过的题名")
    Description.objects.filter(pk__in=ids[40:60]).update(openness="controlled")
    Description.objects.filter(pk__in=ids[60:65]).delete()
    stamping.stamp(ids[:65])
    for name in ("sickle", "scythe"):
        news = harvested(name, url, since)
        assert sorted(title for _id, is_deleted, title in news if not is_deleted) == ["改过的题名"] * 40
        assert sum(is_deleted for _id, is_deleted, _title in news) == 25
