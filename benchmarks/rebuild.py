"""How many rows a second come back from the storage root alone, against COPY of the same rows in the same run?

    python benchmarks/rebuild.py [--quick] [--items N] [--packages N]

A made-up archives with N items in some packages, each item a small file and a description with its elements, is
sealed before the clock starts, in an embedded database of the benchmark's own. Then, into an empty database,

- *ours*: `lantai rebuild`: every object found and read, its documents held against the inventory, rows made with
  their references, the log grown again with both trees, the descriptions told to search;
- *floor*: the same rows of packages, files, descriptions and entries by COPY from files into tables with the same
  indexes: no reading of objects, no references, no log.

``ratio`` is our time over the floor's, ``cpu_ratio`` the same of processor time. A figure counts only when all digests
and codes are as they were.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

TABLES = ("custody_package", "custody_contentfile", "catalogue_description", "ledger_entry")
SIZE, QUICK_SIZE = 50_000, 2_000
EMPTY = "rebuilt"


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} items instead of {SIZE}")
    parser.add_argument("--items", type=int, default=0)
    parser.add_argument("--packages", type=int, default=20)
    arguments = parser.parse_args()
    items = arguments.items or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        Path(home).chmod(0o711)
        os.environ["LANTAI_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
        from lantai.site import commands

        commands.migrate()
        try:
            _run(Path(home), items, arguments.packages)
        finally:
            from django.db import connections

            connections.close_all()
            commands.down(arguments)


def _run(home: Path, items: int, packages: int) -> None:
    from lantai.apps.custody import queries as custody
    from lantai.site.rebuild import rebuild

    made_s = _timed(lambda: _make(home, items, packages))
    print(f"{items} items in {packages} packages, made in {made_s:.0f} s")
    before = _told()
    _switch_to_an_empty_database()
    worked = _worked()
    ours_s = _timed(lambda: rebuild(custody.storage_root()))
    ours_cpu_s = _worked() - worked
    if _told() != before:
        raise SystemExit("what came back is not what was there")
    rows = sum(len(some) for some in before)
    floor_s, floor_cpu_s = _floor(home)
    print(f"{platform.machine()}, {os.cpu_count()} processors, {rows} rows, {datetime.now(UTC):%F}")
    print(
        f"ours   {ours_s:8.2f} s {rows / ours_s:9.0f} rows/s {ours_s / floor_s:6.2f} x   processor {ours_cpu_s:6.2f} s"
    )
    print(f"floor  {floor_s:8.2f} s {rows / floor_s:9.0f} rows/s          processor {floor_cpu_s:6.2f} s")
    line = {"benchmark": "rebuild", "figure": "rows_per_s", "ours": round(rows / ours_s, 1),
            "floor": round(rows / floor_s, 1), "ratio": round(ours_s / floor_s, 2),
            "cpu_ratio": round(ours_cpu_s / floor_cpu_s, 2), "unit": "rows/s", "size": rows}  # fmt: skip
    print(json.dumps(line))


def _worked() -> float:
    """Seconds of the processors that this process and the backend that it talks to have had."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    said = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return time.process_time() + (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _make(home: Path, items: int, packages: int) -> None:
    from lantai.apps.holdings import queries as holdings
    from lantai.apps.holdings.models import Fonds
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.orgs import services as orgs
    from lantai.platform.orgs.types import OrgKind
    from lantai.site import journal

    ctx = system_ctx(Channel.COMMAND)
    archives = orgs.found_org(ctx, code="A0", name="样例档案馆", kind=OrgKind.ARCHIVES)
    fonds = Fonds.objects.create(code="J109", name="样例全宗", archives=archives)
    kind_id = holdings.kind("document").pk
    each = items // packages
    (home / "given").mkdir()
    for number in range(packages):
        _seal(home / "given", number, each, fonds, kind_id)
    journal.export_now()


def _seal(folder: Path, number: int, count: int, fonds: object, kind_id: int) -> None:
    from functools import partial

    from lantai.apps.catalogue import services as catalogue
    from lantai.apps.catalogue.types import NewDescription
    from lantai.apps.custody import services as custody
    from lantai.apps.custody.types import NewFile
    from lantai.kit.digests import digest_bytes
    from lantai.platform.context import Channel, system_ctx

    ctx, files, items = system_ctx(Channel.COMMAND), [], []
    for index in range(number * count, (number + 1) * count):
        data = f"样例内容 {index}".encode()
        path = folder / f"{index}.txt"
        path.write_bytes(data)
        key = f"J109-WS·2019·Y·BGS-{index:06d}"
        digests = digest_bytes(data)
        files.append(NewFile(item_key=key, order=1, logical_path=f"content/{key}/通知.txt", original_name="通知.txt",
                             role="main", digests=digests, size_bytes=len(data), source=path, puid="x-fmt/111",
                             mime="text/plain", text=data.decode()))  # fmt: skip
        elements = {"title": f"关于样例事项{index}的通知", "author": "样例办公室", "archivalCode": key}
        items.append(NewDescription(item_key=key, reference_code=key, title=elements["title"], kind_id=kind_id,
                                    author="样例办公室", dated_on=date(2019, 3, 5), year=2019, retention="Y",
                                    persons=("样例甲",), metadata=elements))  # fmt: skip
    package = custody.seal(
        ctx,
        object_id=f"urn:lantai:bench:{number}",
        title=f"样例信息包{number}",
        custodian_id=fonds.archives_id,  # type: ignore[attr-defined]
        origin_id=fonds.archives_id,  # type: ignore[attr-defined]
        fonds_id=fonds.pk,  # type: ignore[attr-defined]
        source=("bench", number),
        item_count=count,
        files=files,
        documents={},
        tell=partial(catalogue.tell, ctx, items),
    )
    catalogue.register(ctx, package=package, items=items)


def _told() -> tuple[set[tuple[object, ...]], ...]:
    """What must be as it was."""
    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody.models import ContentFile, Package

    files = ContentFile.objects.values_list("logical_path", "sha256", "sha512", "sm3", "size_bytes", "text")
    described = Description.objects.values_list(
        "pk", "reference_code", "title", "dated_on", "package__object_id"
    )
    packages = Package.objects.values_list("pk", "object_id", "version", "inventory_sha512")
    return set(files), set(described), set(packages)


def _switch_to_an_empty_database() -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {EMPTY}")
    connection.close()
    connection.settings_dict["NAME"] = EMPTY
    call_command("migrate", verbosity=0, interactive=False)


def _floor(home: Path) -> tuple[float, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy, (home / table).open("wb") as out:
                for piece in copy:
                    out.write(piece)
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
        began, worked = time.perf_counter(), _worked()
        for table in TABLES:
            with cursor.copy(f"COPY floor_{table} FROM STDIN") as copy:
                copy.write((home / table).read_bytes())
        return time.perf_counter() - began, _worked() - worked


if __name__ == "__main__":
    main()
