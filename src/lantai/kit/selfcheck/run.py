"""The whole self-check: a package on disk in, a report out; nothing is kept but what the report says."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from pathlib import Path

from pydantic import TypeAdapter

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_, Invalid
from lantai.kit.fourprops.engine import run
from lantai.kit.fourprops.facts import (
    AntivirusFacts,
    EnvironmentFacts,
    ItemFacts,
    PackageFacts,
    PackageProblem,
    Stopped,
    Subject,
)
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.scheme import Scheme, scheme_for
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.metadata import ElementScheme
from lantai.kit.packages.sent import SentFile, SentItem
from lantai.kit.selfcheck.facts import Looked, file_facts, item_facts
from lantai.kit.selfcheck.guessing import ITEMS_LOOKED_AT, guess_scheme
from lantai.kit.selfcheck.leftdigests import LeftDigests
from lantai.kit.selfcheck.pool import Pool, Worker, WorkerDied
from lantai.kit.selfcheck.sentlines import SentLines

SECONDS_A_PACKAGE = 3600.0
READER_MEMORY_MB, READER_OUTPUT_MB = 2048, 64 * 1024

Sent = tuple[SentItem, tuple[SentFile, ...]]
LookAt = Callable[[Iterable[tuple[Path, str]]], Iterator[Looked]]

_STOPPED = {
    Stopped.TIME: N_("读取信息包超过时限，已中止；请检查后重新打包，或分成几个包。"),
    Stopped.MEMORY: N_("读取信息包需要的内存超过限额，已中止；请分成几个包。"),
    Stopped.OUTPUT: N_("信息包展开的内容超过限额，已中止；请分成几个包。"),
    Stopped.CRASH: N_("读取信息包的程序崩溃，信息包可能经过恶意构造；请检查后重新打包。"),
}


class PackageUnreadable(Invalid):
    """The system would not let the package be read."""

    message = N_("无法读取“%(path)s”：%(reason)s")


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """A package that a confined reader has gone through: where its files lie, and the lines about them."""

    folder: Path
    lines: SentLines | None
    refusal: PackageProblem | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    folder: str = ""
    items: int = 0
    refusal: str = ""
    params: dict[str, str | int] | None = None
    os_error: str = ""
    path: str = ""


_ANSWER = TypeAdapter(_Answer)


def check_package(
    path: Path,
    *,
    environment: EnvironmentFacts,
    stage: Stage,
    scheme: Scheme | None = None,
    trust: CertificateTrust = NO_TRUST,
    antivirus: AntivirusFacts | None = None,
    processes: int = 1,
    pronom: Path | None = None,
) -> Report:
    """Test the package at ``path``, a folder, an archive or a catalogue, by ``scheme`` or the one that fits it.

    ``pronom`` is a folder or a signature file of another release of PRONOM than the installed one.

    A package that cannot be read fails the check of its structure (1-13) with the reason. Raises
    `PackageUnreadable` where the system refuses, and `Garbled`.
    """
    if antivirus is not None:
        environment = replace(environment, antivirus=antivirus)
    scratch = tempfile.TemporaryDirectory(prefix="lantai-check-")
    with scratch, Pool(trust, processes, pronom) as pool:  # which gets ready beside the reader
        if path.is_dir():
            pool.go_ahead(path.absolute())
        read = read_package(path, Path(scratch.name), trust)
        return check_read(read, environment, stage, scheme, pool.look_at)


def read_package(path: Path, out: Path, trust: CertificateTrust = NO_TRUST) -> ReadPackage:
    """Unpack and read the package in a confined process, which writes only below ``out``; ``trust`` is for the
    signatures that its layout carries.
    """
    worker = Worker(trust, memory_mb=READER_MEMORY_MB, output_mb=READER_OUTPUT_MB, opens_files=False)
    try:
        worker.read(path, out)
        answer = _ANSWER.validate_json(worker.answer(SECONDS_A_PACKAGE))
    except WorkerDied as died:
        return ReadPackage(path, None, PackageProblem(_STOPPED[died.why]))
    finally:
        worker.end()
    if answer.os_error:
        raise PackageUnreadable(path=answer.path or str(path), reason=answer.os_error)
    if answer.refusal:
        return ReadPackage(path, None, PackageProblem(answer.refusal, answer.params or {}))
    return ReadPackage(Path(answer.folder), SentLines(out))


def check_read(
    read: ReadPackage, environment: EnvironmentFacts, stage: Stage, scheme: Scheme | None, look_at: LookAt
) -> Report:
    """Test a package that was read; ``look_at`` opens its files."""
    if read.lines is None:
        problems = (read.refusal,) if read.refusal else ()
        package = PackageFacts(kind="unknown", structure_problems=problems, extra_files=())
        return run(Subject(stage, package, (), environment), scheme or scheme_for("document"))
    if scheme is None:
        scheme = scheme_for(guess_scheme(islice(read.lines.items(), ITEMS_LOOKED_AT)))
    sent = read.lines.package()
    environment = replace(environment, sent_at=environment.sent_at or sent.facts.made_at)
    left = LeftDigests(sent, read.folder)
    items = left.passing(gather(read.lines.items(), read.folder, look_at, scheme.elements))
    return run(Subject(stage, sent.facts, items, environment, left.package), scheme)


def gather(
    items: Iterable[Sent], folder: Path, look_at: LookAt, elements: ElementScheme
) -> Iterator[ItemFacts]:
    """Each item with what ``look_at`` found in its files; only a bounded number of items waits for it."""
    for has_content, some in groupby(items, key=_has_content):
        if has_content:
            yield from _opened(some, folder, look_at, elements)
        else:
            for item, sent in some:
                yield item_facts(item, map(file_facts, sent), elements)


def _has_content(sent: Sent) -> bool:
    return any(not file.is_missing for file in sent[1])


def _opened(
    items: Iterable[Sent], folder: Path, look_at: LookAt, elements: ElementScheme
) -> Iterator[ItemFacts]:
    """Items that all have a file to open: as many of them wait as ``look_at`` has taken files ahead."""
    waiting: deque[Sent] = deque()

    def files() -> Iterator[tuple[Path, str]]:
        for one in items:
            waiting.append(one)
            yield from ((folder / file.path, file.name) for file in one[1] if not file.is_missing)

    looked = look_at(files())
    for first in looked:
        item, sent = waiting.popleft()
        found = chain((first,), looked)
        facts = [file_facts(file) if file.is_missing else file_facts(file, next(found)) for file in sent]
        yield item_facts(item, facts, elements)
