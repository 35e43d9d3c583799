"""Packages that break the standard: each fault has its code and its line, and reading goes on."""

from __future__ import annotations

import base64
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lantai.kit.packages.eep import read_eep, write_original
from lantai.kit.packages.eep.canonical import Canonical
from lantai.kit.packages.eep.contents import DataBroken, Places, decode, looked_at
from lantai.kit.packages.eep.reader import read_package
from lantai.kit.packages.eep.stream import Opening, is_eep, read_tokens
from lantai.kit.packages.eep.tree import MOST_PROBLEMS
from tests.kit.packages.eep.making import AT, CREATOR, two_documents


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    write_original(folder / "a.eep", two_documents(folder), creator=CREATOR, created_at=AT)
    return (folder / "a.eep").read_text()


def read(folder, text, encoding="utf-8"):
    path = folder / "a.eep"
    path.write_bytes(text.encode(encoding))
    return read_package(path, "样例/a.eep", looked_at)


DEFECTS = [
    # what is written, what instead, code, line told
    ("<立档单位名称>样例市样例局</立档单位名称>", "", "element-missing", "<来源>"),
    ("<室编件号>1</室编件号>", "", "element-missing", "<档号>"),
    ("<题名>关于", "<自造>x</自造><题名>关于", "element-unknown", "<自造>"),
    ("<密级>公开</密级>", "<密级>公开</密级><题名>再来</题名>", "element-repeated", "<题名>再来"),
    ("<密级>公开</密级>", "<密级>公开</密级><文种>通知</文种>", "element-order", "<文种>"),
    ("<内容描述>", "<内容描述>多余", "text-stray", "<内容描述>"),
    ("<题名>关于样例工作的通知㐀𠀀</题名>", "<题名/>", "value-empty", "<题名/>"),
    ("<年度>2026</年度>", "<年度>26年</年度>", "value-type", "<年度>"),
    ("<页数>3</页数>", "<页数>-3</页数>", "value-type", "<页数>"),
    ("<封装包创建时间>2026-03-01T", "<封装包创建时间>2026-13-01T", "value-type", "<封装包创建时间>"),
    ("<聚合层次>文件<", "<聚合层次>案卷<", "value-listed", "<聚合层次>"),
    ("<版本>2009", "<版本>2008", "value-listed", "<版本>"),
    ('eep版本="2009"', 'eep版本="2010"', "value-listed", "eep版本"),
    ('eep版本="2009"', "", "attribute-missing", "<被签名对象"),
    ('eep版本="2009"', 'eep版本="2009" 自造="1"', "attribute-unknown", "自造"),
    ('编码ID="修改0-文档2', '编码ID="修改0-文档1', "id-repeated", "修改0-文档1-编码1"),
    ("<文档标识符>修改0-文档1", "<文档标识符>1 号", "value-type", "1 号"),
    ("原始封装，未经修改", "随便写的", "value-listed", "随便写的"),
    ("<封装包类型>原始型", "<封装包类型>修改型", "type-differs", "<封装包类型>"),
    ("<封装包类型>原始型", "<封装包类型>修改型", "type-content", "<封装包类型>"),
    ("机构1</机构人员标识符>\n<文件", "机构9</机构人员标识符>\n<文件", "agent-unknown", "机构9"),
    ("《基于XML", "〈基于XML", "value-unusual", "<封装包格式描述>"),
    ("<业务状态>历史行为", "<业务状态>已完成", "value-listed", "已完成"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "where"), DEFECTS, ids=lambda value: str(value)[:24])
def test_a_defect_is_named_with_its_line(tmp_path, good, old, new, code, where):
    assert old in good
    text = good.replace(old, new, 1)
    found = [problem for problem in read(tmp_path, text).problems if problem.code == code]
    assert found, code
    lines = [number for number, line in enumerate(text.splitlines(), 1) if where in line]
    assert found[0].params["line"] in lines
    assert found[0].place.startswith("样例/a.eep/电子文件封装包")
    assert str(found[0])


GROUPS = "来源 档号 内容描述 形式特征 存储位置 权限管理 文件数据 业务实体块 机构人员实体块"


@pytest.mark.parametrize("name", GROUPS.split())
def test_each_group_that_is_left_out_is_missed(tmp_path, good, name):
    text = re.sub(f"<{name}>.*?</{name}>", "", good, flags=re.DOTALL)
    found = [(problem.code, problem.params.get("name")) for problem in read(tmp_path, text).problems]
    assert ("element-missing", name) in found


def test_a_good_package_has_no_problem(tmp_path, good):
    assert read(tmp_path, good).problems == ()


def test_another_namespace_is_told_once(tmp_path, good):
    package = read(tmp_path, good.replace("www.saac.gov.cn", "example.invalid"))
    assert [problem.code for problem in package.problems] == ["namespace"]


def test_a_prefix_changes_nothing(tmp_path, good):
    text = re.sub(r"<(/?)(?=[\u4e00-\u9fff])", r"<\1e:", good).replace("xmlns=", "xmlns:e=")
    assert read(tmp_path, text).problems == ()


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-16"])
def test_other_encodings_are_read_with_their_four_byte_characters(tmp_path, good, encoding):
    package = read(tmp_path, good.replace("UTF-8", encoding, 1), encoding)
    assert package.problems == ()
    assert package.current.content.metadata["题名"] == ("关于样例工作的通知㐀𠀀",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('编码数据">', '编码数据">*'),
        ('编码数据">', '编码数据">A'),
        ('编码数据">', '编码数据">AA=='),
        ("</编码数据>", "A</编码数据>"),
        ('编码数据">', '编码数据">㐀'),
    ],
)
def test_base64_that_is_none_gives_no_file(tmp_path, good, old, new):
    path = tmp_path / "a.eep"
    path.write_text(good.replace(old, new, 1))
    package = read_eep(path, tmp_path / "out")
    assert "data-broken" in [problem.code for problem in package.problems]
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["附表.csv"]


