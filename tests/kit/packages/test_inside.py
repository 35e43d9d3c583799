"""No second oddity in a path hides that it leads out of its folder."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.packages import names


@pytest.mark.parametrize(
    "path", ["a\x01/../../x", "../x", "/x", "C:/x", "a\\..\\x", "a//x", "a/./x", "", "a\0b", "\ud800/../x"]
)
def test_a_path_that_leads_out_is_never_inside(path):
    assert not names.is_inside(path)


@given(
    st.lists(st.sampled_from(["a", "..", ".", "", "\x01", "件", "b\\c", "C:"]), min_size=1, max_size=6).map(
        "/".join
    )
)
def test_what_is_inside_stays_inside_wherever_it_is_put(path):
    if names.is_inside(path):
        folder = PurePosixPath("/quarantine")
        assert ".." not in (folder / path).parts and (folder / path).is_relative_to(folder)
