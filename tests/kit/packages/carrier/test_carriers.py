"""Carriers in the layout of 2012: written, read again, and everything that senders get wrong in them."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.packages.building import NameInvalid, TargetExists
from lantai.kit.packages.carrier import (
    CarrierReader,
    CarrierRow,
    NotACarrier,
    OutgoingCarrierItem,
    write_carrier,
)
from lantai.kit.packages.carrier.sent import open_sent
from lantai.kit.packages.listed_writing import Unencodable
from lantai.kit.packages.registry import PackageKind, find_package
from lantai.kit.packages.transfer import CodeInvalid, NothingToTransfer

DESCRIPTION = {
    "载体容量": "500 GB",
    "载体类型": "硬磁盘",
    "载体编号": "样例-001",
    "保管单位": "样例市档案馆",
    "制作单位": "样例局",
    "检查单位": "样例局",
    "读取载体所需软硬件环境": "无特殊要求",
}
VOLUMES = (CarrierRow(reference_code="X001-2026-0001", title="样例案卷㐀𠀀"),)


def item(number=1, *files, folders=("2026", "通知"), title="样例题名㐀𠀀", **metadata):
    code = f"X001-2026-0001-{number:03}"
    row = CarrierRow(
        reference_code=code, title=title, author="样例局", dated_on="20260301", classification="公开"
    )
    return OutgoingCarrierItem(row, folders, {"题名": [title], **metadata}, files or (("正文.txt", [b"1"]),))


def write(target, *items, **options):
    write_carrier(target, DESCRIPTION, items or (item(1), item(2)), **{"volumes": VOLUMES, **options})
    for manifest in target.glob("其他/manifest-*"):
        manifest.unlink()  # what a test changes afterwards would be one finding more
    return target


def read(folder):
    reader = CarrierReader(folder)
    items = list(reader.items())
    reader.finish()
    return SimpleNamespace(
        items=items,
        volumes=reader.volumes,
        description=reader.description,
        problems=reader.findings.as_tuple(),
    )


def codes(folder):
    return [problem.code for problem in read(folder).problems]


def change(path, old, new, encoding="utf-8"):
    text = path.read_bytes().decode(encoding)
    assert old in text
    path.write_bytes(text.replace(old, new).encode(encoding))


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_what_was_written_is_read_again(tmp_path, encoding):
    write_carrier(tmp_path / "c", DESCRIPTION, [item(1), item(2)], volumes=VOLUMES, encoding=encoding)
    package = read(tmp_path / "c")
    assert package.problems == ()
    assert package.description == DESCRIPTION
    assert [row.title for row in package.volumes] == ["样例案卷㐀𠀀"]
    assert [one.row.title for one in package.items] == ["样例题名㐀𠀀"] * 2
    assert [file.path for file in package.items[1].files] == [
        "电子档案/2026/通知/X001-2026-0001-002/正文.txt"
    ]
    assert package.items[0].metadata["题名"] == ("样例题名㐀𠀀",)


NAMES = st.text(st.sampled_from("样例㐀𠀀ab 1.（）、-"), min_size=1, max_size=8).map(
    lambda text: f"文{text}.txt"
)
TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and text and not set(text) & set("\ufffe\uffff")
)


@settings(max_examples=25)
@given(
    items=st.lists(
        st.tuples(
            TITLES,
            st.lists(st.sampled_from(["2026", "通知", "长期"]), max_size=2),
            st.dictionaries(NAMES, st.binary(max_size=50), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=4,
    ),
    encoding=st.sampled_from(["UTF-8", "GB18030"]),
)
def test_reading_is_the_inverse_of_writing(tmp_path_factory, items, encoding):
    target = tmp_path_factory.mktemp("carrier") / "c"
    outgoing = [
        item(number, *((name, [data]) for name, data in files.items()), folders=tuple(folders), title=title)
        for number, (title, folders, files) in enumerate(items, 1)
    ]
    write_carrier(target, DESCRIPTION, outgoing, encoding=encoding)
    package = read(target)
    assert not [problem for problem in package.problems if problem.severity == "error"]
    for sent, (title, _folders, files) in zip(package.items, items, strict=True):
        assert sent.row.title == title
        assert {f.path.rpartition("/")[2]: (target / f.path).read_bytes() for f in sent.files} == files


@pytest.mark.parametrize(
    "name", ["正文.txt", "正文", "2026/通知/X001-2026-0001-001/正文.txt", "X001-2026-0001-001", "ＴＥＸＴ"]
)
def test_the_name_of_a_record_may_be_written_in_many_ways(tmp_path, name):
    folder = write(tmp_path / "c", item(1, ("text.doc" if name == "ＴＥＸＴ" else "正文.txt", [b"1"])))
    path = folder / "文件目录.XML"
    path.write_text(re.sub("(<电子档案名称>)[^<]*", lambda found: found[1] + name, path.read_text()))
    (one,) = read(folder).items
    assert len(one.files) == 1
    assert codes(folder) == []


def test_levels_of_folders_may_be_dropped(tmp_path):
    folder = write(tmp_path / "c", item(1, folders=()))
    assert codes(folder) == []


def test_one_name_in_two_items_is_told_apart_by_the_reference_code(tmp_path):
    folder = write(tmp_path / "c")
    path = folder / "文件目录.XML"
    path.write_text(re.sub("(<电子档案名称>)[^<]*", r"\1正文.txt", path.read_text()))
    assert codes(folder) == []
    for one, name in (("001", "a"), ("002", "b")):
        (folder / f"电子档案/2026/通知/X001-2026-0001-{one}").rename(folder / f"电子档案/2026/通知/{name}")
    assert codes(folder).count("file-ambiguous") == 2


DEFECTS = [
    (lambda f: (f / "说明文件.TXT").unlink(), "description-missing"),
    (lambda f: change(f / "说明文件.TXT", "载体编号", "别的"), "description-key"),
    (lambda f: change(f / "说明文件.TXT", "载体容量: 500 GB", "没有冒号"), "description-line"),
    (lambda f: (f / "文件目录.XML").unlink(), "catalogue-missing"),
    (lambda f: change(f / "文件目录.XML", "</文件目录>", ""), "catalogue-broken"),
    (lambda f: change(f / "文件目录.XML", "文件目录>", "目录>"), "catalogue-root"),
    (lambda f: change(f / "案卷目录.XML", "案卷>", "文件>"), "catalogue-element"),
    (lambda f: change(f / "文件目录.XML", "<备注>", "<保管期限>1</保管期限><备注>"), "catalogue-element"),
    (lambda f: change(f / "文件目录.XML", "样例题名㐀𠀀", ""), "row-incomplete"),
    (
        lambda f: change(f / "文件目录.XML", "<档号>X001-2026-0001-002", "<档号>X001-2026-0001-001"),
        "row-twice",
    ),
    (lambda f: change(f / "文件目录.XML", "<顺序号>2", "<顺序号>5"), "row-sequence"),
    (lambda f: change(f / "文件目录.XML", "002/正文.txt", "002/没有.txt"), "file-missing"),
    (lambda f: change(f / "文件目录.XML", "002/正文.txt", "001/正文.txt"), "file-twice"),
    (lambda f: (f / "电子档案/多余.txt").write_text("x"), "file-unlisted"),
    (lambda f: next(f.rglob("*002元数据.XML")).unlink(), "metadata-missing"),
    (lambda f: change(next(f.rglob("*002元数据.XML")), "0001-002", "0001-009"), "metadata-differs"),
    (lambda f: next(f.rglob("*002元数据.XML")).write_text("<a>"), "metadata-broken"),
    (lambda f: change(f / "案卷目录.XML", "X001-2026-0001", "X001-2026-0002"), "volume-missing"),
    (lambda f: (f / "电子档案/链接").symlink_to("/etc/passwd"), "link"),
    (lambda f: (f / "电子档案/a\u202eb.txt").write_text("x"), "name"),
    (lambda f: change(f / "文件目录.XML", "<文件目录>", "<!DOCTYPE a><文件目录>"), "catalogue-broken"),
]


@pytest.mark.parametrize(
    ("spoil", "code"), DEFECTS, ids=[f"{n}-{code}" for n, (_, code) in enumerate(DEFECTS)]
)
def test_each_defect_is_named(tmp_path, spoil, code):
    folder = write(tmp_path / "c")
    assert codes(folder) == []
    spoil(folder)
    package = read(folder)
    assert code in [problem.code for problem in package.problems]
    assert all(str(problem) and problem.place for problem in package.problems)


def test_content_that_was_changed_differs_from_its_manifest(tmp_path):
    write_carrier(tmp_path / "c", DESCRIPTION, [item(1)])
    next((tmp_path / "c").rglob("正文.txt")).write_text("2")
    assert set(codes(tmp_path / "c")) == {"digest"}


def test_a_list_that_declares_another_encoding_than_it_has_is_read(tmp_path):
    folder = write(tmp_path / "c", encoding="GB18030")
    path = folder / "文件目录.XML"
    change(path, 'encoding="GB18030"', 'encoding="UTF-8"', "gb18030")
    package = read(folder)
    assert [problem.code for problem in package.problems] == ["catalogue-encoding"]
    assert package.items[0].row.title == "样例题名㐀𠀀"


def test_gb2312_with_characters_of_gb18030_is_read_and_told(tmp_path):
    folder = write(tmp_path / "c", encoding="GB18030")
    change(folder / "文件目录.XML", 'encoding="GB18030"', 'encoding="GB2312"', "gb18030")
    package = read(folder)
    assert [problem.code for problem in package.problems] == ["catalogue-encoding"]
    assert package.items[0].row.title == "样例题名㐀𠀀"


def test_a_text_that_gb2312_does_not_have_is_not_written_in_it(tmp_path):
    with pytest.raises(Unencodable):
        write_carrier(tmp_path / "c", DESCRIPTION, [item(1)], encoding="GB2312")
    assert not list(tmp_path.iterdir())
    write_carrier(tmp_path / "c", DESCRIPTION, [item(1, title="通知")], encoding="GB2312")
    assert codes(tmp_path / "c") == []


def test_only_what_can_be_read_again_is_written(tmp_path):
    write(tmp_path / "c")
    with pytest.raises(TargetExists):
        write_carrier(tmp_path / "c", DESCRIPTION, [item(1)])
    with pytest.raises(NothingToTransfer):
        write_carrier(tmp_path / "d", DESCRIPTION, [])
    with pytest.raises(CodeInvalid):
        write_carrier(tmp_path / "d", DESCRIPTION, [item(1), item(1)])
    with pytest.raises(NameInvalid):
        write_carrier(tmp_path / "d", DESCRIPTION, [item(1, ("a；b.txt", [b"1"]))])
    with pytest.raises(NotACarrier):
        read(tmp_path)


def test_the_intake_sees_items_files_and_leftovers(tmp_path):
    folder = tmp_path / "c"
    acts = {"业务行为": ["签发"], "行为时间": ["2026-03-01T09:00:00"], "责任者": ["样例局"]}
    write_carrier(
        folder, DESCRIPTION, [item(1, **acts), item(2)], volumes=VOLUMES, others=[("规则.txt", [b"x"])]
    )
    change(folder / "文件目录.XML", "002/正文.txt", "002/没有.txt")
    assert find_package(tmp_path).kind is PackageKind.CARRIER
    reader = open_sent(folder, "c")
    items = list(reader.items())
    loose = [file.path for file in reader.loose()]
    package = reader.package()
    assert [one.key for one, _files in items] == ["X001-2026-0001-001", "X001-2026-0001-002"]
    assert items[0][0].events == (("签发", "2026-03-01T09:00:00", "样例局"),)
    assert [(file.path, file.is_missing) for file in items[0][1]] == [
        ("c/电子档案/2026/通知/X001-2026-0001-001/正文.txt", False)
    ]
    assert [file.is_missing for file in items[1][1]] == [True]
    assert "c/其他/规则.txt" in loose
    facts = package.facts
    assert (facts.kind, facts.item_count) == ("carrier", 2)
    assert facts.extra_files == ("电子档案/2026/通知/X001-2026-0001-002/正文.txt",)
    assert len(facts.catalogue_problems) == 1
    assert package.of_item["X001-2026-0001-002"] == items[1][0].key


def test_a_file_that_a_manifest_lists_twice_is_told(tmp_path):
    write_carrier(tmp_path / "c", DESCRIPTION, [item(1)], volumes=VOLUMES)
    manifest = next((tmp_path / "c").glob("其他/manifest-*"))
    lines = manifest.read_bytes().splitlines(keepends=True)
    manifest.write_bytes(b"".join([lines[0], *lines]))
    assert "manifest-twice" in codes(tmp_path / "c")
