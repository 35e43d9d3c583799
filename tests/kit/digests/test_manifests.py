"""Manifest lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.digests import BadManifestLine, ManifestLine, is_safe_path, read_manifest, write_manifest

DIGEST = "a" * 64
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\0"), min_size=1, max_size=20)
paths = (
    st.lists(names, min_size=1, max_size=4).map("/".join).filter(lambda p: is_safe_path(p) and p[0].strip())
)


@given(st.lists(paths, unique=True, max_size=8))
def test_a_manifest_reads_back_as_it_was_written(some_paths):
    lines = [ManifestLine(DIGEST, path) for path in some_paths]
    written = list(write_manifest(lines, algorithm="sha256"))
    assert list(read_manifest(written, algorithm="sha256")) == lines


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"  data/a\n",
        DIGEST.encode() + b"\n",
        DIGEST[:-1].encode() + b"  data/a\n",
        b"g" * 64 + b"  data/a\n",
        DIGEST.encode() + b"  /etc/passwd\n",
        DIGEST.encode() + b"  data/../../a\n",
        DIGEST.encode() + b"  ~root/a\n",
        DIGEST.encode() + b"  C:/a\n",
        DIGEST.encode() + b"  data\\a\n",
        DIGEST.encode() + b"  data//a\n",
        DIGEST.encode() + b"  data/\xff\n",
        DIGEST.encode() + b"  " + b"a" * 9000 + b"\n",
    ],
)
def test_a_bad_line_is_refused(line):
    with pytest.raises(BadManifestLine):
        list(read_manifest([line], algorithm="sha256"))


def test_a_path_named_twice_is_refused():
    line = DIGEST.encode() + b"  data/a\n"
    with pytest.raises(BadManifestLine) as refused:
        list(read_manifest([line, line], algorithm="sm3"))
    assert "第 2 行" in str(refused.value)


def test_an_unsound_path_is_not_written():
    with pytest.raises(BadManifestLine):
        list(write_manifest([ManifestLine(DIGEST, "../a")], algorithm="sha256"))
