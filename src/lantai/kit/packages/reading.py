"""A package from outside unpacked and read, as facts in files: what may run in a confined process.

Whoever calls it there trusts nothing that it writes: `SentItem`, `SentFile` and `SentPackage` say how the
lines look, and the caller holds them against that again. No list of a package goes through memory at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from lantai.kit.errors import N_, Invalid
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages.bagit import read_bag
from lantai.kit.packages.bagit.tagfiles import TagReader
from lantai.kit.packages.manifests import split_our_line
from lantai.kit.packages.problems import Findings, Problem, Severity
from lantai.kit.packages.registry import PackageKind, UnknownPackage, find_package
from lantai.kit.packages.transfer import TransferItem, TransferReader
from lantai.kit.packages.transfer.types import MANIFESTS
from lantai.kit.packages.unpack import Limits, UnpackRefused, unpack_open

LONGEST_KEY = 120
LONGEST_LINE_BYTES = 8 * 1024 * 1024
MOST_OF_PACKAGE_BYTES = 64 * 1024 * 1024

PACKAGE = "package"  # the folder that `unpack_into` makes
ITEMS, LOOSE, ABOUT = "items.jsonl", "loose.jsonl", "package.json"  # the files that `read_unpacked` makes

NOT_INSIDE_A_BAG = N_(
    "BagIt 包的 data 文件夹里没有 DA/T 93 的“说明文件.TXT”和“目录文件.XML”，不知道有哪些档案。"
)
OCFL_FROM_OUTSIDE = N_("OCFL 对象不能作为移交信息包提交，请按 DA/T 93 的目录结构重新打包。")

# Findings of the transfer reader by the check that answers for them; all others are of the structure (1-13).
_CATALOGUE = ("catalogue-", "row-", "count-", "range-", "description-")
_METADATA = ("metadata-broken", "metadata-differs", "metadata-twice")
_MANIFEST = ("manifest-", "digest")
_COUNT = re.compile(r"(\d+)\s*(?:件|卷)?", re.ASCII)


class FactsTooLarge(Invalid):
    """One item's description, or all that is wrong with the package, is more than is kept."""

    message = N_(
        "“%(place)s”的元数据或问题清单超过 %(most)d 字节，没有读取；请检查后重新打包，或分成几个包提交。"
    )


# Names of the refusals that speak of the package itself, not of the machine it is read on.
_OF_PACKAGE: tuple[type[Invalid], ...] = (
    UnknownPackage,
    FactsTooLarge,
    UnpackRefused,
    *UnpackRefused.__subclasses__(),
)
REFUSALS = frozenset(kind.__name__ for kind in _OF_PACKAGE)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender stated of a file: name, size and digests by algorithm."""

    name: str | None = None
    size_bytes: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file; ``path`` begins at the unpacked folder. One that is missing was only declared."""

    path: str
    name: str
    size_bytes: int
    declared: Declared = field(default_factory=Declared)
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class SentItem:
    """One item as sent; the lines of its ``file_count`` files come after it."""

    key: str
    reference_code: str
    title: str
    file_count: int
    metadata: Mapping[str, str | list[str]]
    row: Mapping[str, str]
    events: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SentPackage:
    """The package around the items; ``of_item`` leads from the place of a problem to the key of its item."""

    facts: PackageFacts
    of_item: Mapping[str, str] = field(default_factory=dict)


def unpack_into(path: str, out: str, limits: Mapping[str, int]) -> int:
    """Unpack the archive ``path`` into the new folder `PACKAGE` below ``out``; how many files came out.

    Raises what `lantai.kit.packages.unpack.unpack` raises; the folder is gone then.
    """
    with Path(path).open("rb") as archive:
        return len(unpack_open(archive, Path(out, PACKAGE), Limits(**limits)).files)


def read_unpacked(path: str, out: str) -> int:
    """Read the unpacked folder ``path`` and write its facts into ``out``; how many items there are.

    Raises `UnknownPackage` and `FactsTooLarge`. All else that is wrong is told among the facts.
    """
    folder = Path(path)
    found = find_package(folder)
    inside = found.folder.relative_to(folder).as_posix()
    with ExitStack() as stack:
        lines = _Lines(*(stack.enter_context(Path(out, name).open("xb")) for name in (ITEMS, LOOSE)))
        match found.kind:
            case PackageKind.TRANSFER:
                package = _read_transfer(found.folder, inside, lines)
            case PackageKind.BAGIT:
                package = _read_bag(found.folder, inside, lines)
            case PackageKind.OCFL_OBJECT:
                package = _broken(PackageFacts(kind="unknown"), OCFL_FROM_OUTSIDE)
    about = _encoded(package)
    if len(about) > MOST_OF_PACKAGE_BYTES:
        raise FactsTooLarge(place=found.folder.name, most=MOST_OF_PACKAGE_BYTES)
    Path(out, ABOUT).write_bytes(about)
    return lines.items


