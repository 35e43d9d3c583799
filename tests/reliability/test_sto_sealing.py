"""A sealing that is killed, finds no room or meets a broken disk at any call leaves nothing, or the whole object."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lantai.kit.packages import ocfl
from tests.crash import CALLS, MAKES, calls_of, struck

SEAL = """
import shutil
from datetime import UTC, datetime
from pathlib import Path
from lantai.kit.packages import ocfl

def seal(folder, name):
    with ocfl.ObjectWriter(Path(folder, name, "ocfl"), "urn:lantai:test") as writer:
        for number in range(2):
            writer.add(f"content/{number}.txt", [b"made-up content ", str(number).encode()])
        writer.finish(created=datetime(2026, 5, 6, tzinfo=UTC), message="sample", user_name="sample")

act = seal
def prepare(folder, names):
    seal(folder, "warm")  # so that everything is loaded
"""
ADD = (
    SEAL
    + """
def act(folder, name):
    with ocfl.ObjectWriter.new_version(Path(folder, name, "ocfl"), "urn:lantai:test") as writer:
        writer.add("content/2.txt", [b"more made-up content"])
        writer.finish(created=datetime(2026, 5, 7, tzinfo=UTC), message="sample", user_name="sample")

def prepare(folder, names):
    seal(folder, "warm")
    for name in names:
        shutil.copytree(Path(folder, "warm"), Path(folder, name))
    act(folder, "warm")
"""
)


@pytest.mark.parametrize("blow", ["error=EIO", "error=ENOSPC", "signal=KILL"])
@pytest.mark.parametrize("program", [SEAL, ADD], ids=["new", "version"])
def test_sto_49_a_sealing_struck_at_its_calls_leaves_nothing_or_the_whole(tmp_path, program, blow):
    strike(tmp_path, program, blow, every=4)


@pytest.mark.large
@pytest.mark.parametrize("blow", ["error=EIO", "error=ENOSPC", "signal=KILL"])
@pytest.mark.parametrize("program", [SEAL, ADD], ids=["new", "version"])
def test_sto_49_a_sealing_struck_at_each_of_all_its_calls_leaves_nothing_or_the_whole(
    tmp_path, program, blow
):
    strike(tmp_path, program, blow, every=1)


def test_sto_31_32_content_is_synced_read_back_and_only_then_named_and_the_name_is_synced(tmp_path):
    calls_of(SEAL, tmp_path)
    lines = (tmp_path / "calls").read_text(errors="replace").splitlines()
    content = [n for n, line in enumerate(lines) if re.search(r"write\(\d+, .made-up content ", line)]
    synced = next(n for n, line in enumerate(lines) if "syncfs(" in line)
    back = [
        n
        for n, line in enumerate(lines)
        if re.search(r"readv\(\d+, ..iov_base=.made-up content ", line) and n > synced
    ]
    named = [n for n, line in enumerate(lines) if "rename(" in line and "staging" in line.split(",")[0]]
    placed = next(n for n in named if "/staging/" not in lines[n].split(",")[1])
    after = [n for n, line in enumerate(lines) if "fsync(" in line and n > placed]
    assert len(content) == len(back) == 2 and max(content) < synced < min(back) < max(back) < placed
    assert after  # the folders that hold the new name


def strike(folder: Path, program: str, blow: str, *, every: int) -> None:
    (folder / "counted").mkdir()
    counts = calls_of(program, folder / "counted")
    calls = MAKES if "ENOSPC" in blow else CALLS
    cuts = struck(program, folder, blow, calls=calls, counts=counts, every=every)
    assert len(cuts) == -(-sum(counts.get(call, 0) for call in calls) // every) > 30 // every
    before, after = ([], ["v1"]) if program is SEAL else (["v1"], ["v2"])
    ends = {(cut.status, tuple(heads(folder / cut.name / "ocfl"))) for cut in cuts}
    assert {found for _status, found in ends} <= {tuple(before), tuple(after)}  # never a third thing
    assert (-9 if "KILL" in blow else 3, tuple(before)) in ends
    assert (0, tuple(before)) not in ends  # what was acknowledged is there


def heads(root: Path) -> list[str]:
    """The heads of the objects in a root, once everything in it was found valid and can be cleared up."""
    if not root.is_dir():
        return []
    for _folder, problems in ocfl.validate_root(root):
        assert [problem for problem in problems if problem.severity == "error"] == [], root
    ocfl.recover(root)
    staging = ocfl.staging_of(root)
    assert [path for path in staging.iterdir() if path.is_dir()] == [] if staging.is_dir() else True
    return [ocfl.open_object(folder).head for folder in ocfl.object_folders(root)]
