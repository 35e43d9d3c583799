"""Writing a bag of BagIt 1.0 with SHA-512 and SM3 manifests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed, new_folder
from lantai.kit.packages.manifests import manifest_line

ALGORITHMS = ("sha512", "sm3")


def write_bag(
    target: Path, files: Iterable[tuple[str, Path | Source]], *, info: Iterable[tuple[str, str]] = ()
) -> Path:
    """Write ``files`` (path below data/, content) as a bag at ``target``, which must not exist.

    The bag appears whole or not at all. Raises `TargetExists`, `NameInvalid` and `StoreFull`.
    """
    with new_folder(target) as folder:
        (folder / "data").mkdir()
        _write(folder, files, info)
    return target


def _write(folder: Path, files: Iterable[tuple[str, Path | Source]], info: Iterable[tuple[str, str]]) -> None:
    payload: dict[str, Digests] = {}
    keys: set[str] = set()
    octets = 0
    for path, source in files:
        reason = names.trouble_with(path)
        if reason or names.key_of(path) in keys:
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        keys.add(names.key_of(path))
        payload[f"data/{path}"], size = copy_hashed(source, folder / "data" / path)
        octets += size
    labels = [*info, ("Payload-Oxum", f"{octets}.{len(payload)}")]
    (folder / "bagit.txt").write_bytes(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "bag-info.txt").write_text("".join(map(_info_line, labels)), encoding="utf-8", newline="\n")
    _manifests(folder, "manifest", payload)
    tags = {path.name: digest_file(path)[0] for path in folder.iterdir() if path.is_file()}
    _manifests(folder, "tagmanifest", tags)


def _info_line(pair: tuple[str, str]) -> str:
    label, value = pair
    if not label.strip() or label != label.strip() or ":" in label or not label.isprintable():
        raise Invalid(N_("bag-info.txt 的标签“%(label)s”写法不对。"), label=label)
    return f"{label}: {' '.join(value.split())}\n"


def _manifests(folder: Path, kind: str, digests: dict[str, Digests]) -> None:
    for algorithm in ALGORITHMS:
        with (folder / f"{kind}-{algorithm}.txt").open("x", encoding="utf-8", newline="\n") as stream:
            for path in sorted(digests):
                stream.write(manifest_line(getattr(digests[path], algorithm), path))
