"""A transfer as it was sent: items, files and what the reader of its format found; nothing is judged yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lantai.apps.custody.types import FileRole
from lantai.kit.errors import N_, Refusal
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages.bagit import read_bag
from lantai.kit.packages.bagit.tagfiles import TagReader
from lantai.kit.packages.manifests import split_our_line
from lantai.kit.packages.problems import Findings, Problem, Severity
from lantai.kit.packages.registry import PackageKind, UnknownPackage, find_package
from lantai.kit.packages.transfer import TransferItem, TransferReader
from lantai.kit.packages.transfer.types import MANIFESTS

LONGEST_KEY = 120
NOT_INSIDE_A_BAG = N_(
    "BagIt 包的 data 文件夹里没有 DA/T 93 的“说明文件.TXT”和“目录文件.XML”，不知道有哪些档案。"
)
OCFL_FROM_OUTSIDE = N_("OCFL 对象不能作为移交信息包提交，请按 DA/T 93 的目录结构重新打包。")

# Findings of the transfer reader by the check that answers for them; all others are of the structure (1-13).
_CATALOGUE = ("catalogue-", "row-", "count-", "range-", "description-")
_METADATA = ("metadata-broken", "metadata-differs", "metadata-twice")
_MANIFEST = ("manifest-", "digest")
_COUNT = re.compile(r"(\d+)\s*(?:件|卷)?", re.ASCII)
_ATTACHMENT = re.compile(r"附件|附表|附图")
_HANDLING = re.compile(r"处理单|发文稿纸|阅办单|审批单")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file; ``declared`` holds what the sender stated of it: name, size_bytes, digests by algorithm."""

    path: str
    name: str
    size_bytes: int
    role: str
    declared: Mapping[str, object] = field(default_factory=dict)
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as sent; ``kind`` is a record kind's id where it is known."""

    key: str
    reference_code: str
    title: str
    files: tuple[ReadFile, ...]
    metadata: Mapping[str, object]
    row: Mapping[str, str] = field(default_factory=dict)
    events: tuple[tuple[str, str, str], ...] = ()
    kind_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """Everything that was read; ``of_item`` leads from a problem's place to the key of its item."""

    facts: PackageFacts
    items: tuple[ReadItem, ...] = ()
    loose_files: tuple[ReadFile, ...] = ()
    of_item: Mapping[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> ReadPackage:
    """A package that could not be opened at all: one problem of its structure, and nothing in it."""
    return _broken(PackageProblem(refusal.message, plain(refusal.params)))


def _broken(problem: PackageProblem) -> ReadPackage:
    facts = PackageFacts(kind="unknown", structure_problems=(problem,), extra_files=())
    return ReadPackage(facts)


def read_package(folder: Path) -> ReadPackage:
    """Read the package unpacked in ``folder``; raises `UnknownPackage`."""
    found = find_package(folder)
    match found.kind:
        case PackageKind.TRANSFER:
            return _read_transfer(found.folder, found.folder.relative_to(folder).as_posix())
        case PackageKind.BAGIT:
            return _read_bag(found.folder, found.folder.relative_to(folder).as_posix())
        case PackageKind.OCFL_OBJECT:
            return _broken(PackageProblem(OCFL_FROM_OUTSIDE))


def _read_bag(folder: Path, inside: str) -> ReadPackage:
    bag = read_bag(folder)
    problems = tuple(map(_problem, bag.problems))
    digests = _bag_digests(folder)
    payload = folder / "data"
    oxum = dict(bag.info).get("Payload-Oxum", "").partition(".")
    facts = PackageFacts(
        kind="bagit",
        manifest_problems=problems,
        bytes=sum(file.size_bytes for file in bag.files),
        declared_bytes=int(oxum[0]) if oxum[0].isdecimal() else None,
        file_count=len(bag.files),
        declared_file_count=int(oxum[2]) if oxum[2].isdecimal() else None,
    )
    try:
        held = find_package(payload)
    except UnknownPackage:
        held = None
    if held is None or held.kind is not PackageKind.TRANSFER:
        return ReadPackage(
            replace(facts, structure_problems=(PackageProblem(NOT_INSIDE_A_BAG),), extra_files=())
        )
    within = held.folder.relative_to(folder).as_posix()
    read = _read_transfer(held.folder, _joined(inside, within), digests, below=within)
    inner = read.facts
    told = (replace(problem, path=problem.path.removeprefix(f"{within}/")) for problem in problems)
    both = (*told, *(inner.manifest_problems or ()))
    return replace(
        read,
        facts=replace(
            inner,
            kind="bagit",
            manifest_problems=both,
            bytes=facts.bytes,
            declared_bytes=facts.declared_bytes,
            file_count=facts.file_count,
            declared_file_count=facts.declared_file_count,
        ),
    )


def _bag_digests(folder: Path) -> dict[str, dict[str, str]]:
    """Path in the bag → algorithm → digest, as its manifests say."""
    found: dict[str, dict[str, str]] = {}
    for manifest in TagReader(folder, _Unheard()).read().manifests:
        for path, digest in manifest.entries.items():
            found.setdefault(path, {})[manifest.algorithm] = digest
    return found


class _Unheard(Findings):
    """The bag's reader has told these findings already."""

    def __init__(self) -> None:
        super().__init__({})

    def _add(self, code: str, place: str, params: dict[str, object], severity: Severity) -> None:
        return


def _read_transfer(
    folder: Path, inside: str, declared: Mapping[str, Mapping[str, str]] | None = None, *, below: str = ""
) -> ReadPackage:
    reader = TransferReader(folder)
    taken = list(reader.items())
    reader.finish()
    listed = _manifest_digests(folder)
    for path, digests in (declared or {}).items():
        if path.startswith(f"{below}/"):
            listed.setdefault(path.removeprefix(f"{below}/"), {}).update(digests)
    sizes = {file.path: file.size_bytes for file in reader.files}
    items = tuple(_items(taken, sizes, listed, inside))
    held = {file.path for item in items for file in item.files}
    loose = tuple(
        ReadFile(_joined(inside, path), path.rpartition("/")[2], size, FileRole.METADATA)
        for path, size in sizes.items()
        if _joined(inside, path) not in held
    )
    of_item = _places(taken, items)
    return ReadPackage(_transfer_facts(reader, len(taken), listed), items, loose, of_item)


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


def _transfer_facts(reader: TransferReader, count: int, listed: Mapping[str, object]) -> PackageFacts:
    by_area: dict[str, list[PackageProblem]] = {
        "structure": [],
        "catalogue": [],
        "manifest": [],
        "metadata": [],
    }
    extra: list[str] = []
    for problem in reader.findings:
        if problem.code == "file-unlisted":
            extra.append(problem.place)
        else:
            by_area[_area(problem.code)].append(_problem(problem))
    has_manifest = any(file.path in MANIFESTS.values() for file in reader.files)
    stated = _COUNT.fullmatch(reader.description.get("档案数量", ""))
    files = [file for file in reader.files if file.path not in MANIFESTS.values()]
    return PackageFacts(
        kind="transfer",
        declared_item_count=int(stated[1]) if stated else None,
        item_count=count,
        bytes=sum(file.size_bytes for file in files),
        declared_file_count=len(listed) if has_manifest else None,
        file_count=len(files),
        structure_problems=tuple(by_area["structure"]),
        catalogue_problems=tuple(by_area["catalogue"]),
        manifest_problems=tuple(by_area["manifest"]) if has_manifest else None,
        metadata_problems=tuple(by_area["metadata"]),
        extra_files=tuple(extra),
        description=dict(reader.description),
        readable_metadata=not any(p.code == "metadata-broken" for p in reader.findings),
    )


def _area(code: str) -> str:
    if code.startswith(_CATALOGUE):
        return "catalogue"
    if code.startswith(_MANIFEST):
        return "manifest"
    return "metadata" if code in _METADATA else "structure"


def _problem(problem: Problem) -> PackageProblem:
    place = str(problem.params.get("found") or problem.place)
    return PackageProblem(
        problem.message, plain(problem.params), place, is_error=problem.severity is Severity.ERROR
    )


def plain(params: Mapping[str, object]) -> dict[str, str | int]:
    """Values of a message as JSON keeps them."""
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}