def test_empty_data_and_data_with_a_reference_are_told(tmp_path, good):
    empty = re.sub('(编码数据">)[^<]*', r"\1", good, count=1)
    assert [problem.code for problem in read(tmp_path, empty).problems] == ["data-empty"]
    both = good.replace(
        '文档2-编码1-编码数据"', '文档2-编码1-编码数据" 引用编码数据ID="修改0-文档1-编码1-编码数据"', 1
    )
    assert [problem.code for problem in read(tmp_path, both).problems] == ["data-both"]
    lost = re.sub('(文档2-编码1-编码数据")>[^<]*', r'\1 引用编码数据ID="无处">', good, count=1)
    assert [problem.code for problem in read(tmp_path, lost).problems] == ["data-later", "reference-lost"]


def test_a_size_that_differs_is_told(tmp_path, good):
    package = read(tmp_path, good.replace("<计算机文件大小>1400", "<计算机文件大小>1401"))
    assert [problem.code for problem in package.problems] == ["size"]


HOSTILE = [
    '<!DOCTYPE a [<!ENTITY b "c">]><电子文件封装包>&b;</电子文件封装包>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><电子文件封装包/>',
    "<电子文件封装包>" + "<a>" * 500,
    "<电子文件封装包 " + " ".join(f'a{n}="1"' for n in range(100)) + "/>",
    f'<电子文件封装包 a="{"x" * 10_000}"/>',
    f"<电子文件封装包><{'a' * 5000}/></电子文件封装包>",
    "<电子文件封装包>",
    "<电子文件封装包></别的>",
    "",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_hostile_or_broken_is_one_problem(tmp_path, text):
    package = read(tmp_path, text)
    assert package.problems[-1].code == "broken"
    assert package.layers == ()


def test_thousands_of_problems_are_cut_short(tmp_path):
    package = read(tmp_path, "<电子文件封装包>" + "<x/>" * 5000 + "</电子文件封装包>")
    assert len(package.problems) == MOST_PROBLEMS + 1
    assert package.problems[-1].code == "too-many"


@given(st.binary(max_size=200))
def test_whatever_octets_come_there_is_an_answer(tmp_path_factory, octets):
    path = tmp_path_factory.getbasetemp() / "any.eep"
    path.write_bytes(octets)
    assert not is_eep(path)
    assert read_package(path, "any.eep", looked_at).problems


@given(st.binary(max_size=400), st.lists(st.integers(1, 40), max_size=20))
def test_base64_is_decoded_however_it_is_cut(octets, cuts):
    text = base64.encodebytes(octets).decode()
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(text[at : at + cut])
        at += cut
    assert b"".join(decode([*pieces, text[at:]])) == octets


def test_what_follows_the_padding_is_no_base64():
    with pytest.raises(DataBroken):
        list(decode(["AA==", "AAAA"]))


@pytest.mark.parametrize("name", ["../x", "a/b.pdf", "CON.txt", "", "a\u202ebc", "修改1", "x" * 300])
def test_a_name_that_is_not_safe_is_not_used(name):
    path, _reason = Places().give(0, name, "base64-pdf")
    assert path in ("文件1/未命名.pdf", f"文件1/{name}")
    assert ".." not in path


def test_two_files_of_one_name_get_two_paths():
    places = Places()
    given = [places.give(0, name, "")[0] for name in ("a.pdf", "A.PDF", "a.pdf")]
    assert len({path.casefold() for path in given}) == 3


NAMES = st.sampled_from(["a", "p:a", "q:b", "c"])
SPACES = st.sampled_from(
    ["", ' xmlns="urn:1"', ' xmlns:p="urn:2"', ' xmlns:p="urn:3" xmlns="urn:4"', ' xmlns=""']
)
TEXTS = st.sampled_from(
    ["", "文字", "&amp;&#13;\n", "<![CDATA[<&>]]>", "<?pi data?>", "<!-- c -->", "]]&gt;"]
)
VALUES = st.sampled_from(["", ' k="&quot;&#10;&lt;"', ' p:k="1" a="2"', ' q:z="1" p:a="2"', ' xml:lang="zh"'])


def _element(children):
    return st.builds(
        lambda name, space, value, inside: f"<{name}{space}{value}>{inside}</{name}>",
        NAMES, SPACES, VALUES, st.lists(TEXTS | children, max_size=3).map("".join),
    )  # fmt: skip


@given(st.recursive(TEXTS, _element, max_leaves=8), st.integers(0, 5))
def test_the_canonical_form_is_that_of_libxml2(inside, number):
    text = f'<r xmlns:p="urn:p" xmlns:q="urn:q">{inside}</r>'
    elements = list(etree.fromstring(text.encode()).iter("{*}*"))
    wanted = min(number, len(elements) - 1)
    expected = etree.tostring(
        elements[wanted], method="c14n", exclusive=True, with_comments=False, with_tail=False
    )
    out, seen, depth = io.BytesIO(), -1, 0
    canonical = Canonical(out.write)
    for token in read_tokens(io.BytesIO(text.encode())):
        if isinstance(token, Opening):
            seen += 1
            depth += depth > 0 or seen == wanted
        if depth:
            canonical.take(token)
        if depth and type(token).__name__ == "Closing":
            depth -= 1
            if not depth:
                break
    assert out.getvalue() == expected
