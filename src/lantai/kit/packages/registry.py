"""Which layout a folder is in, by what lies in it, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.sent import SentReader


class PackageKind(StrEnum):
    """The layouts that are known; each is read by the package of that name beside this module."""

    OCFL_OBJECT = "ocfl"
    BAGIT = "bagit"
    EARK = "eark"  # CSIP and SIP 2.x
    CARRIER = "carrier"  # annex 2 of the rules of 2012
    TRANSFER = "transfer"  # DA/T 93-2022
    EEP = "eep"  # DA/T 48-2009
    SPREADSHEET = "spreadsheet"  # folders and a catalogue of them
    CATALOGUE = "catalogue"  # a catalogue alone


class UnknownPackage(Invalid):
    """None of the marks of a known layout."""

    message = N_(
        "“%(name)s”不是能识别的档案包，没有找到下列任何一种标志：%(transfer)s；%(carrier)s；%(eep)s；"
        "%(bagit)s；%(eark)s；%(spreadsheet)s；%(catalogue)s；%(ocfl)s。请检查打包时是否多套或少套了一层文件夹。"
    )


class Opens(Protocol):
    """Opens the package in a folder, at its path inside the unpacked folder, for reading."""

    def __call__(self, folder: Path, inside: str, trust: CertificateTrust = ...) -> SentReader: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout: its name, its marks in words, and its reader.

    ``is_here`` is asked with a folder and the casefolded names of the files directly in it; ``open`` with
    the folder of the package, its path inside the unpacked folder and whom to trust with signatures.
    """

    kind: PackageKind
    title: str
    looked_for: str
    is_here: Callable[[Path, frozenset[str]], bool]
    open: Opens


@dataclass(frozen=True, slots=True)
class FoundPackage:
    """A package and the folder in which it really lies."""

    layout: Layout
    folder: Path

    @property
    def kind(self) -> PackageKind:
        """Which layout it is in."""
        return self.layout.kind


class _Reading(Protocol):
    """What the module ``sent`` of a layout holds."""

    @staticmethod
    def is_here(folder: Path, names: frozenset[str]) -> bool: ...
    @staticmethod
    def open_sent(folder: Path, inside: str) -> SentReader: ...


class _SignedReading(Protocol):
    """What it holds for the layouts of `_SIGNED`."""

    @staticmethod
    def open_sent(folder: Path, inside: str, *, trust: CertificateTrust) -> SentReader: ...


def _layout(kind: PackageKind, title: str, looked_for: str) -> Layout:
    """The layout read by the package ``kind`` beside this module, imported when a package is looked at."""

    def reading() -> _Reading:
        return cast(_Reading, import_module(_place(kind)))

    def opened(folder: Path, inside: str, trust: CertificateTrust = NO_TRUST) -> SentReader:
        if kind in _SIGNED:
            return cast(_SignedReading, reading()).open_sent(folder, inside, trust=trust)
        return reading().open_sent(folder, inside)

    return Layout(
        kind,
        title,
        looked_for,
        is_here=lambda folder, names: reading().is_here(folder, names),
        open=opened,
    )


def _place(kind: PackageKind) -> str:
    return f"{__package__}.{kind}.sent"


# Which carry signatures themselves, or hold packages that do.
_SIGNED = frozenset({PackageKind.EEP, PackageKind.BAGIT})

# Asked in this order: what says most plainly what it is comes first.
LAYOUTS: tuple[Layout, ...] = (
    _layout(PackageKind.OCFL_OBJECT, N_("OCFL 对象"), N_("0=ocfl_object_1.x（OCFL）")),
    _layout(PackageKind.BAGIT, N_("BagIt 包"), N_("bagit.txt（BagIt）")),
    _layout(PackageKind.EARK, N_("E-ARK 信息包"), N_("METS.xml（E-ARK）")),
    _layout(
        PackageKind.CARRIER,
        N_("2012 年办法的移交载体"),
        N_("“说明文件.TXT”和“文件目录.XML”“电子档案”（《电子档案移交与接收办法》附件 2）"),
    ),
    _layout(
        PackageKind.TRANSFER,
        N_("DA/T 93 移交信息包"),
        N_("“说明文件.TXT”和“目录文件.XML”（DA/T 93）"),
    ),
    _layout(PackageKind.EEP, N_("电子文件封装包"), N_("*.eep 或封装包 XML（DA/T 48）")),
    _layout(
        PackageKind.SPREADSHEET,
        N_("文件夹和目录表"),
        N_("目录表（xlsx、xls、ods、csv 或 xml）和其中所列的文件夹"),
    ),
    _layout(
        PackageKind.CATALOGUE,
        N_("单独的目录"),
        N_("单独一个目录表（xlsx、xls、ods、csv 或 xml）"),
    ),
)


def warm() -> None:
    """Load the readers of all layouts; a sandbox worker does it once, before it forks."""
    for kind in PackageKind:
        import_module(_place(kind))


def find_package(folder: Path) -> FoundPackage:
    """The package in ``folder``, or in the only folder inside it; raises `UnknownPackage`.

    A package may carry another one inside: the outermost layout is answered.
    """
    found = _found_at(folder) or _found_at(_only_folder_in(folder))
    if found is None:
        raise UnknownPackage(name=folder.name, **{one.kind.value: one.looked_for for one in LAYOUTS})
    return found


def _only_folder_in(folder: Path) -> Path | None:
    """The folder that lies alone in ``folder``, whatever an operating system left beside it."""
    inside = (
        [path for path in folder.iterdir() if not names.is_system_file(path.name)] if folder.is_dir() else []
    )
    alone = len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink()
    return inside[0] if alone else None


def _found_at(folder: Path | None) -> FoundPackage | None:
    if folder is None or not folder.is_dir():
        return None
    here = frozenset(path.name.casefold() for path in folder.iterdir() if path.is_file())
    layout = next((one for one in LAYOUTS if one.is_here(folder, here)), None)
    return FoundPackage(layout, folder) if layout else None
