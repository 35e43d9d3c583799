from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.digests import digest_bytes
from lantai.kit.packages.building import NameInvalid
from lantai.kit.packages.catalogue.writer import Form
from lantai.kit.packages.registry import PackageKind, find_package
from lantai.kit.packages.sent import SentFile, SentItem, SentPackage
from lantai.kit.packages.spreadsheet.writer import write_spreadsheet
from lantai.kit.packages.transfer import CatalogueRow, CodeInvalid, OutgoingItem
from lantai.kit.tabular import write_csv
from tests.kit.packages.catalogue.making import code

HEADINGS = ("档号", "题名", "责任者", "日期", "保管期限")


def cells(number: int, *more: str) -> list[str]:
    return [code(number), "样例通知", "样例单位", "20110305", "30年", *more]


def lay(folder: Path, files: dict[str, bytes], rows: list[list[str]], *more: str) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    write_csv(folder / "移交目录.csv", [*HEADINGS, *more], rows)
    return folder


Read = tuple[dict[str, tuple[SentFile, ...]], list[SentItem], list[SentFile], SentPackage]


def read(folder: Path) -> Read:
    found = find_package(folder)
    assert found.kind is PackageKind.SPREADSHEET
    reader = found.layout.open(found.folder, "")
    pairs = list(reader.items())
    loose = list(reader.loose())
    files = {item.reference_code: files for item, files in pairs}
    return files, [item for item, _files in pairs], loose, reader.package()


def told(package: SentPackage) -> list[str]:
    facts = package.facts
    areas = (facts.structure_problems, facts.catalogue_problems, facts.manifest_problems)
    found = [problem for problems in areas for problem in problems or ()]
    assert all("%" not in problem.message % problem.params for problem in found)
    return [f"{problem.path}: {problem.message % problem.params}" for problem in found]


def test_files_are_found_in_a_folder_named_after_the_code_whatever_its_signs(tmp_path: Path) -> None:
    folder = code(1).replace("·", ".")
    lay(tmp_path, {f"2011/{folder}/正文.pdf": b"1", f"2011/{folder}/附件/表.xls": b"2"}, [cells(1)])
    files, _items, loose, package = read(tmp_path)
    assert {file.name: file.role for file in files[code(1)]} == {"正文.pdf": "main", "表.xls": "attachment"}
    assert loose == [] and told(package) == []


def test_files_are_found_by_a_name_that_begins_with_the_code(tmp_path: Path) -> None:
    names = [
        f"扫描/{code(1)}.pdf",
        f"扫描/{code(1)}-1 附件.pdf",
        f"扫描/{code(1)}1.pdf",
        f"扫描/{code(2)}.pdf",
    ]
    lay(tmp_path, {name: name.encode() for name in names}, [cells(1), cells(2)])
    files, _items, loose, package = read(tmp_path)
    assert [(file.path, file.role) for file in files[code(1)]] == [
        (names[1], "attachment"),
        (names[0], "main"),
    ]
    assert [file.path for file in files[code(2)]] == [names[3]]
    assert [file.path for file in loose] == [names[2]]
    assert package.facts.extra_files == (names[2],)


def test_files_are_found_by_the_item_number_of_a_flat_folder(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"原文/0001.pdf": b"1", "原文/0002-1.pdf": b"2", "原文/0002.pdf": b"3"},
        [cells(1), cells(2)],
    )
    files, _items, _loose, package = read(tmp_path)
    assert [len(files[code(number)]) for number in (1, 2)] == [1, 2]
    assert told(package) == []


def test_two_folders_of_one_number_are_told_apart_by_the_year_or_not_at_all(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"2010/0001.pdf": b"1", "2011/0001.pdf": b"2", "a/0002.pdf": b"", "b/0002.pdf": b""},
        [cells(1), cells(2)],
    )
    files, _items, _loose, package = read(tmp_path)
    assert [file.path for file in files[code(1)]] == ["2011/0001.pdf"]
    assert files[code(2)] == () and "没有找到文件" in told(package)[0]


def test_a_path_column_is_followed_with_its_foreign_signs(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"甲/一.pdf": b"1", "甲/二.PDF": b"2", "乙/三.pdf": b"3", "丙/四.pdf": b"4"},
        [
            cells(1, "甲\\一.pdf；甲/二.pdf"),
            cells(2, "D:\\扫描\\乙\\三.pdf"),
            cells(3, "丙"),
        ],
        "文件路径",
    )
    files, _items, loose, package = read(tmp_path)
    assert [file.path for file in files[code(1)]] == ["甲/一.pdf", "甲/二.PDF"]
    assert [file.path for file in files[code(2)]] == ["乙/三.pdf"]
    assert [file.path for file in files[code(3)]] == ["丙/四.pdf"]
    assert loose == [] and told(package) == []


def test_missing_outside_ambiguous_and_twice_claimed_paths_are_told(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"甲/一.pdf": b"1", "乙/一.pdf": b"2", "丙/五.pdf": b"5"},
        [
            cells(1, "无.pdf"),
            cells(2, "../外.pdf"),
            cells(3, "一.pdf"),
            cells(4, "甲/一.pdf"),
            cells(5, "甲/一.pdf"),
        ],
        "文件路径",
    )
    files, _items, _loose, package = read(tmp_path)
    said = "\n".join(told(package))
    for words in ("“无.pdf”在包里没有", "指向包的外面", "在包里有 2 个", "和另一条记录同时引用"):
        assert words in said
    assert [file.is_missing for file in files[code(1)]] == [True]
    assert files[code(2)] == ()
    missing = next(
        problem for problem in package.facts.manifest_problems or () if "无.pdf" in str(problem.params)
    )
    assert package.of_item[missing.path] == code(1)


