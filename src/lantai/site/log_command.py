"""``lantai log``: the published log kept as files, and leaves that a database lost taken back from there."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lantai.kit.errors import N_, Refusal

if TYPE_CHECKING:
    from lantai.kit.packages.journal import Segment
    from lantai.platform.ledger.models import Entry
    from lantai.platform.ledger.services.recovering import LogSource, Recovered


class NoSuchSource(Refusal):
    """Nothing was published there, or it cannot be read."""

    message = N_("“%(path)s”里没有发布的日志：%(why)s")


class NoSuchChain(Refusal):
    """No setting names this chain."""

    message = N_("设置中没有名为“%(name)s”的区块链。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    save = acts.add_parser("save", help="bring a folder up to the newest checkpoint, as C2SP tlog-tiles")
    save.add_argument("folder", type=Path)
    contract = acts.add_parser("contract", help="put the contract of anchors on a configured chain, once")
    contract.add_argument("chain", help="name of the chain in the settings")
    restore = acts.add_parser("restore", help="take back leaves that the database lost")
    restore.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="FOLDER|URL",
        help="a folder of `save`, or an address that serves the log, such as https://…/log",
    )
    restore.add_argument(
        "--journal",
        type=Path,
        metavar="STORE/ocfl",
        help="the storage root whose journal has the acts; default: our own",
    )
    restore.add_argument("--dry-run", action="store_true", help="only say what would come back")


def run(arguments: argparse.Namespace) -> int:
    """Do the act; 1 when acts stay lost, or the log is still shorter than what was signed."""
    from lantai.apps.custody import queries as custody
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.ledger import services as ledger

    if arguments.act == "contract":
        return _put_contract(arguments.chain)
    if arguments.act == "save":
        print(f"size: {ledger.publish(arguments.folder)}")
        return 0
    root = arguments.journal or custody.storage_root()
    found = ledger.restore_log(
        system_ctx(Channel.COMMAND),
        source=source_of(arguments.source),
        entries_of=Journal(root).entries,
        is_dry=arguments.dry_run,
    )
    _print(found, is_dry=arguments.dry_run)
    return int(bool(found.without_entry) or found.remembered > found.after)


def _put_contract(name: str) -> int:
    from lantai.platform.witness.services import anchoring

    setting = next((one for one in anchoring.chains() if one.name == name), None)
    if setting is None:
        raise NoSuchChain(name=name[:60])
    print(f"transaction: {anchoring.put_contract(setting)}")
    print("its receipt (eth_getTransactionReceipt) has the contractAddress for the setting")
    return 0


def mirror_now() -> None:
    """Bring the folder of the setting up to the newest checkpoint; the beat of the worker."""
    from django.conf import settings

    from lantai.platform.ledger import services as ledger

    if settings.LANTAI_LOG_MIRROR:
        ledger.publish(Path(settings.LANTAI_LOG_MIRROR))


def _print(found: Recovered, *, is_dry: bool) -> None:
    print(f"{'would restore' if is_dry else 'restored'}: {found.after - found.before} leaves")
    print(f"size: {found.before} -> {found.after}")
    print(f"with their acts: {found.with_entry}")
    print(f"acts lost, digests kept: {found.without_entry}")
    if found.remembered > found.after:
        print(f"still missing: this machine signed a checkpoint of {found.remembered} leaves")


def source_of(named: str) -> LogSource:
    """Where to read from; raises NoSuchSource."""
    return Served(named.rstrip("/")) if "://" in named else Saved(Path(named))


class Saved:
    """A folder in the layout of tlog-tiles."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def checkpoint(self) -> str:
        """The checkpoint that was saved last."""
        return self._read("checkpoint").decode("utf-8", "replace")

    def entries(self, index: int, width: int) -> bytes:
        """An entry bundle, the first part of a wider one where that is there."""
        from lantai.kit.evidence.tiles import entries_path

        return self._read(entries_path(index, width))

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise NoSuchSource(path=f"{self._folder}/{name}", why=error.strerror) from error


class Served:
    """An address that serves the log: a mirror, or another machine with a newer database."""

    def __init__(self, address: str) -> None:
        self._address = address

    def checkpoint(self) -> str:
        """The checkpoint that is served."""
        return self._get("checkpoint").decode("utf-8", "replace")

    def entries(self, index: int, width: int) -> bytes:
        """An entry bundle."""
        from lantai.kit.evidence.tiles import entries_path

        return self._get(entries_path(index, width))

    def _get(self, name: str) -> bytes:
        from lantai.platform.witness import wire

        answer = wire.get(f"{self._address}/{name}")
        if answer.status != 200:
            raise NoSuchSource(path=f"{self._address}/{name}", why=f"HTTP {answer.status}")
        return answer.body


class Journal:
    """The acts that the journal of a storage root tells of, by their leaves."""

    def __init__(self, root: Path) -> None:
        from lantai.kit.packages import journal

        self._segments = list(journal.segments(root)) if root.is_dir() else []

    def entries(self, first: int, end: int) -> Mapping[int, Entry]:
        """Those of a range of leaves; what an older program wrote, or no journal has, is not among them."""
        found: dict[int, Entry] = {}
        for segment in self._segments:
            if segment.first < end and first < segment.end:
                found |= {index: one for index, one in _told(segment) if first <= index < end}
        return found


def _told(segment: Segment) -> Iterator[tuple[int, Entry]]:
    from lantai.platform.ledger.models import Entry

    with segment.path.open(encoding="utf-8") as stream:
        for text in stream:
            line = json.loads(text)
            if line.get("t") != "ledger.entry":
                continue
            entry = Entry(pk=line["id"], **line["row"])
            entry.at = datetime.fromisoformat(line["row"]["at"])
            yield int(line["key"]), entry
