"""A good package and one defect at a time: what is done to it, and under which code and where it must be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lantai.kit.fourprops import EnvironmentFacts, Outcome, Stage
from tests.kit.selfcheck.checking import ENVIRONMENT
from tests.kit.selfcheck.samples import LAYOUTS, SampleItem, good_items, item

CODE = "Z109-WS·2011-Y-BGS-{:04d}".format
FOLDER = "Z109/2011/"
MAIN, ATTACHED = "正文.pdf", "附件1.pdf"

Spoil = Callable[[Path], object]


@dataclass(frozen=True)
class Defect:
    """``where`` are words that the place or the values of the finding must hold; "" is the whole package."""

    name: str
    code: str  # without the letters of the stage
    where: tuple[str, ...]
    layout: str = "transfer"
    items: Callable[[], list[SampleItem]] = good_items
    spoil: Spoil | None = None  # done to the folder that was written
    environment: Mapping[str, object] = field(default_factory=dict)
    outcome: Outcome = Outcome.FAIL
    stage: Stage = Stage.TRANSFER
    also: tuple[str, ...] = ()  # other codes under which the same defect must show

    def build(self, folder: Path) -> Path:
        """The spoiled package, in an empty folder."""
        package = LAYOUTS[self.layout](folder / "package", self.items())
        if self.spoil is not None:
            self.spoil(package)
        return package

    def surroundings(self) -> EnvironmentFacts:
        return replace(ENVIRONMENT, **self.environment)


def described(name: str, code: str, where: str, **changes: list[str] | None) -> Defect:
    """The second of three items has another description."""
    return Defect(name, code, (CODE(2), where), items=lambda: [item(1), item(2, **changes), item(3)])


def with_file(
    name: str, code: str, content: bytes, file: str = MAIN, *, rename: str = "", outcome: Outcome = Outcome.FAIL,
    also: tuple[str, ...] = (),
) -> Defect:  # fmt: skip
    """The second of three items has another content, under the same name or another."""

    def items() -> list[SampleItem]:
        sample = item(2)
        files = {
            rename or key if key == file else key: content if key == file else kept
            for key, kept in sample.files.items()
        }
        metadata = {
            **sample.metadata,
            "计算机文件名": list(files),
            "计算机文件大小": [str(len(one)) for one in files.values()],
        }
        return [item(1), replace(sample, files=files, metadata=metadata), item(3)]

    return Defect(name, code, (CODE(2), rename or file), items=items, outcome=outcome, also=also)


def tampered(
    name: str, code: str, where: str | tuple[str, ...], spoil: Spoil, layout: str = "transfer", **more
) -> Defect:
    """Something was done to the package after it was written."""
    return Defect(name, code, (where,) if isinstance(where, str) else where, layout, spoil=spoil, **more)


def around(
    name: str,
    code: str,
    where: str = "",
    *,
    outcome: Outcome = Outcome.FAIL,
    stage: Stage = Stage.TRANSFER,
    **environment,
) -> Defect:
    """The package is good; what is around it is not."""
    return Defect(name, code, (where,), environment=environment, outcome=outcome, stage=stage)


def the(name: str) -> Callable[[Path], Path]:
    """The only file of that name that belongs to the second item, or else to the package."""

    def find(package: Path) -> Path:
        found = sorted(path for path in package.rglob(name) if path.is_file() or path.is_dir())
        ours = [path for path in found if CODE(2) in path.as_posix()] or found
        return ours[0]

    return find


def delete(name: str) -> Spoil:
    return lambda package: the(name)(package).unlink()


def add(path: str, content: bytes = b"sample") -> Spoil:
    def spoil(package: Path) -> None:
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    return spoil


def edit(name: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Rewrite a file; a change that changes nothing would prove nothing."""

    def spoil(package: Path) -> None:
        path = the(name)(package)
        before = path.read_bytes()
        after = change(before)
        assert after != before, name
        path.write_bytes(after)

    return spoil


def swap(old: str, new: str, count: int = 1) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old.encode(), new.encode(), count)


def rename(name: str, new: str) -> Spoil:
    def spoil(package: Path) -> None:
        path = the(name)(package)
        path.rename(path.with_name(new))

    return spoil


def exchange(one: str, other: str) -> Spoil:
    """Two files change places."""

    def spoil(package: Path) -> None:
        first, second = the(one)(package), the(other)(package)
        kept = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(kept)

    return spoil


def flip(name: str) -> Spoil:
    """One bit in the middle of a file."""

    def change(data: bytes) -> bytes:
        middle = len(data) // 2
        return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]

    return edit(name, change)
