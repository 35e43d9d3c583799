"""The numbered case 129 against a real object store that locks what it is given."""

from __future__ import annotations

from argparse import Namespace
from urllib.parse import parse_qsl

import pytest
from django.conf import settings
from django.test import override_settings

from lantai.apps.backup import restoring
from lantai.kit.backups.restoring import write_tree
from lantai.platform.places import queries as places
from lantai.platform.places import services as place_services
from lantai.platform.places.types import Locked
from lantai.site import backups

pytestmark = pytest.mark.large


@pytest.fixture(scope="module")
def bucket(cluster):
    cluster.make_bucket("backups", is_locking=True)
    return cluster


def test_bak_129_with_the_account_of_the_application_no_backup_in_a_locked_bucket_can_be_deleted(
    live, bucket, tmp_path
):
    address = f"s3://backups/sets?endpoint={bucket.endpoint}&region=us-east-1&lock=1"
    secret = dict(parse_qsl(bucket.secret))
    with override_settings(LANTAI_PLACES={"bucket": secret, "restore": secret}):
        place = place_services.add_place(
            live.ctx, org_id=live.world.archives.pk, slug="bucket", title="样例桶", kind="s3", address=address
        )
        made = live.back_up(live.planned("锁定桶", place))
        assert made.state == "good", made.why
        store = places.store_of(place)
        names = [held.name for held in store.held()]
        assert len(names) > 5
        for name in names:
            with pytest.raises(Locked):
                store.remove(name)
        found = backups.store_at(Namespace(place_key=None, shares=None), address, tmp_path)
        reader = restoring.reader_of(found)
        for manifest in reader.manifests():
            write_tree(
                reader, manifest, lambda e: tmp_path / e.path if e.path.startswith("store/ocfl") else None
            )
    assert (tmp_path / "store" / "ocfl").is_dir() == (settings.LANTAI_STORE / "ocfl").is_dir()