def _items(
    taken: Iterable[TransferItem],
    sizes: Mapping[str, int],
    listed: Mapping[str, Mapping[str, str]],
    inside: str,
) -> Iterator[ReadItem]:
    keys: set[str] = set()
    for number, item in enumerate(taken, 1):
        code = item.row.reference_code.strip()
        key = code if code and code not in keys and len(code) <= LONGEST_KEY else f"#{number}"
        keys.add(key)
        found = [file.path for file in item.files]
        yield ReadItem(
            key=key,
            reference_code=code[:LONGEST_KEY],
            title=item.metadata.get("题名", ("",))[0] or item.row.title,
            files=tuple(_files(item, found, sizes, listed, inside)),
            metadata={
                name: values[0] if len(values) == 1 else list(values)
                for name, values in item.metadata.items()
            },
            row={name: getattr(item.row, name) for name in item.row.__slots__},
            events=tuple(_events(item.metadata)),
        )


def _events(metadata: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Business acts (DA/T 46 M80 to M84): the n-th act has the n-th time; agents too, or one for all."""
    agents = metadata.get("机构人员名称") or metadata.get("责任者") or ("",)
    times = metadata.get("行为时间", ())
    for number, action in enumerate(metadata.get("业务行为", ())):
        at = times[number] if number < len(times) else ""
        yield action, at, agents[number] if number < len(agents) else agents[0]


def _files(
    item: TransferItem,
    found: list[str],
    sizes: Mapping[str, int],
    listed: Mapping[str, Mapping[str, str]],
    inside: str,
) -> Iterator[ReadFile]:
    names = item.metadata.get("计算机文件名", ())
    stated = dict(zip(names, item.metadata.get("计算机文件大小", ()), strict=False))
    for path in found:
        name = path.rpartition("/")[2]
        declared: dict[str, object] = {"digests": dict(listed.get(path, {}))}
        if name in names:
            declared["name"] = name
        if stated.get(name, "").isdecimal():
            declared["size_bytes"] = int(stated[name])
        yield ReadFile(_joined(inside, path), name, sizes[path], role_of(name), declared)
    here = {path.rpartition("/")[2] for path in found}
    for name in names:
        if name not in here and item.folder:
            path = _joined(inside, f"{item.folder}/{name}")
            yield ReadFile(path, name, 0, role_of(name), {"name": name}, is_missing=True)


def role_of(name: str) -> str:
    """What a file is within its item, by the words that agencies put into names; 正文 otherwise."""
    if _ATTACHMENT.search(name):
        return FileRole.ATTACHMENT
    return FileRole.HANDLING if _HANDLING.search(name) else FileRole.MAIN


def _places(taken: Iterable[TransferItem], items: Iterable[ReadItem]) -> dict[str, str]:
    """Folder or reference code → item key."""
    found: dict[str, str] = {}
    for sent, item in zip(taken, items, strict=True):
        for place in (sent.folder, item.reference_code):
            if place:
                found.setdefault(place, item.key)
    return found


def item_of(place: str, of_item: Mapping[str, str]) -> str:
    """The key of the item that ``place`` (a path or a reference code) belongs to; "" for the package."""
    while place:
        if place in of_item:
            return of_item[place]
        place = place.rpartition("/")[0]
    return ""
