from __future__ import annotations

from pathlib import Path

import pytest

from lantai.kit.packages.building import TargetExists
from lantai.kit.packages.catalogue.sent import is_here
from lantai.kit.packages.catalogue.writer import FilesNotCarried, Form, NothingToList, write_catalogue
from lantai.kit.packages.registry import PackageKind, find_package
from lantai.kit.packages.transfer import CatalogueRow, OutgoingItem
from lantai.kit.packages.xml import XmlUnsayable
from tests.kit.packages.catalogue.making import code

FORMS: tuple[Form, ...] = ("xlsx", "csv", "xml")


def item(number: int, title: str = "样例通知", **metadata: list[str]) -> OutgoingItem:
    values = CatalogueRow("", code(number), "样例单位", title, "20110305", "30年", "公开", "3", "")
    return OutgoingItem(values, "Z109", (), metadata, ())


@pytest.mark.parametrize("form", FORMS)
def test_a_catalogue_alone_is_read_as_it_was_written(tmp_path: Path, form: Form) -> None:
    sent = [
        item(1, "=样例<1>", 主题词=["甲", "乙"]),
        item(2, "-样例", 文件编号=["样例发2号"], 自编号=["007"]),
    ]
    assert write_catalogue(tmp_path / "包", sent, form=form) == 2
    found = find_package(tmp_path / "包")
    assert found.kind is PackageKind.CATALOGUE
    reader = found.layout.open(found.folder, "")
    items = [one for one, files in reader.items() if not files]
    assert [one.reference_code for one in items] == [code(1), code(2)]
    assert [one.title for one in items] == ["=样例<1>", "-样例"]
    assert items[0].metadata["主题词"] == ["甲", "乙"]
    assert items[1].metadata["文件编号"] == "样例发2号" and items[1].metadata["自编号"] == "007"
    assert items[1].row["page_count"] == "3" and items[1].row["sequence"] == "2"
    assert list(reader.loose()) == []
    facts = reader.package().facts
    assert (facts.kind, facts.item_count, facts.catalogue_problems) == ("catalogue", 2, ())


def test_a_problem_leads_to_its_item(tmp_path: Path) -> None:
    bad = OutgoingItem(CatalogueRow("", code(2), "样例单位", "样例", "20230230", "30年"), "", (), {}, ())
    write_catalogue(tmp_path / "包", [item(1), bad], form="xml")
    found = find_package(tmp_path / "包")
    reader = found.layout.open(found.folder, "")
    assert len(list(reader.items())) == 2 and not list(reader.loose())
    package = reader.package()
    (problem,) = package.facts.catalogue_problems or ()
    assert problem.path == "目录.xml[2]/日期" and package.of_item == {problem.path: code(2)}


def test_nothing_half_is_left_where_writing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToList):
        write_catalogue(tmp_path / "包", [])
    with_file = OutgoingItem(CatalogueRow(reference_code=code(1)), "", (), {}, [("a.txt", [b"x"])])
    with pytest.raises(FilesNotCarried):
        write_catalogue(tmp_path / "包", [with_file])
    with pytest.raises(XmlUnsayable):
        write_catalogue(tmp_path / "包", [item(1, "样例\x01")], form="xml")
    assert list(tmp_path.iterdir()) == []
    write_catalogue(tmp_path / "包", [item(1)])
    with pytest.raises(TargetExists):
        write_catalogue(tmp_path / "包", [item(1)])


def test_a_folder_of_tables_that_are_no_catalogue_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (tmp_path / "b.xml").write_text("<a><b><c>1</c></b></a>", encoding="utf-8")
    assert not is_here(tmp_path, frozenset({"a.csv", "b.xml"}))
