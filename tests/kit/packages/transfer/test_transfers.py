"""Transfer packages of DA/T 93: ours read back, and everything that senders get wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from lantai.kit.packages import building, transfer
from lantai.kit.packages.listed import by_name
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem
from lantai.kit.packages.transfer.sent import open_sent

SENDER = OutgoingDescription("样例移交单位", "样例：2019 年文书档案", "OFD 阅读器", {"载体编号": "样例-001"})
CODES = ["Z109-WS·2019-Y-BGS-0001", "Z109-WS·2019-Y-BGS-0002"]


def item(code, title="关于样例的通知", files=(("正文.ofd", [b"OFD"]), ("附件/表.xlsx", [b"PK"]))):
    row = CatalogueRow(
        reference_code=code,
        author="样例单位",
        title=title,
        dated_on="20190506",
        retention="永久",
        classification="",
        page_count="3",
        note="样例 <&>",
    )
    metadata = {
        "聚合层次": ["文件"],
        "题名": [title],
        "主题词": ["样例", "档案"],
        "立档单位名称": ["样例单位"],
        "全宗号": ["Z109"],
        "年度": ["2019"],
    }
    return OutgoingItem(row, "Z109", ("WS", "2019"), metadata, list(files))


@pytest.fixture(params=["UTF-8", "GB18030"])
def package(tmp_path, request):
    others = [("归档范围.txt", ["样例".encode()])]
    transfer.write_transfer(
        tmp_path / "包", SENDER, [item(code) for code in CODES], encoding=request.param, others=others
    )
    return tmp_path / "包"


def read(folder):
    reader = transfer.TransferReader(folder)
    items = list(reader.items())
    reader.finish()
    return SimpleNamespace(items=items, description=reader.description, problems=reader.findings.as_tuple())


def codes(folder, severity="error"):
    found = read(folder).problems
    assert all("%(" not in str(problem) for problem in found)
    return {problem.code for problem in found if problem.severity == severity}


def item_folder(package, number=0):
    return package / "Z109/WS/2019" / CODES[number]


def edit(path, old, new):
    encoding = "utf-8" if b"UTF-8" in path.read_bytes()[:60] else "gb18030"
    path.write_bytes(path.read_bytes().replace(old.encode(encoding), new.encode(encoding)))


def test_a_package_that_we_wrote_is_read_back_without_a_finding(package):
    found = read(package)
    assert found.problems == ()
    assert found.description["移交单位"] == "样例移交单位"
    assert found.description["起止档号"] == f"{CODES[0]}～{CODES[1]}"
    assert found.description["档案数量"] == "2"
    assert found.description["载体编号"] == "样例-001"
    assert [one.row.reference_code for one in found.items] == CODES
    assert found.items[0].row.note == "样例 <&>"
    assert {file.path.rpartition("/")[2] for file in found.items[0].files} == {"正文.ofd", "表.xlsx"}


def test_the_metadata_of_an_item_comes_flat_with_all_values(package):
    metadata = read(package).items[0].metadata
    assert metadata["主题词"] == ("样例", "档案")
    assert metadata["档号"] == (CODES[0],)
    assert (metadata["全宗号"], metadata["年度"]) == (("Z109",), ("2019",))
    assert metadata["立档单位名称"] == ("样例单位",)


def test_metadata_that_names_another_item_is_told_of_the_item_beside_which_it_lies(package):
    edit(item_folder(package) / f"{CODES[0]}元数据.XML", "BGS-0001", "BGS-0002")
    reader = open_sent(package, package.name)
    list(reader.items())
    told = reader.package()
    (problem,) = told.facts.metadata_problems
    assert told.of_item[problem.path] == CODES[0]


def test_the_layout_is_the_one_of_the_standard(package):
    assert {path.name for path in package.iterdir()} == {"说明文件.TXT", "目录文件.XML", "Z109", "其他"}
    assert {path.name for path in (package / "其他").iterdir()} == {
        "manifest-sha512.txt",
        "manifest-sm3.txt",
        "归档范围.txt",
    }
    assert (item_folder(package) / f"{CODES[0]}元数据.XML").is_file()


def test_a_changed_byte_is_named(package):
    (item_folder(package) / "正文.ofd").write_bytes(b"OFX")
    found = [p for p in read(package).problems if p.code == "digest"]
    assert len(found) == 2 and all("正文.ofd" in str(problem) for problem in found)


def test_a_missing_and_an_extra_file_are_named(package):
    (item_folder(package) / "正文.ofd").rename(item_folder(package) / "别的.ofd")
    assert codes(package) == {"manifest-missing", "manifest-unlisted"}


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda p: (p / "说明文件.TXT").unlink(), "description-missing"),
        (lambda p: (p / "说明文件.TXT").write_text("移交单位：样例\n档案数量: 3 件\n"), "count-differs"),
        (
            lambda p: (p / "说明文件.TXT").write_text(f"移交单位：样例\n档案数量: {'9' * 5000}\n"),
            "count-differs",
        ),
        (lambda p: (p / "说明文件.TXT").write_text("移交单位：样例\n"), "description-key"),
        (lambda p: (p / "说明文件.TXT").write_bytes(b"\xff\xfe\x00"), "encoding"),
        (lambda p: (p / "目录文件.XML").unlink(), "catalogue-missing"),
        (lambda p: (p / "目录文件.XML").write_text("<文件目录><文件>"), "catalogue-broken"),
        (lambda p: (p / "目录文件.XML").write_text("<!DOCTYPE x><文件目录/>"), "catalogue-broken"),
        (lambda p: (p / "目录文件.XML").write_text("<目录/>"), "catalogue-root"),
        (lambda p: edit(p / "目录文件.XML", "BGS-0002", "BGS-0001"), "row-twice"),
        (lambda p: edit(p / "目录文件.XML", "BGS-0002", "BGS-0003"), "folder-missing"),
        (lambda p: edit(p / "目录文件.XML", "BGS-0002", "BGS-0003"), "file-unlisted"),
        (lambda p: edit(p / "目录文件.XML", "关于样例的通知", ""), "row-incomplete"),
        (lambda p: (item_folder(p) / f"{CODES[0]}元数据.XML").unlink(), "metadata-missing"),
        (lambda p: (item_folder(p) / f"{CODES[0]}元数据.XML").write_text("<a"), "metadata-broken"),
        (
            lambda p: edit(item_folder(p) / f"{CODES[0]}元数据.XML", "BGS-0001", "BGS-9999"),
            "metadata-differs",
        ),
        (
            lambda p: [f.unlink() for f in item_folder(p).rglob("*.*") if "元数据" not in f.name],
            "content-missing",
        ),
        (lambda p: (p / "Z109" / CODES[0]).mkdir() or (p / "Z109" / CODES[0] / "x").touch(), "folder-twice"),
        (lambda p: (p / "Z109/link").symlink_to("/etc/passwd"), "link"),
        (lambda p: (item_folder(p) / "a\u202efdo.exe").touch(), "name"),
        (lambda p: (p / "其他/manifest-sm3.txt").write_text("x ../../etc/passwd\n"), "manifest-line"),
    ],
)
def test_what_a_sender_got_wrong_is_found(package, spoil, expected):
    spoil(package)
    assert expected in codes(package)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_names_in_another_case_the_capitals_are_read_however_the_disk_lists_them(
    package, monkeypatch, is_reversed
):
    expected = read(package).description
    (package / "说明文件.txt").write_text("移交单位：另一家\n")
    inside = sorted(package.iterdir(), reverse=is_reversed)
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(inside))
    assert by_name(package)["说明文件.txt"] == package / "说明文件.TXT"
    assert read(package).description == expected
    assert "same-name" in codes(package, "warning")


def test_a_code_with_another_dot_is_still_the_same_code(package):
    edit(package / "目录文件.XML", "·", "•")
    assert "folder-missing" not in codes(package)


def test_a_folder_that_is_no_package_is_refused(tmp_path):
    with pytest.raises(transfer.NotATransfer):
        read(tmp_path)


def test_items_are_read_one_after_the_other(package):
    reader = transfer.TransferReader(package)
    first = next(reader.items())
    assert first.row.reference_code == CODES[0]


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([], transfer.NothingToTransfer),
        ([item("")], transfer.CodeInvalid),
        ([item(CODES[0]), item(CODES[0])], transfer.CodeInvalid),
        ([item("a/b")], transfer.CodeInvalid),
        ([item(CODES[0], files=[("../x", [b""])])], building.NameInvalid),
        ([item(CODES[0], files=[("A.txt", [b""]), ("a.TXT", [b""])])], building.NameInvalid),
    ],
)
def test_what_cannot_be_written_leaves_no_package(tmp_path, items, refusal):
    with pytest.raises(refusal):
        transfer.write_transfer(tmp_path / "包", SENDER, items)
    assert list(tmp_path.iterdir()) == []


def test_content_is_taken_from_files_too(tmp_path):
    source = tmp_path / "源.ofd"
    source.write_bytes(b"OFD")
    transfer.write_transfer(tmp_path / "包", SENDER, [item(CODES[0], files=[("正文.ofd", source)])])
    (one,) = read(tmp_path / "包").items
    assert (tmp_path / "包" / one.files[0].path).read_bytes() == Path(source).read_bytes()
