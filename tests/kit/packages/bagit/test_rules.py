"""The rules of the public conformance suite, one small bag of our own for each."""

from __future__ import annotations

import hashlib
import unicodedata

import bagit as loc
import pytest

from lantai.kit.packages import bagit


def make(folder, manifest=None, *, version="0.97", files=None, encoding="UTF-8", **tags):
    """A bag as somebody else writes it: ``tags`` are further tag files, ``manifest`` the lines of one."""
    files = {"a.txt": b"one"} if files is None else files
    (folder / "data").mkdir(parents=True)
    for name, content in files.items():
        (folder / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / name).write_bytes(content)
    declaration = f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n"
    (folder / "bagit.txt").write_text(tags.pop("declaration", declaration), newline="")
    lines = manifest or [f"{sha(content)}  data/{name}" for name, content in files.items()]
    text = "".join(f"{line}\n" for line in lines)
    (folder / "manifest-sha256.txt").write_text(text, encoding=encoding, newline="")
    for name, text in tags.items():
        path = folder / f"{name.replace('_', '-')}.txt"
        path.write_text(text, encoding=encoding, newline="")
    return folder


def sha(content):
    return hashlib.sha256(content).hexdigest()


def judged(folder):
    """(codes of errors, codes of warnings)"""
    problems = bagit.validate_bag(folder)
    assert all("%(" not in str(problem) for problem in problems)
    return tuple({p.code for p in problems if p.severity == level} for level in ("error", "warning"))


GOOD = (set(), set())


@pytest.mark.parametrize("version", ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"])
def test_every_version_is_read(tmp_path, version):
    assert judged(make(tmp_path / "bag", version=version)) == GOOD


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "GB18030"])
def test_tag_files_are_read_in_their_encoding(tmp_path, encoding):
    name = "été.txt" if encoding == "ISO-8859-1" else "件.txt"
    made = make(tmp_path / "bag", files={name: b"1"}, encoding=encoding, bag_info=f"Title: {name}\n")
    assert judged(made) == GOOD
    assert bagit.read_bag(made).info == (("Title", name),)


def test_a_declared_encoding_that_is_not_the_real_one_is_an_error(tmp_path):
    made = make(tmp_path / "bag", bag_info="a: b\n")
    (made / "bag-info.txt").write_bytes("题名: 样例\n".encode("gb18030"))
    assert "encoding" in judged(made)[0]


@pytest.mark.parametrize(
    "declaration",
    [
        "\ufeffBagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
        "BagIt-Version: 0.97\n",
        "BagIt-Version: 97\nTag-File-Character-Encoding: UTF-8\n",
        "BagIt-Version: 1.0\nTag-File-Character-Encoding:  UTF-8\n",
        "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
    ],
)
def test_a_declaration_written_otherwise_is_an_error(tmp_path, declaration):
    assert "declaration" in judged(make(tmp_path / "bag", declaration=declaration))[0]


def test_a_version_that_does_not_exist_is_an_error(tmp_path):
    assert "version" in judged(make(tmp_path / "bag", version="1.1"))[0]


@pytest.mark.parametrize(
    ("version", "second", "verdict"),
    [
        ("0.97", b"one", (set(), {"listed-twice"})),
        ("0.97", b"two", ({"listed-twice"}, set())),
        ("1.0", b"one", ({"listed-twice"}, set())),
        ("1.0", b"two", ({"listed-twice"}, set())),
    ],
)
def test_a_file_listed_twice_was_once_allowed_if_both_lines_agree(tmp_path, version, second, verdict):
    lines = [f"{sha(b'one')}  data/a.txt", f"{sha(second)}  data/a.txt"]
    assert judged(make(tmp_path / "bag", lines, version=version)) == verdict


