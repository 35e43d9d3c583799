"""What was written is read again, layer by layer; only what the standard allows is written."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.digests import digest_file
from lantai.kit.errors import Invalid
from lantai.kit.packages.building import TargetExists
from lantai.kit.packages.eep import (
    Document,
    DocumentData,
    EepIncomplete,
    EepSourceMissing,
    EepValueInvalid,
    NotModifiable,
    Signer,
    read_eep,
    write_modified,
    write_original,
)
from lantai.kit.packages.xml import XmlUnsayable
from tests.kit.packages.eep.making import AT, CREATOR, content, encoding, key, two_documents

# XML carries these; white space at the ends is not part of a value
WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
)
VALUES = WORDS.map(str.strip).filter(bool)


def codes(package):
    return [problem.code for problem in package.problems]


def test_what_was_written_is_read_again_with_its_files(tmp_path):
    record = two_documents(tmp_path)
    write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT)
    package = read_eep(tmp_path / "a.eep", tmp_path / "out")
    assert package.problems == ()
    assert package.current.content == record
    assert (package.current.kind, package.current.creator) == ("原始型", CREATOR)
    for document in package.current.content.documents:
        stored = document.versions[0].encodings[0].stored
        assert (tmp_path / "out" / stored.path).read_bytes() == (tmp_path / stored.path).read_bytes()
        assert (stored.digests, stored.size_bytes) == digest_file(tmp_path / stored.path)


@settings(max_examples=25)
@given(
    title=VALUES,
    notes=st.lists(VALUES, max_size=3),
    subjects=st.lists(st.tuples(VALUES, VALUES | st.just("")), max_size=3),
    data=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=4),
    roles=st.lists(st.sampled_from(["主文档", "附属文档", ""]), min_size=4, max_size=4),
)
def test_reading_is_the_inverse_of_writing(tmp_path_factory, title, notes, subjects, data, roles):
    folder = tmp_path_factory.mktemp("eep")
    documents = []
    for number, octets in enumerate(data):
        path = folder / f"{number}.bin"
        path.write_bytes(octets)
        one = encoding(f"文档{number}", "内容.bin", path)
        documents.append(Document(f"d{number}", (DocumentData(f"v{number}", (one,)),), role=roles[number]))
    record = replace(
        content(*documents, 题名=(title,), 附注=tuple(notes), 主题词=tuple(word for word, _ in subjects)),
        vocabularies=tuple(vocabulary for _, vocabulary in subjects),
    )
    write_original(folder / "a.eep", record, creator=title, created_at=AT)
    package = read_eep(folder / "a.eep", folder / "out")
    assert package.current.content == record
    assert not [problem for problem in package.problems if problem.severity == "error"]
    stored = [one.versions[0].encodings[0].stored for one in package.current.content.documents]
    assert [(folder / "out" / one.path).read_bytes() for one in stored] == data


def test_a_modified_package_reuses_the_data_of_the_original(tmp_path):
    record = two_documents(tmp_path)
    write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT)
    fresh = tmp_path / "附表.csv"
    fresh.write_bytes(b"1,2,3\n")
    original = record.documents[0].versions[0].encodings[0]
    kept = encoding("文档1", "通知.txt", tmp_path / "通知.txt", layer=1, refers_to=original.data_id)
    new = encoding("文档2", "附表.csv", fresh, layer=1)
    revised = content(
        Document("修改1-文档1", (DocumentData("修改1-文档1-文档数据1", (kept,)),), role="主文档"),
        Document("修改1-文档2", (DocumentData("修改1-文档2-文档数据1", (new,)),)),
        题名=("改正后的题名",),
    )
    write_modified(tmp_path / "b.eep", tmp_path / "a.eep", revised, creator=CREATOR, created_at=AT)
    package = read_eep(tmp_path / "b.eep", tmp_path / "out")
    assert package.problems == ()
    assert [layer.content for layer in package.layers] == [record, revised]
    assert package.current.modification_id == "修改1"
    stored = [one.versions[0].encodings[0].stored for one in package.current.content.documents]
    assert [one.path for one in stored] == ["通知.txt", "修改1/附表.csv"]
    assert (tmp_path / "out" / "修改1" / "附表.csv").read_bytes() == b"1,2,3\n"
    assert len((tmp_path / "b.eep").read_bytes()) < 1.2 * len((tmp_path / "a.eep").read_bytes())


def test_the_third_layer_finds_data_through_the_second(tmp_path):
    record = two_documents(tmp_path)
    write_original(tmp_path / "0.eep", record, creator=CREATOR, created_at=AT)
    refers_to = record.documents[0].versions[0].encodings[0].data_id
    for layer in (1, 2):
        one = encoding("文档1", "通知.txt", tmp_path / "通知.txt", layer=layer, refers_to=refers_to)
        refers_to = one.data_id
        revised = content(Document(f"d{layer}", (DocumentData(f"v{layer}", (one,)),), role="主文档"))
        before = tmp_path / f"{layer - 1}.eep"
        write_modified(tmp_path / f"{layer}.eep", before, revised, creator=CREATOR, created_at=AT)
    package = read_eep(tmp_path / "2.eep", tmp_path / "out")
    assert package.problems == ()
    assert len(package.layers) == 3
    assert package.current.content.documents[0].versions[0].encodings[0].stored.path == "通知.txt"


@pytest.mark.parametrize(
    "element", ["题名", "责任者", "年度", "电子文件号", "立档单位名称", "密级", "脱机载体编号"]
)
def test_a_package_that_lacks_what_the_standard_asks_for_is_not_written(tmp_path, element):
    record = two_documents(tmp_path)
    lacking = replace(record, metadata={name: v for name, v in record.metadata.items() if name != element})
    with pytest.raises(EepIncomplete, match=element):
        write_original(tmp_path / "a.eep", lacking, creator=CREATOR, created_at=AT)
    assert not list(tmp_path.glob("*.eep*"))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"年度": ("二〇二六",)}, EepValueInvalid),
        ({"室编件号": ("0",)}, EepValueInvalid),
        ({"文件组合类型": ("合订",)}, EepValueInvalid),
        ({"自造元素": ("x",)}, EepValueInvalid),
        ({"题名": ("一", "二")}, EepValueInvalid),
        ({"题名": ("\x01",)}, XmlUnsayable),
        ({"授权行为": ()}, EepIncomplete),
        ({"室编件号": ()}, EepIncomplete),
    ],
)
def test_values_that_the_schema_forbids_are_not_written(tmp_path, changes, refusal):
    record = content(*two_documents(tmp_path).documents, **changes)
    with pytest.raises(refusal):
        write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT)


def test_nothing_is_written_over_and_a_time_needs_its_zone(tmp_path):
    record = two_documents(tmp_path)
    write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT)
    with pytest.raises(TargetExists):
        write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT)
    with pytest.raises(Invalid, match="时区"):
        write_original(tmp_path / "b.eep", record, creator=CREATOR, created_at=AT.replace(tzinfo=None))


def test_a_file_without_content_and_a_stranger_to_modify_are_refused(tmp_path):
    record = two_documents(tmp_path)
    document = record.documents[0]
    empty = replace(document.versions[0].encodings[0], source=None)
    bare = replace(record, documents=(replace(document, versions=(DocumentData("v", (empty,)),)),))
    with pytest.raises(EepSourceMissing):
        write_original(tmp_path / "a.eep", bare, creator=CREATOR, created_at=AT)
    (tmp_path / "b.xml").write_text("<其他/>")
    with pytest.raises(NotModifiable):
        write_modified(tmp_path / "c.eep", tmp_path / "b.xml", record, creator=CREATOR, created_at=AT)


def test_memory_does_not_grow_with_the_files(tmp_path):
    big = tmp_path / "大.bin"
    big.write_bytes(bytes(range(256)) * 48 * 1024)  # 12 MiB
    one = encoding("文档1", big.name, big)
    record = content(Document("d1", (DocumentData("v1", (one,)),)), 文件组合类型=("单件",))
    signers = (Signer(key("sm2-sm3")),)
    tracemalloc.start()
    write_original(tmp_path / "a.eep", record, creator=CREATOR, created_at=AT, signers=signers)
    tracemalloc.reset_peak()
    package = read_eep(tmp_path / "a.eep", tmp_path / "out")
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert package.problems == ()
    assert peak_bytes < 8 * 1024 * 1024
