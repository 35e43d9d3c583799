"""The digest manifests that we put into 其他/, checked when a package carries them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lantai.kit.digests import digest_file
from lantai.kit.packages import names
from lantai.kit.packages.manifests import split_our_line
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.transfer.types import MANIFESTS, TransferFile

_LONGEST_LINE = 16_384


def check_manifests(folder: Path, files: Sequence[TransferFile], findings: Findings) -> None:
    """Compare every file with every manifest there is; each file is read once."""
    present = {file.path for file in files}
    manifests = {
        algorithm: dict(_entries(folder, place, findings))
        for algorithm, place in MANIFESTS.items()
        if place in present
    }
    if not manifests:
        return
    payload = present - set(MANIFESTS.values())
    for algorithm, listed in manifests.items():
        for path in sorted(listed.keys() - payload):
            findings.error("manifest-missing", MANIFESTS[algorithm], found=path)
        for path in sorted(payload - listed.keys()):
            findings.error("manifest-unlisted", MANIFESTS[algorithm], found=path)
    for path in sorted(payload):
        expected = {algorithm: listed[path] for algorithm, listed in manifests.items() if path in listed}
        digests, _size = digest_file(folder / path)
        for algorithm, digest in expected.items():
            if getattr(digests, algorithm) != digest:
                findings.error("digest", MANIFESTS[algorithm], found=path)


def _entries(folder: Path, place: str, findings: Findings) -> Iterator[tuple[str, str]]:
    try:
        with (folder / place).open(encoding="utf-8", newline="\n") as stream:
            number = 0
            while line := stream.readline(_LONGEST_LINE):
                number += 1
                pair = split_our_line(line.removesuffix("\n").removesuffix("\r"))
                if pair is None or not names.is_inside(pair[1]):
                    findings.error("manifest-line", place, line=number)
                else:
                    yield pair[1], pair[0]
    except UnicodeDecodeError:
        findings.error("encoding", place)
