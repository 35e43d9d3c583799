"""The digest manifests that we put into 其他/, checked when a package carries them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from lantai.kit.digests import digest_file
from lantai.kit.packages import names
from lantai.kit.packages.found import FoundFiles
from lantai.kit.packages.listed import MANIFESTS
from lantai.kit.packages.manifests import DigestTable, OurLines, our_lines
from lantai.kit.packages.problems import Findings

_HEX_LENGTHS = {"sha512": 128, "sm3": 64}


def read_manifests(folder: Path, files: FoundFiles, findings: Findings) -> DigestTable:
    """What the manifests say that lie in ``folder``."""
    table = DigestTable()
    for algorithm, place in MANIFESTS.items():
        if place in files:
            table.algorithm(algorithm)
            _read(folder, algorithm, table, findings)
    return table


def check_manifests(
    folder: Path,
    files: FoundFiles,
    table: DigestTable,
    findings: Findings,
    left: Collection[str] = (),
) -> None:
    """Compare every file with every manifest there is; each file is read once, those ``left`` to others not at all."""
    lines = {algorithm: OurLines(folder / MANIFESTS[algorithm]) for algorithm in table.algorithms}
    for algorithm in table.algorithms:
        place = MANIFESTS[algorithm]
        for path in table.paths(algorithm):
            if path not in files or path in MANIFESTS.values():
                findings.error("manifest-missing", place, line=lines[algorithm].line_of(path), found=path)
        for path in files.paths:
            if path not in MANIFESTS.values() and not table.lists(path, algorithm):
                findings.error("manifest-unlisted", place, found=path)
    for path in files.paths:
        expected = table.of(path)
        if expected and path not in left and path not in MANIFESTS.values():
            digests, _size = digest_file(folder / path)
            for algorithm, digest in expected.items():
                if getattr(digests, algorithm) != digest:
                    line = lines[algorithm].line_of(path)
                    findings.error("digest", MANIFESTS[algorithm], line=line, found=path)


def _read(folder: Path, algorithm: str, table: DigestTable, findings: Findings) -> None:
    place = MANIFESTS[algorithm]
    try:
        for number, pair in our_lines(folder / place):
            is_sound = pair is not None and len(pair[0]) == _HEX_LENGTHS[algorithm]
            if pair is None or not is_sound or not names.is_inside(pair[1]):
                findings.error("manifest-line", place, line=number)
            elif not table.add(pair[1], algorithm, pair[0]):
                findings.error("manifest-twice", place, line=number, found=pair[1])
    except UnicodeDecodeError:
        findings.error("encoding", place)
