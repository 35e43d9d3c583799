"""The compact list of files, and the table of digests."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.packages.found import FoundFile, FoundFiles, walk
from lantai.kit.packages.manifests import DigestTable

NAMES = st.sampled_from(["a", "a-", "a0", "a b", "件", "a.b", "z"])
TREES = st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), max_size=12)


def listed(folder, paths):
    """Files of one byte more each; a path that another needs as a folder is left out."""
    files = sorted(path for path in paths if not any(other.startswith(f"{path}/") for other in paths))
    for number, path in enumerate(files):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x" * number)
    return [FoundFile(path, number) for number, path in enumerate(files)]


@settings(max_examples=60)
@given(TREES)
def test_files_are_found_by_path_and_by_folder_as_a_plain_search_finds_them(tmp_path_factory, paths):
    folder = tmp_path_factory.mktemp("found")
    files = listed(folder, paths)
    found = FoundFiles(folder, lambda seen: None)
    assert list(found) == files and len(found) == len(files)
    assert found.byte_count == sum(file.size_bytes for file in files)
    for path in {*paths, "a", "z/z", ""} | {PurePosixPath(path).parts[0] for path in paths}:
        assert (path in found) is (path in [file.path for file in files])
        assert found.below(path) == tuple(file for file in files if file.path.startswith(f"{path}/"))


@settings(max_examples=30)
@given(TREES, st.lists(NAMES, max_size=4))
def test_what_is_not_taken_is_left(tmp_path_factory, paths, taken):
    folder = tmp_path_factory.mktemp("found")
    files = listed(folder, paths)
    found = FoundFiles(folder, lambda seen: None)
    for path in taken:
        found.take(path)
    gone = {file for file in files for path in taken if file.path == path or file.path.startswith(f"{path}/")}
    assert set(found.left()) == set(files) - gone
    assert all(found.is_taken(file.path) for file in gone)
    found.untake()
    assert list(found.left()) == files


def test_the_size_of_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(KeyError):
        FoundFiles(tmp_path, lambda seen: None).size_of("a")


def test_no_link_below_the_folder_is_followed_and_each_is_seen(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to("/etc")
    (tmp_path / "in" / "a").write_bytes(b"1")
    top, inside = walk(tmp_path)
    assert (top.folders, top.specials) == (("in",), ())
    assert (inside.files, inside.specials, inside.at("a")) == ((("a", 1),), ("out",), "in/a")
    assert list(walk(tmp_path / "nowhere")) == []


HEX = st.binary(min_size=4, max_size=8).map(bytes.hex)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["sha512", "sm3"]), HEX)))
def test_the_first_digest_of_a_path_counts(lines):
    table, told = DigestTable(), {}
    for path, algorithm, digest in lines:
        assert table.add(path, algorithm, digest) is ((path, algorithm) not in told)
        told.setdefault((path, algorithm), digest)
    for path, algorithm in told:
        assert table.of(path)[algorithm] == told[path, algorithm] and table.lists(path, algorithm)
    assert table.path_count == len({path for path, _algorithm in told})
