"""How many documents a second go the whole way, from an agency's desk into an archives' custody and search?

    python benchmarks/main_job.py [--quick] [--documents N] [--profile FILE]

Everything happens in a folder of its own that vanishes at the end, on a database cluster of its own.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import logging
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

if TYPE_CHECKING:
    from lantai.site.demo.papers import Made
    from lantai.site.demo.region import Region

SIZE, QUICK_SIZE = 1_000, 150


@dataclass(frozen=True, slots=True)
class Stage:
    """One measured stage of the job."""

    name: str
    seconds: float


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    size = arguments.documents or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home, _installation(Path(home)):
        from lantai.site.demo import papers

        documents = [papers.make(number) for number in range(size)]
        region = _region()
        profile = cProfile.Profile() if arguments.profile else nullcontext()
        with profile:
            stages = list(_job(region, documents))
        if isinstance(profile, cProfile.Profile):
            profile.dump_stats(arguments.profile)
        _prove(size)
        floor_seconds, file_count, byte_count = _floor(Path(home) / "floor", documents)
    _print_table(stages, size, file_count, byte_count, floor_seconds)
    _print_figure(size, sum(stage.seconds for stage in stages), floor_seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} documents")
    parser.add_argument("--documents", type=int, default=0, help=f"how many; {SIZE} without --quick")
    parser.add_argument("--profile", metavar="FILE", help="write a cProfile of all stages to FILE")
    return parser.parse_args()


@contextmanager
def _installation(home: Path) -> Iterator[None]:
    """A migrated database of its own below ``home``, stopped at the end."""
    for name in [name for name in os.environ if name.startswith("LANTAI_")]:
        del os.environ[name]  # neither somebody's database nor somebody's store
    home.chmod(0o711)  # started as root, the cluster may run as another user
    os.environ.update(
        LANTAI_HOME=str(home), LANTAI_LOG_LEVEL="WARNING", DJANGO_SETTINGS_MODULE="lantai.site.settings"
    )
    logging.getLogger("pikepdf").setLevel(logging.WARNING)
    from lantai.site import commands
    from lantai.site.postgres import Cluster

    try:
        commands.migrate()
        yield
    finally:
        from lantai.platform.sandbox import services as sandbox

        sandbox.close()
        Cluster(home / "postgres").stop()


def _region() -> Region:
    """Organisations, accounts and fonds. Passwords are hashed cheaply: logging in is not what is measured."""
    from django.conf import settings

    from lantai.site.demo import region, tour

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    return region.build(tour.password())


def _job(region: Region, documents: list[Made]) -> Iterator[Stage]:
    from lantai.site.demo import desks

    def capture() -> None:
        contexts = {place: region.ctx(place, "agency_clerk") for place in {d.place.slug for d in documents}}
        for document in documents:
            desks.hand_in(region, contexts[document.place.slug], document)

    yield _timed("capture", capture)
    yield _timed("open files", _work)
    yield _timed("arrange, number", lambda: (desks.arrange(region), desks.compose(region)))
    yield _timed("filing test", lambda: (desks.start_tests(region), _work()))
    yield _timed("seal, catalogue", lambda: (desks.start_sealings(region), _work()))
    yield _timed("transfer, test", lambda: (_submit(region), _work()))
    yield _timed("accept", lambda: (_accept(region), _work()))
    yield _timed("index", _index)
    yield _timed("log", _sequence)


def _timed(name: str, act: Callable[[], object]) -> Stage:
    began = time.perf_counter()
    act()
    return Stage(name, time.perf_counter() - began)


def _work() -> None:
    """Do all queued jobs with as many threads as `lantai work` has; under a profile in the one it watches."""
    from lantai.platform.jobs import execution, worker
    from lantai.platform.jobs.models import Run

    if sys.getprofile() is None:
        worker.work(concurrency=2, until_idle=True)
    while run := Run.objects.filter(state="queued").order_by("pk").first():
        execution.execute(run.pk)


def _submit(region: Region) -> None:
    from lantai.apps.custody.models import Package
    from lantai.apps.intake import services
    from lantai.site.demo.papers import AGENCIES

    for place in AGENCIES:
        lead = region.ctx(place.slug, "agency_lead")
        for package_id in Package.objects.filter(custodian=region.org(place.slug)).values_list(
            "pk", flat=True
        ):
            services.submit_online(lead, package_id=package_id)


def _accept(region: Region) -> None:
    from lantai.apps.intake import services
    from lantai.apps.intake.models import Submission
    from lantai.site.demo.transfers import KEEPERS

    for submission in Submission.objects.filter(state="passed").select_related("archives"):
        archivist = region.ctx(KEEPERS[submission.archives.code], "archivist")
        services.accept_submission(archivist, submission_id=submission.pk)


def _index() -> None:
    from lantai.platform.search import services as search

    while search.follow(2_000):
        continue


def _sequence() -> None:
    from lantai.platform.ledger import services as ledger

    ledger.sequence_now()


def _prove(size: int) -> None:
    """A figure counts only when every document arrived: in archives' custody, described, and in the log."""
    from lantai.apps.catalogue.models import Description
    from lantai.apps.intake.models import Submission
    from lantai.platform.ledger import queries as ledger

    states = set(Submission.objects.values_list("state", flat=True))
    held = Description.objects.filter(level="item", custodian__kind="archives").count()
    if states != {"accepted"} or held != size or ledger.check_log():
        raise SystemExit(f"main_job: only {held} of {size} documents arrived, transfers are {sorted(states)}")


def _floor(folder: Path, documents: list[Made]) -> tuple[float, int, int]:
    """Seconds to read and hash (SHA-256, SHA-512, SM3) and to open every file once, in this one process."""
    from lantai.kit.digests import digest_file
    from lantai.kit.formats.survey import survey

    folder.mkdir()
    paths = []
    for number, document in enumerate(documents):
        for place, file in enumerate(document.files):
            path = folder / f"{number:06d}-{place}{Path(file.name).suffix}"
            path.write_bytes(file.data)
            paths.append(path)
    survey(paths[0])  # signatures and fonts are loaded once, as a worker does before its first file
    began = time.perf_counter()
    for path in paths:
        digest_file(path)
        survey(path)
    return time.perf_counter() - began, len(paths), sum(path.stat().st_size for path in paths)


def _print_table(
    stages: list[Stage], size: int, file_count: int, byte_count: int, floor_seconds: float
) -> None:
    total = sum(stage.seconds for stage in stages)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"\nmain job: {size} documents, {file_count} files, {byte_count / 1e6:.1f} MB; {machine}\n")
    print(f"{'stage':<18}{'seconds':>10}{'documents/s':>14}")
    for stage in (*stages, Stage("whole job", total), Stage("floor", floor_seconds)):
        print(f"{stage.name:<18}{stage.seconds:>10.2f}{size / stage.seconds:>14.1f}")
    print(f"\nthe whole job takes {total / floor_seconds:.2f} times the floor\n")


def _print_figure(size: int, seconds: float, floor_seconds: float) -> None:
    ours, floor = size / seconds, size / floor_seconds
    figure = {
        "benchmark": "main_job",
        "figure": "documents_per_s",
        "ours": round(ours, 2),
        "floor": round(floor, 2),
        "ratio": round(floor / ours, 2),
        "unit": "documents/s",
        "size": size,
    }
    print(json.dumps(figure))


if __name__ == "__main__":
    main()