def _broken(facts: PackageFacts, message: str) -> SentPackage:
    return SentPackage(replace(facts, structure_problems=(PackageProblem(message),), extra_files=()))


class _Lines:
    """The items and files of a package, written as they come; ``held`` are the paths that items have."""

    def __init__(self, items: BinaryIO, loose: BinaryIO) -> None:
        self._items, self._loose = items, loose
        self.items = 0
        self.held: set[str] = set()

    def item(self, item: SentItem, files: Iterable[SentFile]) -> None:
        """Write one item and its files."""
        self.items += 1
        self._write(self._items, item, item.key)
        for file in files:
            self.held.add(file.path)
            self._write(self._items, file, file.path)

    def loose(self, file: SentFile) -> None:
        """Write a file that no item has."""
        if file.path not in self.held:
            self._write(self._loose, file, file.path)

    def _write(self, stream: BinaryIO, value: SentItem | SentFile, place: str) -> None:
        line = _encoded(value)
        if len(line) > LONGEST_LINE_BYTES:
            raise FactsTooLarge(place=place, most=LONGEST_LINE_BYTES)
        stream.write(line)


def _encoded(value: SentItem | SentFile | SentPackage) -> bytes:
    text = json.dumps(asdict(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def _read_bag(folder: Path, inside: str, lines: _Lines) -> SentPackage:
    bag = read_bag(folder)
    problems = tuple(map(_problem, bag.problems))
    oxum = dict(bag.info).get("Payload-Oxum", "").partition(".")
    facts = PackageFacts(
        kind="bagit",
        manifest_problems=problems,
        bytes=sum(file.size_bytes for file in bag.files),
        declared_bytes=_whole(oxum[0]),
        file_count=len(bag.files),
        declared_file_count=_whole(oxum[2]),
    )
    try:
        held = find_package(folder / "data")
    except UnknownPackage:
        return _broken(facts, NOT_INSIDE_A_BAG)
    if held.kind is not PackageKind.TRANSFER:
        return _broken(facts, NOT_INSIDE_A_BAG)
    within = held.folder.relative_to(folder).as_posix()
    read = _Transfer(held.folder, _joined(inside, within), _bag_digests(folder, f"{within}/"), lines)
    told = tuple(replace(problem, path=problem.path.removeprefix(f"{within}/")) for problem in problems)
    return read.package(_of_bag(read.facts(), facts, told))


def _of_bag(inner: PackageFacts, bag: PackageFacts, told: tuple[PackageProblem, ...]) -> PackageFacts:
    """The transfer's facts, where the bag answers for bytes and files."""
    return replace(
        inner,
        kind=bag.kind,
        manifest_problems=(*told, *(inner.manifest_problems or ())),
        bytes=bag.bytes,
        declared_bytes=bag.declared_bytes,
        file_count=bag.file_count,
        declared_file_count=bag.declared_file_count,
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _bag_digests(folder: Path, below: str) -> dict[str, dict[str, str]]:
    """Path in the transfer, which lies ``below`` the bag → algorithm → digest, as the bag's manifests say."""
    found: dict[str, dict[str, str]] = {}
    for manifest in TagReader(folder, _Unheard()).read().manifests:
        for path, digest in manifest.entries.items():
            if path.startswith(below):
                found.setdefault(path.removeprefix(below), {})[manifest.algorithm] = digest
    return found


class _Unheard(Findings):
    """The bag's reader has told these findings already."""

    def __init__(self) -> None:
        super().__init__({})

    def _add(self, code: str, place: str, params: dict[str, object], severity: Severity) -> None:
        return


def _read_transfer(folder: Path, inside: str, lines: _Lines) -> SentPackage:
    read = _Transfer(folder, inside, {}, lines)
    return read.package(read.facts())


class _Transfer:
    """Reads one transfer package into lines, item by item; then its facts are complete."""

    def __init__(
        self, folder: Path, inside: str, declared: Mapping[str, Mapping[str, str]], lines: _Lines
    ) -> None:
        self._inside = inside
        self._reader = TransferReader(folder)
        self._listed = _manifest_digests(folder)
        for path, digests in declared.items():
            self._listed.setdefault(path, {}).update(digests)
        self._sizes = {file.path: file.size_bytes for file in self._reader.files}
        self._of_item: dict[str, str] = {}
        self._write(lines)
        self._reader.finish()

    def _write(self, lines: _Lines) -> None:
        keys: set[str] = set()
        for number, sent in enumerate(self._reader.items(), 1):
            code = sent.row.reference_code.strip()
            key = code if code and code not in keys and len(code) <= LONGEST_KEY else f"#{number}"
            keys.add(key)
            files = tuple(self._files(sent))
            lines.item(_item(sent, key, len(files)), files)
            for place in (sent.folder, code[:LONGEST_KEY]):
                if place:
                    self._of_item.setdefault(place, key)
        for path, size in self._sizes.items():
            lines.loose(SentFile(_joined(self._inside, path), path.rpartition("/")[2], size))

    def _files(self, item: TransferItem) -> Iterator[SentFile]:
        names = item.metadata.get("计算机文件名", ())
        stated = dict(zip(names, item.metadata.get("计算机文件大小", ()), strict=False))
        for file in item.files:
            name = file.path.rpartition("/")[2]
            declared = Declared(
                name=name if name in names else None,
                size_bytes=_whole(stated.get(name, "")),
                digests=self._listed.get(file.path, {}),
            )
            yield SentFile(_joined(self._inside, file.path), name, self._sizes[file.path], declared)
        here = {file.path.rpartition("/")[2] for file in item.files}
        for name in names:
            if name not in here and item.folder:
                path = _joined(self._inside, f"{item.folder}/{name}")
                yield SentFile(path, name, 0, Declared(name=name), is_missing=True)

    def facts(self) -> PackageFacts:
        """The package around the items."""
        reader = self._reader
        problems = list(reader.findings)
        areas = {area: tuple(_problem(p) for p in problems if _area(p.code) == area) for area in _AREAS}
        has_manifest = any(file.path in MANIFESTS.values() for file in reader.files)
        stated = _COUNT.fullmatch(reader.description.get("档案数量", ""))
        files = [file for file in reader.files if file.path not in MANIFESTS.values()]
        return PackageFacts(
            kind="transfer",
            declared_item_count=_whole(stated[1]) if stated else None,
            item_count=reader.item_count,
            bytes=sum(file.size_bytes for file in files),
            declared_file_count=len(self._listed) if has_manifest else None,
            file_count=len(files),
            structure_problems=areas["structure"],
            catalogue_problems=areas["catalogue"],
            manifest_problems=areas["manifest"] if has_manifest else None,
            metadata_problems=areas["metadata"],
            extra_files=tuple(p.place for p in problems if p.code == _EXTRA),
            description=dict(reader.description),
            readable_metadata=not any(p.code == "metadata-broken" for p in problems),
        )

    def package(self, facts: PackageFacts) -> SentPackage:
        """``facts`` with the items that their problems belong to."""
        areas = (
            facts.structure_problems,
            facts.catalogue_problems,
            facts.manifest_problems,
            facts.metadata_problems,
        )
        places = {problem.path for problems in areas for problem in problems or ()}
        found = {place: item_of(place, self._of_item) for place in places}
        return SentPackage(facts, {place: key for place, key in found.items() if key})


_AREAS = ("structure", "catalogue", "manifest", "metadata")
_EXTRA = "file-unlisted"


def _area(code: str) -> str:
    if code == _EXTRA:
        return ""
    if code.startswith(_CATALOGUE):
        return "catalogue"
    if code.startswith(_MANIFEST):
        return "manifest"
    return "metadata" if code in _METADATA else "structure"


def item_of(place: str, of_item: Mapping[str, str]) -> str:
    """The key of the item that ``place`` (a path or a reference code) belongs to; "" for the package."""
    while place:
        if place in of_item:
            return of_item[place]
        place = place.rpartition("/")[0]
    return ""


def _joined(inside: str, path: str) -> str:
    return path if inside in ("", ".") else f"{inside}/{path}"


def _manifest_digests(folder: Path) -> dict[str, dict[str, str]]:
    """Path → algorithm → digest, as the manifests in 其他/ say; what is wrong with them the reader tells."""
    found: dict[str, dict[str, str]] = {}
    for algorithm, place in MANIFESTS.items():
        if not (folder / place).is_file():
            continue
        with (folder / place).open(encoding="utf-8", errors="replace", newline="\n") as stream:
            for line in stream:
                if pair := split_our_line(line.rstrip("\r\n")):
                    found.setdefault(pair[1], {})[algorithm] = pair[0]
    return found


def _problem(problem: Problem) -> PackageProblem:
    place = str(problem.params.get("found") or problem.place)
    is_error = problem.severity is Severity.ERROR
    return PackageProblem(problem.message, plain(problem.params), place, is_error=is_error)


def plain(params: Mapping[str, object]) -> dict[str, str | int]:
    """Values of a message as JSON keeps them."""
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}


def _item(item: TransferItem, key: str, file_count: int) -> SentItem:
    return SentItem(
        key=key,
        reference_code=item.row.reference_code.strip()[:LONGEST_KEY],
        title=item.metadata.get("题名", ("",))[0] or item.row.title,
        file_count=file_count,
        metadata={
            name: values[0] if len(values) == 1 else list(values) for name, values in item.metadata.items()
        },
        row=asdict(item.row),
        events=tuple(_events(item.metadata)),
    )


def _events(metadata: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Business acts (DA/T 46 M80 to M84): the n-th act has the n-th time; agents too, or one for all."""
    agents = metadata.get("机构人员名称") or metadata.get("责任者") or ("",)
    times = metadata.get("行为时间", ())
    for number, action in enumerate(metadata.get("业务行为", ())):
        at = times[number] if number < len(times) else ""
        yield action, at, agents[number] if number < len(agents) else agents[0]
