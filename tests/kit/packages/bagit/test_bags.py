"""Our own bags, judged by us and by bagit.py."""

from __future__ import annotations

import unicodedata

import bagit as loc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.packages import bagit, names


def codes(folder, severity="error"):
    return {problem.code for problem in bagit.validate_bag(folder) if problem.severity == severity}


@pytest.fixture
def bag(tmp_path):
    files = [("甲/通知.txt", [b"one"]), ("乙 .txt", [b"two"])]
    return bagit.write_bag(tmp_path / "bag", files, info=[("Source-Organization", "样例单位")])


def test_our_bag_is_valid_for_us_and_for_bagit_py(bag):
    read = bagit.read_bag(bag)
    assert read.is_valid and read.problems == ()
    assert set(read.algorithms) == {"sha256", "sha512", "sm3"}
    assert ("Source-Organization", "样例单位") in read.info
    assert {file.path for file in read.files} == {"data/甲/通知.txt", "data/乙 .txt"}
    assert loc.Bag(str(bag)).is_valid()


def test_a_percent_sign_and_a_line_end_in_a_name_survive(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("100%25.txt", [b"1"])])
    assert b"data/100%2525.txt" in (made / "manifest-sm3.txt").read_bytes()
    assert bagit.read_bag(made).problems == ()


def test_a_changed_byte_is_named(bag):
    (bag / "data/甲/通知.txt").write_bytes(b"onf")
    found = [problem for problem in bagit.validate_bag(bag) if problem.code == "digest"]
    assert {problem.place for problem in found} == {
        f"manifest-{name}.txt" for name in ("sha256", "sha512", "sm3")
    }
    assert all("甲/通知.txt" in str(problem) for problem in found)


def test_a_missing_and_an_extra_file_are_named(bag):
    (bag / "data/甲/通知.txt").rename(bag / "data/别的.txt")
    assert codes(bag) == {"missing", "unlisted"}


def test_a_changed_tag_file_is_found(bag):
    (bag / "bag-info.txt").write_text("Payload-Oxum: 6.2\n")
    assert codes(bag) == {"digest"}


def test_a_link_in_a_bag_is_an_error(bag):
    (bag / "data/link").symlink_to("/etc/passwd")
    assert "link" in codes(bag)


def test_names_that_only_differ_in_case_are_a_warning(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("a.txt", [b"1"])])
    (made / "data/A.txt").write_bytes(b"1")
    for name in ("manifest-sha256.txt", "manifest-sha512.txt", "manifest-sm3.txt"):
        with (made / name).open("r+") as stream:
            stream.write(stream.read().replace("a.txt", "A.txt"))
    assert "same-name" in codes(made, "warning")


def test_a_manifest_in_another_normal_form_still_means_the_file(tmp_path):
    composed, apart = "é.txt", unicodedata.normalize("NFD", "é.txt")
    made = bagit.write_bag(tmp_path / "bag", [(composed, [b"1"])])
    (made / "data" / composed).rename(made / "data" / apart)
    assert codes(made) == set()
    assert "written-otherwise" in codes(made, "warning")


def test_a_system_file_is_a_warning(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("Thumbs.db", [b"1"])])
    assert (codes(made), codes(made, "warning")) == (set(), {"system-file"})
    (made / "data/Thumbs.db").unlink()
    assert "missing" not in codes(made)


def test_a_file_that_must_be_fetched_is_an_error(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("a.txt", [b"1"])])
    (made / "fetch.txt").write_text("http://example.invalid/a - data/a.txt\n")
    (made / "data/a.txt").unlink()
    assert "to-fetch" in codes(made)


def test_a_folder_that_is_no_bag_is_refused(tmp_path):
    with pytest.raises(bagit.NotABag):
        bagit.read_bag(tmp_path)


def test_a_bag_is_not_written_over_anything(bag):
    with pytest.raises(bagit.TargetExists):
        bagit.write_bag(bag, [])


@pytest.mark.parametrize("name", ["../a", "/a", "a\\b", "C:a", "con.txt", "a\u202etxt.exe", "a ", "长" * 90])
def test_a_bad_name_leaves_no_bag(tmp_path, name):
    with pytest.raises(bagit.NameInvalid):
        bagit.write_bag(tmp_path / "bag", [("好.txt", [b""]), (name, [b""])])
    assert list(tmp_path.iterdir()) == []


PATHS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(
    lambda path: not names.trouble_with(path)
)


@settings(max_examples=25)
@given(st.dictionaries(PATHS, st.binary(max_size=20), max_size=4))
def test_what_was_bagged_is_read_back(tmp_path_factory, files):
    if len({names.key_of(path) for path in files}) < len(files) or any("/" in path for path in files):
        return
    made = bagit.write_bag(tmp_path_factory.mktemp("bags") / "bag", [(p, [d]) for p, d in files.items()])
    read = bagit.read_bag(made)
    assert read.is_valid
    assert {f.path: f.size_bytes for f in read.files} == {f"data/{p}": len(d) for p, d in files.items()}