def test_two_folders_named_after_one_code_are_told_and_neither_is_taken(tmp_path: Path) -> None:
    lay(tmp_path, {f"a/{code(1)}/x.pdf": b"1", f"b/{code(1)}/x.pdf": b"2"}, [cells(1)])
    files, _items, loose, package = read(tmp_path)
    assert files[code(1)] == () and len(loose) == 2
    assert "不止一个同名的文件夹" in told(package)[0]


def test_digests_of_every_kind_are_read_and_weak_ones_said_to_be_weak(tmp_path: Path) -> None:
    data = b"content"
    digests = digest_bytes(data)
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    lay(
        tmp_path,
        {f"{number}.pdf": data for number in range(1, 6)},
        [
            cells(1, "1.pdf", md5.upper()),
            cells(2, "2.pdf", digests.sm3),  # of 64 digits, as SHA-256 is
            cells(3, "3.pdf", f"SHA-512:{digests.sha512}"),
            cells(4, "4.pdf", "0" * 32),
            cells(5, "5.pdf", "不是摘要"),
        ],
        "文件路径",
        "摘要值",
    )
    files, _items, _loose, package = read(tmp_path)
    assert files[code(1)][0].declared.digests == {"md5": md5}
    assert files[code(2)][0].declared.digests == {"sm3": digests.sm3}
    assert files[code(3)][0].declared.digests == {"sha512": digests.sha512}
    said = told(package)
    assert len(said) == 3
    assert any("“4.pdf”" in line and "MD5 摘要不一致" in line for line in said)
    assert any("不是 MD5、SHA 或 SM3 摘要" in line for line in said)
    assert any("2 个文件只给了 MD5 摘要" in line for line in said)


def test_attachments_that_the_catalogue_names_are_handed_on(tmp_path: Path) -> None:
    lay(tmp_path, {f"{code(1)}/正文.pdf": b"1"}, [cells(1, "样例表一；样例表二")], "附件题名")
    _files, items, _loose, _package = read(tmp_path)
    assert items[0].attachments == ("样例表一", "样例表二")


def outgoing(number: int, *files: tuple[str, bytes]) -> OutgoingItem:
    values = CatalogueRow("", code(number), "样例单位", f"样例{number}", "20110305", "30年", "公开", "3", "")
    return OutgoingItem(values, "Z109", ("WS", "2011"), {}, [(name, [data]) for name, data in files])


@pytest.mark.parametrize("form", ["xlsx", "csv", "xml"])
def test_folders_with_a_catalogue_are_read_as_they_were_written(tmp_path: Path, form: Form) -> None:
    sent = [outgoing(1, ("正文.pdf", b"main"), ("附件1.xlsx", b"more")), outgoing(2, ("扫描.tif", b"page"))]
    written = write_spreadsheet(tmp_path / "包", sent, form=form)
    assert (written.item_count, written.file_count, written.byte_count) == (2, 3, 12)
    files, items, loose, package = read(tmp_path / "包")
    assert [item.title for item in items] == ["样例1", "样例2"]
    assert [(file.name, file.role) for file in files[code(1)]] == [
        ("正文.pdf", "main"),
        ("附件1.xlsx", "attachment"),
    ]
    declared = files[code(2)][0].declared
    assert declared.size_bytes == 4 and declared.digests["sm3"] == digest_bytes(b"page").sm3
    assert loose == [] and told(package) == []
    assert (package.facts.file_count, package.facts.declared_file_count, package.facts.bytes) == (3, 3, 12)


def test_a_linked_file_is_the_same_file_and_a_copied_one_is_not(tmp_path: Path) -> None:
    source = tmp_path / "源.pdf"
    source.write_bytes(b"x")
    item = OutgoingItem(outgoing(1).row, "", (), {}, [("源.pdf", source)])
    for may_link in (True, False):
        target = tmp_path / f"包{may_link}"
        write_spreadsheet(target, [item], may_link=may_link)
        assert (target / code(1) / "源.pdf").samefile(source) is may_link


def test_codes_and_names_that_cannot_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(CodeInvalid):
        write_spreadsheet(tmp_path / "包", [outgoing(1), outgoing(1)])
    with pytest.raises(NameInvalid):
        write_spreadsheet(tmp_path / "包", [outgoing(1, ("a.pdf", b""), ("A.pdf", b""))])
    assert list(tmp_path.iterdir()) == []


NAMES = st.text(st.sampled_from("甲乙丙附件正文abc01-_ ."), min_size=1, max_size=8).map(
    lambda name: f"f{name}x"
)


@settings(max_examples=25)
@given(
    listed=st.lists(
        st.dictionaries(NAMES, st.binary(max_size=8), min_size=1, max_size=3), min_size=1, max_size=4
    ),
    form=st.sampled_from(["xlsx", "csv", "xml"]),
)
def test_reading_gives_back_every_file_of_every_item(
    tmp_path_factory: pytest.TempPathFactory, listed: list[dict[str, bytes]], form: Form
) -> None:
    target = tmp_path_factory.mktemp("round") / "包"
    write_spreadsheet(target, [outgoing(n, *files.items()) for n, files in enumerate(listed, 1)], form=form)
    files, _items, loose, package = read(target)
    for number, wanted in enumerate(listed, 1):
        found = {file.name: (target / file.path).read_bytes() for file in files[code(number)]}
        assert found == wanted
    assert loose == [] and told(package) == []