OUTSIDE = [
    *("../a.txt", "data/../../a.txt", "/etc/passwd", "~/a.txt", "~root/a.txt", "data/./../../a.txt"),
    *("C:\\a.txt", "%HOMEDRIVE%\\a.txt", "\\\\server\\a.txt", "data\\..\\a.txt", "a.txt"),
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_out_of_the_payload_is_an_error_in_a_manifest(tmp_path, path):
    lines = [f"{sha(b'one')}  data/a.txt", f"{sha(b'one')}  {path}"]
    assert "outside" in judged(make(tmp_path / "bag", lines))[0]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_out_of_the_payload_is_an_error_in_the_list_of_files_to_fetch(tmp_path, path):
    made = make(tmp_path / "bag", fetch=f"http://example.invalid/a.txt 3 {path}\n")
    assert "fetch" in judged(made)[0]


@pytest.mark.parametrize("written", ["*data/a.txt", "./data/a.txt"])
def test_paths_as_md5sum_writes_them_are_understood_and_told(tmp_path, written):
    assert judged(make(tmp_path / "bag", [f"{sha(b'one')} {written}"])) == (set(), {"odd-line"})


def test_one_name_in_two_normal_forms_is_a_warning_if_the_content_is_there(tmp_path):
    apart = unicodedata.normalize("NFD", "é.txt")
    lines = [f"{sha(b'1')}  data/é.txt", f"{sha(b'1')}  data/{apart}"]
    assert judged(make(tmp_path / "bag", lines, files={"é.txt": b"1"})) == (set(), {"same-name"})


def test_one_name_in_two_spellings_with_two_digests_lost_a_file(tmp_path):
    lines = [f"{sha(b'1')}  data/a.txt", f"{sha(b'2')}  data/A.txt"]
    assert judged(make(tmp_path / "bag", lines, files={"a.txt": b"1"})) == ({"digest"}, {"same-name"})


def test_a_system_file_may_stay_behind_and_the_count_say_so(tmp_path):
    lines = [f"{sha(b'one')}  data/a.txt", f"{sha(b'')}  data/.DS_Store"]
    made = make(tmp_path / "bag", lines, bag_info="Payload-Oxum: 3.2\n")
    assert judged(made) == (set(), {"system-file", "oxum"})
    (made / "bag-info.txt").write_text("Payload-Oxum: 3.3\n")
    assert judged(made)[0] == {"oxum"}


@pytest.mark.parametrize("value", ["3", "3.2", "4.1", "3.1 x", "３.１"])
def test_a_wrong_payload_oxum_is_an_error(tmp_path, value):
    assert "oxum" in judged(make(tmp_path / "bag", bag_info=f"Payload-Oxum: {value}\n"))[0]


def test_labels_may_come_again_and_go_on_over_lines(tmp_path):
    made = make(tmp_path / "bag", bag_info="Contact: a\nContact: b\n  c\n")
    assert bagit.read_bag(made).info == (("Contact", "a"), ("Contact", "b c"))


def test_every_manifest_lists_every_file_since_1_0(tmp_path):
    for version, verdict in (("0.97", GOOD), ("1.0", ({"unlisted"}, set()))):
        made = make(tmp_path / version, version=version, files={"a": b"1", "b": b"2"})
        (made / "manifest-sha1.txt").write_text(f"{hashlib.sha1(b'1').hexdigest()}  data/a\n")
        assert judged(made) == verdict


def test_a_manifest_of_an_unknown_algorithm_is_an_error(tmp_path):
    made = make(tmp_path / "bag")
    (made / "manifest-crc32.txt").write_text("352441c2  data/a.txt\n")
    assert "algorithm" in judged(made)[0]


def test_a_bag_in_a_bag_is_payload(tmp_path):
    inner = bagit.write_bag(tmp_path / "inner", [("a", [b"1"])])
    files = [(path.relative_to(tmp_path).as_posix(), path) for path in inner.rglob("*") if path.is_file()]
    assert bagit.read_bag(bagit.write_bag(tmp_path / "outer", files)).problems == ()


@pytest.mark.parametrize("version", ["0.97", "1.0"])
def test_both_versions_are_written_for_bagit_py_and_for_us(tmp_path, version):
    files = (
        [("甲/100%25.txt", [b"1"]), (" 前.txt", [b"2"])] if version == "1.0" else [("甲/100%.txt", [b"1"])]
    )
    made = bagit.write_bag(tmp_path / "bag", files, version=version, info=[("Title", "样例")])
    read = bagit.read_bag(made)
    assert (read.version, read.problems) == (version, ())
    assert {path.name for path in made.glob("*manifest-*")} == {
        f"{kind}-{name}.txt" for kind in ("manifest", "tagmanifest") for name in ("sha256", "sha512", "sm3")
    }
    assert version == "1.0" or loc.Bag(str(made)).is_valid()


def test_a_name_that_0_97_would_read_otherwise_is_not_written(tmp_path):
    with pytest.raises(bagit.NameInvalid):
        bagit.write_bag(tmp_path / "bag", [("a%0ab", [b""])], version="0.97")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("label", ["", " a", "a:b", "Payload-Oxum", "a\nb"])
def test_a_label_that_is_none_is_not_written(tmp_path, label):
    with pytest.raises(bagit.InfoInvalid):
        bagit.write_bag(tmp_path / "bag", [], info=[(label, "x")])
