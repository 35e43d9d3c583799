"""Plain files without any description: each folder at the top is an item, and so is each file there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.numbering import Level, ReferenceCodeInvalid, normalise, parse
from lantai.kit.packages import names
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles
from lantai.kit.packages.sent import LONGEST_KEY, Keys, SentFile, SentItem, SentPackage, SentReader, joined

NAMELESS = N_("“%(place)s”的名称有问题：%(reason)s。")
SPECIAL = N_("“%(place)s”是链接或特殊文件。")
NO_FILES = N_("“%(place)s”里没有任何文件。")


def open_plain(folder: Path, inside: str) -> SentReader:
    """The files below ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _Plain(folder, inside)


class _Plain:
    def __init__(self, folder: Path, inside: str) -> None:
        self._inside = inside
        self._problems: list[PackageProblem] = []
        self._keys = Keys()
        self._count = 0
        self._files = FoundFiles(folder, self._look)

    def _look(self, seen: FolderSeen) -> None:
        for name in seen.specials:
            self._tell(SPECIAL, seen.at(name))
        for name in (*seen.folders, *(file for file, _size in seen.files)):
            if reason := names.trouble_with(name):
                self._tell(NAMELESS, names.shown(seen.at(name)), reason=reason)

    def _tell(self, message: str, place: str, **params: str | int) -> None:
        self._problems.append(PackageProblem(message, {"place": place, **params}, place))

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        here = ""
        for path in self._files.paths:
            top, slash, _rest = path.partition("/")
            if top != here and not names.is_system_file(top):
                here = top
                files = self._files.below(top) if slash else (FoundFile(path, self._files.size_of(path)),)
                yield self._item(top, files)

    def _item(self, name: str, files: tuple[FoundFile, ...]) -> tuple[SentItem, tuple[SentFile, ...]]:
        self._count += 1
        self._files.take(name)
        title = name if len(files) > 1 or files[0].path != name else Path(name).stem
        code = _code_in(title)
        item = SentItem(self._keys.give(code, name), code, title, len(files), {}, {})
        return item, tuple(self._sent(file) for file in files)

    def _sent(self, file: FoundFile) -> SentFile:
        return SentFile(joined(self._inside, file.path), file.path.rpartition("/")[2], file.size_bytes)

    def loose(self) -> Iterator[SentFile]:
        return map(self._sent, self._files.left())

    def package(self) -> SentPackage:
        if not self._count:
            self._tell(NO_FILES, self._inside)
        facts = PackageFacts(
            kind="plain",
            item_count=self._count,
            bytes=self._files.byte_count,
            file_count=len(self._files),
            structure_problems=tuple(self._problems),
            catalogue_problems=None,
            extra_files=(),
        )
        return SentPackage(facts, self._keys.of_problems(facts))


def _code_in(name: str) -> str:
    """``name`` where it is a 档号 (DA/T 22), otherwise nothing."""
    code = normalise(name)
    try:
        parse(code, Level.ITEM)
    except ReferenceCodeInvalid:
        return ""
    return code if len(code) <= LONGEST_KEY else ""
