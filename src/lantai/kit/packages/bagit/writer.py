"""Writing bags of BagIt 1.0 and 0.97 with SHA-256, SHA-512 and SM3 manifests, file by file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal, TextIO

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed, new_folder
from lantai.kit.packages.manifests import manifest_line

Version = Literal["1.0", "0.97"]
Algorithm = Literal["sha256", "sha512", "sm3"]
# SM3 is in no list of RFC 8493 §2.4, which allows others; the two of SHA-2 let every tool check the bag
ALGORITHMS: tuple[Algorithm, ...] = ("sha256", "sha512", "sm3")
_NO_PERCENT = N_("BagIt 0.97 不能表示含有 %0A、%0D 的名称")


class InfoInvalid(Invalid):
    """A label that bag-info.txt cannot carry, or that the writer works out itself."""

    message = N_("bag-info.txt 的标签“%(label)s”写法不对。")


def write_bag(
    target: Path,
    files: Iterable[tuple[str, Path | Source]],
    *,
    info: Iterable[tuple[str, str]] = (),
    version: Version = "1.0",
    algorithms: Iterable[Algorithm] = ALGORITHMS,
) -> Path:
    """Write ``files`` (path below data/, content) as a bag at ``target``, which must not exist.

    The bag appears whole or not at all, and no list of its files is held beyond their names. Raises
    `TargetExists`, `NameInvalid`, `InfoInvalid` and `StoreFull`.
    """
    with new_folder(target) as folder:
        (folder / "data").mkdir()
        with _Writing(folder, version, tuple(algorithms)) as writing:
            for path, source in files:
                writing.payload(path, source)
            writing.tags(info)
    return target


class _Writing:
    def __init__(self, folder: Path, version: Version, algorithms: tuple[Algorithm, ...]) -> None:
        if not algorithms:
            raise ValueError("a bag has at least one manifest")
        self._folder = folder
        self._version = version
        self._algorithms = algorithms
        self._keys: set[str] = set()
        self._octets = 0
        self._streams = ExitStack()
        self._manifests = self._open("manifest")

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_error: object) -> None:
        self._streams.close()

    def payload(self, path: str, source: Path | Source) -> None:
        reason = names.trouble_with(path) or self._unsayable(path)
        key = names.key_of(path)
        if reason or key in self._keys:
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        self._keys.add(key)
        digests, size = copy_hashed(source, self._folder / "data" / path)
        self._list(self._manifests, f"data/{path}", digests)
        self._octets += size

    def _unsayable(self, path: str) -> str:
        """Before 1.0 a percent sign stood for itself: a name with %0A in it would be read as a line end."""
        folded = path.upper()
        return _NO_PERCENT if self._version != "1.0" and ("%0A" in folded or "%0D" in folded) else ""

    def tags(self, info: Iterable[tuple[str, str]]) -> None:
        self._streams.close()
        declaration = f"BagIt-Version: {self._version}\nTag-File-Character-Encoding: UTF-8\n"
        (self._folder / "bagit.txt").write_bytes(declaration.encode())
        with (self._folder / "bag-info.txt").open("x", encoding="utf-8", newline="\n") as stream:
            for label, value in info:
                stream.write(_info_line(label, value))
            stream.write(f"Payload-Oxum: {self._octets}.{len(self._keys)}\n")
        tags = sorted(path.name for path in self._folder.iterdir() if path.is_file())
        with self._streams:
            manifests = self._open("tagmanifest")
            for name in tags:
                self._list(manifests, name, digest_file(self._folder / name)[0])

    def _open(self, kind: str) -> dict[Algorithm, TextIO]:
        return {
            name: self._streams.enter_context(self._new(f"{kind}-{name}.txt")) for name in self._algorithms
        }

    def _new(self, name: str) -> TextIO:
        return (self._folder / name).open("x", encoding="utf-8", newline="\n")

    def _list(self, manifests: dict[Algorithm, TextIO], path: str, digests: Digests) -> None:
        for algorithm, stream in manifests.items():
            digest = getattr(digests, algorithm)
            stream.write(manifest_line(digest, path) if self._version == "1.0" else f"{digest}  {path}\n")


def _info_line(label: str, value: str) -> str:
    is_sound = label and label == label.strip() and ":" not in label and label.isprintable()
    if not is_sound or label.casefold() == "payload-oxum":
        raise InfoInvalid(label=label)
    return f"{label}: {' '.join(value.split())}\n"
