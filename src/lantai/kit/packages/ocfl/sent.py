"""An OCFL object as somebody sends it: known, so that the sender is told, and not taken in."""

from __future__ import annotations

from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.packages.sent import NothingRead, SentReader

FROM_OUTSIDE = N_("OCFL 对象不能作为移交信息包提交，请按 DA/T 93 的目录结构重新打包。")


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether the folder says that it is an object of OCFL 1.x."""
    return any(name.startswith("0=ocfl_object_") for name in names)


def open_sent(_folder: Path, _inside: str) -> SentReader:
    """A reader that answers why nothing of it is read."""
    return NothingRead(PackageFacts(kind="unknown"), FROM_OUTSIDE)
